package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// Names of the files of a connector's folder.
const (
	configFile   = "connector.yaml"
	lockFile     = "connector.lock.yaml"
	schemaFile   = ".dltgen/connector.schema.json"
	manifestName = ".dltgen/manifest.json"
	specsDir     = "specs"
	indexFile    = "generated/generate.go"
)

// namePattern is what a connector may be called: its name is a Go package, a
// table prefix and a folder.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// A project is the folder of a go.mod with its connectors.
type project struct {
	// verify has a second, typed loader read what is generated from (G10).
	verify bool
	out    *output
	module string // module path
}

func openProject(dir string) (*project, error) {
	root, err := projectRoot(dir)
	if err != nil {
		return nil, err
	}
	p := &project{out: newOutput(root)}
	p.module, err = modulePath(p.out)
	return p, err
}

// A target is one connector of a project.
type target struct {
	dir  string // its folder, slash-separated, relative to the root
	file *connectoryaml.File
	node *connectoryaml.Node
}

func (t *target) path(name string) string { return path.Join(t.dir, name) }

// input is the pinned description.
func (t *target) input() string { return t.path(t.file.Input.OpenAPI) }

// find resolves what a user names: a connector, its folder or its file. Nothing
// named is every connector below specs/.
func (p *project) find(dir string, args []string) ([]string, error) {
	if len(args) == 0 {
		all, err := p.all()
		if err == nil && len(all) == 0 {
			err = diag.Errorf(diag.ClassUsage, codeNoConnector, diag.Pos{}, "there is no connector below %s/", specsDir).
				WithHint("Make one: dltgen init NAME --spec FILE")
		}
		return all, err
	}
	var out []string
	for _, arg := range args {
		found, err := p.findOne(dir, arg)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out, nil
}

func (p *project) findOne(dir, arg string) (string, error) {
	tries := []string{}
	if namePattern.MatchString(arg) {
		tries = append(tries, p.out.abs(path.Join(specsDir, arg)))
	}
	abs := arg
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(dir, arg)
	}
	if filepath.Base(abs) == configFile {
		abs = filepath.Dir(abs)
	}
	for _, try := range append(tries, abs) {
		if _, err := os.Stat(filepath.Join(try, configFile)); err != nil {
			continue
		}
		try, err := filepath.Abs(try)
		if err != nil {
			return "", err
		}
		rel, err := filepath.Rel(p.out.root, try)
		if err != nil || !filepath.IsLocal(rel) {
			return "", diag.Errorf(diag.ClassUsage, codeNoConnector, diag.Pos{File: arg}, "is outside of the project %s", p.out.root)
		}
		return filepath.ToSlash(rel), nil
	}
	all, err := p.all()
	if err != nil {
		return "", err
	}
	e := diag.Errorf(diag.ClassUsage, codeNoConnector, diag.Pos{}, "there is no connector %s", arg)
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = path.Base(d)
	}
	switch near := connectoryaml.Nearest(arg, names); {
	case near != "":
		e.WithHint("Did you mean %s?", near)
	case len(names) > 0:
		e.WithHint("There is %s", strings.Join(names, ", "))
	default:
		e.WithHint("Make one: dltgen init %s --spec FILE", path.Base(arg))
	}
	return "", e
}

// all are the folders below specs/ with a connector.yaml, sorted.
func (p *project) all() ([]string, error) {
	entries, err := os.ReadDir(p.out.abs(specsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		dir := path.Join(specsDir, e.Name())
		if _, err := os.Stat(p.out.abs(path.Join(dir, configFile))); err == nil {
			out = append(out, dir)
		}
	}
	return out, nil
}

// read reads a connector.yaml; its problems are an error of class 3.
func (p *project) read(dir string) (*target, error) {
	t := &target{dir: dir}
	name := t.path(configFile)
	data, err := p.out.read(name)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, diag.Errorf(diag.ClassUnreadable, codeNoFile, diag.Pos{File: name}, "is not there")
	}
	t.file, t.node, err = connectoryaml.Read(data)
	if err != nil {
		return nil, yamlError(name, err)
	}
	switch {
	case t.file.Input.OpenAPI == "":
		return nil, diag.Errorf(diag.ClassUnreadable, codeConfig, diag.Pos{File: name}, "input.openapi is missing")
	case !filepath.IsLocal(filepath.FromSlash(t.file.Input.OpenAPI)):
		return nil, diag.Errorf(diag.ClassUnreadable, codeConfig, diag.Pos{File: name}, "input.openapi %q is not in the connector's folder", t.file.Input.OpenAPI)
	}
	if t.file.Package.Path == "" {
		t.file.Package.Path = path.Join("generated", t.file.Name)
	}
	if !filepath.IsLocal(filepath.FromSlash(t.file.Package.Path)) {
		return nil, diag.Errorf(diag.ClassUnreadable, codeConfig, diag.Pos{File: name}, "package.path %q leads out of the project", t.file.Package.Path)
	}
	return t, nil
}

// yamlError turns the problems of a connector.yaml into diagnostics.
func yamlError(name string, err error) error {
	var problems connectoryaml.Problems
	if !errors.As(err, &problems) {
		return fmt.Errorf("read %s: %w", name, err)
	}
	e := &diag.Error{Class: diag.ClassUnreadable}
	for _, p := range problems {
		message := p.Message
		if p.Path != "" {
			message = p.Path + ": " + message
		}
		e.Diagnostics = append(e.Diagnostics, diag.Diagnostic{
			Severity: diag.SeverityError, Code: codeConfig, Message: message, Hint: p.Hint,
			Pos: diag.Pos{File: name, Line: p.Pos.Line, Col: p.Pos.Col},
		})
	}
	return e
}

// planIndex writes generated/generate.go, one line for each connector.
func (p *project) planIndex(extra string) error {
	all, err := p.all()
	if err != nil {
		return err
	}
	if extra != "" && !slices.Contains(all, extra) {
		all = append(all, extra)
		slices.Sort(all)
	}
	if len(all) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("// " + header + " from " + specsDir + ". DO NOT EDIT.\n\n")
	b.WriteString("// Package generated is the index of the generated connectors: go generate makes them all.\npackage generated\n\n")
	for _, dir := range all {
		b.WriteString("//go:generate go tool dltgen generate ../" + dir + "\n")
	}
	present, err := p.out.disk(indexFile)
	if err != nil {
		return err
	}
	if present != nil && !hasHeader(present) {
		return nil // somebody's own
	}
	return p.out.put(indexFile, []byte(b.String()))
}
