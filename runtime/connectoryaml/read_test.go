package connectoryaml

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadHarvest(t *testing.T) {
	f, _, err := Read(readFile(t, "testdata/harvest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Name, "harvest"; got != want {
		t.Errorf("name = %q, want %q", got, want)
	}
	if got, want := len(f.Client.Auth[0].AllOf), 2; got != want {
		t.Errorf("%d schemes together, want %d", got, want)
	}
	r := f.Resources[0]
	if diff := cmp.Diff(&Paginate{Type: "json_link", NextPath: "links.next", SizeParam: "per_page", Size: 2000}, r.Paginate); diff != "" {
		t.Errorf("paginate (-want +got):\n%s", diff)
	}
	if r.At != (Pos{22, 5}) {
		t.Errorf("the resource is at %v, want 22:5", r.At)
	}
	if r.PrimaryKey == nil || f.Resources[1].Auth == nil || f.Resources[1].PrimaryKey != nil {
		t.Error("an empty list and an absent one must differ")
	}
	if f.Resources[1].Paginate.Type != "none" {
		t.Errorf("paginate: none is read as %q", f.Resources[1].Paginate.Type)
	}
	if f.Defaults.Contract.Mode != "evolve" {
		t.Errorf("contract of one word is read as %+v", f.Defaults.Contract)
	}
}

// TestReadProblems: unknown keys and wrong values are located errors with a
// way out (G21), all of them in one run.
func TestReadProblems(t *testing.T) {
	const head = "version: 1\nname: x\n"
	tests := []struct{ name, in, want string }{
		{"unknown key with a near one", head + "resource: []\n", `3:1: unknown key "resource". Did you mean "resources"?`},
		{
			"unknown key deep inside", head + "resources:\n  - name: a\n    operation: GET /a\n    paginate: {type: cursor, next_pth: n}\n",
			`6:30: resources[0].paginate: unknown key "next_pth". Did you mean "next_path"?`,
		},
		{
			"unknown key, none near", head + "client: {zzzzzz: 1}\n",
			`3:10: client: unknown key "zzzzzz". Known keys: base_url, auth, paginate, rate_limit`,
		},
		{
			"wrong word", head + "resources: [{name: a, operation: GET /a, write_disposition: merged}]\n",
			`3:61: resources[0].write_disposition: "merged" is not known here. Did you mean "merge"?`,
		},
		{
			"wrong type", head + "resources: [{name: a, operation: GET /a, selected: maybe}]\n",
			`3:52: resources[0].selected: must be true or false, is "maybe"`,
		},
		{"list wanted", head + "destinations: duckdb\n", `3:15: destinations: must be a list, is text. Write a list: [a, b]`},
		{"map wanted", head + "client: 5\n", `3:9: client: must be a map, is a number`},
		{"missing keys", "name: x\n", `1:1: "version" is missing`},
		{"missing key of a resource", head + "resources: [{name: a}]\n", `3:13: resources[0]: "operation" is missing`},
		{"other version", "version: 2\nname: x\n", `1:10: version: 2 is not known here. One of: 1`},
		{"bad name", "version: 1\nname: My-API\n", `2:7: name: "My-API" does not match ^[a-z][a-z0-9_]*$`},
		{
			"a name twice", head + "resources: [{name: a, operation: GET /a}, {name: a, operation: GET /b}]\n",
			`3:50: resources[1].name: "a" is the name of resources[0] too`,
		},
		{"a key twice", head + "client: {}\nclient: {}\n", `4:1: mapping key "client" already defined at [3:1]`},
		{"several", "version: 1\nnme: x\nclients: {}\n", `2:1: unknown key "nme". Did you mean "name"? (and 2 more)`},
		{"not YAML", "version: [1\n", `1:10: sequence end token ']' not found`},
		{"anchor", head + "client: &c {}\n", "3:9: anchors and aliases are not supported here; repeat the value"},
		{"tag", head + "client: !x {}\n", "3:9: tags (!x) are not supported here"},
		{"two documents", head + "---\nversion: 1\n", "4:8: a second document starts here; the file must hold one"},
		{"empty", "# nothing\n", "1:1: the file is empty"},
		{"deep", strings.Repeat("[", 1000), "1:1: nested too deeply"},
		{"number too small", head + "defaults: {max_nesting: -1}\n", "3:25: defaults.max_nesting: -1 is less than 0"},
		{"not whole", head + "defaults: {max_nesting: 1.5}\n", "3:25: defaults.max_nesting: must be a whole number, is 1.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Read([]byte(tt.in))
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPrintKeepsWhatAPersonWrote: a canonical file, comments and blank lines in
// it, comes back byte for byte (G22, G24).
func TestPrintKeepsWhatAPersonWrote(t *testing.T) {
	for _, name := range []string{"testdata/harvest.yaml", "testdata/comments.yaml"} {
		t.Run(name, func(t *testing.T) {
			data := readFile(t, name)
			got, err := Format(data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(data), string(got)); diff != "" {
				t.Errorf("(-file +formatted):\n%s", diff)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			"keys get their order, comments go with them",
			"name: x # the name\n# first\nversion: 1\n", "# first\nversion: 1\nname: x  # the name\n",
		},
		{
			"the header stays on top",
			"# for editors\n\nname: x\nversion: 1\n", "# for editors\n\nversion: 1\nname: x\n",
		},
		{"short maps become flow", "version: 1\nname: x\ninput:\n  openapi: a.yaml\n", "version: 1\nname: x\ninput: {openapi: a.yaml}\n"},
		{
			"a comment keeps a map in block style",
			"version: 1\nname: x\ninput:\n  # pinned\n  openapi: a.yaml\n", "version: 1\nname: x\ninput:\n  # pinned\n  openapi: a.yaml\n",
		},
		{
			"a comment in a flow map moves above it",
			"version: 1\nname: x\ninput: {\n  # pinned\n  openapi: a.yaml }\n", "version: 1\nname: x\n# pinned\ninput: {openapi: a.yaml}\n",
		},
		{"blank lines become one", "version: 1\n\n\n\nname: x\n\n", "version: 1\n\nname: x\n"},
		{
			"quotes only where needed", "version: '1'\nname: \"x\"\nclient: {base_url: 'https://a.b'}\n",
			"version: \"1\"\nname: x\nclient:\n  base_url: https://a.b\n",
		},
		{"windows line ends", "version: 1\r\nname: x\r\n", "version: 1\nname: x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Format([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again, err := Format(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(got), string(again)); diff != "" {
				t.Errorf("formatting twice changed (-once +twice):\n%s", diff)
			}
		})
	}
}

func TestEncodeIsTheInverseOfDecode(t *testing.T) {
	f, root, err := Read(readFile(t, "testdata/harvest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := Encode(f); !Equal(got, root) {
		t.Errorf("(-file +encoded):\n%s", cmp.Diff(string(Print(root)), string(Print(got))))
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ in, want string }{
		{"resouces", "resources"}, {"Selector", "selector"}, {"slector", "selector"}, {"paginator", "paginate"}, {"xyz", ""}, {"", ""},
	}
	for _, tt := range tests {
		if got := Nearest(tt.in, []string{"resources", "selector", "paginate"}); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/harvest.yaml", "testdata/comments.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{"a: |\n  x\n\n   y\n# z\n", "- - a\n  - {b: c}\n", "a: {b: [c, \"d: e\"]} # f\n", "? x\n: y\n", "a:\n- b\n# c\n- d\n", "'': 1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _ = Read(data)
		root, err := Parse(data)
		if err != nil {
			return
		}
		printed := Print(root)
		again, err := Parse(printed)
		if err != nil {
			t.Fatalf("what was printed cannot be read: %v\n%s", err, printed)
		}
		if !Equal(root, again) {
			t.Fatalf("printing changed the values:\n%s\nto\n%s", data, printed)
		}
		if twice := Print(again); string(twice) != string(printed) {
			t.Fatalf("printing twice differs:\n%q\n%q", printed, twice)
		}
	})
}
