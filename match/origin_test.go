package match_test

import (
	"compress/gzip"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/match"
)

func TestQuoted(t *testing.T) {
	for text, want := range map[string][]string{
		"Shells hit the town, local activist Abu Omar told Reuters by telephone.": {"Abu Omar"},
		"Nine people died in Jobar, said Abu Umar, an activist.":                  {"Abu Umar"},
		"Abu Omar, an activist in the old city, said shells fell.":                {"Abu Omar"},
		"According to the activist Abu Omar, nine died.":                          {"Abu Omar"},
		"Nine died, the Syrian Observatory for Human Rights said on Tuesday.":     {"Syrian Observatory for Human Rights"},
		"An activist said that nine died.":                                        nil,
		"A resident in Aleppo said that nine died.":                               nil,
		"He said nine died. They told us more.":                                   nil,
		"قال الناشط أبو عمر إن تسعة قتلوا":                                        {"أبو عمر"},
		"Сообщил активист Абу Омар. Погибли девять.":                              {"Абу Омар"},
		"Abu Omar said shells fell. Dr Salim Idris confirmed nine dead.":          {"Abu Omar", "Salim Idris"},
		"": nil,
	} {
		if diff := cmp.Diff(want, match.Quoted(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func reportsOf(origins []match.Origin) [][]string {
	var out [][]string
	for _, o := range origins {
		out = append(out, o.Reports)
	}
	return out
}

// TestTwoAgenciesQuoteOneActivist is HC-F2 of the hard cases.
func TestTwoAgenciesQuoteOneActivist(t *testing.T) {
	got := match.Origins([]match.Telling{
		{Report: "b", Office: "Second Agency", Text: "Nine people died when rockets fell on Jobar, said Abu Umar, an activist."},
		{Report: "a", Office: "First Agency", Text: "Shells hit the town on Tuesday, local activist Abu Omar told the agency by telephone."},
		{Report: "c", Text: "قال الناشط أبو عمر إن تسعة قتلوا"},
	})
	quotes := match.Reason{Code: "tie.quote", Args: []any{"Abu Omar"}}
	want := []match.Origin{{Reports: []string{"a", "b", "c"}, Ties: []match.Tie{{A: "a", B: "b", Because: quotes}, {A: "a", B: "c", Because: quotes}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if said := want[0].Ties[0].Say(); said != "both quote Abu Omar" {
		t.Error(said)
	}
}

func TestOriginsAreCounted(t *testing.T) {
	wire := "Shells hit the eastern districts of the city on Tuesday evening and killed at least nine people, among them two children."
	for name, c := range map[string]struct {
		told []match.Telling
		want [][]string
	}{
		"nothing known is never the same": {[]match.Telling{{Report: "a"}, {Report: "b"}}, [][]string{{"a"}, {"b"}}},
		"one post":                        {[]match.Telling{{Report: "a", Document: "x"}, {Report: "b", Document: "x"}}, [][]string{{"a", "b"}}},
		"one author":                      {[]match.Telling{{Report: "a", Author: "x"}, {Report: "b", Author: "x"}, {Report: "c", Author: "y"}}, [][]string{{"a", "b"}, {"c"}}},
		"one wire text":                   {[]match.Telling{{Report: "a", Text: wire}, {Report: "b", Text: "(Agency) " + wire + " More soon."}}, [][]string{{"a", "b"}}},
		"the same matter in other words":  {[]match.Telling{{Report: "a", Text: wire}, {Report: "b", Text: "Nine were killed, two of them children, when the east of the city was shelled."}}, [][]string{{"a"}, {"b"}}},
		"an unnamed activist is nobody":   {[]match.Telling{{Report: "a", Text: "An activist said nine died."}, {Report: "b", Text: "Eight died, an activist said."}}, [][]string{{"a"}, {"b"}}},
		"two residents are not one":       {[]match.Telling{{Report: "a", Office: "a resident"}, {Report: "b", Office: "Resident"}}, [][]string{{"a"}, {"b"}}},
		"two sources that are sealed":     {[]match.Telling{{Report: "a", Office: "S-12"}, {Report: "b", Office: "S-13"}, {Report: "c", Office: "S-12"}}, [][]string{{"a", "c"}, {"b"}}},
		"one quotes two people":           {[]match.Telling{{Report: "a", Text: "Abu Omar said nine died."}, {Report: "b", Text: "Abu Omar said shells fell. Salim Idris confirmed nine dead."}}, [][]string{{"a", "b"}, {"b"}}},
		"two who quote different people of one report between": {[]match.Telling{{Report: "a", Text: "Abu Omar said nine died."}, {Report: "b", Text: "Abu Omar said shells fell. Salim Idris confirmed nine dead."},
			{Report: "c", Text: "Nine dead, said Salim Idris."}}, [][]string{{"a", "b"}, {"b", "c"}}},
		"an office and who quotes it": {[]match.Telling{{Report: "a", Office: "SOHR", Text: "Nine died."}, {Report: "b", Office: "Agency", Text: "Nine died, the Syrian Observatory for Human Rights said."}}, [][]string{{"a", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, reportsOf(match.Origins(c.told))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOriginsDoNotDependOnOrder(t *testing.T) {
	list := []match.Telling{
		{Report: "a", Office: "SOHR"}, {Report: "b", Office: "X", Text: "Nine died, said Abu Omar."}, {Report: "c", Author: "1", Document: "2"},
		{Report: "d", Author: "1"}, {Report: "e", Document: "2", Office: "X"}, {Report: "f", Text: "According to Abu Umar, ten died."},
	}
	want := match.Origins(list)
	for seed := range uint64(50) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if diff := cmp.Diff(want, match.Origins(list)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestAirwarsOriginsByHashes counts the origins of real reports by their author and document hashes and
// compares with a flood over the same hashes.
func TestAirwarsOriginsByHashes(t *testing.T) {
	const path = "../../shared/data/airwars-syria/reports.csv.gz"
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	incidents := map[string][]match.Telling{}
	for _, r := range rows[1:] { // airwars_id, code, n, author, document
		incidents[r[0]] = append(incidents[r[0]], match.Telling{Report: r[0] + " " + r[2], Author: r[3], Document: r[4]})
	}
	for id, list := range incidents {
		if got, want := len(match.Origins(list)), flood(list); got != want {
			t.Fatalf("incident %s: %d origins of %d reports, want %d", id, got, len(list), want)
		}
	}
}

// flood counts groups of reports that share an author or a document, step by step.
func flood(list []match.Telling) int {
	left, groups := slices.Clone(list), 0
	for ; len(left) > 0; groups++ {
		wave := left[:1:1]
		left = left[1:]
		for len(wave) > 0 {
			t := wave[0]
			wave = wave[1:]
			left = slices.DeleteFunc(slices.Clone(left), func(u match.Telling) bool {
				joined := t.Author != "" && t.Author == u.Author || t.Document != "" && t.Document == u.Document
				if joined {
					wave = append(wave, u)
				}
				return joined
			})
		}
	}
	return groups
}

func FuzzQuoted(f *testing.F) {
	f.Add("Abu Omar, an activist, said. According to X")
	f.Add("قال الناشط أبو عمر")
	f.Fuzz(func(t *testing.T, s string) {
		match.Quoted(s)
		match.Origins([]match.Telling{{Report: "a", Text: s}, {Report: "b", Text: s, Office: s}})
	})
}
