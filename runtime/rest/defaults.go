package rest

import (
	"context"
	"log/slog"
	"time"
)

// Defaults are settings for all clients of a run, for what a client leaves
// unset: the [runtime] table of config.toml, and the run's logger.
type Defaults struct {
	Logger        *slog.Logger
	Timeout       time.Duration
	MaxAttempts   int
	Factor        float64
	MaxDelay      time.Duration
	ShowErrorBody bool
	MaxErrorBody  int
}

type defaultsKey struct{}

// WithDefaults returns a context whose requests use the defaults.
func WithDefaults(ctx context.Context, d Defaults) context.Context {
	return context.WithValue(ctx, defaultsKey{}, d)
}

func defaultsOf(ctx context.Context) Defaults {
	d, _ := ctx.Value(defaultsKey{}).(Defaults)
	return d
}

func (c *Client) log(ctx context.Context) *slog.Logger {
	if c.Logger != nil {
		return c.Logger
	}
	if d := defaultsOf(ctx); d.Logger != nil {
		return d.Logger
	}
	return slog.New(slog.DiscardHandler)
}

func (c *Client) timeout(ctx context.Context) time.Duration {
	switch d := defaultsOf(ctx); {
	case c.Timeout > 0:
		return c.Timeout
	case d.Timeout > 0:
		return d.Timeout
	}
	return defaultTimeout
}

// retry is the client's rule with the defaults filled in.
func (c *Client) retry(ctx context.Context) *Retry {
	r, d := c.Retry, defaultsOf(ctx)
	if r.MaxAttempts == 0 {
		r.MaxAttempts = d.MaxAttempts
	}
	if r.Factor == 0 {
		r.Factor = d.Factor
	}
	if r.MaxDelay == 0 {
		r.MaxDelay = d.MaxDelay
	}
	return &r
}

// errorBody is whether to show bodies in errors, and how much of them.
func (c *Client) errorBody(ctx context.Context) (show bool, limit int) {
	d := defaultsOf(ctx)
	limit = defaultMaxErrorBody
	switch {
	case c.MaxErrorBody > 0:
		limit = c.MaxErrorBody
	case d.MaxErrorBody > 0:
		limit = d.MaxErrorBody
	}
	return c.ShowErrorBody || d.ShowErrorBody, limit
}
