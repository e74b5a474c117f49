package desk

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/access"
)

func sightOf(t *testing.T, r testRecord, who access.Person, asOf int64) *Sight {
	t.Helper()
	s, err := r.Sight(context.Background(), who, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhereAnIdentifierLeads(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	for _, add := range []struct{ id, mark string }{{"R-new", ""}, {"R-red", "TLP:RED TO:amal"}} {
		if _, err := r.HandIn(ctx, who, "", Handed{Report: report(add.id), Mark: add.mark}); err != nil {
			t.Fatal(err)
		}
	}
	amal, chen := sightOf(t, r, who, 0), sightOf(t, r, head("chen"), 0)
	for name, c := range map[string]struct {
		s    *Sight
		who  access.Person
		id   string
		want Lead
		no   bool
	}{
		"an incident":                             {amal, who, "C061", Lead{Incident: "C061"}, false},
		"an element of one":                       {amal, who, "C061/2", Lead{Incident: "C061", Element: "C061/2"}, false},
		"a report that is its element's name":     {amal, who, "C128", Lead{Incident: "C128"}, false},
		"a report of an element by itself":        {amal, who, "R-new", Lead{Incident: "R-new/1", Element: "R-new/1", Report: "R-new"}, false},
		"an element by itself":                    {amal, who, "R-new/1", Lead{Incident: "R-new/1"}, false},
		"nothing":                                 {amal, who, "C999", Lead{}, true},
		"a report that is hidden":                 {chen, head("chen"), "R-red", Lead{}, true},
		"an element that is hidden":               {chen, head("chen"), "R-red/1", Lead{}, true},
		"the same for whom it is":                 {amal, who, "R-red", Lead{Incident: "R-red/1", Element: "R-red/1", Report: "R-red"}, false},
		"an incident before it was in the record": {sightOf(t, r, who, 20), who, "C061", Lead{}, true},
	} {
		got, err := r.IncidentOf(ctx, c.who, c.s, c.id)
		if d := cmp.Diff(c.want, got); d != "" || (err != nil) != c.no {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, d)
		}
		if kind := kindOf(err); err != nil && kind != truce.Absent && kind != truce.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnIncidentsVerdictsAreTheRecords asks for every verdict of the sample in a second way.
func TestAnIncidentsVerdictsAreTheRecords(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	s := sightOf(t, r, who, 0)
	done := map[string]bool{}
	for i := 0; i < len(s.Result.Elements); i += 4 { // one in four, for time
		e := &s.Result.Elements[i]
		lead, err := r.IncidentOf(ctx, who, s, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if done[lead.Incident] {
			continue
		}
		done[lead.Incident] = true
		in, err := r.Incident(ctx, who, s, lead.Incident, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, told := range in.Told {
			id := s.Result.Elements[told.At].ID
			p, err := r.Verdicts(ctx, who, VerdictQuestion{Element: id, Limit: MaxLimit})
			if err != nil {
				t.Fatal(err)
			}
			var want []truce.Verdict
			for _, raw := range p.Verdicts {
				var v truce.Verdict
				if err := json.Unmarshal(raw, &v); err != nil {
					t.Fatal(err)
				}
				want = append(want, v)
			}
			if d := cmp.Diff(want, told.Verdicts); d != "" {
				t.Errorf("%s (-Verdicts +Incident):\n%s", id, d)
			}
		}
	}
	if len(done) < 40 {
		t.Errorf("only %d incidents were looked at", len(done))
	}
}

// TestAnIncidentTellsHowItCameToBe follows two reports from their arrival to a finding.
func TestAnIncidentTellsHowItCameToBe(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	amal, boris := head("amal"), head("boris")
	admit(t, r, "amal", string(access.Verifier))
	var n []int64
	write := func(kind string, fields map[string]any) {
		t.Helper()
		done, err := r.Write(ctx, amal, Act{Kind: kind, Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
		n = append(n, done[0].N)
	}
	for _, id := range []string{"R-1", "R-2"} {
		e, err := r.HandIn(ctx, amal, "", Handed{Report: report(id)})
		if err != nil {
			t.Fatal(err)
		}
		n = append(n, e.N)
	}
	write("incident.opened", map[string]any{"id": "I-1", "title": "Blasts", "members": []string{"R-1/1"}})
	write("incident.joined", map[string]any{"id": "I-1", "members": []string{"R-2/1"}, "reason": "the same blasts"})
	write("element.assessed", map[string]any{"element": "R-1/1", "changes": map[string]any{"act": []string{"statement"}}, "reason": "it was a speech"})
	write("report.retracted", map[string]any{"id": "R-2", "reason": "the caller was elsewhere"})
	write("contact.made", map[string]any{"with": "the north", "at": "2016-08-27T12:00:00Z", "words": "asked for an answer", "about": "I-1"})
	write("contact.made", map[string]any{"with": "the south", "at": "2016-08-27T12:00:00Z", "words": "of something else", "about": "I-2"})
	p, err := r.Propose(ctx, amal, Act{Kind: "finding.signed", Fields: map[string]any{"id": "F-1", "incident": "I-1", "body": "the commission", "standard": "verified", "statement": "there were two blasts"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Confirm(ctx, boris, p.N, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := sightOf(t, r, amal, 0)
	in, err := r.Incident(ctx, amal, s, "I-1", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Members) != 2 || len(in.Told) != 2 || len(in.Reports) != 2 || len(in.Findings) != 1 || len(in.Contacts) != 1 {
		t.Fatalf("%d members, %d told, %d reports, %d findings, %d contacts", len(in.Members), len(in.Told), len(in.Reports), len(in.Findings), len(in.Contacts))
	}
	type line struct {
		N      int64
		Kind   string
		Reason string
	}
	var got []line
	for _, e := range in.Events {
		got = append(got, line{e.N, e.Kind, e.Reason})
	}
	want := []line{{n[0], "report.received", ""}, {n[1], "report.received", ""}, {n[2], "incident.opened", ""}, {n[3], "incident.joined", "the same blasts"},
		{n[4], "element.assessed", "it was a speech"}, {n[5], "report.retracted", "the caller was elsewhere"}, {f.N, "finding.signed", ""}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	// What changed, and which verdicts it turned: a statement is no attack, so a clause against
	// attacks on groups that was open is not broken any more.
	assessed := in.Events[4]
	if d := cmp.Diff([]Made{{Kind: "element", ID: "R-1/1", Fields: []string{"act"}}}, assessed.Of); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	turned := in.Told[0].Turned
	if !slices.Contains(turned, Turned{n[4], "sy-coh-2016-02", "G2", truce.Undetermined, truce.NoViolation}) {
		t.Errorf("turned: %v", turned)
	}
	for _, x := range turned {
		if x.Entry != n[4] {
			t.Errorf("%v: joining changes no verdict", x)
		}
	}
	// A retraction leaves nothing to judge.
	for _, v := range in.Told[1].Verdicts {
		if v.Code != "RETRACTED" {
			t.Errorf("%s %s: %s", v.Agreement, v.Clause, v.Code)
		}
	}
	// As it was before the assessment.
	then := sightOf(t, r, amal, n[4])
	in, err = r.Incident(ctx, amal, then, "I-1", "R-2/1")
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Told) != 1 || then.Result.Elements[in.Told[0].At].ID != "R-2/1" || len(in.Findings) != 0 || in.Events[len(in.Events)-1].N >= n[4] {
		t.Errorf("%d told, %d findings, %d events", len(in.Told), len(in.Findings), len(in.Events))
	}
	if _, err := r.Incident(ctx, amal, s, "I-1", "C061/1"); kindOf(err) != truce.Invalid {
		t.Errorf("an element of another incident: %v", err)
	}
}

// TestAnIncidentShowsWhatOneMaySee: somebody of a party sees that there is more, never what.
func TestAnIncidentShowsWhatOneMaySee(t *testing.T) {
	ctx := context.Background()
	r := newRecord(t)
	if _, err := r.Load(ctx, head("amal"), "../missions/syria-2016", LoadOptions{Mark: "TLP:GREEN"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.HandIn(ctx, head("amal"), "", Handed{Report: report("R-green"), Mark: "TLP:GREEN"}); err != nil {
		t.Fatal(err)
	}
	lina := access.Person{ID: "lina", Roles: []access.Role{access.Liaison}, Party: "north", TwoFactor: true}
	s := sightOf(t, r, lina, 0)
	in, err := r.Incident(ctx, lina, s, "R-green/1", "")
	if err != nil {
		t.Fatal(err)
	}
	told := in.Told[0]
	if d := cmp.Diff(Sees{Words: true}, told.Sees); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, v := range told.Verdicts {
		for _, step := range v.Steps {
			if step.Because != "" || step.Sources != nil {
				t.Errorf("%s: %v", v.Clause, step)
			}
		}
	}
	for _, e := range in.Events {
		if e.Author != "" || e.Recorded.Before(time.Date(2016, 8, 27, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%+v", e)
		}
	}
}
