package duckdb

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// settings are what a connection is opened with whatever the URL says: nothing is
// fetched from the network behind the user's back.
var settings = [][2]string{
	{"autoinstall_known_extensions", "false"},
	{"autoload_known_extensions", "true"},
}

// dsn turns the URL of a destination into the path of the database file, "" for one in
// memory, and the data source name of the driver. Three slashes begin a relative path
// and four an absolute one; the query holds settings of DuckDB.
func dsn(rawURL string, readOnly bool) (path, name string, err error) {
	rest, query, _ := strings.Cut(rawURL, "?")
	_, rest, _ = strings.Cut(rest, ":")
	rest = strings.TrimPrefix(rest, "//")
	if rest != ":memory:" {
		if !strings.HasPrefix(rest, "/") {
			return "", "", fmt.Errorf("want duckdb:///relative.duckdb, duckdb:////absolute.duckdb or duckdb://:memory:, got host %q", hostOf(rest))
		}
		if path, err = url.PathUnescape(rest[1:]); err != nil {
			return "", "", err
		}
		if path == "" {
			return "", "", fmt.Errorf("the URL names no file: want duckdb:///file.duckdb (or duckdb://:memory: for none)")
		}
		path = filepath.FromSlash(path)
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return "", "", err
	}
	for _, s := range settings {
		if !q.Has(s[0]) {
			q.Set(s[0], s[1])
		}
	}
	if readOnly {
		q.Set("access_mode", "READ_ONLY")
	}
	if strings.ContainsAny(path, "?") {
		return "", "", fmt.Errorf("the file name %q holds a question mark", path)
	}
	return path, path + "?" + q.Encode(), nil
}

func hostOf(rest string) string {
	host, _, _ := strings.Cut(rest, "/")
	return host
}
