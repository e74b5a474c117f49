package record

import (
	"encoding/json"
	"slices"
	"strconv"

	"truce"
)

// An arrival is what came in by a door of the mission: its number, which is the entry's, and
// where it stands. Those that wait for somebody belong to [AtRisk] if they tell that life is at
// risk, and else to [Waiting].
const (
	AtRisk  = "at risk"
	Waiting = "waiting"
	Done    = "done"
)

// waits are the states in which an arrival waits for somebody of the mission.
func waits(state string) bool {
	return slices.Contains([]string{"received", "acknowledged", "asked", "answered"}, state)
}

// follow puts right where arrivals stand after an entry.
func (c *change) follow() error {
	switch c.entry.Kind {
	case "report.received":
		return c.arrive()
	case "report.retracted":
		return c.stands(c.text("id"), "withdrawn")
	case "report.triaged":
		if c.text("triage") == "received" {
			return c.wait()
		}
		return c.stands(c.text("id"), c.text("triage"))
	case "message.sent":
		if c.text("voice") == "reporter" {
			return c.stands(c.text("report"), "answered")
		}
		return c.stands(c.text("report"), "asked")
	case "incident.opened", "incident.joined":
		return c.stand(c.list("members"), "examined")
	case "incident.split":
		return c.stand(c.list("members"), "acknowledged")
	case "finding.signed":
		return c.judged(c.text("incident"), "determined")
	case "finding.withdrawn":
		_, b, err := c.must("finding", c.id(), "id")
		if err != nil {
			return err
		}
		return c.judged(b.text("incident"), "examined")
	}
	return nil
}

// public is the mark of what everybody may know: that something came in, its number and where
// it stands.
const public = "TLP:CLEAR"

// arrive notes that a report came in by a door. That a complaint came in is public, unless
// whoever handed it in said that it would endanger somebody.
func (c *change) arrive() error {
	door := c.text("door")
	if door == "" {
		return nil
	}
	if err := c.readBack(door); err != nil {
		return err
	}
	mark := c.text("mark")
	if slices.Contains(c.list("consent"), "number") && (door == "call" || door == "form") {
		mark = public
	}
	return c.arrival(mark, door, c.list("danger"))
}

// arrival makes the row of a report that waits from this entry on.
func (c *change) arrival(mark, door string, danger []string) error {
	at := c.entry.At.UTC().Format(stamp)
	b, row := body{}, truce.Row{Kind: "arrival", ID: strconv.FormatInt(c.n, 10), Label: mark, Parent: Waiting, Sort: at}
	if len(danger) > 0 {
		row.Parent = AtRisk
		b.set("danger", danger)
	}
	b.set("door", door)
	b.set("id", row.ID)
	b.set("number", c.n)
	b.set("report", c.id())
	b.set("state", "received")
	b.set("received", at)
	return c.write(row, b)
}

// wait puts a report into the inbox that came in without waiting there, as a mission's past does;
// one that has been there waits again.
func (c *change) wait() error {
	row, b, err := c.must("report", c.id(), "id")
	if err != nil {
		return err
	}
	if b["number"] != nil {
		return c.stands(row.ID, "received")
	}
	b.set("number", c.n)
	if err := c.write(row, b); err != nil {
		return err
	}
	return c.arrival(row.Label, "upload", b.list("danger"))
}

// readBack holds what was told by telephone to it that the place was read back, or is unknown.
func (c *change) readBack(door string) error {
	es, _, err := c.elements()
	if err != nil || door != "call" || c.text("read_back") == "yes" || len(c.entry.Fields.Held()) < len(c.entry.Fields.Names()) {
		return err
	}
	for _, e := range es {
		if slices.ContainsFunc(e.Where, func(p truce.Place) bool { return p.Form != truce.FormUnknown }) {
			return &truce.Error{Kind: truce.Invalid, At: "read_back", Msg: "the place was not read back", Hint: "yes, or a place of no known form"}
		}
	}
	return nil
}

// stands says of a report's arrival where it stands now.
func (c *change) stands(report, state string) error {
	_, b, ok, err := c.row("report", report)
	if err != nil || !ok || b["number"] == nil {
		return err
	}
	row, had, ok, err := c.row("arrival", string(b["number"]))
	if err != nil || !ok {
		return err
	}
	if had.set("state", state); had["acknowledged"] == nil && !slices.Contains([]string{"received", "withdrawn", "answered"}, state) {
		had.set("acknowledged", c.entry.At.UTC().Format(stamp))
	}
	switch row.Parent = Done; {
	case waits(state) && len(had.list("danger")) > 0:
		row.Parent = AtRisk
	case waits(state):
		row.Parent = Waiting
	}
	return c.write(row, had)
}

// stand is stands for the reports of some elements.
func (c *change) stand(elements []string, state string) error {
	for _, id := range elements {
		_, b, ok, err := c.row("element", id)
		if err != nil {
			return err
		}
		if !ok || b.text("report") == "" {
			continue
		}
		if err := c.stands(b.text("report"), state); err != nil {
			return err
		}
	}
	return nil
}

// judged is stand for the elements of an incident.
func (c *change) judged(incident, state string) error {
	_, b, ok, err := c.row("incident", incident)
	if err != nil || !ok {
		return err
	}
	return c.stand(b.list("members"), state)
}

// triage says of a report what the desk does about it. What is not examined has its reason.
func (c *change) triage() error {
	if c.text("triage") == "not-examined" && !slices.Contains(c.entry.Fields.Names(), "reason") {
		return &truce.Error{Kind: truce.Invalid, At: "reason", Msg: "nothing is left unexamined without a reason", Hint: "why it is not examined"}
	}
	return c.amend("report", c.id(), body{"triage": json.RawMessage(strconv.Quote(c.text("triage")))})
}

// message is a row under the report that it is about.
func (c *change) message() error {
	if _, _, err := c.must("report", c.text("report"), "report"); err != nil {
		return err
	}
	b, row := c.fields(), c.fresh()
	row.Parent, row.Text = b.text("report"), b.text("words")
	return c.write(row, b)
}

// Evidence is what speaks for or against a hypothesis.
type Evidence struct {
	Of     string `json:"of"`     // a report, an element, an attachment, a finding: its identifier
	Weighs string `json:"weighs"` // "for", "against" or "neither"
	Note   string `json:"note,omitempty"`
}

func fitsEvidence(raw json.RawMessage) bool {
	var list []Evidence
	return strict(raw, &list) && !slices.ContainsFunc(list, func(e Evidence) bool {
		return e.Of == "" || !slices.Contains([]string{"for", "against", "neither"}, e.Weighs)
	})
}

// among reports whether every word is one of the codes, where there are any.
func among(list, codes []string) bool {
	return codes == nil || !slices.ContainsFunc(list, func(w string) bool { return !slices.Contains(codes, w) })
}
