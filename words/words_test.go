package words_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"truce/words"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"Ma’la":                   "mala",
		"Al-Ḩasakah":              "al hasakah",
		"STRASSE straße":          "strasse strasse",
		"İdlib":                   "idlib",
		"الأنصاري":                "الانصاري",
		"الرقّة":                  "الرقه",
		"حلـــب":                  "حلب",
		"السويداء":                "السويدا",
		"مصطفى":                   "مصطفي",
		"ﺣﻠﺐ":                     "حلب", // presentation forms
		"الرقة\u200e":             "الرقه",
		"١٢ قتيلاً":               "12 قتيلا",
		"Хай-аль-Ансари":          "хай аль ансари",
		"Ещё Йемен":               "еще йемен",
		"1,200 dead; 3.5 km":      "1200 dead 3.5 km",
		"one, two":                "one two",
		"a\xffb":                  "a b",
		"  many \t spaces\n here": "many spaces here",
	} {
		if got := words.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLatin(t *testing.T) {
	for in, want := range map[string]string{
		"Джаубар":   "dzhaubar",
		"حلب":       "hlb",
		"الرقة":     "al rqh",
		"دير الزور": "dyr al zwr",
		"الى":       "aly",
		"Щастя":     "shchastya",
	} {
		if got := words.Latin(in); got != want {
			t.Errorf("Latin(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestSkeletonsMeet: spellings of one place under three alphabets.
func TestSkeletonsMeet(t *testing.T) {
	for _, spellings := range [][]string{
		{"Khai-al-Ansari", "Hayy al-Ansari", "حي الأنصاري", "Хай-аль-Ансари", "Al Ansari", "Ansari neighbourhood"},
		{"Dzhaubar", "Jaubar", "Jobar", "جوبر", "Джобар", "Jawbar"},
		{"Kastello", "Castello", "كاستيلو", "Кастелло"},
		{"Leramon", "Layramoun", "الليرمون", "al-Layramun", "Лерамон"},
		{"Deir ez-Zor", "Dayr az Zawr", "دير الزور", "Дейр-эз-Зор", "Deir al-Zour"},
		{"Ar Raqqah", "Raqqa", "الرقة", "Ракка", "al-Raqqa"},
		{"Khan Shaykhun", "Khan Sheikhoun", "خان شيخون", "Хан-Шейхун"},
		{"Douma", "Duma", "دوما", "Дума"},
		{"As-Suwayda", "السويداء", "Сувейда", "Suweida"},
		{"Yarmouk", "اليرموك", "Ярмук"},
		{"Tell Rifaat", "تل رفعت"},
		{"Eastern Guta", "Eastern Ghouta"},
		{"Maheen", "مهين", "Махин"},
	} {
		for _, s := range spellings[1:] {
			if got, want := words.Skeleton(s), words.Skeleton(spellings[0]); got != want {
				t.Errorf("%q has %q, %q has %q", s, got, spellings[0], want)
			}
		}
	}
}

func TestLikeSetsNamesApart(t *testing.T) {
	for _, c := range []struct{ name, same, other string }{
		{"Daraya", "Darayya", "Daraa"},
		{"Jobar", "Jawbar", "Jarabulus"},
		{"Aleppo", "Alepo", "Afrin"},
		{"دوما", "Douma", "Daraya"},
		{"Маарет-эн-Нуман", "Maarat al-Numan", "Maarat Misrin"},
		{"Khan Touman", "Khan Tuman", "Khan Shaykhun"},
	} {
		n := words.NameOf(c.name)
		same, other := n.Like(words.NameOf(c.same)), n.Like(words.NameOf(c.other))
		if same <= other || same < 0.78 {
			t.Errorf("%s is like %s by %.2f and like %s by %.2f", c.name, c.same, same, c.other, other)
		}
	}
	if got := words.NameOf("").Like(words.NameOf("")); got != 0 {
		t.Errorf("no name is like no name by %v", got)
	}
	if got := words.NameOf("Al-Bab city").Like(words.NameOf("the city of al-Bab")); got != 1 {
		t.Errorf("words of kind count: %v", got)
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		most, want int
	}{
		{"", "", -1, 0}, {"kitten", "sitting", -1, 3}, {"kitten", "sitting", 2, 3}, {"", "abc", -1, 3},
		{"جوبر", "جبر", -1, 1}, {"abcdef", "a", 2, 3}, {"same", "same", 0, 0},
	} {
		if got := words.Edits(c.a, c.b, c.most); got != c.want {
			t.Errorf("Edits(%q, %q, %d) = %d, want %d", c.a, c.b, c.most, got, c.want)
		}
	}
}

// TestJaroWinkler: the examples of Winkler's papers.
func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.9611}, {"dwayne", "duane", 0.84}, {"dixon", "dicksonx", 0.8133}, {"", "a", 0}, {"a", "a", 1}, {"ab", "xy", 0},
	} {
		if got := words.JaroWinkler(c.a, c.b); math.Abs(got-c.want) > 0.0001 {
			t.Errorf("JaroWinkler(%q, %q) = %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestTokens(t *testing.T) {
	text := "14 shells hit al-Assad, Ma’la — جوبر!"
	var got []string
	for _, token := range words.Tokens(text) {
		got = append(got, token.Folded)
		if text[token.Start:token.End] != token.Text {
			t.Errorf("%q does not stand at %d", token.Text, token.Start)
		}
	}
	if diff := cmp.Diff([]string{"14", "shells", "hit", "al", "assad", "mala", "جوبر"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLanguage(t *testing.T) {
	for in, want := range map[string]string{
		"The army shelled the town in the morning":                     "en",
		"L'armée a bombardé la ville dans la matinée":                  "fr",
		"Sabah saatlerinde şehre bir saldırı oldu ve üç kişi öldü":     "tr",
		"قصفت القوات المدينة في الصباح من الجبل":                       "ar",
		"نیروها صبح شهر را گلوله\u200cباران کردند و چند نفر کشته شدند": "fa",
		"Утром по городу был нанесён удар, погибли трое":               "ru",
		"Вранці по місту було завдано удару, троє загинули":            "uk",
		"Aleppo": "",
		"":       "",
		"123":    "",
	} {
		if got := words.Language(in); got != want {
			t.Errorf("Language(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStems(t *testing.T) {
	for in, want := range map[string][]string{
		"The shelling of the towns":   {"shell", "town"},
		"استهدفت الطائرات مدينة إدلب": {"استهدفت", "طاير", "مدين", "ادلب"},
		"обстрелы города и обстрел":   {"обстрел", "город", "обстрел"},
	} {
		if diff := cmp.Diff(want, words.Stems(in)); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestNearDuplicatesAreFound(t *testing.T) {
	wire := "BEIRUT (Wire) - Shells hit the eastern districts of the city on Tuesday, killing at least nine people, a local activist said by telephone."
	copied := "Shells hit the eastern districts of the city on Tuesday, killing at least nine people, a local activist said by telephone. More soon."
	other := "On Tuesday a convoy with flour and medicine reached the western districts of the city after nine days of waiting, said the drivers."
	a, b, c := words.ShinglesOf(wire, 3), words.ShinglesOf(copied, 3), words.ShinglesOf(other, 3)
	// 23 and 23 words, 21 of them in one run: 19 of 21 and 21 runs of three are shared.
	if got := a.Resemblance(b); math.Abs(got-19.0/23) > 1e-9 {
		t.Errorf("resemblance %v", got)
	}
	if got := a.Containment(b); math.Abs(got-19.0/21) > 1e-9 {
		t.Errorf("containment %v", got)
	}
	if a.Containment(c) > 0.15 {
		t.Errorf("another text is contained by %v", a.Containment(c))
	}
}

func TestNothingResemblesNothing(t *testing.T) {
	none := words.ShinglesOf("…!", 3)
	some := words.ShinglesOf("word", 3)
	if none.Resemblance(none) != 0 || none.Containment(some) != 0 {
		t.Error("a text without words resembles something")
	}
	if some.Resemblance(words.ShinglesOf("Word.", 3)) != 1 {
		t.Error("a word does not resemble itself")
	}
}

func TestLikenessGoesBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("abcdehiklmnorstuwyAلحبنرقةدوايشاءкхджоан-'é ")))
		a, b := s.Draw(t, "a"), s.Draw(t, "b")
		n, m := words.NameOf(a), words.NameOf(b)
		if x, y := n.Like(m), m.Like(n); x != y || x < 0 || x > 1 {
			t.Fatalf("%v one way, %v the other", x, y)
		}
		if x, y := words.Edits(a, b, -1), words.Edits(b, a, -1); x != y {
			t.Fatalf("%d edits one way, %d the other", x, y)
		}
	})
}

// FuzzWords: every function takes any bytes.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Khai-al-Ansari", "حي الأنصاري", "Хай-аль-Ансари", "\xff\xfe1,2.3", "١٢٬٣٤٥", "ǅ Å ﬃ ①½", "й\u0306\u0306", "\u200f\u0640"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := words.Fold(s)
		if again := words.Fold(folded); again != folded || !utf8.ValidString(folded) {
			t.Errorf("folding %q once gives %q, twice %q", s, folded, again)
		}
		if strings.TrimSpace(folded) != folded || strings.Contains(folded, "  ") {
			t.Errorf("%q has loose spaces", folded)
		}
		end := 0
		for _, token := range words.Tokens(s) {
			if token.Start < end || s[token.Start:token.End] != token.Text || token.Folded == "" {
				t.Errorf("token %+v does not stand in %q", token, s)
			}
			end = token.End
		}
		n := words.NameOf(s)
		if like := n.Like(n); like != 1 && n.Latin != "" {
			t.Errorf("%q is like itself by %v", s, like)
		}
		words.Stems(s)
		sh := words.ShinglesOf(s, 3)
		if len(sh) > 0 && sh.Resemblance(sh) != 1 {
			t.Errorf("%q does not resemble itself", s)
		}
	})
}
