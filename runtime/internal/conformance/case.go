package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// A Case is one case.yaml. Values whose form varies stay as the YAML reader
// gives them, with ordered maps.
type Case struct {
	Format      int          `yaml:"format"`
	Name        string       `yaml:"name"`
	Group       string       `yaml:"group"`
	About       string       `yaml:"about"`
	Rules       []string     `yaml:"rules"`
	Informative bool         `yaml:"informative"`
	Note        string       `yaml:"note"`
	Destination Destination  `yaml:"destination"`
	Source      SourceConfig `yaml:"source"`
	Schema      SchemaConfig `yaml:"schema"`
	Normalize   Normalize    `yaml:"normalize"`
	Steps       []Step       `yaml:"steps"`

	dir string
}

// Path is group/name.
func (c *Case) Path() string { return c.Group + "/" + c.Name }

// A Destination is where a case loads to.
type Destination struct {
	Name                      string `yaml:"name"`
	ReplaceStrategy           string `yaml:"replace_strategy"`
	CreateIndexes             bool   `yaml:"create_indexes"`
	Layout                    string `yaml:"layout"`
	LoaderFileFormat          string `yaml:"loader_file_format"`
	MaxIdentifierLength       int    `yaml:"max_identifier_length"`
	MaxColumnIdentifierLength int    `yaml:"max_column_identifier_length"`
	MaxTableNesting           *int   `yaml:"max_table_nesting"`
}

// SourceConfig is the source's own settings.
type SourceConfig struct {
	Name            string `yaml:"name"`
	MaxTableNesting *int   `yaml:"max_table_nesting"`
	RootKey         *bool  `yaml:"root_key"`
	SchemaContract  any    `yaml:"schema_contract"`
}

// SchemaConfig is schema settings.
type SchemaConfig struct {
	Naming         string    `yaml:"naming"`
	Detections     *[]string `yaml:"detections"`
	PreferredTypes any       `yaml:"preferred_types"`
	DefaultHints   any       `yaml:"default_hints"`
	Filters        any       `yaml:"filters"`
	AllowChange    *bool     `yaml:"allow_identifier_change_on_table_with_data"`
	UseBreakPath   *bool     `yaml:"use_break_path_on_normalize"`
}

// Normalize asks for generated columns on Arrow input.
type Normalize struct {
	AddID     bool `yaml:"add_dlt_id"`
	AddLoadID bool `yaml:"add_dlt_load_id"`
}

// A Step is one run of the pipeline.
type Step struct {
	About        string         `yaml:"about"`
	Source       SourceConfig   `yaml:"source"`
	Schema       SchemaConfig   `yaml:"schema"`
	Resources    []ResourceCase `yaml:"resources"`
	Select       []string       `yaml:"select"`
	Run          RunCase        `yaml:"run"`
	Refresh      string         `yaml:"refresh"`
	FreshWorkdir bool           `yaml:"fresh_workdir"`
	Error        string         `yaml:"error"`
}

// RunCase is arguments of the run.
type RunCase struct {
	TableName        string `yaml:"table_name"`
	WriteDisposition any    `yaml:"write_disposition"`
	Columns          any    `yaml:"columns"`
	PrimaryKey       any    `yaml:"primary_key"`
	SchemaContract   any    `yaml:"schema_contract"`
	LoaderFileFormat string `yaml:"loader_file_format"`
}

// ResourceCase is one resource of a step.
type ResourceCase struct {
	Name             string           `yaml:"name"`
	TableName        any              `yaml:"table_name"`
	WriteDisposition any              `yaml:"write_disposition"`
	PrimaryKey       any              `yaml:"primary_key"`
	MergeKey         any              `yaml:"merge_key"`
	Columns          any              `yaml:"columns"`
	SchemaContract   any              `yaml:"schema_contract"`
	MaxTableNesting  *int             `yaml:"max_table_nesting"`
	NestedHints      []NestedCase     `yaml:"nested_hints"`
	References       any              `yaml:"references"`
	FileFormat       string           `yaml:"file_format"`
	Selected         *bool            `yaml:"selected"`
	Incremental      *IncrementalCase `yaml:"incremental"`
	Items            string           `yaml:"items"`
	File             string           `yaml:"file"`
	PageSize         int              `yaml:"page_size"`
	Empty            string           `yaml:"empty"`
	RouteBy          string           `yaml:"route_by"`
	Variants         []VariantCase    `yaml:"variants"`
	Transforms       []yaml.MapSlice  `yaml:"transforms"`
	State            *StateCase       `yaml:"state"`
}

// NestedCase is hints of a nested table.
type NestedCase struct {
	Path             []string `yaml:"path"`
	Columns          any      `yaml:"columns"`
	PrimaryKey       any      `yaml:"primary_key"`
	MergeKey         any      `yaml:"merge_key"`
	WriteDisposition any      `yaml:"write_disposition"`
	SchemaContract   any      `yaml:"schema_contract"`
	References       any      `yaml:"references"`
}

// VariantCase is hints of a table that a resource routes records to.
type VariantCase struct {
	TableName        string `yaml:"table_name"`
	Columns          any    `yaml:"columns"`
	PrimaryKey       any    `yaml:"primary_key"`
	MergeKey         any    `yaml:"merge_key"`
	WriteDisposition any    `yaml:"write_disposition"`
}

// IncrementalCase is a cursor.
type IncrementalCase struct {
	CursorPath    string  `yaml:"cursor_path"`
	InitialValue  any     `yaml:"initial_value"`
	EndValue      any     `yaml:"end_value"`
	LastValueFunc string  `yaml:"last_value_func"`
	RowOrder      string  `yaml:"row_order"`
	Lag           float64 `yaml:"lag"`
	OnMissing     string  `yaml:"on_cursor_value_missing"`
	RangeStart    string  `yaml:"range_start"`
	RangeEnd      string  `yaml:"range_end"`
	PrimaryKey    any     `yaml:"primary_key"`
}

// StateCase is what a resource writes to its state.
type StateCase struct {
	Set       yaml.MapSlice `yaml:"set"`
	Add       yaml.MapSlice `yaml:"add"`
	SourceSet yaml.MapSlice `yaml:"source_set"`
	SourceAdd yaml.MapSlice `yaml:"source_add"`
}

// ReadCase reads one case.yaml. Unknown keys are errors, so that a case never
// passes because a part of it was overlooked.
func ReadCase(file string) (*Case, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{dir: filepath.Dir(file)}
	dec := yaml.NewDecoder(strings.NewReader(string(data)), yaml.Strict(), yaml.UseOrderedMap())
	if err := dec.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if c.Format != 1 {
		return nil, fmt.Errorf("%s: format %d, want 1", file, c.Format)
	}
	return c, nil
}

// FindCases lists the case files below dir, sorted.
func FindCases(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() == "case.yaml" {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = errors.New("no case.yaml below " + dir)
	}
	slices.Sort(files)
	return files, err
}

// merged lays a step's overrides over the case's settings.
func (s SourceConfig) merged(o SourceConfig) SourceConfig {
	if o.Name != "" {
		s.Name = o.Name
	}
	if o.MaxTableNesting != nil {
		s.MaxTableNesting = o.MaxTableNesting
	}
	if o.RootKey != nil {
		s.RootKey = o.RootKey
	}
	if o.SchemaContract != nil {
		s.SchemaContract = o.SchemaContract
	}
	if s.Name == "" {
		s.Name = "src"
	}
	return s
}

func (s SchemaConfig) merged(o SchemaConfig) SchemaConfig {
	if o.Naming != "" {
		s.Naming = o.Naming
	}
	if o.Detections != nil {
		s.Detections = o.Detections
	}
	if o.PreferredTypes != nil {
		s.PreferredTypes = o.PreferredTypes
	}
	if o.DefaultHints != nil {
		s.DefaultHints = o.DefaultHints
	}
	if o.Filters != nil {
		s.Filters = o.Filters
	}
	if o.AllowChange != nil {
		s.AllowChange = o.AllowChange
	}
	if o.UseBreakPath != nil {
		s.UseBreakPath = o.UseBreakPath
	}
	return s
}
