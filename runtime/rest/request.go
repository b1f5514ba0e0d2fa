package rest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Request is one endpoint to read, all its pages.
type Request struct {
	Method string // GET
	// Path is joined to the client's base (R20); {name} stands for a path
	// parameter. An absolute URL of another host is asked without the client's
	// credentials and headers, unless FollowHosts lists it.
	Path       string
	PathParams map[string]string
	Query      Query
	Header     map[string]string // over the client's
	// JSON is a body; Form another kind of body. Not both (R21).
	JSON any
	Form Query

	// Selector is the path of the records in the body: "$", "data", "a.b",
	// "edges[*].node", "$.*", ["a.b"] for a name with dots. "" finds it on the
	// first page (R30).
	Selector string
	// MapKey, with a selector that ends in .*, names the field that gets the key
	// of each record.
	MapKey string
	// Paginator is the client's if nil, and found on the first page if that is nil.
	Paginator Paginator
	// Single is set for a body that is one entity: Selector is "$" unless set,
	// and there is one page.
	Single  bool
	Actions []Action
	// MaxPages ends the pagination with a warning; 0 is no limit.
	MaxPages int
	// FollowHosts are hosts that next links and redirects may lead to besides the
	// base, and that get the credentials too: "files.example.com", or
	// "https://files.example.com:8443".
	FollowHosts []string
	// Auth replaces the client's; NoAuth{} sends none.
	Auth Auth
	// AllowRepeats accepts a page whose bytes equal those of the page before it;
	// otherwise that is a PaginationLoopError.
	AllowRepeats bool

	bare bool // without the client's headers, for token requests
}

// A Call is the next request of a pagination: what a Paginator may change.
type Call struct {
	method string
	url    *url.URL // without query
	raw    string   // query of the path or the link, as written
	query  Query
	header map[string]string
	body   any // a tree of map[string]any, or what the Request had
	form   Query
	isTree bool
	auth   Auth
	hosts  []string
	bare   bool
	first  *url.URL // of the pagination: what credentials are for, without a base
	base   *url.URL // what a relative link is relative to
	act    []Action
}

func (c *Client) newCall(req Request) (*Call, error) {
	if req.JSON != nil && req.Form != nil {
		return nil, errors.New("request: json and form cannot be used together")
	}
	path, err := fillPath(req.Path, req.PathParams)
	if err != nil {
		return nil, err
	}
	u, err := joinURL(c.BaseURL, path)
	if err != nil {
		return nil, err
	}
	call := &Call{
		method: strings.ToUpper(or(req.Method, http.MethodGet)),
		url:    u,
		raw:    u.RawQuery,
		query:  slices.Clone(req.Query),
		header: maps.Clone(req.Header),
		body:   req.JSON,
		form:   req.Form,
		auth:   req.Auth,
		hosts:  append(slices.Clone(c.FollowHosts), req.FollowHosts...),
		bare:   req.bare,
		first:  u,
		base:   u,
		act:    req.Actions,
	}
	u.RawQuery, u.Fragment = "", ""
	return call, nil
}

// SetQuery gives a query parameter one value.
func (c *Call) SetQuery(name, value string) {
	c.raw = dropRaw(c.raw, name)
	c.query.Set(name, value)
}

// SetBody sets a field of the JSON body. The path is names joined by dots;
// missing objects are created (R50).
func (c *Call) SetBody(path string, value any) error {
	root, err := c.tree()
	if err != nil {
		return err
	}
	names := strings.Split(path, ".")
	for i, name := range names[:len(names)-1] {
		switch next := root[name].(type) {
		case map[string]any:
			root = next
		case nil:
			made := map[string]any{}
			root[name], root = made, made
		default:
			return fmt.Errorf("request body: %s is not an object", strings.Join(names[:i+1], "."))
		}
	}
	root[names[len(names)-1]] = value
	return nil
}

// tree is the body as a copy that may be changed.
func (c *Call) tree() (map[string]any, error) {
	if c.isTree {
		return c.body.(map[string]any), nil
	}
	root := map[string]any{}
	if c.body != nil {
		text, err := json.Marshal(c.body)
		if err != nil {
			return nil, fmt.Errorf("request body: %w", err)
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&root); err != nil || root == nil {
			return nil, errors.New("request body: a paging field needs a JSON object")
		}
	}
	c.body, c.isTree = root, true
	return root, nil
}

// Follow makes the call's URL that of a link, resolved against the page that
// named it; the parameters so far are dropped (R55). A link to another host is
// an error unless it is listed (R59).
func (c *Call) Follow(link string) error {
	ref, err := url.Parse(strings.TrimSpace(link))
	if err != nil {
		return fmt.Errorf("next link: %w", innermost(err))
	}
	u := c.base.ResolveReference(ref)
	if origin(u) != origin(c.url) && origin(u) != origin(c.first) && !follows(c.hosts, c.first, u) {
		return &ForeignHostError{From: origin(c.url), To: origin(u), What: "next link"}
	}
	c.raw, c.query = u.RawQuery, nil
	u.RawQuery, u.Fragment, u.User = "", "", nil
	c.url = u
	return nil
}

// target is the whole URL.
func (c *Call) target() *url.URL {
	u := *c.url
	u.RawQuery = c.raw
	if q := c.query.Encode(); q != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += q
	}
	return &u
}

// payload is the body's bytes and their type.
func (c *Call) payload() (body []byte, contentType string, err error) {
	switch {
	case c.form != nil:
		return []byte(c.form.Encode()), "application/x-www-form-urlencoded", nil
	case c.body == nil:
		return nil, "", nil
	}
	if raw, ok := c.body.(json.RawMessage); ok {
		return raw, "application/json", nil
	}
	body, err = json.Marshal(c.body)
	if err != nil {
		return nil, "", fmt.Errorf("request body: %w", err)
	}
	return body, "application/json", nil
}

// build makes the HTTP request, without credentials.
func (c *Call) build(ctx context.Context, client *Client) (*http.Request, error) {
	body, contentType, err := c.payload()
	if err != nil {
		return nil, err
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body) // replayable: net/http keeps a way back
	}
	u := c.target()
	req, err := http.NewRequestWithContext(ctx, c.method, u.String(), reader)
	if err != nil {
		return nil, innermost(err)
	}
	req.Header.Set("User-Agent", or(client.UserAgent, userAgent()))
	req.Header.Set("Accept", "application/json, application/x-ndjson;q=0.9, */*;q=0.1")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if !c.bare && client.trusts(c, u) {
		for _, k := range sortedKeys(client.Headers) {
			req.Header.Set(k, client.Headers[k])
		}
	}
	for _, k := range sortedKeys(c.header) {
		req.Header.Set(k, c.header[k])
	}
	return req, nil
}

// dropRaw removes the parameters called name from a query as written.
func dropRaw(raw, name string) string {
	if raw == "" {
		return ""
	}
	pieces := strings.Split(raw, "&")
	pieces = slices.DeleteFunc(pieces, func(p string) bool {
		n, _, _ := strings.Cut(p, "=")
		text, err := url.QueryUnescape(n)
		return err == nil && text == name
	})
	return strings.Join(pieces, "&")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func basicHeader(pair string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}
