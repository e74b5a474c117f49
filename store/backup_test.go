package store_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/ledger"
	"truce/store"
)

// flips is at how many places a byte of a backup is changed.
var flips = flag.Int("flips", 200, "bytes of a backup to change, one at a time")

// told is a record with something of everything.
func told(t testing.TB, p place, entries int) *store.DB {
	db := p.open(t)
	var drafts []store.Draft
	for i := range entries {
		d := received(said{ID: fmt.Sprint("r", i%(entries*2/3)), Label: []string{"CLEAR", "RED"}[i%2], Text: "Обстрел <b>&amp; قصف " + fmt.Sprint(i), Sort: fmt.Sprint(i), Box: &truce.Box{West: 36, East: 36, South: 33, North: 33, From: noon, To: noon}})
		if i%3 == 0 {
			d.ID = fmt.Sprint("phone/", i)
		}
		drafts = append(drafts, d)
	}
	drafts = append(drafts, closed("r1"), store.Draft{Kind: ledger.KeyEnrolled, Enrols: key("desk.example/ana").Verifier()})
	add(t, db, drafts...)
	for _, s := range []string{"ana", "bob"} {
		if err := db.Keep(t.Context(), "account", s, []byte("\x00\xff"+s), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Keep(t.Context(), "session", "s", nil, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	checkpoint(t, db)
	add(t, db, received(said{ID: "after the checkpoint", Label: "CLEAR"}))
	return db
}

func checkpoint(t testing.TB, db *store.DB) {
	t.Helper()
	h, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: "desk.example", Size: h.Size, Root: h.Root}, key("desk.example"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SaveCheckpoint(t.Context(), note); err != nil {
		t.Fatal(err)
	}
}

func backup(t testing.TB, db *store.DB, extra func(store.Add) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := db.Backup(t.Context(), &b, extra); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p place) restore(b []byte, how store.Restoring) (store.Head, error) {
	return store.Restore(context.Background(), bytes.NewReader(b), p.url, store.Options{Now: p.clock.Now, Fold: fold}, how)
}

func TestCheckpoints(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		_, err := db.Checkpoint(t.Context(), 0)
		refused(t, err, truce.Absent)
		add(t, db, received(said{ID: "a"}))
		checkpoint(t, db)
		add(t, db, received(said{ID: "b"}), received(said{ID: "c"}))
		checkpoint(t, db)
		for asOf, want := range map[int64]int64{0: 4, 4: 4, 3: 2, 2: 2} {
			note, err := db.Checkpoint(t.Context(), asOf)
			if err != nil {
				t.Fatal(err)
			}
			if c, _, err := ledger.OpenCheckpoint(note, key("desk.example").Verifier()); err != nil || c.Size != want {
				t.Errorf("as of %d: %v, %v; expected size %d", asOf, c, err, want)
			}
		}
		for what, c := range map[string]ledger.Checkpoint{"root": {Size: 2}, "entries": {Size: 99}} {
			c.Origin = "desk.example"
			note, err := ledger.SignCheckpoint(c, key("desk.example"))
			if err != nil {
				t.Fatal(err)
			}
			refused(t, db.SaveCheckpoint(t.Context(), note), truce.Conflict, what)
		}
		refused(t, db.SaveCheckpoint(t.Context(), []byte("no note")), truce.Invalid)
	})
}

// TestBackupFitsEitherDatabase restores a backup of each database into each.
func TestBackupFitsEitherDatabase(t *testing.T) {
	each(t, func(t *testing.T, from place) {
		db := told(t, from, 1500)
		want, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b := backup(t, db, func(add store.Add) error { return add("pictures/1.jpg", 4, strings.NewReader("\x00jpg")) })
		sum := digest(t, db)
		each(t, func(t *testing.T, to place) {
			got := ""
			head, err := to.restore(b, store.Restoring{Extra: func(name string, r io.Reader) error {
				x, err := io.ReadAll(r)
				got += name + ":" + string(x)
				return err
			}})
			if err != nil || head != want {
				t.Fatalf("%v, %v; expected %v", head, err, want)
			}
			if got != "pictures/1.jpg:\x00jpg" {
				t.Errorf("extra member %q", got)
			}
			again := to.open(t)
			if digest(t, again) != sum {
				t.Error("the state is another")
			}
			if diff := cmp.Diff(string(members2(b)), string(members2(backup(t, again, nil)))); diff != "" {
				t.Error("a backup of the restored record is another")
			}
			if b, err := again.Kept(t.Context(), "account", "bob"); err != nil || string(b) != "\x00\xffbob" {
				t.Errorf("kept %q, %v", b, err)
			}
			sound(t, again)
			d := received(said{ID: "r0", Label: "CLEAR", Text: "x"})
			d.ID, d.Key = "phone/0", key("desk.example/ana")
			_, err = again.Append(t.Context(), d)
			refused(t, err, truce.Conflict, "phone/0")
			d.ID = "new"
			add(t, again, d)
		})
	})
}

// members2 are the bytes of a backup's own members, but for the hashes, which name the extra
// ones too.
func members2(b []byte) []byte {
	var out bytes.Buffer
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err != nil {
			return out.Bytes()
		}
		if strings.HasPrefix(h.Name, "extra/") || h.Name == "hashes" || h.Name == "digest" {
			continue
		}
		fmt.Fprintln(&out, h.Name, h.Size)
		_, _ = io.Copy(&out, r)
	}
}

// TestBackupWhileOthersWrite: what it holds is the record of one moment.
func TestBackupWhileOthersWrite(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := told(t, p, 3000)
		var stop atomic.Bool
		done := make(chan bool)
		go func() {
			defer close(done)
			for i := 0; !stop.Load(); i++ {
				if _, err := db.Append(context.Background(), received(said{ID: fmt.Sprint("w", i), Label: "CLEAR"})); err != nil {
					t.Error(err)
					return
				}
			}
		}()
		for range 3 {
			before := size(t, db)
			b := backup(t, db, nil)
			to := onSQLite(t)
			h, err := to.restore(b, store.Restoring{})
			if err != nil || h.Size < before || h.Size > size(t, db) {
				t.Fatalf("%v, %v; expected %d to %d entries", h, err, before, size(t, db))
			}
		}
		stop.Store(true)
		<-done
	})
}

// TestChangedBackupIsRefused flips bytes, cuts and lengthens a backup; nothing may be created
// or changed.
func TestChangedBackupIsRefused(t *testing.T) {
	b := backup(t, told(t, onSQLite(t), 40), nil)
	each(t, func(t *testing.T, p place) {
		rng := rand.New(rand.NewPCG(7, 7))
		n := *flips
		if p.sqlite == "" {
			n /= 10 // nothing of it reaches the database
		}
		try := func(what string, x []byte) {
			t.Helper()
			_, err := p.restore(x, store.Restoring{Replace: true})
			refused(t, err, truce.Invalid, "damaged")
			if _, err := os.Stat(p.sqlite); p.sqlite != "" && err == nil {
				t.Fatalf("%s: a file was made", what)
			}
		}
		for i := range n {
			x := bytes.Clone(b)
			at := rng.IntN(len(x))
			if i < 4 { // the padding at the very end, and just before the digest
				at = []int{len(x) - 1, len(x) - 1500, len(x) - 2049, len(x) - 2048}[i]
			}
			x[at] ^= 1 << rng.IntN(8)
			try(fmt.Sprintf("byte %d of %d", at, len(x)), x)
		}
		for _, cut := range []int{0, 1, 511, 512, 4096, len(b) - 2048, len(b) - 1024, len(b) - 1} {
			try("cut", b[:cut])
		}
		try("longer", append(bytes.Clone(b), make([]byte, 512)...))
	})
}

// TestBackupWithAGoodDigestAndABadRecord: who can write the digest still cannot smuggle in a
// record that does not hold together.
func TestBackupWithAGoodDigestAndABadRecord(t *testing.T) {
	b := backup(t, told(t, onSQLite(t), 40), nil)
	for name, c := range map[string]struct{ old, new, want string }{
		"a value":           {`"text":"Обстрел <b>&amp; قصف 7"`, `"text":"Обстрел <b>&amp; قصف 8"`, "entry 8"},
		"a leaf":            {`"leaf":"truce/entry/1\nreport.received\n2016-08-27T12:00:00.000Z`, `"leaf":"truce/entry/1\nreport.received\n2016-08-27T12:00:00.001Z`, "entry 2"},
		"the root":          {`"root":"`, `"root":"A`, "record.json"},
		"a checkpoint":      {`desk.example\n43\n`, `desk.example\n42\n`, "checkpoints"},
		"another format":    {`"format":1`, `"format":2`, "record.json"},
		"a name not known":  {`"kind":"account"`, `"lind":"account"`, "kept"},
		"a submission":      {`"id":"phone/3"`, `"id":"phone/6"`, "submission"},
		"a member's name":   {"entries/000000000000", "entrees/000000000000", "nobody knows"},
		"two manifests":     {"checkpoints\x00", "record.json\x00", "where it should"},
		"an extra member":   {"checkpoints\x00", "extra/thing\x00", "nowhere to put"},
		"a kind with zeros": {`"kind":"account"`, `"kind":"acc\u0000"`, "zero"},
	} {
		t.Run(name, func(t *testing.T) {
			x := redigest(t, b, c.old, c.new)
			to := onSQLite(t)
			_, err := to.restore(x, store.Restoring{})
			refused(t, err, truce.Invalid, c.want)
			if _, err := os.Stat(to.sqlite); err == nil {
				t.Error("a file was made")
			}
		})
	}
	if _, err := onSQLite(t).restore(redigest(t, b, "", ""), store.Restoring{}); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}

// redigest changes the first place where old stands, and writes the backup anew with hashes
// that fit.
func redigest(t testing.TB, b []byte, old, new string) []byte {
	t.Helper()
	var out, hashes bytes.Buffer
	w := tar.NewWriter(&out)
	done := old == ""
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		x, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !done && strings.HasSuffix(old, "\x00") && h.Name+"\x00" == old {
			h.Name, done = strings.TrimSuffix(new, "\x00"), true
		} else if !done && h.Name == old {
			h.Name, done = new, true
		} else if i := bytes.Index(x, []byte(old)); !done && i >= 0 {
			x, done = bytes.Replace(x, []byte(old), []byte(new), 1), true
		}
		if h.Name == "hashes" {
			x = hashes.Bytes()
		}
		if h.Name == "digest" {
			break
		}
		fmt.Fprintf(&hashes, "%x %d %s\n", sha256.Sum256(x), len(x), h.Name)
		put(t, w, h.Name, x)
	}
	if !done {
		t.Fatalf("%q stands nowhere in the backup", old)
	}
	return seal(t, w, &out)
}

func put(t testing.TB, w *tar.Writer, name string, x []byte) {
	t.Helper()
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(x)), Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(x); err != nil {
		t.Fatal(err)
	}
}

// seal ends a backup with its digest.
func seal(t testing.TB, w *tar.Writer, out *bytes.Buffer) []byte {
	t.Helper()
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(out.Bytes())
	put(t, w, "digest", []byte(hex.EncodeToString(sum[:])+"\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRestoreOverARecord(t *testing.T) {
	b := backup(t, told(t, onSQLite(t), 40), nil)
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "mine"}))
		if _, err := p.restore(b, store.Restoring{Replace: true}); kindOf(err) != truce.Unavailable {
			t.Errorf("%v; expected a refusal while the record is served", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := p.restore(b, store.Restoring{})
		refused(t, err, truce.Conflict, "2 entries")
		db = p.open(t)
		if got := ids(list(t, db, store.Query{AnyLabel: true}).Rows); got != "mine" {
			t.Errorf("rows %q; expected mine", got)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if h, err := p.restore(b, store.Restoring{Replace: true}); err != nil || h.Size != 44 {
			t.Fatalf("%v, %v", h, err)
		}
		db = p.open(t)
		_, err = db.Get(t.Context(), 0, "report", "mine")
		refused(t, err, truce.Absent)
		sound(t, db)
	})
}

// TestRestoreThatFailsLateLeavesNothing: the fold refuses what the check could not see.
func TestRestoreThatFailsLateLeavesNothing(t *testing.T) {
	b := backup(t, told(t, onSQLite(t), 40), nil)
	broken := func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
		if n == 30 {
			return nil, &truce.Error{Kind: truce.Invalid, Msg: "as asked"}
		}
		return fold(old, n, e)
	}
	each(t, func(t *testing.T, p place) {
		_, err := store.Restore(t.Context(), io.NopCloser(bytes.NewReader(b)), p.url, store.Options{Now: p.clock.Now, Fold: broken}, store.Restoring{})
		refused(t, err, truce.Invalid, "as asked")
		if p.sqlite != "" {
			left, err := filepath.Glob(filepath.Join(filepath.Dir(p.sqlite), "*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		}
		db := p.open(t)
		if size(t, db) != 0 {
			t.Errorf("%d entries; expected none", size(t, db))
		}
		add(t, db, received(said{ID: "a"}))
	})
}

// FuzzBackup reads whatever has a good digest.
func FuzzBackup(f *testing.F) {
	good := backup(f, told(f, onSQLite(f), 3), nil)
	f.Add(good[:len(good)-2048])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		sum := sha256.Sum256(b)
		var tail bytes.Buffer
		w := tar.NewWriter(&tail)
		put(t, w, "digest", []byte(hex.EncodeToString(sum[:])+"\n"))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		to := onSQLite(t)
		_, err := to.restore(append(bytes.Clone(b), tail.Bytes()...), store.Restoring{})
		if err == nil {
			sound(t, to.open(t))
		} else if kindOf(err) != truce.Invalid {
			t.Errorf("%v; expected it to be invalid", err)
		}
	})
}
