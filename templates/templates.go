// Package templates holds the text of generated files whose shape is fixed:
// the command, the hooks, the page for people. Their logic is range and if;
// everything else is decided by package render, which fills them.
package templates

import (
	"embed"
	"io"
	"text/template"
)

//go:embed *.tmpl
var files embed.FS

var all = template.Must(template.New("").ParseFS(files, "*.tmpl"))

// Names of the templates.
const (
	Main   = "main.go.tmpl"
	Hooks  = "hooks.go.tmpl"
	Readme = "README.md.tmpl"
)

// Execute writes the named template for data.
func Execute(w io.Writer, name string, data any) error {
	return all.ExecuteTemplate(w, name, data)
}
