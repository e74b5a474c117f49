package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
)

// Stage is a stage of a case, with how long a case may stand in it.
type Stage struct {
	Name string
	// Leave is how long it may stand there, Live how long while there is fire; 0: no limit, and
	// for Live the same as Leave.
	Leave, Live time.Duration
}

// stageFile is a stage in mission.yaml.
type stageFile struct {
	Stage string `yaml:"stage"`
	Leave string `yaml:"leave"`
	Live  string `yaml:"live"`
}

// The stages of which the program itself speaks: where a case begins, and where a finding puts
// it.
const (
	StageReceived   = "received"
	StageDetermined = "determined"
)

// DefaultStages are the stages of a mission that names none, with the limits that monitoring
// missions have kept.
func DefaultStages() []Stage {
	const day = 24 * time.Hour
	return []Stage{
		{StageReceived, day, time.Hour}, {"acknowledged", day, day}, {"under examination", 30 * day, 0}, {"corroborated", 30 * day, 0}, {"disputed", day, 0},
		{StageDetermined, 0, 0}, {"closed", 0, 0}, {"withdrawn", 0, 0}, {"not examined", 0, 0},
	}
}

// DefaultMeasures are the steps after a finding, of a mission that names none.
func DefaultMeasures() []string {
	return []string{"contact", "warning", "joint visit", "task force", "ministers", Exclusion}
}

// Exclusion is the measure that is an act of two people: the party is excluded by it.
const Exclusion = "exclusion"

// setWork reads the stages and the measures.
func (m *Mission) setWork(f missionFile, path string) error {
	m.Stages, m.Measures = DefaultStages(), DefaultMeasures()
	if len(f.Stages) > 0 {
		m.Stages = nil
		for i, s := range f.Stages {
			stage, err := s.stage()
			if err != nil || slices.ContainsFunc(m.Stages, func(had Stage) bool { return had.Name == s.Stage }) {
				return &truce.Error{Kind: truce.Invalid, At: path, Msg: fmt.Sprintf("stages: entry %d is no stage, or one that stood before", i+1), Hint: "stage: NAME, and if it has a limit leave: and live: such as 24h or 30d"}
			}
			m.Stages = append(m.Stages, stage)
		}
		for _, must := range []string{StageReceived, StageDetermined} {
			if !slices.ContainsFunc(m.Stages, func(s Stage) bool { return s.Name == must }) {
				return &truce.Error{Kind: truce.Invalid, At: path, Msg: "stages: there is no stage " + must, Hint: "stage: " + must}
			}
		}
	}
	if len(f.Measures) > 0 {
		if m.Measures = f.Measures; slices.Contains(f.Measures, "") || len(slices.Compact(slices.Sorted(slices.Values(f.Measures)))) < len(f.Measures) {
			return &truce.Error{Kind: truce.Invalid, At: path, Msg: "measures: a step has no name, or stands twice", Hint: "a list of steps in their order"}
		}
	}
	return nil
}

func (s stageFile) stage() (Stage, error) {
	out := Stage{Name: s.Stage}
	var err error
	if s.Stage == "" {
		return out, &truce.Error{Kind: truce.Invalid, At: "stage", Msg: "it has no name"}
	}
	if out.Leave, err = limit(s.Leave); err != nil {
		return out, err
	}
	out.Live, err = limit(s.Live)
	return out, err
}

// limit reads a limit such as 90m, 24h or 30d; empty is none.
func limit(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	unit := time.Duration(1)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		text, unit = days+"h", 24
	}
	d, err := time.ParseDuration(text)
	if err == nil && (d < 0 || d > longestLimit/unit) {
		err = &truce.Error{Kind: truce.Invalid, At: "stages", Msg: "this is no limit", Hint: "not below nothing, at most ten years"}
	}
	return d * unit, err
}

// longestLimit is more than any mission lasts.
const longestLimit = 3660 * 24 * time.Hour

// Limit is how long a case may stand in a stage, 0 without a limit.
func (s Stage) Limit(live bool) time.Duration {
	if live && s.Live > 0 {
		return s.Live
	}
	return s.Leave
}
