package github

// hooks are called by New. This file is written once and then yours: dltgen
// leaves it alone. For example:
//
//	h.Repos.Filter = func(v *Repo) bool { return true }
func hooks(cfg Config) Hooks {
	var h Hooks
	return h
}
