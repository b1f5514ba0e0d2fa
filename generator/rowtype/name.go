package rowtype

import (
	"go/token"
	"strconv"

	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/ir"
)

// A namer gives all Go names of a package in one scope (G60), rows of the
// resources first, then what they hold, depth first in document order.
type namer struct {
	scope      *goident.Scope
	components map[string]string
}

func (b *builder) nameAll(c *ir.Connector) {
	names := make([]string, 0, len(c.Types))
	for _, t := range c.Types {
		if t.Name != "" {
			names = append(names, t.Name)
		}
	}
	n := &namer{scope: b.scope, components: goident.Tails(names)}
	methods := goident.NewScope("DLT")
	for _, r := range b.set.Resources {
		r.Name = methods.Declare(goident.Exported(r.IR.Name), "Resource")
		n.structName(r.Row, goident.Singular(r.Name))
	}
	for _, r := range b.set.Resources {
		n.fields(r.Row)
	}
}

// component is the name that the description, or its author for Go, gives t.
func (n *namer) component(t *ir.Type) string {
	if t == nil {
		return ""
	}
	if id, ok := t.Extensions["x-go-name"].(string); ok && token.IsIdentifier(id) && token.IsExported(id) {
		return id
	}
	if t.Name == "" {
		return ""
	}
	if id := n.components[t.Name]; id != "" {
		return id
	}
	return goident.Exported(t.Name)
}

// structName names s once: as its component, or as fallback.
func (n *namer) structName(s *Struct, fallback string) {
	if s.Name != "" {
		return
	}
	first := n.component(s.Type)
	if first == "" {
		first = fallback
	}
	s.Name = n.scope.Declare(first, fallback, fallback+"Item")
}

func (n *namer) fields(s *Struct) {
	if s.named {
		return
	}
	s.named = true
	scope := goident.NewScope("Validate")
	for i, f := range s.Fields {
		if f.Kind == Absent {
			continue
		}
		key := f.Key
		if key == "" {
			key = f.Column
		}
		id := goident.Exported(key)
		if s.Wrapped {
			id = "Value"
		}
		if id == "" {
			id = "Field" + strconv.Itoa(i+1)
		}
		clash := ""
		if id == "Validate" {
			clash = id + "_"
		}
		f.Name = scope.Declare(id, clash)
		n.field(f, s.Name+f.Name)
	}
}

// field names the types that only the field has, after their owner.
func (n *namer) field(f *Field, owner string) {
	if f.Value != nil && f.Value.Enum != nil {
		if f.Kind == Values {
			owner = goident.Singular(owner)
		}
		n.enum(f.Value.Enum, owner)
	}
	switch f.Kind {
	case Object:
		n.structName(f.Struct, owner)
		n.fields(f.Struct)
	case List:
		n.structName(f.Struct, goident.Singular(owner))
		n.fields(f.Struct)
	case Lists:
		n.field(f.Inner, goident.Singular(owner))
	case Scalar, Values, Absent:
	}
}

func (n *namer) enum(e *Enum, fallback string) {
	if e.Name != "" {
		return
	}
	first := n.component(e.ir)
	if first == "" {
		first = fallback
	}
	e.Name = n.scope.Declare(first, fallback, fallback+"Enum")
	for i := range e.Consts {
		c := &e.Consts[i]
		word := goident.Exported(c.Value)
		switch {
		case len(e.ir.EnumNames) == len(e.Consts) && goident.Exported(e.ir.EnumNames[i]) != "":
			word = goident.Exported(e.ir.EnumNames[i])
		case c.Value == "":
			word = "Empty"
		case word == "":
			word = "Value" + strconv.Itoa(i+1)
		}
		c.Name = n.scope.Declare(e.Name + trimDigitPrefix(word, c.Value))
	}
}

// trimDigitPrefix takes back the N before a digit: behind the type's name a
// digit is legal.
func trimDigitPrefix(word, value string) string {
	if len(word) > 1 && word[0] == 'N' && value != "" && word[1] >= '0' && word[1] <= '9' && value[0] >= '0' && value[0] <= '9' {
		return word[1:]
	}
	return word
}
