package engine

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/bench/world"
	"truce/columns"
)

func prepare(t testing.TB, c world.Config, rows int) (*world.World, *Engine, []byte) {
	t.Helper()
	w, err := world.New(c)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := w.WriteCSV(&buf, rows, 2); err != nil {
		t.Fatal(err)
	}
	return w, e, buf.Bytes()
}

// check runs the whole check and returns its findings in the world's terms.
func check(t testing.TB, w *world.World, e *Engine, r io.Reader, workers int) []world.Finding {
	t.Helper()
	terms := len(w.Agreements[0].Terms)
	var mutex sync.Mutex
	var out []world.Finding
	err := e.Check(r, workers, func(_, _ int, table *columns.Table, found []columns.Finding) error {
		mutex.Lock()
		defer mutex.Unlock()
		if len(table.Bad) > 0 {
			return truce.Problems(table.Bad)
		}
		for _, f := range found {
			var id int
			if _, err := fmt.Sscan(table.String(table.ID[f.Row]), &id); err != nil {
				return err
			}
			out = append(out, world.Finding{Row: id, Agreement: int(f.Group), Term: int(f.Clause) % terms, Open: world.Facts(f.Open)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b world.Finding) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Agreement - b.Agreement
	})
	return out
}

// reference judges rows 0..n-1 plainly, on all cores.
func reference(w *world.World, n int) []world.Finding {
	const step = 1000
	parts := make([][]world.Finding, (n+step-1)/step)
	var wg sync.WaitGroup
	running := make(chan struct{}, 2)
	for k := range parts {
		running <- struct{}{}
		wg.Go(func() {
			for i := k * step; i < min(n, (k+1)*step); i++ {
				row := w.Row(i)
				parts[k] = append(parts[k], w.Judge(row, w.Locate(row.At))...)
			}
			<-running
		})
	}
	wg.Wait()
	return slices.Concat(parts...)
}

func TestTheEngineAgreesWithThePlainEvaluatorPairByPair(t *testing.T) {
	rows := 100_000
	if testing.Short() {
		rows = 5_000
	}
	for _, c := range []struct {
		world.Config
		rows int
	}{
		{world.Config{}, rows},
		{world.Config{Agreements: 400}, rows / 10},
		{world.Config{Agreements: 5, Terms: 150, Vertices: 4}, rows / 10},
	} {
		w, e, csv := prepare(t, c.Config, c.rows)
		want := reference(w, c.rows)
		for _, workers := range []int{1, 2} {
			got := check(t, w, e, bytes.NewReader(csv), workers)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%+v, %d workers (-want +got):\n%.4000s", c, workers, diff)
			}
		}
		sure := 0
		for _, f := range want {
			if f.Open == 0 {
				sure++
			}
		}
		t.Logf("%d rows, %d x %d terms: %d findings, %d of them sure", c.rows, len(w.Agreements), len(w.Agreements[0].Terms), len(want), sure)
	}
}

func TestWhatARowDoesNotSayIsOpen(t *testing.T) {
	w, e, _ := prepare(t, world.Config{Agreements: 1}, 0)
	line := []byte(world.Header + "0,,,,,,,,,,,,,,,,\n")
	found := check(t, w, e, bytes.NewReader(line), 1)
	if len(found) != 1 || found[0].Open&(world.Time|world.FirstActor) != world.Time|world.FirstActor {
		t.Errorf("a row that says nothing: %v", found)
	}
}

func TestAWordTheWorldDoesNotKnowIsNoMember(t *testing.T) {
	w, e, _ := prepare(t, world.Config{}, 0)
	var line []byte
	for i := range 200 {
		row := w.Row(i)
		line = w.AppendCSV(line, row)
	}
	line = bytes.ReplaceAll(append([]byte(world.Header), line...), []byte(" "), []byte("_"))
	for _, f := range check(t, w, e, bytes.NewReader(line), 1) {
		if f.Open&world.FirstActor == 0 {
			t.Errorf("a stranger met a term: %v", f)
		}
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perRow reports the least processor time of many runs of f.
func perRow(b *testing.B, rows int, f func()) {
	least := time.Hour
	for b.Loop() {
		from := cpu()
		f()
		least = min(least, cpu()-from)
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(rows), "cpu-ns/row")
}

func BenchmarkStages(b *testing.B) {
	const rows = 100_000
	for _, c := range []world.Config{{}, {Agreements: 400}, {Terms: 100}} {
		w, e, csv := prepare(b, c, rows)
		name := fmt.Sprintf("%dx%d/", len(w.Agreements), len(w.Agreements[0].Terms))
		var t columns.Table
		o := e.Options(1)
		t.Actors, t.MeansWords = columns.On(o.Actors), columns.On(o.Means)
		err := columns.Scan(bytes.NewReader(csv), o, func(_, _ int, u *columns.Table) error { t.Append(u); return nil })
		if err != nil {
			b.Fatal(err)
		}
		j := e.NewJudge()
		each := func(f func(from, to int)) func() {
			return func() {
				for from := 0; from < rows; from += atOnce {
					f(from, min(rows, from+atOnce))
				}
			}
		}
		j.Classify(&t, 0, atOnce)
		b.Run(name+"parse", func(b *testing.B) {
			perRow(b, rows, func() {
				columns.Scan(bytes.NewReader(csv), o, func(int, int, *columns.Table) error { return nil })
			})
		})
		b.Run(name+"place", func(b *testing.B) {
			perRow(b, rows, each(func(from, to int) { j.classes[place] = j.classes[place][:to-from]; j.Locate(&t, from, to) }))
		})
		b.Run(name+"classify", func(b *testing.B) { perRow(b, rows, each(func(from, to int) { j.Classify(&t, from, to) })) })
		b.Run(name+"columns", func(b *testing.B) { perRow(b, rows, func() { j.Judge(&t) }) })
		b.Run(name+"whole", func(b *testing.B) {
			perRow(b, rows, func() {
				e.Check(bytes.NewReader(csv), 1, func(_, _ int, _ *columns.Table, f []columns.Finding) error { return nil })
			})
		})
	}
}
