package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// columnFlags are the boolean hints in the order in which documents list them.
var columnFlags = []struct {
	key string
	at  func(*Column) *Flag
}{
	{"nullable", func(c *Column) *Flag { return &c.Nullable }},
	{"timezone", func(c *Column) *Flag { return &c.Timezone }},
	{"primary_key", func(c *Column) *Flag { return &c.PrimaryKey }},
	{"merge_key", func(c *Column) *Flag { return &c.MergeKey }},
	{"unique", func(c *Column) *Flag { return &c.Unique }},
	{"sort", func(c *Column) *Flag { return &c.Sort }},
	{"partition", func(c *Column) *Flag { return &c.Partition }},
	{"cluster", func(c *Column) *Flag { return &c.Cluster }},
	{"row_key", func(c *Column) *Flag { return &c.RowKey }},
	{"parent_key", func(c *Column) *Flag { return &c.ParentKey }},
	{"root_key", func(c *Column) *Flag { return &c.RootKey }},
	{"hard_delete", func(c *Column) *Flag { return &c.HardDelete }},
	{"incremental", func(c *Column) *Flag { return &c.Incremental }},
	{"variant", func(c *Column) *Flag { return &c.Variant }},
}

// compoundHints are the hints that several columns carry as one (S53).
var compoundHints = []string{"primary_key", "merge_key", "partition", "cluster", "incremental"}

// DataTypes are all data types, in the order of dlt's messages.
func DataTypes() []DataType {
	return []DataType{Text, Double, Bool, Timestamp, Bigint, Binary, JSON, Decimal, Wei, Date, Time}
}

// IsHint reports whether key is a boolean hint of columns, and so a name that
// default hints may have beside not_null and x- hints (S21, S26).
func IsHint(key string) bool { return flagIndex(key) >= 0 }

func flagIndex(key string) int {
	for i := range columnFlags {
		if columnFlags[i].key == key {
			return i
		}
	}
	return -1
}

func (c *Column) flag(key string) *Flag {
	if i := flagIndex(key); i >= 0 {
		return columnFlags[i].at(c)
	}
	return nil
}

// Get returns the value that the document has for key, and whether it has one.
func (c *Column) Get(key string) (any, bool) {
	switch key {
	case "name":
		return c.Name, true
	case "data_type":
		if c.DataType != "" {
			return string(c.DataType), true
		}
	case "precision":
		if c.Precision.Set {
			return int64(c.Precision.V), true
		}
	case "scale":
		if c.Scale.Set {
			return int64(c.Scale.V), true
		}
	case "description":
		if c.Description != "" {
			return c.Description, true
		}
	case "dedup_sort":
		if c.DedupSort != "" {
			return c.DedupSort, true
		}
	default:
		if f := c.flag(key); f != nil && *f != Unset {
			return f.value(), true
		}
	}
	return c.Extra.Get(key)
}

// Set gives key the value that a document has for it, or reports why it cannot
// have that value. A null that the fields have no place for goes to Extra.
func (c *Column) Set(key string, v any) error {
	var err error
	placed := true
	switch key {
	case "name":
		placed, err = setText(&c.Name, v)
	case "data_type":
		if placed, err = setText((*string)(&c.DataType), v); placed && !slices.Contains(DataTypes(), c.DataType) {
			err = fmt.Errorf("data type %q is unknown; known are %s", c.DataType, joinNames(DataTypes()))
			c.DataType = ""
		}
	case "precision":
		placed, err = setInt(&c.Precision, v)
	case "scale":
		placed, err = setInt(&c.Scale, v)
	case "description":
		placed, err = setText(&c.Description, v)
	case "dedup_sort":
		if placed, err = setText(&c.DedupSort, v); placed && c.DedupSort != "asc" && c.DedupSort != "desc" {
			err = fmt.Errorf("%q is neither asc nor desc", c.DedupSort)
			c.DedupSort = ""
		}
	default:
		f := c.flag(key)
		switch {
		case f != nil:
			err = f.set(v)
		case !strings.HasPrefix(key, "x-"):
			return errUnknownKey
		default:
			placed = false
		}
	}
	switch {
	case err != nil:
	case placed:
		c.Extra.Delete(key)
	default:
		c.Extra.Set(key, v)
	}
	return err
}

// Unset removes key from the document.
func (c *Column) Unset(key string) {
	switch key {
	case "data_type":
		c.DataType = ""
	case "precision":
		c.Precision = Int{}
	case "scale":
		c.Scale = Int{}
	case "description":
		c.Description = ""
	case "dedup_sort":
		c.DedupSort = ""
	default:
		if f := c.flag(key); f != nil {
			*f = Unset
		}
	}
	c.Extra.Delete(key)
}

// Has reports whether the hint is there with another value than its default (S51).
func (c *Column) Has(key string) bool {
	v, ok := c.Get(key)
	switch {
	case !ok:
		return false
	case key == "x-active-record-timestamp":
		return true
	case key == "nullable" || key == "timezone":
		return v == false
	}
	return v != nil && v != false
}

// document lists what the document has for the column.
func (c *Column) document() Hints {
	h := make(Hints, 0, 4+len(c.Extra))
	for _, key := range []string{"name", "data_type", "nullable", "precision", "scale", "timezone", "description"} {
		if v, ok := c.Get(key); ok {
			h = append(h, Hint{key, v})
		}
	}
	for _, f := range columnFlags[2:] {
		if p := f.at(c); *p != Unset {
			h = append(h, Hint{f.key, p.value()})
		}
	}
	if c.DedupSort != "" {
		h = append(h, Hint{"dedup_sort", c.DedupSort})
	}
	for _, x := range c.Extra {
		h.Set(x.Key, x.Value)
	}
	return h
}

// value is the flag as a document has it; the flag is set.
func (f Flag) value() any {
	if f == Null {
		return nil
	}
	return f == True
}

func (f *Flag) set(v any) error {
	switch v := v.(type) {
	case nil:
		*f = Null
	case bool:
		*f = FlagOf(v)
	default:
		return errWant("true, false or null", v)
	}
	return nil
}

// setText reports whether the value found its place: null and "" did not.
func setText(p *string, v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		*p = ""
	case string:
		*p = v
	default:
		return false, errWant("a text", v)
	}
	return *p != "", nil
}

func setInt(p *Int, v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		*p = Int{}
		return false, nil
	case int:
		*p = N(v)
	case int64:
		*p = N(int(v))
	default:
		return false, errWant("a whole number", v)
	}
	return true, nil
}

func errWant(want string, v any) error {
	return fmt.Errorf("want %s, found %s", want, describe(v))
}

// describe is a value as messages show it.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case Hints:
		return "a map"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("%.80q", v)
	case json.Number:
		return fmt.Sprintf("%.80s", v)
	}
	return fmt.Sprint(v)
}

func joinNames[T ~string](names []T) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(n))
	}
	return b.String()
}
