package screen

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"truce"
	"truce/desk"
	"truce/figures"
)

// Filter is what an address selects: it narrows elements, and lists group those by incident.
// The zero value selects everything. Every page that counts or lists elements reads it with
// [ParseFilter], and every link to a list is written with [Filter.Query], so that both mean
// the same.
//
// Agreement and Clause also narrow which verdicts count. Outcome is the gravest of those; Code
// and Want are looked for among them, both on the same verdict.
type Filter struct {
	// From and To are reporting days, both included; empty is open. What only possibly lies
	// between them is selected and marked so.
	From, To string
	// Agreement and Clause are identifiers; a clause needs its agreement.
	Agreement, Clause string
	// Outcome is the class of the element under the gravest of the verdicts that count, as in
	// package figures.
	Outcome string
	// Code is a reason code, the first of a verdict.
	Code string
	// Want is a kind of fact that would settle an undetermined verdict whatever it is, by
	// itself or, unless Alone, together with others.
	Want  string
	Alone bool
	// Area is the code of an area of the mission's maps.
	Area string
	// Act is a word of the tree of acts: whatever it covers fits.
	Act string
	// Actor is named in whatever part: as who may have acted, against whom, or who held the place.
	Actor string
	// Mark is a handling mark, as it is shown.
	Mark string
	// Undated selects what has no one known day.
	Undated bool
	// Killed and Injured are "known", "unknown" or "stated": incidents with a figure, with none,
	// or with nothing but a total that somebody states.
	Killed, Injured string
	IDs             []string // of elements
	Incident        string   // identifier of one incident
	// At is a place on the map's tiles, as the tiles name it.
	At string
	// Q are words that must all be found.
	Q string
	// Oldest turns the order of a list round.
	Oldest bool
	After  string // where a page of a list begins
}

// limits of what an address may hold.
const (
	longestValue = 200
	idsAsked     = 1000
)

// ParseFilter reads a filter strictly: a name that is not known, a value twice, a day that is
// none are Invalid, with the name of the field. Names in besides are the page's own.
func ParseFilter(q url.Values, besides ...string) (Filter, error) {
	var f Filter
	fields := f.fields()
	for _, name := range sortedNames(q) {
		switch {
		case fields[name] == nil && !slices.Contains(besides, name) && !ofEveryPage(name):
			return f, wrong(name, "this page has no such question", "one of "+strings.Join(sortedNames(fields), ", "))
		case len(q[name]) > 1:
			return f, wrong(name, "it stands there twice", "once")
		case !utf8.ValidString(q.Get(name)) || name != "ids" && len(q.Get(name)) > longestValue:
			return f, wrong(name, "it is too long, or no text", fmt.Sprintf("at most %d letters", longestValue))
		}
	}
	for _, name := range sortedNames(fields) {
		if v := strings.TrimSpace(q.Get(name)); v != "" {
			if err := fields[name](v); err != nil {
				return Filter{}, err
			}
		}
	}
	if f.Clause != "" && f.Agreement == "" {
		return Filter{}, wrong("clause", "a clause of which agreement?", "agreement as well")
	}
	if f.From != "" && f.To != "" && f.From > f.To {
		return Filter{}, wrong("to", "it lies before from", "a day not before "+f.From)
	}
	return f, nil
}

// ofEveryPage reports whether a name says how a page is shown, not what.
func ofEveryPage(name string) bool {
	return slices.Contains([]string{"as_of", "lang", "map", "live"}, name)
}

func wrong(field, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: field, Msg: msg, Hint: want}
}

func sortedNames[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// fields are the names of the values with how each is read.
func (f *Filter) fields() map[string]func(string) error {
	out := map[string]func(string) error{
		"from": readDay("from", &f.From), "to": readDay("to", &f.To),
		"outcome": readWord("outcome", &f.Outcome, classWords()...),
		"killed":  readWord("killed", &f.Killed, "known", "unknown", "stated"),
		"injured": readWord("injured", &f.Injured, "known", "unknown", "stated"),
		"alone":   readYes("alone", &f.Alone), "undated": readYes("undated", &f.Undated), "oldest": readYes("oldest", &f.Oldest),
		"ids": func(v string) error {
			f.IDs = strings.Split(v, ",")
			if len(f.IDs) > idsAsked {
				return wrong("ids", "there are too many", fmt.Sprintf("at most %d", idsAsked))
			}
			return nil
		},
	}
	for name, to := range f.texts() {
		out[name] = func(v string) error { *to = v; return nil }
	}
	return out
}

// texts are the values that may be any text.
func (f *Filter) texts() map[string]*string {
	return map[string]*string{"agreement": &f.Agreement, "clause": &f.Clause, "code": &f.Code, "want": &f.Want, "area": &f.Area,
		"act": &f.Act, "actor": &f.Actor, "mark": &f.Mark, "incident": &f.Incident, "at": &f.At, "q": &f.Q, "after": &f.After}
}

func classWords() []string {
	var out []string
	for _, c := range figures.Classes() {
		out = append(out, string(c))
	}
	return out
}

func readDay(field string, to *string) func(string) error {
	return func(v string) error {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return wrong(field, "this is no day", "a day such as 2016-08-26")
		}
		*to = v
		return nil
	}
}

func readWord(field string, to *string, may ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(may, v) {
			return wrong(field, "this is none of its values", "one of "+strings.Join(may, ", "))
		}
		*to = v
		return nil
	}
}

func readYes(field string, to *bool) func(string) error {
	return func(v string) error {
		if v != "1" {
			return wrong(field, "this is none of its values", "1, or nothing")
		}
		*to = true
		return nil
	}
}

// Query writes the filter as values of an address; ParseFilter reads it back.
func (f Filter) Query() url.Values {
	q := url.Values{}
	set := func(name, v string) {
		if v != "" {
			q.Set(name, v)
		}
	}
	for name, v := range f.texts() {
		set(name, *v)
	}
	for name, v := range map[string]string{"from": f.From, "to": f.To, "outcome": f.Outcome, "killed": f.Killed,
		"injured": f.Injured, "ids": strings.Join(f.IDs, ",")} {
		set(name, v)
	}
	for name, v := range map[string]bool{"alone": f.Alone, "undated": f.Undated, "oldest": f.Oldest} {
		if v {
			set(name, "1")
		}
	}
	return q
}

// Stretch is the days asked.
func (f Filter) Stretch() figures.Stretch { return figures.Stretch{From: f.From, To: f.To} }

// Counts reports whether a verdict is one that counts.
func (f *Filter) Counts(v *truce.Verdict) bool {
	return (f.Agreement == "" || v.Agreement == f.Agreement) && (f.Clause == "" || v.Clause == f.Clause)
}

// asksVerdict reports whether a verdict of some sort is looked for.
func (f *Filter) asksVerdict() bool { return f.Agreement != "" || f.Code != "" || f.Want != "" }

// finds reports whether a verdict that counts is one that is looked for.
func (f *Filter) finds(v *truce.Verdict) bool {
	return f.Counts(v) && (f.Code == "" || v.Code == f.Code) && (f.Want == "" || wants(v, f.Want, f.Alone))
}

// wants reports whether knowing a kind of fact would settle an undetermined verdict.
func wants(v *truce.Verdict, fact string, alone bool) bool {
	return figures.ClassOf(v) == figures.Undetermined && slices.ContainsFunc(v.Settle, func(s truce.Settle) bool {
		return s.Always && (!alone || len(s.Facts) == 1) && slices.ContainsFunc(s.Facts, func(f string) bool { return desk.Fact(f) == fact })
	})
}

// namesActor reports whether an element names an actor in whatever part.
func namesActor(e *truce.Element, actor string) bool {
	return slices.Contains(e.By, actor) || slices.Contains(e.Against, actor) || slices.Contains(e.Control, actor)
}

// fitsAct says whether an element was an act that a word covers. An act that is not known may
// have been any.
func fitsAct(tree *truce.Tree, e *truce.Element, word string) truce.Tri {
	some, all := false, len(e.Acts) > 0
	for _, a := range e.Acts {
		if tree.Covers(word, a) {
			some = true
			continue
		}
		all = false
		some = some || tree.Covers(a, word) // a wider word may mean this one
	}
	switch {
	case all:
		return truce.Yes
	case some || len(e.Acts) == 0:
		return truce.Unknown
	}
	return truce.No
}
