package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"truce/desk"
	"truce/people"
)

// provider is one of single sign-on, as far as a sign-in needs it.
type provider struct {
	*httptest.Server
	key   *rsa.PrivateKey
	nonce string // of the last departure
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: k}
	mux := http.NewServeMux()
	send := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		claims, _ := json.Marshal(map[string]any{"iss": p.URL, "sub": "s-1", "aud": "truce", "nonce": p.nonce, "iat": now().Unix(), "exp": now().Add(time.Minute).Unix(), "amr": []string{"mfa"}, "auth_time": now().Unix()})
		signing := b64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b64(claims)
		sum := sha256.Sum256([]byte(signing))
		sig, _ := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
		send(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": signing + "." + b64(sig)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// TestSingleSignOn goes to a provider and back.
func TestSingleSignOn(t *testing.T) {
	w := newWorld(t)
	p := newProvider(t, w.clock.now)
	var err error
	w.people, err = people.New(desk.NewSide(w.db), people.Options{Name: "Truce", Origin: w.origin, Key: people.NewSealingKey(),
		Providers: []people.Provider{{Name: "hq", Issuer: p.URL, ClientID: "truce", Redirect: w.origin + BackPath}}})
	w.no(err)
	o := w.site.Options
	o.People, o.Providers = w.people, []string{"hq"}
	w.site, err = newSite(o)
	w.no(err)
	w.srv.Config.Handler = w.site.handler()
	_, _, err = w.people.Invite(w.ctx, people.Invitation{Account: "nour", Post: people.Post{Name: "Nour", Roles: []string{"auditor"}}, Link: &people.Link{Issuer: p.URL, Subject: "s-1"}}, w.clock.now())
	w.no(err)

	leave := func(c *client) string {
		r := c.page("/sign-in/with/hq").want(303, "")
		u, err := url.Parse(r.header.Get("Location"))
		w.no(err)
		if !strings.HasPrefix(u.String(), p.URL+"/auth?") || u.Query().Get("code_challenge_method") != "S256" {
			t.Errorf("sent to %s", u)
		}
		p.nonce = u.Query().Get("nonce")
		return "/sign-in/back?" + url.Values{"state": {u.Query().Get("state")}, "code": {"abc"}}.Encode()
	}
	c := w.nobody()
	if r := c.page("/sign-in"); !strings.Contains(r.body, `href="/sign-in/with/hq"`) {
		t.Error("the page does not offer it")
	}
	// Back in another browser: nobody is signed in to what somebody else began.
	w.nobody().page(leave(c)).want(403, "")
	back := leave(c)
	w.log.take(t)
	c.page(back).want(303, "")
	if got := w.log.take(t); len(got) != 1 || got[0]["msg"] != "signed in" || got[0]["way"] != people.HowProvider || got[0]["two_factor"] != true || strings.Contains(fmt.Sprint(got), "abc") {
		t.Errorf("the log says %v", got)
	}
	c.get("/api/v1/me").want(200, "")
	w.nobody().page(back).want(403, "") // once
	c.get("/sign-in/with/none").want(404, "absent")
	p.Close()
	o.People, err = people.New(desk.NewSide(w.db), people.Options{Name: "Truce", Key: people.NewSealingKey(), Providers: []people.Provider{{Name: "hq", Issuer: p.URL, ClientID: "truce", Redirect: w.origin + BackPath}}})
	w.no(err)
	gone, err := newSite(o)
	w.no(err)
	w.srv.Config.Handler = gone.handler()
	w.nobody().get("/sign-in/with/hq").want(503, "unavailable")
}
