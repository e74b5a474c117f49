package reading_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"truce/desk"
	"truce/reading"
)

func TestDump(t *testing.T) {
	f := os.Getenv("DUMP")
	if f == "" {
		t.Skip()
	}
	b, _ := os.ReadFile(f)
	zone, _ := time.LoadLocation("Asia/Damascus")
	date, _ := time.ParseInLocation(time.DateOnly, os.Getenv("DATE"), zone)
	start := time.Now()
	r, err := mustSample(t).Read(t.Context(), string(b), reading.Account{Date: date, Zone: zone, Outlet: "x"})
	fmt.Println(err, time.Since(start))
	for _, i := range r.Items {
		fmt.Printf("%-9s %-40q %v %s c=%v %s", i.Kind, i.Text, i.Codes, i.Name, i.Certain, i.Why)
		if i.When != nil {
			fmt.Print(" ", i.When.From.Format("06-01-02T15"), " ", i.When.To.Format("06-01-02T15"), " ", i.Precision)
		}
		if i.Amount != nil {
			show := func(x *float64) string {
				if x == nil {
					return "."
				}
				return fmt.Sprint(*x)
			}
			fmt.Print(" ", show(i.Amount.Low), "..", show(i.Amount.High), " ", i.Counts)
		}
		fmt.Println(" ", i.Mood, i.Part)
	}
	for _, s := range r.Statements {
		if s.Own {
			continue
		}
		sp := "-"
		if s.Speaker != nil {
			sp = s.Speaker.Text + "=" + s.Speaker.Name
		}
		fmt.Printf("SAY %s %s [%s] q=%v w=%v %v: %q\n", sp, s.Stance, s.Verb, s.Quoted, s.Within, s.About, r.Text[s.Said.From:s.Said.To])
	}
	for _, h := range r.Happenings {
		fmt.Printf("HAP %s by=%v ag=%v where=%v open=%v told=%s doubted=%v\n   %q\n", h.Title, h.Report.Elements[0].By, h.Report.Elements[0].Against, len(h.Report.Elements[0].Where), h.Open, h.By, h.Report.Elements[0].Doubted, h.Report.Text)
	}
	for _, h := range r.Claims {
		fmt.Printf("CLAIM %s %q\n", h.By, h.Text)
	}
	for _, h := range r.Doubts {
		fmt.Printf("DOUBT %q %s\n", h.Text, h.Perhaps)
	}
}

func mustSample(t *testing.T) *reading.Rules {
	r, err := desk.SampleReader()
	if err != nil {
		t.Fatal(err)
	}
	return r
}
