// Package state keeps what a pipeline remembers between runs: a document of
// typed JSON with a version and a content hash, the same that dlt writes.
//
// A run reads it at the start, sources and cursors change it while extracting,
// and it travels to the destination as one row of the load package. The document
// is a tree of ordered objects, so that keys this version does not know survive.
//
//	st := state.New("github")
//	st.Resource("github", "issues").Set("n", int64(1))
//	changed := st.Bump() // version and hash
package state

import "slices"

// An Object is a JSON object that keeps the order of its keys. Values are nil,
// bool, int64, uint64, float64, string, [Typed], []any and *Object.
// The zero value is empty and ready to use. It is not safe for concurrent use.
type Object struct {
	keys   []string
	values map[string]any
}

// Len is the number of keys.
func (o *Object) Len() int { return len(o.keys) }

// Keys returns the keys in order. The slice is the object's own.
func (o *Object) Keys() []string { return o.keys }

// Get returns the value of key and whether it is there.
func (o *Object) Get(key string) (any, bool) {
	v, ok := o.values[key]
	return v, ok
}

// Set puts the value in place of the one key has, or at the end.
func (o *Object) Set(key string, v any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = v
}

// Delete removes key.
func (o *Object) Delete(key string) {
	if _, ok := o.values[key]; !ok {
		return
	}
	delete(o.values, key)
	o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
}

// Object returns the object under key. It makes an empty one when key is absent
// or holds something else.
func (o *Object) Object(key string) *Object {
	if sub, ok := o.values[key].(*Object); ok {
		return sub
	}
	sub := &Object{}
	o.Set(key, sub)
	return sub
}

// Lookup returns the object under key, or nil.
func (o *Object) Lookup(key string) *Object {
	if o == nil {
		return nil
	}
	sub, _ := o.values[key].(*Object)
	return sub
}

// Text returns the text under key, or "".
func (o *Object) Text(key string) string {
	if o == nil {
		return ""
	}
	s, _ := o.values[key].(string)
	return s
}

// Int returns the whole number under key, or 0.
func (o *Object) Int(key string) int64 {
	if o == nil {
		return 0
	}
	n, _ := o.values[key].(int64)
	return n
}

// Clone copies the object and all below it.
func (o *Object) Clone() *Object {
	if o == nil {
		return nil
	}
	c := &Object{keys: slices.Clone(o.keys), values: make(map[string]any, len(o.values))}
	for k, v := range o.values {
		c.values[k] = cloneValue(v)
	}
	return c
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case *Object:
		return v.Clone()
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = cloneValue(v[i])
		}
		return c
	default:
		return v
	}
}
