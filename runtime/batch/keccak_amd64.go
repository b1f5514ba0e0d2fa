package batch

import "golang.org/x/sys/cpu"

// hasKeccak8 reports whether keccak8 can run.
var hasKeccak8 = cpu.X86.HasAVX512F

// keccak8 permutes eight states of Keccak-f[1600] at once; lane i of state j is
// state[i][j]. Only the first two lanes of the result are written.
//
//go:noescape
func keccak8(state *[25][8]uint64)
