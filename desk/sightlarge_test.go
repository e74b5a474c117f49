package desk

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"truce"
)

// everyVerdict lists verdicts page by page, by identifier.
func everyVerdict(t *testing.T, r testRecord, q VerdictQuestion) (all map[string]string, total *int) {
	t.Helper()
	all = map[string]string{}
	for {
		p, err := r.Verdicts(context.Background(), head("amal"), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Verdicts) > q.Limit {
			t.Fatalf("%d verdicts on a page of %d", len(p.Verdicts), q.Limit)
		}
		for _, raw := range p.Verdicts {
			var v struct{ ID string }
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Fatal(err)
			}
			if all[v.ID] != "" {
				t.Fatalf("%s stands there twice", v.ID)
			}
			all[v.ID] = string(raw)
		}
		if total = p.Total; p.Next == "" {
			return all, total
		}
		q.After = p.Next
	}
}

// TestVerdictsOfALargeRecordAreThoseOfTheWhole: whatever the pages, and what is asked.
func TestVerdictsOfALargeRecordAreThoseOfTheWhole(t *testing.T) {
	r, _ := sample(t)
	asked := []VerdictQuestion{{Outcome: "undetermined", Limit: 7}, {Agreement: "sy-coh-2016-02", Limit: 333}, {Outcome: "violation", Limit: 1000}}
	var whole []map[string]string
	for _, q := range asked {
		all, total := everyVerdict(t, r, q)
		if total == nil || *total != len(all) || len(all) == 0 {
			t.Fatalf("%+v: %d verdicts of %v", q, len(all), total)
		}
		whole = append(whole, all)
	}
	small(r, 40)
	for i, q := range asked {
		all, total := everyVerdict(t, r, q)
		if d := gocmp.Diff(whole[i], all); d != "" {
			t.Errorf("%+v: %s", q, d)
		}
		if total != nil {
			t.Errorf("%+v: it says that there are %d in all", q, *total)
		}
	}
	if _, err := r.Verdicts(context.Background(), head("amal"), VerdictQuestion{After: "50"}); kindOf(err) != truce.Invalid {
		t.Errorf("a cursor of a smaller record: %v", err)
	}
}

// TestTheStateOfALargeRecord: it is counted when that is asked for, and else not told.
func TestTheStateOfALargeRecord(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	whole, err := r.State(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	small(r, 40)
	counted, err := r.State(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(whole, counted); d != "" {
		t.Error(d)
	}
	if s, err := r.Status(ctx, 0); err != nil || s.Verdicts != nil || !s.Uncounted || s.Root != whole.Root {
		t.Errorf("%+v %v", s, err)
	}
}

// TestADayOfALargeRecordSaysTheSame as one of the whole, but for what only the whole knows.
func TestADayOfALargeRecordSaysTheSame(t *testing.T) {
	ctx, who := context.Background(), head("amal")
	r, _ := sample(t)
	s := sightOf(t, r, who, 0)
	var wholes, files []*DayReport
	for _, day := range []string{"2016-02-27", "2016-03-24", "2016-04-28", "2016-07-11"} {
		lasts := slices.ContainsFunc(s.About, func(a About) bool { // what has no place is found by its first day alone
			return a.Extent.Anywhere() && a.First < dayBefore(day) && a.Last >= dayBefore(day)
		})
		d, err := r.Day(ctx, who, day, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d.Undated == nil || d.Clocks == nil {
			t.Errorf("%s of the whole: %v %v", day, d.Undated, d.Clocks)
		}
		file, err := r.DayFile(ctx, who, day, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !lasts {
			wholes, files = append(wholes, d), append(files, file)
		}
	}
	if len(wholes) < 2 {
		t.Fatal("too few days for this")
	}
	lines, err := r.Days(ctx, who, "2016-03-01", "2016-03-31", 0)
	if err != nil || len(lines) != 31 {
		t.Fatalf("%d days, %v", len(lines), err)
	}
	small(r, 100)
	for i, want := range wholes {
		got, err := r.Day(ctx, who, want.Span.Day, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got.Undated != nil || got.Clocks != nil {
			t.Errorf("%s: it tells of %v and %v", want.Span.Day, got.Undated, got.Clocks)
		}
		got.Undated, got.Clocks = want.Undated, want.Clocks
		if d := gocmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", want.Span.Day, d)
		}
		file, err := r.DayFile(ctx, who, want.Span.Day, 0)
		if err != nil || file.Undated != nil {
			t.Fatalf("%s as a file: %v", want.Span.Day, err)
		}
		file.Undated, file.Clocks = files[i].Undated, files[i].Clocks
		if d := gocmp.Diff(files[i], file); d != "" {
			t.Errorf("%s as a file: %s", want.Span.Day, d)
		}
	}
	part, err := r.Days(ctx, who, "2016-03-01", "2016-03-31", 0)
	if err != nil || len(part) == 0 || len(part) > len(lines) || part[len(part)-1].Span.Day != "2016-03-31" {
		t.Fatalf("%d days, %v", len(part), err)
	}
	for i, line := range part {
		if want := lines[len(lines)-len(part)+i]; line.Figures.Incidents.Sure != want.Figures.Incidents.Sure || line.Span.Day != want.Span.Day {
			t.Errorf("%s: %+v, not %+v", line.Span.Day, line.Figures.Incidents, want.Figures.Incidents)
		}
	}
	for _, day := range []string{"2015-01-01", "2031-01-01"} {
		if _, err := r.Day(ctx, who, day, 0); kindOf(err) != truce.Absent {
			t.Errorf("%s: %v", day, err)
		}
	}
}
