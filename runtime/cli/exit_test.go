package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/dlt"
)

// The exit codes of O33.
func TestExitCode(t *testing.T) {
	plain := errors.New("plain")
	terminal := driver.Terminalf("no such column")
	passing := &driver.Error{Err: errors.New("locked")}
	step := func(name string, err error) error {
		return &dlt.StepError{Step: name, Err: fmt.Errorf("wrapped: %w", err)}
	}
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"none", nil, ExitOK},
		{"plain", plain, ExitOther},
		{"usage", &usageError{plain}, ExitUsage},
		{"missing setting", fmt.Errorf("x: %w", &config.MissingError{}), ExitUsage},
		{"secret in config.toml", &config.NotSecretError{}, ExitUsage},
		{"setting of another type", &config.ValueError{}, ExitUsage},
		{"broken file", &config.FileError{Err: plain}, ExitUsage},
		{"unknown resource", step("config", &dlt.ResourceNotFoundError{}), ExitUsage},
		{"resource that contradicts itself", step("extract", &dlt.ConfigError{Err: plain}), ExitUsage},
		{"destination cannot be opened", step("config", terminal), ExitUsage},
		{"destination is locked", step("config", passing), ExitTransient},
		{"working folder is locked", step("config", &dlt.LockedError{}), ExitOther},
		{"state cannot be read", step("sync", terminal), ExitOther},
		{"state cannot be read now", step("sync", passing), ExitTransient},
		{"extract", step("extract", plain), ExitExtract},
		{"normalize", step("normalize", plain), ExitExtract},
		{"contract", step("normalize", &contract.ViolationError{}), ExitContract},
		{"load, for good", step("load", terminal), ExitLoad},
		{"load, for now", step("load", passing), ExitTransient},
		{"failed jobs", &exitError{ExitFailedJobs, plain}, ExitFailedJobs},
		{"interrupted", step("extract", context.Canceled), ExitInterrupted},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ExitCode(c.err); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
