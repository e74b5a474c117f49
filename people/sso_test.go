package people

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"truce"
)

// idp is a provider of single sign-on, written here from the standards, that a test can make lie.
type idp struct {
	*httptest.Server
	key     *rsa.PrivateKey
	claims  map[string]any // of the next token
	sign    *rsa.PrivateKey
	alg     string
	says    string // issuer in the description
	asked   url.Values
	traded  url.Values
	refuses bool
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &idp{key: key, sign: key, alg: "RS256"}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.json(w, map[string]any{"issuer": i.says, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		e := big.NewInt(int64(key.E)).Bytes()
		i.json(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": b64u(key.N.Bytes()), "e": b64u(e)}}})
	})
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	i.says = i.URL
	t.Cleanup(i.Close)
	return i
}

func (i *idp) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// token trades a code, if the proof fits the challenge.
func (i *idp) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	i.traded = r.PostForm
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if i.refuses || b64u(sum[:]) != i.asked.Get("code_challenge") || r.PostForm.Get("code") != "the code" {
		w.WriteHeader(http.StatusBadRequest)
		i.json(w, map[string]any{"error": "invalid_grant"})
		return
	}
	i.json(w, map[string]any{"access_token": "secret-access", "token_type": "Bearer", "id_token": i.jwt()})
}

func (i *idp) jwt() string {
	head, _ := json.Marshal(map[string]string{"alg": i.alg, "kid": "1", "typ": "JWT"})
	body, _ := json.Marshal(i.claims)
	text := b64u(head) + "." + b64u(body)
	if i.alg == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, i.sign, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// visit does what a browser and its user do there.
func (i *idp) visit(t *testing.T, d Departure, now time.Time) Return {
	t.Helper()
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	i.asked = u.Query()
	i.claims = map[string]any{"iss": i.URL, "aud": "truce", "sub": "248289", "nonce": i.asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"email": "Anna@example.org", "email_verified": true, "auth_time": now.Unix(), "amr": []string{"pwd", "mfa"}}
	return Return{State: Hide(i.asked.Get("state")), Code: Hide("the code"), Issuer: i.URL, Browser: d.Browser}
}

func ssoWorld(t *testing.T) (*world, *idp) {
	t.Helper()
	i := newIDP(t)
	w := newWorld(t, func(o *Options) {
		o.Providers = []Provider{{Name: "hq", Issuer: i.URL, ClientID: "truce", ClientSecret: Hide("client secret"), Redirect: "https://desk.example/back"}}
	})
	return w, i
}

func (w *world) invite(account string, l *Link) Invitation {
	w.Helper()
	_, in, err := w.Invite(w.ctx, Invitation{Account: account, Post: Post{Name: account, Roles: []string{"head"}}, Link: l}, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return in
}

func TestSSO(t *testing.T) {
	w, i := ssoWorld(t)
	w.invite("anna", &Link{Issuer: i.URL, Subject: "248289"})
	d := must(w.BeginSSO(w.ctx, "hq", w.now))(w)
	r := i.visit(t, d, w.now)
	for key, want := range map[string]string{"response_type": "code", "client_id": "truce", "redirect_uri": "https://desk.example/back", "code_challenge_method": "S256", "scope": "openid email"} {
		if got := i.asked.Get(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
	s := must(w.FinishSSO(w.ctx, r, w.now))(w)
	if s.Account.ID != "anna" || s.Account.Roles[0] != "head" || !s.Session.TwoFactor || s.Session.How != HowProvider || !s.Session.Fresh(w.now) {
		t.Errorf("%+v", s)
	}
	if i.traded.Get("code_verifier") == "" || len(i.asked.Get("state")) != 43 || len(i.asked.Get("nonce")) < 22 {
		t.Errorf("%v %v", i.asked, i.traded)
	}
	d = must(w.BeginSSO(w.ctx, "hq", w.now))(w) // and again, without an invitation
	must(w.FinishSSO(w.ctx, i.visit(t, d, w.now), w.now))(w)
	if ins := must(w.Invitations(w.ctx, w.now))(w); len(ins) != 0 {
		t.Errorf("%v", ins)
	}
	_, err := w.BeginSSO(w.ctx, "unheard of", w.now)
	w.is(err, truce.Absent)
}

func TestSSOMapsOnlyToTheInvited(t *testing.T) {
	for name, c := range map[string]struct {
		link   func(*idp) *Link
		change func(map[string]any)
		want   string
	}{
		"nobody invited":              {nil, nil, ReasonUninvited},
		"the subject":                 {func(i *idp) *Link { return &Link{Issuer: i.URL, Subject: "248289"} }, nil, ""},
		"another subject":             {func(i *idp) *Link { return &Link{Issuer: i.URL, Subject: "1"} }, nil, ReasonUninvited},
		"v5.0.0-6.8.1 another issuer": {func(*idp) *Link { return &Link{Issuer: "https://other.example", Subject: "248289"} }, nil, ReasonUninvited},
		"the address":                 {func(i *idp) *Link { return &Link{Issuer: i.URL, Email: "anna@example.org"} }, nil, ""},
		"the address, as a string":    {func(i *idp) *Link { return &Link{Issuer: i.URL, Email: "anna@example.org"} }, func(c map[string]any) { c["email_verified"] = "true" }, ""},
		"another address":             {func(i *idp) *Link { return &Link{Issuer: i.URL, Email: "boris@example.org"} }, nil, ReasonUninvited},
		"an address not verified":     {func(i *idp) *Link { return &Link{Issuer: i.URL, Email: "anna@example.org"} }, func(c map[string]any) { c["email_verified"] = false }, ReasonUninvited},
		"an address that none speaks of": {func(i *idp) *Link { return &Link{Issuer: i.URL, Email: "anna@example.org"} }, func(c map[string]any) {
			delete(c, "email_verified")
		}, ReasonUninvited},
		"an address as the subject": {func(i *idp) *Link { return &Link{Issuer: i.URL, Subject: "anna@example.org"} }, nil, ReasonUninvited},
	} {
		t.Run(name, func(t *testing.T) {
			w, i := ssoWorld(t)
			if c.link != nil {
				w.invite("anna", c.link(i))
			}
			r := i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now)
			if c.change != nil {
				c.change(i.claims)
			}
			_, err := w.FinishSSO(w.ctx, r, w.now)
			if c.want == "" && err != nil {
				t.Errorf("%v %v", err, reason(err))
			} else if c.want != "" {
				w.refuses(err, c.want)
				if as := must(w.Accounts(w.ctx, w.now))(w); len(as) > 0 {
					t.Errorf("made %v", as)
				}
			}
		})
	}
}

func TestSSORefused(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*idp, *Return)
		want   string
	}{
		"v5.0.0-9.1.1 another key":             {func(i *idp, _ *Return) { i.sign = other }, ReasonProvider},
		"v5.0.0-9.1.2 no signature":            {func(i *idp, _ *Return) { i.alg = "none" }, ReasonProvider},
		"v5.0.0-9.2.1 expired":                 {func(i *idp, _ *Return) { i.claims["exp"] = i.claims["iat"].(int64) - 1 }, ReasonProvider},
		"v5.0.0-10.5.4 another audience":       {func(i *idp, _ *Return) { i.claims["aud"] = "another" }, ReasonProvider},
		"one audience too many":                {func(i *idp, _ *Return) { i.claims["aud"] = []string{"truce", "another"} }, ReasonProvider},
		"meant for another party":              {func(i *idp, _ *Return) { i.claims["azp"] = "another" }, ReasonProvider},
		"another issuer":                       {func(i *idp, _ *Return) { i.claims["iss"] = "https://other.example" }, ReasonProvider},
		"v5.0.0-10.5.1 another nonce":          {func(i *idp, _ *Return) { i.claims["nonce"] = "another" }, ReasonProvider},
		"no nonce":                             {func(i *idp, _ *Return) { delete(i.claims, "nonce") }, ReasonProvider},
		"no subject":                           {func(i *idp, _ *Return) { delete(i.claims, "sub") }, ReasonProvider},
		"another code":                         {func(_ *idp, r *Return) { r.Code = Hide("stolen") }, ReasonProvider},
		"provider refuses":                     {func(i *idp, _ *Return) { i.refuses = true }, ReasonProvider},
		"v5.0.0-10.2.2 mixed up":               {func(_ *idp, r *Return) { r.Issuer = "https://other.example" }, ReasonProvider},
		"v5.0.0-10.2.1 another state":          {func(_ *idp, r *Return) { r.State = Hide("made up") }, ReasonCeremony},
		"v5.0.0-10.1.2 another browser":        {func(_ *idp, r *Return) { r.Browser = Hide("another") }, ReasonCeremony},
		"no browser at all":                    {func(_ *idp, r *Return) { r.Browser = Secret{} }, ReasonCeremony},
		"the challenge of another transaction": {func(i *idp, _ *Return) { i.asked.Set("code_challenge", "x") }, ReasonProvider},
	} {
		t.Run(name, func(t *testing.T) {
			w, i := ssoWorld(t)
			w.invite("anna", &Link{Issuer: i.URL, Subject: "248289"})
			r := i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now)
			c.change(i, &r)
			_, err := w.FinishSSO(w.ctx, r, w.now)
			w.refuses(err, c.want)
			if out := strings.Join(logged(err), ""); strings.Contains(out, "secret") || strings.Contains(out, "the code") {
				t.Errorf("logged: %s", out)
			}
			if len(must(w.Invitations(w.ctx, w.now))(w)) != 1 {
				t.Error("the invitation is used up")
			}
		})
	}
}

func TestSSOReturnsOnce(t *testing.T) {
	w, i := ssoWorld(t)
	w.invite("anna", &Link{Issuer: i.URL, Subject: "248289"})
	r := i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now)
	must(w.FinishSSO(w.ctx, r, w.now))(w)
	_, err := w.FinishSSO(w.ctx, r, w.now)
	w.refuses(err, ReasonCeremony)
	r = i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now)
	_, err = w.FinishSSO(w.ctx, r, w.now.Add(10*time.Minute))
	w.refuses(err, ReasonCeremony)
}

func TestSSOStrengthV6_8_4(t *testing.T) {
	w, i := ssoWorld(t)
	w.invite("anna", &Link{Issuer: i.URL, Subject: "248289"})
	w.sso["hq"].Strong = []string{"gold"}
	in := func(change func(map[string]any)) Session {
		r := i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now)
		change(i.claims)
		return must(w.FinishSSO(w.ctx, r, w.now))(w).Session
	}
	weak := in(func(c map[string]any) { delete(c, "amr"); delete(c, "auth_time") })
	if weak.TwoFactor || weak.Fresh(w.now) {
		t.Errorf("%+v", weak)
	}
	if s := in(func(c map[string]any) { c["amr"] = []string{"pwd"}; c["acr"] = "gold" }); !s.TwoFactor {
		t.Error("gold is not strong")
	}
	one := in(func(c map[string]any) { c["amr"] = []string{"pwd"} })
	_, err := w.NewPasskey(w.ctx, one, w.now)
	w.refuses(err, ReasonOneFactor) // one factor does not make itself a second
	old := in(func(c map[string]any) { c["auth_time"] = w.now.Add(-time.Hour).Unix() })
	_, err = w.NewPasskey(w.ctx, old, w.now)
	w.refuses(err, ReasonStale)
	ahead := in(func(c map[string]any) { c["auth_time"] = w.now.Add(time.Hour).Unix() })
	if ahead.Proved.After(w.now) {
		t.Error("proved in the future")
	}
}

func TestSSOOfDisabledAccount(t *testing.T) {
	w, i := ssoWorld(t)
	w.invite("anna", &Link{Issuer: i.URL, Subject: "248289"})
	must(w.FinishSSO(w.ctx, i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now), w.now))(w)
	if err := w.Disable(w.ctx, "anna", w.now); err != nil {
		t.Fatal(err)
	}
	_, err := w.FinishSSO(w.ctx, i.visit(t, must(w.BeginSSO(w.ctx, "hq", w.now))(w), w.now), w.now)
	w.refuses(err, ReasonDisabled)
}

func TestProviderDescribesAnotherV10_5_3(t *testing.T) {
	w, i := ssoWorld(t)
	i.says = "https://other.example"
	_, err := w.BeginSSO(w.ctx, "hq", w.now)
	w.is(err, truce.Unavailable)
	i.says = i.URL // a failure is not remembered
	must(w.BeginSSO(w.ctx, "hq", w.now))(w)
}

func TestProviderAway(t *testing.T) {
	w, i := ssoWorld(t)
	i.Close()
	_, err := w.BeginSSO(w.ctx, "hq", w.now)
	w.is(err, truce.Unavailable)
}
