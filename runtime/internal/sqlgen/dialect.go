// Package sqlgen writes the SQL that destinations run: migrations, replaces and merges.
//
// It stands between the drivers of databases and their connections. A statement is
// made once here, in words that are the same everywhere; where databases differ,
// a [Dialect] holds the difference as data or a small function. Names are always
// quoted and values always escaped, so nothing from outside becomes SQL.
//
//	g := sqlgen.New(sqlgen.DuckDB(), "github_data", "github_data_staging")
//	statements, err := g.Finish(chain)
package sqlgen

import (
	"fmt"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/schema"
)

// A Dialect is how one database wants its SQL.
type Dialect struct {
	Name string
	// Type gives the column type of a complete column (D10).
	Type func(c *schema.Column) (string, error)
	// Truncate empties a table; %s is its qualified name (D4).
	Truncate string
	// AddTogether says that one ALTER TABLE takes many columns (L43).
	AddTogether bool
	// NotNullLater says that ADD COLUMN takes no constraints: they follow in a
	// statement of their own.
	NotNullLater bool
	// MaxName limits the names of temporary tables in bytes.
	MaxName int
	// DefaultOrder orders rows of which any may win.
	DefaultOrder string
	// Optimized gives the statements of a staging-optimized replace, nil if there are none (L54).
	Optimized func(final, staging, dataset string) []string
}

// Quote makes a name an identifier, whatever it holds.
func (d *Dialect) Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Literal makes a text a string literal.
func (d *Dialect) Literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Timestamp makes an instant a literal in UTC with six digits (L94).
func (d *Dialect) Timestamp(t time.Time) string {
	return "'" + t.UTC().Format("2006-01-02 15:04:05.000000") + "+00:00'"
}

// DuckDB is the dialect of DuckDB.
func DuckDB() *Dialect {
	return &Dialect{
		Name:         "duckdb",
		Type:         duckDBType,
		Truncate:     "DELETE FROM %s WHERE 1=1",
		NotNullLater: true,
		MaxName:      65536,
		DefaultOrder: "(SELECT NULL)",
	}
}

// Postgres is the dialect of PostgreSQL.
func Postgres() *Dialect {
	d := &Dialect{
		Name:         "postgres",
		Type:         postgresType,
		Truncate:     "TRUNCATE TABLE %s",
		AddTogether:  true,
		MaxName:      63,
		DefaultOrder: "(SELECT NULL)",
	}
	d.Optimized = func(final, staging, dataset string) []string {
		return []string{
			"DROP TABLE IF EXISTS " + final,
			"ALTER TABLE " + staging + " SET SCHEMA " + dataset,
			"CREATE TABLE " + staging + " (LIKE " + final + " INCLUDING ALL)",
		}
	}
	return d
}

// precisionOf gives precision and scale of a decimal column: its own, or the default.
func precisionOf(c *schema.Column, precision, scale int) (p, s int) {
	if c.Precision.Set {
		precision, scale = c.Precision.V, 0
		if c.Scale.Set {
			scale = c.Scale.V
		}
	} else if c.Scale.Set {
		scale = c.Scale.V
	}
	return precision, scale
}

// intType picks the smallest type that holds the column's bits.
func intType(c *schema.Column, sizes []sizedType) (string, error) {
	if !c.Precision.Set {
		return "", nil
	}
	for _, s := range sizes {
		if c.Precision.V <= s.bits {
			return s.name, nil
		}
	}
	return "", fmt.Errorf("column %q: no integer type has %d bits", c.Name, c.Precision.V)
}

type sizedType struct {
	bits int
	name string
}

func duckDBType(c *schema.Column) (string, error) {
	switch c.DataType {
	case schema.Text:
		return "VARCHAR", nil
	case schema.Double:
		return "DOUBLE", nil
	case schema.Bool:
		return "BOOLEAN", nil
	case schema.Timestamp:
		return duckDBTimestamp(c)
	case schema.Bigint:
		t, err := intType(c, []sizedType{{8, "TINYINT"}, {16, "SMALLINT"}, {32, "INTEGER"}, {64, "BIGINT"}, {128, "HUGEINT"}})
		if t == "" {
			t = "BIGINT"
		}
		return t, err
	case schema.Binary:
		return "BLOB", nil
	case schema.JSON:
		return "JSON", nil
	case schema.Decimal:
		p, s := precisionOf(c, 38, 9)
		return fmt.Sprintf("DECIMAL(%d,%d)", p, s), nil
	case schema.Wei:
		p, s := precisionOf(c, 38, 0)
		return fmt.Sprintf("DECIMAL(%d,%d)", p, s), nil
	case schema.Date:
		return "DATE", nil
	case schema.Time:
		return "TIME", nil
	}
	return "", fmt.Errorf("column %q: unknown data type %q", c.Name, c.DataType)
}

func duckDBTimestamp(c *schema.Column) (string, error) {
	if c.Timezone != schema.False {
		return "TIMESTAMP WITH TIME ZONE", nil // takes no precision
	}
	precision := 6
	if c.Precision.Set {
		precision = c.Precision.V
	}
	switch {
	case precision <= 0:
		return "TIMESTAMP_S", nil
	case precision <= 3:
		return "TIMESTAMP_MS", nil
	case precision <= 6:
		return "TIMESTAMP", nil
	case precision <= 9:
		return "TIMESTAMP_NS", nil
	}
	return "", fmt.Errorf("column %q: no timestamp type has %d digits", c.Name, precision)
}

func postgresType(c *schema.Column) (string, error) {
	sized := func(name string) string {
		if c.Precision.Set {
			return fmt.Sprintf("%s(%d)", name, c.Precision.V)
		}
		return name
	}
	switch c.DataType {
	case schema.Text:
		return sized("varchar"), nil
	case schema.Double:
		return "double precision", nil
	case schema.Bool:
		return "boolean", nil
	case schema.Timestamp:
		if c.Timezone == schema.False {
			return sized("timestamp") + " without time zone", nil
		}
		return sized("timestamp") + " with time zone", nil
	case schema.Bigint:
		t, err := intType(c, []sizedType{{16, "smallint"}, {32, "integer"}, {64, "bigint"}})
		if t == "" {
			t = "bigint"
		}
		return t, err
	case schema.Binary:
		return "bytea", nil
	case schema.JSON:
		return "jsonb", nil
	case schema.Decimal:
		p, s := precisionOf(c, 38, 9)
		return fmt.Sprintf("numeric(%d,%d)", p, s), nil
	case schema.Wei:
		p, s := precisionOf(c, 156, 78)
		return fmt.Sprintf("numeric(%d,%d)", p, s), nil
	case schema.Date:
		return "date", nil
	case schema.Time:
		return sized("time") + " without time zone", nil
	}
	return "", fmt.Errorf("column %q: unknown data type %q", c.Name, c.DataType)
}
