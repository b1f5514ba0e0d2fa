package rendertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/dltgen/dltgen/generator/render/testdata/github"
	"github.com/dltgen/dltgen/runtime/record"
)

// issuesPage is n issues as an API sends them.
func issuesPage(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"number":%d,"state":"open","state_reason":null,"title":"Found a bug in part %d","user":{"login":"octocat","id":%d,"site_admin":false,"email":null},`+
			`"assignee":{"login":"hubot","id":2,"site_admin":true,"email":"hubot@example.com"},"labels":[{"name":"bug","color":"f29513"},{"name":"help wanted","color":null}],`+
			`"topics":["go","dlt"],"meta":{"source":"web"},"userId":%d,"score":%d.5,"total":"12.50","created":1704164645,"updated_at":"2024-01-02T03:04:05Z","closed_at":null,"due":"2024-02-01"}`,
			i, i, i, i, i, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// BenchmarkDecode: generated code (G95) beside encoding/json into the same structs.
func BenchmarkDecode(b *testing.B) {
	page := issuesPage(1000)
	b.Run("generated", func(b *testing.B) {
		decode := github.New(github.Config{}).Issues().Decode
		d := record.NewDecoder(record.Page{Data: page})
		var v github.Issue
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			d.Reset(record.Page{Data: page})
			for d.NextRecord() {
				decode(&v, d)
			}
			if err := d.Err(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			var v []plainIssue
			if err := json.Unmarshal(page, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// plainIssue is the golden issue without what encoding/json reads otherwise:
// the times in seconds and the decimals in texts.
type plainIssue struct {
	github.Issue
	Total   string `json:"total"`
	Created int64  `json:"created"`
	Due     string `json:"due"`
}
