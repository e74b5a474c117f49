package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"truce"
)

// Incident is what happened at one place and time: the elements that stand for its acts.
// It is one question of breach, however many reports tell of it.
type Incident struct {
	ID       string
	Elements []truce.Element
}

// Incidents groups elements by the incident they name; one that names none is an incident
// of its own. The same place and day never make two elements one. The order is that of
// the identifiers. Elements that were withdrawn belong to none; one that repeats another
// still tells what its author says.
func Incidents(elements []truce.Element) []Incident {
	by := map[string]*Incident{}
	for _, e := range elements {
		id := cmp.Or(e.Incident, e.ID)
		if e.Status == "retracted" {
			continue
		}
		if by[id] == nil {
			by[id] = &Incident{ID: id}
		}
		by[id].Elements = append(by[id].Elements, e)
	}
	var out []Incident
	for _, id := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[id])
	}
	return out
}

// Toll is a number of people with all who give one: no sum, no mean, no author preferred.
// The High of an author who says "at least" is infinite, and bounds nothing.
type Toll struct {
	truce.Range
	Counts []truce.Count
}

var number = regexp.MustCompile(`\d+`)

// Toll is what each author says of "killed" or "injured": the lowest and the highest number
// that any gives. Without an author's word the elements' own range stands, not added up,
// since every element carries the count of the whole report.
func (i Incident) Toll(of string) (Toll, bool) {
	var t Toll
	var said []truce.Count
	var own []truce.Range
	for _, e := range i.Elements {
		for _, s := range e.Said {
			if n := number.FindAllString(s.Value, -1); s.Fact == of && n != nil {
				low, _ := strconv.ParseFloat(n[0], 64)
				high, _ := strconv.ParseFloat(n[len(n)-1], 64)
				if strings.Contains(s.Value, "at least") {
					high = math.Inf(1)
				}
				said = append(said, truce.Count{Range: truce.Range{Low: low, High: high}, Author: s.Source})
			}
		}
		if r := map[string]*truce.Range{"killed": e.Killed, "injured": e.Injured}[of]; r != nil {
			own = append(own, *r)
		}
	}
	for _, c := range said {
		own = append(own, c.Range)
	}
	if own == nil {
		return t, false
	}
	t.Range = truce.Range{Low: own[0].Low, High: own[0].Low}
	for _, r := range own {
		t.Low, t.High = min(t.Low, r.Low), max(t.High, r.Low)
		if !math.IsInf(r.High, 1) {
			t.High = max(t.High, r.High)
		}
	}
	slices.SortFunc(said, func(a, b truce.Count) int { return strings.Compare(a.Author, b.Author) })
	t.Counts = slices.Compact(said)
	return t, true
}

// Origins are the sources that do not merely repeat others; repeats says who repeats whom.
// Only they corroborate.
func (i Incident) Origins(repeats map[string]string) []string {
	var out []string
	for _, e := range i.Elements {
		for _, s := range e.Sources {
			seen := map[string]bool{}
			for repeats[s] != "" && !seen[s] {
				seen[s] = true
				s = repeats[s]
			}
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Finding is what a body concluded of an incident. Findings stand side by side; a later
// one never changes an earlier one.
type Finding struct {
	Incident string
	Author   string
	At       time.Time
	// Attributes names whom the author holds answerable; empty leaves it open.
	Attributes string
}

// Attribution is what the findings up to a moment say of who answers for an incident, one
// answer for each author that gave one, by its latest word. The engine gives none of its own.
func Attribution(findings []Finding, incident string, at time.Time) map[string]string {
	out := map[string]string{}
	for _, f := range slices.SortedStableFunc(slices.Values(findings), func(a, b Finding) int { return a.At.Compare(b.At) }) {
		if f.Incident == incident && !f.At.After(at) && f.Attributes != "" {
			out[f.Author] = f.Attributes
		}
	}
	return out
}

// Joint counts the incidents of which every author made a finding.
func Joint(findings []Finding, authors []string) int {
	by := map[string]map[string]bool{}
	for _, f := range findings {
		if by[f.Incident] == nil {
			by[f.Incident] = map[string]bool{}
		}
		by[f.Incident][f.Author] = true
	}
	n := 0
	for _, have := range by {
		if !slices.ContainsFunc(authors, func(a string) bool { return !have[a] }) {
			n++
		}
	}
	return n
}

// NotesFile is the part of a file of cases that holds findings and who repeats whom.
const NotesFile = "notes.yaml"

// notes reads findings and repetitions, if there are any.
func (s *stage) notes() error {
	s.findings, s.repeats = nil, nil
	text, err := os.ReadFile(filepath.Join(s.dir, NotesFile))
	if err != nil {
		return nil
	}
	var f struct {
		Repeats  map[string]string   `yaml:"repeats"`
		Findings []map[string]string `yaml:"findings"`
	}
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return &truce.Error{Kind: truce.Invalid, At: s.name, Msg: NotesFile, Err: err}
	}
	s.repeats = f.Repeats
	for _, x := range f.Findings {
		at, err := s.instant(x["at"])
		if err != nil {
			return &truce.Error{Kind: truce.Invalid, At: s.name, Msg: NotesFile, Err: err}
		}
		s.findings = append(s.findings, Finding{x["incident"], x["author"], at, x["attributes"]})
	}
	return nil
}

// incident holds what is expected of one incident.
func (s *stage) incident(l line, r *Row) error {
	r.Of = strings.Join(l.words[:2], " ")
	switch l.words[0] {
	case "joint":
		r.Want, r.Got = l.words[2], fmt.Sprint(Joint(s.findings, strings.Split(l.words[1], ",")))
		return nil
	case "attributed":
		return s.attributed(l, r)
	}
	all := Incidents(s.result.Elements)
	at := slices.IndexFunc(all, func(i Incident) bool { return i.ID == l.words[1] })
	if at < 0 {
		return l.bad("there is no incident "+l.words[1], "the identifier of an incident, or of an element that stands by itself")
	}
	if l.words[0] == "origins" {
		r.Want, r.Got = l.words[2], fmt.Sprint(len(all[at].Origins(s.repeats)))
		return nil
	}
	if len(l.words) != 4 {
		return l.bad("the line is not understood", "toll INCIDENT killed LOW..HIGH, or authors INCIDENT killed N")
	}
	toll, ok := all[at].Toll(l.words[2])
	r.Of += " " + l.words[2]
	r.Want, r.Got = l.words[3], "unknown"
	if l.words[0] == "authors" {
		r.Got = fmt.Sprint(len(toll.Counts))
	} else if ok {
		r.Got = span(toll.Low, toll.High)
	}
	return nil
}

// attributed holds attributed INCIDENT "AUTHOR: WHOM" at="TIME", or "nobody".
func (s *stage) attributed(l line, r *Row) error {
	text, _ := l.value("at")
	at, err := s.instant(text)
	if err != nil {
		return l.bad(err.Error(), `at="2017-03-02"`)
	}
	r.Of += " at " + text
	by := Attribution(s.findings, l.words[1], at)
	var got []string
	for _, author := range slices.Sorted(maps.Keys(by)) {
		got = append(got, author+": "+by[author])
	}
	r.Want, r.Got = l.words[2], cmp.Or(strings.Join(got, "; "), "nobody")
	return nil
}
