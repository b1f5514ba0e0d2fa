package rest

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// An outline is what detection sees of a body: its objects and scalars in
// document order; lists stay closed.
type outline struct {
	raw     []byte
	members []member // of an object
}

type member struct {
	key string
	val outline
}

// outlineOf reads a body that has been scanned, so it is sound JSON.
func outlineOf(body []byte) outline {
	s := &scanner{data: body}
	s.space()
	return s.outline()
}

func (s *scanner) outline() outline {
	start := s.pos
	if s.peek() != '{' {
		// The scan before found no fault, nor will this one.
		_, _ = s.value(nil, span{})
		return outline{raw: s.data[start:s.pos]}
	}
	var out outline
	s.pos++
	for s.space(); s.pos < len(s.data) && s.peek() != '}'; s.space() {
		if s.peek() == ',' {
			s.pos++
			s.space()
		}
		keyStart := s.pos
		escaped, err := s.str()
		if err != nil {
			return out
		}
		key := keyText(s.data[keyStart+1:s.pos-1], escaped)
		s.space()
		s.pos++ // the colon
		s.space()
		out.set(key, s.outline())
	}
	s.pos++
	out.raw = s.data[start:min(s.pos, len(s.data))]
	return out
}

// set adds a member. One that comes again keeps its place and changes its value,
// as in a Python dict.
func (o *outline) set(key string, val outline) {
	// Objects with so many members are maps of records; the order of a repeated
	// key does not matter there, the square of the search would.
	const searched = 256
	if len(o.members) < searched {
		for i := range o.members {
			if o.members[i].key == key {
				o.members[i].val = val
				return
			}
		}
	}
	o.members = append(o.members, member{key, val})
}

func (o outline) kind() byte {
	if len(o.raw) == 0 {
		return 0
	}
	return o.raw[0]
}

// recordKeys are the keys that lists of records go by (R31).
var recordKeys = []string{
	"data", "items", "results", "entries", "records", "rows", "entities", "payload",
	"content", "objects", "values",
}

// detectSelector finds the records of a body (R30–R32).
func detectSelector(o outline) selector {
	if o.kind() != '{' {
		return nil
	}
	var lists []selector
	findLists(o, nil, &lists)
	for _, l := range lists {
		if slices.Contains(recordKeys, l[len(l)-1].key) {
			return l
		}
	}
	if len(lists) > 0 {
		return lists[0]
	}
	return nil
}

func findLists(o outline, path selector, out *[]selector) {
	if len(path) > 2 {
		return
	}
	for _, m := range o.members {
		here := append(slices.Clone(path), step{key: m.key})
		switch m.val.kind() {
		case '[':
			*out = append(*out, here)
		case '{':
			findLists(m.val, here, out)
		}
	}
}

// isScalar reports a text, number or bool: what a next link can be.
func (o outline) isScalar() bool {
	switch o.kind() {
	case '{', '[', 'n', 0:
		return false
	}
	return true
}

// findNext finds the value that leads to the next page (R61).
func findNext(o outline, path selector) (selector, outline) {
	for _, m := range o.members {
		here := append(slices.Clone(path), step{key: m.key})
		if strings.HasPrefix(strings.ToLower(m.key), "next") {
			if m.val.isScalar() {
				return here, m.val
			}
			for _, sub := range m.val.members {
				k := strings.ToLower(sub.key)
				if (strings.HasPrefix(k, "href") || strings.HasPrefix(k, "url")) && sub.val.isScalar() {
					return append(here, step{key: sub.key}), sub.val
				}
			}
		}
		if found, v := findNext(m.val, here); found != nil {
			return found, v
		}
	}
	return nil, outline{}
}

// findTotalPages finds the number of pages (R62) and the object that holds it.
func findTotalPages(o outline, path selector) (found selector, v, holder outline) {
	for _, m := range o.members {
		here := append(slices.Clone(path), step{key: m.key})
		switch strings.ToLower(m.key) {
		case "total_pages", "pages", "totalpages":
			if m.val.isScalar() {
				return here, m.val, o
			}
		}
		if found, v, holder := findTotalPages(m.val, here); found != nil {
			return found, v, holder
		}
	}
	return nil, outline{}, outline{}
}

// firstPageIsOne reports that the answer to a request without a page calls
// itself page 1 (R63).
func firstPageIsOne(holder outline) bool {
	for _, m := range holder.members {
		switch m.key {
		case "page", "current_page", "currentPage", "pageNumber", "page_number":
			if n, err := strconv.Atoi(string(bytes.Trim(m.val.raw, `"`))); err == nil {
				return n == 1
			}
		}
	}
	return false
}
