package desk

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// waiting are the reports in the inbox, in its order.
func waiting(t *testing.T, r testRecord) []string {
	t.Helper()
	in, err := r.Inbox(context.Background(), head("amal"))
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, a := range in.Waiting {
		out = append(out, a.Report)
	}
	return out
}

// What a program or a file hands in waits like what somebody takes down: life at risk first, with a
// limit for its acknowledgement and what it may belong to.
func TestWhatIsHandedInWaits(t *testing.T) {
	ctx, who := context.Background(), head("amal")
	r, _ := sample(t)
	for _, h := range []Handed{
		{Report: report("R-old")},
		{Report: report("R-api"), Door: DoorAPI},
		{Report: report("R-fire"), Door: DoorAPI, Danger: []string{"fire"}},
		{Report: report("R-file"), Door: DoorUpload},
	} {
		for i := range 2 {
			if e, err := r.HandInOnce(ctx, who, h); err != nil || e.Repeat != (i == 1) {
				t.Fatalf("%s, time %d: %+v, %v", h.Report.ID, i, e, err)
			}
		}
	}
	if diff := cmp.Diff([]string{"R-fire", "R-api", "R-file"}, waiting(t, r)); diff != "" {
		t.Errorf("the inbox (-want +got):\n%s", diff)
	}
	in, err := r.Inbox(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	for i, limit := range []time.Duration{time.Hour, 24 * time.Hour, 24 * time.Hour} { // under fire, else
		if a := in.Waiting[i]; a.Due.Sub(a.Received) != limit || a.Number == 0 {
			t.Errorf("%s: number %d, due after %s, want %s", a.Report, a.Number, a.Due.Sub(a.Received), limit)
		}
	}
	near, err := r.Suggest(ctx, who, "R-api", 5)
	if err != nil || len(near) == 0 || !slices.Contains([]string{"R-old", "R-fire", "R-file"}, near[0].Report) {
		t.Errorf("suggested: %v, %v", near, err)
	}
}

// A folder that is loaded is the mission's past. Since a day that is named, what belongs to no
// incident waits, and what does not say when it was; loading again changes nothing.
func TestAMissionsPastWaitsNowhere(t *testing.T) {
	ctx, who := context.Background(), head("amal")
	r, l := sample(t)
	if got := waiting(t, r); len(got) > 0 || l.Waiting != 0 {
		t.Fatalf("%v wait", got)
	}
	file := filepath.Join(t.TempDir(), "more.csv")
	rows := "id,from,act,incident\n" +
		"before,2016-11-30,shelling,\n" +
		"on,2016-12-01,shelling,\n" +
		"joined,2016-12-02,shelling,I-1\n" +
		"after,2016-12-03,shelling,\n" +
		"undated,,shelling,\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(since string) *Loaded {
		t.Helper()
		l, err := r.Load(ctx, who, "../missions/syria-2016", LoadOptions{Records: []Source{{File: file}}, Since: since})
		if err != nil || len(l.SetAside) > 0 {
			t.Fatal(err, l.SetAside)
		}
		return l
	}
	load("")
	if got := waiting(t, r); len(got) > 0 {
		t.Errorf("%v wait", got)
	}
	for range 2 {
		if l := load("2016-12-01"); l.Waiting != 3 {
			t.Errorf("%d are said to wait", l.Waiting)
		}
		if diff := cmp.Diff([]string{"on", "after", "undated"}, waiting(t, r)); diff != "" {
			t.Errorf("the inbox (-want +got):\n%s", diff)
		}
	}
	if err := r.Triage(ctx, who, "gone", Triage{Report: "on", Do: "leave", Words: "of another war"}); err != nil {
		t.Fatal(err)
	}
	load("2016-12-01")
	if got := waiting(t, r); slices.Contains(got, "on") {
		t.Error("what was left unexamined waits again")
	}
	if _, err := r.Load(ctx, who, "../missions/syria-2016", LoadOptions{Since: "soon"}); err == nil {
		t.Error("soon is a day")
	}
}

// A report of a day outside the mission's period is joined to an incident like any other: its case
// stands since the incident was opened, though nothing of it is judged.
func TestACaseOutsideThePeriodHasAStage(t *testing.T) {
	ctx, who := context.Background(), head("amal")
	r, _ := sample(t)
	late := report("R-late")
	late.Elements[0].When[0].From, late.Elements[0].When[0].To = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
	if _, err := r.HandIn(ctx, who, "", Handed{Report: late, Door: DoorAPI, Danger: []string{"fire"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Triage(ctx, who, "open", Triage{Report: "R-late", Do: "open", Incident: "I-late"}); err != nil {
		t.Fatal(err)
	}
	f, err := r.CaseFile(ctx, who, sightOf(t, r, who, 0), "I-late")
	if err != nil {
		t.Fatal(err)
	}
	if f.Stage.Name != StageReceived || f.Since.IsZero() || !f.Live || f.Due().Sub(f.Since) != time.Hour {
		t.Errorf("%+v", f.Case)
	}
	in, err := r.Incident(ctx, who, sightOf(t, r, who, 0), "I-late", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Reports) != 1 || in.Reports[0].ID != "R-late" || len(in.Outside) != 1 || len(in.Members) != 0 {
		t.Errorf("its page has the reports %v, acts %v, and %d outside the period", in.Reports, in.Members, len(in.Outside))
	}
	if due := (Case{Stage: f.Stage}).Due(); !due.IsZero() {
		t.Errorf("what began nobody knows when is due %s", due)
	}
}
