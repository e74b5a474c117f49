package actors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// head begins every register of the tests.
const head = "register: 1\nzone: Asia/Damascus\nlists: {un: UN list}\nactors:\n"

func TestWhatIsWrongIsReportedWhereItStands(t *testing.T) {
	army := head + "  - {id: army, kind: state-forces, names: [Army]}\n"
	tests := map[string]struct {
		text string
		want []string // "line:column code"
	}{
		"empty file":           {"", []string{"1:1 yaml"}},
		"not YAML":             {"register: 1\n\tzone: UTC\n", []string{"2:1 yaml"}},
		"two documents":        {army + "---\na: 1\n", []string{"1:1 yaml"}},
		"a list":               {"- a\n", []string{"1:1 not-a-map"}},
		"nothing in it":        {"register: 1\n", []string{"1:1 missing-key", "1:1 missing-key"}},
		"another version":      {strings.Replace(army, "1", "2", 1), []string{"1:11 bad-version"}},
		"unknown zone":         {strings.Replace(army, "Asia/Damascus", "Asia/Nowhere", 1), []string{"2:7 unknown-zone"}},
		"the machine's zone":   {strings.Replace(army, "Asia/Damascus", "Local", 1), []string{"2:7 unknown-zone"}},
		"unknown key":          {army + "actor: []\n", []string{"6:1 unknown-key"}},
		"key given twice":      {army + "zone: UTC\n", []string{"6:1 duplicate-key"}},
		"list given twice":     {strings.Replace(army, "{un: UN list}", "{un: UN list, un: other}", 1), []string{"3:22 duplicate-key"}},
		"actor twice":          {army + "  - {id: army, kind: police, names: [P]}\n", []string{"6:10 duplicate"}},
		"unknown kind":         {head + "  - {id: a, kind: army, names: [A]}\n", []string{"5:19 unknown-word"}},
		"no kind and no names": {head + "  - {id: a}\n", []string{"5:5 missing-key", "5:5 missing-key"}},
		"names empty":          {head + "  - {id: a, kind: police, names: []}\n", []string{"5:34 no-name"}},
		"name without letters": {head + "  - {id: a, kind: police, names: [A, '-']}\n", []string{"5:38 bad-name"}},
		"id with a space":      {head + "  - {id: a b, kind: police, names: [A]}\n", []string{"5:10 bad-identifier"}},
		"alias":                {head + "  - {id: a, kind: police, names: &n [A]}\n  - {id: b, kind: police, names: *n}\n", []string{"6:34 not-a-list"}},
		"members of no umbrella": {head + "  - {id: a, kind: police, names: [A], members: [a], open: yes}\n",
			[]string{"5:10 circle", "5:48 not-an-umbrella", "5:59 not-an-umbrella"}},
		"member undeclared":      {head + "  - {id: a, kind: umbrella, names: [A], members: [b]}\n", []string{"5:51 undeclared"}},
		"name ends at its start": {head + "  - {id: a, kind: police, names: [{name: A, from: 2016-02-01, to: 2016-02-01}]}\n", []string{"5:67 empty-span"}},
		"no such day":            {head + "  - {id: a, kind: police, names: [{name: A, from: 2016-02-30}]}\n", []string{"5:51 bad-time"}},
		"an umbrella that covers itself": {head + "  - {id: a, kind: umbrella, names: [A], members: [b]}\n  - {id: b, kind: coalition, names: [B], members: [a]}\n",
			[]string{"5:10 circle", "6:10 circle"}},
		"link to nobody":        {head + "  - {id: a, kind: police, names: [A], links: [{part-of: b, standing: established}]}\n", []string{"5:57 undeclared"}},
		"link to itself":        {head + "  - {id: a, kind: police, names: [A], links: [{part-of: a, standing: established}]}\n", []string{"5:57 link-to-itself"}},
		"link without standing": {army + "  - {id: a, kind: police, names: [A], links: [{part-of: army}]}\n", []string{"6:47 missing-key"}},
		"link without kind":     {head + "  - {id: a, kind: police, names: [A], links: [{standing: claimed}]}\n", []string{"5:47 missing-key"}},
		"link of two kinds":     {army + "  - {id: a, kind: police, names: [A], links: [{part-of: army, supports: army, standing: claimed}]}\n", []string{"6:73 two-links"}},
		"list undeclared":       {head + "  - {id: a, kind: police, names: [A], listed: [{list: eu}]}\n", []string{"5:55 undeclared"}},
		"adherence of nobody": {army + "adherence:\n  - {agreement: x, actor: b, as: p, status: accepted, at: 2016-01-01, by: me, standing: claimed}\n",
			[]string{"7:27 undeclared"}},
		"adherence without by and standing": {army + "adherence:\n  - {agreement: x, actor: army, as: p, status: accepted, at: 2016-01-01}\n",
			[]string{"7:5 missing-key", "7:5 missing-key"}},
		"two steps at one time": {army + "adherence:\n" + strings.Repeat("  - {agreement: x, actor: army, as: p, status: accepted, at: 2016-01-01, by: me, standing: claimed}\n", 2),
			[]string{"8:5 duplicate"}},
		"unknown status": {army + "adherence:\n  - {agreement: x, actor: army, as: p, status: agreed, at: 2016-01-01, by: me, standing: claimed}\n",
			[]string{"7:48 unknown-word"}},
		"many at once": {"register: 1\nzone: UTC\ncolour: red\nactors:\n  - {id: a, kind: x, names: A}\n  - 3\n",
			[]string{"3:1 unknown-key", "5:19 unknown-word", "5:29 not-a-list", "6:5 not-a-map"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, problems := Parse("r.yaml", []byte(tt.text))
			if r != nil {
				t.Error("a register came out")
			}
			var got []string
			for _, p := range problems {
				if p.Want == "" || p.File != "r.yaml" {
					t.Errorf("no file or nothing expected: %v", p)
				}
				got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%v\n%s", problems, diff)
			}
		})
	}
}

func TestTimesOfTheRegister(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ text, want string }{
		"winter day":                      {"2016-02-26", "2016-02-25T22:00:00Z"},
		"winter noon":                     {"2016-02-26 12:00", "2016-02-26T10:00:00Z"},
		"summer day":                      {"2016-07-28", "2016-07-27T21:00:00Z"},
		"day whose midnight is jumped":    {"2016-03-25", "2016-03-24T22:00:00Z"},
		"minute that does not exist":      {"2016-03-25 00:30", "2016-03-24T22:00:00Z"},
		"minute after the jump":           {"2016-03-25 01:00", "2016-03-24T22:00:00Z"},
		"minute that occurs twice: first": {"2016-10-27 23:30", "2016-10-27T20:30:00Z"},
		"day after the clocks went back":  {"2016-10-28", "2016-10-27T22:00:00Z"},
		"another zone":                    {"2016-02-27 00:30 Europe/Moscow", "2016-02-26T21:30:00Z"},
		"UTC":                             {"2016-02-26T22:00Z", "2016-02-26T22:00:00Z"},
		"offset":                          {"2016-02-27T00:00:00+02:00", "2016-02-26T22:00:00Z"},
		"no day":                          {"2016-02", ""},
		"no zone of that name":            {"2016-02-27 00:30 Europe/Nowhere", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := parseTime(tt.text, zone)
			if ok != (tt.want != "") || ok && got.UTC().Format(time.RFC3339) != tt.want {
				t.Errorf("%s: got %v, %v; want %q", tt.text, got.UTC(), ok, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(head + "  - {id: a, kind: umbrella, names: [{name: A, to: 2016-01-01}], members: [b], open: yes}\n" +
		"  - {id: b, kind: police, names: [B], links: [{part-of: a, standing: claimed}], listed: [{list: un}]}\n" +
		"adherence:\n  - {agreement: x, actor: b, as: p, status: notice, at: 2016-01-01 12:00, where: [SY01], by: me, standing: claimed}\n")
	f.Add("register: &a [*a]\n")
	f.Add("? {a: b}\n: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, problems := Parse("f", []byte(text))
		if (r == nil) != (len(problems.Fatal()) > 0) {
			t.Fatalf("register %v with problems %v", r, problems)
		}
		if r == nil {
			return
		}
		m := Membership{Agreement: "x", Parties: map[string]Party{
			"p": {Actors: r.IDs(), With: []string{"associated"}, Adhering: true, Listed: []string{"un"}, Except: []string{"q"}},
			"q": {Adhering: true, As: "p", Parties: []string{"p"}},
		}}
		for _, id := range r.IDs() {
			at := time.Date(2016, 1, 1, 12, 0, 0, 0, time.UTC)
			r.Member(m, "q", id, at, nil)
			if r.Why(m, "p", id, at) == "" || len(r.Resolve(id, at)) != 1 {
				t.Fatal(id)
			}
			r.Changes(m, id)
		}
	})
}
