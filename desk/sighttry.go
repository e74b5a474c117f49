package desk

import (
	"context"
	"encoding/json"
	"path"
	"slices"

	"truce"
	"truce/access"
	"truce/terms"
)

// TryQuestion is a text to be tried: a draft, or a version that was adopted.
type TryQuestion struct {
	// Name is the file whose neighbours the text may name.
	Name, Text string
	// Against is the identifier of the agreement to compare with: empty is the one that the
	// text would replace, "-" none.
	Against string
	// Was is an older text to compare with instead.
	Was string
	// Lint says that the text is read and checked, and not held against the record.
	Lint bool
}

// Tried is what came of a text. Nothing of it is stored.
type Tried struct {
	// Problems are what is wrong with the text, and what lint finds.
	Problems truce.Problems
	Trial    *Trial // nil where the text cannot be used, or was only read
	// Against is the title of what it was compared with; Same says that both say the same.
	Against string
	Same    bool
}

// Try reads a text as one person may have it read, and holds it against the elements that
// the person sees. What was found before an error comes with it.
func (r *Record) Try(ctx context.Context, who access.Person, s *Sight, roster *Roster, q TryQuestion) (*Tried, error) {
	draft, problems, err := r.readAgreement(ctx, who, s, roster, q.Name, q.Text)
	out := &Tried{Problems: problems}
	if err != nil || draft == nil || q.Lint {
		return out, err
	}
	old, err := r.older(ctx, who, s, roster, q, draft)
	if err != nil {
		return out, err
	}
	if old != nil {
		out.Against, out.Same = old.Title, old.Version() == draft.Version()
	}
	if out.Same {
		old = nil // the same terms give the same verdicts
	}
	out.Trial, err = s.Result.Mission.hold(ctx, roster.book(s), s.Result.Elements, draft, old)
	return out, err
}

// older is what a draft is compared with; nil for nothing.
func (r *Record) older(ctx context.Context, who access.Person, s *Sight, roster *Roster, q TryQuestion, draft *terms.Agreement) (*terms.Agreement, error) {
	if q.Was != "" {
		old, _, err := r.readAgreement(ctx, who, s, roster, q.Name, q.Was)
		return old, err
	}
	id := q.Against
	if id == "" {
		id = draft.ID
	}
	j := s.Agreement(id)
	if j == nil {
		return nil, nil
	}
	if _, problems := terms.Compile(j.Agreement(), roster.book(s)); problems.Err() != nil {
		return nil, nil // it rests on what the person does not see
	}
	return j.Agreement(), nil
}

// readAgreement reads the text of an agreement or of a draft as one person may have it read:
// against the register, the places and the declarations that the person may see. Files that
// the text names are looked for beside the file called name. The agreement is nil when a
// problem is not a warning; what lint finds are warnings.
func (r *Record) readAgreement(ctx context.Context, who access.Person, s *Sight, roster *Roster, name, text string) (*terms.Agreement, truce.Problems, error) {
	if s.Result == nil {
		return nil, nil, errNoMission()
	}
	var failed error
	a, problems := terms.Parse(name, []byte(text), func(other string) ([]byte, error) {
		file, err := r.placeFile(ctx, who, s.AsOf, name, other)
		if kindOf(err) != truce.Absent {
			failed = err
		}
		return file, err
	})
	if failed != nil {
		return nil, nil, failed
	}
	if a == nil {
		return nil, problems, nil
	}
	book := roster.book(s)
	_, more := terms.Compile(a, book)
	problems = append(problems, more...)
	if problems.Err() != nil {
		a = nil
	} else {
		problems = slices.Concat(problems, terms.LintText(name, []byte(text)), terms.Lint(a), terms.LintBook(a, book))
	}
	problems.Sort()
	return a, slices.Compact(problems), nil
}

// placeFile is a file of places that the record keeps beside another.
func (r *Record) placeFile(ctx context.Context, who access.Person, asOf int64, of, name string) ([]byte, error) {
	none := &truce.Error{Kind: truce.Absent, At: name, Msg: "the record keeps no such file that you may see"}
	row, err := r.Row(ctx, who, asOf, "places", path.Join(path.Dir(of), name))
	if kind := kindOf(err); kind == truce.Absent || kind == truce.Denied {
		return nil, none
	}
	if err != nil {
		return nil, err
	}
	var b struct{ Text *string }
	if json.Unmarshal(row.Body, &b) != nil || b.Text == nil {
		return nil, none
	}
	return []byte(*b.Text), nil
}
