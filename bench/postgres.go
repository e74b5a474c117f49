package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"truce/bench/world"
)

// postgis is the check done by PostgreSQL with PostGIS, in its tuned form: polygons cut
// into small parts, parties and zones as bit masks, parallel workers. Corridors come in
// two forms: as geographies with ST_DWithin, and as ready-made buffers with the exact test
// only in a narrow band around their edge. A corridor's line is straight in longitude and
// latitude; PostGIS takes the geodesic, and is given points every 0.002 degrees instead.
type postgis struct {
	conn   *pgx.Conn
	pid    int
	parent int
}

// stage is one step of a peer's work.
type stage struct {
	name string
	cost
}

func connect(ctx context.Context, dsn string) (*postgis, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	p := &postgis{conn: conn}
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&p.pid); err != nil {
		return nil, err
	}
	p.parent, _, _, err = procStat(p.pid)
	return p, err
}

// cpu is the processor time of the session and of all parallel workers that have ended.
func (p *postgis) cpu() time.Duration {
	_, own, _, _ := procStat(p.pid)
	_, _, workers, _ := procStat(p.parent)
	return own + workers
}

func (p *postgis) measure(name string, f func() error) (stage, error) {
	from, begin := p.cpu(), time.Now()
	err := f()
	if err != nil {
		err = fmt.Errorf("postgis, %s: %w", name, err)
	}
	return stage{name, cost{p.cpu() - from, time.Since(begin)}}, err
}

func (p *postgis) run(ctx context.Context, statements string) func() error {
	return func() error {
		_, err := p.conn.PgConn().Exec(ctx, statements).ReadAll()
		return err
	}
}

// prepare makes the tables of the world: zones, parties by actor and days, terms.
func (p *postgis) prepare(ctx context.Context, w *world.World) error {
	if err := p.run(ctx, worldTables)(); err != nil {
		return err
	}
	if err := p.copy(ctx, "zone", zoneRows(w)); err != nil {
		return err
	}
	if err := p.copy(ctx, "state", stateRows(w)); err != nil {
		return err
	}
	if err := p.copy(ctx, "term", termRows(w)); err != nil {
		return err
	}
	var means strings.Builder
	for i, m := range w.Means {
		fmt.Fprintf(&means, "%s\t%d\n", m, 1<<i)
	}
	if err := p.copy(ctx, "weapon", means.String()); err != nil {
		return err
	}
	return p.run(ctx, zoneParts)()
}

func (p *postgis) copy(ctx context.Context, table, rows string) error {
	_, err := p.conn.PgConn().CopyFrom(ctx, strings.NewReader(rows), "COPY "+table+" FROM STDIN")
	return err
}

// load reads the incidents, and indexes them for the exact form.
func (p *postgis) load(ctx context.Context, csv []byte, exact bool) ([]stage, error) {
	if err := p.run(ctx, rawTable)(); err != nil {
		return nil, err
	}
	read, err := p.measure("COPY", func() error {
		_, err := p.conn.PgConn().CopyFrom(ctx, bytes.NewReader(csv), "COPY raw FROM STDIN (FORMAT csv, HEADER)")
		return err
	})
	if err != nil {
		return nil, err
	}
	typed, err := p.measure("typed columns", p.run(ctx, typedTable))
	if err != nil || !exact {
		return []stage{read, typed}, err
	}
	index, err := p.measure("index", p.run(ctx, pointIndex))
	return []stage{read, typed, index}, err
}

// check judges the loaded incidents. exact takes the corridors as geographies throughout.
func (p *postgis) check(ctx context.Context, exact bool) ([]stage, answers, error) {
	zones := bufferedZones
	if exact {
		zones = exactZones
	}
	var stages []stage
	for _, s := range []struct{ name, sql string }{
		{"zones", zones}, {"facts and masks", factTable}, {"terms", findingTable},
	} {
		took, err := p.measure(s.name, p.run(ctx, s.sql))
		if err != nil {
			return nil, nil, err
		}
		stages = append(stages, took)
	}
	rows, err := p.conn.Query(ctx, "SELECT row, agreement, best FROM finding ORDER BY row, agreement")
	if err != nil {
		return nil, nil, err
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (world.Finding, error) {
		var row, agreement, best int32
		err := r.Scan(&row, &agreement, &best)
		return unpack(int(row), int(agreement), int(best)), err
	})
	return stages, found, err
}

// unpack reads the peers' key of a finding: open or not, term, open facts.
func unpack(row, agreement, best int) world.Finding {
	return world.Finding{Row: row, Agreement: agreement, Term: best >> 8 & (1<<20 - 1), Open: world.Facts(best & 255)}
}

func wkt(z world.Zone) string {
	line := z.Line
	if z.Ring != nil {
		line = append(z.Ring[:len(z.Ring):len(z.Ring)], z.Ring[0])
	}
	var b []byte
	for i, p := range line {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(p.Lon)/1e6, 'f', 6, 64)
		b = append(b, ' ')
		b = strconv.AppendFloat(b, float64(p.Lat)/1e6, 'f', 6, 64)
	}
	if z.Ring != nil {
		return "POLYGON((" + string(b) + "))"
	}
	return "LINESTRING(" + string(b) + ")"
}

func zoneRows(w *world.World) string {
	var b strings.Builder
	for k, z := range w.Zones {
		fmt.Fprintf(&b, "%d\t%g\tSRID=4326;%s\n", k, z.Metres, wkt(z))
	}
	return b.String()
}

// mask is a bit set over two columns of 64 bits.
type mask [2]int64

func (m *mask) add(k int) {
	if k != world.None {
		m[k/64] |= 1 << (k % 64)
	}
}

// state is the party memberships of one actor in a stretch of days.
type state struct {
	actor    int
	from, to world.Day
	parties  mask
}

func states(w *world.World) []state {
	days := make([]map[world.Day]bool, len(w.Actors))
	for i := range days {
		days[i] = map[world.Day]bool{-1 << 20: true, 1 << 20: true}
	}
	for _, party := range w.Parties {
		for _, m := range party {
			if m.Dated() {
				days[m.Actor][m.From], days[m.Actor][m.To] = true, true
			}
		}
	}
	var out []state
	for actor, d := range days {
		cuts := sortedDays(d)
		for i := 1; i < len(cuts); i++ {
			s := state{actor: actor, from: cuts[i-1], to: cuts[i]}
			for k, party := range w.Parties {
				for _, m := range party {
					if m.Actor == actor && m.From <= s.from && s.from < m.To {
						s.parties.add(k)
					}
				}
			}
			out = append(out, s)
		}
	}
	return out
}

func stateRows(w *world.World) string {
	var b strings.Builder
	for _, s := range states(w) {
		fmt.Fprintf(&b, "%s\t%d\t%d\t%d\t%d\n", w.Actors[s.actor], s.from, s.to, s.parties[0], s.parties[1])
	}
	return b.String()
}

func termRows(w *world.World) string {
	var b strings.Builder
	for g, a := range w.Agreements {
		for k, t := range a.Terms {
			var in, not, by, against, except mask
			for _, z := range t.Place {
				in.add(z)
			}
			not.add(t.Not)
			by.add(t.By)
			against.add(t.Against)
			except.add(t.Except)
			fmt.Fprintf(&b, "%d\t%d\t%d\t%d\t%t\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%t\t%d\t%d\t%d\t%d\n", g, k, t.From, t.To,
				t.Place != nil, in[0], in[1], not[0], not[1], by[0], by[1], except[0], except[1],
				t.Against != world.None, against[0], against[1], t.Means, t.Deaths)
		}
	}
	return b.String()
}
