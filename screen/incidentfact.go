package screen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
)

// IncidentElement is one element in full.
type IncidentElement struct {
	ID, Title, Mark string
	Report          string
	Entry           int64
	Retracted       bool
	Duplicate       bool
	Doubted         bool
	Facts           []IncidentFact // those that differ from the first element's, or all
	Same            []IncidentFact // those that are the same
	SameAs          string         // the first element
	Sources         []string
	SourcesHidden   bool
	WordsHidden     bool
	VerdictsHidden  bool
	Agreements      []IncidentAgreement
	// Elsewhere are the agreements of which no clause bears on the element.
	Elsewhere []IncidentAgreement
	Turned    []IncidentTurn
}

// IncidentFact is one fact of an element: the values that it may have, and who says what.
type IncidentFact struct {
	Key, Anchor string
	Name        Phrase
	// Values are those that it may have, as the desk holds them; several mean that it is one of
	// them and nobody knows which.
	Values  []IncidentName
	Unknown bool // nobody knows
	Hidden  bool // not shown to the person, in whole or in part
	// Claims are what sources say of it.
	Claims []IncidentSays
	// Odds says that sources contradict each other, Differ that they do not say the same.
	Odds, Differ bool
	Assessed     int64 // the entry in which the desk set it; 0 for none
}

// IncidentSays is what one source says of a fact.
type IncidentSays struct {
	Source string
	Value  IncidentText
}

// factKeys are the facts that every element has, in the order in which they are shown, with
// the names under which records speak of them.
var factKeys = []struct {
	key, fact string
	also      []string
}{
	{"when", "time", []string{"time", "from", "to", "date"}},
	{"where", "place", []string{"place", "area", "location", "lat", "lon"}},
	{"act", "act", []string{"kind"}},
	{"by", "actor", []string{"actor", "one side"}},
	{"against", "target", []string{"target", "other side"}},
	{"means", "means", nil},
	{"control", "control", nil},
	{"killed", "killed", []string{"killed_low", "killed_high", "deaths"}},
	{"injured", "injured", []string{"injured_low", "injured_high"}},
	{"number", "number", nil},
}

// keyOf is the fact that a record means by a name.
func keyOf(name string) string {
	for _, k := range factKeys {
		if name == k.key || slices.Contains(k.also, name) {
			return k.key
		}
	}
	return name
}

// fact says the name of a fact.
func (t *incidentTeller) fact(name string) Phrase {
	key := keyOf(name)
	if name := "incident.fact." + key; t.f.words.Known(name) {
		return Phrase{{t.f.words.must(name), false}}
	}
	return Phrase{{key, true}}
}

// anchor is where an element's fact stands on the page.
func (e *IncidentElement) anchor(fact string) string { return e.ID + ":" + keyOf(fact) }

func (t *incidentTeller) element(k int) IncidentElement {
	told := t.in.Told[k]
	e, about := &t.sight.Result.Elements[told.At], t.sight.About[told.At]
	out := IncidentElement{ID: e.ID, Title: short(e.Title), Mark: about.Mark, Entry: about.Entry, Sources: shorts(e.Sources),
		Retracted: e.Status == "retracted", Duplicate: e.Status == "duplicate", Doubted: e.Doubted,
		SourcesHidden: !told.Sees.Sources, WordsHidden: !told.Sees.Words && e.Title == "", VerdictsHidden: told.Verdicts == nil}
	var b struct {
		Report   string
		Assessed map[string]int64
	}
	_ = json.Unmarshal(told.Row.Body, &b) // what has neither shows neither
	out.Report = b.Report
	facts := t.facts(e, told, b.Assessed)
	for i := range facts {
		facts[i].Anchor = out.anchor(facts[i].Key)
		if facts[i].Odds {
			t.page.Work = append(t.page.Work, IncidentWork{e.ID, facts[i].Anchor, facts[i].Name})
		}
	}
	if out.Facts = facts; k > 0 {
		out.SameAs = t.page.Elements[0].ID
		out.Facts, out.Same = t.divide(facts)
	}
	t.verdicts(&out, e, told)
	return out
}

// facts lists all facts of an element.
func (t *incidentTeller) facts(e *truce.Element, told desk.Told, assessed map[string]int64) []IncidentFact {
	var out []IncidentFact
	add := func(key string, values []IncidentName, hidden bool) {
		f := IncidentFact{Key: key, Name: t.fact(key), Values: values, Hidden: hidden, Unknown: len(values) == 0 && !hidden, Assessed: assessed[key]}
		f.said(e)
		if f.quiet() && (key == "number" || key == "control" || key == "means" || key == "injured") {
			return // asked of few acts; where nobody says anything of it there is nothing to show
		}
		out = append(out, f)
	}
	add("when", t.times(e), !told.Sees.Times)
	add("where", t.places(e), !told.Sees.Places)
	add("act", t.kinds(e.Acts, t.trace.Act), false)
	add("by", t.actors(e, e.By), false)
	add("against", t.actors(e, e.Against), false)
	add("means", t.means(e), false)
	add("control", t.actors(e, e.Control), false)
	for _, n := range []struct {
		key string
		is  *truce.Range
	}{{"killed", e.Killed}, {"injured", e.Injured}, {"number", e.Number}} {
		add(n.key, t.range1(n.is), false)
	}
	for _, name := range namesOf(e) {
		v := e.Facts[name]
		add(name, append(t.kinds(v.Words, t.trace.Answer), t.range1(v.Number)...), false)
	}
	if e.Raised != nil {
		add("raised", t.kinds(e.Raised, func(s string) (Phrase, bool) { return Phrase{{s, true}}, true }), false)
	}
	return out
}

// namesOf lists the further facts of an element: those that have values and those that
// somebody speaks of or that are in contradiction.
func namesOf(e *truce.Element) []string {
	set := map[string]bool{}
	for name := range e.Facts {
		set[name] = true
	}
	for _, s := range e.Said {
		set[keyOf(s.Fact)] = true
	}
	for _, name := range e.Conflict {
		set[keyOf(name)] = true
	}
	for _, k := range factKeys {
		delete(set, k.key)
	}
	delete(set, "raised")
	return sortedKeysOf(set)
}

// said adds what sources say of a fact.
func (f *IncidentFact) said(e *truce.Element) {
	values := map[string]bool{}
	for _, s := range e.Said {
		if keyOf(s.Fact) == f.Key {
			f.Claims = append(f.Claims, IncidentSays{short(s.Source), newText(s.Value)})
			values[s.Value] = true
		}
	}
	f.Odds = slices.ContainsFunc(e.Conflict, func(name string) bool { return keyOf(name) == f.Key })
	f.Differ = len(values) > 1
}

// quiet says that nobody says anything of the fact.
func (f *IncidentFact) quiet() bool {
	return f.Unknown && f.Claims == nil && !f.Odds && f.Assessed == 0
}

// divide sets the facts apart that are the same as those of the first element.
func (t *incidentTeller) divide(facts []IncidentFact) (differ, same []IncidentFact) {
	first := t.page.Elements[0].Facts
	for _, f := range facts {
		i := slices.IndexFunc(first, func(x IncidentFact) bool { return x.Key == f.Key })
		if i >= 0 && f.text() == first[i].text() {
			same = append(same, f)
		} else {
			differ = append(differ, f)
		}
	}
	return differ, same
}

// text is all that a fact says, to compare it with another.
func (f *IncidentFact) text() string {
	var b strings.Builder
	for _, v := range f.Values {
		fmt.Fprintf(&b, "%q %q\n", v.Href, v.Says)
	}
	fmt.Fprintf(&b, "%t %t %t %t %d %v", f.Unknown, f.Hidden, f.Odds, f.Differ, f.Assessed, f.Claims)
	return b.String()
}

func (t *incidentTeller) kinds(words []string, say func(string) (Phrase, bool)) []IncidentName {
	var out []IncidentName
	for _, w := range words {
		says, _ := say(w)
		out = append(out, IncidentName{Says: says})
	}
	return out
}

func (t *incidentTeller) actors(e *truce.Element, ids []string) []IncidentName {
	var out []IncidentName
	for _, id := range ids {
		out = append(out, t.actor(e, id))
	}
	return out
}

func (t *incidentTeller) means(e *truce.Element) []IncidentName {
	var out []IncidentName
	for _, m := range e.Means {
		says, _ := t.trace.Means(m.Kind)
		for _, name := range sortedNumbers(m.Num) {
			r := m.Num[name]
			says = append(slices.Clone(says), Piece{" · ", false}, Piece{name + " " + t.number(r), true})
		}
		out = append(out, IncidentName{Says: says})
	}
	return out
}

func sortedNumbers(m map[string]truce.Range) []string {
	set := map[string]bool{}
	for name := range m {
		set[name] = true
	}
	return sortedKeysOf(set)
}

func (t *incidentTeller) range1(r *truce.Range) []IncidentName {
	if r == nil {
		return nil
	}
	return []IncidentName{{Says: Phrase{{t.number(*r), false}}}}
}

// number writes a number that may lie between two; whole ones as people write them.
func (t *incidentTeller) number(r truce.Range) string {
	one := func(v float64) string {
		if v == float64(int64(v)) && v < 1e15 && v > -1e15 {
			return t.f.words.Number(int64(v))
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	if r.Low == r.High {
		return one(r.Low)
	}
	return t.f.words.must("range", one(r.Low), one(r.High))
}

func (t *incidentTeller) times(e *truce.Element) []IncidentName {
	var out []IncidentName
	for _, w := range e.When {
		out = append(out, IncidentName{Says: Phrase{{t.time(w), false}}})
	}
	return out
}

// time says when: whole days as days, everything else as instants of the mission's zone.
func (t *incidentTeller) time(w truce.When) string {
	words := t.f.words
	from, to := w.From.In(t.zone()), w.To.In(t.zone())
	name := "incident.time.within"
	if w.Lasts {
		name = "incident.time.lasted"
	}
	switch {
	case w.From.IsZero() && w.To.IsZero():
		return words.must("time.unknown")
	case w.From.IsZero():
		return words.must("incident.time.before", t.f.At(w.To))
	case w.To.IsZero():
		return words.must("incident.time.from", t.f.At(w.From))
	case w.Instant():
		return t.f.At(w.From)
	case midnight(from) && midnight(to):
		first, last := from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly)
		if first == last && !w.Lasts {
			return words.must("incident.time.day", words.Day(first))
		}
		return words.must(name, words.Day(first), words.Day(last))
	}
	return words.must(name, t.f.At(w.From), t.f.At(w.To))
}

func (t *incidentTeller) zone() *time.Location {
	if t.f.Zone == nil {
		return time.UTC
	}
	return t.f.Zone
}

func midnight(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 }

// places say where, as it was told, as fine as the person may see it.
func (t *incidentTeller) places(e *truce.Element) []IncidentName {
	var out []IncidentName
	for _, p := range e.Where {
		out = append(out, IncidentName{Says: t.spot(p)})
	}
	return out
}

func (t *incidentTeller) spot(p truce.Place) Phrase {
	said := Phrase(nil)
	if p.Name != "" {
		said = Phrase{{short(p.Name), true}, {" · ", false}}
	}
	deg := func(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }
	switch p.Form {
	case truce.FormArea:
		name := p.Area
		if a, ok := t.sight.Result.Mission.Book.Atlas.Area(p.Area); ok && a.Name != "" && a.Name != p.Name {
			name = a.Name + " (" + p.Area + ")"
		}
		return append(said, Piece{name, true})
	case truce.FormDisc:
		return append(said, t.phrase("incident.place.disc", Phrase{{deg(p.Lat) + ", " + deg(p.Lon), true}}, Phrase{{t.f.words.Number(int64(p.Within)), false}})...)
	case truce.FormSector:
		return append(said, t.phrase("incident.place.sector", Phrase{{deg(p.Lat) + ", " + deg(p.Lon), true}})...)
	case truce.FormShape:
		return append(said, t.phrase("incident.place.shape")...)
	}
	return append(said, t.phrase("incident.place.unknown")...)
}

// phrase puts parts into words of the catalogue.
func (t *incidentTeller) phrase(name string, parts ...Phrase) Phrase {
	p := reader{t: t.trace}
	return p.say(name, parts...).joined()
}
