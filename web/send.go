package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"truce"
	"truce/desk"
	"truce/screen"
)

// sendRoutes are the public doors: reports without an account, receipts, the list of complaints.
// They set no cookie, and the log does not keep from where they were asked.
func (s *site) sendRoutes() {
	s.page("GET /send", true, s.open(s.sendPage))
	s.page("POST /send", true, s.open(s.send))
	s.page("GET /send/receipt", true, s.open(s.receiptPage))
	s.page("POST /send/receipt", true, s.open(s.receipt))
	s.page("POST /send/answer", true, s.open(s.answer))
	s.page("GET /complaints", true, s.open(s.complaintsPage))
}

// unwatched says of a path that it is a public door.
func unwatched(path string) bool {
	return path == "/send" || strings.HasPrefix(path, "/send/") || path == "/complaints"
}

// Public doors take little at a time from one address.
const sendsPerSecond, sendsBurst = 0.2, 30

// open is a handler of a public door: nothing is there where the mission keeps it shut.
func (s *site) open(h func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !s.Send {
			return nothingHere()
		}
		if r.Method == http.MethodPost {
			if wait := s.sends.take(network(of(r.Context()).from.Address), s.Now()); wait > 0 {
				return limited(wait, "send")
			}
			if err := r.ParseForm(); err != nil {
				return badForm(err)
			}
		}
		return h(w, r)
	}
}

func (s *site) sendPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSend(w, r, http.StatusOK, screen.Send{Once: rand.Text(), Call: desk.Call{At: s.Now()}})
}

func (s *site) showSend(w http.ResponseWriter, r *http.Request, status int, v screen.Send) error {
	v.Zone = s.Record.Zone(r.Context())
	s.showAs(w, r, status, screen.Frame{Page: "send", View: &v})
	return nil
}

// send takes a report in and shows its receipt, this once.
func (s *site) send(w http.ResponseWriter, r *http.Request) error {
	c, once, err := s.callOf(r)
	if err != nil {
		return err
	}
	c.Lang, c.Source, c.Identity = string(s.language(w, r)), "", ""
	if r.PostForm.Get("fire") == "yes" {
		c.Going = "yes"
	}
	taken, err := s.Record.Send(r.Context(), "send/"+once, c)
	var wrong truce.Problems
	if errors.As(err, &wrong) {
		v := screen.Send{Once: once, Call: c, Wrong: map[string]string{}}
		for _, p := range wrong {
			v.Wrong[p.Field] = "send.wrong." + p.Code
		}
		return s.showSend(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	of(r.Context()).did("report sent")
	return s.showSend(w, r, http.StatusOK, screen.Send{Receipt: taken.Receipt, Number: taken.Number, Listed: !c.Endangers})
}

func (s *site) receiptPage(w http.ResponseWriter, r *http.Request) error {
	s.showAs(w, r, http.StatusOK, screen.Frame{Page: "receipt", View: &screen.Receipt{}})
	return nil
}

// receipt shows where a report stands, to whoever has its code.
func (s *site) receipt(w http.ResponseWriter, r *http.Request) error {
	return s.showReceipt(w, r, http.StatusOK, screen.Receipt{})
}

// showReceipt shows where the report of a code stands, with what came of an answer.
func (s *site) showReceipt(w http.ResponseWriter, r *http.Request, status int, v screen.Receipt) error {
	code := desk.Receipt(r.PostForm.Get("code"))
	standing, err := s.Record.Standing(r.Context(), code)
	v.Code, v.Standing, v.Once, v.Zone = string(code), &standing, rand.Text(), s.Record.Zone(r.Context())
	if err != nil {
		if p := problemOf(err); p.Status != http.StatusNotFound {
			return err
		}
		v, status = screen.Receipt{Unknown: true}, http.StatusNotFound
	}
	s.showAs(w, r, status, screen.Frame{Page: "receipt", View: &v})
	return nil
}

// answer takes what whoever has a receipt writes to the mission.
func (s *site) answer(w http.ResponseWriter, r *http.Request) error {
	once := r.PostForm.Get("once")
	if len(once) < 16 || len(once) > 64 {
		return invalid("once", "this form has no name", "the form as it was shown")
	}
	code := desk.Receipt(r.PostForm.Get("code"))
	_, err := s.Record.Answer(r.Context(), code, once, r.PostForm.Get("words"))
	var wrong truce.Problems
	switch {
	case errors.As(err, &wrong):
		return s.showReceipt(w, r, http.StatusUnprocessableEntity, screen.Receipt{Wrong: true, Words: r.PostForm.Get("words")})
	case err != nil && problemOf(err).Status != http.StatusNotFound:
		return err
	}
	if err == nil {
		of(r.Context()).did("answered")
	}
	return s.showReceipt(w, r, http.StatusOK, screen.Receipt{Answered: err == nil})
}

// complaintsPage lists what came in: numbers, states and ages, and nothing else.
func (s *site) complaintsPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "after"); err != nil {
		return err
	}
	list, next, err := s.Record.Complaints(r.Context(), r.FormValue("after"))
	if err != nil {
		return err
	}
	s.showAs(w, r, http.StatusOK, screen.Frame{Page: "complaints", View: &screen.Complaints{List: list, Next: next}})
	return nil
}
