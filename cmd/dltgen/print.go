package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/dltgen/dltgen/generator"
	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/report"
)

// output is what --json prints for the commands that write.
type output struct {
	Written     []string          `json:"written,omitempty"`
	Removed     []string          `json:"removed,omitempty"`
	Unchanged   int               `json:"unchanged"`
	Notes       []string          `json:"notes,omitempty"`
	Todo        string            `json:"todo,omitempty"`
	Reports     []*report.Report  `json:"reports,omitempty"`
	Diagnostics []diag.Diagnostic `json:"diagnostics"`
}

func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// settle prints the diagnostics of a result, or all of it as JSON; done is set
// if there is nothing more to print.
func (a *app) settle(res *generator.Result, err error) (done bool, _ error) {
	if res == nil {
		return true, err
	}
	a.root_ = res.Root
	list := a.merged(res, err)
	if a.json {
		a.shown = true
		out := output{
			Written: res.Written, Removed: res.Removed, Unchanged: res.Unchanged, Notes: res.Notes, Todo: res.Todo,
			Reports: res.Reports, Diagnostics: list.All(),
		}
		if jerr := a.writeJSON(out); jerr != nil && err == nil {
			err = jerr
		}
		return true, err
	}
	a.shown = true
	a.print(list)
	return err != nil, err
}

// merged are the result's diagnostics and those of the error, each once.
func (a *app) merged(res *generator.Result, err error) *diag.List {
	list := &diag.List{}
	list.Append(res.Diagnostics)
	if e, ok := err.(*diag.Error); ok { //nolint:errorlint // a wrapped one is printed by finish
		for _, d := range e.Diagnostics {
			list.Add(d)
		}
		if len(e.Diagnostics) == 0 {
			_, _ = fmt.Fprintf(a.err, "dltgen: %v\n", err)
		}
	} else if err != nil {
		list.Add(diag.Diagnostic{Severity: diag.SeverityError, Message: err.Error()})
	}
	list.Sort()
	list.Fold()
	return list
}

// print writes diagnostics in the form that was asked for. Places are written
// as seen from the working folder, so that editors find them.
func (a *app) print(list *diag.List) {
	seen := &diag.List{}
	for _, d := range list.All() {
		d.Pos.File = a.fromHere(d.Pos.File)
		seen.Add(d)
	}
	switch {
	case a.json:
		_ = seen.WriteJSON(a.out)
	case a.format == "github":
		_ = seen.WriteGitHub(a.out)
	case a.format == "md":
		_ = seen.WriteMarkdown(a.out)
	default:
		limit := 40
		if a.notes {
			limit = 0
		}
		_ = seen.WriteText(a.err, &diag.TextOptions{Max: limit, Notes: a.notes, Source: source})
	}
}

// fromHere makes a path of the project one of the working folder.
func (a *app) fromHere(file string) string {
	if file == "" || a.root_ == "" || filepath.IsAbs(file) || strings.Contains(file, "://") {
		return file
	}
	here, err := os.Getwd()
	if err != nil || here == a.root_ {
		return file
	}
	if _, err := os.Stat(file); err == nil {
		return file // as the user named it
	}
	rel, err := filepath.Rel(here, filepath.Join(a.root_, file))
	if err != nil {
		return file
	}
	return rel
}

// source reads a file for the line that a message points at.
func source(file string) []byte {
	if file == "" || strings.Contains(file, "://") {
		return nil
	}
	info, err := os.Stat(file)
	if err != nil || info.IsDir() || info.Size() > 64<<20 {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return data
}

// report ends init: what was found, what to do next.
func (a *app) report(res *generator.Result, err error, first bool) error {
	done, err := a.settle(res, err)
	if done {
		if err != nil && res != nil && len(res.Written) > 0 && !a.json {
			_, _ = fmt.Fprintf(a.err, "%d files are written, the Go package is not: mend connector.yaml, then run dltgen generate\n", len(res.Written))
		}
		return err
	}
	for _, r := range res.Reports {
		if err := r.WriteText(a.out, &report.TextOptions{Next: first, Max: a.rows()}); err != nil {
			return err
		}
	}
	if res.Todo != "" {
		_, _ = fmt.Fprintf(a.out, "  first run: %s\n", res.Todo)
	}
	return nil
}

func (a *app) rows() int {
	if a.notes {
		return -1
	}
	return 0
}

func (a *app) generated(res *generator.Result, err error) error {
	done, err := a.settle(res, err)
	if done {
		return err
	}
	for _, f := range res.Written {
		_, _ = fmt.Fprintln(a.out, "wrote", f)
	}
	for _, f := range res.Removed {
		_, _ = fmt.Fprintln(a.out, "removed", f)
	}
	if len(res.Written)+len(res.Removed) == 0 {
		_, _ = fmt.Fprintf(a.out, "up to date (%d files)\n", res.Unchanged)
	}
	return nil
}

func (a *app) checked(res *generator.Result, err error) error {
	done, err := a.settle(res, err)
	if !done {
		_, _ = fmt.Fprintf(a.out, "up to date (%d files)\n", res.Unchanged)
	}
	return err
}

func (a *app) updated(res *generator.Result, err error, dry bool) error {
	done, err := a.settle(res, err)
	if done {
		return err
	}
	for _, n := range res.Notes {
		_, _ = fmt.Fprintln(a.out, n)
	}
	verb := "wrote"
	if dry {
		verb = "would write"
	}
	if len(res.Written)+len(res.Removed) == 0 {
		_, _ = fmt.Fprintln(a.out, "nothing changed")
		return nil
	}
	_, _ = fmt.Fprintf(a.out, "%s %d files", verb, len(res.Written))
	if n := len(res.Removed); n > 0 {
		_, _ = fmt.Fprintf(a.out, ", removed %d", n)
	}
	_, _ = fmt.Fprintln(a.out)
	return nil
}

func (a *app) listed(res *generator.Result, err error) error {
	if a.json && err == nil {
		return a.writeJSON(res.Reports)
	}
	done, err := a.settle(res, err)
	if done {
		return err
	}
	for i, r := range res.Reports {
		if i > 0 {
			_, _ = fmt.Fprintln(a.out)
		}
		if err := r.WriteText(a.out, &report.TextOptions{All: a.notes, Max: -1}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) formatted(res *generator.Result, err error) error {
	done, err := a.settle(res, err)
	if done {
		return err
	}
	for _, f := range res.Written {
		_, _ = fmt.Fprintln(a.out, "wrote", f)
	}
	return nil
}

func (a *app) lines(lines []string) error {
	if a.json {
		return a.writeJSON(lines)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(a.out, l); err != nil {
			return err
		}
	}
	return nil
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// pick asks on the terminal which resources to extract.
func (a *app) pick(choices []generator.Choice) ([]string, error) {
	on := make([]bool, len(choices))
	for i, c := range choices {
		on[i] = c.Selected
	}
	for i, c := range choices {
		mark := " "
		if on[i] {
			mark = "x"
		}
		line := fmt.Sprintf("%4d [%s] %s  %s", i+1, mark, c.Name, c.Path)
		if c.Reason != "" {
			line += "  (" + c.Reason + ")"
		}
		_, _ = fmt.Fprintln(a.err, line)
	}
	lines := bufio.NewScanner(io.LimitReader(a.in, 1<<16))
	for {
		_, _ = fmt.Fprint(a.err, "Numbers to switch (2 5-9), all, none, or Enter to go on: ")
		if !lines.Scan() || strings.TrimSpace(lines.Text()) == "" {
			break
		}
		if err := toggle(on, lines.Text()); err != nil {
			_, _ = fmt.Fprintln(a.err, err)
		}
	}
	var names []string
	for i, c := range choices {
		if on[i] {
			names = append(names, c.Name)
		}
	}
	return names, lines.Err()
}

// toggle applies one line of the pick list.
func toggle(on []bool, line string) error {
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' }) {
		if word == "all" || word == "none" {
			for i := range on {
				on[i] = word == "all"
			}
			continue
		}
		from, to, isRange := strings.Cut(word, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || first < 1 || last > len(on) || first > last {
			return fmt.Errorf("%q is not a number from 1 to %d", word, len(on))
		}
		for i := first - 1; i < last; i++ {
			on[i] = !on[i]
		}
	}
	return nil
}
