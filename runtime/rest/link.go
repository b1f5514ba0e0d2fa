package rest

import (
	"fmt"
	"net/http"
	"strings"
)

// JSONLink follows a URL in the body. Parameters of the first request are
// dropped: the link holds them (R55).
type JSONLink struct {
	NextPath  string // next; "?" is that of Cursor
	SizeParam string // of the first request
	Size      int
}

// Start begins a pagination.
func (p *JSONLink) Start() (Pagination, error) {
	return &jsonLinks{path: or(p.NextPath, "next"), param: p.SizeParam, size: p.Size}, nil
}

type jsonLinks struct {
	path, param string
	size        int
}

func (p *jsonLinks) Paths() []string {
	if p.path == unknownPath {
		return nil
	}
	return []string{p.path}
}

func (p *jsonLinks) First(call *Call) error { return setSize(call, p.param, "", p.size) }

func (p *jsonLinks) Next(call *Call, page *Answer) (bool, error) {
	if p.path == unknownPath {
		path, err := learnNext("json_link", page, p.size)
		if path == "" || err != nil {
			return false, err
		}
		p.path = path
	}
	raw, err := page.Value(p.path)
	if err != nil || len(raw) == 0 || raw[0] == 'n' || raw[0] == 'f' {
		return false, err
	}
	if raw[0] != '"' {
		return false, fmt.Errorf("json_link paginator: %q is not a URL but %s", p.path, quote(raw))
	}
	link := strings.TrimSpace(scalarText(raw))
	if link == "" {
		return false, nil
	}
	return true, call.Follow(link)
}

// HeaderLink follows a URL in a response header.
type HeaderLink struct {
	// NextPath is a relation of the Link header, or the name of a header that
	// holds the URL: next.
	NextPath  string
	SizeParam string // of the first request
	Size      int
}

// Start begins a pagination.
func (p *HeaderLink) Start() (Pagination, error) {
	return &headerLinks{next: or(p.NextPath, "next"), param: p.SizeParam, size: p.Size}, nil
}

type headerLinks struct {
	next, param string
	size        int
}

func (p *headerLinks) Paths() []string { return nil }

func (p *headerLinks) First(call *Call) error { return setSize(call, p.param, "", p.size) }

func (p *headerLinks) Next(call *Call, page *Answer) (bool, error) {
	link := linkWithRel(page.Header, p.next)
	if link == "" && !strings.EqualFold(p.next, "next") {
		link = strings.TrimSpace(page.Header.Get(p.next))
	}
	if link == "" {
		return false, nil
	}
	return true, call.Follow(link)
}

// linkWithRel finds a relation in the Link headers (RFC 8288).
func linkWithRel(h http.Header, rel string) string {
	for _, text := range h.Values("Link") {
		for text != "" {
			var target string
			var rels []string
			target, rels, text = cutLink(text)
			for _, r := range rels {
				if strings.EqualFold(r, rel) {
					return target
				}
			}
		}
	}
	return ""
}

// cutLink reads one <target>; name=value; … of a Link header.
func cutLink(text string) (target string, rels []string, rest string) {
	open := strings.IndexByte(text, '<')
	if open < 0 {
		return "", nil, ""
	}
	end := strings.IndexByte(text[open:], '>')
	if end < 0 {
		return "", nil, ""
	}
	target, rest = text[open+1:open+end], text[open+end+1:]
	for {
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, ";") {
			break
		}
		var name, value string
		name, value, rest = cutParam(rest[1:])
		if strings.EqualFold(name, "rel") && rels == nil {
			rels = strings.Fields(value)
		}
	}
	return strings.TrimSpace(target), rels, strings.TrimPrefix(rest, ",")
}

// cutParam reads one name=value or name="value".
func cutParam(text string) (name, value, rest string) {
	end := strings.IndexAny(text, "=;,")
	if end < 0 {
		return strings.TrimSpace(text), "", ""
	}
	name, rest = strings.TrimSpace(text[:end]), text[end:]
	if rest[0] != '=' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if strings.HasPrefix(rest, `"`) {
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '"':
				return name, strings.ReplaceAll(rest[1:i], `\`, ""), rest[i+1:]
			}
		}
		return name, rest[1:], ""
	}
	end = strings.IndexAny(rest, ";,")
	if end < 0 {
		return name, strings.TrimSpace(rest), ""
	}
	return name, strings.TrimSpace(rest[:end]), rest[end:]
}
