package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A grid is rows of cells that a person reads: columns aligned, numbers to the right.
type grid struct {
	head []string
	rows [][]string
	// right marks columns that hold numbers.
	right map[int]bool
}

func newGrid(head ...string) *grid { return &grid{head: head, right: map[int]bool{}} }

func (g *grid) numbers(columns ...int) *grid {
	for _, c := range columns {
		g.right[c] = true
	}
	return g
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// maxCell bounds the width of a cell, so that one long text does not push the
// others off the screen.
const maxCell = 60

func (g *grid) print(w io.Writer) {
	width := make([]int, len(g.head))
	for _, row := range append([][]string{g.head}, g.rows...) {
		for i, c := range row {
			width[i] = max(width[i], min(utf8.RuneCountInString(c), maxCell))
		}
	}
	g.line(w, g.head, width)
	rule := make([]string, len(g.head))
	for i := range rule {
		rule[i] = strings.Repeat("─", width[i])
	}
	g.line(w, rule, width)
	for _, row := range g.rows {
		g.line(w, row, width)
	}
}

func (g *grid) line(w io.Writer, cells []string, width []int) {
	var b strings.Builder
	for i, c := range cells {
		c = clip(c)
		pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
		if i > 0 {
			b.WriteString("  ")
		}
		if g.right[i] {
			b.WriteString(pad + c)
		} else {
			b.WriteString(c + pad)
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

// thousands writes a number with separators: 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
