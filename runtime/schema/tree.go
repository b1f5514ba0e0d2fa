package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds on documents, so that a small one cannot ask for much.
const (
	maxDepth = 200
	maxNodes = 2_000_000
)

// A node is a value of a document with its place. Maps keep their order.
type node struct {
	kind  nodeKind
	value any // of a scalar: nil, bool, int64, float64, json.Number or string
	keys  []string
	items []*node // of a map, in the order of keys; of a list
	line  int
	col   int
}

type nodeKind uint8

const (
	scalarNode nodeKind = iota
	mapNode
	listNode
)

func scalar(v any) *node { return &node{value: v} }

func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

// set puts v in place of the value key has, or at the end.
func (n *node) set(key string, v *node) {
	for i, k := range n.keys {
		if k == key {
			n.items[i] = v
			return
		}
	}
	n.keys, n.items = append(n.keys, key), append(n.items, v)
}

// pop removes key and returns what it had, or nil.
func (n *node) pop(key string) *node {
	for i, k := range n.keys {
		if k == key {
			v := n.items[i]
			n.keys = append(n.keys[:i:i], n.keys[i+1:]...)
			n.items = append(n.items[:i:i], n.items[i+1:]...)
			return v
		}
	}
	return nil
}

// text is the scalar's text, "" if it is none.
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

func (n *node) isNull() bool { return n == nil || n.kind == scalarNode && n.value == nil }

// any is the value as hints hold it.
func (n *node) any() any {
	switch {
	case n == nil:
		return nil
	case n.kind == mapNode:
		h := make(Hints, len(n.items))
		for i, x := range n.items {
			h[i] = Hint{n.keys[i], x.any()}
		}
		return h
	case n.kind == listNode:
		l := make([]any, len(n.items))
		for i, x := range n.items {
			l[i] = x.any()
		}
		return l
	}
	return n.value
}

// nodeOf is the reverse of any, without places.
func nodeOf(v any) *node {
	switch v := v.(type) {
	case Hints:
		n := &node{kind: mapNode}
		for _, h := range v {
			n.set(h.Key, nodeOf(h.Value))
		}
		return n
	case []any:
		n := &node{kind: listNode}
		for _, x := range v {
			n.items = append(n.items, nodeOf(x))
		}
		return n
	}
	return scalar(v)
}

// A jsonReader reads a JSON text into nodes.
type jsonReader struct {
	data  []byte
	dec   *json.Decoder
	lines []int // offsets at which lines begin
}

func parseJSON(data []byte) (*node, error) {
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), lines: []int{0}}
	r.dec.UseNumber()
	for i, b := range data {
		if b == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	n, err := r.read(0)
	if err == nil {
		if _, err = r.dec.Token(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err == nil {
			err = errors.New("text after the document")
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	at := int(r.dec.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = max(at, int(syntax.Offset))
	}
	line, col := r.place(at)
	return nil, &DocumentError{Line: line, Col: col, Msg: err.Error()}
}

func (r *jsonReader) place(offset int) (line, col int) {
	line = len(r.lines)
	for line > 1 && r.lines[line-1] > offset {
		line--
	}
	return line, offset - r.lines[line-1] + 1
}

func (r *jsonReader) read(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	t, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &node{}
	n.line, n.col = r.place(int(r.dec.InputOffset()) - tokenLength(t))
	delim, ok := t.(json.Delim)
	if !ok {
		n.value = t
		if number, ok := t.(json.Number); ok {
			n.value = numberValue(string(number))
		}
		return n, nil
	}
	n.kind = listNode
	if delim == '{' {
		n.kind = mapNode
	}
	for r.dec.More() {
		key := ""
		if n.kind == mapNode {
			t, err := r.dec.Token()
			if err != nil {
				return nil, err
			}
			key, _ = t.(string)
		}
		item, err := r.read(depth + 1)
		if err != nil {
			return nil, err
		}
		if n.kind == mapNode {
			n.set(key, item)
		} else {
			n.items = append(n.items, item)
		}
	}
	_, err = r.dec.Token()
	return n, err
}

// tokenLength is how long the token is that the decoder has just passed; of a
// text with escapes it is a little less, which only shifts a column.
func tokenLength(t json.Token) int {
	switch t := t.(type) {
	case json.Delim:
		return 1
	case string:
		return len(t) + 2
	case json.Number:
		return len(t)
	case bool:
		return len(strconv.FormatBool(t))
	}
	return len("null")
}

// numberValue is a number of a document: int64, float64, or its digits if it
// is a whole number beyond these.
func numberValue(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	if !strings.ContainsAny(text, ".eE") {
		return json.Number(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return f
}
