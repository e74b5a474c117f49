package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/geo"
	"truce/words"
)

func (s *Side) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// span is the time that the dated items of a side lie in.
func (s *Side) span() (from, to time.Time, dated bool) {
	for i := range s.Items {
		for _, w := range s.Items[i].When {
			if !dated || w.From.Before(from) {
				from = w.From
			}
			if !dated || w.To.After(to) {
				to = w.To
			}
			dated = true
		}
	}
	return from, to, dated
}

// stretch is a time as a side states it.
type stretch struct {
	from, to time.Time
	days     bool // whole reporting days of the side, without an hour
	of       *Side
}

// stretches are the times of an item. Dates are taken from the side's cut hour to the next.
func (s *Side) stretches(e *truce.Element) []stretch {
	var out []stretch
	for _, w := range e.When {
		if w.From.IsZero() || w.To.IsZero() {
			return nil // open on one side: it may be any day
		}
		x := stretch{w.From, w.To, false, s}
		if midnight(w.From.In(s.zone())) && midnight(w.To.In(s.zone())) && w.From.Before(w.To) {
			x = stretch{w.From.Add(s.Cut), w.To.Add(s.Cut), true, s}
		}
		out = append(out, x)
	}
	return out
}

func midnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0 && t.Nanosecond() == 0
}

func (x stretch) meets(y stretch) bool {
	if x.from.Equal(x.to) || y.from.Equal(y.to) {
		return !x.to.Before(y.from) && !y.to.Before(x.from) && (x.from.Equal(x.to) || y.from.Before(x.to)) && (y.from.Equal(y.to) || x.from.Before(y.to))
	}
	return x.from.Before(y.to) && y.from.Before(x.to)
}

func (x stretch) shifted(hours int) stretch {
	d := time.Duration(hours) * time.Hour
	x.from, x.to = x.from.Add(d), x.to.Add(d)
	return x
}

// String writes the time as its side does: days, or a day and hours.
func (x stretch) String() string {
	from, to := x.from.In(x.of.zone()), x.to.In(x.of.zone())
	if x.days {
		first, last := from.Add(-x.of.Cut).Format(time.DateOnly), to.Add(-x.of.Cut).Add(-time.Nanosecond).Format(time.DateOnly)
		if first == last {
			return first
		}
		return first + " to " + last
	}
	form := "2006-01-02 15:04"
	switch {
	case to.Sub(from) <= time.Minute: // a clock without seconds
		return from.Format(form)
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return from.Format(form) + "-" + to.Format("15:04")
	}
	return from.Format(form) + " to " + to.Format(form)
}

// dayReasons say how the times of two items differ, and whether another cut hour or another
// zone would make them one.
func dayReasons(sa *Side, a *truce.Element, sb *Side, b *truce.Element) []Reason {
	xs, ys := sa.stretches(a), sb.stretches(b)
	if len(xs) == 0 || len(ys) == 0 {
		return nil
	}
	for _, x := range xs {
		if slices.ContainsFunc(ys, x.meets) {
			return nil
		}
	}
	x, y := xs[0], ys[0]
	if out := recut(sa.Name, sb.Name, x, y); out != nil {
		return out
	}
	code := "list.day"
	if zone := x.from.Location(); !x.days && !y.days && x.from.In(zone).Format(time.DateOnly) == y.from.In(zone).Format(time.DateOnly) {
		code = "list.hour"
	}
	return []Reason{because(code, sa.Name, x.String(), sb.Name, y.String())}
}

// recut looks for a cut hour or a zone in which two times that do not meet would.
func recut(nameA, nameB string, x, y stretch) []Reason {
	if x.days && y.days {
		if _, ok := leastShift(x, y); ok {
			return []Reason{because("list.day-perhaps", nameA, x.String(), nameB, y.String())}
		}
		return nil
	}
	var out []Reason
	if h, ok := leastShift(x, y); ok && x.days {
		out = append(out, because("list.day-cut", nameA, x.String(), nameB, y.String(), x.of.clock(h)))
	} else if h, ok := leastShift(y, x); ok && y.days {
		out = append(out, because("list.day-cut", nameB, y.String(), nameA, x.String(), y.of.clock(h)))
	}
	for _, turn := range []struct {
		n, m string
		x, y stretch
	}{{nameA, nameB, x, y}, {nameB, nameA, y, x}} {
		if name, ok := rezone(turn.x, turn.y); ok {
			return append(out, because("list.day-zone", turn.n, turn.x.String(), turn.m, turn.y.String(), name))
		}
	}
	return out
}

// leastShift is by how many hours, fewer than a day, x must move to meet y.
func leastShift(x, y stretch) (int, bool) {
	for h := 1; h < 24; h++ {
		for _, by := range []int{h, -h} {
			if x.shifted(by).meets(y) {
				return by, true
			}
		}
	}
	return 0, false
}

// clock says when the side's reporting day would begin if moved by some hours.
func (s *Side) clock(hours int) string {
	at := s.Cut + time.Duration(hours)*time.Hour
	day := ""
	if at < 0 {
		at, day = at+24*time.Hour, " on the day before"
	}
	return fmt.Sprintf("at %02d:%02d%s", int(at.Hours())%24, int(at.Minutes())%60, day)
}

// rezone looks whether x, read in UTC or in the other side's zone, would meet y.
func rezone(x, y stretch) (string, bool) {
	for _, zone := range []*time.Location{time.UTC, y.of.zone()} {
		_, was := x.from.In(x.of.zone()).Zone()
		_, is := x.from.In(zone).Zone()
		moved := x
		d := time.Duration(was-is) * time.Second
		moved.from, moved.to = x.from.Add(d), x.to.Add(d)
		if d != 0 && moved.meets(y) {
			return zone.String(), true
		}
	}
	return "", false
}

// placeReasons say how the places of two items differ. Areas are compared by their code alone;
// without a disc on both sides nothing is said of a distance.
func placeReasons(a, b *truce.Element) []Reason {
	if len(a.Where) != 1 || len(b.Where) != 1 {
		return nil
	}
	p, q := a.Where[0], b.Where[0]
	var out []Reason
	if p.Form == truce.FormDisc && q.Form == truce.FormDisc {
		apart, within := geo.Distance(p.Lat, p.Lon, q.Lat, q.Lon), p.Within+q.Within
		switch {
		case apart > within:
			out = append(out, because("list.place", kilometres(apart), kilometres(within)))
		case apart >= 1:
			out = append(out, because("list.place-within", kilometres(apart), kilometres(within)))
		}
	}
	if words.Fold(p.Name) != words.Fold(q.Name) && oneSpelling(words.NameOf(p.Name), words.NameOf(q.Name)) {
		out = append(out, because("list.spelling", p.Name, q.Name))
	}
	return out
}

// oneSpelling reports whether two names, of what is taken for one place, are spellings of one.
func oneSpelling(a, b words.Name) bool {
	return a.Latin != b.Latin && (len(a.Bones) > 2 && a.Bones == b.Bones || a.Like(b) > 0.9)
}

// kilometres writes a distance: "2.1 km", "350 m".
func kilometres(metres float64) string {
	if metres < 1000 {
		return fmt.Sprintf("%d m", int(metres+0.5))
	}
	return fmt.Sprintf("%.1f km", metres/1000)
}

// actorReasons say whether the two name different actors. Where one names nobody nothing is
// disputed.
func actorReasons(sa *Side, a *truce.Element, sb *Side, b *truce.Element) []Reason {
	if len(a.By) == 0 || len(b.By) == 0 || slices.ContainsFunc(a.By, func(x string) bool { return slices.Contains(b.By, x) }) {
		return nil
	}
	code := "list.actor"
	if stranger := func(x string) bool { return strings.HasPrefix(x, "?") }; slices.ContainsFunc(a.By, stranger) || slices.ContainsFunc(b.By, stranger) {
		code = "list.actor-names" // nobody knows whether two names are two actors
	}
	return []Reason{because(code, sa.Name, sa.call(a.By), sb.Name, sb.call(b.By))}
}

func (s *Side) call(actors []string) string {
	names := make([]string, len(actors))
	for i, id := range actors {
		if names[i] = s.Called[id]; names[i] == "" {
			names[i] = strings.TrimPrefix(id, "?")
		}
	}
	return strings.Join(names, " or ")
}

// tollReasons say how the tolls of two items differ. One that is missing is not another.
func tollReasons(nameA string, a *truce.Element, nameB string, b *truce.Element) []Reason {
	var out []Reason
	for _, toll := range []struct {
		code, word string
		a, b       *truce.Range
	}{{"list.killed", "killed", a.Killed, b.Killed}, {"list.injured", "injured", a.Injured, b.Injured}} {
		switch x, y := toll.a, toll.b; {
		case x != nil && y != nil && !meet(*x, *y):
			out = append(out, because(toll.code, nameA, spread(*x), nameB, spread(*y)))
		case x != nil && y == nil:
			out = append(out, because("list.toll-one", nameA, toll.word))
		case x == nil && y != nil:
			out = append(out, because("list.toll-one", nameB, toll.word))
		}
	}
	return out
}

func meet(x, y truce.Range) bool { return x.Low <= y.High && y.Low <= x.High }

func spread(r truce.Range) string {
	if r.Low == r.High {
		return fmt.Sprint(r.Low)
	}
	return fmt.Sprintf("%v to %v", r.Low, r.High)
}

// oneOrSeveral says whether one item may stand for several of the other list: by a number that
// it states, by tolls that add up to its own, or because nothing speaks against it. It may
// not where its toll fits the first of them and not all together.
func oneOrSeveral(oneName string, one *truce.Element, manyName string, many []*truce.Element) ([]Reason, bool) {
	if n := one.Number; n != nil && n.Low == n.High && int(n.Low) == len(many) {
		return []Reason{because("list.count", oneName, len(many), manyName)}, true
	}
	sum, all := sumKilled(many)
	if one.Killed != nil && all {
		first, together := meet(*one.Killed, *many[0].Killed), meet(*one.Killed, sum)
		switch {
		case together && !first:
			return []Reason{because("list.sum", len(many), manyName, oneName)}, true
		case first && !together:
			return nil, false
		}
	}
	return []Reason{because("list.several", len(many))}, true
}

// sumKilled adds the killed of items that all state them.
func sumKilled(items []*truce.Element) (truce.Range, bool) {
	var sum truce.Range
	for _, e := range items {
		if e.Killed == nil {
			return truce.Range{}, false
		}
		sum.Low, sum.High = sum.Low+e.Killed.Low, sum.High+e.Killed.High
	}
	return sum, true
}
