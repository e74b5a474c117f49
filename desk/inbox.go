package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/record"
	"truce/store"
)

// Arrived is a report that waits for somebody of the mission.
type Arrived struct {
	Number   int64     `json:"number"`
	Report   string    `json:"report"`
	Title    string    `json:"title,omitempty"`
	Door     string    `json:"door"`
	Danger   []string  `json:"danger,omitempty"`
	State    string    `json:"state"`
	Received time.Time `json:"received"`
	// Acknowledged is zero until somebody has; Due is when somebody should have. Without a
	// limit in the mission's stages it is zero.
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Due          time.Time `json:"due,omitzero"`
}

// Late reports whether nobody acknowledged it in time.
func (a Arrived) Late(now time.Time) bool {
	return a.Acknowledged.IsZero() && !a.Due.IsZero() && now.After(a.Due)
}

// mostWaiting is how many reports an inbox shows at once.
const mostWaiting = 50

// Inbox is what waits for somebody.
type Inbox struct {
	Waiting []Arrived `json:"waiting"`
	// More says that there are more than are shown.
	More bool           `json:"more,omitempty"`
	Zone *time.Location `json:"-"`
	Now  time.Time      `json:"now"`
}

// Inbox lists the reports that wait and that the person may read: those that tell that life is at
// risk first, and then what came first.
func (r *Record) Inbox(ctx context.Context, who access.Person) (*Inbox, error) {
	if err := r.allow(who, access.Assess, "report", access.Label{TLP: access.Amber}); err != nil {
		return nil, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, err
	}
	in := &Inbox{Waiting: []Arrived{}, Zone: o.mission.Zone, Now: r.now()}
	v := r.view(who, access.Read, 0)
	for _, parent := range []string{record.AtRisk, record.Waiting} {
		if err := v.waiting(ctx, o.mission, parent, in); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// waiting adds the reports that wait under one heading, oldest first.
func (v *view) waiting(ctx context.Context, m *Mission, parent string, in *Inbox) error {
	labels, err := v.r.labels(ctx, v.who, access.List, "arrival")
	if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := v.r.db.List(ctx, store.Query{Kind: "arrival", Labels: labels, Parent: parent, Limit: mostWaiting + 1, After: after})
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			a, ok, err := v.arrived(ctx, m, row)
			switch {
			case err != nil:
				return err
			case !ok:
			case len(in.Waiting) == mostWaiting:
				in.More = true
				return nil
			default:
				in.Waiting = append(in.Waiting, a)
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// arrived is one report that waits, if the person may read it.
func (v *view) arrived(ctx context.Context, m *Mission, row truce.Row) (Arrived, bool, error) {
	var a Arrived
	if err := json.Unmarshal(row.Body, &a); err != nil {
		return a, false, damaged("arrival", row.ID, err)
	}
	seen, err := v.read(ctx, "report", a.Report)
	if kind := kindOf(err); err != nil && (kind == truce.Denied || kind == truce.Absent) {
		return a, false, nil
	} else if err != nil {
		return a, false, err
	}
	a.Title = v.titleOf(ctx, seen)
	for _, s := range m.Stages {
		if limit := s.Limit(len(a.Danger) > 0); s.Name == StageReceived && limit > 0 {
			a.Due = a.Received.Add(limit)
		}
	}
	return a, true, nil
}

// titleOf is the title of a report's first element, as the person may see it; or else how its
// text begins.
func (v *view) titleOf(ctx context.Context, report Seen) string {
	var b struct{ Text string }
	_ = json.Unmarshal(report.Body, &b) // what has none shows none
	elements := elementsOf(report)
	for _, id := range elements[:min(1, len(elements))] {
		var e struct{ Title string }
		if row, err := v.read(ctx, "element", id); err == nil && json.Unmarshal(row.Body, &e) == nil && e.Title != "" {
			return e.Title
		}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(b.Text), "\n")
	return line
}

// elementsOf are the identifiers of a report's elements; none where they are withheld or where
// the report has no such list.
func elementsOf(report Seen) []string {
	var b struct{ Elements []string }
	if json.Unmarshal(report.Body, &b) != nil {
		return nil
	}
	return b.Elements
}

// elementOf reads the element in a row.
func elementOf(row truce.Row) (truce.Element, error) {
	var e truce.Element
	if err := json.Unmarshal(row.Body, &e); err != nil {
		return e, &truce.Error{Kind: truce.Internal, At: "element/" + row.ID, Msg: "the row is damaged", Err: err}
	}
	return e, nil
}

// Opened is a report as whoever triages it sees it.
type Opened struct {
	Row      Seen
	Elements []Seen
	Letters  []Letter
	// Answerable says that whoever handed it in can be written to.
	Answerable bool
}

// OpenReport is a report in full, as far as the person may see it.
func (r *Record) OpenReport(ctx context.Context, who access.Person, id string) (*Opened, error) {
	row, err := r.Row(ctx, who, 0, "report", id)
	if err != nil {
		return nil, err
	}
	var b struct{ Door string }
	_ = json.Unmarshal(row.Body, &b) // what has none came by none
	out := &Opened{Row: row, Answerable: b.Door == DoorForm}
	for _, e := range elementsOf(row) {
		if seen, err := r.Row(ctx, who, 0, "element", e); err == nil {
			out.Elements = append(out.Elements, seen)
		}
	}
	hides, err := r.Withholds(ctx, who, "message", access.GradeInternal)
	if err == nil && !hides {
		out.Letters, err = r.letters(ctx, id)
	}
	return out, err
}

// Triage is what somebody does about a report that waits.
type Triage struct {
	Report string
	// Do is "acknowledge", "join", "open", "different", "ask", "leave".
	Do string
	// Incident is the one to join, or the identifier of the one to open; Other the report that
	// this one is different from.
	Incident, Other string
	Words           string // what is asked, or why
}

// Triage enters what is done about a report. The same submission again does nothing.
func (r *Record) Triage(ctx context.Context, who access.Person, submission string, t Triage) error {
	row, err := r.Row(ctx, who, 0, "report", t.Report)
	if err != nil {
		return err
	}
	elements, why := elementsOf(row), strings.TrimSpace(t.Words)
	act := Act{Submission: submission}
	switch t.Do {
	case "acknowledge":
		act.Kind, act.Fields = "report.triaged", map[string]any{"id": t.Report, "triage": "acknowledged"}
	case "leave":
		act.Kind, act.Fields = "report.triaged", map[string]any{"id": t.Report, "triage": "not-examined"}
		if why == "" {
			return wantReason("leave")
		}
	case "join":
		act.Kind, act.Fields = r.joining(ctx, t.Incident, elements)
		if why = orElse(why, "judged the same in the inbox"); t.Incident == "" {
			return truce.Problems{{Field: "incident", Code: "no-incident", Msg: "nobody said which incident", Want: "the identifier of an incident"}}
		}
	case "open":
		act.Kind, act.Fields = "incident.opened", map[string]any{"id": orElse(t.Incident, "I-"+t.Report), "members": elements, "title": r.view(who, access.Read, 0).titleOf(ctx, row)}
	case "different":
		act.Kind, act.Fields = "match.judged", map[string]any{"pair": slices.Sorted(slices.Values([]string{t.Report, t.Other})), "says": "different"}
		if why = orElse(why, "judged different in the inbox"); t.Other == "" {
			return truce.Problems{{Field: "other", Code: "no-other", Msg: "nobody said from what", Want: "the identifier of a report"}}
		}
	case "ask":
		_, err := r.Ask(ctx, who, submission, t.Report, t.Words)
		return err
	default:
		return &truce.Error{Kind: truce.Invalid, At: "do", Msg: "this is nothing to do about a report", Hint: "acknowledge, join, open, different, ask or leave"}
	}
	if why != "" {
		act.Fields["reason"] = why
	}
	if _, err = r.Write(ctx, who, act); err == nil && (t.Do == "join" || t.Do == "open") {
		err = r.fireGoes(ctx, who, submission, row, textOf(act.Fields["id"]))
	}
	return err
}

// joining joins elements to an incident; or, to an element that belongs to none, by opening one
// over all of them.
func (r *Record) joining(ctx context.Context, to string, elements []string) (kind string, fields map[string]any) {
	row, err := r.db.Get(ctx, 0, "element", to)
	if _, bad := r.db.Get(ctx, 0, "incident", to); err != nil || bad == nil || row.Parent != "" {
		return "incident.joined", map[string]any{"id": to, "members": elements}
	}
	return "incident.opened", map[string]any{"id": "I-" + to, "members": append(slices.Clone(elements), to)}
}

func wantReason(field string) error {
	return truce.Problems{{Field: field, Code: "no-reason", Msg: "nothing is left unexamined without a reason", Want: "why it is not examined"}}
}
