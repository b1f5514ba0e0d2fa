// Package connectoryaml is connector.yaml as structs: the one file, written by
// the generator and edited by people, that says what a connector extracts and
// how (G20 of 80-generator).
//
// Flow: dltgen init writes it, dltgen generate reads it together with the pinned
// input and renders the connector; package declarative runs it as it is. [Read]
// is strict: an unknown key is an error with its place and the nearest known
// one. Below the structs lies a tree of [Node]s that keeps comments, so that a
// tool can change a value and leave the rest of the file as a person wrote it.
package connectoryaml

// SchemaComment is the first line of a connector.yaml: it makes editors
// complete and check the file.
const SchemaComment = "# yaml-language-server: $schema=.dltgen/connector.schema.json"

// File is a connector.yaml.
type File struct {
	// Version of the file format.
	Version int `yaml:"version" jsonschema:"required,enum=1"`
	// Name of the connector: also the Go package, the source and the default pipeline.
	Name string `yaml:"name" jsonschema:"required,pattern=^[a-z][a-z0-9_]*$,example=harvest"`
	// Input is the pinned description that the connector is generated from.
	Input Input `yaml:"input"`
	// Package says where the generated Go package goes.
	Package Package `yaml:"package"`
	// Client holds what all requests share.
	Client Client `yaml:"client"`
	// Defaults hold for every resource that does not say otherwise.
	Defaults Defaults `yaml:"defaults"`
	// Config are values the user of the connector sets at run time; each becomes a field of the Config struct and is used as {config.KEY}.
	Config Dict[ConfigField] `yaml:"config"`
	// Destinations are the drivers that the connector's command links.
	Destinations []string `yaml:"destinations" jsonschema:"pattern=^[a-z][a-z0-9_]*$,example=duckdb,example=postgres"`
	// Resources are the lists and single entities that become root tables.
	Resources []Resource `yaml:"resources"`
	// Columns override how single fields become columns; the key is TABLE.FIELD, nested fields with more dots.
	Columns Dict[Column] `yaml:"columns"`
	// Checks are tests of the loaded rows, by table.
	Checks Dict[*Node] `yaml:"checks"`
	// LeftOut are the operations that did not become a resource, with the reason. For reading; it changes nothing.
	LeftOut []LeftOut `yaml:"left_out"`
}

// Input names a pinned description.
type Input struct {
	// OpenAPI is the file name of an OpenAPI or Swagger document in this folder.
	OpenAPI string `yaml:"openapi" jsonschema:"example=openapi.yaml"`
	// Sha256 is the hash of the pinned file, to notice an edit by hand.
	Sha256 string `yaml:"sha256" jsonschema:"pattern=^[0-9a-f]{64}$"`
	// Origin is where the file was read from.
	Origin string `yaml:"origin"`
}

// Package names a Go package.
type Package struct {
	// Path is the package's folder, relative to the folder of go.mod.
	Path string `yaml:"path" jsonschema:"example=generated/harvest"`
	// Name of the Go package.
	Name string `yaml:"name" jsonschema:"pattern=^[a-z][a-z0-9_]*$"`
}

// Client is what all requests of a connector share.
type Client struct {
	// BaseURL is put before every path; {config.KEY} is filled at run time.
	BaseURL string `yaml:"base_url" jsonschema:"example=https://api.harvestapp.com/v2"`
	// Auth lists alternative credentials, the first one is active; all_of are applied together.
	Auth []Auth `yaml:"auth"`
	// Paginate is how lists are paged unless a resource says otherwise. It never applies to a single entity.
	Paginate *Paginate `yaml:"paginate"`
	// RateLimit bounds the request rate.
	RateLimit *RateLimit `yaml:"rate_limit"`
}

// Auth is a way to show credentials. Secrets stand in it by keys of your choice, as {secrets.KEY}.
type Auth struct {
	// Type of the credentials; absent with all_of.
	Type string `yaml:"type" jsonschema:"enum=bearer,enum=api_key,enum=http_basic,enum=oauth2_client_credentials,enum=oauth2_refresh_token,enum=oauth2_password,enum=oauth2_authorization_code,enum=oauth2_implicit,enum=openid_connect,enum=unsupported"`
	// ID is the scheme's name in the description.
	ID string `yaml:"id"`
	// In is where an api_key goes.
	In string `yaml:"in" jsonschema:"enum=header,enum=query,enum=cookie"`
	// Name of the header, query parameter or cookie of an api_key.
	Name string `yaml:"name" jsonschema:"example=Authorization"`
	// Prefix before the value, with its space.
	Prefix string `yaml:"prefix" jsonschema:"example=Token "`
	// Value of an api_key.
	Value string `yaml:"value" jsonschema:"example={secrets.api_key}"`
	// Token of bearer.
	Token string `yaml:"token" jsonschema:"example={secrets.token}"`
	// Username of http_basic and oauth2_password.
	Username string `yaml:"username" jsonschema:"example={secrets.username}"`
	// Password of http_basic and oauth2_password.
	Password string `yaml:"password" jsonschema:"example={secrets.password}"`
	// ClientID of the oauth2 kinds.
	ClientID string `yaml:"client_id" jsonschema:"example={secrets.client_id}"`
	// ClientSecret of the oauth2 kinds.
	ClientSecret string `yaml:"client_secret" jsonschema:"example={secrets.client_secret}"`
	// RefreshToken of oauth2_refresh_token and oauth2_authorization_code.
	RefreshToken string `yaml:"refresh_token" jsonschema:"example={secrets.refresh_token}"`
	// TokenURL is where oauth2 tokens are fetched.
	TokenURL string `yaml:"token_url"`
	// AuthURL is where a person grants access.
	AuthURL string `yaml:"auth_url"`
	// OpenIDURL is the discovery document of openid_connect.
	OpenIDURL string `yaml:"openid_url"`
	// AllOf are credentials that are applied together.
	AllOf []Auth `yaml:"all_of"`

	At Pos `yaml:"-"` // place in the file
}

// RateLimit names response headers that tell the remaining requests, or a number.
type RateLimit struct {
	// Remaining is the header with the number of requests left.
	Remaining string `yaml:"remaining" jsonschema:"example=X-RateLimit-Remaining"`
	// Reset is the header with the time at which the count starts anew.
	Reset string `yaml:"reset" jsonschema:"example=X-RateLimit-Reset"`
	// RetryAfter is the header with the wait after a refused request.
	RetryAfter string `yaml:"retry_after" jsonschema:"example=Retry-After"`
	// PerSecond is the number of requests a second that the API allows.
	PerSecond float64 `yaml:"per_second" jsonschema:"minimum=0"`
}

// Defaults hold for every resource that does not say otherwise.
type Defaults struct {
	// MaxNesting limits how deep objects are flattened and lists become tables.
	MaxNesting *int `yaml:"max_nesting" jsonschema:"minimum=0,maximum=1000"`
	// PrimaryKey of resources that do not name theirs.
	PrimaryKey []string `yaml:"primary_key"`
	// WriteDisposition of resources that do not name theirs.
	WriteDisposition string `yaml:"write_disposition" jsonschema:"enum=skip,enum=append,enum=replace,enum=merge"`
	// Contract for data that the schema does not foresee.
	Contract *Contract `yaml:"contract"`
}

// Contract is one mode for everything, or a mode for each of tables, columns and data types.
type Contract struct {
	// Tables is the mode for tables that are not in the schema.
	Tables string `yaml:"tables" jsonschema:"enum=evolve,enum=freeze,enum=discard_row,enum=discard_value"`
	// Columns is the mode for columns that are not in the schema.
	Columns string `yaml:"columns" jsonschema:"enum=evolve,enum=freeze,enum=discard_row,enum=discard_value"`
	// DataType is the mode for values that do not fit their column.
	DataType string `yaml:"data_type" jsonschema:"enum=evolve,enum=freeze,enum=discard_row,enum=discard_value"`

	Mode string `yaml:"-" jsonschema:"enum=evolve,enum=freeze,enum=discard_row,enum=discard_value"` // the one word
}

// ConfigField is a value set at run time.
type ConfigField struct {
	// Type of the value.
	Type string `yaml:"type" jsonschema:"enum=text,enum=bigint,enum=double,enum=bool,enum=date,enum=timestamp"`
	// Secret values are never printed.
	Secret bool `yaml:"secret"`
	// Required values must be set. What a selected resource uses is required without saying so, unless it has a default.
	Required bool `yaml:"required"`
	// Default is used when the value is not set.
	Default string `yaml:"default"`
	// Enum lists the allowed values.
	Enum []string `yaml:"enum"`
	// Description for the help text.
	Description string `yaml:"description"`

	At Pos `yaml:"-"` // place in the file
}

// Resource is a list or single entity that becomes a root table.
type Resource struct {
	// Name of the resource and its table.
	Name string `yaml:"name" jsonschema:"required,pattern=^[a-z_][a-z0-9_]*$"`
	// Operation is the method and path in the description.
	Operation string `yaml:"operation" jsonschema:"required,example=GET /clients"`
	// Selected resources are extracted by default.
	Selected *bool `yaml:"selected"`
	// Missing is set when the description no longer has the operation.
	Missing bool `yaml:"missing"`
	// Selector is the path of the records in the response; $ is the whole body.
	Selector string `yaml:"selector" jsonschema:"example=data,example=$,example=result.items"`
	// PrimaryKey are the fields that identify a record.
	PrimaryKey []string `yaml:"primary_key"`
	// WriteDisposition says what a load does to rows that are already there.
	WriteDisposition string `yaml:"write_disposition" jsonschema:"enum=skip,enum=append,enum=replace,enum=merge"`
	// Paginate is how the list is paged; none for one request.
	Paginate *Paginate `yaml:"paginate"`
	// Incremental asks only for what is new.
	Incremental *Incremental `yaml:"incremental"`
	// Parent is the resource whose records fill path parameters.
	Parent *Parent `yaml:"parent"`
	// Params are sent with every request.
	Params []Param `yaml:"params"`
	// Auth overrides the client's credentials; [] sends none.
	Auth []Auth `yaml:"auth"`
	// MaxNesting overrides the default.
	MaxNesting *int `yaml:"max_nesting" jsonschema:"minimum=0,maximum=1000"`
	// Contract overrides the default.
	Contract *Contract `yaml:"contract"`

	At Pos `yaml:"-"` // place in the file
}

// Paginate says how the next page is asked for. The word none stands for one request, auto for what the first page shows.
type Paginate struct {
	// Type of the paging; auto looks at the first page for a URL of the next.
	Type string `yaml:"type" jsonschema:"required,enum=none,enum=single_page,enum=page_number,enum=offset,enum=cursor,enum=keyset,enum=json_link,enum=header_link,enum=header_cursor,enum=auto"`
	// Param is the query parameter of the page, offset or cursor.
	Param string `yaml:"param"`
	// BodyPath is its path in the request body, instead of param.
	BodyPath string `yaml:"body_path"`
	// NextPath is the path of the next link or cursor in the response, or the header that holds it; ? if it is unknown.
	NextPath string `yaml:"next_path"`
	// RecordField is the field of the last record that keyset paging sends.
	RecordField string `yaml:"record_field"`
	// MorePath is the path of a flag in the response that is false on the last page.
	MorePath string `yaml:"more_path"`
	// TotalPath is the path of the number of pages (page_number) or records (offset).
	TotalPath string `yaml:"total_path"`
	// TotalHeader is the response header with that number.
	TotalHeader string `yaml:"total_header"`
	// RowsPath is the path of the number of records, for page_number.
	RowsPath string `yaml:"rows_path"`
	// First is the number of the first page, or the first offset.
	First *int `yaml:"first"`
	// SizeParam is the query parameter of the page size.
	SizeParam string `yaml:"size_param"`
	// Size of a page.
	Size int `yaml:"size" jsonschema:"minimum=0"`
	// Max is the largest size that the API takes.
	Max int `yaml:"max" jsonschema:"minimum=0"`
}

// Incremental asks only for records that are new or changed since the last run.
type Incremental struct {
	// CursorPath is the field of a record that grows with each change.
	CursorPath string `yaml:"cursor_path" jsonschema:"required,example=updated_at"`
	// StartParam is the query parameter that takes the last value.
	StartParam string `yaml:"start_param" jsonschema:"example=updated_since"`
	// EndParam is the query parameter of the end of a range.
	EndParam string `yaml:"end_param"`
	// Encoding of the value in the parameter.
	Encoding string `yaml:"encoding" jsonschema:"enum=rfc3339,enum=date,enum=unix_s,enum=unix_ms,enum=rfc1123,enum=rfc2822,enum=text,enum=int"`
	// RowOrder of the records by the field.
	RowOrder string `yaml:"row_order" jsonschema:"enum=asc,enum=desc,enum=none"`
	// Lag is the time before the last value that is read again, because records may come late.
	Lag string `yaml:"lag" jsonschema:"example=60s"`
	// Initial is where the first run starts.
	Initial string `yaml:"initial_value"`
	// SortParam is a query parameter that sorts by the field.
	SortParam string `yaml:"sort_param"`
	// SortValue is sent in sort_param.
	SortValue string `yaml:"sort_value"`
}

// Parent is the resource whose records fill path parameters.
type Parent struct {
	// Resource is the parent's name.
	Resource string `yaml:"resource" jsonschema:"required"`
	// Params map a path parameter to a field of the parent.
	Params Dict[string] `yaml:"params"`
	// Incremental reads only for records of the parent that are new by its own cursor. Children of others are then not seen.
	Incremental bool `yaml:"incremental"`
}

// Param is sent with every request of a resource.
type Param struct {
	// Name of the parameter; several entries of one name send several values.
	Name string `yaml:"name" jsonschema:"required"`
	// In is where it goes; query if absent.
	In string `yaml:"in" jsonschema:"enum=query,enum=path,enum=header"`
	// Value is text, or {config.KEY}.
	Value string `yaml:"value" jsonschema:"required"`
	// Style of a list or map, as OpenAPI names them.
	Style string `yaml:"style"`
	// Explode repeats the parameter for each value of a list.
	Explode bool `yaml:"explode"`
}

// Column overrides how a field becomes a column.
type Column struct {
	// As is the form of a nested value.
	As string `yaml:"as" jsonschema:"enum=json,enum=table,enum=columns,enum=list,enum=skip"`
	// Type of the column.
	Type string `yaml:"type" jsonschema:"enum=text,enum=double,enum=bool,enum=timestamp,enum=bigint,enum=binary,enum=json,enum=decimal,enum=wei,enum=date,enum=time"`
	// Enum open takes values that are not in the description's list.
	Enum string `yaml:"enum" jsonschema:"enum=open"`
	// MaxLength of text.
	MaxLength int `yaml:"max_length" jsonschema:"minimum=0"`
	// Required is what happens to a record without the field.
	Required string `yaml:"required" jsonschema:"enum=warn,enum=freeze,enum=discard_row,enum=trust"`

	At Pos `yaml:"-"` // place in the file
}

// LeftOut is an operation that did not become a resource.
type LeftOut struct {
	// Operation is its method and path.
	Operation string `yaml:"operation"`
	// Reason in a few words.
	Reason string `yaml:"reason"`
}

// A Dict is a map that keeps the order of its keys.
type Dict[T any] []Pair[T]

// A Pair is one key of a [Dict] with its value.
type Pair[T any] struct {
	Key   string
	Value T
}

// Get returns the value of key.
func (d Dict[T]) Get(key string) (T, bool) {
	for i := range d {
		if d[i].Key == key {
			return d[i].Value, true
		}
	}
	var zero T
	return zero, false
}
