package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// kept is a witness's state in memory.
type kept struct {
	sync.Mutex
	m map[string][]byte
}

func (k *kept) load(origin string) ([]byte, error) {
	k.Lock()
	defer k.Unlock()
	return k.m[origin], nil
}

func (k *kept) store(origin string, old, new []byte) (bool, error) {
	k.Lock()
	defer k.Unlock()
	if !bytes.Equal(k.m[origin], old) {
		return false, nil
	}
	k.m[origin] = new
	return true, nil
}

func newWitness(t testing.TB, keys ...*Key) Witness {
	k := &kept{m: map[string][]byte{}}
	logs := map[string][]string{}
	for _, key := range keys {
		logs[key.Name()] = []string{key.Verifier()}
	}
	return Witness{Key: testKey(t, "witness.example"), Logs: logs, Load: k.load, Store: k.store}
}

var noon = time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)

// request is a request from one size to the size of a checkpoint.
func (s *sample) request(old, size int64, signed []byte) []byte {
	s.t.Helper()
	proof, err := Consistency(old, size, s.tiles.read)
	if err != nil {
		s.t.Fatal(err)
	}
	return FormatRequest(old, proof, signed)
}

func TestWitness(t *testing.T) {
	s := begin(t).fill(5)
	w := newWitness(t, s.key)
	at5 := s.checkpoint()
	expect := func(name string, request []byte, want int, contentType, contains string) {
		t.Helper()
		status, ct, body := w.Add(request, noon)
		if status != want || !strings.HasPrefix(ct, contentType) || !strings.Contains(string(body), contains) {
			t.Errorf("%s: %d %s %q; expected %d %s %q", name, status, ct, body, want, contentType, contains)
		}
	}
	expect("the first time", s.request(0, 5, at5), 200, "text/plain", "— witness.example ")
	expect("once more", s.request(5, 5, at5), 200, "text/plain", "— witness.example ")
	expect("from nothing again", s.request(0, 5, at5), 409, "text/x.tlog.size", "5\n")

	s.fill(300)
	at300 := s.checkpoint()
	expect("from another size", s.request(4, 300, at300), 409, "text/x.tlog.size", "5\n")
	expect("without its proof", FormatRequest(5, nil, at300), 422, "text/plain", "proof")
	wrong := s.request(5, 300, at300)
	wrong[8] ^= 1
	if status, _, _ := w.Add(wrong, noon); status != 422 && status != 400 {
		t.Errorf("a wrong proof: %d", status)
	}
	expect("onwards", s.request(5, 300, at300), 200, "text/plain", "— witness.example ")
	expect("backwards", s.request(5, 5, at5), 409, "text/x.tlog.size", "300\n")
	expect("old above the size", FormatRequest(300, nil, at5), 400, "text/plain", "old size 300")

	other := begin(t)
	other.add("report.received", s.key, "", false, nil)
	other.fill(300)
	expect("another history of the same size", other.request(300, 300, other.checkpoint()), 409, "text/x.tlog.size", "300\n")
	other.fill(310)
	expect("another history, longer", other.request(300, 310, other.checkpoint()), 422, "text/plain", "proof")

	stranger := testKey(t, "stranger.example")
	foreign, _ := SignCheckpoint(Checkpoint{Origin: "stranger.example", Size: 1}, stranger)
	expect("an unknown origin", FormatRequest(0, nil, foreign), 404, "text/plain", "stranger.example")
	forger, _ := NewKey(bytes.NewReader(make([]byte, 32)), "desk.example")
	forged, _ := SignCheckpoint(Checkpoint{Origin: "desk.example", Size: 400}, forger)
	expect("a forged signature", FormatRequest(300, nil, forged), 403, "text/plain", "no signature")
	spoilt := bytes.Clone(at300)
	spoilt[len(spoilt)-10] ^= 1
	if status, _, _ := w.Add(FormatRequest(300, nil, spoilt), noon); status != 403 && status != 400 {
		t.Errorf("a spoilt signature: %d", status)
	}
	for name, bad := range map[string]string{
		"nothing": "", "no old": "x\n\n" + string(at300), "a leading zero": "old 0300\n\n" + string(at300), "negative": "old -1\n\n" + string(at300),
		"no checkpoint": "old 5\n\nx", "64 hashes": "old 5\n" + strings.Repeat(LeafHash(nil).String()+"\n", 64) + "\n" + string(at300),
		"no hash": "old 5\nxxx\n\n" + string(at300), "too long": strings.Repeat("a", MaxRequest+1),
	} {
		expect(name, []byte(bad), 400, "text/plain", "")
	}
}

func TestWitnessWithoutState(t *testing.T) {
	s := begin(t)
	w := newWitness(t, s.key)
	load, store := w.Load, w.Store
	broken := errors.New("the disk at /secret/path is full")
	w.Store = func(string, []byte, []byte) (bool, error) { return false, broken }
	status, _, body := w.Add(s.request(0, 1, s.checkpoint()), noon)
	if status != 500 || bytes.Contains(body, []byte("secret")) || bytes.Contains(body, []byte("—")) {
		t.Errorf("%d %q", status, body)
	}
	w.Load = func(string) ([]byte, error) { return nil, broken }
	if status, _, _ := w.Add(s.request(0, 1, s.checkpoint()), noon); status != 500 {
		t.Errorf("%d", status)
	}
	// Another request gets in between reading and writing.
	s.fill(2)
	w.Load = load
	w.Store = func(origin string, old, new []byte) (bool, error) {
		w.Store = store
		if status, _, _ := w.Add(s.request(0, 2, s.checkpoint()), noon); status != 200 {
			t.Errorf("the faster one: %d", status)
		}
		return store(origin, old, new)
	}
	one := begin(t)
	if status, _, body := w.Add(one.request(0, 1, one.checkpoint()), noon); status != 409 || string(body) != "2\n" {
		t.Errorf("the slower one: %d %q", status, body)
	}
}

// TestWitnessNeverForks asks at the same time for two histories, from many sides.
func TestWitnessNeverForks(t *testing.T) {
	a, b := begin(t).fill(9), begin(t)
	b.add("report.received", b.key, "", false, nil)
	b.fill(9)
	w := newWitness(t, a.key)
	var wait sync.WaitGroup
	var lock sync.Mutex
	got := map[string]int{}
	for i := range 40 {
		s := []*sample{a, b}[i%2]
		request := s.request(0, 9, s.checkpoint())
		wait.Go(func() {
			status, _, _ := w.Add(request, noon)
			lock.Lock()
			defer lock.Unlock()
			got[fmt.Sprint(i%2, " ", status)]++
		})
	}
	wait.Wait()
	if got["0 200"]+got["1 200"] != 1 {
		t.Errorf("%v; expected one cosignature", got)
	}
}

func serve(w *Witness) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/w/add-checkpoint" {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		status, ct, answer := w.Add(body, noon)
		rw.Header().Set("Content-Type", ct)
		rw.WriteHeader(status)
		rw.Write(answer)
	}))
}

func TestAsk(t *testing.T) {
	s := begin(t).fill(5)
	w := newWitness(t, s.key)
	server := serve(&w)
	defer server.Close()
	q := Question{URL: server.URL + "/w/", Witness: w.Key.WitnessVerifier(), Checkpoint: s.checkpoint(), Prove: func(old, size int64) ([]Hash, error) { return Consistency(old, size, s.tiles.read) }}
	for _, step := range []struct{ size, old int64 }{{5, 0}, {5, 5}, {5, 0}, {300, 5}, {301, 17}, {302, 999}} {
		s.fill(int(step.size))
		q.Checkpoint, q.Old = s.checkpoint(), step.old
		line, err := Ask(t.Context(), server.Client(), q)
		if err != nil {
			t.Fatalf("%+v: %v", step, err)
		}
		both, err := AddSignatures(q.Checkpoint, line)
		if err != nil {
			t.Fatal(err)
		}
		v := verify(t, s.files(both), VerifyOptions{Keys: []string{s.key.Verifier(), q.Witness}})
		if v.Err() != nil || len(v.Witnesses) != 1 {
			t.Errorf("%+v: %v", step, v.Faults)
		}
	}
}

func TestAskRefused(t *testing.T) {
	s, longer := begin(t).fill(5), begin(t).fill(9)
	w := newWitness(t, s.key)
	server := serve(&w)
	defer server.Close()
	q := Question{URL: server.URL + "/w", Witness: w.Key.WitnessVerifier(), Checkpoint: longer.checkpoint(), Prove: func(old, size int64) ([]Hash, error) { return Consistency(old, size, longer.tiles.read) }}
	if _, err := Ask(t.Context(), server.Client(), q); err != nil {
		t.Fatal(err)
	}
	other := testKey(t, "witness.example/2")
	fork := begin(t)
	fork.add("report.received", s.key, "", false, nil)
	fork.fill(9)
	answer := func(status int, ct, body string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", ct)
			rw.WriteHeader(status)
			io.WriteString(rw, body)
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	foreign, _ := Cosign(longer.checkpoint(), other, noon)
	stale, _ := Cosign(s.checkpoint(), w.Key, noon)
	for name, c := range map[string]struct {
		change func(q *Question)
		want   string
	}{
		"it knows more":                 {func(q *Question) { q.Checkpoint = s.checkpoint() }, "knows 9 entries"},
		"it knows another history":      {func(q *Question) { q.Checkpoint, q.Old = fork.checkpoint(), 9 }, "another root"},
		"a key that is no witness's":    {func(q *Question) { q.Witness = other.Verifier() }, "no witness's key"},
		"another witness answers":       {func(q *Question) { q.Witness, q.Old = other.WitnessVerifier(), 9 }, "did not sign"},
		"a line that another made":      {func(q *Question) { q.URL = answer(200, "", string(foreign)) }, "did not sign"},
		"a line for another checkpoint": {func(q *Question) { q.URL = answer(200, "", string(stale)) }, "invalid signature"},
		"no line":                       {func(q *Question) { q.URL = answer(200, "", "hello") }, "signature line"},
		"an empty answer":               {func(q *Question) { q.URL = answer(200, "", "") }, "signature line"},
		"a refusal":                     {func(q *Question) { q.URL = answer(404, "", "no") }, "status 404"},
		"a conflict without a size":     {func(q *Question) { q.URL = answer(409, "text/plain", "9\n") }, "conflict without"},
		"a conflict that never ends":    {func(q *Question) { q.URL = answer(409, ContentTypeSize, "3\n") }, "status 409"},
		"nobody there":                  {func(q *Question) { q.URL = "http://127.0.0.1:1" }, "refused"},
	} {
		x := q
		c.change(&x)
		if _, err := Ask(t.Context(), server.Client(), x); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; expected ...%s...", name, err, c.want)
		}
	}
}

func FuzzWitness(f *testing.F) {
	s := begin(f).fill(5)
	f.Add(s.request(0, 5, s.checkpoint()))
	f.Add(s.request(3, 5, s.checkpoint()))
	f.Fuzz(func(t *testing.T, request []byte) {
		w := newWitness(t, s.key)
		status, _, _ := w.Add(request, noon)
		old, proof, signed, err := ParseRequest(request)
		if err == nil && !bytes.Equal(FormatRequest(old, proof, signed), request) {
			t.Errorf("%q is written as %q", request, FormatRequest(old, proof, signed))
		}
		if status == 200 {
			if c, _, err := OpenCheckpoint(signed, s.key.Verifier()); err != nil || c.Size != 5 || old != 0 {
				t.Errorf("co-signed %q", request)
			}
		}
	})
}
