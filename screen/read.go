package screen

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/reading"
)

// Read is the page on which accounts are read.
type Read struct {
	May     bool // the post reads accounts
	Account desk.Account
	Kept    []desk.Account // read before
	Papers  []desk.Account // of a file that holds several
	Zones   string         // that of the mission
	Done    *ReadDone      // nil before anything was read
	Once    string
	Notes   []string
}

// ReadDone is an account that was read.
type ReadDone struct {
	ID, Reader, Hash string
	Dated            bool
	Sentences        []ReadSentence
	Names            []ReadName
	Doubts           []ReadDoubt
	Claims           []ReadDoubt
	Lessons          []desk.Lesson
	Acts             []string
	Actors, Places   []Option
	Open, Entered    int // drafts to decide on; drafts that are in the record
	Kinds            []string
}

// Option is a value with the words for it.
type Option struct{ Value, Name string }

// ReadSentence is a sentence with what was found in it.
type ReadSentence struct {
	N      int
	Pieces []ReadPiece
	Items  []ReadItem
	Drafts []ReadDraft
}

// ReadPiece is a stretch of the text: plain where Kind is empty.
type ReadPiece struct{ Text, Kind, Says string }

// ReadItem is one thing found, in words.
type ReadItem struct {
	Kind, Text, Value string
	When              *truce.When
	Sure              bool
	Why               string
}

// ReadDraft is a draft of a report with its facts as they may be changed.
type ReadDraft struct {
	desk.AccountDraft
	N     int
	Was   string // what was decided before
	Quote string
	Facts desk.AccountFacts
}

// ReadName is a name that was found, with whom or what it was taken for.
type ReadName struct {
	N                 int
	Kind, Text, Value string
	Times             int
	Sure              bool
}

// ReadDoubt is a place where the text is probably not what was meant, or a summary.
type ReadDoubt struct{ Text, Perhaps, Why string }

// NewReadDone lays out what was read.
func NewReadDone(a *desk.AccountRead, lessons []desk.Lesson) *ReadDone {
	r := a.Reading
	v := &ReadDone{ID: a.ID, Kinds: strings.Fields("actor place time quantity act means doubt"), Reader: r.Reader, Hash: r.Hash, Dated: r.Date != "", Lessons: lessons, Acts: truce.Acts().Words(),
		Actors: options(a.Names("actor")), Places: options(a.Names("place"))}
	for i, at := range r.Sentences {
		v.Sentences = append(v.Sentences, cutSentence(a, i, at))
	}
	n := 0
	for _, d := range a.Drafts {
		at := v.sentenceOf(r.Sentences, d.Span)
		if at == nil {
			continue
		}
		at.Drafts = append(at.Drafts, ReadDraft{AccountDraft: d, N: n, Was: a.Decided[d.Key], Quote: quoted(a, d), Facts: a.Facts(d)})
		n++
		if d.Entered != "" {
			v.Entered++
		} else {
			v.Open++
		}
	}
	v.Names = readNames(r.Items)
	for _, d := range r.Doubts {
		v.Doubts = append(v.Doubts, ReadDoubt{Text: d.Text, Perhaps: d.Perhaps, Why: d.Why})
	}
	for _, c := range r.Claims {
		v.Claims = append(v.Claims, ReadDoubt{Text: c.Text, Why: c.Why})
	}
	return v
}

// options are values with their words.
func options(of [][2]string) []Option {
	out := make([]Option, 0, len(of))
	for _, o := range of {
		out = append(out, Option{o[0], o[1]})
	}
	return out
}

// quoted are the words that a draft rests on.
func quoted(a *desk.AccountRead, d desk.AccountDraft) string {
	at := d.Span
	if d.Said != nil {
		at = *d.Said
	}
	return a.Text[at.From:at.To]
}

func (v *ReadDone) sentenceOf(all []reading.Span, at reading.Span) *ReadSentence {
	i := slices.IndexFunc(all, func(s reading.Span) bool { return at.From < s.To })
	if i < 0 {
		i = len(all) - 1
	}
	if i < 0 {
		return nil
	}
	return &v.Sentences[i]
}

// cutSentence cuts a sentence into what was found in it and the rest.
func cutSentence(a *desk.AccountRead, i int, at reading.Span) ReadSentence {
	out := ReadSentence{N: i + 1}
	pos := at.From
	plain := func(to int) {
		if to > pos {
			out.Pieces = append(out.Pieces, ReadPiece{Text: a.Text[pos:to]})
			pos = to
		}
	}
	for _, x := range shown(a.Reading, at) {
		plain(x.From)
		says := itemOf(x)
		out.Pieces = append(out.Pieces, ReadPiece{Text: x.Text, Kind: string(x.Kind), Says: says.Value})
		out.Items = append(out.Items, says)
		pos = x.To
	}
	plain(at.To)
	return out
}

// doubtKind marks a slip of the text among the kinds of item.
const doubtKind = "doubt"

// shown are the items of a sentence that are highlighted: those that do not overlap, the
// longer of two.
func shown(r reading.Reading, at reading.Span) []reading.Item {
	var all []reading.Item
	for _, x := range r.Items {
		if x.From >= at.From && x.To <= at.To && x.To > x.From {
			all = append(all, x)
		}
	}
	for _, d := range r.Doubts {
		if d.From >= at.From && d.To <= at.To {
			all = append(all, reading.Item{Kind: doubtKind, Span: d.Span, Text: d.Text, Name: d.Perhaps, Why: d.Why})
		}
	}
	slices.SortStableFunc(all, func(x, y reading.Item) int {
		if (x.Kind == doubtKind) != (y.Kind == doubtKind) {
			return ofOne(y.Kind == doubtKind) - ofOne(x.Kind == doubtKind)
		}
		return (y.To - y.From) - (x.To - x.From)
	})
	var out []reading.Item
	for _, x := range all {
		if !slices.ContainsFunc(out, func(y reading.Item) bool { return x.From < y.To && y.From < x.To }) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(x, y reading.Item) int { return x.From - y.From })
	return out
}

// itemOf says what an item is taken for.
func itemOf(x reading.Item) ReadItem {
	out := ReadItem{Kind: string(x.Kind), Text: x.Text, Sure: x.Certain, Why: x.Why, When: x.When}
	switch {
	case x.Kind == doubtKind:
		out.Value = x.Name
	case x.Amount != nil:
		out.Value = strings.TrimSpace(amount(*x.Amount) + " " + x.Counts)
	case x.When != nil:
		out.Value = stretchText(*x.When)
	case len(x.Codes) > 0:
		out.Value = x.Codes[0]
	default:
		out.Value = x.Name
	}
	return out
}

// amount writes a range: 3, 4 to 6 as 4–6, at least 28 as 28+.
func amount(a reading.Amount) string {
	switch {
	case a.Low != nil && a.High != nil && *a.Low == *a.High:
		return exact(*a.Low)
	case a.Low != nil && a.High != nil:
		return exact(*a.Low) + "–" + exact(*a.High)
	case a.Low != nil:
		return exact(*a.Low) + "+"
	case a.High != nil:
		return "≤" + exact(*a.High)
	}
	return ""
}

func exact(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// stretchText writes an interval as short as it is exact.
func stretchText(w truce.When) string {
	from, to := w.From, w.To
	whole := func(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 }
	switch {
	case from.Equal(to):
		return from.Format("2006-01-02 15:04")
	case whole(from) && whole(to) && to.Equal(from.AddDate(0, 0, 1)):
		return from.Format(time.DateOnly)
	case whole(from) && whole(to):
		return from.Format(time.DateOnly) + " – " + to.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return from.Format("2006-01-02 15:04") + " – " + to.Format("2006-01-02 15:04")
}

// readNames lists the names of actors and places once, in the order of the text.
func readNames(items []reading.Item) []ReadName {
	var out []ReadName
	for _, x := range items {
		if x.Kind != reading.KindActor && x.Kind != reading.KindPlace {
			continue
		}
		value := itemOf(x).Value
		i := slices.IndexFunc(out, func(n ReadName) bool { return n.Kind == string(x.Kind) && n.Text == x.Text && n.Value == value })
		if i < 0 {
			i = len(out)
			out = append(out, ReadName{N: i, Kind: string(x.Kind), Text: x.Text, Value: value, Sure: x.Certain})
		}
		out[i].Times++
	}
	return out
}
