// Package diag holds positions in the input and the messages that point at them.
//
// Readers collect [Diagnostic]s in a [List] and go on after a fault, so that one
// run shows all of them. A message has a stable code (G82 of 80-generator).
// What ends a command is an [*Error], whose class is the exit code.
package diag

import (
	"fmt"
	"strings"
)

// A Pos is a place in an input file. Line and Col count from 1, Col in
// characters; zero means unknown.
type Pos struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	Offset  int    `json:"offset,omitempty"`
	Pointer string `json:"pointer,omitempty"` // JSON pointer, "#/paths/~1tasks/get"
}

// String is file:line:col, as editors read it.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Col)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// IsZero reports whether nothing is known about the place.
func (p Pos) IsZero() bool { return p == Pos{} }

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer joins keys to a JSON pointer in fragment form.
func Pointer(keys ...string) string {
	var b strings.Builder
	b.WriteByte('#')
	for _, k := range keys {
		b.WriteByte('/')
		WritePointerKey(&b, k)
	}
	return b.String()
}

// WritePointerKey writes one key of a JSON pointer, escaped.
func WritePointerKey(b *strings.Builder, key string) {
	if !strings.ContainsAny(key, "~/") {
		b.WriteString(key)
		return
	}
	_, _ = pointerEscapes.WriteString(b, key)
}
