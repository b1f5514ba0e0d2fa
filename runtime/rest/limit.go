package rest

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// RateLimit keeps a client below the rate that an API allows.
type RateLimit struct {
	PerSecond  float64 // 0: no limit
	Burst      int     // 1
	Concurrent int     // requests at a time; 0: no limit
	// Remaining and Reset are the headers that say how many requests are left and
	// when there are more: "X-RateLimit-Remaining", "X-RateLimit-Reset". When none
	// are left the client waits; a 403 or 429 with none left is sent again.
	Remaining, Reset string
	// MaxWait caps that wait: 1 h.
	MaxWait time.Duration
}

type limiter struct {
	c     *Client
	rate  *rate.Limiter
	slots chan struct{}

	mu    sync.Mutex
	until time.Time // no request before
}

func newLimiter(c *Client) *limiter {
	l := &limiter{c: c}
	if c.RateLimit.PerSecond > 0 {
		l.rate = rate.NewLimiter(rate.Limit(c.RateLimit.PerSecond), max(1, c.RateLimit.Burst))
	}
	if c.RateLimit.Concurrent > 0 {
		l.slots = make(chan struct{}, c.RateLimit.Concurrent)
	}
	return l
}

// acquire waits until a request may be sent; release must follow.
func (l *limiter) acquire(ctx context.Context) error {
	if l.slots != nil {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := l.wait(ctx); err != nil {
		l.release()
		return err
	}
	return nil
}

func (l *limiter) release() {
	if l.slots != nil {
		<-l.slots
	}
}

func (l *limiter) wait(ctx context.Context) error {
	now := l.c.now()
	l.mu.Lock()
	d := l.until.Sub(now)
	l.mu.Unlock()
	if d > 0 {
		l.c.log(ctx).Info("rate limit reached, waiting", "wait", d)
		if err := l.c.sleep(ctx, d); err != nil {
			return err
		}
	}
	if l.rate == nil {
		return ctx.Err()
	}
	now = l.c.now()
	r := l.rate.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		if err := l.c.sleep(ctx, d); err != nil {
			r.CancelAt(l.c.now())
			return err
		}
	}
	return ctx.Err()
}

// learn takes note of a response's headers and reports whether the quota is
// used up.
func (l *limiter) learn(h http.Header) bool {
	limit := &l.c.RateLimit
	if limit.Remaining == "" {
		return false
	}
	left, err := strconv.ParseFloat(strings.TrimSpace(h.Get(limit.Remaining)), 64)
	if err != nil || left >= 1 {
		return false
	}
	d, ok := untilReset(h.Get(limit.Reset), l.c.now())
	if !ok {
		return true
	}
	longest := limit.MaxWait
	if longest <= 0 {
		longest = time.Hour
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = l.c.now().Add(min(d, longest))
	return true
}

// untilReset reads the end of a quota's window: Unix seconds or milliseconds, a
// date, or seconds from now.
func untilReset(text string, now time.Time) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n < math.MaxInt64/1e3 {
		const seconds, millis = 1e9, 1e12
		switch {
		case n >= millis:
			return time.UnixMilli(int64(n)).Sub(now), true
		case n >= seconds:
			return time.Unix(int64(math.Ceil(n)), 0).Sub(now), true
		}
		return time.Duration(n * float64(time.Second)), true
	}
	for _, layout := range []string{http.TimeFormat, time.RFC1123Z, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Sub(now), true
		}
	}
	return 0, false
}
