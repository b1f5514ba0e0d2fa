package schema

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// WriteOptions are choices for writing a document. The zero value writes all
// that the schema has: the form of a pipeline's own store.
type WriteOptions struct {
	// OmitDefaults leaves out the names of tables and columns within them, and
	// the hash of the import file: the form of exports and imports (S5).
	OmitDefaults bool
	// DropProcessingHints leaves out what stages noted (S42).
	DropProcessingHints bool
}

// JSON is the document in JSON, indented (S6). Version and hash are written as
// they are: call [Schema.Bump] before saving.
func (s *Schema) JSON(opts *WriteOptions) []byte {
	return append(appendJSON(nil, s.written(opts), "  ", ""), '\n')
}

// YAML is the document in block-style YAML (S6).
func (s *Schema) YAML(opts *WriteOptions) []byte {
	return appendYAML(nil, s.written(opts), "")
}

func (s *Schema) written(opts *WriteOptions) Hints {
	if opts == nil {
		return s.document()
	}
	if opts.DropProcessingHints {
		s = s.Clone()
		s.RemoveProcessingHints()
	}
	doc := s.document()
	if !opts.OmitDefaults {
		return doc
	}
	doc.Delete("imported_version_hash")
	v, _ := doc.Get("tables")
	tables, _ := v.(Hints)
	for i := range tables {
		t, _ := tables[i].Value.(Hints)
		t.Delete("name")
		v, _ := t.Get("columns")
		columns, _ := v.(Hints)
		for j := range columns {
			c, _ := columns[j].Value.(Hints)
			c.Delete("name")
			columns[j].Value = c
		}
		tables[i].Value = t
	}
	return doc
}

// StoredText is the copy for a destination's version table (S7): compact JSON,
// compressed if it is longer than limit bytes; 0 is no limit.
func (s *Schema) StoredText(limit int) string {
	text := compact(s.document())
	if limit <= 0 || len(text) <= limit {
		return string(text)
	}
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	// A bytes.Buffer takes all that is written to it.
	_, _ = z.Write(text)
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// appendYAML appends a map or list as a block at the given indent.
func appendYAML(b []byte, v any, indent string) []byte {
	switch v := v.(type) {
	case Hints:
		for _, h := range v {
			b = append(append(b, indent...), yamlText(h.Key)...)
			b = appendYAMLItem(append(b, ':'), h.Value, indent, "  ")
		}
	case []any:
		for _, x := range v {
			b = append(append(b, indent...), '-')
			if h, ok := x.(Hints); ok && len(h) > 0 {
				block := appendYAML(nil, h, indent+"  ")
				b = append(append(b, ' '), block[len(indent)+2:]...)
				continue
			}
			b = appendYAMLItem(b, x, indent, "  ")
		}
	}
	return b
}

// appendYAMLItem appends what stands after a key or a dash. Lists stand at the
// indent of their key.
func appendYAMLItem(b []byte, v any, indent, step string) []byte {
	switch x := v.(type) {
	case Hints:
		if len(x) == 0 {
			return append(b, " {}\n"...)
		}
		return appendYAML(append(b, '\n'), x, indent+step)
	case []any:
		if len(x) == 0 {
			return append(b, " []\n"...)
		}
		if b[len(b)-1] == '-' {
			indent += step
		}
		return appendYAML(append(b, '\n'), x, indent)
	case string:
		b = append(append(b, ' '), yamlText(x)...)
	case float64:
		b = append(append(b, ' '), yamlFloat(x)...)
	default:
		b = appendScalar(append(b, ' '), x)
	}
	return append(b, '\n')
}

func yamlFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return ".nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'f', 0, 64)[:1], "+") + ".inf"
	}
	// YAML 1.1 wants a point in the mantissa.
	text := string(appendFloat(nil, f))
	if m, e, ok := strings.Cut(text, "e"); ok && !strings.Contains(m, ".") {
		return m + ".0e" + e
	}
	return text
}

var (
	// plainYAML are texts that both versions of YAML read as texts, unquoted.
	plainYAML = regexp.MustCompile(`^[\pL_/][\pL\pN _./+=()<>@$;^*?!|\\-]*$`)
	// yamlWords are read as something else than a text.
	yamlWords = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"}
)

func yamlText(s string) string {
	if plainYAML.MatchString(s) && !strings.HasSuffix(s, " ") && !slices.Contains(yamlWords, strings.ToLower(s)) {
		return s
	}
	quoted := string(appendString(nil, s))
	if !strings.ContainsFunc(quoted, needsEscape) {
		return quoted
	}
	var b strings.Builder
	for _, r := range quoted {
		if needsEscape(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// needsEscape reports whether YAML, unlike JSON, does not take the character as it is.
func needsEscape(r rune) bool {
	return r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}
