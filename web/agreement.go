package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/screen"
)

// agreementRoutes are what was agreed.
func (s *site) agreementRoutes() {
	b := &tryBench{site: s, slots: make(chan struct{}, triesAtOnce)}
	s.page("GET /agreements", false, s.agreementsPage)
	s.page("GET /agreements/{id}", false, s.agreementPage)
	s.page("GET /agreements/{id}/versions", false, b.versionsPage)
	s.page("GET /agreements/try", false, b.draftPage)
	s.page("POST /agreements/try", false, b.tryPage)
}

// seesVerdicts reports whether a person sees verdicts, and what would settle them, on every
// element that the person sees.
func (s *site) seesVerdicts(ctx context.Context) (verdicts, wants bool, err error) {
	for grade, to := range map[access.Grade]*bool{access.GradeOpen: &verdicts, access.GradeInternal: &wants} {
		withheld, err := s.Record.Withholds(ctx, of(ctx).who, "verdict", grade)
		if err != nil {
			return false, false, err
		}
		*to = !withheld
	}
	return verdicts, wants, nil
}

func (s *site) agreementsPage(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := s.look(r, "agreements")
	if err != nil {
		return err
	}
	verdicts, _, err := s.seesVerdicts(r.Context())
	if err != nil {
		return err
	}
	f.View = screen.NewAgreements(sight, verdicts)
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func (s *site) agreementPage(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	sight, f, err := s.look(r, "agreement")
	if err != nil {
		return err
	}
	if sight.Agreement(id) == nil {
		return nothingHere()
	}
	texts, err := s.Record.AgreedTexts(ctx, of(ctx).who, sight.AsOf, id)
	if err != nil {
		return conceal(err)
	}
	q := screen.AgreementQuestion{Text: texts[len(texts)-1], Versions: len(texts)}
	if q.Verdicts, q.Wants, err = s.seesVerdicts(ctx); err != nil {
		return err
	}
	if q.Roster, err = s.Record.Roster(ctx, of(ctx).who, sight); err != nil {
		return err
	}
	read, err := s.Record.Try(ctx, of(ctx).who, sight, q.Roster, desk.TryQuestion{Name: q.Text.Name, Text: q.Text.Text, Lint: true})
	if err != nil {
		return err
	}
	q.Lint = read.Problems
	view, ok := screen.NewAgreement(sight, id, q)
	if !ok {
		return nothingHere()
	}
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// How much may be tried: texts at once, bytes of one, and how long it may take.
const (
	triesAtOnce = 2
	draftMost   = 1_000_000
	tryTime     = 20 * time.Second
)

// tryBench is where drafts are held against the record, few at a time. Nothing is stored.
type tryBench struct {
	*site
	slots chan struct{}
}

// tryBusy and trySlow say why a text was not held against the record: the names of words.
const (
	tryBusy = "terms.draft.busy"
	trySlow = "terms.draft.slow"
)

// try has a text tried, unless others fill the bench or it takes too long; then it says
// which. Work that takes too long keeps its place until it ends.
func (b *tryBench) try(ctx context.Context, sight *desk.Sight, q desk.TryQuestion) (*desk.Tried, string, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		return &desk.Tried{}, tryBusy, nil
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	type answer struct {
		tried *desk.Tried
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		a := answer{err: &truce.Error{Kind: truce.Internal, At: "draft", Msg: "the text broke the engine"}}
		defer func() {
			_ = recover() // a text must not end the program
			<-b.slots
			done <- a
		}()
		a.tried, a.err = b.work(ctx, sight, q)
	}()
	select {
	case a := <-done:
		if errors.Is(a.err, context.DeadlineExceeded) {
			return &desk.Tried{Problems: a.tried.Problems}, trySlow, nil
		}
		return a.tried, "", a.err
	case <-ctx.Done():
		return &desk.Tried{}, trySlow, nil
	}
}

func (b *tryBench) work(ctx context.Context, sight *desk.Sight, q desk.TryQuestion) (*desk.Tried, error) {
	roster, err := b.Record.Roster(ctx, of(ctx).who, sight)
	if err != nil {
		return &desk.Tried{}, err
	}
	return b.Record.Try(ctx, of(ctx).who, sight, roster, q)
}

// versionsPage lists the versions of an agreement and compares two of them.
func (b *tryBench) versionsPage(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	sight, f, err := b.look(r, "versions")
	if err != nil {
		return err
	}
	texts, err := b.Record.AgreedTexts(ctx, of(ctx).who, sight.AsOf, id)
	if err != nil {
		return conceal(err)
	}
	var entries [2]int64
	for i, name := range []string{"from", "to"} {
		if v := r.FormValue(name); v != "" {
			if entries[i], err = strconv.ParseInt(v, 10, 64); err != nil || entries[i] < 0 {
				return &truce.Error{Kind: truce.Invalid, At: name, Msg: "this is no version", Hint: "the number of the entry that adopted it"}
			}
		}
	}
	view, ok := screen.NewAgreementVersions(texts, entries[0], entries[1])
	if !ok {
		return &truce.Error{Kind: truce.Invalid, At: "from", Msg: "there is no such version", Hint: "the numbers of two entries that adopted it"}
	}
	if err := b.compare(ctx, sight, &view); err != nil {
		return err
	}
	f.View = view
	b.showAs(w, r, http.StatusOK, f)
	return nil
}

// compare holds two versions against the record, where they differ and both can be judged.
func (b *tryBench) compare(ctx context.Context, sight *desk.Sight, v *screen.AgreementVersions) error {
	if v.From == 0 || v.Same || sight.Result == nil {
		return nil
	}
	was, is := v.Compared()
	t, failed, err := b.try(ctx, sight, desk.TryQuestion{Name: is.Name, Text: is.Text, Was: was.Text})
	switch {
	case err != nil:
		return err
	case failed != "":
		v.Untried = failed
	case t.Trial == nil:
		v.Untried = "terms.draft.unread"
	default:
		v.Tried = screen.NewTrialView(t.Trial, t.Against)
	}
	return nil
}

// draftPage is where a text is pasted, or an adopted one taken as a start.
func (b *tryBench) draftPage(w http.ResponseWriter, r *http.Request) error {
	sight, f, err := b.look(r, "try")
	if err != nil {
		return err
	}
	view := screen.NewDraft(sight)
	if view.From = r.FormValue("from"); view.From != "" {
		text, err := b.start(r.Context(), sight, view.From)
		if err != nil {
			return err
		}
		view.Text = text.Text
	}
	f.View = view
	b.showAs(w, r, http.StatusOK, f)
	return nil
}

// start is the text of an adopted agreement.
func (b *tryBench) start(ctx context.Context, sight *desk.Sight, id string) (desk.AgreedText, error) {
	texts, err := b.Record.AgreedTexts(ctx, of(ctx).who, sight.AsOf, id)
	if err != nil {
		return desk.AgreedText{}, conceal(err)
	}
	return texts[len(texts)-1], nil
}

// tryPage reads a draft, says what is wrong with it and what it would have found.
func (b *tryBench) tryPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := r.ParseMultipartForm(2 * bodyMost); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return &truce.Error{Kind: truce.Invalid, At: "text", Msg: "the form cannot be read", Hint: "as the page sends it"}
	}
	sight, f, err := b.look(r, "try")
	if err != nil {
		return err
	}
	view := screen.NewDraft(sight)
	view.Text, view.From, view.Against = strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n"), r.FormValue("from"), r.FormValue("against")
	if len(view.Text) > draftMost {
		return problem(http.StatusRequestEntityTooLarge, "too-large", "At most "+strconv.Itoa(draftMost)+" bytes.")
	}
	if strings.TrimSpace(view.Text) != "" && view.Mission {
		if err := b.fill(ctx, sight, &view); err != nil {
			return err
		}
	}
	f.View = view
	b.showAs(w, r, http.StatusOK, f)
	return nil
}

// fill tries the draft of a page.
func (b *tryBench) fill(ctx context.Context, sight *desk.Sight, view *screen.Draft) error {
	q := desk.TryQuestion{Name: view.Neighbour(), Text: view.Text, Against: view.Against}
	t, failed, err := b.try(ctx, sight, q)
	if err != nil {
		return err
	}
	view.Asked, view.Failed, view.Problems, view.Adopted = true, failed, t.Problems, t.Same
	view.List()
	if t.Trial != nil {
		view.Trial = screen.NewTrialView(t.Trial, t.Against)
	}
	return nil
}
