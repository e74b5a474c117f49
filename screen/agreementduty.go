package screen

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"truce/calm"
	"truce/desk"
	"truce/terms"
)

// DutyView is a duty with a state over time, or a calm.
type DutyView struct {
	Clause string
	Calm   bool
	State  string
	// Least, Most and Goal are the calm reached and asked for, in Unit, "days" or "hours".
	Least, Most, Goal int
	Unit              string
	Bands             []band
	Marks             []band // where a calm was set back
	Steps             []dutyStep
	More              int // further steps that are not written out
}

// dutyStep is one stretch of it.
type dutyStep struct {
	From, To time.Time
	State    string
	Why      string // in the engine's words; see Frame.Because
	Elements []string
}

// Drawn are the bands and, over them, the marks.
func (v DutyView) Drawn() []band { return slices.Concat(v.Bands, v.Marks) }

// mostSteps is how many steps are written out: the last of them.
const mostSteps = 40

// dutiesOf lays out what runs over time under an agreement, in the order of its clauses.
func dutiesOf(s *desk.Sight, id string, a *axis) []DutyView {
	var out []DutyView
	for _, c := range s.Agreement(id).Agreement().Clauses {
		for _, d := range s.Result.Duties() {
			if d.Agreement == id && d.Clause == c.ID {
				out = append(out, dutyView(d, a))
			}
		}
		for _, k := range s.Result.Clocks() {
			if k.Agreement == id && k.Clause == c.ID {
				out = append(out, calmView(k, a, s.Result.Until()))
			}
		}
	}
	return out
}

// dutyKind says how the states of a duty are drawn: broken as violations are, met hollow.
func dutyKind(s terms.DutyState) string {
	switch s {
	case terms.Broken, terms.Late:
		return "yes"
	case terms.Met:
		return "no"
	case terms.Open:
		return "open"
	}
	return "wait"
}

func dutyView(d terms.Duty, a *axis) DutyView {
	v := DutyView{Clause: d.Clause, State: string(d.State)}
	for _, s := range d.Steps {
		if b, ok := a.band(s.From, s.To, dutyKind(s.State)); ok && len(v.Bands) < mostBands {
			v.Bands = append(v.Bands, b)
		}
		v.Steps = append(v.Steps, newDutyStep(s.From, s.To, string(s.State), s.Why))
	}
	v.cut()
	return v
}

func newDutyStep(from, to time.Time, state, why string) dutyStep {
	out := dutyStep{From: from, To: to, State: state, Why: why}
	if x, ok := because(why); ok {
		out.Elements = x.elements
	}
	return out
}

// cut tells steps that say the same once, and keeps the last of them, the newest first.
func (v *DutyView) cut() {
	var out []dutyStep
	for _, s := range v.Steps {
		if n := len(out); n > 0 && out[n-1].Why == s.Why && out[n-1].State == s.State {
			if out[n-1].To = s.To; s.To.IsZero() {
				out[n-1].To = s.From
			}
			continue
		}
		out = append(out, s)
	}
	v.Steps = out
	slices.Reverse(v.Steps)
	if len(v.Steps) > mostSteps {
		v.Steps, v.More = v.Steps[:mostSteps], len(v.Steps)-mostSteps
	}
}

// calmView draws a calm: hollow while it runs, hatched where it may be complete, solid marks
// where it was set back.
func calmView(k desk.Clock, a *axis, until time.Time) DutyView {
	v := DutyView{Clause: k.Clause, Calm: true, State: string(k.State), Least: k.Least, Most: k.Most, Goal: k.Goal, Unit: k.Unit}
	for i, s := range k.Steps {
		end := until
		if i+1 < len(k.Steps) {
			end = k.Steps[i+1].At
		}
		v.Steps = append(v.Steps, newDutyStep(s.At, time.Time{}, string(s.State), s.Why))
		kind := map[calm.State]string{calm.Running: "no", calm.Complete: "no", calm.Open: "open", calm.Held: "wait"}[s.State]
		if b, ok := a.band(s.At, end, kind); ok && kind != "" && len(v.Bands) < mostBands {
			v.Bands = append(v.Bands, b)
		}
		if set := strings.Contains(s.Why, "set back by"); set && len(v.Marks) < mostBands {
			kind = "yes"
			if strings.HasPrefix(s.Why, "perhaps") {
				kind = "open"
			}
			if b, ok := a.band(s.At, s.At.Add(12*time.Hour), kind); ok {
				v.Marks = append(v.Marks, b)
			}
		}
	}
	v.Bands = a.joined(v.Bands)
	v.cut()
	return v
}

// joined puts bands of one kind that touch together.
func (a *axis) joined(list []band) []band {
	var out []band
	for _, b := range list {
		if n := len(out); n > 0 && out[n-1].Kind == b.Kind && out[n-1].To.Equal(b.From) {
			if b, ok := a.band(out[n-1].From, b.To, b.Kind); ok {
				out[n-1] = b
			}
			continue
		}
		out = append(out, b)
	}
	return out
}

// termsSentence is one that the engine says of duties and calms, taken apart.
type termsSentence struct {
	word     string // name in the catalogue
	args     []any
	elements []string
}

// termsSentences are the patterns of what terms and calm say of duties and calms over time. Groups
// named e are elements. What a judge of a calm noted beside the word is left out: it is for
// the calm's own page, to those who may see it.
var termsSentences = []struct {
	form *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`^the agreement is not in force$`), "terms.why.force"},
	{regexp.MustCompile(`^(.+) has not been declared$`), "terms.why.undeclared"},
	{regexp.MustCompile(`^the time for it has not come$`), "terms.why.early"},
	{regexp.MustCompile(`^(\S+) of (\S+) done with (?P<e>.+), after the time$`), "terms.why.late"},
	{regexp.MustCompile(`^(\S+) of (\S+) done with (?P<e>.+)$`), "terms.why.done"},
	{regexp.MustCompile(`^(\S+(?: to \S+)?) of (\S+): whether enough was done in time is not settled$`), "terms.why.unsettled"},
	{regexp.MustCompile(`^(\S+(?: to \S+)?) of (\S+) when the time was over$`), "terms.why.over"},
	{regexp.MustCompile(`^(\S+(?: to \S+)?) of (\S+) on record, and the record need not be complete$`), "terms.why.record"},
	{regexp.MustCompile(`^(\S+(?: to \S+)?) of (\S+)$`), "terms.why.of"},
	{regexp.MustCompile(`^the state is owed only later$`), "terms.why.later"},
	{regexp.MustCompile(`^nobody has looked yet$`), "terms.why.unseen"},
	{regexp.MustCompile(`^the last observation is too old to hold$`), "terms.why.stale"},
	{regexp.MustCompile(`^(?P<e>.+) shows the contrary$`), "terms.why.contrary"},
	{regexp.MustCompile(`^(?P<e>.+) confirms it$`), "terms.why.confirms"},
	{regexp.MustCompile(`^(?P<e>.+) leaves it open$`), "terms.why.leaves"},
	{regexp.MustCompile(`^the clock starts$`), "terms.why.starts"},
	{regexp.MustCompile(`^the calm has held long enough$`), "terms.why.held"},
	{regexp.MustCompile(`^every body is satisfied with the day$`), "terms.why.satisfied"},
	{regexp.MustCompile(`^the day is not judged by (.+), so it does not count$`), "terms.why.unjudged"},
	{regexp.MustCompile(`^perhaps set back by (?P<e>.+), which is undetermined$`), "terms.why.perhaps"},
	{regexp.MustCompile(`^set back by (.+) \((not satisfied|reset)\)(?:: .*)?$`), "terms.why.body"},
	{regexp.MustCompile(`^set back by (?P<e>.+)$`), "terms.why.back"},
	{regexp.MustCompile(`^held by ([^:]+)(?:: .*)?$`), "terms.why.hold"},
}

// because takes a sentence of the engine apart; false where no pattern knows it.
func because(why string) (termsSentence, bool) {
	for _, p := range termsSentences {
		m := p.form.FindStringSubmatch(why)
		if m == nil {
			continue
		}
		out := termsSentence{word: p.word}
		for i, name := range p.form.SubexpNames() {
			if name == "e" {
				out.elements = append(out.elements, m[i])
			}
			if i > 0 {
				out.args = append(out.args, isolate(m[i]))
			}
		}
		return out, true
	}
	return termsSentence{}, false
}
