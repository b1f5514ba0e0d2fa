package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A setup is what a vector is given.
type setup struct {
	env             map[string]string
	secrets, config string // of the project
	global          string // secrets.toml of the user's folder
	pipeline        string
}

func (s setup) resolver(t *testing.T) *Resolver {
	t.Helper()
	project, global := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		if text == "" {
			return
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(project, ".dlt", "secrets.toml"), s.secrets)
	write(filepath.Join(project, ".dlt", "config.toml"), s.config)
	write(filepath.Join(global, "secrets.toml"), s.global)
	return &Resolver{
		Env: func(name string) (string, bool) {
			v, ok := s.env[name]
			return v, ok
		},
		ProjectDir: project, GlobalDir: global, SecretsDir: filepath.Join(global, "run"), Pipeline: s.pipeline,
	}
}

// TestVectors is the table of chapter 40, §8, rows 1 to 14 and 18 to 20.
func TestVectors(t *testing.T) {
	src, res := Source("mod", "src"), Source("mod", "res")
	s0, s1, s2, s3, sc := `api_key="s0"`+"\n", "[sources]\napi_key='s1'\n", "[sources.mod]\napi_key='s2'\n", "[sources.mod.src]\napi_key='s3'\n", "[sources.src]\napi_key='sc'\n"
	tests := []struct {
		name     string
		given    setup
		sections []string
		want     string
		err      string
	}{
		{"1", setup{env: map[string]string{"API_KEY": "e0"}, secrets: s3}, src, "e0", ""},
		{"2", setup{secrets: s0 + s1 + s2 + s3 + sc}, src, "s3", ""},
		{"3", setup{secrets: s0 + s1 + s2 + sc}, src, "s2", ""},
		{"4", setup{secrets: s0 + s1 + sc}, src, "sc", ""},
		{"5", setup{secrets: s0 + s1}, src, "s1", ""},
		{"6", setup{config: "api_key='c0'"}, src, "", "Provider `config.toml` cannot hold secret values but key `api_key` with secret value is present; move it to secrets.toml or the environment"},
		{"7", setup{secrets: s0, config: "[sources.mod]\napi_key='c2'"}, src, "s0", ""},
		{"8", setup{pipeline: "pipe", env: map[string]string{"SOURCES__MOD__SRC__API_KEY": "e3"}, secrets: "[pipe]\napi_key='p0'"}, src, "p0", ""},
		{"9", setup{pipeline: "pipe", env: map[string]string{"API_KEY": "e0"}, secrets: "[pipe.sources.mod]\napi_key='p2'"}, src, "p2", ""},
		{"10", setup{pipeline: "pipe", env: map[string]string{"PIPE__API_KEY": "pe0"}, secrets: "[pipe.sources.mod.src]\napi_key='p3'"}, src, "pe0", ""},
		{"11", setup{env: map[string]string{"PIPE__API_KEY": "pe0"}, secrets: s0}, src, "s0", ""},
		{"12", setup{env: map[string]string{"sources__mod__api_key": "x"}, secrets: s0}, src, "s0", ""},
		{"13", setup{env: map[string]string{"SOURCES__MOD__API_KEY": ""}, secrets: s0}, src, "", ""},
		{"14 integer", setup{secrets: "[sources.mod]\napi_key=5"}, src, "5", ""},
		{"14 bool", setup{secrets: "[sources.mod]\napi_key=true"}, src, "True", ""},
		{"14 table", setup{secrets: "[sources.mod]\napi_key={a=1}"}, src, `{"a":1}`, ""},
		{"18", setup{secrets: "[sources.mod.res]\napi_key='r'"}, res, "r", ""},
		{"20", setup{secrets: "[sources.mod.src3]\napi_key='no'\n[sources.mod]\napi_key='sec'"}, res, "sec", ""},
		{"a scalar where a table should be", setup{secrets: "sources=1\napi_key='s0'"}, src, "s0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok, err := tt.given.resolver(t).Secret(tt.sections, "api_key")
			if text := errText(err); text != tt.err {
				t.Fatalf("error %s, want %s", text, tt.err)
			}
			if got != tt.want || ok != (tt.err == "") {
				t.Errorf("got %q, %v, want %q", got, ok, tt.want)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestTried holds the rows of places that are looked at: vectors 15 to 17 and
// 19, and F14.
func TestTried(t *testing.T) {
	tests := []struct {
		name     string
		pipeline string
		sections []string
		key      string
		want     string
	}{
		{"15", "", Source("sec", "nm"), "api_key", "SOURCES__SEC__NM__API_KEY SOURCES__SEC__API_KEY SOURCES__NM__API_KEY SOURCES__API_KEY API_KEY"},
		{"16", "pipe", Source("sec", "nm"), "api_key", "PIPE__SOURCES__SEC__NM__API_KEY PIPE__SOURCES__SEC__API_KEY PIPE__SOURCES__NM__API_KEY PIPE__SOURCES__API_KEY PIPE__API_KEY " +
			"SOURCES__SEC__NM__API_KEY SOURCES__SEC__API_KEY SOURCES__NM__API_KEY SOURCES__API_KEY API_KEY"},
		{"17", "", Source("ss", "nn"), "api_key", "SOURCES__SS__NN__API_KEY SOURCES__SS__API_KEY SOURCES__NN__API_KEY SOURCES__API_KEY API_KEY"},
		{"19", "", Source("mod", "rr"), "k", "SOURCES__MOD__RR__K SOURCES__MOD__K SOURCES__RR__K SOURCES__K K"},
		{"a generated connector", "", []string{"sources", "github"}, "token", "SOURCES__GITHUB__TOKEN SOURCES__TOKEN TOKEN"},
		{"pipeline", "", Pipeline("p"), "dataset_name", "PIPELINES__P__DATASET_NAME PIPELINES__DATASET_NAME DATASET_NAME"},
		{"pipeline, runtime", "", Pipeline("p"), "runtime.intercept_signals", "PIPELINES__P__RUNTIME__INTERCEPT_SIGNALS PIPELINES__RUNTIME__INTERCEPT_SIGNALS RUNTIME__INTERCEPT_SIGNALS"},
		{"extract", "", Source("sec", "nm"), "extract.workers", "SOURCES__SEC__NM__EXTRACT__WORKERS SOURCES__SEC__EXTRACT__WORKERS SOURCES__NM__EXTRACT__WORKERS SOURCES__EXTRACT__WORKERS EXTRACT__WORKERS"},
		{"data writer in normalize", "", []string{"normalize"}, "data_writer.file_max_items", "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS DATA_WRITER__FILE_MAX_ITEMS"},
		{"load", "", []string{"load"}, "workers", "LOAD__WORKERS WORKERS"},
		{"parquet", "", []string{"normalize", "parquet_normalizer"}, "add_dlt_load_id", "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID NORMALIZE__ADD_DLT_LOAD_ID ADD_DLT_LOAD_ID"},
		{"naming", "", []string{"sources", "nm"}, "schema.naming", "SOURCES__NM__SCHEMA__NAMING SOURCES__SCHEMA__NAMING SCHEMA__NAMING"},
		{"destination", "", Destination("duckdb"), "create_indexes", "DESTINATION__DUCKDB__CREATE_INDEXES DESTINATION__CREATE_INDEXES CREATE_INDEXES"},
		{"runtime", "", nil, "runtime.log_level", "RUNTIME__LOG_LEVEL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, tried, err := setup{pipeline: tt.pipeline}.resolver(t).search(tt.sections, tt.key, false)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range tried {
				got = append(got, p.Key)
			}
			if diff := cmp.Diff(strings.Fields(tt.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCredentialVectors is rows 21 to 28.
func TestCredentialVectors(t *testing.T) {
	table := "credentials={database='d',username='u',password='p',host='h',port=6000}\n"
	tests := []struct {
		name  string
		dest  string
		given setup
		want  string
		err   string
	}{
		{"21", "postgres", setup{env: map[string]string{"DESTINATION__POSTGRES__CREDENTIALS": "postgres://u:p@h:5/db?sslmode=require"}}, "postgres://u:p@h:5/db?connect_timeout=15&sslmode=require", ""},
		{"22", "postgres", setup{env: map[string]string{"DESTINATION__CREDENTIALS": "postgres://u:p@h/db", "DESTINATION__POSTGRES__CREDENTIALS__PASSWORD": "over"}}, "postgres://u:p@h:5432/db?connect_timeout=15", ""},
		{"23", "postgres", setup{env: map[string]string{"DESTINATION__POSTGRES__CREDENTIALS": "postgres://u@h/db", "DESTINATION__POSTGRES__CREDENTIALS__PASSWORD": " pw\n"}}, "postgres://u:pw@h:5432/db?connect_timeout=15", ""},
		{"24", "postgres", setup{env: map[string]string{"CREDENTIALS": "postgres://u:p@h/db"}}, "postgres://u:p@h:5432/db?connect_timeout=15", ""},
		{"25", "postgres", setup{env: map[string]string{"DESTINATION__POSTGRES__CREDENTIALS__HOST": "envh"}, secrets: "[destination.postgres]\n" + table}, "postgresql://u:p@envh:6000/d?connect_timeout=15", ""},
		{"26", "prod", setup{secrets: "[destination.prod]\ncredentials='postgres://prod@h/d'\n[destination.postgres]\ncredentials='postgres://other@h/d'"}, "postgres://prod@h:5432/d?connect_timeout=15", ""},
		{"27", "prod", setup{secrets: "[destination.postgres]\n" + table}, "", "Missing 2 field(s) in configuration `config.ConnectionString`: `credentials.host`, `credentials.database`"},
		{"28", "postgres", setup{config: "[destination.postgres]\n" + table}, "", "Provider `config.toml` cannot hold secret values but key `destination.postgres.credentials` with secret value is present; move it to secrets.toml or the environment"},
		{"json", "postgres", setup{env: map[string]string{"CREDENTIALS": `{"drivername":"postgres","username":"u","host":"h","port":7,"database":"d"}`}}, "postgres://u@h:7/d?connect_timeout=15", ""},
		{"neither", "postgres", setup{env: map[string]string{"CREDENTIALS": "secret text"}}, "", "configured value `CREDENTIALS` from `Environment Variables` is not one: not a connection string: driver://user:password@host:port/database is one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defaults := ConnectionString{Driver: "postgresql", Port: 5432, Query: map[string]string{"connect_timeout": "15"}}
			got, err := tt.given.resolver(t).Credentials(Destination(tt.dest), defaults, "host", "database")
			if first, _, _ := strings.Cut(errText(err), "\n"); first != tt.err {
				t.Fatalf("error %s, want %s", first, tt.err)
			}
			if err == nil && got.URL() != tt.want {
				t.Errorf("got %s, want %s", got.URL(), tt.want)
			}
			if len(defaults.Query) != 1 {
				t.Errorf("the defaults were changed: %v", defaults.Query)
			}
		})
	}
}

func TestFiles(t *testing.T) { // F9
	s := setup{
		secrets: "[a]\nx='project'\n", global: "[a]\nx='global'\ny='global'\n[b]\nz=1\n",
	}
	r := s.resolver(t)
	for key, want := range map[string]string{"a.x": "project", "a.y": "global", "b.z": "1"} {
		if got, _, err := r.Text(nil, key); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", key, got, err, want)
		}
	}
	_, err := func() (string, error) {
		v, _, err := setup{secrets: "a='ok'\npassword='hush\n"}.resolver(t).Text(nil, "a")
		return v, err
	}()
	var fe *FileError
	if !errors.As(err, &fe) || strings.Contains(err.Error(), "hush") || !strings.HasSuffix(err.Error(), "secrets.toml: line 2, column 15: not TOML") {
		t.Errorf("error %v", err)
	}
}

func TestFolders(t *testing.T) { // F9
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "p", ".conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "p", ".conf", "config.toml"), []byte("a='project'"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte("a='global'\nb='global'"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DLT_PROJECT_DIR": filepath.Join(dir, "p"), "DLT_CONFIG_FOLDER": ".conf", "DLTGEN_DATA_DIR": dir}
	r := &Resolver{Env: func(k string) (string, bool) { v, ok := env[k]; return v, ok }}
	for key, want := range map[string]string{"a": "project", "b": "global"} {
		if got, _, err := r.Text(nil, key); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", key, got, err, want)
		}
	}
}

func TestMountedSecrets(t *testing.T) { // F8
	r := setup{env: map[string]string{"API_KEY": "env"}}.resolver(t)
	for path, text := range map[string]string{"sources--mod--api-key": "file\n", "token/token": "nested"} {
		full := filepath.Join(r.SecretsDir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]string{"api_key": "file", "token": "nested"} {
		if got, _, err := r.Secret(Source("mod", "src"), key); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", key, got, err, want)
		}
	}
	if got, _, _ := r.Text(Source("mod", "src"), "api_key"); got != "env" {
		t.Errorf("what is no secret came from the folder of secrets: %q", got)
	}
}
