package actors

import (
	"strings"
	"testing"
	"time"

	"truce"
)

// parsed reads a register or fails.
func parsed(t testing.TB, text string) *Register {
	t.Helper()
	r, problems := Parse("r.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return r
}

// on reads a time of Damascus.
func on(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	at, ok := parseTime(s, zone)
	if !ok {
		t.Fatal(s)
	}
	return at
}

const land = head + `
  - {id: army, kind: state-forces, names: [Army]}
  - {id: brigade, kind: state-forces, names: [Brigade], links: [{part-of: army, standing: established}]}
  - {id: guest, kind: foreign-non-state-ally, names: [Guest], links: [{supports: brigade, from: 2016-03-01, to: 2016-04-01, standing: established}]}
  - {id: guest-unit, kind: foreign-non-state-ally, names: [Guest unit], links: [{part-of: guest, standing: established}]}
  - {id: friend-of-guest, kind: criminal, names: [Friend], links: [{allied: guest, standing: established}]}
  - {id: locals, kind: state-aligned-militia, names: [Locals], links: [{supports: army, standing: claimed}]}
  - {id: beside, kind: communal-group, names: [Beside], links: [{fought-beside: army, standing: established}]}
  - {id: front, kind: non-state-armed-group, names: [{name: Old Front, to: 2016-07-28}, {name: New Front, from: 2016-07-28}],
     listed: [{list: un, from: 2013-05-30, as: Old Front}]}
  - {id: rest-of-front, kind: non-state-armed-group, names: [Rest], links: [{renamed-from: front, from: 2016-09-01, standing: established}]}
  - {id: wing, kind: non-state-armed-group, names: [Wing], links: [{part-of: front, from: 2016-10-01, to: 2016-11-01, standing: established}]}
  - {id: perhaps-wing, kind: non-state-armed-group, names: [Perhaps], links: [{part-of: front, standing: claimed}]}
  - {id: a, kind: non-state-armed-group, names: [A]}
  - {id: a-unit, kind: non-state-armed-group, names: [A unit], links: [{part-of: a, standing: established}]}
  - {id: b, kind: non-state-armed-group, names: [B]}
  - {id: c, kind: non-state-armed-group, names: [C]}
  - {id: d, kind: non-state-armed-group, names: [D]}
  - {id: e, kind: non-state-armed-group, names: [E]}
  - {id: f, kind: non-state-armed-group, names: [F]}
  - {id: g, kind: non-state-armed-group, names: [G]}
  - {id: mystery, kind: unknown, names: [Mystery]}
  - {id: both, kind: umbrella, members: [a, b], names: [Both]}
  - {id: many, kind: umbrella, open: yes, members: [both, front, g], names: [Many]}
  - {id: empty, kind: umbrella, names: [Empty]}
  - {id: room, kind: coalition, names: [Room]}
  - {id: x, kind: police, names: [X], links: [{part-of: y, standing: established}]}
  - {id: y, kind: police, names: [Y], links: [{part-of: x, standing: established}]}
adherence:
  - {agreement: pact, actor: a, as: rebels, status: accepted, at: 2016-02-26 10:00, by: A, standing: established}
  - {agreement: pact, actor: a, as: rebels, status: suspended, at: 2016-05-01, until: 2016-05-08, by: A, standing: established}
  - {agreement: pact, actor: a, as: rebels, status: notice, at: 2016-06-01, by: A, standing: established}
  - {agreement: pact, actor: b, as: rebels, status: acceded, at: 2016-03-06, by: monitors, standing: established}
  - {agreement: pact, actor: b, as: rebels, status: withdrawn, at: 2016-05-01, by: a paper, standing: claimed}
  - {agreement: pact, actor: c, as: rebels, status: deemed, at: 2016-03-01, where: SY03, by: monitors, standing: established}
  - {agreement: pact, actor: d, as: rebels, status: accepted, at: 2016-03-01, by: a paper, standing: claimed}
  - {agreement: pact, actor: e, as: rebels, status: accepted, at: 2016-03-01, by: E, standing: established}
  - {agreement: pact, actor: e, as: rebels, status: excluded, at: 2016-04-01, where: [SY02], by: ministers, standing: established}
  - {agreement: pact, actor: f, as: rebels, status: accepted, at: 2016-03-01, until: 2016-03-15, by: F, standing: established}
  - {agreement: pact, actor: many, as: rebels, status: accepted, at: 2016-02-26, by: a committee, standing: established}
  - {agreement: pact, actor: army, as: government, status: accepted, at: 2016-02-23, by: the ministry, standing: established}
`

func pact(t testing.TB) Membership {
	return Membership{
		Agreement: "pact",
		NoticeEnd: func(at time.Time) time.Time { return at.AddDate(0, 0, 14) },
		Parties: map[string]Party{
			"army":        {Actors: []string{"army"}},
			"units":       {Actors: []string{"army"}, With: []string{"part-of"}},
			"government":  {Actors: []string{"army"}, With: []string{"associated"}},
			"rebels":      {Adhering: true, AdheringFrom: on(t, "2016-02-26 12:00"), Except: []string{"excluded"}},
			"insurgents":  {Adhering: true, As: "rebels"},
			"excluded":    {Listed: []string{"un"}},
			"everyone":    {Parties: []string{"government", "rebels"}},
			"all-but":     {Anyone: true, Except: []string{"excluded"}},
			"states":      {Kind: []string{"state-forces", "foreign-state-forces"}},
			"groups":      {Kind: []string{"non-state-armed-group"}},
			"the-many":    {Actors: []string{"many"}},
			"police":      {Actors: []string{"y"}, With: []string{"part-of"}},
			"snake":       {Parties: []string{"snake"}, Actors: []string{"army"}},
			"nothing":     {},
			"but-unknown": {Actors: []string{"army"}, Except: []string{"undeclared"}},
		},
	}
}

func TestWhoBelongs(t *testing.T) {
	in, out := func(string) bool { return true }, func(string) bool { return false }
	tests := map[string]struct {
		party, actor, at string
		inside           func(string) bool
		want             truce.Tri
	}{
		"named":                                     {"army", "army", "2016-03-05", nil, truce.Yes},
		"part of the named, without with":           {"army", "brigade", "2016-03-05", nil, truce.No},
		"part of the named":                         {"units", "brigade", "2016-03-05", nil, truce.Yes},
		"supports a part of the named":              {"government", "guest", "2016-03-05", nil, truce.Yes},
		"support not yet begun":                     {"government", "guest", "2016-02-29 23:59", nil, truce.No},
		"support at its first instant":              {"government", "guest", "2016-03-01", nil, truce.Yes},
		"support at its end":                        {"government", "guest", "2016-04-01", nil, truce.No},
		"support does not count as part":            {"units", "guest", "2016-03-05", nil, truce.No},
		"part of a supporter":                       {"government", "guest-unit", "2016-03-05", nil, truce.Yes},
		"ally of a supporter":                       {"government", "friend-of-guest", "2016-03-05", nil, truce.No},
		"support that is only claimed":              {"government", "locals", "2016-03-05", nil, truce.Unknown},
		"fought beside once":                        {"government", "beside", "2016-03-05", nil, truce.No},
		"accepted":                                  {"rebels", "a", "2016-02-26 12:00", nil, truce.Yes},
		"accepted but before the party's first day": {"rebels", "a", "2016-02-26 11:00", nil, truce.No},
		"the same without a first day":              {"insurgents", "a", "2016-02-26 11:00", nil, truce.Yes},
		"before its own acceptance":                 {"insurgents", "a", "2016-02-26 09:59", nil, truce.No},
		"part of one that accepted":                 {"rebels", "a-unit", "2016-03-05", nil, truce.Yes},
		"suspended":                                 {"rebels", "a", "2016-05-03", nil, truce.No},
		"suspension over":                           {"rebels", "a", "2016-05-08", nil, truce.Yes},
		"notice running":                            {"rebels", "a", "2016-06-14", nil, truce.Yes},
		"notice run out":                            {"rebels", "a", "2016-06-15", nil, truce.No},
		"two days before it acceded":                {"rebels", "b", "2016-03-04", nil, truce.No},
		"acceded":                                   {"rebels", "b", "2016-03-06", nil, truce.Yes},
		"its leaving is only claimed":               {"rebels", "b", "2016-05-02", nil, truce.Unknown},
		"bound only there, and there":               {"rebels", "c", "2016-03-05", in, truce.Yes},
		"bound only there, and elsewhere":           {"rebels", "c", "2016-03-05", out, truce.No},
		"bound only there, place open":              {"rebels", "c", "2016-03-05", nil, truce.Unknown},
		"acceptance only claimed":                   {"rebels", "d", "2016-03-05", nil, truce.Unknown},
		"before the claimed acceptance":             {"rebels", "d", "2016-02-29", nil, truce.No},
		"shut out there, and there":                 {"rebels", "e", "2016-04-02", in, truce.No},
		"shut out there, and elsewhere":             {"rebels", "e", "2016-04-02", out, truce.Yes},
		"shut out there, place open":                {"rebels", "e", "2016-04-02", nil, truce.Unknown},
		"acceptance for a fortnight, in it":         {"rebels", "f", "2016-03-14", nil, truce.Yes},
		"acceptance for a fortnight, after":         {"rebels", "f", "2016-03-15", nil, truce.No},
		"no step of its own, an umbrella's is":      {"rebels", "g", "2016-03-05", nil, truce.Unknown},
		"the same before the umbrella's":            {"rebels", "g", "2016-02-25", nil, truce.No},
		"another party's acceptance":                {"rebels", "army", "2016-03-05", nil, truce.No},
		"listed under its old name":                 {"excluded", "front", "2016-08-01", nil, truce.Yes},
		"before it was listed":                      {"excluded", "front", "2013-05-29", nil, truce.No},
		"renamed from one that is listed":           {"excluded", "rest-of-front", "2016-09-02", nil, truce.Yes},
		"part of one that is listed":                {"excluded", "wing", "2016-10-02", nil, truce.Yes},
		"no longer part of it":                      {"excluded", "wing", "2016-11-01", nil, truce.No},
		"part of it by a claim":                     {"excluded", "perhaps-wing", "2016-10-02", nil, truce.Unknown},
		"listed, so not a rebel of the terms":       {"rebels", "front", "2016-03-05", nil, truce.No},
		"in one of several parties":                 {"everyone", "brigade", "2016-03-05", nil, truce.Yes},
		"in none of several parties":                {"everyone", "beside", "2016-03-05", nil, truce.No},
		"by kind":                                   {"states", "brigade", "2016-03-05", nil, truce.Yes},
		"by kind, another":                          {"states", "a", "2016-03-05", nil, truce.No},
		"by kind, kind unknown":                     {"states", "mystery", "2016-03-05", nil, truce.Unknown},
		"links in a circle":                         {"police", "x", "2016-03-05", nil, truce.Yes},
		"a party inside itself, named":              {"snake", "army", "2016-03-05", nil, truce.Yes},
		"a party inside itself, not named":          {"snake", "a", "2016-03-05", nil, truce.Unknown},
		"an empty party":                            {"nothing", "army", "2016-03-05", nil, truce.No},
		"an undeclared party":                       {"undeclared", "army", "2016-03-05", nil, truce.Unknown},
		"less an undeclared party":                  {"but-unknown", "army", "2016-03-05", nil, truce.Unknown},
		"less an undeclared party, not in anyhow":   {"but-unknown", "a", "2016-03-05", nil, truce.No},
		"anyone":                                   {"anyone", "a", "2016-03-05", nil, truce.Yes},
		"nobody":                                   {"nobody", "a", "2016-03-05", nil, truce.No},
		"outsider, anyone":                         {"anyone", "*", "2016-03-05", nil, truce.Yes},
		"outsider, rebels":                         {"rebels", "*", "2016-03-05", nil, truce.No},
		"outsider, anyone but the listed":          {"all-but", "*", "2016-03-05", nil, truce.Yes},
		"unmatched name, anyone":                   {"anyone", "?Foo", "2016-03-05", nil, truce.Yes},
		"unmatched name, nobody":                   {"nobody", "?Foo", "2016-03-05", nil, truce.No},
		"unmatched name, rebels":                   {"rebels", "?Foo", "2016-03-05", nil, truce.Unknown},
		"unmatched name, anyone but the listed":    {"all-but", "?Foo", "2016-03-05", nil, truce.Unknown},
		"identifier nobody has":                    {"rebels", "foo", "2016-03-05", nil, truce.Unknown},
		"umbrella, all members in":                 {"insurgents", "both", "2016-03-06", nil, truce.Yes},
		"umbrella, one member in":                  {"insurgents", "both", "2016-03-04", nil, truce.Unknown},
		"umbrella, no member in":                   {"government", "both", "2016-03-04", nil, truce.No},
		"open umbrella, all named members alike":   {"groups", "many", "2016-03-04", nil, truce.Yes},
		"open umbrella, no member in":              {"government", "many", "2016-03-04", nil, truce.No},
		"open umbrella, adherence":                 {"insurgents", "many", "2016-03-07", nil, truce.Unknown},
		"open umbrella with a listed member":       {"excluded", "many", "2016-03-07", nil, truce.Unknown},
		"umbrella named as a party":                {"the-many", "many", "2016-03-07", nil, truce.Yes},
		"member of an umbrella named as a party":   {"the-many", "a", "2016-03-07", nil, truce.Yes},
		"umbrella of nobody":                       {"insurgents", "empty", "2016-03-07", nil, truce.Unknown},
		"coalition without members acts as itself": {"government", "room", "2016-03-07", nil, truce.No},
	}
	r, m := parsed(t, land), pact(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.Member(m, tt.party, tt.actor, on(t, tt.at), tt.inside); got != tt.want {
				t.Errorf("%s in %s on %s: %v, want %v: %s", tt.actor, tt.party, tt.at, got, tt.want, r.Why(m, tt.party, tt.actor, on(t, tt.at)))
			}
		})
	}
}

func TestNoticeEndsAtOnceWhereTheTextSetsNoLength(t *testing.T) {
	r, m := parsed(t, land), pact(t)
	m.NoticeEnd = nil
	if got := r.Member(m, "rebels", "a", on(t, "2016-06-01"), nil); got != truce.No {
		t.Error(got)
	}
}

func TestWhyNamesTheRecord(t *testing.T) {
	tests := map[string]struct {
		party, actor, at, want string
	}{
		"listed under another name": {"excluded", "front", "2016-08-01", "New Front is on the UN list since 2013-05-30, as Old Front"},
		"listed by a body it is in": {"excluded", "wing", "2016-10-02", "Wing is part of New Front since 2016-10-01, and New Front is on the UN list since 2013-05-30, as Old Front"},
		"taken away":                {"rebels", "front", "2016-03-05", "Old Front is on the UN list since 2013-05-30, as Old Front, so that rebels does not count it"},
		"accepted":                  {"rebels", "b", "2016-03-07", "B acceded to pact as rebels on 2016-03-06, by the word of monitors"},
		"too early":                 {"rebels", "a", "2016-02-26 11:00", "A accepted pact as rebels on 2016-02-26, by the word of A, but is bound only later"},
		"claimed":                   {"rebels", "d", "2016-03-05", "D accepted pact as rebels on 2016-03-01, by the word of a paper (only claimed)"},
		"an umbrella's word":        {"rebels", "g", "2016-03-05", "Many accepted pact as rebels on 2016-02-26, by the word of a committee; nobody said whether G is meant"},
		"linked":                    {"government", "guest", "2016-03-05", "Guest supports Brigade since 2016-03-01, Brigade is part of Army, and Army is named in government"},
		"named":                     {"government", "army", "2016-03-05", "Army is named in government"},
		"by kind":                   {"states", "army", "2016-03-05", "Army is of the kind state-forces"},
		"nothing":                   {"government", "beside", "2016-03-05", "nothing on record puts Beside in government"},
		"unmatched":                 {"rebels", "?Foo", "2016-03-05", `the register does not know "Foo", who may be anybody`},
		"outsider":                  {"rebels", "*", "2016-03-05", "an actor that no register names is in no party that names its members"},
		"several":                   {"insurgents", "both", "2016-03-04", "Both stands for several actors, for whom the answers differ or are open"},
	}
	r, m := parsed(t, land), pact(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.Why(m, tt.party, tt.actor, on(t, tt.at)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhoIsBehindAName(t *testing.T) {
	tests := map[string]struct {
		id   string
		want string
		open bool
	}{
		"a group is itself":                    {"a", "a", false},
		"an umbrella":                          {"both", "a b", false},
		"an open umbrella of umbrellas":        {"many", "a b front g", true},
		"a coalition without members":          {"room", "room", false},
		"an umbrella of nobody":                {"empty", "", true},
		"a name that the register cannot know": {"?Foo", "?Foo", false},
	}
	r := parsed(t, land)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, open := r.Expand(tt.id, on(t, "2016-03-05"))
			if strings.Join(got, " ") != tt.want || open != tt.open {
				t.Errorf("got %q, open %v", got, open)
			}
		})
	}
}

func TestAcceptedByAtLeastOne(t *testing.T) {
	r, m := parsed(t, land), pact(t)
	for at, want := range map[string]truce.Tri{"2016-02-22": truce.No, "2016-02-25": truce.No, "2016-02-26": truce.Yes} {
		if got := r.Accepted(m, "rebels", on(t, at)); got != want {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
	if got := r.Accepted(Membership{Agreement: "other"}, "rebels", on(t, "2016-03-05")); got != truce.No {
		t.Error(got)
	}
}

func TestAreasOfAcceptances(t *testing.T) {
	if got := strings.Join(parsed(t, land).Areas("pact"), " "); got != "SY02 SY03" {
		t.Error(got)
	}
}

func TestWhoCanActWithForce(t *testing.T) {
	got := " " + strings.Join(parsed(t, head+`
  - {id: un, kind: international-mission, names: [UN]}
  - {id: sarc, kind: humanitarian, names: [SARC]}
  - {id: people, kind: civilians, names: [People]}
  - {id: committee, kind: political-body, names: [Committee]}
  - {id: rebels, kind: umbrella, names: [Rebels]}
  - {id: mystery, kind: unknown, names: [Mystery]}
  - {id: army, kind: state-forces, names: [Army]}
`).Candidates(), " ") + " "
	if got != " army mystery " {
		t.Error(got)
	}
}
