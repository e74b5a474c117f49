package web

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"truce/access"
	"truce/people"
)

func act1(kind string, fields map[string]any) map[string]any {
	return map[string]any{"acts": []any{map[string]any{"kind": kind, "fields": fields}}}
}

func TestBadInputIsRefusedInOneShape(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	size, err := w.record.Wait(w.ctx, -1)
	w.no(err)
	long := strings.Repeat("x", 700)
	json := func(text string) func() reply {
		return func() reply {
			return c.do("POST", "/api/v1/entries", strings.NewReader(text), "Content-Type", "application/json")
		}
	}
	get := func(path string) func() reply { return func() reply { return c.get(path) } }
	for _, test := range []struct {
		what   string
		do     func() reply
		status int
		code   string
		field  string
	}{
		{"no JSON", json(`{"acts":[`), 400, "invalid", "body"},
		{"another type", json(`{"acts":7}`), 422, "invalid", "body.acts"},
		{"a list", json(`[]`), 422, "invalid", "body"},
		{"no acts", json(`{"acts":[]}`), 422, "invalid", "body.acts"},
		{"an unknown key", json(`{"acts":[{"kind":"incident.opened","fields":{"id":"a"},"as":"head"}]}`), 422, "invalid", "body.acts[0].as"},
		{"an unknown kind", json(`{"acts":[{"kind":"nothing.done","fields":{}}]}`), 422, "invalid", "kind"},
		{"a missing field", json(`{"acts":[{"kind":"incident.opened","fields":{}}]}`), 422, "invalid", "id"},
		{"a made-up mark", json(`{"acts":[{"kind":"incident.opened","fields":{"id":"a","mark":"TLP:PINK"}}]}`), 422, "invalid", ""},
		{"too long", json(`{"acts":[{"kind":"incident.opened","fields":{"id":"` + strings.Repeat("a", bodyMost) + `"}}]}`), 413, "too-large", ""},
		{"too deep", json(`{"acts":[{"kind":"incident.opened","fields":{"id":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}}]}`), 400, "invalid", ""},
		{"not JSON at all", func() reply {
			return c.do("POST", "/api/v1/entries", strings.NewReader("<a/>"), "Content-Type", "application/xml")
		}, 415, "invalid", ""},
		{"a cursor that is none", get("/api/v1/rows/report?after=!!"), 422, "invalid", ""},
		{"a limit below 1", get("/api/v1/rows/report?limit=0"), 422, "invalid", "query.limit"},
		{"a limit above 1000", get("/api/v1/rows/report?limit=1001"), 422, "invalid", "query.limit"},
		{"a limit that is no number", get("/api/v1/rows/report?limit=ten"), 422, "invalid", "query.limit"},
		{"a box of three", get("/api/v1/rows/report?box=1,2,3"), 422, "invalid", "query.box"},
		{"a box upside down", get("/api/v1/rows/report?box=1,9,2,3"), 422, "invalid", ""},
		{"a time that is none", get("/api/v1/rows/report?from=yesterday"), 422, "invalid", "query.from"},
		{"a state that is none", get("/api/v1/rows/report?as_of=soon"), 422, "invalid", "as_of"},
		{"a state to come", get("/api/v1/rows/report?as_of=99999"), 422, "invalid", "as_of"},
		{"a parameter nobody knows", get("/api/v1/rows/report?x=1"), 422, "invalid", "query.x"},
		{"words too long", get("/api/v1/rows/report?text=" + long), 422, "invalid", "query.text"},
		{"an entry below 0", get("/api/v1/entries/-1"), 422, "invalid", "path.n"},
		{"an entry to come", get("/api/v1/entries/99999"), 404, "absent", ""},
		{"an export of no form", get("/api/v1/exports/report?format=pdf"), 422, "invalid", "query.format"},
		{"an outcome that is none", get("/api/v1/verdicts?outcome=guilty"), 422, "invalid", "query.outcome"},
		{"a report without a submission's name", func() reply {
			return c.send("POST", "/api/v1/reports", map[string]any{"report": map[string]any{"id": "a", "elements": []any{}}})
		}, 422, "invalid", "header.Idempotency-Key"},
		{"a last event that is none", func() reply { return c.do("GET", "/api/v1/events", nil, "Last-Event-ID", "x") }, 422, "invalid", "header.Last-Event-ID"},
		{"a tile that is none", get("/log/tile/0/../../../etc/passwd"), 404, "", ""},
		{"a tile to come", get("/log/tile/0/999"), 404, "absent", ""},
		{"a tile of a level that is none", get("/log/tile/99/000"), 404, "absent", ""},
		{"a form too long", func() reply { return c.form("/sign-in", url.Values{"account": {strings.Repeat("a", bodyMost+1)}}) }, 413, "", ""},
	} {
		w.log.take(t)
		r := test.do()
		if r.status == 307 || r.status == 301 { // a path made clean first
			r = c.get(r.header.Get("Location"))
			w.log.take(t)
			if r.status != test.status {
				t.Errorf("%s: %d", test.what, r.status)
			}
			continue
		}
		if r.status != test.status || test.code != "" && !strings.Contains(r.body, `"code":"`+test.code+`"`) {
			t.Errorf("%s: %d %s", test.what, r.status, r.body)
		}
		if test.field != "" && !strings.Contains(r.body, `"field":"`+test.field+`"`) {
			t.Errorf("%s: no field %s: %s", test.what, test.field, r.body)
		}
		if test.code != "" && !strings.HasPrefix(r.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %s", test.what, r.header.Get("Content-Type"))
		}
		if len(r.body) > 6000 || strings.Contains(r.body, "xxxx") || strings.Contains(r.body, "aaaa") {
			t.Errorf("%s: what was sent is sent back: %.300s", test.what, r.body)
		}
		if got := w.log.take(t); len(got) != 1 || got[0]["msg"] != "refused" {
			t.Errorf("%s: the log says %v", test.what, got)
		}
	}
	if n, _ := w.record.Wait(w.ctx, -1); n != size {
		t.Errorf("%d entries were made of bad input", n-size)
	}
}

func TestASubmissionSentAgainIsEnteredOnce(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	send := func(key, title string) reply {
		return c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "i-" + key, "title": title}), "Idempotency-Key", key)
	}
	first, again := send("k", "one").want(200, ""), send("k", "one").want(200, "")
	n := func(r reply) any { return r.json()["entered"].([]any)[0].(map[string]any)["entry"] }
	if n(first) != n(again) || strings.Contains(first.body, "repeat") || !strings.Contains(again.body, `"repeat":true`) {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	send("k", "two").want(409, "conflict")
}

func TestSessionsEndWhenTheyShould(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	cookie := func(c *client) string {
		u, _ := url.Parse(c.origin)
		for _, k := range c.http.Jar.Cookies(u) {
			if k.Name == cookiePlain {
				return k.Value
			}
		}
		return ""
	}
	replay := func(token string) reply {
		return w.nobody().do("GET", "/api/v1/me", nil, "Cookie", cookiePlain+"="+token)
	}
	// Signed out: the token no longer counts, wherever it comes from.
	token := cookie(c)
	replay(token).want(200, "")
	c.form("/sign-out", nil).want(303, "")
	replay(token).want(401, "sign-in")
	if cookie(c) != "" {
		t.Error("the browser still holds it")
	}
	// Idle for half an hour; after twelve hours in any case.
	c = w.signIn("dora")
	w.clock.wait(people.SessionIdle + time.Second)
	c.get("/api/v1/me").want(401, "sign-in")
	c = w.signIn("dora")
	for range 26 {
		w.clock.wait(28 * time.Minute)
		c.get("/api/v1/me")
	}
	c.get("/api/v1/me").want(401, "sign-in")
	// A sign-in gives a new token, and ends the session that the browser had.
	c = w.signIn("dora")
	token = cookie(c)
	c.form("/sign-in", url.Values{"account": {"dora"}, "password": {plantedPassword}, "code": {w.code("dora")}}).want(303, "")
	if cookie(c) == token {
		t.Error("the session kept its token")
	}
	replay(token).want(401, "sign-in")
	// Changing a way in needs a fresh sign-in.
	w.clock.wait(11 * time.Minute)
	r := c.form("/account/recovery", nil).want(403, "")
	if !strings.Contains(r.body, "Sign in again first") {
		t.Errorf("%s", r.body)
	}
	// An account that is shut out is out at once, its tokens too.
	c = w.signIn("dora")
	p := c.token("desk")
	p.get("/api/v1/me").want(200, "")
	w.no(w.people.Disable(w.ctx, "dora", w.clock.now()))
	p.get("/api/v1/me").want(401, "sign-in")
	c.get("/api/v1/me").want(401, "sign-in")
}

func TestTokensHaveFewerRightsThanTheirOwners(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "head", "administrator")
	p := c.token("desk")
	p.get("/api/v1/me").want(200, "")
	p.get("/api/v1/people").want(403, "denied")
	c.token("administrator").send("POST", "/api/v1/people/invitations", map[string]any{"account": "x1", "post": map[string]any{"name": "x", "roles": []string{}}}).want(403, "denied")
	for _, own := range []reply{
		p.send("POST", "/api/v1/me/tokens", map[string]any{"name": "more", "roles": []string{"desk"}, "expires": w.clock.now().Add(time.Hour)}),
		p.form("/account/password", url.Values{"password": {"quite another long password"}}),
		p.form("/account/authenticator", nil), p.form("/account/sessions/end-all", nil),
	} {
		own.want(403, "")
	}
	w.clock.wait(25 * time.Hour)
	p.get("/api/v1/me").want(401, "sign-in")
}

func TestOtherSitesCannotMakeABrowserAct(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "desk", "head")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}, {"Origin", "null"},
		{"Sec-Fetch-Site", "cross-site", "Origin", w.origin + ".elsewhere.example"},
	} {
		for _, path := range []string{"/sign-in", "/sign-out", "/account/password", "/account/tokens", "/invitation", "/api/v1/entries", "/api/v1/me/tokens"} {
			c.do("POST", path, strings.NewReader("{}"), append(headers, "Content-Type", "application/json")...).want(403, "wrong-site")
		}
		c.do("DELETE", "/api/v1/me/sessions", nil, headers...).want(403, "wrong-site")
	}
	c.get("/api/v1/me").want(200, "")
	r := w.nobody().form("/sign-in", url.Values{"account": {"amal"}, "password": {plantedPassword}, "code": {w.code("amal")}, "next": {"//elsewhere.example"}}).want(303, "")
	if r.header.Get("Location") != "/" {
		t.Errorf("sent on to %s", r.header.Get("Location"))
	}
	k := r.header.Get("Set-Cookie")
	for _, part := range []string{cookiePlain + "=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(k, part) {
			t.Errorf("cookie %s lacks %s", k, part)
		}
	}
}

func TestCookiesAreBoundToTheHostUnderTLS(t *testing.T) {
	w := newWorld(t)
	w.account("amal", people.Post{Roles: []string{"head"}})
	s, err := newSite(Options{Record: w.record, People: w.people, Log: w.site.Log, Now: w.clock.now, Origin: "https://desk.example"})
	w.no(err)
	w.srv.Config.Handler = s.handler()
	r := w.nobody().do("POST", "/sign-in", strings.NewReader(url.Values{"account": {"amal"}, "password": {plantedPassword}, "code": {w.code("amal")}}.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Host", "desk.example", "Origin", "https://desk.example").want(303, "")
	k := r.header.Get("Set-Cookie")
	if !strings.HasPrefix(k, "__Host-truce=") || !strings.Contains(k, "Secure") || !strings.Contains(k, "HttpOnly") || strings.Contains(k, "Domain") {
		t.Error(k)
	}
	if !strings.HasPrefix(r.header.Get("Strict-Transport-Security"), "max-age=63072000") {
		t.Error("no HSTS")
	}
	w.nobody().get("/").want(421, "wrong-host")
}

func TestHeadersShutBrowsersIn(t *testing.T) {
	w := newWorld(t)
	c := w.as("amal", "head")
	for _, path := range []string{"/rows", "/sign-in", "/account", "/nothing", "/api/v1/me", "/api/v1/nothing", "/health", "/static/style.css", "/log/checkpoint", "/metrics"} {
		r := c.page(path)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if r.header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, r.header.Get(name))
			}
		}
		csp := r.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		if cache := r.header.Get("Cache-Control"); cache == "" || cache != "no-store" && !strings.HasPrefix(path, "/static/") && !strings.HasPrefix(path, "/log/") {
			t.Errorf("%s may be kept: %q", path, cache)
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.PerAddress, o.PerAccount = Rate{1, 5}, Rate{2, 8} })
	w.account("amal", people.Post{Roles: []string{"head"}})
	c, stranger := w.signIn("amal"), w.nobody()
	w.clock.wait(time.Minute)
	var last reply
	count := func(c *client, path string) (n int) {
		for last = c.get(path); last.status != http.StatusTooManyRequests && n < 100; last = c.get(path) {
			n++
		}
		return n
	}
	if n := count(stranger, "/sign-in"); n != 5 {
		t.Errorf("%d requests passed", n)
	}
	if last.want(429, "limited").header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", last.header.Get("Retry-After"))
	}
	// Whoever is signed in at the same address goes on, up to a limit of their own.
	if n := count(c, "/api/v1/me"); n != 8 {
		t.Errorf("%d requests passed", n)
	}
	w.clock.wait(2 * time.Second)
	if n := count(stranger, "/sign-in"); n != 2 {
		t.Errorf("%d requests passed after two seconds", n)
	}
	// Tokens that are tried out count, too.
	stranger.do("GET", "/api/v1/me", nil, "Authorization", "Bearer truce_x").want(429, "limited")
	for range 3 {
		stranger.get("/health").want(200, "")
	}
	// Wrong passwords wait, whatever is left of the rest.
	w.clock.wait(time.Hour)
	for range 5 {
		stranger.form("/sign-in", url.Values{"account": {"amal"}, "password": {"x"}, "code": {"1"}})
		w.clock.wait(time.Second)
	}
	r := stranger.form("/sign-in", url.Values{"account": {"amal"}, "password": {"x"}, "code": {"1"}})
	r = stranger.form("/sign-in", url.Values{"account": {"amal"}, "password": {"x"}, "code": {"1"}})
	if r.status != 429 || r.header.Get("Retry-After") == "" || !strings.Contains(r.body, "Too many attempts") {
		t.Errorf("%d %q %s", r.status, r.header.Get("Retry-After"), r.body)
	}
}

func TestTheClientsAddressIsTheProxysWordOnly(t *testing.T) {
	s := &site{Options: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for _, test := range []struct{ from, forwarded, want string }{
		{"192.0.2.7:1234", "", "192.0.2.7"},
		{"192.0.2.7:1234", "198.51.100.1", "192.0.2.7"},
		{"10.1.2.3:1234", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1234", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1234", "198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:1234", "evil\n, 10.9.9.9", "10.9.9.9"},
		{"10.1.2.3:1234", "", "10.1.2.3"},
		{"[fd00::1]:1", "2001:db8::5", "2001:db8::5"},
		{"[2001:db8::9]:1", "192.0.2.1", "2001:db8::9"},
	} {
		r := &http.Request{RemoteAddr: test.from, Header: http.Header{}}
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := s.address(r); got != test.want {
			t.Errorf("%s forwarded %q: %s, not %s", test.from, test.forwarded, got, test.want)
		}
	}
}

func TestTheDemoIsForThisMachineOnly(t *testing.T) {
	head := headOf("demo")
	w := newWorld(t, func(o *Options) { o.Demo, o.People, o.Origin = &head, nil, "" })
	c := w.nobody()
	for _, path := range []string{"/rows", "/rows/report", "/api/v1/rows/report?limit=1", "/api/v1/exports/incident"} {
		c.page(path).want(200, "")
	}
	if r := c.page("/rows"); !strings.Contains(r.body, "Demo") || strings.Contains(r.body, "sign-out") {
		t.Errorf("the page does not say that it is a demo: %s", r.body)
	}
	c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "by-demo"})).want(200, "")
	for _, host := range []string{"elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "192.0.2.7", "[2001:db8::1]"} {
		c.do("GET", "/api/v1/rows/report", nil, "Host", host).want(421, "wrong-host")
	}
	for _, host := range []string{"localhost:99", "127.0.0.1", "[::1]:80", "LOCALHOST"} {
		if r := c.do("GET", "/api/v1/checkpoint", nil, "Host", strings.ToLower(host)); r.status != 200 {
			t.Errorf("%s: %d", host, r.status)
		}
	}
	c.do("GET", "/api/v1/rows/report", nil, "X-Forwarded-For", "192.0.2.7").want(403, "denied")
	c.do("GET", "/api/v1/rows/report", nil, "Forwarded", "for=192.0.2.7").want(403, "denied")
	c.do("POST", "/api/v1/entries", strings.NewReader("{}"), "Sec-Fetch-Site", "cross-site").want(403, "wrong-site")
	c.get("/account").want(404, "absent")
}

func TestUnfitOptionsAreNamed(t *testing.T) {
	w := newWorld(t)
	head := access.Person{ID: "demo"}
	good := w.site.Options
	for field, change := range map[string]func(*Options){
		"Record": func(o *Options) { o.Record = nil },
		"Log":    func(o *Options) { o.Log = nil },
		"People": func(o *Options) { o.People = nil },
		"Origin": func(o *Options) { o.Origin = "http://desk.example" },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, origin := range []string{"desk.example", "https://desk.example/", "https://desk.example?x", "https://u@desk.example", "ftp://desk.example", "https://"} {
		o := good
		o.Origin = origin
		if _, err := New(o); err == nil {
			t.Errorf("%s is taken", origin)
		}
	}
	o := good
	o.Demo, o.Origin = &head, "https://desk.example"
	if _, err := New(o); err == nil {
		t.Error("a demo for the world is taken")
	}
}

// TestRawRequests sends what no client would.
func TestRawRequests(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ send, want string }{
		{"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", "421"},
		{"GET / HTTP/1.1\r\n\r\n", "400"},
		{"GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "421"},
		{"GET //elsewhere.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"},
		{"POST /api/v1/entries HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "401"},
		{"GET /%zz HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
		{"GET /\x00 HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"},
		{"GET /api/v1/me HTTP/1.1\r\nHost: HOST\r\nX-A: a\nb\r\n\r\n", "400"},
		{"nonsense\r\n\r\n", "400"},
	} {
		c, err := net.Dial("tcp", w.srv.Listener.Addr().String())
		w.no(err)
		host := strings.TrimPrefix(w.origin, "http://")
		fmt.Fprint(c, strings.ReplaceAll(test.send, "HOST", host))
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil || !strings.Contains(line, " "+test.want+" ") {
			t.Errorf("%q: %q %v", test.send, line, err)
		}
		c.Close()
	}
}

// FuzzRequest: whatever is asked, the answer has its headers, one line in the log, and no
// fault of ours.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][4]string{
		{"GET", "/", "", ""}, {"POST", "/sign-in", "account=a&password=b", "application/x-www-form-urlencoded"},
		{"POST", "/api/v1/entries", `{"acts":[{"kind":"incident.opened","fields":{"id":"x"}}]}`, "application/json"},
		{"GET", "/api/v1/rows/report/C001%2F1?as_of=10", "", ""}, {"GET", "/log/tile/0/x001/000.p/3", "", ""},
		{"PUT", "/api/v1/people/x/post", `{"name":"x","roles":["head"]}`, "application/json"}, {"GET", "/invitation?token=x", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	w := serveWorld(f, f.TempDir()) // an empty record: fuzzing makes everything slow
	f.Fuzz(func(t *testing.T, method, path, body, kind string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(method+kind, " \r\n\x00") {
			t.Skip()
		}
		r, err := http.NewRequest(method, w.origin+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Skip()
		}
		r.Host, r.RemoteAddr = strings.TrimPrefix(w.origin, "http://"), "127.0.0.1:1"
		r.Header.Set("Content-Type", kind)
		w.log.take(t)
		w.clock.wait(time.Second)
		rec := newRecorder()
		w.site.handler().ServeHTTP(rec, r)
		if rec.status >= 500 || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %d %v %s", method, path, rec.status, rec.Header(), rec.body.String())
		}
		if n := len(w.log.take(t)); n != 1 {
			t.Errorf("%d lines", n)
		}
	})
}

// FuzzLocal: where somebody is sent next is always here.
func FuzzLocal(f *testing.F) {
	for _, s := range []string{"/", "/rows", "//x", "/\\x", "https://x", "/a?b=//c", "/\t/x", "javascript:alert(1)", "/%2f/x", ""} {
		f.Add(s)
	}
	base, _ := url.Parse("https://desk.example/sign-in")
	f.Fuzz(func(t *testing.T, next string) {
		got := local(next)
		u, err := base.Parse(got)
		if err != nil || u.Host != "desk.example" || u.Scheme != "https" || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.HasPrefix(got, "/\\") {
			t.Errorf("%q leads to %q", next, got)
		}
	})
}

// recorder takes an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(s int) {
	if r.status == 0 {
		r.status = s
	}
}
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(200)
	return r.body.Write(b)
}
