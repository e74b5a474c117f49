package beside

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"truce/reading"
	"truce/words"
)

// rows aligns sentences: each with the one of the other account that is most like it.
// First come those of a, in their order, then what only b tells.
func rows(a, b side) []Row {
	weight := weigh(a, b)
	like := make([][]float64, len(a.lines))
	for i := range a.lines {
		like[i] = make([]float64, len(b.lines))
		for k := range b.lines {
			like[i][k] = alike(a.lines[i], b.lines[k], weight)
		}
	}
	paired := pairs(like)
	var out []Row
	met := make([]bool, len(b.lines))
	for i, l := range a.lines {
		if len(paired[i]) == 0 {
			out = append(out, Row{A: new(l.Span)})
		}
		for _, k := range paired[i] {
			met[k] = true
			out = append(out, row(l, b.lines[k], like[i][k], a.r, b.r))
		}
	}
	for k, l := range b.lines {
		if !met[k] {
			out = append(out, Row{B: new(l.Span)})
		}
	}
	return out
}

// pairs returns for each sentence of a those of b it stands beside: the best of each for
// the other, where they are alike enough.
func pairs(like [][]float64) [][]int {
	out := make([][]int, len(like))
	add := func(i, k int) {
		if like[i][k] >= alikeRows && !slices.Contains(out[i], k) {
			out[i] = append(out[i], k)
		}
	}
	for i := range like {
		if k := best(len(like[i]), func(k int) float64 { return like[i][k] }); k >= 0 {
			add(i, k)
		}
	}
	for k := range len(slices.Concat(like...)) / max(len(like), 1) {
		if i := best(len(like), func(i int) float64 { return like[i][k] }); i >= 0 {
			add(i, k)
		}
	}
	for i := range out {
		slices.Sort(out[i])
	}
	return out
}

// best returns the first index of the highest value, or -1 of none.
func best(n int, value func(int) float64) int {
	at := -1
	for i := range n {
		if at < 0 || value(i) > value(at) {
			at = i
		}
	}
	return at
}

// row lays two sentences beside each other.
func row(a, b line, like float64, left, right reading.Reading) Row {
	r := Row{A: new(a.Span), B: new(b.Span), Likeness: like}
	r.Copied = min(a.length, b.length) >= 6 && a.run.Containment(b.run) >= 0.8
	p := pair{a, b, left, right}
	for _, d := range []*Difference{p.speaker(), p.stance(), p.told(), p.actor(), p.place(), p.scope(), p.time(), p.number(), p.act()} {
		if d != nil && !(r.Copied && d.What == "wording") {
			r.Differ = append(r.Differ, *d)
		}
	}
	return r
}

// copied is the share of the words of the shorter account that stand in the other.
func copied(rows []Row, a, b side) float64 {
	left, right := 0, 0
	seen := map[reading.Span]bool{}
	for _, r := range rows {
		if !r.Copied {
			continue
		}
		for _, l := range a.lines {
			if l.Span == *r.A && !seen[l.Span] {
				seen[l.Span], left = true, left+l.length
			}
		}
	}
	for _, l := range a.lines {
		right += l.length
	}
	other := 0
	for _, l := range b.lines {
		other += l.length
	}
	return min(1, float64(left)/float64(max(1, min(right, other))))
}

// pair is two sentences that tell the same, each with the account it stands in.
type pair struct {
	a, b        line
	left, right reading.Reading
}

// apart returns a difference if both sides say something and nothing in common.
func apart(what string, a, b map[string]string) *Difference {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	for key := range a {
		if _, both := b[key]; both {
			return nil
		}
	}
	return &Difference{What: what, A: listed(a), B: listed(b)}
}

// listed joins the words for each value, in order.
func listed(m map[string]string) string {
	var out []string
	for _, w := range m {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// of collects the values of the items of a kind that count, with their words.
func (l line) of(kind reading.Kind, counts func(reading.Item) bool) map[string]string {
	out := map[string]string{}
	for _, x := range l.items {
		if key := feature(x); x.Kind == kind && key != "" && (counts == nil || counts(x)) {
			out[key] = x.Text
		}
	}
	return out
}

func (p pair) actor() *Difference {
	return apart("actor", p.a.of(reading.KindActor, nil), p.b.of(reading.KindActor, nil))
}

func (p pair) place() *Difference {
	below := func(x reading.Item) bool { return x.Level != "country" }
	return apart("place", p.a.of(reading.KindPlace, below), p.b.of(reading.KindPlace, below))
}

// time compares days; a sentence that names none says nothing of it.
func (p pair) time() *Difference {
	day := func(x reading.Item) bool { return x.When != nil && x.When.To.Sub(x.When.From) <= 8*24*time.Hour }
	return apart("time", p.a.of(reading.KindTime, day), p.b.of(reading.KindTime, day))
}

// scope compares how far a thing reaches: the whole country in one account, a town or some
// hours in the other.
func (p pair) scope() *Difference {
	a, b := p.reach(p.a, p.left), p.reach(p.b, p.right)
	if (a.words == "") == (b.words == "") {
		return nil
	}
	return &Difference{What: "scope", A: cmp.Or(a.words, a.bounds), B: cmp.Or(b.words, b.bounds)}
}

// reach is how far a sentence says that something goes: words for a scope, or the places
// and lengths of time that bound it.
type reach struct{ words, bounds string }

func (p pair) reach(l line, r reading.Reading) reach {
	bounds := map[string]string{}
	for _, x := range l.items {
		if x.Kind == reading.KindPlace && x.Level != "country" || x.Kind == reading.KindQuantity && lasting(x) {
			bounds[feature(x)] = x.Text
		}
	}
	return reach{strings.Join(scopesIn(r.Text[l.From:l.To]), "; "), listed(bounds)}
}

// lasting reports whether a quantity is a length of time.
func lasting(x reading.Item) bool {
	return slices.Contains([]string{"seconds", "minutes", "hours", "days", "weeks", "months", "years"}, x.Counts)
}

// number compares what both sentences count: a toll, trucks, violations.
func (p pair) number() *Difference {
	for _, x := range p.a.items {
		if x.Kind != reading.KindQuantity || x.Counts == "" || x.Amount == nil || lasting(x) {
			continue
		}
		same := func(y reading.Item) bool {
			return y.Kind == reading.KindQuantity && y.Counts == x.Counts && y.Amount != nil
		}
		if d := apart("number", p.a.of(reading.KindQuantity, same), p.b.of(reading.KindQuantity, same)); d != nil {
			return d
		}
	}
	return nil
}

// speaker compares who is quoted.
func (p pair) speaker() *Difference {
	return apart("speaker", speakers(p.a.said), speakers(p.b.said))
}

func speakers(said []reading.Statement) map[string]string {
	out := map[string]string{}
	for _, s := range said {
		if s.Speaker != nil && len(s.Speaker.Codes) > 0 {
			out[s.Speaker.Codes[0]] = s.Speaker.Text
		}
	}
	return out
}

// stance compares what one speaker does in both: says, denies, promises.
func (p pair) stance() *Difference {
	for _, s := range p.a.said {
		for _, t := range p.b.said {
			if s.Speaker != nil && t.Speaker != nil && len(s.Speaker.Codes) > 0 && slices.Equal(s.Speaker.Codes, t.Speaker.Codes) &&
				(s.Stance == reading.Denies) != (t.Stance == reading.Denies) {
				return &Difference{What: "stance", A: string(s.Stance), B: string(t.Stance)}
			}
		}
	}
	return nil
}

// told compares whether the same act is told as a fact.
func (p pair) told() *Difference {
	for _, x := range p.a.items {
		for _, y := range p.b.items {
			if x.Kind == reading.KindAct && y.Kind == reading.KindAct && feature(x) == feature(y) && (x.Mood == reading.Fact) != (y.Mood == reading.Fact) &&
				(x.Mood == reading.Denied || y.Mood == reading.Denied) {
				return &Difference{What: "told", A: string(x.Mood), B: string(y.Mood)}
			}
		}
	}
	return nil
}

// act compares what is done: another act, or the same in other words.
func (p pair) act() *Difference {
	a, b := p.a.of(reading.KindAct, nil), p.b.of(reading.KindAct, nil)
	if d := apart("act", a, b); d != nil {
		return d
	}
	for key, x := range a {
		if y, both := b[key]; both && words.Fold(x) != words.Fold(y) && !slices.Equal(words.Stems(x), words.Stems(y)) {
			return &Difference{What: "wording", A: listed(a), B: listed(b)}
		}
	}
	return nil
}
