package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"truce"
	"truce/agreements"
	"truce/desk"
	"truce/scenario"
	"truce/terms"
)

type testCmd struct {
	source
	Mission string   `arg:"" optional:"" help:"The mission whose record and register the draft is held against."`
	Draft   string   `arg:"" optional:"" help:"The draft, an agreement file."`
	Records []string `arg:"" optional:"" help:"Records instead of the mission's."`
	Cases   []string `help:"Instead: files of cases with what is expected of each (docs/scenarios.md)." placeholder:"FILE" sep:"none"`
	Against string   `help:"An older version: list the verdicts that flip." placeholder:"FILE"`
	JSON    bool     `name:"json" help:"The whole result as one JSON object."`
}

func (testCmd) Help() string {
	return `Example:

  truce test missions/syria-2016 draft.yaml --against agreements/sy-cessation-2016-09.yaml
  truce test --cases missions/hard-cases/time.txtar

Shows what each clause of the draft would have caught in a record of real happenings, what it
would have left open and for want of which fact, what each reading and each bracketed variant
changes, and which verdicts flip against an older version.
Exit code 0: nothing caught, open or flipped; every case as expected. 1: something was, or a case
was not. 3 and above: could not run.`
}

// Run holds the draft against the record.
func (c *testCmd) Run(ctx context.Context, s *streams) error {
	if len(c.Cases) > 0 {
		return c.cases(ctx, s)
	}
	if c.Draft == "" {
		return &truce.Error{Kind: truce.Invalid, Msg: "a mission and a draft are needed", Hint: "truce test MISSION DRAFT, or --cases FILE"}
	}
	m, err := c.open(c.Mission)
	if err != nil {
		return err
	}
	draft, _, err := desk.OpenAgreement(c.Draft)
	if err != nil {
		return err
	}
	var old *terms.Agreement
	if c.Against != "" {
		if old, _, err = desk.OpenAgreement(c.Against); err != nil {
			return err
		}
	}
	t, err := m.Try(ctx, draft, old, desk.CheckOptions{Records: c.records(c.Records), Stdin: s.in})
	if err != nil {
		return err
	}
	for _, x := range t.Clauses {
		s.found(x.Tally.Violation+x.Tally.Undetermined > 0)
	}
	s.found(len(t.Flips) > 0)
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(t)
	}
	w := bufio.NewWriter(s.out)
	trial(w, t, old != nil)
	return w.Flush()
}

// cases runs files of cases and lists those that did not come out as expected.
func (c *testCmd) cases(ctx context.Context, s *streams) error {
	for _, name := range c.Cases {
		text, err := desk.ReadFile(name)
		if err != nil {
			return err
		}
		r, err := scenario.Run(ctx, name, text, os.DirFS(filepath.Dir(name)), agreements.FS)
		if err != nil {
			return err
		}
		failed := r.Failed()
		for _, row := range failed {
			fmt.Fprintln(s.out, row)
		}
		fmt.Fprintf(s.out, "%s: %d as expected, %d not\n", shown(name), len(r.Rows)-len(failed), len(failed))
		s.found(len(failed) > 0)
	}
	return nil
}

func trial(w io.Writer, t *desk.Trial, against bool) {
	fmt.Fprintf(w, "%s  (%s, version %.12s) against %d elements\n\n", t.Draft.Title, t.Draft.ID, t.Draft.Version(), t.Elements)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "clause\tviolation\tundetermined\tno violation\t  open for want of\t")
	for _, x := range t.Clauses {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t  %s\t\n", x.Clause.ID, x.Tally.Violation, x.Tally.Undetermined, x.Tally.NoViolation, wants(x.Tally))
		changes(tw, "read as", x.Readings)
		changes(tw, "drafted as", x.Variants)
	}
	tw.Flush()
	for _, g := range t.Gone {
		fmt.Fprintf(w, "clause %s is no longer there\n", g)
	}
	for _, n := range t.New {
		fmt.Fprintf(w, "clause %s is new\n", n)
	}
	if against && len(t.Flips) == 0 {
		fmt.Fprintln(w, "no verdict flips")
	}
	for i, f := range t.Flips {
		if i == 0 {
			fmt.Fprintf(w, "\n%d verdicts flip\n", len(t.Flips))
		}
		fmt.Fprintf(w, "  %s %s: %s (%s) -> %s (%s)\n", f.Element, f.Clause, f.Was, f.WasCode, f.Is, f.IsCode)
	}
}

func changes(w io.Writer, how string, list []desk.Change) {
	for _, c := range list {
		held := ""
		if c.HeldBy != "" {
			held = " (" + c.HeldBy + ")"
		}
		fmt.Fprintf(w, "%s %s%s\t%d\t%d\t%d\t  %d judged differently\t\n", how, c.Name, held, c.Violation, c.Undetermined, c.NoViolation, len(c.Differ))
	}
}

func wants(t *desk.ClauseTally) string {
	var parts []string
	for _, c := range desk.Ranked(t.WantOf) {
		parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.N))
	}
	return join(parts)
}
