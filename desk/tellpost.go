package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/courier"
	"truce/ledger"
)

// Post takes what is published to the receivers that whoever runs the machine configured. What
// waits is kept in the private side of the database, so that nothing is lost when the program
// ends; a parcel may arrive twice, always under the same name. What came of it is entered in
// the record. One process posts for a record.
type Post struct {
	record    *Record
	side      *Side
	courier   *courier.Courier
	receivers []courier.Receiver
	now       func() time.Time
	log       *slog.Logger
}

// NewPost returns the post of a record. An unfit receiver is Invalid, by its name.
func NewPost(r *Record, side *Side, c *courier.Courier, receivers []courier.Receiver, log *slog.Logger) (*Post, error) {
	for i, x := range receivers {
		if err := x.Check(); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(receivers[:i], func(y courier.Receiver) bool { return y.Name == x.Name }) {
			return nil, &truce.Error{Kind: truce.Invalid, At: "receiver " + x.Name, Msg: "it stands twice", Hint: "names of their own"}
		}
		if x.Mail != "" && c.SMTP == nil {
			return nil, &truce.Error{Kind: truce.Invalid, At: "receiver " + x.Name, Msg: "no mail server is configured", Hint: "--smtp"}
		}
	}
	return &Post{record: r, side: side, courier: c, receivers: receivers, now: r.now, log: log}, nil
}

// Kinds of the private side: up to which entry a receiver was served, and what waits for it.
const (
	servedKind  = "post-served"
	waitingKind = "post-waiting"
)

// Parcel is what waits for a receiver, or could not be delivered.
type Parcel struct {
	Receiver string    `json:"receiver"`
	Entry    int64     `json:"entry"` // that is told
	Tries    int       `json:"tries"`
	Next     time.Time `json:"next"`
	Last     string    `json:"last,omitempty"` // what went wrong the last time
	Lost     bool      `json:"lost,omitempty"` // it is no longer tried
}

func (p Parcel) id() string { return fmt.Sprintf("%s/%012d", p.Receiver, p.Entry) }

func (p *Post) keep(ctx context.Context, x Parcel) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return p.side.Keep(ctx, waitingKind, x.id(), raw, time.Time{})
}

// Parcels lists what waits or was lost, by receiver and entry.
func (p *Post) Parcels(ctx context.Context) ([]Parcel, error) {
	all, err := p.side.KeptAll(ctx, waitingKind)
	if err != nil {
		return nil, err
	}
	var out []Parcel
	for id, raw := range all {
		var x Parcel
		if err := json.Unmarshal(raw, &x); err != nil {
			return nil, &truce.Error{Kind: truce.Internal, At: waitingKind + "/" + id, Msg: "what waits cannot be read", Err: err}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Parcel) int { return strings.Compare(a.id(), b.id()) })
	return out, nil
}

// Receivers are the names of those that are configured, with the narrowest mark of each.
func (p *Post) Receivers() []courier.Receiver {
	var out []courier.Receiver
	for _, r := range p.receivers {
		out = append(out, courier.Receiver{Name: r.Name, Mark: r.Mark, Receipt: r.Receipt})
	}
	return out
}

// Run posts until the context ends.
func (p *Post) Run(ctx context.Context) {
	for {
		next, err := p.Round(ctx)
		if err != nil && ctx.Err() == nil {
			p.log.Error("post", "cause", err.Error())
		}
		if p.rest(ctx, next) != nil {
			return
		}
	}
}

// longestRest is how long the post rests at most: parcels that somebody sends again wait no
// longer.
const longestRest = 10 * time.Second

// rest waits for another entry, or for what is due next.
func (p *Post) rest(ctx context.Context, next time.Time) error {
	pause := longestRest
	if !next.IsZero() {
		pause = min(pause, max(next.Sub(p.now()), 50*time.Millisecond))
	}
	size, err := p.record.Wait(ctx, -1)
	if err != nil {
		return ctx.Err()
	}
	waiting, stop := context.WithTimeout(ctx, pause)
	defer stop()
	_, _ = p.record.Wait(waiting, size) // whatever ends it, the next round sees
	return ctx.Err()
}

// Round finds what is new, tries what is due, and says when something is due next; zero where
// nothing waits.
func (p *Post) Round(ctx context.Context) (time.Time, error) {
	for _, r := range p.receivers {
		if err := p.collect(ctx, r); err != nil {
			return time.Time{}, err
		}
	}
	parcels, err := p.Parcels(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	var failures []error
	for _, x := range parcels {
		r, ok := p.receiver(x.Receiver)
		if !ok || x.Lost {
			continue // nobody is there any more, or it waits for a person
		}
		if !p.now().Before(x.Next) {
			if x, err = p.try(ctx, r, x); err != nil {
				failures = append(failures, err)
				continue
			}
		}
		if !x.Lost && !x.Next.IsZero() && (next.IsZero() || x.Next.Before(next)) {
			next = x.Next
		}
	}
	return next, errors.Join(failures...)
}

func (p *Post) receiver(name string) (courier.Receiver, bool) {
	i := slices.IndexFunc(p.receivers, func(r courier.Receiver) bool { return r.Name == name })
	if i < 0 {
		return courier.Receiver{}, false
	}
	return p.receivers[i], true
}

// served is the number of the first entry that was not looked at for a receiver. One who is
// new is served from now on.
func (p *Post) served(ctx context.Context, r courier.Receiver, size int64) (int64, error) {
	raw, had, err := p.side.Kept(ctx, servedKind, r.Name)
	if err != nil {
		return 0, err
	}
	n := size
	if had && json.Unmarshal(raw, &n) != nil {
		return 0, &truce.Error{Kind: truce.Internal, At: servedKind + "/" + r.Name, Msg: "it cannot be read"}
	}
	return n, nil
}

// collect makes parcels of what was published since a receiver was last served.
func (p *Post) collect(ctx context.Context, r courier.Receiver) error {
	size, err := p.record.db.Size(ctx)
	if err != nil {
		return err
	}
	from, err := p.served(ctx, r, size)
	if err != nil {
		return err
	}
	n := from - 1
	for e, err := range p.record.db.Entries(ctx, from, size) {
		if err != nil {
			return err
		}
		if n++; told(e) && reaches(e, r.Mark) {
			if err := p.keep(ctx, Parcel{Receiver: r.Name, Entry: n, Next: p.now()}); err != nil {
				return err
			}
		}
	}
	return p.side.Keep(ctx, servedKind, r.Name, fmt.Append(nil, size), time.Time{})
}

// told reports whether an entry is of those that are told.
func told(e *ledger.Entry) bool {
	return e.Kind == "release.published" || e.Kind == "release.corrected" || e.Kind == "release.withdrawn"
}

// reaches reports whether what an entry tells is for a receiver of a mark: under that mark or a
// wider one, with no other limit.
func reaches(e *ledger.Entry, mark string) bool {
	var is string
	if ok, err := e.Fields.Get("mark", &is); !ok || err != nil {
		return false
	}
	i := slices.IndexFunc(DayMarks(), func(m string) bool { return labelOf(m).String() == is })
	return i >= 0 && i <= slices.Index(DayMarks(), mark)
}

// try makes one attempt and keeps what came of it.
func (p *Post) try(ctx context.Context, r courier.Receiver, x Parcel) (Parcel, error) {
	parcel, release, correction, err := p.pack(ctx, x)
	var proof courier.Proof
	if err == nil {
		proof, err = p.courier.Take(ctx, r, parcel, p.now())
	}
	if ctx.Err() != nil {
		return x, ctx.Err()
	}
	x.Tries++
	note := map[string]any{"release": release, "to": r.Name, "at": p.now().UTC(), "tries": x.Tries}
	if correction != "" {
		note["correction"] = correction
	}
	if err == nil {
		note["state"], note["receipt"], note["note"] = "delivered", proof.SHA256, proof.Words
		if _, err := p.record.enter(ctx, access.Person{ID: postName}, "delivery.noted", note); err != nil {
			return x, err
		}
		x.Next = time.Time{}
		_, err := p.side.Forget(ctx, waitingKind, x.id())
		return x, err
	}
	x.Last = shortCause(err)
	pause, more := courier.Wait(x.Tries)
	if x.Next = p.now().Add(pause); !more {
		x.Lost, note["state"], note["note"] = true, "lost", x.Last
		if _, err := p.record.enter(ctx, access.Person{ID: postName}, "delivery.noted", note); err != nil {
			return x, err
		}
	}
	return x, p.keep(ctx, x)
}

// postName is who enters what came of deliveries: the program itself.
const postName = "post"

// shortCause is what went wrong in the courier's own words.
func shortCause(err error) string {
	var e *truce.Error
	if errors.As(err, &e) {
		return e.Msg
	}
	return "it could not be packed"
}

// pack makes the parcel of an entry.
func (p *Post) pack(ctx context.Context, x Parcel) (c courier.Parcel, release, correction string, err error) {
	e, err := p.record.db.Entry(ctx, x.Entry)
	if err != nil {
		return c, "", "", err
	}
	c = courier.Parcel{ID: fmt.Sprintf("%s-%d", p.record.Origin(), x.Entry), Created: e.At}
	if e.Kind == "release.published" {
		_, _ = e.Fields.Get("id", &release) // it has one, or there would be no row
		return p.packRelease(ctx, c, release)
	}
	_, _ = e.Fields.Get("release", &release)
	row, err := p.record.db.Get(ctx, 0, "correction", fmt.Sprint(x.Entry))
	if err != nil {
		return c, release, "", err
	}
	var b Correction
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return c, release, row.ID, err
	}
	if c.Kind, c.Title = "correction", "Correction of "+release; b.Withdrawal() {
		c.Kind, c.Title = "withdrawal", "Withdrawn: "+release
	}
	c.Text, c.Name = correctionText(b), c.Kind+"-"+row.ID+".json"
	c.Body, err = json.Marshal(map[string]any{"kind": c.Kind, "release": release, "figure": b.Figure, "was": b.Was, "is": b.Is, "words": b.Words, "entry": b.Entry, "recorded": b.Recorded, "origin": p.record.Origin()})
	return c, release, row.ID, err
}

func (p *Post) packRelease(ctx context.Context, c courier.Parcel, id string) (courier.Parcel, string, string, error) {
	row, err := p.record.db.Get(ctx, 0, "release", id)
	if err != nil {
		return c, id, "", err
	}
	rel, ok := releasedIn(Seen{ID: row.ID, Mark: row.Label, Body: row.Body})
	if !ok {
		return c, id, "", absent("release", id)
	}
	c.Kind, c.Title, c.Name = "release", rel.Title, "release.json"
	c.Text = fmt.Sprintf("%s\n\n%s\n\nTLP:%s\nSHA-256 %s\n", rel.Title, rel.Text, rel.Mark, rel.SHA256)
	var same bool
	if c.Body, same, err = p.record.ReleaseBytes(ctx, rel); err == nil && !same {
		err = &truce.Error{Kind: truce.Conflict, At: id, Msg: "it no longer comes out as it was published"}
	}
	return c, id, "", err
}

func correctionText(c Correction) string {
	if c.Withdrawal() {
		return fmt.Sprintf("The release %s is withdrawn. Do not use it any more.\n\n%s\n", c.Release, c.Words)
	}
	return fmt.Sprintf("In the release %s, %s said %q; it should say %q.\n\n%s\n", c.Release, c.Figure, c.Was, c.Is, c.Words)
}

// Again puts what was lost back among what waits; for whoever publishes.
func (p *Post) Again(ctx context.Context, who access.Person, receiver string, entry int64) error {
	if err := p.record.MayFreeze(who, "CLEAR"); err != nil {
		return err
	}
	x := Parcel{Receiver: receiver, Entry: entry, Next: p.now()}
	_, had, err := p.side.Kept(ctx, waitingKind, x.id())
	if err != nil {
		return err
	}
	if !had {
		return absent("delivery", x.id())
	}
	return p.keep(ctx, x)
}

// Delivery is what came of a parcel, as the record has it.
type Delivery struct {
	Release    string    `json:"release"`
	Correction string    `json:"correction,omitempty"`
	To         string    `json:"to"`
	State      string    `json:"state"` // "delivered" or "lost"
	Tries      int       `json:"tries"`
	At         time.Time `json:"at"`
	Receipt    string    `json:"receipt,omitempty"`
	Note       string    `json:"note,omitempty"`
	Entry      int64     `json:"entry"`
}

// Deliveries lists what came of parcels as far as a person may see, the newest first.
func (r *Record) Deliveries(ctx context.Context, who access.Person, asOf int64) ([]Delivery, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "delivery", AsOf: asOf, Newest: true})
	var out []Delivery
	for _, row := range rows {
		var d Delivery
		if json.Unmarshal(row.Body, &d) == nil {
			out = append(out, d)
		}
	}
	return out, err
}
