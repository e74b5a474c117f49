package desk

import (
	"cmp"
	"slices"
	"strings"

	"truce"
)

// Tally adds verdicts up. Nothing in it is counted by actor.
type Tally struct {
	Violation, NoViolation, Undetermined, Withdrawn int
	SetAside                                        int
	Clauses                                         map[ClauseKey]*ClauseTally
	Days                                            map[string]*DayTally
	// Undated counts elements that do not fall within one reporting day.
	Undated int
	// Open counts, for each kind of fact, the undetermined verdicts it would settle alone.
	Open map[string]int
	// Errands counts the same for each element; nil: it is not counted.
	Errands map[ErrandKey]int
	days    map[string]*DayTally // of each element; nil: of none
}

// ClauseKey names a clause.
type ClauseKey struct{ Agreement, Clause string }

// ErrandKey names one fact of one element.
type ErrandKey struct{ Element, Fact string }

// ClauseTally is the count of one clause.
type ClauseTally struct {
	Violation    int            `json:"violation"`
	NoViolation  int            `json:"no_violation"`
	Undetermined int            `json:"undetermined"`
	Withdrawn    int            `json:"withdrawn"`
	Codes        map[string]int `json:"codes"`
	WantOf       map[string]int `json:"want_of"`
}

// DayTally is the count of one reporting day.
type DayTally struct {
	Elements   int
	Agreements map[string]*[3]int // violation, undetermined, no violation
	killed     map[string]*truce.Range
}

// Killed adds up the deaths as reported, once for each incident: from the lowest to the
// highest figure anybody gave. Unknown is how many incidents have no figure at all.
func (d *DayTally) Killed() (low, high, unknown int) {
	for _, r := range d.killed {
		if r == nil {
			unknown++
			continue
		}
		low, high = low+int(r.Low), high+int(r.High)
	}
	return low, high, unknown
}

// count enters an element's figure under its incident.
func (d *DayTally) count(e *truce.Element) {
	key := e.Incident
	if key == "" {
		key = e.ID
	}
	had := d.killed[key]
	switch {
	case e.Killed == nil:
		d.killed[key] = had
	case had == nil:
		r := *e.Killed
		d.killed[key] = &r
	default:
		had.Low, had.High = min(had.Low, e.Killed.Low), max(had.High, e.Killed.High)
	}
}

// NewTally returns an empty tally.
func NewTally() *Tally {
	return &Tally{Clauses: map[ClauseKey]*ClauseTally{}, Days: map[string]*DayTally{}, Open: map[string]int{},
		Errands: map[ErrandKey]int{}, days: map[string]*DayTally{}}
}

// Clause returns the count of a clause; it is never nil.
func (t *Tally) Clause(agreement, clause string) *ClauseTally {
	k := ClauseKey{agreement, clause}
	if t.Clauses[k] == nil {
		t.Clauses[k] = &ClauseTally{Codes: map[string]int{}, WantOf: map[string]int{}}
	}
	return t.Clauses[k]
}

func (t *Tally) add(m *Mission, e *truce.Element, v *truce.Verdict) {
	c := t.Clause(v.Agreement, v.Clause)
	c.Codes[v.Code]++
	d := t.day(m, e)
	var perDay *[3]int
	if d != nil {
		if perDay = d.Agreements[v.Agreement]; perDay == nil {
			perDay = &[3]int{}
			d.Agreements[v.Agreement] = perDay
		}
	}
	slot := 2
	switch {
	case v.Code == "RETRACTED" || v.Code == "DUP":
		t.Withdrawn++
		c.Withdrawn++
		return
	case v.Outcome == truce.Violation:
		t.Violation++
		c.Violation++
		slot = 0
	case v.Outcome == truce.NoViolation:
		t.NoViolation++
		c.NoViolation++
	default:
		t.Undetermined++
		c.Undetermined++
		slot = 1
		t.want(e, v, c)
	}
	if perDay != nil {
		perDay[slot]++
	}
}

// want counts what an undetermined verdict is open for. A set of facts that are only
// known together is counted once for each of them in the clause, but only a fact that
// would do alone is an errand.
func (t *Tally) want(e *truce.Element, v *truce.Verdict, c *ClauseTally) {
	for _, s := range v.Settle {
		if !s.Always {
			continue
		}
		for _, f := range s.Facts {
			c.WantOf[Fact(f)]++
		}
		if len(s.Facts) == 1 {
			t.Open[Fact(s.Facts[0])]++
			if t.Errands != nil {
				t.Errands[ErrandKey{e.ID, s.Facts[0]}]++
			}
		}
	}
}

// Fact is the kind of a fact: the open membership of one actor is of one kind with that
// of any other.
func Fact(name string) string {
	switch {
	case strings.HasPrefix(name, "whether "):
		return "membership"
	case name == "one side", name == "other side":
		return "which group"
	}
	return name
}

// day is the reporting day of an element, entered once; nil when it spans several or none.
func (t *Tally) day(m *Mission, e *truce.Element) *DayTally {
	if d, known := t.days[e.ID]; known {
		return d
	}
	key, ok := m.Day(e)
	if !ok {
		t.days[e.ID] = nil
		t.Undated++
		return nil
	}
	d := t.Days[key]
	if d == nil {
		d = &DayTally{Agreements: map[string]*[3]int{}, killed: map[string]*truce.Range{}}
		t.Days[key] = d
	}
	t.days[e.ID] = d
	d.Elements++
	d.count(e)
	return d
}

// Day is the one reporting day that an element surely falls in.
func (m *Mission) Day(e *truce.Element) (string, bool) {
	first, last := m.days(e)
	return first, first != "" && first == last
}

// Count is a name with a number.
type Count struct {
	Name string
	N    int
}

// Ranked lists counts, the largest first, names in order where they are equal.
func Ranked(m map[string]int) []Count {
	out := make([]Count, 0, len(m))
	for k, n := range m {
		out = append(out, Count{k, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name))
	})
	return out
}

// Errand is one fact of one element and how many verdicts it would settle by itself.
type Errand struct {
	Element, Fact string
	N             int
}

// RankedErrands lists what to find out next, by how much it would settle.
func (t *Tally) RankedErrands() []Errand {
	out := make([]Errand, 0, len(t.Errands))
	for k, n := range t.Errands {
		out = append(out, Errand{k.Element, k.Fact, n})
	}
	slices.SortFunc(out, func(a, b Errand) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Element, b.Element), strings.Compare(a.Fact, b.Fact))
	})
	return out
}
