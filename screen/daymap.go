package screen

import (
	"encoding/json"
	"fmt"

	"truce"
	"truce/desk"
	"truce/export"
)

// DayMap is the map of a day: each place whole, as published, with how many of the day's
// elements lie in it.
type DayMap struct {
	*export.Sheet
	Spots      []DaySpot
	Labels     []export.Label
	Beyond     int
	Unplaced   int    // elements whose place is not known
	Kilometres string // that the scale bar stands for
}

// DaySpot is a place on it, with the first of the rows it leads to.
type DaySpot struct {
	export.Spot
	Anchor, Title, Class string
	Names                string
}

// Bottom is where the scale bar lies.
func (m *DayMap) Bottom() float64 { return m.Height - 14 }

// Above is where its words stand.
func (m *DayMap) Above() float64 { return m.Height - 20 }

// newDayMap draws the elements of a day; nil where none has a place.
func newDayMap(m *desk.Mission, incidents []DayIncident) (*DayMap, error) {
	var out DayMap
	var places []json.RawMessage
	var marks []export.Marks
	var first []DaySpot
	at := map[string]int{}
	for _, i := range incidents {
		for _, e := range i.Elements {
			if e.Geometry == nil {
				out.Unplaced++
				continue
			}
			k, had := at[string(e.Geometry)]
			if !had {
				k = len(places)
				at[string(e.Geometry)] = k
				places, marks, first = append(places, e.Geometry), append(marks, export.Marks{}), append(first, DaySpot{Anchor: e.Anchor, Names: e.Place})
			}
			switch gravest(e) {
			case truce.Violation:
				marks[k].Violation++
			case truce.Undetermined:
				marks[k].Undetermined++
			default:
				marks[k].Other++
			}
		}
	}
	if places == nil {
		return nil, nil
	}
	var err error
	if out.Sheet, err = export.NewSheet(m.Outline, m.Areas, places); err != nil {
		return nil, err
	}
	d := out.Draw(marks)
	out.Labels, out.Beyond, out.Kilometres = d.Labels, d.Beyond, fmt.Sprintf("%g", out.BarKm)
	for _, s := range d.Spots {
		spot := first[s.Place]
		spot.Spot, spot.Class = s, "n"
		switch {
		case s.Violation > 0:
			spot.Class = "v"
		case s.Undetermined > 0:
			spot.Class = "u"
		}
		out.Spots = append(out.Spots, spot)
	}
	return &out, nil
}

func gravest(e DayElement) truce.Outcome {
	worst := truce.NoViolation
	for _, v := range e.Verdicts {
		if v.Outcome == truce.Violation || worst == truce.NoViolation {
			worst = v.Outcome
		}
	}
	return worst
}
