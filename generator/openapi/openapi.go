// Package openapi reads an OpenAPI document (3.0, 3.1, Swagger 2.0; JSON or
// YAML) into an [ir.Connector].
//
// Flow: bytes → tree (ordered, located) → repair and prune while walking the
// selected operations → [ir.Connector] → infer.Apply. Real documents are rarely
// correct: what can be mended is mended with a warning, an operation that cannot
// be read costs that operation, a schema that cannot be read becomes any.
//
//	c, diags, err := openapi.Read("openapi.yaml", data, nil)
package openapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// Options say what to read and how much. The zero value reads every GET and POST.
type Options struct {
	// Select tells which operations are wanted; only these, and what they reach,
	// are read. Nil wants every GET and POST.
	Select func(method, path string) bool
	// Limits bound a file; MaxRefs a chain of references (64).
	Limits  *tree.Limits
	MaxRefs int
	// Lookup returns a file that a reference names, by its path below the
	// document's folder; nil refuses such references.
	Lookup func(path string) ([]byte, error)
	// Fetch returns what a URL in a reference names; nil refuses such references.
	Fetch func(url string) ([]byte, error)
	// Verify gives what was read to a typed loader as well, for a second opinion.
	// It costs several times the reading.
	Verify bool
}

// Read reads a document. The list holds what was repaired and what was lost, in
// document order. The error is a [*diag.Error] of class 3: the document is no
// tree, has no version key, or nothing in it can be selected.
func Read(file string, data []byte, opt *Options) (*ir.Connector, *diag.List, error) {
	_, c, diags, err := read(file, data, opt)
	return c, diags, err
}

func read(file string, data []byte, opt *Options) (*reader, *ir.Connector, *diag.List, error) {
	if opt == nil {
		opt = &Options{}
	}
	diags := &diag.List{}
	root, err := tree.Parse(file, data, opt.Limits, diags)
	if err != nil {
		return nil, nil, diags, err
	}
	r := newReader(root, opt, diags)
	if err := r.version(); err != nil {
		return nil, nil, diags, err
	}
	c, err := r.connector()
	diags.Sort()
	if err != nil {
		return nil, nil, diags, err
	}
	sum := sha256.Sum256(data)
	c.Spec = ir.Spec{File: file, SHA256: hex.EncodeToString(sum[:]), Version: r.versionText, Bytes: len(data)}
	if opt.Verify {
		r.verify(context.Background(), c)
	}
	return r, c, diags, nil
}

func (r *reader) connector() (*ir.Connector, error) {
	info := r.mapping(r.root.Get("info"), "info")
	c := &ir.Connector{
		Title:       strings.TrimSpace(info.Get("title").Text()),
		Description: info.Get("description").Str(),
		Extensions:  extensions(r.root, info),
	}
	c.Name = snake(c.Title)
	if r.swagger {
		r.upgradeRoot()
	}
	c.Servers = r.servers(r.root)
	c.Schemes = r.securitySchemes()
	c.Auth = r.security(r.root.Get("security"))
	var err error
	if c.Operations, err = r.operations(); err != nil {
		return nil, err
	}
	r.finishTypes()
	c.Types = r.namedTypes()
	return c, nil
}

// snake makes a package name candidate out of a title.
func snake(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
	words = slices.DeleteFunc(words, func(w string) bool { return w == "api" || w == "rest" })
	return strings.Join(words, "_")
}

// extensions collects the x- keys of nodes; the first node that has one wins.
func extensions(nodes ...*tree.Node) map[string]any {
	var out map[string]any
	for _, n := range nodes {
		for key, v := range n.Each {
			if !strings.HasPrefix(key, "x-") {
				continue
			}
			if out == nil {
				out = map[string]any{}
			}
			if _, ok := out[key]; !ok {
				out[key] = v.Value()
			}
		}
	}
	return out
}
