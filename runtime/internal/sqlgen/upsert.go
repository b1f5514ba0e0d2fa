package sqlgen

import (
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// upsert collects what the statements of upsert, insert-only and cdc share (L71 to L79).
type upsert struct {
	g             *Gen
	c             driver.Chain
	root          *schema.Table
	primary       []string
	filter, scope string
	rowKey        string
	insertOnly    bool
	skipUnchanged bool
	out           []string
}

func (g *Gen) upsert(c driver.Chain) ([]string, error) {
	u := &upsert{g: g, c: c, root: c.Root(), insertOnly: c.Strategy == schema.InsertOnly}
	u.primary = g.names(u.root, primaryKey)
	if len(u.primary) == 0 {
		return nil, &MergeError{u.root.Name, fmt.Sprintf("strategy %q needs a primary key", c.Strategy)}
	}
	var err error
	if u.filter, u.scope, err = g.conditions(u.root); err != nil {
		return nil, err
	}
	if u.insertOnly {
		u.filter = "" // ignored by insert-only (L76)
	} else {
		u.skipUnchanged = boolHint(u.root, "x-merge-skip-unchanged-rows")
	}
	if len(c.Tables) > 1 {
		if u.rowKey, err = g.rowKeyOf(u.root); err != nil {
			return nil, err
		}
	}
	if c.Strategy == schema.CDC {
		if err := u.deleteAbsent(); err != nil {
			return nil, err
		}
	}
	u.mergeRoot()
	for _, t := range c.Tables[1:] {
		if err := u.mergeNested(t); err != nil {
			return nil, err
		}
	}
	return u.out, nil
}

func (u *upsert) add(statement string) { u.out = append(u.out, statement) }

// deleteAbsent removes the rows that the source no longer has (L77).
func (u *upsert) deleteAbsent() error {
	final := u.g.Final(u.root.Name)
	absent := u.g.absent(u.root, u.primary, u.filter)
	if p := u.g.partition(u.root, u.filter, u.scope); p != "" {
		absent += " AND " + p
	}
	for _, t := range u.c.Tables[1:] {
		key, err := u.g.rootKeyOf(u.root, t)
		if err != nil {
			return err
		}
		u.add("DELETE FROM " + u.g.Final(t.Name) + " WHERE " + key + " IN (SELECT " + u.rowKey + " FROM " + final + " WHERE " + absent + ")")
	}
	u.add("DELETE FROM " + final + " WHERE " + absent)
	return nil
}

// absent is the condition of a final row whose key no staged row has.
func (g *Gen) absent(root *schema.Table, keys []string, filter string) string {
	staged := g.Staged(root.Name)
	if len(keys) == 1 {
		return keys[0] + " NOT IN (SELECT " + keys[0] + " FROM " + staged + where(filter) + ")"
	}
	return "NOT " + g.present(root, keys, filter)
}

// present is the condition of a final row that shares the keys with a staged row.
// Keys are compared one by one, never as joined text (L93).
func (g *Gen) present(root *schema.Table, keys []string, filter string) string {
	source := g.Staged(root.Name)
	if filter != "" {
		// a derived table, so that the filter's bare names mean staged columns only
		source = "(SELECT * FROM " + source + where(filter) + ")"
	}
	return "EXISTS (SELECT 1 FROM " + source + " AS s WHERE " + equalKeys("s", g.Final(root.Name), keys) + ")"
}

// partition is the condition of the final rows that a merge may delete or retire,
// "" for the whole table (L77, L93).
func (g *Gen) partition(root *schema.Table, filter, scope string) string {
	keys := g.names(root, mergeKey)
	switch {
	case scope != "":
		return "(" + scope + ")"
	case len(keys) == 0:
		return ""
	case len(keys) == 1:
		return keys[0] + " IN (SELECT " + keys[0] + " FROM " + g.Staged(root.Name) + where(filter) + ")"
	default:
		return g.present(root, keys, filter)
	}
}

func where(cond string) string {
	if cond == "" {
		return ""
	}
	return " WHERE " + cond
}

// mergeRoot writes the one MERGE of the root table (L71).
func (u *upsert) mergeRoot() {
	var conds []string
	_, notDeleted := u.g.deleted(u.root, "")
	if u.insertOnly && notDeleted != "" {
		conds = append(conds, notDeleted)
	}
	if u.filter != "" {
		conds = append(conds, "("+u.filter+")")
	}
	source := u.g.Staged(u.root.Name)
	if len(conds) > 0 {
		source = "(SELECT * FROM " + source + where(strings.Join(conds, " AND ")) + ")"
	}
	merge := "MERGE INTO " + u.g.Final(u.root.Name) + " AS d USING " + source + " AS s ON " + equalKeys("d", "s", u.primary)
	insert := " WHEN NOT MATCHED"
	if deleted, alive := u.g.deleted(u.root, "s."); deleted != "" && !u.insertOnly {
		merge += " WHEN MATCHED AND " + deleted + " THEN DELETE"
		if u.c.Strategy == schema.CDC {
			insert += " AND " + alive // a row that arrives deleted and is unknown stays away (L73)
		}
	}
	if !u.insertOnly {
		merge += u.update(u.root)
	}
	u.add(merge + insert + u.insert(u.root))
}

// update is the clause for rows that are there already (L74).
func (u *upsert) update(t *schema.Table) string {
	cols := u.g.names(t, nil)
	set := make([]string, len(cols))
	for i, c := range cols {
		set[i] = c + " = s." + c
	}
	when := " WHEN MATCHED"
	if u.skipUnchanged {
		if changed := u.g.changed(t); changed != "" {
			when += " AND (" + changed + ")"
		}
	}
	return when + " THEN UPDATE SET " + strings.Join(set, ", ")
}

func (u *upsert) insert(t *schema.Table) string {
	cols := u.g.names(t, nil)
	return " THEN INSERT (" + strings.Join(cols, ", ") + ") VALUES (s." + strings.Join(cols, ", s.") + ")"
}

// changed is the condition that a staged row differs from the one that is there,
// "" when nothing can be compared (L74).
func (g *Gen) changed(t *schema.Table) string {
	if c := first(t, hinted("x-row-version")); c != nil {
		v := g.d.Quote(c.Name)
		return "s." + v + " <> d." + v
	}
	var parts []string
	for _, n := range g.names(t, func(c *schema.Column) bool {
		return !primaryKey(c) && !rowKey(c) && !parentKey(c) && !rootKey(c) && !hardDelete(c) && c.Name != schema.ColumnLoadID
	}) {
		parts = append(parts, "s."+n+" IS DISTINCT FROM d."+n)
	}
	return strings.Join(parts, " OR ")
}

// mergeNested writes the statements of one nested table (L75, L76).
func (u *upsert) mergeNested(t *schema.Table) error {
	key, err := u.g.rowKeyOf(t)
	if err != nil {
		return err
	}
	final, staged := u.g.Final(t.Name), u.g.Staged(t.Name)
	on := " AS s ON d." + key + " = s." + key
	if u.insertOnly {
		u.add("MERGE INTO " + final + " AS d USING " + staged + on + " WHEN NOT MATCHED" + u.insert(t))
		return nil
	}
	root, err := u.g.rootKeyOf(u.root, t)
	if err != nil {
		return err
	}
	roots := "SELECT " + u.rowKey + " FROM " + u.g.Staged(u.root.Name) + where(u.filter)
	source := staged
	if u.filter != "" {
		source = "(SELECT * FROM " + staged + " WHERE " + root + " IN (" + roots + "))"
	}
	u.add("MERGE INTO " + final + " AS d USING " + source + on + u.update(t) + " WHEN NOT MATCHED" + u.insert(t))
	u.add("DELETE FROM " + final + " WHERE " + root + " IN (" + roots + ") AND " + key + " NOT IN (SELECT " + key + " FROM " + staged + ")")
	if deleted, _ := u.g.deleted(u.root, ""); deleted != "" {
		if u.filter != "" {
			deleted += " AND (" + u.filter + ")"
		}
		u.add("DELETE FROM " + final + " WHERE " + root + " IN (SELECT " + u.rowKey + " FROM " + u.g.Staged(u.root.Name) + where(deleted) + ")")
	}
	return nil
}

// DuplicateKeys is the query that finds a primary key which two staged rows share, ""
// when the chain's strategy does not mind. The MERGE would insert both or fail (L72).
func (g *Gen) DuplicateKeys(c driver.Chain) (string, error) {
	if c.Disposition != schema.Merge || c.Strategy != schema.Upsert && c.Strategy != schema.CDC && c.Strategy != schema.InsertOnly {
		return "", nil
	}
	root := c.Root()
	keys := g.names(root, primaryKey)
	if len(keys) == 0 {
		return "", nil
	}
	filter, _, err := g.conditions(root)
	if err != nil {
		return "", err
	}
	list := strings.Join(keys, ", ")
	var conds []string
	for _, k := range keys {
		conds = append(conds, k+" IS NOT NULL")
	}
	if filter != "" && c.Strategy != schema.InsertOnly {
		conds = append(conds, "("+filter+")")
	}
	return "SELECT concat_ws(', ', " + list + "), count(*) FROM " + g.Staged(root.Name) + where(strings.Join(conds, " AND ")) +
		" GROUP BY " + list + " HAVING count(*) > 1 LIMIT 1", nil
}
