package extract

import (
	"crypto/sha3"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// CursorOf reads the value at a field as a cursor; null tells a null from a missing field.
func CursorOf(v *record.Value) (c Cursor, null bool, err error) {
	if v == nil {
		return Cursor{}, false, nil
	}
	switch v.Kind() {
	case record.KindNull:
		return Cursor{}, true, nil
	case record.KindInt:
		n, ok := v.Int64()
		if !ok {
			return Cursor{Kind: CursorFloat, Float: v.Big().Float64()}, false, nil
		}
		return Cursor{Kind: CursorInt, Int: n}, false, nil
	case record.KindDouble:
		return Cursor{Kind: CursorFloat, Float: v.Double()}, false, nil
	case record.KindText:
		return Cursor{Kind: CursorText, Text: v.Text()}, false, nil
	case record.KindTimestamp:
		ts := v.Timestamp()
		return Cursor{Kind: CursorTime, Time: ts.Time(), Naive: ts.Naive}, false, nil
	case record.KindDate:
		return Cursor{Kind: CursorDate, Int: int64(v.Date())}, false, nil
	case record.KindDecimal, record.KindWei:
		return Cursor{Kind: CursorDecimal, Text: v.Decimal().String()}, false, nil
	default:
		return Cursor{}, false, fmt.Errorf("a %s cannot be a cursor", v.Kind())
	}
}

// Hash is the identity of a record at the boundary of a cursor (I7). Each key
// is a field of the record; without keys the whole record counts. scalar says
// that the key was given as one name, not as a list.
func Hash(rec *record.Value, keys []string, scalar bool) (string, error) {
	var b []byte
	switch {
	case len(keys) == 0:
		b = appendHashJSON(b, rec)
	case scalar:
		v := rec.Get(keys[0])
		if v == nil {
			return "", &KeyMissingError{Column: keys[0]}
		}
		b = appendHashJSON(b, v)
	default:
		b = append(b, '[')
		for i, k := range keys {
			v := rec.Get(k)
			if v == nil {
				return "", &KeyMissingError{Column: k}
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = appendHashJSON(b, v)
		}
		b = append(b, ']')
	}
	return hashText(b, 9), nil
}

func hashText(b []byte, n int) string {
	out := make([]byte, n)
	h := sha3.NewSHAKE128()
	_, _ = h.Write(b) // a hash never fails
	_, _ = h.Read(out)
	return base64.StdEncoding.EncodeToString(out)
}

// A KeyMissingError reports a record without a field of the deduplication key (I8).
type KeyMissingError struct{ Resource, Column string }

// Error implements error.
func (e *KeyMissingError) Error() string {
	return fmt.Sprintf("resource %s: a record has no field %q, which is part of the key that tells records with the same cursor apart: name the record's own field, or set an empty key",
		e.Resource, e.Column)
}

// appendHashJSON writes compact JSON with sorted keys, timestamps as
// microseconds since 1970 (I7).
func appendHashJSON(b []byte, v *record.Value) []byte {
	switch v.Kind() {
	case record.KindTimestamp:
		return strconv.AppendInt(b, v.Timestamp().Micros, 10)
	case record.KindObject:
		keys := make([]string, v.Len())
		for i := range keys {
			keys[i] = v.Key(i)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = record.AppendQuoted(b, k)
			b = append(b, ':')
			b = appendHashJSON(b, v.Get(k))
		}
		return append(b, '}')
	case record.KindList:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendHashJSON(b, v.Index(i))
		}
		return append(b, ']')
	default:
		return v.AppendJSON(b)
	}
}

// Field follows a cursor path in a record (I1): a plain name, a quoted name, or
// names and indexes joined by dots, of which the first match counts.
type Field struct {
	path  string
	plain bool
	steps []fieldStep
}

type fieldStep struct {
	name string
	idx  int
	any  bool
	list bool
}

// ParseField compiles a cursor path.
func ParseField(path string) (Field, error) {
	f := Field{path: path}
	if path == "" {
		return f, fmt.Errorf("cursor path is empty")
	}
	if !strings.ContainsAny(path, `.[]$'"*@?`) {
		f.plain = true
		return f, nil
	}
	rest := strings.TrimPrefix(path, "$")
	for rest != "" {
		step, tail, err := nextStep(rest)
		if err != nil {
			return f, fmt.Errorf("cursor path %q: %w", path, err)
		}
		f.steps = append(f.steps, step)
		rest = tail
	}
	return f, nil
}

func nextStep(s string) (step fieldStep, rest string, err error) {
	s = strings.TrimPrefix(s, ".")
	switch {
	case s == "":
		return step, "", fmt.Errorf("a name is missing after the dot")
	case s[0] == '[':
		inner, tail, ok := strings.Cut(s[1:], "]")
		if !ok {
			return step, "", fmt.Errorf("[ is not closed")
		}
		return bracketStep(inner, tail)
	case s[0] == '"' || s[0] == '\'':
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return step, "", fmt.Errorf("quote is not closed")
		}
		return fieldStep{name: s[1 : 1+end]}, s[end+2:], nil
	case s[0] == '*':
		return fieldStep{any: true}, s[1:], nil
	}
	end := strings.IndexAny(s, ".[")
	if end < 0 {
		end = len(s)
	}
	if strings.ContainsAny(s[:end], "?@") {
		return step, "", fmt.Errorf("%q is not supported in a cursor path", s[:end])
	}
	return fieldStep{name: s[:end]}, s[end:], nil
}

func bracketStep(inner, rest string) (fieldStep, string, error) {
	if inner == "*" {
		return fieldStep{any: true, list: true}, rest, nil
	}
	if n, err := strconv.Atoi(inner); err == nil {
		return fieldStep{idx: n, list: true}, rest, nil
	}
	name := strings.Trim(inner, `'"`)
	if name == inner {
		return fieldStep{}, "", fmt.Errorf("[%s] is neither an index nor a quoted name", inner)
	}
	return fieldStep{name: name}, rest, nil
}

// Get returns the first value at the path, or nil.
func (f Field) Get(rec *record.Value) *record.Value {
	if f.plain {
		return rec.Get(f.path)
	}
	return follow(rec, f.steps)
}

func follow(v *record.Value, steps []fieldStep) *record.Value {
	if v == nil || len(steps) == 0 {
		return v
	}
	s, list, object := steps[0], v.Kind() == record.KindList, v.Kind() == record.KindObject
	switch {
	case s.any && (list || object):
		for i := range v.Len() {
			if found := follow(v.Index(i), steps[1:]); found != nil {
				return found
			}
		}
		return nil
	case s.list && list:
		i := s.idx
		if i < 0 {
			i += v.Len()
		}
		if i < 0 || i >= v.Len() {
			return nil
		}
		return follow(v.Index(i), steps[1:])
	case object && !s.list && !s.any:
		return follow(v.Get(s.name), steps[1:])
	}
	return nil
}

// LoadState reads what the last run stored for a cursor; nil if nothing.
func LoadState(resource *state.Object, path string) *CursorState {
	slot := resource.Lookup("incremental").Lookup(path)
	if slot == nil {
		return nil
	}
	s := &CursorState{Initial: stateCursor(slot, "initial_value"), Last: stateCursor(slot, "last_value"), Start: stateCursor(slot, "start_value")}
	list, _ := slot.Get("unique_hashes")
	if hashes, ok := list.([]any); ok {
		for _, h := range hashes {
			if text, ok := h.(string); ok {
				s.Hashes = append(s.Hashes, text)
			}
		}
	}
	return s
}

// SaveState writes it back, in dlt's keys.
func SaveState(resource *state.Object, path string, s *CursorState) {
	slot := resource.Object("incremental").Object(path)
	slot.Set("initial_value", s.Initial.stateValue())
	slot.Set("last_value", s.Last.stateValue())
	hashes := make([]any, len(s.Hashes))
	for i, h := range s.Hashes {
		hashes[i] = h
	}
	slot.Set("unique_hashes", hashes)
	slot.Set("start_value", s.Start.stateValue())
}

func stateCursor(o *state.Object, key string) Cursor {
	v, _ := o.Get(key)
	switch v := v.(type) {
	case int64:
		return Cursor{Kind: CursorInt, Int: v}
	case uint64:
		return Cursor{Kind: CursorFloat, Float: float64(v)}
	case float64:
		return Cursor{Kind: CursorFloat, Float: v}
	case string:
		return Cursor{Kind: CursorText, Text: v}
	case state.Typed:
		return typedCursor(v)
	}
	return Cursor{}
}

func typedCursor(v state.Typed) Cursor {
	if at, naive, ok := v.AsTime(); ok {
		if v.Kind == state.Date {
			return Cursor{Kind: CursorDate, Int: int64(value.DateOf(at))}
		}
		return Cursor{Kind: CursorTime, Time: at, Naive: naive}
	}
	if v.Kind == state.Decimal || v.Kind == state.Wei {
		return Cursor{Kind: CursorDecimal, Text: v.Text}
	}
	return Cursor{Kind: CursorText, Text: v.Text}
}

func (c Cursor) stateValue() any {
	switch c.Kind {
	case CursorInt:
		return c.Int
	case CursorFloat:
		return c.Float
	case CursorText:
		return c.Text
	case CursorDecimal:
		return state.DecimalOf(c.Text)
	case CursorDate:
		return state.DateOf(value.Date(c.Int).Time())
	case CursorTime:
		if c.Naive {
			return state.NaiveDatetimeOf(c.Time)
		}
		return state.DatetimeOf(c.Time.Truncate(time.Microsecond))
	default:
		return nil
	}
}

// IsSimpleField reports whether a cursor path is one plain name.
func IsSimpleField(path string) bool {
	f, err := ParseField(path)
	return err == nil && f.plain
}
