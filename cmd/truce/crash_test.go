package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce/desk"
)

var (
	kills    = flag.Int("kills", 6, "how often TestKilledServerLosesNothing kills the server")
	killSeed = flag.Uint64("kill-seed", 1, "the seed of its moments")
)

// generation is how many kills one record goes through: enough to grow old, few enough that
// checking all of it each time stays quick.
const generation = 10

// submission is what a client sent and what it knows of it.
type submission struct {
	key     string
	reports []string // identifiers; several go together, all or none
	entries []int64  // where they are, once acknowledged
	seen    []int64  // where they were after the last start
}

// path and body are the request: one report by the door for reports, several as acts.
func (s *submission) request() (path string, body any) {
	if len(s.reports) == 1 {
		return "/api/v1/reports", map[string]any{"report": said(s.reports[0])}
	}
	var acts []map[string]any
	for _, id := range s.reports {
		r := said(id)
		acts = append(acts, map[string]any{"kind": "report.received", "fields": map[string]any{"id": r.ID, "source": r.Source, "text": r.Text, "elements": r.Elements}})
	}
	return "/api/v1/entries", map[string]any{"acts": acts}
}

// submit sends it. With an error nobody knows what became of it.
func (s *submission) submit(to *server) (entered []desk.Entered, err error) {
	path, body := s.request()
	status, answer, err := to.send("POST", path, s.key, body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		to.t.Errorf("%s is answered %d: %s", s.key, status, answer)
		return nil, fmt.Errorf("status %d", status)
	}
	if len(s.reports) == 1 {
		entered = make([]desk.Entered, 1)
		return entered, json.Unmarshal(answer, &entered[0])
	}
	var many struct{ Entered []desk.Entered }
	err = json.Unmarshal(answer, &many)
	return many.Entered, err
}

// crashed is a record that is killed again and again, with what its clients know.
type crashed struct {
	*testing.T
	rnd   *rand.Rand
	dir   string
	db    string
	first int64 // entries of the seed
	round int

	mu   sync.Mutex
	sent []*submission
	took struct{ start, answer, round, check []time.Duration }
}

// TestKilledServerLosesNothing kills a server at random moments while clients hand in reports:
// while it starts, while it recovers, while it takes reports. Each time all that was
// acknowledged is there once, nothing by half; what was not is sent again and then is there
// once too. (-kills 1000 is the long proof.)
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	var c *crashed
	all := &crashed{}
	reports := 0
	for i := range *kills {
		if i%generation == 0 {
			dir := t.TempDir()
			c = &crashed{T: t, rnd: rand.New(rand.NewPCG(*killSeed, uint64(i))), dir: dir, db: newRecord(t, dir)}
		}
		c.kill()
		if i%generation == generation-1 || i == *kills-1 {
			c.settle()
			for _, s := range c.sent {
				reports += len(s.reports)
			}
			all.took.start = append(all.took.start, c.took.start...)
			all.took.answer = append(all.took.answer, c.took.answer...)
			all.took.round = append(all.took.round, c.took.round...)
			all.took.check = append(all.took.check, c.took.check...)
		}
		if i%100 == 99 {
			t.Logf("%d kills, %d reports", i+1, reports)
		}
		if t.Failed() {
			t.Fatalf("at kill %d of -kill-seed %d", i+1, *killSeed)
		}
	}
	t.Logf("%d kills, %d reports, none lost, none twice; start to listening %v, to the first answer %v, a round %v, of that checks %v (medians)",
		*kills, reports, median(all.took.start), median(all.took.answer), median(all.took.round), median(all.took.check))
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2].Round(time.Millisecond)
}

// kill is one round: start, look, send again what nobody knows of, take reports, die, check.
func (c *crashed) kill() {
	begun := time.Now()
	defer func() { c.took.round = append(c.took.round, time.Since(begun)) }()
	c.round++
	if c.rnd.IntN(8) == 0 { // dies before it listens, or nearly
		s := launch(c, "", c.db)
		time.Sleep(time.Duration(c.rnd.IntN(int(c.normal()))))
		s.kill()
		c.check()
		return
	}
	s := c.start()
	c.look(s)
	c.resend(s)
	c.intake(s)
	c.check()
}

// normal is how long a start takes.
func (c *crashed) normal() time.Duration {
	if len(c.took.start) == 0 {
		return 200 * time.Millisecond
	}
	return c.took.start[len(c.took.start)-1]
}

func (c *crashed) start() *server {
	begun := time.Now()
	s := serve(c, c.db)
	c.took.start = append(c.took.start, s.started)
	s.get("/api/v1/entries?limit=1", &struct{}{})
	c.took.answer = append(c.took.answer, time.Since(begun))
	if c.first == 0 {
		c.first = s.size()
	}
	return s
}

// look holds the record against what the clients know: each report there is whole and has one
// entry, and there are no other entries.
func (c *crashed) look(s *server) {
	at := map[string][]int64{}
	for _, r := range s.reports() {
		if r.Body.Entry < c.first {
			continue // of the seed
		}
		at[r.ID] = append(at[r.ID], r.Body.Entry)
		if want := said(r.ID).Text; r.Body.Text != want {
			c.Errorf("report %s says %q; it was sent as %q", r.ID, r.Body.Text, want)
		}
	}
	if n := len(s.entries(c.first)); n != len(at) {
		c.Errorf("%d reports have %d entries", len(at), n)
	}
	for _, sub := range c.sent {
		var there []int64
		for _, id := range sub.reports {
			there = append(there, at[id]...)
			delete(at, id)
		}
		if sub.seen = there; sub.entries != nil && !cmp.Equal(there, sub.entries) {
			c.Errorf("%s was acknowledged as %v and is at %v", sub.key, sub.entries, there)
		} else if sub.entries == nil && len(there) != 0 && len(there) != len(sub.reports) {
			c.Errorf("%s is there by half: %d of %d reports", sub.key, len(there), len(sub.reports))
		}
	}
	if len(at) != 0 {
		c.Errorf("nobody sent %v", at)
	}
}

// resend sends again what was never acknowledged. What look has seen is a repeat.
func (c *crashed) resend(s *server) {
	for _, sub := range c.sent {
		if sub.entries != nil {
			continue
		}
		entered, err := sub.submit(s)
		if err != nil {
			c.Fatalf("%s is not taken after the restart: %v", sub.key, err)
		}
		for _, e := range entered {
			sub.entries = append(sub.entries, e.N)
			if e.Repeat != (sub.seen != nil) {
				c.Errorf("%s: entry %d says that repeat is %v", sub.key, e.N, e.Repeat)
			}
		}
		if sub.seen != nil && !cmp.Equal(sub.seen, sub.entries) {
			c.Errorf("%s was at %v and is acknowledged at %v", sub.key, sub.seen, sub.entries)
		}
	}
}

// intake lets clients hand in reports, and kills the server after some of them.
func (c *crashed) intake(s *server) {
	var acknowledged atomic.Int64
	var clients sync.WaitGroup
	enough := make(chan struct{})
	stop := int64(c.rnd.IntN(40))
	if stop == 0 {
		close(enough)
	}
	old := slices.Clone(c.sent)
	for k := range 4 {
		rnd := rand.New(rand.NewPCG(c.rnd.Uint64(), uint64(k)))
		clients.Go(func() {
			for i := 0; ; i++ {
				sub := c.next(k, i, old, rnd)
				entered, err := sub.submit(s)
				if err != nil {
					return
				}
				c.acknowledge(sub, entered)
				if acknowledged.Add(1) == stop {
					close(enough)
				}
			}
		})
	}
	<-enough
	time.Sleep(time.Duration(c.rnd.IntN(int(20 * time.Millisecond))))
	s.kill()
	clients.Wait()
}

// next is a new submission of a client; now and then an old one, to be refused as known.
func (c *crashed) next(k, i int, old []*submission, rnd *rand.Rand) *submission {
	if len(old) > 0 && rnd.IntN(10) == 0 {
		return old[rnd.IntN(len(old))]
	}
	id := fmt.Sprintf("K%d-%d-%d", c.round, k, i)
	sub := &submission{key: "form " + id, reports: []string{id}}
	if k == 0 {
		sub.reports = []string{id + "a", id + "b", id + "c"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, sub)
	return sub
}

// acknowledge notes what the server said. What was known stays where it was.
func (c *crashed) acknowledge(sub *submission, entered []desk.Entered) {
	var at []int64
	for _, e := range entered {
		at = append(at, e.N)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sub.entries != nil && !cmp.Equal(sub.entries, at) {
		c.Errorf("%s was at %v and is acknowledged again at %v", sub.key, sub.entries, at)
	}
	sub.entries = at
}

// check lets the program check a copy of the files as the crash left them; the next start
// finds them untouched.
func (c *crashed) check() {
	begun := time.Now()
	defer func() { c.took.check = append(c.took.check, time.Since(begun)) }()
	dir := filepath.Join(c.dir, "copy")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.Fatal(err)
	}
	db := filepath.Join(dir, "record.db")
	copyFile(c, c.db+".key", db+".key")
	copyFile(c, c.db, db)
	if _, err := os.Stat(c.db + "-wal"); err == nil {
		copyFile(c, c.db+"-wal", db+"-wal")
	}
	runsHere(c, exitNothing, "sound", "fsck", "--record", db)
	runsHere(c, exitNothing, "the record holds", "verify", "--quiet", db)
	runsHere(c, exitNothing, "the state is what it was", "rebuild", "--record", db)
	if err := os.RemoveAll(dir); err != nil {
		c.Fatal(err)
	}
}

// settle sends the rest, ends the server cleanly, and reads every report whole.
func (c *crashed) settle() {
	s := c.start()
	c.look(s)
	c.resend(s)
	c.look(s) // again: all are acknowledged now
	if code := s.stop(); code != exitNothing {
		c.Errorf("the server ended with exit code %d: %s", code, s.log)
	}
}
