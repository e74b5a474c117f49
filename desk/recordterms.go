package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
	"truce/actors"
	"truce/geo"
	"truce/match"
	"truce/record"
	"truce/store"
	"truce/terms"
)

// opened is what was agreed, as the record knew it after some entry, ready to judge, with
// the verdicts found so far.
type opened struct {
	version string // of the rows it was made from
	mission *Mission
	judges  []*terms.Judge
	found   map[string]judged            // by element
	marks   map[string]map[string]string // of missions and agreements, by kind and identifier
	at      span                         // numbers of entries as of which it is this
	matcher *match.Matcher               // nil until somebody asks what is alike
}

// mostFound is how many elements' verdicts are kept for the next who ask.
const mostFound = 40_000

// span is a stretch of numbers of entries, ends included.
type span struct{ from, to int64 }

func (s span) holds(n int64) bool { return s.from <= n && n <= s.to }

// judged is what was found of one version of an element, for each clause in order.
type judged struct {
	entry       int64            // the last that changed the element
	all         []*truce.Verdict // as [terms.Judge.Brief] gives them: shared, never changed
	extent      geo.Extent
	first, last string // the days between which it lies, see [Mission.days]
}

// weighed is an element's mark and the last entry that changed it.
type weighed struct {
	label string
	entry int64
}

// agreed are the kinds of row that say what was agreed, who is bound and what was declared.
func agreed() []string {
	return []string{"mission", "agreement", "register", "places", "adherence", "moment", "judgment"}
}

// everything lists all rows of a kind, whatever their mark: only for what the engine needs.
func (r *Record) everything(ctx context.Context, asOf int64, kind string, each func(truce.Row) error) error {
	return r.all(ctx, store.Query{AsOf: asOf, Kind: kind}, each)
}

// within lists all rows of a kind that belong to one thing, as they are now.
func (r *Record) within(ctx context.Context, kind, parent string, each func(truce.Row) error) error {
	return r.all(ctx, store.Query{Kind: kind, Parent: parent}, each)
}

func (r *Record) all(ctx context.Context, q store.Query, each func(truce.Row) error) error {
	q.AnyLabel, q.Limit = true, 1000
	for {
		page, err := r.db.List(ctx, q)
		if err != nil {
			return err
		}
		for _, v := range page.Rows {
			if err := each(v); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// noMission is what a record without a mission answers to whatever needs one.
type noMission struct{}

func (noMission) Error() string { return "the record has no whole mission yet" }

func errNoMission() error {
	return &truce.Error{Kind: truce.Absent, At: "mission", Msg: "there is none", Hint: "load a mission folder: truce load FOLDER", Err: noMission{}}
}

// maxOpened bounds how many states of what was agreed are kept ready.
const maxOpened = 4

// terms opens the mission as the record knew it. What was opened before stays good until
// an entry changes what was agreed.
func (r *Record) terms(ctx context.Context, asOf int64) (*opened, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, err
	}
	if o, err := r.stillGood(ctx, n); o != nil || err != nil {
		return o, err
	}
	rows, version, err := r.agreedRows(ctx, n)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.ready {
		if o.version == version {
			o.at = span{min(o.at.from, n), max(o.at.to, n)}
			return o, nil
		}
	}
	o, err := openTerms(rows, version)
	if err != nil {
		return nil, err
	}
	o.at = span{n, n}
	r.ready = append(r.ready, o)
	if len(r.ready) > maxOpened {
		r.ready = slices.Delete(r.ready, 0, 1)
	}
	return o, nil
}

// known is an as-of as a number of entries.
func (r *Record) known(ctx context.Context, asOf int64) (int64, error) {
	size, err := r.db.Size(ctx)
	if err != nil || asOf > 0 && asOf < size {
		return asOf, err
	}
	return size, nil
}

// maxNew is how many entries are looked through for one that changes what was agreed.
const maxNew = 5000

// stillGood finds what was opened as of n entries, or as of fewer with nothing since that
// changes it.
func (r *Record) stillGood(ctx context.Context, n int64) (*opened, error) {
	var last *opened
	r.mu.Lock()
	for _, o := range r.ready {
		if o.at.holds(n) {
			r.mu.Unlock()
			return o, nil
		}
		if o.at.to < n && (last == nil || o.at.to > last.at.to) {
			last = o
		}
	}
	from := n
	if last != nil {
		from = last.at.to
	}
	r.mu.Unlock()
	if last == nil || n-from > maxNew {
		return nil, nil
	}
	touched, err := r.anySince(ctx, from, n, agreed()...)
	if touched || err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last.at.to = max(last.at.to, n)
	return last, nil
}

// anySince reports whether an entry from..to-1 makes or may change rows of some kinds.
func (r *Record) anySince(ctx context.Context, from, to int64, kinds ...string) (bool, error) {
	entered, err := r.db.Kinds(ctx, from, to)
	return slices.ContainsFunc(entered, func(kind string) bool {
		row := rowOf(kind)
		switch row {
		case "report", "incident":
			row = "element"
		}
		return row == "" || kind == "entry.destroyed" || slices.Contains(kinds, row)
	}), err
}

// agreedRows reads what was agreed as of n entries, with a hash of it.
func (r *Record) agreedRows(ctx context.Context, n int64) (map[string][]truce.Row, string, error) {
	rows := map[string][]truce.Row{}
	sum := sha256.New()
	for _, kind := range agreed() {
		err := r.everything(ctx, n, kind, func(v truce.Row) error {
			rows[kind] = append(rows[kind], v)
			sum.Write([]byte(kind + "\n" + v.ID + "\n"))
			sum.Write(v.Body)
			return nil
		})
		if err != nil {
			return nil, "", err
		}
	}
	return rows, hex.EncodeToString(sum.Sum(nil)), nil
}

func openTerms(rows map[string][]truce.Row, version string) (*opened, error) {
	if len(rows["mission"]) == 0 {
		return nil, errNoMission()
	}
	m, err := shelved(rows)
	if err != nil {
		return nil, err
	}
	if err := m.adhere(rows["adherence"]); err != nil {
		return nil, err
	}
	if err := m.declare(rows["moment"], rows["judgment"]); err != nil {
		return nil, err
	}
	m.Book.Version = version
	judges, problems := m.Compile()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &opened{version: version, mission: m, judges: judges, found: map[string]judged{}, marks: marksOf(rows)}, nil
}

// marksOf are the marks of missions and agreements.
func marksOf(rows map[string][]truce.Row) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, kind := range []string{"mission", "agreement"} {
		out[kind] = map[string]string{}
		for _, row := range rows[kind] {
			out[kind][row.ID] = row.Label
		}
	}
	return out
}

// sound refuses an act after which nothing could be judged any more: an agreement that
// cannot be read, a step of an actor whom the register does not know.
func (r *Record) sound(ctx context.Context, a Act) error {
	kind, ok := record.Lookup(a.Kind)
	if !ok || a.loaded || !slices.Contains(agreed(), kind.Row) {
		return nil
	}
	n, err := r.known(ctx, 0)
	if err != nil {
		return err
	}
	rows, _, err := r.agreedRows(ctx, n)
	if err != nil {
		return err
	}
	body, err := json.Marshal(a.Fields)
	if err != nil {
		return &truce.Error{Kind: truce.Invalid, At: a.Kind, Msg: "the fields cannot be written", Err: err}
	}
	id, _ := a.Fields[kind.ID].(string)
	list := slices.DeleteFunc(rows[kind.Row], func(v truce.Row) bool { return kind.ID != "" && v.ID == id })
	rows[kind.Row] = append(list, truce.Row{Kind: kind.Row, ID: id, Body: body})
	_, err = openTerms(rows, "to be")
	if errors.Is(err, noMission{}) { // a mission that is not whole yet may grow; one that is whole stays so
		if _, was := r.terms(ctx, n); was != nil {
			return nil
		}
	}
	if err != nil {
		return &truce.Error{Kind: truce.Invalid, At: a.Kind, Msg: "nothing could be judged after this", Err: err}
	}
	return nil
}

// text is a field of a row's body.
func text(v truce.Row, name string) string {
	var b map[string]json.RawMessage
	var s string
	if json.Unmarshal(v.Body, &b) != nil || json.Unmarshal(b[name], &s) != nil {
		return ""
	}
	return s
}

// shelved opens the mission from the texts that the record keeps.
func shelved(rows map[string][]truce.Row) (*Mission, error) {
	texts := map[string]string{MissionFile: text(rows["mission"][0], "text")}
	var extra []string
	for _, kind := range []string{"agreement", "register", "places"} {
		for _, v := range rows[kind] {
			texts[text(v, "name")] = text(v, "text")
			if text(v, "use") == "beside the mission" {
				extra = append(extra, text(v, "name"))
			}
		}
	}
	var f missionFile
	if err := yaml.Load([]byte(texts[MissionFile]), &f); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: MissionFile, Msg: "the mission that was adopted cannot be read", Err: err}
	}
	if f.Entries != "" {
		texts[path.Clean(f.Entries)] = "" // what it said became entries
	}
	read := func(name string) ([]byte, error) {
		t, ok := texts[path.Clean(name)]
		if !ok {
			return nil, &truce.Error{Kind: truce.Absent, At: name, Msg: "the record does not keep this file", Hint: "load the mission's folder again", Err: noMission{}}
		}
		return []byte(t), nil
	}
	beside := func(of, name string) ([]byte, error) {
		if !fs.ValidPath(name) {
			return nil, errors.New("not a file beside it")
		}
		return read(path.Join(path.Dir(of), name))
	}
	m, _, err := openIn(shelf{read, beside}, ".", OpenOptions{Places: extra})
	return m, err
}

// adhere adds the steps that were entered since the register was adopted.
func (m *Mission) adhere(rows []truce.Row) error {
	var steps []actors.Adherence
	for _, v := range rows {
		var b struct {
			Agreement, Actor, As, Status, By, Standing, Reason string
			At, Until                                          time.Time
			Areas                                              []string
		}
		if err := json.Unmarshal(v.Body, &b); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "adherence/" + v.ID, Msg: "the row is damaged", Err: err}
		}
		steps = append(steps, actors.Adherence{Agreement: b.Agreement, Actor: b.Actor, As: b.As, Status: b.Status, At: b.At, Until: b.Until,
			Where: b.Areas, By: b.By, Claimed: b.Standing == "claimed", Note: b.Reason})
	}
	if steps == nil {
		return nil
	}
	register, problems := m.register.With(steps...)
	if err := problems.Err(); err != nil {
		return err
	}
	m.register, m.Book.Register = register, register
	return nil
}

// declare adds the moments and judgments that were entered.
func (m *Mission) declare(moments, judgments []truce.Row) error {
	for _, v := range slices.Concat(moments, judgments) {
		var b struct {
			Agreement, Moment, Clause, By, Says, Note string
			At                                        time.Time
		}
		if err := json.Unmarshal(v.Body, &b); err != nil {
			return &truce.Error{Kind: truce.Internal, At: v.Kind + "/" + v.ID, Msg: "the row is damaged", Err: err}
		}
		if v.Kind == "moment" {
			m.Book.Moments = append(m.Book.Moments, terms.Declared{Agreement: b.Agreement, Moment: b.Moment, At: b.At, By: b.By})
		} else {
			m.Book.Judgments = append(m.Book.Judgments, terms.Judgment{Agreement: b.Agreement, Clause: b.Clause, By: b.By, At: b.At, Says: b.Says, Note: b.Note})
		}
	}
	return m.checkEntries("the record")
}

// elements lists the elements that lie in the mission's period, by time and identifier. Of those
// that were listed before it reads only what has changed.
func (r *Record) elements(ctx context.Context, o *opened, asOf int64, last *Judged) ([]truce.Element, map[string]weighed, error) {
	rows := map[string]weighed{}
	var had, read []truce.Element
	take := func(v truce.Row) error {
		e, w, err := weigh(v)
		rows[e.ID] = w
		read = append(read, e)
		return err
	}
	if last == nil {
		if err := r.everything(ctx, asOf, "element", take); err != nil {
			return nil, nil, err
		}
	} else {
		r.mu.Lock()
		to := last.at.to
		r.mu.Unlock()
		changed, err := r.db.Changed(ctx, "element", to, asOf)
		if err != nil {
			return nil, nil, err
		}
		had = slices.DeleteFunc(slices.Clone(last.Elements), func(e truce.Element) bool { _, is := changed[e.ID]; return is })
		rows = maps.Clone(last.rows)
		for id, v := range changed {
			delete(rows, id)
			if v.Body == nil {
				continue
			}
			if err := take(v); err != nil {
				return nil, nil, err
			}
		}
	}
	o.mission.leaveOut(&read)
	slices.SortFunc(read, compareElements)
	return inOrder(had, read), rows, nil
}

// inOrder is two sorted lists of elements in one.
func inOrder(a, b []truce.Element) []truce.Element {
	if len(a) == 0 {
		return b
	}
	out := make([]truce.Element, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compareElements(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// weigh reads the element in a row.
func weigh(v truce.Row) (truce.Element, weighed, error) {
	var e struct {
		truce.Element
		Entry int64
	}
	if err := json.Unmarshal(v.Body, &e); err != nil {
		return e.Element, weighed{}, &truce.Error{Kind: truce.Internal, At: "element/" + v.ID, Msg: "the row is damaged", Err: err}
	}
	return e.Element, weighed{v.Label, e.Entry}, nil
}

// judge returns the verdicts on every element as of an entry. What was judged before on
// the same version of an element under the same terms is not judged again.
func (r *Record) judge(ctx context.Context, asOf int64) (*Judged, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, err
	}
	o, err := r.terms(ctx, n)
	if err != nil {
		return nil, err
	}
	last, good, err := r.judgedBefore(ctx, o, n)
	if good || err != nil {
		return last, err
	}
	elements, rows, err := r.elements(ctx, o, n, last)
	if err != nil {
		return nil, err
	}
	found, err := r.judgeFresh(ctx, o, elements, rows)
	if err != nil {
		return nil, err
	}
	out := &Judged{Elements: elements, opened: o, rows: rows, at: span{n, n}, found: found}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = out
	return out, nil
}

// judgedBefore is the last answer under the same terms, and whether it is still good: no entry
// since has touched an element. It is nil where the elements have to be read anew.
func (r *Record) judgedBefore(ctx context.Context, o *opened, n int64) (last *Judged, good bool, err error) {
	r.mu.Lock()
	at := span{}
	if last = r.last; last != nil {
		at = last.at
	}
	r.mu.Unlock()
	switch {
	case last == nil || last.opened != o || n < at.from || n-at.to > maxNew:
		return nil, false, nil
	case at.holds(n):
		return last, true, nil
	}
	if touched, err := r.anySince(ctx, at.to, n, "element"); err != nil {
		return nil, false, err
	} else if touched {
		if all, err := r.anySince(ctx, at.to, n); all || err != nil {
			return nil, false, err
		}
		return last, false, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last.at.to = max(last.at.to, n)
	return last, true, nil
}

// Judging is how many elements of how many are judged.
type Judging struct{ Done, Of int64 }

// Judging says how far the judge has come with many elements that nobody asked about before;
// nil while it has nothing of that sort to do.
func (r *Record) Judging() *Judging { return r.judging.Load() }

// judgeFresh returns what is found of each element. Those that were judged as they are now
// are not judged again.
func (r *Record) judgeFresh(ctx context.Context, o *opened, elements []truce.Element, rows map[string]weighed) ([]judged, error) {
	out := make([]judged, len(elements))
	var fresh []truce.Element
	var places []int // of each of these among all
	r.mu.Lock()
	for i, e := range elements {
		had, ok := o.found[e.ID]
		if out[i] = had; !ok || had.entry != rows[e.ID].entry {
			out[i] = judged{entry: rows[e.ID].entry, extent: o.mission.Extent(&e)}
			out[i].first, out[i].last = o.mission.days(&e)
			fresh, places = append(fresh, e), append(places, i)
		}
	}
	r.mu.Unlock()
	tell := len(fresh) > r.atOnce/4
	if tell {
		defer r.judging.Store(nil)
	}
	result := &Result{Mission: o.mission, Judges: o.judges, Elements: fresh}
	err := result.inBlocks(ctx, 0, (*terms.Judge).Brief, func(i int, verdicts [][]*truce.Verdict) error {
		for k, all := range verdicts {
			out[places[i*block+k]].all = all
		}
		if tell {
			r.judging.Store(&Judging{int64(min((i+1)*block, len(fresh))), int64(len(fresh))})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(o.found)+len(fresh) > mostFound {
		o.found = map[string]judged{}
	}
	for k, e := range fresh {
		if len(o.found) < mostFound {
			o.found[e.ID] = out[places[k]]
		}
	}
	return out, nil
}

// Judged is what the engine says of a record, or a part of it, as of an entry: elements by time and
// identifier, and for each its verdicts in the order of the agreements.
type Judged struct {
	Elements []truce.Element

	opened *opened
	rows   map[string]weighed
	found  []judged // as Elements
	at     span
}

// count adds up the verdicts on the elements of which the marks count, by outcome. Those on what
// was withdrawn are in no number.
func (j *Judged) count(counts func(mark string) bool) map[truce.Outcome]int {
	out := map[truce.Outcome]int{truce.Violation: 0, truce.Undetermined: 0, truce.NoViolation: 0}
	for i := range j.Elements {
		if !counts(j.rows[j.Elements[i].ID].label) {
			continue
		}
		for _, v := range j.found[i].all {
			if v.Code != "RETRACTED" && v.Code != "DUP" {
				out[v.Outcome]++
			}
		}
	}
	return out
}

// on judges one element anew and keeps every reason.
func (o *opened) on(e *truce.Element) []truce.Verdict { return o.mission.verdictsOn(o.judges, e) }
