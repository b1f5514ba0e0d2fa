// Package contract holds records and declarations to a schema's contract.
//
// A contract says, for new tables, new columns and values that do not fit
// their column, whether the schema evolves, the run fails, or the row or the
// value is dropped (docs/spec/20-normalize.md, C1 to C25). Extraction asks it
// about declared tables with [CheckDeclared], normalisation about what it finds
// in data with a [Rule] for each table:
//
//	rule := contract.For(s, table, &contract.Options{Step: contract.Normalize})
//	action, err := rule.Column("price")
//
// A Rule reads the schema as it is at the time of the question, so that what
// one row adds is known to the next. It changes nothing.
package contract

import (
	"github.com/dltgen/dltgen/runtime/schema"
)

// An Action is what happens to what a contract was asked about.
type Action uint8

const (
	// Keep takes it into the schema.
	Keep Action = iota
	// DropValue leaves the value out and keeps the row.
	DropValue
	// DropRow leaves the row out with everything nested in it.
	DropRow
)

// String is the action in words, as counts of dropped data are labelled.
func (a Action) String() string {
	switch a {
	case DropValue:
		return "drop value"
	case DropRow:
		return "drop row"
	default:
		return "keep"
	}
}

// The steps that ask a contract.
const (
	Extract   = "extract"
	Normalize = "normalize"
)

// An Entity is what a contract speaks of (C1).
type Entity string

// The entities.
const (
	Tables   Entity = "tables"
	Columns  Entity = "columns"
	DataType Entity = "data_type"
)

// Options say who asks. nil is the normalise step.
type Options struct {
	// Step is [Extract] or [Normalize]; "" is the latter.
	Step string
	// Run says that the contract in force is an argument of the run.
	Run bool
}

func (o *Options) step() string {
	if o == nil || o.Step == "" {
		return Normalize
	}
	return o.Step
}

// A Rule holds one table to its contract.
type Rule struct {
	schema   *schema.Schema
	table    string
	contract schema.Contract
	setAt    string
	step     string
	free     bool
}

// For is the rule of a table: a table of s, or one that s does not have yet, of
// which the name and the parent count. The contract is resolved once (C3).
func For(s *schema.Schema, t *schema.Table, opts *Options) *Rule {
	if have := s.Table(t.Name); have != nil {
		t = have
	}
	return forTable(s, t, opts)
}

func forTable(s *schema.Schema, t *schema.Table, opts *Options) *Rule {
	c, origin := s.ResolveContractWith(t)
	r := &Rule{schema: s, table: t.Name, contract: c, setAt: origin.String(), step: opts.step(), free: c.Evolves()}
	if opts != nil && opts.Run {
		r.setAt = "run"
	}
	return r
}

// Contract is the resolved contract.
func (r *Rule) Contract() schema.Contract { return r.contract }

// Free reports whether the contract allows everything, so that nobody need ask.
func (r *Rule) Free() bool { return r.free }

// Table says what happens to rows of the table (C6). Keep, unless the table is
// new: then the error is a [*ViolationError], or all its rows and those nested
// in them are dropped for the rest of the run.
func (r *Rule) Table() (Action, error) {
	if r.free || !r.schema.Table(r.table).IsNew() {
		return Keep, nil
	}
	switch r.contract.Tables {
	case schema.Freeze:
		return DropRow, r.violation(Tables, "")
	case schema.DiscardRow, schema.DiscardValue:
		return DropRow, nil
	default:
		return Keep, nil
	}
}

// Column says what happens to a value that is not null under a name for which
// the table has no complete column (C7). The columns of a table that is new,
// or in its first load, are free (C20), and so are those of the tool (C5).
func (r *Rule) Column(name string) (Action, error) {
	if r.free || r.contract.Columns == schema.Evolve || schema.IsSystemColumn(name) {
		return Keep, nil
	}
	t := r.schema.Table(r.table)
	if t.IsNew() || t.Normalizer.EvolveColumnsOnce.Is() {
		return Keep, nil
	}
	if c := t.Column(name); c != nil && c.Complete() {
		return Keep, nil
	}
	return r.act(r.contract.Columns, Columns, name)
}

// Variant says what happens to a value that does not fit its column and would
// go to the variant column of that name (C8). A variant that exists is free.
func (r *Rule) Variant(name string) (Action, error) {
	if r.free || r.contract.DataType == schema.Evolve || schema.IsSystemColumn(name) {
		return Keep, nil
	}
	if t := r.schema.Table(r.table); t != nil {
		if c := t.Column(name); c != nil && c.Complete() {
			return Keep, nil
		}
	}
	return r.act(r.contract.DataType, DataType, name)
}

func (r *Rule) act(mode schema.ContractMode, entity Entity, column string) (Action, error) {
	switch mode {
	case schema.Freeze:
		return DropRow, r.violation(entity, column)
	case schema.DiscardRow:
		return DropRow, nil
	case schema.DiscardValue:
		return DropValue, nil
	default:
		return Keep, nil
	}
}

func (r *Rule) violation(entity Entity, column string) *ViolationError {
	return &ViolationError{
		Step: r.step, Schema: r.schema.Name, Table: r.table, Column: column,
		Entity: entity, Mode: schema.Freeze, SetAt: r.setAt,
		private: r.private(column),
	}
}

// private reports whether values of the column must not be shown (S26).
func (r *Rule) private(column string) bool {
	if t := r.schema.Table(r.table); t != nil {
		if c := t.Column(column); c != nil && c.Has("x-pii") {
			return true
		}
	}
	rules, err := r.schema.Rules()
	if err != nil || column == "" {
		return false
	}
	c := rules.NewColumn(column, schema.Text)
	return c.Has("x-pii")
}
