package config

import (
	"fmt"
	"strings"
)

// A MissingError says which required fields were not found, and where each was
// looked for (F11). It is terminal.
type MissingError struct {
	Spec     string // the struct's name
	Fields   []MissingField
	Resolved []string // fields that were found
	Files    []FileNote
}

// A MissingField is one field that was not found.
type MissingField struct {
	Name  string
	Tried []Tried
}

// A FileNote says which files of a provider were there.
type FileNote struct {
	Provider      string
	Read, Missing []string
	Empty         bool
}

func (e *MissingError) Error() string {
	var names []string
	for _, f := range e.Fields {
		names = append(names, "`"+f.Name+"`")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Missing %d field(s) in configuration `%s`: %s\n", len(names), e.Spec, strings.Join(names, ", "))
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "for field `%s` the following (config provider, key) were tried in order:\n", f.Name)
		for _, t := range f.Tried {
			fmt.Fprintf(&b, "  (%s, %s)\n", t.Provider, t.Key)
		}
	}
	if len(e.Resolved) > 0 {
		fmt.Fprintf(&b, "NOTE: following fields in `%s` got resolved: `%s`\n", e.Spec, strings.Join(e.Resolved, "`, `"))
	}
	for _, f := range e.Files {
		list := func(head string, paths []string) {
			if len(paths) > 0 {
				fmt.Fprintf(&b, "Provider `%s` %s:\n\t- %s\n", f.Provider, head, strings.Join(paths, "\n\t- "))
			}
		}
		list("loaded values from locations", f.Read)
		list("probed but not found the following locations", f.Missing)
		if f.Empty {
			fmt.Fprintf(&b, "WARNING: provider `%s` is empty. Locations (i.e., files) are missing or empty.\n", f.Provider)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Terminal reports true.
func (e *MissingError) Terminal() bool { return true }

// A NotSecretError is a secret in a place that is not for secrets (F7).
type NotSecretError struct {
	Provider, Key string
}

func (e *NotSecretError) Error() string {
	return fmt.Sprintf("Provider `%s` cannot hold secret values but key `%s` with secret value is present; move it to secrets.toml or the environment", e.Provider, e.Key)
}

// Terminal reports true.
func (e *NotSecretError) Terminal() bool { return true }

// A ValueError is a value that is not what its field takes. It does not show the
// value.
type ValueError struct {
	Key, Provider string
	Want          string // "an integer"
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("configured value `%s` from `%s` is not %s", e.Key, e.Provider, e.Want)
}

// Terminal reports true.
func (e *ValueError) Terminal() bool { return true }

// A FileError is a file that cannot be read.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("read %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Terminal reports true.
func (e *FileError) Terminal() bool { return true }

// missing makes the error of a spec's missing fields.
func (r *Resolver) missing(spec string, fields []MissingField, resolved []string) error {
	e := &MissingError{Spec: spec, Fields: fields, Resolved: resolved}
	for _, f := range r.files {
		e.Files = append(e.Files, FileNote{Provider: f.name, Read: f.read, Missing: f.missing, Empty: len(f.doc) == 0})
	}
	return e
}
