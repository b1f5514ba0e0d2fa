package tree

import (
	"net/url"
	"strconv"
	"strings"
)

var pointerUnescape = strings.NewReplacer("~1", "/", "~0", "~")

// step goes down one part of a pointer.
func (n *Node) step(part string) *Node {
	if n.Is(List) {
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(n.values) {
			return nil
		}
		return n.values[i]
	}
	key := pointerUnescape.Replace(part)
	if v := n.Get(key); v != nil {
		return v
	}
	if plain, err := url.PathUnescape(part); err == nil {
		return n.Get(pointerUnescape.Replace(plain))
	}
	return nil
}

// Set puts value under key, replacing what is there, else at the end. The value
// becomes a child of n only if it has no parent yet.
func (n *Node) Set(key string, value *Node) {
	i := n.find(key)
	if i < 0 {
		i = len(n.keys)
		n.keys = append(n.keys, Key{Name: key, offset: value.offset})
		n.values = append(n.values, nil)
		if n.extra != nil && n.extra.index != nil {
			n.extra.index[key] = int32(i)
		}
	}
	n.values[i] = value
	value.adopt(n, i)
}

// Append adds a value at the end of a list.
func (n *Node) Append(value *Node) {
	n.values = append(n.values, value)
	value.adopt(n, len(n.values)-1)
}

func (n *Node) adopt(parent *Node, slot int) {
	if n.parent == nil && n != parent {
		n.parent, n.slot = parent, int32(slot)
	}
}

// Delete removes a key of a mapping.
func (n *Node) Delete(key string) {
	i := n.find(key)
	if i < 0 {
		return
	}
	n.keys = append(n.keys[:i:i], n.keys[i+1:]...)
	n.values = append(n.values[:i:i], n.values[i+1:]...)
	for j := i; j < len(n.values); j++ {
		if n.values[j].parent == n {
			n.values[j].slot = int32(j)
		}
	}
	if n.extra != nil && n.extra.index != nil {
		n.extra.index = makeIndex(n.keys)
	}
}

// NewMap returns an empty mapping that stands at the place of at.
func NewMap(at *Node) *Node { return &Node{kind: Map, offset: int32(at.Offset())} }

// NewList returns an empty list that stands at the place of at.
func NewList(at *Node) *Node { return &Node{kind: List, offset: int32(at.Offset())} }

// NewString returns a string that stands at the place of at.
func NewString(at *Node, text string) *Node {
	return &Node{kind: String, text: text, offset: int32(at.Offset())}
}

// NewBool returns a boolean that stands at the place of at.
func NewBool(at *Node, v bool) *Node {
	return &Node{kind: Bool, text: strconv.FormatBool(v), offset: int32(at.Offset())}
}

// Share returns a node with the content of n and no parent, so that it can be
// put at a second place. The values below are the same nodes.
func (n *Node) Share() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.parent, c.slot = nil, 0
	if c.kind == Map {
		c.keys = append([]Key(nil), n.keys...)
		c.values = append([]*Node(nil), n.values...)
		c.extra = nil
		if n.extra != nil && n.extra.index != nil {
			c.extra = &extra{index: makeIndex(c.keys)}
		}
	}
	return &c
}

// Value is the content as plain Go data: nil, bool, int64, float64, string,
// []any, map[string]any. A number that fits neither keeps its literal as a
// string; what lies deeper than any document may be is cut.
func (n *Node) Value() any { return n.value(0) }

const maxValueDepth = 1000

func (n *Node) value(depth int) any {
	if n == nil || depth > maxValueDepth {
		return nil
	}
	switch n.kind {
	case Bool:
		return n.text == "true"
	case Number:
		if i, err := strconv.ParseInt(n.text, 0, 64); err == nil {
			return i
		}
		if f, err := strconv.ParseFloat(n.text, 64); err == nil {
			return f
		}
		return n.text
	case String:
		return n.text
	case List:
		out := make([]any, len(n.values))
		for i, v := range n.values {
			out[i] = v.value(depth + 1)
		}
		return out
	case Map:
		out := make(map[string]any, len(n.values))
		for i, v := range n.values {
			out[n.keys[i].Name] = v.value(depth + 1)
		}
		return out
	case Null:
	}
	return nil
}

func makeIndex(keys []Key) map[string]int32 {
	index := make(map[string]int32, len(keys))
	for i, k := range keys {
		index[k.Name] = int32(i)
	}
	return index
}

// finish is called by the readers when a mapping is complete: later duplicates
// replace earlier ones, with a warning (G12).
func (n *Node) finish(report func(key Key, first Key)) {
	if len(n.keys) < indexFrom {
		for i := 1; i < len(n.keys); i++ {
			for j := range i {
				if n.keys[j].Name == n.keys[i].Name {
					n.dedupe(report)
					return
				}
			}
		}
		return
	}
	index := makeIndex(n.keys)
	if len(index) < len(n.keys) {
		n.dedupe(report)
		index = makeIndex(n.keys)
	}
	n.extra = &extra{index: index}
}

func (n *Node) dedupe(report func(key Key, first Key)) {
	at := map[string]int{}
	keys, values := n.keys[:0], n.values[:0]
	for i, k := range n.keys {
		v := n.values[i]
		if j, ok := at[k.Name]; ok {
			report(k, keys[j])
			values[j] = v
			v.slot = int32(j)
			continue
		}
		at[k.Name] = len(keys)
		v.slot = int32(len(keys))
		keys, values = append(keys, k), append(values, v)
	}
	n.keys, n.values = keys, values
}
