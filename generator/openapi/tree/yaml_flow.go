package tree

import "strings"

// flow reads [a, b] and {a: b}, over any number of lines.
func (r *yamlReader) flow() (*Node, *syntaxError) {
	if r.depth++; r.depth > r.lim.Depth {
		err := r.fail(r.pos, "nested deeper than %d levels", r.lim.Depth)
		err.code = CodeLimit
		return nil, err
	}
	defer func() { r.depth-- }()
	open := r.pos
	if r.byte(0) == '[' {
		return r.flowList(open)
	}
	return r.flowMap(open)
}

func (r *yamlReader) flowList(open int) (*Node, *syntaxError) {
	n := r.new(List)
	r.pos++
	for {
		r.flowSpace()
		if r.byte(0) == ']' {
			r.pos++
			return n, nil
		}
		v, err := r.flowItem(open)
		if err != nil {
			return nil, err
		}
		v.parent, v.slot = n, int32(len(n.values))
		n.values = append(n.values, v)
		if err := r.flowNext(open, ']'); err != nil {
			return nil, err
		}
	}
}

// flowItem reads an element of a list, which may be a single pair: [a: b].
func (r *yamlReader) flowItem(open int) (*Node, *syntaxError) {
	at := r.pos
	v, err := r.flowNode(open)
	if err != nil {
		return nil, err
	}
	r.flowSpace()
	if r.byte(0) != ':' || v.kind == Map || v.kind == List {
		return v, nil
	}
	pair := r.new(Map)
	pair.offset = int32(at)
	value, err := r.flowValue(open)
	if err != nil {
		return nil, err
	}
	value.parent = pair
	pair.keys, pair.values = []Key{{Name: v.text, offset: int32(at)}}, []*Node{value}
	return pair, nil
}

func (r *yamlReader) flowMap(open int) (*Node, *syntaxError) {
	n := r.new(Map)
	r.pos++
	for {
		r.flowSpace()
		if r.byte(0) == '}' {
			r.pos++
			n.finish(r.duplicate)
			return n, nil
		}
		if r.byte(0) == '?' && isSpace(r.byte(1)) {
			r.pos++
			r.flowSpace()
		}
		k, err := r.flowNode(open)
		if err != nil {
			return nil, err
		}
		if k.kind == Map || k.kind == List {
			return nil, r.fail(int(k.offset), "a key cannot be a %s", k.kind)
		}
		r.flowSpace()
		v := r.null(r.pos)
		if r.byte(0) == ':' {
			if v, err = r.flowValue(open); err != nil {
				return nil, err
			}
		}
		v.parent, v.slot = n, int32(len(n.values))
		n.keys, n.values = append(n.keys, Key{Name: k.text, offset: k.offset}), append(n.values, v)
		if err := r.flowNext(open, '}'); err != nil {
			return nil, err
		}
	}
}

// flowValue reads what follows a colon.
func (r *yamlReader) flowValue(open int) (*Node, *syntaxError) {
	r.pos++
	r.flowSpace()
	if c := r.byte(0); c == ',' || c == '}' || c == ']' {
		return r.null(r.pos), nil
	}
	return r.flowNode(open)
}

// flowNext passes a comma, or stays before the closing bracket.
func (r *yamlReader) flowNext(open int, closing byte) *syntaxError {
	r.flowSpace()
	switch c := r.byte(0); {
	case c == ',':
		r.pos++
		return nil
	case c == closing:
		return nil
	case r.pos >= len(r.text):
		return r.fail(open, "the %q opened here is not closed", r.text[open])
	}
	return r.fail(r.pos, "unexpected %s, want a comma or %q", r.token(), closing)
}

func (r *yamlReader) flowNode(open int) (*Node, *syntaxError) {
	before := r.made + r.aliased
	var p props
	for c := r.byte(0); c == '&' || c == '!'; c = r.byte(0) {
		if err := r.property(&p); err != nil {
			return nil, err
		}
		r.flowSpace()
	}
	n, err := r.flowContent(open)
	if err != nil {
		return nil, err
	}
	return r.attach(n, p, before)
}

func (r *yamlReader) flowContent(open int) (*Node, *syntaxError) {
	if r.ended() {
		return nil, r.fail(open, "the %q opened here is not closed", r.text[open])
	}
	switch c := r.byte(0); c {
	case '[', '{':
		return r.flow()
	case '*':
		return r.alias()
	case '"', '\'':
		n := r.new(String)
		var err *syntaxError
		n.text, err = r.quoted(c)
		return n, err
	case ',', ']', '}':
		return r.null(r.pos), nil
	}
	n := r.new(String)
	n.text = r.flowPlain()
	if n.text == "" {
		return nil, r.fail(r.pos, "unexpected %s", r.token())
	}
	if n.kind = resolve(n.text); n.kind == Bool {
		n.text = strings.ToLower(n.text)
	}
	return n, nil
}

// flowPlain reads a scalar without quotes inside brackets.
func (r *yamlReader) flowPlain() string {
	var b strings.Builder
	start := r.pos
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case ',', '[', ']', '{', '}':
			return flowText(&b, r.text[start:r.pos])
		case ':':
			if next := r.byte(1); isSpace(next) || strings.IndexByte(",[]{}", next) >= 0 {
				return flowText(&b, r.text[start:r.pos])
			}
		case '#':
			if r.pos > 0 && isSpace(r.text[r.pos-1]) {
				return flowText(&b, r.text[start:r.pos])
			}
		case '\n':
			b.WriteString(strings.TrimRight(r.text[start:r.pos], " \t\r"))
			r.foldLines(&b)
			start = r.pos
			if r.marker() {
				return flowText(&b, "")
			}
			continue
		}
		r.pos++
	}
	return flowText(&b, r.text[start:])
}

// flowText ends a scalar; the line end before a bracket is no part of it.
func flowText(b *strings.Builder, last string) string {
	last = strings.TrimRight(last, " \t\r")
	if b.Len() == 0 {
		return last
	}
	return strings.TrimRight(b.String()+last, " \n")
}

// flowSpace passes blanks, line ends and comments inside brackets, where tabs
// do no harm.
func (r *yamlReader) flowSpace() {
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '\n':
			r.pos++
			r.line = r.pos
		case c == ' ' || c == '\t' || c == '\r':
			r.pos++
		case c == '#' && (r.pos == r.line || isSpace(r.text[r.pos-1])):
			r.pos = r.lineEnd(r.pos)
		default:
			return
		}
	}
}
