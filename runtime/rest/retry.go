package rest

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Retry says which requests are sent again, and when (R1–R5).
type Retry struct {
	// MaxAttempts counts the first one: 5.
	MaxAttempts int
	// Factor is the first wait in seconds; it doubles each time: 1.
	Factor float64
	// MaxDelay caps every wait: 300 s.
	MaxDelay time.Duration
	// On are the statuses to retry: 429 and 500 to 599. Empty but not nil is none.
	On []int
	// NotOnErrors leaves failed connections, timeouts and broken bodies alone.
	NotOnErrors bool
	// IgnoreRetryAfter keeps to the usual waits whatever the server asks for.
	IgnoreRetryAfter bool
	// If retries what it accepts, besides. One of its arguments is nil.
	If func(resp *Response, err error) bool
	// NotMethods are methods that are never retried: "POST".
	NotMethods []string
}

var errTooManyRedirects = errors.New("stopped after 10 redirects")

func (r *Retry) attempts(method string) int {
	switch {
	case slices.Contains(r.NotMethods, method):
		return 1
	case r.MaxAttempts > 0:
		return r.MaxAttempts
	}
	return 5
}

func (r *Retry) maxDelay() time.Duration {
	if r.MaxDelay > 0 {
		return r.MaxDelay
	}
	return 300 * time.Second
}

// wants reports whether the outcome of an attempt calls for another.
func (r *Retry) wants(resp *Response, err error) bool {
	if r.If != nil && r.If(resp, err) {
		return true
	}
	if err != nil {
		var terminal interface{ Terminal() bool }
		var last *lastError
		switch {
		case r.NotOnErrors, errors.Is(err, errTooManyRedirects), errors.As(err, &last):
			return false
		}
		return !errors.As(err, &terminal) || !terminal.Terminal()
	}
	if r.On != nil {
		return slices.Contains(r.On, resp.Status)
	}
	return resp.Status == http.StatusTooManyRequests || resp.Status >= 500 && resp.Status <= 599
}

// delay is the wait after attempt n, counted from 1: factor·2^(n−1), or what the
// server asks for, both capped (R3, R4).
func (r *Retry) delay(n int, resp *Response, now time.Time) time.Duration {
	if resp != nil && !r.IgnoreRetryAfter {
		if d, ok := retryAfter(resp.Header.Get("Retry-After"), now); ok {
			return min(d, r.maxDelay())
		}
	}
	factor := r.Factor
	if factor <= 0 {
		factor = 1
	}
	seconds := factor * math.Exp2(float64(n-1))
	if seconds >= r.maxDelay().Seconds() {
		return r.maxDelay()
	}
	return time.Duration(seconds * float64(time.Second))
}

// retryAfter reads the header: whole seconds or a date. Zero, past and
// unreadable ones count as absent.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return time.Duration(min(n, math.MaxInt32)) * time.Second, n > 0
	}
	at, err := http.ParseTime(text)
	if err != nil {
		if at, err = time.Parse(time.RFC1123Z, text); err != nil {
			return 0, false
		}
	}
	d := at.Sub(now)
	return d, d > 0
}
