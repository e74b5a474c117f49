package screen

import (
	"time"

	"truce/desk"
)

// Send is the public form, or the receipt of what was handed in.
type Send struct {
	Once  string
	Call  desk.Call
	Wrong map[string]string // names of words, by field
	// Receipt is the code, shown this once.
	Receipt string
	Number  int64
	Listed  bool // among the complaints that everybody may know of
	Zone    *time.Location
}

// Began is when the form was begun, as RFC 3339.
func (s *Send) Began() string { return s.Call.At.UTC().Format(time.RFC3339) }

// Clock is when the form was begun, in the mission's zone.
func (s *Send) Clock(f Frame) string {
	f.Zone = s.Zone
	return f.At(s.Call.At)
}

// Shares are how far a report may go.
func (s *Send) Shares() []string { return []string{"mission", "parties", "publish"} }

// Receipt is where a report stands, for whoever has its code.
type Receipt struct {
	Code     string
	Standing *desk.Standing
	Once     string
	Answered bool
	Wrong    bool   // the answer was nothing, or too much
	Words    string // of the answer, to be written again
	Unknown  bool   // no report has this code
	Zone     *time.Location
}

// Time is an instant in the mission's zone.
func (r *Receipt) Time(f Frame, t time.Time) string {
	f.Zone = r.Zone
	return f.At(t)
}

// Complaints is the public list of what came in.
type Complaints struct {
	List []desk.Complaint
	Next string
}
