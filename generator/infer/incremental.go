package infer

import (
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// Operators of range parameters, as words of their names (G49).
var (
	startOps = newLexicon("since", "after", "from", "min", "gt", "gte", "ge", "newer", "start", "begin", "later", "minimum", "lower")
	endOps   = newLexicon("until", "before", "to", "max", "lt", "lte", "le", "older", "end", "maximum", "upper")
	// sinceNames ask for changes by their name alone, whatever the stem.
	sinceNames = newLexicon("since", "updated_since", "modified_since", "changed_since", "if-modified-since", "updated_after",
		"modified_after", "changed_after", "last_modified_after", "last_updated_after")
	// timeWords are what names of times are made of beside their verb.
	timeWords = newLexicon("at", "on", "date", "time", "datetime", "ts", "timestamp", "utc", "last", "when", "day", "dt", "epoch", "iso", "is", "if")
	// businessWords mark dates that are facts of the record, not of its change.
	businessWords = newLexicon("due", "birth", "birthday", "birthdate", "expire", "expires", "expiry", "expiration", "deadline", "ship",
		"shipping", "delivery", "scheduled", "schedule", "valid", "effective", "release", "air", "departure", "arrival", "checkin", "checkout",
		"trial", "renewal", "billing", "invoice", "period", "close", "closed", "delete", "deleted", "cancel", "canceled", "cancelled", "archived",
		"resolved", "read", "hire", "joined", "arrival", "available", "payment", "paid", "amount", "price", "size", "duration", "rate", "total", "score",
		"seen", "activity", "login", "accessed", "access", "used", "viewed", "visited")
	// changeStems and birthStems are verbs of cursors, best first.
	changeStems = newLexicon("update", "modify", "change", "edit")
	birthStems  = newLexicon("create", "publish", "insert", "add", "post", "record", "log", "occur", "receive", "execute", "event", "sent", "send",
		"ingest", "submit", "register", "upload", "process", "timestamp", "date", "time", "ts", "star")
	sortParams      = newLexicon("sort", "sort_by", "order_by", "order", "ordering", "sort_field", "sort_column", "sort_key")
	directionParams = newLexicon("direction", "sort_order", "order", "order_direction", "sort_direction", "sort_dir", "dir", "order_dir", "sort_order_direction")
)

// A window is a range parameter of a request.
type window struct {
	p    *ir.Param
	name string
	typ  *ir.Type
	text string
	// stem are the words beside the operator: updated of updated_since.
	stem  []string
	start bool
}

// incrementals decides for each list which field and which parameters ask for
// what is new (G49).
func (in *inferrer) incrementals() {
	for _, c := range in.all {
		if d, ok := statedIncremental(c); ok {
			c.res.Incremental = d
			c.window[key("query", d.Value.StartParam)] = true
			c.window[key("query", d.Value.EndParam)] = true
			continue
		}
		if c.list() && !c.post && c.sel.item != nil {
			in.incremental(c)
		}
	}
}

func (in *inferrer) incremental(c *candidate) {
	var starts, ends []window
	for _, w := range windows(c.op) {
		// What pages cannot say where to start, but for since_id, which does both.
		if k := key(w.p.In, w.name); (c.paging[k] || c.spare[k]) && words.Key(w.name) != "sinceid" {
			continue
		}
		if w.start {
			starts = append(starts, w)
		} else {
			ends = append(ends, w)
		}
	}
	var best *cursorMatch
	var bestWindow window
	for _, w := range starts {
		m := in.matchCursor(c, w)
		if m == nil {
			continue
		}
		// Inclusive bounds lose nothing at the edge.
		if exclusive(w) {
			m.rank++
		}
		if best == nil || m.rank < best.rank {
			best, bestWindow = m, w
		}
	}
	if best == nil {
		return
	}
	d := ir.Incremental{CursorPath: best.path, StartParam: bestWindow.name, Encoding: encoding(bestWindow, best.field), RowOrder: "none"}
	evidence := append([]string{"parameter " + bestWindow.name + " asks for records from a time on"}, best.evidence)
	for _, e := range ends {
		same := strings.Join(e.stem, "") == strings.Join(bestWindow.stem, "") && e.typ.Kind == bestWindow.typ.Kind
		if same && (d.EndParam == "" || exclusive(e) == exclusive(bestWindow)) {
			d.EndParam = e.name
		}
	}
	c.sortBy(&d, best.field.Name)
	c.window[key(bestWindow.p.In, d.StartParam)] = true
	c.window[key(bestWindow.p.In, d.EndParam)] = true
	c.res.Incremental = &ir.Decided[ir.Incremental]{Value: d, Why: why(best.conf, bestWindow.p.Pos, evidence...)}
}

// windows finds the range parameters of an operation: by a word of the name, by
// an operator after it (DateSent>, created[gte]), by the parts of an object.
func windows(op *ir.Operation) []window {
	var out []window
	for _, p := range op.Params {
		if p.In != "query" && (p.In != "header" || words.Key(p.Name) != "ifmodifiedsince") || p.Type == nil || p.Deprecated {
			continue
		}
		if w, ok := newWindow(p, p.Name, p.Type, prose(p)); ok {
			out = append(out, w)
		}
		if o := objectOf(p.Type); o != nil && !strings.ContainsAny(p.Name, "[]") {
			for _, sub := range o.Props {
				if sub.Type == nil {
					continue
				}
				if w, ok := newWindow(p, p.Name+"["+sub.Name+"]", sub.Type, prose(p)+" "+plain(sub.Type.Description)); ok {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// objectOf is the object form of a parameter, the one of a union included.
func objectOf(t *ir.Type) *ir.Type {
	if t.Kind == ir.KindObject {
		return t
	}
	return t.Expandable
}

func newWindow(p *ir.Param, name string, t *ir.Type, text string) (window, bool) {
	w := window{p: p, name: name, typ: t, text: text}
	if !scalar(t) || t.Kind == ir.KindBoolean || len(t.Enum) > 0 {
		return w, false
	}
	all := words.Split(name)
	switch {
	case strings.HasSuffix(name, ">") || strings.HasSuffix(name, ">="):
		w.start, w.stem = true, all
		return w, true
	case strings.HasSuffix(name, "<") || strings.HasSuffix(name, "<="):
		w.stem = all
		return w, true
	}
	// The operator is the last word, or the first; since may stand anywhere.
	for _, at := range []int{len(all) - 1, 0} {
		if at < 0 || at >= len(all) {
			continue
		}
		op := all[at]
		rest := append(append([]string(nil), all[:at]...), all[at+1:]...)
		if startOps.has(op) {
			w.start, w.stem = true, rest
			return w, true
		}
		if endOps.has(op) {
			w.stem = rest
			return w, true
		}
	}
	return w, false
}

// A cursorMatch is the record field a range parameter speaks of.
type cursorMatch struct {
	field    *ir.Property
	path     string
	rank     int
	conf     ir.Confidence
	evidence string
}

// matchCursor finds the field of a start parameter: by its stem; by what the
// description says; for a bare since the time of change before that of birth.
func (in *inferrer) matchCursor(c *candidate, w window) *cursorMatch {
	if words.Key(w.name) == "sinceid" || saysAny(w.text, " id greater", "id of the last") && numeric(w.typ) {
		if p := property(c.sel.item, "id"); p != nil && numeric(p.Type) && words.Key(w.name) == "sinceid" {
			return &cursorMatch{field: p, path: joinPath([]string{p.Name}), rank: 600, conf: fair, evidence: "the id grows"}
		}
		return nil
	}
	if numeric(w.typ) && !timeNumber(w) {
		return growing(c, w)
	}
	stem := meaning(w.stem)
	if businessWords.hasAny(w.stem) && len(stem) > 0 {
		return nil
	}
	if m := bestField(c.sel.item, func(f []string) bool { return len(stem) > 0 && equalWords(stem, f) }); m != nil {
		m.evidence = "field " + m.path + " has the same stem"
		if !changeStems.hasAny(stem) && !birthStems.hasAny(stem) {
			m.conf = 0.6 // a time of the record's own, which may change or lie ahead
		}
		return m
	}
	if len(stem) > 0 && !sinceNames.has(w.name) && !vague(stem) {
		return nil
	}
	if m := fieldByProse(c.sel.item, w.text); m != nil {
		return m
	}
	if m := fieldByName(c.sel.item, w.stem); m != nil {
		return m
	}
	if len(stem) == 0 && bareSince(w) {
		if m := bestField(c.sel.item, func(f []string) bool { return changeStems.hasAny(f) || len(f) == 1 && birthStems.has(f[0]) }); m != nil {
			m.conf = min(m.conf, fair)
			m.rank += 100
			m.evidence = "field " + m.path + " is the time of change, or of birth"
			return m
		}
	}
	if sinceNames.has(w.name) && len(stem) > 0 {
		return in.undeclaredField(c, stem)
	}
	return nil
}

// growing takes a bare since that is a whole number, as the record's change is:
// whatever it counts, the one is compared with the other.
func growing(c *candidate, w window) *cursorMatch {
	if !asIs(w) || !bareSince(w) {
		return nil
	}
	m := bestField(c.sel.item, func(f []string) bool { return changeStems.hasAny(f) })
	if m == nil || m.field.Type.Kind != ir.KindInteger {
		return nil
	}
	m.conf = fair
	m.evidence = "field " + m.path + " is the change, a whole number too: it is sent as it is"
	if a, ok := c.assumed[m.field.Name]; ok {
		m.conf = min(m.conf, a.conf)
		m.evidence += "; it is " + a.evidence
	}
	return m
}

// asIs reports whether a since is a whole number that nothing says the unit of.
func asIs(w window) bool {
	return words.Key(w.name) == "since" && w.typ.Kind == ir.KindInteger && !timeNumber(w)
}

// undeclaredField looks for the field of updated_since in the detail's record
// where the list's record, a compact form, does not declare it.
func (in *inferrer) undeclaredField(c *candidate, stem []string) *cursorMatch {
	for _, d := range in.all {
		if d.list() || d.detailOf == nil || d.sel.item == nil || !sameNouns(d.detailOf, c) {
			continue
		}
		if m := bestField(d.sel.item, func(f []string) bool { return equalWords(stem, f) }); m != nil {
			m.conf, m.rank = weak, m.rank+500
			m.evidence = "field " + m.path + " is declared for " + operation(d.op) + " only: ask for it in the list"
			return m
		}
	}
	return nil
}

func sameNouns(a, b *candidate) bool {
	return a == b || (a.noun >= 0 && b.noun >= 0 && sameWords(a.nounWords, b.nounWords))
}

// timeNumber reports whether a numeric parameter counts time.
func timeNumber(w window) bool {
	if strings.HasPrefix(w.typ.Format, "unix") || saysAny(w.text, "timestamp", "unix", "epoch", "seconds since", "milliseconds") {
		return true
	}
	stem := meaning(w.stem)
	if changeStems.hasAny(stem) {
		return true
	}
	return len(stem) > 0 && birthStems.has(stem[0]) || words.Contains(w.stem, "ts") || words.Contains(w.stem, "timestamp")
}

// bareSince reports whether a parameter is since itself, and about time.
func bareSince(w window) bool {
	if k := words.Key(w.name); k != "since" && k != "ifmodifiedsince" {
		return false
	}
	return strings.HasPrefix(w.typ.Format, "date") || !saysAny(w.text, "id ", "commit", "sequence")
}

// exclusive reports whether a range parameter leaves its own value out.
func exclusive(w window) bool {
	all := words.Split(w.name)
	if len(all) == 0 {
		return false
	}
	last := all[len(all)-1]
	return last == "gt" || last == "lt"
}

// meaning is a list of words without those that only say it is a time, verbs by
// their stem.
func meaning(w []string) []string {
	var out []string
	for _, s := range w {
		if timeWords.has(s) {
			continue
		}
		out = append(out, words.Stem(s))
	}
	return out
}

// vague reports whether a stem says nothing about which time is meant.
func vague(stem []string) bool { return len(stem) == 0 }

func equalWords(a, b []string) bool {
	return len(a) == len(b) && strings.Join(a, " ") == strings.Join(b, " ")
}

// bestField is the best time field of a record that passes a test.
func bestField(item *ir.Type, ok func(meaning []string) bool) *cursorMatch {
	var best *cursorMatch
	for _, p := range item.Props {
		if !timeField(p) {
			continue
		}
		f := meaning(words.Split(p.Name))
		if !ok(f) {
			continue
		}
		m := &cursorMatch{field: p, path: joinPath([]string{p.Name}), rank: 10 * cursorRank(f), conf: 0.9}
		if p.Type.Format == "date" {
			m.rank += 50
		}
		if best == nil || m.rank < best.rank {
			best = m
		}
	}
	return best
}

// cursorRank orders fields: changes before births before other events.
func cursorRank(f []string) int {
	for _, w := range f {
		if changeStems.has(w) {
			return changeStems.rank(w)
		}
	}
	for _, w := range f {
		if birthStems.has(w) {
			return 10 + birthStems.rank(w)
		}
	}
	return 40
}

// fieldByName finds the field that is called like the stem though that says only
// that it is a time: timestamp of timestamp_from.
func fieldByName(item *ir.Type, stem []string) *cursorMatch {
	p := property(item, strings.Join(stem, "_"))
	if p == nil || !timeField(p) {
		return nil
	}
	return &cursorMatch{field: p, path: joinPath([]string{p.Name}), rank: 300, conf: fair, evidence: "field " + p.Name + " has the same name"}
}

// fieldByProse finds the field that the description of a parameter speaks of.
func fieldByProse(item *ir.Type, text string) *cursorMatch {
	best := (*cursorMatch)(nil)
	said := map[string]bool{}
	for _, w := range words.Split(text) {
		said[words.Stem(w)] = true
	}
	m := bestField(item, func(f []string) bool {
		for _, w := range f {
			if (changeStems.has(w) || birthStems.has(w)) && !timeWords.has(w) && said[w] {
				return true
			}
		}
		return false
	})
	if m != nil {
		m.conf, m.evidence = strong, "the description speaks of field "+m.path
		best = m
	}
	return best
}

// timeField reports whether a property holds a time: by its type, or a number
// or text whose name says so.
func timeField(p *ir.Property) bool {
	t := p.Type
	if t == nil || !scalar(t) || t.Kind == ir.KindBoolean {
		return false
	}
	if strings.HasPrefix(t.Format, "date") || strings.HasPrefix(t.Format, "unix") || t.Format == "timestamp" || strings.HasPrefix(t.Format, "rfc") {
		return true
	}
	w := words.Split(p.Name)
	if len(w) == 0 || keyLike(p.Name) {
		return false
	}
	last := w[len(w)-1]
	text := plain(t.Description)
	verb := changeStems.has(words.Stem(w[0])) || changeStems.has(words.Stem(last)) || words.Stem(last) == "create" || words.Stem(w[0]) == "create"
	switch t.Kind {
	case ir.KindInteger, ir.KindNumber:
		return verb || last == "ts" || last == "timestamp" || saysAny(text, "unix time", "epoch", "unix timestamp", "seconds since", "milliseconds since")
	case ir.KindString:
		return (verb || last == "at" || last == "date" || last == "time" || last == "timestamp") && (timeWords.has(last) && verb ||
			saysAny(text, "date", "time", "iso 8601", "iso8601", "rfc"))
	case ir.KindBoolean, ir.KindObject, ir.KindMap, ir.KindArray, ir.KindAny, ir.KindNull:
	}
	return false
}

// encoding is how a time is written in the parameter: by its type and format,
// by its description, else as the field is.
func encoding(w window, f *ir.Property) string {
	switch {
	case numeric(w.typ):
		if saysAny(w.text, "millisecond", " ms") || saysAny(plain(f.Type.Description), "millisecond") || strings.HasPrefix(f.Type.Format, "unix-ms") {
			return "unix_ms"
		}
		if words.Key(w.name) == "sinceid" || asIs(w) {
			return "int"
		}
		return "unix_s"
	case words.Key(w.name) == "ifmodifiedsince":
		return "rfc1123"
	case w.typ.Format == "date":
		return "date"
	case strings.HasPrefix(w.typ.Format, "date-time"), saysAny(w.text, "iso 8601", "iso8601", "iso-8601", "rfc 3339", "rfc3339"):
		return "rfc3339"
	case saysAny(w.text, "unix time", "epoch", "unix timestamp"):
		return "unix_s"
	case saysAny(w.text, "yyyy-mm-ddt", "yyyy-mm-dd hh"):
		return "rfc3339"
	case saysAny(w.text, "yyyy-mm-dd") || f.Type.Format == "date":
		return "date"
	case numeric(f.Type):
		return "unix_s"
	case strings.HasPrefix(f.Type.Format, "date"):
		return "rfc3339"
	}
	return "rfc3339"
}

// sortBy sets the sort that ascends by the cursor's field, if the operation has
// one; the order of the rows is unknown else.
func (c *candidate) sortBy(d *ir.Incremental, fieldName string) {
	stem := meaning(words.Split(fieldName))
	for _, p := range c.op.Params {
		if p.In != "query" || p.Type == nil || !sortParams.has(p.Name) {
			continue
		}
		for _, e := range enumOf(p.Type) {
			v, dir := sortValue(e)
			if !equalWords(meaning(words.Split(v)), stem) || dir == "desc" {
				continue
			}
			if dir == "" {
				asc := c.directionParam(p)
				if asc == nil && !saysAny(prose(p), "ascending") {
					continue
				}
				if asc != nil {
					c.bind(asc, ascValue(asc.Type))
				}
			}
			d.SortParam, d.SortValue, d.RowOrder = p.Name, e, "asc"
			return
		}
	}
}

func enumOf(t *ir.Type) []string {
	var out []string
	for _, e := range t.Enum {
		out = append(out, literal(e))
	}
	return out
}

// sortValue takes a value like "-created", "created:asc" or "createdAsc" apart.
func sortValue(v string) (field, dir string) {
	switch {
	case strings.HasPrefix(v, "-"):
		return v[1:], "desc"
	case strings.HasPrefix(v, "+"):
		return v[1:], "asc"
	}
	w := words.Split(v)
	if n := len(w); n > 1 {
		switch w[n-1] {
		case "asc", "ascending":
			return strings.Join(w[:n-1], "_"), "asc"
		case "desc", "descending":
			return strings.Join(w[:n-1], "_"), "desc"
		}
	}
	return v, ""
}

// directionParam is the parameter that sets the direction of a sort.
func (c *candidate) directionParam(sort *ir.Param) *ir.Param {
	for _, p := range c.op.Params {
		if p != sort && p.In == "query" && p.Type != nil && directionParams.has(p.Name) && ascValue(p.Type) != "" {
			return p
		}
	}
	return nil
}

// ascValue is the value that means ascending, "" if a type has none.
func ascValue(t *ir.Type) string {
	for _, e := range enumOf(t) {
		if k := words.Key(e); k == "asc" || k == "ascending" {
			return e
		}
	}
	return ""
}
