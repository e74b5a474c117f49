package beside_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce/reading"
	"truce/reading/beside"
	"truce/reading/marked"
)

const folder, shared = "../testdata/corpus", "../../../shared/data"

func places(t *testing.T) marked.Places {
	t.Helper()
	b, err := os.ReadFile(folder + "/places.txt")
	if err != nil {
		t.Fatal(err)
	}
	p, err := marked.ParsePlaces("places.txt", b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// corpus returns the marked texts by name, and what is missing beside them.
func corpus(t *testing.T) (map[string]marked.Text, []string) {
	t.Helper()
	texts, err := marked.Corpus(folder)
	if err != nil {
		t.Fatal(err)
	}
	more, missing, err := marked.Beside(folder, shared)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]marked.Text{}
	for _, x := range append(texts, more...) {
		out[x.Name] = x
	}
	return out, missing
}

// two returns two texts as read by a reader that finds what is marked.
func two(t *testing.T, a, b string) (reading.Reading, reading.Reading) {
	t.Helper()
	all, missing := corpus(t)
	if all[a].Name == "" || all[b].Name == "" {
		t.Skipf("missing: %s", strings.Join(missing, ", "))
	}
	p := places(t)
	return all[a].Perfect(p), all[b].Perfect(p)
}

// find returns the row in whose sentences the words stand; "" is a side that must be empty.
func find(c beside.Comparison, a, b reading.Reading, inA, inB string) *beside.Row {
	holds := func(r reading.Reading, s *reading.Span, words string) bool {
		return words == "" && s == nil || words != "" && s != nil && strings.Contains(r.Text[s.From:s.To], words)
	}
	i := slices.IndexFunc(c.Rows, func(r beside.Row) bool { return holds(a, r.A, inA) && holds(b, r.B, inB) })
	if i < 0 {
		return nil
	}
	return &c.Rows[i]
}

func differ(r *beside.Row, what string) *beside.Difference {
	if r == nil {
		return nil
	}
	for i := range r.Differ {
		if r.Differ[i].What == what {
			return &r.Differ[i]
		}
	}
	return nil
}

// in says which accounts name a fact: "a", "b", "ab" or "".
func in(c beside.Comparison, kind, value string) string {
	for _, f := range c.Facts {
		if f.Kind == kind && f.Value == value {
			return strings.Repeat("a", min(1, len(f.A))) + strings.Repeat("b", min(1, len(f.B)))
		}
	}
	return ""
}

// TestTwoAccounts lays the two accounts that Truce starts from beside each other: a is the
// longer, pieced together from several; b is that of TV7.
func TestTwoAccounts(t *testing.T) {
	a, b := two(t, "accounts-000", "accounts-004")
	c := beside.Compare(a, b)
	for name, ok := range map[string]bool{
		"the same story":                      c.Same && !c.OneOrigin,
		"the failed deal in both":             find(c, a, b, "failed to close a deal", "failed to reach an agreement") != nil,
		"nine hours of talks in a only":       in(c, "quantity", "hours:9") == "a",
		"48 hours in b only":                  in(c, "quantity", "hours:48") == "b",
		"over one million in a only":          in(c, "quantity", "people:1000000..") == "a",
		"Daraya in both":                      in(c, "place", "daraya") == "ab",
		"its surrender and its emptying":      find(c, a, b, "in Daraya began to leave", "effectively surrendered") != nil,
		"the change of name in b only":        find(c, a, b, "", "no name change by Nusra") != nil,
		"the Kurdish passage in a only":       find(c, a, b, "Kurdish fighters say they are withdrawing", "") != nil,
		"the Turkish list in a only":          find(c, a, b, "The PKK is recognised", "") != nil,
		"Turkey and the PKK in a only":        in(c, "actor", "turkish-armed-forces") == "a" && in(c, "actor", "pkk") == "a",
		"Iran and Hezbollah in b only":        in(c, "actor", "iranian-armed-forces") == "b" && in(c, "actor", "hezbollah") == "b",
		"the four towns of Geneva in neither": in(c, "place", "madaya") == "",
	} {
		if !ok {
			t.Errorf("not found: %s", name)
		}
	}
	deal := differ(find(c, a, b, "failed to close a deal", "failed to reach an agreement"), "scope")
	if deal == nil || deal.A != "nationwide" || !strings.Contains(deal.B, "48-hour") || !strings.Contains(deal.B, "Aleppo") {
		t.Errorf("nationwide in one, 48 hours for Aleppo in the other: %v", deal)
	}
	left := find(c, a, b, "in Daraya began to leave", "effectively surrendered")
	if differ(left, "wording") == nil && differ(left, "act") == nil {
		t.Error("Daraya is told in different words, and that is not shown")
	}
}

func TestANumberToldDifferently(t *testing.T) {
	a, b := two(t, "en06-wire-madaya-a", "en07-site-madaya-b")
	c := beside.Compare(a, b)
	d := differ(find(c, a, b, "A convoy of 71 trucks", "About fifty lorries"), "number")
	if want := (&beside.Difference{What: "number", A: "71", B: "About fifty"}); !cmp.Equal(d, want) {
		t.Errorf("got %v, want %v", d, want)
	}
	if r := find(c, a, b, "The needs are immense", "The needs are immense"); r == nil || !r.Copied {
		t.Error("a quotation taken from the other account is not seen as copied")
	}
	if c.OneOrigin {
		t.Error("two accounts that share one quotation are no single origin")
	}
}

func TestOneStoryInTwoLanguages(t *testing.T) {
	a, b := two(t, "en06-wire-madaya-a", "ar02-post-madaya")
	c := beside.Compare(a, b)
	if d := differ(find(c, a, b, "A convoy of 71 trucks", "مضايا"), "number"); !c.Same || d == nil || d.A != "71" || d.B != "نحو خمسين" {
		t.Errorf("same %v, number %v", c.Same, d)
	}
}

func TestCopiedTextIsOneOrigin(t *testing.T) {
	a, b := two(t, "en19-wire-copy-a", "en20-site-copy-b")
	c := beside.Compare(a, b)
	if !c.Same || c.Copied < 0.3 {
		t.Errorf("same %v, copied %.2f: a third of the shorter text is the other's", c.Same, c.Copied)
	}
	if r := find(c, a, b, "Tents burnt", "Tents burnt"); r == nil || !r.Copied {
		t.Error("a copied sentence is not seen as copied")
	}
	if whole := beside.Compare(a, a); !whole.OneOrigin || whole.Copied != 1 {
		t.Errorf("a text beside itself: one origin %v, copied %v", whole.OneOrigin, whole.Copied)
	}
}

// TestSameStory holds every two texts of the corpus against the stories they were written on.
func TestSameStory(t *testing.T) {
	all, _ := corpus(t)
	p := places(t)
	right, wrong := 0, 0
	perfect := map[string]reading.Reading{}
	for n, x := range all {
		perfect[n] = x.Perfect(p)
	}
	for n, x := range all {
		for m, y := range all {
			if n >= m {
				continue
			}
			same := x.Head["story"] != "" && x.Head["story"] == y.Head["story"]
			got := beside.Compare(perfect[n], perfect[m]).Same
			if same && !got {
				t.Errorf("%s and %s tell one story", n, m)
			}
			if got && !same {
				wrong++
				t.Logf("%s and %s are no one story", n, m)
			}
			if got && same {
				right++
			}
		}
	}
	if wrong > 13 { // of some 2,300; an account may touch on another story, as two briefings do on the convoy
		t.Errorf("%d pairs right, %d wrong", right, wrong)
	}
}

func TestChangedAbout(t *testing.T) {
	a, b := two(t, "en06-wire-madaya-a", "en07-site-madaya-b")
	one, other := beside.Compare(a, b), beside.Compare(b, a)
	if one.Likeness != other.Likeness || one.Same != other.Same {
		t.Errorf("likeness %v one way and %v the other", one.Likeness, other.Likeness)
	}
	if d := cmp.Diff(one, beside.Compare(a, b)); d != "" {
		t.Errorf("twice: %s", d)
	}
	if c := beside.Compare(reading.Reading{}, reading.Reading{}); c.Same || len(c.Rows) > 0 {
		t.Errorf("two empty texts: %v", c)
	}
}
