// Package duckdb loads packages into a DuckDB file.
//
// It is a driver of package destination, registered under the scheme duckdb:
// duckdb:///relative.duckdb, duckdb:////absolute/path.duckdb, duckdb://:memory:.
// A package is one transaction: schemas, tables, rows, merges, state and the row of
// the load id become visible together or not at all.
//
// With the build tag duckdb_arrow, job files in Arrow IPC reach DuckDB without
// being copied row by row. Without it the same rows travel as Parquet files.
package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/internal/sqlgen"
	"github.com/dltgen/dltgen/runtime/schema"
)

func init() { destination.Register("duckdb", Driver{}) }

// Driver opens DuckDB files.
type Driver struct{}

// Capabilities says what DuckDB can do (D1, D2, D10 to D12).
func (Driver) Capabilities() driver.Capabilities {
	return driver.Capabilities{
		Name:              "duckdb",
		Type:              "dlt.destinations.duckdb",
		Naming:            "snake_case",
		MaxTableName:      65536,
		MaxColumnName:     65536,
		Formats:           jobFormats,
		MergeStrategies:   []schema.MergeStrategy{schema.DeleteInsert, schema.Upsert, schema.SCD2, schema.InsertOnly, schema.CDC},
		ReplaceStrategies: []driver.ReplaceStrategy{driver.TruncateAndInsert, driver.InsertFromStaging},
		Decimal:           [2]int{38, 9},
		Wei:               [2]int{38, 0},

		TimestampPrecision: 6, MaxTimestampPrecision: 9,
		MaxText:      1 << 30,
		Transactions: true,
	}
}

// Open opens the file, which is made if it is not there, on one connection.
func (Driver) Open(ctx context.Context, cfg driver.Config) (driver.Dataset, error) {
	path, name, err := dsn(cfg.URL, cfg.ReadOnly)
	if err != nil {
		return nil, err
	}
	connector, err := duckdb.NewConnector(name, nil)
	if err != nil {
		return nil, openError(path, err)
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close() // the connection's error says more
		return nil, openError(path, err)
	}
	ds := &dataset{db: db, conn: conn, cfg: cfg, now: cfg.Now, log: cfg.Logger}
	if err := ds.setUp(ctx); err != nil {
		_ = ds.Close() // likewise
		return nil, openError(path, err)
	}
	return ds, nil
}

// openError says what to do about the errors a user meets most.
func openError(path string, err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "Could not set lock"):
		return fmt.Errorf("another process has %s open; DuckDB lets one process write a file: %w", path, err)
	case strings.Contains(text, "not a valid DuckDB database file"):
		return driver.Terminalf("%s is no DuckDB file: %w", path, err)
	case strings.Contains(text, "Permission denied"), strings.Contains(text, "Read-only file system"):
		return driver.Terminalf("%s cannot be written: %w", path, err)
	case strings.Contains(text, "No such file or directory"), strings.Contains(text, "does not exist"):
		return driver.Terminalf("cannot make %s, does its folder exist? %w", path, err)
	}
	return classify(err)
}

// dataset is one schema of a DuckDB database with the staging schema beside it.
type dataset struct {
	db   *sql.DB
	conn *sql.Conn
	cfg  driver.Config
	now  func() time.Time
	log  *slog.Logger
	gen  *sqlgen.Gen
	// views numbers the Arrow views, whose names must differ within a connection.
	views int
}

// setUp fixes what every statement relies on: times without zone mean UTC, and rows
// need no order, which lets DuckDB write them in parallel.
func (d *dataset) setUp(ctx context.Context) error {
	for _, statement := range []string{"SET TimeZone='UTC'", "SET preserve_insertion_order=false"} {
		if err := d.exec(ctx, statement); err != nil {
			return err
		}
	}
	var catalog string
	if err := d.conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return err
	}
	d.gen = sqlgen.New(sqlgen.DuckDB(), d.cfg.Dataset, d.cfg.Staging)
	d.gen.UniqueIndexes = d.cfg.CreateIndexes
	// A file github.duckdb with a dataset github makes "github"."issues" ambiguous.
	if strings.EqualFold(catalog, d.cfg.Dataset) || strings.EqualFold(catalog, d.cfg.Staging) {
		d.gen.Catalog = catalog
	}
	return nil
}

// Close gives the file back.
func (d *dataset) Close() error {
	err := d.conn.Close()
	if e := d.db.Close(); err == nil {
		err = e
	}
	return err
}

func (d *dataset) exec(ctx context.Context, statement string, args ...any) error {
	_, err := d.conn.ExecContext(ctx, statement, args...)
	return classify(err)
}

// Exec runs a statement outside of a package.
func (d *dataset) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	res, err := d.conn.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}
