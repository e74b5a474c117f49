package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"truce/desk"
	"truce/terms"
)

// summary prints what a check found, for people.
func summary(out io.Writer, r *desk.Result, page string) error {
	w := bufio.NewWriter(out)
	t := r.Tally
	fmt.Fprintf(w, "%s: %s, %s, %s, %s\n", r.Mission.Title, count(r.Rows, "row"), count(r.Reports, "report"), count(len(r.Elements), "element"), count(len(r.Judges), "agreement"))
	if r.Outside > 0 {
		fmt.Fprintf(w, "left out, since outside the period of the mission: %s\n", count(r.Outside, "element"))
	}
	fmt.Fprintf(w, "verdicts: %d violation, %d undetermined, %d no violation, %d withdrawn\n", t.Violation, t.Undetermined, t.NoViolation, t.Withdrawn)
	clauseTable(w, r)
	duties(w, r)
	dayTable(w, r)
	openFacts(w, r)
	unmatched(w, r)
	limits(w, r)
	if page != "" {
		fmt.Fprintf(w, "\nThe page: %s\n", shown(page))
	}
	return w.Flush()
}

func clauseTable(w io.Writer, r *desk.Result) {
	for _, j := range r.Judges {
		a := j.Agreement()
		fmt.Fprintf(w, "\n%s  (%s, version %.12s)\n", a.Title, a.ID, a.Version())
		tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(tw, "clause\tviolation\tundetermined\tno violation\t  reasons\t")
		for _, c := range a.Clauses {
			if !terms.Judged(c) {
				continue
			}
			n := r.Tally.Clause(a.ID, c.ID)
			fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t  %s\t\n", c.ID, n.Violation, n.Undetermined, n.NoViolation, codes(n))
		}
		tw.Flush()
	}
}

// codes lists the reasons of a clause, the commonest first.
func codes(n *desk.ClauseTally) string {
	var parts []string
	for _, c := range desk.Ranked(n.Codes) {
		parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.N))
	}
	if len(parts) > 5 {
		parts = append(parts[:5], "...")
	}
	return join(parts)
}

func duties(w io.Writer, r *desk.Result) {
	if len(r.Duties())+len(r.Clocks()) == 0 {
		return
	}
	fmt.Fprintln(w, "\nDuties over time")
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	for _, d := range r.Duties() {
		why := ""
		if n := len(d.Steps); n > 0 {
			why = d.Steps[n-1].Why
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\n", d.Agreement, d.Clause, d.Kind, d.State, why)
	}
	for _, c := range r.Clocks() {
		calm := fmt.Sprintf("%d of %d %s", c.Least, c.Goal, c.Unit)
		if c.Most != c.Least {
			calm = fmt.Sprintf("%d to %d of %d %s", c.Least, c.Most, c.Goal, c.Unit)
		}
		fmt.Fprintf(tw, "  %s\t%s\tcalm\t%s\t%s\n", c.Agreement, c.Clause, c.State, calm)
	}
	tw.Flush()
}

func dayTable(w io.Writer, r *desk.Result) {
	days := r.Days()
	if len(days) == 0 {
		return
	}
	fmt.Fprintf(w, "\nDays (%s, cut at %s)\n", r.Mission.Zone, clockText(r.Mission.Cut))
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	quiet := 0
	fmt.Fprintln(tw, "day\telements\tkilled\tviolation\tundetermined\t")
	for _, d := range days {
		n := r.Tally.Days[d]
		if n == nil {
			n = &desk.DayTally{}
		}
		v, u := 0, 0
		for _, a := range n.Agreements {
			v, u = v+a[0], u+a[1]
		}
		if n.Elements == 0 {
			quiet++
			continue
		}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%d\t%d\t\n", d, n.Elements, killedText(n), v, u)
	}
	tw.Flush()
	if quiet > 0 {
		fmt.Fprintf(w, "%s with nothing on record; that nothing happened is not known.\n", count(quiet, "more day"))
	}
	if r.Tally.Undated > 0 {
		fmt.Fprintf(w, "%d elements are not known to one day and stand in no row.\n", r.Tally.Undated)
	}
}

// killedText is the deaths of a day; a plus says that some reports give no figure.
func killedText(n *desk.DayTally) string {
	low, high, unknown := n.Killed()
	switch {
	case unknown > 0 && high == 0:
		return "?"
	case unknown > 0:
		return rangeText(low, high) + "+"
	}
	return rangeText(low, high)
}

// count puts a number before its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func rangeText(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d-%d", low, high)
}

func openFacts(w io.Writer, r *desk.Result) {
	if len(r.Tally.Open) == 0 {
		return
	}
	fmt.Fprintln(w, "\nOpen facts, by how many verdicts each would settle alone")
	for _, c := range desk.Ranked(r.Tally.Open) {
		fmt.Fprintf(w, "  %6d  %s\n", c.N, c.Name)
	}
	fmt.Fprintln(w, "First errands")
	for i, e := range r.Tally.RankedErrands() {
		if i == 10 {
			break
		}
		fmt.Fprintf(w, "  %6d  %s: %s\n", e.N, e.Element, e.Fact)
	}
}

func unmatched(w io.Writer, r *desk.Result) {
	if len(r.Unmatched) == 0 {
		return
	}
	fmt.Fprintln(w, "\nNames that no actor of the register matched (judged as unknown)")
	for i, c := range desk.Ranked(r.Unmatched) {
		if i == 20 {
			fmt.Fprintf(w, "  ... and %d more\n", len(r.Unmatched)-i)
			break
		}
		fmt.Fprintf(w, "  %6d  %s\n", c.N, c.Name)
	}
}

func limits(w io.Writer, r *desk.Result) {
	for i, l := range r.Mission.Limits {
		if i == 0 {
			fmt.Fprintln(w, "\nLimits")
		}
		fmt.Fprintln(w, "  "+strings.TrimSpace(l))
	}
}

// clockText writes a time of day.
func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
