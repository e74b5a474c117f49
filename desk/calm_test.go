package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/calm"
)

// part is an element from a day to a day, surely fitting.
func part(first, last string, lasts bool) calmPart {
	return calmPart{e: &truce.Element{ID: first + last}, first: first, last: last, lasts: lasts, fits: truce.Yes}
}

func TestAnIncidentCountsOnceADay(t *testing.T) {
	on := func(first, last string, sure bool) calm.Happening {
		return calm.Happening{First: civil(first), Last: civil(last), Sure: sure}
	}
	perhaps := part("2016-03-01", "2016-03-01", false)
	perhaps.fits = truce.Unknown
	for _, c := range []struct {
		name  string
		parts []calmPart
		want  []calm.Happening
	}{
		{"one act", []calmPart{part("2016-03-01", "2016-03-01", false)}, []calm.Happening{on("2016-03-01", "2016-03-01", true)}},
		{"two acts on one day are one incident", []calmPart{part("2016-03-01", "2016-03-01", false), part("2016-03-01", "2016-03-01", false)}, []calm.Happening{on("2016-03-01", "2016-03-01", true)}},
		{"the surer of two stands", []calmPart{perhaps, part("2016-03-01", "2016-03-01", false)}, []calm.Happening{on("2016-03-01", "2016-03-01", true)}},
		{"one that may not belong", []calmPart{perhaps}, []calm.Happening{on("2016-03-01", "2016-03-01", false)}},
		{"what lasted was on each day", []calmPart{part("2016-03-01", "2016-03-02", true)}, []calm.Happening{on("2016-03-01", "2016-03-01", true), on("2016-03-02", "2016-03-02", true)}},
		{"on one of three days", []calmPart{part("2016-03-01", "2016-03-03", false)}, []calm.Happening{on("2016-03-01", "2016-03-03", true)}},
		{"an act on one day and another around it", []calmPart{part("2016-03-02", "2016-03-02", false), part("2016-03-01", "2016-03-03", false)},
			[]calm.Happening{on("2016-03-02", "2016-03-02", true), on("2016-03-01", "2016-03-01", false), on("2016-03-03", "2016-03-03", false)}},
		{"two that may be on the same days", []calmPart{part("2016-03-01", "2016-03-03", false), part("2016-03-02", "2016-03-05", false)}, []calm.Happening{on("2016-03-01", "2016-03-05", true)}},
		{"nobody knows when", []calmPart{part("", "", false)}, []calm.Happening{on("", "", true)}},
		{"one known, another not", []calmPart{part("2016-03-02", "2016-03-02", false), part("", "", false)},
			[]calm.Happening{on("2016-03-02", "2016-03-02", true), on("", "2016-03-01", false), on("2016-03-03", "", false)}},
	} {
		if diff := cmp.Diff(c.want, calmEvents(c.parts)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestTheDeadOfAnIncidentCountOnce(t *testing.T) {
	killed := func(p calmPart, low, high float64) calmPart {
		e := *p.e
		e.Killed = &truce.Range{Low: low, High: high}
		p.e = &e
		return p
	}
	one, other := part("2016-03-01", "2016-03-01", false), part("2016-03-02", "2016-03-02", false)
	for _, c := range []struct {
		name  string
		parts []calmPart
		want  calm.Happening
	}{
		{"no figure is none", []calmPart{one}, calm.Happening{First: civil("2016-03-01"), Last: civil("2016-03-01"), Sure: true}},
		{"two figures for one incident", []calmPart{killed(one, 3, 4), killed(one, 2, 3)}, calm.Happening{First: civil("2016-03-01"), Last: civil("2016-03-01"), Sure: true, Deaths: &truce.Range{Low: 2, High: 4}}},
		{"over two days, on no day of their own", []calmPart{killed(one, 3, 4), killed(other, 3, 4)}, calm.Happening{First: civil("2016-03-01"), Last: civil("2016-03-02"), Sure: true, Deaths: &truce.Range{Low: 3, High: 4}}},
		{"only the act with a figure has the day", []calmPart{one, killed(other, 1, 1)}, calm.Happening{First: civil("2016-03-02"), Last: civil("2016-03-02"), Sure: true, Deaths: &truce.Range{Low: 1, High: 1}}},
		{"one without a day", []calmPart{killed(one, 1, 1), killed(part("", "", false), 2, 2)}, calm.Happening{Sure: true, Deaths: &truce.Range{Low: 1, High: 2}}},
	} {
		if diff := cmp.Diff(c.want, calmDeaths(c.parts)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestWholeDaysOfAWindow(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mission{Zone: zone}
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		out, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct{ name, from, to, first, last string }{
		{"from midnight on", "2016-02-27 00:00", "", "2016-02-27", "2016-09-30"},
		{"the day on which it begins in the evening is not whole", "2016-09-12 19:00", "2016-09-19 19:00", "2016-09-13", "2016-09-18"},
		{"it ends at midnight", "2016-07-06 00:00", "2016-07-09 00:00", "2016-07-06", "2016-07-08"},
		{"hours", "2016-08-11 10:00", "2016-08-11 13:00", "", ""},
		{"open at both ends", "", "", "2016-02-01", "2016-09-30"},
		{"it began before the mission", "2015-01-01 00:00", "2016-02-03 00:00", "2016-02-01", "2016-02-02"},
	} {
		w := CalmWindow{From: at(c.from), To: at(c.to)}
		if !w.clip(m, "2016-02-01", "2016-09-30") || w.First != c.first || w.Last != c.last {
			t.Errorf("%s: %s to %s, want %s to %s", c.name, w.First, w.Last, c.first, c.last)
		}
	}
	past := CalmWindow{From: at("2015-01-01 00:00"), To: at("2015-02-01 00:00")}
	if past.clip(m, "2016-02-01", "2016-09-30") {
		t.Error("what ended before the mission is one of its windows")
	}
}

func TestHoursWatchedCountOnce(t *testing.T) {
	m := &Mission{Zone: time.UTC, From: civil("2016-03-01"), To: civil("2016-03-03")}
	s := &Sight{Result: &Result{Mission: m, Tally: NewTally()}}
	hour := func(day string, h int) time.Time { return civil(day).Add(time.Duration(h) * time.Hour) }
	got := s.hours([][2]time.Time{
		{hour("2016-03-01", 20), hour("2016-03-02", 6)},
		{hour("2016-03-02", 4), hour("2016-03-02", 8)}, // two hours of it are there already
		{hour("2016-02-01", 0), hour("2016-02-02", 0)}, // before the mission
	})
	if diff := cmp.Diff([]Watched{{"2016-03-01", 4}, {"2016-03-02", 8}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAShelfKeepsTheLast(t *testing.T) {
	shelf, of := NewCalms(), &Judged{}
	first := shelf.keep(&CalmRecord{key: "first", of: of})
	for i := range mostCalms - 1 {
		shelf.keep(&CalmRecord{key: string(rune('a' + i)), of: of})
	}
	if shelf.like(&CalmRecord{key: "first", of: of}) != first {
		t.Error("it was dropped too early")
	}
	shelf.keep(&CalmRecord{key: "one more", of: of})
	if shelf.like(&CalmRecord{key: "first", of: of}) != first || shelf.like(&CalmRecord{key: "a", of: of}) != nil || len(shelf.kept) != mostCalms {
		t.Error("what was asked last is not what is kept")
	}
	if shelf.like(&CalmRecord{key: "first", of: &Judged{}}) != nil {
		t.Error("another state gives the same answer")
	}
}
