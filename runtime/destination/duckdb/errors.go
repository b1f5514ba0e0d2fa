package duckdb

import (
	"context"
	"errors"
	"regexp"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/dltgen/dltgen/runtime/destination/driver"
)

// classify marks what DuckDB answered as terminal or not (D3).
func classify(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*driver.Error](err); ok {
		return err
	}
	e := &driver.Error{Reason: driver.ReasonOther, Err: err}
	var native *duckdb.Error
	if !errors.As(err, &native) {
		return e
	}
	switch native.Type {
	case duckdb.ErrorTypeCatalog:
		e.Terminal = true
		if !strings.Contains(native.Msg, "already exists") {
			e.Reason = driver.ReasonUndefined
		}
	case duckdb.ErrorTypeConstraint:
		e.Terminal = true
		e.Reason, e.Column = constraint(native.Msg)
	case duckdb.ErrorTypeConversion, duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeMismatchType:
		e.Terminal, e.Reason = true, driver.ReasonConversion
	case duckdb.ErrorTypeBinder, duckdb.ErrorTypeNotImplemented:
		e.Terminal = true
	case duckdb.ErrorTypeIO:
		if strings.Contains(native.Msg, "No files found") || strings.Contains(native.Msg, "Path does not exist") {
			e.Terminal, e.Reason = true, driver.ReasonUndefined
		}
	default: // may be gone when the work is repeated
	}
	return e
}

var (
	notNullFailed = regexp.MustCompile(`NOT NULL constraint failed: (?:.*\.)?([^.\s]+)`)
	duplicateKey  = regexp.MustCompile(`(?i)duplicate key|unique constraint|primary key constraint`)
)

func constraint(msg string) (driver.Reason, string) {
	if m := notNullFailed.FindStringSubmatch(msg); m != nil {
		return driver.ReasonNotNull, m[1]
	}
	if strings.Contains(msg, "NOT NULL") {
		return driver.ReasonNotNull, ""
	}
	if duplicateKey.MatchString(msg) {
		return driver.ReasonUnique, ""
	}
	return driver.ReasonOther, ""
}
