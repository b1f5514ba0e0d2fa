package driver

import (
	"slices"

	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Capabilities are what a destination can do, as data (D1 to D12).
type Capabilities struct {
	// Name is the destination's short name and Type the long one that state
	// documents carry (L35).
	Name, Type string
	// Naming is the naming convention for names of new schemas.
	Naming string
	// CaseSensitive says that names that differ only in case are different, which
	// decides how columns are compared (L41).
	CaseSensitive bool
	// MaxTableName and MaxColumnName limit names in bytes (D2).
	MaxTableName, MaxColumnName int
	// Formats are the job formats in order of preference (D1).
	Formats []loadpackage.Format
	// MergeStrategies and ReplaceStrategies, the default first (D12). None: the
	// disposition falls back to append.
	MergeStrategies   []schema.MergeStrategy
	ReplaceStrategies []ReplaceStrategy
	// Decimal and Wei are precision and scale of columns without their own (D10).
	Decimal, Wei [2]int
	// TimestampPrecision and MaxTimestampPrecision are digits of fractions (D11).
	TimestampPrecision, MaxTimestampPrecision int
	// MaxText is the longest text in bytes; longer schema documents are packed (D11).
	MaxText int
	// MaxTableNesting overrides the schema's nesting limit when set.
	MaxTableNesting schema.Int
	// Transactions says that a package, tables and all, is one transaction (L99).
	Transactions bool
}

// PreferredFormat is the format to write jobs in when nobody asks for another.
func (c *Capabilities) PreferredFormat() loadpackage.Format {
	if len(c.Formats) == 0 {
		return ""
	}
	return c.Formats[0]
}

// Accepts reports whether jobs may have the format.
func (c *Capabilities) Accepts(f loadpackage.Format) bool { return slices.Contains(c.Formats, f) }
