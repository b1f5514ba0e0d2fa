package rest

import (
	"errors"
	"fmt"
)

// PageNumber counts pages (R51–R54).
type PageNumber struct {
	Param    string // page
	BodyPath string // instead of Param
	First    int    // the number of the first page: 0
	From     int    // the page to begin with, if it is beyond First
	Max      int    // stop before this page; 0: no limit
	// TotalPath and TotalHeader lead to the number of pages, RowsPath to that of
	// records.
	TotalPath, TotalHeader, RowsPath string
	MorePath                         string
	NextPath                         string // the number of the next page; null ends
	SizeParam, SizeBodyPath          string
	Size                             int
	// StopOnShort ends after a page of fewer than Size records. A page that could
	// be full by the server's own limit does not count as short.
	StopOnShort bool
	// PastEmpty goes on after an empty page.
	PastEmpty bool
}

// Start begins a pagination.
func (p *PageNumber) Start() (Pagination, error) {
	at, err := placeOf("page_number", p.Param, p.BodyPath, "page")
	if err != nil {
		return nil, err
	}
	if p.PastEmpty && p.TotalPath == "" && p.TotalHeader == "" && p.RowsPath == "" && p.MorePath == "" && p.NextPath == "" && p.Max == 0 {
		return nil, errors.New("page_number paginator: one of total, more_path, next_path, max or a stop at an empty page is needed")
	}
	return &pageNumbers{PageNumber: *p, at: at, value: max(p.First, p.From)}, nil
}

type pageNumbers struct {
	PageNumber
	at      place
	value   int
	rows    int
	largest int
	unsure  bool // the last page was short: the next may not be there
}

func (p *pageNumbers) Paths() []string {
	return nonEmpty(p.TotalPath, p.RowsPath, p.MorePath, p.NextPath)
}

func (p *pageNumbers) First(call *Call) error {
	if err := setSize(call, p.SizeParam, p.SizeBodyPath, p.Size); err != nil {
		return err
	}
	return p.at.setInt(call, p.value)
}

func (p *pageNumbers) Next(call *Call, page *Answer) (bool, error) {
	if page.Records == 0 && !p.PastEmpty {
		return false, nil
	}
	p.rows += page.Records
	ended, err := p.ended(page)
	if ended || err != nil {
		return false, err
	}
	if p.NextPath != "" {
		n, next, err := p.stated(page)
		if !next || err != nil {
			return false, err
		}
		p.value = n
	}
	if p.Max > 0 && p.value >= p.Max {
		return false, nil
	}
	goOn, err := more("page_number", p.MorePath, page)
	if !goOn || err != nil {
		return false, err
	}
	return true, p.at.setInt(call, p.value)
}

// ended counts the page and reports that a total, or a short page, says it was
// the last.
func (p *pageNumbers) ended(page *Answer) (bool, error) {
	pages, err := total("page_number", p.TotalPath, page)
	if err != nil {
		return false, err
	}
	if pages < 0 {
		if pages, err = totalHeader("page_number", p.TotalHeader, page); err != nil {
			return false, err
		}
	}
	rows, err := total("page_number", p.RowsPath, page)
	if err != nil {
		return false, err
	}
	p.value++
	if pages >= 0 && p.value >= pages+p.PageNumber.First || rows >= 0 && p.rows >= rows && p.From <= p.PageNumber.First {
		return true, nil
	}
	short := p.Size > 0 && page.Records < p.Size
	if p.StopOnShort && short && pages < 0 && rows < 0 && p.MorePath == "" && p.NextPath == "" &&
		(!capped(page.Records) || page.Records < p.largest) {
		return true, nil
	}
	p.unsure = short
	p.largest = max(p.largest, page.Records)
	return false, nil
}

// stated reads the number of the next page.
func (p *pageNumbers) stated(page *Answer) (n int, ok bool, err error) {
	raw, err := page.Value(p.NextPath)
	if err != nil || falsy(raw) {
		return 0, false, err
	}
	n, err = total("page_number", p.NextPath, page)
	if err != nil {
		return 0, false, fmt.Errorf("page_number paginator: next page %q is not an integer but %s", p.NextPath, quote(raw))
	}
	return n, true, nil
}

// lastWasShort reports that a page which is not there is the end, no error.
func (p *pageNumbers) lastWasShort() bool { return p.unsure && p.StopOnShort }

// capped reports whether n records could be all that a server gives at a time
// although more were asked for. Such limits are round numbers.
func capped(n int) bool { return n > 0 && n%5 == 0 }

// Offset counts records (R51–R54).
type Offset struct {
	Param                  string // offset
	BodyPath               string // instead of Param
	First                  int    // the first offset: 0
	Max                    int    // stop before this offset; 0: no limit
	TotalPath, TotalHeader string // the number of records
	MorePath               string
	SizeParam              string // limit
	SizeBodyPath           string // instead of SizeParam
	// Size is the step. 0 asks for no size and steps by what came.
	Size int
	// StopOnShort and PastEmpty are those of PageNumber.
	StopOnShort bool
	PastEmpty   bool
}

// Start begins a pagination.
func (p *Offset) Start() (Pagination, error) {
	at, err := placeOf("offset", p.Param, p.BodyPath, "offset")
	if err != nil {
		return nil, err
	}
	size, err := placeOf("offset", p.SizeParam, p.SizeBodyPath, "limit")
	if err != nil {
		return nil, err
	}
	if p.PastEmpty && p.TotalPath == "" && p.TotalHeader == "" && p.MorePath == "" && p.Max == 0 {
		return nil, errors.New("offset paginator: one of total, more_path, max or a stop at an empty page is needed")
	}
	if p.PastEmpty && p.Size == 0 {
		return nil, errors.New("offset paginator: going on after an empty page needs a size")
	}
	return &offsets{Offset: *p, at: at, size: size, value: p.First, step: p.Size}, nil
}

type offsets struct {
	Offset
	at, size place
	value    int
	step     int
	unsure   bool
}

func (p *offsets) Paths() []string { return nonEmpty(p.TotalPath, p.MorePath) }

func (p *offsets) First(call *Call) error {
	if p.Size > 0 {
		if err := p.size.setInt(call, p.Size); err != nil {
			return err
		}
	}
	return p.at.setInt(call, p.value)
}

func (p *offsets) Next(call *Call, page *Answer) (bool, error) {
	if page.Records == 0 && !p.PastEmpty {
		return false, nil
	}
	rows, err := total("offset", p.TotalPath, page)
	if err == nil && rows < 0 {
		rows, err = totalHeader("offset", p.TotalHeader, page)
	}
	if err != nil {
		return false, err
	}
	if p.short(page, rows) {
		return false, nil
	}
	step := p.step
	if step == 0 {
		step = page.Records
	}
	p.value += step
	if rows >= 0 && p.value >= rows || p.Max > 0 && p.value >= p.Max {
		return false, nil
	}
	goOn, err := more("offset", p.MorePath, page)
	if !goOn || err != nil {
		return false, err
	}
	return true, p.at.setInt(call, p.value)
}

// short looks at a page of fewer records than asked for and reports that it is
// the last. On the first page it may also show the server's own limit: then
// that is the step from here on, or records would be jumped over.
func (p *offsets) short(page *Answer, rows int) bool {
	p.unsure = false
	if p.step == 0 || page.Records >= p.step {
		return false
	}
	known := rows >= 0 || p.MorePath != ""
	limited := page.Page == 1 && capped(page.Records)
	if rows >= 0 {
		limited = limited && p.value+page.Records < rows
	}
	if limited && (known || p.StopOnShort) {
		p.step = page.Records
	} else if p.StopOnShort && !known {
		return true
	}
	p.unsure = true
	return false
}

func (p *offsets) lastWasShort() bool { return p.unsure && p.StopOnShort }
