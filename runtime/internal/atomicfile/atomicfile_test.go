package atomicfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
)

func TestWriteFileReplacesWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	disk := &atomicfile.Disk{}
	for _, want := range []string{"old", "new and longer", ""} {
		if err := disk.WriteFile(path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("folder holds %d entries, want the file alone", len(entries))
	}
}

func TestFaultLeavesTheOldContent(t *testing.T) {
	errKilled := errors.New("killed")
	for _, at := range []atomicfile.Op{atomicfile.OpWrite, atomicfile.OpRename} {
		t.Run(string(at), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			if err := (&atomicfile.Disk{}).WriteFile(path, []byte("old")); err != nil {
				t.Fatal(err)
			}
			disk := &atomicfile.Disk{Fault: func(op atomicfile.Op, _ string) error {
				if op == at {
					return errKilled
				}
				return nil
			}}
			if err := disk.WriteFile(path, []byte("new")); !errors.Is(err, errKilled) {
				t.Fatalf("error %v, want the injected one", err)
			}
			if got, _ := os.ReadFile(path); string(got) != "old" {
				t.Errorf("file holds %q, want the old content", got)
			}
		})
	}
}

func TestRemoveOfMissingFile(t *testing.T) {
	if err := (&atomicfile.Disk{}).Remove(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}

func ExampleDisk_WriteFile() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "state.json")
	if err := (&atomicfile.Disk{}).WriteFile(path, []byte(`{}`)); err != nil {
		fmt.Println(err)
	}
	data, _ := os.ReadFile(path)
	fmt.Println(string(data))
	// Output: {}
}
