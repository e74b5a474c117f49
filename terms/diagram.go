package terms

import (
	"encoding/binary"
	"slices"
)

// diagram is an answer over all worlds: a question about one fact with a diagram for each
// of its values, or one of the two answers. Equal answers are the same diagram, whoever
// asked, so one that is not an answer itself leads to both, and each fact on it matters.
type diagram int32

// The two answers.
const (
	never  diagram = iota // broken in no world
	always                // broken in every world
)

// question is the inside of a diagram.
type question struct {
	fact int
	next []diagram // by value
}

// forest holds diagrams and what is known of them. The zero value is ready.
type forest struct {
	questions []question // of diagrams always+1, always+2, ...
	same      map[string]diagram
	boths     map[[2]diagram]diagram
	nots      map[diagram]diagram
	work      int // steps taken, for tests that bound them
}

// rank is the order in which facts are asked: who attacked before who the sides are, since
// it says which of them to ask about.
func rank(fact int) int {
	if fact == factAttacker {
		return 2*factSideA - 1
	}
	return 2 * fact
}

func (f *forest) question(d diagram) question { return f.questions[d-always-1] }

// first is the rank of the fact that a diagram asks first.
func (f *forest) first(d diagram) int {
	if d <= always {
		return rank(1 << 20)
	}
	return rank(f.question(d).fact)
}

// make returns the diagram that asks a fact and goes on by its value. What comes after asks
// later facts only.
func (f *forest) make(fact int, next []diagram) diagram {
	f.work++
	if !slices.ContainsFunc(next, func(d diagram) bool { return d != next[0] }) {
		return next[0]
	}
	key := binary.AppendUvarint(make([]byte, 0, 64), uint64(fact))
	for _, d := range next {
		key = binary.AppendUvarint(key, uint64(d))
	}
	if d, ok := f.same[string(key)]; ok {
		return d
	}
	if f.same == nil {
		f.same = map[string]diagram{}
	}
	f.questions = append(f.questions, question{fact, next})
	d := always + diagram(len(f.questions))
	f.same[string(key)] = d
	return d
}

// cases is make for whatever comes after.
func (f *forest) cases(fact int, next []diagram) diagram {
	if !slices.ContainsFunc(next, func(d diagram) bool { return f.first(d) <= rank(fact) }) {
		return f.make(fact, next)
	}
	out := never
	for v, d := range next {
		out = f.either(out, f.both(f.is(fact, v, len(next)), d))
	}
	return out
}

// is says whether a fact of so many values has one of them.
func (f *forest) is(fact, value, values int) diagram {
	next := make([]diagram, values)
	next[value] = always
	return f.make(fact, next)
}

// both is broken where a and b are.
func (f *forest) both(a, b diagram) diagram {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == never || a == b:
		return a
	case a == always:
		return b
	}
	key := [2]diagram{a, b}
	if d, ok := f.boths[key]; ok {
		return d
	}
	asks := a
	if f.first(b) < f.first(a) {
		asks = b
	}
	q := f.question(asks)
	next := make([]diagram, len(q.next))
	for v := range next {
		next[v] = f.both(f.when(a, q.fact, v), f.when(b, q.fact, v))
	}
	d := f.make(q.fact, next)
	if f.boths == nil {
		f.boths = map[[2]diagram]diagram{}
	}
	f.boths[key] = d
	return d
}

// when is what follows once a fact that no other comes before has a value.
func (f *forest) when(d diagram, fact, value int) diagram {
	if d > always && f.question(d).fact == fact {
		return f.question(d).next[value]
	}
	return d
}

// not is broken where d is not.
func (f *forest) not(d diagram) diagram {
	if d <= always {
		return always - d
	}
	if n, ok := f.nots[d]; ok {
		return n
	}
	q := f.question(d)
	next := make([]diagram, len(q.next))
	for v := range next {
		next[v] = f.not(q.next[v])
	}
	n := f.make(q.fact, next)
	if f.nots == nil {
		f.nots = map[diagram]diagram{}
	}
	f.nots[d], f.nots[n] = n, d
	return n
}

// either is broken where a or b is.
func (f *forest) either(a, b diagram) diagram { return f.not(f.both(f.not(a), f.not(b))) }

// reached lists the questions that d leads to, and the answers; held is a fact that has one
// value, if any.
func (f *forest) reached(d diagram, held, value int) (questions []question, yes, no bool) {
	seen := map[diagram]bool{d: true}
	for todo := []diagram{d}; len(todo) > 0; todo = todo[1:] {
		yes, no = yes || todo[0] == always, no || todo[0] == never
		if todo[0] <= always {
			continue
		}
		q := f.question(todo[0])
		questions = append(questions, q)
		next := q.next
		if q.fact == held {
			next = next[value : value+1]
		}
		for _, n := range next {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return questions, yes, no
}
