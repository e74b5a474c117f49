package marked

import (
	"math"
	"regexp"
	"slices"

	"truce"
	"truce/reading"
)

// Perfect returns what a reader would find that finds what is marked and nothing else. It
// serves tests of what is made of readings.
func (t Text) Perfect(places Places) reading.Reading {
	r := reading.Start(t.Text, t.Account(), "marks")
	r.Language = t.Head["language"]
	r.Sentences = sentences(t.Text)
	for _, m := range t.Marks {
		if x, ok := t.item(m, places); ok {
			r.Items = append(r.Items, x)
		}
	}
	for _, e := range t.Events {
		r.Items = append(r.Items, reading.Item{Kind: reading.KindAct, Span: e.Span, Text: t.at(e.Span), Codes: []string{e.Act}, Mood: reading.Fact})
	}
	for _, e := range t.Nevers {
		if e.Act != "*" && e.Act != "toll" {
			r.Items = append(r.Items, reading.Item{Kind: reading.KindAct, Span: e.Span, Text: t.at(e.Span), Codes: []string{e.Act}, Mood: reading.Denied})
		}
	}
	for _, s := range t.Said {
		who := &reading.Voice{Text: s.Speakers[0], Codes: []string{speaker(s.Speakers[0])}}
		r.Statements = append(r.Statements, reading.Statement{Span: s.Span, Said: s.Span, Speaker: who, Stance: reading.Stance(s.Stance)})
	}
	for _, m := range t.Marks {
		if m.Kind == Doubt {
			r.Doubts = append(r.Doubts, reading.Doubt{Span: m.Span, Text: t.at(m.Span), Perhaps: m.Value})
		}
	}
	slices.SortStableFunc(r.Items, func(a, b reading.Item) int { return a.From - b.From })
	return r
}

func (t Text) at(s reading.Span) string { return t.Text[s.From:s.To] }

// item returns what is found where a mark is.
func (t Text) item(m Mark, places Places) (reading.Item, bool) {
	x := reading.Item{Span: m.Span, Text: t.at(m.Span), Kind: reading.Kind(m.Kind), Certain: true}
	switch m.Kind {
	case Actor, Ref:
		x.Kind, x.Codes = reading.KindActor, []string{speaker(m.Value)}
		return x, m.Value != "?"
	case Place:
		x.Codes, x.Level = []string{m.Value}, places[m.Value].level
	case Time:
		w, _ := parseTime(m.Value, t.Date.Location())
		x.When = &truce.When{From: w.from, To: w.to}
	case Duration:
		n, unit, _ := parseDuration(m.Value)
		x.Kind, x.Amount, x.Counts = reading.KindQuantity, &reading.Amount{Low: &n, High: &n}, unit
	case Quantity:
		a, _ := parseAmount(m.Value)
		x.Amount, x.Counts = &reading.Amount{Low: &a.low}, a.what
		if !math.IsInf(a.high, 1) {
			x.Amount.High = &a.high
		}
	default:
		return x, false
	}
	return x, true
}

// speaker is the actor without the person who speaks for it.
func speaker(value string) string { return person.ReplaceAllString(value, "") }

var (
	person = regexp.MustCompile(`/.*$`)
	ends   = regexp.MustCompile(`[.!?؟]["”»']?\s+|\n+`)
)

// sentences parts a text at full stops and line ends.
func sentences(text string) []reading.Span {
	var out []reading.Span
	at := 0
	for _, m := range append(ends.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		if m[0] > at {
			out = append(out, reading.Span{From: at, To: m[0]})
		}
		at = m[1]
	}
	return out
}
