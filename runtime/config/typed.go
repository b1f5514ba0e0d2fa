package config

import "time"

// A kind is a type of values: its name in traces and in errors.
type kind struct {
	name, want string
	secret     bool
}

// typed looks a setting up and converts it.
func typed[T any](r *Resolver, sections []string, key string, k kind, convert func(any) (T, error)) (v T, ok bool, err error) {
	f, _, err := r.lookup(sections, key, k.secret, k.name)
	if f == nil || err != nil {
		return v, false, err
	}
	if v, err = convert(f.value); err != nil {
		var zero T
		return zero, false, &ValueError{Key: f.key, Provider: f.provider, Want: k.want}
	}
	return v, true, nil
}

func toText(v any) (string, error) { return textOf(v), nil }

// Text looks up a text. ok is false if there is none; an empty text is one.
func (r *Resolver) Text(sections []string, key string) (v string, ok bool, err error) {
	return typed(r, sections, key, kind{"str", "a text", false}, toText)
}

// Secret looks up a secret text.
func (r *Resolver) Secret(sections []string, key string) (v string, ok bool, err error) {
	return typed(r, sections, key, kind{"str", "a text", true}, toText)
}

// Bool looks up a bool: true, t, yes, y, 1 or false, f, no, n, 0.
func (r *Resolver) Bool(sections []string, key string) (v, ok bool, err error) {
	return typed(r, sections, key, kind{"bool", "a bool", false}, toBool)
}

// Int looks up an integer.
func (r *Resolver) Int(sections []string, key string) (v int64, ok bool, err error) {
	return typed(r, sections, key, kind{"int", "an integer", false}, toInt)
}

// Float looks up a number.
func (r *Resolver) Float(sections []string, key string) (v float64, ok bool, err error) {
	return typed(r, sections, key, kind{"float", "a number", false}, toFloat)
}

// Duration looks up a duration: seconds, or a text such as 90s.
func (r *Resolver) Duration(sections []string, key string) (v time.Duration, ok bool, err error) {
	return typed(r, sections, key, kind{"timedelta", "a duration", false}, toDuration)
}

// Time looks up a date or time: ISO 8601, or Unix seconds.
func (r *Resolver) Time(sections []string, key string) (v time.Time, ok bool, err error) {
	return typed(r, sections, key, kind{"datetime", "a date or time", false}, toTime)
}

// Bytes looks up bytes: base64, or hexadecimal behind 0x.
func (r *Resolver) Bytes(sections []string, key string) (v []byte, ok bool, err error) {
	return typed(r, sections, key, kind{"bytes", "base64", false}, toBytes)
}

// JSON looks up a list or a table as JSON text.
func (r *Resolver) JSON(sections []string, key string) (v []byte, ok bool, err error) {
	return typed(r, sections, key, kind{"json", "a list or table", false}, toJSON)
}

// Any looks up a value and gives a text the type it looks like: bool, int64,
// float64, list or table.
func (r *Resolver) Any(sections []string, key string) (v any, ok bool, err error) {
	return typed(r, sections, key, kind{"Any", "a value", false}, func(v any) (any, error) { return autoCast(v), nil })
}
