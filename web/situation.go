package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"truce"
	"truce/desk"
	"truce/figures"
	"truce/screen"
	"truce/tiles"
)

// situations are the first page, the list of incidents and the map's tiles, with what is
// costly to make of a sight and so is kept.
type situations struct {
	*site
	base func() (*tiles.Base, error)

	boards *shelf[*screen.Board]
	layers *shelf[*tiles.Layer]
	views  *shelf[any]
}

// How many of each are kept.
const (
	boardsKept = 16
	layersKept = 32
	viewsKept  = 48
)

// situationRoutes are the first page and the list of incidents.
func (s *site) situationRoutes() {
	p := &situations{site: s, base: sync.OnceValues(tiles.OpenBase), boards: newShelf[*screen.Board](boardsKept), layers: newShelf[*tiles.Layer](layersKept), views: newShelf[any](viewsKept)}
	s.page("GET /{$}", false, p.situation)
	s.page("GET /incidents", false, p.incidents)
	s.page("GET /tiles/{z}/{x}/{y}", false, p.overlay)
	s.page("GET /base/{z}/{x}/{y}", false, p.ground)
	s.page("GET /areas.geojson", false, p.areas)
}

// situation is the first page: where things stand.
func (p *situations) situation(w http.ResponseWriter, r *http.Request) error {
	q, that, err := screen.ParseSituation(r.URL.Query())
	if err != nil {
		return err
	}
	sight, f, err := p.lookAt(r, "situation", scopeOf(q.Filter, that))
	if err != nil {
		return err
	}
	if q.Credit = tiles.Credit; sight.Result != nil {
		go func() { _, _ = p.base() }() // the map will ask for it soon
		q.Filter = within(q.Filter, sight.Part)
		b := p.board(sight)
		found, err := p.found(r.Context(), sight, b, q.Filter)
		if err != nil {
			return err
		}
		watch, err := p.watch(r.Context(), sight.AsOf)
		if err != nil {
			return err
		}
		key, err := json.Marshal([]any{q, that, watch})
		if err != nil {
			return err
		}
		f.View, err = p.view(sight, q.Filter, string(key), func() (any, error) { return screen.NewSituation(b, q, that, watch, found) })
		if err != nil {
			return err
		}
	}
	p.showAs(w, r, http.StatusOK, f)
	return nil
}

// incidents lists what the address selects.
func (p *situations) incidents(w http.ResponseWriter, r *http.Request) error {
	q, err := screen.ParseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	sight, f, err := p.lookAt(r, "incidents", scopeOf(q, figures.Stretch{}))
	if err != nil {
		return err
	}
	if sight.Result != nil {
		q = within(q, sight.Part)
		b := p.board(sight)
		found, err := p.found(r.Context(), sight, b, q)
		if err != nil {
			return err
		}
		made, err := p.view(sight, q, "list "+q.Query().Encode(), func() (any, error) { return screen.NewIncidentList(b, q, found) })
		if err != nil {
			return err
		}
		view := made.(screen.IncidentList)
		view.State = strconv.FormatInt(sight.AsOf, 10)
		f.View = view
	}
	p.showAs(w, r, http.StatusOK, f)
	return nil
}

// board is what was made of a sight, or is made now.
func (p *situations) board(sight *desk.Sight) *screen.Board {
	b, _ := p.boards.get(sight.Result, "", func() (*screen.Board, error) { return screen.NewBoard(sight), nil }) // it cannot fail
	return b
}

// view is what a page says of a sight. What words find depends on who asks, and is made anew.
func (p *situations) view(sight *desk.Sight, f screen.Filter, key string, make func() (any, error)) (any, error) {
	if f.Q != "" {
		return make()
	}
	return p.views.get(sight.Result, key, make)
}

// found looks for what a board cannot find by itself.
func (p *situations) found(ctx context.Context, sight *desk.Sight, b *screen.Board, f screen.Filter) (screen.Found, error) {
	var out screen.Found
	var err error
	switch {
	case f.Q == "":
	case sight.Part != nil:
		out.Reports = sight.Part.Found
	default:
		if out.Reports, err = p.reports(ctx, sight.AsOf, f.Q); err != nil {
			return out, err
		}
	}
	if f.At != "" && !strings.HasPrefix(f.At, "e") {
		at := f.At
		f.At, f.After = "", ""
		layer, err := p.layer(sight, b, f, out)
		if err != nil {
			return out, err
		}
		out.At, _ = layer.Things(at, seenAll())
	}
	return out, nil
}

// reports finds those whose text holds words, as far as the person may search them.
func (p *situations) reports(ctx context.Context, asOf int64, words string) (map[string]bool, error) {
	out := map[string]bool{}
	err := p.everyRow(ctx, desk.Question{Kind: "report", AsOf: asOf, Text: words}, func(row desk.Seen) error {
		out[row.ID] = true
		return nil
	})
	return out, err
}

// watch is what was logged of who was there to see.
func (p *situations) watch(ctx context.Context, asOf int64) ([]screen.Watch, error) {
	var out []screen.Watch
	err := p.everyRow(ctx, desk.Question{Kind: "coverage", AsOf: asOf}, func(row desk.Seen) error {
		var body struct{ Valid truce.When }
		if json.Unmarshal(row.Body, &body) == nil && !body.Valid.From.IsZero() {
			out = append(out, screen.Watch{From: body.Valid.From, To: body.Valid.To})
		}
		return nil
	})
	return out, err
}

// everyRow reads a list page by page.
func (p *situations) everyRow(ctx context.Context, q desk.Question, do func(desk.Seen) error) error {
	for q.Limit = desk.MaxLimit; ; {
		page, err := p.Record.Rows(ctx, of(ctx).who, q)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if err := do(row); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// seenAll is the tiles' filter that lets everything through: a layer holds only what is
// selected.
func seenAll() tiles.Filter {
	var f tiles.Filter
	f.Classes.Add(0)
	return f
}

// layer is what a filter selects as map tiles, made once.
func (p *situations) layer(sight *desk.Sight, b *screen.Board, f screen.Filter, found screen.Found) (*tiles.Layer, error) {
	f.After, f.Oldest = "", false
	lay := func() (*tiles.Layer, error) {
		s, err := b.Select(f, found)
		if err != nil {
			return nil, err
		}
		things, err := thingsOf(sight, b, s)
		return tiles.NewLayer(things), err
	}
	if f.Q != "" { // what words find depends on who asks
		return lay()
	}
	return p.layers.get(sight.Result, f.Query().Encode(), lay)
}

// thingsOf are the selected elements with the ground on which each may have been, as published.
func thingsOf(sight *desk.Sight, b *screen.Board, s screen.Selection) ([]tiles.Thing, error) {
	outcomes := map[figures.Class]tiles.Outcome{figures.Violation: tiles.Violation, figures.Undetermined: tiles.Undetermined, figures.NoViolation: tiles.NoViolation}
	where := map[string]tiles.Where{}
	var out []tiles.Thing
	var failed error
	s.Placed(b, func(at int, class figures.Class) {
		x := sight.About[at].Extent
		ground, had := where[x.Key()]
		if !had {
			var err error
			if ground, _, err = tiles.Shape(x); err != nil {
				failed = err
			}
			where[x.Key()] = ground
		}
		outcome, judged := outcomes[class]
		if !judged {
			outcome = tiles.Unjudged
		}
		out = append(out, tiles.Thing{ID: sight.Result.Elements[at].ID, Where: ground, Outcome: outcome})
	})
	return out, failed
}

// tileAt reads the address of a tile.
func tileAt(r *http.Request) (z, x, y int, err error) {
	for name, to := range map[string]*int{"z": &z, "x": &x, "y": &y} {
		if *to, err = strconv.Atoi(r.PathValue(name)); err != nil {
			return 0, 0, 0, nothingHere()
		}
	}
	return z, x, y, nil
}

const tileType = "application/vnd.mapbox-vector-tile"

// filtered is what whoever asks may see, and the filter that the address names. Without a
// mission there is nothing to draw.
func (p *situations) filtered(r *http.Request) (*desk.Sight, screen.Filter, error) {
	f, err := screen.ParseFilter(r.URL.Query())
	if err != nil {
		return nil, f, err
	}
	sight, _, err := p.lookAt(r, "", scopeOf(f, figures.Stretch{}))
	if err != nil {
		return nil, f, err
	}
	if sight.Result == nil {
		return nil, f, nothingHere()
	}
	return sight, within(f, sight.Part), nil
}

// overlay is a tile of what a filter selects.
func (p *situations) overlay(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := p.filtered(r)
	if err != nil {
		return err
	}
	z, x, y, err := tileAt(r)
	if err != nil {
		return err
	}
	b := p.board(sight)
	found, err := p.found(r.Context(), sight, b, f)
	if err != nil {
		return err
	}
	layer, err := p.layer(sight, b, f, found)
	if err != nil {
		return err
	}
	tile, err := layer.Tile(z, x, y, seenAll())
	return sendBytes(w, r, tileType, "private, max-age=0, must-revalidate", tile, err)
}

// ground is a tile of the base map, the same for all.
func (p *situations) ground(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := tileAt(r)
	if err != nil {
		return err
	}
	base, err := p.base()
	if err != nil {
		return err
	}
	tile, err := base.Tile(z, x, y)
	return sendBytes(w, r, tileType, "private, max-age=86400", tile, err)
}

// areas is the ground that clauses in force speak of.
func (p *situations) areas(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := p.filtered(r)
	if err != nil {
		return err
	}
	text, err := p.board(sight).Areas(f.Stretch())
	return sendBytes(w, r, "application/geo+json", "private, max-age=0, must-revalidate", text, err)
}

// sendBytes answers with bytes of a type, unless making them failed.
func sendBytes(w http.ResponseWriter, r *http.Request, kind, cache string, body []byte, err error) error {
	if err == nil {
		w.Header().Set("Cache-Control", cache)
		send(w, r, http.StatusOK, kind, body)
	}
	return err
}
