package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gowebpki/jcs"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/store"
)

// A release is made as a frozen day is: from the entries before a number, for whoever any
// reader of its mark is (readerOf), by a clock that stands still. So it comes out the same for
// whoever makes it again, and what is previewed is what leaves.

// Draft is a release before it is published.
type Draft struct {
	ID    string
	Title string
	Text  string // in the mission's own words, as they leave
	Mark  string // of [DayMarks]
	// Rows are what is told, each as "kind/identifier".
	Rows []string
	// Entries is how many entries it is made from; 0: all there are.
	Entries int64
}

// Telling is a release as it leaves.
type Telling struct {
	ID      string       `json:"release"`
	Title   string       `json:"title"`
	Mark    string       `json:"mark"`
	Text    string       `json:"text"`
	Entries int64        `json:"entries"`
	Made    time.Time    `json:"made_as_of"`
	Rows    []TellingRow `json:"rows"`
	Origin  string       `json:"origin"`
	held    []Held       // what does not leave
}

// TellingRow is one row as its readers may take it out.
type TellingRow struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Mark string          `json:"mark"`
	Body json.RawMessage `json:"body"`
}

// Held is what of a row does not leave.
type Held struct {
	Kind, ID string
	All      bool     // nothing of it leaves
	Fields   []string // that are left out
	Coarse   []string // that leave less exactly than they are
}

// Bytes are the canonical form (RFC 8785), which is what leaves.
func (t *Telling) Bytes() ([]byte, error) {
	raw, err := json.Marshal(t)
	if err == nil {
		raw, err = jcs.Transform(raw)
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "release/" + t.ID, Msg: "the release cannot be written", Err: err}
	}
	return raw, nil
}

// Held says what of the rows that were asked for does not leave.
func (t *Telling) Held() []Held { return t.held }

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Preview makes a release without publishing it, for somebody who may publish it.
func (r *Record) Preview(ctx context.Context, who access.Person, d Draft) (*Telling, error) {
	if err := r.MayFreeze(who, d.Mark); err != nil {
		return nil, err
	}
	if strings.TrimSpace(d.Title) == "" || d.ID == "" || dayID.MatchString(d.ID) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "title", Msg: "the release has no title, or no name of its own", Hint: "a title; a name that is not a day's"}
	}
	n, err := r.known(ctx, d.Entries)
	if err != nil {
		return nil, err
	}
	for i, name := range d.Rows { // whoever publishes must see it themselves
		kind, id, ok := strings.Cut(name, "/")
		if !ok || slices.Contains(d.Rows[:i], name) {
			return nil, &truce.Error{Kind: truce.Invalid, At: "rows", Msg: "this is no row, or it stands twice", Hint: "kind/identifier, such as incident/C001"}
		}
		if _, err := r.Row(ctx, who, n, kind, id); err != nil {
			if k := kindOf(err); k == truce.Absent || k == truce.Denied {
				err = &truce.Error{Kind: truce.Invalid, At: "rows", Msg: "there is no such row: " + name, Hint: "kind/identifier, such as incident/C001", Err: err}
			}
			return nil, err
		}
	}
	d.Entries = n
	return r.telling(ctx, d)
}

// telling makes a release for the readers of its mark.
func (r *Record) telling(ctx context.Context, d Draft) (*Telling, error) {
	if d.Entries < 1 {
		return nil, errNoMission()
	}
	last, err := r.db.Entry(ctx, d.Entries-1)
	if err != nil {
		return nil, err
	}
	t := &Telling{ID: d.ID, Title: d.Title, Mark: d.Mark, Text: d.Text, Entries: d.Entries, Made: last.At, Rows: []TellingRow{}, Origin: r.Origin()}
	fixed := &Record{db: r.db, policy: r.policy, key: r.key, now: func() time.Time { return last.At }, org: r.org, cursor: r.cursor}
	v := fixed.view(readerOf(d.Mark), access.Export, d.Entries)
	coarse := r.coarseAt(ctx, d.Entries)
	for _, name := range d.Rows {
		kind, id, _ := strings.Cut(name, "/")
		row, err := r.db.Get(ctx, d.Entries, kind, id)
		if err != nil {
			return nil, err
		}
		held, err := t.take(ctx, v, row, coarse)
		if err != nil {
			return nil, err
		}
		if held.All || held.Fields != nil || held.Coarse != nil {
			t.held = append(t.held, held)
		}
	}
	return t, nil
}

// take adds what of a row its readers may take out, and says what is held back.
func (t *Telling) take(ctx context.Context, v *view, row truce.Row, coarse access.Coarsen) (Held, error) {
	held := Held{Kind: row.Kind, ID: row.ID}
	g, err := v.grant(row.Kind, row.Label)
	if err != nil || g.Fields == nil {
		held.All = true
		return held, nil // a mark that cannot be read is for nobody
	}
	label, err := access.ParseLabel(row.Label)
	if err != nil {
		return held, err
	}
	body, err := g.Apply(row.Body, coarse)
	if err != nil {
		return held, err
	}
	if body, err = v.unnamed(ctx, row.Kind, body); err != nil {
		return held, err
	}
	if err := held.compare(row.Body, body, g); err != nil {
		return held, err
	}
	t.Rows = append(t.Rows, TellingRow{row.Kind, row.ID, label.Shown(), body})
	return held, nil
}

// compare says which fields of a row are left out, and which leave less exactly.
func (h *Held) compare(whole, left json.RawMessage, g access.Grant) error {
	var was, is map[string]json.RawMessage
	if json.Unmarshal(whole, &was) != nil || json.Unmarshal(left, &is) != nil {
		return &truce.Error{Kind: truce.Internal, At: h.Kind + "/" + h.ID, Msg: "the row is damaged"}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		switch {
		case is[name] == nil:
			h.Fields = append(h.Fields, name)
		case g.Fields[name] == access.Coarse || !sameJSON(was[name], is[name]):
			h.Coarse = append(h.Coarse, name)
		}
	}
	return nil
}

func sameJSON(a, b json.RawMessage) bool {
	x, errX := jcs.Transform(a)
	y, errY := jcs.Transform(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// coarseAt makes places as coarse as the mission published them then.
func (r *Record) coarseAt(ctx context.Context, n int64) access.Coarsen {
	return func(raw json.RawMessage) (json.RawMessage, error) {
		var p truce.Place
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, nil // what is no place does not leave
		}
		return r.coarsenBy(ctx, n, p)
	}
}

// Publish publishes what was previewed: whoever published it saw these bytes, whose hash is
// sum. Key signs the entry for the person; nil lets the instance answer for it.
func (r *Record) Publish(ctx context.Context, who access.Person, d Draft, sum string, key *ledger.Key) (Entered, error) {
	t, err := r.Preview(ctx, who, d)
	if err != nil {
		return Entered{}, err
	}
	text, err := t.Bytes()
	if err != nil {
		return Entered{}, err
	}
	if hashOf(text) != sum {
		return Entered{}, &truce.Error{Kind: truce.Conflict, At: "sha256", Msg: "this is not what was previewed", Hint: "preview it again"}
	}
	if _, err := r.db.Get(ctx, 0, "release", d.ID); err == nil {
		return Entered{}, &truce.Error{Kind: truce.Conflict, At: "id", Msg: "this name is taken", Hint: "another"}
	} else if kindOf(err) != truce.Absent {
		return Entered{}, err
	}
	return r.tell(ctx, who, "release.published", d.Mark, "tell "+d.ID, key, map[string]any{
		"id": d.ID, "title": d.Title, "text": d.Text, "rows": append([]string{}, d.Rows...), "entries": t.Entries, "sha256": sum})
}

// tell enters something that is told under a mark, by somebody who may publish under it.
func (r *Record) tell(ctx context.Context, who access.Person, kind, mark, submission string, key *ledger.Key, values map[string]any) (Entered, error) {
	if err := r.MayFreeze(who, mark); err != nil {
		return Entered{}, err
	}
	values["mark"] = labelOf(mark).String()
	fields, _, err := r.complete(who, Act{Kind: kind, Fields: values}, subject{})
	if err != nil {
		return Entered{}, err
	}
	done, err := r.db.Append(ctx, store.Draft{ID: submission, Kind: kind, Fields: fields, Key: key, Sign: key != nil})
	if err != nil {
		return Entered{}, err
	}
	return Entered{done[0].N, done[0].At, done[0].Repeat}, nil
}

// Released is a release with what was said of it since.
type Released struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Text        string       `json:"text,omitempty"`
	Mark        string       `json:"mark"`
	SHA256      string       `json:"sha256"`
	Status      string       `json:"status,omitempty"` // "withdrawn"
	Rows        []string     `json:"rows,omitempty"`
	Entries     int64        `json:"entries"` // it was made from
	Entry       int64        `json:"entry"`   // that published it
	Recorded    time.Time    `json:"recorded"`
	Corrections []Correction `json:"corrections,omitempty"` // oldest first
}

// Day is the reporting day of a frozen report; empty for another release.
func (r Released) Day() string {
	if of := dayID.FindStringSubmatch(r.ID); of != nil {
		return of[1]
	}
	return ""
}

// Updated is when something was last said of it.
func (r Released) Updated() time.Time {
	if n := len(r.Corrections); n > 0 {
		return r.Corrections[n-1].Recorded
	}
	return r.Recorded
}

// Correction corrects one figure of a release, or withdraws it.
type Correction struct {
	ID       string    `json:"id"`
	Release  string    `json:"release"`
	Figure   string    `json:"figure,omitempty"` // its place in the bytes
	Was      string    `json:"was,omitempty"`
	Is       string    `json:"is,omitempty"`
	Words    string    `json:"words,omitempty"`
	Status   string    `json:"status,omitempty"` // "withdrawn"
	Mark     string    `json:"mark"`
	Entry    int64     `json:"entry"`
	Recorded time.Time `json:"recorded"`
}

// Withdrawal reports whether it withdraws the release.
func (c Correction) Withdrawal() bool { return c.Status == "withdrawn" }

// Releases lists what was published and a person may see, the newest first.
func (r *Record) Releases(ctx context.Context, who access.Person, asOf int64) ([]Released, error) {
	corrections, err := r.Corrections(ctx, who, asOf)
	if err != nil {
		return nil, err
	}
	rows, err := r.pages(ctx, who, Question{Kind: "release", AsOf: asOf})
	if err != nil {
		return nil, err
	}
	var out []Released
	for _, row := range rows {
		rel, ok := releasedIn(row)
		if !ok {
			continue
		}
		for _, c := range corrections {
			rel.tell(c)
		}
		out = append(out, rel)
	}
	slices.SortFunc(out, func(a, b Released) int { return cmp.Compare(b.Entry, a.Entry) })
	return out, nil
}

// tell adds what was said of a release since, if it was of this one.
func (r *Released) tell(c Correction) {
	if c.Release != r.ID {
		return
	}
	r.Corrections = append(r.Corrections, c)
	if c.Withdrawal() {
		r.Status = c.Status
	}
}

// releasedIn reads a release; what is none is not told.
func releasedIn(row Seen) (Released, bool) {
	var rel Released
	ok := json.Unmarshal(row.Body, &rel) == nil
	rel.ID, rel.Mark = row.ID, strings.TrimPrefix(row.Mark, "TLP:")
	return rel, ok
}

// Corrections lists corrections and withdrawals that a person may see, oldest first.
func (r *Record) Corrections(ctx context.Context, who access.Person, asOf int64) ([]Correction, error) {
	rows, err := r.pages(ctx, who, Question{Kind: "correction", AsOf: asOf})
	var out []Correction
	for _, row := range rows {
		c := Correction{}
		if json.Unmarshal(row.Body, &c) != nil {
			continue
		}
		c.ID, c.Mark = row.ID, strings.TrimPrefix(row.Mark, "TLP:")
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Correction) int { return cmp.Compare(a.Entry, b.Entry) })
	return out, err
}
