package web

import (
	"net/http"

	"truce/desk"
	"truce/screen"
)

// calmRoutes are how calm it is.
func (s *site) calmRoutes() {
	shelf := desk.NewCalms()
	s.page("GET /calm", false, func(w http.ResponseWriter, r *http.Request) error { return s.calmPage(w, r, shelf) })
}

// calmPage says how calm it is, from what the person may see.
func (s *site) calmPage(w http.ResponseWriter, r *http.Request, shelf *desk.Calms) error {
	ask, err := screen.ParseCalm(r.URL.Query())
	if err != nil {
		return err
	}
	sight, f, err := s.look(r, "calm")
	if err != nil {
		return err
	}
	view := &screen.Calm{Ask: ask}
	if sight.Result != nil {
		if view, err = s.calm(r, sight, ask, shelf); err != nil {
			return err
		}
	}
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// calm makes the view of a sight that has a mission.
func (s *site) calm(r *http.Request, sight *desk.Sight, ask screen.CalmAsk, shelf *desk.Calms) (*screen.Calm, error) {
	q, err := ask.Question(sight)
	if err != nil {
		return nil, err
	}
	who := of(r.Context()).who
	c, err := s.Record.Calm(r.Context(), who, sight, q, shelf)
	if err != nil {
		return nil, err
	}
	roster, err := s.Record.Roster(r.Context(), who, sight)
	if err != nil {
		return nil, err
	}
	return screen.NewCalm(sight, roster, c, ask)
}
