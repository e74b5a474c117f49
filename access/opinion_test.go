package access

import (
	"slices"
	"strings"
	"time"
)

// This file is a second opinion on policy.cedar: the same rules written again in plain Go,
// from the brief and not from the policy. It is slow, has no cleverness, and shares no
// code with what it judges but the types.

// posted says which kinds a post may do something to, marks aside. "first:" and "second:"
// stand before acts of two persons.
var posted = map[Role]map[string]string{
	Public: {
		"read": publicKinds, "list": publicKinds, "subscribe": publicKinds, "export": publicKinds, "verify": verified,
	},
	Monitor: {
		"read": terms + work + logged, "list": terms + work + logged, "subscribe": terms + work + logged, "export": terms + work + logged,
		"verify": verified, "report": "report attachment coverage source access reading lesson",
	},
	Desk: {
		"read": terms + work + logged + secret, "list": terms + work + logged + secret, "subscribe": terms + work + logged + secret,
		"export": terms + work + logged, "verify": verified, "report": "report attachment coverage source access reading lesson protest reply",
		"join": "incident join", "assess": "reading report element incident coverage attachment claim hypothesis stage task", "contact": "contact request message line fire measure",
		"first:widen": terms + work + secret,
	},
	Verifier: {
		"read": terms + work + logged + secret, "list": terms + work + logged + secret, "subscribe": terms + work + logged + secret,
		"export": terms + work + logged, "verify": verified, "report": "report attachment coverage source access reading lesson protest reply",
		"join": "incident join", "assess": "reading report element incident coverage attachment claim hypothesis stage task finding", "contact": "contact request message line fire measure",
		"declare": declared, "judge": "judgment",
		"first:sign": "finding", "second:sign": "finding", "first:exclude": "adherence",
		"first:open-source": "source", "second:open-source": "source", "first:widen": terms + work + secret,
	},
	Liaison: {
		"read": terms + work + logged, "list": terms + work + logged, "subscribe": terms + work + logged, "export": terms + work + logged,
		"verify": verified, "report": "report attachment request protest reply", "first:widen": work,
	},
	Head: {
		"read": terms + work + logged + secret + "person ", "list": terms + work + logged + secret + "person ",
		"subscribe": terms + work + logged + secret, "export": terms + work + logged, "publish": terms + released, "verify": verified,
		"contact": "contact request message line fire measure", "declare": declared, "judge": "judgment", "adopt": "agreement mission",
		"destroy":    work + secret + "person ",
		"first:sign": "finding", "second:sign": "finding", "first:exclude": "adherence", "second:exclude": "adherence",
		"first:open-source": "source", "second:open-source": "source",
		"first:widen": terms + work + secret, "second:widen": terms + work + secret,
	},
	Auditor: {
		"read": terms + work + logged + secret + machines, "list": terms + work + logged + secret + machines,
		"subscribe": terms + work + logged + secret + machines, "export": terms + work + logged, "verify": verified,
	},
	Administrator: {
		"read": machines + "key checkpoint", "list": machines + "key checkpoint", "subscribe": machines + "key checkpoint",
		"verify": verified, "enrol": "key", "invite": "person", "administer": "person machine key",
	},
}

const (
	terms       = "mission agreement register actor adherence place places moment judgment "
	work        = "report element incident join finding contact request attachment coverage verdict duty clock release proposal arrival claim hypothesis message access correction delivery fire line measure protest reply stage task reading lesson "
	logged      = "entry checkpoint destroyed key restore "
	secret      = "source opening "
	machines    = "person machine "
	verified    = "entry checkpoint destroyed key"
	publicKinds = terms + logged + released
	released    = "arrival report element incident finding coverage verdict duty clock release correction"
	declared    = "register actor adherence place places moment"
)

// among reports whether a word is in a list of words.
func among(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// opinion says whether the act may be done, or, for an act of two, that part of it.
func opinion(who Person, do Action, kind string, l Label, now time.Time, part step, consent bool) bool {
	two := do == Sign || do == Exclude || do == OpenSource || do == Widen
	if two && part == alone {
		return false
	}
	act := string(do)
	if two {
		act = string(part) + ":" + act
	}
	some := false
	for _, r := range who.Roles {
		some = some || among(posted[r][act], kind) && postFits(r, who, do, kind, l)
	}
	return some && compatible(who, do, kind, l, part) && factor(who, do) && audience(who, do, kind, l) && limits(who, do, kind, l, now, consent)
}

// mine: it came from the person or their party.
func mine(who Person, l Label) bool {
	return who.ID != "" && l.Originator == who.ID ||
		who.Party != "" && (l.Party == who.Party || l.Originator == "party:"+who.Party)
}

// ours: mine, or it came from the person's organisation, for those of no party.
func ours(who Person, l Label) bool {
	return mine(who, l) || who.Party == "" && who.Org != "" && l.Originator == "org:"+who.Org
}

// addressed: the person, their party or their organisation is a named recipient.
func addressed(who Person, l Label) bool {
	for _, to := range l.To {
		switch {
		case who.ID != "" && to == who.ID, who.Party != "" && to == "party:"+who.Party, who.Party == "" && who.Org != "" && to == "org:"+who.Org:
			return true
		}
	}
	return false
}

// asked: the person is the one to ask under ORCON.
func asked(who Person, l Label) bool {
	if l.Originator == "" {
		return l.Party != "" && l.Party == who.Party
	}
	l.Party = ""
	return ours(who, l)
}

func reads(do Action) bool { return do == Read || do == List || do == Subscribe }

// postFits are the conditions of one post.
func postFits(r Role, who Person, do Action, kind string, l Label) bool {
	community := l.TLP == Green || l.TLP == Clear
	switch r {
	case Public:
		return do == Verify || l.TLP == Clear
	case Monitor:
		if do == Export {
			return community
		}
		return !reads(do) || community || l.TLP == Amber || mine(who, l) || addressed(who, l)
	case Liaison:
		switch {
		case do == Export:
			return community || mine(who, l) && among("report attachment", kind)
		case do == Report || do == Widen:
			return who.Party != "" && who.Party == l.Party
		}
		return !reads(do) || community || mine(who, l) || addressed(who, l)
	case Auditor:
		return do != Export || community
	}
	return true
}

// compatible: some posts, and belonging to a party, rule acts out whatever else one is.
func compatible(who Person, do Action, kind string, l Label, part step) bool {
	if slices.Contains(who.Roles, Administrator) && do != Verify && !among(machines+"key checkpoint", kind) {
		return false
	}
	if slices.Contains(who.Roles, Auditor) && !reads(do) && do != Export && do != Verify {
		return false
	}
	if do == Report && !slices.Contains(who.Roles, Desk) && !slices.Contains(who.Roles, Verifier) {
		named := l.Originator == "" || l.Originator == who.ID && who.ID != "" || who.Party != "" && l.Originator == "party:"+who.Party ||
			who.Party == "" && who.Org != "" && l.Originator == "org:"+who.Org
		if !named || l.Party != "" && l.Party != who.Party {
			return false
		}
	}
	if who.Party == "" {
		return true
	}
	switch {
	case among(machines, kind), among(secret, kind) && do != Report:
		return false
	case do == Report:
		return l.Party == "" || l.Party == who.Party
	case do == Widen && (part != first || l.Party != who.Party):
		return false
	case !reads(do) && do != Export && do != Verify && do != Widen:
		return false
	}
	return do == Verify || l.TLP == Green || l.TLP == Clear || mine(who, l) || addressed(who, l)
}

func factor(who Person, do Action) bool {
	return who.TwoFactor || !among("sign exclude open-source widen destroy publish adopt enrol invite administer", string(do))
}

// unmarked: acts and kinds for which marks do not matter.
func unmarked(do Action, kind string) bool {
	return do == Report || do == Destroy || do == Verify || among(machines, kind)
}

// audience is what TLP says.
func audience(who Person, do Action, kind string, l Label) bool {
	if do == Export && l.TLP == Red || do == Publish && l.TLP != Clear {
		return false
	}
	if unmarked(do, kind) {
		return true
	}
	has := func(roles ...Role) bool {
		return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(who.Roles, r) })
	}
	switch l.TLP {
	case Red:
		return addressed(who, l) || has(Auditor) && len(l.To) > 0
	case Strict:
		return addressed(who, l) || ours(who, l) || has(Auditor)
	case Amber:
		return addressed(who, l) || ours(who, l) || has(Auditor, Monitor, Desk, Verifier, Head)
	case Green:
		return has(Auditor, Monitor, Desk, Verifier, Head, Liaison, Administrator)
	}
	return l.TLP == Clear
}

// limits are originator control, purpose and embargo.
func limits(who Person, do Action, kind string, l Label, now time.Time, consent bool) bool {
	if l.Orcon && (do == Export || do == Publish || do == Widen) && !asked(who, l) && !(do == Widen && consent) {
		return false
	}
	if do == Publish && len(l.Purpose) > 0 {
		return false
	}
	if unmarked(do, kind) {
		return true
	}
	shared := slices.ContainsFunc(who.Purposes, func(p string) bool { return slices.Contains(l.Purpose, p) })
	if len(l.Purpose) > 0 && !shared {
		return false
	}
	return l.Embargo.IsZero() || !now.Before(l.Embargo) || asked(who, l) || slices.Contains(who.Roles, Head)
}

// opinionLevel says how much of a field is seen, of a row on which the act is allowed.
func opinionLevel(who Person, do Action, kind string, g Grade, l Label) Level {
	has := func(roles ...Role) bool {
		return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(who.Roles, r) })
	}
	flagged, machine := l.PII || l.Minor, among(machines, kind)
	if g == GradeSealed {
		return Withheld
	}
	if g == GradePersonal && flagged && !machine && do != Report && !has(Verifier, Head) {
		return Withheld
	}
	whole := false
	switch {
	case among("report join assess declare judge contact adopt enrol invite administer", string(do)):
		whole = true // which fields may be filled
		if who.Party != "" && do != Report && g != GradeOpen {
			whole = false
		}
	case do == Verify:
		return map[bool]Level{true: Whole}[g == GradeOpen]
	case do == Destroy:
		return Withheld
	case do == Read && among("report attachment", kind) && mine(who, l) && has(Monitor, Liaison, Desk, Verifier, Head, Auditor):
		whole = true
	default:
		whole = shown(who, do, machine, g, flagged, addressed(who, l) || do == Read && mine(who, l), has)
	}
	switch {
	case whole:
		return Whole
	case (reads(do) || do == Export || do == Publish) && (g == GradePlace || g == GradeTime):
		return Coarse
	}
	return Withheld
}

// shown is whether a grade is seen whole in reading, exporting and publishing what is not
// one's own.
func shown(who Person, do Action, machine bool, g Grade, flagged, named bool, has func(...Role) bool) bool {
	staff := has(Desk, Verifier, Head, Auditor) && who.Party == ""
	out := do == Export || do == Publish || do == Subscribe
	if machine && has(Administrator) && reads(do) && !out && g != GradeWords {
		return true
	}
	switch g {
	case GradeOpen:
		return true
	case GradeWords:
		return !flagged || !out && (staff || named)
	case GradePlace:
		return staff && !out
	case GradeTime:
		if machine && has(Administrator) && do == Subscribe {
			return true
		}
		return who.Party == "" && (reads(do) && has(Monitor, Desk, Verifier, Head, Auditor) || do == Export && has(Verifier, Head))
	case GradeSource:
		return staff && !out
	case GradePersonal:
		return staff && do == Read
	case GradeInternal:
		if out && flagged {
			return false
		}
		if machine && has(Administrator) && do == Subscribe {
			return true
		}
		return staff && reads(do) || do == Export && who.Party == "" && has(Desk, Verifier, Head)
	}
	return false
}
