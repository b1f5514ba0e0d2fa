package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// An Auth gives a request its credentials. The client that sends the request
// is passed along for kinds that must ask for a token first.
type Auth interface {
	Apply(ctx context.Context, c *Client, req *http.Request) error
}

// A renewer is an Auth whose credentials can be had anew.
type renewer interface {
	// expired is told that a request was refused with 401, and reports whether
	// sending it again with new credentials makes sense.
	expired(req *http.Request) bool
}

// A keeper is an Auth that knows what must not be shown.
type keeper interface {
	hidden() []Secret
}

// A paramKeeper is an Auth that may put its secrets into the query.
type paramKeeper interface {
	// hiddenParams are the names of the parameters that carry a secret.
	hiddenParams() []string
}

// A chooser is an Auth that can tell whether its secrets are there.
type chooser interface {
	complete() bool
}

// Bearer is a token in the Authorization header. Without a token it does nothing.
type Bearer struct {
	Token Secret
}

// Apply sets the header.
func (a *Bearer) Apply(_ context.Context, _ *Client, req *http.Request) error {
	if a.Token != "" {
		req.Header.Set("Authorization", "Bearer "+a.Token.Reveal())
	}
	return nil
}

func (a *Bearer) hidden() []Secret { return []Secret{a.Token} }
func (a *Bearer) complete() bool   { return a.Token != "" }

// In is where an API key goes.
type In string

// The places of an API key. "param" is another word for the query.
const (
	InHeader In = "header"
	InQuery  In = "query"
	InCookie In = "cookie"
)

// APIKey is a key in a header, a query parameter or a cookie. Without a value
// it does nothing.
type APIKey struct {
	Name   string // Authorization
	In     In     // header
	Prefix string // before the value: "Token "
	Value  Secret
}

// Apply adds the key.
func (a *APIKey) Apply(_ context.Context, _ *Client, req *http.Request) error {
	if a.Value == "" {
		return nil
	}
	name, value := a.name(), a.Prefix+a.Value.Reveal()
	switch a.In {
	case InHeader, "":
		req.Header.Set(name, value)
	case InQuery, "param":
		setRawQuery(req.URL, name, value)
	case InCookie:
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	default:
		return fmt.Errorf("api_key: location %q is none of header, query, cookie", a.In)
	}
	return nil
}

func (a *APIKey) name() string {
	if a.Name == "" {
		return "Authorization"
	}
	return a.Name
}

func (a *APIKey) hidden() []Secret { return []Secret{a.Value} }

func (a *APIKey) hiddenParams() []string {
	if a.In == InQuery || a.In == "param" {
		return []string{a.name()}
	}
	return nil
}

func (a *APIKey) complete() bool { return a.Value != "" }

// Basic is a user name and a password. The name is a secret too: with many APIs
// it is the key.
type Basic struct {
	Username Secret
	Password Secret
}

// Apply sets the header, unless both are empty.
func (a *Basic) Apply(_ context.Context, _ *Client, req *http.Request) error {
	if a.complete() {
		pair := a.Username.Reveal() + ":" + a.Password.Reveal()
		req.Header.Set("Authorization", basicHeader(pair))
	}
	return nil
}

func (a *Basic) hidden() []Secret { return []Secret{a.Username, a.Password} }
func (a *Basic) complete() bool   { return a.Username != "" || a.Password != "" }

// AllOf is credentials that are applied together.
type AllOf []Auth

// Apply applies each in order.
func (a AllOf) Apply(ctx context.Context, c *Client, req *http.Request) error {
	for _, one := range a {
		if err := one.Apply(ctx, c, req); err != nil {
			return err
		}
	}
	return nil
}

func (a AllOf) expired(req *http.Request) bool {
	any := false
	for _, one := range a {
		if r, ok := one.(renewer); ok && r.expired(req) {
			any = true
		}
	}
	return any
}

func (a AllOf) hidden() []Secret {
	var secrets []Secret
	for _, one := range a {
		if k, ok := one.(keeper); ok {
			secrets = append(secrets, k.hidden()...)
		}
	}
	return secrets
}

func (a AllOf) hiddenParams() []string {
	var params []string
	for _, one := range a {
		if k, ok := one.(paramKeeper); ok {
			params = append(params, k.hiddenParams()...)
		}
	}
	return params
}

func (a AllOf) complete() bool {
	for _, one := range a {
		if ch, ok := one.(chooser); ok && !ch.complete() {
			return false
		}
	}
	return true
}

// FirstOf is alternatives: the first whose secrets are all there is applied,
// the first of all if none is complete.
type FirstOf []Auth

func (a FirstOf) chosen() Auth {
	for _, one := range a {
		if ch, ok := one.(chooser); !ok || ch.complete() {
			return one
		}
	}
	if len(a) > 0 {
		return a[0]
	}
	return NoAuth{}
}

// Apply applies the chosen alternative.
func (a FirstOf) Apply(ctx context.Context, c *Client, req *http.Request) error {
	return a.chosen().Apply(ctx, c, req)
}

func (a FirstOf) expired(req *http.Request) bool {
	r, ok := a.chosen().(renewer)
	return ok && r.expired(req)
}

func (a FirstOf) hidden() []Secret       { return AllOf(a).hidden() }
func (a FirstOf) hiddenParams() []string { return AllOf(a).hiddenParams() }

func (a FirstOf) complete() bool {
	ch, ok := a.chosen().(chooser)
	return !ok || ch.complete()
}

// NoAuth sends no credentials; as Request.Auth it keeps the client's back.
type NoAuth struct{}

// Apply does nothing.
func (NoAuth) Apply(context.Context, *Client, *http.Request) error { return nil }

// AuthFunc is an Auth that a program supplies: request signing, for example.
type AuthFunc func(ctx context.Context, req *http.Request) error

// Apply calls the function.
func (f AuthFunc) Apply(ctx context.Context, _ *Client, req *http.Request) error {
	return f(ctx, req)
}

// setRawQuery gives a query parameter one value and leaves the text of the
// others as it is.
func setRawQuery(u *url.URL, name, value string) {
	u.RawQuery = dropRaw(u.RawQuery, name)
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += url.QueryEscape(name) + "=" + url.QueryEscape(value)
}
