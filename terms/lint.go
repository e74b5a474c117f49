package terms

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"truce"
)

// Lint finds holes in a text that [Parse] accepts: what it leaves unsaid, what cannot
// apply, what contradicts itself. All findings are warnings with a place and a stable code:
//
//   - time: wall-time-missing, wall-time-twice, days-across-clock-change, length-end,
//     window-gap, window-empty, window-outside, in-force-empty, open-ended, moment-unset,
//     no-deadline, number-without-window
//   - who: no-interpreter, no-determiner, no-owner, by-nobody, by-and-against-missing,
//     control-without-by, party-empty, proposal-without-needs, no-base-line
//   - rules: contradiction, permit-cancels, same-readings, no-raised-as, calm-without-then,
//     calm-of-nothing, no-cite, no-text
//   - never used: party-unused, place-unused, fact-unused, moment-unused, excuse-unused
//
// What only the letters of the file show is found by [LintText], what only the mission's
// register shows by [LintBook].
func Lint(a *Agreement) truce.Problems {
	l := newLinter(a)
	l.authority()
	l.parties()
	l.moments()
	l.times()
	for _, c := range a.Clauses {
		l.clause(c)
	}
	l.clashes()
	l.unused()
	return l.found()
}

// linter collects warnings on one agreement.
type linter struct {
	*decoder
	a      *Agreement
	clock  clock
	opens  spans // in_force
	opened bool  // every moment that in_force needs is known
}

func newLinter(a *Agreement) *linter {
	zone, err := loadZone(a.Zone)
	if err != nil {
		zone = time.UTC
	}
	j := &Judge{a: a, clock: clock{zone, map[string]time.Time{}}}
	j.declare()
	l := &linter{decoder: &decoder{file: a.file, at: a.at}, a: a, clock: j.clock}
	opens, waits := l.clock.spans(a.InForce)
	l.opens, l.opened = opens, waits == nil
	return l
}

// found returns the findings in order, each once: readings of a clause share most of it.
func (l *linter) found() truce.Problems {
	l.problems.Sort()
	return slices.Compact(l.problems)
}

// warn adds a finding at the first of the keys whose place is known.
func (l *linter) warn(keys []string, code, want, format string, args ...any) {
	l.warnAt(l.best(keys), code, want, format, args...)
}

// best is the place of the first key that has one, else the head of the file.
func (l *linter) best(keys []string) pos {
	for _, k := range keys {
		if at, ok := l.at[k]; ok {
			return at
		}
	}
	return pos{1, 1}
}

func (l *linter) warnAt(p pos, code, want, format string, args ...any) {
	l.badAt(p, code, want, format, args...)
	l.problems[len(l.problems)-1].Warning = true
}

// keysOf lists where a finding on a key of a clause may be shown, best first.
func keysOf(c *Clause, keys ...string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, "clause "+c.ID+" "+k)
	}
	return append(out, "clause "+c.ID)
}

func (l *linter) authority() {
	for _, x := range []struct{ key, code, want, msg string }{
		{"interprets", "no-interpreter", "interprets: under authority, in words, even if nobody",
			"nobody is named who interprets the text"},
		{"determines", "no-determiner", "determines: under authority, in words, even if nobody",
			"nobody is named who determines what happened"},
	} {
		if l.a.Authority[x.key] == "" {
			l.warn([]string{"authority"}, x.code, x.want, "%s", x.msg)
		}
	}
	if l.a.Form == "proposal" && len(l.a.Needs) == 0 {
		l.warn([]string{"form", "in_force"}, "proposal-without-needs", "needs: the parties whose acceptance brings it into force",
			"a proposal binds nobody until it is accepted, and nobody is named who must accept it")
	}
}

func (l *linter) parties() {
	for _, name := range sortedKeys(l.a.Parties) {
		p := l.a.Parties[name]
		if len(p.Actors)+len(p.Listed)+len(p.Kind)+len(p.Parties) == 0 && !p.Adhering && !p.Anyone {
			l.warn([]string{"parties/" + name}, "party-empty", "actors, adhering, listed, kind, parties or anyone",
				"party %s has no members", name)
		}
	}
}

func (l *linter) moments() {
	for _, name := range sortedKeys(l.a.Moments) {
		m := l.a.Moments[name]
		set := m.DeclaredBy != "" || m.At != nil || slices.ContainsFunc(l.a.Clauses, func(c *Clause) bool {
			return c.Calm != nil && c.Calm.Then == name
		})
		if !set {
			l.warn([]string{"moments/" + name}, "moment-unset", "declared_by:, at:, or a calm with then: "+name,
				"nothing sets moment %s", name)
		}
	}
}

// asRead returns a clause under each of its readings and drafts, or as it stands.
func asRead(c *Clause) []*Clause {
	var out []*Clause
	for _, v := range slices.Concat(readings(c), c.Variants) {
		out = append(out, v.Clause)
	}
	return out
}

func (l *linter) clause(c *Clause) {
	id := []string{"clause " + c.ID}
	if c.Cite == "" {
		l.warn(id, "no-cite", "cite: where the text says so, even if nowhere", "clause %s does not say where it comes from", c.ID)
	}
	if c.Text == "" {
		l.warn(id, "no-text", "text: the clause in our own words", "clause %s has no words for its readers", c.ID)
	}
	l.sameReadings(c)
	for _, f := range asRead(c) {
		l.who(f)
		l.kind(f)
		l.window(f)
		l.baseLines(keysOf(f, "within"), f, f.Within)
		l.baseLines(keysOf(f, "outside"), f, f.Outside)
		if f.Within == nil && f.Kind != Excuse && f.Kind != Permit {
			l.baseLines([]string{"where"}, f, l.a.Where)
		}
	}
}

func (l *linter) who(c *Clause) {
	nobody := func(names []string) bool {
		return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return n != "nobody" })
	}
	if nobody(c.By) || nobody(c.Against) {
		l.warn(keysOf(c, "by", "against"), "by-nobody", "a party with members", "clause %s can never apply: it is about nobody", c.ID)
	}
	if (c.Kind == Forbid || c.Kind == Permit && c.Of == nil) && c.By == nil && c.Against == nil {
		l.warn(keysOf(c, string(c.Kind)), "by-and-against-missing", "by: who is bound, against: toward whom, or by: anyone",
			"clause %s says neither who is bound nor toward whom", c.ID)
	}
	if (c.Kind == Require || c.Kind == Keep) && c.By == nil && c.Owner == "" {
		l.warn(keysOf(c, string(c.Kind)), "no-owner", "by: a party, or owner: a body", "clause %s is a duty of nobody", c.ID)
	}
	if c.By == nil && (own(c.Within) || own(c.Outside)) {
		l.warn(keysOf(c, "within", "outside"), "control-without-by", "by: whose ground is meant",
			"clause %s speaks of the ground of whoever acts and does not say who is bound", c.ID)
	}
}

// own says whether a place depends on who acts.
func own(p *Place) bool {
	return p != nil && (p.Control == "own" || slices.ContainsFunc(p.Any, own) || slices.ContainsFunc(p.All, own))
}

func (l *linter) kind(c *Clause) {
	switch c.Kind {
	case Excuse:
		if len(c.Excuse) > 0 && c.RaisedAs == "" {
			l.warn(keysOf(c, "excuse"), "no-raised-as", "raised_as: the word under which reports claim it",
				"excuse %s has no name under which it is raised", c.ID)
		}
	case Calm:
		if c.Calm.Then == "" {
			l.warn(keysOf(c, "calm"), "calm-without-then", "then: the moment that it sets", "nothing follows from the calm of clause %s", c.ID)
		}
		if len(c.Calm.Of) == 0 {
			l.warn(keysOf(c, "calm"), "calm-of-nothing", "of: the clauses that are to be kept", "clause %s does not say what is to be kept", c.ID)
		}
	case Require:
		l.deadline(c)
	}
}

// deadline looks at duties that fall due: a number, or an act that nothing calls for.
func (l *linter) deadline(c *Clause) {
	if c.Upon != nil || c.Effort {
		return
	}
	windows, waits := l.clock.spans(c.During)
	if c.During == nil {
		windows, waits = l.opens, nil
	}
	switch open := len(windows) > 0 && windows[len(windows)-1].to.IsZero(); {
	case c.Amount > 0 && c.During == nil:
		l.warn(keysOf(c, "require"), "number-without-window", "during: the window in which the number is owed",
			"clause %s owes a number and does not say in what time", c.ID)
	case waits == nil && open && !l.repeats(c.During):
		l.warn(keysOf(c, "during", "require"), "no-deadline", "during: with an end, by which it is to be done",
			"clause %s can never be late: it has no end", c.ID)
	}
}

// baseLines finds parties that are bound and have no line from which distances count.
func (l *linter) baseLines(keys []string, c *Clause, p *Place) {
	if p == nil {
		return
	}
	for _, q := range slices.Concat(p.Any, p.All) {
		l.baseLines(keys, c, q)
	}
	if _, all := p.Base[""]; all || p.Base == nil {
		return
	}
	names := c.By
	if names == nil {
		names = []string{"anyone"}
	}
	for _, name := range names {
		if !l.covered(name, sortedKeys(p.Base)) {
			l.warn(keys, "no-base-line", "a line for "+name+" in of:", "clause %s has no base line for %s", c.ID, name)
		}
	}
}

// covered says whether every member of a party is surely a member of one of the others.
func (l *linter) covered(name string, by []string) bool {
	if slices.Contains(by, "anyone") || slices.Contains(by, name) || name == "nobody" {
		return true
	}
	for _, b := range by {
		if q := l.a.Parties[b]; len(q.Except) == 0 && (q.Anyone || len(q.Parties) > 0 && l.covered(name, q.Parties)) {
			return true
		}
	}
	p := l.a.Parties[name]
	if len(p.Parties) == 0 || len(p.Actors)+len(p.Listed)+len(p.Kind) > 0 || p.Adhering || p.Anyone {
		return false
	}
	return !slices.ContainsFunc(p.Parties, func(q string) bool { return !l.covered(q, by) })
}

// sameReadings finds contested meanings that do not differ.
func (l *linter) sameReadings(c *Clause) {
	seen := map[string]string{}
	for _, v := range c.Readings {
		text, err := json.Marshal(v.Clause)
		if err != nil {
			continue
		}
		if first, ok := seen[string(text)]; ok {
			l.warn(keysOf(c), "same-readings", "readings that differ", "readings %s and %s of clause %s say the same", first, v.Name, c.ID)
		}
		seen[string(text)] = v.Name
	}
}

// words joins names for a message.
func words(names []string) string { return strings.Join(names, ", ") }
