package export

// agreementView is an agreement with its clauses as numbered on the page.
type agreementView struct {
	I                           int
	ID, Title, Version, InForce words
	Total                       tally
	Clauses                     []clauseView
}

type clauseView struct {
	I              int
	ID, Cite, Text words
	Kind           string
	Count          tally
	V, U, N        string // widths of the bar in percent
	UX, NX         string // where its parts begin
	Codes          []codeView
	Want           []wantView
	RowsV, RowsU   []rowLink
}

type codeView struct {
	Code, Reason string
	N            int
}

type wantView struct {
	Fact words
	N    int
	W    string // width in percent of the largest
}

type rowLink struct {
	To   string
	Text words
}

// clauseBook finds a clause by agreement and identifier.
type clauseBook map[[2]string]struct {
	index           int
	agreement, text words
}

func clausesOf(c Check) ([]agreementView, clauseBook) {
	var out []agreementView
	book, n := clauseBook{}, 0
	for i, a := range c.Agreements {
		v := agreementView{I: i, ID: ident(a.ID), Title: line(a.Title), Version: ident(a.Version), InForce: line(a.InForce)}
		if a.Title == "" {
			v.Title = line(a.ID)
		}
		for _, cl := range a.Clauses {
			cv := clauseOf(n, cl)
			entry := book[[2]string{a.ID, cl.ID}]
			entry.index, entry.agreement, entry.text = n, v.Title, cv.Text
			book[[2]string{a.ID, cl.ID}] = entry
			v.Total = v.Total.plus(cv.Count)
			v.Clauses = append(v.Clauses, cv)
			n++
		}
		out = append(out, v)
	}
	return out, book
}

func clauseOf(i int, c Clause) clauseView {
	v := clauseView{I: i, ID: ident(c.ID), Cite: line(c.Cite), Text: line(c.Text), Kind: short(kind(c.Kind)),
		Count: tally{c.Violation, c.Undetermined, c.NoViolation}, Want: wants(c.WantOf)}
	share := func(n int) float64 { return 100 * float64(n) / float64(max(1, v.Count.All())) }
	v.V, v.U, v.N = unit(share(c.Violation)), unit(share(c.Undetermined)), unit(share(c.NoViolation))
	v.UX, v.NX = v.V, unit(share(c.Violation+c.Undetermined))
	for _, k := range c.Codes {
		v.Codes = append(v.Codes, codeView{short(k.Code), reason(k.Code), k.N})
	}
	return v
}

func wants(all []FactCount) []wantView {
	most := 1
	for _, f := range all {
		most = max(most, f.N)
	}
	var out []wantView
	for _, f := range all {
		out = append(out, wantView{line(fact(f.Fact)), f.N, unit(100 * float64(f.N) / float64(most))})
	}
	return out
}

// linkRows lists under each clause the verdicts shown on the page.
func linkRows(agreements []agreementView, acts shownActs) {
	byIndex := map[int]*clauseView{}
	for i := range agreements {
		for j := range agreements[i].Clauses {
			c := &agreements[i].Clauses[j]
			byIndex[c.I] = c
		}
	}
	for _, d := range acts.Days {
		for _, a := range d.Acts {
			for _, v := range a.Verdicts {
				c := byIndex[v.Index]
				if c == nil {
					continue
				}
				l := rowLink{v.ID, a.ID}
				if v.Mark == "v" {
					c.RowsV = append(c.RowsV, l)
				} else {
					c.RowsU = append(c.RowsU, l)
				}
			}
		}
	}
}

// MissingV is how many violations of the clause are not listed on the page.
func (c clauseView) MissingV() int { return max(0, c.Count.V-len(c.RowsV)) }

// MissingU is how many undetermined verdicts of the clause are not listed on the page.
func (c clauseView) MissingU() int { return max(0, c.Count.U-len(c.RowsU)) }

// dutyView is a lasting duty with its states along the axis of days.
type dutyView struct {
	Clause, Text, Agreement words
	Kind                    string
	State                   words
	Class                   string
	Steps                   []dutyStepView
	Bar                     []stretch
}

type dutyStepView struct {
	When, State, Why words
	Class            string
}

func dutiesOf(c Check, d dayChart, book clauseBook) []dutyView {
	var out []dutyView
	for _, x := range c.Duties {
		v := dutyView{Clause: ident(x.Clause), Text: line(x.Text), Agreement: line(x.Agreement),
			Kind: short(kind(x.Kind)), State: line(x.State), Class: stateClass(x.State)}
		if e, ok := book[[2]string{x.Agreement, x.Clause}]; ok {
			v.Agreement = e.agreement
		}
		for _, s := range x.Steps {
			class := stateClass(s.State)
			v.Steps = append(v.Steps, dutyStepView{line(until(s.From, s.To)), line(s.State), line(s.Why), class})
			if b, ok := d.stretch(s.From, s.To); ok {
				b.Class, b.Title = class, short(s.State)+", "+line(until(s.From, s.To)).Short
				v.Bar = append(v.Bar, b)
			}
		}
		out = append(out, v)
	}
	return out
}

// stateClass is the mark a state is drawn with; see DutyStep.
func stateClass(state string) string {
	switch state {
	case "met", "kept", "complete", "confirmed", "satisfied":
		return "n"
	case "not met", "not kept", "broken", "late", "missed", "failed":
		return "v"
	case "pending", "running", "waiting", "held", "paused", "not in force":
		return "b"
	}
	return "u"
}
