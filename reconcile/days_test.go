package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce/reconcile"
)

const header = "date,ledger,total,aleppo,damascus,daraa,hama,idlib,breakdown,cumulative,cumulative_since,answered_by,confirmed,exempt_target,not_confirmed,date_from,note\n"

// read reads rows that must all be readable.
func read(t testing.TB, text string) []reconcile.Day {
	t.Helper()
	out, bad, err := reconcile.ReadDays("ledger.csv", strings.NewReader(text))
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	return out
}

func TestSlips(t *testing.T) {
	tests := []struct {
		name, rows string
		want       []string
	}{
		{"what adds up", "2016-03-06,C,14,0,11,1,1,1,full,,,,,,,,", nil},
		{"fifteen, and eleven and three ones (C025)", "2016-03-06,C,15,0,11,1,1,1,full,,,,,,,,", []string{"slip.parts"}},
		{"less than its parts", "2016-03-06,C,10,0,11,1,1,1,full,,,,,,,,", []string{"slip.parts"}},
		{"a part of it", "2016-03-06,C,15,,11,,,,partial,,,,,,,,", nil},
		{"a part larger than the whole", "2016-03-06,C,10,,11,,,,partial,,,,,,,,", []string{"slip.parts-over"}},
		{"nobody says whether in full", "2016-03-06,C,15,,11,,,,,,,,,,,,", nil},
		{"in full but for one", "2016-03-06,C,15,,11,1,1,1,full,,,,,,,,", []string{"slip.breakdown"}},
		{"not at all, but for one", "2016-03-06,C,15,,11,,,,none,,,,,,,,", []string{"slip.none"}},
		{"no total", "2016-03-06,C,,0,11,1,1,1,full,,,,,,,,", nil},
		{"answers that add up", "2017-01-12,T,25,,,,,,none,,,R,0,5,20,,", nil},
		{"answers that do not", "2017-01-12,T,25,,,,,,none,,,R,1,5,20,,", []string{"slip.answers"}},
		{"answers to some", "2017-01-12,T,25,,,,,,none,,,R,,5,,,", nil},
		{"more answers than cases", "2017-01-12,T,25,,,,,,none,,,R,,,26,,", []string{"slip.answer-over"}},
		{"a headline that says otherwise", "2017-02-25,R,14,,,,,,none,,,,,,,,\"headline says 15, text says 14\"", []string{"slip.twice"}},
		{"a headline of another ledger", "2017-02-25,T,7,,,,,,none,,,,,,,,\"headline says 15, text says 14\"", nil},
		{"every day of a running count", "2016-03-01,C,3,,,,,,none,,,,,,,,\n2016-03-02,C,4,,,,,,none,7,2016-03-01,,,,,,", nil},
		{"every day, but they make less", "2016-03-01,C,3,,,,,,none,,,,,,,,\n2016-03-02,C,4,,,,,,none,9,2016-03-01,,,,,,", []string{"slip.sum"}},
		{"a running count below its days", "2016-03-01,C,3,,,,,,none,,,,,,,,\n2016-03-04,C,4,,,,,,none,6,2016-03-01,,,,,,", []string{"slip.below"}},
		{"a running count beside missing days", "2016-03-01,C,3,,,,,,none,,,,,,,,\n2016-03-04,C,4,,,,,,none,9,2016-03-01,,,,,,", []string{"odd.rest"}},
		{"a running count that falls", "2016-03-01,C,3,,,,,,none,30,2016-02-01,,,,,,\n2016-03-04,C,4,,,,,,none,29,2016-02-01,,,,,,", []string{"odd.rest", "slip.falls"}},
		{"a new start that is said", "2016-03-01,C,3,,,,,,none,30,2016-02-01,,,,,,\n2016-03-04,C,4,,,,,,none,9,2016-03-02,,,,,,", []string{"odd.rest", "odd.rest"}},
		{"a fall of which nobody says why", "2016-03-01,C,3,,,,,,none,30,,,,,,,\n2016-03-04,C,4,,,,,,none,9,,,,,,,", []string{"odd.restart"}},
		{"a rise by more than the day", "2016-03-01,C,3,,,,,,none,30,,,,,,,\n2016-03-02,C,4,,,,,,none,36,,,,,,,", []string{"slip.rise"}},
		{"a rise by the day", "2016-03-01,C,3,,,,,,none,30,,,,,,,\n2016-03-02,C,4,,,,,,none,34,,,,,,,", nil},
		{"a rise beside missing days", "2016-03-01,C,3,,,,,,none,30,,,,,,,\n2016-03-04,C,4,,,,,,none,36,,,,,,,", nil},
		{"the same bulletin again", "2016-08-19,C,7,0,6,0,0,1,full,,,,,,,,\n2016-08-20,C,7,0,6,0,0,1,full,,,,,,,,", []string{"odd.repeats"}},
		{"the same figures days apart", "2016-08-19,C,7,0,6,0,0,1,full,,,,,,,,\n2016-08-21,C,7,0,6,0,0,1,full,,,,,,,,", nil},
		{"none on two days", "2016-08-19,C,0,0,0,0,0,0,full,,,,,,,,\n2016-08-20,C,0,0,0,0,0,0,full,,,,,,,,", nil},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			ledger := read(t, header+c.rows+"\n")
			slips := reconcile.Slips(ledger)
			for _, d := range ledger {
				got = append(got, codes(slips[d.Date])...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPairsOfDays(t *testing.T) {
	tests := []struct {
		name, a, b string
		shared     reconcile.Count
		says       []string
		never      []string
	}{
		{"a day that one does not have", "2017-01-06,R,12,,,,,,none,,,,,,,,", "2017-01-07,T,9,,,,,,none,,,,,,,,", reconcile.Count{},
			[]string{"T has no row for this day: it is missing, not zero"}, []string{"21", "more than"}},
		{"twelve and nine, each not confirmed (HC-F10)", "2017-01-06,R,12,,,,,,none,,,T,0,0,12,,", "2017-01-06,T,9,,,,,,none,,,R,0,0,9,,", reconcile.Of(9),
			[]string{"R counts 3 more than T", "T answered the 12 of R: 0 confirmed", "R answered the 9 of T: 0 confirmed"}, []string{"21"}},
		{"a total that nobody states", "2017-01-06,R,,1,,,,,partial,,,,,,,,", "2017-01-06,T,9,,,,,,none,,,,,,,,", reconcile.Count{},
			[]string{"R states no total"}, []string{"more than"}},
		{"the same total elsewhere", "2017-01-06,R,3,3,0,0,0,0,full,,,,,,,,", "2017-01-06,T,3,0,3,0,0,0,full,,,,,,,,", reconcile.Of(0),
			[]string{"both count 3; that the totals agree does not say", "no case can be the same"}, nil},
		{"both none", "2017-01-06,R,0,0,0,0,0,0,full,,,,,,,,", "2017-01-06,T,0,0,0,0,0,0,full,,,,,,,,", reconcile.Of(0), []string{"both count none"}, []string{"answer"}},
		{"parts that do not add up cannot be shared", "2017-01-06,R,15,0,11,1,1,1,full,,,,,,,,", "2017-01-06,T,3,0,3,0,0,0,full,,,,,,,,", reconcile.Count{},
			[]string{"R counts 12 more", "damascus -8"}, []string{"the same cases", "R add up"}},
		{"one without areas beside one with some", "2017-01-06,R,5,2,,,,,partial,,,,,,,,", "2017-01-06,T,4,1,3,0,0,0,full,,,,,,,,", reconcile.Of(4), // one in Aleppo, and R's three without an area may be T's three in Damascus
			[]string{"R gives no area for 3 of its 5"}, nil},
		{"only some answers are there", "2017-01-06,R,5,,,,,,none,,,,,,,,", "2017-01-06,T,4,,,,,,none,,,R,,1,,,", reconcile.Of(4),
			[]string{"R answered the 4 of T: not stated confirmed, 1 fire at a group outside the truce, not stated not confirmed", "no answer to the count of R"}, nil},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			a, b := read(t, header+c.a+"\n"), read(t, header+c.b+"\n")
			p := reconcile.CompareDays(reconcile.Ledger{Name: "R", Days: a}, reconcile.Ledger{Name: "T", Days: b})[0]
			if p.Shared != c.shared {
				t.Errorf("shared at most: %v; expected %v", p.Shared, c.shared)
			}
			text := said(p.Reasons)
			for _, s := range c.says {
				if !strings.Contains(text, s) {
					t.Errorf("nothing says %q:\n%s", s, text)
				}
			}
			for _, s := range c.never {
				if strings.Contains(text, s) {
					t.Errorf("something says %q:\n%s", s, text)
				}
			}
		})
	}
}

// TestSharedIsTheLargestMatching holds the bound against a search over all ways to place the
// cases that have no area.
func TestSharedIsTheLargestMatching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDay(t, "a"), drawDay(t, "b")
		p := reconcile.CompareDays(reconcile.Ledger{Name: "A", Days: []reconcile.Day{a}}, reconcile.Ledger{Name: "B", Days: []reconcile.Day{b}})[0]
		best := 0
		for _, x := range placings(a) {
			for _, y := range placings(b) {
				n := 0
				for i := range x {
					n += min(x[i], y[i])
				}
				best = max(best, n)
			}
		}
		if p.Shared != reconcile.Of(best) {
			t.Fatalf("%v; the search finds %d", p.Shared, best)
		}
	})
}

func drawDay(t *rapid.T, name string) reconcile.Day {
	d := reconcile.Day{Date: "2017-01-06", Author: name, Breakdown: "partial"}
	sum := 0
	for _, area := range []string{"aleppo", "damascus", "hama"} {
		var c reconcile.Count
		if rapid.Bool().Draw(t, name+area+"?") {
			c = reconcile.Of(rapid.IntRange(0, 3).Draw(t, name+area))
		}
		sum += c.N
		d.Parts = append(d.Parts, reconcile.Part{Area: area, N: c})
	}
	d.Total = reconcile.Of(sum + rapid.IntRange(0, 3).Draw(t, name+"rest"))
	return d
}

// placings are all ways to put the cases without an area into areas that are not stated, the
// last of which is any other.
func placings(d reconcile.Day) [][4]int {
	var base [4]int
	rest := d.Total.N
	open := []int{3}
	for i, p := range d.Parts {
		if base[i] = p.N.N; !p.N.Stated {
			open = append(open, i)
		}
		rest -= p.N.N
	}
	out := [][4]int{base}
	for range rest {
		var next [][4]int
		for _, x := range out {
			for _, i := range open {
				y := x
				y[i]++
				next = append(next, y)
			}
		}
		out = next
	}
	return out
}

func TestRowsThatCannotBeRead(t *testing.T) {
	tests := []struct{ name, row, field, want string }{
		{"no day", "2017-13-06,R,1,,,,,,none,,,,,,,,", "date", "a day such as 2017-01-12"},
		{"no author", "2017-01-06,,1,,,,,,none,,,,,,,,", "ledger", "a name"},
		{"half a case", "2017-01-06,R,1.5,,,,,,none,,,,,,,,", "total", "a whole number from 0, or nothing where none is stated"},
		{"fewer than none", "2017-01-06,R,-1,,,,,,none,,,,,,,,", "total", "a whole number from 0, or nothing where none is stated"},
		{"a part in words", "2017-01-06,R,1,one,,,,,none,,,,,,,,", "aleppo", "a whole number from 0, or nothing where none is stated"},
		{"a breakdown of its own", "2017-01-06,R,1,,,,,,mostly,,,,,,,,", "breakdown", "full, partial, none, or nothing"},
		{"a field too few", "2017-01-06,R,1", "", "17, one for each column"},
		{"a count that starts later", "2017-01-06,R,1,,,,,,none,9,2017-02-01,,,,,,", "cumulative_since", "a day such as 2016-02-27"},
		{"the day again", "2017-01-05,R,2,,,,,,none,,,,,,,,", "date", "one row for a day of an author"},
		{"a quote that never ends", `2017-01-06,"R,1,,,,,,none,,,,,,,,`, "", "CSV with quotes in pairs"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			text := header + "2017-01-05,R,1,,,,,,none,,,,,,,,\n" + c.row + "\n"
			got, bad, err := reconcile.ReadDays("ledger.csv", strings.NewReader(text))
			if err != nil || len(got) != 1 || len(bad) != 1 {
				t.Fatal(got, bad, err)
			}
			if p := bad[0].Problem; p.Field != c.field || p.Want != c.want || p.File != "ledger.csv" || p.Line != 3 || bad[0].Raw != c.row {
				t.Errorf("%+v %q", p, bad[0].Raw)
			}
		})
	}
}

func TestFilesThatAreNoLedger(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"no total":              "date,ledger\n",
		"no author":             "date,total\n",
		"a column nobody knows": "date,ledger,total,breakdown,cumulatve\n",
		"an area twice":         "date,ledger,total,hama,hama,breakdown\n",
		"no text":               "date,ledger,total\n\xff\xfe,1,2\n",
		"half a gzip":           "\x1f\x8b\x08\x00",
	} {
		if _, _, err := reconcile.ReadDays("ledger.csv", strings.NewReader(text)); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func FuzzReadDays(f *testing.F) {
	f.Add(header + "2016-03-06,C,15,0,11,1,1,1,full,99,2016-02-27,R,0,1,14,bulletin,\"says 15\"\n")
	f.Add("date,claimant,total,x\n2016-01-01,a,1,\n2016-01-02,b,,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, bad, err := reconcile.ReadDays("f.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, b := range bad {
			if b.Problem.Line < 1 || b.Problem.Want == "" {
				t.Fatalf("%+v", b)
			}
		}
		for _, x := range reconcile.Authors(all) {
			for _, p := range reconcile.CompareDays(reconcile.Ledger{Name: x, Days: reconcile.By(all, x)}, reconcile.Ledger{Name: "B"}) {
				if strings.Contains(said(p.Reasons)+said(p.SlipsA), "%!") {
					t.Fatal(said(p.Reasons), said(p.SlipsA))
				}
			}
		}
	})
}

func FuzzReadNamed(f *testing.F) {
	f.Add("date,claimant,province,place_as_written,times\n2016-01-01,a,Hama,Maan,1\n2016-01-01,a,Hama,,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		places, _, err := reconcile.ReadNamed("f.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		n := 0
		for _, d := range reconcile.CompareNamed(nil, places) {
			n += d.Named
		}
		for _, p := range places {
			n -= p.Times
		}
		if n != 0 {
			t.Fatalf("%d cases are lost", n)
		}
	})
}

func TestDaysThatBeginAtOtherHours(t *testing.T) {
	row := header + "2017-01-06,X,1,,,,,,none,,,,,,,,\n"
	a := reconcile.Ledger{Name: "A", Days: read(t, row), Zone: damascus, Cut: 6 * time.Hour}
	b := reconcile.Ledger{Name: "B", Days: read(t, row), Zone: time.UTC} // midnight in UTC is 03:00 in Damascus
	want := "a day of B begins 3 hours before one of A: what happened in between stands under two dates"
	for _, p := range [][]reconcile.DayPair{reconcile.CompareDays(a, b), reconcile.CompareDays(b, a)} {
		if text := said(p[0].Reasons); !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	b.Cut = 3 * time.Hour
	if text := said(reconcile.CompareDays(a, b)[0].Reasons); strings.Contains(text, "begins") {
		t.Error(text)
	}
}
