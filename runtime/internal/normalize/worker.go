package normalize

import (
	"encoding/binary"
	"errors"

	"github.com/dltgen/dltgen/runtime/record"
)

// errStale says that what the stage knew has changed in a way that concerns
// records already decoded: the chunk has to be decoded anew.
var errStale = errors.New("the chunk was decoded under another plan")

// A worker decodes chunks, one at a time.
type worker struct {
	w    *Writer
	set  *set
	fast shredder
	slow slow

	chunk *chunk
	turn  bool // the chunk has the turn
	epoch int
}

func newWorker(w *Writer) *worker {
	k := &worker{w: w, set: newSet(w)}
	k.slow = slow{w: w, set: k.set}
	k.fast = shredder{set: k.set}
	return k
}

// do decodes a chunk and writes it in its turn.
func (k *worker) do(c *chunk) {
	k.chunk, k.turn = c, false
	err := k.decode()
	if errors.Is(err, errStale) {
		err = k.decode()
	}
	if err == nil {
		k.identify()
		if err = k.takeTurn(); errors.Is(err, errStale) {
			if err = k.decode(); err == nil {
				k.identify()
			}
		}
	}
	if !k.turn {
		k.turn = true
		if !k.w.queue.await(c.seq) {
			err = nil // an earlier chunk failed
			k.set.reset()
		}
	}
	if err == nil {
		err = k.w.commit(k.set)
		c.stream.records.Add(int64(c.records))
	}
	k.w.queue.done(err)
	k.set.reset()
}

// decode reads all pages of the chunk from the start.
func (k *worker) decode() error {
	k.set.reset()
	k.chunk.records = len(k.chunk.values)
	k.set.ids.Seed(k.w.seedOf(k.chunk.seq))
	k.w.mu.RLock()
	k.epoch = k.w.epoch
	k.w.mu.RUnlock()
	for i := range k.chunk.pages {
		if err := k.page(&k.chunk.pages[i]); err != nil {
			return err
		}
	}
	for _, v := range k.chunk.values {
		k.set.begin()
		if err := k.slowly(v); err != nil {
			return err
		}
	}
	return nil
}

// seedOf makes the ids of a chunk independent of the worker that decodes it.
func (w *Writer) seedOf(seq int) [32]byte {
	seed := w.seed
	n := binary.LittleEndian.Uint64(seed[:]) + uint64(seq)*0x9e3779b97f4a7c15
	binary.LittleEndian.PutUint64(seed[:], n)
	return seed
}

// page reads the records of a page.
func (k *worker) page(p *record.Page) error {
	cur := record.NewCursor(p)
	root := k.chunk.stream.root
	k.fast.data = p.Data
	for n := 1; ; n++ {
		more, err := cur.Next()
		if !more || err != nil {
			k.chunk.records += n - 1
			return err
		}
		k.set.begin()
		if end := k.fast.record(root, cur.Pos); end >= 0 {
			cur.Pos = end
		} else {
			k.set.rollback()
			v, err := cur.Parse()
			if err != nil {
				return err
			}
			if err := k.slowly(v); err != nil {
				return err
			}
		}
		if n&0xfff == 0 && k.set.size() > setBytes {
			if err := k.spill(); err != nil {
				return err
			}
		}
	}
}

// spill writes a part of the chunk, for which it has to be the chunk's turn.
func (k *worker) spill() error {
	if err := k.takeTurn(); err != nil {
		return err
	}
	k.identify()
	if err := k.w.commit(k.set); err != nil {
		return err
	}
	k.set.reset()
	return nil
}

// slowly takes a record through the slow path: under the lock for reading as
// long as it changes nothing, else in its turn.
func (k *worker) slowly(v *record.Value) error {
	root := k.chunk.stream.root
	if !k.turn {
		k.w.mu.RLock()
		k.slow.may = false
		err := k.slow.record(root, v)
		k.w.mu.RUnlock()
		if err == nil {
			return nil
		}
		// Errors wait for their turn too: an earlier record may still change
		// what this one meets.
		k.set.rollback()
		if err := k.takeTurn(); err != nil {
			return err
		}
	}
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	k.slow.may = true
	err := k.slow.record(root, v)
	k.w.publish()
	k.epoch = k.w.epoch
	return err
}

// takeTurn waits until all earlier chunks are written.
func (k *worker) takeTurn() error {
	if k.turn {
		return nil
	}
	ok := k.w.queue.await(k.chunk.seq)
	k.turn = true
	if !ok {
		return errEarlier
	}
	k.w.mu.RLock()
	defer k.w.mu.RUnlock()
	if k.epoch != k.w.epoch {
		return errStale
	}
	return nil
}

// errEarlier stops a chunk after an earlier one failed, whose error is reported.
var errEarlier = errors.New("an earlier chunk failed")

func (k *worker) identify() {
	k.w.mu.RLock()
	defer k.w.mu.RUnlock()
	k.set.identify()
}
