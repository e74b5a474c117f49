package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"truce/courier"
	"truce/desk"
	"truce/ledger"
	"truce/screen"
)

// tellRoutes are releases, corrections, deliveries and feeds.
func (s *site) tellRoutes() {
	s.page("GET /telling", false, s.tellingPage)
	s.page("GET /telling/new", false, s.newRelease)
	s.page("POST /telling/new", false, s.previewRelease)
	s.page("POST /telling/publish", false, s.publishRelease)
	s.page("GET /telling/releases/{id}", false, s.releasePage)
	s.page("POST /telling/releases/{id}", false, s.mendRelease)
	s.page("GET /telling/releases/{id}/release.json", false, s.releaseJSON)
	s.page("GET /telling/deliveries", false, s.deliveriesPage)
	s.page("POST /telling/deliveries", false, s.deliverAgain)
	s.page("GET /feeds/releases.atom", false, s.releasesFeed)
	s.page("GET /feeds/corrections.atom", false, s.correctionsFeed)
}

// publishes are the marks under which whoever asks may publish.
func (s *site) publishes(r *http.Request) []string {
	var out []string
	for _, mark := range desk.DayMarks() {
		if who := of(r.Context()).who; who.ID != "" && s.Record.MayFreeze(who, mark) == nil {
			out = append(out, mark)
		}
	}
	return out
}

func (s *site) tellingPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.glance(r, "telling")
	if err != nil {
		return err
	}
	releases, err := s.Record.Releases(r.Context(), of(r.Context()).who, sight.AsOf)
	if err != nil {
		return err
	}
	f.View = screen.Telling{Releases: releases, May: f.AsOf == "" && len(s.publishes(r)) > 0}
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// newRelease is the form of a release; the address may name the rows that it is about.
func (s *site) newRelease(w http.ResponseWriter, r *http.Request) error {
	rows := r.URL.Query()["row"]
	q := r.URL.Query()
	q.Del("row")
	for name := range q {
		if name != "lang" {
			return invalid(name, "this page has no such question", "row, lang")
		}
	}
	return s.showDraft(w, r, desk.Draft{Rows: rows}, nil)
}

// showDraft shows the form, with the preview where there is one.
func (s *site) showDraft(w http.ResponseWriter, r *http.Request, d desk.Draft, p *screen.TellingPreview) error {
	marks := s.publishes(r)
	if len(marks) == 0 {
		return s.Record.MayFreeze(of(r.Context()).who, "CLEAR")
	}
	_, f, err := s.glance(r, "tellingnew")
	if err != nil {
		return err
	}
	f.View = screen.TellingNew{Draft: d, Rows: strings.Join(d.Rows, "\n"), Marks: marks, Preview: p}
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// drafted is the release that a form holds.
func drafted(r *http.Request) (desk.Draft, error) {
	d := desk.Draft{ID: r.PostFormValue("id"), Title: strings.TrimSpace(r.PostFormValue("title")), Text: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")),
		Mark: r.PostFormValue("mark"), Rows: strings.Fields(r.PostFormValue("rows"))}
	if n := r.PostFormValue("entries"); n != "" {
		var err error
		if d.Entries, err = strconv.ParseInt(n, 10, 64); err != nil {
			return d, invalid("entries", "this is no number of entries", "a whole number")
		}
	}
	return d, nil
}

func (s *site) previewRelease(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	d, err := drafted(r)
	if err != nil {
		return err
	}
	if d.ID == "" {
		d.ID = newID("R")
	}
	d.Entries = 0 // as things are now
	t, err := s.Record.Preview(r.Context(), of(r.Context()).who, d)
	if err != nil {
		return err
	}
	text, err := t.Bytes()
	if err != nil {
		return err
	}
	d.Entries = t.Entries
	return s.showDraft(w, r, d, screen.NewTellingPreview(t, text, hashOf(text)))
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (s *site) publishRelease(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	d, err := drafted(r)
	if err != nil {
		return err
	}
	if r.PostFormValue("sure") != "yes" {
		return invalid("sure", "it is not said that what leaves was read", "yes")
	}
	ctx, who := r.Context(), of(r.Context()).who
	err = s.signing(ctx, who, func(k *ledger.Key) error {
		done, err := s.Record.Publish(ctx, who, d, r.PostFormValue("sha256"), k)
		if err == nil {
			of(ctx).did("published", about(done.N), slog.String("mark", d.Mark))
		}
		return err
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/telling/releases/"+url.PathEscape(d.ID), http.StatusSeeOther)
	return nil
}

// released is the release that an address names.
func (s *site) released(r *http.Request) (desk.Released, error) {
	n, err := s.asOf(r.Context(), r.FormValue("as_of"))
	if err != nil {
		return desk.Released{}, err
	}
	rel, err := s.Record.Release(r.Context(), of(r.Context()).who, n, r.PathValue("id"))
	return rel, conceal(err)
}

func (s *site) releasePage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r, "find", "figure"); err != nil {
		return err
	}
	rel, err := s.released(r)
	if err != nil {
		return err
	}
	_, f, err := s.glance(r, "tellingrelease")
	if err != nil {
		return err
	}
	v := &screen.TellingRelease{Released: rel, Figure: r.FormValue("figure"), Once: rand.Text(), May: f.AsOf == "" && s.Record.MayFreeze(of(r.Context()).who, rel.Mark) == nil}
	text, same, err := s.Record.ReleaseBytes(r.Context(), rel)
	if err != nil {
		return err
	}
	v.Bytes, v.Size, v.Same = string(text), len(text), same
	if find := r.FormValue("find"); find != "" && v.May {
		v.Figures = desk.Figures(text)
		v.Look(find)
	}
	f.View = v
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// releaseJSON hands out the very bytes. Their tag is their hash.
func (s *site) releaseJSON(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	rel, err := s.released(r)
	if err != nil {
		return err
	}
	text, _, err := s.Record.ReleaseBytes(r.Context(), rel)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", `"`+hashOf(text)+`"`)
	_, _ = w.Write(text)
	return nil
}

// mendRelease corrects a figure of a release, or withdraws it.
func (s *site) mendRelease(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	ctx, who, id := r.Context(), of(r.Context()).who, r.PathValue("id")
	words := strings.TrimSpace(r.PostFormValue("words"))
	err := s.signing(ctx, who, func(k *ledger.Key) (err error) {
		var done desk.Entered
		switch do := r.PostFormValue("do"); {
		case do == "correct":
			done, err = s.Record.Correct(ctx, who, id, strings.TrimSpace(r.PostFormValue("figure")), strings.TrimSpace(r.PostFormValue("is")), words, submission(r), k)
		case do == "withdraw" && r.PostFormValue("sure") == "yes":
			done, err = s.Record.Withdraw(ctx, who, id, words, k)
		default:
			return invalid("do", "this is no form of the page", "correct, or withdraw and being sure")
		}
		if err == nil {
			of(ctx).did("told", about(done.N))
		}
		return err
	})
	if err != nil {
		return conceal(err)
	}
	http.Redirect(w, r, "/telling/releases/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

func (s *site) deliveriesPage(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	sight, f, err := s.glance(r, "deliveries")
	if err != nil {
		return err
	}
	ctx, who := r.Context(), of(r.Context()).who
	done, err := s.Record.Deliveries(ctx, who, sight.AsOf)
	if err != nil {
		return err
	}
	may := f.AsOf == "" && len(s.publishes(r)) > 0
	var receivers []courier.Receiver
	var parcels []desk.Parcel
	if s.Post != nil && may { // who receives what is for those who publish
		receivers = s.Post.Receivers()
		if parcels, err = s.Post.Parcels(ctx); err != nil {
			return err
		}
	}
	f.View = screen.NewDeliveries(receivers, parcels, done, may, s.Now())
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

// deliverAgain puts a lost parcel back among what waits.
func (s *site) deliverAgain(w http.ResponseWriter, r *http.Request) error {
	if err := s.entering(r); err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PostFormValue("entry"), 10, 64)
	if err != nil {
		return invalid("entry", "this is no number of an entry", "a whole number")
	}
	if err := s.Record.MayFreeze(of(r.Context()).who, "CLEAR"); err != nil {
		return err
	}
	if s.Post == nil {
		return nothingHere()
	}
	if err := s.Post.Again(r.Context(), of(r.Context()).who, r.PostFormValue("receiver"), n); err != nil {
		return conceal(err)
	}
	of(r.Context()).did("sent again", about(n))
	http.Redirect(w, r, "/telling/deliveries", http.StatusSeeOther)
	return nil
}
