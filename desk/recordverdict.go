package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"truce"
	"truce/access"
	"truce/store"
)

// VerdictQuestion asks for verdicts.
type VerdictQuestion struct {
	AsOf                        int64
	Element, Agreement, Outcome string
	After                       string // cursor
	Limit                       int
}

// VerdictPage is a part of a list of verdicts.
type VerdictPage struct {
	Verdicts []json.RawMessage `json:"verdicts"`
	Next     string            `json:"next,omitempty"`
	// Total is how many there are that the person may see; nil where the record is too large to be
	// looked at whole.
	Total *int `json:"total,omitempty"`
}

// Verdicts lists what the engine says of the elements that a person may see, by time of
// the element and the order of the agreements. Of a record too large to be looked at whole the
// elements come in the order of their rows, a few on a page, which may hold fewer verdicts than
// were asked for, or none: the list ends where Next is empty.
func (r *Record) Verdicts(ctx context.Context, who access.Person, q VerdictQuestion) (VerdictPage, error) {
	labels, err := r.labels(ctx, who, access.List, "element")
	if err != nil {
		return VerdictPage{}, err
	}
	n, err := r.known(ctx, q.AsOf)
	if err != nil {
		return VerdictPage{}, err
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	l := &verdictList{q: q, view: r.view(who, access.List, q.AsOf), page: VerdictPage{Verdicts: []json.RawMessage{}}}
	if q.Element != "" {
		return l.ofElement(ctx, labels, n)
	}
	large, err := r.isLarge(ctx, labels, n)
	if err != nil {
		return VerdictPage{}, err
	}
	if large {
		return l.ofRows(ctx, labels, n)
	}
	return l.ofAll(ctx, labels, n)
}

// verdictList is a page of verdicts being made.
type verdictList struct {
	q    VerdictQuestion
	view *view
	o    *opened
	skip int // how many that are asked for are passed over
	seen int // how many were met
	page VerdictPage
}

// from reads the cursor of a list that counts its verdicts.
func (l *verdictList) from() error {
	if l.q.After == "" {
		return nil
	}
	n, err := strconv.Atoi(l.q.After)
	if err != nil || n < 0 {
		return noCursor()
	}
	l.skip = n
	return nil
}

func noCursor() error {
	return &truce.Error{Kind: truce.Invalid, At: "after", Msg: "this is no cursor", Hint: "the one that the page before ended with"}
}

// full reports whether there is no room for another.
func (l *verdictList) full() bool { return len(l.page.Verdicts) == l.q.Limit }

// ofAll is a page of the verdicts on a record that is looked at whole.
func (l *verdictList) ofAll(ctx context.Context, labels []string, n int64) (VerdictPage, error) {
	j, err := l.view.r.judge(ctx, n)
	if err != nil {
		return l.page, err
	}
	if err := l.from(); err != nil {
		return l.page, err
	}
	l.o = j.opened
	for i := range j.Elements {
		mark := j.rows[j.Elements[i].ID].label
		if !slices.Contains(labels, mark) {
			continue
		}
		if err := l.take(ctx, &j.Elements[i], mark, j.found[i].all); err != nil {
			return l.page, err
		}
	}
	l.counted()
	return l.page, nil
}

// counted ends a page of a list of which all was met.
func (l *verdictList) counted() {
	if end := l.skip + len(l.page.Verdicts); end < l.seen {
		l.page.Next = strconv.Itoa(end)
	}
	l.page.Total = &l.seen
}

// ofElement is a page of the verdicts on one element, with every reason.
func (l *verdictList) ofElement(ctx context.Context, labels []string, n int64) (VerdictPage, error) {
	r := l.view.r
	var err error
	if l.o, err = r.terms(ctx, n); err != nil {
		return l.page, err
	}
	if err := l.from(); err != nil {
		return l.page, err
	}
	row, err := r.db.Get(ctx, n, "element", l.q.Element)
	if err != nil && kindOf(err) != truce.Absent {
		return l.page, err
	}
	if err == nil && slices.Contains(labels, row.Label) {
		if err := l.takeRow(ctx, row); err != nil {
			return l.page, err
		}
	}
	l.counted()
	return l.page, nil
}

// takeRow is take of the element in a row, with every reason.
func (l *verdictList) takeRow(ctx context.Context, row truce.Row) error {
	e, _, err := weigh(row)
	if err != nil || len(l.o.mission.inside(e)) == 0 {
		return err
	}
	return l.take(ctx, &e, row.Label, nil)
}

// inside is the element, or nothing where it surely lies outside the mission's period.
func (m *Mission) inside(e truce.Element) []truce.Element {
	list := []truce.Element{e}
	m.leaveOut(&list)
	return list
}

// take adds what is asked of an element and has room. all are its verdicts in short; nil has
// every one given in full.
func (l *verdictList) take(ctx context.Context, e *truce.Element, mark string, all []*truce.Verdict) error {
	var full []truce.Verdict
	if all == nil {
		full = l.o.on(e)
		for i := range full {
			all = append(all, &full[i])
		}
	}
	for k, v := range all {
		if l.q.Agreement != "" && v.Agreement != l.q.Agreement || l.q.Outcome != "" && string(v.Outcome) != l.q.Outcome {
			continue
		}
		if l.seen++; l.seen <= l.skip || l.full() {
			continue
		}
		if full == nil && v.Outcome != truce.NoViolation {
			full = l.o.on(e)
		}
		said := truce.Verdict{Agreement: v.Agreement, Clause: v.Clause, Element: e.ID, Outcome: v.Outcome, Code: v.Code, Codes: v.Codes}
		if full != nil && (v.Outcome != truce.NoViolation || l.q.Element != "") {
			said = full[k]
		}
		body, err := l.view.verdict(ctx, said, mark)
		if err != nil {
			return err
		}
		l.page.Verdicts = append(l.page.Verdicts, body)
	}
	return nil
}

// mostJudged is how many elements of a large record are judged for a page of verdicts.
const mostJudged = 500

// ofRows is a page of the verdicts on a large record. Its cursor is that of the rows, before it
// how many verdicts on the next of them were given already.
func (l *verdictList) ofRows(ctx context.Context, labels []string, n int64) (VerdictPage, error) {
	r := l.view.r
	var err error
	if l.o, err = r.terms(ctx, n); err != nil {
		return l.page, err
	}
	after, err := l.behind()
	if err != nil {
		return l.page, err
	}
	for judged := 0; ; {
		page, err := r.db.List(ctx, store.Query{AsOf: n, Kind: "element", Labels: labels, After: after, Limit: 20})
		if err != nil {
			return l.page, err
		}
		found, err := l.judge(ctx, page.Rows)
		if err != nil {
			return l.page, err
		}
		for i, row := range page.Rows {
			given := len(l.page.Verdicts)
			l.seen = 0
			if found[i].all != nil {
				if err := l.take(ctx, &found[i].element, row.Label, found[i].all); err != nil {
					return l.page, err
				}
			}
			if given = l.skip + len(l.page.Verdicts) - given; given < l.seen {
				return l.until(given, after), nil
			}
			l.skip, after = 0, store.After(row)
		}
		if judged += len(page.Rows); page.Next == "" {
			return l.page, nil
		}
		if l.full() || judged >= mostJudged {
			return l.until(0, after), nil
		}
	}
}

// rowVerdicts is an element with its verdicts in short; none where it lies outside the period.
type rowVerdicts struct {
	element truce.Element
	all     []*truce.Verdict
}

// judge judges the elements in rows.
func (l *verdictList) judge(ctx context.Context, rows []truce.Row) ([]rowVerdicts, error) {
	out, weights := make([]rowVerdicts, len(rows)), map[string]weighed{}
	var elements []truce.Element
	var places []int
	for i, row := range rows {
		e, w, err := weigh(row)
		if err != nil {
			return nil, err
		}
		out[i].element, weights[e.ID] = e, w
		for _, e := range l.o.mission.inside(e) {
			elements, places = append(elements, e), append(places, i)
		}
	}
	found, err := l.view.r.judgeFresh(ctx, l.o, elements, weights)
	if err != nil {
		return nil, err
	}
	for k, i := range places {
		out[i].all = found[k].all
	}
	return out, nil
}

// behind reads the cursor of a list in the order of rows.
func (l *verdictList) behind() (string, error) {
	if l.q.After == "" {
		return "", nil
	}
	text, err := l.view.r.cursor.open("verdict", l.q.After)
	if err != nil {
		return "", err
	}
	given, after, ok := strings.Cut(text, " ")
	if l.skip, err = strconv.Atoi(given); err != nil || !ok || l.skip < 0 {
		return "", noCursor()
	}
	return after, nil
}

// until ends a page of such a list.
func (l *verdictList) until(given int, after string) VerdictPage {
	l.page.Next = l.view.r.cursor.seal("verdict", fmt.Sprintf("%d %s", given, after))
	return l.page
}

// verdict cuts a verdict down to what a person may see, under the mark of its element.
func (v *view) verdict(ctx context.Context, x truce.Verdict, mark string) (json.RawMessage, error) {
	g, err := v.grant("verdict", mark)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(struct {
		ID string `json:"id"`
		truce.Verdict
	}{x.Agreement + "/" + x.Clause + "/" + x.Element, x})
	if err != nil {
		return nil, err
	}
	return g.Apply(raw, v.coarse(ctx))
}
