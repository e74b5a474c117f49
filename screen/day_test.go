package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/desk"
)

// TestTimesOfADay says times as seen from 5 May 2016 in Damascus.
func TestTimesOfADay(t *testing.T) {
	zone := time.FixedZone("Damascus", 3*3600)
	at := func(day, hour, minute int) time.Time { return time.Date(2016, 5, day, hour, minute, 0, 0, zone) }
	v := DayView{Span: desk.DaySpan{Day: "2016-05-05", From: at(5, 0, 0), To: at(6, 0, 0)}}
	for name, c := range map[string]struct {
		w    truce.When
		want string
	}{
		"an instant":             {truce.When{From: at(5, 14, 30), To: at(5, 14, 30)}, "instant 2016-05-05 14:30 2016-05-05 14:30"},
		"some time that day":     {truce.When{From: at(5, 0, 0), To: at(6, 0, 0)}, "day 2016-05-05 00:00 2016-05-06 00:00"},
		"all day":                {truce.When{From: at(5, 0, 0), To: at(6, 0, 0), Lasts: true}, "day.lasting 2016-05-05 00:00 2016-05-06 00:00"},
		"some hours":             {truce.When{From: at(5, 10, 0), To: at(5, 13, 0)}, "hours 2016-05-05 10:00 2016-05-05 13:00"},
		"the evening":            {truce.When{From: at(5, 18, 0), To: at(6, 0, 0)}, "hours 2016-05-05 18:00 2016-05-06 24:00"},
		"several days":           {truce.When{From: at(3, 0, 0), To: at(9, 0, 0)}, "days 2016-05-03 00:00 2016-05-08 00:00"},
		"across midnight":        {truce.When{From: at(4, 22, 0), To: at(5, 2, 0), Lasts: true}, "points.lasting 2016-05-04 22:00 2016-05-05 02:00"},
		"not known":              {truce.When{}, "unknown 0001-01-01 00:00 0001-01-01 00:00"},
		"with an end not known":  {truce.When{From: at(5, 2, 0)}, "unknown 2016-05-05 02:00 0001-01-01 00:00"},
		"midnight as an instant": {truce.When{From: at(5, 0, 0), To: at(5, 0, 0)}, "instant 2016-05-05 00:00 2016-05-05 00:00"},
	} {
		got := v.time(c.w)
		if said := strings.Join([]string{got.Name, got.A.Day, got.A.Hour, got.B.Day, got.B.Hour}, " "); said != c.want {
			t.Errorf("%s: %s, want %s", name, said, c.want)
		}
		for _, lang := range Langs() {
			w, err := readWords(lang)
			if err != nil {
				t.Fatal(err)
			}
			if !w.Known("daily.when." + got.Name) {
				t.Errorf("%s: no words for %s", lang, got.Name)
			}
		}
	}
}

// TestListsOfADay names elements one by one, and all of the day where they are very many.
func TestListsOfADay(t *testing.T) {
	v := DayView{DayAsk: DayAsk{AsOf: "120"}, Span: desk.DaySpan{Day: "2016-05-05"}}
	many := make([]string, mostLinked+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		ids  []string
		want string
	}{
		{nil, ""},
		{[]string{"C1/1", "C2"}, "/incidents?as_of=120&ids=C1%2F1%2CC2"},
		{many, "/incidents?as_of=120&from=2016-05-05&to=2016-05-05"},
	} {
		if got := v.list(c.ids); got != c.want {
			t.Errorf("%d: %s", len(c.ids), got)
		}
	}
}
