package filesource

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds one record, so that a file without an end of record cannot
// take all memory.
const maxRecord = 1 << 30

// A splitter cuts a stream of JSON values into pages that end between records.
// Of a top-level array it cuts the elements, so that a file of one array needs
// no more memory than a file of lines.
type splitter struct {
	in    io.Reader
	size  int
	lines bool // records end at line ends, which needs no look at the JSON
	rest  []byte
	at    int64 // offset of rest in the stream
	eof   bool

	depth   int
	quoted  bool
	escaped bool
	array   bool // inside a top-level array
}

func newSplitter(in io.Reader, size int, lines bool) *splitter {
	return &splitter{in: in, size: size, lines: lines}
}

// next returns the next page with its offset; with the last one io.EOF.
func (s *splitter) next() ([]byte, int64, error) {
	buf := make([]byte, len(s.rest), max(s.size, 2*len(s.rest)))
	copy(buf, s.rest)
	at := s.at
	scanned, end := len(s.rest), -1
	for {
		var err error
		if buf, err = s.fill(buf); err != nil {
			return nil, at, err
		}
		if s.lines {
			if i := bytes.LastIndexByte(buf[scanned:], '\n'); i >= 0 {
				end = scanned + i + 1
			}
		} else {
			end = max(end, s.scan(buf, scanned))
		}
		scanned = len(buf)
		if s.eof {
			s.rest = nil
			return s.trim(buf), at, io.EOF
		}
		if end > 0 {
			return s.trim(s.cut(buf, end)), at, nil
		}
		if len(buf) > maxRecord {
			return nil, at, fmt.Errorf("byte %d: a record of more than %d bytes", at, maxRecord)
		}
	}
}

// cut ends a page at a place that scan found. Between two elements of the
// top-level array it closes the page's array and opens that of the next page, so
// that every page is strict JSON by itself.
func (s *splitter) cut(buf []byte, end int) []byte {
	s.at += int64(end)
	if buf[end-1] != ',' {
		s.rest = append([]byte(nil), buf[end:]...)
		return buf[:end]
	}
	buf[end-1] = ']'
	s.rest = append([]byte{'['}, buf[end:]...)
	s.at--
	return buf[:end]
}

// fill reads until the buffer is full, and makes room if it already is.
func (s *splitter) fill(buf []byte) ([]byte, error) {
	if len(buf) == cap(buf) {
		grown := make([]byte, len(buf), 2*cap(buf))
		copy(grown, buf)
		buf = grown
	}
	n, err := io.ReadFull(s.in, buf[len(buf):cap(buf)])
	buf = buf[:len(buf)+n]
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		s.eof = true
	case err != nil:
		return nil, err
	}
	return buf, nil
}

// scan follows the JSON from position p and returns the last place where a page
// may end, or -1: after a record, or after a comma of the top-level array.
func (s *splitter) scan(b []byte, p int) int {
	end := -1
	for i := p; i < len(b); i++ {
		c := b[i]
		if s.quoted {
			switch {
			case s.escaped:
				s.escaped = false
			case c == '\\':
				s.escaped = true
			case c == '"':
				s.quoted = false
			}
			continue
		}
		switch c {
		case '"':
			s.quoted = true
		case '{', '[':
			s.array = s.array || s.depth == 0 && c == '['
			s.depth++
		case '}', ']':
			s.depth--
			if s.depth == 0 {
				s.array = false
				end = i + 1
			}
		case ',':
			if s.depth == 1 && s.array {
				end = i + 1
			}
		case '\n':
			if s.depth == 0 {
				end = i + 1
			}
		}
	}
	return end
}

// trim drops a byte order mark at the beginning of the stream.
func (s *splitter) trim(page []byte) []byte {
	return bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))
}
