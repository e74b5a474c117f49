package marked

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/reading"
	"truce/words"
)

// right reports whether an item stands on a mark and has its value.
func (j *judge) right(m Mark, x reading.Item) bool {
	if !overlap(m.Span, x.Span) {
		return false
	}
	switch {
	case m.Kind == Duration && x.Kind == reading.KindQuantity:
		return sameLength(m.Value, x)
	case m.Kind == Duration:
		return x.Kind == reading.KindTime
	case (m.Kind == Actor || m.Kind == Ref) && x.Kind == reading.KindActor:
		return sameActor(m.Value, x.Codes, x.Certain)
	case m.Kind == Place && x.Kind == reading.KindPlace:
		return j.places.same(m.Value, x)
	case m.Kind == Time && x.Kind == reading.KindTime:
		return sameTime(m.Value, x.When, j.t.Date.Location())
	case m.Kind == Quantity && x.Kind == reading.KindQuantity:
		return sameAmount(m.Value, x)
	}
	return false
}

// sameActor reports whether the best of codes is the actor. Somebody whom no register
// knows must not be taken for one it knows.
func sameActor(value string, codes []string, certain bool) bool {
	id, _, _ := strings.Cut(value, "/")
	unknown := len(codes) == 0 || strings.HasPrefix(codes[0], "?")
	if id == "?" {
		return unknown || !certain
	}
	return !unknown && codes[0] == id || unknown && slices.Contains(elsewhere, id)
}

// elsewhere are actors of the corpus whom the sample mission's register does not hold.
var elsewhere = strings.Fields("ukraine dpr lpr osce-smm")

func sameLength(value string, x reading.Item) bool {
	n, unit, _ := parseDuration(value)
	if x.Amount == nil || x.Amount.Low == nil {
		return false
	}
	return near(*x.Amount.Low*hours[x.Counts], n*hours[unit])
}

// hours turns a unit of time into hours.
var hours = map[string]float64{"seconds": 1. / 3600, "minutes": 1. / 60, "hours": 1, "days": 24, "weeks": 168, "months": 730, "years": 8766}

// near allows for "over 300" as 300 or 301, and for rounding.
func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9 || math.Abs(a-b) <= 0.011*math.Abs(b)
}

func sameAmount(value string, x reading.Item) bool {
	want, _ := parseAmount(value)
	if x.Amount == nil || !counts(want.what, x.Counts) {
		return false
	}
	low, high := math.Inf(-1), math.Inf(1)
	if x.Amount.Low != nil {
		low = *x.Amount.Low
	}
	if x.Amount.High != nil {
		high = *x.Amount.High
	}
	switch {
	case want.loose:
		return low <= 1.35*want.high && high >= 0.65*want.low && x.Amount.Low != nil
	case math.IsInf(want.high, 1):
		return (near(low, want.low) || low == want.low+1) && high > want.low
	}
	return near(low, want.low) && near(high, want.high)
}

// counts holds the reader to what is counted where it is people killed or wounded.
func counts(want, got string) bool {
	toll := map[string]string{"killed": "killed", "injured": "wounded"}[got]
	if want == "killed" || want == "wounded" {
		return toll == want
	}
	return toll == ""
}

func sameTime(value string, got *truce.When, zone *time.Location) bool {
	want, ok := parseTime(value, zone)
	if !ok || got == nil {
		return false
	}
	if want.open {
		return !got.From.Before(want.from.Add(-time.Hour)) && got.From.Before(want.to) && got.To.After(want.from)
	}
	if want.to.Sub(want.from) <= time.Minute { // "at noon" may be told as some hours around it
		return !got.From.After(want.to) && !got.To.Before(want.from) && got.To.Sub(got.From) <= 3*time.Hour
	}
	inside := !got.From.Before(want.from.Add(-time.Hour)) && !got.To.After(want.to.Add(time.Hour))
	if want.loose {
		return inside
	}
	return inside && 4*got.To.Sub(got.From) >= want.to.Sub(want.from)
}

// told says what an item is, for people.
func told(x reading.Item) string {
	s := fmt.Sprintf("%q %s %s", x.Text, strings.Join(x.Codes, ","), x.Name)
	if x.Level != "" {
		s += " " + x.Level
	}
	if x.When != nil {
		s += " " + x.When.From.Format("2006-01-02T15:04") + ".." + x.When.To.Format("2006-01-02T15:04")
	}
	if x.Amount != nil {
		s += " " + bound(x.Amount.Low) + ".." + bound(x.Amount.High) + " " + x.Counts
	}
	return strings.TrimSpace(s)
}

func bound(f *float64) string {
	if f == nil {
		return ""
	}
	return fmt.Sprint(*f)
}

// Places are the places of the marks: level, and the folded names and codes that are right.
type Places map[string]place

type place struct {
	level string
	names []string
}

// ParsePlaces reads the corpus's places.txt.
func ParsePlaces(file string, b []byte) (Places, error) {
	out := Places{}
	for i, l := range strings.Split(string(b), "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		parts := strings.Split(l, "|")
		if len(parts) != 4 {
			return nil, wrong(file, i+1, "no place", "mark | level | governorate | names")
		}
		p := place{level: strings.TrimSpace(parts[1])}
		for name := range strings.SplitSeq(parts[3], ",") {
			p.names = append(p.names, words.Fold(strings.TrimSpace(name)))
		}
		out[strings.TrimSpace(parts[0])] = p
	}
	return out, nil
}

// same reports whether an item names the place: its level, if it says one, and its code or
// name, or else the words themselves.
func (p Places) same(mark string, x reading.Item) bool {
	want, known := p[mark]
	if !known || x.Level != "" && (x.Level == "governorate") != (want.level == "governorate") {
		return false
	}
	for _, name := range append(slices.Clone(x.Codes[:min(1, len(x.Codes))]), x.Name, x.Text) {
		if name = words.Fold(name); name != "" && slices.Contains(want.names, name) {
			return true
		}
	}
	return false
}
