package people

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"truce"
)

// Post is what somebody is here for. What follows from it is decided elsewhere.
type Post struct {
	Name     string   `json:"name"` // as people call the person
	Roles    []string `json:"roles,omitempty"`
	Party    string   `json:"party,omitempty"`
	Org      string   `json:"org,omitempty"`
	Purposes []string `json:"purposes,omitempty"`
}

// Account is a person known to the instance.
type Account struct {
	// ID is what the person signs in with: lower-case letters, digits, ".", "_", "-", 2 to 64.
	ID string `json:"id"`
	Post
	// Key is the verifier key ("name+hash+base64") of the person's signing key, if there is one.
	Key string `json:"key,omitempty"`
	// Links are the identities with providers of single sign-on that mean this account.
	Links    []Link    `json:"links,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
	Made     time.Time `json:"made"`
	// Epoch counts the times that all sessions were ended; those of an earlier epoch are void.
	Epoch int64 `json:"epoch,omitempty"`
	// Handle is what passkeys know the account by: random, it says nothing of the person.
	Handle []byte `json:"handle"`
}

// Link is an identity with a provider. In an invitation Subject may be empty and Email set:
// the provider must then say that it verified that address.
type Link struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject,omitempty"`
	Email   string `json:"email,omitempty"`
}

// Invitation lets one person in, once. The token that goes with it is not kept.
type Invitation struct {
	ID      string `json:"id"` // names it in lists; not the token
	Account string `json:"account"`
	Post
	// Link, if set, lets that identity of single sign-on take the invitation without a token.
	Link    *Link     `json:"link,omitempty"`
	By      string    `json:"by,omitempty"` // account that invited; empty: whoever runs the machine
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	// Renews says that the account exists and sets up its ways in anew, losing the old ones.
	Renews bool `json:"renews,omitempty"`
}

// Lengths of an invitation's life.
const (
	InvitationLasts = 72 * time.Hour
	invitationMost  = 14 * 24 * time.Hour
)

var accountID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// nobody is the name of no account.
const nobody = "-"

// accountOf brings what somebody typed into the form of an account's ID. What cannot be one
// is nobody's: it may well be a password in the wrong place, so nothing shall remember it.
func accountOf(typed string) string {
	id := strings.ToLower(strings.TrimSpace(typed))
	if !accountID.MatchString(id) {
		return nobody
	}
	return id
}

// Invite makes an invitation and the token of its link. It reads Account, Post, Link, By and
// Expires of in; no Expires means InvitationLasts from now, and it may be 14 days off. An
// account that is there already is a Conflict: see Renew.
func (p *People) Invite(ctx context.Context, in Invitation, now time.Time) (Secret, Invitation, error) {
	if err := in.valid(); err != nil {
		return Secret{}, Invitation{}, err
	}
	if _, err := p.Account(ctx, in.Account, now); err == nil {
		return Secret{}, Invitation{}, &truce.Error{Kind: truce.Conflict, At: "account", Msg: "there is an account of this name", Hint: "another name, or renew the account"}
	} else if !isAbsent(err) {
		return Secret{}, Invitation{}, err
	}
	in.Renews = false
	return p.invite(ctx, in, now)
}

// Renew invites the owner of an account, known to be that person, to set up the ways in anew:
// what to do when all of them are lost. Nothing changes until the invitation is taken.
func (p *People) Renew(ctx context.Context, account, by string, now time.Time) (Secret, Invitation, error) {
	if _, err := p.Account(ctx, account, now); err != nil {
		return Secret{}, Invitation{}, err
	}
	return p.invite(ctx, Invitation{Account: account, By: by, Renews: true}, now)
}

func (p *People) invite(ctx context.Context, in Invitation, now time.Time) (Secret, Invitation, error) {
	if in.Expires.IsZero() {
		in.Expires = now.Add(InvitationLasts)
	}
	if !in.Expires.After(now) || in.Expires.After(now.Add(invitationMost)) {
		return Secret{}, Invitation{}, invalid("expires", "not within 14 days from now", "a time in the next 14 days")
	}
	token := newToken("")
	in.ID, in.Made = token.digest(), now
	return token, in, p.keep(ctx, kindInvitation, in.ID, in, in.Expires)
}

func (in Invitation) valid() error {
	switch {
	case !accountID.MatchString(in.Account):
		return invalid("account", "not an account's name", "2 to 64 lower-case letters, digits, '.', '_' or '-'")
	case in.Name == "":
		return invalid("name", "missing", "the person's name")
	case in.Link != nil && (in.Link.Issuer == "" || (in.Link.Subject == "") == (in.Link.Email == "")):
		return invalid("link", "not an identity", "an issuer, and a subject or an e-mail address")
	}
	return nil
}

// Invitations returns the invitations that can still be taken.
func (p *People) Invitations(ctx context.Context, now time.Time) ([]Invitation, error) {
	return all(ctx, p, kindInvitation, now, func(Invitation) bool { return true })
}

// Invited returns the invitation that a token belongs to, without using it up.
func (p *People) Invited(ctx context.Context, token Secret, now time.Time) (Invitation, error) {
	var in Invitation
	ok, err := p.kept(ctx, kindInvitation, token.digest(), now, &in)
	if err == nil && !ok {
		err = refused(ReasonInvitation)
	}
	return in, err
}

// Withdraw takes an invitation back.
func (p *People) Withdraw(ctx context.Context, id string) error {
	was, err := p.side.Forget(ctx, kindInvitation, id)
	if err == nil && !was {
		err = absent("invitation", "no such invitation")
	}
	return err
}

// Accept takes an invitation: the account is made (or, if it is renewed, loses its ways in,
// sessions and tokens), and a session starts in which it can only set up ways to sign in. Of
// several callers with one token one succeeds.
func (p *People) Accept(ctx context.Context, token Secret, from Client, now time.Time) (Started, error) {
	in, err := p.Invited(ctx, token, now)
	if err != nil {
		return Started{}, err
	}
	a, err := p.take(ctx, in, now)
	if err != nil {
		return Started{}, err
	}
	return p.start(ctx, a, Session{How: HowInvitation, Enrolling: true, Proved: now, Client: from}, Secret{}, now)
}

// take uses up an invitation and returns its account. A crash after the first line loses the
// invitation, never gives it out twice.
func (p *People) take(ctx context.Context, in Invitation, now time.Time) (Account, error) {
	was, err := p.side.Forget(ctx, kindInvitation, in.ID)
	if err != nil {
		return Account{}, err
	}
	if !was {
		return Account{}, refused(ReasonInvitation)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	a, err := p.Account(ctx, in.Account, now)
	switch {
	case err == nil && in.Renews && !a.Disabled:
		a.Epoch++
		if err := p.drop(ctx, a.ID, now, kindPassword, kindTOTP, kindNewTOTP, kindRecovery, kindPasskey, kindSession, kindToken); err != nil {
			return Account{}, err
		}
	case isAbsent(err) && !in.Renews:
		a = Account{ID: in.Account, Post: in.Post, Made: now, Handle: make([]byte, 32)}
		_, _ = rand.Read(a.Handle)
	case err == nil || isAbsent(err): // made, removed or disabled in the meantime
		return Account{}, refusedFor(a.ID, ReasonInvitation)
	default:
		return Account{}, err
	}
	return a, p.keep(ctx, kindAccount, a.ID, a, time.Time{})
}

// Account returns an account; Absent if there is none.
func (p *People) Account(ctx context.Context, id string, now time.Time) (Account, error) {
	var a Account
	ok, err := p.kept(ctx, kindAccount, id, now, &a)
	if err == nil && !ok {
		err = absent("account", "no such account")
	}
	return a, err
}

// Accounts returns all accounts by ID.
func (p *People) Accounts(ctx context.Context, now time.Time) ([]Account, error) {
	return all(ctx, p, kindAccount, now, func(Account) bool { return true })
}

// Assign gives an account another post; it holds from the next request on.
func (p *People) Assign(ctx context.Context, id string, post Post, now time.Time) error {
	if post.Name == "" {
		return invalid("name", "missing", "the person's name")
	}
	return p.change(ctx, id, now, func(a *Account) error { a.Post = post; return nil })
}

// Disable shuts an account out and ends its sessions. Its tokens rest.
func (p *People) Disable(ctx context.Context, id string, now time.Time) error {
	return p.change(ctx, id, now, func(a *Account) error { a.Disabled = true; a.Epoch++; return nil })
}

// Enable lets a disabled account in again.
func (p *People) Enable(ctx context.Context, id string, now time.Time) error {
	return p.change(ctx, id, now, func(a *Account) error { a.Disabled = false; return nil })
}

// Remove forgets an account and everything kept of it. Its entries in the record stay.
func (p *People) Remove(ctx context.Context, id string, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	was, err := p.side.Forget(ctx, kindAccount, id)
	if err != nil {
		return err
	}
	if err := p.drop(ctx, id, now, kindPassword, kindTOTP, kindNewTOTP, kindRecovery, kindPasskey, kindSession, kindToken, kindSigning, kindInvitation); err != nil {
		return err
	}
	if !was {
		return absent("account", "no such account")
	}
	return nil
}

// change reads an account, changes it and writes it back.
func (p *People) change(ctx context.Context, id string, now time.Time, f func(*Account) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, err := p.Account(ctx, id, now)
	if err != nil {
		return err
	}
	if err := f(&a); err != nil {
		return err
	}
	return p.keep(ctx, kindAccount, id, a, time.Time{})
}

// drop forgets what is kept of an account in some kinds, however its records are named.
func (p *People) drop(ctx context.Context, account string, now time.Time, of ...string) error {
	for _, kind := range of {
		bodies, err := p.side.KeptAll(ctx, kind)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(bodies)) {
			var owner struct{ Account string }
			if id != account { // else it is the account's by its name
				if ok, err := p.unseal(kind, id, bodies[id], now, &owner); err != nil {
					return err
				} else if !ok || owner.Account != account {
					continue
				}
			}
			if _, err := p.side.Forget(ctx, kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// allowed returns the roles of an account that are among some.
func (a Account) allowed(roles []string) []string {
	var out []string
	for _, r := range a.Roles {
		if slices.Contains(roles, r) {
			out = append(out, r)
		}
	}
	return out
}

func isAbsent(err error) bool {
	var e *truce.Error
	return errors.As(err, &e) && e.Kind == truce.Absent
}
