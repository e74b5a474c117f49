package match

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/actors"
)

var shuffles = flag.Int("shuffles", 100, "how many orders of arrival TestOrderOfArrivalChangesNothing tries")

// at is a moment of a day in March 2016, UTC.
func at(d, h, m int) time.Time { return time.Date(2016, 3, d, h, m, 0, 0, time.UTC) }

func onDay(d int) []truce.When { return []truce.When{{From: at(d, 0, 0), To: at(d+1, 0, 0)}} }

func moments(d, h, m int) []truce.When {
	return []truce.When{{From: at(d, h, m), To: at(d, h, m).Add(time.Minute)}}
}

func spot(name string, lat, lon, within float64) []truce.Place {
	return []truce.Place{{Form: truce.FormDisc, Name: name, Lat: lat, Lon: lon, Within: within}}
}

func toll(lo, hi float64) *truce.Range { return &truce.Range{Low: lo, High: hi} }

func matcher(t testing.TB, k Known) *Matcher {
	t.Helper()
	m, err := New(k, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// reported makes one account of a report with one element.
func reported(t testing.TB, m *Matcher, id, text string, e truce.Element) Account {
	t.Helper()
	e.ID = id
	as := m.Accounts(truce.Report{ID: id, Text: text, Elements: []truce.Element{e}})
	if len(as) != 1 {
		t.Fatalf("%d accounts of one element", len(as))
	}
	return as[0]
}

func TestPartsAreSaidInWords(t *testing.T) {
	m := matcher(t, Known{})
	base := truce.Element{When: onDay(4), Where: spot("Darat Izza", 36.28, 36.85, 5000), Acts: []string{"shelling"}}
	month := []truce.When{{From: at(1, 0, 0), To: at(31, 0, 0)}}
	through := []truce.When{{From: at(1, 0, 0), To: at(31, 0, 0), Lasts: true}}
	for name, c := range map[string]struct {
		a, b truce.Element
		say  string
	}{
		"within an extent":         {base, truce.Element{When: onDay(4), Where: spot("Daret Ezza", 36.299, 36.85, 2000), Acts: []string{"shelling"}}, "same day; 2.1 km apart within an extent of 5 km; the same name of the place; the same act; one names no actor; one states no toll"},
		"some day in the span":     {base, truce.Element{When: month}, "one lies in the other's span of 30 days, which may be any day of it; one states no place; one names no actor; one states no toll"},
		"every day in the span":    {base, truce.Element{When: through}, "one lies in 30 days through which the other lasted; one states no place; one names no actor; one states no toll"},
		"hours apart":              {truce.Element{When: moments(4, 9, 0)}, truce.Element{When: moments(4, 14, 1)}, "5 hours apart; one states no place; one names no actor; one states no toll"},
		"a wider word":             {base, truce.Element{Acts: []string{"attack"}}, "one names the act more widely; one states no time; one states no place; one names no actor; one states no toll"},
		"tolls that share an end":  {truce.Element{Killed: toll(10, 21)}, truce.Element{Killed: toll(21, 21)}, "killed: one end the same; one states no time; one states no place; one names no actor"},
		"tolls that are far apart": {truce.Element{Killed: toll(1, 2)}, truce.Element{Killed: toll(8, 9)}, "killed 3 times as many; one states no time; one states no place; one names no actor"},
		"nothing stated":           {truce.Element{}, truce.Element{}, "one states no time; one states no place; one names no actor; one states no toll"},
	} {
		a, b := reported(t, m, "a", "", c.a), reported(t, m, "b", "", c.b)
		got := m.Compare(&a, &b)
		if d := cmp.Diff(c.say, strings.Join(got.Reasons(), "; ")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		back := m.Compare(&b, &a)
		if got.LogOdds != back.LogOdds {
			t.Errorf("%s: %g one way, %g the other", name, got.LogOdds, back.LogOdds)
		}
	}
}

// A fact that one account lacks moves nothing, whatever the other says.
func TestMissingIsNotDifferent(t *testing.T) {
	m := matcher(t, Known{})
	full := truce.Element{When: onDay(4), Where: spot("Tell", 33.6, 36.3, 500), Acts: []string{"shelling"}, By: []string{"a"}, Against: []string{"b"},
		Means: []truce.Means{{Kind: "mortar"}}, Killed: toll(3, 3), Injured: toll(9, 9)}
	empty := reported(t, m, "e", "", truce.Element{})
	f := reported(t, m, "f", "five words stand in here", full)
	c := m.Compare(&f, &empty)
	if c.LogOdds != m.weights.Prior {
		t.Errorf("missing facts count %g", c.LogOdds-m.weights.Prior)
	}
	lost := full
	lost.Killed = nil
	a, b, z := reported(t, m, "a", "", full), reported(t, m, "b", "", full), reported(t, m, "z", "", lost)
	with, without := m.Compare(&a, &b), m.Compare(&a, &z)
	if d := with.LogOdds - without.LogOdds - with.Parts[Killed].Weight; d > 1e-9 || d < -1e-9 {
		t.Errorf("leaving out the toll changed the rest by %g", d)
	}
}

func TestRenamingsAndParentsCount(t *testing.T) {
	text := "register: 1\nzone: UTC\nactors:\n" +
		"  - {id: jfs, kind: non-state-armed-group, names: [JFS], links: [{renamed-from: nusra, standing: established, source: x}]}\n" +
		"  - {id: nusra, kind: non-state-armed-group, names: [Nusra]}\n" +
		"  - {id: army, kind: state-forces, names: [Army]}\n" +
		"  - {id: wing, kind: state-forces, names: [Wing], links: [{part-of: army, standing: established, source: x}]}\n" +
		"  - {id: ally, kind: state-forces, names: [Ally], links: [{supports: army, standing: established, source: x}]}\n"
	r, problems := actors.Parse("r.yaml", []byte(text))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	m := matcher(t, Known{Register: r})
	for _, c := range []struct {
		a, b string
		want Level
	}{{"jfs", "nusra", KinActor}, {"wing", "army", KinActor}, {"ally", "army", TiedActor}, {"nusra", "army", OtherActor}, {"army", "army", SameActor},
		{"?Ahrar al-Sham", "?Ahrar as-Sham", SameActor}, {"?Ahrar al-Sham", "army", OtherActor}} {
		a, b := reported(t, m, "a", "", truce.Element{By: []string{c.a}}), reported(t, m, "b", "", truce.Element{By: []string{c.b}})
		got := m.Compare(&a, &b)
		if got.Parts[By].Level != c.want {
			t.Errorf("%s and %s: %q", c.a, c.b, got.Parts[By].Say())
		}
	}
}

func TestNamesMeetAcrossScripts(t *testing.T) {
	m := matcher(t, Known{})
	for _, c := range [][2]string{{"Khan Shaykhun", "خان شيخون"}, {"Jobar", "Dzhobar"}, {"Hunaydah village", "Huneida"}, {"Kafr Zita", "Kafar Zeta"}} {
		a := reported(t, m, "a", "", truce.Element{Where: []truce.Place{{Name: c[0]}}})
		b := reported(t, m, "b", "", truce.Element{Where: []truce.Place{{Name: c[1]}}})
		got := m.Compare(&a, &b)
		if l := got.Parts[PlaceName].Level; l == OtherName || l == 0 {
			t.Errorf("%s and %s: %q", c[0], c[1], got.Parts[PlaceName].Say())
		}
	}
}

func clusterIDs(list []Account, cs []Cluster) [][]string {
	var out [][]string
	for _, c := range cs {
		var ids []string
		for _, i := range c {
			ids = append(ids, list[i].ID)
		}
		out = append(out, ids)
	}
	return out
}

func grouped(t testing.TB, m *Matcher, list []Account, js []Judgment) [][]string {
	t.Helper()
	pairs, err := m.Pairs(context.Background(), list, Work{})
	if err != nil {
		t.Fatal(err)
	}
	cs, err := m.Clusters(list, pairs, js, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	return clusterIDs(list, cs)
}

// HC-F1: five tolls for one attack are one cluster.
func TestFiveTollsAreOneCluster(t *testing.T) {
	m := matcher(t, Known{})
	var list []Account
	for name, k := range map[string][2]float64{"sohr": {12, 12}, "un": {18, 18}, "board": {10, 21}, "coi": {14, 14}, "hrw": {21, 21}} {
		list = append(list, reported(t, m, name, "", truce.Element{When: onDay(19), Where: spot("Urum al-Kubra", 36.15, 36.94, 3000), Acts: []string{"air-strike"}, Killed: toll(k[0], k[1])}))
	}
	if d := cmp.Diff([][]string{{"board", "coi", "hrw", "sohr", "un"}}, grouped(t, m, list, nil)); d != "" {
		t.Error(d)
	}
}

// HC-F3: the same place, the same day, two shellings five hours apart.
func TestTwoShellingsFiveHoursApartStayTwo(t *testing.T) {
	m := matcher(t, Known{})
	shelling := func(id string, h int) Account {
		return reported(t, m, id, "", truce.Element{When: moments(4, h, 10), Where: spot("Jobar", 33.53, 36.33, 800), Acts: []string{"shelling"}})
	}
	list := []Account{shelling("morning-1", 9), shelling("noon-1", 14), shelling("morning-2", 9), shelling("noon-2", 14)}
	if d := cmp.Diff([][]string{{"morning-1", "morning-2"}, {"noon-1", "noon-2"}}, grouped(t, m, list, nil)); d != "" {
		t.Error(d)
	}
}

// One report tells of two incidents, and each of them is told by another report too: three reports,
// two happenings, and the report that tells of both joins nothing.
func TestOneReportOfTwoIncidentsDoesNotJoinThem(t *testing.T) {
	m := matcher(t, Known{})
	here, there := spot("Douma", 33.571, 36.402, 1000), spot("Arbin", 33.538, 36.366, 1000)
	list := m.Accounts(truce.Report{ID: "both", Elements: []truce.Element{
		{ID: "both/1", When: onDay(4), Where: here, Acts: []string{"air-strike"}, Killed: toll(7, 7)},
		{ID: "both/2", When: onDay(4), Where: there, Acts: []string{"air-strike"}, Killed: toll(12, 12)}}})
	list = append(list,
		reported(t, m, "x", "", truce.Element{When: onDay(4), Where: here, Acts: []string{"air-strike"}, Killed: toll(7, 7)}),
		reported(t, m, "y", "", truce.Element{When: onDay(4), Where: there, Acts: []string{"air-strike"}, Killed: toll(12, 12)}))
	if d := cmp.Diff([][]string{{"both/1", "x"}, {"both/2", "y"}}, grouped(t, m, list, nil)); d != "" {
		t.Error(d)
	}
}

// Sides that took part together make several elements of one happening: one account.
func TestPartnersAreOneAccount(t *testing.T) {
	m := matcher(t, Known{})
	as := m.Accounts(truce.Report{ID: "R", Elements: []truce.Element{
		{ID: "R/2", When: onDay(4), Where: spot("x", 35, 37, 10), By: []string{"b"}}, {ID: "R/1", When: onDay(4), Where: spot("x", 35, 37, 10), By: []string{"a"}}}})
	if len(as) != 1 || as[0].ID != "R/1" || !slices.Equal(as[0].Elements, []string{"R/1", "R/2"}) || !slices.Equal(as[0].by, []string{"a", "b"}) {
		t.Errorf("%+v", as)
	}
}

func TestJudgmentsAreKept(t *testing.T) {
	m := matcher(t, Known{})
	strike := func(id string, d int, lat float64) Account {
		return reported(t, m, id, "", truce.Element{When: onDay(d), Where: spot("Town", lat, 37, 500), Acts: []string{"air-strike"}, Killed: toll(8, 9)})
	}
	list := []Account{strike("a", 4, 35), strike("b", 4, 35), strike("c", 4, 35), strike("far", 20, 36.9)}
	for name, c := range map[string]struct {
		js   []Judgment
		want [][]string
	}{
		"nothing judged":            {nil, [][]string{{"a", "b", "c"}, {"far"}}},
		"different is never broken": {[]Judgment{{"a", "b", Different}, {"a", "c", Different}}, [][]string{{"a"}, {"b", "c"}, {"far"}}},
		"not through a third":       {[]Judgment{{"a", "b", Different}, {"b", "c", Same}}, [][]string{{"a"}, {"b", "c"}, {"far"}}},
		"same whatever the facts":   {[]Judgment{{"far", "a", Same}, {"a", "b", Different}, {"a", "c", Different}}, [][]string{{"a", "far"}, {"b", "c"}}},
		"unsure joins nothing":      {[]Judgment{{"a", "b", Unsure}, {"a", "c", Unsure}}, [][]string{{"a"}, {"b", "c"}, {"far"}}},
	} {
		if d := cmp.Diff(c.want, grouped(t, m, list, c.js)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, js := range map[string][]Judgment{
		"judged different, but the same through a third": {{"a", "b", Same}, {"b", "c", Same}, {"a", "c", Different}},
		"is not here":    {{"a", "nobody", Same}},
		"is no judgment": {{"a", "b", "perhaps"}},
	} {
		if _, err := m.Clusters(list, nil, js, 0.5); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// crowd is accounts of a busy week, some of them of the same happening, with facts lost at random.
func busy(t testing.TB, m *Matcher, n int) []Account {
	rng := rand.New(rand.NewPCG(1, 2))
	var out []Account
	for i := range n {
		d, lat := 1+rng.IntN(3), 35+float64(rng.IntN(4))*0.02
		e := truce.Element{When: onDay(d), Where: spot("Town", lat, 37, 2000), Acts: []string{[]string{"shelling", "air-strike", "attack"}[rng.IntN(3)]}}
		if rng.IntN(3) > 0 {
			lo := float64(rng.IntN(12))
			e.Killed = toll(lo, lo+float64(rng.IntN(3)))
		}
		if rng.IntN(6) == 0 {
			e.Where = nil
		}
		if rng.IntN(6) == 0 {
			e.When = nil
		}
		out = append(out, reported(t, m, fmt.Sprint("r", i), "", e))
	}
	return out
}

func TestOrderOfArrivalChangesNothing(t *testing.T) {
	m := matcher(t, Known{})
	list := busy(t, m, 40)
	js := []Judgment{{"r1", "r2", Different}, {"r3", "r4", Same}, {"r5", "r6", Unsure}, {"r7", "r30", Same}}
	want := grouped(t, m, list, js)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range *shuffles {
		rng.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		pairs, err := m.Pairs(context.Background(), list, Work{Workers: 1 + i%4})
		if err != nil {
			t.Fatal(err)
		}
		cs, err := m.Clusters(list, pairs, js, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, clusterIDs(list, cs)); d != "" {
			t.Fatalf("shuffle %d: %s", i, d)
		}
	}
}

// A chain of accounts, each like the next, does not become one: the ends are of different days
// and towns.
func TestChainsDoNotExplode(t *testing.T) {
	m := matcher(t, Known{})
	var list []Account
	for i := range 60 {
		list = append(list, reported(t, m, fmt.Sprintf("r%02d", i), "", truce.Element{When: onDay(1 + i/4), Where: spot("", 35+float64(i)*0.02, 37, 1500), Acts: []string{"shelling"}}))
	}
	for _, c := range grouped(t, m, list, nil) {
		if len(c) > 8 {
			t.Errorf("a cluster of %d along a chain: %v", len(c), c)
		}
	}
}

// A hostile value stands in every report: what is looked at stays bounded.
func TestCandidatesAreBounded(t *testing.T) {
	m := matcher(t, Known{})
	x := NewIndex()
	for i := range 20000 {
		x.Add(reported(t, m, fmt.Sprint("r", i), "the same words in every single report that came today", truce.Element{When: onDay(4), Where: spot("Town", 35, 37, 100), Killed: toll(9, 9)}))
	}
	a := reported(t, m, "new", "the same words in every single report that came today", truce.Element{When: onDay(4), Where: spot("Town", 35, 37, 100), Killed: toll(9, 9)})
	if n := len(x.Candidates(&a)); n > mostCandidates || n == 0 {
		t.Errorf("%d candidates", n)
	}
}

func FuzzReadWeights(f *testing.F) {
	text, err := Reasoned().JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"prior":1,"levels":{"time":{"same day":"x"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := ReadWeights("w.json", text)
		if err != nil {
			return
		}
		again, err := w.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadWeights("w.json", again); err != nil {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}
