package intake_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/intake"
	"truce/mappings"
)

// open opens a file of the shared data, or skips the test by the name of what is missing.
func open(t testing.TB, name string) (string, io.ReadCloser) {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("%s is not here", path)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

// rows reads a table the plain way, for counts that owe nothing to this package.
func rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	_, f := open(t, name)
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, cells := range all[1:] {
		m := map[string]string{}
		for i, c := range cells {
			m[all[0][i]] = c
		}
		out = append(out, m)
	}
	return out
}

// areas knows the areas of the Syrian boundary files by name.
func areas(t testing.TB) func(string, int) (string, bool) {
	t.Helper()
	codes := []map[string]string{{}, {}, {}}
	for level, key := range []string{"adm0", "adm1", "adm2"} {
		_, f := open(t, "admin-syria/admin"+string(rune('0'+level))+".geojson.gz")
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Features []struct{ Properties map[string]any }
		}
		if err := json.NewDecoder(z).Decode(&c); err != nil {
			t.Fatal(err)
		}
		for _, x := range c.Features {
			codes[level][x.Properties[key+"_name"].(string)] = x.Properties[key+"_pcode"].(string)
		}
	}
	return func(name string, level int) (string, bool) {
		code, ok := codes[level][name]
		return code, ok
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func builtin(t testing.TB, name string) *intake.Mapping {
	t.Helper()
	text, ok := mappings.Builtin(name)
	if !ok {
		t.Fatalf("no mapping %s", name)
	}
	m, ps := intake.ParseMapping(name+".yaml", text)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return m
}

// readAll reads a file and keeps what was set aside.
func readAll(t testing.TB, name string, r io.Reader, o intake.Options) (reports []truce.Report, bad []*intake.RowError) {
	t.Helper()
	for rep, err := range intake.Read(name, r, o) {
		var row *intake.RowError
		switch {
		case errors.As(err, &row):
			bad = append(bad, row)
		case err != nil:
			t.Fatal(err)
		default:
			reports = append(reports, rep)
		}
	}
	return reports, bad
}
