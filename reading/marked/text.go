// Package marked reads texts in which people marked what a reader should find, and holds
// what a reader found against the marks. The scheme is told in
// reading/testdata/corpus/README.md. It serves tests and measurements only.
package marked

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/reading"
)

// Kinds of mark. Actor, Place, Time and Quantity are those of the reader; a Duration is
// found as a quantity or as a time.
const (
	Actor    = "actor"
	Ref      = "ref" // a word that stands for an actor named elsewhere: he, both sides
	Place    = "place"
	Time     = "time"
	Duration = "duration"
	Quantity = "quantity"
	Doubt    = "doubt" // a probable slip of the text; the value is what was meant
	Free     = "free"  // neither asked for nor charged
)

// Text is one text with its marks.
type Text struct {
	// Name is that of the file, without its folder and ending.
	Name string
	// Head holds the lines before the text: date, zone, outlet, language, style, split and,
	// where they are told, story, traps, source, from and to.
	Head map[string]string
	// Date is midnight of the account's day in its zone.
	Date time.Time
	// Text is the account without its marks.
	Text   string
	Marks  []Mark
	Said   []Said
	Events []Event
	Nevers []Event // acts that must not come out there; "*" is any, "toll" a count of casualties
	Claims []reading.Span
}

// Mark is one marked piece of the text.
type Mark struct {
	reading.Span
	Kind  string
	Value string
	Line  int
}

// Said is a statement: Span is some of what is said.
type Said struct {
	reading.Span
	Speakers []string // any of these is right; "?" is somebody no register knows
	Stance   string   // "*" is any
	Line     int
}

// Event is an act at some words of the text.
type Event struct {
	reading.Span
	Act  string
	Line int
}

// Account is what the reader is told before it reads.
func (t Text) Account() reading.Account {
	return reading.Account{Date: t.Date, Zone: t.Date.Location(), Outlet: t.Head["outlet"], At: t.Name}
}

// Traps are the names of the traps in the text.
func (t Text) Traps() []string {
	return strings.FieldsFunc(t.Head["traps"], func(r rune) bool { return r == ',' || r == ' ' })
}

// bracket is one mark inside a text.
var bracket = regexp.MustCompile(`\[([a-z]+)(?::([^|\[\]]*))?\|([^|\[\]]+)\]`)

// Parse reads a text with its marks inside. Errors name file, line and what was expected.
func Parse(file string, b []byte) (Text, error) {
	head, rest, line, err := header(file, string(b))
	if err != nil {
		return Text{}, err
	}
	body, foot, _ := strings.Cut(rest, "\n---\n")
	t := Text{Name: name(file), Head: head}
	if err := t.dated(file); err != nil {
		return Text{}, err
	}
	if err := t.take(file, line, body); err != nil {
		return Text{}, err
	}
	return t, t.below(file, line+strings.Count(body, "\n")+2, foot)
}

// ParseBeside reads marks that stand beside a text of somebody else's: the file holds
// lines only, and a mark is the words it stands on: "mark: actor:russia | Moscow | 2".
// The header says where the passage begins and ends ("from", "to"), if it is not all.
func ParseBeside(file string, b []byte, whole string) (Text, error) {
	head, foot, line, err := header(file, string(b))
	if err != nil {
		return Text{}, err
	}
	t := Text{Name: name(file), Head: head}
	if t.Text, err = passage(file, whole, head["from"], head["to"]); err != nil {
		return Text{}, err
	}
	if err := t.dated(file); err != nil {
		return Text{}, err
	}
	return t, t.below(file, line, foot)
}

// Source returns the file, below the shared data, that marks of ParseBeside belong to.
func Source(b []byte) string {
	for l := range strings.Lines(string(b)) {
		if path, ok := strings.CutPrefix(l, "source:"); ok {
			return strings.TrimSpace(path)
		}
	}
	return ""
}

func name(file string) string {
	base := file[strings.LastIndexByte(file, '/')+1:]
	base, _, _ = strings.Cut(base, ".")
	return base
}

func wrong(file string, line int, msg, want string) error {
	return &truce.Error{Kind: truce.Invalid, At: fmt.Sprintf("%s:%d", file, line), Msg: msg, Hint: "expected " + want}
}

// keys are the lines a header may have.
var keys = []string{"date", "zone", "outlet", "language", "style", "split", "story", "traps", "source", "from", "to"}

// header returns the head, what follows it, and the number of the line where that starts.
func header(file, s string) (head map[string]string, rest string, line int, err error) {
	head = map[string]string{}
	top, rest, ok := strings.Cut(s, "\n---\n")
	if !ok {
		return nil, "", 0, wrong(file, 1, "no end of the header", "a line ---")
	}
	for i, l := range strings.Split(top, "\n") {
		key, value, ok := strings.Cut(l, ": ")
		if !ok || !slices.Contains(keys, key) || head[key] != "" || strings.TrimSpace(value) == "" {
			return nil, "", 0, wrong(file, i+1, "no line of a header: "+l, "one each of "+strings.Join(keys, ", "))
		}
		head[key] = strings.TrimSpace(value)
	}
	if !slices.Contains([]string{"tune", "test"}, head["split"]) {
		return nil, "", 0, wrong(file, 1, "split is "+head["split"], "tune or test")
	}
	if !slices.Contains([]string{"en", "ar", "ru"}, head["language"]) {
		return nil, "", 0, wrong(file, 1, "language is "+head["language"], "en, ar or ru")
	}
	return head, rest, strings.Count(top, "\n") + 3, nil
}

func (t *Text) dated(file string) error {
	zone, err := time.LoadLocation(t.Head["zone"])
	if err != nil || t.Head["zone"] == "" {
		return wrong(file, 1, "zone is "+t.Head["zone"], "a zone such as Asia/Damascus")
	}
	if t.Date, err = time.ParseInLocation(time.DateOnly, t.Head["date"], zone); err != nil {
		return wrong(file, 1, "date is "+t.Head["date"], "a day such as 2016-08-26")
	}
	return nil
}

// take strips the marks from the body and keeps them.
func (t *Text) take(file string, line int, body string) error {
	var plain strings.Builder
	at := 0
	for _, m := range bracket.FindAllStringSubmatchIndex(body, -1) {
		plain.WriteString(body[at:m[0]])
		at = m[1]
		mark := Mark{Kind: body[m[2]:m[3]], Line: line + strings.Count(body[:m[0]], "\n")}
		if m[4] >= 0 {
			mark.Value = body[m[4]:m[5]]
		}
		mark.From = plain.Len()
		plain.WriteString(body[m[6]:m[7]])
		mark.To = plain.Len()
		if err := t.mark(file, mark); err != nil {
			return err
		}
	}
	plain.WriteString(body[at:])
	t.Text = plain.String()
	if i := strings.IndexAny(t.Text, "[]"); i >= 0 {
		return wrong(file, line+strings.Count(t.Text[:i], "\n"), "a bracket that is no mark", "[kind:value|text]")
	}
	return nil
}

func (t *Text) mark(file string, m Mark) error {
	if want := valueWrong(m, t.Date.Location()); want != "" {
		return wrong(file, m.Line, fmt.Sprintf("%s:%s is no mark", m.Kind, m.Value), want)
	}
	t.Marks = append(t.Marks, m)
	return nil
}
