package schema

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A DocumentError is one fault of a schema document, with its place.
type DocumentError struct {
	// File is the document's name, "" if it has none.
	File      string
	Line, Col int
	// Path leads to the spot: ./tables[orders]/columns[id].
	Path string
	Msg  string
	// Err is a sentinel of this package, if one fits.
	Err error
}

// Unwrap is the sentinel, if one fits.
func (e *DocumentError) Unwrap() error { return e.Err }

// Error is file:line:col: path: message, as far as these are known.
func (e *DocumentError) Error() string {
	var b strings.Builder
	if e.File != "" {
		fmt.Fprintf(&b, "%s:", e.File)
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", e.Line, e.Col)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if e.Path != "" {
		fmt.Fprintf(&b, "%s: ", e.Path)
	}
	return b.String() + e.Msg
}

var (
	// ErrModified is the cause when a stored document is not what its hash says (S15).
	ErrModified = errors.New("the stored schema was changed outside of the pipeline")
	// ErrEngine is the cause when a document's engine version cannot be read (S73).
	ErrEngine = errors.New("the engine version of the schema is not supported")
)

// ReadOptions are choices for reading a document. The zero value is right for
// the schemas of source folders.
type ReadOptions struct {
	// File names the document in errors.
	File string
	// DropProcessingHints removes what stages noted (S42).
	DropProcessingHints bool
	// Verify wants the hash in the document to be that of its content (S15).
	Verify bool
	// KeepVersion leaves version and hash as the document has them (S3).
	KeepVersion bool
	// Import lets a document be as short as a name, with DefaultName as the
	// name it need not give (S127).
	Import      bool
	DefaultName string
}

// ReadJSON reads a document in JSON (S3). Its error joins a [*DocumentError]
// for each fault.
func ReadJSON(data []byte, opts *ReadOptions) (*Schema, error) {
	return readDocument(data, parseJSON, opts)
}

// ReadYAML reads a document in YAML (S3). Its error joins a [*DocumentError]
// for each fault.
func ReadYAML(data []byte, opts *ReadOptions) (*Schema, error) {
	return readDocument(data, parseYAML, opts)
}

// maxStored bounds what a compressed document may grow to.
const maxStored = 256 << 20

// ReadStored reads the copy that a destination's version table keeps: compact
// JSON, as it is or compressed (S7, L31).
func ReadStored(text string) (*Schema, error) {
	data := []byte(text)
	if packed, err := base64.StdEncoding.Strict().DecodeString(text); err == nil {
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err == nil {
			data, err = io.ReadAll(io.LimitReader(z, maxStored))
		}
		if err != nil {
			return nil, fmt.Errorf("read stored schema: %w", err)
		}
	}
	s, err := ReadJSON(data, &ReadOptions{KeepVersion: true})
	if err != nil {
		return nil, fmt.Errorf("read stored schema: %w", err)
	}
	return s, nil
}

func readDocument(data []byte, parse func([]byte) (*node, error), opts *ReadOptions) (*Schema, error) {
	if opts == nil {
		opts = &ReadOptions{}
	}
	doc, err := parse(data)
	if err != nil {
		return nil, inFile(opts.File, err)
	}
	if doc.kind != mapNode {
		return nil, &DocumentError{File: opts.File, Line: doc.line, Col: doc.col, Msg: "a schema document is a map"}
	}
	b := &builder{opts: opts}
	if opts.Import {
		b.completeImport(doc)
	}
	if opts.Verify {
		if err := verify(doc); err != nil {
			return nil, err
		}
	}
	if err := migrate(doc); err != nil {
		return nil, inFile(opts.File, err)
	}
	s := b.schema(doc)
	if err := errors.Join(b.errs...); err != nil {
		return nil, err
	}
	if opts.Import {
		s.Settings.addHints(systemHints())
		s.addSystemTables()
	}
	s.applyDefaults()
	if opts.DropProcessingHints {
		s.RemoveProcessingHints()
	}
	if !opts.KeepVersion {
		s.Bump()
	}
	return s, nil
}

func inFile(file string, err error) error {
	if e, ok := errors.AsType[*DocumentError](err); ok {
		e.File = file
	} else if file != "" {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return err
}

// verify compares the document's hash with its content. Hashes of older
// engines were computed otherwise.
func verify(doc *node) error {
	if engine := doc.get("engine_version"); engine == nil || engine.value != int64(EngineVersion) {
		return nil
	}
	content, _ := doc.any().(Hints)
	if got, want := hash(content), doc.get("version_hash").text(); got != want {
		return fmt.Errorf("schema %s: %w: its hash is %s, its content's %s", doc.get("name").text(), ErrModified, want, got)
	}
	return nil
}

// completeImport adds to a short document what a new schema has (S127).
func (b *builder) completeImport(doc *node) {
	if doc.get("name").isNull() {
		doc.set("name", scalar(b.opts.DefaultName))
	}
	for _, d := range []Hint{
		{"engine_version", int64(EngineVersion)},
		{"tables", Hints{}},
		{"normalizers", Hints{{"names", DefaultNaming}, {"json", Hints{{"module", RelationalModule}}}}},
		{"previous_hashes", []any{}},
	} {
		if doc.get(d.Key).isNull() {
			doc.set(d.Key, nodeOf(d.Value))
		}
	}
	if s := doc.get("settings"); s.isNull() {
		doc.set("settings", nodeOf(Hints{{"detections", []any{"iso_timestamp"}}}))
	}
}

// applyDefaults gives root tables what documents without defaults leave out (S5).
func (s *Schema) applyDefaults() {
	for _, t := range s.tables {
		if t.Parent != "" {
			continue
		}
		if t.WriteDisposition == "" {
			t.WriteDisposition = Append
			t.Extra.Delete("write_disposition")
		}
		if t.Resource == "" {
			t.Resource = t.Name
			t.Extra.Delete("resource")
		}
	}
}

// topKeys are the keys of a document (S1).
var topKeys = []string{
	"version", "version_hash", "engine_version", "name", "tables", "settings", "normalizers",
	"previous_hashes", "imported_version_hash", "description",
}

// requiredKeys are those without which a document is none.
var requiredKeys = []string{"name", "tables", "previous_hashes"}

func unknownTopKey(key string) bool {
	return !strings.HasPrefix(key, "x-") && !slices.Contains(topKeys, key)
}
