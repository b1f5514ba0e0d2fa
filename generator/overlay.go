package generator

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Overlay sets all that connector.yaml decides in c: what the file says counts,
// what it does not say is not there, whatever was detected (G20, G22). Of c it
// uses the operations and their types. file is the path for messages.
func Overlay(c *ir.Connector, f *connectoryaml.File, file string) *diag.List {
	o := &overlay{c: c, f: f, file: file, list: &diag.List{}, operations: map[string]*ir.Operation{}}
	for _, op := range c.Operations {
		o.operations[op.Method+" "+op.Path] = op
	}
	c.Name = f.Name
	c.BaseURL = decided(f.Client.BaseURL)
	if f.Client.BaseURL == configBaseURL {
		c.BaseURL.Value = ""
	}
	c.RateLimit = nil
	if r := f.Client.RateLimit; r != nil {
		c.RateLimit = &ir.RateLimit{Remaining: r.Remaining, Reset: r.Reset, RetryAfter: r.RetryAfter, PerSecond: r.PerSecond, Why: byUser}
	}
	c.Schemes = nil
	c.Auth = o.auth(f.Client.Auth)
	c.Resources = nil
	need := needed(f)
	for i := range f.Resources {
		if !need[f.Resources[i].Name] {
			continue
		}
		if r := o.resource(&f.Resources[i]); r != nil {
			c.Resources = append(c.Resources, r)
		}
	}
	o.columns()
	o.parents()
	o.config()
	c.LeftOut = nil
	for _, l := range f.LeftOut {
		c.LeftOut = append(c.LeftOut, ir.LeftOut{Operation: l.Operation, Reason: l.Reason})
	}
	return o.list
}

// needed are the resources that are selected, and their parents, which run for
// them (G46). The others cost nothing: their operations are not even read.
func needed(f *connectoryaml.File) map[string]bool {
	byName := map[string]*yamlResource{}
	for i := range f.Resources {
		byName[f.Resources[i].Name] = &f.Resources[i]
	}
	out := map[string]bool{}
	for i := range f.Resources {
		if !isSelected(&f.Resources[i]) {
			continue
		}
		for r := &f.Resources[i]; r != nil && !out[r.Name]; {
			out[r.Name] = true
			if r.Parent == nil {
				break
			}
			r = byName[r.Parent.Resource]
		}
	}
	return out
}

func isSelected(y *yamlResource) bool { return y.Selected == nil || *y.Selected }

// byUser is the reason for a value that connector.yaml states.
var byUser = ir.Why{Confidence: 1, Source: "user", Evidence: []string{"connector.yaml says so"}}

func decided[T any](v T) ir.Decided[T] { return ir.Decided[T]{Value: v, Why: byUser} }

type overlay struct {
	c          *ir.Connector
	f          *connectoryaml.File
	file       string
	list       *diag.List
	operations map[string]*ir.Operation
	uses       []use
}

// A use is an expression {config.KEY} or {secrets.KEY} in the file.
type use struct {
	kind, key, by string
	at            diag.Pos
}

func (o *overlay) pos(p connectoryaml.Pos) diag.Pos {
	return diag.Pos{File: o.file, Line: p.Line, Col: p.Col}
}

// auth converts alternatives; nil stays nil, which means the client's.
func (o *overlay) auth(list []connectoryaml.Auth) []ir.AuthSet {
	if list == nil {
		return nil
	}
	out := []ir.AuthSet{}
	for i := range list {
		a := &list[i]
		if len(a.AllOf) == 0 {
			out = append(out, ir.AuthSet{o.scheme(a)})
			continue
		}
		set := ir.AuthSet{}
		for j := range a.AllOf {
			set = append(set, o.scheme(&a.AllOf[j]))
		}
		out = append(out, set)
	}
	return out
}

func (o *overlay) scheme(a *connectoryaml.Auth) *ir.AuthScheme {
	if a.Type == "" {
		o.list.Errorf(codeAuth, o.pos(a.At), "an auth entry needs a type, or all_of with several entries")
	}
	s := &ir.AuthScheme{
		ID: a.ID, Kind: ir.AuthKind(a.Type), In: a.In, Name: a.Name, Prefix: a.Prefix,
		TokenURL: a.TokenURL, AuthURL: a.AuthURL, OpenIDURL: a.OpenIDURL, Why: byUser, Pos: o.pos(a.At),
	}
	if s.Kind == ir.AuthAPIKey && (s.In == "" || s.Name == "") {
		o.list.Errorf(codeAuth, s.Pos, "an api_key needs in and name").
			WithHint("For example: {type: api_key, in: header, name: X-API-Key, value: \"{secrets.api_key}\"}")
	}
	o.secretKeys(a, s)
	for _, have := range o.c.Schemes {
		// The same scheme in several places is one; a name taken by another gets a number.
		if sameScheme(have, s) {
			return have
		}
	}
	s.ID = o.freeID(s)
	o.c.Schemes = append(o.c.Schemes, s)
	return s
}

var secretOnly = regexp.MustCompile(`^\{secrets\.([A-Za-z_][A-Za-z0-9_]*)\}$`)

// secretKeys takes the keys of the scheme's secrets as the file names them.
func (o *overlay) secretKeys(a *connectoryaml.Auth, s *ir.AuthScheme) {
	usual := infer.SecretNames(s, false)
	fields := secretFields(a)
	keys := make([]string, len(fields))
	given := 0
	for i, v := range fields {
		if *v == "" {
			continue
		}
		given++
		m := secretOnly.FindStringSubmatch(*v)
		if m == nil {
			// A credential in the file would be committed with it.
			o.list.Errorf(codeAuth, s.Pos, "auth: %s takes a secret by its key, not %s", s.Kind, secretText(*v)).WithHint("Write {secrets.%s}", usual[i])
			continue
		}
		keys[i] = m[1]
	}
	if len(fields) == 0 {
		return
	}
	s.Secrets = keys
	if given == 0 {
		o.list.Errorf(codeAuth, s.Pos, "auth: %s has no secret", s.Kind).WithHint("Add %s: \"{secrets.%s}\"", secretField(s.Kind), usual[0])
	}
}

// secretField is the field of an auth entry that takes its first secret.
func secretField(k ir.AuthKind) string {
	switch k {
	case ir.AuthBearer, ir.AuthImplicit:
		return "token"
	case ir.AuthAPIKey:
		return "value"
	case ir.AuthBasic:
		return "username"
	case ir.AuthClientCredentials, ir.AuthOpenID, ir.AuthRefreshToken, ir.AuthCode, ir.AuthPassword, ir.AuthUnsupported:
	}
	return "client_id"
}

// secretText is what stands where a secret's key should: shown if it is an
// expression, hidden if it may be the secret itself.
func secretText(v string) string {
	if strings.HasPrefix(v, "{") && strings.HasSuffix(v, "}") {
		return strconv.Quote(v)
	}
	return "a value"
}

func sameScheme(a, b *ir.AuthScheme) bool {
	return a.Kind == b.Kind && a.In == b.In && a.Name == b.Name && a.Prefix == b.Prefix && a.TokenURL == b.TokenURL &&
		slices.Equal(a.Secrets, b.Secrets) && (b.ID == "" || a.ID == b.ID)
}

func (o *overlay) freeID(s *ir.AuthScheme) string {
	id := s.ID
	if id == "" {
		id = string(s.Kind)
	}
	for n, free := 2, id; ; n++ {
		if !slices.ContainsFunc(o.c.Schemes, func(have *ir.AuthScheme) bool { return have.ID == free }) {
			return free
		}
		free = fmt.Sprintf("%s_%d", id, n)
	}
}

func (o *overlay) resource(y *yamlResource) *ir.Resource {
	op := o.operations[y.Operation]
	at := o.pos(y.At)
	selected := isSelected(y)
	if op == nil {
		o.missing(y, at)
		return nil
	}
	r := &ir.Resource{
		Name: y.Name, Operation: op, Selected: decided(selected), Missing: y.Missing,
		Selector:   decided(orWord(y.Selector, "$")),
		PrimaryKey: decided(y.PrimaryKey),
		MaxNesting: o.nesting(y),
		Auth:       o.auth(y.Auth),
		Contract:   contract(y.Contract, o.f.Defaults.Contract),
	}
	if y.PrimaryKey == nil {
		r.PrimaryKey.Value = o.f.Defaults.PrimaryKey
	}
	o.records(r, at)
	r.Paginate = decided(o.paginator(y, r.Single))
	if i := y.Incremental; i != nil {
		d := decided(ir.Incremental(*i))
		r.Incremental = &d
	}
	if p := y.Parent; p != nil {
		d := decided(ir.Parent{Resource: p.Resource, Params: map[string]string{}, Incremental: p.Incremental})
		for _, kv := range p.Params {
			d.Value.Params[kv.Key] = kv.Value
		}
		r.Parent = &d
	}
	r.Disposition = schema.WriteDisposition(orWord(y.WriteDisposition, o.f.Defaults.WriteDisposition, usualDisposition(r)))
	for _, p := range y.Params {
		r.Params = append(r.Params, ir.BoundParam{Name: p.Name, In: orWord(p.In, "query"), Value: p.Value, Style: p.Style, Explode: p.Explode})
		o.use(p.Value, "resource "+y.Name, at)
	}
	return r
}

// usualDisposition is G35's for a resource that states none.
func usualDisposition(r *ir.Resource) string {
	switch {
	case len(r.PrimaryKey.Value) > 0:
		return string(schema.Merge)
	case r.Incremental != nil:
		return string(schema.Append)
	}
	return string(schema.Replace)
}

func (o *overlay) missing(y *yamlResource, at diag.Pos) {
	if y.Missing {
		o.list.Warnf(codeNoOperation, at, "resource %s is selected, but the input no longer has %s: it is not generated", y.Name, y.Operation).
			WithHint("Set selected: false, or remove the resource")
		return
	}
	known := make([]string, 0, len(o.operations))
	for _, op := range o.c.Operations {
		known = append(known, op.Method+" "+op.Path)
	}
	d := o.list.Errorf(codeNoOperation, at, "resource %s: the input has no operation %s", y.Name, y.Operation).
		WithHint("Set selected: false, or remove the resource")
	if near := connectoryaml.Nearest(y.Operation, known); near != "" {
		d.WithHint("Did you mean %q?", near)
	}
}

// records finds what the selector selects.
func (o *overlay) records(r *ir.Resource, at diag.Pos) {
	if r.Operation.Response == nil || r.Operation.Response.Type == nil {
		o.list.Errorf(codeSelector, at, "resource %s: %s %s has no response that could be read", r.Name, r.Operation.Method, r.Operation.Path)
		r.Item, r.Single = &ir.Type{Kind: ir.KindAny}, true
		return
	}
	item, list, err := selectItem(r.Operation.Response.Type, r.Selector.Value)
	if err != nil {
		o.list.Errorf(codeSelector, at, "resource %s: selector %q: %v", r.Name, r.Selector.Value, err)
		item = &ir.Type{Kind: ir.KindAny}
	}
	r.Item, r.Single = item, !list
}

func (o *overlay) nesting(y *yamlResource) int {
	switch {
	case y.MaxNesting != nil:
		return *y.MaxNesting
	case o.f.Defaults.MaxNesting != nil:
		return *o.f.Defaults.MaxNesting
	}
	return rowtype.DefaultMaxNesting
}

func (o *overlay) paginator(y *yamlResource, single bool) ir.Paginator {
	p := y.Paginate
	if p == nil {
		p = o.f.Client.Paginate
	}
	if p == nil || single && y.Paginate == nil {
		return ir.Paginator{Type: ir.PageSingle}
	}
	out := ir.Paginator(*p)
	if out.Type == "none" {
		out.Type = ir.PageSingle
	}
	return out
}

func contract(own, all *connectoryaml.Contract) *schema.ContractSetting {
	c := own
	if c == nil {
		c = all
	}
	if c == nil {
		return nil
	}
	return &schema.ContractSetting{
		Mode:   schema.ContractMode(c.Mode),
		Tables: schema.ContractMode(c.Tables), Columns: schema.ContractMode(c.Columns), DataType: schema.ContractMode(c.DataType),
	}
}

// columns hands the overrides to their resources.
func (o *overlay) columns() {
	for _, kv := range o.f.Columns {
		table, field, _ := strings.Cut(kv.Key, ".")
		known := slices.ContainsFunc(o.f.Resources, func(r yamlResource) bool { return r.Name == table })
		if !known || field == "" {
			names := make([]string, 0, len(o.f.Resources))
			for _, r := range o.f.Resources {
				names = append(names, r.Name)
			}
			d := o.list.Errorf(codeColumn, o.pos(kv.Value.At), "columns: %q is not RESOURCE.FIELD", kv.Key)
			if near := connectoryaml.Nearest(table, names); near != "" && field != "" {
				d.WithHint("Did you mean %q?", near+"."+field)
			}
			continue
		}
		i := slices.IndexFunc(o.c.Resources, func(r *ir.Resource) bool { return r.Name == table })
		if i < 0 {
			continue // not selected
		}
		r := o.c.Resources[i]
		if r.Columns == nil {
			r.Columns = map[string]ir.ColumnOverride{}
		}
		v := kv.Value
		r.Columns[field] = ir.ColumnOverride{As: v.As, Type: schema.DataType(v.Type), Enum: v.Enum, MaxLength: v.MaxLength, Required: v.Required}
	}
}

// parents checks that each parent is there and that no chain is a ring (G45).
func (o *overlay) parents() {
	byName := map[string]*ir.Resource{}
	for _, r := range o.c.Resources {
		byName[r.Name] = r
	}
	for i := range o.f.Resources {
		y := &o.f.Resources[i]
		r := byName[y.Name]
		if r == nil || r.Parent == nil {
			continue
		}
		if byName[r.Parent.Value.Resource] == nil {
			o.list.Errorf(codeParent, o.pos(y.At), "resource %s: its parent %s is not a resource", y.Name, r.Parent.Value.Resource)
			r.Parent = nil
			continue
		}
		ring := []string{y.Name}
		for p := byName[r.Parent.Value.Resource]; p != nil; p = byName[p.Parent.Value.Resource] {
			ring = append(ring, p.Name)
			if p == r {
				o.list.Errorf(codeParent, o.pos(y.At), "resources are each other's parents: %s", strings.Join(ring, " → "))
				r.Parent = nil
			}
			if p.Parent == nil || len(ring) > len(byName) {
				break
			}
		}
	}
}

var expression = regexp.MustCompile(`\{(config|secrets)\.([A-Za-z0-9_]+)\}`)

func (o *overlay) use(text, by string, at diag.Pos) {
	for _, m := range expression.FindAllStringSubmatch(text, -1) {
		o.uses = append(o.uses, use{m[1], m[2], by, at})
	}
}

// config makes the configuration fields: those of the file's config, in its
// order, and the secrets of the active credentials. What the selected resources
// use is required; what only others would use is not there.
func (o *overlay) config() {
	o.use(o.f.Client.BaseURL, "base_url", diag.Pos{File: o.file})
	secrets := o.secrets()
	idle := o.idle()
	fields := []*ir.ConfigField{}
	for _, kv := range o.f.Config {
		v := kv.Value
		if idle[kv.Key] {
			continue
		}
		fields = append(fields, &ir.ConfigField{
			Name: kv.Key, Secret: v.Secret, Type: schema.DataType(orWord(v.Type, string(schema.Text))), Default: v.Default,
			Enum: v.Enum, Required: v.Required, Always: v.Required, Description: v.Description,
		})
	}
	for _, u := range append(secrets, o.uses...) {
		i := slices.IndexFunc(fields, func(f *ir.ConfigField) bool { return f.Name == u.key })
		switch {
		case i < 0 && u.kind == "secrets":
			i = len(fields)
			fields = append(fields, &ir.ConfigField{Name: u.key, Secret: true, Type: schema.Text, Required: true})
		case i < 0:
			o.list.Errorf(codeNoConfigKey, u.at, "%s uses {config.%s}, which config does not have", u.by, u.key).
				WithHint("Add it: config: {%s: {type: text}}", u.key)
			continue
		}
		if fields[i].Default == "" {
			fields[i].Required = true
		}
		if !slices.Contains(fields[i].UsedBy, u.by) {
			fields[i].UsedBy = append(fields[i].UsedBy, u.by)
		}
	}
	o.c.Config = fields
}

// idle are the configuration keys that only resources name which do not run.
func (o *overlay) idle() map[string]bool {
	idle := map[string]bool{}
	need := needed(o.f)
	for i := range o.f.Resources {
		for _, p := range o.f.Resources[i].Params {
			for _, m := range expression.FindAllStringSubmatch(p.Value, -1) {
				if m[1] == "config" && !need[o.f.Resources[i].Name] {
					idle[m[2]] = true
				}
			}
		}
	}
	for _, u := range o.uses {
		delete(idle, u.key)
	}
	return idle
}

// secrets are the uses of the credentials that are sent: the client's, unless
// every resource that runs has its own, and those of resources that have others.
func (o *overlay) secrets() []use {
	need := needed(o.f)
	common := len(need) == 0
	for i := range o.f.Resources {
		common = common || need[o.f.Resources[i].Name] && o.f.Resources[i].Auth == nil
	}
	var out []use
	have := map[string]bool{}
	take := func(alternatives []connectoryaml.Auth, by string) {
		uses := o.activeSecrets(alternatives, by, have)
		for _, u := range uses {
			have[u.key] = true
		}
		out = append(out, uses...)
	}
	if common {
		take(o.f.Client.Auth, "auth")
	}
	for i := range o.f.Resources {
		if r := &o.f.Resources[i]; need[r.Name] && len(r.Auth) > 0 {
			take(r.Auth, "resource "+r.Name)
		}
	}
	return out
}

// activeSecrets are the secrets of one of several alternatives: one whose secrets
// are there, or else the first that the runtime can apply by itself.
func (o *overlay) activeSecrets(alternatives []connectoryaml.Auth, by string, have map[string]bool) []use {
	var first []use
	for i := range alternatives {
		all := []connectoryaml.Auth{alternatives[i]}
		if len(alternatives[i].AllOf) > 0 {
			all = alternatives[i].AllOf
		}
		if slices.ContainsFunc(all, func(a connectoryaml.Auth) bool {
			return a.Type == string(ir.AuthUnsupported) || a.Type == string(ir.AuthOpenID)
		}) {
			continue
		}
		before := len(o.uses)
		for j := range all {
			for _, v := range secretFields(&all[j]) {
				o.use(*v, by, o.pos(all[j].At))
			}
		}
		uses := slices.Clone(o.uses[before:])
		o.uses = o.uses[:before]
		if len(uses) > 0 && !slices.ContainsFunc(uses, func(u use) bool { return !have[u.key] }) {
			return uses
		}
		if first == nil {
			first = uses
		}
	}
	return first
}

// orWord is the first that is not empty.
func orWord(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
