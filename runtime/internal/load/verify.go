package load

import (
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/internal/sqlgen"
	"github.com/dltgen/dltgen/runtime/schema"
)

// verify finds what cannot be loaded before the destination is touched (L20.1, L62).
func (l *loader) verify(w *work) error {
	caps := l.ds.Capabilities()
	if err := l.verifyNames(l.p.Schema.Tables(), w); err != nil {
		return err
	}
	for _, c := range w.chains {
		for _, j := range c.jobs {
			if !caps.Accepts(j.job.Format) {
				return &VerifyError{Kind: UnsupportedFile, Table: j.table.Name, Msg: fmt.Sprintf("%s takes no %s files, only %v", caps.Name, j.job.Format, caps.Formats)}
			}
		}
		if c.Disposition == schema.Merge {
			if err := l.verifyMerge(c); err != nil {
				return err
			}
			continue
		}
		for i := range c.Root().Columns {
			if col := &c.Root().Columns[i]; col.HardDelete.Is() || col.DedupSort != "" {
				l.opts.Logger.Warn("hint works with merge only", "table", c.Root().Name, "column", col.Name)
			}
		}
	}
	return nil
}

// verifyNames checks that names are short enough and differ as the destination sees them.
func (l *loader) verifyNames(all []*schema.Table, w *work) error {
	caps := l.ds.Capabilities()
	fold := func(s string) string { return s }
	if !caps.CaseSensitive {
		fold = strings.ToLower
	}
	seen := map[string]string{}
	for _, t := range all {
		if t.IsNew() {
			continue
		}
		if other, dup := seen[fold(t.Name)]; dup {
			return &VerifyError{Kind: Collision, Table: t.Name, Identifier: "table", Msg: fmt.Sprintf("%s takes its name for that of table %q", caps.Name, other)}
		}
		seen[fold(t.Name)] = t.Name
	}
	for _, t := range w.plan.Tables {
		if caps.MaxTableName > 0 && len(t.Name) > caps.MaxTableName {
			return &VerifyError{Kind: NameTooLong, Table: t.Name, Identifier: "table", Msg: fmt.Sprintf("its name has %d bytes, %s takes %d", len(t.Name), caps.Name, caps.MaxTableName)}
		}
		columns := map[string]string{}
		for i := range t.Columns {
			c := &t.Columns[i]
			if !c.Complete() {
				continue
			}
			if caps.MaxColumnName > 0 && len(c.Name) > caps.MaxColumnName {
				return &VerifyError{Kind: NameTooLong, Table: t.Name, Identifier: "column", Msg: fmt.Sprintf("the name of column %q has %d bytes, %s takes %d", c.Name, len(c.Name), caps.Name, caps.MaxColumnName)}
			}
			if other, dup := columns[fold(c.Name)]; dup {
				return &VerifyError{Kind: Collision, Table: t.Name, Identifier: "column", Msg: fmt.Sprintf("%s takes column %q for column %q", caps.Name, c.Name, other)}
			}
			columns[fold(c.Name)] = c.Name
		}
	}
	return nil
}

// verifyMerge checks the hints of a merge (L62).
func (l *loader) verifyMerge(c *chain) error {
	root := c.Root()
	count := func(keep func(*schema.Column) bool) (n int) {
		for i := range root.Columns {
			if keep(&root.Columns[i]) {
				n++
			}
		}
		return n
	}
	primary := count(func(c *schema.Column) bool { return c.PrimaryKey.Is() })
	merge := count(func(c *schema.Column) bool { return c.MergeKey.Is() })
	dedup := count(func(c *schema.Column) bool { return c.DedupSort != "" })
	bad := func(format string, args ...any) error {
		return &VerifyError{Kind: BadHints, Table: root.Name, Msg: fmt.Sprintf(format, args...)}
	}
	byKey := c.Strategy == schema.Upsert || c.Strategy == schema.InsertOnly || c.Strategy == schema.CDC
	switch {
	case byKey && primary == 0:
		return bad("merge strategy %s needs a primary key", c.Strategy)
	case count(func(c *schema.Column) bool { return c.HardDelete.Is() }) > 1:
		return bad("more than one column has hard_delete")
	case dedup > 1:
		return bad("more than one column has dedup_sort")
	}
	scope, _ := root.Extra.Get("x-merge-destination-scope")
	filter, _ := root.Extra.Get("x-merge-source-filter")
	if s, _ := filter.(string); s != "" {
		if err := sqlgen.CheckCondition(s); err != nil {
			return bad("source_filter: %v", err)
		}
	}
	if s, _ := scope.(string); s != "" {
		if err := sqlgen.CheckCondition(s, "table", "staging_table"); err != nil {
			return bad("destination_scope: %v", err)
		}
	}
	warn := func(msg string) { l.opts.Logger.Warn(msg, "table", root.Name, "strategy", c.Strategy) }
	deduplicated, _ := root.Extra.Get("x-stage-data-deduplicated")
	switch {
	case c.Strategy == schema.DeleteInsert && primary+merge == 0 && scope == nil:
		warn("merge without keys appends")
	case merge > 0 && (c.Strategy == schema.Upsert || c.Strategy == schema.InsertOnly):
		warn("merge_key has no effect with this strategy")
	case dedup > 0 && (primary == 0 || deduplicated == true):
		warn("dedup_sort has no effect without a primary key or with deduplicated")
	case merge > 0 && scope != nil:
		warn("destination_scope takes the place of merge_key")
	}
	return nil
}
