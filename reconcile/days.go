package reconcile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Day is one author's count for one day, as its author states it.
type Day struct {
	Date   string `json:"date"` // a civil day of the author, such as 2017-01-12
	Author string `json:"author"`
	Total  Count  `json:"total"`
	// Parts are the total by area, in the order of the file.
	Parts []Part `json:"parts,omitempty"`
	// Breakdown says how far the total is broken down: "full", "partial", "none" or "" for
	// not stated.
	Breakdown string `json:"breakdown,omitempty"`
	// Cumulative is a running count and Since the first day of it, empty where nobody says.
	Cumulative Count  `json:"cumulative"`
	Since      string `json:"since,omitempty"`
	// Answer is what the other side said to the count.
	Answer Answer `json:"answer"`
	// DateFrom says where the date was found: "bulletin", "article", "inferred".
	DateFrom string `json:"date_from,omitempty"`
	Note     string `json:"note,omitempty"`
	Seen     string `json:"seen_at,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// Part is the count of one area.
type Part struct {
	Area string `json:"area"`
	N    Count  `json:"n"`
}

// Answer is what somebody answered to a count: how many cases were confirmed, how many were fire
// at a group outside the truce, how many were not confirmed.
type Answer struct {
	By           string `json:"by,omitempty"`
	Confirmed    Count  `json:"confirmed"`
	Exempt       Count  `json:"exempt"`
	NotConfirmed Count  `json:"not_confirmed"`
}

// Given reports whether there is any answer.
func (a Answer) Given() bool { return a.By != "" || a.stated() > 0 }

func (a Answer) each() []Count { return []Count{a.Confirmed, a.Exempt, a.NotConfirmed} }

func (a Answer) stated() int {
	n := 0
	for _, c := range a.each() {
		if c.Stated {
			n++
		}
	}
	return n
}

func (a Answer) sum() int { return a.Confirmed.N + a.Exempt.N + a.NotConfirmed.N }

// Part returns the count of an area.
func (d *Day) Part(area string) Count {
	for _, p := range d.Parts {
		if p.Area == area {
			return p.N
		}
	}
	return Count{}
}

// placed is the sum of the parts that are stated.
func (d *Day) placed() int {
	n := 0
	for _, p := range d.Parts {
		n += p.N.N
	}
	return n
}

// Unplaced is how many cases of the total stand under no area; not stated where the total is
// not, or where the parts make more than it.
func (d *Day) Unplaced() Count {
	if n := d.Total.N - d.placed(); d.Total.Stated && n >= 0 {
		return Of(n)
	}
	return Count{}
}

// Authors lists the authors of days, sorted.
func Authors(days []Day) []string {
	var out []string
	for _, d := range days {
		out = append(out, d.Author)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// By returns the days of one author, in order.
func By(days []Day, author string) []Day {
	out := slices.DeleteFunc(slices.Clone(days), func(d Day) bool { return d.Author != author })
	slices.SortStableFunc(out, func(a, b Day) int { return strings.Compare(a.Date, b.Date) })
	return out
}

// DayPair is one day in two ledgers.
type DayPair struct {
	Date string `json:"date"`
	// A and B are the rows; nil where that ledger has none, which is not zero.
	A *Day `json:"a"`
	B *Day `json:"b"`
	// Areas are the areas where either gives a number above zero, or one is not stated.
	Areas []AreaPair `json:"areas,omitempty"`
	// Shared is how many cases can at most be in both, if both place each case in the same
	// area; not stated where that cannot be told.
	Shared  Count    `json:"shared_at_most"`
	Reasons []Reason `json:"reasons"`
	// SlipsA and SlipsB are what is odd within each row.
	SlipsA []Reason `json:"slips_a,omitempty"`
	SlipsB []Reason `json:"slips_b,omitempty"`
}

// AreaPair is one area of a day in two ledgers.
type AreaPair struct {
	Area string `json:"area"`
	A    Count  `json:"a"`
	B    Count  `json:"b"`
}

// Ledger is one author's totals by day.
type Ledger struct {
	// Name is what the author is called in sentences.
	Name string
	// Days are the rows, in order, each day once.
	Days []Day
	// Zone is where the author's days are days, nil for not stated, and Cut when a day starts
	// after midnight there.
	Zone *time.Location
	Cut  time.Duration
}

// CompareDays lays two ledgers side by side, day by day, and explains each day.
func CompareDays(a, b Ledger) []DayPair {
	slipsA, slipsB := Slips(a.Days), Slips(b.Days)
	var out []DayPair
	for _, date := range datesOf(a.Days, b.Days) {
		p := DayPair{Date: date, A: find(a.Days, date), B: find(b.Days, date), SlipsA: slipsA[date], SlipsB: slipsB[date]}
		p.explain(a.Name, b.Name)
		if hours, first := windows(a, b, date); hours != "" && p.A != nil && p.B != nil {
			last := a.Name
			if first == a.Name {
				last = b.Name
			}
			p.add("day.window", first, hours, last)
		}
		out = append(out, p)
	}
	return out
}

// windows is how many hours earlier a day of one author begins than of the other; empty where
// they begin together, or where a zone is not stated.
func windows(a, b Ledger, date string) (hours, first string) {
	if a.Zone == nil || b.Zone == nil {
		return "", ""
	}
	x, errX := time.ParseInLocation(time.DateOnly, date, a.Zone)
	y, errY := time.ParseInLocation(time.DateOnly, date, b.Zone)
	apart := y.Add(b.Cut).Sub(x.Add(a.Cut))
	switch {
	case errX != nil || errY != nil || apart == 0:
		return "", ""
	case apart > 0:
		return strconv.FormatFloat(apart.Hours(), 'g', -1, 64), a.Name
	}
	return strconv.FormatFloat(-apart.Hours(), 'g', -1, 64), b.Name
}

// Checked is one day of one ledger with what is odd in it.
type Checked struct {
	Day   Day      `json:"day"`
	Slips []Reason `json:"slips,omitempty"`
}

// Check looks for slips in one ledger alone.
func Check(l Ledger) []Checked {
	slips := Slips(l.Days)
	var out []Checked
	for _, d := range l.Days {
		out = append(out, Checked{d, slips[d.Date]})
	}
	return out
}

func datesOf(lists ...[]Day) []string {
	var out []string
	for _, days := range lists {
		for _, d := range days {
			out = append(out, d.Date)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func find(days []Day, date string) *Day {
	for i := range days {
		if days[i].Date == date {
			return &days[i]
		}
	}
	return nil
}

// explain fills in what can be said of the day.
func (p *DayPair) explain(nameA, nameB string) {
	if p.A == nil || p.B == nil {
		p.one(nameA, nameB)
		return
	}
	p.Areas = areasOf(p.A, p.B)
	p.totals(nameA, nameB)
	p.parts(nameA, nameB)
	p.share(nameA, nameB)
	p.answers(nameA, nameB)
	p.notes(nameA, nameB)
}

// one is a day that only one ledger has.
func (p *DayPair) one(nameA, nameB string) {
	missing, there := nameA, p.B
	if p.A != nil {
		missing, there = nameB, p.A
	}
	p.add("day.missing", missing)
	if there.Note != "" {
		p.add("day.note", there.Note)
	}
}

func (p *DayPair) add(code string, args ...any) {
	p.Reasons = append(p.Reasons, because(code, args...))
}

func (p *DayPair) totals(nameA, nameB string) {
	a, b := p.A.Total, p.B.Total
	switch {
	case !a.Stated || !b.Stated:
		for _, x := range []struct {
			name string
			n    Count
		}{{nameA, a}, {nameB, b}} {
			if !x.n.Stated {
				p.add("day.unstated", x.name)
			}
		}
	case a.N == 0 && b.N == 0:
		p.add("day.zero")
	case a.N == b.N:
		p.add("day.same", a.N)
	case a.N > b.N:
		p.add("day.more", nameA, a.N-b.N, nameB)
	default:
		p.add("day.more", nameB, b.N-a.N, nameA)
	}
}

// areasOf lists the areas of either, in the order of the first, with those that both give as
// zero left out.
func areasOf(a, b *Day) []AreaPair {
	var out []AreaPair
	seen := map[string]bool{}
	for _, parts := range [][]Part{a.Parts, b.Parts} {
		for _, x := range parts {
			pair := AreaPair{x.Area, a.Part(x.Area), b.Part(x.Area)}
			if !seen[x.Area] && (pair.A.N > 0 || pair.B.N > 0) {
				out = append(out, pair)
			}
			seen[x.Area] = true
		}
	}
	return out
}

// parts says where the two differ.
func (p *DayPair) parts(nameA, nameB string) {
	var same, differ, onlyA, onlyB Areas
	for _, x := range p.Areas {
		if !x.A.Stated || !x.B.Stated {
			continue
		}
		switch {
		case x.A.N == x.B.N:
			same = append(same, AreaFigure{x.Area, x.A.N, false})
			continue
		case x.B.N == 0:
			onlyA = append(onlyA, AreaFigure{x.Area, x.A.N, false})
		case x.A.N == 0:
			onlyB = append(onlyB, AreaFigure{x.Area, x.B.N, false})
		}
		differ = append(differ, AreaFigure{x.Area, x.B.N - x.A.N, true})
	}
	slices.SortStableFunc(differ, func(x, y AreaFigure) int { return cmp.Compare(y.N, x.N) })
	if len(differ) > 0 {
		p.add("day.by-area", nameB, nameA, differ)
	}
	if len(same) > 0 {
		p.add("day.agree", same)
	}
	if len(onlyA) > 0 {
		p.add("day.only", nameA, onlyA)
	}
	if len(onlyB) > 0 {
		p.add("day.only", nameB, onlyB)
	}
	for _, x := range []struct {
		name string
		d    *Day
	}{{nameA, p.A}, {nameB, p.B}} {
		if n := x.d.Unplaced(); n.Stated && n.N > 0 && x.d.Breakdown != "full" {
			p.add("day.unplaced", x.name, n.N, x.d.Total.N)
		} else if n.Stated && n.N == 0 && x.d.Total.N > 0 {
			p.add("day.adds", x.name)
		}
	}
}

// share says how many cases can be in both at most.
func (p *DayPair) share(nameA, nameB string) {
	p.Shared = shared(p.A, p.B)
	if !p.Shared.Stated || p.A.Total.N == 0 || p.B.Total.N == 0 {
		return
	}
	n := p.Shared.N
	if n == 0 {
		p.add("day.none-share", p.A.Total.N, nameA, p.B.Total.N, nameB)
		return
	}
	p.add("day.share", n, p.A.Total.N-n, nameA, p.B.Total.N-n, nameB)
}

// shared is the most cases that two rows can have in common if a case stands under one area in
// both: in each area the smaller number, and what has no area wherever the other leaves room.
func shared(a, b *Day) Count {
	if !sound(a) || !sound(b) {
		return Count{}
	}
	both, openA, openB := 0, 0, 0 // openA: placed by a where b says nothing
	for _, x := range areasOf(a, b) {
		switch {
		case x.A.Stated && x.B.Stated:
			both += min(x.A.N, x.B.N)
		case x.A.Stated:
			openA += x.A.N
		default:
			openB += x.B.N
		}
	}
	poolA, poolB := a.Unplaced().N, b.Unplaced().N
	toB, toA := min(openA, poolB), min(openB, poolA)
	return Of(both + toB + toA + min(poolA-toA, poolB-toB))
}

// sound reports whether the parts of a row can be laid beside its total.
func sound(d *Day) bool {
	n := d.Unplaced()
	return n.Stated && (d.Breakdown != "full" || n.N == 0)
}

func (p *DayPair) answers(nameA, nameB string) {
	for _, x := range []struct {
		name string
		d    *Day
	}{{nameA, p.A}, {nameB, p.B}} {
		a := x.d.Answer
		switch {
		case a.Given() && x.d.Total.Stated:
			p.add("day.answered", cmp.Or(a.By, "somebody"), x.d.Total.N, x.name, a.Confirmed, a.Exempt, a.NotConfirmed)
		case x.d.Total.N > 0:
			p.add("day.unanswered", x.name)
		}
	}
}

func (p *DayPair) notes(nameA, nameB string) {
	if p.A.Note != "" {
		p.add("day.note", p.A.Note)
	}
	if p.B.Note != "" && p.B.Note != p.A.Note {
		p.add("day.note", p.B.Note)
	}
	if p.A.DateFrom == inferred {
		p.add("day.dated", nameA)
	}
	if p.B.DateFrom == inferred {
		p.add("day.dated", nameB)
	}
}

// inferred is where a date comes from that its source does not state.
const inferred = "inferred"
