package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/access"
)

// slow is a record read row by row, to count by other means than the report does.
type slow struct {
	elements []truce.Element
	verdicts map[string][]truce.Verdict
}

func slowly(t *testing.T, r testRecord, who access.Person) *slow {
	t.Helper()
	s := &slow{verdicts: map[string][]truce.Verdict{}}
	q := Question{Kind: "element", Limit: 40}
	for {
		p, err := r.Rows(context.Background(), who, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Rows {
			var e truce.Element
			if err := json.Unmarshal(row.Body, &e); err != nil {
				t.Fatal(err)
			}
			s.elements = append(s.elements, e)
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	v := VerdictQuestion{Limit: 700}
	for {
		p, err := r.Verdicts(context.Background(), who, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range p.Verdicts {
			var x truce.Verdict
			if err := json.Unmarshal(raw, &x); err != nil {
				t.Fatal(err)
			}
			s.verdicts[x.Element] = append(s.verdicts[x.Element], x)
		}
		if v.After = p.Next; v.After == "" {
			return s
		}
	}
}

// in asks instants, not days: whether an element surely and possibly was in a stretch.
func (s *slow) in(e *truce.Element, d DaySpan) (sure, possible bool) {
	sure = len(e.When) > 0
	for _, w := range e.When {
		if w.From.IsZero() || w.To.IsZero() {
			return false, false
		}
		last := w.To
		if w.To.After(w.From) {
			last = w.To.Add(-time.Nanosecond)
		}
		touches := w.From.Before(d.To) && !last.Before(d.From)
		inside := touches && !w.From.Before(d.From) && last.Before(d.To)
		possible, sure = possible || touches, sure && (inside || touches && w.Lasts)
	}
	return sure, possible
}

func (s *slow) day(d DaySpan) DayFigures {
	f := DayFigures{Elements: DayFigure{IDs: []string{}}, Withdrawn: DayFigure{IDs: []string{}}}
	type incident struct {
		sure, open, stated bool
		killed             *truce.Range
	}
	incidents := map[string]*incident{}
	for i := range s.elements {
		e := &s.elements[i]
		sure, possible := s.in(e, d)
		if !possible {
			continue
		}
		to := &f.Elements
		if e.Status != "" {
			to = &f.Withdrawn
		}
		if to.Possible, to.IDs = to.Possible+1, append(to.IDs, e.ID); sure {
			to.Sure++
		}
		if e.Status != "" {
			continue
		}
		key := e.Incident
		if key == "" {
			key = " " + e.ID
		}
		x := incidents[key]
		if x == nil {
			x = &incident{}
			incidents[key] = x
		}
		x.sure = x.sure || sure
		if k := e.Killed; k != nil && said(e) {
			x.stated = true
		} else if k != nil {
			lasts := *e
			lasts.When = slices.Clone(e.When)
			for i := range lasts.When {
				lasts.When[i].Lasts = false // they may have died on any of its days
			}
			only, _ := s.in(&lasts, d)
			x.open = x.open || !only
			if x.killed == nil {
				x.killed = &truce.Range{Low: k.Low, High: k.High}
			}
			x.killed.Low, x.killed.High = min(x.killed.Low, k.Low), max(x.killed.High, k.High)
		}
	}
	for _, x := range incidents {
		f.Incidents.Possible++
		if x.sure {
			f.Incidents.Sure++
		}
		switch {
		case x.killed == nil && x.stated:
			f.Killed.Stated.Possible++
			continue
		case x.killed == nil:
			f.Killed.Without.Possible++
			continue
		}
		f.Killed.High += int(x.killed.High)
		if !x.open {
			f.Killed.Low += int(x.killed.Low)
		}
	}
	return f
}

// said reports whether an element is nothing but words.
func said(e *truce.Element) bool {
	for _, a := range e.Acts {
		if !strings.Contains(" statement acceptance order announcement ", " "+a+" ") {
			return false
		}
	}
	return len(e.Acts) > 0
}

// outcome counts the elements of a day whose gravest outcome under an agreement it is.
func (s *slow) outcome(d DaySpan, agreement string, outcome truce.Outcome) int {
	n := 0
	for i := range s.elements {
		e := &s.elements[i]
		if _, possible := s.in(e, d); !possible || e.Status != "" {
			continue
		}
		has := map[truce.Outcome]bool{}
		for _, v := range s.verdicts[e.ID] {
			if v.Agreement == agreement {
				has[v.Outcome] = true
			}
		}
		gravest := truce.Outcome("")
		for _, o := range []truce.Outcome{truce.NoViolation, truce.Undetermined, truce.Violation} {
			if has[o] {
				gravest = o
			}
		}
		if gravest == outcome {
			n++
		}
	}
	return n
}
