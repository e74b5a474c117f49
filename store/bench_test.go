package store_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"truce"
	"truce/ledger"
	"truce/store"
)

// rows is how many incidents the questions are asked of.
var rows = flag.Int("rows", 100_000, "incidents in the record that is asked")

// onBoth runs a benchmark on both databases.
func onBoth(b *testing.B, f func(b *testing.B, p place)) {
	b.Run("sqlite", func(b *testing.B) { f(b, onSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { f(b, onPostgres(b)) })
}

// incident is a report of about a hundred letters, in one country over four years.
func incident(rng *rand.Rand, i int) store.Draft {
	west, south := 35.5+7*rng.Float64(), 32.3+5*rng.Float64()
	at := noon.Add(time.Duration(rng.IntN(4*365*24*3600)) * time.Second)
	return received(said{ID: fmt.Sprintf("i%08d", i), Label: []string{"CLEAR", "GREEN", "AMBER"}[i%3], Sort: at.Format(time.RFC3339),
		Text: fmt.Sprintf("Shelling by mortars near village %d of district %d, %d killed and others injured, as the local council reported", rng.IntN(5000), rng.IntN(60), rng.IntN(9)),
		Box:  &truce.Box{West: west, East: west, South: south, North: south, From: at, To: at.Add(time.Hour)}})
}

func incidents(n int) []store.Draft {
	rng := rand.New(rand.NewPCG(1, 1))
	out := make([]store.Draft, n)
	for i := range out {
		out[i] = incident(rng, i)
	}
	return out
}

// BenchmarkIntakeOneByOne is one durable report at a time; p99 in milliseconds.
func BenchmarkIntakeOneByOne(b *testing.B) {
	onBoth(b, func(b *testing.B, p place) { intake(b, p, 1) })
}

// BenchmarkIntakeOf16 is sixteen writers at once.
func BenchmarkIntakeOf16(b *testing.B) {
	onBoth(b, func(b *testing.B, p place) { intake(b, p, 16) })
}

func intake(b *testing.B, p place, writers int) {
	db := p.open(b)
	add(b, db, received(said{ID: "first"}))
	drafts := incidents(b.N)
	var next atomic.Int64
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				start := time.Now()
				if _, err := db.Append(context.Background(), drafts[i]); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
	b.ReportMetric(float64(took[b.N*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkFlush is the floor of a durable write: a file that grows by a page and is synced.
func BenchmarkFlush(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "f"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flushes/s")
}

// BenchmarkBatch compares Append of ten thousand incidents with the bare driver's insert of
// the rows that it makes, into the same tables with the same indexes; share is the one's
// speed in parts of the other's.
func BenchmarkBatch(b *testing.B) {
	const n = 10_000
	onBoth(b, func(b *testing.B, p place) {
		drafts := incidents(n)
		p.fold = ready(drafts) // what a fold costs is not the store's
		var ours, bare time.Duration
		var oursCPU, bareCPU time.Duration
		for range b.N {
			from := p.sub(b)
			db := from.open(b)
			add(b, db, received(said{ID: "first"}))
			start, cpu := time.Now(), processor(b)
			add(b, db, drafts...)
			ours += time.Since(start)
			oursCPU += processor(b) - cpu
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
			to := p.sub(b)
			empty := to.open(b)
			add(b, empty, received(said{ID: "first"}))
			if err := empty.Close(); err != nil {
				b.Fatal(err)
			}
			if p.sqlite != "" {
				wall, cpu := bareSQLite(b, from.sqlite, to.sqlite)
				bare += wall
				bareCPU += cpu
			} else {
				bare += barePostgres(b, from.schema, to.schema)
			}
		}
		b.ReportMetric(float64(n*b.N)/ours.Seconds(), "rows/s")
		b.ReportMetric(float64(n*b.N)/bare.Seconds(), "bare-rows/s")
		b.ReportMetric(100*bare.Seconds()/ours.Seconds(), "share-%")
		if p.sqlite != "" {
			b.ReportMetric(float64(oursCPU.Microseconds())/float64(n*b.N), "cpu-us/row")
			b.ReportMetric(100*bareCPU.Seconds()/oursCPU.Seconds(), "cpu-share-%")
		}
		b.ReportMetric(0, "ns/op")
	})
}

// sub is another place of the same sort.
func (p place) sub(b *testing.B) place {
	to := place{}
	if p.sqlite != "" {
		to = onSQLite(b)
	} else {
		to = onPostgres(b)
	}
	to.fold = p.fold
	return to
}

// ready is a fold that knows beforehand what comes of the drafts, which are the entries from
// the third on, and looks up the row as any fold would.
func ready(drafts []store.Draft) store.Fold {
	rows := make([]truce.Row, len(drafts))
	for i := range drafts {
		out, err := fold(func(string, string) (truce.Row, bool, error) { return truce.Row{}, false, nil }, 0, &ledger.Entry{Kind: drafts[i].Kind, Fields: drafts[i].Fields})
		if err != nil {
			panic(err)
		}
		rows[i] = out[0]
	}
	return func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
		if n < 2 {
			return fold(old, n, e)
		}
		r := rows[(n-2)%int64(len(rows))]
		_, _, err := old(r.Kind, r.ID)
		return []truce.Row{r}, err
	}
}

// copied are the tables that a batch fills, with the columns in question.
var copied = []struct{ table, columns string }{
	{"entry", "n, at, kind, leaf, fields"},
	{"version", "id, kind, rid, from_n, to_n, label, body, west, south, east, north, since, till, text, sort, parent"},
	{"place", "id, west, east, south, north, since, till"},
	{"words", "rowid, text"},
}

// processor is the processor time that the process has used; the PostgreSQL server is another.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bareSQLite inserts the rows by prepared statements in one transaction.
func bareSQLite(b *testing.B, from, to string) (wall, cpu time.Duration) {
	const settings = "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=secure_delete(on)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-16000)&_pragma=cell_size_check(on)&_pragma=journal_size_limit(67108864)"
	ctx := context.Background()
	src, err := sql.Open("sqlite", from)
	check(b, err)
	defer src.Close()
	dst, err := sql.Open("sqlite", to+settings)
	check(b, err)
	defer dst.Close()
	dst.SetMaxOpenConns(1)
	data := map[string][][]any{}
	for _, c := range copied {
		where := " WHERE n > 1"
		if c.table != "entry" {
			where = " WHERE id > 1"
		}
		if c.table != "entry" {
			where += " ORDER BY id"
		}
		if c.table == "words" {
			data[c.table] = read(b, src, "SELECT id, text FROM version"+where)
			continue
		}
		data[c.table] = read(b, src, "SELECT "+c.columns+" FROM "+c.table+where)
	}
	start, used := time.Now(), processor(b)
	tx, err := dst.BeginTx(ctx, nil)
	check(b, err)
	for _, c := range copied {
		list := data[c.table]
		s, err := tx.Prepare("INSERT INTO " + c.table + " (" + c.columns + ") VALUES (" + marks(len(list[0])) + ")")
		check(b, err)
		for _, r := range list {
			_, err := s.Exec(r...)
			check(b, err)
		}
	}
	check(b, tx.Commit())
	return time.Since(start), processor(b) - used
}

func marks(n int) string {
	s := "?"
	for range n - 1 {
		s += ", ?"
	}
	return s
}

func read(b *testing.B, db *sql.DB, q string) [][]any {
	rows, err := db.Query(q)
	check(b, err)
	defer rows.Close()
	names, err := rows.Columns()
	check(b, err)
	var out [][]any
	for rows.Next() {
		r := make([]any, len(names))
		into := make([]any, len(names))
		for i := range r {
			into[i] = &r[i]
		}
		check(b, rows.Scan(into...))
		out = append(out, r)
	}
	check(b, rows.Err())
	return out
}

// barePostgres copies the rows in one transaction.
func barePostgres(b *testing.B, from, to string) time.Duration {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, postgres(b))
	check(b, err)
	defer c.Close(ctx)
	data := map[string][][]any{}
	for _, x := range copied[:2] {
		where := " WHERE n > 1"
		if x.table != "entry" {
			where = " WHERE id > 1"
		}
		rows, err := c.Query(ctx, "SELECT "+x.columns+" FROM "+from+"."+x.table+where)
		check(b, err)
		data[x.table], err = pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
		check(b, err)
	}
	start := time.Now()
	tx, err := c.Begin(ctx)
	check(b, err)
	for _, x := range copied[:2] {
		var names []string
		for _, n := range split(x.columns) {
			names = append(names, n)
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{to, x.table}, names, pgx.CopyFromRows(data[x.table]))
		check(b, err)
	}
	check(b, tx.Commit(ctx))
	return time.Since(start)
}

func split(s string) []string {
	var out []string
	word := ""
	for _, r := range s + "," {
		switch r {
		case ',':
			out, word = append(out, word), ""
		case ' ':
		default:
			word += string(r)
		}
	}
	return out
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkQuestions asks a record of -rows incidents: a box of twenty kilometres and a week,
// a list, a search, counts; and opens it.
func BenchmarkQuestions(b *testing.B) {
	onBoth(b, func(b *testing.B, p place) {
		db := p.open(b)
		start := time.Now()
		rng := rand.New(rand.NewPCG(1, 1))
		for i := 0; i < *rows; i += 10_000 {
			part := make([]store.Draft, min(10_000, *rows-i))
			for k := range part {
				part[k] = incident(rng, i+k)
			}
			add(b, db, part...)
		}
		b.Logf("%d incidents made and appended in %v, %.0f/s", *rows, time.Since(start), float64(*rows)/time.Since(start).Seconds())
		size := int64(0)
		if p.sqlite != "" {
			check(b, db.Close())
			info, err := os.Stat(p.sqlite)
			check(b, err)
			size = info.Size()
		} else {
			admin(b, "ANALYZE")
			c, err := pgx.Connect(b.Context(), postgres(b))
			check(b, err)
			defer c.Close(context.Background())
			check(b, c.QueryRow(b.Context(), "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE relkind = 'r' AND relnamespace = $1::regnamespace", p.schema).Scan(&size))
			check(b, db.Close())
		}
		b.Logf("%.0f bytes an incident", float64(size)/float64(*rows))
		start = time.Now()
		db = p.open(b)
		_, err := db.List(b.Context(), store.Query{Kind: "report", AnyLabel: true})
		check(b, err)
		b.Logf("open and first answer: %v", time.Since(start))
		labels := []string{"CLEAR", "AMBER"}
		ask(b, "box and week", db, func(rng *rand.Rand) store.Query {
			q := store.Query{Kind: "report", Labels: labels, Limit: 1000}
			west, south, at := 35.5+7*rng.Float64(), 32.3+5*rng.Float64(), noon.Add(time.Duration(rng.IntN(4*365*24))*time.Hour)
			q.Box = &truce.Box{West: west, East: west + 0.2, South: south, North: south + 0.2, From: at, To: at.Add(7 * 24 * time.Hour)}
			return q
		})
		ask(b, "box of 1 degree and month", db, func(rng *rand.Rand) store.Query {
			q := store.Query{Kind: "report", Labels: labels, Limit: 1000}
			west, south, at := 35.5+6*rng.Float64(), 32.3+4*rng.Float64(), noon.Add(time.Duration(rng.IntN(4*365*24))*time.Hour)
			q.Box = &truce.Box{West: west, East: west + 1, South: south, North: south + 1, From: at, To: at.Add(30 * 24 * time.Hour)}
			return q
		})
		ask(b, "newest 50", db, func(*rand.Rand) store.Query { return store.Query{Kind: "report", Labels: labels, Newest: true} })
		ask(b, "newest 50 of nobody", db, func(*rand.Rand) store.Query {
			return store.Query{Kind: "report", Labels: []string{"RED"}, Newest: true}
		})
		ask(b, "newest 50 as of half", db, func(*rand.Rand) store.Query {
			return store.Query{Kind: "report", Labels: labels, Newest: true, AsOf: int64(*rows / 2)}
		})
		ask(b, "words, newest 50", db, func(rng *rand.Rand) store.Query {
			return store.Query{Kind: "report", Labels: labels, Newest: true, Text: fmt.Sprintf("village %d", rng.IntN(5000))}
		})
		b.Run("get", func(b *testing.B) {
			for i := range b.N {
				_, err := db.Get(b.Context(), 0, "report", fmt.Sprintf("i%08d", i*7919%*rows))
				check(b, err)
			}
		})
		b.Run("count by label", func(b *testing.B) {
			for range b.N {
				_, err := db.Count(b.Context(), store.Query{Kind: "report", AnyLabel: true})
				check(b, err)
			}
		})
	})
}

func ask(b *testing.B, name string, db *store.DB, q func(rng *rand.Rand) store.Query) {
	b.Run(name, func(b *testing.B) {
		rng := rand.New(rand.NewPCG(5, 5))
		took := make([]time.Duration, b.N)
		hits := 0
		for i := range took {
			query := q(rng)
			start := time.Now()
			p, err := db.List(b.Context(), query)
			took[i] = time.Since(start)
			check(b, err)
			hits += len(p.Rows)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[b.N/2].Microseconds()), "p50-us")
		b.ReportMetric(float64(took[b.N*99/100].Microseconds()), "p99-us")
		b.ReportMetric(float64(hits)/float64(b.N), "rows")
	})
}
