package reading

import (
	"strconv"
	"strings"
	"time"
)

// joinTime joins a day and an hour or a part of the day beside it: "Friday at 14:30".
func (p *page) joinTime(m moment) (moment, bool) {
	k := m.b
	for p.kind(k) == ',' || p.is(k, "at", "on", "in", "around", "about", "the", "من", "в") || p.oclocks(k) {
		k++
	}
	if m.precision == "part-of-day" && m.open != "" && p.is(k, "of") {
		k++ // "the early hours of Friday"
	}
	if k > m.b+2 || p.sentOf(k) != p.sentOf(m.a) {
		return m, false
	}
	if m.precision == "day" && !m.from.IsZero() {
		if h, ok := p.clock(k, m.from); ok {
			h.a, h.open, h.oclock, h.between = m.a, m.open, false, p.is(k-1, "between", "между", "بين")
			return h, true
		}
		if h, ok := p.longest(m.b, isTime); ok && h.code == "weekday-"+strconv.Itoa(int(m.from.Weekday())) {
			m.b = h.b
			return m, true
		}
		if part, ok := p.partOf(k, m.from); ok && k == m.b {
			part.a = m.a
			return part, true
		}
	}
	if (m.oclock || m.precision == "part-of-day" && m.open != "") && !m.from.IsZero() {
		if d, ok := p.time(k); ok && !d.from.IsZero() && (d.precision == "day" || p.oneDay(d) && (m.oclock || p.midnightAt(m.a))) {
			if d.precision != "day" {
				d.from = p.midnight(d.from)
			}
			if side, ok := p.midnightSide(m, d.from); ok {
				m = side
			} else {
				m = p.moved(m, d.from)
			}
			m.b, m.open, m.oclock = d.b, d.open, false
			return p.nightOver(m, d.from), true
		} else if ok && d.precision == "days" && !d.from.IsZero() && d.to.Sub(d.from) == 48*time.Hour && m.precision == "part-of-day" {
			m = p.moved(m, d.from) // "the night of 7 to 8 May"
			m.b, m.open = d.b, d.open
			return m, true
		}
	}
	if d, ok := p.time(k); ok && k == m.b && d.precision == "day" && m.open == "" && p.oneDay(m) && !d.from.IsZero() && d.open == "" && p.midnight(m.from).Equal(d.from) {
		m.b = d.b // "at noon today, Thursday 3 August"
		return m, true
	}
	return m, false
}

// nightOver takes in the second day of "the night of Sunday to Monday".
func (p *page) nightOver(m moment, day time.Time) moment {
	if m.precision != "part-of-day" || !p.is(m.b, "to", "на") {
		return m
	}
	if d, ok := p.time(m.b + 1); ok && d.precision == "day" && d.from.Sub(day) <= 25*time.Hour && d.from.After(day) {
		m.b = d.b
	}
	return m
}

// oclocks reports whether a word that joins a day to hours stands at token i, before an hour:
// "tomorrow from 9:00 to 15:00".
func (p *page) oclocks(i int) bool {
	if !p.is(i, "from", "between", "с", "между", "بين") || p.kind(i+1) != number {
		return false
	}
	_, _, _, ok := p.hourMinute(i + 1)
	return ok
}

// oneDay reports whether a time is a day or a part of one that is sure.
func (p *page) oneDay(m moment) bool {
	return !m.from.IsZero() && m.open == "" && (m.precision == "day" || m.precision == "part-of-day" && m.to.Sub(m.from) <= 14*time.Hour)
}

// moved puts an hour or a part of a day on another day.
func (p *page) moved(m moment, day time.Time) moment {
	was := p.clockDay(m.a)
	m.from, m.to = m.from.Add(day.Sub(was)), m.to.Add(day.Sub(was))
	return m
}

// clockDay is the day of an hour that is told without one: the last that was named in its
// paragraph, or else the account's.
func (p *page) clockDay(i int) time.Time {
	if p.logged || p.toks[i].line && p.kind(i) == number {
		return p.entryDay()
	}
	for k := len(p.ments) - 1; k >= 0 && p.paras[p.ments[k].a] == p.paras[i]; k-- {
		x := p.ments[k].it
		if x.Kind == KindTime && (x.Precision == "day" || x.Precision == "minute" || x.Precision == "part-of-day") && x.When != nil && !x.When.Lasts && x.Certain && x.When.To.Sub(x.When.From) < 30*time.Hour {
			y, m, d := x.When.From.Date()
			return time.Date(y, m, d, 0, 0, 0, 0, x.When.From.Location())
		}
	}
	return p.onlyDay()
}

// until joins the end of a stretch: "21 April 18:00 to 22 April 18:00", "between 09:30 and 11:00".
func (p *page) until(m moment) moment {
	between := m.between || p.is(m.a-1, "between", "между", "بين") || p.is(m.a-2, "between", "بين")
	if !(p.is(m.b, "to", "until", "till", "through", "до", "по", "إلى", "حتى") || between && p.is(m.b, "and", "и", "و") || m.b < len(p.toks) && p.toks[m.b].joined && p.kind(m.b) == number) || m.from.IsZero() {
		return m
	}
	if m.precision == "day" {
		return p.untilDay(m)
	}
	if m.precision == "month" {
		return p.untilMonth(m)
	}
	if m.precision == "part-of-day" && between && m.to.Sub(m.from) <= 3*time.Hour { // "between noon and 4 p.m."
		m.from, m.precision = m.from.Add(m.to.Sub(m.from)/2).Truncate(time.Hour), "hour"
	}
	if m.precision != "minute" && m.precision != "hour" {
		return m
	}
	k := m.b
	if p.kind(k) == word {
		k++
	}
	end, ok := p.time(k)
	if !ok || end.from.IsZero() {
		return m
	}
	if next, ok := p.joinTime(end); ok {
		end = next
	}
	if h, ok := p.longest(k, isTime); ok && h.code == "midnight" {
		y, mo, d := m.from.Date()
		end.from = time.Date(y, mo, d+1, 0, 0, 0, 0, m.from.Location())
	}
	if m.oclock && !end.oclock && end.precision != "part-of-day" {
		y, mo, d := end.from.Date()
		m = p.moved(m, time.Date(y, mo, d, 0, 0, 0, 0, end.from.Location()))
		m.open = end.open
	}
	if end.oclock {
		y, mo, d := m.from.Date()
		end.from = time.Date(y, mo, d, end.from.Hour(), end.from.Minute(), 0, 0, m.from.Location())
	}
	if end.from.After(m.from) {
		m.b, m.to = end.b, end.from
	}
	return m
}

// untilMonth joins the last month of a stretch: "between March and May", "from January to March".
func (p *page) untilMonth(m moment) moment {
	k := m.b
	if p.kind(k) == word {
		k++
	}
	month, b, ok := p.monthAt(k)
	if !ok || !p.properMonth(k, true) {
		return m
	}
	y, end, said := p.yearAfter(b)
	switch {
	case said:
		m.from = p.civil(y, m.from.Month(), 1)
		if m.from.Month() > month {
			m.from = m.from.AddDate(-1, 0, 0)
		}
	case m.from.Month() > month:
		y, end = m.from.Year()+1, b
	default:
		y, end = m.from.Year(), b
	}
	m.b, m.to, m.precision, m.lasts = end, p.civil(y, month, 1).AddDate(0, 1, 0), "longer", true
	return m
}

// untilDay joins the last day of a stretch: "30 May to 5 June", "from Monday to Wednesday".
func (p *page) untilDay(m moment) moment {
	k := m.b
	if p.kind(k) == word {
		k++
	}
	end, ok := p.time(k)
	if !ok || end.precision != "day" || end.from.IsZero() || !end.from.After(m.from) || end.from.Sub(m.from) > 60*24*time.Hour {
		return m
	}
	m.b, m.to, m.precision, m.lasts = end.b, end.to, "days", true
	return m
}

// clockAlone reads an hour without a day; it is taken for one of the account's day.
func (p *page) clockAlone(i int) (moment, bool) {
	m, ok := p.clock(i, p.clockDay(i))
	if ok {
		m.open, m.oclock = "the day is not said", true
		if p.day.IsZero() {
			m.from, m.to = time.Time{}, time.Time{}
		}
	}
	return m, ok
}

// clockWords reads an hour in Arabic words: "الساعة السادسة من مساء السبت", "بين الساعة الثانية والرابعة ظهرا".
func (p *page) clockWords(i int) (moment, bool) {
	k := i
	if p.is(k, "الساعة") {
		k++
	}
	hour, b, ok := p.hourWord(k)
	if part, named := p.longest(b, isTime); !ok || k == i && (!named || partHours[partCode(part)] == [2]int{}) {
		return moment{}, false
	}
	last, end, two := p.hourWord(b)
	if two = two && p.is(i-1, "بين"); two {
		b = end
	}
	if p.is(b, "من") {
		b++
	}
	part, half := p.longest(b, isTime)
	if hours, known := partHours[partCode(part)]; half && known {
		b = part.b
		hour, last = later(hour, hours), later(last, hours)
	}
	m := moment{a: i, b: b, precision: "hour", oclock: true, open: "the day is not said"}
	if p.day.IsZero() {
		return m, true
	}
	m.from = at(p.clockDay(i), hour)
	m.to = m.from.Add(time.Hour)
	if two {
		m.to = at(p.clockDay(i), last)
	}
	return m, m.to.After(m.from)
}

// partCode is the part of a day that a word of time names: part-evening is "evening".
func partCode(h hit) string {
	if h.entry == nil {
		return ""
	}
	return strings.TrimPrefix(h.code, "part-")
}

// hourWord reads "السادسة" as the hour of a day.
func (p *page) hourWord(i int) (hour, b int, ok bool) {
	h, ok := p.longest(i, isTime)
	if !ok {
		return 0, i, false
	}
	n, is := strings.CutPrefix(h.code, "hour-")
	hour, err := strconv.Atoi(n)
	return hour, h.b, is && err == nil
}

// later puts an hour of twelve into a part of the day.
func later(hour int, part [2]int) int {
	if hour < 12 && part[0] >= 11 {
		return hour + 12
	}
	return hour
}

// clock reads "14:30", "2 p.m.", "1900 GMT" on a day.
func (p *page) clock(i int, day time.Time) (moment, bool) {
	if p.kind(i) != number {
		return moment{}, false
	}
	h, min, k, ok := p.hourMinute(i)
	if !ok {
		return moment{}, false
	}
	zone, b := p.zoneAt(k)
	precision, length := "minute", time.Minute
	if min < 0 {
		min, precision, length = 0, "hour", time.Hour
	}
	m := moment{a: i, b: b, precision: precision}
	if !day.IsZero() {
		y, mo, d := day.Date()
		m.from = time.Date(y, mo, d, h, min, 0, 0, zone).In(p.account.zone())
		m.to = m.from.Add(length)
	}
	return m, true
}

// hourMinute reads the figures of an hour; the minute is -1 if it is not said.
func (p *page) hourMinute(i int) (h, min, b int, ok bool) {
	if h, min, b, ok = p.fourFigures(i); ok {
		return h, min, b, true
	}
	if h, min, b, ok = p.dottedHour(i); ok {
		return p.halved(h, min, b)
	}
	h, min, b = int(p.toks[i].value), -1, i+1
	if p.kind(b) == ';' && p.text[p.toks[b].from] == ':' && p.kind(b+1) == number && p.toks[b+1].from == p.toks[b].to && p.toks[b+1].to-p.toks[b+1].from == 2 && p.toks[b].from == p.toks[i].to {
		min, b = int(p.toks[b+1].value), b+2
	} else if p.toks[i].to-p.toks[i].from == 4 && (p.is(b, "gmt", "utc") || p.is(b, "local") && p.is(b+1, "time")) {
		h, min = h/100, h%100
	}
	pm, am := p.halfDay(b)
	if pm || am {
		b++
	} else if p.is(b, "in") && p.is(b+1, "the") && p.is(b+2, "afternoon", "evening", "morning") && p.toks[i].value <= 12 {
		pm, am = !p.is(b+2, "morning"), p.is(b+2, "morning")
		b += 3
	} else if p.is(b, "at") && p.is(b+1, "night") && p.toks[i].value > 5 && p.toks[i].value <= 12 {
		pm, b = true, b+2
	}
	if pm && h < 12 {
		h += 12
	}
	if am && h == 12 {
		h = 0
	}
	if p.clockRange(i) {
		return h, 0, b, true
	}
	if p.is(b, "часов", "часа", "час") && p.is(i-1, "в", "с", "к", "до") {
		return h, max(min, 0), b + 1, h < 25
	}
	said := min >= 0 || pm || am
	return h, min, b, said && h < 25 && min < 60 && h >= 0 && !(h == 24 && min > 0)
}

// halved puts an hour into the half of the day that follows.
func (p *page) halved(h, min, b int) (int, int, int, bool) {
	pm, am := p.halfDay(b)
	if pm && h < 12 {
		h += 12
	}
	if am && h == 12 {
		h = 0
	}
	if pm || am {
		b++
	}
	return h, min, b, true
}

// halfDay reads "p.m." and "a.m.".
func (p *page) halfDay(i int) (pm, am bool) {
	if p.kind(i) != word {
		return false, false
	}
	switch fold(p.text[p.toks[i].from:p.toks[i].to]) {
	case "pm":
		return true, false
	case "am":
		return false, true
	}
	return p.is(i, "вечера", "дня", "مساء"), p.is(i, "утра", "ночи", "صباحا", "فجرا")
}

// zoneAt reads "GMT" and "local time" behind an hour.
func (p *page) zoneAt(i int) (*time.Location, int) {
	switch {
	case p.is(i, "gmt", "utc"):
		return time.UTC, i + 1
	case p.is(i, "local") && p.is(i+1, "time"):
		return p.account.zone(), i + 2
	}
	return p.account.zone(), i
}
