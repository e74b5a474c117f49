// Package figures counts: incidents, elements, verdicts and people, over a stretch of days.
//
// Whatever is not known stays so in the counts. Each is an interval: Low is how many surely
// lie in the stretch, High how many possibly do. People are as reported, from the lowest to
// the highest figure that anybody gave, once for each incident; an incident without a figure
// is counted as such and never as zero. Figures that authors state themselves are kept apart
// by author and never added over authors. Nothing is counted by who acted.
//
// [Count] counts one stretch, [Series] many, [Compare] holds two against each other. The
// order of the items changes nothing. Days are reporting days, written 2016-08-26.
package figures

import (
	"slices"
	"strings"
	"time"

	"truce"
)

// Stretch is the days from From to To, both included. An empty end is open.
type Stretch struct{ From, To string }

// Holds says whether something lies in the stretch that was somewhere between two days, both
// included; empty days are not known. What lasts was on every one of the days, so that one
// day in the stretch is enough.
func (s Stretch) Holds(first, last string, lasts bool) truce.Tri {
	whole := s.From == "" && s.To == ""
	switch {
	case whole:
		return truce.Yes
	case first == "" || last == "":
		return truce.Unknown
	case s.From != "" && last < s.From, s.To != "" && first > s.To:
		return truce.No
	case lasts, first >= s.From && (s.To == "" || last <= s.To):
		return truce.Yes
	}
	return truce.Unknown
}

// Days is how many days the stretch has; 0 where an end is open or no day.
func (s Stretch) Days() int {
	from, err := time.Parse(time.DateOnly, s.From)
	to, err2 := time.Parse(time.DateOnly, s.To)
	if err != nil || err2 != nil || to.Before(from) {
		return 0
	}
	return int(to.Sub(from).Hours()/24) + 1
}

// Before is the stretch of as many days that ends where this one begins; empty where an end
// is open.
func (s Stretch) Before() Stretch {
	n := s.Days()
	if n == 0 {
		return Stretch{}
	}
	return Stretch{Shift(s.From, -n), Shift(s.From, -1)}
}

// Shift is the day so many days later; empty for what is no day.
func Shift(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// Interval is a number known to lie between Low and High, both included.
type Interval struct{ Low, High int }

// add counts n things that surely, possibly or surely do not belong.
func (i *Interval) add(t truce.Tri, n int) {
	if t == truce.Yes {
		i.Low += n
	}
	if t != truce.No {
		i.High += n
	}
}

// Less is the difference of two numbers that are each known so far.
func (i Interval) Less(j Interval) Interval { return Interval{i.Low - j.High, i.High - j.Low} }

// Exact reports whether the number is known.
func (i Interval) Exact() bool { return i.Low == i.High }

// Item is one element with what is known of its days and what was judged of it.
type Item struct {
	Element *truce.Element
	// First and Last are the reporting days between which it lies, both included; empty where
	// nobody knows.
	First, Last string
	// Fits says whether it belongs to what is counted, its days apart: Yes or Unknown.
	Fits truce.Tri
	// Stated says that it is only somebody's word about others: its figures are a total of their
	// own, and are not added to those of what happened.
	Stated bool

	verdicts [classes]int // by rank
	rank     uint8
}

// NewItem takes an element up with its verdicts.
func NewItem(e *truce.Element, first, last string, verdicts []*truce.Verdict) Item {
	x := Item{Element: e, First: first, Last: last, Fits: truce.Yes}
	return x.Under(verdicts, func(*truce.Verdict) bool { return true })
}

// Under is the item with those of its verdicts alone that count.
func (x Item) Under(verdicts []*truce.Verdict, counts func(*truce.Verdict) bool) Item {
	x.verdicts, x.rank = [classes]int{}, unjudged
	for _, v := range verdicts {
		if counts(v) {
			r := rank(v)
			x.verdicts[r]++
			x.rank = min(x.rank, r)
		}
	}
	if x.Element.Status != "" {
		x.rank = withdrawn
	}
	return x
}

// Incident is the identifier under which the element's incident is counted: its own where it
// belongs to none.
func (x *Item) Incident() string {
	if x.Element.Incident != "" {
		return x.Element.Incident
	}
	return x.Element.ID
}

// Lasts reports whether the element went on through all of its days.
func (x *Item) Lasts() bool { return len(x.Element.When) == 1 && x.Element.When[0].Lasts }

// Dated reports whether the element lies on one known day.
func (x *Item) Dated() bool { return x.First != "" && x.First == x.Last }

// In says whether the item belongs to what is counted and lies in a stretch.
func (x *Item) In(s Stretch) truce.Tri {
	return both(s.Holds(x.First, x.Last, x.Lasts()), x.Fits)
}

// both is Yes where two things are, and No where one is not.
func both(a, b truce.Tri) truce.Tri { return min(a, b) }

// Class is what an element is under the gravest of its verdicts.
func (x *Item) Class() Class { return Classes()[x.rank] }

// Class is an outcome, or what stands in its place.
type Class string

// The classes: of an element that was taken back or is a double, whatever was judged; and of
// one that nothing was judged of.
const (
	Violation    = Class(truce.Violation)
	Undetermined = Class(truce.Undetermined)
	NoViolation  = Class(truce.NoViolation)
	Withdrawn    = Class("withdrawn")
	Unjudged     = Class("not judged")
)

// Places in Classes.
const (
	violation = iota
	undetermined
	noViolation
	withdrawn
	unjudged
	classes
)

// Classes lists the classes, gravest first.
func Classes() [classes]Class {
	return [classes]Class{Violation, Undetermined, NoViolation, Withdrawn, Unjudged}
}

// Void reports whether a verdict is about something taken back or counted twice.
func Void(v *truce.Verdict) bool { return v.Code == "RETRACTED" || v.Code == "DUP" }

// ClassOf is the class of one verdict.
func ClassOf(v *truce.Verdict) Class { return Classes()[rank(v)] }

// rank is the place of a verdict in Classes.
func rank(v *truce.Verdict) uint8 {
	switch {
	case Void(v):
		return withdrawn
	case v.Outcome == truce.Violation:
		return violation
	case v.Outcome == truce.Undetermined:
		return undetermined
	case v.Outcome == truce.NoViolation:
		return noViolation
	}
	return unjudged
}

// Kind is a word with how many elements it surely and possibly fits.
type Kind struct {
	Name string
	Interval
}

// Figures are the figures of one stretch.
type Figures struct {
	Stretch Stretch
	// Incidents counts one where any of its elements counts.
	Incidents, Elements Interval
	// Classes counts elements by the gravest verdict; they add up to Elements.
	Classes map[Class]Interval
	// Verdicts counts verdicts by outcome; those on what was withdrawn stand under Withdrawn.
	Verdicts        map[Class]Interval
	Killed, Injured Toll
	// Acts counts elements by the kind of act as reported, by name. An element that may have
	// been one of several acts is possibly each of them.
	Acts []Kind
	// Undated is how many elements have no one known day.
	Undated int
}

// Count counts a stretch.
func Count(items []Item, s Stretch) Figures {
	f := Figures{Stretch: s}
	var elements, verdicts [classes]Interval
	acts, in := map[string]*Interval{}, within(items, s)
	for i := range in {
		x := in[i].item
		f.Elements.add(in[i].sure, 1)
		f.Undated += bit(!x.Dated())
		elements[x.rank].add(in[i].sure, 1)
		for k, n := range x.verdicts {
			verdicts[k].add(in[i].sure, n)
		}
		countActs(acts, x.Element.Acts, in[i].sure)
	}
	f.Incidents = incidents(in)
	f.Classes, f.Verdicts = byClass(elements), byClass(verdicts)
	f.Acts = sorted(acts)
	f.Killed = toll(in, s, "killed", func(e *truce.Element) *truce.Range { return e.Killed })
	f.Injured = toll(in, s, "injured", func(e *truce.Element) *truce.Range { return e.Injured })
	return f
}

// member is an item that surely or possibly lies in a stretch.
type member struct {
	item *Item
	sure truce.Tri
}

func within(items []Item, s Stretch) []member {
	out := make([]member, 0, len(items))
	for i := range items {
		if t := items[i].In(s); t != truce.No {
			out = append(out, member{&items[i], t})
		}
	}
	return out
}

// incidents counts each incident by the surest of its elements.
func incidents(in []member) Interval {
	seen := make(map[string]truce.Tri, len(in))
	for _, x := range in {
		key := x.item.Incident()
		seen[key] = max(seen[key], x.sure) // Unknown is the zero value
	}
	var out Interval
	for _, t := range seen {
		out.add(t, 1)
	}
	return out
}

func byClass(n [classes]Interval) map[Class]Interval {
	out := map[Class]Interval{}
	for i, class := range Classes() {
		if n[i].High > 0 {
			out[class] = n[i]
		}
	}
	return out
}

// By counts the items of a stretch under each of n headings, which an item may surely,
// possibly or not stand under.
func By(items []Item, s Stretch, n int, under func(item, heading int) truce.Tri) []Interval {
	out := make([]Interval, n)
	for i := range items {
		t := items[i].In(s)
		for k := range n {
			if t != truce.No {
				out[k].add(both(t, under(i, k)), 1)
			}
		}
	}
	return out
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// countActs counts an element under each act that it may have been.
func countActs(to map[string]*Interval, acts []string, t truce.Tri) {
	for i, act := range acts {
		if slices.Contains(acts[:i], act) {
			continue
		}
		if to[act] == nil {
			to[act] = &Interval{}
		}
		one := t
		if len(acts) > 1 {
			one = both(t, truce.Unknown)
		}
		to[act].add(one, 1)
	}
}

func sorted(m map[string]*Interval) []Kind {
	out := make([]Kind, 0, len(m))
	for name, n := range m {
		out = append(out, Kind{name, *n})
	}
	slices.SortFunc(out, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
	return out
}
