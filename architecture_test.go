package dltgen_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/dltgen/dltgen/"

// mayImport is the import table of ARCHITECTURE.md: package → packages of this
// module it may import. A package without a row, or an edge without an entry,
// fails the test. "x/..." stands for x and all below it.
var mayImport = map[string][]string{
	"cmd/dltgen":  {"generator", "generator/diag", "generator/report"},
	"cmd/dltload": {"runtime/cli", "runtime/destination/duckdb"},
	"cmd/demoapi": {},
	"generated":   {},

	"generator": {
		"generator/openapi", "generator/infer", "generator/render", "generator/rowtype", "generator/goident", "generator/ir", "generator/diag",
		"generator/merge", "generator/report", "runtime/connectoryaml", "runtime/schema", "runtime/naming",
	},
	"generator/openapi":           {"generator/openapi/tree", "generator/ir", "generator/diag"},
	"generator/openapi/tree":      {"generator/diag"},
	"generator/infer":             {"generator/ir", "generator/diag", "generator/infer/words", "runtime/naming", "runtime/schema"},
	"generator/infer/words":       {},
	"generator/render":            {"generator/ir", "generator/diag", "generator/goident", "generator/rowtype", "generator/infer", "runtime/schema", "runtime/naming", "templates"},
	"generator/render/rendertest": {},
	"generator/rowtype":           {"generator/ir", "generator/diag", "generator/goident", "runtime/schema", "runtime/naming"},
	"generator/goident":           {},
	"generator/ir":                {"generator/diag", "runtime/schema"},
	"generator/diag":              {},
	"generator/merge":             {"generator/diag", "runtime/connectoryaml"},
	"generator/report":            {"generator/ir", "generator/diag", "generator/rowtype"},
	"templates":                   {},

	"runtime/schema":        {},
	"runtime/naming":        {},
	"runtime/value":         {},
	"runtime/record":        {"runtime/value"},
	"runtime/batch":         {"runtime/value", "runtime/record", "runtime/schema"},
	"runtime/contract":      {"runtime/schema"},
	"runtime/rest":          {"runtime/record"},
	"runtime/config":        {},
	"runtime/connectoryaml": {},
	"runtime/loadpackage":   {"runtime/schema", "runtime/internal/atomicfile", "runtime/internal/state"},
	"runtime/filesource":    {"runtime/dlt", "runtime/record"},
	"runtime/dlt": {
		"runtime/schema", "runtime/naming", "runtime/value", "runtime/record", "runtime/batch", "runtime/contract",
		"runtime/loadpackage", "runtime/destination", "runtime/destination/driver", "runtime/internal/extract", "runtime/internal/normalize",
		"runtime/internal/load", "runtime/internal/state", "runtime/internal/atomicfile",
	},
	"runtime/cli": {
		"runtime/dlt", "runtime/filesource", "runtime/config", "runtime/contract", "runtime/schema", "runtime/naming", "runtime/record", "runtime/rest",
		"runtime/loadpackage", "runtime/destination", "runtime/destination/driver",
	},

	"runtime/internal/atomicfile": {},
	"runtime/internal/state":      {},
	"runtime/internal/extract":    {"runtime/value", "runtime/record", "runtime/internal/state"},
	"runtime/internal/normalize":  {"runtime/contract", "runtime/record", "runtime/batch", "runtime/naming", "runtime/loadpackage", "runtime/schema", "runtime/value"},
	"runtime/internal/sqlgen":     {"runtime/schema", "runtime/destination/driver"},
	"runtime/internal/load": {
		"runtime/destination", "runtime/destination/driver", "runtime/loadpackage", "runtime/schema", "runtime/internal/state", "runtime/internal/sqlgen",
	},
	"runtime/internal/conformance":     {"runtime/..."}, // it tells the errors of every stage apart
	"runtime/internal/conformance/cmd": {"runtime/internal/conformance"},

	"runtime/destination":        {"runtime/destination/driver", "runtime/loadpackage", "runtime/schema"},
	"runtime/destination/driver": {"runtime/loadpackage", "runtime/schema"},
	"runtime/destination/drivertest": {
		"runtime/destination", "runtime/destination/driver", "runtime/loadpackage", "runtime/schema", "runtime/batch", "runtime/internal/load", "runtime/internal/atomicfile",
	},
	"runtime/destination/duckdb": {"runtime/destination", "runtime/destination/driver", "runtime/internal/sqlgen", "runtime/loadpackage", "runtime/schema", "runtime/batch"},
}

// generated connectors see the public runtime only; their commands also the
// command line and the drivers.
var (
	generatedMayImport = []string{"runtime/dlt", "runtime/schema", "runtime/batch", "runtime/record", "runtime/value", "runtime/rest"}
	commandMayImport   = []string{"runtime/cli", "runtime/destination/"}
)

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-e", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		pkg, ours := strings.CutPrefix(fields[0], module)
		if !ours || strings.HasPrefix(pkg, "testdata/") {
			continue
		}
		for _, imported := range fields[1:] {
			if to, ours := strings.CutPrefix(imported, module); ours && !allowed(pkg, to) {
				t.Errorf("%s imports %s, which the import table does not allow", pkg, to)
			}
		}
		if _, known := mayImport[pkg]; !known && !strings.HasPrefix(pkg, "generated/") {
			t.Errorf("%s has no row in the import table", pkg)
		}
	}
}

func allowed(pkg, to string) bool {
	if name, ok := strings.CutPrefix(pkg, "generated/"); ok {
		if strings.Contains(name, "/cmd/") {
			return strings.HasPrefix(to, "generated/") || slices.ContainsFunc(commandMayImport, func(p string) bool { return strings.HasPrefix(to, p) })
		}
		return slices.Contains(generatedMayImport, to)
	}
	return slices.ContainsFunc(mayImport[pkg], func(entry string) bool {
		below, all := strings.CutSuffix(entry, "...")
		return entry == to || all && strings.HasPrefix(to, below)
	})
}
