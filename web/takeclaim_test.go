package web

import (
	"crypto/rand"
	"strings"
	"testing"
)

// TestClaimsStandBesideEachOther notes denial, silence and acknowledgement, puts two hypotheses
// and weighs one; nothing that stood there goes.
func TestClaimsStandBesideEachOther(t *testing.T) {
	w := newWorld(t)
	dora := w.as("dora", "desk")
	post := func(c *client, pairs ...string) reply {
		return c.form("/incidents/C139/claims", with1(nil, append([]string{"once", rand.Text()}, pairs...)...))
	}
	for _, claim := range []string{"denies", "silent", "acknowledges"} {
		post(dora, "do", "claim", "by", "side of "+claim, "claim", claim, "fact", "by", "reliability", "F", "credibility", "6").want(303, "")
	}
	post(dora, "do", "claim", "by", "x", "claim", "shouts").want(422, "")
	post(dora, "do", "hypothesis", "statement", "A strike from the air").want(303, "")
	post(dora, "do", "hypothesis", "statement", "Fire from the ground").want(303, "")
	page, err := w.record.Claims(w.ctx, headOf("amal"), 0, "C139")
	w.no(err)
	if len(page.Claims) != 3 || len(page.Hypotheses) != 2 {
		t.Fatalf("%+v", page)
	}
	for _, weighs := range []string{"for", "against"} {
		post(dora, "do", "weigh", "hypothesis", page.Hypotheses[0].ID, "of", "C139", "weighs", weighs, "note", "because").want(303, "")
	}
	post(dora, "do", "weigh", "hypothesis", page.Hypotheses[0].ID, "of", "C139", "weighs", "much").want(422, "")
	post(dora, "do", "weigh", "hypothesis", "none", "of", "C139", "weighs", "for").want(404, "")
	page, err = w.record.Claims(w.ctx, headOf("amal"), 0, "C139")
	w.no(err)
	if n := len(page.Hypotheses[0].Evidence) + len(page.Hypotheses[1].Evidence); n != 2 {
		t.Errorf("%d pieces of evidence: %+v", n, page.Hypotheses)
	}
	r := dora.page("/incidents/C139").want(200, "")
	for _, want := range []string{"denies", "is silent", "acknowledges", "A strike from the air", "Fire from the ground", "because"} {
		if !strings.Contains(r.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	lia := w.as("lia", "auditor")
	if r := lia.page("/incidents/C139").want(200, ""); strings.Contains(r.body, "Put a hypothesis") || !strings.Contains(r.body, "is silent") {
		t.Error("an auditor writes, or does not read")
	}
	post(lia, "do", "hypothesis", "statement", "x").want(404, "")
}
