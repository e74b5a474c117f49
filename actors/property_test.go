package actors

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"truce"
)

// sketch is a register as lines, to be put in any order.
type sketch struct{ actors, steps []string }

func (s sketch) text() string {
	out := head + strings.Join(s.actors, "")
	if len(s.steps) > 0 {
		out += "adherence:\n" + strings.Join(s.steps, "")
	}
	return out
}

// parse reads a sketch. Steps drawn twice are dropped beforehand.
func (s sketch) parse(t *rapid.T) *Register {
	r, problems := Parse("r.yaml", []byte(s.text()))
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, s.text())
	}
	return r
}

const drawnActors = 7

func id(i int) string { return fmt.Sprintf("q%d", i) }

func date(d int) string { return fmt.Sprintf("2016-01-%02d", d) }

// bounds draws "from: ..., to: ..., " of which either may be missing.
func bounds(t *rapid.T, from, to string) string {
	a := rapid.IntRange(0, 20).Draw(t, from)
	b := rapid.IntRange(a+1, 25).Draw(t, to)
	out := ""
	if a > 0 {
		out += fmt.Sprintf("%s: %s, ", from, date(a))
	}
	if b <= 20 {
		out += fmt.Sprintf("%s: %s, ", to, date(b))
	}
	return out
}

func drawActor(t *rapid.T, i int) string {
	kind := rapid.SampledFrom([]string{"umbrella", "coalition", "police", "criminal", "unknown"}).Draw(t, "kind")
	line := fmt.Sprintf("  - {id: %s, kind: %s, names: [Name %d], links: [", id(i), kind, i)
	for range rapid.IntRange(0, 3).Draw(t, "links") {
		j := (i + rapid.IntRange(1, drawnActors-1).Draw(t, "other")) % drawnActors
		link := rapid.SampledFrom(strings.Fields(linkKinds)).Draw(t, "link")
		if link == partOf && j > i { // or a coalition might cover itself
			link = allied
		}
		line += fmt.Sprintf("{%s: %s, %sstanding: %s}, ", link, id(j), bounds(t, "from", "to"), standings(t))
	}
	line += "], listed: ["
	if rapid.IntRange(0, 3).Draw(t, "listed") == 0 {
		line += "{list: un, " + bounds(t, "from", "to") + "}"
	}
	line += "]"
	if kind == "umbrella" || kind == "coalition" {
		j := min(i+rapid.IntRange(1, 3).Draw(t, "member"), drawnActors)
		line += rapid.SampledFrom([]string{"", ", open: yes", ", members: " + id(j), ", members: " + id(j) + ", open: yes"}).Draw(t, "covers")
	}
	return line + "}\n"
}

func standings(t *rapid.T) string {
	return rapid.SampledFrom([]string{"established", "established", "claimed"}).Draw(t, "standing")
}

func drawSteps(t *rapid.T) []string {
	var out []string
	seen := map[string]bool{}
	for range rapid.IntRange(0, 8).Draw(t, "steps") {
		as := rapid.SampledFrom([]string{"p", "o"}).Draw(t, "as")
		at := rapid.IntRange(1, 15).Draw(t, "at")
		who := id(rapid.IntRange(0, drawnActors-1).Draw(t, "actor"))
		where := rapid.SampledFrom([]string{"", "where: SY01, "}).Draw(t, "where")
		if key := fmt.Sprint(as, at, who, where); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		until := rapid.SampledFrom([]string{"", "", "until: " + date(at+3) + ", "}).Draw(t, "until")
		out = append(out, fmt.Sprintf("  - {agreement: x, actor: %s, as: %s, status: %s, at: %s, %s%sby: somebody, standing: %s}\n",
			who, as, rapid.SampledFrom(strings.Fields(statuses)).Draw(t, "status"), date(at), until, where, standings(t)))
	}
	return out
}

func draw(t *rapid.T) sketch {
	var s sketch
	for i := range drawnActors {
		s.actors = append(s.actors, drawActor(t, i))
	}
	s.actors = append(s.actors, fmt.Sprintf("  - {id: %s, kind: criminal, names: [Last]}\n", id(drawnActors)))
	s.steps = drawSteps(t)
	return s
}

// terms are parties that use every key. name spells identifiers.
func drawnTerms(name func(string) string) Membership {
	start := time.Date(2016, 1, 5, 12, 0, 0, 0, time.UTC)
	return Membership{
		Agreement: "x",
		NoticeEnd: func(t time.Time) time.Time { return t.Add(50 * time.Hour) },
		Parties: map[string]Party{
			"p":    {Adhering: true, AdheringFrom: start, Except: []string{"out"}},
			"all":  {Adhering: true, As: "p"},
			"side": {Actors: []string{name("q0"), name("q3")}, With: []string{"associated"}},
			"own":  {Actors: []string{name("q1")}, With: []string{"part-of"}},
			"out":  {Listed: []string{"un"}, Kind: []string{"criminal"}},
			"any":  {Anyone: true, Except: []string{"p", "out"}},
			"sum":  {Parties: []string{"side", "p"}, Except: []string{"own"}},
		},
	}
}

// answers lists what Member says of every actor and party at a time, for three places.
func answers(r *Register, m Membership, at time.Time, name func(string) string) string {
	var b strings.Builder
	for i := range drawnActors {
		for _, p := range m.list() {
			fmt.Fprintf(&b, "%d %s", i, p)
			for _, inside := range []func(string) bool{nil, always(true), always(false)} {
				fmt.Fprintf(&b, " %v", r.Member(m, p, name(id(i)), at, inside))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func always(b bool) func(string) bool { return func(string) bool { return b } }

func same(s string) string { return s }

func moment(t *rapid.T) time.Time {
	return time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-24, 26*24).Draw(t, "hour")) * time.Hour)
}

func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, at, m := draw(t), moment(t), drawnTerms(same)
		other := sketch{rapid.Permutation(s.actors).Draw(t, "actors"), rapid.Permutation(s.steps).Draw(t, "steps")}
		if a, b := answers(s.parse(t), m, at, same), answers(other.parse(t), m, at, same); a != b {
			t.Fatalf("%s\nand in another order\n%s", a, b)
		}
	})
}

func TestRenamingActorsChangesNothing(t *testing.T) {
	turned := func(id string) string { // also turns the sorting round
		return strings.NewReplacer("q0", "z9", "q1", "z8", "q2", "z7", "q3", "z6", "q4", "z5", "q5", "z4", "q6", "z3", "q7", "z2").Replace(id)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, at := draw(t), moment(t)
		var other sketch
		for _, a := range s.actors {
			other.actors = append(other.actors, turned(a))
		}
		for _, a := range s.steps {
			other.steps = append(other.steps, turned(a))
		}
		a, b := answers(s.parse(t), drawnTerms(same), at, same), answers(other.parse(t), drawnTerms(turned), at, turned)
		if a != b {
			t.Fatalf("%s\nand renamed\n%s", a, b)
		}
	})
}

func TestBetweenChangesNothingChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, m, at := draw(t).parse(t), drawnTerms(same), moment(t)
		for i := range drawnActors {
			before, changes := at, r.Changes(m, id(i))
			for _, c := range changes {
				if !c.After(at) {
					before = c
				}
			}
			if !slices.IsSortedFunc(changes, time.Time.Compare) {
				t.Fatal(changes)
			}
			if before.Equal(at) { // nothing before: go back as far as one likes
				if len(changes) == 0 || at.Before(changes[0]) {
					before = at.AddDate(-20, 0, 0)
				}
			}
			for _, p := range m.list() {
				if a, b := r.Member(m, p, id(i), before, nil), r.Member(m, p, id(i), at, nil); a != b {
					t.Fatalf("%s in %s: %v at %v, %v at %v, changes %v", id(i), p, a, before, b, at, changes)
				}
			}
		}
	})
}

// Whatever the claims turn out to be, and wherever it was, a firm answer stands.
func TestAFirmAnswerOutlivesTheClaims(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, at, m := draw(t), moment(t), drawnTerms(same)
		settled := s
		settled.actors, settled.steps = nil, nil
		for _, a := range s.actors {
			settled.actors = append(settled.actors, settleLinks(t, a))
		}
		for _, a := range s.steps {
			if !strings.Contains(a, "claimed") {
				settled.steps = append(settled.steps, a)
			} else if rapid.Bool().Draw(t, "true") {
				settled.steps = append(settled.steps, strings.Replace(a, "claimed", "established", 1))
			}
		}
		before, after := s.parse(t), settled.parse(t)
		for i := range drawnActors {
			for _, p := range m.list() {
				firm := before.Member(m, p, id(i), at, nil)
				for _, inside := range []func(string) bool{nil, always(true), always(false)} {
					if got := after.Member(m, p, id(i), at, inside); firm != truce.Unknown && got != firm {
						t.Fatalf("%s in %s on %v: %v, then %v\n%s\n%s", id(i), p, at, firm, got, s.text(), settled.text())
					}
				}
			}
		}
	})
}

// settleLinks makes each claimed link of an actor's line true or takes it away.
func settleLinks(t *rapid.T, line string) string {
	parts := strings.SplitAfter(line, "}, ")
	for i, part := range parts {
		if strings.Contains(part, "standing: claimed") {
			if rapid.Bool().Draw(t, "true") {
				parts[i] = strings.Replace(part, "claimed", "established", 1)
			} else {
				parts[i] = part[:strings.LastIndex(part, "{")]
			}
		}
	}
	return strings.Join(parts, "")
}
