package infer

import (
	"encoding/json"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
)

// prefixOwn begins the extensions that say what connector.yaml would (G15).
const prefixOwn = "x-dltgen-"

// extension is an extension of the operation, or of one of its types.
func (c *candidate) extension(name string) (any, bool) {
	v, ok := c.op.Extensions[name]
	return v, ok
}

// stateSelector is the selector that the document states.
func stateSelector(c *candidate) (selection, bool) {
	path, key := "", prefixOwn+"selector"
	if v, ok := c.extension(key); ok {
		path, _ = v.(string)
	} else if m := mapOf(c.op.Extensions["x-ms-pageable"]); m != nil {
		key = "x-ms-pageable"
		if path, _ = m["itemName"].(string); path == "" {
			path = "value"
		}
	} else if m := mapOf(c.op.Extensions["x-fern-pagination"]); m != nil {
		key = "x-fern-pagination"
		path = responsePath(m["results"])
	} else if out := mapOf(mapOf(c.op.Extensions["x-speakeasy-pagination"])["outputs"]); out != nil {
		key = "x-speakeasy-pagination"
		path = jsonPath(out["results"])
	}
	if path == "" {
		return selection{}, false
	}
	for _, f := range findLists(c.op.Response.Type) {
		if f.path() == path {
			return selection{path: path, keys: f.keys, item: f.item, owners: f.owners, why: byExtension(c.op.Pos, key)}, true
		}
	}
	return selection{}, false
}

// statedKey is the primary key that the document states, on the operation, the
// record's type or its properties.
func statedKey(c *candidate) (ir.Decided[[]string], bool) {
	v, ok := c.extension(prefixOwn + "primary-key")
	if !ok && c.sel.item != nil {
		if v, ok = c.sel.item.Extensions[prefixOwn+"primary-key"]; !ok {
			v = c.sel.item.Extensions["x-primary-key"]
		}
	}
	var names []string
	switch x := v.(type) {
	case string:
		names = []string{x}
	case []any:
		for _, e := range x {
			if s, ok := e.(string); ok {
				names = append(names, s)
			}
		}
	}
	if c.sel.item != nil && len(names) == 0 {
		for _, p := range c.sel.item.Props {
			if p.Type != nil && truthy(p.Type.Extensions["x-primary-key"]) {
				names = append(names, p.Name)
			}
		}
	}
	for _, n := range names {
		if property(c.sel.item, n) == nil {
			return ir.Decided[[]string]{}, false
		}
	}
	if len(names) == 0 {
		return ir.Decided[[]string]{}, false
	}
	return ir.Decided[[]string]{Value: names, Why: byExtension(c.op.Pos, "primary key")}, true
}

// statedPager is the pager that the document states (G37, explicit).
func statedPager(c *candidate) (ir.Decided[ir.Paginator], bool) {
	var p ir.Paginator
	key := prefixOwn + "paginate"
	if v, ok := c.extension(key); ok && decode(v, &p) && p.Type != "" {
		if p.Type == "none" {
			p.Type = ir.PageSingle
		}
		return ir.Decided[ir.Paginator]{Value: p, Why: byExtension(c.op.Pos, key)}, true
	}
	for _, known := range []struct {
		key  string
		read func(map[string]any) (ir.Paginator, bool)
	}{
		{"x-ms-pageable", msPager},
		{"x-fern-pagination", fernPager},
		{"x-speakeasy-pagination", speakeasyPager},
		{"x-pagination", speakeasyPager},
	} {
		if m := mapOf(c.op.Extensions[known.key]); m != nil {
			if p, ok := known.read(m); ok {
				if p.SizeParam == "" {
					p.SizeParam, p.Size, p.Max = newPaging(c).sizing()
				}
				return ir.Decided[ir.Paginator]{Value: p, Why: byExtension(c.op.Pos, known.key)}, true
			}
		}
	}
	return ir.Decided[ir.Paginator]{}, false
}

func msPager(m map[string]any) (ir.Paginator, bool) {
	next, ok := m["nextLinkName"].(string)
	return ir.Paginator{Type: ir.PageJSONLink, NextPath: joinPath([]string{next})}, ok && next != ""
}

// fernPager reads {cursor: $request.cursor, next_cursor: $response.next, results: …}
// or {offset: $request.page, results: …}.
func fernPager(m map[string]any) (ir.Paginator, bool) {
	if next := responsePath(m["next_cursor"]); next != "" {
		p := ir.Paginator{Type: ir.PageCursor, NextPath: next}
		p.Param, _ = strings.CutPrefix(text(m["cursor"]), "$request.")
		return p, p.Param != ""
	}
	if next := responsePath(m["next_uri"]); next != "" {
		return ir.Paginator{Type: ir.PageJSONLink, NextPath: next}, true
	}
	param, ok := strings.CutPrefix(text(m["offset"]), "$request.")
	if !ok {
		return ir.Paginator{}, false
	}
	p := ir.Paginator{Type: ir.PageOffset, Param: param, MorePath: responsePath(m["has-next-page"])}
	if pageParams.has(param) {
		p.Type = ir.PageNumber
	}
	return p, true
}

// speakeasyPager reads {type: offsetLimit|cursor|url, inputs: [{name, in, type}], outputs: {…}}.
func speakeasyPager(m map[string]any) (ir.Paginator, bool) {
	inputs, _ := m["inputs"].([]any)
	param := func(types ...string) (name string, body bool) {
		for _, i := range inputs {
			in := mapOf(i)
			for _, t := range types {
				if text(in["type"]) == t {
					return text(in["name"]), text(in["in"]) == "requestBody"
				}
			}
		}
		return "", false
	}
	out := mapOf(m["outputs"])
	var p ir.Paginator
	set := func(name string, body bool) bool {
		if body {
			p.BodyPath = name
		} else {
			p.Param = name
		}
		return name != ""
	}
	size, _ := param("limit")
	p.SizeParam = size
	switch text(m["type"]) {
	case "cursor":
		p.Type, p.NextPath = ir.PageCursor, jsonPath(out["nextCursor"])
		return p, set(param("cursor")) && p.NextPath != ""
	case "url":
		p.Type, p.NextPath = ir.PageJSONLink, jsonPath(out["nextUrl"])
		return p, p.NextPath != ""
	case "offsetLimit":
		p.Type = ir.PageOffset
		if name, body := param("offset"); set(name, body) {
			return p, true
		}
		p.Type, p.TotalPath = ir.PageNumber, jsonPath(out["numPages"])
		return p, set(param("page"))
	}
	return p, false
}

func statedParent(c *candidate) *ir.Decided[ir.Parent] {
	var p ir.Parent
	if v, ok := c.extension(prefixOwn + "parent"); ok && decode(v, &p) && p.Resource != "" {
		return &ir.Decided[ir.Parent]{Value: p, Why: byExtension(c.op.Pos, prefixOwn+"parent")}
	}
	return nil
}

func statedIncremental(c *candidate) (*ir.Decided[ir.Incremental], bool) {
	var i ir.Incremental
	if v, ok := c.extension(prefixOwn + "incremental"); ok && decode(v, &i) && i.CursorPath != "" {
		return &ir.Decided[ir.Incremental]{Value: i, Why: byExtension(c.op.Pos, prefixOwn+"incremental")}, true
	}
	return nil, false
}

// decode reads an extension's value by the names of connector.yaml.
func decode(v, to any) bool {
	data, err := json.Marshal(v)
	return err == nil && json.Unmarshal(data, to) == nil
}

func mapOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// responsePath takes "$response.data.items" as data.items.
func responsePath(v any) string {
	s, ok := strings.CutPrefix(text(v), "$response.")
	if !ok {
		return ""
	}
	return s
}

// jsonPath takes "$.data.items" as data.items.
func jsonPath(v any) string {
	return strings.TrimPrefix(strings.TrimPrefix(text(v), "$."), "$")
}
