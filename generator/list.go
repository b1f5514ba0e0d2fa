package generator

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/report"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// List reports on connectors as they are in their connector.yaml; the
// descriptions are not read.
func List(_ context.Context, cfg Config) (*Result, error) {
	res := &Result{Diagnostics: &diag.List{}}
	p, err := openProject(cfg.Dir)
	if err != nil {
		return res, err
	}
	res.Root = p.out.root
	dirs, err := p.find(cfg.Dir, cfg.Paths)
	if err != nil {
		return res, err
	}
	for _, dir := range dirs {
		t, err := p.read(dir)
		if err != nil {
			return res, err
		}
		res.Reports = append(res.Reports, report.New(outline(t)))
	}
	return res, nil
}

// outline is the connector as far as connector.yaml alone tells.
func outline(t *target) *ir.Connector {
	c := &ir.Connector{Name: t.file.Name, Spec: ir.Spec{File: t.input()}, BaseURL: decided(t.file.Client.BaseURL)}
	o := &overlay{c: c, f: t.file, file: t.path(configFile), list: &diag.List{}}
	c.Auth = o.auth(t.file.Client.Auth)
	need := needed(t.file)
	for i := range t.file.Resources {
		y := &t.file.Resources[i]
		if need[y.Name] {
			o.auth(y.Auth)
			for _, p := range y.Params {
				o.use(p.Value, "resource "+y.Name, o.pos(y.At))
			}
		}
		method, p, _ := strings.Cut(y.Operation, " ")
		r := &ir.Resource{
			Name: y.Name, Operation: &ir.Operation{Method: method, Path: p}, Missing: y.Missing,
			Selected: decided(isSelected(y)), Selector: decided(y.Selector), PrimaryKey: decided(y.PrimaryKey),
			Paginate: decided(o.paginator(y, false)),
		}
		if y.PrimaryKey == nil {
			r.PrimaryKey.Value = t.file.Defaults.PrimaryKey
		}
		if y.Incremental != nil {
			d := decided(ir.Incremental(*y.Incremental))
			r.Incremental = &d
		}
		if y.Parent != nil {
			d := decided(ir.Parent{Resource: y.Parent.Resource})
			r.Parent = &d
		}
		c.Resources = append(c.Resources, r)
	}
	o.config()
	for _, l := range t.file.LeftOut {
		c.LeftOut = append(c.LeftOut, ir.LeftOut{Operation: l.Operation, Reason: l.Reason})
	}
	return c
}

// Explain tells how a resource, or one field of it, came to be what it is: the
// decisions with their evidence, and where connector.yaml differs from them.
// what is RESOURCE or RESOURCE.FIELD.
func Explain(ctx context.Context, dir, name, what string) ([]string, error) {
	p, err := openProject(dir)
	if err != nil {
		return nil, err
	}
	dirs, err := p.find(dir, []string{name})
	if err != nil {
		return nil, err
	}
	t, err := p.read(dirs[0])
	if err != nil {
		return nil, err
	}
	in, err := readInput(ctx, p.out.root, t.input())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, r := range t.file.Resources {
		names[r.Operation] = r.Name
	}
	c, err := in.detect(&infer.Options{Names: names}, &diag.List{})
	if err != nil {
		return nil, err
	}
	resource, field, _ := strings.Cut(what, ".")
	lines := infer.Explain(c, resource, field)
	if len(lines) == 0 {
		return nil, unknownResource(c, t, resource, field)
	}
	return append(lines, edits(t, p, resource)...), nil
}

func unknownResource(c *ir.Connector, t *target, resource, field string) error {
	e := diag.Errorf(diag.ClassUsage, codeNoResource, diag.Pos{}, "connector %s has no resource %s", t.file.Name, resource)
	var known []string
	for _, r := range c.Resources {
		known = append(known, r.Name)
		if r.Name == resource {
			return noField(r, field)
		}
	}
	if near := connectoryaml.Nearest(resource, known); near != "" {
		e.WithHint("Did you mean %s?", near)
	} else {
		e.WithHint("See: dltgen list %s", t.file.Name)
	}
	return e
}

// noField names the fields there are; of a path, those where it goes astray.
func noField(r *ir.Resource, field string) error {
	e := diag.Errorf(diag.ClassUsage, codeNoResource, diag.Pos{}, "resource %s has no field %s", r.Name, field)
	var names []string
	if r.Item != nil {
		for _, p := range r.Item.Props {
			names = append(names, p.Name)
		}
	}
	if near := connectoryaml.Nearest(field, names); near != "" {
		return e.WithHint("Did you mean %s?", near)
	}
	return e.WithHint("It has %s", firstNames(names))
}

// edits tells where connector.yaml differs from what was detected.
func edits(t *target, p *project, resource string) []string {
	data, err := p.out.read(t.path(lockFile))
	if err != nil || data == nil {
		return nil
	}
	lock, err := connectoryaml.Parse(data)
	if err != nil {
		return nil
	}
	mine, base := findResource(t.node, resource), findResource(lock, resource)
	if mine == nil || base == nil {
		return nil
	}
	var out []string
	for _, e := range mine.Entries {
		if was := base.Get(e.Key); !connectoryaml.Equal(was, e.Value) {
			out = append(out, fmt.Sprintf("%s:%d: %s is set by hand", path.Join(t.dir, configFile), e.Pos.Line, e.Key))
		}
	}
	for _, e := range base.Entries {
		if mine.Get(e.Key) == nil {
			out = append(out, fmt.Sprintf("%s:%d: %s was removed by hand", path.Join(t.dir, configFile), mine.Pos.Line, e.Key))
		}
	}
	return out
}

func findResource(root *connectoryaml.Node, name string) *connectoryaml.Node {
	list := root.Get("resources")
	if list == nil {
		return nil
	}
	for _, r := range list.Items {
		if n := r.Get("name"); n != nil && n.Text == name {
			return r
		}
	}
	return nil
}

// Format brings connector.yaml files into canonical form. With check it writes
// nothing: a file that differs is an error of class 1.
func Format(cfg Config, check bool) (*Result, error) {
	res := &Result{Diagnostics: &diag.List{}}
	p, err := openProject(cfg.Dir)
	if err != nil {
		return res, err
	}
	res.Root = p.out.root
	dirs, err := p.find(cfg.Dir, cfg.Paths)
	if err != nil {
		return res, err
	}
	for _, dir := range dirs {
		name := path.Join(dir, configFile)
		data, err := p.out.read(name)
		if err != nil {
			return res, err
		}
		formatted, err := connectoryaml.Format(data)
		if err != nil {
			return res, yamlError(name, err)
		}
		if err := p.out.put(name, formatted); err != nil {
			return res, err
		}
	}
	res.Written, _ = p.out.paths()
	if check {
		for _, f := range res.Written {
			res.Diagnostics.Errorf(codeNotCanonical, diag.Pos{File: f}, "is not in canonical form").WithHint("Run: dltgen fmt")
		}
		return res, res.Diagnostics.Err(diag.ClassFindings)
	}
	return res, p.out.commit()
}

// JSONSchema is the JSON Schema of connector.yaml.
func JSONSchema() []byte { return connectoryaml.JSONSchema() }
