package extract

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/value"
)

// lagged moves last back by lag against the direction of the order (I30, I31).
// initial bounds the move when it is set.
func lagged(last, initial Cursor, lag float64, minimum bool) (Cursor, error) {
	sign := -1.0
	if minimum {
		sign = 1
	}
	moved, err := shift(last, sign*lag)
	if err != nil || initial.Kind == CursorNone {
		return moved, err
	}
	order, ok := compare(initial, moved)
	if ok && ((!minimum && order > 0) || (minimum && order < 0)) {
		return initial, nil
	}
	return moved, nil
}

func shift(c Cursor, by float64) (Cursor, error) {
	switch c.Kind {
	case CursorInt:
		c.Int = int64(math.Trunc(float64(c.Int) + by))
	case CursorFloat:
		c.Float += by
	case CursorTime:
		c.Time = c.Time.Add(time.Duration(by * float64(time.Second)))
	case CursorDate:
		c.Int += int64(by)
	case CursorText:
		return shiftText(c, by)
	default:
		return c, fmt.Errorf("lag: a cursor of kind %s cannot be moved", c.Kind)
	}
	return c, nil
}

var (
	dateText     = regexp.MustCompile(`^\d{4}-?\d{2}-?\d{2}$`)
	dateTimeText = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$`)
)

// shiftText moves a text that looks like a date or a time and keeps its form (I31).
func shiftText(c Cursor, by float64) (Cursor, error) {
	if dateText.MatchString(c.Text) {
		layout := time.DateOnly
		if len(c.Text) == 8 {
			layout = "20060102"
		}
		t, err := time.Parse(layout, c.Text)
		if err != nil {
			return c, fmt.Errorf("lag: %q is no date", c.Text)
		}
		c.Text = t.AddDate(0, 0, int(by)).Format(layout)
		return c, nil
	}
	m := dateTimeText.FindStringSubmatch(c.Text)
	if m == nil {
		return c, fmt.Errorf("lag: %q is neither a date nor a time", c.Text)
	}
	layout := "2006-01-02T15:04:05"
	if m[2] != "" {
		layout += ".000000"
	}
	switch zone := m[3]; {
	case zone == "Z":
		layout += "Z07:00"
	case len(zone) == 6:
		layout += "-07:00"
	case zone != "":
		layout += "-0700"
	}
	// time.Parse takes a fraction of any length after the seconds by itself.
	parse := strings.Replace(layout, ".000000", "", 1)
	t, err := time.Parse(parse, c.Text)
	if err != nil {
		return c, fmt.Errorf("lag: %q is no time", c.Text)
	}
	c.Text = t.Add(time.Duration(by * float64(time.Second))).Format(layout)
	return c, nil
}

// dayBound is I32: a date cursor whose stored value is a time starts at the
// first (or last) moment of the shifted day.
func dayBound(last Cursor, lag float64, minimum bool) Cursor {
	day := int64(value.DateOf(last.Time))
	if minimum {
		last.Time = value.Date(day + int64(lag)).Time().Add(24*time.Hour - time.Microsecond)
		return last
	}
	last.Time = value.Date(day - int64(lag)).Time()
	return last
}
