package loadpackage

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// A Format is how a job file holds its rows, also the extension of its name (L9).
type Format string

// The formats.
const (
	Arrow        Format = "arrow" // Arrow IPC file
	Parquet      Format = "parquet"
	JSONL        Format = "jsonl"
	TypedJSONL   Format = "typed-jsonl"
	CSV          Format = "csv"
	InsertValues Format = "insert_values"
	Model        Format = "model"
)

func (f Format) known() bool {
	switch f {
	case Arrow, Parquet, JSONL, TypedJSONL, CSV, InsertValues, Model:
		return true
	default:
		return false
	}
}

// A Job is one file of rows for one table.
type Job struct {
	Table  string
	FileID string
	// Retry counts the attempts that failed.
	Retry  int
	Format Format
	// Compressed says that the file is gzipped.
	Compressed bool
	// Path is where the file is now.
	Path string
	// Rows is the number of rows written; -1 when nobody counted them.
	Rows  int64
	Bytes int64
}

// ID names the job whatever its retry count (L8).
func (j Job) ID() string {
	return j.Table + "." + j.FileID + "." + j.extension()
}

// FileName is the name of the job's file (L8).
func (j Job) FileName() string {
	return j.Table + "." + j.FileID + "." + strconv.Itoa(j.Retry) + "." + j.extension()
}

func (j Job) extension() string {
	if j.Compressed {
		return string(j.Format) + ".gz"
	}
	return string(j.Format)
}

// ParseJob reads a job's file name (L8).
func ParseJob(name string) (Job, error) {
	parts := strings.Split(filepath.Base(name), ".")
	compressed := len(parts) == 5 && parts[4] == "gz"
	if len(parts) != 4 && !compressed || parts[0] == "" || parts[1] == "" {
		return Job{}, fmt.Errorf("job file name %q: want <table>.<file id>.<retry>.<format>", name)
	}
	retry, err := strconv.Atoi(parts[2])
	if err != nil || retry < 0 {
		return Job{}, fmt.Errorf("job file name %q: retry count %q", name, parts[2])
	}
	j := Job{Table: parts[0], FileID: parts[1], Retry: retry, Format: Format(parts[3]), Compressed: compressed, Path: name, Rows: -1}
	if !j.Format.known() {
		return Job{}, fmt.Errorf("job file name %q: unknown format %q", name, parts[3])
	}
	return j, nil
}

// newFileID is ten hexadecimal digits of chance (L8).
func newFileID(chance io.Reader) (string, error) {
	if chance == nil {
		chance = rand.Reader
	}
	var b [5]byte
	if _, err := io.ReadFull(chance, b[:]); err != nil {
		return "", fmt.Errorf("make file id: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}
