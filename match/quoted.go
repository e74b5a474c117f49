package match

import (
	"slices"
	"strings"
	"unicode"

	"truce/words"
)

// Words that go before, or after, the name of who speaks, folded.
var (
	speaking  = strings.Fields("said says told added reported stated confirmed claimed wrote tweeted сообщил сообщила заявил заявила сказал сказала рассказал рассказала")
	arSpeaks  = strings.Fields("قال وقال قالت وقالت افاد وافاد صرح اعلن ذكر وذكر اكد واكد")
	citing    = strings.Fields("according citing quoting cited quoted quotes словам данным حسب بحسب وفق وفقا نقلا")
	linking   = strings.Fields("to the a an by for of local على عن ل ان")
	roles     = strings.Fields("activist resident witness doctor dr mr mrs ms colonel general captain major commander spokesman spokeswoman spokesperson director head journalist rescuer medic official minister active opposition активист активистка житель врач командир представитель الناشط ناشط الناشطه المتحدث الدكتور الطبيب القائد مدير الاعلامي")
	placeword = strings.Fields("in at from near on around outside inside в на из у")
	noNames   = strings.Fields("monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december")
)

// Quoted returns the people and organisations that a text quotes by name, as written, in their
// order: who "said" or "told", who is told "according to". It reads English, Arabic and Russian,
// and takes for a name what has capitals, or in Arabic what follows the word for a role. Who is
// quoted without a name ("an activist said") is not known and not returned.
func Quoted(text string) []string {
	q := quotes{text: text, tokens: words.Tokens(text)}
	var out []string
	for i, t := range q.tokens {
		name := ""
		switch {
		case slices.Contains(arSpeaks, t.Folded):
			name = q.arabicAfter(i + 1)
		case slices.Contains(citing, t.Folded):
			if name = q.after(i + 1); name == "" {
				name = q.arabicAfter(i + 1)
			}
		case slices.Contains(speaking, t.Folded):
			if t.Folded != "told" {
				name = q.after(i + 1)
			}
			if name == "" {
				name = q.before(i)
			}
		}
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// quotes looks for names in a text.
type quotes struct {
	text   string
	tokens []words.Token
}

// widestAside is of how many words an aside between a name and its verb may be: "Abu Omar, an
// activist in the old city, said".
const widestAside = 7

// after returns the name that begins at token i, past links and roles.
func (q *quotes) after(i int) string {
	for i < len(q.tokens) && !q.parted(i) && (slices.Contains(linking, q.tokens[i].Folded) || q.isRole(i)) {
		i++
	}
	if i >= len(q.tokens) || q.parted(i) {
		return ""
	}
	return q.run(i, q.end(i))
}

// before returns the nearest name before token i that no word for a place goes before.
func (q *quotes) before(i int) string {
	for last := i - 1; last >= max(0, i-widestAside) && !q.stopped(last+1); last-- {
		if !q.capital(last) {
			continue
		}
		first := last
		for first > 0 && q.capital(first-1) && !q.parted(first) || first > 1 && q.joins(first-1) && q.capital(first-2) {
			first--
		}
		if first > 0 && slices.Contains(placeword, q.tokens[first-1].Folded) {
			last = first
			continue
		}
		if name := q.run(first, last+1); name != "" {
			return name
		}
		last = first
	}
	return ""
}

// end returns where the name that begins at token i ends.
func (q *quotes) end(i int) int {
	for i < len(q.tokens) && (q.capital(i) || i+1 < len(q.tokens) && q.joins(i) && q.capital(i+1)) {
		i++
		if i < len(q.tokens) && q.parted(i) {
			break
		}
	}
	return i
}

// joins reports whether a small word may stand inside a name: "Observatory for Human Rights".
func (q *quotes) joins(i int) bool {
	return slices.Contains([]string{"for", "of", "al", "el", "bin", "ibn"}, q.tokens[i].Folded) && !q.parted(i)
}

// run returns the tokens from first up to end as a name, without roles before it.
func (q *quotes) run(first, end int) string {
	for first < end && (q.isRole(first) || words.IsStop(q.tokens[first].Folded, "en")) {
		first++
	}
	if first >= end || slices.Contains(noNames, q.tokens[first].Folded) || words.Skeleton(q.text[q.tokens[first].Start:q.tokens[end-1].End]) == "" {
		return ""
	}
	return q.text[q.tokens[first].Start:q.tokens[end-1].End]
}

// arabicAfter returns the one or two words of a name after the word for a role.
func (q *quotes) arabicAfter(i int) string {
	for i < len(q.tokens) && slices.Contains(linking, q.tokens[i].Folded) {
		i++
	}
	if i+1 >= len(q.tokens) || !q.isRole(i) || q.parted(i+1) {
		return ""
	}
	end := i + 2
	if end < len(q.tokens) && !q.parted(end) {
		end++
	}
	return q.text[q.tokens[i+1].Start:q.tokens[end-1].End]
}

func (q *quotes) isRole(i int) bool { return slices.Contains(roles, q.tokens[i].Folded) }

// capital reports whether a token is written as a name is, in a script with capitals.
func (q *quotes) capital(i int) bool {
	first := []rune(q.tokens[i].Text)[0]
	return unicode.IsUpper(first) && !(i == 0 || q.stopped(i)) || unicode.IsUpper(first) && !words.IsStop(q.tokens[i].Folded, "en")
}

// parted reports whether something but space or a hyphen stands before token i.
func (q *quotes) parted(i int) bool {
	return i > 0 && strings.Trim(q.gap(i), " \t\n-'’.\"“”") != "" || q.stopped(i)
}

// stopped reports whether a sentence ends before token i.
func (q *quotes) stopped(i int) bool {
	if i <= 0 || i >= len(q.tokens) {
		return false
	}
	gap := q.gap(i)
	return strings.ContainsAny(gap, "!?؟\n") || strings.Contains(gap, ". ") && len(q.tokens[i-1].Text) > 2
}

func (q *quotes) gap(i int) string { return q.text[q.tokens[i-1].End:q.tokens[i].Start] }
