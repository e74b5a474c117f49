// Package beside lays two accounts next to each other: what both tell, what only one
// tells, what they tell differently, and what one took from the other word for word.
package beside

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"truce/reading"
	"truce/words"
)

// Comparison is two accounts side by side. It says what is told, where, and in which
// words; it does not say who is right.
type Comparison struct {
	// Same says that both probably tell of the same happenings; Likeness, from 0 to 1, is
	// the weight of the facts of the poorer account that the other has too.
	Same     bool    `json:"same"`
	Likeness float64 `json:"likeness"`
	// OneOrigin says that most of one account stands in the other word for word: two
	// outlets, one origin. Copied is the share of the shorter account that does.
	OneOrigin bool    `json:"one_origin"`
	Copied    float64 `json:"copied"`
	Facts     []Fact  `json:"facts"`
	Rows      []Row   `json:"rows"`
}

// Fact is something that one account or both name: an actor, a place, a day, a number.
type Fact struct {
	Kind string `json:"kind"` // actor, place, time, quantity, scope
	// Value tells facts of a kind apart; Name is the words of the first place it stands.
	Value string         `json:"value"`
	Name  string         `json:"name"`
	A     []reading.Span `json:"a,omitempty"`
	B     []reading.Span `json:"b,omitempty"`
}

// Row lays a sentence of one account beside one of the other that tells the same. One of
// the two is nil where the other account has nothing like it.
type Row struct {
	A        *reading.Span `json:"a,omitempty"`
	B        *reading.Span `json:"b,omitempty"`
	Likeness float64       `json:"likeness,omitempty"`
	// Copied says that it is told in the same words: count it once.
	Copied bool         `json:"copied,omitempty"`
	Differ []Difference `json:"differ,omitempty"`
}

// Difference is one thing that two sentences tell differently. One side may be empty: it
// says nothing of it.
type Difference struct {
	// What: actor, speaker, stance, told (as a fact or not), place, scope, time, number,
	// act or wording.
	What string `json:"what"`
	A    string `json:"a,omitempty"`
	B    string `json:"b,omitempty"`
}

// Thresholds of likeness, set on the marked texts that are for tuning.
const (
	alikeRows  = 0.36 // sentences that tell the same
	alikeStory = 0.34 // accounts that tell the same story
	leastSaid  = 12   // what a sentence weighs that says little
	mostSaid   = 22   // a sentence that says more need not have more in common
	daysApart  = 4    // accounts of one story are not written further apart
)

// Compare lays two accounts side by side. The same readings give the same comparison;
// changed about, they give it changed about.
func Compare(a, b reading.Reading) Comparison {
	sameWords := a.Language == b.Language
	left, right := newSide(a, sameWords), newSide(b, sameWords)
	c := Comparison{Facts: facts(left, right), Rows: rows(left, right)}
	c.Copied = copied(c.Rows, left, right)
	c.OneOrigin = c.Copied >= 0.5
	c.Likeness = likeness(left, right)
	c.Same = near(a.Date, b.Date) && (c.Likeness >= alikeStory || c.Copied >= 0.25)
	return c
}

// near reports whether two days may be those of accounts of one story.
func near(a, b string) bool {
	x, errA := time.Parse(time.DateOnly, a)
	y, errB := time.Parse(time.DateOnly, b)
	return errA != nil || errB != nil || math.Abs(x.Sub(y).Hours()) <= daysApart*24
}

// side is one account with the features of its sentences.
type side struct {
	r     reading.Reading
	lines []line
}

// line is a sentence: what it names, and in which words.
type line struct {
	reading.Span
	items    []reading.Item
	said     []reading.Statement
	features map[string]bool
	run      words.Shingles
	length   int // in words
}

func newSide(r reading.Reading, sameWords bool) side {
	s := side{r: r}
	for _, at := range r.Sentences {
		text := r.Text[at.From:at.To]
		l := line{Span: at, features: map[string]bool{}, run: words.ShinglesOf(text, 3), length: len(words.Tokens(text))}
		for _, x := range r.Items {
			if x.From >= at.From && x.To <= at.To {
				l.items = append(l.items, x)
			}
		}
		for _, x := range r.Statements {
			if x.Said.From < at.To && at.From < x.Said.To {
				l.said = append(l.said, x)
			}
		}
		l.fill(text, sameWords)
		if l.tells() {
			s.lines = append(s.lines, l)
		}
	}
	return s
}

// tells reports whether a sentence says anything, unlike "Share" or "Advertisement".
func (l line) tells() bool { return len(l.items) > 0 || l.length > 3 }

// fill collects the features of a sentence; its words only beside an account in the same
// language.
func (l *line) fill(text string, sameWords bool) {
	for _, x := range l.items {
		if key := feature(x); key != "" {
			l.features[key] = true
		}
	}
	for _, w := range scopesIn(text) {
		l.features["scope:"+w] = true
	}
	if !sameWords {
		return
	}
	for _, w := range words.Stems(text) {
		l.features["word:"+w] = true
	}
}

// feature is what an item adds to the likeness of sentences, or "".
func feature(x reading.Item) string {
	switch {
	case x.Kind == reading.KindTime && x.When != nil:
		return "time:" + x.When.From.Format(time.DateOnly)
	case x.Kind == reading.KindQuantity && x.Amount != nil:
		return "quantity:" + x.Counts + ":" + amountText(*x.Amount)
	case x.Kind == reading.KindPlace:
		return "place:" + placeKey(x)
	case x.Kind == reading.KindActor || x.Kind == reading.KindAct || x.Kind == reading.KindMeans:
		if len(x.Codes) > 0 {
			return string(x.Kind) + ":" + x.Codes[0]
		}
	}
	return ""
}

// placeKey tells places apart: by code, or else by the consonants of the name, which are
// the same in every script.
func placeKey(x reading.Item) string {
	if len(x.Codes) > 0 {
		return x.Codes[0]
	}
	return words.Skeleton(cmp.Or(x.Name, x.Text))
}

// weigh returns what a feature of sentences weighs: more the fewer sentences have it.
func weigh(sides ...side) map[string]float64 {
	count, n := map[string]float64{}, 0.
	for _, s := range sides {
		for _, l := range s.lines {
			n++
			for f := range l.features {
				count[f]++
			}
		}
	}
	for f, c := range count {
		count[f] = math.Log(1+n/c) * kindWeight(f)
	}
	return count
}

// kindWeight: what is named weighs more than the words it is told in, a place most.
func kindWeight(feature string) float64 {
	kind, _, _ := strings.Cut(feature, ":")
	switch kind {
	case "word":
		return 0.6
	case "place":
		return 1.7
	case "act", "quantity":
		return 1.4
	}
	return 1
}

// alike is the weight of what two sentences have in common, against that of the one that
// says less. A short sentence must have much in common with a long one.
func alike(a, b line, weight map[string]float64) float64 {
	var common, left, right sum
	for f := range a.features {
		left = append(left, weight[f])
		if b.features[f] {
			common = append(common, weight[f])
		}
	}
	for f := range b.features {
		right = append(right, weight[f])
	}
	return common.total() / min(mostSaid, max(leastSaid, min(left.total(), right.total())))
}

// sum adds numbers in order of size, so that the order they came in changes nothing.
type sum []float64

func (s sum) total() float64 {
	slices.Sort(s)
	t := 0.
	for _, x := range s {
		t += x
	}
	return t
}
