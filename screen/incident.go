package screen

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"truce"
	"truce/desk"
	"truce/export"
)

// Incident is one incident as one person may see it: who says what, fact by fact; what the
// engine says, clause by clause, and why; what came of it. Make it with [NewIncident].
type Incident struct {
	sight *desk.Sight
	in    *desk.Incident
	asked string // one element alone

	// Claimed is what is said of it; nil shows nothing of that.
	Claimed *Claimed
}

// NewIncident returns the page of an incident; element is the one that was asked for alone.
func NewIncident(s *desk.Sight, in *desk.Incident, element string) *Incident {
	return &Incident{sight: s, in: in, asked: element}
}

// IncidentPage is an incident in the words of one language.
type IncidentPage struct {
	ID    string
	Alone string // the element that is shown alone
	// First and Last are its days; empty where nobody knows.
	First, Last string
	Late        bool // times are seen late, and some are not yet
	Places      []string
	Anywhere    bool // nobody knows where some of it was
	Marks       []string
	// Retracted, Duplicate and Doubted count elements.
	Retracted, Duplicate, Doubted int
	Reports                       []IncidentReport
	Origins                       IncidentOrigins
	ReportsHidden                 bool
	Sources                       []IncidentSource
	SourcesHidden                 bool
	Work                          []IncidentWork
	Outline                       []IncidentClause
	Elements                      []IncidentElement
	Others                        []IncidentOther
	Findings                      []IncidentFinding
	Contacts                      []IncidentContact
	Attachments                   []IncidentAttachment
	Events                        []IncidentEvent
	Sheet                         *export.Sheet
	Spots                         []export.Spot
	NoMission                     bool
}

// IncidentOther is an element that is not laid out.
type IncidentOther struct{ ID, Title string }

// IncidentWork is a fact on which sources contradict each other.
type IncidentWork struct {
	Element, Anchor string
	Fact            Phrase
}

// IncidentClause is a clause that an element breaks, or may break, for the overview.
type IncidentClause struct {
	Title, Clause, Text, Href string
	Elements                  []IncidentOutcome
}

// IncidentOutcome is what the engine says of one element.
type IncidentOutcome struct {
	Element, Anchor string
	Outcome         truce.Outcome
}

// ID is the incident's identifier.
func (i *Incident) ID() string { return i.in.ID }

// Title is what the incident is called: its own title, else its elements', else nothing.
func (i *Incident) Title() string {
	if i.in.Row != nil {
		var b struct{ Title string }
		if json.Unmarshal(i.in.Row.Body, &b) == nil && b.Title != "" {
			return short(b.Title)
		}
	}
	var titles []string
	for _, at := range i.in.Members {
		if t := i.sight.Result.Elements[at].Title; t != "" && !slices.Contains(titles, t) && len(titles) < 3 {
			titles = append(titles, t)
		}
	}
	return short(strings.Join(titles, "; "))
}

// titleMost is how many characters of a title stand in a heading.
const titleMost = 200

func short(s string) string {
	if r := []rune(s); len(r) > titleMost {
		return string(r[:titleMost]) + "…"
	}
	return s
}

func shorts(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, short(s))
	}
	return out
}

// incidentTeller puts one incident into words.
type incidentTeller struct {
	*Incident
	f     Frame
	trace *Trace
	page  *IncidentPage
}

// In says the incident in the language of a frame.
func (i *Incident) In(f Frame) (*IncidentPage, error) {
	p := &IncidentPage{ID: i.in.ID, Alone: i.asked, NoMission: i.sight.Result == nil, Origins: newOrigins(i.in.Origins)}
	t := &incidentTeller{i, f, NewTrace(f.words), p}
	if i.sight.Result != nil {
		t.trace = NewTrace(f.words, i.sight.Result.Mission.Agreements...)
		t.head()
		for k := range i.in.Told {
			p.Elements = append(p.Elements, t.element(k))
		}
		t.outline()
		t.sources()
		if err := t.chart(); err != nil {
			return nil, err
		}
	}
	t.beside()
	t.past()
	return p, nil
}

// head is what the incident is, in short.
func (t *incidentTeller) head() {
	marks := map[string]bool{}
	if t.in.Row != nil {
		marks[t.in.Row.Mark] = true
	}
	places := map[string]bool{}
	dated := len(t.in.Members) > 0
	for _, at := range t.in.Members {
		e, about := &t.sight.Result.Elements[at], t.sight.About[at]
		marks[about.Mark] = true
		t.page.Retracted += count(e.Status == "retracted")
		t.page.Duplicate += count(e.Status == "duplicate")
		t.page.Doubted += count(e.Doubted)
		if dated = dated && about.First != ""; dated {
			t.page.First = earlier(t.page.First, about.First)
			t.page.Last = max(t.page.Last, about.Last)
		}
		if about.Extent.Anywhere() {
			t.page.Anywhere = true
		} else if text := about.Extent.String(); !places[text] {
			places[text] = true
			t.page.Places = append(t.page.Places, t.f.Place(text))
		}
	}
	if !dated {
		t.page.First, t.page.Last = "", ""
	}
	for _, told := range t.in.Told {
		t.page.Late = t.page.Late || !told.Sees.Times
		t.page.SourcesHidden = t.page.SourcesHidden || !told.Sees.Sources
	}
	t.page.Marks = sortedKeysOf(marks)
	t.others()
}

// others lists the elements that are not laid out.
func (t *incidentTeller) others() {
	for _, at := range t.in.Members {
		if !slices.ContainsFunc(t.in.Told, func(x desk.Told) bool { return x.At == at }) {
			e := &t.sight.Result.Elements[at]
			t.page.Others = append(t.page.Others, IncidentOther{e.ID, short(e.Title)})
		}
	}
}

func earlier(a, b string) string {
	if a == "" || b < a {
		return b
	}
	return a
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func sortedKeysOf(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// outline lists the clauses that some element breaks or may break, in the order of the
// agreements, with each such element.
func (t *incidentTeller) outline() {
	at := map[[2]string]int{}
	for _, e := range t.page.Elements {
		for _, a := range e.Agreements {
			for _, v := range a.Verdicts {
				if v.Outcome == truce.NoViolation || v.Withdrawn {
					continue
				}
				key := [2]string{a.ID, v.Clause}
				k, had := at[key]
				if !had {
					k = len(t.page.Outline)
					at[key] = k
					t.page.Outline = append(t.page.Outline, IncidentClause{Title: a.Title, Clause: v.Clause, Text: v.Text, Href: v.Href})
				}
				t.page.Outline[k].Elements = append(t.page.Outline[k].Elements, IncidentOutcome{e.ID, v.Anchor, v.Outcome})
			}
		}
	}
}

// IncidentSource is a source with what it says here.
type IncidentSource struct {
	Name   string
	Claims []IncidentClaim
}

// IncidentClaim is one thing that a source says: a value of a fact, or, without one, the
// element as it is told.
type IncidentClaim struct {
	Element, Anchor string
	Fact            Phrase
	Value           string
}

// sources gathers what each source says, by name.
func (t *incidentTeller) sources() {
	claims := map[string][]IncidentClaim{}
	for k, told := range t.in.Told {
		e := &t.sight.Result.Elements[told.At]
		shown := t.page.Elements[k]
		for _, s := range e.Said {
			claims[s.Source] = append(claims[s.Source], IncidentClaim{e.ID, shown.anchor(s.Fact), t.fact(s.Fact), short(s.Value)})
		}
		for _, name := range e.Sources {
			claims[name] = append(claims[name], IncidentClaim{Element: e.ID, Anchor: e.ID})
		}
	}
	for name, list := range claims {
		t.page.Sources = append(t.page.Sources, IncidentSource{short(name), list})
	}
	slices.SortFunc(t.page.Sources, func(a, b IncidentSource) int { return strings.Compare(a.Name, b.Name) })
}

// chart draws where it was, as published, within the outline of the mission.
func (t *incidentTeller) chart() error {
	m := t.sight.Result.Mission
	var places []json.RawMessage
	var marks []export.Marks
	seen := map[string]bool{}
	for _, at := range t.in.Members {
		x := t.sight.About[at].Extent
		if shape, ok := x.GeoJSON(); ok && !seen[x.Key()] {
			seen[x.Key()] = true
			places, marks = append(places, json.RawMessage(shape)), append(marks, export.Marks{Other: 1})
		}
	}
	if places == nil {
		return nil
	}
	if around := outlineOf(m.Outline); around != nil { // so that the whole of it is on the sheet
		places, marks = append(places, around), append(marks, export.Marks{})
	}
	sheet, err := export.NewSheet(m.Outline, m.Areas, places)
	if err != nil {
		return err
	}
	t.page.Sheet, t.page.Spots = sheet, sheet.Draw(marks).Spots
	return nil
}

// outlineOf is the geometry of a mission's outline; nil where there is none.
func outlineOf(text []byte) json.RawMessage {
	var any struct {
		Type     string
		Geometry json.RawMessage
		Features []struct{ Geometry json.RawMessage }
	}
	switch {
	case json.Unmarshal(text, &any) != nil || any.Type == "":
		return nil
	case any.Geometry != nil:
		return any.Geometry
	case len(any.Features) > 0:
		return any.Features[0].Geometry
	case any.Type == "FeatureCollection":
		return nil
	}
	return text
}

// actor is what to call an actor around the time of an element.
func (t *incidentTeller) actor(e *truce.Element, id string) IncidentName {
	if name, unmatched := strings.CutPrefix(id, "?"); unmatched {
		out, _ := t.trace.say("name", name+" (not in the register)")
		return IncidentName{Says: out}
	}
	at := t.sight.Result.Mission.From
	if len(e.When) > 0 && !e.When[0].From.IsZero() {
		at = e.When[0].From
	}
	name := t.sight.Result.Mission.Book.Register.NameOn(id, at)
	return IncidentName{t.href("actors", id), Phrase{{cmp.Or(name, id), true}}}
}

// IncidentName is a value in words, with where it leads.
type IncidentName struct {
	Href string
	Says Phrase
}

// href is the address of a page about something, in the state that is shown.
func (t *incidentTeller) href(section, id string) string {
	return t.f.To("/" + section + "/" + url.PathEscape(id))
}
