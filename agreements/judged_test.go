package agreements_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/actors"
	"truce/agreements"
	"truce/geo"
	"truce/terms"
)

// adherence of the actors that the cases need. The single groups are made up.
const adherence = `
  - {agreement: sy-coh-2016-02, actor: syrian-armed-forces, as: government, status: accepted, at: 2016-02-23, by: its word, standing: established}
  - {agreement: sy-coh-2016-02, actor: group-a, as: opposition, status: accepted, at: 2016-02-26, by: its word, standing: established}
  - {agreement: sy-coh-2016-02, actor: group-b, as: opposition, status: accepted, at: 2016-02-26, by: its word, standing: established}
  - {agreement: sy-coh-2016-02, actor: late-group, as: opposition, status: accepted, at: 2016-03-06, by: its word, standing: established}
  - {agreement: sy-cessation-2016-09, actor: group-a, as: opposition, status: accepted, at: 2016-09-10, by: its word, standing: established}
  - {agreement: sy-cessation-2016-09, actor: group-b, as: opposition, status: accepted, at: 2016-09-10, by: its word, standing: established}
  - {agreement: south-sudan-2017, actor: nas, as: signatories, status: accepted, at: 2017-12-21, by: its word, standing: established}
  - {agreement: south-sudan-2018, actor: splm-io, as: signatories, status: accepted, at: 2018-09-12, by: its word, standing: established}
`

var extra = []string{"group-a", "group-b", "late-group", "never-group", "nas", "splm-io"}

// register knows every actor that some agreement names, and the extra ones.
func register(t *testing.T) *actors.Register {
	t.Helper()
	ids := slices.Clone(extra)
	for _, name := range names(t, "*.yaml") {
		if a := parse(t, name); a != nil {
			for _, p := range a.Parties {
				ids = append(ids, p.Actors...)
			}
		}
	}
	slices.Sort(ids)
	var b strings.Builder
	b.WriteString("register: 1\nzone: Asia/Damascus\nlists: {un-security-council: the list}\nactors:\n")
	for _, id := range slices.Compact(ids) {
		fmt.Fprintf(&b, "  - {id: %s, kind: unknown, names: [%s]}\n", id, id)
	}
	b.WriteString("adherence:" + adherence)
	r, problems := actors.Parse("register", []byte(b.String()))
	if r == nil {
		t.Fatal(problems)
	}
	return r
}

func TestEveryAgreementCompiles(t *testing.T) {
	book := terms.Book{Register: register(t), Atlas: geo.NewAtlas()}
	for _, name := range names(t, "*.yaml") {
		if a := parse(t, name); a != nil {
			_, problems := terms.Compile(a, book)
			for _, p := range problems {
				t.Error(p)
			}
		}
	}
}

func at(s string) []truce.When {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return []truce.When{{From: t, To: t}}
}

func between(a, b string, lasts bool) []truce.When {
	return []truce.When{{From: at(a)[0].From, To: at(b)[0].From, Lasts: lasts}}
}

func near(lat, lon, metres float64) []truce.Place {
	return []truce.Place{{Form: truce.FormDisc, Lat: lat, Lon: lon, Within: metres}}
}

func said(words string) truce.Values { return truce.Values{Words: []string{words}} }

type element = truce.Element

// TestHardCases holds the files against cases whose answer was worked out by hand. Damascus
// was at +02:00 until 25 March 2016 and at +03:00 after.
func TestHardCases(t *testing.T) {
	army, a, b := []string{"syrian-armed-forces"}, []string{"group-a"}, []string{"group-b"}
	spring, truceDay := at("2016-04-10T12:00:00+03:00"), at("2016-09-13T12:00:00+03:00")
	shelling := []string{"shelling"}
	city := near(36.2, 37.15, 500)
	self := map[string]truce.Values{"incoming": said("yes"), "response": said("immediate"), "scale": said("proportionate")}
	guns := func(mm float64) []truce.Means {
		return []truce.Means{{Kind: "gun", Num: map[string]truce.Range{"calibre": {Low: mm, High: mm}}}}
	}
	tank, soldier := []truce.Means{{Kind: "tank"}}, []truce.Means{{Kind: "personnel"}}
	// The sketched road passes 36.249 N, 37.135 E, three degrees off due east, so that the way
	// north is longer than the distance by less than two in a thousand.
	northGive := func(m, give float64) []truce.Place { return near(36.249+m/110.97e3, 37.135, give) }
	north := func(m float64) []truce.Place { return northGive(m, 5) }
	// The sketched contact line passes 48.12 N, 37.78 E; 37.65 E is some ten kilometres west of it.
	cases := []struct {
		name, file, clause string
		e                  element
		outcome            truce.Outcome
		code               string
	}{
		{"T1 ten minutes before the start", "sy-coh-2016-02", "G2", element{When: at("2016-02-26T23:50:00+02:00"), Acts: shelling, By: army, Against: a}, truce.NoViolation, "NV-TIME"},
		{"T2 at the start", "sy-coh-2016-02", "G2", element{When: at("2016-02-27T00:00:00+02:00"), Acts: shelling, By: army, Against: a}, truce.Violation, "V"},
		{"T3 half past midnight in Moscow", "sy-coh-2016-02", "G2", element{When: at("2016-02-27T00:30:00+03:00"), Acts: shelling, By: army, Against: a}, truce.NoViolation, "NV-TIME"},
		{"T5 on 12 September, no hour", "sy-cessation-2016-09", "N1", element{When: between("2016-09-12T00:00:00+03:00", "2016-09-13T00:00:00+03:00", false), Acts: []string{"air-strike"}, By: army, Against: a}, truce.Undetermined, "UD-TIME"},
		{"T8 a fight from 26 to 28 February", "sy-coh-2016-02", "G2", element{When: between("2016-02-26T00:00:00+02:00", "2016-02-29T00:00:00+02:00", true), Acts: shelling, By: army, Against: a}, truce.Violation, "V"},
		{"T9 one rocket from 26 to 28 February", "sy-coh-2016-02", "G2", element{When: between("2016-02-26T00:00:00+02:00", "2016-02-29T00:00:00+02:00", false), Acts: shelling, By: army, Against: a}, truce.Undetermined, "UD-TIME"},
		{"T13 half past midnight after Eid", "sy-eid-calm-2016-07", "E1", element{When: at("2016-07-09T00:30:00+03:00"), Acts: shelling, By: army, Against: a}, truce.Undetermined, "UD-READING"},
		{"T15 Aleppo on 4 May", "sy-aleppo-calm-2016-05", "A1", element{When: at("2016-05-04T10:00:00+03:00"), Where: city, Acts: shelling, By: army, Against: a}, truce.Undetermined, "UD-READING"},
		{"T16 shelling through the end of a window", "sy-aleppo-windows-2016-08", "R1", element{When: between("2016-08-15T12:50:00+03:00", "2016-08-15T13:20:00+03:00", true), Where: city, Acts: shelling, By: []string{"russian-aerospace-forces"}}, truce.Violation, "V"},
		{"T21 last minute of the first 48 hours", "sy-cessation-2016-09", "N1", element{When: at("2016-09-14T18:59:00+03:00"), Acts: shelling, By: a, Against: army}, truce.Violation, "V"},
		{"a proposal nobody accepted", "sy-aleppo-pause-2016-08", "W1", element{When: at("2016-08-29T12:00:00+03:00"), Where: city, Acts: shelling, By: army, Against: a}, truce.NoViolation, "NV-TIME"},
		{"freeze between its two ends", "sy-freeze-2016-09", "Z1", element{When: at("2016-09-19T12:00:00+03:00"), Acts: shelling, By: army, Against: a}, truce.Undetermined, "UD-READING"},

		{"P3 Daesh attacks", "sy-coh-2016-02", "O2", element{When: spring, Acts: shelling, By: []string{"daesh"}, Against: army}, truce.NoViolation, "NV-ACTOR"},
		{"P4 the army shells Daesh", "sy-coh-2016-02", "G2", element{When: spring, Acts: shelling, By: army, Against: []string{"daesh"}}, truce.NoViolation, "NV-TARGET"},
		{"P4 the same in September", "sy-cessation-2016-09", "N1", element{When: truceDay, Acts: shelling, By: army, Against: []string{"daesh"}}, truce.NoViolation, "NV-EXCEPT"},
		{"P8 a group that never accepted", "sy-coh-2016-02", "G2", element{When: spring, Acts: shelling, By: army, Against: []string{"never-group"}}, truce.NoViolation, "NV-TARGET"},
		{"P9 the same group attacks", "sy-coh-2016-02", "O2", element{When: spring, Acts: shelling, By: []string{"never-group"}, Against: army}, truce.NoViolation, "NV-ACTOR"},
		{"P11 two days before it accepts", "sy-coh-2016-02", "O2", element{When: at("2016-03-04T12:00:00+02:00"), Acts: shelling, By: []string{"late-group"}, Against: army}, truce.NoViolation, "NV-ACTOR"},
		{"P18 two accepting groups fight", "sy-coh-2016-02", "O2", element{When: spring, Acts: shelling, By: a, Against: b}, truce.NoViolation, "NV-TARGET"},
		{"P18 one takes ground from the other", "sy-coh-2016-02", "O3", element{When: spring, Acts: []string{"gain-ground"}, By: a, Against: b}, truce.Violation, "V"},
		{"P19 two accepting groups fight in September", "sy-cessation-2016-09", "N1", element{When: truceDay, Acts: shelling, By: a, Against: b}, truce.Violation, "V"},
		{"P20 the Coalition hits soldiers", "sy-coh-2016-02", "G2", element{When: at("2016-09-17T17:00:00+03:00"), Acts: []string{"air-strike"}, By: []string{"coalition"}, Against: army}, truce.NoViolation, "NV-ACTOR"},
		{"P20 the protection by procedure", "sy-coh-2016-02", "PROC", element{When: at("2016-09-17T17:00:00+03:00"), Acts: []string{"air-strike"}, By: []string{"coalition"}, Against: army}, truce.Violation, "V"},
		{"P23 NAS under the text it signed", "south-sudan-2017", "SS1", element{When: at("2019-02-10T12:00:00+03:00"), Acts: shelling, By: []string{"nas"}}, truce.Violation, "V"},
		{"P23 NAS under the text it did not sign", "south-sudan-2018", "R1", element{When: at("2019-02-10T12:00:00+03:00"), Acts: shelling, By: []string{"nas"}}, truce.NoViolation, "NV-ACTOR"},

		{"M1 an undetermined explosion", "minsk-2015", "M1", element{When: spring, Where: near(48.1, 37.8, 3000), Acts: []string{"explosion"}}, truce.Violation, ""},
		{"M2 a notified controlled detonation", "minsk-2015", "M1", element{When: spring, Where: near(48.1, 37.8, 3000), Acts: []string{"controlled-detonation"}, Facts: map[string]truce.Values{"notified": said("yes")}}, truce.NoViolation, "NV-NOTIFIED"},
		{"M3 a gun of 85 mm", "minsk-2015", "M2-guns", element{When: spring, Where: near(48.12, 37.65, 50), Acts: []string{"presence"}, By: []string{"ukrainian-armed-forces"}, Means: guns(85)}, truce.NoViolation, "NV-MEANS"},
		{"a gun of 152 mm at ten kilometres", "minsk-2015", "M2-guns", element{When: spring, Where: near(48.12, 37.65, 50), Acts: []string{"presence"}, By: []string{"ukrainian-armed-forces"}, Means: guns(152)}, truce.Violation, "V"},
		{"M5 artillery of unknown calibre", "minsk-2015", "M2-guns", element{When: spring, Where: near(48.12, 37.65, 50), Acts: []string{"presence"}, By: []string{"ukrainian-armed-forces"}, Means: []truce.Means{{Kind: "artillery"}}}, truce.Undetermined, "UD-MEANS"},
		{"M6 a mortar of 120 mm", "minsk-addendum-2015-09", "M4", element{When: spring, Where: near(48.12, 37.65, 50), Acts: []string{"presence"}, By: []string{"ukrainian-armed-forces"}, Means: []truce.Means{{Kind: "mortar", Num: map[string]truce.Range{"calibre": {Low: 120, High: 120}}}}}, truce.Violation, "V"},
		{"M7 an unarmed helicopter", "sy-cessation-2016-09", "N9", element{When: truceDay, Acts: []string{"non-combat-flight"}, By: army}, truce.NoViolation, "NV-ACT"},
		{"a combat flight over nobody knows what", "sy-cessation-2016-09", "N9", element{When: truceDay, Acts: []string{"combat-flight"}, By: army}, truce.Undetermined, ""},
		{"M9 a drone of unknown owner", "minsk-measures-2020-07", "M6-air", element{When: at("2020-08-01T12:00:00+03:00"), Acts: []string{"drone-flight"}}, truce.Undetermined, "UD-ACTOR"},
		{"M10 a cleared convoy turned back", "sy-coh-2016-02", "G4", element{When: at("2016-05-12T12:00:00+03:00"), Acts: []string{"refuse-access"}, By: army, Control: army, Facts: map[string]truce.Values{"cleared": said("yes")}}, truce.Violation, "V"},
		{"M11 burns kits taken off", "sy-coh-2016-02", "G4", element{When: at("2016-06-09T12:00:00+03:00"), Acts: []string{"remove-goods"}, By: army, Control: army}, truce.Violation, "V"},
		{"M16 arrests", "sy-coh-2016-02", "G2", element{When: spring, Acts: []string{"arrest"}, By: army, Against: a}, truce.NoViolation, "NV-ACT"},
		{"M17 a town got by a deal", "sy-coh-2016-02", "G3", element{When: at("2016-08-26T12:00:00+03:00"), Acts: []string{"gain-ground"}, By: army, Against: a, Facts: map[string]truce.Values{"deal": said("yes")}}, truce.Undetermined, "UD-READING"},
		{"M17 the same called a handover", "sy-coh-2016-02", "G3", element{When: at("2016-08-26T12:00:00+03:00"), Acts: []string{"hand-over-ground"}, By: army, Against: a}, truce.Undetermined, "UD-READING"},
		{"M17 the siege, refusal shown", "sy-coh-2016-02", "G4-siege", element{When: at("2016-08-20T12:00:00+03:00"), Acts: []string{"siege"}, By: army, Facts: map[string]truce.Values{"refused": said("yes")}}, truce.Violation, "V"},
		{"M18 ground taken back", "sy-coh-2016-02", "G3", element{When: spring, Acts: []string{"gain-ground"}, By: army, Against: a}, truce.Violation, "V"},
		{"M20 an entry, no word on effort", "sy-cessation-2016-09", "N7", element{When: truceDay, Acts: []string{"entry-through-held-ground"}, By: a}, truce.Undetermined, ""},
		{"M20 no effort was made", "sy-cessation-2016-09", "N7", element{When: truceDay, Acts: []string{"entry-through-held-ground"}, By: a, Facts: map[string]truce.Values{"effort": said("not-made")}}, truce.Violation, ""},

		{"L1 a tank 3,600 m north", "sy-cessation-2016-09", "N3-government-heavy", element{When: truceDay, Where: north(3600), Acts: []string{"presence"}, By: army, Means: tank}, truce.NoViolation, "NV-AREA"},
		{"L2 a tank 3,480 m north, give or take", "sy-cessation-2016-09", "N3-government-heavy", element{When: truceDay, Where: northGive(3480, 50), Acts: []string{"presence"}, By: army, Means: tank}, truce.Undetermined, "UD-PLACE"},
		{"L3 a tank 900 m north", "sy-cessation-2016-09", "N3-government-heavy", element{When: truceDay, Where: north(900), Acts: []string{"presence"}, By: army, Means: tank}, truce.Violation, "V"},
		{"L5 a soldier 700 m south", "sy-cessation-2016-09", "N3-government-personnel", element{When: truceDay, Where: north(-700), Acts: []string{"presence"}, By: army, Means: soldier}, truce.NoViolation, "NV-AREA"},
		{"L6 a soldier 700 m north", "sy-cessation-2016-09", "N3-government-personnel", element{When: truceDay, Where: north(700), Acts: []string{"presence"}, By: army, Means: soldier}, truce.Violation, "V"},
		{"L12 far from Hudaydah", "hudaydah-2018", "H1", element{When: at("2019-03-01T12:00:00+03:00"), Where: near(15.35, 44.2, 5000), Acts: shelling, By: []string{"ansar-allah"}}, truce.NoViolation, "NV-AREA"},

		{"X1 an answer in kind", "sy-coh-2016-02", "G2", element{When: spring, Acts: []string{"small-arms-fire"}, By: army, Against: a, Facts: self, Raised: []string{"self-defence"}}, truce.NoViolation, "NV-EXCEPT"},
		{"X4 only claimed", "sy-coh-2016-02", "G2", element{When: spring, Acts: shelling, By: army, Against: a, Raised: []string{"self-defence"}}, truce.Undetermined, "UD-EXCEPT"},
		{"X5 claimed, nobody fired", "sy-coh-2016-02", "G2", element{When: spring, Acts: shelling, By: army, Against: a, Raised: []string{"self-defence"}, Facts: map[string]truce.Values{"incoming": said("no")}}, truce.Violation, "V"},
		{"X6 an offensive in answer to breaches", "sy-coh-2016-02", "O2", element{When: spring, Acts: []string{"offensive-operation"}, By: a, Against: army}, truce.Violation, "V"},
		{"X9 the procedure was met", "minsk-measures-2020-07", "M6-fire", element{When: at("2020-08-01T12:00:00+03:00"), Acts: shelling, By: []string{"ukrainian-armed-forces"}, Raised: []string{"return-fire"}, Facts: map[string]truce.Values{"offensive": said("yes"), "ordered": said("yes"), "mechanism": said("failed"), "notified": said("yes")}}, truce.NoViolation, "NV-EXCEPT"},
		{"F8 fighters leave with light arms", "sy-daraya-2016-08", "D2-weapons", element{When: at("2016-08-26T12:00:00+03:00"), Where: near(33.459, 36.233, 500), Acts: []string{"passage"}, By: []string{"daraya-factions"}, Means: []truce.Means{{Kind: "rifle"}}}, truce.NoViolation, ""},
		{"a mortar leaves with them", "sy-daraya-2016-08", "D2-weapons", element{When: at("2016-08-26T12:00:00+03:00"), Where: near(33.459, 36.233, 500), Acts: []string{"passage"}, By: []string{"daraya-factions"}, Means: []truce.Means{{Kind: "mortar"}}}, truce.Violation, "V"},
		{"the run-up in Sudan", "jeddah-2023", "J0", element{When: at("2023-05-21T12:00:00+02:00"), Acts: []string{"gain-ground"}, By: []string{"rapid-support-forces"}}, truce.Violation, "V"},
		{"fire in the run-up in Sudan", "jeddah-2023", "J1", element{When: at("2023-05-21T12:00:00+02:00"), Acts: shelling, By: []string{"rapid-support-forces"}}, truce.NoViolation, "NV-TIME"},
		{"Sudan, last day of the extension", "jeddah-2023", "J1", element{When: at("2023-06-03T21:44:00+02:00"), Acts: shelling, By: []string{"rapid-support-forces"}}, truce.Violation, "V"},
	}
	book := terms.Book{Register: register(t), Atlas: geo.NewAtlas()}
	judges := map[string]*terms.Judge{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			j := judges[c.file]
			if j == nil {
				text, err := agreements.FS.ReadFile(c.file + ".yaml")
				if err != nil {
					t.Fatal(err)
				}
				x, problems := terms.Parse(c.file, text, agreements.FS.ReadFile)
				if x == nil {
					t.Fatal(problems)
				}
				j, _ = terms.Compile(x, book)
				judges[c.file] = j
			}
			c.e.ID = "case"
			v := j.Verdict(terms.NewSubject(book.Atlas, &c.e), j.Agreement().Clause(c.clause))
			if v.Outcome != c.outcome || c.code != "" && v.Code != c.code {
				t.Errorf("%s %s: %s (%s), want %s (%s)\n%+v", c.file, c.clause, v.Outcome, v.Code, c.outcome, c.code, v.Steps)
			}
		})
	}
}
