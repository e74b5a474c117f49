package export

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"truce"
)

func pageOf(t *testing.T, c Check) string {
	t.Helper()
	var b bytes.Buffer
	if err := Page(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageSameBytes(t *testing.T) {
	if pageOf(t, sample(60)) != pageOf(t, sample(60)) {
		t.Error("the same check gives other bytes")
	}
}

func TestPageEmpty(t *testing.T) {
	page := pageOf(t, Check{})
	for _, want := range []string{"No civil days are known.", "No source was named.", "truce check --json"} {
		if !strings.Contains(page, want) {
			t.Errorf("misses %q", want)
		}
	}
}

// TestPageLinks: every link of the page leads to something on it, and no name is twice.
func TestPageLinks(t *testing.T) {
	page := pageOf(t, sample(120))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:href|for|aria-labelledby)="#?([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] && !strings.HasPrefix(id, "data:") {
				t.Errorf("nothing is called %q", id)
			}
		}
	}
}

func TestPageAsksNobody(t *testing.T) {
	page := pageOf(t, sample(60))
	for _, bad := range []string{"http://", "https://", "//cdn", "@import", "src=", "style=\"", "onclick", "fetch(", "XMLHttpRequest", "innerHTML", "eval("} {
		if strings.Contains(page, bad) {
			t.Errorf("holds %q", bad)
		}
	}
	if !strings.Contains(page, "default-src &#39;none&#39;; style-src &#39;sha256-") {
		t.Error("no strict policy")
	}
}

// hostile is what a report may carry on purpose.
func hostile() []struct{ name, text string } {
	return []struct{ name, text string }{
		{"script", `<script>alert(1)</script>`},
		{"attribute", `" onmouseover="alert(1)`},
		{"end of data", `</script><img src=x onerror=alert(1)>`},
		{"template", `{{.Made}}`},
		{"direction override", "abc\u202egnp.exe"},
		{"unclosed isolate", "abc\u2066def"},
		{"thousand marks", "a" + strings.Repeat("\u0301", 1000)},
		{"very long word", strings.Repeat("x", 100_000)},
		{"null and bell", "a\x00b\x07c"},
		{"not UTF-8", "a\xffb"},
		{"line separators", "a\u2028b\u2029c"},
		{"tag characters", "a\U000E0041b"},
	}
}

func TestPageHostile(t *testing.T) {
	for _, h := range hostile() {
		t.Run(h.name, func(t *testing.T) {
			page := pageOf(t, soaked(h.text))
			for _, bad := range []string{"<script>alert", "<img", " onmouseover=\"", "\u202e", "\u2066", "\x00", "\u2028", "\U000E0041", strings.Repeat("\u0301", 5)} {
				if strings.Contains(page, bad) {
					t.Errorf("holds %q", bad)
				}
			}
			if strings.Count(page, "<script") != 2 || strings.Count(page, "</script>") != 2 {
				t.Error("another script on the page")
			}
			if !utf8.ValidString(page) {
				t.Error("not UTF-8")
			}
		})
	}
}

// soaked is a check with the text in every place that takes one.
func soaked(s string) Check {
	v := truce.Verdict{Agreement: "a", Version: s, Clause: "c", Cite: s, Element: s, State: s, Outcome: truce.Undetermined, Code: s, Codes: []string{s, "UD-TIME"},
		Steps: []truce.Step{{Condition: s, Answer: s, Because: s, Sources: []string{s}}}, Rests: []string{s}, Could: []string{s}, Notes: []string{s},
		Settle:   []truce.Settle{{Facts: []string{s}, Outcomes: []truce.Settled{{Values: []string{s}, Outcome: truce.Outcome(s)}}}},
		Readings: []truce.Reading{{Name: s, HeldBy: s, Outcome: truce.Outcome(s), Code: s}}}
	area, _ := json.Marshal(map[string]any{"type": "Feature", "properties": map[string]string{"name": s}, "geometry": sampleOutline()})
	return Check{Mission: s, Title: s, Zone: s, Made: s, Command: s, From: "2016-09-09", To: "2016-09-10", Outline: sampleOutline(), Areas: area,
		Agreements: []Agreement{{ID: "a", Title: s, Version: s, InForce: s, Clauses: []Clause{{ID: "c", Cite: s, Text: s, Kind: s, Undetermined: 1,
			Codes: []CodeCount{{s, 1}}, WantOf: []FactCount{{s, 1}}}}}},
		Duties: []Duty{{s, s, s, s, s, []DutyStep{{"2016-09-09", s, s, s}}}}, Days: []Day{{Date: "2016-09-09", Elements: 1, KilledUnknown: 1}, {Date: s}},
		Elements: []Row{{ID: s, Title: s, When: s, First: "2016-09-09", Where: s, Precision: s, Geometry: disc(36, 33, 9000), Verdicts: []truce.Verdict{v}}, {ID: s, First: s, Last: s}},
		Windows:  []Window{{"a", s, "2016-09-09", ""}, {s, s, s, s}}, Open: []FactCount{{s, 1}}, Unmatched: []NameCount{{s, 1}}, Limits: []string{s}, Sources: []string{s}}
}

func TestInert(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Daraya, 12 dead", "Daraya, 12 dead"},
		{"arabic with vowels and joiners", "دَارَيَّا می\u200cخواهم", "دَارَيَّا می\u200cخواهم"},
		{"override becomes visible", "a\u202eb", "a⟨U+202E⟩b"},
		{"lines become one", "a\nb\tc", "a b c"},
		{"marks are cut", "e" + strings.Repeat("\u0301", 9) + "f", "e" + strings.Repeat("\u0301", 4) + "⟨5 more marks⟩f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := inert(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("word ", 100)
	w := line(long)
	if n := utf8.RuneCountInString(w.Short); n > lineLength+1 || !strings.HasSuffix(w.Short, "word…") {
		t.Errorf("cut to %d: %q", n, w.Short)
	}
	if w.Full != strings.TrimSpace(long) {
		t.Error("the whole is not reachable")
	}
	if got := line("short"); got.Full != "" {
		t.Error("a short text has a second form")
	}
	if got := line("Sons of داريا الحرة في الغوطة").Lang; got != "und-Arab" {
		t.Errorf("language %q", got)
	}
}

func TestPhrases(t *testing.T) {
	got := []string{number(0), number(999), number(11757), number(-1234567), plural(1, "act"), plural(1200, "act"), span(3, 3), span(3, 7),
		period("2016-09-09", "2016-09-24"), period("2016-02-27", "2016-09-24"), period("2016-12-30", "2017-01-02"), period("2016-09-09", "2016-09-09"), until("2016-09-12 19:00", ""), until("", "2016-09-13"), until("", "")}
	want := []string{"0", "999", "11\u202f757", "-1\u202f234\u202f567", "1\u00a0act", "1\u202f200\u00a0acts", "3", "3–7",
		"9–24 September 2016", "27 February – 24 September 2016", "30 December 2016 – 2 January 2017", "9 September 2016", "from 12 September 2016 19:00 on", "until 13 September 2016", "throughout"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestNoBlame: the page never counts by actor.
func TestNoBlame(t *testing.T) {
	c := sample(80)
	page := pageOf(t, c)
	before, _, _ := strings.Cut(page, `id="acts"`)
	for _, name := range []string{"Syrian Arab Army", "allied militia"} {
		if strings.Contains(before, name) {
			t.Errorf("%q stands above the single acts", name)
		}
	}
}

func FuzzShape(f *testing.F) {
	f.Add(string(sampleOutline()))
	f.Add(string(sampleAreas()))
	f.Add(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[]}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		shape, err := shapeOf(json.RawMessage(s))
		if err != nil {
			return
		}
		path(shape, 0.5)
		m := chartOfPlaces{Columns: 60, Rows: 50}
		m.weights(shape)
	})
}

func FuzzInert(f *testing.F) {
	for _, h := range hostile() {
		f.Add(h.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := inert(s)
		if !utf8.ValidString(once) {
			t.Fatal("not UTF-8")
		}
		for _, r := range once {
			if disturbs(r) {
				t.Fatalf("%U is left", r)
			}
		}
	})
}
