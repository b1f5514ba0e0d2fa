package naming

import (
	"fmt"
	"strings"
	"testing"
)

func convention(t testing.TB, name string, maxLength int) Convention {
	t.Helper()
	c, err := New(name, maxLength)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// S85; same says that the path is the identifier.
func TestSnakeCase(t *testing.T) {
	const same = "="
	tests := []struct{ in, identifier, path string }{
		{"userId", "user_id", same},
		{"UserID", "user_id", same},
		{"HTTPServer", "http_server", same},
		{"getHTTPResponse", "get_http_response", same},
		{"myHTTPServer2Go", "my_http_server2_go", same},
		{"BANaNA", "ba_na_na", same},
		{"BANANA", "banana", same},
		{"BAN_ANA", "ban_ana", same},
		{"A1B2", "a1_b2", same},
		{"v2Ray", "v2_ray", same},
		{"iPhone12Pro", "i_phone12_pro", same},
		{"IPv4Address", "i_pv4_address", same},
		{"UUIDs", "uui_ds", same},
		{"SQLite3DB", "sq_lite3_db", same},
		{"_id", "_id", same},
		{"__id", "_id", "id"},
		{"_", "x", same},
		{"__", "xx", ""},
		{"___", "xxx", "x"},
		{"id_", "idx", same},
		{"id__", "idxx", "id"},
		{"id___", "idxxx", "id__x"},
		{"a__b", "a_b", "a__b"},
		{"a___b", "a_b", "a___b"},
		{"a____b", "a_b", "a__b"},
		{"__a__", "_axx", "a"},
		{"aB__cD", "a_b_c_d", "a_b__c_d"},
		{"Small__Love___Potion", "small_love_potion", "small__love___potion"},
		{"1a", "_1a", same},
		{"1__2", "_1_2", "_1___2"},
		{"123BaNaNa", "_123_ba_na_na", same},
		{"2nd Name", "_2nd_name", same},
		{"1event_n'", "_1event_nx", same},
		{"-1", "_1", same},
		{"+1", "x1", same},
		{"a+b", "axb", same},
		{"a@b", "aab", same},
		{"a|b", "alb", same},
		{"a--b", "a_b", same},
		{"a!", "ax", same},
		{"a!!", "ax", same},
		{"!a", "_a", same},
		{"!!!", "x", same},
		{"$price", "_price", same},
		{"price$", "pricex", same},
		{"100%", "_100x", same},
		{"naïve", "na_ve", same},
		{"Über", "_ber", same},
		{"日本語", "x", same},
		{"a日b", "a_b", same},
		{"played🚧_", "playedxx", same},
		{"event-.!:*<>value", "event_x_value", same},
		{"+-!$*@#=|:", "x_xa_lx", same},
		{"_dlt_Load_ID", "_dlt_load_id", same},
		{"X-Real-IP", "x_real_ip", same},
		{"٣", "_٣", same},
		{"٣Ab", "_٣_ab", same},
		{"٣AB", "_٣ab", same},
		{"BA*", "b_ax", same},
		{" \t\u00a0", "", same},
		{"\x1c a \x1f", "a", same},
		{"", "", same},
		{"a\xffb", "a_b", same},
	}
	c := convention(t, "snake_case", 0)
	for _, tt := range tests {
		if got := c.Identifier(tt.in); got != tt.identifier {
			t.Errorf("Identifier(%q) = %q, want %q", tt.in, got, tt.identifier)
		}
		want := tt.path
		if want == same {
			want = tt.identifier
		}
		if got := c.Path(tt.in); got != want {
			t.Errorf("Path(%q) = %q, want %q", tt.in, got, want)
		}
	}
}

// S86
func TestOtherConventions(t *testing.T) {
	names := []string{"duck_case", "direct", "sql_cs_v1", "sql_ci_v1", "s3_tables"}
	tests := []struct {
		in   string
		want [5]string
	}{
		{"UserID", [5]string{"UserID", "UserID", "UserID", "userid", "user_id"}},
		{"a__b", [5]string{"a_b", "a__b", "a_b", "a_b", "a_b"}},
		{"a_", [5]string{"a_", "a_", "a", "a", "ax"}},
		// dlt gives "" for sql_*; a name must not vanish.
		{"___", [5]string{"_", "___", "_", "_", "xxx"}},
		{"1a", [5]string{"1a", "1a", "_1a", "_1a", "1a"}},
		{"a'b", [5]string{"a'b", "a_b", "a_b", "a_b", "a_b"}},
		{"a-b+c", [5]string{"a-b+c", "a-b+c", "a_b_c", "a_b_c", "a_bxc"}},
		{"!!!", [5]string{"!!!", "!!!", "_", "_", "x"}},
		{"a▶b", [5]string{"a▶b", "a_b", "a_b", "a_b", "a_b"}},
		{"_dlt_loads", [5]string{"_dlt_loads", "_dlt_loads", "_dlt_loads", "_dlt_loads", "dlt_loads"}},
		{"a\n\"b\"", [5]string{"a_b_", "a__b_", "a_b", "a_b", "a_bx"}},
		{"__", [5]string{"_", "__", "_", "_", "xx"}},
		{"1", [5]string{"1", "1", "_1", "_1", "1"}},
		{"x!_!y", [5]string{"x!_!y", "x!_!y", "x_y", "x_y", "x_y"}},
	}
	for i, name := range names {
		c := convention(t, name, 0)
		for _, tt := range tests {
			if got := c.TableIdentifier(tt.in); got != tt.want[i] {
				t.Errorf("%s: TableIdentifier(%q) = %q, want %q", name, tt.in, got, tt.want[i])
			}
		}
	}
	paths := []struct{ name, in, want string }{
		{"sql_cs_v1", "___", "_"},
		{"sql_ci_v1", "___", "_"},
		{"direct", "a▶b", "a▶b"},
		{"direct", "a▶▶ b'▶ ", "a▶b_"},
		{"s3_tables", "_a", "_a"},
	}
	for _, tt := range paths {
		if got := convention(t, tt.name, 0).Path(tt.in); got != tt.want {
			t.Errorf("%s: Path(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
	if got := convention(t, "s3_tables", 0).TablePath("_a__1b"); got != "a__1b" {
		t.Errorf("s3_tables: TablePath = %q, want a__1b", got)
	}
}

// S84
func TestShorten(t *testing.T) {
	tests := []struct {
		in         string
		max        int
		identifier string
		path       string // "" is the identifier
	}{
		{"she played cello well", 20, "she_plauanpualo_well", ""},
		{"she played cello well", 19, "she_plauanpuao_well", ""},
		{"SomeVeryLongColumnNameThatIsLong", 16, "some_9sva9w_long", ""},
		{"abcdefgh", 6, "bwyg3q", ""},
		{"abcdefgh", 7, "abwyg3q", ""},
		{"abcdefgh", 8, "abcdefgh", ""},
		{strings.Repeat("a", 70), 63, strings.Repeat("a", 29) + "mo6cba" + strings.Repeat("a", 28), ""},
		{"averylongname__averylongchildname__x", 24, "averylongd0a9tgildname_x", "averylongd0a9tgldname__x"},
		{strings.Repeat("x__", 10) + "y", 20, "x_x_x_xnda5kgx_x_x_y", "x__x__xnda5kgx__x__y"},
		{strings.Repeat("x", 70), 64, strings.Repeat("x", 29) + "uaqhmq" + strings.Repeat("x", 29), ""}, // S2
	}
	for _, tt := range tests {
		c := convention(t, "snake_case", tt.max)
		if got := c.Identifier(tt.in); got != tt.identifier {
			t.Errorf("Identifier(%q) to %d = %q, want %q", tt.in, tt.max, got, tt.identifier)
		}
		want := tt.path
		if want == "" {
			want = tt.identifier
		}
		if got := c.Path(tt.in); got != want {
			t.Errorf("Path(%q) to %d = %q, want %q", tt.in, tt.max, got, want)
		}
	}
	c := convention(t, "snake_case", 20)
	joins := []struct {
		want  string
		parts []string
	}{
		{"averylooaqv1gildname", []string{"averylongparentname", "averylongchildname"}},
		{"a_quitebuyuzg_v_text", []string{"a_quite_long_column", "v_text"}},
		{"abcdefg9jbbew_v_text", []string{"abcdefghijklmnopqr", "v_text"}}, // N43
		{"a__b", []string{"", "a", " ", "b"}},
		{"", nil},
	}
	for _, tt := range joins {
		if got := c.Join(tt.parts...); got != tt.want {
			t.Errorf("Join(%q) = %q, want %q", tt.parts, got, tt.want)
		}
	}
	for in, want := range map[string]string{"abc": "wiejlq", "ü": "o8dngg", "": "f5wrpa"} {
		if got := tag(in); got != want {
			t.Errorf("tag(%q) = %q, want %q", in, got, want)
		}
	}
	if got := convention(t, "duck_case", 8).Identifier("日本語日本語日本語"); got != "日"+tag("日本語日本語日本語")+"語" {
		t.Errorf("characters are cut: %q", got)
	}
}

func TestNew(t *testing.T) {
	tests := []struct {
		name   string
		max    int
		string string
		err    string
	}{
		{"", 0, "snake_case_ci", ""},
		{"dlt.common.normalizers.naming.duck_case", 63, "duck_case_cs_63", ""},
		{"s3_tables", 0, "s3_tables_ci_255", ""},
		{"s3_tables", 256, "", "naming convention s3_tables: a maximum length of 256 is more than its own limit of 255"},
		{"direct", 5, "", "naming convention direct: a maximum length of 5 leaves no room for a tag of 6 characters"},
		{"camel", 0, "", `naming convention "camel" is unknown; known are snake_case, duck_case, direct, sql_cs_v1, sql_ci_v1, s3_tables`},
	}
	for _, tt := range tests {
		c, err := New(tt.name, tt.max)
		if got := fmt.Sprint(err); tt.err != "" && got != tt.err || tt.err == "" && err != nil {
			t.Errorf("New(%q, %d): %s, want %q", tt.name, tt.max, got, tt.err)
		}
		if err == nil && c.String() != tt.string {
			t.Errorf("New(%q, %d) = %s, want %s", tt.name, tt.max, c, tt.string)
		}
	}
	var zero Convention
	if got := zero.Path("aB"); got != "a_b" {
		t.Errorf("zero Convention: %q", got)
	}
}

// N12, N17: no key of data is left without a name.
func TestKey(t *testing.T) {
	c := convention(t, "snake_case", 0)
	for in, want := range map[string]string{
		"": "_empty", " ": "_empty", "__": "_empty", "____": "_empty", "__f": "f", "e__": "e", "c___d": "c___d", "1": "_1", "true": "true",
	} {
		if got := c.Key(in); got != want {
			t.Errorf("Key(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzIdentifier(f *testing.F) {
	for _, s := range []string{"UserID", "a__b", "__", "1٣A", "日本語", "+-!$*@#=|:", " x ", "\xff\xfe", "a▶b'c"} {
		f.Add(s, uint8(0), uint8(20))
	}
	f.Fuzz(func(t *testing.T, s string, which, limit uint8) {
		name := Names()[int(which)%len(rules)]
		c, err := New(name, 7+int(limit))
		if err != nil {
			t.Skip()
		}
		for _, got := range []string{c.Identifier(s), c.Path(s), c.TableIdentifier(s), c.TablePath(s)} {
			if n := len([]rune(got)); n > c.MaxLength() {
				t.Errorf("%s: %q of %d characters is over %d", c, got, n, c.MaxLength())
			}
		}
		id := c.Identifier(s)
		if (id == "") != isBlank(s) {
			t.Errorf("%s: Identifier(%q) = %q", c, s, id)
		}
		if again := c.Identifier(id); again != id {
			t.Errorf("%s: Identifier(%q) = %q, again %q", c, s, id, again)
		}
		// Elsewhere a part may end with the separator's character, and the tail
		// of a shortened path may begin with a digit.
		if name == "snake_case" || name == "direct" {
			long := Convention{rule: c.rule}
			if p := long.Path(s); long.Path(p) != p {
				t.Errorf("%s: Path(%q) = %q, again %q", long, s, p, long.Path(p))
			}
		}
		if name == "snake_case" && isSnakePath(s) {
			slow := Convention{rule: &rule{separator: "__", identifier: snakeCase}}
			if got := slow.Path(s); got != s {
				t.Errorf("isSnakePath(%q), but it normalises to %q", s, got)
			}
		}
	})
}

func BenchmarkPath(b *testing.B) {
	c := convention(b, "snake_case", 63)
	for _, s := range []string{"created_at", "createdAt", "HTTPServerResponseTimeInMilliseconds", "addr__ZipCode", "Größe (cm)"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Path(s)
			}
		})
	}
}
