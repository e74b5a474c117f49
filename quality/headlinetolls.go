package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"truce/desk"
	"truce/reading"
)

// tollsRead holds the numbers read by hand in 100 headlines of 2017, chosen by tollSeed, before
// the reader was tried on them: report, bounds, whether they are only about right, and whether
// killed, injured or both together (mixed). No words of the headlines are kept. Where a headline
// states several numbers, each has a row.
const (
	tollsRead = "quality/testdata/headline-tolls-2017.csv"
	tollSeed  = "headlines-2017-toll "
)

// tollRow is one number read by hand.
type tollRow struct {
	low, high float64
	about     bool
	what      string
}

// headlineTolls holds the reader against what was read by hand in the same headlines, and says how
// often that meets the coded deaths: where it does not, no reader can.
func headlineTolls(w io.Writer, data string) error {
	reports, err := gedReports(filepath.Join(data, "ucdp-ged-syria"))
	if err != nil {
		return err
	}
	read, err := tollRows(tollsRead)
	if err != nil {
		return err
	}
	reader, err := desk.SampleReader()
	if err != nil {
		return err
	}
	var all, same, coded, both int
	for _, r := range reports {
		rows := read[r.id]
		if len(rows) == 0 {
			continue
		}
		got, err := reader.Read(context.Background(), r.headline, reading.Account{Date: r.date, Zone: r.date.Location(), Outlet: r.office})
		if err != nil {
			return err
		}
		asRead := slices.ContainsFunc(rows, func(t tollRow) bool { return t.readBy(got) })
		meets := slices.ContainsFunc(rows, func(t tollRow) bool { return t.meets(r.events[0]) })
		all, same, coded, both = all+1, same+one(asRead), coded+one(meets), both+one(asRead && meets)
	}
	figure(w, "reading.headlines.2017.sample.of", all)
	share(w, "reading.headlines.2017.sample.as-read-by-hand", same, all)
	share(w, "reading.headlines.2017.sample.by-hand-meets-code", coded, all)
	share(w, "reading.headlines.2017.sample.reader-where-by-hand-meets-code", both, coded)
	return nil
}

// drawTolls returns the first n reports of a year in the order of the seeded hash of their id, of
// those that rest on one event and state a toll.
func drawTolls(reports []gedReport, year, n int) []string {
	key := func(id string) string {
		sum := sha256.Sum256([]byte(tollSeed + id))
		return hex.EncodeToString(sum[:])
	}
	var ids []string
	for _, r := range reports {
		if r.date.Year() == year && len(r.events) == 1 && statesToll.MatchString(r.headline) && !strings.Contains(r.headline, "yesterday") {
			ids = append(ids, r.id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	return ids[:min(n, len(ids))]
}

// readBy reports whether the reader found the number: the same bounds, and people killed, or
// casualties where the headline does not part the dead from the injured.
func (t tollRow) readBy(got reading.Reading) bool {
	return slices.ContainsFunc(got.Items, func(it reading.Item) bool {
		if it.Kind != reading.KindQuantity || it.Amount == nil || !t.counts(it.Counts) {
			return false
		}
		low, high := 0.0, math.Inf(1)
		if it.Amount.Low != nil {
			low = *it.Amount.Low
		}
		if it.Amount.High != nil {
			high = *it.Amount.High
		}
		if t.about {
			return low <= t.low && t.low <= high && high <= 1.3*t.low
		}
		return (low == t.low || math.IsInf(t.high, 1) && low == t.low+1) && high == t.high
	})
}

func (t tollRow) counts(what string) bool {
	switch t.what {
	case "mixed":
		return what == "casualties"
	case "injured":
		return what == "injured"
	}
	return what == "killed" || what == "casualties"
}

// meets reports whether what was read by hand meets the coded deaths; of mixed numbers the dead may
// be any part.
func (t tollRow) meets(e gedEvent) bool {
	low, high := t.low, t.high
	if t.about {
		low, high = math.Floor(0.9*t.low), math.Ceil(1.1*t.high)
	}
	if t.what == "mixed" {
		low = 0
	}
	return t.what != "injured" && low <= e.high && e.low <= high
}

func tollRows(path string) (map[string][]tollRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string][]tollRow{}
	for _, f := range rows[1:] {
		t := tollRow{high: math.Inf(1), about: f[3] == "yes", what: f[4]}
		if t.low, err = strconv.ParseFloat(f[1], 64); err != nil {
			return nil, err
		}
		if f[2] != "" {
			if t.high, err = strconv.ParseFloat(f[2], 64); err != nil {
				return nil, err
			}
		}
		out[f[0]] = append(out[f[0]], t)
	}
	return out, nil
}
