package goident_test

import (
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/goident"
)

func TestExported(t *testing.T) {
	tests := []struct{ in, exported, unexported string }{
		{"id", "ID", "id"},
		{"user_id", "UserID", "userID"},
		{"userIDs", "UserIDs", "userIDs"},
		{"user_ids", "UserIDs", "userIDs"},
		{"HTTPServer", "HTTPServer", "httpServer"},
		{"html_url", "HTMLURL", "htmlURL"},
		{"getCIStatus", "GetCIStatus", "getCIStatus"},
		{"IN_PROGRESS", "InProgress", "inProgress"},
		{"OPEN", "Open", "open"},
		{"16x16", "N16x16", "n16x16"},
		{"+1", "Plus1", "plus1"},
		{"-1", "Minus1", "minus1"},
		{"max-results", "MaxResults", "maxResults"},
		{"@odata.type", "OdataType", "odataType"},
		{"$ref", "Ref", "ref"},
		{"type", "Type", "type_"},
		{"string", "String", "string_"},
		{"Über", "Über", "über"},
		{"日本", "X日本", "日本"},
		{"IPv4Address", "IPv4Address", "iPv4Address"},
		{"oauth2_token", "Oauth2Token", "oauth2Token"},
		{"a1B2", "A1B2", "a1B2"},
		{"___", "", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := goident.Exported(tt.in); got != tt.exported {
				t.Errorf("Exported(%q) = %q, want %q", tt.in, got, tt.exported)
			}
			if got := goident.Unexported(tt.in); got != tt.unexported {
				t.Errorf("Unexported(%q) = %q, want %q", tt.in, got, tt.unexported)
			}
		})
	}
}

func TestScope(t *testing.T) {
	s := goident.NewScope("Source")
	got := []string{
		s.Declare("Source", "SourceItem"),
		s.Declare("Issue"),
		s.Declare("Issue", "IssueLabel"),
		s.Declare("Issue"),
		s.Declare("", "Issue"),
		s.Declare(""),
	}
	want := []string{"SourceItem", "Issue", "IssueLabel", "Issue2", "Issue3", "X2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Declare (-want +got):\n%s", diff)
	}
	if !s.Has("Issue2") || s.Has("Nothing") {
		t.Error("Has does not know what was declared")
	}
}

func TestTails(t *testing.T) {
	got := goident.Tails([]string{
		"io.k8s.api.core.v1.Pod", "io.k8s.api.core.v1.Event", "io.k8s.api.events.v1.Event",
		"issue", "Issue", "a.b", "b", "...",
	})
	want := map[string]string{
		"io.k8s.api.core.v1.Pod":     "Pod",
		"io.k8s.api.core.v1.Event":   "CoreV1Event",
		"io.k8s.api.events.v1.Event": "EventsV1Event",
		"issue":                      "Issue",
		"Issue":                      "Issue2",
		"a.b":                        "AB",
		"b":                          "B",
		"...":                        "Type",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Tails (-want +got):\n%s", diff)
	}
}

func TestFile(t *testing.T) {
	tests := map[string]string{
		"issues": "issues", "build_linux": "build_linux_resource", "unit_test": "unit_test_resource",
		"PaymentIntents": "payment_intents", "../etc/passwd": "etc_passwd", "日本": "resource", "": "resource", "amd64": "amd64_resource",
	}
	for in, want := range tests {
		if got := goident.File(in); got != want {
			t.Errorf("File(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPackage(t *testing.T) {
	tests := map[string]string{
		"github": "github", "Google Calendar": "google_calendar", "type": "typeapi", "json": "jsonapi",
		"3scale": "n3scale", "": "connector", "cli": "cliapi", "a--b": "a_b", "main": "mainapi",
	}
	for in, want := range tests {
		if got := goident.Package(in); got != want {
			t.Errorf("Package(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSingular(t *testing.T) {
	tests := map[string]string{
		"issues": "issue", "Labels": "Label", "IssueLabels": "IssueLabel", "companies": "company", "addresses": "address",
		"boxes": "box", "status": "status", "people": "person", "UserIDs": "UserID", "news": "news", "Branches": "Branch",
		"data": "data", "glass": "glass", "bus": "bus", "invoices": "invoice", "Databases": "Database", "": "",
	}
	for in, want := range tests {
		if got := goident.Singular(in); got != want {
			t.Errorf("Singular(%q) = %q, want %q", in, got, want)
		}
	}
}

var stem = regexp.MustCompile(`^[a-z0-9_]+$`)

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"id", "16x16", "+1", "日本", "userIDs", "\xff", "a\u0301", "ǅ", "type", "_test"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id := goident.Exported(s); id != "" && (!token.IsIdentifier(id) || !token.IsExported(id)) {
			t.Errorf("Exported(%q) = %q is no exported identifier", s, id)
		}
		if id := goident.Unexported(s); id != "" && !token.IsIdentifier(id) {
			t.Errorf("Unexported(%q) = %q is no identifier", s, id)
		}
		if name := goident.File(s); !stem.MatchString(name) || strings.HasSuffix(name, "_test") {
			t.Errorf("File(%q) = %q", s, name)
		}
		if name := goident.Package(s); !stem.MatchString(name) || !token.IsIdentifier(name) {
			t.Errorf("Package(%q) = %q", s, name)
		}
		goident.Singular(s)
	})
}
