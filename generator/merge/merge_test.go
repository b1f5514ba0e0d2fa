package merge

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

var testOptions = Options{
	Keyed:   Lists{"resources": "operation"},
	Missing: "missing",
	Fresh: func(_ string, n *Node) {
		n.Set("selected", &Node{Kind: connectoryaml.Bool, Text: "false"})
	},
}

func parse(t *testing.T, s string) *Node {
	t.Helper()
	n, err := connectoryaml.Parse([]byte(s))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, s)
	}
	return n
}

func texts(notes []Note) string {
	lines := make([]string, len(notes))
	for i, n := range notes {
		lines[i] = string(n.Kind) + " " + n.Path
	}
	return strings.Join(lines, "; ")
}

// TestThree has a case for each line of G22.
func TestThree(t *testing.T) {
	tests := []struct{ name, base, file, detected, want, notes string }{
		{"unedited value follows detection", "a: 1", "a: 1", "a: 2", "a: 2\n", "changed a"},
		{"edited value stays", "a: 1", "a: 5", "a: 1", "a: 5\n", ""},
		{"edited value stays, with a note when detection changed", "a: 1", "a: 5", "a: 2", "a: 5\n", "kept a"},
		{"edit and detection agree", "a: 1", "a: 2", "a: 2", "a: 2\n", ""},
		{"removed by the user stays removed", "{a: 1, b: 1}", "b: 1", "{a: 1, b: 1}", "b: 1\n", ""},
		{"removed by the user stays removed when detection changes", "{a: 1, b: 1}", "b: 1", "{a: 2, b: 1}", "b: 1\n", "kept a"},
		{"no longer detected goes", "{a: 1, b: 1}", "{a: 1, b: 1}", "b: 1", "b: 1\n", "dropped a"},
		{"no longer detected but edited stays", "{a: 1, b: 1}", "{a: 2, b: 1}", "b: 1", "a: 2\nb: 1\n", "kept a"},
		{"newly detected key comes", "b: 1", "b: 1", "{a: 1, b: 1}", "b: 1\na: 1\n", "added a"},
		{"the user's own key stays", "b: 1", "{mine: x, b: 1}", "b: 1", "mine: x\nb: 1\n", ""},
		{
			"nested maps merge key by key", "p: {type: cursor, size: 10, param: a}", "p: {type: cursor, size: 99, param: a}", "p: {type: cursor, size: 10, param: b}",
			"p: {type: cursor, size: 99, param: b}\n", "changed p.param",
		},
		{
			"another type is another thing", "p: {type: cursor, size: 10}", "p: {type: cursor, size: 99}", "p: {type: offset, param: o}",
			"p: {type: cursor, size: 99}\n", "kept p",
		},
		{
			"another type replaces the unedited", "p: {type: cursor, size: 10}", "p: {type: cursor, size: 10}", "p: {type: offset, param: o}",
			"p: {type: offset, param: o}\n", "changed p",
		},
		{"a list is one value", "k: [id]", "k: [id, day]", "k: [uuid]", "k: [id, day]\n", "kept k"},
		{
			"comments, order and blank lines survive", "{a: 1, b: 1, c: 1}",
			"# top\n\nc: 1\n\n# about b\nb: 1 # side\na: 1\n# end\n", "{a: 1, b: 2, c: 1}",
			"# top\n\nc: 1\n\n# about b\nb: 2  # side\na: 1\n# end\n", "changed b",
		},
		{"the comment of a removed key stays", "{a: 1, b: 1}", "# about a\na: 1\nb: 1\n", "b: 1", "# about a\nb: 1\n", "dropped a"},
		{
			"new resource comes unselected, in its place",
			"resources: [{operation: GET /a}, {operation: GET /c}]", "resources: [{operation: GET /a}, {operation: GET /c}]",
			"resources: [{operation: GET /a}, {operation: GET /b, selected: true}, {operation: GET /c}]",
			"resources:\n  - operation: GET /a\n  - operation: GET /b\n    selected: false\n  - operation: GET /c\n", "added resources[GET /b]",
		},
		{
			"vanished resource stays, marked",
			"resources: [{operation: GET /a, x: 1}]", "resources: [{operation: GET /a, x: 1}]", "resources: []",
			"resources:\n  - operation: GET /a\n    missing: true\n    x: 1\n", "gone resources[GET /a]",
		},
		{
			"vanished and marked is not marked twice",
			"resources: []", "resources: [{operation: GET /a, missing: true}]", "resources: []",
			"resources:\n  - operation: GET /a\n    missing: true\n", "",
		},
		{
			"a resource that is back keeps the user's values",
			"resources: []", "resources: [{operation: GET /a, missing: true, x: 5}]", "resources: [{operation: GET /a, x: 1}]",
			"resources:\n  - operation: GET /a\n    x: 5\n", "back resources[GET /a]; kept resources[GET /a].x",
		},
		{
			"a resource the user removed stays away",
			"resources: [{operation: GET /a}, {operation: GET /b}]", "resources: [{operation: GET /b}]", "resources: [{operation: GET /a}, {operation: GET /b}]",
			"resources:\n  - operation: GET /b\n", "",
		},
		{
			"a resource the user added stays",
			"resources: []", "resources: [{operation: GET /mine}]", "resources: []", "resources:\n  - operation: GET /mine\n", "",
		},
		{
			"a renamed resource stays renamed",
			"resources: [{name: a, operation: GET /a}]", "resources: [{name: mine, operation: GET /a}]", "resources: [{name: a, operation: GET /a, x: 1}]",
			"resources:\n  - name: mine\n    operation: GET /a\n    x: 1\n", "added resources[GET /a].x",
		},
		{
			"without a lock all of the file is the user's, what is new comes",
			"", "{a: 5, resources: [{operation: GET /a}]}", "{a: 1, b: 1, resources: [{operation: GET /a, x: 1}, {operation: GET /b}]}",
			"a: 5\nresources:\n  - operation: GET /a\n  - operation: GET /b\n    selected: false\n", "added resources[GET /b]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var base *Node
			if tt.base != "" {
				base = parse(t, tt.base)
			}
			file, detected := parse(t, tt.file), parse(t, tt.detected)
			before := string(connectoryaml.Print(file))
			got, notes := Three(base, file, detected, testOptions)
			if diff := cmp.Diff(tt.want, string(connectoryaml.Print(got))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, texts(notes)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if after := string(connectoryaml.Print(file)); after != before {
				t.Errorf("the file's own tree was changed:\n%s\nto\n%s", before, after)
			}
		})
	}
}

// genMap draws a map over few keys, so that edits and detections meet.
func genMap(depth int) *rapid.Generator[*Node] {
	return rapid.Custom(func(t *rapid.T) *Node {
		n := &Node{Kind: connectoryaml.Map}
		for _, key := range []string{"a", "b", "c"} {
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
			case 1:
				if depth > 0 {
					n.Set(key, genMap(depth-1).Draw(t, "map"))
				}
			default:
				n.Set(key, connectoryaml.Text(rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "text")))
			}
		}
		return n
	})
}

// TestLaws are the merge laws of G94.
func TestLaws(t *testing.T) {
	t.Run("no edit: the detection wins", rapid.MakeCheck(func(t *rapid.T) {
		base, detected := genMap(2).Draw(t, "base"), genMap(2).Draw(t, "detected")
		got, _ := Three(base, base, detected, Options{})
		if !connectoryaml.Equal(got, detected) {
			t.Fatalf("got\n%s, detected\n%s", connectoryaml.Print(got), connectoryaml.Print(detected))
		}
	}))
	t.Run("no change in detection: the file stays", rapid.MakeCheck(func(t *rapid.T) {
		base, file := genMap(2).Draw(t, "base"), genMap(2).Draw(t, "file")
		got, notes := Three(base, file, base, Options{})
		if !connectoryaml.Equal(got, file) || len(notes) > 0 {
			t.Fatalf("got\n%s, file\n%s, notes %v", connectoryaml.Print(got), connectoryaml.Print(file), notes)
		}
	}))
	t.Run("merging twice is merging once", rapid.MakeCheck(func(t *rapid.T) {
		base, file, detected := genMap(2).Draw(t, "base"), genMap(2).Draw(t, "file"), genMap(2).Draw(t, "detected")
		once, _ := Three(base, file, detected, Options{})
		twice, notes := Three(detected, once, detected, Options{})
		if !connectoryaml.Equal(once, twice) || len(notes) > 0 {
			t.Fatalf("once\n%s, twice\n%s, notes %v", connectoryaml.Print(once), connectoryaml.Print(twice), notes)
		}
	}))
	t.Run("edit then update is update then edit, on different keys", rapid.MakeCheck(func(t *rapid.T) {
		base := genMap(1).Draw(t, "base")
		edit := func(n *Node) *Node { n = n.Clone(); n.Set("a", connectoryaml.Text("mine")); return n }
		detected := base.Clone()
		detected.Set("b", connectoryaml.Text("new"))
		first, _ := Three(base, edit(base), detected, Options{})
		updated, _ := Three(base, base, detected, Options{})
		if second := edit(updated); !connectoryaml.Equal(first, second) {
			t.Fatalf("edit first\n%s, update first\n%s", connectoryaml.Print(first), connectoryaml.Print(second))
		}
	}))
}
