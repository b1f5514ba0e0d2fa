// Package ir is the generator's intermediate representation of a connector:
// plain data between the readers, which know documents, and the renderer,
// which knows Go. It does no I/O.
//
// Flow: openapi.Read → [Connector] with Operations and Types → infer.Apply adds
// Resources, each decision with its reason → connector.yaml overrides →
// render.Files.
package ir

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Connector is everything known about one API.
type Connector struct {
	Name        string // snake_case, also the package and the source name
	Title       string
	Description string
	Spec        Spec
	Servers     []Server
	// Auth are the document's default alternatives, any one of which suffices (G40).
	Auth []AuthSet
	// Schemes are all declared security schemes in document order.
	Schemes    []*AuthScheme
	Operations []*Operation
	// Types are the reachable component schemas in document order.
	Types      []*Type
	Extensions map[string]any // x- keys of the document and its info

	// The rest is decided by infer or read from connector.yaml.
	BaseURL   Decided[string]
	RateLimit *RateLimit
	Config    []*ConfigField // config and secret fields the connector needs
	Resources []*Resource
	LeftOut   []LeftOut
}

// Spec says what was read.
type Spec struct {
	File    string // path as given
	SHA256  string
	Version string // "3.0.3", "2.0"
	Bytes   int
}

// A Server is a base URL with variables.
type Server struct {
	URL         string
	Description string
	Variables   []ServerVariable
	Pos         diag.Pos
}

// A ServerVariable fills a placeholder of a server URL.
type ServerVariable struct {
	Name, Default, Description string
	Enum                       []string
}

// AuthKind is a kind of credentials (G40).
type AuthKind string

// The kinds of credentials.
const (
	AuthBearer            AuthKind = "bearer"
	AuthAPIKey            AuthKind = "api_key"
	AuthBasic             AuthKind = "http_basic"
	AuthClientCredentials AuthKind = "oauth2_client_credentials"
	AuthRefreshToken      AuthKind = "oauth2_refresh_token"
	AuthPassword          AuthKind = "oauth2_password"
	AuthCode              AuthKind = "oauth2_authorization_code"
	AuthImplicit          AuthKind = "oauth2_implicit"
	AuthOpenID            AuthKind = "openid_connect"
	AuthUnsupported       AuthKind = "unsupported"
)

// An AuthScheme is one declared (or guessed) scheme.
type AuthScheme struct {
	ID          string // its key in the document
	Kind        AuthKind
	In          string // header, query, cookie; for api_key
	Name        string // parameter name; for api_key
	Prefix      string // "Token ", from prose or example
	TokenURL    string
	AuthURL     string
	OpenIDURL   string
	Description string
	// Secrets are the configuration keys of its secrets, in the order of
	// infer.SecretNames; "" for one that is not sent. nil means the usual keys.
	Secrets []string
	Why     Why
	Pos     diag.Pos
}

// Secret is the key of the i-th secret, usual where none was chosen.
func (s *AuthScheme) Secret(i int, usual string) string {
	if i < len(s.Secrets) {
		return s.Secrets[i]
	}
	if s.Secrets != nil {
		return ""
	}
	return usual
}

// An AuthSet is schemes that are applied together. An empty set means no credentials.
type AuthSet []*AuthScheme

// An Operation is a method on a path.
type Operation struct {
	Method      string // GET, POST
	Path        string
	ID          string
	Tags        []string
	Summary     string
	Description string
	Deprecated  bool
	Params      []*Param
	Body        *Body
	Response    *Response // the success response (G32), nil if none has a body
	// Security overrides Connector.Auth unless it is nil; empty means none.
	Security []AuthSet
	// Refuses is set if an answer 401 or 403 is declared.
	Refuses bool
	// Servers override Connector.Servers unless empty.
	Servers    []Server
	Extensions map[string]any // x- keys, those of the path included
	Pos        diag.Pos
}

// A Param is a path, query, header or cookie parameter.
type Param struct {
	Name, In    string
	Required    bool
	Deprecated  bool
	Description string
	Type        *Type
	Style       string
	Explode     bool
	Example     any
	Extensions  map[string]any // x- keys
	Pos         diag.Pos
}

// A Body is a request body.
type Body struct {
	Required  bool
	MediaType string
	Type      *Type
	Pos       diag.Pos
}

// A Response is the body and headers of a success.
type Response struct {
	Status    string // "200", "2XX", "default"
	MediaType string
	Type      *Type
	Headers   []Header
	// Binary is set when only non-JSON media types are offered; their names.
	Binary []string
	Pos    diag.Pos
}

// A Header is a declared response header.
type Header struct {
	Name, Description string
	Format            string // of its schema: uri
	Kind              Kind   // of its schema, "" if it has none
}

// Kind is the shape of a Type.
type Kind string

// The kinds of types.
const (
	KindString  Kind = "string"
	KindInteger Kind = "integer"
	KindNumber  Kind = "number"
	KindBoolean Kind = "boolean"
	KindObject  Kind = "object" // has properties
	KindMap     Kind = "map"    // additionalProperties only; Items is the value's type
	KindArray   Kind = "array"
	KindAny     Kind = "any"  // free object, {}, tuple, or what could not be read
	KindNull    Kind = "null" // null only
)

// A Type is a JSON Schema after allOf, oneOf, anyOf and nullable are resolved
// (G53, G54). Types form a graph and may be recursive; a named component is one
// *Type wherever it is used.
type Type struct {
	// Name is the component's name in the document, "" for an inline schema.
	Name string
	// Base is set when a place adds something to a component: nullable, a text of
	// its own. The Type then is a copy of Base with that difference, and shares its
	// Name, Props and Items; what is written once per component goes by Base.
	Base        *Type
	Kind        Kind
	Format      string
	Title       string
	Description string
	Nullable    bool
	Props       []*Property // in document order
	// Open is set for an object with Props that is declared to have others as well.
	Open                       bool
	Items                      *Type // of an array, or the value's type of a map
	Enum                       []any
	EnumNames                  []string // x-enum-varnames
	Const                      any
	Default                    any
	Example                    any
	Min, Max                   *float64
	ExclusiveMin, ExclusiveMax bool
	MinLength, MaxLength       *int
	MinItems, MaxItems         *int
	UniqueItems                bool
	Pattern                    string
	// Discriminator is the property that chose among merged variants.
	Discriminator string
	// Variants counts the members of a merged oneOf or anyOf.
	Variants int
	// Expandable is set for a union of a scalar and an object (G54): the Type is
	// the scalar, Expandable the object.
	Expandable *Type
	Extensions map[string]any
	Pos        diag.Pos
}

// A Property is a member of an object type.
type Property struct {
	Name      string
	Type      *Type
	Required  bool
	WriteOnly bool
	Pos       diag.Pos
}

// Confidence of a detected value: 1 stated, ≥ 0.8 strong, ≥ 0.5 weak (G30).
type Confidence float64

// Why is the evidence for a value: how sure, and from what.
type Why struct {
	Confidence Confidence
	// Evidence are short sentences a person reads: "query parameter page (integer)".
	Evidence []string
	Pos      diag.Pos
	// Source is where the value comes from: detected, extension, user, sample, probe.
	Source string
}

// Strong reports whether the value may be used unflagged.
func (w Why) Strong() bool { return w.Confidence >= 0.8 }

// Decided is a value with the reason for it.
type Decided[T any] struct {
	Value T
	Why   Why
}

// A RateLimit names the headers, or the numbers, that bound the request rate (G43).
type RateLimit struct {
	Remaining, Reset, RetryAfter string  // response headers
	PerSecond                    float64 // stated rate; 0 unknown
	Why                          Why
}

// A ConfigField is a value the user supplies at run time.
type ConfigField struct {
	Name     string // snake_case key
	Secret   bool
	Type     schema.DataType
	Default  string
	Enum     []string
	Required bool
	// Always is set if it must be there whatever is loaded, by the user's word.
	Always      bool
	Description string
	// UsedBy names what needs it: "auth", "base_url", "resource issues".
	UsedBy []string
}

// Everywhere reports whether the connector can do nothing without the field. One
// that only resources use is asked for when one of them is loaded.
func (f *ConfigField) Everywhere() bool {
	byOther := func(user string) bool { return !strings.HasPrefix(user, "resource ") }
	return f.Required && (f.Always || len(f.UsedBy) == 0 || slices.ContainsFunc(f.UsedBy, byOther))
}

// NeededBy reports whether a resource cannot be read without the field, and
// others can.
func (f *ConfigField) NeededBy(resource string) bool {
	return f.Required && !f.Everywhere() && slices.Contains(f.UsedBy, "resource "+resource)
}

// A Resource is a list (or single entity) that becomes a root table.
type Resource struct {
	Name      string // snake_case; table name too
	Operation *Operation
	Selected  Decided[bool]
	// Selector is the path of the records in the body: "$", "data", "result.items".
	Selector     Decided[string]
	Single       bool // the body is one entity
	Item         *Type
	PrimaryKey   Decided[[]string] // property names as in the document
	Disposition  schema.WriteDisposition
	Paginate     Decided[Paginator]
	Alternatives []Decided[Paginator]
	Incremental  *Decided[Incremental]
	Parent       *Decided[Parent]
	// Params are constant or configured parameters sent with each request.
	Params []BoundParam
	// Auth overrides Connector.Auth unless nil.
	Auth []AuthSet
	// MaxNesting is G56's limit for this resource.
	MaxNesting int
	Contract   *schema.ContractSetting
	// Columns are the user's overrides by column path ("address", "lines.qty").
	Columns map[string]ColumnOverride
	Notes   []string
	Missing bool // in connector.yaml, no longer in the document
}

// A ColumnOverride is one entry of connector.yaml's columns.
type ColumnOverride struct {
	As        string // json, table, columns, list, skip
	Type      schema.DataType
	Enum      string // open
	MaxLength int
	Required  string // warn, freeze, discard_row, trust
}

// A BoundParam is a request parameter with its value.
type BoundParam struct {
	Name, In string
	Value    string // literal, or "{config.KEY}"
	Style    string
	Explode  bool
}

// Paginator kinds as written in connector.yaml (G37).
const (
	PageSingle       = "single_page"
	PageNumber       = "page_number"
	PageOffset       = "offset"
	PageCursor       = "cursor"
	PageKeyset       = "keyset"
	PageJSONLink     = "json_link"
	PageHeaderLink   = "header_link"
	PageHeaderCursor = "header_cursor"
	PageAuto         = "auto" // found at the first page, by unmistakable signs (R111)
)

// A Paginator says how the next page is asked for (G37). Fields that a kind
// does not use are zero.
type Paginator struct {
	Type        string `json:"type"`
	Param       string `json:"param,omitempty"`
	BodyPath    string `json:"body_path,omitempty"`
	NextPath    string `json:"next_path,omitempty"`    // path in the body, or header name
	RecordField string `json:"record_field,omitempty"` // keyset
	MorePath    string `json:"more_path,omitempty"`
	TotalPath   string `json:"total_path,omitempty"`
	TotalHeader string `json:"total_header,omitempty"`
	RowsPath    string `json:"rows_path,omitempty"` // page_number: the number of records, not of pages
	First       *int   `json:"first,omitempty"`     // base page or first offset
	SizeParam   string `json:"size_param,omitempty"`
	Size        int    `json:"size,omitempty"`
	Max         int    `json:"max,omitempty"`
}

// An Incremental is a cursor field with the parameters that ask for what is new (G49).
type Incremental struct {
	CursorPath string `json:"cursor_path"`
	StartParam string `json:"start_param,omitempty"`
	EndParam   string `json:"end_param,omitempty"`
	// Encoding of the parameter: rfc3339, date, unix_s, unix_ms, rfc1123, rfc2822, text, int.
	Encoding string `json:"encoding,omitempty"`
	RowOrder string `json:"row_order,omitempty"`
	Lag      string `json:"lag,omitempty"`
	Initial  string `json:"initial_value,omitempty"`
	// SortParam and SortValue, when the API can sort ascending by the field.
	SortParam string `json:"sort_param,omitempty"`
	SortValue string `json:"sort_value,omitempty"`
}

// A Parent is the resource whose records fill a child's path parameters (G44).
type Parent struct {
	Resource string            `json:"resource"`
	Params   map[string]string `json:"params"` // path parameter → property of the parent
	// Incremental reads the children of new and changed parents only (G46).
	Incremental bool `json:"incremental,omitempty"`
}

// LeftOut is an operation that did not become a resource, with the reason.
type LeftOut struct {
	Operation string // "GET /reports/time/clients"
	Reason    string
	Pos       diag.Pos
}
