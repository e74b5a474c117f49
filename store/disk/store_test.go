package disk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"truce"
	"truce/ledger"
	"truce/store"
	"truce/store/disk"
)

// fold makes of each report a row with a place, a time and words, and counts the reports in one
// row that every entry changes.
func fold(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
	var id, text string
	if _, err := e.Fields.Get("id", &id); err != nil || id == "" {
		return nil, err
	}
	if _, err := e.Fields.Get("text", &text); err != nil {
		return nil, err
	}
	count, _, err := old("tally", "reports")
	if err != nil {
		return nil, err
	}
	sum, _ := strconv.Atoi(string(count.Body)) // none yet: 0
	box := truce.Box{West: 36, East: 37, South: 35, North: 36, From: e.At, To: e.At.Add(time.Hour)}
	body, err := json.Marshal(map[string]string{"id": id})
	return []truce.Row{
		{Kind: "report", ID: id, Label: "CLEAR", Body: body, Box: &box, Text: text, Sort: fmt.Sprintf("%012d", n)},
		{Kind: "tally", ID: "reports", Label: "CLEAR", Body: []byte(strconv.Itoa(sum + 1))},
	}, err
}

// seeded reads random bytes that are the same every time.
func seeded(seed uint64) *rand.ChaCha8 {
	var s [32]byte
	s[0], s[1] = byte(seed), byte(seed>>8)
	return rand.NewChaCha8(s)
}

// opened opens the record in a folder on a disk. Its key is the same every time, its clock stands
// still between calls.
func opened(t testing.TB, folder, vfs string) (*store.DB, error) {
	t.Helper()
	key, err := ledger.NewKey(seeded(0), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC) }
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(folder, "a.db")+"?vfs="+vfs, store.Options{Now: clock, Fold: fold})
	if err == nil {
		db.SetKey(key)
	}
	return db, err
}

// draft is the report with a number; the same number gives the same report.
func draft(t testing.TB, n int) store.Draft {
	t.Helper()
	var seed [16]byte
	rnd := seeded(uint64(n))
	rnd.Read(seed[:])
	f, id := ledger.NewFields(seed), fmt.Sprintf("report-%d", n)
	text := make([]byte, rnd.Uint64()%(1<<(4+rnd.Uint64()%10)))
	for i := range text {
		text[i] = "abc "[rnd.Uint64()%4]
	}
	if err := errors.Join(f.Set("id", id), f.Set("text", string(text))); err != nil {
		t.Fatal(err)
	}
	return store.Draft{ID: id, Kind: "report.received", Fields: f}
}

// ack is a report that was acknowledged as entry n when op operations were done.
type ack struct {
	report int
	n      int64
	op     int
}

// intake has some people send reports at once, some of them several in one call.
type intake struct {
	t    testing.TB
	disk *disk.Disk
	rnd  *rand.Rand

	mu   sync.Mutex
	sent int
	acks []ack
}

// send appends a few reports and notes what was acknowledged.
func (in *intake) send(db *store.DB) error {
	in.mu.Lock()
	first, n := in.sent, 1+in.rnd.IntN(3)
	in.sent += n
	in.mu.Unlock()
	var drafts []store.Draft
	for i := range n {
		drafts = append(drafts, draft(in.t, first+i))
	}
	got, err := db.Append(context.Background(), drafts...)
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, a := range got {
		in.acks = append(in.acks, ack{first + i, a.N, in.disk.Done()})
	}
	return err
}

// take records an intake of so many rounds. Between them the record is closed and opened, or the
// log is carried over into the database, now and then.
func take(t testing.TB, seed uint64, rounds int) (disk.Recording, *intake) {
	t.Helper()
	folder, name := t.TempDir(), fmt.Sprintf("take-%d", seed)
	in := &intake{t: t, disk: fresh(t, name), rnd: rand.New(rand.NewPCG(seed, 1))}
	defer shut(t, in.disk)
	db, err := opened(t, folder, name)
	for range rounds {
		if err != nil {
			t.Fatal(err)
		}
		var people sync.WaitGroup
		for range 1 + in.rnd.IntN(4) {
			people.Go(func() {
				if err := in.send(db); err != nil {
					t.Error(err)
				}
			})
		}
		people.Wait()
		switch in.rnd.IntN(12) {
		case 0:
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			db, err = opened(t, folder, name)
		case 1:
			err = carry(t, filepath.Join(folder, "a.db"), name)
		}
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return in.disk.Recording(), in
}

// carry brings the write-ahead log into the database, as the store does when it has grown.
func carry(t testing.TB, path, vfs string) error {
	t.Helper()
	db := open(t, path, vfs, "FULL")
	_, err := db.Exec("PRAGMA wal_checkpoint(PASSIVE)")
	return errors.Join(err, db.Close())
}

// sound checks a record by itself: fsck is clean, the tree is that of the entries, and no report is
// in it twice. It returns the entry of each report.
func sound(db *store.DB) (map[string]int64, error) {
	ctx := context.Background()
	problems, err := db.Fsck(ctx)
	if err != nil || len(problems) > 0 {
		return nil, fmt.Errorf("fsck: %v: %w", problems, err)
	}
	head, err := db.Head(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		return nil, err
	}
	at := map[string]int64{}
	for e, err := range db.Entries(ctx, 0, head.Size) {
		if err != nil {
			return nil, err
		}
		n := tree.Size()
		tree.Append(e.Leaf())
		var id string
		if ok, err := e.Fields.Get("id", &id); err != nil {
			return nil, err
		} else if _, twice := at[id]; ok && twice {
			return nil, fmt.Errorf("%s is entry %d and entry %d", id, at[id], n)
		} else if ok {
			at[id] = n
		}
	}
	if tree.Size() != head.Size || tree.Root() != head.Root {
		return nil, fmt.Errorf("the head is %d %v, the entries give %d %v", head.Size, head.Root, tree.Size(), tree.Root())
	}
	return at, nil
}

// holds checks that every report acknowledged by then is in the record, where it was promised.
func holds(at map[string]int64, acks []ack, k int) error {
	for _, a := range acks {
		id := fmt.Sprintf("report-%d", a.report)
		if n, ok := at[id]; a.op <= k && (!ok || n != a.n) {
			return fmt.Errorf("%s was acknowledged as entry %d; it is there: %v, as %d", id, a.n, ok, n)
		}
	}
	return nil
}

// again sends all reports once more, as people do whose connection broke: those that are in are
// repeats, and all are in once.
func again(t testing.TB, db *store.DB, at map[string]int64, sent int) ([]ack, error) {
	t.Helper()
	var drafts []store.Draft
	for n := range sent {
		drafts = append(drafts, draft(t, n))
	}
	got, err := db.Append(context.Background(), drafts...)
	if err != nil {
		return nil, err
	}
	var acks []ack
	for i, a := range got {
		if n, ok := at[drafts[i].ID]; ok != a.Repeat || ok && n != a.N {
			return nil, fmt.Errorf("%s sent again: %+v, it was there: %v, as %d", drafts[i].ID, a, ok, n)
		}
		acks = append(acks, ack{i, a.N, 0})
	}
	at, err = sound(db)
	if err == nil && len(at) != sent {
		err = fmt.Errorf("%d reports were sent, %d are in", sent, len(at))
	}
	if err == nil {
		err = holds(at, acks, 0)
	}
	return acks, err
}

// recovered cuts the power after k operations, opens the record that is left, checks it and sends
// everything again. Now and then the power is cut again meanwhile.
func recovered(t testing.TB, rec disk.Recording, k int, seed uint64, sent int, acks []ack) error {
	t.Helper()
	folder, err := os.MkdirTemp("", "cut")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := rec.Cut(k, seed, folder); err != nil {
		t.Fatal(err)
	}
	d, rnd := fresh(t, filepath.Base(folder)), rand.New(rand.NewPCG(seed, 2))
	defer shut(t, d)
	db, err := opened(t, folder, filepath.Base(folder))
	if err != nil {
		return fmt.Errorf("it does not open: %w", err)
	}
	at, err := sound(db)
	if err == nil {
		err = holds(at, acks, k)
	}
	var next []ack
	if err == nil {
		next, err = again(t, db, at, sent)
	}
	if op := d.Done(); err == nil { // all is acknowledged now, and what was found in it stays in it
		for i := range next {
			if _, ok := at[fmt.Sprintf("report-%d", i)]; !ok {
				next[i].op = op
			}
		}
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if more := d.Recording(); rnd.IntN(4) == 0 {
		if err := recovered(t, more, rnd.IntN(len(more)+1), rnd.Uint64(), sent, next); err != nil {
			return fmt.Errorf("cut again: %w", err)
		}
	}
	return nil
}

func TestPowerCutsLoseNoEntry(t *testing.T) {
	operations := 0
	points(*cuts, func(seed uint64, cuts int) {
		rec, in := take(t, seed, 60)
		rnd := rand.New(rand.NewPCG(seed, 3))
		operations += len(rec)
		for range cuts {
			k, s := rnd.IntN(len(rec)+1), rnd.Uint64()
			if err := recovered(t, rec, k, s, in.sent, in.acks); err != nil {
				t.Errorf("recording %d, cut after %d of %d, seed %d: %v", seed, k, len(rec), s, err)
			}
		}
	})
	t.Logf("%d cuts in %d operations", *cuts, operations)
}

// TestFailuresLeaveNoHalfEntry: whichever write or sync fails, Append says Unavailable, with 507
// for a full disk; nothing of the call is in; the next one goes through without a restart.
func TestFailuresLeaveNoHalfEntry(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			met := 0
			failing(func(n int) {
				fault.N = n
				met += refuse(t, fault)
			})
			t.Logf("%d failures met", met)
		})
	}
}

// refuse appends until a fault is met and then once more on a healed disk.
func refuse(t *testing.T, fault disk.Fault) int {
	t.Helper()
	folder := t.TempDir()
	name := filepath.Base(filepath.Dir(folder)) + fmt.Sprintf("-%d", fault.N)
	in := &intake{t: t, disk: fresh(t, name), rnd: rand.New(rand.NewPCG(uint64(fault.N), 4))}
	defer shut(t, in.disk)
	db, err := opened(t, folder, name)
	if err != nil {
		t.Fatal(err)
	}
	in.disk.Fail(fault)
	for i := 0; i < 1000 && err == nil && (fault.Always || in.disk.Failed() == 0); i++ {
		if err = in.send(db); i%10 == 9 && err == nil {
			_ = carry(t, filepath.Join(folder, "a.db"), name) // may fail too; the record is as it was
		}
	}
	kept := in.sent
	if err != nil {
		kept = len(in.acks)
		unavailable(t, fault, err)
		if fault.Always {
			unavailable(t, fault, in.send(db))
		}
	}
	met := in.disk.Heal()
	if met == 0 || err == nil && fault.Always {
		t.Errorf("failure %d: met %d times, yet all went well", fault.N, met)
	}
	at, err := sound(db)
	if err != nil || len(at) != kept {
		t.Errorf("failure %d: %d reports were in, then %d: %v", fault.N, kept, len(at), err)
	}
	if _, err := again(t, db, at, in.sent); err != nil {
		t.Errorf("failure %d, then sent again: %v", fault.N, err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("failure %d, then closed: %v", fault.N, err)
	}
	return met
}

// unavailable checks what Append says of a fault.
func unavailable(t *testing.T, fault disk.Fault, err error) {
	t.Helper()
	var e *truce.Error
	if !errors.As(err, &e) || e.Kind != truce.Unavailable || (e.Hint == "507") != (fault.Code == disk.Full) {
		t.Errorf("failure %d: %v", fault.N, err)
	}
}
