package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"truce"
)

// Passkey is one that an account may sign in with.
type Passkey struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Name    string    `json:"name"` // as its owner calls it
	Made    time.Time `json:"made"`
	Seen    time.Time `json:"seen,omitzero"`
	// Copied says that its counter once went back: two devices may hold it.
	Copied bool `json:"copied,omitempty"`
}

// heldPasskey is what is kept of a passkey.
type heldPasskey struct {
	Passkey
	Credential webauthn.Credential `json:"credential"`
}

// ceremony is what the server remembers between the two halves of one.
type ceremony struct {
	Account string               `json:"account"` // empty: a sign-in, by whoever it turns out to be
	Data    webauthn.SessionData `json:"data"`
}

// Ceremony is the first half of registering or using a passkey.
type Ceremony struct {
	// Options is the JSON that the browser's navigator.credentials takes.
	Options []byte
	// Token goes back to the server with the browser's answer, once, within ten minutes.
	Token Secret
}

// setPasskeys prepares passkeys for the origin, if there is one.
func (p *People) setPasskeys() error {
	if p.o.Origin == "" {
		return nil
	}
	u, err := url.Parse(p.o.Origin)
	if err != nil || !secureURL(p.o.Origin) || u.Path != "" {
		return invalid("Origin", "not an origin that passkeys work on", "https://host, or http://localhost:port")
	}
	resident := true
	p.web, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: p.o.Name, RPOrigins: []string{p.o.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &resident, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return &truce.Error{Kind: truce.Invalid, At: "Origin", Msg: "passkeys do not work on it", Err: err}
	}
	return nil
}

// owner is an account as the library wants to see it.
type owner struct {
	a     Account
	creds []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return o.a.Handle }
func (o owner) WebAuthnName() string                       { return o.a.ID }
func (o owner) WebAuthnDisplayName() string                { return o.a.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.creds }

func passkeyID(credential []byte) string {
	sum := sha256.Sum256(credential)
	return hex.EncodeToString(sum[:])
}

// Passkeys returns the passkeys of an account.
func (p *People) Passkeys(ctx context.Context, account string, now time.Time) ([]Passkey, error) {
	return all(ctx, p, kindPasskey, now, func(k Passkey) bool { return k.Account == account })
}

func (p *People) owner(ctx context.Context, a Account, now time.Time) (owner, error) {
	held, err := all(ctx, p, kindPasskey, now, func(k heldPasskey) bool { return k.Account == a.ID })
	o := owner{a: a}
	for _, k := range held {
		o.creds = append(o.creds, k.Credential)
	}
	return o, err
}

// NewPasskey begins to register a passkey. The session must be fresh.
func (p *People) NewPasskey(ctx context.Context, s Session, now time.Time) (Ceremony, error) {
	if p.web == nil {
		return Ceremony{}, noPasskeys()
	}
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Ceremony{}, err
	}
	o, err := p.owner(ctx, a, now)
	if err != nil {
		return Ceremony{}, err
	}
	exclude := make([]protocol.CredentialDescriptor, len(o.creds))
	for i, c := range o.creds {
		exclude[i] = c.Descriptor()
	}
	options, data, err := p.web.BeginRegistration(o, webauthn.WithExclusions(exclude))
	if err != nil {
		return Ceremony{}, &truce.Error{Kind: truce.Internal, Msg: "no ceremony for a passkey", Err: err}
	}
	return p.begin(ctx, options, ceremony{a.ID, *data}, now)
}

// AddPasskey ends what NewPasskey began, with the browser's answer as JSON. All sessions end,
// the one that comes back goes on.
func (p *People) AddPasskey(ctx context.Context, s Session, token Secret, name string, answer []byte, now time.Time) (Started, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Started{}, err
	}
	c, err := p.end(ctx, token, a.ID, now)
	if err != nil {
		return Started{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Started{}, &Refusal{Reason: ReasonPasskey, Account: a.ID, Err: err}
	}
	cred, err := p.web.CreateCredential(owner{a: a}, c.Data, parsed)
	if err != nil {
		return Started{}, &Refusal{Reason: ReasonPasskey, Account: a.ID, Err: err}
	}
	if err := p.addPasskey(ctx, a.ID, cut(name, 100), *cred, now); err != nil {
		return Started{}, err
	}
	return p.rotate(ctx, s, now)
}

func (p *People) addPasskey(ctx context.Context, account, name string, cred webauthn.Credential, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := heldPasskey{Passkey{ID: passkeyID(cred.ID), Account: account, Name: name, Made: now}, cred}
	_, there, err := p.side.Kept(ctx, kindPasskey, k.ID)
	if err != nil {
		return err
	}
	if there {
		return &truce.Error{Kind: truce.Conflict, At: "passkey", Msg: "this passkey is registered already"}
	}
	return p.keep(ctx, kindPasskey, k.ID, k, time.Time{})
}

// RemovePasskey forgets a passkey, unless nothing else would let its owner in. The session
// must be fresh. All sessions end, the one that comes back goes on.
func (p *People) RemovePasskey(ctx context.Context, s Session, id string, now time.Time) (Started, error) {
	a, err := p.fresh(ctx, s, now)
	if err != nil {
		return Started{}, err
	}
	if err := p.removePasskey(ctx, a, id, now); err != nil {
		return Started{}, err
	}
	return p.rotate(ctx, s, now)
}

func (p *People) removePasskey(ctx context.Context, a Account, id string, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var k heldPasskey
	ok, err := p.kept(ctx, kindPasskey, id, now, &k)
	if err != nil {
		return err
	}
	if !ok || k.Account != a.ID {
		return absent("passkey", "no such passkey")
	}
	w, err := p.Ways(ctx, a.ID, now)
	if err != nil {
		return err
	}
	if w.Passkeys == 1 && !(w.Password && w.TOTP) && len(a.Links) == 0 {
		return &truce.Error{Kind: truce.Conflict, At: "passkey", Msg: "the last way to sign in", Hint: "set up another one first"}
	}
	_, err = p.side.Forget(ctx, kindPasskey, id)
	return err
}

// Ways are the ways in that an account has set up.
type Ways struct {
	Password, TOTP  bool
	Passkeys, Codes int
}

// Ways returns the ways in that an account has set up.
func (p *People) Ways(ctx context.Context, account string, now time.Time) (Ways, error) {
	var w Ways
	_, pw, err := p.side.Kept(ctx, kindPassword, account)
	if err != nil {
		return w, err
	}
	_, app, err := p.side.Kept(ctx, kindTOTP, account)
	if err != nil {
		return w, err
	}
	keys, err := p.Passkeys(ctx, account, now)
	if err != nil {
		return w, err
	}
	codes, err := p.RecoveryCodesLeft(ctx, account)
	return Ways{pw, app, len(keys), codes}, err
}

// BeginPasskeySignIn begins a sign-in with a passkey. It asks for no name: the passkey knows it.
func (p *People) BeginPasskeySignIn(ctx context.Context, now time.Time) (Ceremony, error) {
	if p.web == nil {
		return Ceremony{}, noPasskeys()
	}
	options, data, err := p.web.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, &truce.Error{Kind: truce.Internal, Msg: "no ceremony for a passkey", Err: err}
	}
	return p.begin(ctx, options, ceremony{"", *data}, now)
}

// PasskeyAttempt is a sign-in with a passkey.
type PasskeyAttempt struct {
	Token  Secret // of the Ceremony
	Answer []byte // the browser's, as JSON
	Client
	// Old is the token that the browser holds, if any; a success ends its session.
	Old Secret
}

// PasskeySignIn ends what BeginPasskeySignIn began. The passkey must have verified its user.
// One whose counter did not go forward is refused and marked.
func (p *People) PasskeySignIn(ctx context.Context, t PasskeyAttempt, now time.Time) (Started, error) {
	keys, err := p.admit(ctx, "", t.Address, now)
	if err != nil {
		return Started{}, err
	}
	c, err := p.end(ctx, t.Token, "", now)
	if err != nil {
		return Started{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(t.Answer)
	if err != nil {
		return Started{}, &Refusal{Reason: ReasonPasskey, Err: err}
	}
	a, err := p.checkPasskey(ctx, c, parsed, now)
	if err != nil {
		return Started{}, err
	}
	if err := p.forgive(ctx, keys, now); err != nil {
		return Started{}, err
	}
	return p.start(ctx, a, Session{How: HowPasskey, TwoFactor: true, Proved: now, Client: t.Client}, t.Old, now)
}

// checkPasskey verifies the answer and moves the counter on, under the lock: of two answers
// with one counter the second is seen.
func (p *People) checkPasskey(ctx context.Context, c ceremony, answer *protocol.ParsedCredentialAssertionData, now time.Time) (Account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var k heldPasskey
	ok, err := p.kept(ctx, kindPasskey, passkeyID(answer.RawID), now, &k)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		return Account{}, refused(ReasonPasskey)
	}
	a, err := p.Account(ctx, k.Account, now)
	switch {
	case isAbsent(err):
		return Account{}, refused(ReasonUnknown)
	case err != nil:
		return Account{}, err
	case a.Disabled:
		return Account{}, refusedFor(a.ID, ReasonDisabled)
	}
	find := func(_, _ []byte) (webauthn.User, error) { return owner{a, []webauthn.Credential{k.Credential}}, nil }
	_, cred, err := p.web.ValidatePasskeyLogin(find, c.Data, answer)
	if err != nil {
		return Account{}, &Refusal{Reason: ReasonPasskey, Account: a.ID, Err: err}
	}
	return a, p.used(ctx, k, *cred, now)
}

// used keeps what a sign-in changed of a passkey.
func (p *People) used(ctx context.Context, k heldPasskey, cred webauthn.Credential, now time.Time) error {
	copied := cred.Authenticator.CloneWarning
	cred.Authenticator.CloneWarning = false // said by Copied, or the library would warn for ever
	k.Credential, k.Copied = cred, k.Copied || copied
	if !copied {
		k.Seen = now
	}
	if err := p.keep(ctx, kindPasskey, k.ID, k, time.Time{}); err != nil {
		return err
	}
	if copied {
		return refusedFor(k.Account, ReasonCopied)
	}
	return nil
}

func (p *People) begin(ctx context.Context, options any, c ceremony, now time.Time) (Ceremony, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, err
	}
	token := newToken("")
	return Ceremony{text, token}, p.keep(ctx, kindCeremony, token.digest(), c, now.Add(pendingLasts))
}

// end uses up a ceremony that was begun for an account.
func (p *People) end(ctx context.Context, token Secret, account string, now time.Time) (ceremony, error) {
	var c ceremony
	if p.web == nil {
		return c, noPasskeys()
	}
	ok, err := p.kept(ctx, kindCeremony, token.digest(), now, &c)
	if err != nil {
		return c, err
	}
	was, err := p.side.Forget(ctx, kindCeremony, token.digest())
	if err == nil && !(ok && was && c.Account == account) {
		err = refusedFor(account, ReasonCeremony)
	}
	return c, err
}

func noPasskeys() error {
	return &truce.Error{Kind: truce.Unavailable, At: "Origin", Msg: "passkeys are not set up", Hint: "the origin that people reach the instance under"}
}
