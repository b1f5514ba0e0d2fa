package state

import (
	"bytes"
	"compress/zlib"
	"crypto/sha3"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// EngineVersion is the document format this package writes.
const EngineVersion = 4

// Keys of the document's root (ST4).
const (
	keyVersion       = "_state_version"
	keyEngine        = "_state_engine_version"
	keyHash          = "_version_hash"
	keyLocal         = "_local"
	keyPipeline      = "pipeline_name"
	keyLastExtracted = "_last_extracted_hash"
	keyExtractedAt   = "_last_extracted_at"
)

// maxInflated bounds what a packed document may grow to.
const maxInflated = 1 << 30

// A State is one pipeline's document. It is not safe for concurrent use.
type State struct{ root *Object }

// New is the document of a pipeline that never ran: version 0, no hash (ST6).
func New(pipeline string) *State {
	s := &State{root: &Object{}}
	s.root.Set(keyVersion, int64(0))
	s.root.Set(keyEngine, int64(EngineVersion))
	s.root.Set(keyPipeline, pipeline)
	s.root.Object(keyLocal).Set("first_run", true)
	return s
}

// Decode reads a document in typed JSON and brings it to the current engine (ST10).
func Decode(data []byte) (*State, error) {
	root, err := Parse(data)
	if err != nil {
		return nil, err
	}
	s := &State{root: root}
	return s, s.migrate()
}

// DecodeBlob reads the state column: base64 of zlib of typed JSON, or typed JSON
// as it is when the text is not base64 (ST9).
func DecodeBlob(text string) (*State, error) {
	packed, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return Decode([]byte(text))
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("inflate state: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInflated))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("inflate state: %w", err)
	}
	return Decode(data)
}

// Root is the document itself.
func (s *State) Root() *Object { return s.root }

// PipelineName is the pipeline the state belongs to.
func (s *State) PipelineName() string { return s.root.Text(keyPipeline) }

// Version counts the changes of the document.
func (s *State) Version() int64 { return s.root.Int(keyVersion) }

// Engine is the document's format version.
func (s *State) Engine() int64 { return s.root.Int(keyEngine) }

// VersionHash is the hash at the last [State.Bump], "" before the first.
func (s *State) VersionHash() string { return s.root.Text(keyHash) }

// Local is the part that never leaves the machine.
func (s *State) Local() *Object { return s.root.Object(keyLocal) }

// Source is the state of a source by its schema's name (ST1).
func (s *State) Source(source string) *Object { return s.root.Object("sources").Object(source) }

// Resource is the state of a resource of a source (ST1).
func (s *State) Resource(source, resource string) *Object {
	return s.Source(source).Object("resources").Object(resource)
}

// Clone copies the document.
func (s *State) Clone() *State { return &State{root: s.root.Clone()} }

// Hash is the content hash: what changes between runs and machines is left out (ST5).
func (s *State) Hash() string {
	content := &Object{values: s.root.values}
	for _, k := range s.root.keys {
		switch k {
		case keyLocal, keyVersion, keyEngine, keyHash:
		default:
			content.keys = append(content.keys, k)
		}
	}
	sum := sha3.Sum256(Canonical(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Bump brings version and hash up to the content and reports whether the hash
// changed. The first hash leaves the version as it is (ST6).
func (s *State) Bump() bool {
	hash, old := s.Hash(), s.VersionHash()
	if hash == old {
		return false
	}
	if old != "" {
		s.root.Set(keyVersion, s.Version()+1)
	}
	s.root.Set(keyHash, hash)
	return true
}

// Extracted reports whether the content is the one that last went into a package (ST7).
func (s *State) Extracted() bool {
	return s.Local().Text(keyLastExtracted) == s.Hash()
}

// MarkExtracted notes that the content goes into a package (ST7).
func (s *State) MarkExtracted(at time.Time) {
	s.Local().Set(keyExtractedAt, DatetimeOf(at.UTC()))
	s.Local().Set(keyLastExtracted, s.Hash())
}

// Encode writes the document with its local part, as state.json has it (ST12).
func (s *State) Encode() []byte { return Encode(s.root) }

// Blob is the document without its local part, as the state column has it (ST9).
func (s *State) Blob() (string, error) {
	remote := &Object{values: s.root.values}
	for _, k := range s.root.keys {
		if k != keyLocal {
			remote.keys = append(remote.keys, k)
		}
	}
	var buf bytes.Buffer
	w, err := zlib.NewWriterLevel(&buf, zlib.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(Encode(remote)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// migrate brings a document of an older engine to the current one (ST10).
func (s *State) migrate() error {
	from := s.root.Int(keyEngine)
	if from == 0 {
		from = 1
	}
	if from > EngineVersion {
		return fmt.Errorf("state of pipeline %q: engine version %d is newer than %d: upgrade this program",
			s.PipelineName(), from, EngineVersion)
	}
	if from < 2 {
		s.Local()
	}
	if from < 4 {
		s.renameDestination("destination")
		s.renameDestination("staging")
	}
	s.dropShortName("destination")
	s.dropShortName("staging")
	s.root.Set(keyEngine, int64(EngineVersion))
	if from < 3 {
		s.root.Set(keyHash, s.Hash())
	}
	return nil
}

// renameDestination turns the one key of engine 3 into type and name.
func (s *State) renameDestination(key string) {
	old, ok := s.root.Get(key)
	if !ok {
		return
	}
	s.root.Delete(key)
	full, ok := old.(string)
	if !ok || full == "" {
		return
	}
	s.root.Set(key+"_type", full)
	s.root.Set(key+"_name", shortName(full))
}

func (s *State) dropShortName(key string) {
	name, full := s.root.Text(key+"_name"), s.root.Text(key+"_type")
	if name != "" && name == shortName(full) {
		s.root.Set(key+"_name", nil)
	}
}

func shortName(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }
