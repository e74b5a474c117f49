package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/ledger"
	"truce/store"
)

func TestFirstAppendEnrolsTheInstance(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		got := add(t, db, received(said{ID: "a", Label: "CLEAR", Text: "shells near the river"}))
		if want := []store.Appended{{N: 1, At: noon}}; !cmp.Equal(got, want) {
			t.Errorf("got %v; expected %v", got, want)
		}
		e, err := db.Entry(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		k := key("desk.example")
		if e.Kind != ledger.KeyEnrolled || e.Key != k.ID() || e.Enrols != k.Verifier() || !e.At.Equal(noon) {
			t.Errorf("entry 0 is %s by %s", e.Kind, e.Key)
		}
	})
}

func TestRecordIsThereAfterOpeningAgain(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		for i := range 300 {
			add(t, db, received(said{ID: fmt.Sprint(i), Label: "CLEAR", Text: "shells"}))
		}
		was, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = p.open(t)
		is, err := db.Head(t.Context())
		if err != nil || is != was || is.Size != 301 {
			t.Errorf("got %v, %v; expected %v", is, err, was)
		}
		// The root is that of a tree of the leaves, made by hand.
		tree, _ := ledger.NewTree(0, nil)
		for e, err := range db.Entries(t.Context(), 0, 1000) {
			if err != nil {
				t.Fatal(err)
			}
			tree.Append(e.Leaf())
		}
		if tree.Root() != is.Root {
			t.Errorf("root %v; the leaves give %v", is.Root, tree.Root())
		}
		if n, err := ledger.Inclusion(301, 77, func(l int, n int64) ([]byte, error) { return db.Tile(t.Context(), l, n) }); err != nil || len(n) == 0 {
			t.Errorf("no proof from the tiles: %v", err)
		}
	})
}

func TestSameSubmissionAgain(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		d := received(said{ID: "a", Label: "CLEAR", Text: "shells near the river"})
		d.ID = "phone-7/1"
		first := add(t, db, d)
		p.clock.Add(time.Hour)
		d.Fields = ledger.NewFields([16]byte{1: 9}) // the phone has new salts
		for name, v := range map[string]any{"id": "a", "label": "CLEAR", "text": "shells near the river"} {
			if err := d.Fields.Set(name, v); err != nil {
				t.Fatal(err)
			}
		}
		again := add(t, db, d, received(said{ID: "b"}))
		if want := []store.Appended{{N: 1, At: noon, Repeat: true}, {N: 2, At: noon.Add(time.Hour)}}; !cmp.Equal(again, want) || first[0].Repeat {
			t.Errorf("got %v; expected %v", again, want)
		}
		if err := d.Fields.Set("text", "shells far from the river"); err != nil {
			t.Fatal(err)
		}
		_, err := db.Append(t.Context(), d)
		refused(t, err, truce.Conflict, "phone-7/1", "entry 1", "text")
		if n, err := db.Submitted(t.Context(), "phone-7/1"); n != 1 || err != nil {
			t.Errorf("submission is entry %d, %v; expected 1", n, err)
		}
		both := received(said{ID: "c"})
		both.ID = "twice"
		got := add(t, db, both, both)
		if got[0].N != got[1].N || !got[1].Repeat {
			t.Errorf("twice in one call: %v", got)
		}
	})
}

func TestAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a", Label: "CLEAR"}))
		before := size(t, db)
		_, err := db.Append(t.Context(), received(said{ID: "b", Label: "CLEAR"}), received(said{ID: "a", Label: "RED"}), store.Draft{Kind: "fold.fails"})
		refused(t, err, truce.Invalid, "draft 3", "as asked")
		if size(t, db) != before {
			t.Errorf("%d entries; expected %d", size(t, db), before)
		}
		if got := ids(list(t, db, store.Query{Labels: []string{"CLEAR", "RED"}}).Rows); got != "a" {
			t.Errorf("rows %q; expected a", got)
		}
	})
}

// TestNoneSuffersForAnother: calls that share a transaction fail each for itself.
func TestNoneSuffersForAnother(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "0", Label: "CLEAR"}))
		var wg sync.WaitGroup
		for i := range 90 {
			wg.Go(func() {
				d := received(said{ID: fmt.Sprint("r", i), Label: "CLEAR"})
				kind := []string{"", "fold.fails", "fold.panics"}[i%3]
				if kind != "" {
					d.Kind = kind
				}
				_, err := db.Append(context.Background(), received(said{ID: fmt.Sprint("x", i), Label: "CLEAR"}), d)
				if (err == nil) != (kind == "") {
					t.Errorf("%s: %v", kind, err)
				}
			})
		}
		wg.Wait()
		if got, err := db.Count(t.Context(), store.Query{Kind: "report", AnyLabel: true}); err != nil || !cmp.Equal(got, []store.Counted{{Label: "CLEAR", N: 61}}) {
			t.Errorf("got %v, %v; expected 61 rows", got, err)
		}
		if size(t, db) != 62 {
			t.Errorf("%d entries; expected 62", size(t, db))
		}
		sound(t, db)
	})
}

func TestClockThatGoesBack(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a"}))
		p.clock.Add(-5 * time.Second)
		if got := add(t, db, received(said{ID: "b"})); !got[0].At.Equal(noon) {
			t.Errorf("recorded at %s; expected the last entry's time", got[0].At)
		}
		p.clock.Add(-time.Millisecond)
		_, err := db.Append(t.Context(), received(said{ID: "c"}))
		refused(t, err, truce.Unavailable, "clock", "5.001s before the last entry")
		p.clock.Add(time.Minute)
		if got := add(t, db, received(said{ID: "c"})); !got[0].At.Equal(noon.Add(time.Minute - 5001*time.Millisecond)) {
			t.Errorf("recorded at %s", got[0].At)
		}
	})
}

func TestRowThatChangedUnderTheAuthor(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a", Text: "one"}), received(said{ID: "b", Text: "one"}))
		seen := size(t, db) // 3
		d := received(said{ID: "a", Text: "two"})
		d.Expect, d.Touch = seen, [][2]string{{"report", "a"}, {"report", "new"}}
		add(t, db, d)
		d = received(said{ID: "a", Text: "three"})
		d.Expect, d.Touch = seen, [][2]string{{"report", "b"}, {"report", "a"}}
		_, err := db.Append(t.Context(), d)
		refused(t, err, truce.Conflict, "report a", "entry 3")
		add(t, db, store.Draft{Kind: "report.closed", Fields: fields(said{ID: "b"})})
		d.Expect, d.Touch = seen+1, [][2]string{{"report", "b"}}
		_, err = db.Append(t.Context(), d)
		refused(t, err, truce.Conflict, "report b", "entry 4")
	})
}

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		ana := key("desk.example/ana")
		d := received(said{ID: "a"})
		d.Key, d.Sign = ana, true
		_, err := db.Append(t.Context(), d)
		refused(t, err, truce.Denied, "not enrolled")
		enrol := store.Draft{Kind: ledger.KeyEnrolled, Enrols: ana.Verifier()}
		n := add(t, db, enrol, d)[1].N
		e, err := db.Entry(t.Context(), n)
		if err != nil || e.CheckSignature(ana.Verifier()) != nil {
			t.Errorf("the signature of ana does not hold: %v", err)
		}
		_, err = db.Append(t.Context(), enrol)
		refused(t, err, truce.Conflict, "enrolled already")
		add(t, db, store.Draft{Kind: ledger.KeyRevoked, Enrols: ana.Verifier()})
		d = received(said{ID: "b"})
		d.Key = ana
		_, err = db.Append(t.Context(), d)
		refused(t, err, truce.Denied, "revoked")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = p.open(t)
		_, err = db.Append(t.Context(), d)
		refused(t, err, truce.Denied, "revoked")
		add(t, db, enrol, d)
	})
}

func TestDraftsThatCannotBe(t *testing.T) {
	long := func(n int) string { return fmt.Sprintf("%0*d", n, 0) }
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a"}))
		for name, c := range map[string]struct {
			d    store.Draft
			want string
		}{
			"kind of one word":          {store.Draft{Kind: "report"}, "Kind"},
			"key without a key":         {store.Draft{Kind: ledger.KeyEnrolled}, "Enrols"},
			"report about a key":        {store.Draft{Kind: "report.received", Enrols: "x"}, "Enrols"},
			"no verifier key":           {store.Draft{Kind: ledger.KeyRevoked, Enrols: "x"}, "Enrols"},
			"submission with zero":      {store.Draft{Kind: "report.closed", ID: "a\x00"}, "ID"},
			"submission too long":       {store.Draft{Kind: "report.closed", ID: long(257)}, "ID"},
			"row without a name":        {received(said{Text: "x"}), "identifier"},
			"row with a long name":      {received(said{ID: long(257)}), "at most 256"},
			"row with a zero byte":      {received(said{ID: "b", Label: "\x00"}), "zero bytes"},
			"row with a long label":     {received(said{ID: "b", Label: long(1025)}), "at most 1024"},
			"box beyond the pole":       {received(said{ID: "b", Box: &truce.Box{North: 91}}), "latitudes"},
			"box upside down":           {received(said{ID: "b", Box: &truce.Box{South: 2, North: 1}}), "south"},
			"box ends before it begins": {received(said{ID: "b", Box: &truce.Box{From: noon, To: noon.Add(-time.Second)}}), "before it begins"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := db.Append(t.Context(), c.d)
				refused(t, err, truce.Invalid, c.want)
			})
		}
		if size(t, db) != 2 {
			t.Errorf("%d entries; expected 2", size(t, db))
		}
	})
}

func TestCallerWhoGaveUp(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Append(ctx, received(said{ID: "a"})); err == nil {
			t.Error("appended for nobody")
		}
		add(t, db, received(said{ID: "b"}))
		if size(t, db) != 2 {
			t.Errorf("%d entries; expected 2", size(t, db))
		}
	})
}

// TestQueueThatIsFull: while the writer is held up, callers beyond the queue are refused.
func TestQueueThatIsFull(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		hold, in := make(chan bool), make(chan bool)
		slow := func(old func(kind, id string) (truce.Row, bool, error), n int64, e *ledger.Entry) ([]truce.Row, error) {
			if e.Kind == "report.slow" {
				in <- true
				<-hold
			}
			return fold(old, n, e)
		}
		db, err := p.try(store.Options{Queue: 2, Fold: slow})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		add(t, db, received(said{ID: "first"}))
		var wg sync.WaitGroup
		results := make(chan error, 8)
		wg.Go(func() { _, err := db.Append(context.Background(), store.Draft{Kind: "report.slow"}); results <- err })
		<-in
		for i := range 5 {
			wg.Go(func() {
				_, err := db.Append(context.Background(), received(said{ID: fmt.Sprint(i)}))
				results <- err
			})
		}
		full := 0
		for range 3 {
			refused(t, <-results, truce.Unavailable, "wait")
			full++
		}
		close(hold)
		wg.Wait()
		close(results)
		for err := range results {
			if err != nil {
				t.Error(err)
			}
		}
		if size(t, db) != 5 || full != 3 {
			t.Errorf("%d entries; expected 5", size(t, db))
		}
	})
}

func TestClosedRecord(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		add(t, db, received(said{ID: "a"}))
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := db.Append(t.Context(), received(said{ID: "b"}))
		refused(t, err, truce.Unavailable, "closed")
		if err := db.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	})
}

func TestWaitTellsOfGrowth(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		got := make(chan int64)
		go func() { n, _ := db.Wait(context.Background(), 0); got <- n }()
		add(t, db, received(said{ID: "a"}))
		if n := <-got; n != 2 {
			t.Errorf("told of %d entries; expected 2", n)
		}
	})
}
