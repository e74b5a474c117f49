package web

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/match"
	"truce/screen"
	"truce/tiles"
)

// takeRoutes are the doors of those who take reports down.
func (s *site) takeRoutes() {
	s.page("GET /take", false, s.takePage)
	s.page("POST /take", false, s.takeDown)
	s.page("POST /take/watch", false, s.takeWatch)
	s.sendRoutes()
	s.inboxRoutes()
	s.uploadRoutes()
	s.claimRoutes()
}

// widths are how wide in metres a place of a rank is taken to be, from its middle.
var widths = []float64{15_000, 10_000, 6_000, 4_000, 3_000, 2_000, 2_000}

// openGazetteer reads the places of the base map, to be found by name.
func openGazetteer() (*desk.Gazetteer, error) {
	base, err := tiles.OpenBase()
	if err != nil {
		return nil, err
	}
	var spots []desk.Spot
	for p := range base.Places() {
		names := []string{p.Name}
		if p.Arabic != "" {
			names = append(names, p.Arabic)
		}
		spots = append(spots, desk.Spot{Names: names, Lat: math.Round(p.Lat*1e4) / 1e4, Lon: math.Round(p.Lon*1e4) / 1e4, Within: widths[p.Rank]})
	}
	return desk.NewGazetteer(spots), nil
}

// longestCall is how long after it began a call may be saved.
const longestCall = 24 * time.Hour

// takePage is an empty form, after what was saved before it.
func (s *site) takePage(w http.ResponseWriter, r *http.Request) error {
	who := of(r.Context()).who
	if err := s.Record.MayTake(who); err != nil {
		return err
	}
	go s.gazetteer() // nobody shall wait for it who is on the telephone
	t, err := s.newTake(r.Context(), desk.Call{At: s.Now()}, nil, rand.Text())
	if err != nil {
		return err
	}
	if id := r.FormValue("saved"); id != "" {
		if t.Saved, err = s.saved(r.Context(), id, r.FormValue("again") != ""); err != nil {
			return conceal(err)
		}
	}
	t.Watch.Saved = r.FormValue("watch") == "saved"
	return s.showTake(w, r, http.StatusOK, t)
}

func (s *site) showTake(w http.ResponseWriter, r *http.Request, status int, t *screen.Take) error {
	_, f, err := s.look(r, "take")
	if err != nil {
		return err
	}
	f.View = t
	s.showAs(w, r, status, f)
	return nil
}

// newTake is the page of a call.
func (s *site) newTake(ctx context.Context, c desk.Call, h *desk.Heard, once string) (*screen.Take, error) {
	words, err := s.Record.Vocabulary(ctx, of(ctx).who)
	if err != nil {
		return nil, err
	}
	t := screen.NewTake(c, h, words.Acts, words.Means, once)
	for _, a := range words.Areas {
		t.Watch.Areas = append(t.Watch.Areas, screen.TakeArea{Code: a.Code, Name: a.Name})
	}
	return t, nil
}

// saved is a report of one's own that was just saved, with what it may be another report of.
func (s *site) saved(ctx context.Context, id string, again bool) (*screen.TakeSaved, error) {
	number, err := s.Record.Number(ctx, of(ctx).who, id)
	if err != nil {
		return nil, err
	}
	out := &screen.TakeSaved{Report: id, Number: number, Repeat: again}
	out.Suggestions, out.Asked, err = s.suggestions(ctx, id)
	return out, err
}

// takeDown reads a call back, or saves it.
func (s *site) takeDown(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, who := r.Context(), of(r.Context()).who
	c, once, err := s.callOf(r)
	if err != nil {
		return err
	}
	gazetteer, err := s.gazetteer()
	if err != nil {
		return err
	}
	h, err := s.Record.Hear(ctx, who, gazetteer, c)
	if err != nil {
		return err
	}
	if r.PostForm.Get("step") != "save" {
		return s.hearing(w, r, c, h, once, nil)
	}
	taken, err := s.Record.Take(ctx, who, gazetteer, ownKey(who, "take/"+once), c)
	var wrong truce.Problems
	if errors.As(err, &wrong) {
		return s.hearing(w, r, c, h, once, wrong)
	}
	if err != nil {
		return err
	}
	of(ctx).did("report taken", about(taken.Number))
	q := url.Values{"saved": {taken.Report}}
	if taken.Repeat {
		q.Set("again", "1")
	}
	http.Redirect(w, r, "/take?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// hearing shows what was heard, and what is wrong with it.
func (s *site) hearing(w http.ResponseWriter, r *http.Request, c desk.Call, h *desk.Heard, once string, wrong truce.Problems) error {
	t, err := s.newTake(r.Context(), c, h, once)
	if err != nil {
		return err
	}
	t.Problems(wrong)
	status := http.StatusOK
	if len(t.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.showTake(w, r, status, t)
}

// callOf reads a call from a form, and the name of the submission.
func (s *site) callOf(r *http.Request) (desk.Call, string, error) {
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	once, at, err := s.onceOf(r)
	if err != nil {
		return desk.Call{}, "", err
	}
	return desk.Call{
		At: at, Act: f("act"), Means: f("means"), Place: f("place"), Pick: f("pick"), ReadBack: f("read_back") == "yes",
		When: f("when"), Going: f("going"), Who: f("who"), WhoPick: r.PostForm["who_pick"], Against: f("against"), AgainstPick: r.PostForm["against_pick"],
		Killed: f("killed"), Injured: f("injured"), Trapped: f("trapped") == "yes", Medical: f("medical") == "yes", Words: f("words"),
		Source: f("source"), Identity: f("identity"), Reliability: f("reliability"), Credibility: f("credibility"),
		Share: f("share"), CallBack: f("callback") == "yes", Endangers: f("endangers") == "yes", Lang: string(screen.Match(r.PostForm.Get("told"))),
	}, once, nil
}

// onceOf reads which submission a form is, and when it was begun.
func (s *site) onceOf(r *http.Request) (once string, at time.Time, err error) {
	once = r.PostForm.Get("once")
	if n := len(once); n < 16 || n > 64 || strings.ContainsFunc(once, func(c rune) bool { return !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z') }) {
		return "", at, invalid("once", "this form has no name", "the form as it was shown")
	}
	at, err = time.Parse(time.RFC3339, r.PostForm.Get("at"))
	if now := s.Now(); err != nil || at.After(now.Add(time.Minute)) || at.Before(now.Add(-longestCall)) {
		return "", at, invalid("at", "this form was not begun in the last day", "a new form")
	}
	return once, at, nil
}

// takeWatch saves that a watch was kept, and what was seen: nothing is a report, too.
func (s *site) takeWatch(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx, who := r.Context(), of(r.Context()).who
	once, at, err := s.onceOf(r)
	if err != nil {
		return err
	}
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	watch := desk.Watch{At: at, Area: f("area"), When: f("watched"), Saw: f("saw"), By: f("by"), Note: f("note")}
	done, err := s.Record.Watch(ctx, who, ownKey(who, "watch/"+once), watch)
	var wrong truce.Problems
	if errors.As(err, &wrong) {
		t, err := s.newTake(ctx, desk.Call{At: at}, nil, once)
		if err != nil {
			return err
		}
		t.Watch.Area, t.Watch.When, t.Watch.Saw, t.Watch.By, t.Watch.Note, t.Watch.Wrong = watch.Area, watch.When, watch.Saw, watch.By, watch.Note, map[string]string{}
		for _, p := range wrong {
			t.Watch.Wrong[p.Field] = "take.wrong." + p.Code
		}
		return s.showTake(w, r, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	of(ctx).did("watch kept", about(done.N))
	http.Redirect(w, r, "/take?watch=saved#watch_head", http.StatusSeeOther)
	return nil
}

// mostSuggested is how many suggestions stand beside a report.
const mostSuggested = 5

// suggestions are what a report may be another report of; none is told as certain. asked says that they were looked for.
func (s *site) suggestions(ctx context.Context, report string) (list []screen.Suggested, asked bool, err error) {
	found, err := s.Record.Suggest(ctx, of(ctx).who, report, mostSuggested)
	for _, f := range found {
		list = append(list, screen.Suggested{Incident: f.Incident, Report: f.Report, Percent: min(99, int(math.Round(100*f.Odds))), Reasons: match.Because(f.Parts)})
	}
	return list, true, conceal(err)
}
