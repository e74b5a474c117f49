package terms

import (
	"archive/zip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests do not depend on the machine
)

// zoneNames lists every IANA zone of the Go installation; of names for the same data, one.
func zoneNames(t *testing.T) []string {
	t.Helper()
	path := filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip")
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Skip("no zone list: ", path)
	}
	defer z.Close()
	var out []string
	seen := map[uint32]bool{}
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "/") && !seen[f.CRC32] {
			seen[f.CRC32] = true
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return out
}

// odd are changes other than the two of 2016 that civil days have to survive: a day left
// out, a day lived twice, half an hour, twenty minutes, changes at midnight, a base offset
// moved, three hours.
var odd = []struct {
	zone string
	day  string
}{
	{"Pacific/Apia", "2011-12-30"},        // left out
	{"Pacific/Fakaofo", "2011-12-30"},     // left out
	{"Pacific/Kwajalein", "1993-08-21"},   // left out
	{"America/Juneau", "1867-10-18"},      // lived twice
	{"Asia/Manila", "1844-12-31"},         // left out
	{"Australia/Lord_Howe", "2016-10-02"}, // half an hour
	{"Australia/Lord_Howe", "2016-04-03"},
	{"Asia/Pyongyang", "2015-08-15"}, // half an hour, for good
	{"Asia/Pyongyang", "2018-05-05"},
	{"America/Caracas", "2016-05-01"}, // half an hour, for good
	{"Asia/Damascus", "2016-03-25"},   // midnight does not exist
	{"Asia/Damascus", "2016-10-28"},   // midnight comes twice
	{"Asia/Beirut", "2016-03-27"},
	{"Asia/Gaza", "2016-03-26"},
	{"America/Sao_Paulo", "2016-10-16"},
	{"America/Havana", "2016-03-13"},
	{"Asia/Amman", "2016-04-01"},
	{"Europe/Istanbul", "2016-03-27"},
	{"Europe/Simferopol", "2014-03-30"}, // two hours
	{"Europe/Moscow", "2014-10-26"},
	{"Antarctica/Casey", "2016-10-22"}, // three hours
	{"Antarctica/Troll", "2016-03-27"}, // two hours
	{"Africa/Monrovia", "1972-01-07"},  // 44 minutes and a half
	{"Africa/Khartoum", "2017-11-01"},
	{"Africa/Juba", "2021-02-01"},
	{"Asia/Kathmandu", "1986-01-01"}, // fifteen minutes
	{"Europe/Dublin", "1971-10-31"},
	{"Africa/Casablanca", "2016-06-05"}, // four changes a year
	{"Africa/Casablanca", "2016-07-10"},
}

// changes returns the instants at which a zone's clocks change from one time to another.
func changes(zone *time.Location, from, to time.Time) []time.Time {
	var out []time.Time
	for t := from; ; {
		_, end := t.In(zone).ZoneBounds()
		if end.IsZero() || end.After(to) {
			return out
		}
		if _, before := end.Add(-time.Second).In(zone).Zone(); before != offsetAt(end, zone) { // not only another name
			out = append(out, end)
		}
		t = end
	}
}

func offsetAt(t time.Time, zone *time.Location) int {
	_, off := t.In(zone).Zone()
	return off
}

// slow is the reference for a stretch of time: it looks at the clocks every minute, or
// every second where their offset has seconds. A reading is what they show, in seconds
// since 1970 read off their faces; first holds the first instant that shows it.
type slow struct {
	zone  *time.Location
	first map[int64]time.Time
	count map[int64]int // how often each reading is shown
	all   []time.Time
	shown []int64
}

// look watches the clocks for hours before and after an instant.
func look(zone *time.Location, around time.Time, hours int) *slow {
	s := &slow{zone: zone, first: map[int64]time.Time{}, count: map[int64]int{}}
	step := time.Minute
	if offsetAt(around.Add(-time.Second), zone)%60 != 0 || offsetAt(around, zone)%60 != 0 {
		step = time.Second
	}
	for t := around.Add(-time.Duration(hours) * time.Hour); t.Before(around.Add(time.Duration(hours) * time.Hour)); t = t.Add(step) {
		r := t.Unix() + int64(offsetAt(t, zone))
		if r%300 == 0 { // only such readings are asked for
			if s.count[r]++; s.count[r] == 1 {
				s.first[r] = t
			}
		}
		s.all, s.shown = append(s.all, t), append(s.shown, r)
	}
	return s
}

// wall is the rule of the language: a reading that is shown is the first instant that
// shows it; one that is not is the instant at which the clocks jumped over it.
func (s *slow) wall(reading int64) (t time.Time, skipped bool) {
	if t, ok := s.first[reading]; ok {
		return t, false
	}
	for i := 1; i < len(s.all); i++ {
		if s.shown[i-1] < reading && reading < s.shown[i] {
			return s.all[i], true
		}
	}
	return time.Time{}, false
}

// check compares wall, the start of days and windows in days with the reference around a
// change, and returns how many comparisons it made.
func check(t *testing.T, name string, zone *time.Location, change time.Time) int {
	s := look(zone, change, 80)
	seen := change.UTC().Add(time.Duration(offsetAt(change, zone)) * time.Second) // the face after the change
	n := 0
	for day := -1; day <= 1; day++ {
		for m := 0; m < 24*60; m += 5 {
			d := time.Date(seen.Year(), seen.Month(), seen.Day()+day, 0, m, 0, 0, time.UTC)
			want, skips := s.wall(d.Unix())
			got, skipped, twice := wall(d.Year(), d.Month(), d.Day(), d.Hour(), d.Minute(), 0, zone)
			if n++; !got.Equal(want) || skipped != skips || twice != (s.count[d.Unix()] > 1) {
				t.Errorf("%s: %s: wall gives %s, skipped %v, twice %v; the clocks say %s, %v, %v", name, d.Format("2006-01-02 15:04"),
					got.UTC().Format(time.RFC3339), skipped, twice, want.UTC().Format(time.RFC3339), skips, s.count[d.Unix()] > 1)
				return n
			}
		}
	}
	return n + windows(t, name, zone, s, seen)
}

// windows compares "A for N days" with the reference: from the reading A to the same
// reading N days later on the calendar.
func windows(t *testing.T, name string, zone *time.Location, s *slow, seen time.Time) int {
	c := clock{zone: zone}
	n := 0
	for _, start := range []struct{ day, hour, minute, days int }{{-1, 0, 0, 1}, {-1, 0, 0, 2}, {0, 0, 0, 1}, {-1, 2, 30, 1}, {-2, 23, 30, 2}, {-1, 12, 0, 1}} {
		from := time.Date(seen.Year(), seen.Month(), seen.Day()+start.day, start.hour, start.minute, 0, 0, time.UTC)
		x := &Time{From: &Instant{Wall: from.Format(wallLayout)}, For: &Length{Days: start.days}}
		got, waits := c.spans(x)
		wantFrom, skipped := s.wall(from.Unix())
		if skipped || waits != nil { // a start that is skipped shows another reading, from which days are counted
			continue
		}
		wantTo, _ := s.wall(from.AddDate(0, 0, start.days).Unix())
		n++
		switch {
		case !wantFrom.Before(wantTo) && len(got) == 0:
		case len(got) != 1 || !got[0].from.Equal(wantFrom) || !got[0].to.Equal(wantTo):
			t.Errorf("%s: %s for %d days gives %v; the clocks say %s to %s", name, x.From.Wall, start.days, got,
				wantFrom.UTC().Format(time.RFC3339), wantTo.UTC().Format(time.RFC3339))
		}
	}
	return n
}

// In every zone, around every change of 2016 and around odd changes of other years, times
// and windows are what a watcher of the clocks would write down.
func TestWallAgainstTheClocks(t *testing.T) {
	n, met := 0, 0
	for _, name := range zoneNames(t) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
		for _, change := range changes(zone, year(2016), year(2017)) {
			n += check(t, name, zone, change)
			met++
		}
	}
	for _, o := range odd {
		zone, err := time.LoadLocation(o.zone)
		if err != nil {
			t.Fatal(err)
		}
		noon, err := time.ParseInLocation(time.DateOnly, o.day, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		found := changes(zone, noon.Add(-48*time.Hour), noon.Add(48*time.Hour))
		if len(found) == 0 {
			t.Errorf("%s has no change about %s", o.zone, o.day)
		}
		for _, change := range found {
			n += check(t, o.zone+" "+o.day, zone, change)
			met++
		}
	}
	t.Logf("%d comparisons around %d changes", n, met)
}

// Four days worked out by hand.
func TestWallByHand(t *testing.T) {
	for name, x := range map[string]struct {
		zone, wall, want string
		skipped, twice   bool
	}{
		"Damascus has no midnight on 25 March 2016":     {"Asia/Damascus", "2016-03-25T00:00:00", "2016-03-24T22:00:00Z", true, false},
		"Damascus has no 00:30 either":                  {"Asia/Damascus", "2016-03-25T00:30:00", "2016-03-24T22:00:00Z", true, false},
		"Damascus has 23:30 twice on 27 October":        {"Asia/Damascus", "2016-10-27T23:30:00", "2016-10-27T20:30:00Z", false, true},
		"Apia has no 30 December 2011":                  {"Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z", true, false},
		"Kyiv jumps from 03:00 to 04:00":                {"Europe/Kyiv", "2016-03-27T03:30:00", "2016-03-27T01:00:00Z", true, false},
		"Lord Howe has 01:45 twice, half an hour apart": {"Australia/Lord_Howe", "2016-04-03T01:45:00", "2016-04-02T14:45:00Z", false, true},
		"Aden has no changes":                           {"Asia/Aden", "2016-03-27T02:30:00", "2016-03-26T23:30:00Z", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(x.zone)
			if err != nil {
				t.Fatal(err)
			}
			w, err := time.Parse(wallLayout, x.wall)
			if err != nil {
				t.Fatal(err)
			}
			got, skipped, twice := wall(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), zone)
			if got.UTC().Format(time.RFC3339) != x.want || skipped != x.skipped || twice != x.twice {
				t.Errorf("%s skipped %v twice %v, want %+v", got.UTC().Format(time.RFC3339), skipped, twice, x)
			}
		})
	}
}

// A daily window is there on every civil day that the span reaches, the last one too, whatever
// the clocks did on the first: all zones and both changes of 2016, against looking at the
// clock every ten minutes.
func TestDailyWindowsReachEveryDayOfTheirSpan(t *testing.T) {
	for _, name := range zoneNames(t) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range changes(zone, time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)) {
			day := change.In(zone)
			from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
			during := &Time{From: &Instant{Wall: from.Format("2006-01-02T15:04:05")}, To: &Instant{Wall: from.AddDate(0, 0, 4).Add(time.Hour).Format("2006-01-02T15:04:05")}}
			c := clock{zone: zone}
			outer, _ := c.spans(during)
			got, _ := c.spans(&Time{Daily: &[2]int{0, 18 * 60}, During: during})
			if offsetAt(change.Add(-time.Second), zone)%600 != 0 || offsetAt(change, zone)%600 != 0 {
				continue // the clock shows no round tens of minutes
			}
			seen := map[int]int{} // readings that come twice belong to a window by their first time only
			for at := change.Add(-30 * time.Hour).Truncate(10 * time.Minute); at.Before(change.Add(130 * time.Hour)); at = at.Add(10 * time.Minute) {
				local := at.In(zone)
				key := local.YearDay()*1440 + local.Hour()*60 + local.Minute()
				if seen[key]++; seen[key] > 1 || local.Hour() == 17 || local.Hour() == 18 {
					continue
				}
				if want := outer.has(at) && local.Hour() < 18; got.has(at) != want && !near(at, change) {
					t.Errorf("%s, %s: in a window %v, by the clock %v", name, local.Format(time.RFC3339), got.has(at), want)
				}
			}
		}
	}
}

// near says that an instant lies within three hours of a change of the clocks, where what a
// day is takes the tests above to say.
func near(at, change time.Time) bool { return at.Sub(change).Abs() < 3*time.Hour }
