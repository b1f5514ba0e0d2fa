package schema

// A Relation is a reference with the table it starts from.
type Relation struct {
	From string
	Reference
}

// Labels of the relations that follow from the schema (S43).
const (
	labelParent        = "_dlt_parent"
	labelRoot          = "_dlt_root"
	labelLoad          = "_dlt_load"
	labelSchemaVersion = "_dlt_schema_version"
	labelSchemaName    = "_dlt_schema_name"
)

// Relations are the references between tables, in table order: those that
// follow from keys, then the declared ones of each table; last those between
// the tables of the tool (S43).
func (s *Schema) Relations() []Relation {
	loads := s.SystemName(LoadsTable)
	var list []Relation
	add := func(from, to end, label, cardinality string) {
		list = append(list, Relation{from.table, Reference{
			Table: to.table, Columns: []string{from.column}, ReferencedColumns: []string{to.column},
			Label: label, Cardinality: cardinality,
		}})
	}
	for _, t := range s.tables {
		if t.Parent != "" {
			parent, root := s.Table(t.Parent), s.Root(t.Name)
			if from, to := t.FirstColumn("parent_key"), firstColumn(parent, "row_key"); from != nil && to != nil {
				add(end{t.Name, from.Name}, end{parent.Name, to.Name}, labelParent, "many_to_one")
			}
			if from, to := t.FirstColumn("root_key"), firstColumn(root, "row_key"); from != nil && to != nil {
				add(end{t.Name, from.Name}, end{root.Name, to.Name}, labelRoot, "many_to_one")
			}
		}
		if t.Column(ColumnLoadID) != nil {
			add(end{t.Name, ColumnLoadID}, end{loads, "load_id"}, labelLoad, "many_to_one")
		}
		for _, r := range t.References {
			list = append(list, Relation{t.Name, r})
		}
	}
	if version := s.SystemName(VersionTable); s.Table(version) != nil && s.Table(loads) != nil {
		add(end{version, "version_hash"}, end{loads, "schema_version_hash"}, labelSchemaVersion, "one_to_many")
		add(end{version, "schema_name"}, end{loads, "schema_name"}, labelSchemaName, "many_to_many")
	}
	return list
}

// An end is one side of a relation of single columns.
type end struct{ table, column string }

func firstColumn(t *Table, hint string) *Column {
	if t == nil {
		return nil
	}
	return t.FirstColumn(hint)
}
