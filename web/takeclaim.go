package web

import (
	"net/http"
	"net/url"
	"strings"

	"truce/desk"
)

// claimRoutes are what is said of an incident, and what may have happened.
func (s *site) claimRoutes() {
	s.page("POST /incidents/{id}/claims", false, s.noteClaim)
}

// noteClaim enters a claim, a hypothesis, or what speaks for or against one.
func (s *site) noteClaim(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, who, id := r.Context(), of(r.Context()).who, r.PathValue("id")
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	once := f("once")
	if len(once) < 16 || len(once) > 64 {
		return invalid("once", "this form has no name", "the form as it was shown")
	}
	var err error
	switch name := ownKey(who, "claims/"+once); f("do") {
	case "claim":
		err = s.Record.NoteClaim(ctx, who, name, id, desk.Claim{By: f("by"), Claim: f("claim"), Fact: f("fact"), Value: f("value"), Words: f("words"), Reliability: f("reliability"), Credibility: f("credibility")})
	case "hypothesis":
		err = s.Record.PutHypothesis(ctx, who, name, id, "H-"+once[:10], f("statement"))
	case "weigh":
		err = s.Record.Weigh(ctx, who, name, f("hypothesis"), desk.Evidence{Of: f("of"), Weighs: f("weighs"), Note: f("note")})
	default:
		err = invalid("do", "this is nothing to do here", "claim, hypothesis or weigh")
	}
	if err != nil {
		return conceal(err)
	}
	of(ctx).did("claimed")
	http.Redirect(w, r, "/incidents/"+url.PathEscape(id)+"#claims", http.StatusSeeOther)
	return nil
}
