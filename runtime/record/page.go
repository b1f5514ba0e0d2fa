package record

import "fmt"

// A Page is a piece of input: one JSON array of records, one record, or any
// number of records and arrays of records one after another (JSON lines).
type Page struct {
	// Data is the JSON text. Whoever receives the page owns it.
	Data []byte
	// Origin names the source in errors: a URL without secrets, or a file name.
	Origin string
	// Offset is the place of Data in the origin, in bytes.
	Offset int64
}

// A SyntaxError says where a page is not JSON.
type SyntaxError struct {
	// Origin is the page's origin.
	Origin string
	// Offset is the place in the origin, in bytes.
	Offset int64
	// Msg says what is wrong there.
	Msg string
}

func (e *SyntaxError) Error() string {
	if e.Origin == "" {
		return fmt.Sprintf("byte %d: %s", e.Offset, e.Msg)
	}
	return fmt.Sprintf("page %s: byte %d: %s", e.Origin, e.Offset, e.Msg)
}

// at puts an error of the page's data into its origin.
func (p *Page) at(offset int, msg string) *SyntaxError {
	return &SyntaxError{Origin: p.Origin, Offset: p.Offset + int64(offset), Msg: msg}
}

// A Cursor steps through the records of a page. After each Next, whoever reads
// the record sets Pos to the byte after it.
type Cursor struct {
	page *Page
	// Data is the page's data.
	Data []byte
	// Pos is the next byte to read.
	Pos int

	inArray bool
	first   bool // no element of the array was read yet
}

// NewCursor starts before the first record of p.
func NewCursor(p *Page) Cursor { return Cursor{page: p, Data: p.Data} }

// Next moves to the first byte of the next record. It returns false at the end
// of the page and, with an error, where the text between records is wrong.
func (c *Cursor) Next() (bool, error) {
	for {
		c.Pos = SkipSpace(c.Data, c.Pos)
		if c.Pos >= len(c.Data) {
			if c.inArray {
				return false, c.page.at(c.Pos, "the array of records is not closed")
			}
			return false, nil
		}
		if !c.inArray {
			if c.Data[c.Pos] != '[' {
				return true, nil
			}
			c.inArray, c.first = true, true
			c.Pos++
			continue
		}
		more, err := c.element()
		if more || err != nil {
			return more, err
		}
	}
}

// element moves to the array's next element, or out of the array.
func (c *Cursor) element() (bool, error) {
	ch := c.Data[c.Pos]
	switch {
	case ch == ']':
		c.inArray = false
		c.Pos++
		return false, nil
	case c.first:
		c.first = false
		return true, nil
	case ch != ',':
		return false, c.page.at(c.Pos, "expected , or ] after a record of the array, found "+show(c.Data, c.Pos))
	}
	c.Pos = SkipSpace(c.Data, c.Pos+1)
	if c.Pos >= len(c.Data) || c.Data[c.Pos] == ']' {
		return false, c.page.at(c.Pos, "expected a record after the comma")
	}
	return true, nil
}

// Error finds what is wrong with the record that starts at the byte start; nil if nothing is.
func (c *Cursor) Error(start int) error {
	p := parser{data: c.Data, pos: start}
	if p.check(); p.msg != "" {
		return c.page.at(p.bad, p.msg)
	}
	return nil
}

// Parse reads the record that starts at Pos and moves behind it.
func (c *Cursor) Parse() (*Value, error) {
	p := parser{data: c.Data, pos: c.Pos}
	v := new(Value)
	if !p.value(v, 0) {
		return nil, c.page.at(p.bad, p.msg)
	}
	c.Pos = p.pos
	return v, nil
}
