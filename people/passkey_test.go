package people

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"truce"
)

// device is an authenticator as the standard describes it, written here from the standard.
type device struct {
	key     *ecdsa.PrivateKey
	id      []byte
	handle  []byte // of the user
	counter uint32
	rp      string
	origin  string
	flags   byte // user present 1, user verified 4
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{key: key, id: []byte(rand.Text()), rp: "desk.example", origin: "https://desk.example", flags: 1 | 4}
}

// options are what a page gets of a ceremony.
type options struct {
	PublicKey struct {
		Challenge string
		RPID      string
		User      struct{ ID string }
	}
}

func (d *device) read(t *testing.T, c Ceremony) string {
	t.Helper()
	var o options
	if err := json.Unmarshal(c.Options, &o); err != nil {
		t.Fatal(err)
	}
	if o.PublicKey.User.ID != "" {
		h, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		d.handle = h
	}
	return o.PublicKey.Challenge
}

func b64u(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *device) clientData(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	return b
}

func (d *device) authData(flags byte, rest ...byte) []byte {
	sum := sha256.Sum256([]byte(d.rp))
	out := append(sum[:], flags)
	return append(binary.BigEndian.AppendUint32(out, d.counter), rest...)
}

// register answers a registration: CBOR by hand, no attestation.
func (d *device) register(t *testing.T, c Ceremony) []byte {
	t.Helper()
	client := d.clientData("webauthn.create", d.read(t, c))
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...) // kty EC2, alg ES256, crv P-256
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	attested := make([]byte, 16) // no model
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(d.id)))
	attested = append(append(attested, d.id...), cose...)
	auth := d.authData(d.flags|0x40, attested...)
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(append(object, 0x67), "attStmt"...), 0xa0)
	object = append(append(append(object, 0x68), "authData"...), 0x58, byte(len(auth)))
	object = append(object, auth...)
	return d.answer(map[string]any{"clientDataJSON": b64u(client), "attestationObject": b64u(object), "transports": []string{"internal"}})
}

// sign answers a sign-in.
func (d *device) sign(t *testing.T, c Ceremony) []byte {
	t.Helper()
	client := d.clientData("webauthn.get", d.read(t, c))
	auth := d.authData(d.flags)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(auth), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(map[string]any{"clientDataJSON": b64u(client), "authenticatorData": b64u(auth), "signature": b64u(sig), "userHandle": b64u(d.handle)})
}

func (d *device) answer(response map[string]any) []byte {
	b, _ := json.Marshal(map[string]any{"id": b64u(d.id), "rawId": b64u(d.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	return b
}

// register gives the owner of a session a passkey.
func (w *world) register(s Started, d *device) Started {
	w.Helper()
	c := must(w.NewPasskey(w.ctx, s.Session, w.now))(w)
	return must(w.AddPasskey(w.ctx, s.Session, c.Token, "my key", d.register(w.T, c), w.now))(w)
}

func (w *world) passkeySignIn(d *device) (Started, error) {
	w.Helper()
	d.counter++
	c := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
	return w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: c.Token, Answer: d.sign(w.T, c)}, w.now)
}

func TestPasskey(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	e := w.register(w.invited("anna", "head"), d)
	s := must(w.passkeySignIn(d))(w)
	if s.Account.ID != "anna" || s.Session.How != HowPasskey || !s.Session.TwoFactor || len(s.Account.Roles) != 1 {
		t.Errorf("%+v", s)
	}
	_, _, err := w.Resume(w.ctx, e.Token, w.now)
	w.refuses(err, ReasonSession) // what the invitation started is over
	ks := must(w.Passkeys(w.ctx, "anna", w.now))(w)
	if len(ks) != 1 || ks[0].Name != "my key" || !ks[0].Seen.Equal(w.now) || ks[0].Copied {
		t.Errorf("%+v", ks)
	}
	if bytes.Contains(d.handle, []byte("anna")) || len(d.handle) != 32 {
		t.Error("the user's handle says who it is")
	}
}

func TestPasskeyAsksForVerification(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]Ceremony{
		"registering": must(w.NewPasskey(w.ctx, w.invited("anna").Session, w.now))(w),
		"signing in":  must(w.BeginPasskeySignIn(w.ctx, w.now))(w),
	} {
		if !bytes.Contains(c.Options, []byte(`"userVerification":"required"`)) {
			t.Errorf("%s: %s", name, c.Options)
		}
	}
}

func TestPasskeyRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*device)
		want   string
	}{
		"v5.0.0-6.3.3 user not verified": {func(d *device) { d.flags = 1 }, ReasonPasskey},
		"user not present":               {func(d *device) { d.flags = 4 }, ReasonPasskey},
		"another site (phishing)":        {func(d *device) { d.origin = "https://desk.examp1e" }, ReasonPasskey},
		"another relying party":          {func(d *device) { d.rp = "example" }, ReasonPasskey},
		"another user's handle":          {func(d *device) { d.handle = make([]byte, 32) }, ReasonPasskey},
		"no user's handle":               {func(d *device) { d.handle = nil }, ReasonPasskey},
		"another key":                    {func(d *device) { d.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }, ReasonPasskey},
		"a passkey not known":            {func(d *device) { d.id = []byte("never seen before") }, ReasonPasskey},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := newDevice(t)
			w.register(w.invited("anna"), d)
			c.change(d)
			_, err := w.passkeySignIn(d)
			w.refuses(err, c.want)
		})
	}
}

func TestPasskeyCeremonyUsedOnceV6_7_2(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	w.register(w.invited("anna"), d)
	d.counter++
	c := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
	answer := d.sign(t, c)
	var in atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: c.Token, Answer: answer}, w.now); err == nil {
				in.Add(1)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("signed in %d times", in.Load())
	}
	other := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
	_, err := w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: other.Token, Answer: answer}, w.now) // the answer to another challenge
	w.refuses(err, ReasonPasskey)
	late := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
	_, err = w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: late.Token, Answer: d.sign(t, late)}, w.now.Add(10*time.Minute))
	w.refuses(err, ReasonCeremony)
	_, err = w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: Hide("made up"), Answer: answer}, w.now)
	w.refuses(err, ReasonCeremony)
}

func TestPasskeyCeremoniesDoNotMix(t *testing.T) {
	w := newWorld(t)
	anna, boris := w.invited("anna"), w.invited("boris")
	d := newDevice(t)
	c := must(w.NewPasskey(w.ctx, anna.Session, w.now))(w)
	_, err := w.AddPasskey(w.ctx, boris.Session, c.Token, "x", d.register(t, c), w.now)
	w.refuses(err, ReasonCeremony)
	in := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
	_, err = w.AddPasskey(w.ctx, boris.Session, in.Token, "x", d.register(t, c), w.now)
	w.refuses(err, ReasonCeremony)
	c = must(w.NewPasskey(w.ctx, anna.Session, w.now))(w)
	_, err = w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: c.Token, Answer: d.sign(t, c)}, w.now)
	w.refuses(err, ReasonCeremony)
}

func TestPasskeyNotVerifiedIsNotRegistered(t *testing.T) {
	w := newWorld(t)
	s := w.invited("anna")
	for name, change := range map[string]func(*device){"not verified": func(d *device) { d.flags = 1 }, "another site": func(d *device) { d.origin = "https://evil.example" }} {
		d := newDevice(t)
		change(d)
		c := must(w.NewPasskey(w.ctx, s.Session, w.now))(w)
		_, err := w.AddPasskey(w.ctx, s.Session, c.Token, "x", d.register(t, c), w.now)
		if reason(err) != ReasonPasskey {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ks := must(w.Passkeys(w.ctx, "anna", w.now))(w); len(ks) > 0 {
		t.Errorf("%v", ks)
	}
}

func TestPasskeyOfTwoAccounts(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	w.register(w.invited("anna"), d)
	s := w.invited("boris")
	c := must(w.NewPasskey(w.ctx, s.Session, w.now))(w)
	_, err := w.AddPasskey(w.ctx, s.Session, c.Token, "x", d.register(t, c), w.now)
	w.is(err, truce.Conflict)
}

func TestPasskeyCopied(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	w.register(w.invited("anna"), d)
	copied := *d
	for range 3 {
		must(w.passkeySignIn(d))(w)
	}
	_, err := w.passkeySignIn(&copied) // its counter is behind
	w.refuses(err, ReasonCopied)
	if ks := must(w.Passkeys(w.ctx, "anna", w.now))(w); !ks[0].Copied {
		t.Error("not marked")
	}
	must(w.passkeySignIn(d))(w)
	if ks := must(w.Passkeys(w.ctx, "anna", w.now))(w); !ks[0].Copied {
		t.Error("the mark is lost")
	}
}

func TestPasskeyWithoutCounter(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	w.register(w.invited("anna"), d)
	for range 3 { // synchronised passkeys say zero always
		c := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
		must(w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: c.Token, Answer: d.sign(t, c)}, w.now))(w)
	}
}

func TestPasskeyRemovedV6_5_6(t *testing.T) {
	w := newWorld(t)
	one, two := newDevice(t), newDevice(t)
	w.register(w.invited("anna"), one)
	s := must(w.passkeySignIn(one))(w)
	first := must(w.Passkeys(w.ctx, "anna", w.now))(w)[0].ID
	_, err := w.RemovePasskey(w.ctx, s.Session, first, w.now)
	w.is(err, truce.Conflict) // the last way in
	s = w.register(s, two)
	_, err = w.RemovePasskey(w.ctx, s.Session, "unheard of", w.now)
	w.is(err, truce.Absent)
	s = must(w.RemovePasskey(w.ctx, s.Session, first, w.now))(w)
	_, err = w.passkeySignIn(one)
	w.refuses(err, ReasonPasskey)
	must(w.passkeySignIn(two))(w)
	if ways := must(w.Ways(w.ctx, "anna", w.now))(w); ways != (Ways{Passkeys: 1}) {
		t.Errorf("%+v", ways)
	}
	_, err = w.NewPasskey(w.ctx, s.Session, w.now.Add(10*time.Minute))
	w.refuses(err, ReasonStale) // v5.0.0-7.5.1
}

func TestPasskeyOfDisabledAccount(t *testing.T) {
	w := newWorld(t)
	d := newDevice(t)
	w.register(w.invited("anna"), d)
	if err := w.Disable(w.ctx, "anna", w.now); err != nil {
		t.Fatal(err)
	}
	_, err := w.passkeySignIn(d)
	w.refuses(err, ReasonDisabled)
}

func TestPasskeysNeedAnOrigin(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Origin = "" })
	s := w.invited("anna")
	_, err := w.NewPasskey(w.ctx, s.Session, w.now)
	w.is(err, truce.Unavailable)
	_, err = w.BeginPasskeySignIn(w.ctx, w.now)
	w.is(err, truce.Unavailable)
	_, err = w.PasskeySignIn(w.ctx, PasskeyAttempt{}, w.now)
	w.is(err, truce.Unavailable)
}

func FuzzPasskeyAnswer(f *testing.F) {
	d := &device{id: []byte("x"), rp: "desk.example", origin: "https://desk.example"}
	f.Add(d.answer(map[string]any{"clientDataJSON": "", "authenticatorData": "", "signature": ""}))
	f.Add([]byte(`{"id":1}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		w := newWorldWith(t)
		c := must(w.BeginPasskeySignIn(w.ctx, w.now))(w)
		if _, err := w.PasskeySignIn(w.ctx, PasskeyAttempt{Token: c.Token, Answer: answer}, w.now); reason(err) != ReasonPasskey {
			t.Errorf("%v", err)
		}
	})
}

// newWorldWith is newWorld without the dear hash that New makes.
func newWorldWith(t *testing.T) *world {
	t.Helper()
	p := &People{side: &memory{m: map[string]map[string][]byte{}}, o: Options{Name: "x", Origin: "https://desk.example", Key: NewSealingKey()}}
	if err := p.setPasskeys(); err != nil {
		t.Fatal(err)
	}
	return &world{T: t, People: p, ctx: t.Context(), now: time.Unix(0, 0)}
}
