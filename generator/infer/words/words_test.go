package words_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dltgen/dltgen/generator/infer/words"
)

func TestSplit(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"camel", "nextPageToken", "next page token"},
		{"pascal", "NextPageToken", "next page token"},
		{"snake", "next_page_token", "next page token"},
		{"kebab", "next-page-token", "next page token"},
		{"brackets", "page[cursor]", "page cursor"},
		{"operator", "DateSent>", "date sent"},
		{"capitals", "HTTPServer", "http server"},
		{"plural capitals", "userIDs", "user ids"},
		{"trailing capitals", "clusterARN", "cluster arn"},
		{"odata", "@odata.nextLink", "odata next link"},
		{"digits", "sha256sum", "sha256sum"},
		{"all capitals", "SKU", "sku"},
		{"empty", "", ""},
		{"no letters", "__", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, strings.Join(words.Split(tt.in), " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSingularPlural(t *testing.T) {
	tests := []struct{ singular, plural string }{
		{"customer", "customers"},
		{"category", "categories"},
		{"day", "days"},
		{"address", "addresses"},
		{"status", "statuses"},
		{"box", "boxes"},
		{"branch", "branches"},
		{"release", "releases"},
		{"person", "people"},
		{"analysis", "analyses"},
		{"index", "indices"},
		{"response", "responses"},
		{"file", "files"},
		{"bus", "buses"},
		{"invoice", "invoices"},
		{"hero", "heroes"},
		{"series", "series"},
		{"data", "data"},
		{"page", "pages"},
		{"key", "keys"},
		{"purchase", "purchases"},
		{"cache", "caches"},
		{"batch", "batches"},
		{"license", "licenses"},
	}
	for _, tt := range tests {
		t.Run(tt.singular, func(t *testing.T) {
			if got := words.Singular(tt.plural); got != tt.singular {
				t.Errorf("Singular(%q) = %q, want %q", tt.plural, got, tt.singular)
			}
			if got := words.Singular(tt.singular); got != tt.singular {
				t.Errorf("Singular(%q) = %q", tt.singular, got)
			}
			if got := words.Plural(tt.singular); got != tt.plural {
				t.Errorf("Plural(%q) = %q, want %q", tt.singular, got, tt.plural)
			}
			if got := words.Plural(tt.plural); got != tt.plural {
				t.Errorf("Plural(%q) = %q", tt.plural, got)
			}
		})
	}
}

func TestSameNoun(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"dagRuns", "dag_run", true},
		{"ClusterInfoList", "ClusterInfo", false},
		{"calendars", "Calendar", true},
		{"pagetokens", "page_token", true},
		{"start", "startYear", false},
		{"", "", false},
		{"id", "ID", true},
	}
	for _, tt := range tests {
		if got := words.SameNoun(tt.a, tt.b); got != tt.want {
			t.Errorf("SameNoun(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

// TestSnakeSettles holds for any name: splitting what Snake made changes nothing.
func TestSnakeSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		s := words.Snake(name)
		if got := words.Snake(s); got != s {
			t.Fatalf("Snake(Snake(%q)) = %q, want %q", name, got, s)
		}
	})
}

// TestSameKey holds for any two names: SameKey is equality of Key.
func TestSameKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.StringMatching(`[aA_\-]{0,4}`).Draw(t, "b")
		c := rapid.StringMatching(`[aA_\-]{0,4}`).Draw(t, "c")
		for _, p := range [][2]string{{a, b}, {b, c}, {a, words.Key(a)}, {a + "_", a}} {
			if got, want := words.SameKey(p[0], p[1]), words.Key(p[0]) == words.Key(p[1]); got != want {
				t.Fatalf("SameKey(%q, %q) = %v", p[0], p[1], got)
			}
		}
	})
}

func ExampleSplit() {
	fmt.Println(words.Split("nextPageToken"), words.Key("page[token]"), words.Noun("dagRuns"))
	// Output: [next page token] pagetoken dagrun
}
