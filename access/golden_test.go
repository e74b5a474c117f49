package access_test

import (
	"flag"
	"fmt"
	"maps"
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

// answers are what is said of each act: the kinds that have each answer.
type answers map[access.Action]map[string][]string

func (a answers) add(do access.Action, kind, answer string) {
	if a[do] == nil {
		a[do] = map[string][]string{}
	}
	a[do][answer] = append(a[do][answer], kind)
}

// String has a line for every answer but no, with acts that are answered alike in one line
// and whole groups of kinds by their name.
func (a answers) String() string {
	var order []string
	acts := map[string][]string{}
	for _, do := range access.Actions() {
		for _, answer := range slices.Sorted(maps.Keys(a[do])) {
			if answer == no {
				continue
			}
			line := fmt.Sprintf("%-6s %s", answer, strings.Join(grouped(a[do][answer]), " "))
			if acts[line] == nil {
				order = append(order, line)
			}
			acts[line] = append(acts[line], string(do))
		}
	}
	var b strings.Builder
	for _, line := range order {
		fmt.Fprintf(&b, "  %-22s %s\n", strings.Join(acts[line], " "), line)
	}
	if b.Len() == 0 {
		return "  nothing\n"
	}
	return b.String()
}

// no is the answer that is not written.
const no = "-----"

// grouped writes kinds, whole groups as their name in capitals.
func grouped(kinds []string) []string {
	groups := map[string]string{
		"TERMS":   "actor adherence agreement judgment mission moment place places register",
		"WORK":    "access arrival attachment claim clock contact correction coverage delivery duty element finding fire hypothesis incident join lesson line measure message proposal protest reading release reply report request stage task verdict",
		"SECRET":  "opening source",
		"LOG":     "checkpoint destroyed entry key restore",
		"MACHINE": "machine person",
	}
	var out []string
	for _, g := range []string{"TERMS", "WORK", "SECRET", "LOG", "MACHINE"} {
		all := strings.Fields(groups[g])
		if !slices.ContainsFunc(all, func(k string) bool { return !slices.Contains(kinds, k) }) {
			out = append(out, g)
			kinds = slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return slices.Contains(all, k) })
		}
	}
	return append(out, kinds...)
}

// TestDecisions writes every post x act x kind x TLP word, for every relation.
func TestDecisions(t *testing.T) {
	p := policy(t)
	var b strings.Builder
	b.WriteString(`Who may do what to which kinds of row. R red, S amber+strict, A amber, G green, C clear: allowed under
that mark; 2: may propose it to a second person. What is not written is refused. Groups of kinds in
capitals are those of policy.cedar. A relation that is missing gives the same as the first.
`)
	cells := 0
	for _, r := range access.Roles() {
		before := ""
		for _, rel := range relations {
			a := answers{}
			for _, do := range access.Actions() {
				for _, kind := range access.Kinds() {
					answer := pattern(p, post(r), do, kind, rel.label)
					if strings.Contains(strings.TrimLeft(answer, "-"), "-") {
						t.Errorf("%s, %s: %s %s: %s: a narrower word of TLP allows what a wider one does not", r, rel.name, do, kind, answer)
					}
					a.add(do, kind, answer)
					cells += len(access.TLPs())
				}
			}
			if before == a.String() {
				continue
			}
			if before == "" {
				before = a.String()
			}
			fmt.Fprintf(&b, "\n%s: %s\n%s", r, rel.name, a)
		}
	}
	t.Logf("%d cells", cells)
	golden(t, "testdata/decisions.golden", b.String())
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
	b.WriteString("What is seen of a row: each grade of field whole (w:) or coarse (c:). What is not written is withheld.\n")
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
			a := answers{}
			for _, do := range []access.Action{access.Read, access.List, access.Subscribe, access.Export, access.Publish, access.Verify} {
				for _, kind := range access.Kinds() {
					a.add(do, kind, seen(p.Fields(post(r), do, kind, c.label, now()), kind))
				}
			}
			fmt.Fprintf(&b, "\n%s: %s\n%s", r, c.name, a)
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
	switch {
	case whole == nil && coarse == nil:
		return no
	case coarse == nil:
		return "w: " + strings.Join(whole, " ") + " :"
	}
	return "w: " + strings.Join(whole, " ") + ", c: " + strings.Join(coarse, " ") + " :"
}
