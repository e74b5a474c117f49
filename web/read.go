package web

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/reading"
	"truce/reading/beside"
	"truce/screen"
)

// readRoutes are the accounts: read by a program, decided on by people.
func (s *site) readRoutes() {
	s.page("GET /read", false, s.readPage)
	s.page("POST /read", false, s.readAccount)
	s.page("GET /read/beside", false, s.besidePage)
	s.page("POST /read/beside", false, s.besideTexts)
	s.page("GET /read/{id}", false, s.keptPage)
}

// mostKept is how many accounts are listed.
const mostKept = 50

// readsAccounts reports whether whoever asks may read accounts, in today's state.
func (s *site) readsAccounts(r *http.Request) bool {
	who := of(r.Context()).who
	return who.ID != "" && r.FormValue("as_of") == "" && s.policy.May(who, access.Report, "reading", access.Label{TLP: access.Amber}, s.Now()).Allowed
}

// readStart is the page before anything was read.
func (s *site) readStart(r *http.Request, page string) (*desk.Sight, screen.Frame, screen.Read, error) {
	sight, f, err := s.glance(r, page)
	if err != nil {
		return nil, f, screen.Read{}, err
	}
	v := screen.Read{May: s.readsAccounts(r), Zones: "UTC", Once: rand.Text()}
	if sight.Zone != nil {
		v.Zones = sight.Zone.String()
	}
	if v.May {
		v.Kept, err = s.Record.KeptAccounts(r.Context(), of(r.Context()).who, sight.AsOf, mostKept)
	}
	return sight, f, v, err
}

func (s *site) readPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	_, f, v, err := s.readStart(r, "read")
	if err != nil {
		return err
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func (s *site) keptPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, v, err := s.readStart(r, "read")
	if err != nil {
		return err
	}
	if !v.May {
		f.View = v
		s.showAs(w, r, http.StatusOK, f)
		return nil
	}
	a, err := s.Record.KeptAccount(r.Context(), of(r.Context()).who, sight.AsOf, r.PathValue("id"))
	if err != nil {
		return conceal(err)
	}
	return s.showRead(w, r, sight, f, v, a)
}

// showRead reads an account and shows it.
func (s *site) showRead(w http.ResponseWriter, r *http.Request, sight *desk.Sight, f screen.Frame, v screen.Read, a desk.Account) error {
	read, err := s.Record.ReadAccount(r.Context(), of(r.Context()).who, sight, a)
	if err != nil {
		return err
	}
	lessons, err := s.Record.Lessons(r.Context(), of(r.Context()).who, sight.AsOf)
	if err != nil {
		return err
	}
	v.Account = read.Account
	v.Done = screen.NewReadDone(read, lessons)
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// readForm reads a form that may carry a file.
func readForm(r *http.Request) error {
	if of(r.Context()).who.ID == "" {
		return needSignIn("not signed in")
	}
	err := r.ParseMultipartForm(bodyMost)
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
	}
	if err != nil {
		return badForm(err)
	}
	return nil
}

// readAccount reads what was pasted or uploaded, or enters what was decided.
func (s *site) readAccount(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	sight, f, v, err := s.readStart(r, "read")
	if err != nil {
		return err
	}
	if !v.May {
		return problem(http.StatusForbidden, "not-allowed", "Your post does not read accounts.")
	}
	a := accountOf(r, "")
	switch r.PostFormValue("do") {
	case "enter":
		return s.enterAccount(w, r, sight, a)
	case "teach":
		return s.teachNames(w, r, sight, a)
	case "":
	default:
		return invalid("do", "this is no form of the page", "enter or teach")
	}
	papers, err := opened(r, a)
	if err != nil {
		return err
	}
	if v.Notes = papers[0].Notes; len(papers) > 1 {
		for _, p := range papers {
			v.Papers = append(v.Papers, account(p, a))
		}
		f.View = v
		s.showAs(w, r, http.StatusOK, f)
		return nil
	}
	return s.showRead(w, r, sight, f, v, account(papers[0], a))
}

// accountOf is the account that a form carries; the names of its fields end in suffix.
func accountOf(r *http.Request, suffix string) desk.Account {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name + suffix)) }
	zone := cmp.Or(get("zone"), strings.TrimSpace(r.PostFormValue("zone")))
	return desk.Account{Text: r.PostFormValue("text" + suffix), Day: get("day"), Zone: zone, Outlet: get("outlet"), Title: get("title")}
}

// opened are the accounts in the file that was uploaded, or the one that was pasted.
func opened(r *http.Request, a desk.Account) ([]reading.Paper, error) {
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return []reading.Paper{{Account: reading.Account{Outlet: a.Outlet, Title: a.Title}, Text: a.Text}}, nil
	}
	defer file.Close()
	about := reading.Account{Outlet: a.Outlet, Title: a.Title}
	if about.Zone, err = truce.Zone("zone", cmp.Or(a.Zone, "UTC")); err != nil {
		return nil, err
	}
	if about.Date, err = time.ParseInLocation(time.DateOnly, a.Day, about.Zone); a.Day != "" && err != nil {
		return nil, invalid("day", "this is no day", "such as 2016-08-26, or nothing")
	}
	papers, err := reading.Open(head.Filename, io.LimitReader(file, bodyMost), about)
	if err == nil && len(papers) == 0 {
		err = &truce.Error{Kind: truce.Invalid, At: "file", Msg: "the file holds no account", Hint: "a text, a page, a feed or a PDF with text"}
	}
	return papers, err
}

// account is a paper as the desk takes it; what the form said goes before what it says.
func account(p reading.Paper, a desk.Account) desk.Account {
	out := desk.Account{Text: p.Text, Day: a.Day, Zone: a.Zone, Outlet: cmp.Or(a.Outlet, p.Outlet), Title: cmp.Or(a.Title, p.Title)}
	if out.Day == "" && !p.Date.IsZero() {
		out.Day = p.Date.Format(time.DateOnly)
	}
	return out
}

// enterAccount enters the drafts that were accepted, with the account.
func (s *site) enterAccount(w http.ResponseWriter, r *http.Request, sight *desk.Sight, a desk.Account) error {
	who := of(r.Context()).who
	read, err := s.Record.ReadAccount(r.Context(), who, sight, a)
	if err != nil {
		return err
	}
	acts, err := read.Acts(decisions(r))
	if err != nil {
		return err
	}
	if len(acts) > 0 {
		for i := range acts {
			acts[i].Submission = ownKey(who, acts[i].Submission)
		}
		if err := s.enter(r, acts...); err != nil {
			return conceal(err)
		}
	}
	to := "/read"
	if len(acts) > 0 || read.Decided != nil {
		to += "/" + url.PathEscape(read.ID)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// decisions are those of the form, in its order.
func decisions(r *http.Request) []desk.AccountDecision {
	var out []desk.AccountDecision
	for _, numbered := range r.PostForm["key"] {
		n, key, _ := strings.Cut(numbered, " ")
		get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name + "-" + n)) }
		if says := get("says"); says == desk.Accepted || says == desk.Rejected {
			out = append(out, desk.AccountDecision{Key: key, Says: says, Facts: desk.AccountFacts{Act: get("act"), By: get("by"), Against: get("against"),
				Place: get("place"), From: get("from"), To: get("to"), Killed: get("killed"), Injured: get("injured")}})
		}
	}
	return out
}

// teachNames enters the names that were corrected, and reads again.
func (s *site) teachNames(w http.ResponseWriter, r *http.Request, sight *desk.Sight, a desk.Account) error {
	read, err := s.Record.ReadAccount(r.Context(), of(r.Context()).who, sight, a)
	if err != nil {
		return err
	}
	really, what := r.PostForm["really"], r.PostForm["what"]
	var acts []desk.Act
	for i, name := range r.PostForm["name"] {
		if i >= len(really) || i >= len(what) || strings.TrimSpace(really[i]) == "" {
			continue
		}
		act, err := read.Lesson(desk.Lesson{Name: name, What: what[i], Value: really[i]})
		if err != nil {
			return err
		}
		act.Submission = ownKey(of(r.Context()).who, r.PostFormValue("once")+"-"+strconv.Itoa(i))
		acts = append(acts, act)
	}
	if len(acts) > 0 {
		if err := s.enter(r, acts...); err != nil {
			return conceal(err)
		}
	}
	sight, f, v, err := s.readStart(r, "read")
	if err != nil {
		return err
	}
	return s.showRead(w, r, sight, f, v, a)
}

// besidePage lays two accounts that were kept side by side.
func (s *site) besidePage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "a", "b"); err != nil {
		return err
	}
	sight, f, v, err := s.readStart(r, "readbeside")
	if err != nil {
		return err
	}
	a, b := r.URL.Query().Get("a"), r.URL.Query().Get("b")
	if !v.May || a == "" || b == "" {
		f.View = screen.ReadBeside{May: v.May, Kept: v.Kept, Zones: v.Zones}
		s.showAs(w, r, http.StatusOK, f)
		return nil
	}
	var two [2]desk.Account
	for i, id := range []string{a, b} {
		if two[i], err = s.Record.KeptAccount(r.Context(), of(r.Context()).who, sight.AsOf, id); err != nil {
			return conceal(err)
		}
	}
	return s.showBeside(w, r, sight, f, v, two)
}

// besideTexts lays two pasted texts side by side. Nothing of them is stored.
func (s *site) besideTexts(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	sight, f, v, err := s.readStart(r, "readbeside")
	if err != nil {
		return err
	}
	if !v.May {
		return problem(http.StatusForbidden, "not-allowed", "Your post does not read accounts.")
	}
	return s.showBeside(w, r, sight, f, v, [2]desk.Account{accountOf(r, "-a"), accountOf(r, "-b")})
}

func (s *site) showBeside(w http.ResponseWriter, r *http.Request, sight *desk.Sight, f screen.Frame, v screen.Read, two [2]desk.Account) error {
	var read [2]*desk.AccountRead
	for i, a := range two {
		var err error
		if read[i], err = s.Record.ReadAccount(r.Context(), of(r.Context()).who, sight, a); err != nil {
			return err
		}
	}
	view := screen.NewReadBeside(read[0], read[1], beside.Compare(read[0].Reading, read[1].Reading))
	view.Kept, view.Zones = v.Kept, v.Zones
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}
