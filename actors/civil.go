package actors

import (
	"strings"
	"time"
)

// parseTime reads "2016-02-26", "2016-02-26 12:00", either with a zone or offset after it
// ("2016-02-27 00:30 Europe/Moscow"), or RFC 3339. A date is the first instant of that
// civil day.
func parseTime(s string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	if i := strings.LastIndexByte(s, ' '); i >= 0 && strings.Contains(s[i:], "/") {
		z, err := time.LoadLocation(s[i+1:])
		if err != nil {
			return time.Time{}, false
		}
		s, zone = s[:i], z
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return civil(t, zone), true
		}
	}
	return time.Time{}, false
}

// civil returns the instant at which clocks of the zone show what wall shows in UTC: the
// first of two, or, where clocks jumped over it, the instant of the jump.
func civil(wall time.Time, zone *time.Location) time.Time {
	before, after := wall.Add(-24*time.Hour).In(zone), wall.Add(24*time.Hour).In(zone)
	for _, near := range []time.Time{before, after} {
		_, offset := near.Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, got := t.In(zone).Zone(); got == offset {
			return t
		}
	}
	_, jump := before.ZoneBounds()
	return jump.UTC()
}
