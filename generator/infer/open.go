package infer

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// An assumption is a field that the document does not declare, with the reason
// to count on it.
type assumption struct {
	conf     ir.Confidence
	evidence string
}

// openItems gives records that may hold anything the fields that their list is
// filtered by, where those are what the rest is decided from: the id, and the
// time of the last change. They become columns; all else that is not declared is
// left to the contract.
func (in *inferrer) openItems() {
	for _, c := range in.all {
		if !c.list() || c.post || !open(c.sel.item) {
			continue
		}
		if len(in.primaryKey(c).Value) == 0 {
			if p := in.idFilter(c); p != nil {
				in.assume(c, p)
			}
		}
		if p := changeFilter(c); p != nil {
			in.assume(c, p)
		}
	}
}

// open reports whether a record may have fields beyond those declared, by the
// document's own word.
func open(t *ir.Type) bool {
	if t == nil {
		return false
	}
	return t.Kind == ir.KindMap || t.Kind == ir.KindAny || t.Kind == ir.KindObject && t.Open
}

// filters are the optional parameters of a list that could each be a field of
// its records: scalars that neither page nor bound a range.
func filters(c *candidate) []*ir.Param {
	var out []*ir.Param
	for _, p := range c.op.Params {
		if p.In != "query" || p.Required || p.Deprecated || !scalar(p.Type) || p.Type.Kind == ir.KindBoolean || strings.ContainsAny(p.Name, ".[]<>= ") {
			continue
		}
		if _, bound := newWindow(p, p.Name, p.Type, prose(p)); bound || pagingName(p.Name) || property(c.sel.item, p.Name) != nil {
			continue
		}
		out = append(out, p)
	}
	return out
}

// idFilter is the filter that a record is found by alone: id, or what the detail
// path calls it.
func (in *inferrer) idFilter(c *candidate) *ir.Param {
	detail, _ := in.detailParam(c)
	for _, p := range filters(c) {
		if !keyable(p.Type) {
			continue
		}
		if words.Key(p.Name) == "id" || detail != nil && idLike(p.Name) && words.SameKey(p.Name, detail.Name) {
			return p
		}
	}
	return nil
}

// changeFilter is the filter by the time of a record's last change.
func changeFilter(c *candidate) *ir.Param {
	for _, p := range filters(c) {
		if timeField(&ir.Property{Name: p.Name, Type: p.Type}) && changeStems.hasAny(meaning(words.Split(p.Name))) {
			return p
		}
	}
	return nil
}

// assume makes a filter a field of c's records, of the filter's type.
func (in *inferrer) assume(c *candidate, p *ir.Param) {
	item := ir.Type{Kind: ir.KindObject, Open: true, Pos: p.Pos}
	if t := c.sel.item; t.Kind == ir.KindObject {
		item = *t
		item.Base = nil
	} else {
		item.Name, item.Title, item.Description = t.Name, t.Title, t.Description
	}
	item.Props = append(slices.Clone(item.Props), &ir.Property{
		Name: p.Name, Pos: p.Pos,
		Type: &ir.Type{Kind: p.Type.Kind, Format: p.Type.Format, Description: p.Description, Pos: p.Pos},
	})
	c.sel.item, c.res.Item = &item, &item
	if c.res.Columns == nil {
		c.res.Columns = map[string]ir.ColumnOverride{}
	}
	c.res.Columns[p.Name] = ir.ColumnOverride{Type: dataType(p.Type)}
	a := assumption{fair, "not declared, but records are open and the list filters by " + p.Name + " (" + string(p.Type.Kind) + ")"}
	if _, path := in.detailParam(c); path != "" {
		a.conf = strong
		a.evidence += "; " + path + " names one record"
	}
	if c.assumed == nil {
		c.assumed = map[string]assumption{}
	}
	c.assumed[p.Name] = a
	c.res.Notes = append(c.res.Notes, "field "+p.Name+" is "+a.evidence)
}
