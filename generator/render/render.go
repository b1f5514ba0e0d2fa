// Package render writes a connector as a Go package.
//
// It is the last step of the generator's flow:
//
//	ir.Connector → rowtype.Build → render.Files → []render.File → disk
//
// Go whose shape follows the description is built with jennifer, one function
// per declaration; files of fixed shape are text in package templates. The
// same input gives the same bytes on any machine (G71 of
// docs/spec/80-generator.md): no dates, no versions, no absolute paths.
package render

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/naming"
)

// A File is one file of a generated package.
type File struct {
	Path string // relative to the package's folder, with slashes
	Data []byte
}

// Options say where the package will stand.
type Options struct {
	// Package is the Go package's name; "" makes it of the connector's name.
	Package string
	// ImportPath is the package's import path, for cmd/NAME/main.go; "" is
	// generated/PACKAGE in the module of dltgen.
	ImportPath string
	// Input is the file named in the first line of each generated file:
	// specs/github/connector.yaml.
	Input string
	// Destinations are the drivers that main.go imports; nil is DefaultDestinations.
	Destinations []string
}

// DefaultDestinations are the drivers of a connector that asks for none: those of
// G20 that this module has.
var DefaultDestinations = []string{"duckdb"}

// Codes of the diagnostics of this package (G82).
const (
	codeParam  = "DG601" // a parameter without a value
	codeConfig = "DG602" // an expression that names an unknown key
	codeAuth   = "DG603" // credentials that cannot be generated
	codePager  = "DG604" // a pager that cannot be generated
	codeEmpty  = "DG605" // nothing selected
)

const (
	module  = "github.com/dltgen/dltgen"
	runtime = module + "/runtime/"
)

// reserved are the package-level names that every connector has, and the names
// under which its files import packages.
var reserved = []string{
	"Config", "Connector", "Hook", "Hooks", "New", "Source", "hooks", "schemaYAML",
	"batch", "cmp", "context", "dlt", "embed", "iter", "record", "regexp", "rest", "schema", "slices", "strconv", "time", "utf8", "value",
}

// Files renders the connector. The files come in a fixed order; the list has
// what the reader of the report should know, errors included, and the error is
// for what cannot be rendered at all.
func Files(c *ir.Connector, opt Options) ([]File, *diag.List, error) {
	p, err := newPackage(c, opt)
	if err != nil {
		return nil, nil, err
	}
	if len(p.set.Resources) == 0 {
		p.diags.Errorf(codeEmpty, diag.Pos{File: c.Spec.File}, "connector %s: no resource is selected", c.Name).
			WithHint("Set selected: true on a resource of connector.yaml.")
	}
	if p.diags.HasErrors() {
		return nil, p.diags, p.diags.Err(diag.ClassFindings)
	}
	steps := []func() error{p.connector, p.resources, p.types, p.schemaFile, p.command, p.readme, p.report}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, p.diags, err
		}
	}
	if p.diags.HasErrors() {
		return nil, p.diags, p.diags.Err(diag.ClassFindings)
	}
	return p.files, p.diags, nil
}

// A pkg is the package being rendered.
type pkg struct {
	c     *ir.Connector
	opt   Options
	name  string
	set   *rowtype.Set
	conv  naming.Convention
	diags *diag.List
	files []File

	config   []*configField
	patterns []*pattern
	stems    map[*rowtype.Resource]string // file name without _gen.go
	helpers  map[*rowtype.Resource]*names
	keep     map[*rowtype.Struct]bool
	uses     map[*rowtype.Struct]int    // as a flattened part
	rowFunc  map[*rowtype.Struct]string // append functions
	atFunc   map[*rowtype.Struct]string
}

// names are the package-level names of one resource.
type names struct{ table, nested, fetch, bind string }

func newPackage(c *ir.Connector, opt Options) (*pkg, error) {
	conv, err := naming.New(naming.Default, 0)
	if err != nil {
		return nil, err
	}
	p := &pkg{c: c, opt: opt, conv: conv, name: opt.Package}
	if p.name == "" {
		p.name = goident.Package(c.Name)
	}
	if p.opt.ImportPath == "" {
		p.opt.ImportPath = path.Join(module, "generated", p.name)
	}
	if p.opt.Destinations == nil {
		p.opt.Destinations = DefaultDestinations
	}
	p.set, p.diags = rowtype.Build(c, &rowtype.Options{Naming: conv, Reserved: reserved})
	p.config = configFields(c)
	p.stems = map[*rowtype.Resource]string{}
	p.helpers = map[*rowtype.Resource]*names{}
	p.keep = map[*rowtype.Struct]bool{}
	p.rowFunc, p.atFunc = map[*rowtype.Struct]string{}, map[*rowtype.Struct]string{}
	p.uses = flattened(p.set)
	stems := goident.NewScope("connector", "types")
	for _, r := range p.set.Resources {
		stem := goident.File(r.IR.Name)
		p.stems[r] = stems.Declare(stem, stem+"_resource")
		low := goident.Unexported(r.IR.Name)
		p.helpers[r] = &names{
			table:  p.set.Scope.Declare(low + "Table"),
			nested: p.set.Scope.Declare(low + "Nested"),
			fetch:  "fetch" + r.Name, // a method
			bind:   p.set.Scope.Declare("bind" + r.Name),
		}
	}
	return p, nil
}

// add takes a finished file.
func (p *pkg) add(name string, data []byte) {
	p.files = append(p.files, File{Path: name, Data: data})
}

// addGo formats Go source and takes it.
func (p *pkg) addGo(name string, src []byte) error {
	out, err := format.Source(src)
	if err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	p.add(name, out)
	return nil
}

// header is the first line of a generated file, without comment signs (G69).
func (p *pkg) header() string {
	input := p.opt.Input
	if input == "" {
		input = p.c.Spec.File
	}
	return fmt.Sprintf("Code generated by dltgen from %s. DO NOT EDIT.", oneLine(input))
}

// lines counts the lines of all Go files, for the budget of G70.
func lines(files []File) int {
	n := 0
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".go") {
			n += bytes.Count(f.Data, []byte("\n"))
		}
	}
	return n
}
