package access_test

import (
	"fmt"
	"testing"
	"time"

	"truce/access"
)

// now is the moment at which the tests ask.
func now() time.Time { return time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC) }

func policy(t testing.TB) *access.Policy {
	t.Helper()
	p, err := access.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// person is somebody with posts: amal of the organisation "desk", or of the party north.
func person(party string, roles ...access.Role) access.Person {
	return access.Person{ID: "amal", Roles: roles, Party: party, Org: "desk", TwoFactor: true}
}

// post is a person as posts are usually filled: a liaison belongs to a party, and a public
// reader has no account.
func post(r access.Role) access.Person {
	switch r {
	case access.Public:
		return access.Person{Roles: []access.Role{r}}
	case access.Liaison:
		return person("north", r)
	}
	return person("", r)
}

func BenchmarkMay(b *testing.B) {
	p, l := policy(b), access.Label{TLP: access.Amber, Party: "north", To: []string{"amal"}}
	for b.Loop() {
		p.May(person("", access.Desk), access.Read, "report", l, now())
	}
}

func BenchmarkFields(b *testing.B) {
	p, l := policy(b), access.Label{TLP: access.Amber, Party: "north", To: []string{"amal"}}
	for b.Loop() {
		p.Fields(person("", access.Desk), access.Read, "report", l, now())
	}
}

func ExamplePolicy_May() {
	p, err := access.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	liaison := access.Person{ID: "karim", Roles: []access.Role{access.Liaison}, Party: "north"}
	for _, s := range []string{"TLP:AMBER PARTY:north", "TLP:AMBER PARTY:south", "TLP:RED TO:party:north", "TLP:RED"} {
		l, _ := access.ParseLabel(s)
		d := p.May(liaison, access.Read, "report", l, time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC))
		fmt.Println(d.Allowed, "-", d.Why)
	}
	// Output:
	// true - liaisons read what their party may see
	// false - AMBER is for the mission and named recipients
	// true - liaisons read what their party may see
	// false - RED is for named recipients only
}
