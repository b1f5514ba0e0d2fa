package extract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/compute"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// An ArrowRow is one row of a batch. The batch stays alive with it.
type ArrowRow struct {
	Batch arrow.RecordBatch
	Row   int
}

// NewArrowTracker is a tracker over batches, for cursors that are plain columns (I35).
func NewArrowTracker(rule Rule, state *CursorState, keys []string, scalar bool) (*Tracker[ArrowRow], error) {
	if f, err := ParseField(rule.Path); err != nil || !f.plain {
		return nil, &SettingError{rule.Resource, rule.Path, "Arrow data needs the name of a column as its cursor"}
	}
	return NewTracker(rule, state, func(r ArrowRow) (string, error) {
		v, err := r.value(keys)
		if err != nil {
			return "", err
		}
		h, err := Hash(v, keys, scalar)
		if missing, ok := errors.AsType[*KeyMissingError](err); ok {
			missing.Resource = rule.Resource
		}
		return h, err
	})
}

// FilterBatch returns the rows of a batch that are new, the batch itself if all are.
func FilterBatch(ctx context.Context, t *Tracker[ArrowRow], b arrow.RecordBatch) (arrow.RecordBatch, error) {
	at := b.Schema().FieldIndices(t.rule.Path)
	mask := array.NewBooleanBuilder(memory.DefaultAllocator)
	defer mask.Release()
	kept := 0
	for i := range int(b.NumRows()) {
		var c Cursor
		null := false
		if len(at) > 0 {
			v, err := arrowValue(b.Column(at[0]), i)
			if err != nil {
				return nil, fmt.Errorf("resource %s: cursor %q: %w", t.rule.Resource, t.rule.Path, err)
			}
			if c, null, err = CursorOf(&v); err != nil {
				return nil, fmt.Errorf("resource %s: cursor %q: %w", t.rule.Resource, t.rule.Path, err)
			}
		}
		keep, err := t.Row(c, null, ArrowRow{b, i})
		if err != nil {
			return nil, err
		}
		mask.Append(keep)
		if keep {
			kept++
		}
	}
	if kept > 0 {
		b.Retain() // rows at the boundary are hashed when the run ends
	}
	if int64(kept) == b.NumRows() {
		return b, nil
	}
	keep := mask.NewArray()
	defer keep.Release()
	return compute.FilterRecordBatch(ctx, b, keep, compute.DefaultFilterOptions())
}

// value is the row's keys, or all its columns without keys, as a record.
func (r ArrowRow) value(keys []string) (*record.Value, error) {
	v := record.ObjectValue()
	for c, f := range r.Batch.Schema().Fields() {
		wanted := len(keys) == 0
		for _, k := range keys {
			wanted = wanted || k == f.Name
		}
		if !wanted {
			continue
		}
		x, err := arrowValue(r.Batch.Column(c), r.Row)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		v.Set(f.Name, x)
	}
	return &v, nil
}

// arrowValue is one value of a column (I37).
func arrowValue(a arrow.Array, i int) (record.Value, error) {
	if a.IsNull(i) {
		return record.NullValue(), nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return record.BoolValue(a.Value(i)), nil
	case *array.Int8:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Int16:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Int32:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Int64:
		return record.IntValue(a.Value(i)), nil
	case *array.Uint8:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Uint16:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Uint32:
		return record.IntValue(int64(a.Value(i))), nil
	case *array.Uint64:
		return record.BigValue(value.BigFromUint(a.Value(i))), nil
	case *array.Float32:
		return record.DoubleValue(float64(a.Value(i))), nil
	case *array.Float64:
		return record.DoubleValue(a.Value(i)), nil
	case *array.String:
		return record.TextValue(a.Value(i)), nil
	case *array.LargeString:
		return record.TextValue(a.Value(i)), nil
	case *array.Binary:
		return record.BinaryValue(a.Value(i)), nil
	case *array.Date32:
		return record.DateValue(value.Date(a.Value(i))), nil
	case *array.Date64:
		return record.DateValue(value.DateOf(a.Value(i).ToTime())), nil
	case *array.Timestamp:
		typ := a.DataType().(*arrow.TimestampType)
		at := a.Value(i).ToTime(typ.Unit).Truncate(time.Microsecond)
		ts := value.TimestampOf(at)
		ts.Naive = typ.TimeZone == ""
		return record.TimestampValue(ts), nil
	case *array.Decimal128, *array.Decimal256:
		d, err := value.ParseDecimal(a.ValueStr(i))
		return record.DecimalValue(d), err
	case *array.Dictionary:
		return arrowValue(a.Dictionary(), a.GetValueIndex(i))
	}
	return record.Value{}, fmt.Errorf("a %s cannot be a cursor or a key", a.DataType())
}
