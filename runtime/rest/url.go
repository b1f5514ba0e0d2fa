package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// sensitive are the parameters whose values no message shows (R8).
var sensitive = []string{
	"api_key", "token", "key", "access_token", "apikey", "api-key", "access-token",
	"secret", "password", "pwd", "client_secret",
}

// sanitize returns u for messages: without user and password, the values of
// sensitive parameters and of those named in more masked.
func sanitize(u *url.URL, more []string) string {
	if u == nil {
		return ""
	}
	out := *u
	if out.User != nil {
		out.User = url.User(redacted)
	}
	out.RawQuery = maskQuery(u.RawQuery, more)
	out.Fragment = ""
	return strings.ReplaceAll(out.String(), "%2A%2A%2A@", redacted+"@")
}

func maskQuery(raw string, more []string) string {
	if raw == "" {
		return ""
	}
	pieces := strings.Split(raw, "&")
	for i, p := range pieces {
		name, _, hasValue := strings.Cut(p, "=")
		if hasValue && isSensitive(name, more) {
			pieces[i] = name + "=" + redacted
		}
	}
	return strings.Join(pieces, "&")
}

func isSensitive(rawName string, more []string) bool {
	name := rawName
	if n, err := url.QueryUnescape(rawName); err == nil {
		name = n
	}
	equal := func(s string) bool { return strings.EqualFold(s, name) }
	return slices.ContainsFunc(sensitive, equal) || slices.ContainsFunc(more, equal)
}

// joinURL puts path behind base (R20): an absolute path replaces it, between
// the two stands exactly one slash, a query in the path is kept.
func joinURL(base, path string) (*url.URL, error) {
	text := path
	switch {
	case isAbsolute(path):
	case path == "":
		text = base
	case base == "":
	default:
		text = strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
	}
	u, err := url.Parse(text)
	if err != nil {
		// The text may hold a secret in its query; the reason alone is enough.
		return nil, fmt.Errorf("request path %q: %w", cutQuery(path), innermost(err))
	}
	if !isAbsolute(text) || u.Host == "" {
		return nil, fmt.Errorf("request path %q: no absolute http(s) base URL", cutQuery(path))
	}
	return u, nil
}

func isAbsolute(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

func cutQuery(s string) string {
	before, _, _ := strings.Cut(s, "?")
	return before
}

// fillPath replaces the {name} placeholders of path. A value is one segment:
// it is escaped, and one that is empty or means another directory is refused.
func fillPath(path string, params map[string]string) (string, error) {
	var b strings.Builder
	rest := path
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			b.WriteString(rest)
			return b.String(), nil
		}
		end := strings.IndexByte(rest[open:], '}')
		if end < 0 {
			return "", fmt.Errorf("request path %q: { without }", path)
		}
		name := rest[open+1 : open+end]
		value, ok := params[name]
		if !ok {
			return "", fmt.Errorf("request path %q needs a parameter named %q", path, name)
		}
		if value == "" || value == "." || value == ".." {
			return "", fmt.Errorf("request path %q: parameter %q is %q", path, name, value)
		}
		b.WriteString(rest[:open])
		b.WriteString(url.PathEscape(value))
		rest = rest[open+end+1:]
	}
}

// origin is scheme, host and port: what credentials are given for.
func origin(u *url.URL) string {
	port := u.Port()
	scheme := strings.ToLower(u.Scheme)
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// follows reports whether hosts lists u: by host, by host and port, or by
// scheme, host and port. A bare host stands for https and http's own scheme of
// the base, never for a step down to plain http.
func follows(hosts []string, base, u *url.URL) bool {
	for _, h := range hosts {
		text := h
		if !isAbsolute(text) {
			text = base.Scheme + "://" + text
		}
		if listed, err := url.Parse(text); err == nil && origin(listed) == origin(u) {
			return true
		}
	}
	return false
}
