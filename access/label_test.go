package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"truce"
	"truce/access"
)

func TestLabelsAsTheyAreWritten(t *testing.T) {
	noon := time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)
	for text, l := range map[string]access.Label{
		"TLP:CLEAR":            {TLP: "CLEAR"},
		"TLP:AMBER+STRICT":     {TLP: "AMBER+STRICT"},
		"TLP:RED TO:a,b":       {TLP: "RED", To: []string{"a", "b"}},
		"TLP:GREEN ORCON":      {TLP: "GREEN", Orcon: true},
		"TLP:GREEN PII":        {TLP: "GREEN", PII: true},
		"TLP:AMBER MINOR":      {TLP: "AMBER", Minor: true},
		"TLP:AMBER PARTY:شمال": {TLP: "AMBER", Party: "شمال"},
		"TLP:AMBER PARTY:north ORIGINATOR:party:north TO:amal,org:desk PURPOSE:protection EMBARGO:2016-08-27T12:00:00.000Z ORCON PII MINOR": {
			TLP: "AMBER", Party: "north", Originator: "party:north", To: []string{"amal", "org:desk"}, Purpose: []string{"protection"},
			Embargo: noon, Orcon: true, PII: true, Minor: true},
	} {
		if got := l.String(); got != text {
			t.Errorf("%q is written %q", text, got)
		}
		got, err := access.ParseLabel(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if d := cmp.Diff(l, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

func TestOneMarkIsOneText(t *testing.T) {
	damascus := time.FixedZone("Damascus", 3*60*60)
	a := access.Label{TLP: "RED", To: []string{"omar", "amal", "omar"}, Purpose: []string{"b", "a"}, Embargo: time.Date(2016, 8, 27, 15, 0, 0, 0, damascus)}
	if got := a.String(); got != "TLP:RED TO:amal,omar PURPOSE:a,b EMBARGO:2016-08-27T12:00:00.000Z" {
		t.Error(got)
	}
	if got := a.Shown(); got != "TLP:RED" {
		t.Errorf("shown: %q names people", got)
	}
	if got := (access.Label{TLP: "AMBER", Party: "north", Orcon: true, Minor: true}).Shown(); got != "TLP:AMBER ORCON MINOR" {
		t.Error(got)
	}
}

func TestTextsThatAreNoLabel(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                       "",
		"the word alone":                "CLEAR",
		"TLP 1.0":                       "TLP:WHITE",
		"small letters":                 "TLP:clear",
		"two spaces":                    "TLP:CLEAR  ORCON",
		"a space at the end":            "TLP:CLEAR ",
		"a new line":                    "TLP:CLEAR\n",
		"parts in another order":        "TLP:CLEAR PII ORCON",
		"a part twice":                  "TLP:CLEAR ORCON ORCON",
		"a second word of TLP":          "TLP:RED TLP:CLEAR",
		"names not in order":            "TLP:RED TO:b,a",
		"a name twice":                  "TLP:RED TO:a,a",
		"an empty list":                 "TLP:RED TO:",
		"an empty name":                 "TLP:RED TO:a,,b",
		"a party without a name":        "TLP:RED TO:party:",
		"two prefixes":                  "TLP:RED TO:party:org:x",
		"a prefix that there is not":    "TLP:RED TO:role:head",
		"an embargo in a zone":          "TLP:RED EMBARGO:2016-08-27T15:00:00.000+03:00",
		"an embargo without seconds":    "TLP:RED EMBARGO:2016-08-27T15:00Z",
		"an embargo to the microsecond": "TLP:RED EMBARGO:2016-08-27T15:00:00.000001Z",
		"a day that there is not":       "TLP:RED EMBARGO:2016-02-30T15:00:00.000Z",
		"a part that there is not":      "TLP:RED SECRET",
		"a flag with a value":           "TLP:RED ORCON:no",
		"no TLP":                        "ORCON",
		"bytes that are no text":        "TLP:RED TO:\xff",
		"an invisible letter":           "TLP:RED TO:a\u200bb",
		"a name without end":            "TLP:RED TO:" + strings.Repeat("a", 201),
	} {
		l, err := access.ParseLabel(text)
		var e *truce.Error
		if !errors.As(err, &e) || e.Kind != truce.Invalid || e.Hint == "" {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

// TestALabelThatCannotStandIsWrittenAsNothing, so that a name with a space in it cannot add
// a part to a mark.
func TestALabelThatCannotStandIsWrittenAsNothing(t *testing.T) {
	for name, l := range map[string]access.Label{
		"TLP":        {TLP: "CLEAR ORCON"},
		"Party":      {TLP: "RED", Party: "north TO:amal"},
		"Party, too": {TLP: "RED", Party: "party:north"},
		"Originator": {TLP: "RED", Originator: "a,b"},
		"To":         {TLP: "RED", To: []string{""}},
		"Purpose":    {TLP: "RED", Purpose: []string{"org:x"}},
		"Embargo":    {TLP: "RED", Embargo: time.Date(2016, 8, 27, 12, 0, 0, 1, time.UTC)},
	} {
		err := l.Valid()
		var e *truce.Error
		part, _, _ := strings.Cut(name, ",")
		if !errors.As(err, &e) || e.At != "label."+part || e.Hint == "" || l.String() != "" || l.Shown() != "" {
			t.Errorf("%s: %v, %q", name, err, l)
		}
	}
}

func TestWhatWidens(t *testing.T) {
	base := access.Label{TLP: "AMBER", Party: "north", To: []string{"amal", "omar"}, Purpose: []string{"a", "b"}, Embargo: now(), Orcon: true, PII: true, Minor: true}
	change := func(f func(*access.Label)) access.Label {
		l := base
		f(&l)
		return l
	}
	for name, c := range map[string]struct {
		to   access.Label
		want bool
	}{
		"nothing changes":        {base, false},
		"narrower word":          {change(func(l *access.Label) { l.TLP = "RED" }), false},
		"wider word":             {change(func(l *access.Label) { l.TLP = "GREEN" }), true},
		"one recipient less":     {change(func(l *access.Label) { l.To = []string{"amal"} }), false},
		"another recipient":      {change(func(l *access.Label) { l.To = []string{"amal", "zaid"} }), true},
		"one purpose less":       {change(func(l *access.Label) { l.Purpose = []string{"b"} }), false},
		"one purpose more":       {change(func(l *access.Label) { l.Purpose = []string{"a", "b", "c"} }), true},
		"no purpose any more":    {change(func(l *access.Label) { l.Purpose = nil }), true},
		"later":                  {change(func(l *access.Label) { l.Embargo = now().Add(time.Hour) }), false},
		"sooner":                 {change(func(l *access.Label) { l.Embargo = now().Add(-time.Hour) }), true},
		"no embargo any more":    {change(func(l *access.Label) { l.Embargo = time.Time{} }), true},
		"no ORCON":               {change(func(l *access.Label) { l.Orcon = false }), true},
		"no PII":                 {change(func(l *access.Label) { l.PII = false }), true},
		"no MINOR":               {change(func(l *access.Label) { l.Minor = false }), true},
		"another party's":        {change(func(l *access.Label) { l.Party = "south" }), true},
		"another originator":     {change(func(l *access.Label) { l.Originator = "amal" }), true},
		"to a mark that is none": {access.Label{}, true},
	} {
		if got := base.Widens(c.to); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !(access.Label{}).Widens(base) {
		t.Error("from a mark that is none: false")
	}
	if (access.Label{TLP: "AMBER"}).Widens(access.Label{TLP: "AMBER", Purpose: []string{"a"}}) {
		t.Error("a first purpose is a limit")
	}
}

func FuzzParseLabel(f *testing.F) {
	for _, s := range []string{"TLP:CLEAR", "TLP:RED TO:a,party:b,org:c", "TLP:AMBER+STRICT PARTY:n ORIGINATOR:n PURPOSE:p EMBARGO:2016-08-27T12:00:00.000Z ORCON PII MINOR", "TLP: TO:,"} {
		f.Add(s)
	}
	p, err := access.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := access.ParseLabel(s)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Error("the error breaks a line")
			}
			return
		}
		if l.String() != s || l.Valid() != nil || l.Widens(l) {
			t.Errorf("%q is written %q", s, l)
		}
		// Whoever reads anything reads it by a word of TLP that lets them.
		d := p.May(access.Person{Roles: []access.Role{access.Public}}, access.Read, "mission", l, now())
		if d.Allowed && l.TLP != access.Clear {
			t.Errorf("the public reads %q", s)
		}
	})
}
