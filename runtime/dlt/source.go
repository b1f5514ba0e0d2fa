package dlt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/runtime/schema"
)

// A Source is a set of resources under one configuration. Its name is the name
// of its schema and the key of its state (E1).
type Source struct {
	Name      string
	Resources []AnyResource
	// Schema holds the source's settings, naming, nesting limit and tables that
	// are declared beside the resources; nil: those of a new schema. Its settings
	// replace the stored ones at every run (S107).
	Schema *schema.Schema
	// Plain is set for data without a source of its own: it joins the
	// pipeline's default schema, whose settings stay as they are (S107).
	Plain bool
}

// A ResourceNotFoundError names resources that a source does not have (E10).
type ResourceNotFoundError struct {
	Source    string
	Unknown   []string
	Available []string
}

// Error implements error.
func (e *ResourceNotFoundError) Error() string {
	return fmt.Sprintf("source %s has no resource %s: it has %s",
		e.Source, strings.Join(e.Unknown, ", "), strings.Join(e.Available, ", "))
}

// Resource returns the resource of that name, or nil.
func (s *Source) Resource(name string) AnyResource {
	for _, r := range s.Resources {
		if r.ResourceName() == name {
			return r
		}
	}
	return nil
}

// names lists the resources in order.
func (s *Source) names() []string {
	var list []string
	for _, r := range s.Resources {
		list = append(list, r.ResourceName())
	}
	return list
}

// A selection is the resources of a run: those that are written, and those
// that only run for their children (E11).
type selection struct {
	extracted []AnyResource // parents before children
	written   map[AnyResource]bool
}

// choose selects resources by name, or by default those that are not unselected.
func (s *Source) choose(names []string) (*selection, error) {
	if err := s.check(names); err != nil {
		return nil, err
	}
	sel := &selection{written: map[AnyResource]bool{}}
	var add func(r AnyResource)
	add = func(r AnyResource) {
		if slices.Contains(sel.extracted, r) {
			return
		}
		if p := r.info().parent; p != nil {
			add(s.parent(p))
		}
		sel.extracted = append(sel.extracted, r)
	}
	for _, r := range s.Resources {
		if (len(names) == 0 && !r.info().unselected) || slices.Contains(names, r.ResourceName()) {
			add(r)
			sel.written[r] = true
		}
	}
	for _, r := range sel.extracted {
		if err := satisfied(r); err != nil {
			return nil, err
		}
	}
	return sel, nil
}

// A Setting is a value of a source's configuration under its key.
type Setting struct {
	Key string
	Set bool
}

// A MissingSettingError names the keys of a configuration that a resource needs
// and that are not set.
type MissingSettingError struct{ Keys []string }

// Error implements error.
func (e *MissingSettingError) Error() string {
	return "not configured: " + strings.Join(e.Keys, ", ")
}

func satisfied(r AnyResource) error {
	needs := r.info().needs
	if needs == nil {
		return nil
	}
	missing := &MissingSettingError{}
	for _, s := range needs() {
		if !s.Set {
			missing.Keys = append(missing.Keys, s.Key)
		}
	}
	if len(missing.Keys) == 0 {
		return nil
	}
	return &ConfigError{r.ResourceName(), missing}
}

// parent is the source's own resource of the parent's name, so that a parent
// is extracted once however often it was constructed (E8).
func (s *Source) parent(p *ParentRef) AnyResource {
	if r := s.Resource(p.resource.ResourceName()); r != nil {
		return r
	}
	return p.resource
}

func (s *Source) check(names []string) error {
	known := s.names()
	for i, n := range known {
		if slices.Contains(known[:i], n) {
			return fmt.Errorf("source %s: resource %s is defined twice", s.Name, n)
		}
	}
	missing := &ResourceNotFoundError{Source: s.Name, Available: known}
	for _, n := range names {
		if !slices.Contains(known, n) {
			missing.Unknown = append(missing.Unknown, n)
		}
	}
	if len(missing.Unknown) > 0 {
		return missing
	}
	return nil
}
