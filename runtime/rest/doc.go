// Package rest is the HTTP client that connectors share: requests with
// credentials, retries and rate limits, and paginations that end.
//
// It is the first step of the journey of a record:
//
//	page bytes → decode → transforms → incremental → contract → …
//
// [Client.Pages] sends a request, finds the records in the body by a selector
// without building a tree, and yields each page as the bytes of its records.
//
//	client := &rest.Client{
//		BaseURL: "https://api.example.com/v2",
//		Auth:    &rest.Bearer{Token: cfg.Token},
//	}
//	req := rest.Request{
//		Path:      "/projects/{id}/issues",
//		PathParams: map[string]string{"id": "7"},
//		Query:     rest.Query{{"per_page", "100"}},
//		Selector:  "data",
//		Paginator: &rest.Cursor{NextPath: "meta.next_cursor"},
//	}
//	for page, err := range client.Pages(ctx, req) {
//		…
//	}
//
// Three things hold throughout. Credentials and client headers go only to the
// host they were given for, links and redirects included. Secrets do not show
// in errors, logs or the origin of a page. Nothing is retried without a log line,
// and every wait ends when the context does.
package rest
