package exact

import (
	"testing"

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
	if !tally.Agrees() || tally.Pairs != 60*40 || tally.Equal+tally.Firmer+tally.Daily != tally.Pairs {
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
