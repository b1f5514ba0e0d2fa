package schema

import (
	"crypto/sha3"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newSchema(t testing.TB, name string) *Schema {
	t.Helper()
	s, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// S12, H1 to H5
func TestHashOfDocuments(t *testing.T) {
	const columnsAB = `{"a":{"data_type":"bigint","name":"a","nullable":false},"b":{"data_type":"text","name":"b"}}`
	const columnsBA = `{"b":{"data_type":"text","name":"b"},"a":{"data_type":"bigint","name":"a","nullable":false}}`
	const table = `{"engine_version":11,"name":"a","normalizers":{},"settings":{},"tables":{"t":{"columns":%s,"name":"t"}}}`
	tests := []struct{ name, json, want string }{
		{"H1", `{"engine_version":11,"name":"a","normalizers":{},"settings":{},"tables":{}}`, "xovhu/wvUpWJacEYKhxl1PZ+PWXIHvwzUYuA0Vz16R8="},
		{"H2", `{"version":7,"version_hash":"x","previous_hashes":["q"],"imported_version_hash":"z","engine_version":11,"name":"a","normalizers":{},"settings":{},"tables":{}}`, "xovhu/wvUpWJacEYKhxl1PZ+PWXIHvwzUYuA0Vz16R8="},
		{"H3", fmt.Sprintf(table, columnsBA), "fVaFdJRcQif5etY+KehsT5yZlPwUKr0gBi2TOLjWxLc="},
		{"H4", fmt.Sprintf(table, columnsAB), "+98yUkazpqa1Yy1F43WsX+NAaL/rT/0xTr6vwrv1ToY="},
		{"H5", `{"description":"d\n\"q\"","engine_version":11,"name":"ü","normalizers":{},"settings":null,"tables":{"z":{"columns":{}},"é":{"columns":{"x":{}}}}}`, "SUswjF6rBhVsnvD0kDgYjWBUokV1NlIVQ5W3MVixakc="},
	}
	for _, tt := range tests {
		n, err := parseJSON([]byte(tt.json))
		if err != nil {
			t.Fatal(err)
		}
		if got := hash(n.any().(Hints)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// S12, H6: a new schema is dlt's to the byte.
func TestHashOfNewSchema(t *testing.T) {
	s := newSchema(t, "test_schema")
	content := s.document()
	for _, key := range unhashed {
		content.Delete(key)
	}
	text := appendCanonical(nil, content)
	sum := sha3.Sum256(text)
	if got := hex.EncodeToString(sum[:]); len(text) != 2222 || got != "5ea4765c91204f816f308e2dfd25edee87517ba7c4460d8a2ed32fcab3c449c7" {
		t.Errorf("%d bytes, SHA3 %s\n%s", len(text), got, text)
	}
	if got, want := s.Hash(), "EXmVJeZ+bxNsDoPYkNsx34LEiNd9yI5sqO2m9k+CJv4="; got != want {
		t.Errorf("Hash() = %s, want %s", got, want)
	}
}

// S11, N24
func TestCanonical(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{Hints{{"b", int64(1)}, {"a", []any{nil, true, Hints{}}}}, `{"a":[null,true,{}],"b":1}`},
		{"\"\\/<>&\x00\x1f\b\t\n\f\r\x7f\u2028é", "\"\\\"\\\\/<>&\\u0000\\u001f\\b\\t\\n\\f\\r\x7f\u2028é\""},
		{100.0, "100.0"},
		{0.00001, "0.00001"},
		{1e15, "1000000000000000.0"},
		{1e16, "1e+16"},
		{0.000001, "1e-6"},
		{5e-324, "5e-324"},
		{1.5e300, "1.5e+300"},
		{0.0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{-1.25, "-1.25"},
		{math.NaN(), "null"},
		{math.Inf(1), "null"},
		{"a\xffb", "\"a\ufffdb\""},
	}
	for _, tt := range tests {
		if got := string(appendCanonical(nil, tt.in)); got != tt.want {
			t.Errorf("canonical JSON of %v = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// S13
func TestBump(t *testing.T) {
	s := newSchema(t, "s")
	if !s.IsModified() || !s.Bump() || s.Version != 1 || len(s.PreviousHashes) != 0 {
		t.Fatalf("first: version %d, previous %v", s.Version, s.PreviousHashes)
	}
	if s.IsModified() || s.Bump() {
		t.Error("bumped without a change")
	}
	var hashes []string
	for i := range 12 {
		hashes = append([]string{s.VersionHash}, hashes...)
		s.Description = fmt.Sprint(i)
		s.Bump()
	}
	if s.Version != 13 {
		t.Errorf("version %d, want 13", s.Version)
	}
	if diff := cmp.Diff(hashes[:10], s.PreviousHashes); diff != "" {
		t.Errorf("previous hashes (-want +got):\n%s", diff)
	}
	s.Description = "11"
	again := s.PreviousHashes[0]
	s.pushHash(again)
	if len(s.PreviousHashes) != 10 || s.PreviousHashes[1] == again {
		t.Error("a hash is listed twice")
	}
}

// S14
func TestReplaceContent(t *testing.T) {
	a, b := newSchema(t, "s"), newSchema(t, "s")
	a.Bump()
	b.Description = "imported"
	b.Bump()
	old := a.VersionHash
	a.ReplaceContent(b)
	if a.VersionHash != b.VersionHash || a.Version != 1 || a.Description != "imported" {
		t.Errorf("content is not taken over: %+v", a)
	}
	if diff := cmp.Diff([]string{old}, a.PreviousHashes); diff != "" {
		t.Error(diff)
	}
	c := a.CloneAs("other")
	if c.Name != "other" || c.VersionHash != "" || c.PreviousHashes != nil || a.Name != "s" {
		t.Errorf("clone keeps a history: %+v", c)
	}
}

// S2
func TestValidName(t *testing.T) {
	long := make([]rune, 64)
	for i := range long {
		long[i] = 'ü'
	}
	for name, want := range map[string]bool{
		"a": true, "_": true, "Ab_1": true, "ünï": true, "class": true, string(long): true,
		"": false, "1a": false, "a b": false, "a-b": false, string(long) + "x": false,
	} {
		if got := ValidName(name); got != want {
			t.Errorf("ValidName(%q) = %t", name, got)
		}
	}
	if _, err := New("my schema"); fmt.Sprint(err) != `schema "my schema": a schema name is a letter or _ followed by letters, digits and _, at most 64 characters` {
		t.Error(err)
	}
}

func TestEqual(t *testing.T) {
	a, b := rich(t), rich(t)
	b.Version, b.PreviousHashes = 9, []string{"x"}
	if !a.Equal(b) || !EqualTables(a.Table("items"), b.Table("items")) {
		t.Error("equal content differs")
	}
	columns := b.Table("items").Columns
	columns[0], columns[1] = columns[1], columns[0]
	if a.Equal(b) || EqualTables(a.Table("items"), b.Table("items")) {
		t.Error("the order of columns does not count")
	}
	columns[0], columns[1] = columns[1], columns[0]
	columns[3].Cluster = Unset
	if a.Equal(b) || EqualColumns(&columns[3], &a.Table("items").Columns[3]) {
		t.Error("an explicit false is the same as nothing")
	}
	if a.Equal(nil) || !(*Schema)(nil).Equal(nil) {
		t.Error("nil")
	}
}

func BenchmarkClone(b *testing.B) {
	s := rich(b)
	for range 50 {
		s.Table("items").Columns = append(s.Table("items").Columns, Column{Name: fmt.Sprint(len(s.Table("items").Columns)), DataType: Text})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Clone()
	}
}
