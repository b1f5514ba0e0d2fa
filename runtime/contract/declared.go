package contract

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/runtime/schema"
)

// typeKeys are the properties that the data_type entity is about (C12).
var typeKeys = []string{"data_type", "nullable", "precision", "scale", "timezone"}

// A Drop is a declared hint that the contract did not let into the schema, or
// a table that it keeps out.
type Drop struct {
	Entity Entity
	// Column is "" for a table.
	Column string
	Action Action
}

// CheckDeclared holds a declared table to the contract before it is merged
// into the schema (C11, C12). Names are normalised. It returns the table to
// merge, a copy without the hints that the contract drops, nil if the whole
// table is kept out, and what was dropped. Values of columns dropped here are
// treated by [Rule.Column] when they come.
//
// The contract is resolved as if the declared table were the stored one. A
// root table that is new under a contract on columns gets the mark that lets
// the columns of its first load in (C20).
func CheckDeclared(s *schema.Schema, declared *schema.Table, opts *Options) (*schema.Table, []Drop, error) {
	if opts == nil {
		opts = &Options{Step: Extract}
	}
	r := forTable(s, declared, opts)
	t := declared.Clone()
	stored := s.Table(t.Name)
	fresh := stored.IsNew()
	if r.contract.Columns != schema.Evolve && fresh {
		t.Normalizer = schema.TableNormalizer{EvolveColumnsOnce: schema.True, MaxNesting: t.Normalizer.MaxNesting}
	}
	if r.free {
		return t, nil, nil
	}
	switch action, err := r.Table(); {
	case err != nil:
		return nil, nil, err
	case action != Keep:
		return nil, []Drop{{Tables, "", action}}, nil
	}
	columnsMode := r.contract.Columns
	if fresh || stored.Normalizer.EvolveColumnsOnce.Is() {
		columnsMode = schema.Evolve
	}
	var drops []Drop
	kept := t.Columns[:0]
	for i := range t.Columns {
		c := &t.Columns[i]
		d, err := r.declared(stored, c, columnsMode)
		if err != nil {
			return nil, nil, err
		}
		if d.Action == Keep {
			kept = append(kept, *c)
		} else {
			drops = append(drops, d)
		}
	}
	t.Columns = kept
	return t, drops, nil
}

func (r *Rule) declared(stored *schema.Table, c *schema.Column, columnsMode schema.ContractMode) (Drop, error) {
	keep := Drop{Column: c.Name}
	if schema.IsSystemColumn(c.Name) {
		return keep, nil
	}
	var have *schema.Column
	if stored != nil {
		have = stored.Column(c.Name)
	}
	switch {
	case c.Variant.Is():
		if have != nil && have.Complete() {
			return keep, nil
		}
		action, err := r.act(r.contract.DataType, DataType, c.Name)
		return Drop{DataType, c.Name, action}, err
	case have != nil && !have.Complete() && !c.Complete():
		// The same declaration of a column that has no data yet is no change.
		return keep, nil
	case have == nil || !have.Complete():
		action, err := r.act(columnsMode, Columns, c.Name)
		return Drop{Columns, c.Name, action}, err
	}
	changed := changedKeys(have, c)
	if len(changed) == 0 {
		return keep, nil
	}
	action, err := r.act(r.contract.DataType, DataType, c.Name)
	if v, ok := errors.AsType[*ViolationError](err); ok {
		v.Expected, v.Found = properties(have, changed), properties(c, changed)
	}
	return Drop{DataType, c.Name, action}, err
}

// changedKeys are the type properties that b has and that differ from a's,
// where what a does not have is null.
func changedKeys(a, b *schema.Column) []string {
	return slices.DeleteFunc(slices.Clone(typeKeys), func(key string) bool {
		vb, ok := b.Get(key)
		va, _ := a.Get(key)
		return !ok || va == vb
	})
}

func properties(c *schema.Column, keys []string) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key + " unset"
		if v, ok := c.Get(key); ok {
			texts[i] = fmt.Sprintf("%s %v", key, v)
		}
	}
	return strings.Join(texts, ", ")
}
