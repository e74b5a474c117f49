package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"truce"
	"truce/access"
	"truce/record"
	"truce/store"
)

// subject is the row that an act is about: the one that it changes or opens.
type subject struct {
	kind, id string
	row      truce.Row
	label    access.Label
	there    bool
	hidden   bool // there, and not for the person to know of
	asOf     int64
}

// visible reports whether the row is there and the person may know of it.
func (s subject) visible() bool { return s.there && !s.hidden }

// about finds the row that an act is about. Acts that make rows of their own, and those about
// accounts and keys, are about none.
func (r *Record) about(ctx context.Context, who access.Person, kind string, fields map[string]any) (subject, error) {
	k, _ := record.Lookup(kind)
	var s subject
	switch {
	case kind == "mark.widened":
		s.kind, s.id = textOf(fields["kind"]), textOf(fields["row"])
	case kind == "source.opened":
		s.kind, s.id = "source", textOf(fields["id"])
	case k.Row != "key" && k.Row != "person" && k.ID != "" && !fresh(kind):
		s.kind, s.id = k.Row, textOf(fields[k.ID])
	}
	if s.id == "" {
		return s, nil
	}
	var err error
	if s.asOf, err = r.db.Size(ctx); err != nil {
		return s, err
	}
	s.row, err = r.db.Get(ctx, 0, s.kind, s.id)
	if kindOf(err) == truce.Absent {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.there = true
	s.label, err = access.ParseLabel(s.row.Label)
	s.hidden = err != nil || !r.policy.May(who, access.Read, s.kind, s.label, r.now()).Allowed
	return s, nil
}

// fresh says of a kind of entry that it begins a row: what is there already is a conflict.
func fresh(kind string) bool {
	switch kind {
	case "report.received", "incident.opened", "task.set", "access.met", "request.made", "protest.filed":
		return true
	}
	return false
}

// makes says of a kind of entry that it makes its row where there is none yet.
func makes(kind string) bool {
	switch kind {
	case "mission.adopted", "agreement.adopted", "register.adopted", "places.adopted", "attachment.added", "finding.signed", "release.published", "source.sealed",
		"stage.set", "line.listed", "fire.noted", "hypothesis.put", "reading.kept":
		return true
	}
	return false
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// stands holds an act to the rows that are there: whoever changes a row must be allowed to
// under the row's own mark, and a row's mark grows wider by two people alone. What the person
// may not know of is answered as if it were not there.
func (r *Record) stands(ctx context.Context, who access.Person, kind string, fields map[string]any, label access.Label, s subject) error {
	if namesCase(kind) {
		if err := r.caseThere(ctx, who, textOf(fields["incident"])); err != nil {
			return err
		}
	}
	switch {
	case s.hidden && makes(kind):
		return &truce.Error{Kind: truce.Conflict, At: "id", Msg: "this name is taken", Hint: "another"}
	case s.id != "" && !s.visible() && !makes(kind):
		return &truce.Error{Kind: truce.Absent, At: s.kind + "/" + s.id, Msg: "there is no such " + s.kind,
			Err: Refusal{who.ID, string(actionOf(kind)), s.kind, "it is not there, or is hidden"}}
	case s.there && s.label.Widens(label):
		return refused(who, access.Widen, s.kind, access.Decision{Two: true, Why: "the row is marked more narrowly"})
	case s.there && !twoPeople(kind):
		if err := r.allow(who, r.changing(who, kind, s), s.kind, s.label); err != nil {
			return err
		}
	}
	if err := r.named(ctx, who, kind, fields); err != nil {
		return err
	}
	if kind == "contact.made" {
		return fitsContact(fields)
	}
	if namesCase(kind) {
		return r.fitsCase(ctx, who, kind, fields)
	}
	switch kind {
	case "match.judged":
		return r.reportsThere(ctx, who, fields["pair"])
	case "report.corrected":
		return r.ownElements(ctx, s.id, fields["elements"])
	case "element.assessed":
		return assessable(fields["changes"])
	}
	return nil
}

func twoPeople(kind string) bool {
	k, _ := record.Lookup(kind)
	return k.Two
}

// changing is what somebody does who makes an entry about a row that is there. What others
// handed in is changed by those who weigh it.
func (r *Record) changing(who access.Person, kind string, s subject) access.Action {
	do, by := actionOf(kind), text(s.row, "author")
	own := by != "" && by == who.ID || who.Party != "" && who.Party == s.label.Party
	if do == access.Report && !own {
		return access.Assess
	}
	return do
}

// named refuses an act that names rows which the person may not know of.
func (r *Record) named(ctx context.Context, who access.Person, kind string, fields map[string]any) error {
	k, _ := record.Lookup(kind)
	seen := r.view(who, access.Read, 0)
	for field, of := range naming(k.Row) {
		raw, err := json.Marshal(fields[field])
		if err != nil {
			continue // what is wrong with it was said before
		}
		hidden, err := seen.namesHidden(ctx, k.Row, field, raw)
		if err != nil {
			return err
		}
		if hidden {
			return &truce.Error{Kind: truce.Absent, At: field, Msg: "there is no such " + of,
				Err: Refusal{who.ID, string(access.Read), of, "it is hidden"}}
		}
	}
	return nil
}

// reportsThere refuses reports that are not there, or not for the person.
func (r *Record) reportsThere(ctx context.Context, who access.Person, pair any) error {
	raw, err := json.Marshal(pair)
	var list []string
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil // what is wrong with it was said before
	}
	for _, id := range list {
		row, err := r.maybe(ctx, who, 0, "report", id)
		if err != nil {
			return err
		}
		if row == nil {
			return &truce.Error{Kind: truce.Absent, At: "pair", Msg: "there is no such report",
				Err: Refusal{who.ID, string(access.Read), "report", "it is not there, or is hidden"}}
		}
	}
	return nil
}

// ownElements refuses a correction that would take elements of another report.
func (r *Record) ownElements(ctx context.Context, report string, elements any) error {
	raw, err := json.Marshal(elements)
	var list []struct{ ID string }
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil // what is wrong with it was said before
	}
	for _, e := range list {
		row, err := r.db.Get(ctx, 0, "element", e.ID)
		switch {
		case kindOf(err) == truce.Absent && err != nil:
		case err != nil:
			return err
		case text(row, "report") != report:
			return &truce.Error{Kind: truce.Conflict, At: "elements", Msg: "an element with this identifier is another report's", Hint: "identifiers of the report's own"}
		}
	}
	return nil
}

// assessable refuses changes of an element that are none of facts: it stays the element that
// it is, of its report and its incident.
func assessable(changes any) error {
	raw, err := json.Marshal(changes)
	var values map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(raw, &values)
	}
	var e truce.Element
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		err = d.Decode(&e)
	}
	for _, kept := range []string{"id", "incident"} {
		if _, changed := values[kept]; changed || err != nil {
			return &truce.Error{Kind: truce.Invalid, At: "changes", Msg: "these are no changes of an element's facts", Hint: "fields of an element, but for id and incident"}
		}
	}
	return nil
}

// expect makes a draft that replaces a row refused if the row has changed since it was looked
// at: its mark may have. Several acts on one row in one call are the person's own.
func (s subject) expect(d *store.Draft, before []store.Draft) {
	touch := [2]string{s.kind, s.id}
	if s.there && actionOf(d.Kind) != access.Join && !slices.ContainsFunc(before, func(b store.Draft) bool { return slices.Contains(b.Touch, touch) }) {
		d.Expect, d.Touch = s.asOf, [][2]string{touch}
	}
}
