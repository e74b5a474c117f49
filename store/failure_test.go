package store_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"truce"
	"truce/store"
)

// kills is how often a writing process is killed.
var kills = flag.Int("kills", 3, "times that a writing process is killed, on each database")

// TestKilledWhileWriting kills a process that writes at a random moment: whatever it was told
// is written is there, once, and the record is sound.
func TestKilledWhileWriting(t *testing.T) {
	if url := os.Getenv("STORE_TEST_WRITE"); url != "" {
		writeUntilKilled(t, url)
		return
	}
	each(t, func(t *testing.T, p place) {
		acknowledged := map[string]bool{}
		for i := range *kills {
			for _, id := range killed(t, p, i) {
				acknowledged[id] = true
			}
			p.clock.now = time.Now()
			db := p.open(t)
			for id := range acknowledged {
				if _, err := db.Submitted(t.Context(), id); err != nil {
					t.Errorf("acknowledged and lost: %v", err)
				}
			}
			if problems, err := db.Fsck(t.Context()); err != nil || problems != nil {
				t.Errorf("%v, %v", problems, err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		sound(t, p.open(t))
		if len(acknowledged) < *kills {
			t.Errorf("only %d acknowledged: the test shows little", len(acknowledged))
		}
	})
}

// killed runs a process that writes, kills it, and returns what it was told.
func killed(t *testing.T, p place, run int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
	cmd.Env = append(os.Environ(), "STORE_TEST_WRITE="+p.url, fmt.Sprint("STORE_TEST_RUN=", run))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "ack "); ok {
			if ids = append(ids, id); len(ids) == 1 {
				time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
		} else {
			t.Log(lines.Text())
		}
	}
	_ = cmd.Wait()
	return ids
}

func writeUntilKilled(t *testing.T, url string) {
	db, err := place{url: url, clock: &clock{now: time.Now()}}.try(store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s/%d/%d", os.Getenv("STORE_TEST_RUN"), w, i)
				d := received(said{ID: id, Label: "CLEAR", Text: "words of " + id, Box: &truce.Box{East: 1, North: 1}})
				d.ID = id
				if _, err := db.Append(context.Background(), d); err != nil {
					fmt.Println(err)
					return
				}
				mu.Lock()
				fmt.Println("ack", id)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestServerThatHangsUp ends the writer's connection under it: at most the calls at work are
// refused, and the next are written.
func TestServerThatHangsUp(t *testing.T) {
	p := onPostgres(t)
	db := p.open(t)
	add(t, db, received(said{ID: "0"}))
	for i := range 3 {
		admin(t, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()")
		d := received(said{ID: fmt.Sprint(i + 1)})
		d.ID = fmt.Sprint(i)
		_, err := db.Append(t.Context(), d)
		if err != nil {
			refused(t, err, truce.Unavailable)
		}
		add(t, db, d)
	}
	if size(t, db) != 5 {
		t.Errorf("%d entries; expected 5", size(t, db))
	}
	sound(t, db)
}

func TestServerThatIsNotThere(t *testing.T) {
	_, err := store.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?sslmode=disable", store.Options{Now: time.Now})
	refused(t, err, truce.Unavailable)
}
