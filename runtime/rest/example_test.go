package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/dltgen/dltgen/runtime/rest"
)

func ExampleClient_Pages() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			_, _ = io.WriteString(w, `{"data":[{"id":1},{"id":2}],"meta":{"next":"c2"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"id":3}],"meta":{"next":null}}`)
	}))
	defer api.Close()

	client := &rest.Client{BaseURL: api.URL, Auth: &rest.Bearer{Token: "secret"}}
	req := rest.Request{
		Path:       "/projects/{id}/issues",
		PathParams: map[string]string{"id": "7"},
		Query:      rest.Query{{"per_page", "2"}, {"since", ""}},
		Selector:   "data",
		Paginator:  &rest.Cursor{NextPath: "meta.next"},
	}
	for page, err := range client.Pages(context.Background(), req) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s\n", page.Data)
	}
	// Output:
	// [{"id":1},{"id":2}]
	// [{"id":3}]
}

func ExampleSecret() {
	token := rest.Secret("abc123")
	fmt.Println(token, len(token.Reveal()))
	// Output: *** 6
}

func ExampleDeepObject() {
	q := rest.DeepObject("created", rest.Query{{"gte", "2026-01-01"}})
	fmt.Println(q.Encode())
	// Output: created%5Bgte%5D=2026-01-01
}
