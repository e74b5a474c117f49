package marked

import (
	"math"
	"slices"
	"strings"

	"truce"
	"truce/reading"
)

// Tally counts one kind of item: marks, marks found rightly, items that count, and items
// that were right.
type Tally struct {
	Marks, Found, Items, Right int
}

// Add adds another tally.
func (t Tally) Add(u Tally) Tally {
	return Tally{t.Marks + u.Marks, t.Found + u.Found, t.Items + u.Items, t.Right + u.Right}
}

// Score is what a reader got right in a text, by kind: actor, ref, place, time, duration,
// quantity, doubt, statement, speaker, stance, happening, claim, trap.
type Score map[string]Tally

// Missed is one thing that was wrong, for people: what was wanted, what was found.
type Missed struct {
	Text, Kind, At, Want, Got string
}

// judge holds one reading against one text.
type judge struct {
	t      Text
	r      reading.Reading
	places Places
	score  Score
	missed []Missed
}

// Held holds a reading of t's text against its marks. A mark is found if an item of its
// kind that overlaps it has its value; an item is right if it overlaps such a mark. Items
// that touch only marks of kind free are not charged.
func Held(t Text, r reading.Reading, places Places) (Score, []Missed) {
	j := &judge{t: t, r: r, places: places, score: Score{}}
	for _, kind := range []string{Actor, Place, Time, Quantity} {
		j.items(kind)
	}
	j.loose(Ref, reading.KindActor)
	j.loose(Duration, reading.KindQuantity, reading.KindTime)
	j.doubts()
	j.statements()
	j.happenings()
	j.claims()
	j.traps()
	return j.score, j.missed
}

// items holds the items of a kind against its marks, both ways.
func (j *judge) items(kind string) {
	var tally Tally
	for _, m := range j.marks(kind) {
		tally.Marks++
		if slices.ContainsFunc(j.r.Items, func(x reading.Item) bool { return j.right(m, x) }) {
			tally.Found++
		} else {
			j.miss(kind, m.Span, m.Value, j.near(kind, m.Span))
		}
	}
	for _, x := range j.r.Items {
		if string(x.Kind) != kind || !j.charged(x) {
			continue
		}
		tally.Items++
		if slices.ContainsFunc(j.marks(kind), func(m Mark) bool { return j.right(m, x) }) {
			tally.Right++
		} else if !slices.ContainsFunc(j.marks(kind), func(m Mark) bool { return overlap(m.Span, x.Span) }) {
			j.miss("no "+kind, x.Span, "", told(x))
		}
	}
	j.score[kind] = tally
}

// loose counts marks that more than one kind of item may answer; of the items only those
// that touch such a mark count.
func (j *judge) loose(kind string, kinds ...reading.Kind) {
	var tally Tally
	for _, m := range j.marks(kind) {
		tally.Marks++
		touch, right := false, false
		for _, x := range j.r.Items {
			if slices.Contains(kinds, x.Kind) && overlap(m.Span, x.Span) {
				touch, right = true, right || j.right(m, x)
			}
		}
		if touch {
			tally.Items++
		}
		if right {
			tally.Found, tally.Right = tally.Found+1, tally.Right+1
		} else {
			j.miss(kind, m.Span, m.Value, j.near(string(kinds[0]), m.Span))
		}
	}
	j.score[kind] = tally
}

func (j *judge) marks(kind string) []Mark {
	var out []Mark
	for _, m := range j.t.Marks {
		if m.Kind == kind {
			out = append(out, m)
		}
	}
	return out
}

// charged reports whether an item counts: one that touches only free words, a length of
// time, or a word that stands for an actor does not, unless it touches a mark of its kind.
func (j *judge) charged(x reading.Item) bool {
	excused := x.Kind == reading.KindActor && pronoun(x.Text)
	for _, m := range j.t.Marks {
		if !overlap(m.Span, x.Span) {
			continue
		}
		if m.Kind == string(x.Kind) {
			return true
		}
		excused = excused || m.Kind == Free || m.Kind == Duration || m.Kind == Ref && (x.Kind == reading.KindActor || x.Kind == reading.KindQuantity) ||
			m.Kind == Actor && x.Kind == reading.KindPlace && x.Text != j.t.at(m.Span) // a place in the name of an office
	}
	return !excused
}

// pronoun reports whether a word only stands for somebody; few of them are marked.
func pronoun(s string) bool {
	s = strings.ToLower(s)
	return slices.Contains(pronouns, s) || slices.Contains(sides, s)
}

var sides = []string{"both sides", "the two sides", "the other side", "стороны", "обе стороны", "الطرفان", "الجانبان"}

var pronouns = strings.Fields("he she it they we i you his her its their our us them him my your who himself itself themselves " +
	"он она они мы его её их я нас ими هو هي هم نحن")

func overlap(a, b reading.Span) bool { return a.From < b.To && b.From < a.To }

// near tells what was found of a kind at a place.
func (j *judge) near(kind string, at reading.Span) string {
	for _, x := range j.r.Items {
		if string(x.Kind) == kind && overlap(x.Span, at) {
			return told(x)
		}
	}
	return "nothing"
}

func (j *judge) miss(kind string, at reading.Span, want, got string) {
	j.missed = append(j.missed, Missed{Text: j.t.Name, Kind: kind, At: j.t.Text[at.From:at.To], Want: want, Got: got})
}

// doubts holds the flags on slips against the marks.
func (j *judge) doubts() {
	var tally Tally
	for _, m := range j.marks(Doubt) {
		tally.Marks++
		if slices.ContainsFunc(j.r.Doubts, func(d reading.Doubt) bool { return overlap(d.Span, m.Span) }) {
			tally.Found++
		} else {
			j.miss(Doubt, m.Span, m.Value, "nothing")
		}
	}
	for _, d := range j.r.Doubts {
		tally.Items++
		if slices.ContainsFunc(j.marks(Doubt), func(m Mark) bool { return overlap(d.Span, m.Span) }) {
			tally.Right++
		} else {
			j.miss("no doubt", d.Span, "", d.Perhaps)
		}
	}
	j.score[Doubt] = tally
}

// claims counts the summaries that were kept as claims.
func (j *judge) claims() {
	var tally Tally
	for _, c := range j.t.Claims {
		tally.Marks++
		if slices.ContainsFunc(j.r.Claims, func(x reading.Claim) bool { return overlap(x.Span, c) }) {
			tally.Found++
		} else {
			j.miss("claim", c, "claim", "none")
		}
	}
	j.score["claim"] = tally
}

// act returns the words of the act a happening is made of, and where they stand.
func (j *judge) act(h reading.Happening) reading.Item {
	if h.Act < 0 || h.Act >= len(j.r.Items) {
		return reading.Item{Span: h.Span}
	}
	return j.r.Items[h.Act]
}

func (j *judge) happenings() {
	var tally Tally
	if j.t.Head["style"] == "article" { // nobody marked what happens in articles of an encyclopedia
		return
	}
	tree := truce.Acts()
	fits := func(e Event, h reading.Happening) bool {
		return overlap(e.Span, h.Span) && slices.ContainsFunc(j.act(h).Codes, func(c string) bool { return akin(tree, e.Act, c) })
	}
	for _, e := range j.t.Events {
		tally.Marks++
		if slices.ContainsFunc(j.r.Happenings, func(h reading.Happening) bool { return fits(e, h) }) {
			tally.Found++
		} else {
			j.miss("happening", e.Span, e.Act, j.near("act", e.Span))
		}
	}
	for _, h := range j.r.Happenings {
		tally.Items++
		if slices.ContainsFunc(j.t.Events, func(e Event) bool { return fits(e, h) }) {
			tally.Right++
		} else {
			j.miss("no happening", h.Span, "", h.Title)
		}
	}
	j.score["happening"] = tally
}

// akin reports whether one act may be the other: the same, above or below it, or its
// neighbour under one word, as an air strike and shelling are.
func akin(tree *truce.Tree, a, b string) bool {
	return tree.Covers(a, b) || tree.Covers(b, a) || tree.Parent(a) == tree.Parent(b) && tree.Parent(a) == "attack"
}

// traps counts what must not come out, and does not.
func (j *judge) traps() {
	var tally Tally
	for _, n := range j.t.Nevers {
		tally.Marks++
		if got := j.sprung(n); got == "" {
			tally.Found++
		} else {
			j.miss("trap", n.Span, "no "+n.Act, got)
		}
	}
	j.score["trap"] = tally
}

func (j *judge) sprung(n Event) string {
	tree := truce.Acts()
	if n.Act == "toll" {
		for _, x := range j.r.Items {
			if x.Kind == reading.KindQuantity && overlap(x.Span, n.Span) && slices.Contains([]string{"killed", "injured", "casualties"}, x.Counts) {
				return told(x)
			}
		}
		return ""
	}
	for _, h := range j.r.Happenings {
		a := j.act(h)
		if overlap(a.Span, n.Span) && (n.Act == "*" || slices.ContainsFunc(a.Codes, func(c string) bool { return tree.Covers(n.Act, c) || tree.Covers(c, n.Act) })) {
			return h.Title
		}
	}
	return ""
}

// Wilson returns the 95 % interval of a share by Wilson's score: right of n.
func Wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(right)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}
