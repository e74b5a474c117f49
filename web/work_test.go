package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"truce"
	"truce/courier"
	"truce/desk"
	"truce/people"
)

// once names the forms of a test, each its own.
func once(n int) []string { return []string{fmt.Sprintf("onceoncetest%04d-x", n)} }

// row is the body of a row as somebody sees it.
func (c *client) row(kind, id string) map[string]any {
	c.Helper()
	r := c.get("/api/v1/rows/"+kind+"/"+url.PathEscape(id)).want(200, "")
	body, _ := r.json()["body"].(map[string]any)
	return body
}

// TestACaseIsWorkedOnAndDetermined goes from a report to a finding by two people, by the pages.
func TestACaseIsWorkedOnAndDetermined(t *testing.T) {
	w := newWorld(t)
	dora, vera := w.as("dora", "desk"), w.as("vera", "verifier")
	const at = "/verify/C139"
	c := dora
	c.form(at, url.Values{"do": {"stage"}, "stage": {"acknowledged"}, "reason": {"Rang back"}, "once": once(1)}).want(303, "")
	c.form(at, url.Values{"do": {"stage"}, "stage": {"acknowledged"}, "reason": {"Rang back"}, "once": once(1)}).want(303, "") // twice is once
	c.form(at, url.Values{"do": {"stage"}, "stage": {"lost"}, "reason": {"x"}}).want(422, "")
	c.form(at, url.Values{"do": {"stage"}, "stage": {"closed"}}).want(422, "")
	c.form("/verify/nothing", url.Values{"do": {"stage"}, "stage": {"closed"}, "reason": {"x"}}).want(404, "")
	c.form(at, url.Values{"do": {"task"}, "way": {"visit"}, "words": {"Look at the depot"}, "due": {"2016-08-28 10:00"}, "once": once(2)}).want(303, "")
	c.form(at, url.Values{"do": {"done"}, "id": {"T-onceoncete"}, "result": {"not possible"}, "note": {"Sent back at the gate"}}).want(303, "")
	if b := dora.row("task", "T-onceoncete"); b["result"] != "not possible" || b["due"] != "2016-08-28T10:00:00+03:00" {
		t.Errorf("the task is %v", b)
	}
	if n := strings.Count(c.page(at).body, "Rang back"); n != 1 {
		t.Errorf("the stage stands %d times", n)
	}
	propose := url.Values{"do": {"finding"}, "body": {"The mission"}, "standard": {"reasonable-grounds"}, "verdict": {"undetermined"}, "clause": {"sy-coh-2016-02 G4-aid"},
		"statement": {"Aid was attacked"}, "dissent": {"One of us would say more"}, "attribution": {"none"}, "grounds": {"Nobody could look"}, "tasks": {"T-onceoncete"}}
	dora.form(at, propose).want(403, "") // the desk drafts no findings
	vera.form(at, propose).want(303, "")
	list := vera.page("/proposals").want(200, "")
	n := regexp.MustCompile(`id="proposal-(\d+)"`).FindStringSubmatch(list.body)
	if n == nil || !strings.Contains(list.body, "You proposed it") {
		t.Fatalf("%s", list.body)
	}
	vera.form("/proposals/"+n[1], url.Values{"do": {"confirm"}, "sure": {"yes"}}).want(403, "") // not alone
	hala := w.as("hala", "head")
	hala.form("/proposals/"+n[1], url.Values{"do": {"confirm"}}).want(422, "") // not unread
	hala.form("/proposals/"+n[1], url.Values{"do": {"confirm"}, "sure": {"yes"}}).want(303, "")
	page := vera.page(at).want(200, "").body
	for _, want := range []string{"Stage: <bdi>Determined", "One of us would say more", "Aid was attacked", "by finding", "nobody can be held to have done it", "Nobody could look"} {
		if !strings.Contains(page, want) {
			t.Errorf("the case has no %q", want)
		}
	}
	if strings.Contains(page, "&#34;grounds&#34;") || strings.Contains(list.body, "&#34;grounds&#34;") {
		t.Error("whom a body holds to have done it is told as JSON")
	}
	if !regexp.MustCompile(`id="task:T-onceoncete"(?s:.)*?href="#finding:F-`).MatchString(page) {
		t.Error("the task does not lead to its finding")
	}
	hala.form("/proposals/"+n[1], url.Values{"do": {"decline"}, "reason": {"late"}}).want(409, "")
}

// TestAProposalIsDeclined: by another, or by whoever made it, with a reason.
func TestAProposalIsDeclined(t *testing.T) {
	w := newWorld(t)
	vera, dora, vito := w.as("vera", "verifier"), w.as("dora", "desk"), w.as("vito", "verifier")
	for i, by := range []*client{vito, vera} {
		r := vera.send("POST", "/api/v1/proposals", map[string]any{"kind": "finding.signed", "fields": map[string]any{"id": fmt.Sprint("F", i), "incident": "C139", "body": "b", "standard": "verified", "statement": "s"}}).want(200, "")
		path := fmt.Sprintf("/proposals/%v", r.json()["entry"])
		dora.form(path, url.Values{"do": {"decline"}, "reason": {"no"}}).want(403, "")
		by.form(path, url.Values{"do": {"decline"}}).want(422, "")
		by.form(path, url.Values{"do": {"decline"}, "reason": {"too soon"}}).want(303, "")
		vito.form(path, url.Values{"do": {"confirm"}, "sure": {"yes"}}).want(409, "")
	}
}

// TestBeingKeptOutIsJudgedByItself: HC-F16. The duty of access is judged on its own; what could
// not be looked at stays as open as it was.
func TestBeingKeptOutIsJudgedByItself(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	verdicts := func(element string) string {
		return dora.get("/api/v1/verdicts?limit=1000&element="+url.QueryEscape(element)).want(200, "").body
	}
	before := verdicts("C139/1")
	dora.form("/verify/C139", url.Values{"do": {"access"}, "outcome": {"denied"}, "actor": {"syrian-armed-forces"}, "at": {"2016-08-27 10:00"}, "words": {"Not today"}, "act": {"refuse-access"}, "once": once(1)}).want(303, "")
	if after := verdicts("C139/1"); after != before {
		t.Error("something follows for the event from not being let in")
	}
	if b := dora.row("access", "A-onceoncete"); b["outcome"] != "denied" || b["report"] != "A-onceoncete" || b["words"] != "Not today" {
		t.Errorf("%v", b)
	}
	if got := verdicts("A-onceoncete"); !strings.Contains(got, `"sy-coh-2016-02"`) {
		t.Errorf("the duty of access is not judged: %s", got)
	}
	dora.form("/verify/C139", url.Values{"do": {"access"}, "outcome": {"denied"}, "actor": {"x"}, "at": {"soon"}, "words": {"x"}}).want(422, "")
	dora.form("/verify/C139", url.Values{"do": {"access"}, "outcome": {"denied"}, "actor": {"x"}, "at": {"2016-08-27 10:00"}, "words": {"x"}, "act": {"shelling"}}).want(422, "")
}

// TestTheBoardSaysWhatIsLate: a received case has a day, and an hour while there is fire.
func TestTheBoardSaysWhatIsLate(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	w.clock.wait(2 * time.Hour)
	dora = w.signIn("dora")
	big := regexp.MustCompile(`<span class="big">(\d+)</span> cases? past`)
	late := func() string { return big.FindStringSubmatch(dora.page("/verify").body)[1] }
	if got := late(); got != "0" {
		t.Errorf("%s cases are late after some hours", got)
	}
	dora.form("/calming/C139", url.Values{"do": {"fire"}, "fire": {"going"}, "at": {"2016-08-27 20:00"}}).want(303, "")
	if got := late(); got != "1" {
		t.Errorf("%s cases are late with fire going on", got)
	}
	dora.form("/calming/C139", url.Values{"do": {"fire"}, "fire": {"stopped"}, "at": {"2016-08-27 22:30"}}).want(303, "")
	if page := dora.page("/calming/C139").body; !strings.Contains(page, "2 hours 30 minutes") {
		t.Error("it is not said how long the fire took to stop")
	}
}

// TestCalming: lines, calls that are read back, questions, the ladder, protests.
func TestCalming(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	w.account("nora", people.Post{Roles: []string{"liaison"}, Party: "russia"})
	nora := w.signIn("nora")
	dora.form("/calming", url.Values{"do": {"line"}, "actor": {"russia"}, "name": {"Duty officer"}, "address": {"by radio 7"}, "languages": {"ru, en"}, "once": once(1)}).want(303, "")
	page := dora.page("/calming").body
	for _, want := range []string{"nobody stands in", "never tested", "Russian", "by radio 7"} {
		if !strings.Contains(page, want) {
			t.Errorf("the roster does not say %q", want)
		}
	}
	dora.form("/calming", url.Values{"do": {"test"}, "id": {"L-none"}, "answered": {"yes"}}).want(404, "")
	dora.form("/calming", url.Values{"do": {"test"}, "id": {"L-onceoncete"}, "answered": {"yes"}}).want(303, "")
	const at = "/calming/C139"
	call := url.Values{"do": {"call"}, "line": {"L-onceoncete"}, "words": {"Stop"}, "answered": {"yes"}, "at": {"2016-08-27 20:00"}, "their_clock": {"20:01"}, "once": once(2)}
	dora.form(at, call).want(422, "") // nobody says whether it was read back
	call.Set("read_back", "yes")
	dora.form(at, call).want(303, "")
	if page := dora.page(at).body; !strings.Contains(page, "20:01") || !strings.Contains(page, "read back") {
		t.Error("both clocks and the reading back are not shown")
	}
	dora.form(at, url.Values{"do": {"request"}, "request-with": {"russia"}, "words": {"Who flew?"}, "due": {"2016-08-28 00:00"}, "addressed": {"yes"}, "once": once(3)}).want(303, "")
	if page := nora.page("/calming").want(200, "").body; !strings.Contains(page, "Who flew?") {
		t.Error("the party does not see what it is asked")
	}
	w.clock.wait(48 * time.Hour)
	dora, nora = w.signIn("dora"), w.signIn("nora")
	if page := dora.page(at).body; !strings.Contains(page, "No reply, late by") {
		t.Error("a question past its time is not said to be late")
	}
	nora.form("/calming", url.Values{"do": {"reply"}, "request": {"Q-onceoncete"}, "words": {"Not ours"}, "once": once(4)}).want(303, "")
	if page := dora.page(at).body; !strings.Contains(page, "Not ours") || strings.Contains(page, "No reply, late by") {
		t.Error("the reply is not there")
	}
	dora.form("/calming", url.Values{"do": {"close"}, "id": {"Q-onceoncete"}, "ending": {"no reply"}, "reason": {"It does not answer the question"}}).want(303, "")
	if b := dora.row("request", "Q-onceoncete"); b["ending"] != "no reply" {
		t.Errorf("%v", b)
	}
	step := func(name, reason string) url.Values {
		return url.Values{"do": {"measure"}, "step": {name}, "measure-with": {"russia"}, "words": {"done"}, "reason": {reason}, "at": {"2016-08-28 12:00"}}
	}
	dora.form(at, step("warning", "")).want(422, "") // no contact before it
	dora.form(at, step("contact", "")).want(303, "")
	dora.form(at, step("warning", "")).want(303, "")
	dora.form(at, step("ministers", "")).want(422, "")
	dora.form(at, step("ministers", "Lives hang on it")).want(303, "")
	dora.form(at, step("exclusion", "x")).want(409, "") // nobody is excluded
	dora.form(at, step("sanctions", "x")).want(422, "")
	nora.form(at, url.Values{"do": {"protest"}, "clause": {"sy-coh-2016-02 G4-aid"}, "words": {"We protest"}, "by": {"somebody else"}, "at": {"2016-08-28 12:00"}, "once": once(5)}).want(404, "") // the case is not for it
	nora.form("/calming", url.Values{"do": {"protest"}, "clause": {"sy-coh-2016-02 G4-aid"}, "words": {"We protest"}, "by": {"somebody else"}, "at": {"2016-08-28 12:00"}, "once": once(6)}).want(303, "")
	if b := dora.row("protest", "P-onceoncete"); b["by"] != "russia" || b["clause"] != "G4-aid" {
		t.Errorf("a party protests in its own name: %v", b)
	}
	dora.form("/calming", url.Values{"do": {"reply"}, "protest": {"P-onceoncete"}, "by": {"syrian-armed-forces"}, "words": {"We reply"}, "once": once(7)}).want(303, "")
	for _, c := range []*client{dora, nora} {
		page := c.page("/calming").body
		if !regexp.MustCompile(`<div class="both"><div><h4>Protest by <bdi>russia</bdi></h4>(?s:.)*?</div>\s*<div><h4>Reply by <bdi>syrian-armed-forces</bdi></h4>`).MatchString(page) {
			t.Error("protest and reply do not stand side by side")
		}
	}
	nora.form(at, step("contact", "")).want(403, "")
}

// told enters a report of one element under a mark: from 2 to 4 killed, at a place that is exact.
func (w *world) told(mark string) {
	w.Helper()
	_, err := w.record.HandIn(w.ctx, headOf("amal"), "told", desk.Handed{Report: truce.Report{ID: "told", Source: "a caller", Text: "what the caller said", Elements: []truce.Element{{
		ID: "told", Title: "Shelling", Acts: []string{"shelling"}, Killed: &truce.Range{Low: 2, High: 4}, When: []truce.When{{From: noon.Add(-72 * time.Hour), To: noon.Add(-71 * time.Hour)}},
		Where: []truce.Place{{Form: truce.FormDisc, Lat: 36.123456, Lon: 37.123456, Within: 100}}}}}, Mark: mark})
	w.no(err)
}

// release makes and publishes a release by the pages, and returns its name and its bytes.
func (c *client) release(title, mark, rows string) (id, text string) {
	c.Helper()
	p := c.form("/telling/new", url.Values{"title": {title}, "text": {"What we know."}, "mark": {mark}, "rows": {rows}}).want(200, "")
	form := url.Values{"sure": {"yes"}}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(p.body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	c.form("/telling/publish", form).want(303, "")
	id = form.Get("id")
	r := c.get("/telling/releases/"+id+"/release.json").want(200, "")
	if hashOf([]byte(r.body)) != form.Get("sha256") {
		c.Errorf("what left is not what was previewed")
	}
	return id, r.body
}

// TestNothingLeavesThatItsReadersMayNotHave previews and publishes under each mark.
func TestNothingLeavesThatItsReadersMayNotHave(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.plant()
	w.told("TLP:GREEN")
	hala, dora := w.as("amal", "desk", "verifier", "head"), w.as("dora", "desk")
	dora.form("/telling/new", url.Values{"title": {"x"}, "mark": {"CLEAR"}}).want(403, "")
	dora.page("/telling/new").want(403, "")
	p := hala.form("/telling/new", url.Values{"title": {"Bulletin"}, "mark": {"CLEAR"}, "rows": {"element/told element/planted"}}).want(200, "")
	if strings.Count(p.body, "nothing of it leaves") != 2 {
		t.Errorf("%s", p.body)
	}
	for _, mark := range []string{"CLEAR", "GREEN", "AMBER"} {
		_, text := hala.release("Under "+mark, mark, "element/told element/planted report/told")
		for _, secret := range []string{plantedText, plantedSource, plantedName} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s leaves", mark, secret)
			}
		}
		if got, want := strings.Contains(text, `"id":"told"`), mark != "CLEAR"; got != want {
			t.Errorf("%s: a row marked GREEN leaves: %v", mark, got)
		}
		if strings.Contains(text, "36.123456") { // no place leaves as it was told
			t.Errorf("%s: %s", mark, text)
		}
	}
	hala.form("/telling/publish", url.Values{"id": {"R-1"}, "title": {"Bulletin"}, "mark": {"CLEAR"}, "rows": {"element/told"}, "sha256": {strings.Repeat("0", 64)}, "sure": {"yes"}, "entries": {"100"}}).want(422, "")
	hala.form("/telling/publish", url.Values{"id": {"R-1"}, "title": {"Bulletin"}, "mark": {"CLEAR"}, "sha256": {strings.Repeat("0", 64)}, "sure": {"yes"}}).want(409, "")
	reader := w.nobody()
	if page := reader.page("/telling").want(200, "").body; !strings.Contains(page, "Under CLEAR") || strings.Contains(page, "Under GREEN") {
		t.Error("the public sees more or less than what is CLEAR")
	}
}

// TestCorrectionsAreTiedToWhatTheyCorrect follows a figure from its release to both feeds.
func TestCorrectionsAreTiedToWhatTheyCorrect(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.told("TLP:GREEN")
	hala := w.as("amal", "desk", "verifier", "head")
	id, text := hala.release("Bulletin", "GREEN", "element/told")
	clear, _ := hala.release("For all", "CLEAR", "")
	at := "/telling/releases/" + id
	var doc struct {
		Rows []struct {
			Body struct{ Killed struct{ High float64 } }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Rows[0].Body.Killed.High != 4 {
		t.Fatalf("%v %s", err, text)
	}
	if page := hala.page(at+"?find=killed").want(200, "").body; !strings.Contains(page, "/rows/0/body/killed/high") {
		t.Error("the figure is not found")
	}
	correct := func(figure, is string) reply {
		return hala.form(at, url.Values{"do": {"correct"}, "figure": {figure}, "is": {is}, "words": {"One was counted twice"}})
	}
	w.clock.wait(time.Minute)
	correct("/rows/9/body", "3").want(422, "")
	correct("/rows/0/body/killed/high", "4").want(422, "")
	correct("/rows/0/body/killed/high", "3").want(303, "")
	hala.form("/telling/releases/"+clear, url.Values{"do": {"withdraw"}, "words": {"It was wrong"}}).want(422, "")
	hala.form("/telling/releases/"+clear, url.Values{"do": {"withdraw"}, "words": {"It was wrong"}, "sure": {"yes"}}).want(303, "")
	hala.form("/telling/releases/"+clear, url.Values{"do": {"withdraw"}, "words": {"Again"}, "sure": {"yes"}}).want(409, "")
	page := hala.page(at).body
	if !strings.Contains(page, "<del><bdi>4</bdi></del> → <ins><bdi>3</bdi></ins>") || !strings.Contains(page, "comes out with the hash that was published") {
		t.Errorf("%s", page)
	}
	feedOf := func(c *client, path string) (f feed) {
		r := c.get(path).want(200, "")
		if err := xml.Unmarshal([]byte(r.body), &f); err != nil || !strings.HasPrefix(r.header.Get("Content-Type"), "application/atom+xml") {
			t.Errorf("%s: %v", path, err)
		}
		return f
	}
	own, public := feedOf(hala, "/feeds/corrections.atom"), feedOf(w.nobody(), "/feeds/corrections.atom")
	if len(own.Entries) != 2 || len(public.Entries) != 1 || public.Entries[0].Category.Term != "withdrawal" {
		t.Errorf("the feed of corrections has %d entries, and %d for all", len(own.Entries), len(public.Entries))
	}
	releases := feedOf(w.nobody(), "/feeds/releases.atom")
	if len(releases.Entries) != 1 || releases.Entries[0].Updated <= releases.Entries[0].Published || !strings.HasPrefix(releases.Entries[0].Title, "Withdrawn: ") {
		t.Errorf("%+v", releases.Entries)
	}
}

// agency is a receiver that answers as it is told.
type agency struct {
	mu     sync.Mutex
	answer func(w http.ResponseWriter)
	got    []string // kinds, in the order in which they came
	ids    []string
	bodies []string
}

func (a *agency) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	if courier.Verify(agencySecret, r.Header, body, noon.Add(400*time.Hour)) == nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	a.got, a.ids, a.bodies = append(a.got, r.Header.Get("Truce-Kind")), append(a.ids, r.Header.Get("Webhook-Id")), append(a.bodies, string(body))
	a.answer(w)
}

const agencySecret = "a secret of the agency"

// TestDeliveriesAreCountedTriedAgainAndSeenWhenLost posts to an agency that works, one that is
// down at first, and one that never answers well.
func TestDeliveriesAreCountedTriedAgainAndSeenWhenLost(t *testing.T) {
	good := &agency{answer: func(w http.ResponseWriter) {}}
	down := 3
	flaky := &agency{}
	flaky.answer = func(w http.ResponseWriter) {
		if down--; down >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	bad := &agency{answer: func(w http.ResponseWriter) { w.Header().Set("truce-received", strings.Repeat("0", 64)) }}
	var receivers []courier.Receiver
	for _, a := range []struct {
		name, mark string
		of         *agency
	}{{"bad", "CLEAR", bad}, {"flaky", "CLEAR", flaky}, {"good", "GREEN", good}} {
		srv := httptest.NewServer(a.of)
		defer srv.Close()
		receivers = append(receivers, courier.Receiver{Name: a.name, Mark: a.mark, URL: srv.URL, Secret: agencySecret, Receipt: a.name == "bad"})
	}
	w := newWorld(t)
	post, err := desk.NewPost(w.record, desk.NewSide(w.db), &courier.Courier{}, receivers, slog.New(slog.DiscardHandler))
	w.no(err)
	w.site.Post = post
	hala := w.as("amal", "desk", "verifier", "head")
	w.told("TLP:GREEN")
	round := func() {
		t.Helper()
		_, err := post.Round(context.Background())
		w.no(err)
	}
	round() // from now on
	_, text := hala.release("For posts", "GREEN", "element/told")
	clear, _ := hala.release("For all", "CLEAR", "")
	round()
	if !slices.Equal(good.got, []string{"release", "release"}) || good.bodies[0] != text || len(flaky.got) != 1 {
		t.Errorf("good got %v, flaky %v", good.got, flaky.got)
	}
	round() // nothing is due
	if len(good.got) != 2 || len(flaky.got) != 1 {
		t.Errorf("something was sent again before its time: %v %v", good.got, flaky.got)
	}
	for range 3 {
		w.clock.wait(6 * time.Minute)
		round()
	}
	if len(flaky.got) != 4 || flaky.ids[0] != flaky.ids[3] {
		t.Errorf("flaky got %v", flaky.ids)
	}
	hala = w.signIn("amal")
	hala.form("/telling/releases/"+clear, url.Values{"do": {"withdraw"}, "words": {"It was wrong"}, "sure": {"yes"}}).want(303, "")
	for range 12 {
		round()
		w.clock.wait(25 * time.Hour)
	}
	if flaky.got[4] != "withdrawal" || good.got[2] != "withdrawal" || !strings.Contains(good.bodies[2], clear) {
		t.Errorf("the withdrawal was not told: %v %v", flaky.got, good.got)
	}
	hala = w.signIn("amal")
	page := hala.page("/telling/deliveries").want(200, "").body
	counts := func(name string) string {
		m := regexp.MustCompile(`<bdi>` + name + `</bdi></th><td><code dir="ltr">TLP:\w+</code></td><td class="num"><a href="#done">(\d+)</a></td><td class="num"><a href="#waiting">(\d+)</a></td><td class="num"><a href="#lost">(\d+)`).FindStringSubmatch(page)
		return strings.Join(m[1:], " ")
	}
	for name, want := range map[string]string{"good": "3 0 0", "flaky": "2 0 0", "bad": "0 0 2"} {
		if got := counts(name); got != want {
			t.Errorf("%s: delivered, waiting, lost: %s, not %s", name, got, want)
		}
	}
	if !strings.Contains(page, "the receipt is missing, or of something else") {
		t.Error("it is not said why something was lost")
	}
	if n := len(bad.got); n != 20 { // two parcels, ten times each
		t.Errorf("the bad one was tried %d times", n)
	}
	lost := regexp.MustCompile(`name="receiver" value="bad"><input type="hidden" name="entry" value="(\d+)"`).FindStringSubmatch(page)
	bad.answer = func(w http.ResponseWriter) {
		w.Header().Set("truce-received", hashOf([]byte(bad.bodies[len(bad.bodies)-1])))
	}
	hala.form("/telling/deliveries", url.Values{"receiver": {"bad"}, "entry": {lost[1]}}).want(303, "")
	round()
	if page = hala.page("/telling/deliveries").body; counts("bad") != "1 0 1" {
		t.Errorf("sent again: %s", counts("bad"))
	}
	if b := hala.get("/api/v1/counts/delivery").want(200, "").json(); b["count"].(float64) != 8 {
		t.Errorf("the record has %v deliveries", b["count"])
	}
}

func TestNothingLeavesByItself(t *testing.T) {
	w := newWorld(t)
	hala := w.as("amal", "desk", "verifier", "head")
	if page := hala.page("/telling/deliveries").want(200, "").body; !strings.Contains(page, "No receivers are configured. Nothing leaves by itself.") {
		t.Errorf("%s", page)
	}
	hala.form("/telling/deliveries", url.Values{"receiver": {"x"}, "entry": {"1"}}).want(404, "")
}
