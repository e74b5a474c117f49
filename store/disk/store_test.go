package disk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
// still.
func opened(t testing.TB, folder, vfs string) (*store.DB, error) {
	t.Helper()
	db, err := store.Open(t.Context(), address(folder, vfs), store.Options{Now: clock, Fold: fold})
	if err != nil {
		return nil, err
	}
	key, err := ledger.NewKey(seeded(0), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	db.SetKey(key)
	return db, nil
}

func address(folder, vfs string) string {
	return "sqlite:" + filepath.Join(folder, "a.db") + "?vfs=" + vfs
}

func clock() time.Time { return time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC) }

// draft is the report with a number; the same number gives the same report.
func draft(t testing.TB, n int) store.Draft {
	t.Helper()
	var seed [16]byte
	rnd := seeded(uint64(n))
	rnd.Read(seed[:])
	f, id := ledger.NewFields(seed), fmt.Sprintf("report-%d", n)
	text := make([]byte, rnd.Uint64()%(1<<(4+rnd.Uint64()%8)))
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
	id string
	n  int64
	op int
}

// intake has some people send reports at once, some of them several in one call.
type intake struct {
	t    testing.TB
	disk *disk.Disk
	rnd  *rand.Rand

	mu    sync.Mutex
	sent  int
	calls [][]store.Draft
	acks  []ack
}

// send appends a few reports and notes what was acknowledged.
func (in *intake) send(db *store.DB) error {
	in.mu.Lock()
	var drafts []store.Draft
	for range 1 + in.rnd.IntN(3) {
		drafts = append(drafts, draft(in.t, in.sent))
		in.sent++
	}
	in.calls = append(in.calls, drafts)
	in.mu.Unlock()
	got, err := db.Append(context.Background(), drafts...)
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, a := range got {
		in.acks = append(in.acks, ack{drafts[i].ID, a.N, in.disk.Done()})
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

// sound checks the record in a folder by a reader of its own: fsck is clean, the tree is that of
// the entries, and no report is in it twice. It returns the entry of each report.
func sound(folder, vfs string) (map[string]int64, error) {
	ctx := context.Background()
	db, err := store.Open(ctx, address(folder, vfs), store.Options{Now: clock, Fold: fold, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
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
		if n, ok := at[a.id]; a.op <= k && (!ok || n != a.n) {
			return fmt.Errorf("%s was acknowledged as entry %d; it is there: %v, as %d", a.id, a.n, ok, n)
		}
	}
	return nil
}

// unbroken checks that of every call all reports are in, or none.
func unbroken(at map[string]int64, calls [][]store.Draft) error {
	for _, drafts := range calls {
		_, first := at[drafts[0].ID]
		for _, d := range drafts {
			if _, ok := at[d.ID]; ok != first {
				return fmt.Errorf("%s and %s came in one call; only one of them is in", drafts[0].ID, d.ID)
			}
		}
	}
	return nil
}

// again sends all reports once more, as people do whose connection broke: those that are in are
// repeats. It returns what has been promised now: what was there stays, and so does what was added.
func again(db *store.DB, d *disk.Disk, at map[string]int64, calls [][]store.Draft) ([]ack, error) {
	drafts := slices.Concat(calls...)
	got, err := db.Append(context.Background(), drafts...)
	if err != nil {
		return nil, err
	}
	var acks []ack
	for i, a := range got {
		n, ok := at[drafts[i].ID]
		if ok != a.Repeat || ok && n != a.N {
			return nil, fmt.Errorf("%s sent again: %+v, it was there: %v, as %d", drafts[i].ID, a, ok, n)
		}
		op := 0
		if !ok {
			op = d.Done()
		}
		acks = append(acks, ack{drafts[i].ID, a.N, op})
	}
	return acks, nil
}

// settled checks a record, sends everything again and checks that all is in, once. It returns what
// has been promised now.
func settled(db *store.DB, d *disk.Disk, folder, vfs string, in *intake, promised func(at map[string]int64) error) ([]ack, error) {
	was, err := sound(folder, vfs)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(promised(was), unbroken(was, in.calls)); err != nil {
		return nil, err
	}
	acks, err := again(db, d, was, in.calls)
	if err != nil {
		return nil, fmt.Errorf("sent again: %w", err)
	}
	is, err := sound(folder, vfs)
	if err == nil && len(is) != in.sent {
		err = fmt.Errorf("%d reports were sent, %d are in", in.sent, len(is))
	}
	return acks, errors.Join(err, holds(is, acks, d.Done()))
}

// recovered cuts the power after k operations, opens the record that is left and settles it. Now
// and then the power is cut again meanwhile.
func recovered(t testing.TB, rec disk.Recording, k int, seed uint64, in *intake, acks []ack) error {
	t.Helper()
	folder, err := os.MkdirTemp("", "cut")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := rec.Cut(k, seed, folder); err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(folder)
	d, rnd := fresh(t, name), rand.New(rand.NewPCG(seed, 2))
	defer shut(t, d)
	db, err := opened(t, folder, name)
	if err != nil {
		return fmt.Errorf("it does not open: %w", err)
	}
	acks, err = settled(db, d, folder, name, in, func(at map[string]int64) error { return holds(at, acks, k) })
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if more := d.Recording(); rnd.IntN(4) == 0 {
		if err := recovered(t, more, rnd.IntN(len(more)+1), rnd.Uint64(), in, acks); err != nil {
			return fmt.Errorf("cut again: %w", err)
		}
	}
	return nil
}

func TestPowerCutsLoseNoEntry(t *testing.T) {
	operations := 0
	points(*cuts, func(seed uint64, cuts int) {
		rec, in := take(t, seed, 20)
		rnd := rand.New(rand.NewPCG(seed, 3))
		operations += len(rec)
		for range cuts {
			k, s := rnd.IntN(len(rec)+1), rnd.Uint64()
			if err := recovered(t, rec, k, s, in, in.acks); err != nil {
				t.Errorf("recording %d, cut after %d of %d, seed %d: %v", seed, k, len(rec), s, err)
			}
		}
	})
	t.Logf("%d cuts in %d operations", *cuts, operations)
}

// TestPowerCutsOfADiskThatLiesAreFelt: the proof above is worth something, since on a disk that
// says it has synced and has not, it fails.
func TestPowerCutsOfADiskThatLiesAreFelt(t *testing.T) {
	rec, in := take(t, 1, 20)
	rec = slices.DeleteFunc(slices.Clone(rec), func(op disk.Op) bool { return op.Kind == disk.Sync })
	bad := 0
	for seed := range uint64(10) {
		if recovered(t, rec, len(rec), seed, in, in.acks) != nil {
			bad++
		}
	}
	if bad == 0 {
		t.Error("no cut did harm")
	}
	t.Logf("%d of 10 cuts did harm", bad)
}

// TestFailuresLeaveNoHalfEntry: whichever write or sync fails, Append says Unavailable, with 507
// for a full disk; the next one goes through without a restart. Nothing of the refused call is in;
// only after a failed sync nobody can know: the call is in or it is not, but whole, and sent again
// it is in once.
func TestFailuresLeaveNoHalfEntry(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			met := 0
			failing(fault, func(f disk.Fault) {
				met += refuse(t, f)
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
	if err != nil {
		unavailable(t, fault, err)
	}
	if err != nil && fault.Always {
		unavailable(t, fault, in.send(db))
	}
	met := in.disk.Heal()
	if met == 0 || err == nil && fault.Always {
		t.Errorf("failure %d: met %d times, yet all went well", fault.N, met)
	}
	_, err = settled(db, in.disk, folder, name, in, func(at map[string]int64) error {
		if fault.On == disk.Write && len(at) != len(in.acks) {
			return fmt.Errorf("%d reports were acknowledged, %d are in", len(in.acks), len(at))
		}
		return holds(at, in.acks, in.disk.Done())
	})
	if err != nil {
		t.Errorf("failure %d: %v", fault.N, err)
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
