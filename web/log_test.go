package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"truce/ledger"
	"truce/people"
)

// TestTheTreeCanBeCheckedOverHTTP reads checkpoint, tiles and leaves as any C2SP client would
// and computes the root again.
func TestTheTreeCanBeCheckedOverHTTP(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		w.enter(fmt.Sprint("more", i), "TLP:GREEN") // beyond one tile
	}
	public := w.nobody()
	r := public.get("/log/checkpoint").want(200, "")
	k, err := testKey()
	w.no(err)
	c, _, err := ledger.OpenCheckpoint([]byte(r.body), k.Verifier())
	w.no(err)
	if c.Size < 300 {
		t.Fatalf("%d entries", c.Size)
	}
	tiles := func(level int, n int64) ([]byte, error) {
		width := c.Size >> (8 * level)
		width = min(256, width-n*256)
		r := public.get("/log/"+ledger.TilePath(level, n, int(width))).want(200, "")
		if !strings.Contains(r.header.Get("Cache-Control"), "immutable") || r.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%v", r.header)
		}
		return []byte(r.body), nil
	}
	tree, err := ledger.NewTree(c.Size, tiles)
	w.no(err)
	if tree.Root() != c.Root {
		t.Error("the tiles do not add up to the checkpoint")
	}
	// Leaves are for people; their hashes are those of the tiles.
	public.get("/log/tile/entries/000").want(401, "sign-in")
	a := w.as("audi", "auditor")
	leaves, err := ledger.SplitBundle([]byte(a.get("/log/"+ledger.BundlePath(0, 256)).want(200, "").body))
	w.no(err)
	first, err := tiles(0, 0)
	w.no(err)
	for i, leaf := range leaves {
		if h := tlog.RecordHash(leaf); !bytes.Equal(h[:], first[i*32:i*32+32]) {
			t.Fatalf("leaf %d is another", i)
		}
	}
	// A receipt that comes over HTTP stands by itself.
	n := w.enter("mine", "TLP:GREEN")
	receipt, err := ledger.ParseReceipt([]byte(a.get(fmt.Sprintf("/api/v1/entries/%d/receipt", n)).want(200, "").body))
	w.no(err)
	if err := receipt.Check(k.Verifier()); err != nil {
		t.Error(err)
	}
}

// TestOneInstanceWitnessesAnother has a checkpoint co-signed over HTTP by the ledger's own
// client, and refused when it is another history.
func TestOneInstanceWitnessesAnother(t *testing.T) {
	own, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{3}, 64)), "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	k, err := testKey()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	latest := map[string][]byte{}
	w := newWorld(t, func(o *Options) {
		o.Witness = &ledger.Witness{Key: own, Logs: map[string][]string{"desk.example": {k.Verifier()}},
			Load: func(origin string) ([]byte, error) { mu.Lock(); defer mu.Unlock(); return latest[origin], nil },
			Store: func(origin string, old, new []byte) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				if !bytes.Equal(latest[origin], old) {
					return false, nil
				}
				latest[origin] = new
				return true, nil
			}}
	})
	prove := func(old, size int64) ([]ledger.Hash, error) {
		return ledger.Consistency(old, size, func(level int, n int64) ([]byte, error) { return w.db.Tile(w.ctx, level, n) })
	}
	var line []byte
	for range 2 { // the record grows in between
		w.enter(fmt.Sprint("grown", len(line)), "TLP:GREEN")
		note, err := w.record.Checkpoint(w.ctx)
		w.no(err)
		line, err = ledger.Ask(w.ctx, http.DefaultClient, ledger.Question{URL: w.origin + "/witness", Witness: own.WitnessVerifier(), Checkpoint: note, Prove: prove})
		w.no(err)
		if !bytes.HasPrefix(line, []byte("— witness.example ")) {
			t.Errorf("%s", line)
		}
	}
	forged, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: "desk.example", Size: 1000, Root: ledger.Hash{1}}, k)
	w.no(err)
	w.log.take(t)
	for what, test := range map[string]struct {
		body   []byte
		status int
	}{
		"another history": {ledger.FormatRequest(0, nil, forged), 409},
		"nonsense":        {[]byte(plantedText), 400},
		"too long":        {bytes.Repeat([]byte("a"), ledger.MaxRequest+10), 400},
	} {
		if r := w.nobody().do("POST", "/witness/add-checkpoint", bytes.NewReader(test.body)); r.status != test.status {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if got := w.log.take(t); len(got) != 3 || got[0]["msg"] != "refused" {
		t.Errorf("the log says %v", got)
	}
	newWorld(t).nobody().do("POST", "/witness/add-checkpoint", bytes.NewReader(nil)).want(404, "absent")
}

func TestMetricsTellNothingOfAnybody(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MetricsToken = people.Hide("metrics-" + plantedName) })
	w.plant()
	mona := w.as("mona", "monitor")
	mona.get("/api/v1/rows/report/planted?as_of=" + plantedQuery)
	mona.get("/" + plantedName)
	mona.do(strings.ToUpper(plantedName), "/", nil)
	root := w.as("root", "administrator")
	prog := w.nobody()
	prog.bearer = "metrics-" + plantedName
	for _, c := range []*client{root, prog} {
		r := c.get("/metrics").want(200, "")
		if strings.Contains(strings.ToLower(r.body), "planted") || strings.Contains(r.body, "mona") || !strings.Contains(r.body, `truce_http_requests_total{method="GET",route="GET /api/v1/rows/{kind}/{id}",status="422"} 1`) {
			t.Errorf("%s", r.body)
		}
		if !strings.Contains(r.body, "truce_record_entries 228") || !strings.Contains(r.body, "truce_refusals_total") {
			t.Error("entries or refusals are not counted")
		}
	}
	mona.get("/metrics").want(403, "denied")
	prog.get("/api/v1/rows/report").want(401, "sign-in")
	prog.bearer += "x"
	prog.get("/metrics").want(401, "sign-in")
	w.nobody().get("/metrics").want(401, "sign-in")
}

// TestNoSecretIsLogged does a day's work, good and bad, and looks for what was planted.
func TestNoSecretIsLogged(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.MetricsToken = people.Hide("planted-metrics") })
	planted := w.plant()
	secrets := []string{plantedText, plantedSource, plantedName, plantedPassword, plantedQuery, "planted-metrics", base64.StdEncoding.EncodeToString([]byte(plantedText))}
	dora := w.as("dora", "desk", "head")
	secrets = append(secrets, w.apps["dora"])
	u, err := url.Parse(w.origin)
	w.no(err)
	for _, k := range dora.http.Jar.Cookies(u) {
		secrets = append(secrets, k.Value)
	}
	prog := dora.token("desk")
	secrets = append(secrets, prog.bearer)
	root := w.as("root", "administrator")
	link := root.send("POST", "/api/v1/people/invitations", map[string]any{"account": "x1", "post": map[string]any{"name": plantedName, "roles": []string{"monitor"}}}).json()["link"].(string)
	_, token, _ := strings.Cut(link, "token=")
	secrets = append(secrets, token)
	anna := w.nobody()
	n := len(w.log.take(t))
	n = 0
	count := func(reply) { n++ }
	count(anna.page("/invitation?token=" + token))
	count(anna.form("/invitation", url.Values{"token": {token}}))
	count(anna.form("/invitation", url.Values{"token": {token}}))
	count(anna.form("/account/password", url.Values{"password": {plantedPassword}}))
	count(anna.form("/account/authenticator", nil))
	for _, c := range []*client{dora, prog, root, anna, w.nobody()} {
		for _, path := range everyWayOut("planted", planted.N) {
			count(c.page(path))
		}
		count(c.get("/" + plantedName + "/" + plantedText + "?" + plantedQuery))
		count(c.get("/sign-in/back?state=" + plantedQuery + "&code=" + plantedQuery + "&iss=" + plantedQuery))
		count(c.get("/sign-in/with/" + plantedName))
		count(c.send("POST", "/api/v1/entries", act1("incident.opened", map[string]any{"id": plantedName, "title": plantedText, plantedQuery: 1}), "Idempotency-Key", plantedQuery))
		count(c.send("POST", "/api/v1/entries", map[string]any{plantedName: plantedText}))
		count(c.do("POST", "/api/v1/entries", strings.NewReader(`{"`+plantedText), "Content-Type", "application/json"))
		count(c.send("POST", "/api/v1/reports", map[string]any{"report": map[string]any{"id": plantedName, "text": plantedText, "elements": []any{}}}, "Idempotency-Key", plantedQuery))
		count(c.form("/sign-in", url.Values{"account": {plantedPassword}, "password": {plantedPassword}, "code": {plantedQuery}}))
		count(c.do("GET", "/api/v1/me", nil, "Authorization", "Bearer "+plantedName, "Cookie", "a="+plantedText, "User-Agent", plantedName, "Referer", "https://"+plantedName, "X-Forwarded-For", plantedName))
		count(c.do("POST", "/api/v1/reports/"+plantedName+"/attachments?name="+plantedName, bytes.NewReader(picturePNG()), "Content-Type", plantedName))
	}
	log := w.log.String()
	if got := strings.Count(log, "\n"); got != n {
		t.Errorf("%d lines for %d requests", got, n)
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(log, s) {
			i := strings.Index(log, s)
			t.Errorf("the log holds %q: %s", s, log[max(0, i-400):min(len(log), i+100)])
		}
	}
}
