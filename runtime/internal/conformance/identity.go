package conformance

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// A table is what the destination holds of one table. Cells are canonical texts.
type table struct {
	name    string
	parent  string // "" for a root table, or one whose parent is not there
	columns []string
	rows    [][]string
}

func (t *table) column(name string) int { return slices.Index(t.columns, name) }

var linkColumns = []string{"_dlt_id", "_dlt_parent_id", "_dlt_root_id"}

const noParent = 1 << 60

// resolveIdentities puts references in place of random row ids (section 2.5),
// so that two runs with other ids compare equal. isRandom tells whether a
// canonical text is a random id.
func resolveIdentities(tables map[string]*table, isRandom func(string) bool) {
	r := &resolver{
		tables: tables, random: isRandom, children: map[string][]string{}, byParent: map[string]map[string][]int{},
		content: map[string][]string{}, memo: map[string][]string{}, order: map[string]map[string]int{}, ref: map[string]map[string]string{},
	}
	r.prepare()
	names := r.names()
	for _, n := range names {
		r.number(n)
	}
	everywhere := map[string]string{}
	for _, n := range names {
		for id, ref := range r.ref[n] {
			if _, taken := everywhere[id]; !taken {
				everywhere[id] = ref
			}
		}
	}
	for _, n := range names {
		r.replace(tables[n], everywhere)
	}
}

type resolver struct {
	tables   map[string]*table
	random   func(string) bool
	children map[string][]string
	byParent map[string]map[string][]int // table → parent id → rows
	content  map[string][]string
	memo     map[string][]string
	order    map[string]map[string]int // table → id → number
	ref      map[string]map[string]string
}

func (r *resolver) names() []string {
	var list []string
	for n := range r.tables {
		list = append(list, n)
	}
	sort.Strings(list)
	return list
}

func (r *resolver) prepare() {
	for _, n := range r.names() {
		t := r.tables[n]
		if _, there := r.tables[t.parent]; !there {
			t.parent = ""
		}
		if t.parent != "" {
			r.children[t.parent] = append(r.children[t.parent], n)
		}
		links := map[int]bool{}
		for _, c := range linkColumns {
			if i := t.column(c); i >= 0 {
				links[i] = true
			}
		}
		p := t.column("_dlt_parent_id")
		r.byParent[n] = map[string][]int{}
		r.memo[n] = make([]string, len(t.rows))
		for i, row := range t.rows {
			cells := slices.Clone(row)
			for c := range cells {
				if links[c] && r.random(cells[c]) {
					cells[c] = "null"
				}
			}
			r.content[n] = append(r.content[n], "["+strings.Join(cells, ",")+"]")
			if t.parent != "" && p >= 0 {
				r.byParent[n][row[p]] = append(r.byParent[n][row[p]], i)
			}
		}
	}
}

// subtree is the row's content with that of all rows below it.
func (r *resolver) subtree(name string, row int) string {
	if s := r.memo[name][row]; s != "" {
		return s
	}
	parts := []string{r.content[name][row]}
	t := r.tables[name]
	if id := t.column("_dlt_id"); id >= 0 {
		for _, child := range r.children[name] {
			below := r.byParent[child][t.rows[row][id]]
			if len(below) == 0 {
				continue
			}
			texts := make([]string, len(below))
			for i, b := range below {
				texts[i] = r.subtree(child, b)
			}
			sort.Strings(texts)
			parts = append(parts, child+"["+strings.Join(texts, ",")+"]")
		}
	}
	s := strings.Join(parts, "\n")
	r.memo[name][row] = s
	return s
}

// number gives the rows of a table their numbers, parents first.
func (r *resolver) number(name string) {
	if r.order[name] != nil {
		return
	}
	r.order[name], r.ref[name] = map[string]int{}, map[string]string{}
	t := r.tables[name]
	if t.parent != "" {
		r.number(t.parent)
	}
	id, p := t.column("_dlt_id"), t.column("_dlt_parent_id")
	if id < 0 {
		return
	}
	parentNo := func(row int) int {
		if t.parent == "" || p < 0 {
			return 0
		}
		if n, ok := r.order[t.parent][t.rows[row][p]]; ok {
			return n
		}
		return noParent
	}
	rows := make([]int, len(t.rows))
	for i := range rows {
		rows[i] = i
	}
	sort.SliceStable(rows, func(a, b int) bool {
		x, y := rows[a], rows[b]
		if nx, ny := parentNo(x), parentNo(y); nx != ny {
			return nx < ny
		}
		if c := strings.Compare(r.content[name][x], r.content[name][y]); c != 0 {
			return c < 0
		}
		return r.subtree(name, x) < r.subtree(name, y)
	})
	for n, row := range rows {
		key := t.rows[row][id]
		if _, again := r.order[name][key]; again {
			continue
		}
		r.order[name][key] = n + 1
		if r.random(key) {
			r.ref[name][key] = canonString(fmt.Sprintf("%s#%d", name, n+1))
		}
	}
}

func (r *resolver) replace(t *table, everywhere map[string]string) {
	for _, c := range linkColumns {
		i := t.column(c)
		if i < 0 {
			continue
		}
		refs := everywhere
		if c == "_dlt_id" {
			refs = r.ref[t.name]
		}
		for _, row := range t.rows {
			if row[i] == "null" || !r.random(row[i]) {
				continue
			}
			if ref, ok := refs[row[i]]; ok {
				row[i] = ref
			} else {
				row[i] = `"orphan"`
			}
		}
	}
}
