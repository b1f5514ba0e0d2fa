// Package filesource reads files as a source: JSON lines, JSON, CSV and Parquet,
// plain, gzipped or zstandard-compressed, by glob, or from standard input.
//
// It stands where a connector stands, before the record path: files become pages
// of JSON, or Arrow batches, and no file is ever held in memory whole.
//
//	r, err := filesource.Records("events", []string{"logs/*.jsonl.gz"}, nil)
//	report, err := pipeline.Run(ctx, &dlt.Source{Name: "events", Plain: true, Resources: []dlt.AnyResource{r}}, nil)
package filesource

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
)

// A Format is how a file is read.
type Format string

// The formats.
const (
	JSONL   Format = "jsonl"
	JSON    Format = "json"
	CSV     Format = "csv"
	TSV     Format = "tsv"
	Parquet Format = "parquet"
)

// Formats are all formats.
func Formats() []Format { return []Format{JSONL, JSON, CSV, TSV, Parquet} }

// Options change how files are read. The zero value is right for most.
type Options struct {
	// Format is "" for what each file's name says; standard input is JSON lines.
	Format Format
	// Stdin is what the name "-" stands for; nil is os.Stdin.
	Stdin io.Reader
	// PageSize is about the number of bytes of a page; 0 is 2 MiB.
	PageSize int
}

const defaultPage = 2 << 20

var extensions = map[string]Format{
	".jsonl": JSONL, ".ndjson": JSONL, ".json": JSON, ".csv": CSV, ".tsv": TSV, ".parquet": Parquet, ".pq": Parquet,
}

// An input is one file with its format.
type input struct {
	name   string
	format Format
}

// Records is a resource over the files that the patterns name, in order. All
// files of one call are either Parquet or not.
func Records(name string, patterns []string, opt *Options) (*dlt.Records, error) {
	o := Options{}
	if opt != nil {
		o = *opt
	}
	if o.PageSize <= 0 {
		o.PageSize = defaultPage
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Format != "" && !slices.Contains(Formats(), o.Format) {
		return nil, fmt.Errorf("format %q: want one of %v", o.Format, Formats())
	}
	files, err := find(patterns, o.Format)
	if err != nil {
		return nil, err
	}
	isParquet := func(f input) bool { return f.format == Parquet }
	r := &dlt.Records{Name: name}
	switch {
	case !slices.ContainsFunc(files, isParquet):
		r.Fetch = func(ctx context.Context, _ *dlt.Input) iter.Seq2[record.Page, error] { return pages(ctx, files, &o) }
	case slices.ContainsFunc(files, func(f input) bool { return !isParquet(f) }):
		return nil, errors.New("files in Parquet and in other formats cannot be mixed in one load: load them one after the other")
	default:
		r.Batches = batches(files)
	}
	return r, nil
}

// find expands the patterns. A name without wildcards must exist.
func find(patterns []string, format Format) ([]input, error) {
	if len(patterns) == 0 {
		return nil, errors.New("no file given")
	}
	var files []input
	for _, p := range patterns {
		if p == "-" {
			f := format
			if f == "" {
				f = JSONL
			}
			if f == Parquet {
				return nil, errors.New("standard input cannot be Parquet, which is read from its end")
			}
			files = append(files, input{p, f})
			continue
		}
		names, err := filepath.Glob(p)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p, err)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: no such file", p)
		}
		for _, n := range names {
			if info, err := os.Stat(n); err != nil {
				return nil, err
			} else if info.IsDir() {
				return nil, fmt.Errorf("%s is a folder: name its files, such as %s", n, filepath.Join(n, "*.jsonl"))
			}
			f, err := formatOf(n, format)
			if err != nil {
				return nil, err
			}
			files = append(files, input{n, f})
		}
	}
	return files, nil
}

func formatOf(name string, given Format) (Format, error) {
	if given != "" {
		return given, nil
	}
	base := strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst"} {
		base = strings.TrimSuffix(base, packed)
	}
	if f, ok := extensions[filepath.Ext(base)]; ok {
		return f, nil
	}
	return "", fmt.Errorf("%s: the name does not tell the format: say --file-format jsonl, json, csv, tsv or parquet", name)
}

// open opens a file and unpacks it by its first bytes, whatever its name.
func open(f input, stdin io.Reader) (io.ReadCloser, error) {
	var in io.ReadCloser
	if f.name == "-" {
		in = io.NopCloser(stdin)
	} else {
		h, err := os.Open(f.name)
		if err != nil {
			return nil, err
		}
		in = h
	}
	buf := bufio.NewReaderSize(in, 64<<10)
	magic, err := buf.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		in.Close()
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	switch {
	case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		z, err := gzip.NewReader(buf)
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		return unpacked{z, in}, nil
	case len(magic) == 4 && string(magic) == "\x28\xb5\x2f\xfd":
		z, err := zstd.NewReader(buf)
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		return unpacked{z.IOReadCloser(), in}, nil
	}
	return unpacked{io.NopCloser(buf), in}, nil
}

// unpacked closes the unpacker and what it reads from.
type unpacked struct {
	io.ReadCloser
	under io.Closer
}

func (u unpacked) Close() error { return errors.Join(u.ReadCloser.Close(), u.under.Close()) }

// pages yields the pages of all files, one file after the other.
func pages(ctx context.Context, files []input, o *Options) iter.Seq2[record.Page, error] {
	return func(yield func(record.Page, error) bool) {
		for _, f := range files {
			if !filePages(ctx, f, o, yield) {
				return
			}
		}
	}
}

// filePages reports whether more is wanted.
func filePages(ctx context.Context, f input, o *Options, yield func(record.Page, error) bool) bool {
	in, err := open(f, o.Stdin)
	if err != nil {
		yield(record.Page{}, err)
		return false
	}
	defer in.Close()
	var next func() ([]byte, int64, error)
	switch f.format {
	case CSV, TSV:
		next = newTable(in, f.format == TSV, o.PageSize).next
	default:
		next = newSplitter(in, o.PageSize, f.format == JSONL).next
	}
	for {
		if err := ctx.Err(); err != nil {
			yield(record.Page{}, err)
			return false
		}
		data, at, err := next()
		if len(data) > 0 && !yield(record.Page{Data: data, Origin: f.name, Offset: at}, nil) {
			return false
		}
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			yield(record.Page{}, fmt.Errorf("%s: %w", f.name, err))
			return false
		}
	}
}
