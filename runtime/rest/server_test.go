package rest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// An api is a server that notes what it was asked and how long the client
// wanted to wait.
type api struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // path?query, and the body behind a space
	heads []http.Header
	waits []time.Duration
	now   time.Time
}

func newAPI(t *testing.T, h func(w http.ResponseWriter, r *http.Request)) *api {
	t.Helper()
	a := &api{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		line := r.URL.RequestURI()
		if len(body) > 0 {
			line += " " + string(body)
		}
		a.mu.Lock()
		a.asked = append(a.asked, line)
		a.heads = append(a.heads, r.Header.Clone())
		a.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

// client is one whose waits pass at once and are noted.
func (a *api) client() *Client {
	return &Client{
		BaseURL: a.URL,
		Clock: func() time.Time {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.now
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.waits = append(a.waits, d)
			a.now = a.now.Add(d)
			return ctx.Err()
		},
	}
}

// seconds are the waits.
func (a *api) seconds() []float64 {
	var out []float64
	for _, w := range a.waits {
		out = append(out, w.Seconds())
	}
	return out
}

// say answers with a text, counting from the first request.
func say(texts ...string) func(http.ResponseWriter, *http.Request) {
	var mu sync.Mutex
	i := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		text := texts[min(i, len(texts)-1)]
		i++
		mu.Unlock()
		_, _ = io.WriteString(w, text)
	}
}

// read collects the pages of a request.
func read(c *Client, req Request) (pages []string, err error) {
	for page, err := range c.Pages(context.Background(), req) {
		if err != nil {
			return pages, err
		}
		pages = append(pages, string(page.Data))
	}
	return pages, nil
}

// errText is an error's text with the server's address replaced.
func (a *api) errText(err error) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), a.URL, "http://api")
}
