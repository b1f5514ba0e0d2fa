package dlt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/record"
)

// A CheckResult is the answer of one resource to one request.
type CheckResult struct {
	Resource string `json:"resource"`
	Records  int64  `json:"records"`
	Skipped  bool   `json:"skipped,omitempty"` // the parent has no record to ask with
	Error    string `json:"error,omitempty"`
}

// Text is the result in words.
func (r CheckResult) Text() string {
	switch {
	case r.Error != "":
		return r.Error
	case r.Skipped:
		return "not asked: its parent has no record"
	}
	return "ok"
}

// Check asks each selected resource for its first page, and children with the
// first record of their parent's. It loads nothing and changes no state. The
// error joins those of the resources.
func (s *Source) Check(ctx context.Context, resources []string) ([]CheckResult, error) {
	sel, err := s.choose(resources)
	if err != nil {
		return nil, err
	}
	st := state.New("check")
	first := map[string]any{}
	var results []CheckResult
	var failed []error
	for _, r := range sel.extracted {
		name := r.ResourceName()
		in := &Input{Logger: slog.New(slog.DiscardHandler), State: &State{st: st, source: s.Name, resource: name}}
		res := CheckResult{Resource: name}
		if p := r.info().parent; p != nil {
			row := first[p.resource.ResourceName()]
			if row == nil {
				res.Skipped = true
				results = append(results, res)
				continue
			}
			in.parent = p.values(row)
		}
		n, row, err := r.check(ctx, in)
		res.Records, first[name] = n, row
		if err != nil {
			res.Error = err.Error()
			failed = append(failed, fmt.Errorf("resource %s: %w", name, err))
		}
		results = append(results, res)
	}
	return results, errors.Join(failed...)
}

// check reads the first page; first is a *T, nil if the page has no record.
func (r *Resource[T]) check(ctx context.Context, in *Input) (n int64, first any, err error) {
	if r.Pages != nil {
		for rows, err := range r.Pages(ctx, in) {
			if err != nil || len(rows) == 0 {
				return 0, nil, err
			}
			row := rows[0]
			return int64(len(rows)), &row, nil
		}
		return 0, nil, nil
	}
	for page, err := range r.Fetch(ctx, in) {
		if err != nil {
			return 0, nil, err
		}
		d := record.NewDecoder(page)
		for d.NextRecord() {
			v := new(T)
			r.Decode(v, d)
			if d.Err() == nil && first == nil {
				first = v
			}
			n++
		}
		return n, first, d.Err()
	}
	return 0, nil, nil
}

// check reads the first page; first is a *record.Value.
func (r *Records) check(ctx context.Context, in *Input) (int64, any, error) {
	if r.Fetch == nil {
		return 0, nil, nil // what is in memory needs no check
	}
	for page, err := range r.Fetch(ctx, in) {
		if err != nil {
			return 0, nil, err
		}
		recs, err := parsePage(page)
		if err != nil || len(recs) == 0 {
			return 0, nil, err
		}
		return int64(len(recs)), recs[0].Value, nil
	}
	return 0, nil, nil
}
