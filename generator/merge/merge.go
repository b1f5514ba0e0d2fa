// Package merge brings a new detection into an edited connector.yaml without
// losing an edit (G22 of 80-generator).
//
// Flow: dltgen update: the new input is read and detected, the result is merged
// three ways with the file that people edit and the lock that holds what was
// detected last time. [Three] works key by key on the trees of package
// connectoryaml, so comments, order and blank lines of the file survive.
package merge

import (
	"fmt"
	"slices"

	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// Node is a tree of connector.yaml.
type Node = connectoryaml.Node

// Lists says which lists are merged element by element, and by which key of
// their elements. Lists not named here are one value.
type Lists map[string]string

// Options describe the document.
type Options struct {
	// Keyed maps the path of a list ("resources") to the key that identifies
	// its elements ("operation").
	Keyed Lists
	// Missing is the key set to true in elements that are no longer detected;
	// "" leaves them as they are.
	Missing string
	// Fresh is called with each element that is added, to make it as a new one
	// is to be.
	Fresh func(path string, element *Node)
	// User lists the keys at the top that detection never changes in the file.
	User []string
}

// A Note says what the merge did, or did not do, at one place.
type Note struct {
	Path string // "resources[GET /clients].paginate.size"
	Kind Kind
	Pos  connectoryaml.Pos // in the file; zero for what is new
}

// Kind is what happened to a value.
type Kind string

// The kinds of notes.
const (
	// Kept is a value of the user's, where detection changed too.
	Kept Kind = "kept"
	// Changed is a value that follows the new detection.
	Changed Kind = "changed"
	// Added is a new value, or a new element of a keyed list.
	Added Kind = "added"
	// Dropped is a value that is no longer detected and was not edited.
	Dropped Kind = "dropped"
	// Gone is an element that is no longer detected; it stays in the file.
	Gone Kind = "gone"
	// Back is an element that was gone and is detected again.
	Back Kind = "back"
)

// String is the note as a report shows it.
func (n Note) String() string {
	switch n.Kind {
	case Kept:
		return n.Path + ": yours is kept; detection changed"
	case Changed:
		return n.Path + ": follows the new detection"
	case Added:
		return n.Path + ": new"
	case Dropped:
		return n.Path + ": no longer detected, removed"
	case Gone:
		return n.Path + ": no longer in the input, kept and marked"
	case Back:
		return n.Path + ": in the input again"
	}
	return n.Path
}

// Three merges. base is what was detected last time, file what people made of
// it, detected the new detection. The result is a new tree; the arguments are
// left alone. With base nil nothing is known about the past: all of the file
// counts as edited.
func Three(base, file, detected *Node, opt Options) (*Node, []Note) {
	m := &merger{opt: opt}
	if base == nil {
		base = known(file, detected, opt, "")
	}
	out := file.Clone()
	m.maps(base, out, detected, "")
	return out, m.notes
}

// known is the base that makes every difference an edit: the detection, but
// only those elements of keyed lists that the file has.
func known(file, detected *Node, opt Options, path string) *Node {
	out := detected.Clone()
	for i := range out.Entries {
		e := &out.Entries[i]
		by, keyed := opt.Keyed[join(path, e.Key)]
		if !keyed {
			continue
		}
		list := file.Get(e.Key)
		e.Value.Items = slices.DeleteFunc(e.Value.Items, func(n *Node) bool { return find(list, by, text(n.Get(by))) == nil })
	}
	return out
}

type merger struct {
	opt   Options
	notes []Note
}

func (m *merger) note(kind Kind, path string, at *Node) {
	n := Note{Path: path, Kind: kind}
	if at != nil {
		n.Pos = at.Pos
	}
	m.notes = append(m.notes, n)
}

// maps merges detected into out, a copy of the file's map, key by key.
func (m *merger) maps(base, out, detected *Node, path string) {
	for _, key := range keys(out, detected) {
		if path == "" && slices.Contains(m.opt.User, key) && out.Get(key) != nil {
			continue
		}
		m.key(base.Get(key), out, detected.Get(key), key, join(path, key))
	}
}

// key merges one key of out. The cases are G22's.
func (m *merger) key(b, out, d *Node, key, path string) {
	f := out.Get(key)
	switch {
	case f == nil && b != nil:
		// The user removed it: it stays removed.
		if d != nil && !connectoryaml.Equal(b, d) {
			m.note(Kept, path, nil)
		}
	case f == nil:
		m.note(Added, path, nil)
		out.Set(key, d.Clone())
	case d != nil && m.opt.Keyed[path] != "" && f.Kind == connectoryaml.List && d.Kind == connectoryaml.List:
		m.list(b, f, d, path, m.opt.Keyed[path])
	case d != nil && mergeable(b, f, d):
		if b == nil {
			b = &Node{Kind: connectoryaml.Map}
		}
		m.maps(b, f, d, path)
	case connectoryaml.Equal(f, d):
		// Nothing to do, whoever made it so.
	case b != nil && connectoryaml.Equal(f, b):
		if d == nil {
			m.note(Dropped, path, f)
			out.Delete(key)
			return
		}
		m.note(Changed, path, f)
		out.Set(key, d.Clone())
	case b == nil && d == nil:
		// The user's own key.
	case !connectoryaml.Equal(b, d):
		m.note(Kept, path, f)
	}
}

// mergeable reports whether the three are maps whose keys may be mixed. Maps
// with different values of "type" describe different things: half of one and
// half of the other would be neither.
func mergeable(b, f, d *Node) bool {
	if f.Kind != connectoryaml.Map || d.Kind != connectoryaml.Map || b != nil && b.Kind != connectoryaml.Map {
		return false
	}
	t := text(f.Get("type"))
	return t == text(d.Get("type")) && (b == nil || t == text(b.Get("type")))
}

// list merges a keyed list: elements of the file keep their order, new ones
// follow the element they follow in the detection.
func (m *merger) list(b, f, d *Node, path, by string) {
	for _, item := range f.Items {
		id := text(item.Get(by))
		sub := fmt.Sprintf("%s[%s]", path, id)
		base, det := find(b, by, id), find(d, by, id)
		switch {
		case det != nil:
			if m.opt.Missing != "" && item.Get(m.opt.Missing) != nil {
				m.note(Back, sub, item)
				item.Delete(m.opt.Missing)
			}
			if base == nil {
				base = &Node{Kind: connectoryaml.Map}
			}
			m.maps(base, item, det, sub)
		case base != nil && m.opt.Missing != "" && item.Get(m.opt.Missing) == nil:
			m.note(Gone, sub, item)
			m.mark(item, by)
		}
	}
	for i, item := range d.Items {
		id := text(item.Get(by))
		if find(f, by, id) != nil || find(b, by, id) != nil {
			continue
		}
		at := len(f.Items)
		if i > 0 {
			if before := index(f, by, text(d.Items[i-1].Get(by))); before >= 0 {
				at = before + 1
			}
		}
		element := item.Clone()
		if m.opt.Fresh != nil {
			m.opt.Fresh(path, element)
		}
		m.note(Added, fmt.Sprintf("%s[%s]", path, id), nil)
		f.Items = slices.Insert(f.Items, at, element)
	}
}

// mark sets the missing key behind the key that identifies the element.
func (m *merger) mark(item *Node, by string) {
	i := slices.IndexFunc(item.Entries, func(e connectoryaml.Entry) bool { return e.Key == by })
	item.Entries = slices.Insert(item.Entries, i+1, connectoryaml.Entry{
		Key: m.opt.Missing, Value: &Node{Kind: connectoryaml.Bool, Text: "true"},
	})
}

// keys are the keys of the file in its order, then those only detected.
func keys(file, detected *Node) []string {
	var out []string
	for _, n := range []*Node{file, detected} {
		for _, e := range n.Entries {
			if !slices.Contains(out, e.Key) {
				out = append(out, e.Key)
			}
		}
	}
	return out
}

func find(list *Node, by, id string) *Node {
	if i := index(list, by, id); i >= 0 {
		return list.Items[i]
	}
	return nil
}

func index(list *Node, by, id string) int {
	if list == nil {
		return -1
	}
	return slices.IndexFunc(list.Items, func(n *Node) bool { return text(n.Get(by)) == id })
}

func text(n *Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
