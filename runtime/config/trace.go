package config

import (
	"slices"
	"strings"
)

// A Value is a setting that was found: what a trace and `config show` say of it
// (P73).
type Value struct {
	Key      string   `json:"key"`
	Sections []string `json:"sections"`
	Provider string   `json:"provider_name"`
	Location string   `json:"provider_location"`
	Secret   bool     `json:"is_secret_hint"`
	Type     string   `json:"config_type_name"`
	// FullKey is the key as the provider writes it.
	FullKey string `json:"-"`
	// Display is the value as a text, "<secret>" for secrets. It is not exported.
	Display string `json:"-"`
}

// note adds a found value to the trace; the newest of a key counts.
func (r *Resolver) note(f *found, key string, secret bool, kind string) {
	names := strings.Split(key, ".")
	v := Value{
		Key:      names[len(names)-1],
		Sections: slices.Clone(f.path[:len(f.path)-1]),
		Provider: f.provider, Location: f.location, Secret: secret, Type: kind,
		FullKey: f.key, Display: "<secret>",
	}
	if !secret {
		v.Display = textOf(f.value)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = slices.DeleteFunc(r.trace, func(old Value) bool {
		return old.Provider == v.Provider && old.FullKey == v.FullKey
	})
	r.trace = append(r.trace, v)
}

// Trace returns the values found so far, in the order of their lookup.
func (r *Resolver) Trace() []Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.trace)
}
