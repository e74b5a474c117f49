package screen

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
)

// DayAsk is what the page of a reporting day is made from.
type DayAsk struct {
	Report  *desk.DayReport
	Mission *desk.Mission
	// AsOf is the state asked for, as asked; empty for now.
	AsOf string
	// Frozen is the release that Report is; nil where it is somebody's own view.
	Frozen *desk.FrozenDay
	// Notices are the frozen reports of the day, with what changed since.
	Notices []desk.DayNotice
	// Previous and Next are the days beside it that have a page; empty for none.
	Previous, Next string
	// May are the marks under which the person may freeze the day now; From is when that
	// begins, where it has not begun.
	May  []string
	From time.Time
}

// DayView is the page of a reporting day.
type DayView struct {
	DayAsk
	Span    desk.DaySpan
	Hours   int
	Minutes int // beside the hours; mostly 0
	// Rows are the figures, each beside the same of the day before; Under those by agreement.
	Rows      []DayNumbers
	Under     []DayUnder
	Authors   []DayStated
	Windows   []DayInForce
	Clocks    []DayCalm
	Open      []DayWant
	Incidents []DayIncident
	Access    int // incidents about access and aid
	Undated   DayNumber
	// Part says that calms, and what has no known day, were left out of a large record.
	Part    bool
	Silent  bool // of some elements it is withheld who said it
	Watched []DayWatched
	Fixes   []DayFix
	Told    []DayTold // notices in words
	Map     *DayMap
	Hash    string // of a frozen report
	Query   string // of the address, for the files beside the page
}

// DayNumber is a number with the list of what is behind it; Link is empty where that is none.
type DayNumber struct {
	Low, High int
	Link      string
	None      bool // there is no such number
}

// DayNumbers is a figure of the day beside the one of the day before. Name is the name of its
// words.
type DayNumbers struct {
	Name        string
	Now, Before DayNumber
}

// DayUnder are the outcomes under one agreement.
type DayUnder struct {
	Agreement, Title      string
	Violation, Open, Not  DayNumber
	WasViolation, WasOpen DayNumber
	Clauses               []DayClauseLine
}

// DayClauseLine are the outcomes of one clause.
type DayClauseLine struct {
	Clause, Text    string
	Violation, Open DayNumber
}

// DayStated is what one author states of a figure.
type DayStated struct {
	Name, Author string
	DayNumber
}

// DayInForce is a stretch in which an agreement is in force; From and To are empty where they
// lie outside the day.
type DayInForce struct {
	Agreement, Title string
	From, To         time.Time
}

// DayCalm is a clock at the day's end.
type DayCalm struct {
	desk.DayClock
	Title string
}

// DayWant is a fact to find out.
type DayWant struct {
	Fact     string
	Verdicts int
	Link     string
}

// DayIncident is what was reported of one incident on the day.
type DayIncident struct {
	ID       string
	Elements []DayElement
	Access   bool // about access or aid
}

// DayElement is one act of it.
type DayElement struct {
	desk.DayRow
	Anchor string
	Times  []DayTime
	Marks  []DayJudged
	// Said are the sources' words; Silent says that they are withheld.
	Said   []truce.Said
	Silent bool
	Long   bool // the title is too long to be shown at once
	// Deaths and Hurt are people killed and injured; nil where nobody gives a figure.
	Deaths, Hurt *DayNumber
}

// DayJudged is what an agreement's verdicts on an element come to.
type DayJudged struct {
	Agreement, Title string
	Outcome          truce.Outcome
	Clauses          []desk.DayVerdict
}

// DayTime is a time in words: Name is the name of the words, A and B what is put in, as days
// (2016-05-05), hours (14:30) or both.
type DayTime struct {
	Name string
	A, B DayPoint
}

// DayPoint is an instant in the mission's zone; an Hour of "" is midnight as the end of a day.
type DayPoint struct{ Day, Hour string }

// DayWatched is a watch that was kept.
type DayWatched struct {
	Place    string
	From, To string // hours of the day
	Link     string
}

// DayFix is an entry that changed something.
type DayFix struct {
	desk.DayCorrection
	Link string // to what it changed
}

// DayTold is a notice: what a frozen report said and what is so now.
type DayTold struct {
	desk.DayRelease
	Same bool
	// Unchecked says that nothing was compared, since the record is too large for that.
	Unchecked bool
	Changes   []DayDiffers
	Fixes     []DayFix
	Shown     bool // the page shows this release
}

// DayDiffers is one figure that differs.
type DayDiffers struct {
	desk.DayChange
	Title     string // of the agreement
	Then, Now DayNumber
}

// longTitle is how many letters of a title are shown at once.
const longTitle = 240

// NewDay makes the page of a reporting day.
func NewDay(ask DayAsk) (DayView, error) {
	d := ask.Report
	v := DayView{DayAsk: ask, Span: d.Span, Authors: []DayStated{}}
	v.Hours, v.Minutes = d.Span.Hours()
	if ask.Frozen != nil { // its records are listed as they stood then
		v.AsOf, v.Hash = strconv.FormatInt(d.Entries, 10), ask.Frozen.SHA256
	}
	v.Query = v.files()
	v.Rows, v.Under, v.Part = v.figures(), v.under(), d.Undated == nil
	if d.Undated != nil {
		v.Undated = v.number(*d.Undated)
		if len(d.Undated.IDs) > mostLinked {
			v.Undated.Link = ""
		}
	}
	v.authors("killed", d.Figures.Killed.By)
	v.authors("injured", d.Figures.Injured.By)
	for _, w := range d.Windows {
		v.Windows = append(v.Windows, v.inForce(w))
	}
	for _, c := range d.Clocks {
		v.Clocks = append(v.Clocks, DayCalm{c, v.title(c.Agreement)})
	}
	for _, o := range d.Open {
		v.Open = append(v.Open, DayWant{o.Fact, o.Verdicts, v.list(o.IDs)})
	}
	v.Incidents = v.incidents()
	for _, i := range v.Incidents {
		if i.Access {
			v.Access++
		}
		v.Silent = v.Silent || slices.ContainsFunc(i.Elements, func(e DayElement) bool { return e.Silent })
	}
	for _, w := range d.Watch {
		v.Watched = append(v.Watched, DayWatched{w.Place, w.From.Format("15:04"), v.endHour(w.To), "/rows/coverage/" + url.PathEscape(w.ID)})
	}
	v.Fixes = v.fixes(d.Corrections)
	for _, n := range ask.Notices {
		v.Told = append(v.Told, v.told(n))
	}
	var err error
	v.Map, err = newDayMap(ask.Mission, v.Incidents)
	return v, err
}

// Offsets is the zone's distance from UTC on the day; two where clocks change.
func (v DayView) Offsets() string {
	from, to := v.Span.From.Format("UTC-07:00"), v.Span.To.Add(-time.Second).Format("UTC-07:00")
	if from == to {
		return from
	}
	return from + " / " + to
}

// files is the query under which the page's files are asked for.
func (v *DayView) files() string {
	switch {
	case v.Frozen != nil:
		return "?frozen=" + v.Frozen.Mark
	case v.AsOf != "":
		return "?frozen=no&as_of=" + url.QueryEscape(v.AsOf)
	}
	return "?frozen=no"
}

// mostLinked is how many elements an address names one by one.
const mostLinked = 500

// list is the address of a list of elements; of very many, of all of the day.
func (v *DayView) list(ids []string) string {
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) > mostLinked:
		return Frame{AsOf: v.AsOf}.To("/incidents", "from", v.Span.Day, "to", v.Span.Day)
	}
	return Frame{AsOf: v.AsOf}.To("/incidents", "ids", strings.Join(ids, ","))
}

func (v *DayView) number(f desk.DayFigure) DayNumber {
	return DayNumber{Low: f.Sure, High: f.Possible, Link: v.list(f.IDs)}
}

func (v *DayView) people(p desk.DayPeople) DayNumber {
	return DayNumber{Low: p.Low, High: p.High, Link: v.list(p.IDs), None: len(p.IDs) == 0 && p.Without.Possible+p.Stated.Possible > 0}
}

// figures are the summary beside the day before.
func (v *DayView) figures() []DayNumbers {
	lines := func(f desk.DayFigures) []DayNumber {
		return []DayNumber{v.number(f.Incidents), v.number(f.Elements), v.number(f.Violation), v.number(f.Undetermined), v.number(f.NoViolation),
			v.people(f.Killed), v.number(f.Killed.Without), v.number(f.Killed.Stated), v.people(f.Injured), v.number(f.Injured.Without), v.number(f.Injured.Stated), v.number(f.Withdrawn)}
	}
	before := make([]DayNumber, len(dayFigures()))
	if v.Report.Before != nil {
		before = lines(v.Report.Before.Figures)
	}
	var out []DayNumbers
	for i, now := range lines(v.Report.Figures) {
		if name := dayFigures()[i]; !strings.HasSuffix(name, ".stated") || now.High+before[i].High > 0 {
			out = append(out, DayNumbers{name, now, before[i]})
		}
	}
	return out
}

// dayFigures are the names of the figures, in their order.
func dayFigures() []string {
	return []string{"incidents", "elements", "violation", "undetermined", "no violation", "killed", "killed.without", "killed.stated", "injured", "injured.without", "injured.stated", "withdrawn"}
}

// under are the outcomes by agreement.
func (v *DayView) under() []DayUnder {
	var out []DayUnder
	for _, a := range v.Report.Figures.Agreements {
		u := DayUnder{Agreement: a.Agreement, Title: a.Title, Violation: v.number(a.Violation), Open: v.number(a.Undetermined), Not: v.number(a.NoViolation)}
		if b := v.Report.Before; b != nil {
			i := slices.IndexFunc(b.Figures.Agreements, func(x desk.DayAgreement) bool { return x.Agreement == a.Agreement })
			if i >= 0 {
				u.WasViolation, u.WasOpen = v.number(b.Figures.Agreements[i].Violation), v.number(b.Figures.Agreements[i].Undetermined)
			}
		}
		for _, c := range a.Clauses {
			u.Clauses = append(u.Clauses, DayClauseLine{c.Clause, c.Text, v.number(c.Violation), v.number(c.Undetermined)})
		}
		out = append(out, u)
	}
	return out
}

// authors lists what each author states.
func (v *DayView) authors(name string, by []desk.DayAuthor) {
	for _, a := range by {
		v.Authors = append(v.Authors, DayStated{name, a.Author, DayNumber{Low: a.Low, High: a.High, Link: v.list(a.IDs)}})
	}
}

// title is what an agreement is called.
func (v *DayView) title(agreement string) string {
	for _, a := range v.Mission.Agreements {
		if a.ID == agreement {
			return a.Title
		}
	}
	return agreement
}

// inForce drops the ends of a window that lie outside the day.
func (v *DayView) inForce(w desk.DayWindow) DayInForce {
	out := DayInForce{Agreement: w.Agreement, Title: w.Title}
	if w.From.After(v.Span.From) {
		out.From = w.From
	}
	if !w.To.IsZero() && w.To.Before(v.Span.To) {
		out.To = w.To
	}
	return out
}

// incidents groups the rows; the order is theirs.
func (v *DayView) incidents() []DayIncident {
	var out []DayIncident
	at := map[string]int{}
	for _, row := range v.Report.Rows {
		id := row.Incident
		if id == "" {
			id = row.ID
		}
		k, had := at[id]
		if !had {
			k = len(out)
			at[id], out = k, append(out, DayIncident{ID: id})
		}
		out[k].Elements = append(out[k].Elements, v.element(row))
		out[k].Access = out[k].Access || slices.Contains(v.Report.Access, row.ID)
	}
	return out
}

func (v *DayView) element(row desk.DayRow) DayElement {
	e := DayElement{DayRow: row, Anchor: "e-" + row.ID, Said: row.Said, Silent: slices.Contains(row.Withheld, "source"), Long: len([]rune(row.Title)) > longTitle}
	e.Deaths, e.Hurt = rounded(row.Killed), rounded(row.Injured)
	for _, w := range row.When {
		e.Times = append(e.Times, v.time(w))
	}
	for _, x := range row.Verdicts {
		k := slices.IndexFunc(e.Marks, func(j DayJudged) bool { return j.Agreement == x.Agreement })
		if k < 0 {
			k, e.Marks = len(e.Marks), append(e.Marks, DayJudged{Agreement: x.Agreement, Title: v.title(x.Agreement), Outcome: x.Outcome})
		}
		if e.Marks[k].Clauses = append(e.Marks[k].Clauses, x); x.Outcome == truce.Violation {
			e.Marks[k].Outcome = truce.Violation
		}
	}
	return e
}

// rounded is a range of people; nil where there is none.
func rounded(r *truce.Range) *DayNumber {
	if r == nil {
		return nil
	}
	return &DayNumber{Low: int(r.Low), High: int(r.High)}
}

// time says when something was, as seen from the day.
func (v *DayView) time(w truce.When) DayTime {
	at := func(t time.Time) DayPoint { return DayPoint{t.Format(time.DateOnly), t.Format("15:04")} }
	a, b := at(w.From), at(w.To)
	inside := !w.From.Before(v.Span.From) && !w.To.After(v.Span.To)
	whole := func(t time.Time) bool { return t.Format("15:04:05") == "00:00:00" }
	t := DayTime{A: a, B: b}
	switch {
	case w.From.IsZero() || w.To.IsZero():
		t.Name = "unknown"
	case w.Instant():
		t.Name = "instant"
	case w.From.Equal(v.Span.From) && w.To.Equal(v.Span.To):
		t.Name = "day"
	case inside:
		t.Name, t.B.Hour = "hours", v.endHour(w.To)
	case whole(w.From) && whole(w.To):
		t.Name, t.B.Day = "days", w.To.AddDate(0, 0, -1).Format(time.DateOnly)
	default:
		t.Name = "points"
	}
	if w.Lasts && t.Name != "unknown" && t.Name != "instant" {
		t.Name += ".lasting"
	}
	return t
}

// endHour writes the hour at which something ended; the end of the day at midnight is 24:00.
func (v *DayView) endHour(t time.Time) string {
	if t.Equal(v.Span.To) && t.Format("15:04") == "00:00" {
		return "24:00"
	}
	return t.Format("15:04")
}

func (v *DayView) fixes(list []desk.DayCorrection) []DayFix {
	var out []DayFix
	for _, c := range list {
		out = append(out, DayFix{c, v.list(c.IDs)})
	}
	return out
}

// told puts a notice into lines.
func (v *DayView) told(n desk.DayNotice) DayTold {
	t := DayTold{DayRelease: n.Frozen.DayRelease, Same: n.Frozen.Same || n.Unchecked, Unchecked: n.Unchecked, Fixes: v.fixes(n.Entries), Shown: v.Frozen != nil && v.Frozen.ID == n.Frozen.ID}
	then, now := DayView{Span: v.Span}, DayView{Span: v.Span}
	then.AsOf = strconv.FormatInt(n.Frozen.Entries, 10)
	for _, c := range n.Changes {
		x := DayDiffers{DayChange: c, Then: DayNumber{Low: c.Then[0], High: c.Then[1], Link: then.list(c.ThenIDs)}, Now: DayNumber{Low: c.Now[0], High: c.Now[1], Link: now.list(c.NowIDs)}}
		if c.Agreement != "" {
			x.Title = v.title(c.Agreement)
		}
		t.Changes = append(t.Changes, x)
	}
	return t
}
