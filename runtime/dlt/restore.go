package dlt

import (
	"context"
	"os"

	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/schema"
)

// restore brings the local state up to what the destination knows (P40 to P46),
// so that a pipeline goes on wherever it runs.
func (r *run) restore(ctx context.Context) error {
	if r.p.NoRestore {
		return nil
	}
	remote, err := load.Restore(ctx, r.ds, r.p.Name)
	if err != nil {
		return err
	}
	if remote == nil {
		return r.forgetIfGone(ctx)
	}
	r.ids.Follow(remote.LoadID)
	r.state.Local().Set("first_run", false)
	for _, name := range remote.Missing {
		r.log.Warn("the state names a schema that the destination does not have", "schema", name)
	}
	if r.known && (remote.State.Version() < r.state.Version() || remote.State.Hash() == r.state.Hash()) {
		return r.adoptSchemas(remote.Schemas, false)
	}
	if name := remote.State.Root().Text("dataset_name"); name != "" && name != r.ds.Name() {
		r.log.Warn("the stored state names another dataset; the current one is kept", "stored", name, "current", r.ds.Name())
	}
	r.replaceState(remote.State)
	r.state.MarkExtracted(r.now())
	if err := r.adoptSchemas(remote.Schemas, true); err != nil {
		return err
	}
	return r.dir.saveState(r.state)
}

// adoptSchemas keeps schemas of the destination here: all of them in place of
// what is here, or only those that are missing (P42, P43).
func (r *run) adoptSchemas(schemas []*schema.Schema, replace bool) error {
	if replace {
		if err := r.removeSchemas(); err != nil {
			return err
		}
	}
	for _, s := range schemas {
		if _, err := os.Stat(r.dir.schemaPath(s.Name)); err == nil {
			continue
		}
		if err := r.dir.saveSchema(s); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) removeSchemas() error {
	names, err := r.dir.schemaNames()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := r.dir.disk.Remove(r.dir.schemaPath(n)); err != nil {
			return err
		}
	}
	return nil
}

// forgetIfGone starts afresh when the pipeline has loaded before but its
// dataset is gone: keeping the cursors would leave the old rows out for ever (P46).
func (r *run) forgetIfGone(ctx context.Context) error {
	first, _ := r.state.Local().Get("first_run")
	if !r.known || first != false {
		return nil
	}
	have, err := r.ds.Tables(ctx, []string{schema.VersionTable})
	if err != nil || len(have) > 0 {
		return err
	}
	pending, err := r.dir.store.Pending()
	if err != nil || len(pending) > 0 {
		return err
	}
	r.log.Warn("the dataset is not at the destination: starting from nothing", "dataset", r.ds.Name(), "destination", r.ds.URL())
	if err := r.removeSchemas(); err != nil {
		return err
	}
	url := r.state.Local().Text("destination_url")
	r.state, r.known = newState(r.p.Name), false
	r.state.Local().Set("destination_url", url)
	return r.dir.saveState(r.state)
}
