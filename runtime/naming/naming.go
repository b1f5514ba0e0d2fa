// Package naming turns names from data into names that destinations take.
//
// A [Convention] is one rule for the generator and the runtime, so that a
// column declared at generate time is the column that arriving data finds. The
// conventions and their results are dlt's (docs/spec/10-schema.md, S80 to S86):
// names enter the schema's hash and live in datasets that either tool continues.
//
//	c, _ := naming.New("snake_case", 63)
//	c.Path("createdAt")                // created_at
//	c.Join("orders", c.Path("Items"))  // orders__items
package naming

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// EmptyName stands for a key that leaves nothing of itself (N12, N17).
const EmptyName = "_empty"

// Default is the convention of a schema that names none (S31).
const Default = "snake_case"

// modulePrefix is how dlt spells a convention when it writes its module out.
const modulePrefix = "dlt.common.normalizers.naming."

// A Convention normalises names and bounds their length. Its zero value is
// snake_case without a limit. Conventions are values: compare them with ==.
type Convention struct {
	rule *rule
	max  int
}

// A rule is what tells one convention from another.
type rule struct {
	name          string
	separator     string
	caseSensitive bool
	// limit is the convention's own greatest length, 0 if it has none.
	limit int
	// bareTables removes leading underscores from table names.
	bareTables bool
	// identifier normalises a trimmed, non-empty name, without shortening it.
	identifier func(string) string
	// clean reports that a path is normal as it is; it may say no wrongly.
	clean func(string) bool
}

var rules = []*rule{
	{name: "snake_case", separator: "__", identifier: snakeCase, clean: isSnakePath},
	{name: "duck_case", separator: "__", caseSensitive: true, identifier: duckCase},
	{name: "direct", separator: "▶", caseSensitive: true, identifier: direct},
	{name: "sql_cs_v1", separator: "__", caseSensitive: true, identifier: sqlCase},
	{name: "sql_ci_v1", separator: "__", identifier: sqlLowerCase},
	{name: "s3_tables", separator: "__", limit: 255, bareTables: true, identifier: snakeCase, clean: isSnakePath},
}

// Names are the known conventions.
func Names() []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.name
	}
	return names
}

// New returns the named convention; "" is [Default]. Names longer than
// maxLength characters are shortened (S84); 0 sets no limit.
func New(name string, maxLength int) (Convention, error) {
	if name == "" {
		name = Default
	}
	for _, r := range rules {
		if r.name == strings.TrimPrefix(name, modulePrefix) {
			return r.convention(maxLength)
		}
	}
	return Convention{}, fmt.Errorf("naming convention %q is unknown; known are %s", name, strings.Join(Names(), ", "))
}

func (r *rule) convention(maxLength int) (Convention, error) {
	switch {
	case maxLength < 0 || maxLength > 0 && maxLength < tagLength:
		return Convention{}, fmt.Errorf("naming convention %s: a maximum length of %d leaves no room for a tag of %d characters", r.name, maxLength, tagLength)
	case r.limit > 0 && maxLength > r.limit:
		return Convention{}, fmt.Errorf("naming convention %s: a maximum length of %d is more than its own limit of %d", r.name, maxLength, r.limit)
	case r.limit > 0 && maxLength == 0:
		maxLength = r.limit
	}
	return Convention{rule: r, max: maxLength}, nil
}

func (c Convention) rules() *rule {
	if c.rule == nil {
		return rules[0]
	}
	return c.rule
}

// Name is the convention's short name, as schemas store it.
func (c Convention) Name() string { return c.rules().name }

// String tells conventions apart in messages: name, case rule and limit.
func (c Convention) String() string {
	s := c.Name() + "_ci"
	if c.CaseSensitive() {
		s = c.Name() + "_cs"
	}
	if c.max > 0 {
		s = fmt.Sprintf("%s_%d", s, c.max)
	}
	return s
}

// Separator stands between the parts of a path.
func (c Convention) Separator() string { return c.rules().separator }

// CaseSensitive reports whether names that differ in case only stay different.
func (c Convention) CaseSensitive() bool { return c.rules().caseSensitive }

// MaxLength is the greatest length of a name in characters, 0 for no limit.
func (c Convention) MaxLength() int { return c.max }

// WithMaxLength is the same convention under another limit.
func (c Convention) WithMaxLength(maxLength int) (Convention, error) {
	return c.rules().convention(maxLength)
}

// Identifier normalises one name (S81, S86). Surrounding white space does not
// count; a blank name, which no convention can normalise, gives "".
func (c Convention) Identifier(s string) string {
	if id := c.part(s); id != "" || isBlank(s) {
		return id
	}
	return "_" // dlt leaves nothing of "___" here; a name must not vanish
}

// part is the identifier of one part of a path, "" if it leaves nothing.
func (c Convention) part(s string) string {
	s = trim(s)
	if s == "" {
		return ""
	}
	return c.shorten(c.rules().identifier(s), s)
}

// TableIdentifier is Identifier for the name of a table or dataset.
func (c Convention) TableIdentifier(s string) string {
	return c.table(c.Identifier(s))
}

// Path normalises each part of a name that may hold separators (S82). A name
// of separators and blanks alone gives "".
func (c Convention) Path(s string) string {
	return c.path(s, false)
}

// TablePath is Path for the name of a table.
func (c Convention) TablePath(s string) string {
	return c.path(s, true)
}

// Key normalises a key of data: Path, or [EmptyName] where that leaves nothing.
func (c Convention) Key(s string) string {
	if p := c.Path(s); p != "" {
		return p
	}
	return EmptyName
}

// Join makes one name of normalised parts, without the blank ones, and shortens it (S83).
func (c Convention) Join(parts ...string) string {
	sep := c.Separator()
	n := 0
	for _, p := range parts {
		n += len(p) + len(sep)
	}
	buf := make([]byte, 0, n)
	for _, p := range parts {
		if isBlank(p) {
			continue
		}
		if len(buf) > 0 {
			buf = append(buf, sep...)
		}
		buf = append(buf, p...)
	}
	joined := string(buf)
	return c.shorten(joined, joined)
}

// Split undoes Join, as far as the name was not shortened.
func (c Convention) Split(path string) []string {
	parts := strings.Split(path, c.Separator())
	kept := parts[:0]
	for _, p := range parts {
		if !isBlank(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// Shorten bounds a normalised name; original is what it was made from and
// decides the tag (S84).
func (c Convention) Shorten(normalized, original string) string {
	return c.shorten(normalized, original)
}

func (c Convention) path(s string, table bool) string {
	r := c.rules()
	if !table && r.clean != nil && (c.max == 0 || len(s) <= c.max) && r.clean(s) {
		return s
	}
	var buf []byte
	vanished := false
	for rest, more := s, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, r.separator)
		id := c.part(part)
		if table {
			id = c.table(id)
		}
		if id == "" {
			vanished = vanished || !isBlank(part)
			continue
		}
		if buf == nil {
			if !more {
				return c.shorten(id, s)
			}
			buf = make([]byte, 0, len(s)+8)
		} else {
			buf = append(buf, r.separator...)
		}
		buf = append(buf, id...)
	}
	if buf == nil && vanished {
		return "_"
	}
	return c.shorten(string(buf), s)
}

func (c Convention) table(id string) string {
	if c.rules().bareTables {
		return strings.TrimLeft(id, "_")
	}
	return id
}

func isBlank(s string) bool { return trim(s) == "" }

// trim removes what dlt takes for white space: Unicode's and the four
// information separators of ASCII.
func trim(s string) string {
	if s == "" || s[0]-'!' < utf8.RuneSelf-'!' && s[len(s)-1]-'!' < utf8.RuneSelf-'!' {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
	})
}
