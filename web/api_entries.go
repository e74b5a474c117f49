package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/ledger"
	"truce/people"
)

// OfEntry names an entry.
type OfEntry struct {
	N int64 `path:"n" doc:"number of the entry, from 0" minimum:"0" example:"3"`
}

type entriesIn struct {
	From  int64 `query:"from" doc:"the first entry wanted" minimum:"0" example:"0"`
	Limit int   `query:"limit" doc:"entries on a page" minimum:"1" maximum:"1000" default:"50"`
}

type entriesOut struct {
	Entries []desk.SeenEntry `json:"entries"`
	Next    int64            `json:"next,omitempty" doc:"from of the next page, if there is one"`
}

// Submission is what makes a repetition harmless.
type Submission struct {
	Key string `header:"Idempotency-Key" doc:"name of this submission: sent again with the same content it is not entered twice, with another content it is a conflict" maxLength:"200" example:"5f0c2a"`
}

// act is something to enter.
type act struct {
	Kind   string         `json:"kind" doc:"kind of entry" maxLength:"60" example:"coverage.logged"`
	Fields map[string]any `json:"fields" doc:"what the kind needs"`
}

type writeIn struct {
	Submission
	Body struct {
		Acts []act `json:"acts" doc:"all are entered, or none" minItems:"1" maxItems:"1000"`
	}
}

type writeOut struct {
	Entered []desk.Entered `json:"entered"`
}

type proposeIn struct{ Body act }

type reportIn struct {
	Key  string `header:"Idempotency-Key" required:"true" doc:"the submission's name" minLength:"1" maxLength:"200" example:"form-17"`
	Body struct {
		Report truce.Report `json:"report"`
		Mark   string       `json:"mark,omitempty" doc:"handling mark; without one, TLP:AMBER" maxLength:"1000" example:"TLP:GREEN"`
		Danger []string     `json:"danger,omitempty" doc:"what puts life at risk: such reports stand first in the inbox" enum:"fire,trapped,medical" maxItems:"3"`
		Past   bool         `json:"past,omitempty" doc:"it is of the mission's past, and does not wait in the inbox"`
	}
}

type destroyIn struct {
	OfEntry
	Body struct {
		Fields []string `json:"fields" doc:"fields whose values are destroyed; their hashes stay" minItems:"1" maxItems:"100"`
		Reason string   `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

// entryRoutes are the record itself: its entries, their proofs, and acts that make new ones.
func (a *api) entryRoutes() {
	add(a, op("GET", "/entries", "entries", "Entries in their order", "Those about what you may not see are left out."), a.entries)
	add(a, op("GET", "/entries/{n}", "entry", "One entry", ""),
		func(ctx context.Context, who access.Person, in *OfEntry) (*body[desk.SeenEntry], error) {
			e, err := a.Record.Entry(ctx, who, in.N)
			return answer(e, conceal(err))
		})
	o := op("GET", "/entries/{n}/receipt", "receipt", "Proof that an entry is in the record", "Its leaf, the fields that you may see, the path to the root and a signed checkpoint: `truce verify` checks it without this server.")
	o.Responses = rawResponse("application/json")
	add(a, o, func(ctx context.Context, who access.Person, in *OfEntry) (*raw, error) {
		text, err := a.Record.Receipt(ctx, who, in.N)
		return &raw{"application/json", text}, conceal(err) // byte for byte: it is checked so
	})
	o = op("GET", "/checkpoint", "checkpoint", "The signed checkpoint over all entries", "A signed note (C2SP tlog-checkpoint).")
	o.Responses = rawResponse("text/plain")
	add(a, o, func(ctx context.Context, _ access.Person, _ *struct{}) (*raw, error) {
		note, err := a.Record.Checkpoint(ctx)
		return &raw{"text/plain; charset=utf-8", note}, err
	})
	add(a, op("POST", "/entries", "write", "Enter acts", "Signed with your key if it is enrolled, else the instance answers for them."), a.write)
	add(a, op("POST", "/reports", "report", "Hand in a report", "It waits in the inbox under the entry's number, as a call does, unless it is of the mission's past."), a.report)
	add(a, op("POST", "/proposals", "propose", "Propose an act that takes two people", "Nothing is done until somebody else confirms it."), a.propose)
	add(a, op("POST", "/proposals/{n}/confirm", "confirm", "Confirm what somebody else proposed", ""), a.confirm)
	add(a, op("POST", "/entries/{n}/destroy", "destroy", "Destroy personal data", "The entry keeps the hash and the reason."), a.destroy)
}

func (a *api) entries(ctx context.Context, who access.Person, in *entriesIn) (*body[entriesOut], error) {
	list, err := a.Record.Entries(ctx, who, in.From, in.Limit)
	out := entriesOut{Entries: list}
	if n := len(list); n > 0 && n == in.Limit {
		out.Next = list[n-1].N + 1
	}
	return answer(out, err)
}

// ownKey keeps submissions of different people apart, whatever they call them.
func ownKey(who access.Person, key string) string {
	if key == "" {
		return ""
	}
	return who.ID + "/" + key
}

func (a *api) write(ctx context.Context, who access.Person, in *writeIn) (*body[writeOut], error) {
	acts := make([]desk.Act, len(in.Body.Acts))
	for i, x := range in.Body.Acts {
		acts[i] = desk.Act{Kind: x.Kind, Fields: x.Fields}
		if _, said := x.Fields["door"]; x.Kind == "report.received" && !said && x.Fields != nil {
			x.Fields["door"] = desk.DoorAPI
		}
		if in.Key != "" {
			acts[i].Submission = ownKey(who, in.Key) + "/" + strconv.Itoa(i)
		}
	}
	var out writeOut
	err := a.signing(ctx, who, func(k *ledger.Key) (err error) {
		for i := range acts {
			acts[i].Key = k
		}
		out.Entered, err = a.Record.Write(ctx, who, acts...)
		return err
	})
	if err != nil {
		return nil, err
	}
	of(ctx).did("entered", about(out.Entered[0].N), slog.Int("acts", len(acts)))
	return answer(out, nil)
}

func (a *api) report(ctx context.Context, who access.Person, in *reportIn) (*body[desk.Entered], error) {
	h := desk.Handed{Report: in.Body.Report, Mark: in.Body.Mark, Danger: in.Body.Danger, Door: desk.DoorAPI}
	if in.Body.Past {
		h.Door = ""
	}
	done, err := a.Record.HandIn(ctx, who, ownKey(who, in.Key), h)
	if err == nil {
		of(ctx).did("reported", about(done.N), slog.Bool("repeat", done.Repeat))
	}
	return answer(done, err)
}

func (a *api) propose(ctx context.Context, who access.Person, in *proposeIn) (*body[desk.Entered], error) {
	done, err := a.Record.Propose(ctx, who, desk.Act{Kind: in.Body.Kind, Fields: in.Body.Fields})
	if err == nil {
		of(ctx).did("proposed", about(done.N))
	}
	return answer(done, err)
}

func (a *api) confirm(ctx context.Context, who access.Person, in *OfEntry) (*body[desk.Entered], error) {
	var done desk.Entered
	err := a.signing(ctx, who, func(k *ledger.Key) (err error) {
		done, err = a.Record.Confirm(ctx, who, in.N, k)
		return err
	})
	if err == nil {
		of(ctx).did("confirmed", about(done.N), slog.Int64("proposal", in.N))
	}
	return answer(done, err)
}

func (a *api) destroy(ctx context.Context, who access.Person, in *destroyIn) (*body[desk.Entered], error) {
	done, err := a.Record.Destroy(ctx, who, in.N, in.Body.Fields, in.Body.Reason)
	if err == nil {
		of(ctx).did("destroyed", about(in.N), slog.Int("fields", len(in.Body.Fields)))
	}
	return answer(done, conceal(err))
}

// signing calls use with the person's key, if it is enrolled in the record and the person is
// here with two factors; else with nil, and the instance answers for the entry.
func (s *site) signing(ctx context.Context, who access.Person, use func(*ledger.Key) error) error {
	v := of(ctx)
	if v.how != "session" || !who.TwoFactor || v.account.Key == "" {
		return use(nil)
	}
	id, _, err := ledger.ParseVerifier(v.account.Key)
	if err != nil {
		return use(nil)
	}
	good, err := s.enrolled(ctx, who, id)
	if err != nil {
		return err
	}
	if !good {
		return use(nil)
	}
	return s.People.Signing(ctx, v.account.ID, s.Now(), func(secret people.Secret) error {
		k, err := ledger.ParseKey(secret.Reveal())
		if err != nil {
			return errors.New("the signing key cannot be read") // the error may repeat it
		}
		return use(k)
	})
}

// enrolled reports whether a key stands in the record and was not revoked, as far as the
// person may see.
func (s *site) enrolled(ctx context.Context, who access.Person, id string) (bool, error) {
	row, err := s.Record.Row(ctx, who, 0, "key", id)
	if err != nil {
		if p := problemOf(err); p.Status >= 500 {
			return false, err
		}
		return false, nil
	}
	var b struct{ Revoked bool }
	return json.Unmarshal(row.Body, &b) == nil && !b.Revoked, nil
}
