package desk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"truce"
	"truce/geo"
)

// TestALookAfterAnyActsIsAFreshLook: what is read again after reports, corrections, joins and
// splits is what somebody reads who never looked before.
func TestALookAfterAnyActsIsAFreshLook(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who, dice := head("amal"), rand.New(rand.NewPCG(7, 16))
	some := func() string { return fmt.Sprintf("N%d", dice.IntN(12)) }
	done := 0
	for i := range 12 {
		id, other := some(), some()
		told := report(id)
		told.Elements[0].When[0].From = told.Elements[0].When[0].From.Add(-time.Duration(dice.IntN(9000)) * time.Hour)
		told.Elements[0].When[0].To = told.Elements[0].When[0].From.Add(time.Hour)
		acts := []Act{
			{Kind: "report.received", Fields: map[string]any{"id": id, "elements": told.Elements, "text": "heard"}},
			{Kind: "report.corrected", Fields: map[string]any{"id": id, "elements": told.Elements, "reason": "heard again"}},
			{Kind: "report.corrected", Fields: map[string]any{"id": id, "elements": []truce.Element{}, "reason": "it was another"}},
			{Kind: "report.retracted", Fields: map[string]any{"id": id, "reason": "thunder"}},
			{Kind: "incident.opened", Fields: map[string]any{"id": "I" + id, "members": []string{other + "/1"}}},
			{Kind: "incident.joined", Fields: map[string]any{"id": "I" + id, "members": []string{other + "/1", "C143/1"}, "reason": "one happening"}},
			{Kind: "incident.split", Fields: map[string]any{"id": "I" + id, "members": []string{other + "/1"}, "reason": "two"}},
			{Kind: "element.assessed", Fields: map[string]any{"element": id + "/1", "changes": map[string]any{"by": []string{"russia"}}, "reason": "seen"}},
		}
		for range 1 + dice.IntN(3) {
			if _, err := r.Write(ctx, who, acts[dice.IntN(len(acts))]); err == nil { // some contradict the state, and are refused
				done++
			}
		}
		kept, err := r.judge(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := NewRecord(RecordOptions{DB: r.db, Key: r.key, Now: r.now})
		if err != nil {
			t.Fatal(err)
		}
		anew, err := fresh.judge(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(anew.Elements, kept.Elements, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("after %d: %s", i, diff)
		}
		if diff := cmp.Diff(anew.rows, kept.rows, cmp.AllowUnexported(weighed{})); diff != "" {
			t.Fatalf("after %d: %s", i, diff)
		}
		if diff := cmp.Diff(anew.found, kept.found, cmp.AllowUnexported(judged{}), cmp.Comparer(func(a, b geo.Extent) bool { return a.String() == b.String() })); diff != "" {
			t.Fatalf("after %d: %s", i, diff)
		}
	}
	if done < 6 {
		t.Errorf("only %d acts were entered", done)
	}
}

// takeTurns takes all turns to look, until the returned function is called.
func (r *Record) takeTurns() (free func()) {
	for range cap(r.looks) {
		r.looks <- struct{}{}
	}
	return func() {
		for range cap(r.looks) {
			<-r.looks
		}
	}
}

// TestWhoDoesNotWaitIsAnsweredLater: the judge goes on for the next who ask.
func TestWhoDoesNotWaitIsAnsweredLater(t *testing.T) {
	r, _ := sample(t)
	free := r.takeTurns()
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if _, err := r.Sight(ctx, head("amal"), 0); err != context.DeadlineExceeded {
		t.Errorf("who went away is told %v", err)
	}
	free()
	s := sightOf(t, r, head("amal"), 0)
	if again := sightOf(t, r, head("amal"), 0); again.Result != s.Result {
		t.Error("it is made twice")
	}
	if r.Judging() != nil {
		t.Error("the judge is at work although nobody asked it")
	}
}

// TestManyWhoLookAtOnceWaitForOneLook: and each of them sees what was entered before the look was
// asked for, and nothing else than by a look alone.
func TestManyWhoLookAtOnceWaitForOneLook(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	free := r.takeTurns()
	var all sync.WaitGroup
	sights := make([]*Sight, 8)
	for i := range sights {
		id := fmt.Sprint("LATE", i)
		if _, err := r.HandIn(ctx, head("amal"), id, Handed{Report: report(id)}); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			s, err := r.Sight(ctx, head("amal"), 0)
			if err != nil {
				t.Error(err)
				return
			}
			if _, there := s.Find(id + "/1"); !there {
				t.Errorf("%s was entered before the look and is not in it", id)
			}
			sights[i] = s
		})
	}
	time.Sleep(50 * time.Millisecond) // so that they wait; those who come later look alone
	free()
	all.Wait()
	looks := map[*Result]bool{}
	for _, s := range sights {
		looks[s.Result] = true
	}
	if len(looks) > 2 {
		t.Errorf("%d looks for %d who looked at once", len(looks), len(sights))
	}
	alone := sightOf(t, r, head("amal"), sights[0].AsOf)
	if diff := cmp.Diff(alone.Result.Elements, sights[0].Result.Elements); diff != "" {
		t.Error(diff)
	}
}

// TestWhoWaitsTogetherMayComeToSeeDifferentThings: two who saw the same wait for one look, and
// meanwhile something comes under a mark that is for one of them alone.
func TestWhoWaitsTogetherMayComeToSeeDifferentThings(t *testing.T) {
	for _, order := range [][]string{{"amal", "vera"}, {"vera", "amal"}} {
		t.Run(order[0]+" first", func(t *testing.T) {
			ctx := context.Background()
			r, _ := sample(t)
			free := r.takeTurns()
			if _, err := r.HandIn(ctx, head("amal"), "", Handed{Report: report("NEW")}); err != nil { // or nothing has to be looked at again
				t.Fatal(err)
			}
			var both sync.WaitGroup
			var secret Entered
			for _, who := range order {
				both.Go(func() {
					s, err := r.Sight(ctx, head(who), 0)
					if err != nil {
						t.Error(err)
						return
					}
					if _, there := s.Find("SECRET/1"); there != (who == "amal" && s.AsOf > secret.N) {
						t.Errorf("%s sees what is for amal alone as of %d, entered as %d: %v", who, s.AsOf, secret.N, there)
					}
				})
				time.Sleep(20 * time.Millisecond)
			}
			var err error
			if secret, err = r.HandIn(ctx, head("amal"), "", Handed{Report: report("SECRET"), Mark: "TLP:RED TO:amal"}); err != nil {
				t.Fatal(err)
			}
			free()
			both.Wait()
			for who, may := range map[string]bool{"amal": true, "vera": false} {
				if _, there := sightOf(t, r, head(who), 0).Find("SECRET/1"); there != may {
					t.Errorf("%s sees what is for amal alone: %v", who, there)
				}
			}
		})
	}
}
