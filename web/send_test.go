package web

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"truce/desk"
)

var codeShown = regexp.MustCompile(`<p class="receipt"><strong><bdi dir="ltr">([A-Z2-7-]+)</bdi>`)

// TestAReporterStaysUnknownAndIsAnswered hands a report in without an account, looks it up by
// its receipt, is asked and answers; no cookie is set and no address is kept in the log.
func TestAReporterStaysUnknownAndIsAnswered(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Send = true })
	c := w.nobody()
	form := c.begin("/send")
	told := with1(form, "words", "Planes over the bridge. "+plantedText, "when", "some time last night", "place", "33.5138, 36.2765", "medical", "yes", "share", "mission", "callback", "yes")
	c.form("/send", with1(told, "words", " ")).want(422, "")
	w.log.take(t)
	first := c.form("/send", told).want(200, "")
	code := codeShown.FindStringSubmatch(first.body)
	if code == nil || len(code[1]) != 29 {
		t.Fatalf("no receipt: %s", first.body)
	}
	// Sent again, whatever it says by then, it is the same report with the same receipt.
	again := c.form("/send", with1(told, "words", "Other words"))
	if got := codeShown.FindStringSubmatch(again.body); got == nil || got[1] != code[1] {
		t.Error("the same form sent twice has another receipt")
	}
	for _, line := range w.log.take(t) {
		if line["from"] != "" || line["who"] != "" {
			t.Errorf("the log keeps who sent it: %v", line)
		}
	}
	for _, r := range []reply{first, again, c.page("/send?lang=ar"), c.page("/send/receipt?lang=ar"), c.page("/complaints?lang=ar")} {
		if r.header.Get("Set-Cookie") != "" {
			t.Errorf("a cookie is set: %s", r.header.Get("Set-Cookie"))
		}
	}
	// What is kept: the hash of the receipt and nothing that leads back to it; the mark holds what
	// the reporter allowed.
	in, err := w.record.Inbox(w.ctx, headOf("amal"))
	w.no(err)
	if len(in.Waiting) != 1 || strings.Join(in.Waiting[0].Danger, " ") != "medical" {
		t.Fatalf("%+v", in.Waiting)
	}
	id := in.Waiting[0].Report
	row, err := w.record.Row(w.ctx, headOf("amal"), 0, "report", id)
	w.no(err)
	if row.Mark != "TLP:AMBER ORCON" || strings.Contains(string(row.Body), code[1]) || strings.Contains(string(row.Body), "receipt") {
		t.Errorf("%s %s", row.Mark, row.Body)
	}
	// The desk asks, the reporter answers.
	dora := w.as("dora", "desk")
	asks := with1(dora.begin("/inbox?at="+id), "report", id, "do", "ask", "words", "How many planes?")
	for range 2 {
		dora.form("/inbox", asks).want(303, "")
	}
	for _, spelt := range []string{code[1], strings.ToLower(code[1]), strings.ReplaceAll(code[1], "-", " ")} {
		r := c.form("/send/receipt", with1(nil, "code", spelt)).want(200, "")
		if strings.Count(r.body, "How many planes?") != 1 || !strings.Contains(r.body, "the mission asked for more") {
			t.Errorf("by %q: %s", spelt, r.body)
		}
	}
	answer := with1(nil, "code", code[1], "once", strings.Repeat("A", 26), "words", "Two, from the east")
	for range 2 {
		c.form("/send/answer", answer).want(200, "")
	}
	opened, err := w.record.OpenReport(w.ctx, headOf("amal"), id)
	w.no(err)
	if len(opened.Letters) != 2 || opened.Letters[1].Words != "Two, from the east" || opened.Letters[1].Voice != "reporter" {
		t.Errorf("%+v", opened.Letters)
	}
	// A code that is none is not told from one that is nearly right.
	near := []byte(code[1])
	near[0] ^= 'A' ^ 'B'
	for _, wrong := range []string{"", "AAAA-BBBB", string(near)} {
		if r := c.form("/send/receipt", with1(nil, "code", wrong)); r.status != 404 || !strings.Contains(r.body, "No report has this receipt") {
			t.Errorf("%q: %d", wrong, r.status)
		}
	}
	c.form("/send/answer", with1(answer, "code", string(near))).want(404, "")
	for _, words := range []string{"  ", strings.Repeat("x", 20_001)} {
		if r := c.form("/send/answer", with1(answer, "once", strings.Repeat("B", 26), "words", words)).want(422, ""); !strings.Contains(r.body, "Write something") || !strings.Contains(r.body, `role="alert"`) {
			t.Errorf("what is wrong with an answer of %d bytes is not said", len(words))
		}
	}
}

// TestComplaintsArePublicByNumberAlone: number, state and age, and nothing that endangers.
func TestComplaintsArePublicByNumberAlone(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Send, o.Public = true, true })
	c := w.nobody()
	c.form("/send", with1(c.begin("/send"), "words", plantedText)).want(200, "")
	c.form("/send", with1(c.begin("/send"), "words", "do not tell", "endangers", "yes")).want(200, "")
	w.clock.wait(50 * time.Hour)
	r := c.page("/complaints").want(200, "")
	if strings.Count(r.body, "<tr>") != 2 || !strings.Contains(r.body, "2 days") || strings.Contains(r.body, plantedText) {
		t.Errorf("%s", r.body)
	}
	if r := c.get("/api/v1/complaints").want(200, ""); strings.Contains(r.body, "report") || strings.Count(r.body, `"number"`) != 1 {
		t.Errorf("%s", r.body)
	}
}

// TestPublicDoorsAreShut unless the mission opens them, and take little at a time.
func TestPublicDoorsAreShut(t *testing.T) {
	c := newWorld(t).nobody()
	for _, path := range []string{"/send", "/send/receipt", "/complaints"} {
		c.page(path).want(404, "")
	}
	c = newWorld(t, func(o *Options) { o.Send, o.PerSend = true, Rate{0.01, 3} }).nobody()
	for i := range 4 {
		if r := c.form("/send/receipt", with1(nil, "code", "AAAA")); (r.status == http.StatusTooManyRequests) != (i == 3) {
			t.Errorf("%d: %d", i, r.status)
		}
	}
}

// TestTriage goes through what can be done about a report.
func TestTriage(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	var ids []string
	for i, going := range []string{"", "", "yes"} {
		form := with1(dora.begin("/take"), "act", "shelling", "place", []string{"the mill", "the bridge", "the school"}[i], "pick", "unknown", "when", "10 minutes ago", "going", going, "step", "save")
		where := dora.form("/take", form).want(303, "").header.Get("Location")
		ids = append(ids, regexp.MustCompile(`saved=([^&]+)`).FindStringSubmatch(where)[1])
		w.clock.wait(time.Minute)
	}
	waiting := func() []desk.Arrived {
		in, err := w.record.Inbox(w.ctx, headOf("amal"))
		w.no(err)
		return in.Waiting
	}
	order := func() string {
		var out []string
		for _, a := range waiting() {
			out = append(out, a.Report)
		}
		return strings.Join(out, " ")
	}
	// Live fire first although it came last; then what came first.
	if got, want := order(), ids[2]+" "+ids[0]+" "+ids[1]; got != want {
		t.Errorf("the order is %s, not %s", got, want)
	}
	if first := waiting()[0]; first.Due.Sub(first.Received) != time.Hour || waiting()[1].Due.Sub(waiting()[1].Received) != 24*time.Hour {
		t.Errorf("due %+v", first)
	}
	act := func(id, do string, more ...string) reply {
		return dora.form("/inbox", with1(nil, append([]string{"once", rand.Text(), "report", id, "do", do}, more...)...))
	}
	if page := dora.page("/inbox").body; !strings.Contains(page, `data-due="`+waiting()[0].Due.UTC().Format(time.RFC3339)+`"`) || !strings.Contains(page, `data-timers`) {
		t.Error("no timer runs until it should be acknowledged")
	}
	act(ids[2], "acknowledge").want(303, "")
	if a := waiting()[0]; a.State != "acknowledged" || !a.Acknowledged.Equal(w.clock.now().Truncate(time.Millisecond)) {
		t.Errorf("%+v", a)
	}
	act(ids[0], "leave").want(422, "")
	act(ids[0], "leave", "words", "out of scope").want(303, "")
	act(ids[1], "join", "incident", "no-such").want(422, "")
	act(ids[1], "join", "incident", "").want(422, "")
	act(ids[1], "nonsense").want(422, "")
	act("none", "acknowledge").want(404, "")
	act(ids[1], "open").want(303, "")
	if got := order(); got != ids[2] {
		t.Errorf("%s waits", got)
	}
	act(ids[2], "join", "incident", "I-"+ids[1]).want(303, "")
	row, err := w.record.Row(w.ctx, headOf("amal"), 0, "incident", "I-"+ids[1])
	w.no(err)
	var b struct{ Members []string }
	w.no(json.Unmarshal(row.Body, &b))
	if fire := dora.row("fire", "I-"+ids[1]); fire["fire"] != "going" || fire["since"] == nil {
		t.Errorf("live fire does not go on in its incident: %v", fire)
	}
	if page := dora.page("/calming").body; !strings.Contains(page, "I-"+ids[1]) || !strings.Contains(page, "data-since") {
		t.Error("calming does not count until fire stops")
	}
	if len(b.Members) != 2 || order() != "" {
		t.Errorf("%v, waiting %s", b.Members, order())
	}
	// Split off again, it waits again.
	_, err = w.record.Write(w.ctx, headOf("amal"), desk.Act{Kind: "incident.split", Fields: map[string]any{"id": "I-" + ids[1], "members": []string{ids[2]}, "reason": "another street"}})
	w.no(err)
	if order() != ids[2] {
		t.Errorf("%s waits", order())
	}
	w.as("lia", "auditor").page("/inbox").want(403, "")
}
