package access_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce/access"
)

func named(id string, r access.Role) access.Person {
	return access.Person{ID: id, Roles: []access.Role{r}, Org: "desk", TwoFactor: true}
}

func TestActsOfTwoPersons(t *testing.T) {
	p := policy(t)
	amber, orcon := access.Label{TLP: "AMBER"}, access.Label{TLP: "AMBER", Party: "north", Orcon: true}
	karim := access.Person{ID: "karim", Roles: []access.Role{access.Liaison}, Party: "north", TwoFactor: true}
	for name, c := range map[string]struct {
		first, second access.Person
		do            access.Action
		kind          string
		label         access.Label
		proposed, ok  bool
	}{
		"verifier and head sign":                   {named("v", access.Verifier), named("h", access.Head), access.Sign, "finding", amber, true, true},
		"two verifiers sign":                       {named("v", access.Verifier), named("w", access.Verifier), access.Sign, "finding", amber, true, true},
		"one verifier twice":                       {named("v", access.Verifier), named("v", access.Verifier), access.Sign, "finding", amber, true, false},
		"desk does not sign":                       {named("d", access.Desk), named("h", access.Head), access.Sign, "finding", amber, false, false},
		"auditor does not confirm":                 {named("v", access.Verifier), named("a", access.Auditor), access.Sign, "finding", amber, true, false},
		"only findings are signed":                 {named("v", access.Verifier), named("h", access.Head), access.Sign, "report", amber, false, false},
		"verifier and head exclude":                {named("v", access.Verifier), named("h", access.Head), access.Exclude, "adherence", amber, true, true},
		"two verifiers do not exclude":             {named("v", access.Verifier), named("w", access.Verifier), access.Exclude, "adherence", amber, true, false},
		"verifier and head open a source":          {named("v", access.Verifier), named("h", access.Head), access.OpenSource, "source", amber, true, true},
		"two heads open a source":                  {named("g", access.Head), named("h", access.Head), access.OpenSource, "source", amber, true, true},
		"administrator opens no source":            {named("h", access.Head), named("r", access.Administrator), access.OpenSource, "source", amber, true, false},
		"nor proposes it":                          {named("r", access.Administrator), named("h", access.Head), access.OpenSource, "source", amber, false, false},
		"desk opens no source":                     {named("h", access.Head), named("d", access.Desk), access.OpenSource, "source", amber, true, false},
		"auditor opens no source":                  {named("h", access.Head), named("a", access.Auditor), access.OpenSource, "source", amber, true, false},
		"desk and head widen":                      {named("d", access.Desk), named("h", access.Head), access.Widen, "report", amber, true, true},
		"head and verifier do not widen":           {named("h", access.Head), named("v", access.Verifier), access.Widen, "report", amber, true, false},
		"ORCON: not without the party":             {named("d", access.Desk), named("h", access.Head), access.Widen, "report", orcon, false, false},
		"ORCON: the party proposes":                {karim, named("h", access.Head), access.Widen, "report", orcon, true, true},
		"a party widens no mark of another's":      {karim, named("h", access.Head), access.Widen, "report", access.Label{TLP: "GREEN", Party: "south"}, false, false},
		"RED for others: neither of the two reads": {named("d", access.Desk), named("h", access.Head), access.Widen, "report", access.Label{TLP: "RED", To: []string{"x"}}, false, false},
		"what takes one person":                    {named("h", access.Head), named("g", access.Head), access.Publish, "release", access.Label{TLP: "CLEAR"}, false, false},
		"without a name":                           {named("", access.Head), named("h", access.Head), access.Sign, "finding", amber, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if d := p.May(c.first, c.do, c.kind, c.label, now()); d.Allowed && c.do != access.Publish {
				t.Error("one person is enough")
			}
			x, d := p.Propose(c.first, c.do, c.kind, "F-1", "hash", c.label, now())
			if d.Allowed != c.proposed {
				t.Fatalf("proposing: %+v", d)
			}
			if !d.Allowed {
				if d := cmp.Diff(access.Pending{}, x); d != "" {
					t.Error(d)
				}
				return
			}
			y, d := p.Confirm(x, c.first, c.second, "hash", c.label, now().Add(time.Hour))
			if d.Allowed != c.ok || y.Done() != c.ok || x.Done() {
				t.Errorf("confirming: %+v, done %v", d, y.Done())
			}
		})
	}
}

func TestWhatSpoilsAProposal(t *testing.T) {
	p := policy(t)
	v, h, amber := named("v", access.Verifier), named("h", access.Head), access.Label{TLP: "AMBER"}
	x, d := p.Propose(v, access.Sign, "finding", "F-1", "hash", amber, now())
	if !d.Allowed {
		t.Fatal(d)
	}
	later := now().Add(time.Hour)
	oneFactor, gone := h, v
	oneFactor.TwoFactor, gone.Roles = false, nil
	done, _ := p.Confirm(x, v, h, "hash", amber, later)
	forged := x
	forged.Until = now().Add(1000 * time.Hour)
	for name, c := range map[string]struct {
		x      access.Pending
		v, h   access.Person
		what   string
		label  access.Label
		at     time.Time
		wanted bool
	}{
		"nothing":                             {x, v, h, "hash", amber, later, true},
		"the last moment":                     {x, v, h, "hash", amber, now().Add(access.ConfirmWithin - 1), true},
		"too late":                            {x, v, h, "hash", amber, now().Add(access.ConfirmWithin), false},
		"the clock jumped back":               {x, v, h, "hash", amber, now().Add(-1), false},
		"the finding was changed since":       {x, v, h, "other", amber, later, false},
		"nothing is named":                    {x, v, h, "", amber, later, false},
		"the proposer lost the post":          {x, gone, h, "hash", amber, later, false},
		"somebody else is said to have":       {x, h, v, "hash", amber, later, false},
		"the second has one factor":           {x, v, oneFactor, "hash", amber, later, false},
		"the mark was narrowed since":         {x, v, h, "hash", access.Label{TLP: "RED", To: []string{"v"}}, later, false},
		"confirmed before":                    {done, v, named("g", access.Head), "hash", amber, later, false},
		"no proposal":                         {access.Pending{}, v, h, "hash", amber, later, false},
		"a time limit of somebody's choosing": {forged, v, h, "hash", amber, later, false},
	} {
		y, d := p.Confirm(c.x, c.v, c.h, c.what, c.label, c.at)
		if d.Allowed != c.wanted {
			t.Errorf("%s: %+v", name, d)
		}
		if diff := cmp.Diff(c.x, y); !c.wanted && diff != "" {
			t.Errorf("%s: the proposal changed:\n%s", name, diff)
		}
	}
}

func TestDoneIsNotTakenOnTrust(t *testing.T) {
	whole := access.Pending{Do: access.Sign, Kind: "finding", ID: "F-1", What: "hash", Proposed: access.Signed{By: "v", At: now()},
		Confirmed: access.Signed{By: "h", At: now().Add(time.Hour)}, Until: now().Add(access.ConfirmWithin)}
	if !whole.Done() {
		t.Fatal("this one is done")
	}
	for name, spoil := range map[string]func(*access.Pending){
		"the same person":   func(x *access.Pending) { x.Confirmed.By = "v" },
		"nobody proposed":   func(x *access.Pending) { x.Proposed.By = "" },
		"nobody confirmed":  func(x *access.Pending) { x.Confirmed.By = "" },
		"confirmed before":  func(x *access.Pending) { x.Confirmed.At = now().Add(-1) },
		"confirmed late":    func(x *access.Pending) { x.Confirmed.At = x.Until },
		"a longer limit":    func(x *access.Pending) { x.Until = x.Until.Add(1) },
		"an act of one":     func(x *access.Pending) { x.Do = access.Publish },
		"no limit at all":   func(x *access.Pending) { x.Until = time.Time{} },
		"proposed long ago": func(x *access.Pending) { x.Proposed.At = now().Add(-access.ConfirmWithin) },
	} {
		x := whole
		if spoil(&x); x.Done() {
			t.Errorf("%s: done", name)
		}
	}
	raw, err := json.Marshal(whole)
	var back access.Pending
	if err != nil || json.Unmarshal(raw, &back) != nil || cmp.Diff(whole, back) != "" {
		t.Errorf("kept and read again: %s", raw)
	}
}
