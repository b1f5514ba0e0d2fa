package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// typedValue makes typed JSON forms ({"$ts": …}) values of their type, in place
// of objects with that one key, at every depth.
func typedValue(v *record.Value) (record.Value, error) {
	switch v.Kind() {
	case record.KindList:
		out := record.ListValue()
		for i := range v.Len() {
			x, err := typedValue(v.Index(i))
			if err != nil {
				return out, err
			}
			out.Append(x)
		}
		return out, nil
	case record.KindObject:
		if v.Len() == 1 && strings.HasPrefix(v.Key(0), "$") && v.Index(0).Kind() == record.KindText {
			if x, known, err := typedLeaf(v.Key(0), v.Index(0).Text()); known {
				return x, err
			}
		}
		out := record.ObjectValue()
		for i := range v.Len() {
			x, err := typedValue(v.Index(i))
			if err != nil {
				return out, err
			}
			out.Set(v.Key(i), x)
		}
		return out, nil
	default:
		return *v, nil
	}
}

func typedLeaf(key, text string) (v record.Value, known bool, err error) {
	switch key {
	case "$ts":
		t, err := value.ParseTimestamp(text)
		return record.TimestampValue(t), true, err
	case "$date":
		d, err := value.ParseDate(text)
		return record.DateValue(d), true, err
	case "$time":
		t, err := value.ParseTimeOfDay(text)
		return record.TimeValue(t), true, err
	case "$decimal":
		d, err := value.ParseDecimal(text)
		return record.DecimalValue(d), true, err
	case "$wei":
		d, err := value.ParseDecimal(text)
		return record.WeiValue(d), true, err
	case "$bytes":
		b, err := base64.StdEncoding.DecodeString(text)
		return record.BinaryValue(b), true, err
	case "$hex":
		b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
		return record.HexValue(b), true, err
	case "$uuid":
		return record.TextValue(text), true, nil
	case "$float":
		f, err := strconv.ParseFloat(text, 64)
		return record.DoubleValue(f), true, err
	}
	return v, false, nil
}

// yamlValue is a value of case.yaml, typed forms and all.
func yamlValue(v any) (record.Value, error) {
	plain, err := plainValue(v)
	if err != nil {
		return plain, err
	}
	return typedValue(&plain)
}

func plainValue(v any) (record.Value, error) {
	switch v := v.(type) {
	case nil:
		return record.NullValue(), nil
	case bool:
		return record.BoolValue(v), nil
	case string:
		return record.TextValue(v), nil
	case int:
		return record.IntValue(int64(v)), nil
	case int64:
		return record.IntValue(v), nil
	case uint64:
		if v <= math.MaxInt64 {
			return record.IntValue(int64(v)), nil
		}
		return record.BigValue(value.BigFromUint(v)), nil
	case float64:
		return record.DoubleValue(v), nil
	case []any:
		out := record.ListValue()
		for _, x := range v {
			e, err := plainValue(x)
			if err != nil {
				return out, err
			}
			out.Append(e)
		}
		return out, nil
	case yaml.MapSlice:
		out := record.ObjectValue()
		for _, item := range v {
			e, err := plainValue(item.Value)
			if err != nil {
				return out, err
			}
			out.Set(fmt.Sprint(item.Key), e)
		}
		return out, nil
	}
	return record.Value{}, fmt.Errorf("%T in case.yaml", v)
}

// readItems reads the data items of a resource; its file is JSON lines, as items are.
func readItems(dir string, r *ResourceCase) ([]record.Value, error) {
	var in io.Reader = strings.NewReader(r.Items)
	if r.File != "" {
		f, err := os.Open(filepath.Join(dir, r.File))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
		if strings.HasSuffix(r.File, ".gz") {
			z, err := gzip.NewReader(f)
			if err != nil {
				return nil, err
			}
			in = z
		}
	}
	var items []record.Value
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, 64<<20)
	for scan.Scan() {
		line := strings.TrimSpace(scan.Text())
		if line == "" {
			continue
		}
		v, err := record.Parse([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("item %.60s: %w", line, err)
		}
		t, err := typedValue(v)
		if err != nil {
			return nil, fmt.Errorf("item %.60s: %w", line, err)
		}
		items = append(items, t)
	}
	return items, scan.Err()
}
