package conformance

import (
	"errors"
	"slices"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/internal/normalize"
	"github.com/dltgen/dltgen/runtime/schema"
)

// describe is an error of ours under the reference's names (section 2.2).
func describe(err error) map[string]any {
	out := map[string]any{"step": "config", "kind": "?"}
	if step, ok := errors.AsType[*dlt.StepError](err); ok {
		out["step"] = step.Step
	}
	set := func(kind string, pairs ...any) map[string]any {
		out["kind"] = kind
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(string)] = pairs[i+1]
		}
		return out
	}
	for _, d := range []func(error, func(string, ...any) map[string]any) bool{
		describeContract, describeNormalize, describeCursor, describeLoad, describeConfig,
	} {
		if d(err, set) {
			break
		}
	}
	return out
}

type setter = func(kind string, pairs ...any) map[string]any

func describeContract(err error, set setter) bool {
	var v *contract.ViolationError
	if !errors.As(err, &v) {
		return false
	}
	var column any
	if v.Column != "" {
		column = v.Column
	}
	set("DataValidationError", "table", v.Table, "column", column, "entity", string(v.Entity), "mode", string(v.Mode))
	return true
}

func describeNormalize(err error, set setter) bool {
	var (
		coerce  *normalize.CoercionError
		null    *normalize.NullError
		unbound *normalize.UnboundColumnError
		typ     *schema.TypeError
	)
	switch {
	case errors.As(err, &coerce):
		set("CannotCoerceColumnException", "table", coerce.Table, "column", coerce.Column, "from_type", string(coerce.From), "to_type", string(coerce.To))
	case errors.As(err, &typ):
		set("CannotCoerceColumnException", "table", typ.Table, "column", typ.Column, "from_type", string(typ.From), "to_type", string(typ.To))
	case errors.As(err, &null):
		set("CannotCoerceNullException", "table", null.Table, "column", null.Column)
	case errors.As(err, &unbound):
		cols := slices.Sorted(slices.Values(unbound.Columns))
		list := make([]any, len(cols))
		for i := range cols {
			list[i] = cols[i]
		}
		set("UnboundColumnException", "table", unbound.Table, "columns", list)
	default:
		return false
	}
	return true
}

func describeCursor(err error, set setter) bool {
	var (
		missing *extract.CursorMissingError
		compare *extract.CompareError
		key     *extract.KeyMissingError
		setting *extract.SettingError
	)
	switch {
	case errors.As(err, &missing) && missing.Null:
		set("IncrementalCursorPathHasValueNone", "resource", missing.Resource, "cursor_path", missing.Path)
	case errors.As(err, &missing):
		set("IncrementalCursorPathMissing", "resource", missing.Resource, "cursor_path", missing.Path)
	case errors.As(err, &compare):
		set("IncrementalCursorInvalidCoercion", "resource", compare.Resource, "cursor_path", compare.Path)
	case errors.As(err, &key):
		set("IncrementalPrimaryKeyMissing", "resource", key.Resource, "column", key.Column)
	case errors.As(err, &setting):
		set("ConfigurationValueError")
	default:
		return false
	}
	return true
}

func describeLoad(err error, set setter) bool {
	var (
		verify   *load.VerifyError
		migrate  *driver.MigrateError
		job      *load.JobError
		chain    *load.ChainError
		tooLarge *batch.RangeError
	)
	switch {
	case errors.As(err, &tooLarge):
		set("LoadJobFailed", "table", tooLarge.Table, "reason", "conversion")
	case errors.As(err, &verify) && verify.Kind == load.Collision:
		set("SchemaIdentifierNormalizationCollision", "table", verify.Table, "identifier_type", verify.Identifier)
	case errors.As(err, &verify):
		set("SchemaCorruptedException")
	case errors.As(err, &migrate):
		reason, column := driver.ReasonOf(err)
		m := set("SchemaUpdateTerminalError", "reason", string(reason))
		if column != "" {
			m["column"] = column
		}
	case errors.As(err, &job):
		m := set("LoadJobFailed", "table", job.Job.Table, "reason", string(job.Reason))
		if job.Column != "" {
			m["column"] = job.Column
		}
	case errors.As(err, &chain):
		set("MergeJobFailed", "table", chain.Table)
	default:
		return false
	}
	return true
}

func describeConfig(err error, set setter) bool {
	var (
		merge  *schema.MergeError
		config *dlt.ConfigError
		word   *schema.WordError
	)
	switch {
	case errors.As(err, &merge):
		set("ParentTableNotFoundException", "table", merge.Table)
	case errors.As(err, &word):
		set("ValueErrorWithKnownValues")["step"] = "config"
	case errors.As(err, &config):
		set("ValueError")["step"] = "config"
	default:
		return false
	}
	return true
}

// diffError compares how a step ended with how it should.
func diffError(want map[string]any, err error) string {
	switch {
	case want == nil && err == nil:
		return ""
	case want == nil:
		return "should succeed, failed with: " + bound(err.Error())
	case err == nil:
		return "should fail with " + text(want)
	}
	if got := describe(err); text(got) != text(want) {
		return "error: want " + text(want) + ", got " + text(got) + ": " + bound(err.Error())
	}
	return ""
}
