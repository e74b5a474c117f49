package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"truce/desk"
	"truce/figures"
	"truce/screen"
)

// deskRoutes lays out the desk: what was agreed, what happened, how calm it is, and why.
func (s *site) deskRoutes() {
	s.situationRoutes()
	s.incidentRoutes()
	s.agreementRoutes()
	s.actorRoutes()
	s.calmRoutes()
	s.dayRoutes()
	s.checkRoutes()
	s.readRoutes()
	s.reconcileRoutes()
	s.takeRoutes()
}

// look is what whoever asks may see of the state that the address names, and the frame of a
// page that shows it; of a large record the newest days.
func (s *site) look(r *http.Request, page string) (*desk.Sight, screen.Frame, error) {
	return s.lookAt(r, page, desk.Scope{})
}

// lookAt is look for a page that needs no more than a scope.
func (s *site) lookAt(r *http.Request, page string, scope desk.Scope) (*desk.Sight, screen.Frame, error) {
	return s.framed(r, page, func(n int64) (*desk.Sight, error) {
		ctx, stop := context.WithTimeout(r.Context(), patience)
		defer stop()
		sight, err := s.Record.SightOf(ctx, of(ctx).who, n, scope)
		if errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil {
			return nil, s.judging()
		}
		return sight, err
	})
}

// patience is how long a page waits for the judge before it says how far that has come. The
// judge goes on.
const patience = 15 * time.Second

// judging says that, and has the page asked for again.
func (s *site) judging() *Problem {
	p := problem(http.StatusServiceUnavailable, "judging", "The record is held against what was agreed. Ask again in a moment.")
	if j := s.Record.Judging(); j != nil {
		p.Fields = []Field{{Message: fmt.Sprintf("%d of %d elements are judged", j.Done, j.Of)}}
	}
	p.wait = 3 * time.Second
	return p
}

// glance is look for a page that shows no elements.
func (s *site) glance(r *http.Request, page string) (*desk.Sight, screen.Frame, error) {
	return s.framed(r, page, func(n int64) (*desk.Sight, error) {
		return s.Record.Glance(r.Context(), of(r.Context()).who, n)
	})
}

func (s *site) framed(r *http.Request, page string, see func(n int64) (*desk.Sight, error)) (*desk.Sight, screen.Frame, error) {
	f := screen.Frame{Page: page, AsOf: r.FormValue("as_of")}
	n, err := s.asOf(r.Context(), f.AsOf)
	if err != nil {
		return nil, f, err
	}
	sight, err := see(n)
	if err != nil {
		return nil, f, err
	}
	f.Entries, f.Recorded, f.Zone, f.Portion = sight.AsOf, sight.Recorded, sight.Zone, screen.NewPart(sight.Part)
	return sight, f, nil
}

// scopeOf is what a filter looks at of a large record, and that stretch of days beside it.
func scopeOf(f screen.Filter, beside figures.Stretch) desk.Scope {
	out := desk.Scope{Words: f.Q, IDs: f.IDs, Incident: f.Incident}
	if f.From != "" || f.To != "" || beside.From != "" {
		out.Days = append(out.Days, desk.Days{From: f.From, To: f.To})
	}
	if beside.From != "" {
		out.Days = append(out.Days, desk.Days{From: beside.From, To: beside.To})
	}
	return out
}

// within is a filter of the days that a part holds.
func within(f screen.Filter, p *desk.Part) screen.Filter {
	if p != nil && p.ByDays() {
		f.From, f.To = p.From, p.To
	}
	return f
}
