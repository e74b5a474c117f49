package terms

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"truce"
	"truce/geo"
)

// Subject is an element made ready to be judged: its extent laid out, its version named.
// It can be used with any number of agreements that share the atlas.
type Subject struct {
	e       *truce.Element
	when    []truce.When
	extent  geo.Extent
	version string
	notes   []string
}

// NewSubject prepares an element. A place that the atlas cannot lay out is treated as
// unknown, with a note.
func NewSubject(atlas *geo.Atlas, e *truce.Element) *Subject {
	s := &Subject{e: e, when: e.When}
	if len(s.when) == 0 {
		s.when = []truce.When{{}}
	}
	if atlas == nil {
		atlas = geo.NewAtlas()
	}
	x, err := atlas.Extent(e.Where)
	if err != nil {
		x = geo.Extent{}
		s.notes = append(s.notes, "the place is treated as unknown: "+err.Error())
	}
	s.extent = x
	text, err := json.Marshal(e)
	if err == nil {
		s.version = digest(text)
	}
	return s
}

// Element returns what is judged.
func (s *Subject) Element() *truce.Element { return s.e }

// Notes say what could not be taken as the element states it.
func (s *Subject) Notes() []string { return slices.Clone(s.notes) }

// around is a moment within the element's time, for names.
func (s *Subject) around() time.Time { return s.when[0].From }

func itoa(n int) string     { return strconv.Itoa(n) }
func ftoa(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stretch writes a time for people, in the agreement's zone. Whole days are written as days.
func (j *Judge) stretch(from, to time.Time) string {
	zone := j.clock.zone
	point := func(t time.Time) string {
		t = t.In(zone)
		if t.Second() != 0 {
			return t.Format("2 Jan 2006 15:04:05")
		}
		return t.Format("2 Jan 2006 15:04")
	}
	switch {
	case from.IsZero() && to.IsZero():
		return "at a time nobody knows"
	case from.IsZero():
		return "before " + point(to)
	case to.IsZero():
		return "from " + point(from)
	case from.Equal(to):
		return point(from)
	}
	a, b := from.In(zone), to.In(zone)
	if a.Hour() == 0 && a.Minute() == 0 && b.Hour() == 0 && b.Minute() == 0 {
		last := b.AddDate(0, 0, -1)
		if last.Format(time.DateOnly) == a.Format(time.DateOnly) {
			return a.Format("2 Jan 2006")
		}
		return a.Format("2 Jan 2006") + " to " + last.Format("2 Jan 2006")
	}
	return point(from) + " to " + point(to)
}

// factOf gives the name of a fact in a verdict for its name in a record.
func (s *Subject) factOf(column string) string {
	switch column {
	case "by":
		if s.e.Mutual {
			return "one side"
		}
		return "actor"
	case "against":
		if s.e.Mutual {
			return "other side"
		}
		return "target"
	case "from", "to", "when":
		return "time"
	case "where", "area":
		return "place"
	}
	return column
}

// conflicting reports whether sources contradict each other on a fact.
func (s *Subject) conflicting(name string) bool {
	return slices.ContainsFunc(s.e.Conflict, func(c string) bool { return s.factOf(c) == name })
}

// sources lists who said something of a fact; with no such record, the element's own sources.
func (s *Subject) sources(names []string) []string {
	var out []string
	for _, x := range s.e.Said {
		if slices.Contains(names, s.factOf(x.Fact)) {
			out = append(out, x.Source+": "+x.Value)
		}
	}
	if out == nil {
		out = slices.Clone(s.e.Sources)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
