package people

import (
	"context"
	"crypto/rand"
	"time"

	"golang.org/x/mod/sumdb/note"

	"truce"
)

// signing is what is kept of a signing key.
type signing struct {
	Secret string `json:"secret"` // signed-note form
}

// NewSigningKey makes an Ed25519 key in signed-note form with which an account signs under a
// name such as "desk.example/anna", and returns the verifier key. It replaces another. The
// secret is kept sealed and given out by Signing alone. The session must be fresh and have
// two factors.
func (p *People) NewSigningKey(ctx context.Context, s Session, name string, now time.Time) (string, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return "", err
	}
	if s.Enrolling {
		return "", refusedFor(a.ID, ReasonEnrolling)
	}
	secret, verifier, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", &truce.Error{Kind: truce.Internal, Msg: "no signing key", Err: err}
	}
	if _, err := note.NewVerifier(verifier); err != nil {
		return "", invalid("name", "not a key's name", "no spaces and no plus sign")
	}
	if err := p.keep(ctx, kindSigning, a.ID, signing{secret}, time.Time{}); err != nil {
		return "", err
	}
	return verifier, p.change(ctx, a.ID, now, func(a *Account) error { a.Key = verifier; return nil })
}

// Signing calls use with the secret of an account's signing key, in signed-note form, for as
// long as use takes; it must not keep it. Absent if the account has no key.
func (p *People) Signing(ctx context.Context, account string, now time.Time, use func(secret Secret) error) error {
	a, err := p.Account(ctx, account, now)
	if err != nil {
		return err
	}
	if a.Disabled {
		return refusedFor(a.ID, ReasonDisabled)
	}
	var k signing
	ok, err := p.kept(ctx, kindSigning, a.ID, now, &k)
	if err != nil {
		return err
	}
	if !ok {
		return absent("key", "the account has no signing key")
	}
	return use(Hide(k.Secret))
}
