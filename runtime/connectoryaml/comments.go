package connectoryaml

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// commentLines are the document's comments by line.
type commentLines struct {
	own   map[int]commentAt // lines that hold nothing else
	after map[int]string    // behind a value
	lines []string
}

type commentAt struct {
	text string
	col  int
}

// attachComments gives each comment to the pair or element it stands above or
// behind. The YAML library attaches comments too, but loses some.
func attachComments(root *Node, anchors []anchor, text string, tokens token.Tokens) {
	c := readComments(text, tokens)
	next := 0 // first own-line comment line not yet given away
	for i, a := range anchors {
		if a.node == nil {
			continue
		}
		if i > 0 && anchors[i-1].pos.Line == a.pos.Line {
			continue // the first pair of an element shares its line: the element has the comment
		}
		first := c.leadStart(a.pos.Line, next)
		c.inside(anchors[:i], next, first)
		for _, l := range footPart(c.slice(first, a.pos.Line), anchors, i) {
			a.node.Head = append(a.node.Head, l.text)
		}
		next = a.pos.Line + 1
	}
	end := len(c.lines) + 1
	first := c.leadStart(end, next)
	c.inside(anchors, next, first)
	for _, l := range footPart(c.slice(first, end), anchors, len(anchors)) {
		root.Foot = append(root.Foot, l.text)
	}
	for line, text := range c.after {
		if n := lastAnchor(anchors, line); n != nil {
			n.Line = text
		} else {
			root.Line = text
		}
	}
	trimFoot(root)
	if len(anchors) > 0 && anchors[0].node != nil && anchors[0].container == root {
		root.Head, anchors[0].node.Head = splitHeader(anchors[0].node.Head)
	}
}

// splitHeader parts the comment of the whole file from that of its first pair:
// up to the last blank line, or the line that editors read.
func splitHeader(head []string) (file, pair []string) {
	cut := 0
	for i, l := range head {
		if l == "" || strings.Contains(l, "yaml-language-server:") {
			cut = i + 1
		}
	}
	return head[:cut:cut], head[cut:]
}

func readComments(text string, tokens token.Tokens) commentLines {
	c := commentLines{own: map[int]commentAt{}, after: map[int]string{}, lines: strings.Split(text, "\n")}
	for _, t := range tokens {
		if t.Type != token.CommentType || t.Position == nil {
			continue
		}
		line := t.Position.Line
		if line < 1 || line > len(c.lines) {
			continue
		}
		raw := c.lines[line-1]
		body := strings.TrimRight("#"+t.Value, " \t")
		if trimmed := strings.TrimLeft(raw, " \t"); strings.HasPrefix(trimmed, "#") {
			c.own[line] = commentAt{body, len(raw) - len(trimmed) + 1}
		} else {
			c.after[line] = body
		}
	}
	return c
}

// leadStart returns the first of the comment and blank lines right above line,
// not above from; line itself if there are none.
func (c *commentLines) leadStart(line, from int) int {
	for line-1 >= max(from, 1) && c.isLead(line-1) {
		line--
	}
	return line
}

func (c *commentLines) isLead(line int) bool {
	if _, ok := c.own[line]; ok {
		return true
	}
	return strings.TrimSpace(c.lines[line-1]) == ""
}

// slice is lines first to end, end excluded, several blank lines as one.
func (c *commentLines) slice(first, end int) []commentAt {
	var out []commentAt
	for l := first; l < end; l++ {
		at := c.own[l]
		if at.text == "" && (len(out) == 0 && l == 1 || len(out) > 0 && out[len(out)-1].text == "") {
			continue
		}
		out = append(out, at)
	}
	return out
}

// inside gives comments between the lines of one value, such as a flow map of
// several lines, to the pair that holds the value.
func (c *commentLines) inside(anchors []anchor, from, end int) {
	for l := from; l < end; l++ {
		if at, ok := c.own[l]; ok {
			if n := lastAnchor(anchors, l); n != nil {
				n.Head = append(n.Head, at.text)
			}
		}
	}
}

// footPart gives the leading lines that are indented deeper than anchor i to
// the container that ends before it, and returns the rest.
func footPart(lead []commentAt, anchors []anchor, i int) []commentAt {
	if i == 0 {
		return lead
	}
	col := 1
	if i < len(anchors) {
		col = anchors[i].pos.Col
	}
	cut := 0
	for k, l := range lead {
		if l.text == "" {
			continue
		}
		if l.col <= col {
			break
		}
		cut = k + 1
	}
	for k, l := range lead[:cut] {
		at := l.col
		if l.text == "" {
			at = lead[k+1].col // a blank line goes with the comment below it
		}
		if n := endingContainer(anchors[:i], at, col); n != nil {
			n.Foot = append(n.Foot, l.text)
		}
	}
	return lead[cut:]
}

// endingContainer finds the container before the end of anchors whose elements
// start at the column nearest to, and not behind, want.
func endingContainer(anchors []anchor, want, col int) *Node {
	limit := 1 << 30
	var best *Node
	for _, a := range slices.Backward(anchors) {
		if a.pos.Col >= limit {
			continue
		}
		limit = a.pos.Col
		best = a.container
		if a.pos.Col <= want || a.pos.Col <= col {
			break
		}
	}
	return best
}

// lastAnchor is the node of the deepest pair that starts on or before line.
func lastAnchor(anchors []anchor, line int) *Node {
	for _, anchor := range slices.Backward(anchors) {
		if anchor.pos.Line <= line && anchor.node != nil {
			return anchor.node
		}
	}
	return nil
}

// trimFoot drops blank lines at the end of the document.
func trimFoot(n *Node) {
	for len(n.Foot) > 0 && n.Foot[len(n.Foot)-1] == "" {
		n.Foot = n.Foot[:len(n.Foot)-1]
	}
	if len(n.Foot) == 0 && len(n.Entries) > 0 {
		trimFoot(n.Entries[len(n.Entries)-1].Value)
	}
	if len(n.Foot) == 0 && len(n.Items) > 0 {
		trimFoot(n.Items[len(n.Items)-1])
	}
}
