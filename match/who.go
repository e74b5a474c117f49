package match

import (
	"strings"

	"truce"
	"truce/actors"
	"truce/words"
)

// tie is how two actors of the register belong together.
type tie int8

const (
	friends tie = iota + 1 // allied, or one supports the other
	kin                    // one is part of the other, or was renamed from it, or is a member
)

// tiesOf gathers the ties of a register. Days are left out: a name or a membership that ended
// is still a reason to look twice.
func tiesOf(r *actors.Register) map[[2]string]tie {
	if r == nil {
		return nil
	}
	out := map[[2]string]tie{}
	set := func(a, b string, t tie) {
		out[[2]string{a, b}] = max(t, out[[2]string{a, b}])
		out[[2]string{b, a}] = max(t, out[[2]string{b, a}])
	}
	for _, id := range r.IDs() {
		a, _ := r.Actor(id)
		for _, other := range a.Members {
			set(id, other, kin)
		}
		for _, l := range a.Links {
			switch l.Kind {
			case "part-of", "renamed-from":
				set(id, l.Other, kin)
			case "allied", "supports":
				set(id, l.Other, friends)
			}
		}
	}
	return out
}

func (m *Matcher) compareBy(a, b *Account, p *Part)      { m.compareActors(a.by, b.by, p) }
func (m *Matcher) compareAgainst(a, b *Account, p *Part) { m.compareActors(a.against, b.against, p) }

// compareActors takes the closest pair: each list is of candidates.
func (m *Matcher) compareActors(a, b []string, p *Part) {
	for _, x := range a {
		for _, y := range b {
			if l := m.actorLevel(x, y); p.Level == 0 || l < p.Level {
				p.Level = l
			}
		}
	}
}

func (m *Matcher) actorLevel(x, y string) Level {
	if x == y {
		return SameActor
	}
	switch m.ties[[2]string{x, y}] {
	case kin:
		return KinActor
	case friends:
		return TiedActor
	}
	if stranger(x) && stranger(y) && words.NameOf(x).Like(words.NameOf(y)) > 0.92 {
		return SameActor
	}
	return OtherActor
}

// stranger reports whether the register does not know a name.
func stranger(id string) bool { return strings.HasPrefix(id, actors.Unmatched) }

func (m *Matcher) compareActs(a, b *Account, p *Part) { compareWords(m.known.Acts, a.acts, b.acts, p) }
func (m *Matcher) compareMeans(a, b *Account, p *Part) {
	compareWords(m.known.Means, a.means, b.means, p)
}

// compareWords takes the closest pair of words of a tree.
func compareWords(t *truce.Tree, a, b []string, p *Part) {
	for _, x := range a {
		for _, y := range b {
			if l := wordLevel(t, x, y); p.Level == 0 || l < p.Level {
				p.Level = l
			}
		}
	}
}

func wordLevel(t *truce.Tree, x, y string) Level {
	switch {
	case x == y:
		return SameWord
	case t.Covers(x, y) || t.Covers(y, x):
		return WiderWord
	case t.Parent(x) != "" && t.Parent(x) == t.Parent(y):
		return SisterWord
	}
	return OtherWord
}

func compareKilled(a, b *Account, p *Part)  { compareTolls(a.killed, b.killed, p) }
func compareInjured(a, b *Account, p *Part) { compareTolls(a.injured, b.injured, p) }

// compareTolls compares two ranges of people.
func compareTolls(a, b *truce.Range, p *Part) {
	if a != nil && b != nil {
		p.Level, p.Amount = compareRanges(a.Low, a.High, b.Low, b.High)
	}
}

// compareRanges says how two ranges lie to each other, and how many times one is the other where they do not meet.
func compareRanges(aLow, aHigh, bLow, bHigh float64) (Level, float64) {
	low, high := max(aLow, bLow), min(aHigh, bHigh)
	times := (low + 1) / (high + 1)
	switch same := aLow == bLow && aHigh == bHigh; {
	case same && aHigh >= 5:
		return SameToll, times
	case same:
		return SmallToll, times
	case aLow == bLow || aHigh == bHigh:
		return SharedEnd, times
	case low <= high:
		return Overlap, times
	case times < 2:
		return NearToll, times
	case times < 4:
		return FarToll, times
	}
	return OtherToll, times
}
