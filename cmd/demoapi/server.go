package main

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// A Server answers for the CityRide API. Its rate limit lets a burst through
// and then refuses one request with 429 and Retry-After: 1, as real APIs do.
type Server struct {
	token string
	mux   *http.ServeMux

	mu       sync.Mutex
	data     *data
	requests int
	refused  int
}

// burst is the number of requests between two refusals.
const burst = 60

// NewServer returns a server with that many trips, whose clients must send the token.
func NewServer(token string, trips int) *Server {
	s := &Server{token: token, data: newData(trips), mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /v1/stations", s.guarded(s.stations))
	s.mux.HandleFunc("GET /v1/stations/{id}", s.guarded(s.station))
	s.mux.HandleFunc("GET /v1/stations/{id}/repairs", s.guarded(s.repairs))
	s.mux.HandleFunc("GET /v1/riders", s.guarded(s.riders))
	s.mux.HandleFunc("GET /v1/trips", s.guarded(s.trips))
	s.mux.HandleFunc("POST /demo/advance", s.advance)
	s.mux.HandleFunc("GET /demo/stats", s.stats)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mux.ServeHTTP(w, r)
}

// guarded checks the token, then the rate limit.
func (s *Server) guarded(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) != 1 {
			fail(w, http.StatusUnauthorized, "missing or wrong bearer token")
			return
		}
		s.requests++
		if s.requests%burst == 0 {
			s.refused++
			w.Header().Set("Retry-After", "1")
			fail(w, http.StatusTooManyRequests, "too many requests")
			return
		}
		h(w, r)
	}
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// A client that hung up is its own problem.
	_ = json.NewEncoder(w).Encode(v)
}

// number reads a query parameter that must lie in [lo, hi].
func number(r *http.Request, name string, def, lo, hi int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return def, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lo || n > hi {
		return 0, fmt.Errorf("%s must be a number from %d to %d", name, lo, hi)
	}
	return n, nil
}

func window[T any](list []T, offset, limit int) []T {
	if offset >= len(list) {
		return []T{}
	}
	return list[offset:min(offset+limit, len(list))]
}

func (s *Server) stations(w http.ResponseWriter, r *http.Request) {
	page, err := number(r, "page", 1, 1, 1e6)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	size, err := number(r, "per_page", 20, 1, 50)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	all := s.data.stations
	answer(w, map[string]any{
		"data": window(all, (page-1)*size, size), "page": page, "total_pages": (len(all) + size - 1) / size,
	})
}

func (s *Server) station(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(s.data.stations) {
		fail(w, http.StatusNotFound, "no such station")
		return
	}
	answer(w, s.data.stations[id-1])
}

func (s *Server) repairs(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(s.data.stations) {
		fail(w, http.StatusNotFound, "no such station")
		return
	}
	size, err := number(r, "per_page", 50, 1, 100)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	after, err := number(r, "after", 0, 0, 1e6)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	all := s.data.repairs[id]
	if after+size < len(all) {
		next := url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawQuery: url.Values{
			"per_page": {strconv.Itoa(size)}, "after": {strconv.Itoa(after + size)},
		}.Encode()}
		w.Header().Set("Link", fmt.Sprintf("<%s>; rel=%q", next.String(), "next"))
	}
	answer(w, window(all, after, size))
}

func (s *Server) riders(w http.ResponseWriter, r *http.Request) {
	offset, err := number(r, "offset", 0, 0, 1e6)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	limit, err := number(r, "limit", 50, 1, 200)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	answer(w, map[string]any{"riders": window(s.data.riders, offset, limit), "total": len(s.data.riders)})
}

func (s *Server) trips(w http.ResponseWriter, r *http.Request) {
	limit, err := number(r, "limit", 100, 1, 500)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	since, first := time.Time{}, 0
	if text := r.URL.Query().Get("updated_since"); text != "" {
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			fail(w, http.StatusBadRequest, "updated_since must be an RFC 3339 time")
			return
		}
	}
	if text := r.URL.Query().Get("cursor"); text != "" {
		raw, err := base64.URLEncoding.DecodeString(text)
		if err == nil {
			first, err = strconv.Atoi(string(raw))
		}
		if err != nil || first < 0 {
			fail(w, http.StatusBadRequest, "unknown cursor")
			return
		}
	}
	found := []trip{}
	for _, t := range s.data.trips {
		if !t.UpdatedAt.Before(since) {
			found = append(found, t)
		}
	}
	var next *string
	if first+limit < len(found) {
		text := base64.URLEncoding.EncodeToString([]byte(strconv.Itoa(first + limit)))
		next = &text
	}
	answer(w, map[string]any{"trips": window(found, first, limit), "meta": map[string]any{"next_cursor": next}})
}

// advance lets an hour pass in the service; only the demo calls it.
func (s *Server) advance(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]int{"changed": s.data.advance()})
}

// stats tells what a client did, for tests.
func (s *Server) stats(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]int{
		"requests": s.requests, "refused": s.refused, "trips": len(s.data.trips), "riders": len(s.data.riders), "stations": len(s.data.stations),
	})
}
