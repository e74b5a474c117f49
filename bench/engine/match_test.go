package engine

import (
	"bytes"
	"fmt"
	"testing"

	"truce/bench/world"
	"truce/columns"
)

func BenchmarkMatch(b *testing.B) {
	for _, c := range []world.Config{{}, {Agreements: 400}, {Terms: 100}} {
		w, e, csv := prepare(b, c, 20_000)
		j := e.NewJudge()
		var t columns.Table
		o := e.Options(1)
		t.Actors, t.MeansWords = columns.On(o.Actors), columns.On(o.Means)
		err := columns.Scan(bytes.NewReader(csv), o, func(_, _ int, u *columns.Table) error { t.Append(u); return nil })
		if err != nil {
			b.Fatal(err)
		}
		j.Classify(&t, 0, t.Rows())
		found := j.Match(nil)
		b.Run(fmt.Sprintf("%dx%d", len(w.Agreements), len(w.Agreements[0].Terms)), func(b *testing.B) {
			perRow(b, t.Rows(), func() { found = j.Match(found[:0]) })
			b.ReportMetric(float64(len(found))/float64(t.Rows()), "findings/row")
		})
	}
}
