package connectoryaml

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxSize  = 16 << 20
	maxDepth = 64
)

// Parse reads a YAML document into a tree that keeps comments, blank lines and
// places. Anchors, aliases, tags and several documents are refused: the file is
// written back, and they would not survive that.
func Parse(data []byte) (root *Node, err error) {
	if len(data) > maxSize {
		return nil, &Problem{Message: fmt.Sprintf("the file has %d bytes, more than the limit of %d", len(data), maxSize)}
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	if p := tooDeep(text); p != nil {
		return nil, p
	}
	defer func() {
		// The YAML library is not ours to mend; a fault in it is a fault of the input to a user.
		if r := recover(); r != nil {
			root, err = nil, &Problem{Message: fmt.Sprintf("not readable as YAML: %v", r)}
		}
	}()
	tokens := lexer.Tokenize(text)
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, syntaxProblem(err)
	}
	if len(file.Docs) > 1 {
		return nil, &Problem{Pos: posOf(file.Docs[1].GetToken()), Message: "a second document starts here; the file must hold one"}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, &Problem{Pos: Pos{1, 1}, Message: "the file is empty"}
	}
	b := &treeBuilder{}
	root = b.node(file.Docs[0].Body, 0)
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	attachComments(root, b.anchors, text, tokens)
	return root, nil
}

// tooDeep bounds nesting before the parser, which recurses, sees the text.
func tooDeep(text string) *Problem {
	depth, line := 0, 1
	markers := 0
	for i := range len(text) {
		switch c := text[i]; c {
		case '\n':
			line++
			markers = 0
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?', ':':
			if i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '\t') {
				markers++
			}
		}
		if depth > maxDepth*8 || markers > maxDepth*8 {
			return &Problem{Pos: Pos{line, 1}, Message: "nested too deeply"}
		}
	}
	return nil
}

func syntaxProblem(err error) error {
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		return &Problem{Pos: posOf(syntax.GetToken()), Message: syntax.GetMessage()}
	}
	return &Problem{Message: err.Error()}
}

func posOf(t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{}
	}
	return Pos{Line: t.Position.Line, Col: t.Position.Column}
}

// An anchor is a pair or element in block style: what a comment can belong to.
type anchor struct {
	node      *Node
	container *Node
	pos       Pos
}

type treeBuilder struct {
	anchors  []anchor
	problems Problems
	flow     int
}

func (b *treeBuilder) fail(n ast.Node, format string, args ...any) *Node {
	b.problems = append(b.problems, &Problem{Pos: posOf(n.GetToken()), Message: fmt.Sprintf(format, args...)})
	return &Node{}
}

func (b *treeBuilder) node(n ast.Node, depth int) *Node {
	if depth > maxDepth {
		return b.fail(n, "nested too deeply")
	}
	pos := posOf(n.GetToken())
	switch n := n.(type) {
	case *ast.MappingNode:
		return b.mapping(n.Values, n.IsFlowStyle, pos, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, n.IsFlowStyle, pos, depth)
	case *ast.SequenceNode:
		return b.sequence(n, pos, depth)
	case *ast.NullNode:
		return &Node{Kind: Null, Pos: pos}
	case *ast.BoolNode:
		return &Node{Kind: Bool, Text: fmt.Sprint(n.Value), Pos: pos}
	case *ast.IntegerNode:
		return &Node{Kind: Number, Text: fmt.Sprint(n.Value), Pos: pos}
	case *ast.FloatNode:
		return &Node{Kind: Number, Text: n.GetToken().Value, Pos: pos}
	case *ast.StringNode:
		return &Node{Kind: String, Text: n.Value, Pos: pos}
	case *ast.LiteralNode:
		return &Node{Kind: String, Text: n.Value.Value, Pos: pos}
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return b.fail(n, "anchors and aliases are not supported here; repeat the value")
	case *ast.TagNode:
		return b.fail(n, "tags (%s) are not supported here", n.GetToken().Value)
	}
	return b.fail(n, "%s is not supported here", strings.ToLower(n.Type().String()))
}

func (b *treeBuilder) mapping(values []*ast.MappingValueNode, flow bool, pos Pos, depth int) *Node {
	m := &Node{Kind: Map, Pos: pos}
	if flow {
		b.flow++
		defer func() { b.flow-- }()
	}
	seen := map[string]Pos{}
	for i, v := range values {
		key, ok := b.key(v.Key)
		if !ok {
			continue
		}
		at := posOf(v.Key.GetToken())
		if i == 0 && !flow {
			m.Pos = at
		}
		if first, dup := seen[key]; dup {
			b.problems = append(b.problems, &Problem{Pos: at, Message: fmt.Sprintf("%q is here twice, first on line %d", key, first.Line)})
			continue
		}
		seen[key] = at
		mark := len(b.anchors)
		if b.flow == 0 {
			b.anchors = append(b.anchors, anchor{container: m, pos: at})
		}
		child := b.value(v.Value, at, depth)
		if b.flow == 0 {
			b.anchors[mark].node = child
		}
		m.Entries = append(m.Entries, Entry{Key: key, Value: child, Pos: at})
	}
	return m
}

func (b *treeBuilder) value(v ast.Node, at Pos, depth int) *Node {
	if v == nil {
		return &Node{Kind: Null, Pos: at}
	}
	return b.node(v, depth+1)
}

func (b *treeBuilder) key(k ast.MapKeyNode) (string, bool) {
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode, *ast.NullNode:
		return k.GetToken().Value, true
	case *ast.MergeKeyNode:
		b.fail(k, "merge keys (<<) are not supported here; repeat the value")
		return "", false
	}
	b.fail(k, "a key must be plain text")
	return "", false
}

func (b *treeBuilder) sequence(n *ast.SequenceNode, pos Pos, depth int) *Node {
	l := &Node{Kind: List, Pos: pos}
	if n.IsFlowStyle {
		b.flow++
		defer func() { b.flow-- }()
	}
	for i, v := range n.Values {
		at := pos
		if !n.IsFlowStyle && i < len(n.Entries) && n.Entries[i].Start != nil {
			at = posOf(n.Entries[i].Start)
		}
		mark := len(b.anchors)
		if b.flow == 0 {
			b.anchors = append(b.anchors, anchor{container: l, pos: at})
		}
		child := b.value(v, at, depth)
		if b.flow == 0 {
			b.anchors[mark].node = child
		}
		l.Items = append(l.Items, child)
	}
	return l
}
