package dlt

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/normalize"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/schema"
)

// An extraction is the first half of a run: pages of the selected resources,
// normalised as they come, become a load package.
type extraction struct {
	*run
	src    *Source
	opt    *RunOptions
	sel    *selection
	schema *schema.Schema // what this run makes of the stored one
	before *schema.Schema // the stored one
	naming naming.Convention
	writer *normalize.Writer
	pkg    *loadpackage.Writer
	opened map[string]opened
	counts map[string]*ResourceReport
	// dropped and truncated are tables that a refresh empties.
	dropped, truncated []string
	findings           map[DropReport]int64
	jobs               int // job files opened
}

// extract reads the source into a committed load package. It reports false when
// there was nothing to load. On failure nothing is left of it (E67).
func (r *run) extract(ctx context.Context, src *Source, opt *RunOptions) (made bool, err error) {
	e := &extraction{run: r, src: src, opt: opt, opened: map[string]opened{}, counts: map[string]*ResourceReport{}, findings: map[DropReport]int64{}}
	if e.sel, err = src.choose(opt.Resources); err != nil {
		return false, r.p.fail("config", err)
	}
	stateBefore := r.state.Clone()
	if err = e.prepare(); err == nil {
		made, err = e.collect(ctx)
	}
	if err == nil {
		return made, nil
	}
	r.state = stateBefore
	step := stepOf(err)
	if e.pkg != nil {
		if abortErr := e.pkg.Abort(); abortErr != nil {
			err = errors.Join(err, abortErr)
		}
	}
	return false, r.stepError(step, err)
}

// stepOf tells an error of normalising from one of extracting.
func stepOf(err error) string {
	var violation *contract.ViolationError
	if errors.As(err, &violation) && violation.Step != "" {
		return violation.Step
	}
	if _, ok := errors.AsType[*batch.RangeError](err); ok {
		return "load" // what the destination's column cannot hold, found before it is asked (L5)
	}
	if normalize.IsError(err) {
		return "normalize"
	}
	return "extract"
}

// prepare makes the schema, the refresh and the empty package of the run.
func (e *extraction) prepare() error {
	if err := e.openSchema(); err != nil {
		return err
	}
	if err := e.refresh(); err != nil {
		return err
	}
	id, created := e.ids.Next()
	pkg, err := e.dir.store.Create(id, created)
	if err != nil {
		return err
	}
	e.pkg = pkg
	if err := e.dir.snapshot(pkg); err != nil {
		return err
	}
	format := e.opt.Format
	if format == "" {
		format = e.caps.PreferredFormat()
	}
	if !e.caps.Accepts(format) {
		return fmt.Errorf("format %s: %s takes %v", format, e.caps.Name, e.caps.Formats)
	}
	e.writer, err = normalize.New(e.normalizeConfig(format, id))
	return err
}

// openSchema loads the stored schema of the source's name, or makes a new one,
// and brings the source's own schema in (S107).
func (e *extraction) openSchema() error {
	name := e.src.Name
	if e.src.Plain {
		if def := e.state.Root().Text("default_schema_name"); def != "" {
			name = def
		}
	}
	stored, err := e.dir.loadSchema(name)
	if err != nil {
		return err
	}
	own := e.src.Schema
	if stored == nil {
		if stored, err = newSchema(name, own, e.caps.Naming); err != nil {
			return err
		}
	}
	e.before = stored
	e.schema = stored.Clone()
	limit := min(e.caps.MaxTableName, e.caps.MaxColumnName)
	if e.naming, err = naming.New(e.schema.Normalizers.Names, limit); err != nil {
		return err
	}
	if own != nil && !e.src.Plain {
		if err := e.takeOver(own); err != nil {
			return err
		}
	}
	if c := e.runContract(); c != nil {
		e.schema.SetContract(c)
	}
	return nil
}

// takeOver brings the source's own schema into the stored one. Under another
// naming convention than the stored one only its contract counts (S107).
func (e *extraction) takeOver(own *schema.Schema) error {
	if own.Normalizers.Names == "" || own.Normalizers.Names == e.schema.Normalizers.Names {
		return e.schema.Update(own)
	}
	e.log.Warn("the stored schema keeps its naming convention; of the source's schema only the contract counts",
		"stored", e.schema.Normalizers.Names, "source", own.Normalizers.Names)
	if own.Settings.Contract != nil {
		e.schema.SetContract(own.Settings.Contract)
	}
	return nil
}

func (e *extraction) runContract() *schema.ContractSetting {
	if e.opt.Hints == nil {
		return nil
	}
	return e.opt.Hints.Contract
}

// newSchema is the first version of a schema, under the source's naming
// convention or the destination's (S31).
func newSchema(name string, own *schema.Schema, conv string) (*schema.Schema, error) {
	s, err := schema.New(name)
	if err != nil {
		return nil, err
	}
	if own != nil && own.Normalizers.Names != "" {
		conv = own.Normalizers.Names
	}
	if conv != "" {
		s.Normalizers.Names = conv
	}
	s.Bump()
	return s, nil
}

// collect runs the lanes and commits the package.
func (e *extraction) collect(ctx context.Context) (made bool, err error) {
	closed := false
	defer func() {
		if !closed {
			e.writer.Discard()
		}
	}()
	lanes, err := e.open()
	if err != nil {
		return false, err
	}
	if err := extract.Run(ctx, lanes, e.options); err != nil {
		return false, err
	}
	for _, r := range e.sel.extracted {
		if err := e.opened[r.ResourceName()].finish(ctx); err != nil {
			return false, err
		}
	}
	closed = true
	metrics, err := e.writer.Close(ctx)
	if err != nil {
		return false, err
	}
	return e.commit(metrics)
}

// open opens the resources, parents first, and returns the lanes of those
// without a parent.
func (e *extraction) open() ([]*extract.Lane, error) {
	var roots []opened
	for _, r := range e.sel.extracted {
		name := r.ResourceName()
		e.counts[name] = &ResourceReport{Name: name}
		o, err := r.open(e)
		if err != nil {
			return nil, err
		}
		e.opened[name] = o
		parent := r.info().parent
		if parent == nil {
			roots = append(roots, o)
			continue
		}
		e.opened[parent.resource.ResourceName()].addChild(childOf{values: parent.values, child: o, changed: parent.changed})
	}
	lanes := make([]*extract.Lane, 0, len(roots))
	for _, o := range roots { // now that each has its children, which decide what it asks for
		lanes = append(lanes, o.lane(nil))
	}
	return lanes, nil
}

// childOf is a child with the way its values come out of a parent's record.
type childOf struct {
	values func(row any) Values
	child  opened
	// changed is set for a child that runs for new records only.
	changed bool
}

// commit writes state and schema into the package and keeps local copies of both.
func (e *extraction) commit(m *normalize.Metrics) (made bool, err error) {
	e.fillState()
	changed := e.state.Bump()
	e.account(m)
	nothing := e.jobs == 0 && len(e.dropped)+len(e.truncated) == 0
	travels := !e.p.NoRestore && (changed || !e.state.Extracted()) // ST7, P48
	switch {
	case travels && e.schema.Name != e.state.Root().Text("default_schema_name"):
		return true, e.commitApart(nothing)
	case nothing && !travels:
		if err := e.pkg.Abort(); err != nil || !changed { // E66
			return false, err
		}
		return false, e.dir.saveState(e.state)
	case travels:
		row, err := e.stateRow()
		if err != nil {
			return false, err
		}
		if err := e.commitPackage(row); err != nil {
			return false, err
		}
	default:
		if err := e.pkg.KeepState(e.state.Encode()); err != nil {
			return false, err
		}
		if err := e.commitPackage(nil); err != nil {
			return false, err
		}
	}
	return true, e.dir.saveState(e.state)
}

// commitApart commits the data and then the state, which belongs to the default schema
// and so travels by itself. Between the two the next run finds the state with the data.
func (e *extraction) commitApart(nothing bool) error {
	if nothing {
		if err := e.pkg.Abort(); err != nil {
			return err
		}
	} else {
		if err := e.pkg.KeepState(e.state.Encode()); err != nil {
			return err
		}
		if err := e.commitPackage(nil); err != nil {
			return err
		}
		// An abort of the state's package alone must not take back this state.
		if err := e.dir.saveState(e.state); err != nil {
			return err
		}
	}
	row, err := e.stateRow()
	if err != nil {
		return err
	}
	return e.commitState(row)
}

// commitPackage makes the package of the run's data complete and keeps its schema.
func (e *extraction) commitPackage(stateRow *loadpackage.State) error {
	e.schema.Bump()
	e.pkg.Refresh(e.opt.Refresh, e.dropped, e.truncated)
	pkg, err := e.pkg.Commit(e.schema, schema.Diff(e.before, e.schema), stateRow)
	if err != nil {
		return err
	}
	e.log.Info("load package written", "load_id", pkg.LoadID, "jobs", len(pkg.Jobs))
	return e.dir.saveSchema(e.schema)
}

// commitState writes a package of nothing but the state, under the default schema.
func (e *extraction) commitState(row *loadpackage.State) error {
	name := e.state.Root().Text("default_schema_name")
	def, err := e.dir.loadSchema(name)
	if err != nil {
		return err
	}
	if def == nil {
		return fmt.Errorf("default schema %s is not in %s", name, e.dir.dir)
	}
	before := def.Clone()
	if err := addStateTable(def); err != nil {
		return err
	}
	def.Bump()
	id, created := e.ids.Next()
	pkg, err := e.dir.store.Create(id, created)
	if err != nil {
		return err
	}
	err = e.dir.snapshot(pkg)
	if err == nil {
		_, err = pkg.Commit(def, schema.Diff(before, def), row)
	}
	if err != nil {
		return errors.Join(err, pkg.Abort())
	}
	if err := e.dir.saveSchema(def); err != nil {
		return err
	}
	return e.dir.saveState(e.state)
}

// addStateTable declares the table of the state's row, which has seen data from then on,
// as the hash of the schema tells (L21, L39).
func addStateTable(s *schema.Schema) error {
	if s.Table(schema.StateTable) == nil {
		if err := s.AddTable(schema.NewStateTable(), schema.Additive); err != nil {
			return err
		}
	}
	s.Table(schema.StateTable).Normalizer.SeenData = schema.True
	return nil
}

// fillState writes the keys by which a pipeline is found again (ST4).
func (e *extraction) fillState() {
	root := e.state.Root()
	root.Set("pipeline_name", e.p.Name)
	root.Set("dataset_name", e.ds.Name())
	if root.Text("default_schema_name") == "" {
		root.Set("default_schema_name", e.schema.Name)
	}
	list, _ := root.Get("schema_names")
	names, _ := list.([]any)
	if !slices.Contains(names, any(e.schema.Name)) {
		names = append(names, e.schema.Name)
		slices.SortFunc(names, func(a, b any) int { return compareText(a, b) })
	}
	root.Set("schema_names", names)
	root.Set("destination_type", e.caps.Type)
	root.Set("destination_name", nil)
}

func compareText(a, b any) int {
	x, _ := a.(string)
	y, _ := b.(string)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// stateRow is the row that travels with a package.
func (e *extraction) stateRow() (*loadpackage.State, error) {
	e.state.MarkExtracted(e.now())
	blob, err := e.state.Blob()
	if err != nil {
		return nil, err
	}
	if e.schema.Name == e.state.Root().Text("default_schema_name") {
		if err := addStateTable(e.schema); err != nil {
			return nil, err
		}
	}
	return &loadpackage.State{
		Version: e.state.Version(), EngineVersion: state.EngineVersion, PipelineName: e.p.Name,
		State: blob, CreatedAt: e.now(), VersionHash: e.state.Hash(), ID: e.writer.RowID(),
	}, nil
}

// account fills the report from the normaliser's counts.
func (e *extraction) account(m *normalize.Metrics) {
	for _, t := range e.schema.DataTables() {
		n := m.Rows[t.Name]
		old := e.before.Table(t.Name)
		rep := TableReport{Name: t.Name, Resource: t.Resource, Rows: n, New: old == nil || old.IsNew(), Disposition: string(e.schema.WriteDisposition(t))}
		for i := range t.Columns {
			c := &t.Columns[i]
			if old != nil && c.Complete() && !schema.IsSystemColumn(c.Name) {
				if had := old.Column(c.Name); had == nil || !had.Complete() {
					rep.NewColumns = append(rep.NewColumns, c.Name)
				}
			}
		}
		if n > 0 || rep.New {
			e.report.Tables = append(e.report.Tables, rep)
		}
	}
	for _, r := range e.sel.extracted {
		if o, ok := e.opened[r.ResourceName()].(*dynamic); ok {
			o.recount()
		}
		e.report.Resources = append(e.report.Resources, *e.counts[r.ResourceName()])
	}
	for f, n := range e.findings {
		f.Values = n
		e.report.Findings = append(e.report.Findings, f)
	}
	for _, d := range m.Dropped {
		e.report.Dropped = append(e.report.Dropped, DropReport{Table: d.Table, Column: d.Column, Rule: d.Rule, Rows: d.Rows, Values: d.Values})
	}
}

// normalizeConfig is what the normaliser needs to know of the run.
func (e *extraction) normalizeConfig(format loadpackage.Format, loadID string) normalize.Config {
	create := normalize.InPackage(e.pkg)
	c := normalize.Config{
		Schema: e.schema, Naming: e.naming, Format: format, LoadID: loadID, Workers: e.p.Workers, Logger: e.log, Now: e.now(),
		AddArrowLoadID: e.opt.AddArrowLoadID, AddArrowID: e.opt.AddArrowID,
		Create: func(table string, f loadpackage.Format) (normalize.JobFile, error) {
			e.jobs++ // job files are opened by one goroutine at a time
			return create(table, f)
		},
	}
	c.Caps.Types = batch.Types{DecimalPrecision: e.caps.Decimal[0], DecimalScale: e.caps.Decimal[1], WeiPrecision: e.caps.Wei[0]}
	c.Caps.MaxNesting = e.caps.MaxTableNesting
	c.Caps.MaxTimestampPrecision = e.caps.MaxTimestampPrecision
	return c
}

// find counts a check that a row fails; the row is loaded all the same.
func (e *extraction) find(resource string, f Finding) {
	e.findings[DropReport{Table: resource, Column: f.Path, Rule: f.Rule}]++
}
