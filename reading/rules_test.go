package reading_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"truce/reading"
)

// sound checks what holds of every reading: spans lie in the text, on letters, in order, and
// hold the text that they say.
func sound(t *testing.T, r reading.Reading) {
	t.Helper()
	span := func(what string, s reading.Span, text string) {
		if s.From < 0 || s.To > len(r.Text) || s.From >= s.To {
			t.Fatalf("%s: span %v of %d", what, s, len(r.Text))
		}
		if !utf8.ValidString(r.Text[s.From:s.To]) || text != "" && r.Text[s.From:s.To] != text {
			t.Errorf("%s: %q is not %q", what, r.Text[s.From:s.To], text)
		}
	}
	last := 0
	for _, it := range r.Items {
		span(string(it.Kind), it.Span, it.Text)
		if it.From < last {
			t.Errorf("%s %q out of order", it.Kind, it.Text)
		}
		last = it.From
		if a := it.Amount; a != nil && a.Low != nil && a.High != nil && *a.Low > *a.High {
			t.Errorf("amount %v..%v", *a.Low, *a.High)
		}
		if it.When != nil && it.When.To.Before(it.When.From) {
			t.Errorf("%q ends before it begins", it.Text)
		}
	}
	for _, s := range r.Statements {
		span("statement", s.Span, "")
		span("said", s.Said, "")
		if s.Speaker != nil {
			span("speaker", s.Speaker.Span, s.Speaker.Text)
		}
	}
	for _, h := range r.Happenings {
		span("happening", h.Span, h.Report.Text)
	}
	for _, c := range r.Claims {
		span("claim", c.Span, c.Text)
	}
	for _, d := range r.Doubts {
		span("doubt", d.Span, d.Text)
	}
}

func FuzzRules(f *testing.F) {
	for _, s := range []string{
		"On Friday, Kerry said \"12 people\" were killed in al-Bab. 'No,' he said.",
		"“a ‘b’ c” 10–15,000 at 14:30 on 26.08.2016 since 2012 between 3 and", "قتل 12 شخصا في حلب و15 في إدلب يوم الجمعة",
		"От 10 до 15 боевиков — «нет», заявил Лавров", "U.S. U.N. St. 5.30pm 2016-02-30 31/02/2016 99999999999999999999", "\"\"\"''' ( 34 ) , , , . . .", "the the The province of of Aleppo, and",
	} {
		f.Add(s)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, text string) {
		clean, err := reading.Clean("x", []byte(text))
		if err != nil || len(clean) > 1<<12 {
			return
		}
		got, err := r.Read(t.Context(), clean, damascus(t, friday))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, got)
	})
}

// TestSameTextSameBytes reads twice with two readers made apart.
func TestSameTextSameBytes(t *testing.T) {
	text := "Kerry and Lavrov said on Friday that the two sides had shelled Aleppo, Idlib and Madaya; 12 people died. " + strings.Repeat("Moscow denied it. ", 50)
	var was []byte
	for range 2 {
		r, err := reading.NewRules(rules(t).Lists())
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Read(t.Context(), text, damascus(t, friday))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, got)
		now, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if was != nil && string(was) != string(now) {
			t.Error("the second reading differs")
		}
		was = now
	}
}

func TestItStopsWhenTold(t *testing.T) {
	ctx, stop := contextDone(t)
	defer stop()
	if _, err := rules(t).Read(ctx, "Shells fell.", reading.Account{}); err == nil {
		t.Error("it went on")
	}
}

// BenchmarkRead reads a megabyte of running text.
func BenchmarkRead(b *testing.B) {
	const path = "../../shared/data/wikipedia-syria/syrian_civil_war_ceasefires.md"
	text, err := os.ReadFile(path)
	if err != nil {
		b.Skipf("%s is missing", path)
	}
	long := strings.Repeat(string(text), 1<<20/len(text)+1)[:1<<20]
	long = strings.ToValidUTF8(long, "")
	r := rules(b)
	b.SetBytes(int64(len(long)))
	for b.Loop() {
		if _, err := r.Read(b.Context(), long, damascus(b, friday)); err != nil {
			b.Fatal(err)
		}
	}
}
