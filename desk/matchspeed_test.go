package desk

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"truce"
	"truce/store"
)

var amongReports = flag.Int("reports", 2000, "reports in the record of BenchmarkSuggest")

// BenchmarkSuggest asks what a new report may be another report of, in a record with -reports of
// four years in one country, a tenth as many judgments on pairs of them, and the sample mission;
// the middle and the slowest of a hundred in milliseconds. The goal is 50 ms with a million:
//
//	go test ./desk -run '^$' -bench Suggest -benchtime 300x -timeout 1h -args -reports 1000000
func BenchmarkSuggest(b *testing.B) {
	r, _ := sample(b)
	ctx, rng := context.Background(), rand.New(rand.NewPCG(7, 7))
	first := time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)
	id := func(i int) string { return fmt.Sprintf("B-%d", i) }
	add := func(n int, draft func(i int) (string, map[string]any)) {
		for from := range (n + 999) / 1000 {
			var list []store.Draft
			for i := from * 1000; i < min(n, (from+1)*1000); i++ {
				kind, values := draft(i)
				values["author"], values["mark"] = "amal", "TLP:GREEN"
				fields, err := fieldsOf(values)
				if err != nil {
					b.Fatal(err)
				}
				list = append(list, store.Draft{Kind: kind, Fields: fields})
			}
			if _, err := r.db.Append(ctx, list...); err != nil {
				b.Fatal(err)
			}
		}
	}
	add(*amongReports, func(i int) (string, map[string]any) {
		from := first.Add(time.Duration(rng.IntN(4*365*24)) * time.Hour)
		e := truce.Element{ID: id(i), Title: "shells on a market", When: []truce.When{{From: from, To: from.Add(3 * time.Hour)}}, Acts: []string{"shelling"},
			Where: []truce.Place{{Form: truce.FormDisc, Lat: 33 + 4*rng.Float64(), Lon: 36 + 6*rng.Float64(), Within: 3000}}, Killed: &truce.Range{Low: float64(rng.IntN(9)), High: 9}}
		p := e.Where[0]
		box := []any{p.Lon - .03, p.Lat - .03, p.Lon + .03, p.Lat + .03, sortOf(from), sortOf(from.Add(3 * time.Hour))}
		return "report.received", map[string]any{"id": e.ID, "elements": []truce.Element{e}, "boxes": []any{box}}
	})
	add(*amongReports/10, func(int) (string, map[string]any) {
		pair := []string{id(rng.IntN(*amongReports)), id(rng.IntN(*amongReports))}
		return "match.judged", map[string]any{"pair": pair, "says": []string{"same", "different"}[rng.IntN(2)]}
	})
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		if _, err := r.Suggest(ctx, head("amal"), id(rng.IntN(*amongReports)), 5); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
