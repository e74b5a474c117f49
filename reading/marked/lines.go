package marked

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"truce/reading"
)

// below reads the lines that follow a text: marks beside it, statements, events.
func (t *Text) below(file string, line int, foot string) error {
	for i, l := range strings.Split(foot, "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		key, rest, _ := strings.Cut(l, ": ")
		parts := strings.Split(rest, " | ")
		if err := t.line(file, line+i, key, parts); err != nil {
			return err
		}
	}
	slices.SortStableFunc(t.Marks, func(a, b Mark) int { return a.From - b.From })
	return nil
}

// fields says how many parts a line has, and how it is written.
var fields = map[string]struct {
	least, most int
	form        string
}{
	"mark":  {2, 3, "mark: kind:value | words | occurrence"},
	"said":  {3, 4, "said: speaker | stance | words | occurrence"},
	"event": {2, 3, "event: act | words | occurrence"},
	"never": {2, 3, "never: act | words | occurrence"},
	"claim": {1, 2, "claim: words | occurrence"},
}

func (t *Text) line(file string, line int, key string, parts []string) error {
	f, known := fields[key]
	if !known || len(parts) < f.least || len(parts) > f.most {
		return wrong(file, line, "no line of marks", f.form+" (or another of mark, said, event, never, claim)")
	}
	span, err := t.find(file, line, parts[f.least-1], parts[f.least:])
	if err != nil {
		return err
	}
	switch key {
	case "mark":
		kind, value, _ := strings.Cut(parts[0], ":")
		return t.mark(file, Mark{Span: span, Kind: kind, Value: value, Line: line})
	case "said":
		if !slices.Contains(stances, parts[1]) {
			return wrong(file, line, "stance is "+parts[1], strings.Join(stances, ", "))
		}
		t.Said = append(t.Said, Said{Span: span, Speakers: strings.Split(parts[0], ","), Stance: parts[1], Line: line})
	case "event":
		t.Events = append(t.Events, Event{Span: span, Act: parts[0], Line: line})
	case "never":
		t.Nevers = append(t.Nevers, Event{Span: span, Act: parts[0], Line: line})
	case "claim":
		t.Claims = append(t.Claims, span)
	}
	return nil
}

// stances are those of the reader, and "*" for any.
var stances = []string{"*", string(reading.Asserts), string(reading.Denies), string(reading.Accuses), string(reading.Announces),
	string(reading.Promises), string(reading.Threatens), string(reading.Agrees), string(reading.Doubts), string(reading.Calls)}

// find returns where words stand: the occurrence that is asked for, counted from 1, or the
// only one.
func (t *Text) find(file string, line int, words string, which []string) (reading.Span, error) {
	n := 1
	if len(which) > 0 {
		var err error
		if n, err = strconv.Atoi(which[0]); err != nil || n < 1 {
			return reading.Span{}, wrong(file, line, "occurrence is "+which[0], "a number from 1")
		}
	}
	from := nth(t.Text, words, n)
	if from < 0 {
		return reading.Span{}, wrong(file, line, fmt.Sprintf("%q does not stand in the text %d times", words, n), "the text's own words")
	}
	if len(which) == 0 && strings.Count(t.Text, words) > 1 {
		return reading.Span{}, wrong(file, line, fmt.Sprintf("%q stands in the text %d times", words, strings.Count(t.Text, words)), "an occurrence")
	}
	return reading.Span{From: from, To: from + len(words)}, nil
}

// nth returns where words stand for the nth time, or -1.
func nth(s, words string, n int) int {
	at := 0
	for ; words != ""; n-- {
		i := strings.Index(s[at:], words)
		if i < 0 {
			return -1
		}
		if n == 1 {
			return at + i
		}
		at += i + len(words)
	}
	return -1
}

// passage cuts a passage out of a text by its first and its last words.
func passage(file, whole, from, to string) (string, error) {
	if from == "" {
		return whole, nil
	}
	i := strings.Index(whole, from)
	if i < 0 {
		return "", wrong(file, 1, fmt.Sprintf("the text does not hold %q", from), "the first words of the passage")
	}
	j := strings.Index(whole[i:], to)
	if j < 0 || to == "" {
		return "", wrong(file, 1, fmt.Sprintf("the text does not hold %q after them", to), "the last words of the passage")
	}
	return whole[i : i+j+len(to)], nil
}
