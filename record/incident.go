package record

import (
	"encoding/json"
	"maps"
	"slices"

	"truce"
)

// incident opens an incident over elements that are in the record.
func (c *change) incident() error {
	if _, _, ok, err := c.row("incident", c.id()); err != nil {
		return err
	} else if ok {
		return &truce.Error{Kind: truce.Conflict, At: "id", Msg: "there is an incident " + c.id() + " already", Hint: "join to it by incident.joined"}
	}
	b, row := c.fields(), c.fresh()
	row.Text = b.text("title")
	members := sorted(c.list("members"))
	b.set("members", members)
	if err := c.write(row, b); err != nil {
		return err
	}
	return c.move(members, c.id())
}

// join adds elements to an incident; whichever they were in before loses them.
func (c *change) join() error {
	row, b, err := c.must("incident", c.id(), "id")
	if err != nil {
		return err
	}
	members := sorted(append(b.list("members"), c.list("members")...))
	maps.Copy(b, c.fields())
	b.set("members", members)
	if err := c.write(row, b); err != nil {
		return err
	}
	return c.move(c.list("members"), c.id())
}

// split takes elements out of an incident; they stand alone until they are joined again.
func (c *change) split() error {
	_, b, err := c.must("incident", c.id(), "id")
	if err != nil {
		return err
	}
	for _, id := range c.list("members") {
		if !slices.Contains(b.list("members"), id) {
			return c.refuse(truce.Absent, "members", "element %s is not in incident %s", id, c.id())
		}
	}
	return c.move(c.list("members"), "")
}

// move puts elements into an incident, or into none, and takes them out of the one they
// were in.
func (c *change) move(elements []string, incident string) error {
	for _, id := range elements {
		row, b, err := c.must("element", id, "members")
		if err != nil {
			return err
		}
		if row.Parent != "" && row.Parent != incident {
			if err := c.leave(row.Parent, id); err != nil {
				return err
			}
		}
		row.Parent = incident
		if b.set("incident", incident); incident == "" {
			delete(b, "incident")
		}
		if err := c.write(row, b); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) leave(incident, element string) error {
	row, b, ok, err := c.row("incident", incident)
	if err != nil || !ok {
		return err
	}
	b.set("members", slices.DeleteFunc(sorted(b.list("members")), func(id string) bool { return id == element }))
	return c.write(row, b)
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// assessment states facts of an element as the desk holds them after weighing. What the
// report says stays in the report's entry; "assessed" names the facts and the entry.
func (c *change) assessment() error {
	row, b, err := c.must("element", c.id(), "element")
	if err != nil {
		return err
	}
	var changes body
	if _, err := c.entry.Fields.Get("changes", &changes); err != nil {
		return &truce.Error{Kind: truce.Invalid, At: "changes", Msg: "these are no changes", Err: err}
	}
	assessed := map[string]int64{}
	if had := b["assessed"]; had != nil {
		if err := json.Unmarshal(had, &assessed); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "element/" + row.ID, Msg: "the row is damaged", Err: err}
		}
	}
	for name, v := range changes {
		assessed[name] = c.n
		if b[name] = v; string(v) == "null" {
			delete(b, name)
		}
	}
	b.set("assessed", assessed)
	var raw []any
	if ok, err := c.entry.Fields.Get("box", &raw); err != nil {
		return err
	} else if ok {
		if row.Box, err = boxOf(raw); err != nil {
			return err
		}
	}
	return c.write(row, b)
}
