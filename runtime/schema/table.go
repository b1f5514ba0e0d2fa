package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var errUnknownKey = errors.New("unknown key; hints of your own begin with x-")

// Known values of hints.
var (
	dispositions = []WriteDisposition{Skip, Append, Replace, Merge}
	strategies   = []MergeStrategy{DeleteInsert, SCD2, Upsert, InsertOnly, CDC}
	modes        = []ContractMode{Evolve, Freeze, DiscardRow, DiscardValue}
)

// Get returns the value that the document has for key, and whether it has one.
// Columns are not a key here.
func (t *Table) Get(key string) (any, bool) {
	text := ""
	switch key {
	case "name":
		return t.Name, true
	case "description":
		text = t.Description
	case "parent":
		text = t.Parent
	case "resource":
		text = t.Resource
	case "write_disposition":
		text = string(t.WriteDisposition)
	case "table_format":
		text = t.TableFormat
	case "file_format":
		text = t.FileFormat
	case "variant_name":
		text = t.VariantName
	case "x-merge-strategy":
		text = string(t.MergeStrategy)
	case "schema_contract":
		if t.Contract != nil {
			return t.Contract.document(), true
		}
	case "filters":
		if t.Filters != nil {
			return t.Filters.document(), true
		}
	case "references":
		if t.References != nil {
			return referencesDocument(t.References), true
		}
	case "x-normalizer":
		if t.Normalizer.present() {
			return t.Normalizer.document(), true
		}
	}
	if text != "" {
		return text, true
	}
	return t.Extra.Get(key)
}

// tableKeys are the keys of a table in the order in which documents list them;
// the columns come after the name.
var tableKeys = []string{
	"name", "write_disposition", "schema_contract", "table_format", "file_format", "references", "parent",
	"resource", "description", "filters", "variant_name", "x-normalizer", "x-merge-strategy",
}

// Set gives key the value that a document has for it, or reports why it cannot
// have that value. Columns are not a key here.
func (t *Table) Set(key string, v any) error {
	var placed bool // has a field that holds all of it
	var err error
	switch key {
	case "name":
		placed, err = setText(&t.Name, v)
	case "description":
		placed, err = setText(&t.Description, v)
	case "parent":
		placed, err = setText(&t.Parent, v)
	case "resource":
		placed, err = setText(&t.Resource, v)
	case "write_disposition":
		placed, err = setName(&t.WriteDisposition, v, dispositions)
	case "table_format":
		placed, err = setText(&t.TableFormat, v)
	case "file_format":
		placed, err = setText(&t.FileFormat, v)
	case "variant_name":
		placed, err = setText(&t.VariantName, v)
	case "x-merge-strategy":
		placed, err = setName(&t.MergeStrategy, v, strategies)
	case "schema_contract":
		t.Contract, err = contractOf(v)
		placed = t.Contract != nil
	case "filters":
		t.Filters, err = filtersOf(v)
		placed = t.Filters != nil
	case "references":
		t.References, err = referencesOf(v)
		placed = t.References != nil
	case "x-normalizer":
		placed, err = t.Normalizer.set(v)
	default:
		if !strings.HasPrefix(key, "x-") && key != "table_sealed" {
			return errUnknownKey
		}
	}
	switch {
	case err != nil:
	case placed:
		t.Extra.Delete(key)
	default:
		t.Extra.Set(key, v)
	}
	return err
}

// hints lists what the document has for the table beside its columns.
func (t *Table) hints() Hints {
	h := make(Hints, 0, 5+len(t.Extra))
	for _, key := range tableKeys {
		if v, ok := t.Get(key); ok {
			h = append(h, Hint{key, v})
		}
	}
	for _, x := range t.Extra {
		h.Set(x.Key, x.Value)
	}
	return h
}

func (t *Table) document() Hints {
	columns := make(Hints, len(t.Columns))
	for i := range t.Columns {
		columns[i] = Hint{t.Columns[i].Name, t.Columns[i].document()}
	}
	h := t.hints()
	return slices.Insert(h, 1, Hint{"columns", columns})
}

func setName[T ~string](p *T, v any, known []T) (bool, error) {
	var text string
	placed, err := setText(&text, v)
	*p = T(text)
	if placed && !slices.Contains(known, *p) {
		err = fmt.Errorf("%q is unknown; known are %s", *p, joinNames(known))
		*p = ""
	}
	return placed, err
}

func (n *TableNormalizer) present() bool {
	return n.SeenData != Unset || n.MaxNesting.Set || n.EvolveColumnsOnce != Unset || n.Extra != nil
}

func (n *TableNormalizer) document() Hints {
	h := Hints{}
	if n.SeenData != Unset {
		h = append(h, Hint{"seen-data", n.SeenData.value()})
	}
	if n.MaxNesting.Set {
		h = append(h, Hint{"max_nesting", int64(n.MaxNesting.V)})
	}
	if n.EvolveColumnsOnce != Unset {
		h = append(h, Hint{"evolve-columns-once", n.EvolveColumnsOnce.value()})
	}
	return append(h, n.Extra...)
}

func (n *TableNormalizer) set(v any) (bool, error) {
	*n = TableNormalizer{}
	h, ok := v.(Hints)
	if !ok {
		if v == nil {
			return false, nil
		}
		return false, errWant("a map", v)
	}
	n.Extra = Hints{} // present, even if empty
	for _, x := range h {
		placed, err := true, error(nil)
		switch x.Key {
		case "seen-data":
			err = n.SeenData.set(x.Value)
		case "max_nesting":
			placed, err = setInt(&n.MaxNesting, x.Value)
		case "evolve-columns-once":
			err = n.EvolveColumnsOnce.set(x.Value)
		default:
			placed = false
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", x.Key, err)
		}
		if !placed {
			n.Extra.Set(x.Key, x.Value)
		}
	}
	if len(h) > 0 && len(n.Extra) == 0 {
		n.Extra = nil
	}
	return true, nil
}

func (f *Filters) document() Hints {
	h := Hints{}
	if f.Excludes != nil {
		h = append(h, Hint{"excludes", anyList(f.Excludes)})
	}
	if f.Includes != nil {
		h = append(h, Hint{"includes", anyList(f.Includes)})
	}
	return h
}

func filtersOf(v any) (*Filters, error) {
	h, ok := v.(Hints)
	if !ok {
		if v == nil {
			return nil, nil
		}
		return nil, errWant("a map", v)
	}
	f := &Filters{}
	for _, x := range h {
		var err error
		switch x.Key {
		case "excludes":
			f.Excludes, err = patternList(x.Value)
		case "includes":
			f.Includes, err = patternList(x.Value)
		default:
			err = errUnknownKey
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Key, err)
		}
	}
	return f, nil
}

func referencesDocument(refs []Reference) []any {
	list := make([]any, len(refs))
	for i, r := range refs {
		h := Hints{
			{"columns", anyList(r.Columns)},
			{"referenced_table", r.Table},
			{"referenced_columns", anyList(r.ReferencedColumns)},
		}
		if r.Label != "" {
			h = append(h, Hint{"label", r.Label})
		}
		if r.Cardinality != "" {
			h = append(h, Hint{"cardinality", r.Cardinality})
		}
		list[i] = h
	}
	return list
}

func referencesOf(v any) ([]Reference, error) {
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil, nil
		}
		return nil, errWant("a list", v)
	}
	refs := make([]Reference, 0, len(list))
	for i, x := range list {
		r, err := referenceOf(x)
		if err != nil {
			return nil, fmt.Errorf("reference %d: %w", i+1, err)
		}
		refs = append(refs, r)
	}
	return refs, nil
}

func referenceOf(v any) (Reference, error) {
	var r Reference
	h, ok := v.(Hints)
	if !ok {
		return r, errWant("a map", v)
	}
	for _, x := range h {
		var err error
		switch x.Key {
		case "referenced_table":
			_, err = setText(&r.Table, x.Value)
		case "columns":
			r.Columns, err = textList(x.Value)
		case "referenced_columns":
			r.ReferencedColumns, err = textList(x.Value)
		case "label":
			_, err = setText(&r.Label, x.Value)
		case "cardinality":
			_, err = setText(&r.Cardinality, x.Value)
		case "table":
		default:
			err = errUnknownKey
		}
		if err != nil {
			return r, fmt.Errorf("%s: %w", x.Key, err)
		}
	}
	switch {
	case r.Table == "":
		return r, errors.New("referenced_table is missing")
	case len(r.Columns) != len(r.ReferencedColumns):
		return r, fmt.Errorf("%d columns refer to %d", len(r.Columns), len(r.ReferencedColumns))
	}
	return r, nil
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}

func textList(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, errWant("a list of texts", v)
	}
	texts := make([]string, len(list))
	for i, x := range list {
		s, ok := x.(string)
		if !ok {
			return nil, errWant("a text in the list", x)
		}
		texts[i] = s
	}
	return texts, nil
}
