package naming

import (
	"crypto/sha3"
	"encoding/base64"
	"unicode/utf8"
)

// tagLength is the length of every tag: base64 of four bytes, unpadded.
const tagLength = 6

// shorten cuts the middle out of a name that is too long and puts a tag of
// the original there (S84), so that two long names stay apart.
func (c Convention) shorten(name, original string) string {
	// A name has at most as many characters as bytes.
	if c.max == 0 || len(name) <= c.max {
		return name
	}
	n := utf8.RuneCountInString(name)
	if n <= c.max {
		return name
	}
	keep := c.max - tagLength
	head := runeIndex(name, keep-keep/2)
	tail := runeIndex(name, n-keep/2)
	return name[:head] + tag(original) + name[tail:]
}

// tag is six lower-case characters that stand for s.
func tag(s string) string {
	h := sha3.NewSHAKE128()
	_, _ = h.Write([]byte(s))
	var sum [4]byte
	_, _ = h.Read(sum[:])
	var t [tagLength]byte
	base64.RawStdEncoding.Encode(t[:], sum[:])
	for i, b := range t {
		switch {
		case b == '/':
			t[i] = 'a'
		case b == '+':
			t[i] = 'b'
		case isUpper(b):
			t[i] = b | 0x20
		}
	}
	return string(t[:])
}

// runeIndex is the byte index of the n-th character of s.
func runeIndex(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
