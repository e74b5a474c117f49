package access

import (
	"slices"
	"strings"
)

// Grade sorts the fields of a row by what they give away.
type Grade string

// The grades. A field that is not declared has none and is withheld.
const (
	GradeOpen     Grade = "open"     // seen by whoever sees the row
	GradeWords    Grade = "words"    // free words: open, unless the row is flagged
	GradePlace    Grade = "place"    // coarse, or as it was told
	GradeTime     Grade = "time"     // late, or at once
	GradeSource   Grade = "source"   // who said it
	GradePersonal Grade = "personal" // tells of a person
	GradeInternal Grade = "internal" // the mission's own words
	GradeSealed   Grade = "sealed"   // in the vault; for nobody by this door
)

// Grades lists the grades.
func Grades() []Grade {
	return []Grade{GradeOpen, GradeWords, GradePlace, GradeTime, GradeSource, GradePersonal, GradeInternal, GradeSealed}
}

// kind declares a kind of row: its group in the rules and its fields by grade. of says
// of a field that what stands in it is of another kind, with fields of its own.
type kind struct {
	name, group                                                  string
	open, words, place, time, source, personal, internal, sealed string
	of                                                           map[string]string
}

// every are the fields that rows of the terms, the work and the secrets have besides their
// own: the entry that made the row, who wrote it, when it held, why.
var every = kind{open: "entry recorded destroyed", time: "valid", source: "author", internal: "reason"}

// kinds is every kind of row there is. What is left out is withheld: passwords and keys of
// people, the raw values of an entry (they are read as the row that they made), hashes over
// what is withheld (whoever can guess could check the guess).
var kinds = []kind{
	{name: "mission", group: "terms", open: "id title text"},
	{name: "agreement", group: "terms", open: "id name version title text"},
	{name: "register", group: "terms", open: "id name text"},
	{name: "actor", group: "terms", open: "id kind names links listed members open source", internal: "note"},
	{name: "adherence", group: "terms", open: "id agreement actor status at as by standing areas until"},
	{name: "place", group: "terms", open: "id name use", place: "where area shape"},
	{name: "places", group: "terms", open: "id name use", place: "text"},
	{name: "moment", group: "terms", open: "id agreement moment at by", internal: "note"},
	{name: "judgment", group: "terms", open: "id agreement clause by at says", internal: "note"},

	{name: "report", group: "work", open: "id elements incident status received number door danger triage", source: "source read_at at reliability credibility", internal: "text consent read_back lang machine reading passage",
		of: map[string]string{"elements": "element"}},
	{name: "reading", group: "work", open: "id day zone lang machine sha256", source: "outlet", internal: "title text decisions"},
	{name: "lesson", group: "work", open: "id what value lang", internal: "name reading"},
	{name: "element", group: "work",
		open:  "id incident report act by against mutual means control killed injured number facts raised conflict doubted status assessed",
		words: "title", time: "when", place: "where", source: "said sources"},
	{name: "incident", group: "work", open: "id members status", words: "title", time: "when", place: "where",
		of: map[string]string{"members": "element"}},
	{name: "join", group: "work", open: "id incident members status pair says"},
	{name: "finding", group: "work", open: "id incident body standard verdict agreement clause tasks attribution status", words: "statement dissent",
		of: map[string]string{"verdict": "verdict"}},
	{name: "arrival", group: "work", open: "id number state", time: "received acknowledged", internal: "report door danger"},
	{name: "message", group: "work", open: "id report voice", internal: "words"},
	{name: "claim", group: "work", open: "id incident element claim fact at", words: "words", source: "by report reliability credibility value"},
	{name: "hypothesis", group: "work", open: "id incident", internal: "statement evidence"},
	{name: "stage", group: "work", open: "id incident stage at finding"},
	{name: "task", group: "work", open: "id incident way due to at result access finding", words: "words", internal: "note"},
	{name: "access", group: "work", open: "id outcome actor at until incident task report", words: "words", place: "where"},
	{name: "line", group: "work", open: "id actor name languages hours backups tested answered", personal: "address", internal: "note"},
	{name: "contact", group: "work", open: "id with at about reply_due line answered read_back their_clock", words: "words", source: "by", personal: "spoke"},
	{name: "fire", group: "work", open: "id incident fire at since", words: "words", source: "by"},
	{name: "request", group: "work", open: "id with at about due replied status reminders ending", words: "words reply", source: "by", internal: "note"},
	{name: "protest", group: "work", open: "id by agreement clause incident at", words: "words"},
	{name: "reply", group: "work", open: "id by at request protest", words: "words"},
	{name: "measure", group: "work", open: "id incident step with at", words: "words"},
	{name: "attachment", group: "work", open: "id sha256 size media report copy", time: "captured", place: "where", source: "address", personal: "name"},
	{name: "coverage", group: "work", open: "id saw", place: "where", internal: "by note"},
	{name: "verdict", group: "work",
		open:     "id agreement version clause cite element outcome code codes steps rests readings could",
		time:     "parts",
		internal: "notes settle",
		of:       map[string]string{"steps": "step"}},
	{name: "step", open: "condition answer facts", internal: "because", source: "sources"},
	{name: "duty", group: "work", open: "id agreement clause owner due state count goal outcome code element", internal: "note"},
	{name: "clock", group: "work", open: "id agreement clause state least most goal since complete_at complete_from steps", internal: "note"},
	{name: "release", group: "work", open: "id title sha256 entries rows", words: "text", internal: "note"},
	{name: "correction", group: "work", open: "id release figure was is status", words: "words"},
	{name: "delivery", group: "work", open: "id release correction to at state tries receipt", internal: "note"},
	{name: "proposal", group: "work", open: "id do status confirmed_in", source: "confirmed_by", personal: "act"}, // it may name a source

	{name: "source", group: "secret", source: "id", internal: "reliability consent risk", sealed: "sealed identity name contact address"},
	{name: "opening", group: "secret", source: "id", internal: "people"},

	{name: "entry", group: "log", open: "n kind recorded key enrols sig root leaf hash proof checkpoint"},
	{name: "checkpoint", group: "log", open: "origin size root note recorded witnesses"},
	{name: "destroyed", group: "log", open: "entry recorded n names hashes", internal: "reason author valid"},
	{name: "key", group: "log", open: "entry recorded id key person verifier revoked", internal: "reason author valid"},
	{name: "restore", group: "log", open: "entry recorded", internal: "note reason author valid"},

	{name: "person", group: "machine", open: "entry recorded id person roles party org purposes status valid", personal: "name contact", internal: "reason author seen twofactor"},
	{name: "machine", group: "machine", open: "status version size uptime checks", internal: "problems metrics backups"},
}

// graded returns the declared fields of one grade.
func (k kind) graded(g Grade) []string {
	list := map[Grade]string{GradeOpen: k.open, GradeWords: k.words, GradePlace: k.place, GradeTime: k.time, GradeSource: k.source,
		GradePersonal: k.personal, GradeInternal: k.internal, GradeSealed: k.sealed}[g]
	out := strings.Fields(list)
	if k.group == "terms" || k.group == "work" || k.group == "secret" {
		out = append(out, every.graded(g)...)
	}
	return out
}

// lookup finds a kind by name.
func lookup(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// Kinds lists the kinds of row, sorted.
func Kinds() []string {
	var out []string
	for _, k := range kinds {
		if k.group != "" {
			out = append(out, k.name)
		}
	}
	slices.Sort(out)
	return out
}

// Field is one declared field of a kind. Of is the kind of what stands in it, where that
// has fields of its own.
type Field struct {
	Name  string
	Grade Grade
	Of    string
}

// FieldsOf lists the declared fields of a kind of row, sorted by name; none for a kind that
// is not known.
func FieldsOf(name string) []Field {
	k, ok := lookup(name)
	if !ok {
		return nil
	}
	var out []Field
	for _, g := range Grades() {
		for _, f := range k.graded(g) {
			out = append(out, Field{Name: f, Grade: g, Of: k.of[f]})
		}
	}
	slices.SortFunc(out, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}
