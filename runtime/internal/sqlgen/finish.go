package sqlgen

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Finish writes the statements that bring a chain's staged rows to the final tables,
// in the order they must run (L25).
func (g *Gen) Finish(c driver.Chain) ([]string, error) {
	if len(c.Tables) == 0 {
		return nil, nil
	}
	switch c.Disposition {
	case schema.Replace:
		return g.replace(c)
	case schema.Merge:
		return g.merge(c)
	default:
		return nil, fmt.Errorf("table %q: disposition %q stages no rows", c.Root().Name, c.Disposition)
	}
}

func (g *Gen) merge(c driver.Chain) ([]string, error) {
	switch c.Strategy {
	case schema.DeleteInsert:
		return g.deleteInsert(c)
	case schema.Upsert, schema.InsertOnly, schema.CDC:
		return g.upsert(c)
	case schema.SCD2:
		return g.scd2(c)
	default:
		return nil, &MergeError{c.Root().Name, fmt.Sprintf("unknown strategy %q", c.Strategy)}
	}
}

// replace empties every table of the chain and fills it from staging (L53, L54).
func (g *Gen) replace(c driver.Chain) ([]string, error) {
	var out []string
	for _, t := range c.Tables {
		switch {
		case c.Replace == driver.StagingOptimized && g.d.Optimized != nil:
			out = append(out, g.d.Optimized(g.Final(t.Name), g.Staged(t.Name), g.d.Quote(g.dataset))...)
		case c.Replace == driver.InsertFromStaging:
			cols := g.columnList(t)
			out = append(out, g.Truncate(t.Name, false),
				"INSERT INTO "+g.Final(t.Name)+" ("+cols+") SELECT "+cols+" FROM "+g.Staged(t.Name))
		default:
			return nil, fmt.Errorf("table %q: %s has no replace strategy %q from staging", t.Name, g.d.Name, c.Replace)
		}
	}
	return out, nil
}
