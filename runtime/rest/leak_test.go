package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestRedirects: R7, also in the ways that net/http would let a secret through.
func TestRedirects(t *testing.T) {
	other := newAPI(t, say("[2]"))
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/away":
			http.Redirect(w, r, other.URL+"/x", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "[1]")
		}
	})
	c := a.client()
	c.Headers = map[string]string{"X-Secret": "s3cret-header"}
	c.Auth = AllOf{&APIKey{Name: "X-Key", Value: "s3cret-key"}, &APIKey{Name: "appid", In: InQuery, Value: "s3cret-id"}, &Bearer{Token: "s3cret-token"}}
	pages, err := read(c, Request{Path: "/here", Selector: "$", Paginator: &SinglePage{}})
	if err != nil || pages[0] != "[1]" || a.heads[1].Get("X-Key") == "" {
		t.Errorf("same host: pages %v, error %v, headers %v", pages, err, a.heads[1])
	}
	pages, err = read(c, Request{Path: "/away", Selector: "$", Paginator: &SinglePage{}})
	if err != nil || pages[0] != "[2]" {
		t.Fatalf("other host: pages %v, error %v", pages, err)
	}
	if got := fmt.Sprint(other.heads[0], other.asked[0]); strings.Contains(got, "s3cret") {
		t.Errorf("the other host got a secret: %s", got)
	}
	u, _ := url.Parse(other.URL)
	_, err = c.Do(context.Background(), Request{Method: "POST", Path: "/away", JSON: map[string]string{"password": "x"}})
	if want := "redirect of a request with a body leads from"; err == nil || !strings.Contains(err.Error(), want) || len(other.asked) != 1 {
		t.Errorf("a body to another host: %v, want %s", err, want)
	}
	if _, err = c.Do(context.Background(), Request{Path: "/away", FollowHosts: []string{u.Host}}); err != nil || other.heads[1].Get("X-Key") != "s3cret-key" {
		t.Errorf("listed host: error %v, headers %v", err, other.heads)
	}
	a.waits = nil
	if _, err = c.Do(context.Background(), Request{Path: "/loop"}); err == nil || !strings.Contains(err.Error(), "stopped after 10 redirects") || len(a.waits) != 0 {
		t.Errorf("loop: %v, waits %v", err, a.waits)
	}
}

// TestAbsolutePath: a path that names another host gets no credentials.
func TestAbsolutePath(t *testing.T) {
	other := newAPI(t, say("[2]"))
	a := newAPI(t, say("[1]"))
	c := a.client()
	c.Headers = map[string]string{"X-Secret": "s3cret-header"}
	c.Auth = &Bearer{Token: "s3cret-token"}
	if _, err := c.Do(context.Background(), Request{Path: other.URL + "/x"}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(other.heads[0]); strings.Contains(got, "s3cret") {
		t.Errorf("the other host got a secret: %s", got)
	}
	if _, err := c.Do(context.Background(), Request{Path: other.URL + "/x", Auth: &Bearer{Token: "its-own"}}); err != nil {
		t.Fatal(err)
	}
	if got := other.heads[1].Get("Authorization"); got != "Bearer its-own" {
		t.Errorf("own credentials: %q", got)
	}
}

// TestNothingLeaks feeds a secret through every way out: errors, logs, origins.
func TestNothingLeaks(t *testing.T) {
	const secret = "s3cret-value"
	var log bytes.Buffer
	serve := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			fmt.Fprintf(w, `{"r":[1],"next":"/fail?appid=%s&page=2"}`, r.URL.Query().Get("appid"))
		default:
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprintf(w, "bad key %s", r.URL.Query().Get("appid"))
		}
	}
	a := newAPI(t, serve)
	c := a.client()
	c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.Auth = &APIKey{Name: "appid", In: InQuery, Value: secret}
	c.ShowErrorBody = true
	var seen strings.Builder
	for page, err := range c.Pages(context.Background(), Request{Path: "/ok", Selector: "r", Paginator: &JSONLink{}}) {
		fmt.Fprintln(&seen, page.Origin, err)
		if se, ok := errors.AsType[*StatusError](err); ok {
			fmt.Fprintf(&seen, "%+v %#v", se, se)
		}
	}
	a.Close()
	_, err := c.Do(context.Background(), Request{Path: "/ok"})
	fmt.Fprintln(&seen, err)
	fmt.Fprintf(&seen, "%v %+v %#v %s", c.Auth, c.Auth, c.Auth, c.Auth)
	js, _ := json.Marshal(c.Auth)
	seen.Write(js)
	if !strings.Contains(a.asked[1], secret) {
		t.Fatalf("the secret was not sent: %v", a.asked)
	}
	for name, text := range map[string]string{"output": seen.String(), "log": log.String()} {
		if text == "" || strings.Contains(text, secret) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
