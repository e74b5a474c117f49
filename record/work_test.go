package record

import (
	"testing"
)

// refused fails unless an entry is complete and does not fold.
func (s *state) refused(t *testing.T, kind string, v map[string]any) {
	t.Helper()
	f := fields(t, v)
	if p := Check(kind, f); p != nil {
		t.Fatalf("%s: %v", kind, p)
	}
	if err := s.take(s.entry(kind, f)); err == nil {
		t.Errorf("%s %v is taken", kind, v)
	}
}

// TestFireRunsUntilItStops: since is the first word of it, and of a second fire its own.
func TestFireRunsUntilItStops(t *testing.T) {
	const a, b, c, d = "2016-08-27T18:00:00Z", "2016-08-27T18:20:00Z", "2016-08-27T19:00:00Z", "2016-08-28T06:00:00Z"
	s := begin()
	for _, x := range []struct{ fire, at, since string }{{"going", a, a}, {"unknown", b, a}, {"going", b, a}, {"stopped", c, a}, {"going", d, d}} {
		s.must(t, "fire.noted", map[string]any{"incident": "I", "fire": x.fire, "at": x.at})
		if got := s.get("fire", "I", "since"); got != x.since {
			t.Errorf("%s at %s: since %v, not %s", x.fire, x.at, got, x.since)
		}
	}
}

// TestATestOfALineStays when the line is listed anew.
func TestATestOfALineStays(t *testing.T) {
	s := begin()
	line := map[string]any{"id": "L", "actor": "north", "name": "Duty officer"}
	s.must(t, "line.listed", line)
	s.must(t, "line.tested", map[string]any{"id": "L", "at": "2016-08-27T18:00:00Z", "answered": "no"})
	line["hours"] = "24/7"
	s.must(t, "line.listed", line)
	if s.get("line", "L", "answered") != "no" || s.get("line", "L", "tested") != "2016-08-27T18:00:00Z" || s.get("line", "L", "hours") != "24/7" {
		t.Errorf("%s", s.rows[[2]string{"line", "L"}].Body)
	}
	s.must(t, "line.ended", map[string]any{"id": "L", "reason": "moved"})
	s.refused(t, "line.tested", map[string]any{"id": "L", "at": "2016-08-27T18:00:00Z", "answered": "no"})
}

// TestWhatMustBeThere: a reply is to one thing that is there, and nothing begins twice.
func TestWhatMustBeThere(t *testing.T) {
	s := begin()
	ask := map[string]any{"id": "Q", "with": "north", "at": "2016-08-27T18:00:00Z", "due": "2016-08-28T18:00:00Z", "words": "Who?"}
	s.must(t, "request.made", ask)
	s.refused(t, "request.made", ask)
	reply := func(more ...string) map[string]any {
		v := map[string]any{"by": "north", "at": "2016-08-27T19:00:00Z", "words": "We"}
		for _, m := range more {
			v[m] = "Q"
		}
		return v
	}
	s.refused(t, "reply.given", reply())
	s.refused(t, "reply.given", reply("request", "protest"))
	s.refused(t, "reply.given", reply("protest"))
	s.must(t, "reply.given", reply("request"))
	s.must(t, "request.reminded", map[string]any{"id": "Q", "at": "2016-08-27T20:00:00Z"})
	s.must(t, "request.reminded", map[string]any{"id": "Q", "at": "2016-08-27T21:00:00Z"})
	if got, _ := s.get("request", "Q", "reminders").([]any); len(got) != 2 {
		t.Errorf("%v reminders", got)
	}
	s.refused(t, "release.withdrawn", map[string]any{"release": "R", "words": "wrong"})
	s.refused(t, "task.done", map[string]any{"id": "T", "result": "done", "note": "x"})
}

// TestAProposalIsDeclinedOnce and not after it was confirmed.
func TestAProposalIsDeclinedOnce(t *testing.T) {
	s := begin()
	s.must(t, "act.proposed", map[string]any{"author": "a", "do": "finding.withdrawn", "act": map[string]any{"id": "F", "reason": "x"}})
	s.must(t, "act.declined", map[string]any{"author": "b", "entry": 0, "reason": "no"})
	s.refused(t, "act.declined", map[string]any{"author": "b", "entry": 0, "reason": "no"})
	s.refused(t, "act.declined", map[string]any{"author": "b", "entry": 7, "reason": "no"})
}
