package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"truce/desk"
)

// handed is what clients handed in to a server that cannot always write.
type handed struct {
	*testing.T
	s     *server
	first int64
	mu    sync.Mutex
	n     int
	taken map[string]int64
	open  []string // refused, to be handed in again
}

// handIn hands in a report of some kilobytes and returns the status.
func (h *handed) handIn(id string) int {
	report := said(id)
	report.Text += strings.Repeat("x", 3000)
	status, answer, err := h.s.send("POST", "/api/v1/reports", "form "+id, map[string]any{"report": report})
	if err != nil {
		h.Fatalf("%s: %v: the server is gone: %s", id, err, h.s.log)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if status != http.StatusOK {
		var p struct {
			Status int
			Code   string
		}
		if err := json.Unmarshal(answer, &p); err != nil || p.Status != status || p.Code == "" {
			h.Errorf("%s: %d %s", id, status, answer)
		}
		h.open = append(h.open, id)
		return status
	}
	var e desk.Entered
	if err := json.Unmarshal(answer, &e); err != nil {
		h.Fatal(err)
	}
	if _, was := h.taken[id]; was != e.Repeat {
		h.Errorf("%s: repeat is %v", id, e.Repeat)
	}
	h.taken[id] = e.N
	return status
}

// until has four clients hand in reports until each was refused three times, and holds the
// refusals against what is expected.
func (h *handed) until(want int) {
	h.Helper()
	var clients sync.WaitGroup
	for k := range 4 {
		clients.Go(func() {
			for refused, i := 0, 0; refused < 3; i++ {
				h.mu.Lock()
				h.n++
				id := fmt.Sprintf("F%d-%d", k, h.n)
				h.mu.Unlock()
				switch status := h.handIn(id); {
				case status == want:
					refused++
				case status != http.StatusOK:
					h.Errorf("%s is answered %d, expected 200 or %d", id, status, want)
					return
				case i > 3000:
					h.Error("nothing is refused")
					return
				}
			}
		})
	}
	clients.Wait()
}

// again hands in what was refused; now it is taken, and is not there already.
func (h *handed) again() {
	h.Helper()
	open := h.open
	h.open = nil
	for _, id := range open {
		if status := h.handIn(id); status != http.StatusOK {
			h.Errorf("%s is answered %d after the trouble is over", id, status)
		}
	}
}

// look holds the record against what was acknowledged: one entry each, and none beside them.
func (h *handed) look() {
	h.Helper()
	if n := len(h.s.entries(h.first)); n != len(h.taken) {
		h.Errorf("%d reports were taken; there are %d entries", len(h.taken), n)
	}
	at := map[string]int64{}
	for _, r := range h.s.reports() {
		at[r.ID] = r.Body.Entry
	}
	for id, n := range h.taken {
		if at[id] != n {
			h.Errorf("%s was taken as entry %d and is at %d", id, n, at[id])
		}
	}
}

// sound ends the server and checks the record.
func (h *handed) sound(db string) {
	h.Helper()
	if code := h.s.stop(); code != exitNothing {
		h.Errorf("the server ended with exit code %d: %s", code, h.s.log)
	}
	runs(h, exitNothing, "sound", "fsck", "--record", db)
	runs(h, exitNothing, "the record holds", "verify", "--quiet", db)
}

func hand(t *testing.T, s *server) *handed {
	return &handed{T: t, s: s, first: s.size(), taken: map[string]int64{}}
}

// upload puts a file beside a report.
func (h *handed) upload(report, name string, data []byte) (int, string) {
	h.Helper()
	r, err := http.NewRequest("POST", h.s.url+"/api/v1/reports/"+report+"/attachments?name="+name, bytes.NewReader(data))
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+seed.token)
	r.Header.Set("Content-Type", "image/png")
	a, err := h.s.client.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer a.Body.Close()
	b, _ := io.ReadAll(a.Body)
	return a.StatusCode, string(b)
}
