package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"truce/screen"
)

// show writes a page in the language that was asked for. It is made whole before anything
// is sent.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, page string, view any) {
	s.showAs(w, r, status, screen.Frame{Page: page, View: view})
}

// showAs is show of a page that says which state it shows.
func (s *site) showAs(w http.ResponseWriter, r *http.Request, status int, f screen.Frame) {
	v := of(r.Context())
	if status >= http.StatusBadRequest && v.refused == nil {
		v.refused = shownAs(status)
	}
	f.Mission, f.Who, f.Reads, f.Demo, f.Accounts = s.Name, v.who.ID, len(v.who.Roles) > 0, s.Demo != nil, s.People != nil
	if f.Path, f.Query = r.URL.Path, r.URL.Query(); f.Page == "problem" { // the same for what is not there and what may not be seen
		f.Path, f.Query = "/", nil
	}
	text, err := s.pages.Render(s.language(w, r), f)
	if err != nil {
		where, _, _ := strings.Cut(err.Error(), ">: ") // what follows may repeat what the record says
		of(r.Context()).refused = problem(http.StatusInternalServerError, "internal", "").because(slog.String("cause", where))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	send(w, r, status, "text/html; charset=utf-8", text)
}

// shownAs is what the log says of a page of its own that shows what is wrong: nothing of what was sent.
func shownAs(status int) *Problem {
	if status == http.StatusNotFound {
		return nothingHere()
	}
	return problem(status, "invalid", "")
}

// languageCookie remembers which language somebody chose.
const languageCookie = "lang"

// language is the one that the address names, else the one chosen before, else what the
// browser asks for.
func (s *site) language(w http.ResponseWriter, r *http.Request) screen.Lang {
	w.Header().Add("Vary", "Accept-Language, Cookie")
	asked, chosen := r.URL.Query().Get(languageCookie), ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	lang := screen.Match(asked, chosen, r.Header.Get("Accept-Language"))
	if asked != "" && !unwatched(r.URL.Path) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600, Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	return lang
}

// wantsPage reports whether an answer shall be a page, for people in a browser.
func wantsPage(r *http.Request) bool {
	for _, prefix := range []string{"/api/", "/log/", "/witness/", "/metrics", "/health", "/ready"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// failPage answers a refusal as a page. Whoever only has to sign in is shown where.
func (s *site) failPage(w http.ResponseWriter, r *http.Request, p *Problem) {
	if p.Code == "sign-in" && r.Method == http.MethodGet && s.People != nil {
		w.Header().Del("WWW-Authenticate")
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if p.Code == "judging" && r.Method == http.MethodGet {
		w.Header().Set("Refresh", "3")
	}
	s.show(w, r, p.Status, "problem", p)
}

// local is a path of ours to go to next, or the first page: no other site can be named.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\n\r\t") {
		return "/"
	}
	return next
}

// page is a handler of a page, for somebody or also for nobody.
func (s *site) page(pattern string, anybody bool, h func(http.ResponseWriter, *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if !anybody {
			if _, err := s.person(r.Context()); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// pageRoutes lays out the pages.
func (s *site) pageRoutes() {
	s.mux.HandleFunc("GET /static/", s.staticFile)
	s.mux.HandleFunc("GET /dist/", s.staticFile)
	s.deskRoutes()
	s.workRoutes()
	s.page("GET /record", false, s.statePage)
	s.page("GET /rows", false, s.kindsPage)
	s.page("GET /rows/{kind}", false, s.rowsPage)
	s.page("GET /rows/{kind}/{id}", false, s.rowPage)
	s.page("GET /entries", false, s.entriesPage)
	s.page("GET /entries/{n}", false, s.entryPage)
	if s.People != nil {
		s.signInRoutes()
		s.accountRoutes()
	}
}
