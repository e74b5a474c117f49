package match

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"truce/words"
)

// Telling is a report as far as its origin can be told. What is not known is empty, and two
// unknowns are never the same.
type Telling struct {
	// Report tells the report from others.
	Report string
	// Office is the organisation that vouches for it, in any spelling; not who typed it in.
	Office string
	// Author and Document are keys of the account or person it comes from and of the post or
	// page it stands in.
	Author, Document string
	// Text is its words.
	Text string
}

// Tie is why two reports have an origin in common.
type Tie struct {
	A, B string // the reports, the lesser first
	// Because is the code of [Tie.Say] and what is put into it.
	Because Reason
}

// Say says the tie in words: "both quote Abu Omar".
func (t Tie) Say() string { return fmt.Sprintf(ties[t.Because.Code], t.Because.Args...) }

// ties are the words for why two reports have an origin in common, by code.
var ties = map[string]string{
	"tie.document": "both stand in one document",
	"tie.author":   "both come from one author",
	"tie.office":   "both come from %s",
	"tie.words":    "the same words: %d %% of the shorter text stand in the other",
	"tie.quote":    "both quote %s",
	"tie.quotes":   "one quotes the other: %s",
}

// Ties lists the codes of ties, sorted.
func Ties() []string { return slices.Sorted(maps.Keys(ties)) }

// Origin is one source that reports of a happening go back to.
type Origin struct {
	// Reports are those that go back to it, sorted. A report that quotes two people stands at
	// two origins.
	Reports []string
	// Ties say why, enough of them to join all the reports.
	Ties []Tie
}

// Origins returns the sources of reports of one happening, by their first report: what
// corroboration counts. Reports have one origin if they stand in one document, come from one
// author or office, repeat each other's words, or quote the same named person or
// organisation; who quotes somebody adds nothing to what that one says himself. A report that
// quotes nobody by name is an origin of its own.
func Origins(list []Telling) []Origin {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Telling) int { return cmp.Compare(a.Report, b.Report) })
	v := voices{list: list, of: make([]int, len(list))}
	for i := range list {
		v.of[i] = i
	}
	v.join()
	return v.origins()
}

// voices are reports joined to those that speak with one voice.
type voices struct {
	list []Telling
	of   []int // by report: the first report that speaks with its voice, by steps
	ties []Tie
}

func (v *voices) voice(i int) int {
	for v.of[i] != i {
		i = v.of[i]
	}
	return i
}

// join finds the reports that speak with one voice.
func (v *voices) join() {
	runs := make([]words.Shingles, len(v.list))
	for i, t := range v.list {
		runs[i] = words.ShinglesOf(t.Text, 3)
	}
	for i := range v.list {
		for j := range i {
			a, b := v.voice(j), v.voice(i)
			if a == b {
				continue
			}
			if reason := oneVoice(&v.list[j], &v.list[i], runs[j], runs[i]); reason.Code != "" {
				v.of[max(a, b)] = min(a, b)
				v.ties = append(v.ties, Tie{v.list[j].Report, v.list[i].Report, reason})
			}
		}
	}
}

// oneVoice says why two reports speak with one voice, or nothing.
func oneVoice(a, b *Telling, inA, inB words.Shingles) Reason {
	switch {
	case a.Document != "" && a.Document == b.Document:
		return Reason{Code: "tie.document"}
	case a.Author != "" && a.Author == b.Author:
		return Reason{Code: "tie.author"}
	case isNamed(a.Office) && isNamed(b.Office) && sameOffice(a.Office, b.Office):
		return Reason{"tie.office", []any{a.Office}}
	case copied(inA, inB):
		return Reason{"tie.words", []any{int(math.RoundToEven(100 * inA.Containment(inB)))}}
	}
	return Reason{}
}

// isNamed reports whether an office says who it is: two residents are not one source.
func isNamed(office string) bool {
	return slices.ContainsFunc(words.Tokens(office), func(t words.Token) bool {
		return !slices.Contains(roles, t.Folded) && !slices.Contains(linking, t.Folded) && !slices.Contains(unnamed, t.Folded)
	})
}

// unnamed are words for people of whom nothing more is said, folded.
var unnamed = strings.Fields("anonymous unknown source sources caller reporter eyewitness witnesses residents activists media social neighbour relative family مصدر مصادر شاهد عيان ناشطون اهالي متصل مجهول источник очевидец местный житель аноним")

// Texts with this many runs of three words in common, and this share of the shorter, are copies.
const (
	copiedRuns  = 6
	copiedShare = 0.5
)

func copied(a, b words.Shingles) bool {
	return a.Shared(b) >= copiedRuns && a.Containment(b) >= copiedShare
}

func sameOffice(a, b string) bool {
	if words.Fold(a) == words.Fold(b) {
		return words.Fold(a) != ""
	}
	return words.NameOf(a).Like(words.NameOf(b)) >= 0.95
}

// origins groups the voices by whom they quote.
func (v *voices) origins() []Origin {
	quoted := v.quoted()
	groups := map[string][]int{}
	for i := range v.list {
		own := "voice " + fmt.Sprint(v.voice(i))
		sources := quoted[v.voice(i)]
		if len(sources) == 0 {
			sources = map[string]string{own: ""}
			if s := v.asQuoted(i, quoted); s != "" {
				sources = map[string]string{s: ""}
			}
		}
		for s := range sources {
			groups[s] = append(groups[s], i)
		}
	}
	var out []Origin
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, v.origin(key, groups[key], quoted))
	}
	slices.SortStableFunc(out, func(a, b Origin) int { return slices.Compare(a.Reports, b.Reports) })
	return out
}

// quoted returns, by voice, whom its reports quote: by bones, as written.
func (v *voices) quoted() map[int]map[string]string {
	out := map[int]map[string]string{}
	for i, t := range v.list {
		for _, name := range Quoted(t.Text) {
			if own := words.Skeleton(name); !isOwn(&t, name) && own != "" {
				if out[v.voice(i)] == nil {
					out[v.voice(i)] = map[string]string{}
				}
				if out[v.voice(i)][own] == "" {
					out[v.voice(i)][own] = name
				}
			}
		}
	}
	return out
}

// isOwn reports whether a report names its own office as the one who speaks.
func isOwn(t *Telling, name string) bool { return t.Office != "" && officeIs(t.Office, name) }

// officeIs reports whether a name is an office's, in full or by its initials.
func officeIs(office, name string) bool {
	return sameOffice(office, name) || strings.EqualFold(office, initials(name)) || strings.EqualFold(name, initials(office))
}

// initials are the first letters of a name's words but for the commonest words.
func initials(name string) string {
	out := ""
	fields := strings.Fields(words.Fold(name))
	for _, w := range fields {
		if !words.IsStop(w, "en") {
			out += string([]rune(w)[0])
		}
	}
	if len(out) < 3 {
		return ""
	}
	return out
}

// asQuoted returns under which name others quote the voice of report i: its office.
func (v *voices) asQuoted(i int, quoted map[int]map[string]string) string {
	for j := range v.list {
		if v.voice(j) != v.voice(i) || v.list[j].Office == "" {
			continue
		}
		for _, voice := range slices.Sorted(maps.Keys(quoted)) {
			for _, bones := range slices.Sorted(maps.Keys(quoted[voice])) {
				if officeIs(v.list[j].Office, quoted[voice][bones]) {
					return bones
				}
			}
		}
	}
	return ""
}

// origin puts one group together, with the ties that join it.
func (v *voices) origin(key string, group []int, quoted map[int]map[string]string) Origin {
	o := Origin{}
	first := map[int]int{} // by voice, its first report in the group
	for _, i := range group {
		o.Reports = append(o.Reports, v.list[i].Report)
		if _, known := first[v.voice(i)]; !known {
			first[v.voice(i)] = i
		}
	}
	for _, t := range v.ties {
		if slices.Contains(o.Reports, t.A) && slices.Contains(o.Reports, t.B) {
			o.Ties = append(o.Ties, t)
		}
	}
	heads := slices.Sorted(maps.Keys(first))
	for _, voice := range heads[1:] {
		o.Ties = append(o.Ties, Tie{v.list[first[heads[0]]].Report, v.list[first[voice]].Report, quoteReason(key, quoted[heads[0]], quoted[voice])})
	}
	return o
}

// quoteReason says why two voices go back to one who is quoted.
func quoteReason(key string, a, b map[string]string) Reason {
	if a[key] != "" && b[key] != "" {
		return Reason{"tie.quote", []any{a[key]}}
	}
	return Reason{"tie.quotes", []any{cmp.Or(a[key], b[key])}}
}
