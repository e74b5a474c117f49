package screen

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce/desk"
)

// IncidentText is a text of the record: the beginning, and all of it where that is not all.
type IncidentText struct {
	Short, Full string
	Left        int // characters that are not shown at all
}

// How many characters of a text are shown at once, and at most.
const (
	textShort = 600
	textMost  = 40_000
)

// newText cuts a text that is too long for a page.
func newText(s string) IncidentText {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= textShort {
		return IncidentText{Short: string(r)}
	}
	out := IncidentText{Short: string(r[:textShort]) + "…", Full: string(r[:min(len(r), textMost)])}
	out.Left = max(0, len(r)-textMost)
	return out
}

// IncidentReport is a report in which elements are told.
type IncidentReport struct {
	ID, Mark, Source, ReadAt, Author string
	Text                             IncidentText
	TextHidden                       bool
	Retracted                        bool
	Reason                           string
	Entry                            int64
	Elements                         []string
}

// IncidentFinding is what one body found.
type IncidentFinding struct {
	ID, Mark, Body, Standard, Verdict, Author string
	Attribution                               *Attribution
	Statement, Dissent                        IncidentText
	Withdrawn                                 bool
	Reason                                    string
	Entry                                     int64
}

// IncidentContact is a contact or a request about the incident.
type IncidentContact struct {
	ID, Kind, Mark, With, By, About string
	At, Due                         time.Time
	Words, Reply                    IncidentText
	Entry                           int64
}

// IncidentAttachment is a file that came with a report.
type IncidentAttachment struct {
	ID, Mark, Name, Media, Report, Address, Copy string
	Size                                         int64
	Captured                                     time.Time
	Entry                                        int64
}

// incidentRow is what the page reads of rows of several kinds. A field of another type is none.
type incidentRow map[string]json.RawMessage

func rowOf(s desk.Seen) incidentRow {
	r := incidentRow{}
	_ = json.Unmarshal(s.Body, &r) // bodies are objects
	return r
}

func (r incidentRow) text(name string) string {
	var s string
	_ = json.Unmarshal(r[name], &s)
	return s
}

// line is a text that stands in a line.
func (r incidentRow) line(name string) string { return short(r.text(name)) }

func (r incidentRow) number(name string) int64 {
	var n int64
	_ = json.Unmarshal(r[name], &n)
	return n
}

func (r incidentRow) time(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, r.text(name))
	return t
}

func (r incidentRow) list(name string) []string {
	var s []string
	_ = json.Unmarshal(r[name], &s)
	return s
}

// other is a value of whatever type, for people.
func (r incidentRow) other(name string) string {
	if len(r[name]) == 0 {
		return ""
	}
	text := newText(pretty(r[name]))
	return cmp.Or(text.Full, text.Short)
}

// beside tells the reports and what else there is about the incident.
func (t *incidentTeller) beside() {
	hidden := map[string]bool{} // reports that are named and not seen
	for _, told := range t.in.Told {
		if id := rowOf(told.Row).text("report"); id != "" {
			hidden[id] = true
		}
	}
	for _, s := range t.in.Reports {
		r := rowOf(s)
		delete(hidden, s.ID)
		_, has := r["text"]
		t.page.Reports = append(t.page.Reports, IncidentReport{ID: s.ID, Mark: s.Mark, Source: r.line("source"), ReadAt: r.line("read_at"), Author: r.line("author"),
			Text: newText(r.text("text")), TextHidden: !has, Retracted: r.text("status") == "retracted", Reason: r.line("reason"), Entry: r.number("entry"), Elements: r.list("elements")})
	}
	t.page.ReportsHidden = len(hidden) > 0
	for _, s := range t.in.Findings {
		r := rowOf(s)
		t.page.Findings = append(t.page.Findings, IncidentFinding{ID: s.ID, Mark: s.Mark, Body: r.line("body"), Standard: r.text("standard"), Verdict: r.other("verdict"), Attribution: newAttribution(r["attribution"], t.named),
			Author: r.line("author"), Statement: newText(r.text("statement")), Dissent: newText(r.text("dissent")), Withdrawn: r.text("status") == "withdrawn", Reason: r.line("reason"), Entry: r.number("entry")})
	}
	for _, s := range t.in.Contacts {
		r := rowOf(s)
		due := r.time("reply_due")
		if due.IsZero() {
			due = r.time("due")
		}
		t.page.Contacts = append(t.page.Contacts, IncidentContact{ID: s.ID, Kind: s.Kind, Mark: s.Mark, With: r.line("with"), By: r.line("by"), About: r.line("about"), At: r.time("at"), Due: due,
			Words: newText(r.text("words")), Reply: newText(r.text("reply")), Entry: r.number("entry")})
	}
	for _, s := range t.in.Attachments {
		r := rowOf(s)
		t.page.Attachments = append(t.page.Attachments, IncidentAttachment{ID: s.ID, Mark: s.Mark, Name: r.line("name"), Media: r.line("media"), Report: r.text("report"), Address: r.line("address"),
			Copy: r.text("copy"), Size: r.number("size"), Captured: r.time("captured"), Entry: r.number("entry")})
	}
	slices.SortStableFunc(t.page.Contacts, func(a, b IncidentContact) int { return a.At.Compare(b.At) })
}

// IncidentEvent is an entry that made the incident what it is.
type IncidentEvent struct {
	desk.Event
	Then   int64 // how many entries were known with it
	Turned []IncidentTurn
	Valid  string // when it was so, where the entry says it
}

// past tells how it came to be, each entry with the verdicts that it turned.
func (t *incidentTeller) past() {
	for _, e := range t.in.Events {
		e.Author, e.Reason = short(e.Author), short(e.Reason)
		x := IncidentEvent{Event: e, Then: e.N + 1}
		if !e.From.IsZero() || !e.To.IsZero() {
			x.Valid = t.f.words.must("incident.valid", t.f.At(e.From), t.f.At(e.To))
		}
		for _, told := range t.in.Told {
			for _, turn := range told.Turned {
				if turn.Entry == e.N {
					x.Turned = append(x.Turned, IncidentTurn(turn))
				}
			}
		}
		t.page.Events = append(t.page.Events, x)
	}
}
