package match

import (
	"cmp"
	"context"
	"slices"

	"truce"
)

// LearnLinks fits weights to judgments about the reports of two lists, A of the left and B of the right one.
// The other candidates of a left report that has a "same" count as different; "unsure" leaves a
// pair out. Then it fits how much rivals count.
func (m *Matcher) LearnLinks(ctx context.Context, about string, left, right []Account, judgments []Judgment, w Work) (*Weights, error) {
	key := keyed(judgments)
	if len(key.lefts) == 0 {
		return nil, &truce.Error{Kind: truce.Invalid, At: "judgments", Msg: "none of them says same", Hint: "pairs of a report of the first list and one of the second"}
	}
	if err := key.known(left, right); err != nil {
		return nil, err
	}
	labels, err := m.labels(ctx, left, right, key, w)
	if err != nil {
		return nil, err
	}
	fitted := m.Learn(about, labels)
	n := &Matcher{known: m.known, weights: fitted, ties: m.ties}
	if n.table, err = fitted.table(); err != nil {
		return nil, err
	}
	pairs, err := n.Link(ctx, left, right, w)
	if err != nil {
		return nil, err
	}
	fitted.Rivals = fitRivals(pairs, left, right, key)
	return fitted, nil
}

// answerKey is judgments by pairs of reports, and the left ones of which the right partner is known.
type answerKey struct {
	says  map[[2]string]Says
	lefts map[string]bool
}

func keyed(judgments []Judgment) answerKey {
	k := answerKey{map[[2]string]Says{}, map[string]bool{}}
	for _, j := range judgments {
		k.says[[2]string{j.A, j.B}] = j.Says
		if j.Says == Same {
			k.lefts[j.A] = true
		}
	}
	return k
}

// known refuses judgments when not one of them is about reports that are here.
func (k answerKey) known(left, right []Account) error {
	here := map[string]bool{}
	for i := range left {
		here[left[i].Report] = true
	}
	for i := range right {
		here[right[i].Report] = true
	}
	for p := range k.says {
		if here[p[0]] && here[p[1]] {
			return nil
		}
	}
	return &truce.Error{Kind: truce.Absent, At: "judgments", Msg: "none of them is about a report of the first list and one of the second", Hint: "identifiers as the files have them after mapping, such as ged-235805"}
}

// label is what the key says of a pair, if it says anything.
func (k answerKey) label(a, b *Account) (same, ok bool) {
	if !k.lefts[a.Report] {
		return false, false
	}
	says := k.says[[2]string{a.Report, b.Report}]
	return says == Same, says != Unsure
}

// labels are the candidates of the left accounts that the key speaks of.
func (m *Matcher) labels(ctx context.Context, left, right []Account, k answerKey, w Work) ([]Label, error) {
	asked := slices.DeleteFunc(slices.Clone(left), func(a Account) bool { return !k.lefts[a.Report] })
	slices.SortFunc(asked, func(a, b Account) int { return compareAccounts(&a, &b) })
	pairs, err := m.against(ctx, asked, right, w)
	var out []Label
	for _, p := range slices.Concat(pairs...) {
		a, b := &asked[p.A], &right[p.B]
		if same, ok := k.label(a, b); ok {
			out = append(out, Label{a, b, same})
		}
	}
	return out, err
}

// fitRivals fits the four numbers of [Rivals] to pairs as they were linked.
func fitRivals(pairs []Pair, left, right []Account, k answerKey) Rivals {
	start := Reasoned().Rivals
	p := problem{start: []float64{start.Shift, start.Scale, -start.Left, -start.Right}, hold: []float64{1, 4, 4, 4}}
	lefts, rights := crowds(pairs, func(p Pair) int { return p.A }), crowds(pairs, func(p Pair) int { return p.B })
	slices.SortFunc(pairs, func(p, q Pair) int {
		return cmp.Or(compareAccounts(&left[p.A], &left[q.A]), compareAccounts(&right[p.B], &right[q.B]))
	})
	for _, q := range pairs {
		if same, ok := k.label(&left[q.A], &right[q.B]); ok {
			p.add([]term{{0, 1}, {1, q.Direct}, {2, lefts[q.A].without(q.Direct)}, {3, rights[q.B].without(q.Direct)}}, same)
		}
	}
	x := p.solve()
	return Rivals{round(x[0]), round(x[1]), round(max(0, -x[2])), round(max(0, -x[3]))}
}
