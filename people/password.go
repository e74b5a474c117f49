package people

import (
	"context"
	"crypto/sha1"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths of passwords, in characters.
const (
	PasswordLeast = 12
	PasswordMost  = 128
)

// password is what is kept of one.
type password struct {
	Hash string    `json:"hash"`
	Set  time.Time `json:"set"`
}

// canonical brings a password into one form, because keyboards differ in how they compose
// letters. Nothing else is changed or cut.
func canonical(s Secret) string { return norm.NFC.String(s.Reveal()) }

// CheckPassword reports why a new password would not be taken, as an Invalid error that does
// not repeat it, or nil. Any characters are allowed and none are asked for.
func (p *People) CheckPassword(pw Secret, a Account) error {
	text := canonical(pw)
	n := utf8.RuneCountInString(text)
	words := append([]string{a.ID, a.Name, a.Org, a.Party, p.o.Name}, p.o.Words...)
	switch {
	case !utf8.ValidString(text):
		return invalid("password", "not UTF-8 text", "letters, digits, signs, spaces")
	case n < PasswordLeast || n > PasswordMost:
		return invalid("password", "too short or too long", fmt.Sprintf("%d to %d characters", PasswordLeast, PasswordMost))
	case guessable(text, words):
		return invalid("password", "easy to guess: common words, names or patterns", "several words that do not belong together")
	case p.o.Leaked != nil && p.o.Leaked(sha1.Sum([]byte(text))):
		return invalid("password", "on a list of leaked passwords", "one used nowhere else")
	}
	return nil
}

// SetPassword gives an account a password, or another one. The session must be fresh and,
// unless it is enrolling, old must be the password so far, if there is one. All sessions end;
// the one that comes back goes on. A password alone never signs anybody in: see NewTOTP.
func (p *People) SetPassword(ctx context.Context, s Session, old, pw Secret, now time.Time) (Started, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Started{}, err
	}
	if err := p.CheckPassword(pw, a); err != nil {
		return Started{}, err
	}
	if !s.Enrolling {
		if err := p.confirm(ctx, a, old, s.Client, now); err != nil {
			return Started{}, err
		}
	}
	if err := p.keepPassword(ctx, a.ID, canonical(pw), now); err != nil {
		return Started{}, err
	}
	return p.rotate(ctx, s, now)
}

// confirm checks the password so far, if there is one, counting failures like a sign-in.
func (p *People) confirm(ctx context.Context, a Account, old Secret, from Client, now time.Time) error {
	var pw password
	has, err := p.kept(ctx, kindPassword, a.ID, now, &pw)
	if err != nil || !has {
		return err
	}
	keys, err := p.admit(ctx, a.ID, from.Address, now)
	if err != nil {
		return err
	}
	ok, err := p.matches(ctx, old, pw.Hash)
	if err != nil {
		return err
	}
	if !ok {
		return refusedFor(a.ID, ReasonPassword)
	}
	return p.forgive(ctx, keys, now)
}

func (p *People) keepPassword(ctx context.Context, account, text string, now time.Time) error {
	if err := p.turn(ctx); err != nil {
		return err
	}
	hash := p.argon.hash(text)
	<-p.hashing
	return p.keep(ctx, kindPassword, account, password{hash, now}, time.Time{})
}

// matches reports whether a password has a hash. Overlong ones cost no more than others.
func (p *People) matches(ctx context.Context, pw Secret, hash string) (bool, error) {
	h, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	if err := p.turn(ctx); err != nil {
		return false, err
	}
	defer func() { <-p.hashing }()
	if len(pw.Reveal()) > 4*PasswordMost {
		pw = Secret{}
	}
	return h.matches(canonical(pw)), nil
}

// turn waits until one more hash may be computed.
func (p *People) turn(ctx context.Context) error {
	select {
	case p.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// renewHash hashes a password that was just shown anew if the cost was raised since.
func (p *People) renewHash(ctx context.Context, account string, pw Secret, hash string, now time.Time) error {
	h, err := parsePHC(hash)
	if err != nil || !h.less(p.argon) {
		return err
	}
	return p.keepPassword(ctx, account, canonical(pw), now)
}
