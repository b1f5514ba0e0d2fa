package render

import (
	"slices"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A configField is one field of the Config struct.
type configField struct {
	*ir.ConfigField
	Go string // field name
}

const baseURL = "base_url"

// configFields are the connector's, with base_url first: it is always there, so
// that a connector can be pointed at another server.
func configFields(c *ir.Connector) []*configField {
	fields := slices.Clone(c.Config)
	at := slices.IndexFunc(fields, func(f *ir.ConfigField) bool { return f.Name == baseURL })
	base := &ir.ConfigField{Name: baseURL, Type: schema.Text, Description: "The base URL of the API"}
	if at >= 0 {
		found := *fields[at]
		base = &found
		fields = slices.Delete(fields, at, at+1)
	}
	switch value := c.BaseURL.Value; {
	case value == "":
		base.Required, base.Always = true, true
	case !strings.Contains(value, "{"):
		base.Default, base.Required = value, false
	default:
		base.Required = false
	}
	scope := goident.NewScope()
	var out []*configField
	for _, f := range append([]*ir.ConfigField{base}, fields...) {
		name := goident.Exported(f.Name)
		out = append(out, &configField{f, scope.Declare(name, "Field")})
	}
	return out
}

func (p *pkg) configField(name string) *configField {
	for _, f := range p.config {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// configExpr is the text expression of config.KEY or secrets.KEY, with the
// fields under prefix. It is not ok for other names, and nil for unknown keys.
func (p *pkg) configExpr(name, prefix string) (c jen.Code, ok bool) {
	key, secret := strings.CutPrefix(name, "secrets.")
	if !secret {
		if key, ok = strings.CutPrefix(name, "config."); !ok {
			return nil, false
		}
	}
	f := p.configField(key)
	if f == nil {
		return nil, true
	}
	expr := prefix + f.Go
	switch {
	case f.Secret:
		return jen.Id(expr + ".Reveal").Call(), true
	case f.Type == schema.Bigint:
		return jen.Qual("strconv", "FormatInt").Call(jen.Id(expr), jen.Lit(10)), true
	case f.Type == schema.Double:
		return jen.Qual("strconv", "FormatFloat").Call(jen.Id(expr), jen.LitRune('f'), jen.Lit(-1), jen.Lit(64)), true
	case f.Type == schema.Bool:
		return jen.Qual("strconv", "FormatBool").Call(jen.Id(expr)), true
	}
	return jen.Id(expr), true
}

// auth is the request's own credentials, nil if the client's hold.
func (q *request) auth() jen.Code {
	switch sets := q.r.IR.Auth; {
	case sets == nil:
		return nil
	case len(sets) == 0:
		return qual("rest", "NoAuth").Values()
	default:
		auth := q.p.credentials(sets, "s.config.")
		if auth == nil {
			q.p.diags.Warnf(codeAuth, q.p.pos(q.r), "resource %s: its own credentials are not configured: it is read with the connector's", q.r.IR.Name)
		}
		return auth
	}
}

// credentials is the expression for alternatives of which any suffices: those
// whose secrets the configuration has. nil if there is none.
func (p *pkg) credentials(sets []ir.AuthSet, prefix string) jen.Code {
	var usable []jen.Code
	for _, set := range sets {
		var all []jen.Code
		for _, scheme := range set {
			if c := p.scheme(scheme, len(set) > 1, prefix); c != nil {
				all = append(all, c)
			}
		}
		switch {
		case len(all) != len(set) || len(set) == 0:
		case len(all) == 1:
			usable = append(usable, all[0])
		default:
			usable = append(usable, qual("rest", "AllOf").Add(lit(all...)))
		}
	}
	switch len(usable) {
	case 0:
		return nil
	case 1:
		return usable[0]
	}
	return qual("rest", "FirstOf").Add(lit(usable...))
}

// scheme is the literal of one security scheme, nil if it is not supported or
// its secrets are not configured.
func (p *pkg) scheme(s *ir.AuthScheme, together bool, prefix string) jen.Code {
	secret := func(name string) jen.Code {
		if f := p.configField(name); f != nil && f.Secret {
			return jen.Id(prefix + f.Go)
		}
		return nil
	}
	literal := func(typ string, fields ...jen.Code) jen.Code {
		if slices.Contains(fields, nil) {
			return nil
		}
		return jen.Op("&").Add(qual("rest", typ)).Add(inline(fields...))
	}
	// named are the fields that take the scheme's secrets, in infer's order: field
	// and usual key by turns. One that connector.yaml leaves out is not sent.
	named := func(pairs ...string) []jen.Code {
		var out []jen.Code
		for i := 0; i+1 < len(pairs); i += 2 {
			switch key := s.Secret(i/2, pairs[i+1]); {
			case key == "":
			case secret(key) == nil:
				out = append(out, nil)
			default:
				out = append(out, field(pairs[i], secret(key)))
			}
		}
		return out
	}
	oauth := func(grant string, pairs ...string) jen.Code {
		return literal("OAuth2", append([]jen.Code{field("TokenURL", text(s.TokenURL)), field("Grant", qual("rest", grant))}, named(pairs...)...)...)
	}
	switch s.Kind {
	case ir.AuthBearer:
		return literal("Bearer", named("Token", "token")...)
	case ir.AuthImplicit:
		return literal("Bearer", named("Token", "access_token")...)
	case ir.AuthAPIKey:
		return p.apiKey(s, together, secret)
	case ir.AuthBasic:
		return literal("Basic", named("Username", "username", "Password", "password")...)
	case ir.AuthClientCredentials:
		return oauth("GrantClientCredentials", "ClientID", "client_id", "ClientSecret", "client_secret")
	case ir.AuthRefreshToken, ir.AuthCode:
		return oauth("GrantRefreshToken", "ClientID", "client_id", "ClientSecret", "client_secret", "RefreshToken", "refresh_token")
	case ir.AuthPassword:
		return oauth("GrantPassword", "ClientID", "client_id", "ClientSecret", "client_secret", "Username", "username", "Password", "password")
	case ir.AuthOpenID, ir.AuthUnsupported:
	}
	return nil
}

// apiKey is the literal of a key in a header, the query or a cookie.
func (p *pkg) apiKey(s *ir.AuthScheme, together bool, secret func(string) jen.Code) jen.Code {
	value := secret(s.Secret(0, apiKeyName(s, together)))
	if value == nil && s.Secrets == nil {
		value = secret("api_key")
	}
	if value == nil {
		return nil
	}
	items := []jen.Code{field("Name", text(s.Name))}
	switch s.In {
	case "query":
		items = append(items, field("In", qual("rest", "InQuery")))
	case "cookie":
		items = append(items, field("In", qual("rest", "InCookie")))
	}
	if s.Prefix != "" {
		items = append(items, field("Prefix", text(s.Prefix)))
	}
	return jen.Op("&").Add(qual("rest", "APIKey")).Add(inline(append(items, field("Value", value))...))
}

// apiKeyName is the secret of a key: token for the Authorization header, the
// header's last two words where several keys go together, else api_key.
func apiKeyName(s *ir.AuthScheme, together bool) string {
	if strings.EqualFold(s.Name, "authorization") {
		return "token"
	}
	if !together {
		return "api_key"
	}
	w := strings.FieldsFunc(strings.ToLower(s.Name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(w) > 1 && w[0] == "x" {
		w = w[1:]
	}
	if len(w) > 2 {
		w = w[len(w)-2:]
	}
	return strings.Join(w, "_")
}
