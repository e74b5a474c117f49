package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"truce/access"
	"truce/desk"
)

// statePage shows the record in one view, and how to check it.
func (s *site) statePage(w http.ResponseWriter, r *http.Request) error {
	note, err := s.Record.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	out, err := (&api{site: s}).state(r.Context(), r.FormValue("as_of"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "state", struct {
		stateOut
		Note string
	}{out.Body, string(note)})
	return nil
}

// kindsPage lists the kinds of row with how many of each the person may see; those with
// none are left out.
func (s *site) kindsPage(w http.ResponseWriter, r *http.Request) error {
	type kind struct {
		Kind  string
		Count int64
	}
	var list []kind
	for _, k := range access.Kinds() {
		n, err := s.Record.Count(r.Context(), of(r.Context()).who, desk.Question{Kind: k})
		if err != nil {
			return err
		}
		if n > 0 {
			list = append(list, kind{k, n})
		}
	}
	s.show(w, r, http.StatusOK, "kinds", list)
	return nil
}

// rowsView is a page of a list.
type rowsView struct {
	Kind, Text, AsOf string
	Newest           bool
	Total            int64
	Rows             []rowLine
	Next             string // query of the next page
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

// titleMost is how many letters of a text stand for a title.
const titleMost = 90

// titleOf reads that; fields of other types are no titles.
func titleOf(body json.RawMessage) titled {
	var t titled
	_ = json.Unmarshal(body, &t)
	for _, other := range []string{t.Name, t.Text} {
		if t.Title == "" {
			runes := []rune(other)
			t.Title = string(runes[:min(len(runes), titleMost)])
		}
	}
	return t
}

func (s *site) rowsPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), of(r.Context()).who
	v := rowsView{Kind: r.PathValue("kind"), Text: r.FormValue("text"), AsOf: r.FormValue("as_of"), Newest: r.FormValue("newest") != ""}
	if !slices.Contains(access.Kinds(), v.Kind) {
		return nothingHere()
	}
	q, err := s.question(ctx, v.Kind, Filter{AsOf: v.AsOf, Text: v.Text, Parent: r.FormValue("parent")})
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
	s.show(w, r, http.StatusOK, "rows", v)
	return nil
}

// named is a field of a row.
type named struct {
	Name  string
	Value json.RawMessage
}

// rowView is one row with what it was before.
type rowView struct {
	desk.Seen
	Title   string
	Entry   int64 // that made it what is shown
	Fields  []named
	History []desk.Seen
	AsOf    string
}

func (s *site) rowPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), of(r.Context()).who
	v := rowView{AsOf: r.FormValue("as_of")}
	n, err := s.Record.AsOf(ctx, v.AsOf)
	if err != nil {
		return err
	}
	kind, id := r.PathValue("kind"), r.PathValue("id")
	if v.Seen, err = s.Record.Row(ctx, who, n, kind, id); err != nil {
		return conceal(err)
	}
	if v.History, err = s.Record.History(ctx, who, kind, id); err != nil {
		return conceal(err)
	}
	v.Title, v.Fields = titleOf(v.Body).Title, fieldsOf(v.Body)
	for _, h := range v.History {
		if n == 0 || h.From < n {
			v.Entry = h.From
		}
	}
	s.show(w, r, http.StatusOK, "row", v)
	return nil
}

// fieldsOf lists the fields of a row by name.
func fieldsOf(body json.RawMessage) []named {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(body, &m) // bodies are objects
	out := make([]named, 0, len(m))
	for name, value := range m {
		out = append(out, named{name, value})
	}
	slices.SortFunc(out, func(a, b named) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (s *site) entriesPage(w http.ResponseWriter, r *http.Request) error {
	from, err := number(r.FormValue("from"))
	if err != nil {
		return err
	}
	const most = 100
	list, err := s.Record.Entries(r.Context(), of(r.Context()).who, from, most)
	if err != nil {
		return err
	}
	next := ""
	if len(list) == most {
		next = "?" + url.Values{"from": {strconv.FormatInt(list[most-1].N+1, 10)}}.Encode()
	}
	s.show(w, r, http.StatusOK, "entries", struct {
		Entries []desk.SeenEntry
		Next    string
	}{list, next})
	return nil
}

func (s *site) entryPage(w http.ResponseWriter, r *http.Request) error {
	n, err := number(r.PathValue("n"))
	if err != nil {
		return err
	}
	e, err := s.Record.Entry(r.Context(), of(r.Context()).who, n)
	if err != nil {
		return conceal(err)
	}
	s.show(w, r, http.StatusOK, "entry", e)
	return nil
}

// number reads the number of an entry; nothing is 0. What is none names no entry.
func number(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, nothingHere()
	}
	return n, nil
}
