package infer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// usability orders kinds of credentials by how little a person has to do (G41).
// It orders alternatives only where the document does not.
var usability = map[ir.AuthKind]int{
	ir.AuthBearer: 1, ir.AuthAPIKey: 1, ir.AuthBasic: 2, ir.AuthClientCredentials: 3, ir.AuthRefreshToken: 4,
	ir.AuthPassword: 5, ir.AuthCode: 6, ir.AuthImplicit: 7, ir.AuthOpenID: 8, ir.AuthUnsupported: 9,
}

// credentialNames are parameters that carry a credential (G42), with the kind of it.
var credentialNames = newLexicon("authorization", "x-api-key", "api_key", "apikey", "api-key", "access_token", "accesstoken",
	"x-auth-token", "x-access-token", "auth_token", "x-token", "private-token", "x-api-token", "api_token", "x-auth-key",
	"x-auth-email", "oauth_token", "client_secret", "session_token", "app_key", "appkey", "app_id_key", "subscription-key",
	"ocp-apim-subscription-key", "x-rapidapi-key", "auth_key", "x-apikey", "token", "key", "appid", "api_secret")

// signingProse says that requests are signed: no header alone does it (G41).
var signingProse = []string{"signature", "hmac", "sigv4", "aws4", "signed request", "digest"}

// auth settles the connector's credentials: the document's, in its order; where
// it has no default, what its operations and schemes say; where it is silent,
// what its parameters look like (G40 to G42).
func (in *inferrer) auth() {
	in.silent = len(in.c.Schemes) == 0
	for _, s := range in.c.Schemes {
		refineScheme(s)
	}
	in.c.Auth = splitSets(in.c.Auth)
	if len(in.c.Auth) == 0 {
		in.c.Auth = in.liftedAuth()
	}
	if len(in.c.Auth) == 0 && in.opt.Auth != "" {
		in.askedAuth()
	}
	if len(in.c.Auth) == 0 {
		in.guessAuth()
	}
	in.reportAuth()
	in.secrets()
}

// askedAuth takes the credentials that the user names for a silent document.
func (in *inferrer) askedAuth() {
	s := &ir.AuthScheme{ID: string(in.opt.Auth), Kind: in.opt.Auth, Why: ir.Why{Confidence: stated, Source: "user", Evidence: []string{"asked for"}}}
	if s.Kind == ir.AuthAPIKey {
		s.In, s.Name = "header", "Authorization"
	}
	in.c.Schemes = append(in.c.Schemes, s)
	in.c.Auth = []ir.AuthSet{{s}}
}

// refineScheme reads from words what the declaration leaves open: a prefix, or
// that a key in a header is really a signature.
func refineScheme(s *ir.AuthScheme) {
	text := strings.ToLower(s.Description)
	if s.Kind == ir.AuthAPIKey && words.Key(s.Name) == "authorization" {
		switch {
		case saysAny(text, signingProse...) || saysAny(words.Key(s.ID), "hmac", "sigv4", "signature"):
			s.Kind = ir.AuthUnsupported
		case s.Prefix == "" && (saysAny(text, "bearer") || strings.Contains(words.Key(s.ID), "bearer")):
			s.Prefix = "Bearer "
		case s.Prefix == "" && saysAny(text, `"token `, "`token ", "'token ", "authorization: token "):
			s.Prefix = "Token "
		case s.Prefix == "" && saysAny(text, "authorization: key ", "`key "):
			s.Prefix = "Key "
		}
	}
	if s.Kind == ir.AuthBasic && saysAny(text, "api_key", "api key", "apikey") {
		s.Secrets = []string{"username", ""} // a key sent as the user's name needs no password (G41)
	}
	if len(s.Why.Evidence) == 0 {
		s.Why = why(stated, s.Pos, "security scheme "+s.ID)
	}
}

// splitSets takes sets apart whose schemes would all write the same header: two
// OAuth2 flows cannot be applied together, they are alternatives. An empty set
// (no credentials needed) goes: what is public works with credentials too.
func splitSets(sets []ir.AuthSet) []ir.AuthSet {
	var out []ir.AuthSet
	seen := map[string]bool{}
	add := func(s ir.AuthSet) {
		if k := setKey(s); len(s) > 0 && !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	for _, set := range sets {
		if !sharePlace(set) {
			add(set)
			continue
		}
		parts := append(ir.AuthSet(nil), set...)
		slices.SortStableFunc(parts, func(a, b *ir.AuthScheme) int { return cmp.Compare(usability[a.Kind], usability[b.Kind]) })
		for _, s := range parts {
			add(ir.AuthSet{s})
		}
	}
	return out
}

func setKey(s ir.AuthSet) string {
	ids := make([]string, len(s))
	for i, x := range s {
		ids[i] = x.ID + "\x00" + string(x.Kind)
	}
	slices.Sort(ids)
	return strings.Join(ids, "\x01")
}

func sharePlace(set ir.AuthSet) bool {
	places := map[string]bool{}
	for _, s := range set {
		place := "header authorization"
		if s.Kind == ir.AuthAPIKey {
			place = s.In + " " + strings.ToLower(s.Name)
		}
		if places[place] {
			return true
		}
		places[place] = true
	}
	return false
}

// minShare is the part of the operations that must offer an alternative for it
// to become the connector's own.
const minShare = 0.2

// liftedAuth makes the connector's alternatives from those of its operations,
// and from schemes that are declared and used nowhere.
func (in *inferrer) liftedAuth() []ir.AuthSet {
	count := map[string]int{}
	byKey := map[string]ir.AuthSet{}
	var order []string
	total := 0
	used := map[string]bool{}
	note := func(s ir.AuthSet, n int) {
		k := setKey(s)
		if _, ok := byKey[k]; !ok {
			byKey[k] = s
			order = append(order, k)
		}
		count[k] += n
	}
	for _, op := range in.c.Operations {
		sets := splitSets(op.Security)
		if len(sets) == 0 {
			continue
		}
		total++
		for _, s := range sets {
			note(s, 1)
			for _, x := range s {
				used[x.ID] = true
			}
		}
	}
	var out []ir.AuthSet
	for _, k := range order {
		if float64(count[k]) >= minShare*float64(total) {
			out = append(out, byKey[k])
		}
	}
	for _, s := range in.c.Schemes {
		if !used[s.ID] {
			out = append(out, ir.AuthSet{s})
		}
	}
	if total == 0 {
		// Nothing refers to the schemes: in the document's own order.
		return out
	}
	rank := map[string]int{}
	for i, s := range in.c.Schemes {
		rank[s.ID] = i
	}
	slices.SortStableFunc(out, func(a, b ir.AuthSet) int {
		return cmp.Or(cmp.Compare(worst(a), worst(b)), cmp.Compare(rank[a[0].ID], rank[b[0].ID]))
	})
	return out
}

func worst(s ir.AuthSet) int {
	w := 0
	for _, x := range s {
		w = max(w, usability[x.Kind])
	}
	return w
}

// guessAuth proposes credential-like parameters as secrets (G42).
func (in *inferrer) guessAuth() {
	type seen struct {
		p *ir.Param
		n int
	}
	byName := map[string]*seen{}
	var order []string
	for _, op := range in.c.Operations {
		for _, p := range op.Params {
			if p.In != "header" && p.In != "query" || !credentialParam(p) {
				continue
			}
			k := key(p.In, p.Name)
			if byName[k] == nil {
				byName[k] = &seen{p: p}
				order = append(order, k)
			}
			byName[k].n++
		}
	}
	var set ir.AuthSet
	for _, k := range order {
		s := byName[k]
		// A filter on one endpoint may be called key; a credential is asked for everywhere.
		if s.n*2 < len(in.c.Operations) && !s.p.Required {
			continue
		}
		if !strings.EqualFold(s.p.Name, "authorization") && s.n*3 < len(in.c.Operations) {
			continue
		}
		scheme := &ir.AuthScheme{
			ID: s.p.Name, Kind: ir.AuthAPIKey, In: s.p.In, Name: s.p.Name, Description: s.p.Description, Pos: s.p.Pos,
			Why: why(weak, s.p.Pos, s.p.In+" parameter "+s.p.Name+" looks like a credential"),
		}
		refineScheme(scheme)
		if scheme.Prefix == "Bearer " {
			scheme.Kind, scheme.Prefix = ir.AuthBearer, ""
		}
		in.c.Schemes = append(in.c.Schemes, scheme)
		set = append(set, scheme)
		in.credentials[k] = true
	}
	if len(set) > 0 {
		in.c.Auth = []ir.AuthSet{set}
	}
}

// credentialParam reports whether a parameter looks like a credential.
func credentialParam(p *ir.Param) bool {
	if !credentialNames.has(p.Name) {
		return p.In == "header" && (strings.HasSuffix(strings.ToLower(p.Name), "-token") || strings.HasSuffix(strings.ToLower(p.Name), "-api-key"))
	}
	if k := words.Key(p.Name); k == "key" || k == "token" {
		return saysAny(prose(p), "api key", "auth", "access token", "credential", "your key", "scope")
	}
	return true
}

// reportAuth says what a person has to know about the credentials.
func (in *inferrer) reportAuth() {
	switch refuse := in.refusing(); {
	case len(in.c.Auth) == 0 && refuse > 0:
		in.list.Warnf(CodeNoAuth, in.documentPos(), "the document declares no credentials, but %s with 401 or 403", operationsAnswer(refuse)).
			WithHint("Name them: dltgen init --auth http_basic, or bearer, api_key and so on; or set client.auth in connector.yaml.")
	case len(in.c.Auth) == 0:
		in.list.Notef(CodeNoAuth, in.documentPos(), "the document declares no credentials").
			WithHint("If the API wants some, set client.auth in connector.yaml: [{type: bearer, token: \"{secrets.token}\"}].")
	case in.c.Auth[0][0].Why.Confidence < strong:
		s := in.c.Auth[0][0]
		in.list.Warnf(CodeNoAuth, s.Pos, "credentials are guessed from the %s parameter %s", s.In, s.Name).
			WithHint("Check client.auth in connector.yaml.")
	}
	if len(in.c.Auth) > 0 && active(in.c.Auth) < 0 {
		s := in.c.Auth[0][0]
		in.list.Warnf(CodeAuthHook, s.Pos, "security scheme %s cannot be applied from configuration alone", s.ID).
			WithHint("Set Hooks.Auth in the connector's own code.")
	}
}

// refusing counts the operations that are declared to answer 401 or 403.
func (in *inferrer) refusing() int {
	n := 0
	for _, op := range in.c.Operations {
		if op.Refuses {
			n++
		}
	}
	return n
}

func operationsAnswer(n int) string {
	if n == 1 {
		return "1 operation answers"
	}
	return fmt.Sprintf("%d operations answer", n)
}

// active is the index of the first set that the runtime can apply by itself, −1
// if none.
func active(sets []ir.AuthSet) int {
	return slices.IndexFunc(sets, func(s ir.AuthSet) bool {
		return !slices.ContainsFunc(s, func(x *ir.AuthScheme) bool { return x.Kind == ir.AuthUnsupported || x.Kind == ir.AuthOpenID })
	})
}

// secrets adds the configuration fields of the active credentials.
func (in *inferrer) secrets() {
	i := active(in.c.Auth)
	if i < 0 {
		return
	}
	for _, s := range in.c.Auth[i] {
		for _, name := range SecretNames(s, len(in.c.Auth[i]) > 1) {
			if name != "" {
				in.config(&ir.ConfigField{Name: name, Secret: true, Type: schema.Text, Required: true, Description: firstSentence(s.Description)}, "auth")
			}
		}
	}
}

// SecretNames are the keys under which the secrets of a scheme are configured
// (G20): token; api_key, or the header's own name where several go together;
// username, password; client_id, client_secret and so on; or those that s names.
func SecretNames(s *ir.AuthScheme, together bool) []string {
	if s.Secrets != nil {
		return s.Secrets
	}
	switch s.Kind {
	case ir.AuthBearer:
		return []string{"token"}
	case ir.AuthAPIKey:
		return []string{apiKeyName(s, together)}
	case ir.AuthBasic:
		return []string{"username", "password"}
	case ir.AuthClientCredentials:
		return []string{"client_id", "client_secret"}
	case ir.AuthRefreshToken, ir.AuthCode:
		return []string{"client_id", "client_secret", "refresh_token"}
	case ir.AuthPassword:
		return []string{"client_id", "client_secret", "username", "password"}
	case ir.AuthImplicit:
		return []string{"access_token"}
	case ir.AuthOpenID:
		return []string{"client_id", "client_secret"}
	case ir.AuthUnsupported:
	}
	return nil
}

// apiKeyName is token for the Authorization header; the header's name without
// x- and the API's own name where several keys go together; else api_key.
func apiKeyName(s *ir.AuthScheme, together bool) string {
	if words.Key(s.Name) == "authorization" {
		return "token"
	}
	if !together {
		return "api_key"
	}
	w := words.Split(s.Name)
	if len(w) > 1 && w[0] == "x" {
		w = w[1:]
	}
	if len(w) > 2 {
		w = w[len(w)-2:]
	}
	return clean(w)
}

// resourceAuth is an operation's own credentials where they differ from the
// connector's; nil if they do not. A document without any scheme has no word for
// them: an empty list in it says nothing.
func (in *inferrer) resourceAuth(op *ir.Operation) []ir.AuthSet {
	if op.Security == nil || in.silent {
		return nil
	}
	own := splitSets(op.Security)
	if len(op.Security) == 0 {
		return []ir.AuthSet{}
	}
	if len(own) == 0 {
		return nil
	}
	have := map[string]bool{}
	for _, s := range in.c.Auth {
		have[setKey(s)] = true
	}
	if i := active(in.c.Auth); i >= 0 {
		for _, s := range own {
			if setKey(s) == setKey(in.c.Auth[i]) {
				return nil
			}
		}
	}
	if len(own) == len(in.c.Auth) {
		same := true
		for _, s := range own {
			same = same && have[setKey(s)]
		}
		if same {
			return nil
		}
	}
	return own
}
