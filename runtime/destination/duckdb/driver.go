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
	"net/url"
	"path/filepath"
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
		return nil, driver.Terminalf("%w", err)
	}
	alias := readAlias(path, cfg)
	if alias != "" {
		if name, err = aliasDSN(name); err != nil {
			return nil, err
		}
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
	if alias != "" {
		err = ds.attach(ctx, path, alias)
	}
	if err == nil {
		err = ds.setUp(ctx)
	}
	if err != nil {
		_ = ds.Close() // likewise
		return nil, openError(path, err)
	}
	return ds, nil
}

// dialect is that of DuckDB, but row ids are stored as they are. They are random:
// trying to pack them is a quarter of the cost of a load, and gains a fifth of their size.
func dialect() *sqlgen.Dialect {
	d := sqlgen.DuckDB()
	typeOf := d.Type
	d.Type = func(c *schema.Column) (string, error) {
		t, err := typeOf(c)
		if t == "VARCHAR" && (c.RowKey.Is() || c.ParentKey.Is() || c.RootKey.Is()) && strings.HasPrefix(strings.ToLower(c.Name), schema.SystemPrefix) {
			t += " USING COMPRESSION uncompressed"
		}
		return t, err
	}
	return d
}

// openError says what to do about the errors a user meets most.
func openError(path string, err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "Could not set lock"):
		return &driver.Error{Reason: driver.ReasonOther, Err: fmt.Errorf("another process has %s open; DuckDB lets one process write a file: %w", path, err)}
	case strings.Contains(text, "in read-only mode: database does not exist"):
		return driver.Terminalf("there is no file %s: nothing was loaded there", path)
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
	d.gen = sqlgen.New(dialect(), d.cfg.Dataset, d.cfg.Staging)
	d.gen.UniqueIndexes = d.cfg.CreateIndexes
	// A file github.duckdb with a dataset github makes "github"."issues" ambiguous.
	if strings.EqualFold(catalog, d.cfg.Dataset) || strings.EqualFold(catalog, d.cfg.Staging) {
		d.gen.Catalog = catalog
	}
	if !d.cfg.ReadOnly {
		return nil
	}
	// Who asks may leave out the dataset's name.
	var have int
	err := d.conn.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_schemas() WHERE database_name = ? AND lower(schema_name) = lower(?)", catalog, d.cfg.Dataset).Scan(&have)
	if err != nil || have == 0 {
		return err
	}
	path := quote(catalog) + "." + quote(d.cfg.Dataset) + "," + quote(catalog) + ".main"
	return d.exec(ctx, "SET search_path="+literal(path))
}

// readAlias is the name that a file is read under when DuckDB would name it like
// the dataset: a query of data.events would be ambiguous then. "" is its own name.
func readAlias(path string, cfg driver.Config) string {
	stem, _, _ := strings.Cut(filepath.Base(path), ".")
	if path == "" || !cfg.ReadOnly || !strings.EqualFold(stem, cfg.Dataset) {
		return ""
	}
	return stem + "_file"
}

// aliasDSN is the data source name of a database in memory with the settings of name.
func aliasDSN(name string) (string, error) {
	_, query, _ := strings.Cut(name, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		return "", err
	}
	q.Del("access_mode")
	return "?" + q.Encode(), nil
}

func (d *dataset) attach(ctx context.Context, path, alias string) error {
	if err := d.exec(ctx, "ATTACH "+literal(path)+" AS "+quote(alias)+" (READ_ONLY)"); err != nil {
		return err
	}
	return d.exec(ctx, "USE "+quote(alias))
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
