package sqlgen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// deleteInsert collects what the statements of one delete-insert merge share (L63 to L70).
type deleteInsert struct {
	g                    *Gen
	c                    driver.Chain
	root                 *schema.Table
	primary, merge       []string
	filter, scope        string
	notDeleted           string
	deduplicated         bool
	rowKey               string // of the root; only chains with nested tables need it
	deleteTemp, keepTemp string
	out                  []string
}

func (g *Gen) deleteInsert(c driver.Chain) ([]string, error) {
	m := &deleteInsert{g: g, c: c, root: c.Root()}
	var err error
	if m.filter, m.scope, err = g.conditions(m.root); err != nil {
		return nil, err
	}
	m.primary, m.merge = g.names(m.root, primaryKey), g.names(m.root, mergeKey)
	_, m.notDeleted = g.deleted(m.root, "")
	m.deduplicated = boolHint(m.root, "x-stage-data-deduplicated")
	if len(c.Tables) > 1 {
		if m.rowKey, err = g.rowKeyOf(m.root); err != nil {
			return nil, err
		}
	}
	if err := m.deletes(); err != nil {
		return nil, err
	}
	m.keepTable()
	if err := m.inserts(); err != nil {
		return nil, err
	}
	for _, t := range []string{m.deleteTemp, m.keepTemp} {
		if t != "" {
			m.add("DROP TABLE IF EXISTS " + t)
		}
	}
	return m.out, nil
}

func (m *deleteInsert) add(statement string) { m.out = append(m.out, statement) }

// keyMatch is the condition that d and s have the same key (L63).
func (m *deleteInsert) keyMatch() string {
	var groups []string
	for _, keys := range [][]string{m.primary, m.merge} {
		if len(keys) > 0 {
			groups = append(groups, equalKeys("d", "s", keys))
		}
	}
	return strings.Join(groups, " OR ")
}

func equalKeys(d, s string, keys []string) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, d+"."+k+" = "+s+"."+k)
	}
	return strings.Join(parts, " AND ")
}

// deletes writes the delete part (L64).
func (m *deleteInsert) deletes() error {
	final, staged := m.g.Final(m.root.Name), m.g.Staged(m.root.Name)
	if m.scope != "" {
		return m.deleteScope(final)
	}
	if len(m.primary)+len(m.merge) == 0 {
		return nil
	}
	match := m.keyMatch()
	if m.filter != "" {
		match = "(" + match + ") AND (" + m.filter + ")"
	}
	from := "FROM " + final + " AS d WHERE EXISTS (SELECT 1 FROM " + staged + " AS s WHERE " + match + ")"
	if len(m.c.Tables) == 1 {
		m.add("DELETE " + from)
		return nil
	}
	m.deleteTemp = m.tempName("delete")
	m.add("CREATE TEMPORARY TABLE " + m.deleteTemp + " AS SELECT d." + m.rowKey + " " + from)
	for _, t := range m.c.Tables[1:] {
		key, err := m.g.rootKeyOf(m.root, t)
		if err != nil {
			return err
		}
		m.add("DELETE FROM " + m.g.Final(t.Name) + " WHERE " + key + " IN (SELECT * FROM " + m.deleteTemp + ")")
	}
	m.add("DELETE FROM " + final + " WHERE " + m.rowKey + " IN (SELECT * FROM " + m.deleteTemp + ")")
	return nil
}

func (m *deleteInsert) deleteScope(final string) error {
	for _, t := range m.c.Tables[1:] {
		key, err := m.g.rootKeyOf(m.root, t)
		if err != nil {
			return err
		}
		m.add("DELETE FROM " + m.g.Final(t.Name) + " WHERE " + key +
			" IN (SELECT " + m.rowKey + " FROM " + final + " WHERE " + m.scope + ")")
	}
	m.add("DELETE FROM " + final + " WHERE " + m.scope)
	return nil
}

// keepTable makes the table of staged root rows that survive (T2 of L64).
func (m *deleteInsert) keepTable() {
	if len(m.c.Tables) == 1 || len(m.primary) == 0 && m.notDeleted == "" {
		return
	}
	m.keepTemp = m.tempName("insert")
	cond := m.notDeleted
	if cond == "" {
		cond = "1 = 1"
	}
	source := m.g.Staged(m.root.Name)
	query := "SELECT " + m.rowKey + " FROM " + source + " WHERE " + cond
	if len(m.primary) > 0 {
		query = m.ranked(m.root, m.primary, m.rowKey, cond, true)
	}
	m.add("CREATE TEMPORARY TABLE " + m.keepTemp + " AS " + query)
}

// ranked selects one staged row of each key: the winner is chosen first and dropped
// afterwards if the condition refuses it (L65, X7).
func (m *deleteInsert) ranked(t *schema.Table, keys []string, cols, cond string, sorted bool) string {
	source := m.g.Staged(t.Name)
	if m.deduplicated {
		return "SELECT " + cols + " FROM " + source + " WHERE " + cond
	}
	order := m.g.d.DefaultOrder
	if c := first(t, func(c *schema.Column) bool { return c.DedupSort != "" }); sorted && c != nil {
		order = m.g.d.Quote(c.Name) + " " + strings.ToUpper(sortDirection(c.DedupSort))
	}
	return "SELECT " + cols + " FROM (SELECT ROW_NUMBER() OVER (PARTITION BY " + strings.Join(keys, ", ") +
		" ORDER BY " + order + ") AS _dlt_dedup_rn, * FROM " + source +
		") AS _dlt_dedup_numbered WHERE _dlt_dedup_rn = 1 AND (" + cond + ")"
}

func sortDirection(s string) string {
	if s == "desc" {
		return "desc"
	}
	return "asc"
}

// inserts writes the insert part in chain order (L65, L66).
func (m *deleteInsert) inserts() error {
	for i, t := range m.c.Tables {
		cols := m.g.columnList(t)
		var query string
		var err error
		switch {
		case i > 0:
			query, err = m.nestedRows(t, cols)
		case len(m.c.Tables) > 1:
			query = "SELECT " + cols + " FROM " + m.g.Staged(t.Name) + " WHERE " + m.rootCondition(len(m.primary) > 0)
		case len(m.primary) > 0:
			query = m.ranked(t, m.primary, cols, m.rootCondition(false), true)
		default:
			query = "SELECT " + cols + " FROM " + m.g.Staged(t.Name) + " WHERE " + m.rootCondition(false)
		}
		if err != nil {
			return err
		}
		m.add("INSERT INTO " + m.g.Final(t.Name) + " (" + cols + ") " + query)
	}
	return nil
}

func (m *deleteInsert) rootCondition(kept bool) string {
	cond := "1 = 1"
	switch {
	case kept:
		cond = m.rowKey + " IN (SELECT * FROM " + m.keepTemp + ")"
	case m.notDeleted != "":
		cond = m.notDeleted
	}
	if m.filter != "" {
		cond += " AND (" + m.filter + ")"
	}
	return cond
}

func (m *deleteInsert) nestedRows(t *schema.Table, cols string) (string, error) {
	key, err := m.g.rowKeyOf(t)
	if err != nil {
		return "", err
	}
	cond := "1 = 1"
	if m.keepTemp != "" || m.filter != "" {
		root, err := m.g.rootKeyOf(m.root, t)
		if err != nil {
			return "", err
		}
		if m.keepTemp != "" {
			cond = root + " IN (SELECT * FROM " + m.keepTemp + ")"
		}
		if m.filter != "" {
			cond += fmt.Sprintf(" AND %s IN (SELECT %s FROM %s WHERE %s)", root, m.rowKey, m.g.Staged(m.root.Name), m.filter)
		}
	}
	return m.ranked(t, []string{key}, cols, cond, false), nil
}

// tempName is the quoted name of a temporary table, the same whenever the package is
// repeated (L68).
func (m *deleteInsert) tempName(op string) string {
	sum := sha256.Sum256([]byte(m.c.LoadID + "." + m.root.Name + "." + op))
	suffix := "_" + op + "_" + hex.EncodeToString(sum[:16])
	base := m.root.Name
	if len(base)+len(suffix) > m.g.d.MaxName {
		base = base[:max(0, m.g.d.MaxName-len(suffix))]
		base = strings.ToValidUTF8(base, "")
	}
	return m.g.d.Quote(base + suffix)
}
