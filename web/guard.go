package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"truce/access"
	"truce/people"
)

// bodyMost is how long a request's body may be. The API's own limit, of the same size, comes
// first and says so in its own words.
const bodyMost = 1 << 20

// Names of the cookies that hold a session. The first is bound to its host and to https; the
// second is for plain http on the loopback and is called what it is.
const (
	cookieSecure = "__Host-truce"
	cookiePlain  = "truce-insecure-loopback"
)

// parseAddr reads an address; an IPv4 one written as IPv6 is IPv4.
func parseAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// network is what counts as one address: an IPv4 address, or the /64 that one IPv6
// subscriber has.
func network(address string) string {
	a, ok := parseAddr(address)
	if !ok {
		return "?"
	}
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

// guard lets a request through to its route when everything about it is in order.
func (s *site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := of(r.Context())
		_, v.route = s.mux.Handler(r)
		s.headers(w)
		if r.URL.Path != "/health" && r.URL.Path != "/ready" {
			if err := s.admit(w, r); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		if v.route != uploadRoute && v.route != tableRoute {
			r.Body = http.MaxBytesReader(w, r.Body, bodyMost+1)
		}
		next.ServeHTTP(w, r)
	})
}

// admit finds out who asks and refuses who should not.
func (s *site) admit(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkHost(r); err != nil {
		return err
	}
	if err := s.cross.Check(r); err != nil {
		return problem(http.StatusForbidden, "wrong-site", "This request comes from another site.")
	}
	v := of(r.Context())
	address := network(v.from.Address)
	if wait := s.strange.empty(address, s.Now()); wait > 0 && !s.presents(r) {
		return limited(wait, "address")
	}
	err := s.recognise(w, r)
	if v.how == "" {
		if wait := s.strange.take(address, s.Now()); wait > 0 {
			return limited(wait, "address")
		}
		return err
	}
	if wait := s.accounts.take(v.who.ID, s.Now()); wait > 0 {
		return limited(wait, "account")
	}
	return err
}

// presents reports whether a request shows anything by which it might be known.
func (s *site) presents(r *http.Request) bool {
	_, err := r.Cookie(s.cookieName())
	return err == nil || r.Header.Get("Authorization") != "" || s.Demo != nil
}

// checkHost refuses requests that were meant for another host: a page elsewhere can point
// its own name at us. In a demo the connection itself must come from this machine, and from
// no proxy.
func (s *site) checkHost(r *http.Request) error {
	wrong := problem(http.StatusMisdirectedRequest, "wrong-host", "This is not the host you asked for.")
	if s.host != "" && !strings.EqualFold(r.Host, s.host) || s.host == "" && !loopbackName(hostname(r.Host)) {
		return wrong
	}
	if s.Demo == nil {
		return nil
	}
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || !loopbackName(hostname(r.RemoteAddr)) {
		return problem(http.StatusForbidden, "denied", "The demo is for this machine only.").because(slog.String("reason", "demo from elsewhere"))
	}
	return nil
}

// headers set what every answer has. Nothing is kept by anybody unless a route says so.
func (s *site) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), publickey-credentials-create=(self), publickey-credentials-get=(self)")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// recognise finds out who asks: the demo person, the owner of a token, the owner of a
// session, or nobody. A token that is not good is refused; a session that is over is nobody.
func (s *site) recognise(w http.ResponseWriter, r *http.Request) error {
	v := of(r.Context())
	if s.Public {
		v.who = access.Person{Roles: []access.Role{access.Public}}
	}
	if s.Demo != nil {
		v.who, v.how = *s.Demo, "demo"
		return nil
	}
	if header := r.Header.Get("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return needSignIn("no bearer token")
		}
		return s.byToken(r, people.Hide(token))
	}
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return nil
	}
	return s.bySession(w, r, people.Hide(c.Value))
}

func (s *site) byToken(r *http.Request, token people.Secret) error {
	v := of(r.Context())
	if s.isMetricsToken(r, token) {
		v.how = byMetricsToken
		return nil
	}
	a, _, err := s.People.Bearer(r.Context(), token, s.Now())
	if err != nil {
		return err
	}
	v.account, v.secret, v.how, v.who = a, token, "token", personOf(a, false)
	return nil
}

func (s *site) bySession(w http.ResponseWriter, r *http.Request, token people.Secret) error {
	v := of(r.Context())
	a, session, err := s.People.Resume(r.Context(), token, s.Now())
	if err != nil {
		if p := problemOf(err); p.Status != http.StatusUnauthorized {
			return err
		}
		s.setCookie(w, people.Secret{})
		v.lapsed = true
		return nil
	}
	v.account, v.session, v.secret, v.how, v.who = a, session, token, "session", personOf(a, session.TwoFactor)
	return nil
}

// personOf is an account as access sees it.
func personOf(a people.Account, two bool) access.Person {
	p := access.Person{ID: a.ID, Party: a.Party, Org: a.Org, TwoFactor: two, Purposes: a.Purposes}
	for _, role := range a.Roles {
		p.Roles = append(p.Roles, access.Role(role))
	}
	return p
}

func (s *site) cookieName() string {
	if s.secure {
		return cookieSecure
	}
	return cookiePlain
}

// setCookie hands the browser a session's token; an empty one takes it away.
func (s *site) setCookie(w http.ResponseWriter, token people.Secret) {
	s.giveCookie(w, s.cookieName(), token, 0)
}

// giveCookie sets a cookie that scripts and other sites do not get, for so many seconds, or
// for as long as the browser runs.
func (s *site) giveCookie(w http.ResponseWriter, name string, token people.Secret, seconds int) {
	c := &http.Cookie{Name: name, Value: token.Reveal(), Path: "/", Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: seconds}
	if token.Empty() {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// dispatch hands a request to its route. What has none is answered in our words, not the
// router's.
func (s *site) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	p := &probe{header: http.Header{}}
	h.ServeHTTP(p, r)
	if p.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", p.header.Get("Allow"))
		s.fail(w, r, problem(p.status, "wrong-method", "Not with this method."))
		return
	}
	s.fail(w, r, nothingHere())
}

// probe takes an answer that nobody sees.
type probe struct {
	header http.Header
	status int
}

// Header returns the headers set so far.
func (p *probe) Header() http.Header { return p.header }

// WriteHeader notes the status.
func (p *probe) WriteHeader(status int) { p.status = status }

// Write drops what it gets.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
