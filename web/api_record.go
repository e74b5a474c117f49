package web

import (
	"context"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
)

// Filter narrows a list of rows.
type Filter struct {
	AsOf   string    `query:"as_of" doc:"the state to ask: a number of entries, or a time, in the mission's zone where it names none; nothing means now" example:"10"`
	Box    []float64 `query:"box" doc:"west,south,east,north in degrees on WGS 84; what touches it is in" minItems:"4" maxItems:"4" example:"[35.5,35.5,38.5,37.5]"`
	From   time.Time `query:"from" doc:"what was going on at or after this time" example:"2016-02-01T00:00:00Z"`
	To     time.Time `query:"to" doc:"what was going on before this time" example:"2016-12-31T00:00:00Z"`
	Text   string    `query:"text" doc:"words that must all be there; a star ends a beginning of a word" maxLength:"500" example:"shell*"`
	Parent string    `query:"parent" doc:"what the rows belong to, such as the incident of elements" maxLength:"500"`
}

// Cursor asks for a part of a list.
type Cursor struct {
	After string `query:"after" doc:"the cursor that the page before ended with" maxLength:"2000"`
	Limit int    `query:"limit" doc:"rows on a page" minimum:"1" maximum:"1000" default:"50" example:"20"`
}

// OfKind names a kind of row.
type OfKind struct {
	Kind string `path:"kind" doc:"kind of row, such as report, incident, element, finding" maxLength:"40" example:"report"`
}

// question is what a filter asks the desk, of one state that all pages share.
func (s *site) question(ctx context.Context, kind string, f Filter) (desk.Question, error) {
	n, err := s.asOf(ctx, f.AsOf)
	q := desk.Question{Kind: kind, AsOf: n, Text: f.Text, Parent: f.Parent}
	if len(f.Box) == 4 {
		q.Box = &truce.Box{West: f.Box[0], South: f.Box[1], East: f.Box[2], North: f.Box[3]}
	} else if !f.From.IsZero() || !f.To.IsZero() {
		q.Box = &truce.Box{West: -180, South: -90, East: 180, North: 90}
	}
	if q.Box != nil {
		q.Box.From, q.Box.To = f.From, f.To
	}
	return q, err
}

// asOf is the state that is meant; now is what is there now, by its number.
func (s *site) asOf(ctx context.Context, text string) (int64, error) {
	n, err := s.Record.AsOf(ctx, text)
	if err == nil && n == 0 {
		return s.size(ctx)
	}
	return n, err
}

// size is the number of entries.
func (s *site) size(ctx context.Context) (int64, error) { return s.Record.Wait(ctx, -1) }

// rowPage is a part of a list of rows.
type rowPage struct {
	Rows []desk.Seen `json:"rows"`
	Next string      `json:"next,omitempty" doc:"the cursor of the next page, if there is one"`
	AsOf int64       `json:"as_of" doc:"the state that was asked; ask the next page with the same"`
}

type rowsIn struct {
	OfKind
	Filter
	Cursor
	Newest bool `query:"newest" doc:"newest first"`
}

type rowIn struct {
	OfKind
	ID   string `path:"id" doc:"the row's identifier, with a slash in it written %2F" maxLength:"500" example:"r-1"`
	AsOf string `query:"as_of" doc:"the state to ask"`
}

type historyIn struct {
	OfKind
	ID string `path:"id" doc:"the row's identifier" maxLength:"500" example:"r-1"`
}

type historyOut struct {
	Versions []desk.Seen `json:"versions"`
}

type countOut struct {
	Count int64 `json:"count"`
	AsOf  int64 `json:"as_of"`
}

type countIn struct {
	OfKind
	Filter
}

type verdictsIn struct {
	Cursor
	AsOf      string `query:"as_of" doc:"the state to ask"`
	Element   string `query:"element" maxLength:"500"`
	Agreement string `query:"agreement" maxLength:"200"`
	Outcome   string `query:"outcome" enum:"violation,no violation,undetermined"`
}

type stateIn struct {
	AsOf string `query:"as_of" doc:"the state to ask"`
}

type stateOut struct {
	desk.State
	Line string `json:"line" doc:"the same in one line"`
}

// recordRoutes are the questions to today's state, and to earlier ones.
func (a *api) recordRoutes() {
	add(a, op("GET", "/state", "state", "The record in one view", "How many entries there are, their root, the last checkpoint, and verdicts by kind, on the elements that you may see."),
		func(ctx context.Context, who access.Person, in *stateIn) (*body[stateOut], error) {
			return a.state(ctx, in.AsOf)
		})
	add(a, op("GET", "/rows/{kind}", "rows", "A list of rows", "What you may not see is not there: it does not count and leaves no gap."), a.rows)
	add(a, op("GET", "/rows/{kind}/{id}", "row", "One row", "With the fields that you may see."),
		func(ctx context.Context, who access.Person, in *rowIn) (*body[desk.Seen], error) {
			n, err := a.Record.AsOf(ctx, in.AsOf)
			if err != nil {
				return nil, err
			}
			row, err := a.Record.Row(ctx, who, n, in.Kind, in.ID)
			return answer(row, conceal(err))
		})
	add(a, op("GET", "/rows/{kind}/{id}/history", "history", "All states that a row had", "Oldest first."),
		func(ctx context.Context, who access.Person, in *historyIn) (*body[historyOut], error) {
			versions, err := a.Record.History(ctx, who, in.Kind, in.ID)
			return answer(historyOut{versions}, conceal(err))
		})
	add(a, op("GET", "/counts/{kind}", "count", "How many rows there are", "Of those that you may see."),
		func(ctx context.Context, who access.Person, in *countIn) (*body[countOut], error) {
			q, err := a.question(ctx, in.Kind, in.Filter)
			if err != nil {
				return nil, err
			}
			n, err := a.Record.Count(ctx, who, q)
			return answer(countOut{n, q.AsOf}, err)
		})
	add(a, op("GET", "/verdicts", "verdicts", "What the engine says", "Verdicts on the elements that you may see. None attributes an act to anybody."),
		func(ctx context.Context, who access.Person, in *verdictsIn) (*body[desk.VerdictPage], error) {
			n, err := a.Record.AsOf(ctx, in.AsOf)
			if err != nil {
				return nil, err
			}
			return answer(a.Record.Verdicts(ctx, who, desk.VerdictQuestion{AsOf: n, Element: in.Element, Agreement: in.Agreement, Outcome: in.Outcome, After: in.After, Limit: in.Limit}))
		})
}

func (a *api) state(ctx context.Context, asOf string) (*body[stateOut], error) {
	n, err := a.Record.AsOf(ctx, asOf)
	if err != nil {
		return nil, err
	}
	s, err := a.Record.StateFor(ctx, of(ctx).who, n)
	return answer(stateOut{s, s.Line()}, err)
}

func (a *api) rows(ctx context.Context, who access.Person, in *rowsIn) (*body[rowPage], error) {
	q, err := a.question(ctx, in.Kind, in.Filter)
	if err != nil {
		return nil, err
	}
	q.After, q.Limit, q.Newest = in.After, in.Limit, in.Newest
	got, err := a.Record.Rows(ctx, who, q)
	return answer(rowPage{got.Rows, got.Next, q.AsOf}, err)
}
