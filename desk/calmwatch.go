package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"truce"
	"truce/access"
	"truce/calm"
	"truce/geo"
	"truce/store"
)

// watching is on which days a watch was kept, and on which one that held all that is asked.
type watching struct {
	somewhere []Watched
	covered   []calm.Cover
}

// watches reads which watches were kept, as far as a person may see them. A watch that did not
// hold the whole area says nothing of the rest; without an area it must hold the whole country.
func (r *Record) watches(ctx context.Context, who access.Person, s *Sight, area string) (watching, error) {
	v := r.view(who, access.List, s.AsOf)
	var all, held [][2]time.Time
	err := r.all(ctx, store.Query{AsOf: s.AsOf, Kind: "coverage"}, func(row truce.Row) error {
		g, err := v.grant("coverage", row.Label)
		if err != nil || g.Fields == nil {
			return err
		}
		var b struct {
			Valid struct{ From, To time.Time }
			Where truce.Place
		}
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return &truce.Error{Kind: truce.Internal, At: "coverage/" + row.ID, Msg: "the row is damaged", Err: err}
		}
		late := g.Fields["valid"] == access.Coarse && !b.Valid.To.After(r.now().Add(-access.Delay))
		if g.Fields["valid"] != access.Whole && !late || !b.Valid.From.Before(b.Valid.To) {
			return nil
		}
		span := [2]time.Time{b.Valid.From, b.Valid.To}
		if all = append(all, span); g.Fields["where"] != access.Withheld && s.Result.Mission.holds(b.Where, area) {
			held = append(held, span)
		}
		return nil
	})
	if err != nil {
		return watching{}, err
	}
	out := watching{somewhere: s.hours(all)}
	for _, w := range s.hours(held) {
		out.covered = append(out.covered, calm.Cover{Day: civil(w.Day), Hours: w.Hours})
	}
	return out, nil
}

// holds reports whether a place surely holds all of an area; or, without an area, a country.
func (m *Mission) holds(p truce.Place, area string) bool {
	if area == "" {
		a, ok := m.atlas.Area(p.Area)
		return p.Form == truce.FormArea && ok && a.Level == 0
	}
	ground, err := m.atlas.Extent([]truce.Place{{Form: truce.FormArea, Area: area}})
	if err != nil {
		return false
	}
	var zone *geo.Zone
	switch p.Form {
	case truce.FormArea:
		zone, err = m.atlas.AreaZone(p.Area)
	case truce.FormDisc:
		zone, err = geo.DiscZone("watch", p.Lat, p.Lon, p.Within)
	case truce.FormShape:
		zone, err = geo.PolygonZone("watch", p.Shape)
	default:
		return false
	}
	return err == nil && geo.Relate(ground, zone) == truce.Yes
}

// hours counts the hours of each reporting day that lie in some of the spans.
func (s *Sight) hours(spans [][2]time.Time) []Watched {
	slices.SortFunc(spans, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
	first, last := s.Result.Bounds()
	m := s.Result.Mission
	sum := map[string]time.Duration{}
	var end time.Time // of what is counted already
	for _, w := range spans {
		from := later(w[0], end)
		if !from.Before(w[1]) {
			continue
		}
		end = w[1]
		for _, d := range daysBetween(max(first, m.day(from)), min(last, m.day(w[1]))) {
			day, err := m.Span(d)
			if err != nil {
				continue
			}
			if a, b := later(from, day.From), earlier(w[1], day.To); a.Before(b) {
				sum[d] += b.Sub(a)
			}
		}
	}
	var out []Watched
	for _, d := range sortedWords(sum) {
		out = append(out, Watched{d, sum[d].Hours()})
	}
	return out
}
