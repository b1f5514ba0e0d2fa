package goident

import (
	"slices"
	"strconv"
	"strings"
)

// A Scope is the set of names that a package, or a struct, already has. It is
// what makes a redeclared name impossible. The zero Scope is empty.
type Scope struct {
	used map[string]bool
}

// NewScope returns a Scope in which the reserved names are taken.
func NewScope(reserved ...string) *Scope {
	s := &Scope{}
	for _, name := range reserved {
		s.take(name)
	}
	return s
}

// Declare takes and returns the first candidate that is free; blank candidates
// are passed over. If all are taken it is the last one with the smallest free
// number from 2 on.
func (s *Scope) Declare(candidates ...string) string {
	last := "X"
	for _, name := range candidates {
		if name == "" {
			continue
		}
		if !s.used[name] {
			return s.take(name)
		}
		last = name
	}
	for n := 2; ; n++ {
		if name := last + strconv.Itoa(n); !s.used[name] {
			return s.take(name)
		}
	}
}

// Has reports whether name is taken.
func (s *Scope) Has(name string) bool { return s.used[name] }

func (s *Scope) take(name string) string {
	if s.used == nil {
		s.used = map[string]bool{}
	}
	s.used[name] = true
	return name
}

// Tails maps each dotted name to the exported identifier of its shortest tail
// that no other of the names shares: io.k8s.api.core.v1.Pod is Pod, or V1Pod
// beside another Pod. Names that stay equal get numbers in the given order.
func Tails(names []string) map[string]string {
	count := map[string]int{}
	for _, name := range names {
		seen := map[string]bool{}
		for t := range tails(name) {
			if !seen[t] {
				seen[t] = true
				count[t]++
			}
		}
	}
	out := make(map[string]string, len(names))
	scope := NewScope()
	for _, name := range names {
		if _, ok := out[name]; ok {
			continue
		}
		best := Exported(name)
		for t := range tails(name) {
			if count[t] == 1 && t != "" {
				best = t
				break
			}
		}
		if best == "" {
			best = "Type"
		}
		out[name] = scope.Declare(best)
	}
	return out
}

// tails yields the identifiers of the tails of a dotted name, shortest first.
func tails(name string) func(func(string) bool) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '/' })
	return func(yield func(string) bool) {
		for i := range slices.Backward(parts) {
			if !yield(Exported(strings.Join(parts[i:], "."))) {
				return
			}
		}
	}
}
