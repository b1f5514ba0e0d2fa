package generator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dltgen/dltgen/generator/diag"
)

const (
	maxInput     = 64 << 20 // G14
	fetchTimeout = 60 * time.Second
)

// readInput reads a description from a file, or from the network if the user
// named a URL (G1).
func readInput(ctx context.Context, dir, spec string) (*input, error) {
	if isURL(spec) {
		return fetch(ctx, spec)
	}
	if spec == "" {
		return nil, diag.Errorf(diag.ClassUsage, codeNoSpec, diag.Pos{}, "no description is named").WithHint("Add: --spec FILE or --spec URL")
	}
	file := spec
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	at := diag.Pos{File: spec}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, diag.Errorf(diag.ClassUnreadable, codeNoFile, at, "is not there")
	case err != nil:
		return nil, &diag.Error{Class: diag.ClassUnreadable, Err: err}
	case info.IsDir():
		return nil, diag.Errorf(diag.ClassUnreadable, codeNoFile, at, "is a folder, a file is wanted")
	case info.Size() > maxInput:
		return nil, tooLarge(at)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &diag.Error{Class: diag.ClassUnreadable, Err: err}
	}
	return &input{shown: spec, name: pinnedName(data), data: data, dir: filepath.Dir(file)}, nil
}

func tooLarge(at diag.Pos) error {
	return diag.Errorf(diag.ClassUnreadable, codeTooLarge, at, "is larger than %d MiB", maxInput>>20)
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func fetch(ctx context.Context, address string) (*input, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, diag.Errorf(diag.ClassUsage, codeNoSpec, diag.Pos{}, "%q is not a URL", address)
	}
	// What is shown and stored must not hold a token.
	clean := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	at := diag.Pos{File: clean.String()}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, diag.Errorf(diag.ClassUsage, codeNoSpec, diag.Pos{}, "%q is not a URL", clean.String())
	}
	req.Header.Set("Accept", "application/json, application/yaml, text/yaml, */*;q=0.5")
	req.Header.Set("User-Agent", "dltgen/"+Version())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if cause, ok := errors.AsType[*url.Error](err); ok {
			err = cause.Err
		}
		return nil, diag.Errorf(diag.ClassUnreadable, codeFetch, at, "cannot be fetched: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, diag.Errorf(diag.ClassUnreadable, codeFetch, at, "cannot be fetched: %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxInput+1))
	if err != nil {
		return nil, &diag.Error{Class: diag.ClassUnreadable, Err: fmt.Errorf("fetch %s: %w", clean.String(), err)}
	}
	if len(data) > maxInput {
		return nil, tooLarge(at)
	}
	return &input{shown: clean.String(), name: pinnedName(data), origin: clean.String(), data: data}, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
