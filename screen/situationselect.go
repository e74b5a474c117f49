package screen

import (
	"slices"
	"strings"

	"truce"
	"truce/figures"
)

// Found is what others found that a board cannot: reports by the words of their text, and what
// stands behind a number on the map.
type Found struct {
	Reports map[string]bool // identifiers
	At      []string        // elements
}

// Selection is what a filter leaves of a board.
type Selection struct {
	Filter Filter
	Items  []figures.Item // those that surely or possibly fit, in the order of the sight
	at     []int          // of each its place in the sight
}

// Select applies a filter.
func (b *Board) Select(f Filter, found Found) (Selection, error) {
	out := Selection{Filter: f}
	q, err := b.ask(f, found)
	if err != nil {
		return out, err
	}
	for i := range b.items {
		x := b.items[i]
		if !q.plainly(i) || !q.judged(i, &x) {
			continue
		}
		if x.Fits = q.perhaps(i); x.In(f.Stretch()) != truce.No {
			out.Items, out.at = append(out.Items, x), append(out.at, i)
		}
	}
	out.withFigures()
	return out, nil
}

// question is a filter made ready.
type question struct {
	*Board
	Filter
	words   []string
	reports map[string]bool
	ids, at map[string]bool // nil: not asked
	area    []truce.Tri
}

func (b *Board) ask(f Filter, found Found) (*question, error) {
	q := &question{Board: b, Filter: f, words: strings.Fields(fold(f.Q)), reports: found.Reports}
	q.ids = setOf(f.IDs)
	if f.At != "" {
		at := found.At
		if id, extent := strings.CutPrefix(f.At, "e"); extent {
			at = b.sharing(id)
		}
		if at == nil {
			return nil, wrong("at", "there is no such place on the map", "the link of a number on the map")
		}
		q.at = setOf(at)
	}
	if f.Area != "" && f.Area != Wide {
		var err error
		if q.area, err = b.in(f.Area); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func setOf(list []string) map[string]bool {
	if list == nil {
		return nil
	}
	out := map[string]bool{}
	for _, x := range list {
		out[x] = true
	}
	return out
}

// plainly reports whether an element has what it either has or not.
func (q *question) plainly(i int) bool {
	e, about := &q.Sight.Result.Elements[i], &q.Sight.About[i]
	return (q.ids == nil || q.ids[e.ID]) && (q.at == nil || q.at[e.ID]) &&
		(q.Incident == "" || q.items[i].Incident() == q.Incident) &&
		(q.Mark == "" || about.Mark == q.Mark) && (q.Actor == "" || namesActor(e, q.Actor)) &&
		(!q.Undated || !q.items[i].Dated()) && q.said(i, e)
}

// said reports whether the words are found in what is seen of an element, or in the text of its
// report.
func (q *question) said(i int, e *truce.Element) bool {
	all := !slices.ContainsFunc(q.words, func(w string) bool { return !strings.Contains(q.Board.words[i], w) })
	report, _, _ := strings.Cut(e.ID, "/")
	return all || q.reports[e.ID] || q.reports[report]
}

// judged reports whether an element's verdicts are what is asked, and leaves those that count.
func (q *question) judged(i int, x *figures.Item) bool {
	verdicts := q.Sight.About[i].Verdicts
	if q.asksVerdict() {
		some := false
		for _, v := range verdicts {
			some = some || q.finds(v)
		}
		if !some {
			return false
		}
	}
	if q.Agreement != "" {
		*x = x.Under(verdicts, q.Counts)
	}
	return q.Outcome == "" || string(x.Class()) == q.Outcome
}

// perhaps says whether an element was of the act and in the area that is asked.
func (q *question) perhaps(i int) truce.Tri {
	out := truce.Yes
	if q.Act != "" {
		out = fitsAct(q.acts, &q.Sight.Result.Elements[i], q.Act)
	}
	switch q.Area {
	case "":
	case Wide:
		out = min(out, q.isWide(i))
	default:
		out = min(out, q.liesIn(i, q.area))
	}
	return out
}

// withFigures leaves the incidents that have figures of people, or have none, as asked. What
// was withdrawn has neither.
func (s *Selection) withFigures() {
	s.withFigure(s.Filter.Killed, func(e *truce.Element) *truce.Range { return e.Killed })
	s.withFigure(s.Filter.Injured, func(e *truce.Element) *truce.Range { return e.Injured })
}

func (s *Selection) withFigure(asked string, of func(*truce.Element) *truce.Range) {
	if asked == "" {
		return
	}
	has := map[string]string{}
	for i := range s.Items {
		x := &s.Items[i]
		key := x.Incident()
		switch figure := of(x.Element) != nil; {
		case x.Class() == figures.Withdrawn:
		case figure && !x.Stated:
			has[key] = "known"
		case figure && has[key] != "known":
			has[key] = "stated"
		case has[key] == "":
			has[key] = "unknown"
		}
	}
	s.keep(func(x *figures.Item) bool { return has[x.Incident()] == asked })
}

// keep leaves some of the items.
func (s *Selection) keep(which func(*figures.Item) bool) {
	var items []figures.Item
	var at []int
	for i := range s.Items {
		if which(&s.Items[i]) {
			items, at = append(items, s.Items[i]), append(at, s.at[i])
		}
	}
	s.Items, s.at = items, at
}
