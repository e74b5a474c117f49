package terms

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/actors"
)

// Each file testdata/lint/CODE.yaml has the hole of its name and no other; lines
// "# want: CODE line:col" say where it is to be found. The file clean.yaml has none.
func TestLint(t *testing.T) {
	files := agreementFiles(t)
	for _, name := range sortedKeys(files) {
		if !strings.HasPrefix(name, "testdata/lint/") {
			continue
		}
		code := strings.TrimSuffix(filepath.Base(name), ".yaml")
		t.Run(code, func(t *testing.T) {
			var want []string
			for l := range strings.Lines(string(files[name])) {
				if w, ok := strings.CutPrefix(l, "# want: "); ok {
					want = append(want, strings.TrimSpace(w))
				}
			}
			if code != "clean" && len(want) == 0 {
				t.Fatal("no line # want:")
			}
			a, problems := Parse(name, files[name], beside(name))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			found := slices.Concat(Lint(a), LintText(name, files[name]))
			var got []string
			for _, p := range found {
				got = append(got, fmt.Sprintf("%s %d:%d", p.Code, p.Line, p.Column))
				if !p.Warning || p.Want == "" || p.File != name {
					t.Errorf("not a warning of this file that says what was expected: %+v", p)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s%v", diff, found)
			}
		})
	}
}

const bookRegister = `
register: 1
zone: UTC
actors:
  - {id: army, kind: state-forces, names: [{name: The Army}]}
  - {id: north, kind: non-state-armed-group, names: [{name: North}], links: [{part-of: army, from: 2016-03-10, standing: established}]}
  - {id: south, kind: non-state-armed-group, names: [{name: South}]}
adherence:
  - {agreement: pact, actor: south, as: groups, status: accepted, at: 2016-03-05, by: South, standing: established}
  - {agreement: pact, actor: north, as: guests, status: declined, at: 2016-03-05, by: North, standing: established}
`

const bookAgreement = `truce: 1
agreement: pact
title: T
form: agreement
zone: UTC
in_force: 2016-03-01 00:00 ..
parties:
  army: {actors: [army], with: part-of}
  groups: {adhering: yes}
  guests: {adhering: yes}
  police: {kind: [police]}
clauses:
  - {id: all-the-time, forbid: attack, by: groups}
  - {id: before-anyone-accepted, forbid: attack, by: groups, during: 2016-03-01 00:00 .. 2016-03-04 00:00}
  - {id: from-the-acceptance-on, forbid: attack, by: groups, during: 2016-03-04 00:00 .. 2016-03-06 00:00}
  - {id: of-guests-who-declined, forbid: attack, by: guests}
  - {id: of-a-kind-nobody-is, forbid: attack, by: police}
  - {id: one-of-two, forbid: attack, by: [police, army]}
  - {id: anyone, forbid: attack}
`

func TestLintBook(t *testing.T) {
	register, problems := actors.Parse("register", []byte(bookRegister))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	a, problems := Parse("pact", []byte(bookAgreement), nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	var got []string
	for _, p := range LintBook(a, Book{Register: register}) {
		got = append(got, fmt.Sprintf("%s %d:%d", p.Code, p.Line, p.Column))
	}
	want := []string{"adherence-never 10:3", "nobody-bound 14:54", "nobody-bound 16:54", "nobody-bound 17:51"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := LintBook(a, Book{}); got != nil {
		t.Errorf("without a register: %v", got)
	}
}

// Findings on the project's own agreements are warnings in their place, the same each time.
func TestLintAgreements(t *testing.T) {
	for name, text := range agreementFiles(t) {
		a, problems := Parse(name, text, beside(name))
		if problems.Err() != nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		version := a.Version()
		first := slices.Concat(Lint(a), LintText(name, text))
		placed(t, first)
		if second := slices.Concat(Lint(a), LintText(name, text)); !cmp.Equal(first, second) {
			t.Errorf("%s: other findings the second time", name)
		}
		if first.Err() != nil || a.Version() != version {
			t.Errorf("%s: lint is to warn and to change nothing", name)
		}
	}
}

// What lint says of a clock change is what the zone's clocks do. Damascus went from 00:00
// to 01:00 on 25 March 2016 and from 00:00 to 23:00 at the end of 27 October.
func TestLintNamesTheInstant(t *testing.T) {
	for written, want := range map[string]string{
		"2016-03-25 00:30": "it is read as 2016-03-25 01:00 +03:00",
		"2016-10-27 23:30": "it is read as the first, 2016-10-27 23:30 +03:00",
	} {
		text := strings.Replace(bookAgreement, "zone: UTC\nin_force: 2016-03-01 00:00", "zone: Asia/Damascus\nin_force: "+written, 1)
		a, problems := Parse("pact", []byte(text), nil)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		if !slices.ContainsFunc(Lint(a), func(p truce.Problem) bool { return strings.HasSuffix(p.Msg, want) }) {
			t.Errorf("%s: no finding says %q", written, want)
		}
	}
}
