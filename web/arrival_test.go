package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"truce"
	"truce/people"
)

// TestAReportByMachineIsFoundLikeOneByAPerson: it waits under its number, with what it may belong
// to, and is acknowledged; sent again it is the same one.
func TestAReportByMachineIsFoundLikeOneByAPerson(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	tell := func(id string) map[string]any {
		return map[string]any{"id": id, "text": "Two shells fell by the mill", "elements": []any{map[string]any{"id": id, "title": "by the mill", "act": []string{"shelling"},
			"where": []truce.Place{{Form: truce.FormDisc, Lat: 36.2, Lon: 37.1, Within: 200}}, "when": []truce.When{{From: noon.Add(-2e12), To: noon.Add(-1e12)}}}}}
	}
	send := func(id string, more ...any) reply {
		body := map[string]any{"report": tell(id)}
		for i := 0; i < len(more); i += 2 {
			body[more[i].(string)] = more[i+1]
		}
		return dora.send("POST", "/api/v1/reports", body, "Idempotency-Key", id)
	}
	send("m-1").want(200, "")
	if again := send("m-1").want(200, "").json(); again["repeat"] != true {
		t.Errorf("sent again: %v", again)
	}
	send("m-past", "past", true).want(200, "")
	send("m-2", "danger", []string{"fire"}).want(200, "")
	send("m-3", "danger", []string{"boredom"}).want(422, "")
	dora.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "report.received", "fields": map[string]any{"id": "m-raw", "elements": tell("m-raw")["elements"]}}}}).want(200, "")
	var ids []string
	for _, a := range dora.get("/api/v1/inbox").want(200, "").json()["waiting"].([]any) {
		ids = append(ids, a.(map[string]any)["report"].(string))
	}
	if got := strings.Join(ids, " "); got != "m-2 m-1 m-raw" {
		t.Errorf("the inbox holds %s", got)
	}
	page := dora.page("/inbox?at=m-1").want(200, "").body
	for _, want := range []string{"from a program", "by the mill", `value="join:m-2"`, "the same act"} {
		if !strings.Contains(page, want) {
			t.Errorf("the inbox has no %q", want)
		}
	}
	dora.form("/inbox", url.Values{"once": once(1), "report": {"m-1"}, "do": {"acknowledge"}}).want(303, "")
	if b := dora.row("arrival", fmt.Sprint(dora.row("report", "m-1")["number"])); b["state"] != "acknowledged" {
		t.Errorf("the arrival is %v", b)
	}
	w.account("lia", people.Post{Roles: []string{"auditor"}})
	w.signIn("lia").get("/api/v1/inbox").want(403, "")
}
