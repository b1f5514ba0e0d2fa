package load

import (
	"context"
	"fmt"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Remote is what a destination remembers of a pipeline.
type Remote struct {
	State *state.State
	// LoadID is the load that brought the state.
	LoadID string
	// Schemas are the newest versions of the schemas that the state names.
	Schemas []*schema.Schema
	// Missing are schemas that the state names and the destination lacks.
	Missing []string
}

// Restore reads a pipeline's newest committed state and its schemas, nil if the
// destination has none (P40, P42).
func Restore(ctx context.Context, ds *destination.Dataset, pipeline string) (*Remote, error) {
	row, err := ds.State(ctx, pipeline)
	if err != nil {
		return nil, fmt.Errorf("restore state of %q: %w", pipeline, err)
	}
	if row == nil {
		return nil, nil
	}
	r := &Remote{LoadID: row.LoadID}
	if r.State, err = state.DecodeBlob(row.State); err != nil {
		return nil, fmt.Errorf("restore state of %q: %w", pipeline, err)
	}
	if name := r.State.PipelineName(); name != pipeline {
		return nil, fmt.Errorf("restore state of %q: the stored document is that of pipeline %q", pipeline, name)
	}
	v, _ := r.State.Root().Get("schema_names")
	list, _ := v.([]any)
	var names []string
	for _, e := range list {
		if name, ok := e.(string); ok {
			names = append(names, name)
		}
	}
	r.Schemas, r.Missing, err = Schemas(ctx, ds, names)
	return r, err
}

// Schemas reads the newest stored versions of schemas, and says which are missing.
func Schemas(ctx context.Context, ds *destination.Dataset, names []string) (found []*schema.Schema, missing []string, err error) {
	for _, name := range names {
		stored, err := ds.Schema(ctx, name)
		if err != nil {
			return nil, nil, fmt.Errorf("restore schema %q: %w", name, err)
		}
		if stored == nil {
			missing = append(missing, name)
			continue
		}
		s, err := schema.ReadStored(stored.Text)
		if err != nil {
			return nil, nil, fmt.Errorf("restore schema %q: %w", name, err)
		}
		found = append(found, s)
	}
	return found, missing, nil
}

// RemoteWins reports whether the remote state replaces the local one: it is not older
// and not the same (P41).
func RemoteWins(local, remote *state.State) bool {
	if local == nil {
		return true
	}
	return remote.Version() >= local.Version() && remote.Hash() != local.Hash()
}
