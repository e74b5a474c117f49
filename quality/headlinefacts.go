package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"truce/desk"
	"truce/reading"
)

// headlineFacts reads every headline that the event data rests on and holds what is found
// against the coded date, governorate and deaths. Whether a headline states one of them is
// decided here, by patterns that the reader does not share. Rules were made by looking at
// reports of 2016; those of 2017 try them.
func headlineFacts(w io.Writer, data string) error {
	reports, err := gedReports(filepath.Join(data, "ucdp-ged-syria"))
	if err != nil {
		return err
	}
	reader, err := desk.SampleReader()
	if err != nil {
		return err
	}
	tallies := map[string]*[2]int{}
	for _, r := range reports {
		got, err := reader.Read(context.Background(), r.headline, reading.Account{Date: r.date, Zone: r.date.Location(), Outlet: r.office})
		if err != nil {
			return err
		}
		for what, right := range r.judge(got) {
			key := fmt.Sprintf("reading.headlines.%d.%s", r.date.Year(), what)
			if tallies[key] == nil {
				tallies[key] = &[2]int{}
			}
			tallies[key][1]++
			if right {
				tallies[key][0]++
			}
		}
	}
	var keys []string
	for k := range tallies {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		figure(w, k+".stated", tallies[k][1])
		share(w, k+".right", tallies[k][0], tallies[k][1])
	}
	return nil
}

// gedReport is a headline with the events that were coded from it.
type gedReport struct {
	id, office, headline string
	date                 time.Time
	events               []gedEvent
}

// gedEvent is what was coded.
type gedEvent struct {
	governorate, place string
	from, to           time.Time
	low, high          float64
}

var (
	statesDate = regexp.MustCompile(`(?i)\b(yesterday|today)\b|\b\d{1,2}/\d{1,2}/20\d\d\b|\b(January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(st|nd|rd|th)?\b`)
	statesToll = regexp.MustCompile(`(?i)\b(\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|tens|dozens|hundreds)\b[^,.;]{0,40}\b(killed|dead|casualties|martyrs|died|martyred|executed)\b|\b(kills?|killed|killing|executes?)\b (about |at least |more than |around )?(\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten)\b`)
)

// judge says of each thing that the headline states whether it was read right.
func (r gedReport) judge(got reading.Reading) map[string]bool {
	out := map[string]bool{}
	if statesDate.MatchString(r.headline) {
		out["date"] = r.dated(got)
	}
	if names := r.governorates(); len(names) > 0 {
		out["governorate"] = r.placed(got, names)
	}
	if len(r.events) == 1 && statesToll.MatchString(r.headline) && !strings.Contains(r.headline, "yesterday") {
		out["toll"] = r.counted(got)
	}
	return out
}

// dated: a time that was read holds or meets the days of an event.
func (r gedReport) dated(got reading.Reading) bool {
	for _, it := range got.Items {
		if it.Kind != reading.KindTime || it.When == nil {
			continue
		}
		for _, e := range r.events {
			if it.When.From.Before(e.to) && e.from.Before(it.When.To) {
				return true
			}
		}
	}
	return false
}

// governorates are those of the events that the headline names itself.
func (r gedReport) governorates() []string {
	var out []string
	for _, e := range r.events {
		for _, name := range governorateNames[e.governorate] {
			if strings.Contains(strings.ToLower(r.headline), name) && !slices.Contains(out, e.governorate) {
				out = append(out, e.governorate)
			}
		}
	}
	return out
}

// governorateNames are those of the governorates, as headlines have them.
var governorateNames = map[string][]string{
	"SY02": {"aleppo"}, "SY05": {"hama"}, "SY07": {"idlib"}, "SY03": {"rif dimashq", "reef dimashq", "ghouta"}, "SY04": {"homs"},
	"SY11": {"raqqa"}, "SY09": {"ezzor", "ez-zor", "azzour", "ez zor"}, "SY12": {"daraa", "dara’a", "dar’a", "deraa"}, "SY08": {"hasakah", "hassakah", "hasaka"},
	"SY06": {"latakia", "lattakia"}, "SY13": {"suwayda", "suwaidaa", "sweida"}, "SY14": {"quneitra", "qunaitra"}, "SY01": {"damascus", "the capital"},
}

func (r gedReport) placed(got reading.Reading, names []string) bool {
	for _, it := range got.Items {
		if it.Kind == reading.KindPlace && slices.Contains(names, it.Governorate) {
			return true
		}
	}
	return false
}

// counted: a count of people killed, or of casualties, meets what was coded.
func (r gedReport) counted(got reading.Reading) bool {
	e := r.events[0]
	for _, it := range got.Items {
		if it.Kind != reading.KindQuantity || it.Amount == nil || it.Counts != "killed" && it.Counts != "casualties" && it.Counts != "people" {
			continue
		}
		low, high := 0.0, 1e9
		if it.Amount.Low != nil && it.Counts == "killed" {
			low = *it.Amount.Low
		}
		if it.Amount.High != nil {
			high = *it.Amount.High
		}
		if low <= e.high && e.low <= high {
			return true
		}
	}
	return false
}

// gedReports reads the reports with their events, by day and id.
func gedReports(dir string) ([]gedReport, error) {
	events, err := gedEvents(filepath.Join(dir, "events.csv.gz"))
	if err != nil {
		return nil, err
	}
	byID := map[string]*gedReport{}
	err = gedRows(filepath.Join(dir, "event_reports.csv.gz"), func(f map[string]string) error {
		date, err := time.Parse(time.DateOnly, f["report_date"])
		e, known := events[f["event_id"]]
		if err != nil || !known {
			return nil
		}
		if byID[f["report_id"]] == nil {
			byID[f["report_id"]] = &gedReport{id: f["report_id"], office: f["office"], headline: f["headline"], date: date}
		}
		byID[f["report_id"]].events = append(byID[f["report_id"]].events, e)
		return nil
	})
	var out []gedReport
	for _, r := range byID {
		out = append(out, *r)
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].date.Before(out[j].date) || out[i].date.Equal(out[j].date) && out[i].id < out[j].id
	})
	return out, err
}

func gedEvents(path string) (map[string]gedEvent, error) {
	out := map[string]gedEvent{}
	codes := map[string]string{"Aleppo": "SY02", "Hamah": "SY05", "Idlib": "SY07", "Rif Dimashq": "SY03", "Homs": "SY04", "Ar Raqqah": "SY11", "Deir ez Zor": "SY09",
		"Daraa": "SY12", "Al Hasakah": "SY08", "Latakia": "SY06", "As Suwayda": "SY13", "Quneitra": "SY14", "Tartus": "SY10", "Damascus": "SY01"}
	err := gedRows(path, func(f map[string]string) error {
		e := gedEvent{governorate: codes[strings.TrimSuffix(f["adm_1"], " Governorate")], place: f["where_coordinates"]}
		var errs [4]error
		e.from, errs[0] = time.Parse(time.DateOnly, f["date_start"])
		e.to, errs[1] = time.Parse(time.DateOnly, f["date_end"])
		e.low, errs[2] = strconv.ParseFloat(f["low"], 64)
		e.high, errs[3] = strconv.ParseFloat(f["high"], 64)
		e.to = e.to.AddDate(0, 0, 1)
		for _, err := range errs {
			if err != nil {
				return fmt.Errorf("%s: event %s: %w", path, f["id"], err)
			}
		}
		out[f["id"]] = e
		return nil
	})
	return out, err
}

// gedRows calls each with the rows of a table, by column.
func gedRows(path string, each func(map[string]string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	c := csv.NewReader(z)
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		return err
	}
	for {
		row, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		f := map[string]string{}
		for i, name := range head {
			if i < len(row) {
				f[name] = row[i]
			}
		}
		if err := each(f); err != nil {
			return err
		}
	}
}
