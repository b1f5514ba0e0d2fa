package generator

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

const (
	ownModule = "github.com/dltgen/dltgen"
	ownTool   = ownModule + "/cmd/dltgen"
	// unversioned is what the go command writes for a module that a replace line provides.
	unversioned = "v0.0.0-00010101000000-000000000000"
)

// moduleSource is where the project gets this module from.
type moduleSource struct {
	dir     string // its files, "" if they are not on this machine
	version string
	replace bool // dir is a checkout
}

// findSource tells where dltgen itself comes from: the checkout it was built in,
// or a released version in the module cache. DLTGEN_SOURCE names another checkout.
func findSource() (moduleSource, error) {
	if dir := os.Getenv("DLTGEN_SOURCE"); dir != "" {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return moduleSource{}, err
		}
		if !isSource(dir) {
			return moduleSource{}, fmt.Errorf("DLTGEN_SOURCE: %s is not a checkout of %s", dir, ownModule)
		}
		return moduleSource{dir: dir, version: unversioned, replace: true}, nil
	}
	version := Version()
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(filepath.Dir(file))
	switch {
	case !filepath.IsAbs(dir) || !isSource(dir): // built with -trimpath, or moved
		return moduleSource{version: version}, nil
	case strings.Contains(filepath.Base(dir), "@v"):
		return moduleSource{dir: dir, version: version}, nil
	}
	return moduleSource{dir: dir, version: unversioned, replace: true}, nil
}

func isSource(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modfile.ModulePath(data) == ownModule
}

// Version is the version dltgen was built from, "(devel)" from a checkout.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	if info.Main.Path == ownModule {
		return cmp.Or(info.Main.Version, "(devel)")
	}
	for _, d := range info.Deps {
		if d.Path == ownModule {
			return d.Version
		}
	}
	return "(devel)"
}

// projectRoot is the folder of the go.mod around dir, dir itself if there is none.
func projectRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && !info.IsDir() {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return dir, nil
		}
	}
}

// modulePath is the project's module path, what a new go.mod would say if there is none.
func modulePath(o *output) (string, error) {
	data, err := o.read("go.mod")
	if err != nil {
		return "", err
	}
	if data == nil {
		return newModulePath(o.root), nil
	}
	if p := modfile.ModulePath(data); p != "" {
		return p, nil
	}
	return "", errors.New("read go.mod: no module line")
}

// newModulePath makes a module path from the folder's name.
func newModulePath(root string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, filepath.Base(root))
	name = strings.Trim(name, "-._")
	if name == "" || module.CheckImportPath(name) != nil || slices.Contains([]string{"go", "main", "test", "std", "cmd"}, name) {
		return "connectors"
	}
	return name
}

// planModule makes or extends go.mod and go.sum so that the generated packages
// build without any other command, and without the network where the modules
// are on this machine: the lines are those that this module itself is built with.
// It returns what the user still has to do, "" if nothing.
func planModule(o *output) (string, error) {
	data, err := o.read("go.mod")
	if err != nil {
		return "", err
	}
	mod := &modfile.File{}
	if data != nil {
		if mod, err = modfile.Parse("go.mod", data, nil); err != nil {
			return "", err
		}
	} else if err := mod.AddModuleStmt(newModulePath(o.root)); err != nil {
		return "", err
	}
	if mod.Module != nil && mod.Module.Mod.Path == ownModule {
		return "", nil
	}
	source, err := findSource()
	if err != nil {
		return "", err
	}
	if source.dir == "" {
		return planRemoteModule(o, mod, source)
	}
	if err := extendModule(o, mod, source); err != nil {
		return "", err
	}
	if err := extendSums(o, source.dir); err != nil {
		return "", err
	}
	return "", putModule(o, mod)
}

// planRemoteModule writes what is known without the module's files.
func planRemoteModule(o *output, mod *modfile.File, source moduleSource) (string, error) {
	if !semver.IsValid(source.version) {
		return "set DLTGEN_SOURCE to a checkout of " + ownModule + " and run: dltgen generate", nil
	}
	if err := requireAtLeast(mod, ownModule, source.version, false); err != nil {
		return "", err
	}
	if err := mod.AddTool(ownTool); err != nil {
		return "", err
	}
	return "go mod tidy", putModule(o, mod)
}

func extendModule(_ *output, mod *modfile.File, source moduleSource) error {
	data, err := os.ReadFile(filepath.Join(source.dir, "go.mod"))
	if err != nil {
		return err
	}
	own, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return err
	}
	if own.Go != nil && (mod.Go == nil || semver.Compare("v"+mod.Go.Version, "v"+own.Go.Version) < 0) {
		if err := mod.AddGoStmt(own.Go.Version); err != nil {
			return err
		}
	}
	if err := requireAtLeast(mod, ownModule, source.version, false); err != nil {
		return err
	}
	for _, r := range own.Require {
		if err := requireAtLeast(mod, r.Mod.Path, r.Mod.Version, true); err != nil {
			return err
		}
	}
	if source.replace {
		if err := mod.AddReplace(ownModule, "", filepath.ToSlash(source.dir), ""); err != nil {
			return err
		}
	}
	for _, r := range own.Replace {
		if modfile.IsDirectoryPath(r.New.Path) {
			continue
		}
		if err := mod.AddReplace(r.Old.Path, r.Old.Version, r.New.Path, r.New.Version); err != nil {
			return err
		}
	}
	return mod.AddTool(ownTool)
}

// requireAtLeast adds a requirement, or raises a lower one.
func requireAtLeast(mod *modfile.File, p, version string, indirect bool) error {
	for _, r := range mod.Require {
		if r.Mod.Path == p {
			if semver.Compare(r.Mod.Version, version) >= 0 && p != ownModule {
				return nil
			}
			return mod.AddRequire(p, version)
		}
	}
	mod.AddNewRequire(p, version, indirect)
	return nil
}

func putModule(o *output, mod *modfile.File) error {
	mod.SetRequireSeparateIndirect(mod.Require)
	mod.Cleanup()
	data, err := mod.Format()
	if err != nil {
		return err
	}
	return o.put("go.mod", data)
}

// extendSums adds the checksums of dir's go.sum to the project's.
func extendSums(o *output, dir string) error {
	own, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	present, err := o.read("go.sum")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(present)), "\n")
	for l := range strings.SplitSeq(strings.TrimSpace(string(own)), "\n") {
		if !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	slices.Sort(lines)
	return o.put("go.sum", []byte(strings.Join(lines, "\n")+"\n"))
}
