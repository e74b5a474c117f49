package people

import (
	"context"
	"slices"
	"strings"
	"time"
)

// TokenPrefix begins every token for programs, so that scanners find leaked ones.
const TokenPrefix = "truce_"

// tokenMost is the longest that a token may live.
const tokenMost = 366 * 24 * time.Hour

// Token lets a program act for an account, with some of its roles. Its secret is not kept.
type Token struct {
	ID      string    `json:"id"` // names it in lists; not the secret
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Roles   []string  `json:"roles"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
}

// NewToken makes a token with some of the account's roles. The session must be fresh, with two
// factors; the token lives no longer than 366 days. The secret is shown this once.
func (p *People) NewToken(ctx context.Context, s Session, name string, roles []string, expires, now time.Time) (Secret, Token, error) {
	a, err := p.fresh(ctx, s, now)
	switch {
	case err != nil:
		return Secret{}, Token{}, err
	case s.Enrolling:
		return Secret{}, Token{}, refusedFor(a.ID, ReasonEnrolling)
	case name == "" || len(name) > 100:
		return Secret{}, Token{}, invalid("name", "missing or too long", "what the token is for, at most 100 bytes")
	case !expires.After(now) || expires.After(now.Add(tokenMost)):
		return Secret{}, Token{}, invalid("expires", "not within a year from now", "a time in the next 366 days")
	case len(roles) == 0 || len(a.allowed(roles)) != len(slices.Compact(slices.Sorted(slices.Values(roles)))):
		return Secret{}, Token{}, invalid("roles", "none, or not all among the account's", "some of "+strings.Join(a.Roles, ", "))
	}
	secret := newToken(TokenPrefix)
	t := Token{ID: secret.digest(), Account: a.ID, Name: name, Roles: a.allowed(roles), Made: now, Expires: expires}
	return secret, t, p.keep(ctx, kindToken, t.ID, t, expires)
}

// Bearer returns the account that a token acts for, with the token's roles that the account
// still has. Anything else is a Refusal.
func (p *People) Bearer(ctx context.Context, secret Secret, now time.Time) (Account, Token, error) {
	var t Token
	ok, err := p.kept(ctx, kindToken, secret.digest(), now, &t)
	if err != nil {
		return Account{}, Token{}, err
	}
	if !ok || !strings.HasPrefix(secret.Reveal(), TokenPrefix) {
		return Account{}, Token{}, refused(ReasonToken)
	}
	a, err := p.Account(ctx, t.Account, now)
	switch {
	case isAbsent(err):
		return Account{}, Token{}, refused(ReasonToken)
	case err != nil:
		return Account{}, Token{}, err
	case a.Disabled:
		return Account{}, Token{}, refusedFor(a.ID, ReasonDisabled)
	}
	a.Roles = a.allowed(t.Roles)
	return a, t, nil
}

// Tokens returns the tokens of an account that are good.
func (p *People) Tokens(ctx context.Context, account string, now time.Time) ([]Token, error) {
	return all(ctx, p, kindToken, now, func(t Token) bool { return t.Account == account })
}

// RevokeToken ends a token of an account; Absent if there is none.
func (p *People) RevokeToken(ctx context.Context, account, id string, now time.Time) error {
	var t Token
	ok, err := p.kept(ctx, kindToken, id, now, &t)
	if err != nil {
		return err
	}
	if !ok || t.Account != account {
		return absent("token", "no such token")
	}
	_, err = p.side.Forget(ctx, kindToken, id)
	return err
}
