package value

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
)

// A Null is a T or nothing. The zero value is nothing.
type Null[T any] struct {
	// V is the value if Valid, else the zero T.
	V T
	// Valid reports whether there is a value.
	Valid bool
}

// Some is the Null that holds v.
func Some[T any](v T) Null[T] { return Null[T]{V: v, Valid: true} }

// Or returns the value, or def if there is none.
func (n Null[T]) Or(def T) T {
	if n.Valid {
		return n.V
	}
	return def
}

// IsZero reports whether there is no value, so that `omitzero` leaves it out.
func (n Null[T]) IsZero() bool { return !n.Valid }

// MarshalJSON writes the value, or null.
func (n Null[T]) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return json.Marshal(n.V)
}

// UnmarshalJSON reads a value, or null.
func (n *Null[T]) UnmarshalJSON(b []byte) error {
	*n = Null[T]{}
	if bytes.Equal(bytes.TrimSpace(b), []byte("null")) {
		return nil
	}
	if err := json.Unmarshal(b, &n.V); err != nil {
		return err
	}
	n.Valid = true
	return nil
}

// MarshalText writes the value's text; nothing is the empty text.
func (n Null[T]) MarshalText() ([]byte, error) {
	if !n.Valid {
		return []byte{}, nil
	}
	if m, ok := any(n.V).(encoding.TextMarshaler); ok {
		return m.MarshalText()
	}
	return fmt.Append(nil, n.V), nil
}

// UnmarshalText reads a value from its text; the empty text is nothing.
func (n *Null[T]) UnmarshalText(b []byte) error {
	*n = Null[T]{}
	if len(b) == 0 {
		return nil
	}
	switch p := any(&n.V).(type) {
	case encoding.TextUnmarshaler:
		if err := p.UnmarshalText(b); err != nil {
			return err
		}
	case *string:
		*p = string(b)
	default:
		if err := json.Unmarshal(b, p); err != nil {
			return fmt.Errorf("read %T from text: %w", n.V, err)
		}
	}
	n.Valid = true
	return nil
}
