// Package truce holds the nouns of a ceasefire mission: what was reported, what
// happened as far as anyone knows, and what a verdict says about it. It does no
// input or output and imports only the standard library.
//
// Three rules run through every type here:
//
//   - A fact is the set of values it may have. An empty list means that nobody
//     knows ("all values are possible"), never that there is none.
//   - A time is an instant or a half-open interval; a place is an extent on WGS 84;
//     a count has a low and a high.
//   - Nothing here says who is to blame. By lists who may have acted, as reported.
package truce

import (
	"fmt"
	"time"
)

// Tri is one of three values. The zero value is Unknown, so that a forgotten
// answer is never a firm one.
type Tri int8

// The three values.
const (
	No      Tri = -1
	Unknown Tri = 0
	Yes     Tri = 1
)

// Of returns Yes for true and No for false.
func Of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Not swaps Yes and No and leaves Unknown.
func (t Tri) Not() Tri { return -t }

// String returns "yes", "no" or "unknown".
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// When is a time: an instant, a moment somewhere in an interval, or a span through
// which something lasted.
type When struct {
	// From and To bound the half-open interval [From, To). From equal to To is the
	// instant itself.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Lasts says that the act went on from From to To. Otherwise it happened at one
	// unknown moment in the interval.
	Lasts bool `json:"lasts,omitempty"`
}

// Instant reports whether w is a single known moment.
func (w When) Instant() bool { return w.From.Equal(w.To) }

// Place is an extent: where something is known to have been, no finer than that.
// Exactly one form is used: Area, Disc (Lat, Lon, Within), Sector (with Bearings
// and Ranges), Shape, or none at all, which means that the place is unknown.
type Place struct {
	// Name is what the source called it; it never decides.
	Name string `json:"name,omitempty"`
	// Area is a code known to the mission's boundary files ("SY0309") or places file.
	// The extent is the whole area.
	Area string `json:"area,omitempty"`
	// Lat and Lon are WGS 84 degrees; Within is the radius in metres around them.
	// They are read only when Round or Sector is set.
	Lat    float64 `json:"lat,omitempty"`
	Lon    float64 `json:"lon,omitempty"`
	Within float64 `json:"within,omitempty"`
	// Form tells which of the fields hold: "" (unknown), "area", "disc", "sector", "shape".
	Form string `json:"form,omitempty"`
	// Bearing is the sector's [from, to] in degrees clockwise from north, seen from
	// Lat, Lon; Range is its [nearest, farthest] in metres.
	Bearing [2]float64 `json:"bearing,omitzero"`
	Range   [2]float64 `json:"range,omitzero"`
	// Shape is a GeoJSON geometry (Point, LineString, Polygon, MultiPolygon).
	Shape string `json:"shape,omitempty"`
}

// Forms of a Place.
const (
	FormUnknown = ""
	FormArea    = "area"
	FormDisc    = "disc"
	FormSector  = "sector"
	FormShape   = "shape"
)

// Range is a number known to lie between Low and High, both included.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Means is a kind of weapon or instrument, as fine as it is known. Kind is a node of
// the means tree ("artillery"); every kind below it is possible. Num holds measured
// properties ("calibre" in millimetres, "range" in metres); one that is missing is
// unknown.
type Means struct {
	Kind string           `json:"kind"`
	Num  map[string]Range `json:"num,omitempty"`
}

// Values is what one further fact of an element may be: any of a list of words
// ("immediate", "true"), or a number in a range. Both empty means unknown.
type Values struct {
	Words  []string `json:"words,omitempty"`
	Number *Range   `json:"number,omitempty"`
}

// Count is a number of people with its author: Low and High as that author gives them.
type Count struct {
	Range
	Author string `json:"author,omitempty"`
}

// Said records that a source stated a fact: "SOHR says place: west of the river".
type Said struct {
	Fact   string `json:"fact"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Element is one act inside an incident. Each field is the set of values the fact may
// have. An empty By means that nobody knows who acted; the candidates are then all
// actors of the register and any that it does not name.
type Element struct {
	// ID is unique in the record; an element of a report with several is "ID/2".
	ID       string `json:"id"`
	Incident string `json:"incident,omitempty"`
	// Title is a short line for people.
	Title string `json:"title,omitempty"`

	When  []When   `json:"when,omitempty"`
	Where []Place  `json:"where,omitempty"`
	Acts  []string `json:"act,omitempty"`
	// By and Against are candidates, as actor identifiers of the register. A name that
	// the register does not know stands as "?name".
	By      []string `json:"by,omitempty"`
	Against []string `json:"against,omitempty"`
	// Mutual says that By and Against fought and nobody says who attacked whom.
	Mutual  bool     `json:"mutual,omitempty"`
	Means   []Means  `json:"means,omitempty"`
	Control []string `json:"control,omitempty"` // who may hold the place; actor identifiers

	Killed  *Range `json:"killed,omitempty"`
	Injured *Range `json:"injured,omitempty"`
	// Number is how many of whatever the act counts: ships, flights, guards, trucks.
	Number *Range `json:"number,omitempty"`

	// Facts are the further facts that clauses may ask for: response, scale, notified.
	Facts map[string]Values `json:"facts,omitempty"`
	// Raised names exceptions that somebody claimed, such as "self-defence".
	Raised []string `json:"raised,omitempty"`
	// Conflict names the facts on which sources contradict each other.
	Conflict []string `json:"conflict,omitempty"`
	// Doubted says that it is not established that this happened at all.
	Doubted bool `json:"doubted,omitempty"`

	Said    []Said   `json:"said,omitempty"`
	Sources []string `json:"sources,omitempty"`
	// Status is "", "retracted" or "duplicate".
	Status string `json:"status,omitempty"`
}

// Report is one account from one source, as read, with where it was read. It is never
// edited.
type Report struct {
	ID     string `json:"id"`
	Source string `json:"source,omitempty"`
	// At is where the report stands: file and line.
	At       string    `json:"at,omitempty"`
	Text     string    `json:"text,omitempty"`
	Elements []Element `json:"elements"`
}

// Outcome is what the engine says of one clause and one element.
type Outcome string

// The three outcomes.
const (
	Violation    Outcome = "violation"
	NoViolation  Outcome = "no violation"
	Undetermined Outcome = "undetermined"
)

// Verdict is the engine's answer for one clause of one version of an agreement on one
// version of an element. It never attributes: Could lists the actors among the
// candidates whose act it would have broken the clause.
type Verdict struct {
	Agreement string  `json:"agreement"`
	Version   string  `json:"version"` // of the agreement
	Clause    string  `json:"clause"`
	Cite      string  `json:"cite,omitempty"`
	Element   string  `json:"element"`
	State     string  `json:"state"` // hash of the element and of all that was consulted
	Outcome   Outcome `json:"outcome"`
	// Code is the reason code; Codes holds all that apply, Code first.
	Code  string   `json:"code"`
	Codes []string `json:"codes"`
	// Steps are the conditions in the order of the clause, in plain words.
	Steps []Step `json:"steps,omitempty"`
	// Rests names the facts that the verdict rests on. Any other fact may be changed
	// without changing the verdict.
	Rests []string `json:"rests,omitempty"`
	// Settle is what would settle an undetermined verdict, smallest first.
	Settle []Settle `json:"settle,omitempty"`
	// Readings holds the outcome under each reading of a contested clause.
	Readings []Reading `json:"readings,omitempty"`
	// Parts splits a lasting act where the answer changes.
	Parts []Part   `json:"parts,omitempty"`
	Could []string `json:"could,omitempty"`
	Notes []string `json:"notes,omitempty"`
}

// Step is one condition of a clause with its answer and what the answer rests on.
type Step struct {
	Condition string   `json:"condition"`       // "the act is an attack"
	Answer    string   `json:"answer"`          // "yes", "no", "open"
	Because   string   `json:"because"`         // the fact in plain words
	Facts     []string `json:"facts,omitempty"` // names of the facts used
	Sources   []string `json:"sources,omitempty"`
}

// Settle is a set of facts and, for each value they may turn out to have, the outcome
// that follows. Always says that the set settles the matter whatever the values are.
type Settle struct {
	Facts    []string  `json:"facts"`
	Always   bool      `json:"always"`
	Outcomes []Settled `json:"outcomes"`
}

// Settled is one row of Settle: the values, one for each fact, and the outcome.
type Settled struct {
	Values  []string `json:"values"`
	Outcome Outcome  `json:"outcome"`
}

// Reading is the outcome under one reading of a clause, with whose reading it is.
type Reading struct {
	Name    string  `json:"name"`
	HeldBy  string  `json:"held_by,omitempty"`
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code"`
}

// Part is a stretch of a lasting act with one answer.
type Part struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Outcome Outcome   `json:"outcome"`
}

// Zone is the time zone of an IANA name. "Local" is none: it would tie a record to the machine
// that read it. The error is an Invalid [Error] at the given file or field.
func Zone(at, name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, &Error{Kind: Invalid, At: at, Msg: fmt.Sprintf("zone %.60q is not known", name), Hint: "an IANA time zone such as Asia/Damascus"}
	}
	return zone, nil
}
