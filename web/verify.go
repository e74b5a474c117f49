package web

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"truce/access"
	"truce/desk"
	"truce/ledger"
	"truce/screen"
)

// workRoutes are verification, calming and telling.
func (s *site) workRoutes() {
	s.verifyRoutes()
	s.calmingRoutes()
	s.tellRoutes()
}

// verifyRoutes are the work on cases, and what waits for a second person.
func (s *site) verifyRoutes() {
	s.page("GET /verify", false, s.verifyPage)
	s.page("GET /verify/{id}", false, s.verifyCasePage)
	s.page("POST /verify/{id}", false, s.verifyCase)
	s.page("GET /proposals", false, s.proposalsPage)
	s.page("POST /proposals/{n}", false, s.settleProposal)
}

// verifyPage is the board of cases.
func (s *site) verifyPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.look(r, "verify")
	if err != nil {
		return err
	}
	ctx, who := r.Context(), of(r.Context()).who
	cases, err := s.Record.Cases(ctx, who, sight)
	if err != nil {
		return err
	}
	waiting, err := s.Record.Waitings(ctx, who, sight.AsOf)
	if err != nil {
		return err
	}
	f.View = screen.NewVerify(stagesOf(sight), cases, len(waiting), s.Now())
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// stagesOf are the stages of the mission that is seen.
func stagesOf(sight *desk.Sight) []desk.Stage {
	if sight.Result == nil {
		return desk.DefaultStages()
	}
	return sight.Result.Mission.Stages
}

// works reports whether whoever asks may enter anything, in the state that is shown.
func (s *site) works(r *http.Request) bool {
	who := of(r.Context()).who
	return who.ID != "" && r.FormValue("as_of") == "" && s.policy.May(who, access.Assess, "task", access.Label{TLP: access.Amber}, s.Now()).Allowed
}

func (s *site) verifyCasePage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.lookAt(r, "verifycase", desk.Scope{Incident: r.PathValue("id")})
	if err != nil {
		return err
	}
	file, err := s.caseFile(r, sight)
	if err != nil {
		return err
	}
	roster, err := s.Record.Roster(r.Context(), of(r.Context()).who, sight)
	if err != nil {
		return err
	}
	f.View = screen.NewVerifyFile(screen.VerifyAsk{Sight: sight, File: file, Roster: roster, Stages: stagesOf(sight), Lang: s.language(w, r), Now: s.Now(), Once: rand.Text(), May: s.works(r)})
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// caseFile is the case that an address names.
func (s *site) caseFile(r *http.Request, sight *desk.Sight) (*desk.CaseFile, error) {
	ctx, who, id := r.Context(), of(r.Context()).who, r.PathValue("id")
	lead, err := s.Record.IncidentOf(ctx, who, sight, id)
	if err == nil && lead.Incident != id {
		err = nothingHere()
	}
	if err != nil {
		return nil, conceal(err)
	}
	file, err := s.Record.CaseFile(ctx, who, sight, id)
	return file, conceal(err)
}

// verifyCase enters what a form of the page says.
func (s *site) verifyCase(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	do := map[string]func(*http.Request, string) error{"stage": s.setStage, "task": s.setTask, "done": s.endTask, "access": s.meetAccess, "finding": s.proposeFinding}[r.PostFormValue("do")]
	if do == nil {
		return invalid("do", "this is no form of the page", "stage, task, done, access or finding")
	}
	id := r.PathValue("id")
	if err := do(r, id); err != nil {
		return err
	}
	http.Redirect(w, r, "/verify/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

// entering reads a form of somebody with a name.
func (s *site) entering(r *http.Request) error {
	if of(r.Context()).who.ID == "" {
		return needSignIn("not signed in")
	}
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	return nil
}

// submission names what a form enters: sent twice, it is entered once.
func submission(r *http.Request) string {
	return ownKey(of(r.Context()).who, r.PostFormValue("once"))
}

// filled are the fields of a form that were filled in, by their names in an entry.
func filled(r *http.Request, names ...string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		if v := strings.TrimSpace(r.PostFormValue(name)); v != "" {
			out[name] = v
		}
	}
	return out
}

// timed adds a field that is a time, where it was filled in.
func (s *site) timed(r *http.Request, fields map[string]any, name string) error {
	t, err := s.Record.ClockTime(r.Context(), name, r.PostFormValue(name))
	if err == nil && !t.IsZero() {
		fields[name] = t
	}
	return err
}

// enter writes acts for whoever asks, signed where they have a key.
func (s *site) enter(r *http.Request, acts ...desk.Act) error {
	ctx, who := r.Context(), of(r.Context()).who
	return s.signing(ctx, who, func(k *ledger.Key) error {
		for i := range acts {
			acts[i].Key = k
		}
		done, err := s.Record.Write(ctx, who, acts...)
		if err == nil {
			of(ctx).did("entered", about(done[0].N), slog.String("kind", acts[0].Kind))
		}
		return err
	})
}

func (s *site) setStage(r *http.Request, id string) error {
	f := filled(r, "stage", "reason", "mark")
	f["incident"] = id
	return s.enter(r, desk.Act{Kind: "stage.set", Submission: submission(r), Fields: f})
}

// newID names a row that a form makes.
func newID(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:10]) }

func (s *site) setTask(r *http.Request, id string) error {
	f := filled(r, "way", "words", "to", "mark")
	f["incident"], f["id"] = id, named(r, "T")
	if err := s.timed(r, f, "due"); err != nil {
		return err
	}
	return s.enter(r, desk.Act{Kind: "task.set", Submission: submission(r), Fields: f})
}

// named names a row that a form makes: the same form makes the same row.
func named(r *http.Request, prefix string) string {
	once, _, _ := strings.Cut(r.PostFormValue("once"), "-")
	if len(once) < 10 {
		return newID(prefix)
	}
	return prefix + "-" + strings.ToLower(once[:10])
}

func (s *site) endTask(r *http.Request, _ string) error {
	return s.enter(r, desk.Act{Kind: "task.done", Submission: submission(r), Fields: filled(r, "id", "result", "note")})
}

func (s *site) meetAccess(r *http.Request, id string) error {
	m := desk.Met{ID: named(r, "A"), Incident: id, Task: r.PostFormValue("task"), Outcome: r.PostFormValue("outcome"), Actor: r.PostFormValue("actor"),
		Words: strings.TrimSpace(r.PostFormValue("words")), Mark: r.PostFormValue("mark"), Act: r.PostFormValue("act"), Place: r.PostFormValue("place")}
	var err error
	if m.At, err = s.Record.ClockTime(r.Context(), "at", r.PostFormValue("at")); err != nil {
		return err
	}
	if m.Until, err = s.Record.ClockTime(r.Context(), "until", r.PostFormValue("until")); err != nil {
		return err
	}
	done, err := s.Record.MeetAccess(r.Context(), of(r.Context()).who, submission(r), m)
	if err == nil {
		of(r.Context()).did("entered", about(done[0].N), slog.String("kind", "access.met"))
	}
	return err
}

// proposeFinding puts a finding before a second person.
func (s *site) proposeFinding(r *http.Request, id string) error {
	f := filled(r, "body", "standard", "verdict", "statement", "dissent", "mark")
	f["incident"], f["id"] = id, newID("F")
	if agreement, clause, ok := strings.Cut(r.PostFormValue("clause"), " "); ok {
		f["agreement"], f["clause"] = agreement, clause
	}
	if tasks := r.PostForm["tasks"]; len(tasks) > 0 {
		f["tasks"] = tasks
	}
	if a := attribution(r.PostFormValue("attribution"), strings.TrimSpace(r.PostFormValue("grounds"))); len(a) > 0 {
		f["attribution"] = a
	}
	done, err := s.Record.Propose(r.Context(), of(r.Context()).who, desk.Act{Kind: "finding.signed", Fields: f})
	if err == nil {
		of(r.Context()).did("proposed", about(done.N))
	}
	return err
}

// attribution is whom people hold to have done something, and why; it is theirs alone.
func attribution(to, grounds string) map[string]any {
	a := map[string]any{}
	if actor, ok := strings.CutPrefix(to, "to "); ok {
		a["to"] = []string{actor}
	} else if to == "none" {
		a["to"] = []string{}
	}
	if grounds != "" {
		a["grounds"] = grounds
	}
	return a
}

func (s *site) proposalsPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.glance(r, "proposals")
	if err != nil {
		return err
	}
	waiting, err := s.Record.Waitings(r.Context(), of(r.Context()).who, sight.AsOf)
	if err != nil {
		return err
	}
	var list []screen.Proposal
	for _, x := range waiting {
		list = append(list, screen.NewProposal(x, s.Now()))
	}
	f.View = list
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// settleProposal confirms or declines what somebody proposed.
func (s *site) settleProposal(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return nothingHere()
	}
	ctx, who := r.Context(), of(r.Context()).who
	switch do := r.PostFormValue("do"); {
	case do == "confirm" && r.PostFormValue("sure") == "yes":
		err = s.signing(ctx, who, func(k *ledger.Key) error {
			done, err := s.Record.Confirm(ctx, who, n, k)
			if err == nil {
				of(ctx).did("confirmed", about(done.N), slog.Int64("proposal", n))
			}
			return err
		})
	case do == "decline":
		_, err = s.Record.Decline(ctx, who, n, strings.TrimSpace(r.PostFormValue("reason")))
	default:
		return invalid("do", "this is no form of the page", "confirm, having read it whole, or decline")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/proposals", http.StatusSeeOther)
	return nil
}
