package world

import (
	"fmt"
	"slices"
)

const (
	actorCount = 600
	meansCount = 24
	wordCount  = 64
)

// nameAll invents names. Actors get two or three parts so that they are as long as real ones.
func (w *World) nameAll() {
	kinds := []string{"Brigade", "Front", "Battalion", "Guard", "Column", "Militia", "Division", "Company"}
	r := newRandom(w.Seed, forNames, 0)
	seen := map[string]bool{}
	for len(w.Actors) < actorCount {
		name := title(syllables(&r, 2, 3)) + " " + kinds[r.below(len(kinds))]
		if r.chance(30) {
			name += fmt.Sprintf(" %d", r.from(1, 99))
		}
		if !seen[name] {
			seen[name] = true
			w.Actors = append(w.Actors, name)
		}
	}
	w.Means = invent(&r, meansCount, seen)
	w.words = invent(&r, wordCount, seen)
}

func invent(r *random, n int, seen map[string]bool) []string {
	var out []string
	for len(out) < n {
		if word := syllables(r, 2, 5); !seen[word] {
			seen[word] = true
			out = append(out, word)
		}
	}
	return out
}

func syllables(r *random, least, most int) string {
	const consonants, vowels = "bdfghjklmnprstvz", "aeiou"
	var b []byte
	for range r.from(least, most) {
		b = append(b, consonants[r.below(len(consonants))], vowels[r.below(len(vowels))])
	}
	return string(b)
}

func title(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// fillParties makes 64 small party sets and 16 large ones; a third of the memberships are dated.
func (w *World) fillParties() {
	for i := range 80 {
		r := newRandom(w.Seed, forParties, uint64(i))
		size := r.from(3, 14)
		if i >= 64 {
			size = r.from(20, 79)
		}
		var actors []int
		for len(actors) < size {
			if a := powerLaw(&r, actorCount); !slices.Contains(actors, a) {
				actors = append(actors, a)
			}
		}
		var party []Member
		for _, a := range actors {
			m := Member{a, alwaysFrom, alwaysTo}
			if r.below(3) == 0 {
				m.From = FirstDay + Day(r.below(int(LastDay-FirstDay)))
				m.To = m.From + Day(r.from(100, 3000))
			}
			party = append(party, m)
		}
		w.Parties = append(w.Parties, party)
	}
}

// powerLaw draws 0..n-1, the low ones far more often.
func powerLaw(r *random, n int) int {
	u := r.unit()
	return int(float64(n) * u * u * u)
}

func (w *World) writeAgreements() {
	for i := range w.Config.Agreements {
		r := newRandom(w.Seed, forAgreements, uint64(i))
		a := Agreement{From: FirstDay + Day(r.below(int(LastDay-FirstDay)))}
		a.To = a.From + Day(r.from(60, 1560))
		for range w.Config.Terms {
			a.Terms = append(a.Terms, w.term(&r, a))
		}
		w.Agreements = append(w.Agreements, a)
	}
}

func (w *World) term(r *random, a Agreement) Term {
	t := Term{From: a.From, To: a.To, Not: None, Against: None, Except: None}
	if r.chance(40) {
		length := int(a.To - a.From)
		t.From += Day(r.below(length / 2))
		t.To -= Day(r.below(length / 2))
	}
	t.Place = places(r)
	if t.Place != nil && r.chance(30) {
		t.Not = FirstArea + r.below(ZoneCount-FirstArea)
	}
	t.By = r.below(len(w.Parties))
	if r.chance(60) {
		t.Against = r.below(len(w.Parties))
	}
	if r.chance(20) {
		t.Except = r.below(len(w.Parties))
	}
	if r.chance(70) {
		for range r.from(1, 10) {
			t.Means |= 1 << r.below(meansCount)
		}
	}
	if r.chance(25) {
		t.Deaths = r.from(1, 5)
	}
	return t
}

func places(r *random) []int {
	switch n := r.below(100); {
	case n < 15:
		return []int{Country}
	case n < 50:
		return several(r, 2, FirstProvince, FirstArea)
	case n < 80:
		return several(r, 3, FirstArea, FirstCorridor)
	case n < 95:
		return several(r, 1, FirstCorridor, ZoneCount)
	}
	return nil
}

func several(r *random, n, from, to int) []int {
	var out []int
	for len(out) < n {
		if z := from + r.below(to-from); !slices.Contains(out, z) {
			out = append(out, z)
		}
	}
	return out
}
