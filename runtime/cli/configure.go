package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/rest"
)

// resolver looks configuration up in the environment and the project's files.
func (a *app) resolver() *config.Resolver {
	if a.config == nil {
		project := os.Getenv("DLT_PROJECT_DIR")
		if project == "" {
			project = "."
		}
		a.config = &config.Resolver{ProjectDir: project, Folder: os.Getenv("DLT_CONFIG_FOLDER"), GlobalDir: dlt.DataDir(), Pipeline: a.pipelineName()}
	}
	return a.config
}

func (a *app) pipelineName() string {
	if a.pipeline != "" {
		return a.pipeline
	}
	return a.defaultPipeline
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

// openPipeline is the pipeline that the flags and the configuration describe.
func (a *app) openPipeline() (*dlt.Pipeline, error) {
	p := &dlt.Pipeline{Name: a.pipelineName(), Destination: a.to, Dataset: a.dataset}
	if p.Name == "" {
		return nil, a.whichPipeline()
	}
	if err := a.configure(p); err != nil {
		return nil, &usageError{err}
	}
	log, err := a.logger(a.io.Err)
	p.Logger = log
	return p, err
}

// configure fills what the flags leave open from the configuration (F14, P1 to P5).
func (a *app) configure(p *dlt.Pipeline) error {
	r := a.resolver()
	if p.Dataset == "" {
		v, _, err := r.Text(config.Pipeline(p.Name), "dataset_name")
		if err != nil {
			return err
		}
		p.Dataset = v
	}
	dir, err := a.pipelinesDir(p.Name)
	if err != nil {
		return err
	}
	p.Dir = dir
	v, ok, err := r.Bool(config.Pipeline(p.Name), "restore_from_destination")
	if err != nil {
		return err
	}
	p.NoRestore = ok && !v
	if err := configureLoad(p, r); err != nil {
		return err
	}
	return a.locate(p, r)
}

// configureLoad fills the settings of the load section (L14).
func configureLoad(p *dlt.Pipeline, r *config.Resolver) error {
	section := []string{"load"}
	retries, ok, err := r.Int(section, "raise_on_max_retries")
	if err != nil {
		return err
	}
	if ok {
		if p.Load.MaxRetries = int(retries); retries == 0 {
			p.Load.MaxRetries = -1 // without end
		}
	}
	raise, ok, err := r.Bool(section, "raise_on_failed_jobs")
	if err != nil {
		return err
	}
	p.Load.KeepGoing = ok && !raise
	if p.Load.AutoAbort, _, err = r.Bool(section, "auto_abort_on_terminal_error"); err != nil {
		return err
	}
	p.Load.DeleteCompletedJobs, _, err = r.Bool(section, "delete_completed_jobs")
	return err
}

// pipelinesDir is the folder of all working folders, "" for the usual one.
func (a *app) pipelinesDir(pipeline string) (string, error) {
	dir, ok, err := a.resolver().Text(config.Pipeline(pipeline), "pipelines_dir")
	if err != nil || !ok || dir == "" {
		return "", err
	}
	return filepath.Abs(dir)
}

// context carries what every HTTP client of the run shares: the log and the
// [runtime] settings (45-rest §1).
func (a *app) context(ctx context.Context, log *slog.Logger) (context.Context, error) {
	r, d := a.resolver(), rest.Defaults{Logger: log}
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

// logLevels are the names of dlt; what is worse than an error is one.
var logLevels = map[string]slog.Level{
	"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARNING": slog.LevelWarn, "WARN": slog.LevelWarn,
	"ERROR": slog.LevelError, "CRITICAL": slog.LevelError,
}

// logger writes what happens: as much as -v or runtime.log_level says.
func (a *app) logger(w interface{ Write([]byte) (int, error) }) (*slog.Logger, error) {
	r := a.resolver()
	level := slog.LevelWarn
	name, ok, err := r.Text(nil, "runtime.log_level")
	if err != nil {
		return nil, &usageError{err}
	}
	if ok {
		if level, ok = logLevels[strings.ToUpper(name)]; !ok {
			return nil, &usageError{fmt.Errorf("runtime.log_level %q: want DEBUG, INFO, WARNING or ERROR", name)}
		}
	}
	switch {
	case a.verbose >= 2:
		level = slog.LevelDebug
	case a.verbose == 1:
		level = min(level, slog.LevelInfo)
	}
	format, _, err := r.Text(nil, "runtime.log_format")
	if err != nil {
		return nil, &usageError{err}
	}
	if strings.EqualFold(format, "json") {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})), nil
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: dropTime})), nil
}

// dropTime leaves out the time of log lines: a terminal's reader knows it, and
// a supervisor adds its own.
func dropTime(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attr
}
