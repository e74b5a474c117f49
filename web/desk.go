package web

import (
	"net/http"

	"truce/desk"
	"truce/screen"
)

// deskRoutes lays out the desk: what was agreed, what happened, how calm it is, and why.
func (s *site) deskRoutes() {
	s.situationRoutes()
	s.incidentRoutes()
	s.agreementRoutes()
	s.actorRoutes()
	s.calmRoutes()
	s.dayRoutes()
	s.checkRoutes()
}

// look is what whoever asks may see of the state that the address names, and the frame of a
// page that shows it.
func (s *site) look(r *http.Request, page string) (*desk.Sight, screen.Frame, error) {
	f := screen.Frame{Page: page, AsOf: r.FormValue("as_of")}
	n, err := s.asOf(r.Context(), f.AsOf)
	if err != nil {
		return nil, f, err
	}
	sight, err := s.Record.Sight(r.Context(), of(r.Context()).who, n)
	if err != nil {
		return nil, f, err
	}
	f.Entries, f.Recorded = sight.AsOf, sight.Recorded
	if sight.Result != nil {
		f.Zone = sight.Result.Mission.Zone
	}
	return sight, f, nil
}
