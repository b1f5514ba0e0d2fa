// Package destination opens datasets by URL.
//
// It is the portable side of the drivers, as database/sql is: a program imports the
// drivers it wants for their registration, then opens a dataset wherever it is:
//
//	import _ "github.com/dltgen/dltgen/runtime/destination/duckdb"
//
//	ds, err := destination.Open(ctx, "duckdb:///github.duckdb", "github_data", nil)
//
// The loader then takes packages to the open [Dataset].
package destination

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/dltgen/dltgen/runtime/destination/driver"
)

var registry = struct {
	sync.Mutex
	drivers map[string]driver.Driver
}{drivers: map[string]driver.Driver{}}

// Register makes a driver known under a URL scheme. Drivers call it from init.
// It panics when the scheme is taken: two drivers were linked for one scheme.
func Register(scheme string, d driver.Driver) {
	registry.Lock()
	defer registry.Unlock()
	if _, dup := registry.drivers[scheme]; dup {
		panic("destination: scheme " + scheme + " registered twice")
	}
	registry.drivers[scheme] = d
}

// Schemes returns the URL schemes of the linked drivers, sorted.
func Schemes() []string {
	registry.Lock()
	defer registry.Unlock()
	var names []string
	for s := range registry.drivers {
		names = append(names, s)
	}
	slices.Sort(names)
	return names
}

// Options change how a dataset is opened. The zero value is right for most.
type Options struct {
	// ReplaceStrategy overrides the destination's first one (L53).
	ReplaceStrategy driver.ReplaceStrategy
	// StagingLayout is the name of the staging dataset, %s stands for the dataset's;
	// "" is %s_staging (L49).
	StagingLayout string
	// CreateIndexes asks for UNIQUE constraints on unique columns.
	CreateIndexes bool
	// ReadOnly asks for a connection that cannot change anything.
	ReadOnly bool
	// Now is the clock of inserted_at columns; nil is the real one.
	Now    func() time.Time
	Logger *slog.Logger
}

// A Dataset is one open dataset with what its destination can do.
type Dataset struct {
	driver.Dataset
	name    string
	url     string
	caps    driver.Capabilities
	options Options
}

// CapabilitiesOf says what the destination of a URL can do, without opening it.
func CapabilitiesOf(rawURL string) (driver.Capabilities, error) {
	d, err := lookup(rawURL)
	if err != nil {
		return driver.Capabilities{}, err
	}
	return d.Capabilities(), nil
}

// Open opens the dataset of that name at the destination of rawURL. The dataset need
// not exist: it is made by the first load.
func Open(ctx context.Context, rawURL, dataset string, opts *Options) (*Dataset, error) {
	d, err := lookup(rawURL)
	if err != nil {
		return nil, err
	}
	return open(ctx, d, rawURL, dataset, opts)
}

// OpenDriver is [Open] with a driver that need not be registered.
func OpenDriver(ctx context.Context, d driver.Driver, rawURL, dataset string, opts *Options) (*Dataset, error) {
	return open(ctx, d, rawURL, dataset, opts)
}

func open(ctx context.Context, d driver.Driver, rawURL, dataset string, opts *Options) (*Dataset, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if dataset == "" {
		return nil, fmt.Errorf("open %s: the dataset has no name", MaskURL(rawURL))
	}
	staging := stagingName(o.StagingLayout, dataset)
	if staging == dataset {
		return nil, fmt.Errorf("open %s: staging dataset and dataset are both %q", MaskURL(rawURL), dataset)
	}
	caps := d.Capabilities()
	if o.ReplaceStrategy != "" && !slices.Contains(caps.ReplaceStrategies, o.ReplaceStrategy) {
		return nil, fmt.Errorf("open %s: %s has no replace strategy %q, only %v", MaskURL(rawURL), caps.Name, o.ReplaceStrategy, caps.ReplaceStrategies)
	}
	cfg := driver.Config{
		URL: rawURL, Dataset: dataset, Staging: staging,
		ReadOnly: o.ReadOnly, CreateIndexes: o.CreateIndexes, Now: o.Now, Logger: o.Logger,
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	ds, err := d.Open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", MaskURL(rawURL), err)
	}
	return &Dataset{Dataset: ds, name: dataset, url: rawURL, caps: caps, options: o}, nil
}

func stagingName(layout, dataset string) string {
	if layout == "" {
		layout = "%s_staging"
	}
	return strings.ReplaceAll(layout, "%s", dataset)
}

func lookup(rawURL string) (driver.Driver, error) {
	scheme, _, ok := strings.Cut(rawURL, ":")
	if !ok {
		return nil, fmt.Errorf("destination %q is no URL: want, for example, duckdb:///file.duckdb", MaskURL(rawURL))
	}
	registry.Lock()
	d := registry.drivers[strings.ToLower(scheme)]
	registry.Unlock()
	if d != nil {
		return d, nil
	}
	linked := strings.Join(Schemes(), ", ")
	if linked == "" {
		linked = "none"
	}
	return nil, fmt.Errorf("destination %s: no driver for scheme %q (linked: %s); import its package in the program's main", MaskURL(rawURL), scheme, linked)
}

// Name is the dataset's name.
func (d *Dataset) Name() string { return d.name }

// URL is the destination's address without its secrets.
func (d *Dataset) URL() string { return MaskURL(d.url) }

// Capabilities says what the destination can do.
func (d *Dataset) Capabilities() *driver.Capabilities { return &d.caps }

// ReplaceStrategy is the strategy in force for replace tables, "" if there is none.
func (d *Dataset) ReplaceStrategy() driver.ReplaceStrategy {
	if d.options.ReplaceStrategy != "" {
		return d.options.ReplaceStrategy
	}
	if len(d.caps.ReplaceStrategies) > 0 {
		return d.caps.ReplaceStrategies[0]
	}
	return ""
}

// ErrNoQuery says that a destination cannot be asked in SQL.
var ErrNoQuery = errors.New("the destination takes no queries")

// Query runs a query and returns its rows as Arrow batches.
func (d *Dataset) Query(ctx context.Context, sql string, args ...any) (array.RecordReader, error) {
	q, ok := d.Dataset.(driver.Querier)
	if !ok {
		return nil, ErrNoQuery
	}
	return q.Query(ctx, sql, args...)
}

// Exec runs a statement outside of a package and returns how many rows it changed.
func (d *Dataset) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	e, ok := d.Dataset.(driver.Execer)
	if !ok {
		return 0, ErrNoQuery
	}
	return e.Exec(ctx, sql, args...)
}

const mask = "***"

var secretKey = regexp.MustCompile(`(?i)pass|secret|token|key|credential|signature|sig$|auth`)

// MaskURL replaces what is secret in a destination's address.
func MaskURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		scheme, _, _ := strings.Cut(rawURL, ":")
		return scheme + ":" + mask // cannot tell what is secret in it
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), mask)
	}
	q := u.Query()
	for k := range q {
		if secretKey.MatchString(k) {
			q.Set(k, mask)
		}
	}
	if len(q) > 0 {
		u.RawQuery = q.Encode()
	}
	return strings.ReplaceAll(u.String(), url.QueryEscape(mask), mask)
}
