// Package reconcile lays the ledgers of two authors side by side and explains every
// difference. There are two forms of ledger: totals of a day, by area ([ReadDays],
// [CompareDays]), and lists of happenings ([Align]).
//
// A ledger is somebody's claims. What its author wrote is shown as written: a slip in its
// arithmetic is flagged and never mended, a day without a row is missing and never zero, and
// counts of two authors are never added to each other. Nothing here says who is right.
package reconcile

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Count is a whole number that somebody stated, or none. The zero value is "not stated".
type Count struct {
	N      int
	Stated bool
}

// Of is a count that was stated.
func Of(n int) Count { return Count{n, true} }

// String returns the number, or "not stated".
func (c Count) String() string {
	if !c.Stated {
		return "not stated"
	}
	return strconv.Itoa(c.N)
}

// MarshalJSON writes the number, or null.
func (c Count) MarshalJSON() ([]byte, error) {
	if !c.Stated {
		return []byte("null"), nil
	}
	return json.Marshal(c.N)
}

// Reason is one thing that explains a difference, or that is odd: the name of a sentence and
// what is put into it.
type Reason struct {
	Code string `json:"code"`
	Args []any  `json:"args,omitempty"`
}

// because makes a reason.
func because(code string, args ...any) Reason { return Reason{code, args} }

// String says the reason in English.
func (r Reason) String() string {
	form, known := sentences[r.Code]
	if !known {
		return r.Code
	}
	args := make([]any, len(r.Args))
	for i, a := range r.Args {
		args[i] = said(a)
	}
	return fmt.Sprintf(form, args...)
}

// MarshalJSON writes code, what is put in, and the sentence.
func (r Reason) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code string `json:"code"`
		Args []any  `json:"args,omitempty"`
		Says string `json:"says"`
	}{r.Code, r.Args, r.String()})
}

// said writes what is put into a sentence: numbers and texts as they are, areas in a list.
func said(a any) any {
	list, ok := a.(Areas)
	if !ok {
		return a
	}
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = x.Area + " " + x.says()
	}
	return strings.Join(words, ", ")
}

// Areas are areas with a figure each, to be listed in a sentence.
type Areas []AreaFigure

// AreaFigure is an area with a count, or with how many more (or fewer, below zero) the second
// author counts there than the first.
type AreaFigure struct {
	Area string `json:"area"`
	N    int    `json:"n"`
	// More says that N is a difference.
	More bool `json:"more,omitempty"`
}

func (f AreaFigure) says() string {
	if f.More {
		return fmt.Sprintf("%+d", f.N)
	}
	return strconv.Itoa(f.N)
}

// Sentences are all reasons in English, by their codes, with places for what is put in.
func Sentences() map[string]string { return maps.Clone(sentences) }

// sentences are the reasons in English. Pages have them in every language under the same names.
var sentences = map[string]string{
	// of a day in two ledgers
	"day.missing":    "%[1]s has no row for this day: it is missing, not zero",
	"day.same":       "both count %[1]d; that the totals agree does not say that the cases are the same",
	"day.zero":       "both count none",
	"day.more":       "%[1]s counts %[2]d more than %[3]s",
	"day.unstated":   "%[1]s states no total",
	"day.by-area":    "by area, %[1]s against %[2]s: %[3]s",
	"day.agree":      "both give the same number for %[1]s",
	"day.only":       "only %[1]s counts any in %[2]s",
	"day.unplaced":   "%[1]s gives no area for %[2]d of its %[3]d",
	"day.adds":       "the parts of %[1]s add up to its total",
	"day.share":      "at most %[1]d can be the same cases, if both place each in the same area; then at least %[2]d stand in the ledger of %[3]s alone and %[4]d in that of %[5]s",
	"day.none-share": "no case can be the same, if both place each in the same area: all %[1]d of %[2]s and all %[3]d of %[4]s stand alone",
	"day.answered":   "%[1]s answered the %[2]d of %[3]s: %[4]s confirmed, %[5]s fire at a group outside the truce, %[6]s not confirmed",
	"day.unanswered": "no answer to the count of %[1]s is in the ledger; unanswered is neither confirmed nor denied",
	"day.window":     "a day of %[1]s begins %[2]s hours before one of %[3]s: what happened in between stands under two dates",
	"day.note":       "the ledger notes: %[1]s",
	"day.dated":      "the date of %[1]s is inferred, not stated",

	// slips of arithmetic, and what looks like one
	"slip.parts":       "the parts add up to %[1]d, the total says %[2]d",
	"slip.parts-over":  "the parts that are given add up to %[1]d, more than the total of %[2]d",
	"slip.breakdown":   "said to be broken down in full, but nothing is given for %[1]s",
	"slip.none":        "said not to be broken down, but parts are given",
	"slip.answers":     "%[1]d confirmed, %[2]d exempt and %[3]d not confirmed make %[4]d, the total says %[5]d",
	"slip.answer-over": "the answers that are given make %[1]d, more than the total of %[2]d",
	"slip.twice":       "the source states the total twice: %[1]d here and %[2]d elsewhere",
	"slip.falls":       "the count since %[1]s falls from %[2]d on %[3]s to %[4]d",
	"slip.below":       "the count since %[1]s is %[2]d, but the days in the ledger already make %[3]d",
	"slip.sum":         "the count since %[1]s is %[2]d; every day of it is in the ledger, and they make %[3]d",
	"slip.rise":        "from %[1]s the count rises by %[2]d, but the days in the ledger since make %[3]d",
	"slip.named":       "%[1]d cases are named in %[2]s, but only %[3]d counted",
	"slip.named-total": "%[1]d cases are named, but only %[2]d counted",
	"odd.repeats":      "the same figures as the day before: perhaps the same bulletin",
	"odd.restart":      "the running count is lower than on %[1]s (%[2]d, now %[3]d): a new start, or a slip; the ledger does not say from which day it runs",
	"odd.rest":         "of %[1]d since %[2]s, %[3]d fall on days in the ledger and %[4]d on the %[5]d other days",

	// of two lists of happenings
	"list.day-cut":      "%[1]s has %[2]s, %[3]s has %[4]s: one day if days of %[1]s began %[5]s",
	"list.day-zone":     "%[1]s has %[2]s, %[3]s has %[4]s: one day if times of %[1]s are in %[5]s",
	"list.day-perhaps":  "%[1]s has %[2]s, %[3]s has %[4]s; neither gives an hour, so another cut hour or zone could make it one day",
	"list.day":          "%[1]s has %[2]s, %[3]s has %[4]s: no cut hour and no zone makes it one day",
	"list.hour":         "%[1]s has %[2]s, %[3]s has %[4]s: one day, other hours",
	"list.place-within": "the places are %[1]s apart, within what the two state (%[2]s)",
	"list.place":        "the places are %[1]s apart, further than the two state (%[2]s)",
	"list.spelling":     "one place under two spellings: %[1]s and %[2]s",
	"list.actor":        "who acted is disputed: %[1]s names %[2]s, %[3]s names %[4]s",
	"list.actor-names":  "%[1]s names %[2]s as the actor, %[3]s names %[4]s; no register says whether these are the same",
	"list.killed":       "killed: %[1]s has %[2]s, %[3]s has %[4]s",
	"list.injured":      "injured: %[1]s has %[2]s, %[3]s has %[4]s",
	"list.toll-one":     "only %[1]s states how many were %[2]s",
	"list.sum":          "the %[1]d of %[2]s together have the toll that %[3]s gives one",
	"list.count":        "%[1]s says that it counts %[2]d in one, and %[3]s lists %[2]d",
	"list.several":      "nothing in either says whether they are one happening or %[1]d; they stand together because each is likely the same as the one of the other",
	"list.further":      "%[2]s of %[1]s would fit, but it stands with another already, and nothing makes this one of several",
	"list.outside":      "%[1]s lists nothing on these days (it runs from %[2]s to %[3]s)",
	"list.undated":      "it has no date, so nothing can be laid beside it",
	"list.alone":        "%[1]s has nothing that could be the same",
	"list.nearest":      "the nearest of %[1]s is %[2]s (%[3]d in 100)",
	"list.perhaps":      "it may be %[1]s of %[2]s (%[3]d in 100), which is neither likely nor unlikely enough",
	"list.speaks":       "what speaks for it and against it: %[1]s",
	"list.likely":       "the same, with %[1]d in 100: %[2]s",
}
