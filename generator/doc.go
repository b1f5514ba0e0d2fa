// Package generator makes a typed Go connector of an API's description.
//
// It is the whole of dltgen but its command line. [Init] reads a description,
// decides what its operations mean and writes specs/NAME; [Generate] makes the
// Go package of specs/NAME, the same bytes for the same input; [Update] brings a
// new description in without losing an edit.
//
//	spec → openapi.Read → ir.Connector → infer.Apply → connector.yaml
//	connector.yaml + pinned spec → ir.Connector → render.Files → disk
//
// A command that fails has changed nothing: all files of a run are written
// together or not at all.
package generator
