package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
)

// AccountDecision is what a person says of one draft: accepted or rejected, and the facts as
// they should stand. A fact that is told as the draft has it stays what it was.
type AccountDecision struct {
	Key, Says string
	Facts     AccountFacts
}

// AccountFacts are the facts of a draft as people read and write them. Actors and acts are
// parted by commas; times are the account's; numbers are 3, 3-5 or nothing.
type AccountFacts struct {
	Act, By, Against, Place, From, To, Killed, Injured string
}

// Decisions.
const (
	Accepted  = "accepted"
	Corrected = "corrected"
	Rejected  = "rejected"
)

const accountTime = "2006-01-02 15:04"

// Facts returns the facts of a draft for people.
func (a *AccountRead) Facts(d AccountDraft) AccountFacts {
	e := d.Element
	f := AccountFacts{Act: strings.Join(e.Acts, ", "), By: strings.Join(e.By, ", "), Against: strings.Join(e.Against, ", "),
		Killed: rangeText(e.Killed), Injured: rangeText(e.Injured)}
	if len(e.Where) > 0 {
		f.Place = firstOf(e.Where[0].Area, e.Where[0].Name)
	}
	if len(e.When) > 0 {
		f.From, f.To = e.When[0].From.In(a.zone).Format(accountTime), e.When[0].To.In(a.zone).Format(accountTime)
	}
	return f
}

func rangeText(r *truce.Range) string {
	switch {
	case r == nil:
		return ""
	case r.Low == r.High:
		return strconv.FormatFloat(r.Low, 'f', -1, 64)
	}
	return strconv.FormatFloat(r.Low, 'f', -1, 64) + "-" + strconv.FormatFloat(r.High, 'f', -1, 64)
}

// Acts returns the entries that decisions make: the account itself with what was
// decided of each draft, and a report for each that was accepted. Every report says which
// program read it, in which account, and where it stands there.
func (a *AccountRead) Acts(decisions []AccountDecision) ([]Act, error) {
	kept := map[string]string{}
	maps.Copy(kept, a.Decided)
	var out []Act
	for _, c := range decisions {
		d, ok := a.draft(c.Key)
		if !ok {
			return nil, &truce.Error{Kind: truce.Conflict, At: c.Key, Msg: "the account reads differently now", Hint: "read it again and decide anew"}
		}
		if d.Entered != "" {
			continue
		}
		changed, err := a.correct(a.mission, &d.Element, a.Facts(d), c.Facts)
		if err != nil && c.Says == Accepted {
			return nil, err
		}
		if kept[c.Key] = c.Says; c.Says != Accepted {
			continue
		}
		if changed {
			kept[c.Key] = Corrected
		}
		out = append(out, a.report(a.mission, d))
	}
	if len(out) == 0 && maps.Equal(kept, a.Decided) {
		return nil, nil
	}
	return append([]Act{a.keep(kept)}, out...), nil
}

func (a *AccountRead) draft(key string) (AccountDraft, bool) {
	i := slices.IndexFunc(a.Drafts, func(d AccountDraft) bool { return d.Key == key })
	if i < 0 {
		return AccountDraft{}, false
	}
	return a.Drafts[i], true
}

// report is the entry of an accepted draft.
func (a *AccountRead) report(m *Mission, d AccountDraft) Act {
	id := a.reportID(d)
	d.Element.ID = id
	source := firstOf(a.Outlet, a.ID)
	d.Element.Sources = []string{source}
	f := reportFields(m, truce.Report{ID: id, Source: source, Text: a.Text[d.From:d.To], Elements: []truce.Element{d.Element}})
	f["door"], f["machine"], f["reading"], f["passage"] = DoorAccount, a.Reading.Reader, a.ID, map[string]any{"from": d.From, "to": d.To, "sha256": a.Reading.Hash}
	return Act{Kind: "report.received", Submission: id, Fields: f}
}

// keep is the entry of the account.
func (a *AccountRead) keep(decisions map[string]string) Act {
	f := map[string]any{"id": a.ID, "text": a.Text, "machine": a.Reading.Reader, "sha256": a.Reading.Hash, "zone": a.Zone, "decisions": decisions}
	for name, v := range map[string]string{"title": a.Title, "outlet": a.Outlet, "day": a.Day, "lang": a.Reading.Language} {
		if v != "" {
			f[name] = v
		}
	}
	sum := sha256.Sum256(fmt.Append(nil, decisions)) // maps print in the order of their keys
	return Act{Kind: "reading.kept", Submission: a.ID + "-" + hex.EncodeToString(sum[:6]), Fields: f}
}

// Lesson is the entry of a name that somebody teaches. value must be an actor of the
// register or an area of the mission.
func (a *AccountRead) Lesson(l Lesson) (Act, error) {
	m := a.mission
	l.Name, l.Value = strings.TrimSpace(l.Name), strings.TrimSpace(l.Value)
	switch l.What {
	case "actor":
		if _, ok := m.register.Actor(l.Value); !ok {
			found := m.register.Resolve(l.Value, time.Time{})
			if len(found) != 1 {
				return Act{}, noSuch("actor", l.Value, "an actor of the register")
			}
			l.Value = found[0]
		}
	case "place":
		if _, ok := m.atlas.Area(l.Value); !ok {
			found := m.atlas.Find(l.Value, -1)
			if len(found) != 1 {
				return Act{}, noSuch("place", l.Value, "an area of the mission")
			}
			l.Value = found[0].Code
		}
	default:
		return Act{}, noSuch("what", l.What, "actor or place")
	}
	return Act{Kind: "name.taught", Fields: map[string]any{"name": l.Name, "what": l.What, "value": l.Value, "reading": a.ID}}, nil
}

func noSuch(field, value, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: field, Msg: fmt.Sprintf("%.60q is not known", value), Hint: want}
}

// correct puts the facts that were changed into an element, and says whether any was.
func (a *AccountRead) correct(m *Mission, e *truce.Element, was, is AccountFacts) (bool, error) {
	changed := false
	for _, f := range []struct {
		name, was, is string
		put           func(string) error
	}{
		{"act", was.Act, is.Act, func(v string) error { return acts(e, v) }},
		{"by", was.By, is.By, func(v string) error { e.By = a.actors(m, v); return nil }},
		{"against", was.Against, is.Against, func(v string) error { e.Against = a.actors(m, v); return nil }},
		{"place", was.Place, is.Place, func(v string) error { e.Where = placeTold(m, v); return nil }},
		{"killed", was.Killed, is.Killed, func(v string) (err error) { e.Killed, err = readRange("killed", v); return }},
		{"injured", was.Injured, is.Injured, func(v string) (err error) { e.Injured, err = readRange("injured", v); return }},
	} {
		v := strings.TrimSpace(f.is)
		if v == f.was {
			continue
		}
		changed = true
		if err := f.put(v); err != nil {
			return true, err
		}
	}
	if is.From == was.From && is.To == was.To {
		return changed, nil
	}
	when, err := a.times(is.From, is.To)
	e.When = when
	return true, err
}

func acts(e *truce.Element, v string) error {
	e.Acts = listed(v)
	known := truce.Acts().Words()
	for _, act := range e.Acts {
		if !slices.Contains(known, act) {
			return noSuch("act", act, "a word of the tree of acts, such as shelling")
		}
	}
	return nil
}

// listed parts a text at commas of any script.
func listed(v string) []string {
	var out []string
	for _, x := range strings.FieldsFunc(v, func(c rune) bool { return c == ',' || c == ';' || c == '،' }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// actors resolves names by the register; one that it does not know stands with a "?".
func (a *AccountRead) actors(m *Mission, v string) []string {
	day, _ := time.ParseInLocation(time.DateOnly, a.Day, a.zone)
	var out []string
	for _, name := range listed(v) {
		if _, ok := m.register.Actor(name); ok || strings.HasPrefix(name, "?") {
			out = append(out, name)
		} else if found := m.register.Resolve(name, day); len(found) > 0 {
			out = append(out, found...)
		} else {
			out = append(out, "?"+name)
		}
	}
	return out
}

// placeTold is a place by the code or the name of an area, or only by what it is called.
func placeTold(m *Mission, v string) []truce.Place {
	if v == "" {
		return nil
	}
	if area, ok := m.atlas.Area(v); ok {
		return []truce.Place{{Form: truce.FormArea, Area: area.Code, Name: v}}
	}
	if found := m.atlas.Find(v, -1); len(found) == 1 {
		return []truce.Place{{Form: truce.FormArea, Area: found[0].Code, Name: v}}
	}
	return []truce.Place{{Name: v}}
}

// times reads a time from and to; no end is the whole of the day or the minute.
func (a *AccountRead) times(from, to string) ([]truce.When, error) {
	if strings.TrimSpace(from) == "" {
		return nil, nil
	}
	start, end, err := a.moment("from", from)
	if err == nil && strings.TrimSpace(to) != "" {
		if end, _, err = a.moment("to", to); err == nil && end.Before(start) {
			err = noSuch("to", to, "a time after the first")
		}
	}
	return []truce.When{{From: start, To: end}}, err
}

func (a *AccountRead) moment(field, v string) (from, to time.Time, err error) {
	v = strings.TrimSpace(v)
	if t, err := time.ParseInLocation(time.DateOnly, v, a.zone); err == nil {
		return t, t.AddDate(0, 0, 1), nil
	}
	if t, err := time.ParseInLocation(accountTime, strings.Replace(v, "T", " ", 1), a.zone); err == nil {
		return t, t, nil
	}
	return from, to, noSuch(field, v, "a time such as 2016-08-26 or 2016-08-26 14:30")
}

// aRange is a number, or two with a dash or dots between.
var aRange = regexp.MustCompile(`^(\d{1,7})(?:\s*(?:-|–|\.\.)\s*(\d{1,7}))?$`)

func readRange(field, v string) (*truce.Range, error) {
	if v == "" {
		return nil, nil
	}
	m := aRange.FindStringSubmatch(v)
	if m == nil {
		return nil, noSuch(field, v, "a number such as 3 or 3-5, or nothing")
	}
	low, _ := strconv.ParseFloat(m[1], 64)
	high := low
	if m[2] != "" {
		high, _ = strconv.ParseFloat(m[2], 64)
	}
	if high < low {
		return nil, noSuch(field, v, "the lower number first")
	}
	return &truce.Range{Low: low, High: high}, nil
}

// Names lists what names may mean: for "actor" the actors of the register, for "place" the
// areas of the mission, each with the name to show.
func (a *AccountRead) Names(what string) [][2]string {
	m := a.mission
	var out [][2]string
	switch what {
	case "actor":
		for _, id := range m.register.IDs() {
			out = append(out, [2]string{id, m.register.NameOn(id, time.Time{})})
		}
	case "place":
		for _, code := range m.atlas.Codes() {
			area, _ := m.atlas.Area(code)
			out = append(out, [2]string{code, firstOf(append(area.Names, code)...)})
		}
	}
	return out
}
