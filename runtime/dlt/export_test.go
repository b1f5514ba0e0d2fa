package dlt

import "github.com/dltgen/dltgen/runtime/internal/atomicfile"

// WithDisk lets tests put faults under a pipeline's files.
func (p *Pipeline) WithDisk(d *atomicfile.Disk) *Pipeline {
	p.disk = d
	return p
}
