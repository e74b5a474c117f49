package main

import (
	"cmp"
	"context"
	"io"
	"math"
	"path/filepath"
	"slices"
	"time"

	"truce/geo"
	"truce/match"
	"truce/words"
)

// baselines ranks the same incidents for the same events in three usual ways.
func baselines(w io.Writer, k *linkKey, data string) error {
	events, err := rawPlaces(filepath.Join(data, "ucdp-ged-syria/events.csv.gz"), "ged-", "id", "date_start", "where_coordinates")
	if err != nil {
		return err
	}
	others, err := rawPlaces(filepath.Join(data, "airwars-syria/incidents.csv.gz"), "airwars-", "airwars_id", "date", "place_en")
	if err != nil {
		return err
	}
	k.printRanks(w, "links.base.day-and-place", k.rankBy(events, others, byDayAndPlace))
	near := k.rankBy(events, others, byDistance)
	k.printRanks(w, "links.base.distance-within-a-day", near)
	in, all := k.among(near)
	share(w, "links.base.distance-within-a-day.candidates", in, all)
	return k.fellegiSunter(w)
}

// measureOf says how far two rows lie apart; false: not a candidate. Less is nearer.
type measureOf func(g, a *place) (float64, bool)

// place is a row's first day, point and name, as the table has them.
type place struct {
	id       string
	day      time.Time
	lat, lon float64
	located  bool
	name     words.Name
}

// rawPlaces reads the columns of a table, without a mapping.
func rawPlaces(file, prefix, id, day, name string) ([]place, error) {
	rows, err := table(file)
	if err != nil {
		return nil, err
	}
	var out []place
	for _, r := range rows {
		p := place{id: prefix + r[id], name: words.NameOf(r[name])}
		if p.day, err = time.Parse(time.DateOnly, r[day]); err != nil {
			return nil, err
		}
		p.lat, p.lon, err = geo.ParseLatLon(r["latitude"], r["longitude"]) // one row has a longitude of 4239
		p.located = err == nil
		out = append(out, p)
	}
	return out, nil
}

// days between two first days.
func (p *place) days(q *place) float64 { return math.Abs(p.day.Sub(q.day).Hours() / 24) }

// byDayAndPlace: the same day, and the same name or within a kilometre; ties by identifier.
func byDayAndPlace(g, a *place) (float64, bool) {
	near := g.located && a.located && geo.Distance(g.lat, g.lon, a.lat, a.lon) <= 1000
	return 0, g.days(a) == 0 && (near || g.name.Like(a.name) > 0.92)
}

// byDistance: within a day and 10 km, the same day first, then the nearest.
func byDistance(g, a *place) (float64, bool) {
	if !g.located || !a.located || g.days(a) > 1 {
		return 0, false
	}
	d := geo.Distance(g.lat, g.lon, a.lat, a.lon)
	return g.days(a)*1e6 + d, d <= 10000
}

// rankBy ranks by a measure; ties stand as in the table.
func (k *linkKey) rankBy(events, others []place, measure measureOf) []ranking {
	var out []ranking
	for i := range events {
		if k.same[events[i].id] == nil {
			continue
		}
		type near struct {
			id string
			by float64
		}
		var list []near
		for n := range others {
			if by, ok := measure(&events[i], &others[n]); ok {
				list = append(list, near{others[n].id, by})
			}
		}
		slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.by, b.by) })
		r := ranking{event: events[i].id}
		for _, n := range list {
			r.ids = append(r.ids, n.id)
		}
		out = append(out, r)
	}
	return out
}

// among counts the pairs of the key that a measure has among its candidates.
func (k *linkKey) among(ranked []ranking) (in, all int) {
	for _, r := range ranked {
		for a := range k.same[r.event] {
			if all++; slices.Contains(r.ids, a) {
				in++
			}
		}
	}
	return in, all
}

// agrees is the last level of a feature that a plain scorer calls agreement.
func agrees() map[match.Feature]match.Level {
	return map[match.Feature]match.Level{match.Time: match.SameDay, match.Place: match.Km8, match.PlaceName: match.LikeName,
		match.Act: match.WiderWord, match.By: match.TiedActor, match.Killed: match.Overlap}
}

// fellegiSunter is the standard scorer: each field agrees or not, weighed by the logarithm of how much more often it
// agrees in pairs that are the same, counted in the first part.
func (k *linkKey) fellegiSunter(w io.Writer) error {
	m, err := match.New(match.Known{Register: k.register}, match.Reasoned())
	if err != nil {
		return err
	}
	left, right := accounts(m, k.ged), accounts(m, k.airwars)
	pairs, err := m.Link(context.Background(), left, right, match.Work{})
	if err != nil {
		return err
	}
	left0 := map[[2]string]bool{}
	for _, p := range k.leave {
		left0[p] = true
	}
	type counts struct{ agree, said float64 }
	same, other := map[match.Feature]*counts{}, map[match.Feature]*counts{}
	for f := range agrees() {
		same[f], other[f] = &counts{1, 2}, &counts{1, 2}
	}
	for _, p := range pairs {
		g, a := left[p.A].Report, right[p.B].Report
		if k.same[g] == nil || !k.early(g) || left0[[2]string{g, a}] {
			continue
		}
		c := m.Compare(&left[p.A], &right[p.B])
		to := other
		if k.same[g][a] {
			to = same
		}
		for f, last := range agrees() {
			if l := c.Parts[f].Level; l > 0 {
				to[f].said++
				if l <= last {
					to[f].agree++
				}
			}
		}
	}
	k.ranks(w, "links.base.fellegi-sunter", left, right, pairs, func(p match.Pair) float64 {
		c := m.Compare(&left[p.A], &right[p.B])
		sum := 0.0
		for _, part := range c.Parts {
			last, used := agrees()[part.Feature]
			if !used || part.Level == 0 {
				continue
			}
			mu, u := same[part.Feature].agree/same[part.Feature].said, other[part.Feature].agree/other[part.Feature].said
			if part.Level > last {
				mu, u = 1-mu, 1-u
			}
			sum += math.Log(mu / u)
		}
		return sum
	})
	return nil
}
