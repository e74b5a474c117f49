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

// termsCounts counts a sight under one agreement: in all, and by clause.
func termsCounts(s *desk.Sight, agreement string) (*termsCount, map[string]*termsCount) {
	all, by := &termsCount{wants: map[string]int{}}, map[string]*termsCount{}
	for i := range s.About {
		var gravest *truce.Verdict
		wanted := map[string]bool{}
		for k := range s.About[i].Verdicts {
			v := &s.About[i].Verdicts[k]
			if v.Agreement != agreement {
				continue
			}
			c := by[v.Clause]
			if c == nil {
				c = &termsCount{wants: map[string]int{}}
				by[v.Clause] = c
			}
			for _, fact := range c.add(v) {
				wanted[fact] = true
			}
			if gravest == nil || gravity(v) < gravity(gravest) {
				gravest = v
			}
		}
		if gravest != nil {
			all.outcome(gravest)
		}
		for fact := range wanted {
			all.wants[fact]++
		}
	}
	all.Wants = desk.Ranked(all.wants)
	for _, c := range by {
		c.Wants = desk.Ranked(c.wants)
	}
	return all, by
}

// gravity sorts verdicts, the gravest first; what was withdrawn is the least.
func gravity(v *truce.Verdict) int {
	if void(v) {
		return 3
	}
	return slices.Index([]truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation}, v.Outcome)
}

// void reports whether a verdict is about something taken back or counted twice.
func void(v *truce.Verdict) bool { return v.Code == "RETRACTED" || v.Code == "DUP" }

func (c *termsCount) outcome(v *truce.Verdict) {
	switch gravity(v) {
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

// add counts a verdict and returns the facts that it wants for.
func (c *termsCount) add(v *truce.Verdict) []string {
	if c.outcome(v); void(v) {
		return nil
	}
	c.read(v)
	if v.Outcome != truce.Undetermined {
		return nil
	}
	wants := wantsOf(v)
	for _, fact := range wants {
		c.wants[fact]++
	}
	return wants
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
func (c *termsCount) read(v *truce.Verdict) {
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
			r.Found = append(r.Found, v.Element)
		case truce.Undetermined:
			r.Undetermined++
			r.Found = append(r.Found, v.Element)
		}
		differ = differ || x.Outcome != v.Readings[0].Outcome
	}
	if differ {
		c.Differ = append(c.Differ, v.Element)
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
