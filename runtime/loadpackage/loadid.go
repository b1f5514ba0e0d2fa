package loadpackage

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LoadIDs makes load ids that strictly increase (L1). The zero value uses the
// real clock. It is safe for concurrent use.
type LoadIDs struct {
	// Now is the clock; nil is the real one.
	Now func() time.Time

	mu   sync.Mutex
	last float64
}

// Next returns a new load id and the creation time that it stands for.
func (l *LoadIDs) Next() (id string, created time.Time) {
	now := l.Now
	if now == nil {
		now = time.Now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t := now()
	x := float64(t.Unix()) + float64(t.Nanosecond())/1e9
	if x <= l.last {
		x = math.Nextafter(l.last, math.Inf(1))
	}
	l.last = x
	return formatLoadID(x), createdAt(x)
}

// Follow makes the ids that come later than id, whose packages load by text order.
func (l *LoadIDs) Follow(id string) {
	x, err := strconv.ParseFloat(id, 64)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && x > l.last && !math.IsInf(x, 0) {
		l.last = x
	}
}

func formatLoadID(x float64) string {
	id := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(id, ".") {
		id += ".0"
	}
	return id
}

// CreatedAt is the creation time of the package of a load id, to the microsecond (L2).
func CreatedAt(loadID string) (time.Time, error) {
	x, err := strconv.ParseFloat(loadID, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 || x > 1e12 {
		return time.Time{}, fmt.Errorf("load id %q is no number of seconds", loadID)
	}
	return createdAt(x), nil
}

func createdAt(x float64) time.Time {
	whole, fraction := math.Modf(x)
	return time.Unix(int64(whole), int64(math.RoundToEven(fraction*1e6))*1000).UTC()
}
