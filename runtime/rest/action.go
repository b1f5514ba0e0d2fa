package rest

import (
	"bytes"
	"errors"
	"fmt"
)

// An Action looks at each response before its status is judged (R100). It
// applies when the status is Status and the body holds Content, as far as they
// are set.
type Action struct {
	Status  int    // 0: any
	Content string // "": any
	// Ignore ends the pagination without an error and without this page.
	Ignore bool
	// Do may change the response: its body, its status.
	Do func(*Response) error
}

func (a *Action) matches(resp *Response) bool {
	return (a.Status == 0 || a.Status == resp.Status) &&
		(a.Content == "" || bytes.Contains(resp.Body, []byte(a.Content)))
}

// check refuses an action that would ignore everything or does nothing.
func (a *Action) check() error {
	switch {
	case !a.Ignore && a.Do == nil:
		return errors.New("response action: neither Ignore nor Do is set")
	case a.Ignore && a.Do == nil && a.Status == 0 && a.Content == "":
		return errors.New("response action: ignores every response")
	}
	return nil
}

func runActions(actions []Action, resp *Response) error {
	for i := range actions {
		a := &actions[i]
		if !a.matches(resp) {
			continue
		}
		if a.Do != nil {
			if err := a.Do(resp); err != nil {
				return &terminalError{fmt.Errorf("response action for %s: %w", resp.URL, err)}
			}
		}
		if a.Ignore {
			return errIgnored
		}
	}
	return nil
}
