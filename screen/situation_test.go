package screen

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/calm"
	"truce/desk"
	"truce/figures"
	"truce/geo"
	"truce/terms"
)

// small is a sight made by hand: six elements of five incidents in two squares of a degree.
func small(t *testing.T) *desk.Sight {
	t.Helper()
	atlas := geo.NewAtlas()
	square := func(code, name, west, east string) string {
		return `{"type":"Feature","properties":{"code":"` + code + `","name":"` + name + `"},"geometry":{"type":"Polygon","coordinates":[[[` + west + `,10],[` + east + `,10],[` + east + `,11],[` + west + `,11],[` + west + `,10]]]}}`
	}
	all := `{"type":"FeatureCollection","features":[` + square("A", "Alpha", "20", "21") + `,` + square("B", "Beta", "21", "22") + `]}`
	if err := atlas.Load("areas", strings.NewReader(all)); err != nil {
		t.Fatal(err)
	}
	m := &desk.Mission{ID: "m", Title: "A mission", Zone: time.UTC, From: dayOf("2020-03-01"), To: dayOf("2020-03-10"), Book: terms.Book{Atlas: atlas}, Outline: []byte(all), Areas: []byte(all)}
	s := &desk.Sight{Result: &desk.Result{Mission: m}}
	add := func(e truce.Element, first, last string, place truce.Place, verdicts ...*truce.Verdict) {
		x, err := atlas.Extent([]truce.Place{place})
		if err != nil {
			t.Fatal(err)
		}
		s.Result.Elements = append(s.Result.Elements, e)
		s.About = append(s.About, desk.About{Mark: "TLP:GREEN", First: first, Last: last, Extent: x, Verdicts: verdicts})
	}
	say := func(clause string, outcome truce.Outcome, code string, settle ...truce.Settle) *truce.Verdict {
		return &truce.Verdict{Agreement: "x", Clause: clause, Outcome: outcome, Code: code, Settle: settle}
	}
	who := truce.Settle{Facts: []string{"whether a belongs to b"}, Always: true}
	both := truce.Settle{Facts: []string{"place", "time"}, Always: true}
	disc := truce.Place{Form: truce.FormDisc, Lat: 10.5, Lon: 21, Within: 5000}
	in := func(code string) truce.Place { return truce.Place{Form: truce.FormArea, Area: code} }
	add(truce.Element{ID: "a", Title: "first", Acts: []string{"shelling"}, Killed: &truce.Range{Low: 2, High: 3}, By: []string{"north"}}, "2020-03-02", "2020-03-02", in("A"), say("1", truce.Violation, "V"), say("2", truce.NoViolation, "NV-ACT"))
	add(truce.Element{ID: "b/1", Incident: "b", Title: "sécond", Acts: []string{"attack"}}, "2020-03-02", "2020-03-04", disc, say("1", truce.Undetermined, "UD-STATUS", who), say("2", truce.Undetermined, "UD-PLACE", both))
	add(truce.Element{ID: "b/2", Incident: "b", Acts: []string{"evacuation"}}, "2020-03-04", "2020-03-04", in("B"), say("1", truce.NoViolation, "NV-ACT"))
	add(truce.Element{ID: "c", Acts: []string{"statement"}, Killed: &truce.Range{Low: 50, High: 50}}, "2020-03-05", "2020-03-05", truce.Place{}, say("1", truce.NoViolation, "NV-ACT"))
	add(truce.Element{ID: "d", Acts: []string{"shelling"}, Status: "retracted"}, "2020-03-05", "2020-03-05", in("A"), say("1", truce.NoViolation, "RETRACTED"))
	add(truce.Element{ID: "e"}, "", "", truce.Place{})
	return s
}

func dayOf(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

func TestSelect(t *testing.T) {
	b := NewBoard(small(t))
	for _, c := range []struct{ name, query, want string }{
		{"everything", "", "a b/1 b/2 c d e"},
		{"a day: what is possible is marked", "from=2020-03-02&to=2020-03-02", "a b/1? e?"},
		{"the gravest verdict", "outcome=undetermined", "b/1"},
		{"what was taken back", "outcome=withdrawn", "d"},
		{"nothing judged", "outcome=not+judged", "e"},
		{"a clause alone", "agreement=x&clause=2&outcome=no+violation", "a"},
		{"a reason", "code=UD-PLACE", "b/1"},
		{"a reason under another clause", "agreement=x&clause=1&code=UD-PLACE", ""},
		{"a wanted fact", "want=membership", "b/1"},
		{"one that would help", "want=place", "b/1"},
		{"one that would do alone", "want=place&alone=1", ""},
		{"an area: half of the disc lies in it", "area=A", "a b/1? d"},
		{"no area", "area=wide", "c e"},
		{"an act that a wider word may mean, or that nobody knows", "act=shelling", "a b/1? d e?"},
		{"a wider act", "act=attack", "a b/1 d e?"},
		{"an actor", "actor=north", "a"},
		{"no one day", "undated=1", "b/1 e"},
		{"a figure of killed", "killed=known", "a"},
		{"a total that somebody states", "killed=stated", "c"},
		{"no figure of killed", "killed=unknown", "b/1 b/2 e"},
		{"words without marks", "q=second", "b/1"},
		{"words of a report", "q=somewhere", "b/1 b/2"},
		{"a mark", "mark=TLP:RED", ""},
		{"an incident", "incident=b", "b/1 b/2"},
		{"elements", "ids=a,c,zz", "a c"},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ParseFilter(q)
		if err != nil {
			t.Fatal(err)
		}
		found := Found{}
		if f.Q == "somewhere" {
			found.Reports = map[string]bool{"b": true}
		}
		s, err := b.Select(f, found)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range s.Items {
			mark := ""
			if s.Items[i].In(f.Stretch()) != truce.Yes {
				mark = "?"
			}
			got = append(got, s.Items[i].Element.ID+mark)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	if _, err := b.Select(Filter{Area: "nowhere"}, Found{}); err == nil {
		t.Error("an area that is none")
	}
}

func TestASituation(t *testing.T) {
	b := NewBoard(small(t))
	that := figures.Stretch{From: "2020-03-05", To: "2020-03-05"}
	v, err := NewSituation(b, SituationQuestion{Filter: Filter{From: "2020-03-02", To: "2020-03-04"}, Compare: "x"}, that,
		[]Watch{{dayOf("2020-03-01"), dayOf("2020-03-02").Add(6 * time.Hour)}, {dayOf("2020-03-02").Add(3 * time.Hour), dayOf("2020-03-02").Add(12 * time.Hour)}}, Found{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Figures.Elements != (figures.Interval{Low: 3, High: 4}) || v.Figures.Incidents != (figures.Interval{Low: 2, High: 3}) {
		t.Errorf("%+v", v.Figures) // a and both of b; e may be of any day
	}
	if v.Figures.Killed.People != (figures.Interval{Low: 2, High: 3}) || v.Figures.Killed.Unknown != 2 {
		t.Errorf("%+v", v.Figures.Killed)
	}
	if diff := cmp.Diff(Coverage{Known: true, Hours: 12, Of: 72, Logged: 2}, v.Coverage); diff != "" {
		t.Error(diff)
	}
	if c := v.Compare; !c.Unlike || c.Pairs[1].More != (figures.Interval{Low: 0, High: 2}) || c.Pairs[1].Pair.That != (figures.Interval{Low: 2, High: 3}) {
		t.Errorf("%+v", v.Compare) // on the 5th: c and d, and e perhaps: 3..4 less 2..3
	}
	var areas []string
	for _, r := range v.ByArea {
		areas = append(areas, r.Name)
	}
	if diff := cmp.Diff([]string{"Alpha", "Beta"}, areas); diff != "" || v.ByArea[0].Interval != (figures.Interval{Low: 1, High: 2}) || v.WideArea.Interval != (figures.Interval{Low: 0, High: 1}) {
		t.Errorf("%s %+v %+v", diff, v.ByArea, v.WideArea)
	}
	if w := v.Open; len(w) != 3 || w[0].Fact != "membership" || w[0].Alone != (figures.Interval{Low: 1, High: 1}) || w[1].Alone.High != 0 || w[1].All.High != 1 {
		t.Errorf("%+v", w)
	}
	if len(v.Chart.Bars) != 3 || v.Chart.Bars[0].Elements != (figures.Interval{Low: 1, High: 3}) || v.Chart.Bars[1].V.H != 0 || v.Chart.Bars[0].V.H == 0 {
		t.Errorf("%+v", v.Chart.Bars)
	}
	if v.Map.Unplaced != 1 || len(v.Map.Drawing.Spots) != 3 || v.Map.Bounds != [4]float64{20, 10, 22, 11} {
		t.Errorf("%+v", v.Map)
	}
	if q := v.Quick; q[2].From != "2020-03-05" || q[1].From != "2020-02-28" || q[0].Now {
		t.Errorf("%+v", v.Quick)
	}
}

func TestAListIsReadInPages(t *testing.T) {
	s := small(t)
	for range linesAPage {
		s.Result.Elements = append(s.Result.Elements, truce.Element{ID: "z" + dayOf("2020-01-01").AddDate(0, 0, len(s.About)).Format(time.DateOnly)})
		s.About = append(s.About, desk.About{First: "2020-03-09", Last: "2020-03-09"})
	}
	b := NewBoard(s)
	first, err := NewIncidentList(b, Filter{}, Found{})
	if err != nil || len(first.Lines) != linesAPage || first.Next == nil || first.All != 55 || first.Lines[0].First != "2020-03-09" {
		t.Fatalf("%v %d %+v", err, len(first.Lines), first.Next)
	}
	rest, err := NewIncidentList(b, *first.Next, Found{})
	if err != nil || rest.Next != nil || rest.First != 51 || rest.Last != 55 {
		t.Fatalf("%v %d to %d", err, rest.First, rest.Last)
	}
	var got []string
	for _, l := range rest.Lines {
		got = append(got, l.ID)
	}
	if diff := cmp.Diff([]string{"d", "c", "b", "a", "e"}, got); diff != "" {
		t.Error(diff) // newest first, what has no day last
	}
	if l := rest.Lines[2]; l.Elements != 2 || l.Of != 2 || l.First != "2020-03-02" || l.Last != "2020-03-04" || l.Class != "undetermined" || len(l.Places) != 2 {
		t.Errorf("%+v", l)
	}
	if rest.Undated == nil || rest.Figures.Undated != 2 {
		t.Errorf("%+v", rest.Figures)
	}
}

// TestWhatPeopleWroteIsKeptShort: a title of a megabyte is no list.
func TestWhatPeopleWroteIsKeptShort(t *testing.T) {
	s := small(t)
	s.Result.Elements[0].Title = strings.Repeat("\u202e<script>", 100_000)
	s.Result.Elements[0].Said = []truce.Said{{Fact: "killed", Value: "3", Source: strings.Repeat("x", 100_000)}}
	set, err := New()
	if err != nil {
		t.Fatal(err)
	}
	b := NewBoard(s)
	list, err := NewIncidentList(b, Filter{}, Found{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := NewSituation(b, SituationQuestion{About: true}, figures.Stretch{}, nil, Found{})
	if err != nil {
		t.Fatal(err)
	}
	for page, view := range map[string]any{"incidents": list, "situation": first} {
		text, err := set.Render(Arabic, Frame{Page: page, Path: "/", View: view, Reads: true})
		if err != nil || len(text) > 100_000 || strings.Contains(string(text), "<script>") {
			t.Errorf("%s: %v, %d bytes", page, err, len(text))
		}
	}
}

// TestWhatSetACalmBack reads the words of package calm.
func TestWhatSetACalmBack(t *testing.T) {
	start := dayOf("2020-03-01")
	broken := calm.Run(calm.Rule{Days: 7, Zone: time.UTC, Start: start}, []calm.Event{
		{Element: "a", When: truce.When{From: start.Add(30 * time.Hour), To: start.Add(30 * time.Hour)}, Sure: true},
		{Element: "b", When: truce.When{From: start.Add(60 * time.Hour), To: start.Add(60 * time.Hour)}}}, nil, start.AddDate(0, 0, 5))
	judged := calm.Run(calm.Rule{Days: 7, Zone: time.UTC, Start: start, Judges: []string{"north", "south"}}, nil, []calm.Judgment{
		{By: "north", At: start.Add(time.Hour), Says: calm.NotSatisfied, Note: "see (reset): why"}, {By: "south", At: start.Add(50 * time.Hour), Says: calm.Hold}}, start.AddDate(0, 0, 5))
	var got []string
	for _, c := range []calm.Clock{broken, judged} {
		v := CalmBoard{}
		v.history(desk.Clock{Clock: c})
		for _, s := range v.Set {
			got = append(got, strings.TrimSpace(s.Sort+" "+s.ID+s.Body+" "+s.Says))
		}
	}
	if diff := cmp.Diff([]string{"perhaps b", "element a", "held south", "body north not satisfied"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAStripAlongALine(t *testing.T) {
	east := [][2]float64{{0, 0}, {1, 0}}
	ring := strip(east, 1000, 0)
	for _, p := range ring[:2] { // to the left of a way east lies the north
		if d := geo.Distance(p[1], p[0], 0, p[0]); d < 990 || d > 1010 || p[1] < 0 {
			t.Errorf("%v lies %g m away", p, d)
		}
	}
	if len(ring) != 5 || ring[0] != ring[4] || strip(nil, 1, 1) != nil {
		t.Errorf("%v", ring)
	}
}

func TestPlacesInWords(t *testing.T) {
	set, err := New()
	if err != nil {
		t.Fatal(err)
	}
	en, ar := Frame{words: set.Words(English)}, Frame{words: set.Words(Arabic)}
	for _, c := range []struct{ text, en, ar string }{
		{"", "place not known", "المكان غير معروف"},
		{"within 25,000 m of 33.5000, 36.4400", "within 25 km of 33.5000, 36.4400", "ضمن 25 كم من 33.5000، 36.4400"},
		{"36.1 to 36.3 north, 37 to 37.3 east", "36.1 to 36.3 north, 37 to 37.3 east", "36.1 إلى 36.3 شمالا، 37 إلى 37.3 شرقا"},
		{"Quamishli (SY0802) or Homs (SY04)", "Quamishli or Homs", "Quamishli أو Homs"},
		{"A (A) or B (B) or C (C) or D (D)", "A or B or 2 other areas", "A أو B أو منطقتان أخريان"},
		{"<b>", "<b>", "<b>"},
	} {
		if got := en.Place(c.text); got != c.en {
			t.Errorf("%q: %s", c.text, got)
		}
		if got := ar.Place(c.text); got != c.ar {
			t.Errorf("%q: %s", c.text, got)
		}
	}
	if got := en.Difference(figures.Interval{Low: -3, High: 2}); got != "\u22123 to +2" {
		t.Error(got)
	}
	if got := en.Days(figures.Stretch{From: "2016-02-27", To: "2016-03-12"}); got != "27 February to 12 March 2016" {
		t.Error(got)
	}
}
