// Package terms reads agreements and judges what happened under them.
//
// [Parse] turns a text in the terms language (docs/language.md) into an [Agreement];
// [Compile] makes it ready to judge against a [Book]: who is who, where things are, what
// was declared. [Judge.Verdict] then says of one element and one clause: violation, no
// violation, or undetermined; why; and what would settle it. The answer is exact over all
// worlds that the element's facts leave open (../docs/design.md), and the same inputs give
// the same bytes. [Judge.Duty] follows duties that have a state over time. [Lint] finds
// holes in a draft, [Format] lays a file out, [Schema] helps editors.
//
// Times are instants; wall times are in the agreement's zone. Distances are metres on
// WGS 84. Nothing here attributes an act to anybody.
package terms

import "truce"

// Agreement is a parsed text: who owes what to whom. Its canonical form (see
// [Agreement.Canonical]) is hashed to name its version.
type Agreement struct {
	Language   int                 `json:"truce"`
	ID         string              `json:"agreement"`
	Title      string              `json:"title"`
	Form       string              `json:"form"`
	Cite       []string            `json:"cite,omitempty"`
	Note       string              `json:"note,omitempty"`
	Zone       string              `json:"zone"`
	Signed     *Instant            `json:"signed,omitempty"`
	InForce    *Time               `json:"in_force"`
	Needs      []string            `json:"needs,omitempty"`
	Notice     *Length             `json:"notice,omitempty"`
	Where      *Place              `json:"where,omitempty"`
	Precedence []Precedence        `json:"precedence,omitempty"`
	Authority  map[string]string   `json:"authority,omitempty"`
	Acts       map[string][]string `json:"acts,omitempty"`
	Means      map[string][]string `json:"means,omitempty"`
	Facts      map[string]Fact     `json:"facts,omitempty"`
	Parameters map[string]string   `json:"parameters,omitempty"`
	Parties    map[string]Party    `json:"parties"`
	Places     map[string]Named    `json:"places,omitempty"`
	Moments    map[string]Moment   `json:"moments,omitempty"`
	Clauses    []*Clause           `json:"clauses"`

	file string
	at   map[string]pos // where keys stand, for lint: "clauses/O2/during"
}

// File is the name the agreement was parsed under.
func (a *Agreement) File() string { return a.file }

// Clause returns the clause with that id, or nil.
func (a *Agreement) Clause(id string) *Clause {
	for _, c := range a.Clauses {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// ActTree returns the tree of acts with this agreement's own words added.
func (a *Agreement) ActTree() *truce.Tree { return grow(truce.Acts(), a.Acts) }

// MeansTree returns the tree of means with this agreement's own words added.
func (a *Agreement) MeansTree() *truce.Tree { return grow(truce.MeansTree(), a.Means) }

// grow adds words until no more find their parent, so that the order in the file does
// not matter.
func grow(t *truce.Tree, more map[string][]string) *truce.Tree {
	for range len(more) {
		for _, parent := range sortedKeys(more) {
			if t.Has(parent) {
				t.Add(parent, more[parent]...)
			}
		}
	}
	return t
}

// Precedence says that this agreement stands before another for a subject. It is shown
// beside verdicts and never applied.
type Precedence struct {
	Over    string `json:"over"`
	Subject string `json:"subject,omitempty"`
}

// Fact declares what a further fact may be: one of Words, or a number.
type Fact struct {
	Words  []string `json:"words,omitempty"`
	Number bool     `json:"number,omitempty"`
}

// Party is a dated set of actors. All fields add up; Except takes away.
type Party struct {
	Actors   []string `json:"actors,omitempty"`
	With     []string `json:"with,omitempty"`
	Adhering bool     `json:"adhering,omitempty"`
	From     *Instant `json:"from,omitempty"` // earliest start of adherence
	As       string   `json:"as,omitempty"`
	To       string   `json:"to,omitempty"` // adherence to another agreement
	Listed   []string `json:"listed,omitempty"`
	Kind     []string `json:"kind,omitempty"`
	Anyone   bool     `json:"anyone,omitempty"`
	Parties  []string `json:"parties,omitempty"`
	Except   []string `json:"except,omitempty"`
}

// Moment is an instant that is set later, by an entry in the record, unless the text
// itself fixes it (At).
type Moment struct {
	DeclaredBy string   `json:"declared_by,omitempty"`
	At         *Instant `json:"at,omitempty"`
}

// Named is a place given a name. Exactly one of its forms is used.
type Named struct {
	Areas   []string   `json:"areas,omitempty"`
	Disc    *Disc      `json:"disc,omitempty"`
	Sector  *Sector    `json:"sector,omitempty"`
	Line    *Line      `json:"line,omitempty"`
	Shape   string     `json:"shape,omitempty"` // GeoJSON text
	Union   []string   `json:"union,omitempty"`
	Outside string     `json:"outside,omitempty"`
	Note    string     `json:"note,omitempty"`
	Source  [2]float64 `json:"-"`
}

// Disc is everything closer than Radius metres to a point.
type Disc struct {
	Lat    float64 `json:"lat"`
	Lon    float64 `json:"lon"`
	Radius float64 `json:"radius"`
}

// Sector is a piece of a ring seen from a point: Bearing in degrees clockwise from
// north, Range in metres.
type Sector struct {
	Lat     float64    `json:"lat"`
	Lon     float64    `json:"lon"`
	Bearing [2]float64 `json:"bearing"`
	Range   [2]float64 `json:"range"`
}

// Line is a base line. Left and Right name its sides as seen walking along it; Chart
// says that it is straight in longitude and latitude between its points, else geodesic.
type Line struct {
	Shape string `json:"shape"` // GeoJSON text
	Left  string `json:"left,omitempty"`
	Right string `json:"right,omitempty"`
	Chart bool   `json:"chart,omitempty"`
}

// Place is a place expression. Exactly one form is used.
type Place struct {
	Any []*Place `json:"any,omitempty"` // any of them
	All []*Place `json:"all,omitempty"` // all of them at once
	Ref string   `json:"ref,omitempty"` // a named place or an area code
	// Belt: metres on each side of a base line. Base holds one line for each acting
	// party; the key "" is for all.
	Base  map[string]string  `json:"base,omitempty"`
	Sides map[string]float64 `json:"sides,omitempty"` // side name, "both" or "own side" to metres
	// Near: closer than Distance metres to Ref.
	Distance float64 `json:"distance,omitempty"`
	Control  string  `json:"control,omitempty"` // "own" or a party
}

// MeansTest is one entry of a clause's means: a kind and bounds on its numbers.
type MeansTest struct {
	Kind string    `json:"kind"`
	Num  []NumTest `json:"num,omitempty"`
}

// NumTest compares a number, in the unit the vocabulary fixes (millimetres for calibre,
// metres for range), with a constant.
type NumTest struct {
	Name  string  `json:"name,omitempty"`
	Op    string  `json:"op"` // < <= > >= ==
	Value float64 `json:"value"`
}

func (t NumTest) holds(v float64) bool {
	switch t.Op {
	case "<":
		return v < t.Value
	case "<=":
		return v <= t.Value
	case ">":
		return v > t.Value
	case ">=":
		return v >= t.Value
	}
	return v == t.Value
}

// Kind is one of the six kinds of clause.
type Kind string

// The kinds of clause.
const (
	Forbid  Kind = "forbid"
	Require Kind = "require"
	Keep    Kind = "keep"
	Excuse  Kind = "excuse"
	Permit  Kind = "permit"
	Calm    Kind = "calm"
)

// Clause is one duty, permission or rule, under one reading.
type Clause struct {
	ID   string `json:"id"`
	Cite string `json:"cite,omitempty"`
	Text string `json:"text,omitempty"`
	Note string `json:"note,omitempty"`
	Kind Kind   `json:"kind"`
	// Acts are forbidden, permitted, excused, or (Require) owed; for Keep, what breaks the state.
	Acts     []string    `json:"acts,omitempty"`
	By       []string    `json:"by,omitempty"`
	Against  []string    `json:"against,omitempty"`
	Means    []MeansTest `json:"means,omitempty"`
	Within   *Place      `json:"within,omitempty"`
	Outside  *Place      `json:"outside,omitempty"`
	During   *Time       `json:"during,omitempty"`
	Count    *NumTest    `json:"count,omitempty"`
	When     string      `json:"when,omitempty"`
	Provided *Provided   `json:"provided,omitempty"`
	Unless   []string    `json:"unless,omitempty"`
	Owner    string      `json:"owner,omitempty"`

	Excuse   map[string][]string `json:"excuse,omitempty"` // facts that make an excuse good
	RaisedAs string              `json:"raised_as,omitempty"`
	CountsAs string              `json:"counts_as,omitempty"`
	Of       []string            `json:"of,omitempty"`

	Upon   []string            `json:"upon,omitempty"`
	Shown  map[string][]string `json:"shown,omitempty"`
	Effort bool                `json:"effort,omitempty"`
	Amount float64             `json:"amount,omitempty"` // Require: how many
	Ledger bool                `json:"ledger,omitempty"` // every such act would be in the record

	State       string   `json:"state,omitempty"` // Keep: the state's name
	ConfirmedBy []string `json:"confirmed_by,omitempty"`
	Fresh       *Length  `json:"fresh,omitempty"`

	Calm *CalmRule `json:"calm,omitempty"`

	Readings []Variant `json:"readings,omitempty"`
	Variants []Variant `json:"variants,omitempty"`

	reading pos
}

// Provided is a condition on a duty: these parties have accepted, by a time.
type Provided struct {
	Accepted []string `json:"accepted"`
	Before   *Instant `json:"before,omitempty"`
}

// CalmRule is a countdown of continuous adherence.
type CalmRule struct {
	Length   Length   `json:"length"`
	JudgedBy []string `json:"judged_by,omitempty"`
	// ResetByViolation says that a violation of one of the clauses Of sets it back.
	ResetByViolation bool     `json:"reset_by_violation,omitempty"`
	Of               []string `json:"of,omitempty"`
	From             *Instant `json:"from,omitempty"`
	Then             string   `json:"then,omitempty"`
}

// Variant is the clause under one contested reading or one bracketed draft.
type Variant struct {
	Name   string  `json:"name"`
	HeldBy string  `json:"held_by,omitempty"`
	Clause *Clause `json:"clause"`
}

// Time is a time expression. Exactly one form is used.
type Time struct {
	// Span: [From, To), either end may be missing; or From and For; all three may be
	// given and then disagree.
	From *Instant `json:"from,omitempty"`
	To   *Instant `json:"to,omitempty"`
	For  *Length  `json:"for,omitempty"`
	Open bool     `json:"open,omitempty"` // ".." stands at an end
	// Repeats.
	Daily  *[2]int `json:"daily,omitempty"`  // minutes after midnight; the end may be after 24:00
	Weekly []int   `json:"weekly,omitempty"` // 0 is Sunday
	At     int     `json:"at,omitempty"`     // minutes after midnight, for Weekly
	Every  *Length `json:"every,omitempty"`
	Times  int     `json:"times,omitempty"`
	During *Time   `json:"during,omitempty"`

	Any []*Time `json:"any,omitempty"`
}

// Instant is a moment on the clock or a named one, moved by lengths.
type Instant struct {
	Ref   string   `json:"ref,omitempty"`  // a moment, "signed" or "in_force"
	Wall  string   `json:"wall,omitempty"` // 2006-01-02T15:04:05
	Zone  string   `json:"zone,omitempty"` // IANA name or offset; empty: the agreement's
	Shift []Length `json:"shift,omitempty"`

	pos pos
}

// Length is elapsed time (Minutes) or civil time (Days, Months, in the agreement's zone).
type Length struct {
	Minutes int `json:"minutes,omitempty"`
	Days    int `json:"days,omitempty"`
	Months  int `json:"months,omitempty"`
}

type pos struct{ line, col int }

// With returns a copy of the agreement in which a clause is replaced by one of the same id.
func (a *Agreement) With(c *Clause) *Agreement {
	b := *a
	b.Clauses = nil
	for _, had := range a.Clauses {
		if had.ID == c.ID {
			had = c
		}
		b.Clauses = append(b.Clauses, had)
	}
	return &b
}
