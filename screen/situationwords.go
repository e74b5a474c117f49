package screen

import (
	"regexp"
	"strconv"
	"strings"

	"truce/figures"
)

// The words of package geo for an extent.
var (
	discWords = regexp.MustCompile(`^within ([\d,]+) m of (-?[\d.]+), (-?[\d.]+)$`)
	cellWords = regexp.MustCompile(`^(-?[\d.]+) to (-?[\d.]+) north, (-?[\d.]+) to (-?[\d.]+) east$`)
	areaWords = regexp.MustCompile(`^(.+) \([A-Z0-9-]+\)$`)
)

// Place says a published place, given in geo's words, in the language of the page. What it
// cannot take apart it gives back; empty is a place that is not known.
func (f Frame) Place(text string) string {
	if text == "" {
		return f.words.must("where.unknown")
	}
	var out []string
	for _, piece := range strings.Split(text, " or ") {
		out = append(out, f.placePiece(piece))
	}
	if n := len(out); n > 3 {
		out = append(out[:2], f.words.must("where.more", n-2))
	}
	return strings.Join(out, f.words.must("where.or"))
}

// Placing is a place with its words said.
func (f Frame) Placing(p PlaceWords) PlaceWords { return PlaceWords{f.Place(p.Text), p.Areas} }

func (f Frame) placePiece(text string) string {
	if m := discWords.FindStringSubmatch(text); m != nil {
		if metres, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64); err == nil {
			return f.words.must("where.disc", strconv.FormatFloat(metres/1000, 'f', -1, 64), m[2], m[3])
		}
	}
	if m := cellWords.FindStringSubmatch(text); m != nil {
		return f.words.must("where.cells", m[1], m[2], m[3], m[4])
	}
	if m := areaWords.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// Act says a kind of act.
func (f Frame) Act(act string) string {
	if f.Lang() != English && f.words.Known("act."+act) {
		return f.words.must("act." + act)
	}
	return strings.ReplaceAll(act, "-", " ")
}

// Fact says a kind of fact that is wanted.
func (f Frame) Fact(fact string) string {
	if name := "want." + strings.ReplaceAll(fact, " ", "-"); f.words.Known(name) {
		return f.words.must(name)
	}
	return fact
}

// People says how many, as a report gives it.
func (f Frame) People(low, high float64) string { return f.words.Range(int(low), int(high)) }

// Days says a stretch of days.
func (f Frame) Days(s figures.Stretch) string {
	switch {
	case s.From == "" && s.To == "":
		return f.words.must("days.none")
	case s.From == s.To:
		return f.words.Day(s.From)
	case s.From == "":
		return f.words.must("days.until", f.words.day("day.plain", s.To))
	case s.To == "":
		return f.words.must("days.from", f.words.day("day.plain", s.From))
	case s.From[:7] == s.To[:7]:
		return f.words.span(strings.TrimPrefix(s.From[8:], "0"), f.words.day("day.plain", s.To))
	case s.From[:4] == s.To[:4]:
		return f.words.span(f.words.ShortDay(s.From), f.words.day("day.plain", s.To))
	}
	return f.words.span(f.words.day("day.plain", s.From), f.words.day("day.plain", s.To))
}

// Between says the days from one to another.
func (f Frame) Between(from, to string) string { return f.Days(figures.Stretch{From: from, To: to}) }

// span joins the two ends of a range that are words already.
func (w *Words) span(from, to string) string { return w.must("range", from, to) }

// Difference writes by how much one number is more than another, with its sign.
func (f Frame) Difference(i figures.Interval) string {
	sign := func(n int) string {
		out := f.words.Number(n)
		switch {
		case n > 0:
			out = "+" + out
		case n < 0:
			out = "\u2212" + f.words.Number(-n)
		}
		if f.Lang().Dir() == "rtl" {
			return "\u2066" + out + "\u2069" // the sign stays on the left of the number
		}
		return out
	}
	if i.Low == i.High {
		return sign(i.Low)
	}
	return f.words.span(sign(i.Low), sign(i.High))
}
