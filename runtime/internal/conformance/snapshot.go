package conformance

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sort"
	"strings"
	"time"
)

const (
	inlineRows = 250 // tables with more rows are compared by digests
	dataset    = "data"
)

// identities are the substitutions of one case (section 2.5).
type identities struct {
	loads   map[string]string // load id → load:<step>
	created map[int64]string  // creation time in microseconds → load:<step>
	exact   map[string]bool   // canonical texts of row ids that are recorded as they are
	// allExact are tables all of whose row ids are deterministic.
	allExact map[string]bool
}

func (id *identities) addLoad(loadID string, step int, created time.Time) {
	if _, known := id.loads[loadID]; known {
		return
	}
	name, n := fmt.Sprintf("load:%d", step), 0
	for _, v := range id.loads {
		if v == name || strings.HasPrefix(v, name+".") {
			n++
		}
	}
	if n > 0 {
		name = fmt.Sprintf("%s.%d", name, n+1)
	}
	id.loads[loadID] = name
	id.created[created.UnixMicro()] = name
}

func (id *identities) load(loadID string) string {
	if name, ok := id.loads[loadID]; ok {
		return name
	}
	return "load:?"
}

// schemaDoc is the part of a stored schema document that snapshots show.
type schemaDoc struct {
	Name   string                    `json:"name"`
	Tables map[string]map[string]any `json:"tables"`
}

func hints(doc map[string]any, skip ...string) map[string]any {
	out := map[string]any{}
	for k, v := range doc {
		if !slices.Contains(skip, k) {
			out[k] = v
		}
	}
	return out
}

func tableHints(t map[string]any) map[string]any {
	return hints(t, "columns", "name", "x-normalizer", "x-loader", "x-extractor", "description")
}

func columnHints(c map[string]any) map[string]any {
	out := hints(c, "name", "x-normalizer", "description")
	if nullable, ok := out["nullable"].(bool); !ok {
		out["nullable"] = true
	} else {
		out["nullable"] = nullable
	}
	if out["data_type"] == nil {
		delete(out, "data_type")
	}
	return out
}

func schemaColumns(t map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	cols, _ := t["columns"].(map[string]any)
	for name, c := range cols {
		if m, ok := c.(map[string]any); ok {
			out[name] = m
		}
	}
	return out
}

// A snapshot is the state of a destination after a step, in the form of expected.json.
type snapshot struct {
	Tables map[string]any
	Absent []string // tables that only the schema knows
	System map[string]any
}

type duckColumn struct {
	name, kind string
	notNull    bool
}

// takeSnapshot reads the dataset from an open DuckDB.
func takeSnapshot(ctx context.Context, db *sql.DB, schemas []schemaDoc, id *identities) (*snapshot, error) {
	known := map[string]map[string]any{}
	for _, s := range schemas {
		for name, t := range s.Tables {
			if _, taken := known[name]; !taken {
				known[name] = t
			}
		}
	}
	columns, err := readColumns(ctx, db)
	if err != nil {
		return nil, err
	}
	out := &snapshot{Tables: map[string]any{}}
	tables := map[string]*table{}
	entries := map[string]map[string]any{}
	for name, cols := range columns {
		if strings.HasPrefix(name, "_dlt") {
			continue
		}
		t, entry, err := readTable(ctx, db, name, cols, known[name], id)
		if err != nil {
			return nil, fmt.Errorf("read table %s: %w", name, err)
		}
		tables[name], entries[name] = t, entry
	}
	for name, t := range tables {
		if i := t.column("_dlt_id"); i >= 0 && id.allExact[name] {
			for _, row := range t.rows {
				id.exact[row[i]] = true
			}
		}
	}
	random := func(text string) bool { return text != "null" && !id.exact[text] }
	resolveIdentities(tables, random)
	for name, t := range tables {
		finishEntry(entries[name], t, known[name])
		out.Tables[name] = entries[name]
	}
	for name, t := range known {
		if _, there := tables[name]; !there && !strings.HasPrefix(name, "_dlt") && t != nil {
			out.Absent = append(out.Absent, name)
		}
	}
	sort.Strings(out.Absent)
	out.System, err = readSystem(ctx, db, columns, id)
	return out, err
}

func readColumns(ctx context.Context, db *sql.DB) (map[string][]duckColumn, error) {
	rows, err := db.QueryContext(ctx, `SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns()
		WHERE schema_name = ? AND database_name = current_database() ORDER BY table_name, column_index`, dataset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]duckColumn{}
	for rows.Next() {
		var t string
		var c duckColumn
		var nullable bool
		if err := rows.Scan(&t, &c.name, &c.kind, &nullable); err != nil {
			return nil, err
		}
		c.notNull = !nullable
		out[t] = append(out[t], c)
	}
	return out, rows.Err()
}

// readTable reads the rows of a table as canonical texts.
func readTable(ctx context.Context, db *sql.DB, name string, cols []duckColumn, doc map[string]any, id *identities) (*table, map[string]any, error) {
	t := &table{name: name}
	t.parent, _ = doc["parent"].(string)
	inSchema := schemaColumns(doc)
	var listed []any
	var exprs []string
	var canons []func(any) (string, error)
	for _, c := range cols {
		entry := map[string]any{"name": c.name, "type": c.kind}
		if c.notNull {
			entry["not_null"] = true
		}
		if sc, ok := inSchema[c.name]; ok {
			maps.Copy(entry, columnHints(sc))
		} else {
			entry["in_schema"] = false
		}
		listed = append(listed, entry)
		t.columns = append(t.columns, c.name)
		expr, canon := reader(c, inSchema[c.name], id)
		exprs = append(exprs, expr)
		canons = append(canons, canon)
	}
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(exprs, ", ")+" FROM "+quote(dataset)+"."+quote(name))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	values, targets := make([]any, len(cols)), make([]any, len(cols))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, nil, err
		}
		cells := make([]string, len(cols))
		for i, v := range values {
			if cells[i] = "null"; v != nil {
				if cells[i], err = canons[i](v); err != nil {
					return nil, nil, fmt.Errorf("column %s: %w", cols[i].name, err)
				}
			}
		}
		t.rows = append(t.rows, cells)
	}
	return t, map[string]any{"columns": listed}, rows.Err()
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// reader is the SQL expression that reads a column, and what makes its value canonical.
func reader(c duckColumn, sc map[string]any, id *identities) (string, func(any) (string, error)) {
	q := quote(c.name)
	text := "CAST(" + q + " AS VARCHAR)"
	kind, _, _ := strings.Cut(c.kind, "(")
	switch {
	case c.name == "_dlt_load_id":
		return q, func(v any) (string, error) { return canonString(id.load(fmt.Sprint(v))), nil }
	case strings.HasSuffix(kind, "INT") || kind == "INTEGER" || kind == "UINTEGER":
		return q, func(v any) (string, error) {
			if b, ok := v.(*big.Int); ok {
				return b.String(), nil
			}
			return fmt.Sprint(v), nil
		}
	case kind == "BOOLEAN":
		return q, func(v any) (string, error) { return fmt.Sprint(v), nil }
	case kind == "DOUBLE" || kind == "FLOAT":
		return "CAST(" + q + " AS DOUBLE)", func(v any) (string, error) { return canonNumber(v.(float64)), nil }
	case kind == "DECIMAL":
		return text, func(v any) (string, error) { return canonDecimal(v.(string)), nil }
	case kind == "VARCHAR" || kind == "DATE":
		return text, func(v any) (string, error) { return canonString(v.(string)), nil }
	case kind == "TIME":
		return text, func(v any) (string, error) { return canonString(padTime(v.(string))), nil }
	case kind == "TIMESTAMP WITH TIME ZONE":
		validity := sc["x-valid-from"] != nil || sc["x-valid-to"] != nil
		return "epoch_us(" + q + ")", func(v any) (string, error) {
			us := v.(int64)
			if name, ok := id.created[us]; ok && validity {
				return canonString(name), nil
			}
			return canonString(canonMicros(us) + "Z"), nil
		}
	case kind == "TIMESTAMP_NS":
		return "epoch_ns(" + q + ")", func(v any) (string, error) {
			ns := v.(int64)
			us := ns / 1000
			if ns%1000 < 0 {
				us--
			}
			return canonString(fmt.Sprintf("%s%03d", canonMicros(us), ns-us*1000)), nil
		}
	case strings.HasPrefix(kind, "TIMESTAMP"):
		return "epoch_us(CAST(" + q + " AS TIMESTAMP))", func(v any) (string, error) { return canonString(canonMicros(v.(int64))), nil }
	case kind == "BLOB":
		return q, func(v any) (string, error) { return canonString(base64.StdEncoding.EncodeToString(v.([]byte))), nil }
	case kind == "JSON":
		return text, func(v any) (string, error) { return canonJSON(v.(string)) }
	default:
		return "CAST(to_json(" + q + ") AS VARCHAR)", func(v any) (string, error) { return canonJSON(v.(string)) }
	}
}

func padTime(s string) string {
	base, frac, _ := strings.Cut(s, ".")
	return base + "." + (frac + "000000")[:6]
}

func canonMicros(us int64) string {
	return time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.000000")
}

// finishEntry adds hints, rows and counts once identities are resolved.
func finishEntry(entry map[string]any, t *table, doc map[string]any) {
	if doc == nil {
		entry["in_schema"] = false
	} else {
		entry["hints"] = tableHints(doc)
		var missing []any
		for name, c := range schemaColumns(doc) {
			if !slices.Contains(t.columns, name) {
				m := columnHints(c)
				m["name"] = name
				missing = append(missing, m)
			}
		}
		if missing != nil {
			slices.SortFunc(missing, func(a, b any) int { return strings.Compare(canonText(a), canonText(b)) })
			entry["columns_not_in_destination"] = missing
		}
	}
	entry["row_count"] = json.Number(fmt.Sprint(len(t.rows)))
	lines := make([]string, len(t.rows))
	for i, row := range t.rows {
		lines[i] = "[" + strings.Join(row, ",") + "]"
	}
	sort.Strings(lines)
	if len(lines) <= inlineRows {
		rows := make([]any, len(lines))
		for i := range lines {
			rows[i] = raw(lines[i])
		}
		entry["rows"] = rows
		return
	}
	entry["rows_sha256"] = digest(lines)
	byColumn := map[string]any{}
	for c, name := range t.columns {
		cells := make([]string, len(t.rows))
		for i, row := range t.rows {
			cells[i] = row[c]
		}
		sort.Strings(cells)
		byColumn[name] = digest(cells)[:16]
	}
	entry["column_sha256"] = byColumn
}

// raw is a canonical text that stands for itself.
type raw string

func digest(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// readSystem is the bookkeeping of section 2.3.
func readSystem(ctx context.Context, db *sql.DB, columns map[string][]duckColumn, id *identities) (map[string]any, error) {
	out := map[string]any{}
	if columns["_dlt_loads"] != nil {
		rows, err := db.QueryContext(ctx, "SELECT load_id, schema_name, status FROM data._dlt_loads ORDER BY load_id")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var loads []any
		for rows.Next() {
			var loadID, name string
			var status int64
			if err := rows.Scan(&loadID, &name, &status); err != nil {
				return nil, err
			}
			loads = append(loads, map[string]any{"load": id.load(loadID), "schema": name, "status": json.Number(fmt.Sprint(status))})
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		out["loads"] = loads
	}
	if columns["_dlt_version"] != nil {
		var n int64
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM data._dlt_version").Scan(&n); err != nil {
			return nil, err
		}
		out["version_rows"] = json.Number(fmt.Sprint(n))
	}
	if columns["_dlt_pipeline_state"] != nil {
		return out, readState(ctx, db, out)
	}
	return out, nil
}
