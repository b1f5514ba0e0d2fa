package generator

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
)

// selectItem finds what a selector selects in a response: the type of one
// record, and whether there may be several. Selectors are "$", keys joined by
// dots, "key" in brackets and quotes, "[*]" through a list and "*" for all
// values of a map.
func selectItem(t *ir.Type, selector string) (item *ir.Type, list bool, err error) {
	rest := strings.TrimPrefix(strings.TrimPrefix(selector, "$"), ".")
	for rest != "" {
		var step string
		switch {
		case rest == "*" || strings.HasPrefix(rest, "*."):
			step, rest = "*", strings.TrimPrefix(rest[1:], ".")
		case strings.HasPrefix(rest, "[*]"):
			step, rest = "[*]", strings.TrimPrefix(rest[3:], ".")
		case strings.HasPrefix(rest, `["`):
			step, rest, err = quotedKey(rest)
			if err != nil {
				return nil, false, err
			}
		default:
			step, rest = plainKey(t, rest)
		}
		var through bool
		if t, through, err = follow(t, step); err != nil {
			return nil, false, err
		}
		list = list || through
	}
	if t.Kind == ir.KindArray {
		t, list = t.Items, true
		if t == nil {
			t = &ir.Type{Kind: ir.KindAny}
		}
	}
	return t, list, nil
}

// plainKey cuts the next key off; of several that would do, the longest that
// the type has, for keys may hold dots.
func plainKey(t *ir.Type, rest string) (key, after string) {
	for _, p := range t.Props {
		tail, ok := strings.CutPrefix(rest, p.Name)
		if ok && len(p.Name) > len(key) && (tail == "" || tail[0] == '.' || tail[0] == '[') {
			key, after = p.Name, strings.TrimPrefix(tail, ".")
		}
	}
	if key != "" {
		return key, after
	}
	if i := strings.IndexAny(rest, ".["); i > 0 {
		return rest[:i], strings.TrimPrefix(rest[i:], ".")
	}
	return rest, ""
}

func quotedKey(rest string) (key, after string, err error) {
	end := strings.Index(rest, `"]`)
	if end < 0 {
		return "", "", fmt.Errorf("%s has no end", rest)
	}
	key, err = strconv.Unquote(rest[1 : end+1])
	if err != nil {
		return "", "", fmt.Errorf("%s is no quoted key", rest[:end+2])
	}
	return key, strings.TrimPrefix(rest[end+2:], "."), nil
}

// follow takes one step; through is set if it leads to several values.
func follow(t *ir.Type, step string) (next *ir.Type, through bool, err error) {
	switch step {
	case "*", "[*]":
		switch t.Kind {
		case ir.KindArray, ir.KindMap:
			if t.Items != nil {
				return t.Items, true, nil
			}
			return &ir.Type{Kind: ir.KindAny}, true, nil
		case ir.KindAny, ir.KindObject:
			return &ir.Type{Kind: ir.KindAny}, true, nil
		default:
			return nil, false, fmt.Errorf("%s has nothing to go through: it is %s", step, t.Kind)
		}
	}
	switch t.Kind {
	case ir.KindObject:
		names := make([]string, 0, len(t.Props))
		for _, p := range t.Props {
			if p.Name == step {
				return p.Type, false, nil
			}
			names = append(names, p.Name)
		}
		return nil, false, fmt.Errorf("the response has no key %q; it has %s", step, firstNames(names))
	case ir.KindAny:
		// Nothing is known of the body: the selector is believed, for a list.
		return &ir.Type{Kind: ir.KindAny}, true, nil
	case ir.KindMap:
		if t.Items != nil {
			return t.Items, false, nil
		}
		return &ir.Type{Kind: ir.KindAny}, false, nil
	case ir.KindArray:
		return nil, false, fmt.Errorf("%q is looked for in a list; write [*] to go through it", step)
	default:
		return nil, false, fmt.Errorf("%q is looked for in %s", step, t.Kind)
	}
}

func firstNames(names []string) string {
	const most = 8
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
