package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"truce"
	"truce/attach"
	"truce/desk"
	"truce/people"
)

// Problem is the one shape of every error (RFC 9457), with type "about:blank".
type Problem struct {
	Title  string `json:"title" doc:"the status in words"`
	Status int    `json:"status" doc:"the HTTP status"`
	Code   string `json:"code" doc:"stable, for programs: absent, conflict, denied, full, internal, invalid, invitation, limited, no-printer, sign-in, sign-in-again, too-large, two-people, unavailable, wrong-host, wrong-method, wrong-site"`
	Detail string `json:"detail,omitempty" doc:"what to do about it"`
	// Fields say what was wrong where.
	Fields []Field `json:"fields,omitempty" doc:"what was wrong where"`

	wait time.Duration // Retry-After
	why  []slog.Attr   // for the log alone
}

// Field is one thing wrong with a request. It does not repeat the value.
type Field struct {
	Field    string `json:"field,omitempty" doc:"where: a path such as body.fields or query.limit"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message"`
	Expected string `json:"expected,omitempty"`
}

// Error returns title and code.
func (p *Problem) Error() string { return p.Title + ": " + p.Code }

// GetStatus returns the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns that of a problem, for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the problem, for huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.wait+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="truce"`)
	}
	return h
}

func problem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// because adds what only the log shall know.
func (p *Problem) because(why ...slog.Attr) *Problem {
	p.why = append(p.why, why...)
	return p
}

// nothingHere is the answer for what is not there and for what somebody may not know of: the
// same to the byte.
func nothingHere() *Problem {
	return problem(http.StatusNotFound, "absent", "There is nothing here under this name, or it is not for you.")
}

func limited(wait time.Duration, what string) *Problem {
	p := problem(http.StatusTooManyRequests, "limited", "Too many requests; try again later.").because(slog.String("limit", what))
	p.wait = max(wait, time.Second)
	return p
}

func needSignIn(why string) *Problem {
	return problem(http.StatusUnauthorized, "sign-in", "Sign in, or send a token.").because(slog.String("reason", why))
}

// problemOf is what is answered to an error. Only what is wrong with the request itself is
// said; what an error says of the record or the machine is for the log.
func problemOf(err error) *Problem {
	var (
		p        *Problem
		refusal  *people.Refusal
		tooLarge *http.MaxBytesError
		list     truce.Problems
		e        *truce.Error
		model    *huma.ErrorModel
	)
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refusal):
		return ofRefusal(refusal)
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "too-large", "At most "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes.")
	case errors.As(err, &list):
		return ofProblems(list)
	case errors.As(err, &e):
		return ofError(e)
	case errors.As(err, &model):
		return ofModel(model)
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "unavailable", "It took too long.").because(cause(err))
	}
	return problem(http.StatusInternalServerError, "internal", "").because(cause(err))
}

// cause is an error for the log, cut so that no long text of others gets in.
func cause(err error) slog.Attr {
	text := err.Error()
	return slog.String("cause", text[:min(len(text), 300)])
}

func ofRefusal(r *people.Refusal) *Problem {
	switch {
	case r.Wait > 0:
		p := limited(r.Wait, "sign-in")
		p.why = []slog.Attr{slog.Any("refusal", r)}
		return p
	case r.Reason == people.ReasonStale:
		return problem(http.StatusForbidden, "sign-in-again", "For this, sign in again first.").because(slog.Any("refusal", r))
	}
	return problem(http.StatusUnauthorized, "sign-in", "Not accepted. Check what you entered, or sign in again.").because(slog.Any("refusal", r))
}

func ofProblems(list truce.Problems) *Problem {
	p := problem(http.StatusUnprocessableEntity, "invalid", "See fields.").because(slog.Int("problems", len(list)))
	for _, x := range list {
		p.Fields = append(p.Fields, Field{x.Field, x.Code, x.Msg, x.Want})
	}
	return p
}

// ofError answers an error of ours by its kind.
func ofError(e *truce.Error) *Problem {
	switch e.Kind {
	case truce.Invalid:
		p := problem(statusOf(e), "invalid", "See fields.")
		p.Fields = []Field{{Field: e.At, Message: e.Msg, Expected: e.Hint}}
		return p
	case truce.Denied:
		return ofDenied(e)
	case truce.Absent:
		return nothingHere().because(ofRule(e)...)
	case truce.Conflict:
		p := problem(http.StatusConflict, "conflict", "It contradicts what is there.")
		p.Fields = []Field{{Field: e.At, Message: e.Msg, Expected: e.Hint}}
		return p
	case truce.Unavailable:
		if e.Hint == "507" {
			return problem(http.StatusInsufficientStorage, "full", "The disk is full. Nothing was written.").because(cause(e))
		}
		p := problem(http.StatusServiceUnavailable, "unavailable", "Try again in a moment. Nothing was written.").because(cause(e))
		p.wait = 2 * time.Second
		return p
	}
	return problem(http.StatusInternalServerError, "internal", "").because(cause(e))
}

// statusOf is the status for a request that is wrong; files have some of their own.
func statusOf(e *truce.Error) int {
	switch {
	case errors.Is(e, attach.ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(e, attach.ErrType):
		return http.StatusUnsupportedMediaType
	}
	return http.StatusUnprocessableEntity
}

// ofRule is what the policy said, for the log; nothing where it was not asked.
func ofRule(e *truce.Error) []slog.Attr {
	var r desk.Refusal
	if !errors.As(e, &r) {
		return nil
	}
	return []slog.Attr{slog.String("action", r.Action), slog.String("kind", known(r.Kind)), slog.String("reason", r.Why)}
}

// ofDenied takes what the policy said for the log, and the one hint that helps: that the act
// takes two people.
func ofDenied(e *truce.Error) *Problem {
	p := problem(http.StatusForbidden, "denied", "This is not for you.").because(ofRule(e)...)
	if p.why == nil {
		p.why = []slog.Attr{slog.String("reason", e.Msg)}
	}
	if strings.HasPrefix(e.Hint, "this takes two people") {
		p.Code, p.Detail = "two-people", "This takes two people: propose it."
	}
	return p
}

// ofModel answers what huma found wrong with a request. The values that it repeats are
// dropped: they may be secrets.
func ofModel(m *huma.ErrorModel) *Problem {
	code := map[int]string{http.StatusRequestEntityTooLarge: "too-large", http.StatusInternalServerError: "internal"}[m.Status]
	if code == "" {
		code = "invalid"
	}
	p := problem(m.Status, code, "See fields.").because(slog.Int("problems", len(m.Errors)))
	for _, d := range m.Errors {
		p.Fields = append(p.Fields, Field{Field: d.Location, Message: plain(d)})
	}
	if len(p.Fields) == 0 {
		p.Detail = ""
	}
	return p
}

// plain keeps huma's own words; those of a JSON or text parser repeat parts of the input.
func plain(d *huma.ErrorDetail) string {
	if d.Location == "" || d.Location == "body" {
		return "cannot be read"
	}
	return d.Message
}

// conceal makes a refusal look as if there were nothing. The log still says what it was.
func conceal(err error) error {
	if err == nil {
		return nil
	}
	if p := problemOf(err); p.Status == http.StatusForbidden && p.Code == "denied" {
		return nothingHere().because(p.why...)
	}
	return err
}

// fail answers a request with an error, as a page or as JSON. It is the only place that does.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	of(r.Context()).refused = p
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	if wantsPage(r) {
		s.failPage(w, r, p)
		return
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // only strings and numbers
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // whoever asked may be gone
}
