package connectoryaml

import (
	"fmt"
	"slices"
)

// A Pos is a place in connector.yaml; Line and Col count from 1, zero means unknown.
type Pos struct{ Line, Col int }

// A Kind is the kind of a [Node].
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Number
	String
	Map
	List
)

var kindNames = [...]string{"null", "true or false", "a number", "text", "a map", "a list"}

// String names the kind as an error message does.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// A Node is a value of the document with its comments, so that a program can
// change one value and leave all that a person wrote around it.
type Node struct {
	Kind Kind
	// Text is a scalar's value: the text of a String, the digits of a Number,
	// "true" or "false".
	Text string
	// Entries are the pairs of a Map in document order.
	Entries []Entry
	// Items are the elements of a List.
	Items []*Node
	// Head are the comment lines above, each with its "#"; "" is a blank line.
	Head []string
	// Line is the comment behind the value on its line.
	Line string
	// Foot are the comment lines after the last entry of a Map or List.
	Foot []string
	Pos  Pos
}

// An Entry is one pair of a Map.
type Entry struct {
	Key   string
	Value *Node
	Pos   Pos // of the key
}

// Text returns a String node.
func Text(s string) *Node { return &Node{Kind: String, Text: s} }

// Get returns the value of key in a Map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Set puts v in place of key's value, or at the end of the Map. The comments
// of a value that is replaced stay where v has none.
func (n *Node) Set(key string, v *Node) {
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			v.keepComments(n.Entries[i].Value)
			n.Entries[i].Value = v
			return
		}
	}
	n.Entries = append(n.Entries, Entry{Key: key, Value: v})
}

func (n *Node) keepComments(old *Node) {
	if old == nil || old == n {
		return
	}
	if n.Head == nil {
		n.Head = old.Head
	}
	if n.Line == "" {
		n.Line = old.Line
	}
	if n.Foot == nil {
		n.Foot = old.Foot
	}
}

// Delete removes key from a Map. Comment lines above it move to the next
// entry: what a person wrote is never dropped.
func (n *Node) Delete(key string) {
	for i := range n.Entries {
		if n.Entries[i].Key != key {
			continue
		}
		head := n.Entries[i].Value.Head
		if !slices.ContainsFunc(head, func(s string) bool { return s != "" }) {
			head = nil
		}
		n.Entries = slices.Delete(n.Entries, i, i+1)
		if i < len(n.Entries) {
			next := n.Entries[i].Value
			next.Head = append(slices.Clone(head), next.Head...)
		} else {
			n.Foot = append(slices.Clone(head), n.Foot...)
		}
		return
	}
}

// Clone returns a deep copy.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Head, c.Foot = slices.Clone(n.Head), slices.Clone(n.Foot)
	c.Entries = slices.Clone(n.Entries)
	for i := range c.Entries {
		c.Entries[i].Value = c.Entries[i].Value.Clone()
	}
	c.Items = slices.Clone(n.Items)
	for i := range c.Items {
		c.Items[i] = c.Items[i].Clone()
	}
	return &c
}

// Equal reports whether a and b hold the same values. Comments and positions
// do not count, nor does the order of a Map's keys.
func Equal(a, b *Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Entries {
		other := b.Get(a.Entries[i].Key)
		if other == nil || !Equal(a.Entries[i].Value, other) {
			return false
		}
	}
	for i := range a.Items {
		if !Equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}

// hasComments reports whether the node or one below it carries a comment or a
// blank line, its own head and line comment left aside.
func (n *Node) hasComments() bool {
	if len(n.Foot) > 0 {
		return true
	}
	for i := range n.Entries {
		if v := n.Entries[i].Value; len(v.Head) > 0 || v.Line != "" || v.hasComments() {
			return true
		}
	}
	for _, v := range n.Items {
		if len(v.Head) > 0 || v.Line != "" || v.hasComments() {
			return true
		}
	}
	return false
}

// A Problem is a fault in the document, with its place and what to write instead.
type Problem struct {
	Pos     Pos
	Path    string // "resources[2].paginate"
	Message string
	Hint    string
}

// Error is line:col: message, with the hint.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%d:%d: %s", p.Pos.Line, p.Pos.Col, p.Message)
	if p.Path != "" {
		s = fmt.Sprintf("%d:%d: %s: %s", p.Pos.Line, p.Pos.Col, p.Path, p.Message)
	}
	if p.Hint != "" {
		s += ". " + p.Hint
	}
	return s
}

// Problems are all faults of one document, in its order.
type Problems []*Problem

// Error is the first problem and the number of the others.
func (p Problems) Error() string {
	switch len(p) {
	case 0:
		return "no problem"
	case 1:
		return p[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", p[0].Error(), len(p)-1)
}
