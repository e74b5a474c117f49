package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
)

// pair is an act of two people, as it stands before the policy.
type pair struct {
	do       access.Action
	kind, id string
	what     string // exactly what is to be done
	label    access.Label
}

// pair reads an act of two people. One about a row that is there is judged by the mark that
// the row has.
func (r *Record) pair(kind string, f ledger.Fields, label access.Label, s subject) (pair, error) {
	k, ok := record.Lookup(kind)
	if !ok || !k.Two {
		return pair{}, &truce.Error{Kind: truce.Invalid, At: "do", Msg: kind + " does not take two people", Hint: "enter it by itself"}
	}
	x := pair{do: actionOf(kind), kind: k.Row, id: "new", label: label, what: contents(f)}
	if s.id != "" {
		x.kind, x.id = s.kind, s.id
	}
	if s.there {
		x.label = s.label
	}
	if kind == "mark.widened" {
		var to string
		_, err := f.Get("to", &to)
		if err == nil {
			_, err = access.ParseLabel(to)
		}
		if err != nil {
			return x, &truce.Error{Kind: truce.Invalid, At: "to", Msg: "this is no handling mark", Hint: "such as " + DefaultMark}
		}
	}
	return x, nil
}

// contents is a fingerprint of what an act says, whoever enters it.
func contents(f ledger.Fields) string {
	sum := sha256.New()
	for _, name := range f.Held() {
		if name != "author" && name != "proposed" {
			raw, _ := f.Raw(name)
			fmt.Fprintf(sum, "%s\n%s\n", name, raw)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Propose puts an act of two people before the second one and returns the number of the
// proposal. Nothing is done yet.
func (r *Record) Propose(ctx context.Context, who access.Person, a Act) (Entered, error) {
	s, err := r.about(ctx, who, a.Kind, a.Fields)
	if err != nil {
		return Entered{}, err
	}
	fields, label, err := r.complete(who, a, s)
	if err != nil {
		return Entered{}, err
	}
	x, err := r.pair(a.Kind, fields, label, s)
	if err != nil {
		return Entered{}, err
	}
	if err := r.stands(ctx, who, a.Kind, a.Fields, label, s); err != nil {
		return Entered{}, err
	}
	if _, d := r.policy.Propose(who, x.do, x.kind, x.id, x.what, x.label, r.now()); !d.Allowed {
		return Entered{}, refused(who, x.do, x.kind, d)
	}
	act := map[string]json.RawMessage{}
	for _, name := range fields.Held() {
		if name != "author" && name != "mark" {
			act[name], _ = fields.Raw(name)
		}
	}
	mark, _ := fields.Raw("mark")
	return r.enter(ctx, who, "act.proposed", map[string]any{"do": a.Kind, "act": act, "mark": mark})
}

// Confirm carries out what somebody else proposed. The entry names both people, and the
// second answers for it by a key where one is given.
func (r *Record) Confirm(ctx context.Context, who access.Person, proposal int64, key *ledger.Key) (Entered, error) {
	p, err := r.proposed(ctx, who, proposal)
	if err != nil {
		return Entered{}, err
	}
	do, by, act, label := p.do, p.by, p.act, p.label
	act["mark"] = p.mark
	fields, err := fieldsOf(act)
	if err != nil {
		return Entered{}, err
	}
	s, err := r.about(ctx, who, do, act)
	if err != nil {
		return Entered{}, err
	}
	x, err := r.pair(do, fields, label, s)
	if err != nil {
		return Entered{}, err
	}
	if err := r.stands(ctx, who, do, act, label, s); err != nil {
		return Entered{}, err
	}
	proposer, err := r.Person(ctx, by)
	if err != nil {
		return Entered{}, err
	}
	pending := access.Pending{Do: x.do, Kind: x.kind, ID: x.id, What: x.what, Proposed: access.Signed{By: by, At: p.at}, Until: p.at.Add(access.ConfirmWithin)}
	if _, d := r.policy.Confirm(pending, proposer, who, x.what, x.label, r.now()); !d.Allowed {
		return Entered{}, refused(who, x.do, x.kind, d)
	}
	act["proposed"] = proposal
	fields, _, err = r.complete(who, Act{Kind: do, Fields: act}, s)
	if err != nil {
		return Entered{}, err
	}
	done, err := r.db.Append(ctx, store.Draft{Kind: do, Fields: fields, Key: key, Sign: key != nil})
	if err != nil {
		return Entered{}, err
	}
	return Entered{done[0].N, done[0].At, done[0].Repeat}, nil
}

// proposal is an act of two people as it was proposed.
type proposal struct {
	do, by, mark string
	act          map[string]any
	label        access.Label
	at           time.Time
}

// proposed reads a proposal. One that the person may not see is not there.
func (r *Record) proposed(ctx context.Context, who access.Person, n int64) (proposal, error) {
	p := proposal{act: map[string]any{}}
	e, err := r.db.Entry(ctx, n)
	if err != nil {
		return p, err
	}
	if e.Kind == "act.proposed" {
		for name, into := range map[string]any{"do": &p.do, "act": &p.act, "author": &p.by, "mark": &p.mark} {
			if _, err := e.Fields.Get(name, into); err != nil {
				return p, err
			}
		}
	}
	p.at = e.At
	p.label, err = access.ParseLabel(p.mark)
	if p.do == "" || p.by == "" || err != nil || !r.policy.May(who, access.Read, "proposal", p.label, r.now()).Allowed {
		return p, &truce.Error{Kind: truce.Absent, At: "proposed", Msg: fmt.Sprintf("entry %d proposes nothing", n),
			Err: Refusal{who.ID, string(access.Read), "proposal", "it is not there, or is hidden"}}
	}
	return p, nil
}

// Person is somebody as the record admits them now. Whoever it does not admit has no post.
func (r *Record) Person(ctx context.Context, id string) (access.Person, error) {
	v, err := r.db.Get(ctx, 0, "person", id)
	if kindOf(err) == truce.Absent {
		return access.Person{ID: id}, nil
	}
	if err != nil {
		return access.Person{}, err
	}
	var b struct {
		Roles      []access.Role
		Party, Org string
		Purposes   []string
	}
	if err := json.Unmarshal(v.Body, &b); err != nil {
		return access.Person{}, &truce.Error{Kind: truce.Internal, At: "person/" + id, Msg: "the row is damaged", Err: err}
	}
	return access.Person{ID: id, Roles: b.Roles, Party: b.Party, Org: b.Org, Purposes: b.Purposes, TwoFactor: true}, nil
}
