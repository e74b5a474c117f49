package terms

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"sort"
	"sync"
	"time"

	"truce"
	"truce/geo"
)

// Brief is what pages count and list by: agreement, clause, outcome and code, and of what is
// not plainly no violation the outcome under each reading and the facts that together surely
// settle it. It does not say whose verdict it is. Elements that a clause cannot tell apart are
// judged once: a day of war brings many reports that differ in the hour, the village and the
// dead alone. What comes is shared by all elements of which the clause says the same, and must
// not be changed.
func (j *Judge) Brief(s *Subject, c *Clause) *truce.Verdict {
	if s.e.Status != "" {
		return j.briefs.share(brief(j.verdict(s, c, true)))
	}
	key := j.alike[c.ID].key(j, s)
	v := j.briefs.get(key)
	if v == nil {
		v = j.briefs.share(brief(j.verdict(s, c, true)))
		j.briefs.put(key, v)
	}
	return v
}

func brief(v truce.Verdict) truce.Verdict {
	out := truce.Verdict{Agreement: v.Agreement, Clause: v.Clause, Outcome: v.Outcome, Code: v.Code, Codes: []string{v.Code}}
	if v.Outcome == truce.NoViolation {
		return out
	}
	out.Readings = v.Readings
	for _, s := range v.Settle {
		if s.Always {
			out.Settle = append(out.Settle, truce.Settle{Facts: s.Facts, Always: true})
		}
	}
	return out
}

// likeness is what a clause can tell elements apart by.
type likeness struct {
	id string
	// cuts are the instants at which anything may change that the clause or the register says.
	cuts []time.Time
	// zones are those that the clause asks about: by itself, and with the areas that adherence
	// depends on.
	zones [2][]*geo.Zone
	facts []string // that it asks for, of those that few elements have
}

// likenesses are those of all clauses that are judged.
func (j *Judge) likenesses() map[string]*likeness {
	out, dates := map[string]*likeness{}, j.who.dates()
	for _, c := range j.a.Clauses {
		if !Judged(c) {
			continue
		}
		every := (&space{j: j, rules: j.rules[c.ID]}).everyRule()
		l := &likeness{id: c.ID, cuts: slices.Clone(dates)}
		zones, facts := map[int]bool{}, map[string]bool{}
		for _, r := range every {
			l.cuts = append(l.cuts, r.edges()...)
			r.place.zonesIn(zones)
			for _, name := range r.factsAsked() {
				facts[name] = true
			}
		}
		slices.SortFunc(l.cuts, time.Time.Compare)
		l.cuts, l.facts = slices.CompactFunc(l.cuts, time.Time.Equal), sortedKeys(facts)
		l.zones[0] = j.zonesOf(zones)
		if len(j.areas) > 0 {
			for _, z := range j.areas {
				zones[z] = true
			}
			l.zones[1] = j.zonesOf(zones)
		}
		out[c.ID] = l
	}
	return out
}

// zonesOf are zones in the order of their numbers.
func (j *Judge) zonesOf(set map[int]bool) []*geo.Zone {
	var numbers []int
	for z := range set {
		numbers = append(numbers, z)
	}
	slices.Sort(numbers)
	var out []*geo.Zone
	for _, z := range numbers {
		out = append(out, j.zones[z])
	}
	return out
}

// dates are all instants at which the register says something else of anybody.
func (w *roll) dates() []time.Time {
	var out []time.Time
	add := func(ts ...time.Time) {
		out = append(out, slices.DeleteFunc(ts, time.Time.IsZero)...)
	}
	for _, id := range w.register.IDs() {
		a, _ := w.register.Actor(id)
		for _, n := range a.Names {
			add(n.From, n.To)
		}
		for _, l := range a.Links {
			add(l.From, l.To)
		}
		for _, l := range a.Listings {
			add(l.From, l.To)
		}
		for _, d := range w.register.Steps(id) {
			add(d.At, d.Until, w.own.NoticeEnd(d.At))
		}
	}
	for _, name := range sortedKeys(w.own.Parties) {
		add(w.own.Parties[name].AdheringFrom)
	}
	return out
}

// edges are the instants at which a rule begins or ends to apply.
func (r *rule) edges() []time.Time {
	var out []time.Time
	add := func(all spans) {
		for _, s := range all {
			out = append(out, s.from, s.to)
		}
	}
	add(r.windows)
	add(r.perhaps)
	if p := r.provided; p != nil {
		add(p.sure)
		add(p.perhaps)
		out = append(out, p.before)
	}
	return slices.DeleteFunc(out, time.Time.IsZero)
}

// factsAsked are the further facts that a rule asks for.
func (r *rule) factsAsked() []string {
	out := slices.Concat(sortedKeys(r.clause.Excuse), sortedKeys(r.clause.Shown))
	if r.when != nil {
		out = append(out, r.when.facts...)
	}
	if r.clause.Count != nil {
		out = append(out, "number")
	}
	return out
}

// key is the same for elements that the clause cannot tell apart.
func (l *likeness) key(j *Judge, s *Subject) likeKey {
	k := keyed(make([]byte, 0, 256))
	e := s.e
	k.text(l.id)
	k.time(l.cuts, s.when)
	for _, zones := range l.zones {
		if len(zones) > 0 {
			k.bits(j.cache.Classes(s.extent, zones))
		}
	}
	for _, list := range [][]string{e.By, e.Against, e.Acts, e.Control, e.Raised, e.Conflict, s.notes} {
		k.list(list)
	}
	k.yes(e.Mutual)
	k.yes(e.Doubted)
	for _, m := range e.Means {
		k.text(m.Kind)
		for _, name := range sortedKeys(m.Num) {
			r := m.Num[name]
			k.text(name)
			k.number(&r)
		}
		k.text("")
	}
	for _, name := range l.facts {
		k.fact(e, name)
	}
	return sha256.Sum256(k)
}

// likeKey is the hash of what a clause can tell elements apart by, or of what a verdict says.
type likeKey [sha256.Size]byte

// keyed is a key being written. Each part says its length, so that no two are mistaken.
type keyed []byte

func (k *keyed) text(s string) {
	*k = append(binary.AppendUvarint(*k, uint64(len(s))), s...)
}

func (k *keyed) list(all []string) {
	*k = binary.AppendUvarint(*k, uint64(len(all)))
	for _, s := range all {
		k.text(s)
	}
}

func (k *keyed) length(n int) { *k = binary.AppendUvarint(*k, uint64(n)) }

func (k *keyed) yes(is bool) { *k = append(*k, byte(btoi(is))) }

func (k *keyed) number(r *truce.Range) {
	if k.yes(r != nil); r != nil {
		*k = binary.BigEndian.AppendUint64(*k, math.Float64bits(r.Low))
		*k = binary.BigEndian.AppendUint64(*k, math.Float64bits(r.High))
	}
}

func (k *keyed) fact(e *truce.Element, name string) {
	switch name {
	case "killed":
		k.number(e.Killed)
	case "injured":
		k.number(e.Injured)
	case "number":
		k.number(e.Number)
	default:
		v := e.Facts[name]
		k.list(v.Words)
		k.number(v.Number)
	}
}

func (k *keyed) bits(rows [][]bool) {
	*k = binary.AppendUvarint(*k, uint64(len(rows)))
	for _, row := range rows {
		for _, is := range row {
			k.yes(is)
		}
	}
}

// time writes a time within which nothing changes as the stretch between two cuts in which it
// lies, and any other as it is.
func (k *keyed) time(cuts []time.Time, when []truce.When) {
	*k = binary.AppendUvarint(*k, uint64(len(when)))
	if len(when) == 1 && !when[0].From.IsZero() && !when[0].To.IsZero() {
		w := when[0]
		n := sort.Search(len(cuts), func(i int) bool { return cuts[i].After(w.From) })
		if n == len(cuts) || !cuts[n].Before(w.To) {
			k.text("within")
			*k = binary.AppendUvarint(*k, uint64(n))
			k.yes(w.Lasts)
			k.yes(w.Instant())
			return
		}
	}
	for _, w := range when {
		k.text(w.From.UTC().Format(time.RFC3339Nano))
		k.text(w.To.UTC().Format(time.RFC3339Nano))
		k.yes(w.Lasts)
	}
}

// brief writes all that a brief says.
func (k *keyed) brief(v *truce.Verdict) {
	k.list([]string{v.Agreement, v.Clause, string(v.Outcome), v.Code})
	k.length(len(v.Settle))
	for _, s := range v.Settle {
		k.list(s.Facts)
	}
	k.length(len(v.Readings))
	for _, r := range v.Readings {
		k.list([]string{r.Name, r.HeldBy, string(r.Outcome), r.Code})
	}
}

// mostBriefs is how many verdicts a judge keeps at hand: when there are more they are old, and
// those that were old before and that nobody asked for again are forgotten.
const mostBriefs = 10_000

// briefs are verdicts by what they rest on, and by what they say.
type briefs struct {
	mu         sync.RWMutex
	young, old map[likeKey]*truce.Verdict
}

func (b *briefs) get(key likeKey) *truce.Verdict {
	b.mu.RLock()
	v, old := b.young[key], b.old[key]
	b.mu.RUnlock()
	if v == nil && old != nil {
		b.put(key, old)
		v = old
	}
	return v
}

func (b *briefs) put(key likeKey, v *truce.Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.young == nil || len(b.young) >= mostBriefs {
		b.young, b.old = map[likeKey]*truce.Verdict{}, b.young
	}
	b.young[key] = v
}

// share is the verdict that says the same, if there was one, else this.
func (b *briefs) share(v truce.Verdict) *truce.Verdict {
	k := keyed("says")
	k.brief(&v)
	key := likeKey(sha256.Sum256(k))
	if had := b.get(key); had != nil {
		return had
	}
	b.put(key, &v)
	return &v
}
