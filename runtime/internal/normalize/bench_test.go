//go:build unix

package normalize

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/record"
)

// The shapes of bench/gen.py, in Go, so that benchmarks need no Python.

var (
	words  = strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau")
	cities = []string{"Berlin", "Zürich", "São Paulo", "東京", "New York", "Kraków", "Lagos", "Pune"}
	base   = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
)

type gen struct {
	*rand.Rand
	strings.Builder
}

func (g *gen) word() string { return words[g.IntN(len(words))] }

func (g *gen) time(i int) string {
	return base.Add(time.Duration(i)*7*time.Second + time.Duration(g.IntN(1e6))*time.Microsecond).Format("2006-01-02T15:04:05.000000Z")
}

func (g *gen) money(most float64) float64 { return float64(int(g.Float64()*most*100)) / 100 }

func (g *gen) flat(i int) {
	fmt.Fprintf(g, `{"id":%d,"account_id":%d,"name":"%s %s %s","email":"%s.%d@example.com","amount":%v,"quantity":%d,"active":%v,"city":"%s","created_at":"%s","note":%s}`,
		i, g.IntN(50000), g.word(), g.word(), g.word(), g.word(), i, g.money(10000), g.IntN(100), g.Float64() < 0.8, cities[g.IntN(8)], g.time(i),
		[]string{"null", `""`, `"ok"`, `"needs review \"soon\"\n"`}[g.IntN(4)])
}

func (g *gen) orders(i int) {
	fmt.Fprintf(g, `{"id":%d,"number":"SO-%09d","created_at":"%s","updated_at":"%s","currency":"EUR","total":%v,`, i, i, g.time(i), g.time(i+g.IntN(1000)), g.money(5000))
	fmt.Fprintf(g, `"customer":{"id":%d,"name":"%s %s","vip":%v,"address":{"street":"%s %d","city":"%s","zip":"%05d","geo":{"lat":%.6f,"lng":%.6f}}},"items":[`,
		g.IntN(20000), g.word(), g.word(), g.Float64() < 0.1, g.word(), g.IntN(200), cities[g.IntN(8)], g.IntN(99999), g.Float64()*180-90, g.Float64()*360-180)
	for k := range 1 + g.IntN(5) {
		if k > 0 {
			g.WriteByte(',')
		}
		fmt.Fprintf(g, `{"sku":"%s-%d","qty":%d,"price":%v,"discounts":[`, g.word(), g.IntN(1000), 1+g.IntN(8), g.money(500))
		for d := range []int{0, 0, 1, 2}[g.IntN(4)] {
			if d > 0 {
				g.WriteByte(',')
			}
			fmt.Fprintf(g, `{"code":"%s","pct":%d}`, g.word(), g.IntN(50))
		}
		g.WriteString("]}")
	}
	g.WriteString(`],"tags":[`)
	for k := range g.IntN(4) {
		if k > 0 {
			g.WriteByte(',')
		}
		fmt.Fprintf(g, "%q", g.word())
	}
	g.WriteString("],")
	if g.IntN(2) == 0 {
		g.WriteString(`"payment":null,`)
	} else {
		fmt.Fprintf(g, `"payment":{"method":"card","last4":"%04d","events":[{"at":"%s","status":"authorised"},{"at":"%s","status":"captured"}]},`, g.IntN(9999), g.time(i), g.time(i))
	}
	if g.IntN(2) == 0 {
		g.WriteString(`"shipping":null}`)
	} else {
		fmt.Fprintf(g, `"shipping":{"carrier":"%s","eta_days":%d}}`, g.word(), g.IntN(14))
	}
}

func (g *gen) events(i int) {
	fmt.Fprintf(g, `{"event_id":"%016x%016x","seq":%d,"type":"%s","ts":"%s","user_id":%d`, g.Uint64(), g.Uint64(), i, g.word(), g.time(i), g.IntN(1e12))
	for k := range 24 {
		if g.Float64() >= 0.6 {
			continue
		}
		fmt.Fprintf(g, `,"attr%02d":`, k)
		switch {
		case k%3 == 0 && g.IntN(2) == 0:
			g.WriteString("null")
		case k%3 == 0:
			fmt.Fprintf(g, "%d", g.IntN(1e6))
		case k%3 == 1:
			fmt.Fprintf(g, "%v", float64(g.IntN(1e7))/1e4)
		default:
			fmt.Fprintf(g, "%q", g.word())
		}
	}
	fmt.Fprintf(g, `,"payload":{"path":"/%s/%s/%s","ms":%d,"ok":%v}}`, g.word(), g.word(), g.word(), g.IntN(3000), g.Float64() < 0.97)
}

// shape is n records of a shape as JSON lines, the same bytes every time.
func shape(name string, n int) []byte {
	g := &gen{Rand: rand.New(rand.NewPCG(2025, 1))}
	for i := range n {
		switch name {
		case "flat":
			g.flat(i)
		case "orders":
			g.orders(i)
		default:
			g.events(i)
		}
		g.WriteByte('\n')
	}
	return []byte(g.String())
}

// pagesOf cuts JSON lines into pages of about a megabyte.
func pagesOf(data []byte) [][]byte {
	var pages [][]byte
	for len(data) > 0 {
		n := min(len(data), chunkBytes)
		for n < len(data) && data[n-1] != '\n' {
			n++
		}
		pages = append(pages, data[:n])
		data = data[n:]
	}
	return pages
}

type nullFile struct{}

func (nullFile) Write(p []byte) (int, error) { return len(p), nil }
func (nullFile) Close() error                { return nil }
func (nullFile) Done(int64)                  {}

var _ io.WriteCloser = nullFile{}

func benchmarkShred(b *testing.B, name string, rows int) {
	data := shape(name, rows)
	pages := pagesOf(data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		u := newSetup(b)
		u.workers = runtime.GOMAXPROCS(0)
		w := u.writer(b, &memPackage{})
		w.cfg.Create = func(string, loadpackage.Format) (JobFile, error) { return nullFile{}, nil }
		s, err := w.Stream(u.schema.Table("items"))
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range pages {
			if err := s.Page(record.Page{Data: p}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := w.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	cpu := cpuTime(b) - before
	b.ReportMetric(float64(len(data))*float64(b.N)/cpu.Seconds()/1e6, "MB/cpu-s")
}

// cpuTime is what the process has used so far. On a busy machine it tells more
// than the clock.
func cpuTime(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkShredFlat(b *testing.B)   { benchmarkShred(b, "flat", 50000) }
func BenchmarkShredOrders(b *testing.B) { benchmarkShred(b, "orders", 15000) }
func BenchmarkShredEvents(b *testing.B) { benchmarkShred(b, "events", 25000) }

// BenchmarkTyped is the generated path: decode into row structs, append.
func BenchmarkTyped(b *testing.B) {
	line := `{"id":123456,"at":"2025-01-01T00:00:07.643173Z","note":"needs review \"soon\"","body":{"a":1},"user":{"login":"alpha.123@example.com"},"labels":[{"name":"bug"},{"name":"later"}],"tags":["a","b"]}` + "\n"
	data := []byte(strings.Repeat(line, 50000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		u, root, nested := typedSetup(b)
		w := u.writer(b, &memPackage{})
		w.cfg.Create = func(string, loadpackage.Format) (JobFile, error) { return nullFile{}, nil }
		s, err := w.Stream(u.schema.Table("items"))
		if err != nil {
			b.Fatal(err)
		}
		bld, err := s.Typed(root, nested)
		if err != nil {
			b.Fatal(err)
		}
		var v tIssue
		for _, p := range pagesOf(data) {
			d := record.NewDecoder(record.Page{Data: p})
			for d.NextRecord() {
				v.decode(d)
				appendTIssue(bld, &v)
			}
			if err := s.EndPage(); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := w.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data))*float64(b.N)/(cpuTime(b)-before).Seconds()/1e6, "MB/cpu-s")
}
