package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A Provider is a place that holds settings.
type Provider interface {
	// Name is the provider's name in messages.
	Name() string
	// Secrets reports whether secrets may stand there.
	Secrets() bool
	// Key is how the provider writes a path, for messages.
	Key(path []string) string
	// Lookup returns the value at a path, nil if there is none, and where it
	// stands. An empty text is a value.
	Lookup(path []string, secret bool) (value any, location string, err error)
}

// environment is the environment variables and, for secrets, the files that
// containers mount (F2, F8).
type environment struct {
	lookup     func(string) (string, bool)
	secretsDir string
}

func (e *environment) Name() string  { return "Environment Variables" }
func (e *environment) Secrets() bool { return true }

func (e *environment) Key(path []string) string {
	return strings.ToUpper(strings.Join(path, "__"))
}

func (e *environment) Lookup(path []string, secret bool) (any, string, error) {
	key := e.Key(path)
	if secret {
		if text, file, ok := e.mounted(key); ok {
			return text, file, nil
		}
	}
	if v, ok := e.lookup(key); ok {
		return v, "", nil
	}
	return nil, "", nil
}

// mounted reads a secret from a file called like the variable, or from the file
// of that name in a folder of that name. The line end that editors add is not
// part of it.
func (e *environment) mounted(key string) (text, file string, ok bool) {
	name := strings.ReplaceAll(strings.ToLower(key), "_", "-")
	if !filepath.IsLocal(name) {
		return "", "", false
	}
	file = filepath.Join(e.secretsDir, name)
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, name)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", "", false
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), file, true
}

// tomlFiles is the files of one name in several folders, merged (F9).
type tomlFiles struct {
	name    string
	secrets bool
	doc     map[string]any
	origins map[string]any // the shape of doc, with files for values
	read    []string       // files that are there
	missing []string
}

// readTOML merges the files called name; the first folder wins.
func readTOML(name string, secrets bool, dirs []string) (*tomlFiles, error) {
	f := &tomlFiles{name: name, secrets: secrets, doc: map[string]any{}, origins: map[string]any{}}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			f.missing = append(f.missing, path)
			continue
		}
		if err != nil {
			return nil, &FileError{Path: path, Err: err}
		}
		var doc map[string]any
		if err := toml.Unmarshal(data, &doc); err != nil {
			return nil, &FileError{Path: path, Err: plainTOMLError(err)}
		}
		f.read = append(f.read, path)
		merge(f.doc, f.origins, doc, path)
	}
	return f, nil
}

// plainTOMLError keeps the place and the reason of a syntax error; the library's
// long form quotes the line, which may hold a secret.
func plainTOMLError(err error) error {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return errors.New("not TOML")
	}
	row, col := de.Position()
	return fmt.Errorf("line %d, column %d: not TOML", row, col)
}

// merge adds what dst does not have.
func merge(dst, origins, src map[string]any, file string) {
	for k, v := range src {
		table, isTable := v.(map[string]any)
		have, ok := dst[k]
		if !ok && isTable {
			have = map[string]any{}
			dst[k], origins[k] = have, map[string]any{}
		}
		haveTable, haveIsTable := have.(map[string]any)
		switch {
		case isTable && haveIsTable:
			merge(haveTable, origins[k].(map[string]any), table, file)
		case !ok:
			dst[k], origins[k] = v, file
		}
	}
}

func (f *tomlFiles) Name() string             { return f.name }
func (f *tomlFiles) Secrets() bool            { return f.secrets }
func (f *tomlFiles) Key(path []string) string { return strings.Join(path, ".") }

func (f *tomlFiles) Lookup(path []string, _ bool) (any, string, error) {
	var node, origin any = f.doc, f.origins
	for _, k := range path {
		table, ok := node.(map[string]any)
		if !ok {
			return nil, "", nil
		}
		if node, ok = table[k]; !ok {
			return nil, "", nil
		}
		origin = origin.(map[string]any)[k]
	}
	if file, ok := origin.(string); ok {
		return node, file, nil
	}
	return node, strings.Join(f.read, ", "), nil
}
