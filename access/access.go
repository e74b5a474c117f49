// Package access is the one place where it is decided who may do and see what. It is
// closed by default, and whatever forbids wins over whatever permits. The rules stand in
// policy.cedar, to be read by people; kinds.go says which fields there are.
//
// The calls most people need are [New], [Policy.May] and [Policy.Fields]:
//
//	p, err := access.New()
//	d := p.May(who, access.Read, "report", label, now)
//	if !d.Allowed {
//		return d.Err()
//	}
//	seen, err := p.Fields(who, access.Read, "report", label, now).Apply(row.Body, coarsen)
//
// Before a row is looked for, [Policy.Labels] says which marks the person may read; an
// empty answer means none, never all. Acts of two persons go by [Policy.Propose] and
// [Policy.Confirm]. All times are instants; zones make no difference.
//
// Everything here is a pure function of what is handed in. Nothing is kept between calls.
package access

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"truce"
)

// Role is a post in the mission. A person may hold several; a word that is none of these
// grants nothing.
type Role string

// The posts.
const (
	Public        Role = "public"        // anybody: reads what is CLEAR
	Monitor       Role = "monitor"       // reports; with a party: lent by it
	Desk          Role = "desk"          // takes in, joins, assesses
	Verifier      Role = "verifier"      // assesses, drafts and signs findings
	Liaison       Role = "liaison"       // of a party: sees what the party may see, files protests and replies
	Head          Role = "head"          // signs, confirms wider marks, publishes
	Auditor       Role = "auditor"       // reads everything but who sources are, writes nothing
	Administrator Role = "administrator" // runs the machine, reads no case
)

// Roles lists the posts.
func Roles() []Role {
	return []Role{Public, Monitor, Desk, Verifier, Liaison, Head, Auditor, Administrator}
}

// Action is an act, in one word.
type Action string

// The acts. Sign, Exclude, OpenSource and Widen take two persons.
const (
	Read       Action = "read"      // one row
	List       Action = "list"      // rows, counts, searches, map tiles
	Subscribe  Action = "subscribe" // rows as they come, to a program
	Export     Action = "export"    // a file
	Publish    Action = "publish"   // to the world
	Verify     Action = "verify"    // hashes and proofs of the record
	Report     Action = "report"    // hand something in
	Join       Action = "join"      // into an incident, or out of one
	Assess     Action = "assess"    // weigh; draft a finding; narrow a mark
	Declare    Action = "declare"   // adherence, moments, actors, places
	Judge      Action = "judge"     // a day of a calm
	Contact    Action = "contact"   // call, ask
	Adopt      Action = "adopt"     // a version of an agreement or of the mission
	Sign       Action = "sign"      // a finding
	Exclude    Action = "exclude"   // a party from an agreement
	OpenSource Action = "open-source"
	Widen      Action = "widen" // a handling mark
	Destroy    Action = "destroy"
	Enrol      Action = "enrol"  // a key
	Invite     Action = "invite" // a person
	Administer Action = "administer"
)

// Actions lists the acts.
func Actions() []Action {
	return []Action{Read, List, Subscribe, Export, Publish, Verify, Report, Join, Assess, Declare, Judge, Contact, Adopt,
		Sign, Exclude, OpenSource, Widen, Destroy, Enrol, Invite, Administer}
}

// Person is who asks, as signed in now. The zero value is nobody and may do nothing; a
// reader without an account is Person{Roles: []Role{Public}}.
type Person struct {
	// ID names the account; empty for a reader without one.
	ID    string
	Roles []Role
	// Party is the party the person belongs to, whatever the post. It limits: such a
	// person sees what that party may see.
	Party string
	// Org is the person's organisation. It counts only for people of no party.
	Org string
	// TwoFactor says that the person signed in with two factors, or with a passkey.
	TwoFactor bool
	// Purposes are what the person is acting for; rows given for a purpose open only to it.
	Purposes []string
}

// valid says what is wrong with the names of a person, in one word; "" if nothing.
func (p Person) valid() string {
	for _, f := range [][2]string{{"ID", p.ID}, {"Party", p.Party}, {"Org", p.Org}} {
		if f[1] != "" && !name(f[1]) {
			return f[0]
		}
	}
	if i := slices.IndexFunc(p.Purposes, func(s string) bool { return !name(s) }); i >= 0 {
		return "Purposes"
	}
	return ""
}

// self are the names under which something is a person's own or their party's.
func (p Person) self() []string {
	var out []string
	if p.ID != "" {
		out = append(out, p.ID)
	}
	if p.Party != "" {
		out = append(out, OfParty(p.Party))
	}
	return out
}

// names are self and the person's organisation, unless a party stands before it.
func (p Person) names() []string {
	if p.Org == "" || p.Party != "" {
		return p.self()
	}
	return append(p.self(), OfOrg(p.Org))
}

// OfParty writes a party as a name in Label.To and Label.Originator: "party:NAME".
func OfParty(party string) string { return partyPrefix + party }

// OfOrg writes an organisation as a name in Label.To and Label.Originator: "org:NAME".
func OfOrg(org string) string { return orgPrefix + org }

const (
	partyPrefix = "party:"
	orgPrefix   = "org:"
)

// nameLimit is the most bytes that a name may have.
const nameLimit = 200

// name reports whether s can stand in a label: letters, digits and signs, without spaces,
// commas and colons, which part names from each other.
func name(s string) bool {
	return s != "" && len(s) <= nameLimit && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == ',' || r == ':' || unicode.IsSpace(r) || !unicode.IsGraphic(r)
	})
}

// bearer reports whether s names a person, a party or an organisation.
func bearer(s string) bool {
	for _, prefix := range []string{partyPrefix, orgPrefix} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return name(rest)
		}
	}
	return name(s)
}

// Decision is the answer to "may this person do that".
type Decision struct {
	Allowed bool
	// Two says that the act takes two persons and this one may propose it. Allowed is
	// false then: nobody does it alone.
	Two bool
	// Why is the rule that decided, in words. It is for the log: it holds nothing of the
	// record, but which rule it was may tell how a row is marked.
	Why string
}

// Err returns nil if the act is allowed. All refusals are the same error, so that they
// tell nothing, not even that there is something to refuse.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return &truce.Error{Kind: truce.Denied, Msg: "not allowed"}
}
