package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"truce"
)

// totpStep is how long one code of an authenticator app is shown. A code of the step before
// or after is taken too, for clocks that differ.
const totpStep = 30

// pendingLasts is how long a new authenticator may wait to be confirmed, or a ceremony to end.
const pendingLasts = 10 * time.Minute

// authenticator is what is kept of an app.
type authenticator struct {
	Secret string    `json:"secret"` // base32
	Last   int64     `json:"last"`   // the step of the last code taken; none up to it is taken again
	Made   time.Time `json:"made"`
}

// Enrolment is what an authenticator app needs: the URL, for a QR code, or the secret to type.
type Enrolment struct {
	URL    Secret
	Secret Secret // base32, in groups of four
}

// NewTOTP begins to set up an authenticator app. Nothing changes until ConfirmTOTP, for which
// there are ten minutes. The session must be fresh.
func (p *People) NewTOTP(ctx context.Context, s Session, now time.Time) (Enrolment, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: p.o.Name, AccountName: a.ID, Period: totpStep, SecretSize: 20, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, &truce.Error{Kind: truce.Internal, Msg: "no secret for the authenticator", Err: err}
	}
	err = p.keep(ctx, kindNewTOTP, a.ID, authenticator{Secret: key.Secret(), Made: now}, now.Add(pendingLasts))
	return Enrolment{Hide(key.URL()), Hide(groups(key.Secret()))}, err
}

// ConfirmTOTP ends what NewTOTP began, with a code that the app shows. The app replaces
// another; all sessions end, the one that comes back goes on.
func (p *People) ConfirmTOTP(ctx context.Context, s Session, code Secret, now time.Time) (Started, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Started{}, err
	}
	if err := p.confirmTOTP(ctx, a.ID, code, now); err != nil {
		return Started{}, err
	}
	return p.rotate(ctx, s, now)
}

func (p *People) confirmTOTP(ctx context.Context, account string, code Secret, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var t authenticator
	ok, err := p.kept(ctx, kindNewTOTP, account, now, &t)
	if err != nil {
		return err
	}
	step := t.step(code, now)
	if !ok || step == 0 {
		return refusedFor(account, ReasonCode)
	}
	t.Last = step
	if err := p.keep(ctx, kindTOTP, account, t, time.Time{}); err != nil {
		return err
	}
	_, err = p.side.Forget(ctx, kindNewTOTP, account)
	return err
}

// step returns the step that a code belongs to, or zero. It looks at all three alike.
func (t authenticator) step(code Secret, now time.Time) int64 {
	typed := strings.ReplaceAll(code.Reveal(), " ", "")
	middle, found := now.Unix()/totpStep, int64(0)
	for step := middle - 1; step <= middle+1; step++ {
		want, err := hotp.GenerateCodeCustom(t.Secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(typed)) == 1 {
			found = step
		}
	}
	return found
}

// useTOTP takes a code, once; it returns why not, or "".
func (p *People) useTOTP(ctx context.Context, account string, code Secret, now time.Time) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var t authenticator
	ok, err := p.kept(ctx, kindTOTP, account, now, &t)
	if err != nil {
		return "", err
	}
	step := t.step(code, now)
	switch {
	case !ok || step == 0:
		return ReasonCode, nil
	case step <= t.Last:
		return ReasonReplay, nil
	}
	t.Last = step
	return "", p.keep(ctx, kindTOTP, account, t, time.Time{})
}

// recovery is what is kept of a recovery code.
type recovery struct {
	Account string    `json:"account"`
	Made    time.Time `json:"made"`
}

// codesMade is how many recovery codes there are at first.
const codesMade = 10

// NewRecoveryCodes makes ten codes, each of which stands once for a code of the app, and voids
// those before. They are shown once and kept as digests: each has 120 random bits. The session
// must be fresh.
func (p *People) NewRecoveryCodes(ctx context.Context, s Session, now time.Time) ([]Secret, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return nil, err
	}
	if err := p.drop(ctx, a.ID, now, kindRecovery); err != nil {
		return nil, err
	}
	codes := make([]Secret, codesMade)
	for i := range codes {
		b := make([]byte, 15)
		_, _ = rand.Read(b)
		codes[i] = Hide(groups(base32.StdEncoding.EncodeToString(b)))
		if err := p.keep(ctx, kindRecovery, recoveryID(a.ID, codes[i]), recovery{a.ID, now}, time.Time{}); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// RecoveryCodesLeft returns how many recovery codes an account has not used.
func (p *People) RecoveryCodesLeft(ctx context.Context, account string) (int, error) {
	bodies, err := p.side.KeptAll(ctx, kindRecovery)
	n := 0
	for id := range bodies {
		if strings.HasPrefix(id, account+"/") {
			n++
		}
	}
	return n, err
}

// useRecovery takes a recovery code, once; it returns why not, or "".
func (p *People) useRecovery(ctx context.Context, account string, code Secret) (string, error) {
	was, err := p.side.Forget(ctx, kindRecovery, recoveryID(account, code))
	if err == nil && !was {
		return ReasonCode, nil
	}
	return "", err
}

// recoveryID is where a recovery code is kept, however it was typed.
func recoveryID(account string, code Secret) string {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code.Reveal()))
	return account + "/" + Hide(plain).digest()
}

// groups writes a text in groups of four, to be read and typed by people.
func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}
