package infer

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

var (
	// sandboxWords mark servers that are not the real one.
	sandboxWords = newLexicon("sandbox", "test", "testing", "staging", "stage", "dev", "development", "mock", "demo", "qa", "uat", "preprod", "void")
	// placeholderWords mark hosts that stand for the user's own.
	placeholderWords = newLexicon("example", "your", "yourdomain", "yourcompany", "mycompany", "localhost", "local", "yoursite", "hostname")
)

// documentPos is the document as a whole.
func (in *inferrer) documentPos() diag.Pos { return diag.Pos{File: in.c.Spec.File, Line: 1, Col: 1} }

// servers decides the base URL (G43): the first https server that is no
// sandbox; its variables become configuration. A relative or missing one, or
// one that stands for the user's own host, is required configuration.
func (in *inferrer) servers() {
	var best *ir.Server
	bestRank := 0
	for i := range in.c.Servers {
		s := &in.c.Servers[i]
		if r := serverRank(s); best == nil || r > bestRank {
			best, bestRank = s, r
		}
	}
	if best == nil || bestRank <= rankPlaceholder {
		in.requireBaseURL(best)
		return
	}
	base := strings.TrimRight(best.URL, "/")
	for _, v := range best.Variables {
		name := words.Snake(v.Name)
		base = strings.ReplaceAll(base, "{"+v.Name+"}", "{config."+name+"}")
		in.config(&ir.ConfigField{
			Name: name, Type: schema.Text, Default: v.Default, Enum: v.Enum, Required: v.Default == "", Description: firstSentence(v.Description),
		}, "base_url")
	}
	conf, evidence := sure, "server "+best.URL
	switch bestRank {
	case rankSandbox:
		conf, evidence = 0.6, evidence+", which looks like a sandbox; no other is declared"
	case rankPlain:
		conf, evidence = fair, evidence+", without TLS"
	}
	in.c.BaseURL = ir.Decided[string]{Value: base, Why: why(conf, best.Pos, evidence)}
	if conf < strong {
		in.list.Warnf(CodeNoServer, best.Pos, "base URL %s: %s", base, strings.TrimPrefix(evidence, "server "+best.URL+", ")).
			WithHint("Set client.base_url in connector.yaml.")
	}
}

const (
	rankRelative = iota
	rankPlaceholder
	rankSandbox
	rankPlain
	rankHTTPS
)

func serverRank(s *ir.Server) int {
	u, err := url.Parse(paramPattern.ReplaceAllString(s.URL, "x"))
	if err != nil || u.Host == "" {
		return rankRelative
	}
	host := words.Split(u.Hostname())
	if placeholderWords.hasAny(host) || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "0.0.0.0" {
		return rankPlaceholder
	}
	// A variable that is the whole host without a default is the user's own, too.
	if sandboxWords.hasAny(host) || sandboxWords.hasAny(words.Split(s.Description)) {
		return rankSandbox
	}
	if u.Scheme != "https" && !strings.HasPrefix(s.URL, "{") {
		return rankPlain
	}
	return rankHTTPS
}

// requireBaseURL makes the base URL required configuration.
func (in *inferrer) requireBaseURL(s *ir.Server) {
	pos, what := in.documentPos(), "the document names no server"
	if s != nil {
		pos, what = s.Pos, "server "+s.URL+" names no host of its own"
	}
	in.c.BaseURL = ir.Decided[string]{Why: why(strong, pos, what)}
	in.config(&ir.ConfigField{Name: "base_url", Type: schema.Text, Required: true, Description: "Base URL of the API"}, "base_url")
	in.list.Warnf(CodeNoServer, pos, "%s", what).WithHint("Set base_url in the configuration, or client.base_url in connector.yaml.")
}

// config adds a configuration field, or another user of one that is there.
func (in *inferrer) config(f *ir.ConfigField, usedBy string) {
	for _, have := range in.c.Config {
		if have.Name == f.Name {
			have.Required = have.Required || f.Required
			if slices.Contains(have.UsedBy, usedBy) {
				return
			}
			have.UsedBy = append(have.UsedBy, usedBy)
			return
		}
	}
	f.UsedBy = []string{usedBy}
	in.c.Config = append(in.c.Config, f)
}

var (
	remainingHeaders = newLexicon("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "x-rate-limit-requests-remaining", "x-ratelimit-requests-remaining")
	resetHeaders     = newLexicon("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-requests-reset", "x-rate-limit-reset-time")
	retryHeaders     = newLexicon("retry-after")
)

// rateLimit names the headers that tell how many requests are left (G43).
func (in *inferrer) rateLimit() {
	var r ir.RateLimit
	set := func(to *string, l lexicon, h ir.Header, pos diag.Pos) {
		if *to == "" && l.has(h.Name) {
			*to = h.Name
			r.Why.Evidence = append(r.Why.Evidence, "response header "+h.Name)
			if r.Why.Pos.IsZero() {
				r.Why.Pos = pos
			}
		}
	}
	for _, op := range in.c.Operations {
		if op.Response == nil {
			continue
		}
		for _, h := range op.Response.Headers {
			set(&r.Remaining, remainingHeaders, h, op.Response.Pos)
			set(&r.Reset, resetHeaders, h, op.Response.Pos)
			set(&r.RetryAfter, retryHeaders, h, op.Response.Pos)
		}
	}
	if len(r.Why.Evidence) > 0 {
		r.Why.Confidence, r.Why.Source = sure, "detected"
		in.c.RateLimit = &r
	}
}
