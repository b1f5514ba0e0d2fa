package sqlgen

import (
	"fmt"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/schema"
)

// names returns the quoted names of the complete columns that keep says yes to.
func (g *Gen) names(t *schema.Table, keep func(*schema.Column) bool) []string {
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() && (keep == nil || keep(c)) {
			names = append(names, g.d.Quote(c.Name))
		}
	}
	return names
}

// columnList is the explicit column list of a table, in schema order (L69).
func (g *Gen) columnList(t *schema.Table) string { return strings.Join(g.names(t, nil), ", ") }

// first returns the first complete column that keep says yes to, or nil.
func first(t *schema.Table, keep func(*schema.Column) bool) *schema.Column {
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() && keep(c) {
			return c
		}
	}
	return nil
}

func primaryKey(c *schema.Column) bool { return c.PrimaryKey.Is() }
func mergeKey(c *schema.Column) bool   { return c.MergeKey.Is() }
func rowKey(c *schema.Column) bool     { return c.RowKey.Is() }
func uniqueKey(c *schema.Column) bool  { return c.Unique.Is() }
func rootKey(c *schema.Column) bool    { return c.RootKey.Is() }
func parentKey(c *schema.Column) bool  { return c.ParentKey.Is() }
func hardDelete(c *schema.Column) bool { return c.HardDelete.Is() }

func hinted(key string) func(*schema.Column) bool {
	return func(c *schema.Column) bool {
		v, _ := c.Extra.Get(key)
		on, _ := v.(bool)
		return on
	}
}

// A MergeError says why a merge of a chain cannot be written as SQL (L61).
type MergeError struct {
	// Table is the table that lacks something.
	Table  string
	Reason string
}

// Error names the table and what it lacks.
func (e *MergeError) Error() string { return fmt.Sprintf("merge: table %q: %s", e.Table, e.Reason) }

// rowKeyOf is the quoted column that tells rows apart (L61).
func (g *Gen) rowKeyOf(t *schema.Table) (string, error) {
	if c := first(t, rowKey); c != nil {
		return g.d.Quote(c.Name), nil
	}
	if c := first(t, uniqueKey); c != nil {
		return g.d.Quote(c.Name), nil
	}
	keys := g.names(t, primaryKey)
	switch len(keys) {
	case 1:
		return keys[0], nil
	case 0:
		return "", &MergeError{t.Name, "no row_key, unique or single primary key column (such as _dlt_id)"}
	default:
		return "", &MergeError{t.Name, "several primary key columns and none of them tells rows apart"}
	}
}

// rootKeyOf is the quoted column of a nested table that holds its root row's key (L61).
func (g *Gen) rootKeyOf(root, t *schema.Table) (string, error) {
	if c := first(t, rootKey); c != nil {
		return g.d.Quote(c.Name), nil
	}
	if t.Parent == root.Name {
		if c := first(t, parentKey); c != nil {
			return g.d.Quote(c.Name), nil
		}
		return "", &MergeError{t.Name, "no root_key and no parent_key column (such as _dlt_root_id, _dlt_parent_id)"}
	}
	return "", &MergeError{t.Name, "no root_key column (such as _dlt_root_id)"}
}

// deleted is the condition of a row that arrives as a deletion, and notDeleted its
// opposite (L59); both are "" without a hard_delete column. alias is "" or "s.".
func (g *Gen) deleted(t *schema.Table, alias string) (deleted, notDeleted string) {
	c := first(t, hardDelete)
	if c == nil {
		return "", ""
	}
	ref := alias + g.d.Quote(c.Name)
	if c.DataType == schema.Bool {
		return ref + " = TRUE", "(" + ref + " IS NULL OR " + ref + " = FALSE)"
	}
	return ref + " IS NOT NULL", ref + " IS NULL"
}

func textHint(t *schema.Table, key string) string {
	v, _ := t.Extra.Get(key)
	s, _ := v.(string)
	return s
}

func boolHint(t *schema.Table, key string) bool {
	v, _ := t.Extra.Get(key)
	on, _ := v.(bool)
	return on
}

// conditions are the two options of a merge that hold SQL of the user (L57).
func (g *Gen) conditions(root *schema.Table) (filter, scope string, err error) {
	if s := textHint(root, "x-merge-source-filter"); s != "" {
		if filter, err = expand(s, nil); err != nil {
			return "", "", &MergeError{root.Name, "source_filter: " + err.Error()}
		}
	}
	if s := textHint(root, "x-merge-destination-scope"); s != "" {
		values := map[string]string{"table": g.Final(root.Name), "staging_table": g.Staged(root.Name)}
		if scope, err = expand(s, values); err != nil {
			return "", "", &MergeError{root.Name, "destination_scope: " + err.Error()}
		}
	}
	return filter, scope, nil
}

// CheckCondition checks the placeholders of a merge option (L57).
func CheckCondition(text string, placeholders ...string) error {
	values := map[string]string{}
	for _, p := range placeholders {
		values[p] = ""
	}
	_, err := expand(text, values)
	return err
}

// expand replaces {name} by its value and doubled braces by single ones.
func expand(text string, values map[string]string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c:
			b.WriteByte(c)
			i++
		case c == '}':
			return "", fmt.Errorf("byte %d: single '}': double it", i)
		case c == '{':
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				return "", fmt.Errorf("byte %d: single '{': double it", i)
			}
			name := text[i+1 : i+end]
			v, ok := values[name]
			if !ok {
				return "", fmt.Errorf("byte %d: unknown placeholder {%s}", i, name)
			}
			b.WriteString(v)
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// timeHint reads a hint that holds an instant.
func timeHint(h schema.Hints, key string) (t time.Time, ok bool, err error) {
	v, _ := h.Get(key)
	s, isText := v.(string)
	if !isText || s == "" {
		return time.Time{}, false, nil
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999",
		"2006-01-02 15:04:05.999999999", time.DateOnly,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%s: %q is no time", key, s)
}
