package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"truce/people"
)

// accountRoutes are what people do about their own account.
func (s *site) accountRoutes() {
	s.page("GET /account", false, s.accountPage)
	s.self("POST /account/password", "password set", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		started, err := s.People.SetPassword(r.Context(), mine, form(r, "old"), form(r, "password"), s.Now())
		return s.goOn(w, r, started, err)
	})
	s.self("POST /account/authenticator", "authenticator begun", s.newAuthenticator)
	s.self("POST /account/authenticator/confirm", "authenticator set", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		started, err := s.People.ConfirmTOTP(r.Context(), mine, form(r, "code"), s.Now())
		return s.goOn(w, r, started, err)
	})
	s.self("POST /account/recovery", "recovery codes made", s.newCodes)
	s.self("POST /account/passkey", "passkey begun", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		c, err := s.People.NewPasskey(r.Context(), mine, s.Now())
		return sendCeremony(w, c, err)
	})
	s.self("POST /account/passkey/finish", "passkey added", s.addPasskey)
	s.self("POST /account/passkey/remove", "passkey removed", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		started, err := s.People.RemovePasskey(r.Context(), mine, r.PostFormValue("id"), s.Now())
		return s.goOn(w, r, started, err)
	})
	s.self("POST /account/key", "signing key made", s.newKey)
	s.self("POST /account/sessions/end", "session ended", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		return toAccount(w, r, s.People.End(r.Context(), mine, r.PostFormValue("id"), s.Now()))
	})
	s.self("POST /account/sessions/end-all", "signed out everywhere", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		s.setCookie(w, people.Secret{})
		return toAccount(w, r, s.People.EndAll(r.Context(), mine.Account, s.Now()))
	})
	s.self("POST /account/tokens", "token made", s.newTokenPage)
	s.self("POST /account/tokens/revoke", "token revoked", func(w http.ResponseWriter, r *http.Request, mine people.Session) error {
		return toAccount(w, r, s.People.RevokeToken(r.Context(), mine.Account, r.PostFormValue("id"), s.Now()))
	})
}

// self is a handler of what somebody does about their own account, in person: with a session.
func (s *site) self(pattern, event string, h func(http.ResponseWriter, *http.Request, people.Session) error) {
	s.page(pattern, false, func(w http.ResponseWriter, r *http.Request) error {
		mine, err := s.own(r.Context())
		if err != nil {
			return err
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			if err := r.ParseForm(); err != nil {
				return badForm(err)
			}
		}
		of(r.Context()).did(event)
		return h(w, r, mine)
	})
}

// goOn hands the browser the token with which the session goes on, and goes back.
func (s *site) goOn(w http.ResponseWriter, r *http.Request, started people.Started, err error) error {
	if err != nil {
		return err
	}
	s.setCookie(w, started.Token)
	return toAccount(w, r, nil)
}

func toAccount(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	}
	return err
}

// accountView is everything about one's account.
type accountView struct {
	people.Account
	Session    people.Session
	Ways       people.Ways
	Passkeys   []people.Passkey
	CanPasskey bool
	Sessions   []session
	Tokens     []people.Token
	Ready      bool // there is a whole way in
	Fresh      bool
}

func (s *site) accountPage(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), s.Now()
	mine, err := s.own(ctx)
	if err != nil {
		return err
	}
	v := accountView{Account: of(ctx).account, Session: mine, CanPasskey: s.Origin != "", Fresh: mine.Fresh(now)}
	if v.Ways, err = s.People.Ways(ctx, v.ID, now); err != nil {
		return err
	}
	if v.Passkeys, err = s.People.Passkeys(ctx, v.ID, now); err != nil {
		return err
	}
	if v.Sessions, err = s.sessions(ctx, v.ID); err != nil {
		return err
	}
	if v.Tokens, err = s.People.Tokens(ctx, v.ID, now); err != nil {
		return err
	}
	v.Ready = v.Ways.Password && v.Ways.TOTP || v.Ways.Passkeys > 0
	s.show(w, r, http.StatusOK, "account", v)
	return nil
}

// authenticatorView is what an app needs, to be scanned or typed.
type authenticatorView struct {
	Secret string
	QR     picture
}

func (s *site) newAuthenticator(w http.ResponseWriter, r *http.Request, mine people.Session) error {
	e, err := s.People.NewTOTP(r.Context(), mine, s.Now())
	if err != nil {
		return err
	}
	drawn, err := drawQR(e.URL.Reveal())
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "authenticator", authenticatorView{e.Secret.Reveal(), drawn})
	return nil
}

// picture is a QR code as one path of an SVG, Size units wide with its margin.
type picture struct {
	Size int
	Path string
}

// drawQR draws a text as a QR code.
func drawQR(text string) (picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return picture{}, err
	}
	const margin = 4
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := range n {
			if v, _, _, _ := code.At(x, y).RGBA(); v == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return picture{n + 2*margin, b.String()}, nil
}

// onceView is secrets that are shown this once.
type onceView struct {
	What    string // name of its words
	Secrets []string
}

func (s *site) newCodes(w http.ResponseWriter, r *http.Request, mine people.Session) error {
	codes, err := s.People.NewRecoveryCodes(r.Context(), mine, s.Now())
	if err != nil {
		return err
	}
	v := onceView{What: "codes"}
	for _, c := range codes {
		v.Secrets = append(v.Secrets, c.Reveal())
	}
	s.show(w, r, http.StatusOK, "once", v)
	return nil
}

func (s *site) addPasskey(w http.ResponseWriter, r *http.Request, mine people.Session) error {
	a, err := readAnswer(r)
	if err != nil {
		return err
	}
	started, err := s.People.AddPasskey(r.Context(), mine, a.Token, a.Name, a.Answer, s.Now())
	if err != nil {
		return err
	}
	s.setCookie(w, started.Token)
	return sendJSON(w, map[string]string{"next": "/account"})
}

// newKey makes a signing key under the record's name and the account's. It counts once an
// administrator has enrolled it.
func (s *site) newKey(w http.ResponseWriter, r *http.Request, mine people.Session) error {
	_, err := s.People.NewSigningKey(r.Context(), mine, s.Record.Origin()+"/"+mine.Account, s.Now())
	return toAccount(w, r, err)
}

func (s *site) newTokenPage(w http.ResponseWriter, r *http.Request, mine people.Session) error {
	days := map[string]int{"30": 30, "90": 90, "365": 365}[r.PostFormValue("days")]
	roles := slices.Clone(r.PostForm["role"])
	secret, t, err := s.People.NewToken(r.Context(), mine, r.PostFormValue("name"), roles, s.Now().Add(time.Duration(days)*24*time.Hour), s.Now())
	if err != nil {
		return err
	}
	of(r.Context()).did("token made", slog.String("until", t.Expires.UTC().Format(time.DateOnly)))
	s.show(w, r, http.StatusOK, "once", onceView{"token", []string{secret.Reveal()}})
	return nil
}
