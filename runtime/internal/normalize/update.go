package normalize

// Update lets the caller change the schema while records are being written, as
// when a resource declares its tables with its first page. It waits until all
// records sent before are written, so that what they learn does not depend on
// timing; workers do not read the schema meanwhile. An error of change is
// returned and stops nothing else.
func (w *Writer) Update(change func() error) error {
	seq := w.queue.number()
	var err error
	if w.queue.await(seq) {
		err = w.update(change)
	} else {
		err = w.queue.failed()
	}
	w.queue.done(nil)
	return err
}

func (w *Writer) update(change func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := change()
	for _, t := range w.tables {
		w.refresh(t)
		w.touchTable(t)
	}
	w.publish()
	return err
}

// Table is the name of the stream's root table.
func (s *Stream) Table() string { return s.root.name }
