package terms

import (
	"slices"
	"time"
)

// times looks at every time and instant of the text.
func (l *linter) times() {
	l.instant(l.a.Signed, "signed")
	l.time([]string{"in_force"}, "in_force", l.a.InForce)
	if l.opened && len(l.opens) == 0 {
		l.warn([]string{"in_force"}, "in-force-empty", "a time that comes", "in_force never comes")
	}
	if unbounded(l.a.InForce) && !l.ends() && (l.a.Form == "proposal" || l.a.Form == "unilateral" || l.repeats(l.a.InForce)) {
		l.warn([]string{"in_force"}, "open-ended", "an end, a length, times:, notice:, or ends: under authority",
			"what one side announces, and a pause that comes again, needs an end, or somebody who ends it")
	}
	for _, name := range sortedKeys(l.a.Parties) {
		l.instant(l.a.Parties[name].From, "party "+name)
	}
	for _, name := range sortedKeys(l.a.Moments) {
		l.instant(l.a.Moments[name].At, "moment "+name)
	}
	for _, c := range l.a.Clauses {
		for _, f := range asRead(c) {
			what := "clause " + c.ID
			l.time(keysOf(c, "during"), what, f.During)
			if f.Provided != nil {
				l.instant(f.Provided.Before, what)
			}
			if f.Calm != nil {
				l.instant(f.Calm.From, what)
			}
		}
		if len(c.Readings) > 0 { // an end and a length that disagree have become readings
			l.lengthEnd(keysOf(c, "during"), "clause "+c.ID, c.During)
		}
	}
}

// ends says whether the text names a way out.
func (l *linter) ends() bool { return l.a.Notice != nil || l.a.Authority["ends"] != "" }

// unbounded says whether a time is written without an end.
func unbounded(x *Time) bool {
	switch {
	case x == nil:
		return true
	case x.Any != nil:
		return slices.ContainsFunc(x.Any, unbounded)
	case x.Daily != nil, x.Weekly != nil:
		return unbounded(x.During)
	case x.Every != nil:
		return x.Times == 0 && x.To == nil && (x.During == nil || unbounded(x.During))
	}
	return x.To == nil && x.For == nil
}

// repeats says whether a time comes again and again.
func (l *linter) repeats(x *Time) bool {
	return x != nil && (x.Daily != nil || x.Weekly != nil || x.Every != nil || slices.ContainsFunc(x.Any, l.repeats))
}

func (l *linter) time(keys []string, what string, x *Time) {
	if x == nil {
		return
	}
	for _, y := range x.Any {
		l.time(keys, what, y)
	}
	l.time(keys, what, x.During)
	l.instant(x.From, what)
	l.instant(x.To, what)
	l.gaps(keys, what, x)
	l.lengthEnd(keys, what, x)
	l.days(keys, what, x)
	l.hours(keys, what, x)
}

// gaps finds time between the links of an extension chain.
func (l *linter) gaps(keys []string, what string, x *Time) {
	ss, waits := l.clock.spans(x)
	if x.Any == nil || waits != nil || l.repeats(x) {
		return
	}
	for i := 1; i < len(ss); i++ {
		l.warn(keys, "window-gap", "windows that touch, or a word in note: that the gap is meant", "%s does not hold from %s to %s",
			what, l.point(ss[i-1].to), l.point(ss[i].from))
	}
}

// lengthEnd finds a length that does not fit its own end.
func (l *linter) lengthEnd(keys []string, what string, x *Time) {
	if x == nil || x.From == nil || x.To == nil || x.For == nil || x.Every != nil {
		return
	}
	from, ok1 := l.clock.instant(x.From)
	to, ok2 := l.clock.instant(x.To)
	if end := l.clock.add(from, *x.For); ok1 && ok2 && !end.Equal(to) {
		l.warn(keys, "length-end", "an end and a length that agree", "%s ends at %s by its end and at %s by its length of %s",
			what, l.point(to), l.point(end), x.For)
	}
}

// days finds lengths in days that are not that many times 24 hours.
func (l *linter) days(keys []string, what string, x *Time) {
	from, ok := l.clock.instant(x.From)
	if !ok || x.From == nil || x.For == nil {
		return
	}
	n := 1
	if x.Every != nil {
		n = min(max(x.Times, 1), maxRepeats)
	}
	for i := range n {
		start := from
		if x.Every != nil {
			start = l.clock.add(from, Length{x.Every.Minutes * i, x.Every.Days * i, x.Every.Months * i})
		}
		if l.uneven(l.best(keys), what, start, *x.For) {
			return
		}
	}
}

// uneven reports a length in days across a change of the clocks.
func (l *linter) uneven(p pos, what string, from time.Time, by Length) bool {
	to := l.clock.add(from, by)
	even := time.Duration(by.Days)*24*time.Hour + time.Duration(by.Minutes)*time.Minute
	if by.Days == 0 || by.Months != 0 || to.Sub(from) == even {
		return false
	}
	l.warnAt(p, "days-across-clock-change", "a length in hours, or readings for both", "%s: the clocks change between %s and %s: %s are %s",
		what, l.point(from), l.point(to), Length{Days: by.Days, Minutes: by.Minutes}, elapsed(to.Sub(from)))
	return true
}

func elapsed(d time.Duration) string { return Length{Minutes: int(d / time.Minute)}.String() }

// instant finds wall times that the zone's clocks skip or show twice, as written and as
// reached by moving on by days.
func (l *linter) instant(i *Instant, what string) {
	if i == nil {
		return
	}
	t, ok := l.clock.instant(&Instant{Ref: i.Ref, Wall: i.Wall, Zone: i.Zone})
	if !ok {
		return
	}
	if i.Ref == "" {
		zone := l.clock.zone
		if z, err := loadZone(i.Zone); err == nil {
			zone = z
		}
		if p, err := time.Parse(wallLayout, i.Wall); err == nil {
			l.wall(i.pos, what, p, zone)
		}
	}
	for _, s := range i.Shift {
		l.uneven(i.pos, what, t, s)
		if s.Days != 0 || s.Months != 0 {
			z := t.In(l.clock.zone)
			l.wall(i.pos, what, time.Date(z.Year(), z.Month()+time.Month(s.Months), z.Day()+s.Days, z.Hour(), z.Minute(), z.Second(), 0, time.UTC), l.clock.zone)
		}
		t = l.clock.add(t, s)
	}
}

// wall reports a reading of the clock, given in UTC, that a zone skips or repeats.
func (l *linter) wall(p pos, what string, w time.Time, zone *time.Location) {
	t, skipped, twice := wall(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), zone)
	switch {
	case skipped:
		l.warnAt(p, "wall-time-missing", "a time that the clocks show", "%s: the clocks of %s never show %s; it is read as %s",
			what, zone, w.Format("2006-01-02 15:04"), t.In(zone).Format("2006-01-02 15:04 -07:00"))
	case twice:
		l.warnAt(p, "wall-time-twice", "the time with its offset", "%s: the clocks of %s show %s twice; it is read as the first, %s",
			what, zone, w.Format("2006-01-02 15:04"), t.In(zone).Format("2006-01-02 15:04 -07:00"))
	}
}

// hours looks for days on which the hours of a repeating window are skipped or doubled:
// the days of the clock changes while it repeats, of the first two years at most.
func (l *linter) hours(keys []string, what string, x *Time) {
	var minutes []int
	switch {
	case x.Daily != nil:
		minutes = x.Daily[:]
	case x.Weekly != nil:
		minutes = []int{x.At}
	}
	outer, _ := l.clock.spans(x.During)
	if minutes == nil || len(outer) == 0 || outer[0].from.IsZero() {
		return
	}
	until := outer[len(outer)-1].to
	p := l.best(keys)
	t := outer[0].from
	for range 4 {
		_, change := t.In(l.clock.zone).ZoneBounds()
		if change.IsZero() || !until.IsZero() && !change.Before(until) {
			return
		}
		for day := -1; day <= 1; day++ {
			z := change.In(l.clock.zone).AddDate(0, 0, day)
			if x.Weekly != nil && !slices.Contains(x.Weekly, int(z.Weekday())) {
				continue
			}
			for _, m := range minutes {
				l.wall(p, what, time.Date(z.Year(), z.Month(), z.Day(), 0, m, 0, 0, time.UTC), l.clock.zone)
			}
		}
		t = change
	}
}

// window finds clauses whose time never comes.
func (l *linter) window(c *Clause) {
	if c.During == nil {
		return
	}
	ss, waits := l.clock.spans(c.During)
	switch {
	case waits != nil:
	case len(ss) == 0:
		l.warn(keysOf(c, "during"), "window-empty", "a time that comes", "clause %s can never apply: its window is empty", c.ID)
	case l.opened && len(l.opens) > 0 && len(ss.meet(l.a.runUp(c, ss, l.opens))) == 0:
		l.warn(keysOf(c, "during"), "window-outside", "a time inside in_force", "the window of clause %s lies outside the time in which the agreement is in force", c.ID)
	}
}

// point writes an instant in the agreement's zone.
func (l *linter) point(t time.Time) string { return t.In(l.clock.zone).Format("2006-01-02 15:04") }
