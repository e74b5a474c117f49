// Package people holds accounts and how their owners prove who they are: invitations,
// passwords with a second factor, passkeys, single sign-on, sessions, tokens for programs,
// and the keys with which people sign. What an account may do is decided elsewhere.
//
// The functions most callers need are (*People).SignIn, which starts a session, and
// (*People).Resume, which finds the account behind a session's token.
//
// Ways in, all of them, and none without two factors of which Truce or the provider knows:
//
//   - a passkey that verified its user (on the device: possession, and a PIN or a finger)
//   - a password and a code, from an authenticator app or from the list of recovery codes
//   - a provider of single sign-on; the session says whether it vouched for two factors
//   - an invitation link, once, which lets its holder do nothing but set up one of the above
//   - a token for programs, which has fewer roles than its owner and counts as one factor
//
// No account exists until somebody was invited; there are no default ones.
//
// Limits: a session ends 30 minutes after its last use and 12 hours after sign-in; an account
// has at most ten, the oldest goes. A password may be tried five times an account and twenty
// times an address; from then on each failure doubles the wait, from a second to at most 15
// minutes, and a day without failures clears it. Nobody is ever locked out for good: attempts
// during a wait do not lengthen it, addresses from which somebody signed in within 30 days
// have a count of their own, which strangers elsewhere cannot raise, and passkeys cannot be
// guessed and so are not counted by account.
//
// Everything is kept through Side, sealed with a key that is not in the database. Nothing here
// reads a clock: every function takes the time. Reading and writing back one record is guarded by
// a lock, so one process serves an instance's people. What must happen once even beside
// another process, an invitation, a ceremony, a recovery code, turns on Side.Forget alone.
package people

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"truce"
)

// Side is where people are kept: small private things outside the record.
type Side interface {
	// Keep stores a body under a kind and id, in place of what was there. From expires on it
	// need not be kept; the zero time means for good.
	Keep(ctx context.Context, kind, id string, body []byte, expires time.Time) error
	// Kept returns a body, and whether it is there.
	Kept(ctx context.Context, kind, id string) (body []byte, ok bool, err error)
	// KeptAll returns every body of a kind by its id.
	KeptAll(ctx context.Context, kind string) (map[string][]byte, error)
	// Forget removes a body and tells whether this very call did it: of callers at the same
	// time exactly one is told true. That is what makes a link or a code work once.
	Forget(ctx context.Context, kind, id string) (was bool, err error)
}

// The kinds of records kept.
const (
	kindAccount    = "people.account"    // by account
	kindInvitation = "people.invitation" // by digest of the token
	kindPassword   = "people.password"   // by account
	kindTOTP       = "people.totp"       // by account
	kindNewTOTP    = "people.totp.new"   // by account; not yet confirmed
	kindRecovery   = "people.recovery"   // by account "/" digest of the code
	kindPasskey    = "people.passkey"    // by digest of the credential's identifier
	kindCeremony   = "people.ceremony"   // by digest of the ceremony's token
	kindJourney    = "people.journey"    // to a provider; by digest of the state
	kindSession    = "people.session"    // by digest of the token
	kindToken      = "people.token"      // by digest of the token
	kindSigning    = "people.signing"    // by account
	kindThrottle   = "people.throttle"   // by pseudonym
	kindKnown      = "people.known"      // by pseudonym of account and address
)

// kinds lists all kinds, for Rekey and Remove.
var kinds = []string{kindAccount, kindInvitation, kindPassword, kindTOTP, kindNewTOTP, kindRecovery, kindPasskey,
	kindCeremony, kindJourney, kindSession, kindToken, kindSigning, kindThrottle, kindKnown}

// Options say how people sign in to an instance.
type Options struct {
	// Name is the instance's name as shown by authenticators and apps. Needed.
	Name string
	// Origin is where the instance is reached: "https://desk.example". Empty: no passkeys.
	Origin string
	// Key seals what is kept. Needed.
	Key SealingKey
	// Argon is the cost of a password; zero means 19 MiB, two passes, one lane, below which
	// nothing is accepted. Raising it renews each hash at its owner's next sign-in.
	Argon Argon
	// Words may not carry a password: names of the mission, its places and its offices.
	Words []string
	// Leaked, if set, tells whether a password is on a list of leaked ones that the operator
	// holds, by its SHA-1, in which such lists are given out.
	Leaked func(sha1 [20]byte) bool
	// Providers are the providers of single sign-on.
	Providers []Provider
	// HTTP asks the providers; nil means http.DefaultClient.
	HTTP *http.Client
}

// People is the accounts of an instance. Its methods may be called side by side.
type People struct {
	side    Side
	o       Options
	argon   Argon
	dummy   string // hash of no password, for accounts that do not exist
	web     *webauthn.WebAuthn
	sso     map[string]*issuer // by the provider's name
	mu      sync.Mutex         // held while a record is read, changed and written back
	hashing chan struct{}      // so many hashes at a time: each takes memory
}

// New returns the people kept in side. An unfit option is Invalid, by its name.
func New(side Side, o Options) (*People, error) {
	if o.Argon == (Argon{}) {
		o.Argon = leastArgon
	}
	switch {
	case o.Name == "":
		return nil, invalid("Name", "missing", "the instance's name")
	case o.Key.keys == nil:
		return nil, invalid("Key", "missing", "a sealing key")
	case o.Argon.less(leastArgon):
		return nil, invalid("Argon", "too cheap", "at least 19456 KiB, 2 passes, 1 lane")
	}
	p := &People{side: side, o: o, argon: o.Argon, hashing: make(chan struct{}, 4)}
	p.dummy = p.argon.none()
	if err := p.setPasskeys(); err != nil {
		return nil, err
	}
	return p, p.setProviders()
}

// secureURL reports whether a URL is one that secrets may travel to.
func secureURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1"
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// envelope is a record as sealed: its expiry lies inside, so that it holds whatever Side does.
type envelope struct {
	Expires time.Time       `json:"expires,omitzero"`
	Body    json.RawMessage `json:"body"`
}

// keep seals and keeps v.
func (p *People) keep(ctx context.Context, kind, id string, v any, expires time.Time) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	whole, err := json.Marshal(envelope{expires, body})
	if err != nil {
		return err
	}
	return p.side.Keep(ctx, kind, id, p.o.Key.seal(kind, id, whole), expires)
}

// kept reads a record into v and reports whether it is there and has not expired.
func (p *People) kept(ctx context.Context, kind, id string, now time.Time, v any) (bool, error) {
	sealed, ok, err := p.side.Kept(ctx, kind, id)
	if err != nil || !ok {
		return false, err
	}
	return p.unseal(kind, id, sealed, now, v)
}

func (p *People) unseal(kind, id string, sealed []byte, now time.Time, v any) (bool, error) {
	whole, err := p.o.Key.open(kind, id, sealed)
	if err != nil {
		return false, err
	}
	var e envelope
	if err := json.Unmarshal(whole, &e); err != nil {
		return false, err
	}
	if !e.Expires.IsZero() && !now.Before(e.Expires) {
		return false, nil
	}
	return true, json.Unmarshal(e.Body, v)
}

// all returns the records of a kind that fit, in the order of their ids.
func all[T any](ctx context.Context, p *People, kind string, now time.Time, fits func(T) bool) ([]T, error) {
	bodies, err := p.side.KeptAll(ctx, kind)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, id := range slices.Sorted(maps.Keys(bodies)) {
		var v T
		ok, err := p.unseal(kind, id, bodies[id], now, &v)
		if err != nil {
			return nil, err
		}
		if ok && fits(v) {
			out = append(out, v)
		}
	}
	return out, nil
}

// Rekey seals everything anew with the key in use, after it was changed. Records that neither
// key opens stop it; it may be run again.
func (p *People) Rekey(ctx context.Context, old SealingKey) error {
	for _, kind := range kinds {
		bodies, err := p.side.KeptAll(ctx, kind)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(bodies)) {
			if err := p.rekey(ctx, kind, id, bodies[id], old); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *People) rekey(ctx context.Context, kind, id string, sealed []byte, old SealingKey) error {
	if _, err := p.o.Key.open(kind, id, sealed); err == nil {
		return nil
	}
	whole, err := old.open(kind, id, sealed)
	if err != nil {
		return err
	}
	var e envelope
	if err := json.Unmarshal(whole, &e); err != nil {
		return err
	}
	return p.side.Keep(ctx, kind, id, p.o.Key.seal(kind, id, whole), e.Expires)
}

func invalid(at, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: msg, Hint: want}
}

func absent(at, msg string) error { return &truce.Error{Kind: truce.Absent, At: at, Msg: msg} }
