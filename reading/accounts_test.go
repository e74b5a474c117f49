package reading_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"truce/reading"
)

// account reads one of the two accounts that Truce starts from; their day is that of the talks.
func account(t *testing.T, name string) reading.Reading {
	t.Helper()
	path := "../../shared/data/accounts/" + name
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("%s is missing", path)
	}
	got, err := rules(t).Read(t.Context(), string(text), damascus(t, "2016-08-27"))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, got)
	return got
}

// has reports whether an item of a kind holds words and a code.
func has(r reading.Reading, kind reading.Kind, words, code string) bool {
	return slices.ContainsFunc(r.Items, func(it reading.Item) bool {
		return it.Kind == kind && strings.Contains(it.Text, words) && (code == "" || slices.Contains(it.Codes, code))
	})
}

// act reports whether words for an act stand in a mood.
func act(r reading.Reading, words string, mood reading.Mood) bool {
	return slices.ContainsFunc(r.Items, func(it reading.Item) bool {
		return it.Kind == reading.KindAct && strings.Contains(it.Text, words) && it.Mood == mood
	})
}

func doubted(r reading.Reading, words string) bool {
	return slices.ContainsFunc(r.Doubts, func(d reading.Doubt) bool { return strings.Contains(d.Text, words) })
}

// spoke reports whether somebody is found to say something.
func spoke(r reading.Reading, name, words string) bool {
	return slices.ContainsFunc(r.Statements, func(s reading.Statement) bool {
		return s.Speaker != nil && s.Speaker.Name == name && strings.Contains(r.Text[s.Said.From:s.Said.To], words)
	})
}

func TestFirstAccount(t *testing.T) {
	r := account(t, "000_8f47797bc4d08e33.txt")
	for what, ok := range map[string]bool{
		"the failed deal is none":        act(r, "close a deal", reading.Denied),
		"a nationwide cessation":         has(r, reading.KindAct, "cessation of hostilities", "announcement"),
		"nine hours of talks":            has(r, reading.KindQuantity, "nine hours", ""),
		"people begin to leave Daraya":   has(r, reading.KindAct, "began to leave", "evacuation") && has(r, reading.KindPlace, "Daraya", "sy-daraya"),
		"the Kurdish passage":            has(r, reading.KindActor, "Syrian Kurdish fighters", "ypg"),
		"the Turkish passage":            has(r, reading.KindActor, "Turkey", "turkish-armed-forces"),
		"trapped since 2012":             has(r, reading.KindTime, "since 2012", ""),
		"over one million people":        has(r, reading.KindQuantity, "over one million", ""),
		"tens of thousands":              has(r, reading.KindQuantity, "tens of thousands", ""),
		"violations are a claim":         slices.ContainsFunc(r.Claims, func(c reading.Claim) bool { return strings.Contains(c.Text, "violations have become") }),
		"choline is doubted":             doubted(r, "choline"),
		"the Russian minister is Lavrov": spoke(r, "Sergei Lavrov", "sane opposition forces"),
		"Kerry speaks of the calm":       spoke(r, "John Kerry", "benefited from the calm"),
		"the two sides are the two":      has(r, reading.KindActor, "the two sides", "russia") && has(r, reading.KindActor, "the two sides", "united-states"),
		"no acceptance comes out":        !slices.Contains(acts(r), "acceptance"),
	} {
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
}

func TestSecondAccount(t *testing.T) {
	r := account(t, "004_0f81284120fb97ed.txt")
	for what, ok := range map[string]bool{
		"the failed agreement is none":               act(r, "reach an agreement", reading.Denied),
		"a pause of 48 hours":                        has(r, reading.KindQuantity, "48-hour", ""),
		"for the town of Aleppo":                     has(r, reading.KindPlace, "Aleppo", "sy-aleppo"),
		"Daraya surrenders":                          slices.Contains(acts(r), "hand-over-ground"),
		"Nusra's change of name":                     has(r, reading.KindAct, "name change", "") && has(r, reading.KindActor, "Nusra", "nusra"),
		"the siege of four years is told in passing": act(r, "siege", reading.History),
		"seize is doubted":                           doubted(r, "seize its"),
		"two words run into one":                     !strings.Contains(r.Text, "GenevaThe") || doubted(r, "GenevaThe"),
		"Kerry speaks for the deal's sake":           spoke(r, "John Kerry", "for the sake of a deal"),
		"no acceptance comes out":                    !slices.Contains(acts(r), "acceptance"),
	} {
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
}
