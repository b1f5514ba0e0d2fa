package destination_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// nowhere is a driver of a destination that holds nothing.
type nowhere struct{}

func (nowhere) Capabilities() driver.Capabilities {
	return driver.Capabilities{Name: "nowhere", ReplaceStrategies: []driver.ReplaceStrategy{driver.TruncateAndInsert}}
}

func (nowhere) Open(_ context.Context, cfg driver.Config) (driver.Dataset, error) {
	return emptyDataset{cfg}, nil
}

type emptyDataset struct{ cfg driver.Config }

func (emptyDataset) Tables(context.Context, []string) ([]*schema.Table, error) { return nil, nil }

func (emptyDataset) Schema(context.Context, string) (*driver.StoredSchema, error) { return nil, nil }

func (emptyDataset) State(context.Context, string) (*driver.StoredState, error) { return nil, nil }

func (emptyDataset) Begin(context.Context, string) (driver.Tx, error) {
	return nil, driver.Terminalf("nowhere takes no rows")
}

func (emptyDataset) Close() error { return nil }

func TestOpenDriver(t *testing.T) {
	ctx := context.Background()
	ds, err := destination.OpenDriver(ctx, nowhere{}, "nowhere://u:secret@host", "d", nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg := ds.Dataset.(emptyDataset).cfg; cfg.Staging != "d_staging" || cfg.Now == nil || cfg.Logger == nil {
		t.Errorf("config %+v", cfg)
	}
	if ds.Name() != "d" || ds.URL() != "nowhere://u:***@host" || ds.ReplaceStrategy() != driver.TruncateAndInsert {
		t.Errorf("name %s, url %s, strategy %s", ds.Name(), ds.URL(), ds.ReplaceStrategy())
	}
	if _, err := ds.Query(ctx, "SELECT 1"); !errors.Is(err, destination.ErrNoQuery) {
		t.Errorf("query: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	tests := []struct {
		name, url, dataset string
		opts               *destination.Options
		want               string
	}{
		{"no name", "nowhere://x", "", nil, "open nowhere://x: the dataset has no name"},
		{"same staging", "nowhere://x", "d", &destination.Options{StagingLayout: "d"}, `open nowhere://x: staging dataset and dataset are both "d"`},
		{"strategy", "nowhere://x", "d", &destination.Options{ReplaceStrategy: "magic"}, `open nowhere://x: nowhere has no replace strategy "magic", only [truncate-and-insert]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := destination.OpenDriver(context.Background(), nowhere{}, tt.url, tt.dataset, tt.opts)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	_, err := destination.Open(context.Background(), "pg://u:secret@h/db", "d", nil)
	want := `destination pg://u:***@h/db: no driver for scheme "pg" (linked: none); import its package in the program's main`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestMaskURL(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"password", "postgres://user:p%40ss@host:5432/db?sslmode=require", "postgres://user:***@host:5432/db?sslmode=require"},
		{"token in query", "md:db?motherduck_token=abc&x=1", "md:db?motherduck_token=***&x=1"},
		{"several", "s3://b/p?aws_secret_access_key=a&sig=b", "s3://b/p?aws_secret_access_key=***&sig=***"},
		{"file", "duckdb:///github.duckdb", "duckdb:///github.duckdb"},
		{"memory", "duckdb://:memory:", "duckdb://:memory:"},
		{"unreadable", "pg://u:sec ret@h\x7f/", "pg:***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := destination.MaskURL(tt.in); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func FuzzMaskURL(f *testing.F) {
	f.Add("postgres://user:hunter2@host/db")
	f.Fuzz(func(t *testing.T, host string) {
		if strings.Contains(host, "hunter2") {
			return
		}
		if got := destination.MaskURL("postgres://user:hunter2@" + host); strings.Contains(got, "hunter2") {
			t.Errorf("the password is in %s", got)
		}
	})
}
