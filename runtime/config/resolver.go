package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Resolver looks up settings. Its zero value reads the environment of the
// process and the folders that it names. Its fields must not change after the
// first lookup; lookups may run at the same time.
type Resolver struct {
	// Env is os.LookupEnv if nil.
	Env func(name string) (string, bool)
	// ProjectDir holds the folder .dlt: $DLT_PROJECT_DIR, or the working directory.
	ProjectDir string
	// Folder is the name of that folder: $DLT_CONFIG_FOLDER, or ".dlt".
	Folder string
	// GlobalDir is the user's folder: $DLTGEN_DATA_DIR, or ~/.dltgen.
	GlobalDir string
	// SecretsDir is where containers mount secrets: /run/secrets.
	SecretsDir string
	// Pipeline is the name that goes before all sections first (F4).
	Pipeline string
	// Explicit are values that come before all others, by key: flags of a command
	// line. "credentials" with a connection string works too.
	Explicit map[string]string
	// More are providers that come after the files.
	More []Provider

	once      sync.Once
	loadErr   error
	providers []Provider
	files     []*tomlFiles

	mu    sync.Mutex
	trace []Value
}

// Source returns the sections of a source, or of a resource in a source of
// another name (F5): section is the module, or the connector's name.
func Source(section, name string) []string { return []string{"sources", section, name} }

// Destination returns the sections of a destination by its name (F6).
func Destination(name string) []string { return []string{"destination", name} }

// Pipeline returns the sections of a pipeline's own settings (F14).
func Pipeline(name string) []string { return []string{"pipelines", name} }

func (r *Resolver) env(name string) (string, bool) {
	if r.Env != nil {
		return r.Env(name)
	}
	return os.LookupEnv(name)
}

func (r *Resolver) envOr(name, fallback string) string {
	if v, ok := r.env(name); ok && v != "" {
		return v
	}
	return fallback
}

// dirs are the folders with TOML files, the project's first.
func (r *Resolver) dirs() []string {
	project := r.ProjectDir
	if project == "" {
		project = r.envOr("DLT_PROJECT_DIR", ".")
	}
	folder := r.Folder
	if folder == "" {
		folder = r.envOr("DLT_CONFIG_FOLDER", ".dlt")
	}
	out := []string{filepath.Join(project, folder)}
	global := r.GlobalDir
	if global == "" {
		global = r.envOr("DLTGEN_DATA_DIR", "")
	}
	if global == "" {
		if home, err := os.UserHomeDir(); err == nil {
			global = filepath.Join(home, ".dltgen")
		}
	}
	if global != "" {
		out = append(out, global)
	}
	return out
}

// setup reads the files once.
func (r *Resolver) setup() error {
	r.once.Do(func() {
		dirs := r.dirs()
		secrets, err := readTOML("secrets.toml", true, dirs)
		if err != nil {
			r.loadErr = err
			return
		}
		plain, err := readTOML("config.toml", false, dirs)
		if err != nil {
			r.loadErr = err
			return
		}
		secretsDir := r.SecretsDir
		if secretsDir == "" {
			secretsDir = "/run/secrets"
		}
		r.files = []*tomlFiles{secrets, plain}
		r.providers = []Provider{&environment{r.env, secretsDir}}
		for _, f := range r.files {
			if len(f.doc) > 0 {
				r.providers = append(r.providers, f)
			}
		}
		r.providers = append(r.providers, r.More...)
	})
	return r.loadErr
}

// A Tried is one place where a value was looked for.
type Tried struct {
	Provider string
	Key      string // as the provider writes it
}

// found is a value with where it is from.
type found struct {
	value    any
	provider string
	location string
	key      string // as the provider writes it
	path     []string
}

// search looks for a value (F3, F4): first every provider and place with the
// pipeline's name in front, then without. A nil result is no error.
func (r *Resolver) search(sections []string, key string, secret bool) (*found, []Tried, error) {
	if err := r.setup(); err != nil {
		return nil, nil, err
	}
	if v, ok := r.Explicit[key]; ok {
		return &found{value: v, provider: "ExplicitValues", key: key, path: []string{key}}, nil, nil
	}
	var tried []Tried
	prefixes := []string{""}
	if r.Pipeline != "" {
		prefixes = []string{r.Pipeline, ""}
	}
	places := places(sections, key)
	for _, prefix := range prefixes {
		for _, p := range r.providers {
			for _, path := range places {
				if prefix != "" {
					path = slices.Concat([]string{prefix}, path)
				}
				v, where, err := p.Lookup(path, secret)
				if err != nil {
					return nil, tried, err
				}
				if v != nil && secret && !p.Secrets() {
					return nil, tried, &NotSecretError{Provider: p.Name(), Key: p.Key(path)}
				}
				if !secret || p.Secrets() {
					tried = append(tried, Tried{p.Name(), p.Key(path)})
				}
				if v != nil {
					return &found{v, p.Name(), where, p.Key(path), path}, tried, nil
				}
			}
		}
	}
	return nil, tried, nil
}

// places are the paths of a key, the most specific first: sections are dropped
// from the right, what the key has before its last dot stays. Sources whose
// section and name differ are also looked for by name alone.
func places(sections []string, key string) [][]string {
	names := strings.Split(key, ".")
	sections = slices.DeleteFunc(slices.Clone(sections), func(s string) bool { return s == "" })
	var out [][]string
	for n := len(sections); n >= 0; n-- {
		out = append(out, slices.Concat(sections[:n], names))
	}
	if len(sections) >= 3 && sections[0] == "sources" && sections[1] != sections[2] {
		compact := slices.Concat([]string{"sources", sections[2]}, sections[3:], names)
		out = slices.Insert(out, 2, compact)
	}
	return out
}

// lookup is search with a note for the trace.
func (r *Resolver) lookup(sections []string, key string, secret bool, kind string) (*found, []Tried, error) {
	f, tried, err := r.search(sections, key, secret)
	if f != nil {
		r.note(f, key, secret, kind)
	}
	return f, tried, err
}
