package actors_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/actors"
)

// february is who belongs under the terms of 22 February 2016.
func february() actors.Membership {
	return actors.Membership{
		Agreement: "sy-coh-2016-02",
		Parties: map[string]actors.Party{
			"government": {Actors: []string{"syrian-armed-forces"}, With: []string{"associated"}},
			"opposition": {Adhering: true, AdheringFrom: time.Date(2016, 2, 26, 10, 0, 0, 0, time.UTC), Except: []string{"excluded"}},
			"excluded":   {Actors: []string{"daesh", "nusra"}, Listed: []string{"un-security-council"}},
		},
	}
}

func TestCasesOfTheSyrianRegister(t *testing.T) {
	r, m := shipped(t, "syria-2016"), february()
	tests := map[string]struct {
		party, actor, at string
		want             truce.Tri
	}{
		"the army":                                    {"government", "syrian-armed-forces", "2016-03-05", truce.Yes},
		"Russian aircraft support it":                 {"government", "russian-aerospace-forces", "2016-03-05", truce.Yes},
		"not before they came":                        {"government", "russian-aerospace-forces", "2015-08-01", truce.No},
		"Hezbollah is its ally":                       {"government", "hezbollah", "2016-05-19", truce.Yes},
		"the defence forces support it":               {"government", "ndf", "2016-04-21", truce.Yes},
		"a militia of unknown chain of command":       {"government", "popular-committees", "2016-04-21", truce.Unknown},
		"the Coalition is in neither":                 {"government", "coalition", "2016-09-17", truce.No},
		"the Coalition is no opposition":              {"opposition", "coalition", "2016-09-17", truce.No},
		"Turkey is in neither":                        {"opposition", "turkish-armed-forces", "2016-08-24", truce.No},
		"Daesh":                                       {"excluded", "daesh", "2016-05-27", truce.Yes},
		"Daesh is no opposition":                      {"opposition", "daesh", "2016-05-27", truce.No},
		"Nusra under its new name":                    {"excluded", "nusra", "2016-07-31", truce.Yes},
		"Nusra is no opposition":                      {"opposition", "nusra", "2016-07-31", truce.No},
		"Ahrar al-Sham is on a national list only":    {"excluded", "ahrar-al-sham", "2016-05-12", truce.No},
		"Ahrar al-Sham fought beside Nusra":           {"excluded", "ahrar-al-sham", "2016-05-12", truce.No},
		"whether Ahrar al-Sham accepted was not said": {"opposition", "ahrar-al-sham", "2016-05-12", truce.Unknown},
		"the PKK is on national lists only":           {"excluded", "pkk", "2016-05-12", truce.No},
		"Jund al-Aqsa not yet on the list":            {"excluded", "jund-al-aqsa", "2016-04-18", truce.No},
		"Jund al-Aqsa once inside Nusra":              {"excluded", "jund-al-aqsa", "2016-10-10", truce.Yes},
		"Jund al-Aqsa on the list":                    {"excluded", "jund-al-aqsa", "2017-08-01", truce.Yes},
		"the insurgents, whoever they are":            {"opposition", "syrian-insurgents", "2016-03-05", truce.Unknown},
		"the insurgents before anyone accepted":       {"opposition", "syrian-insurgents", "2016-02-25", truce.No},
		"the insurgents, Nusra being one":             {"excluded", "syrian-insurgents", "2016-03-05", truce.Unknown},
		"the insurgents are not the government":       {"government", "syrian-insurgents", "2016-03-05", truce.No},
		"Jaysh al-Fatah held both":                    {"excluded", "jaysh-al-fatah", "2016-08-01", truce.Unknown},
		"the committee accepted":                      {"opposition", "hnc", "2016-03-05", truce.Yes},
		"the YPG by its own word":                     {"opposition", "ypg", "2016-03-05", truce.Unknown},
		"civilians are nobody's party":                {"opposition", "civilians", "2016-03-05", truce.No},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.Member(m, tt.party, tt.actor, day(t, tt.at), nil); got != tt.want {
				t.Errorf("%v, want %v: %s", got, tt.want, r.Why(m, tt.party, tt.actor, day(t, tt.at)))
			}
		})
	}
}

func TestNamesOfTheSyrianRegister(t *testing.T) {
	r := shipped(t, "syria-2016")
	for _, tt := range []struct{ name, at, want string }{
		{"Jabhat al-Nusra", "2016-03-05", "nusra"},
		{"Jabhat al-Nusra", "2016-08-05", "nusra"},
		{"Jabhat Fateh al-Sham", "2016-01-24", "nusra"},
		{"HTS", "2016-04-05", "nusra"},
		{"Tahrir al- Sham Army", "2016-01-10", "tahrir-al-sham-army"},
		{"Liwa al-Aqsa", "2016-01-08", "jund-al-aqsa"},
		{"Da'esh", "2016-01-08", "daesh"},
		{"ISIS", "2016-01-08", "daesh"},
		{"تنظيم الدولة الاسلامية", "2016-01-08", "daesh"},
		{"الجيش السوري", "2016-01-08", "syrian-armed-forces"},
		{"هيئة تحرير الشام", "2017-03-01", "nusra"},
		{"Feilak al-Sham", "2016-12-29", "sham-legion"},
		{"Rahman Corps - “Abu al-Joud al-Arbini” faction", "2017-03-07", "rahman-corps-abu-al-joud"},
	} {
		if got := strings.Join(r.Resolve(tt.name, day(t, tt.at)), " "); got != tt.want {
			t.Errorf("%s on %s: %q, want %q", tt.name, tt.at, got, tt.want)
		}
	}
	for at, want := range map[string]string{"2016-07-27": "Jabhat al-Nusra", "2016-07-28": "Jabhat Fatah al-Sham", "2017-01-28": "Hay'at Tahrir al-Sham"} {
		if got := r.NameOn("nusra", day(t, at)); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func TestCasesOfTheUkrainianRegister(t *testing.T) {
	r := shipped(t, "ukraine")
	m := actors.Membership{Agreement: "minsk-2015", Parties: map[string]actors.Party{
		"ukraine":    {Adhering: true},
		"other-side": {Adhering: true},
	}}
	for _, tt := range []struct {
		party, actor string
		want         truce.Tri
	}{
		{"ukraine", "ukrainian-armed-forces", truce.Yes},
		{"ukraine", "azov", truce.Yes}, // part of the National Guard, which is part of the forces
		{"ukraine", "dpr-forces", truce.No},
		{"ukraine", "right-sector", truce.No},
		{"other-side", "dpr-forces", truce.Yes},
		{"other-side", "novorossiya", truce.Yes}, // both whom it covers
		{"other-side", "russian-armed-forces", truce.Unknown},
		{"other-side", "osce-smm", truce.No},
	} {
		if got := r.Member(m, tt.party, tt.actor, day(t, "2015-03-01"), nil); got != tt.want {
			t.Errorf("%s in %s: %v, want %v: %s", tt.actor, tt.party, got, tt.want, r.Why(m, tt.party, tt.actor, day(t, "2015-03-01")))
		}
	}
}

func ExampleRegister_Why() {
	r, _ := actors.Parse("register.yaml", []byte(`
register: 1
zone: Asia/Damascus
lists: {un-security-council: UN Security Council list}
actors:
  - id: nusra
    kind: non-state-armed-group
    names: [{name: Jabhat al-Nusra, to: 2016-07-28}, {name: Jabhat Fatah al-Sham, from: 2016-07-28}]
    listed: [{list: un-security-council, from: 2013-05-30, as: Jabhat al-Nusra}]
`))
	m := actors.Membership{Parties: map[string]actors.Party{"excluded": {Listed: []string{"un-security-council"}}}}
	at := time.Date(2016, 7, 31, 12, 0, 0, 0, time.UTC)
	fmt.Println(r.Member(m, "excluded", "nusra", at, nil))
	fmt.Println(r.Why(m, "excluded", "nusra", at))
	// Output:
	// yes
	// Jabhat Fatah al-Sham is on the UN Security Council list since 2013-05-30, as Jabhat al-Nusra
}

func BenchmarkMember(b *testing.B) {
	r, m := shipped(b, "syria-2016"), february()
	at := time.Date(2016, 3, 5, 12, 0, 0, 0, time.UTC)
	for _, actor := range []string{"ndf", "jaysh-al-islam", "syrian-insurgents"} {
		b.Run(actor, func(b *testing.B) {
			for b.Loop() {
				r.Member(m, "opposition", actor, at, nil)
			}
		})
	}
}
