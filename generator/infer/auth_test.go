package infer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
)

func scheme(id string, kind ir.AuthKind) *ir.AuthScheme { return &ir.AuthScheme{ID: id, Kind: kind} }

func header(id, name string) *ir.AuthScheme {
	return &ir.AuthScheme{ID: id, Kind: ir.AuthAPIKey, In: "header", Name: name}
}

// TestAuth proves G40 to G42.
func TestAuth(t *testing.T) {
	bearer, basic := scheme("bearer", ir.AuthBearer), scheme("basic", ir.AuthBasic)
	code, implicit := scheme("code", ir.AuthCode), scheme("implicit", ir.AuthImplicit)
	signed := header("hmac", "Authorization")
	signed.Description = "Amazon Signature authorization v4"
	tests := []struct {
		name    string
		auth    []ir.AuthSet
		schemes []*ir.AuthScheme
		ops     [][]ir.AuthSet // security of each operation
		want    string
		secrets string
	}{
		{"the document's order", []ir.AuthSet{{basic}, {bearer}}, nil, nil, "http_basic bearer", "username password"},
		{"two keys together", []ir.AuthSet{{header("a", "Authorization"), header("b", "Harvest-Account-Id")}}, nil, nil, "api_key+api_key", "token account_id"},
		{"two flows are alternatives", []ir.AuthSet{{implicit, code}}, nil, nil, "oauth2_authorization_code oauth2_implicit", "client_id client_secret refresh_token"},
		{"no credentials is no alternative", []ir.AuthSet{{bearer}, {}}, nil, nil, "bearer", "token"},
		{"of the operations", nil, []*ir.AuthScheme{code, basic}, [][]ir.AuthSet{{{basic}, {code}}, {{basic}, {code}, {}}}, "http_basic oauth2_authorization_code", "username password"},
		{"declared and used nowhere", nil, []*ir.AuthScheme{header("key", "X-API-Key"), code}, [][]ir.AuthSet{{{code}}, nil}, "api_key oauth2_authorization_code", "api_key"},
		{"nothing refers to them", nil, []*ir.AuthScheme{basic, scheme("k", ir.AuthUnsupported)}, [][]ir.AuthSet{nil}, "http_basic unsupported", "username password"},
		{"a rare one stays with its operation", nil, []*ir.AuthScheme{bearer, basic}, [][]ir.AuthSet{{{bearer}}, {{bearer}}, {{bearer}}, {{bearer}}, {{bearer}}, {{basic}}}, "bearer", "token"},
		{"signing", []ir.AuthSet{{signed}}, nil, nil, "unsupported", ""},
		{"silence", nil, nil, [][]ir.AuthSet{nil}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, strings.Repeat("GET /x -> [{id:int}]\n", max(1, len(tt.ops))))
			c.Auth, c.Schemes = tt.auth, tt.schemes
			if c.Schemes == nil {
				for _, s := range tt.auth {
					c.Schemes = append(c.Schemes, s...)
				}
			}
			for i, s := range tt.ops {
				c.Operations[i].Security = s
			}
			infer.Apply(c, nil)
			if diff := cmp.Diff(tt.want, strings.Join(authKinds(c.Auth), " ")); diff != "" {
				t.Error(diff)
			}
			var secrets []string
			for _, f := range c.Config {
				if f.Secret {
					secrets = append(secrets, f.Name)
				}
			}
			if diff := cmp.Diff(tt.secrets, strings.Join(secrets, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSilentAuth proves G42 for a document without a single scheme: an empty
// security list in it means nothing, what the user asks for holds everywhere.
func TestSilentAuth(t *testing.T) {
	tests := []struct {
		name    string
		asked   ir.AuthKind
		refuses bool
		want    string
		message string
	}{
		{"asked for", ir.AuthBasic, true, "http_basic", ""},
		{"asked for, against a guess", ir.AuthBearer, false, "bearer", ""},
		{"refusals are declared", "", true, "", "the document declares no credentials, but 2 operations answer with 401 or 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			param := ""
			if tt.asked == ir.AuthBearer {
				param = " header.X-API-Key!:str"
			}
			c := connector(t, "GET /a"+param+" -> [{id:int}]\nGET /b"+param+" -> [{id:int}]")
			for _, op := range c.Operations {
				op.Security, op.Refuses = []ir.AuthSet{}, tt.refuses
			}
			list := infer.Apply(c, &infer.Options{Auth: tt.asked})
			if got := strings.Join(authKinds(c.Auth), " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for _, r := range c.Resources {
				if r.Auth != nil {
					t.Errorf("%s has credentials of its own: %v", r.Name, authKinds(r.Auth))
				}
			}
			var message string
			for _, d := range list.All() {
				if d.Code == infer.CodeNoAuth {
					message = d.Message
				}
			}
			if message != tt.message {
				t.Errorf("message %q, want %q", message, tt.message)
			}
		})
	}
}

// TestResourceAuth proves that an operation keeps credentials of its own (G40).
func TestResourceAuth(t *testing.T) {
	bearer, basic := scheme("bearer", ir.AuthBearer), scheme("basic", ir.AuthBasic)
	c := connector(t, "GET /a -> [{id:int}]\nGET /b -> [{id:int}]\nGET /c -> [{id:int}]\nGET /d -> [{id:int}]")
	c.Schemes, c.Auth = []*ir.AuthScheme{bearer, basic}, []ir.AuthSet{{bearer}}
	c.Operations[1].Security = []ir.AuthSet{{basic}}
	c.Operations[2].Security = []ir.AuthSet{}
	c.Operations[3].Security = []ir.AuthSet{{bearer}}
	infer.Apply(c, nil)
	want := [][]string{nil, {"http_basic"}, {}, nil}
	for i, r := range c.Resources {
		if (r.Auth == nil) != (want[i] == nil) || len(r.Auth) != len(want[i]) {
			t.Errorf("%s: %v, want %v", r.Name, authKinds(r.Auth), want[i])
		}
	}
}

// TestGuessedAuth proves G42: a parameter that looks like a credential becomes
// a secret, never plain configuration.
func TestGuessedAuth(t *testing.T) {
	tests := []struct{ name, op, want string }{
		{"header", `GET /x header.X-API-Key!:str -> [{id:int}]`, "api_key"},
		{"query", `GET /x api_key!:str -> [{id:int}]`, "api_key"},
		{"bearer in prose", `GET /x header.Authorization!:str'Bearer token' -> [{id:int}]`, "bearer"},
		{"a filter called key", `GET /x key:str'Filter by key' -> [{id:int}]`, ""},
		{"a page token", `GET /x page_token:str -> [{id:int}]`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.op)
			l := infer.Apply(c, nil)
			if diff := cmp.Diff(tt.want, strings.Join(authKinds(c.Auth), " ")); diff != "" {
				t.Error(diff)
			}
			if tt.want == "" {
				return
			}
			if c.Auth[0][0].Why.Strong() {
				t.Error("a guess is strong")
			}
			if l.Len() == 0 {
				t.Error("a guess is not reported")
			}
			for _, f := range c.Config {
				if !f.Secret {
					t.Errorf("config %s is no secret", f.Name)
				}
			}
			for _, r := range c.Resources {
				if len(r.Params) > 0 {
					t.Errorf("bound: %v", r.Params)
				}
			}
		})
	}
}

// TestAskedAuth proves init's --auth.
func TestAskedAuth(t *testing.T) {
	c := connector(t, "GET /x -> [{id:int}]")
	infer.Apply(c, &infer.Options{Auth: ir.AuthBearer})
	if diff := cmp.Diff([]string{"bearer"}, authKinds(c.Auth)); diff != "" {
		t.Error(diff)
	}
}

// TestServers proves G43.
func TestServers(t *testing.T) {
	region := []ir.ServerVariable{{Name: "region", Default: "eu", Enum: []string{"eu", "us"}}}
	tests := []struct {
		name    string
		servers []ir.Server
		want    string
		config  string
	}{
		{"first https", []ir.Server{{URL: "http://a.acme.com"}, {URL: "https://b.acme.com/v1/"}}, "https://b.acme.com/v1", ""},
		{"no sandbox", []ir.Server{{URL: "https://sandbox.acme.com"}, {URL: "https://api.acme.com"}}, "https://api.acme.com", ""},
		{"only a sandbox", []ir.Server{{URL: "https://api-test.acme.com"}}, "https://api-test.acme.com", ""},
		{"variable", []ir.Server{{URL: "https://{region}.acme.com", Variables: region}}, "https://{config.region}.acme.com", "region"},
		{"relative", []ir.Server{{URL: "/api/v1"}}, "", "base_url!"},
		{"the user's own host", []ir.Server{{URL: "https://your-domain.acme.com"}}, "", "base_url!"},
		{"none", nil, "", "base_url!"},
		{"no URL", []ir.Server{{URL: "https://%zz"}}, "", "base_url!"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, "GET /x -> [{id:int}]")
			c.Servers = tt.servers
			infer.Apply(c, nil)
			if diff := cmp.Diff(tt.want, c.BaseURL.Value); diff != "" {
				t.Error(diff)
			}
			var config []string
			for _, f := range c.Config {
				n := f.Name
				if f.Required {
					n += "!"
				}
				config = append(config, n)
			}
			if diff := cmp.Diff(tt.config, strings.Join(config, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRateLimit proves G43's second half.
func TestRateLimit(t *testing.T) {
	c := connector(t, "GET /x -> [{id:int}] <X-RateLimit-Remaining X-RateLimit-Reset Retry-After>")
	infer.Apply(c, nil)
	if c.RateLimit == nil {
		t.Fatal("none")
	}
	got := []string{c.RateLimit.Remaining, c.RateLimit.Reset, c.RateLimit.RetryAfter}
	if diff := cmp.Diff([]string{"X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"}, got); diff != "" {
		t.Error(diff)
	}
}
