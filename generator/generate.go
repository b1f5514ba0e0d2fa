package generator

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi"
	"github.com/dltgen/dltgen/generator/render"
	"github.com/dltgen/dltgen/generator/report"
)

// Config says what to generate. The zero value is every connector of the
// project around the working folder.
type Config struct {
	verify bool // see project

	// Dir is the folder the command runs in, "" the working folder.
	Dir string
	// Paths name connectors: by name, folder or connector.yaml.
	Paths []string
	// MinCoverage is the share of lists that must be selected with strong
	// decisions for Check to pass, 0 to 1 (G85).
	MinCoverage float64
}

// Result is what a command did, or with Check would do.
type Result struct {
	// Root is the project's folder; paths below are relative to it.
	Root             string
	Written, Removed []string
	// Unchanged counts the generated files that were right already.
	Unchanged int
	// Diagnostics are the messages of all inputs, Reports one for each connector.
	Diagnostics *diag.List
	Reports     []*report.Report
	// Todo is a command that the user still has to run, "" if none.
	Todo string
	// Notes are lines of an update on what it kept and changed.
	Notes []string
}

// Generate makes the Go packages of connectors. On an error nothing is written.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	p, res, err := build(ctx, cfg)
	if err != nil {
		return res, err
	}
	if err := p.out.commit(); err != nil {
		return res, err
	}
	return res, nil
}

// Check is Generate without writing: stale output is an error of class 1.
func Check(ctx context.Context, cfg Config) (*Result, error) {
	cfg.verify = true
	_, res, err := build(ctx, cfg)
	if err != nil {
		return res, err
	}
	for _, f := range res.Written {
		res.Diagnostics.Errorf(codeStale, diag.Pos{File: f}, "is stale").WithHint("Run: dltgen generate").WithGroup(f)
	}
	for _, f := range res.Removed {
		res.Diagnostics.Errorf(codeStale, diag.Pos{File: f}, "is no longer generated").WithHint("Run: dltgen generate").WithGroup(f)
	}
	for _, r := range res.Reports {
		if r.Coverage < cfg.MinCoverage {
			res.Diagnostics.Errorf(codeCoverage, diag.Pos{File: r.Input}, "%s: coverage is %.0f %%, less than %.0f %%", r.Name, r.Coverage*100, cfg.MinCoverage*100)
		}
	}
	return res, res.Diagnostics.Err(diag.ClassFindings)
}

// build reads, renders and plans; nothing is written.
func build(ctx context.Context, cfg Config) (*project, *Result, error) {
	res := &Result{Diagnostics: &diag.List{}}
	p, err := openProject(cfg.Dir)
	if err != nil {
		return nil, res, err
	}
	p.verify = cfg.verify
	res.Root = p.out.root
	dirs, err := p.find(cfg.Dir, cfg.Paths)
	if err != nil {
		return nil, res, err
	}
	if err := p.build(ctx, dirs, res); err != nil {
		return nil, res, err
	}
	if err := p.planIndex(""); err != nil {
		return nil, res, err
	}
	res.Written, res.Removed = p.out.paths()
	return p, res, nil
}

// A built connector is rendered and not yet planned.
type built struct {
	target *target
	files  []render.File
	list   *diag.List
	report *report.Report
}

// build renders the connectors side by side and plans their files one after
// the other.
func (p *project) build(ctx context.Context, dirs []string, res *Result) error {
	all := make([]built, len(dirs))
	errs := make([]error, len(dirs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			errs[i] = p.render(dir, &all[i])
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var first error
	for i := range all {
		res.Diagnostics.Append(all[i].list)
		if errs[i] != nil {
			if first == nil {
				first = errs[i]
			}
			continue
		}
		if first != nil {
			continue
		}
		if err := p.plan(&all[i], res); err != nil {
			return err
		}
	}
	return first
}

// render makes the files of one connector. It reads and does not write.
func (p *project) render(dir string, b *built) error {
	b.list = &diag.List{}
	t, err := p.read(dir)
	if err != nil {
		return err
	}
	b.target = t
	if len(needed(t.file)) == 0 {
		b.list.Warnf(codeNothingSelected, diag.Pos{File: t.path(configFile)}, "no resource is selected, so nothing is generated").
			WithHint("Set selected: true on a resource")
		b.report = report.New(outline(t))
		return nil
	}
	c, err := p.load(t, b.list)
	if err != nil {
		return err
	}
	list := Overlay(c, t.file, t.path(configFile))
	b.list.Append(list)
	if err := list.Err(diag.ClassUnreadable); err != nil {
		return err
	}
	files, list, err := render.Files(c, p.renderOptions(t))
	b.list.Append(list)
	if err != nil {
		return err
	}
	for i := range files {
		files[i].Path = path.Join(t.file.Package.Path, files[i].Path)
	}
	b.files = files
	b.report = report.New(c)
	b.report.Among(present(t.file))
	b.report.Note(b.list)
	return nil
}

// present counts the resources that the input has.
func present(f *yamlFile) int {
	n := 0
	for i := range f.Resources {
		if !f.Resources[i].Missing {
			n++
		}
	}
	return n
}

// load reads the pinned description as far as the connector needs it.
func (p *project) load(t *target, list *diag.List) (*ir.Connector, error) {
	data, err := p.out.read(t.input())
	if err != nil {
		return nil, err
	}
	at := diag.Pos{File: t.input()}
	if data == nil {
		return nil, diag.Errorf(diag.ClassUnreadable, codeNoFile, at, "is not there").
			WithHint("Pin the description again: dltgen update %s --spec FILE", t.file.Name)
	}
	if want := t.file.Input.Sha256; want != "" && want != hash(data) {
		list.Warnf(codeInputChanged, at, "was changed since it was pinned").
			WithHint("Take the change over: dltgen update %s", t.file.Name)
	}
	wanted := map[string]bool{}
	need := needed(t.file)
	for i := range t.file.Resources {
		if r := &t.file.Resources[i]; need[r.Name] {
			wanted[r.Operation] = true
		}
	}
	opt := &openapi.Options{
		Select: func(method, path string) bool { return wanted[method+" "+path] },
		Lookup: lookupBelow(p.out.abs(t.dir), nil),
		Verify: p.verify,
	}
	c, found, err := openapi.Read(t.input(), data, opt)
	if err != nil || len(c.Operations) < len(wanted) {
		// Something is asked for that is not there: the message names what is near.
		if all, more, again := openapi.Read(t.input(), data, &openapi.Options{Lookup: opt.Lookup}); again == nil {
			c, found, err = all, more, nil
		}
	}
	list.Append(found)
	return c, err
}

// lookupBelow reads files that references name, none outside of dir. pinned
// collects what was read.
func lookupBelow(dir string, pinned map[string][]byte) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("%s is not below the description's folder", name)
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err == nil && pinned != nil {
			pinned[path.Clean(name)] = data
		}
		return data, err
	}
}

func (p *project) renderOptions(t *target) render.Options {
	return render.Options{
		Package:      t.file.Package.Name,
		ImportPath:   path.Join(p.module, t.file.Package.Path),
		Input:        t.path(configFile),
		Destinations: t.file.Destinations, // nil is render's default
	}
}

// plan puts the connector's files into the output.
func (p *project) plan(b *built, res *Result) error {
	before := len(p.out.changes)
	config, err := p.out.read(b.target.path(configFile))
	if err != nil {
		return err
	}
	now := &manifest{Version: 1, Generator: Version(), Input: b.target.file.Input.Sha256, Config: hash(config)}
	list, err := planFiles(p.out, b.files, b.target.path(manifestName), now)
	res.Diagnostics.Append(list)
	if err != nil {
		return err
	}
	if err := list.Err(diag.ClassFindings); err != nil {
		return err
	}
	touched := p.out.changes[before:]
	res.Unchanged += len(b.files) - len(slices.DeleteFunc(slices.Clone(touched), func(c change) bool {
		return !slices.ContainsFunc(b.files, func(f render.File) bool { return f.Path == c.path })
	}))
	res.Reports = append(res.Reports, b.report)
	return nil
}
