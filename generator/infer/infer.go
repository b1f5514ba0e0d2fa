// Package infer decides what an API's operations mean as data: which of them
// list records, where in the body the records are, what identifies one, how the
// next page is asked for, which list feeds another, what is new since last time.
//
// It stands between the readers and the renderer:
//
//	openapi.Read → [ir.Connector] → infer.Apply → connector.yaml overrides → render.Files
//
// Each decision carries its confidence and the sentences that led to it
// ([ir.Why], G30 of 80-generator): strong ones are used, weak ones are used and
// flagged, anything less is only mentioned. The rules are data: word lists and
// weights in rules.go, one file per decision beside it. There is no network, no
// clock and no chance: the same document gives the same answers.
package infer

import (
	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
)

// Options change what Apply decides. The zero value is right for a first run.
type Options struct {
	// All selects every resource that needs no configuration, instead of G31's defaults.
	All bool
	// Auth sets the credentials of a document that declares none (G42).
	Auth ir.AuthKind
	// Names are the names given earlier, by operation ("GET /clients"). A new
	// operation never takes one of them (G36).
	Names map[string]string
}

// Codes of the messages of this package (G82).
const (
	CodeNoNextPath   = "DG104" // a token parameter whose response field is not declared
	CodeWeakSelector = "DG101"
	CodeWeakKey      = "DG102"
	CodeWeakPager    = "DG103"
	CodeWeakParent   = "DG105"
	CodeWeakCursor   = "DG106"
	CodeNoAuth       = "DG107"
	CodeAuthHook     = "DG108"
	CodeNoServer     = "DG109"
	CodeNoKey        = "DG110"
	CodeNeedsConfig  = "DG111"
	CodeNoResource   = "DG112"
)

// What is at least strong is used; at least weak is used and flagged (G30).
const (
	stated = ir.Confidence(1)
	sure   = ir.Confidence(0.95)
	strong = ir.Confidence(0.8)
	fair   = ir.Confidence(0.7)
	weak   = ir.Confidence(0.5)
)

// inferrer holds one Apply.
type inferrer struct {
	c    *ir.Connector
	opt  Options
	list *diag.List
	// all are the operations that may become resources, in document order.
	all []*candidate
	// lists are the ones that list records, by normal path.
	lists map[string]*candidate
	// details are the paths that name one record, by normal path before its parameter.
	details map[string]detailPath
	// silent is set for a document that declares no security scheme.
	silent bool
	// credentials are the parameters that credentials are guessed from (G42).
	credentials map[string]bool
}

// Apply fills c's Resources, LeftOut, BaseURL, RateLimit, Config and, where the
// document is silent, Auth. It returns what a person should look at.
func Apply(c *ir.Connector, opt *Options) *diag.List {
	in := &inferrer{c: c, list: &diag.List{}, lists: map[string]*candidate{}, details: map[string]detailPath{}, credentials: map[string]bool{}}
	if opt != nil {
		in.opt = *opt
	}
	in.servers()
	in.auth()
	in.rateLimit()
	in.candidates()
	in.names()
	in.openItems()
	in.keys()
	in.parents()
	in.pagers()
	in.incrementals()
	in.params()
	in.resources()
	in.list.Sort()
	return in.list
}

// why makes the evidence for a detected value.
func why(conf ir.Confidence, pos diag.Pos, evidence ...string) ir.Why {
	return ir.Why{Confidence: conf, Evidence: evidence, Pos: pos, Source: "detected"}
}

// byExtension makes the evidence for a value that the document states (G15).
func byExtension(pos diag.Pos, key string) ir.Why {
	return ir.Why{Confidence: stated, Evidence: []string{"the document says so: " + key}, Pos: pos, Source: "extension"}
}
