package loadpackage_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A package that is being deleted when the process dies is not found as half a package
// (P24): neither when it is finished nor when an abort deletes it.
func TestDeletedWhole(t *testing.T) {
	dead := errors.New("dead")
	for name, remove := range map[string]func(s *loadpackage.Store) error{
		"retain": func(s *loadpackage.Store) error { return s.Retain(1) },
		"abort":  func(s *loadpackage.Store) error { _, err := s.Abort(""); return err },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			disk := &atomicfile.Disk{}
			s, err := loadpackage.OpenOn(disk, dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{"1700000000.5", "1700000001.5"} {
				p := commit(t, s, id)
				if name == "retain" {
					if err := p.Complete(loadpackage.Outcome{}); err != nil {
						t.Fatal(err)
					}
				}
			}
			disk.Fault = func(op atomicfile.Op, path string) error {
				if op != atomicfile.OpRemove || filepath.Base(filepath.Dir(path)) == "schemas" {
					return nil
				}
				// What a killed RemoveAll may leave: a folder without its documents.
				return errors.Join(dead, os.Remove(filepath.Join(path, "schema.json")))
			}
			if err := remove(s); !errors.Is(err, dead) {
				t.Fatalf("error %v, want %v", err, dead)
			}
			if _, err := loadpackage.Peek(dir); err != nil {
				t.Errorf("peek: %v", err)
			}
			if _, err := loadpackage.Open(dir); err != nil {
				t.Fatal(err)
			}
			list, err := loadpackage.Peek(dir)
			if err != nil || len(list) != 1 {
				t.Errorf("%d packages, %v, want one", len(list), err)
			}
		})
	}
}

// Completing again, after the process died before the last move, keeps what the first
// call noted of the destination (L20.8).
func TestCompleteAgain(t *testing.T) {
	dir := t.TempDir()
	disk := &atomicfile.Disk{}
	s, err := loadpackage.OpenOn(disk, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := commit(t, s, "1700000000.5")
	dead := errors.New("dead")
	disk.Fault = func(op atomicfile.Op, path string) error {
		if op == atomicfile.OpRename && strings.HasSuffix(filepath.Dir(path), "loaded") {
			return dead
		}
		return nil
	}
	changes := []schema.Change{{Table: p.Schema.Table("items"), New: true, Columns: p.Schema.Table("items").Columns}}
	if err := p.Complete(loadpackage.Outcome{Applied: changes}); !errors.Is(err, dead) {
		t.Fatalf("error %v, want %v", err, dead)
	}
	disk.Fault = nil
	if p, err = openStore(t, dir).Package(p.LoadID); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(p.Dir, "applied_schema_updates.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Complete(loadpackage.Outcome{}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(p.Dir, "applied_schema_updates.json"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(before), string(after)); d != "" || !strings.Contains(d+string(after), "items") {
		t.Errorf("applied updates (-before +after):\n%s", d)
	}
}
