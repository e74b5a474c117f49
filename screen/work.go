package screen

import (
	"encoding/json"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"truce/desk"
)

// Work is a row about the work on a case, as far as whoever asks may see it.
type Work struct {
	desk.Seen
	Entry                                                                 int64
	Recorded, At, Due, Until, Since, Tested                               time.Time
	Incident, Stage, Finding, Way, Words, Note, To, Result, Access        string
	Outcome, Actor, Task, Report, Name, Hours, Answered, Address          string
	With, About, Line, Spoke, Fire, By, Status, Ending, Agreement, Clause string
	Request, Protest, Step, Reason, Author, Title                         string
	ReadBack                                                              string `json:"read_back"`
	TheirClock                                                            string `json:"their_clock"`
	Languages, Backups, Tasks                                             []string
	Reminders                                                             []time.Time

	has map[string]json.RawMessage
}

// NewWork reads a row. What is not of the type that it should be is left out.
func NewWork(row desk.Seen) Work {
	var w Work
	_ = json.Unmarshal(row.Body, &w)     // the rest is read all the same
	_ = json.Unmarshal(row.Body, &w.has) // bodies are objects
	w.Seen = row
	return w
}

// Hides reports whether a field is not for whoever asks, or is not there.
func (w Work) Hides(field string) bool { return w.has[field] == nil }

// works reads rows.
func works(rows []desk.Seen) []Work {
	var out []Work
	for _, row := range rows {
		out = append(out, NewWork(row))
	}
	return out
}

// Length is a length of time as people say it: of days and hours, or of hours and minutes.
type Length struct{ Days, Hours, Minutes int }

// NewLength rounds a length down.
func NewLength(d time.Duration) Length {
	l := Length{int(d / (24 * time.Hour)), int(d/time.Hour) % 24, int(d/time.Minute) % 60}
	if l.Days > 0 {
		l.Minutes = 0
	}
	if l.Days > 9 {
		l.Hours = 0
	}
	return l
}

// Offer is one of the things that a form offers.
type Offer struct{ Value, Name string }

// Party are the actors that a form offers, in the order of their names in a language.
func parties(s *desk.Sight, roster *desk.Roster, l Lang) []Offer {
	if roster == nil || roster.Register == nil {
		return nil
	}
	var out []Offer
	for _, line := range NewActors(s, roster, "").In(l) {
		out = append(out, Offer{line.ID, line.Name(l).Text()})
	}
	return out
}

// Local is an instant as a form takes it, in the mission's zone.
func (f Frame) Local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// Named is what something is called in the words under a prefix; where there are none, its own name. Missions have stages and steps of their own.
func (f Frame) Named(prefix, name string) string {
	for _, key := range []string{prefix + name, prefix + strings.ReplaceAll(name, " ", "-")} {
		if f.words.Known(key) {
			return f.words.must(key)
		}
	}
	return name
}

// Chosen are choices for words that stand under a prefix.
func (f Frame) Chosen(prefix string, names ...string) []Offer {
	var out []Offer
	for _, name := range names {
		out = append(out, Offer{name, f.Named(prefix, name)})
	}
	return out
}

// Field is a field of a form with its choices.
type Field struct {
	Name    string
	Choices []Offer
}

// Field names a field for the parts of pages that several forms share.
func (f Frame) Field(name string, choices []Offer) Field { return Field{name, choices} }

// Tongue is what a language is called, in the language of the page; one that is not known is
// left as it is.
func (f Frame) Tongue(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := display.Languages(language.Make(string(f.Lang()))).Name(t); name != "" {
		return name
	}
	return tag
}
