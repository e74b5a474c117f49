package web

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"truce/desk"
	"truce/screen"
)

// incidentRoutes are one incident.
func (s *site) incidentRoutes() {
	s.page("GET /incidents/{id}", false, s.incidentPage)
}

// incidentPage shows one incident in full. The identifier of one of its elements or reports
// leads there.
func (s *site) incidentPage(w http.ResponseWriter, r *http.Request) error {
	ctx, who, id := r.Context(), of(r.Context()).who, r.PathValue("id")
	sight, f, err := s.lookAt(r, "incident", desk.Scope{Incident: id})
	if err != nil {
		return err
	}
	lead, err := s.Record.IncidentOf(ctx, who, sight, id)
	if err != nil {
		return conceal(err)
	}
	if lead.Incident != id {
		http.Redirect(w, r, incidentAddress(f, lead), http.StatusSeeOther)
		return nil
	}
	element := r.FormValue("element")
	in, err := s.Record.Incident(ctx, who, sight, id, element)
	if err != nil {
		return conceal(err)
	}
	claims, err := s.Record.Claims(ctx, who, sight.AsOf, id)
	if err != nil {
		return conceal(err)
	}
	page := screen.NewIncident(sight, in, element)
	page.Claimed = &screen.Claimed{Claims: claims, Incident: id, Once: rand.Text(), Then: f.AsOf != ""}
	f.View = page
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// incidentAddress is where a lead leads, in the state that was asked for.
func incidentAddress(f screen.Frame, l desk.Lead) string {
	anchor, alone := l.Element, ""
	if l.Far {
		alone = l.Element
	}
	if l.Report != "" {
		anchor = "report:" + l.Report
	}
	return f.To("/incidents/"+url.PathEscape(l.Incident), "element", alone) + (&url.URL{Fragment: anchor}).String()
}
