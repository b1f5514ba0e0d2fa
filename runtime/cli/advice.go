package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/rest"
)

// message is what a person reads of an error: what happened and where, and
// below it the way out if there is one.
func (a *app) message(err error) string {
	var missing *config.MissingError
	if errors.As(err, &missing) && a.verbose == 0 {
		return a.missingText(missing)
	}
	if unset, ok := errors.AsType[*dlt.MissingSettingError](err); ok {
		lines := []string{err.Error()}
		for _, key := range unset.Keys {
			lines = append(lines, key+" is missing: "+a.place(key))
		}
		return strings.Join(lines, "\n")
	}
	if errors.Is(err, context.Canceled) {
		return interrupted(err)
	}
	advice := a.advice(err)
	if advice == "" {
		return err.Error()
	}
	var step *dlt.StepError
	if errors.As(err, &step) && (step.Step == "extract" || step.Step == "normalize") {
		advice = "this run loaded nothing; " + advice
	}
	return err.Error() + "\n" + advice
}

// interrupted says what became of a run that was told to stop.
func interrupted(err error) string {
	var step *dlt.StepError
	if errors.As(err, &step) && step.Step == "load" && step.Pending {
		return "interrupted while loading: load package " + step.LoadID + " waits on disk, the next run loads it first"
	}
	return "interrupted: this run loaded nothing"
}

// missingText names the settings that are missing and where to put them; the
// error itself lists every place that was tried.
func (a *app) missingText(e *config.MissingError) string {
	var b strings.Builder
	for i, f := range e.Fields {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s is missing: %s", f.Name, a.place(f.Name))
	}
	b.WriteString("\n-v lists every place that was tried")
	return b.String()
}

// place says where to set a key of the connector's configuration.
func (a *app) place(key string) string {
	file := "secrets.toml"
	for _, s := range a.settings() {
		if s.key == key && !s.secret {
			file = "config.toml"
		}
	}
	section := append([]string{"sources", a.name}, strings.Split(key, ".")...)
	last := len(section) - 1
	return fmt.Sprintf("set %s in the environment, or %s under [%s] in .dlt/%s",
		strings.ToUpper(strings.Join(section, "__")), section[last], strings.Join(section[:last], "."), file)
}

// advice is the way out of an error, "" if its text says it already.
func (a *app) advice(err error) string {
	var (
		status    *rest.StatusError
		network   *net.OpError
		host      *net.DNSError
		syntax    *record.SyntaxError
		violation *contract.ViolationError
	)
	switch {
	case errors.Is(err, dlt.ErrNoDestination):
		return "say --to duckdb:///" + a.name + ".duckdb, or set DESTINATION__DUCKDB__CREDENTIALS"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return "make room there, or move the working folders with DLTGEN_DATA_DIR"
	case errors.As(err, &violation) && a.connector == nil:
		return fmt.Sprintf("to accept the change say --contract %s=evolve", violation.Entity)
	case errors.As(err, &violation):
		return "to accept the change, evolve the contract:\n" + indent(violation.Accept())
	case errors.As(err, &status):
		return a.statusAdvice(status)
	case errors.As(err, &host), errors.As(err, &network):
		if a.hasSetting("base_url") {
			return "is the address right? " + a.place("base_url")
		}
		return "run again when the host can be reached"
	case errors.As(err, &syntax) && a.connector != nil:
		return "what the API sent there is not JSON: run again, or leave the resource out with --resources"
	}
	return ""
}

func (a *app) statusAdvice(e *rest.StatusError) string {
	switch {
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		for _, s := range a.settings() {
			if s.secret {
				return fmt.Sprintf("the API refuses the credentials; %s, then try '%s check'", a.place(s.key), a.name)
			}
		}
		return "the API wants credentials"
	case e.Status >= http.StatusInternalServerError:
		return "the fault is the API's; run again later"
	case e.Status == http.StatusNotFound && a.hasSetting("base_url"):
		return "is the address right? " + a.place("base_url")
	}
	return ""
}

func (a *app) hasSetting(key string) bool {
	for _, s := range a.settings() {
		if s.key == key {
			return true
		}
	}
	return false
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ")
}
