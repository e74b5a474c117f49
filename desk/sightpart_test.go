package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"truce"
	"truce/access"
	"truce/geo"
)

// small makes a record look at no more than so many elements whole.
func small(r testRecord, atOnce int) {
	r.atOnce, r.large, r.parts = atOnce, map[string]int64{}, nil
}

func scoped(t *testing.T, r testRecord, who access.Person, of Scope) *Sight {
	t.Helper()
	s, err := r.SightOf(context.Background(), who, 0, of)
	if err != nil {
		t.Fatal(err)
	}
	if s.Part == nil {
		t.Fatal("it is a sight of the whole")
	}
	return s
}

// holds checks that what a part holds is what the whole says of it, and returns what it holds.
func holds(t *testing.T, whole, part *Sight) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for i, e := range part.Result.Elements {
		out[e.ID] = true
		k, ok := whole.Find(e.ID)
		if !ok {
			t.Fatalf("%s is not in the whole", e.ID)
		}
		same := gocmp.Comparer(func(a, b geo.Extent) bool { return a.Key() == b.Key() })
		if d := gocmp.Diff(whole.Result.Elements[k], e); d != "" {
			t.Fatalf("%s: %s", e.ID, d)
		}
		if d := gocmp.Diff(whole.About[k], part.About[i], same); d != "" {
			t.Fatalf("%s: %s", e.ID, d)
		}
	}
	if len(out) != len(part.Result.Elements) {
		t.Fatalf("%d elements, %d identifiers", len(part.Result.Elements), len(out))
	}
	return out
}

// TestAPartSaysWhatTheWholeSays: for stretches of days of the sample mission.
func TestAPartSaysWhatTheWholeSays(t *testing.T) {
	r, _ := sample(t)
	whole := sightOf(t, r, head("amal"), 0)
	if len(whole.Result.Elements) < 100 {
		t.Fatalf("%d elements are too few for this", len(whole.Result.Elements))
	}
	for _, most := range []int{20, 120, 140} {
		cut := 0
		for _, ask := range []Days{{}, {"2016-03-01", "2016-03-20"}, {"2016-04-10", "2016-04-10"}, {"", "2016-05-15"}, {"2016-08-01", ""}, {"2016-02-01", "2016-09-30"}, {"2015-01-01", "2015-01-02"}} {
			small(r, most)
			part := scoped(t, r, head("amal"), Scope{Days: []Days{ask}})
			got, p := holds(t, whole, part), part.Part
			if p.To == "" || ask.To != "" && p.To != ask.To || ask.From != "" && p.From < ask.From {
				t.Errorf("%d, %v: it holds %+v", most, ask, p)
			}
			if p.More {
				cut++
			}
			if p.More == (ask.From != "" && p.From == ask.From) && p.From != p.To {
				t.Errorf("%d, %v: it holds %+v, which is not what was asked, or all of it", most, ask, p)
			}
			for i := range whole.Result.Elements {
				a, id := whole.About[i], whole.Result.Elements[i].ID
				in := a.First != "" && a.First <= p.To && a.Last >= p.From
				if placed := !a.Extent.Anywhere(); in && !got[id] && (placed || a.First >= p.From) && !(p.More && p.From == p.To) {
					t.Errorf("%d, %v: %s of %s to %s is not in %+v", most, ask, id, a.First, a.Last, p)
				}
				if got[id] && a.First != "" && !in {
					t.Errorf("%d, %v: %s of %s to %s is in %+v", most, ask, id, a.First, a.Last, p)
				}
			}
			if first, last := part.Result.Bounds(); first != p.From || last != p.To || part.Result.Clocks() != nil || part.Result.Duties() != nil {
				t.Errorf("%d, %v: it reckons from %s to %s, with %d clocks", most, ask, first, last, len(part.Result.Clocks()))
			}
		}
		if cut == 0 {
			t.Errorf("%d: nothing is cut", most)
		}
	}
}

// TestPartsOfOtherSorts: what is asked by identifier or by words is found wherever it lies.
func TestPartsOfOtherSorts(t *testing.T) {
	r, _ := sample(t)
	ctx, who := context.Background(), head("amal")
	whole := sightOf(t, r, who, 0)
	small(r, 4)
	word, members := "", map[string][]string{}
	for _, e := range whole.Result.Elements {
		if fields := strings.Fields(e.Title); word == "" && len(fields) > 2 && len(fields[1]) > 4 {
			word = fields[1]
		}
		members[cmp.Or(e.Incident, e.ID)] = append(members[cmp.Or(e.Incident, e.ID)], e.ID)
	}
	for incident, ids := range members {
		part := scoped(t, r, who, Scope{Incident: ids[len(ids)-1]})
		got := holds(t, whole, part)
		for _, id := range ids {
			if !got[id] {
				t.Errorf("%s of %s is missing", id, incident)
			}
		}
		lead, err := r.IncidentOf(ctx, who, part, ids[0])
		want, bad := r.IncidentOf(ctx, who, whole, ids[0])
		if err != nil || bad != nil || lead != want {
			t.Errorf("%s leads to %v, %v; in the whole to %v, %v", ids[0], lead, err, want, bad)
		}
		small(r, 4)
	}
	some := []string{whole.Result.Elements[3].ID, whole.Result.Elements[90].ID}
	if got := holds(t, whole, scoped(t, r, who, Scope{IDs: append(some, "nobody")})); len(got) != 2 || !got[some[0]] || !got[some[1]] {
		t.Errorf("of %q: %v", some, got)
	}
	if part := scoped(t, r, who, Scope{Words: word}); len(holds(t, whole, part)) == 0 || !part.Part.Words || len(part.Part.Found) == 0 {
		t.Errorf("nothing has the word %q", word)
	}
	if _, err := r.SightOf(ctx, who, 0, Scope{Days: []Days{{"2016-03-01", "2016-03-31"}, {"2016-04-01", "2016-04-30"}}}); kindOf(err) != truce.Invalid {
		t.Errorf("two stretches of too many: %v", err)
	}
}

// TestAPartHoldsWhatMayBeSeen: nobody sees in a part what they do not see in the whole, and what
// is entered later is in it.
func TestAPartHoldsWhatMayBeSeen(t *testing.T) {
	r, _ := sample(t)
	ctx := context.Background()
	late := report("LATE")
	late.Elements[0].When = []truce.When{{From: time.Date(2016, 9, 29, 10, 0, 0, 0, time.UTC), To: time.Date(2016, 9, 29, 11, 0, 0, 0, time.UTC)}}
	for _, who := range []access.Person{{}, {ID: "m", Roles: []access.Role{access.Monitor}}, {ID: "l", Roles: []access.Role{access.Liaison}, Party: "goi"}, head("amal")} {
		small(r, 1_000_000)
		whole := sightOf(t, r, who, 0)
		if whole.Result == nil {
			continue
		}
		if small(r, 8); len(whole.Result.Elements) > 8 {
			holds(t, whole, scoped(t, r, who, Scope{}))
			holds(t, whole, scoped(t, r, who, Scope{Words: "shelling"}))
			holds(t, whole, scoped(t, r, who, Scope{IDs: slices.Sorted(func(yield func(string) bool) {
				for id := range whole.at {
					if !yield(id) {
						return
					}
				}
			})}))
		}
	}
	before := scoped(t, r, head("amal"), Scope{})
	again := scoped(t, r, head("amal"), Scope{})
	if before.Result != again.Result {
		t.Error("the same part is made twice")
	}
	if _, err := r.HandIn(ctx, head("amal"), "late", Handed{Report: late}); err != nil {
		t.Fatal(err)
	}
	if _, ok := scoped(t, r, head("amal"), Scope{Days: []Days{{"2016-09-29", "2016-09-29"}}}).Find("LATE/1"); !ok {
		t.Error("what was just entered is not in its day")
	}
	if after := scoped(t, r, head("amal"), Scope{}); after.Result == before.Result {
		t.Error("a part is as it was although an element came")
	}
}
