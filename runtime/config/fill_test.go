package config

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hush is a secret type such as rest.Secret.
type hush string

func (h hush) Reveal() string { return string(h) }
func (h hush) String() string { return "***" }

type apiConfig struct {
	Token   hush          `config:"token" validate:"required"`
	BaseURL string        `config:"base_url" validate:"required"`
	Region  string        `config:"region" validate:"omitempty,oneof=eu us"`
	Pages   int           `config:"pages"`
	Rate    *float64      `config:"rate"`
	Wait    time.Duration `config:"wait"`
	Since   time.Time     `config:"since"`
	Tags    []string      `config:"tags"`
	Any     any           `config:"any"`
	On      bool          `config:"on"`
	Ignored string
	Proxy   *proxy `config:"proxy"`
	Limits  struct {
		Small int8 `config:"small"`
	} `config:"_limits"`
}

type proxy struct {
	Host string `config:"host" validate:"required"`
	Port int    `config:"port"`
}

var apiSections = []string{"sources", "api"}

func TestFill(t *testing.T) {
	r := setup{
		env: map[string]string{
			"SOURCES__API__TOKEN": "t0k", "SOURCES__WAIT": "90s", "SOURCES__API__RATE": "1.5", "SMALL": "7",
			"SOURCES__API__TAGS": `["a","b"]`, "SOURCES__API__ANY": "12", "SOURCES__API__PROXY__HOST": "px", "PROXY__PORT": "0x1F",
		},
		config: "[sources.api]\nbase_url='https://h'\nregion='eu'\nsince=2026-01-02\non=true\n",
	}.resolver(t)
	got := apiConfig{Pages: 3, BaseURL: "default"}
	if err := r.Fill(&got, apiSections); err != nil {
		t.Fatal(err)
	}
	rate := 1.5
	want := apiConfig{
		Token: "t0k", BaseURL: "https://h", Region: "eu", Pages: 3, Rate: &rate, Wait: 90 * time.Second, On: true,
		Since: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Tags: []string{"a", "b"}, Any: int64(12), Proxy: &proxy{"px", 31},
	}
	want.Limits.Small = 7
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFillOptional(t *testing.T) { // F12
	got := apiConfig{Token: "given"}
	r := setup{env: map[string]string{"BASE_URL": "u", "PROXY__PORT": "1"}}.resolver(t)
	if err := r.Fill(&got, apiSections); err != nil || got.Proxy != nil {
		t.Errorf("proxy %v, error %v; want none of both", got.Proxy, err)
	}
}

func TestFillMissing(t *testing.T) { // F11
	r := setup{pipeline: "pipe", secrets: "x=1", env: map[string]string{"PAGES": "5"}}.resolver(t)
	err := r.Fill(&apiConfig{}, apiSections)
	var missing *MissingError
	if !errors.As(err, &missing) || !missing.Terminal() {
		t.Fatalf("error %v", err)
	}
	env, sec := "Environment Variables", "secrets.toml"
	want := []Tried{
		{env, "PIPE__SOURCES__API__TOKEN"},
		{env, "PIPE__SOURCES__TOKEN"},
		{env, "PIPE__TOKEN"},
		{sec, "pipe.sources.api.token"},
		{sec, "pipe.sources.token"},
		{sec, "pipe.token"},
		{env, "SOURCES__API__TOKEN"},
		{env, "SOURCES__TOKEN"},
		{env, "TOKEN"},
		{sec, "sources.api.token"},
		{sec, "sources.token"},
		{sec, "token"},
	}
	if diff := cmp.Diff(want, missing.Fields[0].Tried); diff != "" {
		t.Error(diff)
	}
	text := err.Error()
	for _, part := range []string{
		"Missing 2 field(s) in configuration `apiConfig`: `token`, `base_url`\n",
		"for field `token` the following (config provider, key) were tried in order:\n  (Environment Variables, PIPE__SOURCES__API__TOKEN)\n",
		"  (secrets.toml, token)\nfor field `base_url` the following",
		"NOTE: following fields in `apiConfig` got resolved: `pages`\n",
		"Provider `secrets.toml` loaded values from locations:\n\t- ",
		"Provider `config.toml` probed but not found the following locations:\n\t- ",
		"WARNING: provider `config.toml` is empty.",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the error does not say %q:\n%s", part, text)
		}
	}
}

func TestFillErrors(t *testing.T) {
	base := map[string]string{"TOKEN": "t", "BASE_URL": "u"}
	tests := []struct{ name, key, value, want string }{
		{"integer", "PAGES", "hush-5.0", "configured value `PAGES` from `Environment Variables` is not an integer"},
		{"too large", "SMALL", "200", "configured value `SMALL` from `Environment Variables` is not an integer"},
		{"number", "RATE", "x", "configured value `RATE` from `Environment Variables` is not a number"},
		{"duration", "WAIT", "soon", "configured value `WAIT` from `Environment Variables` is not a duration"},
		{"time", "SINCE", "soon", "configured value `SINCE` from `Environment Variables` is not a date or time"},
		{"list", "TAGS", "a,b", "configured value `TAGS` from `Environment Variables` is not a list or table, as JSON"},
		{"bool", "ON", "on", "configured value `ON` from `Environment Variables` is not a bool"},
		{"choice", "REGION", "asia", "configured value `REGION` from `Environment Variables` is not one of eu, us"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := map[string]string{tt.key: tt.value}
			maps.Copy(env, base)
			err := setup{env: env}.resolver(t).Fill(&apiConfig{}, apiSections)
			if errText(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for _, dst := range []any{nil, apiConfig{}, (*apiConfig)(nil), new(int)} {
		if err := new(Resolver).Fill(dst, nil); err == nil {
			t.Errorf("Fill(%T): no error", dst)
		}
	}
	err := setup{config: "token='x'"}.resolver(t).Fill(&apiConfig{}, apiSections)
	var secret *NotSecretError
	if !errors.As(err, &secret) || secret.Key != "token" {
		t.Errorf("a secret in config.toml: %v", err)
	}
}

func TestConversions(t *testing.T) {
	run := func(name string, convert func(any) (string, error), cases map[string]string) {
		for in, want := range cases {
			got, err := convert(in)
			if err != nil {
				got = "error"
			}
			if got != want {
				t.Errorf("%s %q = %s, want %s", name, in, got, want)
			}
		}
	}
	run("bool", func(v any) (string, error) { b, err := toBool(v); return fmt.Sprint(b), err }, map[string]string{
		"true": "true", "T": "true", "Yes": "true", "y": "true", "1": "true", "FALSE": "false", "f": "false", "no": "false", "N": "false", "0": "false",
		"on": "error", "": "error", "2": "error",
	})
	run("int", func(v any) (string, error) { n, err := toInt(v); return fmt.Sprint(n), err }, map[string]string{
		" 12 ": "12", "0x1F": "31", "-0x1f": "-31", "1_000": "1000", "+5": "5", "007": "7", "5.0": "error", "1e3": "error", "": "error", "_1": "error",
		"1__0": "error", "--1": "error", "99999999999999999999": "error",
	})
	run("float", func(v any) (string, error) { f, err := toFloat(v); return fmt.Sprint(f), err }, map[string]string{
		"1.5": "1.5", "1e3": "1000", "inf": "+Inf", "-INF": "-Inf", "NaN": "NaN", "7": "7", "0x1p4": "error", "x": "error", "1_0.5": "10.5",
	})
	run("duration", func(v any) (string, error) { d, err := toDuration(v); return d.String(), err }, map[string]string{
		"60": "1m0s", "0.5": "500ms", "90s": "1m30s", "1h": "1h0m0s", "nan": "error", "1e300": "error", "x": "error",
	})
	run("time", func(v any) (string, error) { d, err := toTime(v); return d.UTC().Format(time.RFC3339Nano), err }, map[string]string{
		"2026-01-02": "2026-01-02T00:00:00Z", "2026-01-02T03:04:05+01:00": "2026-01-02T02:04:05Z", "2026-01-02 03:04:05.5": "2026-01-02T03:04:05.5Z",
		"1700000000": "2023-11-14T22:13:20Z", "1700000000.25": "2023-11-14T22:13:20.25Z", "nan": "error", "x": "error",
	})
	run("bytes", func(v any) (string, error) { b, err := toBytes(v); return string(b), err }, map[string]string{"aGk=": "hi", "0x6869": "hi", "0xz": "error", "?": "error"})
	run("json", func(v any) (string, error) { b, err := toJSON(v); return string(b), err }, map[string]string{`[1, 2]`: `[1, 2]`, `{"a":1}`: `{"a":1}`, "1": "error", "[": "error", "": "error"})
	for _, tt := range []struct {
		in   any
		want string
	}{
		{int64(5), "5"},
		{true, "True"},
		{false, "False"},
		{1.0, "1.0"},
		{1e30, "1e+30"},
		{math.Inf(1), "inf"},
		{math.NaN(), "nan"},
		{map[string]any{"a": int64(1), "t": time.Unix(0, 0).UTC()}, `{"a":1,"t":"1970-01-01T00:00:00Z"}`},
		{[]any{math.NaN()}, `["nan"]`},
	} {
		if got := textOf(tt.in); got != tt.want {
			t.Errorf("textOf(%v) = %s, want %s", tt.in, got, tt.want)
		}
	}
	for in, want := range map[string]any{"True": true, "12": int64(12), "1.5": 1.5, `[1]`: []any{1.0}, "x": "x", "": ""} {
		if diff := cmp.Diff(want, autoCast(in)); diff != "" {
			t.Errorf("autoCast(%q): %s", in, diff)
		}
	}
}

func TestTyped(t *testing.T) {
	r := setup{env: map[string]string{"N": "5", "F": "1.5", "B": "yes", "D": "2", "T": "2026-01-02", "J": "[1]", "H": "0x00"}}.resolver(t)
	n, ok, err := r.Int(nil, "n")
	f, _, _ := r.Float(nil, "f")
	b, _, _ := r.Bool(nil, "b")
	d, _, _ := r.Duration(nil, "d")
	at, _, _ := r.Time(nil, "t")
	j, _, _ := r.JSON(nil, "j")
	h, _, _ := r.Bytes(nil, "h")
	a, _, _ := r.Any(nil, "n")
	if got, want := fmt.Sprintln(n, ok, err, f, b, d, at.Format(time.DateOnly), string(j), hex.EncodeToString(h), a), "5 true <nil> 1.5 true 2s 2026-01-02 [1] 00 5\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok, err := r.Int(nil, "none"); ok || err != nil {
		t.Errorf("none: %v, %v", ok, err)
	}
	if _, ok, err := r.Int(nil, "f"); ok || errText(err) != "configured value `F` from `Environment Variables` is not an integer" {
		t.Errorf("wrong type: %v, %v", ok, err)
	}
}

func TestExplicit(t *testing.T) { // F10
	r := setup{env: map[string]string{"TOKEN": "env", "BASE_URL": "env"}}.resolver(t)
	r.Explicit = map[string]string{"base_url": "flag", "proxy.host": "h"}
	var c apiConfig
	if err := r.Fill(&c, apiSections); err != nil || c.BaseURL != "flag" || c.Token != "env" || c.Proxy == nil || c.Proxy.Host != "h" {
		t.Errorf("config %+v, error %v", c, err)
	}
}

func TestTrace(t *testing.T) { // P73
	r := setup{env: map[string]string{"SOURCES__API__TOKEN": "s3cret"}, config: "base_url='u'\npages=5"}.resolver(t)
	var c apiConfig
	for range 2 { // a second lookup of a value is no second line
		if err := r.Fill(&c, apiSections); err != nil {
			t.Fatal(err)
		}
	}
	got := r.Trace()
	for i := range got {
		if got[i].Location != "" {
			got[i].Location = "config.toml"
		}
	}
	want := []Value{
		{"token", []string{"sources", "api"}, "Environment Variables", "", true, "config.hush", "SOURCES__API__TOKEN", "<secret>"},
		{"base_url", []string{}, "config.toml", "config.toml", false, "string", "base_url", "u"},
		{"pages", []string{}, "config.toml", "config.toml", false, "int", "pages", "5"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	js, err := json.Marshal(got)
	if err != nil || strings.Contains(string(js), "s3cret") || strings.Contains(string(js), `"5"`) {
		t.Errorf("exported: %s, %v", js, err)
	}
}

// vault is a provider that a program adds.
type vault map[string]string

func (vault) Name() string             { return "vault" }
func (vault) Secrets() bool            { return true }
func (vault) Key(path []string) string { return strings.Join(path, "/") }
func (v vault) Lookup(path []string, _ bool) (any, string, error) {
	if s, ok := v[v.Key(path)]; ok {
		return s, "vault", nil
	}
	return nil, "", nil
}

func TestMoreProviders(t *testing.T) { // F1
	r := setup{secrets: "a='file'"}.resolver(t)
	r.More = []Provider{vault{"a": "vault", "sources/b": "vault"}}
	a, _, _ := r.Secret(apiSections, "a")
	b, _, err := r.Secret(apiSections, "b")
	if a != "file" || b != "vault" || err != nil {
		t.Errorf("a %q, b %q, error %v", a, b, err)
	}
}

func TestConnectionString(t *testing.T) {
	tests := []struct{ in, display, url string }{
		{"postgres://u:p%40w@h:5/db?a=1", "postgres://u:***@h:5/db", "postgres://u:p%40w@h:5/db?a=1"},
		{"postgresql+psycopg2://u@h/db", "postgresql+psycopg2://u@h/db", "postgresql+psycopg2://u@h/db"},
		{"duckdb:///x.duckdb", "duckdb:///x.duckdb", "duckdb:///x.duckdb"},
		{"duckdb:////abs/x.duckdb", "duckdb:////abs/x.duckdb", "duckdb:////abs/x.duckdb"},
		{"pg://u:p@[::1]:5432/db", "pg://u:***@[::1]:5432/db", "pg://u:p@[::1]:5432/db"},
		{"pg://:p@h", "pg://:***@h", "pg://:p@h"},
	}
	for _, tt := range tests {
		c, err := ParseConnectionString(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if c.String() != tt.display || c.URL() != tt.url {
			t.Errorf("%s: shown %s, whole %s", tt.in, c, c.URL())
		}
		if text := fmt.Sprintf("%v %+v %#v", *c, c, *c); strings.Contains(text, "p@") || strings.Contains(text, "p%40w") {
			t.Errorf("shows its password: %s", text)
		}
	}
	for _, in := range []string{"", "x", "pg://u:%zz@h/d", "pg://h:99999/d", "pg://h:x/d"} {
		if c, err := ParseConnectionString(in); err == nil {
			t.Errorf("%q: %v, want an error", in, c)
		}
	}
}

func FuzzParseConnectionString(f *testing.F) {
	f.Add("postgres://u:p@h:5/db?a=1")
	f.Add("duckdb:////abs")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConnectionString(text)
		if err != nil {
			return
		}
		again, err := ParseConnectionString(c.URL())
		if err != nil {
			t.Fatalf("%q is written %q, which is refused: %v", text, c.URL(), err)
		}
		_ = again.String()
	})
}
