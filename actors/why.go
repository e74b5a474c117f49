package actors

import (
	"fmt"
	"strings"
	"time"

	"truce"
)

// Why says in one plain sentence what the answer of Member rests on, with dates of the
// register's zone. Without a place, an acceptance that holds only somewhere is open.
func (r *Register) Why(m Membership, party, actor string, at time.Time) string {
	q := query{r: r, m: m, at: at}
	a := q.party(party, actor, nil)
	s := q.sentence(a, party, actor)
	if a.denied {
		s += fmt.Sprintf(", so that %s does not count it", party)
		if a.is == truce.Unknown {
			s = strings.TrimSuffix(s, " does not count it") + " may not count it"
		}
	}
	return s
}

func (q query) sentence(a answer, party, actor string) string {
	who, whose := q.r.NameOn(actor, q.at), q.r.NameOn(a.actor, q.at)
	if a.party != "" {
		party = a.party
	}
	switch a.why {
	case named:
		return fmt.Sprintf("%s is named in %s", who, party)
	case linked:
		return fmt.Sprintf("%s, and %s is named in %s", q.path(a.path), whose, party)
	case listed:
		return q.chain(a) + fmt.Sprintf("%s is on the %s%s%s", whose, q.r.lists[a.list.List], q.since(a.list.From, a.list.To), as(a.list.As))
	case byStep, tooEarly:
		return q.chain(a) + q.step(a, whose)
	case noStep:
		return fmt.Sprintf("no record says that %s accepted %s by then", who, q.m.Agreement)
	case ofUmbrella:
		return q.shared(a, who)
	case byKind:
		return fmt.Sprintf("%s is of the kind %s", who, q.r.actors[actor].Kind)
	case everybody:
		return "every actor counts"
	case outside:
		return fmt.Sprintf("%s is in no party that names its members", who)
	case unmatched:
		return fmt.Sprintf("the register does not know %q, who may be anybody", who)
	case undeclared:
		return fmt.Sprintf("no party %s is declared", party)
	case circular:
		return fmt.Sprintf("the party %s is defined by itself", party)
	case mixed:
		return q.mixture(a, who, party)
	}
	return fmt.Sprintf("nothing on record puts %s in %s", who, party)
}

// chain tells the links over which another's record is somebody's own.
func (q query) chain(a answer) string {
	if len(a.path) == 0 {
		return ""
	}
	return q.path(a.path) + ", and "
}

// path tells links one by one.
func (q query) path(path []edge) string {
	var parts []string
	for _, e := range path {
		verb := map[string]string{partOf: "is part of", allied: "is allied with", supports: "supports", renamed: "was renamed from", within: "is one of those called"}[e.Kind]
		s := fmt.Sprintf("%s %s %s%s", q.r.NameOn(e.from, q.at), verb, q.r.NameOn(e.to, q.at), q.since(e.From, e.To))
		if e.Claimed {
			s += " (only claimed)"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// step tells a step in or out of an agreement.
func (q query) step(a answer, whose string) string {
	d := a.step
	verb := map[string]string{
		"accepted": "accepted", "acceded": "acceded to", "deemed": "is deemed bound by", "suspended": "suspended its part in",
		"notice": "gave notice under", "withdrawn": "withdrew from", "excluded": "is shut out of", "declined": "declined",
	}[d.Status]
	s := fmt.Sprintf("%s %s %s as %s on %s", whose, verb, d.Agreement, d.As, q.day(d.At))
	if len(d.Where) > 0 {
		s += " for " + strings.Join(d.Where, ", ")
	}
	if d.By != "" {
		s += ", by the word of " + d.By
	}
	if d.Claimed {
		s += " (only claimed)"
	}
	if a.why == tooEarly {
		s += ", but is bound only later"
	}
	return s
}

// shared tells why an umbrella's word leaves a group open.
func (q query) shared(a answer, who string) string {
	if a.step.Status == "" {
		return fmt.Sprintf("%s may stand for groups that nobody named", who)
	}
	return q.step(a, q.r.NameOn(a.step.Actor, q.at)) + fmt.Sprintf("; nobody said whether %s is meant", who)
}

func (q query) mixture(a answer, who, party string) string {
	switch a.is {
	case truce.Yes:
		return fmt.Sprintf("everyone called %s is in %s", who, party)
	case truce.No:
		return fmt.Sprintf("nobody called %s is in %s", who, party)
	}
	return fmt.Sprintf("%s stands for several actors, for whom the answers differ or are open", who)
}

// since tells a span.
func (q query) since(from, to time.Time) string {
	switch {
	case !from.IsZero():
		return " since " + q.day(from)
	case !to.IsZero():
		return " until " + q.day(to)
	}
	return ""
}

func (q query) day(t time.Time) string { return t.In(q.r.zone).Format(time.DateOnly) }

func as(name string) string {
	if name == "" {
		return ""
	}
	return ", as " + name
}
