package people

import (
	"context"
	"slices"
	"time"
)

// Limits of sessions.
const (
	SessionIdle  = 30 * time.Minute // since the last use
	SessionLasts = 12 * time.Hour   // since sign-in
	SessionsMost = 10               // of one account; the one used longest ago ends first
	enrollLasts  = time.Hour        // of a session that an invitation started
	proofLasts   = 10 * time.Minute // so long ways in may be changed after signing in
	touchEvery   = time.Minute      // the last use is kept no finer, to spare writes
)

// How a session was started.
const (
	HowPasskey    = "passkey"
	HowPassword   = "password and code"
	HowRecovery   = "password and recovery code"
	HowProvider   = "single sign-on"
	HowInvitation = "invitation"
)

// Client is where a request comes from, as far as known.
type Client struct {
	Address string `json:"address,omitempty"` // IP address without port
	Agent   string `json:"agent,omitempty"`   // what the browser calls itself
}

// Session is a person signed in on one device. Its token is not kept.
type Session struct {
	ID      string `json:"id"` // names it in lists; not the token
	Account string `json:"account"`
	Epoch   int64  `json:"epoch"`
	How     string `json:"how"`
	// TwoFactor says that the person showed two factors.
	TwoFactor bool `json:"two_factor,omitempty"`
	// Enrolling says that the session may only set up ways to sign in.
	Enrolling bool      `json:"enrolling,omitempty"`
	Made      time.Time `json:"made"`
	Proved    time.Time `json:"proved,omitzero"` // when the factors were shown, if known
	Seen      time.Time `json:"seen"`            // last use, to the minute
	Until     time.Time `json:"until"`
	Client
}

// Started is a session that has just begun, with the token that the browser shall hold. Every
// token that it held before is void.
type Started struct {
	Token   Secret
	Session Session
	Account Account
}

// Fresh reports whether the person signed in lately enough to change ways of signing in.
func (s Session) Fresh(now time.Time) bool {
	age := now.Sub(s.Proved)
	return s.Enrolling || -time.Minute < age && age < proofLasts
}

func (s Session) expired(now time.Time) bool {
	return !now.Before(s.Until) || now.Sub(s.Seen) >= SessionIdle
}

// start begins a session of an account and ends the one whose token the browser held, all
// that were only for enrolling, and those above SessionsMost.
func (p *People) start(ctx context.Context, a Account, s Session, old Secret, now time.Time) (Started, error) {
	if !old.Empty() {
		if _, err := p.side.Forget(ctx, kindSession, old.digest()); err != nil {
			return Started{}, err
		}
	}
	if err := p.thin(ctx, a.ID, now); err != nil {
		return Started{}, err
	}
	token := newToken("")
	s.ID, s.Account, s.Epoch, s.Made, s.Seen, s.Until = token.digest(), a.ID, a.Epoch, now, now, now.Add(SessionLasts)
	if s.Enrolling {
		s.Until = now.Add(enrollLasts)
	}
	s.Agent = cut(s.Agent, 200)
	if err := p.keep(ctx, kindSession, s.ID, s, s.Until); err != nil {
		return Started{}, err
	}
	return Started{token, s, s.sees(a)}, nil
}

// cut shortens what a stranger sent before it is kept.
func cut(s string, most int) string { return s[:min(len(s), most)] }

func (p *People) thin(ctx context.Context, account string, now time.Time) error {
	ss, err := p.Sessions(ctx, account, now)
	if err != nil {
		return err
	}
	slices.SortStableFunc(ss, func(a, b Session) int { return b.Seen.Compare(a.Seen) })
	for i, s := range ss {
		if s.Enrolling || i >= SessionsMost-1 {
			if _, err := p.side.Forget(ctx, kindSession, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// sees returns the account as a session may use it: one that is only enrolling has no roles.
func (s Session) sees(a Account) Account {
	if s.Enrolling {
		a.Roles, a.Purposes, a.Party, a.Org = nil, nil, "", ""
	}
	return a
}

// Resume returns the session that a token belongs to and its account as of now, and notes
// that it was used. Anything else is a Refusal.
func (p *People) Resume(ctx context.Context, token Secret, now time.Time) (Account, Session, error) {
	s, a, err := p.session(ctx, token.digest(), now)
	if err != nil {
		return Account{}, Session{}, err
	}
	if now.Sub(s.Seen) >= touchEvery {
		if s, a, err = p.touch(ctx, s.ID, now); err != nil {
			return Account{}, Session{}, err
		}
	}
	return s.sees(a), s, nil
}

func (p *People) session(ctx context.Context, id string, now time.Time) (Session, Account, error) {
	var s Session
	ok, err := p.kept(ctx, kindSession, id, now, &s)
	if err != nil {
		return s, Account{}, err
	}
	if !ok || s.expired(now) {
		return s, Account{}, refused(ReasonSession)
	}
	a, err := p.Account(ctx, s.Account, now)
	switch {
	case isAbsent(err):
		return s, a, refused(ReasonSession)
	case err != nil:
		return s, a, err
	case a.Disabled:
		return s, a, refusedFor(a.ID, ReasonDisabled)
	case a.Epoch != s.Epoch:
		return s, a, refusedFor(a.ID, ReasonSession)
	}
	return s, a, nil
}

// touch writes the time of use, under the lock and after another look, so that a session
// that ends at the same moment does not come back.
func (p *People) touch(ctx context.Context, id string, now time.Time) (Session, Account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, a, err := p.session(ctx, id, now)
	if err != nil {
		return s, a, err
	}
	s.Seen = now
	return s, a, p.keep(ctx, kindSession, id, s, s.Until)
}

// Sessions returns the sessions of an account that go on.
func (p *People) Sessions(ctx context.Context, account string, now time.Time) ([]Session, error) {
	a, err := p.Account(ctx, account, now)
	if err != nil {
		return nil, err
	}
	return all(ctx, p, kindSession, now, func(s Session) bool {
		return s.Account == a.ID && s.Epoch == a.Epoch && !s.expired(now)
	})
}

// SignOut ends the session of a token. One that is not there is no error.
func (p *People) SignOut(ctx context.Context, token Secret) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.side.Forget(ctx, kindSession, token.digest())
	return err
}

// End ends another session of the same account; s must be fresh. Absent if it is not there.
func (p *People) End(ctx context.Context, s Session, id string, now time.Time) error {
	if !s.Fresh(now) && id != s.ID {
		return refusedFor(s.Account, ReasonStale)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var other Session
	ok, err := p.kept(ctx, kindSession, id, now, &other)
	if err != nil {
		return err
	}
	if !ok || other.Account != s.Account {
		return absent("session", "no such session")
	}
	_, err = p.side.Forget(ctx, kindSession, id)
	return err
}

// EndAll ends all sessions of an account.
func (p *People) EndAll(ctx context.Context, account string, now time.Time) error {
	return p.change(ctx, account, now, func(a *Account) error { a.Epoch++; return nil })
}

// fresh refuses a session that may not change ways in: one that is not fresh, no longer goes
// on, or showed one factor only, which must not make itself a second.
func (p *People) fresh(ctx context.Context, s Session, now time.Time) (Account, error) {
	s, a, err := p.session(ctx, s.ID, now)
	switch {
	case err != nil:
		return a, err
	case !s.Fresh(now):
		return a, refusedFor(a.ID, ReasonStale)
	case !s.Enrolling && !s.TwoFactor:
		return a, refusedFor(a.ID, ReasonOneFactor)
	}
	return a, nil
}

// rotate ends all sessions of an account, because a way in changed, but goes on with this one
// under a new token.
func (p *People) rotate(ctx context.Context, s Session, now time.Time) (Started, error) {
	var a Account
	err := p.change(ctx, s.Account, now, func(b *Account) error { b.Epoch++; a = *b; return nil })
	if err != nil {
		return Started{}, err
	}
	if _, err := p.side.Forget(ctx, kindSession, s.ID); err != nil {
		return Started{}, err
	}
	token := newToken("")
	s.ID, s.Epoch, s.Seen = token.digest(), a.Epoch, now
	if err := p.keep(ctx, kindSession, s.ID, s, s.Until); err != nil {
		return Started{}, err
	}
	return Started{token, s, s.sees(a)}, nil
}
