package tree

import "strings"

// props are what may stand before a node: an anchor and a tag.
type props struct {
	anchor, tag string
	tagAt       int
}

func (r *yamlReader) property(p *props) *syntaxError {
	at := r.pos
	word := r.word()
	if word[0] == '&' {
		if len(word) == 1 {
			return r.fail(at, "an anchor without a name")
		}
		p.anchor = word[1:]
		return nil
	}
	p.tag, p.tagAt = word, at
	return nil
}

// word reads up to a blank, a line end or what ends an item in brackets.
func (r *yamlReader) word() string {
	start := r.pos
	for r.pos++; r.pos < len(r.text); r.pos++ {
		if c := r.text[r.pos]; isSpace(c) || strings.IndexByte(",[]{}", c) >= 0 {
			break
		}
	}
	return r.text[start:r.pos]
}

// attach applies anchor and tag to n. The node has cost the nodes made since
// before, which is what each alias to it will add.
func (r *yamlReader) attach(n *Node, p props, before int) (*Node, *syntaxError) {
	if p.anchor != "" {
		r.anchors[p.anchor] = anchor{n, max(r.made+r.aliased-before, 1)}
	}
	switch name := strings.ToLower(strings.TrimLeft(p.tag, "!")); {
	case p.tag == "":
	case strings.HasPrefix(name, "include"):
		err := r.fail(p.tagAt, "the tag %s is not resolved: it is an extension of some tools", p.tag)
		err.code, err.hint = CodeInclude, "Bundle the files into one document first."
		return nil, err
	case p.tag == "!" || name == "str" || strings.HasSuffix(name, ":str>"):
		if n.kind < String {
			n.kind = String
		}
	case strings.HasPrefix(p.tag, "!!") && knownTag(name):
	default:
		r.diags.Warnf(CodeTag, r.src.pos(p.tagAt), "tag %s is ignored", p.tag).WithGroup("tag " + p.tag)
	}
	return n, nil
}

func knownTag(name string) bool {
	switch name {
	case "int", "float", "bool", "null", "map", "seq", "timestamp", "binary", "omap", "set", "merge":
		return true
	}
	return false
}

// alias reads "*name" as a copy of the anchor's node, whose values are shared.
func (r *yamlReader) alias() (*Node, *syntaxError) {
	at := r.pos
	name := r.word()[1:]
	a, ok := r.anchors[name]
	if !ok {
		return nil, r.fail(at, "alias %q has no anchor before it", name)
	}
	r.aliased += a.size
	if r.aliased > max(aliasFloor, r.lim.Aliases*r.made) {
		err := r.fail(at, "aliases make the document more than %d times larger", r.lim.Aliases)
		err.code = CodeLimit
		return nil, err
	}
	n := a.node.Share()
	n.offset = int32(at)
	return n, nil
}
