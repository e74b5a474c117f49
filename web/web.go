// Package web is the door to a record over HTTP: a JSON API under /api, the record's own
// files under /log, a witness under /witness, and a few pages. It decides nothing about who
// may see what: it finds out who asks, hands that to the desk, and shows what comes back.
//
// [New] makes the handler and [Serve] listens. What every request passes, in this order: a
// name of its own and one line in the log ([site.observe]); headers that shut browsers in;
// the host it asks for; limits by address; the same-origin check; who it is; limits by
// account; the route. A refusal ends in one place, (*site).fail, so it is answered and
// logged once, with no word of what was asked or of what is there.
//
// Times in answers are UTC in RFC 3339. Sizes are bytes.
package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"truce"
	"truce/access"
	"truce/attach"
	"truce/desk"
	"truce/ledger"
	"truce/people"
	"truce/screen"
)

// Options say what stands behind the door. Record and Log are needed, and People unless Demo
// is set.
type Options struct {
	Record *desk.Record
	People *people.People
	// Providers are the names of single sign-on shown on the sign-in page, as given to People.
	Providers []string
	Files     *attach.Folder // attachments; nil: none are taken
	Log       *slog.Logger
	Now       func() time.Time // nil: the wall clock
	// Name is the mission's, as shown on pages; Version the program's.
	Name, Version string
	// Origin is where people reach the instance: "https://desk.example". Only https, or http
	// on the loopback. Empty: the loopback under whatever port.
	Origin string
	// Public lets readers without an account see what is CLEAR.
	Public bool
	// Send opens the public doors: reports without an account, receipts, the list of complaints.
	Send bool
	// Demo is whom everybody from the loopback acts as; nobody else is let in.
	Demo *access.Person
	// Proxies are networks of reverse proxies, whose word on the client's address is taken.
	Proxies []netip.Prefix
	// MetricsToken opens /metrics to a program; without one only administrators see it.
	MetricsToken people.Secret
	// Chromium is the program that prints reports; empty is one of the usual names.
	Chromium string
	// Post, if set, takes what is published to receivers; whoever serves runs it.
	Post *desk.Post
	// Witness, if set, co-signs checkpoints of other records.
	Witness *ledger.Witness
	// PerAddress and PerAccount limit requests; zero means the defaults.
	PerAddress, PerAccount, PerSend Rate
}

// Default limits: of addresses without an account, and of accounts. Handing in what a day
// brings, hundreds of reports a second, stays below the second.
const (
	addressPerSecond, addressBurst = 20, 300
	accountPerSecond, accountBurst = 500, 2000
)

// site is what all handlers share.
type site struct {
	Options
	policy   *access.Policy
	host     string // of Origin; "" for any name of the loopback
	secure   bool   // cookies travel over https only
	cross    *http.CrossOriginProtection
	strange  *limiter // by address, of who is not signed in
	accounts *limiter
	sends    *limiter // by address, of the public doors
	sheets   *sheets  // files that were handed in and not entered yet
	streams  *counter // open streams by account
	metrics  *metrics
	pages    *screen.Set
	// gazetteer is opened when a place is first looked for.
	gazetteer func() (*desk.Gazetteer, error)
	mux       *http.ServeMux
}

// New returns the handler of everything. An unfit option is Invalid, by its name.
func New(o Options) (http.Handler, error) {
	s, err := newSite(o)
	if err != nil {
		return nil, err
	}
	return s.handler(), nil
}

// handler is what every request goes through.
func (s *site) handler() http.Handler {
	return s.observe(s.guard(http.HandlerFunc(s.dispatch)))
}

func newSite(o Options) (*site, error) {
	s := &site{Options: o, cross: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	if err := s.complete(); err != nil {
		return nil, err
	}
	var err error
	if s.policy, err = access.New(); err != nil {
		return nil, err
	}
	if s.pages, err = screen.New(); err != nil {
		return nil, err
	}
	s.strange = newLimiter(o.PerAddress, Rate{addressPerSecond, addressBurst})
	s.accounts = newLimiter(o.PerAccount, Rate{accountPerSecond, accountBurst})
	s.sheets = &sheets{by: map[string]shelved{}}
	s.sends = newLimiter(o.PerSend, Rate{sendsPerSecond, sendsBurst})
	s.streams = &counter{open: map[string]int{}}
	s.metrics = newMetrics(s)
	s.gazetteer = sync.OnceValues(openGazetteer)
	s.routes()
	return s, nil
}

// complete checks the options and fills in what is missing.
func (s *site) complete() error {
	if s.Now == nil {
		s.Now = time.Now
	}
	switch {
	case s.Record == nil:
		return invalid("Record", "missing", "a record to serve")
	case s.Log == nil:
		return invalid("Log", "missing", "where refusals are written")
	case s.People == nil && s.Demo == nil:
		return invalid("People", "missing", "the accounts, or a demo")
	case s.Demo != nil && s.Origin != "" && !loopbackName(originHost(s.Origin)):
		return invalid("Origin", "a demo is for this machine only", "no origin, or one on the loopback")
	case s.Origin == "":
		return nil
	}
	u, err := url.Parse(s.Origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil ||
		u.Scheme != "https" && !(u.Scheme == "http" && loopbackName(u.Hostname())) {
		return invalid("Origin", "no origin that sessions are safe on", "https://host, or http://localhost:port")
	}
	s.host, s.secure = u.Host, u.Scheme == "https"
	return s.cross.AddTrustedOrigin(s.Origin)
}

func originHost(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// loopbackName reports whether a host's name without port can only mean this machine.
func loopbackName(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// hostname is a Host header without its port and brackets.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		return host[1 : n-1]
	}
	return host
}

// routes lists every door.
func (s *site) routes() {
	s.mux.HandleFunc("GET /health", s.health)
	s.mux.HandleFunc("GET /ready", s.ready)
	s.mux.HandleFunc("GET /metrics", s.showMetrics)
	s.mux.HandleFunc("GET /log/checkpoint", s.checkpoint)
	s.mux.HandleFunc("GET /log/{path...}", s.tile)
	if s.Witness != nil {
		s.mux.HandleFunc("POST /witness/add-checkpoint", s.witness)
	}
	s.apiRoutes()
	s.pageRoutes()
}

func invalid(at, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: want}
}
