package reading

import (
	"strconv"
	"strings"
	"time"

	"truce"
)

// times finds when: dates, days of the week, parts of a day and words such as "yesterday",
// as intervals in the account's zone.
func (p *page) times() {
	for i := 0; i < len(p.toks); {
		if m, ok := p.time(i); ok {
			i = p.enterTime(m)
		} else {
			i++
		}
	}
}

// moment is a time as it is read: tokens [a, b).
type moment struct {
	a, b      int
	from, to  time.Time // zero where the account's day is missing
	precision string
	lasts     bool
	open      string // why it is not sure
	oclock    bool   // an hour of a day that is not said
	between   bool   // "between" stands before it
}

func (p *page) enterTime(m moment) int {
	if next, ok := p.joinTime(m); ok {
		m = next
	}
	m = p.until(m)
	it := Item{Kind: KindTime, Precision: m.precision, Certain: m.open == "" && !m.from.IsZero(), Why: m.open}
	switch {
	case m.from.IsZero():
		it.Why = "the account has no date"
		p.dropTime++
	default:
		it.When = &truce.When{From: m.from, To: m.to, Lasts: m.lasts}
	}
	p.note(mention{a: m.a, b: m.b, it: it})
	p.take(m.a, m.b)
	return m.b
}

func (p *page) sentOf(i int) int {
	if i >= len(p.toks) {
		return -1
	}
	return p.sent[i]
}

// time reads a time at token i.
func (p *page) time(i int) (moment, bool) {
	if p.taken[i] {
		return moment{}, false
	}
	for _, read := range []func(int) (moment, bool){p.pointing, p.nightTo, p.since, p.written, p.ago, p.ahead, p.past, p.days, p.arabicDate, p.month, p.clockAlone, p.spokenHour, p.clockWords, p.lexical, p.year} {
		if m, ok := read(i); ok {
			return m, true
		}
	}
	return moment{}, false
}

// civil returns the day in the account's zone.
func (p *page) civil(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, p.account.zone())
}

// dayOf is the whole day that begins at t.
func dayOf(a, b int, t time.Time) moment {
	if t.IsZero() {
		return moment{a: a, b: b, precision: "day"}
	}
	return moment{a: a, b: b, from: t, to: t.AddDate(0, 0, 1), precision: "day"}
}

// since reads "since 2012" and "until Friday".
func (p *page) since(i int) (moment, bool) {
	since, until := p.is(i, "since", "منذ") || p.is(i, "с") && !p.numberAt(i+1), p.is(i, "until")
	if !since && !until || i+1 >= len(p.toks) {
		return moment{}, false
	}
	k := i + 1
	for p.is(k, "the", "early", "late", "عام", "last") && k < i+3 {
		k++
	}
	year := p.saidYear
	m, ok := p.time(k)
	p.saidYear = year
	if n, unit, b, long := p.length(k); !ok && long && p.is(i, "منذ") {
		m, ok = p.back(i, b, n, unit), true
	}
	if !ok {
		return moment{}, false
	}
	m.a = i
	if since && m.precision == "part-of-day" && m.open != "" && !m.from.IsZero() && !p.logged {
		m = p.today(m, k) // "since dawn": that of the account's day
		m.a = i
	}
	if since && !m.from.IsZero() {
		m.lasts, m.to = true, p.day
		if p.day.IsZero() || !m.to.After(m.from) {
			m.to = m.from
			m.open = "until when is not known"
		}
	}
	return m, true
}

// written reads dates in figures: 2016-08-26, 26/08/2016, 26.08.2016.
func (p *page) written(i int) (moment, bool) {
	var x [3]int
	if p.kind(i) != number || i+2 >= len(p.toks) {
		return moment{}, false
	}
	x[0] = int(p.toks[i].value)
	if p.kind(i+1) == number && p.kind(i+2) == number && p.toks[i+1].joined && p.toks[i+2].joined {
		x[1], x[2] = int(p.toks[i+1].value), int(p.toks[i+2].value)
		return p.figures(i, i+3, x)
	}
	if i+4 < len(p.toks) && (p.kind(i+1) == '/' && p.kind(i+3) == '/' || p.kind(i+1) == '.' && p.kind(i+3) == '.') && p.kind(i+2) == number && p.kind(i+4) == number && p.toks[i+4].from-p.toks[i].from < 10 {
		x[1], x[2] = int(p.toks[i+2].value), int(p.toks[i+4].value)
		return p.figures(i, i+5, x)
	}
	if p.kind(i+1) == '.' && p.kind(i+2) == number && p.toks[i+2].from-p.toks[i].from < 6 {
		if f := p.text[p.toks[i+2].from:p.toks[i+2].to]; len(f) == 7 && f[2] == '.' { // 26.08.2016 reads as 26 . 08.2016
			x[1], _ = strconv.Atoi(f[:2])
			x[2], _ = strconv.Atoi(f[3:])
			return p.figures(i, i+3, x)
		}
	}
	return moment{}, false
}

// figures reads day, month and year in either order.
func (p *page) figures(a, b int, x [3]int) (moment, bool) {
	d, m, y, open := x[0], x[1], x[2], ""
	if x[0] > 31 {
		y, m, d = x[0], x[1], x[2]
	} else if m > 12 {
		d, m = m, d
	} else if d <= 12 && d != m {
		open = "the day may be the month"
	}
	if y < 1900 || y > 2100 || m < 1 || m > 12 || d < 1 || d > 31 {
		return moment{}, false
	}
	p.saidYear, p.saidIn = y, p.paras[a]
	t := dayOf(a, b, p.civil(y, time.Month(m), d))
	t.open = open
	if x[0] > 31 {
		t.open = ""
	}
	return t, true
}

// ago reads "three days ago", "an hour ago", "قبل ثلاثة أيام", "неделю назад".
func (p *page) ago(i int) (moment, bool) {
	k := i
	before := p.is(i, "قبل")
	if before {
		k++
	}
	if p.is(k, "half") {
		k++
	}
	n, unit, end, ok := p.length(k)
	if !ok || !before && !p.is(end, "ago", "назад") {
		return moment{}, false
	}
	if !before {
		end++
	}
	return p.back(i, end, n, unit), true
}

// back is a moment n units before the account's day.
func (p *page) back(a, b, n int, unit string) moment {
	m := moment{a: a, b: b, precision: strings.TrimSuffix(unit, "s")}
	if p.day.IsZero() {
		return m
	}
	switch unit {
	case "hours", "minutes":
		m.from, m.to, m.precision, m.open = p.day, p.day.AddDate(0, 0, 1), "day", "the account's hour is not known"
	case "days":
		m = dayOf(a, b, p.day.AddDate(0, 0, -n))
	case "weeks":
		m.from = p.day.AddDate(0, 0, -7*n-3)
		m.to = m.from.AddDate(0, 0, 7)
	case "months":
		m.from = p.civil(p.day.Year(), p.day.Month(), 1).AddDate(0, -n, 0)
		m.to = m.from.AddDate(0, 1, 0)
	default:
		m.from = p.civil(p.day.Year()-n, 1, 1)
		m.to = m.from.AddDate(1, 0, 0)
	}
	return m
}

// count reads a plain number at token i.
func (p *page) count(i int) (n, b int, ok bool) {
	if p.kind(i) == number && p.toks[i].value < 1000 && !p.toks[i].ordinal {
		return int(p.toks[i].value), i + 1, true
	}
	if h, ok := p.longest(i, isNumber); ok && h.code == "" && h.low < 100 {
		return int(h.low), h.b, true
	}
	return 0, i, false
}

// unit reads a unit of time.
func (p *page) unit(i int) (hit, bool) {
	for _, h := range p.at(i) {
		if h.category == isCount && strings.Contains(" minutes hours days weeks months years ", " "+h.code+" ") && h.b == i+1 {
			return h, true
		}
	}
	return hit{}, false
}

// monthAt reads the name of a month.
func (p *page) monthAt(i int) (time.Month, int, bool) {
	h, ok := p.longest(i, isTime)
	if !ok {
		return 0, i, false
	}
	n, ok := strings.CutPrefix(h.code, "month-")
	x, err := strconv.Atoi(n)
	if !ok || err != nil || x == 0 {
		return 0, i, false
	}
	if p.kind(h.b) == '/' {
		if same, again := p.longest(h.b+1, isTime); again && same.code == h.code {
			return time.Month(x), same.b, true // "آب/أغسطس": one month by two names
		}
	}
	return time.Month(x), h.b, true
}

// month reads "26 August 2016", "August 26", "March 2016", "early March".
func (p *page) month(i int) (moment, bool) {
	if d, ok := p.dayOrdinal(i); ok {
		k := i + 1
		if p.is(k, "of") {
			k++
		}
		if m, b, ok := p.monthAt(k); ok && p.properMonth(k, true) {
			return p.dated2(i, b, d, m)
		}
		return moment{}, false
	}
	m, b, ok := p.monthAt(i)
	if !ok || p.fatherAt(i) {
		return moment{}, false
	}
	if d, ok := p.dayNumber(b); ok && p.properMonth(i, true) && !p.yearAt(b) && (p.unitless(b+1) || p.toks[b].ordinal) {
		return p.dated2(i, b+1, d, m)
	}
	y, end, said := p.yearAfter(b)
	if !said {
		y, end, said = p.thatYear(b)
	}
	if !p.properMonth(i, said) {
		return moment{}, false
	}
	return p.wholeMonth(i, end, y, m, said), true
}

// unitless reports whether no unit stands at token i, as in "March 27 people".
func (p *page) unitless(i int) bool {
	for _, h := range p.at(i) {
		if h.category == isCount && (h.code == "people" || h.code == "killed" || h.code == "injured") {
			return false
		}
	}
	return true
}

// properMonth tells May and March the months from the other words.
func (p *page) properMonth(i int, beside bool) bool {
	f := fold(p.text[p.toks[i].from:p.toks[i].to])
	switch f {
	case "may", "march", "mar", "sat", "sun", "dec", "jan":
		return p.toks[i].capital && (beside || p.is(i-1, "in", "since", "until", "by", "of", "last", "early", "late", "mid", "from", "between", "during", "and", "to", "this"))
	}
	return true
}

// dayOrdinal reads the day of a month before its name, also "the first of".
func (p *page) dayOrdinal(i int) (int, bool) {
	for d, w := range []string{"first", "second", "third"} {
		if p.is(i, w) && p.is(i+1, "of") {
			return d + 1, true
		}
	}
	return p.dayNumber(i)
}

func (p *page) dayNumber(i int) (int, bool) {
	if p.kind(i) == number && p.toks[i].value >= 1 && p.toks[i].value <= 31 && !p.toks[i].grouped && (!p.toks[i].joined || p.kind(i-1) == number) {
		return int(p.toks[i].value), p.toks[i].value == float64(int(p.toks[i].value))
	}
	return 0, false
}

func (p *page) yearAt(i int) bool {
	return p.kind(i) == number && p.toks[i].to-p.toks[i].from == 4 && p.toks[i].value >= 1900 && p.toks[i].value < 2100
}

// yearAfter reads a year behind a month or a day, if it stands there.
func (p *page) yearAfter(i int) (y, b int, said bool) {
	k := i
	if p.kind(k) == ',' {
		k++
	}
	if p.yearAt(k) {
		y, b = int(p.toks[k].value), k+1
		if p.is(b, "года", "г", "год", "году") {
			b++
		}
		return y, b, true
	}
	return p.shortYear(i)
}

// dated2 is a day of a month, in the year that is said or the one that puts it nearest
// before the account.
func (p *page) dated2(a, b, d int, month time.Month) (moment, bool) {
	y, end, said := p.yearAfter(b)
	if !said {
		if y = p.nearestYear(a, month, d); y == 0 {
			return moment{a: a, b: b, precision: "day"}, true
		}
	}
	t := p.civil(y, month, d)
	if t.Month() != month {
		return moment{}, false
	}
	out := dayOf(a, end, t)
	if said {
		p.saidYear, p.saidIn = y, p.paras[a]
	} else if p.saidYear != 0 && p.saidYear == y && y != p.day.Year() {
		out.open = "the year is that of the date before"
	}
	return out, true
}

// nearestYear is the year of a date without one: that of the last date that has one, if it is
// of an earlier year than the account, as in a history; else the year in which it is nearest
// to the account's day, where a day more than two months ahead is one of the year before. It is
// 0 if there is nothing to go by.
func (p *page) nearestYear(a int, m time.Month, d int) int {
	if p.saidYear != 0 && (p.day.IsZero() || p.saidYear < p.day.Year()-1 && p.saidIn == p.paras[a]) {
		return p.saidYear
	}
	if p.day.IsZero() {
		return 0
	}
	y := p.day.Year()
	if p.civil(y, m, d).After(p.day.AddDate(0, 2, 0)) {
		if p.runsOut(a) {
			return y
		}
		return y - 1
	}
	if p.civil(y, m, d).Before(p.day.AddDate(0, -9, 0)) && p.hasFuture(a) && !p.is(a-1, "since", "с", "منذ") {
		return y + 1 // "planned for January", in December
	}
	return y
}

func (p *page) wholeMonth(a, b, y int, m time.Month, said bool) moment {
	out := moment{a: a, b: b, precision: "month"}
	if said {
		p.saidYear, p.saidIn = y, p.paras[a]
	} else {
		if y = p.nearestYear(a, m, 1); y == 0 {
			return out
		}
		if p.is(a-1, "last") && y == p.day.Year() && m >= p.day.Month() {
			y--
		}
	}
	out.from = p.civil(y, m, 1)
	out.to = out.from.AddDate(0, 1, 0)
	switch {
	case p.partOfMonth(a-1) == "early" || p.is(a-1, "of") && p.is(a-2, "beginning", "start"):
		out.to, out.precision = out.from.AddDate(0, 0, 10), "days"
	case p.is(a-1, "of") && p.is(a-2, "week") && p.is(a-3, "first"):
		out.to, out.precision = out.from.AddDate(0, 0, 7), "days"
	case p.is(a-1, "of") && p.is(a-2, "week") && p.is(a-3, "last"):
		out.from, out.precision = out.to.AddDate(0, 0, -7), "days"
	case p.is(a-1, "of") && p.is(a-2, "half"):
		out.precision = "days"
		if p.is(a-3, "second") {
			out.from = out.from.AddDate(0, 0, 15)
		} else {
			out.to = out.from.AddDate(0, 0, 15)
		}
	case p.partOfMonth(a-1) == "first half":
		out.to, out.precision = out.from.AddDate(0, 0, 15), "days"
	case p.partOfMonth(a-1) == "second half":
		out.from, out.precision = out.from.AddDate(0, 0, 14), "days"
	case p.partOfMonth(a-1) == "mid":
		out.from, out.to, out.precision = out.from.AddDate(0, 0, 10), out.from.AddDate(0, 0, 20), "days"
	case p.partOfMonth(a-1) == "late" || p.is(a-1, "of") && p.is(a-2, "end"):
		out.from, out.precision = out.from.AddDate(0, 0, 20), "days"
	}
	if out.precision == "days" && !p.is(a-1, "of") {
		out.a--
	}
	return out
}

// year reads "2012" where a year is meant.
func (p *page) year(i int) (moment, bool) {
	if !p.yearAt(i) || p.kind(i+1) == '%' || p.toks[i].joined {
		return moment{}, false
	}
	for _, h := range p.at(i + 1) {
		if h.category == isCount && h.code != "years" {
			return moment{}, false
		}
	}
	prep := p.is(i-1, "in", "since", "of", "from", "until", "by", "during", "to", "between", "and", "late", "early", "mid", "after", "before", "в", "с", "عام", "سنة", "منذ", "year", "through", "до") || p.kind(i-1) == '(' && p.kind(i+1) == ')'
	if !prep && !p.is(i+1, "года", "году", "год") {
		return moment{}, false
	}
	if p.is(i-1, "resolution", "number", "no") {
		return moment{}, false
	}
	b := i + 1
	if p.is(b, "года", "году", "год") {
		b++
	}
	y := p.civil(int(p.toks[i].value), 1, 1)
	return moment{a: i, b: b, from: y, to: y.AddDate(1, 0, 0), precision: "year"}, true
}
