package screen

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/intake"
	"truce/match"
	"truce/reconcile"
)

// ReconcileAsk is what is asked of the page that lays two ledgers side by side: of each side a
// name, and how its dates are read.
type ReconcileAsk struct {
	A, B ReconcileSide
}

// ReconcileSide is one side of a ReconcileAsk, as asked.
type ReconcileSide struct {
	// Author is a source of the record; of an uploaded file, which of its authors.
	Author string
	// Zone is an IANA zone, empty for the mission's; Cut is when days start, such as 06:00.
	Zone, Cut string
	// Mapping is how an uploaded file's columns become ours: a built-in one, or empty.
	Mapping string
}

// Terms reads zone and cut; side is "a" or "b", for messages.
func (s ReconcileSide) Terms(side string) (*time.Location, time.Duration, error) {
	var zone *time.Location
	if s.Zone != "" {
		var err error
		if zone, err = truce.Zone("zone_"+side, s.Zone); err != nil {
			return nil, 0, err
		}
	}
	if s.Cut == "" {
		return zone, 0, nil
	}
	at, err := time.Parse("15:04", s.Cut)
	if err != nil {
		return nil, 0, wrong("cut_"+side, "this is no hour", "the hour at which a day starts, such as 06:00")
	}
	return zone, time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

// ParseReconcile reads an address of the page strictly.
func ParseReconcile(q url.Values) (ReconcileAsk, error) {
	var a ReconcileAsk
	to := map[string]*string{"a": &a.A.Author, "b": &a.B.Author, "zone_a": &a.A.Zone, "zone_b": &a.B.Zone, "cut_a": &a.A.Cut, "cut_b": &a.B.Cut}
	for _, name := range sortedNames(q) {
		switch {
		case name == "as_of" || name == "lang":
		case to[name] == nil:
			return a, wrong(name, "this page has no such question", "a, b, zone_a, zone_b, cut_a, cut_b or as_of")
		case len(q[name]) > 1:
			return a, wrong(name, "it is asked twice", "one value")
		default:
			*to[name] = q.Get(name)
		}
	}
	if (a.A.Author == "") != (a.B.Author == "") {
		return a, wrong("b", "one author alone has nothing beside it", "two authors, a and b")
	}
	return a, nil
}

// Reconcile is the page that lays two ledgers side by side.
type Reconcile struct {
	Mission  bool
	Ask      ReconcileAsk
	Authors  []desk.Authored
	Mappings []string
	Found    *Reconciled
	// Failed says why uploaded files could not be laid side by side.
	Failed *truce.Error
}

// Fail takes over what is wrong with files; anything else is given back.
func (r *Reconcile) Fail(err error) error {
	var e *truce.Error
	var list truce.Problems
	switch {
	case errors.As(err, &e) && (e.Kind == truce.Invalid || e.Kind == truce.Absent):
		r.Failed = e
		return nil
	case errors.As(err, &list) && len(list) > 0:
		r.Failed = &truce.Error{Kind: truce.Invalid, At: list[0].File, Msg: list[0].Msg, Hint: list[0].Want}
		return nil
	}
	return err
}

// Reconciled is what came of two ledgers.
type Reconciled struct {
	*desk.Reconciled
	// Record says that the sides are sources of the record, so that items are links.
	Record bool
	// Most is the largest total, which bars are drawn against.
	Most   int
	Groups []ReconcileGroup
	Aside  []*intake.RowError // the first
}

// ReconcileGroup is all lines of one kind.
type ReconcileGroup struct {
	Kind  string
	N     int
	Lines []ReconcileLine // the first
}

// Rest is how many lines are not written out.
func (g ReconcileGroup) Rest() int { return g.N - len(g.Lines) }

// ReconcileLine is one happening with what both sides tell of it.
type ReconcileLine struct {
	A, B    []ReconcileItem
	Reasons []reconcile.Reason
}

// ReconcileItem is one item of a side.
type ReconcileItem struct{ ID, Title, When string }

// How much is written out.
const (
	mostReconciled = 200
	mostAside      = 20
)

// NewReconciled lays out what was found.
func NewReconciled(r *desk.Reconciled, record bool) *Reconciled {
	out := &Reconciled{Reconciled: r, Record: record, Most: 1, Aside: r.SetAside[:min(len(r.SetAside), mostAside)]}
	for _, d := range r.Days {
		for _, side := range []*reconcile.Day{d.A, d.B} {
			if side != nil {
				out.Most = max(out.Most, side.Total.N)
			}
		}
	}
	for _, d := range r.One {
		out.Most = max(out.Most, d.Day.Total.N)
	}
	if !r.Lists() {
		return out
	}
	for _, kind := range []string{reconcile.KindSame, reconcile.KindSeveral, reconcile.KindOnlyA, reconcile.KindOnlyB, reconcile.KindOpen} {
		out.Groups = append(out.Groups, out.group(kind))
	}
	return out
}

func (r *Reconciled) group(kind string) ReconcileGroup {
	g := ReconcileGroup{Kind: kind}
	for _, l := range r.Lines {
		if l.Kind != kind {
			continue
		}
		if g.N++; g.N <= mostReconciled {
			g.Lines = append(g.Lines, ReconcileLine{reconcileItems(r.A, l.A), reconcileItems(r.B, l.B), l.Reasons})
		}
	}
	return g
}

func reconcileItems(s reconcile.Side, at []int) []ReconcileItem {
	var out []ReconcileItem
	for _, i := range at {
		e := &s.Items[i]
		out = append(out, ReconcileItem{e.ID, short(e.Title), reconcileWhen(s, e)})
	}
	return out
}

// reconcileWhen is the civil day of an item in its side's zone; empty where it has none.
func reconcileWhen(s reconcile.Side, e *truce.Element) string {
	if len(e.When) == 0 || e.When[0].From.IsZero() {
		return ""
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return e.When[0].From.In(zone).Format(time.DateOnly)
}

// Width is how long a bar is, of a hundred.
func (r *Reconciled) Width(d *reconcile.Day) string {
	return fmt.Sprintf("%.1f", 100*float64(d.Total.N)/float64(r.Most))
}

// Slips is how many slips of arithmetic the totals hold.
func (r *Reconciled) Slips() int {
	n := 0
	count := func(reasons []reconcile.Reason) {
		for _, x := range reasons {
			if x.IsSlip() {
				n++
			}
		}
	}
	for _, d := range r.Days {
		count(d.SlipsA)
		count(d.SlipsB)
	}
	for _, d := range r.One {
		count(d.Slips)
	}
	return n
}

// Missing is how many days one of the ledgers lacks.
func (r *Reconciled) Missing() int {
	n := 0
	for _, d := range r.Days {
		if d.A == nil || d.B == nil {
			n++
		}
	}
	return n
}

// Reconciling says a reason in the language of the page.
func (f Frame) Reconciling(r reconcile.Reason) (template.HTML, error) {
	args := slices.Clone(r.Args)
	for i, a := range args {
		switch x := a.(type) {
		case string:
			args[i] = isolate(x)
		case reconcile.Count:
			args[i] = f.stated(x)
		case reconcile.Areas:
			args[i] = f.list(areaFigures(x))
		case reconcile.Because:
			args[i] = f.because(x)
		}
	}
	text, err := f.words.T("reconcile.because."+r.Code, args...)
	return marked(text), err
}

// because says why two items may be the same, as [Frame.Matching] does.
func (f Frame) because(list reconcile.Because) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f.matching(match.Reason{Code: s.Code, Args: s.Args})
	}
	return strings.Join(out, f.words.must("match.and"))
}

// Stated is a number that somebody stated, or that none did.
func (f Frame) Stated(c reconcile.Count) string { return f.stated(c) }

func (f Frame) stated(c reconcile.Count) string {
	if !c.Stated {
		return f.words.must("reconcile.unstated")
	}
	return f.words.Number(c.N)
}

func areaFigures(list reconcile.Areas) []string {
	var out []string
	for _, x := range list {
		form := "%s %d"
		if x.More {
			form = "%s %+d"
		}
		out = append(out, isolate(fmt.Sprintf(form, areaTitle(x.Area), x.N)))
	}
	return out
}

// AreaTitle writes an area, which a header has in small letters, as a name.
func (Frame) AreaTitle(s string) string { return areaTitle(s) }

func areaTitle(s string) string {
	words := strings.Fields(strings.ReplaceAll(s, "_", " "))
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[0])) + string(r[1:])
	}
	return strings.Join(words, " ")
}
