// Package record says what the entries of a mission's record mean: which kinds there are,
// which fields each has, and how they add up to today's state. [Check] refuses an entry
// that is not complete before it is written; [Fold] turns entries, one after the other,
// into rows. Both are pure: the same entries always give the same rows, byte for byte.
//
// Nothing is ever edited. A correction, a retraction, a split is another entry, with a
// reason; the rows before it stay readable as of any earlier entry.
package record

import (
	"slices"

	"truce"
	"truce/ledger"
)

// Kind is one kind of entry: what happened.
type Kind struct {
	Name string // "report.received"
	// Words say what happened, for lists: "report received".
	Words string
	// Row is the kind of row that the entry makes or changes, and ID the field that holds
	// the row's identifier. An empty ID numbers rows by entry.
	Row, ID string
	Needs   []string // fields that must be there
	May     []string // fields that may
	// Two says that one person proposes and another confirms.
	Two bool

	fold func(*change) error // nil: the fields become the row
}

// Always lists the fields that every entry may have: who wrote it, its handling mark, when
// it was so, and why.
func Always() []string { return []string{"author", "mark", "valid", "reason", "proposed"} }

// Kinds lists all kinds of entry, in the order of the work.
func Kinds() []Kind { return slices.Clone(kinds) }

// Lookup finds a kind by its name.
func Lookup(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

var kinds = []Kind{
	{Name: "key.enrolled", Words: "key enrolled", Row: "key", ID: "key", May: []string{"key", "person"}, fold: (*change).key},
	{Name: "key.revoked", Words: "key revoked", Row: "key", ID: "key", Needs: []string{"reason"}, May: []string{"key", "person"}, fold: (*change).key},
	{Name: "person.admitted", Words: "person admitted", Row: "person", ID: "person", Needs: []string{"person", "roles"}, May: []string{"name", "party", "org", "purposes"}},
	{Name: "person.left", Words: "person left", Row: "person", ID: "person", Needs: []string{"person", "reason"}, fold: (*change).end},

	{Name: "mission.adopted", Words: "mission adopted", Row: "mission", ID: "id", Needs: []string{"id", "text"}, May: []string{"title"}},
	{Name: "agreement.adopted", Words: "agreement version adopted", Row: "agreement", ID: "id", Needs: []string{"id", "name", "version", "text"}, May: []string{"title"}},
	{Name: "register.adopted", Words: "register adopted", Row: "register", ID: "name", Needs: []string{"name", "text"}},
	{Name: "places.adopted", Words: "places adopted", Row: "places", ID: "name", Needs: []string{"name", "text"}, May: []string{"use"}},
	{Name: "adherence.changed", Words: "adherence changed", Row: "adherence", Needs: []string{"agreement", "actor", "status", "at"}, May: []string{"as", "by", "standing", "areas", "until"}},
	{Name: "party.excluded", Words: "party excluded", Row: "adherence", Needs: []string{"agreement", "actor", "at", "reason"}, May: []string{"as", "by"}, Two: true, fold: (*change).exclusion},
	{Name: "moment.declared", Words: "moment declared", Row: "moment", Needs: []string{"agreement", "moment", "at", "by"}, May: []string{"note"}},
	{Name: "calm.judged", Words: "judgment of a calm", Row: "judgment", Needs: []string{"agreement", "clause", "by", "at", "says"}, May: []string{"note"}},

	{Name: "report.received", Words: "report received", Row: "report", ID: "id", Needs: []string{"id", "elements"}, May: []string{"source", "read_at", "text", "received", "boxes", "door", "danger", "read_back", "reliability", "credibility", "consent", "lang", "receipt", "machine", "reading", "passage"}, fold: (*change).report},
	{Name: "report.corrected", Words: "report corrected", Row: "report", ID: "id", Needs: []string{"id", "elements", "reason"}, May: []string{"text", "boxes"}, fold: (*change).correction},
	{Name: "report.retracted", Words: "report retracted", Row: "report", ID: "id", Needs: []string{"id", "reason"}, fold: (*change).retraction},
	{Name: "report.triaged", Words: "report triaged", Row: "report", ID: "id", Needs: []string{"id", "triage"}, fold: (*change).triage},
	{Name: "message.sent", Words: "message to or from a reporter", Row: "message", Needs: []string{"report", "voice", "words"}, fold: (*change).message},
	{Name: "reading.kept", Words: "account read", Row: "reading", ID: "id", Needs: []string{"id", "text", "machine"}, May: []string{"title", "outlet", "day", "zone", "lang", "sha256", "decisions"}},
	{Name: "name.taught", Words: "name taught", Row: "lesson", Needs: []string{"name", "what", "value"}, May: []string{"reading", "lang"}},
	{Name: "incident.opened", Words: "incident opened", Row: "incident", ID: "id", Needs: []string{"id"}, May: []string{"title", "members"}, fold: (*change).incident},
	{Name: "incident.joined", Words: "joined to an incident", Row: "incident", ID: "id", Needs: []string{"id", "members", "reason"}, fold: (*change).join},
	{Name: "incident.split", Words: "split off an incident", Row: "incident", ID: "id", Needs: []string{"id", "members", "reason"}, fold: (*change).split},
	{Name: "match.judged", Words: "judged one happening, or two", Row: "join", Needs: []string{"pair", "says"}},
	{Name: "element.assessed", Words: "element assessed", Row: "element", ID: "element", Needs: []string{"element", "changes", "reason"}, May: []string{"box"}, fold: (*change).assessment},
	{Name: "claim.noted", Words: "claim noted", Row: "claim", Needs: []string{"incident", "by", "claim"}, May: []string{"element", "fact", "value", "at", "words", "report", "reliability", "credibility"}},
	{Name: "hypothesis.put", Words: "hypothesis put", Row: "hypothesis", ID: "id", Needs: []string{"id", "incident", "statement"}, May: []string{"evidence"}},
	{Name: "attachment.added", Words: "attachment added", Row: "attachment", ID: "sha256", Needs: []string{"sha256", "name", "size", "media"}, May: []string{"report", "captured", "address", "copy"}},
	{Name: "attachment.seen", Words: "attachment looked at", Row: "viewing", Needs: []string{"sha256", "what"}, May: []string{"note"}},
	{Name: "coverage.logged", Words: "watch kept", Row: "coverage", Needs: []string{"valid", "where"}, May: []string{"saw", "by", "note"}},

	{Name: "finding.signed", Words: "finding signed", Row: "finding", ID: "id", Needs: []string{"id", "incident", "body", "standard", "statement"}, May: []string{"verdict", "agreement", "clause", "tasks", "attribution", "dissent"}, Two: true},
	{Name: "finding.withdrawn", Words: "finding withdrawn", Row: "finding", ID: "id", Needs: []string{"id", "reason"}, Two: true, fold: (*change).withdrawal},
	{Name: "stage.set", Words: "stage of a case set", Row: "stage", ID: "incident", Needs: []string{"incident", "stage", "reason"}, May: []string{"at", "finding"}},
	{Name: "task.set", Words: "task set", Row: "task", ID: "id", Needs: []string{"id", "incident", "way", "words"}, May: []string{"due", "to"}, fold: (*change).begin},
	{Name: "task.done", Words: "task ended", Row: "task", ID: "id", Needs: []string{"id", "result", "note"}, May: []string{"at", "access", "finding"}, fold: (*change).more},
	{Name: "access.met", Words: "access given or refused", Row: "access", ID: "id", Needs: []string{"id", "outcome", "actor", "at", "words"}, May: []string{"until", "where", "incident", "task", "report"}, fold: (*change).begin},

	{Name: "line.listed", Words: "contact line listed", Row: "line", ID: "id", Needs: []string{"id", "actor", "name"}, May: []string{"languages", "hours", "address", "backups", "note"}, fold: (*change).listed},
	{Name: "line.tested", Words: "contact line tested", Row: "line", ID: "id", Needs: []string{"id", "at", "answered"}, May: []string{"note"}, fold: (*change).tested},
	{Name: "line.ended", Words: "contact line ended", Row: "line", ID: "id", Needs: []string{"id", "reason"}, fold: (*change).end},
	{Name: "contact.made", Words: "contact made", Row: "contact", Needs: []string{"with", "at", "words"}, May: []string{"by", "about", "reply_due", "line", "answered", "spoke", "read_back", "their_clock"}},
	{Name: "fire.noted", Words: "fire noted", Row: "fire", ID: "incident", Needs: []string{"incident", "fire", "at"}, May: []string{"by", "words"}, fold: (*change).fire},
	{Name: "request.made", Words: "information asked for", Row: "request", ID: "id", Needs: []string{"id", "with", "at", "due", "words"}, May: []string{"about", "by"}, fold: (*change).begin},
	{Name: "request.reminded", Words: "reminded of a request", Row: "request", ID: "id", Needs: []string{"id", "at"}, May: []string{"note"}, fold: (*change).reminder},
	{Name: "request.closed", Words: "request closed", Row: "request", ID: "id", Needs: []string{"id", "ending", "reason"}, fold: (*change).more},
	{Name: "protest.filed", Words: "protest filed", Row: "protest", ID: "id", Needs: []string{"id", "by", "agreement", "clause", "at", "words"}, May: []string{"incident"}, fold: (*change).begin},
	{Name: "reply.given", Words: "reply given", Row: "reply", Needs: []string{"by", "at", "words"}, May: []string{"request", "protest"}, fold: (*change).reply},
	{Name: "measure.taken", Words: "measure taken", Row: "measure", Needs: []string{"incident", "step", "with", "at", "words"}},

	{Name: "release.published", Words: "release published", Row: "release", ID: "id", Needs: []string{"id", "title", "sha256"}, May: []string{"entries", "note", "text", "rows"}},
	{Name: "release.corrected", Words: "release corrected", Row: "correction", Needs: []string{"release", "figure", "was", "is", "words"}},
	{Name: "release.withdrawn", Words: "release withdrawn", Row: "correction", Needs: []string{"release", "words"}, fold: (*change).recall},
	{Name: "delivery.noted", Words: "delivery made or lost", Row: "delivery", Needs: []string{"release", "to", "at", "state", "tries"}, May: []string{"correction", "receipt", "note"}},
	{Name: "mark.widened", Words: "mark widened", Needs: []string{"kind", "row", "to", "reason"}, Two: true, fold: (*change).widening},

	{Name: "source.sealed", Words: "source sealed", Row: "source", ID: "id", Needs: []string{"id", "sealed"}},
	{Name: "source.opened", Words: "source opened", Row: "opening", Needs: []string{"id", "people", "reason"}, Two: true},
	{Name: "act.proposed", Words: "proposed to a second person", Row: "proposal", Needs: []string{"do", "act"}},
	{Name: "act.declined", Words: "proposal declined", Row: "proposal", Needs: []string{"entry", "reason"}, fold: (*change).declined},
	{Name: "entry.destroyed", Words: "personal data destroyed", Row: "destroyed", Needs: []string{"entry", "names", "reason"}},
	{Name: "record.restored", Words: "record restored from a backup", Row: "restore", Needs: []string{"note"}},
}

// Version is raised whenever [Fold] gives for some entry other rows than before; records whose
// state an older fold made are then rebuilt when they are opened.
const Version = 1

// Fold returns what an entry changes, given the rows before it. n is the entry's number.
// Fields that were destroyed are missing; what is left still folds. An entry that
// contradicts the state is refused with [truce.Conflict] or [truce.Absent].
func Fold(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
	k, ok := Lookup(e.Kind)
	if !ok {
		return nil, &truce.Error{Kind: truce.Invalid, At: "kind", Msg: e.Kind + " is no kind of entry"}
	}
	c := &change{old: old, n: n, entry: e, kind: k, rows: map[[2]string]int{}}
	fold := k.fold
	if fold == nil {
		fold = (*change).plain
	}
	if err := fold(c); err != nil {
		return nil, err
	}
	if err := c.settleProposal(); err != nil {
		return nil, err
	}
	if err := c.follow(); err != nil {
		return nil, err
	}
	return c.out, nil
}
