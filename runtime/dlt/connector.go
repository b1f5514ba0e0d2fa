package dlt

import "github.com/dltgen/dltgen/runtime/schema"

// A Connector describes a generated connector to the command line that all
// connectors share.
type Connector struct {
	// Name is the connector's name: pipeline, source and config section too.
	Name string
	// Title is the API's own name.
	Title string
	// Description is a sentence on what the API holds.
	Description string
	// Resources lists what can be loaded, in the order of the description.
	Resources []ResourceInfo
	// Config returns a pointer to a new config struct, to be filled from
	// environment and files by its config tags.
	Config func() any
	// Source makes the source from a filled config.
	Source func(config any) (*Source, error)
	// Schema is the connector's schema document (NAME.schema.yaml).
	Schema []byte
}

// A ResourceInfo says what a resource loads, for list and help.
type ResourceInfo struct {
	Name        string                  `json:"name"`
	Path        string                  `json:"path"` // GET /repos/{owner}/{repo}/issues
	Table       string                  `json:"table"`
	PrimaryKey  []string                `json:"primary_key,omitempty"`
	Cursor      string                  `json:"cursor,omitempty"`
	Pager       string                  `json:"pager"`
	Parent      string                  `json:"parent,omitempty"`
	Disposition schema.WriteDisposition `json:"write_disposition"`
	Selected    bool                    `json:"selected"`
}
