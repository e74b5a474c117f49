package people

import (
	"context"
	"fmt"
	"time"
)

// An invitation lets somebody in to set up a way to sign in, and nothing else.
func Example() {
	ctx, now := context.Background(), time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC)
	p, err := New(&memory{m: map[string]map[string][]byte{}}, Options{Name: "Truce desk", Key: NewSealingKey()})
	if err != nil {
		fmt.Println(err)
		return
	}
	link, invitation, err := p.Invite(ctx, Invitation{Account: "anna", Post: Post{Name: "Anna", Roles: []string{"head"}}}, now)
	fmt.Println(link, invitation.Expires.Format(time.DateOnly), err)
	started, err := p.Accept(ctx, link, Client{Address: "192.0.2.1"}, now)
	fmt.Println(started.Session.Enrolling, started.Account.Roles, err)
	_, err = p.Accept(ctx, link, Client{}, now)
	fmt.Println(err)
	// Output:
	// [hidden] 2016-08-30 <nil>
	// true [] <nil>
	// not accepted (check what you entered, wait a little, or sign in again)
}
