//go:build !duckdb_arrow

package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
)

var jobFormats = []loadpackage.Format{loadpackage.Parquet}

type loader func(context.Context, *tx, driver.Target, loadpackage.Job) (int64, error)

var loaders = map[loadpackage.Format]loader{loadpackage.Parquet: loadParquet}

// queryRows is the number of rows of a batch that Query makes.
const queryRows = 4096

// Query builds Arrow batches from rows, since this build lacks DuckDB's own.
func (d *dataset) Query(ctx context.Context, query string, args ...any) (array.RecordReader, error) {
	rows, err := d.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, classify(err)
	}
	fields := make([]arrow.Field, len(types))
	for i, t := range types {
		fields[i] = arrow.Field{Name: t.Name(), Type: arrowType(t), Nullable: true}
	}
	sch := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, sch)
	defer b.Release()
	var batches []arrow.RecordBatch
	n := 0
	for rows.Next() {
		if err := appendRow(b, rows, len(types)); err != nil {
			return nil, err
		}
		if n++; n%queryRows == 0 {
			batches = append(batches, b.NewRecordBatch())
		}
	}
	if err := rows.Err(); err != nil {
		return nil, classify(err)
	}
	return array.NewRecordReader(sch, append(batches, b.NewRecordBatch()))
}

func appendRow(b *array.RecordBuilder, rows *sql.Rows, columns int) error {
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	for i, v := range values {
		appendValue(b.Field(i), v)
	}
	return nil
}

func arrowType(t *sql.ColumnType) arrow.DataType {
	switch name := t.DatabaseTypeName(); {
	case name == "BOOLEAN":
		return arrow.FixedWidthTypes.Boolean
	case name == "TINYINT", name == "SMALLINT", name == "INTEGER", name == "BIGINT", name == "UTINYINT", name == "USMALLINT", name == "UINTEGER":
		return arrow.PrimitiveTypes.Int64
	case name == "DOUBLE", name == "FLOAT":
		return arrow.PrimitiveTypes.Float64
	case name == "DATE":
		return arrow.FixedWidthTypes.Date32
	case name == "TIME":
		return arrow.FixedWidthTypes.Time64us
	case name == "BLOB":
		return arrow.BinaryTypes.Binary
	case name == "TIMESTAMPTZ":
		return arrow.FixedWidthTypes.Timestamp_us
	case name == "TIMESTAMP_NS":
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case strings.HasPrefix(name, "TIMESTAMP"):
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case strings.HasPrefix(name, "DECIMAL("):
		var p, s int32
		if _, err := fmt.Sscanf(name, "DECIMAL(%d,%d)", &p, &s); err == nil {
			return &arrow.Decimal128Type{Precision: p, Scale: s}
		}
	case name == "HUGEINT":
		return &arrow.Decimal128Type{Precision: 38}
	}
	return arrow.BinaryTypes.String
}

func appendValue(b array.Builder, v any) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(toInt(v))
	case *array.Float64Builder:
		if f, ok := v.(float32); ok {
			v = float64(f)
		}
		f, _ := v.(float64)
		b.Append(f)
	case *array.BooleanBuilder:
		x, _ := v.(bool)
		b.Append(x)
	case *array.BinaryBuilder:
		x, _ := v.([]byte)
		b.Append(x)
	case *array.Date32Builder:
		x, _ := v.(time.Time)
		b.Append(arrow.Date32FromTime(x))
	case *array.Time64Builder:
		x, _ := v.(time.Time)
		h, m, s := x.Clock()
		b.Append(arrow.Time64(int64(h*3600+m*60+s)*1e6 + int64(x.Nanosecond()/1000)))
	case *array.TimestampBuilder:
		x, _ := v.(time.Time)
		if ts, err := arrow.TimestampFromTime(x, b.Type().(*arrow.TimestampType).Unit); err == nil {
			b.Append(ts)
			return
		}
		b.AppendNull()
	case *array.Decimal128Builder:
		appendDecimal(b, v)
	case *array.StringBuilder:
		b.Append(fmt.Sprint(v))
	}
}

func appendDecimal(b *array.Decimal128Builder, v any) {
	switch v := v.(type) {
	case duckdb.Decimal:
		b.Append(decimal128.FromBigInt(v.Value))
	case *big.Int:
		b.Append(decimal128.FromBigInt(v))
	default:
		b.AppendNull()
	}
}

func toInt(v any) int64 {
	switch v := v.(type) {
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case int64:
		return v
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	}
	return 0
}
