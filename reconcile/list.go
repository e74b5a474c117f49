package reconcile

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
)

// Side is one organisation's list of happenings.
type Side struct {
	// Name is what the side is called in sentences.
	Name string
	// Zone is where its dates are days, and Cut when its reporting day starts after midnight:
	// a happening of 14 September lies between the cut of that day and of the next. A nil
	// Zone is UTC.
	Zone *time.Location
	Cut  time.Duration
	// Called are the names of actors by identifier; one that is not there is called by it.
	Called map[string]string
	// Items are the happenings, each with an identifier of its own.
	Items []truce.Element
}

// Candidate is an item of one side and an item of the other that may be the same happening.
type Candidate struct {
	A, B int     // in Side.Items
	Odds float64 // the probability that they are the same, all candidates considered
	// Alone is what the probability were if no other candidate fitted better; it tells what one
	// list counts as several. Less than Odds means the same as Odds.
	Alone float64
	// Kin says that the actors they name are the same, or one a part of the other.
	Kin bool
	// Because says why.
	Because Because
}

// Because are the reasons of whoever compared two items.
type Because []Spoken

// Spoken is one such reason: in English, and by its code with what is put in, for doors that have
// words of their own.
type Spoken struct {
	Text, Code string
	Args       []any
}

// String says the reasons in English.
func (b Because) String() string {
	out := make([]string, len(b))
	for i, s := range b {
		out[i] = s.Text
	}
	return strings.Join(out, "; ")
}

// MarshalJSON writes the reasons in English, as one text.
func (b Because) MarshalJSON() ([]byte, error) { return json.Marshal(b.String()) }

// Rules say from which probability on two items are taken for the same (Same), and up to which
// they are not (Perhaps); between the two nobody can tell. The zero value is 0.5 and 0.2.
type Rules struct{ Same, Perhaps float64 }

// Kinds of a Line.
const (
	KindSame    = "same"        // one happening in both lists; Reasons say what differs
	KindSeveral = "several"     // one of one list stands as several in the other
	KindOnlyA   = "only-a"      // in the first list alone
	KindOnlyB   = "only-b"      // in the second list alone
	KindOpen    = "cannot-tell" // what is there does not say
)

// Line is one happening of the two lists, as far as they can be aligned.
type Line struct {
	Kind string `json:"kind"`
	// A and B are places in Side.Items.
	A []int `json:"a"`
	B []int `json:"b"`
	// Odds is the probability that A and B are the same; 0 for what stands alone.
	Odds    float64  `json:"odds,omitempty"`
	Reasons []Reason `json:"reasons"`
}

// Differs reports whether the two tell it differently.
func (l Line) Differs() bool {
	return slices.ContainsFunc(l.Reasons, func(r Reason) bool { return differences[r.Code] })
}

// differences are the reasons that say that two items tell one happening differently.
var differences = map[string]bool{"list.day-cut": true, "list.day-zone": true, "list.day-perhaps": true, "list.day": true,
	"list.place-within": true, "list.place": true, "list.spelling": true, "list.actor": true, "list.killed": true, "list.injured": true}

// Align lays two lists side by side. Candidates are pairs that may be the same; pairs that are
// not among them are not. The result is the same whatever the order of the candidates.
func Align(a, b Side, candidates []Candidate, rules Rules) []Line {
	l := newAligner(a, b, candidates, rules)
	var out []Line
	for _, g := range l.groups() {
		out = append(out, l.line(g))
	}
	out = append(out, l.open()...)
	out = append(out, l.alone()...)
	slices.SortStableFunc(out, l.compare)
	return out
}

// aligner is the work of aligning.
type aligner struct {
	a, b  Side
	rules Rules
	// bestA is, for each item of A, its candidates, likeliest first; bestB the same for B.
	bestA, bestB [][]Candidate
	takenA       []bool
	takenB       []bool
}

func newAligner(a, b Side, candidates []Candidate, rules Rules) *aligner {
	l := &aligner{a: a, b: b, rules: Rules{cmp.Or(rules.Same, 0.5), cmp.Or(rules.Perhaps, 0.2)},
		bestA: make([][]Candidate, len(a.Items)), bestB: make([][]Candidate, len(b.Items)),
		takenA: make([]bool, len(a.Items)), takenB: make([]bool, len(b.Items))}
	for _, c := range candidates {
		l.bestA[c.A], l.bestB[c.B] = append(l.bestA[c.A], c), append(l.bestB[c.B], c)
	}
	for _, list := range [][][]Candidate{l.bestA, l.bestB} {
		for _, of := range list {
			slices.SortFunc(of, l.likelier)
		}
	}
	return l
}

// likelier orders candidates by probability, then by identifiers, which do not hang on the
// order of rows.
func (l *aligner) likelier(x, y Candidate) int {
	return cmp.Or(cmp.Compare(y.Odds, x.Odds), cmp.Compare(l.a.Items[x.A].ID, l.a.Items[y.A].ID), cmp.Compare(l.b.Items[x.B].ID, l.b.Items[y.B].ID))
}

// group is one happening: items of both sides, with the pair that it began as and what tells
// whether one is several.
type group struct {
	a, b  []int
	first Candidate
	count []Reason
}

// groups pairs the likeliest first. What then still has its likeliest partner in a pair joins
// it, unless the tolls say that the partner is one of them alone.
func (l *aligner) groups() []group {
	out := l.pairs(l.rules.Same, 1)
	for i := range out {
		l.widen(&out[i])
	}
	return out
}

// pairs takes the likeliest pairs of what is free, down to a probability.
func (l *aligner) pairs(least, most float64) []group {
	var all []Candidate
	for _, list := range l.bestA {
		for _, c := range list {
			if c.Odds >= least && c.Odds <= most {
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, l.likelier)
	var out []group
	for _, c := range all {
		if !l.takenA[c.A] && !l.takenB[c.B] {
			l.takenA[c.A], l.takenB[c.B] = true, true
			out = append(out, group{a: []int{c.A}, b: []int{c.B}, first: c})
		}
	}
	return out
}

// widen adds what one list counts as several, on one side only.
func (l *aligner) widen(g *group) {
	var moreA, moreB []int
	for _, c := range l.bestB[g.b[0]] {
		if max(c.Odds, c.Alone) >= l.rules.Same && !l.takenA[c.A] && l.bestA[c.A][0].B == c.B {
			moreA = append(moreA, c.A)
		}
	}
	for _, c := range l.bestA[g.a[0]] {
		if max(c.Odds, c.Alone) >= l.rules.Same && !l.takenB[c.B] && l.bestB[c.B][0].A == c.A {
			moreB = append(moreB, c.B)
		}
	}
	if len(moreA) > 0 && len(moreB) > 0 {
		return // several against several: what is free stands alone, with its reason
	}
	if several := append(slices.Clone(g.a), moreA...); len(moreA) > 0 {
		if r, ok := oneOrSeveral(l.b.Name, &l.b.Items[g.b[0]], l.a.Name, pick(l.a.Items, several)); ok {
			g.a, g.count = several, r
			take(l.takenA, moreA)
		}
	}
	if several := append(slices.Clone(g.b), moreB...); len(moreB) > 0 {
		if r, ok := oneOrSeveral(l.a.Name, &l.a.Items[g.a[0]], l.b.Name, pick(l.b.Items, several)); ok {
			g.b, g.count = several, r
			take(l.takenB, moreB)
		}
	}
}

func pick(items []truce.Element, at []int) []*truce.Element {
	out := make([]*truce.Element, len(at))
	for i, k := range at {
		out[i] = &items[k]
	}
	return out
}

func take(taken []bool, items []int) {
	for _, i := range items {
		taken[i] = true
	}
}

// line says what the two lists tell of one happening.
func (l *aligner) line(g group) Line {
	kind := KindSame
	if len(g.a)+len(g.b) > 2 {
		kind = KindSeveral
	}
	out := Line{Kind: kind, A: g.a, B: g.b, Odds: g.first.Odds, Reasons: []Reason{l.likely(g.first)}}
	out.Reasons = append(out.Reasons, g.count...)
	a, b := &l.a.Items[g.a[0]], &l.b.Items[g.b[0]]
	out.Reasons = append(out.Reasons, dayReasons(&l.a, a, &l.b, b)...)
	out.Reasons = append(out.Reasons, placeReasons(a, b)...)
	if !g.first.Kin {
		out.Reasons = append(out.Reasons, actorReasons(&l.a, a, &l.b, b)...)
	}
	if kind == KindSame {
		out.Reasons = append(out.Reasons, tollReasons(l.a.Name, a, l.b.Name, b)...)
	}
	return out
}

func (l *aligner) likely(c Candidate) Reason {
	return because("list.likely", in100(c.Odds), c.Because)
}

// open are pairs that are neither likely nor unlikely enough.
func (l *aligner) open() []Line {
	var out []Line
	for _, g := range l.pairs(l.rules.Perhaps, l.rules.Same) {
		c := g.first
		out = append(out, Line{Kind: KindOpen, A: g.a, B: g.b, Odds: c.Odds,
			Reasons: []Reason{because("list.perhaps", l.b.Items[c.B].ID, l.b.Name, in100(c.Odds)), because("list.speaks", c.Because)}})
	}
	return out
}

// alone are the items of both sides that are in no group.
func (l *aligner) alone() []Line {
	var out []Line
	for i, taken := range l.takenA {
		if !taken {
			r := whyAlone(&l.a.Items[i], &l.b, l.bestA[i], func(c Candidate) int { return c.B }, l.rules)
			out = append(out, Line{Kind: KindOnlyA, A: []int{i}, Reasons: []Reason{r}})
		}
	}
	for i, taken := range l.takenB {
		if !taken {
			r := whyAlone(&l.b.Items[i], &l.a, l.bestB[i], func(c Candidate) int { return c.A }, l.rules)
			out = append(out, Line{Kind: KindOnlyB, B: []int{i}, Reasons: []Reason{r}})
		}
	}
	return out
}

// whyAlone says why an item has no partner in the other list.
func whyAlone(e *truce.Element, other *Side, best []Candidate, partner func(Candidate) int, rules Rules) Reason {
	from, to, dated := other.span()
	switch {
	case len(best) > 0 && max(best[0].Odds, best[0].Alone) >= rules.Same:
		return because("list.further", other.Name, other.Items[partner(best[0])].ID)
	case len(best) > 0:
		return because("list.nearest", other.Name, other.Items[partner(best[0])].ID, in100(best[0].Odds))
	case len(e.When) == 0:
		return because("list.undated")
	case dated && !slices.ContainsFunc(e.When, func(w truce.When) bool { return w.To.After(from) && w.From.Before(to) }):
		return because("list.outside", other.Name, from.In(other.zone()).Format(time.DateOnly), to.Add(-time.Nanosecond).In(other.zone()).Format(time.DateOnly))
	}
	return because("list.alone", other.Name)
}

// compare orders lines by the time of their earliest item, then by identifiers.
func (l *aligner) compare(x, y Line) int {
	a, b := l.first(x), l.first(y)
	if len(a.When) == 0 || len(b.When) == 0 {
		return cmp.Or(cmp.Compare(len(b.When), len(a.When)), cmp.Compare(a.ID, b.ID))
	}
	return cmp.Or(a.When[0].From.Compare(b.When[0].From), cmp.Compare(a.ID, b.ID), cmp.Compare(x.Kind, y.Kind))
}

func (l *aligner) first(x Line) *truce.Element {
	if len(x.A) > 0 {
		return &l.a.Items[x.A[0]]
	}
	return &l.b.Items[x.B[0]]
}

// Counts are how many lines there are of each kind, and how many of one happening tell it
// differently.
type Counts struct {
	Same      int `json:"same"` // in both; Differing of them differ
	Differing int `json:"differing"`
	Several   int `json:"several"`
	OnlyA     int `json:"only_a"`
	OnlyB     int `json:"only_b"`
	Open      int `json:"cannot_tell"`
	// Reasons counts the lines that bear each reason.
	Reasons map[string]int `json:"reasons"`
}

// CountOf adds lines up.
func CountOf(lines []Line) Counts {
	out := Counts{Reasons: map[string]int{}}
	for _, l := range lines {
		switch l.Kind {
		case KindSame:
			out.Same++
			if l.Differs() {
				out.Differing++
			}
		case KindSeveral:
			out.Several++
		case KindOnlyA:
			out.OnlyA++
		case KindOnlyB:
			out.OnlyB++
		default:
			out.Open++
		}
		seen := map[string]bool{}
		for _, r := range l.Reasons {
			if !seen[r.Code] {
				out.Reasons[r.Code]++
			}
			seen[r.Code] = true
		}
	}
	return out
}

// in100 is a probability as a whole number of hundredths; never the firm 0 or 100.
func in100(odds float64) int { return min(max(int(odds*100+0.5), 1), 99) }
