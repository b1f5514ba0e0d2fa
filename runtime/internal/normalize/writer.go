package normalize

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A JobFile is the open file of a job.
type JobFile interface {
	io.WriteCloser
	// Done notes the number of rows, before Close.
	Done(rows int64)
}

// A JobCreator opens a new job file of a table.
type JobCreator func(table string, format loadpackage.Format) (JobFile, error)

// InPackage creates the jobs of a load package.
func InPackage(w *loadpackage.Writer) JobCreator {
	return func(table string, format loadpackage.Format) (JobFile, error) {
		f, _, err := w.CreateJob(table, format)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
}

// Caps are what the destination says about types and nesting.
type Caps struct {
	// Types are its defaults for column types.
	batch.Types
	// MaxNesting, if set, bounds nesting in place of the source's setting (N19).
	MaxNesting schema.Int
	// MaxTimestampPrecision bounds the precision of inferred columns; 0 does not (S62).
	MaxTimestampPrecision int
}

// A Config says what a Writer makes rows of, and of what.
type Config struct {
	// Schema is the source's schema; the Writer adds to it.
	Schema *schema.Schema
	Naming naming.Convention
	// Create opens job files.
	Create JobCreator
	// Format is that of the job files; "" is Arrow.
	Format loadpackage.Format
	Caps   Caps
	// LoadID goes into Arrow input that asks for it (A8).
	LoadID string
	// AddArrowLoadID and AddArrowID add generated columns to Arrow input (A8).
	AddArrowLoadID, AddArrowID bool
	// Workers decode in parallel; 0 is one for each processor.
	Workers int
	// MaxFileBytes starts a new job file when one has grown beyond it; 0 never does.
	MaxFileBytes int64
	// Seed is where random row ids start from; nil takes one by chance.
	Seed *[32]byte
	// Now is the time of the run, for the timestamp detection; zero is the present.
	Now time.Time
	// Logger gets warnings; nil drops them.
	Logger *slog.Logger
}

// A Writer turns one source's records into the job files of one package.
type Writer struct {
	schema    *schema.Schema
	naming    naming.Convention
	names     names
	caps      Caps
	types     batch.Types
	rules     *schema.Rules
	filter    *schema.RowFilter
	detectors []detector
	strict    bool
	slowOnly  bool
	log       *slog.Logger
	cfg       Config
	seed      [32]byte

	hasPreferred bool
	prefs        sync.Map // column name → preferred type

	// mu guards what the slow path knows. It is held for writing by whoever
	// has the turn and changes something.
	mu         sync.RWMutex
	plan       map[planKey]*table
	tables     []*table
	places     map[string][]*table
	fields     map[field][]fieldKey
	dirty      []*object
	propagated int
	// epoch counts changes after which records decoded before them could have
	// come out otherwise.
	epoch int
	nulls map[field]string // table and column that were only null

	queue   queue
	rowIDs  atomic.Int64
	files   map[string]*file
	metrics Metrics
}

// New starts a Writer. Close must be called.
func New(cfg Config) (*Writer, error) {
	w := &Writer{
		schema: cfg.Schema, naming: cfg.Naming, names: namesOf(cfg.Naming), caps: cfg.Caps, types: cfg.Caps.Types, log: cfg.Logger, cfg: cfg,
		strict: cfg.Schema.Normalizers.JSONModule == schema.RelationalNoCoerce,
		plan:   map[planKey]*table{}, places: map[string][]*table{}, fields: map[field][]fieldKey{}, nulls: map[field]string{},
		files: map[string]*file{}, metrics: Metrics{Rows: map[string]int64{}},
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.cfg.Format == "" {
		w.cfg.Format = loadpackage.Arrow
	}
	w.slowOnly = w.strict
	var err error
	if w.rules, err = cfg.Schema.Rules(); err != nil {
		return nil, err
	}
	if w.filter, err = cfg.Schema.RowFilter(cfg.Naming.Separator()); err != nil {
		return nil, err
	}
	w.hasPreferred = len(cfg.Schema.Settings.PreferredTypes) > 0
	now := cfg.Now
	if now.IsZero() {
		now = time.Now() //nolint:forbidigo // what Config.Now says is the default
	}
	w.detectors = detectors(cfg.Schema.Detections(), now)
	if cfg.Seed != nil {
		w.seed = *cfg.Seed
	} else if _, err := crand.Read(w.seed[:]); err != nil {
		return nil, fmt.Errorf("seed row ids: %w", err)
	}
	w.propagated = w.countPropagation()
	workers := cfg.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	w.queue.start(w, workers)
	return w, nil
}

// nullOnly notes a column that so far was only null (S92).
func (w *Writer) nullOnly(table, column string) {
	w.nulls[field{w.places[table][0], column}] = table
}

// Metrics say what a Writer did.
type Metrics struct {
	// Rows were written to job files, by table.
	Rows map[string]int64
	// Dropped is what contracts dropped.
	Dropped []Dropped
	// NullOnly are the columns that were only ever null, as table.column (S92).
	NullOnly []string
}

// Dropped counts what one rule of a contract dropped in one place.
type Dropped struct {
	// Table and Column are the place; Column is empty for whole tables.
	Table, Column string
	// Rule is the entity of the contract: tables, columns or data_type.
	Rule string
	// Rows were dropped whole, Values out of rows that stayed.
	Rows, Values int64
}

func (w *Writer) countDrop(d dropped) {
	list := w.metrics.Dropped
	i := slices.IndexFunc(list, func(x Dropped) bool { return x.Table == d.table && x.Column == d.column && x.Rule == d.rule })
	if i < 0 {
		i = len(list)
		list = append(list, Dropped{Table: d.table, Column: d.column, Rule: d.rule})
	}
	if d.row {
		list[i].Rows++
	} else {
		list[i].Values++
	}
	w.metrics.Dropped = list
}

// Close waits for all records, finishes the files, and checks the schema: a
// column that must not be null has a type by now (S93). Tables that got rows
// are marked as having seen data, and new ones lose the mark of C20.
func (w *Writer) Close(ctx context.Context) (*Metrics, error) {
	err := w.queue.close()
	if err == nil {
		err = ctx.Err()
	}
	for _, name := range sortedKeys(w.files) {
		if cerr := w.files[name].close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		return &w.metrics, err
	}
	for _, name := range sortedKeys(w.metrics.Rows) {
		if err := w.finishTable(w.schema.Table(name)); err != nil {
			return &w.metrics, err
		}
	}
	w.reportNulls()
	return &w.metrics, nil
}

func (w *Writer) finishTable(t *schema.Table) error {
	if t == nil {
		return nil
	}
	var unbound, unused []string
	for i := range t.Columns {
		switch c := &t.Columns[i]; {
		case c.Complete():
		case !c.IsNullable():
			unbound = append(unbound, c.Name)
		default:
			unused = append(unused, c.Name)
		}
	}
	if len(unbound) > 0 {
		return &UnboundColumnError{w.schema.Name, t.Name, unbound}
	}
	if len(unused) > 0 {
		w.log.Warn("columns without a type got no value", "table", t.Name, "columns", strings.Join(unused, ", "))
	}
	t.Normalizer.SeenData = schema.True
	t.Normalizer.EvolveColumnsOnce = schema.Unset
	return nil
}

func (w *Writer) reportNulls() {
	for f, table := range w.nulls {
		if t := w.schema.Table(table); t != nil {
			if c := t.Column(f.name); c != nil && c.Complete() {
				continue
			}
		}
		if w.hasNested(table, f.name) {
			continue
		}
		w.metrics.NullOnly = append(w.metrics.NullOnly, table+"."+f.name)
	}
	slices.Sort(w.metrics.NullOnly)
	w.metrics.NullOnly = slices.Compact(w.metrics.NullOnly)
	if len(w.metrics.NullOnly) > 0 {
		w.log.Warn("columns were only null and have no type", "columns", strings.Join(w.metrics.NullOnly, ", "))
	}
}

// hasNested reports whether the keys of a column were maps or lists somewhere,
// which have tables and columns of their own.
func (w *Writer) hasNested(table, column string) bool {
	for _, t := range w.places[table] {
		for _, f := range w.fields[field{t, column}] {
			if f.key.obj != nil || f.key.list != nil {
				return true
			}
		}
	}
	return false
}

// Discard stops a Writer whose package is thrown away.
func (w *Writer) Discard() {
	w.queue.fail(errClosed)
	_ = w.queue.close() // the package goes, whatever became of it
	for _, f := range w.files {
		_ = f.job.Close()
	}
}

// RowID is a new random row id.
func (w *Writer) RowID() string {
	return string(batch.NewIDMaker(w.seedOf(-1 - int(w.rowIDs.Add(1)))).AppendRandom(nil))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var errClosed = errors.New("the writer is closed")
