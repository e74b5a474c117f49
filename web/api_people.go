package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"truce/access"
	"truce/desk"
	"truce/people"
)

// me is what somebody may know of themselves.
type me struct {
	Account   string    `json:"account"`
	Name      string    `json:"name"`
	Roles     []string  `json:"roles"`
	Party     string    `json:"party,omitempty"`
	Org       string    `json:"org,omitempty"`
	By        string    `json:"by" doc:"how this request is known: session or token"`
	TwoFactor bool      `json:"two_factor"`
	Key       string    `json:"key,omitempty" doc:"the verifier key with which you sign"`
	Until     time.Time `json:"until,omitzero" doc:"when the session ends"`
}

// session is one of the caller's sessions.
type session struct {
	ID      string    `json:"id"`
	How     string    `json:"how"`
	Made    time.Time `json:"made"`
	Seen    time.Time `json:"seen"`
	Until   time.Time `json:"until"`
	Address string    `json:"address,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	This    bool      `json:"this" doc:"the one that asks"`
}

type sessionsOut struct {
	Sessions []session `json:"sessions"`
}

type tokensOut struct {
	Tokens []people.Token `json:"tokens"`
}

type tokenIn struct {
	Body struct {
		Name    string    `json:"name" doc:"what it is for" minLength:"1" maxLength:"100" example:"nightly export"`
		Roles   []string  `json:"roles" doc:"some of your roles" minItems:"1" maxItems:"8"`
		Expires time.Time `json:"expires" doc:"at most 366 days from now"`
	}
}

type tokenOut struct {
	Secret string `json:"secret" doc:"shown this once"`
	people.Token
}

type idIn struct {
	ID string `path:"id" maxLength:"100"`
}

// OfAccount names an account.
type OfAccount struct {
	Account string `path:"account" maxLength:"64"`
}

type accountsOut struct {
	People []person `json:"people"`
}

// person is an account as administrators see it.
type person struct {
	Account  string    `json:"account"`
	Post     post      `json:"post"`
	Key      string    `json:"key,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
	Made     time.Time `json:"made"`
}

// post is what somebody is here for.
type post struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Roles    []string `json:"roles" maxItems:"8" enum:"public,monitor,desk,verifier,liaison,head,auditor,administrator"`
	Party    string   `json:"party,omitempty" maxLength:"200"`
	Org      string   `json:"org,omitempty" maxLength:"200"`
	Purposes []string `json:"purposes,omitempty" maxItems:"20"`
}

type postIn struct {
	OfAccount
	Body post
}

type inviteIn struct {
	Body struct {
		Account string `json:"account" doc:"2 to 64 lower-case letters, digits, '.', '_' or '-'" minLength:"2" maxLength:"64"`
		Post    post   `json:"post"`
	}
}

type inviteOut struct {
	ID      string    `json:"id"`
	Link    string    `json:"link" doc:"where the invited person goes, once; shown this once"`
	Expires time.Time `json:"expires"`
}

type invitationsOut struct {
	Invitations []people.Invitation `json:"invitations"`
}

// some is a list that is there, if empty: JSON has an empty list for it, not null.
func some[T any](list []T) []T { return append([]T{}, list...) }

// own returns the session of who asks; a token is none. What is done to one's own ways in is
// done in person.
func (s *site) own(ctx context.Context) (people.Session, error) {
	v := of(ctx)
	if v.how != "session" {
		return people.Session{}, problem(http.StatusForbidden, "denied", "For this, sign in on the page.").because(slog.String("reason", "not a session"))
	}
	return v.session, nil
}

// selfRoutes are for everybody about themselves.
func (a *api) selfRoutes() {
	add(a, op("GET", "/me", "me", "Who you are here", ""), func(ctx context.Context, _ access.Person, _ *struct{}) (*body[me], error) {
		v := of(ctx)
		return answer(me{v.account.ID, v.account.Name, v.account.Roles, v.account.Party, v.account.Org, v.how, v.who.TwoFactor, v.account.Key, v.session.Until}, nil)
	})
	add(a, op("GET", "/me/sessions", "sessions", "Where you are signed in", ""), func(ctx context.Context, who access.Person, _ *struct{}) (*body[sessionsOut], error) {
		list, err := a.sessions(ctx, who.ID)
		return answer(sessionsOut{list}, err)
	})
	add(a, op("DELETE", "/me/sessions", "end-sessions", "Sign out everywhere", ""), func(ctx context.Context, who access.Person, _ *struct{}) (*struct{}, error) {
		of(ctx).did("signed out everywhere")
		return nil, a.People.EndAll(ctx, who.ID, a.Now())
	})
	add(a, op("DELETE", "/me/sessions/{id}", "end-session", "End one session", ""), func(ctx context.Context, _ access.Person, in *idIn) (*struct{}, error) {
		mine, err := a.own(ctx)
		if err != nil {
			return nil, err
		}
		of(ctx).did("session ended")
		return nil, a.People.End(ctx, mine, in.ID, a.Now())
	})
	add(a, op("GET", "/me/tokens", "tokens", "Your tokens for programs", ""), func(ctx context.Context, who access.Person, _ *struct{}) (*body[tokensOut], error) {
		list, err := a.People.Tokens(ctx, who.ID, a.Now())
		return answer(tokensOut{some(list)}, err)
	})
	add(a, op("POST", "/me/tokens", "new-token", "Make a token for a program", "It has some of your roles and counts as one factor. Sign in on the page first."), a.newToken)
	add(a, op("DELETE", "/me/tokens/{id}", "revoke-token", "End a token", ""), func(ctx context.Context, who access.Person, in *idIn) (*struct{}, error) {
		if _, err := a.own(ctx); err != nil {
			return nil, err
		}
		of(ctx).did("token revoked")
		return nil, a.People.RevokeToken(ctx, who.ID, in.ID, a.Now())
	})
}

func (s *site) sessions(ctx context.Context, account string) ([]session, error) {
	list, err := s.People.Sessions(ctx, account, s.Now())
	out := make([]session, len(list))
	for i, x := range list {
		out[i] = session{x.ID, x.How, x.Made, x.Seen, x.Until, x.Address, x.Agent, x.ID == of(ctx).session.ID}
	}
	return out, err
}

func (a *api) newToken(ctx context.Context, _ access.Person, in *tokenIn) (*body[tokenOut], error) {
	mine, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	secret, t, err := a.People.NewToken(ctx, mine, in.Body.Name, in.Body.Roles, in.Body.Expires, a.Now())
	if err == nil {
		of(ctx).did("token made")
	}
	return answer(tokenOut{secret.Reveal(), t}, err)
}

// peopleRoutes are for administrators. What changes who may do what is an entry, too.
func (a *api) peopleRoutes() {
	add(a, op("GET", "/people", "people", "Accounts", "For administrators."), func(ctx context.Context, _ access.Person, _ *struct{}) (*body[accountsOut], error) {
		if err := a.may(ctx, access.Administer, "person"); err != nil {
			return nil, err
		}
		list, err := a.People.Accounts(ctx, a.Now())
		out := accountsOut{make([]person, len(list))}
		for i, x := range list {
			out.People[i] = person{x.ID, post(x.Post), x.Key, x.Disabled, x.Made}
		}
		return answer(out, err)
	})
	add(a, op("GET", "/people/invitations", "invitations", "Invitations not yet taken", "For administrators."), func(ctx context.Context, _ access.Person, _ *struct{}) (*body[invitationsOut], error) {
		if err := a.may(ctx, access.Invite, "person"); err != nil {
			return nil, err
		}
		list, err := a.People.Invitations(ctx, a.Now())
		return answer(invitationsOut{some(list)}, err)
	})
	add(a, op("POST", "/people/invitations", "invite", "Invite somebody", "For administrators, signed in with two factors."), a.invite)
	a.change("POST", "/people/{account}/disable", "disable", "Shut somebody out", access.Administer, "person", a.disable)
	a.change("POST", "/people/{account}/enable", "enable", "Let somebody in again", access.Administer, "person", a.enable)
	a.change("POST", "/people/{account}/sessions/end", "end-sessions-of", "Sign somebody out everywhere", access.Administer, "person", func(ctx context.Context, id string) error { return a.People.EndAll(ctx, id, a.Now()) })
	a.change("DELETE", "/people/{account}", "remove", "Remove an account", access.Administer, "person", a.remove)
	a.change("POST", "/people/{account}/key", "enrol", "Enrol somebody's signing key", access.Enrol, "key", a.enrol)
	add(a, op("DELETE", "/people/invitations/{id}", "withdraw", "Take an invitation back", ""), func(ctx context.Context, _ access.Person, in *idIn) (*struct{}, error) {
		if err := a.may(ctx, access.Invite, "person"); err != nil {
			return nil, err
		}
		of(ctx).did("invitation withdrawn")
		return nil, a.People.Withdraw(ctx, in.ID)
	})
	add(a, op("POST", "/people/{account}/renew", "renew", "Invite somebody to set up their ways in anew", "When all are lost. For administrators, signed in with two factors."), a.renew)
	add(a, op("PUT", "/people/{account}/post", "assign", "Give somebody another post", "For administrators, signed in with two factors."), a.assign)
}

// change lays out an operation on one account.
func (a *api) change(method, path, id, summary string, do access.Action, kind string, f func(context.Context, string) error) {
	add(a, op(method, path, id, summary, "For administrators, signed in with two factors."), func(ctx context.Context, _ access.Person, in *OfAccount) (*struct{}, error) {
		if err := a.may(ctx, do, kind); err != nil {
			return nil, err
		}
		of(ctx).did("account changed", slog.String("change", id), slog.String("account", in.Account))
		return nil, f(ctx, in.Account)
	})
}

// disable shuts an account out, at once, and says so in the record.
func (a *api) disable(ctx context.Context, id string) error {
	if err := a.People.Disable(ctx, id, a.Now()); err != nil {
		return err
	}
	return a.left(ctx, id, "shut out")
}

func (a *api) remove(ctx context.Context, id string) error {
	if err := a.People.Remove(ctx, id, a.Now()); err != nil {
		return err
	}
	return a.left(ctx, id, "account removed")
}

// left ends what the record says of somebody's post, if it says anything.
func (a *api) left(ctx context.Context, id, reason string) error {
	_, err := a.Record.Write(ctx, of(ctx).who, desk.Act{Kind: "person.left", Fields: map[string]any{"person": id, "reason": reason}})
	if err != nil && problemOf(err).Code == "absent" {
		return nil
	}
	return err
}

func (a *api) enable(ctx context.Context, id string) error {
	x, err := a.People.Account(ctx, id, a.Now())
	if err != nil {
		return err
	}
	if _, err := a.Record.Write(ctx, of(ctx).who, admitted(id, post(x.Post))); err != nil {
		return err
	}
	return a.People.Enable(ctx, id, a.Now())
}

// admitted is the entry that says who is let in, and as what.
func admitted(account string, p post) desk.Act {
	fields := map[string]any{"person": account, "roles": some(p.Roles), "name": p.Name, "reason": "post given"}
	for name, v := range map[string]string{"party": p.Party, "org": p.Org} {
		if v != "" {
			fields[name] = v
		}
	}
	if len(p.Purposes) > 0 {
		fields["purposes"] = p.Purposes
	}
	return desk.Act{Kind: "person.admitted", Fields: fields}
}

func (a *api) invite(ctx context.Context, who access.Person, in *inviteIn) (*body[inviteOut], error) {
	if err := a.may(ctx, access.Invite, "person"); err != nil {
		return nil, err
	}
	p := in.Body.Post
	token, i, err := a.People.Invite(ctx, people.Invitation{Account: in.Body.Account, Post: people.Post(p), By: who.ID}, a.Now())
	if err != nil {
		return nil, err
	}
	if _, err := a.Record.Write(ctx, who, admitted(in.Body.Account, p)); err != nil {
		_ = a.People.Withdraw(ctx, i.ID)
		return nil, err
	}
	of(ctx).did("invited", slog.String("account", i.Account))
	return answer(inviteOut{i.ID, InvitationLink(a.Origin, token), i.Expires}, nil)
}

func (a *api) renew(ctx context.Context, who access.Person, in *OfAccount) (*body[inviteOut], error) {
	if err := a.may(ctx, access.Invite, "person"); err != nil {
		return nil, err
	}
	token, i, err := a.People.Renew(ctx, in.Account, who.ID, a.Now())
	if err != nil {
		return nil, err
	}
	of(ctx).did("renewal offered", slog.String("account", i.Account))
	return answer(inviteOut{i.ID, InvitationLink(a.Origin, token), i.Expires}, nil)
}

func (a *api) assign(ctx context.Context, who access.Person, in *postIn) (*struct{}, error) {
	if err := a.may(ctx, access.Invite, "person"); err != nil {
		return nil, err
	}
	if _, err := a.People.Account(ctx, in.Account, a.Now()); err != nil {
		return nil, err
	}
	if _, err := a.Record.Write(ctx, who, admitted(in.Account, in.Body)); err != nil {
		return nil, err
	}
	of(ctx).did("post given", slog.String("account", in.Account))
	return nil, a.People.Assign(ctx, in.Account, people.Post(in.Body), a.Now())
}

// enrol enters somebody's verifier key, so that what they sign from then on stands by it.
func (a *api) enrol(ctx context.Context, account string) error {
	x, err := a.People.Account(ctx, account, a.Now())
	if err != nil {
		return err
	}
	if x.Key == "" {
		return invalid("account", "has no signing key", "one made on the account page first")
	}
	_, err = a.Record.Write(ctx, of(ctx).who, desk.Act{Kind: "key.enrolled", Enrols: x.Key, Fields: map[string]any{"person": x.ID, "mark": "TLP:GREEN"}})
	return err
}

// InvitationLink is where an invitation is taken at an origin.
func InvitationLink(origin string, token people.Secret) string {
	return origin + "/invitation?token=" + token.Reveal()
}
