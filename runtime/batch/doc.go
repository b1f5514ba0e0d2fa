// Package batch turns records into Arrow record batches.
//
// It stands between decode and the load package: page → decode → contract →
// batch → loadpackage. A [Table] holds the rows of one table as growing columns;
// both the dynamic shredder and the [Builder] that generated code calls write
// into it. Its buffers become Arrow arrays without a copy and are used again
// after the batch is written. The columns that link rows, _dlt_id and its
// kin, are made here for whole tables at once, never by callers.
package batch
