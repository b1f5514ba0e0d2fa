package conformance

import (
	"testing"
)

// Every kept case reads, with no key overlooked.
func TestReadCases(t *testing.T) {
	files, err := FindCases("../../../testdata/conformance")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		c, err := ReadCase(f)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(c.Steps) == 0 {
			t.Errorf("%s: no steps", f)
		}
	}
}
