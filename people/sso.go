package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"truce"
)

// Provider is one of single sign-on by OpenID Connect.
type Provider struct {
	Name         string // in links: "hq"
	Issuer       string // URL, exactly as in the provider's own description
	ClientID     string
	ClientSecret Secret // empty for a public client
	Redirect     string // our URL that the provider sends the browser back to
	// TwoFactor says that this provider asks everybody for two factors. Otherwise a session
	// has two only if the provider's token says so: "mfa" in amr, or one of Strong as acr.
	TwoFactor bool
	Strong    []string
}

// issuer is a provider and what it says of itself, once asked.
type issuer struct {
	Provider
	client *http.Client
	mu     sync.Mutex
	known  *oidc.Provider
}

func (p *People) setProviders() error {
	p.sso = map[string]*issuer{}
	client := p.o.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	for _, v := range p.o.Providers {
		switch {
		case v.Name == "" || p.sso[v.Name] != nil:
			return invalid("Providers", "a name is missing or there twice", "one name each")
		case !secureURL(v.Issuer) || !secureURL(v.Redirect):
			return invalid("Providers", v.Name+": not a safe URL", "https, or http on the loopback")
		case v.ClientID == "":
			return invalid("Providers", v.Name+": ClientID missing", "what the provider calls this instance")
		}
		p.sso[v.Name] = &issuer{Provider: v, client: client}
	}
	return nil
}

// describe asks a provider for its description, once. Its issuer must be exactly ours.
func (i *issuer) describe(ctx context.Context) (*oidc.Provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known != nil {
		return i.known, nil
	}
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.Issuer)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: i.Name, Msg: "provider of single sign-on cannot be asked", Err: err}
	}
	i.known = known
	return known, nil
}

func (i *issuer) oauth(known *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: i.ClientID, ClientSecret: i.ClientSecret.Reveal(), Endpoint: known.Endpoint(), RedirectURL: i.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// journey is what the server remembers while a browser is at the provider's.
type journey struct {
	Provider string `json:"provider"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // PKCE
	Browser  string `json:"browser"`  // digest of the token that this browser holds
}

// Departure sends a browser to a provider.
type Departure struct {
	URL string
	// Browser is a token that the browser must hold in a cookie and show on its way back, so
	// that nobody can end here what somebody else began there.
	Browser Secret
}

// BeginSSO begins a sign-in with a provider, by its name; there are ten minutes for it.
func (p *People) BeginSSO(ctx context.Context, provider string, now time.Time) (Departure, error) {
	i := p.sso[provider]
	if i == nil {
		return Departure{}, absent("provider", "no such provider")
	}
	known, err := i.describe(ctx)
	if err != nil {
		return Departure{}, err
	}
	state, browser := newToken(""), newToken("")
	j := journey{provider, rand.Text(), oauth2.GenerateVerifier(), browser.digest()}
	if err := p.keep(ctx, kindJourney, state.digest(), j, now.Add(pendingLasts)); err != nil {
		return Departure{}, err
	}
	o := i.oauth(known)
	return Departure{o.AuthCodeURL(state.Reveal(), oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), browser}, nil
}

// Return is a browser that comes back from a provider, with what it brought in the query.
type Return struct {
	State  Secret
	Code   Secret
	Issuer string // "iss" of RFC 9207, if there
	// Browser is the token of the Departure, from the cookie.
	Browser Secret
	Client
	// Old is the token that the browser holds, if any; a success ends its session.
	Old Secret
}

// FinishSSO ends what BeginSSO began. The identity must be linked to an account, or an
// invitation must name it; nothing else makes an account.
func (p *People) FinishSSO(ctx context.Context, r Return, now time.Time) (Started, error) {
	keys, err := p.admit(ctx, "", r.Address, now)
	if err != nil {
		return Started{}, err
	}
	j, err := p.arrive(ctx, r, now)
	if err != nil {
		return Started{}, err
	}
	i := p.sso[j.Provider]
	if i == nil || r.Issuer != "" && r.Issuer != i.Issuer {
		return Started{}, refused(ReasonProvider)
	}
	who, err := i.identify(ctx, j, r.Code, now)
	if err != nil {
		return Started{}, err
	}
	a, err := p.linked(ctx, who, now)
	if err != nil {
		return Started{}, err
	}
	if err := p.forgive(ctx, keys, now); err != nil {
		return Started{}, err
	}
	s := Session{How: HowProvider, TwoFactor: i.TwoFactor || i.strong(who), Proved: who.proved(now), Client: r.Client}
	return p.start(ctx, a, s, r.Old, now)
}

// arrive uses up the journey that a state belongs to; the same browser must have begun it.
func (p *People) arrive(ctx context.Context, r Return, now time.Time) (journey, error) {
	var j journey
	ok, err := p.kept(ctx, kindJourney, r.State.digest(), now, &j)
	if err != nil {
		return j, err
	}
	was, err := p.side.Forget(ctx, kindJourney, r.State.digest())
	if err != nil {
		return j, err
	}
	same := subtle.ConstantTimeCompare([]byte(j.Browser), []byte(r.Browser.digest())) == 1
	if !ok || !was || !same {
		return j, refused(ReasonCeremony)
	}
	return j, nil
}

// claims are what a provider says about a person.
type claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Email    string   `json:"email"`
	Verified any      `json:"email_verified"` // some providers write a string
	Party    string   `json:"azp"`
	ACR      string   `json:"acr"`
	AMR      []string `json:"amr"`
	AuthTime int64    `json:"auth_time"`
}

// identify trades the code for the provider's token and checks it: signature, issuer,
// audience, time, nonce.
func (i *issuer) identify(ctx context.Context, j journey, code Secret, now time.Time) (claims, error) {
	var who claims
	known, err := i.describe(ctx)
	if err != nil {
		return who, err
	}
	o := i.oauth(known)
	ctx = oidc.ClientContext(ctx, i.client)
	answer, err := o.Exchange(ctx, code.Reveal(), oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return who, badProvider(err)
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := known.VerifierContext(ctx, &oidc.Config{ClientID: i.ClientID, Now: func() time.Time { return now }}).Verify(ctx, raw)
	if err != nil {
		return who, badProvider(err)
	}
	if err := token.Claims(&who); err != nil {
		return who, badProvider(err)
	}
	alone := len(token.Audience) == 1 && (who.Party == "" || who.Party == i.ClientID)
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(j.Nonce)) != 1 || who.Subject == "" || !alone {
		return who, refused(ReasonProvider)
	}
	who.Issuer = i.Issuer
	return who, nil
}

// badProvider keeps what went wrong for the log, without what the provider wrote: an answer
// to a trade of codes may hold secrets.
func badProvider(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return &Refusal{Reason: ReasonProvider, Err: &truce.Error{Kind: truce.Denied, Msg: cut(text, 200)}}
}

func (i *issuer) strong(who claims) bool {
	return slices.Contains(who.AMR, "mfa") || who.ACR != "" && slices.Contains(i.Strong, who.ACR)
}

// proved is when the person was last at the provider in person; zero if it does not say, so
// that such a session is never fresh.
func (c claims) proved(now time.Time) time.Time {
	if c.AuthTime <= 0 {
		return time.Time{}
	}
	if t := time.Unix(c.AuthTime, 0); t.Before(now) {
		return t
	}
	return now
}

func (c claims) verified() bool { return c.Email != "" && (c.Verified == true || c.Verified == "true") }

// linked returns the account that an identity means, or takes the invitation that names it.
func (p *People) linked(ctx context.Context, who claims, now time.Time) (Account, error) {
	is := func(l Link) bool { return l.Issuer == who.Issuer && l.Subject == who.Subject }
	as, err := all(ctx, p, kindAccount, now, func(a Account) bool { return slices.ContainsFunc(a.Links, is) })
	switch {
	case err != nil:
		return Account{}, err
	case len(as) > 1:
		return Account{}, refused(ReasonProvider)
	case len(as) == 1 && as[0].Disabled:
		return Account{}, refusedFor(as[0].ID, ReasonDisabled)
	case len(as) == 1:
		return as[0], nil
	}
	in, err := p.invitedAs(ctx, who, now)
	if err != nil {
		return Account{}, err
	}
	a, err := p.take(ctx, in, now)
	if err != nil {
		return Account{}, err
	}
	link := Link{Issuer: who.Issuer, Subject: who.Subject}
	err = p.change(ctx, a.ID, now, func(b *Account) error { b.Links = append(b.Links, link); a = *b; return nil })
	return a, err
}

// invitedAs returns the one invitation that names an identity.
func (p *People) invitedAs(ctx context.Context, who claims, now time.Time) (Invitation, error) {
	ins, err := all(ctx, p, kindInvitation, now, func(in Invitation) bool {
		l := in.Link
		return l != nil && l.Issuer == who.Issuer &&
			(l.Subject != "" && l.Subject == who.Subject || l.Email != "" && who.verified() && strings.EqualFold(l.Email, who.Email))
	})
	if err == nil && len(ins) != 1 {
		err = refused(ReasonUninvited)
	}
	if err != nil {
		return Invitation{}, err
	}
	return ins[0], nil
}
