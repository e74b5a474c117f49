package main

import (
	"fmt"
	"io"
	"path/filepath"

	"truce/match"
)

// origins counts what the reports of Airwars incidents come down to when those of one author or one document
// count once.
func origins(w io.Writer, data string) error {
	rows, err := table(filepath.Join(data, "airwars-syria/reports.csv.gz"))
	if err != nil {
		return err
	}
	told := map[string][]match.Telling{}
	for _, r := range rows {
		told[r["airwars_id"]] = append(told[r["airwars_id"]], match.Telling{Report: r["n"], Author: r["author"], Document: r["document"]})
	}
	found, fewer, one := 0, 0, 0
	for _, id := range sorted(told) {
		n := len(match.Origins(told[id]))
		found += n
		fewer += btoi(n < len(told[id]))
		one += btoi(n == 1 && len(told[id]) > 1)
	}
	figure(w, "origins.airwars.incidents", len(told))
	figure(w, "origins.airwars.reports", len(rows))
	figure(w, "origins.airwars.origins", found)
	figure(w, "origins.airwars.reports to an origin", fmt.Sprintf("%.2f", float64(len(rows))/float64(found)))
	figure(w, "origins.airwars.incidents with fewer origins than reports", fewer)
	figure(w, "origins.airwars.incidents with several reports and one origin", one)
	return nil
}
