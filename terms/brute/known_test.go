package brute

import (
	"slices"
	"testing"
	"time"

	"truce"
	"truce/actors"
	"truce/geo"
	"truce/terms"
)

// Each known difference is a small case in which the engine does not say what the
// documents say. The random test steps around it (mask says where); when the engine
// agrees, the mask can go.
type known struct {
	name, why, mask string
	text            string // parties and clauses
	register        string // actors and adherence
	element         truce.Element
	want            truce.Outcome
	rests           string // a fact that Rests must name
	settles         string // a fact that the settling set must name
}

const head = `truce: 1
agreement: brute
title: Known
form: agreement
zone: Asia/Damascus
in_force: 2016-02-27 00:00 ..
facts: {response: [immediate, delayed]}
places: {alpha: {shape: {"type":"Polygon","coordinates":[[[30,10],[31,10],[31,11],[30,11],[30,10]]]}}, rest: {outside: alpha}}
`

const registerHead = "register: 1\nzone: Asia/Damascus\nlists: {blacklist: The black list}\n"

const people = `actors:
  - {id: army, kind: state-forces, names: [army]}
  - {id: front, kind: non-state-armed-group, names: [front]}
  - {id: villagers, kind: civilians, names: [villagers]}
`

func strike() truce.Element {
	at := time.Date(2016, 3, 1, 12, 0, 0, 0, time.UTC)
	return truce.Element{ID: "E", When: []truce.When{{From: at, To: at}}, Acts: []string{"shelling"},
		Where: []truce.Place{{Form: truce.FormDisc, Lat: 12.5, Lon: 33.5, Within: 5000}},
		By:    []string{"army"}, Against: []string{"front"}, Control: []string{"front"}, Means: []truce.Means{{Kind: "mortar"}}}
}

func with(change func(*truce.Element)) truce.Element {
	e := strike()
	change(&e)
	return e
}

func knowns() []known {
	return []known{
		{name: "a target nobody knows may be without arms", mask: "armedTargets",
			why:      "truce.Element: an empty list means all values are possible; an attack on civilians must not be ruled out because nobody said who was hit",
			text:     "parties: {civil: {actors: [villagers]}}\nclauses: [{id: D, forbid: attack, against: civil}]\n",
			register: people, element: with(func(e *truce.Element) { e.Against = nil }), want: truce.Undetermined},
		{name: "ground that nobody is known to hold may be held by whom the register calls unarmed", mask: "armedTargets",
			why:      "as for targets: an empty control means all values are possible",
			text:     "parties: {civil: {actors: [villagers]}}\nclauses: [{id: D, forbid: attack, within: {control: civil}}]\n",
			register: people, element: with(func(e *truce.Element) { e.Control = nil }), want: truce.Undetermined},
		{name: "an act without a target was done to no one", mask: "Case.Nobody, view.in",
			why:      "docs/language.md: anyone is every actor; a missing against is no matter whom, also nobody",
			text:     "parties: {}\nclauses: [{id: D, forbid: attack, against: anyone}]\n",
			register: people, element: with(func(e *truce.Element) { e.Against = []string{"nobody"} }), want: truce.NoViolation},
		{name: "a target nobody knows may be none", mask: "Question.choose",
			why:      "docs/record.md: nobody is a value of against, and an empty field is every value; control already counts nobody in",
			text:     "parties: {all: {anyone: yes}}\nclauses: [{id: D, forbid: attack, against: all}]\n",
			register: people, element: with(func(e *truce.Element) { e.Against = nil }), want: truce.Undetermined},
		{name: "one's own ground is own ground, whoever is bound", mask: "generator.ownGround",
			why:      "docs/language.md: control: own is ground held by the party that acts; a missing by is anyone",
			text:     "parties: {}\nclauses: [{id: D, forbid: attack, within: {control: own}}]\n",
			register: people, element: with(func(e *truce.Element) { e.Control = []string{"army"} }), want: truce.Violation},
		{name: "an unmatched name is in a sum of parties only through them", mask: "Case.hollow",
			why:      "a party without keys of its own adds up others: whoever is in none of these is not in it; membership in a sum is not a fact of its own",
			text:     "parties: {gov: {actors: [army]}, sum: {parties: [gov], except: [gov]}}\nclauses: [{id: D, forbid: attack, by: sum}]\n",
			register: people, element: with(func(e *truce.Element) { e.By = []string{"?strangers"} }), want: truce.NoViolation},
		{name: "by name those whom an umbrella covers unnamed are what the umbrella is", mask: "mixedUnnamed",
			why:      "actors.Register.Member: by name and by link they are what the umbrella is; gov names army, which bloc is not, so one not named is in no party here",
			text:     "parties: {gov: {actors: [army]}, third: {actors: [front], except: [gov]}, odd: {actors: [army, villagers], except: [civil]}, civil: {actors: [villagers, army]}}\nclauses: [{id: D, forbid: attack, by: odd}]\n",
			register: people + "  - {id: bloc, kind: umbrella, names: [bloc], members: [army, front], open: yes}\n",
			element:  with(func(e *truce.Element) { e.By = []string{"bloc"} }), want: truce.NoViolation},
		{name: "whoever may have been part of one that was excluded is out either way", mask: "generator.steps",
			why:  "army was part of front or not: in the one case it was excluded with it, in the other it never accepted",
			text: "parties: {opp: {adhering: yes}}\nclauses: [{id: D, forbid: attack, by: opp}]\n",
			register: `actors:
  - {id: front, kind: non-state-armed-group, names: [front]}
  - {id: army, kind: state-forces, names: [army], links: [{part-of: front, standing: claimed}]}
adherence:
  - {agreement: brute, actor: front, as: opp, status: accepted, at: 2016-02-27, by: them, standing: established}
  - {agreement: brute, actor: front, as: opp, status: excluded, at: 2016-02-28, by: them, standing: established}
`, element: strike(), want: truce.NoViolation},
		{name: "nobody is bound before the time from which adherence counts", mask: "unnamedEarly",
			why:      "docs/language.md: bound from this time or from their own acceptance, whichever is later; also those whom an umbrella covers unnamed",
			text:     "parties: {opp: {adhering: 2016-03-10}}\nclauses: [{id: D, forbid: attack, by: opp}]\n",
			register: people + "  - {id: bloc, kind: umbrella, names: [bloc], members: [army], open: yes}\n",
			element:  with(func(e *truce.Element) { e.By = []string{"bloc"} }), want: truce.NoViolation},
		{name: "what unnamed groups accepted is unknown also before the umbrella's own step", mask: "generator.steps: an open umbrella takes none",
			why:  "docs/register.md: what unnamed groups accepted is unknown; the umbrella's later step does not say that they had not",
			text: "parties: {opp: {adhering: yes}}\nclauses: [{id: D, forbid: attack, by: opp}]\n",
			register: people + "  - {id: bloc, kind: umbrella, names: [bloc], members: [army], open: yes}\n" +
				"adherence: [{agreement: brute, actor: bloc, as: opp, status: accepted, at: 2016-03-10, by: them, standing: established}]\n",
			element: with(func(e *truce.Element) { e.By = []string{"bloc"} }), want: truce.Undetermined},
		{name: "no duty of an agreement binds before all have accepted that it needs", mask: "generator.needs",
			why:      "docs/language.md: with needs the agreement is in force only after each has accepted; a during of its own does not change that",
			text:     "parties: {opp: {adhering: yes}}\nneeds: [opp]\nclauses: [{id: D, forbid: attack, during: 2016-02-20 ..}]\n",
			register: people + "adherence: [{agreement: brute, actor: front, as: opp, status: accepted, at: 2016-05-28, by: them, standing: established}]\n",
			element:  strike(), want: truce.NoViolation},
		{name: "to be named in a party is not to have accepted", mask: "generator.accepting",
			why:      "docs/language.md: provided: accepted asks for an acceptance, as needs does",
			text:     "parties: {opp: {actors: [army], adhering: yes}}\nclauses: [{id: D, forbid: attack, provided: {accepted: [opp], before: 2016-02-28}}]\n",
			register: people, element: strike(), want: truce.NoViolation},
		{name: "that nobody knows what unnamed groups accepted meets no condition", mask: "generator.duty: not beside an open umbrella",
			why:      "provided: accepted should ask the register as needs does (actors.Register.Accepted), not for possible members",
			text:     "parties: {opp: {adhering: yes}}\nclauses: [{id: D, forbid: attack, provided: {accepted: [opp], before: 2016-02-28}}]\n",
			register: people + "  - {id: bloc, kind: umbrella, names: [bloc], members: [army], open: yes}\n",
			element:  strike(), want: truce.NoViolation},
		{name: "an acceptance in May is no condition met in March", mask: "generator.duty: always with before",
			why:      "domain.md HC-T20: judged by the terms and memberships of the day of the act",
			text:     "parties: {opp: {adhering: yes}}\nclauses: [{id: D, forbid: attack, provided: {accepted: [opp]}}]\n",
			register: people + "adherence: [{agreement: brute, actor: front, as: opp, status: accepted, at: 2016-05-28, by: them, standing: established}]\n",
			element:  strike(), want: truce.NoViolation},
		{name: "an acceptance at noon is not before noon", mask: "generator.duty: at half past",
			why:      "before, and half-open intervals everywhere else",
			text:     "parties: {opp: {adhering: yes}}\nclauses: [{id: D, forbid: attack, provided: {accepted: [opp], before: 2016-02-28 12:00}}]\n",
			register: people + "adherence: [{agreement: brute, actor: front, as: opp, status: accepted, at: 2016-02-28 12:00, by: them, standing: established}]\n",
			element:  strike(), want: truce.NoViolation},
		{name: "a violation rests on that it happened", mask: "unnamedByEngine",
			why:      "truce.Verdict: any fact not in Rests may be changed; doubting that it happened makes it undetermined",
			text:     "parties: {}\nclauses: [{id: D, forbid: attack}]\n",
			register: people, element: strike(), want: truce.Violation, rests: "occurrence"},
		{name: "an open verdict rests on the facts of an excuse that nobody raised", mask: "unnamedByEngine",
			why:      "stating response: immediate would make the excuse good and the verdict no violation; likewise raising it",
			text:     "parties: {}\nclauses: [{id: D, forbid: attack, unless: X}, {id: X, excuse: {response: immediate}}]\n",
			register: people, element: with(func(e *truce.Element) { e.Acts = []string{"hostile-act"} }), want: truce.Undetermined, rests: "response"},
		{name: "a verdict by an excuse rests on that it was raised", mask: "tally.restsOn",
			why: "response is open: immediate makes the excuse good, delayed the permit; unless the excuse was raised it does not come up",
			text: `parties: {}
clauses:
  - {id: D, forbid: attack, unless: X}
  - {id: X, excuse: {response: immediate}}
  - {id: P, permit: attack, when: 'response == "delayed"'}
`,
			register: people, element: with(func(e *truce.Element) { e.Raised = []string{"X"} }), want: truce.NoViolation, rests: "raised"},
		{name: "the army is in gov on both sides of an act or on none", mask: "view.in",
			why:  "whether the army is in gov is one fact: if it is, it may act as gov but is no target in opp; if not, it does not act as gov",
			text: "parties: {gov: {actors: [front], with: allied}, opp: {actors: [army], except: [gov]}}\nclauses: [{id: D, forbid: attack, by: gov, against: opp}]\n",
			register: `actors:
  - {id: front, kind: non-state-armed-group, names: [front]}
  - {id: army, kind: state-forces, names: [army], links: [{allied: front, standing: claimed}]}
`, element: with(func(e *truce.Element) { e.Against = nil }), want: truce.NoViolation},
	}
}

func TestKnownDifferences(t *testing.T) {
	for _, k := range knowns() {
		t.Run(k.name, func(t *testing.T) {
			v := k.verdict(t)
			var names []string
			for _, s := range v.Settle {
				if s.Always {
					names = append(names, s.Facts...)
				}
			}
			switch {
			case v.Outcome != k.want:
				t.Errorf("the engine says %s (%s), not %s: %s (stepped around: %s)", v.Outcome, v.Code, k.want, k.why, k.mask)
			case k.rests != "" && !slices.Contains(v.Rests, k.rests):
				t.Errorf("rests on %v, without %s: %s (stepped around: %s)", v.Rests, k.rests, k.why, k.mask)
			case k.settles != "" && !slices.Contains(names, k.settles):
				t.Errorf("settled by %v, without %s: %s (stepped around: %s)", names, k.settles, k.why, k.mask)
			}
		})
	}
}

func (k known) verdict(t *testing.T) truce.Verdict {
	t.Helper()
	a, problems := terms.Parse("known.yaml", []byte(head+k.text), nil)
	if a == nil {
		t.Fatal(problems)
	}
	r, problems := actors.Parse("register.yaml", []byte(registerHead+k.register))
	if r == nil {
		t.Fatal(problems)
	}
	j, problems := terms.Compile(a, terms.Book{Register: r, Atlas: geo.NewAtlas()})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return j.Verdict(terms.NewSubject(geo.NewAtlas(), &k.element), a.Clause("D"))
}
