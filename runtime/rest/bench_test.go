package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

// BenchmarkScan finds the records and the next link of a page of 500 records.
func BenchmarkScan(b *testing.B) {
	var buf bytes.Buffer
	buf.WriteString(`{"meta":{"total":1000,"next":"/x?page=2"},"data":[`)
	for i := range 500 {
		if i > 0 {
			buf.WriteByte(',')
		}
		fmt.Fprintf(&buf, `{"id":%d,"name":"Customer number %d of the list","email":"c%d@example.com","score":%d.25,"active":true,`+
			`"address":{"street":"Long Road %d","city":"Łódź"},"tags":["a","b"],"created_at":"2026-01-02T03:04:05Z"}`, i, i, i, i, i)
	}
	buf.WriteString(`]}`)
	body := buf.Bytes()
	b.Run("ours", func(b *testing.B) {
		next, _ := parseSelector("meta.next")
		data, _ := parseSelector("data")
		paths := []selector{data, next}
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			hits, err := scan(body, paths, false)
			if err != nil || hits[0][0].count != 500 {
				b.Fatal(hits, err)
			}
		}
	})
	b.Run("encoding json raw", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var v struct {
				Data []json.RawMessage
				Meta struct{ Next string }
			}
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
