package reading

import (
	"slices"
	"strings"
	"time"
)

// days reads the days of one month from one to another: "3-7 May", "between 1 and 10 October",
// "с 3 по 7 мая", "March 3 to 7".
func (p *page) days(i int) (moment, bool) {
	if m, b, ok := p.monthAt(i); ok && p.properMonth(i, true) && p.kind(b) == number {
		first, _ := p.dayNumber(b)
		last, end, ok := p.lastDay(b+1, false)
		if !ok || first == 0 || first >= last || !p.unitless(end) {
			return moment{}, false
		}
		return p.daysOf(i, end, first, last, m)
	}
	first, ok := p.dayNumber(i)
	if !ok {
		return moment{}, false
	}
	last, b, ok := p.lastDay(i+1, p.is(i-1, "between", "بين", "между") || p.is(i-1, "on"))
	if !ok || first >= last {
		return moment{}, false
	}
	if p.is(b, "of", "من") {
		b++
	}
	m, end, ok := p.monthAt(b)
	if !ok || !p.properMonth(b, true) {
		return moment{}, false
	}
	return p.daysOf(i, end, first, last, m)
}

// lastDay reads the second day of a stretch behind what joins it to the first.
func (p *page) lastDay(i int, pair bool) (day, b int, ok bool) {
	switch {
	case p.kind(i) == number && p.toks[i].joined:
	case p.is(i, "to", "through", "until", "по", "до", "إلى", "حتى"), pair && (p.is(i, "and", "и", "و") || p.lowerAt(i) == "و"):
		i++
	default:
		return 0, i, false
	}
	if p.kind(i) != number || p.toks[i].grouped || p.toks[i].value < 1 || p.toks[i].value > 31 || p.toks[i].value != float64(int(p.toks[i].value)) {
		return 0, i, false
	}
	return int(p.toks[i].value), i + 1, true
}

func (p *page) daysOf(a, b, first, last int, month time.Month) (moment, bool) {
	m, ok := p.dated2(a, b, last, month)
	if !ok || m.from.IsZero() {
		return m, ok
	}
	m.from = p.civil(m.from.Year(), month, first)
	m.precision, m.lasts = "days", true
	return m, m.from.Month() == month
}

// arabicDay reads the day of a month in Arabic words: "السابع من", "الحادي والعشرين من".
func (p *page) arabicDay(i int) (day, b int, ok bool) {
	w := strings.TrimPrefix(strings.TrimPrefix(p.foldAt(i), "ب"), "و")
	for d, name := range strings.Fields(arabicDays) {
		if w == name {
			day = d + 1
		}
	}
	b = i + 1
	next := p.foldAt(b)
	switch {
	case day == 11 && next == "عشر", day > 1 && day < 10 && next == "عشر":
		if day < 10 {
			day += 10
		}
		b++
	case day == 11 && strings.HasPrefix(next, "والعشر"):
		day, b = 21, b+1
	case day > 1 && day < 10 && strings.HasPrefix(next, "والعشر"):
		day, b = day+20, b+1
	case day == 11 && strings.HasPrefix(next, "والثلاث"):
		day, b = 31, b+1
	case w == "العشرين" || w == "العشرون":
		day = 20
	case w == "الثلاثين" || w == "الثلاثون":
		day = 30
	case day == 11:
		return 0, i, false
	}
	return day, b, day > 0
}

// arabicDays are the Arabic ordinals from one to eleven, folded.
const arabicDays = "الاول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر الحادي"

func (p *page) foldAt(i int) string {
	if p.kind(i) != word {
		return ""
	}
	return fold(p.text[p.toks[i].from:p.toks[i].to])
}

// arabicDate reads "السابع من تموز" and "في الثامن من يوليو 2016".
func (p *page) arabicDate(i int) (moment, bool) {
	if i >= len(p.toks) || p.kind(i) != word || !arabic(p.text[p.toks[i].from:]) {
		return moment{}, false
	}
	d, b, ok := p.arabicDay(i)
	if !ok || !p.is(b, "من") {
		return moment{}, false
	}
	if p.lowerAt(b+1) == "شهر" {
		b++
	}
	m, end, ok := p.monthAt(b + 1)
	if !ok {
		return moment{}, false
	}
	return p.dated2(i, end, d, m)
}

// thatYear reads "of that year" behind a month: the year named last.
func (p *page) thatYear(b int) (y, end int, ok bool) {
	switch {
	case p.is(b, "of") && p.lowerAt(b+1) == "that" && p.is(b+2, "year"), p.is(b, "of") && p.is(b+1, "the") && p.is(b+2, "same") && p.is(b+3, "year"):
		end = b + 3
		if p.is(b+1, "the") {
			end++
		}
	case p.lowerAt(b) == "того" && p.lowerAt(b+1) == "же" && p.is(b+2, "года"):
		end = b + 3
	case p.lowerAt(b) == "من" && strings.HasSuffix(p.lowerAt(b+1), "عام") && (p.foldAt(b+2) == "نفسه" || p.foldAt(b+2) == "ذاته"):
		end = b + 3
	default:
		return 0, b, false
	}
	y = p.lastYear()
	return y, end, y != 0
}

// midnightSide reads "before midnight on Friday" as the last hour of that day and "after midnight"
// as the first two.
func (p *page) midnightSide(m moment, day time.Time) (moment, bool) {
	h, ok := p.longest(m.a, isTime)
	if !ok || h.code != "midnight" || day.IsZero() {
		return m, false
	}
	before, after := p.is(m.a-1, "before", "до"), p.is(m.a-1, "after", "после")
	for k := h.a; k < h.b; k++ {
		before, after = before || p.is(k, "before", "до"), after || p.is(k, "after", "после")
	}
	switch {
	case before:
		m.from, m.to = at(day, 23), at(day, 24)
	case after:
		m.from, m.to = at(day, 0), at(day, 2)
	case p.lowerAt(h.b) == "tonight":
		m.from, m.to = at(day, 23), at(day, 25)
	default:
		return m, false
	}
	return m, true
}

// weekBehind reads "of last week" behind a day of the week, or returns i.
func (p *page) weekBehind(i int) int {
	if p.is(i, "of") && p.is(i+1, "last") && p.is(i+2, "week") {
		return i + 3
	}
	if p.is(i, "of") && p.is(i+1, "the") && p.is(i+2, "previous") && p.is(i+3, "week") {
		return i + 4
	}
	return i
}

// shortYear reads a year in two figures behind a month, if it is that of the account or beside it.
func (p *page) shortYear(i int) (y, b int, ok bool) {
	if p.kind(i) != number || p.toks[i].to-p.toks[i].from != 2 || p.day.IsZero() || p.countAt(i+1).entry != nil || p.kind(i+1) == ';' || !p.breaks(i+1) {
		return 0, i, false
	}
	y = 2000 + int(p.toks[i].value)
	return y, i + 1, abs(y-p.day.Year()) <= 1
}

// partOfMonth tells which part of a month the words before its name ask for: "early", "mid", "late".
func (p *page) partOfMonth(i int) string {
	if w := p.foldAt(i); strings.HasPrefix(w, "половин") {
		switch {
		case strings.HasPrefix(p.foldAt(i-1), "перв"):
			return "first half"
		case strings.HasPrefix(p.foldAt(i-1), "втор"):
			return "second half"
		}
	}
	switch p.foldAt(i) {
	case "early", "مطلع", "اوايل", "بدايه", "مستهل", "начале", "начала", "началу":
		return "early"
	case "mid", "منتصف", "اواسط", "середине", "середины":
		return "mid"
	case "late", "اواخر", "نهايه", "ختام", "конце", "конца", "концу":
		return "late"
	}
	return ""
}

// fatherAt reports whether an Arabic word is "father" and no August: "أب لستة أطفال".
func (p *page) fatherAt(i int) bool {
	return p.text[p.toks[i].from:p.toks[i].to] == "أب" && p.kind(i-1) != number && p.kind(i+1) != number && p.kind(i+1) != '/' && p.kind(i-1) != '/'
}

// today puts a part of a day without its day on the account's.
func (p *page) today(m moment, k int) moment {
	d := p.day.Sub(p.clockDay(k))
	m.from, m.to = m.from.Add(d), m.to.Add(d)
	return m
}

// runsOut reports whether words before token i say what is set for a day to come: "expires on".
func (p *page) runsOut(i int) bool {
	for k := i - 1; k > i-5 && k >= 0 && p.sent[k] == p.sent[i]; k-- {
		if slices.Contains([]string{"expires", "expire", "runs", "ends", "begins", "starts", "opens", "resumes", "until", "истекает", "заканчивается", "завершается"}, p.lowerAt(k)) {
			return true
		}
	}
	return false
}

// spokenHour reads an hour in English words: "nine at night", "six in the evening", "eight o'clock".
func (p *page) spokenHour(i int) (moment, bool) {
	n, b, ok := p.count(i)
	if !ok || p.kind(i) != word || n < 1 || n > 12 {
		return moment{}, false
	}
	pm, end := false, b
	switch {
	case p.is(b, "at") && p.is(b+1, "night"):
		pm, end = n > 5, b+2
	case p.is(b, "in") && p.is(b+1, "the") && p.is(b+2, "morning"):
		end = b + 3
	case p.is(b, "in") && p.is(b+1, "the") && p.is(b+2, "afternoon", "evening"):
		pm, end = true, b+3
	case cyrillic(p.lower(i)):
		end = b
		if p.is(end, "часов", "часа", "час") {
			end++
		}
		pm = p.is(end, "вечера") || end > b && p.is(end, "дня")
		if !pm && !p.is(end, "утра", "ночи") {
			return moment{}, false
		}
		end++
	default:
		return moment{}, false
	}
	if pm && n < 12 {
		n += 12
	}
	m := moment{a: i, b: end, precision: "hour", oclock: true, open: "the day is not said"}
	if p.day.IsZero() {
		return m, true
	}
	m.from = at(p.clockDay(i), n)
	m.to = m.from.Add(time.Hour)
	return m, true
}

// midnightAt reports whether a word for midnight begins at token i.
func (p *page) midnightAt(i int) bool {
	h, ok := p.longest(i, isTime)
	return ok && h.code == "midnight"
}

// ordinalBehind reports whether an Arabic ordinal follows: "في اليوم الثالث" is no today.
func (p *page) ordinalBehind(i int) bool {
	_, _, ok := p.arabicDay(i)
	return ok && p.kind(i) == word && strings.HasPrefix(p.foldAt(i), "ال")
}

// expected reports whether words before token i say that somebody expects or plans what is told there.
func (p *page) expected(k int) bool {
	switch p.lowerAt(k) {
	case "expects", "expect", "plans", "intends", "hopes", "aims", "wants", "slated", "expecting", "hoping", "planning":
		return p.lowerAt(k+1) == "to"
	case "due", "scheduled", "expected", "planned":
		return !p.is(k-1, "was", "were", "been") && (p.is(k+1, "to", "on", "for", "by") || p.is(k-1, "is", "are"))
	case "follow", "resume", "reconvene":
		return p.is(k-1, "to") && k-p.starts[p.sent[k]] < 5
	}
	return false
}

// clockRange reads the first hour of "с 9 до 15 часов".
func (p *page) clockRange(i int) bool {
	if !p.is(i-1, "с") || !p.is(i+1, "до") || p.kind(i+2) != number || i+3 >= len(p.toks) {
		return false
	}
	return p.toks[i].value < 24 && p.toks[i+2].value <= 24 && p.is(i+3, "часов", "часа", "час") && p.toks[i].to-p.toks[i].from <= 2
}

// past reads "in the past three days", "over the last two weeks".
func (p *page) past(i int) (moment, bool) {
	if !p.is(i, "past", "last", "coming", "next") || !p.is(i-1, "the", "in", "over", "during", "within", "for", "these", "this") {
		return moment{}, false
	}
	n, b, ok := p.count(i + 1)
	if !ok {
		return moment{}, false
	}
	unit, ok := p.unit(b)
	if !ok {
		return moment{}, false
	}
	m := moment{a: i, b: unit.b, precision: "days", lasts: true}
	if p.day.IsZero() {
		return m, true
	}
	m.from, m.to = p.day, p.day.AddDate(0, 0, 1)
	if unit.code == "hours" {
		n = (n + 23) / 24
	}
	if p.is(i, "coming", "next") {
		n = -n
	}
	switch unit.code {
	case "weeks":
		m.from = m.from.AddDate(0, 0, -7*n)
	case "months":
		m.from, m.precision = m.from.AddDate(0, -n, 0), "longer"
	case "years":
		m.from, m.precision = m.from.AddDate(-n, 0, 0), "longer"
	default:
		m.from = m.from.AddDate(0, 0, -n)
	}
	if m.to.Before(m.from) || n < 0 {
		m.from, m.to = p.day, m.from.AddDate(0, 0, 1)
	}
	return m, true
}

// nightTo reads "в ночь на четверг": the night before that day.
func (p *page) nightTo(i int) (moment, bool) {
	if !p.is(i, "ночь") || !p.is(i+1, "на") || i+2 >= len(p.toks) {
		return moment{}, false
	}
	m, ok := p.time(i + 2)
	if !ok || m.precision != "day" {
		return moment{}, false
	}
	m.a = i
	if !m.from.IsZero() {
		m.from, m.to = at(m.from, -2), at(m.from, 6)
	}
	m.precision = "part-of-day"
	return m, true
}
