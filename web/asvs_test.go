package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/desk"
	"truce/people"
)

// The items of OWASP ASVS 5.0 that this issue is held to, each over real HTTP.

// everyWayOut are the ways by which something of a report might get out.
func everyWayOut(id string, n int64) []string {
	return []string{
		"/api/v1/rows/report?limit=1000", "/api/v1/rows/report?limit=1000&newest=true", "/api/v1/rows/report?text=" + plantedText,
		"/api/v1/rows/element?limit=1000", "/api/v1/rows/element?parent=" + id, "/api/v1/rows/report?box=-180,-90,180,90&limit=1000",
		"/api/v1/rows/report/" + id, "/api/v1/rows/element/" + id, "/api/v1/rows/report/" + id + "/history", "/api/v1/rows/element/" + id + "/history",
		"/api/v1/counts/report", "/api/v1/counts/report?text=" + plantedText, "/api/v1/verdicts?element=" + id,
		"/api/v1/exports/report?format=csv", "/api/v1/exports/report?format=json", "/api/v1/exports/report?format=geojson", "/api/v1/exports/element?format=geojson",
		fmt.Sprintf("/api/v1/entries?from=%d", n), fmt.Sprintf("/api/v1/entries/%d", n), fmt.Sprintf("/api/v1/entries/%d/receipt", n),
		"/rows/report?newest=1", "/rows/report?text=" + plantedText, "/rows/report/" + id, "/rows/element/" + id, fmt.Sprintf("/entries/%d", n), "/entries?from=" + fmt.Sprint(n),
		"/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1",
	}
}

func TestASVS_8_2_2_DataSpecificAccess(t *testing.T) {
	w := newWorld(t)
	planted := w.plant() // for amal alone
	everything := w.as("amal", "desk", "head", "verifier")
	if r := everything.get("/api/v1/rows/report/planted"); r.status != 200 || !strings.Contains(r.body, plantedText) {
		t.Fatalf("who may see it does not: %d %s", r.status, r.body)
	}
	count := everything.get("/api/v1/counts/report").json()["count"].(float64)
	for _, role := range []string{"public", "monitor", "desk", "verifier", "liaison", "head", "administrator"} {
		c := w.as("other-"+role, role)
		for _, path := range everyWayOut("planted", planted.N) {
			r := c.do("GET", path, nil, "Accept", "text/html, application/json")
			for _, secret := range []string{plantedText, plantedSource, plantedName} {
				asked := strings.NewReplacer(`value="`+secret+`"`, "", "text="+secret, "") // what somebody searched for stands in the box and in the page's own address
				if strings.Contains(asked.Replace(r.body), secret) {
					t.Errorf("%s gets %s from %s: %s", role, secret, path, r.body)
				}
			}
			if r.status >= 500 {
				t.Errorf("%s %s: %d", role, path, r.status)
			}
		}
		for _, path := range []string{"/api/v1/rows/report/planted", "/api/v1/rows/report/planted/history", fmt.Sprintf("/api/v1/entries/%d", planted.N), fmt.Sprintf("/api/v1/entries/%d/receipt", planted.N)} {
			there, not := c.get(path), c.get(strings.NewReplacer("planted", "no-such", fmt.Sprint(planted.N), "99999").Replace(path))
			if there.status != 404 || not.status != 404 || there.body != not.body {
				t.Errorf("%s can tell what is there: %s: %d %s, absent: %d %s", role, path, there.status, there.body, not.status, not.body)
			}
		}
		if n := c.get("/api/v1/counts/report").json()["count"].(float64); n >= count {
			t.Errorf("%s counts %v reports", role, n)
		}
		if n := c.get("/api/v1/counts/report?text=" + plantedText).json()["count"].(float64); n != 0 {
			t.Errorf("%s finds the planted words", role)
		}
	}
}

func TestASVS_8_2_3_FieldLevelAccess(t *testing.T) {
	w := newWorld(t)
	_, err := w.record.HandIn(w.ctx, headOf("amal"), "green", desk.Handed{Report: truce.Report{ID: "green", Source: plantedSource, Text: plantedText,
		Elements: []truce.Element{{ID: "green", Title: "open", Acts: []string{"shelling"}, Where: []truce.Place{{Form: truce.FormDisc, Lat: 36.2123456, Lon: 37.1654321, Within: 50, Name: plantedName}}}}}, Mark: "TLP:GREEN"})
	w.no(err)
	paths := []string{"/api/v1/rows/report/green", "/api/v1/rows/report?limit=1000", "/api/v1/rows/report/green/history", "/api/v1/rows/element/green", "/api/v1/rows/element?limit=1000",
		"/api/v1/exports/report?format=json", "/api/v1/exports/element?format=geojson", "/api/v1/exports/element?format=csv", "/rows/report/green", "/rows/element/green"}
	for _, test := range []struct {
		role   string
		open   bool     // the row itself
		hidden []string // what stays withheld on every way out
	}{
		{"desk", true, nil},
		{"liaison", true, []string{plantedSource, plantedText, plantedName, "36.2123456", "37.1654321"}},
		{"monitor", true, []string{plantedSource, plantedText, plantedName, "36.2123456", "37.1654321"}},
		{"public", false, []string{plantedSource, plantedText, plantedName, "36.2123456"}},
		{"administrator", false, []string{plantedSource, plantedText, plantedName, "36.2123456"}},
	} {
		c := w.as("f-"+test.role, test.role)
		if r := c.get("/api/v1/rows/report/green"); (r.status == 200) != test.open {
			t.Errorf("%s: %d %s", test.role, r.status, r.body)
		}
		for _, path := range paths {
			r := c.do("GET", path, nil, "Accept", "text/html, application/json")
			for _, h := range test.hidden {
				if strings.Contains(r.body, h) {
					t.Errorf("%s gets %s from %s: %s", test.role, h, path, r.body)
				}
			}
		}
	}
	// Whoever may see places exactly on the screen may not carry them off.
	for _, format := range []string{"csv", "json", "geojson"} {
		if r := w.signIn("f-desk").get("/api/v1/exports/element?format=" + format); r.status != 200 || strings.Contains(r.body, "36.2123456") || strings.Contains(r.body, plantedSource) {
			t.Errorf("the desk exports exact places or sources as %s: %d", format, r.status)
		}
	}
	// Fields that are not declared cannot be written past the rules.
	r := w.signIn("f-desk").send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "report.corrected", "fields": map[string]any{"id": "green", "elements": []any{}, "reason": "x", "mark": "TLP:CLEAR", "author": "head", "secret": 1}}}})
	r.want(422, "invalid")
}

func TestASVS_8_3_1_DecidedWhereTheClientCannotReach(t *testing.T) {
	w := newWorld(t)
	w.plant()
	c := w.as("mona", "monitor")
	// Whatever a client says of itself in headers, cookies, fields or the query counts for nothing.
	for _, headers := range [][]string{
		{"X-Role", "head"}, {"X-Forwarded-User", "amal"}, {"X-Original-URL", "/api/v1/people"}, {"X-HTTP-Method-Override", "GET"}, {"Cookie", "role=head; who=amal"}, {"X-Forwarded-For", "127.0.0.1"},
	} {
		c.do("GET", "/api/v1/rows/report/planted", nil, headers...).want(404, "absent")
		if headers[0] != "Cookie" {
			c.do("GET", "/api/v1/people", nil, headers...).want(403, "denied")
		}
	}
	c.get("/api/v1/rows/report/planted?who=amal").want(422, "invalid")
	c.get("/api/v1/rows/report/planted?roles=head").want(422, "invalid")
	// A page that offers no button for it is no protection: the request itself is refused.
	c.form("/account/tokens", url.Values{"name": {"x"}, "role": {"head"}, "days": {"30"}})
	if r := c.get("/api/v1/me/tokens"); strings.Contains(r.body, "head") {
		t.Error("a monitor made a token of a head")
	}
	c.send("POST", "/api/v1/me/tokens", map[string]any{"name": "x", "roles": []string{"head"}, "expires": w.clock.now().Add(time.Hour)}).want(422, "invalid")
	c.send("PUT", "/api/v1/people/mona/post", map[string]any{"name": "mona", "roles": []string{"head"}}).want(403, "denied")
	// The author of an entry is who made it, whatever the entry claims.
	d := w.as("dora", "desk")
	r := d.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": "i-1", "author": "amal"}}}}).want(200, "")
	if r := d.get("/api/v1/rows/incident/i-1"); !strings.Contains(r.body, `"author":"dora"`) {
		t.Errorf("somebody else is the author: %s %s", r.body, r.body)
	}
	// Posts are read anew at each request: taking them away needs no new sign-in.
	w.no(w.people.Assign(w.ctx, "dora", people.Post{Name: "dora"}, w.clock.now()))
	d.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": "i-2"}}}}).want(403, "denied")
	_ = r
}

func TestASVS_8_4_1_NobodyReachesAnothersThings(t *testing.T) {
	w := newWorld(t)
	w.account("nora", people.Post{Roles: []string{"liaison"}, Party: "north"})
	w.account("sami", people.Post{Roles: []string{"liaison"}, Party: "south"})
	nora, sami := w.signIn("nora"), w.signIn("sami")
	report := func(id, mark string) map[string]any {
		return map[string]any{"report": map[string]any{"id": id, "text": plantedText, "elements": []any{map[string]any{"id": id, "act": []string{"shelling"}}}}, "mark": mark}
	}
	nora.send("POST", "/api/v1/reports", report("n-1", "TLP:AMBER PARTY:north"), "Idempotency-Key", "one").want(200, "")
	// One party's word is not another's to read, to change or to speak.
	sami.get("/api/v1/rows/report/n-1").want(404, "absent")
	if r := sami.get("/api/v1/counts/report").json()["count"].(float64); r != 0 {
		t.Errorf("south counts %v reports", r)
	}
	sami.send("POST", "/api/v1/reports", report("s-1", "TLP:AMBER PARTY:north"), "Idempotency-Key", "two").want(403, "denied")
	// A submission's name is its sender's: the same name by somebody else is another submission.
	r := sami.send("POST", "/api/v1/reports", report("s-2", "TLP:AMBER PARTY:south"), "Idempotency-Key", "one").want(200, "")
	if strings.Contains(r.body, "repeat") {
		t.Error("south's submission is taken for north's")
	}
	nora.get("/api/v1/rows/report/s-2").want(404, "absent")
	// Nor sessions, nor tokens, nor accounts.
	mine := nora.get("/api/v1/me/sessions").json()["sessions"].([]any)[0].(map[string]any)["id"].(string)
	sami.send("DELETE", "/api/v1/me/sessions/"+mine, nil).want(404, "absent")
	prog := nora.token("liaison")
	id := nora.get("/api/v1/me/tokens").json()["tokens"].([]any)[0].(map[string]any)["id"].(string)
	sami.send("DELETE", "/api/v1/me/tokens/"+id, nil).want(404, "absent")
	sami.form("/account/tokens/revoke", url.Values{"id": {id}})
	sami.form("/account/sessions/end", url.Values{"id": {mine}})
	sami.send("POST", "/api/v1/people/nora/disable", nil).want(403, "denied")
	nora.get("/api/v1/me").want(200, "")
	prog.get("/api/v1/rows/report/n-1").want(200, "")
}

func TestASVS_16_3_1_EveryAuthenticationIsLogged(t *testing.T) {
	w := newWorld(t)
	w.account("amal", people.Post{Roles: []string{"head"}})
	invite, _, err := w.people.Invite(w.ctx, people.Invitation{Account: "new", Post: people.Post{Name: "New"}}, w.clock.now())
	w.no(err)
	good := func() url.Values {
		return url.Values{"account": {"amal"}, "password": {plantedPassword}, "code": {w.code("amal")}}
	}
	change := func(name, value string) url.Values { v := good(); v.Set(name, value); return v }
	c := w.nobody()
	for _, test := range []struct {
		what   string
		do     func() reply
		status int
		msg    string
		want   map[string]string // of the line
	}{
		{"wrong password", func() reply { return c.form("/sign-in", change("password", "planted-wrong")) }, 401, "refused", map[string]string{"act": "sign-in", "way": people.HowPassword, "refusal.reason": people.ReasonPassword, "refusal.account": "amal"}},
		{"wrong code", func() reply { return c.form("/sign-in", change("code", "000000")) }, 401, "refused", map[string]string{"refusal.reason": people.ReasonCode, "way": people.HowPassword}},
		{"no such account", func() reply { return c.form("/sign-in", change("account", plantedName)) }, 401, "refused", map[string]string{"refusal.reason": people.ReasonUnknown}},
		{"signed in", func() reply { return c.form("/sign-in", good()) }, 303, "signed in", map[string]string{"who": "amal", "way": people.HowPassword, "two_factor": "true", "from": "127.0.0.1"}},
		{"the same code again", func() reply { return w.nobody().form("/sign-in", good()) }, 401, "refused", map[string]string{"refusal.reason": people.ReasonReplay}},
		{"signed out", func() reply { return c.form("/sign-out", nil) }, 303, "signed out", map[string]string{"who": "amal"}},
		{"bad token", func() reply { return c.do("GET", "/api/v1/me", nil, "Authorization", "Bearer truce_"+plantedName) }, 401, "refused", map[string]string{"refusal.reason": people.ReasonToken}},
		{"no bearer", func() reply { return c.do("GET", "/api/v1/me", nil, "Authorization", "Basic "+plantedName) }, 401, "refused", map[string]string{"reason": "no bearer token"}},
		{"over", func() reply { return c.do("GET", "/api/v1/me", nil, "Cookie", cookiePlain+"="+plantedName) }, 401, "refused", map[string]string{"reason": "session over"}},
		{"passkey", func() reply {
			return c.send("POST", "/sign-in/passkey/finish", map[string]any{"token": plantedName, "answer": map[string]any{}})
		}, 401, "refused", map[string]string{"act": "sign-in", "way": people.HowPasskey, "refusal.reason": people.ReasonCeremony}},
		{"sso", func() reply { return c.get("/sign-in/back?state=" + plantedQuery + "&code=" + plantedQuery) }, 403, "refused", map[string]string{"act": "sign-in", "way": people.HowProvider, "refusal.reason": people.ReasonCeremony}},
		{"bad invitation", func() reply { return c.form("/invitation", url.Values{"token": {plantedName}}) }, 403, "refused", map[string]string{"way": people.HowInvitation, "refusal.reason": people.ReasonInvitation}},
		{"invitation", func() reply { return c.form("/invitation", url.Values{"token": {invite.Reveal()}}) }, 303, "signed in", map[string]string{"who": "new", "way": people.HowInvitation, "two_factor": "false"}},
		{"password set", func() reply { return c.form("/account/password", url.Values{"password": {plantedPassword}}) }, 303, "password set", map[string]string{"who": "new"}},
		{"signed out everywhere", func() reply { return c.form("/account/sessions/end-all", nil) }, 303, "signed out everywhere", map[string]string{"who": "new"}},
	} {
		w.clock.wait(time.Second) // the throttle lets the next try pass
		w.log.take(t)
		if r := test.do(); r.status != test.status {
			t.Errorf("%s: status %d, not %d: %s", test.what, r.status, test.status, r.body)
		}
		got := w.log.take(t)
		if len(got) != 1 || got[0]["msg"] != test.msg {
			t.Errorf("%s: the log says %v", test.what, got)
			continue
		}
		for name, want := range test.want {
			if s := fmt.Sprint(lookup(got[0], name)); s != want {
				t.Errorf("%s: %s is %q, not %q: %v", test.what, name, s, want, got[0])
			}
		}
	}
}

// lookup finds "a.b" in a line of the log.
func lookup(line map[string]any, name string) any {
	group, rest, nested := strings.Cut(name, ".")
	if !nested {
		return line[name]
	}
	inner, _ := line[group].(map[string]any)
	return lookup(inner, rest)
}

func TestASVS_16_3_2_EveryRefusalIsLoggedOnce(t *testing.T) {
	w := newWorld(t)
	planted := w.plant()
	c := w.as("mona", "monitor")
	l := w.as("lina", "liaison")
	act := map[string]any{"acts": []any{map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": plantedName, "title": plantedText}}}}
	for _, test := range []struct {
		what string
		do   func() reply
		want map[string]string
	}{
		{"a row", func() reply { return c.get("/api/v1/rows/report/planted") }, map[string]string{"action": "read", "kind": "report", "who": "mona", "route": "GET /api/v1/rows/{kind}/{id}"}},
		{"a row's page", func() reply { return c.page("/rows/report/planted") }, map[string]string{"action": "read", "kind": "report", "route": "GET /rows/{kind}/{id}"}},
		{"an entry", func() reply { return c.get(fmt.Sprintf("/api/v1/entries/%d", planted.N)) }, map[string]string{"action": "read", "kind": "report"}},
		{"a receipt", func() reply { return c.get(fmt.Sprintf("/api/v1/entries/%d/receipt", planted.N)) }, map[string]string{"action": "read", "kind": "report"}},
		{"an act", func() reply { return c.send("POST", "/api/v1/entries", act) }, map[string]string{"action": "join", "kind": "incident"}},
		{"a proposal", func() reply {
			return c.send("POST", "/api/v1/proposals", map[string]any{"kind": "mark.widened", "fields": map[string]any{"kind": "report", "row": "planted", "to": "TLP:CLEAR", "reason": plantedText}})
		}, map[string]string{"action": "widen", "kind": "report"}},
		{"destruction", func() reply {
			return l.send("POST", fmt.Sprintf("/api/v1/entries/%d/destroy", planted.N), map[string]any{"fields": []string{"text"}, "reason": plantedText})
		}, map[string]string{"action": "destroy", "who": "lina"}},
		{"people", func() reply { return c.get("/api/v1/people") }, map[string]string{"action": "administer", "kind": "person"}},
		{"an invitation", func() reply {
			return c.send("POST", "/api/v1/people/invitations", map[string]any{"account": "x1", "post": map[string]any{"name": plantedName, "roles": []string{"head"}}})
		}, map[string]string{"action": "invite"}},
		{"metrics", func() reply { return c.get("/metrics") }, map[string]string{"action": "read", "kind": "machine"}},
		{"nobody", func() reply { return w.nobody().get("/api/v1/rows/report?text=" + plantedQuery) }, map[string]string{"who": "", "code": "sign-in"}},
		{"nobody's page", func() reply { return w.nobody().page("/rows/report?text=" + plantedQuery) }, map[string]string{"who": "", "code": "sign-in", "status": "303"}},
		{"another site", func() reply {
			return c.do("POST", "/sign-out", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://"+plantedName+".example")
		}, map[string]string{"code": "wrong-site"}},
		{"another host", func() reply { return c.do("GET", "/", nil, "Host", plantedName+".example") }, map[string]string{"code": "wrong-host"}},
		{"no route", func() reply { return c.get("/" + plantedName + "?q=" + plantedQuery) }, map[string]string{"code": "absent", "route": ""}},
		{"another method", func() reply { return c.do("PATCH", "/api/v1/state", nil) }, map[string]string{"code": "wrong-method", "status": "405"}},
		{"a made-up kind", func() reply { return c.get("/api/v1/rows/" + plantedName + "/x") }, map[string]string{"code": "absent"}},
	} {
		w.log.take(t)
		r := test.do()
		got := w.log.take(t)
		if len(got) != 1 || got[0]["msg"] != "refused" || got[0]["level"] != "WARN" || fmt.Sprint(got[0]["status"]) != fmt.Sprint(r.status) {
			t.Errorf("%s: %d %s; the log says %v", test.what, r.status, r.body, got)
			continue
		}
		for name, want := range test.want {
			if s := fmt.Sprint(lookup(got[0], name)); s != want {
				t.Errorf("%s: %s is %q, not %q: %v", test.what, name, s, want, got[0])
			}
		}
		if s := fmt.Sprint(got[0]); strings.Contains(s, "planted") {
			t.Errorf("%s: the log repeats what was asked or what is there: %s", test.what, s)
		}
		if r.header.Get("X-Request-Id") != got[0]["id"] {
			t.Errorf("%s: the answer and the log have different names", test.what)
		}
	}
}

func TestASVS_16_4_2_LogsCannotBeReadOrForged(t *testing.T) {
	w := newWorld(t)
	a := w.as("root", "administrator")
	w.log.take(t)
	// Nothing that comes in makes a line of its own or changes another's fields.
	forged := "amal\",\"msg\":\"signed in\"}\n{\"msg\":\"signed in\",\"who\":\"forged\"}\r\n"
	n := 0
	send := func(method, path string, headers ...string) {
		a.do(method, path, nil, headers...)
		n++
	}
	send("GET", "/"+url.PathEscape(forged))
	send("GET", "/api/v1/rows/"+url.PathEscape(forged)+"/x")
	send("GET", "/api/v1/rows/report/x?as_of="+url.QueryEscape(forged))
	send("GET", "/", "User-Agent", strings.NewReplacer("\n", "", "\r", "").Replace(forged), "X-Forwarded-For", "forged, \"x\"")
	send("FORGED", "/")
	a.form("/sign-in", url.Values{"account": {forged}, "password": {forged}, "code": {forged}})
	n++
	got := w.log.take(t)
	if len(got) != n {
		t.Errorf("%d lines for %d requests", len(got), n)
	}
	for _, line := range got {
		if s := fmt.Sprint(line); strings.Contains(s, "forged") || strings.Contains(s, "FORGED") || line["msg"] == "signed in" {
			t.Errorf("forged: %v", line)
		}
	}
	// No route shows the log, whoever asks, nor takes lines for it.
	for _, path := range []string{"/log", "/log/", "/logs", "/log/log", "/api/v1/log", "/api/v1/logs", "/debug/pprof/", "/debug/vars", "/log/../web.log", "/static/../words/en/common.json", "/static/..%2fwords/en/common.json", "/static/", "/dist/", "/dist/../pages/layout.html", "/words/en/common.json"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if r := a.do(method, path, nil); r.status < 400 && !strings.Contains(path, "static") && r.header.Get("Location") != "/log/" {
				t.Errorf("%s %s: %d", method, path, r.status)
			} else if strings.Contains(r.body, `"msg"`) || strings.Contains(r.body, "sign-in.title") {
				t.Errorf("%s %s shows too much: %s", method, path, r.body)
			}
		}
	}
}

func TestASVS_16_5_3_FailsClosed(t *testing.T) {
	w := newWorld(t)
	w.plant()
	c := w.as("amal", "desk", "head")
	prog := c.token("desk")
	mona := w.as("mona", "monitor")
	before, err := w.record.Wait(w.ctx, -1)
	w.no(err)
	// One act of several is not right: none is entered.
	c.send("POST", "/api/v1/entries", map[string]any{"acts": []any{
		map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": "half"}}, map[string]any{"kind": "incident.opened", "fields": map[string]any{}},
	}}).want(422, "invalid")
	if n, _ := w.record.Wait(w.ctx, -1); n != before {
		t.Errorf("half a submission was entered")
	}
	// The database is gone: nobody is taken for somebody, and nothing is shown, to anybody.
	w.no(w.db.Close())
	w.log.take(t)
	n := 0
	for _, who := range []*client{c, prog, mona, w.nobody()} {
		for _, path := range append(everyWayOut("planted", 225), "/", "/account", "/api/v1/me", "/api/v1/people", "/api/v1/state", "/ready", "/metrics") {
			r := who.do("GET", path, nil, "Accept", "text/html, application/json")
			n++
			if r.status < 300 || strings.Contains(r.body, "planted-") && !strings.Contains(path, plantedText) {
				t.Errorf("%s without a database: %d %s", path, r.status, r.body)
			}
			for _, inner := range []string{"sql", "SQL", "database is closed", ".go:", "goroutine", "/tmp"} {
				if strings.Contains(r.body, inner) {
					t.Errorf("%s tells of the inside: %s", path, r.body)
				}
			}
		}
	}
	c.form("/sign-in", url.Values{"account": {"amal"}, "password": {plantedPassword}, "code": {w.code("amal")}}).broken()
	c.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": "x"}}}}).broken()
	if got := w.log.take(t); len(got) != n+2 {
		t.Errorf("%d lines for %d requests", len(got), n+2)
	}
	w.nobody().get("/health").want(200, "")
}

// broken fails unless the answer says that something is wrong on our side.
func (r reply) broken() {
	r.t.Helper()
	if r.status < 500 || r.header.Get("Set-Cookie") != "" && !strings.Contains(r.header.Get("Set-Cookie"), "Max-Age=0") {
		r.t.Errorf("%d %v %s", r.status, r.header, r.body)
	}
}

func TestASVS_16_5_3_APanicLetsNobodyIn(t *testing.T) {
	w := newWorld(t)
	w.site.page("GET /before", true, func(http.ResponseWriter, *http.Request) error { panic(errors.New(plantedText)) })
	w.site.page("POST /after", true, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("half"))
		panic(plantedText)
	})
	c := w.nobody()
	r := c.get("/before").want(500, "internal")
	if strings.Contains(r.body, "planted") {
		t.Errorf("the panic is shown: %s", r.body)
	}
	if resp, err := c.http.Do(c.request("POST", "/after", nil)); err == nil {
		b := make([]byte, 200)
		if n, err := resp.Body.Read(b); n == 100 || err == nil && n > 4 {
			t.Errorf("half an answer looks whole: %q", b[:n])
		}
		resp.Body.Close()
	}
	got := w.log.take(t)
	if len(got) != 2 || got[0]["msg"] != "failed" || got[1]["msg"] != "failed" {
		t.Errorf("the log says %v", got)
	}
	if slices.ContainsFunc(got, func(m map[string]any) bool { return m["stack"] == nil }) {
		t.Error("the log does not say where")
	}
}
