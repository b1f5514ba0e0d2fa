package rest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAuthKinds(t *testing.T) {
	tests := []struct {
		name   string
		auth   Auth
		header map[string]string
		asked  string
	}{
		{"bearer", &Bearer{Token: "t"}, map[string]string{"Authorization": "Bearer t"}, "/x?a=1"},
		{"bearer without a token", &Bearer{}, map[string]string{"Authorization": ""}, "/x?a=1"},
		{"key in a header", &APIKey{Value: "k"}, map[string]string{"Authorization": "k"}, "/x?a=1"},
		{"key with a prefix", &APIKey{Prefix: "Token ", Value: "k"}, map[string]string{"Authorization": "Token k"}, "/x?a=1"},
		{"key in the query", &APIKey{Name: "a", In: InQuery, Value: "k &"}, nil, "/x?a=k+%26"},
		{"key as param", &APIKey{Name: "key", In: "param", Value: "k"}, nil, "/x?a=1&key=k"},
		{"key in a cookie", &APIKey{Name: "sid", In: InCookie, Value: "k"}, map[string]string{"Cookie": "sid=k"}, "/x?a=1"},
		{"basic", &Basic{Username: "żó", Password: "p:w"}, map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("żó:p:w"))}, "/x?a=1"},
		{"all of", AllOf{&Bearer{Token: "t"}, &APIKey{Name: "X-Id", Value: "7"}}, map[string]string{"Authorization": "Bearer t", "X-Id": "7"}, "/x?a=1"},
		{"first that is complete", FirstOf{AllOf{&Bearer{Token: "t"}, &APIKey{Name: "X-Id"}}, &Basic{Username: "u"}}, map[string]string{"Authorization": "Basic dTo=", "X-Id": ""}, "/x?a=1"},
		{"function", AuthFunc(func(_ context.Context, r *http.Request) error { r.Header.Set("X-Signed", "yes"); return nil }), map[string]string{"X-Signed": "yes"}, "/x?a=1"},
		{"none", NoAuth{}, map[string]string{"Authorization": ""}, "/x?a=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, say("[1]"))
			c := a.client()
			c.Auth = tt.auth
			if _, err := c.Do(context.Background(), Request{Path: "/x", Query: Query{{"a", "1"}}}); err != nil {
				t.Fatal(err)
			}
			for k, want := range tt.header {
				if got := a.heads[0].Get(k); got != want {
					t.Errorf("%s: %q, want %q", k, got, want)
				}
			}
			if a.asked[0] != tt.asked {
				t.Errorf("asked %s, want %s", a.asked[0], tt.asked)
			}
		})
	}
	c := &Client{BaseURL: "http://h", Auth: &APIKey{In: "body", Value: "k"}}
	_, err := c.Do(context.Background(), Request{Path: "/x"})
	if want := `credentials for GET http://h/x: api_key: location "body" is none of header, query, cookie`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRequestAuthReplacesClients(t *testing.T) {
	a := newAPI(t, say("[1]"))
	c := a.client()
	c.Auth = &Bearer{Token: "client"}
	for _, auth := range []Auth{nil, &Bearer{Token: "request"}, NoAuth{}} {
		if _, err := c.Do(context.Background(), Request{Path: "/x", Auth: auth}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, h := range a.heads {
		got = append(got, h.Get("Authorization"))
	}
	if diff := cmp.Diff([]string{"Bearer client", "Bearer request", ""}, got); diff != "" {
		t.Error(diff)
	}
}

// tokens is an API with a token endpoint. Tokens are t1, t2, …; valid is asked
// for each request of data.
func tokens(life string, valid func(token string) bool) func(http.ResponseWriter, *http.Request) {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			mu.Lock()
			n++
			fmt.Fprintf(w, `{"access_token":"t%d","refresh_token":"r%d"%s}`, n, n, life)
			mu.Unlock()
			return
		}
		if !valid(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, "[1]")
	}
}

func always(string) bool { return true }

func TestOAuth2Forms(t *testing.T) {
	tests := []struct {
		name  string
		auth  *OAuth2
		form  string
		basic string
	}{
		{"client credentials", &OAuth2{ClientID: "id", ClientSecret: "se"}, "client_id=id&client_secret=se&grant_type=client_credentials", ""},
		{
			"extra wins", &OAuth2{ClientID: "id", ClientSecret: "se", Scopes: []string{"a", "b"}, Extra: map[string]string{"audience": "x", "grant_type": "own"}},
			"client_id=id&client_secret=se&grant_type=own&scope=a+b&audience=x", "",
		},
		{"basic", &OAuth2{ClientID: "i:d", ClientSecret: "se", Style: ClientInBasic}, "grant_type=client_credentials", "Basic " + base64.StdEncoding.EncodeToString([]byte("i%3Ad:se"))},
		{"refresh token", &OAuth2{Grant: GrantRefreshToken, ClientID: "id", RefreshToken: "r0"}, "client_id=id&grant_type=refresh_token&refresh_token=r0", ""},
		{"password", &OAuth2{Grant: GrantPassword, ClientID: "id", Username: "u", Password: "p"}, "client_id=id&grant_type=password&username=u&password=p", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, tokens("", always))
			c := a.client()
			c.Headers = map[string]string{"X-Api": "secret"}
			tt.auth.TokenURL = a.URL + "/token"
			c.Auth = tt.auth
			if _, err := c.Do(context.Background(), Request{Path: "/x"}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"/token " + tt.form, "/x"}, a.asked); diff != "" {
				t.Error(diff)
			}
			if got := a.heads[0].Get("Authorization"); got != tt.basic {
				t.Errorf("token request's header %q, want %q", got, tt.basic)
			}
			if a.heads[0].Get("X-Api") != "" {
				t.Error("the token request carries the API's headers")
			}
			if got := a.heads[1].Get("Authorization"); got != "Bearer t1" {
				t.Errorf("header %q", got)
			}
		})
	}
}

func TestTokenLife(t *testing.T) { // R43
	a := newAPI(t, tokens(`,"expires_in":"100"`, always))
	c := a.client()
	c.Auth = &OAuth2{TokenURL: a.URL + "/token", ClientID: "i", ClientSecret: "s"}
	for _, later := range []time.Duration{0, 69 * time.Second, time.Second, 60 * time.Second} {
		a.now = a.now.Add(later)
		if _, err := c.Do(context.Background(), Request{Path: "/x"}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for i, h := range a.heads {
		if a.asked[i] == "/x" {
			got = append(got, h.Get("Authorization"))
		}
	}
	if diff := cmp.Diff([]string{"Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRenewOn401(t *testing.T) {
	t.Run("once", func(t *testing.T) {
		a := newAPI(t, tokens("", func(token string) bool { return token == "t2" }))
		c := a.client()
		var renewed []string
		c.Auth = AllOf{&OAuth2{
			TokenURL: a.URL + "/token", Grant: GrantRefreshToken, RefreshToken: "r0",
			Renewed: func(r Secret) { renewed = append(renewed, r.Reveal()) },
		}}
		pages, err := read(c, Request{Path: "/x", Selector: "$", Paginator: &SinglePage{}})
		if err != nil || len(pages) != 1 {
			t.Fatalf("pages %v, error %v", pages, err)
		}
		want := []string{"/token grant_type=refresh_token&refresh_token=r0", "/x", "/token grant_type=refresh_token&refresh_token=r1", "/x"}
		if diff := cmp.Diff(want, a.asked); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"r1", "r2"}, renewed); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("not twice", func(t *testing.T) {
		a := newAPI(t, tokens("", func(string) bool { return false }))
		c := a.client()
		c.Auth = &OAuth2{TokenURL: a.URL + "/token", ClientID: "i", ClientSecret: "s"}
		err := c.Check(context.Background(), Request{Path: "/x"})
		var ce *CredentialsError
		if !errors.As(err, &ce) || len(a.asked) != 4 {
			t.Errorf("error %v, asked %v", err, a.asked)
		}
	})
	t.Run("many at a time ask for one token", func(t *testing.T) {
		a := newAPI(t, tokens("", always))
		c := a.client()
		c.RateLimit.Concurrent = 2 // the token request must not wait for a slot that waits for it
		c.Auth = &OAuth2{TokenURL: a.URL + "/token", ClientID: "i", ClientSecret: "s"}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := c.Do(context.Background(), Request{Path: "/x"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := strings.Count(strings.Join(a.asked, " "), "/token"); got != 1 {
			t.Errorf("%d token requests, want 1", got)
		}
	})
}

func TestTokenRefused(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"unknown client"}`)
	})
	c := a.client()
	c.Auth = &OAuth2{TokenURL: a.URL + "/token", ClientID: "i", ClientSecret: "s3cret"}
	err := c.Check(context.Background(), Request{Path: "/x"})
	want := "credentials for GET http://api/x: get token: credentials refused: 400 Client Error: Bad Request for url: http://api/token: invalid_client: unknown client"
	if got := a.errText(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var ce *CredentialsError
	if !errors.As(err, &ce) || len(a.asked) != 1 {
		t.Errorf("error is %T, %d requests", err, len(a.asked))
	}
}

func TestSession(t *testing.T) { // R44
	logins := 0
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			logins++
			fmt.Fprintf(w, `{"data":{"session":"s%d"}}`, logins)
			return
		}
		if r.Header.Get("X-Session") != "sid=s2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, "[1]")
	})
	c := a.client()
	c.Auth = &Session{
		Login:     Request{Path: "/login", JSON: map[string]string{"user": "u", "password": "p"}},
		TokenPath: "data.session", Header: "X-Session", Prefix: "sid=",
	}
	if _, err := read(c, Request{Path: "/x", Selector: "$", Paginator: &SinglePage{}}); err != nil {
		t.Fatal(err)
	}
	login := `/login {"password":"p","user":"u"}`
	if diff := cmp.Diff([]string{login, "/x", login, "/x"}, a.asked); diff != "" {
		t.Error(diff)
	}
}

func TestAssertion(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	a := newAPI(t, tokens("", always))
	c := a.client()
	c.Auth = &OAuth2{
		Grant: GrantJWT, TokenURL: a.URL + "/token", ClientID: "me", Scopes: []string{"a", "b"},
		Assertion: &Assertion{PrivateKey: Secret(text)},
	}
	if _, err := c.Do(context.Background(), Request{Path: "/x"}); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(strings.TrimPrefix(a.asked[0], "/token "))
	if err != nil || form.Get("grant_type") != string(GrantJWT) {
		t.Fatalf("form %v, error %v", form, err)
	}
	parts := strings.Split(form.Get("assertion"), ".")
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], sig); err != nil {
		t.Error(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	delete(claims, "jti")
	iat := float64(a.now.Unix())
	want := map[string]any{"iss": "me", "sub": "me", "aud": a.URL + "/token", "iat": iat, "exp": iat + 3600, "scope": "a b"}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Error(diff)
	}
	for in, want := range map[string]string{
		"x": "private key: no PEM block",
		string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})): "private key: it is encrypted; decrypt it with openssl pkcs8 -topk8 -nocrypt",
	} {
		if _, err := parseKey([]byte(in)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestSecret(t *testing.T) {
	s := Secret("hush-hush")
	js, err := json.Marshal(struct{ S, Empty Secret }{S: s})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %v %+v %#v %q %s %v", s, s, s, s, s, js, s.LogValue())
	want := `*** *** *** rest.Secret("***") "***" {"S":"***","Empty":""} ***`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if s.Reveal() != "hush-hush" {
		t.Error("Reveal changed the text")
	}
}
