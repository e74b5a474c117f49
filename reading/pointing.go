package reading

import (
	"strconv"
	"strings"
	"time"

	"truce"
)

// pointing reads a time that is counted from the one named before: "the same day", "the next
// morning", "two hours later".
func (p *page) pointing(i int) (moment, bool) {
	if h, ok := p.longest(i, isTime); ok && strings.HasPrefix(h.code, "then") {
		return p.pointed(h)
	}
	a := i
	for p.is(a, "через", "بعد") {
		a++
	}
	n, unit, b, ok := p.length(a)
	if !ok {
		return moment{}, false
	}
	base := p.namedBefore(i)
	if base == nil {
		base = p.stretchBefore(i)
	}
	switch {
	case p.is(b, "later", "afterwards", "afterward", "спустя", "позже"):
		b++
	case p.is(b, "after") && p.breaks(b+1):
		b++
	case p.is(b, "earlier", "ранее", "раньше") || p.is(b, "before") && p.breaks(b+1):
		n, b = -n, b+1
	case a > i && base == nil || a > i && p.hasFuture(i):
		return p.back(i, b, -n, unit), !p.is(b, "после", "من")
	case a > i:
	default:
		return moment{}, false
	}
	return p.stepped(moment{a: i, b: b}, base, n, unit), true
}

// breaks reports whether what is said ends before token i.
func (p *page) breaks(i int) bool { return i >= len(p.toks) || p.kind(i) != word || p.toks[i].next }

// namedBefore returns the day or the hour that was named last, in this paragraph or the one before.
func (p *page) namedBefore(i int) *truce.When {
	for k := len(p.ments) - 1; k >= 0 && p.paras[i]-p.paras[p.ments[k].a] <= 1; k-- {
		if x := p.ments[k].it; x.Kind == KindTime && x.When != nil && !x.When.Lasts && x.When.To.Sub(x.When.From) <= 30*time.Hour {
			return x.When
		}
	}
	return nil
}

// stretchBefore returns the time of more than a day that was named before in the sentence.
func (p *page) stretchBefore(i int) *truce.When {
	if k := len(p.ments) - 1; k >= 0 && p.sent[p.ments[k].a] == p.sent[i] && p.ments[k].it.Kind == KindTime {
		return p.ments[k].it.When
	}
	return nil
}

// hasFuture reports whether the sentence up to the next words speaks of what is to come.
func (p *page) hasFuture(i int) bool {
	for k := p.starts[p.sent[i]]; k < i+6 && p.sentOf(k) == p.sent[i]; k++ {
		if p.is(k, "will", "would") || p.future(k) || p.aheadArabic(k) {
			return true
		}
	}
	return false
}

// pointed reads a phrase such as then+1-morning: the morning of the day after the one named before.
func (p *page) pointed(h hit) (moment, bool) {
	m := moment{a: h.a, b: h.b, precision: "day", open: "counted from the day named before"}
	if p.day.IsZero() && p.namedBefore(h.a) == nil {
		return m, true
	}
	code, part, _ := strings.Cut(h.code[len("then"):], "/")
	n, err := strconv.Atoi(strings.TrimRight(code, "hm"))
	if err != nil {
		return moment{}, false
	}
	switch {
	case strings.HasSuffix(code, "h"):
		return p.stepped(m, p.namedBefore(h.a), n, "hours"), true
	case strings.HasSuffix(code, "m"):
		return p.stepped(m, p.namedBefore(h.a), n, "minutes"), true
	}
	day := p.dayNamed(h.a).AddDate(0, 0, n)
	m.from, m.to = day, day.AddDate(0, 0, 1)
	if hours, ok := partHours[part]; ok {
		m.from, m.to, m.precision = at(day, hours[0]), at(day, hours[1]), "part-of-day"
	}
	return m, true
}

// dayNamed is the day named before token i, or else the account's.
func (p *page) dayNamed(i int) time.Time {
	w := p.namedBefore(i)
	if w == nil {
		return p.day
	}
	y, mo, d := w.From.Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, w.From.Location())
}

// stepped is a time n units from another: nil stands for the account's day.
func (p *page) stepped(m moment, base *truce.When, n int, unit string) moment {
	m.precision, m.open = "day", "counted from the time named before"
	if base == nil {
		if p.day.IsZero() {
			return m
		}
		base = &truce.When{From: p.day, To: p.day.AddDate(0, 0, 1)}
	}
	switch unit {
	case "minutes", "hours":
		d := time.Duration(n) * time.Hour
		if unit == "minutes" {
			d = time.Duration(n) * time.Minute
		}
		m.from, m.to, m.precision = base.From.Add(d), base.To.Add(d), "hour"
		return m
	case "weeks":
		n *= 7
	case "months", "years":
		if unit == "years" {
			n *= 12
		}
		m.from, m.to, m.precision = base.From.AddDate(0, n, -15), base.To.AddDate(0, n, 15), "month"
		return m
	}
	y, mo, d := base.From.Date()
	m.from = time.Date(y, mo, d+n, 0, 0, 0, 0, base.From.Location())
	m.to = m.from.AddDate(0, 0, 1)
	if base.To.Sub(base.From) > 48*time.Hour {
		m.to, m.precision = base.To.AddDate(0, 0, n), "days"
	}
	return m
}

// length reads a stretch of time: "three days", "an hour", "полчаса", "ساعتين".
func (p *page) length(i int) (n int, unit string, b int, ok bool) {
	if n, b, ok = p.count(i); ok {
		if u, timed := p.unit(b); timed {
			return n, u.code, u.b, true
		}
		if u, timed := p.unit(i); timed && arabic(p.text[p.toks[i].from:]) { // a dual
			return n, u.code, u.b, true
		}
		return 0, "", i, false
	}
	k := i
	if p.is(i, "a", "an") {
		k++
	} else if i >= len(p.toks) || p.kind(i) != word || !arabic(p.text[p.toks[i].from:]) && !cyrillic(p.text[p.toks[i].from:]) {
		return 0, "", i, false
	}
	if h, is := p.longest(k, isTime); is && h.code == "half-hour" {
		return 30, "minutes", h.b, true
	}
	if u, timed := p.unit(k); timed && !strings.HasPrefix(p.text[p.toks[k].from+p.toks[k].lead:], "ال") {
		return 1, u.code, u.b, true
	}
	return 0, "", i, false
}

// ahead reads "in three days" of what is to come.
func (p *page) ahead(i int) (moment, bool) {
	if !p.is(i, "in", "within", "خلال") || !p.hasFuture(i) {
		return moment{}, false
	}
	n, unit, b, ok := p.length(i + 1)
	if !ok || unit == "hours" || unit == "minutes" || unit == "years" {
		return moment{}, false
	}
	m := p.back(i, b, -n, unit)
	if p.is(i, "within", "خلال") && !m.from.IsZero() {
		m.from, m.precision = p.day, "days"
	}
	return m, true
}

// season reads "this spring", "last winter", "the summer of 2015", "летом 2014 года".
func (p *page) season(h hit) (moment, bool) {
	month, _ := strconv.Atoi(strings.TrimPrefix(h.code, "season-"))
	m := moment{a: h.a, b: h.b, precision: "longer"}
	k := h.b
	if p.is(k, "of") {
		k++
	}
	if y, b, said := p.yearAfter(k); said {
		m.b = b
		return p.months(m, y, month), true
	}
	past := p.is(h.a-1, "last", "прошлым", "прошлой", "прошлого", "минувшим", "минувшей") || p.is(h.b, "الماضي")
	coming := p.is(h.a-1, "next", "coming", "будущим", "будущей", "следующим", "следующей") || p.is(h.b, "المقبل", "القادم")
	this := p.is(h.a-1, "this", "этим", "этой", "нынешним", "нынешней")
	that := p.is(h.a-1, "that", "тем", "той")
	russian := cyrillic(p.text[p.toks[h.a].from:])
	if !past && !coming && !this && !that && !russian && !(p.is(h.a-1, "the", "in", "since") && !p.nounSoon(h.b) && p.is(h.a-2, "in", "since", "over", "during", "until", "by")) {
		return moment{}, false
	}
	if arabic(p.text[p.toks[h.a].from:]) && (past || coming) {
		m.b++
	} else if past || coming || this || that {
		m.a--
	}
	if p.day.IsZero() {
		return m, true
	}
	y := p.day.Year()
	if that {
		if w := p.lastYear(); w != 0 {
			return p.months(m, w, month), true
		}
	}
	begun := !p.civil(y, time.Month(month), 1).After(p.day)
	running := begun && p.day.Before(p.civil(y, time.Month(month+3), 1))
	switch {
	case coming && begun:
		y++
	case !coming && !begun && !p.hasFuture(h.a), past && running:
		y--
	}
	m = p.months(m, y, month)
	if end := p.day.AddDate(0, 0, 1); m.to.After(end) && m.from.Before(p.day) && !coming {
		m.to = end
	}
	return m, true
}

// nounSoon reports whether a noun follows at once, as in "spring water".
func (p *page) nounSoon(i int) bool {
	return p.kind(i) == word && !p.toks[i].next && !p.is(i, "and", "of", "the", "when", "after", "before", "in", "but", "a", "it", "they")
}

// lastYear is the year of the last time that was named.
func (p *page) lastYear() int {
	for k := len(p.ments) - 1; k >= 0; k-- {
		if x := p.ments[k].it; x.Kind == KindTime && x.When != nil {
			return x.When.From.Year()
		}
	}
	return 0
}

// months are three months of a year.
func (p *page) months(m moment, y, month int) moment {
	m.from = p.civil(y, time.Month(month), 1)
	m.to = m.from.AddDate(0, 3, 0)
	return m
}
