package batch

import (
	"crypto/sha3"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"strconv"
)

// IDLength is the length of a row id: 10 bytes in base64 without padding (N61).
const IDLength = 14

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// An IDMaker makes row ids. It is not safe for concurrent use.
type IDMaker struct {
	rand *rand.ChaCha8
	hash *sha3.SHAKE
	buf  []byte
	// state are eight sponges at once, lane by lane.
	state [25][8]uint64
}

// NewIDMaker makes random ids from the seed.
func NewIDMaker(seed [32]byte) *IDMaker {
	return &IDMaker{rand: rand.NewChaCha8(seed), hash: sha3.NewSHAKE128()}
}

// Seed starts the sequence of random ids anew.
func (m *IDMaker) Seed(seed [32]byte) { m.rand.Seed(seed) }

// AppendRandom appends a random id.
func (m *IDMaker) AppendRandom(dst []byte) []byte {
	return appendID(dst, m.rand.Uint64(), uint16(m.rand.Uint64()))
}

// AppendDigest appends the id that belongs to a text: SHAKE128 cut to 10 bytes (N62 to N64).
func (m *IDMaker) AppendDigest(dst, text []byte) []byte {
	var out [10]byte
	m.hash.Reset()
	_, _ = m.hash.Write(text) // a hash in memory cannot fail
	_, _ = m.hash.Read(out[:])
	hi := uint64(0)
	for _, b := range out[:8] {
		hi = hi<<8 | uint64(b)
	}
	return appendID(dst, hi, uint16(out[8])<<8|uint16(out[9]))
}

// AppendNested appends the id of the row at position idx of a nested table (N64).
func (m *IDMaker) AppendNested(dst, parent []byte, table string, idx int64) []byte {
	return m.AppendDigest(dst, m.nested(parent, table, idx))
}

// nested is the text that a nested row's id is the digest of.
func (m *IDMaker) nested(parent []byte, table string, idx int64) []byte {
	b := append(m.buf[:0], parent...)
	b = append(append(append(b, '_'), table...), '_')
	m.buf = strconv.AppendInt(b, idx, 10)
	return m.buf
}

// shakeRate is the number of bytes that SHAKE128 takes in at a time; a text
// must leave one for the padding to be digested in one go.
const shakeRate = 168

// absorb puts a text, padded, into the j-th of eight sponges, which are empty.
func (m *IDMaker) absorb(j int, text []byte) {
	lane := 0
	for ; len(text) >= 8; text = text[8:] {
		m.state[lane][j] = binary.LittleEndian.Uint64(text)
		lane++
	}
	last := uint64(0x1f) << (8 * len(text))
	for i, c := range text {
		last |= uint64(c) << (8 * i)
	}
	m.state[lane][j] = last
	m.state[shakeRate/8-1][j] ^= 0x80 << 56
}

// squeeze8 is the ids of the eight texts that were absorbed, one after another.
func (m *IDMaker) squeeze8(dst []byte) []byte {
	keccak8(&m.state)
	for j := range 8 {
		dst = appendID(dst, bits.ReverseBytes64(m.state[0][j]), bits.ReverseBytes16(uint16(m.state[1][j])))
	}
	return dst
}

// appendID writes 80 bits, high first, as 14 digits.
func appendID(dst []byte, hi uint64, lo uint16) []byte {
	return append(dst,
		base64Digits[hi>>58], base64Digits[hi>>52&63], base64Digits[hi>>46&63], base64Digits[hi>>40&63],
		base64Digits[hi>>34&63], base64Digits[hi>>28&63], base64Digits[hi>>22&63], base64Digits[hi>>16&63],
		base64Digits[hi>>10&63], base64Digits[hi>>4&63], base64Digits[hi<<2&63|uint64(lo>>14)], base64Digits[lo>>8&63],
		base64Digits[lo>>2&63], base64Digits[lo<<4&63])
}
