package desk

import (
	"testing"
	"time"
)

func TestStagesOfAMission(t *testing.T) {
	read := func(f missionFile) (*Mission, error) {
		m := &Mission{}
		return m, m.setWork(f, "mission.yaml")
	}
	m, err := read(missionFile{})
	if err != nil || len(m.Stages) != 9 || len(m.Measures) != 6 || m.Stages[0].Limit(true) != time.Hour || m.Stages[0].Limit(false) != 24*time.Hour {
		t.Errorf("%v %+v", err, m)
	}
	m, err = read(missionFile{Stages: []stageFile{{Stage: "received", Leave: "90m"}, {Stage: "determined"}}, Measures: []string{"contact", "warning"}})
	if err != nil || m.Stages[0].Leave != 90*time.Minute || m.Stages[0].Limit(true) != 90*time.Minute || len(m.Measures) != 2 {
		t.Errorf("%v %+v", err, m)
	}
	for name, f := range map[string]missionFile{
		"no name":            {Stages: []stageFile{{}, {Stage: "received"}, {Stage: "determined"}}},
		"twice":              {Stages: []stageFile{{Stage: "received"}, {Stage: "received"}, {Stage: "determined"}}},
		"no first":           {Stages: []stageFile{{Stage: "determined"}}},
		"no last":            {Stages: []stageFile{{Stage: "received"}}},
		"no length":          {Stages: []stageFile{{Stage: "received", Leave: "soon"}, {Stage: "determined"}}},
		"no length in days":  {Stages: []stageFile{{Stage: "received", Leave: "xd"}, {Stage: "determined"}}},
		"a step twice":       {Measures: []string{"contact", "contact"}},
		"a step of no name":  {Measures: []string{""}},
		"a length below nil": {Stages: []stageFile{{Stage: "received", Leave: "-1h"}, {Stage: "determined"}}},
	} {
		if _, err := read(f); err == nil {
			t.Errorf("%s: it is a mission", name)
		}
	}
}

func FuzzLimit(f *testing.F) {
	for _, s := range []string{"", "24h", "30d", "1.5d", "-1h", "d", "9999999d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := limit(s); err == nil && d < 0 {
			t.Errorf("%q is %v", s, d)
		}
	})
}

// TestAFindingDeterminesUntilAnotherStageIsSet, and a withdrawn one does not.
func TestAFindingDeterminesUntilAnotherStageIsSet(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2016, 8, 27, h, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		rows []placed
		want string
	}{
		{"a finding after the stage", []placed{{Stage: "acknowledged", Recorded: at(1)}, {Finding: "F", Recorded: at(2)}}, StageDetermined},
		{"a stage after the finding", []placed{{Stage: "disputed", Recorded: at(3)}, {Finding: "F", Recorded: at(2)}}, "disputed"},
		{"a withdrawn finding", []placed{{Stage: "acknowledged", Recorded: at(1)}, {Finding: "F", Recorded: at(2), Status: "withdrawn"}}, "acknowledged"},
		{"two findings", []placed{{Finding: "F", Recorded: at(2)}, {Finding: "G", Recorded: at(4)}}, StageDetermined},
	} {
		found := map[string]*Case{}
		for _, p := range c.rows {
			kind := "stage"
			if p.Finding != "" {
				kind = "finding"
			}
			p.Incident = "I"
			place(found, DefaultStages(), kind, p.Finding, p)
		}
		if got := found["I"].Stage.Name; got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

func TestAddressed(t *testing.T) {
	for party, want := range map[string]string{"north": "TLP:AMBER TO:party:north", "": DefaultMark, "a party of no name": DefaultMark, "a,b": DefaultMark} {
		if got := Addressed(party); got != want {
			t.Errorf("%q: %s, not %s", party, got, want)
		}
	}
}
