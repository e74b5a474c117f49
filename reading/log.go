package reading

import (
	"slices"
	"strings"
	"time"
)

// logs reports whether the text writes its hours in four figures, as logs do: twice at least
// a figure such as 0820, or one at the start of a line that can be an hour and no year.
func (p *page) logs() bool {
	n := 0
	for i := range p.toks {
		if p.fourDigits(i) && (p.text[p.toks[i].from] == '0' || p.toks[i].line && !p.yearAt(i)) {
			n++
		}
	}
	return n > 1
}

// fourDigits reports whether token i can be an hour in four figures.
func (p *page) fourDigits(i int) bool {
	t := p.toks[i]
	if t.kind != number || t.to-t.from != 4 || t.grouped || t.ordinal || t.joined || t.value != float64(int(t.value)) {
		return false
	}
	n := int(t.value)
	return n/100 < 24 && n%100 < 60 && p.text[t.from+1] != '.' && p.text[t.from+2] != '.'
}

// fourFigures reads an hour written in four figures: "0820", "by 1400", "5 March 1800", "1730 hours".
func (p *page) fourFigures(i int) (h, min, b int, ok bool) {
	if !p.fourDigits(i) {
		return 0, 0, i, false
	}
	n, b := int(p.toks[i].value), i+1
	_, _, month := p.monthAt(i - 1)
	switch {
	case slices.Contains([]string{"hours", "hrs", "hr", "h", "lt"}, p.lowerAt(b)) && !p.is(i-1, "for", "over", "within", "some", "of") && (n%5 == 0 || p.logged):
		b++
	case month && !p.yearAt(i), p.text[p.toks[i].from] == '0', p.logged && p.toks[i].line:
	case p.countAt(b).entry != nil || p.kind(b) == '%':
		return 0, 0, i, false
	case p.logged && p.is(i-1, "at", "until", "till", "to", "and", "around", "about", "from", "between"):
	case p.logged && p.is(i-1, "by", "since", "after", "before") && !p.yearAt(i):
	case n%5 == 0 && !p.yearAt(i) && (p.is(i-1, "from", "between") && p.is(b, "to", "until", "and") && b+1 < len(p.toks) && p.fourDigits(b+1) ||
		p.is(i-1, "to", "until", "and") && i > 2 && p.fourDigits(i-2) && p.is(i-3, "from", "between") || p.is(i-1, "at")):
	default:
		return 0, 0, i, false
	}
	return n / 100, n % 100, b, true
}

// dottedHour reads an hour with a full stop in it: "9.40 a.m.", "в 14.30".
func (p *page) dottedHour(i int) (h, min, b int, ok bool) {
	raw := p.text[p.toks[i].from:p.toks[i].to]
	hour, minute, cut := strings.Cut(raw, ".")
	if !cut || len(minute) != 2 || len(hour) > 2 || minute > "59" || p.kind(i+1) == '%' || p.scaleAt(i+1) {
		return 0, 0, i, false
	}
	pm, am := p.halfDay(i + 1)
	if !pm && !am && (!p.is(i-1, "в") || len(hour) < 2 || p.countAt(i+1).entry != nil) {
		return 0, 0, i, false
	}
	return int(p.toks[i].value), int(minute[0]-'0')*10 + int(minute[1]-'0'), i + 1, p.toks[i].value < 24
}

// scaleAt reports whether "thousand" or its like stands at token i.
func (p *page) scaleAt(i int) bool { return p.kind(i) == word && p.scales[p.toks[i].id] > 0 }

// entryDay is the day of an hour that begins an entry of a log: the last day that begins a line, or
// else the account's. What entries tell in passing of other days is not asked.
func (p *page) entryDay() time.Time {
	for k := len(p.ments) - 1; k >= max(0, len(p.ments)-farBack); k-- {
		m := p.ments[k]
		if x := m.it; x.Kind == KindTime && p.toks[m.a].line && x.Precision == "day" && x.When != nil && x.Certain && x.When.To.Sub(x.When.From) < 30*time.Hour {
			return p.midnight(x.When.From)
		}
	}
	return p.day
}

// farBack is how many mentions a rule looks back, so that reading takes time in proportion to the text.
const farBack = 200

func (p *page) midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// onlyDay is the one day before the account's that the text has named so far, if there is just one and it is
// told as a day of the week: a story of one day goes on about it in the next paragraph.
func (p *page) onlyDay() time.Time {
	var only time.Time
	for _, m := range p.ments[max(0, len(p.ments)-farBack):] {
		x := m.it
		if x.Kind != KindTime || x.When == nil || x.When.Lasts || x.When.To.Sub(x.When.From) > 30*time.Hour || m.a < 14 && x.When.From.Equal(p.day) {
			continue
		}
		day := p.midnight(x.When.From)
		if h, ok := p.longest(m.a, isTime); !ok || !strings.HasPrefix(h.code, "weekday-") {
			return p.day
		}
		if !only.IsZero() && !only.Equal(day) {
			return p.day
		}
		only = day
	}
	if only.IsZero() || only.After(p.day) {
		return p.day
	}
	return only
}
