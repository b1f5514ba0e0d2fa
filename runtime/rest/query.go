package rest

import (
	"net/url"
	"strings"
)

// A Query is parameters of a URL, or fields of a form, in order: each element
// is a name and its value. A name may come more than once. A parameter whose
// value is "" is left out, so that an absent start of an incremental needs no
// branch.
type Query [][2]string

// Set gives name one value, in the place of the first one it had.
func (q *Query) Set(name, value string) {
	out, found := (*q)[:0:0], false
	for _, p := range *q {
		switch {
		case p[0] != name:
			out = append(out, p)
		case !found:
			out, found = append(out, [2]string{name, value}), true
		}
	}
	if !found {
		out = append(out, [2]string{name, value})
	}
	*q = out
}

// Get returns the first value of name, "" if there is none.
func (q Query) Get(name string) string {
	for _, p := range q {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

// Encode returns the query in URL form, in order, without empty values.
func (q Query) Encode() string {
	var b strings.Builder
	for _, p := range q {
		if p[1] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p[0]))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p[1]))
	}
	return b.String()
}

// A Style is how a parameter with several values is written (OpenAPI's style).
type Style string

// The styles of a parameter with several values.
const (
	StyleForm  Style = "form"           // a=1&a=2, or a=1,2 unless exploded
	StyleSpace Style = "spaceDelimited" // a=1 2
	StylePipe  Style = "pipeDelimited"  // a=1|2
)

// List returns a parameter with several values. Exploded, every style repeats
// the name; otherwise the values are joined by the style's separator.
func List(name string, style Style, explode bool, values ...string) Query {
	if len(values) == 0 {
		return nil
	}
	if !explode {
		sep := ","
		switch style {
		case StyleSpace:
			sep = " "
		case StylePipe:
			sep = "|"
		case StyleForm:
		}
		return Query{{name, strings.Join(values, sep)}}
	}
	out := make(Query, 0, len(values))
	for _, v := range values {
		out = append(out, [2]string{name, v})
	}
	return out
}

// DeepObject returns an object as a parameter, a[k]=v for each of its fields.
func DeepObject(name string, fields Query) Query {
	out := make(Query, 0, len(fields))
	for _, f := range fields {
		out = append(out, [2]string{name + "[" + f[0] + "]", f[1]})
	}
	return out
}
