package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"truce"
	"truce/desk"
	"truce/match"
)

type headlinesCmd struct {
	File      string   `arg:"" help:"CSV with the columns office, date, headline, and id if there is one; also .gz; - for standard input."`
	Mission   string   `help:"A mission's folder, for its places." placeholder:"DIR"`
	Places    []string `help:"Boundary files (GeoJSON, also .gz)." placeholder:"FILE" sep:"none"`
	Gazetteer []string `help:"Places by name: CSV with a column of names and one of the governorate." placeholder:"FILE" sep:"none"`
	Least     float64  `help:"The probability from which a pair is told." default:"0.2" placeholder:"P"`
	SetAside  string   `help:"Where rows that cannot be read go." default:"set-aside.csv" placeholder:"FILE"`
	Quiet     bool     `short:"q" help:"No progress, no list of odd rows."`
	JSON      bool     `name:"json" help:"Every pair as one line of JSON." xor:"form"`
	CSV       bool     `name:"csv" help:"Every pair as a row of CSV: a, b, probability, reasons." xor:"form"`
}

func (headlinesCmd) Help() string {
	return `Example:

  truce match headlines bulletins.csv --gazetteer places.csv --csv

Which reports tell of one event, when all that is known of each is who put it out, on which day,
and one line? Many lines sum up a day and can be matched by nobody, so even the likeliest pairs have
modest probabilities; docs/matching-texts.md has the figures. Nothing is joined or changed.

Exit code 0: no pair. 1: at least one. 2: rows were set aside, whatever else was found. 3 and
above: could not run.`
}

// Run holds the lines against each other and prints the likely pairs.
func (c *headlinesCmd) Run(ctx context.Context, s *streams) error {
	if !(c.Least > 0 && c.Least < 1) {
		return &truce.Error{Kind: truce.Invalid, At: "--least", Msg: fmt.Sprintf("%g is no such probability", c.Least), Hint: "more than 0 and less than 1"}
	}
	places, err := c.gazetteer(s)
	if err != nil {
		return err
	}
	read := desk.ReadFile
	if c.File == "-" {
		read = func(name string) ([]byte, error) { return readAll(s, name) }
	}
	text, err := read(c.File)
	if err != nil {
		return err
	}
	file, err := desk.ReadHeadlines(c.File, text)
	if err != nil {
		return err
	}
	found, err := c.find(ctx, s, places, file)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	if err := c.print(out, file, found); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	s.found(len(found) > 0)
	if len(file.SetAside) > 0 {
		s.code = exitSetAside
	}
	return putAside(s, file.SetAside, c.SetAside, c.Quiet)
}

func (c *headlinesCmd) gazetteer(s *streams) (*match.Gazetteer, error) {
	more, err := gazetteers(s, c.Gazetteer)
	if err != nil {
		return nil, err
	}
	var m *desk.Mission
	if c.Mission == "" {
		m, err = desk.BareMission(nil, c.Places)
	} else {
		m, _, err = desk.Open(c.Mission, desk.OpenOptions{Places: c.Places})
	}
	if err != nil {
		return nil, err
	}
	return m.HeadlinePlaces(more), nil
}

// headlinePair is two lines as they are told.
type headlinePair struct {
	A           string   `json:"a"`
	B           string   `json:"b"`
	Probability float64  `json:"probability"`
	Reasons     []string `json:"reasons"`
	LineA       string   `json:"line_a"`
	LineB       string   `json:"line_b"`
}

func (c *headlinesCmd) find(ctx context.Context, s *streams, known *match.Gazetteer, file *desk.HeadlineFile) ([]headlinePair, error) {
	weights, err := match.ShippedHeadlines()
	if err != nil {
		return nil, err
	}
	gists := make([]match.Gist, len(file.Lines))
	for i, l := range file.Lines {
		gists[i] = known.Read(l)
	}
	held := match.NewHeadlines(gists)
	progress, done := bar(s, c.Quiet)
	defer done()
	pairs, err := held.Likely(ctx, weights, c.Least, func(at, all int) {
		if progress != nil {
			progress("comparing", int64(at), int64(all))
		}
	})
	if err != nil {
		return nil, err
	}
	var out []headlinePair
	for _, p := range pairs {
		a, b := file.Lines[p.A], file.Lines[p.B]
		out = append(out, headlinePair{a.ID, b.ID, places(p.Probability()), held.Reasons(p.A, p.B, a, b), a.Text, b.Text})
	}
	return out, nil
}

func (c *headlinesCmd) print(out io.Writer, file *desk.HeadlineFile, found []headlinePair) error {
	switch {
	case c.JSON:
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		for _, p := range found {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
		return nil
	case c.CSV:
		rows := [][]string{{"a", "b", "probability", "reasons"}}
		for _, p := range found {
			rows = append(rows, []string{p.A, p.B, strconv.FormatFloat(p.Probability, 'f', -1, 64), strings.Join(p.Reasons, "; ")})
		}
		return csv.NewWriter(out).WriteAll(rows)
	}
	for _, p := range found {
		fmt.Fprintf(out, "%.2f  %s - %s: %s\n      %s\n      %s\n", p.Probability, p.A, p.B, strings.Join(p.Reasons, "; "), printable(p.LineA), printable(p.LineB))
	}
	again := ""
	if file.Repeated > 0 {
		again = fmt.Sprintf(", %s repeated", count(file.Repeated, "row"))
	}
	_, err := fmt.Fprintf(out, "%s%s: %s\n", count(len(file.Lines), "line"), again, count(len(found), "pair"))
	return err
}

// printable is a line without what could move a terminal's cursor or turn its text around.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, line)
}
