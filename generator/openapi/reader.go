package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// The codes of this package's messages; 001 to 009 are the tree's.
const (
	codeNotOpenAPI  = "DG010" // no version key
	codeVersion     = "DG011" // a version that is not known
	codeNoPaths     = "DG012" // nothing to read
	codeNothingLeft = "DG013" // no operation could be read, or none is selected
	codeDangling    = "DG020" // a reference that leads nowhere
	codeOddRef      = "DG021" // a reference in a form that is not allowed, followed
	codeRefSibling  = "DG022" // keys beside $ref, kept
	codeRefChain    = "DG023" // references in a circle, or too many in a row
	codeRefRefused  = "DG024" // a reference outside of what may be read
	codeDropped     = "DG030" // a keyword of a wrong type
	codeNoType      = "DG031" // type inferred from other keywords
	codeTypeWord    = "DG032" // a type that does not exist, mapped
	codeBadSchema   = "DG033" // a schema that is none, any in its place
	codeIgnored     = "DG034" // not, if, then, else
	codeOperation   = "DG040" // an operation that cannot be read
	codeResponses   = "DG041" // no responses
	codePathParam   = "DG042" // path parameter undeclared, or declared in vain
	codeParameter   = "DG043" // a parameter that cannot be read
	codeSecurity    = "DG050" // a security scheme that is not declared
	codeContradicts = "DG201" // allOf members that exclude each other
	codeWideUnion   = "DG202" // too many variants or columns, json
	codeMixedUnion  = "DG203" // variants that share no shape, json
	codeTextUnion   = "DG204" // variants of several plain types, text
)

// A reader holds what is known while a document is read.
type reader struct {
	opt         *Options
	diags       *diag.List
	root        *tree.Node
	swagger     bool   // version 2.0
	modern      bool   // 3.1 and later: JSON Schema, siblings of $ref allowed
	versionText string // as written

	names    map[*tree.Node]string // component schemas
	files    map[string]*tree.Node // other files, nil if unreadable
	refs     map[refKey]*tree.Node
	upgraded map[*tree.Node]bool // 2.0 nodes already rewritten

	schemas    map[*tree.Node]*rawSchema
	types      map[*rawSchema]*ir.Type
	composites map[string]*ir.Type
	variants   []variant
	parts      map[partKey]*rawSchema
	expanded   map[*rawSchema]dnf
	cuts       int // circles met while expanding
	steps      int // schemas expanded
	queue      []func()
	made, ids  int // types and schemas so far

	schemes map[string][]*ir.AuthScheme
	sources map[any]*tree.Node // schemas of params, bodies and responses
}

func newReader(root *tree.Node, opt *Options, diags *diag.List) *reader {
	return &reader{
		opt: opt, diags: diags, root: root,
		names: map[*tree.Node]string{}, files: map[string]*tree.Node{}, refs: map[refKey]*tree.Node{},
		upgraded: map[*tree.Node]bool{},
		schemas:  map[*tree.Node]*rawSchema{}, types: map[*rawSchema]*ir.Type{}, composites: map[string]*ir.Type{},
		parts: map[partKey]*rawSchema{}, expanded: map[*rawSchema]dnf{}, sources: map[any]*tree.Node{},
	}
}

// version finds out what the document is.
func (r *reader) version() error {
	if !r.root.Is(tree.Map) {
		return r.notOpenAPI()
	}
	if v := r.root.Get("swagger"); v != nil {
		r.versionText = v.Text()
		if !strings.HasPrefix(r.versionText, "2") {
			return unreadable(codeVersion, v, "Swagger %s is not read", r.versionText).
				WithHint("Convert it to OpenAPI 3; versions 2.0, 3.0 and 3.1 are read.")
		}
		r.swagger = true
	} else {
		v := r.root.Get("openapi")
		if v == nil {
			return r.notOpenAPI()
		}
		r.versionText = v.Text()
		switch {
		case strings.HasPrefix(r.versionText, "3.0"), r.versionText == "3":
		case strings.HasPrefix(r.versionText, "3."):
			r.modern = true
		case strings.HasPrefix(r.versionText, "2"):
			r.diags.Warnf(codeVersion, v.Pos(), "version %s stands under \"openapi\"; read as Swagger 2.0", r.versionText)
			r.swagger = true
		default:
			return unreadable(codeVersion, v, "OpenAPI version %q is not known", r.versionText).
				WithHint("Versions 2.0, 3.0 and 3.1 are read.")
		}
	}
	schemas := r.root.Get("components").Get("schemas")
	if r.swagger {
		schemas = r.root.Get("definitions")
	}
	for name, n := range schemas.Each {
		r.names[n] = name
	}
	return nil
}

func unreadable(code string, at *tree.Node, format string, args ...any) *diag.Error {
	return diag.Errorf(diag.ClassUnreadable, code, at.Pos(), format, args...)
}

// lookalikes are documents that are mistaken for OpenAPI, told by a root key.
var lookalikes = []struct{ key, what, hint string }{
	{"asyncapi", "an AsyncAPI document", "It describes messages, not requests: look for the OpenAPI description of the same service."},
	{"swaggerVersion", "a Swagger 1.x document", "Convert it to OpenAPI 3."},
	{"openrpc", "an OpenRPC document", ""},
	{"arazzo", "an Arazzo document", "Use the OpenAPI description that it names."},
	{"overlay", "an overlay", "List it under input.overlays of connector.yaml."},
	{"smithy", "a Smithy model", "Convert it to OpenAPI 3."},
	{"discoveryVersion", "a Google discovery document", "Convert it to OpenAPI 3."},
	{"__schema", "a GraphQL introspection result", ""},
	{"engine_version", "a dlt schema", "Read it with: dltgen init NAME --from-schema FILE"},
	{"resources", "a connector.yaml or rest_api configuration", "Give the OpenAPI document with --spec."},
	{"apiVersion", "a Kubernetes manifest", ""},
	{"item", "a Postman collection", "Export it as OpenAPI 3."},
	{"log", "a HAR recording", "Read its answers as samples: dltgen init NAME --from-json FILE"},
	{"$schema", "a JSON Schema", ""},
	{"info", "an OpenAPI document without its version", "Add the line openapi: 3.0.3 at the top."},
}

func (r *reader) notOpenAPI() error {
	if !r.root.Is(tree.Map) {
		what := "a " + r.root.Kind().String()
		if r.root.Kind() == tree.Null {
			what = "empty"
		}
		return unreadable(codeNotOpenAPI, r.root, "no OpenAPI document: the file is %s", what).
			WithHint("The root must be a mapping with the key openapi or swagger.")
	}
	for _, l := range lookalikes {
		if r.root.Has(l.key) {
			return unreadable(codeNotOpenAPI, r.root, "no OpenAPI document: it looks like %s", l.what).WithHint("%s", l.hint)
		}
	}
	return unreadable(codeNotOpenAPI, r.root, "no OpenAPI document: neither openapi nor swagger is among its keys (%s)", r.sections()).
		WithHint("The root must be a mapping with the key openapi or swagger.")
}

// sections lists the root's keys for messages.
func (r *reader) sections() string {
	var keys []string
	for key := range r.root.Each {
		keys = append(keys, key)
	}
	if len(keys) > 12 {
		keys = append(keys[:12], "…")
	}
	return strings.Join(keys, ", ")
}

// warn reports a repair. Messages of one code are folded unless group says
// otherwise.
func (r *reader) warn(code string, at diag.Pos, format string, args ...any) {
	r.diags.Warnf(code, at, format, args...).WithGroup(code + format)
}

// dropped reports a keyword whose value is of a wrong type.
func (r *reader) dropped(n *tree.Node, want string) {
	r.warn(codeDropped, n.EntryPos(), "%s is a %s where %s is wanted; ignored", quoteName(n), n.Kind(), want)
}

func quoteName(n *tree.Node) string {
	if name := n.Name(); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "the value"
}

// mapping returns n if it is a mapping; what else it is, is reported and nil.
func (r *reader) mapping(n *tree.Node, what string) *tree.Node {
	if n == nil || n.Is(tree.Map) {
		return n
	}
	if n.Kind() != tree.Null {
		r.dropped(n, "a mapping ("+what+")")
	}
	return nil
}

// list returns the items of n; what else it is, is reported.
func (r *reader) list(n *tree.Node) []*tree.Node {
	if n == nil || n.Kind() == tree.Null {
		return nil
	}
	if !n.Is(tree.List) {
		r.dropped(n, "a list")
		return nil
	}
	return n.Items()
}

// texts returns the strings of a list of strings, others are left out.
func (r *reader) texts(n *tree.Node) []string {
	var out []string
	for _, item := range r.list(n) {
		if item.Is(tree.String) {
			out = append(out, item.Str())
		}
	}
	return slices.Clip(out)
}
