package export

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"truce"
)

// Room on the page, in bytes of HTML as estimated by costOf. With the rest of the page
// this keeps a run of any size at about 6 MB.
const (
	roomForVerdicts = 4_000_000
	roomForActs     = 600_000
	actCost         = 600
)

// shownActs is the list of acts by day, and what it leaves out.
type shownActs struct {
	Days     []actDay
	Listed   int // acts listed
	Left     int // acts not listed
	LeftV    int // verdicts of violation not listed
	LeftU    int // undetermined verdicts not listed
	VerdictV int // listed
	VerdictU int
}

type actDay struct {
	Date, Title string
	Acts        []actView
	Left        int
}

type actView struct {
	I                int
	ID, Title, Where words
	When, Precision  words
	Outcome          string // gravest, as a mark
	Verdicts         []verdictView
	Left             int    // verdicts of this act that are not listed
	Clear            string // how many clauses it did not break, and why
}

type verdictView struct {
	ID                     string
	Mark, Outcome          string
	Index                  int // of the clause on this page, -1 if it is not on it
	Clause, Text, Cite     words
	Code, Reason           string
	Others                 []words // further codes
	Steps                  []stepView
	Settle                 []settleView
	Readings               []readingView
	Parts                  []partView
	Rests, Could, Notes    []words
	Agreement, Version, In words
}

type stepView struct {
	Condition, Because words
	Answer, Class      string
	Sources            []words
}

type settleView struct {
	Facts  []words
	Always bool
	Rows   []settleRow
}

type settleRow struct {
	Values        []words
	Mark, Outcome string
}

type readingView struct {
	Name, HeldBy  words
	Mark, Outcome string
	Reason        string
}

type partView struct{ From, To, Mark, Outcome string }

// gravest is the mark of the gravest outcome of an element.
func gravest(verdicts []truce.Verdict) string {
	switch t := tallyOf(verdicts); {
	case t.V > 0:
		return "v"
	case t.U > 0:
		return "u"
	}
	return "n"
}

func daysOf(r Row) (first, last string) {
	first, last = r.First, r.Last
	if _, ok := day(first); !ok {
		first = ""
		if _, ok := day(r.When); ok {
			first = r.When[:len(time.DateOnly)]
		}
	}
	if _, ok := day(last); !ok || last < first {
		last = first
	}
	return first, last
}

// choice says which verdicts of which elements go on the page.
type choice struct {
	acts     []bool
	verdicts [][]bool
}

// choose takes violations while there is room, then undetermined verdicts, then acts with
// neither. Within each it goes round the days, one act of each day at a time, so
// that no stretch of days is favoured.
func choose(rows []Row) choice {
	c := choice{acts: make([]bool, len(rows)), verdicts: make([][]bool, len(rows))}
	for i, r := range rows {
		c.verdicts[i] = make([]bool, len(r.Verdicts))
	}
	order, room := roundTheDays(rows), roomForVerdicts
	for _, outcome := range []truce.Outcome{truce.Violation, truce.Undetermined} {
		for _, i := range order {
			room = c.takeAct(i, rows[i], outcome, room)
		}
	}
	for left, k := roomForActs, 0; k < len(order) && left > 0; k++ {
		if i := order[k]; !c.acts[i] && gravest(rows[i].Verdicts) == "n" {
			c.acts[i] = true
			left -= actCost
		}
	}
	return c
}

func (c choice) takeAct(i int, r Row, outcome truce.Outcome, room int) int {
	for j, v := range r.Verdicts {
		if v.Outcome != outcome {
			continue
		}
		cost := costOf(v)
		if !c.acts[i] {
			cost += actCost
		}
		if cost > room {
			return 0
		}
		room -= cost
		c.acts[i], c.verdicts[i][j] = true, true
	}
	return room
}

// costOf estimates the HTML of a verdict from the length of what it says.
func costOf(v truce.Verdict) int {
	n := 1300
	for _, s := range v.Steps {
		n += 220 + len(s.Condition) + len(s.Because) + 40*len(s.Sources)
	}
	for _, s := range v.Settle {
		n += 250
		for _, o := range s.Outcomes {
			n += 160 + 50*len(o.Values)
		}
	}
	return n + 200*len(v.Readings) + 150*len(v.Parts) + 60*(len(v.Rests)+len(v.Could)+len(v.Notes))
}

// roundTheDays orders elements by their rank within their day, then by day.
func roundTheDays(rows []Row) []int {
	rank, seen := make([]int, len(rows)), map[string]int{}
	first := make([]string, len(rows))
	for i, r := range rows {
		first[i], _ = daysOf(r)
		rank[i] = seen[first[i]]
		seen[first[i]]++
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		i, j := order[a], order[b]
		if rank[i] != rank[j] {
			return rank[i] < rank[j]
		}
		return first[i] < first[j]
	})
	return order
}

// listActs builds the list of acts by day. Acts with no day come last.
func listActs(rows []Row, book clauseBook) shownActs {
	var out shownActs
	pick := choose(rows)
	byDay := map[string]*actDay{}
	for i, r := range rows {
		d, _ := daysOf(r)
		if byDay[d] == nil {
			byDay[d] = &actDay{Date: d, Title: dayTitle(d)}
		}
		t := tallyOf(r.Verdicts)
		if !pick.acts[i] {
			out.Left++
			out.LeftV, out.LeftU = out.LeftV+t.V, out.LeftU+t.U
			byDay[d].Left++
			continue
		}
		a := actOf(i, r, pick.verdicts[i], book)
		byDay[d].Acts = append(byDay[d].Acts, a)
		out.count(a, t)
	}
	for _, d := range byDay {
		out.Days = append(out.Days, *d)
	}
	sort.Slice(out.Days, func(i, j int) bool { return lastIfEmpty(out.Days[i].Date) < lastIfEmpty(out.Days[j].Date) })
	return out
}

func (s *shownActs) count(a actView, t tally) {
	s.Listed++
	v := 0
	for _, x := range a.Verdicts {
		v += bit(x.Mark == "v")
	}
	u := len(a.Verdicts) - v
	s.VerdictV, s.VerdictU = s.VerdictV+v, s.VerdictU+u
	s.LeftV, s.LeftU = s.LeftV+t.V-v, s.LeftU+t.U-u
}

func lastIfEmpty(d string) string {
	if d == "" {
		return "~"
	}
	return d
}

func dayTitle(d string) string {
	if t, ok := day(d); ok {
		return t.Format("Monday, 2 January 2006")
	}
	return "No civil day known"
}

func actOf(i int, r Row, picked []bool, book clauseBook) actView {
	a := actView{I: i, ID: ident(r.ID), Title: line(r.Title), Where: line(r.Where), When: line(r.When),
		Precision: ident(r.Precision), Outcome: gravest(r.Verdicts)}
	if r.Title == "" {
		a.Title = line("Act " + r.ID)
	}
	t := tallyOf(r.Verdicts)
	for _, want := range []truce.Outcome{truce.Violation, truce.Undetermined} {
		for j, v := range r.Verdicts {
			if v.Outcome == want && picked[j] {
				a.Verdicts = append(a.Verdicts, verdictOf(fmt.Sprintf("v%d-%d", i, j), v, book))
			}
		}
	}
	a.Left = t.V + t.U - len(a.Verdicts)
	a.Clear = clearWords(r.Verdicts, t.N)
	return a
}

// clearWords sums up the verdicts of no violation: "4 clauses not broken: outside the
// area of the clause (3), whoever acted was not bound (1)".
func clearWords(verdicts []truce.Verdict, n int) string {
	if n == 0 {
		return ""
	}
	count := map[string]int{}
	for _, v := range verdicts {
		if v.Outcome == truce.NoViolation {
			why := reason(v.Code)
			if why == "" {
				why = short(v.Code)
			}
			count[why]++
		}
	}
	var whys []string
	for w := range count {
		whys = append(whys, w)
	}
	sort.Slice(whys, func(i, j int) bool {
		if count[whys[i]] != count[whys[j]] {
			return count[whys[i]] > count[whys[j]]
		}
		return whys[i] < whys[j]
	})
	for i, w := range whys {
		whys[i] = fmt.Sprintf("%s (%d)", w, count[w])
	}
	return plural(n, "clause") + " not broken: " + strings.Join(whys, ", ")
}

func verdictOf(id string, v truce.Verdict, book clauseBook) verdictView {
	o := verdictView{ID: id, Mark: mark(v.Outcome), Outcome: short(string(v.Outcome)), Index: -1,
		Clause: ident(v.Clause), Cite: line(v.Cite), Code: short(v.Code), Reason: reason(v.Code),
		Agreement: line(v.Agreement), Version: ident(v.Version), In: ident(v.State),
		Rests: facts(v.Rests), Could: list(v.Could), Notes: list(v.Notes)}
	if k, ok := book[[2]string{v.Agreement, v.Clause}]; ok {
		o.Index, o.Text = k.index, k.text
		if k.agreement.Short != "" {
			o.Agreement = k.agreement
		}
	}
	for _, c := range v.Codes {
		if c != v.Code {
			o.Others = append(o.Others, ident(c))
		}
	}
	for _, s := range v.Steps {
		o.Steps = append(o.Steps, stepView{line(s.Condition), line(s.Because), short(s.Answer), answerClass(s.Answer), list(s.Sources)})
	}
	for _, s := range v.Settle {
		o.Settle = append(o.Settle, settleOf(s))
	}
	for _, r := range v.Readings {
		o.Readings = append(o.Readings, readingView{line(r.Name), line(r.HeldBy), mark(r.Outcome), short(string(r.Outcome)), reason(r.Code)})
	}
	for _, p := range v.Parts {
		o.Parts = append(o.Parts, partView{p.From.Format(wall), p.To.Format(wall), mark(p.Outcome), short(string(p.Outcome))})
	}
	return o
}

const wall = "2 Jan 2006 15:04 -07:00"

func answerClass(a string) string {
	switch a {
	case "yes", "no":
		return a
	}
	return "open"
}

func settleOf(s truce.Settle) settleView {
	out := settleView{Facts: facts(s.Facts), Always: s.Always}
	for _, r := range s.Outcomes {
		out.Rows = append(out.Rows, settleRow{list(r.Values), mark(r.Outcome), short(string(r.Outcome))})
	}
	return out
}

func list(all []string) []words {
	var out []words
	for _, s := range all {
		out = append(out, line(s))
	}
	return out
}
