package normalize

// Update lets the caller change the schema while records are being written, as
// when a resource declares its tables with its first page. Workers do not read
// the schema meanwhile; Stream takes up what changed.
func (w *Writer) Update(change func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return change()
}
