package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
	"truce/vault"
)

// marks are the handling marks of what is planted. The first of them are in every run. What is
// for everybody is not addressed to anybody besides.
func marks() []string {
	out := []string{
		"TLP:CLEAR", "TLP:RED TO:vera", "TLP:AMBER", "TLP:AMBER+STRICT PARTY:north TO:org:mission", "TLP:GREEN PII", "TLP:AMBER PARTY:south PURPOSE:protection ORCON",
	}
	for _, tlp := range access.TLPs() {
		for _, rest := range []string{"", " PARTY:north", " ORIGINATOR:mona", " PARTY:south TO:party:north", " TO:nora,org:other", " PURPOSE:protection", " EMBARGO:2016-08-28T18:00:00.000Z", " ORCON", " PII", " MINOR"} {
			if tlp == access.Clear && slices.Contains([]string{" PARTY:south TO:party:north", " TO:nora,org:other", " PURPOSE:protection", " ORCON"}, rest) {
				continue
			}
			if mark := "TLP:" + tlp + rest; !slices.Contains(out, mark) {
				out = append(out, mark)
			}
		}
	}
	return out
}

// atOnce is how many of the marks are in every run.
const atOnce = 6

// planter fills a record.
type planter struct {
	canaries
	old    bool // its times are long ago
	drafts []store.Draft
	size   int64 // entries before the drafts
}

// plant fills the record with rows of every kind under every mark, a canary in every field:
// once as rows of the generated shape, with every field that is declared and one that is not,
// and once by the kinds of entry that there are.
func (w *world) plantAll(marks []string) *canaries {
	w.Helper()
	size, err := w.record.Wait(w.ctx, -1)
	w.no(err)
	p := &planter{size: size}
	for i, mark := range marks {
		for k, kind := range access.Kinds() {
			p.old = (i+k)%4 == 3
			p.row(kind, mark)
		}
		p.old = i%4 == 3
		p.entries(mark)
	}
	p.crossed(marks)
	for batch := range slices.Chunk(p.drafts, 100) {
		_, err := w.db.Append(w.ctx, batch...)
		w.no(err)
	}
	return &p.canaries
}

// row plants a row of a kind with everything declared of it.
func (p *planter) row(kind, mark string) {
	b := p.body(kind)
	row := truce.Row{Kind: kind, Label: mark, Sort: "9 " + p.text(), Parent: p.text()}
	if row.ID = p.text(); kind == "attachment" {
		row.ID = p.digest()
	}
	b["id"] = row.ID
	if kind == "entry" || kind == "checkpoint" || kind == "machine" || kind == "destroyed" {
		delete(b, "id")
	}
	at := p.spot()
	row.Box = &truce.Box{West: at.Lon, East: at.Lon, South: at.Lat, North: at.Lat, From: p.moment(false), To: noon}
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // made here
	}
	row.Body, row.Text = text, words(kind, b)
	p.draft(plantedRow, mark, map[string]any{"row": row})
}

// words are those by which a row is found: of the fields that the record's own fold takes.
func words(kind string, b map[string]any) string {
	var out []string
	for _, f := range access.FieldsOf(kind) {
		if s, ok := b[f.Name].(string); ok && slices.Contains([]string{"title", "text", "words", "statement", "name", "note", "source"}, f.Name) && f.Grade != access.GradePlace && f.Grade != access.GradeSealed {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// body is a row's with a value in every field that is declared, and in one that is not.
func (p *planter) body(kind string) map[string]any {
	b := map[string]any{"undeclared": p.text(), "password": p.text()}
	for _, f := range access.FieldsOf(kind) {
		b[f.Name] = p.field(kind, f)
	}
	return b
}

// field is a value of the type that the field has, as far as the engine reads it.
func (p *planter) field(kind string, f access.Field) any {
	if f.Of != "" {
		return []any{p.body(f.Of)}
	}
	switch kind + "." + f.Name {
	case "adherence.actor":
		return "syrian-air-force"
	case "adherence.status":
		return "accepted"
	case "adherence.at", "adherence.until", "moment.at", "judgment.at":
		return p.moment(p.old)
	case "judgment.says":
		return "satisfied"
	case "arrival.number": // what everybody may know holds no canary
		return 7
	case "arrival.state":
		return "received"
	case "arrival.received", "arrival.acknowledged":
		return p.moment(p.old)
	case "element.killed", "element.injured", "element.number":
		return truce.Range{Low: 1, High: float64(p.number())}
	case "element.act", "element.by", "element.against", "element.control", "element.raised", "element.conflict", "element.sources",
		"adherence.areas", "person.roles", "person.purposes":
		return []string{p.text(), p.text()}
	case "element.means":
		return []truce.Means{{Kind: p.text(), Num: map[string]truce.Range{"calibre": {Low: 1, High: float64(p.number())}}}}
	case "element.facts":
		return map[string]truce.Values{"response": {Words: []string{p.text()}}}
	case "element.said":
		return []truce.Said{{Fact: "act", Value: p.text(), Source: p.text()}}
	case "element.mutual", "element.doubted":
		return false
	case "element.assessed":
		return map[string]any{"title": p.number()}
	case "attachment.copy", "attachment.sha256":
		return p.digest()
	}
	switch {
	case f.Name == "entry":
		return p.number()
	case f.Grade == access.GradeTime && f.Name == "when":
		return []truce.When{p.when(p.old)}
	case f.Grade == access.GradeTime:
		return p.when(p.old)
	case f.Name == "where" && kind == "element":
		return []truce.Place{p.spot()}
	case f.Name == "where":
		return p.spot()
	}
	return p.text()
}

// draft adds an entry to what is planted and returns its number.
func (p *planter) draft(kind, mark string, fields map[string]any) int64 {
	f := ledger.NewFields([16]byte{byte(len(p.drafts)), byte(len(p.drafts) >> 8), byte(len(kind))})
	fields["mark"] = mark
	if kind != plantedRow && fields["author"] == nil {
		fields["author"] = p.text()
	}
	for name, v := range fields {
		if err := f.Set(name, v); err != nil {
			panic(fmt.Sprint(kind, name, err))
		}
	}
	if err := record.Check(kind, f).Err(); err != nil && kind != plantedRow {
		panic(fmt.Sprint(kind, err))
	}
	p.drafts = append(p.drafts, store.Draft{Kind: kind, Fields: f})
	return p.size + int64(len(p.drafts)) - 1
}

// entries plants one entry of every kind that people make, all about each other.
func (p *planter) entries(mark string) {
	about := map[string]any{}
	for _, kind := range []string{
		"person.admitted", "mission.adopted", "agreement.adopted", "register.adopted", "places.adopted", "adherence.changed", "moment.declared", "calm.judged",
		"report.received", "incident.opened", "element.assessed", "attachment.added", "coverage.logged", "contact.made", "release.published", "source.sealed",
		"stage.set", "task.set", "access.met", "task.done", "line.listed", "line.tested", "fire.noted", "request.made", "request.reminded", "request.closed",
		"protest.filed", "reply.given", "measure.taken", "release.corrected", "release.withdrawn", "delivery.noted",
		"report.triaged", "message.sent", "claim.noted", "hypothesis.put", "reading.kept", "name.taught", "match.judged",
		"finding.signed", "source.opened", "record.restored", "report.corrected", "incident.split", "incident.joined", "report.retracted", "finding.withdrawn",
	} {
		fields := p.fields(kind, about)
		if k, _ := record.Lookup(kind); k.Two {
			act := map[string]any{}
			for name, v := range fields {
				act[name] = v
			}
			fields["proposed"] = p.draft("act.proposed", mark, map[string]any{"do": kind, "act": act})
		}
		p.draft(kind, mark, fields)
	}
}

// crossed plants incidents under a wide and a narrow mark, each of elements under all marks.
func (p *planter) crossed(marks []string) {
	for _, mark := range []string{"TLP:GREEN", "TLP:RED TO:vera"} {
		var members []any
		for _, of := range marks {
			about := map[string]any{}
			p.draft("report.received", of, p.fields("report.received", about))
			members = append(members, about["element"])
		}
		p.draft("incident.opened", mark, map[string]any{"id": p.text(), "title": p.text(), "members": members})
	}
}

// fields are those of a kind of entry, with a value in each that it may have.
func (p *planter) fields(kind string, about map[string]any) map[string]any {
	k, _ := record.Lookup(kind)
	f := map[string]any{}
	for _, name := range append(slices.Concat(k.Needs, k.May), "valid", "reason") {
		f[name] = p.entryField(name)
	}
	switch kind {
	case "adherence.changed":
		f["actor"], f["status"], f["standing"] = "syrian-air-force", "accepted", "claimed"
	case "report.received", "report.corrected":
		if kind == "report.received" {
			about["report"], about["element"] = f["id"], p.text()
		}
		f["id"] = about["report"]
		e := p.element()
		e.ID = about["element"].(string)
		f["elements"], f["boxes"] = []truce.Element{e}, [][]any{record.Box(&truce.Box{West: 36, East: 37, South: 36, North: 37, From: first, To: noon})}
	case "report.retracted", "report.triaged":
		f["id"] = about["report"]
	case "message.sent":
		f["report"] = about["report"]
	case "match.judged":
		f["pair"], f["says"] = []any{about["report"], about["report"]}, "unsure"
	case "claim.noted":
		f["incident"], f["element"], f["report"] = about["incident"], about["element"], about["report"]
	case "hypothesis.put":
		f["incident"], f["evidence"] = about["incident"], []record.Evidence{{Of: p.text(), Weighs: "for", Note: p.text()}}
	case "incident.opened":
		about["incident"] = f["id"]
		f["members"] = []any{about["element"]}
	case "incident.joined", "incident.split":
		f["id"], f["members"] = about["incident"], []any{about["element"]}
	case "element.assessed":
		f["element"], f["changes"] = about["element"], map[string]any{"title": p.text(), "said": []truce.Said{{Fact: p.text(), Value: p.text(), Source: p.text()}}}
		delete(f, "box")
	case "source.sealed":
		about["source"] = f["id"]
	case "source.opened":
		f["id"] = about["source"]
	case "finding.signed":
		about["finding"], f["incident"] = f["id"], about["incident"]
	case "finding.withdrawn":
		f["id"] = about["finding"]
	case "places.adopted":
		delete(f, "use")
	case "stage.set", "fire.noted", "measure.taken":
		f["incident"] = about["incident"]
	case "task.set", "line.listed", "request.made", "release.published":
		if about[k.Row] = f["id"]; kind == "task.set" {
			f["incident"] = about["incident"]
		}
	case "task.done", "line.tested", "request.reminded", "request.closed":
		f["id"] = about[k.Row]
	case "access.met", "protest.filed":
		if delete(f, "incident"); about["incident"] != nil {
			f["incident"] = about["incident"]
		}
		about[k.Row] = f["id"]
	case "reply.given":
		delete(f, "request")
		f["protest"] = about["protest"]
	case "release.corrected", "release.withdrawn", "delivery.noted":
		if about["release"] != nil {
			f["release"] = about["release"]
		}
	}
	return f
}

// entryField is a value that a field of an entry may have.
func (p *planter) entryField(name string) any {
	switch name {
	case "at", "until", "received", "captured", "reply_due", "due":
		return p.moment(p.old)
	case "valid":
		w := p.when(p.old)
		return map[string]any{"from": w.From, "to": w.To}
	case "where":
		return p.spot()
	case "roles", "purposes", "areas", "people", "tasks", "languages", "backups", "rows", "pair":
		return []string{p.text()}
	case "size", "entries", "tries":
		return p.number()
	case "sha256", "copy", "receipt":
		return p.digest()
	case "attribution":
		return map[string]any{"to": p.text()}
	case "says":
		return "satisfied"
	case "standard":
		return "reasonable-grounds"
	case "status":
		return "accepted"
	case "standing":
		return "claimed"
	case "stage":
		return "acknowledged"
	case "way":
		return "visit"
	case "result":
		return "done"
	case "outcome":
		return "denied"
	case "answered", "read_back":
		return "yes"
	case "fire":
		return "going"
	case "ending":
		return "no reply"
	case "step":
		return "contact"
	case "state":
		return "lost"
	case "passage", "decisions":
		return map[string]any{"of": p.text()}
	case "door":
		return "call"
	case "danger", "consent":
		return []string{}
	case "reliability":
		return "F"
	case "credibility":
		return "6"
	case "triage":
		return "acknowledged"
	case "voice":
		return "mission"
	case "claim":
		return "denies"
	case "saw":
		return "quiet"
	}
	return p.text()
}

// element is one with every field.
func (p *planter) element() truce.Element {
	text, err := json.Marshal(p.body("element"))
	var e truce.Element
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		panic(err) // made here
	}
	e.Incident, e.Status = "", ""
	return e
}

// identity is who a sealed source is.
const identity = "planted-identity-8c1e57"

// seal plants a source whose identity is sealed to two people.
func (w *world) seal() {
	w.Helper()
	var to []vault.Recipient
	for _, name := range []string{"vera", "hana"} {
		key, err := age.GenerateX25519Identity()
		w.no(err)
		to = append(to, vault.Recipient{Name: name, Key: key.Recipient().String()})
	}
	_, err := w.record.SealSource(w.ctx, headOf("amal"), "S-planted", []byte(identity), to, "TLP:AMBER")
	w.no(err)
}
