package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"truce"
	"truce/desk"
	"truce/match"
)

type matchCmd struct {
	Find  matchFindCmd  `cmd:"" default:"withargs" help:"Find what tells of one happening (this is what truce match does by itself)."`
	Learn matchLearnCmd `cmd:"" help:"Learn weights from judged pairs of two lists."`
	Lines headlinesCmd  `cmd:"" name:"headlines" help:"Find which reports tell of one event where only office, day and a line are known."`
}

func (matchCmd) Help() string {
	return `Example:

  truce match reports.csv --zone Asia/Damascus
  truce match ged.csv.gz airwars.csv.gz --mapping ucdp-ged --mapping airwars --mission missions/syria-2016 --csv

One file is searched for reports of the same happening. Two files are held against each other.
Every pair is told with its probability and the reasons for it; nothing is joined or changed. Of
reports of one happening it says how many origins they have: who repeats another counts once.`
}

// lists are the flags that say what is read, and how.
type lists struct {
	Mapping  []string `help:"How columns become ours: a mapping file, or ucdp-ged, acled, airwars. Once for all files, or once for each; own for our own layout." placeholder:"FILE" sep:"none"`
	Mission  string   `help:"A mission's folder, for its register, places and zone." placeholder:"DIR"`
	Places   []string `help:"Boundary files (GeoJSON, also .gz)." placeholder:"FILE" sep:"none"`
	Zone     string   `help:"The zone of times that name none, where no mission gives it." placeholder:"ZONE"`
	Workers  int      `help:"Accounts compared at once; changes nothing but the time." default:"0" placeholder:"N"`
	SetAside string   `help:"Where rows that cannot be read go." default:"set-aside.csv" placeholder:"FILE"`
	Quiet    bool     `short:"q" help:"No progress, no list of odd rows."`
}

func (l lists) mission() (*desk.Mission, error) {
	if l.Mission != "" {
		m, _, err := desk.Open(l.Mission, desk.OpenOptions{Places: l.Places})
		return m, err
	}
	if l.Zone == "" {
		return desk.BareMission(nil, l.Places)
	}
	zone, err := truce.Zone("--zone", l.Zone)
	if err != nil {
		return nil, err
	}
	return desk.BareMission(zone, l.Places)
}

// sources gives each file its mapping.
func (l lists) sources(files []string) ([]desk.Source, error) {
	if n := len(l.Mapping); n > 1 && n != len(files) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "--mapping", Msg: fmt.Sprintf("%s for %s", count(n, "mapping"), count(len(files), "file")), Hint: "one for all files, or one for each in their order"}
	}
	var out []desk.Source
	for i, f := range files {
		s := desk.Source{File: f}
		switch len(l.Mapping) {
		case 0:
		case 1:
			s.Mapping = l.Mapping[0]
		default:
			s.Mapping = l.Mapping[i]
		}
		if s.Mapping == "own" {
			s.Mapping = ""
		}
		out = append(out, s)
	}
	return out, nil
}

// tell lists the rows that were set aside, on the error stream.
func (l lists) tell(s *streams, r *desk.Result) {
	if !l.Quiet {
		tellAside(s, r.SetAside, r.Tally.SetAside, l.SetAside)
		tellNotes(s, r.Warnings)
	}
	if r.Tally.SetAside > 0 {
		s.code = exitSetAside
	}
}

type matchFindCmd struct {
	lists
	Files     []string `arg:"" help:"One list, or two: .csv, .ndjson, .geojson, .xlsx, also .gz; - for standard input."`
	Together  bool     `help:"Search two files as one list."`
	Weights   string   `help:"Weights that truce match learn wrote, instead of those that come with the program." placeholder:"FILE"`
	Judgments string   `help:"What people judged: CSV with the columns a, b and says (same, different, unsure)." placeholder:"FILE"`
	Least     float64  `help:"The probability from which a pair is told." default:"0.5" placeholder:"P"`
	Clusters  string   `help:"Write who is with whom as CSV: cluster, account, report, list, origin, why." placeholder:"FILE"`
	JSON      bool     `name:"json" help:"Every pair as one line of JSON, with its parts; then every cluster with its origins." xor:"form"`
	CSV       bool     `name:"csv" help:"Every pair as a row of CSV: a, b, probability, and how many origins the reports of its cluster have." xor:"form"`
}

func (matchFindCmd) Help() string {
	return matchCmd{}.Help() + `

Exit code 0: no pair. 1: at least one. 2: rows were set aside, whatever else was found. 3 and
above: could not run.`
}

// Run matches the files and prints the pairs.
func (c *matchFindCmd) Run(ctx context.Context, s *streams) error {
	o, err := c.options(s)
	if err != nil {
		return err
	}
	m, err := c.mission()
	if err != nil {
		return err
	}
	progress, done := bar(s, c.Quiet)
	o.Progress = progress
	found, err := m.Match(ctx, o)
	done()
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	switch {
	case c.JSON:
		err = matchJSON(w, found)
	case c.CSV:
		err = matchCSV(w, found)
	default:
		matchText(w, found)
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil && c.Clusters != "" {
		err = writeWhole(c.Clusters, s.out, func(w io.Writer) error { return clusterCSV(w, found) })
	}
	if err != nil {
		return err
	}
	s.found(len(found.Pairs) > 0)
	c.tell(s, found.Read)
	return nil
}

// options reads what the flags name.
func (c *matchFindCmd) options(s *streams) (desk.MatchOptions, error) {
	o := desk.MatchOptions{Stdin: s.in, SetAside: c.SetAside, Least: c.Least, Workers: c.Workers}
	if !(c.Least >= match.LeastKept && c.Least < 1) {
		return o, &truce.Error{Kind: truce.Invalid, At: "--least", Msg: fmt.Sprintf("%g is no such probability", c.Least), Hint: "from 0.01 to less than 1"}
	}
	files, err := c.sources(c.Files)
	if err != nil {
		return o, err
	}
	if o.Left = files; len(files) == 2 && !c.Together {
		o.Left, o.Right = files[:1], files[1:]
	}
	if c.Weights != "" {
		text, err := desk.ReadFile(c.Weights)
		if err != nil {
			return o, err
		}
		if o.Weights, err = match.ReadWeights(c.Weights, text); err != nil {
			return o, err
		}
	}
	if c.Judgments != "" {
		o.Judgments, err = readJudgments(c.Judgments)
	}
	return o, err
}

func readJudgments(path string) ([]match.Judgment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Absent, At: path, Msg: "cannot be read", Err: bare(err)}
	}
	defer f.Close()
	return match.ReadJudgments(path, bufio.NewReader(f))
}

// pairLine is a pair as JSON.
type pairLine struct {
	A           string             `json:"a"`
	B           string             `json:"b"`
	ReportA     string             `json:"report_a"`
	ReportB     string             `json:"report_b"`
	Probability float64            `json:"probability"`
	Direct      float64            `json:"direct"`
	Cluster     string             `json:"cluster,omitempty"`
	Origins     int                `json:"origins,omitempty"` // of the reports of the cluster
	Reasons     []string           `json:"reasons"`
	Parts       map[string]float64 `json:"parts"`
}

func lineOf(f *desk.Matched, p match.Pair, clusters []string, origins map[string][]match.Origin) pairLine {
	a, b := &f.Accounts[p.A], &f.Accounts[p.B]
	c := f.Matcher.Compare(a, b)
	l := pairLine{A: a.ID, B: b.ID, ReportA: a.Report, ReportB: b.Report, Probability: places(p.Probability()), Direct: places(match.Probability(p.Direct)),
		Reasons: c.Reasons(), Parts: map[string]float64{"prior": f.Matcher.Weights().Prior}}
	if clusters[p.A] == clusters[p.B] {
		l.Cluster, l.Origins = clusters[p.A], len(origins[clusters[p.A]])
	}
	for _, part := range c.Parts {
		if part.Speaks() {
			l.Parts[part.Key()] = part.Weight
		}
	}
	return l
}

// places rounds a probability for people and files.
func places(p float64) float64 {
	x, _ := strconv.ParseFloat(strconv.FormatFloat(p, 'f', 6, 64), 64)
	return x
}

// clustersOf names the cluster of each account: by its first one.
func clustersOf(f *desk.Matched) []string {
	out := make([]string, len(f.Accounts))
	for _, c := range f.Clusters {
		for _, i := range c {
			out[i] = f.Accounts[c[0]].ID
		}
	}
	return out
}

// originsOf are the origins of the clusters of more than one account, by the clusters' names.
func originsOf(f *desk.Matched) map[string][]match.Origin {
	out := map[string][]match.Origin{}
	for _, c := range f.Clusters {
		if len(c) > 1 {
			out[f.Accounts[c[0]].ID] = f.Origins(c)
		}
	}
	return out
}

// clusterLine is a cluster as JSON.
type clusterLine struct {
	Cluster  string       `json:"cluster"`
	Accounts []string     `json:"accounts"`
	Origins  []originLine `json:"origins"`
}

type originLine struct {
	Reports []string `json:"reports"`
	Because []string `json:"because,omitempty"`
}

func matchJSON(w io.Writer, f *desk.Matched) error {
	clusters, origins := clustersOf(f), originsOf(f)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, p := range f.Pairs {
		if err := e.Encode(lineOf(f, p, clusters, origins)); err != nil {
			return err
		}
	}
	for _, c := range f.Clusters {
		if len(c) < 2 {
			continue
		}
		l := clusterLine{Cluster: f.Accounts[c[0]].ID}
		for _, i := range c {
			l.Accounts = append(l.Accounts, f.Accounts[i].ID)
		}
		for _, o := range origins[l.Cluster] {
			l.Origins = append(l.Origins, originLine{o.Reports, becauseOf(o, "")})
		}
		if err := e.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// becauseOf says why reports have one origin; of one report alone where it is named.
func becauseOf(o match.Origin, report string) []string {
	var out []string
	for _, t := range o.Ties {
		if report == "" || report == t.A || report == t.B {
			out = append(out, t.A+", "+t.B+": "+t.Say())
		}
	}
	return out
}

func matchCSV(out io.Writer, f *desk.Matched) error {
	clusters, origins := clustersOf(f), originsOf(f)
	w := csv.NewWriter(out)
	rows := [][]string{{"a", "b", "probability", "direct", "cluster", "reasons", "origins"}}
	for _, p := range f.Pairs {
		l, n := lineOf(f, p, clusters, origins), ""
		if l.Origins > 0 {
			n = strconv.Itoa(l.Origins)
		}
		rows = append(rows, []string{l.A, l.B, strconv.FormatFloat(l.Probability, 'f', -1, 64), strconv.FormatFloat(l.Direct, 'f', -1, 64), l.Cluster, strings.Join(l.Reasons, "; "), n})
	}
	return w.WriteAll(rows)
}

func clusterCSV(out io.Writer, f *desk.Matched) error {
	clusters, origins := clustersOf(f), originsOf(f)
	w := csv.NewWriter(out)
	rows := [][]string{{"cluster", "account", "report", "list", "origin", "why"}}
	for _, c := range f.Clusters {
		for _, i := range c {
			a, list := &f.Accounts[i], "1"
			if i >= f.Right {
				list = "2"
			}
			of, why := originIn(origins[clusters[i]], a.Report)
			rows = append(rows, []string{clusters[i], a.ID, a.Report, list, of, why})
		}
	}
	return w.WriteAll(rows)
}

// originIn says which of the origins of a cluster, counted from 1, a report goes back to, and why;
// a report by itself is one.
func originIn(origins []match.Origin, report string) (of, why string) {
	if origins == nil {
		return "1", ""
	}
	var numbers, reasons []string
	for i, o := range origins {
		if slices.Contains(o.Reports, report) {
			numbers, reasons = append(numbers, strconv.Itoa(i+1)), append(reasons, becauseOf(o, report)...)
		}
	}
	return strings.Join(numbers, " "), strings.Join(reasons, "; ")
}

// matchText prints the clusters for people, each with its pairs and their reasons.
func matchText(w io.Writer, f *desk.Matched) {
	clusters, origins := clustersOf(f), originsOf(f)
	joined := 0
	within := map[string][]match.Pair{}
	var across []match.Pair
	for _, p := range f.Pairs {
		if clusters[p.A] == clusters[p.B] {
			within[clusters[p.A]] = append(within[clusters[p.A]], p)
		} else {
			across = append(across, p)
		}
	}
	for _, c := range f.Clusters {
		if len(c) < 2 {
			continue
		}
		joined++
		var ids []string
		for _, i := range c {
			ids = append(ids, f.Accounts[i].ID)
		}
		fmt.Fprintf(w, "%s\n", join(ids))
		for _, p := range within[clusters[c[0]]] {
			matchPair(w, f, p)
		}
		matchOrigins(w, origins[clusters[c[0]]])
	}
	if len(across) > 0 {
		fmt.Fprintln(w, "alike, but in different clusters")
		for _, p := range across {
			matchPair(w, f, p)
		}
	}
	fmt.Fprintf(w, "%s, %s: %s of more than one account, %s\n", count(f.Read.Reports, "report"), count(len(f.Accounts), "account"), count(joined, "happening"), count(len(f.Pairs), "pair"))
}

// matchOrigins prints to what the reports of a cluster go back, and who repeats whom.
func matchOrigins(w io.Writer, origins []match.Origin) {
	var all, joined []string
	for _, o := range origins {
		all = append(all, o.Reports...)
		if len(o.Reports) > 1 {
			joined = append(joined, strings.Join(becauseOf(o, ""), "; "))
		}
	}
	slices.Sort(all)
	fmt.Fprintf(w, "  %s of %s", count(len(slices.Compact(all)), "report"), count(len(origins), "origin"))
	if len(joined) > 0 {
		fmt.Fprintf(w, ": %s", strings.Join(joined, "; "))
	}
	fmt.Fprintln(w)
}

// matchPair prints a pair with its reasons. Nothing is told as certain.
func matchPair(w io.Writer, f *desk.Matched, p match.Pair) {
	a, b := &f.Accounts[p.A], &f.Accounts[p.B]
	c := f.Matcher.Compare(a, b)
	fmt.Fprintf(w, "  %.2f  %s - %s: %s\n", min(p.Probability(), 0.99), a.ID, b.ID, strings.Join(c.Reasons(), "; "))
}

type matchLearnCmd struct {
	lists
	Pairs string `arg:"" help:"Judged pairs: CSV with the columns a (a report of the first list), b (of the second) and says; without says all are the same."`
	A     string `arg:"" help:"The first list."`
	B     string `arg:"" help:"The second list."`
	Out   string `short:"o" help:"Where the weights go." default:"weights.json" placeholder:"FILE"`
	About string `help:"What the file says of where the weights come from." placeholder:"TEXT"`
}

func (matchLearnCmd) Help() string {
	return `Example:

  truce match learn pairs.csv ged.csv.gz airwars.csv.gz --mapping ucdp-ged --mapping airwars --zone Asia/Damascus -o weights.json

For each report of the first list that has a pair judged the same, its other candidates count as
different, but for those judged unsure. The fit is a logistic regression by Newton's method around
weights set by reasoning (docs/matching.md); the same input gives the same file.

Exit code 0: written. 2: written, but rows were set aside. 3 and above: could not run.`
}

// Run learns and writes the weights.
func (c *matchLearnCmd) Run(ctx context.Context, s *streams) error {
	files, err := c.sources([]string{c.A, c.B})
	if err != nil {
		return err
	}
	o := desk.MatchOptions{Left: files[:1], Right: files[1:], Stdin: s.in, SetAside: c.SetAside, Workers: c.Workers}
	if o.Judgments, err = readJudgments(c.Pairs); err != nil {
		return err
	}
	m, err := c.mission()
	if err != nil {
		return err
	}
	progress, done := bar(s, c.Quiet)
	o.Progress = progress
	w, read, err := m.Learn(ctx, o, c.About)
	done()
	if err != nil {
		return err
	}
	text, err := w.JSON()
	if err != nil {
		return err
	}
	err = writeWhole(c.Out, s.out, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return err
	}
	c.tell(s, read)
	return nil
}
