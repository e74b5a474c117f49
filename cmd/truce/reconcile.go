package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/export"
	"truce/intake"
	"truce/reconcile"
)

type reconcileCmd struct {
	A         string   `arg:"" help:"A ledger: totals by day, or a list of happenings; - for standard input."`
	B         string   `arg:"" optional:"" help:"The other one. Without it the file's two authors are compared, or its only one is checked."`
	Mission   string   `help:"A mission's folder, whose register and places are used to compare lists." placeholder:"DIR"`
	Places    []string `help:"Boundary files (GeoJSON, also .gz) beside the mission's." placeholder:"FILE" sep:"none"`
	LedgerA   string   `help:"Author of A, where the file has several." placeholder:"NAME"`
	LedgerB   string   `help:"Author of B, likewise." placeholder:"NAME"`
	MappingA  string   `help:"How the columns of A become ours: a mapping file, or ucdp-ged, acled, airwars." placeholder:"FILE"`
	MappingB  string   `help:"The same for B." placeholder:"FILE"`
	Zone      string   `help:"Zone of the dates of both, such as Asia/Damascus; else the mission's, else UTC." placeholder:"ZONE"`
	ZoneA     string   `help:"Zone of A." placeholder:"ZONE"`
	ZoneB     string   `help:"Zone of B." placeholder:"ZONE"`
	Cut       string   `help:"When a reporting day of both starts, such as 06:00." default:"00:00" placeholder:"HH:MM"`
	CutA      string   `help:"The same for A." placeholder:"HH:MM"`
	CutB      string   `help:"The same for B." placeholder:"HH:MM"`
	Named     string   `help:"Places that the bulletins of A name, held against what they count." placeholder:"FILE"`
	Gazetteer []string `help:"Places with their names (CSV), to look the named ones up in, beside the mission's." placeholder:"FILE" sep:"none"`
	SameArea  []string `help:"Names that are used for one area, such as Damascus=Rif Dimashq." placeholder:"A=B" sep:"none"`
	Same      float64  `help:"From which probability on two happenings are one." default:"0.5" placeholder:"P"`
	Perhaps   float64  `help:"Up to which probability they are not." default:"0.2" placeholder:"P"`
	JSON      bool     `name:"json" help:"One line of JSON for each day or happening." xor:"form"`
	CSV       bool     `name:"csv" help:"One row of CSV for each." xor:"form"`
	SetAside  string   `help:"Where rows that cannot be read go." default:"set-aside.csv" placeholder:"FILE"`
	Workers   int      `help:"Happenings compared at once; changes nothing but the time." default:"0" placeholder:"N"`
	Quiet     bool     `short:"q" help:"No progress, no list of odd rows."`
}

func (reconcileCmd) Help() string {
	return `Lays the ledgers of two authors side by side and explains every difference. Totals by day have
the columns date, ledger, total, one for each area, and any of breakdown, cumulative, answered_by,
confirmed, exempt_target, not_confirmed, note; anything else is a list of happenings, read as truce check
does. What an author wrote is never mended, and counts of two authors are never added.

Example:

  truce reconcile ledgers.csv
  truce reconcile centre.csv --named places.csv --gazetteer towns.csv
  truce reconcile ours.csv theirs.csv --mission missions/syria-2016 --mapping-b airwars --cut-a 06:00

Exit code 0: no difference, no slip. 1: at least one. 2: rows were set aside, whatever else was
found. 3 and above: could not run.`
}

// Run lays the two side by side.
func (c *reconcileCmd) Run(ctx context.Context, s *streams) error {
	m, a, b, o, err := c.inputs(s)
	if err != nil {
		return err
	}
	progress, done := bar(s, c.Quiet)
	o.Progress = progress
	r, err := m.Reconcile(ctx, a, b, o)
	done()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.out, 1<<16)
	switch {
	case c.JSON:
		err = reconcileJSON(out, r)
	case c.CSV:
		err = reconcileCSV(out, r)
	default:
		err = reconcilePlain(out, r)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = putAside(s, r.SetAside, c.SetAside, c.Quiet)
	}
	s.found(r.Differs())
	if len(r.SetAside) > 0 {
		s.code = exitSetAside
	}
	return err
}

// inputs reads what the command line names.
func (c *reconcileCmd) inputs(s *streams) (m *desk.Mission, a desk.LedgerFile, b *desk.LedgerFile, o desk.ReconcileOptions, err error) {
	if c.Perhaps > c.Same || c.Perhaps < 0 || c.Same > 1 {
		return nil, a, nil, o, &truce.Error{Kind: truce.Invalid, At: "--perhaps", Msg: "the probabilities do not fit", Hint: "0 <= --perhaps <= --same <= 1"}
	}
	o = desk.ReconcileOptions{Rules: reconcile.Rules{Same: c.Same, Perhaps: c.Perhaps}, Workers: c.Workers}
	if c.Mission == "" {
		m, err = desk.BareMission(nil, c.Places)
	} else {
		m, _, err = desk.Open(c.Mission, desk.OpenOptions{Places: c.Places})
	}
	if err == nil {
		a, err = c.file(s, c.A, c.LedgerA, c.MappingA, c.ZoneA, c.CutA)
	}
	if err == nil && (c.B != "" || c.LedgerB != "") {
		name := c.B
		if name == "" {
			name = c.A
		}
		var other desk.LedgerFile
		if other, err = c.file(s, name, c.LedgerB, c.MappingB, c.ZoneB, c.CutB); name == "-" && name == c.A {
			other.Text = a.Text
		}
		b = &other
	}
	if err == nil {
		err = c.places(s, &o)
	}
	return m, a, b, o, err
}

// places reads the named places and what they are looked up in.
func (c *reconcileCmd) places(s *streams, o *desk.ReconcileOptions) error {
	var err error
	if o.Gazetteer, err = gazetteers(s, c.Gazetteer); err != nil {
		return err
	}
	for _, same := range c.SameArea {
		o.SameArea = append(o.SameArea, strings.Split(same, "="))
	}
	if c.Named == "" {
		return nil
	}
	o.Named = &desk.LedgerFile{File: c.Named}
	o.Named.Text, err = readAll(s, c.Named)
	return err
}

// gazetteers reads files of places, each of which must be whole.
func gazetteers(s *streams, files []string) ([]reconcile.Place, error) {
	var out []reconcile.Place
	for _, name := range files {
		text, err := readAll(s, name)
		if err != nil {
			return nil, err
		}
		places, bad, err := reconcile.ReadGazetteer(name, bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if len(bad) > 0 {
			return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "a row cannot be read", Hint: "mend the gazetteer", Err: &bad[0]}
		}
		out = append(out, places...)
	}
	return out, nil
}

// file reads one side. A zone or a cut of its own goes before the common one.
func (c *reconcileCmd) file(s *streams, name, author, mapping, zone, cut string) (desk.LedgerFile, error) {
	f := desk.LedgerFile{File: name, Author: author, Mapping: mapping}
	if zone == "" {
		zone = c.Zone
	}
	if zone != "" {
		var err error
		if f.Zone, err = truce.Zone("--zone", zone); err != nil {
			return f, err
		}
	}
	if cut == "" {
		cut = c.Cut
	}
	at, err := time.Parse("15:04", cut)
	if err != nil {
		return f, &truce.Error{Kind: truce.Invalid, At: "--cut", Msg: fmt.Sprintf("%q is not an hour", cut), Hint: "the hour at which a reporting day starts, such as 06:00"}
	}
	f.Cut = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	f.Text, err = readAll(s, name)
	return f, err
}

// putAside writes the rows that could not be read, and lists the first.
func putAside(s *streams, bad []*intake.RowError, file string, quiet bool) error {
	aside := intake.NewSetAside(file)
	defer aside.Discard()
	for _, x := range bad {
		if file == "" {
			break
		}
		if err := aside.Add(x); err != nil {
			return err
		}
	}
	if !quiet {
		tellAside(s, bad, len(bad), file)
	}
	return aside.Close()
}

// reconciledLine is one happening of two lists, for programs.
type reconciledLine struct {
	Kind    string             `json:"kind"`
	A       []truce.Element    `json:"a"`
	B       []truce.Element    `json:"b"`
	Odds    float64            `json:"probability,omitempty"`
	Reasons []reconcile.Reason `json:"reasons"`
}

// reconcileJSON writes a line for each day or happening.
func reconcileJSON(w io.Writer, r *desk.Reconciled) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range r.Days {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	for _, d := range r.One {
		if err := enc.Encode(d); err != nil {
			return err
		}
	}
	for _, d := range r.Named {
		if err := enc.Encode(struct {
			Named reconcile.NamedDay `json:"named"`
		}{d}); err != nil {
			return err
		}
	}
	for _, l := range r.Lines {
		x := reconciledLine{l.Kind, []truce.Element{}, []truce.Element{}, l.Odds, l.Reasons}
		for _, i := range l.A {
			x.A = append(x.A, r.A.Items[i])
		}
		for _, i := range l.B {
			x.B = append(x.B, r.B.Items[i])
		}
		if err := enc.Encode(x); err != nil {
			return err
		}
	}
	return nil
}

// reconcileCSV writes a row for each day or happening.
func reconcileCSV(w io.Writer, r *desk.Reconciled) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	write := func(cells ...string) {
		for i, c := range cells {
			cells[i] = export.Inert(c)
		}
		_ = out.Write(cells) // Error gives it
	}
	switch {
	case r.Lists():
		write("kind", "a", "b", "probability", "reasons")
		for _, l := range r.Lines {
			odds := ""
			if l.Odds > 0 {
				odds = strconv.FormatFloat(l.Odds, 'f', 3, 64)
			}
			write(l.Kind, ids(r.A.Items, l.A), ids(r.B.Items, l.B), odds, says(l.Reasons))
		}
	case r.Days != nil:
		write("date", "author_a", "total_a", "author_b", "total_b", "shared_at_most", "reasons", "slips_a", "slips_b")
		for _, p := range r.Days {
			write(p.Date, r.NameA, total(p.A), r.NameB, total(p.B), stated(p.Shared), says(p.Reasons), says(p.SlipsA), says(p.SlipsB))
		}
	default:
		write("date", "author", "total", "slips")
		for _, d := range r.One {
			write(d.Day.Date, r.NameA, stated(d.Day.Total), says(d.Slips))
		}
	}
	out.Flush()
	return out.Error()
}

func ids(items []truce.Element, at []int) string {
	var out []string
	for _, i := range at {
		out = append(out, items[i].ID)
	}
	return strings.Join(out, "; ")
}

func says(reasons []reconcile.Reason) string {
	var out []string
	for _, r := range reasons {
		out = append(out, r.String())
	}
	return strings.Join(out, "; ")
}

func stated(c reconcile.Count) string {
	if !c.Stated {
		return ""
	}
	return c.String()
}

func total(d *reconcile.Day) string {
	if d == nil {
		return ""
	}
	return stated(d.Total)
}

// reconcilePlain writes for people.
func reconcilePlain(w io.Writer, r *desk.Reconciled) error {
	p := &paper{w: w}
	switch {
	case r.Lists():
		p.lists(r)
	case r.Days != nil:
		p.days(r)
	default:
		p.one(r)
	}
	p.named(r)
	return p.err
}

// paper writes lines until one fails.
type paper struct {
	w   io.Writer
	err error
}

func (p *paper) line(form string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, form+"\n", args...)
	}
}

func (p *paper) reasons(mark string, reasons []reconcile.Reason) {
	for _, r := range reasons {
		p.line("    %s%s", mark, r)
	}
}

func (p *paper) days(r *desk.Reconciled) {
	p.line("%s and %s: two authors' claims, side by side; they are not added up and say nothing of who is right.", r.NameA, r.NameB)
	same, missing, slips := 0, 0, 0
	for _, d := range r.Days {
		p.line("\n%s  %s %s, %s %s", d.Date, r.NameA, shownTotal(d.A), r.NameB, shownTotal(d.B))
		p.reasons("", d.Reasons)
		p.reasons(r.NameA+": ", d.SlipsA)
		p.reasons(r.NameB+": ", d.SlipsB)
		slips += slipsIn(d.SlipsA) + slipsIn(d.SlipsB)
		switch {
		case d.A == nil || d.B == nil:
			missing++
		case d.A.Total.Stated && d.A.Total == d.B.Total:
			same++
		}
	}
	p.line("\n%s: the totals agree on %d; on %d one ledger has no row; %s of arithmetic.", count(len(r.Days), "day"), same, missing, count(slips, "slip"))
}

func shownTotal(d *reconcile.Day) string {
	if d == nil {
		return "missing"
	}
	return d.Total.String()
}

func slipsIn(reasons []reconcile.Reason) int {
	n := 0
	for _, r := range reasons {
		if r.IsSlip() {
			n++
		}
	}
	return n
}

func (p *paper) one(r *desk.Reconciled) {
	p.line("%s alone: whether its figures add up.\n", r.NameA)
	slips := 0
	for _, d := range r.One {
		p.line("%s  %s", d.Day.Date, d.Day.Total)
		p.reasons("", d.Slips)
		if d.Day.Note != "" {
			p.line("    the ledger notes: %s", d.Day.Note)
		}
		slips += slipsIn(d.Slips)
	}
	p.line("\n%s: %s of arithmetic.", count(len(r.One), "day"), count(slips, "slip"))
}

func (p *paper) named(r *desk.Reconciled) {
	if len(r.Named) == 0 {
		return
	}
	p.line("\nPlaces that %s names, against what it counts:", r.NameA)
	for _, d := range r.Named {
		p.line("%s  %d named of %s", d.Date, d.Named, d.Total)
		for _, a := range d.Areas {
			p.line("    %s: %d of %s: %s", a.Area, a.Named, a.Counts, join(named(a)))
		}
		p.reasons("", d.Slips)
	}
}

// named are the places of an area as written, each with the name that a gazetteer has.
func named(a reconcile.NamedArea) []string {
	out := slices.Clone(a.Places)
	for i, means := range a.Means {
		switch {
		case means == "":
			out[i] += " (?)"
		case means != out[i]:
			out[i] += " (" + means + ")"
		}
	}
	return out
}

func (p *paper) lists(r *desk.Reconciled) {
	c := r.Counts
	p.line("%s: %s, %s: %s", r.NameA, count(len(r.A.Items), "happening"), r.NameB, count(len(r.B.Items), "happening"))
	p.line("  in both %d, of which %d are told differently; one as several %d; only in %s %d; only in %s %d; cannot tell %d",
		c.Same, c.Differing, c.Several, r.NameA, c.OnlyA, r.NameB, c.OnlyB, c.Open)
	for _, l := range r.Lines {
		p.line("\n%s  %s | %s", l.Kind, p.items(r.A.Items, l.A), p.items(r.B.Items, l.B))
		p.reasons("", l.Reasons)
	}
}

func (p *paper) items(all []truce.Element, at []int) string {
	var out []string
	for _, i := range at {
		text := all[i].ID
		if all[i].Title != "" {
			text += " (" + all[i].Title + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "-"
	}
	return join(out)
}
