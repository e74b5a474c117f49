// Package export writes what a check found: verdicts as CSV and JSON lines, acts as
// GeoJSON, and one self-contained HTML page that opens offline from a file.
//
// Most callers need two functions: Page for people and CSV for programs. All days are
// civil days of the mission's zone, written 2016-09-12. All positions are WGS 84
// longitude and latitude, exactly as coarse as the caller made them: export never makes
// a place finer, and never says who is to blame. The same input gives the same bytes.
package export

import (
	"encoding/json"

	"truce"
)

// Check is all that the page and the GeoJSON file show. Lists are drawn in the order
// given, acts by day.
type Check struct {
	Mission string // identifier
	Title   string
	Zone    string // IANA zone of all days and wall times
	Made    string // what this was made from, such as hashes; no wall clock
	// Command lists every verdict, those too that a large page leaves out.
	// Empty means "truce check --json".
	Command string
	// From and To are the first and last civil day, both included.
	From, To string

	Agreements []Agreement
	Duties     []Duty
	Days       []Day
	Elements   []Row
	Windows    []Window
	Open       []FactCount // open facts by how many verdicts they would settle, most first
	Unmatched  []NameCount // names that no actor of the register matched

	// Outline and Areas are GeoJSON for the base map; the property "name" of an area labels it.
	Outline, Areas json.RawMessage

	SetAside int // rows that could not be read
	Rows     int // rows read
	Reports  int // distinct reports
	Limits   []string
	Sources  []string
}

// Agreement is one agreement with the counts of each of its clauses.
type Agreement struct {
	ID, Title, Version string
	InForce            string // in words or as a time expression
	Clauses            []Clause
}

// Clause is one duty with how many acts fell under each outcome.
type Clause struct {
	ID, Cite, Text, Kind                 string
	Violation, NoViolation, Undetermined int
	Codes                                []CodeCount // reason codes, most frequent first
	WantOf                               []FactCount // open facts, most frequent first
}

// CodeCount is how often a reason code was given.
type CodeCount struct {
	Code string
	N    int
}

// FactCount is how many verdicts stay open for want of a fact.
type FactCount struct {
	Fact string
	N    int
}

// NameCount is how often an unmatched name occurs.
type NameCount struct {
	Name string
	N    int
}

// Duty is a duty that lasts: something required, kept or counted as calm.
type Duty struct {
	Agreement, Clause, Kind, Text string
	State                         string // at the end of the period
	Steps                         []DutyStep
}

// DutyStep is a state from From up to, not including, To. The times are civil days or
// wall times ("2016-09-12 19:00"); an empty From or To is open-ended. The states "met",
// "kept", "complete", "confirmed" and "satisfied" are drawn hollow; "broken", "late",
// "missed", "failed", "not met" and "not kept" solid; "pending", "running", "waiting",
// "held", "paused" and "not in force" dotted; every other one, such as "unknown", hatched as open.
type DutyStep struct {
	From, To, State, Why string
}

// Day is one civil day.
type Day struct {
	Date     string
	Elements int
	Counts   []DayCount
	// KilledLow and KilledHigh add up what the record says, where it says anything;
	// KilledUnknown is the number of acts with no figure at all.
	KilledLow, KilledHigh int
	KilledUnknown         int
}

// DayCount is how many verdicts an agreement drew on a day.
type DayCount struct {
	Agreement                            string
	Violation, Undetermined, NoViolation int
}

// Row is one element with its verdicts. Verdicts of no violation are counted, not listed.
type Row struct {
	ID, Title string
	When      string // in words
	// First and Last are the civil days of the act, both included. If empty they are read
	// from the front of When where that is a date; otherwise the day is unknown.
	First, Last string
	Where       string
	Precision   string          // how fine the place is: "site", "near", "settlement", "district", ...
	Geometry    json.RawMessage // a GeoJSON geometry, already coarsened; nil for none
	Verdicts    []truce.Verdict
}

// Window is a stretch drawn behind the days of an agreement, from From up to, not
// including, To; an empty To is open-ended. An empty Agreement means all of them.
type Window struct {
	Agreement, Title, From, To string
}
