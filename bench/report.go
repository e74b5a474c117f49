package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"truce/bench/world"
)

const (
	postgisBuffered = "PostGIS, corridors as buffers, exact at their edge"
	postgisExact    = "PostGIS, corridors exact"
	geopandasName   = "GeoPandas"
	exactName       = "Truce, exact engine with reasons in words"
)

// report gathers what was measured.
type report struct {
	world   *world.World
	rows    int
	prepare cost
	ours    answers
	small   alone
	peers   []*peerResult
	skipped []string

	large     alone
	largeRows int
	growth    []growth
	streams   []streamRun
	exact     exactRun
}

type peerResult struct {
	name   string
	stages []stage
	peak   int64
	comparison
}

type growth struct {
	w      *world.World
	rows   int
	stages stages
	base   stages // of the first world, measured in turn
	found  int
}

type streamRun struct {
	rows, workers int
	streamed
}

func (r *report) skip(name string, err error) {
	progress("%s is left out: %v", name, err)
	r.skipped = append(r.skipped, fmt.Sprintf("%s is missing from this run: %v.", name, err))
}

// ownTurn measures our own steps once more and keeps the least.
func (r *report) ownTurn(j *job) error {
	a, err := measureAlone(j, 2)
	if err != nil {
		return err
	}
	s := &r.small
	for _, m := range []struct {
		into *cost
		c    cost
	}{
		{&s.parse1, a.parse1}, {&s.parse2, a.parse2}, {&s.plain, a.plain}, {&s.whole1, a.whole1}, {&s.whole2, a.whole2},
		{&s.stages.place, a.stages.place}, {&s.stages.classify, a.stages.classify}, {&s.stages.all, a.stages.all},
	} {
		*m.into = least(*m.into, m.c)
	}
	return nil
}

// add takes the results of one round of a peer: the least of each step counts, and the
// worst of the comparisons.
func (r *report) add(name string, stages []stage, c comparison, peak int64) {
	for _, p := range r.peers {
		if p.name != name {
			continue
		}
		for i := range stages {
			p.stages[i].cost = least(p.stages[i].cost, stages[i].cost)
		}
		if c.differ > p.differ {
			p.comparison = c
		}
		p.peak = max(p.peak, peak)
		return
	}
	r.peers = append(r.peers, &peerResult{name, stages, peak, c})
}

// split sums a peer's steps: loading the rows, and judging them.
func (p *peerResult) split() (load, check cost) {
	for _, s := range p.stages {
		switch s.name {
		case "COPY", "typed columns", "index", "read":
			load = load.plus(s.cost)
		default:
			check = check.plus(s.cost)
		}
	}
	return load, check
}

func (r *report) markdown() string {
	var b strings.Builder
	terms := r.world.Config.Terms
	fmt.Fprintf(&b, "Measured %s with %s on %d cores (%s), %s. ", time.Now().UTC().Format(time.DateOnly), runtime.Version(),
		runtime.NumCPU(), runtime.GOARCH, load())
	fmt.Fprintf(&b, "World: seed %d, %d zones with %d corners, %d agreements of %d terms.\n\n", r.world.Seed,
		len(r.world.Zones), r.world.Corners(), len(r.world.Agreements), terms)
	for _, s := range r.skipped {
		fmt.Fprintf(&b, "%s\n\n", s)
	}
	r.peerTable(&b, terms)
	r.exactSection(&b)
	r.stepTable(&b)
	r.growthTable(&b)
	r.streamTable(&b)
	r.goalTable(&b)
	return b.String()
}

// load says how much else ran: figures of two workers mean little when it is above one.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	f := strings.Fields(string(b))
	if err != nil || len(f) < 3 {
		return "load unknown"
	}
	return "load over the last 5 minutes " + f[1] + ", this run's own included"
}

func (r *report) peerTable(b *strings.Builder, terms int) {
	fmt.Fprintf(b, "### The same %d incidents\n\n", r.rows)
	fmt.Fprintf(b, "Our answers: %s (pairs not false / sure / open / sum of %d x agreement + term).\n\n", r.ours.sums(terms), terms)
	fmt.Fprint(b, "| contender | CPU s | wall s | incidents/s a core | peak MB | ours is faster (CPU) | answers |\n|---|---|---|---|---|---|---|\n")
	rows := r.rows
	line := func(name string, c cost, peak int64, ratio, answers string) {
		mb := ""
		if peak > 0 {
			mb = fmt.Sprintf("%.0f", float64(peak)/1e6)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %.0f | %s | %s | %s |\n", name, seconds(c.cpu), seconds(c.wall),
			float64(rows)/c.cpu.Seconds(), mb, ratio, answers)
	}
	line("**Truce, CSV to findings, 1 worker**", r.small.whole1, r.peak(1), "", "")
	line("Truce, CSV to findings, 2 workers", r.small.whole2, r.peak(2), "", "")
	line("**Truce, from columns in memory**", r.small.stages.all, 0, "", "")
	for _, p := range r.peers {
		load, check := p.split()
		line(p.name+", with loading", load.plus(check), p.peak, p.ratio(load.plus(check), r.small.whole1), p.comparison.String())
		line(p.name+", after loading", check, p.peak, p.ratio(check, r.small.stages.all), "")
	}
	name := fmt.Sprintf("%s (%d incidents)", exactName, r.exact.Rows)
	if rows = r.exact.Rows; rows > 0 && r.exact.Agrees() {
		line(name, r.exact.half[0].plus(r.exact.half[1]), 0, "", r.exact.Tally.String())
	} else if rows > 0 {
		fmt.Fprintf(b, "| %s | | | | | | %v |\n", name, r.exact.Tally)
	}
	fmt.Fprintf(b, "\nPreparing the world (zones, parties, terms) is not counted for anyone; ours takes %s s.\n", seconds(r.prepare.cpu))
	for _, p := range r.peers {
		fmt.Fprintf(b, "\n%s, CPU / wall s:", p.name)
		for _, s := range p.stages {
			fmt.Fprintf(b, " %s %s / %s;", s.name, seconds(s.cpu), seconds(s.wall))
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b)
}

// exactSection says what a verdict with its reasons costs. When the answers do not agree
// it states no speed.
func (r *report) exactSection(b *strings.Builder) {
	x := r.exact
	if x.Rows == 0 {
		return
	}
	fmt.Fprintf(b, "### %s\n\n", exactName)
	fmt.Fprintf(b, "This is the engine behind `truce check`; the planes above are not behind it yet. The first %d incidents, %s, one goroutine. ", x.Rows, x.load)
	fmt.Fprintf(b, "Answers beside the plain evaluator: %v. ", x.Tally)
	fmt.Fprintf(b, "Clauses in which it differs from the plain evaluator that goes day by day: %d.\n\n", x.Unexplained)
	if !x.Agrees() {
		fmt.Fprint(b, "VOID: no speed is stated.\n\n")
		return
	}
	clauses := x.Clauses / x.Rows
	fmt.Fprint(b, "| CPU microseconds, with reasons | first half of the incidents | second half |\n|---|---|---|\n")
	for _, s := range []struct {
		name string
		per  int // how many of them an incident has
	}{
		{"a clause", clauses}, {"an incident and an agreement", len(r.world.Agreements)}, {fmt.Sprintf("an incident, all %d clauses", clauses), 1},
	} {
		micro := func(h, rows int) float64 { return x.half[h].perRow(rows*s.per) / 1000 }
		fmt.Fprintf(b, "| %s | %.0f | %.0f |\n", s.name, micro(0, x.Rows/2), micro(1, x.Rows-x.Rows/2))
	}
	fmt.Fprint(b, "\nThe first half also works out, once, which zones overlap and when each actor was in which party. ")
	fmt.Fprintf(b, "There is no form without reasons. Reading its texts and making them ready is not counted; it takes %s s.\n\n", seconds(x.prepare.cpu))
}

func (r *report) peak(workers int) int64 {
	for _, s := range r.streams {
		if s.rows == r.rows && s.workers == workers {
			return s.peak
		}
	}
	return 0
}

// ratio is how many times cheaper ours is, or VOID.
func (p *peerResult) ratio(theirs, ours cost) string {
	if !p.equal() {
		return "VOID"
	}
	return fmt.Sprintf("%.0fx", times(theirs, ours))
}

func times(theirs, ours cost) float64 { return float64(theirs.cpu) / float64(ours.cpu) }

func (r *report) stepTable(b *strings.Builder) {
	fmt.Fprintf(b, "### Our steps\n\nCPU nanoseconds an incident.\n\n| step | %d incidents | %d incidents |\n|---|---|---|\n", r.rows, r.largeRows)
	for _, s := range []struct {
		name string
		of   func(a alone) cost
	}{
		{"encoding/csv and strconv, the same columns", func(a alone) cost { return a.plain }},
		{"parse, 1 worker", func(a alone) cost { return a.parse1 }},
		{"place", func(a alone) cost { return a.stages.place }},
		{"classes of all facts, with place", func(a alone) cost { return a.stages.classify }},
		{"planes", func(a alone) cost { return cost{a.stages.all.cpu - a.stages.classify.cpu, 0} }},
		{"from columns to findings", func(a alone) cost { return a.stages.all }},
		{"whole, CSV to findings, 1 worker", func(a alone) cost { return a.whole1 }},
		{"whole, 2 workers", func(a alone) cost { return a.whole2 }},
	} {
		fmt.Fprintf(b, "| %s | %.0f | %.0f |\n", s.name, s.of(r.small).perRow(r.rows), s.of(r.large).perRow(r.largeRows))
	}
	fmt.Fprintf(b, "\n%d incidents, wall: 1 worker %s s, 2 workers %s s.\n\n", r.largeRows, seconds(r.large.whole1.wall), seconds(r.large.whole2.wall))
}

func (r *report) growthTable(b *strings.Builder) {
	fmt.Fprintf(b, "### Growth\n\nFrom columns in memory, CPU nanoseconds an incident; the first world is measured in turn with each other one.\n\n")
	fmt.Fprint(b, "| agreements x terms | corners | findings an incident | place | times the first | all | times the first |\n|---|---|---|---|---|---|---|\n")
	line := func(w *world.World, rows, found int, s, base stages) {
		fmt.Fprintf(b, "| %d x %d | %d | %.2f | %.0f | %.2f | %.0f | %.2f |\n", len(w.Agreements), w.Config.Terms, w.Corners(),
			float64(found)/float64(rows), s.place.perRow(rows), times(s.place, base.place), s.all.perRow(rows), times(s.all, base.all))
	}
	line(r.world, r.rows, len(r.ours), r.small.stages, r.small.stages)
	for _, g := range r.growth {
		line(g.w, g.rows, g.found, g.stages, g.base)
	}
	fmt.Fprintln(b)
}

func (r *report) streamTable(b *strings.Builder) {
	fmt.Fprint(b, "### A process of its own, from a file\n\n| incidents | workers | CPU s | wall s | peak MB, world and tables included |\n|---|---|---|---|---|\n")
	for _, s := range r.streams {
		fmt.Fprintf(b, "| %d | %d | %s | %s | %.0f |\n", s.rows, s.workers, seconds(s.cpu), seconds(s.wall), float64(s.peak)/1e6)
	}
	fmt.Fprintln(b)
}

// goal is a floor and what was measured against it.
type goal struct {
	name     string
	floor    float64
	measured float64
	most     bool // the floor is the most allowed
	void     bool
}

func (r *report) goals() []goal {
	out := []goal{
		{name: "parse, times encoding/csv and strconv", floor: 6, measured: times(r.large.plain, r.large.parse1)},
		{name: "whole check, share of the speed of parsing alone, %", floor: 50, measured: 100 * times(r.large.parse1, r.large.whole1)},
		{name: "2 workers against 1, wall", floor: 1.7, measured: float64(r.large.whole1.wall) / float64(r.large.whole2.wall)},
	}
	for _, p := range r.peers {
		load, check := p.split()
		all, after := times(load.plus(check), r.small.whole1), times(check, r.small.stages.all)
		switch p.name {
		case geopandasName:
			out = append(out, goal{name: "from CSV, times " + p.name, floor: 150, measured: all, void: !p.equal()})
		case postgisExact:
			out = append(out, goal{name: "from columns, times " + p.name, floor: 500, measured: after, void: !p.equal()})
		case postgisBuffered:
			out = append(out, goal{name: "from CSV, times " + p.name, floor: 200, measured: all, void: !p.equal()},
				goal{name: "from columns, times " + p.name, floor: 300, measured: after, void: !p.equal()})
		}
	}
	for _, g := range r.growth {
		switch {
		case g.w.Vertices == 16:
			out = append(out, goal{name: "place, 16 times the corners", floor: 1.3, most: true, measured: times(g.stages.place, g.base.place)})
		case len(g.w.Agreements) == 400:
			out = append(out, goal{name: "from columns, 4 000 terms against 400", floor: 5, most: true, measured: times(g.stages.all, g.base.all)})
		}
	}
	for _, s := range r.streams {
		if s.workers == 2 && s.rows == r.largeRows {
			out = append(out, goal{name: "peak memory of the streaming process, MB", floor: 64, most: true, measured: float64(s.peak) / 1e6})
		}
	}
	return out
}

func (r *report) goalTable(b *strings.Builder) {
	fmt.Fprint(b, "### Floors\n\n| floor | asked | measured | |\n|---|---|---|---|\n")
	for _, g := range r.goals() {
		met := "met"
		if g.void {
			met = "VOID"
		} else if g.measured < g.floor != g.most {
			met = "**missed**"
		}
		asked := "at least"
		if g.most {
			asked = "at most"
		}
		fmt.Fprintf(b, "| %s | %s %g | %.4g | %s |\n", g.name, asked, g.floor, g.measured, met)
	}
	fmt.Fprintln(b)
}

// The lines in a page between which the tables stand.
const (
	tablesBegin = "<!-- measured: written by go run ./bench -write -->"
	tablesEnd   = "<!-- end of measured -->"
)

// insert puts the tables into the page.
func insert(path, text string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), tablesBegin)
	_, after, closed := strings.Cut(rest, tablesEnd)
	if !ok || !closed {
		return fmt.Errorf("%s: the lines %q and %q are missing", path, tablesBegin, tablesEnd)
	}
	return os.WriteFile(path, []byte(before+tablesBegin+"\n\n"+strings.TrimRight(text, "\n")+"\n\n"+tablesEnd+after), 0o644)
}
