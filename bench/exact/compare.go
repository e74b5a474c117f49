package exact

import (
	"fmt"

	"truce"
	"truce/bench/world"
)

// Tally counts how the engine's answers compare with those of world.Judge. A pair is a
// row and an agreement; its answer is the first clause that is surely broken, else the
// first that may be, else none. Which facts an answer is open for is not compared.
type Tally struct {
	Rows, Clauses int
	// Pairs are those of which either has an answer; for all others both say none.
	Pairs, Equal int
	// Firmer pairs differ only in clauses that the workload leaves open and the engine
	// does not: joining facts one by one cannot see that no combination of them, or each,
	// breaks the clause.
	Firmer int
	// Daily pairs differ because the workload takes memberships as of the first day of a
	// report, and the engine as of each day on which it may have happened.
	Daily int
	// Different pairs differ otherwise.
	Different int
	// Contradictions are clauses that one has for sure broken and the other for sure not.
	Contradictions int
	// Unexplained are clauses where the engine's answer is not that of the plain
	// evaluator of the language's question, day by day.
	Unexplained int
	Example     string
}

// Agrees reports whether speeds may be stated.
func (t Tally) Agrees() bool {
	return t.Different == 0 && t.Contradictions == 0 && t.Unexplained == 0
}

func (t Tally) String() string {
	s := fmt.Sprintf("%d of %d pairs equal, %d firmer, %d by another day's membership, %d different; %d contradictions in %d clauses",
		t.Equal, t.Pairs, t.Firmer, t.Daily, t.Different, t.Contradictions, t.Clauses)
	if !t.Agrees() {
		return "VOID: " + s + ", such as " + t.Example
	}
	return s
}

// Compare adds a row and the engine's outcomes under every clause.
func (e *Engine) Compare(t *Tally, row world.Row, found []truce.Tri) {
	zones := e.w.Locate(row.At)
	want := make([]truce.Tri, len(found))
	for k := range want {
		want[k] = truce.No
	}
	for _, f := range e.single.Judge(row, zones) {
		want[f.Agreement] = truce.Yes
		if f.Open != 0 {
			want[f.Agreement] = truce.Unknown
		}
	}
	t.Rows++
	t.Clauses += len(found)
	from := 0
	for number, a := range e.w.Agreements {
		to := from + len(a.Terms)
		e.pair(t, row, zones, number, want[from:to], found[from:to])
		from = to
	}
}

func (e *Engine) pair(t *Tally, row world.Row, zones world.ZoneSet, number int, want, found []truce.Tri) {
	daily := false
	for k, term := range e.w.Agreements[number].Terms {
		daily = daily || want[k] != truce.Unknown && found[k] == truce.Unknown
		plain := e.plain(row, zones, term)
		bad := 0
		if want[k] == found[k].Not() && found[k] != truce.Unknown {
			t.Contradictions++
			bad++
		}
		if plain != found[k] {
			t.Unexplained++
			bad++
		}
		if bad > 0 && t.Example == "" {
			t.Example = fmt.Sprintf("row %d, agreement %d, term %d: engine %v, day by day %v, fact by fact %v", row.ID, number, k, found[k], plain, want[k])
		}
	}
	a, b := reduce(want), reduce(found)
	if a == none && b == none {
		return
	}
	t.Pairs++
	switch {
	case a == b:
		t.Equal++
	case a.sure == truce.Yes && b == none || b.sure == truce.Yes && a == none:
		t.Different++
	case daily:
		t.Daily++
	default:
		t.Firmer++
	}
}

// answer is that of a pair.
type answer struct {
	term int
	sure truce.Tri
}

// none is the answer of a pair without any.
var none = answer{world.None, truce.No}

func reduce(clauses []truce.Tri) answer {
	best := none
	for k, c := range clauses {
		if c == truce.Yes {
			return answer{k, c}
		}
		if c == truce.Unknown && best == none {
			best = answer{k, c}
		}
	}
	return best
}
