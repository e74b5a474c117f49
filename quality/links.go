package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/actors"
	"truce/intake"
	"truce/mappings"
	"truce/match"
)

// linkKey is the answer key ged-airwars-links with both lists.
type linkKey struct {
	ged, airwars []truce.Report
	same         map[string]map[string]bool // strict pairs: resolved by the name of the place
	leave        [][2]string                // pairs that the place helped to find
	at           map[string]time.Time       // of a GED event
	register     *actors.Register
}

// The day that parts learning from testing: 239 and 224 of the 463 events.
const learnBefore = "2017-06-01"

// links measures how GED events find the Airwars incidents that a coder judged the same.
//
// GED rows quote the reports they rest on, and here one of those is Airwars itself, by date and
// place: that is the key. "blind" strikes those quotations out; "read" leaves the rows as they are.
func links(w io.Writer, data string) error {
	for _, blind := range []bool{true, false} {
		k, err := readLinkKey(data, blind)
		if err != nil {
			return err
		}
		name := map[bool]string{true: "links.blind", false: "links.read"}[blind]
		if blind {
			if err := baselines(w, k, data); err != nil {
				return err
			}
		}
		if err := k.measure(w, name); err != nil {
			return err
		}
	}
	return nil
}

// measure learns on the first part and tests on the second, and prints both.
func (k *linkKey) measure(w io.Writer, name string) error {
	m, err := match.New(match.Known{Register: k.register}, match.Reasoned())
	if err != nil {
		return err
	}
	left, right := accounts(m, k.ged), accounts(m, k.airwars)
	ctx := context.Background()
	fitted, err := m.LearnLinks(ctx, "", left, right, k.judgments(), match.Work{})
	if err != nil {
		return err
	}
	if m, err = match.New(match.Known{Register: k.register}, fitted); err != nil {
		return err
	}
	pairs, err := m.Link(ctx, left, right, match.Work{})
	if err != nil {
		return err
	}
	k.ranks(w, name, left, right, pairs, func(p match.Pair) float64 { return p.LogOdds })
	k.ranks(w, name+".alone", left, right, pairs, func(p match.Pair) float64 { return p.Direct })
	k.reliability(w, name, left, right, pairs)
	return nil
}

// judgments are what the key says of the events before the day; the pairs that the place helped to
// find are left out.
func (k *linkKey) judgments() []match.Judgment {
	var out []match.Judgment
	for _, g := range sorted(k.same) {
		for _, a := range sorted(k.same[g]) {
			if k.early(g) {
				out = append(out, match.Judgment{A: g, B: a, Says: match.Same})
			}
		}
	}
	for _, p := range k.leave {
		out = append(out, match.Judgment{A: p[0], B: p[1], Says: match.Unsure})
	}
	return out
}

func (k *linkKey) early(ged string) bool { return k.at[ged].Format(time.DateOnly) < learnBefore }

func accounts(m *match.Matcher, reports []truce.Report) []match.Account {
	var out []match.Account
	for _, r := range reports {
		out = append(out, m.Accounts(r)...)
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// ranks prints how often the right one is picked first, and is among the first five.
func (k *linkKey) ranks(w io.Writer, name string, left, right []match.Account, pairs []match.Pair, by func(match.Pair) float64) {
	lists := map[string][]match.Pair{}
	for _, p := range pairs {
		id := left[p.A].Report
		lists[id] = append(lists[id], p)
	}
	var ranked []ranking
	for _, g := range sorted(k.same) {
		list := lists[g]
		slices.SortFunc(list, func(p, q match.Pair) int {
			return cmp.Or(cmp.Compare(by(q), by(p)), strings.Compare(right[p.B].Report, right[q.B].Report))
		})
		var ids []string
		for _, p := range list {
			ids = append(ids, right[p.B].Report)
		}
		ranked = append(ranked, ranking{g, ids})
	}
	k.printRanks(w, name, ranked)
}

// ranking is what a scorer makes of one event: identifiers, the likeliest first.
type ranking struct {
	event string
	ids   []string
}

func (k *linkKey) printRanks(w io.Writer, name string, ranked []ranking) {
	for _, part := range []string{"all", "learned", "tested"} {
		n, first, five := 0, 0, 0
		for _, r := range ranked {
			if part == "learned" && !k.early(r.event) || part == "tested" && k.early(r.event) {
				continue
			}
			n++
			if len(r.ids) > 0 && k.same[r.event][r.ids[0]] {
				first++
			}
			if slices.ContainsFunc(r.ids[:min(5, len(r.ids))], func(id string) bool { return k.same[r.event][id] }) {
				five++
			}
		}
		figure(w, name+"."+part+".events", n)
		share(w, name+"."+part+".first", first, n)
		share(w, name+"."+part+".first-five", five, n)
	}
}

// reliability prints how often pairs of a stated probability were the same, over the tested part,
// and the expected calibration error.
func (k *linkKey) reliability(w io.Writer, name string, left, right []match.Account, pairs []match.Pair) {
	left0 := map[[2]string]bool{}
	for _, p := range k.leave {
		left0[p] = true
	}
	const bins = 10
	var n, yes [bins]int
	var sum [bins]float64
	total := 0
	for _, p := range pairs {
		g, a := left[p.A].Report, right[p.B].Report
		if k.same[g] == nil || k.early(g) || left0[[2]string{g, a}] {
			continue
		}
		q := p.Probability()
		b := min(int(q*bins), bins-1)
		n[b]++
		total++
		sum[b] += q
		if k.same[g][a] {
			yes[b]++
		}
	}
	gap := 0.0
	for b := range bins {
		if n[b] == 0 {
			continue
		}
		said, was := sum[b]/float64(n[b]), float64(yes[b])/float64(n[b])
		gap += math.Abs(said-was) * float64(n[b]) / float64(total)
		figure(w, fmt.Sprintf("%s.tested.bin-%d", name, b), fmt.Sprintf("said %.2f was %.2f of %d", said, was, n[b]))
	}
	figure(w, name+".tested.calibration-error", fmt.Sprintf("%.3f", gap))
}

// readLinkKey reads both lists and the key.
func readLinkKey(data string, blind bool) (*linkKey, error) {
	k := &linkKey{same: map[string]map[string]bool{}, at: map[string]time.Time{}}
	register, err := os.ReadFile("missions/syria-2016/register.yaml")
	if err != nil {
		return nil, err
	}
	r, problems := actors.Parse("register.yaml", register)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	k.register = r
	if k.ged, err = k.read(filepath.Join(data, "ucdp-ged-syria/events.csv.gz"), "ucdp-ged"); err != nil {
		return nil, err
	}
	if k.airwars, err = k.read(filepath.Join(data, "airwars-syria/incidents.csv.gz"), "airwars"); err != nil {
		return nil, err
	}
	for _, e := range k.ged {
		k.at[e.ID] = e.Elements[0].When[0].From
	}
	if blind {
		if err := k.strike(filepath.Join(data, "ucdp-ged-syria/event_reports.csv.gz")); err != nil {
			return nil, err
		}
	}
	return k, k.pairs(filepath.Join(data, "ged-airwars-links/links.csv"))
}

// read reads a list by a mapping that comes with the program; rows that cannot be read are left out.
func (k *linkKey) read(file, mapping string) ([]truce.Report, error) {
	text, _ := mappings.Builtin(mapping)
	how, problems := intake.ParseMapping(mapping, text)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		return nil, err
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var out []truce.Report
	o := intake.Options{Zone: zone, Mapping: how, Names: k.register.Resolve}
	for report, err := range intake.Read(file, bufio.NewReader(in), o) {
		var bad *intake.RowError
		switch {
		case errors.As(err, &bad):
		case err != nil:
			return nil, err
		default:
			out = append(out, report)
		}
	}
	return out, nil
}

// strike leaves of the words of each GED event those that are not Airwars's own.
func (k *linkKey) strike(file string) error {
	rows, err := table(file)
	if err != nil {
		return err
	}
	words := map[string][]string{}
	for _, r := range rows {
		if id := "ged-" + r["event_id"]; r["office"] != "Airwars" {
			words[id] = append(words[id], r["headline"])
		}
	}
	for i := range k.ged {
		k.ged[i].Text = strings.Join(words[k.ged[i].ID], "; ")
	}
	return nil
}

// pairs reads the key: strict pairs count, the others are left out.
func (k *linkKey) pairs(file string) error {
	rows, err := table(file)
	if err != nil {
		return err
	}
	for _, r := range rows {
		g, a := "ged-"+r["ged_id"], "airwars-"+r["airwars_id"]
		if by := r["resolved_by"]; by != "name" && by != "name+number" {
			k.leave = append(k.leave, [2]string{g, a})
			continue
		}
		if k.same[g] == nil {
			k.same[g] = map[string]bool{}
		}
		k.same[g][a] = true
	}
	return nil
}

// table reads a CSV file, also gzipped, as rows by column.
func table(file string) ([]map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var in io.Reader = bytes.NewReader(text)
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			return nil, err
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for _, rec := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = rec[i]
		}
		out = append(out, row)
	}
	return out, nil
}
