package intake

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"truce"
)

// column is a column of our own layout.
type column int

// The columns of our own layout, in the order of Columns.
const (
	colID column = iota
	colIncident
	colTitle
	colFrom
	colTo
	colLasts
	colZone
	colPrecision
	colPlace
	colArea
	colLat
	colLon
	colWithin
	colBearing
	colRange
	colAct
	colBy
	colAgainst
	colMutual
	colMeans
	colControl
	colKilledLow
	colKilledHigh
	colInjuredLow
	colInjuredHigh
	colNumberLow
	colNumberHigh
	colFacts
	colRaised
	colConflict
	colDoubted
	colSaid
	colSource
	colStatus
	colText
	numColumns
)

// Columns returns the columns of our own layout, in order. docs/record.md tells what
// each of them holds.
func Columns() []string {
	return []string{"id", "incident", "title", "from", "to", "lasts", "zone", "precision", "place", "area", "lat", "lon",
		"within", "bearing", "range", "act", "by", "against", "mutual", "means", "control", "killed_low", "killed_high",
		"injured_low", "injured_high", "number_low", "number_high", "facts", "raised", "conflict", "doubted", "said",
		"source", "status", "text"}
}

// cell is the text for one of our columns, with the field of the file it came from.
type cell struct {
	text         string
	field, value string
}

// row holds a cell for each of our columns.
type row [numColumns]cell

// taker turns a row into a report and keeps the first fault.
type taker struct {
	*file
	row *row
	f   *fault
}

func (t *taker) text(c column) string { return t.row[c].text }

// fail keeps a fault about a column, unless there is one already. A fault may name
// another column itself.
func (t *taker) fail(c column, f *fault) {
	if f == nil || t.f != nil {
		return
	}
	if i := slices.Index(Columns(), f.field); i >= 0 {
		c = column(i)
	}
	at := t.row[c]
	if f.field = at.field; f.field == "" {
		f.field = Columns()[c]
	}
	if at.value != "" {
		f.value = at.value
	}
	t.f = f
}

// report builds the report of a row.
func (t *taker) report(at string) (truce.Report, *fault) {
	e := truce.Element{ID: t.text(colID), Incident: t.text(colIncident), Title: t.text(colTitle)}
	t.fail(colID, checkID(e.ID))
	t.when(&e)
	t.place(&e)
	t.counts(&e)
	t.words(&e)
	all := t.expand(e, together(t.text(colAct)), together(t.text(colBy)), together(t.text(colAgainst)))
	return truce.Report{ID: e.ID, Source: t.text(colSource), At: at, Text: t.text(colText), Elements: all}, t.f
}

// checkID holds identifiers to something that can be written in a link and a command.
func checkID(id string) *fault {
	if id == "" {
		return &fault{field: "id", code: "no-id", msg: "the row has no identifier", want: "an identifier, unique in the record"}
	}
	if len(id) > 200 || strings.ContainsFunc(id, unicode.IsControl) {
		return &fault{field: "id", value: id, code: "bad-id", msg: "this cannot be an identifier", want: "at most 200 bytes, without control characters"}
	}
	return nil
}

// when reads from, to, lasts, zone and precision.
func (t *taker) when(e *truce.Element) {
	zone := t.clock.zone
	if name := t.text(colZone); name != "" {
		z, f := t.clock.location(name)
		t.fail(colZone, f)
		zone = z
	}
	lasts, f := yes(t.text(colLasts))
	t.fail(colLasts, f)
	from, to := t.text(colFrom), t.text(colTo)
	if from == "" {
		if to != "" {
			t.fail(colFrom, &fault{code: "no-start", msg: "an end without a start", want: "a time, or both empty when nobody knows"})
		}
		return
	}
	var c column
	e.When, c, f = t.clock.spans(from, to, t.text(colPrecision), zone)
	t.fail(c, f)
	for i := range e.When {
		e.When[i].Lasts = lasts
	}
}

// spans returns the intervals that from, to and precision stand for, or the column at fault.
func (c *clock) spans(from, to, precision string, zone *time.Location) ([]truce.When, column, *fault) {
	a, f := c.parse(from, zone)
	if f != nil {
		return nil, colFrom, f
	}
	if to == "" {
		ws, f := a.spans(precision)
		if f != nil && f.code == "bad-word" {
			return nil, colPrecision, f
		}
		return ws, colFrom, f
	}
	if precision != "" {
		return nil, colPrecision, &fault{value: precision, code: "bad-time", msg: "a precision beside an end", want: "precision only where to is empty"}
	}
	b, f := c.parse(to, zone)
	if f != nil {
		return nil, colTo, f
	}
	w, f := between(a, b)
	return []truce.When{w}, colTo, f
}

// place reads the columns of a place: an area, a disc, a sector or none.
func (t *taker) place(e *truce.Element) {
	name, area := t.text(colPlace), list(t.text(colArea), "|")
	round := t.text(colLat) + t.text(colLon) + t.text(colWithin) + t.text(colBearing) + t.text(colRange)
	switch {
	case len(area) > 0 && round != "":
		t.fail(colArea, &fault{value: area[0], code: "two-places", msg: "an area and a position", want: "one or the other"})
	case len(area) > 0:
		for _, code := range area {
			e.Where = append(e.Where, truce.Place{Name: name, Form: truce.FormArea, Area: code})
		}
	case round != "":
		e.Where = []truce.Place{t.round(name)}
	case name != "":
		e.Where = []truce.Place{{Name: name}}
	}
}

// round reads a disc or a sector.
func (t *taker) round(name string) truce.Place {
	p := truce.Place{Name: name, Form: truce.FormDisc}
	p.Lat, p.Lon = t.number(colLat, wantLat), t.number(colLon, wantLon)
	bearing, ran := t.text(colBearing), t.text(colRange)
	if bearing+ran != "" {
		p.Form = truce.FormSector
		var f *fault
		p.Bearing, f = dashed(bearing, wantBearing)
		t.fail(colBearing, f)
		p.Range, f = dashed(ran, wantRange)
		t.fail(colRange, f)
	}
	if p.Form == truce.FormDisc || t.text(colWithin) != "" {
		p.Within = t.number(colWithin, wantWithin)
	}
	t.fail(colLat, checkPlace(p))
	return p
}

func (t *taker) number(c column, want string) float64 {
	x, ok := number(t.text(c))
	if !ok {
		t.fail(c, wrong("bad-number", t.text(c), want))
	}
	return x
}

// counts reads the three pairs of numbers.
func (t *taker) counts(e *truce.Element) {
	e.Killed = t.pair(colKilledLow, colKilledHigh, people)
	e.Injured = t.pair(colInjuredLow, colInjuredHigh, people)
	e.Number = t.pair(colNumberLow, colNumberHigh, amount)
}

func (t *taker) pair(low, high column, read func(string) (float64, *fault)) *truce.Range {
	a, b := t.text(low), t.text(high)
	if a == "" && b == "" {
		return nil
	}
	if a == "" || b == "" {
		missing := low
		if b == "" {
			missing = high
		}
		t.fail(missing, &fault{code: "half-a-range", msg: "only one end of the range is given",
			want: "both, the same number twice when it is exact, or neither when it is unknown"})
		return nil
	}
	var r truce.Range
	var f *fault
	r.Low, f = read(a)
	t.fail(low, f)
	r.High, f = read(b)
	t.fail(high, f)
	t.fail(high, ordered(r, "", b))
	return &r
}

// words reads everything that is a list of words.
func (t *taker) words(e *truce.Element) {
	var f *fault
	e.Means, f = means(t.text(colMeans), t.means)
	t.fail(colMeans, f)
	e.Facts, f = facts(t.text(colFacts))
	t.fail(colFacts, f)
	e.Said, f = said(t.text(colSaid))
	t.fail(colSaid, f)
	e.Mutual, f = yes(t.text(colMutual))
	t.fail(colMutual, f)
	e.Doubted, f = yes(t.text(colDoubted))
	t.fail(colDoubted, f)
	e.Raised = list(t.text(colRaised), ";")
	e.Conflict = list(t.text(colConflict), ";")
	e.Sources = list(t.text(colSource), ";")
	e.Status = t.text(colStatus)
	t.fail(colStatus, checkStatus(e.Status))
	e.Control = t.actors(list(t.text(colControl), "|"), start(*e))
}

func checkStatus(s string) *fault {
	if s == "" || s == "retracted" || s == "duplicate" {
		return nil
	}
	return wrong("bad-word", s, "nothing, retracted or duplicate")
}

// start is the time at which names are looked up; zero when nobody knows.
func start(e truce.Element) time.Time {
	if len(e.When) == 0 {
		return time.Time{}
	}
	return e.When[0].From
}

const mostElements = 1000

// expand makes an element for each act, actor and target of joint lists: when a and b
// attacked c together, a attacked c and b attacked c. They share the incident, whose
// counts they all carry.
func (t *taker) expand(e truce.Element, acts, by, against [][]string) []truce.Element {
	n := max(1, len(acts)) * max(1, len(by)) * max(1, len(against))
	if n > mostElements {
		t.fail(colBy, &fault{code: "too-many", msg: fmt.Sprintf("the row stands for %d acts", n), want: fmt.Sprintf("at most %d", mostElements)})
		return nil
	}
	for _, a := range acts {
		for _, w := range a {
			t.fail(colAct, known(t.acts, w, "acts"))
		}
	}
	if n > 1 && e.Incident == "" {
		e.Incident = e.ID
	}
	by, against = t.each(by, start(e)), t.each(against, start(e))
	out := make([]truce.Element, 0, n)
	for _, a := range orUnknown(acts) {
		for _, b := range orUnknown(by) {
			for _, c := range orUnknown(against) {
				x := e
				if n > 1 {
					x.ID = fmt.Sprintf("%s/%d", e.ID, len(out)+1)
				}
				x.Acts, x.By, x.Against = a, b, c
				out = append(out, x)
			}
		}
	}
	return out
}

func orUnknown(lists [][]string) [][]string {
	if len(lists) == 0 {
		return [][]string{nil}
	}
	return lists
}

// each turns the names of each list into identifiers.
func (t *taker) each(lists [][]string, at time.Time) [][]string {
	out := make([][]string, len(lists))
	for i, names := range lists {
		out[i] = t.actors(names, at)
	}
	return out
}

// actors turns names into identifiers. A name that no actor matches stands as "?name";
// "unknown" among the candidates means that it may be anybody, which is the empty list.
func (t *taker) actors(names []string, at time.Time) []string {
	var out []string
	for _, name := range names {
		if strings.EqualFold(name, "unknown") {
			return nil
		}
		for _, id := range t.actor(name, at) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

func (t *taker) actor(name string, at time.Time) []string {
	if name == "nobody" || strings.HasPrefix(name, "?") || t.o.Names == nil || t.ids {
		return []string{name}
	}
	if found := t.o.Names(name, at); len(found) > 0 {
		return found
	}
	if t.o.Unmatched != nil {
		t.o.Unmatched[name]++
	}
	return []string{"?" + name}
}
