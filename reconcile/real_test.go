package reconcile_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/reconcile"
)

// shared is the folder of real data, beside the repository.
const shared = "../../shared/data"

// data opens a file of the real data, or skips by its name.
func data(t *testing.T, name string) (string, *os.File) {
	t.Helper()
	path := filepath.Join(shared, name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("missing: %s", path)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

func days(t *testing.T, name string) []reconcile.Day {
	t.Helper()
	path, f := data(t, name)
	out, bad, err := reconcile.ReadDays(path, f)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	return out
}

// ledgers is the table of the 18 days, made by reading the 36 rows: what each counts, how many
// cases can at most be the same (in each area the smaller number; 23 April has no Turkish parts,
// so all 14 could be; on 6 May four in Damascus and, of the seven without an area, six
// outside it), and what is odd. Only 25 February holds a slip: its headline says 15.
var ledgers = []struct {
	date           string
	russia, turkey int
	shared         int
	says           []string // parts of sentences that must be there
}{
	{"2017-01-06", 15, 21, 8, []string{"Turkey counts 6 more than Russia", "aleppo +7, idlib +4, daraa +1, homs +1, latakia -1, hama -6", "same number for damascus 6", "only Russia counts any in hama 6, latakia 1", "no answer to the count of Turkey"}},
	{"2017-01-12", 6, 25, 2, []string{"Turkey counts 19 more", "Russia answered the 25 of Turkey: 0 confirmed, 5 fire at a group outside the truce, 20 not confirmed", "weekday in the article does not fit", "no answer to the count of Russia", "same number for hama 2"}},
	{"2017-02-08", 4, 11, 1, []string{"Turkey counts 7 more", "0 confirmed, 0 fire at a group outside the truce, 11 not confirmed"}},
	{"2017-02-10", 10, 8, 0, []string{"Russia counts 2 more", "no case can be the same", "8 not confirmed"}},
	{"2017-02-25", 14, 7, 3, []string{"Russia counts 7 more", "headline says 15"}},
	{"2017-03-01", 10, 14, 6, []string{"same number for damascus 4"}},
	{"2017-03-25", 13, 19, 8, []string{"1 fire at a group outside the truce, 18 not confirmed"}},
	{"2017-03-31", 11, 15, 7, []string{"same number for daraa 2, latakia 2"}},
	{"2017-04-01", 15, 18, 7, []string{"same number for daraa 1"}},
	{"2017-04-23", 14, 26, 14, []string{"Turkey gives no area for 26 of its 26"}},
	{"2017-05-06", 15, 11, 10, []string{"Turkey gives no area for 7 of its 11", "damascus -5"}},
	{"2017-06-05", 8, 7, 1, []string{"Russia counts 1 more", "no answer to the count of Turkey"}},
	{"2017-06-15", 9, 8, 6, []string{"same number for daraa 3"}},
	{"2017-07-30", 17, 2, 2, []string{"Russia counts 15 more", "only Russia counts any in aleppo 7, latakia 2"}},
	{"2017-09-05", 7, 2, 2, []string{"same number for hama 1"}},
	{"2017-09-16", 0, 5, 0, []string{"Turkey counts 5 more"}},
	{"2017-09-24", 9, 5, 2, []string{"same number for aleppo 1", "only Turkey counts any in idlib 3"}},
	{"2017-10-02", 2, 5, 0, []string{"no case can be the same", "only Russia counts any in aleppo 1, homs 1"}},
}

func TestEveryDayOfTwoLedgersIsExplained(t *testing.T) {
	all := days(t, "russia-turkey-ledgers/daily.csv")
	if diff := cmp.Diff([]string{"Russia", "Turkey"}, reconcile.Authors(all)); diff != "" {
		t.Fatal(diff)
	}
	pairs := reconcile.CompareDays(reconcile.Ledger{Name: "Russia", Days: reconcile.By(all, "Russia")}, reconcile.Ledger{Name: "Turkey", Days: reconcile.By(all, "Turkey")})
	if len(pairs) != len(ledgers) {
		t.Fatalf("%d days; expected %d", len(pairs), len(ledgers))
	}
	for i, want := range ledgers {
		p := pairs[i]
		if p.Date != want.date || p.A.Total != reconcile.Of(want.russia) || p.B.Total != reconcile.Of(want.turkey) || p.Shared != reconcile.Of(want.shared) {
			t.Errorf("%s: %v against %v, at most %v shared; expected %+v", p.Date, p.A.Total, p.B.Total, p.Shared, want)
		}
		text := said(p.Reasons)
		for _, s := range want.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: nothing says %q:\n%s", p.Date, s, text)
			}
		}
		var slips []string
		if want.date == "2017-02-25" {
			slips = []string{"slip.twice"}
		}
		if diff := cmp.Diff(slips, codes(p.SlipsA)); diff != "" || len(p.SlipsB) > 0 {
			t.Errorf("%s: slips %s %v", p.Date, diff, p.SlipsB)
		}
	}
}

func said(reasons []reconcile.Reason) string {
	var lines []string
	for _, r := range reasons {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "\n")
}

func codes(reasons []reconcile.Reason) []string {
	var out []string
	for _, r := range reasons {
		out = append(out, r.Code)
	}
	return out
}

// centre is what is odd in the 22 days of one side's claims, made by reading them: every
// breakdown in full adds up; 20 August repeats 19 August; the two running counts leave what the
// ledger does not have (since 27 February 175 days, of which 12 are here with 126; since
// 12 September 6 days, of which 3 are here with 99).
var centre = map[string][]string{
	"2016-08-19": {"of 1016 since 2016-02-27, 126 fall on days in the ledger and 890 on the 163 other days"},
	"2016-08-20": {"the same figures as the day before: perhaps the same bulletin"},
	"2016-09-17": {"of 199 since 2016-09-12, 99 fall on days in the ledger and 100 on the 3 other days"},
}

func TestOneSidesClaims(t *testing.T) {
	all := days(t, "russian-centre-claims/daily.csv")
	if len(all) != 22 {
		t.Fatalf("%d days", len(all))
	}
	got := map[string][]string{}
	for date, reasons := range reconcile.Slips(all) {
		for _, r := range reasons {
			got[date] = append(got[date], r.String())
			if r.IsSlip() {
				t.Errorf("%s: %s", date, r)
			}
		}
	}
	if diff := cmp.Diff(centre, got); diff != "" {
		t.Error(diff)
	}
}

// named are the places that the bulletins name against what they count, counted by hand: the
// day's total, the cases named, and each area that names fewer or as many as it counts.
var named = []struct {
	date         string
	total, named int
	areas        string
}{
	{"2016-02-28", 9, 6, "Damascus 6 of not stated"},
	{"2016-03-01", 15, 3, "Damascus 3 of not stated"},
	{"2016-03-04", 27, 6, "Aleppo 6 of 8"},
	{"2016-03-21", 6, 4, "Aleppo 1 of 1, Hama 1 of 2, Latakia 2 of 3"},
	{"2016-04-05", 5, 5, "Latakia 2 of 2, Daraa 1 of 1, Homs 1 of 1, Damascus 1 of 1"},
	{"2016-08-19", 7, 7, "Damascus 6 of 6, Latakia 1 of 1"},
	{"2016-09-14", 42, 13, "Aleppo 13 of 20"},
	{"2016-09-17", 55, 30, "Aleppo 14 of 27, Damascus 7 of 11, Hama 7 of 7, Latakia 2 of 6"},
	{"2016-09-24", 28, 25, "Damascus 16 of 16, Aleppo 9 of 9"},
	{"2016-09-29", 92, 9, "Damascus 5 of 20, Latakia 4 of 9"},
	{"2016-10-03", 49, 9, "Aleppo 7 of 26, Latakia 2 of 2"},
	{"2016-12-08", 36, 25, "Damascus 6 of 15, Aleppo 17 of 17, Latakia 2 of 2"},
	{"2016-12-31", 13, 5, "Aleppo 5 of not stated"},
}

func TestBulletinsNameFewerPlacesThanTheyCount(t *testing.T) {
	path, f := data(t, "russian-centre-claims/places.csv")
	places, bad, err := reconcile.ReadNamed(path, f)
	if err != nil || len(bad) > 0 || len(places) != 130 {
		t.Fatal(len(places), bad, err)
	}
	got := reconcile.CompareNamed(days(t, "russian-centre-claims/daily.csv"), places)
	if len(got) != len(named) {
		t.Fatalf("%d days", len(got))
	}
	for i, want := range named {
		d := got[i]
		var areas []string
		for _, a := range d.Areas {
			areas = append(areas, a.Area+" "+reconcile.Of(a.Named).String()+" of "+a.Counts.String())
		}
		if d.Date != want.date || d.Total != reconcile.Of(want.total) || d.Named != want.named || strings.Join(areas, ", ") != want.areas || len(d.Slips) > 0 {
			t.Errorf("%s: %d of %v: %v %v; expected %+v", d.Date, d.Named, d.Total, areas, d.Slips, want)
		}
	}
	if !slices.ContainsFunc(places, func(n reconcile.Named) bool { return n.Place == "Khai-al-Ansari quarter" && n.Times == 3 }) {
		t.Error("names are not as the bulletin spells them")
	}
}
