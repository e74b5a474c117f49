package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/internal/chrome"
	"truce/ledger"
	"truce/screen"
)

// dayRoutes are the reports of days.
func (s *site) dayRoutes() {
	s.page("GET /days", false, s.daysPage)
	s.page("GET /days/{day}", false, s.dayPage)
	s.page("POST /days/{day}", false, s.freezeDay)
}

// strict refuses questions that a page does not have, and those asked twice.
func strict(r *http.Request, may ...string) error {
	for name, values := range r.URL.Query() {
		switch {
		case !slices.Contains(append(may, "as_of", "lang"), name):
			return invalid(name, "this page has no such question", "one of "+strings.Join(append(may, "as_of", "lang"), ", "))
		case len(values) > 1:
			return invalid(name, "it stands there twice", "once")
		}
	}
	return nil
}

// daysPage lists the reporting days.
func (s *site) daysPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "month", "to"); err != nil {
		return err
	}
	scope, err := daysScope(r)
	if err != nil {
		return err
	}
	sight, f, err := s.lookAt(r, "days", scope)
	if err != nil {
		return err
	}
	from, to := "", ""
	if sight.Part != nil {
		from, to = scope.Days[0].From, scope.Days[0].To
	}
	days, err := s.Record.Days(r.Context(), of(r.Context()).who, from, to, sight.AsOf)
	if err != nil {
		return err
	}
	if len(days) > 0 {
		if f.View, err = screen.NewDays(sight, days, r.FormValue("month"), f.AsOf); err != nil {
			return err
		}
	}
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// daysScope are the days of the month that is asked for, up to a day where one is named.
func daysScope(r *http.Request) (desk.Scope, error) {
	days := desk.Days{To: r.FormValue("to")}
	if days.To != "" {
		if _, err := desk.ParseDay(days.To); err != nil {
			return desk.Scope{}, err
		}
	}
	if month := r.FormValue("month"); month != "" {
		first, err := time.Parse("2006-01", month)
		if err != nil {
			return desk.Scope{}, invalid("month", "this is no month", "a month such as 2016-04")
		}
		last := first.AddDate(0, 1, -1).Format(time.DateOnly)
		if days.From = first.Format(time.DateOnly); days.To == "" || days.To > last || days.To < days.From {
			days.To = last
		}
	}
	return desk.Scope{Days: []desk.Days{days}}, nil
}

// dayPage shows the report of a day, or hands it out as a file.
func (s *site) dayPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "frozen"); err != nil {
		return err
	}
	day, ending, _ := strings.Cut(r.PathValue("day"), ".")
	switch ending {
	case "json":
		return s.dayJSON(w, r, day)
	case "pdf":
		return s.dayPDF(w, r, day)
	case "":
		return s.dayHTML(w, r, day)
	}
	return nothingHere()
}

func (s *site) dayHTML(w http.ResponseWriter, r *http.Request, day string) error {
	if strings.Contains(r.PathValue("day"), ".") {
		return nothingHere()
	}
	who := of(r.Context()).who
	scope, err := desk.DayScope(day)
	if err != nil {
		return conceal(err)
	}
	sight, f, err := s.lookAt(r, "day", scope)
	if err != nil {
		return err
	}
	frozen, err := s.frozenDay(r, day, "no")
	if err != nil {
		return err
	}
	ask := screen.DayAsk{AsOf: f.AsOf, Frozen: frozen}
	if frozen != nil {
		ask.Report = frozen.Report
		f.Entries, f.Recorded = ask.Report.Entries, ask.Report.Recorded
	} else if ask.Report, err = s.Record.Day(r.Context(), who, day, sight.AsOf); err != nil {
		return conceal(err)
	}
	if sight.Result == nil {
		return nothingHere()
	}
	ask.Mission = sight.Result.Mission
	ask.Previous, ask.Next = s.beside(sight, day)
	if ask.Notices, err = s.notices(r.Context(), who, day, sight.AsOf); err != nil {
		return err
	}
	if f.AsOf == "" && frozen == nil && sight.Part == nil {
		ask.May, ask.From = s.mayFreeze(who, ask)
	}
	if f.View, err = screen.NewDay(ask); err != nil {
		return err
	}
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// beside are the days before and after one that have a report.
func (s *site) beside(sight *desk.Sight, day string) (previous, next string) {
	t, err := desk.ParseDay(day)
	if err != nil {
		return "", ""
	}
	if d := t.AddDate(0, 0, -1).Format(time.DateOnly); sight.Result.HasDay(d, s.Now()) {
		previous = d
	}
	if d := t.AddDate(0, 0, 1).Format(time.DateOnly); sight.Result.HasDay(d, s.Now()) {
		next = d
	}
	return previous, next
}

// notices are the frozen reports of a day with what changed since.
func (s *site) notices(ctx context.Context, who access.Person, day string, asOf int64) ([]desk.DayNotice, error) {
	releases, err := s.Record.DayReleases(ctx, who, day, asOf)
	if err != nil {
		return nil, err
	}
	var out []desk.DayNotice
	for _, rel := range releases {
		n, err := s.Record.NoticeInPassing(ctx, rel)
		if err != nil {
			return nil, err
		}
		out = append(out, *n)
	}
	return out, nil
}

// mayFreeze are the marks under which somebody may freeze a day now, or the moment from which
// they may.
func (s *site) mayFreeze(who access.Person, ask screen.DayAsk) ([]string, time.Time) {
	var may []string
	for _, mark := range desk.DayMarks() {
		had := slices.ContainsFunc(ask.Notices, func(n desk.DayNotice) bool { return n.Frozen.Mark == mark })
		if !had && s.Record.MayFreeze(who, mark) == nil {
			may = append(may, mark)
		}
	}
	if from := ask.Report.Span.To.Add(access.Delay); may != nil && s.Now().Before(from) {
		return nil, from
	}
	return may, time.Time{}
}

// frozenDay is the frozen report that an address names by its mark; "no" is none. Where it
// names none it is the first that there is, or what otherwise says.
func (s *site) frozenDay(r *http.Request, day, otherwise string) (*desk.FrozenDay, error) {
	mark := r.URL.Query().Get("frozen")
	if mark == "" {
		mark = otherwise
	}
	if mark != "" && mark != "no" && !slices.Contains(desk.DayMarks(), mark) {
		return nil, invalid("frozen", "no report is frozen under this mark", "CLEAR, GREEN, AMBER or no")
	}
	if _, err := desk.ParseDay(day); err != nil || mark == "no" {
		return nil, err
	}
	n, err := s.asOf(r.Context(), r.FormValue("as_of"))
	if err != nil {
		return nil, err
	}
	releases, err := s.Record.DayReleases(r.Context(), of(r.Context()).who, day, n)
	if err != nil {
		return nil, err
	}
	for _, rel := range releases {
		if mark == "" || rel.Mark == mark {
			if err := s.smallEnough(r.Context()); err != nil {
				return nil, err
			}
			f, err := s.Record.Frozen(r.Context(), rel)
			return &f, err
		}
	}
	if mark != "" {
		return nil, nothingHere()
	}
	return nil, nil
}

// smallEnough refuses what needs the whole of a large record, which takes longer than anybody
// waits for a page.
func (s *site) smallEnough(ctx context.Context) error {
	if large, err := s.Record.IsLarge(ctx); err != nil || !large {
		return err
	}
	return problem(http.StatusConflict, "too-large", "This record is too large to freeze a report here, or to make a frozen one again. Whoever keeps the record can: truce day.")
}

// dayFile is the report that leaves as a file: a frozen one, or what whoever asks may take out.
func (s *site) dayFile(r *http.Request, day string) (*desk.DayReport, *desk.FrozenDay, error) {
	frozen, err := s.frozenDay(r, day, "")
	if err != nil {
		return nil, nil, err
	}
	if frozen != nil {
		return frozen.Report, frozen, nil
	}
	n, err := s.asOf(r.Context(), r.FormValue("as_of"))
	if err != nil {
		return nil, nil, err
	}
	report, err := s.Record.DayFile(r.Context(), of(r.Context()).who, day, n)
	return report, nil, conceal(err)
}

// dayJSON hands out the canonical form. Its tag is its hash.
func (s *site) dayJSON(w http.ResponseWriter, r *http.Request, day string) error {
	report, _, err := s.dayFile(r, day)
	if err != nil {
		return err
	}
	text, err := report.Bytes()
	if err != nil {
		return err
	}
	hash, err := report.Hash()
	if err != nil {
		return err
	}
	of(r.Context()).did("day taken out", slog.Int64("entries", report.Entries), slog.String("mark", report.Reader))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", `"`+hash+`"`)
	if r.Header.Get("If-None-Match") == `"`+hash+`"` {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, _ = w.Write(text)
	return nil
}

// dayPDF prints the page of the report.
func (s *site) dayPDF(w http.ResponseWriter, r *http.Request, day string) error {
	report, frozen, err := s.dayFile(r, day)
	if err != nil {
		return err
	}
	sight, _, err := s.lookAt(r, "day", desk.Scope{Days: []desk.Days{{From: day, To: day}}})
	if err != nil {
		return err
	}
	if sight.Result == nil {
		return nothingHere()
	}
	lang := s.language(w, r)
	text, err := printDay(r.Context(), s.Chromium, s.pages, lang, s.Name, sight.Result.Mission, report, frozen)
	if errors.Is(err, ErrNoPrinter) {
		return problem(http.StatusNotImplemented, "no-printer", "There is no Chromium on this machine to print with. Print the page of the day from a browser: it is laid out for A4.")
	}
	if err != nil {
		return err
	}
	of(r.Context()).did("day taken out", slog.Int64("entries", report.Entries), slog.String("mark", report.Reader))
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+report.Span.Day+"-"+string(lang)+`.pdf"`)
	_, _ = w.Write(text)
	return nil
}

// ErrNoPrinter says that there is no Chromium to print with.
var ErrNoPrinter = errors.New("there is no Chromium to print with")

// PrintDay prints the page of a report to PDF in a language, as whoever has it may hand it on:
// it holds nothing beside the report. chromium names the program; empty is one of the usual
// names. It fails with [ErrNoPrinter] where there is none.
func PrintDay(ctx context.Context, chromium, lang string, m *desk.Mission, report *desk.DayReport, frozen *desk.FrozenDay) ([]byte, error) {
	pages, err := screen.New()
	if err != nil {
		return nil, err
	}
	return printDay(ctx, chromium, pages, screen.Match(lang), m.Title, m, report, frozen)
}

func printDay(ctx context.Context, chromium string, pages *screen.Set, lang screen.Lang, name string, m *desk.Mission, report *desk.DayReport, frozen *desk.FrozenDay) ([]byte, error) {
	printer, err := chrome.NewPrinter(chromium)
	if err != nil {
		return nil, ErrNoPrinter
	}
	view, err := screen.NewDay(screen.DayAsk{Report: report, Mission: m, Frozen: frozen})
	if err != nil {
		return nil, err
	}
	path := "/days/" + report.Span.Day
	document, err := pages.Render(lang, screen.Frame{Page: "day", Mission: name, Path: path, Entries: report.Entries, Recorded: report.Recorded, Zone: m.Zone, View: view})
	if err != nil {
		return nil, err
	}
	text, err := printer.Print(ctx, chrome.Page{Document: document, Path: path, Files: screen.Files()})
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: path, Msg: "the page cannot be printed", Err: err}
	}
	return text, nil
}

// freezeDay freezes and publishes the report of a day.
func (s *site) freezeDay(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, day, mark := r.Context(), r.PathValue("day"), r.PostFormValue("mark")
	who := of(ctx).who
	of(ctx).did("day frozen")
	if err := s.Record.MayFreeze(who, mark); err != nil {
		return err
	}
	if r.PostFormValue("confirm") != "yes" {
		return invalid("confirm", "nobody has confirmed it", "yes")
	}
	if err := s.smallEnough(ctx); err != nil {
		return err
	}
	var done desk.DayRelease
	err := s.signing(ctx, who, func(key *ledger.Key) (err error) {
		done, err = s.Record.FreezeDay(ctx, who, day, mark, key)
		return err
	})
	if err != nil {
		return err
	}
	of(ctx).did("day frozen", about(done.Entry), slog.String("mark", done.Mark))
	http.Redirect(w, r, "/days/"+done.Day+"?frozen="+done.Mark, http.StatusSeeOther)
	return nil
}
