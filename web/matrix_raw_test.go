package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// held holds the log of the whole run to the requests that were made: one line for each, and
// for each refusal one that says so; and neither the log nor the metrics nor the raw data
// hold what they must not.
func (m *matrix) held(data string, raw func() [][2]string) {
	lines := map[string]int{}
	text := m.log.String()
	for line := range strings.Lines(text) {
		var l struct {
			ID, Msg, Level string
			Status         int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			m.t.Errorf("the log holds %q", line)
			continue
		}
		lines[l.ID]++
		status, made := m.made[l.ID]
		if !made {
			continue // signing in, before the matrix
		}
		if refused := l.Msg == "refused" || l.Msg == "failed"; status >= 400 && !refused || l.Status != status {
			m.leak("a request that was answered %d has the line %s", status, line)
		}
	}
	for id, status := range m.made {
		if lines[id] != 1 {
			m.leak("a request that was answered %d has %d lines", status, lines[id])
		}
	}
	metrics := m.get(m.askerNamed("root"), "/metrics")
	secrets := m.secrets()
	for _, where := range [][2]string{{"the log", text}, {"the metrics", string(metrics.body)}} {
		for id := range m.in([]byte(where[1])) {
			m.leak("%s holds %s", where[0], m.tell(id))
		}
		m.without(where[0], where[1], secrets)
	}
	n := 0
	for _, part := range raw() {
		n += len(part[1])
		m.without(data+" "+part[0], part[1], secrets)
	}
	m.t.Logf("%d lines of log, %d bytes of raw data, %d planted secrets", len(lines), n, len(secrets))
}

func (m *matrix) askerNamed(name string) *asker {
	for _, x := range m.askers {
		if x.name == name {
			return x
		}
	}
	m.t.Fatal("nobody is called " + name)
	return nil
}

// secrets are those that stand nowhere in clear, by what they are.
func (m *matrix) secrets() map[string]string {
	out := map[string]string{plantedPassword: "a password", identity: "who a source is"}
	for _, x := range m.askers {
		for _, s := range x.secrets {
			if s != "" {
				out[s] = "a token, a cookie or an authenticator's secret of " + x.name
			}
		}
	}
	return out
}

// without fails where a text holds a secret, as it is, in hexadecimal or in base64.
func (m *matrix) without(where, text string, secrets map[string]string) {
	texts := [][]byte{[]byte(text)}
	unbased([]byte(text), func(inner []byte) { texts = append(texts, bytes.Clone(inner)) })
	for _, run := range hexRun.FindAllString(text, -1) {
		if inner, err := hex.DecodeString(run[:len(run)&^1]); err == nil {
			texts = append(texts, inner)
		}
	}
	all := bytes.Join(texts, []byte{0})
	for secret, what := range secrets {
		if bytes.Contains(all, []byte(secret)) {
			m.leak("%s holds %s", where, what)
		}
	}
}

var hexRun = regexp.MustCompile(`[0-9a-f]{16,}`)

// onDisk are all files under a folder, as they are on the disk.
func onDisk(t *testing.T, dir string) (out [][2]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out = append(out, [2]string{filepath.Base(path), string(text)})
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files, %v", len(out), err)
	}
	return out
}

// tables are all rows of all tables of a schema.
func tables(t *testing.T, url string) (out [][2]string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) < 5 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	for _, name := range names {
		rows, err := c.Query(t.Context(), fmt.Sprintf("SELECT coalesce(string_agg(x::text, chr(10)), '') FROM %s x", pgx.Identifier{name}.Sanitize()))
		if err != nil {
			t.Fatal(err)
		}
		text, err := pgx.CollectOneRow(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, [2]string{name, text})
	}
	return out
}
