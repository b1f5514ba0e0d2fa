package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/drivertest"
	_ "github.com/dltgen/dltgen/runtime/destination/duckdb"
)

// dataset is the name of the dataset that the suite uses.
const dataset = drivertest.Dataset

func newURL(t *testing.T) string {
	return "duckdb:///" + filepath.Join(t.TempDir(), "db.duckdb")
}

func newEnv(t *testing.T, opts *destination.Options) *drivertest.Env {
	return drivertest.NewEnv(t, newURL(t), opts)
}

func TestDriver(t *testing.T) { drivertest.Run(t, newURL) }

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ds, err := destination.Open(context.Background(), "duckdb:///"+filepath.Join(dir, "github.duckdb"), "github_data", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ds.Close()
	rows, err := ds.Query(context.Background(), "SELECT 40 + 2 AS answer")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Release()
	for rows.Next() {
		fmt.Println(rows.RecordBatch().Column(0).ValueStr(0))
	}
	// Output: 42
}
