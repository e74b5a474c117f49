package marked_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/reading"
	"truce/reading/marked"
)

// small is a text with one mark of each kind that is counted.
const small = head + `[actor:russia/lavrov|Mr Lavrov] said in [place:geneva|Geneva] [time:2016-08-25|on Thursday] that [quantity:28..;killed|at least 28] died.
---
said: russia | asserts | at least 28 died
event: shelling | died
never: toll | on Thursday
`

// told is a reading of it in which every answer is right.
func told() reading.Reading {
	low := 28.0
	day := time.Date(2016, 8, 24, 21, 0, 0, 0, time.UTC) // midnight in Damascus
	return reading.Reading{
		Items: []reading.Item{
			{Kind: "actor", Span: reading.Span{From: 3, To: 9}, Text: "Lavrov", Codes: []string{"russia"}, Certain: true},
			{Kind: "place", Span: reading.Span{From: 18, To: 24}, Text: "Geneva", Name: "Genève", Level: "settlement"},
			{Kind: "time", Span: reading.Span{From: 25, To: 36}, Text: "on Thursday", When: &truce.When{From: day, To: day.Add(24 * time.Hour)}},
			{Kind: "quantity", Span: reading.Span{From: 42, To: 53}, Text: "at least 28", Amount: &reading.Amount{Low: &low}, Counts: "killed"},
			{Kind: "act", Span: reading.Span{From: 54, To: 58}, Text: "died", Codes: []string{"attack"}},
		},
		Statements: []reading.Statement{{Span: reading.Span{From: 0, To: 58}, Said: reading.Span{From: 42, To: 58}, Stance: "asserts",
			Speaker: &reading.Voice{Codes: []string{"russia"}}}},
		Happenings: []reading.Happening{{Span: reading.Span{From: 42, To: 58}, Act: 4}},
	}
}

func held(t *testing.T, r reading.Reading) marked.Score {
	t.Helper()
	x, err := marked.Parse("x.marked", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	places, err := marked.ParsePlaces("places.txt", []byte("geneva | settlement | | Geneva, Genève\n"))
	if err != nil {
		t.Fatal(err)
	}
	score, _ := marked.Held(x, r, places)
	return score
}

func TestHeld(t *testing.T) {
	all := marked.Tally{Marks: 1, Found: 1, Items: 1, Right: 1}
	none := marked.Tally{Marks: 1}
	wrong := marked.Tally{Marks: 1, Items: 1}
	for name, c := range map[string]struct {
		change func(*reading.Reading)
		kind   string
		want   marked.Tally
	}{
		"right":                           {func(*reading.Reading) {}, "actor", all},
		"nothing found":                   {func(r *reading.Reading) { r.Items = nil }, "actor", none},
		"another actor":                   {func(r *reading.Reading) { r.Items[0].Codes[0] = "un" }, "actor", wrong},
		"an actor that no register knows": {func(r *reading.Reading) { r.Items[0].Codes[0] = "?Lavrov" }, "actor", wrong},
		"a governorate for the town":      {func(r *reading.Reading) { r.Items[1].Level = "governorate" }, "place", wrong},
		"the place":                       {func(*reading.Reading) {}, "place", all},
		"the evening of that day":         {func(r *reading.Reading) { r.Items[2].When.From = r.Items[2].When.From.Add(18 * time.Hour) }, "time", all},
		"the day after":                   {func(r *reading.Reading) { r.Items[2].When.To = r.Items[2].When.To.Add(24 * time.Hour) }, "time", wrong},
		"no time for relative words":      {func(r *reading.Reading) { r.Items[2].When = nil }, "time", wrong},
		"at least 28 as 28":               {func(r *reading.Reading) { r.Items[3].Amount.High = r.Items[3].Amount.Low }, "quantity", wrong},
		"the dead as wounded":             {func(r *reading.Reading) { r.Items[3].Counts = "injured" }, "quantity", wrong},
		"at least 28":                     {func(*reading.Reading) {}, "quantity", all},
		"who spoke":                       {func(*reading.Reading) {}, "speaker", all},
		"somebody else spoke":             {func(r *reading.Reading) { r.Statements[0].Speaker.Codes[0] = "un" }, "speaker", wrong},
		"denied, not said":                {func(r *reading.Reading) { r.Statements[0].Stance = "denies" }, "stance", wrong},
		"an attack may be shelling":       {func(*reading.Reading) {}, "happening", all},
		"talks are no shelling":           {func(r *reading.Reading) { r.Items[4].Codes[0] = "talks" }, "happening", wrong},
		"no toll where none is":           {func(*reading.Reading) {}, "trap", marked.Tally{Marks: 1, Found: 1}},
		"a toll in a day of the week":     {func(r *reading.Reading) { r.Items[3].Span = reading.Span{From: 25, To: 36} }, "trap", none},
		"a pronoun nobody marked is no item": {func(r *reading.Reading) {
			r.Items = append(r.Items, reading.Item{Kind: "actor", Span: reading.Span{From: 37, To: 41}, Text: "They"})
		}, "actor", all},
	} {
		r := told()
		c.change(&r)
		if d := cmp.Diff(c.want, held(t, r)[c.kind]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestWilson holds the interval against the formula's published example: 8 of 10.
func TestWilson(t *testing.T) {
	low, high := marked.Wilson(8, 10)
	if math.Abs(low-0.4902) > 1e-4 || math.Abs(high-0.9433) > 1e-4 {
		t.Errorf("%v to %v", low, high)
	}
	if low, high := marked.Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing: %v to %v", low, high)
	}
}
