package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/match"
	"truce/record"
)

// Suggestion is an account already in the record that may tell of the same happening as a
// report, with how sure that is and why.
type Suggestion struct {
	// Incident is the one that the account belongs to; an element that belongs to none is one by itself,
	// under its own identifier.
	Incident string `json:"incident"`
	Report   string `json:"report"`
	Element  string `json:"element"`
	// Of is the element of the asked report that it is like.
	Of string `json:"of"`
	// Odds is the probability that both tell of one happening, from 0 to 1.
	Odds float64 `json:"probability"`
	// Reasons say in words what speaks for and against; Parts hold the same by keys and numbers.
	Reasons []string     `json:"reasons"`
	Parts   []match.Part `json:"-"`
}

// ring is how far around an account others of the same are looked for.
type ring struct {
	apart   time.Duration
	degrees float64
}

// rings are the nearest first; the next is taken where there is not enough within one.
func rings() []ring {
	return []ring{{6 * time.Hour, 0.05}, {24 * time.Hour, 0.2}, {3 * 24 * time.Hour, 0.5}}
}

// How many accounts are enough to look through for suggestions, and the most that are.
const (
	enoughLookedAt = 300
	mostLookedAt   = 2000
)

// Suggest returns the incidents that a report may belong to, the likeliest first, at most max.
// Only what the person sees is compared and told; a fact withheld from them is a fact not stated. An
// incident with a report that people judged different from this one is not suggested.
func (r *Record) Suggest(ctx context.Context, who access.Person, report string, max int) ([]Suggestion, error) {
	seen, err := r.Row(ctx, who, 0, "report", report)
	if err != nil {
		return nil, err
	}
	m, err := r.matcher(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := r.accountsOf(ctx, who, m, seen)
	if err != nil {
		return nil, err
	}
	best, told := map[string]Suggestion{}, map[string]map[string]bool{} // by incident; told are the reports that tell of it
	for i := range asked {
		var others []standing
		for _, box := range asked[i].boxes {
			found, err := r.nearby(ctx, who, m, box)
			if err != nil {
				return nil, err
			}
			if others = append(others, found...); len(found) >= enoughLookedAt { // a wider one may not reach to the nearest
				break
			}
		}
		for k := range others {
			if o := &others[k]; o.Report != report {
				s := suggestion(m, &asked[i].Account, o)
				if told[s.Incident] == nil {
					told[s.Incident] = map[string]bool{}
				}
				told[s.Incident][o.Report] = true
				if had, ok := best[s.Incident]; !ok || compareSuggestions(s, had) < 0 {
					best[s.Incident] = s
				}
			}
		}
	}
	maps.DeleteFunc(best, func(_ string, s Suggestion) bool { return s.Odds < leastOdds })
	return r.firstTogether(ctx, who, report, slices.SortedFunc(maps.Values(best), compareSuggestions), told, max)
}

// firstTogether are the first of suggestions, at most max, but for incidents with a report that
// people judged different. No more is asked about than is suggested.
func (r *Record) firstTogether(ctx context.Context, who access.Person, report string, list []Suggestion, told map[string]map[string]bool, max int) ([]Suggestion, error) {
	out := []Suggestion{}
	for _, s := range list {
		if len(out) == max {
			break
		}
		apart := false
		for _, other := range sortedWords(told[s.Incident]) {
			var err error
			if apart, err = r.judgedApart(ctx, who, report, other); err != nil {
				return nil, err
			}
			if apart {
				break
			}
		}
		if !apart {
			out = append(out, s)
		}
	}
	return out, nil
}

// judgedApart reports whether two reports are of two happenings by the last judgment on them that
// the person sees.
func (r *Record) judgedApart(ctx context.Context, who access.Person, report, other string) (bool, error) {
	page, err := r.Rows(ctx, who, Question{Kind: "join", Parent: record.PairOf(report, other), Newest: true, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return false, err
	}
	var b struct{ Says match.Says }
	_ = json.Unmarshal(page.Rows[0].Body, &b) // what is not shown is no judgment
	return b.Says == match.Different, nil
}

// leastOdds is the probability below which nothing is suggested.
const leastOdds = 0.02

func compareSuggestions(a, b Suggestion) int {
	return cmp.Or(cmp.Compare(b.Odds, a.Odds), strings.Compare(a.Incident, b.Incident), strings.Compare(a.Element, b.Element), strings.Compare(a.Of, b.Of))
}

func suggestion(m *match.Matcher, a *match.Account, o *standing) Suggestion {
	c := m.Compare(a, &o.Account)
	return Suggestion{Incident: cmp.Or(o.incident, o.ID), Report: o.Report, Element: o.ID, Of: a.ID,
		Odds: c.Probability(), Reasons: c.Reasons(), Parts: c.Parts[:]}
}

// matcher knows what the mission knows; without a mission, what every mission does.
func (r *Record) matcher(ctx context.Context) (*match.Matcher, error) {
	o, err := r.terms(ctx, 0)
	switch {
	case errors.Is(err, noMission{}):
		return match.New(match.Known{}, nil)
	case err != nil:
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.matcher == nil {
		o.matcher, err = match.New(match.Known{Register: o.mission.register, Atlas: o.mission.atlas}, nil)
	}
	return o.matcher, err
}

// standing is an account in the record.
type standing struct {
	match.Account
	incident string
	boxes    []*truce.Box // where to look for others, the smallest first; none: nobody knows where or when it was
}

// accountsOf takes apart a report as the person sees it.
func (r *Record) accountsOf(ctx context.Context, who access.Person, m *match.Matcher, report Seen) ([]standing, error) {
	var b struct {
		Text     string
		Elements []string
	}
	_ = json.Unmarshal(report.Body, &b) // what has no elements is like nothing
	told := truce.Report{ID: report.ID, Text: b.Text}
	for _, id := range b.Elements {
		row, err := r.maybe(ctx, who, 0, "element", id)
		if err != nil {
			return nil, err
		}
		if e, ok := seenElement(row); ok {
			told.Elements = append(told.Elements, e.Element)
		}
	}
	var out []standing
	for _, a := range m.Accounts(told) {
		i := slices.IndexFunc(told.Elements, func(e truce.Element) bool { return e.ID == a.ID })
		out = append(out, standing{Account: a, boxes: r.around(ctx, told.Elements[i])})
	}
	return out, nil
}

// elementSeen is an element as a person may see it, with the report it stands in.
type elementSeen struct {
	truce.Element
	Report string `json:"report"`
}

func seenElement(row *Seen) (elementSeen, bool) {
	var e elementSeen
	if row == nil || json.Unmarshal(row.Body, &e) != nil {
		return e, false
	}
	if e.ID == "" {
		e.ID = row.ID
	}
	return e, e.Status != "retracted"
}

// around is where and when other accounts of the same may stand, the nearest first.
func (r *Record) around(ctx context.Context, e truce.Element) []*truce.Box {
	o, err := r.terms(ctx, 0)
	if err != nil || slices.ContainsFunc(e.When, func(w truce.When) bool { return w.From.IsZero() || w.To.IsZero() }) {
		return nil
	}
	x, err := o.mission.atlas.Extent(e.Where)
	anywhere := err != nil || x.Anywhere()
	var out []*truce.Box
	for _, far := range rings() {
		box := &truce.Box{West: -180, South: -90, East: 180, North: 90}
		if !anywhere {
			west, south, east, north := x.Bounds()
			box = &truce.Box{West: max(west-far.degrees, -180), South: max(south-far.degrees, -90),
				East: min(east+far.degrees, 180), North: min(north+far.degrees, 90)}
		}
		for i, w := range e.When {
			if from := w.From.Add(-far.apart); i == 0 || from.Before(box.From) {
				box.From = from
			}
			if to := w.To.Add(far.apart); i == 0 || to.After(box.To) {
				box.To = to
			}
		}
		out = append(out, box)
	}
	return out
}

// nearby lists the accounts of the record in a box, as the person sees them.
func (r *Record) nearby(ctx context.Context, who access.Person, m *match.Matcher, box *truce.Box) ([]standing, error) {
	reports := map[string]*truce.Report{}
	incidents := map[string]string{}
	q := Question{Kind: "element", Box: box, Limit: MaxLimit}
	for looked := 0; looked < mostLookedAt; looked += MaxLimit {
		page, err := r.Rows(ctx, who, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Rows {
			if e, ok := seenElement(&page.Rows[i]); ok {
				gather(reports, e)
				incidents[e.ID] = e.Incident
			}
		}
		if q.After = page.Next; page.Next == "" {
			break
		}
	}
	var out []standing
	for _, id := range sortedWords(reports) {
		for _, a := range m.Accounts(*reports[id]) {
			out = append(out, standing{Account: a, incident: incidents[a.ID]})
		}
	}
	return out, nil
}

// gather puts an element beside the others of its report.
func gather(reports map[string]*truce.Report, e elementSeen) {
	id := cmp.Or(e.Report, e.ID)
	if reports[id] == nil {
		reports[id] = &truce.Report{ID: id}
	}
	reports[id].Elements = append(reports[id].Elements, e.Element)
}
