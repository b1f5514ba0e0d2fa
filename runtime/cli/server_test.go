package cli_test

import (
	"fmt"
	"net/http"
	"strings"
)

// newServer is the shop's API. The first part of the path says how it behaves:
// ok, fail, broken, wrong, slow or many.
func newServer() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{mode}/items", serveItems)
	mux.HandleFunc("GET /{mode}/items/{id}/reviews", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `[{"stars":%s},{"stars":5,"text":"fine"}]`, r.PathValue("id"))
	})
	mux.HandleFunc("GET /{mode}/visits", func(w http.ResponseWriter, r *http.Request) {
		n := 3
		if r.PathValue("mode") == "many" {
			n = 100_000
		}
		lines := make([]string, n)
		for i := range lines {
			lines[i] = fmt.Sprintf(`{"at":"2024-01-01T00:00:%02dZ","who":{"id":%d}}`, i%60, i)
		}
		fmt.Fprint(w, "["+strings.Join(lines, ",")+"]")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sesame" {
			http.Error(w, `{"error":"who are you?"}`, http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func serveItems(w http.ResponseWriter, r *http.Request) {
	second := r.FormValue("page") == "2"
	switch mode := r.PathValue("mode"); {
	case mode == "fail":
		http.Error(w, `{"error":"out of order"}`, http.StatusInternalServerError)
	case mode == "broken" && second:
		fmt.Fprint(w, `{"pages":2,"data":[{"id":3,"name":"Ca`)
	case mode == "wrong" && second:
		fmt.Fprint(w, `{"pages":2,"data":[{"id":3,"name":"Candle","price":"cheap","updated_at":"2024-01-03T00:00:00Z"}]}`)
	case mode == "slow" && second:
		<-r.Context().Done()
	case r.FormValue("branch") == "empty":
		fmt.Fprint(w, `{"pages":1,"data":[]}`)
	case r.FormValue("since") != "":
		fmt.Fprint(w, `{"pages":1,"data":[{"id":2,"name":"Bread","price":2.5,"updated_at":"2024-01-02T00:00:00Z"},{"id":4,"name":"Dates","price":4,"updated_at":"2024-01-04T00:00:00Z"}]}`)
	case second:
		fmt.Fprint(w, `{"pages":2,"data":[{"id":3,"name":"Candle","price":null,"updated_at":"2024-01-03T00:00:00Z","tags":[]}]}`)
	default:
		fmt.Fprint(w, `{"pages":2,"data":[{"id":1,"name":"Apple","price":1,"updated_at":"2024-01-01T00:00:00Z","tags":["red","round"]},{"id":2,"name":"Bread","price":2,"updated_at":"2024-01-02T00:00:00Z"}]}`)
	}
}
