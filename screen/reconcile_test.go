package screen

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"truce/reconcile"
)

// TestReasonsHaveWords holds that a page says every reason as the command line does, and that in
// every language the same things are put in.
func TestReasonsHaveWords(t *testing.T) {
	put := regexp.MustCompile(`%\[\d\][sd]`)
	for _, lang := range Langs() {
		text, err := files.ReadFile("words/" + string(lang) + "/reconcile.json")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		for code, english := range reconcile.Sentences() {
			form, _ := all["reconcile.because."+code].(string)
			want, got := put.FindAllString(english, -1), put.FindAllString(form, -1)
			slices.Sort(want)
			slices.Sort(got)
			if form == "" || !slices.Equal(slices.Compact(want), slices.Compact(got)) || lang == English && form != english {
				t.Errorf("%s: %s: %q for %q", lang, code, form, english)
			}
		}
	}
}

func TestReconcileIsAskedStrictly(t *testing.T) {
	for query, field := range map[string]string{"": "", "a=x&b=y": "", "a=x&b=y&cut_a=06:00&zone_b=UTC&as_of=3&lang=ar": "", "a=x": "b", "b=y": "b", "a=x&b=y&c=z": "c", "a=x&a=y&b=z": "a"} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseReconcile(q); (err == nil) != (field == "") {
			t.Errorf("%s: %v", query, err)
		}
	}
	for _, side := range []ReconcileSide{{Zone: "Local"}, {Zone: "Nowhere"}, {Cut: "24:00"}, {Cut: "6"}} {
		if _, _, err := side.Terms("a"); err == nil {
			t.Errorf("%+v is taken", side)
		}
	}
}
