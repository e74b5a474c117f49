package desk

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
)

// head is somebody who does all the work of a mission, signed in with two factors.
func head(id string) access.Person {
	return access.Person{ID: id, Roles: []access.Role{access.Desk, access.Verifier, access.Head}, Org: "mission", TwoFactor: true}
}

// zeros are random bytes that are none, for keys that are the same in every run.
type zeros byte

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z)
	}
	return len(p), nil
}

func keyOf(t testing.TB, name string) *ledger.Key {
	t.Helper()
	k, err := ledger.NewKey(zeros(7), name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newRecord is an empty record on disk, with a clock that goes on by a second at each look.
func newRecord(t testing.TB) *Record {
	t.Helper()
	at := time.Date(2016, 8, 27, 15, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "record.db"), store.Options{Now: now, Fold: record.Fold})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key := keyOf(t, "desk.example")
	db.SetKey(key)
	r, err := NewRecord(RecordOptions{DB: db, Key: key, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sample(t testing.TB) (*Record, *Loaded) {
	t.Helper()
	r := newRecord(t)
	l, err := r.Load(context.Background(), head("amal"), "../missions/syria-2016", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r, l
}

func TestTheSampleMissionLoadsAsARecord(t *testing.T) {
	r, l := sample(t)
	if l.Reports != 150 || len(l.SetAside) != 0 || l.Repeated != 0 {
		t.Errorf("%d reports, %d set aside, %d repeated", l.Reports, len(l.SetAside), l.Repeated)
	}
	s, err := r.State(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s.Line())
	m, _, err := Open("../missions/syria-2016", OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Check(context.Background(), CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Verdicts[truce.Violation] != c.Tally.Violation || s.Verdicts[truce.Undetermined] != c.Tally.Undetermined || s.Verdicts[truce.NoViolation] != c.Tally.NoViolation {
		t.Errorf("the record says %v, truce check %d, %d, %d", s.Verdicts, c.Tally.Violation, c.Tally.Undetermined, c.Tally.NoViolation)
	}
}

func TestLoadingAgainEntersNothingTwice(t *testing.T) {
	r, first := sample(t)
	again, err := r.Load(context.Background(), head("amal"), "../missions/syria-2016", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Entered != 0 || again.Repeated != first.Entered {
		t.Errorf("entered %d, repeated %d of %d", again.Entered, again.Repeated, first.Entered)
	}
}
