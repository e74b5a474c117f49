package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
)

// The words of TLP 2.0, from the narrowest.
const (
	Red    = "RED"          // named recipients only
	Strict = "AMBER+STRICT" // the organisation it came from
	Amber  = "AMBER"        // the mission
	Green  = "GREEN"        // everybody with a post, parties too
	Clear  = "CLEAR"        // everybody
)

// TLPs lists the words of TLP 2.0, from the narrowest.
func TLPs() []string { return []string{Red, Strict, Amber, Green, Clear} }

// Label is a handling mark. The zero value is no mark at all, and nobody may see what
// bears it. A name in To or Originator is a person's identifier, "party:NAME" or
// "org:NAME" ([OfParty], [OfOrg]). A label names people and parties: show [Label.Shown].
type Label struct {
	TLP string
	// Party is whose word it is; that party's people see it up to AMBER+STRICT.
	Party string
	// Originator is whom it came from, who is asked under Orcon. Without one it is Party.
	Originator string
	// To are recipients by name. Under RED there are no others: empty means nobody.
	To []string
	// Purpose are the purposes it was given for; empty means that none was set.
	Purpose []string
	// Embargo is the instant before which only the originator and the head see it, in
	// whole milliseconds; zero for none.
	Embargo time.Time
	// Orcon: exported, published or widened only by the originator's word.
	Orcon bool
	// PII and Minor: it tells of persons, of children.
	PII, Minor bool
}

const embargoLayout = "2006-01-02T15:04:05.000Z"

// String writes the label in its one canonical form: the parts that are there, in this
// order, parted by spaces, lists sorted:
//
//	TLP:AMBER PARTY:north ORIGINATOR:party:north TO:amal,org:desk PURPOSE:protection EMBARGO:2016-08-27T18:00:00.000Z ORCON PII MINOR
//
// A label that is not valid is written as nothing, which nobody may read.
func (l Label) String() string {
	if l.Valid() != nil {
		return ""
	}
	parts := []string{"TLP:" + l.TLP}
	add := func(word, value string) {
		if value != "" {
			parts = append(parts, word+value)
		}
	}
	add("PARTY:", l.Party)
	add("ORIGINATOR:", l.Originator)
	add("TO:", strings.Join(sorted(l.To), ","))
	add("PURPOSE:", strings.Join(sorted(l.Purpose), ","))
	if !l.Embargo.IsZero() {
		add("EMBARGO:", l.Embargo.UTC().Format(embargoLayout))
	}
	return strings.Join(append(parts, l.flags()...), " ")
}

// Shown writes what of the label may be shown to whoever sees the row: the words of it,
// without names and purposes.
func (l Label) Shown() string {
	if l.Valid() != nil {
		return ""
	}
	return strings.Join(append([]string{"TLP:" + l.TLP}, l.flags()...), " ")
}

func (l Label) flags() []string {
	var out []string
	for _, f := range []struct {
		on   bool
		word string
	}{{l.Orcon, "ORCON"}, {l.PII, "PII"}, {l.Minor, "MINOR"}} {
		if f.on {
			out = append(out, f.word)
		}
	}
	return out
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// Valid reports the first part of the label that cannot stand, as a [truce.Error] with
// the part in At.
func (l Label) Valid() error {
	wrong := func(part, want string) error {
		return &truce.Error{Kind: truce.Invalid, At: "label." + part, Msg: "the mark cannot stand", Hint: "expected " + want}
	}
	const people = `a person's identifier, "party:NAME" or "org:NAME", without spaces and commas`
	year := l.Embargo.UTC().Year()
	switch {
	case !slices.Contains(TLPs(), l.TLP):
		return wrong("TLP", "one of "+strings.Join(TLPs(), ", "))
	case l.Party != "" && !name(l.Party):
		return wrong("Party", "a name without spaces, commas and colons")
	case l.Originator != "" && !bearer(l.Originator):
		return wrong("Originator", people)
	case slices.ContainsFunc(l.To, func(s string) bool { return !bearer(s) }):
		return wrong("To", people)
	case slices.ContainsFunc(l.Purpose, func(s string) bool { return !name(s) }):
		return wrong("Purpose", "words without spaces, commas and colons")
	case l.Embargo.Nanosecond()%int(time.Millisecond) != 0, year < 1, year > 9999:
		return wrong("Embargo", "an instant in whole milliseconds, of the years 1 to 9999")
	}
	return nil
}

// ParseLabel reads what [Label.String] writes, and nothing else: one mark is one text.
// The error is a [truce.Error] of kind Invalid.
func ParseLabel(s string) (Label, error) {
	l, err := parseLabel(s)
	if err != nil {
		return Label{}, err
	}
	if err := l.Valid(); err != nil {
		return Label{}, err
	}
	if l.String() != s {
		return Label{}, badLabel("the parts are not in their canonical form", l.String())
	}
	return l, nil
}

func badLabel(msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: "label", Msg: msg, Hint: "expected " + want}
}

// parseLabel reads the parts in any order; a part given twice is found by their form.
func parseLabel(s string) (l Label, err error) {
	for i, part := range strings.Split(s, " ") {
		word, value, has := strings.Cut(part, ":")
		switch {
		case has && word == "TLP":
			l.TLP = value
		case has && word == "PARTY":
			l.Party = value
		case has && word == "ORIGINATOR":
			l.Originator = value
		case has && word == "TO":
			l.To = strings.Split(value, ",")
		case has && word == "PURPOSE":
			l.Purpose = strings.Split(value, ",")
		case has && word == "EMBARGO":
			if l.Embargo, err = time.Parse(embargoLayout, value); err != nil {
				return l, badLabel("the embargo is no time", "EMBARGO:"+embargoLayout)
			}
		case part == "ORCON":
			l.Orcon = true
		case part == "PII":
			l.PII = true
		case part == "MINOR":
			l.Minor = true
		default:
			return l, badLabel(fmt.Sprintf("part %d is not known", i+1), "TLP, PARTY, ORIGINATOR, TO, PURPOSE, EMBARGO with a value, ORCON, PII, MINOR")
		}
	}
	return l, nil
}

// owners are the names of those whom the row came from.
func (l Label) owners() []string {
	var out []string
	if l.Originator != "" {
		out = append(out, l.Originator)
	}
	if l.Party != "" {
		out = append(out, OfParty(l.Party))
	}
	return out
}

// originator is who is asked under Orcon: one name or none.
func (l Label) originator() []string { return l.owners()[:min(1, len(l.owners()))] }

// Widens reports whether changing the mark to another might let anybody see or do more.
// Such a change takes two persons ([Widen]); any other is narrower and takes one
// ([Assess]). A change of party or originator counts as wider, and so does any change
// from or to a mark that is not valid.
func (l Label) Widens(to Label) bool {
	less := func(before, after []string) bool { // after lets in nobody whom before did not
		return !slices.ContainsFunc(after, func(s string) bool { return !slices.Contains(before, s) })
	}
	switch {
	case l.Valid() != nil || to.Valid() != nil,
		l.Party != to.Party || l.Originator != to.Originator,
		slices.Index(TLPs(), to.TLP) > slices.Index(TLPs(), l.TLP),
		!less(l.To, to.To),
		len(l.Purpose) > 0 && (len(to.Purpose) == 0 || !less(l.Purpose, to.Purpose)),
		to.Embargo.Before(l.Embargo),
		l.Orcon && !to.Orcon, l.PII && !to.PII, l.Minor && !to.Minor:
		return true
	}
	return false
}
