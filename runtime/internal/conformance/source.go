package conformance

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/goccy/go-yaml"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// unsupported says that the runner has no way to express a part of a case.
type unsupported struct{ what string }

func (e *unsupported) Error() string { return "not expressible: " + e.what }

// source is what a step loads, and how.
func (c *Case) source(step *Step) (*dlt.Source, *dlt.RunOptions, error) {
	cfg, sch := c.Source.merged(step.Source), c.Schema.merged(step.Schema)
	s, err := c.schema(cfg, sch)
	if err != nil {
		return nil, nil, err
	}
	src := &dlt.Source{Name: cfg.Name, Schema: s}
	for i := range step.Resources {
		r, err := c.resource(&step.Resources[i])
		if err != nil {
			return nil, nil, fmt.Errorf("resource %s: %w", step.Resources[i].Name, err)
		}
		src.Resources = append(src.Resources, r)
	}
	opt := &dlt.RunOptions{Resources: step.Select, Refresh: step.Refresh, AddArrowID: c.Normalize.AddID, AddArrowLoadID: c.Normalize.AddLoadID}
	run := step.Run
	h := &schema.TableHints{Name: run.TableName}
	err = hintCase{columns: run.Columns, primaryKey: run.PrimaryKey, disposition: run.WriteDisposition, contract: run.SchemaContract}.apply(h)
	h.FileFormat = run.LoaderFileFormat
	opt.Hints = h
	return src, opt, err
}

func (c *Case) schema(cfg SourceConfig, sch SchemaConfig) (*schema.Schema, error) {
	s, err := schema.New(cfg.Name)
	if err != nil {
		return nil, err
	}
	if sch.Naming != "" {
		s.Normalizers.Names = sch.Naming
	}
	if sch.Detections != nil {
		s.Settings.Detections = *sch.Detections
	}
	if sch.AllowChange != nil {
		s.Normalizers.AllowIdentifierChange = schema.FlagOf(*sch.AllowChange)
	}
	if sch.UseBreakPath != nil {
		s.Normalizers.UseBreakPath = schema.FlagOf(*sch.UseBreakPath)
	}
	for _, item := range mapItems(sch.PreferredTypes) {
		s.Settings.PreferredTypes = append(s.Settings.PreferredTypes, schema.TypeRule{Pattern: fmt.Sprint(item.Key), Type: schema.DataType(fmt.Sprint(item.Value))})
	}
	var rules []schema.HintRule
	for _, item := range mapItems(sch.DefaultHints) {
		rules = append(rules, schema.HintRule{Hint: fmt.Sprint(item.Key), Patterns: names(item.Value)})
	}
	if err := s.MergeHints(rules, false); err != nil {
		return nil, err
	}
	for _, item := range mapItems(sch.Filters) {
		f := &schema.Filters{}
		for _, kv := range mapItems(item.Value) {
			if kv.Key == "excludes" {
				f.Excludes = names(kv.Value)
			} else {
				f.Includes = names(kv.Value)
			}
		}
		t := &schema.Table{Name: fmt.Sprint(item.Key), Resource: fmt.Sprint(item.Key), WriteDisposition: schema.Append, Filters: f}
		if err := s.AddTable(t, schema.Additive); err != nil {
			return nil, err
		}
	}
	if cfg.MaxTableNesting != nil {
		s.Normalizers.MaxNesting = schema.N(*cfg.MaxTableNesting)
	}
	if cfg.RootKey != nil {
		s.Normalizers.RootKeyPropagation = schema.FlagOf(*cfg.RootKey)
	}
	contract, err := contractSetting(cfg.SchemaContract)
	if contract != nil {
		s.SetContract(contract)
	}
	return s, err
}

func mapItems(v any) yaml.MapSlice {
	m, _ := v.(yaml.MapSlice)
	return m
}

func (c *Case) resource(r *ResourceCase) (*dlt.Records, error) {
	out := &dlt.Records{Name: r.Name, Unselected: r.Selected != nil && !*r.Selected, Materialize: r.Empty == "materialize"}
	h := &out.Hints
	if err := (hintCase{r.Columns, r.PrimaryKey, r.MergeKey, r.WriteDisposition, r.SchemaContract, r.References}).apply(h); err != nil {
		return nil, err
	}
	_, out.KeyScalar = r.PrimaryKey.(string)
	h.FileFormat = r.FileFormat
	if r.MaxTableNesting != nil {
		h.MaxNesting = schema.N(*r.MaxTableNesting)
	}
	for _, n := range r.NestedHints {
		x := schema.NestedHints{Path: n.Path}
		if err := (hintCase{n.Columns, n.PrimaryKey, n.MergeKey, n.WriteDisposition, n.SchemaContract, n.References}).apply(&x.Hints); err != nil {
			return nil, err
		}
		h.Nested = append(h.Nested, x)
	}
	switch t := r.TableName.(type) {
	case string:
		h.Name = t
	case yaml.MapSlice:
		out.TableOf = tableOf(t)
	}
	if err := transforms(out, r.Transforms); err != nil {
		return nil, err
	}
	if err := incremental(out, r.Incremental); err != nil {
		return nil, err
	}
	if strings.HasSuffix(r.File, ".parquet") {
		return out, c.batches(out, r)
	}
	return out, c.values(out, r)
}

func tableOf(m yaml.MapSlice) func(*record.Value) string {
	var field, prefix string
	for _, kv := range m {
		if kv.Key == "field" {
			field = fmt.Sprint(kv.Value)
		} else {
			prefix = fmt.Sprint(kv.Value)
		}
	}
	return func(v *record.Value) string {
		x := v.Get(field)
		if x == nil {
			return prefix
		}
		if x.Kind() == record.KindText {
			return prefix + x.Text()
		}
		return prefix + x.String()
	}
}

// values yields the items in pages, each item a fresh copy, since steps change records.
func (c *Case) values(out *dlt.Records, r *ResourceCase) error {
	items, err := readItems(c.dir, r)
	if err != nil {
		return err
	}
	variants := map[string]*schema.TableHints{}
	for _, v := range r.Variants {
		h := &schema.TableHints{Name: v.TableName}
		if err := (hintCase{v.Columns, v.PrimaryKey, v.MergeKey, v.WriteDisposition, nil, nil}).apply(h); err != nil {
			return err
		}
		variants[v.TableName] = h
	}
	out.Values = func(_ context.Context, in *dlt.Input) iter.Seq2[[]dlt.Record, error] {
		return func(yield func([]dlt.Record, error) bool) {
			if err := r.State.write(in.State); err != nil {
				yield(nil, err)
				return
			}
			size := r.PageSize
			if size == 0 {
				size = max(len(items), 1)
			}
			if len(items) == 0 && r.Empty == "list" {
				yield([]dlt.Record{}, nil)
			}
			if r.RouteBy != "" {
				size = 1
			}
			for i := 0; i < len(items); i += size {
				var page []dlt.Record
				for j := i; j < min(i+size, len(items)); j++ {
					page = append(page, route(r.RouteBy, variants, items[j].Clone()))
				}
				if !yield(page, nil) {
					return
				}
			}
		}
	}
	return nil
}

func route(by string, variants map[string]*schema.TableHints, v record.Value) dlt.Record {
	rec := dlt.Record{Value: &v}
	if by == "" {
		return rec
	}
	if t := v.Get(by); t != nil && t.Kind() == record.KindText {
		rec.Table = t.Text()
		rec.Variant = variants[rec.Table]
	}
	return rec
}

// write does what a resource of the case writes to its state.
func (s *StateCase) write(st *dlt.State) error {
	if s == nil {
		return nil
	}
	for _, x := range []struct {
		items yaml.MapSlice
		to    *dlt.State
		add   bool
	}{{s.Set, st, false}, {s.Add, st, true}, {s.SourceSet, st.Source(), false}, {s.SourceAdd, st.Source(), true}} {
		for _, kv := range x.items {
			key := fmt.Sprint(kv.Key)
			v, err := yamlValue(kv.Value)
			if err != nil {
				return err
			}
			if x.add {
				have, _ := x.to.Get(key)
				old, _ := have.(int64)
				n, _ := v.Int64()
				x.to.Set(key, old+n)
				continue
			}
			if err := x.to.SetValue(key, &v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Case) batches(out *dlt.Records, r *ResourceCase) error {
	f, err := os.Open(filepath.Join(c.dir, r.File))
	if err != nil {
		return err
	}
	defer f.Close()
	pr, err := file.NewParquetReader(f)
	if err != nil {
		return err
	}
	fr, err := pqarrow.NewFileReader(pr, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	table, err := fr.ReadTable(context.Background())
	if err != nil {
		return err
	}
	size := int64(r.PageSize)
	if size == 0 {
		size = max(table.NumRows(), 1)
	}
	out.Batches = func(context.Context, *dlt.Input) iter.Seq2[arrow.RecordBatch, error] {
		return func(yield func(arrow.RecordBatch, error) bool) {
			tr := array.NewTableReader(table, size)
			defer tr.Release()
			any := false
			for tr.Next() {
				any = true
				if !yield(tr.RecordBatch(), nil) {
					return
				}
			}
			if !any {
				yield(emptyBatch(table.Schema()), nil)
			}
		}
	}
	return nil
}

func emptyBatch(s *arrow.Schema) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, s)
	defer b.Release()
	return b.NewRecordBatch()
}

func transforms(out *dlt.Records, list []yaml.MapSlice) error {
	for _, t := range list {
		kind, arg := fmt.Sprint(t[0].Key), t[0].Value
		switch kind {
		case "limit":
			limit(out, arg)
		case "filter":
			step, err := filterStep(mapItems(arg))
			if err != nil {
				return err
			}
			out.Steps = append(out.Steps, step)
		case "map":
			step, err := mapStep(mapItems(arg))
			if err != nil {
				return err
			}
			out.Steps = append(out.Steps, step)
		default:
			return &unsupported{"transform " + kind}
		}
	}
	return nil
}

func limit(out *dlt.Records, arg any) {
	n := func(v any) *int64 {
		x, err := plainValue(v)
		if err != nil {
			return nil
		}
		i, ok := x.Int64()
		if !ok || i < 0 {
			return nil
		}
		return &i
	}
	m, ok := arg.(yaml.MapSlice)
	if !ok {
		out.Limit = n(arg)
		return
	}
	var items *int64
	rows := false
	for _, kv := range m {
		switch kv.Key {
		case "max_items":
			items = n(kv.Value)
		case "count_rows":
			rows, _ = kv.Value.(bool)
		}
	}
	if rows {
		out.LimitRows = items
	} else {
		out.Limit = items
	}
}

func filterStep(arg yaml.MapSlice) (dlt.Step, error) {
	var field string
	var want record.Value
	negate := false
	for _, kv := range arg {
		switch kv.Key {
		case "field":
			field = fmt.Sprint(kv.Value)
		case "equals":
			v, err := yamlValue(kv.Value)
			if err != nil {
				return nil, err
			}
			want = v
		case "negate":
			negate, _ = kv.Value.(bool)
		}
	}
	return func(v *record.Value) (bool, error) {
		x := v.Get(field)
		if x == nil {
			x = &record.Value{}
		}
		return x.Equal(&want) != negate, nil
	}, nil
}

func mapStep(arg yaml.MapSlice) (dlt.Step, error) {
	type pair struct {
		to, from string
		v        record.Value
	}
	var copies, sets []pair
	var drops []string
	for _, kv := range arg {
		switch kv.Key {
		case "copy":
			for _, x := range mapItems(kv.Value) {
				copies = append(copies, pair{to: fmt.Sprint(x.Key), from: fmt.Sprint(x.Value)})
			}
		case "set":
			for _, x := range mapItems(kv.Value) {
				v, err := yamlValue(x.Value)
				if err != nil {
					return nil, err
				}
				sets = append(sets, pair{to: fmt.Sprint(x.Key), v: v})
			}
		case "drop":
			drops = names(kv.Value)
		}
	}
	return func(v *record.Value) (bool, error) {
		for _, p := range copies {
			x := record.NullValue()
			if from := v.Get(p.from); from != nil {
				x = from.Clone()
			}
			v.Set(p.to, x)
		}
		for _, p := range sets {
			v.Set(p.to, p.v.Clone())
		}
		for _, d := range drops {
			v.Delete(d)
		}
		return true, nil
	}, nil
}

func incremental(out *dlt.Records, in *IncrementalCase) error {
	if in == nil {
		return nil
	}
	inc := &dlt.RecordIncremental{
		Path: in.CursorPath, Lag: in.Lag, RowOrder: in.RowOrder, Missing: in.OnMissing, Min: in.LastValueFunc == "min",
		StartOpen: in.RangeStart == "open", EndClosed: in.RangeEnd == "closed", Key: names(in.PrimaryKey),
	}
	_, inc.KeyScalar = in.PrimaryKey.(string)
	for _, b := range []struct {
		to   **record.Value
		from any
	}{{&inc.Initial, in.InitialValue}, {&inc.End, in.EndValue}} {
		if b.from == nil {
			continue
		}
		v, err := yamlValue(b.from)
		if err != nil {
			return err
		}
		*b.to = &v
	}
	out.Incremental = inc
	return nil
}
