package web

import (
	"net/http"
	"unicode/utf8"

	"truce"
	"truce/desk"
	"truce/screen"
)

// actorRoutes are who is who.
func (s *site) actorRoutes() {
	s.page("GET /actors", false, s.actorsPage)
	s.page("GET /actors/{id}", false, s.actorPage)
}

// roster is who is who in the state that is asked for.
func (s *site) roster(r *http.Request, page string) (*desk.Sight, *desk.Roster, screen.Frame, error) {
	sight, f, err := s.look(r, page)
	if err != nil {
		return nil, nil, f, err
	}
	roster, err := s.Record.Roster(r.Context(), of(r.Context()).who, sight)
	return sight, roster, f, err
}

// longestSearch is how long a name may be that is looked for, in bytes.
const longestSearch = 800

func (s *site) actorsPage(w http.ResponseWriter, r *http.Request) error {
	q := r.FormValue("q")
	if len(q) > longestSearch || !utf8.ValidString(q) {
		return &truce.Error{Kind: truce.Invalid, At: "q", Msg: "it is too long, or no text", Hint: "a part of a name"}
	}
	sight, roster, f, err := s.roster(r, "actors")
	if err != nil {
		return err
	}
	f.View = screen.NewActors(sight, roster, q)
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func (s *site) actorPage(w http.ResponseWriter, r *http.Request) error {
	sight, roster, f, err := s.roster(r, "actor")
	if err != nil {
		return err
	}
	view, ok := screen.NewActor(sight, roster, r.PathValue("id"))
	if !ok {
		return nothingHere()
	}
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}
