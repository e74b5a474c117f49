package web

import (
	"net/http"
	"strconv"
)

// checkRoutes are checking the record in the browser.
func (s *site) checkRoutes() {
	s.page("GET /record/check", false, s.checkPage)
}

// checkPage has the browser check the record, without taking this server's word for it.
func (s *site) checkPage(w http.ResponseWriter, r *http.Request) error {
	entry := r.FormValue("entry")
	n, err := number(entry)
	if err != nil {
		return invalid("entry", "this is no number of an entry", "a whole number from 0")
	}
	if entry != "" {
		entry = strconv.FormatInt(n, 10)
	}
	_, f, err := s.glance(r, "check")
	if err != nil {
		return err
	}
	f.View = s.pages.Check(s.Record.Origin(), s.recordKey(r), entry)
	s.showAs(w, r, http.StatusOK, f)
	return nil
}
