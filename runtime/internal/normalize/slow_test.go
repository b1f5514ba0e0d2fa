package normalize

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

const (
	ids   = " _dlt_load_id:text _dlt_id:text"
	links = " _dlt_parent_id:text _dlt_list_idx:bigint _dlt_id:text"
)

// TestColumnOrder holds N11: scalars, then maps, the last one first.
func TestColumnOrder(t *testing.T) {
	u := newSetup(t)
	p, _, err := u.run(t, `{"a":1,"b":{"x":2,"y":{"p":3},"z":4},"c":{"q":[1],"r":5},"d":6,"e":[{"k":7}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := "a:bigint d:bigint c__r:bigint b__x:bigint b__z:bigint b__y__p:bigint" + ids
	if got := u.columns("items"); got != want {
		t.Errorf("columns: %s\nwant     %s", got, want)
	}
	var tables []string
	for _, tb := range u.schema.Tables()[2:] {
		tables = append(tables, tb.Name)
	}
	if diff := cmp.Diff([]string{"items", "items__e", "items__c__q"}, tables); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"value=1"}, p.rows(t, "items__c__q", generated...)); diff != "" {
		t.Error(diff)
	}
}

// TestKeyNames holds N12 and N17.
func TestKeyNames(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"separators", `{"a__b":1,"__f":2,"e__":3,"c___d":4}`, "a__b=1 f=2 e=3 c___d=4"},
		{"empty key", `{"b":{"":2}}`, "b___empty=2"},
		{"the later wins", `{"aB":1,"a_b":2,"a":{"b":3},"a__b":4}`, "a_b=2 a__b=3"},
		{"the later wins, nested first", `{"a":{"b":3},"a__b":4}`, "a__b=3"},
		{"null takes back", `{"aB":1,"a_b":null}`, ""},
		{"only separators", `{"__":1}`, "_empty=1"},
		{"repeated key", `{"x":1,"y":2,"x":3}`, "x=3 y=2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newSetup(t)
			// Twice, so that the second record meets the fast path.
			p, _, err := u.run(t, tt.in+tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tt.want, tt.want}, p.rows(t, "items", generated...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestListElements holds N16.
func TestListElements(t *testing.T) {
	u := newSetup(t)
	in := `{"l":[null,{"a":1},"x",[null,[2]],{},[]]}`
	p, _, err := u.run(t, in+in)
	if err != nil {
		t.Fatal(err)
	}
	hide := []string{"_dlt_id", "_dlt_parent_id"}
	l := []string{"_dlt_list_idx=0", "_dlt_list_idx=1 a=1", "value=x _dlt_list_idx=2", "_dlt_list_idx=3", "_dlt_list_idx=4", "_dlt_list_idx=5"}
	got := p.rows(t, "items__l", hide...)
	for i := range got {
		got[i] = sorted(got[i])
	}
	for i := range l {
		l[i] = sorted(l[i])
	}
	if diff := cmp.Diff(append(l, l...), got); diff != "" {
		t.Error(diff)
	}
	if got := p.rows(t, "items__l__list", generated...); len(got) != 4 {
		t.Errorf("items__l__list: %q", got)
	}
	if diff := cmp.Diff([]string{"value=2", "value=2"}, p.rows(t, "items__l__list__list", generated...)); diff != "" {
		t.Error(diff)
	}
}

func sorted(s string) string {
	words := strings.Fields(s)
	for i := range words {
		for j := i + 1; j < len(words); j++ {
			if words[j] < words[i] {
				words[i], words[j] = words[j], words[i]
			}
		}
	}
	return strings.Join(words, " ")
}

// TestNesting holds the table of N18.
func TestNesting(t *testing.T) {
	const in = `{"a":{"b":{"c":1}},"l":[{"e":{"f":1},"m":[{"n":{"o":1}}],"s":[1]}],"p":{"q":[1,{"z":{"y":1}}]},"w":[[1]]}`
	for level, want := range []map[string]string{
		{"items": "a:json l:json p:json w:json" + ids},
		{"items": "p__q:json a__b:json" + ids, "items__l": "e:json m:json s:json" + links, "items__w": "list:json" + links},
		{
			"items": "a__b__c:bigint" + ids, "items__l": "e__f:bigint" + links, "items__l__m": "n:json" + links, "items__l__s": "value:bigint" + links,
			"items__w": "list:json" + links, "items__p__q": "value:bigint" + links + " z__y:bigint",
		},
		{
			"items": "a__b__c:bigint" + ids, "items__l": "e__f:bigint" + links, "items__l__m": "n__o:bigint" + links, "items__l__s": "value:bigint" + links,
			"items__w": links[1:], "items__w__list": "value:bigint" + links, "items__p__q": "value:bigint" + links + " z__y:bigint",
		},
	} {
		u := newSetup(t)
		u.schema.Table("items").Normalizer.MaxNesting = schema.N(level)
		if _, _, err := u.run(t, in+in); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, tb := range u.schema.Tables()[2:] {
			got[tb.Name] = u.columns(tb.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("level %d: %s", level, diff)
		}
	}
}

func dec(s string) record.Value {
	d, err := value.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return record.DecimalValue(d)
}

// TestSequences holds N49: successive values of one column. Each list is also
// read from JSON where it can be, so that both paths see it.
func TestSequences(t *testing.T) {
	big, _ := value.ParseBig("1000000000000000000000000000000000000000")
	date := record.DateValue(19724)
	bin := func(b ...byte) record.Value { return record.BinaryValue(b) }
	js := func(s string) record.Value {
		v, err := record.Parse([]byte(s))
		if err != nil {
			panic(err)
		}
		return *v
	}
	for _, tt := range []struct {
		name    string
		columns []schema.Column
		level   int
		in      []record.Value
		want    string
	}{
		{
			"bigint", nil, 5,
			[]record.Value{js(`1`), js(`1.5`), js(`2.0`), js(`"3"`), js(`"abc"`), js(`true`), js(`{"a":1}`), js(`[1]`), dec("1.5"), dec("4.0"), date, bin(1)},
			"x=1|x__v_double=1.5|x=2|x=3|x__v_text=abc|x__v_bool=true|x__a=1||x__v_decimal=1.5|x=4|x__v_date=2024-01-02|x__v_binary=01",
		},
		{
			"double", nil, 5,
			[]record.Value{js(`1.5`), js(`1`), js(`"2.5"`), js(`"abc"`), js(`true`), js(`9223372036854775807`), js(`"nan"`)},
			"x=1.5|x=1|x=2.5|x__v_text=abc|x__v_bool=true|x=9.223372036854776e+18|x=NaN",
		},
		{
			"text", nil, 5,
			[]record.Value{js(`"a"`), js(`1`), js(`1.5`), js(`true`), dec("1.50"), bin(0), js(`"2024-01-02T03:04:05Z"`), js(`1e16`)},
			"x=a|x=1|x=1.5|x=True|x=1.50|x=AA==|x=2024-01-02T03:04:05Z|x=1e+16",
		},
		{
			"bool", nil, 5,
			[]record.Value{js(`true`), js(`1`), js(`0.0`), js(`"yes"`), js(`" yes"`), js(`2`), js(`"abc"`)},
			"x=true|x=true|x=false|x=true|x__v_text= yes|x=true|x__v_text=abc",
		},
		{
			"timestamp", nil, 5,
			[]record.Value{js(`"2024-01-02T03:04:05Z"`), js(`"2024-01-02"`), js(`1704164645`), js(`1704164645.5`), js(`"abc"`), js(`true`), js(`"1704164645"`)},
			"x=2024-01-02T03:04:05Z|x=2024-01-02T00:00:00Z|x=2024-01-02T03:04:05Z|x=2024-01-02T03:04:05.5Z|x__v_text=abc|x__v_bool=true|x=2024-01-02T03:04:05Z",
		},
		{
			"json",
			[]schema.Column{{Name: "x", DataType: schema.JSON}},
			5,
			[]record.Value{js(`{"a":1}`), js(`[1]`), js(`5`), js(`"abc"`), js(`"{\"q\":1}"`), js(`"null"`), js(`true`)},
			`x={"a":1}|x=[1]|x__v_bigint=5|x__v_text=abc|x={"q":1}||x__v_bool=true`,
		},
		{"date", []schema.Column{{Name: "x", DataType: schema.Date}}, 5, []record.Value{js(`"2024-01-03"`), js(`1704164645`), js(`"x"`)}, "x=2024-01-03|x=2024-01-02|x__v_text=x"},
		{
			"time",
			[]schema.Column{{Name: "x", DataType: schema.Time}},
			5,
			[]record.Value{js(`"04:05"`), js(`"abc"`), js(`5`), js(`"03:04:05+02:00"`)},
			"x=04:05:00.000000|x__v_text=abc|x__v_bigint=5|x=01:04:05.000000",
		},
		{
			"binary", nil, 5,
			[]record.Value{bin(9), js(`"AAEC"`), js(`"0x0102"`), js(`"zz!"`), js(`255`), js(`1.5`), js(`-1`), js(`0`), js(`256`)},
			"x=09|x=000102|x=0102|x__v_text=zz!|x=ff|x__v_double=1.5|x__v_bigint=-1|x=|x=0001",
		},
		{"wei", nil, 5, []record.Value{record.WeiValue(value.NewDecimal(5, 0)), record.BigValue(big), js(`7`), js(`"0x10"`), js(`"q"`)}, "x=5|x__v_str=" + big.String() + "|x=7|x=16|x__v_text=q"},
		{"text at level 0", []schema.Column{{Name: "x", DataType: schema.Text}}, 0, []record.Value{js(`{"a":1}`), js(`[1,2]`)}, `x={"a":1}|x=[1,2]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := make([]record.Value, len(tt.in))
			isJSON, text := true, ""
			for i := range tt.in {
				items[i] = record.ObjectValue()
				items[i].Set("x", tt.in[i])
				text += items[i].String() + "\n"
				isJSON = isJSON && tt.in[i].Kind() <= record.KindObject
			}
			check := func(p *memPackage, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.Split(tt.want, "|"), p.rows(t, "items", generated...)); diff != "" {
					t.Error(diff)
				}
			}
			u := newSetup(t, tt.columns...)
			u.schema.Table("items").Normalizer.MaxNesting = schema.N(tt.level)
			p, _, err := u.values(t, items...)
			check(p, err)
			if isJSON {
				u := newSetup(t, tt.columns...)
				u.schema.Table("items").Normalizer.MaxNesting = schema.N(tt.level)
				p, _, err := u.run(t, text)
				check(p, err)
			}
		})
	}
}

// TestFilters holds N51.
func TestFilters(t *testing.T) {
	u := newSetup(t)
	u.schema.Table("items").Filters = &schema.Filters{
		Excludes: []string{"re:^pass", "re:__secret$", "drop", "sub", "re:^l"}, Includes: []string{"passport", "re:^l__keep"},
	}
	p, _, err := u.run(t, `{"password":1,"passport":2,"a":{"secret":3,"x":4},"drop":5,"sub":[{"q":6}],"l":[{"keep":7,"z":8}],"m":[{"password":9,"drop":10,"w":11}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]string{
		"items": "passport=2 a__x=4", "items__sub": "q=6", "items__l": "keep=7", "items__m": "password=9 drop=10 w=11",
	} {
		if diff := cmp.Diff([]string{want}, p.rows(t, table, generated...)); diff != "" {
			t.Errorf("%s: %s", table, diff)
		}
	}
}

// TestNulls holds N41, S92 and S93.
func TestNulls(t *testing.T) {
	t.Run("only null", func(t *testing.T) {
		u := newSetup(t)
		_, m, err := u.run(t, `{"a":1,"n":null}{"a":2,"n":null,"l":[{"m":null}]}`)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"items.n", "items__l.m"}, m.NullOnly); diff != "" {
			t.Error(diff)
		}
		if got, want := u.columns("items"), "a:bigint"+ids; got != want {
			t.Errorf("columns: %s, want %s", got, want)
		}
	})
	t.Run("null, else a map or a list", func(t *testing.T) {
		u := newSetup(t)
		_, m, err := u.run(t, `{"m":null,"l":null,"n":null}{"m":{"a":1},"l":[2]}`)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"items.n"}, m.NullOnly); diff != "" {
			t.Error(diff)
		}
	})
	for _, tt := range []struct {
		name    string
		columns []schema.Column
		in      string
		want    string
	}{
		{
			"complete",
			[]schema.Column{{Name: "a", DataType: schema.Bigint, Nullable: schema.False}},
			`{"a":1}{"a":null}`,
			"schema s: table items: column a takes no null, but a record has null there",
		},
		{
			"unbound",
			[]schema.Column{{Name: "k", Nullable: schema.False, PrimaryKey: schema.True}},
			`{"a":1}`,
			"schema s: table items: no record had a value for k, which must not be null; check the names of keys and of not null columns",
		},
		{"variant and column", nil, `{"x":1,"x__v_text":5}{"x":"abc"}`, `schema s: table items: column x__v_text of type bigint takes no text: "abc"`},
		{"syntax", nil, `{"x":1}{"x":}`, "page page0: byte 12: expected a value, found '}'"},
		{"large", nil, `{"x":1}{"x":9223372036854775808}`, "table items: column x: value 9223372036854775808 does not fit int64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newSetup(t, tt.columns...)
			_, _, err := u.run(t, tt.in)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error: %v, want %s", err, tt.want)
			}
		})
	}
}

// TestPrecision holds S61: finer times and wide integers reach the destination whole.
func TestPrecision(t *testing.T) {
	u := newSetup(t, schema.Column{Name: "s", DataType: schema.Timestamp, Precision: schema.N(0)}, schema.Column{Name: "n", DataType: schema.Timestamp, Precision: schema.N(9)},
		schema.Column{Name: "t", DataType: schema.Time, Precision: schema.N(3)}, schema.Column{Name: "w", DataType: schema.Bigint, Precision: schema.N(128)})
	in := `{"s":"2024-01-01T00:00:00.987654Z","n":"2024-01-01T00:00:00.987654Z","t":"01:02:03.456789","w":18446744073709551615}{"w":1}{"w":"2"}`
	p, _, err := u.run(t, in)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"s=2024-01-01T00:00:00.987654Z n=2024-01-01T00:00:00.987654Z t=01:02:03.456789 w=18446744073709551615", "w=1", "w=2"}
	if diff := cmp.Diff(want, p.rows(t, "items", generated...)); diff != "" {
		t.Error(diff)
	}
}

// TestDeclaredColumns holds S91 and S106.
func TestDeclaredColumns(t *testing.T) {
	u := newSetup(t, schema.Column{Name: "z", DataType: schema.Bigint}, schema.Column{Name: "q", DataType: schema.Text},
		schema.Column{Name: "inc", Nullable: schema.True}, schema.Column{Name: "a", Nullable: schema.False})
	if _, _, err := u.run(t, `{"b":1,"a":2,"z":"3"}`); err != nil {
		t.Fatal(err)
	}
	if got, want := u.columns("items"), "z:bigint q:text b:bigint a:bigint"+ids; got != want {
		t.Errorf("columns: %s, want %s", got, want)
	}
	c := u.schema.Table("items").Column("a")
	if c.Nullable != schema.False {
		t.Error("a lost its not null")
	}
}
