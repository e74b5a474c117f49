package screen

import (
	"slices"
	"strings"
	"time"

	"truce"
	"truce/desk"
)

// Take is the page on which a report is taken down while it is told.
type Take struct {
	Call  desk.Call
	Heard *desk.Heard
	// Once names the submission; Began is when the telling began, as RFC 3339.
	Once, Began string
	Acts, Means []TakeGroup
	// Wrong are the names of words that say what is wrong, by field.
	Wrong map[string]string
	// Read says that what was heard is shown, to be read back.
	Read bool
	// Pick is the place that is marked: the one that was picked, or else the likeliest.
	Pick  string
	Saved *TakeSaved
	Watch TakeWatch
}

// TakeGroup is a branch of a tree of words, to choose from.
type TakeGroup struct {
	Name  string // of its words
	Words []TakeWord
}

// TakeWord is a word of a tree.
type TakeWord struct {
	Word string
	Deep int // how far below the group
}

// TakeSaved is a report that was saved before this page.
type TakeSaved struct {
	Report      string
	Number      int64
	Repeat      bool
	Suggestions []Suggested
	// Asked says that suggestions were looked for.
	Asked bool
}

// TakeWatch is the form of a watch that was kept.
type TakeWatch struct {
	Areas          []TakeArea
	Area, When, By string
	Saw, Note      string
	Saved          bool
	Wrong          map[string]string
	Once           string
}

// TakeArea is an area of the mission.
type TakeArea struct{ Code, Name string }

// NewTake is the page for a call, as far as it was told; heard may be nil.
func NewTake(c desk.Call, heard *desk.Heard, acts, means *truce.Tree, once string) *Take {
	t := &Take{Call: c, Heard: heard, Once: once, Began: c.At.UTC().Format(time.RFC3339), Acts: groups(acts), Means: groups(means), Wrong: map[string]string{}, Watch: TakeWatch{Saw: "quiet", Once: once}}
	if heard == nil {
		return t
	}
	t.Read, t.Pick = true, heard.Picked
	if places := heard.Places; t.Pick == "" && len(places) > 0 && places[0].Alike >= likely && (len(places) == 1 || places[1].Alike < places[0].Alike) {
		t.Pick = places[0].Pick
	}
	t.Problems(heard.Problems)
	return t
}

// likely is how much a name must be like what was told to be marked before anybody picks it.
const likely = .97

// Problems shows what is wrong beside its field.
func (t *Take) Problems(list truce.Problems) {
	for _, p := range list {
		if t.Wrong[p.Field] == "" {
			t.Wrong[p.Field] = "take.wrong." + p.Code
		}
	}
}

// groups lays a tree out by what stands right under its root.
func groups(tree *truce.Tree) []TakeGroup {
	if tree == nil {
		return nil
	}
	kids := map[string][]string{}
	for _, w := range tree.Words() {
		kids[tree.Parent(w)] = append(kids[tree.Parent(w)], w)
	}
	var out []TakeGroup
	for _, top := range kids[tree.Root()] {
		g := TakeGroup{Name: top, Words: []TakeWord{{top, 0}}}
		var walk func(string, int)
		walk = func(w string, deep int) {
			for _, kid := range kids[w] {
				g.Words = append(g.Words, TakeWord{kid, deep})
				walk(kid, deep+1)
			}
		}
		walk(top, 1)
		out = append(out, g)
	}
	return out
}

// Times says how the time was read, in the mission's zone.
func (t *Take) Times(f Frame) []string {
	if t.Heard == nil {
		return nil
	}
	f.Zone = t.Heard.Zone
	teller := &incidentTeller{f: f}
	var out []string
	for _, w := range t.Heard.Element.When {
		out = append(out, teller.time(w))
	}
	return out
}

// BeganAt is when the telling began, in words.
func (t *Take) BeganAt(f Frame) string {
	if t.Heard != nil {
		f.Zone = t.Heard.Zone
	}
	return f.At(t.Call.At)
}

// Spot says where a place lies: an area by its code, a point by its degrees and how wide it is.
func (t *Take) Spot(f Frame, w desk.Where) string {
	if w.Place.Form == truce.FormArea {
		return w.Place.Area
	}
	teller := &incidentTeller{f: f, trace: NewTrace(f.words)}
	place := w.Place
	place.Name = ""
	return teller.spot(place).String()
}

// Grades are the letters or figures of a scale.
func (t *Take) Grades(scale string) []string { return strings.Split(scale, "") }

// Reliability is that of the source; nobody can judge an unknown caller's.
func (t *Take) Reliability() string { return orElse(t.Call.Reliability, "F") }

// Credibility is that of what was told, which nobody can judge before it was looked at.
func (t *Take) Credibility() string { return orElse(t.Call.Credibility, "6") }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Shares are how far a report may go.
func (t *Take) Shares() []string { return []string{"mission", "parties", "publish"} }

// Saws are what may be seen on a watch.
func (t *Take) Saws() []string { return []string{"quiet", "fire", "not-known"} }

// TakeCalled are the actors that a name may mean.
type TakeCalled struct {
	Field, Told string
	List        []desk.Called
	Picked      []string
}

// Calls are the actors that a name may mean, to choose from.
func (t *Take) Calls(field string, list []desk.Called, picked []string, told string) TakeCalled {
	return TakeCalled{field, told, list, picked}
}

// Has reports whether an actor was picked.
func (c TakeCalled) Has(id string) bool { return slices.Contains(c.Picked, id) }
