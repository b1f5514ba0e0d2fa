package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says what a message costs the reader.
type Severity string

// The severities, worst first.
const (
	SeverityError   Severity = "error"   // something asked for is not there
	SeverityWarning Severity = "warning" // repaired or guessed, have a look
	SeverityNote    Severity = "note"    // for the curious
)

func (s Severity) rank() int {
	switch s {
	case SeverityError:
		return 0
	case SeverityWarning:
		return 1
	case SeverityNote:
		return 2
	}
	return 3
}

// A Diagnostic is one message about the input (G82).
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is stable: DG0xx input, 1xx detection, 2xx types, 3xx names, 4xx Go,
	// 5xx schema, 6xx output.
	Code string `json:"code"`
	// Message is one plain sentence without a full stop.
	Message string `json:"message"`
	Pos     Pos    `json:"pos"`
	// Hint says what to write, and where.
	Hint string `json:"hint,omitempty"`
	// More counts the repeats that [List.Fold] put into this one.
	More int `json:"more,omitempty"`
	// Group overrides Message as the key that makes two diagnostics repeats of
	// each other: "dangling reference" for messages that differ in the name only.
	Group string `json:"-"`
}

// WithHint sets the hint and returns d, for use on the result of [List.Errorf].
func (d *Diagnostic) WithHint(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithGroup sets the group under which repeats are folded.
func (d *Diagnostic) WithGroup(group string) *Diagnostic {
	d.Group = group
	return d
}

// A List collects diagnostics in the order they are met. The zero List is
// ready; a nil List can be read, and is empty.
type List struct {
	items []*Diagnostic
}

// Add appends d and returns the stored copy.
func (l *List) Add(d Diagnostic) *Diagnostic {
	p := &d
	l.items = append(l.items, p)
	return p
}

// Errorf adds an error.
func (l *List) Errorf(code string, pos Pos, format string, args ...any) *Diagnostic {
	return l.Add(Diagnostic{Severity: SeverityError, Code: code, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning.
func (l *List) Warnf(code string, pos Pos, format string, args ...any) *Diagnostic {
	return l.Add(Diagnostic{Severity: SeverityWarning, Code: code, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Notef adds a note.
func (l *List) Notef(code string, pos Pos, format string, args ...any) *Diagnostic {
	return l.Add(Diagnostic{Severity: SeverityNote, Code: code, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Append adds all of other, which may be nil.
func (l *List) Append(other *List) {
	if other != nil {
		l.items = append(l.items, other.items...)
	}
}

// Len is the number of diagnostics.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.items)
}

// All returns the diagnostics in their present order.
func (l *List) All() []Diagnostic {
	out := make([]Diagnostic, 0, l.Len())
	if l != nil {
		for _, d := range l.items {
			out = append(out, *d)
		}
	}
	return out
}

// Count returns the number of diagnostics of a severity, repeats included.
func (l *List) Count(s Severity) int {
	n := 0
	if l != nil {
		for _, d := range l.items {
			if d.Severity == s {
				n += 1 + d.More
			}
		}
	}
	return n
}

// HasErrors reports whether one of the diagnostics is an error.
func (l *List) HasErrors() bool { return l.Count(SeverityError) > 0 }

// Err returns an [*Error] of the class that holds the list's errors, or nil if
// there are none.
func (l *List) Err(class Class) error {
	if !l.HasErrors() {
		return nil
	}
	e := &Error{Class: class}
	for _, d := range l.items {
		if d.Severity == SeverityError {
			e.Diagnostics = append(e.Diagnostics, *d)
		}
	}
	return e
}

// Sort orders by file, then place, then severity; messages at one place keep
// the order in which they were added.
func (l *List) Sort() {
	if l == nil {
		return
	}
	slices.SortStableFunc(l.items, func(a, b *Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			cmp.Compare(a.Code, b.Code),
		)
	})
}

// Fold keeps the first of each set of repeats (same severity, code and group or
// message) and counts the others in More. What is at the same place and says
// the same is dropped without being counted.
func (l *List) Fold() {
	if l == nil {
		return
	}
	type key struct {
		severity   Severity
		code, text string
	}
	type place struct {
		key
		file      string
		line, col int
	}
	first := map[key]*Diagnostic{}
	seen := map[place]bool{}
	kept := l.items[:0]
	for _, d := range l.items {
		k := key{d.Severity, d.Code, cmp.Or(d.Group, d.Message)}
		at := place{key{d.Severity, d.Code, d.Message}, d.Pos.File, d.Pos.Line, d.Pos.Col}
		if seen[at] {
			continue
		}
		seen[at] = true
		if f, ok := first[k]; ok {
			f.More += 1 + d.More
			continue
		}
		first[k] = d
		kept = append(kept, d)
	}
	clear(l.items[len(kept):])
	l.items = kept
}
