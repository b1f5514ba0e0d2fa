package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

type location struct {
	Lat      float64 `json:"lat"`
	Lng      float64 `json:"lng"`
	District string  `json:"district"`
}

type station struct {
	ID       int      `json:"id"`
	Name     string   `json:"name"`
	Capacity int      `json:"capacity"`
	Location location `json:"location"`
	OpenedOn string   `json:"opened_on"`
	Tags     []string `json:"tags"`
}

type part struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

type repair struct {
	ID      int       `json:"id"`
	BikeID  string    `json:"bike_id"`
	Kind    string    `json:"kind"`
	Minutes int       `json:"minutes"`
	DoneAt  time.Time `json:"done_at"`
	Parts   []part    `json:"parts"`
}

type plan struct {
	Name   string `json:"name"`
	Renews bool   `json:"renews"`
}

type rider struct {
	ID         int       `json:"id"`
	Name       string    `json:"name"`
	Email      *string   `json:"email"`
	Plan       plan      `json:"plan"`
	JoinedAt   time.Time `json:"joined_at"`
	Favourites []int     `json:"favourite_stations"`
}

type bike struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

type fare struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

type stop struct {
	StationID int       `json:"station_id"`
	At        time.Time `json:"at"`
	Minutes   int       `json:"minutes"`
}

type trip struct {
	ID        int        `json:"id"`
	RiderID   int        `json:"rider_id"`
	Status    string     `json:"status"`
	Bike      bike       `json:"bike"`
	From      int        `json:"from_station_id"`
	To        *int       `json:"to_station_id"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	Metres    *int       `json:"metres"`
	Fare      *fare      `json:"fare"`
	Stops     []stop     `json:"stops"`
}

// data is the whole service: the same for the same number of trips.
type data struct {
	stations []station
	repairs  map[int][]repair // by station
	riders   []rider
	trips    []trip // least recently changed first
	rnd      *rand.Rand
	now      time.Time
}

var (
	districts = []string{"Harbour", "Old Town", "University", "Park", "Station Quarter"}
	streets   = []string{"Mill", "Market", "Linden", "Church", "Bridge", "Castle", "Garden", "Quay"}
	given     = []string{"Ada", "Bruno", "Chen", "Dana", "Émile", "Fatou", "Goran", "Hana"}
	family    = []string{"Okafor", "Lindqvist", "Müller", "Tanaka", "Silva", "Novák", "Haddad"}
	bikeKinds = []string{"classic", "classic", "electric", "cargo"}
	repairs   = []string{"brake", "tyre", "chain", "battery", "frame"}
	plans     = []string{"day", "month", "year"}
)

const (
	stationCount = 64
	riderCount   = 900
)

func newData(trips int) *data {
	d := &data{
		rnd:     rand.New(rand.NewPCG(1, 2)),
		now:     time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC),
		repairs: map[int][]repair{},
	}
	for id := 1; id <= stationCount; id++ {
		d.addStation(id)
	}
	for id := 1; id <= riderCount; id++ {
		d.riders = append(d.riders, d.newRider(id))
	}
	for range trips {
		d.addTrip()
	}
	return d
}

func pick[T any](d *data, list []T) T { return list[d.rnd.IntN(len(list))] }

func (d *data) addStation(id int) {
	s := station{
		ID: id, Name: fmt.Sprintf("%s Street %d", pick(d, streets), id), Capacity: 8 + d.rnd.IntN(30),
		Location: location{Lat: 53.5 + float64(d.rnd.IntN(1000))/1e4, Lng: 9.9 + float64(d.rnd.IntN(1000))/1e4, District: pick(d, districts)},
		OpenedOn: d.now.AddDate(0, 0, -d.rnd.IntN(2000)).Format(time.DateOnly),
		Tags:     []string{},
	}
	for _, tag := range []string{"covered", "charging", "metro"} {
		if d.rnd.IntN(3) == 0 {
			s.Tags = append(s.Tags, tag)
		}
	}
	d.stations = append(d.stations, s)
	for i := range d.rnd.IntN(60) {
		r := repair{
			ID: id*1000 + i, BikeID: fmt.Sprintf("B%04d", d.rnd.IntN(800)), Kind: pick(d, repairs),
			Minutes: 5 + d.rnd.IntN(90), DoneAt: d.now.Add(-time.Duration(d.rnd.IntN(5000)) * time.Hour), Parts: []part{},
		}
		for range d.rnd.IntN(3) {
			r.Parts = append(r.Parts, part{SKU: fmt.Sprintf("P-%03d", d.rnd.IntN(200)), Quantity: 1 + d.rnd.IntN(4), Price: float64(d.rnd.IntN(9000)) / 100})
		}
		d.repairs[id] = append(d.repairs[id], r)
	}
}

func (d *data) newRider(id int) rider {
	r := rider{
		ID: id, Name: pick(d, given) + " " + pick(d, family), Plan: plan{Name: pick(d, plans), Renews: d.rnd.IntN(2) == 0},
		JoinedAt: d.now.Add(-time.Duration(d.rnd.IntN(20000)) * time.Hour), Favourites: []int{},
	}
	if d.rnd.IntN(10) > 0 {
		mail := fmt.Sprintf("rider%d@example.com", id)
		r.Email = &mail
	}
	for range d.rnd.IntN(4) {
		r.Favourites = append(r.Favourites, 1+d.rnd.IntN(stationCount))
	}
	return r
}

// addTrip ends a trip a little after the one before, so that trips stay in order of change.
func (d *data) addTrip() {
	d.now = d.now.Add(time.Duration(20+d.rnd.IntN(100)) * time.Second)
	t := trip{
		ID: len(d.trips) + 1, RiderID: 1 + d.rnd.IntN(riderCount), Status: "riding",
		Bike: bike{ID: fmt.Sprintf("B%04d", d.rnd.IntN(800)), Kind: pick(d, bikeKinds)},
		From: 1 + d.rnd.IntN(stationCount), StartedAt: d.now, UpdatedAt: d.now, Stops: []stop{},
	}
	if d.rnd.IntN(12) > 0 {
		d.end(&t)
	}
	d.trips = append(d.trips, t)
}

// end closes a trip with a fare, as the service does when the bike is locked.
func (d *data) end(t *trip) {
	minutes := 4 + d.rnd.IntN(55)
	at := t.StartedAt.Add(time.Duration(minutes) * time.Minute)
	to, metres := 1+d.rnd.IntN(stationCount), minutes*(150+d.rnd.IntN(120))
	t.Status, t.To, t.EndedAt, t.Metres = "ended", &to, &at, &metres
	t.Fare = &fare{Amount: float64(100+minutes*15) / 100, Currency: "EUR"}
	for range d.rnd.IntN(3) {
		t.Stops = append(t.Stops, stop{StationID: 1 + d.rnd.IntN(stationCount), At: t.StartedAt.Add(time.Duration(d.rnd.IntN(minutes)) * time.Minute), Minutes: 1 + d.rnd.IntN(9)})
	}
}

// advance lets an hour pass: some riding trips end, some ended ones are
// disputed, new ones begin. It returns how many trips changed or came.
func (d *data) advance() int {
	d.now = d.now.Add(time.Hour)
	kept, changed := d.trips[:0:0], []trip{}
	for _, t := range d.trips {
		switch {
		case t.Status == "riding" && d.rnd.IntN(2) == 0:
			d.end(&t)
		case t.Status == "ended" && d.rnd.IntN(200) == 0:
			t.Status = "disputed"
		default:
			kept = append(kept, t)
			continue
		}
		d.now = d.now.Add(time.Second)
		t.UpdatedAt = d.now
		changed = append(changed, t)
	}
	d.trips = append(kept, changed...)
	n := len(changed) + 25
	for range 25 {
		d.addTrip()
	}
	return n
}
