package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/access"
	"truce/record"
)

// convoy is one source's account of the attack on an aid convoy: same evening, same town, its own toll.
func convoy(id, source string, low, high float64) truce.Report {
	from := time.Date(2016, 9, 19, 16, 0, 0, 0, time.UTC)
	return truce.Report{ID: id, Source: source, Elements: []truce.Element{{ID: id, Title: "aid convoy hit",
		When:  []truce.When{{From: from, To: from.Add(5 * time.Hour)}},
		Where: []truce.Place{{Form: truce.FormDisc, Name: "Urum al-Kubra", Lat: 36.15, Lon: 36.94, Within: 3000}},
		Acts:  []string{"air-strike"}, Killed: &truce.Range{Low: low, High: high}, Sources: []string{source}}}}
}

// HC-F1: five tolls for one attack are suggested as one incident, never as five.
func TestFiveTollsOfOneAttackAreSuggestedTogether(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	tolls := map[string][2]float64{"sohr": {12, 12}, "un": {18, 18}, "board": {10, 21}, "coi": {14, 14}, "hrw": {21, 21}}
	for _, name := range sortedWords(tolls) {
		if _, err := r.HandIn(ctx, who, "", Handed{Report: convoy("F1-"+name, name, tolls[name][0], tolls[name][1])}); err != nil {
			t.Fatal(err)
		}
	}
	far := convoy("F1-far", "council", 12, 12)
	far.Elements[0].Where[0].Lat, far.Elements[0].Where[0].Name = 36.55, "elsewhere"
	if _, err := r.HandIn(ctx, who, "", Handed{Report: far}); err != nil {
		t.Fatal(err)
	}
	got, err := r.Suggest(ctx, who, "F1-sohr", 20)
	if err != nil {
		t.Fatal(err)
	}
	odds := map[string]float64{}
	for _, s := range got {
		odds[s.Element] = s.Odds
		t.Logf("%.3f %s: %s", s.Odds, s.Element, strings.Join(s.Reasons, "; "))
	}
	for name := range tolls {
		if name != "sohr" && odds["F1-"+name] < 0.5 {
			t.Errorf("F1-%s is suggested with %.2f only", name, odds["F1-"+name])
		}
	}
	if odds["F1-far"] > 0.3 {
		t.Errorf("a strike 44 km away is suggested with %.2f", odds["F1-far"])
	}
}

// In the thick of it, with more told of the days and towns around than is looked through, the
// account from the same town and evening is found.
func TestTheNearestIsSuggestedHoweverMuchIsToldAround(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	var acts []Act
	hand := func(id string, lat float64, earlier time.Duration) {
		told := convoy(id, "wire", 1, 1)
		e := &told.Elements[0]
		e.Where[0].Lat, e.Where[0].Name = lat, ""
		e.When[0].From, e.When[0].To = e.When[0].From.Add(-earlier), e.When[0].To.Add(-earlier)
		o, err := r.terms(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		acts = append(acts, Act{Kind: "report.received", Fields: map[string]any{"id": id, "elements": told.Elements, "boxes": []any{record.Box(boxOf(o.mission.atlas, *e))}}})
	}
	for i := range mostLookedAt + 100 {
		hand(fmt.Sprint("AROUND-", i), 36.45, 48*time.Hour)
	}
	hand("SAME", 36.15, 0)
	if _, err := r.Write(ctx, who, acts...); err != nil {
		t.Fatal(err)
	}
	if _, err := r.HandIn(ctx, who, "", Handed{Report: convoy("NEW", "council", 1, 1)}); err != nil {
		t.Fatal(err)
	}
	got, err := r.Suggest(ctx, who, "NEW", 3)
	if err != nil || len(got) == 0 || got[0].Report != "SAME" {
		t.Errorf("it suggests %+v, %v", got, err)
	}
}

func TestSuggestionsShowNobodyWhatIsNotTheirs(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	for _, id := range []string{"S-1", "S-2"} {
		if _, err := r.HandIn(ctx, who, "", Handed{Report: convoy(id, "council", 12, 12), Mark: map[string]string{"S-1": "TLP:GREEN", "S-2": "TLP:RED"}[id]}); err != nil {
			t.Fatal(err)
		}
	}
	monitor := access.Person{ID: "noor", Roles: []access.Role{access.Monitor}, Org: "mission", TwoFactor: true}
	got, err := r.Suggest(ctx, monitor, "S-1", 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.Report == "S-2" {
			t.Error("a monitor is told of a report that is not theirs to see")
		}
	}
	if _, err := r.Suggest(ctx, monitor, "S-2", 20); err == nil {
		t.Error("suggestions for a report that the person may not read")
	}
}

func TestRetractedReportsAreNotSuggested(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	for _, id := range []string{"S-1", "S-2"} {
		if _, err := r.HandIn(ctx, who, "", Handed{Report: convoy(id, "council", 12, 12)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Write(ctx, who, Act{Kind: "report.retracted", Fields: map[string]any{"id": "S-2", "reason": "the source took it back"}}); err != nil {
		t.Fatal(err)
	}
	got, err := r.Suggest(ctx, who, "S-1", 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.Report == "S-2" {
			t.Errorf("a retracted report is suggested with %.2f", s.Odds)
		}
	}
}

func TestWhatPeopleJudgedDifferentIsNotSuggested(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	for _, id := range []string{"S-1", "S-2", "S-3"} {
		if _, err := r.HandIn(ctx, who, "", Handed{Report: convoy(id, "council", 12, 12)}); err != nil {
			t.Fatal(err)
		}
	}
	suggested := func() (out []string) {
		got, err := r.Suggest(ctx, who, "S-1", 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			out = append(out, s.Report)
		}
		return out
	}
	judge := func(says string) {
		if _, err := r.Write(ctx, who, Act{Kind: "match.judged", Fields: map[string]any{"pair": []string{"S-1", "S-2"}, "says": says}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := suggested(); !slices.Contains(got, "S-2") || !slices.Contains(got, "S-3") {
		t.Fatalf("before any judgment: %v", got)
	}
	judge("different")
	if got := suggested(); slices.Contains(got, "S-2") || !slices.Contains(got, "S-3") {
		t.Errorf("judged different: %v", got)
	}
	judge("unsure") // they thought again
	if got := suggested(); !slices.Contains(got, "S-2") {
		t.Errorf("the judgment taken back: %v", got)
	}
	if _, err := r.Write(ctx, who, Act{Kind: "match.judged", Fields: map[string]any{"pair": []string{"S-3", "S-1"}, "says": "different"}}); err != nil {
		t.Fatal(err)
	}
	if got := suggested(); slices.Contains(got, "S-3") || !slices.Contains(got, "S-2") {
		t.Errorf("a pair judged in the other order: %v", got)
	}
	if _, err := r.Write(ctx, who, Act{Kind: "match.judged", Fields: map[string]any{"pair": []string{"S-1", "S-2"}, "says": "perhaps"}}); err == nil {
		t.Error("a word that is no judgment is taken")
	}
}
