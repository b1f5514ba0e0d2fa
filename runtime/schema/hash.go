package schema

import (
	"bytes"
	"crypto/sha3"
	"encoding/base64"
	"slices"
	"strings"
)

// maxPreviousHashes bounds the history of hashes (S13).
const maxPreviousHashes = 10

// unhashed are the keys that are about the document, not of its content (S10).
var unhashed = []string{"version", "version_hash", "imported_version_hash", "previous_hashes"}

// Hash is the content hash (S10): of everything but the version and the
// history, and of the order of columns.
func (s *Schema) Hash() string { return hash(s.document()) }

func hash(document Hints) string {
	content := slices.DeleteFunc(slices.Clone(document), func(h Hint) bool {
		return slices.Contains(unhashed, h.Key)
	})
	digest := sha3.New256()
	_, _ = digest.Write(appendCanonical(nil, content))
	v, _ := content.Get("tables")
	tables, _ := v.(Hints)
	for _, t := range sorted(tables) {
		_, _ = digest.Write([]byte(t.Key))
		table, _ := t.Value.(Hints)
		v, _ := table.Get("columns")
		columns, _ := v.(Hints)
		for _, c := range columns {
			_, _ = digest.Write([]byte(c.Key))
		}
	}
	return base64.StdEncoding.EncodeToString(digest.Sum(nil))
}

func sorted(h Hints) Hints {
	c := slices.Clone(h)
	slices.SortStableFunc(c, func(a, b Hint) int { return strings.Compare(a.Key, b.Key) })
	return c
}

// Bump brings version and hash up to the content before the schema is saved
// (S13) and reports whether the content changed since it was last saved.
func (s *Schema) Bump() bool {
	s.Version = max(s.Version, 1)
	h, old := s.Hash(), s.VersionHash
	if h == old {
		return false
	}
	s.VersionHash = h
	if old != "" {
		s.Version++
		s.pushHash(old)
	}
	return true
}

// IsModified reports whether the content differs from what was last saved.
func (s *Schema) IsModified() bool { return s.Hash() != s.VersionHash }

func (s *Schema) pushHash(h string) {
	if slices.Contains(s.PreviousHashes, h) {
		return
	}
	s.PreviousHashes = slices.Insert(slices.Clone(s.PreviousHashes), 0, h)
	s.PreviousHashes = s.PreviousHashes[:min(len(s.PreviousHashes), maxPreviousHashes)]
}

// Equal reports whether both schemas have the same content, the order of
// columns included; versions and histories do not count.
func (s *Schema) Equal(o *Schema) bool {
	if s == nil || o == nil {
		return s == o
	}
	return s.Hash() == o.Hash()
}

// EqualTables reports whether the documents of both tables say the same, the
// order of columns included.
func EqualTables(a, b *Table) bool {
	return slices.EqualFunc(a.Columns, b.Columns, func(x, y Column) bool { return EqualColumns(&x, &y) }) &&
		bytes.Equal(appendCanonical(nil, a.hints()), appendCanonical(nil, b.hints()))
}

// EqualColumns reports whether the documents of both columns say the same.
func EqualColumns(a, b *Column) bool {
	return bytes.Equal(appendCanonical(nil, a.document()), appendCanonical(nil, b.document()))
}

// ReplaceContent takes over content, hash and version of another schema and
// keeps the hash of what was replaced in the history (S14).
func (s *Schema) ReplaceContent(with *Schema) {
	replaced := s.Hash()
	*s = *with.Clone()
	if s.Hash() != replaced {
		s.pushHash(replaced)
	}
}
