package normalize

import (
	"errors"
	"sync"

	"github.com/dltgen/dltgen/runtime/record"
)

// chunkBytes is how many bytes of pages are decoded as one piece of work:
// enough that batches are worth their overhead, few enough for the caches.
const chunkBytes = 1 << 20

// setBytes bounds the rows that a worker holds before it writes them.
const setBytes = 48 << 20

// A chunk is one piece of work. Its number is its place in the order of rows.
type chunk struct {
	seq    int
	stream *Stream
	pages  []record.Page
	values []*record.Value
	bytes  int
	// records is how many were read.
	records int
}

// A queue hands chunks to workers and gives each its turn, in order.
type queue struct {
	w       *Writer
	work    chan *chunk
	workers sync.WaitGroup

	sending sync.Mutex

	mu     sync.Mutex
	turned sync.Cond
	next   int // number of the next chunk to be made
	turn   int // number of the chunk whose turn it is
	err    error
	open   []*Stream
	closed bool
}

func (q *queue) start(w *Writer, workers int) {
	q.w = w
	q.turned.L = &q.mu
	q.work = make(chan *chunk, workers)
	for range workers {
		q.workers.Go(func() {
			k := newWorker(w)
			for c := range q.work {
				k.do(c)
			}
		})
	}
}

// number takes the next place in the order.
func (q *queue) number() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next++
	return q.next - 1
}

// await waits for the turn of a chunk. It returns false if an earlier one failed.
func (q *queue) await(seq int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.turn != seq {
		q.turned.Wait()
	}
	return q.err == nil
}

// done passes the turn on; the first error stops all later chunks.
func (q *queue) done(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.turn++
	q.turned.Broadcast()
}

func (q *queue) failed() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// send numbers a chunk and hands it to a worker.
func (q *queue) send(c *chunk) error {
	if err := q.failed(); err != nil {
		return err
	}
	// Chunks must reach the workers in the order of their numbers, or workers
	// would wait for the turn of one that cannot be sent.
	q.sending.Lock()
	defer q.sending.Unlock()
	c.seq = q.number()
	q.work <- c
	return nil
}

// close sends what is pending, waits for the workers and returns the first error.
func (q *queue) close() error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return errClosed
	}
	q.closed = true
	streams := q.open
	q.mu.Unlock()
	var errs error
	for _, s := range streams {
		errs = errors.Join(errs, s.Flush())
	}
	close(q.work)
	q.workers.Wait()
	if err := q.failed(); err != nil {
		return err
	}
	return errs
}

// fail makes all chunks to come fail.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
}

// inTurn runs f with a number of its own, when all chunks before it are done.
func (q *queue) inTurn(f func(seq int) error) error {
	seq := q.number()
	var err error
	if q.await(seq) {
		err = f(seq)
	}
	q.done(err)
	return q.failed()
}
