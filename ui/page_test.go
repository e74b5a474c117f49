package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"truce"
	"truce/geo"
	"truce/tiles"
)

// policy is as strict as that of the program's own pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// page is a small page with all islands on it.
const page = `<!doctype html><html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><title>islands</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/icon">
<link rel="stylesheet" href="/static/style.css"><link rel="stylesheet" href="/dist/{{.Names.fonts}}">
<script type="module" src="/dist/{{.Names.live}}"></script><script type="module" src="/dist/{{.Names.map}}"></script><script type="module" src="/dist/{{.Names.timeline}}"></script></head>
<body><main><h1>{{.Title}}</h1>
<p class="live" role="status" data-live="{{.Auto}}" data-entries="5" data-new="New entries: {n}." data-show="Show them" data-lost="No connection. As of {t}." data-back="Back." data-over="Over." data-zone="Asia/Damascus" hidden></p>
<form data-live-form="change" action="/"><label>Outcome <select name="outcome" id="outcome"><option value="">all</option><option>violation</option></select></label> <input name="q" id="q"><button>Show</button></form>
<div id="found" data-region><p id="count">{{.Shown}} shown</p><details id="more"><summary>More</summary>…</details><a href="/?q=again">again</a>
{{if .Map}}<div data-map id="map"><svg viewBox="0 0 720 420" role="img" aria-label="drawing"><rect width="720" height="420" fill="none" stroke="currentColor"/><text x="20" y="40">the drawing</text></svg><script type="application/json">{{.Config}}</script></div>{{end}}</div>
<svg data-timeline id="days" viewBox="0 0 600 60" role="group" aria-label="days" data-select="{from} to {to}" data-drop="cursor" width="600" height="60">{{range .Bars}}<a href="/?from={{.From}}&amp;to={{.To}}" data-from="{{.From}}" data-to="{{.To}}" data-last="{{.From}}" aria-label="{{.From}}: {{.N}}"><rect x="{{.X}}" y="0" width="18" height="60" fill="transparent"/><rect x="{{.X}}" y="{{.Y}}" width="18" height="{{.N}}" fill="currentColor"/></a>{{end}}</svg>
</main></body></html>`

// site serves the page, what was built, and made-up things around Aleppo.
type site struct {
	*httptest.Server
	layer  *tiles.Layer
	shown  atomic.Int64
	entry  chan int // entries to be sent
	broken atomic.Bool
	after  atomic.Value // what the stream was asked for
}

type bar struct {
	From, To string
	X, Y, N  int
}

func newSite(t *testing.T) *site {
	t.Helper()
	dist := filepath.Join("..", "screen", "dist")
	text, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		t.Skip("skipped: screen/dist/manifest.json is not there (scripts/ui.sh makes it)")
	}
	names := map[string]string{}
	if err := json.Unmarshal(text, &names); err != nil {
		t.Fatal(err)
	}
	base, err := tiles.OpenBase()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{layer: tiles.NewLayer(things(t)), entry: make(chan int, 8)}
	mux := http.NewServeMux()
	mux.Handle("GET /dist/", http.StripPrefix("/dist/", http.FileServer(http.Dir(dist))))
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir(filepath.Join("..", "screen", "static")))))
	mux.HandleFunc("GET /icon", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /base/{z}/{x}/{y}", tile(base.Tile))
	mux.HandleFunc("GET /tiles/{z}/{x}/{y}", tile(func(z, x, y int) ([]byte, error) {
		return s.layer.Tile(z, x, y, tiles.Filter{Classes: tiles.Set{1}})
	}))
	mux.HandleFunc("GET /areas.geojson", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Demilitarised belt / حزام منزوع السلاح"},"geometry":{"type":"Polygon","coordinates":[[[36.2,35.2],[37.0,35.3],[37.6,36.0],[37.4,36.1],[36.8,35.5],[36.2,35.4],[36.2,35.2]]]}}]}`)
	})
	mux.HandleFunc("GET /api/v1/events", s.events)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.page(t, w, r, names) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if s.broken.Load() {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Server.CloseClientConnections() })
	return s
}

func tile(get func(z, x, y int) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		z, _ := strconv.Atoi(r.PathValue("z"))
		x, _ := strconv.Atoi(r.PathValue("x"))
		y, _ := strconv.Atoi(r.PathValue("y"))
		data, err := get(z, x, y)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
		w.Write(data)
	}
}

// events sends the entries that the test asks for.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	s.after.Store(r.FormValue("after"))
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ": hello\n\n")
	w.(http.Flusher).Flush()
	for {
		select {
		case n := <-s.entry:
			if n < 0 {
				return
			}
			fmt.Fprintf(w, "id: %d\nevent: entry\ndata: {}\n\n", n)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (s *site) page(t *testing.T, w http.ResponseWriter, r *http.Request, names map[string]string) {
	lang, dir, title := "en", "ltr", "Islands"
	if r.FormValue("lang") == "ar" {
		lang, dir, title = "ar", "rtl", "جزر"
	}
	config := map[string]any{"base": "/base/{z}/{x}/{y}", "tiles": "/tiles/{z}/{x}/{y}?" + r.URL.RawQuery, "areas": "/areas.geojson", "bounds": []float64{35.6, 34.4, 38.6, 37.2},
		"lang": lang, "locale": lang + "-u-nu-latn", "list": "/incidents?q=1", "incident": "/incidents/{id}", "words": map[string]string{
			"title": "Map of incidents", "controls": "Move the map", "closer": "Closer", "farther": "Farther", "north": "North", "south": "South", "east": "East", "west": "West", "home": "All of it",
			"credit": tiles.Credit + ". Borders say nothing of status.", "hint": "Arrows move, Page Down goes on, Enter opens.", "here": "Incidents here: {n}", "violation": "violation", "undetermined": "undetermined",
			"noViolation": "no violation", "unjudged": "not judged", "circle": "Somewhere in this circle.", "extent": "Somewhere in this area.", "list": "Show the list", "close": "Close", "none": "Nothing here.",
			"noWebgl": "This browser cannot draw the map.", "failed": "A part of the map could not be fetched.", "ctrl": "Hold Ctrl to zoom", "fingers": "Use two fingers"}}
	text, err := json.Marshal(config)
	if err != nil {
		t.Error(err)
	}
	var bars []bar
	for i := range 30 {
		n := 5 + i*7%50
		bars = append(bars, bar{fmt.Sprintf("2016-03-%02d", i+1), fmt.Sprintf("2016-03-%02d", i+2), i * 20, 60 - n, n})
	}
	plain := map[string]string{}
	for name, hashed := range names {
		if name != "map.css" {
			plain[strings.TrimSuffix(name, filepath.Ext(name))] = hashed
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := template.Must(template.New("").Parse(page)).Execute(w, map[string]any{"Lang": lang, "Dir": dir, "Title": title, "Names": plain, "Config": template.JS(text),
		"Bars": bars, "Shown": fmt.Sprintf("%s%s %d", r.FormValue("outcome"), r.FormValue("q"), s.shown.Add(1)), "Auto": r.FormValue("auto"), "Map": r.FormValue("without") == ""}); err != nil {
		t.Error(err)
	}
}

// things are some hundred around Aleppo: exact points, discs, districts, a road.
func things(t *testing.T) []tiles.Thing {
	t.Helper()
	rnd := rand.New(rand.NewPCG(4, 2))
	var out []tiles.Thing
	add := func(w tiles.Where, outcome int) {
		out = append(out, tiles.Thing{ID: fmt.Sprintf("C%03d", len(out)), Where: w, Outcome: tiles.Outcome(outcome)})
	}
	for range 400 {
		add(tiles.Disc(36.2+0.12*rnd.NormFloat64(), 37.15+0.15*rnd.NormFloat64(), []float64{0, 100, 500, 1000}[rnd.IntN(4)]), []int{0, 0, 1, 1, 2, 3}[rnd.IntN(6)])
	}
	for range 60 {
		add(tiles.Disc(34.6+2.2*rnd.Float64(), 35.9+2.4*rnd.Float64(), []float64{2000, 5000, 12000}[rnd.IntN(3)]), rnd.IntN(4))
	}
	for i, shape := range []string{`{"type":"Polygon","coordinates":[[[36.4,35.7],[36.9,35.6],[37.0,36.0],[36.6,36.1],[36.4,35.7]]]}`,
		`{"type":"Polygon","coordinates":[[[35.9,34.6],[36.4,34.5],[36.5,34.9],[36.1,35.0],[35.9,34.6]]]}`, `{"type":"LineString","coordinates":[[36.7,35.1],[37.2,35.4],[37.9,35.6]]}`} {
		e, err := geo.NewAtlas().Extent([]truce.Place{{Form: truce.FormShape, Shape: shape}})
		if err != nil {
			t.Fatal(err)
		}
		w, ok, err := tiles.Shape(e)
		if err != nil || !ok {
			t.Fatal(err)
		}
		for range 3 {
			add(w, i)
		}
	}
	return out
}
