package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/record"
)

func status(codes ...int) func(http.ResponseWriter, *http.Request) {
	i := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(codes[min(i, len(codes)-1)])
		i++
		_, _ = io.WriteString(w, "[1]")
	}
}

// TestRetryWaits holds R1–R5.
func TestRetryWaits(t *testing.T) {
	after := func(values ...string) func(http.ResponseWriter, *http.Request) {
		i := 0
		return func(w http.ResponseWriter, _ *http.Request) {
			if i < len(values) && values[i] != "" {
				w.Header().Set("Retry-After", values[i])
			}
			i++
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	date := time.Date(2026, 1, 2, 3, 4, 25, 0, time.UTC).Format(http.TimeFormat)
	past := time.Date(2025, 1, 2, 3, 4, 25, 0, time.UTC).Format(http.TimeFormat)
	tests := []struct {
		name   string
		serve  func(http.ResponseWriter, *http.Request)
		retry  Retry
		method string
		want   []float64
		asked  int
	}{
		{"defaults", status(500), Retry{}, "GET", []float64{1, 2, 4, 8}, 5},
		{"factor 2, 7 attempts, cap 20", status(503), Retry{Factor: 2, MaxAttempts: 7, MaxDelay: 20 * time.Second}, "GET", []float64{2, 4, 8, 16, 20, 20}, 7},
		{"429", status(429, 200), Retry{}, "GET", []float64{1}, 2},
		{"599", status(599, 200), Retry{}, "GET", []float64{1}, 2},
		{"post too", status(500, 200), Retry{}, "POST", []float64{1}, 2}, // R2
		{"post opted out", status(500, 200), Retry{NotMethods: []string{"POST"}}, "POST", nil, 1},
		{"retry after", after("7"), Retry{MaxAttempts: 4}, "GET", []float64{7, 2, 4}, 4}, // R4
		{"retry after capped", after("1000"), Retry{MaxAttempts: 2}, "GET", []float64{300}, 2},
		{"retry after a date", after(date), Retry{MaxAttempts: 2}, "GET", []float64{20}, 2},
		{"retry after in the past", after(past), Retry{MaxAttempts: 2}, "GET", []float64{1}, 2},
		{"retry after zero", after("0"), Retry{MaxAttempts: 2}, "GET", []float64{1}, 2},
		{"retry after unreadable", after("soon"), Retry{MaxAttempts: 2}, "GET", []float64{1}, 2},
		{"retry after not respected", after("7"), Retry{MaxAttempts: 2, IgnoreRetryAfter: true}, "GET", []float64{1}, 2},
		{"no statuses", status(500), Retry{On: []int{}}, "GET", nil, 1},
		{"own statuses", status(404, 200), Retry{On: []int{404}}, "GET", []float64{1}, 2},
		{"predicate", say("error", "[1]"), Retry{If: func(r *Response, _ error) bool { return r != nil && string(r.Body) == "error" }}, "GET", []float64{1}, 2},
	}
	for _, code := range []int{400, 401, 403, 404, 408, 425} {
		tests = append(tests, struct {
			name   string
			serve  func(http.ResponseWriter, *http.Request)
			retry  Retry
			method string
			want   []float64
			asked  int
		}{strconv.Itoa(code), status(code), Retry{}, "GET", nil, 1})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, tt.serve)
			c := a.client()
			c.Retry = tt.retry
			if _, err := c.Do(context.Background(), Request{Method: tt.method, Path: "/x"}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, a.seconds()); diff != "" {
				t.Errorf("waits:\n%s", diff)
			}
			if len(a.asked) != tt.asked {
				t.Errorf("%d requests, want %d", len(a.asked), tt.asked)
			}
		})
	}
}

// TestRetryErrors: failed connections and broken bodies are retried, then the
// last error is returned (R1, R5).
func TestRetryErrors(t *testing.T) {
	t.Run("broken body", func(t *testing.T) {
		n := 0
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
			if n++; n < 3 {
				w.Header().Set("Content-Length", "100")
				_, _ = io.WriteString(w, "[1")
				return
			}
			_, _ = io.WriteString(w, "[1]")
		})
		pages, err := read(a.client(), Request{Path: "/x", Selector: "$", Paginator: &SinglePage{}})
		if err != nil || len(pages) != 1 || n != 3 {
			t.Errorf("pages %v, error %v, %d requests", pages, err, n)
		}
	})
	t.Run("no server", func(t *testing.T) {
		a := newAPI(t, say(""))
		c := a.client()
		a.Close()
		_, err := c.Do(context.Background(), Request{Path: "/x?token=s3cret"})
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.HasPrefix(a.errText(err), "GET http://api/x?token=***: dial tcp") {
			t.Errorf("error %v", err)
		}
		if diff := cmp.Diff([]float64{1, 2, 4, 8}, a.seconds()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("no progress", func(t *testing.T) {
		stop := make(chan struct{})
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "[1")
			w.(http.Flusher).Flush()
			<-stop
		})
		defer close(stop)
		c := a.client()
		c.Timeout, c.Retry.MaxAttempts = 30*time.Millisecond, 2
		_, err := c.Do(context.Background(), Request{Path: "/x"})
		if got, want := a.errText(err), "GET http://api/x: timeout: no answer, or no more of it, in time"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("cancelled while waiting", func(t *testing.T) { // R6
		a := newAPI(t, status(500))
		c := a.client()
		c.Sleep = nil
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if _, err := c.Do(ctx, Request{Path: "/x"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

func TestStatusError(t *testing.T) { // R9, R22
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, strings.Repeat("x", 20))
	})
	c := a.client()
	req := Request{Path: "/x", Query: Query{{"a", "1"}, {"API_KEY", "s3cret"}}}
	_, err := read(c, req)
	if got, want := a.errText(err), "404 Client Error: Not Found for url: http://api/x?a=1&API_KEY=***"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var se *StatusError
	if !errors.As(err, &se) || !se.Terminal() || se.Body == "" {
		t.Errorf("error is %#v", err)
	}
	c.ShowErrorBody, c.MaxErrorBody = true, 5
	_, err = read(c, req)
	if got, want := a.errText(err), "404 Client Error: Not Found for url: http://api/x?a=1&API_KEY=***\nResponse: xxxxx… (truncated)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	b := newAPI(t, status(502))
	_, err = read(b.client(), Request{Path: "/x"})
	if got, want := b.errText(err), "502 Server Error: Bad Gateway for url: http://api/x (5 attempts)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDefaults: what the context brings holds for what a client leaves unset.
func TestDefaults(t *testing.T) {
	var log bytes.Buffer
	a := newAPI(t, status(500))
	ctx := WithDefaults(context.Background(), Defaults{
		Logger: slog.New(slog.NewTextHandler(&log, nil)), MaxAttempts: 3, Factor: 10, MaxDelay: 15 * time.Second, ShowErrorBody: true, MaxErrorBody: 2,
	})
	c := a.client()
	for _, err := range c.Pages(ctx, Request{Path: "/x"}) {
		if got, want := a.errText(err), "500 Server Error: Internal Server Error for url: http://api/x (3 attempts)\nResponse: [1… (truncated)"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if diff := cmp.Diff([]float64{10, 15}, a.seconds()); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(log.String(), "request failed, will be sent again") {
		t.Errorf("log: %s", log.String())
	}
}

func TestJoinURL(t *testing.T) { // R20
	tests := []struct{ base, path, want string }{
		{"http://h/v1", "items", "http://h/v1/items"},
		{"http://h/v1/", "/items", "http://h/v1/items"},
		{"http://h/v1//", "//items", "http://h/v1/items"},
		{"http://h/v1/", "", "http://h/v1/"},
		{"", "http://h/x", "http://h/x"},
		{"http://h/v1", "https://o/x", "https://o/x"},
		{"http://h", "x?a=1", "http://h/x?a=1"},
		{"http://h/v1", "items/", "http://h/v1/items/"},
	}
	for _, tt := range tests {
		u, err := joinURL(tt.base, tt.path)
		if err != nil || u.String() != tt.want {
			t.Errorf("joinURL(%q, %q) = %v, %v; want %s", tt.base, tt.path, u, err, tt.want)
		}
	}
	for _, tt := range [][2]string{{"", "items"}, {"ftp://h", "x"}, {"http://", ""}, {"http://h", "%zz"}} {
		if u, err := joinURL(tt[0], tt[1]); err == nil {
			t.Errorf("joinURL(%q, %q) = %v, want an error", tt[0], tt[1], u)
		}
	}
}

func TestFillPath(t *testing.T) {
	params := map[string]string{"owner": "a/b c", "id": "7", "up": "..", "none": ""}
	for in, want := range map[string]string{
		"/repos/{owner}/x/{id}.json": "/repos/a%2Fb%20c/x/7.json",
		"/plain":                     "/plain",
		"/x/{missing}":               `request path "/x/{missing}" needs a parameter named "missing"`,
		"/x/{up}/y":                  `request path "/x/{up}/y": parameter "up" is ".."`,
		"/x/{none}":                  `request path "/x/{none}": parameter "none" is ""`,
		"/x/{id":                     `request path "/x/{id": { without }`,
	} {
		got, err := fillPath(in, params)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("fillPath(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestQuery(t *testing.T) {
	q := Query{{"a", "1"}, {"empty", ""}, {"f", "{a}"}, {"s", "x y&"}}
	q = append(q, List("ids", StyleForm, true, "1", "2")...)
	q = append(q, List("c", StyleForm, false, "1", "2")...)
	q = append(q, List("p", StylePipe, false, "1", "2")...)
	q = append(q, List("b", StyleSpace, false, "1", "2")...)
	q = append(q, DeepObject("created", Query{{"gte", "5"}, {"lt", ""}})...)
	want := "a=1&f=%7Ba%7D&s=x+y%26&ids=1&ids=2&c=1%2C2&p=1%7C2&b=1+2&created%5Bgte%5D=5"
	if got := q.Encode(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	q = Query{{"a", "1"}, {"b", "2"}, {"a", "3"}}
	q.Set("a", "9")
	q.Set("c", "4")
	if diff := cmp.Diff(Query{{"a", "9"}, {"b", "2"}, {"c", "4"}}, q); diff != "" {
		t.Error(diff)
	}
}

func TestSanitize(t *testing.T) { // R8
	for in, want := range map[string]string{
		"http://u:p@h/x?Token=a&b=2#f":          "http://***@h/x?Token=***&b=2",
		"http://h/x?api%5Fkey=a&client_secret=": "http://h/x?api%5Fkey=***&client_secret=***",
		"http://h/x?appid=a&tokens=b&flag":      "http://h/x?appid=***&tokens=b&flag",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := sanitize(u, []string{"appid"}); got != want {
			t.Errorf("sanitize(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestHeadersAndBodies(t *testing.T) { // R7, R21
	a := newAPI(t, say("[1]"))
	c := a.client()
	c.Headers = map[string]string{"X-A": "client", "X-B": "client"}
	c.UserAgent = "dltgen/test"
	if _, err := c.Do(context.Background(), Request{Method: "post", Path: "/x", Header: map[string]string{"X-B": "request"}, JSON: map[string]int{"n": 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(context.Background(), Request{Method: "POST", Path: "/x", Form: Query{{"a", "b c"}}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`/x {"n":1}`, "/x a=b+c"}, a.asked); diff != "" {
		t.Error(diff)
	}
	h := a.heads[0]
	for name, want := range map[string]string{"X-A": "client", "X-B": "request", "User-Agent": "dltgen/test", "Content-Type": "application/json"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	_, err := c.Do(context.Background(), Request{Path: "/x", JSON: 1, Form: Query{}})
	if err == nil || err.Error() != "request: json and form cannot be used together" {
		t.Errorf("json and form: %v", err)
	}
}

func TestBodies(t *testing.T) {
	zip := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
		return b.String()
	}
	tests := []struct {
		name, contentType, encoding, body string
		status                            int
		selector                          string
		want                              []string
		err                               string
	}{
		{"gzip", "application/json", "gzip", zip(`[{"a":1}]`), 200, "$", []string{`[{"a":1}]`}, ""},
		{"gzip not declared", "application/octet-stream", "", zip(`[1]`), 200, "$", []string{`[1]`}, ""},
		{"byte order mark", "application/json", "", "\xef\xbb\xbf[1]", 200, "$", []string{`[1]`}, ""},
		{"latin 1", "application/json; charset=ISO-8859-1", "", "[\"\xe9\"]", 200, "$", []string{`["é"]`}, ""},
		{"no content", "", "", "", 204, "$", []string{`[]`}, ""},
		{"json lines", "application/x-ndjson", "", "{\"a\":1}\n{\"a\":2}\n", 200, "$", []string{"{\"a\":1}\n{\"a\":2}\n"}, ""},
		{"json lines detected", "application/x-ndjson", "", "{\"data\":[1]}\n", 200, "", []string{"{\"data\":[1]}\n"}, ""},
		{"no json lines", "application/x-ndjson", "", " \n", 200, "$", []string{"[]"}, ""},
		{"json sequence", "application/json-seq", "", "\x1e{\"a\":1}\n\x1e{\"a\":2}\n", 200, "$", []string{" {\"a\":1}\n {\"a\":2}\n"}, ""},
		{"selected lines", "application/jsonl", "", "{\"d\":1}\n{\"d\":2}\n", 200, "d", []string{"[1,      2]"}, ""},
		{"not JSON", "text/html", "", "<html>", 200, "$", nil, "page http://api/x: byte 0: '<' where a value should be (the content type is text/html)"}, // R26
		{"empty", "application/json", "", "", 200, "$", nil, "page http://api/x: byte 0: the body ends where a value should be"},
		{"null selected", "application/json", "", `{"data":null}`, 200, "data", []string{"[]"}, ""}, // R25
		{"broken gzip", "application/json", "", zip(`[1]`)[:12], 200, "$", nil, "GET http://api/x: gzip: unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			got, err := read(a.client(), Request{Path: "/x", Selector: tt.selector, Paginator: &SinglePage{}})
			if a.errText(err) != tt.err {
				t.Fatalf("error %v, want %s", a.errText(err), tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPageOffset: a page's offset leads back to its place in the body, so that
// an error of the decoder names the right byte.
func TestPageOffset(t *testing.T) {
	body := `{"meta":{"x":[1]},"edges":[{"node":{"id":1}},{"node":{"id":2}}]}`
	a := newAPI(t, say(body))
	for page, err := range a.client().Pages(context.Background(), Request{Path: "/x?key=k", Selector: "edges[*].node", Paginator: &SinglePage{}}) {
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(page.Data), `{"id":2}`)
		if body[int(page.Offset)+at:][:8] != `{"id":2}` {
			t.Errorf("offset %d is wrong for %s", page.Offset, page.Data)
		}
		if want := a.URL + "/x?key=***"; page.Origin != want {
			t.Errorf("origin %s, want %s", page.Origin, want)
		}
	}
	b := newAPI(t, say(`{"data":[1,}`))
	_, err := read(b.client(), Request{Path: "/x"})
	var se *record.SyntaxError
	if !errors.As(err, &se) || se.Offset != 11 {
		t.Errorf("error %v", err)
	}
}

func TestBodyLimit(t *testing.T) {
	a := newAPI(t, say(`[`+strings.Repeat("1,", 100)+`1]`))
	c := a.client()
	c.MaxBody = 50
	_, err := read(c, Request{Path: "/x"})
	if got, want := a.errText(err), "GET http://api/x: the body is larger than 50 bytes (MaxBody)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(a.asked) != 1 {
		t.Errorf("%d requests, want 1: it will not become smaller", len(a.asked))
	}
}

func TestActions(t *testing.T) {
	calls := 0
	change := func(r *Response) error {
		calls++
		r.Status, r.Body = 200, []byte(`[9]`)
		return nil
	}
	tests := []struct {
		name    string
		serve   func(http.ResponseWriter, *http.Request)
		actions []Action
		want    []string
		asked   int
		err     string
	}{
		{"ignore a status", status(404), []Action{{Status: 404, Ignore: true}}, nil, 1, ""}, // R102
		{"ignore a text", say(`{"error":"gone"}`), []Action{{Content: "gone", Ignore: true}}, nil, 1, ""},
		{"both must match", status(404), []Action{{Status: 404, Content: "gone", Ignore: true}}, nil, 1, "404 Client Error: Not Found for url: http://api/x"},
		{"ignore within an attempt", status(503), []Action{{Status: 503, Ignore: true}}, nil, 1, ""}, // R103
		{"not ignored is retried", status(503), []Action{{Status: 404, Ignore: true}}, nil, 5, "503 Server Error: Service Unavailable for url: http://api/x (5 attempts)"},
		{"a function changes the answer", status(404), []Action{{Do: change}}, []string{"[9]"}, 1, ""}, // R101
		{"a function fails", say("[1]"), []Action{{Do: func(*Response) error { return errors.New("quota") }}}, nil, 1, "response action for http://api/x: quota"},
		{"nothing to do", say("[1]"), []Action{{Status: 404}}, nil, 0, "response action: neither Ignore nor Do is set"},
		{"ignores all", say("[1]"), []Action{{Ignore: true}}, nil, 0, "response action: ignores every response"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, tt.serve)
			got, err := read(a.client(), Request{Path: "/x", Actions: tt.actions, Paginator: &SinglePage{}})
			if a.errText(err) != tt.err {
				t.Fatalf("error %v, want %q", a.errText(err), tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if len(a.asked) != tt.asked {
				t.Errorf("%d requests, want %d", len(a.asked), tt.asked)
			}
		})
	}
	if calls != 1 {
		t.Errorf("function called %d times", calls)
	}
}

func TestRateLimit(t *testing.T) {
	t.Run("per second", func(t *testing.T) {
		a := newAPI(t, say("[1]"))
		c := a.client()
		c.RateLimit = RateLimit{PerSecond: 2, Burst: 2}
		for range 5 {
			if _, err := c.Do(context.Background(), Request{Path: "/x"}); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]float64{0.5, 0.5, 0.5}, a.seconds()); diff != "" {
			t.Error(diff)
		}
	})
	for name, reset := range map[string]string{
		"seconds": "30", "unix": "1767323075", "unix milliseconds": "1767323075000",
		"date": "Fri, 02 Jan 2026 03:04:35 GMT",
	} {
		t.Run("headers, "+name, func(t *testing.T) {
			n := 0
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Left", "1")
				if n++; n == 2 {
					w.Header().Set("X-Left", "0")
					w.Header().Set("X-Reset", reset)
					w.WriteHeader(http.StatusForbidden)
				}
				_, _ = io.WriteString(w, "[1]")
			})
			a.now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			c := a.client()
			c.RateLimit = RateLimit{Remaining: "X-Left", Reset: "X-Reset"}
			for range 2 {
				resp, err := c.Do(context.Background(), Request{Path: "/x"})
				if err != nil || resp.Status != 200 {
					t.Fatalf("response %v, error %v", resp, err)
				}
			}
			// The refusal is sent again after its usual second, then what is left of the window.
			if diff := cmp.Diff([]float64{1, 29}, a.seconds()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMaxPages(t *testing.T) {
	var log bytes.Buffer
	a := newAPI(t, rows(99, 0))
	c := a.client()
	c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	pages, err := read(c, Request{Path: "/x", Selector: "items", Paginator: &PageNumber{}, MaxPages: 2})
	if err != nil || len(pages) != 2 || len(a.asked) != 2 {
		t.Errorf("pages %v, error %v", pages, err)
	}
	if !strings.Contains(log.String(), "stopped at the page limit") {
		t.Errorf("log: %s", log.String())
	}
}

func TestCheck(t *testing.T) {
	for code, refused := range map[int]bool{200: false, 401: true, 403: true, 404: false} {
		a := newAPI(t, status(code))
		err := a.client().Check(context.Background(), Request{Path: "/x", Paginator: &PageNumber{}})
		var ce *CredentialsError
		if errors.As(err, &ce) != refused || (err == nil) != (code == 200) || len(a.asked) != 1 {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestSingle(t *testing.T) {
	a := newAPI(t, say(`{"id":1,"tags":["a"],"next":"/y"}`))
	c := a.client()
	c.Paginator = &PageNumber{}
	pages, err := read(c, Request{Path: "/x/{id}", PathParams: map[string]string{"id": "1"}, Single: true})
	if err != nil || len(pages) != 1 || !strings.HasPrefix(pages[0], `{"id":1`) {
		t.Errorf("pages %v, error %v", pages, err)
	}
	if diff := cmp.Diff([]string{"/x/1"}, a.asked); diff != "" {
		t.Error(diff)
	}
}

func TestStopEarly(t *testing.T) {
	a := newAPI(t, rows(99, 0))
	for _, err := range a.client().Pages(context.Background(), Request{Path: "/x", Selector: "items", Paginator: &PageNumber{}}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if len(a.asked) != 1 {
		t.Errorf("%d requests, want 1", len(a.asked))
	}
}
