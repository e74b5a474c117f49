package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce"
	"truce/store"
)

func closed(id string) store.Draft {
	return store.Draft{Kind: "report.closed", Fields: fields(said{ID: id})}
}

// TestStateAsOf: entry 0 is the key; each line is one entry.
func TestStateAsOf(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		for i, d := range []store.Draft{
			received(said{ID: "a", Label: "CLEAR", Text: "one"}), // 1
			received(said{ID: "b", Label: "RED", Text: "two"}),   // 2
			received(said{ID: "a", Label: "RED", Text: "three"}), // 3
			closed("a"), // 4
			received(said{ID: "a", Label: "CLEAR", Text: "four"}), // 5
			closed("nobody"), // 6
		} {
			if i > 0 {
				p.clock.Add(time.Minute)
			}
			add(t, db, d)
		}
		for n, want := range []string{1: "", 2: "a", 3: "a b", 4: "a b", 5: "b", 6: "a b", 7: "a b"} {
			if n == 0 {
				continue
			}
			if got := ids(list(t, db, store.Query{AsOf: int64(n), AnyLabel: true}).Rows); got != want {
				t.Errorf("as of %d: %q; expected %q", n, got, want)
			}
		}
		for n, want := range map[int64]string{2: "one", 3: "one", 4: "three", 6: "four", 0: "four"} {
			r, err := db.Get(t.Context(), n, "report", "a")
			if err != nil || r.Text != want {
				t.Errorf("a as of %d: %q, %v; expected %q", n, r.Text, err, want)
			}
		}
		for _, n := range []int64{1, 5} {
			_, err := db.Get(t.Context(), n, "report", "a")
			refused(t, err, truce.Absent, "a")
		}
		for _, c := range []struct {
			from, to int64
			want     string
		}{{1, 3, "a=one b=two"}, {2, 4, "a=three b=two"}, {3, 5, "a ended"}, {3, 7, "a=four"}, {4, 5, "a ended"}, {6, 7, ""}, {0, 1, ""}} {
			rows, err := db.Changed(t.Context(), "report", c.from, c.to)
			var got []string
			for id, r := range rows {
				if r.Body == nil {
					got = append(got, id+" ended")
				} else {
					got = append(got, id+"="+r.Text)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want || err != nil {
				t.Errorf("changed from %d to %d: %q, %v; expected %q", c.from, c.to, got, err, c.want)
			}
		}
		for _, c := range []struct {
			from, to int64
			want     string
		}{{0, 1, "key.enrolled"}, {1, 4, "report.received"}, {3, 7, "report.closed report.received"}, {7, 9, ""}} {
			if got, err := db.Kinds(t.Context(), c.from, c.to); strings.Join(got, " ") != c.want || err != nil {
				t.Errorf("kinds from %d to %d: %q, %v; expected %q", c.from, c.to, got, err, c.want)
			}
		}
		h, err := db.History(t.Context(), "report", "a")
		if err != nil {
			t.Fatal(err)
		}
		var spans []string
		for _, v := range h {
			spans = append(spans, fmt.Sprintf("%d-%d %s", v.From, v.To, v.Row.Text))
		}
		if want := []string{"1-3 one", "3-4 three", "4-5 ", "5--1 four"}; !cmp.Equal(spans, want) {
			t.Errorf("history %q; expected %q", spans, want)
		}
		for minutes, want := range map[time.Duration]int64{0: 2, 1: 3, 4: 6, 100: 7} {
			if n, err := db.AsOf(t.Context(), noon.Add(minutes*time.Minute)); n != want || err != nil {
				t.Errorf("after %d minutes %d entries, %v; expected %d", minutes, n, err, want)
			}
		}
		_, err = db.AsOf(t.Context(), noon.Add(-time.Millisecond))
		refused(t, err, truce.Absent, "knew nothing")
		sound(t, db)
	})
}

func TestLabelsThatTheReaderMaySee(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		for i, label := range []string{"CLEAR", "RED", "AMBER", "RED", "GREEN to:a,b"} {
			add(t, db, received(said{ID: fmt.Sprint(i), Label: label, Text: "word", Box: &truce.Box{East: 1, North: 1}}))
		}
		box := &truce.Box{West: -1, South: -1, East: 2, North: 2}
		for _, q := range []store.Query{{}, {Text: "word"}, {Box: box}} {
			q.Kind = "report"
			for labels, want := range map[string]string{"": "", "CLEAR": "0", "RED": "1 3", "RED|CLEAR": "0 1 3", "R": "", "GREEN to:a,b|AMBER|GREY": "2 4"} {
				q.Labels = nil
				if labels != "" {
					q.Labels = strings.Split(labels, "|")
				}
				if got := ids(list(t, db, q).Rows); got != want {
					t.Errorf("%+v sees %q; expected %q", q, got, want)
				}
				n, err := db.Count(t.Context(), q)
				sum := int64(0)
				for _, c := range n {
					sum += c.N
				}
				if err != nil || sum != int64(len(strings.Fields(want))) {
					t.Errorf("%+v counts %v, %v; expected %q", q, n, err, want)
				}
			}
			q.Labels = []string{}
			if got := ids(list(t, db, q).Rows); got != "" {
				t.Errorf("an empty list of labels sees %q", got)
			}
		}
		got, err := db.Count(t.Context(), store.Query{Kind: "report", AnyLabel: true})
		want := []store.Counted{{Label: "AMBER", N: 1}, {Label: "CLEAR", N: 1}, {Label: "GREEN to:a,b", N: 1}, {Label: "RED", N: 2}}
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("got %v, %v; expected %v", got, err, want)
		}
		if got, err := db.Labels(t.Context(), "report"); err != nil || !cmp.Equal(got, []string{"AMBER", "CLEAR", "GREEN to:a,b", "RED"}) {
			t.Errorf("labels %q, %v", got, err)
		}
	})
}

func TestPagesFitTogether(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		var drafts []store.Draft
		var want []string
		for i := range 57 {
			id := fmt.Sprintf("é%02d", i)
			drafts = append(drafts, received(said{ID: id, Label: "CLEAR", Sort: fmt.Sprint(i % 5), Parent: fmt.Sprint(i % 2)}))
			want = append(want, fmt.Sprint(i%5)+id)
		}
		add(t, db, drafts...)
		slices.Sort(want)
		before := size(t, db)
		for _, newest := range []bool{false, true} {
			q := store.Query{Kind: "report", AnyLabel: true, Limit: 10, Newest: newest, AsOf: before}
			var got []string
			for {
				page := list(t, db, q)
				for _, r := range page.Rows {
					got = append(got, r.Sort+r.ID)
				}
				if page.Next == "" {
					break
				}
				q.After, q.AsOf = page.Next, page.AsOf
				add(t, db, received(said{ID: fmt.Sprintf("é00-%d", len(got)), Label: "CLEAR", Sort: "3"})) // must not be seen
			}
			if newest {
				slices.Reverse(got)
			}
			if !cmp.Equal(got, want) {
				t.Errorf("newest %v: %q", newest, got)
			}
		}
		if got := list(t, db, store.Query{AnyLabel: true, Parent: "1", Limit: 100}); len(got.Rows) != 28 {
			t.Errorf("%d rows of parent 1; expected 28", len(got.Rows))
		}
		for _, q := range []store.Query{{After: "x"}, {After: "!"}, {Limit: -1}, {Limit: store.MaxLimit + 1}, {AsOf: -1}, {Box: &truce.Box{South: 2}}} {
			q.Kind, q.AnyLabel = "report", true
			_, err := db.List(t.Context(), q)
			refused(t, err, truce.Invalid)
		}
	})
}

// TestPartOfAList: rows are bounded by their order, those without a place alone, some passed
// over; also where a reader sees more marks than one statement takes.
func TestPartOfAList(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		var drafts []store.Draft
		var marks []string
		for i := range 230 {
			s := said{ID: fmt.Sprintf("r%03d", i), Label: fmt.Sprintf("L%d", i), Sort: fmt.Sprintf("s%d", i%10)}
			if i%2 == 0 {
				s.Box = &truce.Box{West: 1, East: 2, South: 1, North: 2, From: noon, To: noon}
			}
			drafts, marks = append(drafts, received(s)), append(marks, s.Label)
		}
		add(t, db, drafts...)
		for _, labels := range [][]string{marks, marks[:30]} {
			q := store.Query{Labels: labels, Since: "s3", Before: "s6", Unplaced: true, Skip: 2, Limit: 3}
			var want []string // those of s3 and s5 are odd, so without a place
			for _, rest := range []int{3, 5} {
				for i := rest; i < len(labels); i += 10 {
					want = append(want, fmt.Sprintf("r%03d", i))
				}
			}
			page := list(t, db, q)
			if got := ids(page.Rows); got != strings.Join(want[2:5], " ") {
				t.Errorf("of %d marks: %q; expected %q", len(labels), got, want[2:5])
			}
			if q.Skip, q.After = 0, page.Next; len(want) > 5 {
				if got := ids(list(t, db, q).Rows); got != strings.Join(want[5:min(8, len(want))], " ") {
					t.Errorf("of %d marks, after that: %q; expected %q", len(labels), got, want[5:])
				}
			}
			if q = (store.Query{Labels: labels, Skip: len(labels)}); ids(list(t, db, q).Rows) != "" {
				t.Errorf("of %d marks there is something behind the last", len(labels))
			}
			if q = (store.Query{AnyLabel: true, Newest: true, Skip: 229}); ids(list(t, db, q).Rows) != "r000" {
				t.Errorf("the oldest is %q", ids(list(t, db, q).Rows))
			}
		}
		box := &truce.Box{West: 0, East: 3, South: 0, North: 3, From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}
		if got := ids(list(t, db, store.Query{AnyLabel: true, Box: box, Since: "s8", Skip: 1, Limit: 2}).Rows); got != "r018 r028" {
			t.Errorf("in a box: %q", got)
		}
		_, err := db.List(t.Context(), store.Query{Kind: "report", AnyLabel: true, Skip: -1})
		refused(t, err, truce.Invalid)
	})
}

func TestRowComesBackAsItWas(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		boxes := map[string]*truce.Box{
			"none":         nil,
			"point":        {West: 36.123456789, East: 36.123456789, South: 33.5, North: 33.5, From: noon, To: noon},
			"date line":    {West: 179, East: -179, South: -1, North: 1, From: noon, To: noon.Add(time.Hour)},
			"no beginning": {To: noon},
			"no end":       {From: noon, West: -180, East: 180, South: -90, North: 90},
		}
		for name, b := range boxes {
			add(t, db, received(said{ID: name, Label: "CLEAR", Box: b, Text: "Один ДВА", Sort: "s\U0001F54A", Parent: "p"}))
		}
		for name, b := range boxes {
			r, err := db.Get(t.Context(), 0, "report", name)
			if err != nil {
				t.Fatal(err)
			}
			want := truce.Row{Kind: "report", ID: name, Label: "CLEAR", Box: b, Text: "один два", Sort: "s\U0001F54A", Parent: "p", Body: []byte(`{"seen":1,"source":"","text":"Один ДВА"}`)}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// TestPlaceAndTime compares the database with a plain reading of what a box means.
func TestPlaceAndTime(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		rng := rand.New(rand.NewPCG(1, 2))
		world := map[string]*truce.Box{}
		var drafts []store.Draft
		for i := range 400 {
			id := fmt.Sprintf("%03d", i)
			world[id] = randomBox(rng)
			drafts = append(drafts, received(said{ID: id, Label: "CLEAR", Box: world[id]}))
		}
		add(t, db, drafts...)
		hits := 0
		for range 400 {
			q := randomBox(rng)
			var want []string
			for id, b := range world {
				if meets(q, b) {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			hits += len(want)
			if got := ids(list(t, db, store.Query{AnyLabel: true, Box: q, Limit: 1000}).Rows); got != strings.Join(want, " ") {
				t.Fatalf("%+v: %q; expected %q", *q, got, want)
			}
		}
		if hits < 500 {
			t.Errorf("only %d hits: the test shows little", hits)
		}
	})
}

// randomBox returns an extent on a coarse grid, so that borders meet often.
func randomBox(rng *rand.Rand) *truce.Box {
	b := &truce.Box{West: float64(rng.IntN(37)*10 - 180), South: float64(rng.IntN(19)*10 - 90)}
	b.East, b.North = min(180, b.West+float64(rng.IntN(3)*10)), min(90, b.South+float64(rng.IntN(3)*10))
	if rng.IntN(10) == 0 {
		b.West, b.East = 170, -170
	}
	if rng.IntN(10) > 0 {
		b.From = noon.Add(time.Duration(rng.IntN(20)) * time.Second)
	}
	if rng.IntN(10) > 0 {
		b.To = noon.Add(20 * time.Second)
		if !b.From.IsZero() {
			b.To = b.From.Add(time.Duration(rng.IntN(4)) * time.Second)
		}
	}
	return b
}

// meets says what a query for a box means, the slow way: in place by every tenth degree and
// its middle, in time by the millisecond.
func meets(q, b *truce.Box) bool {
	east := func(x *truce.Box) (out []float64) {
		for d := x.West; ; d += 5 {
			if d > 180 { // across the date line, which is both 180 and -180
				d -= 360
			}
			if out = append(out, d); d == x.East {
				return out
			}
			if d == 180 {
				out = append(out, -180)
			}
		}
	}
	in := false
	for _, x := range east(q) {
		in = in || slices.Contains(east(b), x)
	}
	start := func(x *truce.Box) int64 {
		if x.From.IsZero() {
			return -1 << 60
		}
		return x.From.UnixMilli()
	}
	end := func(x *truce.Box) int64 {
		switch {
		case x.To.IsZero():
			return 1 << 60
		case x.To.Equal(x.From):
			return x.To.UnixMilli() + 1
		}
		return x.To.UnixMilli()
	}
	return in && q.South <= b.North && q.North >= b.South && start(q) < end(b) && start(b) < end(q)
}

func TestWordsInAllScripts(t *testing.T) {
	texts := map[string]string{
		"ar":  "قُصِفَ مستشفى القُدْس في حلب يوم الأربعاء، ٢٧ نيسان ٢٠١٦",
		"ru":  "Обстрел посёлка Зайцево — 120-мм миномёты",
		"uk":  "Обстріл селища Зайцеве",
		"en":  "Shelling of AL-QUDS hospital; 14 killed, 30+ injured (e.g. children)",
		"fr":  "Frappe aérienne près de l’hôpital",
		"de":  "Beschuß der STRASSE",
		"zh":  "停火协议",
		"tr":  "İstanbul ISPARTA",
		"bad": "'quo\"te' \\ & | ! ( ) : * <-> a\x00b",
	}
	each(t, func(t *testing.T, p place) {
		db := p.open(t)
		for id, s := range texts {
			add(t, db, received(said{ID: id, Label: "CLEAR", Text: s}))
		}
		for question, want := range map[string]string{
			"القدس":          "ar",    // marks do not matter
			"القـــدس":       "ar",    // nor how it is stretched
			"مستشفي":         "ar",    // ya and alef maksura are one
			"الاربعاء":       "ar",    // alef with or without hamza
			"٢٠١٦":           "ar",    // digits of any script
			"2016":           "ar",    //
			"поселка":        "ru",    // е and ё
			"ОБСТРЕЛ":        "ru",    //
			"обстр*":         "ru uk", //
			"120 миномёты":   "ru",    //
			"hospital":       "en",    // not hôpital
			"hopital":        "fr",    //
			"HÔPITAL":        "fr",    //
			"beschuss":       "de",    // ß is ss
			"straße":         "de",    //
			"停火":             "zh",    // each sign is a word
			"火*":             "zh",    //
			"e.g.":           "en",    //
			"shelling kill":  "",      // whole words
			"shelling kill*": "en",    //
			"al-quds 14":     "en",    //
			"istanbul":       "tr",    //
			"te":             "bad",   //
			"!":              "",      // no word: no answer
			"'":              "",      //
			"nothing":        "",      //
			"x OR shelling":  "",      // no operators
			"quo\"te":        "bad",   //
			"b":              "bad",   //
		} {
			if got := ids(list(t, db, store.Query{AnyLabel: true, Text: question}).Rows); got != want {
				t.Errorf("%q finds %q; expected %q", question, got, want)
			}
		}
		sound(t, db)
	})
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"  one,two two\tONE ":             "one two",
		"a" + strings.Repeat("b", 100):    "a" + strings.Repeat("b", 63),
		"é" + strings.Repeat("я", 100):    "e" + strings.Repeat("я", 63),
		"ﻣﺪﯾﻨﺔ":                           "مدينه",
		"x\xffy":                          "x y",
		"٣٤ ۳۴ ३४ 34":                     "34",
		strings.Repeat("abc ", 1_000_000): "abc",
	} {
		if got := store.Words(text); got != want {
			t.Errorf("%.40q: %.80q; expected %.80q", text, got, want)
		}
	}
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "%d ", i)
	}
	if n := len(store.Words(many.String())); n > 256<<10 || n < 250<<10 {
		t.Errorf("%d bytes of words; expected just under 256 KiB", n)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "a B", "قُدْس ـ", "İ", "\xff", "ǅ ﬃ ½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := store.Words(s)
		if again := store.Words(w); again != w {
			t.Errorf("%q becomes %q, and that %q", s, w, again)
		}
		if strings.ContainsAny(w, "'\"*&|!():\\\x00") || strings.Contains(w, "  ") || w != strings.TrimSpace(w) {
			t.Errorf("%q becomes %q", s, w)
		}
	})
}

// TestBothAnswerAlike plays the same random story to both databases and asks both the same
// random questions, at every as-of.
func TestBothAnswerAlike(t *testing.T) {
	words := strings.Fields("shells river قصف القدس мост Ёлка 12 bridge école")
	a, b := onSQLite(t).open(t), onPostgres(t).open(t)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(strings.Fields("a b c d e f é ж"))
		label := rapid.SampledFrom([]string{"CLEAR", "RED", "AMBER"})
		var drafts []store.Draft
		for range rapid.IntRange(1, 12).Draw(t, "entries") {
			s := said{ID: id.Draw(t, "id"), Of: id.Draw(t, "of"), Label: label.Draw(t, "label"), Text: strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 3).Draw(t, "text"), " "),
				Sort: rapid.SampledFrom([]string{"", "1", "2", "é"}).Draw(t, "sort"), Parent: rapid.SampledFrom([]string{"", "p"}).Draw(t, "parent")}
			if rapid.Bool().Draw(t, "placed") {
				s.Box = randomBox(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "place"), 0)))
			}
			kind := rapid.SampledFrom([]string{"report.received", "report.received", "report.copied", "report.closed"}).Draw(t, "kind")
			drafts = append(drafts, store.Draft{Kind: kind, Fields: fields(s)})
		}
		for _, db := range []*store.DB{a, b} {
			if _, err := db.Append(t.Context(), drafts...); err != nil {
				t.Fatal(err)
			}
		}
		n, err := a.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		q := store.Query{Kind: "report", AsOf: rapid.Int64Range(0, n).Draw(t, "as of"), Labels: rapid.SliceOfN(label, 0, 3).Draw(t, "labels"), Limit: rapid.IntRange(1, 5).Draw(t, "limit"), Newest: rapid.Bool().Draw(t, "newest")}
		q.Text = rapid.SampledFrom([]string{"", "", "river", "елка", "القُدس", "b*"}).Draw(t, "question")
		q.Parent = rapid.SampledFrom([]string{"", "", "p"}).Draw(t, "of parent")
		if rapid.Bool().Draw(t, "in a box") {
			q.Box = randomBox(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "box"), 0)))
		}
		x, errX := a.List(t.Context(), q)
		y, errY := b.List(t.Context(), q)
		if diff := cmp.Diff(x, y); diff != "" || errX != nil || errY != nil {
			t.Fatalf("%+v: %v %v\n%s", q, errX, errY, diff)
		}
		m, errX := a.Count(t.Context(), q)
		k, errY := b.Count(t.Context(), q)
		if diff := cmp.Diff(m, k); diff != "" || errX != nil || errY != nil {
			t.Fatalf("%+v: %v %v\n%s", q, errX, errY, diff)
		}
		if dx, err := a.Digest(t.Context()); err != nil {
			t.Fatal(err)
		} else if dy, err := b.Digest(t.Context()); err != nil || dx != dy {
			t.Fatalf("digests %x and %x, %v", dx, dy, err)
		}
	})
	sound(t, a)
	sound(t, b)
}
