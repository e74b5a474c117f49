package scenario

import (
	"fmt"
	"slices"
	"strings"

	"truce"
	"truce/terms"
)

// row holds one line against the stage.
func (s *stage) row(l line) (Row, error) {
	r := Row{Case: l.label, At: l.at, Table: l.table}
	var err error
	switch l.words[0] {
	case "duty":
		err = s.duty(l, &r)
	case "clock":
		err = s.clock(l, &r)
	case "toll", "origins", "authors", "attributed", "joint":
		err = s.incident(l, &r)
	case "count":
		err = s.count(l, &r)
	case "day":
		err = s.day(l, &r)
	default:
		err = s.verdict(l, &r)
	}
	return r, err
}

// verdict holds ELEMENT AGREEMENT/CLAUSE OUTCOME CODE and what stands behind it.
func (s *stage) verdict(l line, r *Row) error {
	if len(l.words) != 4 {
		return l.bad("the line is not understood", "ELEMENT AGREEMENT/CLAUSE OUTCOME CODE")
	}
	element, clause := l.words[0], l.words[1]
	v, ok := s.verdicts[[2]string{element, clause}]
	if !ok {
		return l.bad(fmt.Sprintf("nothing was judged as %s under %s", element, clause), s.among(element, clause))
	}
	r.Of, r.Verdict = element+" "+clause, v
	want, got := l.words[2:4:4], []string{short(v.Outcome), v.Code}
	if want[1] == "*" {
		got[1] = "*"
	}
	for _, p := range l.pairs {
		have, err := behind(v, p)
		if err != nil {
			return l.bad(err.Error(), "parts, readings, codes, could, settles, note, source or the name of a fact with ?")
		}
		want, got = append(want, p.key+"="+p.value), append(got, p.key+"="+have)
	}
	r.Want, r.Got = strings.Join(want, " "), strings.Join(got, " ")
	return nil
}

// among says what there is, when a line names what there is not.
func (s *stage) among(element, clause string) string {
	var elements, clauses []string
	for k := range s.verdicts {
		if k[1] == clause {
			elements = append(elements, k[0])
		}
		if k[0] == element {
			clauses = append(clauses, k[1])
		}
	}
	slices.Sort(elements)
	slices.Sort(clauses)
	switch {
	case clauses != nil:
		return "one of " + strings.Join(clauses, ", ")
	case elements != nil:
		return "one of " + strings.Join(elements, ", ")
	}
	return "an element of the record and a clause that judges elements"
}

// behind is what a verdict has under a key, in the words of the file.
func behind(v truce.Verdict, p pair) (string, error) {
	var out []string
	switch {
	case p.key == "parts":
		for _, x := range v.Parts {
			out = append(out, short(x.Outcome))
		}
	case p.key == "readings":
		for _, x := range v.Readings {
			out = append(out, x.Name+":"+short(x.Outcome))
		}
	case p.key == "codes":
		out = v.Codes
	case p.key == "could":
		out = v.Could
	case p.key == "settles":
		if len(v.Settle) > 0 {
			out = v.Settle[0].Facts
		}
	case p.key == "note":
		return containing(v.Notes, p.value), nil
	case p.key == "source":
		for _, x := range v.Steps {
			out = append(out, x.Sources...)
		}
		return containing(out, p.value), nil
	case strings.HasSuffix(p.key, "?"):
		return answer(v, strings.TrimSuffix(p.key, "?")), nil
	default:
		return "", fmt.Errorf("%s= is not known", p.key)
	}
	return strings.Join(out, ","), nil
}

// containing gives the words back where some text has them, else the texts.
func containing(texts []string, words string) string {
	for _, t := range texts {
		if strings.Contains(t, words) {
			return words
		}
	}
	return strings.Join(texts, "; ")
}

// answer is that of the step which turns on one fact alone ("time?"), or whose condition
// contains the words.
func answer(v truce.Verdict, about string) string {
	for _, x := range v.Steps {
		if slices.Equal(x.Facts, []string{about}) || strings.Contains(x.Condition, about) {
			return x.Answer
		}
	}
	return "not asked"
}

// duty holds duty AGREEMENT/CLAUSE STATE at="TIME".
func (s *stage) duty(l line, r *Row) error {
	j, c := s.judge(l.words[1])
	if c == nil || len(l.words) != 3 || c.Kind != terms.Keep && c.Kind != terms.Require {
		return l.bad("no such duty", "duty AGREEMENT/CLAUSE STATE, with a clause that keeps or requires")
	}
	until := s.result.Until()
	if at, ok := l.value("at"); ok {
		var err error
		if until, err = s.instant(at); err != nil {
			return l.bad(err.Error(), `at="2016-05-20 12:00"`)
		}
	}
	var subjects []*terms.Subject
	for i := range s.result.Elements {
		subjects = append(subjects, terms.NewSubject(s.mission.Book.Atlas, &s.result.Elements[i]))
	}
	d := j.Duty(c, subjects, until)
	r.Of = "duty " + l.words[1]
	want, got := []string{l.words[2]}, []string{string(d.State)}
	for _, p := range l.pairs {
		have := p.value
		switch p.key {
		case "at":
			r.Of += " at " + p.value
			continue
		case "code":
			have = d.Code
		case "why":
			have = containing([]string{d.Steps[len(d.Steps)-1].Why}, p.value)
		case "steps":
			have = states(d.Steps)
		default:
			return l.bad(p.key+"= is not known", "at, code, why, steps")
		}
		want, got = append(want, p.key+"="+p.value), append(got, p.key+"="+have)
	}
	r.Want, r.Got = strings.Join(want, " "), strings.Join(got, " ")
	return nil
}

func states(steps []terms.DutyStep) string {
	var out []string
	for _, x := range steps {
		out = append(out, string(x.State))
	}
	return strings.Join(out, ",")
}

// clock holds clock AGREEMENT/CLAUSE STATE LEAST..MOST at="TIME".
func (s *stage) clock(l line, r *Row) error {
	if len(l.words) < 3 || len(l.words) > 4 {
		return l.bad("the line is not understood", "clock AGREEMENT/CLAUSE STATE LEAST..MOST")
	}
	for _, c := range s.result.Clocks() {
		if c.Agreement+"/"+c.Clause != l.words[1] {
			continue
		}
		state, least, most := c.State, c.Least, c.Most
		r.Of = "clock " + l.words[1]
		if at, ok := l.value("at"); ok {
			t, err := s.instant(at)
			if err != nil {
				return l.bad(err.Error(), `at="2016-09-19 19:00"`)
			}
			for _, x := range c.Steps {
				if !x.At.After(t) {
					state, least, most = x.State, x.Least, x.Most
				}
			}
			r.Of += " at " + at
		}
		got := []string{string(state), span(float64(least), float64(most))}
		r.Want, r.Got = strings.Join(l.words[2:], " "), strings.Join(got[:len(l.words)-2], " ")
		return nil
	}
	return l.bad("there is no clock "+l.words[1], "a calm clause")
}

// span writes a low and a high: "3" or "3..5".
func span(low, high float64) string {
	if low == high {
		return fmt.Sprintf("%g", low)
	}
	return fmt.Sprintf("%g..%g", low, high)
}

// count holds count WHAT N.
func (s *stage) count(l line, r *Row) error {
	t := s.result.Tally
	counts := map[string]int{"elements": len(s.result.Elements), "reports": s.result.Reports, "set-aside": t.SetAside,
		"warnings": len(s.result.Warnings), "violation": t.Violation, "undetermined": t.Undetermined, "no-violation": t.NoViolation,
		"withdrawn": t.Withdrawn, "incidents": len(Incidents(s.result.Elements)), "findings": len(s.findings)}
	n, ok := counts[l.words[1]]
	if !ok || len(l.words) != 3 {
		return l.bad("nothing is counted as "+l.words[1], "elements, reports, incidents, findings, set-aside, warnings, violation, undetermined, no-violation or withdrawn, and a number")
	}
	r.Of, r.Want, r.Got = "count "+l.words[1], l.words[2], fmt.Sprint(n)
	if code, ok := l.value("warning"); ok {
		r.Want += " warning=" + code
		r.Got += " warning=" + containing([]string{s.result.Warnings.Error()}, code)
	}
	return nil
}

// day holds day DATE AGREEMENT V UD NV, the counts of one reporting day.
func (s *stage) day(l line, r *Row) error {
	if len(l.words) != 6 {
		return l.bad("the line is not understood", "day DATE AGREEMENT V UD NV, three numbers")
	}
	var n [3]int
	if d := s.result.Tally.Days[l.words[1]]; d != nil && d.Agreements[l.words[2]] != nil {
		n = *d.Agreements[l.words[2]]
	}
	r.Of = "day " + l.words[1] + " " + l.words[2]
	r.Want, r.Got = strings.Join(l.words[3:], " "), fmt.Sprintf("%d %d %d", n[0], n[1], n[2])
	return nil
}
