package desk

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
)

// publicFile is the sample mission as one may see it without an account, loaded once.
var publicFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "truce-day-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path, now := context.Background(), filepath.Join(dir, "record.db"), func() time.Time { return noon }
	db, err := store.Open(ctx, path, store.Options{Now: now, Fold: record.Fold, FoldVersion: record.Version})
	if err != nil {
		return nil, err
	}
	key, err := ledger.NewKey(zeros(7), "desk.example")
	if err != nil {
		return nil, err
	}
	db.SetKey(key)
	r, err := NewRecord(RecordOptions{DB: db, Key: key, Now: now})
	if err == nil {
		_, err = r.Load(ctx, head("amal"), "../missions/syria-2016", LoadOptions{Mark: "TLP:CLEAR"})
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// noon is when the tests of days begin.
var noon = time.Date(2016, 8, 27, 15, 0, 0, 0, time.UTC)

// public is a copy of it to work on.
func public(t testing.TB) testRecord {
	t.Helper()
	data, err := publicFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "record.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	at := noon
	db, err := store.Open(context.Background(), path, store.Options{Now: func() time.Time { at = at.Add(time.Second); return at }, Fold: record.Fold, FoldVersion: record.Version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key := keyOf(t, "desk.example")
	db.SetKey(key)
	r, err := NewRecord(RecordOptions{DB: db, Key: key, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return testRecord{r, path}
}

func TestADayGoesFromCutToCut(t *testing.T) {
	damascus, _, err := Open("../missions/syria-2016", OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	evening := &Mission{Zone: damascus.Zone, Cut: 19*time.Hour + 30*time.Minute}
	for name, c := range map[string]struct {
		m        *Mission
		day      string
		from, to string
		minutes  int
	}{
		"a day like others":                      {damascus, "2016-04-10", "2016-04-10T00:00:00+03:00", "2016-04-11T00:00:00+03:00", 24 * 60},
		"clocks go forward at its first instant": {damascus, "2016-03-25", "2016-03-25T01:00:00+03:00", "2016-03-26T00:00:00+03:00", 23 * 60},
		"clocks go back at its last instant":     {damascus, "2016-10-27", "2016-10-27T00:00:00+03:00", "2016-10-28T00:00:00+02:00", 25 * 60},
		"from evening to evening":                {evening, "2016-04-10", "2016-04-10T19:30:00+03:00", "2016-04-11T19:30:00+03:00", 24 * 60},
		"a leap day":                             {damascus, "2016-02-29", "2016-02-29T00:00:00+02:00", "2016-03-01T00:00:00+02:00", 24 * 60},
	} {
		got, err := c.m.Span(c.day)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.From.Format(time.RFC3339) != c.from || got.To.Format(time.RFC3339) != c.to || got.Minutes != c.minutes {
			t.Errorf("%s: %s to %s, %d minutes", name, got.From.Format(time.RFC3339), got.To.Format(time.RFC3339), got.Minutes)
		}
		for at, day := range map[time.Time]string{got.From: c.day, got.To.Add(-time.Second): c.day} {
			if is := c.m.day(at); is != day {
				t.Errorf("%s: %s is on %s", name, at, is)
			}
		}
	}
}

func TestNoSuchDay(t *testing.T) {
	r := public(t)
	for day, kind := range map[string]truce.Kind{
		"2016-02-30": truce.Invalid, "10 April": truce.Invalid, "": truce.Invalid, "2016-4-1": truce.Invalid, "2016-04-10x": truce.Invalid,
		"2016-02-21": truce.Absent, "2016-10-01": truce.Absent, // outside the period
		"2016-09-01": truce.Absent, // in it, and not begun on 27 August
	} {
		for name, ask := range map[string]func(context.Context, access.Person, string, int64) (*DayReport, error){"day": r.Day, "file": r.DayFile} {
			if _, err := ask(context.Background(), head("amal"), day, 0); kindOf(err) != kind {
				t.Errorf("%s of %q: %v", name, day, err)
			}
		}
		if _, err := r.FreezeDay(context.Background(), head("amal"), day, "AMBER", nil); kindOf(err) != kind {
			t.Errorf("freezing %q: %v", day, err)
		}
	}
}

// TestTheFiguresOfADay holds 5 May 2016 of the sample to what its chronology says: C056, three
// announcements of a calm, and C057, 20 to 30 killed in a camp, on that very day; C058, 73
// killed within two to six days from it; C051, 60 to 170 killed some time in the month from
// 28 April.
func TestTheFiguresOfADay(t *testing.T) {
	r := public(t)
	d, err := r.Day(context.Background(), head("amal"), "2016-05-05", 0)
	if err != nil {
		t.Fatal(err)
	}
	f := d.Figures
	if got := [][2]int{{f.Incidents.Sure, f.Incidents.Possible}, {f.Elements.Sure, f.Elements.Possible}, {f.Killed.Low, f.Killed.High}, {f.Killed.Without.Sure, f.Killed.Without.Possible}, {f.Injured.Low, f.Injured.High}, {f.Injured.Without.Sure, f.Injured.Without.Possible}}; !cmp.Equal(got, [][2]int{
		{2, 4}, {4, 12}, {20, 30 + 73 + 170}, {1, 1}, {0, 0}, {2, 4}}) {
		t.Errorf("%v", got)
	}
	if d.Before == nil || d.Before.Span.Day != "2016-05-04" || d.Before.Figures.Incidents.Possible != 1 || d.Before.Figures.Killed.High != 170 {
		t.Errorf("the day before: %+v", d.Before)
	}
	if len(d.Watch) != 0 || len(d.Rows) != 12 || d.Span.Minutes != 1440 {
		t.Errorf("%d watches, %d rows", len(d.Watch), len(d.Rows))
	}
	first, err := r.Day(context.Background(), head("amal"), "2016-02-22", 0)
	if err != nil || first.Before != nil {
		t.Errorf("before the first day: %+v %v", first, err)
	}
}

// TestEveryFigureOfEveryDayIsCountedAgain counts every day of the sample by a slow way, from
// rows and verdicts one by one.
func TestEveryFigureOfEveryDayIsCountedAgain(t *testing.T) {
	r := public(t)
	ctx, who := context.Background(), head("amal")
	all := slowly(t, r, who)
	lines, err := r.Days(ctx, who, "", "", 0)
	if err != nil || len(lines) != 222 { // 22 February to 30 September
		t.Fatalf("%d days, %v", len(lines), err)
	}
	seen := 0
	for _, l := range lines {
		got := l.Figures
		want := all.day(l.Span)
		seen += want.Elements.Possible
		for _, x := range [][2]DayFigure{{got.Elements, want.Elements}, {got.Withdrawn, want.Withdrawn}} {
			if d := cmp.Diff(x[1], x[0]); d != "" {
				t.Errorf("%s (-slowly +day): %s", l.Span.Day, d)
			}
		}
		if got.Incidents.Sure != want.Incidents.Sure || got.Incidents.Possible != want.Incidents.Possible || got.Killed.Low != want.Killed.Low || got.Killed.High != want.Killed.High || got.Killed.Without.Possible != want.Killed.Without.Possible || got.Killed.Stated.Possible != want.Killed.Stated.Possible {
			t.Errorf("%s: %+v, slowly %+v", l.Span.Day, got, want)
		}
		for _, a := range got.Agreements {
			for outcome, n := range map[truce.Outcome]DayFigure{truce.Violation: a.Violation, truce.Undetermined: a.Undetermined, truce.NoViolation: a.NoViolation} {
				if want := all.outcome(l.Span, a.Agreement, outcome); n.Possible != want {
					t.Errorf("%s: %d %s under %s, slowly %d", l.Span.Day, n.Possible, outcome, a.Agreement, want)
				}
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d elements on days", seen)
	}
}

// TestAFrozenDayIsTheSameEverywhere freezes a day for the readers of each mark, goes on
// working, and makes it again: here, from a restored backup, later, and in a record that
// was opened anew.
func TestAFrozenDayIsTheSameEverywhere(t *testing.T) {
	r := public(t)
	ctx, who := context.Background(), head("amal")
	hash := map[string]DayRelease{}
	for _, mark := range DayMarks() {
		rel, err := r.FreezeDay(ctx, who, "2016-05-05", mark, nil)
		if err != nil {
			t.Fatal(err)
		}
		hash[mark] = rel
	}
	if hash["CLEAR"].SHA256 == hash["AMBER"].SHA256 || len(hash["CLEAR"].SHA256) != 64 {
		t.Errorf("%+v", hash)
	}
	if _, err := r.HandIn(ctx, who, "", Handed{Report: truce.Report{ID: "late", Elements: []truce.Element{{ID: "late", Acts: []string{"shelling"}, When: []truce.When{{From: day(5, 10), To: day(5, 11)}}}}}, Mark: "TLP:CLEAR"}); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := r.Backup(ctx, nil, &backup); err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string]*Record{"here": r.Record, "opened anew": reopened(t, r), "restored": restored(t, backup.Bytes())} {
		again.now = func() time.Time { return day(5, 5).AddDate(20, 0, 0) } // years later
		releases, err := again.DayReleases(ctx, who, "2016-05-05", 0)
		if err != nil || len(releases) != 3 {
			t.Fatalf("%s: %v %v", name, releases, err)
		}
		for _, rel := range releases {
			f, err := again.Frozen(ctx, rel)
			if err != nil || !f.Same || rel.SHA256 != hash[rel.Mark].SHA256 {
				t.Errorf("%s: %+v: same %t, %v", name, rel, f.Same, err)
			}
		}
	}
}

// day is an hour of a day in May 2016, UTC.
func day(d, hour int) time.Time { return time.Date(2016, 5, d, hour, 0, 0, 0, time.UTC) }

func reopened(t *testing.T, r testRecord) *Record {
	t.Helper()
	again, err := NewRecord(RecordOptions{DB: r.db, Key: r.key})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func restored(t *testing.T, backup []byte) *Record {
	t.Helper()
	o, url := store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version}, filepath.Join(t.TempDir(), "restored.db")
	if _, err := Restore(context.Background(), bytes.NewReader(backup), url, o, nil, false); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key := keyOf(t, "desk.example")
	db.SetKey(key)
	r, err := NewRecord(RecordOptions{DB: db, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAFrozenDayHoldsWhatItsReadersMaySee looks for what is not for the readers of a mark.
func TestAFrozenDayHoldsWhatItsReadersMaySee(t *testing.T) {
	r := public(t)
	ctx, who := context.Background(), head("amal")
	add := func(id, mark string) {
		t.Helper()
		if _, err := r.HandIn(ctx, who, "", Handed{Report: truce.Report{ID: id, Source: "source of " + id, Text: "text of " + id, Elements: []truce.Element{{
			ID: id, Title: "title of " + id, Acts: []string{"shelling"}, Sources: []string{"named by " + id},
			When: []truce.When{{From: day(5, 10), To: day(5, 11)}}, Where: []truce.Place{{Form: truce.FormDisc, Lat: 33.51234, Lon: 36.29876, Within: 10}}}}}, Mark: mark}); err != nil {
			t.Fatal(err)
		}
	}
	add("clear", "TLP:CLEAR")
	add("green", "TLP:GREEN")
	add("amber", "TLP:AMBER")
	add("red", "TLP:RED TO:amal")
	add("strict", "TLP:AMBER+STRICT ORIGINATOR:org:mission")
	add("orcon", "TLP:GREEN ORIGINATOR:party:north ORCON")
	add("purpose", "TLP:GREEN PURPOSE:protection")
	add("embargo", "TLP:GREEN EMBARGO:2030-01-01T00:00:00.000Z")
	seen := map[string]string{"CLEAR": "clear", "GREEN": "clear green", "AMBER": "clear green amber"}
	for _, mark := range DayMarks() {
		rel, err := r.FreezeDay(ctx, who, "2016-05-05", mark, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Frozen(ctx, rel)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Report.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"clear", "green", "amber", "red", "strict", "orcon", "purpose", "embargo"} {
			want := strings.Contains(" "+seen[mark]+" ", " "+id+" ")
			if got := bytes.Contains(text, []byte("title of "+id)); got != want {
				t.Errorf("%s: the title of %s: %t", mark, id, got)
			}
			for _, never := range []string{"source of ", "text of ", "named by "} {
				if bytes.Contains(text, []byte(never+id)) {
					t.Errorf("%s: %s%s", mark, never, id)
				}
			}
		}
		if bytes.Contains(text, []byte("33.512")) || bytes.Contains(text, []byte(`"settle"`)) || f.Report.Open != nil {
			t.Errorf("%s: finer than published", mark)
		}
	}
}

func TestWhoMayFreeze(t *testing.T) {
	r := public(t)
	ctx := context.Background()
	desk, one := head("dora"), head("omar")
	desk.Roles, one.TwoFactor = []access.Role{access.Desk}, false
	of := head("lina")
	of.Party = "north"
	for name, who := range map[string]access.Person{"the desk": desk, "with one factor": one, "of a party": of, "nobody": {}, "the public": {Roles: []access.Role{access.Public}}} {
		for _, mark := range DayMarks() {
			_, err := r.FreezeDay(ctx, who, "2016-05-05", mark, nil)
			var refusal Refusal
			if kindOf(err) != truce.Denied || !errors.As(err, &refusal) {
				t.Errorf("%s under %s: %v", name, mark, err)
			}
		}
	}
	if _, err := r.FreezeDay(ctx, head("amal"), "2016-05-05", "RED", nil); kindOf(err) != truce.Invalid {
		t.Errorf("RED: %v", err)
	}
	if _, err := r.FreezeDay(ctx, head("amal"), "2016-08-26", "CLEAR", nil); kindOf(err) != truce.Conflict { // it is 27 August, 18 o'clock: 26 ended 18 hours ago
		t.Errorf("too early: %v", err)
	}
	if _, err := r.FreezeDay(ctx, head("amal"), "2016-05-05", "CLEAR", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.FreezeDay(ctx, head("boris"), "2016-05-05", "CLEAR", nil); kindOf(err) != truce.Conflict {
		t.Errorf("twice: %v", err)
	}
	closed, _ := sample(t) // all of it AMBER
	if _, err := closed.FreezeDay(ctx, head("amal"), "2016-05-05", "CLEAR", nil); kindOf(err) != truce.Conflict {
		t.Errorf("the public sees nothing, and it is frozen for them: %v", err)
	}
}

// TestACorrectionIsTold freezes a day, corrects a report of it, and one of another day.
func TestACorrectionIsTold(t *testing.T) {
	r := public(t)
	ctx, who := context.Background(), head("amal")
	freeze := func(day string) DayRelease {
		t.Helper()
		rel, err := r.FreezeDay(ctx, who, day, "CLEAR", nil)
		if err != nil {
			t.Fatal(err)
		}
		return rel
	}
	may5, june := freeze("2016-05-05"), freeze("2016-06-10")
	notice := func(rel DayRelease) *DayNotice {
		t.Helper()
		n, err := r.DayNotice(ctx, rel)
		if err != nil || !n.Frozen.Same {
			t.Fatal(err, n)
		}
		return n
	}
	if n := notice(may5); len(n.Changes) != 0 {
		t.Errorf("before any correction: %+v", n.Changes)
	}
	done, err := r.Write(ctx, who, Act{Kind: "element.assessed", Fields: map[string]any{"element": "C057", "reason": "a later count", "mark": "TLP:CLEAR",
		"changes": map[string]any{"killed": map[string]any{"low": 28, "high": 28}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []DayChange{{Figure: "killed", Then: [2]int{20, 273}, Now: [2]int{28, 271}}}
	n := notice(may5)
	killed := []string{"C051/1", "C051/2", "C057", "C058/1", "C058/2", "C058/3", "C058/4", "C058/5", "C058/6"}
	want[0].ThenIDs, want[0].NowIDs = killed, killed
	if d := cmp.Diff(want, n.Changes); d != "" {
		t.Errorf("(-want +got): %s", d)
	}
	if len(n.Entries) != 1 || n.Entries[0].Entry != done[0].N || n.Entries[0].Kind != "element.assessed" || !cmp.Equal(n.Entries[0].IDs, []string{"C057"}) {
		t.Errorf("%+v", n.Entries)
	}
	if n := notice(june); len(n.Changes) != 0 || len(n.Entries) != 0 {
		t.Errorf("a correction of another day: %+v", n.Changes)
	}
	// A report of that day that is withdrawn, and one that comes late.
	if _, err := r.Write(ctx, who, Act{Kind: "report.retracted", Fields: map[string]any{"id": "C056", "reason": "it was another day", "mark": "TLP:CLEAR"}}); err != nil {
		t.Fatal(err)
	}
	got := map[string][2][2]int{}
	for _, c := range notice(may5).Changes {
		if c.Agreement == "" {
			got[c.Figure] = [2][2]int{c.Then, c.Now}
		}
	}
	if d := cmp.Diff(map[string][2][2]int{"incidents": {{2, 4}, {1, 3}}, "elements": {{4, 12}, {1, 9}}, "withdrawn": {{0, 0}, {3, 3}}, "killed": {{20, 273}, {28, 271}},
		"killed.without": {{1, 1}, {0, 0}}, "injured.without": {{2, 4}, {1, 3}}, "no violation": {{4, 7}, {1, 4}}}, got); d != "" {
		t.Errorf("(-want +got): %s", d)
	}
	if n := notice(june); len(n.Changes) != 0 {
		t.Errorf("a correction of another day: %+v", n.Changes)
	}
	// What the public may not see changes nothing that is told them.
	before := notice(may5).Changes
	if _, err := r.HandIn(ctx, who, "", Handed{Report: truce.Report{ID: "amber", Elements: []truce.Element{{ID: "amber", Acts: []string{"shelling"}, When: []truce.When{{From: day(5, 10), To: day(5, 11)}}}}}, Mark: "TLP:AMBER"}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, notice(may5).Changes); d != "" {
		t.Errorf("a report that readers may not see: %s", d)
	}
	lines, err := r.Days(ctx, who, "2016-05-04", "2016-06-11", 0)
	if err != nil || len(lines) != 39 {
		t.Fatal(len(lines), err)
	}
	told := 0
	for _, l := range lines {
		for _, n := range l.Releases {
			if told += len(n.Changes); l.Span.Day != n.Frozen.Day {
				t.Errorf("%s lists %s", l.Span.Day, n.Frozen.ID)
			}
		}
	}
	if told == 0 {
		t.Error("the list of days tells nothing")
	}
}
