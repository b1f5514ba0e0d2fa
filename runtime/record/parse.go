package record

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/dltgen/dltgen/runtime/value"
)

// Parse reads one JSON value and nothing else. Objects keep the order of their
// keys; of a repeated key the last value counts, at the place of the first (N20).
func Parse(data []byte) (*Value, error) {
	page := Page{Data: data}
	p := parser{data: data, pos: SkipSpace(data, 0)}
	v := new(Value)
	if !p.value(v, 0) {
		return nil, page.at(p.bad, p.msg)
	}
	if end := SkipSpace(data, p.pos); end < len(data) {
		return nil, page.at(end, "unexpected text after the value: "+show(data, end))
	}
	return v, nil
}

// A parser builds trees; where it fails, bad and msg say why.
type parser struct {
	data []byte
	pos  int
	bad  int
	msg  string
}

func (p *parser) fail(at int, msg string) bool {
	if p.msg == "" {
		p.bad, p.msg = at, msg
	}
	return false
}

// check reads a value for its errors only.
func (p *parser) check() {
	var v Value
	p.pos = SkipSpace(p.data, p.pos)
	p.value(&v, 0)
}

// show is the character at p as an error message quotes it.
func show(data []byte, p int) string {
	if p >= len(data) {
		return "the end of the data"
	}
	r, _ := utf8.DecodeRune(data[p:])
	if r == utf8.RuneError {
		return fmt.Sprintf("the byte 0x%02x", data[p])
	}
	return fmt.Sprintf("%q", r)
}

func (p *parser) value(v *Value, depth int) bool {
	if p.pos >= len(p.data) {
		return p.fail(p.pos, "expected a value, found the end of the data")
	}
	if depth > MaxDepth {
		return p.fail(p.pos, fmt.Sprintf("nested deeper than %d levels", MaxDepth))
	}
	switch p.data[p.pos] {
	case '{':
		return p.object(v, depth)
	case '[':
		return p.list(v, depth)
	case '"':
		s, ok := p.text()
		*v = TextValue(s)
		return ok
	case 't', 'f', 'n':
		return p.literal(v)
	}
	return p.number(v)
}

func (p *parser) literal(v *Value) bool {
	end := SkipLiteral(p.data, p.pos)
	if end < 0 {
		return p.fail(p.pos, "expected true, false or null")
	}
	switch p.data[p.pos] {
	case 't':
		*v = BoolValue(true)
	case 'f':
		*v = BoolValue(false)
	default:
		*v = Value{}
	}
	p.pos = end
	return true
}

func (p *parser) number(v *Value) bool {
	end, kind, raw := ScanNumber(p.data, p.pos)
	switch kind {
	case Integer:
		*v = IntValue(int64(raw))
	case Double:
		*v = DoubleValue(math.Float64frombits(raw))
	case BigInteger:
		b, err := value.ParseBig(string(p.data[p.pos:end]))
		if err != nil {
			return p.fail(p.pos, err.Error())
		}
		*v = BigValue(b)
	case NotNumber:
		if c := p.data[p.pos]; c != '-' && c-'0' > 9 {
			return p.fail(p.pos, "expected a value, found "+show(p.data, p.pos))
		}
		return p.fail(p.pos, "not a number that a double can hold")
	}
	p.pos = end
	return true
}

// text reads the string at pos.
func (p *parser) text() (string, bool) {
	start := p.pos + 1
	end, flags := ScanString(p.data, start)
	if end < 0 {
		return "", p.badString(start)
	}
	p.pos = end + 1
	if flags&Escaped != 0 {
		return string(AppendUnescaped(nil, p.data[start:end])), true
	}
	return string(p.data[start:end]), true
}

// badString finds the fault of a string that ScanString refused.
func (p *parser) badString(start int) bool {
	for i := start; i < len(p.data); {
		c := p.data[i]
		switch {
		case c == '"':
			return p.fail(i, "invalid string")
		case c < 0x20:
			return p.fail(i, fmt.Sprintf("control character 0x%02x in a string", c))
		case c == '\\':
			n := escapeLength(p.data, i)
			if n == 0 {
				return p.fail(i, "invalid escape in a string")
			}
			i += n
		case c < 0x80:
			i++
		default:
			r, n := utf8.DecodeRune(p.data[i:])
			if r == utf8.RuneError && n == 1 {
				return p.fail(i, "invalid UTF-8 in a string")
			}
			i += n
		}
	}
	return p.fail(start-1, "the string is not closed")
}

func (p *parser) object(v *Value, depth int) bool {
	open := p.pos
	p.pos = SkipSpace(p.data, p.pos+1)
	*v = ObjectValue()
	if p.next('}') {
		return true
	}
	for {
		if p.pos >= len(p.data) || p.data[p.pos] != '"' {
			return p.fail(p.pos, "expected a key, found "+show(p.data, p.pos))
		}
		key, ok := p.text()
		if !ok {
			return false
		}
		p.pos = SkipSpace(p.data, p.pos)
		if !p.next(':') {
			return p.fail(p.pos, "expected : after a key, found "+show(p.data, p.pos))
		}
		p.pos = SkipSpace(p.data, p.pos)
		if !p.value(v.slot(key), depth+1) {
			return false
		}
		p.pos = SkipSpace(p.data, p.pos)
		switch {
		case p.next('}'):
			return true
		case !p.next(','):
			return p.unclosed(open, "object")
		}
		p.pos = SkipSpace(p.data, p.pos)
	}
}

func (p *parser) list(v *Value, depth int) bool {
	open := p.pos
	p.pos = SkipSpace(p.data, p.pos+1)
	*v = ListValue()
	if p.next(']') {
		return true
	}
	l := v.x.(*list)
	for {
		l.vals = append(l.vals, Value{})
		if !p.value(&l.vals[len(l.vals)-1], depth+1) {
			return false
		}
		p.pos = SkipSpace(p.data, p.pos)
		switch {
		case p.next(']'):
			return true
		case !p.next(','):
			return p.unclosed(open, "array")
		}
		p.pos = SkipSpace(p.data, p.pos)
	}
}

func (p *parser) unclosed(open int, what string) bool {
	if p.pos >= len(p.data) {
		return p.fail(p.pos, fmt.Sprintf("the %s that starts at byte %d is not closed", what, open))
	}
	return p.fail(p.pos, fmt.Sprintf("expected , or the end of the %s, found %s", what, show(p.data, p.pos)))
}

func (p *parser) next(c byte) bool {
	if p.pos < len(p.data) && p.data[p.pos] == c {
		p.pos++
		return true
	}
	return false
}
