package terms

import (
	"slices"
	"time"

	"truce"
	"truce/actors"
)

// LintBook finds what only the mission's register shows: nobody-bound, a clause that no
// actor of the register can be bound by at any time of its window; adherence-never, a
// party that nobody ever adhered to the agreement as. Findings are warnings. Undefined
// actors and areas are found by [Compile]. Without a register there is nothing to find.
func LintBook(a *Agreement, b Book) truce.Problems {
	if b.Register == nil {
		return nil
	}
	j, _ := Compile(a, b)
	l := newLinter(a)
	l.adherence(b.Register)
	for _, c := range a.Clauses {
		for _, f := range asRead(c) {
			if windows, waits := j.windows(f); waits == nil && len(windows) > 0 && len(f.By) > 0 && !l.bound(j, f.By, windows) {
				l.warn(keysOf(c, "by"), "nobody-bound", "a party that an actor of the register is in while the clause applies",
					"clause %s binds no actor of the register on any day of its window (%s)", c.ID, words(f.By))
			}
		}
	}
	return l.found()
}

// joining are the steps that bring an actor in, or show that it was.
var joining = []string{"accepted", "acceded", "deemed", "notice"}

func (l *linter) adherence(r *actors.Register) {
	for _, name := range sortedKeys(l.a.Parties) {
		p := l.a.Parties[name]
		to := p.To
		if to == "" {
			to = l.a.ID
		}
		steps := r.Adherences(to)
		if p.Adhering && !slices.ContainsFunc(steps, func(s actors.Adherence) bool { return s.As == p.As && slices.Contains(joining, s.Status) }) {
			l.warn([]string{"parties/" + name}, "adherence-never", "an adherence to "+to+" as "+p.As+" in the register",
				"nobody ever adhered as %s", p.As)
		}
	}
}

// bound says whether some actor of the register may be in one of the parties at some time
// of the windows. Membership changes only at the instants the register names.
func (l *linter) bound(j *Judge, parties []string, windows spans) bool {
	for _, party := range parties {
		if party == "anyone" {
			return true
		}
		for _, id := range j.book.Register.IDs() {
			cuts := append(windows.cuts(nil, span{}), j.book.Register.Changes(j.who.full, id)...)
			for _, t := range append(cuts, time.Time{}) {
				if windows.has(t) && j.book.Register.Member(j.who.full, party, id, t, nil) != truce.No {
					return true
				}
			}
		}
	}
	return false
}
