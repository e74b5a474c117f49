package match

import (
	"context"
	"flag"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"truce"
	"truce/bench/world"
)

var rows = flag.Int("rows", 5000, "how many rows of the bench's world the speed tests link")

// worldAccounts makes rows of the bench's world into accounts, and tells the original of each.
func worldAccounts(t testing.TB, m *Matcher, seed uint64, n int) ([]Account, []int) {
	w, err := world.New(world.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	out, truth := make([]Account, 0, n), make([]int, n)
	for i := range n {
		r := w.Row(i)
		out = append(out, m.Accounts(worldReport(r))...)
		if truth[i] = r.Truth; r.Truth == world.None {
			truth[i] = i
		}
	}
	return out, truth
}

func worldReport(r world.Row) truce.Report {
	epoch := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	e := truce.Element{ID: fmt.Sprintf("%07d", r.ID), Acts: []string{"attack"},
		When:  []truce.When{{From: epoch.AddDate(0, 0, int(r.Start)), To: epoch.AddDate(0, 0, int(r.End)+1)}},
		Where: []truce.Place{{Form: truce.FormDisc, Lat: float64(r.At.Lat) / 1e6, Lon: float64(r.At.Lon) / 1e6, Within: 1000}}}
	if r.A != world.None {
		e.By = []string{"a" + strconv.Itoa(r.A)}
	}
	if r.B != world.None {
		e.Against = []string{"a" + strconv.Itoa(r.B)}
	}
	if r.Means != world.None {
		e.Means = []truce.Means{{Kind: "m" + strconv.Itoa(r.Means)}}
	}
	if r.Deaths != world.None {
		e.Killed = &truce.Range{Low: float64(r.Low), High: float64(r.High)}
	}
	var text []string
	for _, k := range r.Words {
		text = append(text, strconv.Itoa(int(k)))
	}
	return truce.Report{ID: e.ID, Text: strings.Join(text, " "), Elements: []truce.Element{e}}
}

// The quick way of [Matcher.Pairs] gives the numbers of Compare, to the last bit.
func TestQuickIsTheSameAsPlain(t *testing.T) {
	m := matcher(t, Known{})
	list, _ := worldAccounts(t, m, world.DefaultSeed, 400)
	list = append(list, busy(t, m, 60)...)
	quick := m.pack(list)
	n := 0
	for i := range list {
		for k := range list {
			c := m.Compare(&list[i], &list[k])
			odds, ok := quick.between(&quick.all[i], &quick.all[k], -4)
			if ok && !math.IsInf(odds, -1) && odds != c.LogOdds || math.IsInf(odds, -1) && c.LogOdds >= -4 {
				t.Fatalf("%s and %s: %v quickly, %v plainly", list[i].ID, list[k].ID, odds, c.LogOdds)
			}
			if ok {
				n++
			}
		}
	}
	if n < 100000 {
		t.Errorf("only %d pairs were compared quickly", n)
	}
}

// taught learns weights on another world than the one that is linked: what counts there is not
// what counts between two real lists.
func taught(t testing.TB) *Matcher {
	t.Helper()
	m, err := New(Known{}, Reasoned())
	if err != nil {
		t.Fatal(err)
	}
	list, truth := worldAccounts(t, m, 11, 8000)
	pairs, err := m.Pairs(context.Background(), list, Work{})
	if err != nil {
		t.Fatal(err)
	}
	var labels []Label
	for _, p := range pairs {
		labels = append(labels, Label{&list[p.A], &list[p.B], truth[p.A] == truth[p.B]})
	}
	learned, err := New(Known{}, m.Learn("a made world", labels))
	if err != nil {
		t.Fatal(err)
	}
	return learned
}

// cpu is what this process has used, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func TestWorldIsLinked(t *testing.T) {
	m := taught(t)
	start := cpu()
	list, truth := worldAccounts(t, m, world.DefaultSeed, *rows)
	runtime.GC()
	ready := cpu()
	pairs, err := m.Pairs(context.Background(), list, Work{})
	if err != nil {
		t.Fatal(err)
	}
	done := cpu()
	t.Logf("%d rows: accounts %.2f s, pairs %.2f s of CPU; %d pairs kept", len(list), ready-start, done-ready, len(pairs))
	for _, least := range []float64{0.5, 0.9, 0.99} {
		before := cpu()
		cs, err := m.Clusters(list, pairs, nil, least)
		if err != nil {
			t.Fatal(err)
		}
		spent := cpu() - before
		recall, wrong := joins(cs, truth)
		t.Logf("from %.2f: recall %.4f, wrongly joined %.4f %% of the rows, clusters %.2f s of CPU", least, recall, 100*wrong, spent)
	}
}

// joins says which share of the reports of something told before stands with its original, and which share of the
// rows stands with what it does not belong to.
func joins(cs []Cluster, truth []int) (recall, wrong float64) {
	in := make([]int, len(truth))
	bad := 0
	for n, c := range cs {
		count := map[int]int{}
		for _, i := range c {
			in[i] = n
			count[truth[i]]++
		}
		most := 0
		for _, k := range count {
			most = max(most, k)
		}
		bad += len(c) - most
	}
	told, found := 0, 0
	for i, o := range truth {
		if o != i {
			told++
			if in[i] == in[o] {
				found++
			}
		}
	}
	return float64(found) / float64(max(told, 1)), float64(bad) / float64(len(truth))
}
