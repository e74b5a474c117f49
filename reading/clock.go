package reading

import (
	"time"
)

// joinTime joins a day and an hour or a part of the day beside it: "Friday at 14:30".
func (p *page) joinTime(m moment) (moment, bool) {
	k := m.b
	for p.kind(k) == ',' || p.is(k, "at", "on", "in", "around", "about", "the", "من", "в") {
		k++
	}
	if k > m.b+2 || p.sentOf(k) != p.sentOf(m.a) {
		return m, false
	}
	if m.precision == "day" && !m.from.IsZero() {
		if h, ok := p.clock(k, m.from); ok {
			h.a, h.open, h.oclock = m.a, m.open, false
			return h, true
		}
		if part, ok := p.partOf(k, m.from); ok && k == m.b {
			part.a = m.a
			return part, true
		}
	}
	if m.oclock || m.precision == "part-of-day" && m.open != "" {
		if d, ok := p.time(k); ok && d.precision == "day" && !d.from.IsZero() {
			shift := d.from.Sub(p.anchor())
			m.from, m.to, m.b, m.open = m.from.Add(shift), m.to.Add(shift), d.b, d.open
			return m, true
		}
	}
	return m, false
}

// until joins the end of a stretch: "21 April 18:00 to 22 April 18:00", "between 09:30 and 11:00".
func (p *page) until(m moment) moment {
	between := p.is(m.a-1, "between")
	if !(p.is(m.b, "to", "until", "до") || between && p.is(m.b, "and") || m.b < len(p.toks) && p.toks[m.b].joined && p.kind(m.b) == number) || m.from.IsZero() || m.precision != "minute" && m.precision != "hour" {
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
	if end.oclock {
		y, mo, d := m.from.Date()
		end.from = time.Date(y, mo, d, end.from.Hour(), end.from.Minute(), 0, 0, m.from.Location())
	}
	if end.from.After(m.from) {
		m.b, m.to = end.b, end.from
	}
	return m
}

// clockAlone reads an hour without a day; it is taken for one of the account's day.
func (p *page) clockAlone(i int) (moment, bool) {
	m, ok := p.clock(i, p.day)
	if ok {
		m.open, m.oclock = "the day is not said", true
		if p.day.IsZero() {
			m.from, m.to = time.Time{}, time.Time{}
		}
	}
	return m, ok
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
	h, min, b = int(p.toks[i].value), -1, i+1
	if p.kind(b) == ';' && p.text[p.toks[b].from] == ':' && p.kind(b+1) == number && p.toks[b+1].from == p.toks[b].to && p.toks[b+1].to-p.toks[b+1].from == 2 && p.toks[b].from == p.toks[i].to {
		min, b = int(p.toks[b+1].value), b+2
	} else if p.toks[i].to-p.toks[i].from == 4 && (p.is(b, "gmt", "utc") || p.is(b, "local") && p.is(b+1, "time")) {
		h, min = h/100, h%100
	}
	pm, am := p.halfDay(b)
	if pm || am {
		b++
	}
	if pm && h < 12 {
		h += 12
	}
	if am && h == 12 {
		h = 0
	}
	said := min >= 0 || pm || am
	return h, min, b, said && h < 25 && min < 60 && h >= 0 && !(h == 24 && min > 0)
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
	return p.is(i, "вечера"), p.is(i, "утра", "ночи")
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
