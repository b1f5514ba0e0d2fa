//go:build unix

package dlt

import (
	"os"
	"syscall"
)

// lockFile takes the lock or fails with EWOULDBLOCK at once.
func lockFile(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
