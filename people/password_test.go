package people

import (
	"crypto/sha1"
	"strings"
	"testing"
	"time"

	"truce"
)

func TestPasswordsTaken(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Words = []string{"Aleppo Monitoring Cell"}
		o.Leaked = func(sum [20]byte) bool { return sum == sha1.Sum([]byte("marmalade quorum 77 leaked")) }
	})
	a := Account{ID: "anna.kowalska", Post: Post{Name: "Anna Kowalska", Org: "Blueberry Trust"}}
	for pw, ok := range map[string]bool{
		// v5.0.0-6.2.1, 6.2.9: lengths
		"xK4#mQ9!vT2": false, "xK4#mQ9!vT2$": true, strings.Repeat("vellum kettle ", 9) + "x": true,
		strings.Repeat("q8-", 43): false, strings.Repeat("vellum7orbit kettle mango", 5) + "abc": true,
		// v5.0.0-6.2.5: any composition
		"vellum kettle orbit": true, "кедр лампа весло": true, "نخلة قارب مصباح": true, "🦉🪁🧭🪨🥁🧵🪜🧲🪞🧊🪙🪶": true, "    x  y    z   w  q  ": true,
		// v5.0.0-6.2.4: what is tried first
		"password1234": false, "Password2016!": false, "qwertyuiop12": false, "123456789012": false, "1q2w3e4r5t6y": false, "iloveyou2016": false,
		"aaaaaaaaaaaa": false, "abcdefghijkl": false, "P@ssw0rdP@ssw0rd": false, "letmeinletmein": false, "adminadminadmin": false,
		"Summer2016!!!": false, "qazwsxedcrfv": false, "asdfghjkl;'123": false, "x9!x9!x9!x9!x9!": false, "welcome123456": false,
		"пароль123456": false, "damascus2016": false, "correcthorsebatterystaple": false, "monkey dragon": false, "lkjhgfdsapoiuy": false,
		// v5.0.0-6.2.11: what the person and the mission are called
		"annakowalska1": false, "Kowalska-2016": false, "blueberrytrust": false, "monitoringcell": false, "truce desk 2016": false,
		// v5.0.0-6.2.12: leaked
		"marmalade quorum 77 leaked": false,
		"bad \xff utf-8 in here":     false,
	} {
		err := w.CheckPassword(Hide(pw), a)
		if ok != (err == nil) {
			t.Errorf("%q: %v", pw, err)
		}
		if err != nil {
			w.is(err, truce.Invalid)
			if strings.Contains(err.Error(), pw) {
				t.Errorf("repeated: %v", err)
			}
		}
	}
}

// Composed and decomposed letters are one password; nothing else is changed.
func TestPasswordForms(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	s := w.signIn(q)
	composed, decomposed := "caf\u00e9 t\u00e4ss\u00e9 vellum", "cafe\u0301 ta\u0308sse\u0301 vellum"
	must(w.SetPassword(w.ctx, s.Session, Hide(q.password), Hide(composed), w.now))(w)
	for pw, want := range map[string]bool{composed: true, decomposed: true, " " + composed: false, "cafe tasse vellum": false} {
		q.password = pw
		w.side.m[kindThrottle] = nil
		_, err := w.SignIn(w.ctx, w.attempt(q), w.now)
		if (err == nil) != want {
			t.Errorf("%q: %v", pw, err)
		}
		w.wait(time.Minute)
	}
}

func TestPasswordChanged(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna", "head")
	one, two := w.signIn(q), w.signIn(q)
	const other = "quarry lantern mosaic 4"
	_, err := w.SetPassword(w.ctx, two.Session, Hide("not the password"), Hide(other), w.now)
	w.refuses(err, ReasonPassword) // v5.0.0-6.2.3
	_, err = w.SetPassword(w.ctx, two.Session, Secret{}, Hide(other), w.now)
	w.refuses(err, ReasonPassword)
	_, err = w.SetPassword(w.ctx, two.Session, Hide(q.password), Hide("short"), w.now)
	w.is(err, truce.Invalid)
	_, err = w.SetPassword(w.ctx, two.Session, Hide(q.password), Hide(other), w.now.Add(10*time.Minute))
	w.refuses(err, ReasonStale) // v5.0.0-7.5.1
	three := must(w.SetPassword(w.ctx, two.Session, Hide(q.password), Hide(other), w.now))(w)
	for name, s := range map[string]Started{"another": one, "the token so far": two} { // v5.0.0-7.4.3
		_, _, err := w.Resume(w.ctx, s.Token, w.now)
		if reason(err) != ReasonSession {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, _, err := w.Resume(w.ctx, three.Token, w.now); err != nil || len(a.Roles) != 1 {
		t.Errorf("%v %v", a, err)
	}
	_, err = w.SignIn(w.ctx, w.attempt(q), w.now)
	w.refuses(err, ReasonPassword)
	w.wait(time.Minute)
	q.password = other
	w.signIn(q)
}

func TestHashRenewedWhenTheCostRises(t *testing.T) {
	w := newWorld(t)
	q := w.enrol("anna")
	hash := func() string {
		var pw password
		if ok, err := w.kept(w.ctx, kindPassword, "anna", w.now, &pw); !ok || err != nil {
			t.Fatal(err)
		}
		return pw.Hash
	}
	first := hash()
	w.signIn(q)
	if hash() != first {
		t.Error("hashed anew for nothing")
	}
	w.argon = Argon{Memory: 16, Passes: 2, Lanes: 1}
	bad := w.attempt(q)
	bad.Password = Hide("not the password")
	_, _ = w.SignIn(w.ctx, bad, w.now)
	if hash() != first {
		t.Error("a wrong password was kept")
	}
	w.signIn(q)
	if !strings.HasPrefix(hash(), "$argon2id$v=19$m=16,t=2,p=1$") {
		t.Error(hash())
	}
	w.signIn(q)
}

func TestHashesDiffer(t *testing.T) {
	if cheap.hash("same") == cheap.hash("same") {
		t.Error("no salt")
	}
}

// A hash made by the reference implementation's test: password "password", salt "somesalt" is
// too short for us; so the vector of RFC 9106 cannot be used either (it has a secret). What is
// checked instead is that each part of the form matters.
func TestHashForm(t *testing.T) {
	good := Argon{Memory: 64, Passes: 3, Lanes: 2}.hash("vellum")
	h, err := parsePHC(good)
	if err != nil || !h.matches("vellum") || h.matches("vellun") || h.Argon != (Argon{64, 3, 2}) {
		t.Fatalf("%s %v", good, err)
	}
	for name, change := range map[string][2]string{
		"another kind":        {"argon2id", "argon2i"},
		"another version":     {"v=19", "v=16"},
		"no memory":           {"m=64", "m=0"},
		"all the memory":      {"m=64", "m=4294967295"},
		"more than a number":  {"m=64", "m=99999999999"},
		"endless":             {"t=3", "t=4294967295"},
		"no passes":           {"t=3", "t=0"},
		"no lanes":            {"p=2", "p=0"},
		"lanes that wrap":     {"p=2", "p=258"},
		"a sign":              {"p=2", "p=+2"},
		"a leading zero":      {"p=2", "p=02"},
		"an order of its own": {"m=64,t=3", "t=3,m=64"},
		"one more part":       {"$v=19", "$v=19$x"},
		"a word before":       {"$argon2id", "x$argon2id"},
	} {
		if _, err := parsePHC(strings.Replace(good, change[0], change[1], 1)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := parsePHC("$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ$" + good[strings.LastIndex(good, "$")+1:]); err == nil {
		t.Error("a short salt: taken")
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(cheap.hash("x"))
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err != nil {
			return
		}
		if h.Memory > argonMemoryMost || h.Passes == 0 || h.Passes > argonPassesMost || h.Lanes == 0 || h.Lanes > argonLanesMost || len(h.salt) < 16 || len(h.sum) < 32 {
			t.Errorf("out of bounds: %+v", h.Argon)
		}
	})
}

func FuzzParseSealingKey(f *testing.F) {
	f.Add([]byte(NewSealingKey().Text().Reveal()))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseSealingKey(b)
		if err != nil {
			return
		}
		again, err := ParseSealingKey([]byte(k.Text().Reveal()))
		if err != nil || again.pseudonym("x") != k.pseudonym("x") {
			t.Error("a key that differs from its own text")
		}
	})
}
