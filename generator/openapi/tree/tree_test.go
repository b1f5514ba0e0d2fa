package tree_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// text prints a tree as JSON, keys in document order.
func text(n *tree.Node) string {
	var b strings.Builder
	write(&b, n)
	return b.String()
}

func write(b *strings.Builder, n *tree.Node) {
	switch n.Kind() {
	case tree.Null:
		b.WriteString("null")
	case tree.Bool, tree.Number:
		b.WriteString(n.Text())
	case tree.String:
		fmt.Fprintf(b, "%q", n.Str())
	case tree.List:
		b.WriteByte('[')
		for i, v := range n.Items() {
			if i > 0 {
				b.WriteByte(' ')
			}
			write(b, v)
		}
		b.WriteByte(']')
	case tree.Map:
		b.WriteByte('{')
		for i := range n.Len() {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(b, "%s:", n.Key(i))
			write(b, n.At(i))
		}
		b.WriteByte('}')
	}
}

func TestYAML(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"mapping", "b: 1\na: x\n", `{b:1 a:"x"}`},
		{"nested", "a:\n  b:\n    c: d\n  e: f\n", `{a:{b:{c:"d"} e:"f"}}`},
		{"list below its key", "a:\n- 1\n- 2\nb: 3\n", `{a:[1 2] b:3}`},
		{"indented list", "a:\n  - 1\n  -\n    b: 2\n  - c: 3\n    d: 4\n", `{a:[1 {b:2} {c:3 d:4}]}`},
		{"list in list", "- - a\n  - b\n-\n  - c\n", `[["a" "b"] ["c"]]`},
		{"empty values", "a:\nb: ~\nc: null\nd:\n  e:\n", `{a:null b:null c:null d:{e:null}}`},
		{"core schema", "- true\n- False\n- yes\n- on\n- 12\n- 0x1F\n- 1.5e3\n- 1_000\n- .inf\n- 1.2.3\n", `[true false "yes" "on" 12 0x1F 1.5e3 "1_000" ".inf" "1.2.3"]`},
		{"dates are text", "a: 2020-01-02\nb: 2020-01-02T03:04:05Z\n", `{a:"2020-01-02" b:"2020-01-02T03:04:05Z"}`},
		{"integer keys", "200:\n  a: 1\n", `{200:{a:1}}`},
		{"plain over lines", "a: one\n  two\n\n  three # end\nb: 2\n", `{a:"one two\nthree" b:2}`},
		{"colon and hash in text", "a: http://x/#y\nb: a:b\n", `{a:"http://x/#y" b:"a:b"}`},
		{"literal", "a: |\n  one\n   two\n\n  three\nb: |-\n  x\n\nc: |+\n  y\n\nd: 1\n", `{a:"one\n two\n\nthree\n" b:"x" c:"y\n\n" d:1}`},
		{"folded", "a: >\n  one\n  two\n\n  three\n    four\n  five\nb: >-\n  x\n  y\n", `{a:"one two\nthree\n  four\nfive\n" b:"x y"}`},
		{"indent indicator", "a: |2\n    x\n   y\n", `{a:"  x\n y\n"}`},
		{"literal at the end", "a: |\n  x", `{a:"x"}`},
		{"blank literal", "a: |\n\n  \nb: 1\n", `{a:"" b:1}`},
		{"literal in a list", "- |\n  x\n- >\n  y\n", `["x\n" "y\n"]`},
		{"single quotes", "a: 'it''s'\nb: 'one\n  two\n\n  three'\n", `{a:"it's" b:"one two\nthree"}`},
		{"double quotes", `a: "x\ty\u00e9\x41\/\"\ud83d\ude00"` + "\nb: \"one\n  two \\\n  three\"\n", `{a:"x\tyé` + `A/\"😀" b:"one two three"}`},
		{"quoted keys", "'a b': 1\n\"c: d\": 2\n", `{a b:1 c: d:2}`},
		{"flow", "a: [1, x y, 'z', {b: c, d}, [], {}]\ne: {f: [g], \"h\":i}\n", `{a:[1 "x y" "z" {b:"c" d:null} [] {}] e:{f:["g"] h:"i"}}`},
		{"flow over lines", "a: [\n  1, # one\n  2,\n]\nb: {\n  c: d\n    e\n}\n", `{a:[1 2] b:{c:"d e"}}`},
		{"flow pair", "[a: 1, b]", `[{a:1} "b"]`},
		{"anchors", "a: &x {b: 1}\nc: *x\nd: &y text\ne: *y\n", `{a:{b:1} c:{b:1} d:"text" e:"text"}`},
		{"anchor above its mapping", "a: &x\n  b: 1\nc: *x\n", `{a:{b:1} c:{b:1}}`},
		{"anchor of a key", "&k a: 1\nb: *k\n", `{a:1 b:"a"}`},
		{"merge keys", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\ne:\n  <<: [*x, {f: 4}]\n", `{a:{b:1 c:2} d:{b:3 c:2} e:{b:1 c:2 f:4}}`},
		{"tags", "a: !!str 12\nb: !!int 3\nc: !!map\n  d: 1\n", `{a:"12" b:3 c:{d:1}}`},
		{"explicit key", "? a\n: 1\n? b\n", `{a:1 b:null}`},
		{"markers", "%YAML 1.2\n---\na: 1\n...\n", `{a:1}`},
		{"text after marker", "--- a\n", `"a"`},
		{"comments", "# top\na: 1 # x\n  # between\nb: 2\n", `{a:1 b:2}`},
		{"comment ends text", "a: one # x\nb: 2\n", `{a:"one" b:2}`},
		{"windows line ends", "a: |\r\n  x\r\n  y\r\nb: one\r\n  two\r\n", `{a:"x\ny\n" b:"one two"}`},
		{"old line ends", "a: 1\rb: 2\r", `{a:1 b:2}`},
		{"byte order mark", "\uFEFFa: 1\n", `{a:1}`},
		{"empty", "", `null`},
		{"tab after the value", "a: 1\t\nb:\t2\n", `{a:1 b:2}`},
		{"dash in text", "a: b\n  - c\n", `{a:"b - c"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := tree.Parse("t.yaml", []byte(tt.in), nil, &diag.List{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, text(n)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", 300)
	laughs := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for _, c := range "bcdefgh" {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	tests := []struct{ name, in, want string }{
		{"two colons", "a: b: c\n", `t:1:5: DG001 error: unexpected colon: this text is the value of an earlier key. Put the text in quotes, or mend the indentation.`},
		{"no key", "a: 1\nb\n", `t:2:1: DG001 error: 'b' begins no key: a key and a colon are expected here`},
		{"deeper", "a: 1\nb:\n    c: 1\n  d: 2\n", `t:4:3: DG001 error: wrong indentation: 'd' begins at column 3, the block above at column 1. Mend the indentation, or add the colon that is missing above.`},
		{"tab", "a:\n\tb: 1\n", `t:2:1: DG007 error: a tab is used as indentation. YAML wants spaces: replace the tabs of the file.`},
		{"include", "a: !include b.yaml\n", `t:1:4: DG006 error: the tag !include is not resolved: it is an extension of some tools. Bundle the files into one document first.`},
		{"open bracket", "a: [1, 2\nb: 3\n", `t:1:4: DG001 error: the '[' opened here is not closed`},
		{"open brace", "a: {b: 1", `t:1:4: DG001 error: the '{' opened here is not closed`},
		{"open quotes", "a: 'b\nc: d\n", `t:1:4: DG001 error: the quotes opened here are not closed`},
		{"no anchor", "a: *b\n", `t:1:4: DG001 error: alias "b" has no anchor before it`},
		{"reserved", "a: @b\n", `t:1:4: DG001 error: a value cannot begin with '@'; put it in quotes`},
		{"mapping as key", "? {a: 1}\n: 2\n", `t:1:1: DG001 error: a key cannot be a mapping`},
		{"too deep", deep, `t:1:201: DG002 error: nested deeper than 200 levels`},
		{"aliases of aliases", laughs, `t:4:29: DG002 error: aliases make the document more than 10 times larger`},
		{"two-byte text", "\xff\xfea\x00", `t:1:1: DG003 error: the file is UTF-16. Save it as UTF-8.`},
		{"json comma", `{"a": 1 "b": 2}`, `t:1:9: DG001 error: unexpected '"' in an object, want a comma or }`},
		{"json escape", `{"a": "\q"}`, `t:1:8: DG001 error: wrong escape in a string`},
		{"json number", `["x", 01`, `t:1:7: DG001 error: "01" is not a number`},
		{"json end", `{"a": `, `t:1:7: DG001 error: unexpected end of file`},
		{"json twice", `{} {}`, `t:1:4: DG001 error: unexpected '{' after the end of the document`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tree.Parse("t", []byte(tt.in), nil, &diag.List{})
			var de *diag.Error
			if !errors.As(err, &de) || de.Class != diag.ClassUnreadable {
				t.Fatalf("error %v, want a diag.Error of class 3", err)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct{ name, in, want, diags string }{
		{"duplicate key", "a: 1\nb: 2\na: 3\n", `{a:3 b:2}`, `t:3:1: DG004 warning: key "a" is already at line 1; the last one counts`},
		{"json duplicate", `{"a": 1, "a": 2}`, `{a:2}`, `t:1:10: DG004 warning: key "a" is already at line 1; the last one counts`},
		{"tag", "a: !!python/tuple\n- 1\n", `{a:[1]}`, `t:1:4: DG005 warning: tag !!python/tuple is ignored`},
		{"control character", "a: x\u0092y\n", "{a:\"x\uFFFDy\"}", `t:1:5: DG003 warning: 1 control character or invalid byte; replaced`},
		{"invalid bytes", "a: x\xffy\xfe\n", "{a:\"x\uFFFDy\uFFFD\"}", `t:1:5: DG003 warning: 2 control characters or invalid bytes; replaced`},
		{"two documents", "a: 1\n---\nb: 2\n", `{a:1}`, `t:3:1: DG008 warning: the file holds several YAML documents; only the first is read`},
		{"trailing comma", "{\"a\": [1, 2,],}", `{a:[1 2]}`, `t:1:13: DG009 warning: not strict JSON: unexpected ']', want a value; read as YAML`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var diags diag.List
			n, err := tree.Parse("t", []byte(tt.in), nil, &diags)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, text(n)); diff != "" {
				t.Error(diff)
			}
			var said strings.Builder
			_ = diags.WriteText(&said, nil)
			if diff := cmp.Diff(tt.diags+"\n", said.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	tests := []struct{ name, in, pointer, value, entry string }{
		{"yaml", "é:\n  - a: ü x\n    b: y\n", "#/é/0/b", "f:3:8", "f:3:5"},
		{"json", "{\"é\": [{\"a\": \"ü\", \"b\": 1}]}", "#/é/0/b", "f:1:24", "f:1:19"},
		{"long line", `{"a": "` + strings.Repeat("é", 3000) + `", "b": 1}`, "#/b", "f:1:3016", "f:1:3011"},
		{"escaped pointer", "/a~b: {c: 1}\n", "#/~1a~0b/c", "f:1:11", "f:1:8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := tree.Parse("f", []byte(tt.in), nil, &diag.List{})
			if err != nil {
				t.Fatal(err)
			}
			at := n.Lookup(tt.pointer)
			if got := []string{at.Pointer(), at.Pos().String(), at.EntryPos().String()}; !reflect.DeepEqual(got, []string{tt.pointer, tt.value, tt.entry}) {
				t.Errorf("got %v, want %v", got, []string{tt.pointer, tt.value, tt.entry})
			}
		})
	}
}

func TestEdit(t *testing.T) {
	n, err := tree.Parse("f", []byte("{a: 1, b: 2, c: 3}"), nil, &diag.List{})
	if err != nil {
		t.Fatal(err)
	}
	n.Delete("a")
	n.Set("b", tree.NewString(n, "x"))
	list := tree.NewList(n)
	list.Append(tree.NewBool(n, true))
	n.Set("d", list)
	if diff := cmp.Diff(`{b:"x" c:3 d:[true]}`, text(n)); diff != "" {
		t.Error(diff)
	}
	if got := n.Get("c").Pointer(); got != "#/c" {
		t.Errorf("pointer after Delete = %s, want #/c", got)
	}
}

// corpus is a folder of real descriptions: DLTGEN_SPECS, else one beside the checkout.
var corpus = corpusDir()

func corpusDir() string {
	if dir := os.Getenv("DLTGEN_SPECS"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "shared", "specs")
}

// TestAgainstLibrary compares with a full YAML library on real documents.
func TestAgainstLibrary(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpus, "*.yaml"))
	if len(files) == 0 {
		t.Skip("no corpus at " + corpus)
	}
	if testing.Short() {
		files = files[:min(len(files), 4)]
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 800_000 {
			continue // the library takes seconds
		}
		n, err := tree.Parse(file, data, nil, &diag.List{})
		if err != nil {
			t.Error(err)
			continue
		}
		var want yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(data, &want, yaml.UseOrderedMap()); err != nil {
			t.Logf("%s: the library: %v", file, err)
			continue
		}
		if at := differs(n, want, "#"); at != "" {
			t.Errorf("%s: %s", file, at)
		}
	}
}

func differs(n *tree.Node, want any, path string) string {
	switch v := want.(type) {
	case yaml.MapSlice:
		if n.Kind() != tree.Map || n.Len() != len(v) {
			return fmt.Sprintf("%s: %v of %d, want a mapping of %d", path, n.Kind(), n.Len(), len(v))
		}
		for i, item := range v {
			if key := fmt.Sprint(item.Key); n.Key(i) != key && item.Key != nil {
				return fmt.Sprintf("%s: key %q, want %q", path, n.Key(i), key)
			}
			if at := differs(n.At(i), item.Value, path+"/"+n.Key(i)); at != "" {
				return at
			}
		}
	case []any:
		if n.Kind() != tree.List || n.Len() != len(v) {
			return fmt.Sprintf("%s: %v of %d, want a list of %d", path, n.Kind(), n.Len(), len(v))
		}
		for i, item := range v {
			if at := differs(n.At(i), item, fmt.Sprint(path, "/", i)); at != "" {
				return at
			}
		}
	case string:
		// The library drops blank lines that are indented deeper than the text.
		if n.Kind() != tree.String || strings.TrimRight(n.Str(), " \n") != strings.TrimRight(v, " \n") {
			return fmt.Sprintf("%s: %v %q, want %q", path, n.Kind(), n.Text(), v)
		}
	}
	return ""
}

// FuzzParse: never a panic, and what encoding/json reads is read alike.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb:\n  - x\n  - y: z\n", "a: |\n  foo\n   bar\n\nb: >-\n  x\n", "{a: [1, {b: c}], 'd': \"e\\n\"}",
		"- - a\n-\n  c: d\n", "? a\n: b\n", "a: &x {b: c}\nd: *x\n<<: *x\n", "---\na: b # c\n...\n---\n", `{"a": [1, -2.5e3, "\u00e9"], "b": null}`,
		"\ta: 1", "a: !include x", "a: \"\\x", "*a : b", "'", "[", "{a", ": ", "- ?", "|9",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		n, err := tree.Parse("f", []byte(in), &tree.Limits{Bytes: 1 << 16, Depth: 50}, &diag.List{})
		if err != nil {
			return
		}
		walk(n, 0)
		if strings.ContainsFunc(in, func(r rune) bool { return r == '\r' || r >= 0x7f && r < 0xa0 || r == 0xfffd || r == 0xfeff }) {
			return
		}
		var want any
		if json.Unmarshal([]byte(in), &want) != nil {
			return
		}
		if _, ok := want.(map[string]any); !ok {
			return
		}
		got, _ := json.Marshal(n.Value())
		var back any
		_ = json.Unmarshal(got, &back)
		if diff := cmp.Diff(want, back); diff != "" && !strings.Contains(in, `\u`) {
			t.Errorf("%q: %s", in, diff)
		}
	})
}

func walk(n *tree.Node, depth int) {
	if depth > 200 {
		return
	}
	_ = n.EntryPos()
	for i := range n.Len() {
		walk(n.At(i), depth+1)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"stripe.yaml", "kubernetes-2.0.yaml", "github.json"} {
		data, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			b.Skip("no corpus")
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := tree.Parse(name, data, nil, &diag.List{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func Example() {
	var diags diag.List
	root, err := tree.Parse("openapi.yaml", []byte("info:\n  title: Pets\n"), nil, &diags)
	if err != nil {
		fmt.Println(err)
		return
	}
	title := root.Get("info").Get("title")
	fmt.Println(title.Text(), title.Pos(), title.Pointer())
	// Output: Pets openapi.yaml:2:10 #/info/title
}
