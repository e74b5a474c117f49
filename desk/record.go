package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
)

// Record is a mission's record at work: every use of it goes through here, in the order
// permission, transaction, entry. It is safe for concurrent use.
type Record struct {
	db     *store.DB
	policy *access.Policy
	key    *ledger.Key
	now    func() time.Time
	org    string
	cursor cursors

	mu      sync.Mutex
	ready   []*opened        // what was agreed, as of a few entries
	last    *Judged          // the last answer of the engine
	sights  []*Sight         // the last of them
	parts   []*Sight         // the last of those of a part
	large   map[string]int64 // by marks: as of how many entries there is more than is looked at whole
	once    singleflight.Group
	looks   chan struct{} // who looks; room for as many as look at once
	atOnce  int
	judging atomic.Pointer[Judging]
	sign    sync.Mutex // one checkpoint is signed at a time
	days    dayShelf   // reports of days that were made before
}

// RecordOptions say how a record is kept. DB and Key must be there.
type RecordOptions struct {
	DB  *store.DB
	Key *ledger.Key      // the instance's
	Now func() time.Time // nil: the wall clock
	Org string           // the mission's own organisation; empty: [DefaultOrg]
	// AtOnce is how many elements pages look at whole; of more they show a part, see
	// [Record.SightOf]. 0: [DefaultAtOnce].
	AtOnce int
}

// DefaultOrg is what the mission's own organisation is called.
const DefaultOrg = "mission"

// NewRecord opens a record for use.
func NewRecord(o RecordOptions) (*Record, error) {
	policy, err := access.New()
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	cursor, err := newCursors(o.Key.Secret())
	if err != nil {
		return nil, err
	}
	return &Record{db: o.DB, policy: policy, key: o.Key, now: o.Now, org: cmp.Or(o.Org, DefaultOrg), cursor: cursor,
		atOnce: cmp.Or(o.AtOnce, DefaultAtOnce), looks: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)), large: map[string]int64{}}, nil
}

// Act is something that happens and becomes an entry.
type Act struct {
	// Kind is the kind of entry, see package record.
	Kind string
	// Submission makes a repetition harmless: the same one with the same content is not
	// entered twice. Empty: every call is one of its own.
	Submission string
	// Fields are the entry's, as values that encode to JSON. "author" is set by [Record.Write].
	Fields map[string]any
	// Key signs the entry for the person; nil lets the instance answer for it.
	Key *ledger.Key
	// Enrols is the verifier key of a key.enrolled or key.revoked entry.
	Enrols string

	loaded   bool // from a mission's folder, which was read as a whole before
	attached bool // with its file
}

// Entered says where an act went.
type Entered struct {
	N      int64     `json:"entry"`
	At     time.Time `json:"recorded"`
	Repeat bool      `json:"repeat,omitempty"`
}

// DefaultMark is the handling mark of what nobody marked: the organisation and those of
// its clients who need it.
const DefaultMark = "TLP:AMBER"

// Write enters acts for a person, all or none. Each is checked against the policy and
// against what its kind needs before anything is written.
func (r *Record) Write(ctx context.Context, who access.Person, acts ...Act) ([]Entered, error) {
	drafts, err := r.drafts(ctx, who, acts)
	if err != nil {
		return nil, err
	}
	return r.append(ctx, drafts)
}

// drafts checks acts and makes them ready for the store.
func (r *Record) drafts(ctx context.Context, who access.Person, acts []Act) ([]store.Draft, error) {
	drafts := make([]store.Draft, len(acts))
	for i, a := range acts {
		d, err := r.draft(ctx, who, a, drafts[:i])
		if err == nil {
			err = r.sound(ctx, a)
		}
		if err != nil {
			return nil, err
		}
		drafts[i] = d
	}
	return drafts, nil
}

func (r *Record) append(ctx context.Context, drafts []store.Draft) ([]Entered, error) {
	done, err := r.db.Append(ctx, drafts...)
	if err != nil {
		return nil, err
	}
	out := make([]Entered, len(done))
	for i, d := range done {
		out[i] = Entered{d.N, d.At, d.Repeat}
	}
	return out, nil
}

// draft checks an act and makes it ready for the store. before are those of the same call.
func (r *Record) draft(ctx context.Context, who access.Person, a Act, before []store.Draft) (store.Draft, error) {
	switch _, has := a.Fields["proposed"]; {
	case has:
		return store.Draft{}, &truce.Error{Kind: truce.Invalid, At: "proposed", Msg: "proposals are confirmed, not entered", Hint: "confirm the proposal"}
	case a.Kind == "attachment.added" && !a.attached:
		return store.Draft{}, &truce.Error{Kind: truce.Invalid, At: "kind", Msg: "an attachment is entered with its file", Hint: "hand in the file itself"}
	}
	var s subject
	var err error
	if !a.loaded {
		if s, err = r.about(ctx, who, a.Kind, a.Fields); err != nil {
			return store.Draft{}, err
		}
	}
	fields, label, err := r.complete(who, a, s)
	if err != nil {
		return store.Draft{}, err
	}
	if err := r.allow(who, actionOf(a.Kind), rowOf(a.Kind), label); err != nil {
		return store.Draft{}, err
	}
	if label.TLP == access.Clear && !forAll(a.Kind) { // what is clear from the first is published by being entered
		if err := r.allow(who, access.Publish, rowOf(a.Kind), label); err != nil {
			return store.Draft{}, err
		}
	}
	d := store.Draft{ID: a.Submission, Kind: a.Kind, Fields: fields, Key: a.Key, Sign: a.Key != nil, Enrols: a.Enrols}
	if !a.loaded {
		s.expect(&d, before)
		err = r.stands(ctx, who, a.Kind, a.Fields, label, s)
	}
	return d, err
}

// forAll says of a kind of entry that it is about the record itself, which everybody may
// check: keys, and that something was destroyed.
func forAll(kind string) bool {
	switch rowOf(kind) {
	case "key", "destroyed", "restore":
		return true
	}
	return false
}

// complete adds author and mark to an act and checks that it has what its kind needs. An act
// that says no mark has the row's where it replaces the row, or where the row is marked more
// narrowly than what nobody marked.
func (r *Record) complete(who access.Person, a Act, s subject) (ledger.Fields, access.Label, error) {
	var label access.Label
	fields, err := fieldsOf(a.Fields)
	if err != nil {
		return fields, label, err
	}
	mark := DefaultMark
	switch {
	case forAll(a.Kind):
		mark = access.Label{TLP: access.Clear}.String()
	case s.visible() && (a.Kind == "report.corrected" || makes(a.Kind) || s.label.Widens(access.Label{TLP: access.Amber})):
		mark = s.row.Label
	}
	if _, err := fields.Get("mark", &mark); err != nil {
		return fields, label, &truce.Error{Kind: truce.Invalid, At: "mark", Msg: "this is no handling mark", Hint: "such as " + DefaultMark}
	}
	if label, err = access.ParseLabel(mark); err != nil {
		return fields, label, err
	}
	if who.Party != "" && label.Party == "" { // a party's word is marked as the party's
		label.Party = who.Party
	}
	if label.Party != "" && label.TLP == access.Strict && !slices.Contains(label.To, access.OfOrg(r.org)) {
		label.To = append(label.To, access.OfOrg(r.org)) // or the mission could not read what it was given
	}
	if err := fields.Set("author", who.ID); err != nil {
		return fields, label, err
	}
	if err := fields.Set("mark", label.String()); err != nil {
		return fields, label, err
	}
	return fields, label, record.Check(a.Kind, fields).Err()
}

// enter writes an entry for a person whom the act itself was allowed.
func (r *Record) enter(ctx context.Context, who access.Person, kind string, values map[string]any) (Entered, error) {
	fields, _, err := r.complete(who, Act{Kind: kind, Fields: values}, subject{})
	if err != nil {
		return Entered{}, err
	}
	done, err := r.db.Append(ctx, store.Draft{Kind: kind, Fields: fields})
	if err != nil {
		return Entered{}, err
	}
	return Entered{done[0].N, done[0].At, done[0].Repeat}, nil
}

// fieldsOf salts the fields of an entry.
func fieldsOf(values map[string]any) (ledger.Fields, error) {
	var seed [16]byte
	rand.Read(seed[:]) // never fails
	f := ledger.NewFields(seed)
	for name, v := range values {
		if err := f.Set(name, v); err != nil {
			return f, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the field cannot be written", Err: err}
		}
	}
	return f, nil
}

// allow refuses what the policy does not allow. What is refused says nothing of the record.
func (r *Record) allow(who access.Person, do access.Action, kind string, l access.Label) error {
	if d := r.policy.May(who, do, kind, l, r.now()); !d.Allowed {
		return refused(who, do, kind, d)
	}
	return nil
}

func refused(who access.Person, do access.Action, kind string, d access.Decision) error {
	hint := ""
	if d.Two {
		hint = "this takes two people: propose it"
	}
	return &truce.Error{Kind: truce.Denied, At: string(do), Msg: "not allowed", Hint: hint, Err: Refusal{who.ID, string(do), kind, d.Why}}
}

// Refusal is what the log keeps of something not allowed; the person sees none of it.
type Refusal struct{ Person, Action, Kind, Why string }

// Error returns the refusal for the log.
func (r Refusal) Error() string {
	return fmt.Sprintf("%s may not %s %s: %s", r.Person, r.Action, r.Kind, r.Why)
}

func rowOf(kind string) string {
	k, _ := record.Lookup(kind)
	return k.Row
}

// actionOf is what a person does by making an entry of a kind.
func actionOf(kind string) access.Action {
	switch kind {
	case "report.received", "report.corrected", "report.retracted", "attachment.added", "coverage.logged", "access.met", "protest.filed", "reply.given", "reading.kept", "name.taught":
		return access.Report
	case "incident.opened", "incident.joined", "incident.split", "match.judged":
		return access.Join
	case "element.assessed", "report.triaged", "claim.noted", "hypothesis.put", "stage.set", "task.set", "task.done":
		return access.Assess
	case "moment.declared":
		return access.Declare
	case "calm.judged":
		return access.Judge
	case "finding.signed", "finding.withdrawn":
		return access.Sign
	case "contact.made", "message.sent", "line.listed", "line.tested", "line.ended", "fire.noted", "request.made", "request.reminded", "request.closed", "measure.taken":
		return access.Contact
	case "mission.adopted", "agreement.adopted":
		return access.Adopt
	case "register.adopted", "places.adopted", "adherence.changed":
		return access.Declare
	case "party.excluded":
		return access.Exclude
	case "release.published", "release.corrected", "release.withdrawn":
		return access.Publish
	case "source.sealed":
		return access.Report
	case "source.opened":
		return access.OpenSource
	case "mark.widened":
		return access.Widen
	case "entry.destroyed":
		return access.Destroy
	case "key.enrolled", "key.revoked":
		return access.Enrol
	case "person.admitted", "person.left":
		return access.Invite
	}
	return access.Administer
}

// wordsOf say what an entry of a kind is.
func wordsOf(kind string) string {
	k, _ := record.Lookup(kind)
	return k.Words
}
