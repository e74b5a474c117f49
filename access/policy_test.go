package access

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
)

// TestEveryRuleSaysWhy: above every rule stands a comment, and the list of groups at the top
// of the file is the table.
func TestEveryRuleSaysWhy(t *testing.T) {
	lines := strings.Split(Rules(), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "@id(") && !strings.HasPrefix(lines[i-1], "// ") {
			t.Errorf("policy.cedar:%d: %s has no reason above it", i+1, l)
		}
	}
	groups := map[string][]string{}
	for _, k := range kinds {
		groups[k.group] = append(groups[k.group], k.name)
	}
	for _, g := range []string{"terms", "work", "secret", "log", "machine"} {
		slices.Sort(groups[g])
		want := regexp.MustCompile(`//   ` + g + ` +` + strings.Join(groups[g], " ") + `\n`)
		if !want.MatchString(Rules()) {
			t.Errorf("policy.cedar does not list %s: %v", g, groups[g])
		}
	}
}

// TestRulesSpeakOfWhatThereIs: roles, kinds, grades, acts and groups in the rules are known,
// since a misspelt one would match nothing.
func TestRulesSpeakOfWhatThereIs(t *testing.T) {
	known := map[string]bool{"alone": true, "first": true, "second": true}
	for _, words := range [][]string{Kinds(), TLPs(), {"terms", "work", "secret", "log", "machine", "see", "see-coarse"}} {
		for _, w := range words {
			known[w] = true
		}
	}
	for _, r := range Roles() {
		known[string(r)] = true
	}
	for _, a := range Actions() {
		known[string(a)] = true
	}
	for _, g := range Grades() {
		known[string(g)] = true
	}
	for i, l := range strings.Split(Rules(), "\n") {
		if strings.HasPrefix(l, "//") || strings.HasPrefix(l, "@id") {
			continue
		}
		for _, w := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(l, -1) {
			if !known[w[1]] {
				t.Errorf("policy.cedar:%d: %q is nothing", i+1, w[1])
			}
		}
	}
}

// TestFailureCloses is ASVS v5.0.0-16.5.3: a rule that cannot be applied closes, even where
// it would forbid and another permits.
func TestFailureCloses(t *testing.T) {
	open := `@id("open") permit (principal, action, resource is Row);`
	broken := `@id("broken") forbid (principal, action, resource is Row) when { resource.nothing == 1 };`
	for name, c := range map[string]struct {
		text    string
		allowed bool
		why     string
	}{
		"one rule that permits":            {open, true, "open"},
		"and one that cannot be applied":   {open + broken, false, "a rule could not be applied"},
		"no rule at all":                   {``, false, "no rule allows it"},
		"a rule that is about fields only": {`@id("f") permit (principal, action, resource is Field);`, false, "no rule allows it"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := newPolicy([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			d := p.May(Person{ID: "amal", Roles: []Role{Head}}, Read, "report", Label{TLP: Clear}, noon)
			if d.Allowed != c.allowed || d.Why != c.why {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestRulesThatCannotBeRead are refused when the program starts, not when somebody asks.
func TestRulesThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{
		"no rule but words":        `let everybody in`,
		"a rule without a name":    `permit (principal, action, resource is Row);`,
		"two rules with one name":  `@id("a") permit (principal, action, resource is Row); @id("a") permit (principal, action, resource is Field);`,
		"about no type":            `@id("a") forbid (principal, action, resource);`,
		"about another type":       `@id("a") forbid (principal, action, resource is Rwo);`,
		"an act that there is not": `@id("a") forbid (principal, action == Action::"raed", resource is Row);`,
		"acts of a group":          `@id("a") forbid (principal, action in Action::"reading", resource is Row);`,
		"a row's act for a field":  `@id("a") forbid (principal, action == Action::"read", resource is Field);`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newPolicy([]byte(text))
			var e *truce.Error
			if !errors.As(err, &e) || e.Kind != truce.Internal || !strings.HasPrefix(e.At, "policy.cedar") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestQuestionsThatMakeNoSense are refused, whoever asks.
func TestQuestionsThatMakeNoSense(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	head := Person{ID: "amal", Roles: Roles(), TwoFactor: true}
	for name, d := range map[string]Decision{
		"no kind":                       p.May(head, Read, "", Label{TLP: Clear}, noon),
		"a kind that there is not":      p.May(head, Read, "Report", Label{TLP: Clear}, noon),
		"a kind inside another":         p.May(head, Read, "step", Label{TLP: Clear}, noon),
		"no act":                        p.May(head, "", "report", Label{TLP: Clear}, noon),
		"an act that there is not":      p.May(head, "READ", "report", Label{TLP: Clear}, noon),
		"the act on fields":             p.May(head, "see", "report", Label{TLP: Clear}, noon),
		"no mark":                       p.May(head, Read, "report", Label{}, noon),
		"TLP 1.0":                       p.May(head, Read, "report", Label{TLP: "WHITE"}, noon),
		"a person named like a party":   p.May(Person{ID: "party:north", Roles: []Role{Liaison}}, Read, "report", Label{TLP: Red, To: []string{"party:north"}}, noon),
		"a person with a space":         p.May(Person{ID: "a b", Roles: []Role{Monitor}}, Read, "mission", Label{TLP: Clear}, noon),
		"nobody":                        p.May(Person{}, Read, "mission", Label{TLP: Clear}, noon),
		"every post at once, on a case": p.May(head, Read, "report", Label{TLP: Green}, noon),
	} {
		if d.Allowed || d.Two {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestEmptyMeansNobody, the lesson of MISP #4200: an empty list of recipients opened to a
// whole organisation what was meant for nobody.
func TestEmptyMeansNobody(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	everything := slices.DeleteFunc(Actions(), func(a Action) bool { return a == Report || a == Destroy || a == Verify })
	for _, kind := range []string{"mission", "report", "finding", "attachment", "source", "entry", "key"} {
		for _, do := range everything {
			for i, who := range people(append(singles(), Roles())) {
				to := [][]string{nil, {}}[i%2]
				if d := p.May(who, do, kind, Label{TLP: Red, To: to, Originator: "amal", Party: "north"}, noon); d.Allowed || d.Two {
					t.Fatalf("RED for nobody: %v may %s %s", who, do, kind)
				}
			}
		}
	}
	desk := Person{ID: "amal", Roles: []Role{Desk}}
	for name, d := range map[string]Decision{
		"no organisation and none on the mark":   p.May(desk, Read, "report", Label{TLP: Strict}, noon),
		"no purposes, given for one":             p.May(desk, Read, "report", Label{TLP: Clear, Purpose: []string{"protection"}}, noon),
		"ORCON, and nobody to ask":               p.May(desk, Export, "report", Label{TLP: Clear, Orcon: true}, noon),
		"a liaison of no party, no party's word": p.May(Person{ID: "karim", Roles: []Role{Liaison}}, Report, "report", Label{TLP: Amber}, noon),
		"a reader without a name":                p.May(Person{Roles: []Role{Monitor}}, Read, "report", Label{TLP: Strict}, noon),
	} {
		if d.Allowed {
			t.Errorf("%s: %s", name, d.Why)
		}
	}
	if got := p.Labels(desk, Read, "report", nil, noon); got == nil || len(got) != 0 {
		t.Errorf("no labels asked for: %#v", got)
	}
	if got := p.Labels(Person{}, Read, "report", []string{"TLP:CLEAR"}, noon); got == nil || len(got) != 0 {
		t.Errorf("nobody asks: %#v, and nil would mean that nothing was restricted", got)
	}
}

func TestLabelsAreDecidedOneByOne(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	all := []string{
		"TLP:RED TO:karim", "TLP:RED TO:party:north", "TLP:RED", "TLP:AMBER PARTY:north", "TLP:AMBER PARTY:south", "TLP:AMBER",
		"TLP:GREEN PARTY:south", "TLP:CLEAR", "TLP:CLEAR EMBARGO:2016-08-27T12:00:00.001Z", "TLP:CLEAR EMBARGO:2016-08-27T12:00:00.000Z",
		"TLP:GREEN PURPOSE:protection", "TLP:WHITE", "CLEAR", "", "TLP:CLEAR ", "TLP:CLEAR TLP:CLEAR",
	}
	karim := Person{ID: "karim", Roles: []Role{Liaison}, Party: "north"}
	want := []string{"TLP:RED TO:karim", "TLP:RED TO:party:north", "TLP:AMBER PARTY:north", "TLP:GREEN PARTY:south", "TLP:CLEAR",
		"TLP:CLEAR EMBARGO:2016-08-27T12:00:00.000Z"}
	if d := cmp.Diff(want, p.Labels(karim, Read, "report", all, noon)); d != "" {
		t.Errorf("a liaison of north (-want +got):\n%s", d)
	}
	later := noon.Add(time.Millisecond)
	if got := p.Labels(karim, Read, "report", all, later); len(got) != len(want)+1 {
		t.Errorf("a millisecond later: %v", got)
	}
}

// TestARefusalTellsNothing: every refusal is the same error.
func TestARefusalTellsNothing(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, m := 0, newMatrix(singles()); i < 5000; i++ {
		c := m.cell(i)
		d := p.decide(c)
		if d.Allowed != (d.Err() == nil) {
			t.Fatal(d)
		}
		for _, secret := range []string{"amal", "omar", "north", "south", "protection", "relief"} {
			if strings.Contains(d.Why, secret) {
				t.Fatalf("%q tells of %q", d.Why, secret)
			}
		}
		if e := d.Err(); e != nil {
			seen[e.Error()] = true
		}
	}
	if len(seen) != 1 {
		t.Errorf("%v", seen)
	}
}

// TestKindsAreWhole: every field has one grade and a name that JSON writes without escapes,
// and no kind holds itself.
func TestKindsAreWhole(t *testing.T) {
	for _, k := range kinds {
		met := map[string]bool{}
		for _, f := range FieldsOf(k.name) {
			if met[f.Name] {
				t.Errorf("%s.%s has two grades", k.name, f.Name)
			}
			met[f.Name] = true
			if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(f.Name) {
				t.Errorf("%s.%s is not a plain name", k.name, f.Name)
			}
		}
		for field := range k.of {
			if !met[field] {
				t.Errorf("%s.%s holds a kind and is not declared", k.name, field)
			}
		}
		if depth(k.name, 0) > 4 {
			t.Errorf("%s holds itself", k.name)
		}
	}
}

// depth is how many kinds are inside each other, at most 5.
func depth(kind string, at int) int {
	deepest := at
	for _, f := range FieldsOf(kind) {
		if f.Of != "" && at < 5 {
			deepest = max(deepest, depth(f.Of, at+1))
		}
	}
	return deepest
}

// TestNounsAreDeclared holds the table to the nouns of the root: a field that is new there
// must get a grade here, or be named as withheld.
func TestNounsAreDeclared(t *testing.T) {
	withheld := map[string]string{"verdict.state": "a hash over what may be withheld: whoever guesses could check the guess"}
	for kind, noun := range map[string]any{"report": truce.Report{}, "element": truce.Element{}, "verdict": truce.Verdict{}, "step": truce.Step{}} {
		declared := map[string]bool{}
		for _, f := range FieldsOf(kind) {
			declared[f.Name] = true
		}
		for i, of := 0, reflect.TypeOf(noun); i < of.NumField(); i++ {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if declared[name] == (withheld[kind+"."+name] != "") {
				t.Errorf("%s.%s: declared %v", kind, name, declared[name])
			}
		}
	}
}
