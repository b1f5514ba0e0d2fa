package rest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// A StatusError is a response with a status of 400 or more.
type StatusError struct {
	Method string
	URL    string // sanitized
	Status int
	Reason string // "Not Found"
	// Body is the beginning of the response's body.
	Body string
	// Attempts is how often the request was sent.
	Attempts int

	showBody bool
}

func (e *StatusError) Error() string {
	side := "Client"
	if e.Status >= 500 {
		side = "Server"
	}
	text := fmt.Sprintf("%d %s Error: %s for url: %s", e.Status, side, e.Reason, e.URL)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	if e.showBody && e.Body != "" {
		text += "\nResponse: " + e.Body
	}
	return text
}

// Terminal reports whether the same request will fail again.
func (e *StatusError) Terminal() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return e.Status < 500
}

// A CredentialsError says that the server refused the credentials.
type CredentialsError struct {
	Err error
}

func (e *CredentialsError) Error() string { return "credentials refused: " + e.Err.Error() }

// Unwrap returns the response's error.
func (e *CredentialsError) Unwrap() error { return e.Err }

// Terminal reports true: other credentials are needed.
func (e *CredentialsError) Terminal() bool { return true }

// A PaginationLoopError is a server that leads back to a page already read (R58).
type PaginationLoopError struct {
	URL  string // sanitized; of the page asked for again, or received twice
	Page int    // counted from 1
	// Same is set when the page came again under another address, as when the
	// server does not know the paging parameter.
	Same bool
}

func (e *PaginationLoopError) Error() string {
	if e.Same {
		return fmt.Sprintf("pagination loop: page %d from %s repeats the page before it; does the API know the paging parameter?", e.Page, e.URL)
	}
	return fmt.Sprintf("pagination loop: page %d would be asked from %s again", e.Page, e.URL)
}

// Terminal reports true.
func (e *PaginationLoopError) Terminal() bool { return true }

// A ForeignHostError is a link or redirect to a host that the credentials were
// not given for (R59).
type ForeignHostError struct {
	From, To string // scheme, host and port
	What     string // "next link", "redirect of a request with a body", …
}

func (e *ForeignHostError) Error() string {
	return fmt.Sprintf("%s leads from %s to %s; list it in follow_hosts to allow it", e.What, e.From, e.To)
}

// Terminal reports true.
func (e *ForeignHostError) Terminal() bool { return true }

// errIgnored ends a pagination without error (R102).
var errIgnored = errors.New("response ignored")

// A terminalError will come again however often it is tried.
type terminalError struct{ err error }

func (e *terminalError) Error() string  { return e.err.Error() }
func (e *terminalError) Unwrap() error  { return e.err }
func (e *terminalError) Terminal() bool { return true }

// A lastError has been retried already, on the way to a token: the request that
// needed the token is not tried again. Whether it is terminal its cause says.
type lastError struct{ err error }

func (e *lastError) Error() string { return e.err.Error() }
func (e *lastError) Unwrap() error { return e.err }

// innermost drops the wrappers of net/url and net/http that quote the whole
// URL, secrets included.
func innermost(err error) error {
	var ue *url.Error
	for errors.As(err, &ue) {
		err = ue.Err
	}
	return err
}

// excerpt returns the beginning of body as text of at most limit bytes.
func excerpt(body []byte, limit int) string {
	if len(body) <= limit {
		return strings.ToValidUTF8(string(body), "�")
	}
	return strings.ToValidUTF8(string(body[:limit]), "") + "… (truncated)"
}
