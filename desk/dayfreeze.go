package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
	"time"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/store"
)

// A frozen report must come out the same for whoever makes it again, years later and
// elsewhere. So it is made for no person but for a reader whom every reader of its mark
// matches (readerOf), from the entries before a number, by a clock that stands still
// (frozenAt): what is seen late and what is under embargo opens as time goes on, and the clock
// of whoever asks must not open it in a report that was frozen before.

// DayMarks lists the marks under which a day's report can be frozen, widest first.
func DayMarks() []string { return []string{"CLEAR", "GREEN", "AMBER"} }

// readerOf is somebody who takes out what every reader of a mark may read: of CLEAR the
// public, of GREEN anybody with a post, of AMBER the desk without what is the mission's own
// (which the report leaves out, see [DayReport.Open]).
func readerOf(mark string) access.Person {
	role := map[string]access.Role{"CLEAR": access.Public, "GREEN": access.Liaison, "AMBER": access.Desk}[mark]
	return access.Person{Roles: []access.Role{role}}
}

func labelOf(mark string) access.Label { return access.Label{TLP: mark} }

// frozenAt is the clock by which a report is frozen: the moment at which the last of its
// entries was recorded, or a day after the end of the reporting day, when its times may be
// seen by all, whichever is later. It is never later than the freezing itself, so that nothing
// is told that its readers might not have seen then.
func frozenAt(recorded time.Time, span DaySpan) time.Time {
	return later(recorded, span.To.Add(access.Delay))
}

// still is the record as of n entries with a clock that stands still. What was judged is
// taken over; nothing that is done with it touches the record's own memory.
func (r *Record) still(ctx context.Context, n int64, at time.Time) (*Record, error) {
	j, err := r.judge(ctx, n)
	if err != nil {
		return nil, err
	}
	f := &Record{db: r.db, policy: r.policy, key: r.key, now: func() time.Time { return at }, org: r.org, cursor: r.cursor, looks: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	o, all := *j.opened, *j
	o.at, all.at, all.opened = span{n, n}, span{n, n}, &o
	o.found = map[string]judged{}
	f.ready, f.last = []*opened{&o}, &all
	return f, nil
}

// sightFor is [Record.Sight] for whoever does something else than look, made anew. It leaves
// places out: reports lay them out themselves, see [dayWork.place]. Of a large record it is of a
// scope, where there is one.
func (r *Record) sightFor(ctx context.Context, who access.Person, do access.Action, n int64, of *Scope) (*Sight, error) {
	s := &Sight{AsOf: n}
	if n == 0 {
		return s, nil
	}
	last, err := r.db.Entry(ctx, n-1)
	if err != nil {
		return nil, err
	}
	s.Recorded = last.At
	v := r.view(who, do, n)
	agreements, err := v.agreements(ctx)
	if err != nil || agreements == nil {
		return s, err
	}
	labels, err := r.labels(ctx, who, do, "element")
	if err != nil {
		return nil, err
	}
	large := false
	if of != nil {
		if large, err = r.isLarge(ctx, labels, n); err != nil {
			return nil, err
		}
	}
	if large {
		err = r.gather(ctx, s, r.view(who, access.List, n), labels, *of) // it is looked for by whoever looks, and then cut
	} else {
		s.of, err = r.judge(ctx, n)
	}
	if errors.Is(err, noMission{}) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	for _, mark := range labels {
		g, err := v.grant("element", mark)
		if err != nil {
			return nil, err
		}
		g.Fields = maps.Clone(g.Fields)
		g.Fields["where"] = access.Withheld
		v.grants[[2]string{"element", mark}] = g
	}
	err = s.fill(ctx, v, labels, agreements)
	if s.Part != nil {
		s.begin()
	}
	return s, err
}

// dayShelf keeps what was frozen, and what readers of a mark see, for the next who ask.
type dayShelf struct {
	mu     sync.Mutex
	frozen map[string]*DayReport
	seen   []seenBy
}

// seenBy is what the reader of a mark sees as of a number of entries by a clock.
type seenBy struct {
	mark  string
	n     int64
	at    time.Time
	in    *Record
	sight *Sight
}

// How much a shelf keeps.
const (
	maxFrozen = 1000
	maxSeen   = 4
)

// released makes the report of a day for the readers of a mark, as of n entries.
func (r *Record) released(ctx context.Context, day, mark string, n int64) (*DayReport, error) {
	span, at, err := r.clockOf(ctx, day, n)
	if err != nil {
		return nil, err
	}
	r.days.mu.Lock() // one at a time: each holds a whole sight
	defer r.days.mu.Unlock()
	seen, err := r.seenBy(ctx, mark, n, at)
	if err != nil {
		return nil, err
	}
	if seen.sight.Result == nil {
		return nil, &truce.Error{Kind: truce.Conflict, At: "mark", Msg: "readers of " + mark + " may see no mission", Hint: "a narrower mark, or a wider one for the mission"}
	}
	w := &dayWork{Sight: seen.sight, record: seen.in, view: seen.in.view(readerOf(mark), access.Export, n), span: span, reader: mark}
	return w.report(ctx)
}

// clockOf is the span of a day as of n entries, and the clock by which it is frozen.
func (r *Record) clockOf(ctx context.Context, day string, n int64) (DaySpan, time.Time, error) {
	if n < 1 {
		return DaySpan{}, time.Time{}, errNoMission()
	}
	o, err := r.terms(ctx, n)
	if err != nil {
		return DaySpan{}, time.Time{}, err
	}
	last, err := r.db.Entry(ctx, n-1)
	if err != nil {
		return DaySpan{}, time.Time{}, err
	}
	span, err := o.mission.Span(day)
	return span, frozenAt(last.At, span), err
}

// seenBy is what the reader of a mark sees; the shelf must be held.
func (r *Record) seenBy(ctx context.Context, mark string, n int64, at time.Time) (seenBy, error) {
	for _, had := range r.days.seen {
		if had.mark == mark && had.n == n && had.at.Equal(at) {
			return had, nil
		}
	}
	in, err := r.still(ctx, n, at)
	if err != nil {
		return seenBy{}, err
	}
	s, err := in.sightFor(ctx, readerOf(mark), access.Export, n, nil)
	if err != nil {
		return seenBy{}, err
	}
	seen := seenBy{mark, n, at, in, s}
	if r.days.seen = append(r.days.seen, seen); len(r.days.seen) > maxSeen {
		r.days.seen = slices.Delete(r.days.seen, 0, 1)
	}
	return seen, nil
}

// DayRelease is a report that was frozen and published to the readers of a mark.
type DayRelease struct {
	ID       string    `json:"id"` // day and mark: "2016-04-10/CLEAR"
	Day      string    `json:"day"`
	Mark     string    `json:"mark"`
	Title    string    `json:"title"`
	SHA256   string    `json:"sha256"`
	Entries  int64     `json:"entries"` // it was made from
	Entry    int64     `json:"entry"`   // that published it
	Recorded time.Time `json:"recorded"`
}

var dayID = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)/(CLEAR|GREEN|AMBER)$`)

// ReleaseID names the release of a day under a mark.
func ReleaseID(day, mark string) string { return day + "/" + mark }

// DayReleases lists the reports of days that were frozen and that a person may see, by day,
// widest mark first; of one day, or of all where day is empty.
func (r *Record) DayReleases(ctx context.Context, who access.Person, day string, asOf int64) ([]DayRelease, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, err
	}
	var out []DayRelease
	err = r.all(ctx, store.Query{AsOf: n, Kind: "release"}, func(row truce.Row) error {
		of := dayID.FindStringSubmatch(row.ID)
		if of == nil || day != "" && of[1] != day || row.Label != labelOf(of[2]).String() || r.mayRead(who, "release", row.Label) != nil {
			return nil
		}
		rel := DayRelease{Day: of[1], Mark: of[2]}
		if err := json.Unmarshal(row.Body, &rel); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "release/" + row.ID, Msg: "the row is damaged", Err: err}
		}
		out = append(out, rel)
		return nil
	})
	slices.SortFunc(out, func(a, b DayRelease) int {
		if a.Day != b.Day {
			return map[bool]int{true: -1, false: 1}[a.Day < b.Day]
		}
		return slices.Index(DayMarks(), a.Mark) - slices.Index(DayMarks(), b.Mark)
	})
	return out, err
}

// MayFreeze says whether a person may freeze a day's report under a mark: whoever may publish
// to the world. Under a narrower mark it is told to fewer, and must be fit to leave.
func (r *Record) MayFreeze(who access.Person, mark string) error {
	if !slices.Contains(DayMarks(), mark) {
		return &truce.Error{Kind: truce.Invalid, At: "mark", Msg: "no day's report is frozen under this mark", Hint: "CLEAR, GREEN or AMBER"}
	}
	if err := r.allow(who, access.Publish, "release", labelOf("CLEAR")); err != nil || mark == "CLEAR" {
		return err
	}
	return r.allow(who, access.Export, "release", labelOf(mark))
}

// FreezeDay publishes the report of a day under a mark, as it stands now: an entry that holds
// its hash and of how many entries it was made. Key signs the entry for the person; nil lets
// the instance answer for it.
func (r *Record) FreezeDay(ctx context.Context, who access.Person, day, mark string, key *ledger.Key) (DayRelease, error) {
	if err := r.MayFreeze(who, mark); err != nil {
		return DayRelease{}, err
	}
	n, err := r.known(ctx, 0)
	if err != nil {
		return DayRelease{}, err
	}
	if err := r.freezable(ctx, who, day, mark, n); err != nil {
		return DayRelease{}, err
	}
	d, err := r.released(ctx, day, mark, n)
	if err != nil {
		return DayRelease{}, err
	}
	hash, err := d.Hash()
	if err != nil {
		return DayRelease{}, err
	}
	rel := DayRelease{ID: ReleaseID(day, mark), Day: day, Mark: mark, Title: d.Title + ", " + day, SHA256: hash, Entries: n}
	fields, _, err := r.complete(who, Act{Kind: "release.published", Fields: map[string]any{
		"id": rel.ID, "title": rel.Title, "sha256": rel.SHA256, "entries": rel.Entries, "mark": labelOf(mark).String()}}, subject{})
	if err != nil {
		return DayRelease{}, err
	}
	done, err := r.db.Append(ctx, store.Draft{ID: "freeze " + rel.ID, Kind: "release.published", Fields: fields, Key: key, Sign: key != nil})
	if err != nil {
		return DayRelease{}, err
	}
	rel.Entry, rel.Recorded = done[0].N, done[0].At
	return rel, nil
}

// freezable refuses a day that is not in the period, whose times may not be told yet, or that
// is frozen already.
func (r *Record) freezable(ctx context.Context, who access.Person, day, mark string, n int64) error {
	s, err := r.Sight(ctx, who, n)
	if err != nil {
		return err
	}
	if s.Result == nil {
		return errNoMission()
	}
	span, err := s.Result.span(day, r.now())
	if err != nil {
		return err
	}
	if from := span.To.Add(access.Delay); r.now().Before(from) {
		return &truce.Error{Kind: truce.Conflict, At: "day", Msg: "the times of this day may not be told yet", Hint: "from " + from.Format(time.RFC3339) + " on"}
	}
	switch _, err := r.db.Get(ctx, 0, "release", ReleaseID(day, mark)); {
	case err == nil:
		return &truce.Error{Kind: truce.Conflict, At: "day", Msg: "the report of this day is frozen under this mark", Hint: "corrections are told by a notice"}
	case kindOf(err) != truce.Absent:
		return err
	}
	return nil
}

// FrozenDay is a frozen report as it was made again.
type FrozenDay struct {
	DayRelease
	Report *DayReport
	// Same says that it has the hash that was published. If not, what it was made from was
	// destroyed since, or another version of the program judges otherwise.
	Same bool
}

// Frozen makes a frozen report again from the entries that it was made from.
func (r *Record) Frozen(ctx context.Context, rel DayRelease) (FrozenDay, error) {
	out := FrozenDay{DayRelease: rel}
	key := fmt.Sprintf("%s %d %d", rel.ID, rel.Entry, rel.Entries)
	r.days.mu.Lock()
	had := r.days.frozen[key]
	r.days.mu.Unlock()
	if had == nil {
		d, err := r.released(ctx, rel.Day, rel.Mark, rel.Entries)
		if err != nil {
			return out, err
		}
		r.days.mu.Lock()
		if r.days.frozen == nil || len(r.days.frozen) >= maxFrozen {
			r.days.frozen = map[string]*DayReport{}
		}
		r.days.frozen[key], had = d, d
		r.days.mu.Unlock()
	}
	hash, err := had.Hash()
	out.Report, out.Same = had, hash == rel.SHA256
	return out, err
}
