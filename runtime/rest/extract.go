package rest

import (
	"bytes"
	"encoding/json"
)

// extracted is the records of one body.
type extracted struct {
	data    []byte // one JSON array, one value, or JSON lines
	offset  int    // of data in the body
	n       int    // records
	last    []byte // the last record
	missing bool   // the selector led nowhere
	null    bool   // it led to null
}

// count returns how many records the selector's hits are, and the last one,
// without touching the body.
func count(body []byte, hits []hit) (n int, last []byte) {
	if len(hits) == 0 {
		return 0, nil
	}
	h := hits[len(hits)-1]
	if len(hits) > 1 {
		return len(hits), body[h.start:h.end]
	}
	switch {
	case h.list && h.count == 0, body[h.start] == 'n':
		return 0, nil
	case h.list:
		return h.count, body[h.last.start:h.last.end]
	}
	return 1, body[h.start:h.end]
}

// extract cuts the records out of body (R25): one hit is the page, or its only
// record; several hits are the records. Several are joined to an array in
// place, so that offsets stay true: what stood between them becomes a comma and
// spaces. The body is the page's afterwards.
func extract(body []byte, hits []hit, mapKey string) extracted {
	var out extracted
	out.n, out.last = count(body, hits)
	out.missing = len(hits) == 0
	out.null = len(hits) == 1 && body[hits[0].start] == 'n'
	switch {
	case out.n == 0:
		out.data = []byte("[]")
		if len(hits) == 1 {
			out.offset = hits[0].start
		}
	case mapKey != "":
		out.data, out.offset = joinKeyed(body, hits, mapKey), hits[0].start
	case len(hits) == 1:
		out.data, out.offset = body[hits[0].start:hits[0].end], hits[0].start
	case overlapping(hits):
		out.data, out.offset = joinCopied(body, hits), hits[0].start
	default:
		out.data, out.offset = joinInPlace(body, hits), hits[0].start-1
	}
	return out
}

// joinInPlace needs a byte before the first hit, between any two and behind the
// last: there are, since several hits have a container around them.
func joinInPlace(body []byte, hits []hit) []byte {
	for i, h := range hits[1:] {
		gap := body[hits[i].end:h.start]
		for j := range gap {
			gap[j] = ' '
		}
		gap[0] = ','
	}
	first, last := hits[0].start-1, hits[len(hits)-1].end
	body[first], body[last] = '[', ']'
	return body[first : last+1]
}

func overlapping(hits []hit) bool {
	if hits[0].start == 0 || len(hits) > 1 && hits[0].end == hits[1].start {
		return true
	}
	for i, h := range hits[1:] {
		if h.start <= hits[i].end {
			return true
		}
	}
	return false
}

func joinCopied(body []byte, hits []hit) []byte {
	out := []byte{'['}
	for i, h := range hits {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, body[h.start:h.end]...)
	}
	return append(out, ']')
}

// joinKeyed makes records of the members of an object: each object gets the
// member's key under the name mapKey, before its own fields; a value that is no
// object becomes one, with the value under "value".
func joinKeyed(body []byte, hits []hit, mapKey string) []byte {
	name, _ := json.Marshal(mapKey)
	out := []byte{'['}
	for i, h := range hits {
		if i > 0 {
			out = append(out, ',')
		}
		value := body[h.start:h.end]
		if h.key == (span{}) {
			out = append(out, value...)
			continue
		}
		out = append(append(append(out, '{'), name...), ':')
		out = append(out, body[h.key.start:h.key.end]...)
		if value[0] != '{' {
			out = append(append(append(out, `,"value":`...), value...), '}')
			continue
		}
		inner := value[1:]
		if len(bytes.TrimSpace(inner)) > 1 {
			out = append(out, ',')
		}
		out = append(out, inner...)
	}
	return append(out, ']')
}
