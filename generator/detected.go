package generator

import (
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/render"
	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// Yaml keeps the name of the package short where both sides are converted.
type (
	yamlFile     = connectoryaml.File
	yamlResource = connectoryaml.Resource
)

// FromIR writes what was detected as a connector.yaml. With prior, the last
// detection, values stay lifted to client and defaults where they were: an
// update never moves them. Without it, what most resources share is lifted (G23).
func FromIR(c *ir.Connector, prior *connectoryaml.File) *connectoryaml.File {
	nesting := rowtype.DefaultMaxNesting
	f := &yamlFile{
		Version: 1,
		Name:    c.Name,
		Input:   connectoryaml.Input{OpenAPI: filepath.Base(c.Spec.File), Sha256: c.Spec.SHA256},
		Package: connectoryaml.Package{Path: path.Join("generated", c.Name), Name: goident.Package(c.Name)},
		Client:  client(c),
		Defaults: connectoryaml.Defaults{
			MaxNesting: &nesting,
			Contract:   &connectoryaml.Contract{Tables: "evolve", Columns: "evolve", DataType: "evolve"},
		},
		Destinations: slices.Clone(render.DefaultDestinations),
		Resources:    []yamlResource{},
	}
	for _, field := range c.Config {
		if !field.Secret {
			f.Config = append(f.Config, connectoryaml.Pair[connectoryaml.ConfigField]{Key: field.Name, Value: connectoryaml.ConfigField{
				// Whether it is required follows from the resources that are selected.
				Type: string(field.Type), Default: field.Default, Enum: field.Enum, Description: field.Description,
			}})
		}
	}
	for _, r := range c.Resources {
		f.Resources = append(f.Resources, fromResource(r))
		for _, k := range slices.Sorted(maps.Keys(r.Columns)) {
			f.Columns = append(f.Columns, connectoryaml.Pair[connectoryaml.Column]{Key: r.Name + "." + k, Value: fromColumn(r.Columns[k])})
		}
	}
	for _, l := range c.LeftOut {
		f.LeftOut = append(f.LeftOut, connectoryaml.LeftOut{Operation: l.Operation, Reason: l.Reason})
	}
	if prior == nil {
		chooseLifted(f)
	} else {
		f.Client.Paginate = prior.Client.Paginate
		f.Defaults.PrimaryKey = prior.Defaults.PrimaryKey
		f.Defaults.WriteDisposition = prior.Defaults.WriteDisposition
	}
	dropLifted(f)
	return f
}

func client(c *ir.Connector) connectoryaml.Client {
	out := connectoryaml.Client{BaseURL: c.BaseURL.Value}
	if out.BaseURL == "" {
		out.BaseURL = configBaseURL
	}
	for _, set := range c.Auth {
		out.Auth = append(out.Auth, fromAuthSet(set))
	}
	if r := c.RateLimit; r != nil {
		out.RateLimit = &connectoryaml.RateLimit{Remaining: r.Remaining, Reset: r.Reset, RetryAfter: r.RetryAfter, PerSecond: r.PerSecond}
	}
	return out
}

// configBaseURL is the base URL of a connector whose description names none.
const configBaseURL = "{config.base_url}"

func fromAuthSet(set ir.AuthSet) connectoryaml.Auth {
	if len(set) == 1 {
		return fromScheme(set[0], false)
	}
	var out connectoryaml.Auth
	for _, s := range set {
		out.AllOf = append(out.AllOf, fromScheme(s, true))
	}
	return out
}

// secretFields are the fields of an auth entry that take a scheme's secrets, in
// the order of infer.SecretNames.
func secretFields(a *connectoryaml.Auth) []*string {
	switch ir.AuthKind(a.Type) {
	case ir.AuthBearer, ir.AuthImplicit:
		return []*string{&a.Token}
	case ir.AuthAPIKey:
		return []*string{&a.Value}
	case ir.AuthBasic:
		return []*string{&a.Username, &a.Password}
	case ir.AuthClientCredentials, ir.AuthOpenID:
		return []*string{&a.ClientID, &a.ClientSecret}
	case ir.AuthRefreshToken, ir.AuthCode:
		return []*string{&a.ClientID, &a.ClientSecret, &a.RefreshToken}
	case ir.AuthPassword:
		return []*string{&a.ClientID, &a.ClientSecret, &a.Username, &a.Password}
	case ir.AuthUnsupported:
	}
	return nil
}

func fromScheme(s *ir.AuthScheme, together bool) connectoryaml.Auth {
	a := connectoryaml.Auth{
		Type: string(s.Kind), ID: s.ID, Prefix: s.Prefix, TokenURL: s.TokenURL, AuthURL: s.AuthURL, OpenIDURL: s.OpenIDURL,
	}
	if s.Kind == ir.AuthAPIKey {
		a.In, a.Name = s.In, s.Name
	}
	fields := secretFields(&a)
	for i, name := range infer.SecretNames(s, together) {
		if i < len(fields) && name != "" {
			*fields[i] = "{secrets." + name + "}"
		}
	}
	return a
}

func fromResource(r *ir.Resource) yamlResource {
	selected := r.Selected.Value
	y := yamlResource{
		Name:             r.Name,
		Operation:        r.Operation.Method + " " + r.Operation.Path,
		Selected:         &selected,
		Selector:         r.Selector.Value,
		PrimaryKey:       r.PrimaryKey.Value,
		WriteDisposition: string(r.Disposition),
	}
	if p := r.Paginate.Value; !r.Single {
		y.Paginate = fromPaginator(p)
	}
	if i := r.Incremental; i != nil {
		v := connectoryaml.Incremental(i.Value)
		y.Incremental = &v
	}
	if p := r.Parent; p != nil {
		y.Parent = &connectoryaml.Parent{Resource: p.Value.Resource, Incremental: p.Value.Incremental}
		for _, k := range slices.Sorted(maps.Keys(p.Value.Params)) {
			y.Parent.Params = append(y.Parent.Params, connectoryaml.Pair[string]{Key: k, Value: p.Value.Params[k]})
		}
	}
	for _, p := range r.Params {
		y.Params = append(y.Params, connectoryaml.Param(p))
	}
	if r.Auth != nil {
		y.Auth = []connectoryaml.Auth{}
		for _, set := range r.Auth {
			y.Auth = append(y.Auth, fromAuthSet(set))
		}
	}
	if r.MaxNesting != 0 && r.MaxNesting != rowtype.DefaultMaxNesting {
		n := r.MaxNesting
		y.MaxNesting = &n
	}
	return y
}

func fromColumn(o ir.ColumnOverride) connectoryaml.Column {
	return connectoryaml.Column{As: o.As, Type: string(o.Type), Enum: o.Enum, MaxLength: o.MaxLength, Required: o.Required}
}

func fromPaginator(p ir.Paginator) *connectoryaml.Paginate {
	y := &connectoryaml.Paginate{
		Type: p.Type, Param: p.Param, BodyPath: p.BodyPath, NextPath: p.NextPath, RecordField: p.RecordField, MorePath: p.MorePath,
		TotalPath: p.TotalPath, TotalHeader: p.TotalHeader, RowsPath: p.RowsPath, First: p.First, SizeParam: p.SizeParam, Size: p.Size, Max: p.Max,
	}
	if y.Type == "" || *y == (connectoryaml.Paginate{Type: ir.PageSingle}) {
		y.Type = "none"
	}
	return y
}

// Lifting needs this many resources, and this share of them (G23).
const (
	liftAtLeast = 3
	liftShare   = 0.6
)

// chooseLifted sets client and defaults to the values most resources share.
func chooseLifted(f *yamlFile) {
	if p := commonest(f, func(r *yamlResource) *connectoryaml.Paginate { return r.Paginate }); p != nil && p.Type != "none" {
		f.Client.Paginate = p
	}
	key := commonest(f, func(r *yamlResource) *[]string {
		if len(r.PrimaryKey) == 0 {
			return nil
		}
		return &r.PrimaryKey
	})
	if key != nil {
		f.Defaults.PrimaryKey = *key
	}
	disposition := commonest(f, func(r *yamlResource) *string {
		if r.WriteDisposition == "" {
			return nil
		}
		return &r.WriteDisposition
	})
	if disposition != nil {
		f.Defaults.WriteDisposition = *disposition
	}
}

// commonest is the value that enough of the resources share, nil if there is
// none. A resource for which get gives nil has no say.
func commonest[T any](f *yamlFile, get func(*yamlResource) *T) *T {
	total := 0
	var values []*T
	var counts []int
	for i := range f.Resources {
		v := get(&f.Resources[i])
		if v == nil {
			continue
		}
		total++
		at := slices.IndexFunc(values, func(have *T) bool { return reflect.DeepEqual(have, v) })
		if at < 0 {
			at = len(values)
			values, counts = append(values, v), append(counts, 0)
		}
		counts[at]++
	}
	for i, n := range counts {
		if n >= liftAtLeast && float64(n) >= liftShare*float64(total) {
			v := *values[i]
			return &v
		}
	}
	return nil
}

// dropLifted takes out of the resources what client and defaults say already,
// and makes explicit where a resource has none of what they would give it.
func dropLifted(f *yamlFile) {
	for i := range f.Resources {
		r := &f.Resources[i]
		switch {
		case r.Paginate == nil: // a single entity: the client's pager never applies to it
		case f.Client.Paginate == nil && r.Paginate.Type == "none",
			f.Client.Paginate != nil && reflect.DeepEqual(f.Client.Paginate, r.Paginate):
			r.Paginate = nil
		}
		switch {
		case len(r.PrimaryKey) == 0 && f.Defaults.PrimaryKey != nil:
			r.PrimaryKey = []string{}
		case len(r.PrimaryKey) == 0, slices.Equal(r.PrimaryKey, f.Defaults.PrimaryKey):
			r.PrimaryKey = nil
		}
		if r.WriteDisposition == f.Defaults.WriteDisposition {
			r.WriteDisposition = ""
		}
	}
}
