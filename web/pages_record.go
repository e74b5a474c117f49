package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"truce/access"
	"truce/desk"
	"truce/ledger"
	"truce/screen"
)

// statePage shows the record in one view, and how to check it.
func (s *site) statePage(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := s.glance(r, "state")
	if err != nil {
		return err
	}
	v := screen.StateView{Key: s.recordKey(r)}
	if v.State, err = s.Record.StateFor(r.Context(), of(r.Context()).who, sight.AsOf); err != nil {
		return err
	}
	note, err := s.Record.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	v.Note, v.Signers = string(note), screen.Signers(string(note))
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// recordKey is the record's public key as its first entry has it; empty where whoever asks
// may not see that.
func (s *site) recordKey(r *http.Request) string {
	first, err := s.Record.Entry(r.Context(), of(r.Context()).who, 0)
	if err != nil {
		return ""
	}
	return first.Enrols
}

// kindsPage lists the kinds of row with how many of each the person may see; those with
// none are left out.
func (s *site) kindsPage(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := s.glance(r, "kinds")
	if err != nil {
		return err
	}
	type kind struct {
		Kind  string
		Count int64
	}
	var list []kind
	for _, k := range access.Kinds() {
		n, err := s.Record.Count(r.Context(), of(r.Context()).who, desk.Question{Kind: k, AsOf: sight.AsOf})
		if err != nil {
			return err
		}
		if n > 0 {
			list = append(list, kind{k, n})
		}
	}
	f.View = list
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// rowsView is a page of a list.
type rowsView struct {
	Kind, Text string
	Newest     bool
	Total      int64
	Rows       []rowLine
	Next       string // query of the next page
}

// rowLine is a row in a list.
type rowLine struct {
	desk.Seen
	titled
}

// titled is what a row says of itself, where it may be seen: what it is called, and the entry
// that made it.
type titled struct {
	Title, Name, Text string
	Entry             *int64
}

// titleOf reads that; fields of other types are no titles.
func titleOf(body json.RawMessage) titled {
	var t titled
	_ = json.Unmarshal(body, &t)
	t.Title = screen.Short(cmp.Or(t.Title, t.Name, t.Text))
	return t
}

func (s *site) rowsPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), of(r.Context()).who
	v := rowsView{Kind: r.PathValue("kind"), Text: r.FormValue("text"), Newest: r.FormValue("newest") != ""}
	if !slices.Contains(access.Kinds(), v.Kind) {
		return nothingHere()
	}
	_, f, err := s.glance(r, "rows")
	if err != nil {
		return err
	}
	q, err := s.question(ctx, v.Kind, Filter{AsOf: f.AsOf, Text: v.Text, Parent: r.FormValue("parent")})
	if err != nil {
		return err
	}
	if v.Total, err = s.Record.Count(ctx, who, q); err != nil {
		return err
	}
	q.Newest, q.After = v.Newest, r.FormValue("after")
	page, err := s.Record.Rows(ctx, who, q)
	if err != nil {
		return err
	}
	for _, row := range page.Rows {
		v.Rows = append(v.Rows, rowLine{row, titleOf(row.Body)})
	}
	if page.Next != "" {
		next := r.URL.Query()
		next.Set("after", page.Next)
		next.Set("as_of", strconv.FormatInt(q.AsOf, 10)) // the pages of a list are of one state
		v.Next = "?" + next.Encode()
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// rowView is one row with what it was before.
type rowView struct {
	desk.Seen
	Title   string
	Entry   int64 // that made it what is shown
	Fields  []screen.EntryField
	History []desk.Seen
	Desk    string // where the desk shows it on a page of its own
}

func (s *site) rowPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), of(r.Context()).who
	sight, f, err := s.glance(r, "row")
	if err != nil {
		return err
	}
	n, kind, id := sight.AsOf, r.PathValue("kind"), r.PathValue("id")
	v := rowView{Desk: screen.DeskPath(kind, id)}
	if v.Seen, err = s.Record.Row(ctx, who, n, kind, id); err != nil {
		return conceal(err)
	}
	if v.History, err = s.Record.History(ctx, who, kind, id); err != nil {
		return conceal(err)
	}
	v.Title, v.Fields = titleOf(v.Body).Title, fieldsOf(v.Body)
	for _, h := range v.History {
		if h.From < n {
			v.Entry = h.From
		}
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// fieldsOf lists the fields of a row by name.
func fieldsOf(body json.RawMessage) []screen.EntryField {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(body, &m) // bodies are objects
	out := make([]screen.EntryField, 0, len(m))
	for name, value := range m {
		out = append(out, screen.EntryField{Name: name, Value: value})
	}
	slices.SortFunc(out, func(a, b screen.EntryField) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// entriesMost is how many entries stand on a page.
const entriesMost = 50

func (s *site) entriesPage(w http.ResponseWriter, r *http.Request) error {
	from, err := number(r.FormValue("from"))
	if err != nil {
		return invalid("from", "this is no number of an entry", "a whole number from 0")
	}
	sight, f, err := s.glance(r, "entries")
	if err != nil {
		return err
	}
	list, err := s.Record.Entries(r.Context(), of(r.Context()).who, from, entriesMost)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(e desk.SeenEntry) bool { return e.N >= sight.AsOf })
	v := screen.EntriesView{From: from, Newest: max(0, sight.AsOf-entriesMost)}
	if len(list) == entriesMost {
		v.Next = list[entriesMost-1].N + 1
	}
	if v.Entries, err = s.shown(r, list...); err != nil {
		return err
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// shown is what whoever asks may see of entries.
func (s *site) shown(r *http.Request, list ...desk.SeenEntry) ([]screen.EntryView, error) {
	var numbers []int64
	for _, e := range list {
		numbers = append(numbers, e.N)
	}
	fields, err := s.Record.Shown(r.Context(), of(r.Context()).who, numbers...)
	if err != nil {
		return nil, conceal(err)
	}
	var out []screen.EntryView
	for i, e := range list {
		out = append(out, screen.Entry(e, fields[i]))
	}
	return out, nil
}

// entryView is one entry with its neighbours and its proof.
type entryView struct {
	screen.EntryView
	LeafHash string
	// Before and After are where the entries next to it stand that may be seen; empty where
	// there are none.
	Before, After string
}

func (s *site) entryPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), of(r.Context()).who
	n, err := number(r.PathValue("n"))
	if err != nil {
		return nothingHere()
	}
	sight, f, err := s.glance(r, "entry")
	if err != nil {
		return err
	}
	if n >= sight.AsOf {
		return nothingHere()
	}
	e, err := s.Record.Entry(ctx, who, n)
	if err != nil {
		return conceal(err)
	}
	shown, err := s.shown(r, e)
	if err != nil {
		return err
	}
	v := entryView{EntryView: shown[0], LeafHash: ledger.LeafHash([]byte(e.Leaf)).String(), Before: s.entryBefore(r, n)}
	if next, err := s.Record.Entries(ctx, who, n+1, 1); err == nil && len(next) > 0 && next[0].N < sight.AsOf {
		v.After = entryPath(next[0].N)
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func entryPath(n int64) string { return "/entries/" + strconv.FormatInt(n, 10) }

// lookBack is how far the entry before another is looked for.
const lookBack = 50

// entryBefore is where the nearest entry before one stands that whoever asks may see.
func (s *site) entryBefore(r *http.Request, n int64) string {
	list, err := s.Record.Entries(r.Context(), of(r.Context()).who, max(0, n-lookBack), lookBack)
	if err != nil {
		return ""
	}
	list = slices.DeleteFunc(list, func(e desk.SeenEntry) bool { return e.N >= n })
	if len(list) == 0 {
		return ""
	}
	return entryPath(list[len(list)-1].N)
}

// number reads the number of an entry; nothing is 0.
func number(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && n < 0 {
		err = strconv.ErrRange
	}
	return n, err
}
