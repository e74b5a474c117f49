package export

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"truce"
)

// words is a text made inert for the page: Short fits a line; Full is set where
// something was cut off, and holds the whole of it.
type words struct {
	Short, Full string
	Lang        string // BCP 47, where the script tells that it is not Latin
}

// Lengths in characters at which texts are cut.
const (
	lineLength = 140
	idLength   = 40
	fullLength = 20000
	markLimit  = 4 // combining marks on one letter
)

func line(s string) words  { return cut(s, lineLength) }
func ident(s string) words { return cut(s, idLength) }

// short is for words that are few by nature, such as codes and kinds.
func short(s string) string { return ident(s).Short }

func cut(s string, limit int) words {
	clean := inert(s)
	w := words{Short: clean, Lang: language(clean)}
	runes := []rune(clean)
	if len(runes) <= limit {
		return w
	}
	short := strings.TrimRightFunc(string(runes[:limit]), unicode.IsSpace)
	if i := strings.LastIndexByte(short, ' '); i > len(short)*2/3 {
		short = short[:i]
	}
	w.Short, w.Full = short+"…", clean
	if len(runes) > fullLength {
		w.Full = string(runes[:fullLength]) + fmt.Sprintf("… (%d more characters)", len(runes)-fullLength)
	}
	return w
}

// inert writes out what could disturb the page around a text: control characters,
// direction overrides and invisible marks become visible as ⟨U+202E⟩, and a pile of
// combining marks is cut. The joiners and direction marks of ordinary writing stay.
func inert(s string) string {
	var b strings.Builder
	marks := 0
	flush := func() {
		if marks > markLimit {
			fmt.Fprintf(&b, "⟨%d more marks⟩", marks-markLimit)
		}
		marks = 0
	}
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks <= markLimit {
				b.WriteRune(r)
			}
			continue
		}
		flush()
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case disturbs(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return strings.TrimSpace(b.String())
}

func disturbs(r rune) bool {
	switch r {
	case '\u200c', '\u200d', '\u200e', '\u200f', '\u061c', '\u00ad':
		return false
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' ||
		unicode.Is(unicode.Co, r)
}

// language says only which script a text is in; the language itself nobody stated. That
// is enough for a reader program to choose a voice and for a browser to choose a font.
func language(s string) string {
	count := map[string]int{}
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Arabic, r):
			count["und-Arab"]++
		case unicode.Is(unicode.Cyrillic, r):
			count["und-Cyrl"]++
		case unicode.Is(unicode.Latin, r):
			count[""]++
		}
	}
	switch {
	case count["und-Arab"] > count[""] && count["und-Arab"] > count["und-Cyrl"]:
		return "und-Arab"
	case count["und-Cyrl"] > count[""]:
		return "und-Cyrl"
	}
	return ""
}

// day reads a civil day from the front of a text.
func day(s string) (time.Time, bool) {
	if len(s) < len(time.DateOnly) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	return t, err == nil
}

// moment reads a civil day or wall time; zones are not looked at, since all times of a
// check are wall times of its zone.
func moment(s string) (time.Time, bool) {
	t, ok := day(s)
	if !ok {
		return t, false
	}
	rest := strings.TrimLeft(s[len(time.DateOnly):], " T")
	if len(rest) >= 5 {
		if clock, err := time.Parse("15:04", rest[:5]); err == nil {
			t = t.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
		}
	}
	return t, true
}

// date writes a civil day for people: "12 September 2016". Anything else stays.
func date(s string) string {
	if t, ok := day(s); ok && len(s) == len(time.DateOnly) {
		return t.Format("2 January 2006")
	}
	return s
}

// number groups thousands with a narrow space.
func number(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plural joins a number and a noun.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + "\u00a0" + noun
}

// span writes a low and a high as one number or as a range.
func span(low, high int) string {
	if low == high {
		return number(low)
	}
	return number(low) + "–" + number(high)
}

// reason says a reason code in words.
func reason(code string) string {
	switch code {
	case "V":
		return "broken, whatever the open facts turn out to be"
	case "V-NOATTR":
		return "broken by whichever candidate acted; nobody is named"
	case "V-OMIT":
		return "what was required was not done"
	case "NV-TIME":
		return "outside the times of the clause"
	case "NV-AREA":
		return "outside the area of the clause"
	case "NV-ACTOR":
		return "whoever acted was not bound"
	case "NV-TARGET":
		return "whoever was hit was not protected"
	case "NV-ACT":
		return "not an act that the clause is about"
	case "NV-MEANS":
		return "not the means that the clause is about"
	case "NV-EXCEPT":
		return "an exception covers it"
	case "NV-CONSENT":
		return "it was consented to"
	case "NV-NOTIFIED":
		return "it was notified"
	}
	return openReason(code)
}

func openReason(code string) string {
	switch code {
	case "UD-TIME":
		return "open: when it happened"
	case "UD-PLACE":
		return "open: where it happened"
	case "UD-ACTOR":
		return "open: who acted"
	case "UD-TARGET":
		return "open: who or what was hit"
	case "UD-ACT":
		return "open: what was done"
	case "UD-MEANS":
		return "open: with what means"
	case "UD-EXCEPT":
		return "open: whether an exception covers it"
	case "UD-STATUS":
		return "open: who belonged to whom, or held the place"
	case "UD-READING":
		return "open: how the clause is to be read"
	case "UD-SOURCE":
		return "open: whether it happened at all"
	case "UD-CONFLICT":
		return "open: sources contradict each other"
	case "RETRACTED":
		return "the report was withdrawn"
	case "DUP":
		return "it repeats another report"
	}
	return ""
}

// fact says the name of a fact in words; a name that an agreement made up stays.
func fact(name string) string {
	switch name {
	case "when":
		return "when it happened"
	case "where":
		return "where it happened"
	case "act":
		return "what was done"
	case "by":
		return "who acted"
	case "against":
		return "who or what was hit"
	case "means":
		return "with what means"
	case "control":
		return "who held the place"
	case "number":
		return "how many"
	case "killed", "injured":
		return "how many were " + name
	}
	return name
}

// facts is list for names of facts.
func facts(all []string) []words {
	var out []words
	for _, s := range all {
		out = append(out, line(fact(s)))
	}
	return out
}

// mark is the letter of an outcome in class names and in the script.
func mark(o truce.Outcome) string {
	switch o {
	case truce.Violation:
		return "v"
	case truce.NoViolation:
		return "n"
	}
	return "u"
}

// kind says what a clause does.
func kind(k string) string {
	switch k {
	case "forbid":
		return "forbids"
	case "require":
		return "requires"
	case "keep":
		return "to be kept"
	case "excuse":
		return "excuses"
	case "permit":
		return "permits"
	case "calm":
		return "counts calm"
	}
	return k
}
