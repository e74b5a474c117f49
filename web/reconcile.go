package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/screen"
)

// reconcileRoutes lay two ledgers side by side.
func (s *site) reconcileRoutes() {
	bench := make(chan struct{}, triesAtOnce)
	s.page("GET /reconcile", false, s.reconcilePage)
	s.page("POST /reconcile", false, func(w http.ResponseWriter, r *http.Request) error {
		select {
		case bench <- struct{}{}:
			defer func() { <-bench }()
			return s.reconcileFiles(w, r)
		case <-time.After(tryTime):
			return problem(http.StatusServiceUnavailable, "unavailable", "Others are reconciling ledgers; try again in a moment.")
		}
	})
}

// reconcilePage compares two sources of the record, where two are asked for.
func (s *site) reconcilePage(w http.ResponseWriter, r *http.Request) error {
	ask, err := screen.ParseReconcile(r.URL.Query())
	if err != nil {
		return err
	}
	sight, f, err := s.look(r, "reconcile")
	if err != nil {
		return err
	}
	view := reconcileView(sight, ask)
	if view.Mission && ask.A.Author != "" {
		a, b, err := sideTerms(ask)
		if err != nil {
			return err
		}
		found, err := sight.Reconcile(r.Context(), a, b)
		if err != nil {
			return err
		}
		view.Found = screen.NewReconciled(found, true)
	}
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func reconcileView(sight *desk.Sight, ask screen.ReconcileAsk) *screen.Reconcile {
	return &screen.Reconcile{Mission: sight.Result != nil, Ask: ask, Authors: sight.Authors(), Mappings: desk.BuiltinMappings()}
}

func sideTerms(ask screen.ReconcileAsk) (a, b desk.SideTerms, err error) {
	a.Author, b.Author = ask.A.Author, ask.B.Author
	if a.Zone, a.Cut, err = ask.A.Terms("a"); err != nil {
		return a, b, err
	}
	b.Zone, b.Cut, err = ask.B.Terms("b")
	return a, b, err
}

// reconcileFiles compares two files that somebody hands in. Nothing of them is stored.
func (s *site) reconcileFiles(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(2 * bodyMost); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return &truce.Error{Kind: truce.Invalid, At: "file_a", Msg: "the form cannot be read", Hint: "as the page sends it"}
	}
	sight, f, err := s.look(r, "reconcile")
	if err != nil {
		return err
	}
	view := reconcileView(sight, screen.ReconcileAsk{})
	if view.Mission {
		if err := fillReconcile(r, sight, view); err != nil {
			return err
		}
	}
	f.View = view
	s.showAs(w, r, http.StatusOK, f)
	return nil
}

func fillReconcile(r *http.Request, sight *desk.Sight, view *screen.Reconcile) error {
	a, err := ledgerFile(r, view, "a")
	if err != nil {
		return err
	}
	b, err := ledgerFile(r, view, "b")
	if err != nil {
		return err
	}
	var o desk.ReconcileOptions
	if o.Named, err = formFile(r, "named"); err != nil {
		return err
	}
	if a == nil {
		return &truce.Error{Kind: truce.Invalid, At: "file_a", Msg: "there is no file", Hint: "a ledger"}
	}
	ctx, cancel := context.WithTimeout(r.Context(), tryTime)
	defer cancel()
	found, err := sight.ReconcileFiles(ctx, *a, b, o)
	if err != nil {
		return view.Fail(err)
	}
	view.Found = screen.NewReconciled(found, false)
	return nil
}

// ledgerFile is the file of one side with how it is read; nil where there is none.
func ledgerFile(r *http.Request, view *screen.Reconcile, side string) (*desk.LedgerFile, error) {
	f, err := formFile(r, "file_"+side)
	if f == nil || err != nil {
		return nil, err
	}
	ask := screen.ReconcileSide{Author: r.FormValue("ledger_" + side), Mapping: r.FormValue("mapping_" + side), Zone: r.FormValue("zone_" + side), Cut: r.FormValue("cut_" + side)}
	if ask.Mapping != "" && !slices.Contains(view.Mappings, ask.Mapping) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "mapping_" + side, Msg: "this mapping is not known", Hint: strings.Join(view.Mappings, ", ")}
	}
	f.Author, f.Mapping = ask.Author, ask.Mapping
	f.Zone, f.Cut, err = ask.Terms(side)
	return f, err
}

// formFile reads an uploaded file; nil where none was chosen.
func formFile(r *http.Request, field string) (*desk.LedgerFile, error) {
	in, head, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: field, Msg: "the file cannot be read", Hint: "a file"}
	}
	defer in.Close()
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: field, Msg: "the file cannot be read", Hint: "a file of at most " + strconv.Itoa(bodyMost) + " bytes"}
	}
	for _, packed := range []string{"\x1f\x8b", "PK"} { // a small one may hold a great deal
		if strings.HasPrefix(string(text[:min(len(text), 2)]), packed) {
			return nil, &truce.Error{Kind: truce.Invalid, At: field, Msg: "the file is packed", Hint: "plain text: CSV, NDJSON or GeoJSON"}
		}
	}
	return &desk.LedgerFile{File: fileName(head), Text: text}, nil
}

// fileName is the last part of a file's name, as it was on whoever's machine.
func fileName(head *multipart.FileHeader) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(head.Filename, ""), `\`, "/"))
	if len(name) > 200 {
		name = name[len(name)-200:]
	}
	return name
}
