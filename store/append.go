package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"strings"
	"time"

	"truce"
	"truce/ledger"
)

// Draft is an entry to be.
type Draft struct {
	// ID names the submission, so that it can be sent again: the same ID with the same
	// content is a repeat and gives the entry that is there, with other content it is a
	// Conflict. "": the draft is not looked for.
	ID     string
	Kind   string
	Fields ledger.Fields // the zero value: none
	// Key answers for the entry; nil: the instance's. It must be enrolled.
	Key  *ledger.Key
	Sign bool // put Key's signature on it
	// Enrols is the verifier key that a key.enrolled or key.revoked entry is about.
	Enrols string
	// Expect, above 0, is the as-of that the author saw: the draft is a Conflict if a row
	// named in Touch (kind, identifier) has changed since.
	Expect int64
	Touch  [][2]string
}

// Appended says what became of a draft.
type Appended struct {
	N      int64 // the entry's number
	At     time.Time
	Repeat bool // it was there already
}

// Append adds entries to the record: all of the drafts or, with an error, none. When it
// returns they are on the disk. Calls that come together share a transaction, and none
// suffers for the faults of another. When ctx ends while the entries are being written,
// Append waits for the outcome.
//
// Entries get the clock's time, never one before the last entry's; a clock that stands more
// than five seconds before it is Unavailable, as are a full disk and a full queue.
func (db *DB) Append(ctx context.Context, drafts ...Draft) ([]Appended, error) {
	if len(drafts) > maxDrafts {
		return nil, invalid("drafts", "%d drafts in one call; expected at most %d", len(drafts), maxDrafts)
	}
	for i := range drafts {
		if err := drafts[i].valid(); err != nil {
			return nil, fmt.Errorf("draft %d: %w", i+1, err)
		}
	}
	var out []Appended
	err := db.submit(&request{ctx: ctx, weight: len(drafts), work: func(b *batch) (err error) {
		out, err = b.append(drafts)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// valid refuses drafts that could not be an entry.
func (d *Draft) valid() error {
	about := d.Kind == ledger.KeyEnrolled || d.Kind == ledger.KeyRevoked
	switch {
	case !ledger.ValidKind(d.Kind):
		return invalid("Kind", "%.80q; expected words of small letters with dots between", d.Kind)
	case about && d.Enrols == "":
		return invalid("Enrols", "a %s entry needs the verifier key that it is about", d.Kind)
	case !about && d.Enrols != "":
		return invalid("Enrols", "a %s entry is about no key", d.Kind)
	}
	if about {
		if _, witness, err := ledger.ParseVerifier(d.Enrols); err != nil || witness {
			return invalid("Enrols", "%.200q; expected an Ed25519 verifier key", d.Enrols)
		}
	}
	return plain("ID", d.ID, maxID)
}

// append adds the drafts to the batch.
func (b *batch) append(drafts []Draft) ([]Appended, error) {
	if err := b.prefetch(drafts); err != nil {
		return nil, err
	}
	at, err := b.stamp()
	if err != nil {
		return nil, err
	}
	if err := b.found(at); err != nil {
		return nil, err
	}
	out := make([]Appended, len(drafts))
	for i := range drafts {
		if out[i], err = b.add(&drafts[i], at); err != nil {
			if len(drafts) > 1 {
				err = fmt.Errorf("draft %d: %w", i+1, err)
			}
			return nil, err
		}
	}
	return out, nil
}

// stamp returns the time of the next entries.
func (b *batch) stamp() (int64, error) {
	now := b.db.o.Now().UnixMilli()
	if back := b.last - now; b.size > 0 && back > maxBack.Milliseconds() {
		return 0, &truce.Error{Kind: truce.Unavailable, At: "clock",
			Msg:  fmt.Sprintf("the clock stands at %s, %s before the last entry", instant(now).Format(time.RFC3339), time.Duration(back)*time.Millisecond),
			Hint: "set the clock right"}
	}
	if b.size > 0 && now < b.last {
		now = b.last
	}
	if y := instant(now).Year(); y < 1 || y > 9999 {
		return 0, unavailable("the clock stands in the year %d", y)
	}
	return now, nil
}

// found makes the first entry of an empty record: the instance's key enrols itself.
func (b *batch) found(at int64) error {
	k := b.db.key.Load()
	if b.size > 0 {
		return nil
	}
	if k == nil {
		return unavailable("the record is empty and has no key of the instance to begin with")
	}
	return b.enter(&ledger.Entry{Kind: ledger.KeyEnrolled, At: instant(at), Key: k.ID(), Enrols: k.Verifier()}, ledger.NewFields(seed()), "")
}

// seed returns 16 random bytes. crypto/rand does not fail.
func seed() (s [16]byte) {
	_, _ = rand.Read(s[:])
	return s
}

// add makes one draft an entry, unless it is one already.
func (b *batch) add(d *Draft, at int64) (Appended, error) {
	if a, done, err := b.repeat(d); done || err != nil {
		return a, err
	}
	if err := b.unchanged(d); err != nil {
		return Appended{}, err
	}
	k, err := b.answers(d)
	if err != nil {
		return Appended{}, err
	}
	fields := d.Fields
	if fields.IsZero() {
		fields = ledger.NewFields(seed())
	}
	e := &ledger.Entry{Kind: d.Kind, At: instant(at), Key: k.ID(), Enrols: d.Enrols, Root: fields.Root()}
	if d.Sign {
		if err := e.Sign(k); err != nil {
			return Appended{}, invalid("Key", "%v", err)
		}
	}
	n := b.size
	return Appended{N: n, At: e.At}, b.enter(e, fields, d.ID)
}

// answers returns the key that answers for a draft, which must be in force.
func (b *batch) answers(d *Draft) (*ledger.Key, error) {
	k := d.Key
	if k == nil {
		k = b.db.key.Load()
	}
	if k == nil {
		return nil, unavailable("the instance's key is not set")
	}
	if b.known[k] == "" {
		b.known[k] = k.Verifier()
	}
	if !b.keys[b.known[k]] {
		return nil, &truce.Error{Kind: truce.Denied, At: "Key", Msg: "key " + k.ID() + " is not enrolled in this record, or was revoked"}
	}
	switch {
	case d.Kind == ledger.KeyEnrolled && b.keys[d.Enrols]:
		return nil, conflict("Enrols", "the key is enrolled already")
	case d.Kind == ledger.KeyRevoked && !b.keys[d.Enrols]:
		return nil, conflict("Enrols", "the key is not enrolled, or was revoked already")
	}
	return k, nil
}

// enter adds an entry with its fields to the batch and folds it.
func (b *batch) enter(e *ledger.Entry, fields ledger.Fields, submission string) error {
	e.Root, e.Fields = fields.Root(), fields
	n := b.size
	b.note(n, e, e.Leaf(), submission)
	return b.fold(n, e)
}

// note adds an entry to what will be written.
func (b *batch) note(n int64, e *ledger.Entry, leaf []byte, submission string) {
	b.entries = append(b.entries, pending{n: n, at: e.At.UnixMilli(), kind: e.Kind, leaf: leaf, fields: e.Fields, submission: submission, enrols: e.Enrols, key: e.Key})
	b.size, b.last = n+1, e.At.UnixMilli()
	if submission != "" {
		b.named[submission] = n
	}
	if e.Enrols != "" {
		b.keys = maps.Clone(b.keys)
		b.keys[e.Enrols] = e.Kind == ledger.KeyEnrolled
	}
}

// unchanged refuses a draft whose author did not see the rows as they are.
func (b *batch) unchanged(d *Draft) error {
	if d.Expect <= 0 {
		return nil
	}
	for _, t := range d.Touch {
		h, err := b.latest(rowKey{t[0], t[1]})
		if err != nil {
			return err
		}
		if h.known && h.from >= d.Expect {
			return &truce.Error{Kind: truce.Conflict, At: t[0] + " " + t[1], Msg: fmt.Sprintf("changed by entry %d, after the %d that you saw", h.from, d.Expect), Hint: "look again"}
		}
	}
	return nil
}

// repeat reports whether a draft was submitted before.
func (b *batch) repeat(d *Draft) (Appended, bool, error) {
	if d.ID == "" {
		return Appended{}, false, nil
	}
	n, ok := b.named[d.ID]
	if !ok {
		var err error
		found, err := b.c.one(b.ctx, "SELECT n FROM submission WHERE id = $1", []any{d.ID}, &n)
		if err != nil {
			b.broken = err
			return Appended{}, false, err
		}
		if !found {
			n = -1
		}
	}
	if n < 0 {
		return Appended{}, false, nil
	}
	e, err := b.entry(n)
	if err != nil {
		return Appended{}, false, err
	}
	if what := d.differs(e); what != "" {
		return Appended{}, false, conflict("ID", "submission %s is entry %d with another %s", d.ID, n, what)
	}
	return Appended{N: n, At: e.At, Repeat: true}, true, nil
}

// entry returns an entry of the record or of the batch.
func (b *batch) entry(n int64) (*ledger.Entry, error) {
	if first := b.size - int64(len(b.entries)); n >= first {
		p := &b.entries[n-first]
		return &ledger.Entry{Kind: p.kind, At: instant(p.at), Enrols: p.enrols, Key: p.key, Fields: p.fields}, nil
	}
	e, err := readEntry(b.ctx, b.c, n)
	if err != nil && !is(err, truce.Absent) {
		b.broken = err
	}
	return e, err
}

// differs says in what a draft differs from the entry that was made of it: "" for nothing.
// Values that were destroyed since cannot be compared.
func (d *Draft) differs(e *ledger.Entry) string {
	switch {
	case d.Kind != e.Kind:
		return "kind"
	case d.Enrols != e.Enrols, d.Key != nil && d.Key.ID() != e.Key:
		return "key"
	case strings.Join(d.Fields.Names(), " ") != strings.Join(e.Fields.Names(), " "):
		return "set of fields"
	}
	for _, name := range e.Fields.Held() {
		was, _ := e.Fields.Raw(name)
		now, ok := d.Fields.Raw(name)
		if !ok || !bytes.Equal(now, was) {
			return name
		}
	}
	return ""
}

// prefetch looks up in few queries what the drafts will ask for one by one.
func (b *batch) prefetch(drafts []Draft) error {
	const some = 8
	if len(drafts) < some {
		return nil
	}
	var ids []string
	for i := range drafts {
		if _, known := b.named[drafts[i].ID]; !known && drafts[i].ID != "" {
			ids = append(ids, drafts[i].ID)
		}
	}
	found, err := readSubmissions(b.ctx, b.c, ids)
	if err == nil && b.c.pg != nil {
		entries := make([]*ledger.Entry, len(drafts))
		for i, d := range drafts {
			entries[i] = &ledger.Entry{Kind: d.Kind, At: instant(b.last), Enrols: d.Enrols, Fields: d.Fields}
		}
		err = b.foresee(b.size, entries)
	}
	if err != nil {
		b.broken = err
		return err
	}
	for _, id := range ids {
		b.named[id] = -1
	}
	maps.Copy(b.named, found)
	return nil
}
