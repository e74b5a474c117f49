package screen

import (
	"truce/desk"
	"truce/figures"
)

// Part says which part of a large record a page shows.
type Part struct {
	Days   figures.Stretch // empty where it was made by words or identifiers
	Before string          // the day before them
	Words  bool
	More   bool // there is more than is shown
	Hidden bool // what may not be looked for so is left out
}

// NewPart says what a sight holds; nil for the whole.
func NewPart(p *desk.Part) *Part {
	if p == nil {
		return nil
	}
	out := &Part{Days: figures.Stretch{From: p.From, To: p.To}, Words: p.Words, More: p.More, Hidden: p.Hidden}
	if p.ByDays() {
		out.Before = figures.Shift(p.From, -1)
	}
	return out
}
