package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"truce"
	"truce/desk"
)

var (
	soakFor    = flag.Duration("soak", 2*time.Second, "for how long TestSoak hands reports in")
	soakRate   = flag.Int("rate", 50, "how many reports a second TestSoak hands in")
	soakPeople = flag.Int("people", 4, "how many people work meanwhile")
	soakBurst  = flag.Int("burst", 200, "how many reports come at once at the end")
)

// soak is a served record under load, with what was acknowledged.
type soak struct {
	*world
	program *client

	mu      sync.Mutex
	entries map[string]int64           // by the report's name
	took    []time.Duration            // from when a report was due to its acknowledgement
	pages   map[string][]time.Duration // that people asked for, by what was asked
	wrong   []string
	calls   atomic.Int64 // reports that people took down
	asked   atomic.Int64 // pages that people asked for
	busy    atomic.Int64 // of them, those that the server had no time for
}

func (s *soak) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// TestSoak has people at work on a served record while reports come in at a steady rate and then
// all at once. Every tenth is sent twice. None is lost, none doubled; how long acknowledgements
// took is told (-v), counted from when a report was due, so that waiting in line counts.
func TestSoak(t *testing.T) {
	fast := Rate{PerSecond: 1e9, Burst: 1e9} // one program stands for many
	s := &soak{world: newWorld(t, func(o *Options) { o.PerAddress, o.PerAccount = fast, fast }), entries: map[string]int64{}, pages: map[string][]time.Duration{}}
	before, err := s.record.Count(s.ctx, headOf("amal"), desk.Question{Kind: "report"})
	s.no(err)
	s.program = s.as("feed", "desk").token("desk")
	s.program.http = &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}}
	stop := make(chan struct{})
	var people sync.WaitGroup
	for i, c := range s.staff() {
		people.Go(func() { s.work(c, i, stop) })
	}
	for s.asked.Load() < int64(*soakPeople) { // all are at work
		time.Sleep(10 * time.Millisecond)
	}
	steady := int(soakFor.Seconds() * float64(*soakRate))
	s.hand("steady", steady, time.Second/time.Duration(*soakRate))
	s.tell("steady")
	s.hand("burst", *soakBurst, 0)
	s.tell("burst")
	close(stop)
	people.Wait()
	s.whole(before, steady+*soakBurst)
}

// staff signs everybody in. That takes minutes of the record's clock each, so those who are in
// already ask for something now and then, or their sessions would run out.
func (s *soak) staff() []*client {
	var all []*client
	for i := range *soakPeople {
		all = append(all, s.as(fmt.Sprint("dora", i), "desk"))
		for _, c := range all {
			if i%8 == 7 {
				c.page("/take")
			}
		}
	}
	return all
}

// hand hands in reports, one every so often, or all at once.
func (s *soak) hand(name string, n int, every time.Duration) {
	s.took = s.took[:0]
	begun := time.Now()
	var all sync.WaitGroup
	line := make(chan struct{}, 256) // connections
	for i := range n {
		due := begun.Add(time.Duration(i) * every)
		time.Sleep(time.Until(due))
		line <- struct{}{}
		all.Go(func() {
			defer func() { <-line }()
			id := fmt.Sprintf("%s-%06d", name, i)
			s.report(id, due)
			if i%10 == 0 {
				s.report(id, time.Time{})
			}
		})
	}
	all.Wait()
}

// report hands one report in; without a time it is sent again.
func (s *soak) report(id string, due time.Time) {
	r := rand.New(rand.NewPCG(uint64(len(id)), uint64(id[len(id)-1])))
	body, err := json.Marshal(map[string]any{"report": truce.Report{ID: id, Source: "feed", Text: "Shells fell, told as " + id, Elements: []truce.Element{{ID: id, Title: id, Acts: []string{"shelling"},
		When:  []truce.When{{From: noon.Add(-time.Hour), To: noon.Add(-50 * time.Minute)}},
		Where: []truce.Place{{Form: truce.FormDisc, Lat: 35.5 + r.Float64(), Lon: 36.5 + r.Float64(), Within: 300}}}}}})
	s.no(err)
	req, err := http.NewRequest("POST", s.origin+"/api/v1/reports", bytes.NewReader(body))
	s.no(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.program.bearer)
	req.Header.Set("Idempotency-Key", id)
	resp, err := s.program.http.Do(req)
	if err != nil {
		s.say("%s: %v", id, err)
		return
	}
	defer resp.Body.Close()
	var done desk.Entered
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(text, &done) != nil {
		s.say("%s: status %d: %.200s %v", id, resp.StatusCode, text, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if had, sent := s.entries[id]; sent != due.IsZero() || sent && (had != done.N || !done.Repeat) {
		s.wrong = append(s.wrong, fmt.Sprintf("%s: entry %d, repeat %v, after %d", id, done.N, done.Repeat, had))
	}
	s.entries[id] = done.N
	if !due.IsZero() {
		s.took = append(s.took, time.Since(due))
	}
}

// tell says how long acknowledgements took.
func (s *soak) tell(name string) {
	slices.Sort(s.took)
	if n := len(s.took); n > 0 {
		s.Logf("%s: %d acknowledged, p50 %s, p90 %s, p99 %s, longest %s; people asked for %d pages, %d of which had to wait for a less busy time, and took %d reports", name, n,
			s.took[n/2].Round(time.Millisecond), s.took[n*9/10].Round(time.Millisecond), s.took[n*99/100].Round(time.Millisecond), s.took[n-1].Round(time.Millisecond), s.asked.Load(), s.busy.Load(), s.calls.Load())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(s.pages)) {
		all := slices.Sorted(slices.Values(s.pages[what]))
		s.Logf("%s: %d asked for, p50 %s, p99 %s", what, len(all), all[len(all)/2].Round(time.Millisecond), all[len(all)*99/100].Round(time.Millisecond))
	}
}

// work is a person's: reading lists, incidents and the inbox, taking down and judging.
func (s *soak) work(c *client, i int, stop <-chan struct{}) {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(500+r.IntN(1500)) * time.Millisecond):
		}
		switch n % 6 {
		case 0:
			s.ask(c, "/incidents")
		case 1:
			s.ask(c, fmt.Sprintf("/incidents/C%d", 100+r.IntN(60)))
		case 2:
			s.judge(c)
		case 3:
			s.ask(c, "/api/v1/rows/report?newest=true&limit=50")
		case 4:
			s.ask(c, "/verify")
		case 5:
			key := fmt.Sprintf("call-%d-%d", i, n)
			at := s.ask(c, "/take")
			if at != "" && c.send("POST", "/api/v1/calls", map[string]any{"words": "Shelling by the mill", "act": "shelling", "place": "the mill", "pick": "unknown", "when": "10 minutes ago"}, "Idempotency-Key", key).want(200, "").status == 200 {
				s.calls.Add(1)
			}
		}
	}
}

// ask asks for a page; what is hidden or not there is an answer, too.
func (s *soak) ask(c *client, path string) string {
	asked := time.Now()
	reply := c.page(path)
	what, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "?")
	if strings.HasPrefix(what, "incidents/") {
		what = "an incident"
	}
	s.mu.Lock()
	s.pages[what] = append(s.pages[what], time.Since(asked))
	s.mu.Unlock()
	s.asked.Add(1)
	switch {
	case reply.status == http.StatusServiceUnavailable:
		s.busy.Add(1)
	case reply.status >= 500 || reply.status == http.StatusTooManyRequests:
		s.say("%s: status %d", path, reply.status)
	}
	return reply.body
}

// judge acknowledges what stands first in the inbox, or opens an incident for it.
func (s *soak) judge(c *client) {
	page := s.ask(c, "/inbox")
	_, rest, found := strings.Cut(page, `name="report" value="`)
	if !found {
		return
	}
	id, _, _ := strings.Cut(rest, `"`)
	do := "acknowledge"
	if strings.HasSuffix(id, "1") {
		do = "open"
	}
	reply := c.form("/inbox", url.Values{"once": {"soaksoaksoaksoak" + id[max(0, len(id)-20):]}, "report": {id}, "do": {do}})
	if reply.status >= 500 {
		s.say("triage of %s: status %d %.200s", id, reply.status, reply.body)
	}
}

// whole holds the record to what was acknowledged.
func (s *soak) whole(before int64, sent int) {
	for _, w := range s.wrong[:min(len(s.wrong), 20)] {
		s.Error(w)
	}
	after, err := s.record.Count(s.ctx, headOf("amal"), desk.Question{Kind: "report"})
	s.no(err)
	if got := after - before - s.calls.Load(); got != int64(sent) || len(s.entries) != sent {
		s.Errorf("%d reports were sent, %d acknowledged, %d stand in the record", sent, len(s.entries), got)
	}
	seen := map[int64]string{}
	for id, n := range s.entries {
		if other, doubled := seen[n]; doubled {
			s.Errorf("entry %d is %s and %s", n, id, other)
		}
		seen[n] = id
		row, err := s.record.Row(s.ctx, headOf("amal"), 0, "report", id)
		var b struct{ Number int64 }
		if err != nil || json.Unmarshal(row.Body, &b) != nil || b.Number != n {
			s.Errorf("%s was acknowledged as entry %d and stands as %d: %v", id, n, b.Number, err)
		}
	}
	s.Logf("%d acknowledged: none lost, none doubled, if nothing is said above", len(s.entries))
}
