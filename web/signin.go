package web

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"truce/people"
)

// BackPath is where providers of single sign-on send a browser back to, after the origin.
const BackPath = "/sign-in/back"

// signInRoutes are the ways in.
func (s *site) signInRoutes() {
	s.page("GET /sign-in", true, func(w http.ResponseWriter, r *http.Request) error {
		s.signInPage(w, r, http.StatusOK, "")
		return nil
	})
	s.page("POST /sign-in", true, s.signIn)
	s.page("POST /sign-out", true, s.signOut)
	s.page("POST /sign-in/passkey", true, s.beginPasskey)
	s.page("POST /sign-in/passkey/finish", true, s.finishPasskey)
	s.page("GET /sign-in/with/{provider}", true, s.beginSSO)
	s.page("GET "+BackPath, true, s.finishSSO)
	s.page("GET /invitation", true, s.invitationPage)
	s.page("POST /invitation", true, s.takeInvitation)
}

// signInView is the sign-in page. Problem is the code of what went wrong, or empty.
type signInView struct {
	Problem   string
	Next      string
	Providers []string
	Passkeys  bool
}

func (s *site) signInPage(w http.ResponseWriter, r *http.Request, status int, problem string) {
	s.show(w, r, status, "sign-in", signInView{problem, local(r.FormValue("next")), s.Providers, s.Origin != ""})
}

// cookie is the value of a cookie as a secret; none is empty.
func cookie(r *http.Request, name string) people.Secret {
	c, err := r.Cookie(name)
	if err != nil {
		return people.Secret{}
	}
	return people.Hide(c.Value)
}

// form is a field of a form as a secret.
func form(r *http.Request, name string) people.Secret { return people.Hide(r.PostFormValue(name)) }

// begun hands a session to the browser and notes it.
func (s *site) begun(w http.ResponseWriter, r *http.Request, started people.Started) {
	v := of(r.Context())
	v.who, v.how = personOf(started.Account, started.Session.TwoFactor), "session"
	v.did("signed in", slog.String("way", started.Session.How), slog.Bool("two_factor", started.Session.TwoFactor))
	s.setCookie(w, started.Token)
}

// attempt notes for the log which way in was tried, should it fail.
func attempt(r *http.Request, way string) { of(r.Context()).did("sign-in", slog.String("way", way)) }

func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	attempt(r, people.HowPassword)
	started, err := s.People.SignIn(r.Context(), people.Attempt{
		Account: r.PostFormValue("account"), Password: form(r, "password"), Code: form(r, "code"),
		Client: of(r.Context()).from, Old: cookie(r, s.cookieName()),
	}, s.Now())
	if err != nil {
		p := problemOf(err)
		if p.Status >= 500 || !wantsPage(r) {
			return p
		}
		of(r.Context()).refused = p
		for name, values := range p.GetHeaders() {
			w.Header()[name] = values
		}
		s.signInPage(w, r, p.Status, p.Code)
		return nil
	}
	s.begun(w, r, started)
	http.Redirect(w, r, local(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

// badForm is a form that cannot be read. What the parser says may repeat it.
func badForm(err error) error {
	if p := problemOf(err); p.Code == "too-large" {
		return p
	}
	return problem(http.StatusBadRequest, "invalid", "The form cannot be read.")
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	v := of(r.Context())
	if v.how == "session" {
		if err := s.People.SignOut(r.Context(), v.secret); err != nil {
			return err
		}
		v.did("signed out")
	}
	s.setCookie(w, people.Secret{})
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// ceremony is a first half as the script gets it.
type ceremony struct {
	Options json.RawMessage `json:"options"`
	Token   string          `json:"token"`
}

// ceremonyAnswer is what the script sends back.
type ceremonyAnswer struct {
	Token  people.Secret   `json:"token"`
	Name   string          `json:"name"`
	Answer json.RawMessage `json:"answer"`
}

func (s *site) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	c, err := s.People.BeginPasskeySignIn(r.Context(), s.Now())
	return sendCeremony(w, c, err)
}

func sendCeremony(w http.ResponseWriter, c people.Ceremony, err error) error {
	if err != nil {
		return err
	}
	return sendJSON(w, ceremony{c.Options, c.Token.Reveal()})
}

func sendJSON(w http.ResponseWriter, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
	return nil
}

// readAnswer reads what the script sends back.
func readAnswer(r *http.Request) (ceremonyAnswer, error) {
	var a ceremonyAnswer
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		return a, badForm(err)
	}
	return a, nil
}

func (s *site) finishPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readAnswer(r)
	if err != nil {
		return err
	}
	attempt(r, people.HowPasskey)
	started, err := s.People.PasskeySignIn(r.Context(), people.PasskeyAttempt{Token: a.Token, Answer: a.Answer, Client: of(r.Context()).from, Old: cookie(r, s.cookieName())}, s.Now())
	if err != nil {
		return err
	}
	s.begun(w, r, started)
	return sendJSON(w, map[string]string{"next": "/"})
}

// journeyCookie is the name of the cookie that a browser takes along to a provider.
func (s *site) journeyCookie() string { return s.cookieName() + "-journey" }

const journeySeconds = 600

func (s *site) beginSSO(w http.ResponseWriter, r *http.Request) error {
	d, err := s.People.BeginSSO(r.Context(), r.PathValue("provider"), s.Now())
	if err != nil {
		return err
	}
	s.giveCookie(w, s.journeyCookie(), d.Browser, journeySeconds)
	http.Redirect(w, r, d.URL, http.StatusSeeOther)
	return nil
}

func (s *site) finishSSO(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	attempt(r, people.HowProvider)
	s.giveCookie(w, s.journeyCookie(), people.Secret{}, 0)
	started, err := s.People.FinishSSO(r.Context(), people.Return{
		State: people.Hide(q.Get("state")), Code: people.Hide(q.Get("code")), Issuer: q.Get("iss"),
		Browser: cookie(r, s.journeyCookie()), Client: of(r.Context()).from, Old: cookie(r, s.cookieName()),
	}, s.Now())
	if err != nil {
		p := problemOf(err)
		if p.Code == "sign-in" { // a page, not a way back to where this began
			p = problem(http.StatusForbidden, "denied", p.Detail).because(p.why...)
		}
		return p
	}
	s.begun(w, r, started)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// invitationView is an invitation before it is taken.
type invitationView struct {
	people.Invitation
	Token string
}

// invitationPage shows an invitation. Looking does not use it up: programs look at links.
func (s *site) invitationPage(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	in, err := s.People.Invited(r.Context(), people.Hide(token), s.Now())
	if err != nil {
		return notInvited(err)
	}
	s.show(w, r, http.StatusOK, "invitation", invitationView{in, token})
	return nil
}

// notInvited answers for every invitation that is not good alike.
func notInvited(err error) error {
	if p := problemOf(err); p.Code == "sign-in" {
		return problem(http.StatusForbidden, "invitation", "This invitation is not good: it was taken, withdrawn, or is too old. Ask for another.").because(p.why...)
	}
	return err
}

func (s *site) takeInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	attempt(r, people.HowInvitation)
	started, err := s.People.Accept(r.Context(), form(r, "token"), of(r.Context()).from, s.Now())
	if err != nil {
		return notInvited(err)
	}
	s.begun(w, r, started)
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}
