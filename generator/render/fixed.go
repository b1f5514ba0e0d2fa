package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/templates"
)

// schemaFile writes the connector's schema document.
func (p *pkg) schemaFile() error {
	s, err := schema.New(p.sourceName())
	if err != nil {
		return fmt.Errorf("render %s: %w", p.schemaName(), err)
	}
	for _, r := range p.set.Resources {
		for _, t := range r.Tables {
			s.Put(t.Schema)
		}
	}
	s.Bump()
	p.add(p.schemaName(), s.YAML(&schema.WriteOptions{OmitDefaults: true}))
	return nil
}

// command writes the command's main.go and, for its user to fill, hooks.go.
func (p *pkg) command() error {
	first := p.set.Resources[0]
	data := map[string]any{
		"Header": p.header(), "Package": p.name, "Title": p.title(), "ImportPath": p.opt.ImportPath,
		"Runtime": runtime, "Destinations": p.opt.Destinations, "Example": first.Name, "ExampleRow": first.Row.Name,
	}
	for _, f := range []struct{ path, template string }{
		{"cmd/" + p.name + "/main.go", templates.Main},
		{HooksFile, templates.Hooks},
	} {
		var b bytes.Buffer
		if err := templates.Execute(&b, f.template, data); err != nil {
			return fmt.Errorf("render %s: %w", f.path, err)
		}
		if err := p.addGo(f.path, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// HooksFile has no generated header: it is written once and then belongs to
// the user (G67).
const HooksFile = "hooks.go"

// A summary is what README.md and report.json say.
type summary struct {
	Name        string           `json:"name"`
	Title       string           `json:"title"`
	Description string           `json:"description,omitempty"`
	Input       string           `json:"input"`
	Package     string           `json:"package"`
	ImportPath  string           `json:"import_path"`
	Resources   []resourceReport `json:"resources"`
	Config      []configReport   `json:"config"`
	JSON        []jsonColumn     `json:"json_columns,omitempty"`
	LeftOut     []leftOut        `json:"left_out,omitempty"`
}

type resourceReport struct {
	Name        string   `json:"name"`
	Path        string   `json:"path"`
	Table       string   `json:"table"`
	Tables      []string `json:"tables"`
	Columns     int      `json:"columns"`
	Key         string   `json:"primary_key,omitempty"`
	Cursor      string   `json:"cursor,omitempty"`
	Pager       string   `json:"pager,omitempty"`
	Parent      string   `json:"parent,omitempty"`
	Disposition string   `json:"write_disposition"`
	Selected    bool     `json:"selected"`
	Weak        []string `json:"weak,omitempty"` // decisions that want a look (G84)
	Nested      int      `json:"-"`
}

type configReport struct {
	Name     string `json:"name"`
	Env      string `json:"env"`
	Secret   bool   `json:"secret,omitempty"`
	Required bool   `json:"required,omitempty"`
	Default  string `json:"default,omitempty"`
	Doc      string `json:"description,omitempty"`
	Example  string `json:"-"`
}

type jsonColumn struct {
	Column string `json:"column"`
	Reason string `json:"reason"`
}

type leftOut struct {
	Operation string `json:"operation"`
	Reason    string `json:"reason"`
}

func (p *pkg) summary() *summary {
	s := &summary{
		Name: p.sourceName(), Title: p.title(), Description: firstSentence(p.c.Description), Input: oneLine(p.opt.Input),
		Package: p.name, ImportPath: p.opt.ImportPath,
	}
	for _, r := range p.set.Resources {
		s.Resources = append(s.Resources, reportOf(r))
		for _, t := range r.Tables {
			s.JSON = append(s.JSON, jsonColumns(t, t.Steps)...)
		}
	}
	for _, f := range p.config {
		c := configReport{
			Name: f.Name, Secret: f.Secret, Required: f.Required, Default: oneLine(f.Default), Doc: oneLine(firstSentence(f.Description)),
			Env: "SOURCES__" + strings.ToUpper(p.sourceName()) + "__" + strings.ToUpper(f.Name), Example: "…",
		}
		if len(f.Enum) > 0 {
			c.Example = oneLine(f.Enum[0])
		}
		s.Config = append(s.Config, c)
	}
	for _, l := range p.c.LeftOut {
		s.LeftOut = append(s.LeftOut, leftOut{oneLine(l.Operation), oneLine(l.Reason)})
	}
	return s
}

func reportOf(r *rowtype.Resource) resourceReport {
	root := r.Root().Schema
	out := resourceReport{
		Name: r.IR.Name, Table: root.Name, Key: strings.Join(r.IR.PrimaryKey.Value, ", "), Pager: r.IR.Paginate.Value.Type,
		Disposition: string(root.WriteDisposition), Selected: r.IR.Selected.Value, Nested: len(r.Tables) - 1,
	}
	if op := r.IR.Operation; op != nil {
		out.Path = op.Method + " " + oneLine(op.Path)
	}
	for _, t := range r.Tables {
		out.Tables = append(out.Tables, t.Schema.Name)
		out.Columns += len(t.Schema.Columns)
	}
	if r.Cursor != nil {
		out.Cursor = r.IR.Incremental.Value.CursorPath
	}
	if r.Parent != nil {
		out.Parent = r.Parent.IR.Name
	}
	for _, d := range []struct {
		word string
		set  bool
		weak bool
	}{
		{"selector", r.IR.Selector.Value != "", !r.IR.Selector.Why.Strong()},
		{"primary_key", len(r.IR.PrimaryKey.Value) > 0, !r.IR.PrimaryKey.Why.Strong()},
		{"paginate", r.IR.Paginate.Value.Type != "", !r.IR.Paginate.Why.Strong()},
		{"incremental", r.Cursor != nil, r.Cursor != nil && !r.IR.Incremental.Why.Strong()},
		{"parent", r.Parent != nil, r.Parent != nil && !r.IR.Parent.Why.Strong()},
	} {
		if d.set && d.weak {
			out.Weak = append(out.Weak, d.word)
		}
	}
	return out
}

// jsonColumns are the columns that became JSON for a reason other than their type.
func jsonColumns(t *rowtype.Table, steps []rowtype.Step) []jsonColumn {
	var out []jsonColumn
	for _, st := range steps {
		if st.Field.Reason != "" && st.Field.Kind == rowtype.Scalar {
			out = append(out, jsonColumn{t.Schema.Name + "." + t.Schema.Columns[st.Col].Name, st.Field.Reason})
		}
		out = append(out, jsonColumns(t, st.Steps)...)
	}
	return out
}

// cells makes texts fit for the cells of a Markdown table.
func (s *summary) cells() {
	r := strings.NewReplacer("|", `\|`, "`", "'", "<", "&lt;")
	for i := range s.Resources {
		e := &s.Resources[i]
		e.Path, e.Key, e.Cursor = r.Replace(e.Path), r.Replace(e.Key), r.Replace(e.Cursor)
	}
	for i := range s.Config {
		s.Config[i].Doc, s.Config[i].Default = r.Replace(s.Config[i].Doc), r.Replace(s.Config[i].Default)
	}
	for i := range s.LeftOut {
		e := &s.LeftOut[i]
		e.Operation, e.Reason = r.Replace(e.Operation), r.Replace(e.Reason)
	}
}

// readme writes the page for people.
func (p *pkg) readme() error {
	var b bytes.Buffer
	s := p.summary()
	s.cells()
	if err := templates.Execute(&b, templates.Readme, s); err != nil {
		return fmt.Errorf("render README.md: %w", err)
	}
	p.add("README.md", b.Bytes())
	return nil
}

// report writes the same for programs.
func (p *pkg) report() error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p.summary()); err != nil {
		return fmt.Errorf("render report.json: %w", err)
	}
	p.add("report.json", b.Bytes())
	return nil
}
