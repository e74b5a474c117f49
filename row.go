package truce

import "time"

// Row is one line of today's state: what the entries about one thing add up to. It is
// never written by hand; folding the entries in their order makes it.
type Row struct {
	Kind string // "report", "element", "finding"
	ID   string // unique within the kind
	// Label is the handling mark in its canonical words; who may read the row turns on it.
	Label string
	// Body is canonical JSON (RFC 8785). Nil ends the row.
	Body []byte
	Box  *Box // where and when, for maps; nil: on no map
	// Text holds the words that a search may find.
	Text string
	// Sort orders rows of a kind; a time in RFC 3339 for what has one.
	Sort string
	// Parent is the identifier of what the row belongs to: an element's incident.
	Parent string
}

// Box is an extent in place and time: degrees on WGS 84, and the half-open [From, To).
type Box struct {
	West, South, East, North float64
	From, To                 time.Time
}
