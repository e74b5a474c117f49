package desk

import (
	"context"
	"encoding/json"
	"slices"

	"truce"
	"truce/access"
	"truce/vault"
)

// SealSource keeps who a source is, apart from what it said: sealed to the keys of several
// people, none of which the record holds, so that any two of them together can open it.
// Reports name the source by id alone.
func (r *Record) SealSource(ctx context.Context, who access.Person, id string, identity []byte, to []vault.Recipient, mark string) (Entered, error) {
	box, err := vault.Seal(identity, to)
	if err != nil {
		return Entered{}, err
	}
	f := map[string]any{"id": id, "sealed": string(box.Text())}
	if mark != "" {
		f["mark"] = mark
	}
	done, err := r.Write(ctx, who, Act{Kind: "source.sealed", Fields: f})
	if err != nil {
		return Entered{}, err
	}
	return done[0], nil
}

// SealedSource is the sealed box of a source, as its entry committed to it. It is of use
// only to the people it is sealed to.
func (r *Record) SealedSource(ctx context.Context, who access.Person, id string) (*vault.Box, error) {
	row, err := r.db.Get(ctx, 0, "source", id)
	if err != nil {
		return nil, err
	}
	if err := r.mayRead(who, "source", row.Label); err != nil {
		return nil, err
	}
	var b struct{ Entry int64 }
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "source/" + id, Msg: "the row is damaged", Err: err}
	}
	e, err := r.db.Entry(ctx, b.Entry)
	if err != nil {
		return nil, err
	}
	var text string
	if ok, err := e.Fields.Get("sealed", &text); err != nil || !ok {
		return nil, absent("source", id)
	}
	return vault.Parse([]byte(text))
}

// ProposeOpening asks a second person to open a source together.
func (r *Record) ProposeOpening(ctx context.Context, who access.Person, id string, with []string, reason string) (Entered, error) {
	row, err := r.db.Get(ctx, 0, "source", id)
	if err != nil {
		return Entered{}, err
	}
	people := append(slices.Clone(with), who.ID)
	slices.Sort(people)
	return r.Propose(ctx, who, Act{Kind: "source.opened", Fields: map[string]any{"id": id, "people": slices.Compact(people), "reason": reason, "mark": row.Label}})
}

// OpenSource opens a source with the shares of two people, after the opening that one of
// them proposed has been entered as confirmed by the other. Nobody sees the identity
// unless the record says who did.
func (r *Record) OpenSource(ctx context.Context, who access.Person, id string, proposal int64, one, other vault.Share) (vault.Identity, error) {
	box, err := r.SealedSource(ctx, who, id)
	if err != nil {
		return vault.Identity{}, err
	}
	e, err := r.db.Entry(ctx, proposal)
	if err != nil {
		return vault.Identity{}, err
	}
	var act struct {
		ID, Reason string
		People     []string
	}
	if ok, err := e.Fields.Get("act", &act); err != nil || !ok || act.ID != id {
		return vault.Identity{}, &truce.Error{Kind: truce.Conflict, At: "proposed", Msg: "the proposal is about another source"}
	}
	return box.Open(one, other, act.Reason, r.now(), func(o vault.Opening) error {
		if !slices.Contains(act.People, o.By[0]) || !slices.Contains(act.People, o.By[1]) {
			return &truce.Error{Kind: truce.Denied, At: "shares", Msg: "the shares are of others than those who asked"}
		}
		_, err := r.Confirm(ctx, who, proposal, nil)
		return err
	})
}
