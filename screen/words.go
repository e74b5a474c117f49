package screen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Lang is a language of the pages, as in BCP 47.
type Lang string

// The languages.
const (
	English Lang = "en"
	Arabic  Lang = "ar"
)

// Langs lists the languages; the first is for whoever asks for none of them.
func Langs() []Lang { return []Lang{English, Arabic} }

// Dir is the direction of a language: "ltr" or "rtl".
func (l Lang) Dir() string {
	if l == Arabic {
		return "rtl"
	}
	return "ltr"
}

// Name is what the language calls itself.
func (l Lang) Name() string {
	return map[Lang]string{English: "English", Arabic: "العربية"}[l]
}

// Match finds the language that somebody wants: the first of the asked that is one of ours;
// each may be a language or the Accept-Language header of a request.
func Match(asked ...string) Lang {
	tags := make([]language.Tag, 0, len(Langs()))
	for _, l := range Langs() {
		tags = append(tags, language.Make(string(l)))
	}
	m := language.NewMatcher(tags)
	for _, a := range asked {
		wanted, _, err := language.ParseAcceptLanguage(a)
		if err != nil || len(wanted) == 0 {
			continue
		}
		if _, i, sure := m.Match(wanted...); sure != language.No {
			return Langs()[i]
		}
	}
	return Langs()[0]
}

// Words are the words of one language.
type Words struct {
	Lang Lang

	have    map[string]bool
	printer *message.Printer
}

// forms are the plural forms of a text, by their names in CLDR.
type forms map[string]string

// readWords reads all catalogues of a language. A text is a string, with %s and %d for what
// is put in, or an object of plural forms ("one", "few", "other" ...) chosen by the first
// thing put in.
func readWords(lang Lang) (*Words, error) {
	tag := language.Make(string(lang) + "-u-nu-latn") // the same numerals in tables, identifiers and hashes
	b := catalog.NewBuilder(catalog.Fallback(tag))
	w := &Words{Lang: lang, have: map[string]bool{}}
	names, err := fs.Glob(files, "words/"+string(lang)+"/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var entries map[string]json.RawMessage
		if err := json.Unmarshal(text, &entries); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
		for key, raw := range entries {
			if w.have[key] {
				return nil, fmt.Errorf("%s: %q stands twice", name, key)
			}
			w.have[key] = true
			if err := set(b, tag, key, raw); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, key, err)
			}
		}
	}
	w.printer = message.NewPrinter(tag, message.Catalog(b))
	return w, nil
}

func set(b *catalog.Builder, tag language.Tag, key string, raw json.RawMessage) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return b.SetString(tag, key, text)
	}
	var f forms
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	var cases []any
	for _, form := range []string{"=0", "zero", "one", "two", "few", "many", "other"} {
		if f[form] != "" {
			cases = append(cases, form, f[form])
		}
	}
	return b.Set(tag, key, plural.Selectf(1, "%d", cases...))
}

// T says a text of the catalogue. One that is missing is a defect.
func (w *Words) T(name string, args ...any) (string, error) {
	if !w.have[name] {
		return "", fmt.Errorf("no words for %q", name)
	}
	return w.printer.Sprintf(message.Key(name, name), args...), nil
}

// Known reports whether there are words of that name.
func (w *Words) Known(name string) bool { return w.have[name] }

// Names lists the names of all words, sorted.
func (w *Words) Names() []string {
	var out []string
	for name := range w.have {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// must is T for words that a test knows to be there.
func (w *Words) must(name string, args ...any) string {
	text, err := w.T(name, args...)
	if err != nil {
		return name
	}
	return text
}

// Number writes a whole number with its thousands apart.
func (w *Words) Number(n any) string { return w.printer.Sprintf("%d", n) }

// Range writes a number that lies between low and high, both included.
func (w *Words) Range(low, high int) string {
	if low == high {
		return w.Number(low)
	}
	return w.must("range", w.Number(low), w.Number(high))
}

// Day writes a civil day, given as 2016-08-26, in words; what is no day is given back.
func (w *Words) Day(day string) string { return w.day("day", day) }

// ShortDay writes a civil day without its weekday and year.
func (w *Words) ShortDay(day string) string { return w.day("day.short", day) }

func (w *Words) day(form, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return w.must(form, w.must("weekday."+fmt.Sprint(int(t.Weekday()))), fmt.Sprint(t.Day()), w.must("month."+fmt.Sprint(int(t.Month()))), fmt.Sprint(t.Year()))
}

// Instant writes an instant in a zone, named; a nil zone is UTC.
func (w *Words) Instant(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return w.must("time.unknown")
	}
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return w.must("instant", w.day("day.plain", t.Format(time.DateOnly)), t.Format("15:04"), zone.String())
}

// functions are what templates may call besides the methods of [Frame].
func functions(w *Words) template.FuncMap {
	return template.FuncMap{
		"t":      w.T,
		"known":  w.Known,
		"word":   w.act,
		"lang":   func() Lang { return w.Lang },
		"n":      w.Number,
		"spread": w.Range,
		"day":    w.Day,
		"short":  w.ShortDay,
		"time":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"row":    func(kind, id string) string { return "/rows/" + url.PathEscape(kind) + "/" + url.PathEscape(id) },
		"path":   func(parts ...string) string { return "/" + strings.Join(escaped(parts), "/") },
		"after":  func(n int64) int64 { return n + 1 },
		"pretty": pretty,
	}
}

func escaped(parts []string) []string {
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		out = append(out, url.PathEscape(p))
	}
	return out
}

// pretty writes a JSON value for people: a text as it is, everything else indented.
func pretty(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return ""
	}
	return b.String()
}
