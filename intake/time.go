package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
)

// stamp is a time as written: a wall time with the fineness of its writing.
type stamp struct {
	wall  time.Time // clock reading, kept as if it were UTC
	zone  *time.Location
	home  *time.Location // whose civil days count, where zone is only an offset
	unit  string         // day, minute or second
	shift time.Duration  // elapsed time to add once the instant is known
}

const wantTime = `a time such as "2016-02-27", "2016-02-27 14:30" or "2016-02-26T22:00Z", with "+ 1 day" after it if need be`

// clock reads times as they stand in one file.
type clock struct {
	zone  *time.Location // for wall times that name none; may be nil
	dates []string       // how dates may be written besides 2006-01-02, as Go layouts
	zones map[string]*time.Location
}

// location returns the zone of the name.
func (c *clock) location(name string) (*time.Location, *fault) {
	if z, ok := c.zones[name]; ok {
		return z, nil
	}
	z, err := truce.Zone("", name)
	if err != nil {
		return nil, &fault{value: name, code: "unknown-zone", msg: fmt.Sprintf("no zone is named %q", clip(name, 60)),
			want: "an IANA zone such as Asia/Damascus"}
	}
	if c.zones == nil {
		c.zones = map[string]*time.Location{}
	}
	c.zones[name] = z
	return z, nil
}

// parse reads a time; zone holds where the text names none.
func (c *clock) parse(text string, zone *time.Location) (stamp, *fault) {
	base, ops := splitOps(strings.Fields(text))
	s, f := c.base(base, zone)
	if f != nil {
		if f.value == "" {
			f.value = text
		}
		return s, f
	}
	for ; len(ops) > 0; ops = ops[3:] {
		if len(ops) < 3 || !s.add(ops[0], ops[1], ops[2]) {
			return s, wrong("bad-time", text, wantTime)
		}
	}
	if y := s.wall.Year(); y < 1 || y > 9999 {
		return s, wrong("bad-time", text, "a year from 1 to 9999")
	}
	return s, nil
}

// splitOps takes "+ 1 day" and the like off the end.
func splitOps(tokens []string) (base, ops []string) {
	for i, t := range tokens {
		if t == "+" || t == "-" {
			return tokens[:i], tokens[i:]
		}
	}
	return tokens, nil
}

// add moves the stamp; days and longer by the calendar, the rest by elapsed time.
func (s *stamp) add(sign, count, unit string) bool {
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 100_000 {
		return false
	}
	if sign == "-" {
		n = -n
	}
	switch strings.TrimSuffix(unit, "s") {
	case "minute":
		s.shift += time.Duration(n) * time.Minute
	case "hour":
		s.shift += time.Duration(n) * time.Hour
	case "day":
		s.wall = s.wall.AddDate(0, 0, n)
	case "week":
		s.wall = s.wall.AddDate(0, 0, 7*n)
	case "month":
		s.wall = s.wall.AddDate(0, n, 0)
	case "year":
		s.wall = s.wall.AddDate(n, 0, 0)
	default:
		return false
	}
	return true
}

// base reads date, time of day, and zone or offset.
func (c *clock) base(tokens []string, zone *time.Location) (stamp, *fault) {
	s := stamp{zone: zone}
	if n := len(tokens); n > 1 && (tokens[n-1] == "UTC" || strings.Contains(tokens[n-1], "/") && tokens[n-1][0] >= 'A') {
		z, f := c.location(tokens[n-1])
		if f != nil {
			return s, f
		}
		s.zone, tokens = z, tokens[:n-1]
	}
	text := strings.Join(tokens, " ")
	for _, date := range append(c.dates, "2006-01-02") {
		for _, form := range forms() {
			if t, err := time.Parse(date+form.layout, text); err == nil {
				return s.read(t, form)
			}
		}
	}
	return s, wrong("bad-time", "", wantTime).about(text)
}

// about rewrites the message once the value is known.
func (f *fault) about(text string) *fault {
	f.msg = fmt.Sprintf("%q is not a time", clip(text, 80))
	return f
}

type form struct {
	layout, unit string
	offset       bool
}

// forms are the ways in which a time of day may follow a date.
func forms() []form {
	return []form{{"", "day", false},
		{" 15:04", "minute", false}, {" 15:04:05", "second", false}, {"T15:04", "minute", false}, {"T15:04:05", "second", false},
		{"T15:04Z07:00", "minute", true}, {"T15:04:05Z07:00", "second", true}, {" 15:04Z07:00", "minute", true}, {" 15:04:05Z07:00", "second", true}}
}

// read takes over what was parsed. A time with an offset is an instant: it is kept as the
// wall time of the zone, or of its own offset where no zone is known.
func (s stamp) read(t time.Time, f form) (stamp, *fault) {
	s.unit, s.wall = f.unit, t
	if f.offset {
		_, off := t.Zone()
		s.home, s.zone = s.zone, time.FixedZone("", off)
		s.wall = wallOf(t)
	}
	if s.zone == nil {
		return s, &fault{code: "no-zone", msg: "the time has no zone", want: "a zone column, a zone after the time, or a zone for the whole file"}
	}
	return s, nil
}

// wallOf returns what a clock shows at t, as if it were UTC.
func wallOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// instants returns the moments at which clocks in the zone show the wall time: none
// when they jump over it, two when they go back.
func instants(wall time.Time, zone *time.Location) []time.Time {
	var out []time.Time
	near := wall.In(zone)
	for _, t := range []time.Time{near.Add(-26 * time.Hour), near, near.Add(26 * time.Hour)} {
		_, off := t.Zone()
		u := wall.Add(-time.Duration(off) * time.Second).In(zone)
		if wallOf(u).Equal(wall) && !slices.ContainsFunc(out, u.Equal) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// dayStart returns the first instant of the civil day; false when the zone has no such day.
func dayStart(wall time.Time, zone *time.Location) (time.Time, bool) {
	midnight := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
	if all := instants(midnight, zone); len(all) > 0 {
		return all[0], true
	}
	// Midnight was jumped over: the day begins when the clocks jumped.
	_, off := midnight.In(zone).Add(-26 * time.Hour).Zone()
	jump, _ := midnight.Add(-time.Duration(off) * time.Second).In(zone).ZoneBounds()
	return jump, wallOf(jump).YearDay() == midnight.YearDay()
}

// moments returns the instants a stamp may mean, earliest first.
func (s stamp) moments() ([]time.Time, *fault) {
	var all []time.Time
	if s.unit == "day" {
		t, ok := dayStart(s.wall, s.zone)
		if !ok {
			return nil, s.missing("a day that the zone has")
		}
		all = []time.Time{t}
	} else {
		all = instants(s.wall, s.zone)
	}
	if len(all) == 0 {
		return nil, s.missing("a time that clocks there showed: they jumped over this one")
	}
	for i := range all {
		all[i] = all[i].Add(s.shift)
	}
	return all, nil
}

func (s stamp) missing(want string) *fault {
	return &fault{code: "no-such-time", want: want,
		msg: fmt.Sprintf("%s does not exist in %s", s.wall.Format("2006-01-02 15:04"), s.zone)}
}

// rank orders precisions from fine to coarse.
func rank(unit string) int {
	return slices.Index([]string{"second", "minute", "hour", "day", "week", "month"}, unit)
}

const wantPrecision = "minute, hour, day, week or month"

// offsetOf returns the offset of a fixed zone.
func offsetOf(z *time.Location) time.Duration {
	_, off := time.Unix(0, 0).In(z).Zone()
	return time.Duration(off) * time.Second
}

// spans returns the intervals that a lone time stands for. precision "" means as fine as
// it is written; otherwise it is the minute, hour, civil day, week from Monday or
// month that holds the time. A wall time that occurs twice gives two intervals.
func (s stamp) spans(precision string) ([]truce.When, *fault) {
	if precision == "" {
		precision = s.unit
	}
	switch {
	case rank(precision) < 0:
		return nil, wrong("bad-word", precision, wantPrecision)
	case rank(precision) < rank(s.unit):
		return nil, &fault{value: precision, code: "bad-time", msg: "the time is not written that finely", want: "a precision of day or coarser"}
	case rank(precision) >= rank("day"):
		w, f := s.days(precision)
		return []truce.When{w}, f
	}
	length := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour}[precision]
	s.wall = s.wall.Truncate(max(length, time.Nanosecond))
	all, f := s.moments()
	var out []truce.When
	for _, t := range all {
		out = append(out, truce.When{From: t, To: t.Add(length)})
	}
	return out, f
}

// days returns the civil day, week or month that holds the stamp.
func (s stamp) days(precision string) (truce.When, *fault) {
	if s.home != nil {
		s.wall, s.zone = wallOf(s.wall.Add(-offsetOf(s.zone)).In(s.home)), s.home
	}
	from := s
	from.unit = "day"
	end := from
	switch precision {
	case "week": // ISO 8601: from Monday
		from.wall = s.wall.AddDate(0, 0, -(int(s.wall.Weekday())+6)%7)
		end.wall = from.wall.AddDate(0, 0, 7)
	case "month":
		from.wall = s.wall.AddDate(0, 0, 1-s.wall.Day())
		end.wall = from.wall.AddDate(0, 1, 0)
	default:
		end.wall = s.wall.AddDate(0, 0, 1)
	}
	a, f := from.moments()
	if f != nil {
		return truce.When{}, f
	}
	b, f := end.moments()
	if f != nil {
		return truce.When{}, f
	}
	return truce.When{From: a[0], To: b[0]}, nil
}

// between returns the interval from one stamp up to another.
func between(from, to stamp) (truce.When, *fault) {
	a, f := from.moments()
	if f != nil {
		return truce.When{}, f.in("from")
	}
	b, f := to.moments()
	if f != nil {
		return truce.When{}, f.in("to")
	}
	w := truce.When{From: a[0], To: b[len(b)-1]}
	if w.To.Before(w.From) {
		return w, &fault{field: "to", code: "inverted-interval", msg: "the end is before the start", want: "a time not before from"}
	}
	return w, nil
}
