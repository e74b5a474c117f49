package reading

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"truce"
)

//go:embed lexicon/*.txt
var lexicon embed.FS

// category sorts the entries of the lists.
type category byte

const (
	isActor  category = iota // a name of the register; code is empty
	isStand                  // a name that stands for another: code is that name
	isOpen                   // the same, less surely
	isSeat                   // the seat of a government
	isBelong                 // "Russian"
	isPerson
	isTitle // of a person
	isPlace
	isAct
	isMeans
	isSpeech
	isMood
	isCount
	isNumber
	isHedge
	isTime
	isPronoun
	isRole
	isTopic
	isAdjective
	isSlip
	isOccur
)

// entry is a phrase of a list.
type entry struct {
	category
	code    string
	form    byte // of an act: v, b, n or t
	capital bool // must be written with one
	upper   bool // must be written in capitals
	article bool // must carry an article
	words   int
	low     float64
	high    *float64
	after   bool // a hedge behind its number
	person  *person
	site    int // index of the site
	slip    *slip
	title   string
	company []int32 // one of these words must stand near an act
}

// fits reports whether the case of tokens [a, b) is that of the entry.
func (e *entry) fits(toks []token, a, b int) bool {
	switch {
	case e.upper && !toks[a].upper, e.capital && !toks[a].capital, e.article && !toks[a].article:
		return false
	}
	return true
}

// person is somebody who speaks for an actor.
type person struct {
	name     string
	actor    string // a name that the register may know, or "?name"
	from, to time.Time
}

// slip is a probable slip of a text.
type slip struct {
	near    []int32
	perhaps string
}

// book is all the lists, numbered.
type book struct {
	words                   *vocabulary
	phrases                 *phrases
	sites                   []Site
	ranks                   []int // of sites: 0 is one of the better known
	scales                  map[int32]float64
	spell                   map[string][]int // sites by the consonants of their name
	official, force, backed map[int32]bool
	cue                     map[string]int32 // words that rules name
}

// table calls each with the fields of every line of a list, split at sep.
func table(name, sep string, each func(fields []string) error) error {
	text, err := fs.ReadFile(lexicon, "lexicon/"+name)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, sep)
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if err := each(fields); err != nil {
			return &truce.Error{Kind: truce.Internal, At: fmt.Sprintf("lexicon/%s:%d", name, i+1), Msg: err.Error()}
		}
	}
	return nil
}

// forms splits a list of forms.
func forms(s string) []string {
	var out []string
	for f := range strings.SplitSeq(s, ";") {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

var errFields = errors.New("fields are missing")

// put enters a phrase.
func (b *book) put(form string, e entry) {
	ids := b.number(form)
	e.words = len(ids)
	b.phrases.add(ids, &e)
}

// number returns the numbers of the words of a phrase, new ones for words that were not met.
func (b *book) number(form string) []int32 {
	var ids []int32
	for _, t := range tokens(form, b.words) {
		if t.kind == word || t.kind == number {
			ids = append(ids, b.words.add(fold(b.raw(form, t))))
		}
	}
	return ids
}

// raw is a word without an article in front.
func (b *book) raw(text string, t token) string {
	s := text[t.from:t.to]
	if t.article {
		if i := strings.IndexAny(s, "-\u2010\u2011"); i >= 0 {
			s = strings.TrimLeft(s[i:], "-\u2010\u2011")
		}
	}
	return s
}

// proper enters a name, with what its letters ask of the text: NDF must stand in capitals,
// Nusra with one.
func (b *book) proper(name string, e entry) {
	first, _ := utf8.DecodeRuneInString(name)
	short := utf8.RuneCountInString(name) <= 5 && name == strings.ToUpper(name) && name != strings.ToLower(name)
	e.upper, e.capital = short, unicode.IsUpper(first) || isArticle(name)
	b.put(name, e)
	if e.category == isOpen {
		return
	}
	for _, a := range []string{"al ", "al-", "Al ", "Al-", "el-", "the ", "The ", "Ar ", "As ", "Ash ", "At ", "Ad ", "Az ", "An ", "Ar-", "As-", "Ash-", "At-", "Ad-", "Az-", "An-", "ash-", "as-"} {
		if rest, ok := strings.CutPrefix(name, a); ok {
			e.article = a != "the " && a != "The " && utf8.RuneCountInString(rest) < 5
			e.capital = true
			b.put(rest, e)
		}
	}
}

func isArticle(name string) bool {
	for _, a := range []string{"al-", "al ", "an-", "ar-", "as-", "ash-", "ad-", "az-", "el-"} {
		if strings.HasPrefix(name, a) {
			return true
		}
	}
	return false
}

// lists reads a list of "code: forms".
func (b *book) lists(name string, c category, more func(code string, e *entry)) error {
	return table(name, "\x00", func(f []string) error {
		code, list, ok := strings.Cut(f[0], ":")
		if !ok {
			return errFields
		}
		for _, form := range forms(list) {
			e := entry{category: c, code: strings.TrimSpace(code)}
			if more != nil {
				more(form, &e)
			}
			b.put(strings.TrimSuffix(form, ">"), e)
		}
		return nil
	})
}

// newBook reads every list of the program and those of a mission.
func newBook(l Lists) (*book, error) {
	b := &book{words: newVocabulary(), phrases: newPhrases(), scales: map[int32]float64{}, spell: map[string][]int{},
		official: map[int32]bool{}, force: map[int32]bool{}, backed: map[int32]bool{}, cue: map[string]int32{}}
	for _, step := range []func() error{
		b.acts, b.means, b.numbers, b.hedges, b.people, b.standins, b.adjectives, b.slips, b.plain, b.cues,
		func() error { return b.actors(l) }, func() error { return b.places(l.Sites) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *book) plain() error {
	return errors.Join(
		b.lists("speech.txt", isSpeech, nil), b.lists("moods.txt", isMood, nil), b.lists("counts.txt", isCount, nil),
		b.lists("times.txt", isTime, nil), b.lists("pronouns.txt", isPronoun, nil), b.lists("roles.txt", isRole, nil),
		b.lists("topics.txt", isTopic, nil), b.lists("occur.txt", isOccur, nil))
}

func (b *book) acts() error {
	return table("acts.txt", "|", func(f []string) error {
		if len(f) < 3 {
			return errFields
		}
		e := entry{category: isAct, code: strings.TrimSuffix(f[0], "-x"), form: f[1][0]}
		if len(f) > 3 {
			for _, w := range forms(f[3]) {
				e.company = append(e.company, b.number(w)...)
			}
		}
		for _, form := range forms(f[2]) {
			b.put(form, e)
		}
		return nil
	})
}

func (b *book) means() error {
	return table("means.txt", "|", func(f []string) error {
		if len(f) < 2 {
			return errFields
		}
		for _, form := range forms(f[1]) {
			b.put(form, entry{category: isMeans, code: f[0]})
		}
		return nil
	})
}

func (b *book) numbers() error {
	return table("numbers.txt", ":", func(f []string) error {
		if len(f) < 2 {
			return errFields
		}
		whole, share := strings.CutSuffix(f[0], "%")
		low, high, vague := strings.Cut(whole, "..")
		x, err := strconv.ParseFloat(low, 64)
		if err != nil {
			return err
		}
		e := entry{category: isNumber, low: x, high: &x}
		if vague {
			e.code, e.high = "vague", nil
			if y, err := strconv.ParseFloat(high, 64); err == nil {
				e.high = &y
			}
		}
		if share {
			e.code = "share"
		}
		for _, form := range forms(f[1]) {
			b.put(form, e)
			if ids := b.number(form); !vague && !share && x >= 100 && len(ids) == 1 {
				b.scales[ids[0]] = x
			}
		}
		return nil
	})
}

func (b *book) hedges() error {
	return b.lists("hedges.txt", isHedge, func(form string, e *entry) { e.after = strings.HasSuffix(form, ">") })
}

func (b *book) people() error {
	return table("people.txt", "|", func(f []string) error {
		if len(f) < 5 {
			return errFields
		}
		from, _ := time.Parse(time.DateOnly, f[3])
		to, _ := time.Parse(time.DateOnly, f[4])
		names := forms(f[0])
		p := &person{name: names[0], actor: f[1], from: from, to: to}
		same := f[2] != "" || f[3] != "" // else the line lists several people
		for _, n := range names {
			if !same {
				p = &person{name: n, actor: f[1]}
			}
			b.proper(n, entry{category: isPerson, person: p})
			if _, last, two := cutLast(n); two && len(last) > 3 && !strings.Contains(plainSurnames, " "+last+" ") {
				b.proper(last, entry{category: isPerson, person: p})
			}
		}
		for _, t := range forms(f[2]) {
			b.put(t, entry{category: isTitle, person: p, title: t})
		}
		return nil
	})
}

// plainSurnames are surnames that are also other words, or other people's.
const plainSurnames = " Power Carter Hug Johnson Silo Sello Moon Haq Haidar Muslim Hammond Ramzy Sabra Soleimani Hussein al-Hussein Mohammed Makhous Khalil Hillo "

func cutLast(name string) (rest, last string, ok bool) {
	i := strings.LastIndexByte(name, ' ')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

func (b *book) standins() error {
	kinds := map[string]category{"p": isSeat, "d": isBelong, "s": isStand, "o": isOpen}
	return table("standins.txt", "|", func(f []string) error {
		if len(f) < 3 {
			return errFields
		}
		c, ok := kinds[f[1]]
		if !ok {
			return errors.New("kind is not p, d, s or o")
		}
		for _, form := range forms(f[2]) {
			b.proper(form, entry{category: c, code: f[0]})
		}
		return nil
	})
}

func (b *book) adjectives() error {
	to := map[string]map[int32]bool{"official": b.official, "force": b.force, "backed": b.backed}
	return table("adjectives.txt", ":", func(f []string) error {
		if len(f) < 2 || to[f[0]] == nil {
			return errFields
		}
		for _, form := range forms(f[1]) {
			if ids := b.number(form); len(ids) == 1 {
				to[f[0]][ids[0]] = true
			} else {
				to[f[0]][ids[len(ids)-1]] = true
			}
		}
		return nil
	})
}

func (b *book) slips() error {
	return table("slips.txt", "|", func(f []string) error {
		if len(f) < 3 {
			return errFields
		}
		s := &slip{perhaps: f[2]}
		for _, n := range forms(f[1]) {
			s.near = append(s.near, b.number(n)...)
		}
		for _, form := range forms(f[0]) {
			b.put(form, entry{category: isSlip, slip: s})
		}
		return nil
	})
}

// actors enters the names of a register.
func (b *book) actors(l Lists) error {
	for _, name := range slices.Sorted(maps.Keys(l.Taught)) {
		b.proper(name, entry{category: isActor, code: name})
	}
	if l.Register == nil {
		return nil
	}
	for _, id := range l.Register.IDs() {
		a, _ := l.Register.Actor(id)
		for _, n := range a.Names {
			b.proper(n.Name, entry{category: isActor, code: n.Name})
		}
	}
	return nil
}

// cues numbers the words that rules name.
func (b *book) cues() error {
	for w := range strings.FieldsSeq(cueWords) {
		b.cue[w] = b.words.add(fold(w))
	}
	return nil
}

// cueWords are the words that rules name.
const cueWords = `that of and or to in at from into near inside outside through across around between by with on for against toward towards
 since until after before during was were been is are be has have had it a an the as but while although whereas which who where when because
 province governorate provinces governorates city town village countryside region district districts neighborhoods neighborhood neighbourhoods neighbourhood
 northern southern eastern western northeastern northwestern southeastern southwestern north south east west northeast northwest southeast southwest central
 northeastern-x vicinity outskirts capital suburbs suburb airport camp airbase border will would can could may might says said
 aged age old year years number no article resolution route highway brigade division phase chapter page geneva room unit street avenue
 ago last next this early late mid end beginning start past coming within pm am gmt utc local time p a m oclock
 began started continue continued continues begin start starts set like him them us if not did do does
 ريف محافظة مدينة بلدة قرية провинция провинции провинцию город города городе район району районе года году год в на из под
 north-x including among whom them них среди числе том بينهم بينهن rural secretary half first second these و its their we نحن мы shall boy girl man woman child youth later earlier same following previous утра вечера ночи штабе и an long lasting lasted every her his new governor mayor residents people over more than провинциях محافظات ми اليوم قبل منذ назад с по до عام سنة حي مطار часов بين от лет ли
 through till afterwards afterward through спустя позже ранее раньше через بعد إلى حتى الماضي الماضية المقبل القادم المقبلة القادمة между и по к после
 прошлым прошлой прошлого минувшим минувшей прошлый прошлую минувший минувшую следующий следующую ближайший ближайшую этим этой нынешним нынешней будущим будущей следующим следующей тем той
 afternoon evening morning night today third i she untrue false fabricated baseless lies propaganda ложь كذب never only yet know see seen знаем знает мы я он она они إنه إننا لن سوف будем станем должны must should
 if если إذا unless need needs что أن إن بأن أنه أنها إنها أنهم التي الذي الذين وهو ما عن его ее их used наши не может могут вернутся начнут be add have like
 week lasted lasting took well area crossing ночь family being nurse teacher года год block sector
 بلدة قرية مخيم بلدتي مدينتي قريتي معبر منطقة у близ возле севернее южнее западнее восточнее поселок поселка поселке село села селе квартал квартала квартале пункт пункта пункте деревня деревни деревне аэропорт аэропорта
 منزوعة آمنة عازلة حدودية سكنية صناعية زراعية صحراوية جبلية ساحلية مأهولة за بيان г о about again almost already also any he many nearly neither nor off once other so some they under up upon without yesterday близь района когда который ни عاما على في
 out those my our the them whom are died remain others more them و خلال الساعة часа час в дня مساء صباحا فجرا من`
