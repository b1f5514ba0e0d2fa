package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Tables reads the catalog (L23).
func (d *dataset) Tables(ctx context.Context, names []string) ([]*schema.Table, error) {
	tables, err := d.tables(ctx, d.cfg.Dataset)
	if err != nil || names == nil {
		return tables, err
	}
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[strings.ToLower(n)] = true
	}
	kept := tables[:0]
	for _, t := range tables {
		if wanted[strings.ToLower(t.Name)] {
			kept = append(kept, t)
		}
	}
	return kept, nil
}

const catalogQuery = `SELECT c.table_name, c.column_name, c.data_type, c.is_nullable, c.numeric_precision, c.numeric_scale
FROM duckdb_columns() c JOIN duckdb_tables() t ON t.table_oid = c.table_oid AND t.database_oid = c.database_oid AND t.schema_oid = c.schema_oid
WHERE c.database_name = current_database() AND lower(c.schema_name) = lower(?)
ORDER BY c.table_name, c.column_index`

func (d *dataset) tables(ctx context.Context, dataset string) ([]*schema.Table, error) {
	rows, err := d.conn.QueryContext(ctx, catalogQuery, dataset)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var tables []*schema.Table
	for rows.Next() {
		var table, column, typ string
		var nullable bool
		var precision, scale sql.NullInt64
		if err := rows.Scan(&table, &column, &typ, &nullable, &precision, &scale); err != nil {
			return nil, err
		}
		if len(tables) == 0 || tables[len(tables)-1].Name != table {
			tables = append(tables, &schema.Table{Name: table})
		}
		t := tables[len(tables)-1]
		c := schema.Column{Name: column, Nullable: schema.FlagOf(nullable)}
		fromCatalog(&c, typ, precision, scale)
		t.Columns = append(t.Columns, c)
	}
	return tables, classify(rows.Err())
}

// catalogTypes is the inverse of D10 where it is not obvious (D13).
var catalogTypes = map[string]schema.DataType{
	"VARCHAR": schema.Text, "JSON": schema.JSON, "DOUBLE": schema.Double, "FLOAT": schema.Double, "BOOLEAN": schema.Bool,
	"DATE": schema.Date, "TIME": schema.Time, "BLOB": schema.Binary, "DECIMAL": schema.Decimal,
	"TINYINT": schema.Bigint, "SMALLINT": schema.Bigint, "INTEGER": schema.Bigint, "BIGINT": schema.Bigint, "HUGEINT": schema.Bigint,
	"UTINYINT": schema.Bigint, "USMALLINT": schema.Bigint, "UINTEGER": schema.Bigint, "UBIGINT": schema.Bigint,
	"TIMESTAMP WITH TIME ZONE": schema.Timestamp, "TIMESTAMP": schema.Timestamp, "TIMESTAMP_S": schema.Timestamp,
	"TIMESTAMP_MS": schema.Timestamp, "TIMESTAMP_NS": schema.Timestamp,
}

// intBits are the sizes of integers that are not the default.
var intBits = map[string]int{"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "HUGEINT": 128}

// timestampDigits are the digits of timestamps without zone that are not the default.
var timestampDigits = map[string]int{"TIMESTAMP_S": 0, "TIMESTAMP_MS": 3, "TIMESTAMP_NS": 9}

func fromCatalog(c *schema.Column, typ string, precision, scale sql.NullInt64) {
	name, _, _ := strings.Cut(typ, "(")
	c.DataType = schema.Text
	if t, ok := catalogTypes[name]; ok {
		c.DataType = t
	}
	switch c.DataType {
	case schema.Decimal:
		if precision.Int64 == 38 && scale.Int64 == 0 {
			c.DataType = schema.Wei
		}
		c.Precision, c.Scale = schema.N(int(precision.Int64)), schema.N(int(scale.Int64))
	case schema.Bigint:
		if bits, ok := intBits[name]; ok {
			c.Precision = schema.N(bits)
		}
	case schema.Timestamp:
		if name != "TIMESTAMP WITH TIME ZONE" {
			c.Timezone = schema.False
		}
		if digits, ok := timestampDigits[name]; ok {
			c.Precision = schema.N(digits)
		}
	default:
	}
}

// exists reports whether the dataset has the table.
func (d *dataset) exists(ctx context.Context, table string) (bool, error) {
	var n int
	err := d.conn.QueryRowContext(ctx, `SELECT count(*) FROM duckdb_tables()
WHERE database_name = current_database() AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)`, d.cfg.Dataset, table).Scan(&n)
	return n > 0, classify(err)
}

// Schema returns the newest stored version of a schema (P42).
func (d *dataset) Schema(ctx context.Context, name string) (*driver.StoredSchema, error) {
	if ok, err := d.exists(ctx, schema.VersionTable); !ok {
		return nil, err
	}
	s := &driver.StoredSchema{}
	err := d.conn.QueryRowContext(ctx, `SELECT schema_name, version_hash, version, engine_version, inserted_at, "schema" FROM `+
		d.gen.Final(schema.VersionTable)+` WHERE schema_name = ? ORDER BY inserted_at DESC LIMIT 1`, name).
		Scan(&s.Name, &s.Hash, &s.Version, &s.Engine, &s.InsertedAt, &s.Text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(err)
	}
	return s, nil
}

// State returns the newest state of a pipeline whose load is committed (P40).
func (d *dataset) State(ctx context.Context, pipeline string) (*driver.StoredState, error) {
	for _, table := range []string{schema.StateTable, schema.LoadsTable} {
		if ok, err := d.exists(ctx, table); !ok {
			return nil, err
		}
	}
	s := &driver.StoredState{}
	err := d.conn.QueryRowContext(ctx, `SELECT s.version, s.engine_version, s.pipeline_name, s.state, s.created_at, s._dlt_load_id FROM `+
		d.gen.Final(schema.StateTable)+` AS s JOIN `+d.gen.Final(schema.LoadsTable)+` AS l ON l.load_id = s._dlt_load_id
WHERE s.pipeline_name = ? AND l.status = 0 ORDER BY l.load_id DESC LIMIT 1`, pipeline).
		Scan(&s.Version, &s.EngineVersion, &s.PipelineName, &s.State, &s.CreatedAt, &s.LoadID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(err)
	}
	return s, nil
}
