package columns

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/bench/world"
)

const head = "id,date_start,date_end,date_prec,lat,lon,where_prec,actor_a,actor_b,means," +
	"deaths,deaths_low,deaths_high,civilians,source,text,truth\n"

// row is a table's row in plain words, so that tables made in different ways can be compared.
func row(t *Table, i int) string {
	return fmt.Sprintf("%q %d %d %d %d %d %d %q %q %q %d %d %d %d %q %q", t.String(t.ID[i]), t.From[i], t.To[i],
		t.FromPrec[i], t.Lat[i], t.Lon[i], t.WherePrec[i], t.Actors.Word(t.A[i]), t.Actors.Word(t.B[i]),
		t.MeansWords.Word(t.Means[i]), t.Deaths[i], t.Low[i], t.High[i], t.Civilians[i], t.String(t.Source[i]), t.String(t.Text[i]))
}

func rows(t *Table) []string {
	var out []string
	for i := range t.Rows() {
		out = append(out, row(t, i))
	}
	return out
}

// bad is where and what of each bad row.
func bad(t *Table) []string {
	var out []string
	for _, p := range t.Bad {
		out = append(out, fmt.Sprint(p.Line, p.Code, p.Field))
	}
	return out
}

// readAll gathers all blocks in order.
func readAll(t testing.TB, r io.Reader, o Options) *Table {
	t.Helper()
	o = o.withDefaults()
	all := &Table{Actors: On(o.Actors), MeansWords: On(o.Means)}
	waiting := map[int]*Table{}
	mutex := make(chan struct{}, 1)
	err := Scan(r, o, func(_, block int, u *Table) error {
		one := &Table{Actors: On(o.Actors), MeansWords: On(o.Means)}
		one.Append(u)
		mutex <- struct{}{}
		waiting[block] = one
		<-mutex
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range len(waiting) {
		all.Append(waiting[k])
	}
	return all
}

func same(t *testing.T, name string, want, got *Table) {
	t.Helper()
	if diff := cmp.Diff(rows(want), rows(got)); diff != "" {
		t.Errorf("%s: rows (-want +got):\n%s", name, diff)
	}
	if diff := cmp.Diff(bad(want), bad(got)); diff != "" {
		t.Errorf("%s: bad rows (-want +got):\n%s", name, diff)
	}
}

func TestARowIsUnderstood(t *testing.T) {
	const good = "SY-1,2016-02-29,2016-03-01,2,36.5,-37.123456,1,Alpha,Beta,mortar,3,2,5,0,src,all quiet,\n"
	for _, c := range []struct{ name, csv, want string }{
		{"as usual", good, `"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
		{"nothing known but the id", "7,,,,,,,,,,,,,,,,\n", `"7" M M 0 M M 0 "" "" "" M M M M "" ""`},
		{"quoted actor with a comma", strings.Replace(good, "Alpha", `"Alpha, 1st ""A"""`, 1),
			`"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha, 1st \"A\"" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
		{"quoted number", strings.Replace(good, ",3,", `,"3",`, 1),
			`"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
		{"newline in the text", strings.Replace(good, "all quiet", "\"all\r\nquiet\"", 1),
			`"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all\nquiet"`},
		{"seventh decimal rounds", strings.Replace(good, "36.5", "36.1234565", 1),
			`"SY-1" 16860 16861 2 36123457 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
		{"carriage return", strings.Replace(good, "\n", "\r\n", 1),
			`"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
		{"no newline at the end", strings.TrimSuffix(good, "\n"),
			`"SY-1" 16860 16861 2 36500000 -37123456 1 "Alpha" "Beta" "mortar" 3 2 5 0 "src" "all quiet"`},
	} {
		got := readAll(t, strings.NewReader(head+c.csv), Options{})
		want := []string{strings.ReplaceAll(c.want, "M", fmt.Sprint(Missing))}
		if diff := cmp.Diff(want, rows(got)); diff != "" || got.Bad != nil {
			t.Errorf("%s (-want +got):\n%s%v", c.name, diff, got.Bad)
		}
	}
}

func TestABadRowIsSetAsideByItsLine(t *testing.T) {
	const good = "1,2016-02-29,2016-02-29,1,36.500000,37.123456,1,A,B,m,3,2,5,0,src,quiet,\n"
	for _, c := range []struct{ name, row, want string }{
		{"no such day", strings.Replace(good, "2016-02-29", "2015-02-29", 1), "3bad-valuedate_start"},
		{"month 13", strings.Replace(good, "2016-02-29,1", "2016-13-01,1", 1), "3bad-valuedate_end"},
		{"beyond the pole", strings.Replace(good, "36.5", "90.5", 1), "3bad-valuelat"},
		{"beyond the date line", strings.Replace(good, "37.1", "180.1", 1), "3bad-valuelon"},
		{"two points", strings.Replace(good, "36.5", "36..5", 1), "3bad-valuelat"},
		{"words for a number", strings.Replace(good, ",3,", ",many,", 1), "3bad-valuedeaths"},
		{"minus deaths", strings.Replace(good, ",3,", ",-3,", 1), "3bad-valuedeaths"},
		{"ten digits", strings.Replace(good, ",3,", ",1234567890,", 1), "3bad-valuedeaths"},
		{"precision 0", strings.Replace(good, ",1,A", ",0,A", 1), "3bad-valuewhere_prec"},
		{"a field too few", strings.Replace(good, ",quiet", "", 1), "3csv-columns"},
		{"a field too many", strings.Replace(good, "quiet", "quiet,here", 1), "3csv-columns"},
		{"a quote inside", strings.Replace(good, "quiet", `qui"et`, 1), "3csv-quote"},
		{"a quote and more", strings.Replace(good, "quiet", `"qui"et`, 1), "3csv-quote"},
	} {
		for _, workers := range []int{1, 2} {
			got := readAll(t, strings.NewReader(head+good+c.row+good+good), Options{Workers: workers, Block: 90})
			if diff := cmp.Diff([]string{c.want}, bad(got)); diff != "" || got.Rows() != 3 {
				t.Errorf("%s, %d workers: %d rows (-want +got):\n%s", c.name, workers, got.Rows(), diff)
			}
		}
	}
}

func TestAQuoteThatIsNeverClosedCostsItsLine(t *testing.T) {
	good := strings.Repeat("1,2016-02-29,2016-02-29,1,36.500000,37.123456,1,A,B,m,3,2,5,0,src,quiet,\n", 50)
	open := "1,2016-02-29,2016-02-29,1,36.500000,37.123456,1,A,B,m,3,2,5,0,src,\"quiet,\n"
	got := readAll(t, strings.NewReader(head+good+open+good), Options{Workers: 2, Block: 500})
	if diff := cmp.Diff([]string{"52csv-quote"}, bad(got)); diff != "" || got.Rows() != 100 {
		t.Errorf("%d rows (-want +got):\n%s", got.Rows(), diff)
	}
}

func TestWhatTheHeaderMustHave(t *testing.T) {
	for _, c := range []struct{ name, header, want string }{
		{"no header", "", "columns missing: id, date_start"},
		{"twice", "id,id\n", "the column id stands twice"},
		{"one missing", strings.Replace(head, "means,", "", 1), "columns missing: means"},
	} {
		err := Scan(strings.NewReader(c.header), Options{}, func(int, int, *Table) error { return nil })
		var e *truce.Error
		if !errors.As(err, &e) || e.Kind != truce.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestColumnsInAnyOrder(t *testing.T) {
	in := "truth,text,lat,id,date_end,date_start,date_prec,lon,where_prec,extra,actor_b,actor_a,deaths,deaths_low,deaths_high,civilians,source,means\n" +
		"9,hello,35.000001,x,2020-01-02,2020-01-01,1,36.000001,2,?,B,A,1,1,1,0,s,gun\n"
	for _, in := range []string{in, strings.ReplaceAll(in, "\n", "\r\n"), "\ufeff" + in} {
		got := readAll(t, strings.NewReader(in), Options{})
		want := []string{`"x" 18262 18263 1 35000001 36000001 2 "A" "B" "gun" 1 1 1 0 "s" "hello"`}
		if diff := cmp.Diff(want, rows(got)); diff != "" {
			t.Error(diff, got.Bad)
		}
	}
}

func TestAFailureStopsTheScan(t *testing.T) {
	in := head + strings.Repeat("7,,,,,,,,,,,,,,,,\n", 1000)
	enough := errors.New("enough")
	for _, workers := range []int{1, 2} {
		err := Scan(strings.NewReader(in), Options{Workers: workers, Block: 100}, func(_, block int, _ *Table) error {
			if block == 3 {
				return enough
			}
			return nil
		})
		if err != enough {
			t.Errorf("%d workers: %v", workers, err)
		}
		r := io.MultiReader(strings.NewReader(in), iotest.ErrReader(enough))
		err = Scan(r, Options{Workers: workers, Block: 100}, func(int, int, *Table) error { return nil })
		if !errors.Is(err, enough) {
			t.Errorf("%d workers: reader's failure became %v", workers, err)
		}
	}
}

func TestScanReadsTheWorkloadLikeThePlainReader(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	w, err := world.New(world.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := w.WriteCSV(&buf, n, 2); err != nil {
		t.Fatal(err)
	}
	o := Options{Actors: NewDict(w.Actors...), Means: NewDict(w.Means...)}
	want, err := Plain(bytes.NewReader(buf.Bytes()), o)
	if err != nil {
		t.Fatal(err)
	}
	if want.Rows() != n {
		t.Fatalf("the plain reader has %d rows", want.Rows())
	}
	for _, try := range []Options{{Workers: 1}, {Workers: 2}, {Workers: 3, Block: 1000}, {Workers: 1, Block: 10_000}} {
		try.Actors, try.Means = o.Actors, o.Means
		same(t, fmt.Sprintf("%d workers, block %d", try.Workers, try.Block), want, readAll(t, bytes.NewReader(buf.Bytes()), try))
	}
	same(t, "no words known", want, readAll(t, bytes.NewReader(buf.Bytes()), Options{Workers: 2}))
}

func FuzzScan(f *testing.F) {
	const good = "1,2016-02-29,2016-02-29,1,36.500000,37.123456,1,A,B,m,3,2,5,0,src,quiet,\n"
	f.Add(good+good, 10)
	f.Add(strings.Replace(good, "quiet", "\"a\"\"\n,b\"", 1)+"\r\n"+good, 3)
	f.Add(strings.Replace(good, "quiet", "\"", 1)+good+good, 50)
	f.Fuzz(func(t *testing.T, body string, size int) {
		size = max(1, size%1000)
		one := readAll(t, strings.NewReader(head+body), Options{})
		same(t, "small blocks", one, readAll(t, strings.NewReader(head+body), Options{Block: size}))
		same(t, "three workers", one, readAll(t, strings.NewReader(head+body), Options{Block: size, Workers: 3}))
		if plain, err := Plain(strings.NewReader(head+body), Options{}); err == nil {
			same(t, "encoding/csv", plain, one)
		}
	})
}

func FuzzFields(f *testing.F) {
	f.Add("2016-02-29")
	f.Add("-36.123456")
	f.Add("0001-01-01")
	f.Add("9999-12-31")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\",\r\n") {
			return
		}
		b := padded([]byte(s + ","))
		check(t, s, "day", day, plainDay)
		check(t, s, "number", number, plainNumber)
		check(t, s, "precision", precision, plainPrecision)
		lat := func(b []byte) (int32, bool) { return degrees(b, 90e6) }
		check(t, s, "degrees", lat, func(s string) (int32, bool) { return plainDegrees(s, 90e6) })
		want, ok := plainDegrees(s, 90e6)
		if v, end, quick := sixDecimals(b, 0, 90e6); quick && (!ok || v != want || end != len(s)) {
			t.Errorf("%q in six decimals is %d, %d", s, v, end)
		}
		d := NewDict()
		if code, end := wordFrom(d, b, 0); d.Word(code) != s || end != len(s) || d.Find(s) != code {
			t.Errorf("%q as a word is %q", s, d.Word(code))
		}
	})
}

func check[T comparable](t *testing.T, s, name string, fast func([]byte) (T, bool), plain func(string) (T, bool)) {
	t.Helper()
	want, wantOK := plain(s)
	got, ok := fast([]byte(s))
	if ok != wantOK || ok && got != want {
		t.Errorf("%q as %s: %v %v, the plain reader says %v %v", s, name, got, ok, want, wantOK)
	}
}

func BenchmarkScan(b *testing.B)  { benchRead(b, Options{Workers: 1}) }
func BenchmarkScan2(b *testing.B) { benchRead(b, Options{Workers: 2}) }

func benchRead(b *testing.B, o Options) {
	w, buf := sample(b)
	o.Actors, o.Means = NewDict(w.Actors...), NewDict(w.Means...)
	b.SetBytes(int64(len(buf)))
	perRow(b, sampleRows, func() {
		if err := Scan(bytes.NewReader(buf), o, func(int, int, *Table) error { return nil }); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPlain(b *testing.B) {
	w, buf := sample(b)
	o := Options{Actors: NewDict(w.Actors...), Means: NewDict(w.Means...)}
	b.SetBytes(int64(len(buf)))
	perRow(b, sampleRows, func() {
		if _, err := Plain(bytes.NewReader(buf), o); err != nil {
			b.Fatal(err)
		}
	})
}

const sampleRows = 100_000

func sample(b *testing.B) (*world.World, []byte) {
	w, err := world.New(world.Config{})
	if err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	if err := w.WriteCSV(&buf, sampleRows, 2); err != nil {
		b.Fatal(err)
	}
	return w, buf.Bytes()
}
