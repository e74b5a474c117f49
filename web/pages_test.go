package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"truce/people"
	"truce/screen"
)

// TestEveryPageIsShown renders every template, in all its states.
func TestEveryPageIsShown(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Send = true })
	w.plant()
	w.account("amal", people.Post{Roles: []string{"desk", "verifier", "head"}, Party: "", Org: "mission"})
	invite, _, err := w.people.Invite(w.ctx, people.Invitation{Account: "new", Post: people.Post{Name: "Nour <b>", Roles: []string{"liaison"}, Party: "north"}}, w.clock.now())
	w.no(err)
	renew, _, err := w.people.Renew(w.ctx, "amal", "root", w.clock.now())
	w.no(err)
	shown := map[string]bool{}
	look := func(c *client, path, template string, status int, words ...string) reply {
		t.Helper()
		r := c.page(path)
		check(t, template, r, status, words...)
		shown[template] = true
		return r
	}
	nobody := w.nobody()
	look(nobody, "/sign-in", "sign-in", 200, "Account", "Password", "Code", `action="/sign-in"`)
	look(nobody, "/invitation?token="+invite.Reveal(), "invitation", 200, "An invitation for <bdi>Nour &lt;b&gt;", "liaison", "north", invite.Reveal())
	look(nobody, "/invitation?token="+renew.Reveal(), "invitation", 200, "New ways in for <bdi>amal")
	look(nobody, "/invitation?token=none", "problem", 403, "This invitation is not good")
	look(nobody, "/nothing", "problem", 404, "Nothing here")
	for _, path := range []string{"/", "/rows", "/rows/report?text=a", "/entries/3", "/account"} {
		if r := nobody.page(path); r.status != 303 || r.header.Get("Location") != "/sign-in?next="+url.QueryEscape(path) {
			t.Errorf("%s: %d %s", path, r.status, r.header.Get("Location"))
		}
	}
	c := w.signIn("amal")
	look(c, "/", "situation", 200, "What this is", "151</span> incidents", "What to find out next", "What this can and cannot say")
	look(c, "/?about=0&from=2016-09-12&to=2016-09-18&compare=2016-09-05..2016-09-11&agreement=sy-cessation-2016-09", "situation", 200, "Two stretches side by side", "Difference")
	look(c, "/?from=soon", "problem", 422, "this is no day")
	look(c, "/incidents", "incidents", 200, "151 incidents of 151", `rel="next"`, "one element")
	look(c, "/incidents/C139", "incident", 200, "Urum al-Kubra", "Contradictions to work on", "Condition by condition", "How it came to be", "truce verify RECEIPT")
	look(c, "/incidents?q=%3Cscript%3E", "incidents", 200, "No incident that you may see fits.", `value="&lt;script&gt;"`)
	look(c, "/record", "state", 200, "227 entries", "desk.example", "truce verify", "— desk.example ")
	look(c, "/record?as_of=100", "state", 200, "100 entries")
	look(c, "/?as_of=soon", "problem", 422, "As of", "neither a number of entries nor a time")
	look(c, "/read", "read", 200, "Text of the account", "No account has been kept", `name="file"`)
	look(c, "/read/beside", "readbeside", 200, "Compare two texts", "Nothing of it is stored.")
	look(c, "/rows", "kinds", 200, `href="/rows/report"`, `href="/rows/element"`)
	look(c, "/rows/report", "rows", 200, "C001", "151 that you may see", `rel="next"`)
	look(c, "/rows/report?text=nothing-like-it", "rows", 200, "Nothing here that you may see fits.")
	look(c, "/rows/report?text=%3Cscript%3E", "rows", 200, `value="&lt;script&gt;"`)
	look(c, "/rows/nothing", "problem", 404, "Nothing here")
	look(c, "/rows/report/planted", "row", 200, plantedText, "receipt of entry 225", "shown here")
	look(c, "/rows/element/C001%2F1", "row", 200, "C001/1")
	look(c, "/entries?from=20", "entries", 200, "Report received", `rel="next"`)
	look(c, "/entries/0", "entry", 200, "Key enrolled", "truce/entry/1", `rel="next" href="/entries/1"`)
	look(c, "/entries/225", "entry", 200, "Report received", plantedText, "TLP:RED", `rel="prev" href="/entries/224"`)
	look(c, "/record/check?entry=3", "check", 200, "Check the record", `value="3"`, "truce verify", "go run ./verifier")
	look(c, "/record/check?entry=x", "problem", 422, "entry", "a whole number from 0")
	look(c, "/entries?from=x", "problem", 422, "From", "a whole number from 0")
	look(c, "/verify", "verify", 200, "Verification", "acts wait for a second person", "Received", `href="/verify/C102"`)
	look(c, "/verify/C139", "verifycase", 200, "What the terms say of what is known", "Make a finding", "New task", "How access went", "Condition by condition")
	look(c, "/verify/nothing", "problem", 404, "Nothing here")
	look(c, "/proposals", "proposals", 200, "Nothing waits that you may see.")
	look(c, "/calming", "calming", 200, "No fire is known to go on", "New contact line", "Ask a party")
	look(c, "/calming/C139", "calmingcase", 200, "We ask you to have the fire stopped", "Read back", "Their clock", "Measures")
	look(c, "/telling", "telling", 200, "Nothing was published that you may see.", `href="/feeds/releases.atom"`)
	look(c, "/telling/new?row=incident/C139", "tellingnew", 200, "incident/C139</textarea>", "See what leaves")
	look(c, "/telling/releases/none", "problem", 404, "Nothing here")
	look(c, "/telling/deliveries", "deliveries", 200, "Nothing leaves by itself")
	told, _ := c.release("Bulletin <b>", "CLEAR", "")
	look(c, "/telling/releases/"+told, "tellingrelease", 200, "Bulletin &lt;b&gt;", "Correct a figure", "Withdraw the release", "comes out with the hash")
	look(c, "/calm", "calm", 200, "What each window shows", "Clocks of calm", "How this is found")
	look(c, "/calm?side=north", "problem", 422, "side")
	look(c, "/days", "days", 200, "A reporting day begins at 00:00", "August 2016")
	look(c, "/days/2016-05-05", "day", 200, "Report of Thursday, 5 May 2016", "20 to 273")
	look(c, "/agreements", "agreements", 200, "Terms for a Cessation of Hostilities in Syria", "When they were in force")
	look(c, "/agreements/sy-cessation-2016-09", "agreement", 200, "Duties and their code", "section 3, Castello Road", "by the word of")
	look(c, "/agreements/sy-coh-2016-02/versions", "versions", 200, "There is one version only")
	look(c, "/agreements/try", "try", 200, "Nothing of it is stored.")
	look(c, "/reconcile", "reconcile", 200, "Two ledgers", "From the record", "From two files")
	look(c, "/actors", "actors", 200, "Jabhat Fatah al-Sham", "Actors are never ranked")
	look(c, "/actors/nusra", "actor", 200, "Renamings", "UN Security Council list")
	look(c, "/take", "take", 200, "Show what was heard", "A watch was kept")
	look(c, "/upload", "upload", 200, "Hand in a file")
	look(c, "/inbox", "inbox", 200, "Nothing waits.")
	look(c, "/inbox?at=none", "problem", 404, "Nothing here")
	look(nobody, "/send", "send", 200, "You need no account")
	look(nobody, "/send/receipt", "receipt", 200, "Enter the code")
	look(nobody, "/complaints", "complaints", 200, "No complaint is on the list.")
	look(c, "/account", "account", 200, "amal", "An app is set up.", "Where you are signed in", "(here)", "Make a token")
	// Follow the next link, and go back in time.
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(c.page("/rows/report").body)
	if r := look(c, strings.ReplaceAll(next[1], "&amp;", "&"), "rows", 200); strings.Contains(r.body, "C001<") {
		t.Error("the second page begins like the first")
	}
	check(t, "once", c.form("/account/recovery", nil), 200, "Print these")
	check(t, "once", c.form("/account/tokens", url.Values{"name": {"x"}, "role": {"desk"}, "days": {"30"}}), 200, people.TokenPrefix, "shown this once")
	check(t, "authenticator", c.form("/account/authenticator", nil), 200, "<svg", "<path d=\"M", "role=\"img\"")
	check(t, "sign-in", w.nobody().form("/sign-in", url.Values{"account": {"amal"}}), 401, "Not accepted", `role="alert"`)
	shown["once"], shown["authenticator"] = true, true
	// Nobody in a post: empty states.
	w.account("empty", people.Post{})
	e := w.signIn("empty")
	look(e, "/rows", "kinds", 200, "There is nothing in the record that you may see.")
	look(e, "/entries", "entries", 200)
	look(e, "/account", "account", 200, "none")
	names, err := fs.Glob(screen.Files(), "pages/*.html")
	w.no(err)
	for _, name := range names {
		if base := strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html"); base != "layout" && base != "parts" && !shown[base] {
			t.Errorf("%s is not shown in a test", base)
		}
	}
}

// check holds a page to what all pages must be.
func check(t *testing.T, what string, r reply, status int, words ...string) {
	t.Helper()
	if r.status != status || r.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%s: %d %s", what, r.status, r.header.Get("Content-Type"))
	}
	for _, w := range append(words, "<!doctype html>", `<html lang="en" dir="ltr">`, "<h1>", "</html>", `href="#main"`) {
		if !strings.Contains(r.body, w) {
			t.Errorf("%s lacks %q: %s", what, w, r.body)
		}
	}
	for _, bad := range []string{"<style", " style=", "onclick", "onload", "javascript:", "http://", "https://", "<no value>", "%!", "ZgotmplZ"} {
		if strings.Contains(r.body, bad) {
			i := strings.Index(r.body, bad)
			t.Errorf("%s holds %q: %s", what, bad, r.body[max(0, i-60):min(len(r.body), i+60)])
		}
	}
	for _, input := range regexp.MustCompile(`<(input|select)[^>]*>`).FindAllString(r.body, -1) {
		id := regexp.MustCompile(` id="([^"]+)"`).FindStringSubmatch(input)
		if strings.Contains(input, `type="hidden"`) || strings.Contains(input, `type="checkbox"`) || strings.Contains(input, `type="radio"`) { // stand inside their labels
			continue
		}
		if id == nil || !strings.Contains(r.body, `for="`+id[1]+`"`) {
			t.Errorf("%s: no label for %s", what, input)
		}
	}
	balanced(t, what, r.body)
}

// balanced fails if a page opens what it does not close.
func balanced(t *testing.T, what, page string) {
	t.Helper()
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-z0-9]+)[^>]*?(/?)>`).FindAllStringSubmatch(page, -1) {
		switch {
		case m[3] == "/" || slices.Contains([]string{"meta", "link", "input", "br"}, m[2]):
		case m[1] == "":
			open = append(open, m[2])
		case len(open) == 0 || open[len(open)-1] != m[2]:
			t.Errorf("%s: </%s> closes %v", what, m[2], open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s leaves open %v", what, open)
	}
}

// TestEveryProblemHasWords holds the catalogue to the codes that answers may have.
func TestEveryProblemHasWords(t *testing.T) {
	set, err := screen.New()
	if err != nil {
		t.Fatal(err)
	}
	codes := strings.FieldsFunc(regexp.MustCompile(`for programs: ([^"]+)"`).FindStringSubmatch(problemCodes(t))[1], func(r rune) bool { return r == ',' || r == ' ' })
	for _, lang := range screen.Langs() {
		for _, code := range codes {
			if !set.Words(lang).Known("problem." + code) {
				t.Errorf("%s: no words for a problem %s", lang, code)
			}
		}
	}
}

// problemCodes is what the description says of a problem's code.
func problemCodes(t *testing.T) string {
	text, err := json.Marshal(problemType().Field(2).Tag.Get("doc"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAnInvitedPersonGetsIn goes the whole way without a script: link, password,
// authenticator, recovery codes, sign-in.
func TestAnInvitedPersonGetsIn(t *testing.T) {
	w := newWorld(t)
	root := w.as("root", "administrator")
	r := root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "nour", "post": map[string]any{"name": "Nour", "roles": []string{"monitor"}}}).want(200, "")
	link := strings.TrimPrefix(r.json()["link"].(string), w.origin)
	c := w.nobody()
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(c.page(link).body)[1]
	c.form("/invitation", url.Values{"token": {token}}).want(303, "")
	if r := c.page("/account"); !strings.Contains(r.body, "Set up how you sign in") || strings.Contains(r.body, "Make a token") {
		t.Errorf("%s", r.body)
	}
	// A session that only sets up sees nothing of the record.
	c.get("/api/v1/rows/report?limit=1").want(200, "")
	if n := c.get("/api/v1/counts/report").json()["count"].(float64); n != 0 {
		t.Errorf("somebody who is only invited counts %v reports", n)
	}
	c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "x"})).want(403, "denied")
	c.form("/account/password", url.Values{"password": {"short"}}).want(422, "")
	c.form("/account/password", url.Values{"password": {plantedPassword}}).want(303, "")
	secret := regexp.MustCompile(`<pre class="card">([A-Z2-7-]+)</pre>`).FindStringSubmatch(c.form("/account/authenticator", nil).body)[1]
	w.apps["nour"] = strings.ReplaceAll(secret, "-", "")
	c.form("/account/authenticator/confirm", url.Values{"code": {"000000"}}).want(401, "")
	c.form("/account/authenticator/confirm", url.Values{"code": {w.code("nour")}}).want(303, "")
	codes := regexp.MustCompile(`(?m)^(?:<pre class="card">)?([A-Z2-7]{4}(?:-[A-Z2-7]{4})+)$`).FindAllStringSubmatch(c.form("/account/recovery", nil).body, -1)
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	c.form("/sign-out", nil).want(303, "")
	w.nobody().form("/invitation", url.Values{"token": {token}}).want(403, "")
	w.clock.wait(time.Minute)
	in := w.signIn("nour")
	in.page("/rows").want(200, "")
	for _, status := range []int{303, 401} { // a recovery code instead of the app, once
		w.clock.wait(time.Minute)
		w.nobody().form("/sign-in", url.Values{"account": {"nour"}, "password": {plantedPassword}, "code": {codes[0][1]}}).want(status, "")
	}
}

func TestAdministratorsAndTheRecordAgree(t *testing.T) {
	w := newWorld(t)
	root := w.as("root", "administrator")
	head := w.as("hala", "head")
	root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "nour", "post": map[string]any{"name": "Nour", "roles": []string{"monitor"}}}).want(200, "")
	root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "hala", "post": map[string]any{"name": "Hala", "roles": []string{"monitor"}}}).want(409, "conflict")
	root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "No Name!", "post": map[string]any{"name": "x", "roles": []string{"monitor"}}}).want(422, "invalid")
	root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "fine", "post": map[string]any{"name": "x", "roles": []string{"king"}}}).want(422, "invalid")
	roles := func(id string) string {
		var b struct{ Roles []string }
		r := head.get("/api/v1/rows/person/" + id)
		if r.status != 200 {
			return fmt.Sprint(r.status)
		}
		_ = json.Unmarshal([]byte(r.body[strings.Index(r.body, `"body":`)+7:strings.LastIndex(r.body, "}")]), &b)
		return strings.Join(b.Roles, ",")
	}
	if got := roles("nour"); got != "monitor" {
		t.Errorf("the record says %q", got)
	}
	root.send("PUT", "/api/v1/people/hala/post", map[string]any{"name": "Hala", "roles": []string{"head", "verifier"}}).want(204, "")
	if got := roles("hala"); got != "head,verifier" {
		t.Errorf("the record says %q", got)
	}
	w.as("omar", "desk")
	root.send("POST", "/api/v1/people/omar/disable", nil).want(204, "")
	if got := roles("omar"); got != "404" {
		t.Errorf("the record says %q", got)
	}
	root.send("POST", "/api/v1/people/omar/enable", nil).want(204, "")
	if got := roles("omar"); got != "desk" {
		t.Errorf("the record says %q", got)
	}
	root.send("DELETE", "/api/v1/people/omar", nil).want(204, "")
	root.send("DELETE", "/api/v1/people/omar", nil).want(404, "absent")
	for _, who := range []*client{head, w.nobody()} {
		if r := who.get("/api/v1/people"); r.status != 403 && r.status != 401 {
			t.Errorf("%d", r.status)
		}
	}
}

func TestEntriesAreSignedByEnrolledKeysOnly(t *testing.T) {
	w := newWorld(t)
	root, dora := w.as("root", "administrator"), w.as("dora", "desk")
	signed := func(id string) bool {
		r := dora.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": id})).want(200, "")
		n := r.json()["entered"].([]any)[0].(map[string]any)["entry"]
		e := dora.get(fmt.Sprintf("/api/v1/entries/%v", n)).json()
		return e["signed"] == true && strings.HasPrefix(e["key"].(string), "desk.example/dora+")
	}
	if signed("none") {
		t.Error("signed without a key")
	}
	dora.form("/account/key", nil).want(303, "")
	if signed("not enrolled") {
		t.Error("signed by a key that the record does not know")
	}
	dora.send("POST", "/api/v1/people/dora/key", nil).want(403, "denied")
	root.send("POST", "/api/v1/people/dora/key", nil).want(204, "")
	if !signed("enrolled") {
		t.Error("not signed by the enrolled key")
	}
	prog := dora.token("desk")
	r := prog.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "by program"})).want(200, "")
	n := r.json()["entered"].([]any)[0].(map[string]any)["entry"]
	if e := prog.get(fmt.Sprintf("/api/v1/entries/%v", n)).json(); e["signed"] == true {
		t.Error("a program signs as a person")
	}
}

func TestPublicReadersSeeWhatIsClear(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.enter("green", "TLP:GREEN")
	w.enter("clear", "TLP:CLEAR")
	c := w.nobody()
	for _, path := range []string{"/rows", "/rows/report", "/rows/report/clear", "/entries"} {
		c.page(path).want(200, "")
	}
	c.get("/api/v1/rows/report/green").want(404, "absent")
	if n := c.get("/api/v1/counts/report").json()["count"].(float64); n != 1 {
		t.Errorf("the public counts %v", n)
	}
	c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": "x"})).want(401, "sign-in")
	c.page("/account").want(403, "")
	c.get("/metrics").want(403, "denied")
}

func TestFilesComeInAndGoOutAsCopies(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk")
	w.enter("r", "TLP:AMBER")
	put := func(report, name, kind string, data []byte) reply {
		return c.do("POST", "/api/v1/reports/"+report+"/attachments?name="+name, strings.NewReader(string(data)), "Content-Type", kind)
	}
	r := put("r", "a.png", "image/png", picturePNG()).want(200, "").json()
	hash := r["attachment"].(map[string]any)["hash"].(string)
	got := c.get("/api/v1/attachments/"+hash).want(200, "")
	if got.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(got.body, "\x89PNG") && !strings.HasPrefix(got.body, "\xff\xd8") {
		t.Errorf("%v %.20q", got.header, got.body)
	}
	put("r", "long.txt", "text/plain", []byte(strings.Repeat("a line of a long statement\n", 100_000))).want(200, "") // more than other bodies may have
	put("r", "a.jpg", "image/jpeg", picturePNG()).want(415, "invalid")
	put("none", "a.png", "image/png", picturePNG()).want(404, "absent")
	put("r", "a.png", "image/png", append(picturePNG(), make([]byte, 65<<20)...)).want(413, "")
	mona := w.as("lina", "liaison")
	mona.get("/api/v1/attachments/"+hash).want(404, "absent")
	mona.get("/api/v1/attachments/"+strings.Repeat("0", 64)).want(404, "absent")
	mona.do("POST", "/api/v1/reports/r/attachments?name=a.png", strings.NewReader(string(picturePNG())), "Content-Type", "image/png").want(404, "absent")
}
