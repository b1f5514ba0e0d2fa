package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/dlt"
)

// A pipelineRow is a working folder on this machine.
type pipelineRow struct {
	Name        string    `json:"name"`
	LastRun     time.Time `json:"last_run,omitzero"`
	Destination string    `json:"destination,omitempty"`
	Dataset     string    `json:"dataset,omitempty"`
	Waiting     int       `json:"pending_packages"`
}

// pipelines lists the working folders, that of the last run first.
func (a *app) pipelines() (dir string, list []pipelineRow, err error) {
	if dir, err = a.pipelinesDir(""); err != nil {
		return "", nil, &usageError{err}
	}
	if dir == "" {
		dir = filepath.Join(dlt.DataDir(), "pipelines")
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "state.json"))
	if err != nil {
		return "", nil, err
	}
	for _, f := range found {
		row := pipelineRow{Name: filepath.Base(filepath.Dir(f))}
		if info, err := os.Stat(f); err == nil {
			row.LastRun = info.ModTime()
		}
		// A folder that cannot be read is listed all the same, by its name.
		if in, err := (&dlt.Pipeline{Name: row.Name, Dir: dir}).Inspect(); err == nil {
			row.Destination, row.Dataset, row.Waiting = in.Destination, in.Dataset, len(waiting(in.Packages))
			if in.Trace != nil {
				row.LastRun = in.Trace.Report.Finished
			}
		}
		list = append(list, row)
	}
	slices.SortStableFunc(list, func(x, y pipelineRow) int { return y.LastRun.Compare(x.LastRun) })
	return dir, list, nil
}

func waiting(all []dlt.PackageInfo) []dlt.PackageInfo {
	return slices.DeleteFunc(slices.Clone(all), func(p dlt.PackageInfo) bool { return p.Status != "normalized" })
}

// listPipelines prints the pipelines on this machine.
func (a *app) listPipelines() error {
	dir, list, err := a.pipelines()
	if err != nil {
		return err
	}
	if a.json {
		if list == nil {
			list = []pipelineRow{}
		}
		printJSON(a.io.Out, list)
		return nil
	}
	fmt.Fprintf(a.io.Out, "%s found in %s\n", plural(int64(len(list)), "pipeline"), dir)
	if len(list) == 0 {
		return nil
	}
	g := newGrid("pipeline", "last run", "destination", "dataset", "waiting").numbers(4)
	for _, p := range list {
		g.add(p.Name, p.LastRun.Local().Format(time.DateTime), p.Destination, p.Dataset, fmt.Sprint(p.Waiting))
	}
	fmt.Fprintln(a.io.Out)
	g.print(a.io.Out)
	return nil
}

// whichPipeline asks for the name, and says which there are.
func (a *app) whichPipeline() error {
	text := "which pipeline? Say --pipeline NAME"
	if dir, list, err := a.pipelines(); err == nil {
		var names []string
		for _, p := range list {
			names = append(names, p.Name)
		}
		if len(names) == 0 {
			text += "; none has run here, there is nothing in " + dir
		} else {
			text += ": " + strings.Join(names, ", ")
		}
	}
	return &usageError{fmt.Errorf("%s", text)}
}

// plural counts things: 1 row, 2 rows.
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

func printJSON(w interface{ Write([]byte) (int, error) }, v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		fmt.Fprintln(w, `{"error":"cannot be written as JSON"}`)
	}
}
