package people

import (
	"context"
	"time"
)

// Attempt is a sign-in with a password and a code.
type Attempt struct {
	Account  string
	Password Secret
	Code     Secret // of the authenticator app, or a recovery code
	Client
	// Old is the token that the browser holds, if any; a success ends its session.
	Old Secret
}

// SignIn starts a session with a password and a code. A failure is always the same Refusal
// outside, after the same work, whatever was wrong and whether or not there is such an account.
func (p *People) SignIn(ctx context.Context, t Attempt, now time.Time) (Started, error) {
	id := accountOf(t.Account)
	keys, err := p.admit(ctx, id, t.Address, now)
	if err != nil {
		return Started{}, err
	}
	a, hash, why, err := p.first(ctx, id, t.Password, now)
	if err != nil {
		return Started{}, err
	}
	how, whyCode, err := p.second(ctx, id, t.Code, why == "", now)
	if err != nil {
		return Started{}, err
	}
	if why == "" {
		why = whyCode
	}
	if why != "" {
		return Started{}, refusedFor(a.ID, why)
	}
	if err := p.renewHash(ctx, id, t.Password, hash, now); err != nil {
		return Started{}, err
	}
	if err := p.forgive(ctx, keys, now); err != nil {
		return Started{}, err
	}
	return p.start(ctx, a, Session{How: how, TwoFactor: true, Proved: now, Client: t.Client}, t.Old, now)
}

// first checks the password, with the same work where there is none. It returns the account
// if there is one, the hash, and why the password does not do, or "".
func (p *People) first(ctx context.Context, id string, shown Secret, now time.Time) (Account, string, string, error) {
	a, err := p.Account(ctx, id, now)
	if err != nil && !isAbsent(err) {
		return a, "", "", err
	}
	pw := password{Hash: p.dummy}
	has, err := p.kept(ctx, kindPassword, id, now, &pw)
	if err != nil {
		return a, "", "", err
	}
	ok, err := p.matches(ctx, shown, pw.Hash)
	why := ""
	switch {
	case a.ID == "":
		why = ReasonUnknown
	case a.Disabled:
		why = ReasonDisabled
	case !has:
		why = ReasonNoPassword
	case !ok:
		why = ReasonPassword
	}
	return a, pw.Hash, why, err
}

// second checks the code, and uses it up only if the password was right: else it looks for an
// account that cannot be, with the same work.
func (p *People) second(ctx context.Context, id string, code Secret, right bool, now time.Time) (how, why string, err error) {
	if !right {
		id = nobody
	}
	if len(code.Reveal()) > 8 {
		why, err = p.useRecovery(ctx, id, code)
		return HowRecovery, why, err
	}
	why, err = p.useTOTP(ctx, id, code, now)
	return HowPassword, why, err
}
