package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"truce"
	"truce/desk"
	"truce/screen"
)

// inboxRoutes are what came in and waits.
func (s *site) inboxRoutes() {
	s.page("GET /inbox", false, s.inboxPage)
	s.page("POST /inbox", false, s.triage)
}

// inboxPage lists what waits, with one report open beside the list.
func (s *site) inboxPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "at", "done"); err != nil {
		return err
	}
	return s.showInbox(w, r, http.StatusOK, r.FormValue("at"), nil, desk.Triage{})
}

func (s *site) showInbox(w http.ResponseWriter, r *http.Request, status int, at string, wrong truce.Problems, tried desk.Triage) error {
	ctx, who := r.Context(), of(r.Context()).who
	in, err := s.Record.Inbox(ctx, who)
	if err != nil {
		return err
	}
	v := screen.NewInbox(in, at, rand.Text())
	v.Done, v.Tried = r.URL.Query().Get("done"), tried
	v.Problems(wrong)
	if id := v.At; id != "" {
		if v.Open, err = s.Record.OpenReport(ctx, who, id); err != nil {
			return conceal(err)
		}
		if v.Suggestions, v.Asked, err = s.suggestions(ctx, id); err != nil {
			return err
		}
	}
	n, err := s.Record.Wait(ctx, -1)
	if err != nil {
		return err
	}
	s.showAs(w, r, status, screen.Frame{Page: "inbox", Zone: in.Zone, Entries: n, View: v})
	return nil
}

// triage enters what is done about a report, and goes on to the next.
func (s *site) triage(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, who := r.Context(), of(r.Context()).who
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	if n := len(f("once")); n < 16 || n > 64 {
		return invalid("once", "this form has no name", "the form as it was shown")
	}
	t := desk.Triage{Report: f("report"), Do: f("do"), Incident: f("incident"), Other: f("other"), Words: f("words")}
	if do, pick, ok := strings.Cut(t.Do, ":"); ok { // a button beside a suggestion
		if t.Do = do; do == "join" {
			t.Incident = pick
		} else {
			t.Other = pick
		}
	}
	before, err := s.Record.Inbox(ctx, who)
	if err != nil {
		return err
	}
	err = s.Record.Triage(ctx, who, ownKey(who, "triage/"+f("once")), t)
	var wrong truce.Problems
	var missing *truce.Error
	switch {
	case errors.As(err, &wrong):
		return s.showInbox(w, r, http.StatusUnprocessableEntity, t.Report, wrong, t)
	case errors.As(err, &missing) && missing.Kind == truce.Absent && t.Do == "join":
		return s.showInbox(w, r, http.StatusUnprocessableEntity, t.Report, truce.Problems{{Field: "incident", Code: "no-incident"}}, t)
	case err != nil:
		return conceal(err)
	}
	of(ctx).did("triaged")
	q := url.Values{"done": {t.Do}}
	if next := screen.NextInbox(before, t.Report, t.Do); next != "" {
		q.Set("at", next)
	}
	http.Redirect(w, r, "/inbox?"+q.Encode(), http.StatusSeeOther)
	return nil
}
