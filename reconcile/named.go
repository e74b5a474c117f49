package reconcile

import (
	"slices"
	"strings"
)

// NamedDay holds the places that a day's bulletin names against what it counts. A bulletin
// usually names fewer places than it counts; that is no slip.
type NamedDay struct {
	Date string `json:"date"`
	// Total is what the day counts, and Named how many cases are named.
	Total Count       `json:"total"`
	Named int         `json:"named"`
	Areas []NamedArea `json:"areas"`
	// Slips say where more is named than counted.
	Slips []Reason `json:"slips,omitempty"`
}

// NamedArea is one area of a NamedDay.
type NamedArea struct {
	Area   string `json:"area"`
	Counts Count  `json:"counts"`
	Named  int    `json:"named"`
	// Places are the names, as written, in the order of the file.
	Places []string `json:"places"`
	// Means are, for each of Places, the name under which a gazetteer has it; empty where none
	// does, nil where none was asked.
	Means []string `json:"means,omitempty"`
}

// CompareNamed holds places against the days of one author that name any. A day that the
// ledger does not have has no total.
func CompareNamed(days []Day, named []Named) []NamedDay {
	var out []NamedDay
	at := map[string]int{}
	for _, n := range named {
		i, ok := at[n.Date]
		if !ok {
			i = len(out)
			at[n.Date] = i
			out = append(out, NamedDay{Date: n.Date})
		}
		out[i].take(n)
	}
	for i := range out {
		out[i].hold(find(days, out[i].Date))
	}
	slices.SortFunc(out, func(a, b NamedDay) int { return strings.Compare(a.Date, b.Date) })
	return out
}

// Resolve looks the places up.
func (d *NamedDay) Resolve(g *Gazetteer) {
	for i := range d.Areas {
		a := &d.Areas[i]
		a.Means = make([]string, len(a.Places))
		for k, name := range a.Places {
			if found := g.Find(name, a.Area); len(found) > 0 {
				a.Means[k] = found[0].As
			}
		}
	}
}

func (d *NamedDay) take(n Named) {
	d.Named += n.Times
	i := slices.IndexFunc(d.Areas, func(a NamedArea) bool { return areaName(a.Area) == areaName(n.Area) })
	if i < 0 {
		i = len(d.Areas)
		d.Areas = append(d.Areas, NamedArea{Area: n.Area})
	}
	d.Areas[i].Named += n.Times
	d.Areas[i].Places = append(d.Areas[i].Places, n.Place)
}

// hold compares with the day's row, if there is one.
func (d *NamedDay) hold(day *Day) {
	if day == nil {
		return
	}
	d.Total = day.Total
	for i := range d.Areas {
		a := &d.Areas[i]
		for _, p := range day.Parts {
			if areaName(p.Area) == areaName(a.Area) {
				a.Counts = p.N
			}
		}
		if a.Counts.Stated && a.Named > a.Counts.N {
			d.Slips = append(d.Slips, because("slip.named", a.Named, a.Area, a.Counts.N))
		}
	}
	if d.Total.Stated && d.Named > d.Total.N {
		d.Slips = append(d.Slips, because("slip.named-total", d.Named, d.Total.N))
	}
}

// areaName is an area's name as a header writes it.
func areaName(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), " "))
}
