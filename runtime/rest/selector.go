package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A selector is a parsed path into a body: steps from the root. The root
// itself ("$") has none.
type selector []step

// A step leads from a value to some of its members or elements.
type step struct {
	key   string
	index int  // of an element, if kind is stepIndex
	kind  byte // stepKey, stepIndex, stepAll
	deep  bool // from any depth below ("..")
}

const (
	stepKey byte = iota
	stepIndex
	stepAll // every member or element
)

// parseSelector reads a path: names joined by dots, with or without "$." before
// them; ["name"], ['name'] or "name" for a name with dots or brackets; [0] for
// an element, [*], [] or * for all; .. for any depth. The annotations of OData
// ("@odata.nextLink") are one name.
func parseSelector(text string) (selector, error) {
	p := pathReader{rest: strings.TrimSpace(text)}
	if p.rest == "" {
		return nil, errors.New("selector is empty")
	}
	switch {
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("selector %q is not UTF-8", text)
	case p.rest == "$":
		return nil, nil
	case strings.HasPrefix(p.rest, "$.") || strings.HasPrefix(p.rest, "$["):
		p.rest = p.rest[1:]
	default:
		p.bare = true
	}
	for p.rest != "" {
		if err := p.next(); err != nil {
			return nil, fmt.Errorf("selector %q: %w", text, err)
		}
	}
	return p.out, nil
}

type pathReader struct {
	rest string
	out  selector
	bare bool // the next step needs no dot: it is the first
}

func (p *pathReader) next() error {
	deep := false
	switch {
	case strings.HasPrefix(p.rest, ".."):
		deep, p.rest = true, p.rest[2:]
	case p.rest[0] == '.':
		p.rest = p.rest[1:]
	case p.rest[0] != '[' && !p.bare:
		return fmt.Errorf("a dot is missing before %q", p.rest)
	}
	p.bare = false
	if p.rest == "" {
		return errors.New("it ends with a dot")
	}
	var s step
	var err error
	switch p.rest[0] {
	case '[':
		s, err = p.bracket()
	case '"', '\'':
		s.key, err = p.quoted()
	case '*':
		s.kind, p.rest = stepAll, p.rest[1:]
	default:
		s.key, err = p.name()
	}
	s.deep = deep
	p.out = append(p.out, s)
	return err
}

func (p *pathReader) bracket() (s step, err error) {
	p.rest = p.rest[1:]
	if p.rest != "" && (p.rest[0] == '"' || p.rest[0] == '\'') {
		if s.key, err = p.quoted(); err != nil {
			return s, err
		}
		if !strings.HasPrefix(p.rest, "]") {
			return s, errors.New("] is missing")
		}
		p.rest = p.rest[1:]
		return s, nil
	}
	inner, rest, ok := strings.Cut(p.rest, "]")
	if !ok {
		return s, errors.New("] is missing")
	}
	p.rest = rest
	if inner == "*" || inner == "" {
		s.kind = stepAll
		return s, nil
	}
	s.kind = stepIndex
	if s.index, err = strconv.Atoi(inner); err != nil || s.index < 0 {
		return s, fmt.Errorf("[%s] is not supported; only [*], [n] and [\"name\"] are", inner)
	}
	return s, nil
}

// quoted reads a name in quotes, in which a backslash escapes as in JSON.
func (p *pathReader) quoted() (string, error) {
	quote := p.rest[0]
	for i := 1; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			i++
		case quote:
			inner := p.rest[1:i]
			p.rest = p.rest[i+1:]
			return unquote(inner, quote)
		}
	}
	return "", fmt.Errorf("%c is missing", quote)
}

func unquote(inner string, quote byte) (string, error) {
	if quote == '\'' {
		inner = strings.ReplaceAll(inner, `\'`, `'`)
		inner = strings.ReplaceAll(inner, `"`, `\"`)
	}
	var out string
	if err := json.Unmarshal([]byte(`"`+inner+`"`), &out); err != nil {
		return "", fmt.Errorf("name %q: %w", inner, err)
	}
	return out, nil
}

// annotations are the prefixes of OData names that hold a dot.
var annotations = []string{"@odata.", "@iot.", "@search."}

func (p *pathReader) name() (string, error) {
	skip := 0
	for _, a := range annotations {
		if strings.HasPrefix(p.rest, a) {
			skip = len(a)
		}
	}
	end := strings.IndexAny(p.rest[skip:], ".[")
	if end < 0 {
		end = len(p.rest) - skip
	}
	name := p.rest[:skip+end]
	p.rest = p.rest[skip+end:]
	if name == "" {
		return "", errors.New("a name is empty")
	}
	return name, nil
}

// String writes the path so that parseSelector reads the same.
func (s selector) String() string {
	if len(s) == 0 {
		return "$"
	}
	var b strings.Builder
	for i, st := range s {
		dot := "."
		if st.deep {
			dot = ".."
		} else if i == 0 {
			dot = ""
		}
		switch {
		case st.kind == stepAll && (st.deep || i == 0):
			b.WriteString(dot + "*")
		case st.kind == stepAll:
			b.WriteString("[*]")
		case st.kind == stepIndex:
			if st.deep {
				b.WriteString(dot)
			}
			b.WriteString("[" + strconv.Itoa(st.index) + "]")
		case plainName(st.key):
			b.WriteString(dot + st.key)
		default:
			quoted, _ := json.Marshal(st.key)
			if st.deep {
				b.WriteString(dot)
			}
			b.WriteString("[" + string(quoted) + "]")
		}
	}
	return b.String()
}

func plainName(key string) bool {
	if key == "" || key == "$" {
		return false
	}
	return !strings.ContainsAny(key, `.[]"'*\$ `) && strings.IndexFunc(key, func(r rune) bool { return r < ' ' }) < 0
}
