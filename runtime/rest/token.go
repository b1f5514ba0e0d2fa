package rest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ClientStyle is how an OAuth client names itself to the token endpoint.
type ClientStyle string

// The styles of naming an OAuth client.
const (
	ClientInForm  ClientStyle = "client_secret_post" // the default
	ClientInBasic ClientStyle = "client_secret_basic"
)

// OAuth2 gets an access token from a token endpoint and sends it as a bearer
// token. It gets another 30 seconds before the token ends, and once per request
// after a 401 (R43). It may be shared by many requests at a time, and must not
// be copied after its first use.
type OAuth2 struct {
	TokenURL     string
	Grant        Grant // client_credentials
	ClientID     Secret
	ClientSecret Secret
	Style        ClientStyle
	Scopes       []string
	RefreshToken Secret // refresh_token, or what the password grant left
	Username     Secret // password
	Password     Secret // password
	Assertion    *Assertion
	// Extra are more fields of the form; they win over the others.
	Extra map[string]string
	// Lifetime is a token's life if the answer does not say: 3600 s.
	Lifetime time.Duration
	// Renewed, if set, is told of a refresh token that replaces the old one.
	Renewed func(refreshToken Secret)

	cache tokenCache
}

// A Grant is the kind of exchange for a token.
type Grant string

// The grants. GrantJWT needs an Assertion.
const (
	GrantClientCredentials Grant = "client_credentials"
	GrantRefreshToken      Grant = "refresh_token"
	GrantPassword          Grant = "password"
	GrantJWT               Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// Apply gets a token if there is none that lives, and sets the header.
func (a *OAuth2) Apply(ctx context.Context, c *Client, req *http.Request) error {
	token, err := a.cache.get(ctx, c, a.fetch)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	return nil
}

func (a *OAuth2) expired(req *http.Request) bool {
	return a.cache.drop(strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "))
}

func (a *OAuth2) hidden() []Secret {
	return []Secret{a.ClientSecret, a.Password, a.cache.current(), a.refresh()}
}

// refresh is the newest refresh token.
func (a *OAuth2) refresh() Secret {
	a.cache.mu.Lock()
	defer a.cache.mu.Unlock()
	if a.cache.refresh != "" {
		return a.cache.refresh
	}
	return a.RefreshToken
}

func (a *OAuth2) complete() bool {
	switch a.grant() {
	case GrantRefreshToken:
		return a.RefreshToken != ""
	case GrantPassword:
		return a.Username != "" && a.Password != ""
	case GrantJWT:
		return a.Assertion != nil && a.Assertion.PrivateKey != ""
	case GrantClientCredentials:
	}
	return a.ClientID != "" && a.ClientSecret != ""
}

func (a *OAuth2) grant() Grant {
	if a.Grant == "" {
		return GrantClientCredentials
	}
	return a.Grant
}

// fetch asks the token endpoint. The request goes through the retrying client
// and never carries the API's own credentials or headers.
func (a *OAuth2) fetch(ctx context.Context, c *Client, refresh Secret) (issued, error) {
	form, err := a.form(c, refresh)
	if err != nil {
		return issued{}, err
	}
	header := map[string]string{"Accept": "application/json"}
	if a.Style == ClientInBasic {
		basic := url.QueryEscape(a.ClientID.Reveal()) + ":" + url.QueryEscape(a.ClientSecret.Reveal())
		header["Authorization"] = basicHeader(basic)
	}
	body, err := c.tokenBody(ctx, Request{Method: http.MethodPost, Path: a.TokenURL, Form: form, Header: header, Auth: NoAuth{}, bare: true})
	if err != nil {
		return issued{}, err
	}
	var answer struct {
		AccessToken  Secret          `json:"access_token"`
		RefreshToken Secret          `json:"refresh_token"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return issued{}, errors.New("the answer is not JSON")
	}
	if answer.AccessToken == "" {
		return issued{}, errors.New("the answer holds no access_token")
	}
	if answer.RefreshToken != "" && a.Renewed != nil && answer.RefreshToken != refresh {
		a.Renewed(answer.RefreshToken)
	}
	life := a.Lifetime
	if life == 0 {
		life = time.Hour
	}
	seconds, err := strconv.ParseFloat(strings.Trim(string(answer.ExpiresIn), `"`), 64)
	if err == nil && seconds > 0 && seconds < math.MaxInt32 {
		life = time.Duration(seconds * float64(time.Second))
	}
	return issued{token: answer.AccessToken, refresh: answer.RefreshToken, life: life}, nil
}

func (a *OAuth2) form(c *Client, refresh Secret) (Query, error) {
	var q Query
	if a.Style != ClientInBasic && a.grant() != GrantJWT {
		q.Set("client_id", a.ClientID.Reveal())
		q.Set("client_secret", a.ClientSecret.Reveal())
	}
	q.Set("grant_type", string(a.grant()))
	if len(a.Scopes) > 0 && a.grant() != GrantJWT {
		q.Set("scope", strings.Join(a.Scopes, " "))
	}
	switch a.grant() {
	case GrantClientCredentials:
	case GrantRefreshToken:
		if refresh == "" {
			refresh = a.RefreshToken
		}
		q.Set("refresh_token", refresh.Reveal())
	case GrantPassword:
		q.Set("username", a.Username.Reveal())
		q.Set("password", a.Password.Reveal())
	case GrantJWT:
		signed, err := a.Assertion.sign(a, c.now())
		if err != nil {
			return nil, err
		}
		q.Set("assertion", signed)
	default:
		return nil, fmt.Errorf("grant %q is not known", a.Grant)
	}
	for _, k := range sortedKeys(a.Extra) {
		q.Set(k, a.Extra[k])
	}
	return q, nil
}

// Session logs in once with one request, whose answer holds a token at a path,
// and sends the token in a header. It logs in again once per request after a 401.
// It must not be copied after its first use.
type Session struct {
	// Login is the request; its path may be relative to the client's base.
	Login     Request
	TokenPath string // access_token
	Header    string // Authorization
	Prefix    string // before the token: "Bearer "
	// Lifetime is how long a token is used; 0 until a 401.
	Lifetime time.Duration
	// Secrets are the values in Login that must not be shown.
	Secrets []Secret

	cache tokenCache
}

// Apply logs in if there is no token, and sets the header.
func (a *Session) Apply(ctx context.Context, c *Client, req *http.Request) error {
	token, err := a.cache.get(ctx, c, a.fetch)
	if err != nil {
		return err
	}
	req.Header.Set(a.header(), a.Prefix+token.Reveal())
	return nil
}

func (a *Session) header() string {
	if a.Header == "" {
		return "Authorization"
	}
	return a.Header
}

func (a *Session) expired(req *http.Request) bool {
	return a.cache.drop(strings.TrimPrefix(req.Header.Get(a.header()), a.Prefix))
}

func (a *Session) hidden() []Secret {
	return append([]Secret{a.cache.current()}, a.Secrets...)
}

func (a *Session) fetch(ctx context.Context, c *Client, _ Secret) (issued, error) {
	req := a.Login
	if req.Method == "" {
		req.Method = http.MethodPost
	}
	if req.Auth == nil {
		req.Auth = NoAuth{}
	}
	body, err := c.tokenBody(ctx, req)
	if err != nil {
		return issued{}, err
	}
	at := a.TokenPath
	if at == "" {
		at = "access_token"
	}
	path, err := parseSelector(at)
	if err != nil {
		return issued{}, err
	}
	hits, err := scan(body, []selector{path}, false)
	if err != nil {
		return issued{}, errors.New("the answer is not JSON")
	}
	if len(hits[0]) == 0 {
		return issued{}, fmt.Errorf("the answer holds no %s", at)
	}
	token := Secret(scalarText(body[hits[0][0].start:hits[0][0].end]))
	if token == "" {
		return issued{}, fmt.Errorf("the answer's %s is empty", at)
	}
	return issued{token: token, life: a.Lifetime}, nil
}

// issued is what a token endpoint gave.
type issued struct {
	token, refresh Secret
	life           time.Duration // 0: no end known
}

// A tokenCache holds one token. While one request fetches, others wait for it.
type tokenCache struct {
	fetching sync.Mutex // held while a token is asked for

	mu      sync.Mutex // guards the rest
	token   Secret
	refresh Secret
	renewAt time.Time // zero: never
}

// early is how long before its end a token is replaced.
const early = 30 * time.Second

func (t *tokenCache) get(ctx context.Context, c *Client, fetch func(context.Context, *Client, Secret) (issued, error)) (Secret, error) {
	if token, ok := t.alive(c); ok {
		return token, nil
	}
	t.fetching.Lock()
	defer t.fetching.Unlock()
	if token, ok := t.alive(c); ok {
		return token, nil
	}
	t.mu.Lock()
	refresh := t.refresh
	t.mu.Unlock()
	got, err := fetch(ctx, c, refresh)
	if err != nil {
		return "", fmt.Errorf("get token: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.renewAt = got.token, time.Time{}
	if got.refresh != "" {
		t.refresh = got.refresh
	}
	if got.life > 0 {
		// A token that lives less than a minute is used for half its life.
		t.renewAt = c.now().Add(got.life - min(early, got.life/2))
	}
	return t.token, nil
}

func (t *tokenCache) alive(c *Client) (Secret, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token, t.token != "" && (t.renewAt.IsZero() || c.now().Before(t.renewAt))
}

func (t *tokenCache) current() Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token
}

// drop forgets the token if it is the refused one: another request may have
// replaced it already. Either way the request is worth sending again.
func (t *tokenCache) drop(refused string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Reveal() == refused {
		t.token = ""
	}
	return refused != ""
}

// tokenBody sends a request for a token and returns the answer's body.
func (c *Client) tokenBody(ctx context.Context, req Request) ([]byte, error) {
	resp, err := c.Do(ctx, req)
	if err != nil {
		return nil, err
	}
	if resp.Status >= 400 {
		err := c.statusError(ctx, resp)
		err.Body = ""
		if reason := oauthReason(resp.Body); reason != "" {
			return nil, &CredentialsError{fmt.Errorf("%w: %s", err, reason)}
		}
		if resp.Status < 500 && resp.Status != http.StatusTooManyRequests {
			return nil, &CredentialsError{err}
		}
		return nil, err
	}
	return resp.Body, nil
}

// oauthReason is the error an OAuth server states (RFC 6749, 5.2).
func oauthReason(body []byte) string {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error == "" {
		return ""
	}
	text := answer.Error
	if answer.Description != "" {
		text += ": " + answer.Description
	}
	return excerpt([]byte(text), 300)
}

// newID returns a random identifier for assertions.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
