package terms

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// span is a half-open stretch of time; a zero from or to is open.
type span struct{ from, to time.Time }

func (s span) has(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || t.Before(s.to))
}

func (s span) empty() bool { return !s.from.IsZero() && !s.to.IsZero() && !s.from.Before(s.to) }

// meet returns what two spans share.
func (s span) meet(o span) span {
	if s.from.IsZero() || (!o.from.IsZero() && o.from.After(s.from)) {
		s.from = o.from
	}
	if s.to.IsZero() || (!o.to.IsZero() && o.to.Before(s.to)) {
		s.to = o.to
	}
	return s
}

// spans is a set of stretches, sorted and apart.
type spans []span

func (ss spans) has(t time.Time) bool {
	i := sort.Search(len(ss), func(i int) bool { return ss[i].to.IsZero() || t.Before(ss[i].to) })
	return i < len(ss) && ss[i].has(t)
}

func (ss spans) meet(o spans) spans {
	var out spans
	for _, a := range ss {
		for _, b := range o {
			if m := a.meet(b); !m.empty() {
				out = append(out, m)
			}
		}
	}
	return out.tidy()
}

func (ss spans) equal(o spans) bool {
	return slices.EqualFunc(ss, o, func(a, b span) bool { return a.from.Equal(b.from) && a.to.Equal(b.to) })
}

// tidy sorts the stretches and joins those that touch.
func (ss spans) tidy() spans {
	sort.Slice(ss, func(i, j int) bool { return ss[i].from.Before(ss[j].from) })
	var out spans
	for _, s := range ss {
		if s.empty() {
			continue
		}
		if n := len(out); n > 0 && (out[n-1].to.IsZero() || !s.from.After(out[n-1].to)) {
			if s.to.IsZero() || (!out[n-1].to.IsZero() && s.to.After(out[n-1].to)) {
				out[n-1].to = s.to
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// cuts appends the ends of the stretches that lie within reach.
func (ss spans) cuts(out []time.Time, reach span) []time.Time {
	first := sort.Search(len(ss), func(i int) bool { return ss[i].to.IsZero() || !ss[i].to.Before(reach.from) })
	for _, s := range ss[first:] {
		if !reach.to.IsZero() && s.from.After(reach.to) {
			break
		}
		for _, t := range [2]time.Time{s.from, s.to} {
			if !t.IsZero() {
				out = append(out, t)
			}
		}
	}
	return out
}

// within returns the instants of a sorted list that lie within reach.
func within(ts []time.Time, reach span) []time.Time {
	ts = ts[sort.Search(len(ts), func(i int) bool { return !ts[i].Before(reach.from) }):]
	if reach.to.IsZero() {
		return ts
	}
	return ts[:sort.Search(len(ts), func(i int) bool { return ts[i].After(reach.to) })]
}

// maxRepeats bounds how many windows of a repeating clause are laid out: ten years of days.
const maxRepeats = 4000

// clock turns time expressions into stretches for one agreement: its zone and the
// instants of its moments.
type clock struct {
	zone    *time.Location
	moments map[string]time.Time // also "signed", "in_force"
}

// wall reads a civil time in a zone. A time that the zone's clocks skip is the instant
// of the jump (skipped is true); one that occurs twice is the first (twice is true).
func wall(year int, month time.Month, day, hour, minute, sec int, zone *time.Location) (t time.Time, skipped, twice bool) {
	want := time.Date(year, month, day, hour, minute, sec, 0, time.UTC)
	t = time.Date(year, month, day, hour, minute, sec, 0, zone)
	asUTC := func(x time.Time) time.Time {
		return time.Date(x.Year(), x.Month(), x.Day(), x.Hour(), x.Minute(), x.Second(), 0, time.UTC)
	}
	if !asUTC(t).Equal(want) {
		return jump(t, zone), true, false
	}
	for _, d := range offsets(t, zone) { // the same reading under another offset
		if o := want.Add(-time.Duration(d) * time.Second).In(zone); asUTC(o).Equal(want) && !o.Equal(t) {
			twice = true
			if o.Before(t) {
				t = o
			}
		}
	}
	return t, false, twice
}

// offsets returns the offsets from UTC in force within two days of t.
func offsets(t time.Time, zone *time.Location) []int {
	var out []int
	for h := -48; h <= 48; h += 12 {
		_, off := t.Add(time.Duration(h) * time.Hour).In(zone).Zone()
		out = append(out, off)
	}
	return out
}

// jump returns the change of the clocks nearest to t.
func jump(t time.Time, zone *time.Location) time.Time {
	best := t
	start, end := t.In(zone).ZoneBounds()
	switch {
	case start.IsZero() && end.IsZero():
		return t
	case start.IsZero():
		best = end
	case end.IsZero():
		best = start
	case t.Sub(start) < end.Sub(t):
		best = start
	default:
		best = end
	}
	return best
}

// instant returns the moment, and false when it rests on one that nobody declared.
func (c clock) instant(i *Instant) (time.Time, bool) {
	if i == nil {
		return time.Time{}, true
	}
	var t time.Time
	if i.Ref != "" {
		m, ok := c.moments[i.Ref]
		if !ok {
			return t, false
		}
		t = m
	} else {
		zone := c.zone
		if i.Zone != "" {
			z, err := loadZone(i.Zone)
			if err != nil {
				return t, false
			}
			zone = z
		}
		p, err := time.Parse(wallLayout, i.Wall)
		if err != nil {
			return t, false
		}
		t, _, _ = wall(p.Year(), p.Month(), p.Day(), p.Hour(), p.Minute(), p.Second(), zone)
	}
	for _, l := range i.Shift {
		t = c.add(t, l)
	}
	return t, true
}

// oddities says which wall times of an expression the zone's clocks skipped or showed twice,
// and how they are read.
func (c clock) oddities(x *Time) []string {
	if x == nil {
		return nil
	}
	var out []string
	for _, i := range []*Instant{x.From, x.To} {
		if i == nil || i.Ref != "" || i.Zone != "" {
			continue
		}
		p, err := time.Parse(wallLayout, i.Wall)
		if err != nil {
			continue
		}
		t, skipped, twice := wall(p.Year(), p.Month(), p.Day(), p.Hour(), p.Minute(), p.Second(), c.zone)
		text, read := p.Format("2006-01-02 15:04"), t.In(c.zone).Format("2006-01-02 15:04 -07:00")
		switch {
		case skipped:
			out = append(out, text+" does not exist in "+c.zone.String()+", whose clocks jumped over it; read as "+read)
		case twice:
			out = append(out, text+" occurs twice in "+c.zone.String()+"; read as the first, "+read)
		}
	}
	for _, y := range append(slices.Clone(x.Any), x.During) {
		out = append(out, c.oddities(y)...)
	}
	return out
}

const wallLayout = "2006-01-02T15:04:05"

// add moves t by a length: civil days and months first, by the zone's calendar, then
// elapsed minutes.
func (c clock) add(t time.Time, l Length) time.Time {
	if l.Days != 0 || l.Months != 0 {
		z := t.In(c.zone)
		t, _, _ = wall(z.Year(), z.Month()+time.Month(l.Months), z.Day()+l.Days, z.Hour(), z.Minute(), z.Second(), c.zone)
	}
	return t.Add(time.Duration(l.Minutes) * time.Minute)
}

// spans lays a time expression out. Undeclared names the moments it waits for.
func (c clock) spans(x *Time) (ss spans, undeclared []string) {
	if x == nil {
		return spans{{}}, nil
	}
	if x.Any != nil {
		for _, y := range x.Any { // what waits for a moment does not hold up the rest
			s, u := c.spans(y)
			ss, undeclared = append(ss, s...), append(undeclared, u...)
		}
		return ss.tidy(), undeclared
	}
	for _, i := range []*Instant{x.From, x.To} {
		if _, ok := c.instant(i); !ok {
			undeclared = append(undeclared, i.Ref)
		}
	}
	if undeclared != nil {
		return nil, undeclared
	}
	switch {
	case x.Daily != nil, x.Weekly != nil:
		return c.civil(x)
	case x.Every != nil:
		return c.every(x), nil
	}
	from, _ := c.instant(x.From)
	to, _ := c.instant(x.To)
	if x.For != nil {
		to = c.add(from, *x.For)
	}
	s := span{from, to}
	if s.empty() {
		return nil, nil
	}
	return spans{s}, nil
}

// civil lays out windows that repeat by the calendar.
func (c clock) civil(x *Time) (spans, []string) {
	outer, undeclared := c.spans(x.During)
	if undeclared != nil || len(outer) == 0 {
		return nil, undeclared
	}
	var out spans
	for _, o := range outer {
		first := o.from.In(c.zone).AddDate(0, 0, -8)
		for n := range maxRepeats {
			day := time.Date(first.Year(), first.Month(), first.Day()+n, 0, 0, 0, 0, time.UTC) // the date alone
			if begins, _, _ := wall(day.Year(), day.Month(), day.Day(), 0, 0, 0, c.zone); !o.to.IsZero() && !begins.Before(o.to) {
				break
			}
			if w, ok := c.window(x, day); ok {
				if m := w.meet(o); !m.empty() {
					out = append(out, m)
				}
			}
		}
	}
	return out.tidy(), nil
}

// window is the window that starts on a civil day.
func (c clock) window(x *Time, day time.Time) (span, bool) {
	at := func(minutes int) time.Time {
		t, _, _ := wall(day.Year(), day.Month(), day.Day(), 0, minutes, 0, c.zone)
		return t
	}
	if x.Daily != nil {
		return span{at(x.Daily[0]), at(x.Daily[1])}, true
	}
	for _, d := range x.Weekly {
		if int(day.Weekday()) == d {
			from := at(x.At)
			return span{from, c.add(from, *x.For)}, true
		}
	}
	return span{}, false
}

func (c clock) every(x *Time) spans {
	from, _ := c.instant(x.From)
	to, _ := c.instant(x.To)
	n := x.Times
	if n == 0 {
		n = maxRepeats
	}
	var out spans
	for i := 0; i < n; i++ {
		at := c.add(from, Length{x.Every.Minutes * i, x.Every.Days * i, x.Every.Months * i})
		if !to.IsZero() && !at.Before(to) {
			break
		}
		out = append(out, span{at, c.add(at, *x.For)}.meet(span{time.Time{}, to}))
	}
	return out.tidy()
}

// loadZone reads an IANA name, "Z", "UTC" or an offset like +03:00.
func loadZone(s string) (*time.Location, error) {
	if s == "Z" || s == "UTC" {
		return time.UTC, nil
	}
	if len(s) >= 3 && (s[0] == '+' || s[0] == '-') {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, s); err == nil {
				_, off := t.Zone()
				return time.FixedZone(s, off), nil
			}
		}
	}
	if s == "" || s == "Local" {
		return nil, fmt.Errorf("no zone %q", s)
	}
	return time.LoadLocation(s)
}

// parseLength reads "48 hours", "2 days", "14 days", "90 minutes", "2 months", "1 week".
func parseLength(s string) (Length, error) {
	var l Length
	fields := strings.Fields(s)
	if len(fields) == 0 || len(fields)%2 != 0 {
		return l, fmt.Errorf("%q is not a length", s)
	}
	for i := 0; i < len(fields); i += 2 {
		n, err := strconv.Atoi(fields[i])
		if err != nil || n < 0 || n > 100000 {
			return l, fmt.Errorf("%q is not a whole number", fields[i])
		}
		switch strings.TrimSuffix(fields[i+1], "s") {
		case "minute":
			l.Minutes += n
		case "hour":
			l.Minutes += 60 * n
		case "day":
			l.Days += n
		case "week":
			l.Days += 7 * n
		case "month":
			l.Months += n
		case "year":
			l.Months += 12 * n
		default:
			return l, fmt.Errorf("%q is not a unit of time", fields[i+1])
		}
	}
	return l, nil
}

// String writes the length as [parseLength] reads it.
func (l Length) String() string {
	var parts []string
	put := func(n int, unit string) {
		if n == 1 {
			parts = append(parts, "1 "+unit)
		} else if n != 0 {
			parts = append(parts, fmt.Sprintf("%d %ss", n, unit))
		}
	}
	put(l.Months, "month")
	put(l.Days, "day")
	if l.Minutes%60 == 0 {
		put(l.Minutes/60, "hour")
	} else {
		put(l.Minutes, "minute")
	}
	if parts == nil {
		return "0 minutes"
	}
	return strings.Join(parts, " ")
}

// parseMetres reads "3500 m", "3.5 km", "3500m".
func parseMetres(s string) (float64, error) {
	fields := strings.Fields(strings.TrimSpace(s))
	if len(fields) == 1 {
		for _, u := range []string{"km", "m"} {
			if strings.HasSuffix(s, u) {
				fields = []string{strings.TrimSuffix(s, u), u}
				break
			}
		}
	}
	if len(fields) != 2 {
		return 0, fmt.Errorf("%q is not a distance", s)
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(fields[0], ",", ""), 64)
	if err != nil || !(v >= 0 && v < 4e7) {
		return 0, fmt.Errorf("%q is not a distance", s)
	}
	switch fields[1] {
	case "m":
		return v, nil
	case "km":
		return v * 1000, nil
	}
	return 0, fmt.Errorf("%q is not a unit of distance", fields[1])
}
