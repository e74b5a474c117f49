package people

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"truce"
)

// logged returns what both handlers of log/slog write of values.
func logged(vs ...any) []string {
	var text, js bytes.Buffer
	for i, v := range vs {
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", fmt.Sprint(i), v)
		slog.New(slog.NewJSONHandler(&js, nil)).Info("x", fmt.Sprint(i), v)
	}
	return []string{text.String(), js.String()}
}

func TestInvitation(t *testing.T) {
	w := newWorld(t)
	token, in, err := w.Invite(w.ctx, Invitation{Account: "anna", Post: Post{Name: "Anna", Roles: []string{"head"}, Party: "un"}, By: "root1"}, w.now)
	if err != nil {
		t.Fatal(err)
	}
	if len(token.Reveal()) != 43 { // 32 bytes in base64url
		t.Errorf("v5.0.0-11.5.1 a token of %d characters", len(token.Reveal()))
	}
	if in.Expires.Sub(w.now) != 72*time.Hour {
		t.Errorf("expires %v", in.Expires)
	}
	if seen := must(w.Invited(w.ctx, token, w.now))(w); seen.Account != "anna" || seen.By != "root1" {
		t.Errorf("%+v", seen)
	}
	s := must(w.Accept(w.ctx, token, Client{}, w.now))(w)
	if !s.Session.Enrolling || s.Session.TwoFactor || len(s.Account.Roles) > 0 || s.Account.Party != "" {
		t.Errorf("an enrolling session may do something: %+v", s)
	}
	_, err = w.Accept(w.ctx, token, Client{}, w.now)
	w.refuses(err, ReasonInvitation)
	if a := must(w.Account(w.ctx, "anna", w.now))(w); a.Roles[0] != "head" || a.Party != "un" || a.Name != "Anna" {
		t.Errorf("%+v", a)
	}
}

func TestInvitationExpiresV6_4_1(t *testing.T) {
	w := newWorld(t)
	token, in, _ := w.Invite(w.ctx, Invitation{Account: "anna", Post: Post{Name: "Anna"}}, w.now)
	_, err := w.Accept(w.ctx, token, Client{}, in.Expires)
	w.refuses(err, ReasonInvitation)
	if _, err := w.Accept(w.ctx, token, Client{}, in.Expires.Add(-time.Second)); err != nil {
		t.Error(err)
	}
}

func TestInvitationWorksOnceAmongMany(t *testing.T) {
	w := newWorld(t)
	token, _, _ := w.Invite(w.ctx, Invitation{Account: "anna", Post: Post{Name: "Anna"}}, w.now)
	other, err := New(w.side, w.o) // another process, with a lock of its own
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int32
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			p := []*People{w.People, other}[i%2]
			if _, err := p.Accept(w.ctx, token, Client{}, w.now); err == nil {
				in.Add(1)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("accepted %d times", in.Load())
	}
}

func TestInvitationUnfit(t *testing.T) {
	w := newWorld(t)
	w.enrol("boris")
	for name, in := range map[string]Invitation{
		"no account":               {Post: Post{Name: "x"}},
		"a name with spaces":       {Account: "an na", Post: Post{Name: "x"}},
		"a name that climbs":       {Account: "../x", Post: Post{Name: "x"}},
		"capitals":                 {Account: "Anna", Post: Post{Name: "x"}},
		"nameless":                 {Account: "anna"},
		"expired at birth":         {Account: "anna", Post: Post{Name: "x"}, Expires: w.now},
		"for a month":              {Account: "anna", Post: Post{Name: "x"}, Expires: w.now.Add(31 * 24 * time.Hour)},
		"link without an issuer":   {Account: "anna", Post: Post{Name: "x"}, Link: &Link{Subject: "1"}},
		"link without an identity": {Account: "anna", Post: Post{Name: "x"}, Link: &Link{Issuer: "https://id.example"}},
	} {
		if _, _, err := w.Invite(w.ctx, in, w.now); err == nil {
			t.Errorf("%s: invited", name)
		} else {
			w.is(err, truce.Invalid)
		}
	}
	_, _, err := w.Invite(w.ctx, Invitation{Account: "boris", Post: Post{Name: "x"}}, w.now)
	w.is(err, truce.Conflict)
	_, _, err = w.Renew(w.ctx, "carla", "", w.now)
	w.is(err, truce.Absent)
}

func TestInvitationWithdrawn(t *testing.T) {
	w := newWorld(t)
	token, in, _ := w.Invite(w.ctx, Invitation{Account: "anna", Post: Post{Name: "Anna"}}, w.now)
	if ins := must(w.Invitations(w.ctx, w.now))(w); len(ins) != 1 || ins[0].ID != in.ID {
		t.Errorf("%v", ins)
	}
	if err := w.Withdraw(w.ctx, in.ID); err != nil {
		t.Fatal(err)
	}
	w.is(w.Withdraw(w.ctx, in.ID), truce.Absent)
	_, err := w.Accept(w.ctx, token, Client{}, w.now)
	w.refuses(err, ReasonInvitation)
}

func TestNoAccountIsThereFromTheStartV6_3_2(t *testing.T) {
	w := newWorld(t)
	if as := must(w.Accounts(w.ctx, w.now))(w); len(as) > 0 {
		t.Errorf("%v", as)
	}
	for _, id := range []string{"root", "admin", "sa", "", "-", "guest"} {
		_, err := w.SignIn(w.ctx, Attempt{Account: id, Code: Hide("000000")}, w.now)
		w.refuses(err, ReasonUnknown)
	}
}

func TestRenewV6_4_4(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	s := w.signIn(q)
	secret, _, _ := w.NewToken(w.ctx, s.Session, "sync", []string{"head"}, w.now.Add(time.Hour), w.now)
	token, in, err := w.Renew(w.ctx, "anna", "boris", w.now)
	if err != nil || !in.Renews {
		t.Fatal(err)
	}
	w.signIn(q) // nothing changes until it is taken
	e := must(w.Accept(w.ctx, token, Client{}, w.now))(w)
	_, err = w.SignIn(w.ctx, w.attempt(q), w.now)
	w.refuses(err, ReasonNoPassword)
	_, _, err = w.Resume(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonSession)
	_, _, err = w.Bearer(w.ctx, secret, w.now)
	w.refuses(err, ReasonToken)
	w.wait(time.Minute)
	again := w.signIn(w.setUp(e))
	if len(again.Account.Roles) != 1 {
		t.Error("renewing took the post away")
	}
}

func TestDisabledV7_4_2(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	s := w.signIn(q)
	secret, _, _ := w.NewToken(w.ctx, s.Session, "sync", []string{"head"}, w.now.Add(time.Hour), w.now)
	must(w.NewSigningKey(w.ctx, s.Session, "desk.example/anna", w.now))(w)
	if err := w.Disable(w.ctx, "anna", w.now); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.Resume(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonDisabled)
	_, err = w.SignIn(w.ctx, w.attempt(q), w.now)
	w.refuses(err, ReasonDisabled)
	_, _, err = w.Bearer(w.ctx, secret, w.now)
	w.refuses(err, ReasonDisabled)
	w.refuses(w.Signing(w.ctx, "anna", w.now, func(Secret) error { t.Error("signed"); return nil }), ReasonDisabled)
	if err := w.Enable(w.ctx, "anna", w.now); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.Resume(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonSession) // it ended for good
	w.wait(time.Minute)
	w.signIn(q)
}

func TestAssignHoldsFromTheNextRequest(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head", "desk")
	s := w.signIn(q)
	secret, _, _ := w.NewToken(w.ctx, s.Session, "sync", []string{"head", "desk"}, w.now.Add(time.Hour), w.now)
	if err := w.Assign(w.ctx, "anna", Post{Name: "Anna", Roles: []string{"desk"}}, w.now); err != nil {
		t.Fatal(err)
	}
	a, _, err := w.Resume(w.ctx, s.Token, w.now)
	if err != nil || len(a.Roles) != 1 || a.Roles[0] != "desk" {
		t.Errorf("%v %v", a.Roles, err)
	}
	a, _, err = w.Bearer(w.ctx, secret, w.now)
	if err != nil || len(a.Roles) != 1 || a.Roles[0] != "desk" {
		t.Errorf("%v %v", a.Roles, err)
	}
}

func TestRemoveForgetsEverything(t *testing.T) {
	w := newWorld(t)
	w.enrol("anna-b") // a name that begins alike stays
	before := count(w.side)
	q := w.enrol("anna")
	s := w.signIn(q)
	must(w.NewSigningKey(w.ctx, s.Session, "desk.example/anna", w.now))(w)
	if err := w.Remove(w.ctx, "anna", w.now); err != nil {
		t.Fatal(err)
	}
	w.is(w.Remove(w.ctx, "anna", w.now), truce.Absent)
	for _, kind := range []string{kindThrottle, kindKnown} { // under pseudonyms; they expire
		delete(w.side.m, kind)
	}
	if after := count(w.side); after != before {
		t.Errorf("%d records before, %d after", before, after)
	}
}

func count(m *memory) int {
	n := 0
	for _, bodies := range m.m {
		n += len(bodies)
	}
	return n
}

func TestSigning(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.enrol("anna"))
	w.is(w.Signing(w.ctx, "anna", w.now, nil), truce.Absent)
	w.is(w.Signing(w.ctx, "boris", w.now, nil), truce.Absent)
	_, err := w.NewSigningKey(w.ctx, s.Session, "a name", w.now)
	w.is(err, truce.Invalid)
	verifier := must(w.NewSigningKey(w.ctx, s.Session, "desk.example/anna", w.now))(w)
	if a := must(w.Account(w.ctx, "anna", w.now))(w); a.Key != verifier {
		t.Errorf("account has %q, not %q", a.Key, verifier)
	}
	var signed []byte
	err = w.Signing(w.ctx, "anna", w.now, func(secret Secret) error {
		signer, err := note.NewSigner(secret.Reveal())
		if err != nil {
			return err
		}
		signed, err = note.Sign(&note.Note{Text: "hello\n"}, signer)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := note.NewVerifier(verifier)
	if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
		t.Error(err)
	}
	e := w.invited("boris")
	_, err = w.NewSigningKey(w.ctx, e.Session, "desk.example/boris", w.now)
	w.refuses(err, ReasonEnrolling)
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.enrol("anna", "head", "desk"))
	make := func(name string, life time.Duration, roles ...string) error {
		_, _, err := w.NewToken(w.ctx, s.Session, name, roles, w.now.Add(life), w.now)
		return err
	}
	w.is(make("", time.Hour, "desk"), truce.Invalid)
	w.is(make("sync", time.Hour), truce.Invalid)
	w.is(make("sync", time.Hour, "administrator"), truce.Invalid)
	w.is(make("sync", time.Hour, "desk", "administrator"), truce.Invalid)
	w.is(make("sync", 0, "desk"), truce.Invalid)
	w.is(make("sync", 367*24*time.Hour, "desk"), truce.Invalid)
	secret, tok, err := w.NewToken(w.ctx, s.Session, "sync", []string{"desk", "desk"}, w.now.Add(time.Hour), w.now)
	if err != nil || len(secret.Reveal()) != 6+43 || secret.Reveal()[:6] != "truce_" {
		t.Fatalf("%v", err)
	}
	a, _, err := w.Bearer(w.ctx, secret, w.now)
	if err != nil || len(a.Roles) != 1 || a.Roles[0] != "desk" {
		t.Errorf("%v %v", a.Roles, err)
	}
	if ts := must(w.Tokens(w.ctx, "anna", w.now))(w); len(ts) != 1 || ts[0].ID != tok.ID || strings.Contains(fmt.Sprint(ts), secret.Reveal()) {
		t.Errorf("%v", ts)
	}
	_, _, err = w.Bearer(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonToken)
	_, _, err = w.Bearer(w.ctx, Secret{}, w.now)
	w.refuses(err, ReasonToken)
	_, _, err = w.Resume(w.ctx, secret, w.now)
	w.refuses(err, ReasonSession)
	_, _, err = w.Bearer(w.ctx, secret, w.now.Add(time.Hour))
	w.refuses(err, ReasonToken)
	w.is(w.RevokeToken(w.ctx, "boris", tok.ID, w.now), truce.Absent)
	if err := w.RevokeToken(w.ctx, "anna", tok.ID, w.now); err != nil {
		t.Error(err)
	}
	_, _, err = w.Bearer(w.ctx, secret, w.now)
	w.refuses(err, ReasonToken)
	w.wait(10 * time.Minute)
	w.refuses(make("late", time.Hour, "desk"), ReasonStale)
}
