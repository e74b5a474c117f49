package screen

import (
	"net/url"
	"slices"
	"strings"

	"truce"
	"truce/desk"
	"truce/terms"
)

// IncidentAgreement is what the engine says of one element under one agreement.
type IncidentAgreement struct {
	ID, Title, Href string
	// Verdicts are those of the clauses that bear on the element.
	Verdicts []IncidentVerdict
	// Folded are those of clauses that plainly do not apply: not at that time, not there, not
	// about such an act; Why counts them by reason.
	Folded []IncidentVerdict
	Why    []IncidentWhy
}

// IncidentWhy is a reason with the number of clauses.
type IncidentWhy struct {
	Reason Phrase
	N      int
}

// IncidentVerdict is a verdict in words.
type IncidentVerdict struct {
	Anchor             string
	Clause, Cite, Text string
	Href               string // of the clause in its agreement
	Outcome            truce.Outcome
	Withdrawn          bool // the report was withdrawn or repeats another: nothing is judged
	Code               string
	Reason             Phrase
	Others             []Phrase
	Steps              []IncidentStep
	ReasonsHidden      bool
	Settle, Enough     []IncidentSettle
	SettleHidden       bool
	Readings           []IncidentReading
	Parts              []IncidentPart
	Could              []IncidentName
	Rests, Notes       []Phrase
}

// IncidentStep is one condition with its answer.
type IncidentStep struct {
	Condition, Because, Answer Phrase
	Class                      string // "yes", "no" or "open"
	Sources                    []string
}

// IncidentSettle is a table of what a verdict would be, for what facts turn out to be.
type IncidentSettle struct {
	Facts []Phrase
	Rows  []IncidentRow
}

// IncidentRow is one row of it.
type IncidentRow struct {
	Values  []Phrase
	Outcome truce.Outcome
}

// IncidentReading is the verdict under one reading.
type IncidentReading struct {
	Name    Phrase
	HeldBy  string
	Outcome truce.Outcome
	Reason  Phrase
}

// IncidentPart is a stretch of a lasting act.
type IncidentPart struct {
	From, To string
	Outcome  truce.Outcome
}

// IncidentTurn is a verdict that another version of the element changed.
type IncidentTurn struct {
	Entry             int64
	Agreement, Clause string
	Was, Is           truce.Outcome
}

// verdicts sorts the verdicts on an element by agreement.
func (t *incidentTeller) verdicts(out *IncidentElement, e *truce.Element, told desk.Told) {
	for _, v := range told.Verdicts {
		n := len(out.Agreements)
		if n == 0 || out.Agreements[n-1].ID != v.Agreement {
			out.Agreements = append(out.Agreements, IncidentAgreement{ID: v.Agreement, Title: t.titleOf(v.Agreement), Href: t.href("agreements", v.Agreement)})
			n++
		}
		a := &out.Agreements[n-1]
		x := t.verdict(e, told, v)
		if plainly(v) {
			a.Folded = append(a.Folded, x)
		} else {
			a.Verdicts = append(a.Verdicts, x)
		}
	}
	for i := range out.Agreements {
		a := &out.Agreements[i]
		slices.SortStableFunc(a.Verdicts, func(x, y IncidentVerdict) int { return rank(x) - rank(y) })
		a.why()
	}
	for _, a := range out.Agreements {
		if len(a.Verdicts) == 0 {
			out.Elsewhere = append(out.Elsewhere, a)
		}
	}
	out.Agreements = slices.DeleteFunc(out.Agreements, func(a IncidentAgreement) bool { return len(a.Verdicts) == 0 })
	for _, x := range told.Turned {
		out.Turned = append(out.Turned, IncidentTurn(x))
	}
}

// rank puts what is broken or open before what is not.
func rank(v IncidentVerdict) int {
	return slices.Index([]truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation}, v.Outcome)
}

// plainly says of a verdict that its clause does not apply: it is about other times, other
// places or other acts.
func plainly(v truce.Verdict) bool {
	return v.Outcome == truce.NoViolation && len(v.Codes) <= 1 && slices.Contains([]string{"NV-TIME", "NV-AREA", "NV-ACT"}, v.Code)
}

// why counts what is folded by reason, in the order in which the reasons come.
func (a *IncidentAgreement) why() {
	for _, v := range a.Folded {
		i := slices.IndexFunc(a.Why, func(w IncidentWhy) bool { return w.Reason.String() == v.Reason.String() })
		if i < 0 {
			i = len(a.Why)
			a.Why = append(a.Why, IncidentWhy{Reason: v.Reason})
		}
		a.Why[i].N++
	}
}

func (t *incidentTeller) titleOf(agreement string) string {
	if j := t.sight.Agreement(agreement); j != nil && j.Agreement().Title != "" {
		return j.Agreement().Title
	}
	return agreement
}

// clause finds a clause of an agreement that is seen, or nil.
func (t *incidentTeller) clause(agreement, id string) *terms.Clause {
	j := t.sight.Agreement(agreement)
	if j == nil {
		return nil
	}
	i := slices.IndexFunc(j.Agreement().Clauses, func(c *terms.Clause) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return j.Agreement().Clauses[i]
}

func (t *incidentTeller) verdict(e *truce.Element, told desk.Told, v truce.Verdict) IncidentVerdict {
	out := IncidentVerdict{Anchor: strings.Join([]string{e.ID, v.Agreement, v.Clause}, ":"), Clause: v.Clause, Cite: v.Cite,
		Href:    t.href("agreements", v.Agreement) + "#" + url.PathEscape(v.Clause),
		Outcome: v.Outcome, Code: v.Code, Withdrawn: v.Code == "RETRACTED" || v.Code == "DUP", ReasonsHidden: !told.Sees.Reasons}
	if c := t.clause(v.Agreement, v.Clause); c != nil {
		out.Text = c.Text
	}
	out.Reason, _ = t.trace.Reason(v.Code)
	for _, code := range v.Codes {
		if code != v.Code {
			says, _ := t.trace.Reason(code)
			out.Others = append(out.Others, says)
		}
	}
	for _, s := range v.Steps {
		out.Steps = append(out.Steps, t.step(s))
	}
	t.settle(&out, v)
	for _, r := range v.Readings {
		name, _ := t.trace.Reading(r.Name)
		reason, _ := t.trace.Reason(r.Code)
		out.Readings = append(out.Readings, IncidentReading{name, r.HeldBy, r.Outcome, reason})
	}
	for _, p := range v.Parts {
		out.Parts = append(out.Parts, IncidentPart{t.f.At(p.From), t.f.At(p.To), p.Outcome})
	}
	out.Could = t.actors(e, v.Could)
	for _, name := range v.Rests {
		says, _ := t.trace.Fact(name)
		out.Rests = append(out.Rests, says)
	}
	for _, n := range v.Notes {
		says, _ := t.trace.Note(n)
		out.Notes = append(out.Notes, says)
	}
	return out
}

func (t *incidentTeller) step(s truce.Step) IncidentStep {
	out := IncidentStep{Class: s.Answer, Sources: shorts(s.Sources)}
	out.Condition, _ = t.trace.Condition(s.Condition)
	out.Because, _ = t.trace.Because(s.Because)
	out.Answer, _ = t.trace.Answer(s.Answer)
	return out
}

// settle lays out what would settle a verdict: facts that do together whatever they turn out to
// be, and single answers that would be enough.
func (t *incidentTeller) settle(out *IncidentVerdict, v truce.Verdict) {
	out.SettleHidden = v.Outcome == truce.Undetermined && !out.Withdrawn && v.Settle == nil
	for _, s := range v.Settle {
		x := IncidentSettle{}
		for _, name := range s.Facts {
			says, _ := t.trace.Fact(name)
			x.Facts = append(x.Facts, says)
		}
		for _, o := range s.Outcomes {
			row := IncidentRow{Outcome: o.Outcome}
			for i, value := range o.Values {
				says, _ := t.trace.Value(s.Facts[min(i, len(s.Facts)-1)], value)
				row.Values = append(row.Values, says)
			}
			x.Rows = append(x.Rows, row)
		}
		if s.Always {
			out.Settle = append(out.Settle, x)
		} else {
			out.Enough = append(out.Enough, x)
		}
	}
}
