package desk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
)

const register = `register: 1
zone: Asia/Damascus
actors:
  - {id: army, kind: state-forces, names: [Army]}
  - {id: rebels, kind: non-state-armed-group, names: [Rebels]}
`

const pact = `truce: 1
agreement: pact
title: Pact
form: agreement
zone: Asia/Damascus
in_force: 2016-03-01 ..
parties: {army: {actors: [army]}, rebels: {actors: [rebels]}}
moments: {go: {declared_by: the chair}}
clauses:
  - {id: A, forbid: attack, by: army, against: rebels}
  - {id: C, calm: {days: 2, reset_by: violation, of: [A], ledger: complete}}
`

const missionText = `mission: town
title: Town
zone: Asia/Damascus
day: "19:30"
from: "2016-03-20"
to: "2016-03-31"
register: register.yaml
entries: entries.yaml
agreements: [pact.yaml]
records: [{file: r.csv}]
`

// folder lays a mission out.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{"register.yaml": register, "pact.yaml": strings.Replace(pact, ", ledger: complete", "", 1),
		"mission.yaml": missionText, "entries.yaml": "moments: []\n", "r.csv": "id,from,act,by,against\n"}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func check(t *testing.T, files map[string]string) *Result {
	t.Helper()
	m, _, err := Open(folder(t, files), OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Check(context.Background(), CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The reporting day runs from evening to evening; the period is whole days of it, also
// across the change of clocks on 25 March, when midnight does not exist in Damascus.
func TestReportingDays(t *testing.T) {
	r := check(t, map[string]string{"r.csv": "id,from,to,act,by,against,killed_low,killed_high,incident\n" +
		"before the cut,2016-03-24 19:29,,shelling,army,rebels,1,2,\n" +
		"at the cut,2016-03-24 19:30,,shelling,army,rebels,,,\n" +
		"across the cut,2016-03-26 19:00,2016-03-26 20:00,shelling,army,rebels,,,\n" +
		"one incident,2016-03-28 10:00,,shelling,army,rebels,3,5,I\n" +
		"told twice,2016-03-28 11:00,,shelling,army,rebels,4,9,I\n" +
		"too early,2016-03-01 10:00,,shelling,army,rebels,,,\n"})
	days := map[string]int{}
	for d, n := range r.Tally.Days {
		days[d] = n.Elements
	}
	if d := cmp.Diff(map[string]int{"2016-03-23": 1, "2016-03-24": 1, "2016-03-27": 2}, days); d != "" {
		t.Error(d)
	}
	if r.Tally.Undated != 1 || r.Outside != 1 {
		t.Errorf("%d undated, %d outside", r.Tally.Undated, r.Outside)
	}
	list := r.Days()
	if len(list) != 12 || list[0] != "2016-03-20" || list[11] != "2016-03-31" {
		t.Errorf("days %v", list)
	}
	if low, high, unknown := r.Tally.Days["2016-03-27"].Killed(); low != 3 || high != 9 || unknown != 0 {
		t.Errorf("one incident told twice: %d to %d, %d unknown", low, high, unknown)
	}
	if _, _, unknown := r.Tally.Days["2016-03-24"].Killed(); unknown != 1 {
		t.Error("no figure is not zero")
	}
}

func TestBadMissions(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		says             string
	}{
		{"no zone", "mission.yaml", "mission: town\n", "zone: is missing"},
		{"a zone that is none", "mission.yaml", strings.Replace(missionText, "Asia/Damascus", "Asia/Nowhere", 1), "is not known"},
		{"a misspelt key", "mission.yaml", missionText + "recrods: []\n", "recrods"},
		{"an hour that is none", "mission.yaml", strings.Replace(missionText, "19:30", "25:00", 1), "is not an hour"},
		{"a register that is not there", "mission.yaml", strings.Replace(missionText, "register.yaml", "nobody.yaml", 1), "cannot be read"},
		{"an agreement twice", "mission.yaml", strings.Replace(missionText, "[pact.yaml]", "[pact.yaml, pact.yaml]", 1), "loaded already"},
		{"a moment that the agreement does not have", "entries.yaml", "moments: [{agreement: pact, moment: stop, at: 2016-03-01, by: chair}]\n", "no moment"},
		{"a moment without a time", "entries.yaml", "moments: [{agreement: pact, moment: go, at: soon, by: chair}]\n", "not a time"},
		{"a judgment on a clause that is no calm", "entries.yaml", "judgments: [{agreement: pact, clause: A, by: chair, at: 2016-03-01, says: satisfied}]\n", "no calm clause"},
		{"a word that is no judgment", "entries.yaml", "judgments: [{agreement: pact, clause: C, by: chair, at: 2016-03-01, says: perhaps}]\n", "perhaps"},
		{"an actor that the register does not have", "pact.yaml", strings.Replace(strings.Replace(pact, ", ledger: complete", "", 1), "actors: [army]", "actors: [navy]", 1), "navy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _, err := Open(folder(t, map[string]string{c.file: c.text}), OpenOptions{})
			if err == nil {
				_, err = m.Check(context.Background(), CheckOptions{})
			}
			var e *truce.Error
			var ps truce.Problems
			if err == nil || !errors.As(err, &e) && !errors.As(err, &ps) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want an error about %q", err, c.says)
			}
		})
	}
}

// Stopping a check leaves nothing behind.
func TestInterrupted(t *testing.T) {
	dir := folder(t, map[string]string{"r.csv": "id,from,act,by,against\nA,2016-03-22,shelling,army,rebels\nB,soon,shelling,army,rebels\n"})
	m, _, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	aside := filepath.Join(dir, "aside.csv")
	if _, err := m.Check(ctx, CheckOptions{SetAside: aside}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*aside*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestPublishedPlacesAreCoarse(t *testing.T) {
	m, _, err := Open(folder(t, nil), OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exact := truce.Element{Where: []truce.Place{{Form: truce.FormDisc, Lat: 36.2012, Lon: 37.1611}}}
	if got := m.Extent(&exact).String(); !strings.Contains(got, "36.2 to 36.3 north") {
		t.Errorf("an exact place is published as %q", got)
	}
	if !m.Extent(&truce.Element{}).Anywhere() {
		t.Error("an unknown place is published as a known one")
	}
}

func FuzzMission(f *testing.F) {
	f.Add(missionText, "moments: [{agreement: pact, moment: go, at: 2016-03-01, by: chair}]\n")
	f.Add("mission: [", "judgments: {}\n")
	f.Add("{}", "- a\n")
	f.Fuzz(func(t *testing.T, mission, entries string) {
		if strings.Contains(mission, "..") || strings.Contains(mission, "/") && !strings.Contains(mission, "Asia/") {
			t.Skip("files elsewhere")
		}
		m, _, err := Open(folder(t, map[string]string{"mission.yaml": mission, "entries.yaml": entries}), OpenOptions{})
		var e *truce.Error
		var ps truce.Problems
		switch {
		case err == nil && (m.ID == "" || m.Zone == nil || m.Cut >= 24*time.Hour):
			t.Errorf("%+v", m)
		case err != nil && !errors.As(err, &e) && !errors.As(err, &ps):
			t.Errorf("%T %v", err, err)
		}
	})
}
