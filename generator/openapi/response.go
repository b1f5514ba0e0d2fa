package openapi

import (
	"cmp"
	"mime"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// response is the success response (G32): 200, else the lowest 2xx, 2XX,
// default. It is nil if none has a body.
func (r *reader) response(o *ir.Operation, op *tree.Node) *ir.Response {
	responses := op.Get("responses")
	if !responses.Is(tree.Map) || responses.Len() == 0 {
		r.warn(codeResponses, o.Pos, "%s %s has no responses", o.Method, o.Path)
		return nil
	}
	for _, i := range successes(responses) {
		n := r.quietDeref(responses.At(i))
		if n == nil {
			r.dangling(responses.At(i).Get("$ref"))
			continue
		}
		if r.swagger {
			r.upgradeResponse(n, r.produces(op))
		}
		status := strings.ToUpper(responses.Key(i))
		if status == "DEFAULT" {
			if status = "default"; responses.Len() > 1 && r.errorShaped(n) {
				return nil
			}
		}
		if res := r.responseBody(status, n); res != nil {
			return res
		}
	}
	return nil
}

// successes are the indices of the responses that may be the answer, best first.
func successes(responses *tree.Node) []int {
	var order []int
	rank := func(i int) int {
		switch status := strings.ToLower(responses.Key(i)); {
		case status == "200":
			return 0
		case len(status) == 3 && status[0] == '2' && status[1] >= '0' && status[1] <= '9':
			return 1
		case status == "2xx":
			return 2
		case status == "default":
			return 3
		}
		return -1
	}
	for i := range responses.Len() {
		if rank(i) >= 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(responses.Key(a), responses.Key(b)))
	})
	return order
}

// errorShaped reports whether a default response describes failures.
func (r *reader) errorShaped(n *tree.Node) bool {
	words := []string{strings.ToLower(n.Get("description").Str())}
	content := n.Get("content")
	for media, m := range content.Each {
		if strings.Contains(media, "problem+json") {
			return true
		}
		ref := m.Get("schema").Get("$ref").Str()
		words = append(words, strings.ToLower(ref[strings.LastIndexByte(ref, '/')+1:]))
		if s := r.quietDeref(m.Get("schema")); s != nil {
			for _, key := range []string{"error", "errors", "fault"} {
				if s.Get("properties").Has(key) {
					return true
				}
			}
		}
	}
	text := strings.Join(words, " ")
	for _, word := range []string{"error", "fail", "unexpected", "problem", "fault"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func (r *reader) responseBody(status string, n *tree.Node) *ir.Response {
	content := n.Get("content")
	i := bestMedia(content)
	if i < 0 {
		return nil
	}
	res := &ir.Response{Status: status, MediaType: content.Key(i), Pos: n.EntryPos()}
	if mediaRank(res.MediaType) > rankJSON {
		for key := range content.Each {
			res.Binary = append(res.Binary, key)
		}
	}
	if s := content.At(i).Get("schema"); s != nil {
		res.Type = r.typeOf(s)
		r.sources[res] = s
	} else {
		res.Type = r.newType(content.At(i))
	}
	for name, h := range r.mapping(n.Get("headers"), "the headers").Each {
		h = r.quietDeref(h)
		res.Headers = append(res.Headers, r.header(name, h))
	}
	return res
}

// header reads a response header; in 2.0 the keywords of its schema stand in it.
func (r *reader) header(name string, n *tree.Node) ir.Header {
	out := ir.Header{Name: name, Description: n.Get("description").Str()}
	s := n.Get("schema")
	if s == nil && r.swagger {
		s = n
	}
	s = r.quietDeref(s)
	out.Format = s.Get("format").Str()
	switch kind := ir.Kind(s.Get("type").Str()); kind {
	case ir.KindString, ir.KindInteger, ir.KindNumber, ir.KindBoolean, ir.KindArray:
		out.Kind = kind
	case ir.KindObject, ir.KindMap, ir.KindAny, ir.KindNull:
	}
	return out
}

// The ranks of media types, best first.
const (
	rankPlainJSON = iota
	rankJSON
	rankLines // JSON lines
	rankTable // CSV, Arrow, Parquet
	rankXML
	rankOther
)

// bestMedia is the index of the media type to ask for, -1 if there is none.
func bestMedia(content *tree.Node) int {
	best, at := rankOther+1, -1
	if !content.Is(tree.Map) {
		return -1
	}
	for i := range content.Len() {
		if rank := mediaRank(content.Key(i)); rank < best {
			best, at = rank, i
		}
	}
	return at
}

func mediaRank(media string) int {
	name, _, err := mime.ParseMediaType(media)
	if err != nil {
		name, _, _ = strings.Cut(media, ";")
		name = strings.ToLower(strings.TrimSpace(name))
	}
	switch name {
	case "application/json":
		return rankPlainJSON
	case "text/json", "*/*", "application/*", "application/x-json":
		return rankJSON
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines",
		"application/json-seq", "application/stream+json":
		return rankLines
	case "text/csv", "text/tab-separated-values", "application/csv", "application/vnd.apache.arrow.stream",
		"application/vnd.apache.arrow.file", "application/vnd.apache.parquet":
		return rankTable
	case "application/xml", "text/xml":
		return rankXML
	}
	switch {
	case strings.HasSuffix(name, "+json-seq"):
		return rankLines
	case strings.HasSuffix(name, "+json"):
		return rankJSON
	case strings.HasSuffix(name, "+xml"):
		return rankXML
	}
	return rankOther
}
