package rest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	defaultTimeout      = 60 * time.Second
	defaultMaxBody      = 512 << 20
	defaultMaxErrorBody = 8192
)

// A Client sends the requests of one API. Its zero value works for absolute
// URLs. It is safe for use by many goroutines; its fields must not change after
// the first request, and it must not be copied.
type Client struct {
	BaseURL   string
	Headers   map[string]string
	Auth      Auth
	Paginator Paginator // of requests that have none
	Retry     Retry
	RateLimit RateLimit
	// FollowHosts holds for all requests, see Request.
	FollowHosts []string
	// Timeout bounds the wait for a connection and the answer, and for each read
	// of a body: 60 s.
	Timeout   time.Duration
	UserAgent string // dltgen/<version>
	// MaxBody bounds a body, uncompressed: 512 MiB.
	MaxBody int64
	// ShowErrorBody adds the response's body to the text of errors, the first
	// MaxErrorBody bytes of it: 8192.
	ShowErrorBody bool
	MaxErrorBody  int
	Logger        *slog.Logger // that of Defaults, or none
	// HTTP is used with its transport, cookies and timeout; redirects are ours.
	HTTP *http.Client

	// Clock and Sleep are for tests.
	Clock func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error

	once  sync.Once
	http  *http.Client
	limit *limiter
}

// userAgent is the tool and its version (R7).
var userAgent = sync.OnceValue(func() string {
	const module = "github.com/dltgen/dltgen"
	version := "devel"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dltgen/" + version
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Version != "" && m.Version != "(devel)" {
			version = m.Version
		}
	}
	return "dltgen/" + version
})

func (c *Client) setup(ctx context.Context) {
	c.once.Do(func() {
		hc := &http.Client{}
		if c.HTTP != nil {
			*hc = *c.HTTP
		}
		if hc.Transport == nil {
			hc.Transport = newTransport(c.timeout(ctx))
		}
		hc.CheckRedirect = checkRedirect
		c.http = hc
		c.limit = newLimiter(c)
	})
}

// newTransport is net/http's own with dlt's limits: proxies from the
// environment, 50 idle connections per host.
func newTransport(timeout time.Duration) http.RoundTripper {
	const perHost = 50
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          2 * perHost,
		MaxIdleConnsPerHost:   perHost,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   timeout,
		ExpectContinueTimeout: time.Second,
	}
}

func (c *Client) now() time.Time {
	clock := c.Clock
	if clock == nil {
		clock = time.Now
	}
	return clock()
}

// sleep waits, or ends early with the context's error.
func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// trusts reports whether u may see the client's credentials and headers: the
// base's host, the listed ones, and without a base the first URL's.
func (c *Client) trusts(call *Call, u *url.URL) bool {
	home := call.first
	if c.BaseURL != "" {
		if base, err := url.Parse(c.BaseURL); err == nil {
			home = base
		}
	}
	return origin(u) == origin(home) || follows(call.hosts, home, u)
}

// authOf is the credentials for a call: its own, or the client's if the host
// may see them.
func (c *Client) authOf(call *Call, u *url.URL) Auth {
	switch {
	case call.auth != nil && (origin(u) == origin(call.first) || follows(call.hosts, call.first, u)):
		return call.auth
	case call.auth == nil && c.Auth != nil && c.trusts(call, u):
		return c.Auth
	}
	return NoAuth{}
}

// hidden are all secrets and secret parameters that a call knows.
func (c *Client) hidden(call *Call) (secrets []Secret, params []string) {
	all := AllOf{c.Auth, call.auth}
	return all.hidden(), all.hiddenParams()
}

// show returns a URL of a call for messages.
func (c *Client) show(call *Call, u *url.URL) string {
	secrets, params := c.hidden(call)
	return mask(sanitize(u, params), secrets)
}

// mask replaces secrets in a text. Very short ones are left: they would hit
// text that has nothing to do with them.
func mask(text string, secrets []Secret) string {
	const shortest = 6
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		text = strings.ReplaceAll(text, s.Reveal(), redacted)
		text = strings.ReplaceAll(text, url.QueryEscape(s.Reveal()), redacted)
	}
	return text
}

// safeHeaders may follow a redirect to any host.
var safeHeaders = []string{"Accept", "Accept-Encoding", "Accept-Language", "User-Agent", "Content-Type", "Content-Length"}

// redirectKey is the context key of a call, for checkRedirect.
type redirectKey struct{}

// checkRedirect lets a redirect to another host go without credentials, headers
// and referrer, and refuses one that carries a body there (R7).
func checkRedirect(req *http.Request, via []*http.Request) error {
	const most = 10
	if len(via) >= most {
		return errTooManyRedirects
	}
	req.Header.Del("Referer") // it quotes the query, keys included
	from := via[0].URL
	if origin(req.URL) == origin(from) {
		return nil
	}
	if call, ok := req.Context().Value(redirectKey{}).(*Call); ok && follows(call.hosts, call.first, req.URL) {
		return nil
	}
	if req.Body != nil && req.Body != http.NoBody {
		return &ForeignHostError{From: origin(from), To: origin(req.URL), What: "redirect of a request with a body"}
	}
	for k := range req.Header {
		if !slices.Contains(safeHeaders, k) {
			req.Header.Del(k)
		}
	}
	return nil
}
