package access

import (
	"time"
)

// ConfirmWithin is how long a proposal waits for its second person.
const ConfirmWithin = 72 * time.Hour

// Signed is who took part in an act, and when.
type Signed struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Pending is an act of two persons: proposed by one, waiting for or confirmed by another.
// It is a value; where it is kept is for the caller. What stands for exactly what is to be
// done, in the caller's words: the hash of a finding, the label to be given. The second
// person confirms that and nothing else.
type Pending struct {
	Do        Action `json:"do"`
	Kind      string `json:"kind"`
	ID        string `json:"id"`
	What      string `json:"what"`
	Proposed  Signed `json:"proposed"`
	Confirmed Signed `json:"confirmed,omitzero"`
	// Until is the instant from which nobody can confirm it any more.
	Until time.Time `json:"until"`
}

// Propose makes the first half of an act of two persons on the row of that kind and
// identifier, as it is marked now. Decision.Allowed says whether it was made.
func (p *Policy) Propose(who Person, do Action, kind, id, what string, l Label, now time.Time) (Pending, Decision) {
	switch {
	case !twoPersons(do):
		return Pending{}, Decision{Why: "this act does not take two persons"}
	case who.ID == "" || id == "" || what == "":
		return Pending{}, Decision{Why: "a proposal needs a person, a row and what is to be done"}
	}
	d := p.decide(request{who: who, do: do, kind: kind, label: l, now: now, step: first})
	if !d.Allowed {
		return Pending{}, d
	}
	return Pending{Do: do, Kind: kind, ID: id, What: what, Proposed: Signed{who.ID, now}, Until: now.Add(ConfirmWithin)}, d
}

// Confirm makes the second half. Both persons are judged as they are now and the row as it
// is marked now: whoever proposed it must still be allowed to. what must be what was
// proposed. Decision.Allowed says whether the act may be done.
func (p *Policy) Confirm(x Pending, proposer, who Person, what string, l Label, now time.Time) (Pending, Decision) {
	if why := x.open(proposer, who, what, now); why != "" {
		return x, Decision{Why: why}
	}
	r := request{who: proposer, do: x.Do, kind: x.Kind, label: l, now: now, step: first}
	if d := p.decide(r); !d.Allowed {
		return x, d
	}
	r.who, r.step, r.consent = who, second, consents(proposer, l)
	d := p.decide(r)
	if d.Allowed {
		x.Confirmed = Signed{who.ID, now}
	}
	return x, d
}

// open says why a proposal cannot be confirmed by this person now; "" if it can.
func (x Pending) open(proposer, who Person, what string, now time.Time) string {
	switch {
	case !twoPersons(x.Do):
		return "this act does not take two persons"
	case x.Confirmed != (Signed{}):
		return "it was confirmed before"
	case x.Proposed.By == "" || x.Proposed.By != proposer.ID:
		return "somebody else proposed it"
	case who.ID == "" || who.ID == proposer.ID:
		return "the second person must be another"
	case x.What == "" || x.What != what:
		return "something else was proposed"
	case now.Before(x.Proposed.At) || !now.Before(x.Until) || x.Until.After(x.Proposed.At.Add(ConfirmWithin)):
		return "the time to confirm it is over"
	}
	return ""
}

// Done reports whether two different persons stand behind the act, the second in time.
func (x Pending) Done() bool {
	return twoPersons(x.Do) && x.Proposed.By != "" && x.Confirmed.By != "" && x.Proposed.By != x.Confirmed.By &&
		!x.Confirmed.At.Before(x.Proposed.At) && x.Confirmed.At.Before(x.Until) && !x.Until.After(x.Proposed.At.Add(ConfirmWithin))
}

// consents reports whether a person is the originator of a row.
func consents(who Person, l Label) bool {
	for _, name := range who.names() {
		for _, o := range l.originator() {
			if name == o {
				return true
			}
		}
	}
	return false
}
