package tiles

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// peer is PostGIS with the same things as points in the map's own coordinates, indexed by
// place and clustered by it, and by time.
func peer(b *testing.B, things []Thing) *pgx.Conn {
	url := os.Getenv("TRUCE_POSTGRES")
	if url == "" {
		cmd := exec.Command("../scripts/postgres.sh")
		in, err := cmd.StdinPipe()
		if err != nil {
			b.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { in.Close(); cmd.Wait() })
		line, err := bufio.NewReader(out).ReadString('\n')
		if err == io.EOF {
			b.Skip("skipped: no PostgreSQL with PostGIS (scripts/postgres.sh --install)")
		}
		url = strings.TrimSpace(line)
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close(ctx) })
	run := func(sql string) {
		if _, err := c.Exec(ctx, sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	run(`DROP TABLE IF EXISTS tile_peer, tile_load; CREATE UNLOGGED TABLE tile_load (x float8, y float8, r float8, t0 timestamptz, t1 timestamptz, class int, outcome int)`)
	const half = equator / 2
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"tile_load"}, []string{"x", "y", "r", "t0", "t1", "class", "outcome"}, pgx.CopyFromSlice(len(things), func(i int) ([]any, error) {
		t := things[i]
		return []any{(t.Where.anchor[0]*2 - 1) * half, (1 - t.Where.anchor[1]*2) * half, t.Where.radius * equator, t.From, t.To, int(t.Class), int(t.Outcome)}, nil
	})); err != nil {
		b.Fatal(err)
	}
	run(`CREATE UNLOGGED TABLE tile_peer AS SELECT ST_SetSRID(ST_MakePoint(x, y), 3857) AS geom, r, t0, t1, class, outcome FROM tile_load`)
	run(`CREATE INDEX tile_peer_geom ON tile_peer USING gist (geom); CLUSTER tile_peer USING tile_peer_geom; CREATE INDEX ON tile_peer (t0); ANALYZE tile_peer`)
	return c
}

// question gathers the points of a tile in 8 by 8 cells with what the overlay says of each,
// and makes a tile of them.
const question = `WITH b AS (SELECT ST_TileEnvelope($1, $2, $3) AS e),
 cells AS (SELECT ST_SetSRID(ST_MakePoint(avg(ST_X(p.geom)), avg(ST_Y(p.geom))), 3857) AS geom, count(*) AS n, count(*) FILTER (WHERE outcome = 0) AS v, count(*) FILTER (WHERE outcome = 1) AS u,
   count(*) FILTER (WHERE outcome = 2) AS c, count(*) FILTER (WHERE outcome = 3) AS o, max(r) AS reach
  FROM tile_peer p, b WHERE p.geom && b.e AND ST_X(p.geom) < ST_XMax(b.e) AND ST_Y(p.geom) > ST_YMin(b.e) AND t0 < $5 AND t1 > $4 AND class = ANY($6)
  GROUP BY floor((ST_X(p.geom) - ST_XMin(b.e)) / (ST_XMax(b.e) - ST_XMin(b.e)) * 8), floor((ST_YMax(b.e) - ST_Y(p.geom)) / (ST_YMax(b.e) - ST_YMin(b.e)) * 8))
 SELECT ST_AsMVT(t, 'counts'), (SELECT coalesce(sum(n), 0)::bigint FROM cells) FROM (SELECT ST_AsMVTGeom(geom, b.e, 4096, 0, false) AS geom, n, v, u, c, o, reach FROM cells, b) t`

// BenchmarkBesidePostGIS draws the same tiles of a million points with both, in turn, and
// prints the middle time of each and the number of things that each counted, which must agree.
func BenchmarkBesidePostGIS(b *testing.B) {
	if testing.Short() {
		b.Skip("skipped: short")
	}
	things := country(1e6, 1)
	for i := range things { // points, since those are what the peer has
		things[i].Where.radius = 0
	}
	l, c := NewLayer(things), peer(b, things)
	classes := []int{0, 1, 2, 3, 4}
	for _, q := range []struct {
		name     string
		from, to time.Time
	}{{"all", epoch.AddDate(-1, 0, 0), epoch.AddDate(2, 0, 0)}, {"a week", epoch.AddDate(0, 3, 0), epoch.AddDate(0, 3, 7)}} {
		f := Filter{Classes: everyClass(), From: q.from, To: q.to}
		for _, z := range []int{4, 6, 8, 10, 12} {
			b.Run(fmt.Sprintf("%s, zoom %d", q.name, z), func(b *testing.B) {
				var ours, theirs []float64
				for range 5 {
					rnd := rand.New(rand.NewPCG(uint64(len(ours)), uint64(z)))
					at := things[rnd.IntN(len(things))].Where.anchor
					x, y := int(at[0]*float64(int(1)<<z)), int(at[1]*float64(int(1)<<z))
					start := time.Now()
					mine, err := l.Tile(z, x, y, f)
					if err != nil {
						b.Fatal(err)
					}
					ours = append(ours, time.Since(start).Seconds()*1e3)
					var tile []byte
					var n int
					start = time.Now()
					if err := c.QueryRow(b.Context(), question, z, x, y, q.from, q.to, classes).Scan(&tile, &n); err != nil {
						b.Fatal(err)
					}
					theirs = append(theirs, time.Since(start).Seconds()*1e3)
					sum := 0
					for _, f := range decode(b, mine)["counts"] {
						sum += f.number("n")
					}
					if d := sum - n; max(d, -d) > 2 { // anchors are kept to 15 cm, and may lie on the other side of an edge
						b.Errorf("%d/%d/%d: we count %d, PostGIS %d", z, x, y, sum, n)
					}
				}
				slices.Sort(ours)
				slices.Sort(theirs)
				b.ReportMetric(ours[2], "ms/ours")
				b.ReportMetric(theirs[2], "ms/PostGIS")
				b.ReportMetric(theirs[2]/ours[2], "times")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
