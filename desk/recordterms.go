package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
	"truce/actors"
	"truce/store"
	"truce/terms"
)

// opened is what was agreed, as the record knew it after some entry, ready to judge, with
// the verdicts found so far.
type opened struct {
	version string // of the rows it was made from
	mission *Mission
	judges  []*terms.Judge
	found   map[string]judged // by element
}

// judged are the verdicts on one version of an element.
type judged struct {
	entry    int64
	verdicts []truce.Verdict
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
	q := store.Query{AsOf: asOf, Kind: kind, AnyLabel: true, Limit: 1000}
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

// terms opens the mission as the record knew it.
func (r *Record) terms(ctx context.Context, asOf int64) (*opened, error) {
	rows := map[string][]truce.Row{}
	sum := sha256.New()
	for _, kind := range agreed() {
		err := r.everything(ctx, asOf, kind, func(v truce.Row) error {
			rows[kind] = append(rows[kind], v)
			sum.Write([]byte(kind + "\n" + v.ID + "\n"))
			sum.Write(v.Body)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	version := hex.EncodeToString(sum.Sum(nil))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.ready {
		if o.version == version {
			return o, nil
		}
	}
	o, err := openTerms(rows, version)
	if err != nil {
		return nil, err
	}
	r.ready = append(r.ready, o)
	if len(r.ready) > maxOpened {
		r.ready = slices.Delete(r.ready, 0, 1)
	}
	return o, nil
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
	return &opened{version: version, mission: m, judges: judges, found: map[string]judged{}}, nil
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

// elements lists the elements that lie in the mission's period, by time and identifier.
func (r *Record) elements(ctx context.Context, o *opened, asOf int64) ([]truce.Element, map[string]weighed, error) {
	rows := map[string]weighed{}
	var out []truce.Element
	err := r.everything(ctx, asOf, "element", func(v truce.Row) error {
		var e struct {
			truce.Element
			Entry int64
		}
		if err := json.Unmarshal(v.Body, &e); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "element/" + v.ID, Msg: "the row is damaged", Err: err}
		}
		rows[e.ID] = weighed{v.Label, e.Entry}
		out = append(out, e.Element)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	o.mission.leaveOut(&out)
	slices.SortFunc(out, compareElements)
	return out, rows, nil
}

// judge returns the verdicts on every element as of an entry. What was judged before on
// the same version of an element under the same terms is not judged again.
func (r *Record) judge(ctx context.Context, asOf int64) (*Judged, error) {
	o, err := r.terms(ctx, asOf)
	if err != nil {
		return nil, err
	}
	elements, rows, err := r.elements(ctx, o, asOf)
	if err != nil {
		return nil, err
	}
	out := &Judged{opened: o, Elements: elements, rows: rows, Tally: NewTally()}
	var fresh []truce.Element
	r.mu.Lock()
	for _, e := range elements {
		if had, ok := o.found[e.ID]; !ok || had.entry != rows[e.ID].entry {
			fresh = append(fresh, e)
		}
	}
	r.mu.Unlock()
	result := &Result{Mission: o.mission, Judges: o.judges, Elements: fresh, Tally: NewTally(), Kept: map[string][]truce.Verdict{}}
	all := map[string][]truce.Verdict{}
	err = result.judge(ctx, CheckOptions{Each: func(e *truce.Element, v truce.Verdict) error {
		all[e.ID] = append(all[e.ID], v)
		return nil
	}})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, vs := range all {
		o.found[id] = judged{rows[id].entry, vs}
	}
	for i := range elements {
		e := &elements[i]
		for _, v := range o.found[e.ID].verdicts {
			out.Tally.add(o.mission, e, v)
			out.Verdicts = append(out.Verdicts, v)
		}
	}
	return out, nil
}

// Judged is what the engine says of a whole record as of an entry: elements by time and
// identifier, and for each its verdicts in the order of the agreements.
type Judged struct {
	Elements []truce.Element
	Verdicts []truce.Verdict
	Tally    *Tally

	opened *opened
	rows   map[string]weighed
}
