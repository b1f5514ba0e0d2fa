package extract

import (
	"fmt"
	"maps"
	"slices"
)

// Missing says what happens to a record without a cursor value (I10).
type Missing uint8

// The ways to treat a missing cursor value.
const (
	MissingRaise Missing = iota
	MissingInclude
	MissingExclude
)

// Order is the order in which a source yields records, as far as it promises one (I12).
type Order uint8

// The row orders.
const (
	OrderNone Order = iota
	OrderAsc
	OrderDesc
)

// A Rule is the settings of an incremental (30-extract §6).
type Rule struct {
	Resource string
	Path     string
	Initial  Cursor // Kind CursorNone: not set
	End      Cursor
	Min      bool // the last value is the smallest one
	Lag      float64
	Order    Order
	Missing  Missing
	// StartOpen leaves out records equal to the start, EndClosed takes in those equal to the end.
	StartOpen, EndClosed bool
	// NoDedup is set when the deduplication key is the empty list (I8).
	NoDedup bool
	// DateCursor is set when the cursor was declared as a date (I32).
	DateCursor bool
}

// A CursorState is what a pipeline remembers of an incremental between runs.
type CursorState struct {
	Initial, Last, Start Cursor
	Hashes               []string // of the rows equal to Last, sorted
}

// CursorMissingError reports a record without a cursor value (I10).
type CursorMissingError struct {
	Resource, Path string
	Null           bool // the field is there, with null
}

// Error implements error.
func (e *CursorMissingError) Error() string {
	what := "has no field"
	if e.Null {
		what = "has null in"
	}
	return fmt.Sprintf("resource %s: a record %s %q, the cursor: set on_cursor_value_missing to include or exclude, or correct the cursor path",
		e.Resource, what, e.Path)
}

// A Tracker decides for each record of a run whether it is new, and finds the
// value to remember (I4 to I9). R is what a record is identified by; its hash
// is only asked for where it can matter. A Tracker is not safe for concurrent use.
type Tracker[R any] struct {
	rule Rule
	hash func(R) (string, error)

	start                  Cursor // with lag applied; Kind CursorNone: no start
	stored                 CursorState
	given                  CursorState // initial and last value as they were given and stored
	last                   Cursor
	dedup                  bool
	seen                   map[string]struct{} // hashes stored by the run before
	moved                  bool
	rows                   []R                 // candidates: records equal to last
	folded                 map[string]struct{} // hashes of further ones
	emitted                bool
	first                  bool
	EndPassed, StartPassed bool // a record out of range was met (I12)
}

// NewTracker starts from what the last run stored; state may be nil.
func NewTracker[R any](rule Rule, state *CursorState, hash func(R) (string, error)) (*Tracker[R], error) {
	t := &Tracker[R]{rule: rule, hash: hash, first: true, seen: map[string]struct{}{}}
	if err := rule.check(); err != nil {
		return nil, err
	}
	t.dedup = !rule.StartOpen && rule.End.Kind == CursorNone && rule.Lag == 0 && !rule.NoDedup
	t.start, t.given.Initial = rule.Initial, rule.Initial
	if rule.End.Kind == CursorNone && state != nil && state.Last.Kind != CursorNone {
		t.stored, t.given = *state, *state
		t.start = state.Last
		if rule.Lag != 0 {
			var err error
			if t.start, err = lagStart(rule, state.Last); err != nil {
				return nil, fmt.Errorf("resource %s: cursor %q: %w", rule.Resource, rule.Path, err)
			}
		}
		for _, h := range state.Hashes {
			t.seen[h] = struct{}{}
		}
	}
	t.last = t.start
	return t, nil
}

func lagStart(rule Rule, last Cursor) (Cursor, error) {
	if rule.DateCursor && last.Kind == CursorTime {
		return dayBound(last, rule.Lag, rule.Min), nil
	}
	return lagged(last, rule.Initial, rule.Lag, rule.Min)
}

// check is I3.
func (r Rule) check() error {
	if r.End.Kind == CursorNone {
		return nil
	}
	if r.Initial.Kind == CursorNone {
		return &SettingError{r.Resource, r.Path, "end_value needs an initial_value"}
	}
	order, ok := compare(r.End, r.Initial)
	if !ok {
		return &SettingError{r.Resource, r.Path, fmt.Sprintf("end_value %s and initial_value %s do not compare", r.End, r.Initial)}
	}
	if (r.Min && order > 0) || (!r.Min && order < 0) {
		word := "higher"
		if r.Min {
			word = "lower"
		}
		return &SettingError{r.Resource, r.Path, fmt.Sprintf("initial_value %s is %s than end_value %s", r.Initial, word, r.End)}
	}
	return nil
}

// SettingError reports settings of an incremental that contradict each other.
type SettingError struct{ Resource, Path, Msg string }

// Error implements error.
func (e *SettingError) Error() string {
	return fmt.Sprintf("resource %s: cursor %q: %s", e.Resource, e.Path, e.Msg)
}

// Dedup reports whether records are told apart by their hash (I8); if not, nobody looks
// at what [Tracker.Row] is given for it.
func (t *Tracker[R]) Dedup() bool { return t.dedup }

// Start is the value from which records are wanted; Kind CursorNone without one.
func (t *Tracker[R]) Start() Cursor { return t.start }

// beyond reports whether a lies past b in the direction of the order.
func (t *Tracker[R]) beyond(a, b Cursor) (beyond, equal bool, err error) {
	order, ok := compare(a, b)
	if !ok {
		return false, false, &CompareError{t.rule.Resource, t.rule.Path, a, b}
	}
	if t.rule.Min {
		order = -order
	}
	return order > 0, order == 0, nil
}

// Row decides on one record by its cursor value (I4). null tells a null from a missing field.
func (t *Tracker[R]) Row(v Cursor, null bool, row R) (keep bool, err error) {
	if v.Kind == CursorNone {
		switch t.rule.Missing {
		case MissingInclude:
			return true, nil
		case MissingExclude:
			return false, nil
		default:
			return false, &CursorMissingError{t.rule.Resource, t.rule.Path, null}
		}
	}
	if t.first {
		t.first = false
		t.alignZones(v)
	}
	if t.rule.End.Kind != CursorNone {
		past, equal, err := t.beyond(v, t.rule.End)
		if err != nil {
			return false, err
		}
		if past || (equal && !t.rule.EndClosed) {
			t.EndPassed = true
			return false, nil
		}
	}
	return t.rowInRange(v, row)
}

func (t *Tracker[R]) rowInRange(v Cursor, row R) (bool, error) {
	past, equal := true, false
	if t.last.Kind != CursorNone {
		var err error
		if past, equal, err = t.beyond(v, t.last); err != nil {
			return false, err
		}
	}
	if !past {
		keep, err := t.notBefore(v, row)
		if !keep || err != nil {
			return false, err
		}
	}
	switch {
	case past:
		t.last, t.moved, t.rows, t.folded = v, true, t.rows[:0], nil
		t.candidate(row)
	case equal:
		t.candidate(row)
	}
	t.emitted = true
	return true, t.fold(maxCandidates)
}

// maxCandidates is how many records are kept to be hashed at the end, when most have
// been overtaken; what a day's worth of equal cursors has beyond it is kept as hashes.
const maxCandidates = 4096

func (t *Tracker[R]) candidate(row R) {
	if t.dedup { // else nobody asks for the hash
		t.rows = append(t.rows, row)
	}
}

// fold turns candidates into hashes if there are so many.
func (t *Tracker[R]) fold(many int) error {
	if len(t.rows) < many || len(t.rows) == 0 {
		return nil
	}
	if t.folded == nil {
		t.folded = map[string]struct{}{}
	}
	for _, row := range t.rows {
		h, err := t.hash(row)
		if err != nil {
			return err
		}
		t.folded[h] = struct{}{}
	}
	clear(t.rows)
	t.rows = t.rows[:0]
	return nil
}

// notBefore is step 4 of I4 for a value that does not lie past the last one.
func (t *Tracker[R]) notBefore(v Cursor, row R) (bool, error) {
	if t.start.Kind == CursorNone {
		return true, nil
	}
	past, equal, err := t.beyond(v, t.start)
	switch {
	case err != nil:
		return false, err
	case past:
		return true, nil
	case !equal || t.rule.StartOpen:
		t.StartPassed = true
		return false, nil
	case !t.dedup:
		return true, nil
	}
	h, err := t.hash(row)
	if err != nil {
		return false, err
	}
	if _, old := t.seen[h]; old {
		t.StartPassed = true
		return false, nil
	}
	return true, nil
}

// alignZones is I15: the stored values take over the awareness of the first record.
func (t *Tracker[R]) alignZones(v Cursor) {
	if v.Kind != CursorTime {
		return
	}
	for _, c := range []*Cursor{&t.start, &t.last, &t.rule.End, &t.rule.Initial, &t.stored.Last} {
		if c.Kind != CursorTime || c.Naive == v.Naive {
			continue
		}
		if v.Naive {
			c.Time = c.Time.UTC()
		} else {
			c.Time = c.Time.In(v.Time.Location())
		}
		c.Naive = v.Naive
	}
}

// State is what the next run starts from; nil when this run leaves the stored
// state as it is (a run with an end value, or one that emitted nothing, I6).
func (t *Tracker[R]) State() (*CursorState, error) {
	if t.rule.End.Kind != CursorNone || !t.emitted {
		return nil, nil
	}
	s := &CursorState{Initial: t.given.Initial, Last: t.last, Start: t.given.Last}
	if s.Start.Kind == CursorNone {
		s.Start = t.given.Initial
	}
	if t.stored.Last.Kind != CursorNone {
		past, _, err := t.beyond(t.stored.Last, t.last)
		if err != nil {
			return nil, err
		}
		if past {
			s.Last = t.stored.Last // I33: the state never moves back
		}
	}
	if !t.dedup {
		s.Hashes = []string{}
		return s, nil
	}
	hashes := map[string]struct{}{}
	if !t.moved {
		hashes = t.seen
	}
	if err := t.fold(0); err != nil {
		return nil, err
	}
	maps.Copy(hashes, t.folded)
	for h := range hashes {
		s.Hashes = append(s.Hashes, h)
	}
	slices.Sort(s.Hashes) // I9
	return s, nil
}

// StopEarly reports whether the source may be left because what follows is out of range (I12).
func (t *Tracker[R]) StopEarly() bool {
	return (t.rule.Order == OrderAsc && t.EndPassed) || (t.rule.Order == OrderDesc && t.StartPassed)
}
