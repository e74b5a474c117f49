package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/reading"
)

type readCmd struct {
	Files    []string      `arg:"" help:"Accounts: text, HTML, RSS or Atom, PDF; - for standard input."`
	Date     string        `help:"Day of the accounts, if they do not say it." placeholder:"DAY"`
	Zone     string        `help:"Zone of days and hours, such as Asia/Damascus; else the mission's." placeholder:"ZONE"`
	Outlet   string        `help:"Who published them, if they do not say it." placeholder:"NAME"`
	Mission  string        `help:"Read with this mission's register and places; else with those that come with the program." placeholder:"FOLDER"`
	JSON     bool          `name:"json" help:"Everything that was found, with spans, one account a line."`
	ModelURL string        `name:"model-url" help:"Ask a language model behind this OpenAI-compatible address instead of the built-in reader." placeholder:"URL"`
	Model    string        `help:"The model's name." placeholder:"NAME"`
	ModelKey string        `name:"model-key" env:"TRUCE_MODEL_KEY" help:"Key for that address." placeholder:"KEY"`
	Patience time.Duration `help:"How long the model may take." default:"2m"`
	Quiet    bool          `short:"q" help:"No progress, no notes."`
}

func (readCmd) Help() string {
	return `Example:

  truce read story.txt --date 2016-08-26 --zone Asia/Damascus --outlet "The Daily"
  truce read bulletin.html feed.xml --mission missions/syria-2016 --json

Finds who said what about whom, where and when, and offers draft reports; it decides nothing. Everything points at
the words it rests on. Without a date relative times ("Friday") stay open; what is negated, hoped for or told in
passing is no happening; probable slips are shown, never mended. A file has at most 32 MB.

Exit code 0: all was read. 2: some files could not be read and were left out. 3 and above: none could.`
}

// Run reads the accounts.
func (c *readCmd) Run(ctx context.Context, s *streams) error {
	rules, account, err := c.prepare()
	if err != nil {
		return err
	}
	reader := c.reader(rules)
	progress, done := bar(s, c.Quiet)
	defer done()
	out := bufio.NewWriter(s.out)
	var failed error
	read := 0
	for i, name := range c.Files {
		if progress != nil {
			progress("reading", int64(i), int64(len(c.Files)))
		}
		if err := c.file(ctx, s, out, reader, name, account); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed = err
			fmt.Fprintln(s.err, "truce:", err)
			continue
		}
		read++
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if read == 0 && failed != nil {
		s.code = failure(failed)
		return nil
	}
	if failed != nil {
		s.code = exitSetAside
	}
	return nil
}

// prepare opens the mission and checks what was said of the accounts.
func (c *readCmd) prepare() (*reading.Rules, reading.Account, error) {
	a := reading.Account{Outlet: c.Outlet}
	var rules *reading.Rules
	var err error
	if c.Mission == "" {
		rules, err = desk.SampleReader()
	} else {
		var m *desk.Mission
		if m, _, err = desk.Open(c.Mission, desk.OpenOptions{}); err == nil {
			a.Zone = m.Zone
			rules, err = m.Reader()
		}
	}
	if err != nil {
		return nil, a, err
	}
	if c.Zone != "" {
		if a.Zone, err = truce.Zone("--zone", c.Zone); err != nil {
			return nil, a, err
		}
	}
	if c.Date != "" {
		zone := a.Zone
		if zone == nil {
			zone = time.UTC
		}
		if a.Date, err = time.ParseInLocation(time.DateOnly, c.Date, zone); err != nil {
			return nil, a, &truce.Error{Kind: truce.Invalid, At: "--date", Msg: fmt.Sprintf("%q is not a day", c.Date), Hint: "a day such as 2016-08-26"}
		}
	}
	if c.ModelURL != "" && c.Model == "" {
		return nil, a, &truce.Error{Kind: truce.Invalid, At: "--model", Msg: "the model has no name", Hint: "the name that the server at --model-url knows"}
	}
	return rules, a, nil
}

func (c *readCmd) reader(rules *reading.Rules) reading.Reader {
	if c.ModelURL == "" {
		return rules
	}
	return &reading.Remote{URL: c.ModelURL, Model: c.Model, Key: c.ModelKey, HTTP: &http.Client{Timeout: c.Patience}, Lists: rules.Lists()}
}

// file reads the accounts of one file.
func (c *readCmd) file(ctx context.Context, s *streams, out io.Writer, reader reading.Reader, name string, a reading.Account) error {
	in := s.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return &truce.Error{Kind: truce.Absent, At: name, Msg: "cannot be opened", Err: err}
		}
		defer f.Close()
		in = f
	}
	papers, err := reading.Open(shown(name), in, a)
	if err != nil {
		return err
	}
	for _, p := range papers {
		r, err := reader.Read(ctx, p.Text, p.Account)
		if err != nil {
			return err
		}
		r.Notes = append(p.Notes, r.Notes...)
		if c.JSON {
			if err := json.NewEncoder(out).Encode(r); err != nil {
				return err
			}
			continue
		}
		printReading(out, p, r)
	}
	return nil
}

// printReading writes a reading for people: each sentence with what was found in it, and
// what came of it.
func printReading(w io.Writer, p reading.Paper, r reading.Reading) {
	fmt.Fprintf(w, "%s\n", strings.Join(known(r.At, r.Outlet, r.Date, r.Zone, r.Title), " · "))
	for _, n := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	for i, s := range sentencesOf(r) {
		fmt.Fprintf(w, "\n%3d  %s\n", i+1, oneLine(r.Text[s.From:s.To]))
		if page := p.Page(s.From); page > 0 {
			fmt.Fprintf(w, "     page %d\n", page)
		}
		for _, it := range r.Items {
			if it.From >= s.From && it.From < s.To {
				fmt.Fprintf(w, "     %-9s %-34s %s\n", it.Kind, shorten(oneLine(it.Text), 34), meaning(it))
			}
		}
		for _, x := range r.Statements {
			if !x.Own && x.From >= s.From && x.From < s.To {
				fmt.Fprintf(w, "     says      %-34s %s: %s\n", speaker(x), x.Stance, shorten(oneLine(r.Text[x.Said.From:x.Said.To]), 120))
			}
		}
	}
	printOutcome(w, r)
}

func sentencesOf(r reading.Reading) []reading.Span {
	if len(r.Sentences) == 0 { // a model gives none
		return []reading.Span{{From: 0, To: len(r.Text)}}
	}
	return r.Sentences
}

func printOutcome(w io.Writer, r reading.Reading) {
	fmt.Fprintf(w, "\ndraft reports: %d\n", len(r.Happenings))
	for _, h := range r.Happenings {
		e := h.Report.Elements[0]
		fmt.Fprintf(w, "  %s\n", e.Title)
		for _, f := range []struct{ name, text string }{{"by", strings.Join(e.By, ", ")}, {"against", strings.Join(e.Against, ", ")}, {"told by", h.By}, {"open", strings.Join(h.Open, ", ")}} {
			if f.text != "" {
				fmt.Fprintf(w, "    %-8s %s\n", f.name, f.text)
			}
		}
	}
	fmt.Fprintf(w, "claims that add up, no incidents: %d\n", len(r.Claims))
	for _, x := range r.Claims {
		fmt.Fprintf(w, "  %s\n", shorten(oneLine(x.Text), 140))
	}
	fmt.Fprintf(w, "doubts: %d\n", len(r.Doubts))
	for _, d := range r.Doubts {
		fmt.Fprintf(w, "  %s: %s, perhaps %s\n", d.Text, d.Why, d.Perhaps)
	}
	fmt.Fprintln(w)
}

// known leaves out what is empty.
func known(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// shorten cuts a text to n letters.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func speaker(s reading.Statement) string {
	if s.Speaker == nil {
		return "(nobody named)"
	}
	name := s.Speaker.Text
	if s.Speaker.Name != "" && s.Speaker.Name != name {
		name += " = " + s.Speaker.Name
	}
	if !s.Speaker.Certain {
		name += "?"
	}
	return shorten(oneLine(name), 34)
}

// meaning says what an item stands for.
func meaning(it reading.Item) string {
	parts := known(strings.Join(it.Codes, " or "), it.Level, it.Part, string(it.Mood), interval(it), amount(it))
	out := strings.Join(parts, ", ")
	if !it.Certain {
		out = strings.TrimPrefix(out+" ? "+it.Why, " ")
	}
	return out
}

func interval(it reading.Item) string {
	if it.When == nil {
		return it.Precision
	}
	form := "2006-01-02 15:04"
	if it.Precision != "hour" && it.Precision != "minute" && it.Precision != "part-of-day" {
		form = time.DateOnly
	}
	return it.When.From.Format(form) + " to " + it.When.To.Format(form) + " (" + it.Precision + ")"
}

func amount(it reading.Item) string {
	if it.Amount == nil {
		return ""
	}
	show := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'f', -1, 64)
	}
	low, high := show(it.Amount.Low), show(it.Amount.High)
	switch {
	case low == high:
	case high == "":
		low += " or more"
	case low == "":
		low = high + " or less"
	default:
		low += " to " + high
	}
	return strings.TrimSpace(low + " " + it.Counts)
}
