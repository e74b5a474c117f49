package terms

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

const wantTime = "a time such as 2016-02-27 00:00 .., day-d for 48 hours, A .. B, or a map with from, to, for, daily, weekly, every"

// time reads a time expression.
func (d *decoder) time(n *yaml.Node, what string) *Time {
	d.mark(what, n)
	switch n.Kind {
	case yaml.ScalarNode:
		return d.timeText(n, what)
	case yaml.SequenceNode:
		x := &Time{}
		for _, c := range n.Content {
			if y := d.time(follow(c), what); y != nil {
				x.Any = append(x.Any, y)
			}
		}
		if len(x.Any) == 0 {
			d.bad(n, "empty", wantTime, "%s is an empty list", what)
			return nil
		}
		return x
	case yaml.MappingNode:
		return d.timeMap(n, what)
	}
	d.bad(n, "kind", wantTime, "%s is %s", what, kindName(n))
	return nil
}

func (d *decoder) timeText(n *yaml.Node, what string) *Time {
	s := d.text(n, what)
	x := &Time{}
	if left, right, ok := strings.Cut(s, ".."); ok {
		x.Open = true
		if left = strings.TrimSpace(left); left != "" {
			x.From = d.instantText(n, left, what)
		}
		if right = strings.TrimSpace(right); right != "" {
			x.To = d.instantText(n, right, what)
		}
	} else if left, right, ok := strings.Cut(s, " for "); ok {
		x.From = d.instantText(n, left, what)
		l, err := parseLength(right)
		if err != nil {
			d.bad(n, "length", "a length such as 48 hours, 2 days or 3 months", "%s: %v", what, err)
			return nil
		}
		x.For = &l
	} else {
		d.bad(n, "time", wantTime, "%s: %q says neither an end (..) nor a length (for)", what, short(s))
		return nil
	}
	d.ordered(n, x, what)
	return x
}

// ordered complains of an end before its start where both are plain wall times.
func (d *decoder) ordered(n *yaml.Node, x *Time, what string) {
	if x.From == nil || x.To == nil || x.From.Ref != "" || x.To.Ref != "" {
		return
	}
	zone, err := loadZone(d.zone)
	if err != nil {
		return
	}
	c := clock{zone: zone}
	from, ok1 := c.instant(x.From)
	to, ok2 := c.instant(x.To)
	if ok1 && ok2 && !from.Before(to) {
		d.bad(n, "inverted", "an end after the start", "%s ends (%s) no later than it starts (%s)", what, x.To.Wall, x.From.Wall)
	}
}

func (d *decoder) timeMap(n *yaml.Node, what string) *Time {
	x := &Time{}
	d.each(n, what, map[string]func(*yaml.Node){
		"from":   func(v *yaml.Node) { x.From = d.instant(v, what+" from") },
		"to":     func(v *yaml.Node) { x.To = d.instant(v, what+" to") },
		"for":    func(v *yaml.Node) { x.For = d.length(v, what+" for") },
		"daily":  func(v *yaml.Node) { x.Daily = d.daily(v, what+" daily") },
		"weekly": func(v *yaml.Node) { x.Weekly = d.weekdays(v, what+" weekly") },
		"at":     func(v *yaml.Node) { x.At, _ = d.minutes(v, d.text(v, what)) },
		"every":  func(v *yaml.Node) { x.Every = d.length(v, what+" every") },
		"times":  func(v *yaml.Node) { x.Times = d.times(v, what+" times") },
		"during": func(v *yaml.Node) { x.During = d.time(v, what+" during") },
	})
	repeats := btoi(x.Daily != nil) + btoi(x.Weekly != nil) + btoi(x.Every != nil)
	switch {
	case repeats > 1:
		d.bad(n, "time", "one of daily, weekly, every", "%s repeats in two ways", what)
		return nil
	case x.Every != nil && x.During != nil, (x.Daily != nil || x.Weekly != nil) && (x.From != nil || x.To != nil):
		d.bad(n, "time", "from: and to: with every, during: with daily and weekly", "%s mixes them", what)
		return nil
	case repeats == 0 && x.From == nil && x.For != nil:
		d.bad(n, "time", "from:", "%s has a length and no start", what)
		return nil
	case x.Daily != nil && *x.Daily == [2]int{}:
		return nil // said already
	case x.Weekly != nil && x.For == nil:
		d.bad(n, "time", "for: how long each window is", "%s repeats weekly without a length", what)
		return nil
	case x.Every != nil && (x.For == nil || x.From == nil):
		d.bad(n, "time", "from: and for:", "%s repeats without a first start or a length", what)
		return nil
	case x.Every != nil && *x.Every == (Length{}):
		d.bad(n, "length", "more than nothing", "%s repeats every 0 minutes", what)
		return nil
	case x.Daily == nil && x.Weekly == nil && x.Every == nil && x.From == nil && x.To == nil:
		d.bad(n, "time", wantTime, "%s has no start", what)
		return nil
	}
	if (x.Daily != nil || x.Weekly != nil) && !x.During.starts() {
		d.bad(n, "time", "during: from when to when it repeats", "%s repeats without a start", what)
		return nil
	}
	d.ordered(n, x, what)
	return x
}

func (d *decoder) times(n *yaml.Node, what string) int {
	v := d.whole(n, what)
	if v > maxRepeats {
		d.bad(n, "time", fmt.Sprintf("at most %d", maxRepeats), "%s is %d", what, v)
		return 1
	}
	return v
}

// starts reports whether every stretch of a time has a start.
func (x *Time) starts() bool {
	if x == nil {
		return false
	}
	for _, y := range x.Any {
		if !y.starts() {
			return false
		}
	}
	return x.Any != nil || x.From != nil || x.During.starts()
}

func (d *decoder) daily(n *yaml.Node, what string) *[2]int {
	from, to, ok := strings.Cut(d.text(n, what), "-")
	if !ok {
		d.bad(n, "time", "two hours of the day such as 10:00 - 13:00", "%s is %q", what, n.Value)
		return &[2]int{}
	}
	a, ok1 := d.minutes(n, from)
	b, ok2 := d.minutes(n, to)
	if !ok1 || !ok2 {
		return &[2]int{}
	}
	if b <= a { // past midnight
		b += 24 * 60
	}
	return &[2]int{a, b}
}

func (d *decoder) minutes(n *yaml.Node, s string) (int, bool) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	hh, err1 := strconv.Atoi(h)
	mm, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hh < 0 || hh > 24 || mm < 0 || mm > 59 || hh == 24 && mm > 0 {
		d.bad(n, "time", "an hour of the day such as 10:00", "%q is not one", short(s))
		return 0, false
	}
	return hh*60 + mm, true
}

func (d *decoder) weekdays(n *yaml.Node, what string) []int {
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	var out []int
next:
	for _, w := range d.list(n, what) {
		for i, name := range names {
			if strings.HasPrefix(strings.ToLower(w), name) {
				out = append(out, i)
				continue next
			}
		}
		d.bad(n, "word", strings.Join(names, ", "), "%s: %q is not a day of the week", what, w)
	}
	return out
}

func (d *decoder) instant(n *yaml.Node, what string) *Instant {
	return d.instantText(n, d.text(n, what), what)
}

var (
	reDate  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	reClock = regexp.MustCompile(`^(\d{2}):(\d{2})(:\d{2})?$`)
	reBoth  = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})?$`)
	reRef   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
)

// instantText reads "2016-02-27 00:00 Europe/Moscow + 2 days", "day-d + 48 hours".
func (d *decoder) instantText(n *yaml.Node, s, what string) *Instant {
	i, err := parseInstant(s)
	if err != nil {
		d.bad(n, "time", "a time such as 2016-02-27 00:00, with a zone if it is not the agreement's, or a moment's name", "%s: %v", what, err)
		return nil
	}
	i.pos = pos{n.Line, n.Column}
	return i
}

func parseInstant(s string) (*Instant, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return nil, fmt.Errorf("nothing stands where a time should")
	}
	i := &Instant{}
	rest, err := i.readPoint(words)
	if err != nil {
		return nil, err
	}
	for len(rest) > 0 {
		sign := 1
		switch rest[0] {
		case "+":
		case "-":
			sign = -1
		default:
			return nil, fmt.Errorf("%q is not expected after %q", rest[0], strings.Join(words[:len(words)-len(rest)], " "))
		}
		if len(rest) < 3 {
			return nil, fmt.Errorf("%q has no length after it", rest[0])
		}
		l, err := parseLength(rest[1] + " " + rest[2])
		if err != nil {
			return nil, err
		}
		i.Shift = append(i.Shift, Length{sign * l.Minutes, sign * l.Days, sign * l.Months})
		rest = rest[3:]
	}
	return i, nil
}

// readPoint reads the date, clock and zone, or the moment's name, and returns what follows.
func (i *Instant) readPoint(words []string) ([]string, error) {
	first, rest := words[0], words[1:]
	clockText := "00:00"
	switch m := reBoth.FindStringSubmatch(first); {
	case m != nil:
		first, clockText, i.Zone = m[1], m[2], m[3]
	case reDate.MatchString(first):
		if len(rest) > 0 && reClock.MatchString(rest[0]) {
			clockText, rest = rest[0], rest[1:]
		}
	case reRef.MatchString(first):
		i.Ref = first
		return rest, nil
	default:
		return nil, fmt.Errorf("%q is not a time", first)
	}
	if len(clockText) == 5 {
		clockText += ":00"
	}
	nextDay := clockText == "24:00:00"
	if nextDay {
		clockText = "00:00:00"
	}
	t, err := time.Parse(wallLayout, first+"T"+clockText)
	if err != nil {
		return nil, fmt.Errorf("%q is not a day and hour that exist", first+" "+clockText)
	}
	if nextDay {
		t = t.AddDate(0, 0, 1)
	}
	i.Wall = t.Format(wallLayout)
	if len(rest) > 0 && rest[0] != "+" && rest[0] != "-" {
		if i.Zone != "" {
			return nil, fmt.Errorf("%q is a second zone", rest[0])
		}
		i.Zone, rest = rest[0], rest[1:]
	}
	if i.Zone != "" {
		if _, err := loadZone(i.Zone); err != nil {
			return nil, fmt.Errorf("%q is not a time zone", i.Zone)
		}
	}
	return rest, nil
}

// mark remembers where a key stands, for lint.
func (d *decoder) mark(what string, n *yaml.Node) {
	if _, ok := d.at[what]; !ok {
		d.at[what] = pos{n.Line, n.Column}
	}
}

// ParseTime reads one time as in an agreement, such as "2016-09-12 19:00" or
// "2016-02-27 00:30 Europe/Moscow". Zone holds where the text names none.
func ParseTime(text string, zone *time.Location) (time.Time, error) {
	i, err := parseInstant(text)
	if err != nil {
		return time.Time{}, err
	}
	if i.Ref != "" {
		return time.Time{}, fmt.Errorf("%q is not a time", text)
	}
	t, _ := clock{zone: zone}.instant(i)
	return t, nil
}
