package beside

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce/reading"
	"truce/words"
)

// facts lists what either account names, by kind and by where it stands first.
func facts(a, b side) []Fact {
	found := map[string]*Fact{}
	a.name(found, func(f *Fact, at reading.Span) { f.A = append(f.A, at) })
	b.name(found, func(f *Fact, at reading.Span) { f.B = append(f.B, at) })
	out := make([]Fact, 0, len(found))
	for _, key := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[key])
	}
	slices.SortStableFunc(out, func(x, y Fact) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Value, y.Value))
	})
	return out
}

// name enters the facts of one account.
func (s side) name(found map[string]*Fact, enter func(*Fact, reading.Span)) {
	for _, l := range s.lines {
		for _, x := range l.items {
			if key := feature(x); key != "" && x.Kind != reading.KindAct && x.Kind != reading.KindMeans {
				enter(fact(found, key, cmp.Or(x.Name, x.Text)), x.Span)
			}
		}
		text := s.r.Text[l.From:l.To]
		for _, w := range scopesIn(text) {
			enter(fact(found, "scope:"+w, w), l.Span)
		}
	}
}

func fact(found map[string]*Fact, key, name string) *Fact {
	if found[key] == nil {
		kind, value, _ := strings.Cut(key, ":")
		found[key] = &Fact{Kind: kind, Value: value, Name: name}
	}
	return found[key]
}

// scopes are words for how far a calm or a claim reaches, folded.
var scopes = []string{"nationwide", "countrywide", "country wide", "across the country", "throughout the country", "across syria",
	"whole country", "all of syria", "in all of the province", "all of the province", "всей территории", "по всей стране", "جميع انحا", "كافه انحا", "كامل الاراضي"}

// scopesIn returns the words for a scope that a text uses.
func scopesIn(text string) []string {
	folded := " " + words.Fold(text) + " "
	var out []string
	for _, w := range scopes {
		if strings.Contains(folded, " "+w+" ") || strings.Contains(folded, " "+w) && w[0] > 127 {
			out = append(out, w)
		}
	}
	return out
}

// amountText writes an amount: 3, 4..6, 28.. or ..100.
func amountText(a reading.Amount) string {
	low, high := bound(a.Low), bound(a.High)
	if low == high {
		return low
	}
	return low + ".." + high
}

func bound(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// likeness is the weight of the facts that both accounts have, against that of all facts
// of the account that has less.
func likeness(a, b side) float64 {
	left, right := a.story(), b.story()
	var common, l, r sum
	for f, w := range left {
		l = append(l, w)
		if right[f] > 0 {
			common = append(common, w)
		}
	}
	for _, w := range right {
		r = append(r, w)
	}
	if len(common) == 0 {
		return 0
	}
	return common.total() / min(l.total(), r.total())
}

// story returns the facts of an account with their weight: a place and a number tell
// stories apart better than a state does, and words less than either.
func (s side) story() map[string]float64 {
	weights := map[string]float64{"place": 2, "quantity": 2, "time": 1.5, "actor": 1, "act": 1, "scope": 1, "means": 0.5, "word": 0.3}
	out := map[string]float64{}
	for _, l := range s.lines {
		for f := range l.features {
			kind, _, _ := strings.Cut(f, ":")
			out[f] = weights[kind]
		}
		for _, x := range l.items {
			if x.Level == "country" {
				out[feature(x)] = 0.5
			}
			if x.Kind == reading.KindTime && x.When != nil && x.When.To.Sub(x.When.From) > 31*24*time.Hour {
				out[feature(x)] = 0.5
			}
		}
	}
	return out
}
