package render

import (
	"bytes"
	"fmt"

	"github.com/dave/jennifer/jen"
)

// A source is one Go file being built.
type source struct {
	*jen.File
	p *pkg
}

func (p *pkg) source() *source {
	f := jen.NewFilePathName(p.opt.ImportPath, p.name)
	f.NoFormat = true // addGo formats
	f.HeaderComment(p.header())
	for _, name := range []string{"batch", "dlt", "record", "rest", "schema", "value"} {
		f.ImportName(runtime+name, name)
	}
	return &source{f, p}
}

// write renders the file under the name.
func (s *source) write(name string) error {
	var b bytes.Buffer
	if err := s.Render(&b); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return s.p.addGo(name, groupImports(b.Bytes()))
}

// decl adds a declaration with its comment, after a blank line.
func (s *source) decl(doc string, code ...jen.Code) {
	s.Line()
	if doc != "" {
		for _, c := range comment(doc) {
			s.Add(c)
		}
	}
	s.Add(code...)
}

// groupImports puts a blank line between the standard library and the rest.
func groupImports(src []byte) []byte {
	start := bytes.Index(src, []byte("import ("))
	if start < 0 {
		return src
	}
	end := start + bytes.Index(src[start:], []byte("\n)"))
	var std, own []byte
	for line := range bytes.Lines(src[start+len("import (\n") : end+1]) {
		if bytes.Contains(line, []byte(".")) {
			own = append(own, line...)
		} else {
			std = append(std, line...)
		}
	}
	var b bytes.Buffer
	b.Write(src[:start])
	b.WriteString("import (\n")
	b.Write(std)
	if len(std) > 0 && len(own) > 0 {
		b.WriteByte('\n')
	}
	b.Write(own)
	b.Write(src[end+1:])
	return b.Bytes()
}

// lit is a composite literal, one element a line.
func lit(elements ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// inline is a composite literal on one line.
func inline(elements ...jen.Code) *jen.Statement {
	return jen.Values(elements...)
}

// short is a composite literal on one line if it has one element.
func short(elements ...jen.Code) *jen.Statement {
	if len(elements) == 1 {
		return inline(elements...)
	}
	return lit(elements...)
}

// field is one element of a struct or map literal.
func field(name string, v ...jen.Code) jen.Code {
	return jen.Id(name).Op(":").Add(v...)
}

// qual is a name of one of the runtime's packages.
func qual(pkg, name string) *jen.Statement { return jen.Qual(runtime+pkg, name) }

// text is a string literal.
func text(s string) *jen.Statement { return jen.Lit(s) }
