// Package tree reads JSON and YAML into one ordered tree in which every key and
// value knows its place.
//
// It is the first layer of reading a description (G10): typed loaders keep
// properties in maps and forget where they stood, so order and position come
// from here.
//
//	root, err := tree.Parse("openapi.yaml", data, nil, &diags)
//	title := root.Get("info").Get("title")
//	fmt.Println(title.Text(), title.Pos())
package tree

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

// String is the kind as a person calls it.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "text", "list", "mapping"}[k]
}

// indexFrom is the number of keys from which a mapping keeps an index.
const indexFrom = 12

// A Node is a value of the document. All methods accept a nil Node, which has
// no content: a chain of Get needs no checks.
type Node struct {
	kind   Kind
	slot   int32 // place in the parent
	offset int32 // of the value in the source
	text   string
	keys   []Key // of a mapping, beside values
	values []*Node
	parent *Node
	extra  *extra
}

// extra is what few nodes have.
type extra struct {
	index  map[string]int32
	source *source // of a root
}

// A Key is a key of a mapping.
type Key struct {
	Name   string
	offset int32
}

// Kind returns the kind, Null for nil.
func (n *Node) Kind() Kind {
	if n == nil {
		return Null
	}
	return n.kind
}

// Is reports whether n exists and is of kind k.
func (n *Node) Is(k Kind) bool { return n != nil && n.kind == k }

// Text is the text of a scalar: the characters of a string, the literal of a
// number, "true" or "false"; "" for all else.
func (n *Node) Text() string {
	if n == nil || n.kind == Null {
		return ""
	}
	return n.text
}

// Str is the text of a string node, "" for all else.
func (n *Node) Str() string {
	if n.Is(String) {
		return n.text
	}
	return ""
}

// True reports whether n is the boolean true.
func (n *Node) True() bool { return n.Is(Bool) && n.text == "true" }

// Len is the number of values of a list or mapping.
func (n *Node) Len() int {
	if n == nil {
		return 0
	}
	return len(n.values)
}

// At returns the i-th value of a list or mapping.
func (n *Node) At(i int) *Node { return n.values[i] }

// Items returns the values of a list, nil for all else.
func (n *Node) Items() []*Node {
	if n.Is(List) {
		return n.values
	}
	return nil
}

// Key returns the i-th key of a mapping.
func (n *Node) Key(i int) string { return n.keys[i].Name }

// Each calls yield for each entry of a mapping, in document order.
func (n *Node) Each(yield func(key string, value *Node) bool) {
	if !n.Is(Map) {
		return
	}
	for i, k := range n.keys {
		if !yield(k.Name, n.values[i]) {
			return
		}
	}
}

// Get returns the value of a key of a mapping, nil if there is none.
func (n *Node) Get(key string) *Node {
	if i := n.find(key); i >= 0 {
		return n.values[i]
	}
	return nil
}

// Has reports whether a mapping has the key.
func (n *Node) Has(key string) bool { return n.find(key) >= 0 }

func (n *Node) find(key string) int {
	if !n.Is(Map) {
		return -1
	}
	if n.extra != nil && n.extra.index != nil {
		if i, ok := n.extra.index[key]; ok {
			return int(i)
		}
		return -1
	}
	for i := range n.keys {
		if n.keys[i].Name == key {
			return i
		}
	}
	return -1
}

// Parent returns the list or mapping that holds n. A node that YAML aliases
// share has the parent of its anchor.
func (n *Node) Parent() *Node {
	if n == nil {
		return nil
	}
	return n.parent
}

// Root returns the root of n's document.
func (n *Node) Root() *Node {
	for n != nil && n.parent != nil {
		n = n.parent
	}
	return n
}

// Offset is the byte offset of the value in its source.
func (n *Node) Offset() int {
	if n == nil {
		return 0
	}
	return int(n.offset)
}

// Pos is the place of the value.
func (n *Node) Pos() diag.Pos {
	if n == nil {
		return diag.Pos{}
	}
	return n.place(n.offset)
}

// KeyPos is the place of the i-th key of a mapping, with the pointer of its value.
func (n *Node) KeyPos(i int) diag.Pos {
	p := n.place(n.keys[i].offset)
	p.Pointer = n.values[i].Pointer()
	return p
}

// EntryPos is the place of the key under which n stands in its parent, else of
// n itself: where a person looks for "this property".
func (n *Node) EntryPos() diag.Pos {
	if n != nil && n.parent.Is(Map) && int(n.slot) < len(n.parent.keys) && n.parent.values[n.slot] == n {
		return n.parent.KeyPos(int(n.slot))
	}
	return n.Pos()
}

func (n *Node) place(offset int32) diag.Pos {
	pos := diag.Pos{Offset: int(offset), Pointer: n.Pointer()}
	if root := n.Root(); root.extra != nil && root.extra.source != nil {
		src := root.extra.source
		pos.File = src.file
		pos.Line, pos.Col = src.lineCol(int(offset))
	}
	return pos
}

// File is the name of the file n was read from.
func (n *Node) File() string {
	if root := n.Root(); root != nil && root.extra != nil && root.extra.source != nil {
		return root.extra.source.file
	}
	return ""
}

// Name is the key under which n stands in a mapping, or "".
func (n *Node) Name() string {
	if n == nil || !n.parent.Is(Map) || int(n.slot) >= len(n.parent.keys) {
		return ""
	}
	return n.parent.keys[n.slot].Name
}

// Pointer is the JSON pointer of n in fragment form, "#/paths/~1tasks/get".
func (n *Node) Pointer() string {
	var chain [64]*Node
	path := chain[:0]
	for at := n; at != nil && at.parent != nil; at = at.parent {
		path = append(path, at)
	}
	var b strings.Builder
	b.Grow(12 * (len(path) + 1))
	b.WriteByte('#')
	for _, at := range slices.Backward(path) {
		b.WriteByte('/')
		if name := at.Name(); at.parent.kind == Map {
			diag.WritePointerKey(&b, name)
		} else {
			writeInt(&b, int(at.slot))
		}
	}
	return b.String()
}

func writeInt(b *strings.Builder, i int) {
	if i >= 10 {
		writeInt(b, i/10)
	}
	b.WriteByte(byte('0' + i%10))
}

// Lookup follows a JSON pointer ("/a/b" or "#/a/b") from n; nil if it leads
// nowhere. Keys may be percent-encoded, as in a URL fragment.
func (n *Node) Lookup(pointer string) *Node {
	pointer = strings.TrimPrefix(pointer, "#")
	if pointer == "" {
		return n
	}
	if pointer[0] != '/' {
		return nil
	}
	at := n
	for part := range strings.SplitSeq(pointer[1:], "/") {
		at = at.step(part)
		if at == nil {
			return nil
		}
	}
	return at
}
