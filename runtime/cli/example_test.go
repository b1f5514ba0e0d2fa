package cli_test

import (
	"context"
	"os"

	"github.com/dltgen/dltgen/runtime/cli"
)

// A connector's main calls Main; Do is the same without the process around it.
func ExampleDo() {
	cli.Do(context.Background(), &shop, []string{"list"}, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	// Output:
	//    resource  table    key  cursor      pager        parent  path
	// ─  ────────  ───────  ───  ──────────  ───────────  ──────  ────────────────────────────
	// ✓  items     items    id   updated_at  page_number          GET /items
	// ✓  reviews   reviews                   single_page  items   GET /items/{item_id}/reviews
	//    visits    visits                    single_page          GET /visits
	//
	// ✓ loaded by default; others by --resources NAME
}
