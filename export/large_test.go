package export

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// large is a run of the size of the biggest public record at hand: 11,757 acts against
// sixty clauses, nearly each act with a place of its own, over two years.
func large() Check {
	c := sample(11757)
	c.From, c.To = "2016-01-01", "2017-12-31"
	c.Days = nil
	byDay := map[string]int{}
	for i := range c.Elements {
		r := &c.Elements[i]
		r.First, r.Last = mustDay(c.From, i*731/len(c.Elements)), ""
		r.When = r.First
		t := towns()[i%len(towns())]
		if i%11 != 0 {
			r.Geometry = disc(t.lon+0.5*math.Sin(float64(i)), t.lat+0.3*math.Cos(float64(7*i)), 3000+float64(i%9)*1500)
		}
		byDay[r.First]++
	}
	for i := range 731 {
		d := mustDay(c.From, i)
		c.Days = append(c.Days, Day{Date: d, Elements: byDay[d], KilledLow: i % 60, KilledHigh: i%60 + i%25,
			Counts: []DayCount{{"sy-coh-2016-02", i % 30, i % 50, 80}, {"sy-2016-09-09", i % 9, i % 20, 50}}})
	}
	return manyClauses(c, 5)
}

// manyClauses gives each clause further copies with the same verdicts.
func manyClauses(c Check, copies int) Check {
	for i := range c.Agreements {
		own := c.Agreements[i].Clauses
		for k := range copies {
			for _, cl := range own {
				cl.ID = fmt.Sprintf("%s-%d", cl.ID, k)
				c.Agreements[i].Clauses = append(c.Agreements[i].Clauses, cl)
			}
		}
	}
	for i := range c.Elements {
		own := c.Elements[i].Verdicts
		for k := range copies {
			for _, v := range own {
				v.Clause = fmt.Sprintf("%s-%d", v.Clause, k)
				c.Elements[i].Verdicts = append(c.Elements[i].Verdicts, v)
			}
		}
	}
	return c
}

// TestLargeRun holds the page of a large run to its size, and opens it.
func TestLargeRun(t *testing.T) {
	c := large()
	var b bytes.Buffer
	if err := Page(&b, c); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d acts, %d clauses: %.2f MB", len(c.Elements), 60, float64(b.Len())/1e6)
	if b.Len() > 6_500_000 {
		t.Errorf("the page has %d bytes, more than 6.5 MB", b.Len())
	}
	if !bytes.Contains(b.Bytes(), []byte("it leaves out")) {
		t.Error("the page does not say that it leaves acts out")
	}
	ctx := openPage(t, c)
	do(t, ctx, chromedp.EmulateViewport(1280, 2000))
	ms := eval[float64](t, ctx, `(() => { const t = performance.now(); location.hash = "#o=v"; dispatchEvent(new HashChangeEvent("hashchange")); document.body.offsetHeight; return performance.now() - t })()`)
	t.Logf("choosing takes %.0f ms", ms)
	if ms > 3000 {
		t.Errorf("choosing takes %.0f ms", ms)
	}
	if folder := os.Getenv("TRUCE_PICTURES"); folder != "" {
		keepLarge(t, ctx, folder)
	}
}

func keepLarge(t *testing.T, ctx context.Context, folder string) {
	t.Helper()
	eval[bool](t, ctx, `location.hash = "#"; true`)
	for _, s := range []string{"light", "dark"} {
		scheme(t, ctx, "", s)
		takePictures(t, ctx, filepath.Join(folder, "large-"+s), 1280)
	}
	takePictures(t, ctx, filepath.Join(folder, "large-narrow"), 320)
}
