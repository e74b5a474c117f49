package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"truce/access"
	"truce/people"
)

// visit is one request: who makes it and what came of it. The handlers fill it in, and when
// they are done it becomes the one line in the log.
type visit struct {
	id      string
	began   time.Time
	route   string // the pattern, never the path: paths may hold what people wrote
	from    people.Client
	who     access.Person
	how     string // "session", "token", "demo"; empty for nobody
	session people.Session
	account people.Account
	secret  people.Secret // of the session or the token
	lapsed  bool          // a session was shown that is over

	event   string      // what happened, where it is more than a request: "signed in"
	also    []slog.Attr // more of it
	refused *Problem
	status  int
}

type visitKey struct{}

// of returns the visit that a request's context belongs to.
func of(ctx context.Context) *visit { return ctx.Value(visitKey{}).(*visit) }

// did notes what a request did, for the log.
func (v *visit) did(event string, also ...slog.Attr) { v.event, v.also = event, also }

// observe names a request, waits until it is done, and writes its one line. A panic is a
// refusal like any other: nobody gets through because something broke.
func (s *site) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{id: rand.Text(), began: s.Now(), from: people.Client{Address: s.address(r), Agent: r.UserAgent()}}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		o := &observed{ResponseWriter: w, visit: v}
		w.Header().Set("X-Request-Id", v.id)
		defer s.close(o, r)
		next.ServeHTTP(o, r)
	})
}

// close ends a visit: after a panic with an answer, if there is still room for one.
func (s *site) close(w *observed, r *http.Request) {
	v := w.visit
	if p := recover(); p != nil {
		aborted := p == http.ErrAbortHandler || r.Context().Err() != nil
		if !aborted {
			v.also = append(v.also, slog.String("panic", broke(p)), slog.String("stack", string(debug.Stack())))
		}
		if v.status == 0 {
			s.fail(w, r, problem(http.StatusInternalServerError, "internal", "").because(slog.Bool("aborted", aborted)))
		} else {
			defer panic(http.ErrAbortHandler) // half an answer must not look whole
			if v.refused == nil {
				v.refused = problem(http.StatusInternalServerError, "internal", "").because(slog.Bool("aborted", aborted))
			}
		}
	}
	if v.status == 0 {
		v.status = http.StatusOK
	}
	s.metrics.count(r.Method, v, s.Now().Sub(v.began))
	s.write(r, v)
}

// broke says what a panic was, without what anybody sent: the runtime's own words, or a type.
func broke(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

// write writes the line of a visit.
func (s *site) write(r *http.Request, v *visit) {
	from := v.from.Address
	if unwatched(r.URL.Path) {
		from = ""
	}
	level, event := slog.LevelInfo, v.event
	as := []slog.Attr{
		slog.String("id", v.id), slog.String("method", method(r.Method)), slog.String("route", v.route), slog.Int("status", v.status),
		slog.String("who", v.who.ID), slog.String("by", v.how), slog.String("from", from), slog.Duration("took", s.Now().Sub(v.began)),
	}
	if p := v.refused; p != nil {
		if event != "" {
			as = append(as, slog.String("act", event))
		}
		level, event = slog.LevelWarn, "refused"
		if p.Status >= 500 {
			level, event = slog.LevelError, "failed"
		}
		as = append(as, slog.String("code", p.Code))
		as = append(as, p.why...)
	}
	if event == "" {
		event = "request"
	}
	s.Log.LogAttrs(context.WithoutCancel(r.Context()), level, event, append(as, v.also...)...)
}

// method is a request's method if it is one of those that there are.
func method(m string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, m) {
		return m
	}
	return "other"
}

// known is a word that belongs to us: a kind of row. Anything else is not repeated.
func known(kind string) string {
	if slices.Contains(access.Kinds(), kind) {
		return kind
	}
	return "other"
}

// observed notes the status of an answer.
type observed struct {
	http.ResponseWriter
	visit *visit
}

// WriteHeader notes the status.
func (o *observed) WriteHeader(status int) {
	if o.visit.status == 0 && status >= 200 {
		o.visit.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// Write notes that the status is 200 unless it was written.
func (o *observed) Write(b []byte) (int, error) {
	if o.visit.status == 0 {
		o.visit.status = http.StatusOK
	}
	return o.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// address is the client's address without port: what the connection says, or, where that is
// one of our proxies, the last address of X-Forwarded-For that is none.
func (s *site) address(r *http.Request) string {
	at := hostname(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.isProxy(at); i-- {
		hop := strings.TrimSpace(hops[i])
		if _, ok := parseAddr(hop); !ok {
			break
		}
		at = hop
	}
	return at
}

func (s *site) isProxy(address string) bool {
	a, ok := parseAddr(address)
	for _, p := range s.Proxies {
		if ok && p.Contains(a) {
			return true
		}
	}
	return false
}
