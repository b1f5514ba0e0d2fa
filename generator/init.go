package generator

import (
	"bytes"
	"context"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi"
	"github.com/dltgen/dltgen/generator/report"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// InitConfig says which connector to make.
type InitConfig struct {
	// Dir is the folder the command runs in, "" the working folder.
	Dir string
	// Name of the connector: lower-case letters, digits and underscores.
	Name string
	// Spec is the description: a file, or an http(s) URL.
	Spec string
	// All selects every resource instead of those that need nothing (G31).
	All bool
	// Auth is the kind of credentials for a description that declares none.
	Auth string
	// Select asks the user which resources to extract; nil takes the defaults.
	Select func([]Choice) ([]string, error)
}

// A Choice is a resource that a user may select.
type Choice struct {
	Name, Path string
	Selected   bool
	Reason     string
}

// Init reads a description and makes the connector of it: specs/NAME with the
// pinned copy, connector.yaml and its lock, go.mod, and the generated package.
func Init(ctx context.Context, cfg InitConfig) (*Result, error) {
	res := &Result{Diagnostics: &diag.List{}}
	p, err := openProject(cfg.Dir)
	if err != nil {
		return res, err
	}
	res.Root = p.out.root
	if err := p.checkNew(cfg); err != nil {
		return res, err
	}
	in, err := readInput(ctx, cfg.Dir, cfg.Spec)
	if err != nil {
		return res, err
	}
	c, err := in.detect(&infer.Options{All: cfg.All, Auth: ir.AuthKind(cfg.Auth)}, res.Diagnostics)
	if err != nil {
		return res, err
	}
	c.Name = cfg.Name
	if err := choose(c, cfg.Select); err != nil {
		return res, err
	}
	detected := FromIR(c, nil)
	detected.Input.Origin = in.origin
	dir := path.Join(specsDir, cfg.Name)
	if err := p.planSpecs(dir, in, connectoryaml.Encode(detected), connectoryaml.Encode(detected)); err != nil {
		return res, err
	}
	if res.Todo, err = planModule(p.out); err != nil {
		return res, err
	}
	p.module, _ = modulePath(p.out) // planned just now, so it is there
	if err := p.planIndex(dir); err != nil {
		return res, err
	}
	failed := p.buildFirst(ctx, c, dir, res)
	res.Written, res.Removed = p.out.paths()
	if err := p.out.commit(); err != nil {
		return res, err
	}
	return res, failed
}

// buildFirst generates a new connector. A failure here is not one of the whole
// command: without connector.yaml on disk nobody could mend it.
func (p *project) buildFirst(ctx context.Context, c *ir.Connector, dir string, res *Result) error {
	detected := report.New(c)
	detected.Note(res.Diagnostics)
	mark := len(p.out.changes)
	own := &Result{Diagnostics: &diag.List{}}
	err := p.build(ctx, []string{dir}, own)
	res.Diagnostics.Append(own.Diagnostics)
	if len(own.Reports) == 1 {
		// What the package needs is known once the selected resources are built.
		detected.Needs, detected.Loose = own.Reports[0].Needs, own.Reports[0].Loose
	}
	res.Reports = append(res.Reports, detected)
	if err != nil {
		p.out.truncate(mark)
	}
	return err
}

func (p *project) checkNew(cfg InitConfig) error {
	if !namePattern.MatchString(cfg.Name) || goident.Package(cfg.Name) != cfg.Name {
		e := diag.Errorf(diag.ClassUsage, codeName, diag.Pos{}, "%q cannot be a connector's name", cfg.Name)
		e.WithHint("A name is lower-case letters, digits and underscores, starts with a letter and is no word of Go or its library")
		if better := strings.ReplaceAll(strings.ToLower(cfg.Name), "-", "_"); better != cfg.Name && namePattern.MatchString(better) {
			e.WithHint("Try %s", better)
		}
		return e
	}
	present, err := p.out.disk(path.Join(specsDir, cfg.Name, configFile))
	if err != nil {
		return err
	}
	if present != nil {
		return diag.Errorf(diag.ClassUsage, codeExists, diag.Pos{File: path.Join(specsDir, cfg.Name)}, "connector %s exists", cfg.Name).
			WithHint("To take a new description over: dltgen update %s --spec %s", cfg.Name, cfg.Spec)
	}
	if cfg.Auth != "" && !slices.Contains(authKinds(), cfg.Auth) {
		return diag.Errorf(diag.ClassUsage, codeAuthWord, diag.Pos{}, "--auth %s is not known", cfg.Auth).
			WithHint("One of: %s", strings.Join(authKinds(), ", "))
	}
	return nil
}

// authKinds are the words of --auth (G40).
func authKinds() []string {
	return []string{
		string(ir.AuthBearer), string(ir.AuthAPIKey), string(ir.AuthBasic), string(ir.AuthClientCredentials),
		string(ir.AuthRefreshToken), string(ir.AuthPassword), string(ir.AuthCode), string(ir.AuthImplicit),
	}
}

// choose lets the user pick resources.
func choose(c *ir.Connector, pick func([]Choice) ([]string, error)) error {
	if pick == nil {
		return nil
	}
	choices := make([]Choice, len(c.Resources))
	for i, r := range c.Resources {
		choices[i] = Choice{Name: r.Name, Path: r.Operation.Path, Selected: r.Selected.Value}
		if !r.Selected.Value && len(r.Selected.Why.Evidence) > 0 {
			choices[i].Reason = r.Selected.Why.Evidence[0]
		}
	}
	names, err := pick(choices)
	if err != nil {
		return err
	}
	for _, r := range c.Resources {
		r.Selected.Value = slices.Contains(names, r.Name)
	}
	return nil
}

// An input is a description with the files that it refers to.
type input struct {
	shown  string // as the user named it
	name   string // of the pinned copy
	origin string // where it was fetched, "" for a file
	data   []byte
	dir    string            // of the file, "" for a URL
	more   map[string][]byte // files it refers to
}

// pinnedName is openapi.json or openapi.yaml, by content.
func pinnedName(data []byte) string {
	if t := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n"); len(t) > 0 && t[0] == '{' {
		return "openapi.json"
	}
	return "openapi.yaml"
}

// detect reads the description and decides what its operations mean.
func (in *input) detect(opt *infer.Options, list *diag.List) (*ir.Connector, error) {
	in.more = map[string][]byte{}
	read := &openapi.Options{}
	if in.dir != "" {
		read.Lookup = lookupBelow(in.dir, in.more)
	}
	c, found, err := openapi.Read(in.shown, in.data, read)
	list.Append(found)
	if err != nil {
		return nil, err
	}
	decided := infer.Apply(c, opt)
	list.Append(decided)
	if err := decided.Err(diag.ClassUnreadable); err != nil {
		return nil, err
	}
	c.Spec.SHA256 = hash(in.data)
	c.Spec.File = in.name
	return c, nil
}

// lockComment heads the lock: it is not for people.
const lockComment = "# Written by dltgen: what it detected last time. dltgen update compares with it; edit connector.yaml instead."

// planSpecs plans the files of specs/NAME.
func (p *project) planSpecs(dir string, in *input, file, lock *connectoryaml.Node) error {
	lock.Head = []string{lockComment}
	files := map[string][]byte{
		in.name:    in.data,
		configFile: connectoryaml.Print(file),
		lockFile:   connectoryaml.Print(lock),
		schemaFile: connectoryaml.JSONSchema(),
	}
	maps.Copy(files, in.more)
	for _, name := range sortedKeys(files) {
		if err := p.out.put(path.Join(dir, filepath.ToSlash(name)), files[name]); err != nil {
			return err
		}
	}
	return nil
}
