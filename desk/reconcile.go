package desk

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/actors"
	"truce/geo"
	"truce/intake"
	"truce/match"
	"truce/reconcile"
)

// LedgerFile is a ledger as it was handed in: totals by day, or a list of happenings.
type LedgerFile struct {
	// File is its name; its ending tells the form, as in [intake.Read].
	File string
	Text []byte
	// Mapping is how the columns of a list become ours: a file, the name of a built-in mapping, or
	// empty for our own layout.
	Mapping string
	// Author chooses one where a file of totals holds several.
	Author string
	// Name is what the side is called; empty is the author, or the file's name.
	Name string
	// Zone is where its dates are days; nil is the mission's. Cut is when its days start after
	// midnight there.
	Zone *time.Location
	Cut  time.Duration
}

// ReconcileOptions say how two ledgers are reconciled.
type ReconcileOptions struct {
	Rules reconcile.Rules
	// Named are the places that the bulletins of the first ledger name; only for totals.
	Named *LedgerFile
	// Gazetteer holds places beside the mission's, and SameArea names that are used for one area.
	Gazetteer []reconcile.Place
	SameArea  [][]string
	// Workers is how many happenings are compared at once; 0 is one for each processor.
	Workers  int
	Progress func(stage string, done, total int64)
}

// Reconciled is two ledgers laid side by side.
type Reconciled struct {
	// NameA and NameB are what the sides are called; NameB is empty where there is one alone.
	NameA, NameB string
	// Days are totals of two ledgers, or One those of one alone.
	Days []reconcile.DayPair
	One  []reconcile.Checked
	// Named are the places that the first one names, against what it counts.
	Named []reconcile.NamedDay
	// Lines are two lists of happenings, of A and B.
	A, B   reconcile.Side
	Lines  []reconcile.Line
	Counts reconcile.Counts

	SetAside []*intake.RowError
	Warnings truce.Problems
}

// Lists reports whether the ledgers are lists of happenings.
func (r *Reconciled) Lists() bool { return r.Days == nil && r.One == nil }

// Differs reports whether anything is told differently, stands alone, or does not add up.
func (r *Reconciled) Differs() bool {
	c := r.Counts
	return c.OnlyA+c.OnlyB+c.Several+c.Open+c.Differing > 0 || slices.ContainsFunc(r.Days, dayDiffers) ||
		slices.ContainsFunc(r.One, func(d reconcile.Checked) bool { return slices.ContainsFunc(d.Slips, reconcile.Reason.IsSlip) }) ||
		slices.ContainsFunc(r.Named, func(d reconcile.NamedDay) bool { return len(d.Slips) > 0 })
}

// dayDiffers reports whether two rows of a day are not the same in all figures, or hold a slip.
func dayDiffers(p reconcile.DayPair) bool {
	return p.A == nil || p.B == nil || p.A.Total != p.B.Total ||
		slices.ContainsFunc(p.Areas, func(x reconcile.AreaPair) bool { return x.A != x.B }) ||
		slices.ContainsFunc(append(slices.Clone(p.SlipsA), p.SlipsB...), reconcile.Reason.IsSlip)
}

// BareMission knows no register and no agreement, only boundary files and the zone of times
// that name none, which may be nil: what lists are read against where there is no mission.
func BareMission(zone *time.Location, places []string) (*Mission, error) {
	m := &Mission{Zone: zone, shelf: onDisk(), atlas: geo.NewAtlas(), coarse: map[string]geo.Extent{}}
	var problems truce.Problems
	if m.register, problems = actors.Parse("", []byte("register: 1\nzone: UTC\nactors: []\n")); problems.Err() != nil {
		return nil, problems.Err()
	}
	return m, m.loadPlaces(places, io.Discard)
}

// Reconcile lays two ledgers side by side. B is nil where one is only checked, or where A holds
// two authors. Rows that cannot be read are set aside.
func (m *Mission) Reconcile(ctx context.Context, a LedgerFile, b *LedgerFile, o ReconcileOptions) (*Reconciled, error) {
	dailyA := reconcile.Daily(headOf(a.Text))
	switch {
	case b == nil && !dailyA:
		return nil, &truce.Error{Kind: truce.Invalid, At: a.File, Msg: "a list of happenings needs another one beside it", Hint: "two files, or totals by day with the columns date, ledger, total"}
	case b != nil && dailyA != reconcile.Daily(headOf(b.Text)):
		return nil, &truce.Error{Kind: truce.Invalid, At: b.File, Msg: "one file holds totals by day and the other a list of happenings", Hint: "two of one form"}
	case dailyA:
		return m.reconcileDays(a, b, o)
	case o.Named != nil:
		return nil, &truce.Error{Kind: truce.Invalid, At: o.Named.File, Msg: "named places go with totals by day", Hint: "no file of named places with lists"}
	}
	return m.reconcileLists(ctx, a, *b, o)
}

// headOf is the first line of a file, unpacked.
func headOf(text []byte) []byte {
	if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		text, _ = io.ReadAll(io.LimitReader(z, 1<<16)) // a file cut off shows when it is read
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

func (m *Mission) reconcileDays(a LedgerFile, b *LedgerFile, o ReconcileOptions) (*Reconciled, error) {
	out := &Reconciled{}
	days, err := out.days(a)
	if err != nil {
		return nil, err
	}
	other := days
	if b == nil {
		b = &a
		if a.Author == "" && len(reconcile.Authors(days)) == 1 {
			b = nil
		}
	} else if b.File != a.File || !bytes.Equal(a.Text, b.Text) {
		if other, err = out.days(*b); err != nil {
			return nil, err
		}
	}
	one, two, err := authorsOf(a, days, b, other)
	if err != nil {
		return nil, err
	}
	la := totalsOf(a, one, days)
	out.NameA = la.Name
	if b == nil {
		out.One = reconcile.Check(la)
	} else {
		lb := totalsOf(*b, two, other)
		if lb.Name == la.Name {
			la.Name, lb.Name = la.Name+" (A)", lb.Name+" (B)"
		}
		out.NameA, out.NameB, out.Days = la.Name, lb.Name, reconcile.CompareDays(la, lb)
	}
	return out, out.named(m, o, one, la.Days)
}

// totalsOf takes the rows of one author.
func totalsOf(f LedgerFile, author string, days []reconcile.Day) reconcile.Ledger {
	return reconcile.Ledger{Name: cmp.Or(f.Name, author), Days: reconcile.By(days, author), Zone: f.Zone, Cut: f.Cut}
}

// days reads totals and puts bad rows aside.
func (r *Reconciled) days(f LedgerFile) ([]reconcile.Day, error) {
	days, bad, err := reconcile.ReadDays(f.File, bytes.NewReader(f.Text))
	r.aside(bad)
	if err == nil && len(days) == 0 {
		err = &truce.Error{Kind: truce.Invalid, At: f.File, Msg: "there is no row that can be read", Hint: "totals by day"}
	}
	return days, err
}

func (r *Reconciled) aside(bad []reconcile.Bad) {
	for _, x := range bad {
		p := x.Problem
		r.SetAside = append(r.SetAside, &intake.RowError{Line: p.Line, Field: p.Field, Value: p.Value, Want: p.Want, Raw: x.Raw, Problem: p})
	}
}

// authorsOf chooses whose rows are compared: the authors that were named, else the only one of
// each file, else the two of one.
func authorsOf(a LedgerFile, days []reconcile.Day, b *LedgerFile, other []reconcile.Day) (one, two string, err error) {
	hasA := reconcile.Authors(days)
	if b == nil {
		return hasA[0], "", nil
	}
	hasB := reconcile.Authors(other)
	one, two = a.Author, b.Author
	if b.File == a.File && len(hasA) == 2 && one == "" && two == "" {
		return hasA[0], hasA[1], nil
	}
	if one, err = authorOf(a.File, one, hasA); err != nil {
		return "", "", err
	}
	if b.File == a.File && two == one {
		two = ""
	}
	if b.File == a.File && two == "" && len(hasA) == 2 {
		return one, hasA[1-slices.Index(hasA, one)], nil
	}
	two, err = authorOf(b.File, two, hasB)
	return one, two, err
}

func authorOf(file, name string, has []string) (string, error) {
	switch {
	case name == "" && len(has) == 1:
		return has[0], nil
	case slices.Contains(has, name):
		return name, nil
	}
	return "", &truce.Error{Kind: truce.Invalid, At: file, Msg: fmt.Sprintf("the file has %d authors", len(has)), Hint: "one of " + strings.Join(has, ", ")}
}

// named holds the places that bulletins name against the days.
func (r *Reconciled) named(m *Mission, o ReconcileOptions, author string, days []reconcile.Day) error {
	f := o.Named
	if f == nil {
		return nil
	}
	places, bad, err := reconcile.ReadNamed(f.File, bytes.NewReader(f.Text))
	r.aside(bad)
	places = slices.DeleteFunc(places, func(n reconcile.Named) bool { return n.Author != author })
	r.Named = reconcile.CompareNamed(days, places)
	if all := append(reconcile.AreasOf(m.atlas, "mission"), o.Gazetteer...); len(all) > 0 {
		g := reconcile.NewGazetteer(all, o.SameArea...)
		for i := range r.Named {
			r.Named[i].Resolve(g)
		}
	}
	return err
}

// reconcileLists matches two lists and aligns them.
func (m *Mission) reconcileLists(ctx context.Context, a, b LedgerFile, o ReconcileOptions) (*Reconciled, error) {
	out := &Reconciled{}
	matcher, err := match.New(match.Known{Register: m.register, Atlas: m.atlas}, nil)
	if err != nil {
		return nil, err
	}
	var accounts [2][]match.Account
	for i, f := range []LedgerFile{a, b} {
		side := []*reconcile.Side{&out.A, &out.B}[i]
		if accounts[i], err = m.side(ctx, matcher, f, side, out); err != nil {
			return nil, err
		}
	}
	if out.A.Name == out.B.Name {
		out.A.Name, out.B.Name = out.A.Name+" (A)", out.B.Name+" (B)"
	}
	out.NameA, out.NameB = out.A.Name, out.B.Name
	candidates, err := candidates(ctx, matcher, accounts[0], accounts[1], o)
	if err != nil {
		return nil, err
	}
	out.Lines = reconcile.Align(out.A, out.B, candidates, o.Rules)
	out.Counts = reconcile.CountOf(out.Lines)
	return out, nil
}

// side reads a list of happenings and takes it apart into accounts, one an item.
func (m *Mission) side(ctx context.Context, matcher *match.Matcher, f LedgerFile, side *reconcile.Side, r *Reconciled) ([]match.Account, error) {
	*side = reconcile.Side{Name: cmp.Or(f.Name, f.File), Zone: cmp.Or(f.Zone, m.Zone), Cut: f.Cut, Called: m.called()}
	opts, err := m.options(Source{f.File, f.Mapping}, intake.Unmatched{}, func(p truce.Problem) { r.Warnings = append(r.Warnings, p) })
	if err != nil {
		return nil, err
	}
	opts.Zone = side.Zone
	var out []match.Account
	for report, err := range intake.Read(f.File, bytes.NewReader(f.Text), opts) {
		var bad *intake.RowError
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &bad):
			r.SetAside = append(r.SetAside, bad)
			continue
		case err != nil:
			return nil, err
		}
		for _, x := range matcher.Accounts(report) {
			if side == &r.B {
				x.Report = "other list: " + x.Report // two lists may number alike
			}
			out = append(out, x)
			side.Items = append(side.Items, item(report, x))
		}
	}
	return out, nil
}

// called are the names of the register's actors.
func (m *Mission) called() map[string]string {
	out := map[string]string{}
	for _, id := range m.register.IDs() {
		out[id] = m.register.NameOn(id, time.Time{})
	}
	return out
}

// item is an account as one element: its first, with the acts and actors of all.
func item(report truce.Report, a match.Account) truce.Element {
	var out truce.Element
	for _, e := range report.Elements {
		if !slices.Contains(a.Elements, e.ID) {
			continue
		}
		if out.ID == "" {
			out = e
			out.By, out.Acts = slices.Clone(e.By), slices.Clone(e.Acts)
			continue
		}
		out.By, out.Acts = union(out.By, e.By), union(out.Acts, e.Acts)
		if out.Killed == nil {
			out.Killed = e.Killed
		}
		if out.Injured == nil {
			out.Injured = e.Injured
		}
	}
	out.ID = a.ID
	return out
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// candidates are the pairs that matching finds, with why.
func candidates(ctx context.Context, m *match.Matcher, a, b []match.Account, o ReconcileOptions) ([]reconcile.Candidate, error) {
	work := match.Work{Workers: o.Workers}
	if o.Progress != nil {
		work.Progress = func(done, total int) { o.Progress("comparing", int64(done), int64(total)) }
	}
	pairs, err := m.Link(ctx, a, b, work)
	if err != nil {
		return nil, err
	}
	rivals := m.Weights().Rivals
	out := make([]reconcile.Candidate, 0, len(pairs))
	for _, p := range pairs {
		c := reconcile.Candidate{A: p.A, B: p.B, Odds: p.Probability(), Alone: match.Probability(rivals.Shift + rivals.Scale*p.Direct)}
		if c.Odds < 0.02 && c.Alone < 0.02 {
			continue
		}
		compared := m.Compare(&a[p.A], &b[p.B])
		c.Because = spoken(&compared)
		c.Kin = slices.Contains([]match.Level{match.SameActor, match.KinActor}, compared.Parts[match.By].Level)
		out = append(out, c)
	}
	return out, nil
}

// spoken are the reasons of a comparison, in English and by code.
func spoken(c *match.Comparison) reconcile.Because {
	texts := c.Reasons()
	out := make(reconcile.Because, 0, len(texts))
	for i, why := range match.Because(c.Parts[:]) {
		out = append(out, reconcile.Spoken{Text: texts[i], Code: why.Code, Args: why.Args})
	}
	return out
}
