package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/desk"
)

// event is one server-sent event.
type event struct{ id, name, data string }

// stream opens the stream of events and returns what comes, until it ends.
func (c *client) stream(ctx context.Context, headers ...string) (<-chan event, *http.Response) {
	c.Helper()
	resp, err := c.http.Do(c.request("GET", "/api/v1/events", nil, headers...).WithContext(ctx))
	c.no(err)
	out := make(chan event, 100)
	go func() {
		defer close(out)
		defer resp.Body.Close()
		var e event
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			name, value, _ := strings.Cut(in.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if value == "" && e != (event{}) {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out, resp
}

// next waits for an event; the zero event is the end.
func next(t testing.TB, from <-chan event) event {
	t.Helper()
	select {
	case e := <-from:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		return event{}
	}
}

func (w *world) enter(id, mark string) int64 {
	w.Helper()
	done, err := w.record.HandIn(w.ctx, headOf("amal"), id, desk.Handed{Report: truce.Report{ID: id, Text: plantedText, Elements: []truce.Element{{ID: id, Acts: []string{"shelling"}, When: []truce.When{{From: noon.Add(-72 * time.Hour), To: noon.Add(-71 * time.Hour)}}}}}, Mark: mark})
	w.no(err)
	return done.N
}

func TestEventsComeAsEntriesDo(t *testing.T) {
	w := newWorld(t)
	mona := w.as("mona", "monitor")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events, resp := mona.stream(ctx)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	red := w.enter("secret", "TLP:RED TO:amal")
	green := w.enter("open", "TLP:GREEN")
	e := next(t, events)
	if e.id != fmt.Sprint(green) || e.name != "entry" || strings.Contains(e.data, "secret") || !json.Valid([]byte(e.data)) {
		t.Errorf("%+v, after entry %d which is not for her", e, red)
	}
	// Again from where it broke off.
	cancel()
	third := w.enter("more", "TLP:GREEN")
	again, _ := mona.stream(t.Context(), "Last-Event-ID", fmt.Sprint(green-1))
	for _, want := range []int64{green, third} {
		if e := next(t, again); e.id != fmt.Sprint(want) {
			t.Errorf("%+v, not %d", e, want)
		}
	}
	// Signed out elsewhere: the stream ends, and says nothing more.
	w.no(w.people.EndAll(w.ctx, "mona", w.clock.now()))
	w.enter("late", "TLP:GREEN")
	if e := next(t, again); e.name != "end" {
		t.Errorf("after signing out: %+v", e)
	}
	if e, open := <-again; open {
		t.Errorf("after the end: %+v", e)
	}
}

func TestEventsFollowThePost(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	events, _ := c.stream(t.Context())
	n := w.enter("one", "TLP:AMBER")
	if e := next(t, events); e.id != fmt.Sprint(n) {
		t.Errorf("%+v", e)
	}
	a, err := w.people.Account(w.ctx, "dora", w.clock.now())
	w.no(err)
	a.Post.Roles = []string{"public"}
	w.no(w.people.Assign(w.ctx, "dora", a.Post, w.clock.now()))
	w.enter("two", "TLP:AMBER")
	clear := w.enter("three", "TLP:CLEAR")
	if e := next(t, events); e.id != fmt.Sprint(clear) {
		t.Errorf("somebody who is no longer at the desk gets %+v", e)
	}
}

func TestStreamsAreCounted(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	ctx, cancel := context.WithCancel(t.Context())
	for range streamsOfOne {
		c.stream(ctx)
	}
	c.get("/api/v1/events").want(429, "limited")
	cancel()
	for deadline := time.Now().Add(20 * time.Second); w.site.streams.total() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%v streams are still counted", w.site.streams.total())
		}
	}
	if len(w.site.streams.open) != 0 {
		t.Error("names of closed streams are kept")
	}
}

func TestExportsEndWithACount(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	n := int(c.get("/api/v1/counts/report").json()["count"].(float64))
	r := c.get("/api/v1/exports/report?format=csv").want(200, "")
	rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	w.no(err)
	if len(rows) != n+2 || rows[len(rows)-1][0] != fmt.Sprintf("#count %d", n) {
		t.Errorf("%d rows of %d, last %v", len(rows), n, rows[len(rows)-1])
	}
	if got := r.header.Get("Content-Disposition"); got != `attachment; filename="report.csv"` {
		t.Error(got)
	}
	r = c.get("/api/v1/exports/element?format=geojson").want(200, "")
	var g struct {
		Type     string
		Features []any
		Count    int
	}
	w.no(json.Unmarshal([]byte(r.body), &g))
	if g.Type != "FeatureCollection" || len(g.Features) == 0 || len(g.Features) != g.Count || r.header.Get("Content-Type") != "application/geo+json" {
		t.Errorf("%s of %d features, count %d", g.Type, len(g.Features), g.Count)
	}
	r = c.get("/api/v1/exports/report?format=json&as_of=30").want(200, "")
	lines := strings.Split(strings.TrimSpace(r.body), "\n")
	if last := lines[len(lines)-1]; last != fmt.Sprintf(`{"count":%d}`, len(lines)-1) {
		t.Errorf("%d lines, last %s", len(lines), last)
	}
	if len(lines) >= n {
		t.Errorf("as of entry 30 there are %d reports", len(lines)-1)
	}
}

func TestAnExportThatBreaksOffDoesNotLookWhole(t *testing.T) {
	w := newWorld(t)
	w.site.page("POST /broken", true, func(hw http.ResponseWriter, r *http.Request) error {
		out := &slowWriter{w: hw, rc: http.NewResponseController(hw), contentType: "text/csv", name: "x"}
		_, _ = io.WriteString(out, strings.Repeat("id,mark\n", 10000))
		panic(http.ErrAbortHandler)
	})
	resp, err := w.nobody().http.Do(w.nobody().request("POST", "/broken", nil))
	w.no(err)
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the file looks whole")
	}
	if got := w.log.take(t); len(got) != 1 || got[0]["msg"] != "failed" {
		t.Errorf("the log says %v", got)
	}
}

func TestPagesOfAListFitTogether(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	for _, newest := range []string{"", "&newest=true"} {
		seen, after := map[string]bool{}, ""
		first := c.get("/api/v1/rows/report?limit=1" + newest).json()
		asOf := fmt.Sprint(first["as_of"])
		for page := 0; ; page++ {
			r := c.get("/api/v1/rows/report?limit=40&as_of="+asOf+newest+"&after="+after).want(200, "").json()
			for _, row := range r["rows"].([]any) {
				id := row.(map[string]any)["id"].(string)
				if seen[id] {
					t.Errorf("%s is there twice", id)
				}
				seen[id] = true
			}
			if page == 0 {
				w.enter("between"+newest, "TLP:GREEN") // what comes in between is not in this state
			}
			next, more := r["next"].(string)
			if after = next; !more {
				break
			}
		}
		want := c.get("/api/v1/counts/report?as_of=" + asOf).json()["count"].(float64)
		if float64(len(seen)) != want || seen["between"+newest] {
			t.Errorf("%d rows of %v", len(seen), want)
		}
	}
}
