package config

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// errConvert says only that a value does not fit: the value may be a secret.
var errConvert = errors.New("does not fit")

// textOf is a value as a text: bools as Python writes them, lists and tables as
// JSON.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case toml.LocalDate, toml.LocalTime, toml.LocalDateTime:
		return v.(interface{ String() string }).String()
	}
	out, err := json.Marshal(jsonable(v))
	if err != nil {
		return ""
	}
	return string(out)
}

// floatText keeps a fraction: 1.0 is not the integer 1.
func floatText(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(v, 'g', -1, 64)), "+")
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// jsonable replaces what JSON cannot hold by text.
func jsonable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = jsonable(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = jsonable(e)
		}
		return out
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return floatText(v)
		}
		return v
	case time.Time, toml.LocalDate, toml.LocalTime, toml.LocalDateTime:
		return textOf(v)
	}
	return v
}

func toBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case int64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true", "t", "yes", "y", "1":
			return true, nil
		case "false", "f", "no", "n", "0":
			return false, nil
		}
	}
	return false, errConvert
}

func toInt(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
	case string:
		return parseInt(strings.TrimSpace(v))
	}
	return 0, errConvert
}

// parseInt reads what Python does: 12, -0x1F, 1_000; not 5.0, not 1e3.
func parseInt(s string) (int64, error) {
	base, digits := 10, s
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, digits = s[:1], s[1:]
	}
	if len(digits) > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') {
		base, digits = 16, digits[2:]
	}
	if strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") || strings.ContainsAny(digits, "+-") {
		return 0, errConvert
	}
	n, err := strconv.ParseInt(sign+strings.ReplaceAll(digits, "_", ""), base, 64)
	if err != nil {
		return 0, errConvert
	}
	return n, nil
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	case string:
		s := strings.ToLower(strings.TrimSpace(v))
		if strings.ContainsAny(s, "xp") || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
			return 0, errConvert
		}
		f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
		if err != nil {
			return 0, errConvert
		}
		return f, nil
	}
	return 0, errConvert
}

// toDuration reads seconds, or a Go duration such as 90s.
func toDuration(v any) (time.Duration, error) {
	if f, err := toFloat(v); err == nil {
		d := f * float64(time.Second)
		if math.IsNaN(d) || math.Abs(d) >= math.MaxInt64 {
			return 0, errConvert
		}
		return time.Duration(d), nil
	}
	if s, ok := v.(string); ok {
		if d, err := time.ParseDuration(strings.TrimSpace(s)); err == nil {
			return d, nil
		}
	}
	return 0, errConvert
}

// toTime reads ISO dates and times, and Unix seconds. Without an offset it is UTC.
func toTime(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case toml.LocalDate:
		return v.AsTime(time.UTC), nil
	case toml.LocalDateTime:
		return v.AsTime(time.UTC), nil
	case string:
		s := strings.TrimSpace(v)
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, nil
			}
		}
	}
	f, err := toFloat(v)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return time.Time{}, errConvert
	}
	whole, part := math.Modf(f)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000).UTC(), nil
}

// toBytes reads base64, or hexadecimal behind 0x.
func toBytes(v any) ([]byte, error) {
	s, ok := v.(string)
	if !ok {
		return nil, errConvert
	}
	if digits, ok := strings.CutPrefix(s, "0x"); ok {
		if b, err := hex.DecodeString(digits); err == nil {
			return b, nil
		}
		return nil, errConvert
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errConvert
	}
	return b, nil
}

// toJSON is a list or table as JSON text; a text must hold one.
func toJSON(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		s := strings.TrimSpace(v)
		if s == "" || s[0] != '[' && s[0] != '{' || !json.Valid([]byte(s)) {
			return nil, errConvert
		}
		return []byte(s), nil
	case map[string]any, []any:
		return []byte(textOf(v)), nil
	}
	return nil, errConvert
}

// autoCast gives a text the type it looks like (direct reads without a type).
func autoCast(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	switch strings.ToLower(s) {
	case "true":
		return true
	case "false":
		return false
	}
	if n, err := toInt(s); err == nil {
		return n
	}
	if f, err := toFloat(s); err == nil {
		return f
	}
	if raw, err := toJSON(s); err == nil {
		var out any
		if json.Unmarshal(raw, &out) == nil {
			return out
		}
	}
	return s
}
