package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"truce/access"
	"truce/desk"
	"truce/screen"
)

// calmingRoutes are calls, questions, protests and measures.
func (s *site) calmingRoutes() {
	s.page("GET /calming", false, s.calmingPage)
	s.page("POST /calming", false, s.calmingDeed)
	s.page("GET /calming/{id}", false, s.calmingCasePage)
	s.page("POST /calming/{id}", false, s.calmingDeed)
}

// calmingAsk is what both pages are made from.
func (s *site) calmingAsk(w http.ResponseWriter, r *http.Request, sight *desk.Sight) (screen.CalmingAsk, error) {
	who := of(r.Context()).who
	a := screen.CalmingAsk{Sight: sight, Lang: s.language(w, r), Now: s.Now(), Once: rand.Text(), Party: who.Party, Steps: desk.DefaultMeasures()}
	if sight.Result != nil {
		a.Steps = sight.Result.Mission.Measures
	}
	if who.ID != "" && r.FormValue("as_of") == "" {
		a.MayCall = s.policy.May(who, access.Contact, "contact", access.Label{TLP: access.Amber}, s.Now()).Allowed
		a.MayFile = s.policy.May(who, access.Report, "reply", access.Label{TLP: access.Amber, Party: who.Party}, s.Now()).Allowed
	}
	var err error
	a.Roster, err = s.Record.Roster(r.Context(), who, sight)
	return a, err
}

func (s *site) calmingPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.look(r, "calming")
	if err != nil {
		return err
	}
	a, err := s.calmingAsk(w, r, sight)
	if err != nil {
		return err
	}
	if a.All, err = s.Record.Calming(r.Context(), of(r.Context()).who, sight); err != nil {
		return err
	}
	f.View = screen.NewCalming(a)
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func (s *site) calmingCasePage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.lookAt(r, "calmingcase", desk.Scope{Incident: r.PathValue("id")})
	if err != nil {
		return err
	}
	a, err := s.calmingAsk(w, r, sight)
	if err != nil {
		return err
	}
	if a.File, err = s.caseFile(r, sight); err != nil {
		return err
	}
	if a.Lines, err = s.Record.Lines(r.Context(), of(r.Context()).who, sight); err != nil {
		return err
	}
	f.View = screen.NewCalmingCase(a)
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// calmingDeed enters what a form of one of the two pages says.
func (s *site) calmingDeed(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	do := map[string]func(*http.Request, string) (desk.Act, error){
		"line": s.listLine, "test": s.testLine, "call": s.makeCall, "fire": s.noteFire, "request": s.askParty, "remind": s.remind, "close": s.closeRequest,
		"reply": s.giveReply, "protest": s.fileProtest, "measure": s.takeMeasure,
	}[r.PostFormValue("do")]
	if do == nil {
		return invalid("do", "this is no form of the page", "one of its forms")
	}
	act, err := do(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	act.Submission = submission(r)
	if err := s.enter(r, act); err != nil {
		return err
	}
	back := "/calming"
	if id := r.PathValue("id"); id != "" {
		back += "/" + url.PathEscape(id)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

func (s *site) listLine(r *http.Request, _ string) (desk.Act, error) {
	f := filled(r, "actor", "name", "address", "hours", "mark")
	f["id"] = named(r, "L")
	if l := strings.FieldsFunc(r.PostFormValue("languages"), func(c rune) bool { return c == ' ' || c == ',' || c == '،' }); len(l) > 0 {
		f["languages"] = l
	}
	if b := r.PostForm["backups"]; len(b) > 0 {
		f["backups"] = b
	}
	return desk.Act{Kind: "line.listed", Fields: f}, nil
}

func (s *site) testLine(r *http.Request, _ string) (desk.Act, error) {
	f := filled(r, "id", "answered")
	f["at"] = s.Now().UTC()
	return desk.Act{Kind: "line.tested", Fields: f}, nil
}

// makeCall enters a call: on a line of the roster, or on another.
func (s *site) makeCall(r *http.Request, id string) (desk.Act, error) {
	f := filled(r, "words", "line", "with", "answered", "read_back", "their_clock", "spoke")
	if f["with"] == nil && f["line"] != nil {
		row, err := s.Record.Row(r.Context(), of(r.Context()).who, 0, "line", r.PostFormValue("line"))
		if err != nil {
			return desk.Act{}, conceal(err)
		}
		f["with"] = screen.NewWork(row).Actor
	}
	if f["about"] = id; id == "" {
		delete(f, "about")
	}
	return desk.Act{Kind: "contact.made", Fields: f}, s.timed(r, f, "at")
}

func (s *site) noteFire(r *http.Request, id string) (desk.Act, error) {
	f := filled(r, "fire", "by", "words")
	f["incident"] = id
	return desk.Act{Kind: "fire.noted", Fields: f}, s.timed(r, f, "at")
}

func (s *site) askParty(r *http.Request, id string) (desk.Act, error) {
	f := filled(r, "words")
	f["id"], f["at"], f["with"] = named(r, "Q"), s.Now().UTC(), strings.TrimSpace(r.PostFormValue("request-with"))
	if id != "" {
		f["about"] = id
	}
	if r.PostFormValue("addressed") == "yes" {
		f["mark"] = desk.Addressed(r.PostFormValue("request-with"))
	}
	return desk.Act{Kind: "request.made", Fields: f}, s.timed(r, f, "due")
}

func (s *site) remind(r *http.Request, _ string) (desk.Act, error) {
	f := filled(r, "id", "note")
	f["at"] = s.Now().UTC()
	return desk.Act{Kind: "request.reminded", Fields: f}, nil
}

func (s *site) closeRequest(r *http.Request, _ string) (desk.Act, error) {
	return desk.Act{Kind: "request.closed", Fields: filled(r, "id", "ending", "reason")}, nil
}

// ownName is the party of whoever asks, or whom they speak for.
func ownName(r *http.Request) string {
	if party := of(r.Context()).who.Party; party != "" {
		return party
	}
	return strings.TrimSpace(r.PostFormValue("by"))
}

// giveReply enters a reply. One to a protest is for everybody who may see the protest.
func (s *site) giveReply(r *http.Request, _ string) (desk.Act, error) {
	f := filled(r, "request", "protest", "words")
	f["by"], f["at"] = ownName(r), s.Now().UTC()
	if f["protest"] != nil {
		f["mark"] = access.Label{TLP: access.Green}.String()
	}
	return desk.Act{Kind: "reply.given", Fields: f}, nil
}

func (s *site) fileProtest(r *http.Request, id string) (desk.Act, error) {
	f := filled(r, "words")
	f["id"], f["by"], f["mark"] = named(r, "P"), ownName(r), access.Label{TLP: access.Green}.String()
	agreement, clause, _ := strings.Cut(r.PostFormValue("clause"), " ")
	f["agreement"], f["clause"] = agreement, clause
	if id != "" {
		f["incident"] = id
	}
	return desk.Act{Kind: "protest.filed", Fields: f}, s.timed(r, f, "at")
}

func (s *site) takeMeasure(r *http.Request, id string) (desk.Act, error) {
	f := filled(r, "step", "words", "reason")
	f["incident"], f["with"] = id, strings.TrimSpace(r.PostFormValue("measure-with"))
	return desk.Act{Kind: "measure.taken", Fields: f}, s.timed(r, f, "at")
}
