package reconcile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Slips finds what does not add up within the rows of one author, by day. Nothing is mended.
// The days are those of one author, in order, each once.
func Slips(days []Day) map[string][]Reason {
	out := map[string][]Reason{}
	add := func(date string, found ...Reason) {
		if len(found) > 0 {
			out[date] = append(out[date], found...)
		}
	}
	for i := range days {
		d := &days[i]
		add(d.Date, d.partSlips()...)
		add(d.Date, d.answerSlips()...)
		add(d.Date, d.twice()...)
		if i > 0 && days[i-1].repeatedBy(d) {
			add(d.Date, because("odd.repeats"))
		}
		add(d.Date, runningSlips(days[:i+1])...)
	}
	return out
}

// IsSlip reports whether a reason is a slip of arithmetic, not merely odd.
func (r Reason) IsSlip() bool { return strings.HasPrefix(r.Code, "slip.") }

// partSlips compares the parts with the total.
func (d *Day) partSlips() []Reason {
	sum, given, blank := d.placed(), 0, []string{}
	for _, p := range d.Parts {
		if p.N.Stated {
			given++
		} else {
			blank = append(blank, p.Area)
		}
	}
	switch {
	case d.Breakdown == "full" && len(blank) > 0:
		return []Reason{because("slip.breakdown", strings.Join(blank, ", "))}
	case d.Breakdown == "none" && given > 0:
		return []Reason{because("slip.none")}
	case !d.Total.Stated || given == 0:
		return nil
	case d.Breakdown == "full" && sum != d.Total.N:
		return []Reason{because("slip.parts", sum, d.Total.N)}
	case sum > d.Total.N:
		return []Reason{because("slip.parts-over", sum, d.Total.N)}
	}
	return nil
}

// answerSlips compares the answers with the total.
func (d *Day) answerSlips() []Reason {
	a := d.Answer
	switch sum := a.sum(); {
	case !d.Total.Stated || a.stated() == 0:
		return nil
	case a.stated() == 3 && sum != d.Total.N:
		return []Reason{because("slip.answers", a.Confirmed.N, a.Exempt.N, a.NotConfirmed.N, sum, d.Total.N)}
	case sum > d.Total.N:
		return []Reason{because("slip.answer-over", sum, d.Total.N)}
	}
	return nil
}

// states finds numbers that a note says some part of the source states.
var states = regexp.MustCompile(`(?i)\b(?:says|states|gives)\s+(\d{1,6})\b`)

// twice finds a note that says the source states the total in two ways, one of them ours.
func (d *Day) twice() []Reason {
	var numbers []int
	for _, m := range states.FindAllStringSubmatch(d.Note, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			numbers = append(numbers, n)
		}
	}
	if !d.Total.Stated || !slices.Contains(numbers, d.Total.N) {
		return nil
	}
	var out []Reason
	for _, n := range numbers {
		if n != d.Total.N {
			out = append(out, because("slip.twice", d.Total.N, n))
		}
	}
	return out
}

// repeatedBy reports whether the next day's row has the same figures, to the part.
func (d *Day) repeatedBy(next *Day) bool {
	return dayAfter(d.Date) == next.Date && d.Total.N > 0 && d.Total == next.Total && d.placed() > 0 && slices.Equal(d.Parts, next.Parts)
}

func dayAfter(date string) string { return plusDays(date, 1) }

func plusDays(date string, n int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// runningSlips holds the running count of the last of days against the days before it.
func runningSlips(days []Day) []Reason {
	d := &days[len(days)-1]
	if !d.Cumulative.Stated {
		return nil
	}
	if d.Since == "" {
		return unstartedSlips(days)
	}
	var out []Reason
	before := earlier(days, func(e *Day) bool { return e.Since == d.Since })
	if before != nil && d.Cumulative.N < before.Cumulative.N {
		return []Reason{because("slip.falls", d.Since, before.Cumulative.N, before.Date, d.Cumulative.N)}
	}
	if before != nil {
		out = append(out, rise(days, before)...)
	}
	return append(out, since(days)...)
}

// unstartedSlips is for a running count of which nobody says where it starts.
func unstartedSlips(days []Day) []Reason {
	d := &days[len(days)-1]
	before := earlier(days, func(e *Day) bool { return e.Since == "" })
	switch {
	case before == nil:
		return nil
	case d.Cumulative.N < before.Cumulative.N:
		return []Reason{because("odd.restart", before.Date, before.Cumulative.N, d.Cumulative.N)}
	}
	return rise(days, before)
}

// earlier is the newest row before the last with a running count like it.
func earlier(days []Day, like func(*Day) bool) *Day {
	for i := len(days) - 2; i >= 0; i-- {
		if days[i].Cumulative.Stated && like(&days[i]) {
			return &days[i]
		}
	}
	return nil
}

// rise holds what a running count grew by against the days since.
func rise(days []Day, before *Day) []Reason {
	d := &days[len(days)-1]
	sum, have := sumSince(days, dayAfter(before.Date))
	grown := d.Cumulative.N - before.Cumulative.N
	if grown < sum || have == daysFrom(dayAfter(before.Date), d.Date) && grown != sum {
		return []Reason{because("slip.rise", before.Date, grown, sum)}
	}
	return nil
}

// since holds a running count against all days of it.
func since(days []Day) []Reason {
	d := &days[len(days)-1]
	sum, have := sumSince(days, d.Since)
	all := daysFrom(d.Since, d.Date)
	switch rest := d.Cumulative.N - sum; {
	case rest < 0:
		return []Reason{because("slip.below", d.Since, d.Cumulative.N, sum)}
	case have == all && rest != 0:
		return []Reason{because("slip.sum", d.Since, d.Cumulative.N, sum)}
	case have < all:
		return []Reason{because("odd.rest", d.Cumulative.N, d.Since, sum, rest, all-have)}
	}
	return nil
}

// sumSince adds the totals from a day on, and says how many days state one.
func sumSince(days []Day, from string) (sum, have int) {
	for _, d := range days {
		if d.Date >= from && d.Total.Stated {
			sum, have = sum+d.Total.N, have+1
		}
	}
	return sum, have
}

// daysFrom is how many days there are from one to another, both included.
func daysFrom(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil || b.Before(a) {
		return 0
	}
	return int(b.Sub(a).Hours()/24) + 1
}
