package schema

import (
	"fmt"
	"slices"
)

// ParseContract reads a contract from a mode or from a document's map of
// entities to modes.
func ParseContract(v any) (*ContractSetting, error) {
	c, err := contractOf(v)
	if err == nil && c == nil {
		err = errWant("a contract mode or a map", v)
	}
	return c, err
}

// Uniform is a contract of one mode for all entities.
func Uniform(m ContractMode) *ContractSetting { return &ContractSetting{Mode: m} }

// Expand resolves the setting: one mode stands for all, what is unset evolves (C3).
func (c *ContractSetting) Expand() Contract {
	if c == nil {
		return Contract{Evolve, Evolve, Evolve}
	}
	if c.Mode != "" {
		return Contract{c.Mode, c.Mode, c.Mode}
	}
	or := func(m ContractMode) ContractMode {
		if m == "" {
			return Evolve
		}
		return m
	}
	return Contract{or(c.Tables), or(c.Columns), or(c.DataType)}
}

// Evolves reports whether the contract allows everything.
func (c Contract) Evolves() bool {
	return (c.Tables == Evolve || c.Tables == "") && (c.Columns == Evolve || c.Columns == "") && (c.DataType == Evolve || c.DataType == "")
}

func (c *ContractSetting) document() any {
	if c.Mode != "" {
		return string(c.Mode)
	}
	h := Hints{}
	for _, e := range c.entities() {
		if *e.mode != "" {
			h = append(h, Hint{e.key, string(*e.mode)})
		}
	}
	return h
}

type contractEntity struct {
	key  string
	mode *ContractMode
}

func (c *ContractSetting) entities() []contractEntity {
	return []contractEntity{{"tables", &c.Tables}, {"columns", &c.Columns}, {"data_type", &c.DataType}}
}

func contractOf(v any) (*ContractSetting, error) {
	c := &ContractSetting{}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if _, err := setName(&c.Mode, v, modes); err != nil || v == "" {
			return nil, fmt.Errorf("contract mode %q is unknown; known are %s", v, joinNames(modes))
		}
	case Hints:
		entities := c.entities()
		for _, x := range v {
			i := slices.IndexFunc(entities, func(e contractEntity) bool { return e.key == x.Key })
			if i < 0 {
				return nil, fmt.Errorf("a contract has no entity %q; it has tables, columns and data_type", x.Key)
			}
			if _, err := setName(entities[i].mode, x.Value, modes); err != nil {
				return nil, fmt.Errorf("%s: %w", x.Key, err)
			}
		}
	default:
		return nil, errWant("a contract mode or a map", v)
	}
	return c, nil
}

// An Origin says where a resolved contract was set.
type Origin struct {
	// Table is the table that holds it, "" if the schema's settings do.
	Table string
	// Default is true if nobody set it.
	Default bool
}

// String is the origin as messages name it.
func (o Origin) String() string {
	switch {
	case o.Table != "":
		return "table " + o.Table
	case o.Default:
		return "default"
	}
	return "schema"
}

// ResolveContract is the contract that holds for a table (C3): its own, else
// that of the nearest parent that has one, else the schema's. A table of the
// tool evolves.
func (s *Schema) ResolveContract(table string) Contract {
	c, _ := s.resolveContract(table, nil)
	return c
}

// ResolveContractWith resolves as if t were the stored table of its name, and
// says where the contract was set. For a nested table that is not stored, t
// needs only its name and parent.
func (s *Schema) ResolveContractWith(t *Table) (Contract, Origin) {
	return s.resolveContract(t.Name, t)
}

func (s *Schema) resolveContract(name string, with *Table) (Contract, Origin) {
	if s.IsSystem(name) {
		return (*ContractSetting)(nil).Expand(), Origin{Default: true}
	}
	t := with
	if t == nil {
		t = s.Table(name)
	}
	// A chain is no longer than the tables it could go through.
	for range len(s.tables) + 1 {
		if t == nil {
			break
		}
		if t.Contract != nil {
			return t.Contract.Expand(), Origin{Table: t.Name}
		}
		if _, null := t.Extra.Get("schema_contract"); null {
			return (*ContractSetting)(nil).Expand(), Origin{Table: t.Name}
		}
		t = s.Table(t.Parent)
	}
	if c := s.Settings.Contract; c != nil {
		return c.Expand(), Origin{}
	}
	return (*ContractSetting)(nil).Expand(), Origin{Default: true}
}

// SetContract gives the schema a contract; nil takes it away.
func (s *Schema) SetContract(c *ContractSetting) { s.Settings.Contract = c }
