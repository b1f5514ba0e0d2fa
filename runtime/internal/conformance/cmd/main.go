// Command conformance runs the recorded behaviour of dlt against the runtime:
//
//	conformance -cases testdata/conformance [-only 'merge/*'] [-expected-failures FILE]
//
// It prints a line for each failing case with its first difference, then the
// counts. Cases that are not expected to pass yet stand in one file with a
// reason each; one that passes all the same is an error, so the list only shrinks.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dltgen/dltgen/runtime/internal/conformance"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := do(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func do(ctx context.Context, args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("cases", "testdata/conformance", "folder of cases")
	only := flags.String("only", "", "pattern on group/name, such as 'merge/*'")
	listFile := flags.String("expected-failures", "testdata/conformance/expected-failures.txt", "cases not expected to pass yet, with reasons")
	jobs := flags.Int("jobs", 2, "cases that run at the same time")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	files, err := conformance.FindCases(*dir)
	if err != nil {
		fmt.Fprintln(errOut, "conformance:", err)
		return 2
	}
	expected, err := readList(*listFile)
	if err != nil {
		fmt.Fprintln(errOut, "conformance:", err)
		return 2
	}
	if *only != "" {
		files = slices.DeleteFunc(files, func(f string) bool {
			match, _ := path.Match(*only, path.Base(path.Dir(path.Dir(f)))+"/"+path.Base(path.Dir(f)))
			return !match
		})
	}
	scratch, err := os.MkdirTemp("", "conformance")
	if err != nil {
		fmt.Fprintln(errOut, "conformance:", err)
		return 2
	}
	defer func() { _ = os.RemoveAll(scratch) }() // a temporary folder
	return summarize(runAll(ctx, files, scratch, *jobs), expected, out)
}

// runAll runs the cases on a few workers and keeps their order.
func runAll(ctx context.Context, files []string, scratch string, jobs int) []conformance.Result {
	results := make([]conformance.Result, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(jobs, 1) {
		wg.Go(func() {
			for i := range next {
				results[i] = conformance.Run(ctx, files[i], scratch)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	return results
}

func summarize(results []conformance.Result, expected map[string]string, out io.Writer) int {
	passed, failed, skipped := 0, 0, 0
	for _, r := range results {
		reason, listed := expected[r.Case]
		switch {
		case r.Passed() && listed:
			failed++
			fmt.Fprintf(out, "FAIL  %s: passes, so take it out of the expected failures\n", r.Case)
		case r.Passed():
			passed++
		case r.Informative:
			skipped++
			fmt.Fprintf(out, "info  %s: %s\n", r.Case, r.Diff)
		case listed:
			skipped++
			fmt.Fprintf(out, "skip  %s (%s): %s\n", r.Case, reason, r.Diff)
		default:
			failed++
			fmt.Fprintf(out, "FAIL  %s: %s\n", r.Case, r.Diff)
		}
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 {
		return 1
	}
	return 0
}

// readList reads lines "group/name: reason"; # begins a comment.
func readList(file string) (map[string]string, error) {
	list := map[string]string{}
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, ": ")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s:%d: want \"group/name: reason\"", file, i+1)
		}
		list[name] = reason
	}
	return list, nil
}
