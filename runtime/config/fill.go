package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Fill sets the fields of the struct that dst points to. A field takes part by
// its tag: `config:"key"`, with ",secret" for one that must not stand in
// config.toml (a type with a method Reveal() string is one without saying so).
// `validate:"required"` makes it required, `validate:"oneof=a b"` limits it. A
// struct is an embedded configuration: its tag's key becomes the section of its
// fields, unless it begins with "_"; behind a pointer it may be absent and stays
// nil unless all it requires is found. What a field holds before is its default.
//
// If required fields are missing the error is a *MissingError, which names all
// of them.
func (r *Resolver) Fill(dst any, sections []string) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("config: fill %T: not a pointer to a struct", dst)
	}
	f := &filler{r: r, sections: sections}
	if err := f.fill(v.Elem(), nil, nil); err != nil {
		return err
	}
	if len(f.missing) > 0 {
		return r.missing(v.Elem().Type().Name(), f.missing, f.resolved)
	}
	return nil
}

type filler struct {
	r        *Resolver
	sections []string
	required []string // keys that are required besides the tagged ones
	missing  []MissingField
	resolved []string
}

// A nativeParser is an embedded configuration that can be written as one text.
type nativeParser interface{ ParseNative(text string) error }

func valueOf(dst any) reflect.Value { return reflect.ValueOf(dst).Elem() }

// fill sets the fields of a struct below the embedded sections (F12), but for
// those that are given.
func (f *filler) fill(v reflect.Value, embedded []string, given map[string]bool) error {
	for i := range v.NumField() {
		field, tag := v.Type().Field(i), fieldTag{}
		if !tag.read(field) || given[tag.key] {
			continue
		}
		tag.required = tag.required || slices.Contains(f.required, tag.key)
		var err error
		if tag.embedded {
			err = f.embed(v.Field(i), tag, embedded)
		} else {
			err = f.set(v.Field(i), tag, embedded)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// embed fills an embedded configuration. An optional one is nil unless complete.
func (f *filler) embed(v reflect.Value, tag fieldTag, embedded []string) error {
	if v.Kind() != reflect.Pointer {
		return f.fillStruct(v, tag.key, embedded)
	}
	made := reflect.New(v.Type().Elem())
	if !v.IsNil() {
		made.Elem().Set(v.Elem())
	}
	sub := &filler{r: f.r, sections: f.sections}
	if err := sub.fillStruct(made.Elem(), tag.key, embedded); err != nil {
		return err
	}
	if len(sub.missing) == 0 && (len(sub.resolved) > 0 || !v.IsNil()) {
		v.Set(made)
		f.resolved = append(f.resolved, sub.resolved...)
	} else if tag.required {
		f.missing = append(f.missing, sub.missing...)
	}
	return nil
}

// fillStruct fills an embedded struct under its key. What a text under the key
// itself holds comes first (F13).
func (f *filler) fillStruct(v reflect.Value, key string, embedded []string) error {
	var given map[string]bool
	if _, ok := reflect.TypeAssert[nativeParser](v.Addr()); ok {
		got, _, err := f.r.search(slices.Concat(f.sections, embedded), key, true)
		if err != nil {
			return err
		}
		if got != nil {
			if _, table := got.value.(map[string]any); !table {
				f.r.note(got, key, true, typeName(v.Type()))
				if given, err = f.native(v, textOf(got.value)); err != nil {
					return &ValueError{Key: got.key, Provider: got.provider, Want: "one: " + err.Error()}
				}
			}
		}
	}
	if !strings.HasPrefix(key, "_") {
		embedded = append(slices.Clone(embedded), key)
	}
	return f.fill(v, embedded, given)
}

// native takes the parts that a text holds, a connection string or a JSON
// object, and returns which they are. Maps are merged.
func (f *filler) native(v reflect.Value, text string) (map[string]bool, error) {
	parsed := reflect.New(v.Type())
	if err := parsed.Interface().(nativeParser).ParseNative(text); err != nil {
		var doc map[string]any
		dec := json.NewDecoder(strings.NewReader(text))
		if dec.Decode(&doc) != nil {
			return nil, err
		}
		if err := assignDoc(parsed.Elem(), doc); err != nil {
			return nil, err
		}
	}
	given := map[string]bool{}
	for i := range v.NumField() {
		var tag fieldTag
		part := parsed.Elem().Field(i)
		if !tag.read(v.Type().Field(i)) || part.IsZero() {
			continue
		}
		given[tag.key] = true
		f.resolved = append(f.resolved, tag.key)
		if part.Kind() == reflect.Map {
			for _, k := range v.Field(i).MapKeys() {
				if !part.MapIndex(k).IsValid() {
					part.SetMapIndex(k, v.Field(i).MapIndex(k))
				}
			}
		}
		v.Field(i).Set(part)
	}
	return given, nil
}

// assignDoc sets the fields that a JSON object names.
func assignDoc(v reflect.Value, doc map[string]any) error {
	for i := range v.NumField() {
		var tag fieldTag
		if !tag.read(v.Type().Field(i)) || doc[tag.key] == nil {
			continue
		}
		if want, err := assign(v.Field(i), doc[tag.key]); err != nil {
			return fmt.Errorf("%s is not %s", tag.key, want)
		}
	}
	return nil
}

// set looks up one field. The innermost embedded section stays with the key, the
// outer ones may be dropped.
func (f *filler) set(v reflect.Value, tag fieldTag, embedded []string) error {
	sections, key := f.sections, tag.key
	if n := len(embedded); n > 0 {
		sections = slices.Concat(sections, embedded[:n-1])
		key = embedded[n-1] + "." + key
	}
	got, tried, err := f.r.lookup(sections, key, tag.secret, typeName(v.Type()))
	if err != nil {
		return err
	}
	if got == nil {
		if tag.required && v.IsZero() {
			f.missing = append(f.missing, MissingField{Name: key, Tried: tried})
		}
		return nil
	}
	if want, err := assign(v, got.value); err != nil {
		return &ValueError{Key: got.key, Provider: got.provider, Want: want}
	}
	if len(tag.oneOf) > 0 && !slices.Contains(tag.oneOf, textOf(got.value)) {
		return &ValueError{Key: got.key, Provider: got.provider, Want: "one of " + strings.Join(tag.oneOf, ", ")}
	}
	f.resolved = append(f.resolved, key)
	return nil
}

// fieldTag is what a field's tags say.
type fieldTag struct {
	key      string
	secret   bool
	required bool
	embedded bool
	oneOf    []string
}

var (
	revealer  = reflect.TypeFor[interface{ Reveal() string }]()
	textTaker = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (t *fieldTag) read(f reflect.StructField) bool {
	text, ok := f.Tag.Lookup("config")
	if !ok || text == "-" || !f.IsExported() {
		return false
	}
	parts := strings.Split(text, ",")
	t.key = parts[0]
	t.secret = slices.Contains(parts[1:], "secret") || f.Type.Implements(revealer)
	for rule := range strings.SplitSeq(f.Tag.Get("validate"), ",") {
		if rule == "required" {
			t.required = true
		}
		if list, ok := strings.CutPrefix(rule, "oneof="); ok {
			t.oneOf = strings.Fields(list)
		}
	}
	base := f.Type
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	t.embedded = base.Kind() == reflect.Struct && base != reflect.TypeFor[time.Time]() && !reflect.PointerTo(base).Implements(textTaker)
	return t.key != ""
}

func typeName(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.String()
}

// assign converts a value to a field's type; want says what it takes.
func assign(v reflect.Value, value any) (want string, err error) {
	if v.Kind() == reflect.Pointer {
		made := reflect.New(v.Type().Elem())
		if want, err = assign(made.Elem(), value); err == nil {
			v.Set(made)
		}
		return want, err
	}
	switch dst := v.Addr().Interface().(type) {
	case *time.Duration:
		d, err := toDuration(value)
		*dst = d
		return "a duration", err
	case *time.Time:
		t, err := toTime(value)
		*dst = t
		return "a date or time", err
	case *[]byte:
		b, err := toBytes(value)
		*dst = b
		return "base64", err
	case encoding.TextUnmarshaler:
		return "a " + typeName(v.Type()), dst.UnmarshalText([]byte(textOf(value)))
	}
	return assignKind(v, value)
}

func assignKind(v reflect.Value, value any) (want string, err error) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(textOf(value))
		return "a text", nil
	case reflect.Bool:
		b, err := toBool(value)
		v.SetBool(b)
		return "a bool", err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := toInt(value)
		if err == nil && v.OverflowInt(n) {
			err = errConvert
		}
		v.SetInt(n)
		return "an integer", err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := toInt(value)
		if err == nil && (n < 0 || v.OverflowUint(uint64(n))) {
			return "a positive integer", errConvert
		}
		v.SetUint(uint64(n))
		return "an integer", err
	case reflect.Float32, reflect.Float64:
		x, err := toFloat(value)
		v.SetFloat(x)
		return "a number", err
	case reflect.Slice, reflect.Array, reflect.Map:
		raw, err := toJSON(value)
		if err == nil {
			err = json.Unmarshal(raw, v.Addr().Interface())
		}
		return "a list or table, as JSON", err
	case reflect.Interface:
		if cast := autoCast(value); cast != nil {
			v.Set(reflect.ValueOf(cast))
		}
		return "a value", nil
	default:
		return "settable: its type is " + v.Type().String(), errConvert
	}
}
