package dlt

import (
	"fmt"
	"slices"

	"github.com/dltgen/dltgen/runtime/schema"
)

// The ways to begin again (40-pipeline §5).
const (
	DropSources   = "drop_sources"
	DropResources = "drop_resources"
	DropData      = "drop_data"
)

// refresh plans what the package drops or truncates, and forgets the state of
// what is read again. It changes only this run's copies, so a failing run
// leaves everything as it was.
func (e *extraction) refresh() error {
	var names []string
	for _, r := range e.sel.extracted {
		names = append(names, r.ResourceName())
	}
	if e.opt.Refresh != "" {
		e.state.Root().Object("sources") // asking for it makes it, as in dlt
	}
	switch e.opt.Refresh {
	case "":
		e.resetReplaced()
		return nil
	case DropSources:
		e.dropped = e.loadedTables(nil)
		if sources := e.state.Root().Lookup("sources"); sources != nil {
			sources.Delete(e.schema.Name)
		}
		fresh, err := newSchema(e.schema.Name, e.src.Schema, e.caps.Naming)
		if err != nil {
			return err
		}
		if e.src.Schema != nil {
			if err := fresh.Update(e.src.Schema); err != nil {
				return err
			}
		}
		fresh.Version, fresh.VersionHash = e.schema.Version, e.schema.VersionHash
		e.schema = fresh
		return nil
	case DropResources:
		e.dropped = e.loadedTables(names)
		e.resetResources(names)
		return e.schema.DropTables(e.tablesOf(names)...)
	case DropData:
		e.truncated = e.loadedTables(names)
		e.resetResources(names)
		return nil
	}
	return fmt.Errorf("refresh %q: want %s, %s or %s", e.opt.Refresh, DropSources, DropResources, DropData)
}

func (e *extraction) resetResources(names []string) {
	slots := e.state.Root().Lookup("sources").Lookup(e.schema.Name).Lookup("resources")
	if slots == nil {
		return
	}
	for _, n := range names {
		slots.Delete(n)
	}
}

// resetReplaced forgets the state of resources that are loaded whole (E65).
func (e *extraction) resetReplaced() {
	for _, r := range e.sel.extracted {
		if r.disposition(e.opt) == schema.Replace {
			e.state.Source(e.schema.Name) // asking for it makes it, as in dlt
			e.resetResources([]string{r.ResourceName()})
		}
	}
}

// tablesOf lists the tables of resources, nested ones before their roots; nil
// means all data tables.
func (e *extraction) tablesOf(resources []string) []string {
	var list []string
	for _, t := range e.schema.DataTables() {
		if t.Parent != "" || (resources != nil && !slices.Contains(resources, t.Resource)) {
			continue
		}
		chain := e.schema.Chain(t.Name)
		slices.Reverse(chain)
		for _, c := range chain {
			list = append(list, c.Name)
		}
	}
	return list
}

// loadedTables are those of tablesOf that have seen data (P51).
func (e *extraction) loadedTables(resources []string) []string {
	return slices.DeleteFunc(e.tablesOf(resources), func(n string) bool { return !e.schema.Table(n).Normalizer.SeenData.Is() })
}
