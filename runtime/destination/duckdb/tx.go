package duckdb

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Begin starts the transaction of one package on the dataset's connection.
func (d *dataset) Begin(ctx context.Context, loadID string) (driver.Tx, error) {
	if err := d.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return nil, err
	}
	t := &tx{d: d}
	committed, err := t.committed(ctx, loadID)
	if err == nil && committed {
		err = driver.ErrCommitted
	}
	if err != nil {
		_ = t.Rollback(ctx) // the cause says more
		return nil, err
	}
	return t, nil
}

// tx is the open transaction of a dataset's connection.
type tx struct {
	d    *dataset
	done bool
}

func (t *tx) committed(ctx context.Context, loadID string) (bool, error) {
	if ok, err := t.d.exists(ctx, schema.LoadsTable); !ok {
		return false, err
	}
	var n int
	err := t.d.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+t.d.gen.Final(schema.LoadsTable)+
		" WHERE load_id = ? AND status = 0", loadID).Scan(&n)
	return n > 0, classify(err)
}

// Prepare brings both datasets to what the plan wants (L20).
func (t *tx) Prepare(ctx context.Context, plan driver.Plan) (driver.Applied, error) {
	var applied driver.Applied
	existing, err := t.d.tables(ctx, t.d.cfg.Dataset)
	if err != nil {
		return applied, fmt.Errorf("read catalog: %w", err)
	}
	if applied.Dropped, err = t.drop(ctx, plan, existing); err != nil {
		return applied, err
	}
	if len(plan.Drop) > 0 {
		if existing, err = t.d.tables(ctx, t.d.cfg.Dataset); err != nil {
			return applied, fmt.Errorf("read catalog: %w", err)
		}
	}
	if applied.Changes, err = t.migrate(ctx, existing, plan.Tables, false); err != nil {
		return applied, err
	}
	known := tableSet(existing)
	for _, name := range plan.Truncate {
		if !known[strings.ToLower(name)] {
			continue // a new table is empty
		}
		if err := t.d.exec(ctx, t.d.gen.Truncate(name, false)); err != nil {
			return applied, fmt.Errorf("truncate table %q: %w", name, err)
		}
		applied.Truncated = append(applied.Truncated, name)
	}
	return applied, t.prepareStaging(ctx, plan)
}

func tableSet(tables []*schema.Table) map[string]bool {
	set := map[string]bool{}
	for _, t := range tables {
		set[strings.ToLower(t.Name)] = true
	}
	return set
}

// drop removes the tables of a refresh and forgets the stored versions of the schema (L20.2).
func (t *tx) drop(ctx context.Context, plan driver.Plan, existing []*schema.Table) ([]string, error) {
	if len(plan.Drop) == 0 {
		return nil, nil
	}
	known := tableSet(existing)
	var dropped []string
	for _, name := range plan.Drop {
		if !known[strings.ToLower(name)] {
			continue
		}
		for _, staged := range []bool{false, true} {
			if staged && !t.hasStaging(ctx) {
				continue
			}
			if err := t.d.exec(ctx, t.d.gen.Drop(name, staged)); err != nil {
				return nil, fmt.Errorf("drop table %q: %w", name, err)
			}
		}
		dropped = append(dropped, name)
	}
	if known[schema.VersionTable] {
		if err := t.d.exec(ctx, "DELETE FROM "+t.d.gen.Final(schema.VersionTable)+" WHERE schema_name = ?", plan.Schema.Name); err != nil {
			return nil, fmt.Errorf("forget schema %q: %w", plan.Schema.Name, err)
		}
	}
	return dropped, nil
}

func (t *tx) hasStaging(ctx context.Context) bool {
	var n int
	err := t.d.conn.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_schemas() WHERE database_name = current_database() AND lower(schema_name) = lower(?)",
		t.d.cfg.Staging).Scan(&n)
	return err == nil && n > 0
}

// migrate creates missing tables and adds missing columns (L41).
func (t *tx) migrate(ctx context.Context, existing, wanted []*schema.Table, staged bool) ([]schema.Change, error) {
	changes := schema.Changes(existing, wanted, false)
	if len(changes) == 0 {
		return nil, nil
	}
	if err := t.d.exec(ctx, t.d.gen.CreateDataset(staged)); err != nil {
		return nil, fmt.Errorf("create dataset: %w", err)
	}
	for _, c := range changes {
		statements, err := t.statements(c, staged)
		if err != nil {
			return nil, &driver.Error{Terminal: true, Reason: driver.ReasonOther, Err: err}
		}
		for _, s := range statements {
			if err := t.d.exec(ctx, s); err != nil {
				return nil, &driver.MigrateError{Table: c.Table.Name, Columns: c.Columns, New: c.New, Err: err}
			}
		}
	}
	return changes, nil
}

func (t *tx) statements(c schema.Change, staged bool) ([]string, error) {
	if !c.New {
		return t.d.gen.AddColumns(c.Table, c.Columns, staged)
	}
	create, err := t.d.gen.CreateTable(c.Table, staged)
	return []string{create}, err
}

func (t *tx) prepareStaging(ctx context.Context, plan driver.Plan) error {
	if len(plan.Staging) == 0 {
		return nil
	}
	existing, err := t.d.tables(ctx, t.d.cfg.Staging)
	if err != nil {
		return fmt.Errorf("read catalog: %w", err)
	}
	if _, err := t.migrate(ctx, existing, plan.Staging, true); err != nil {
		return fmt.Errorf("staging dataset: %w", err)
	}
	known := tableSet(existing)
	for _, name := range plan.StagedTables {
		if !known[strings.ToLower(name)] {
			continue
		}
		if err := t.d.exec(ctx, t.d.gen.Truncate(name, true)); err != nil {
			return fmt.Errorf("truncate staging table %q: %w", name, err)
		}
	}
	return nil
}

// Load appends the rows of one job; the load id is a constant of the statement.
func (t *tx) Load(ctx context.Context, to driver.Target, job loadpackage.Job) (int64, error) {
	load, ok := loaders[job.Format]
	if !ok {
		return 0, driver.Terminalf("load %s: this build of the duckdb destination takes %v files", job.ID(), jobFormats)
	}
	n, err := load(ctx, t, to, job)
	if err != nil {
		return 0, fmt.Errorf("load %s into %q: %w", job.ID(), to.Table.Name, err)
	}
	if job.Rows >= 0 && n != job.Rows {
		return 0, fmt.Errorf("load %s into %q: %d of %d rows arrived", job.ID(), to.Table.Name, n, job.Rows)
	}
	return n, nil
}

// insert writes INSERT … SELECT of the named columns of source, which must be all
// that it has.
func (t *tx) insert(to driver.Target, columns []string, source string) (string, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		if to.Table.Column(c) == nil {
			return "", driver.Terminalf("column %q of the file is not in the table", c)
		}
		names[i] = quote(c)
	}
	into, from := strings.Join(names, ", "), strings.Join(names, ", ")
	if c := to.Table.Column(schema.ColumnLoadID); c != nil && !contains(columns, schema.ColumnLoadID) {
		if len(columns) > 0 {
			into, from = into+", ", from+", "
		}
		into, from = into+quote(c.Name), from+literal(to.LoadID)
	}
	return "INSERT INTO " + t.d.gen.Qualified(to.Table.Name, to.Staging) + " (" + into + ") SELECT " + from + " FROM " + source, nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if strings.EqualFold(e, s) {
			return true
		}
	}
	return false
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func literal(s string) string  { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// loadParquet lets DuckDB read a Parquet file itself.
func loadParquet(ctx context.Context, t *tx, to driver.Target, job loadpackage.Job) (int64, error) {
	path, err := filepath.Abs(job.Path)
	if err != nil {
		return 0, err
	}
	source := "read_parquet(" + literal(globEscape(path)) + ")"
	columns, err := t.columns(ctx, source)
	if err != nil {
		return 0, err
	}
	statement, err := t.insert(to, columns, source)
	if err != nil {
		return 0, err
	}
	return t.d.Exec(ctx, statement)
}

// columns are the names of a source's columns.
func (t *tx) columns(ctx context.Context, source string) ([]string, error) {
	rows, err := t.d.conn.QueryContext(ctx, "SELECT * FROM "+source+" LIMIT 0")
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return nil, classify(err)
	}
	return names, nil
}

// globEscape keeps DuckDB from taking characters of a path for a pattern.
func globEscape(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// Finish merges or replaces from the staging dataset. The staged rows have then done
// their work: rows that come and go in one transaction never reach the file, which
// halves the cost of a merge. (The reference leaves them until the next load, L50.)
func (t *tx) Finish(ctx context.Context, chain driver.Chain) error {
	statements, err := t.d.gen.Finish(chain)
	if err != nil {
		return &driver.Error{Terminal: true, Reason: driver.ReasonOther, Err: err}
	}
	if err := t.checkDuplicates(ctx, chain); err != nil {
		return err
	}
	for _, s := range statements {
		if err := t.d.exec(ctx, s); err != nil {
			return fmt.Errorf("%s %q: %w", chain.Disposition, chain.Root().Name, err)
		}
	}
	for _, table := range chain.Tables {
		if err := t.d.exec(ctx, t.d.gen.Truncate(table.Name, true)); err != nil {
			return fmt.Errorf("empty staging table %q: %w", table.Name, err)
		}
	}
	return nil
}

// checkDuplicates refuses what MERGE would double or choke on (L72).
func (t *tx) checkDuplicates(ctx context.Context, chain driver.Chain) error {
	query, err := t.d.gen.DuplicateKeys(chain)
	if err != nil || query == "" {
		return err
	}
	rows, err := t.d.conn.QueryContext(ctx, query)
	if err != nil {
		return classify(err)
	}
	defer rows.Close()
	if rows.Next() {
		var key string
		var n int64
		if err := rows.Scan(&key, &n); err != nil {
			return err
		}
		return &driver.Error{Terminal: true, Reason: driver.ReasonUnique, Err: fmt.Errorf(
			"merge %q: %d rows of this load have the primary key %.100q; strategy %s takes one row a key: deduplicate them, or use delete-insert",
			chain.Root().Name, n, key, chain.Strategy)}
	}
	return classify(rows.Err())
}

// Commit writes the rows of the system tables and ends the transaction (L30, L31, L33).
func (t *tx) Commit(ctx context.Context, r driver.Record) error {
	at := t.d.now().UTC()
	if err := t.writeVersion(ctx, r.Schema, false); err != nil {
		return err
	}
	if r.Staging != nil {
		if err := t.writeVersion(ctx, r.Staging, true); err != nil {
			return err
		}
	}
	if s := r.State; s != nil {
		err := t.d.exec(ctx, "INSERT INTO "+t.d.gen.Final(schema.StateTable)+
			" (version, engine_version, pipeline_name, state, created_at, version_hash, _dlt_load_id, _dlt_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			s.Version, s.EngineVersion, s.PipelineName, s.State, s.CreatedAt.UTC(), s.VersionHash, r.LoadID, s.ID)
		if err != nil {
			return fmt.Errorf("write state: %w", err)
		}
	}
	err := t.d.exec(ctx, "INSERT INTO "+t.d.gen.Final(schema.LoadsTable)+
		" (load_id, schema_name, status, inserted_at, schema_version_hash) VALUES (?, ?, 0, ?, ?)", r.LoadID, r.Schema.Name, at, r.Schema.VersionHash)
	if err != nil {
		return fmt.Errorf("write load record: %w", err)
	}
	if err := t.d.exec(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.done = true
	return nil
}

// writeVersion keeps a schema's document unless its hash is there already (L20.4).
func (t *tx) writeVersion(ctx context.Context, s *schema.Schema, staged bool) error {
	text := s.StoredText(Driver{}.Capabilities().MaxText)
	table := t.d.gen.Qualified(schema.VersionTable, staged)
	err := t.d.exec(ctx, "INSERT INTO "+table+` (version, engine_version, inserted_at, schema_name, version_hash, "schema")
SELECT ?::BIGINT, ?::BIGINT, ?::TIMESTAMPTZ, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM `+table+" WHERE version_hash = ? AND schema_name = ?)",
		int64(s.Version), int64(schema.EngineVersion), t.d.now().UTC(), s.Name, s.VersionHash, text, s.VersionHash, s.Name)
	if err != nil {
		return fmt.Errorf("write schema version: %w", err)
	}
	return nil
}

// Rollback undoes everything since Begin.
func (t *tx) Rollback(ctx context.Context) error {
	if t.done {
		return nil
	}
	t.done = true
	err := t.d.exec(context.WithoutCancel(ctx), "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil // a COMMIT that fails has undone everything itself
	}
	return err
}
