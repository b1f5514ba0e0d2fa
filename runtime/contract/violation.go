package contract

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dltgen/dltgen/runtime/schema"
)

// Bounds on what an error repeats of the data.
const (
	maxValue  = 256
	maxInRow  = 100
	maxInKeys = 20
)

// Hidden stands for values of columns that carry the hint x-pii (S26).
const Hidden = "(hidden)"

// A ViolationError says that data or a declaration wants a change that a
// contract freezes (C25).
type ViolationError struct {
	// Step is [Extract] or [Normalize].
	Step   string
	Schema string
	Table  string
	// Column is the column that would be added or changed, of a value that
	// does not fit the variant column; "" for a new table.
	Column string
	Entity Entity
	Mode   schema.ContractMode
	// Expected and Found say what the column is and what would make it
	// another: types, or changed properties. "" if there is no such column.
	Expected, Found string
	// SetAt is where the contract was set: "table t", "schema" or "run".
	SetAt string
	// Value is the offending value's text, cut to 256 bytes.
	Value string
	// Row tells which row it was: its values by column, those of keys first.
	Row []Field

	private bool
}

// A Field is one value of an offending row as text.
type Field struct{ Column, Value string }

// Error is the violation in one line.
func (e *ViolationError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: schema %s: table %s: ", e.Step, e.Schema, e.Table)
	if e.Column != "" {
		fmt.Fprintf(&b, "column %s: ", e.Column)
	}
	fmt.Fprintf(&b, "contract on %s, set at %s, is %s: ", e.Entity, e.SetAt, e.Mode)
	switch {
	case e.Entity == Tables:
		b.WriteString("the table is new")
	case e.Expected != "" && e.Found != "":
		fmt.Fprintf(&b, "expected %s, found %s", e.Expected, e.Found)
	case e.Found != "":
		fmt.Fprintf(&b, "the column is new, found %s", e.Found)
	default:
		b.WriteString("the column is new")
	}
	if e.Value != "" {
		fmt.Fprintf(&b, " %s", e.Value)
	}
	if len(e.Row) > 0 {
		b.WriteString(" in the row")
		for i, f := range e.Row {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %s: %s", f.Column, f.Value)
		}
	}
	return b.String()
}

// With adds the evidence: the types, and the value as text, hidden if the
// column is private.
func (e *ViolationError) With(expected, found schema.DataType, value string) *ViolationError {
	e.Expected, e.Found = string(expected), string(found)
	if e.Value = clip(value, maxValue); e.private {
		e.Value = Hidden
	}
	return e
}

// WithRow adds the row, given as texts in the order of its columns: those of
// t's keys if it has any, else the first few. t may be nil.
func (e *ViolationError) WithRow(t *schema.Table, row []Field) *ViolationError {
	e.Row = nil
	for _, keysOnly := range []bool{true, false} {
		for _, f := range row {
			if keysOnly && !isKey(t, f.Column) || len(e.Row) == maxInKeys {
				continue
			}
			f.Value = clip(f.Value, maxInRow)
			if f.Column == e.Column && e.private || isPrivate(t, f.Column) {
				f.Value = Hidden
			}
			e.Row = append(e.Row, f)
		}
		if len(e.Row) > 0 {
			break
		}
	}
	return e
}

func isKey(t *schema.Table, column string) bool {
	if t == nil {
		return false
	}
	c := t.Column(column)
	return c != nil && (c.PrimaryKey.Is() || c.MergeKey.Is() || c.Unique.Is())
}

func isPrivate(t *schema.Table, column string) bool {
	if t == nil {
		return false
	}
	c := t.Column(column)
	return c != nil && c.Has("x-pii")
}

// Accept is the YAML that makes the contract accept the change (O50): the
// contract of the table or the schema, wherever it was set.
func (e *ViolationError) Accept() string {
	at := "settings:\n  "
	if after, ok := strings.CutPrefix(e.SetAt, "table "); ok {
		at = "tables:\n  " + after + ":\n    "
	}
	return fmt.Sprintf("%sschema_contract: {%s: evolve}\n", at, e.Entity)
}

// clip cuts s to n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
