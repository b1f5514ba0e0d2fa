package batch

import "math/bits"

// setBit sets bit i, growing b by the byte it is in.
func setBit(b []byte, i int) []byte {
	k := i >> 3
	for len(b) <= k {
		b = append(b, 0)
	}
	b[k] |= 1 << (i & 7)
	return b
}

// clearBit clears bit i, growing b by the byte it is in.
func clearBit(b []byte, i int) []byte {
	k := i >> 3
	for len(b) <= k {
		b = append(b, 0)
	}
	b[k] &^= 1 << (i & 7)
	return b
}

// allSet is a bitmap of n set bits in the memory of b.
func allSet(b []byte, n int) []byte {
	b = b[:0]
	for range (n+7)/8 + 1 {
		b = append(b, 0xff)
	}
	return b[:(n+7)/8]
}

func countBits(b []byte, n int) int {
	count := 0
	for _, c := range b[:n/8] {
		count += bits.OnesCount8(c)
	}
	if n%8 != 0 {
		count += bits.OnesCount8(b[n/8] & (1<<(n%8) - 1))
	}
	return count
}
