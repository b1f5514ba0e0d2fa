package normalize

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A CoercionError says that a value fits neither its column nor the column's
// variant (N43).
type CoercionError struct {
	Schema, Table, Column string
	// From is the type of the value, To that of the column.
	From, To schema.DataType
	// Value is the value's JSON text, bounded.
	Value string
}

func (e *CoercionError) Error() string {
	return fmt.Sprintf("schema %s: table %s: column %s of type %s takes no %s: %s", e.Schema, e.Table, e.Column, e.To, e.From, e.Value)
}

// A NullError says that a column that takes no null got one (N41).
type NullError struct{ Schema, Table, Column string }

func (e *NullError) Error() string {
	return fmt.Sprintf("schema %s: table %s: column %s takes no null, but a record has null there", e.Schema, e.Table, e.Column)
}

// An UnboundColumnError says that columns that must not be null never got a
// type, because no record had a value for them (S93).
type UnboundColumnError struct {
	Schema, Table string
	Columns       []string
}

func (e *UnboundColumnError) Error() string {
	return fmt.Sprintf("schema %s: table %s: no record had a value for %s, which must not be null; check the names of keys and of not null columns",
		e.Schema, e.Table, strings.Join(e.Columns, ", "))
}

// A KeyMissingError says that a record lacks a field of the primary key from
// which its row id is made (N62).
type KeyMissingError struct{ Schema, Table, Column string }

func (e *KeyMissingError) Error() string {
	return fmt.Sprintf("schema %s: table %s: a record has no %s, which is part of the primary key that its row id is made from", e.Schema, e.Table, e.Column)
}

// bounded is the value's text cut for an error.
func bounded(v *record.Value) string {
	const most = 256
	s := v.String()
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}

// IsError reports whether an error is about data that cannot become rows.
func IsError(err error) bool {
	var (
		coercion *CoercionError
		null     *NullError
		unbound  *UnboundColumnError
		missing  *KeyMissingError
		out      *batch.RangeError
	)
	return errors.As(err, &coercion) || errors.As(err, &null) || errors.As(err, &unbound) || errors.As(err, &missing) || errors.As(err, &out)
}
