package desk

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/actors"
	"truce/vault"
)

// Doors by which a report comes in.
const (
	DoorCall    = "call"    // somebody of the mission takes it down while it is told
	DoorForm    = "form"    // whoever saw it hands it in, with a receipt
	DoorUpload  = "upload"  // from a file
	DoorAPI     = "api"     // from a program
	DoorAccount = "account" // a draft of an account in prose, accepted by somebody
)

// Call is a report as it is being told, field by field in the words of whoever takes it down.
// What is empty is not known.
type Call struct {
	// At is when the telling began; times are told from there.
	At time.Time
	// Acts and Means are words of the trees.
	Act, Means string
	// Place is as told. Pick says which of the places it may mean is meant, "unknown" that
	// none is; empty: nobody said yet. ReadBack says that the place was read back to the
	// caller.
	Place, Pick string
	ReadBack    bool
	// When is as told. Going is "yes", "no" or empty.
	When, Going string
	// Who may have done it and Against whom or what, as told; the picks are actors of the
	// register, or empty for the name as it stands.
	Who, Against         string
	WhoPick, AgainstPick []string
	// Numbers of people, as told: "3", "3-5", "at least 3" is "3-" with an open end.
	Killed, Injured  string
	Trapped, Medical bool
	Words            string
	// Source is what may be said of the source in the report; Identity who it is, which is
	// sealed.
	Source, Identity         string
	Reliability, Credibility string
	// Share is how far it may go: "" nobody asked, "mission", "parties", "publish".
	Share    string
	CallBack bool
	// Endangers says that it would endanger somebody if it became known that a report came in.
	Endangers bool
	Lang      string // in which it was told
}

// Heard is what a call was taken to mean, before anything is saved.
type Heard struct {
	Element truce.Element
	// Places are those that the place may mean; Whos and Againsts actors that the names may.
	Places         []Where
	Whos, Againsts []Called
	// Picked is the pick among Places that holds; empty: none yet.
	Picked   string
	Danger   []string // see kinds of entry
	Problems truce.Problems
	// Zone is the mission's, in which clock times were read.
	Zone *time.Location
	// Seals says that who a source is can be taken down here: the mission names the people to
	// whom it is sealed.
	Seals bool
}

// Called is an actor that a name may mean.
type Called struct{ ID, Name string }

// MayTake refuses whoever may not take reports in.
func (r *Record) MayTake(who access.Person) error {
	return r.allow(who, access.Report, "report", access.Label{TLP: access.Amber})
}

// Hear reads a call. What cannot be read is in Problems, by the field's name.
func (r *Record) Hear(ctx context.Context, who access.Person, g *Gazetteer, c Call) (*Heard, error) {
	if err := r.MayTake(who); err != nil {
		return nil, err
	}
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, err
	}
	h := &Heard{Zone: o.mission.Zone, Seals: len(o.mission.Sealing) > 1}
	if h.Places, err = r.Places(ctx, g, c.Place); err != nil {
		return nil, err
	}
	e := &h.Element
	h.act(o.mission, c)
	h.when(c)
	h.where(c)
	h.Whos, e.By = h.who(o.mission.register, c.Who, c.WhoPick, c.At)
	h.Againsts, e.Against = h.who(o.mission.register, c.Against, c.AgainstPick, c.At)
	e.Killed, e.Injured = h.toll("killed", c.Killed), h.toll("injured", c.Injured)
	h.risk(o.mission, c)
	e.Title = h.title(c)
	e.Said = c.said()
	if c.Source != "" {
		e.Sources = []string{c.Source}
	}
	h.codes(c)
	return h, nil
}

func (h *Heard) problem(field, code, msg, want string) {
	h.Problems = append(h.Problems, truce.Problem{Field: field, Code: code, Msg: msg, Want: want})
}

// trees are the words that the mission's agreements know.
func (m *Mission) trees() (acts, means *truce.Tree) {
	o, err := m.options(Source{}, nil, nil)
	if err != nil { // without a mapping there is nothing to go wrong
		return truce.Acts(), truce.MeansTree()
	}
	return o.Acts, o.Means
}

func (h *Heard) act(m *Mission, c Call) {
	acts, means := m.trees()
	switch {
	case c.Act == "":
	case acts.Parent(c.Act) == "":
		h.problem("act", "unknown-word", "this is no act of the mission's agreements", "a word of the tree of acts")
	default:
		h.Element.Acts = []string{c.Act}
	}
	switch {
	case c.Means == "":
	case means.Parent(c.Means) == "":
		h.problem("means", "unknown-word", "this is no means of the mission's agreements", "a word of the tree of means")
	default:
		h.Element.Means = []truce.Means{{Kind: c.Means}}
	}
}

// when reads the time. What still goes on has lasted at least from the latest time at which it
// may have begun, and at most from the earliest: it is one of the two.
func (h *Heard) when(c Call) {
	told, err := ToldTime(c.When, c.At, h.Zone)
	if err != nil {
		h.problem("when", "bad-time", "this is no time up to now", wantWhen)
		return
	}
	if len(told) == 1 && c.Going == "yes" {
		began := told[0]
		told = []truce.When{{From: began.From, To: c.At, Lasts: true}}
		if began.To.After(began.From) && began.To.Before(c.At) {
			told = append(told, truce.When{From: began.To, To: c.At, Lasts: true})
		}
	}
	h.Element.When = utcWhens(told)
}

func utcWhens(list []truce.When) []truce.When {
	for i := range list {
		list[i].From, list[i].To = list[i].From.UTC(), list[i].To.UTC()
	}
	return list
}

// where takes the place that was picked. One that nobody picked stays a name.
func (h *Heard) where(c Call) {
	if c.Place == "" {
		return
	}
	h.Element.Where = []truce.Place{{Name: c.Place}}
	for _, w := range h.Places {
		if w.Pick == c.Pick {
			place := w.Place
			place.Name = c.Place
			h.Element.Where, h.Picked = []truce.Place{place}, c.Pick
		}
	}
	switch {
	case c.Pick == PickUnknown:
		h.Picked = PickUnknown
	case c.Pick != "" && h.Picked == "":
		h.problem("pick", "unknown-place", "this is none of the places that it may mean", "one of those shown, or unknown")
	}
}

// PickUnknown says that a place is none of those that its name may mean.
const PickUnknown = "unknown"

// pickDisc names a disc.
func pickDisc(p truce.Place) string {
	deg := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return "disc:" + deg(p.Lat) + "," + deg(p.Lon) + "," + deg(p.Within)
}

// mostCalled is how many actors are offered for a name.
const mostCalled = 8

// who lists whom a name may mean, and takes those that were picked, or the name as it stands.
func (h *Heard) who(reg *actors.Register, name string, picks []string, at time.Time) (may []Called, are []string) {
	if name = strings.TrimSpace(name); name == "" {
		return nil, nil
	}
	for _, id := range append(reg.Resolve(name, at), reg.Find(name)...) {
		if len(may) < mostCalled && !slices.ContainsFunc(may, func(c Called) bool { return c.ID == id }) {
			may = append(may, Called{id, reg.NameOn(id, at)})
		}
	}
	for _, id := range picks {
		if _, known := reg.Actor(id); known {
			are = append(are, id)
		}
	}
	if are == nil {
		are = []string{"?" + name}
	}
	slices.Sort(are)
	return may, slices.Compact(are)
}

// toll reads a number of people: "3", "3-5".
func (h *Heard) toll(field, text string) *truce.Range {
	text = strings.Map(asciiDigit, strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	if text == "" {
		return nil
	}
	low, high, two := strings.Cut(strings.NewReplacer("–", "-", "—", "-").Replace(text), "-")
	if !two {
		high = low
	}
	a, err := strconv.Atoi(low)
	b, err2 := strconv.Atoi(high)
	if err != nil || err2 != nil || a < 0 || b < a || b > 10_000_000 {
		h.problem(field, "bad-number", "this is no number of people", "such as 3, or 3-5; nothing where it is not known")
		return nil
	}
	return &truce.Range{Low: float64(a), High: float64(b)}
}

func asciiDigit(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	}
	return r
}

// risk notes what puts life at risk.
func (h *Heard) risk(m *Mission, c Call) {
	acts, _ := m.trees()
	if c.Going == "yes" && c.Act != "" && acts.Covers("hostile-act", c.Act) {
		h.Danger = append(h.Danger, "fire")
	}
	if c.Trapped {
		h.Danger = append(h.Danger, "trapped")
	}
	if c.Medical {
		h.Danger = append(h.Danger, "medical")
	}
}

// title is a short line for lists: the place as it was told, or else the act.
func (h *Heard) title(c Call) string { return orElse(c.Place, c.Act) }

// said are the words of the source, fact by fact.
func (c Call) said() []truce.Said {
	var out []truce.Said
	for _, f := range [][2]string{{"when", c.When}, {"where", c.Place}, {"by", c.Who}, {"against", c.Against}, {"killed", c.Killed}, {"injured", c.Injured}} {
		if f[1] != "" {
			out = append(out, truce.Said{Fact: f[0], Value: f[1], Source: c.Source})
		}
	}
	return out
}

// codes refuses words that are none of a list.
func (h *Heard) codes(c Call) {
	for _, x := range []struct{ field, value, list string }{
		{"going", c.Going, "yes no"}, {"reliability", c.Reliability, "A B C D E F"}, {"credibility", c.Credibility, "1 2 3 4 5 6"},
		{"share", c.Share, "mission parties publish"},
	} {
		if x.value != "" && !slices.Contains(strings.Fields(x.list), x.value) {
			h.problem(x.field, "bad-value", "this is none of the choices", "one of "+x.list)
		}
	}
	if c.Identity != "" && !h.Seals {
		h.problem("identity", "no-seal", "the mission names nobody to whom who a source is can be sealed", "sealing: in mission.yaml, or truce source seal")
	}
	if len(c.Words) > 200_000 {
		h.problem("words", "too-long", "these are too many words", "200,000 bytes at most")
	}
}

// Taken says what became of a report that was taken in.
type Taken struct {
	Report  string `json:"report"`
	Number  int64  `json:"number"` // of the complaint: the entry's
	Repeat  bool   `json:"repeat,omitempty"`
	Receipt string `json:"-"` // shown once, to whoever handed it in; empty by telephone
}

// Take saves a call. The place must have been read back, or be marked unknown. The same
// submission again is the same report, whatever it says the second time.
func (r *Record) Take(ctx context.Context, who access.Person, g *Gazetteer, submission string, c Call) (Taken, error) {
	h, err := r.Hear(ctx, who, g, c)
	if err != nil {
		return Taken{}, err
	}
	t := Taken{Report: reportID("T", submission)}
	if had, err := r.takenBefore(ctx, who, t); err != nil || had.Repeat {
		return had, err
	}
	switch {
	case h.Picked != "" && h.Picked != PickUnknown && !c.ReadBack:
		h.problem("read_back", "not-read-back", "the place was not read back", "read the place back to the caller, or mark it unknown")
	case c.Place != "" && h.Picked == "":
		h.problem("pick", "no-place", "nobody said which place is meant", "one of those shown, or unknown")
	}
	if err := h.Problems.Err(); err != nil {
		return Taken{}, err
	}
	back := "no"
	if h.Picked != "" && h.Picked != PickUnknown {
		back = "yes"
	}
	return r.takeIn(ctx, who, h, c, t, map[string]any{"door": DoorCall, "read_back": back})
}

// reportID is the identifier of the report of a submission.
func reportID(door, submission string) string {
	sum := sha256.Sum256([]byte("report\n" + submission))
	return door + "-" + base32.StdEncoding.EncodeToString(sum[:5])
}

// takenBefore finds the report of a submission that came before.
func (r *Record) takenBefore(ctx context.Context, who access.Person, t Taken) (Taken, error) {
	row, err := r.db.Get(ctx, 0, "report", t.Report)
	if kindOf(err) == truce.Absent {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	if text(row, "author") != who.ID {
		return t, &truce.Error{Kind: truce.Conflict, At: "submission", Msg: "this submission is somebody else's", Hint: "another"}
	}
	t.Number, t.Repeat = numberOf(row), true
	return t, nil
}

// takeIn enters a report, and who its source is under seal.
func (r *Record) takeIn(ctx context.Context, who access.Person, h *Heard, c Call, t Taken, fields map[string]any) (Taken, error) {
	o, err := r.terms(ctx, 0)
	if err != nil {
		return t, err
	}
	h.Element.ID = t.Report
	mark := r.markOf(who, c)
	var acts []Act
	if c.Identity != "" {
		sealed, err := o.mission.seal(c.Identity)
		if err != nil {
			return t, err
		}
		acts = append(acts, Act{Kind: "source.sealed", Fields: map[string]any{"id": "S-" + t.Report, "sealed": sealed, "mark": mark}})
	}
	report := truce.Report{ID: t.Report, Source: c.Source, Text: c.Words, Elements: []truce.Element{h.Element}}
	if c.Identity != "" {
		report.Source = strings.TrimSpace("S-" + t.Report + " " + c.Source)
	}
	f := reportFields(o.mission, report)
	f["mark"], f["received"], f["consent"] = mark, c.At.UTC().Format(time.RFC3339), c.consent()
	f["reliability"], f["credibility"] = orElse(c.Reliability, "F"), orElse(c.Credibility, "6")
	if h.Danger != nil {
		f["danger"] = h.Danger
	}
	if c.Lang != "" {
		f["lang"] = c.Lang
	}
	for name, v := range fields {
		f[name] = v
	}
	done, err := r.Write(ctx, who, append(acts, Act{Kind: "report.received", Fields: f})...)
	if kindOf(err) == truce.Conflict && err != nil { // the same came at the same moment
		if had, err := r.takenBefore(ctx, who, t); err != nil || had.Repeat {
			return had, err
		}
	}
	if err != nil {
		return t, err
	}
	t.Number = done[len(done)-1].N
	return t, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// markOf is the handling mark of what was told: what may endanger somebody stays in the mission,
// and what may go no further leaves it only by the word of whoever took it down.
func (r *Record) markOf(who access.Person, c Call) string {
	l := access.Label{TLP: access.Amber}
	if c.Endangers {
		l = access.Label{TLP: access.Strict, To: []string{access.OfOrg(r.org)}, PII: true}
	}
	if c.Share == "mission" {
		l.Orcon, l.Originator = true, who.ID
	}
	return l.String()
}

// consent is what the source agreed to.
func (c Call) consent() []string {
	out := []string{}
	if c.Share != "" {
		out = append(out, c.Share)
	}
	if c.CallBack {
		out = append(out, "call-back")
	}
	if !c.Endangers {
		out = append(out, "number")
	}
	return out
}

// numberOf is a report's number; 0 where it came by no door.
func numberOf(row truce.Row) int64 {
	var b struct{ Number int64 }
	_ = json.Unmarshal(row.Body, &b) // damage shows as no number
	return b.Number
}

// seal seals who a source is to the mission's people.
func (m *Mission) seal(identity string) (string, error) {
	box, err := vault.Seal([]byte(identity), m.Sealing)
	if err != nil {
		return "", err
	}
	return string(box.Text()), nil
}
