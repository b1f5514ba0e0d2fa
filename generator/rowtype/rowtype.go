// Package rowtype decides what a record's fields become: Go struct fields,
// columns, rows of nested tables, or JSON texts.
//
// It stands between infer and render in the generator's flow:
//
//	ir.Connector → rowtype.Build → *rowtype.Set → render.Files
//
// The tables are the ones dlt makes of such records (N10 to N19 of
// docs/spec/20-normalize.md), settled at generate time; the types follow §5 of
// docs/spec/80-generator.md.
package rowtype

import (
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Limits that keep a hostile or careless description from growing without
// bound (G54): what goes beyond becomes JSON.
const (
	// DefaultMaxNesting is G56's limit where a resource states none.
	DefaultMaxNesting = 2
	// MaxColumns bounds the columns of one table.
	MaxColumns = 1000
	// MaxEnum is the largest enum that gets constants and a check.
	MaxEnum = 50
	// maxFields bounds the fields of one resource over all its tables.
	maxFields = 20000
)

// Options are settings of [Build]. The zero value is right.
type Options struct {
	// Naming makes column and table names; the zero Convention is snake_case.
	Naming naming.Convention
	// Reserved are package-level names that the renderer declares itself.
	Reserved []string
}

// A Set is everything the renderer needs to know about a connector's rows.
type Set struct {
	Resources []*Resource
	// Structs are all Go structs, in order of their first use.
	Structs []*Struct
	// Enums are all named text types, in order of their first use.
	Enums []*Enum
	// Scope is the package's names, for the renderer to declare more.
	Scope Scope
}

// Scope is what the renderer declares names in.
type Scope interface {
	Declare(candidates ...string) string
}

// A Resource is a resource with its row type and tables.
type Resource struct {
	IR   *ir.Resource
	Name string // Go name of the method: Issues
	Row  *Struct
	// Tables are the root and then the nested tables, parents before children.
	Tables []*Table
	// Cursor is the path to the cursor field, nil if there is none.
	Cursor []*Field
	// Parent is the parent's resource, nil for a top-level one.
	Parent *Resource
	// Binds are the values that come from the parent's record.
	Binds []Bind
}

// Root is the resource's root table.
func (r *Resource) Root() *Table { return r.Tables[0] }

// A Bind is one path parameter that is filled from the parent's record.
type Bind struct {
	Param string   // the path parameter
	From  []*Field // path to the value in the parent's row
	Field *Field   // the row's field that keeps it, nil if it has no column
}

// A Struct is a Go struct type that one or several rows use.
type Struct struct {
	Name   string
	Type   *ir.Type
	Doc    string
	Fields []*Field
	// Row is set if the struct is a row of a table, Flat if it is flattened into
	// the row around it. A type can be both.
	Row, Flat bool
	// UsedBy are the resources that reach the struct, in order.
	UsedBy []*Resource
	// Wrapped is set if a record is the value of the one field, no object (N2).
	Wrapped bool
	// Checked is set if the struct, or one below it, has rules to check.
	Checked bool

	sig   string
	id    int
	cols  int
	named bool
}

// Kind is what a field becomes.
type Kind int

// The kinds of fields.
const (
	Scalar Kind = iota // a column
	Object             // columns of the same row
	List               // rows of a nested table, each a struct
	Values             // rows of a nested table, each one scalar in column value
	Lists              // rows of a nested table, each a list in column list
	Absent             // null only: a column without type, no Go field
)

// Columns is how many columns of a row the struct makes.
func (s *Struct) Columns() int { return s.cols }

// Lists is how many nested tables of a row the struct makes.
func (s *Struct) Lists() int {
	n := 0
	for _, f := range s.Fields {
		n += f.Lists()
	}
	return n
}

// A Field is one property of a struct.
type Field struct {
	Key  string // as in the document; "" for a value of the parent's record
	Name string // Go name
	Doc  string
	Kind Kind
	// Null is set if the Go type is value.Null: the property may be absent or null.
	Null bool
	// Required says that the document promises the key.
	Required bool
	// Value is the scalar, of a Scalar field or of the elements of a Values field.
	Value *Value
	// ItemNull is set if elements of a Values field may be null.
	ItemNull bool
	// Struct is the type of an Object, or of a List's elements.
	Struct *Struct
	// Inner is the field that a list's elements form, of a Lists field.
	Inner *Field
	Rules []Rule
	// ItemRules are the rules on elements of a Values field.
	ItemRules []Rule
	// Column is the name of a bound value's column.
	Column string
	// Trusted is set if the user takes the document's word that there is a value.
	Trusted bool
	// Reason says why the field is JSON, "" if it is not or needs no reason.
	Reason string
	// PrimaryKey and Cursor are hints of a resource whose row this field is in.
	PrimaryKey, Cursor bool

	ir *ir.Type
}

// A Value is a scalar's types in Go, in a table and in the calls between.
type Value struct {
	Go     string // int64, time.Time, value.Date
	Scan   string // the Decoder's method
	Append string // the Builder's method
	Type   schema.DataType
	// Enum is the named text type, nil if there is none.
	Enum *Enum
}

// An Enum is a named text type with constants.
type Enum struct {
	Name   string
	Doc    string
	Consts []Const
	UsedBy []*Resource

	ir *ir.Type
}

// A Const is a constant of an Enum.
type Const struct{ Name, Value string }

// A Table is one table that a resource's rows go to.
type Table struct {
	Schema *schema.Table
	// Struct is the row's type, nil if a row is one scalar or list.
	Struct *Struct
	// Index is the table's place among its parent's children.
	Index int
	Steps []Step
	// Children are the nested tables in order.
	Children []*Table

	element *Field // the list that a table without a Struct was made of
}

// A Step is what an append function does for one field.
type Step struct {
	Field *Field
	// Col is the column of a Scalar.
	Col int
	// Steps are those of an Object's fields.
	Steps []Step
	// Child is the table of a List, Values or Lists.
	Child *Table
}
