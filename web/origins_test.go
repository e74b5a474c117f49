package web

import (
	"strings"
	"testing"

	"truce"
	"truce/desk"
)

// TestReportsOfOneOriginCountOnce: three reports of one shelling, two of which quote one activist, and
// a fourth that not everybody may read.
func TestReportsOfOneOriginCountOnce(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	var members []string
	for _, x := range [][3]string{
		{"o-1", "Agency One", "Three people died when shells hit the quarter, activist Abu Omar said by telephone."},
		{"o-2", "Agency Two", "At least three dead, according to activist Abu Omar, who lives near the market."},
		{"o-3", "Agency Three", "Our correspondent counted three bodies at the hospital."},
		{"o-4", "Agency One", "Shells fell again, nobody knows from where."},
	} {
		mark := map[bool]string{true: "TLP:RED TO:amal", false: "TLP:AMBER"}[x[0] == "o-4"]
		_, err := w.record.HandIn(w.ctx, headOf("amal"), "", desk.Handed{Report: truce.Report{ID: x[0], Source: x[1], Text: x[2], Elements: []truce.Element{{ID: x[0], Acts: []string{"shelling"},
			When: []truce.When{{From: noon.Add(-72 * 3600e9), To: noon.Add(-71 * 3600e9)}}}}}, Mark: mark})
		w.no(err)
		if x[0] != "o-4" {
			members = append(members, x[0])
		}
	}
	dora.send("POST", "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": "incident.opened", "fields": map[string]any{"id": "one-shelling", "members": members}}}}).want(200, "")
	page := dora.page("/incidents/one-shelling").want(200, "").body
	for _, want := range []string{"3 reports of 2 origins", "both quote <bdi>Abu Omar</bdi>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the incident has no %q", want)
		}
	}
	if page := dora.page("/verify/one-shelling").want(200, "").body; !strings.Contains(page, "3 reports of 2 origins") {
		t.Error("the case does not count origins")
	}
	if page := dora.page("/incidents/one-shelling?lang=ar").want(200, "").body; !strings.Contains(page, "3 تقارير من أصلين") || strings.Contains(page, "both quote") {
		t.Error("origins are not counted in Arabic")
	}
	dora.page("/incidents/one-shelling?lang=en")
	w.no(w.record.Triage(w.ctx, headOf("amal"), "join o-4", desk.Triage{Report: "o-4", Do: "join", Incident: "one-shelling"}))
	if page := dora.page("/incidents/one-shelling").body; strings.Contains(page, "o-4") || !strings.Contains(page, "3 reports of 2 origins") {
		t.Error("a report that is not for everybody is counted")
	}
}
