package desk

import (
	"cmp"
	"fmt"
	"time"

	"truce"
)

// DaySpan is a reporting day with its exact bounds: from the mission's cut hour to the next.
type DaySpan struct {
	Day  string `json:"day"`  // the civil day it starts on, as 2016-04-10
	Zone string `json:"zone"` // IANA
	// From and To bound it, half-open, in the mission's zone with its offset then.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Minutes is how long it is: 1440, or an hour less or more where clocks change.
	Minutes int `json:"minutes"`
}

// Hours is the length in hours; the rest in minutes.
func (s DaySpan) Hours() (hours, minutes int) { return s.Minutes / 60, s.Minutes % 60 }

// ParseDay reads a civil day that is written as 2016-04-10 and is in the calendar.
func ParseDay(text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Format(time.DateOnly) != text {
		return t, &truce.Error{Kind: truce.Invalid, At: "day", Msg: "this is no day of the calendar", Hint: "a day such as 2016-02-27"}
	}
	return t, nil
}

// Span returns the bounds of a reporting day. They are where the mission's own reckoning of
// days goes from one to the next, so that what is counted and what is said agree.
func (m *Mission) Span(day string) (DaySpan, error) {
	t, err := ParseDay(day)
	if err != nil {
		return DaySpan{}, err
	}
	from, to := m.begin(t), m.begin(t.AddDate(0, 0, 1))
	return DaySpan{day, m.Zone.String(), from, to, int(to.Sub(from) / time.Minute)}, nil
}

// begin is the first second that belongs to a reporting day or a later one.
func (m *Mission) begin(civil time.Time) time.Time {
	day := civil.Format(time.DateOnly)
	low, high := civil.Add(-48*time.Hour).Unix(), civil.Add(72*time.Hour).Unix()
	for low+1 < high { // the day at low is earlier, at high it is not
		if mid := low + (high-low)/2; m.day(time.Unix(mid, 0)) < day {
			low = mid
		} else {
			high = mid
		}
	}
	return time.Unix(high, 0).In(m.Zone)
}

// Bounds are the first and the last reporting day of the mission's period, both included;
// where it has none, of what is on record. They are empty where there is neither.
func (r *Result) Bounds() (first, last string) {
	if r.part.ByDays() {
		return r.part.From, r.part.To
	}
	from, to := r.Mission.period()
	return cmp.Or(from, r.first), cmp.Or(to, r.last)
}

// lies notes that an element lies on a day.
func (r *Result) lies(day string) {
	if r.first == "" || day < r.first {
		r.first = day
	}
	r.last = max(r.last, day)
}

// period are the first and the last day that the mission is about; empty where it names none.
func (m *Mission) period() (first, last string) {
	if !m.From.IsZero() {
		first = m.From.Format(time.DateOnly)
	}
	if !m.To.IsZero() {
		last = m.To.Format(time.DateOnly)
	}
	return first, last
}

// HasDay reports whether there is a report of a day by now.
func (r *Result) HasDay(day string, now time.Time) bool {
	_, err := r.span(day, now)
	return err == nil
}

// span returns the bounds of a day of the mission's period that has begun by now.
func (r *Result) span(day string, now time.Time) (DaySpan, error) {
	s, err := r.Mission.Span(day)
	if err != nil {
		return s, err
	}
	first, last := r.Bounds()
	if r.part.ByDays() { // a part does not know where the whole begins and ends
		first, last = r.Mission.period()
	}
	switch {
	case day < first || last != "" && day > last:
		return s, noDay(day, fmt.Sprintf("outside the mission's period, %s to %s", first, last))
	case s.From.After(now):
		return s, noDay(day, "it has not begun")
	}
	return s, nil
}

func noDay(day, why string) error {
	return &truce.Error{Kind: truce.Absent, At: "day/" + day, Msg: "there is no such reporting day: " + why}
}

// daysBetween are the reporting days from first to last, both included.
func daysBetween(first, last string) []string {
	t, err := time.Parse(time.DateOnly, first)
	var out []string
	for ; err == nil && len(out) < maxDays; t = t.AddDate(0, 0, 1) {
		d := t.Format(time.DateOnly)
		if d > last {
			break
		}
		out = append(out, d)
	}
	return out
}

// maxDays bounds the days of a mission.
const maxDays = 20000
