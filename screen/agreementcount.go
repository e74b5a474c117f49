package screen

import (
	"cmp"
	"slices"
	"strings"

	"truce"
	"truce/desk"
)

// termsCount counts the elements that a person sees by the outcome of one clause, or by the
// gravest outcome under a whole agreement. Each number is that of the list it leads to.
type termsCount struct {
	Violation, Undetermined, NoViolation, Withdrawn int
	// Wants are the kinds of fact that would settle undetermined verdicts, the most wanted
	// first: for each the number of elements that it, alone or with others, would settle.
	Wants []desk.Count
	// Readings holds the outcome under each reading, in the order of the clause.
	Readings []readingCount
	// Differ lists the elements on which readings come to different outcomes.
	Differ []string

	wants map[string]int
}

// readingCount is what one reading of a contested clause gives.
type readingCount struct {
	Name, HeldBy            string
	Violation, Undetermined int
	Found                   []string // elements that it finds in breach or leaves open
}

// Judged is how many elements were judged; those that were withdrawn are not.
func (c *termsCount) Judged() int { return c.Violation + c.Undetermined + c.NoViolation }

// agreementCount counts the elements of a sight under one agreement: in all, and by clause.
type agreementCount struct {
	all *termsCount
	by  map[string]*termsCount
}

func newAgreementCount() *agreementCount {
	return &agreementCount{&termsCount{wants: map[string]int{}}, map[string]*termsCount{}}
}

// termsCounts counts a sight under each agreement under which anything was judged.
func termsCounts(s *desk.Sight) map[string]*agreementCount {
	c := counter{out: map[string]*agreementCount{}, known: map[*truce.Verdict]*counted{}}
	for i := range s.About {
		for _, v := range s.About[i].Verdicts {
			c.add(v, s.Result.Elements[i].ID)
		}
		c.end()
	}
	for _, a := range c.out {
		a.all.Wants = desk.Ranked(a.all.wants)
		for _, clause := range a.by {
			clause.Wants = desk.Ranked(clause.wants)
		}
	}
	return c.out
}

// under is the count under one agreement, which may have counted nothing.
func under(counts map[string]*agreementCount, agreement string) *agreementCount {
	if c := counts[agreement]; c != nil {
		return c
	}
	return newAgreementCount()
}

// counted is a verdict, which many elements share, with what is counted of it.
type counted struct {
	of      *agreementCount
	clause  *termsCount
	gravity int
	wants   []string
}

// counter counts verdicts, element by element and agreement by agreement.
type counter struct {
	out   map[string]*agreementCount
	known map[*truce.Verdict]*counted
	// What the verdicts on the element at work under one agreement come to.
	at     *agreementCount
	worst  int
	wanted []string
}

// add counts a verdict on an element.
func (c *counter) add(v *truce.Verdict, element string) {
	k := c.known[v]
	if k == nil {
		k = c.count(v)
	}
	if k.of != c.at {
		c.end()
		c.at, c.worst = k.of, withdrawn
	}
	c.worst = min(c.worst, k.gravity)
	if k.clause.outcome(k.gravity); k.gravity == withdrawn {
		return
	}
	if len(v.Readings) > 0 {
		k.clause.read(v, element)
	}
	for _, fact := range k.wants {
		if k.clause.wants[fact]++; !slices.Contains(c.wanted, fact) {
			c.wanted = append(c.wanted, fact)
		}
	}
}

// end counts what the verdicts on an element under one agreement come to.
func (c *counter) end() {
	if c.at == nil {
		return
	}
	c.at.all.outcome(c.worst)
	for _, fact := range c.wanted {
		c.at.all.wants[fact]++
	}
	c.at, c.wanted = nil, c.wanted[:0]
}

// count finds out what is counted of a verdict.
func (c *counter) count(v *truce.Verdict) *counted {
	of := c.out[v.Agreement]
	if of == nil {
		of = newAgreementCount()
		c.out[v.Agreement] = of
	}
	clause := of.by[v.Clause]
	if clause == nil {
		clause = &termsCount{wants: map[string]int{}}
		of.by[v.Clause] = clause
	}
	k := &counted{of: of, clause: clause, gravity: gravity(v)}
	if v.Outcome == truce.Undetermined && k.gravity != withdrawn {
		k.wants = wantsOf(v)
	}
	c.known[v] = k
	return k
}

// The least grave of all is what was withdrawn.
const withdrawn = 3

// gravity sorts verdicts, the gravest first.
func gravity(v *truce.Verdict) int {
	switch {
	case void(v):
		return withdrawn
	case v.Outcome == truce.Violation:
		return 0
	case v.Outcome == truce.Undetermined:
		return 1
	}
	return 2
}

// void reports whether a verdict is about something taken back or counted twice.
func void(v *truce.Verdict) bool { return v.Code == "RETRACTED" || v.Code == "DUP" }

// outcome counts an element by how grave it is.
func (c *termsCount) outcome(gravity int) {
	switch gravity {
	case 0:
		c.Violation++
	case 1:
		c.Undetermined++
	case 2:
		c.NoViolation++
	default:
		c.Withdrawn++
	}
}

// wantsOf lists the kinds of fact that surely settle a verdict, each once.
func wantsOf(v *truce.Verdict) []string {
	var out []string
	for _, s := range v.Settle {
		for _, f := range s.Facts {
			if fact := desk.Fact(f); s.Always && !slices.Contains(out, fact) {
				out = append(out, fact)
			}
		}
	}
	return out
}

// read counts the readings of a verdict. One that is no violation under all of them has none.
func (c *termsCount) read(v *truce.Verdict, element string) {
	differ := false
	for _, x := range v.Readings {
		i := slices.IndexFunc(c.Readings, func(r readingCount) bool { return r.Name == x.Name })
		if i < 0 {
			i = len(c.Readings)
			c.Readings = append(c.Readings, readingCount{Name: x.Name, HeldBy: x.HeldBy})
		}
		r := &c.Readings[i]
		switch x.Outcome {
		case truce.Violation:
			r.Violation++
			r.Found = append(r.Found, element)
		case truce.Undetermined:
			r.Undetermined++
			r.Found = append(r.Found, element)
		}
		differ = differ || x.Outcome != v.Readings[0].Outcome
	}
	if differ {
		c.Differ = append(c.Differ, element)
	}
}

// mostIDs is how many elements an address names.
const mostIDs = 300

// idList names elements in an address; empty where they are too many.
func idList(ids []string) string {
	if len(ids) == 0 || len(ids) > mostIDs {
		return ""
	}
	return strings.Join(ids, ",")
}

// TopWants are the facts that are wanted most.
func (c *termsCount) TopWants() []desk.Count { return c.Wants[:min(len(c.Wants), 3)] }

// DifferIDs names the elements on which readings differ.
func (c *termsCount) DifferIDs() string { return idList(c.Differ) }

// IDs names what a reading finds in breach or leaves open.
func (r readingCount) IDs() string { return idList(r.Found) }

// byFolded sorts by a text without regard to case.
func byFolded(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}
