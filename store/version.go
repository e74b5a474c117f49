package store

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"truce"
)

// forever is the end of a version that still holds.
const forever = math.MaxInt64

// Bounds of what a row is found by, in bytes. PostgreSQL's indexes take no more.
const (
	maxKind  = 64
	maxID    = 256
	maxLabel = 1024
)

// rowKey names a row.
type rowKey struct{ kind, id string }

// version is a row as it stood from one entry to another.
type version struct {
	id       int64
	from, to int64
	row      truce.Row
}

// versionColumns are the columns of a version as args and scanVersion have them.
const versionColumns = "id, kind, rid, from_n, to_n, label, body, west, south, east, north, since, till, text, sort, parent"

// args returns the values of the columns.
func (v *version) args() []any {
	r := &v.row
	out := make([]any, 0, 16)
	out = append(out, v.id, r.Kind, r.ID, v.from, v.to, r.Label)
	if r.Body == nil {
		out = append(out, nil)
	} else {
		out = append(out, r.Body)
	}
	if r.Box == nil {
		out = append(out, nil, nil, nil, nil, nil, nil)
	} else {
		since, till := span(r.Box)
		out = append(out, r.Box.West, r.Box.South, r.Box.East, r.Box.North, since, till)
	}
	return append(out, r.Text, r.Sort, r.Parent)
}

// scanVersion reads the columns.
func scanVersion(r *rows) (version, error) {
	var v version
	var west, south, east, north *float64
	var since, till *int64
	err := r.scan(&v.id, &v.row.Kind, &v.row.ID, &v.from, &v.to, &v.row.Label, &v.row.Body, &west, &south, &east, &north, &since, &till, &v.row.Text, &v.row.Sort, &v.row.Parent)
	if err == nil && west != nil {
		v.row.Box = &truce.Box{West: *west, South: *south, East: *east, North: *north, From: moment(*since), To: moment(*till)}
	}
	return v, err
}

// span is a box's time as it is stored: a bound that is the zero time is none.
func span(b *truce.Box) (since, till int64) {
	since, till = math.MinInt64, math.MaxInt64
	if !b.From.IsZero() {
		since = b.From.UnixMilli()
	}
	if !b.To.IsZero() {
		till = b.To.UnixMilli()
	}
	return since, till
}

// moment is the way back.
func moment(ms int64) time.Time {
	if ms == math.MinInt64 || ms == math.MaxInt64 {
		return time.Time{}
	}
	return instant(ms)
}

// stored returns a row as it will be read again: words folded, times in whole milliseconds,
// the beginning rounded down and the end up. What cannot be stored is refused.
func stored(r truce.Row) (truce.Row, error) {
	if err := named(&r); err != nil {
		return r, err
	}
	if r.Body == nil { // the end: nothing else of it is kept but where it was listed
		return truce.Row{Kind: r.Kind, ID: r.ID, Label: r.Label, Sort: r.Sort, Parent: r.Parent}, nil
	}
	r.Text = Words(r.Text)
	if r.Box == nil {
		return r, nil
	}
	b := *r.Box
	if !b.From.IsZero() {
		b.From = instant(b.From.UnixMilli())
	}
	if !b.To.IsZero() {
		b.To = instant(b.To.Add(time.Millisecond - 1).UnixMilli())
	}
	r.Box = &b
	if err := boxError("Box", &b); err != nil {
		return r, fmt.Errorf("%s %s: %w", r.Kind, r.ID, err)
	}
	return r, nil
}

// named refuses a row that could not be found again.
func named(r *truce.Row) error {
	if r.Kind == "" || r.ID == "" {
		return invalid("row", "%q %q; expected a kind and an identifier", r.Kind, r.ID)
	}
	if r.Body != nil && len(r.Body) == 0 {
		return invalid("Body", "%s %s: it is empty; expected JSON, or nil for the end of the row", r.Kind, r.ID)
	}
	for _, f := range [...]struct {
		name, value string
		most        int
	}{{"Kind", r.Kind, maxKind}, {"ID", r.ID, maxID}, {"Label", r.Label, maxLabel}, {"Sort", r.Sort, maxID}, {"Parent", r.Parent, maxID}} {
		if err := plain(f.name, f.value, f.most); err != nil {
			return fmt.Errorf("row %.64q %.64q: %w", r.Kind, r.ID, err)
		}
	}
	return nil
}

// plain refuses text that one of the databases could not hold.
func plain(at, s string, most int) error {
	switch {
	case len(s) > most:
		return invalid(at, "%d bytes; expected at most %d", len(s), most)
	case !utf8.ValidString(s), strings.IndexByte(s, 0) >= 0:
		return invalid(at, "expected UTF-8 without zero bytes")
	}
	return nil
}

// boxError refuses an extent that is none.
func boxError(at string, b *truce.Box) error {
	in := func(x, most float64) bool { return x >= -most && x <= most } // not for NaN
	switch {
	case !in(b.West, 180), !in(b.East, 180), !in(b.South, 90), !in(b.North, 90):
		return invalid(at, "%v %v %v %v; expected degrees, longitudes in -180 to 180, latitudes in -90 to 90", b.West, b.South, b.East, b.North)
	case b.South > b.North:
		return invalid(at, "south %v is north of north %v", b.South, b.North)
	case !b.From.IsZero() && !b.To.IsZero() && b.To.Before(b.From):
		return invalid(at, "it ends at %s, before it begins at %s", b.To.Format(time.RFC3339), b.From.Format(time.RFC3339))
	case !b.From.IsZero() && (b.From.Year() < 1 || b.From.Year() > 9999), !b.To.IsZero() && (b.To.Year() < 1 || b.To.Year() > 9999):
		return invalid(at, "expected years 1 to 9999")
	}
	return nil
}

// same reports whether two stored rows are equal.
func same(a, b *truce.Row) bool {
	if a.Kind != b.Kind || a.ID != b.ID || a.Label != b.Label || a.Text != b.Text || a.Sort != b.Sort || a.Parent != b.Parent ||
		(a.Body == nil) != (b.Body == nil) || string(a.Body) != string(b.Body) || (a.Box == nil) != (b.Box == nil) {
		return false
	}
	if a.Box == nil {
		return true
	}
	x, y := *a.Box, *b.Box
	return x.West == y.West && x.South == y.South && x.East == y.East && x.North == y.North && x.From.Equal(y.From) && x.To.Equal(y.To)
}

// thin is how a version's extent stands in the spatial index: time is its third dimension,
// scaled so that a day weighs like a tenth of a degree.
func thin(b *truce.Box) (west, south, east, north, since, till float64) {
	west, east = b.West, b.East
	if west > east { // across the date line
		west, east = -180, 180
	}
	from, to := span(b)
	return west, b.South, east, b.North, scaled(from), scaled(to)
}

// millisPerUnit is how much time weighs like a degree.
const millisPerUnit = 864_000_000

func scaled(ms int64) float64 { return float64(ms) / millisPerUnit }

func (k rowKey) String() string { return fmt.Sprintf("%s %s", k.kind, k.id) }
