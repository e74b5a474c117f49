package brute

import (
	"fmt"
	"time"

	"truce/terms"
)

// clock reads the time expressions of one agreement.
type clock struct {
	zone     *time.Location
	a        *terms.Agreement
	declared map[string]time.Time
	known    map[wallTime]time.Time
	zones    map[string]*time.Location
}

// wallTime is a question to [clock.resolve].
type wallTime struct {
	unix int64
	zone *time.Location
}

// resolve returns the first instant at which clocks of the zone show the wall time
// (given in UTC) or, where they jumped over it, the instant of the jump.
func (c *clock) resolve(wall time.Time, zone *time.Location) time.Time {
	key := wallTime{wall.Unix(), zone}
	if t, ok := c.known[key]; ok {
		return t
	}
	t := resolve(wall, zone)
	c.known[key] = t
	return t
}

func resolve(wall time.Time, zone *time.Location) time.Time {
	for t := wall.Add(-16 * time.Hour); t.Before(wall.Add(16 * time.Hour)); t = t.Add(15 * time.Minute) {
		if shows(t.Add(15*time.Minute), zone).Before(wall) {
			continue
		}
		for u := t; ; u = u.Add(time.Minute) {
			if !shows(u, zone).Before(wall) {
				return u
			}
		}
	}
	panic(fmt.Sprintf("no instant for %v in %v", wall, zone))
}

// shows is the wall time in a zone at t, as if it were UTC.
func shows(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// zoneOf remembers zones: loading one reads a file.
func (c *clock) zoneOf(name string) *time.Location {
	if c.zones[name] == nil {
		c.zones[name] = zoneOf(name)
	}
	return c.zones[name]
}

// zoneOf returns the zone of an IANA name or an offset.
func zoneOf(name string) *time.Location {
	for _, layout := range []string{"-07:00", "-0700", "Z07:00"} {
		if t, err := time.Parse(layout, name); err == nil {
			_, offset := t.Zone()
			return time.FixedZone(name, offset)
		}
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// instant returns the moment; ok is false for one that is not set.
func (c *clock) instant(i *terms.Instant) (t time.Time, ok bool) {
	switch {
	case i.Ref == "signed":
		t, ok = c.instant(c.a.Signed)
	case i.Ref == "in_force":
		t, ok = c.start(c.a.InForce)
	case i.Ref != "":
		if t, ok = c.declared[i.Ref]; !ok && c.a.Moments[i.Ref].At != nil {
			t, ok = c.instant(c.a.Moments[i.Ref].At)
		}
	default:
		wall, err := time.Parse("2006-01-02T15:04:05", i.Wall)
		if err != nil {
			panic(err)
		}
		zone := c.zone
		if i.Zone != "" {
			zone = c.zoneOf(i.Zone)
		}
		t, ok = c.resolve(wall, zone), true
	}
	if !ok {
		return t, false
	}
	for _, l := range i.Shift {
		t = c.add(t, l)
	}
	return t, true
}

// add moves t by civil months and days and then by minutes that elapse.
func (c *clock) add(t time.Time, l terms.Length) time.Time {
	if l.Months != 0 || l.Days != 0 {
		t = c.resolve(shows(t, c.zone).AddDate(0, l.Months, l.Days), c.zone)
	}
	return t.Add(time.Duration(l.Minutes) * time.Minute)
}

// start returns the first instant of an expression, if it has one.
func (c *clock) start(x *terms.Time) (first time.Time, ok bool) {
	for _, y := range x.Any {
		if t, has := c.start(y); has && (!ok || t.Before(first)) {
			first, ok = t, true
		}
	}
	if x.From != nil {
		return c.instant(x.From)
	}
	return first, ok
}

// contains says whether t lies in the expression.
func (c *clock) contains(x *terms.Time, t time.Time) bool {
	for _, y := range x.Any {
		if c.contains(y, t) {
			return true
		}
	}
	if len(x.Any) > 0 || x.During != nil && !c.contains(x.During, t) {
		return false
	}
	switch {
	case x.Daily != nil:
		return c.onSomeDay(t, func(day time.Time) bool {
			return !t.Before(c.hour(day, x.Daily[0])) && t.Before(c.hour(day, x.Daily[1]))
		})
	case x.Weekly != nil:
		return c.onSomeDay(t, func(day time.Time) bool {
			for _, w := range x.Weekly {
				if time.Weekday(w) == day.Weekday() {
					from := c.hour(day, x.At)
					return !t.Before(from) && t.Before(c.add(from, *x.For))
				}
			}
			return false
		})
	case x.Every != nil:
		return c.everySo(x, t)
	}
	return c.span(x, t)
}

// onSomeDay asks about the civil day of t and those shortly before it.
func (c *clock) onSomeDay(t time.Time, fits func(day time.Time) bool) bool {
	l := t.In(c.zone)
	for back := -1; back <= 10; back++ {
		if fits(time.Date(l.Year(), l.Month(), l.Day()-back, 0, 0, 0, 0, time.UTC)) {
			return true
		}
	}
	return false
}

// hour is the instant at so many minutes on the wall clock of a day.
func (c *clock) hour(day time.Time, minutes int) time.Time {
	return c.resolve(day.Add(time.Duration(minutes)*time.Minute), c.zone)
}

func (c *clock) everySo(x *terms.Time, t time.Time) bool {
	first, ok := c.instant(x.From)
	for k := 0; ok && (x.Times == 0 || k < x.Times); k++ {
		from := c.add(first, terms.Length{Minutes: k * x.Every.Minutes, Days: k * x.Every.Days, Months: k * x.Every.Months})
		if from.After(t) {
			return false
		}
		if t.Before(c.add(from, *x.For)) {
			return true
		}
	}
	return false
}

func (c *clock) span(x *terms.Time, t time.Time) bool {
	if x.From != nil {
		from, ok := c.instant(x.From)
		if !ok || t.Before(from) {
			return false
		}
		if x.For != nil && !t.Before(c.add(from, *x.For)) {
			return false
		}
	}
	if x.To != nil {
		to, ok := c.instant(x.To)
		return !ok || t.Before(to)
	}
	return true
}

// inWindow says whether t is in the time of a clause: its during within in_force, or
// in_force alone. A span that itself starts before in_force keeps its own start.
func (c *clock) inWindow(during *terms.Time, t time.Time) bool {
	if during == nil {
		return c.contains(c.a.InForce, t)
	}
	if !c.contains(during, t) {
		return false
	}
	if c.contains(c.a.InForce, t) {
		return true
	}
	own, has := c.start(during)
	return c.early(during) && has && c.a.Needs == nil && !t.Before(own) && t.Before(c.general())
}

// early says that a span starts before the agreement does.
func (c *clock) early(during *terms.Time) bool {
	if during == nil || len(during.Any) > 0 {
		return false
	}
	own, has := c.start(during)
	return has && own.Before(c.general())
}

// general is when the agreement starts; a text without a start has always applied.
func (c *clock) general() time.Time {
	t, _ := c.start(c.a.InForce)
	return t
}
