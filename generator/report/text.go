package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// TextOptions say how much WriteText shows.
type TextOptions struct {
	// Max bounds the rows of the table; 0 is 30, one screen.
	Max int
	// All shows resources that are not selected too.
	All bool
	// Next adds the three lines that a first run ends with (G4).
	Next bool
}

const (
	defaultRows  = 30
	leastNeeds   = 3
	leastLeft    = 2
	leastFinding = 1
	// rowsPerLine is how many rows that a short table leaves free give each of the
	// four lists below it one line more.
	rowsPerLine = 4
)

// WriteText writes the report for a person.
func (r *Report) WriteText(w io.Writer, opt *TextOptions) error {
	if opt == nil {
		opt = &TextOptions{}
	}
	var b strings.Builder
	r.totals(&b)
	rows := r.table(&b, opt)
	more := max(0, defaultRows-rows) / rowsPerLine
	r.needed(&b, leastNeeds+more)
	r.left(&b, leastLeft+more)
	r.findings(&b, "repaired", r.Repairs, leastFinding+more)
	r.findings(&b, "kept as JSON or text", r.Loose, leastFinding+more)
	if opt.Next {
		r.next(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the report for a script.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (r *Report) totals(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %d of %s selected", r.Name, r.Selected, count(r.Lists, "resource"))
	if r.Weak > 0 {
		fmt.Fprintf(b, ", %d with a guess to look at (!)", r.Weak)
	}
	if n := r.leftOutTotal(); n > 0 {
		fmt.Fprintf(b, ", %s left out", count(n, "operation"))
	}
	b.WriteByte('\n')
	fmt.Fprintf(b, "  from %s", r.Input)
	if r.Title != "" {
		fmt.Fprintf(b, " (%s)", clip(oneLine(r.Title), 60))
	}
	if len(r.Auth) > 0 {
		fmt.Fprintf(b, ", credentials: %s", strings.Join(r.Auth, " or "))
	}
	b.WriteByte('\n')
}

func (r *Report) leftOutTotal() int {
	n := 0
	for _, g := range r.LeftOut {
		n += len(g.Operations)
	}
	return n
}

// columns of the table with the widest that each may be.
var columns = []struct {
	title string
	width int
	text  func(Resource) string
}{
	{"resource", 32, func(r Resource) string { return r.Name }},
	{"path", 44, path},
	{"key", 20, func(r Resource) string { return r.Key.String() }},
	{"pages", 16, func(r Resource) string { return r.Pager.String() }},
	{"cursor", 16, func(r Resource) string { return r.Cursor.String() }},
	{"for each", 20, func(r Resource) string { return r.Parent.String() }},
}

func path(r Resource) string {
	if r.Missing {
		return "no longer in the input"
	}
	return r.Path
}

// table writes the resources and returns how many.
func (r *Report) table(b *strings.Builder, opt *TextOptions) int {
	limit := opt.Max
	if limit == 0 {
		limit = defaultRows
	}
	var rows [][]string
	hidden := 0
	for _, res := range r.Resources {
		if !res.Selected && !opt.All {
			continue
		}
		if len(rows) == limit && limit > 0 {
			hidden++
			continue
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = clip(c.text(res), c.width)
		}
		if opt.All && !res.Selected {
			row[0] = "- " + row[0]
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		r.off(b, opt)
		return 0
	}
	b.WriteByte('\n')
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.title
	}
	aligned(b, append([][]string{head}, rows...))
	if hidden > 0 {
		fmt.Fprintf(b, "  … and %d more: dltgen list %s\n", hidden, r.Name)
	} else {
		r.off(b, opt)
	}
	return len(rows)
}

// off says how to see what is not selected, and why it is not.
func (r *Report) off(b *strings.Builder, opt *TextOptions) {
	n := r.Lists - r.Selected
	if n == 0 || opt.All {
		return
	}
	more := "are off: dltgen list -v %s shows them, dltgen explain %s RESOURCE says why"
	if n == 1 {
		more = "is off: dltgen list -v %s shows it, dltgen explain %s RESOURCE says why"
	}
	fmt.Fprintf(b, "  %d "+more+"\n", n, r.Name, r.Name)
}

// aligned writes rows with their columns one below the other, empty columns left out.
func aligned(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for n, row := range rows {
		for i, cell := range row {
			if n > 0 && cell != "" || widths[i] > 0 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell), utf8.RuneCountInString(rows[0][i]))
			}
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(" ")
		for i, cell := range row {
			if widths[i] > 0 {
				line.WriteString(" " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + " ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
}

func (r *Report) needed(b *strings.Builder, most int) {
	if len(r.Needs) == 0 {
		return
	}
	b.WriteString("\nneeds you:\n")
	for i, n := range r.Needs {
		if i == most {
			fmt.Fprintf(b, "  … and %d more\n", len(r.Needs)-i)
			break
		}
		kind := ""
		switch {
		case n.Secret:
			kind = "secret " + n.Key + " "
		case n.Key != "":
			kind = "config " + n.Key + " "
		}
		fmt.Fprintf(b, "  %s%s\n", kind, oneLine(n.Text))
	}
}

func (r *Report) left(b *strings.Builder, most int) {
	if len(r.LeftOut) == 0 {
		return
	}
	b.WriteString("\nleft out:\n")
	for i, g := range r.LeftOut {
		if i == most {
			rest := 0
			for _, g := range r.LeftOut[i:] {
				rest += len(g.Operations)
			}
			fmt.Fprintf(b, "  %4d for other reasons, see left_out in connector.yaml\n", rest)
			break
		}
		example := g.Operations[0]
		if n := len(g.Operations) - 1; n > 0 {
			example += ", …"
		}
		fmt.Fprintf(b, "  %4d %s (%s)\n", len(g.Operations), clip(oneLine(g.Reason), 70), clip(example, 60))
	}
}

// findings writes messages, the rest of many in the last line.
func (r *Report) findings(b *strings.Builder, title string, list []Finding, most int) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for i, f := range list {
		if i == most {
			rest := 0
			for _, f := range list[i:] {
				rest += f.Count
			}
			fmt.Fprintf(b, "  %4d for other reasons: dltgen check -v %s\n", rest, r.Name)
			break
		}
		place := f.Place
		if f.Count > 1 && place != "" {
			place += ", …"
		}
		fmt.Fprintf(b, "  %4d %s (%s)\n", f.Count, clip(oneLine(f.Text), 90), clip(place, 60))
	}
}

// next writes what to do after a first run.
func (r *Report) next(b *strings.Builder) {
	b.WriteString("\nnext:\n")
	if r.Selected == 0 {
		fmt.Fprintf(b, "  1. set selected: true on a resource of specs/%s/connector.yaml, and what it needs\n  2. dltgen generate %s\n", r.Name, r.Name)
		return
	}
	var set []string
	for _, n := range r.Needs {
		if n.Key != "" {
			set = append(set, fmt.Sprintf("SOURCES__%s__%s", strings.ToUpper(r.Name), strings.ToUpper(n.Key)))
		}
	}
	step := 1
	if len(set) > 0 {
		more := ""
		if len(set) > 3 {
			more = fmt.Sprintf(" and %d more", len(set)-3)
			set = set[:3]
		}
		fmt.Fprintf(b, "  %d. export %s=…%s\n", step, strings.Join(set, "=… "), more)
		step++
	}
	command := fmt.Sprintf("go run -tags duckdb_arrow ./generated/%s/cmd/%s", r.Name, r.Name)
	fmt.Fprintf(b, "  %d. %s run --to duckdb:///%s.duckdb --limit 10\n", step, command, r.Name)
	fmt.Fprintf(b, "  %d. %s query --to duckdb:///%s.duckdb \"SELECT * FROM …\"\n", step+1, command, r.Name)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// clip shortens in the middle: both ends of a path tell something.
func clip(s string, width int) string {
	rs := []rune(s)
	if len(rs) <= width {
		return s
	}
	tail := width / 2
	return string(rs[:width-tail-1]) + "…" + string(rs[len(rs)-tail:])
}

// oneLine keeps text of the input on one line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
}
