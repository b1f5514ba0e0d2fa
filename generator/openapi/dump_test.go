package openapi_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
)

// dump prints a connector as short text: components once, by name, elsewhere
// only their name.
func dump(w io.Writer, c *ir.Connector) {
	for _, s := range c.Servers {
		fmt.Fprintf(w, "server %s", s.URL)
		for _, v := range s.Variables {
			fmt.Fprintf(w, " %s=%s%v", v.Name, v.Default, v.Enum)
		}
		fmt.Fprintln(w)
	}
	for _, s := range c.Schemes {
		fmt.Fprintf(w, "scheme %s\n", scheme(s))
	}
	if c.Auth != nil {
		fmt.Fprintf(w, "auth %s\n", sets(c.Auth))
	}
	for _, o := range c.Operations {
		dumpOperation(w, o)
	}
	for _, t := range c.Types {
		fmt.Fprintf(w, "type %s ", t.Name)
		dumpType(w, t, "", true)
	}
}

func dumpOperation(w io.Writer, o *ir.Operation) {
	fmt.Fprintf(w, "%s %s", o.Method, o.Path)
	for _, s := range o.Servers {
		fmt.Fprintf(w, " at %s", s.URL)
	}
	if o.Security != nil {
		fmt.Fprintf(w, " auth %s", sets(o.Security))
	}
	fmt.Fprintln(w)
	for _, p := range o.Params {
		fmt.Fprintf(w, "  %s %s %s explode=%v", p.In, p.Name, p.Style, p.Explode)
		if p.Required {
			fmt.Fprint(w, " required")
		}
		fmt.Fprint(w, " ")
		dumpType(w, p.Type, "  ", false)
	}
	if b := o.Body; b != nil {
		fmt.Fprintf(w, "  body %s required=%v ", b.MediaType, b.Required)
		dumpType(w, b.Type, "  ", false)
	}
	if r := o.Response; r != nil {
		fmt.Fprintf(w, "  %s %s", r.Status, r.MediaType)
		for _, h := range r.Headers {
			fmt.Fprintf(w, " header=%s", h.Name)
		}
		if r.Binary != nil {
			fmt.Fprintf(w, " binary=%v", r.Binary)
		}
		fmt.Fprint(w, " ")
		dumpType(w, r.Type, "  ", false)
	}
}

func scheme(s *ir.AuthScheme) string {
	parts := []string{s.ID, string(s.Kind), s.In, s.Name, s.TokenURL, s.AuthURL, s.OpenIDURL}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}

func sets(all []ir.AuthSet) string {
	var out []string
	for _, set := range all {
		var ids []string
		for _, s := range set {
			ids = append(ids, s.ID+":"+string(s.Kind))
		}
		out = append(out, "("+strings.Join(ids, " and ")+")")
	}
	return "[" + strings.Join(out, " or ") + "]"
}

// dumpType prints t; a component in full only if open is set, an inline object
// the first time only, since types refer to themselves.
func dumpType(w io.Writer, t *ir.Type, indent string, open bool, seen ...map[*ir.Type]bool) {
	if t == nil {
		fmt.Fprintln(w, "-")
		return
	}
	if t.Name != "" && !open {
		fmt.Fprintf(w, "%s%s\n", t.Name, differences(t))
		return
	}
	if seen == nil {
		seen = []map[*ir.Type]bool{{}}
	}
	if seen[0][t] && t.Kind == ir.KindObject {
		fmt.Fprintln(w, "object as above")
		return
	}
	seen[0][t] = true
	fmt.Fprintf(w, "%s%s\n", t.Kind, facts(t))
	for _, p := range t.Props {
		fmt.Fprintf(w, "%s  .%s%s%s ", indent, p.Name, iff(p.Required, "!"), iff(p.WriteOnly, " writeOnly"))
		dumpType(w, p.Type, indent+"  ", false, seen...)
	}
	if t.Items != nil {
		fmt.Fprintf(w, "%s  [] ", indent)
		dumpType(w, t.Items, indent+"  ", false, seen...)
	}
	if t.Expandable != nil {
		fmt.Fprintf(w, "%s  expands ", indent)
		dumpType(w, t.Expandable, indent+"  ", false, seen...)
	}
}

func differences(t *ir.Type) string {
	if t.Base == nil {
		return ""
	}
	return iff(t.Nullable && !t.Base.Nullable, " nullable") + iff(t.Description != t.Base.Description, " "+fmt.Sprintf("%q", t.Description))
}

func iff(on bool, text string) string {
	if on {
		return text
	}
	return ""
}

func facts(t *ir.Type) string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, " "+format, args...) }
	if t.Format != "" {
		add("(%s)", t.Format)
	}
	if t.Nullable {
		add("nullable")
	}
	if t.Enum != nil {
		add("enum=%v", t.Enum)
	}
	if t.EnumNames != nil {
		add("names=%v", t.EnumNames)
	}
	if t.Const != nil {
		add("const=%v", t.Const)
	}
	if t.Default != nil {
		add("default=%v", t.Default)
	}
	if t.Example != nil {
		add("example=%v", t.Example)
	}
	if t.Min != nil {
		add("min=%v%s", *t.Min, iff(t.ExclusiveMin, "<"))
	}
	if t.Max != nil {
		add("max=%v%s", *t.Max, iff(t.ExclusiveMax, ">"))
	}
	for _, n := range []struct {
		name string
		v    *int
	}{{"minLength", t.MinLength}, {"maxLength", t.MaxLength}, {"minItems", t.MinItems}, {"maxItems", t.MaxItems}} {
		if n.v != nil {
			add("%s=%d", n.name, *n.v)
		}
	}
	if t.UniqueItems {
		add("unique")
	}
	if t.Pattern != "" {
		add("pattern=%s", t.Pattern)
	}
	if t.Discriminator != "" {
		add("by=%s", t.Discriminator)
	}
	if t.Variants > 0 {
		add("variants=%d", t.Variants)
	}
	if t.Description != "" {
		add("%q", t.Description)
	}
	for _, k := range slices.Sorted(maps.Keys(t.Extensions)) {
		add("%s=%v", k, t.Extensions[k])
	}
	return b.String()
}
