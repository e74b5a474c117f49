package reading

import (
	"strconv"
	"strings"
	"time"
)

// lexical reads the words of times.txt.
func (p *page) lexical(i int) (moment, bool) {
	h, ok := p.longest(i, isTime)
	if !ok || strings.HasPrefix(h.code, "month-") && h.code != "month-0" {
		return moment{}, false
	}
	if day, ok := strings.CutPrefix(h.code, "weekday-"); ok {
		return p.weekday(h, day)
	}
	if strings.HasPrefix(h.code, "season-") {
		return p.season(h)
	}
	if h.code == "coming" && p.lowerAt(h.a) == "soon" && p.lowerAt(h.a-1) == "as" {
		return moment{}, false
	}
	if _, _, month := p.monthAt(h.b + 1); month && h.code == "week-1" && p.is(h.b, "of") {
		return moment{}, false // "the last week of December"
	}
	if h.code == "half-hour" || strings.HasPrefix(h.code, "hour-") {
		return moment{}, false
	}
	if h.code == "day+0" && h.b == h.a+1 && arabic(p.text[p.toks[h.a].from:]) && p.ordinalBehind(h.b) {
		return moment{}, false
	}
	m := moment{a: h.a, b: h.b}
	if m.precision = precisionOf(h.code); p.day.IsZero() {
		return m, true
	}
	if part, ok := partHours[h.code]; ok {
		return p.bareDayPart(h, part)
	}
	p.relative(&m, h.code)
	return m, true
}

// precisionOf is that of a word of times.txt.
func precisionOf(code string) string {
	kind, _, _ := strings.Cut(strings.Replace(code, "+", "-", 1), "-")
	switch kind {
	case "part", "dawn", "morning", "noon", "afternoon", "evening", "night", "midnight":
		return "part-of-day"
	case "hours", "coming", "recent", "weekend", "then", "begun", "rest":
		return "days"
	}
	return kind
}

// relative sets the interval of a word such as day-1, week+0, part-1-night.
func (p *page) relative(m *moment, code string) {
	d := p.day
	monday := d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
	first := p.civil(d.Year(), d.Month(), 1)
	january := p.civil(d.Year(), 1, 1)
	set := func(from, to time.Time) { m.from, m.to = from, to }
	switch code {
	case "day+0", "day-1", "day+1", "day-2", "day+2":
		n, _ := strconv.Atoi(code[3:])
		set(d.AddDate(0, 0, n), d.AddDate(0, 0, n+1))
	case "hours-24":
		set(d.AddDate(0, 0, -1), d.AddDate(0, 0, 1))
		m.lasts, m.open = true, "the account's hour is not known"
	case "week+0", "week-1", "week+1":
		n, _ := strconv.Atoi(code[4:])
		set(monday.AddDate(0, 0, 7*n), monday.AddDate(0, 0, 7*n+7))
	case "begun-week":
		set(monday, d.AddDate(0, 0, 1))
	case "rest-week":
		set(d, monday.AddDate(0, 0, 7))
	case "begun-month":
		set(first, d.AddDate(0, 0, 1))
	case "rest-month":
		set(d, first.AddDate(0, 1, 0))
	case "begun-year":
		set(january, d.AddDate(0, 0, 1))
	case "rest-year":
		set(d, january.AddDate(1, 0, 0))
	case "weekend+0", "weekend-next":
		if code == "weekend+0" && d.Before(monday.AddDate(0, 0, 5)) && !p.hasFuture(m.a) {
			monday = monday.AddDate(0, 0, -7)
		}
		set(monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 7))
		m.open = "which days a weekend has differs"
	case "month+0", "month+1":
		n, _ := strconv.Atoi(code[5:])
		set(first.AddDate(0, n, 0), first.AddDate(0, n+1, 0))
	case "month-0":
		set(first.AddDate(0, -1, 0), first)
	case "year+0", "year-1", "year+1":
		n, _ := strconv.Atoi(code[4:])
		set(january.AddDate(n, 0, 0), january.AddDate(n+1, 0, 0))
	case "coming":
		set(d, d.AddDate(0, 0, 8))
		m.open = "how far ahead is not said"
	case "coming-weeks":
		set(d, d.AddDate(0, 0, 28))
		m.open = "how far ahead is not said"
	case "recent":
		set(d.AddDate(0, 0, -14), d.AddDate(0, 0, 1))
		m.open = "how far back is not said"
	default:
		p.relativePart(m, code)
	}
}

// relativePart sets a part of a day: part-night is tonight, part-1-night last night.
func (p *page) relativePart(m *moment, code string) {
	d, part := p.day, strings.TrimPrefix(code, "part-")
	if rest, ok := strings.CutPrefix(part, "1-"); ok {
		d, part = d.AddDate(0, 0, -1), rest
	}
	h := partHours[part]
	m.from, m.to = at(d, h[0]), at(d, h[1])
}

// partHours are the hours of the parts of a day; those above 24 are of the next day.
var partHours = map[string][2]int{
	"dawn": {3, 7}, "morning": {5, 12}, "noon": {11, 14}, "afternoon": {12, 18}, "evening": {17, 24}, "night": {18, 30}, "midnight": {23, 25},
}

// at is an hour of a day.
func at(day time.Time, hour int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, 0, 0, 0, day.Location())
}

// bareDayPart is a part of a day that is not named: it is taken for the account's own.
func (p *page) bareDayPart(h hit, part [2]int) (moment, bool) {
	cyr := cyrillic(p.text[p.toks[h.a].from:]) && p.lower(h.a) != "дня" && p.lower(h.a) != "днем"
	if p.toks[h.a].joined || !cyr && !p.toks[h.a].line && !p.is(h.a-1, "in", "at", "by", "between", "the", "before", "after", "until", "since", "в", "during", "على", "from") && !arabic(p.text[p.toks[h.a].from:]) && h.code != "dawn" && h.code != "midnight" {
		return moment{}, false
	}
	if h.code == "midnight" && !p.looksAhead(h.a) {
		part = [2]int{-1, 1}
	}
	day := p.clockDay(h.a)
	return moment{a: h.a, b: h.b, from: at(day, part[0]), to: at(day, part[1]), precision: "part-of-day", open: "the day is not said"}, true
}

// partOf reads a part of the day that was named just before: "Friday night".
func (p *page) partOf(i int, day time.Time) (moment, bool) {
	h, ok := p.longest(i, isTime)
	if !ok {
		return moment{}, false
	}
	part, ok := partHours[h.code]
	if !ok {
		return moment{}, false
	}
	return moment{a: i, b: h.b, from: at(day, part[0]), to: at(day, part[1]), precision: "part-of-day"}, true
}

// weekday reads the name of a day: the account's own day if it is that one, else the last
// such day before it, or the next after it where the sentence looks ahead.
func (p *page) weekday(h hit, code string) (moment, bool) {
	f := fold(p.text[p.toks[h.a].from:p.toks[h.a].to])
	if latin(p.text[p.toks[h.a].from]&^0x20) && !p.toks[h.a].capital {
		return moment{}, false
	}
	if date, ok := p.dateBehind(h.b); ok {
		date.a = h.a
		return date, true
	}
	if len(f) == 3 && (f == "sat" || f == "sun" || f == "mon" || f == "wed") {
		return moment{}, false
	}
	a := h.a
	b := p.weekBehind(h.b)
	last, next := b > h.b || p.is(a-1, "last", "past", "прошлый", "прошлую", "минувший", "минувшую"), p.is(a-1, "next", "coming", "следующий", "следующую", "ближайший", "ближайшую")
	if last || next || p.is(a-1, "this") || p.is(a-1, "اليوم") {
		a--
	}
	if p.is(h.b, "الماضي", "الماضية", "المقبل", "القادم", "المقبلة", "القادمة") {
		last, next = last || p.is(h.b, "الماضي", "الماضية"), next || !p.is(h.b, "الماضي", "الماضية")
		h.b++
	}
	want, _ := strconv.Atoi(code)
	m := moment{a: a, b: max(b, h.b), precision: "day"}
	if p.day.IsZero() {
		return m, true
	}
	if b > h.b { // "Tuesday of last week"
		monday := p.day.AddDate(0, 0, -(int(p.day.Weekday())+6)%7-7)
		return dayOf(a, b, monday.AddDate(0, 0, (want+6)%7)), true
	}
	off := (want - int(p.day.Weekday()) + 7) % 7 // days ahead
	ahead := next || !last && p.looksAhead(h.a)
	switch {
	case ahead && off == 0 && next:
		off = 7
	case ahead:
	case off > 0:
		off -= 7
	case last:
		off = -7
	}
	m = dayOf(a, h.b, p.day.AddDate(0, 0, off))
	if ahead && !next {
		m.open = "the day ahead, from the words around it"
	}
	return m, true
}

// looksAhead reports whether the clause around token i speaks of what is to come.
func (p *page) looksAhead(i int) bool {
	if p.is(i-1, "before", "by", "until", "till", "к", "до", "قبل", "حتى") || p.is(p.starts[p.sent[i]], "next") && i-p.starts[p.sent[i]] < 6 {
		return true
	}
	if first := p.starts[p.sent[i]]; i-first <= 2 && p.aheadOf(i+1) {
		return true
	}
	for k := i - 1; k >= 0 && k > i-9 && p.sent[k] == p.sent[i] && p.kind(k) != ',' && p.text[p.toks[k].from] != ';'; k-- {
		if _, ok := p.longest(k, isSpeech); ok {
			return false // "said Friday": the words ahead are of the saying
		}
		if p.future(k) && p.is(k-1, "been") && p.is(k-2, "had") {
			return false // "had been due to leave"
		}
		if p.is(k, "will", "would", "until") || p.expected(k) || p.future(k) || p.aheadArabic(k) {
			return true
		}
	}
	return false
}

// aheadOf reports whether the words behind a day at the start of a sentence speak of what is to come.
func (p *page) aheadOf(i int) bool {
	for k := i; k < i+9 && p.sentOf(k) == p.sent[i-1]; k++ {
		if p.is(k, "will") {
			return true
		}
		if _, ok := p.longest(k, isSpeech); ok {
			return false
		}
	}
	return false
}

// dateBehind reads a date that stands behind the name of its day: "Monday, 12 September".
func (p *page) dateBehind(i int) (moment, bool) {
	if p.kind(i) == ',' {
		i++
	}
	if i >= len(p.toks) || p.taken[i] {
		return moment{}, false
	}
	if m, ok := p.month(i); ok && m.precision == "day" {
		return m, true
	}
	return moment{}, false
}

// aheadArabic reports whether token i is an Arabic verb of what is to come.
func (p *page) aheadArabic(i int) bool {
	if p.kind(i) != word || p.toks[i].id != none {
		return false
	}
	w := p.text[p.toks[i].from:p.toks[i].to]
	for _, s := range []string{"سي", "ست", "سن", "وسي", "وست"} {
		if strings.HasPrefix(w, s) && len(w) > len(s)+4 {
			return !strings.HasPrefix(w, "سيا") && !strings.HasPrefix(w, "سيد") && !strings.HasPrefix(w, "سيط") && !strings.HasPrefix(w, "سنو")
		}
	}
	return false
}

func (p *page) future(i int) bool {
	for _, h := range p.at(i) {
		if h.category == isMood && h.code == "future" && !p.is(i, "before", "can") {
			return true
		}
	}
	return false
}
