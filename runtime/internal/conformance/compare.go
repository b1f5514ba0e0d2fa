package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// expectedStep is one step of expected.json.
type expectedStep struct {
	Error       map[string]any `json:"error"`
	Informative []string       `json:"informative"`
	Tables      map[string]any `json:"tables"`
	Absent      []string       `json:"tables_not_in_destination"`
	System      map[string]any `json:"dlt"`
}

type expected struct {
	Steps []expectedStep `json:"steps"`
}

func readExpected(dir string) (*expected, error) {
	data, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var e expected
	if err := dec.Decode(&e); err != nil {
		return nil, fmt.Errorf("%s/expected.json: %w", dir, err)
	}
	return &e, nil
}

// exactIDs collects every text of the recorded rows: a row id that occurs among
// them is deterministic, every other one is random (section 2.5, 3).
func (e *expected) exactIDs() map[string]bool {
	ids := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if !strings.Contains(v, "#") && v != "orphan" {
				ids[canonString(v)] = true
			}
		case json.Number:
			ids[v.String()] = true
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, s := range e.Steps {
		for _, t := range s.Tables {
			if m, ok := t.(map[string]any); ok {
				walk(m["rows"])
				walk(m["rows_head"])
			}
		}
	}
	return ids
}

// allExact names the tables whose row ids are all deterministic. Of large
// tables the record holds digests only, so their ids are not among its texts.
func (s expectedStep) allExact() map[string]bool {
	out := map[string]bool{}
	for name, t := range s.Tables {
		if m, ok := t.(map[string]any); ok && m["exact_ids"] == "all" {
			out[name] = true
		}
	}
	return out
}

// text is canonText that also takes raw canonical texts.
func text(v any) string {
	switch v := v.(type) {
	case raw:
		return string(v)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = text(v[i])
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		parts := make([]string, len(keys))
		for i, k := range keys {
			parts[i] = canonString(k) + ":" + text(v[k])
		}
		return "{" + strings.Join(parts, ",") + "}"
	default:
		return canonText(v)
	}
}

// diffStep names the first difference between a step and its record, or "".
func diffStep(want expectedStep, got *snapshot) string {
	newTables := slices.Contains(want.Informative, "new_tables")
	var names []string
	for n := range want.Tables {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		g, ok := got.Tables[n].(map[string]any)
		if !ok {
			if newTables {
				continue
			}
			return "table " + n + " is missing"
		}
		if d := diffTable(want.Tables[n].(map[string]any), g); d != "" {
			return "table " + n + ": " + d
		}
	}
	for n := range got.Tables {
		if _, ok := want.Tables[n]; !ok && !newTables {
			return "table " + n + " should not be there"
		}
	}
	if !newTables && !slices.Equal(want.Absent, got.Absent) && len(want.Absent)+len(got.Absent) > 0 {
		return fmt.Sprintf("tables only in the schema: want %v, got %v", want.Absent, got.Absent)
	}
	if slices.Contains(want.Informative, "dlt") {
		return ""
	}
	for _, key := range []string{"loads", "version_rows", "state_rows", "state_version", "state"} {
		if w, g := text(want.System[key]), text(got.System[key]); w != g {
			return fmt.Sprintf("bookkeeping %s: want %s, got %s", key, bound(w), bound(g))
		}
	}
	return ""
}

func diffTable(want, got map[string]any) string {
	if d := diffColumns(want["columns"], got["columns"]); d != "" {
		return d
	}
	for _, key := range []string{"in_schema", "hints"} {
		if w, g := text(want[key]), text(got[key]); w != g {
			return fmt.Sprintf("%s: want %s, got %s", key, bound(w), bound(g))
		}
	}
	if w, g := sortedTexts(want["columns_not_in_destination"]), sortedTexts(got["columns_not_in_destination"]); w != g {
		return fmt.Sprintf("columns not in the destination: want %s, got %s", bound(w), bound(g))
	}
	if w, g := text(want["row_count"]), text(got["row_count"]); w != g {
		return fmt.Sprintf("%s rows, want %s", g, w)
	}
	if want["rows_sha256"] != nil {
		if text(want["rows_sha256"]) == text(got["rows_sha256"]) {
			return ""
		}
		w, _ := want["column_sha256"].(map[string]any)
		g, _ := got["column_sha256"].(map[string]any)
		for name := range w {
			if text(w[name]) != text(g[name]) {
				return "rows differ in column " + name
			}
		}
		return "rows differ in how columns belong together"
	}
	return diffRows(want["rows"], got["rows"])
}

func diffRows(want, got any) string {
	w, g := rowTexts(want), rowTexts(got)
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			have := "nothing"
			if i < len(g) {
				have = g[i]
			}
			return fmt.Sprintf("row %d: want %s, got %s", i+1, bound(w[i]), bound(have))
		}
	}
	return ""
}

func rowTexts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i] = text(list[i])
	}
	sort.Strings(out)
	return out
}

func sortedTexts(v any) string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		out = append(out, text(x))
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func diffColumns(want, got any) string {
	w, _ := want.([]any)
	g, _ := got.([]any)
	for i := range w {
		if i >= len(g) {
			return fmt.Sprintf("column %d is missing: want %s", i+1, text(w[i]))
		}
		if a, b := text(w[i]), text(g[i]); a != b {
			return fmt.Sprintf("column %d: want %s, got %s", i+1, bound(a), bound(b))
		}
	}
	if len(g) > len(w) {
		return "column too many: " + bound(text(g[len(w)]))
	}
	return ""
}

func bound(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
