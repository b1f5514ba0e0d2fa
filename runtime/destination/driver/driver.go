// Package driver declares what a destination's code implements.
//
// It stands between the loader, which knows packages and dispositions, and a
// database, which knows SQL or files. Programs use package destination; only
// drivers import this one, as with database/sql and database/sql/driver.
//
// A driver registers itself under the schemes of its URLs:
//
//	func init() { destination.Register("duckdb", Driver{}) }
package driver

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Driver opens the datasets of one kind of destination.
type Driver interface {
	// Capabilities says what the driver can do, before anything is opened.
	Capabilities() Capabilities
	Open(ctx context.Context, cfg Config) (Dataset, error)
}

// A Config is what a dataset is opened with.
type Config struct {
	// URL is the destination's address as it was given, credentials and all.
	URL string
	// Dataset and Staging are the names of the dataset and of the one beside it
	// where rows wait for a merge or replace (L48).
	Dataset, Staging string
	// ReadOnly asks for a connection that cannot change anything.
	ReadOnly bool
	// CreateIndexes asks for UNIQUE constraints on unique columns.
	CreateIndexes bool
	// Now is the clock of inserted_at columns.
	Now    func() time.Time
	Logger *slog.Logger
}

// A Dataset is one open dataset: a schema in Postgres, a schema in a DuckDB file.
// Its reading methods answer with nothing when the dataset does not exist yet.
// One goroutine uses it at a time.
type Dataset interface {
	// Tables reads the catalog: the named tables that exist, or all for nil.
	// Types come back as the schema knows them (D13).
	Tables(ctx context.Context, names []string) ([]*schema.Table, error)
	// Schema returns the newest stored version of a schema, nil if there is none.
	Schema(ctx context.Context, name string) (*StoredSchema, error)
	// State returns the newest committed state of a pipeline, nil if there is none (P40).
	State(ctx context.Context, pipeline string) (*StoredState, error)
	// Begin starts the transaction of one package. It returns [ErrCommitted] when
	// the load id is recorded as loaded already, which makes a restart safe (L7).
	Begin(ctx context.Context, loadID string) (Tx, error)
	Close() error
}

// A Tx is the work of one package: all of it visible at Commit, nothing after Rollback.
// The methods are called in the order Prepare, Load…, Finish…, then Commit or Rollback.
type Tx interface {
	// Prepare makes datasets and tables what the plan wants and truncates what it
	// says (L20), and returns what really changed.
	Prepare(ctx context.Context, plan Plan) (Applied, error)
	// Load appends the rows of one job and returns how many there were.
	Load(ctx context.Context, to Target, job loadpackage.Job) (rows int64, err error)
	// Finish merges or replaces the rows of a chain from the staging dataset.
	Finish(ctx context.Context, chain Chain) error
	// Commit writes the rows of the system tables and makes everything visible.
	Commit(ctx context.Context, record Record) error
	// Rollback undoes everything; after Commit it does nothing.
	Rollback(ctx context.Context) error
}

// A Plan is what a package needs before its rows come (L20).
type Plan struct {
	LoadID string
	// Schema is the schema of the package.
	Schema *schema.Schema
	// Drop are tables to drop, nested ones first. The stored versions of the schema
	// are then deleted too (L20.2).
	Drop []string
	// Tables must exist in the dataset with all their complete columns.
	Tables []*schema.Table
	// Truncate are tables of the dataset to empty; those that do not exist are skipped.
	Truncate []string
	// Staging are the tables that must exist in the staging dataset; StagedTables of
	// them are emptied because rows of this package come in (L50).
	Staging      []*schema.Table
	StagedTables []string
}

// Applied is what Prepare changed.
type Applied struct {
	// Changes are new tables and columns of the dataset.
	Changes []schema.Change
	// Dropped and Truncated are the tables that were really there.
	Dropped, Truncated []string
}

// A Target is where the rows of a job go.
type Target struct {
	Table *schema.Table
	// Staging says that the rows wait in the staging dataset.
	Staging bool
	// LoadID is the constant of the load id column, which job files leave out.
	LoadID string
}

// A Chain is a root table with its nested tables, parents first, whose rows are
// staged and now get to the final tables (L24).
type Chain struct {
	Tables      []*schema.Table
	Disposition schema.WriteDisposition
	// Strategy is the resolved strategy of a merge.
	Strategy schema.MergeStrategy
	// Replace is the resolved strategy of a replace.
	Replace ReplaceStrategy
	// LoadID is the package's load id.
	LoadID string
	// Created is the package's creation time, the default boundary of scd2 (L94).
	Created time.Time
}

// Root is the chain's root table.
func (c Chain) Root() *schema.Table { return c.Tables[0] }

// A ReplaceStrategy says how a replace gets rid of the old rows (L53).
type ReplaceStrategy string

// The replace strategies.
const (
	TruncateAndInsert ReplaceStrategy = "truncate-and-insert"
	InsertFromStaging ReplaceStrategy = "insert-from-staging"
	StagingOptimized  ReplaceStrategy = "staging-optimized"
)

// A Record is what commits with a package: its schema version, its load id, its state.
type Record struct {
	LoadID string
	Schema *schema.Schema
	// Staging is the version of the schema cut to the staged tables; nil if none is staged (L29).
	Staging *schema.Schema
	State   *loadpackage.State
}

// A StoredSchema is a row of the version table.
type StoredSchema struct {
	Name       string
	Hash       string
	Version    int64
	Engine     int64
	InsertedAt time.Time
	// Text is the document as stored: plain JSON, or packed (S7).
	Text string
}

// A StoredState is a row of the state table.
type StoredState struct {
	Version       int64
	EngineVersion int64
	PipelineName  string
	State         string
	CreatedAt     time.Time
	LoadID        string
}

// A Querier answers a query with Arrow batches. An optional ability of a Dataset.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (array.RecordReader, error)
}

// An Execer runs statements outside of a package. An optional ability of a Dataset,
// for commands that mend or inspect a dataset.
type Execer interface {
	Exec(ctx context.Context, sql string, args ...any) (rows int64, err error)
}

// ErrCommitted says that the load id of a transaction is recorded as loaded.
var ErrCommitted = errors.New("load is already committed")
