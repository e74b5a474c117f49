package marked

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// amount is a quantity as marked: bounds, whether they are only about right, and of what.
type amount struct {
	low, high float64 // infinite where the text sets no end
	loose     bool
	what      string
}

// moment is a time as marked: [from, to), whether any time within is right, and whether it
// goes on without an end.
type moment struct {
	from, to    time.Time
	loose, open bool
}

// valueWrong says what was expected of a mark's value, or "" if it is right.
func valueWrong(m Mark, zone *time.Location) string {
	switch m.Kind {
	case Actor, Ref, Place, Doubt:
		if m.Value == "" {
			return "a value"
		}
	case Time:
		if _, ok := parseTime(m.Value, zone); !ok {
			return "a time such as 2016-08-26, 2016-08, ~2016-08-25..2016-08-26, 2012.. or 2016-08-26T14:30"
		}
	case Duration:
		if _, _, ok := parseDuration(m.Value); !ok {
			return "a length of time such as PT48H or P4Y"
		}
	case Quantity:
		if _, ok := parseAmount(m.Value); !ok {
			return "a quantity such as 3;killed, 4..6;km, 28..;killed or ~20;killed"
		}
	case Free:
		if m.Value != "" {
			return "no value"
		}
	default:
		return "one of actor, ref, place, time, duration, quantity, doubt, free"
	}
	return ""
}

func parseAmount(s string) (amount, bool) {
	var a amount
	s, a.loose = strings.CutPrefix(s, "~")
	s, what, ok := strings.Cut(s, ";")
	a.what = what
	low, high, ranged := strings.Cut(s, "..")
	var err error
	if a.low, err = strconv.ParseFloat(low, 64); ranged && low == "" {
		a.low, err = math.Inf(-1), nil
	}
	if err != nil || !ok || what == "" || ranged && low == "" && high == "" {
		return a, false
	}
	switch a.high = a.low; {
	case ranged && high == "":
		a.high = math.Inf(1)
	case ranged:
		a.high, err = strconv.ParseFloat(high, 64)
	}
	return a, err == nil && a.high >= a.low
}

// length is a length of time: one number and one unit, as in ISO 8601.
var length = regexp.MustCompile(`^P(T?)(\d+)([YMWDHS])$`)

// parseDuration returns the number and the unit as the reader counts it.
func parseDuration(s string) (n float64, unit string, ok bool) {
	m := length.FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	n, _ = strconv.ParseFloat(m[2], 64)
	unit, ok = units[m[1]+m[3]]
	return n, unit, ok
}

var units = map[string]string{"Y": "years", "M": "months", "W": "weeks", "D": "days", "TH": "hours", "TM": "minutes", "TS": "seconds"}

func parseTime(s string, zone *time.Location) (moment, bool) {
	var m moment
	s, m.loose = strings.CutPrefix(s, "~")
	first, last, ranged := strings.Cut(s, "..")
	var ok bool
	if m.from, m.to, ok = stretch(first, zone); !ok {
		return m, false
	}
	if m.open = ranged && last == ""; ranged && !m.open {
		_, m.to, ok = stretch(last, zone)
	}
	return m, ok && m.to.After(m.from)
}

// stretch returns the year, month, day or minute that s names.
func stretch(s string, zone *time.Location) (from, to time.Time, ok bool) {
	for layout, end := range map[string]func(time.Time) time.Time{
		"2006":             func(t time.Time) time.Time { return t.AddDate(1, 0, 0) },
		"2006-01":          func(t time.Time) time.Time { return t.AddDate(0, 1, 0) },
		"2006-01-02":       func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
		"2006-01-02T15:04": func(t time.Time) time.Time { return t.Add(time.Minute) },
	} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, end(t), true
		}
	}
	return from, to, false
}
