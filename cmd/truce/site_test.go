package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"truce/bench/world"
)

// How large the site is that BenchmarkSite measures, and where its record is kept.
var (
	incidents = flag.Int("incidents", 20_000, "how many incidents the site of BenchmarkSite has")
	siteDir   = flag.String("site", "", "a folder that keeps the site for another run; empty: a new one each time")
)

// BenchmarkSite measures a whole site with the program as it is run: a record of so many
// incidents (the workload of package bench/world) is loaded, checked and served. Run it once:
//
//	go test ./cmd/truce -run '^$' -bench Site -benchtime 1x -timeout 3h -args -incidents 1000000 -truce /path/to/truce
//
// Memory is the server's resident set. Times over HTTP are of whole requests with an account
// of the desk, so with the rules of access; the client runs on the same cores. box-week, list
// and search are rows of the API; what is called desk-… are pages and tiles, judged under the
// eight Syrian texts of the sample mission.
func BenchmarkSite(b *testing.B) {
	b.StopTimer()
	dir := *siteDir
	if dir == "" {
		dir = b.TempDir()
	}
	db, token := makeSite(b, dir)
	seed.Do(func() {})
	seed.token = token

	size := int64(0)
	for _, end := range []string{"", "-wal"} {
		if is, err := os.Stat(db + end); err == nil {
			size += is.Size()
		}
	}
	b.ReportMetric(float64(size)/float64(*incidents), "db-bytes/incident")

	s := serve(b, db)
	s.get("/api/v1/rows/element?newest=true&limit=50", new(any))
	b.ReportMetric(time.Since(s.began).Seconds(), "first-answer-s")
	time.Sleep(10 * time.Second)
	b.ReportMetric(resident(b, s.cmd.Process.Pid), "idle-MB")
	ask := &asking{b, s}
	ask.each("box-week", 400, ask.box)
	ask.each("list", 200, func(*rand.Rand) string { return "/api/v1/rows/element?newest=true&limit=50" })
	ask.each("search", 200, ask.words)
	ask.desk()
	ask.readers(50, 20*time.Second)
	ask.intake(200, 20*time.Second)
	b.ReportMetric(resident(b, s.cmd.Process.Pid), "loaded-MB")
	s.stop()

	begun := time.Now()
	out, err := exec.Command(*binary, "verify", db).CombinedOutput()
	if err != nil {
		b.Fatalf("truce verify: %v: %s", err, out)
	}
	b.ReportMetric(time.Since(begun).Seconds(), "verify-s")
	entries, _ := strconv.Atoi(regexp.MustCompile(`(\d+) entries`).FindStringSubmatch(string(out))[1])
	begun = time.Now()
	leaf := make([]byte, 500) // about what a leaf and its fields are
	for range entries {
		sha256.Sum256(leaf)
	}
	b.ReportMetric(time.Since(begun).Seconds(), "bare-sha256-s")
	b.ReportMetric(0, "ns/op")
}

// makeSite loads the world's incidents as a record, once for each folder.
func makeSite(b *testing.B, dir string) (db, token string) {
	b.Helper()
	db = filepath.Join(dir, "site.db")
	if text, err := os.ReadFile(filepath.Join(dir, "token")); err == nil {
		return db, string(text)
	}
	w, err := world.New(world.Config{})
	if err != nil {
		b.Fatal(err)
	}
	if err := writeMission(dir); err != nil {
		b.Fatal(err)
	}
	if err := writeReports(filepath.Join(dir, "record.csv"), w, *incidents); err != nil {
		b.Fatal(err)
	}
	at := where{Record: db, Name: "desk.example", As: "operator"}
	begun := time.Now()
	out, err := exec.Command(*binary, "load", dir, "--quiet", "--record", db, "--name", at.Name, "--set-aside", filepath.Join(dir, "aside.csv")).CombinedOutput()
	if err != nil {
		b.Fatalf("truce load: %v: %s", err, out)
	}
	b.ReportMetric(float64(*incidents)/time.Since(begun).Seconds(), "loaded/s")
	err = at.with(context.Background(), false, func(on *site) error {
		p, err := (&serveCmd{where: at}).people(on)
		if err == nil {
			token, err = tokenOf(p, "amal", "desk")
		}
		return err
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "token"), []byte(token), 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
	return db, token
}

// siteMission is the sample mission's, with other records and no end.
const siteMission = `mission: site
title: A site of the benchmark
zone: Asia/Damascus
register: register.yaml
places: [outline.geojson, places.geojson]
outline: outline.geojson
areas: places.geojson
entries: entries.yaml
agreements: [sy-coh-2016-02.yaml, sy-procedures-2016-03.yaml, sy-aleppo-calm-2016-05.yaml, sy-eid-calm-2016-07.yaml, sy-aleppo-windows-2016-08.yaml, sy-aleppo-pause-2016-08.yaml, sy-daraya-2016-08.yaml, sy-cessation-2016-09.yaml]
records:
  - {file: record.csv}
`

// writeMission makes the folder of a mission, with copies of the texts that it rests on.
func writeMission(dir string) error {
	for _, from := range []string{"../../missions/syria-2016/*.yaml", "../../missions/syria-2016/*.geojson", "../../agreements/sy-*.yaml", "../../agreements/places/*.geojson"} {
		names, err := filepath.Glob(from)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			to := filepath.Join(dir, filepath.Base(name))
			if filepath.Base(filepath.Dir(name)) == "places" {
				to = filepath.Join(dir, "places", filepath.Base(name))
			}
			if err == nil {
				err = os.MkdirAll(filepath.Dir(to), 0o700)
			}
			if err == nil {
				err = os.WriteFile(to, text, 0o600)
			}
			if err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, "mission.yaml"), []byte(siteMission), 0o600)
}

// writeReports writes the world's rows in our own layout.
func writeReports(name string, w *world.World, n int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(out, "id,title,from,to,lat,lon,within,act,by,against,killed_low,killed_high,source,text")
	for i := range n {
		r := w.Row(i)
		fmt.Fprintf(out, "S-%d,%s,%s,%s,%.6f,%.6f,%d,attack,?%s,?%s,%s,%s,source %d,%s\n", i, words(r.Words[:4]), day(r.Start), day(r.End+1),
			float64(r.At.Lat)/1e6, float64(r.At.Lon)/1e6, []int{100, 1000, 5000, 20000, 50000, 50000, 50000, 50000}[r.WherePrec], actor(w, r.A), actor(w, r.B), figure(r.Low), figure(r.High), r.Source, words(r.Words))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func day(d world.Day) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}

func actor(w *world.World, i int) string {
	if i == world.None {
		return "unknown"
	}
	return w.Actors[i]
}

func figure(n int) string {
	if n == world.None {
		return ""
	}
	return strconv.Itoa(n)
}

func words(list []uint8) string {
	var out []string
	for _, k := range list {
		out = append(out, fmt.Sprintf("word%02d", k))
	}
	return strings.Join(out, " ")
}

// resident is the memory of a process that is in RAM, in MB.
func resident(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // another system
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(text)
	kb, _ := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024
}

// asking asks a server over and over.
type asking struct {
	b *testing.B
	*server
}

// box asks for a tenth of a degree and a week.
func (a *asking) box(r *rand.Rand) string {
	west, south := 36+6*r.Float64(), 32.5+4.5*r.Float64()
	from := world.FirstDay + world.Day(r.IntN(int(world.LastDay-world.FirstDay)-7))
	return fmt.Sprintf("/api/v1/rows/element?limit=50&box=%.3f,%.3f,%.3f,%.3f&from=%sT00:00:00Z&to=%sT00:00:00Z", west, south, west+.1, south+.1, day(from), day(from+7))
}

// words asks for three words that occur together in some.
func (a *asking) words(r *rand.Rand) string {
	return "/api/v1/rows/element?newest=true&limit=50&text=" + url.QueryEscape(fmt.Sprintf("word%02d word%02d word%02d", r.IntN(64), r.IntN(64), r.IntN(64)))
}

// each asks a question one by one and reports the middle and the slowest of a hundred.
func (a *asking) each(name string, n int, question func(*rand.Rand) string) {
	r, took := rand.New(rand.NewPCG(1, 2)), make([]time.Duration, 0, n)
	for range n {
		path := question(r)
		begun := time.Now()
		a.get(path, new(any))
		took = append(took, time.Since(begun))
	}
	a.report(name, took)
}

// desk asks for the desk's own pages: the first, the list, the list of a week, words, an
// incident, and the map of a week tile by tile. The first time of each is reported beside the
// others: what pages rest on is made then.
func (a *asking) desk() {
	week := func(r *rand.Rand) string {
		from := world.FirstDay + world.Day(r.IntN(int(world.LastDay-world.FirstDay)-7))
		return "from=" + day(from) + "&to=" + day(from+6)
	}
	plain := func(path string) func(*rand.Rand) string { return func(*rand.Rand) string { return path } }
	for _, page := range []struct {
		name string
		n    int
		path func(*rand.Rand) string
	}{
		{"situation", 50, plain("/")},
		{"list", 100, plain("/incidents")},
		{"list-week", 100, func(r *rand.Rand) string { return "/incidents?" + week(r) }},
		{"search", 100, func(r *rand.Rand) string {
			return "/incidents?q=" + url.QueryEscape(fmt.Sprintf("word%02d word%02d word%02d", r.IntN(64), r.IntN(64), r.IntN(64)))
		}},
		{"incident", 100, func(r *rand.Rand) string { return fmt.Sprintf("/incidents/S-%d", r.IntN(*incidents)) }},
		{"agreements", 20, plain("/agreements")},
		{"days", 10, plain("/days")},
		{"day", 20, func(r *rand.Rand) string {
			return "/days/" + day(world.FirstDay+1000+world.Day(r.IntN(int(world.LastDay-world.FirstDay)-1100)))
		}},
		{"verdicts", 20, plain("/api/v1/verdicts?outcome=violation&limit=50")},
		{"state", 20, plain("/record")},
	} {
		begun := time.Now()
		a.page(page.path(rand.New(rand.NewPCG(9, 9))))
		a.b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "desk-"+page.name+"-first-ms")
		r, took := rand.New(rand.NewPCG(1, 2)), []time.Duration{}
		for range page.n {
			path := page.path(r)
			begun := time.Now()
			a.page(path)
			took = append(took, time.Since(begun))
		}
		a.report("desk-"+page.name, took)
	}
	r, took := rand.New(rand.NewPCG(3, 4)), []time.Duration{}
	for range 20 { // weeks, each looked at closer and closer
		q := week(r)
		for _, tile := range []string{"6/38/25", "7/76/50", "7/76/51", "7/77/50", "7/77/51", "8/153/101", "8/153/102", "8/154/101", "8/154/102", "9/307/203", "9/307/204", "9/308/204"} {
			begun := time.Now()
			a.page("/tiles/" + tile + "?" + q)
			took = append(took, time.Since(begun))
		}
	}
	a.report("desk-tile-of-week", took)
}

// page asks for something of the desk, again while the record is being judged for it.
func (a *asking) page(path string) {
	for {
		status, text, err := a.send("GET", path, "", nil)
		if err == nil && status == 200 {
			return
		}
		if err != nil || status != 503 {
			a.b.Fatalf("GET %s: %d %v %.300s", path, status, err, text)
		}
	}
}

func (a *asking) report(name string, took []time.Duration) {
	slices.Sort(took)
	a.b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
	a.b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, name+"-p99-ms")
}

// readers is so many at once who ask all of these, each with a second to look at the answer.
func (a *asking) readers(n int, long time.Duration) {
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	end := time.Now().Add(long)
	for k := range n {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(k), 3))
			for time.Now().Before(end) {
				time.Sleep(time.Duration(r.IntN(2000)) * time.Millisecond)
				path := []string{a.box(r), a.words(r), "/api/v1/rows/element?newest=true&limit=50"}[r.IntN(3)]
				begun := time.Now()
				status, _, err := a.send("GET", path, "", nil)
				if err != nil || status != 200 {
					a.b.Errorf("GET %s: %d %v", path, status, err)
					return
				}
				mu.Lock()
				all = append(all, time.Since(begun))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	a.report("of-50", all)
}

// intake hands in reports at a steady rate, each on its own, and waits for none before the next.
func (a *asking) intake(perSecond int, long time.Duration) {
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	stamp := time.Now().UnixNano()
	for i := range perSecond * int(long/time.Second) {
		<-tick.C
		wg.Go(func() {
			id := fmt.Sprintf("N-%d-%d", stamp, i)
			body := json.RawMessage(fmt.Sprintf(`{"report":{"id":%q,"elements":[{"id":%q,"title":"new","when":[{"from":"2016-03-01T10:00:00Z","to":"2016-03-01T11:00:00Z"}]}]}}`, id, id))
			begun := time.Now()
			status, text, err := a.send("POST", "/api/v1/reports", id, body)
			if err != nil || status/100 != 2 {
				a.b.Errorf("POST: %d %s %v", status, text, err)
				return
			}
			mu.Lock()
			all = append(all, time.Since(begun))
			mu.Unlock()
		})
	}
	wg.Wait()
	a.report("intake", all)
}
