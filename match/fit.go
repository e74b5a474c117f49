package match

import (
	"cmp"
	"context"
	"slices"
)

// LearnLinks fits weights to pairs of two lists that somebody called the same, by their
// identifiers. What the accounts of the left list that are named there have as other candidates counts as
// different, but for those in leave, of which nobody knows. Then it fits how much rivals count.
func (m *Matcher) LearnLinks(ctx context.Context, about string, left, right []Account, same, leave [][2]string, w Work) (*Weights, error) {
	key := labelled(same, leave)
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

// answerKey holds what is known of pairs: 1 the same, 0 left out; and the left ones it speaks of.
type answerKey struct {
	says  map[[2]string]int
	lefts map[string]bool
}

func labelled(same, leave [][2]string) answerKey {
	k := answerKey{map[[2]string]int{}, map[string]bool{}}
	for _, p := range leave {
		k.says[p] = 0
	}
	for _, p := range same {
		k.says[p], k.lefts[p[0]] = 1, true
	}
	return k
}

// label is what the key says of a pair, if it says anything.
func (k answerKey) label(a, b *Account) (same, ok bool) {
	if !k.lefts[a.Report] {
		return false, false
	}
	v, known := k.says[[2]string{a.Report, b.Report}]
	return known && v == 1, !known || v == 1
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
