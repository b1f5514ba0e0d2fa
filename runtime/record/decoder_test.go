package record_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

type label struct {
	Name  string
	extra record.Extra
}

func (v *label) decode(d *record.Decoder) {
	v.Name = ""
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "name":
			d.String(&v.Name)
		default:
			d.Unknown()
		}
	}
}

type user struct {
	Login string
	Age   value.Null[int64]
}

func (v *user) decode(d *record.Decoder) {
	*v = user{}
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "login":
			d.String(&v.Login)
		case "age":
			d.NullInt64(&v.Age)
		default:
			d.Unknown()
		}
	}
	d.Require(keysOfUser)
}

var keysOfUser = []string{"login"}

type issue struct {
	ID     int64
	Score  float64
	Open   bool
	Title  string
	At     time.Time
	Closed value.Null[time.Time]
	Price  value.Decimal
	Body   value.Null[value.JSON]
	User   user
	Editor value.Null[user]
	Labels []label
	Tags   []string
	Grid   [][]int64
	extra  record.Extra
}

func (v *issue) reset() {
	*v = issue{Labels: v.Labels[:0], Tags: v.Tags[:0], Grid: v.Grid[:0], extra: v.extra}
}

func (v *issue) decode(d *record.Decoder) {
	v.reset()
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "id":
			d.Int64(&v.ID)
		case "score":
			d.Float64(&v.Score)
		case "open":
			d.Bool(&v.Open)
		case "title":
			d.String(&v.Title)
		case "at":
			d.Time(&v.At)
		case "closed":
			d.NullTime(&v.Closed)
		case "price":
			d.Decimal(&v.Price)
		case "body":
			d.NullJSON(&v.Body)
		case "user":
			record.Struct(d, &v.User, (*user).decode)
		case "editor":
			record.NullStruct(d, &v.Editor, (*user).decode)
		case "labels":
			record.List(d, &v.Labels, (*label).decode)
		case "tags":
			record.Values(d, &v.Tags, (*record.Decoder).String)
		case "grid":
			record.Values(d, &v.Grid, func(d *record.Decoder, v *[]int64) { record.Values(d, v, (*record.Decoder).Int64) })
		default:
			d.Unknown()
		}
	}
	d.Require(keysOfIssue)
}

var keysOfIssue = []string{"id", "user"}

// extras writes an Extra as path=raw words, with ! for keys that are missing.
func extras(x *record.Extra) string {
	var words []string
	for i := range x.Len() {
		p := strings.Join(x.Path(i), ".")
		if raw := x.Raw(i); raw != nil {
			words = append(words, p+"="+string(raw))
		} else {
			words = append(words, "!"+p)
		}
	}
	return strings.Join(words, " ")
}

func (v *issue) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %v %v %q %s %s %s", v.ID, v.Score, v.Open, v.Title, v.At.Format(time.RFC3339Nano), v.Price, v.User.Login)
	if v.User.Age.Valid {
		fmt.Fprintf(&b, "/%d", v.User.Age.V)
	}
	if v.Closed.Valid {
		fmt.Fprintf(&b, " closed %s", v.Closed.V.Format(time.RFC3339))
	}
	if v.Body.Valid {
		fmt.Fprintf(&b, " body %s", v.Body.V)
	}
	if v.Editor.Valid {
		fmt.Fprintf(&b, " editor %s", v.Editor.V.Login)
	}
	for i := range v.Labels {
		fmt.Fprintf(&b, " label %s", v.Labels[i].Name)
		if x := extras(&v.Labels[i].extra); x != "" {
			fmt.Fprintf(&b, "(%s)", x)
		}
	}
	if len(v.Tags)+len(v.Grid) > 0 {
		fmt.Fprintf(&b, " %v %v", v.Tags, v.Grid)
	}
	if x := extras(&v.extra); x != "" {
		fmt.Fprintf(&b, " | %s", x)
	}
	return b.String()
}

func TestDecoder(t *testing.T) {
	const zero = "0001-01-01T00:00:00Z"
	tests := []struct{ name, in, want string }{
		{
			"all fields", `{"id":1,"score":1.5,"open":true,"title":"a\n\u00e9","at":"2024-01-02T03:04:05.25+01:00","price":1.50,"user":{"login":"x","age":7},"closed":null,"body":{"a": [1]},"editor":{"login":"e"},"labels":[{"name":"l"},{"name":"m"}],"tags":["t","u"],"grid":[[1,2],[],[3]]}`,
			`1 1.5 true "a\né" 2024-01-02T02:04:05.25Z 1.50 x/7 body {"a": [1]} editor e label l label m [t u] [[1 2] [] [3]]`,
		},
		{
			"white space", " { \"id\" : 2 , \"user\" : { \"login\" : \"y\" } , \"tags\" : [ \"a\" , \"b\" ] } ",
			`2 0 false "" ` + zero + ` 0 y [a b] []`,
		},
		{
			"unknown keys", `{"id":3,"user":{"login":"y","deep":{"z":1}},"new":[1,{"a":2}],"labels":[{"name":"l","color":"red"}]}`,
			`3 0 false "" ` + zero + ` 0 y label l(color="red") | user.deep={"z":1} new=[1,{"a":2}]`,
		},
		{
			"coerced", `{"id":"4","score":2,"open":"yes","title":5,"at":1704164645,"price":"1.50","user":{"login":true,"age":"8"},"tags":[1,true]}`,
			`4 2 true "5" 2024-01-02T03:04:05Z 1.50 True/8 [1 True] []`,
		},
		{
			"not coerced", `{"id":"x","score":"y","open":"maybe","at":"never","closed":{"a":1},"user":7,"editor":[],"labels":[{"name":"l"},3],"tags":["a",null],"grid":[[1],["z"]]}`,
			`0 0 false "" ` + zero + ` 0  | id="x" score="y" open="maybe" at="never" closed={"a":1} user=7 editor=[] labels=[{"name":"l"},3] tags=["a",null] grid=[[1],["z"]]`,
		},
		{"missing and null", `{"id":null,"labels":null,"tags":null,"editor":null}`, `0 0 false "" ` + zero + ` 0  | id=null !user`},
		{"missing in a nested map", `{"id":5,"user":{}}`, `5 0 false "" ` + zero + ` 0  | !user.login`},
		{"no map", `7`, `0 0 false "" ` + zero + ` 0  | value=7 !id !user`},
		{"large integer", `{"id":9223372036854775808,"user":{"login":"u"}}`, `0 0 false "" ` + zero + ` 0 u | id=9223372036854775808`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// Twice in one page, over a row that was used before.
			var v issue
			d := record.NewDecoder(record.Page{Data: []byte("[" + tt.in + "," + tt.in + "]"), Origin: "o"})
			n := 0
			for ; d.NextRecord(); n++ {
				d.Decode(func() { v.decode(d) })
				if v.ID > 1<<62 {
					v.ID = 0
				}
				if diff := cmp.Diff(tt.want, v.summary()); diff != "" {
					t.Errorf("record %d: %s", n, diff)
				}
				if got := string(d.Raw()); got != strings.TrimSpace(tt.in) {
					t.Errorf("Raw = %s", got)
				}
			}
			if d.Err() != nil || n != 2 {
				t.Errorf("%d records, %v", n, d.Err())
			}
		})
	}
}

func TestDecoderErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{"id":1,}`, "page o: byte 108: expected a key, found '}'"},
		{`{"id":1 "x":2}`, "page o: byte 108: expected , or the end of the object, found '\"'"},
		{`{"id":tru}`, "page o: byte 106: expected true, false or null"},
		{`{"id":01}`, "page o: byte 106: not a number that a double can hold"},
		{`{"title":"a`, "page o: byte 109: the string is not closed"},
		{`{"tags":["a",]}`, "page o: byte 113: expected a value, found ']'"},
		{`{"labels":[{"name":"x"}{}]}`, "page o: byte 123: expected , or the end of the array, found '{'"},
		{`{"new":[1,}`, "page o: byte 110: expected a value, found '}'"},
		{`{"user":{"login":"x"`, "page o: byte 120: the object that starts at byte 8 is not closed"},
		{`[{"id":1}`, "page o: byte 109: the array of records is not closed"},
	}
	for _, tt := range tests {
		var v issue
		d := record.NewDecoder(record.Page{Data: []byte(tt.in), Origin: "o", Offset: 100})
		for n := 0; d.NextRecord() && n < 10; n++ {
			d.Decode(func() { v.decode(d) })
		}
		if err := d.Err(); err == nil || err.Error() != tt.want {
			t.Errorf("decode %s: %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestExtraTree(t *testing.T) {
	var v issue
	d := record.NewDecoder(record.Page{Data: []byte(`{"user":{"login":"y","deep":{"z":1},"more":2},"new":null}`)})
	d.NextRecord()
	v.decode(d)
	tree, err := v.extra.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"user":{"deep":{"z":1},"more":2},"new":null}`, tree.String()); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecoder holds the decoder to the parser: they take the same pages.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte(`[{"id":1,"user":{"login":"x"},"labels":[{"name":"l"}],"tags":["a",1],"grid":[[1],null]}]`))
	f.Add([]byte(`{"id":"x","labels":[{},3],"new":{"a":[1,2]},"user":null} 5`))
	f.Fuzz(func(t *testing.T, in []byte) {
		page := record.Page{Data: in}
		c := record.NewCursor(&page)
		want := 0
		var wantErr error
		for {
			more, err := c.Next()
			if err == nil && more {
				_, err = c.Parse()
			}
			if wantErr = err; err != nil || !more {
				break
			}
			want++
		}
		var v issue
		d := record.NewDecoder(page)
		got := 0
		for d.NextRecord() {
			if v.decode(d); d.Err() == nil {
				got++
			}
		}
		if (d.Err() == nil) != (wantErr == nil) || got != want {
			t.Fatalf("decoder read %d records, %v; parser %d, %v", got, d.Err(), want, wantErr)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	line := `{"id":123456,"score":1392.88,"open":true,"title":"needs review \"soon\"","at":"2025-01-01T00:00:07.643173Z","closed":null,"user":{"login":"alpha.123@example.com","age":33},"labels":[{"name":"bug"},{"name":"later"}],"tags":["a","b"]}` + "\n"
	page := record.Page{Data: []byte(strings.Repeat(line, 4000))}
	b.SetBytes(int64(len(page.Data)))
	b.ReportAllocs()
	var v issue
	d := record.NewDecoder(page)
	for b.Loop() {
		d.Reset(page)
		for d.NextRecord() {
			v.decode(d)
		}
		if d.Err() != nil {
			b.Fatal(d.Err())
		}
	}
}

func ExampleDecoder() {
	page := record.Page{Data: []byte(`[{"name":"bug","color":"red"}]`)}
	var v label
	d := record.NewDecoder(page)
	for d.NextRecord() {
		v.decode(d)
		fmt.Println(v.Name, v.extra.Path(0), string(v.extra.Raw(0)))
	}
	// Output: bug [color] "red"
}
