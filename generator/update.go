package generator

import (
	"context"
	"path"
	"slices"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/merge"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// UpdateConfig says which connector to bring up to date.
type UpdateConfig struct {
	// Dir is the folder the command runs in, "" the working folder.
	Dir string
	// Name of the connector, its folder or its connector.yaml.
	Name string
	// Spec is the new description, a file or URL; "" detects anew in the pinned one.
	Spec string
	// DryRun plans and writes nothing.
	DryRun bool
}

// mergeOptions are G22's for a connector.yaml.
func mergeOptions() merge.Options {
	return merge.Options{
		Keyed:   merge.Lists{"resources": "operation"},
		Missing: "missing",
		Fresh: func(_ string, n *merge.Node) {
			n.Set("selected", &merge.Node{Kind: connectoryaml.Bool, Text: "false"})
		},
		User: []string{"version", "name", "package", "destinations"},
	}
}

// Update reads a new description, merges what it detects into connector.yaml
// without losing an edit, pins the description and generates.
func Update(ctx context.Context, cfg UpdateConfig) (*Result, error) {
	res := &Result{Diagnostics: &diag.List{}}
	p, err := openProject(cfg.Dir)
	if err != nil {
		return res, err
	}
	res.Root = p.out.root
	dirs, err := p.find(cfg.Dir, []string{cfg.Name})
	if err != nil {
		return res, err
	}
	t, err := p.read(dirs[0])
	if err != nil {
		return res, err
	}
	in, err := p.updateInput(ctx, cfg, t)
	if err != nil {
		return res, err
	}
	if err := p.merge(t, in, res); err != nil {
		return res, err
	}
	if err := p.build(ctx, dirs, res); err != nil {
		return res, err
	}
	if err := p.planIndex(""); err != nil {
		return res, err
	}
	res.Written, res.Removed = p.out.paths()
	if cfg.DryRun {
		return res, nil
	}
	return res, p.out.commit()
}

// updateInput is the new description, or the pinned one.
func (p *project) updateInput(ctx context.Context, cfg UpdateConfig, t *target) (*input, error) {
	spec, dir := cfg.Spec, cfg.Dir
	if spec == "" {
		spec, dir = t.input(), p.out.root
	}
	in, err := readInput(ctx, dir, spec)
	if err != nil {
		return nil, err
	}
	if cfg.Spec == "" || path.Ext(in.name) == path.Ext(t.file.Input.OpenAPI) {
		in.name = t.file.Input.OpenAPI
	}
	if in.origin == "" && cfg.Spec == "" {
		in.origin = t.file.Input.Origin
	}
	return in, nil
}

// merge detects, merges with the file and the lock, and plans specs/NAME.
func (p *project) merge(t *target, in *input, res *Result) error {
	base, prior, err := p.lock(t, res)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range []*connectoryaml.File{prior, t.file} {
		if f == nil {
			continue
		}
		for _, r := range f.Resources {
			names[r.Operation] = r.Name
		}
	}
	c, err := in.detect(&infer.Options{Names: names, Auth: askedAuth(prior)}, res.Diagnostics)
	if err != nil {
		return err
	}
	c.Name = t.file.Name
	if prior == nil {
		prior = t.file
	}
	detected := FromIR(c, prior)
	detected.Input.Origin = in.origin
	lock := connectoryaml.Encode(detected)
	merged, notes := merge.Three(base, t.node, lock, mergeOptions())
	for _, n := range notes {
		if n.Path != "input.sha256" && n.Path != "left_out" {
			res.Notes = append(res.Notes, n.String())
		}
	}
	connectoryaml.Canonical(merged)
	if t.file.Input.OpenAPI != in.name {
		if err := p.out.remove(t.input()); err != nil {
			return err
		}
	}
	return p.planSpecs(t.dir, in, merged, lock)
}

// askedAuth is what init was told about a description without a word on
// credentials (G42): such a scheme has the name of its kind.
func askedAuth(prior *connectoryaml.File) ir.AuthKind {
	if prior == nil || len(prior.Client.Auth) != 1 {
		return ""
	}
	if a := prior.Client.Auth[0]; a.ID == a.Type && slices.Contains(authKinds(), a.Type) {
		return ir.AuthKind(a.Type)
	}
	return ""
}

// lock reads what was detected last time, nil if it is not known.
func (p *project) lock(t *target, res *Result) (*connectoryaml.Node, *connectoryaml.File, error) {
	name := t.path(lockFile)
	data, err := p.out.read(name)
	if err != nil {
		return nil, nil, err
	}
	if data == nil {
		res.Diagnostics.Warnf(codeNoLock, diag.Pos{File: name}, "is not there: all of %s counts as edited", configFile)
		return nil, nil, nil
	}
	f, node, err := connectoryaml.Read(data)
	if err != nil {
		return nil, nil, yamlError(name, err)
	}
	return node, f, nil
}
