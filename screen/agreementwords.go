package screen

import (
	"html"
	"html/template"
	"strings"
	"time"

	"truce/terms"
)

// isolate marks a text of the record inside a sentence of ours, so that its direction does
// not run into the rest.
func isolate(s string) string {
	return begins + strings.NewReplacer(begins, "", ends, "").Replace(s) + ends
}

// begins and ends are the characters by which Unicode isolates a text.
const begins, ends = "\u2068", "\u2069"

// marked is a sentence in which isolated texts are marked as the record's own.
func marked(s string) template.HTML {
	s = strings.NewReplacer(begins, "<bdi>", ends, "</bdi>").Replace(html.EscapeString(s))
	return template.HTML(s) // every isolate is a pair, and nothing else is markup
}

// Say says a text of the catalogue with texts of the record in it: strings, or lists of them.
func (f Frame) Say(name string, args ...any) (template.HTML, error) {
	for i := range args {
		switch x := args[i].(type) {
		case string:
			args[i] = isolate(x)
		case []string:
			args[i] = f.list(isolated(x))
		}
	}
	text, err := f.words.T(name, args...)
	return marked(text), err
}

func isolated(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, isolate(s))
	}
	return out
}

// Window says a stretch of time in the mission's zone; a zero end is open.
func (f Frame) Window(w [2]time.Time) string { return f.Span(w[0], w[1]) }

// Span is Window of two instants.
func (f Frame) Span(from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return f.words.must("terms.window.always")
	case to.IsZero():
		return f.words.must("terms.window.from", f.Minute(from))
	case from.IsZero():
		return f.words.must("terms.window.to", f.Minute(to))
	}
	return f.words.must("terms.window.both", f.Minute(from), f.Minute(to))
}

// Minute is an instant in the mission's zone, which is not named; midnight is the day alone.
func (f Frame) Minute(t time.Time) string {
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	day := f.words.day("day.plain", t.Format(time.DateOnly))
	if t.Hour() == 0 && t.Minute() == 0 {
		return day
	}
	return f.words.must("terms.window.minute", day, t.Format("15:04"))
}

// Because says why a duty or a calm stands as it does, in the language of the page; a
// sentence that is not known is left as the engine said it.
func (f Frame) Because(why string) (template.HTML, error) {
	s, ok := because(why)
	if !ok {
		return marked(isolate(why)), nil
	}
	if s.word == "terms.why.unjudged" { // the names of bodies
		bodies := strings.Trim(s.args[0].(string), begins+ends)
		s.args = []any{f.list(isolated(strings.Split(bodies, " and ")))}
	}
	text, err := f.words.T(s.word, s.args...)
	return marked(text), err
}

// Ground says where a clause applies.
func (f Frame) Ground(p *terms.Place) template.HTML { return marked(f.ground(p)) }

// Outside says where a clause does not apply.
func (f Frame) Outside(p *terms.Place) template.HTML {
	return marked(f.words.must("terms.clause.outside", f.ground(p)))
}

func (f Frame) ground(p *terms.Place) string {
	switch {
	case p == nil:
		return ""
	case p.Any != nil:
		return f.places(p.Any, "terms.place.or")
	case p.All != nil:
		return f.places(p.All, "terms.place.and")
	case p.Control == "own":
		return f.words.must("terms.place.own")
	case p.Control != "":
		return f.words.must("terms.place.control", isolate(p.Control))
	case p.Sides != nil:
		return f.belt(p)
	case p.Distance != 0:
		return f.words.must("terms.place.near", f.words.Number(int(p.Distance)), isolate(p.Ref))
	}
	return isolate(p.Ref)
}

func (f Frame) places(list []*terms.Place, word string) string {
	out := ""
	for _, p := range list {
		if out == "" {
			out = f.ground(p)
		} else {
			out = f.words.must(word, out, f.ground(p))
		}
	}
	return out
}

// belt says how far from a line, on which side of it.
func (f Frame) belt(p *terms.Place) string {
	var sides, lines []string
	for _, side := range sortedNames(p.Sides) {
		m := f.words.Number(int(p.Sides[side]))
		if word := "terms.side." + side; f.words.Known(word) {
			sides = append(sides, f.words.must(word, m))
		} else {
			sides = append(sides, f.words.must("terms.side.named", m, isolate(side)))
		}
	}
	for _, who := range sortedNames(p.Base) {
		line := isolate(p.Base[who])
		if who != "" {
			line = f.words.must("terms.line.of", line, isolate(who))
		}
		lines = append(lines, line)
	}
	return f.words.must("terms.place.belt", f.list(sides), f.list(lines))
}

// list writes things one after the other.
func (f Frame) list(list []string) string { return strings.Join(list, f.words.must("terms.comma")) }

// Word says a word of a vocabulary; one that has no words is left as it is.
func (f Frame) Word(prefix, word string) template.HTML { return marked(f.word(prefix, word)) }

func (f Frame) word(prefix, word string) string {
	if name := prefix + word; f.words.Known(name) {
		return f.words.must(name)
	}
	return isolate(word)
}

// Step says a step in or out of an agreement: what, as whom, when, by whose word.
func (f Frame) Step(s stepView) template.HTML { return marked(f.step(s)) }

func (f Frame) step(s stepView) string {
	out := f.words.must("terms.step", f.word("terms.step.", s.Status), isolate(s.As), f.Minute(s.At))
	if !s.Until.IsZero() {
		out = f.words.must("terms.step.until", out, f.Minute(s.Until))
	}
	if len(s.Where) > 0 {
		out = f.words.must("terms.step.where", out, f.list(isolated(s.Where)))
	}
	if s.By != "" {
		out = f.words.must("terms.step.by", out, isolate(s.By))
	}
	return out
}

// framed is a part of a page with the frame around it, for templates that need both.
type framed struct {
	Frame Frame
	View  any
}

// Part hands a part of the page to a template together with the frame.
func (f Frame) Part(view any) framed { return framed{f, view} }

// IDs names elements in an address; empty where they are too many.
func (f Frame) IDs(list []string) string { return idList(list) }
