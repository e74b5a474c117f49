package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"truce"
	"truce/desk"
	"truce/terms"
)

type explainCmd struct {
	source
	ID      string   `arg:"" help:"The element, or the report with all its elements."`
	Records []string `arg:"" optional:"" help:"Records to look in instead of the mission's."`
	Mission string   `help:"The mission's folder; by default this one." default:"." placeholder:"DIR"`
	Clause  []string `help:"Only these clauses." placeholder:"ID"`
	All     bool     `help:"Also verdicts that the act or the time alone decides."`
	JSON    bool     `name:"json" help:"One verdict a line, as JSON."`
}

func (explainCmd) Help() string {
	return `Example:

  truce explain C061 --mission missions/syria-2016

Exit code 0: judged, no violation. 1: a violation or an undetermined verdict. 3 and above: could
not run, or there is no such element.`
}

// Run judges the record and prints the verdicts of one element in full.
func (c *explainCmd) Run(ctx context.Context, s *streams) error {
	if _, err := os.Stat(filepath.Join(c.Mission, desk.MissionFile)); err != nil {
		return &truce.Error{Kind: truce.Absent, At: c.Mission, Msg: "is not a mission's folder", Hint: "--mission DIR, a folder with " + desk.MissionFile}
	}
	m, err := c.open(c.Mission)
	if err != nil {
		return err
	}
	for _, id := range c.Clause {
		if !slices.ContainsFunc(m.Agreements, func(a *terms.Agreement) bool { return a.Clause(id) != nil }) {
			return &truce.Error{Kind: truce.Absent, At: "--clause " + id, Msg: "no agreement of the mission has such a clause"}
		}
	}
	r, err := m.Explain(ctx, desk.CheckOptions{Records: c.records(c.Records), Stdin: s.in, Workers: c.Workers}, c.ID)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	for _, x := range r {
		if !c.JSON {
			header(w, x.Element)
		}
		for _, v := range x.Verdicts {
			if len(c.Clause) > 0 && !slices.Contains(c.Clause, v.Clause) {
				continue
			}
			s.found(v.Outcome != truce.NoViolation)
			if err := c.print(w, v); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func (c *explainCmd) print(w io.Writer, v truce.Verdict) error {
	if c.JSON {
		text, err := json.Marshal(v)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s\n", text)
		}
		return err
	}
	if !c.All && len(c.Clause) == 0 && v.Outcome == truce.NoViolation && len(v.Steps) == 1 {
		return nil
	}
	verdict(w, v)
	return nil
}

func header(w io.Writer, e *truce.Element) {
	fmt.Fprintln(w, strings.TrimSpace(e.ID+"  "+e.Title))
	if len(e.Sources) > 0 {
		fmt.Fprintf(w, "  sources: %s\n", strings.Join(e.Sources, "; "))
	}
}

// verdict prints one verdict in words.
func verdict(w io.Writer, v truce.Verdict) {
	fmt.Fprintf(w, "\n%s %s: %s (%s)\n", v.Agreement, v.Clause, strings.ToUpper(string(v.Outcome)), strings.Join(v.Codes, ", "))
	if v.Cite != "" {
		fmt.Fprintf(w, "  %s\n", v.Cite)
	}
	for _, s := range v.Steps {
		fmt.Fprintf(w, "  [%s] %s\n         %s\n", pad(s.Answer), s.Condition, s.Because)
		if len(s.Sources) > 0 && s.Answer != "yes" {
			fmt.Fprintf(w, "         reported by: %s\n", strings.Join(s.Sources, "; "))
		}
	}
	for _, r := range v.Readings {
		held := ""
		if r.HeldBy != "" {
			held = " (held by " + r.HeldBy + ")"
		}
		fmt.Fprintf(w, "  read as %s%s: %s (%s)\n", r.Name, held, r.Outcome, r.Code)
	}
	for _, p := range v.Parts {
		fmt.Fprintf(w, "  from %s to %s: %s\n", p.From.Format("2006-01-02 15:04 -07:00"), p.To.Format("2006-01-02 15:04 -07:00"), p.Outcome)
	}
	for _, s := range v.Settle {
		if s.Always {
			fmt.Fprintf(w, "  would settle it: %s\n", strings.Join(s.Facts, " and "))
		} else {
			fmt.Fprintf(w, "  might be enough: %s\n", strings.Join(s.Facts, " and "))
		}
		for _, o := range s.Outcomes {
			fmt.Fprintf(w, "    %s -> %s\n", strings.Join(o.Values, "; "), o.Outcome)
		}
	}
	for _, n := range v.Notes {
		fmt.Fprintf(w, "  note: %s\n", n)
	}
}

func pad(answer string) string { return fmt.Sprintf("%-4s", answer) }
