//go:build !amd64

package batch

const hasKeccak8 = false

func keccak8(*[25][8]uint64) {}
