package sqlgen

import (
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/schema"
)

// A Gen writes the statements of one dataset and the staging dataset beside it.
type Gen struct {
	d                *Dialect
	dataset, staging string
	// Catalog comes before the dataset in qualified names unless it is "".
	Catalog string
	// UniqueIndexes asks for UNIQUE on columns with the unique hint.
	UniqueIndexes bool
}

// New is the generator for a dataset.
func New(d *Dialect, dataset, staging string) *Gen {
	return &Gen{d: d, dataset: dataset, staging: staging}
}

// Final is the qualified name of a table in the dataset.
func (g *Gen) Final(table string) string { return g.in(g.dataset) + "." + g.d.Quote(table) }

// Staged is the qualified name of a table in the staging dataset.
func (g *Gen) Staged(table string) string { return g.in(g.staging) + "." + g.d.Quote(table) }

func (g *Gen) in(dataset string) string {
	if g.Catalog == "" {
		return g.d.Quote(dataset)
	}
	return g.d.Quote(g.Catalog) + "." + g.d.Quote(dataset)
}

// Qualified is [Gen.Final] or [Gen.Staged].
func (g *Gen) Qualified(table string, staged bool) string {
	if staged {
		return g.Staged(table)
	}
	return g.Final(table)
}

// CreateDataset makes the dataset, or the staging dataset.
func (g *Gen) CreateDataset(staged bool) string {
	name := g.dataset
	if staged {
		name = g.staging
	}
	return "CREATE SCHEMA IF NOT EXISTS " + g.in(name)
}

// systemTable reports whether the table is dlt's own, which many pipelines create (L28).
func systemTable(name string) bool {
	return name == schema.VersionTable || name == schema.LoadsTable || name == schema.StateTable
}

// CreateTable makes a table with its complete columns in schema order (L42).
func (g *Gen) CreateTable(t *schema.Table, staged bool) (string, error) {
	var clauses []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() {
			clause, err := g.column(c, true)
			if err != nil {
				return "", fmt.Errorf("create table %q: %w", t.Name, err)
			}
			clauses = append(clauses, clause)
		}
	}
	if len(clauses) == 0 {
		return "", fmt.Errorf("create table %q: no column has a type", t.Name)
	}
	create := "CREATE TABLE "
	if systemTable(t.Name) {
		create += "IF NOT EXISTS "
	}
	return create + g.Qualified(t.Name, staged) + " (" + strings.Join(clauses, ", ") + ")", nil
}

func (g *Gen) column(c *schema.Column, constraints bool) (string, error) {
	typ, err := g.d.Type(c)
	if err != nil {
		return "", err
	}
	clause := g.d.Quote(c.Name) + " " + typ
	if !constraints {
		return clause, nil
	}
	if g.UniqueIndexes && c.Unique.Is() {
		clause += " UNIQUE"
	}
	if !c.IsNullable() {
		clause += " NOT NULL"
	}
	return clause, nil
}

// AddColumns adds columns to a table (L43). They keep their declared nullability,
// so that adding a NOT NULL column to a table with rows fails (L44).
func (g *Gen) AddColumns(t *schema.Table, columns []schema.Column, staged bool) ([]string, error) {
	alter := "ALTER TABLE " + g.Qualified(t.Name, staged) + " "
	var clauses, later []string
	for i := range columns {
		c := &columns[i]
		clause, err := g.column(c, !g.d.NotNullLater)
		if err != nil {
			return nil, fmt.Errorf("alter table %q: %w", t.Name, err)
		}
		clauses = append(clauses, "ADD COLUMN "+clause)
		if g.d.NotNullLater && !c.IsNullable() {
			later = append(later, alter+"ALTER COLUMN "+g.d.Quote(c.Name)+" SET NOT NULL")
		}
	}
	if g.d.AddTogether {
		return []string{alter + strings.Join(clauses, ", ")}, nil
	}
	var statements []string
	for _, clause := range clauses {
		statements = append(statements, alter+clause)
	}
	return append(statements, later...), nil
}

// Truncate empties a table.
func (g *Gen) Truncate(table string, staged bool) string {
	return fmt.Sprintf(g.d.Truncate, g.Qualified(table, staged))
}

// Drop removes a table if it is there.
func (g *Gen) Drop(table string, staged bool) string {
	return "DROP TABLE IF EXISTS " + g.Qualified(table, staged)
}
