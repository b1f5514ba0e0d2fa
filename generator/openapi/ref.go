package openapi

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/dltgen/dltgen/generator/openapi/tree"
)

const defaultMaxRefs = 64

type refKey struct {
	root *tree.Node
	ref  string
}

// target is what a "$ref" points at, nil after a warning if nothing.
func (r *reader) target(ref *tree.Node) *tree.Node {
	key := refKey{ref.Root(), ref.Str()}
	if t, ok := r.refs[key]; ok {
		if t == nil {
			r.dangling(ref)
		}
		return t
	}
	t, told := r.resolve(ref)
	r.refs[key] = t
	if t == nil && !told {
		r.dangling(ref)
	}
	return t
}

func (r *reader) dangling(ref *tree.Node) {
	r.diags.Warnf(codeDangling, ref.Pos(), "reference %q leads nowhere; anything is accepted in its place", ref.Str()).
		WithGroup(codeDangling)
}

// resolve looks for the target; told means that a message says why it is nil.
func (r *reader) resolve(ref *tree.Node) (t *tree.Node, told bool) {
	file, pointer, _ := strings.Cut(ref.Str(), "#")
	root := ref.Root()
	if file != "" {
		if t := r.bareName(ref); t != nil {
			return t, false
		}
		if root, told = r.file(ref, file); root == nil {
			return nil, told
		}
	}
	if t := root.Lookup(pointer); t != nil {
		return t, false
	}
	return r.oddPointer(ref, root, pointer), false
}

// bareName finds "Pet" for "#/components/schemas/Pet".
func (r *reader) bareName(ref *tree.Node) *tree.Node {
	name := ref.Str()
	if strings.ContainsAny(name, "/.#:") {
		return nil
	}
	t := r.componentSchemas().Get(name)
	if t != nil {
		r.warn(codeOddRef, ref.Pos(), "reference %q names a schema without its path; read as one", name)
	}
	return t
}

func (r *reader) componentSchemas() *tree.Node {
	if d := r.root.Get("definitions"); r.swagger && d != nil {
		return d
	}
	return r.root.Get("components").Get("schemas")
}

// oddPointer tries what people write instead of a JSON pointer.
func (r *reader) oddPointer(ref, root *tree.Node, pointer string) *tree.Node {
	tries := []string{"/" + pointer}
	if name, ok := strings.CutPrefix(pointer, "/definitions/"); ok {
		tries = append(tries, "/components/schemas/"+name)
	}
	if name, ok := strings.CutPrefix(pointer, "/components/schemas/"); ok {
		tries = append(tries, "/definitions/"+name)
	}
	for _, try := range tries {
		if t := root.Lookup(try); pointer != "" && t != nil {
			r.warn(codeOddRef, ref.Pos(), "reference %q is read as %q", ref.Str(), "#"+try)
			return t
		}
	}
	return nil
}

// file returns the root of another file.
func (r *reader) file(ref *tree.Node, name string) (root *tree.Node, told bool) {
	key, read, why := r.locate(ref.File(), name)
	if why != "" {
		r.diags.Warnf(codeRefRefused, ref.Pos(), "reference %q is not followed: %s; anything is accepted in its place", ref.Str(), why).
			WithGroup(codeRefRefused + why)
		return nil, true
	}
	if key == path.Base(filepath.ToSlash(r.root.File())) {
		return r.root, false
	}
	if root, ok := r.files[key]; ok {
		return root, false
	}
	r.files[key] = nil
	data, err := read(key)
	if err != nil {
		return nil, false
	}
	root, err = tree.Parse(key, data, r.opt.Limits, r.diags)
	if err != nil {
		r.diags.Warnf(codeRefRefused, ref.Pos(), "reference %q is not followed: %v", ref.Str(), err)
		return nil, true
	}
	r.files[key] = root
	return root, false
}

// locate turns the file part of a reference into a name to read it by.
func (r *reader) locate(from, name string) (key string, read func(string) ([]byte, error), why string) {
	if strings.Contains(name, "://") || strings.HasPrefix(name, "//") {
		if r.opt.Fetch == nil {
			return "", nil, "it is a URL (allow it with --allow-remote-refs)"
		}
		return name, r.opt.Fetch, ""
	}
	if strings.Contains(from, "://") {
		if r.opt.Fetch == nil {
			return "", nil, "it is a URL (allow it with --allow-remote-refs)"
		}
		base, err := url.Parse(from)
		if err != nil {
			return "", nil, "it is relative to a URL that cannot be read"
		}
		full, err := base.Parse(name)
		if err != nil {
			return "", nil, "it is no file name"
		}
		return full.String(), r.opt.Fetch, ""
	}
	if from == r.root.File() {
		from = "" // names are relative to the document's folder
	}
	name = path.Join(path.Dir(from), name)
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") || strings.Contains(name, `\`) {
		return "", nil, "it is outside of the document's folder"
	}
	if r.opt.Lookup == nil {
		return "", nil, "other files are not read here"
	}
	return name, r.opt.Lookup, ""
}
