package disk_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"truce/store/disk"
)

// open opens a database as the store does: write-ahead log, and every commit synced if FULL. The
// log is carried over into the database often, so that cuts meet that too.
func open(t testing.TB, path, vfs, synchronous string) *sql.DB {
	t.Helper()
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(" + synchronous + ")", "wal_autocheckpoint(12)", "secure_delete(ON)"}}
	if vfs != "" {
		q.Set("vfs", vfs)
	}
	db, err := sql.Open("sqlite", path+"?"+q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(2)
	return db
}

// promise is a number of entries that were acknowledged when op operations were done.
type promise struct{ size, op int }

// Entries are numbered from 1; head holds how many there are, in the same transaction.
const schema = `CREATE TABLE entry (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
	CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL);
	INSERT INTO head VALUES (1, 0)`

// add appends some entries in one transaction.
func add(db *sql.DB, rnd *rand.Rand, size int) (int, error) {
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return size, err
	}
	defer tx.Rollback()
	was := size
	for range 1 + rnd.IntN(4) {
		size++
		body := make([]byte, rnd.IntN(1<<(4+rnd.IntN(10))))
		if _, err := tx.Exec("INSERT INTO entry VALUES (?, ?, ?)", size, fmt.Sprintf("id-%d", size*7919%100003), body); err != nil {
			return was, err
		}
	}
	if _, err := tx.Exec("UPDATE head SET size = ?", size); err != nil {
		return was, err
	}
	if err := tx.Commit(); err != nil {
		return was, err
	}
	return size, nil
}

// record writes a database in so many commits, closing and opening it now and then, with
// readers that hold on to old states.
func record(t testing.TB, seed uint64, commits int, synchronous string) (disk.Recording, []promise) {
	t.Helper()
	name := fmt.Sprintf("%s-%d-%s", filepath.Base(t.Name()), seed, synchronous)
	d := fresh(t, name)
	defer shut(t, d)
	path, rnd := filepath.Join(t.TempDir(), "a.db"), rand.New(rand.NewPCG(seed, 1))
	db := open(t, path, name, synchronous)
	if _, err := db.Exec("BEGIN;" + schema + ";COMMIT"); err != nil {
		t.Fatal(err)
	}
	promises, size := []promise{{0, d.Done()}}, 0
	end := func() {}
	for i := range commits {
		switch {
		case rnd.IntN(20) == 0:
			end()
			end = func() {}
			db.Close()
			db = open(t, path, name, synchronous)
		case i%8 == 0:
			end()
			end = reader(t, db)
		}
		var err error
		if size, err = add(db, rnd, size); err != nil {
			t.Fatal(err)
		}
		promises = append(promises, promise{size, d.Done()})
	}
	end()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return d.Recording(), promises
}

// reader begins to read and returns how to end it.
func reader(t testing.TB, db *sql.DB) func() {
	t.Helper()
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow("SELECT size FROM head").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return func() { tx.Rollback() }
}

// whole checks a database and returns how many entries it has; -1 if not even the tables.
func whole(db *sql.DB) (int, error) {
	var check string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		return 0, fmt.Errorf("integrity check: %s: %v", check, err)
	}
	var tables, size, count, newest int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables == 0 {
		return -1, err
	}
	err := db.QueryRow("SELECT (SELECT size FROM head), count(*), coalesce(max(n), 0) FROM entry").Scan(&size, &count, &newest)
	if err == nil && (size != count || size != newest) {
		err = fmt.Errorf("the head says %d entries, there are %d, the newest is %d", size, count, newest)
	}
	return size, err
}

// kept says what is wrong with a size after a cut: it is one of those promised, none before the
// last promise made, and at most the one under way.
func kept(promises []promise, k, size int) error {
	floor, ceiling := -1, 0
	for _, p := range promises {
		ceiling = p.size
		if p.op > k {
			break
		}
		floor = p.size
	}
	if size != floor && size != ceiling {
		return fmt.Errorf("%d entries: %d were acknowledged, %d asked for", size, floor, ceiling)
	}
	return nil
}

// after cuts the power, opens what is left, checks it and goes on as if nothing had been. Now and
// then the power is cut again meanwhile.
func after(t testing.TB, rec disk.Recording, k int, seed uint64, promises []promise) error {
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
	promises, err = reopened(open(t, filepath.Join(folder, "a.db"), name, "FULL"), d, k, rnd, promises)
	if closed := d.Close(); err != nil || closed != nil {
		return errors.Join(err, closed)
	}
	if again := d.Recording(); len(promises) > 0 && rnd.IntN(4) == 0 {
		if err := after(t, again, rnd.IntN(len(again)+1), rnd.Uint64(), promises); err != nil {
			return fmt.Errorf("cut again: %w", err)
		}
	}
	return nil
}

// reopened checks a database after a cut, adds to it, and returns what it has promised now.
func reopened(db *sql.DB, d *disk.Disk, k int, rnd *rand.Rand, promises []promise) ([]promise, error) {
	defer db.Close()
	size, err := whole(db)
	if err != nil {
		return nil, err
	}
	if err := kept(promises, k, size); err != nil || size < 0 {
		return nil, err
	}
	next, err := add(db, rnd, size)
	if err != nil {
		return nil, err
	}
	promises = []promise{{size, 0}, {next, d.Done()}}
	if got, err := whole(db); err != nil || got != next {
		return nil, fmt.Errorf("went on to %d entries, there are %d: %v", next, got, err)
	}
	return promises, nil
}

// points deals out so many cuts over recordings, a new one for every thousand.
func points(n int, each func(seed uint64, cuts int)) {
	for seed := uint64(1); n > 0; seed++ {
		each(seed, min(n, 1000))
		n -= 1000
	}
}

func TestPowerCutsLoseNothingAcknowledged(t *testing.T) {
	operations := 0
	points(*cuts, func(seed uint64, cuts int) {
		rec, promises := record(t, seed, 80, "FULL")
		rnd := rand.New(rand.NewPCG(seed, 3))
		operations += len(rec)
		for range cuts {
			k, s := rnd.IntN(len(rec)+1), rnd.Uint64()
			if err := after(t, rec, k, s, promises); err != nil {
				t.Errorf("recording %d, cut after %d of %d, seed %d: %v", seed, k, len(rec), s, err)
			}
		}
	})
	t.Logf("%d cuts in %d operations", *cuts, operations)
}

// TestPowerCutsAreFelt: the proof above is worth something, since it fails for a database that
// does not sync every commit.
func TestPowerCutsAreFelt(t *testing.T) {
	for _, synchronous := range []string{"NORMAL", "OFF"} {
		rec, promises := record(t, 1, 80, synchronous)
		rnd, bad := rand.New(rand.NewPCG(1, 3)), 0
		for range 60 {
			if after(t, rec, rnd.IntN(len(rec)+1), rnd.Uint64(), promises) != nil {
				bad++
			}
		}
		if bad == 0 {
			t.Errorf("synchronous=%s: 60 cuts did no harm", synchronous)
		}
		t.Logf("synchronous=%s: %d of 60 cuts did harm", synchronous, bad)
	}
}

// faults are the failures to try, by name.
var faults = map[string]disk.Fault{
	"full once":            {On: disk.Write, Code: disk.Full},
	"full from then on":    {On: disk.Write, Code: disk.Full, Always: true},
	"write error once":     {On: disk.Write, Code: disk.WriteError},
	"sync error once":      {On: disk.Sync, Code: disk.SyncError},
	"sync error always":    {On: disk.Sync, Code: disk.SyncError, Always: true},
	"read-only from then":  {On: disk.Write, Code: disk.ReadOnly, Always: true},
	"write error for good": {On: disk.Write, Code: disk.WriteError, Always: true},
}

// failing calls each with the faults to try: the first 500 writes, or 60 syncs, or a sample of them.
func failing(f disk.Fault, each func(f disk.Fault)) {
	last := 500
	if f.On == disk.Sync {
		last = 60
	}
	tries := min(*nth, last)
	for i := range tries {
		f.N = 1 + i*last/tries
		each(f)
	}
}

// TestFailuresLeaveNothingHalf: whichever write or sync fails, the commit says so, nothing of it
// is there, and the next one on the same connection goes through; a cut later finds all that.
func TestFailuresLeaveNothingHalf(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			hit := 0
			failing(fault, func(f disk.Fault) {
				hit += fail(t, f)
			})
			t.Logf("%d failures met", hit)
		})
	}
}

// fail writes until the fault is met, heals the disk and goes on.
func fail(t *testing.T, fault disk.Fault) int {
	t.Helper()
	name := fmt.Sprintf("fail-%d-%d-%d-%v", fault.On, fault.N, fault.Code, fault.Always)
	d := fresh(t, name)
	defer shut(t, d)
	folder, rnd := t.TempDir(), rand.New(rand.NewPCG(uint64(fault.N), 4))
	db := open(t, filepath.Join(folder, "a.db"), name, "FULL")
	defer db.Close()
	if _, err := db.Exec("BEGIN;" + schema + ";COMMIT"); err != nil {
		t.Fatal(err)
	}
	d.Fail(fault)
	size, err := 0, error(nil)
	for i := 0; i < 1000 && err == nil && (fault.Always || d.Failed() == 0); i++ {
		size, err = add(db, rnd, size)
	}
	met := d.Heal()
	var e *sqlite.Error
	switch {
	case met == 0 || err == nil && fault.Always:
		t.Errorf("failure %d: met %d times, yet all went well", fault.N, met)
	case err != nil && (!errors.As(err, &e) || e.Code() != int(fault.Code) && e.Code() != sqlite3.SQLITE_CANTOPEN):
		t.Errorf("failure %d: %v", fault.N, err)
	}
	if got, err := whole(db); err != nil || got != size {
		t.Errorf("failure %d: %d entries, %d before it: %v", fault.N, got, size, err)
	}
	if size, err = add(db, rnd, size); err != nil {
		t.Errorf("failure %d: the next one: %v", fault.N, err)
	}
	rec := d.Recording()
	if err := after(t, rec, len(rec), uint64(fault.N), []promise{{size, 0}}); err != nil {
		t.Errorf("failure %d, then the power: %v", fault.N, err)
	}
	return met
}
