package acme

// hooks are called by New. This file is written once and then yours: dltgen
// leaves it alone. For example:
//
//	h.Sets.Filter = func(v *Set) bool { return true }
func hooks(cfg Config) Hooks {
	var h Hooks
	return h
}
