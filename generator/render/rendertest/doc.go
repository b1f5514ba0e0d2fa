// Package rendertest holds the tests that run what package render wrote: its
// golden connector is a package they import.
package rendertest
