//go:build duckdb_arrow

package duckdb

import (
	"math/bits"
	"sync"
	"unsafe"
)

// A pool keeps the memory of batches that were read for those to come. Fresh
// memory has to be cleared and mapped, which costs more than reading into it.
type pool struct {
	mu   sync.Mutex
	free map[int][][]byte // by capacity
}

const (
	leastSize = 4 << 10
	alignment = 64
)

// roundUp rounds a size up so that buffers of about one size can stand in for
// each other: an eighth is wasted at most.
func roundUp(n int) int {
	if n <= leastSize {
		return leastSize
	}
	unit := 1 << (bits.Len(uint(n-1)) - 4)
	return (n + unit - 1) / unit * unit
}

// Allocate implements memory.Allocator. What the memory holds is left as it is.
func (p *pool) Allocate(n int) []byte {
	size := roundUp(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.free[size]; len(list) > 0 {
		b := list[len(list)-1]
		p.free[size] = list[:len(list)-1]
		return b[:n]
	}
	b := make([]byte, size+alignment)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (alignment - 1)
	return b[skip : skip+n : skip+size]
}

// Reallocate implements memory.Allocator.
func (p *pool) Reallocate(n int, b []byte) []byte {
	if n <= cap(b) {
		return b[:n]
	}
	grown := p.Allocate(n)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free implements memory.Allocator.
func (p *pool) Free(b []byte) {
	size := cap(b)
	if size < leastSize {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free == nil {
		p.free = map[int][][]byte{}
	}
	p.free[size] = append(p.free[size], b[:0])
}

// grow makes b n bytes long. Memory that is new has room for likely bytes, memory
// that was too small gets a quarter more than it needs.
func (p *pool) grow(b []byte, n, likely int) []byte {
	switch {
	case n <= cap(b):
		return b[:n]
	case b == nil:
		return p.Allocate(max(n, likely))[:n]
	default:
		return p.Reallocate(n+n/4, b)[:n]
	}
}
