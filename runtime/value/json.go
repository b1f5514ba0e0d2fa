package value

import (
	"encoding/json"
	"errors"
)

// A JSON is one JSON value kept as its text. A nil JSON is the text null.
type JSON []byte

// String is the text.
func (j JSON) String() string {
	if j == nil {
		return "null"
	}
	return string(j)
}

// MarshalJSON is the text itself.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == nil {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a copy of the text.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = append((*j)[:0], b...)
	return nil
}

// MarshalText is the text itself.
func (j JSON) MarshalText() ([]byte, error) { return []byte(j.String()), nil }

// UnmarshalText keeps a copy of the text, which must be valid JSON.
func (j *JSON) UnmarshalText(b []byte) error {
	if !json.Valid(b) {
		return errors.New("text is not valid JSON")
	}
	return j.UnmarshalJSON(b)
}
