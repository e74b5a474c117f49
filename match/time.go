package match

import (
	"fmt"
	"math"

	"truce"
)

// interval is a time in seconds since 1970: from an open end, -Inf, to an open end, +Inf.
type interval struct {
	from, to float64
	lasts    bool
}

// intervals leaves out what has neither beginning nor end.
func intervals(list []truce.When) []interval {
	var out []interval
	for _, w := range list {
		i := interval{math.Inf(-1), math.Inf(1), w.Lasts}
		if !w.From.IsZero() {
			i.from = float64(w.From.Unix())
		}
		if !w.To.IsZero() {
			i.to = float64(w.To.Unix())
		}
		if !math.IsInf(i.to-i.from, 1) || !math.IsInf(i.from, -1) || !math.IsInf(i.to, 1) {
			out = append(out, i)
		}
	}
	return out
}

func whenKey(list []truce.When) string {
	key := ""
	for _, i := range intervals(list) {
		key += fmt.Sprint(i)
	}
	return key
}

func (i interval) wide() float64 { return i.to - i.from }

const (
	hour = 3600.0
	day  = 24 * hour
	// A time known to two hours is a moment. One of up to 45 hours is a day: a civil day, or a
	// night that may be the one before or after.
	moment = 2 * hour
	oneDay = 45 * hour
)

// compareTime holds every time of one account against every one of the other; the nearest pair
// counts, since each is a value that the fact may have.
func compareTime(a, b *Account, p *Part) {
	for _, x := range a.when {
		for _, y := range b.when {
			if l, gap := timeLevel(x, y); p.Level == 0 || l < p.Level {
				p.Level, p.Amount, p.Of = l, gap/hour, max(x.wide(), y.wide())/hour
			}
		}
	}
}

// timeLevel says how two times lie to each other, with the seconds between them.
func timeLevel(x, y interval) (Level, float64) {
	gap := max(x.from-y.to, y.from-x.to, 0)
	touching := x.from == y.from && x.to == y.to
	overlap := touching || min(x.to, y.to) > max(x.from, y.from)
	wide := max(x.wide(), y.wide())
	switch {
	case wide <= moment && gap <= hour:
		return SameHour, gap
	case wide <= moment && gap <= day:
		return HoursApart, gap
	case overlap && wide <= oneDay:
		return SameDay, 0
	case overlap && min(x.wide(), y.wide()) > oneDay:
		return SameSpan, 0
	case overlap && (x.lasts && x.wide() > oneDay || y.lasts && y.wide() > oneDay):
		return EveryDay, 0
	case overlap:
		return SomeDay, 0
	case gap < day:
		return NextDay, gap
	case gap < 2*day:
		return TwoDays, gap
	case gap < 7*day:
		return OneWeek, gap
	}
	return Later, gap
}
