// Command bench measures Truce's bulk check beside PostGIS and GeoPandas, on the same
// incidents and in one run. Answers are compared row by row first; a ratio without equal
// answers is void.
//
//	go run ./bench                       the usual run, about ten minutes on two cores
//	go run ./bench -write docs/bench.md  the same, and puts the tables into the page
//	go run ./bench -csv 1000000          only writes that many incidents to standard output
//	go run ./bench -ours 10000000        a larger file for the engine alone
//
// Peers are found by scripts/postgres.sh and scripts/geopandas.sh, which install them
// where they can and otherwise say why not.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"

	"truce/bench/world"
)

type flags struct {
	world    world.Config
	rows     int
	ours     int
	exact    int
	repeat   int
	peers    string
	postgres string
	write    string
	csv      int
	stream   string
	workers  int
}

func main() {
	var f flags
	flag.Uint64Var(&f.world.Seed, "seed", world.DefaultSeed, "the world's seed")
	flag.IntVar(&f.world.Vertices, "vertices", 1, "how many times finer borders are drawn: 1, 4 or 16")
	flag.IntVar(&f.world.Agreements, "agreements", 40, "number of agreements")
	flag.IntVar(&f.world.Terms, "terms", 10, "terms in an agreement")
	flag.IntVar(&f.rows, "rows", 100_000, "incidents for the comparison with peers")
	flag.IntVar(&f.ours, "ours", 1_000_000, "incidents for the engine alone")
	flag.IntVar(&f.exact, "exact", 500, "incidents for the engine that says why, as truce check does; less than 2 leaves it out")
	flag.IntVar(&f.repeat, "repeat", 2, "rounds; the least of each step counts")
	flag.StringVar(&f.peers, "peers", "postgis,geopandas", "peers to run")
	flag.StringVar(&f.postgres, "postgres", "", "connection string of a PostGIS to use instead of a throw-away one")
	flag.StringVar(&f.write, "write", "", "page to put the tables into")
	flag.IntVar(&f.csv, "csv", 0, "only write this many incidents as CSV")
	flag.StringVar(&f.stream, "stream", "", "only judge this file, and print nanoseconds and bytes")
	flag.IntVar(&f.workers, "workers", 2, "workers for -stream")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, f)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	switch {
	case f.csv > 0:
		return writeCSV(f.world, f.csv, os.Stdout)
	case f.stream != "":
		return judgeFile(f.world, f.stream, f.workers, os.Stdout)
	}
	var r report
	if err := measurePeers(ctx, f, &r); err != nil {
		return err
	}
	if err := measureOurs(f, &r); err != nil {
		return err
	}
	if err := measureExact(f, &r); err != nil {
		return err
	}
	text := r.markdown()
	fmt.Print(text)
	if f.write != "" {
		return insert(f.write, text)
	}
	return nil
}

func writeCSV(c world.Config, n int, to io.Writer) error {
	w, err := world.New(c)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 1<<20)
	if err := w.WriteCSV(out, n, 2); err != nil {
		return err
	}
	return out.Flush()
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: %s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// measurePeers compares answers and speeds with each peer, in turn with ours.
func measurePeers(ctx context.Context, f flags, r *report) error {
	progress("making the world and %d incidents", f.rows)
	j, err := newJob(f.world, f.rows)
	if err != nil {
		return err
	}
	r.world, r.rows, r.prepare = j.World, f.rows, j.prepare
	if err := j.sameColumns(); err != nil {
		return err
	}
	r.ours, err = j.answers(2)
	if err != nil {
		return err
	}
	var peers []peer
	if strings.Contains(f.peers, "postgis") {
		peers = append(peers, r.startPostgis(ctx, f, j)...)
	}
	if strings.Contains(f.peers, "geopandas") {
		peers = append(peers, r.startGeopandas(j)...)
	}
	defer func() {
		for _, p := range peers {
			p.close()
		}
	}()
	for round := range f.repeat {
		for _, p := range peers {
			progress("round %d: %s", round+1, p.name)
			if err := r.ownTurn(j); err != nil {
				return err
			}
			stages, found, peak, err := p.check()
			if err != nil {
				return err
			}
			r.add(p.name, stages, compare(j.World, r.ours, found), peak)
		}
	}
	return r.ownTurn(j)
}

// peer is a contender that can be run again and again.
type peer struct {
	name  string
	check func() (stages []stage, found answers, peak int64, err error)
	close func()
}

func (r *report) startPostgis(ctx context.Context, f flags, j *job) []peer {
	dsn, end := f.postgres, func() {}
	if dsn == "" {
		var err error
		if dsn, end, err = throwAway("scripts/postgres.sh"); err != nil {
			r.skip("PostGIS", err)
			return nil
		}
	}
	p, err := connect(ctx, dsn)
	if err == nil {
		err = p.prepare(ctx, j.World)
	}
	if err != nil {
		end()
		r.skip("PostGIS", err)
		return nil
	}
	form := func(exact bool) func() ([]stage, answers, int64, error) {
		return func() ([]stage, answers, int64, error) {
			load, err := p.load(ctx, j.csv, exact)
			if err != nil {
				return nil, nil, 0, err
			}
			stages, found, err := p.check(ctx, exact)
			return append(load, stages...), found, peakMemory(fmt.Sprint(p.pid)), err
		}
	}
	return []peer{
		{postgisBuffered, form(false), func() { p.conn.Close(ctx) }},
		{postgisExact, form(true), end},
	}
}

// throwAway starts a server script and returns the connection string it prints.
func throwAway(script string) (dsn string, end func(), err error) {
	cmd := exec.Command(script)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() { in.Close(); cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		end()
		return "", nil, fmt.Errorf("%s did not start a server", script)
	}
	return strings.TrimSpace(line), end, nil
}

func (r *report) startGeopandas(j *job) []peer {
	g, err := findGeopandas("scripts/geopandas.sh")
	if err == nil {
		err = g.prepare(j)
	}
	if err != nil {
		r.skip("GeoPandas", err)
		return nil
	}
	return []peer{{geopandasName, g.check, g.close}}
}

// measureOurs measures the engine alone: its steps, its growth, its memory.
func measureOurs(f flags, r *report) error {
	progress("the engine alone, %d incidents", f.ours)
	j, err := newJob(f.world, f.ours)
	if err != nil {
		return err
	}
	if r.large, err = measureAlone(j, 5); err != nil {
		return err
	}
	r.largeRows = f.ours
	first, err := newJob(f.world, f.rows)
	if err != nil {
		return err
	}
	for _, c := range []world.Config{
		{Agreements: 400}, {Terms: 40}, {Terms: 100}, {Vertices: 4}, {Vertices: 16},
	} {
		c.Seed = f.world.Seed
		progress("growth: %+v", c)
		g, err := newJob(c, f.rows)
		if err != nil {
			return err
		}
		var s, base stages
		for range 8 { // in turn, so that both suffer alike from other work
			if err := base.again(first); err != nil {
				return err
			}
			if err := s.again(g); err != nil {
				return err
			}
		}
		found, err := g.answers(2)
		if err != nil {
			return err
		}
		r.growth = append(r.growth, growth{g.World, g.rows, s, base, len(found)})
	}
	for _, rows := range []int{f.rows, f.ours} {
		for workers := 1; workers <= 2; workers++ {
			progress("a process of its own, %d incidents, %d workers", rows, workers)
			s, err := stream(f.world, rows, workers)
			if err != nil {
				return err
			}
			r.streams = append(r.streams, streamRun{rows, workers, s})
		}
	}
	return nil
}

// alone is what the engine's steps cost.
type alone struct {
	parse1, parse2, plain cost
	whole1, whole2        cost
	stages                stages
}

func measureAlone(j *job, times int) (a alone, err error) {
	for range times {
		for _, m := range []struct {
			into *cost
			f    func() error
		}{
			{&a.parse1, j.parse(1)}, {&a.whole1, j.whole(1)}, {&a.parse2, j.parse(2)}, {&a.whole2, j.whole(2)}, {&a.plain, j.parsePlain},
		} {
			c, err := measure(m.f)
			if err != nil {
				return a, err
			}
			*m.into = least(*m.into, c)
		}
	}
	a.stages, err = j.stages(times)
	return a, err
}
