// Package record reads JSON the way records need it: whole pages in memory, no
// allocation per value, exact numbers, and errors that name the page and the byte.
//
// It stands at the start of a record's journey, page → decode → contract →
// batch. There are two readers over one scanner. A [Decoder] is driven by
// generated code and fills typed rows; what a row has no field for goes to an
// [Extra], so that unknown fields are still data. [Parse] makes an ordered
// [Value] tree, on which transforms and the slow path of normalisation work;
// [Coerce] fits its leaves to column types (docs/spec/20-normalize.md, N40 to N45).
package record
