package actors

import (
	"slices"
	"strings"
	"testing"
)

func TestFindInAnyScriptAndSpelling(t *testing.T) {
	r := parsed(t, head+`
  - {id: front, kind: non-state-armed-group, names: [{name: Jabhat al-Nusra, to: 2016-07-28}, {name: جبهة النصرة, lang: ar}, {name: Джебхат ан-Нусра, lang: ru}]}
  - {id: army, kind: state-forces, names: [The Army, {name: القوات المسلحة, lang: ar}]}
  - {id: all-of-them, kind: umbrella, members: [front], names: [Everybody]}
`)
	for text, want := range map[string]string{
		"nusra": "front", "AL NUSRA": "front", "النصرة": "front", "نصره": "front", "Нусра": "front", "Jabhat-al-Nusra": "front",
		"army": "army", "arm": "army", "المسلحه": "army", "": "all-of-them army front", "  ": "all-of-them army front",
		"all-of": "all-of-them", "nobody": "", "--": "", "al": "all-of-them",
	} {
		if got := strings.Join(r.Find(text), " "); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func TestStepsTiesAndCovers(t *testing.T) {
	r := parsed(t, `register: 1
zone: Asia/Damascus
lists: {a-list: The List}
actors:
  - {id: front, kind: non-state-armed-group, names: [Front], links: [{part-of: whole, from: 2016-02-01, standing: claimed}, {part-of: whole, to: 2015-01-01, standing: established}]}
  - {id: whole, kind: coalition, names: [Whole]}
  - {id: all-of-them, kind: umbrella, members: [front], names: [Everybody]}
adherence:
  - {agreement: b, actor: front, as: x, status: accepted, at: 2016-03-01, by: itself, standing: established}
  - {agreement: a, actor: front, as: x, status: declined, at: 2016-05-01, by: others, standing: claimed}
  - {agreement: a, actor: whole, as: x, status: accepted, at: 2016-03-01, by: itself, standing: established}
`)
	var steps []string
	for _, d := range r.Steps("front") {
		steps = append(steps, d.Agreement+" "+d.Status)
	}
	if want := []string{"a declined", "b accepted"}; !slices.Equal(steps, want) {
		t.Errorf("steps %q, want %q", steps, want)
	}
	ties := r.Ties("whole")
	if len(ties) != 2 || ties[0].By != "front" || ties[0].Claimed || !ties[1].Claimed {
		t.Errorf("ties %+v", ties)
	}
	if got := r.CoveredBy("front"); !slices.Equal(got, []string{"all-of-them"}) {
		t.Errorf("covered by %q", got)
	}
	if r.ListName("a-list") != "The List" || r.ListName("other") != "other" || r.Zone().String() != "Asia/Damascus" {
		t.Error("lists and zone")
	}
}
