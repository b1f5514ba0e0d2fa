// Command dltgen makes typed Go connectors of API descriptions: it reads an
// OpenAPI document, decides what its operations mean as data, and writes a Go
// package whose command loads them into DuckDB, Postgres or files.
//
//	dltgen init github --spec openapi.yaml
//	dltgen generate
//
// It needs no network and no compiler; see dltgen help.
package main

import "os"

func main() { os.Exit(Do(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
