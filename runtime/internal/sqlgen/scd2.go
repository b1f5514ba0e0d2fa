package sqlgen

import (
	"strings"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/schema"
)

// scd2 collects what the statements of one scd2 merge share (L90 to L98).
type scd2 struct {
	g                *Gen
	c                driver.Chain
	root             *schema.Table
	from, to         string
	version          string // the row version column
	boundary, active string // literals
	isActive         string
	filter, scope    string
}

func (g *Gen) scd2(c driver.Chain) ([]string, error) {
	s := &scd2{g: g, c: c, root: c.Root()}
	if err := s.read(); err != nil {
		return nil, err
	}
	out := []string{s.retire(), s.insertRoot()}
	for _, t := range c.Tables[1:] {
		statement, err := s.insertNested(t)
		if err != nil {
			return nil, err
		}
		out = append(out, statement)
	}
	return out, nil
}

func (s *scd2) read() error {
	from, to := first(s.root, hinted("x-valid-from")), first(s.root, hinted("x-valid-to"))
	version := first(s.root, hinted("x-row-version"))
	if from == nil || to == nil || version == nil {
		return &MergeError{s.root.Name, "scd2 needs columns with x-valid-from, x-valid-to and x-row-version"}
	}
	q := s.g.d.Quote
	s.from, s.to, s.version = q(from.Name), q(to.Name), q(version.Name)
	boundary, ok, err := timeHint(s.root.Extra, "x-boundary-timestamp")
	if err != nil {
		return &MergeError{s.root.Name, err.Error()}
	}
	if !ok {
		boundary = s.c.Created
	}
	s.boundary = s.g.d.Timestamp(boundary)
	active, ok, err := timeHint(to.Extra, "x-active-record-timestamp")
	if err != nil {
		return &MergeError{s.root.Name, err.Error()}
	}
	s.active, s.isActive = "NULL", s.to+" IS NULL"
	if ok {
		s.active = s.g.d.Timestamp(active)
		s.isActive = s.to + " = " + s.active
	}
	s.filter, s.scope, err = s.g.conditions(s.root)
	return err
}

// retire closes the active versions that the source no longer has (L92, L95).
func (s *scd2) retire() string {
	conds := []string{s.g.absent(s.root, []string{s.version}, s.filter), s.isActive}
	if p := s.g.partition(s.root, s.filter, s.scope); p != "" {
		conds = append(conds, p)
	}
	return "UPDATE " + s.g.Final(s.root.Name) + " SET " + s.to + " = " + s.boundary + where(strings.Join(conds, " AND "))
}

// insertRoot opens a version of every staged row that is not active yet (L92).
func (s *scd2) insertRoot() string {
	var cols []string
	for _, n := range s.g.names(s.root, nil) {
		if n != s.from && n != s.to {
			cols = append(cols, n)
		}
	}
	list := strings.Join(cols, ", ")
	final := s.g.Final(s.root.Name)
	cond := s.version + " NOT IN (SELECT " + s.version + " FROM " + final + " WHERE " + s.isActive + ")"
	if s.filter != "" {
		cond += " AND (" + s.filter + ")"
	}
	return "INSERT INTO " + final + " (" + list + ", " + s.from + ", " + s.to + ") SELECT " + list + ", " +
		s.boundary + ", " + s.active + " FROM " + s.g.Staged(s.root.Name) + where(cond)
}

// insertNested adds the nested rows that are not there yet. Their ids hang on their
// parents', so rows below a root that was not inserted are known by their parent
// missing: they stay away (L98).
func (s *scd2) insertNested(t *schema.Table) (string, error) {
	key, err := s.g.rowKeyOf(t)
	if err != nil {
		return "", err
	}
	cols := s.g.columnList(t)
	final := s.g.Final(t.Name)
	cond := key + " NOT IN (SELECT " + key + " FROM " + final + ")"
	if s.filter != "" || first(s.root, rowKey) != nil {
		parent := s.parentOf(t)
		if parent == nil {
			return "", &MergeError{t.Name, "its parent is not in the chain"}
		}
		parentRow := s.version
		if parent != s.root || first(s.root, rowKey) != nil {
			if parentRow, err = s.g.rowKeyOf(parent); err != nil {
				return "", err
			}
		}
		link := first(t, parentKey)
		if link == nil {
			return "", &MergeError{t.Name, "no parent_key column (such as _dlt_parent_id)"}
		}
		cond += " AND " + s.g.d.Quote(link.Name) + " IN (SELECT " + parentRow + " FROM " + s.g.Final(parent.Name) + ")"
	}
	return "INSERT INTO " + final + " (" + cols + ") SELECT " + cols + " FROM " + s.g.Staged(t.Name) + where(cond), nil
}

func (s *scd2) parentOf(t *schema.Table) *schema.Table {
	for _, p := range s.c.Tables {
		if p.Name == t.Parent {
			return p
		}
	}
	return nil
}
