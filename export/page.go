package export

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"truce"
)

//go:embed page/*
var files embed.FS

// Page writes one HTML page that needs nothing else: no script to be read, no network,
// no font. Verdicts of violation and undetermined verdicts are listed in full while there
// is room; the page says what it leaves out. It fails with kind Invalid where a geometry
// is not GeoJSON.
func Page(w io.Writer, c Check) error {
	view, err := viewOf(c)
	if err != nil {
		return err
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{"number": number, "plural": plural}).ParseFS(files, "page/*.html")
	if err != nil {
		return &truce.Error{Kind: truce.Internal, Msg: "export: page template", Err: err}
	}
	out := bufio.NewWriter(w)
	if err := t.Execute(out, view); err != nil {
		return failed("page", err)
	}
	if err := out.Flush(); err != nil {
		return failed("page", err)
	}
	return nil
}

// view is all that the template reads.
type view struct {
	Title, Mission, Zone words
	Period               string
	Made                 []words
	Command              words
	Policy               string // Content-Security-Policy
	Style                template.CSS
	Script               template.JS
	Data                 pageData

	Total      tally // verdicts
	ByAct      tally // acts with a violation, with something open, with neither
	ActCount   int
	Clauses    int
	Agreements []agreementView
	Duties     []dutyView
	Chart      dayChart
	Days       []dayRow
	Map        chartOfPlaces
	Acts       shownActs
	Open       []wantView
	OpenSum    int
	Unmatched  []nameView
	Limits     []words
	Sources    []words

	Rows, Reports, SetAside int
}

type nameView struct {
	Name words
	N    int
}

// dayRow is a line of the table behind the day chart. Listed says that acts of the day
// stand on the page.
type dayRow struct {
	Date, Title   string
	Acts          int
	Listed        bool
	Counts        []tally // by agreement
	Killed        string
	KilledUnknown int
}

// pageData is what the script filters by. Days count from First; -1 is none.
type pageData struct {
	First string      `json:"first"`
	Days  int         `json:"days"`
	Bin   int         `json:"bin"`
	Of    [][]int     `json:"of"`   // clauses of each agreement
	Acts  [][5]any    `json:"acts"` // first day, last day, place, clauses broken, clauses open
	Max   [2]float64  `json:"max"`
	Cells [][]float64 `json:"cells,omitempty"`
	Part  bool        `json:"part,omitempty"` // clauses are known for listed acts only
}

func viewOf(c Check) (view, error) {
	v := view{Title: line(c.Title), Mission: ident(c.Mission), Zone: ident(c.Zone), Period: period(c.From, c.To),
		Made: list(strings.Split(c.Made, "\n")), Command: line(c.Command), Open: wants(c.Open), Limits: list(c.Limits), Sources: list(c.Sources),
		ActCount: len(c.Elements), Rows: c.Rows, Reports: c.Reports, SetAside: c.SetAside}
	if c.Title == "" {
		v.Title = line(c.Mission)
	}
	if c.Command == "" {
		v.Command = line("truce check --json")
	}
	outcomes := make([]string, len(c.Elements))
	for i, r := range c.Elements {
		outcomes[i] = gravest(r.Verdicts)
	}
	sites, at, err := placesOf(c.Elements, outcomes)
	if err != nil {
		return v, err
	}
	if v.Map, err = drawMap(c, sites, at); err != nil {
		return v, err
	}
	v.Chart = drawChart(c)
	v.count(c)
	v.fill(c, at)
	return v, v.assets()
}

func (v *view) count(c Check) {
	for _, r := range c.Elements {
		t := tallyOf(r.Verdicts)
		v.ByAct.V += bit(t.V > 0)
		v.ByAct.U += bit(t.U > 0)
		v.ByAct.N += bit(t.V+t.U == 0)
	}
	for _, o := range c.Open {
		v.OpenSum += o.N
	}
	for _, n := range c.Unmatched {
		v.Unmatched = append(v.Unmatched, nameView{line(n.Name), n.N})
	}
}

func (v *view) fill(c Check, at []int) {
	var book clauseBook
	v.Agreements, book = clausesOf(c)
	for _, a := range v.Agreements {
		v.Total = v.Total.plus(a.Total)
		v.Clauses += len(a.Clauses)
	}
	v.Acts = listActs(c.Elements, book)
	linkRows(v.Agreements, v.Acts)
	v.Duties = dutiesOf(c, v.Chart, book)
	v.Days = dayRows(c, v.Acts)
	v.Data = v.dataOf(c, at, book)
}

func dayRows(c Check, acts shownActs) []dayRow {
	listed := map[string]bool{}
	for _, d := range acts.Days {
		listed[d.Date] = true
	}
	var out []dayRow
	for _, d := range c.Days {
		r := dayRow{Date: short(d.Date), Title: dayShort(d.Date), Acts: d.Elements, Listed: listed[d.Date],
			Killed: span(d.KilledLow, d.KilledHigh), KilledUnknown: d.KilledUnknown}
		for _, a := range c.Agreements {
			var t tally
			for _, n := range d.Counts {
				if n.Agreement == a.ID {
					t = t.plus(tally{n.Violation, n.Undetermined, n.NoViolation})
				}
			}
			r.Counts = append(r.Counts, t)
		}
		out = append(out, r)
	}
	return out
}

// pairLimit is the number of verdicts beyond which the script is told the clauses of
// the listed acts only.
const pairLimit = 300_000

func (v *view) dataOf(c Check, at []int, book clauseBook) pageData {
	d := pageData{First: v.Chart.First, Days: v.Chart.Days, Bin: v.Chart.Bin, Max: v.Map.Max, Cells: v.Map.spread}
	for _, a := range v.Agreements {
		own := []int{}
		for _, cl := range a.Clauses {
			own = append(own, cl.I)
		}
		d.Of = append(d.Of, own)
	}
	d.Part = v.Total.V+v.Total.U > pairLimit
	listed := map[int]bool{}
	for _, day := range v.Acts.Days {
		for _, a := range day.Acts {
			listed[a.I] = true
		}
	}
	for i, r := range c.Elements {
		first, last := daysOf(r)
		broken, open := []int{}, []int{}
		if !d.Part || listed[i] {
			broken, open = touched(r.Verdicts, book)
		}
		d.Acts = append(d.Acts, [5]any{v.Chart.index(first), v.Chart.index(last), at[i], broken, open})
	}
	return d
}

// touched lists the clauses an act broke and those left open, by their index on the page.
func touched(verdicts []truce.Verdict, book clauseBook) (broken, open []int) {
	broken, open = []int{}, []int{}
	for _, x := range verdicts {
		k := -1
		if e, ok := book[[2]string{x.Agreement, x.Clause}]; ok {
			k = e.index
		}
		switch x.Outcome {
		case truce.Violation:
			broken = append(broken, k)
		case truce.Undetermined:
			open = append(open, k)
		}
	}
	return broken, open
}

// index is the number of a civil day on the axis, -1 for none.
func (d dayChart) index(s string) int {
	t, ok := day(s)
	if !ok || d.Days == 0 {
		return -1
	}
	return max(0, min(d.Days-1, int(t.Sub(d.first).Hours()/24)))
}

// assets puts in style and script, and a policy that allows these two and nothing else.
func (v *view) assets() error {
	style, err := files.ReadFile("page/page.css")
	if err != nil {
		return &truce.Error{Kind: truce.Internal, Msg: "export: page style", Err: err}
	}
	script, err := files.ReadFile("page/page.js")
	if err != nil {
		return &truce.Error{Kind: truce.Internal, Msg: "export: page script", Err: err}
	}
	v.Style, v.Script = template.CSS(style), template.JS(script)
	v.Policy = "default-src 'none'; style-src " + digest(style) + "; script-src " + digest(script) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// period writes the first and last day as one phrase.
func period(from, to string) string {
	a, ok := day(from)
	b, ok2 := day(to)
	switch {
	case !ok || !ok2:
		return strings.TrimSpace(short(from) + " – " + short(to))
	case from == to:
		return date(from)
	case a.Year() == b.Year() && a.Month() == b.Month():
		return a.Format("2") + "–" + b.Format("2 January 2006")
	case a.Year() == b.Year():
		return a.Format("2 January") + " – " + b.Format("2 January 2006")
	}
	return a.Format("2 January 2006") + " – " + b.Format("2 January 2006")
}

// dayShort writes a civil day in a table: "12 Sep 2016".
func dayShort(s string) string {
	if t, ok := day(s); ok {
		return t.Format("2 Jan 2006")
	}
	return short(s)
}
