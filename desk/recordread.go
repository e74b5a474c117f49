package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"truce"
	"truce/access"
	"truce/store"
	"truce/terms"
)

// Question asks for rows of today's state, or of the state at an earlier entry.
type Question struct {
	Kind string
	// AsOf is how many entries are known; 0 is all.
	AsOf int64
	// Box, Text and Parent narrow the answer; see truce.Row.
	Box          *truce.Box
	Text, Parent string
	// After is the cursor that an earlier page ended with.
	After  string
	Limit  int // 0: [DefaultLimit]; at most [MaxLimit]
	Newest bool
}

// How many rows a page has.
const (
	DefaultLimit = 50
	MaxLimit     = 1000
)

// Seen is a row as one person may see it.
type Seen struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Mark string          `json:"mark"`
	Body json.RawMessage `json:"body"`
	// From and To are given in a history: the row stood so as of From+1 to To entries, or
	// still does where To is -1.
	From int64 `json:"from,omitempty"`
	To   int64 `json:"to,omitempty"`
}

// Page is a part of a list. Next is the cursor of the part after it, empty at the end.
type Page struct {
	Rows []Seen `json:"rows"`
	Next string `json:"next,omitempty"`
}

// Rows lists what a person may see. What may not be seen is not there: it does not count,
// and leaves no gap in the pages.
func (r *Record) Rows(ctx context.Context, who access.Person, q Question) (Page, error) {
	query, err := r.query(ctx, who, access.List, q)
	if err != nil {
		return Page{}, err
	}
	if query.After, err = r.cursor.open(q.Kind, q.After); err != nil {
		return Page{}, err
	}
	got, err := r.db.List(ctx, query)
	if err != nil {
		return Page{}, err
	}
	p, seen := Page{Rows: []Seen{}, Next: r.cursor.seal(q.Kind, got.Next)}, r.view(who, access.List, q.AsOf)
	for _, row := range got.Rows {
		s, err := seen.row(ctx, row)
		if err != nil {
			return Page{}, err
		}
		p.Rows = append(p.Rows, s)
	}
	return p, nil
}

// query narrows a question to the marks that a person may read. Nobody may ask for
// everything: no mark allowed is nothing found.
func (r *Record) query(ctx context.Context, who access.Person, do access.Action, q Question) (store.Query, error) {
	labels, err := r.labels(ctx, who, do, q.Kind)
	if err != nil {
		return store.Query{}, err
	}
	labels = slices.DeleteFunc(labels, func(mark string) bool { return !r.maySearch(who, do, q, mark) })
	if q.Parent != "" { // what belongs to something hidden would tell that it is there
		hidden, err := r.view(who, do, q.AsOf).hidden(ctx, "incident", q.Parent)
		if hidden || err != nil {
			return store.Query{AsOf: q.AsOf, Kind: q.Kind, Limit: DefaultLimit}, err
		}
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	return store.Query{AsOf: q.AsOf, Kind: q.Kind, Labels: labels, Box: q.Box, Text: q.Text, Parent: q.Parent,
		Limit: min(q.Limit, MaxLimit), Newest: q.Newest}, nil
}

// maySearch says whether rows of a mark may be looked for so: whoever may not see a field
// could learn it from which rows are found by it.
func (r *Record) maySearch(who access.Person, do access.Action, q Question, mark string) bool {
	if q.Box == nil && q.Text == "" {
		return true
	}
	label, err := access.ParseLabel(mark)
	if err != nil {
		return false
	}
	g := r.policy.Fields(who, do, q.Kind, label, r.now())
	return (q.Box == nil || g.Whole(access.GradePlace) && g.Whole(access.GradeTime)) &&
		(q.Text == "" || g.Whole(access.GradeSource) && g.Whole(access.GradePersonal) && g.Whole(access.GradeInternal) && g.Whole(access.GradeWords))
}

func (r *Record) labels(ctx context.Context, who access.Person, do access.Action, kind string) ([]string, error) {
	all, err := r.db.Labels(ctx, kind)
	if err != nil {
		return nil, err
	}
	return r.policy.Labels(who, do, kind, all, r.now()), nil
}

// view is what one person sees in one answer. What the policy grants is asked once for
// each kind and mark, not for every row.
type view struct {
	r      *Record
	who    access.Person
	do     access.Action
	asOf   int64 // the state that is asked
	grants map[[2]string]access.Grant
	places map[string]json.RawMessage // coarse ones, by the place as it was
	all    map[string]bool            // kinds of which everything may be seen
	whole  map[string]bool            // by mark: whether elements are seen in every field
}

func (r *Record) view(who access.Person, do access.Action, asOf int64) *view {
	return &view{r, who, do, asOf, map[[2]string]access.Grant{}, map[string]json.RawMessage{}, map[string]bool{}, map[string]bool{}}
}

// grant is what the person sees of a kind of row under a mark.
func (v *view) grant(kind, mark string) (access.Grant, error) {
	key := [2]string{kind, mark}
	g, ok := v.grants[key]
	if !ok {
		label, err := access.ParseLabel(mark)
		if err != nil {
			return g, err
		}
		g = v.r.policy.Fields(v.who, v.do, kind, label, v.r.now())
		v.grants[key] = g
	}
	return g, nil
}

// row cuts a row down to what the person may see of it.
func (v *view) row(ctx context.Context, row truce.Row) (Seen, error) {
	g, err := v.grant(row.Kind, row.Label)
	if err != nil {
		return Seen{}, err
	}
	label, err := access.ParseLabel(row.Label)
	if err != nil {
		return Seen{}, err
	}
	body, err := g.Apply(row.Body, v.coarse(ctx))
	if err != nil {
		return Seen{}, err
	}
	named, err := v.unnamed(ctx, row.Kind, body)
	return Seen{Kind: row.Kind, ID: row.ID, Mark: label.Shown(), Body: named}, err
}

// coarse makes a place as coarse as the mission publishes places.
func (v *view) coarse(ctx context.Context) access.Coarsen {
	return func(raw json.RawMessage) (json.RawMessage, error) {
		if had, ok := v.places[string(raw)]; ok {
			return had, nil
		}
		out, err := v.r.coarsen(ctx, raw)
		if err == nil {
			v.places[string(raw)] = out
		}
		return out, err
	}
}

// coarsen is nil for what is no place, or must not be shown at all.
func (r *Record) coarsen(ctx context.Context, raw json.RawMessage) (json.RawMessage, error) {
	var p truce.Place
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, nil
	}
	return r.coarsenBy(ctx, 0, p)
}

// coarsenBy makes a place as coarse as the mission published places after so many entries; 0 is
// now.
func (r *Record) coarsenBy(ctx context.Context, asOf int64, p truce.Place) (json.RawMessage, error) {
	o, err := r.terms(ctx, asOf)
	if errors.Is(err, noMission{}) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	shape, ok := o.mission.Extent(&truce.Element{Where: []truce.Place{p}}).GeoJSON()
	if !ok {
		return nil, nil
	}
	return json.Marshal(truce.Place{Form: truce.FormShape, Shape: shape})
}

// absent is the one answer for what is not there and for what may not be seen.
func absent(kind, id string) error {
	return &truce.Error{Kind: truce.Absent, At: kind + "/" + id, Msg: "there is no such " + kind}
}

// Row returns one row. What may not be seen is Denied; doors answer that as they answer
// Absent.
func (r *Record) Row(ctx context.Context, who access.Person, asOf int64, kind, id string) (Seen, error) {
	return r.view(who, access.Read, asOf).read(ctx, kind, id)
}

// read is [Record.Row] for who reads several.
func (v *view) read(ctx context.Context, kind, id string) (Seen, error) {
	row, err := v.r.db.Get(ctx, v.asOf, kind, id)
	if err != nil {
		return Seen{}, err
	}
	if err := v.r.mayRead(v.who, kind, row.Label); err != nil {
		return Seen{}, err
	}
	return v.row(ctx, row)
}

func (r *Record) mayRead(who access.Person, kind, mark string) error {
	label, err := access.ParseLabel(mark)
	if err != nil { // nobody may; and nobody is told that there is something
		return refused(who, access.Read, kind, access.Decision{Why: "the mark cannot be read"})
	}
	return r.allow(who, access.Read, kind, label)
}

// Count is how many rows a person may see.
func (r *Record) Count(ctx context.Context, who access.Person, q Question) (int64, error) {
	query, err := r.query(ctx, who, access.List, q)
	if err != nil {
		return 0, err
	}
	counted, err := r.db.Count(ctx, query)
	var n int64
	for _, c := range counted {
		n += c.N
	}
	return n, err
}

// History returns every state a row had that the person may see, oldest first.
func (r *Record) History(ctx context.Context, who access.Person, kind, id string) ([]Seen, error) {
	versions, err := r.db.History(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	if n := len(versions); n > 0 && versions[n-1].Row.Body != nil { // a mark made narrower hides what it was, too
		if err := r.mayRead(who, kind, versions[n-1].Row.Label); err != nil {
			return nil, err
		}
	}
	var out []Seen
	var refused error
	seen := r.view(who, access.Read, 0)
	for _, v := range versions {
		if v.Row.Body == nil {
			continue // it had ended
		}
		if err := r.mayRead(who, kind, v.Row.Label); err != nil {
			refused = err
			continue
		}
		seen.asOf = v.From + 1
		s, err := seen.row(ctx, v.Row)
		if err != nil {
			return nil, err
		}
		s.From, s.To = v.From, v.To
		out = append(out, s)
	}
	if out == nil && refused != nil {
		return nil, refused
	}
	if out == nil {
		return nil, absent(kind, id)
	}
	return out, nil
}

// AsOf reads what somebody means by a state of the record: nothing for now, a number of
// entries, or a time, in the mission's zone where it names none. The answer is a number of
// entries, 0 for now.
func (r *Record) AsOf(ctx context.Context, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	size, err := r.db.Size(ctx)
	if err != nil {
		return 0, err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n < 1 || n > size {
			return 0, &truce.Error{Kind: truce.Invalid, At: "as_of", Msg: fmt.Sprintf("the record has %d entries, not %d", size, n), Hint: "a number from 1, or a time"}
		}
		return n, nil
	}
	zone := time.UTC
	if m, err := r.terms(ctx, 0); err == nil {
		zone = m.mission.Zone
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if t, err = terms.ParseTime(text, zone); err != nil {
			return 0, &truce.Error{Kind: truce.Invalid, At: "as_of", Msg: fmt.Sprintf("%q is neither a number of entries nor a time", text), Hint: "such as 120, or 2016-08-27 18:00"}
		}
	}
	return r.db.AsOf(ctx, t)
}
