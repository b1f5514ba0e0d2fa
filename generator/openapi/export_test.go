package openapi

import "context"

// LoadTyped reads a document and returns what the typed loader says of it.
func LoadTyped(file string, data []byte, opt *Options) error {
	r, c, _, err := read(file, data, opt)
	if err != nil {
		return err
	}
	return r.load(context.Background(), c)
}
