package screen

import (
	"slices"
	"time"

	"truce/desk"
	"truce/terms"
)

// Agreements is the page of all agreements.
type Agreements struct {
	Mission bool // one is adopted and may be seen
	Axis    *axis
	List    []AgreementLine
	// Verdicts says that the person sees verdicts at all.
	Verdicts bool
	Elements int
}

// AgreementLine is one agreement in the list.
type AgreementLine struct {
	ID, Title, Form string
	Windows         windows
	Bands           []band
	Clauses, Judged int // how many clauses there are, and how many are judged act by act
	Parties         int
	Count           *termsCount
}

// windows are stretches in which something applies, the first few of them.
type windows struct {
	List [][2]time.Time
	More int
	// Repeats says that there are too many to count: the engine lays out so many and no more.
	Repeats bool

	all [][2]time.Time
}

// mostStretches is how many stretches are written out, mostCounted up to how many are counted.
const (
	mostStretches = 4
	mostCounted   = 100
)

func newWindows(all [][2]time.Time) windows {
	w := windows{List: all, all: all}
	if len(all) > mostStretches {
		w.List, w.More, w.Repeats = all[:mostStretches], len(all)-mostStretches, len(all) > mostCounted
	}
	return w
}

// NewAgreements lists the agreements of a sight, by the start of their first window, then by
// title.
func NewAgreements(s *desk.Sight, verdicts bool) Agreements {
	out := Agreements{Mission: s.Result != nil, Verdicts: verdicts, Axis: &axis{}}
	if s.Result == nil {
		return out
	}
	out.Elements = len(s.Result.Elements)
	var ends []time.Time
	for _, j := range s.Result.Judges {
		if in := j.InForce(); len(in) > 0 {
			ends = append(ends, in[0][0], in[0][1]) // what repeats goes on beyond the page
		}
	}
	from, to := bounds(append(ends, s.Result.Mission.From, s.Result.Until())...)
	out.Axis = newAxis(from, to, s.Result.Mission.Zone)
	counts := termsCounts(s)
	for _, j := range s.Result.Judges {
		out.List = append(out.List, out.line(j, under(counts, j.Agreement().ID)))
	}
	slices.SortStableFunc(out.List, func(a, b AgreementLine) int {
		if n := starts(a.Windows.all).Compare(starts(b.Windows.all)); n != 0 {
			return n
		}
		return byFolded(a.Title, b.Title)
	})
	return out
}

// starts is when the first stretch starts; what never applies comes last.
func starts(all [][2]time.Time) time.Time {
	if len(all) == 0 {
		return time.Unix(1<<40, 0)
	}
	return all[0][0]
}

func (v *Agreements) line(j *terms.Judge, count *agreementCount) AgreementLine {
	a := j.Agreement()
	l := AgreementLine{ID: a.ID, Title: a.Title, Form: a.Form, Clauses: len(a.Clauses), Parties: len(a.Parties), Windows: newWindows(j.InForce())}
	for _, c := range a.Clauses {
		if terms.Judged(c) {
			l.Judged++
		}
	}
	l.Bands = v.Axis.bands(j.InForce(), "yes")
	l.Count = count.all
	return l
}
