package dlt

import (
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// Layouts in which a cursor becomes the value of a request parameter (G49).
const (
	RFC3339     = "rfc3339"
	DateOnly    = "date"
	UnixSeconds = "unix_s"
	UnixMillis  = "unix_ms"
	RFC1123     = "rfc1123"
	RFC2822     = "rfc2822"
	Text        = "text"
)

// Input is what a resource is given for one sequence of pages: where its cursor
// stands, the parent's record it belongs to, its state and a log.
type Input struct {
	// Logger takes what the resource has to say; never nil.
	Logger *slog.Logger
	// State is the resource's own slot of the pipeline's state.
	State *State

	start, end extract.Cursor
	parent     Values
}

// Start is the cursor's value from which records are wanted, in the layout that
// the API takes; "" when there is none yet, so that everything is asked for.
func (in *Input) Start(layout string) string { return format(in.start, layout) }

// End is the cursor's value at which this run ends; "" when it has no end.
func (in *Input) End(layout string) string { return format(in.end, layout) }

// Parent returns a value of the parent's record by name, "" if it has none.
func (in *Input) Parent(name string) string { return in.parent.Get(name) }

// format writes a cursor in a layout. Texts that hold a time are parsed first,
// since an API may want another form than the one it sends.
func format(c extract.Cursor, layout string) string {
	t, isTime := cursorInstant(c)
	switch {
	case c.Kind == extract.CursorNone:
		return ""
	case !isTime:
		return strings.Trim(c.String(), `"`)
	}
	switch layout {
	case DateOnly:
		return t.Format(time.DateOnly)
	case UnixSeconds:
		return strconv.FormatInt(t.Unix(), 10)
	case UnixMillis:
		return strconv.FormatInt(t.UnixMilli(), 10)
	case RFC1123:
		return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case RFC2822:
		return t.Format("Mon, 02 Jan 2006 15:04:05 -0700")
	case Text:
		return strings.Trim(c.String(), `"`)
	default:
		return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
	}
}

func cursorInstant(c extract.Cursor) (time.Time, bool) {
	switch c.Kind {
	case extract.CursorTime:
		return c.Time, true
	case extract.CursorDate:
		return value.Date(c.Int).Time(), true
	case extract.CursorText:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly} {
			if t, err := time.Parse(layout, c.Text); err == nil {
				return t, true
			}
		}
	default:
	}
	return time.Time{}, false
}

// Values are named values of a parent's record, in order.
type Values []NamedValue

// A NamedValue is one value of a parent's record as text.
type NamedValue struct{ Name, Text string }

// Get returns the value of that name, or "".
func (v Values) Get(name string) string {
	for i := range v {
		if v[i].Name == name {
			return v[i].Text
		}
	}
	return ""
}

// State is a slot of the pipeline's state. What is written here is saved with
// the load package of the run, not before (ST3). A slot comes into being with
// its first value, so that asking leaves no trace in the document.
type State struct {
	st               *state.State
	source, resource string // resource "" is the source's own slot
}

func (s *State) read() *state.Object {
	slot := s.st.Root().Lookup("sources").Lookup(s.source)
	if s.resource == "" {
		return slot
	}
	return slot.Lookup("resources").Lookup(s.resource)
}

func (s *State) write() *state.Object {
	if s.resource == "" {
		return s.st.Source(s.source)
	}
	return s.st.Resource(s.source, s.resource)
}

// Get returns the value of key and whether it is there.
func (s *State) Get(key string) (any, bool) {
	slot := s.read()
	if slot == nil {
		return nil, false
	}
	return slot.Get(key)
}

// Set writes a value: nil, bool, int64, float64, string, []any.
func (s *State) Set(key string, v any) { s.write().Set(key, v) }

// Source is the slot that all resources of the source share.
func (s *State) Source() *State { return &State{st: s.st, source: s.source} }

// SetValue writes a value as a record has it, types that JSON lacks included.
func (s *State) SetValue(key string, v *record.Value) error {
	x, err := extract.StateValue(v)
	if err != nil {
		return err
	}
	s.write().Set(key, x)
	return nil
}
