package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"truce"
	"truce/access"
	"truce/calm"
)

// CalmQuestion says of which events it is asked how calm it is, and how they are read.
type CalmQuestion struct {
	// Act is a word of the tree of acts; whatever it covers counts. Empty is any.
	Act string
	// Area is the code of an area of the mission's maps; empty is anywhere.
	Area string
	Pair CalmPair
	// Exact leaves out what is not known to lie on one day.
	Exact bool
	// Assumed counts every day as watched through. The record does not say so.
	Assumed bool
}

// CalmPair is two sides between whom events are counted, in either direction. A and B are
// parties of an agreement, or actors of the register where Agreement is empty.
type CalmPair struct{ Agreement, A, B string }

// CalmWindow is a stretch in which an agreement is in force. A zero From or To is open.
type CalmWindow struct {
	Agreement string
	From, To  time.Time
	// First and Last are the reporting days of the mission's period that lie wholly in it;
	// empty where none does.
	First, Last string
}

// Days is how many whole days the window has.
func (w CalmWindow) Days() int { return len(daysBetween(w.First, w.Last)) }

// CalmWindows lists the stretches in which the agreements that are seen are in force and
// that touch the mission's period: agreement by agreement, oldest first.
func (s *Sight) CalmWindows() []CalmWindow {
	if s.Result == nil {
		return nil
	}
	first, last := s.Result.Bounds()
	m := s.Result.Mission
	var out []CalmWindow
	for _, j := range s.Result.Judges {
		for _, in := range j.InForce() {
			if w := (CalmWindow{Agreement: j.Agreement().ID, From: in[0], To: in[1]}); w.clip(m, first, last) {
				out = append(out, w)
			}
		}
	}
	return out
}

// clip finds the whole days, and reports whether the window touches the period.
func (w *CalmWindow) clip(m *Mission, first, last string) bool {
	a, b := first, last
	if !w.From.IsZero() {
		day := m.day(w.From)
		if day > last {
			return false
		}
		if span, err := m.Span(day); err == nil && span.From.Before(w.From) {
			day = dayAfter(day, 1)
		}
		a = max(a, day)
	}
	if !w.To.IsZero() {
		day := m.day(w.To)
		if day < first {
			return false
		}
		b = min(b, dayAfter(day, -1))
	}
	if a != "" && a <= b {
		w.First, w.Last = a, b
	}
	return true
}

// dayAfter is the civil day so many days later; empty for what is no day.
func dayAfter(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// Watched is for how many hours of a day a watch was kept somewhere, wherever that was.
type Watched struct {
	Day   string
	Hours float64
}

// Calms keeps the last answers, for each that is asked again. It is safe for concurrent use.
type Calms struct {
	mu   sync.Mutex
	kept []*CalmRecord
}

// mostCalms is how many answers are kept.
const mostCalms = 16

// NewCalms returns an empty shelf of answers.
func NewCalms() *Calms { return &Calms{} }

// CalmRecord is what happened, day by day, as far as it fits a question; made from what one
// person may see. It is never changed, but for answers that it keeps.
type CalmRecord struct {
	Question CalmQuestion
	// First and Last are the days of the mission's period, both included.
	First, Last string
	// Watches are the days on which some watch was kept somewhere, by day. Those that held
	// all the ground that is asked about count as the day's coverage.
	Watches []Watched
	// LeftOut is how many incidents are left out because they are not known to one day.
	LeftOut int
	// Withdrawn reports whether something that would fit was taken back or is a double.
	Withdrawn bool

	key            string
	of             *Judged
	events, deaths []happened
	covered        []calm.Cover

	mu      sync.Mutex
	answers map[string]any
}

// happened is one happening with the elements that it was made from.
type happened struct {
	calm.Happening
	elements []string
}

// Calm gathers what fits a question from what a person may see. The sight must have a
// mission. Invalid: an act, an area, a party or an actor that is not known.
func (r *Record) Calm(ctx context.Context, who access.Person, s *Sight, q CalmQuestion, shelf *Calms) (*CalmRecord, error) {
	pair, err := r.calmPair(ctx, who, s, q.Pair)
	if err != nil {
		return nil, err
	}
	watch, err := r.watches(ctx, who, s, q.Area)
	if err != nil {
		return nil, err
	}
	c := &CalmRecord{Question: q, of: s.of, answers: map[string]any{}, Watches: watch.somewhere, covered: watch.covered}
	c.First, c.Last = s.Result.Bounds()
	text, err := json.Marshal([]any{s.key, q, watch.covered, watch.somewhere})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	c.key = hex.EncodeToString(sum[:])
	if had := shelf.like(c); had != nil {
		return had, nil
	}
	if q.Assumed {
		c.covered = nil
		for _, d := range daysBetween(c.First, c.Last) {
			c.covered = append(c.covered, calm.Cover{Day: civil(d), Hours: 24})
		}
	}
	if err := c.gather(s, pair); err != nil {
		return nil, err
	}
	return shelf.keep(c), nil
}

func (k *Calms) like(c *CalmRecord) *CalmRecord {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.find(c)
}

func (k *Calms) find(c *CalmRecord) *CalmRecord {
	for i, had := range k.kept {
		if had.of == c.of && had.key == c.key {
			k.kept = append(slices.Delete(k.kept, i, i+1), had) // the last asked is dropped last
			return had
		}
	}
	return nil
}

func (k *Calms) keep(c *CalmRecord) *CalmRecord {
	k.mu.Lock()
	defer k.mu.Unlock()
	if had := k.find(c); had != nil {
		return had
	}
	if k.kept = append(k.kept, c); len(k.kept) > mostCalms {
		k.kept = slices.Delete(k.kept, 0, 1)
	}
	return c
}

// calmPart is one element as far as a calm needs it.
type calmPart struct {
	e           *truce.Element
	first, last string
	lasts       bool
	fits        truce.Tri
}

// gather makes happenings of the elements that fit, incident by incident.
func (c *CalmRecord) gather(s *Sight, pair *calmSides) error {
	fit, err := newCalmFit(s, c.Question)
	if err != nil {
		return err
	}
	parts, order := map[string][]calmPart{}, []string{}
	for i := range s.Result.Elements {
		e, about := &s.Result.Elements[i], &s.About[i]
		p := calmPart{e: e, first: about.First, last: about.Last, lasts: len(e.When) == 1 && e.When[0].Lasts}
		p.fits = min(fit.act(e), fit.area(about.Extent), pair.between(e))
		if p.fits == truce.Yes && e.Doubted {
			p.fits = truce.Unknown
		}
		switch {
		case p.fits == truce.No:
			continue
		case e.Status != "":
			c.Withdrawn = true
			continue
		}
		id := cmp.Or(e.Incident, e.ID)
		if parts[id] == nil {
			order = append(order, id)
		}
		parts[id] = append(parts[id], p)
	}
	for _, id := range order {
		c.take(parts[id])
	}
	return nil
}

// take enters one incident: it counts once on each day on which some of it was.
func (c *CalmRecord) take(parts []calmPart) {
	if c.Question.Exact {
		all := len(parts)
		parts = slices.DeleteFunc(parts, func(p calmPart) bool { return p.first == "" || p.first != p.last })
		if len(parts) == 0 {
			c.LeftOut += min(all, 1)
			return
		}
	}
	var ids []string
	for _, p := range parts {
		ids = append(ids, p.e.ID)
	}
	for _, h := range calmEvents(parts) {
		c.events = append(c.events, happened{h, ids})
	}
	c.deaths = append(c.deaths, happened{calmDeaths(parts), ids})
}

// calmEvents lays an incident on its days. What is known to a day, or lasted over it, is on that
// day, once; what may be on any of several days is one happening on those that are left.
func calmEvents(parts []calmPart) []calm.Happening {
	on, loose := map[string]truce.Tri{}, []calmPart{}
	for _, p := range parts {
		if p.first == "" || p.first != p.last && !p.lasts {
			loose = append(loose, p)
			continue
		}
		for _, d := range daysBetween(p.first, p.last) {
			if had, is := on[d]; !is || had < p.fits {
				on[d] = p.fits
			}
		}
	}
	days := sortedWords(on)
	var out []calm.Happening
	for _, d := range days {
		out = append(out, calm.Happening{First: civil(d), Last: civil(d), Sure: on[d] == truce.Yes})
	}
	for _, p := range merged(loose) {
		out = append(out, p.without(days)...)
	}
	return out
}

// merged joins what may be on the same days: it counts once on each of them.
func merged(loose []calmPart) []calmPart {
	slices.SortStableFunc(loose, func(a, b calmPart) int { return cmp.Compare(a.first, b.first) })
	var out []calmPart
	for _, p := range loose {
		if p.first == "" {
			p.last = forever
		}
		if n := len(out) - 1; n >= 0 && p.first <= out[n].last {
			out[n].last, out[n].fits = max(out[n].last, p.last), max(out[n].fits, p.fits)
			continue
		}
		out = append(out, p)
	}
	return out
}

// forever is after every day.
const forever = "9999-12-31"

// without is the part on the days between others. It is surely there only if none is taken away.
func (p calmPart) without(days []string) []calm.Happening {
	var out []calm.Happening
	first, cut := p.first, false
	add := func(last string) {
		if first <= last {
			out = append(out, calm.Happening{First: civil(first), Last: civil(last), Sure: p.fits == truce.Yes})
		}
	}
	for _, d := range days {
		if d < p.first || d > p.last {
			continue
		}
		cut = true
		add(dayAfter(d, -1))
		first = dayAfter(d, 1)
	}
	add(p.last)
	for i := range out {
		out[i].Sure = out[i].Sure && !cut
		if out[i].Last.Equal(civil(forever)) {
			out[i].Last = time.Time{}
		}
	}
	return out
}

// calmDeaths adds up the dead of an incident, from the lowest to the highest figure given.
func calmDeaths(parts []calmPart) calm.Happening {
	with := slices.DeleteFunc(slices.Clone(parts), func(p calmPart) bool { return p.e.Killed == nil })
	var out calm.Happening
	for _, p := range with {
		r := *p.e.Killed
		if out.Deaths != nil {
			r.Low, r.High = min(r.Low, out.Deaths.Low), max(r.High, out.Deaths.High)
		}
		out.Deaths = &r
	}
	if len(with) == 0 {
		with = parts
	}
	first, last, open := with[0].first, with[0].last, false
	out.Sure = true
	for _, p := range with {
		open = open || p.first == ""
		first, last = min(first, p.first), max(last, p.last)
		out.Sure = out.Sure && p.fits == truce.Yes
	}
	if !open {
		out.First, out.Last = civil(first), civil(last)
	}
	return out
}

// civil is a day as package calm has it; zero for what is no day.
func civil(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (c *CalmRecord) happenings(m calm.Measure) []happened {
	if m == calm.Deaths {
		return c.deaths
	}
	return c.events
}

// Series is the days from first to last, both included: events or deaths. Only that measure
// may be read from it.
func (c *CalmRecord) Series(m calm.Measure, first, last string) calm.Series {
	var list []calm.Happening
	for _, h := range c.happenings(m) {
		list = append(list, h.Happening)
	}
	return calm.NewSeries(civil(first), civil(last), list, c.covered)
}

// Behind lists the elements that surely or possibly stand behind a number for the days from
// first to last.
func (c *CalmRecord) Behind(m calm.Measure, first, last string) []string {
	from, to := civil(first), civil(last)
	seen := map[string]bool{}
	var out []string
	for _, h := range c.happenings(m) {
		if !h.First.IsZero() && h.First.After(to) || !h.Last.IsZero() && h.Last.Before(from) {
			continue
		}
		for _, id := range h.elements {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

// answered works an answer out once and keeps it.
func answered[T any](c *CalmRecord, name string, work func() (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if had, ok := c.answers[name].(T); ok {
		return had, nil
	}
	out, err := work()
	if err == nil && len(c.answers) < mostAnswers {
		c.answers[name] = out
	}
	return out, err
}

// mostAnswers bounds how many answers one record of a calm keeps.
const mostAnswers = 200

// Evenings is what the watch for erosion says at the end of each day of a window, by the
// plain rule.
func (c *CalmRecord) Evenings(m calm.Measure, first, last string) ([]calm.Evening, error) {
	return answered(c, fmt.Sprint("evenings ", m, first, last), func() ([]calm.Evening, error) {
		return calm.Erosion(c.Series(m, first, last), m, calm.PlainErosion())
	})
}

// Shuffles and Seed are how the rate of false alarms is found.
const (
	Shuffles = 1000
	Seed     = 2016
)

// Alarms is how often the watch warns in a window of the same days without a trend.
func (c *CalmRecord) Alarms(m calm.Measure, first, last string) (calm.Alarms, error) {
	return answered(c, fmt.Sprint("alarms ", m, first, last), func() (calm.Alarms, error) {
		return calm.FalseAlarms(c.Series(m, first, last), m, calm.PlainErosion(), Shuffles, Seed)
	})
}

// Drop holds the days of a window against days before.
func (c *CalmRecord) Drop(m calm.Measure, before, during [2]string) (calm.Comparison, error) {
	return answered(c, fmt.Sprint("drop ", m, before, during), func() (calm.Comparison, error) {
		return calm.Drop(c.Series(m, before[0], before[1]), c.Series(m, during[0], during[1]), m), nil
	})
}
