package screen

import (
	"maps"
	"net/url"
	"slices"
	"time"

	"truce/desk"
)

// Verify is the board of cases by stage.
type Verify struct {
	Stages  []VerifyStage
	Waiting int // proposals that wait for a second person
	Over    int // cases past their limit
	Live    int // cases with fire
	Now     time.Time
}

// VerifyStage is one stage with its cases.
type VerifyStage struct {
	Name  string
	Limit Length
	Cases []VerifyCase
	Full  bool // only the newest may stand here
}

// VerifyCase is one case on the board, or on its own page.
type VerifyCase struct {
	desk.Case
	Now     time.Time
	Limited bool
	Over    bool
}

// NewVerify lays out the board as of a moment.
func NewVerify(stages []desk.Stage, cases []desk.Case, waiting int, now time.Time) Verify {
	v := Verify{Waiting: waiting, Now: now}
	at := map[string]int{}
	put := func(s desk.Stage) int {
		if i, ok := at[s.Name]; ok {
			return i
		}
		at[s.Name] = len(v.Stages)
		v.Stages = append(v.Stages, VerifyStage{Name: s.Name, Limit: NewLength(s.Leave)})
		return at[s.Name]
	}
	for _, s := range stages {
		put(s)
	}
	for _, c := range cases {
		x := NewVerifyCase(c, now)
		i := put(c.Stage)
		v.Stages[i].Cases = append(v.Stages[i].Cases, x)
		v.Over += ofOne(x.Over)
		v.Live += ofOne(x.Live)
	}
	if i, ok := at[desk.StageReceived]; ok {
		v.Stages[i].Full = len(v.Stages[i].Cases) > 0
	}
	return v
}

func ofOne(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// NewVerifyCase says how long a case has stood where it stands.
func NewVerifyCase(c desk.Case, now time.Time) VerifyCase {
	x := VerifyCase{Case: c, Now: now}
	if due := c.Due(); !due.IsZero() {
		x.Limited, x.Over = true, now.After(due)
	}
	return x
}

// VerifyFile is the page on which people work on one case.
type VerifyFile struct {
	VerifyCase
	Incident        *Incident
	Stages          []Work
	Steps           []string // the mission's stages
	Tasks, Accesses []VerifyTask
	Done            []Work // tasks that a finding may rest on
	Parties         []Offer
	Acts            []string
	Places          []string // elements whose places may be taken over
	Clauses         []VerifyClause
	Waiting         []Proposal
	Once            string
	MayWork         bool

	row  bool     // the incident has a row of its own
	told []string // what may be told with it
}

// VerifyTask is a task, or access, with the findings that rest on it.
type VerifyTask struct {
	Work
	Late     bool
	Findings []string
}

// VerifyClause is a clause that a finding may be about.
type VerifyClause struct{ Value, Agreement, Clause, Text string }

// VerifyAsk is what the page of a case is made from.
type VerifyAsk struct {
	Sight  *desk.Sight
	File   *desk.CaseFile
	Roster *desk.Roster
	Stages []desk.Stage
	Lang   Lang
	Now    time.Time
	Once   string // names what is entered by the forms of this page
	May    bool   // whoever asks may enter something
}

// NewVerifyFile lays out one case.
func NewVerifyFile(a VerifyAsk) *VerifyFile {
	v := &VerifyFile{VerifyCase: NewVerifyCase(a.File.Case, a.Now), Incident: NewIncident(a.Sight, a.File.In, ""), Stages: works(a.File.Stages),
		Parties: parties(a.Sight, a.Roster, a.Lang), Acts: desk.BarredActs(), Once: a.Once, MayWork: a.May}
	for _, s := range a.Stages {
		v.Steps = append(v.Steps, s.Name)
	}
	findings := works(a.File.In.Findings)
	v.row = a.File.In.Row != nil
	for _, t := range a.File.In.Told {
		v.told = append(v.told, "element/"+t.Row.ID)
	}
	for _, f := range findings {
		v.told = append(v.told, "finding/"+f.ID)
	}
	for _, row := range a.File.Tasks {
		w := NewWork(row)
		v.Tasks = append(v.Tasks, VerifyTask{w, w.Result == "" && !w.Due.IsZero() && a.Now.After(w.Due), resting(findings, w.ID)})
		if w.Result != "" {
			v.Done = append(v.Done, w)
		}
	}
	for _, row := range a.File.Accesses {
		v.Accesses = append(v.Accesses, VerifyTask{Work: NewWork(row)})
	}
	for _, t := range a.File.In.Told {
		if t.Sees.Places {
			v.Places = append(v.Places, t.Row.ID)
		}
	}
	v.Clauses = clausesOf(a.Sight)
	for _, w := range a.File.Waiting {
		v.Waiting = append(v.Waiting, NewProposal(w, a.Now))
	}
	return v
}

// resting are the findings that rest on a task.
func resting(findings []Work, task string) []string {
	var out []string
	for _, f := range findings {
		for _, id := range f.Tasks {
			if id == task {
				out = append(out, f.ID)
			}
		}
	}
	return out
}

// clausesOf are the clauses under which a person sees verdicts.
func clausesOf(s *desk.Sight) []VerifyClause {
	if s.Result == nil {
		return nil
	}
	var out []VerifyClause
	for _, a := range s.Result.Mission.Agreements {
		if s.Agreement(a.ID) == nil {
			continue
		}
		for _, c := range a.Clauses {
			out = append(out, VerifyClause{a.ID + " " + c.ID, a.Title, c.ID, Short(c.Text)})
		}
	}
	return out
}

// Proposal is an act that waits for its second person.
type Proposal struct {
	desk.Waiting
	Left   Length
	Gone   bool
	Fields []EntryField
}

// NewProposal lays out a proposal.
func NewProposal(w desk.Waiting, now time.Time) Proposal {
	p := Proposal{Waiting: w, Left: NewLength(max(0, w.Until.Sub(now))), Gone: w.Over(now)}
	for _, name := range slices.Sorted(maps.Keys(w.Act)) {
		p.Fields = append(p.Fields, EntryField{Name: name, Value: w.Act[name]})
	}
	return p
}

// Release is where a release of the case begins: of the incident, its elements and its findings.
func (v *VerifyFile) Release() string {
	q := url.Values{}
	if v.row {
		q.Add("row", "incident/"+v.ID)
	}
	for _, id := range v.told {
		q.Add("row", id)
	}
	return "/telling/new?" + q.Encode()
}
