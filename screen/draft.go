package screen

import (
	"slices"

	"truce"
	"truce/desk"
)

// Draft is the page on which a text is tried. Nothing of it is stored.
type Draft struct {
	Mission  bool
	Text     string
	From     string // the agreement it began as
	Against  string // identifier of the agreement it is compared with
	Choices  []draftChoice
	Asked    bool // there is a text to say something of
	Problems truce.Problems
	Fatal    int // problems that stop it
	Lines    []draftLine
	Cut      bool // only the lines around problems are listed
	// Adopted says that it is the text as it was adopted.
	Adopted bool
	Trial   *TrialView
	// Failed is the name of the words that say why it was not held against the record.
	Failed string
}

// NewDraft is the page before there is a text.
func NewDraft(s *desk.Sight) Draft {
	d := Draft{Mission: s.Result != nil}
	if s.Result == nil {
		return d
	}
	for _, j := range s.Result.Judges {
		a := j.Agreement()
		d.Choices = append(d.Choices, draftChoice{a.ID, a.Title, a.File()})
	}
	slices.SortStableFunc(d.Choices, func(a, b draftChoice) int { return byFolded(a.Title, b.Title) })
	return d
}

// draftChoice is an agreement to begin with or to compare with.
type draftChoice struct{ ID, Title, file string }

// Neighbour is the file whose neighbours the draft may name: that of the agreement it began
// as, else of any.
func (d *Draft) Neighbour() string {
	i := slices.IndexFunc(d.Choices, func(c draftChoice) bool { return c.ID == d.From })
	if i < 0 && len(d.Choices) == 0 {
		return "draft.yaml"
	}
	return d.Choices[max(i, 0)].file
}

// draftLine is a line of the draft with what was found on it.
type draftLine struct {
	codeLine
	Problems truce.Problems
	Gap      bool // lines before it are left out
}

// mostDraftLines is up to how many lines a draft is listed whole.
const mostDraftLines = 1500

// List lays the draft's lines out with what was found in them.
func (d *Draft) List() {
	lines := linesOf(d.Text)
	on := map[int]truce.Problems{}
	d.Problems = slices.Clone(d.Problems)
	for i, p := range d.Problems {
		p.Line = min(max(p.Line, 1), len(lines)) // what is missing stands after the end
		d.Problems[i].Line = p.Line
		if !p.Warning {
			d.Fatal++
		}
		on[p.Line] = append(on[p.Line], p)
	}
	d.Cut = len(lines) > mostDraftLines
	last := 0
	for i, text := range lines {
		n := i + 1
		if d.Cut && !nearProblem(on, n) || len(d.Lines) == mostDraftLines {
			continue
		}
		d.Lines = append(d.Lines, draftLine{codeLine{n, text}, on[n], last+1 != n})
		last = n
	}
}

func nearProblem(on map[int]truce.Problems, n int) bool {
	for k := n - around; k <= n+around; k++ {
		if on[k] != nil {
			return true
		}
	}
	return false
}

// mostProblems is how many problems are written out.
const mostProblems = 200

// First are the problems that are written out.
func (d Draft) First() truce.Problems { return d.Problems[:min(len(d.Problems), mostProblems)] }

// Rest is how many are not.
func (d Draft) Rest() int { return len(d.Problems) - len(d.First()) }
