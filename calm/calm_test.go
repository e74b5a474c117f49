package calm

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"truce"
)

func on(n, hour int) time.Time { return time.Date(2016, 9, 12+n, hour, 0, 0, 0, time.UTC) }

func shot(id string, at time.Time) Event {
	return Event{Element: id, When: truce.When{From: at, To: at}, Sure: true}
}

func satisfied(n int) []Judgment {
	return []Judgment{{By: "a", At: on(n, 20), Says: Satisfied}, {By: "b", At: on(n, 21), Says: Satisfied}}
}

func week(n int) (out []Judgment) {
	for k := range n {
		out = append(out, satisfied(k)...)
	}
	return out
}

func TestClocks(t *testing.T) {
	seven := Rule{Days: 7, Start: on(0, 19), Zone: time.UTC, Watched: true}
	judged := seven
	judged.Judges = []string{"a", "b"}
	unwatched := seven
	unwatched.Watched = false
	for _, c := range []struct {
		name        string
		rule        Rule
		events      []Event
		judgments   []Judgment
		until       time.Time
		state       State
		least, most int
	}{
		{"not begun", seven, nil, nil, on(0, 18), Waiting, 0, 0},
		{"three quiet days", seven, nil, nil, on(3, 19), Running, 3, 3},
		{"seven quiet days complete it", seven, nil, nil, on(7, 19), Complete, 7, 7},
		{"one hour short of the seventh day", seven, nil, nil, on(7, 18), Running, 6, 6},
		{"any shot sets it back", seven, []Event{shot("s", on(6, 10))}, nil, on(8, 10), Running, 2, 2},
		{"a shot after it was complete changes nothing", seven, []Event{shot("s", on(8, 10))}, nil, on(9, 10), Complete, 7, 7},
		{"an undetermined shot leaves a least and a most", seven, []Event{{Element: "s", When: truce.When{From: on(3, 0), To: on(3, 0)}}}, nil, on(5, 19), Running, 2, 5},
		{"and may have completed it", seven, []Event{{Element: "s", When: truce.When{From: on(3, 0), To: on(3, 0)}}}, nil, on(8, 19), Open, 5, 7},
		{"a shot on an unknown moment of a day", seven, []Event{{Element: "s", When: truce.When{From: on(2, 0), To: on(3, 0)}, Sure: true}}, nil, on(5, 12), Running, 2, 3},
		{"fire that lasts sets it back until it ends", seven, []Event{{Element: "s", When: truce.When{From: on(1, 0), To: on(3, 0), Lasts: true}, Sure: true}}, nil, on(5, 0), Running, 2, 2},
		{"silence of a record that nobody keeps whole proves nothing", unwatched, nil, nil, on(9, 19), Open, 0, 7},
		{"the bodies judge, not the count: a shot on day six, both still satisfied", judged, []Event{shot("s", on(5, 22))}, week(7), on(8, 0), Complete, 7, 7},
		{"a day that one body has not judged does not count and does not set back", judged, nil, append(week(3), Judgment{By: "a", At: on(3, 20), Says: Satisfied}), on(5, 0), Running, 3, 3},
		{"a body that is not satisfied sets it back", judged, nil, append(week(3), Judgment{By: "b", At: on(3, 20), Says: NotSatisfied}), on(5, 0), Running, 0, 0},
		{"a hold keeps the count", judged, nil, append(week(3), Judgment{By: "b", At: on(3, 20), Says: Hold}), on(6, 0), Held, 3, 3},
		{"and a reset forgets it", judged, nil, append(week(3), Judgment{By: "a", At: on(3, 20), Says: Reset}), on(6, 0), Running, 0, 0},
		{"somebody who is not asked", judged, nil, append(week(3), Judgment{By: "c", At: on(2, 20), Says: Reset}), on(4, 0), Running, 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Run(c.rule, c.events, c.judgments, c.until)
			if got.State != c.state || got.Least != c.least || got.Most != c.most {
				t.Errorf("%s, %d to %d; want %s, %d to %d", got.State, got.Least, got.Most, c.state, c.least, c.most)
			}
		})
	}
}

func TestHoursAreElapsed(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2016, 3, 24, 0, 0, 0, 0, zone) // the clocks go forward on the 25th
	got := Run(Rule{Hours: 48, Start: start, Zone: zone, Watched: true}, nil, nil, start.Add(48*time.Hour))
	if want := time.Date(2016, 3, 26, 1, 0, 0, 0, zone); got.State != Complete || !got.CompleteAt.Equal(want) {
		t.Errorf("%s at %s, want complete at %s", got.State, got.CompleteAt, want)
	}
}

// A second count, minute by minute: the longest possible calm at the end.
func TestAgainstMinuteByMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{Hours: rapid.IntRange(1, 6).Draw(t, "goal"), Start: on(0, 0), Zone: time.UTC, Watched: true}
		var events []Event
		for range rapid.IntRange(0, 4).Draw(t, "events") {
			at := on(0, 0).Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "at")) * time.Minute)
			events = append(events, shot("s", at))
		}
		until := on(0, 0).Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "until")) * time.Minute)
		quiet, complete := 0, false
		for m := on(0, 0); ; m = m.Add(time.Minute) {
			if quiet >= 60*r.Hours {
				complete = true
			}
			if !m.Before(until) || complete {
				break
			}
			quiet++
			for _, e := range events {
				if e.When.From.Equal(m) {
					quiet = 1
				}
			}
		}
		if got := Run(r, events, nil, until); (got.State == Complete) != complete {
			t.Fatalf("%v, minute by minute complete: %v", got, complete)
		}
	})
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []Event
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			from := on(rapid.IntRange(-1, 9).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"))
			events = append(events, Event{Element: string(rune('a' + i)), When: truce.When{From: from, To: from.Add(time.Hour)}, Sure: rapid.Bool().Draw(t, "sure")})
		}
		r := Rule{Days: 7, Start: on(0, 19), Zone: time.UTC, Watched: true}
		one, two := Run(r, events, nil, on(9, 0)), Run(r, rapid.Permutation(events).Draw(t, "order"), nil, on(9, 0))
		if one.State != two.State || one.Least != two.Least || one.Most != two.Most || len(one.Steps) != len(two.Steps) {
			t.Fatalf("%+v\n%+v", one, two)
		}
	})
}
