package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/people"
)

// stray is a request that is not for whoever sends it.
type stray struct {
	route, path string
	body        any // url.Values is a form
}

// strays are requests about accounts, sessions and tokens of others.
func strays(session, token, invitation string) []stray {
	post := map[string]any{"name": "x", "roles": []string{"head"}}
	account := func(method, rest string, body any) stray {
		return stray{method + " /api/v1/people/{account}" + rest, "/api/v1/people/vera" + rest, body}
	}
	form := func(path string, v url.Values) stray { return stray{"POST " + path, path, v} }
	return slices.Concat(dayStrays(), workStrays(), takeStrays(), []stray{
		{"POST /api/v1/people/invitations", "/api/v1/people/invitations", map[string]any{"account": "new", "post": post}},
		{"DELETE /api/v1/people/invitations/{id}", "/api/v1/people/invitations/" + invitation, nil},
		account("PUT", "/post", post), account("POST", "/disable", nil), account("POST", "/enable", nil), account("POST", "/sessions/end", nil),
		account("POST", "/key", nil), account("POST", "/renew", nil), account("DELETE", "", nil),
		{"DELETE /api/v1/me/sessions/{id}", "/api/v1/me/sessions/" + session, nil},
		{"DELETE /api/v1/me/tokens/{id}", "/api/v1/me/tokens/" + token, nil},
		{"POST /api/v1/me/tokens", "/api/v1/me/tokens", map[string]any{"name": "x", "roles": []string{"nothing"}, "expires": noon.Add(48 * time.Hour)}},
		form("/account/sessions/end", url.Values{"id": {session}}), form("/account/tokens/revoke", url.Values{"id": {token}}),
		form("/account/passkey/remove", url.Values{"id": {"none"}}), form("/account/passkey/finish", url.Values{"token": {"none"}}),
		form("/account/password", url.Values{"old": {"wrong"}, "password": {plantedPassword + " anew"}}), form("/account/authenticator/confirm", url.Values{"code": {"000000"}}),
		form("/account/tokens", url.Values{"name": {"x"}, "role": {"nothing"}, "days": {"30"}}),
		form("/sign-in", url.Values{"account": {"nobody-" + session}, "password": {plantedPassword}, "code": {"000000"}}), form("/sign-in/passkey/finish", url.Values{"token": {"none"}}),
		form("/invitation", url.Values{"token": {"none"}}), form("/witness/add-checkpoint", url.Values{"old": {"0"}}),
	})
}

// inPerson are requests that only a session may make; whoever comes without one is refused.
func inPerson() []stray {
	var out []stray
	for _, path := range []string{"/account/authenticator", "/account/recovery", "/account/passkey", "/account/key", "/account/sessions/end-all"} {
		out = append(out, stray{"POST " + path, path, url.Values{}})
	}
	return append(out, stray{"DELETE /api/v1/me/sessions", "/api/v1/me/sessions", nil})
}

// straying is everybody asking for what is about others, and those without a session for what
// is done in person. Nothing comes of it.
func (m *matrix) straying() {
	now := m.clock.now()
	_, invited, err := m.people.Invite(m.ctx, people.Invitation{Account: "invited", Post: people.Post{Name: "x"}}, now)
	m.no(err)
	sessions, err := m.people.Sessions(m.ctx, "vera", now)
	m.no(err)
	tokens, err := m.people.Tokens(m.ctx, "vera", now)
	m.no(err)
	before := m.accounts()
	m.everybody(func(x *asker) {
		list := strays(sessions[0].ID, tokens[0].ID, invited.ID)
		for n, c := range x.by {
			for i, s := range list {
				own := x.name == "vera" && strings.Contains(s.route, "{id}") && !strings.Contains(s.route, "people")
				forms := x.name == "vera" && (strings.Contains(s.path, "sessions/end") || strings.Contains(s.path, "tokens/revoke"))
				if x.name == "root" && n == 0 && strings.Contains(s.route, "people") || own || forms || !m.full && n == 1 && (i+len(x.name))%3 != 0 {
					continue
				}
				m.refuse(x, c, s)
			}
			for _, s := range inPerson() {
				if c.bearer != "" && strings.HasPrefix(s.path, "/account") || x.who.ID == "" {
					m.refuse(x, c, s)
				}
			}
		}
	})
	m.refuse(m.askers[0], m.askers[0].first(), stray{"POST /sign-in/passkey", "/sign-in/passkey", url.Values{}})
	m.refuse(m.askers[0], m.askers[0].first(), stray{"POST /sign-out", "/sign-out", url.Values{}})
	if after := m.accounts(); before != after {
		m.leak("accounts were\n%s\nand are\n%s", before, after)
	}
}

// accounts is everything about accounts that strays might change.
func (m *matrix) accounts() string {
	now := m.clock.now()
	list, err := m.people.Accounts(m.ctx, now)
	m.no(err)
	invitations, err := m.people.Invitations(m.ctx, now)
	m.no(err)
	var b strings.Builder
	fmt.Fprintln(&b, list, invitations)
	for _, a := range list {
		sessions, err := m.people.Sessions(m.ctx, a.ID, now)
		m.no(err)
		for _, s := range sessions {
			fmt.Fprintln(&b, a.ID, s.ID)
		}
		tokens, err := m.people.Tokens(m.ctx, a.ID, now)
		m.no(err)
		fmt.Fprintln(&b, tokens)
	}
	return b.String()
}

// refuse sends a stray request, which must come to nothing.
func (m *matrix) refuse(x *asker, c *client, s stray) {
	method, _, _ := strings.Cut(s.route, " ")
	var r said
	switch body := s.body.(type) {
	case url.Values:
		r = m.do(c, method, s.path, strings.NewReader(body.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json", "Sec-Fetch-Site", "same-origin")
	case nil:
		r = m.do(c, method, s.path, nil, "Sec-Fetch-Site", "same-origin")
	default:
		text, err := json.Marshal(body)
		m.no(err)
		r = m.do(c, method, s.path, bytes.NewReader(text), "Content-Type", "application/json", "Sec-Fetch-Site", "same-origin")
	}
	m.look(x, question{route: s.route, path: s.path, may: nothing}, r)
	if harmless := s.path == "/sign-in/passkey" || s.path == "/sign-out"; !harmless && (r.status < 400 || r.status >= 500) {
		m.leak("%s: %s: %d %s", x.name, s.route, r.status, r.body)
	}
}

// handing is everybody handing in reports and files, and having entries destroyed.
func (m *matrix) handing() {
	m.take()
	const report, file, destroy = "POST /api/v1/reports", "POST /api/v1/reports/{id}/attachments", "POST /api/v1/entries/{n}/destroy"
	now := m.clock.now()
	m.everybody(func(x *asker) {
		for i, mark := range []string{"", "TLP:RED TO:nora", "TLP:AMBER PARTY:north", "TLP:AMBER PARTY:south", "TLP:CLEAR"} {
			l, err := access.ParseLabel(cmp.Or(mark, "TLP:AMBER"))
			m.no(err)
			if l.Party == "" {
				l.Party = x.who.Party
			}
			may := m.policy.May(x.acting(), access.Report, "report", l, now).Allowed && (l.TLP != access.Clear || m.policy.May(x.acting(), access.Publish, "report", l, now).Allowed)
			id := fmt.Sprintf("handed-%s-%d", x.name, i)
			r := m.send(x, "/api/v1/reports", map[string]any{"report": truce.Report{ID: id, Elements: []truce.Element{{ID: id}}}, "mark": mark}, "Idempotency-Key", id)
			m.look(x, question{route: report, may: nothing}, r)
			if (r.status == http.StatusOK) != may {
				m.leak("%s hands in a report under %q: %d %s", x.name, mark, r.status, r.body)
			}
		}
		for i, r := range m.of("report", true) {
			if m.full || (i+len(x.name))%6 == 0 {
				m.attachTo(x, file, r, i)
			}
		}
		m.destroying(x, destroy)
	})
}

// attachTo tries to put a file beside a report.
func (m *matrix) attachTo(x *asker, route string, report stored, i int) {
	put := func(id string) said {
		return m.do(x.first(), "POST", "/api/v1/reports/"+url.PathEscape(id)+"/attachments?name=note.txt", strings.NewReader(fmt.Sprintf("a note of %s, %d\n", x.name, i)), "Content-Type", "text/plain", "Sec-Fetch-Site", "same-origin")
	}
	r := put(report.id)
	m.look(x, question{route: route, may: nothing}, r)
	if m.may(x.who, access.Read, report) {
		return
	}
	if other := put("no-such-report"); r.status < 400 || other.status != r.status || !bytes.Equal(other.body, r.body) {
		m.leak("%s puts a file beside a report under %s: %d %s; beside none: %d %s", x.name, report.mark, r.status, r.body, other.status, other.body)
	}
}

// destroying has somebody try to have entries destroyed: the head may, whatever the mark.
func (m *matrix) destroying(x *asker, route string) {
	for n, e := range m.entries {
		if e.Kind != "contact.made" || !slices.Contains(e.Fields.Held(), "reason") {
			continue
		}
		ask := func(n int) said {
			return m.send(x, fmt.Sprintf("/api/v1/entries/%d/destroy", n), map[string]any{"fields": []string{"reason"}, "reason": "asked for"})
		}
		r := ask(n)
		m.look(x, question{route: route, may: nothing}, r)
		head := slices.Contains(x.who.Roles, access.Head)
		if other := ask(987654); !head && (other.status != r.status || !bytes.Equal(other.body, r.body)) || head != (r.status == http.StatusOK) {
			m.leak("%s has entry %d destroyed: %d %s; and one that is not there: %d %s", x.name, n, r.status, r.body, other.status, other.body)
		}
		if !m.full {
			return
		}
	}
}
