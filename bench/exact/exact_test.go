package exact

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/bench/world"
)

func TestTheEngineAgreesWithThePlainEvaluators(t *testing.T) {
	w, err := world.New(world.Config{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	for i := range 60 {
		row := w.Row(i)
		e.Compare(&tally, row, e.Outcomes(row))
	}
	t.Log(tally)
	if !tally.Agrees() || tally.Clauses != 60*400 || tally.Pairs == 0 || tally.Equal+tally.Firmer+tally.Daily != tally.Pairs {
		t.Errorf("%+v", tally)
	}
}

func TestAWrongAnswerVoidsTheLine(t *testing.T) {
	w, err := world.New(world.Config{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	row, clause := sure(t, w, e)
	for _, wrong := range []truce.Tri{truce.No, truce.Unknown} {
		var tally Tally
		found := e.Outcomes(row)
		found[clause] = wrong
		e.Compare(&tally, row, found)
		if tally.Agrees() || tally.Unexplained != 1 || (tally.Contradictions == 1) != (wrong == truce.No) {
			t.Errorf("%v for a violation: %+v", wrong, tally)
		}
	}
}

// sure finds a row and a clause that it surely breaks, by the plain evaluator.
func sure(t *testing.T, w *world.World, e *Engine) (world.Row, int) {
	t.Helper()
	for i := range 1000 {
		row := w.Row(i)
		for _, f := range e.single.Judge(row, w.Locate(row.At)) {
			if f.Open == 0 {
				return row, f.Agreement
			}
		}
	}
	t.Fatal("no row surely breaks a clause")
	return world.Row{}, 0
}

// A report of five days: its actor's membership ends, or begins, on the third.
func TestMembershipsFollowTheTime(t *testing.T) {
	always := world.Term{From: 16000, To: 16100, Not: world.None, By: 0, Against: world.None, Except: world.None}
	late := always
	late.From = 16053
	row := world.Row{Start: 16050, End: 16054, WherePrec: 1, A: 0, B: world.None, Means: world.None, Deaths: world.None,
		At: world.Point{Lon: 39_000_000, Lat: 35_000_000}}
	ends, begins := world.Member{Actor: 0, From: 15000, To: 16052}, world.Member{Actor: 0, From: 16052, To: 17000}
	for _, c := range []struct {
		name   string
		term   world.Term
		member world.Member
		want   truce.Tri
		count  Tally
	}{
		{"a member on two of the days: the workload asks for the first alone", always, ends, truce.Unknown, Tally{Pairs: 1, Daily: 1}},
		{"a member on the last three days only", always, begins, truce.Unknown, Tally{Pairs: 1, Daily: 1}},
		{"the duty begins when the membership is over: no day breaks it", late, ends, truce.No, Tally{Pairs: 1, Firmer: 1}},
		{"a member on all days", always, world.Member{Actor: 0, From: 15000, To: 17000}, truce.Yes, Tally{Pairs: 1, Equal: 1}},
	} {
		w, err := world.New(world.Config{Agreements: 1, Terms: 1})
		if err != nil {
			t.Fatal(err)
		}
		w.Parties = [][]world.Member{{c.member}}
		w.Agreements = []world.Agreement{{From: 16000, To: 16100, Terms: []world.Term{c.term}}}
		e, err := New(w)
		if err != nil {
			t.Fatal(err)
		}
		found := e.Outcomes(row)
		var tally Tally
		e.Compare(&tally, row, found)
		c.count.Rows, c.count.Clauses = 1, 1
		if diff := cmp.Diff(c.count, tally); diff != "" || found[0] != c.want {
			t.Errorf("%s: %v, want %v (-want +got):\n%s", c.name, found[0], c.want, diff)
		}
	}
}

func TestEveryVerdictSaysWhyInWords(t *testing.T) {
	w, err := world.New(world.Config{Agreements: 2})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range 5 {
		e.Verdicts(w.Row(i), func(v truce.Verdict) {
			n++
			if v.Code == "" || len(v.Steps) == 0 || v.Steps[0].Because == "" {
				t.Errorf("row %d, %s %s: %+v", i, v.Agreement, v.Clause, v)
			}
		})
	}
	if n != 5*2*10 {
		t.Errorf("%d verdicts", n)
	}
}
