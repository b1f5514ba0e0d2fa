package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/rest"
	"github.com/dltgen/dltgen/runtime/schema"
)

func packageFormat(s string) loadpackage.Format { return loadpackage.Format(s) }

// plainSource is a source of one resource under the pipeline's name, as a bare
// run of dlt makes it (P2).
func plainSource(pipeline string, r *dlt.Records) (*dlt.Source, error) {
	conv, err := naming.New(schema.DefaultNaming, schema.MaxNameLength)
	if err != nil {
		return nil, err
	}
	name := conv.Identifier(pipeline)
	return &dlt.Source{Name: name, Plain: true, Resources: []dlt.AnyResource{r}}, nil
}

// resolver looks configuration up in the environment and the project's files.
func (a *app) resolver() *config.Resolver {
	project := os.Getenv("DLT_PROJECT_DIR")
	if project == "" {
		project = "."
	}
	return &config.Resolver{ProjectDir: project, Folder: os.Getenv("DLT_CONFIG_FOLDER"), GlobalDir: dlt.DataDir(), Pipeline: a.pipeline}
}

// source fills the connector's config and makes its source.
func (a *app) source() (*dlt.Source, error) {
	cfg := a.connector.Config()
	if err := a.resolver().Fill(cfg, config.Source(a.connector.Name, a.connector.Name)); err != nil {
		return nil, err
	}
	src, err := a.connector.Source(cfg)
	if err != nil {
		return nil, &usageError{fmt.Errorf("configuration of %s: %w", a.connector.Name, err)}
	}
	return src, nil
}

// configure fills what the flags leave open from the configuration (F14, P1 to P5).
func (a *app) configure(p *dlt.Pipeline) error {
	r := a.resolver()
	sections := config.Pipeline(p.Name)
	for _, x := range []struct {
		key string
		to  *string
	}{{"dataset_name", &p.Dataset}, {"pipelines_dir", &p.Dir}, {"destination", &p.Destination}} {
		if *x.to != "" {
			continue
		}
		if v, ok, err := r.Text(sections, x.key); err != nil {
			return err
		} else if ok {
			*x.to = v
		}
	}
	if p.Dir != "" {
		var err error
		if p.Dir, err = filepath.Abs(p.Dir); err != nil {
			return err
		}
	}
	if v, ok, err := r.Bool(sections, "restore_from_destination"); err != nil {
		return err
	} else if ok {
		p.NoRestore = !v
	}
	return nil
}

// context carries what every HTTP client of the run shares: the log and the
// [runtime] settings (45-rest §1).
func (a *app) context(ctx context.Context) (context.Context, error) {
	r, d := a.resolver(), rest.Defaults{Logger: a.logger()}
	for _, x := range []struct {
		key string
		set func(v float64)
	}{
		{"request_timeout", func(v float64) { d.Timeout = time.Duration(v * float64(time.Second)) }},
		{"request_max_attempts", func(v float64) { d.MaxAttempts = int(v) }},
		{"request_backoff_factor", func(v float64) { d.Factor = v }},
		{"request_max_retry_delay", func(v float64) { d.MaxDelay = time.Duration(v * float64(time.Second)) }},
		{"http_max_error_body_length", func(v float64) { d.MaxErrorBody = int(v) }},
	} {
		v, ok, err := r.Float(nil, "runtime."+x.key)
		if err != nil {
			return nil, &usageError{err}
		}
		if ok {
			x.set(v)
		}
	}
	show, _, err := r.Bool(nil, "runtime.http_show_error_body")
	if err != nil {
		return nil, &usageError{err}
	}
	d.ShowErrorBody = show
	return rest.WithDefaults(ctx, d), nil
}
