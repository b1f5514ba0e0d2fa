package normalize

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// The plan is what the stage knows about the records so far: which tables
// there are, and for each place in a record what becomes of each key. Tables,
// objects and keys belong to the slow path and are guarded by the Writer's
// lock. For the fast path each object publishes an immutable list of actions.

// A role tells the columns that the stage makes from those of data.
type role uint8

const (
	roleData role = iota
	roleID
	roleParentID
	roleRootID
	roleListIdx
	roleLoadID
)

// A column is a complete column as the paths need it. It never changes.
type column struct {
	slot    int // position among the table's complete columns
	name    string
	typ     schema.DataType
	kind    record.Kind
	arrow   arrow.DataType
	notNull bool
	wide    bool // an integer column of more than 64 bits
	role    role
}

// idKind says how the rows of a table get their ids (N61).
type idKind uint8

const (
	randomID idKind = iota
	keyID
	rowID
)

// A table is one table at one place of the chain of lists.
type table struct {
	id     int // position in a set of batches; parents have smaller ones
	name   string
	parent *table
	schema *schema.Table // nil until the table is in the schema
	byName map[string]*column
	cols   []*column
	level  int // nesting left for its rows (N18)

	linked   bool // rows name their parent; else the table is a root (N60)
	ids      idKind
	key      []string // of keyID
	keyCols  []*column
	rootID   bool                       // rows get _dlt_root_id
	slowOnly bool                       // no fast path for its rows
	filtered atomic.Bool                // the contract drops the table (C6)
	filters  map[string]contract.Action // columns that the contract drops (C7)
	rule     *contract.Rule

	parts []string   // of the name: the root's, then keys
	feeds []fieldKey // the keys whose lists become its rows

	elem *object // a row that is a map
	wrap *object // a row that is a list, as {"list": …} (N16)
}

// An object is a map at one place: a row, or a map flattened into it.
type object struct {
	table *table
	path  []string // normalised keys from the row
	level int
	keys  map[string]*key // by the key as it is in the data
	order []*key          // as records have them, for the fast path
	dirty bool
	fast  atomic.Pointer[actions]
}

// A key is one key of an object.
type key struct {
	raw  string
	name string // normalised
	full string // column name
	obj  *object
	list *table
	null bool // was null while nothing else is known of it
	slow bool // some meaning depends on the other keys of the record
}

// actions are an object's keys for the fast path.
type actions struct {
	list  []action
	index map[string]int32
}

// An action is what the fast path does with a key's value.
type action struct {
	name   string // the column's
	quoted string // "key":
	word   uint64 // its first bytes
	mask   uint64
	col    *column // where leaves go
	obj    *object // where a map goes
	list   *table  // where a list goes
	json   bool    // maps and lists go into col whole
	slow   bool
	null   bool   // null may be skipped without a column
	drop   bool   // the contract drops the value
	row    bool   // the contract drops the row
	skip   *table // the contract drops the child table
}

// planKey tells places of tables apart: one table can be fed from lists of
// different depth.
type planKey struct {
	parent *table
	name   string
	level  int
}

// names are the generated columns under the schema's naming convention.
type names struct {
	id, loadID, parentID, rootID, listIdx, value, list, empty string
}

func namesOf(n naming.Convention) names {
	return names{
		id: n.Identifier(schema.ColumnID), loadID: n.Identifier(schema.ColumnLoadID), parentID: n.Identifier(schema.ColumnParentID),
		rootID: n.Identifier(schema.ColumnRootID), listIdx: n.Identifier(schema.ColumnListIdx), value: n.Identifier("value"),
		list: n.Path("list"), empty: naming.EmptyName,
	}
}

// tableAt is the plan of the table at a place, made if it is new.
func (w *Writer) tableAt(parent *table, parts []string, level int) *table {
	name := parts[0]
	if parent != nil {
		name = w.naming.Join(parts...)
	}
	return w.tableNamed(parent, name, parts, level)
}

// tableNamed is tableAt for a table whose name was chosen otherwise.
func (w *Writer) tableNamed(parent *table, name string, parts []string, level int) *table {
	k := planKey{parent, name, level}
	if t := w.plan[k]; t != nil {
		return t
	}
	t := &table{id: len(w.tables), name: name, parts: parts, parent: parent, level: level, byName: map[string]*column{}, filters: map[string]contract.Action{}}
	t.elem = newObject(t, nil, level)
	t.wrap = newObject(t, nil, level-1)
	w.plan[k] = t
	w.tables = append(w.tables, t)
	w.places[name] = append(w.places[name], t)
	w.refresh(t)
	return t
}

func newObject(t *table, path []string, level int) *object {
	o := &object{table: t, path: path, level: level, keys: map[string]*key{}}
	o.fast.Store(&actions{})
	return o
}

// refresh takes over what the schema says about the table by now.
func (w *Writer) refresh(t *table) {
	t.schema = w.schema.Table(t.name)
	t.linked = t.parent != nil
	if t.schema != nil {
		t.linked = t.linked && t.schema.Parent != ""
		w.refreshIDs(t)
		w.addColumns(t)
	}
	w.refreshLinks(t)
}

func (w *Writer) refreshIDs(t *table) {
	t.ids, t.key = randomID, nil
	if t.linked {
		return
	}
	s := w.schema
	strategy := s.MergeStrategy(t.schema)
	if s.WriteDisposition(t.schema) != schema.Merge {
		return
	}
	if strategy == "" && s.DefaultStrategy != nil {
		strategy = s.DefaultStrategy(t.schema)
	}
	switch strategy {
	case schema.Upsert, schema.InsertOnly, schema.CDC:
		t.ids, t.key = keyID, t.schema.ColumnNames("primary_key", true)
	case schema.SCD2:
		if v := t.schema.ColumnNames("x-row-version", true); len(v) > 0 && v[0] == w.names.id {
			t.ids = rowID
		}
	default:
	}
}

// addColumns gives slots to the columns that became complete.
func (w *Writer) addColumns(t *table) {
	for i := range t.schema.Columns {
		sc := &t.schema.Columns[i]
		if !sc.Complete() || t.byName[sc.Name] != nil {
			continue
		}
		c := &column{slot: len(t.cols), name: sc.Name, typ: sc.DataType, kind: kindOf(sc.DataType), arrow: w.arrowType(sc), notNull: !sc.IsNullable()}
		c.wide = c.kind == record.KindInt && c.arrow.ID() == arrow.DECIMAL128
		c.role = w.roleOf(t, sc.Name)
		t.cols = append(t.cols, c)
		t.byName[sc.Name] = c
	}
	t.keyCols = t.keyCols[:0]
	for _, k := range t.key {
		if c := t.byName[k]; c != nil {
			t.keyCols = append(t.keyCols, c)
		}
	}
}

// arrowType is a column's type in job files. Times finer than the column's
// precision are left to the destination to round (S61), integers of more than 64
// bits are decimals.
func (w *Writer) arrowType(c *schema.Column) arrow.DataType {
	switch {
	case c.DataType == schema.Bigint && c.Precision.Set && c.Precision.V > 64:
		return &arrow.Decimal128Type{Precision: 38}
	case (c.DataType == schema.Timestamp || c.DataType == schema.Time) && c.Precision.Set && c.Precision.V < 6:
		fine := *c
		fine.Precision = schema.N(6)
		return w.types.ArrowType(&fine)
	}
	return w.types.ArrowType(c)
}

func (w *Writer) roleOf(t *table, name string) role {
	switch {
	case name == w.names.id:
		return roleID
	case name == w.names.loadID && !t.linked:
		return roleLoadID
	case name == w.names.parentID && t.linked:
		return roleParentID
	case name == w.names.listIdx && t.linked:
		return roleListIdx
	case name == w.names.rootID && t.parent != nil:
		return roleRootID
	default:
		return roleData
	}
}

// refreshLinks works out what is handed down to the rows (N67) and whether the
// fast path may make them.
func (w *Writer) refreshLinks(t *table) {
	t.rootID, t.slowOnly = false, w.slowOnly || w.filter != nil || t.ids == rowID
	for a := t; a != nil; a = a.parent {
		if a.schema == nil {
			continue
		}
		for _, m := range w.schema.Propagation(a.schema) {
			switch {
			case m.From == w.names.id && m.To == w.names.rootID && a.parent == nil:
				t.rootID = a != t
			default:
				t.slowOnly = true
			}
		}
	}
	if t.ids == keyID {
		t.slowOnly = t.slowOnly || len(t.keyCols) != len(t.key) || len(t.key) == 0
		for _, c := range t.keyCols {
			// Other types do not tell how the value was written, which is what is hashed.
			if c.wide || c.kind != record.KindInt && c.kind != record.KindText && c.kind != record.KindBool {
				t.slowOnly = true
			}
		}
	}
}

// ready reports whether the table is in the schema with a complete column (C6).
func (t *table) ready() bool { return len(t.cols) > 0 }

// addKey takes in a new key; next is the first known key that follows it in
// the record, nil if none does.
func (w *Writer) addKey(o *object, raw string, next *key) *key {
	k := &key{raw: raw, name: w.keyName(raw)}
	k.full = k.name
	if len(o.path) > 0 {
		k.full = w.naming.Join(append(slices.Clone(o.path), k.name)...)
	}
	o.keys[raw] = k
	at := len(o.order)
	if next != nil {
		at = slices.Index(o.order, next)
	}
	o.order = slices.Insert(o.order, at, k)
	w.markShared(o, k)
	w.touch(o)
	return k
}

func (w *Writer) keyName(raw string) string {
	if strings.TrimSpace(raw) == "" {
		return w.names.empty
	}
	if w.schema.BreaksPath() {
		return w.naming.Key(raw)
	}
	return w.naming.Identifier(raw)
}

// tableName is the part of a child table's name that a key gives.
func (w *Writer) tableName(raw string) string {
	var n string
	if w.schema.BreaksPath() {
		n = w.naming.TablePath(raw)
	} else {
		n = w.naming.TableIdentifier(raw)
	}
	if n == "" {
		return w.names.empty
	}
	return n
}

// A field is a place in a table's rows that keys write to.
type field struct {
	table *table
	name  string
}

// markShared finds keys that write one column, and keys
// that feed one child table: which value counts depends on the rest of the
// record (N10, N12), so the slow path decides.
func (w *Writer) markShared(o *object, k *key) {
	f := field{o.table, k.full}
	for _, other := range w.fields[f] {
		k.slow, other.key.slow = true, true
		w.touch(other.object)
	}
	w.fields[f] = append(w.fields[f], fieldKey{o, k})
	if strings.HasPrefix(k.full, schema.SystemPrefix) {
		k.slow = true
	}
}

type fieldKey struct {
	object *object
	key    *key
}

// touch notes that an object's actions are to be published anew.
func (w *Writer) touch(o *object) {
	if !o.dirty {
		o.dirty = true
		w.dirty = append(w.dirty, o)
	}
}

// touchTable notes it for every object that writes into the table.
func (w *Writer) touchTable(t *table) {
	var walk func(o *object)
	walk = func(o *object) {
		w.touch(o)
		for _, k := range o.order {
			if k.obj != nil {
				walk(k.obj)
			}
		}
	}
	walk(t.elem)
	walk(t.wrap)
	for _, f := range t.feeds {
		w.touch(f.object)
	}
}

// feed notes that the key's lists become rows of the table. Two keys of one
// row that do so share the table, of which the last wins (N10).
func (w *Writer) feed(o *object, k *key, t *table) {
	k.list = t
	for _, f := range t.feeds {
		k.slow, f.key.slow = true, true
		w.touch(f.object)
	}
	t.feeds = append(t.feeds, fieldKey{o, k})
	w.touch(o)
}

// publish makes what was learnt visible to the fast path.
func (w *Writer) publish() {
	for _, o := range w.dirty {
		o.dirty = false
		a := &actions{list: make([]action, len(o.order)), index: make(map[string]int32, len(o.order))}
		for i, k := range o.order {
			a.list[i] = w.actionOf(o, k)
			a.index[k.raw] = int32(i)
		}
		o.fast.Store(a)
	}
	w.dirty = w.dirty[:0]
}

func (w *Writer) actionOf(o *object, k *key) action {
	t := o.table
	a := action{name: k.full, quoted: string(record.AppendQuoted(nil, k.raw)) + ":", col: t.byName[k.full], null: k.null, slow: k.slow || t.slowOnly}
	var word [8]byte
	n := copy(word[:], a.quoted)
	a.word = binary.LittleEndian.Uint64(word[:])
	a.mask = ^uint64(0) >> (64 - 8*n)
	if w.isJSON(t, k.full, o.level) {
		a.json = true
	} else {
		a.obj = k.obj
		switch {
		case k.list == nil:
		case k.list.filtered.Load():
			a.skip = k.list
		case k.list.ready() && !k.list.slowOnly:
			a.list = k.list
		}
	}
	switch t.filters[k.full] {
	case contract.DropValue:
		a.drop = true
	case contract.DropRow:
		a.row = true
	case contract.Keep:
	}
	return a
}

// isJSON reports whether maps and lists stay whole in a column (N13, N14).
func (w *Writer) isJSON(t *table, full string, level int) bool {
	if level <= 0 {
		return true
	}
	if c := t.byName[full]; c != nil {
		return c.kind == record.KindObject
	}
	return w.preferred(full) == schema.JSON
}

// preferred is the preferred type of a column name (S22), remembered.
func (w *Writer) preferred(name string) schema.DataType {
	if !w.hasPreferred {
		return ""
	}
	if t, ok := w.prefs.Load(name); ok {
		return t.(schema.DataType)
	}
	t, _ := w.rules.PreferredType(name)
	w.prefs.Store(name, t)
	return t
}

// drop notes that the contract drops the values of a column (C7).
func (w *Writer) drop(t *table, name string, act contract.Action) {
	if t.filters[name] == act {
		return
	}
	for _, p := range w.places[t.name] {
		p.filters[name] = act
		w.touchTable(p)
	}
	w.epoch++
}

// changed takes over a table that the slow path changed in the schema.
func (w *Writer) changed(name string) {
	for _, t := range w.places[name] {
		w.refresh(t)
		w.touchTable(t)
	}
	if n := w.countPropagation(); n != w.propagated {
		w.propagated = n
		for _, t := range w.tables {
			w.refreshLinks(t)
			w.touchTable(t)
		}
	}
}

func (w *Writer) countPropagation() int {
	n := len(w.schema.Normalizers.PropagationRoot)
	for _, p := range w.schema.Normalizers.PropagationTables {
		n += len(p.Maps)
	}
	return n
}

// jsonColumn notes a new json column. Where its key held maps or lists before,
// they now stay whole (N14), so chunks decoded without it are decoded anew.
func (w *Writer) jsonColumn(table, name string) {
	for _, t := range w.places[table] {
		for _, f := range w.fields[field{t, name}] {
			if f.key.obj != nil || f.key.list != nil {
				w.epoch++
			}
		}
	}
}
