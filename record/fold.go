package record

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gowebpki/jcs"

	"truce"
	"truce/ledger"
)

// change is one entry being folded.
type change struct {
	old   func(kind, id string) (truce.Row, bool, error)
	n     int64
	entry *ledger.Entry
	kind  Kind
	out   []truce.Row
	rows  map[[2]string]int // where in out a row stands
}

// body is the JSON object of a row.
type body map[string]json.RawMessage

func (c *change) refuse(kind truce.Kind, at, format string, args ...any) error {
	return &truce.Error{Kind: kind, At: at, Msg: fmt.Sprintf(format, args...)}
}

// text returns a field that is a string; empty where it is missing or destroyed.
func (c *change) text(name string) string {
	var s string
	if ok, err := c.entry.Fields.Get(name, &s); !ok || err != nil {
		return ""
	}
	return s
}

func (c *change) list(name string) []string {
	var s []string
	if ok, err := c.entry.Fields.Get(name, &s); !ok || err != nil {
		return nil
	}
	return s
}

// fields are what the entry holds, as the body of a row, with the names of what was
// destroyed.
func (c *change) fields() body {
	b := body{}
	held := c.entry.Fields.Held()
	for _, name := range held {
		if name != "mark" && name != "proposed" {
			b[name], _ = c.entry.Fields.Raw(name)
		}
	}
	var gone []string
	for _, name := range c.entry.Fields.Names() {
		if !slices.Contains(held, name) {
			gone = append(gone, name)
		}
	}
	if gone != nil {
		b.set("destroyed", gone)
	}
	return b
}

func (b body) set(name string, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only values of our own come here
	}
	b[name] = raw
}

func (b body) text(name string) string {
	var s string
	if json.Unmarshal(b[name], &s) != nil {
		return ""
	}
	return s
}

func (b body) list(name string) []string {
	var s []string
	if json.Unmarshal(b[name], &s) != nil {
		return nil
	}
	return s
}

// write makes a row of a body, stamped with the entry and its time.
func (c *change) write(row truce.Row, b body) error {
	b.set("entry", c.n)
	b.set("recorded", c.entry.At.UTC().Format(stamp))
	raw, err := json.Marshal(b)
	if err == nil {
		row.Body, err = jcs.Transform(raw)
	}
	if err != nil {
		return &truce.Error{Kind: truce.Internal, At: row.Kind + "/" + row.ID, Msg: "the row cannot be written", Err: err}
	}
	if row.Sort == "" {
		row.Sort = c.entry.At.UTC().Format(stamp)
	}
	c.put(row)
	return nil
}

// stamp is how recorded times are written: UTC with milliseconds.
const stamp = "2006-01-02T15:04:05.000Z"

func (c *change) put(row truce.Row) {
	key := [2]string{row.Kind, row.ID}
	if i, ok := c.rows[key]; ok {
		c.out[i] = row
		return
	}
	c.rows[key] = len(c.out)
	c.out = append(c.out, row)
}

// row returns a row as it stands, changes of this entry included.
func (c *change) row(kind, id string) (truce.Row, body, bool, error) {
	row, ok := truce.Row{}, false
	if i, here := c.rows[[2]string{kind, id}]; here {
		row, ok = c.out[i], c.out[i].Body != nil
	} else {
		var err error
		if row, ok, err = c.old(kind, id); err != nil {
			return row, nil, false, err
		}
	}
	b := body{}
	if !ok {
		return row, b, false, nil
	}
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return row, nil, false, &truce.Error{Kind: truce.Internal, At: kind + "/" + id, Msg: "the row is damaged", Err: err}
	}
	return row, b, true, nil
}

// must is row for one that has to be there.
func (c *change) must(kind, id, field string) (truce.Row, body, error) {
	row, b, ok, err := c.row(kind, id)
	if err == nil && !ok {
		err = c.refuse(truce.Absent, field, "there is no %s %s", kind, id)
	}
	return row, b, err
}

// id is the identifier of the row that the entry is about.
func (c *change) id() string {
	if c.kind.ID == "" {
		return strconv.FormatInt(c.n, 10)
	}
	return c.text(c.kind.ID)
}

// fresh is the row that the entry is about, with the entry's own mark.
func (c *change) fresh() truce.Row {
	return truce.Row{Kind: c.kind.Row, ID: c.id(), Label: c.text("mark")}
}

// plain makes the fields the row. A later entry of the same kind and identifier replaces it.
func (c *change) plain() error {
	b, row := c.fields(), c.fresh()
	row.Text = b.words("title", "text", "words", "statement", "name", "note")
	row.Sort = b.sorts("at")
	if c.kind.Row == "agreement" || c.kind.Row == "register" || c.kind.Row == "places" || c.kind.Row == "mission" {
		row.Text = b.words("title")
	}
	row.Parent = b.text("incident")
	switch row.Kind {
	case "viewing":
		row.Parent = b.text("sha256")
	case "join":
		if pair := b.list("pair"); len(pair) == 2 {
			row.Parent = PairOf(pair[0], pair[1])
		}
	case "contact", "request":
		row.Parent = b.text("about")
	case "reply":
		row.Parent = cmp.Or(b.text("request"), b.text("protest"))
	case "correction", "delivery":
		row.Parent = b.text("release")
	}
	return c.write(row, b)
}

// sorts is a time as rows are sorted by it, whatever its offset; empty where there is none.
func (b body) sorts(name string) string {
	t, err := time.Parse(time.RFC3339, b.text(name))
	if err != nil {
		return ""
	}
	return t.UTC().Format(stamp)
}

// PairOf names two reports, in whatever order: the parent of the judgments on whether they tell
// of one happening.
func PairOf(a, b string) string {
	sum := sha256.Sum256([]byte(min(a, b) + "\x00" + max(a, b)))
	return hex.EncodeToString(sum[:16])
}

// words joins fields for a search.
func (b body) words(names ...string) string {
	var out []string
	for _, n := range names {
		if s := b.text(n); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n")
}

func (c *change) end() error {
	row, _, err := c.must(c.kind.Row, c.id(), c.kind.ID)
	if err != nil {
		return err
	}
	row.Body, row.Box, row.Text = nil, nil, ""
	c.put(row)
	return nil
}

// key rows are named by the key that is enrolled.
func (c *change) key() error {
	b, row := c.fields(), c.fresh()
	row.ID, _, _ = strings.Cut(c.entry.Enrols, "+")
	if id, rest, ok := strings.Cut(c.entry.Enrols, "+"); ok && len(rest) >= 8 {
		row.ID = id + "+" + rest[:8]
	}
	b.set("verifier", c.entry.Enrols)
	b.set("revoked", c.entry.Kind == "key.revoked")
	return c.write(row, b)
}

func (c *change) exclusion() error {
	b := c.fields()
	b.set("status", "excluded")
	b.set("standing", "established")
	row := c.fresh()
	row.Sort = b.sorts("at")
	return c.write(row, b)
}

// report makes the report's row and one for each of its elements.
func (c *change) report() error {
	id := c.id()
	if _, _, ok, err := c.row("report", id); err != nil {
		return err
	} else if ok {
		return &truce.Error{Kind: truce.Conflict, At: "id", Msg: "there is a report " + id + " already", Hint: "correct it by report.corrected, with a reason"}
	}
	b := body{}
	if c.text("door") != "" {
		b.set("number", c.n)
	}
	return c.writeReport(b)
}

func (c *change) writeReport(b body) error {
	maps.Copy(b, c.fields())
	row := c.fresh()
	elements, boxes, err := c.elements()
	if err != nil {
		return err
	}
	var ids []string
	for i, e := range elements {
		ids = append(ids, e.ID)
		var box *truce.Box
		if i < len(boxes) {
			box = boxes[i]
		}
		if err := c.element(e, row, box); err != nil {
			return err
		}
		if row.Sort == "" && len(e.When) > 0 {
			row.Sort = e.When[0].From.UTC().Format(stamp)
		}
	}
	delete(b, "boxes")
	delete(b, "elements")
	b.set("elements", ids)
	row.Text = b.words("text", "source")
	return c.write(row, b)
}

// elements reads the report's elements; none where they were destroyed.
func (c *change) elements() ([]truce.Element, []*truce.Box, error) {
	var es []truce.Element
	if _, err := c.entry.Fields.Get("elements", &es); err != nil {
		return nil, nil, &truce.Error{Kind: truce.Invalid, At: "elements", Msg: "these are no elements", Err: err}
	}
	var raw [][]any
	if _, err := c.entry.Fields.Get("boxes", &raw); err != nil {
		return nil, nil, &truce.Error{Kind: truce.Invalid, At: "boxes", Msg: "these are no boxes", Err: err}
	}
	boxes := make([]*truce.Box, len(raw))
	for i, r := range raw {
		box, err := boxOf(r)
		if err != nil {
			return nil, nil, err
		}
		boxes[i] = box
	}
	return es, boxes, nil
}

// Box writes a box for the field "boxes": west, south, east, north in degrees, from and to
// in RFC 3339. No box is an empty list.
func Box(b *truce.Box) []any {
	if b == nil {
		return []any{}
	}
	return []any{b.West, b.South, b.East, b.North, b.From.UTC().Format(stamp), b.To.UTC().Format(stamp)}
}

func boxOf(r []any) (*truce.Box, error) {
	if len(r) == 0 {
		return nil, nil
	}
	var n [4]float64
	var t [2]time.Time
	ok := len(r) == 6
	for i := 0; ok && i < 4; i++ {
		n[i], ok = r[i].(float64)
	}
	for i := 0; ok && i < 2; i++ {
		s, _ := r[4+i].(string)
		var err error
		t[i], err = time.Parse(stamp, s)
		ok = err == nil
	}
	if !ok {
		return nil, &truce.Error{Kind: truce.Invalid, At: "boxes", Msg: "this is no box", Hint: "[west, south, east, north, from, to]"}
	}
	return &truce.Box{West: n[0], South: n[1], East: n[2], North: n[3], From: t[0], To: t[1]}, nil
}

// element writes the row of one element of a report.
func (c *change) element(e truce.Element, report truce.Row, box *truce.Box) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return &truce.Error{Kind: truce.Invalid, At: "elements", Msg: "element " + e.ID + " cannot be written", Err: err}
	}
	b := body{}
	if err := json.Unmarshal(raw, &b); err != nil {
		return &truce.Error{Kind: truce.Internal, At: "elements", Msg: "element " + e.ID + " cannot be read back", Err: err}
	}
	b.set("report", report.ID)
	row := truce.Row{Kind: "element", ID: e.ID, Label: report.Label, Box: box, Parent: e.Incident, Text: e.Title}
	if had, _, ok, err := c.row("element", e.ID); err != nil {
		return err
	} else if ok && c.entry.Kind == "report.received" {
		return c.refuse(truce.Conflict, "elements", "there is an element %s already", e.ID)
	} else if ok && had.Parent != "" {
		row.Parent = had.Parent
		b.set("incident", had.Parent)
	}
	if len(e.When) > 0 {
		row.Sort = e.When[0].From.UTC().Format(stamp)
	}
	return c.write(row, b)
}

// correction replaces what the report says; its incidents stay. Elements that it no
// longer has end.
func (c *change) correction() error {
	_, b, err := c.must("report", c.id(), "id")
	if err != nil {
		return err
	}
	before := b.list("elements")
	if err := c.writeReport(b); err != nil {
		return err
	}
	for _, id := range before {
		if _, ok := c.rows[[2]string{"element", id}]; ok {
			continue
		}
		row, _, err := c.must("element", id, "elements")
		if err != nil {
			return err
		}
		row.Body, row.Box, row.Text = nil, nil, ""
		c.put(row)
	}
	return nil
}

// retraction keeps the report and its elements and says of each that it was withdrawn.
func (c *change) retraction() error {
	row, b, err := c.must("report", c.id(), "id")
	if err != nil {
		return err
	}
	maps.Copy(b, c.fields())
	b.set("status", "retracted")
	for _, id := range b.list("elements") {
		if err := c.amend("element", id, body{"status": json.RawMessage(`"retracted"`)}); err != nil {
			return err
		}
	}
	return c.write(row, b)
}

// amend sets some values of a row and leaves the rest of it.
func (c *change) amend(kind, id string, with body) error {
	row, b, err := c.must(kind, id, kind)
	if err != nil {
		return err
	}
	maps.Copy(b, with)
	return c.write(row, b)
}

func (c *change) withdrawal() error {
	with := c.fields()
	with.set("status", "withdrawn")
	return c.amend("finding", c.id(), with)
}

func (c *change) declined() error {
	var n int64
	if _, err := c.entry.Fields.Get("entry", &n); err != nil {
		return err
	}
	_, b, err := c.must("proposal", strconv.FormatInt(n, 10), "entry")
	if err != nil {
		return err
	}
	if was := b.text("status"); was != "" {
		return c.refuse(truce.Conflict, "entry", "proposal %d was %s already", n, was)
	}
	with := c.fields()
	with.set("status", "declined")
	delete(with, "entry")
	return c.amend("proposal", strconv.FormatInt(n, 10), with)
}

// widening changes a row's handling mark.
func (c *change) widening() error {
	row, b, err := c.must(c.text("kind"), c.text("row"), "row")
	if err != nil {
		return err
	}
	row.Label = c.text("to")
	return c.write(row, b)
}

// settleProposal closes the proposal that an entry confirms, after holding the entry to it:
// same kind, same content, another person.
func (c *change) settleProposal() error {
	var n int64
	ok, err := c.entry.Fields.Get("proposed", &n)
	if err != nil {
		return err
	}
	if !ok {
		if c.kind.Two {
			return &truce.Error{Kind: truce.Denied, At: "proposed", Msg: c.kind.Words + " takes two people", Hint: "one proposes it by act.proposed, another confirms it"}
		}
		return nil
	}
	row, b, err := c.must("proposal", strconv.FormatInt(n, 10), "proposed")
	if err != nil {
		return err
	}
	switch {
	case b.text("status") != "":
		return c.refuse(truce.Conflict, "proposed", "proposal %d was %s already", n, b.text("status"))
	case b.text("author") == c.text("author") || c.text("author") == "":
		return c.refuse(truce.Denied, "proposed", "whoever proposed it cannot confirm it")
	case b.text("do") != c.entry.Kind || !c.sameAct(b["act"]):
		return c.refuse(truce.Conflict, "proposed", "proposal %d is about something else", n)
	}
	b.set("status", "confirmed")
	b.set("confirmed_by", c.text("author"))
	b.set("confirmed_in", c.n)
	return c.write(row, b)
}

// sameAct compares what was proposed with what the entry holds.
func (c *change) sameAct(act json.RawMessage) bool {
	var want body
	if json.Unmarshal(act, &want) != nil {
		return false
	}
	got := c.fields()
	delete(got, "author")
	if len(c.entry.Fields.Held()) < len(c.entry.Fields.Names()) {
		return true // something was destroyed since; it was compared when it was written
	}
	if len(want) != len(got) {
		return false
	}
	for name, v := range want {
		w, err := jcs.Transform(v)
		if err != nil {
			return false
		}
		g, err := jcs.Transform(got[name])
		if err != nil || !bytes.Equal(w, g) {
			return false
		}
	}
	return true
}
