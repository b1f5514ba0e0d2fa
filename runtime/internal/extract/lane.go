// Package extract is the first stage of a run: it reads pages from resources,
// in a fixed order whatever their speed, and decides by their cursors which
// records are new.
//
// A [Lane] is one sequence of pages. Lanes fetch ahead concurrently, a bounded
// number at a time, but their pages are taken in turn and in order, so that two
// runs over the same answers make the same tables. A page may bring more lanes:
// one for each record of a parent resource.
package extract

import (
	"context"
	"errors"
	"sync"
)

// A Lane is one sequence of pages with the function that takes them.
type Lane struct {
	// Produce fetches pages and hands each to emit until emit answers false.
	// It runs in a goroutine of its own.
	Produce func(ctx context.Context, emit func(page any) bool) error
	// Consume takes the next page. Pages of all lanes are consumed by one
	// goroutine. It returns the lanes that the page calls for; done ends the lane early.
	Consume func(ctx context.Context, page any) (more []*Lane, done bool, err error)

	pages  chan any
	err    error
	cancel context.CancelFunc
}

// Options bound the work of [Run]. The zero value means the defaults.
type Options struct {
	Workers  int // lanes that fetch at the same time; 5
	Ahead    int // pages that a lane fetches ahead; 2
	MaxLanes int // lanes of children beyond which no page of a parent is taken; 20
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = 5
	}
	if o.Ahead <= 0 {
		o.Ahead = 2
	}
	if o.MaxLanes <= 0 {
		o.MaxLanes = 20
	}
	return o
}

// Run drives the lanes, and those that their pages call for, until all are
// empty or one fails. All goroutines have ended when it returns.
func Run(ctx context.Context, roots []*Lane, opt Options) error {
	opt = opt.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	s := &scheduler{ctx: ctx, opt: opt}
	s.roots.lanes = roots
	defer s.wg.Wait()
	defer cancel()
	return s.drive()
}

// A queue is lanes in order of creation, of which the first few fetch.
type queue struct {
	lanes   []*Lane
	running int // lanes[:running] have been started
}

// scheduler keeps the lanes of children apart from the roots, so that a root
// that waits to hand over a page never keeps a child from starting.
type scheduler struct {
	ctx             context.Context
	opt             Options
	wg              sync.WaitGroup
	roots, children queue
}

// admit starts lanes of the queue while fewer than Workers of it fetch.
func (s *scheduler) admit(q *queue) {
	for q.running < len(q.lanes) && q.running < s.opt.Workers {
		s.start(q.lanes[q.running])
		q.running++
	}
}

func (s *scheduler) start(l *Lane) {
	ctx, cancel := context.WithCancel(s.ctx)
	l.cancel = cancel
	l.pages = make(chan any, s.opt.Ahead)
	s.wg.Go(func() {
		defer close(l.pages)
		l.err = l.Produce(ctx, func(page any) bool {
			select {
			case l.pages <- page:
				return true
			case <-ctx.Done():
				return false
			}
		})
	})
}

// drive takes one page of each lane in turn (E41). With many children waiting
// it leaves the roots alone until they drain, which bounds their number.
func (s *scheduler) drive() error {
	for len(s.roots.lanes)+len(s.children.lanes) > 0 {
		if len(s.children.lanes) < s.opt.MaxLanes {
			if err := s.round(&s.roots); err != nil {
				return err
			}
		}
		if err := s.round(&s.children); err != nil {
			return err
		}
	}
	return nil
}

// round takes a page of each running lane of the queue.
func (s *scheduler) round(q *queue) error {
	s.admit(q)
	for i := 0; i < q.running; {
		ended, err := s.take(q.lanes[i])
		switch {
		case err != nil:
			return err
		case ended:
			q.lanes[i].cancel()
			q.lanes = append(q.lanes[:i:i], q.lanes[i+1:]...)
			q.running--
		default:
			i++
		}
	}
	s.admit(q)
	return nil
}

// take consumes the lane's next page and reports whether the lane has ended.
func (s *scheduler) take(l *Lane) (ended bool, err error) {
	select {
	case <-s.ctx.Done():
		return true, s.ctx.Err()
	case page, ok := <-l.pages:
		if !ok {
			if errors.Is(l.err, context.Canceled) && s.ctx.Err() == nil {
				return true, nil
			}
			return true, l.err
		}
		more, done, err := l.Consume(s.ctx, page)
		if err != nil {
			return true, err
		}
		if len(more) > 0 {
			s.children.lanes = append(s.children.lanes, more...)
			s.admit(&s.children)
		}
		return done, nil
	}
}
