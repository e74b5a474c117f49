package screen

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/match"
)

// Suggested is an incident or a report that a report may tell of, too, with the reasons.
type Suggested struct {
	Incident, Report string
	// Percent is the probability in whole percent.
	Percent int
	Reasons []match.Reason
}

// Inbox is what waits for somebody, with one report open.
type Inbox struct {
	Lines []desk.Arrived
	More  bool
	At    string // the report that is open
	// Next and Before are the reports that stand after it and before it.
	Next, Before string
	Open         *desk.Opened
	Suggestions  []Suggested
	Asked        bool
	Once         string
	Done         string // what was just done
	Wrong        map[string]string
	Tried        desk.Triage
	Now          time.Time
}

// NewInbox lays an inbox out, with one report open: the one that is asked for, or the first.
func NewInbox(in *desk.Inbox, at, once string) *Inbox {
	v := &Inbox{Lines: in.Waiting, More: in.More, Once: once, At: at, Now: in.Now, Wrong: map[string]string{}}
	if v.At == "" && len(v.Lines) > 0 {
		v.At = v.Lines[0].Report
	}
	if i := slices.IndexFunc(v.Lines, func(a desk.Arrived) bool { return a.Report == v.At }); i >= 0 {
		if i > 0 {
			v.Before = v.Lines[i-1].Report
		}
		if i+1 < len(v.Lines) {
			v.Next = v.Lines[i+1].Report
		}
	}
	return v
}

// NextInbox is the report to show after something was done about one: the same while it still
// waits, or else the one that stood after it.
func NextInbox(before *desk.Inbox, report, do string) string {
	if do == "acknowledge" || do == "ask" || do == "different" {
		return report
	}
	i := slices.IndexFunc(before.Waiting, func(a desk.Arrived) bool { return a.Report == report })
	switch {
	case i >= 0 && i+1 < len(before.Waiting):
		return before.Waiting[i+1].Report
	case i > 0:
		return before.Waiting[0].Report
	}
	return ""
}

// Problems shows what is wrong beside its field.
func (v *Inbox) Problems(list truce.Problems) {
	for _, p := range list {
		v.Wrong[p.Field] = "inbox.wrong." + p.Code
	}
}

// InboxReport is the open report, field by field.
type InboxReport struct {
	ID, Mark, Source, Text, Door string
	Number, Entry                int64
	Reliability, Credibility     string
	Danger, Consent              []string
	TextHidden, SourceHidden     bool
	Elements                     []InboxElement
}

// InboxElement is what the report tells of one act.
type InboxElement struct {
	truce.Element
	Incident string `json:"incident"`
}

// Report is the open report.
func (v *Inbox) Report() InboxReport {
	var b struct {
		Number, Entry                                int64
		Door, Source, Text, Reliability, Credibility string
		Danger, Consent                              []string
	}
	_ = json.Unmarshal(v.Open.Row.Body, &b) // what it has not shows as nothing
	var has map[string]json.RawMessage
	_ = json.Unmarshal(v.Open.Row.Body, &has)
	out := InboxReport{ID: v.Open.Row.ID, Mark: v.Open.Row.Mark, Source: b.Source, Text: b.Text, Door: b.Door, Number: b.Number, Entry: b.Entry,
		Reliability: b.Reliability, Credibility: b.Credibility, Danger: b.Danger, Consent: b.Consent,
		TextHidden: has["text"] == nil, SourceHidden: has["source"] == nil}
	for _, e := range v.Open.Elements {
		var x InboxElement
		_ = json.Unmarshal(e.Body, &x)
		x.ID = e.ID
		out.Elements = append(out.Elements, x)
	}
	return out
}

// Told says in words what an element is told to be: act and means, when, where.
func (v *Inbox) Told(f Frame, e InboxElement) InboxTold {
	teller := &incidentTeller{f: f, trace: NewTrace(f.words)}
	var out InboxTold
	for _, a := range e.Acts {
		out.What = append(out.What, f.words.act("act.", a))
	}
	for _, m := range e.Means {
		out.What = append(out.What, f.words.act("means.", m.Kind))
	}
	for _, w := range e.When {
		out.When = append(out.When, teller.time(w))
	}
	for _, p := range e.Where {
		out.Where = append(out.Where, teller.spotPlain(p))
	}
	for _, r := range []*truce.Range{e.Killed, e.Injured} {
		said := ""
		if r != nil {
			said = teller.number(*r)
		}
		out.Toll = append(out.Toll, said)
	}
	return out
}

// InboxTold is an element in words. Toll is killed and injured; empty where it is not known.
type InboxTold struct{ What, When, Where, Toll []string }

// act says a word of a tree, or the word itself.
func (w *Words) act(prefix, word string) string {
	if w.Known(prefix + word) {
		return w.must(prefix + word)
	}
	return word
}

// spotPlain is where somebody says it was, without the mission's maps.
func (t *incidentTeller) spotPlain(p truce.Place) string {
	if p.Form == truce.FormArea {
		if p.Name != "" {
			return p.Name + " · " + p.Area
		}
		return p.Area
	}
	return t.spot(p).String()
}

// Digit is the key of a suggestion by its place: 1 to 5, and none after that.
func (v *Inbox) Digit(i int) string {
	if i < 5 {
		return string(rune('1' + i))
	}
	return ""
}

// Plain is a name without the mark of one that the register does not know.
func (v *Inbox) Plain(name string) string { return strings.TrimPrefix(name, "?") }
