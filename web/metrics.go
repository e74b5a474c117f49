package web

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"truce/access"
	"truce/people"
)

// metrics are counts of what happens at the door. Their labels are patterns of routes and
// words of ours, nothing that anybody sent.
type metrics struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	handler  http.Handler
}

func newMetrics(s *site) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "truce_http_requests_total", Help: "Requests by route, method and status."}, []string{"route", "method", "status"}),
		took:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "truce_http_request_seconds", Help: "Time taken by requests.", Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"route"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "truce_refusals_total", Help: "Requests refused, by code."}, []string{"code"}),
	}
	entries := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "truce_record_entries", Help: "Entries in the record; -1 while it cannot be read."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
		defer cancel()
		n, err := s.size(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "truce_event_streams", Help: "Open streams of events."}, s.streams.total)
	own := prometheus.NewRegistry()
	own.MustRegister(m.requests, m.took, m.refusals, entries, streams, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(own, promhttp.HandlerOpts{})
	return m
}

// count counts a request that is done.
func (m *metrics) count(how string, v *visit, took time.Duration) {
	m.requests.WithLabelValues(v.route, method(how), strconv.Itoa(v.status)).Inc()
	m.took.WithLabelValues(v.route).Observe(took.Seconds())
	if v.refused != nil {
		m.refusals.WithLabelValues(v.refused.Code).Inc()
	}
}

// isMetricsToken reports whether a token is the one that opens /metrics.
func (s *site) isMetricsToken(r *http.Request, token people.Secret) bool {
	return r.URL.Path == "/metrics" && !s.MetricsToken.Empty() &&
		subtle.ConstantTimeCompare([]byte(token.Reveal()), []byte(s.MetricsToken.Reveal())) == 1
}

const byMetricsToken = "metrics token"

// showMetrics answers whoever holds the token, and administrators.
func (s *site) showMetrics(w http.ResponseWriter, r *http.Request) {
	if of(r.Context()).how != byMetricsToken {
		if err := s.mayRun(r.Context(), access.Read); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.metrics.handler.ServeHTTP(w, r)
}

// mayRun asks the policy whether who asks may do something with the machine.
func (s *site) mayRun(ctx context.Context, do access.Action) error {
	return s.may(ctx, do, "machine")
}

// may asks the policy about what is kept beside the record: the machine, and people.
func (s *site) may(ctx context.Context, do access.Action, kind string) error {
	who, err := s.person(ctx)
	if err != nil {
		return err
	}
	d := s.policy.May(who, do, kind, access.Label{TLP: access.Green}, s.Now())
	if d.Allowed {
		return nil
	}
	return problem(http.StatusForbidden, "denied", "This is not for you.").
		because(slog.String("action", string(do)), slog.String("kind", kind), slog.String("reason", d.Why))
}

// readyWithin is how long a record may take to answer and still count as there.
const readyWithin = 2 * time.Second

// health says that the program runs.
func (s *site) health(w http.ResponseWriter, _ *http.Request) { plainText(w, "ok\n") }

// ready says whether the record answers.
func (s *site) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if _, err := s.Record.Person(ctx, "-"); err != nil { // nobody: a look that goes to the database
		s.fail(w, r, problem(http.StatusServiceUnavailable, "unavailable", "").because(cause(err)))
		return
	}
	plainText(w, "ready\n")
}

func plainText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text))
}
