package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the outputs that scripts want")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dltload": main})
}

// TestScript runs the command as a user does, see testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("DLTGEN_DATA_DIR", filepath.Join(e.WorkDir, "home", ".dltgen"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "rows": rows, "same": same, "pack": pack, "parquet": parquet,
		},
	})
}

// exits runs a command and wants its exit code: exits 3 dltload x.jsonl.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// rows wants the rows of a query against the pipeline's dataset, cells joined by
// commas: rows events 'select id from events order by 1' 1 2.
func rows(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("dltload", "query", "--pipeline", args[0], "--format", "csv", args[1]))
	lines := bytes.Split(bytes.TrimSuffix([]byte(ts.ReadFile("stdout")), []byte("\n")), []byte("\n"))
	var got []string
	for _, l := range lines[1:] { // the first one holds the names
		got = append(got, string(l))
	}
	if d := cmp.Diff(args[2:], got); d != "" {
		ts.Fatalf("%s (-want +got):\n%s", args[1], d)
	}
}

var changing = regexp.MustCompile(`\d{10}\.\d+|\d+\.\d s\b`)

// same compares standard output with a file, load ids and times written as N:
// same want.txt.
func same(ts *testscript.TestScript, _ bool, args []string) {
	got := changing.ReplaceAllString(ts.ReadFile("stdout"), "N")
	if *update {
		ts.Check(rewrite(filepath.Join("testdata/script", ts.Name()+".txtar"), args[0], got))
		return
	}
	if d := cmp.Diff(ts.ReadFile(args[0]), got); d != "" {
		ts.Fatalf("standard output (-want +got):\n%s\n%s", d, got)
	}
}

// rewrite replaces one file of a script.
func rewrite(script, name, text string) error {
	a, err := txtar.ParseFile(script)
	if err != nil {
		return err
	}
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
		}
	}
	return os.WriteFile(script, txtar.Format(a), 0o644)
}

// pack compresses a file by the extension of the second name: pack a.jsonl a.jsonl.gz.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	text := []byte(ts.ReadFile(args[0]))
	var out bytes.Buffer
	if filepath.Ext(args[1]) == ".gz" {
		z := gzip.NewWriter(&out)
		_, err := z.Write(text)
		ts.Check(errors.Join(err, z.Close()))
	} else {
		z, err := zstd.NewWriter(&out)
		ts.Check(err)
		_, err = z.Write(text)
		ts.Check(errors.Join(err, z.Close()))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o644))
}

// parquet writes a Parquet file of n rows: parquet n.parquet 3.
func parquet(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	schema := arrow.NewSchema([]arrow.Field{{Name: "Row ID", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i + 1))
		if i%2 == 0 {
			b.Field(1).(*array.StringBuilder).Append("n" + strconv.Itoa(i+1))
		} else {
			b.Field(1).AppendNull()
		}
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w, err := pqarrow.NewFileWriter(schema, f, nil, pqarrow.DefaultWriterProps())
	ts.Check(err)
	ts.Check(w.Write(rec))
	ts.Check(w.Close())
}
