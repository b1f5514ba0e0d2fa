package conformance

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dltgen/dltgen/runtime/internal/state"
)

// readState adds the newest stored pipeline state in canonical form.
func readState(ctx context.Context, db *sql.DB, out map[string]any) error {
	var n int64
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM data._dlt_pipeline_state").Scan(&n); err != nil {
		return err
	}
	out["state_rows"] = json.Number(fmt.Sprint(n))
	if n == 0 {
		return nil
	}
	var blob string
	var version int64
	row := db.QueryRowContext(ctx, "SELECT state, version FROM data._dlt_pipeline_state ORDER BY version DESC LIMIT 1")
	if err := row.Scan(&blob, &version); err != nil {
		return err
	}
	out["state_version"] = json.Number(fmt.Sprint(version))
	st, err := state.DecodeBlob(blob)
	if err != nil {
		return err
	}
	sources := st.Root().Lookup("sources")
	if sources == nil {
		out["state"] = map[string]any{}
		return nil
	}
	out["state"] = canonSources(sources)
	return nil
}

// canonSources leaves out empty sources and resources.
func canonSources(sources *state.Object) map[string]any {
	out := map[string]any{}
	for _, name := range sources.Keys() {
		src, ok := canonState(sources.Lookup(name)).(map[string]any)
		if !ok {
			continue
		}
		if resources, ok := src["resources"].(map[string]any); ok {
			for r, v := range resources {
				if m, ok := v.(map[string]any); ok && len(m) == 0 {
					delete(resources, r)
				}
			}
			if len(resources) == 0 {
				delete(src, "resources")
			}
		}
		if len(src) > 0 {
			out[name] = src
		}
	}
	return out
}

// canonState is a state value as typed JSON of the case format.
func canonState(v any) any {
	switch v := v.(type) {
	case *state.Object:
		if v == nil {
			return nil
		}
		out := map[string]any{}
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			c := canonState(x)
			if list, ok := c.([]any); ok && k == "unique_hashes" {
				slices.SortFunc(list, func(a, b any) int { return compareTexts(text(a), text(b)) })
			}
			out[k] = c
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canonState(v[i])
		}
		return out
	case int64, uint64:
		return json.Number(fmt.Sprint(v))
	case float64:
		return raw(canonNumber(v))
	case state.Typed:
		return canonTyped(v)
	default:
		return v
	}
}

func compareTexts(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func canonTyped(v state.Typed) any {
	if at, naive, ok := v.AsTime(); ok {
		if v.Kind == state.Date {
			return map[string]any{"$date": at.Format("2006-01-02")}
		}
		text := canonMicros(at.UnixMicro())
		if !naive {
			text += "Z"
		}
		return map[string]any{"$ts": text}
	}
	if b, ok := v.AsBytes(); ok {
		return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(b)}
	}
	switch v.Kind {
	case state.Decimal, state.Wei:
		return map[string]any{"$decimal": raw(canonDecimal(v.Text))}
	case state.Time:
		return map[string]any{"$time": padTime(v.Text)}
	default:
		return map[string]any{"$uuid": v.Text}
	}
}
