package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/export"
	"truce/terms"
)

// Days lists the reporting days of the period, gaps included, so that a quiet day is seen.
// Outside the mission's own period only days with elements are listed.
func (r *Result) Days() []string {
	from, to := r.Mission.From, r.Mission.To
	var have []string
	for d := range r.Tally.Days {
		have = append(have, d)
	}
	slices.Sort(have)
	if len(have) == 0 {
		return nil
	}
	first, last := have[0], have[len(have)-1]
	if !from.IsZero() {
		first = from.Format(time.DateOnly)
	}
	if !to.IsZero() {
		last = to.Format(time.DateOnly)
	}
	day, err := time.Parse(time.DateOnly, first) // civil days: no zone, no clock changes
	var out []string
	for ; err == nil && len(out) < 20000; day = day.AddDate(0, 0, 1) {
		d := day.Format(time.DateOnly)
		if d > last {
			break
		}
		out = append(out, d)
	}
	return out
}

// Export brings the result into the form that pages and files are written from. Places are
// coarsened to what the mission publishes.
func (r *Result) Export() export.Check {
	m := r.Mission
	c := export.Check{Mission: m.ID, Title: m.Title, Zone: m.Zone.String(), Rows: r.Rows, Reports: r.Reports, SetAside: r.Tally.SetAside,
		Limits: m.Limits, Sources: m.Sources, Outline: json.RawMessage(m.Outline), Areas: json.RawMessage(m.Areas), Made: r.made(),
		Command: "truce check " + m.ID + " --json"}
	days := r.Days()
	if len(days) > 0 {
		c.From, c.To = days[0], days[len(days)-1]
	}
	for _, j := range r.Judges {
		c.Agreements = append(c.Agreements, r.agreement(j))
		c.Windows = append(c.Windows, r.windows(j)...)
	}
	for _, d := range days {
		c.Days = append(c.Days, r.day(d))
	}
	for i := range r.Elements {
		c.Elements = append(c.Elements, r.row(i))
	}
	for _, f := range Ranked(r.Tally.Open) {
		c.Open = append(c.Open, export.FactCount{Fact: f.Name, N: f.N})
	}
	for _, n := range Ranked(r.Unmatched) {
		c.Unmatched = append(c.Unmatched, export.NameCount{Name: n.Name, N: n.N})
	}
	c.Duties = r.overTime()
	return c
}

// made names what the result was made from.
func (r *Result) made() string {
	parts := []string{fmt.Sprintf("mission %.12s", r.Mission.Book.Version)}
	for _, j := range r.Judges {
		parts = append(parts, fmt.Sprintf("%s %.12s", j.Agreement().ID, j.Agreement().Version()))
	}
	return strings.Join(parts, ", ")
}

func (r *Result) agreement(j *terms.Judge) export.Agreement {
	a := j.Agreement()
	out := export.Agreement{ID: a.ID, Title: a.Title, Version: a.Version(), InForce: r.inForce(j)}
	for _, c := range a.Clauses {
		if !terms.Judged(c) {
			continue
		}
		n := r.Tally.Clause(a.ID, c.ID)
		x := export.Clause{ID: c.ID, Cite: c.Cite, Text: c.Text, Kind: string(c.Kind), Violation: n.Violation, NoViolation: n.NoViolation, Undetermined: n.Undetermined}
		for _, k := range Ranked(n.Codes) {
			x.Codes = append(x.Codes, export.CodeCount{Code: k.Name, N: k.N})
		}
		for _, k := range Ranked(n.WantOf) {
			x.WantOf = append(x.WantOf, export.FactCount{Fact: k.Name, N: k.N})
		}
		out.Clauses = append(out.Clauses, x)
	}
	return out
}

func (r *Result) inForce(j *terms.Judge) string {
	var parts []string
	for _, w := range j.InForce() {
		parts = append(parts, r.point(w[0])+" .. "+r.point(w[1]))
	}
	if parts == nil {
		return "never in force"
	}
	if len(parts) > 3 {
		parts = append(parts[:3], fmt.Sprintf("and %d more", len(parts)-3))
	}
	return strings.TrimSpace(strings.Join(parts, ", "))
}

// point writes an instant in the mission's zone; midnight as the day alone.
func (r *Result) point(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(r.Mission.Zone)
	if t.Hour() == 0 && t.Minute() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04")
}

func (r *Result) windows(j *terms.Judge) []export.Window {
	var out []export.Window
	for i, w := range j.InForce() {
		if i == 100 {
			break
		}
		out = append(out, export.Window{Agreement: j.Agreement().ID, Title: j.Agreement().Title, From: r.point(w[0]), To: r.point(w[1])})
	}
	return out
}

func (r *Result) day(d string) export.Day {
	out := export.Day{Date: d}
	n := r.Tally.Days[d]
	if n == nil {
		n = &DayTally{}
	}
	out.Elements = n.Elements
	out.KilledLow, out.KilledHigh, out.KilledUnknown = n.Killed()
	for _, j := range r.Judges {
		if a := n.Agreements[j.Agreement().ID]; a != nil {
			out.Counts = append(out.Counts, export.DayCount{Agreement: j.Agreement().ID, Violation: a[0], Undetermined: a[1], NoViolation: a[2]})
		}
	}
	return out
}

func (r *Result) row(i int) export.Row {
	m, e := r.Mission, &r.Elements[i]
	x := m.Extent(e)
	out := export.Row{ID: e.ID, Title: e.Title, When: r.when(e), Where: placeName(e), Precision: x.String()}
	for _, v := range r.kept[i] {
		out.Verdicts = append(out.Verdicts, *v)
	}
	if len(e.When) > 0 && !e.When[0].From.IsZero() && !e.When[0].To.IsZero() {
		last := e.When[0].To
		if !e.When[0].Instant() {
			last = last.Add(-time.Second)
		}
		out.First, out.Last = m.day(e.When[0].From), m.day(last)
	}
	if text, ok := x.GeoJSON(); ok {
		out.Geometry = json.RawMessage(text)
	}
	return out
}

func placeName(e *truce.Element) string {
	var names []string
	for _, p := range e.Where {
		if p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, " or ")
}

// when writes an element's time in the mission's zone.
func (r *Result) when(e *truce.Element) string {
	var parts []string
	for _, w := range e.When {
		text := r.point(w.From)
		if text == "" {
			text = "time not known"
		} else if !w.Instant() {
			if d, ok := r.Mission.Day(&truce.Element{When: []truce.When{w}}); ok && len(r.point(w.From)) == len(time.DateOnly) && w.To.Sub(w.From) > 22*time.Hour {
				text = d
			} else {
				text += " to " + r.point(w.To)
			}
		}
		if w.Lasts {
			text += " (lasting)"
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return "time not known"
	}
	return strings.Join(parts, " or ")
}

// overTime are the duties and the calms, as they are written out.
func (r *Result) overTime() []export.Duty {
	var out []export.Duty
	text := func(agreement, clause string) string {
		for _, j := range r.Judges {
			if j.Agreement().ID == agreement {
				return j.Agreement().Clause(clause).Text
			}
		}
		return ""
	}
	for _, d := range r.Duties() {
		x := export.Duty{Agreement: d.Agreement, Clause: d.Clause, Kind: string(d.Kind), Text: text(d.Agreement, d.Clause), State: string(d.State)}
		for _, s := range d.Steps {
			x.Steps = append(x.Steps, export.DutyStep{From: r.point(s.From), To: r.point(s.To), State: string(s.State), Why: s.Why})
		}
		out = append(out, x)
	}
	for _, c := range r.Clocks() {
		x := export.Duty{Agreement: c.Agreement, Clause: c.Clause, Kind: "calm", Text: text(c.Agreement, c.Clause),
			State: fmt.Sprintf("%s (%d to %d of %d %s)", c.State, c.Least, c.Most, c.Goal, c.Unit)}
		if c.Least == c.Most {
			x.State = fmt.Sprintf("%s (%d of %d %s)", c.State, c.Least, c.Goal, c.Unit)
		}
		for i, s := range c.Steps {
			to := ""
			if i+1 < len(c.Steps) {
				to = r.point(c.Steps[i+1].At)
			}
			x.Steps = append(x.Steps, export.DutyStep{From: r.point(s.At), To: to, State: string(s.State), Why: s.Why})
		}
		out = append(out, x)
	}
	return out
}
