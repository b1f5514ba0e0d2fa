package rest

import (
	"log/slog"
	"strconv"
	"strings"
)

// Auto finds the paginator from the first response (R60).
type Auto struct {
	// Certain accepts only unmistakable signs: a Link header, a URL in the body.
	Certain bool
}

// Start begins a pagination.
func (p *Auto) Start() (Pagination, error) { return &auto{certain: p.Certain}, nil }

type auto struct {
	certain bool
	log     *slog.Logger
	found   Pagination
	name    string
}

func (p *auto) Paths() []string {
	if p.found == nil {
		return nil
	}
	return p.found.Paths()
}

func (p *auto) First(*Call) error { return nil }

func (p *auto) Next(call *Call, page *Answer) (bool, error) {
	if p.found == nil {
		kind, settings, score := detectPaginator(page, p.certain)
		p.tell(page, kind, score)
		found, err := settings.Start()
		if err != nil {
			return false, err
		}
		p.found, p.name = found, kind
	}
	if pages, ok := p.found.(*pageNumbers); ok && page.repeat && page.Page == 2 {
		// The server counts from 1 and the guess was 0: this is page 1 again.
		page.skip = true
		pages.PageNumber.First = 1
	}
	return p.found.Next(call, page)
}

func (p *auto) tell(page *Answer, kind string, score float64) {
	if p.log == nil {
		return
	}
	switch {
	case score >= 1:
		p.log.Info("paginator detected", "paginator", kind, "url", page.URL.Path)
	case score > 0:
		p.log.Warn("paginator guessed, verify it or set one", "paginator", kind, "url", page.URL.Path)
	case page.isList && !p.certain:
		p.log.Warn("no sign of pages: only this one is read; set a paginator if there are more", "url", page.URL.Path)
	case page.isList && page.Records > 0 && page.Records%fullPage == 0:
		p.log.Warn("no sign of a next page, yet this one looks full; set a paginator if there are more", "url", page.URL.Path, "records", page.Records)
	}
}

// fullPage divides the sizes that servers cut pages at.
const fullPage = 50

// nextHeaders are headers besides Link that hold the URL of the next page.
var nextHeaders = []string{"Next-Page", "X-Next-Page", "Next-Link"}

// detectPaginator looks for the signs of R60, in its order.
func detectPaginator(page *Answer, certain bool) (kind string, p Paginator, score float64) {
	if linkWithRel(page.Header, "next") != "" {
		return "header_link", &HeaderLink{}, 1
	}
	for _, h := range nextHeaders {
		if isLink(page.Header.Get(h)) {
			return "header_link", &HeaderLink{NextPath: h}, 1
		}
	}
	root := outlineOf(page.body)
	nextPath, next := findNext(root, nil)
	if nextPath != nil && next.kind() == '"' && isLink(scalarText(next.raw)) {
		return "json_link", &JSONLink{NextPath: nextPath.String()}, 1
	}
	if certain {
		return "single_page", &SinglePage{}, 0
	}
	if totalPath, n, holder := findTotalPages(root, nil); totalPath != nil {
		if _, err := strconv.Atoi(strings.TrimSpace(scalarText(n.raw))); err == nil {
			found := &PageNumber{TotalPath: totalPath.String()}
			if firstPageIsOne(holder) {
				found.First = 1
			}
			return "page_number", found, 0.5
		}
	}
	if nextPath != nil {
		return "cursor", &Cursor{NextPath: nextPath.String()}, 0.5
	}
	return "single_page", &SinglePage{}, 0
}

func isLink(text string) bool {
	return strings.HasPrefix(text, "http") || strings.HasPrefix(text, "/")
}
