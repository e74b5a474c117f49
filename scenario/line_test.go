package scenario

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"truce"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		ok         bool
	}{
		{"words", " a  b\tc ", []string{"a", "b", "c"}, true},
		{"a comment", "a b # c", []string{"a", "b"}, true},
		{"quoted", `a note="two words # and more" b`, []string{"a", "note=two words # and more", "b"}, true},
		{"an empty word", `a ""`, []string{"a", ""}, true},
		{"not closed", `a "b`, []string{"a", "b"}, false},
		{"nothing", "", nil, true},
	} {
		got, ok := split(c.text)
		if ok != c.ok || cmp.Diff(c.want, got) != "" {
			t.Errorf("%s: %q %v", c.name, got, ok)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("HC-T1 T1 a/b V V note=\"x y\" table=NV/NV-TIME # why\n\nx duty a/b met")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseLines("f", 1, text)
		if err == nil && slices.ContainsFunc(lines, func(l line) bool { return l.label == "" && !strings.Contains(text, `"`) }) {
			t.Errorf("a line without a label: %q", text)
		}
	})
}

const small = `Words for people.

-- mission.yaml --
mission: small
zone: UTC
agreements: [a.yaml]
records: [{file: r.csv}]
-- a.yaml --
truce: 1
agreement: a
title: A
form: agreement
zone: UTC
in_force: 2016-01-01 ..
parties: {}
clauses:
  - {id: A1, text: No attack., forbid: attack}
-- r.csv --
id,from,act
E,2016-01-02,shelling
-- expect --
`

func TestRunSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing expected", "", "nothing is expected"},
		{"no mission", "-- expect --\na b c d e\n", "there is no mission.yaml"},
		{"no such element", small + "1 X a/A1 V V\n", "f:22: nothing was judged as X under a/A1 (one of E)"},
		{"no such clause", small + "1 E a/A2 V V\n", "f:22: nothing was judged as E under a/A2 (one of a/A1)"},
		{"no such key", small + "1 E a/A1 V V colour=red\n", "f:22: colour= is not known"},
		{"too short", small + "1 E\n", "f:22: the line is too short"},
		{"an open quotation", small + "1 E a/A1 V V note=\"x\n", "f:22: a quotation mark is not closed"},
		{"a path out", "-- ../x --\n-- expect --\n", `f:1: "../x" is not a file name`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Run(t.Context(), "f", []byte(c.text), fstest.MapFS{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestRowsSayWantAndGot(t *testing.T) {
	r, err := Run(t.Context(), "f", []byte(small+"1 E a/A1 NV NV-ACT table=V/V\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "f:22: 1: E a/A1: want NV NV-ACT, got V V-NOATTR (the table says V/V)"
	if len(r.Failed()) != 1 || r.Rows[0].String() != want {
		t.Errorf("got %v", r.Rows)
	}
}

func TestToll(t *testing.T) {
	e := func(author, killed string) truce.Element {
		return truce.Element{ID: author, Incident: "I", Said: []truce.Said{{Fact: "killed", Value: killed, Source: author}}}
	}
	i := Incidents([]truce.Element{e("one", "12"), e("two", "at least 10"), e("three", "14 to 21"), {ID: "x", Incident: "I", Status: "retracted"}})[0]
	toll, ok := i.Toll("killed")
	if !ok || toll.Low != 10 || toll.High != 21 || len(toll.Counts) != 3 || len(i.Elements) != 3 {
		t.Errorf("got %+v", toll)
	}
	if _, ok := i.Toll("injured"); ok {
		t.Error("nobody speaks of the injured")
	}
}
