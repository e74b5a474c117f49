package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/access"
)

var update = flag.Bool("update", false, "rewrite the golden files, to be read by a person")

// relations are what a row may have to do with amal of "desk", and with a liaison of north.
var relations = []struct {
	name  string
	label access.Label
}{
	{"nothing to do with the person", access.Label{Originator: "omar", To: []string{"omar"}}},
	{"it came from the person", access.Label{Originator: "amal", To: []string{"omar"}}},
	{"it came from the person's organisation", access.Label{Originator: "org:desk", To: []string{"omar"}}},
	{"it came from the party north", access.Label{Party: "north", To: []string{"omar"}}},
	{"it came from the party south", access.Label{Party: "south", To: []string{"omar"}}},
	{"the person is a named recipient", access.Label{Originator: "omar", To: []string{"amal"}}},
	{"nobody is a named recipient", access.Label{Originator: "omar"}},
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// lines gathers kinds with the same answer into one line each, in the order met.
type lines struct {
	answers []string
	kinds   map[string][]string
}

func (l *lines) add(answer, kind string) {
	if l.kinds == nil {
		l.kinds = map[string][]string{}
	}
	if l.kinds[answer] == nil {
		l.answers = append(l.answers, answer)
	}
	l.kinds[answer] = append(l.kinds[answer], kind)
}

func (l *lines) print(head string, b *strings.Builder) {
	slices.Sort(l.answers)
	for _, a := range l.answers {
		kinds := strings.Join(l.kinds[a], " ")
		if len(l.kinds[a]) == len(access.Kinds()) {
			kinds = "every kind"
		}
		fmt.Fprintf(b, "  %-12s %s  %s\n", head, a, kinds)
	}
}

// TestDecisions writes every post x act x kind x TLP word, for every relation.
func TestDecisions(t *testing.T) {
	p := policy(t)
	var b strings.Builder
	b.WriteString("Who may do what. Columns: R red, S amber+strict, A amber, G green, C clear; 2: may propose it to a second person.\n")
	b.WriteString("A relation that is missing gives the same answers as the first.\n")
	cells := 0
	for _, r := range access.Roles() {
		before := ""
		for _, rel := range relations {
			var out strings.Builder
			for _, do := range access.Actions() {
				var l lines
				for _, kind := range access.Kinds() {
					l.add(pattern(p, post(r), do, kind, rel.label), kind)
					cells += len(access.TLPs())
				}
				l.print(string(do), &out)
			}
			if before == "" {
				before = out.String()
				fmt.Fprintf(&b, "\n%s: %s\n%s", r, rel.name, before)
			} else if out.String() != before {
				fmt.Fprintf(&b, "\n%s: %s\n%s", r, rel.name, changed(before, out.String()))
			}
		}
	}
	t.Logf("%d cells", cells)
	golden(t, "testdata/decisions.golden", b.String())
}

// changed are the lines of acts that differ from another text's.
func changed(before, after string) string {
	of := func(text, act string) (out []string) {
		for _, l := range strings.SplitAfter(text, "\n") {
			if strings.HasPrefix(l, fmt.Sprintf("  %-12s ", act)) {
				out = append(out, l)
			}
		}
		return out
	}
	var b strings.Builder
	for _, do := range access.Actions() {
		if now := of(after, string(do)); !slices.Equal(of(before, string(do)), now) {
			b.WriteString(strings.Join(now, ""))
		}
	}
	return b.String()
}

func pattern(p *access.Policy, who access.Person, do access.Action, kind string, l access.Label) string {
	out := ""
	for i, tlp := range access.TLPs() {
		l.TLP = tlp
		switch d := p.May(who, do, kind, l, now()); {
		case d.Allowed:
			out += "RSAGC"[i : i+1]
		case d.Two:
			out += "2"
		default:
			out += "-"
		}
	}
	return out
}

// TestFields writes, for every post x way of seeing x kind, how much of each grade is seen.
func TestFields(t *testing.T) {
	p := policy(t)
	var b strings.Builder
	b.WriteString("What is seen of a row: each grade of field whole or coarse; what is not named is withheld.\n")
	for _, r := range access.Roles() {
		for _, c := range []struct {
			name  string
			label access.Label
		}{
			{"CLEAR, nothing to do with the person", access.Label{TLP: access.Clear}},
			{"AMBER, nothing to do with the person", access.Label{TLP: access.Amber}},
			{"AMBER, flagged PII", access.Label{TLP: access.Amber, PII: true}},
			{"AMBER, it came from the person and the party north", access.Label{TLP: access.Amber, Originator: "amal", Party: "north"}},
		} {
			fmt.Fprintf(&b, "\n%s: %s\n", r, c.name)
			for _, do := range []access.Action{access.Read, access.List, access.Subscribe, access.Export, access.Publish, access.Verify} {
				var l lines
				for _, kind := range access.Kinds() {
					l.add(seen(p.Fields(post(r), do, kind, c.label, now()), kind), kind)
				}
				l.print(string(do), &b)
			}
		}
	}
	golden(t, "testdata/fields.golden", b.String())
}

// seen is how much of each grade of a kind is granted; fields of one grade are alike.
func seen(g access.Grant, kind string) string {
	levels := map[access.Grade]access.Level{}
	for _, f := range access.FieldsOf(kind) {
		levels[f.Grade] = g.Fields[f.Name]
	}
	var whole, coarse []string
	for _, grade := range access.Grades() {
		switch levels[grade] {
		case access.Whole:
			whole = append(whole, string(grade))
		case access.Coarse:
			coarse = append(coarse, string(grade))
		}
	}
	if whole == nil && coarse == nil {
		return "nothing;"
	}
	out := "whole " + strings.Join(whole, " ")
	if coarse != nil {
		out += ", coarse " + strings.Join(coarse, " ")
	}
	return out + ";"
}
