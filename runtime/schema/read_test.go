package schema

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// S3, S10, S73: documents of engines 2 to 11 read as dlt 1.31 reads them.
func TestDocumentsOfDlt(t *testing.T) {
	tests := []struct {
		file     string
		version  int
		hash     string
		previous string
	}{
		{"discord.schema.yml", 12, "Fho5Xd6SojItYRANmMJWGWNlHCJokevjp4HkvfXtV1Q=", ""},
		{"ethereum_schema_v11.yml", 18, "XfkJ8E1tZzG/Sb3lfEZrEVshTMKdB7JpOP2HA7eS6EI=", "oHfYGTI2GHOxuzwVz6+yvMilXUvHYhxrxkanC2T6MAI="},
		{"ethereum_schema_v5.yml", 13, "AVNN5skMNR48faZ1Y8n87zVEPFHym+xcbWy4hgy/DsU=", "+x00vMQH61qTxMr6Oa4tCaV4owyZY/NfGfQacH8rMRs="},
		{"ethereum_schema_v9.yml", 18, "0544YKFIxhzGeTZMKnrrKpUTlnGWYydzS/SjHQWUpbU=", "oHfYGTI2GHOxuzwVz6+yvMilXUvHYhxrxkanC2T6MAI="},
		{"inferred_demo.schema.yml", 3, "KxUi4ngApLCopSbOImTkeln7dIVa4ReZrZqug920O6k=", ""},
		{"name_mismatch.schema.yaml", 9, "+TYp9hzIHkRQdzUjBebp5rkrPHm6WDEnIG/ix4Sf/Go=", "njJAySgJRs2TqGWgQXhP+3pCh1A1hXcqe77BpM7JtOU="},
		{"trace.schema.yaml", 10, "8oA5LOyBpemBMNkaE8+cJOFOKhTEPzU0lqmUhyFOZiQ=", "P8E7cjYovKZVIFpXOcuizgzCVXmUriPYEZ1FxBt63Tc="},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "dlt", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			s, err := ReadYAML(data, &ReadOptions{File: tt.file})
			if err != nil {
				t.Fatal(err)
			}
			previous := ""
			if len(s.PreviousHashes) > 0 {
				previous = s.PreviousHashes[0]
			}
			if s.Version != tt.version || s.VersionHash != tt.hash || previous != tt.previous {
				t.Errorf("version %d, hash %s, previous %s", s.Version, s.VersionHash, previous)
			}
			roundTrips(t, s)
		})
	}
}

// roundTrips checks that every form of the document reads back as the same schema.
func roundTrips(t *testing.T, s *Schema) {
	t.Helper()
	want := appendCanonical(nil, s.document())
	check := func(form string, got *Schema, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", form, err)
		} else if diff := cmp.Diff(string(want), string(appendCanonical(nil, got.document()))); diff != "" {
			t.Errorf("%s:\n%s", form, diff)
		}
	}
	got, err := ReadJSON(s.JSON(nil), &ReadOptions{Verify: true})
	check("JSON", got, err)
	got, err = ReadYAML(s.YAML(nil), &ReadOptions{Verify: true})
	check("YAML", got, err)
	got, err = ReadYAML(s.JSON(nil), nil)
	check("JSON as YAML", got, err)
	got, err = ReadStored(s.StoredText(0))
	check("stored", got, err)
	got, err = ReadStored(s.StoredText(100))
	check("stored, compressed", got, err)
	got, err = ReadYAML(s.YAML(&WriteOptions{OmitDefaults: true}), nil)
	if err == nil {
		got.ImportedHash = s.ImportedHash
	}
	check("YAML without defaults", got, err)
}

// rich has every kind of key that a document can have.
func rich(t testing.TB) *Schema {
	s := newSchema(t, "rich")
	s.Description = "a \"quoted\"\ntext: with # signs ü\u2028"
	s.ImportedHash = "imp="
	s.Extra = Hints{{"x-owner", Hints{{"team", "data"}, {"since", 2024.5}, {"n", int64(7)}, {"tags", []any{"a", []any{"no", nil}, Hints{{"k", true}}, Hints{}}}}}}
	s.Settings.PreferredTypes = []TypeRule{{"re:.*_id$", Text}, {"amount", Decimal}}
	s.Settings.Contract = &ContractSetting{Columns: Freeze}
	s.Normalizers.MaxNesting = N(3)
	s.Normalizers.RootKeyPropagation = True
	s.Normalizers.UseBreakPath = False
	s.Normalizers.PropagationRoot = []ColumnMap{{"tenant", "root_tenant"}}
	s.Put(&Table{
		Name: "items", Resource: "My Items", WriteDisposition: Merge, MergeStrategy: SCD2, Contract: Uniform(Freeze),
		Description: "yes", TableFormat: "delta", FileFormat: "parquet", VariantName: "Items", Filters: &Filters{Excludes: []string{"re:^pass"}, Includes: []string{}},
		References: []Reference{{Table: "other", Columns: []string{"a"}, ReferencedColumns: []string{"b"}, Label: "l", Cardinality: "one_to_one"}},
		Normalizer: TableNormalizer{SeenData: True, MaxNesting: N(0)},
		Extra:      Hints{{"x-boundary-timestamp", "2024-01-01"}},
		Columns: []Column{
			{Name: "id", DataType: Bigint, Nullable: False, PrimaryKey: True, Precision: N(32), Description: "123"},
			{Name: "d", DataType: Decimal, Precision: N(10), Scale: N(2), Nullable: Null, DedupSort: "desc"},
			{Name: "t", DataType: Timestamp, Timezone: False, Extra: Hints{{"x-active-record-timestamp", nil}, {"precision", nil}}},
			{Name: "pending", Incremental: True, Cluster: False},
		},
	})
	s.Put(&Table{Name: "items__l", Parent: "items", Contract: &ContractSetting{}, Columns: []Column{ParentIDColumn(), RootIDColumn()}})
	s.Bump()
	return s
}

func TestRoundTrip(t *testing.T) {
	s := rich(t)
	roundTrips(t, s)
	c := s.Clone()
	if diff := cmp.Diff(string(s.JSON(nil)), string(c.JSON(nil))); diff != "" {
		t.Errorf("a clone differs:\n%s", diff)
	}
	c.Table("items").Columns[2].Extra.Set("x-active-record-timestamp", "changed")
	c.Table("items").References[0].Columns[0] = "changed"
	c.Settings.DefaultHints[0].Patterns[0] = "changed"
	if s.IsModified() {
		t.Error("a change of the clone changes the original")
	}
}

// S5, S6
func TestWriteOptions(t *testing.T) {
	s := newSchema(t, "s")
	s.Remove(VersionTable, LoadsTable)
	s.ImportedHash = "i="
	s.Settings = Settings{}
	s.Put(&Table{Name: "t", Resource: "t", WriteDisposition: Append, Normalizer: TableNormalizer{SeenData: True}, Columns: []Column{{Name: "a", DataType: Text, Nullable: True}}})
	got := string(s.YAML(&WriteOptions{OmitDefaults: true, DropProcessingHints: true}))
	want := `version: 1
version_hash: ""
engine_version: 11
name: s
tables:
  t:
    columns:
      a:
        data_type: text
        nullable: true
    write_disposition: append
    resource: t
settings: {}
normalizers:
  names: snake_case
  json:
    module: dlt.common.normalizers.json.relational
previous_hashes: []
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !s.Table("t").Normalizer.SeenData.Is() || s.Table("t").Columns[0].Name != "a" {
		t.Error("writing changed the schema")
	}
}

// S1, S4, S21 to S25, S73: each fault with its place, all of them at once.
func TestReadErrors(t *testing.T) {
	const head = "version: 1\nengine_version: 11\nname: s\nprevious_hashes: []\nnormalizers: {}\n"
	const tables = "tables:\n  _dlt_version: {columns: {}}\n  _dlt_loads: {columns: {}}\n"
	tests := []struct{ name, yaml, want string }{
		{"no map", "- a", "f.yaml:1:1: a schema document is a map"},
		{"empty", "", "f.yaml: a schema document is a map"},
		{"syntax", "a: [", "f.yaml:1:4: sequence end token ']' not found"},
		{"two documents", head + "---\na: b\n", "f.yaml:7:1: a second document"},
		{"key twice", head + "name: t\n", "f.yaml:6:1: mapping key \"name\" already defined at [3:1]"},
		{"no engine", "name: s\n", "f.yaml: ./engine_version: the engine version of the schema is not supported: it is null, this program reads 1 to 11"},
		{"newer engine", "name: s\nengine_version: 12\n", "f.yaml:2:17: ./engine_version: the engine version of the schema is not supported: it is 12, this program reads 1 to 11"},
		{"system tables", head + "tables: {}\n", "f.yaml:6:9: ./tables: table _dlt_version is missing\nf.yaml:6:9: ./tables: table _dlt_loads is missing"},
		{"keys", head + tables + "color: red\nx-color: red\n", `f.yaml:9:8: .: unknown key "color"; a key of your own begins with x-`},
		{"name", strings.Replace(head, "name: s", "name: my schema", 1) + tables, `f.yaml:3:7: ./name: "my schema": a schema name is a letter or _ followed by letters, digits and _, at most 64 characters`},
		{"missing keys", "engine_version: 11\nversion: 1\n" + tables, "f.yaml:1:1: .: key \"name\" is missing\nf.yaml:1:1: .: key \"previous_hashes\" is missing"},
		{"table", head + tables + "  t: {columns: {a: {data_type: complex}, b: {nulable: true, nullable: maybe}}, write_disposition: upsert}\n", "" +
			"f.yaml:9:32: ./tables[t]/columns[a]: data_type: data type \"complex\" is unknown; known are text, double, bool, timestamp, bigint, binary, json, decimal, wei, date, time\n" +
			"f.yaml:9:55: ./tables[t]/columns[b]: nulable: unknown key; hints of your own begin with x-\n" +
			"f.yaml:9:71: ./tables[t]/columns[b]: nullable: want true, false or null, found \"maybe\"\n" +
			"f.yaml:9:99: ./tables[t]: write_disposition: \"upsert\" is unknown; known are skip, append, replace, merge"},
		{"parent", head + tables + "  t: {parent: u}\n  a: {parent: b}\n  b: {parent: a}\n", "" +
			"f.yaml:9:15: ./tables[t]: parent table u is not there\n" +
			"f.yaml:10:15: ./tables[a]: is its own ancestor\n" +
			"f.yaml:11:15: ./tables[b]: is its own ancestor"},
		{"contract", head + tables + "  t: {schema_contract: {columns: never}}\n  u: {schema_contract: {rows: evolve}}\n", "" +
			"f.yaml:9:24: ./tables[t]: schema_contract: columns: \"never\" is unknown; known are evolve, freeze, discard_row, discard_value\n" +
			"f.yaml:10:24: ./tables[u]: schema_contract: a contract has no entity \"rows\"; it has tables, columns and data_type"},
		{"settings", head + tables + "settings: {partition: ['re:_timestamp$'], colour: 1, x-mine: 2}\n", "" +
			"f.yaml:9:23: ./settings: unknown key \"partition\"; move it under default_hints\n" +
			"f.yaml:9:51: ./settings: unknown key \"colour\"; it has detections, default_hints, preferred_types, schema_contract and keys that begin with x-"},
		{"patterns", head + tables + "settings: {default_hints: {nullable: [a], unique: ['re:(', '^a']}, preferred_types: {'a|b': text, c: complex}}\n", "" +
			"f.yaml:9:38: ./settings/default_hints: default hint \"nullable\" is unknown; it is not_null, a boolean hint of columns, or begins with x-\n" +
			"f.yaml:9:51: ./settings/default_hints: unique: pattern \"re:(\": missing closing ): \"(\"\n" +
			"f.yaml:9:93: ./settings/preferred_types: pattern \"a|b\" looks like a regular expression; write it re:a|b\n" +
			"f.yaml:9:102: ./settings/preferred_types: c: data type \"complex\" is unknown; known are text, double, bool, timestamp, bigint, binary, json, decimal, wei, date, time"},
		{"references", head + tables + "  t: {references: [{referenced_table: u, columns: [a], referenced_columns: []}]}\n", "f.yaml:9:19: ./tables[t]: references: reference 1: 1 columns refer to 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadYAML([]byte(tt.yaml), &ReadOptions{File: "f.yaml"})
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, ok := errors.AsType[*DocumentError](err); !ok {
				t.Errorf("%T is no *DocumentError", err)
			}
		})
	}
	_, err := ReadJSON([]byte("{\"engine_version\": 11,\n  \"name\": 5x}"), &ReadOptions{File: "f.json"})
	if fmt.Sprint(err) != "f.json:2:12: invalid character 'x' after object key:value pair" {
		t.Error(err)
	}
	_, err = ReadJSON([]byte("{\"engine_version\": 99}"), nil)
	if !errors.Is(err, ErrEngine) {
		t.Error(err)
	}
	if _, err := ReadJSON([]byte(strings.Repeat("[", 100_000)), nil); err == nil {
		t.Error("no bound on depth")
	}
}

// S3: an edited document loads as the next version.
func TestEditedDocument(t *testing.T) {
	s := rich(t)
	edited := strings.Replace(string(s.YAML(nil)), "precision: 32", "precision: 16", 1)
	got, err := ReadYAML([]byte(edited), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != s.Version+1 || got.PreviousHashes[0] != s.VersionHash || got.VersionHash == s.VersionHash {
		t.Errorf("version %d, previous %v", got.Version, got.PreviousHashes)
	}
	kept, err := ReadYAML([]byte(edited), &ReadOptions{KeepVersion: true, DropProcessingHints: true})
	if err != nil || kept.VersionHash != s.VersionHash || kept.Table("items").Normalizer.SeenData.Is() {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, err := ReadYAML([]byte(edited), &ReadOptions{Verify: true}); !errors.Is(err, ErrModified) { // S15
		t.Error(err)
	}
}

// S127
func TestShortImport(t *testing.T) {
	s, err := ReadYAML([]byte("settings:\n  preferred_types: {'re:_at$': timestamp}\n"), &ReadOptions{Import: true, DefaultName: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "shop" || s.Version != 1 || s.VersionHash == "" || s.Table(VersionTable) == nil || len(s.Settings.DefaultHints) != 5 {
		t.Errorf("%+v", s)
	}
	empty, err := ReadYAML([]byte("name: test_schema\n"), &ReadOptions{Import: true})
	if err != nil || empty.VersionHash != newSchema(t, "test_schema").Hash() {
		t.Errorf("a name alone is not the new schema: %v", err)
	}
}

// S73, the flag that engine 10 had.
func TestSeenNullFirst(t *testing.T) {
	s := newSchema(t, "s")
	flag := func() Hints { return Hints{{"x-normalizer", Hints{{"seen-null-first", true}}}} }
	s.Put(&Table{Name: "t", Columns: []Column{{Name: "a", Extra: flag()}, {Name: "b", DataType: Text, Extra: flag()}, {Name: "c"}}})
	got, err := ReadJSON(s.JSON(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := names(got.Table("t").Columns); n != "b:text c" || len(got.Table("t").Columns[0].Extra) != 0 {
		t.Errorf("columns %s, %+v", n, got.Table("t").Columns)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: s\nengine_version: 2\ntables: {a: {b: {data_type: complex}}}\nexcludes: ['^a__b']\n"))
	f.Add([]byte("&a {name: &n s, engine_version: 11, tables: {<<: *n}}"))
	f.Add([]byte("a: &a [*a]"))
	f.Add(rich(f).JSON(nil))
	f.Add(rich(f).YAML(&WriteOptions{OmitDefaults: true}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, opts := range []*ReadOptions{nil, {Import: true, DefaultName: "d"}} {
			for _, read := range []func([]byte, *ReadOptions) (*Schema, error){ReadJSON, ReadYAML} {
				s, err := read(data, opts)
				if err != nil {
					continue
				}
				again, err := ReadYAML(s.YAML(nil), &ReadOptions{Verify: true})
				if err != nil {
					t.Fatalf("%v\n%s", err, s.YAML(nil))
				}
				if again.Hash() != s.VersionHash {
					t.Fatalf("not the same again:\n%s\n%s", s.JSON(nil), again.JSON(nil))
				}
			}
		}
		_, _ = ReadStored(string(data))
	})
}

func BenchmarkHash(b *testing.B) {
	data, err := os.ReadFile("testdata/dlt/trace.schema.yaml")
	if err != nil {
		b.Fatal(err)
	}
	s, err := ReadYAML(data, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.Hash()
	}
}
