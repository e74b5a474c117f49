package match

import (
	"math"
	"strings"
)

// Reason is one thing that speaks for or against, or that one account does not state: the name of a
// sentence and what is put into it, for doors that have words of their own. Numbers are written as
// people read them; only days and per cent are whole numbers, so that they can be inflected.
type Reason struct {
	Code string
	Args []any
}

// Because says all parts by code, in the order of [Comparison.Reasons].
func Because(parts []Part) []Reason {
	var out []Reason
	for _, p := range parts {
		if p.Speaks() {
			out = append(out, p.Reason())
		}
	}
	for f, p := range parts {
		if !p.Speaks() && silences[f] != "" {
			out = append(out, Reason{Code: "silent." + code(names[f][0])})
		}
	}
	return out
}

// Reason says a part by code: what [Part.Say] says in words.
func (p Part) Reason() Reason {
	r := Reason{Code: code(p.Key())}
	switch {
	case p.Feature == Time:
		return p.timeReason(r.Code)
	case p.Feature == Place:
		return p.placeReason()
	case p.Feature == Text:
		r.Args = []any{int(math.RoundToEven(100 * p.Amount))}
	case (p.Feature == Killed || p.Feature == Injured) && p.Level >= NearToll:
		r = Reason{code(names[p.Feature][0]) + ".times", []any{number(p.Amount)}}
	}
	return r
}

func (p Part) timeReason(of string) Reason {
	switch p.Level {
	case SomeDay, EveryDay:
		if math.IsInf(p.Of, 0) {
			return Reason{Code: of + ".open"}
		}
		return Reason{of, []any{inDays(p.Of)}}
	case HoursApart:
		return Reason{of, []any{number(p.Amount)}}
	case OneWeek, Later:
		if math.IsInf(p.Amount, 0) {
			return Reason{Code: "time.apart.open"}
		}
		return Reason{"time.apart", []any{inDays(p.Amount)}}
	}
	return Reason{Code: of}
}

func (p Part) placeReason() Reason {
	r := Reason{Code: "place.apart"}
	if p.Amount < samePoint {
		r.Code = "place.point"
	} else {
		r.Args = append(r.Args, number(p.Amount))
	}
	switch {
	case p.Of < samePoint:
		return r
	case p.Amount <= p.Of || p.Level == InExtent || p.Level == InRegion:
		r.Code += ".within"
	default:
		r.Code += ".wider"
	}
	r.Args = append(r.Args, number(p.Of))
	return r
}

// code makes a code of a key: "time: same day" is time.same-day.
func code(key string) string {
	return strings.NewReplacer(": ", ".", ", ", "-", " ", "-").Replace(key)
}

// Samples are parts that say every sentence there is, each level with such numbers as change the
// sentence.
func Samples() []Part {
	var out []Part
	for f := range features {
		for l := 1; l < len(names[f]); l++ {
			for _, n := range [][2]float64{{30, 40}, {0, 40}, {30, 0}, {0, 0}, {50, 40}, {0.04, 0.03}} {
				out = append(out, Part{Feature: f, Level: Level(l), Amount: n[0], Of: n[1]})
			}
		}
	}
	open := math.Inf(1)
	return append(out, Part{Feature: Time, Level: SomeDay, Of: open}, Part{Feature: Time, Level: EveryDay, Of: open},
		Part{Feature: Time, Level: Later, Amount: open})
}
