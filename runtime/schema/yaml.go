package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A yamlReader turns the parser's tree into nodes. Aliases become copies, which
// a bound on nodes keeps from growing without end.
type yamlReader struct {
	anchors map[string]ast.Node
	open    map[string]bool // aliases being resolved
	nodes   int
}

func parseYAML(data []byte) (n *node, err error) {
	// The parser panics on some texts that are not YAML.
	defer func() {
		if p := recover(); p != nil {
			n, err = nil, &DocumentError{Msg: "not YAML that can be read"}
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		return scalar(nil), nil
	case 1:
	default:
		return nil, placed(docs[1], errors.New("a second document"))
	}
	r := &yamlReader{anchors: map[string]ast.Node{}, open: map[string]bool{}}
	return r.read(docs[0], 0)
}

func yamlError(err error) error {
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		e := &DocumentError{Msg: syntax.GetMessage()}
		if t := syntax.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Col = t.Position.Line, t.Position.Column
		}
		return e
	}
	return &DocumentError{Msg: err.Error()}
}

func placed(n ast.Node, err error) error {
	var at node
	at.place(n)
	return &DocumentError{Line: at.line, Col: at.col, Msg: err.Error()}
}

func (r *yamlReader) read(n ast.Node, depth int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, placed(n, fmt.Errorf("more than %d values", maxNodes))
	}
	if depth > maxDepth {
		return nil, placed(n, fmt.Errorf("nested deeper than %d", maxDepth))
	}
	out := &node{}
	out.place(n)
	switch n := n.(type) {
	case *ast.AnchorNode:
		name := n.Name.GetToken().Value
		r.anchors[name] = n.Value
		return r.read(n.Value, depth+1)
	case *ast.AliasNode:
		return r.alias(n, depth)
	case *ast.TagNode:
		return r.tagged(n, depth)
	case *ast.MappingNode:
		out.kind = mapNode
		return out, r.fill(out, n.Values, depth)
	case *ast.MappingValueNode:
		out.kind = mapNode
		out.place(n.Key)
		return out, r.fill(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.kind = listNode
		for _, x := range n.Values {
			item, err := r.read(x, depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
		return out, nil
	}
	v, err := yamlScalar(n)
	out.value = v
	return out, err
}

// place gives the node the place of n: a block map begins at its first key,
// not at the colon that made it one.
func (n *node) place(at ast.Node) {
	if m, ok := at.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		at = m.Values[0].Key
	}
	if at == nil {
		return
	}
	if t := at.GetToken(); t != nil && t.Position != nil {
		n.line, n.col = t.Position.Line, t.Position.Column
	}
}

func (r *yamlReader) alias(n *ast.AliasNode, depth int) (*node, error) {
	name := n.Value.GetToken().Value
	target, ok := r.anchors[name]
	if !ok || r.open[name] {
		return nil, placed(n, fmt.Errorf("alias *%s has no anchor before it", name))
	}
	r.open[name] = true
	defer delete(r.open, name)
	return r.read(target, depth+1)
}

func (r *yamlReader) tagged(n *ast.TagNode, depth int) (*node, error) {
	out, err := r.read(n.Value, depth+1)
	if err != nil {
		return nil, err
	}
	if n.Start != nil && n.Start.Value == "!!str" && out.kind == scalarNode {
		if t := n.Value.GetToken(); t != nil {
			out.value = t.Value
		}
	}
	return out, nil
}

// fill adds the pairs of a mapping. A merge key gives way to keys of its own.
func (r *yamlReader) fill(out *node, pairs []*ast.MappingValueNode, depth int) error {
	var merged []*node
	for _, p := range pairs {
		v, err := r.read(p.Value, depth+1)
		if err != nil {
			return err
		}
		if _, ok := p.Key.(*ast.MergeKeyNode); ok {
			merged = append(merged, v)
			continue
		}
		key, err := yamlScalar(p.Key)
		if err != nil {
			return err
		}
		text, ok := key.(string)
		if !ok {
			text = p.Key.GetToken().Value
		}
		if slices.Contains(out.keys, text) {
			return placed(p.Key, fmt.Errorf("key %q is there twice", text))
		}
		out.set(text, v)
	}
	for _, m := range merged {
		from := m.items
		if m.kind == mapNode {
			from = []*node{m}
		}
		for _, x := range from {
			for i, k := range x.keys {
				if out.get(k) == nil {
					out.set(k, x.items[i])
				}
			}
		}
	}
	return nil
}

func yamlScalar(n ast.Node) (any, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.IntegerNode:
		switch v := n.Value.(type) {
		case int64:
			return v, nil
		case uint64:
			if v <= math.MaxInt64 {
				return int64(v), nil
			}
		}
		return json.Number(strings.ReplaceAll(n.GetToken().Value, "_", "")), nil
	case *ast.FloatNode:
		return n.Value, nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.InfinityNode:
		return n.Value, nil
	case *ast.NanNode:
		return math.NaN(), nil
	}
	return nil, placed(n, fmt.Errorf("a %s cannot stand here", strings.ToLower(n.Type().String())))
}
