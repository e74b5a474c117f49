package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
)

// acted says for every kind of entry which act it is to make one, and on which kind of row:
// written from docs/access.md and docs/entries.md, not from the desk.
var acted = map[string]struct {
	do  access.Action
	row string
}{
	"key.enrolled": {access.Enrol, "key"}, "key.revoked": {access.Enrol, "key"},
	"person.admitted": {access.Invite, "person"}, "person.left": {access.Invite, "person"},
	"mission.adopted": {access.Adopt, "mission"}, "agreement.adopted": {access.Adopt, "agreement"},
	"register.adopted": {access.Declare, "register"}, "places.adopted": {access.Declare, "places"}, "adherence.changed": {access.Declare, "adherence"},
	"party.excluded": {access.Exclude, "adherence"}, "moment.declared": {access.Declare, "moment"}, "calm.judged": {access.Judge, "judgment"},
	"report.received": {access.Report, "report"}, "report.corrected": {access.Report, "report"}, "report.retracted": {access.Report, "report"},
	"incident.opened": {access.Join, "incident"}, "incident.joined": {access.Join, "incident"}, "incident.split": {access.Join, "incident"},
	"element.assessed": {access.Assess, "element"}, "attachment.added": {access.Report, "attachment"}, "coverage.logged": {access.Report, "coverage"},
	"finding.signed": {access.Sign, "finding"}, "finding.withdrawn": {access.Sign, "finding"}, "contact.made": {access.Contact, "contact"},
	"release.published": {access.Publish, "release"}, "source.sealed": {access.Report, "source"}, "source.opened": {access.OpenSource, "source"},
	"entry.destroyed": {access.Destroy, "destroyed"},
	"stage.set":       {access.Assess, "stage"}, "task.set": {access.Assess, "task"}, "task.done": {access.Assess, "task"}, "access.met": {access.Report, "access"},
	"reading.kept": {access.Report, "reading"}, "name.taught": {access.Report, "lesson"}, "match.judged": {access.Join, "join"},
	"line.listed": {access.Contact, "line"}, "line.tested": {access.Contact, "line"}, "line.ended": {access.Contact, "line"},
	"fire.noted": {access.Contact, "fire"}, "request.made": {access.Contact, "request"}, "request.reminded": {access.Contact, "request"}, "request.closed": {access.Contact, "request"},
	"protest.filed": {access.Report, "protest"}, "reply.given": {access.Report, "reply"}, "measure.taken": {access.Contact, "measure"},
	"release.corrected": {access.Publish, "correction"}, "release.withdrawn": {access.Publish, "correction"},
	"report.triaged": {access.Assess, "report"}, "message.sent": {access.Contact, "message"}, "claim.noted": {access.Assess, "claim"}, "hypothesis.put": {access.Assess, "hypothesis"},
	// Nobody makes these by hand.
	"attachment.seen": {}, "act.proposed": {}, "act.declined": {}, "mark.widened": {}, "record.restored": {}, "delivery.noted": {},
}

// tried is one act that somebody tries.
type tried struct {
	x      *asker
	kind   string
	mark   string // "": none is given
	fields map[string]any
	may    bool // the policy allows it
}

// writing is everybody trying every act.
func (m *matrix) writing() {
	m.take()
	size := len(m.entries)
	var entered int
	tries := m.attempts()
	m.everybody(func(x *asker) {
		for _, a := range tries {
			if a.x == x && m.try(a) {
				m.mu.Lock()
				entered++
				m.mu.Unlock()
			}
		}
	})
	n, err := m.db.Size(m.ctx)
	m.no(err)
	if int(n) != size+entered {
		m.leak("%d entries were made and %d acts were answered as entered", int(n)-size, entered)
	}
	m.t.Logf("%d acts tried, %d entered", len(tries), entered)
}

// attempts are acts that need nothing that is there, by everybody, of every kind, under marks
// of all sorts.
func (m *matrix) attempts() []tried {
	p := &planter{canaries: *m.canaries}
	var out []tried
	for i, x := range m.askers {
		list := []string{"", "TLP:GREEN", "TLP:CLEAR", "TLP:RED TO:" + x.who.ID, "TLP:AMBER PARTY:south", "TLP:AMBER ORIGINATOR:hana", "TLP:AMBER+STRICT PARTY:north", "TLP:GREEN ORCON PII", "TLP:PURPLE"}
		for k, kind := range record.Kinds() {
			if needs := []string{"report.corrected", "report.retracted", "incident.joined", "incident.split", "element.assessed", "person.left",
				"report.triaged", "message.sent", "claim.noted", "hypothesis.put", "match.judged",
				"stage.set", "task.set", "fire.noted", "measure.taken", "task.done", "line.tested", "line.ended", "request.reminded", "request.closed", "reply.given", "release.withdrawn"}; slices.Contains(needs, kind.Name) {
				continue // they need a row: see changing
			}
			for n, mark := range list {
				if turn := i + k + int(m.phase); m.full && (n+turn)%3 != 0 || !m.full && n != turn%len(list) && n != (i*3+k)%3 {
					continue
				}
				about := map[string]any{"element": "none"}
				f := p.fields(kind.Name, about)
				delete(f, "members")
				f["author"] = "amal"
				if mark != "" {
					f["mark"] = mark
				}
				out = append(out, tried{x: x, kind: kind.Name, mark: mark, fields: f, may: m.mayEnter(x, kind, mark)})
			}
		}
	}
	m.canaries.n, m.canaries.times = p.n, p.times
	return out
}

// mayEnter is whether somebody may make an entry of a kind under a mark, alone.
func (m *matrix) mayEnter(x *asker, kind record.Kind, mark string) bool {
	a := acted[kind.Name]
	own := slices.Contains([]string{"key", "destroyed", "restore"}, kind.Row)
	if mark == "" {
		mark = "TLP:AMBER"
		if own {
			mark = "TLP:CLEAR"
		}
	}
	l, err := access.ParseLabel(mark)
	if err != nil || kind.Two || a.do == "" {
		return false
	}
	if l.Party == "" {
		l.Party = x.who.Party
	}
	if l.TLP == access.Strict && l.Party != "" {
		l.To = append(l.To, access.OfOrg("mission"))
	}
	who, now := x.acting(), m.clock.now()
	if l.TLP == access.Clear && !own && !m.policy.May(who, access.Publish, a.row, l, now).Allowed {
		return false
	}
	return m.policy.May(who, a.do, a.row, l, now).Allowed
}

// acting is who somebody is with the client they act with: in a session, with two factors.
func (x *asker) acting() access.Person {
	who := x.who
	who.TwoFactor = who.ID != ""
	return who
}

// try makes an tried and reports whether it was entered.
func (m *matrix) try(a tried) bool {
	r := m.send(a.x, "/api/v1/entries", map[string]any{"acts": []any{map[string]any{"kind": a.kind, "fields": a.fields}}})
	m.asking(a.x, "POST /api/v1/entries")
	if r.status != http.StatusOK {
		soft := []string{"attachment.added", "key.enrolled", "key.revoked"} // need more than their fields
		if a.may && !slices.Contains(soft, a.kind) {
			m.leak("%s may enter %s under %q and cannot: %d %s", a.x.name, a.kind, a.mark, r.status, r.body)
		}
		return false
	}
	var out struct{ Entered []struct{ Entry int64 } }
	if err := json.Unmarshal(r.body, &out); err != nil || len(out.Entered) != 1 {
		m.leak("%s: %s", a.x.name, r.body)
		return false
	}
	if !a.may {
		m.leak("%s enters %s under %q: %s", a.x.name, a.kind, a.mark, r.body)
	}
	m.entered(a, out.Entered[0].Entry)
	return true
}

// entered holds an entry to who made it: its author, its party, its mark and its fields.
func (m *matrix) entered(a tried, n int64) {
	e, err := m.db.Entry(m.ctx, n)
	m.no(err)
	var author, mark string
	_, err = e.Fields.Get("author", &author)
	m.no(err)
	_, err = e.Fields.Get("mark", &mark)
	m.no(err)
	l, err := access.ParseLabel(mark)
	m.no(err)
	asked, _ := access.ParseLabel(a.mark)
	switch {
	case e.Kind != a.kind || author != a.x.who.ID:
		m.leak("%s made an entry of %s by %s", a.x.name, e.Kind, author)
	case a.x.who.Party != "" && l.Party != a.x.who.Party:
		m.leak("%s of %s made an entry under %s", a.x.name, a.x.who.Party, mark)
	case a.mark != "" && asked.TLP != l.TLP:
		m.leak("%s asked for %s and got %s", a.x.name, a.mark, mark)
	}
	for _, name := range e.Fields.Names() {
		if a.fields[name] == nil && name != "mark" {
			m.leak("%s made an entry of %s with %s", a.x.name, a.kind, name)
		}
	}
}

// send posts JSON as a program or a page would.
func (m *matrix) send(x *asker, path string, v any, headers ...string) said {
	text, err := json.Marshal(v)
	m.no(err)
	return m.do(x.first(), "POST", path, bytes.NewReader(text), append([]string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"}, headers...)...)
}

// change is an act about a row that is there.
type change struct {
	route, path string
	body        func(id, mark string) any
	row         stored
	do          access.Action // under the row's own mark
	makes       bool          // it would make the row if it were not there
}

// changes are the acts about the rows that were planted under one mark.
func (m *matrix) changes(mark string) []change {
	find := func(kind string) (stored, string) {
		for _, r := range m.rows {
			row, err := m.db.Get(m.ctx, 0, kind, r.id)
			if r.kind == kind && r.now && r.mark == mark && err == nil && !strings.HasPrefix(row.Sort, "9 ") {
				return r, row.Parent
			}
		}
		return stored{}, ""
	}
	report, _ := find("report")
	element, _ := find("element")
	incident, _ := find("incident")
	finding, _ := find("finding")
	source, _ := find("source")
	release, _ := find("release")
	agreement, _ := find("agreement")
	task, _ := find("task")
	request, _ := find("request")
	line, _ := find("line")
	entry := func(kind string, f map[string]any) func(id, mark string) any {
		return func(id, mark string) any {
			g := map[string]any{"reason": "tried", record0(kind): id}
			for name, v := range f {
				g[name] = v
			}
			if mark != "" {
				g["mark"] = mark
			}
			return map[string]any{"kind": kind, "fields": g}
		}
	}
	about := func(kind string, f map[string]any) func(id, mark string) any { // an incident, which is not the row that is made
		made := entry(kind, f)
		return func(id, mark string) any {
			act := made(id, mark).(map[string]any)
			act["fields"].(map[string]any)["incident"] = id
			return act
		}
	}
	pair := func(id, mark string) any {
		act := entry("match.judged", map[string]any{"pair": []string{id, id}, "says": "unsure"})(id, mark).(map[string]any)
		delete(act["fields"].(map[string]any), "id")
		return act
	}
	acts := func(f func(id, mark string) any) func(id, mark string) any {
		return func(id, mark string) any { return map[string]any{"acts": []any{f(id, mark)}} }
	}
	const write, propose = "POST /api/v1/entries", "POST /api/v1/proposals"
	signed := map[string]any{"incident": incident.id, "body": "b", "standard": "verified", "statement": "s"}
	return []change{
		{write, "/api/v1/entries", acts(entry("report.corrected", map[string]any{"elements": []truce.Element{}})), report, access.Assess, false},
		{write, "/api/v1/entries", acts(entry("report.retracted", nil)), report, access.Assess, false},
		{write, "/api/v1/entries", acts(entry("element.assessed", map[string]any{"changes": map[string]any{"title": "tried"}})), element, access.Assess, false},
		{write, "/api/v1/entries", acts(entry("incident.joined", map[string]any{"members": []string{element.id}})), incident, access.Join, false},
		{write, "/api/v1/entries", acts(entry("incident.split", map[string]any{"members": []string{element.id}})), incident, access.Join, false},
		{write, "/api/v1/entries", acts(entry("release.published", map[string]any{"title": "tried", "sha256": strings.Repeat("a", 64)})), release, access.Publish, true},
		{write, "/api/v1/entries", acts(about("stage.set", map[string]any{"stage": "acknowledged"})), incident, access.Assess, false},
		{write, "/api/v1/entries", acts(pair), report, access.Read, false},
		{write, "/api/v1/entries", acts(about("task.set", map[string]any{"id": "tried", "way": "visit", "words": "tried"})), incident, access.Assess, false},
		{write, "/api/v1/entries", acts(entry("task.done", map[string]any{"result": "done", "note": "tried"})), task, access.Assess, false},
		{write, "/api/v1/entries", acts(entry("request.closed", map[string]any{"ending": "no reply"})), request, access.Contact, false},
		{write, "/api/v1/entries", acts(entry("line.tested", map[string]any{"at": noon, "answered": "no"})), line, access.Contact, false},
		{write, "/api/v1/entries", acts(entry("source.sealed", map[string]any{"sealed": "tried"})), source, access.Report, true},
		{write, "/api/v1/entries", acts(entry("agreement.adopted", map[string]any{"name": "tried", "version": "1", "text": "tried"})), agreement, access.Adopt, true},
		{propose, "/api/v1/proposals", entry("finding.signed", signed), finding, access.Sign, true},
		{propose, "/api/v1/proposals", entry("finding.withdrawn", nil), finding, access.Sign, false},
		{propose, "/api/v1/proposals", entry("source.opened", map[string]any{"people": []string{"vera", "hana"}}), source, access.OpenSource, false},
		{propose, "/api/v1/proposals", entry("mark.widened", map[string]any{"kind": "report", "to": "TLP:CLEAR"}), report, access.Widen, false},
		{propose, "/api/v1/proposals", entry("mark.widened", map[string]any{"kind": "element", "to": "TLP:CLEAR"}), element, access.Widen, false},
	}
}

// record0 is the field that names the row that a kind of entry is about.
func record0(kind string) string {
	if kind == "mark.widened" {
		return "row"
	}
	if k, _ := record.Lookup(kind); k.ID != "" {
		return k.ID
	}
	return "id"
}

// changing is everybody trying to change what is there. What is hidden from somebody is
// answered as what is not there; what is changed, is changed by whom the policy allows it
// under the row's own mark; and no mark grows wider.
func (m *matrix) changing() {
	m.take()
	before, done := m.rows, 0
	for i, mark := range m.marks {
		for k, c := range m.changes(mark) {
			if c.row.id == "" {
				m.t.Fatalf("nothing was planted under %s for %s", mark, c.path)
			}
			for n, x := range m.askers {
				if m.full || (i+k+n+int(m.phase))%3 == 0 {
					done += m.change(x, c, []string{"", "TLP:CLEAR", "", "TLP:GREEN", "TLP:AMBER ORIGINATOR:" + x.who.ID}[(i+k*2+n)%5])
				}
			}
		}
	}
	for _, r := range before {
		if !r.now {
			continue
		}
		old, err := access.ParseLabel(r.mark)
		row, gone := m.db.Get(m.ctx, 0, r.kind, r.id)
		now, bad := access.ParseLabel(row.Label)
		if err == nil && gone == nil && (bad != nil || old.Widens(now)) {
			m.leak("%s %s was marked %s and is %q", r.kind, r.id, r.mark, row.Label)
		}
	}
	m.t.Logf("%d changes entered or proposed", done)
}

// change tries one change, and returns how many were entered.
func (m *matrix) change(x *asker, c change, mark string) int {
	size, err := m.db.Size(m.ctx)
	m.no(err)
	hidden := !m.may(x.who, access.Read, c.row)
	r := m.send(x, c.path, c.body(c.row.id, mark))
	m.look(x, question{route: c.route, path: c.path, may: nothing}, r)
	after, err := m.db.Size(m.ctx)
	m.no(err)
	l, err := access.ParseLabel(c.row.mark)
	m.no(err)
	do := c.do
	if c.row.kind == "report" && do == access.Assess && x.who.Party != "" && x.who.Party == l.Party {
		do = access.Report // a party takes back or corrects its own word
	}
	d := m.policy.May(x.acting(), do, c.row.kind, l, m.clock.now())
	switch text, _ := json.Marshal(c.body(c.row.id, mark)); {
	case r.status != http.StatusOK && after != size:
		m.leak("%s was refused, and %d entries were made: %s", x.name, after-size, text)
	case r.status == http.StatusOK && (hidden || !d.Allowed && !d.Two):
		m.leak("%s changes %s under %s by %s: %s", x.name, c.row.kind, c.row.mark, text, r.body)
	case r.status == http.StatusOK:
		return 1
	case hidden && !c.makes:
		if other := m.send(x, c.path, c.body("no-such-row", mark)); other.status != r.status || !bytes.Equal(other.body, r.body) || other.header != r.header {
			m.leak("%s can tell by %s that it is there: %d %s; else %d %s", x.name, text, r.status, r.body, other.status, other.body)
		}
	}
	return 0
}

// confirming is everybody trying to confirm what others proposed, and what they proposed
// themselves.
func (m *matrix) confirming() {
	m.proposing()
	m.take()
	confirmed := 0
	for n, e := range m.entries {
		by := m.asker(e)
		if e.Kind != "act.proposed" || by == nil {
			continue
		}
		for i := range m.askers {
			if x := m.askers[(i+n)%len(m.askers)]; m.full || (i+n)%2 == 0 || x == by || x.name == "hana" {
				confirmed += m.confirm(x, by, n)
			}
		}
	}
	m.t.Logf("%d proposals confirmed", confirmed)
	if confirmed < 3 {
		m.t.Error("hardly anybody confirmed anything: the matrix tries less than it says")
	}
}

// asker is who made an entry.
func (m *matrix) asker(e *ledger.Entry) *asker {
	var author string
	_, err := e.Fields.Get("author", &author)
	m.no(err)
	i := slices.IndexFunc(m.askers, func(x *asker) bool { return author != "" && x.who.ID == author })
	if i < 0 {
		return nil
	}
	return m.askers[i]
}

// proposing makes proposals that may well be confirmed.
func (m *matrix) proposing() {
	by := map[string]*asker{}
	for _, x := range m.askers {
		by[x.name] = x
	}
	report := map[string]any{}
	for _, r := range m.rows {
		if r.kind == "report" && r.now && len(fieldsOf(r.body)) > 5 {
			report[r.mark] = r.id
		}
	}
	finding := map[string]any{"id": "F-1", "incident": "none", "body": "b", "standard": "verified", "statement": "s"}
	widen := func(mark, to string) map[string]any {
		return map[string]any{"kind": "report", "row": report[mark], "to": to, "reason": "agreed"}
	}
	for _, p := range []struct {
		by, kind string
		fields   map[string]any
	}{
		{"vera", "finding.signed", finding},
		{"hana", "finding.signed", map[string]any{"id": "F-2", "incident": "none", "body": "b", "standard": "verified", "statement": "s"}},
		{"vera", "source.opened", map[string]any{"id": "S-planted", "people": []string{"vera", "hana"}, "reason": "life and death"}},
		{"dora", "mark.widened", widen("TLP:AMBER", "TLP:GREEN")},
		{"nora", "mark.widened", widen("TLP:AMBER+STRICT PARTY:north TO:org:mission", "TLP:AMBER PARTY:north")},
		{"hana", "party.excluded", map[string]any{"agreement": "sy-coh-2016-02", "actor": "syrian-air-force", "at": noon, "reason": "tried"}},
	} {
		if r := m.send(by[p.by], "/api/v1/proposals", map[string]any{"kind": p.kind, "fields": p.fields}); r.status != http.StatusOK {
			m.leak("%s cannot propose %s: %d %s", p.by, p.kind, r.status, r.body)
		}
	}
}

// confirm has somebody confirm a proposal, and returns 1 if that was entered.
func (m *matrix) confirm(x, by *asker, n int) int {
	before, err := m.db.Size(m.ctx)
	m.no(err)
	allowed := m.mayConfirm(x, by, n)
	r := m.do(x.first(), "POST", fmt.Sprintf("/api/v1/proposals/%d/confirm", n), nil, "Sec-Fetch-Site", "same-origin")
	m.look(x, question{route: "POST /api/v1/proposals/{n}/confirm", may: nothing}, r)
	after, err := m.db.Size(m.ctx)
	m.no(err)
	switch {
	case r.status != http.StatusOK && after != before:
		m.leak("%s was refused to confirm entry %d, and an entry was made", x.name, n)
	case r.status == http.StatusOK && !allowed:
		m.leak("%s confirms entry %d, which %s proposed", x.name, n, by.name)
	case r.status == http.StatusOK:
		return 1
	}
	return 0
}

// mayConfirm asks the policy whether somebody may confirm a proposal, by the mark of the row
// that it is about, or by its own.
func (m *matrix) mayConfirm(x, by *asker, n int) bool {
	e := m.entries[n]
	var mark, do string
	var act map[string]any
	for name, into := range map[string]any{"mark": &mark, "do": &do, "act": &act} {
		_, err := e.Fields.Get(name, into)
		m.no(err)
	}
	a := acted[do]
	id, _ := act[record0(do)].(string)
	if do == "mark.widened" {
		a.do, a.row = access.Widen, act["kind"].(string)
	}
	if row, err := m.db.Get(m.ctx, 0, a.row, id); err == nil {
		mark = row.Label
	}
	l, err := access.ParseLabel(mark)
	m.no(err)
	pending := access.Pending{Do: a.do, Kind: a.row, ID: "it", What: "it", Proposed: access.Signed{By: by.who.ID, At: e.At}, Until: e.At.Add(access.ConfirmWithin)}
	_, d := m.policy.Confirm(pending, by.acting(), x.acting(), "it", l, m.clock.now())
	return d.Allowed
}
