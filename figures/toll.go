package figures

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"truce"
)

// Toll is how many people, as reported.
type Toll struct {
	// People is the sum over incidents, from the lowest to the highest figure given for each.
	// An incident that only possibly lies in the stretch adds nothing to Low.
	People Interval
	// Sure is the same of those incidents alone that surely lie in the stretch.
	Sure Interval
	// Known and Unknown are how many incidents have a figure, and how many have none. Stated is
	// how many are only somebody's word about others with a total of their own; it is not added.
	Known, Unknown, Stated int
	// By are the figures that authors state themselves, by name.
	By []Author
}

// Author is what one author says, over all incidents of which the author says it.
type Author struct {
	Name      string
	People    Interval
	Incidents int
}

// some is what is gathered of one incident.
type some struct {
	low, high float64
	known     bool
	in        truce.Tri
	counts    bool // not all of it was withdrawn
	stated    bool // somebody states a total
}

func (s *some) take(low, high float64, in truce.Tri) {
	if !s.known {
		s.low, s.high, s.in, s.known = low, high, in, true
		return
	}
	s.low, s.high, s.in = min(s.low, low), max(s.high, high), min(s.in, in)
}

// surely adds the incident to a sum if it surely counts.
func (s *some) surely(sum *[2]float64) {
	if s.in == truce.Yes {
		s.into(sum)
	}
}

// into adds the incident to a sum.
func (s *some) into(sum *[2]float64) {
	if s.in == truce.Yes {
		sum[0] += s.low
	}
	sum[1] += s.high
}

// toll adds up a figure of the items of a stretch.
func toll(in []member, s Stretch, fact string, of func(*truce.Element) *truce.Range) Toll {
	incidents, authors := map[string]*some{}, map[string]map[string]*some{}
	for i := range in {
		x := in[i].item
		key := x.Incident()
		if incidents[key] == nil {
			incidents[key] = &some{}
		}
		if x.rank == withdrawn {
			continue
		}
		incidents[key].counts = true
		t := both(s.Holds(x.First, x.Last, false), x.Fits) // people may have died on any day of an act that lasts
		if r := of(x.Element); r != nil && x.Stated {
			incidents[key].stated = true
		} else if r != nil {
			incidents[key].take(r.Low, r.High, t)
		}
		for _, said := range x.Element.Said {
			if low, high, ok := number(said.Value); ok && said.Fact == fact && said.Source != "" {
				one(authors, said.Source, key).take(low, high, t)
			}
		}
	}
	var out Toll
	var sum, sure [2]float64
	for _, x := range incidents {
		switch {
		case x.known:
			out.Known++
			x.into(&sum)
			x.surely(&sure)
		case x.stated:
			out.Stated++
		case x.counts:
			out.Unknown++
		}
	}
	out.People, out.Sure = rounded(sum), rounded(sure)
	out.By = byAuthor(authors)
	return out
}

func one(m map[string]map[string]*some, author, incident string) *some {
	if m[author] == nil {
		m[author] = map[string]*some{}
	}
	if m[author][incident] == nil {
		m[author][incident] = &some{}
	}
	return m[author][incident]
}

func byAuthor(authors map[string]map[string]*some) []Author {
	var out []Author
	for name, incidents := range authors {
		var sum [2]float64
		for _, x := range incidents {
			x.into(&sum)
		}
		out = append(out, Author{name, rounded(sum), len(incidents)})
	}
	slices.SortFunc(out, func(a, b Author) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func rounded(sum [2]float64) Interval {
	return Interval{int(math.Floor(sum[0])), int(math.Ceil(sum[1]))}
}

// number reads what an author says of how many: "12", "10-21", "10 to 21". Other words are no
// figure.
func number(text string) (low, high float64, ok bool) {
	text = strings.NewReplacer("–", "-", " to ", "-").Replace(strings.TrimSpace(text))
	a, b, ranged := strings.Cut(text, "-")
	if !ranged {
		b = a
	}
	x, err := strconv.ParseUint(strings.TrimSpace(a), 10, 32)
	y, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 32)
	return float64(x), float64(y), err == nil && err2 == nil && x <= y
}
