package openapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// securitySchemes reads the declared schemes in document order. One scheme with
// several OAuth 2 flows becomes several, which are alternatives.
func (r *reader) securitySchemes() []*ir.AuthScheme {
	r.schemes = map[string][]*ir.AuthScheme{}
	section := r.root.Get("components").Get("securitySchemes")
	if r.swagger {
		section = r.root.Get("securityDefinitions")
	}
	var out []*ir.AuthScheme
	for id, n := range r.mapping(section, "the security schemes").Each {
		at := n
		if n = r.quietDeref(n); !n.Is(tree.Map) {
			r.warn(codeSecurity, at.EntryPos(), "security scheme %q is left out: it is no mapping, or its reference leads nowhere", id)
			continue
		}
		schemes := r.scheme(id, n)
		r.schemes[id] = schemes
		out = append(out, schemes...)
	}
	return out
}

func (r *reader) scheme(id string, n *tree.Node) []*ir.AuthScheme {
	s := &ir.AuthScheme{
		ID: id, Kind: ir.AuthUnsupported,
		Description: n.Get("description").Str(),
		Why:         ir.Why{Confidence: 1, Evidence: []string{"security scheme " + id}, Pos: n.EntryPos(), Source: "detected"},
		Pos:         n.EntryPos(),
	}
	switch kind := n.Get("type").Str(); strings.ToLower(kind) {
	case "http":
		switch scheme := strings.ToLower(n.Get("scheme").Str()); scheme {
		case "bearer":
			s.Kind = ir.AuthBearer
		case "basic":
			s.Kind = ir.AuthBasic
		default:
			s.Name = scheme
		}
	case "basic":
		s.Kind = ir.AuthBasic
	case "apikey":
		s.Kind, s.In, s.Name = ir.AuthAPIKey, n.Get("in").Str(), n.Get("name").Str()
		if s.Name == "" || s.In != "header" && s.In != "query" && s.In != "cookie" {
			r.warn(codeSecurity, n.EntryPos(), "security scheme %q wants a name, and header, query or cookie as \"in\"", id)
			s.Kind = ir.AuthUnsupported
		}
	case "openidconnect":
		s.Kind, s.OpenIDURL = ir.AuthOpenID, n.Get("openIdConnectUrl").Str()
	case "oauth2":
		return r.flows(s, n)
	default:
		s.Name = kind // mutualTLS and what is not known
	}
	return []*ir.AuthScheme{s}
}

// flowKinds are the OAuth 2 flows of 3.x and 2.0, those that need no person first.
var flowKinds = []struct {
	key, old string
	kind     ir.AuthKind
}{
	{"clientCredentials", "application", ir.AuthClientCredentials},
	{"authorizationCode", "accessCode", ir.AuthCode},
	{"password", "password", ir.AuthPassword},
	{"implicit", "implicit", ir.AuthImplicit},
}

func (r *reader) flows(s *ir.AuthScheme, n *tree.Node) []*ir.AuthScheme {
	var out []*ir.AuthScheme
	flows := n.Get("flows")
	for _, f := range flowKinds {
		flow := flows.Get(f.key)
		if flow == nil && n.Get("flow").Str() == f.old {
			flow = n // 2.0 has one flow, beside the type
		}
		if flow == nil {
			continue
		}
		one := *s
		one.Kind = f.kind
		one.TokenURL = cmp.Or(flow.Get("tokenUrl").Str(), flow.Get("refreshUrl").Str())
		one.AuthURL = flow.Get("authorizationUrl").Str()
		out = append(out, &one)
	}
	if len(out) == 0 {
		r.warn(codeSecurity, n.EntryPos(), "security scheme %q has no OAuth 2 flow that is known", s.ID)
		return []*ir.AuthScheme{s}
	}
	return out
}

// security reads a list of alternatives, each a set of schemes used together. It
// is nil if nothing is declared, and empty for "no credentials".
func (r *reader) security(n *tree.Node) []ir.AuthSet {
	if n == nil || n.Kind() == tree.Null {
		return nil
	}
	out := []ir.AuthSet{}
	for _, alternative := range r.list(n) {
		sets := []ir.AuthSet{{}}
		for id := range alternative.Each {
			schemes, ok := r.schemes[id]
			if !ok {
				r.warn(codeSecurity, alternative.Pos(), "security scheme %q is not declared; the alternative is left out", id)
				sets = nil
				break
			}
			sets = crossSets(sets, schemes)
		}
		out = append(out, sets...)
	}
	return out
}

// maxAuthSets bounds what alternatives within alternatives can multiply to.
const maxAuthSets = 64

func crossSets(sets []ir.AuthSet, schemes []*ir.AuthScheme) []ir.AuthSet {
	var out []ir.AuthSet
	for _, s := range schemes {
		for _, set := range sets {
			if len(out) < maxAuthSets {
				out = append(out, append(slices.Clip(set), s))
			}
		}
	}
	return out
}
