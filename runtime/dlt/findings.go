package dlt

import "fmt"

// Findings collects the checks that a row fails; generated Validate methods
// report all of a row's failures, not the first (G64).
type Findings struct {
	// List holds what was found since the last Reset.
	List []Finding
}

// A Finding is one failed check.
type Finding struct {
	Path  string // field, "lines[2].qty"
	Rule  string // the validate tag's word: "oneof=open closed"
	Value string // bounded
}

// maxFindingValue bounds what a finding keeps of a value, in bytes.
const maxFindingValue = 256

// Add notes that the value at path fails rule.
func (f *Findings) Add(path, rule string, v any) {
	text := fmt.Sprint(v)
	if len(text) > maxFindingValue {
		text = text[:maxFindingValue] + "…"
	}
	f.List = append(f.List, Finding{path, rule, text})
}

// Reset forgets what was found.
func (f *Findings) Reset() { f.List = f.List[:0] }
