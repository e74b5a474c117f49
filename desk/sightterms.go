package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"truce/access"
	"truce/actors"
	"truce/terms"
)

// AgreedText is a version of an agreement as it was adopted, as one person may see it.
type AgreedText struct {
	ID, Title, Version, Mark string
	// Name is the file's, Text what stands in it.
	Name, Text string
	Entry      int64     // that adopted it
	Recorded   time.Time // when, in UTC
	Until      int64     // entry that put another in its place; -1: none
}

// AgreedTexts lists the versions of an agreement that were known as of a number of entries
// and that a person may see, oldest first; 0 is all. Absent and Denied are as in [Record.Row].
func (r *Record) AgreedTexts(ctx context.Context, who access.Person, asOf int64, id string) ([]AgreedText, error) {
	history, err := r.History(ctx, who, "agreement", id)
	if err != nil {
		return nil, err
	}
	var out []AgreedText
	for _, h := range history {
		if asOf > 0 && h.From >= asOf {
			continue
		}
		var b struct{ Name, Title, Version, Text, Recorded string }
		_ = json.Unmarshal(h.Body, &b) // a field of another type is one that is not shown
		recorded, _ := time.Parse(time.RFC3339, b.Recorded)
		out = append(out, AgreedText{ID: id, Mark: h.Mark, Entry: h.From, Until: h.To, Name: b.Name, Title: b.Title, Version: b.Version, Text: b.Text, Recorded: recorded})
	}
	if out == nil {
		return nil, absent("agreement", id)
	}
	return out, nil
}

// Passage is a stretch of lines of an agreement's file, both ends included, from 1.
type Passage struct {
	Clause   string // empty for what stands before and after the clauses
	From, To int
}

// Passages cuts the text of an agreement apart: what stands before its clauses, each clause
// with the comments above it, what stands after. Every line is in one of them. A text whose
// clauses do not begin on lines of their own is one passage.
func Passages(text string) []Passage {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	whole := []Passage{{From: 1, To: len(lines)}}
	clauses, end := clausesOf(text, len(lines))
	var out []Passage
	next := 1
	for i, c := range clauses {
		from := c.From
		for from-1 > next && above(lines[from-2]) {
			from--
		}
		if from < next || i > 0 && c.From <= clauses[i-1].From {
			return whole
		}
		if i == 0 && from > next {
			out = append(out, Passage{From: 1, To: from - 1})
		} else if i > 0 {
			out[len(out)-1].To = from - 1
		}
		out = append(out, Passage{Clause: c.Clause, From: from, To: end})
		next = c.From
	}
	if out == nil {
		return whole
	}
	if end < len(lines) {
		out = append(out, Passage{From: end + 1, To: len(lines)})
	}
	return out
}

// above reports whether a line belongs to what stands under it: a comment, or the dash of a
// list alone.
func above(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || line == "-"
}

// clausesOf finds the clauses of a text by the lines on which they begin, and the last line
// before another key of the file.
func clausesOf(text string, last int) ([]Passage, int) {
	var doc yaml.Node
	if len(text) > terms.MaxBytes || yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil, last
	}
	root, end := doc.Content[0], last
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "clauses" || root.Kind != yaml.MappingNode || root.Content[i+1].Kind != yaml.SequenceNode {
			continue
		}
		if i+2 < len(root.Content) {
			end = root.Content[i+2].Line - 1
		}
		var out []Passage
		for _, c := range root.Content[i+1].Content {
			out = append(out, Passage{Clause: idOf(c), From: c.Line})
		}
		return out, end
	}
	return nil, last
}

// idOf is the value of a clause's id.
func idOf(c *yaml.Node) string {
	for i := 0; i+1 < len(c.Content); i += 2 {
		if c.Content[i].Value == "id" {
			return c.Content[i+1].Value
		}
	}
	return ""
}

// Roster is who is who and what was declared, as one person may see it.
type Roster struct {
	// Register holds the steps that were entered since, too; nil where the person may not
	// see the mission's register, or it has none.
	Register *actors.Register
	Name     string // of the register's file
	Entry    int64  // that adopted it
	Entered  []EnteredStep
	Moments  []EnteredMoment

	judgments []terms.Judgment
	version   string
}

// EnteredStep is a step in or out of an agreement that was entered after the register.
type EnteredStep struct {
	ID    string
	Entry int64
	actors.Adherence
}

// EnteredMoment is a moment that was declared.
type EnteredMoment struct {
	ID    string
	Entry int64
	terms.Declared
}

// Roster reads what a person may see of who is who, in the state that a sight is of.
func (r *Record) Roster(ctx context.Context, who access.Person, s *Sight) (*Roster, error) {
	out := &Roster{}
	if s.Result == nil {
		return out, nil
	}
	out.version = s.Result.Mission.Book.Version
	for _, read := range []func(context.Context, access.Person, *Sight, *Roster) error{r.rosterRegister, r.rosterSteps, r.rosterDeclared} {
		if err := read(ctx, who, s, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// eachSeen goes through all rows of a kind that a person may see.
func (r *Record) eachSeen(ctx context.Context, who access.Person, asOf int64, kind string, each func(Seen) error) error {
	q := Question{Kind: kind, AsOf: asOf, Limit: MaxLimit}
	for {
		page, err := r.Rows(ctx, who, q)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if err := each(row); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// fileOf is a row that keeps a file.
type fileOf struct {
	Name, Text string
	Entry      int64
}

// rosterRegister reads the register that the mission names.
func (r *Record) rosterRegister(ctx context.Context, who access.Person, s *Sight, out *Roster) error {
	want := ""
	err := r.eachSeen(ctx, who, s.AsOf, "mission", func(row Seen) error {
		var b fileOf
		var f missionFile
		if row.ID == s.Result.Mission.ID && json.Unmarshal(row.Body, &b) == nil && yaml.Load([]byte(b.Text), &f) == nil && f.Register != "" {
			want = path.Clean(f.Register)
		}
		return nil
	})
	if err != nil || want == "" {
		return err
	}
	return r.eachSeen(ctx, who, s.AsOf, "register", func(row Seen) error {
		var b fileOf
		if json.Unmarshal(row.Body, &b) != nil || path.Clean(b.Name) != want {
			return nil
		}
		out.Register, _ = actors.Parse(b.Name, []byte(b.Text))
		out.Name, out.Entry = b.Name, b.Entry
		return nil
	})
}

// rosterSteps adds the steps that were entered since the register was adopted. What the
// register cannot take is left out.
func (r *Record) rosterSteps(ctx context.Context, who access.Person, s *Sight, out *Roster) error {
	if out.Register == nil {
		return nil
	}
	return r.eachSeen(ctx, who, s.AsOf, "adherence", func(row Seen) error {
		var b struct {
			Agreement, Actor, As, Status, By, Standing, Reason string
			At, Until                                          time.Time
			Areas                                              []string
			Entry                                              int64
		}
		if json.Unmarshal(row.Body, &b) != nil || b.At.IsZero() {
			return nil
		}
		step := actors.Adherence{Agreement: b.Agreement, Actor: b.Actor, As: b.As, Status: b.Status, At: b.At, Until: b.Until,
			Where: b.Areas, By: b.By, Claimed: b.Standing == "claimed", Note: b.Reason}
		more, problems := out.Register.With(step)
		if len(problems) == 0 {
			out.Register = more
			out.Entered = append(out.Entered, EnteredStep{row.ID, b.Entry, step})
		}
		return nil
	})
}

// rosterDeclared reads what was declared and judged.
func (r *Record) rosterDeclared(ctx context.Context, who access.Person, s *Sight, out *Roster) error {
	for _, kind := range []string{"moment", "judgment"} {
		err := r.eachSeen(ctx, who, s.AsOf, kind, func(row Seen) error {
			var b struct {
				Agreement, Moment, Clause, By, Says, Note string
				At                                        time.Time
				Entry                                     int64
			}
			switch err := json.Unmarshal(row.Body, &b); {
			case err != nil || b.At.IsZero(): // cut down, or damaged
			case kind == "moment":
				out.Moments = append(out.Moments, EnteredMoment{row.ID, b.Entry, terms.Declared{Agreement: b.Agreement, Moment: b.Moment, At: b.At, By: b.By}})
			default:
				out.judgments = append(out.judgments, terms.Judgment{Agreement: b.Agreement, Clause: b.Clause, By: b.By, At: b.At, Says: b.Says, Note: b.Note})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Step finds the entry of a step; false where it stands in the register's file.
func (r *Roster) Step(d actors.Adherence) (EnteredStep, bool) {
	i := slices.IndexFunc(r.Entered, func(e EnteredStep) bool {
		return e.Agreement == d.Agreement && e.Actor == d.Actor && e.As == d.As && e.Status == d.Status && e.At.Equal(d.At)
	})
	if i < 0 {
		return EnteredStep{}, false
	}
	return r.Entered[i], true
}

// book is what drafts are held against: only what the person may see.
func (r *Roster) book(s *Sight) terms.Book {
	b := terms.Book{Register: r.Register, Atlas: s.Result.Mission.atlas, Judgments: r.judgments, Version: r.version}
	for _, m := range r.Moments {
		b.Moments = append(b.Moments, m.Declared)
	}
	return b
}

// Withholds reports whether a grade of fields of some row of a kind that a person may see is
// not for the person. Verdicts go by the marks of their elements.
func (r *Record) Withholds(ctx context.Context, who access.Person, kind string, grade access.Grade) (bool, error) {
	of := kind
	if kind == "verdict" {
		of = "element"
	}
	labels, err := r.labels(ctx, who, access.List, of)
	if err != nil {
		return false, err
	}
	v := r.view(who, access.List, 0)
	for _, mark := range labels {
		g, err := v.grant(kind, mark)
		if err != nil {
			return false, fmt.Errorf("%s: %w", mark, err)
		}
		if !g.Whole(grade) {
			return true, nil
		}
	}
	return false, nil
}
