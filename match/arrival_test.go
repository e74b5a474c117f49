package match

import (
	"compress/gzip"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
)

// airwarsReport is a report of an incident: the document it stands in, and when it went up.
type airwarsReport struct{ incident, id, document, posted string }

// airwarsReports reads the reports of Airwars's incidents.
func airwarsReports(t *testing.T) []airwarsReport {
	t.Helper()
	const path = "../../shared/data/airwars-syria/reports.csv.gz"
	f, err := os.Open(path)
	if err != nil {
		t.Skip("not here: " + path)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []airwarsReport
	for _, r := range rows[1:] {
		out = append(out, airwarsReport{r[0], r[0] + "/" + r[2], r[4], r[7]})
	}
	return out
}

// Reports as they came in the world: late, out of order, and one document that tells of several
// incidents. Put in by the time of posting or in any other order, what people judged is what comes out,
// and the document joins nothing.
func TestLateReportsAndSharedDocuments(t *testing.T) {
	all := airwarsReports(t)
	incidents := map[string]int{}
	var some []airwarsReport
	for _, r := range all {
		if _, in := incidents[r.incident]; in || len(incidents) < 60 {
			incidents[r.incident]++
			some = append(some, r)
		}
	}
	shared := map[string][]string{} // document: incidents
	for _, r := range some {
		if !slices.Contains(shared[r.document], r.incident) {
			shared[r.document] = append(shared[r.document], r.incident)
		}
	}
	m := matcher(t, Known{})
	list, judgments := arrivals(m, some)
	want := grouped(t, m, list, judgments)
	for _, c := range want {
		of := map[string]bool{}
		for _, id := range c {
			of[strings.SplitN(id, "/", 2)[0]] = true
		}
		if len(of) > 1 {
			t.Errorf("a cluster of several incidents: %v", c)
		}
	}
	if len(want) != len(incidents) {
		t.Errorf("%d clusters of %d incidents", len(want), len(incidents))
	}
	late := slices.Clone(list)
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		rng.Shuffle(len(late), func(a, b int) { late[a], late[b] = late[b], late[a] })
		if d := cmp.Diff(want, grouped(t, m, late, judgments)); d != "" {
			t.Fatal(d)
		}
	}
	several := 0
	for _, in := range shared {
		if len(in) > 1 {
			several++
		}
	}
	t.Logf("%d reports of %d incidents; %d documents tell of several", len(list), len(incidents), several)
}

// arrivals makes an account of each report: all that is known is the day it was posted on. A document
// that tells of several incidents is one report with an element for each. The judgments are Airwars's own.
func arrivals(m *Matcher, some []airwarsReport) ([]Account, []Judgment) {
	var list []Account
	var judgments []Judgment
	first := map[string]string{}
	for _, r := range some {
		e := truce.Element{ID: r.id, Acts: []string{"attack"}}
		if at, err := time.Parse(time.RFC3339, r.posted); err == nil {
			e.When = []truce.When{{From: at.AddDate(0, 0, -3), To: at.AddDate(0, 0, 1)}}
		}
		list = append(list, m.Accounts(truce.Report{ID: "document-" + r.document, Elements: []truce.Element{e}})...)
		if head, seen := first[r.incident]; seen {
			judgments = append(judgments, Judgment{head, r.id, Same})
		} else {
			first[r.incident] = r.id
		}
	}
	return list, judgments
}
