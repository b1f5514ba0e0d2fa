package conformance

import (
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// hintCase is the hints that resources, variants, nested tables and runs share.
type hintCase struct {
	columns, primaryKey, mergeKey, disposition, contract, references any
}

// apply writes the hints into h.
func (c hintCase) apply(h *schema.TableHints) error {
	var err error
	if h.Columns, err = columns(c.columns); err != nil {
		return err
	}
	h.PrimaryKey, h.MergeKey = names(c.primaryKey), names(c.mergeKey)
	if h.Disposition, err = disposition(c.disposition); err != nil {
		return err
	}
	for _, kv := range mapItems(c.disposition) {
		if kv.Key == "boundary_timestamp" && kv.Value == nil {
			h.Extra.Set("x-boundary-timestamp", nil) // null takes back an earlier one
		}
	}
	if h.Contract, err = contractSetting(c.contract); err != nil {
		return err
	}
	h.References, err = references(c.references)
	return err
}

// names is a name or a list of names; nil when absent.
func names(v any) []string {
	switch v := v.(type) {
	case string:
		if v == "" {
			return []string{}
		}
		return []string{v}
	case []any:
		list := []string{}
		for _, x := range v {
			list = append(list, fmt.Sprint(x))
		}
		return list
	}
	return nil
}

// columns are {name: hints} or a list of hints with names.
func columns(v any) ([]schema.Column, error) {
	var list []schema.Column
	one := func(name string, hints yaml.MapSlice) error {
		c := schema.Column{Name: name}
		for _, h := range hints {
			x, err := hintValue(h.Value)
			if err != nil {
				return err
			}
			if err := c.Set(fmt.Sprint(h.Key), x); err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
		}
		list = append(list, c)
		return nil
	}
	switch v := v.(type) {
	case nil:
	case yaml.MapSlice:
		for _, item := range v {
			hints, _ := item.Value.(yaml.MapSlice)
			if err := one(fmt.Sprint(item.Key), hints); err != nil {
				return nil, err
			}
		}
	case []any:
		for _, item := range v {
			hints, _ := item.(yaml.MapSlice)
			if err := one("", hints); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("columns: %T", v)
	}
	return list, nil
}

// hintValue is a hint's value as the schema package takes it.
func hintValue(v any) (any, error) {
	switch v := v.(type) {
	case uint64:
		return int64(v), nil
	case int:
		return int64(v), nil
	case yaml.MapSlice:
		out := schema.Hints{}
		for _, item := range v {
			x, err := hintValue(item.Value)
			if err != nil {
				return nil, err
			}
			out.Set(fmt.Sprint(item.Key), x)
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			x, err := hintValue(v[i])
			if err != nil {
				return nil, err
			}
			out[i] = x
		}
		return out, nil
	}
	return v, nil
}

func contractSetting(v any) (*schema.ContractSetting, error) {
	if v == nil {
		return nil, nil
	}
	x, err := hintValue(v)
	if err != nil {
		return nil, err
	}
	return schema.ParseContract(x)
}

// disposition is a word, or an object with the options of a merge.
func disposition(v any) (schema.Disposition, error) {
	var d schema.Disposition
	switch v := v.(type) {
	case nil:
	case string:
		d.Disposition = schema.WriteDisposition(v)
	case yaml.MapSlice:
		for _, item := range v {
			if err := dispositionKey(&d, fmt.Sprint(item.Key), item.Value); err != nil {
				return d, err
			}
		}
	default:
		return d, fmt.Errorf("write_disposition: %T", v)
	}
	return d, nil
}

func dispositionKey(d *schema.Disposition, key string, v any) error {
	text, _ := v.(string)
	switch key {
	case "disposition":
		d.Disposition = schema.WriteDisposition(text)
	case "strategy":
		d.Strategy = schema.MergeStrategy(text)
	case "deduplicated":
		d.Deduplicated, _ = v.(bool)
	case "source_filter":
		d.SourceFilter = text
	case "destination_scope":
		d.DestinationScope = text
	case "skip_unchanged_rows":
		d.SkipUnchangedRows, _ = v.(bool)
	case "row_version_column_name":
		d.RowVersionColumn = text
	case "validity_column_names":
		for i, n := range names(v) {
			if i < 2 {
				d.ValidityColumns[i] = n
			}
		}
	case "active_record_timestamp":
		d.ActiveRecordTimestamp = timestampHint(v)
	case "boundary_timestamp":
		d.BoundaryTimestamp = timestampHint(v)
	default:
		return fmt.Errorf("write_disposition: unknown key %s", key)
	}
	return nil
}

// timestampHint is a moment as the schema document has it: its text.
func timestampHint(v any) any {
	x, err := yamlValue(v)
	if err != nil || x.Kind() != record.KindTimestamp {
		return v
	}
	return x.Timestamp().String()
}

func references(v any) ([]schema.Reference, error) {
	list, _ := v.([]any)
	var out []schema.Reference
	for _, item := range list {
		m, ok := item.(yaml.MapSlice)
		if !ok {
			return nil, fmt.Errorf("references: %T", item)
		}
		var r schema.Reference
		for _, kv := range m {
			switch kv.Key {
			case "referenced_table":
				r.Table = fmt.Sprint(kv.Value)
			case "columns":
				r.Columns = names(kv.Value)
			case "referenced_columns":
				r.ReferencedColumns = names(kv.Value)
			case "label":
				r.Label = fmt.Sprint(kv.Value)
			case "cardinality":
				r.Cardinality = fmt.Sprint(kv.Value)
			}
		}
		out = append(out, r)
	}
	return out, nil
}
