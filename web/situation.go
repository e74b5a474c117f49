package web

import "net/http"

// situationRoutes are the first page and the list of incidents.
func (s *site) situationRoutes() {
	s.page("GET /{$}", false, s.situationPage)
}

// situationPage is the first page: where things stand.
func (s *site) situationPage(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := s.look(r, "situation")
	if err != nil {
		return err
	}
	f.View = sight
	s.showAs(w, r, http.StatusOK, f)
	return nil
}
