package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/runtime/record"
)

// Pages reads a request's pages, one after the other. An empty page is yielded
// too; after an error nothing follows.
func (c *Client) Pages(ctx context.Context, req Request) iter.Seq2[record.Page, error] {
	return func(yield func(record.Page, error) bool) {
		c.setup(ctx)
		run, err := c.start(req, c.log(ctx))
		if err != nil {
			yield(record.Page{}, err)
			return
		}
		for more := true; more; {
			var page record.Page
			var skip bool
			page, skip, more, err = run.next(ctx)
			if errors.Is(err, errIgnored) {
				return
			}
			if err != nil {
				yield(record.Page{}, err)
				return
			}
			if !skip && !yield(page, nil) {
				return
			}
		}
	}
}

// Check reads the first page of a request and drops it. Refused credentials are
// a *CredentialsError.
func (c *Client) Check(ctx context.Context, req Request) error {
	for _, err := range c.Pages(ctx, req) {
		var status *StatusError
		if errors.As(err, &status) && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden) {
			return &CredentialsError{err}
		}
		return err
	}
	return nil
}

// A run is one pagination on its way.
type run struct {
	c      *Client
	log    *slog.Logger
	req    Request
	call   *Call
	pages  Pagination
	sel    selector
	detect bool // sel is to be found on the first page
	page   int  // pages read
	seen   map[uint64]struct{}
	last   uint64 // of the records of the page before; 0 if they were none
}

// seed makes the fingerprints of this process.
var seed = maphash.MakeSeed()

func (c *Client) start(req Request, log *slog.Logger) (*run, error) {
	for i := range req.Actions {
		if err := req.Actions[i].check(); err != nil {
			return nil, err
		}
	}
	call, err := c.newCall(req)
	if err != nil {
		return nil, err
	}
	r := &run{c: c, log: log, req: req, call: call, seen: map[uint64]struct{}{}}
	switch {
	case req.Selector != "":
		if r.sel, err = parseSelector(req.Selector); err != nil {
			return nil, err
		}
	case !req.Single:
		r.detect = true
	}
	p := req.Paginator
	switch {
	case p != nil:
	case req.Single:
		p = &SinglePage{}
	case c.Paginator != nil:
		p = c.Paginator
	default:
		p = &Auto{}
	}
	if r.pages, err = p.Start(); err != nil {
		return nil, err
	}
	if a, ok := r.pages.(*auto); ok {
		a.log = log
	}
	if err := r.pages.First(call); err != nil {
		return nil, err
	}
	return r, r.remember()
}

// next reads one page and prepares the next call.
func (r *run) next(ctx context.Context) (page record.Page, skip, more bool, err error) {
	resp, err := r.c.send(ctx, r.call)
	if err != nil {
		return page, false, false, err
	}
	r.page++
	if resp.Status == http.StatusNotFound && r.past() {
		return page, true, false, nil
	}
	if resp.Status >= 400 {
		return page, false, false, r.c.statusError(ctx, resp)
	}
	answer, hits, err := r.read(resp)
	if err != nil {
		return page, false, false, err
	}
	r.call.base = answer.URL
	more, err = r.pages.Next(r.call, answer)
	if err != nil {
		return page, false, false, fmt.Errorf("page %s: %w", resp.URL, err)
	}
	if answer.repeat && !answer.skip && !r.req.AllowRepeats {
		return page, false, false, &PaginationLoopError{URL: resp.URL, Page: r.page, Same: true}
	}
	if more {
		more, err = r.proceed(resp)
		if err != nil {
			return page, false, false, err
		}
	}
	out := extracted{data: resp.Body, n: answer.Records}
	if !answer.lines || len(r.sel) > 0 || out.n == 0 {
		out = extract(resp.Body, hits, r.req.MapKey)
	}
	r.tell(resp, out)
	return record.Page{Data: out.data, Origin: resp.URL, Offset: int64(out.offset)}, answer.skip, more, nil
}

// past reports that a page which is not there is the end: the one before was
// shorter than asked for.
func (r *run) past() bool {
	p, ok := r.pages.(interface{ lastWasShort() bool })
	return ok && r.page > 1 && p.lastWasShort()
}

// read scans the body once for the records and for what the pagination asks.
func (r *run) read(resp *Response) (*Answer, []hit, error) {
	answer := &Answer{URL: resp.url, Status: resp.Status, Header: resp.Header, Page: r.page, body: resp.Body}
	answer.lines = isLines(resp)
	if empty(resp, answer.lines) {
		return answer, nil, nil
	}
	answer.paths = r.pages.Paths()
	paths := make([]selector, 1, 1+len(answer.paths))
	paths[0] = r.sel
	for _, text := range answer.paths {
		p, err := parseSelector(text)
		if err != nil {
			return nil, nil, err
		}
		paths = append(paths, p)
	}
	hits, err := scan(resp.Body, paths, answer.lines)
	if err != nil {
		return nil, nil, bodyError(resp, err)
	}
	if r.detect {
		r.detect = false
		if !answer.lines {
			r.sel = detectSelector(outlineOf(resp.Body))
		}
		r.log.Info("records found", "url", resp.URL, "selector", r.sel.String())
		again, err := scan(resp.Body, []selector{r.sel}, answer.lines)
		if err != nil {
			return nil, nil, bodyError(resp, err)
		}
		hits[0] = again[0]
	}
	answer.found = hits[1:]
	answer.Records, answer.Last = count(resp.Body, hits[0])
	answer.isList = len(hits[0]) > 1 || len(hits[0]) == 1 && hits[0][0].list
	r.compare(answer, hits[0])
	return answer, hits[0], nil
}

// compare notes whether the records are those of the page before.
func (r *run) compare(answer *Answer, hits []hit) {
	if answer.Records == 0 {
		r.last = 0
		return
	}
	span := answer.body[hits[0].start:hits[len(hits)-1].end]
	sum := maphash.Bytes(seed, span)
	answer.repeat = sum == r.last
	r.last = sum
}

// proceed checks the prepared call against those already made (R58) and against
// the budget of pages.
func (r *run) proceed(resp *Response) (bool, error) {
	if r.req.MaxPages > 0 && r.page >= r.req.MaxPages {
		r.log.Warn("stopped at the page limit, there are more", "url", resp.URL, "max_pages", r.req.MaxPages)
		return false, nil
	}
	return true, r.remember()
}

// remember notes the call; one that was made before is an error. A fingerprint
// is eight bytes, so that long paginations stay cheap.
func (r *run) remember() error {
	body, _, err := r.call.payload()
	if err != nil {
		return err
	}
	u := r.call.target()
	sum := maphash.Bytes(seed, slices.Concat([]byte(u.String()), []byte{0}, body))
	if _, ok := r.seen[sum]; ok {
		return &PaginationLoopError{URL: r.c.show(r.call, u), Page: r.page + 1}
	}
	r.seen[sum] = struct{}{}
	return nil
}

// tell warns of a selector that led nowhere: the reference is silent there.
func (r *run) tell(resp *Response, out extracted) {
	switch {
	case out.null:
		r.log.Warn("records are null, taken as an empty page", "url", resp.URL, "selector", r.sel.String())
	case out.missing && len(bytes.TrimSpace(resp.Body)) > 0:
		r.log.Warn("no records where the selector leads, taken as an empty page", "url", resp.URL, "selector", r.sel.String())
	}
}

// bodyError places a fault of the body (R26).
func bodyError(resp *Response, err error) error {
	var se *scanError
	if !errors.As(err, &se) {
		return err
	}
	msg := se.msg
	if t := resp.Header.Get("Content-Type"); t != "" && !strings.Contains(strings.ToLower(t), "json") {
		msg += fmt.Sprintf(" (the content type is %s)", t)
	}
	return &record.SyntaxError{Origin: resp.URL, Offset: int64(se.offset), Msg: msg}
}

// empty reports an answer without a body where none is due.
func empty(resp *Response, lines bool) bool {
	switch resp.Status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return true
	}
	return lines && len(bytes.TrimSpace(resp.Body)) == 0
}

// isLines reports a body of many JSON values, by its content type. The record
// separators of a JSON sequence (RFC 7464) become spaces.
func isLines(resp *Response) bool {
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return false
	}
	switch media {
	case "application/json-seq":
		for i, b := range resp.Body {
			if b == 0x1e {
				resp.Body[i] = ' '
			}
		}
		return true
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
		"application/jsonlines", "application/json-lines", "application/x-json-stream":
		return true
	}
	return false
}
