package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/reading"
)

// MostAccount is how long an account may be that is read on a page, in bytes.
const MostAccount = 200_000

// Account is a text as somebody handed it in. Day is as 2016-08-26 and empty if nobody
// knows it; then relative times stay open. Zone is empty for the mission's.
type Account struct {
	ID, Text, Day, Zone, Outlet, Title string
}

// AccountRead is an account as it was read, with a draft for everything that may be entered.
type AccountRead struct {
	Account
	Reading reading.Reading
	Drafts  []AccountDraft
	// Decided is what was decided of drafts before, by key; nil if the account is not kept.
	Decided map[string]string
	zone    *time.Location
	mission *Mission
}

// AccountDraft is one thing that was read and may become a report: a happening, or what
// somebody said.
type AccountDraft struct {
	// Key tells drafts of a reading apart: the same text read the same way gives the same.
	Key string
	reading.Span
	Element truce.Element
	// Said is what is said, and Stance what its speaker does, for a statement.
	Said   *reading.Span
	Stance string
	// Open names the facts that the text leaves open.
	Open []string
	// Entered is the report that it became, or "".
	Entered string
}

// Statement reports whether the draft is of something said.
func (d AccountDraft) Statement() bool { return d.Said != nil }

// ReadAccount reads a text with the lists of the mission, and with what people taught.
func (r *Record) ReadAccount(ctx context.Context, who access.Person, s *Sight, a Account) (*AccountRead, error) {
	if s.Zone == nil {
		return nil, &truce.Error{Kind: truce.Conflict, At: "mission", Msg: "no mission has been adopted that you may see", Hint: "a mission with its register"}
	}
	out := &AccountRead{Account: a, zone: s.Zone}
	about, err := out.told()
	if err != nil {
		return nil, err
	}
	terms, err := r.terms(ctx, s.AsOf)
	if err != nil {
		return nil, err
	}
	out.mission = terms.mission
	lists, err := r.taught(ctx, who, s.AsOf, out.mission)
	if err != nil {
		return nil, err
	}
	reader, err := reading.NewRules(lists)
	if err != nil {
		return nil, err
	}
	if out.Reading, err = reader.Read(ctx, out.Text, about); err != nil {
		return nil, err
	}
	out.ID = accountID(out.Account)
	out.drafts()
	return out, r.entered(ctx, who, s, out)
}

// told cleans the text and makes what the reader is told before it reads.
func (a *AccountRead) told() (reading.Account, error) {
	out := reading.Account{Outlet: a.Outlet, Title: a.Title}
	if len(a.Text) > MostAccount {
		return out, &truce.Error{Kind: truce.Invalid, At: "text", Msg: fmt.Sprintf("the text has %d bytes", len(a.Text)), Hint: fmt.Sprintf("%d at most; cut it up", MostAccount)}
	}
	text, err := reading.Clean("text", []byte(strings.TrimSpace(a.Text)+"\n"))
	if err != nil {
		return out, err
	}
	if a.Text = strings.TrimSpace(text); a.Text == "" {
		return out, &truce.Error{Kind: truce.Invalid, At: "text", Msg: "there is no text", Hint: "an account, pasted or uploaded"}
	}
	if a.Zone != "" {
		if a.zone, err = truce.Zone("zone", a.Zone); err != nil {
			return out, err
		}
	}
	if a.zone == nil {
		a.zone = time.UTC
	}
	a.Zone, out.Zone = a.zone.String(), a.zone
	if a.Day != "" {
		if out.Date, err = time.ParseInLocation(time.DateOnly, a.Day, a.zone); err != nil {
			return out, &truce.Error{Kind: truce.Invalid, At: "day", Msg: fmt.Sprintf("%.40q is no day", a.Day), Hint: "such as 2016-08-26, or nothing"}
		}
	}
	return out, nil
}

// accountID names an account by what was handed in, so that the same is the same.
func accountID(a Account) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{a.Text, a.Day, a.Zone, a.Outlet, a.Title}, "\x00")))
	return "ACC-" + hex.EncodeToString(sum[:6])
}

// Lesson is a name that people taught the reader: the words, what they name (actor or
// place), and which one.
type Lesson struct {
	ID    string `json:"-"`
	Name  string `json:"name"`
	What  string `json:"what"`
	Value string `json:"value"`
}

// Lessons lists what people taught, as far as somebody may see it, oldest first.
func (r *Record) Lessons(ctx context.Context, who access.Person, asOf int64) ([]Lesson, error) {
	var out []Lesson
	err := r.eachSeen(ctx, who, asOf, "lesson", func(row Seen) error {
		l := Lesson{ID: row.ID}
		if json.Unmarshal(row.Body, &l) == nil && l.Name != "" && l.Value != "" {
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

// taught are the lists of the mission with what people taught.
func (r *Record) taught(ctx context.Context, who access.Person, asOf int64, m *Mission) (reading.Lists, error) {
	lists := reading.Lists{Register: m.register, Sites: Sites(m.atlas), Taught: map[string]string{}}
	lessons, err := r.Lessons(ctx, who, asOf)
	for _, l := range lessons {
		switch l.What {
		case "actor":
			lists.Taught[l.Name] = l.Value
		case "place":
			lists.Sites = append(lists.Sites, reading.Site{Code: l.Value, Area: l.Value, Names: []string{l.Name}})
		}
	}
	return lists, err
}

// drafts makes the drafts of a reading, in the order of the text.
func (a *AccountRead) drafts() {
	for _, h := range a.Reading.Happenings {
		if len(h.Report.Elements) != 1 {
			continue
		}
		e := h.Report.Elements[0]
		a.Drafts = append(a.Drafts, AccountDraft{Key: fmt.Sprintf("h%d-%d-%s", h.From, h.To, strings.Join(e.Acts, "+")), Span: h.Span, Element: e, Open: h.Open})
	}
	for _, s := range a.Reading.Statements {
		if s.Speaker != nil && s.Said.To > s.Said.From {
			a.Drafts = append(a.Drafts, a.statement(s))
		}
	}
	slices.SortStableFunc(a.Drafts, func(x, y AccountDraft) int { return x.From - y.From })
	a.Drafts = slices.CompactFunc(a.Drafts, func(x, y AccountDraft) bool { return x.Key == y.Key })
}

// statement makes a draft of something said: the act is the saying, nothing of what is said.
func (a *AccountRead) statement(s reading.Statement) AccountDraft {
	act := map[reading.Stance]string{reading.Announces: "announcement", reading.Promises: "announcement"}[s.Stance]
	if act == "" {
		act = "statement"
	}
	said := a.Text[s.Said.From:s.Said.To]
	e := truce.Element{Acts: []string{act}, Title: cut(said, 120), Facts: map[string]truce.Values{"stance": {Words: []string{string(s.Stance)}}}}
	if by := s.Speaker.Codes; len(by) > 0 && s.Speaker.Certain {
		e.By = by[:1]
	} else if s.Speaker.Text != "" {
		e.By = []string{"?" + s.Speaker.Text}
	}
	if s.When != nil {
		e.When = []truce.When{*s.When}
	}
	return AccountDraft{Key: fmt.Sprintf("s%d-%d", s.Said.From, s.Said.To), Span: s.Span, Element: e, Said: &s.Said, Stance: string(s.Stance)}
}

// cut shortens a text at a word.
func cut(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimRight(string(r[:most]), " ") + "…"
	}
	return s
}

// reportID names the report that a draft becomes.
func (a *AccountRead) reportID(d AccountDraft) string { return a.ID + "-" + d.Key }

// entered says of each draft whether it is in the record already, and what was decided.
func (r *Record) entered(ctx context.Context, who access.Person, s *Sight, a *AccountRead) error {
	if row, err := r.Row(ctx, who, s.AsOf, "reading", a.ID); err == nil {
		var b struct{ Decisions map[string]string }
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return err
		}
		a.Decided = b.Decisions
	}
	for i, d := range a.Drafts {
		_, err := r.Row(ctx, who, s.AsOf, "report", a.reportID(d))
		switch kindOf(err) {
		case truce.Absent, truce.Denied:
			continue
		}
		if err != nil {
			return err
		}
		a.Drafts[i].Entered = a.reportID(d)
	}
	return nil
}

// KeptAccount finds an account that was read before.
func (r *Record) KeptAccount(ctx context.Context, who access.Person, asOf int64, id string) (Account, error) {
	row, err := r.Row(ctx, who, asOf, "reading", id)
	if err != nil {
		return Account{}, err
	}
	var b struct{ Text, Day, Zone, Outlet, Title string }
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return Account{}, err
	}
	if b.Text == "" {
		return Account{}, &truce.Error{Kind: truce.Denied, At: "text", Msg: "the text is not shown to your post"}
	}
	return Account{ID: id, Text: b.Text, Day: b.Day, Zone: b.Zone, Outlet: b.Outlet, Title: b.Title}, nil
}

// KeptAccounts lists the accounts that were read, newest first, without their texts.
func (r *Record) KeptAccounts(ctx context.Context, who access.Person, asOf int64, most int) ([]Account, error) {
	page, err := r.Rows(ctx, who, Question{Kind: "reading", AsOf: asOf, Newest: true, Limit: most})
	if err != nil {
		return nil, err
	}
	out := make([]Account, 0, len(page.Rows))
	for _, row := range page.Rows {
		var b struct{ Day, Outlet, Title, Text string }
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return nil, err
		}
		out = append(out, Account{ID: row.ID, Day: b.Day, Outlet: b.Outlet, Title: firstOf(b.Title, cut(b.Text, 80))})
	}
	return out, nil
}

func firstOf(s ...string) string {
	i := slices.IndexFunc(s, func(x string) bool { return x != "" })
	return s[max(i, 0)]
}
