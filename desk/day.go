package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/gowebpki/jcs"

	"truce"
	"truce/access"
)

// DayFormat is the version of the form of a day's report.
const DayFormat = 1

// DayReport is the mission's report for one reporting day. It is the same for everybody who
// may see the same, in whatever language, and whatever the pages look like: [DayReport.Bytes]
// is its one canonical form. It says what was reported and what follows for the agreements;
// who acted is not in it.
type DayReport struct {
	Format  int    `json:"format"` // [DayFormat]
	Mission string `json:"mission"`
	Title   string `json:"title"`
	// Reader is the mark for whose readers it was made: "CLEAR", "GREEN" or "AMBER"; empty
	// where it was made for one person.
	Reader string `json:"reader"`
	// Entries is how many entries are known in it, and Recorded when the last of them was.
	Entries  int64     `json:"entries"`
	Recorded time.Time `json:"recorded"`

	Span    DaySpan    `json:"span"`
	Figures DayFigures `json:"figures"`
	// Before is the reporting day before, for comparison; the two are never added up. It is
	// nil on the first day of the period.
	Before  *DayBefore  `json:"before"`
	Windows []DayWindow `json:"windows"`
	// Clocks are the calms as they stood at the end of the day; nil where the record is too large
	// to be looked at whole.
	Clocks []DayClock `json:"clocks"`
	// Open is what to find out, by how much it would settle. It is nil where the person may
	// not see what would settle a verdict.
	Open []DayOpen `json:"open"`
	Rows []DayRow  `json:"rows"`
	// Undated are elements of which nobody knows the day, or which their readers may not date
	// yet: they may be of this day, and are in none of its figures. It is nil where the record is
	// too large to be looked at whole.
	Undated *DayFigure `json:"undated"`
	// Access are the elements, of Rows, that are about access and aid.
	Access []string `json:"access"`
	// Watch is where and when somebody was able to watch. None is not "nobody watched": it
	// is not known.
	Watch []DayWatch `json:"watch"`
	// Corrections are entries that changed what the rows said first.
	Corrections []DayCorrection `json:"corrections"`
}

// DayBefore is a day for comparison.
type DayBefore struct {
	Span    DaySpan    `json:"span"`
	Figures DayFigures `json:"figures"`
}

// DayWindow is a stretch in which an agreement is in force. A zero To is open.
type DayWindow struct {
	Agreement string    `json:"agreement"`
	Title     string    `json:"title"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"`
}

// DayClock is a calm at the end of a day. Unit is "days" or "hours".
type DayClock struct {
	Agreement string `json:"agreement"`
	Clause    string `json:"clause"`
	Unit      string `json:"unit"`
	State     string `json:"state"`
	Least     int    `json:"least"`
	Most      int    `json:"most"`
	Goal      int    `json:"goal"`
}

// DayOpen is a kind of fact that would settle verdicts by itself.
type DayOpen struct {
	Fact     string   `json:"fact"`
	Verdicts int      `json:"verdicts"`
	IDs      []string `json:"ids"` // elements
}

// DayRow is one element of the day, as its readers may see it.
type DayRow struct {
	ID       string `json:"id"`
	Incident string `json:"incident,omitempty"`
	Entry    int64  `json:"entry"`
	Mark     string `json:"mark"`
	Title    string `json:"title,omitempty"`
	// Sure says that it surely was that day; otherwise it may have been.
	Sure bool `json:"sure"`
	// When are its possible times, in the mission's zone.
	When []truce.When `json:"when"`
	// Place is where it was, in words, and Geometry as GeoJSON, both as published. Empty is
	// anywhere.
	Place    string          `json:"place,omitempty"`
	Geometry json.RawMessage `json:"geometry,omitempty"`
	Acts     []string        `json:"act,omitempty"`
	Means    []string        `json:"means,omitempty"`
	Killed   *truce.Range    `json:"killed,omitempty"`
	Injured  *truce.Range    `json:"injured,omitempty"`
	Said     []truce.Said    `json:"said,omitempty"`
	Sources  []string        `json:"sources,omitempty"`
	// Withheld are the grades of fields that its readers may not see whole.
	Withheld []string     `json:"withheld,omitempty"`
	Doubted  bool         `json:"doubted,omitempty"`
	Conflict []string     `json:"conflict,omitempty"`
	Status   string       `json:"status,omitempty"`
	Verdicts []DayVerdict `json:"verdicts"`
}

// DayVerdict is a verdict that is a violation or undetermined.
type DayVerdict struct {
	Agreement string        `json:"agreement"`
	Clause    string        `json:"clause"`
	Outcome   truce.Outcome `json:"outcome"`
	Code      string        `json:"code"`
}

// DayWatch is a watch that was kept, cut to the day. Times that the reader may not see yet
// are zero.
type DayWatch struct {
	ID    string    `json:"id"`
	Place string    `json:"place,omitempty"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
}

// DayCorrection is an entry that changed something, with the elements it changed. Kind and
// Recorded are empty where the reader may not see the entry.
type DayCorrection struct {
	Entry    int64     `json:"entry"`
	Kind     string    `json:"kind,omitempty"`
	Recorded time.Time `json:"recorded,omitzero"`
	IDs      []string  `json:"ids"`
}

// Bytes returns the report in its canonical form: JSON by RFC 8785, UTF-8.
func (d *DayReport) Bytes() ([]byte, error) {
	text, err := json.Marshal(d)
	if err == nil {
		text, err = jcs.Transform(text)
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "day/" + d.Span.Day, Msg: "the report cannot be written", Err: err}
	}
	return text, nil
}

// Hash returns the SHA-256 of the canonical form, in hexadecimal digits.
func (d *DayReport) Hash() (string, error) {
	text, err := d.Bytes()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Day returns the report of a reporting day, written as 2016-04-10, as one person may see it
// as of a number of entries; 0 is all. A day that is not in the mission's period, or has not
// begun, is Absent. Of a large record it is made from what may have been on the day or the one
// before; a day that holds more than is looked at together is a Conflict.
func (r *Record) Day(ctx context.Context, who access.Person, day string, asOf int64) (*DayReport, error) {
	of, err := DayScope(day)
	if err != nil {
		return nil, err
	}
	s, err := r.SightOf(ctx, who, asOf, of)
	if err != nil {
		return nil, err
	}
	return r.reportOf(ctx, s, who, access.List, day, r.now())
}

// DayFile is Day for whoever takes the report out as a file: it holds only what the person
// may take out.
func (r *Record) DayFile(ctx context.Context, who access.Person, day string, asOf int64) (*DayReport, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return nil, err
	}
	of, err := DayScope(day)
	if err != nil {
		return nil, err
	}
	s, err := r.sightFor(ctx, who, access.Export, n, &of)
	if err != nil {
		return nil, err
	}
	if s.Part != nil && s.Part.Hidden {
		return nil, &truce.Error{Kind: truce.Conflict, At: "day/" + day, Msg: "the record is too large to make this file of what you may see: some of it you may not look for by its day", Hint: "the page of the day"}
	}
	return r.reportOf(ctx, s, who, access.Export, day, r.now())
}

// DayScope is what a day's report is made from: the day and the one before.
func DayScope(day string) (Scope, error) {
	if _, err := ParseDay(day); err != nil {
		return Scope{}, err
	}
	return Scope{Days: []Days{{dayBefore(day), day}}}, nil
}

// reportOf makes a report from what a person may see in doing something.
func (r *Record) reportOf(ctx context.Context, s *Sight, who access.Person, do access.Action, day string, now time.Time) (*DayReport, error) {
	if s.Result == nil {
		if _, err := ParseDay(day); err != nil {
			return nil, err
		}
		return nil, absent("day", day)
	}
	span, err := s.Result.span(day, now)
	if err != nil {
		return nil, err
	}
	if s.Part != nil && s.Part.Cut {
		return nil, &truce.Error{Kind: truce.Conflict, At: "day/" + day, Msg: "this day holds more elements than are looked at together", Hint: "look at some of them: by an area, by words"}
	}
	w := &dayWork{Sight: s, record: r, view: r.view(who, do, s.AsOf), span: span}
	return w.report(ctx)
}
