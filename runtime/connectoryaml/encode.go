package connectoryaml

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// Encode makes the tree of f, keys in canonical order, what is not set left out.
func Encode(f *File) *Node {
	root := encode(reflect.ValueOf(f).Elem())
	root.Head = []string{SchemaComment}
	return root
}

// Canonical puts the keys of root's maps into the order of the structs.
// Comments move with their keys; unknown keys stay behind the known ones.
func Canonical(root *Node) { order(root, reflect.TypeFor[File]()) }

// Format is the canonical form of a connector.yaml; formatting it again
// changes nothing (G24).
func Format(data []byte) ([]byte, error) {
	root, err := Parse(data)
	if err != nil {
		return nil, asProblems(err)
	}
	Canonical(root)
	return Print(root), nil
}

func encode(v reflect.Value) *Node {
	if v.Type() == nodeType {
		return v.Interface().(*Node).Clone()
	}
	if m, ok := reflect.TypeAssert[dict](v.Addr()); ok {
		n := &Node{Kind: Map}
		m.each(func(key string, v reflect.Value) {
			n.Entries = append(n.Entries, Entry{Key: key, Value: encode(v)})
		})
		return n
	}
	switch v.Kind() {
	case reflect.Pointer:
		return encode(v.Elem())
	case reflect.Slice:
		n := &Node{Kind: List}
		for i := range v.Len() {
			n.Items = append(n.Items, encode(v.Index(i)))
		}
		return n
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Bool:
		return &Node{Kind: Bool, Text: strconv.FormatBool(v.Bool())}
	case reflect.Int:
		return &Node{Kind: Number, Text: strconv.FormatInt(v.Int(), 10)}
	case reflect.Float64:
		return &Node{Kind: Number, Text: strconv.FormatFloat(v.Float(), 'g', -1, 64)}
	default:
		return Text(fmt.Sprint(v.Interface()))
	}
}

func encodeStruct(v reflect.Value) *Node {
	if name, ok := words[v.Type()]; ok {
		if w := wordOf(v, name); w != "" {
			return Text(w)
		}
	}
	n := &Node{Kind: Map}
	for _, f := range fieldsOf(v.Type()) {
		fv := v.Field(f.index)
		if absent(fv) && !f.rule.required {
			continue
		}
		n.Entries = append(n.Entries, Entry{Key: f.key, Value: encode(fv)})
	}
	return n
}

// wordOf is the word that stands for the whole struct, or "".
func wordOf(v reflect.Value, name string) string {
	w := v.FieldByName(name).String()
	if p, ok := reflect.TypeAssert[Paginate](v); ok {
		switch {
		case p != Paginate{Type: p.Type}:
		case p.Type == "single_page":
			return "none"
		case p.Type == "none", p.Type == "auto":
			return p.Type
		}
		return ""
	}
	return w
}

func absent(v reflect.Value) bool {
	if v.Kind() == reflect.Struct {
		return v.IsZero() || len(encodeStruct(v).Entries) == 0
	}
	if v.Kind() == reflect.Slice {
		_, isDict := reflect.TypeAssert[dict](v.Addr())
		return v.IsNil() || isDict && v.Len() == 0
	}
	return v.IsZero()
}

func order(n *Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer && t != nodeType {
		t = t.Elem()
	}
	if t == nodeType {
		return
	}
	if m, ok := reflect.TypeAssert[dict](reflect.New(t)); ok {
		for _, e := range n.Entries {
			order(e.Value, m.elem())
		}
		return
	}
	switch {
	case t.Kind() == reflect.Slice:
		for _, item := range n.Items {
			order(item, t.Elem())
		}
	case t.Kind() == reflect.Struct && n.Kind == Map:
		fields := fieldsOf(t)
		rank := func(key string) int {
			if i := slices.IndexFunc(fields, func(f field) bool { return f.key == key }); i >= 0 {
				return i
			}
			return len(fields)
		}
		slices.SortStableFunc(n.Entries, func(a, b Entry) int { return rank(a.Key) - rank(b.Key) })
		for _, e := range n.Entries {
			if i := rank(e.Key); i < len(fields) {
				order(e.Value, t.Field(fields[i].index).Type)
			}
		}
	}
}
