package screen

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"truce"
	"truce/desk"
	"truce/scenario"
)

// said is everything that may stand in a sentence as a name or value: what the register, the
// agreements, the atlas and the elements hold. A sentence whose words got into a value was not
// understood.
type said struct {
	t    *testing.T
	all  map[string]bool
	seen map[string]bool // sentences, so that each is held to it once
	by   map[Lang]*Trace
	from string // the mission's files
	n    int
}

func newSaid(t *testing.T, m *desk.Mission) *said {
	t.Helper()
	s := &said{t: t, all: map[string]bool{}, seen: map[string]bool{}, by: map[Lang]*Trace{}}
	for _, lang := range Langs() {
		w, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		s.by[lang] = NewTrace(w, m.Agreements...)
	}
	for _, file := range m.Files() {
		if is, err := os.Stat(file); err == nil && is.IsDir() {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s.from += string(text)
	}
	judges, problems := m.Compile()
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	s.texts(m.Agreements)
	for _, a := range m.Agreements {
		for name := range a.Parties {
			s.all[name] = true
		}
		for name := range a.Places {
			s.all[name] = true
		}
	}
	for _, j := range judges {
		s.all[j.Zone().String()] = true
	}
	for _, id := range m.Book.Register.IDs() {
		a, _ := m.Book.Register.Actor(id)
		s.texts(a)
		s.all[id], s.all[m.Book.Register.NameOn(id, m.From)] = true, true
	}
	s.texts(m.Book.Moments)
	for _, a := range m.Agreements {
		s.texts(m.Book.Register.Adherences(a.ID))
	}
	return s
}

// texts adds every text that stands somewhere in a value.
func (s *said) texts(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	var any any
	if err := json.Unmarshal(raw, &any); err != nil {
		s.t.Fatal(err)
	}
	s.walk(any)
}

func (s *said) walk(v any) {
	switch x := v.(type) {
	case string:
		s.all[x], s.all[strings.TrimPrefix(x, "?")] = true, true
	case []any:
		for _, one := range x {
			s.walk(one)
		}
	case map[string]any:
		for name, one := range x {
			s.all[name] = true
			s.walk(one)
		}
	}
}

// coordinates and codes: "36.2012, 37.1612", "Aleppo (SY0200)", dates, lists of a register.
var valueLike = regexp.MustCompile(`^(-?\d+\.\d+, -?\d+\.\d+|.+ \([A-Z0-9-]+\)|\d{4}-\d\d-\d\d.*|"[^"]*")$`)

func (s *said) hold(what, sentence string, say func(*Trace) (Phrase, bool)) {
	key := what + "\n" + sentence
	if s.seen[key] || sentence == "" {
		return
	}
	s.seen[key] = true
	s.n++
	english, ok := say(s.by[English])
	arabic, also := say(s.by[Arabic])
	if !ok || !also {
		s.t.Errorf("%s of no known form: %s", what, sentence)
		return
	}
	if got := english.String(); got != sentence && what != "reason" {
		s.t.Errorf("%s: %q, the engine says %q", what, got, sentence)
	}
	for _, x := range arabic {
		if x.Value {
			if !s.all[x.Text] && !strings.Contains(s.from, x.Text) && !valueLike.MatchString(x.Text) {
				s.t.Errorf("%s: %q is taken for a name in %s", what, x.Text, sentence)
			}
			continue
		}
		if m := regexp.MustCompile(`[A-Za-z]{2,}`).FindString(x.Text); m != "" {
			s.t.Errorf("%s: %q is English in %s", what, m, arabic)
		}
	}
}

// verdict holds every sentence of a verdict.
func (s *said) verdict(v truce.Verdict) {
	for _, x := range v.Steps {
		s.hold("condition", x.Condition, func(t *Trace) (Phrase, bool) { return t.Condition(x.Condition) })
		s.hold("because", x.Because, func(t *Trace) (Phrase, bool) { return t.Because(x.Because) })
		s.hold("answer", x.Answer, func(t *Trace) (Phrase, bool) { return t.Answer(x.Answer) })
	}
	for _, x := range v.Settle {
		for i, name := range x.Facts {
			s.hold("fact", name, func(t *Trace) (Phrase, bool) { return t.Fact(name) })
			for _, row := range x.Outcomes {
				s.hold("value of "+name, row.Values[i], func(t *Trace) (Phrase, bool) { return t.Value(name, row.Values[i]) })
			}
		}
	}
	for _, name := range v.Rests {
		s.hold("fact", name, func(t *Trace) (Phrase, bool) { return t.Fact(name) })
	}
	for _, r := range v.Readings {
		s.hold("reading", r.Name, func(t *Trace) (Phrase, bool) { return t.Reading(r.Name) })
	}
	for _, x := range v.Notes {
		s.hold("note", x, func(t *Trace) (Phrase, bool) { return t.Note(x) })
	}
	for _, code := range append(slices.Clone(v.Codes), v.Code) {
		s.hold("reason", code, func(t *Trace) (Phrase, bool) { return t.Reason(code) })
	}
}

func (s *said) mission(m *desk.Mission, o desk.CheckOptions) {
	s.t.Helper()
	o.Each = func(e *truce.Element, v truce.Verdict) error {
		if !s.all[e.ID] {
			s.texts(e)
		}
		s.verdict(v)
		return nil
	}
	r, err := m.Check(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("%s: %d elements, %d sentences", m.ID, len(r.Elements), s.n)
}

func open(t *testing.T, dir string, o desk.OpenOptions) *desk.Mission {
	t.Helper()
	m, problems, err := desk.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEverySentenceOfTheSampleIsSaid(t *testing.T) {
	m := open(t, "../missions/syria-2016", desk.OpenOptions{})
	newSaid(t, m).mission(m, desk.CheckOptions{})
}

func TestEverySentenceOfTheHardCasesIsSaid(t *testing.T) {
	files, err := filepath.Glob("../missions/hard-cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no cases")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := scenario.Unpack(dir, file, text, os.DirFS("../missions/hard-cases"), os.DirFS("../agreements")); err != nil {
				t.Fatal(err)
			}
			m := open(t, dir, desk.OpenOptions{})
			newSaid(t, m).mission(m, desk.CheckOptions{})
		})
	}
}

// TestEverySentenceOfTheEventDataIsSaid takes one event in ten: the sentences are few kinds.
func TestEverySentenceOfTheEventDataIsSaid(t *testing.T) {
	file := "../../shared/data/ucdp-ged-syria/events.csv.gz"
	packed, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("skipped: no " + file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	in, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	some := rows[:1]
	for i := 1; i < len(rows); i += 10 {
		some = append(some, rows[i])
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "events.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(csv.NewWriter(out).WriteAll(some), out.Close()); err != nil {
		t.Fatal(err)
	}
	m := open(t, "../missions/syria-ged", desk.OpenOptions{})
	newSaid(t, m).mission(m, desk.CheckOptions{Records: []desk.Source{{File: out.Name(), Mapping: "ucdp-ged"}}})
}

// traces returns a Trace for each language, without an agreement.
func traces(t testing.TB) map[Lang]*Trace {
	t.Helper()
	out := map[Lang]*Trace{}
	for _, lang := range Langs() {
		w, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		out[lang] = NewTrace(w)
	}
	return out
}

// TestFormsAndCatalogueAgree: what a form takes apart, the English catalogue puts together, and
// every part of a form is something.
func TestFormsAndCatalogueAgree(t *testing.T) {
	w := traces(t)[English].words
	words := map[string]bool{"value": true, "plain name": true, "known party": true, "known act": true, "fact of an agreement": true, "expression": true}
	for part, list := range sentences {
		for _, f := range list {
			var args []any
			for _, m := range regexp.MustCompile(`\{([^}]*)\}`).FindAllStringSubmatch(f.text, -1) {
				_, listed := enumerations[m[1]]
				if sentences[m[1]] == nil && !listed && looks[m[1]] == nil && !words[m[1]] {
					t.Errorf("%s: no part %q", part, m[1])
				}
				args = append(args, m[0])
			}
			if f.name == "" {
				continue
			}
			if got, err := w.T(f.name, args...); err != nil || got != f.text {
				t.Errorf("%s: the catalogue has %q, %v; the engine says %q", f.name, got, err, f.text)
			}
		}
	}
	for _, tree := range []struct {
		name string
		*truce.Tree
	}{{"act", truce.Acts()}, {"means", truce.MeansTree()}} {
		for _, word := range append(tree.Words(), tree.Root()) {
			if got, err := w.T(tree.name + "." + word); err != nil || got != word {
				t.Errorf("%s.%s: %q, %v", tree.name, word, got, err)
			}
		}
	}
}

func TestASentenceInArabic(t *testing.T) {
	arabic := traces(t)[Arabic]
	for sentence, want := range map[string]string{
		"the act is attack or shelling":                                   "الفعل هو هجوم أو قصف مدفعي",
		"nobody knows who":                                                "لا أحد يعرف من هو",
		"it happened at 2 Aug 2016 18:30 (Asia/Damascus)":                 "وقع في 2 آب/أغسطس 2016 الساعة 18:30 ([Asia/Damascus])",
		"held by Group A, Group B or somebody the register does not name": "يسيطر عليه [Group A]، [Group B] أو جهة لا يذكرها سجل الجهات الفاعلة",
		"Group A is part of North since 2016-02-01 (only claimed), and North is named in opposition; 3 more": "[Group A] جزء من [North] منذ 2016-02-01 (مجرد ادعاء)، و[North] مذكور بالاسم ضمن [opposition]؛ و3 غير ذلك",
		"something that the engine never says": "[something that the engine never says]",
	} {
		out, ok := arabic.Condition(sentence)
		if !ok {
			out, _ = arabic.Because(sentence)
		}
		got := ""
		for _, x := range out {
			if x.Value {
				got += "[" + x.Text + "]"
			} else {
				got += x.Text
			}
		}
		if got != want {
			t.Errorf("%s:\n%s\nnot\n%s", sentence, got, want)
		}
	}
}

// TestAHostileNameEnds: names that look like lists of lists take no time.
func TestAHostileNameEnds(t *testing.T) {
	by := traces(t)
	for _, name := range []string{strings.Repeat("; ", 3000), strings.Repeat("a, ", 2500), strings.Repeat("x or ", 1500), strings.Repeat("(", 7000), strings.Repeat("and ", 1900), strings.Repeat("a is b (c); ", 650), strings.Repeat("x: ", 1<<20)} {
		for _, trace := range by {
			for _, say := range []func(string) (Phrase, bool){trace.Condition, trace.Because, trace.Note, func(s string) (Phrase, bool) { return trace.Value("actor", s) }} {
				start := time.Now()
				say("the place is " + name)
				say(name)
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("%.20s… took %s", name, took)
				}
			}
		}
	}
}

// FuzzTrace: in English every sentence comes out as it went in, whatever it is.
func FuzzTrace(f *testing.F) {
	for _, s := range []string{"the act is attack", "it lasted 2 Aug 2016 to 3 Aug 2016 (Asia/Damascus)", "A: B is named in c; 2 more", "one that belongs to none of anyone (A or B)", "\ue000 is named in \ue001", "not a nor b"} {
		f.Add(s)
	}
	by := traces(f)
	f.Fuzz(func(t *testing.T, s string) {
		english, arabic := by[English], by[Arabic]
		for _, both := range [][2]func(string) (Phrase, bool){
			{english.Condition, arabic.Condition}, {english.Because, arabic.Because}, {english.Note, arabic.Note}, {english.Fact, arabic.Fact},
		} {
			out, ok := both[0](s)
			if out.String() != s {
				t.Errorf("%q became %q", s, out)
			}
			if _, also := both[1](s); ok != also {
				t.Errorf("%q is known in one language", s)
			}
		}
	})
}
