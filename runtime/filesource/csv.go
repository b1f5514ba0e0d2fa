package filesource

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/runtime/record"
)

// sampleRows is how many rows of a CSV file decide the types of its columns.
const sampleRows = 10_000

// A kind is what all sampled cells of a column are.
type kind uint8

const (
	kindEmpty kind = iota
	kindBool
	kindInt
	kindFloat
	kindText
)

// A table turns CSV with a header into pages of JSON lines. A column's cells
// become numbers or booleans when all of the sample are; a later cell that is
// not goes on as text, for the contract to decide. An empty cell is null.
type table struct {
	in     *csv.Reader
	size   int
	names  []string // quoted JSON keys
	kinds  []kind
	sample [][]string
	read   bool
	err    error
}

func newTable(in io.Reader, tabs bool, size int) *table {
	r := csv.NewReader(in)
	if tabs {
		r.Comma = '\t'
	}
	r.LazyQuotes = true
	return &table{in: r, size: size}
}

// next returns a page of rows; with the last one io.EOF.
func (t *table) next() ([]byte, int64, error) {
	if !t.read {
		if err := t.begin(); err != nil {
			return nil, 0, err
		}
	}
	at := t.in.InputOffset()
	page := make([]byte, 0, t.size+t.size/8)
	for len(page) < t.size {
		row, err := t.row()
		if err != nil {
			return page, at, err
		}
		page = t.appendRow(page, row)
	}
	return page, at, nil
}

// begin reads the header and the sample.
func (t *table) begin() error {
	t.read = true
	head, err := t.in.Read()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, name := range head {
		if i == 0 {
			name = strings.TrimPrefix(name, "\ufeff")
		}
		if seen[name] {
			return fmt.Errorf("line 1: two columns are named %q", name)
		}
		seen[name] = true
		t.names = append(t.names, string(record.AppendQuoted(nil, name)))
	}
	t.kinds = make([]kind, len(head))
	t.in.ReuseRecord = false
	for len(t.sample) < sampleRows {
		row, err := t.in.Read()
		if err != nil {
			t.err = err
			break
		}
		for i, cell := range row {
			t.kinds[i] = max(t.kinds[i], kindOf(cell, t.kinds[i]))
		}
		t.sample = append(t.sample, row)
	}
	t.in.ReuseRecord = true
	return nil
}

func (t *table) row() ([]string, error) {
	if len(t.sample) > 0 {
		row := t.sample[0]
		t.sample = t.sample[1:]
		return row, nil
	}
	if t.err != nil {
		return nil, t.err
	}
	row, err := t.in.Read()
	if err != nil {
		t.err = err
	}
	return row, err
}

// kindOf is the narrowest kind of a cell that its column, so far of kind k, allows.
func kindOf(cell string, k kind) kind {
	switch {
	case cell == "":
		return kindEmpty
	case isBool(cell) && k <= kindBool:
		return kindBool
	case isInt(cell) && k != kindBool:
		return kindInt
	case isFloat(cell) && k != kindBool:
		return kindFloat
	}
	return kindText
}

func isBool(s string) bool { return s == "true" || s == "false" || s == "True" || s == "False" }

// isInt takes what JSON takes: no leading zeros, which mean a code, not a number.
func isInt(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil && s[0] != '+'
}

// isFloat takes the numbers that JSON takes and a double can hold.
func isFloat(s string) bool {
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') || !json.Valid([]byte(s)) {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func (t *table) appendRow(b []byte, row []string) []byte {
	b = append(b, '{')
	for i, cell := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, t.names[i]...)
		b = append(b, ':')
		b = t.appendCell(b, cell, t.kinds[i])
	}
	return append(b, '}', '\n')
}

func (t *table) appendCell(b []byte, cell string, k kind) []byte {
	switch {
	case cell == "":
		return append(b, "null"...)
	case k == kindBool && isBool(cell):
		return append(b, strings.ToLower(cell)...)
	case k == kindInt && isInt(cell):
		return append(b, cell...)
	case k == kindFloat && isInt(cell):
		return append(append(b, cell...), ".0"...)
	case k == kindFloat && isFloat(cell):
		return append(b, cell...)
	}
	return record.AppendQuoted(b, strings.ToValidUTF8(cell, "\ufffd"))
}
