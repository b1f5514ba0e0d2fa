package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/loadpackage"
)

// locate decides where a pipeline loads (P5, F6): the flag, else what the
// configuration names, else credentials in the configuration, else where the
// last run went, which the pipeline knows itself. A word without a colon is a
// destination's name, whose credentials the configuration holds.
func (a *app) locate(p *dlt.Pipeline, r *config.Resolver) error {
	name := p.Destination
	for _, key := range []string{"destination_name", "destination_type", "destination"} {
		if name != "" {
			break
		}
		// The table [destination.…] is no name.
		v, _, err := r.Any(config.Pipeline(p.Name), key)
		if err != nil {
			return err
		}
		name, _ = v.(string)
	}
	if name == "" {
		return a.locateByCredentials(p, r)
	}
	if strings.Contains(name, ":") {
		p.Destination = name
		return nil
	}
	url, err := a.namedDestination(p, r, name)
	p.Destination = url
	return err
}

// locateByCredentials looks for credentials of a linked driver.
func (a *app) locateByCredentials(p *dlt.Pipeline, r *config.Resolver) error {
	for _, scheme := range destination.Schemes() {
		url, err := credentials(r, scheme, scheme)
		if err != nil {
			return err
		}
		if url != "" {
			p.Destination = url
			return nil
		}
	}
	return nil
}

func (a *app) namedDestination(p *dlt.Pipeline, r *config.Resolver, name string) (string, error) {
	scheme, ok, err := r.Text(config.Destination(name), "destination_type")
	if err != nil {
		return "", err
	}
	if !ok {
		scheme = name
	}
	// dlt writes dlt.destinations.duckdb where we write duckdb.
	scheme = scheme[strings.LastIndex(scheme, ".")+1:]
	if !slices.Contains(destination.Schemes(), scheme) {
		return "", fmt.Errorf("no driver %q is linked: want a URL such as duckdb:///%s.duckdb, or one of %s", scheme, p.Name, strings.Join(destination.Schemes(), ", "))
	}
	url, err := credentials(r, name, scheme)
	if err != nil || url != "" {
		return url, err
	}
	if scheme == "duckdb" {
		return "duckdb:///" + p.Name + ".duckdb", nil // as dlt does
	}
	return "", fmt.Errorf("destination %s has no credentials: set DESTINATION__%s__CREDENTIALS to its URL", name, strings.ToUpper(name))
}

// credentials are the URL that the configuration holds for a destination, "" if
// none: one text, or its parts.
func credentials(r *config.Resolver, name, scheme string) (string, error) {
	text, ok, err := r.Secret(config.Destination(name), "credentials")
	if err != nil {
		return "", err
	}
	if ok && !strings.HasPrefix(text, "{") {
		if !strings.Contains(text, ":") {
			return scheme + ":///" + text, nil // a file
		}
		return text, nil
	}
	c, err := r.Credentials(config.Destination(name), config.ConnectionString{Driver: scheme})
	if err != nil || c.Database == "" && c.Host == "" {
		return "", err
	}
	return c.URL(), nil
}

// checkDestination finds out before anything is written that there is nowhere to
// load, or not in the format asked for.
func checkDestination(p *dlt.Pipeline, format loadpackage.Format) error {
	url := p.Destination
	if url == "" {
		in, err := p.Inspect()
		if err != nil && !errors.Is(err, dlt.ErrNeverRan) {
			return err
		}
		if in == nil || in.Destination == "" {
			return dlt.ErrNoDestination
		}
		url = in.Destination
	}
	caps, err := destination.CapabilitiesOf(url)
	if err != nil || format == "" || caps.Accepts(format) {
		return err
	}
	var names []string
	for _, f := range caps.Formats {
		names = append(names, string(f))
	}
	return fmt.Errorf("--format %q: %s takes %s", format, caps.Name, strings.Join(names, ", "))
}
