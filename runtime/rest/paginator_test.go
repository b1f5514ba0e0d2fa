package rest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rows serves n records, by offset and limit or by page (counted from base,
// three records a page), with totals.
func rows(n, base int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		size := 3
		if s := q.Get("limit"); s != "" {
			size, _ = strconv.Atoi(s)
		}
		from, _ := strconv.Atoi(q.Get("offset"))
		if p := q.Get("page"); p != "" {
			page, _ := strconv.Atoi(p)
			from = (page - base) * size
		}
		var ids []string
		for i := max(from, 0); i < min(from+size, n); i++ {
			ids = append(ids, strconv.Itoa(i))
		}
		pages := (n + size - 1) / size
		fmt.Fprintf(w, `{"items":[%s],"total":%d,"total_text":"%d","pages":%d,"more":%t}`,
			strings.Join(ids, ","), n, n, pages, from+size < n)
	}
}

// TestRangePaginators holds the vectors of R51–R54.
func TestRangePaginators(t *testing.T) {
	tests := []struct {
		name  string
		rows  int
		base  int
		p     Paginator
		param string
		want  []string // the values of param asked for
		pages int
	}{
		{"three pages from 0", 9, 0, &PageNumber{TotalPath: "pages"}, "page", []string{"0", "1", "2"}, 3},
		{"three pages from 1", 9, 1, &PageNumber{TotalPath: "pages", First: 1}, "page", []string{"1", "2", "3"}, 3},
		{"page 2 of 4", 12, 0, &PageNumber{TotalPath: "pages", From: 2}, "page", []string{"2", "3"}, 2},
		{"without a total up to the first empty page", 6, 0, &PageNumber{}, "page", []string{"0", "1", "2"}, 3},
		{"maximum 2 from 1 reads page 1", 99, 1, &PageNumber{First: 1, Max: 2}, "page", []string{"1"}, 1},
		{"maximum 2 from 0 reads two", 99, 0, &PageNumber{Max: 2}, "page", []string{"0", "1"}, 2},
		{"more", 6, 0, &PageNumber{MorePath: "more"}, "page", []string{"0", "1"}, 2},
		{"total of rows", 7, 1, &PageNumber{First: 1, RowsPath: "total"}, "page", []string{"1", "2", "3"}, 3},
		{"short page", 8, 0, &PageNumber{Size: 3, StopOnShort: true}, "page", []string{"0", "1", "2"}, 3},
		{"full last page", 6, 0, &PageNumber{Size: 3, StopOnShort: true}, "page", []string{"0", "1", "2"}, 3},
		{"offset limit 2 total 5", 5, 0, &Offset{Size: 2, TotalPath: "total"}, "offset", []string{"0", "2", "4"}, 3},
		{"total as text", 5, 0, &Offset{Size: 2, TotalPath: "total_text"}, "offset", []string{"0", "2", "4"}, 3},
		{"start offset 1", 5, 0, &Offset{Size: 2, TotalPath: "total", First: 1}, "offset", []string{"1", "3"}, 2},
		{"offset without a total", 3, 0, &Offset{Size: 2}, "offset", []string{"0", "2", "4"}, 3},
		{"maximum offset 3", 99, 0, &Offset{Size: 2, Max: 3}, "offset", []string{"0", "2"}, 2},
		{"offset more", 5, 0, &Offset{Size: 2, MorePath: "more"}, "offset", []string{"0", "2", "4"}, 3},
		{"offset short page", 3, 0, &Offset{Size: 2, StopOnShort: true}, "offset", []string{"0", "2"}, 2},
		{"offset without a size", 7, 0, &Offset{TotalPath: "total"}, "offset", []string{"0", "3", "6"}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, rows(tt.rows, tt.base))
			pages, err := read(a.client(), Request{Path: "/x", Selector: "items", Paginator: tt.p})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, asked := range a.asked {
				u, _ := url.Parse(asked)
				got = append(got, u.Query().Get(tt.param))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("asked:\n%s", diff)
			}
			if len(pages) != tt.pages {
				t.Errorf("%d pages, want %d: %v", len(pages), tt.pages, pages)
			}
		})
	}
}

// TestServerLimit shows that a server that gives less than was asked for loses
// no records.
func TestServerLimit(t *testing.T) {
	serve := func(n, limit int, total bool) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			size, _ := strconv.Atoi(q.Get("limit"))
			size = min(size, limit)
			from, _ := strconv.Atoi(q.Get("offset"))
			if p := q.Get("page"); p != "" {
				page, _ := strconv.Atoi(p)
				from = page * size
			}
			var ids []string
			for i := from; i < min(from+size, n); i++ {
				ids = append(ids, strconv.Itoa(i))
			}
			text := `{"items":[` + strings.Join(ids, ",") + `]`
			if total {
				text += `,"total":` + strconv.Itoa(n)
			}
			_, _ = io.WriteString(w, text+"}")
		}
	}
	for name, tt := range map[string]struct {
		p     Paginator
		total bool
	}{
		"offset with a total":   {&Offset{Size: 1000, TotalPath: "total"}, true},
		"offset until short":    {&Offset{Size: 1000, StopOnShort: true}, false},
		"page until short":      {&PageNumber{SizeParam: "limit", Size: 1000, StopOnShort: true}, false},
		"page with rows":        {&PageNumber{SizeParam: "limit", Size: 1000, RowsPath: "total"}, true},
		"offset, a short first": {&Offset{Size: 1000, TotalPath: "total"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, serve(25, 10, tt.total))
			pages, err := read(a.client(), Request{Path: "/x", Selector: "items", Paginator: tt.p})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, p := range pages {
				n += len(strings.Split(p, ","))
			}
			if n != 25 {
				t.Errorf("%d records, want 25: %v", n, a.asked)
			}
		})
	}
}

// TestShortPageThenNotFound: servers that answer 404 behind the last page end
// the pagination if the page before was short.
func TestShortPageThenNotFound(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") != "0" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, `[1,2,3,4,5]`)
	})
	pages, err := read(a.client(), Request{Path: "/x", Selector: "$", Paginator: &PageNumber{Size: 100, StopOnShort: true}})
	if err != nil || len(pages) != 1 {
		t.Errorf("pages %v, error %v", pages, err)
	}
}

func TestLinkAndCursorPaginators(t *testing.T) {
	header := func(name, value string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("page") != "2" && r.URL.Query().Get("cursor") == "" {
				w.Header().Set(name, strings.Replace(value, "HOST", r.Host, 1))
			}
			_, _ = io.WriteString(w, `[{"u":"`+r.URL.RawQuery+`"}]`)
		}
	}
	tests := []struct {
		name  string
		serve func(http.ResponseWriter, *http.Request)
		req   Request
		want  []string
	}{
		{
			"single page", say(`[1]`),
			Request{Path: "/x", Query: Query{{"a", "1"}}, Paginator: &SinglePage{}},
			[]string{"/x?a=1"},
		},
		{
			"relative query link drops the parameters",
			say(`{"r":[1],"next":"?page=2"}`, `{"r":[2],"next":null}`),
			Request{Path: "/x", Query: Query{{"a", "1"}}, Selector: "r", Paginator: &JSONLink{}},
			[]string{"/x?a=1", "/x?page=2"},
		},
		{
			"absolute path link",
			say(`{"r":[1],"links":{"next":"/v2/items?page=2"}}`, `{"r":[2],"links":{}}`),
			Request{Path: "/v2/items", Selector: "r", Paginator: &JSONLink{NextPath: "links.next", SizeParam: "n", Size: 9}},
			[]string{"/v2/items?n=9", "/v2/items?page=2"},
		},
		{
			"empty link ends", say(`{"r":[1],"next":""}`), // R57
			Request{Path: "/x", Selector: "r", Paginator: &JSONLink{}},
			[]string{"/x"},
		},
		{
			"odata", say(`{"value":[1],"@odata.nextLink":"/x?$skip=1"}`, `{"value":[2]}`),
			Request{Path: "/x", Selector: "value", Paginator: &JSONLink{NextPath: "@odata.nextLink"}},
			[]string{"/x", "/x?$skip=1"},
		},
		{
			"link header", header("Link", `</x?page=9>; rel="last", </x?page=2>; title="a, b"; rel="next"`),
			Request{Path: "/x", Selector: "$", Paginator: &HeaderLink{}},
			[]string{"/x", "/x?page=2"},
		},
		{
			"header with the URL", header("X-Next-Page", "/x?page=2"),
			Request{Path: "/x", Selector: "$", Paginator: &HeaderLink{NextPath: "x-next-page"}},
			[]string{"/x", "/x?page=2"},
		},
		{
			"header cursor", header("X-Next-Token", "a b"),
			Request{Path: "/x", Selector: "$", Query: Query{{"q", "1"}}, Paginator: &HeaderCursor{NextPath: "x-next-token"}},
			[]string{"/x?q=1", "/x?q=1&cursor=a+b"},
		},
		{
			"header cursor that is a URL", header("Next-Page", "http://HOST/x?page=2"),
			Request{Path: "/x", Selector: "$", Query: Query{{"q", "1"}}, Paginator: &HeaderCursor{NextPath: "Next-Page", Param: "_token"}},
			[]string{"/x?q=1", "/x?page=2"},
		},
		{
			"held auto, header with the URL", header("Next-Page", "/x?page=2"),
			Request{Path: "/x", Selector: "$", Query: Query{{"q", "1"}}, Paginator: &Auto{Certain: true}},
			[]string{"/x?q=1", "/x?page=2"},
		},
		{
			"held auto, no guess", say(`{"r":[1],"cursors":{"next":"t1"},"total_pages":3}`),
			Request{Path: "/x", Selector: "r", Paginator: &Auto{Certain: true}},
			[]string{"/x"},
		},
		{
			"cursor keeps the parameters", // R56
			say(`{"r":[1],"cursors":{"next":"t1"}}`, `{"r":[2],"cursors":{"next":5}}`, `{"r":[],"cursors":{"next":0}}`),
			Request{Path: "/x", Selector: "r", Query: Query{{"q", "1"}}, Paginator: &Cursor{}},
			[]string{"/x?q=1", "/x?q=1&cursor=t1", "/x?q=1&cursor=5"},
		},
		{
			"a cursor in quotes is never falsy", say(`{"r":[1],"next":"0"}`, `{"r":[2],"next":"false"}`, `{"r":[3],"next":false}`),
			Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "next"}},
			[]string{"/x", "/x?cursor=0", "/x?cursor=false"},
		},
		{
			"cursor in the body keeps its type",
			say(`{"r":[1],"next":7}`, `{"r":[2],"next":{"k":"v"}}`, `{"r":[3]}`),
			Request{Method: "POST", Path: "/x", Selector: "r", JSON: map[string]any{"q": 1}, Paginator: &Cursor{NextPath: "next", BodyPath: "page.after", SizeBodyPath: "size", Size: 2}},
			[]string{`/x {"q":1,"size":2}`, `/x {"page":{"after":7},"q":1,"size":2}`, `/x {"page":{"after":{"k":"v"}},"q":1,"size":2}`},
		},
		{
			"cursor on the last page", say(`{"r":[1],"next":"a","has_more":true}`, `{"r":[2],"next":"b","has_more":"no"}`),
			Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "next", MorePath: "has_more"}},
			[]string{"/x", "/x?cursor=a"},
		},
		{
			"cursor stops on an empty page", say(`{"r":[1],"next":"a"}`, `{"r":[],"next":"b"}`),
			Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "next", StopOnEmpty: true}},
			[]string{"/x", "/x?cursor=a"},
		},
		{
			"cursor found on the first page", say(`{"r":[1],"meta":{"next_token":"a"}}`, `{"r":[2],"meta":{"next_token":null}}`), // G38
			Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "?", Param: "token"}},
			[]string{"/x", "/x?token=a"},
		},
		{
			"keyset", say(`{"data":[{"id":1},{"id":"b"}],"has_more":true}`, `{"data":[{"id":3}],"has_more":false}`),
			Request{Path: "/x", Selector: "data", Paginator: &Keyset{Param: "starting_after", MorePath: "has_more", SizeParam: "limit", Size: 2}},
			[]string{"/x?limit=2", "/x?limit=2&starting_after=b"},
		},
		{
			"keyset until an empty page", say(`[{"k":{"v":1}}]`, `[]`),
			Request{Path: "/x", Selector: "$", Paginator: &Keyset{RecordField: "k.v"}},
			[]string{"/x", "/x?after=1"},
		},
		{
			"number of the next page", say(`{"r":[1],"next_page":2}`, `{"r":[2],"next_page":null}`),
			Request{Path: "/x", Selector: "r", Paginator: &PageNumber{First: 1, NextPath: "next_page"}},
			[]string{"/x?page=1", "/x?page=2"},
		},
		{
			"page in the body", say(`[1]`, `[]`), // R50
			Request{Method: "POST", Path: "/x", Selector: "$", Paginator: &PageNumber{BodyPath: "p.no"}},
			[]string{`/x {"p":{"no":0}}`, `/x {"p":{"no":1}}`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, tt.serve)
			if _, err := read(a.client(), tt.req); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, a.asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPaginatorSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		p    Paginator
		want string
	}{
		"both places":        {&PageNumber{Param: "p", BodyPath: "p"}, "page_number paginator: param and body_path exclude each other"},
		"both places offset": {&Offset{Param: "p", BodyPath: "p"}, "offset paginator: param and body_path exclude each other"},
		"both places size":   {&Offset{SizeParam: "p", SizeBodyPath: "p"}, "offset paginator: param and body_path exclude each other"},
		"both places cursor": {&Cursor{Param: "p", BodyPath: "p"}, "cursor paginator: param and body_path exclude each other"},
		"empty name":         {&Cursor{BodyPath: "a..b"}, `cursor paginator: body_path "a..b" has an empty name`},
		"no stop":            {&PageNumber{PastEmpty: true}, "page_number paginator: one of total, more_path, next_path, max or a stop at an empty page is needed"},
		"no stop offset":     {&Offset{PastEmpty: true}, "offset paginator: one of total, more_path, max or a stop at an empty page is needed"},
		"no stop keyset":     {&Keyset{PastEmpty: true}, "keyset paginator: more_path or a stop at an empty page is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.p.Start(); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestPaginationErrors(t *testing.T) {
	tests := []struct {
		name  string
		serve func(http.ResponseWriter, *http.Request)
		req   Request
		want  string
	}{
		{
			"total missing", say(`{"r":[1]}`), Request{Path: "/x", Selector: "r", Paginator: &PageNumber{TotalPath: "total"}}, // R54
			`page http://api/x?page=0: page_number paginator: no total "total" in the response {"r":[1]}`,
		},
		{
			"total of a wrong type", say(`{"r":[1],"total":"many"}`),
			Request{Path: "/x", Selector: "r", Paginator: &PageNumber{TotalPath: "total"}},
			`page http://api/x?page=0: page_number paginator: total "total" is not an integer but "many"`,
		},
		{
			"more missing", say(`{"r":[1]}`),
			Request{Path: "/x", Selector: "r", Paginator: &PageNumber{MorePath: "more"}},
			`page http://api/x?page=0: page_number paginator: no "more" in the response {"r":[1]}`,
		},
		{
			"more of a wrong type", say(`{"r":[1],"more":3}`),
			Request{Path: "/x", Selector: "r", Paginator: &PageNumber{MorePath: "more"}},
			`page http://api/x?page=0: page_number paginator: "more" is not a bool but 3`,
		},
		{
			"next link to another host", say(`{"r":[1],"next":"http://evil.example/x"}`), Request{Path: "/x", Selector: "r", Paginator: &JSONLink{}}, // R59
			`page http://api/x: next link leads from http://api to http://evil.example:80; list it in follow_hosts to allow it`,
		},
		{
			"the same cursor again", say(`{"r":[1],"next":"a"}`, `{"r":[2],"next":"a"}`), Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "next"}}, // R58
			`pagination loop: page 3 would be asked from http://api/x?cursor=a again`,
		},
		{
			"cursors in a circle", say(`{"r":[1],"next":"a"}`, `{"r":[2],"next":"b"}`, `{"r":[3],"next":"a"}`),
			Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "next"}},
			`pagination loop: page 4 would be asked from http://api/x?cursor=a again`,
		},
		{
			"a link to itself", say(`{"r":[1],"next":"/x"}`),
			Request{Path: "/x", Selector: "r", Paginator: &JSONLink{}},
			`pagination loop: page 2 would be asked from http://api/x again`,
		},
		{
			"the server does not know the parameter", say(`[{"id":1}]`), Request{Path: "/x", Selector: "$", Paginator: &PageNumber{}}, // G39
			`pagination loop: page 2 from http://api/x?page=1 repeats the page before it; does the API know the paging parameter?`,
		},
		{
			"keyset without its field", say(`[{"n":1}]`),
			Request{Path: "/x", Selector: "$", Paginator: &Keyset{}},
			`page http://api/x: keyset paginator: the last record has no "id": {"n":1}`,
		},
		{
			"no next on a full page", say(`{"r":[1,2]}`), Request{Path: "/x", Selector: "r", Paginator: &Cursor{NextPath: "?", Size: 2}}, // G38
			`page http://api/x: cursor paginator: a full page of 2 records holds no key that leads to the next; run dltgen probe, or set next_path`,
		},
		{
			"a link that is no text", say(`{"r":[1],"next":{"a":1}}`),
			Request{Path: "/x", Selector: "r", Paginator: &JSONLink{}},
			`page http://api/x: json_link paginator: "next" is not a URL but {"a":1}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, tt.serve)
			_, err := read(a.client(), tt.req)
			if got := a.errText(err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var loop *PaginationLoopError
			if strings.HasPrefix(tt.want, "pagination loop") != errors.As(err, &loop) {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

// TestDetectPaginator is the table of R60–R62.
func TestDetectPaginator(t *testing.T) {
	link, cursor, page, single := "json_link", "cursor", "page_number", "single_page"
	for body, want := range map[string]string{
		`{"next":"http://x/2"}`:                  link + " next",
		`{"next":"/p2"}`:                         link + " next",
		`{"next_url":"https://z"}`:               link + " next_url",
		`{"links":{"next":{"href":"http://a"}}}`: link + " links.next.href",
		`{"next":"abc"}`:                         cursor + " next",
		`{"next":5}`:                             cursor + " next",
		`{"next":""}`:                            cursor + " next",
		`{"nextPage":3}`:                         cursor + " nextPage",
		`{"paging":{"next_page_token":"t"}}`:     cursor + " paging.next_page_token",
		`{"pages":3}`:                            page + " pages",
		`{"total_pages":"4"}`:                    page + " total_pages",
		`{"totalPages":4,"next":"x"}`:            page + " totalPages",
		`{"meta":{"pagination":{"total_pages":9,"next":null}}}`:   page + " meta.pagination.total_pages",
		`{"a":{"current_page":1,"pages":3}}`:                      page + " a.pages from 1",
		`{"a":{"current_page":0,"pages":3}}`:                      page + " a.pages",
		`[]`:                                                      single,
		`{"next":null}`:                                           single,
		`{"next":{"id":3}}`:                                       single,
		`{"page":1,"total":50}`:                                   single,
		`{"total_pages":"abc"}`:                                   single,
		`{"cursor":"x"}`:                                          single,
		`{"@odata.nextLink":"http://n"}`:                          single,
		`[{"next":"http://a"}]`:                                   single,
		`{"next":null,"x":{"next":"http://a"}}`:                   link + " x.next",
		`{"a.b":{"next":"/x"}}`:                                   link + ` ["a.b"].next`,
		`{"next":{"href":null,"deep":{"next_cursor":"t"}},"z":1}`: cursor + " next.deep.next_cursor",
	} {
		kind, p, _ := detectPaginator(&Answer{body: []byte(body)}, false)
		got := kind
		switch p := p.(type) {
		case *JSONLink:
			got += " " + p.NextPath
		case *Cursor:
			got += " " + p.NextPath
		case *PageNumber:
			got += " " + p.TotalPath
			if p.First == 1 {
				got += " from 1"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	head := http.Header{"Next-Page": {"/x"}}
	if kind, _, _ := detectPaginator(&Answer{Header: head, body: []byte(`{"next":"/p"}`)}, false); kind != "header_link" {
		t.Errorf("header with a URL: %s", kind)
	}
	if kind, _, _ := detectPaginator(&Answer{body: []byte(`{"next":5}`)}, true); kind != single {
		t.Errorf("certain only: %s", kind)
	}
}

// TestAutoCountsFromOne: R63, and beyond it an API that does not say that it
// counts from 1.
func TestAutoCountsFromOne(t *testing.T) {
	serve := func(extra string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			page := or(r.URL.Query().Get("page"), "1")
			fmt.Fprintf(w, `{"rows":[{"p":%s}],"total_pages":3%s}`, page, extra)
		}
	}
	want := []string{`[{"p":1}]`, `[{"p":2}]`, `[{"p":3}]`}
	for name, tt := range map[string]struct {
		extra string
		asked []string
	}{
		"stated":     {`,"page":1`, []string{"/x", "/x?page=2", "/x?page=3"}},
		"not stated": {``, []string{"/x", "/x?page=1", "/x?page=2", "/x?page=3"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, serve(tt.extra))
			pages, err := read(a.client(), Request{Path: "/x"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, pages); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, a.asked); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("from 0", func(t *testing.T) {
		a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"rows":[{"p":%s}],"pages":3}`, or(r.URL.Query().Get("page"), "0"))
		})
		pages, err := read(a.client(), Request{Path: "/x"})
		if err != nil || !slices.Equal(pages, []string{`[{"p":0}]`, `[{"p":1}]`, `[{"p":2}]`}) {
			t.Errorf("pages %v, error %v", pages, err)
		}
	})
}

func TestFollowHosts(t *testing.T) {
	other := newAPI(t, say(`{"r":[2]}`))
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"r":[1],"next":"`+other.URL+`/y"}`)
	})
	c := a.client()
	c.Auth = &Bearer{Token: "s3cret-token"}
	u, _ := url.Parse(other.URL)
	pages, err := read(c, Request{Path: "/x", Selector: "r", Paginator: &JSONLink{}, FollowHosts: []string{u.Host}})
	if err != nil || len(pages) != 2 {
		t.Fatalf("pages %v, error %v", pages, err)
	}
	if got := other.heads[0].Get("Authorization"); got != "Bearer s3cret-token" {
		t.Errorf("listed host got %q", got)
	}
}
