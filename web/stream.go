package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"truce/access"
	"truce/desk"
	"truce/people"
)

// Streams of events: how often a quiet one shows that it lives, and how many may be open.
const (
	heartbeat         = 15 * time.Second
	streamsOfOne      = 6
	streamsOfAll      = 1000
	eventsAtATime     = 500
	streamWriteWithin = 30 * time.Second
)

// formats are the media types of exports, by name.
var formats = map[string]string{desk.FormCSV: "text/csv; charset=utf-8; header=present", desk.FormGeoJSON: "application/geo+json", desk.FormJSON: "application/x-ndjson"}

type exportIn struct {
	OfKind
	Filter
	Format string `query:"format" enum:"csv,geojson,json" default:"csv" doc:"what to write; json is one row a line"`
}

type eventsIn struct {
	Last  string `header:"Last-Event-ID" doc:"the number of the last entry seen; without it, only what comes from now on" pattern:"^[0-9]{1,18}$"`
	After string `query:"after" doc:"the same, for a first connection, which can send no header" pattern:"^[0-9]{1,18}$"`
}

// stream is an answer that is written as it is made.
type stream struct{ Body func(huma.Context) }

// streamRoutes are what is too long or too slow for one answer.
func (a *api) streamRoutes() {
	o := op("GET", "/exports/{kind}", "export", "Rows as a file", "All rows that you may take out, of one state. The last line of CSV (#count) and of JSON, and the last member of GeoJSON, says how many there are: a file without it is not whole.")
	o.Responses = rawResponse("text/csv", "application/geo+json", "application/x-ndjson")
	add(a, o, a.export)
	o = op("GET", "/events", "events", "Entries as they come", "Server-sent events. Each has the number of the entry as its id and the entry as its data. Only those that you may see. The stream ends when your session does.")
	o.Responses = rawResponse("text/event-stream")
	add(a, o, a.events)
}

func (a *api) export(ctx context.Context, who access.Person, in *exportIn) (*stream, error) {
	q, err := a.question(ctx, in.Kind, in.Filter)
	if err != nil {
		return nil, err
	}
	return &stream{func(h huma.Context) {
		r, w := humago.Unwrap(h)
		out := &slowWriter{w: w, rc: http.NewResponseController(w), contentType: formats[in.Format], name: known(in.Kind) + "." + in.Format}
		err := a.Record.Export(ctx, who, q, in.Format, out)
		switch {
		case err == nil:
			out.begin()
			of(ctx).did("exported", slog.String("kind", known(in.Kind)), slog.String("format", in.Format), slog.Int64("bytes", out.bytes))
		case !out.begun:
			a.fail(w, r, err)
		default: // the file must not look whole
			of(ctx).refused = problemOf(err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// slowWriter writes an answer for as long as it takes, as long as whoever reads goes on
// reading.
type slowWriter struct {
	w                 http.ResponseWriter
	rc                *http.ResponseController
	contentType, name string
	begun             bool
	bytes             int64
}

// begin writes the header, once.
func (o *slowWriter) begin() {
	if o.begun {
		return
	}
	o.begun = true
	o.w.Header().Set("Content-Type", o.contentType)
	o.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", o.name))
	o.w.WriteHeader(http.StatusOK)
}

// Write moves the deadline on and writes.
func (o *slowWriter) Write(b []byte) (int, error) {
	o.begin()
	_ = o.rc.SetWriteDeadline(time.Now().Add(streamWriteWithin)) // a recorder in a test has none
	n, err := o.w.Write(b)
	o.bytes += int64(n)
	return n, err
}

func (a *api) events(ctx context.Context, who access.Person, in *eventsIn) (*stream, error) {
	from, err := a.size(ctx)
	if seen := cmp.Or(in.Last, in.After); seen != "" {
		last, _ := strconv.ParseInt(seen, 10, 64) // 18 digits at most
		from = last + 1
	}
	if err != nil {
		return nil, err
	}
	if !a.streams.enter(who.ID, streamsOfOne, streamsOfAll) {
		return nil, limited(heartbeat, "streams")
	}
	return &stream{func(h huma.Context) {
		defer a.streams.leave(who.ID)
		_, w := humago.Unwrap(h)
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // a proxy must not hold it back
		e := &events{site: a.site, w: w, rc: http.NewResponseController(w), next: from}
		of(ctx).did("stream ended", slog.String("reason", e.run(ctx)), slog.Int64("sent", e.sent))
	}}, nil
}

// events is one open stream.
type events struct {
	*site
	w    http.ResponseWriter
	rc   *http.ResponseController
	next int64 // the first entry not yet looked at
	sent int64
}

// run sends what comes until the session, the server or the reader ends, and says which.
func (e *events) run(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if end := closing(ctx); end != nil {
		go func() {
			select {
			case <-end:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	if e.write(": hello\n\n") != nil {
		return "gone"
	}
	for {
		who, err := e.again(ctx)
		if err != nil {
			_ = e.write("event: end\ndata: {}\n\n")
			return "session over"
		}
		if err := e.send(ctx, who); err != nil {
			return why(ctx, err)
		}
		if err := e.wait(ctx); err != nil {
			return why(ctx, err)
		}
	}
}

func why(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "closed"
	}
	return problemOf(err).Code
}

// wait waits for a further entry, showing now and then that the stream lives. It returns at
// least at every heartbeat, so that a session that is over is noticed.
func (e *events) wait(ctx context.Context) error {
	quiet, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	_, err := e.Record.Wait(quiet, e.next)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return e.write(": still here\n\n")
	}
	return err
}

// send sends what was entered since. Who asks may see less than a moment ago.
func (e *events) send(ctx context.Context, who access.Person) error {
	for {
		size, err := e.size(ctx)
		if err != nil {
			return err
		}
		list, err := e.Record.Entries(ctx, who, e.next, eventsAtATime)
		if err != nil {
			return err
		}
		for _, entry := range list {
			data, err := json.Marshal(entry)
			if err != nil {
				return err
			}
			if err := e.write(fmt.Sprintf("id: %d\nevent: entry\ndata: %s\n\n", entry.N, data)); err != nil {
				return err
			}
			e.next = entry.N + 1
			e.sent++
		}
		if len(list) < eventsAtATime {
			e.next = max(e.next, size)
			return nil
		}
	}
}

// write sends a piece at once.
func (e *events) write(text string) error {
	_ = e.rc.SetWriteDeadline(time.Now().Add(streamWriteWithin))
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.rc.Flush()
}

// again finds out who asks anew, without counting as a use of the session: a stream that
// nobody looks at must not keep it alive.
func (s *site) again(ctx context.Context) (access.Person, error) {
	v := of(ctx)
	switch v.how {
	case "session":
		a, err := s.People.Account(ctx, v.account.ID, s.Now())
		if err != nil {
			return access.Person{}, err
		}
		open, err := s.People.Sessions(ctx, a.ID, s.Now())
		if err != nil {
			return access.Person{}, err
		}
		if a.Disabled || !slices.ContainsFunc(open, func(o people.Session) bool { return o.ID == v.session.ID }) {
			return access.Person{}, needSignIn("session over")
		}
		return personOf(a, v.session.TwoFactor), nil
	case "token":
		a, _, err := s.People.Bearer(ctx, v.secret, s.Now())
		return personOf(a, false), err
	}
	return v.who, nil
}
