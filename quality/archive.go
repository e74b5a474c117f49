package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/match"
	"truce/words"
)

// archive measures clusters of observations of the Syrian Archive against fifty that were judged by
// hand: a row of the table is of one of the fifty, or of "other", none of them.
func archive(w io.Writer, data string) error {
	rows, err := table(filepath.Join(data, "syrian-archive/observations.csv.gz"))
	if err != nil {
		return err
	}
	judged, err := table("match/testdata/syrian-archive-clusters.csv")
	if err != nil {
		return err
	}
	key := map[string]string{}
	for _, r := range judged {
		key[r["id"]] = r["cluster"]
	}
	figure(w, "archive.rows judged", len(key))
	others := 0
	for _, cluster := range key {
		others += btoi(cluster == "other")
	}
	figure(w, "archive.rows judged.of the fifty", len(key)-others)
	figure(w, "archive.rows judged.other", others)
	m, err := match.New(match.Known{}, nil)
	if err != nil {
		return err
	}
	var list []match.Account
	for _, r := range rows {
		list = append(list, m.Accounts(observation(r))...)
	}
	pairs, err := m.Pairs(context.Background(), list, match.Work{})
	if err != nil {
		return err
	}
	for _, least := range []float64{0.2, 0.5, 0.8} {
		clusters, err := m.Clusters(list, pairs, nil, least)
		if err != nil {
			return err
		}
		of := map[string]string{}
		for n, c := range clusters {
			for _, i := range c {
				of[list[i].Report] = strconv.Itoa(n)
			}
		}
		pairwise(w, fmt.Sprintf("archive.clusters at %.2f", least), key, of)
	}
	archiveBaselines(w, rows, key)
	return nil
}

// pairwise prints how the pairs of judged rows that stand together agree with the key. Pairs of two
// other rows are not judged.
func pairwise(w io.Writer, name string, key, of map[string]string) {
	found, right, all := 0, 0, 0
	ids := sorted(key)
	for n, a := range ids {
		for _, b := range ids[:n] {
			if key[a] == "other" && key[b] == "other" {
				continue
			}
			same, together := key[a] == key[b], of[a] != "" && of[a] == of[b]
			all, found, right = all+btoi(same), found+btoi(together), right+btoi(same && together)
		}
	}
	share(w, name+".pairwise precision", right, found)
	share(w, name+".pairwise recall", right, all)
}

// archiveBaselines prints what simple keys give.
func archiveBaselines(w io.Writer, rows []map[string]string, key map[string]string) {
	day, place := map[string]string{}, map[string]string{}
	for _, r := range rows {
		day[r["id"]] = r["recorded_date"] + strings.ToUpper(r["governorate"])
		if r["neighbourhood"] != "" {
			place[r["id"]] = r["recorded_date"] + words.Skeleton(r["neighbourhood"])
		}
	}
	pairwise(w, "archive.same day and governorate", key, day)
	pairwise(w, "archive.same day and place name", key, place)
}

// archiveMeans are the means of the archive in our words.
var archiveMeans = map[string]string{"Chemical Weapons": "chemical", "Cluster Munition": "cluster-bomb",
	"Barrel Bomb": "barrel-bomb", "Incendiary Weapons": "incendiary-bomb"}

// observation makes a report of a row. The day is that on which the video was put up: what it shows
// was in the day and a half before its end. Coordinates are those of a quarter or a village.
func observation(r map[string]string) truce.Report {
	e := truce.Element{ID: r["id"]}
	if day, err := time.Parse(time.DateOnly, r["recorded_date"]); err == nil {
		e.When = []truce.When{{From: day.Add(-12 * time.Hour), To: day.Add(24 * time.Hour)}}
	}
	p := truce.Place{Name: r["neighbourhood"]}
	lat, noLat := strconv.ParseFloat(r["latitude"], 64)
	lon, noLon := strconv.ParseFloat(r["longitude"], 64)
	if noLat == nil && noLon == nil {
		p.Form, p.Lat, p.Lon, p.Within = truce.FormDisc, lat, lon, 1500
	}
	if p != (truce.Place{}) {
		e.Where = []truce.Place{p}
	}
	if means := archiveMeans[r["weapons_used"]]; means != "" {
		e.Means = []truce.Means{{Kind: means}}
	}
	return truce.Report{ID: r["id"], Text: r["description"], Elements: []truce.Element{e}}
}
