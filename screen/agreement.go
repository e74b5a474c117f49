package screen

import (
	"slices"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/terms"
)

// AgreementQuestion is what the page of an agreement is made from, besides a sight.
type AgreementQuestion struct {
	Text     desk.AgreedText // the version in force in the state shown
	Versions int
	Roster   *desk.Roster
	// Lint is what was found in the text.
	Lint truce.Problems
	// Verdicts says that the person sees verdicts, Wants that the person sees what would
	// settle them.
	Verdicts, Wants bool
}

// Agreement is the page of one agreement.
type Agreement struct {
	AgreementQuestion
	*terms.Agreement
	Signed     time.Time
	Windows    windows
	Axis       *axis
	Bands      []band
	Count      *termsCount
	Elements   int
	Authority  []authority
	Head, Tail []codeLine
	Clauses    []ClauseView
	Duties     []DutyView
	Parties    []PartyView
	Register   bool // the person sees the mission's register
	Undeclared []undeclared
	Umbrellas  []actorRef
	Claimed    int // steps that only somebody claims
	Contested  []string
}

// authority is who decides something under an agreement.
type authority struct{ What, Who string }

// undeclared is a moment that nobody has declared.
type undeclared struct{ Name, By string }

// codeLine is one line of a file.
type codeLine struct {
	N    int
	Text string
}

// ClauseView is one clause beside its code.
type ClauseView struct {
	*terms.Clause
	Judged  bool
	Whole   bool // it applies as long as the agreement does
	Windows windows
	Waits   []string // moments it waits for
	Count   *termsCount
	Code    []codeLine
	Read    []readingCount
	Sides   []string // variants, as drafted
}

// NewAgreement makes the page of one agreement; false where the sight has none of that name.
func NewAgreement(s *desk.Sight, id string, q AgreementQuestion) (Agreement, bool) {
	j := s.Agreement(id)
	if j == nil {
		return Agreement{}, false
	}
	v := Agreement{AgreementQuestion: q, Agreement: j.Agreement(), Windows: newWindows(j.InForce()), Elements: len(s.Result.Elements), Register: q.Roster.Register != nil}
	v.Signed = v.signed(j)
	v.Axis = v.span(s, j)
	v.Bands = v.Axis.bands(j.InForce(), "yes")
	for _, what := range []string{"interprets", "determines", "standard", "resets", "extends", "excludes", "ends", "monitors"} {
		if who := v.Agreement.Authority[what]; who != "" {
			v.Authority = append(v.Authority, authority{what, who})
		}
	}
	count := under(termsCounts(s), id)
	v.Count = count.all
	v.code(j, count.by)
	v.Duties = dutiesOf(s, id, v.Axis)
	v.Parties = v.parties(s, j)
	v.open()
	return v, true
}

// signed is when it was signed, where the text names a time of its own.
func (v *Agreement) signed(j *terms.Judge) time.Time {
	if v.Agreement.Signed == nil || v.Agreement.Signed.Ref != "" || v.Agreement.Signed.Zone != "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", v.Agreement.Signed.Wall, j.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// span is the axis of the page: the windows, the steps in and out, and the days charted.
func (v *Agreement) span(s *desk.Sight, j *terms.Judge) *axis {
	ends := []time.Time{v.Signed}
	if in := j.InForce(); len(in) > 0 {
		ends = append(ends, in[0][0], in[0][1])
	}
	if r := v.Roster.Register; r != nil {
		for _, d := range r.Adherences(v.ID) {
			ends = append(ends, d.At)
		}
	}
	from, to := bounds(append(ends, s.Result.Until())...)
	return newAxis(from, to, s.Result.Mission.Zone)
}

// code lays the text of the file beside the clauses.
func (v *Agreement) code(j *terms.Judge, by map[string]*termsCount) {
	lines := strings.Split(strings.TrimSuffix(v.Text.Text, "\n"), "\n")
	code := map[string][]codeLine{}
	for i, p := range desk.Passages(v.Text.Text) {
		cut := codeLines(lines, p)
		for len(cut) > 1 && strings.TrimSpace(cut[len(cut)-1].Text) == "" {
			cut = cut[:len(cut)-1]
		}
		switch {
		case p.Clause != "":
			code[p.Clause] = cut
		case i == 0:
			v.Head = cut
		default:
			v.Tail = cut
		}
	}
	for _, c := range v.Agreement.Clauses {
		v.Clauses = append(v.Clauses, v.clause(j, c, code[c.ID], by[c.ID]))
	}
}

func codeLines(lines []string, p desk.Passage) []codeLine {
	var out []codeLine
	for n := p.From; n <= min(p.To, len(lines)); n++ {
		out = append(out, codeLine{n, strings.TrimSuffix(lines[n-1], "\r")})
	}
	return out
}

func (v *Agreement) clause(j *terms.Judge, c *terms.Clause, code []codeLine, count *termsCount) ClauseView {
	if count == nil {
		count = &termsCount{}
	}
	x := ClauseView{Clause: c, Judged: terms.Judged(c), Whole: c.During == nil, Windows: newWindows(j.Windows(c)), Count: count, Code: code}
	for _, m := range momentsIn(c.During) {
		if v.waitsFor(m) {
			x.Waits = append(x.Waits, m)
		}
	}
	x.Read = count.Readings
	for _, r := range c.Readings {
		if !slices.ContainsFunc(x.Read, func(had readingCount) bool { return strings.Contains(had.Name, r.Name) }) {
			x.Read = append(x.Read, readingCount{Name: r.Name, HeldBy: r.HeldBy})
		}
	}
	for _, d := range c.Variants {
		x.Sides = append(x.Sides, d.Name)
	}
	return x
}

// momentsIn lists the moments that a time is reckoned from.
func momentsIn(t *terms.Time) []string {
	if t == nil {
		return nil
	}
	var out []string
	for _, i := range []*terms.Instant{t.From, t.To} {
		if i != nil && i.Ref != "" {
			out = append(out, i.Ref)
		}
	}
	for _, x := range append(slices.Clone(t.Any), t.During) {
		out = append(out, momentsIn(x)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// waitsFor reports whether a moment of the text has been declared by nobody, as far as the
// person sees.
func (v *Agreement) waitsFor(name string) bool {
	m, ok := v.Moments[name]
	return ok && m.At == nil && !slices.ContainsFunc(v.Roster.Moments, func(d desk.EnteredMoment) bool {
		return d.Agreement == v.ID && d.Moment == name
	})
}

// open gathers what the page says is open.
func (v *Agreement) open() {
	for _, name := range sortedNames(v.Moments) {
		if v.waitsFor(name) {
			v.Undeclared = append(v.Undeclared, undeclared{name, v.Moments[name].DeclaredBy})
		}
	}
	for _, c := range v.Clauses {
		if len(c.Readings) > 0 {
			v.Contested = append(v.Contested, c.ID)
		}
	}
	r := v.Roster.Register
	if r == nil {
		return
	}
	for _, d := range r.Adherences(v.ID) {
		if d.Claimed {
			v.Claimed++
		}
		a, _ := r.Actor(d.Actor)
		ref := newActorRef(r, d.Actor, d.At)
		if a.Kind == "umbrella" && !slices.ContainsFunc(v.Umbrellas, func(u actorRef) bool { return u.ID == ref.ID }) {
			v.Umbrellas = append(v.Umbrellas, ref)
		}
	}
}
