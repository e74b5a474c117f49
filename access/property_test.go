package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"truce/access"
)

// names are drawn from few, so that people and marks meet.
func drawPerson(t *rapid.T) access.Person {
	return access.Person{
		ID:        rapid.SampledFrom([]string{"", "amal", "omar"}).Draw(t, "id"),
		Roles:     rapid.SliceOfN(rapid.SampledFrom(access.Roles()), 0, 3).Draw(t, "roles"),
		Party:     rapid.SampledFrom([]string{"", "", "north", "south"}).Draw(t, "party"),
		Org:       rapid.SampledFrom([]string{"", "desk", "north"}).Draw(t, "org"),
		TwoFactor: rapid.Bool().Draw(t, "two factors"),
		Purposes:  rapid.SliceOfN(rapid.SampledFrom([]string{"protection", "relief"}), 0, 2).Draw(t, "purposes"),
	}
}

func drawLabel(t *rapid.T) access.Label {
	who := []string{"amal", "omar", "party:north", "party:south", "org:desk", "org:north", "north", "desk"}
	return access.Label{
		TLP:        rapid.SampledFrom(access.TLPs()).Draw(t, "tlp"),
		Party:      rapid.SampledFrom([]string{"", "north", "south"}).Draw(t, "of party"),
		Originator: rapid.SampledFrom(append(who, "")).Draw(t, "originator"),
		To:         rapid.SliceOfN(rapid.SampledFrom(who), 0, 3).Draw(t, "to"),
		Purpose:    rapid.SliceOfN(rapid.SampledFrom([]string{"protection", "relief", "trade"}), 0, 2).Draw(t, "purpose"),
		Embargo:    rapid.SampledFrom([]time.Time{{}, now().Add(-time.Hour), now(), now().Add(time.Hour)}).Draw(t, "embargo"),
		Orcon:      rapid.Bool().Draw(t, "orcon"),
		PII:        rapid.Bool().Draw(t, "pii"),
		Minor:      rapid.Bool().Draw(t, "minor"),
	}
}

func drawAct(t *rapid.T) access.Action { return rapid.SampledFrom(access.Actions()).Draw(t, "act") }
func drawKind(t *rapid.T) string       { return rapid.SampledFrom(access.Kinds()).Draw(t, "kind") }

// restrict adds one restriction to a mark.
func restrict(t *rapid.T, l access.Label) access.Label {
	l.To, l.Purpose = slices.Clone(l.To), slices.Clone(l.Purpose)
	switch rapid.SampledFrom([]string{"tlp", "to", "purpose", "embargo", "orcon", "pii", "minor"}).Draw(t, "restriction") {
	case "tlp":
		l.TLP = access.TLPs()[rapid.IntRange(0, slices.Index(access.TLPs(), l.TLP)).Draw(t, "narrower")]
	case "to":
		l.To = l.To[:len(l.To)/2]
	case "purpose":
		if len(l.Purpose) == 0 {
			l.Purpose = []string{"relief"}
		} else {
			l.Purpose = l.Purpose[:1]
		}
	case "embargo":
		l.Embargo = now().Add(2 * time.Hour)
	case "orcon":
		l.Orcon = true
	case "pii":
		l.PII = true
	case "minor":
		l.Minor = true
	}
	return l
}

func TestARestrictionNeverWidens(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, do, l := drawPerson(t), drawAct(t), drawLabel(t)
		tight := restrict(t, l)
		if l.Widens(tight) {
			t.Fatalf("%q to %q counts as wider", l, tight)
		}
		for _, kind := range access.Kinds() {
			was, is := p.May(who, do, kind, l, now()), p.May(who, do, kind, tight, now())
			if is.Allowed && !was.Allowed || is.Two && !was.Two {
				t.Fatalf("%s %s: %q does not allow what %q does: %s", do, kind, l, tight, was.Why)
			}
			if !is.Allowed {
				continue
			}
			wide, narrow := p.Fields(who, do, kind, l, now()), p.Fields(who, do, kind, tight, now())
			for f, level := range narrow.Fields {
				if level > wide.Fields[f] {
					t.Fatalf("field %s: %v under %q, %v under %q", f, wide.Fields[f], l, level, tight)
				}
			}
		}
	})
}

// TestWhatDoesNotWidenLetsNobodyIn holds Label.Widens to the rules for any two marks.
func TestWhatDoesNotWidenLetsNobodyIn(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, kind, a, b := drawPerson(t), drawKind(t), drawLabel(t), drawLabel(t)
		b.Party, b.Originator = a.Party, a.Originator
		for _, do := range access.Actions() {
			was, is := p.May(who, do, kind, a, now()), p.May(who, do, kind, b, now())
			if (is.Allowed && !was.Allowed || is.Two && !was.Two) && !a.Widens(b) {
				t.Fatalf("%q to %q lets somebody in and does not count as wider", a, b)
			}
		}
	})
}

// TestSwappingThePartiesSwapsTheDecisions is even-handedness: names of parties are only names.
func TestSwappingThePartiesSwapsTheDecisions(t *testing.T) {
	swap := func(s string) string {
		return map[string]string{"north": "south", "south": "north", "party:north": "party:south", "party:south": "party:north"}[s]
	}
	other := func(s string) string {
		if x := swap(s); x != "" {
			return x
		}
		return s
	}
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, kind, l := drawPerson(t), drawKind(t), drawLabel(t)
		who.Org = strings.TrimPrefix(who.Org, "north")
		mirror, ml := who, l
		mirror.Party, ml.Party, ml.Originator, ml.To = other(who.Party), other(l.Party), l.Originator, slices.Clone(l.To)
		if strings.HasPrefix(l.Originator, "party:") {
			ml.Originator = other(l.Originator)
		}
		for i, to := range l.To {
			if strings.HasPrefix(to, "party:") {
				ml.To[i] = other(to)
			}
		}
		for _, do := range access.Actions() {
			if a, b := p.May(who, do, kind, l, now()), p.May(mirror, do, kind, ml, now()); a != b {
				t.Fatalf("%v for %q, %v for the mirror %q", a, l, b, ml)
			}
			a, b := p.Fields(who, do, kind, l, now()), p.Fields(mirror, do, kind, ml, now())
			for f := range a.Fields {
				if a.Fields[f] != b.Fields[f] {
					t.Fatalf("field %s: %v, mirror %v", f, a.Fields[f], b.Fields[f])
				}
			}
		}
	})
}

// TestNoActShowsMoreThanReading: whoever may not read a row may not take it out, publish it
// or work on it, and sees in no other way more of a field.
func TestNoActShowsMoreThanReading(t *testing.T) {
	p := policy(t)
	blind := []access.Action{access.Report, access.Destroy, access.Verify} // these show nothing of the row
	shows := []access.Action{access.List, access.Subscribe, access.Export, access.Publish}
	rapid.Check(t, func(t *rapid.T) {
		who, kind, l := drawPerson(t), drawKind(t), drawLabel(t)
		for _, do := range access.Actions() {
			d, read := p.May(who, do, kind, l, now()), p.May(who, access.Read, kind, l, now())
			if (d.Allowed || d.Two) && !read.Allowed && !slices.Contains(blind, do) {
				t.Fatalf("%s is allowed on %q, reading is not: %s", do, l, read.Why)
			}
			if !slices.Contains(shows, do) {
				continue
			}
			g, r := p.Fields(who, do, kind, l, now()), p.Fields(who, access.Read, kind, l, now())
			for f, level := range g.Fields {
				if level > r.Fields[f] {
					t.Fatalf("%s shows %s %v, reading %v", do, f, level, r.Fields[f])
				}
			}
		}
	})
}

// TestNothingHelpsToAim: no role gets an exact place, a source or a personal field out, and
// what is sealed passes for nobody. Below verifier and head nobody gets fresh times out.
func TestNothingHelpsToAim(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, kind, l := drawPerson(t), drawKind(t), drawLabel(t)
		for _, do := range access.Actions() {
			g := p.Fields(who, do, kind, l, now())
			out := do == access.Export || do == access.Publish || do == access.Subscribe
			fresh := slices.Contains(who.Roles, access.Verifier) || slices.Contains(who.Roles, access.Head)
			for _, f := range access.FieldsOf(kind) {
				switch level := g.Fields[f.Name]; {
				case f.Grade == access.GradeSealed && level != access.Withheld,
					out && f.Grade == access.GradePlace && level == access.Whole,
					out && f.Grade == access.GradeSource && level != access.Withheld,
					out && f.Grade == access.GradePersonal && level != access.Withheld,
					(do == access.Export || do == access.Publish) && f.Grade == access.GradeTime && level == access.Whole && !fresh:
					t.Fatalf("%v may %s %s.%s %v under %q", who, do, kind, f.Name, level, l)
				}
			}
		}
	})
}

// TestNobodyWithoutAPostSeesAnything, whatever else they are.
func TestNobodyWithoutAPostSeesAnything(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, kind, l := drawPerson(t), drawKind(t), drawLabel(t)
		who.Roles = []access.Role{"janitor", "", "Head", "head "}
		for _, do := range access.Actions() {
			if d := p.May(who, do, kind, l, now()); d.Allowed || d.Two {
				t.Fatalf("%s %s of %q: %s", do, kind, l, d.Why)
			}
			if g := p.Fields(who, do, kind, l, now()); len(g.Fields) > 0 {
				t.Fatal("fields are granted")
			}
		}
	})
}

// TestOrderChangesNothing: the order in which roles, names and purposes are listed, and saying
// one twice, changes nothing.
func TestOrderChangesNothing(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, do, kind, l := drawPerson(t), drawAct(t), drawKind(t), drawLabel(t)
		twice := who
		twice.Roles = append(slices.Clone(who.Roles), who.Roles...)
		slices.Reverse(twice.Roles)
		back := l
		back.To = append(slices.Clone(l.To), l.To...)
		slices.Reverse(back.To)
		if back.String() != l.String() {
			t.Fatalf("%q and %q", l, back)
		}
		if a, b := p.May(who, do, kind, l, now()), p.May(twice, do, kind, back, now()); a != b {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

// TestASVS8_4_1: of two organisations in one mission, neither touches what the other keeps to
// itself, in any post but the auditor's.
func TestASVS8_4_1(t *testing.T) {
	p := policy(t)
	rapid.Check(t, func(t *rapid.T) {
		who, kind, l := drawPerson(t), drawKind(t), drawLabel(t)
		who.ID, who.Org = "amal", "desk"
		who.Roles = slices.DeleteFunc(who.Roles, func(r access.Role) bool { return r == access.Auditor })
		l.TLP, l.Party, l.Originator, l.To = access.Strict, "", "org:other", []string{"omar", "org:other", "party:" + "x"}
		for _, do := range access.Actions() {
			d := p.May(who, do, kind, l, now())
			blind := do == access.Report || do == access.Destroy || do == access.Verify || kind == "person" || kind == "machine"
			if (d.Allowed || d.Two) && !blind {
				t.Fatalf("%v may %s %s of another organisation", who.Roles, do, kind)
			}
		}
	})
}
