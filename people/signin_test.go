package people

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"truce"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	s := w.signIn(q)
	if s.Session.How != HowPassword || !s.Session.TwoFactor || s.Session.Enrolling || s.Account.Roles[0] != "head" {
		t.Errorf("%+v", s.Session)
	}
	a, again, err := w.Resume(w.ctx, s.Token, w.now)
	if err != nil || a.ID != "anna" || again.ID != s.Session.ID {
		t.Errorf("%v %+v", err, again)
	}
}

func TestSignInRefusedAlikeV6_3_8(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	bare := w.invited("boris")
	w.wait(time.Minute)
	for name, c := range map[string]struct {
		change func(*Attempt)
		want   string
	}{
		"wrong password":          {func(a *Attempt) { a.Password = Hide("vellum kettle orbit 8") }, ReasonPassword},
		"password in capitals":    {func(a *Attempt) { a.Password = Hide(strings.ToUpper(q.password)) }, ReasonPassword},
		"password cut short":      {func(a *Attempt) { a.Password = Hide(q.password[:len(q.password)-1]) }, ReasonPassword},
		"no password":             {func(a *Attempt) { a.Password = Secret{} }, ReasonPassword},
		"endless password":        {func(a *Attempt) { a.Password = Hide(strings.Repeat("x", 1<<20)) }, ReasonPassword},
		"v5.0.0-6.3.3 no code":    {func(a *Attempt) { a.Code = Secret{} }, ReasonCode},
		"wrong code":              {func(a *Attempt) { a.Code = Hide("12345") }, ReasonCode},
		"wrong recovery code":     {func(a *Attempt) { a.Code = Hide("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF") }, ReasonCode},
		"unknown account":         {func(a *Attempt) { a.Account = "carla" }, ReasonUnknown},
		"no account's name":       {func(a *Attempt) { a.Account = "my password, by mistake" }, ReasonUnknown},
		"account with no ways in": {func(a *Attempt) { a.Account = bare.Account.ID }, ReasonNoPassword},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.attempt(q)
			a.Address = "" // one test after the other, not a guesser
			c.change(&a)
			w.side.m[kindThrottle] = nil
			_, err := w.SignIn(w.ctx, a, w.now)
			w.refuses(err, c.want)
			if r := err.(*Refusal); strings.Contains(strings.Join(logged(err), ""), "mistake") || r.Wait != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
	w.side.m[kindThrottle] = nil
	w.signIn(q)
}

func TestUnknownAccountsCostTheSame(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	w.argon = Argon{Memory: 1 << 13, Passes: 2, Lanes: 1} // dear enough to be measured
	w.dummy = w.argon.hash("")
	if err := w.keepPassword(w.ctx, "anna", q.password, w.now); err != nil {
		t.Fatal(err)
	}
	took := func(account string) time.Duration {
		best := time.Hour
		for range 5 {
			w.side.m[kindThrottle] = nil
			start := time.Now()
			_, err := w.SignIn(w.ctx, Attempt{Account: account, Password: Hide("not the password"), Code: Hide("000000")}, w.now)
			best = min(best, time.Since(start))
			if err == nil {
				t.Fatal("signed in")
			}
		}
		return best
	}
	for range 5 { // others use the machine too
		known, unknown := took("anna"), took("carla")
		if known < 2*unknown && unknown < 2*known {
			return
		}
		t.Logf("known %v, unknown %v", known, unknown)
	}
	t.Error("the time tells whether there is an account")
}

func TestNameOfAnAccountIsForgiving(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	a := w.attempt(q)
	a.Account = " Anna "
	must(w.SignIn(w.ctx, a, w.now))(w)
}

func TestCodeWorksOnceV6_5_1(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	a := w.attempt(q)
	must(w.SignIn(w.ctx, a, w.now))(w)
	_, err := w.SignIn(w.ctx, a, w.now)
	w.refuses(err, ReasonReplay)
	before := a
	w.now = w.now.Add(-30 * time.Second) // the step before the one used is gone as well
	before.Code = w.code(q)
	w.now = w.now.Add(30 * time.Second)
	_, err = w.SignIn(w.ctx, before, w.now)
	w.refuses(err, ReasonReplay)
}

func TestCodeWorksOnceAmongMany(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	for name, code := range map[string]Secret{"app": w.code(q), "recovery": q.codes[3]} {
		var in atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				why, err := "", error(nil)
				if name == "app" {
					why, err = w.useTOTP(w.ctx, "anna", code, w.now)
				} else {
					why, err = w.useRecovery(w.ctx, "anna", code)
				}
				if err == nil && why == "" {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 {
			t.Errorf("%s: taken %d times", name, in.Load())
		}
	}
}

func TestCodeWindowV6_5_5(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	code := w.code(q)
	var a authenticator
	a.Secret = q.app
	for steps, want := range map[int]bool{-3: false, -2: false, -1: true, 0: true, 1: true, 2: false, 3: false} {
		now := w.now.Add(time.Duration(steps) * 30 * time.Second)
		if got := a.step(code, now) != 0; got != want {
			t.Errorf("%d steps later: %v", steps, got)
		}
	}
}

// The codes of RFC 6238, appendix B, of which the last six digits are ours.
func TestCodesOfTheStandard(t *testing.T) {
	a := authenticator{Secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"} // 12345678901234567890
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got := a.step(Hide(code), time.Unix(at, 0)); got != at/30 {
			t.Errorf("%d: step %d", at, got)
		}
	}
}

func TestRecoveryCodesV6_5_2(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	if len(q.codes) != 10 || len(strings.ReplaceAll(q.codes[0].Reveal(), "-", "")) != 24 { // 24 * 5 = 120 bits
		t.Fatalf("%d codes of %d characters", len(q.codes), len(q.codes[0].Reveal()))
	}
	a := w.attempt(q)
	a.Code = Hide(strings.ToLower(strings.ReplaceAll(q.codes[0].Reveal(), "-", " ")))
	s := must(w.SignIn(w.ctx, a, w.now))(w)
	if s.Session.How != HowRecovery {
		t.Error(s.Session.How)
	}
	_, err := w.SignIn(w.ctx, a, w.now)
	w.refuses(err, ReasonCode)
	if n := must(w.RecoveryCodesLeft(w.ctx, "anna"))(w); n != 9 {
		t.Errorf("%d left", n)
	}
	a.Password, a.Code = Hide("wrong wrong wrong"), q.codes[1] // a code is not lost to who has no password
	_, err = w.SignIn(w.ctx, a, w.now)
	w.refuses(err, ReasonPassword)
	must(w.NewRecoveryCodes(w.ctx, s.Session, w.now))(w)
	a.Password = Hide(q.password)
	_, err = w.SignIn(w.ctx, a, w.now)
	w.refuses(err, ReasonCode) // of the list before
	if n := must(w.RecoveryCodesLeft(w.ctx, "anna"))(w); n != 10 {
		t.Errorf("%d left", n)
	}
}

func TestRecoveryCodesOfOthers(t *testing.T) {
	w := newWorld(t)
	q, r := w.enrol("anna"), w.enrol("boris")
	a := w.attempt(q)
	a.Code = r.codes[0]
	_, err := w.SignIn(w.ctx, a, w.now)
	w.refuses(err, ReasonCode)
}

func TestEnrolmentNeedsAProof(t *testing.T) {
	w := newWorld(t)
	e := w.invited("anna")
	_, err := w.ConfirmTOTP(w.ctx, e.Session, Hide("000000"), w.now)
	w.refuses(err, ReasonCode)
	secret := must(w.NewTOTP(w.ctx, e.Session, w.now))(w)
	if !strings.HasPrefix(secret.URL.Reveal(), "otpauth://totp/Truce%20desk:anna?") {
		t.Errorf("%s", secret.URL.Reveal())
	}
	q := person{app: strings.ReplaceAll(secret.Secret.Reveal(), "-", "")}
	w.wait(11 * time.Minute)
	_, err = w.ConfirmTOTP(w.ctx, e.Session, w.code(q), w.now)
	w.refuses(err, ReasonCode) // too late
}

func TestThrottleV6_3_1(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	w.side.m[kindKnown] = nil
	guess := func(address string) error {
		a := w.attempt(q)
		a.Address, a.Password = address, Hide("not the password")
		_, err := w.SignIn(w.ctx, a, w.now)
		return err
	}
	for i := range 5 {
		w.refuses(guess("198.51.100.1"), ReasonPassword)
		if i < 4 {
			continue
		}
		w.refuses(guess("198.51.100.2"), ReasonThrottled) // from anywhere
	}
	total := time.Duration(0)
	for want := time.Second; want <= 15*time.Minute; want *= 2 {
		err := guess("203.0.113.9")
		if r := err.(*Refusal); r.Reason != ReasonThrottled || r.Wait != want {
			t.Fatalf("after %v: %s, %v", total, r.Reason, r.Wait)
		}
		w.refuses(guess("203.0.113.9"), ReasonThrottled) // does not lengthen it
		w.wait(want)
		total += want
		w.refuses(guess("203.0.113.9"), ReasonPassword)
	}
	if r := guess("203.0.113.9").(*Refusal); r.Wait != 15*time.Minute {
		t.Errorf("longest wait %v", r.Wait)
	}
	good := w.attempt(q)
	_, err := w.SignIn(w.ctx, good, w.now)
	w.refuses(err, ReasonThrottled) // even with the right password: it tells nothing
	w.wait(15 * time.Minute)        // but nobody is locked out for good
	w.signIn(q)
	w.refuses(guess("203.0.113.9"), ReasonPassword) // and the count begins anew
}

func TestStrangersDoNotLockOutV6_1_1(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	w.signIn(q) // from 192.0.2.1, which is known from now on
	for range 30 {
		a := w.attempt(q)
		a.Address, a.Password = "198.51.100.1", Hide("not the password")
		_, _ = w.SignIn(w.ctx, a, w.now)
	}
	w.signIn(q)
}

func TestThrottleByAddress(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	try := func(address, account string) error {
		_, err := w.SignIn(w.ctx, Attempt{Account: account, Client: Client{Address: address}}, w.now)
		return err
	}
	for i := range 20 {
		w.refuses(try("2001:db8::1", "stuffed"+string(rune('a'+i))), ReasonUnknown)
	}
	w.refuses(try("2001:db8::ffff", "another"), ReasonThrottled) // the same subscriber
	w.refuses(try("2001:db8:0:1::1", "another"), ReasonUnknown)
	w.refuses(try("", "another"), ReasonUnknown)
	w.signIn(q)
	w.wait(24 * time.Hour)
	w.refuses(try("2001:db8::1", "another"), ReasonUnknown)
}

func TestThrottleHoldsAgainstManyAtOnce(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	w.side.m[kindKnown] = nil
	var tried atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := w.SignIn(w.ctx, Attempt{Account: q.id, Password: Hide("guess"), Code: Hide("000000")}, w.now)
			if reason(err) == ReasonPassword {
				tried.Add(1)
			}
		})
	}
	wg.Wait()
	if tried.Load() != 5 {
		t.Errorf("%d guesses got through", tried.Load())
	}
}

func TestClockThatJumpedBackLocksNobodyOut(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	w.side.m[kindKnown] = nil
	ahead := w.now.Add(365 * 24 * time.Hour)
	for range 6 {
		_, _ = w.SignIn(w.ctx, Attempt{Account: q.id}, ahead)
	}
	w.signIn(q)
}

func TestSignInGivesUpWithItsContext(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	for range cap(w.hashing) {
		w.hashing <- struct{}{}
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.SignIn(ctx, w.attempt(q), w.now); err != context.Canceled {
		t.Error(err)
	}
}

func TestSessionLimitsV7_3(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	s := w.signIn(q)
	start := s.Session.Made
	at := func(d time.Duration) error {
		_, _, err := w.Resume(w.ctx, s.Token, start.Add(d))
		return err
	}
	for d := time.Duration(0); d < 12*time.Hour; d += 29 * time.Minute {
		if err := at(d); err != nil {
			t.Fatalf("after %v: %v", d, err)
		}
	}
	w.refuses(at(12*time.Hour), ReasonSession) // v5.0.0-7.3.2
	w.now = start.Add(time.Minute)
	s = w.signIn(q)
	start = s.Session.Made
	if err := at(30*time.Minute - time.Second); err != nil {
		t.Error(err)
	}
	w.refuses(at(60*time.Minute), ReasonSession) // v5.0.0-7.3.1
	if err := at(-time.Hour); err != nil {       // a clock that jumped back ends nothing
		t.Error(err)
	}
}

func TestNewTokenOnSignInV7_2_4(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	one := w.signIn(q)
	a := w.attempt(q)
	a.Old = one.Token
	two := must(w.SignIn(w.ctx, a, w.now))(w)
	if two.Token.Reveal() == one.Token.Reveal() || len(two.Token.Reveal()) != 43 {
		t.Error("v5.0.0-7.2.3 not a new token of 256 bits")
	}
	_, _, err := w.Resume(w.ctx, one.Token, w.now)
	w.refuses(err, ReasonSession)
	if _, _, err := w.Resume(w.ctx, two.Token, w.now); err != nil {
		t.Error(err)
	}
}

func TestSignOutV7_4_1(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.enrol("anna"))
	for range 2 {
		if err := w.SignOut(w.ctx, s.Token); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := w.Resume(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonSession)
	_, _, err = w.Resume(w.ctx, Secret{}, w.now)
	w.refuses(err, ReasonSession)
}

func TestSessionsListedAndEndedV7_5_2(t *testing.T) {
	w := newWorld(t)
	q, r := w.enrol("anna"), w.enrol("boris")
	one, two, other := w.signIn(q), w.signIn(q), w.signIn(r)
	if ss := must(w.Sessions(w.ctx, "anna", w.now))(w); len(ss) != 2 {
		t.Errorf("%d sessions", len(ss))
	}
	w.is(w.End(w.ctx, two.Session, other.Session.ID, w.now), truce.Absent)
	if _, _, err := w.Resume(w.ctx, other.Token, w.now); err != nil {
		t.Error(err)
	}
	if err := w.End(w.ctx, two.Session, one.Session.ID, w.now); err != nil {
		t.Error(err)
	}
	_, _, err := w.Resume(w.ctx, one.Token, w.now)
	w.refuses(err, ReasonSession)
	three := w.signIn(q)
	w.refuses(w.End(w.ctx, two.Session, three.Session.ID, w.now.Add(10*time.Minute)), ReasonStale)
	if err := w.EndAll(w.ctx, "anna", w.now); err != nil { // v5.0.0-7.4.5
		t.Error(err)
	}
	_, _, err = w.Resume(w.ctx, three.Token, w.now)
	w.refuses(err, ReasonSession)
	if ss := must(w.Sessions(w.ctx, "anna", w.now))(w); len(ss) != 0 {
		t.Errorf("%d sessions", len(ss))
	}
}

func TestSessionsAreFewV7_1_2(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	first := w.signIn(q)
	for range 10 {
		w.signIn(q)
	}
	if ss := must(w.Sessions(w.ctx, "anna", w.now))(w); len(ss) != 10 {
		t.Errorf("%d sessions", len(ss))
	}
	_, _, err := w.Resume(w.ctx, first.Token, w.now)
	w.refuses(err, ReasonSession)
}

func TestSessionEndedWhileInUseStaysEnded(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.enrol("anna"))
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if i == 20 {
				_ = w.SignOut(w.ctx, s.Token)
			}
			_, _, _ = w.Resume(w.ctx, s.Token, w.now.Add(time.Duration(i)*2*time.Minute/3))
		})
	}
	wg.Wait()
	_, _, err := w.Resume(w.ctx, s.Token, w.now)
	w.refuses(err, ReasonSession)
}

func TestEnrollingSessionEndsWithSignIn(t *testing.T) {
	w := newWorld(t)
	e := w.invited("anna")
	again := must(w.NewTOTP(w.ctx, e.Session, w.now))(w)
	q := person{id: "anna", password: goodPassword, app: strings.ReplaceAll(again.Secret.Reveal(), "-", "")}
	e = must(w.ConfirmTOTP(w.ctx, e.Session, w.code(q), w.now))(w)
	e = must(w.SetPassword(w.ctx, e.Session, Secret{}, Hide(goodPassword), w.now))(w)
	w.wait(time.Minute)
	w.signIn(q)
	_, _, err := w.Resume(w.ctx, e.Token, w.now)
	w.refuses(err, ReasonSession)
}
