package people

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"truce"
)

// memory is a Side in memory, which forgets nothing by itself.
type memory struct {
	mu   sync.Mutex
	m    map[string]map[string][]byte
	fail error // what every call answers, if set
}

func (m *memory) Keep(_ context.Context, kind, id string, body []byte, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m[kind] == nil {
		m.m[kind] = map[string][]byte{}
	}
	m.m[kind][id] = body
	return m.fail
}

func (m *memory) Kept(_ context.Context, kind, id string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.m[kind][id]
	return b, ok, m.fail
}

func (m *memory) KeptAll(_ context.Context, kind string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.m[kind]), m.fail
}

func (m *memory) Forget(_ context.Context, kind, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.m[kind][id]
	delete(m.m[kind], id)
	return ok, m.fail
}

// world is an instance at a time that the test moves.
type world struct {
	*testing.T
	*People
	ctx  context.Context
	side *memory
	now  time.Time
}

var cheap = Argon{Memory: 8, Passes: 1, Lanes: 1}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	o := Options{Name: "Truce desk", Origin: "https://desk.example", Key: NewSealingKey()}
	for _, f := range change {
		f(&o)
	}
	side := &memory{m: map[string]map[string][]byte{}}
	p, err := New(side, o)
	if err != nil {
		t.Fatal(err)
	}
	p.argon, p.dummy = cheap, cheap.hash("")
	return &world{t, p, context.Background(), side, time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC)}
}

func (w *world) wait(d time.Duration) { w.now = w.now.Add(d) }

func must[T any](v T, err error) func(*world) T {
	return func(w *world) T {
		w.Helper()
		if err != nil {
			w.Fatalf("unexpected: %v %v", err, reason(err))
		}
		return v
	}
}

func reason(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// refuses checks that err is a Refusal for a reason, and that it looks like every other.
func (w *world) refuses(err error, want string) {
	w.Helper()
	if got := reason(err); got != want {
		w.Errorf("reason %q (%v), want %q", got, err, want)
		return
	}
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != truce.Denied || err.Error() != refused("").Error() {
		w.Errorf("a refusal that differs outside: %v", err)
	}
}

func (w *world) is(err error, kind truce.Kind) {
	w.Helper()
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != kind {
		w.Errorf("error %v, want kind %d", err, kind)
	}
}

// person is somebody with a password and an app.
type person struct {
	id, password, app string
	codes             []Secret
}

const goodPassword = "vellum kettle orbit 9"

func (w *world) invited(id string, roles ...string) Started {
	w.Helper()
	token, _, err := w.Invite(w.ctx, Invitation{Account: id, Post: Post{Name: "Name of " + id, Roles: roles}}, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return must(w.Accept(w.ctx, token, Client{Address: "192.0.2.1"}, w.now))(w)
}

func (w *world) enrol(id string, roles ...string) person {
	w.Helper()
	return w.setUp(w.invited(id, roles...))
}

// setUp gives the owner of an enrolling session a password, an app and recovery codes.
func (w *world) setUp(s Started) person {
	w.Helper()
	e := must(w.NewTOTP(w.ctx, s.Session, w.now))(w)
	q := person{id: s.Account.ID, password: goodPassword, app: strings.ReplaceAll(e.Secret.Reveal(), "-", "")}
	s = must(w.ConfirmTOTP(w.ctx, s.Session, w.code(q), w.now))(w)
	s = must(w.SetPassword(w.ctx, s.Session, Secret{}, Hide(q.password), w.now))(w)
	q.codes = must(w.NewRecoveryCodes(w.ctx, s.Session, w.now))(w)
	w.wait(time.Minute)
	return q
}

// code is what the person's app shows now.
func (w *world) code(q person) Secret {
	w.Helper()
	c, err := totp.GenerateCode(q.app, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return Hide(c)
}

func (w *world) attempt(q person) Attempt {
	return Attempt{Account: q.id, Password: Hide(q.password), Code: w.code(q), Client: Client{Address: "192.0.2.1", Agent: "test"}}
}

func (w *world) signIn(q person) Started {
	w.Helper()
	defer w.wait(time.Minute)
	return must(w.SignIn(w.ctx, w.attempt(q), w.now))(w)
}

func TestOptions(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no name":                 func(o *Options) { o.Name = "" },
		"no key":                  func(o *Options) { o.Key = SealingKey{} },
		"v5.0.0-11.4.2 too cheap": func(o *Options) { o.Argon = Argon{19 * 1024, 1, 1} },
		"origin with a path":      func(o *Options) { o.Origin = "https://desk.example/x" },
		"origin without TLS":      func(o *Options) { o.Origin = "http://desk.example" },
		"provider without TLS": func(o *Options) {
			o.Providers = []Provider{{Name: "hq", Issuer: "http://id.example", ClientID: "x", Redirect: "https://desk.example/back"}}
		},
	} {
		o := Options{Name: "x", Key: NewSealingKey()}
		change(&o)
		var e *truce.Error
		if _, err := New(&memory{}, o); !errors.As(err, &e) || e.Kind != truce.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealing(t *testing.T) {
	k := NewSealingKey()
	again, err := ParseSealingKey([]byte("\n" + k.Text().Reveal() + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.seal("people.totp", "anna", []byte("secret"))
	if b, err := again.open("people.totp", "anna", sealed); err != nil || string(b) != "secret" {
		t.Errorf("%s %v", b, err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another account": func() ([]byte, error) { return k.open("people.totp", "boris", sealed) },
		"another kind":    func() ([]byte, error) { return k.open("people.signing", "anna", sealed) },
		"another key":     func() ([]byte, error) { return NewSealingKey().open("people.totp", "anna", sealed) },
		"cut short":       func() ([]byte, error) { return k.open("people.totp", "anna", sealed[:5]) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("v5.0.0-11.3.3 %s: opened", name)
		}
	}
	for _, bad := range []string{"", "AAAA", k.Text().Reveal()[1:], "not base64 at all"} {
		if _, err := ParseSealingKey([]byte(bad)); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNothingKeptCanBeRead(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	s := w.signIn(q)
	secret, _, err := w.NewToken(w.ctx, s.Session, "sync", []string{"head"}, w.now.Add(time.Hour), w.now)
	if err != nil {
		t.Fatal(err)
	}
	must(w.NewSigningKey(w.ctx, s.Session, "desk.example/anna", w.now))(w)
	planted := []string{q.password, q.app, q.codes[0].Reveal(), s.Token.Reveal(), secret.Reveal(), "192.0.2.1", "argon2id", "PRIVATE", "Name of", "head"}
	for kind, bodies := range w.side.m {
		for id, body := range bodies {
			for _, secret := range planted {
				for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
					if strings.Contains(kind+id+string(body), form) {
						t.Errorf("%s %s holds %s", kind, id, form)
					}
				}
			}
		}
	}
}

func TestRekey(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	old := w.o.Key
	w.o.Key = NewSealingKey()
	if _, err := w.Account(w.ctx, "anna", w.now); err == nil {
		t.Fatal("a new key opens what the old one sealed")
	}
	for range 2 { // the second time there is nothing to do
		if err := w.Rekey(w.ctx, old); err != nil {
			t.Fatal(err)
		}
	}
	w.signIn(q)
	if err := w.Rekey(w.ctx, NewSealingKey()); err != nil {
		t.Error(err)
	}
}

func TestFailureClosesV16_5_3(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	s := w.signIn(q)
	attempt := w.attempt(q)
	w.side.fail = &truce.Error{Kind: truce.Unavailable, Msg: "disk gone"}
	if _, err := w.SignIn(w.ctx, attempt, w.now); err == nil {
		t.Error("signed in without a store")
	} else {
		w.is(err, truce.Unavailable)
	}
	if a, _, err := w.Resume(w.ctx, s.Token, w.now); err == nil || len(a.Roles) > 0 {
		t.Error("resumed without a store")
	}
	if a, _, err := w.Bearer(w.ctx, Hide("truce_x"), w.now); err == nil || len(a.Roles) > 0 {
		t.Error("a token was good without a store")
	}
}

func TestSecretsHideThemselves(t *testing.T) {
	type request struct {
		Account  string
		Password Secret
		inner    struct{ s Secret }
		pointer  *Secret
	}
	const text = "hunter-two-three"
	s := Hide(text)
	r := request{Account: "anna", Password: s, pointer: &s}
	r.inner.s = s
	key := NewSealingKey()
	started := Started{Token: s}
	js := must(json.Marshal(map[string]any{"r": r, "s": s, "p": &s, "started": started}))(&world{T: t})
	printed := []string{string(js), fmt.Sprint(r.inner), fmt.Sprint(fmt.Errorf("x %v %w", s, errors.New("y")))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		for _, v := range []any{s, &s, r, &r, started, key, &key, []Secret{s}, map[string]Secret{"k": s}, struct{ k SealingKey }{key}} {
			printed = append(printed, fmt.Sprintf(verb, v))
		}
	}
	for _, out := range append(printed, logged(s, r, key)...) {
		for _, form := range []string{text, fmt.Sprintf("%x", text), key.Text().Reveal(), fmt.Sprint(key.keys().names)} {
			if strings.Contains(out, form) {
				t.Errorf("printed: %s", out)
			}
		}
	}
	if fmt.Sprint(s) != "[hidden]" || !strings.Contains(string(js), `"s":"[hidden]"`) {
		t.Errorf("%v %s", s, js)
	}
	var in request
	if err := json.Unmarshal([]byte(`{"Account":"anna","Password":"`+text+`"}`), &in); err != nil || in.Password.Reveal() != text {
		t.Errorf("a request's secret is not read: %v", err)
	}
}
