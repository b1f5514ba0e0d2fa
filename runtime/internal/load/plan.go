package load

import (
	"slices"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// work is what one attempt does, settled before the destination is touched.
type work struct {
	plan   driver.Plan
	chains []*chain
	record driver.Record
}

// chain is the jobs of one root table with its nested tables.
type chain struct {
	driver.Chain
	staged bool
	jobs   []tableJob
}

type tableJob struct {
	table *schema.Table
	job   loadpackage.Job
}

// locate takes over where the files of the jobs are now.
func (w *work) locate(jobs []loadpackage.Job) {
	now := make(map[string]loadpackage.Job, len(jobs))
	for _, j := range jobs {
		now[j.ID()] = j
	}
	for _, c := range w.chains {
		for i := range c.jobs {
			if j, ok := now[c.jobs[i].job.ID()]; ok {
				c.jobs[i].job = j
			}
		}
	}
}

// plan works out what the package needs, and refuses what cannot be loaded (L20).
func (l *loader) plan() (*work, error) {
	sch := l.p.Schema
	w := &work{
		plan:   driver.Plan{LoadID: l.p.LoadID, Schema: sch, Drop: l.p.Dropped, Truncate: slices.Clone(l.p.Truncated)},
		record: driver.Record{LoadID: l.p.LoadID, Schema: sch, State: l.p.State},
	}
	var err error
	if w.chains, err = l.chains(); err != nil {
		return nil, err
	}
	w.plan.Tables = l.tables(w.chains)
	for _, c := range w.chains {
		for _, t := range c.Tables {
			switch {
			case c.staged:
				w.plan.StagedTables = append(w.plan.StagedTables, t.Name)
			case c.Disposition == schema.Replace:
				w.plan.Truncate = append(w.plan.Truncate, t.Name)
			}
		}
	}
	if len(w.plan.StagedTables) > 0 {
		l.planStaging(w)
	}
	return w, l.verify(w)
}

// tables are the tables that must exist: those of chains with jobs, and the system's.
func (l *loader) tables(chains []*chain) []*schema.Table {
	var tables []*schema.Table
	for _, name := range []string{schema.VersionTable, schema.LoadsTable} {
		if t := l.p.Schema.Table(name); t != nil {
			tables = append(tables, t)
		}
	}
	for _, c := range chains {
		tables = append(tables, c.Tables...)
	}
	if l.p.State != nil && !slices.ContainsFunc(tables, func(t *schema.Table) bool { return t.Name == schema.StateTable }) {
		state := l.p.Schema.Table(schema.StateTable)
		if state == nil || state.IsNew() {
			state = schema.NewStateTable()
		}
		tables = append(tables, state)
	}
	return tables
}

// planStaging lists every table of the schema whose rows are staged, with jobs or not:
// they are migrated together (L48).
func (l *loader) planStaging(w *work) {
	trimmed := l.p.Schema.Clone()
	staged := map[string]bool{}
	for _, root := range l.p.Schema.RootTables() {
		if !l.staged(root) {
			continue
		}
		for _, t := range l.chainTables(root, nil) {
			staged[t.Name] = true
			w.plan.Staging = append(w.plan.Staging, t)
		}
	}
	for _, c := range w.chains {
		for _, t := range c.Tables {
			if c.staged && !staged[t.Name] {
				staged[t.Name] = true
				w.plan.Staging = append(w.plan.Staging, t)
			}
		}
	}
	var gone []string
	for _, t := range l.p.Schema.Tables() {
		switch {
		case t.Name == schema.VersionTable:
			w.plan.Staging = append(w.plan.Staging, t)
		case !l.p.Schema.IsSystem(t.Name) && !staged[t.Name]:
			gone = append(gone, t.Name)
		}
	}
	trimmed.Remove(gone...)
	trimmed.Bump()
	w.record.Staging = trimmed
}

// chains groups the jobs by root table, in the order of the schema.
func (l *loader) chains() ([]*chain, error) {
	byRoot := map[string]*chain{}
	withJobs := map[string]bool{}
	for _, job := range l.p.Jobs {
		t := l.p.Schema.Table(job.Table)
		root := l.p.Schema.Root(job.Table)
		if t == nil || root == nil {
			return nil, &VerifyError{Kind: UnknownTable, Table: job.Table, Msg: "the package's schema has no such table"}
		}
		withJobs[t.Name] = true
		c := byRoot[root.Name]
		if c == nil {
			c = &chain{}
			byRoot[root.Name] = c
		}
		c.jobs = append(c.jobs, tableJob{t, job})
	}
	var chains []*chain
	for _, t := range l.p.Schema.Tables() {
		c := byRoot[t.Name]
		if c == nil {
			continue
		}
		if err := l.resolve(c, t, withJobs); err != nil {
			return nil, err
		}
		chains = append(chains, c)
	}
	return chains, nil
}

// resolve settles disposition and strategy of a chain.
func (l *loader) resolve(c *chain, root *schema.Table, withJobs map[string]bool) error {
	c.Created, c.LoadID = l.p.Created, l.p.LoadID
	c.Disposition = l.p.Schema.WriteDisposition(root)
	switch c.Disposition {
	case schema.Append:
	case schema.Replace:
		c.Replace = l.replaceStrategy(root)
		if c.Replace == "" {
			return &VerifyError{Kind: BadDisposition, Table: root.Name, Msg: "the destination cannot replace rows"}
		}
	case schema.Merge:
		strategy, err := l.mergeStrategy(root)
		if err != nil {
			return err
		}
		c.Strategy = strategy
		if strategy == "" {
			l.opts.Logger.Warn("the destination cannot merge, rows are appended", "table", root.Name)
			c.Disposition = schema.Append
		}
	default:
		if !l.p.Schema.IsSystem(root.Name) {
			return &VerifyError{Kind: BadDisposition, Table: root.Name, Msg: "write disposition " + string(c.Disposition) + " loads no rows"}
		}
		c.Disposition = schema.Append
	}
	c.staged = l.staged(root)
	c.Tables = l.chainTables(root, withJobs)
	if c.Disposition == schema.Append {
		c.Tables = slices.DeleteFunc(c.Tables, func(t *schema.Table) bool { return !withJobs[t.Name] })
	}
	return nil
}

// chainTables are the tables of a chain that exist or get rows now: for merge and
// replace also those without jobs (L24).
func (l *loader) chainTables(root *schema.Table, withJobs map[string]bool) []*schema.Table {
	var tables []*schema.Table
	for _, t := range l.p.Schema.Chain(root.Name) {
		if !t.IsNew() && (withJobs[t.Name] || t.Normalizer.SeenData.Is()) {
			tables = append(tables, t)
		}
	}
	return tables
}

// staged reports whether the rows of a chain go through the staging dataset (L48).
func (l *loader) staged(root *schema.Table) bool {
	switch l.p.Schema.WriteDisposition(root) {
	case schema.Merge:
		return len(l.ds.Capabilities().MergeStrategies) > 0
	case schema.Replace:
		s := l.replaceStrategy(root)
		return s == driver.InsertFromStaging || s == driver.StagingOptimized
	default:
		return false
	}
}

// replaceStrategy is the table's own where the destination has it, else the dataset's (L53).
func (l *loader) replaceStrategy(root *schema.Table) driver.ReplaceStrategy {
	v, _ := root.Extra.Get("x-replace-strategy")
	if s, ok := v.(string); ok && slices.Contains(l.ds.Capabilities().ReplaceStrategies, driver.ReplaceStrategy(s)) {
		return driver.ReplaceStrategy(s)
	}
	return l.ds.ReplaceStrategy()
}

// mergeStrategy is the root's strategy if the destination has it, or the
// destination's first when the root names none; "" if it has none at all (L56).
func (l *loader) mergeStrategy(root *schema.Table) (schema.MergeStrategy, error) {
	have := l.ds.Capabilities().MergeStrategies
	named := root.MergeStrategy
	switch {
	case len(have) == 0:
		return "", nil
	case named == "":
		return have[0], nil
	case slices.Contains(have, named):
		return named, nil
	}
	return "", &VerifyError{Kind: BadHints, Table: root.Name, Msg: "the destination has no merge strategy " + string(named)}
}
