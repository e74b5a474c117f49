package screen

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
)

func TestFiltersAreReadStrictly(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        Filter
		wrong       string // the field
	}{
		{"nothing", "", Filter{}, ""},
		{"empty values are none", "from=&q=+&clause=", Filter{}, ""},
		{"days", "from=2016-02-27&to=2016-02-27", Filter{From: "2016-02-27", To: "2016-02-27"}, ""},
		{"an outcome with a blank", "outcome=no+violation", Filter{Outcome: "no violation"}, ""},
		{"elements", "ids=C001,C002/1", Filter{IDs: []string{"C001", "C002/1"}}, ""},
		{"how the page is shown", "lang=ar&as_of=7&map=5/35/38", Filter{}, ""},
		{"no such day", "from=2016-02-30", Filter{}, "from"},
		{"not a day", "to=soon", Filter{}, "to"},
		{"the end before the start", "from=2016-03-01&to=2016-02-01", Filter{}, "to"},
		{"a clause of no agreement", "clause=O2", Filter{}, "clause"},
		{"no such outcome", "outcome=guilty", Filter{}, "outcome"},
		{"yes is not 1", "undated=yes", Filter{}, "undated"},
		{"an unknown name", "colour=red", Filter{}, "colour"},
		{"twice", "act=shelling&act=attack", Filter{}, "act"},
		{"too long", "q=" + strings.Repeat("a", 201), Filter{}, "q"},
		{"no text", "q=%ff", Filter{}, "q"},
		{"too many elements", "ids=" + strings.Repeat("a,", 1000), Filter{}, "ids"},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseFilter(q)
		var e *truce.Error
		if c.wrong != "" {
			if !errors.As(err, &e) || e.Kind != truce.Invalid || e.At != c.wrong {
				t.Errorf("%s: %v, want an error of %s", c.name, err, c.wrong)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
}

// TestFiltersComeBack: what a link says is what is read from it.
func TestFiltersComeBack(t *testing.T) {
	text := rapid.StringMatching(`[a-zA-Z0-9 ,/&=%؀-ۿ]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string) string { return strings.TrimSpace(text.Draw(t, name)) }
		f := Filter{Agreement: "a", Clause: word("clause"), Area: word("area"), Act: word("act"), Actor: word("actor"), Q: word("q"), Want: word("want"),
			Alone: rapid.Bool().Draw(t, "alone"), Undated: rapid.Bool().Draw(t, "undated"), Outcome: rapid.SampledFrom(append(classWords(), "")).Draw(t, "outcome"),
			Killed: rapid.SampledFrom([]string{"", "known", "unknown", "stated"}).Draw(t, "killed"), From: rapid.SampledFrom([]string{"", "2016-02-29"}).Draw(t, "from")}
		again, err := url.ParseQuery(f.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseFilter(again)
		if diff := cmp.Diff(f, got); diff != "" || err != nil {
			t.Fatal(err, diff)
		}
	})
}

func FuzzFilter(f *testing.F) {
	for _, q := range []string{"from=2016-02-27&to=2016-03-01", "ids=a,b,,&at=c5.1.2", "compare=2016-02-27..2016-03-01&about=0", "q=%00%ff&act[]=1", "=&;=%"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s, that, err := ParseSituation(q)
		if err != nil {
			return
		}
		again, err := ParseFilter(s.Filter.Query())
		if diff := cmp.Diff(s.Filter, again); diff != "" || err != nil {
			t.Errorf("%q: %v %s", query, err, diff)
		}
		if s.Compare != "" && that.Days() == 0 {
			t.Errorf("%q compares with no days", query)
		}
	})
}
