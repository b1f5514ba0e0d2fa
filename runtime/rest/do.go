package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// A Response is a whole answer. Actions and Retry.If see it, and an action may
// change it.
type Response struct {
	Method   string
	URL      string // sanitized
	Status   int
	Header   http.Header
	Body     []byte // uncompressed
	Attempts int

	url     *url.URL
	secrets []Secret // that the body may echo
}

// Do sends one request, with retries, and returns its answer whatever the
// status (R22). A request whose action ignores the answer returns nil.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	call, err := c.newCall(req)
	if err != nil {
		return nil, err
	}
	resp, err := c.send(ctx, call)
	if errors.Is(err, errIgnored) {
		return nil, nil
	}
	return resp, err
}

// send sends a call until an attempt needs no other.
func (c *Client) send(ctx context.Context, call *Call) (*Response, error) {
	c.setup(ctx)
	retry, renewed := c.retry(ctx), false
	for n := 1; ; n++ {
		resp, used, err := c.attempt(ctx, call)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err == nil {
			resp.Attempts = n
			if err := runActions(call.act, resp); err != nil {
				return nil, err
			}
			if resp.Status == http.StatusUnauthorized && !renewed {
				if r, ok := c.authOf(call, used.URL).(renewer); ok && r.expired(used) {
					renewed = true
					c.log(ctx).Info("credentials refused, getting new ones", "url", resp.URL)
					n--
					continue
				}
			}
		}
		if !c.again(retry, resp, err) || n >= retry.attempts(call.method) {
			return resp, err
		}
		wait := retry.delay(n, resp, c.now())
		c.logRetry(ctx, call, wait, resp, err)
		if err := c.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// again reports whether an attempt is to be repeated. A refusal with no quota
// left waits in the limiter for the next window.
func (c *Client) again(retry *Retry, resp *Response, err error) bool {
	if err == nil && resp.Status == http.StatusForbidden && c.limit.learn(resp.Header) {
		return true
	}
	return retry.wants(resp, err)
}

func (c *Client) logRetry(ctx context.Context, call *Call, wait time.Duration, resp *Response, err error) {
	attrs := []any{"method", call.method, "url", c.show(call, call.target()), "wait", wait}
	if err != nil {
		attrs = append(attrs, "error", err)
	} else {
		attrs = append(attrs, "status", resp.Status, "attempt", resp.Attempts)
	}
	c.log(ctx).Warn("request failed, will be sent again", attrs...)
}

// errStalled is the cause of a request that made no progress for Timeout.
var errStalled = errors.New("timeout: no answer, or no more of it, in time")

// attempt sends a call once and reads the whole body. The request as sent is
// returned for what its credentials were.
func (c *Client) attempt(ctx context.Context, call *Call) (*Response, *http.Request, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := call.build(context.WithValue(ctx, redirectKey{}, call), c)
	if err != nil {
		return nil, nil, &terminalError{err}
	}
	plain := c.show(call, req.URL)
	// Credentials come first: getting them may take requests of its own.
	if err := c.authOf(call, req.URL).Apply(ctx, c, req); err != nil {
		return nil, nil, &lastError{fmt.Errorf("credentials for %s %s: %w", call.method, plain, err)}
	}
	if err := c.limit.acquire(ctx); err != nil {
		return nil, nil, err
	}
	defer c.limit.release()
	c.log(ctx).Debug("request", "method", call.method, "url", plain)
	stall := time.AfterFunc(c.timeout(ctx), func() { cancel(errStalled) })
	defer stall.Stop()
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, req, c.sendError(ctx, call, plain, err)
	}
	defer resp.Body.Close()
	c.limit.learn(resp.Header)
	body, err := c.readBody(resp, func() { stall.Reset(c.timeout(ctx)) })
	if err != nil {
		return nil, req, c.sendError(ctx, call, plain, err)
	}
	final := resp.Request.URL
	secrets, _ := c.hidden(call)
	return &Response{
		Method: call.method, URL: c.show(call, final), Status: resp.StatusCode,
		Header: resp.Header, Body: body, url: final, secrets: secrets,
	}, req, nil
}

// sendError is an attempt's error with the URL as it may be shown.
func (c *Client) sendError(ctx context.Context, call *Call, plain string, err error) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		err = errStalled
	}
	err = innermost(err)
	secrets, _ := c.hidden(call)
	if text := err.Error(); mask(text, secrets) != text {
		err = errors.New(mask(text, secrets))
	}
	return fmt.Errorf("%s %s: %w", call.method, plain, err)
}

// readBody reads the whole body; gzip is undone whether or not it was declared.
func (c *Client) readBody(resp *http.Response, progress func()) ([]byte, error) {
	limit := c.MaxBody
	if limit <= 0 {
		limit = defaultMaxBody
	}
	body, err := readAll(&watchedReader{resp.Body, progress}, resp.ContentLength, limit)
	if err != nil {
		return nil, err
	}
	if len(body) > 2 && body[0] == 0x1f && body[1] == 0x8b {
		zr, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		if body, err = readAll(zr, -1, limit); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
	}
	return decodeText(body, resp.Header.Get("Content-Type")), nil
}

func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	const firstGuess, trusted = 4 << 10, 64 << 20
	capacity := int64(firstGuess)
	if size > 0 && size <= trusted {
		capacity = size + 1 // room to see the end without growing
	}
	buf := bytes.NewBuffer(make([]byte, 0, capacity))
	_, err := buf.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(buf.Len()) > limit {
		return nil, &terminalError{fmt.Errorf("the body is larger than %d bytes (MaxBody)", limit)}
	}
	return buf.Bytes(), nil
}

type watchedReader struct {
	r        io.Reader
	progress func()
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.progress()
	return n, err
}

// decodeText blanks a byte order mark, and makes UTF-8 of a body declared as
// Latin-1. Other bodies are JSON and so UTF-8.
func decodeText(body []byte, contentType string) []byte {
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		copy(body, "   ")
		return body
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || utf8.Valid(body) {
		return body
	}
	switch strings.ToLower(params["charset"]) {
	case "iso-8859-1", "latin1", "latin-1", "windows-1252":
		out := make([]byte, 0, len(body)+len(body)/8)
		for _, b := range body {
			out = utf8.AppendRune(out, rune(b))
		}
		return out
	}
	return body
}

// statusError is the error of a response with a status of 400 or more.
func (c *Client) statusError(ctx context.Context, resp *Response) *StatusError {
	show, limit := c.errorBody(ctx)
	return &StatusError{
		Method: resp.Method, URL: resp.URL, Status: resp.Status, Reason: http.StatusText(resp.Status),
		Body: mask(excerpt(resp.Body, limit), resp.secrets), Attempts: resp.Attempts, showBody: show,
	}
}
