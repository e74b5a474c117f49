package record

import (
	"encoding/json"
	"maps"
	"slices"

	"truce"
)

// begin makes a row that is not there yet.
func (c *change) begin() error {
	if _, _, ok, err := c.row(c.kind.Row, c.id()); err != nil {
		return err
	} else if ok {
		return c.refuse(truce.Conflict, c.kind.ID, "there is a %s %s already", c.kind.Row, c.id())
	}
	return c.plain()
}

// more adds what an entry says to the row that it is about.
func (c *change) more() error { return c.amend(c.kind.Row, c.id(), c.fields()) }

// listed makes a contact line, or says anew what it is; when it was last tested stays.
func (c *change) listed() error {
	_, had, ok, err := c.row("line", c.id())
	if err != nil {
		return err
	}
	if err := c.plain(); err != nil || !ok {
		return err
	}
	return c.amend("line", c.id(), only(had, "tested", "answered"))
}

// tested says of a contact line when it was tested, and whether somebody answered.
func (c *change) tested() error {
	with := only(c.fields(), "answered", "note")
	with["tested"], _ = c.entry.Fields.Raw("at")
	return c.amend("line", c.id(), with)
}

// only are some of the values of a body.
func only(b body, names ...string) body {
	out := maps.Clone(b)
	maps.DeleteFunc(out, func(name string, v json.RawMessage) bool { return v == nil || !slices.Contains(names, name) })
	return out
}

// fire says whether there is still fire. Since is when it was first said to go on; it stays
// until fire is said to have begun again after it stopped.
func (c *change) fire() error {
	_, had, _, err := c.row("fire", c.id())
	if err != nil {
		return err
	}
	if err := c.plain(); err != nil {
		return err
	}
	since := had["since"]
	if since == nil || had.text("fire") == "stopped" && c.text("fire") == "going" {
		since, _ = c.entry.Fields.Raw("at")
	}
	if since == nil { // destroyed
		return nil
	}
	return c.amend("fire", c.id(), body{"since": since})
}

// reminder counts that somebody was reminded of a request.
func (c *change) reminder() error {
	_, b, err := c.must("request", c.id(), "id")
	if err != nil {
		return err
	}
	with := only(c.fields(), "note")
	with.set("reminders", append(b.list("reminders"), c.text("at")))
	return c.amend("request", c.id(), with)
}

// reply is the answer to one request or one protest.
func (c *change) reply() error {
	request, protest := c.text("request"), c.text("protest")
	if (request == "") == (protest == "") {
		return &truce.Error{Kind: truce.Invalid, At: "request", Msg: "a reply is to one thing", Hint: "either request or protest"}
	}
	for kind, id := range map[string]string{"request": request, "protest": protest} {
		if id != "" {
			if _, _, err := c.must(kind, id, kind); err != nil {
				return err
			}
		}
	}
	return c.plain()
}

// recall says that a release is withdrawn. The release itself stays as it was published.
func (c *change) recall() error {
	if _, _, err := c.must("release", c.text("release"), "release"); err != nil {
		return err
	}
	if err := c.plain(); err != nil {
		return err
	}
	return c.amend("correction", c.id(), body{"status": json.RawMessage(`"withdrawn"`)})
}
