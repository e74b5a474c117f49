package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"truce"
	"truce/desk"
	"truce/web"
)

type dayCmd struct {
	where
	Day      string `arg:"" help:"The reporting day, such as 2016-04-10." placeholder:"DAY"`
	AsOf     string `help:"As the record stood after so many entries, or at a time." placeholder:"WHEN"`
	Mark     string `help:"The frozen report for the readers of this mark: CLEAR, GREEN or AMBER. Without one it is what you may see yourself." placeholder:"MARK"`
	Freeze   bool   `help:"Freeze it and publish it for the readers of --mark. It cannot be undone."`
	JSON     bool   `name:"json" help:"Print its canonical form, byte for byte: JSON by RFC 8785." xor:"form"`
	PDF      string `name:"pdf" help:"Print the page to this file." placeholder:"FILE" xor:"form"`
	Lang     string `help:"Language of the PDF: en or ar." default:"en" enum:"en,ar" placeholder:"LANG"`
	Chromium string `help:"The program that prints." env:"CHROMIUM" placeholder:"FILE"`
}

func (dayCmd) Help() string {
	return `Examples:

  truce day 2016-04-10
  truce day 2016-04-10 --mark CLEAR --freeze
  truce day 2016-04-10 --mark CLEAR --json | sha256sum
  truce day 2016-04-10 --pdf report.pdf --lang ar

A frozen report is made again from the record, and its hash compared with the one that was
published. Exit code 0: it is the same, and no figure has changed since; 1: a figure has.`
}

// Run prints the report of a reporting day, or freezes it.
func (c *dayCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		if c.Freeze {
			if err := c.freeze(ctx, s, at); err != nil || !c.JSON && c.PDF == "" {
				return err
			}
		}
		n, err := at.record.AsOf(ctx, c.AsOf)
		if err != nil {
			return err
		}
		report, frozen, err := c.report(ctx, at, n)
		if err != nil {
			return err
		}
		switch {
		case c.JSON:
			text, err := report.Bytes()
			if err == nil {
				_, err = s.out.Write(text)
			}
			return err
		case c.PDF != "":
			return c.print(ctx, s, at, n, report, frozen)
		}
		if err := printFigures(s.out, report); err != nil || frozen == nil {
			return err
		}
		return c.told(ctx, s, at, frozen)
	})
}

func (c *dayCmd) freeze(ctx context.Context, s *streams, at *site) error {
	if c.Mark == "" {
		return &truce.Error{Kind: truce.Invalid, At: "--mark", Msg: "for whose eyes is it frozen?", Hint: "CLEAR, GREEN or AMBER"}
	}
	done, err := at.record.FreezeDay(ctx, at.who, c.Day, c.Mark, nil)
	if err == nil {
		_, err = fmt.Fprintf(s.err, "frozen for readers of %s in entry %d, from %d entries: %s\n", done.Mark, done.Entry, done.Entries, done.SHA256)
	}
	return err
}

// report is the frozen report, or what whoever asks may take out.
func (c *dayCmd) report(ctx context.Context, at *site, asOf int64) (*desk.DayReport, *desk.FrozenDay, error) {
	if c.Mark == "" {
		d, err := at.record.DayFile(ctx, at.who, c.Day, asOf)
		return d, nil, err
	}
	releases, err := at.record.DayReleases(ctx, at.who, c.Day, asOf)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(releases, func(r desk.DayRelease) bool { return r.Mark == c.Mark })
	if i < 0 {
		return nil, nil, &truce.Error{Kind: truce.Absent, At: "release/" + desk.ReleaseID(c.Day, c.Mark), Msg: "no such report was frozen", Hint: "--freeze"}
	}
	f, err := at.record.Frozen(ctx, releases[i])
	if err == nil && !f.Same {
		err = &truce.Error{Kind: truce.Conflict, At: "release/" + f.ID, Msg: "made again it has another hash than the one published, " + f.SHA256,
			Hint: "what it was made from was destroyed since, or this version of the program judges otherwise"}
	}
	return f.Report, &f, err
}

func (c *dayCmd) print(ctx context.Context, s *streams, at *site, asOf int64, report *desk.DayReport, frozen *desk.FrozenDay) error {
	sight, err := at.record.Sight(ctx, at.who, asOf)
	if err != nil {
		return err
	}
	text, err := web.PrintDay(ctx, c.Chromium, c.Lang, sight.Result.Mission, report, frozen)
	if errors.Is(err, web.ErrNoPrinter) {
		return &truce.Error{Kind: truce.Unavailable, At: "--chromium", Msg: "there is no Chromium to print with", Hint: "serve the record and print the page from a browser: it is laid out for A4"}
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.PDF, text, 0o600); err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: c.PDF, Msg: "the file cannot be written", Err: bare(err)}
	}
	_, err = fmt.Fprintln(s.err, "written:", c.PDF)
	return err
}

// printFigures prints the figures for a terminal.
func printFigures(out io.Writer, d *desk.DayReport) error {
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	f := d.Figures
	hours, minutes := d.Span.Hours()
	fmt.Fprintf(out, "%s, %s: %s to %s, %d h", d.Span.Day, d.Span.Zone, d.Span.From.Format("2006-01-02 15:04 -07:00"), d.Span.To.Format("2006-01-02 15:04 -07:00"), hours)
	if minutes > 0 {
		fmt.Fprintf(out, " %d min", minutes)
	}
	fmt.Fprintln(out)
	for _, x := range []struct {
		name string
		of   desk.DayFigure
	}{{"incidents", f.Incidents}, {"elements", f.Elements}, {"violation", f.Violation}, {"undetermined", f.Undetermined}, {"no violation", f.NoViolation}, {"withdrawn", f.Withdrawn}} {
		fmt.Fprintf(out, "%-14s %s\n", x.name, between(x.of.Sure, x.of.Possible))
	}
	for _, x := range []struct {
		name string
		of   desk.DayPeople
	}{{"killed", f.Killed}, {"injured", f.Injured}} {
		fmt.Fprintf(out, "%-14s %s, and %s without a figure\n", x.name, between(x.of.Low, x.of.High), count(x.of.Without.Possible, "incident"))
	}
	_, err = fmt.Fprintf(out, "%-14s %s\n", "sha256", hash)
	return err
}

// between writes a number known to lie between two.
func between(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

// told prints what changed since a report was frozen.
func (c *dayCmd) told(ctx context.Context, s *streams, at *site, f *desk.FrozenDay) error {
	n, err := at.record.DayNotice(ctx, f.DayRelease)
	if err != nil {
		return err
	}
	s.found(len(n.Changes) > 0)
	for _, x := range n.Changes {
		name := x.Figure
		for _, more := range []string{x.Agreement, x.Clause, x.Author} {
			if more != "" {
				name += " " + more
			}
		}
		fmt.Fprintf(s.out, "changed since  %s: %s, now %s\n", name, between(x.Then[0], x.Then[1]), between(x.Now[0], x.Now[1]))
	}
	for _, e := range n.Entries {
		fmt.Fprintf(s.out, "by entry %d %s\n", e.Entry, e.Kind)
	}
	return nil
}
