package marked

import (
	"slices"
	"strings"

	"truce/reading"
)

// statements holds statements, their speakers and their stances against the marks. What
// the account says on its own is not charged.
func (j *judge) statements() {
	var whole, speaker, stance Tally
	for _, s := range j.t.Said {
		best := j.closest(s)
		whole.Marks++
		speaker.Marks++
		if s.Stance != "*" {
			stance.Marks++
		}
		if best == nil {
			j.miss("statement", s.Span, strings.Join(s.Speakers, ",")+" "+s.Stance, "none")
			continue
		}
		whole.Found++
		if speaks(s, *best) {
			speaker.Found++
		} else {
			j.miss("speaker", s.Span, strings.Join(s.Speakers, ","), voice(best.Speaker))
		}
		if s.Stance == "*" {
			continue
		}
		stance.Items++
		if string(best.Stance) == s.Stance {
			stance.Found, stance.Right = stance.Found+1, stance.Right+1
		} else {
			j.miss("stance", s.Span, s.Stance, string(best.Stance)+" ("+best.Verb+")")
		}
	}
	for _, x := range j.r.Statements {
		if x.Speaker == nil {
			continue
		}
		whole.Items++
		speaker.Items++
		at := j.marked(x)
		if len(at) == 0 {
			j.miss("no statement", x.Span, "", voice(x.Speaker)+" "+string(x.Stance))
			continue
		}
		whole.Right++
		if slices.ContainsFunc(at, func(s Said) bool { return speaks(s, x) }) {
			speaker.Right++
		}
	}
	j.score["statement"], j.score["speaker"], j.score["stance"] = whole, speaker, stance
}

// closest returns the statement that tells the marked words: of those that hold them the
// one with a right speaker, then the one told in the fewest words.
func (j *judge) closest(s Said) *reading.Statement {
	var best *reading.Statement
	for i := range j.r.Statements {
		x := &j.r.Statements[i]
		if overlap(toldAt(*x), s.Span) && (best == nil || better(s, *x, *best)) {
			best = x
		}
	}
	return best
}

func better(s Said, a, b reading.Statement) bool {
	if speaks(s, a) != speaks(s, b) {
		return speaks(s, a)
	}
	if (string(a.Stance) == s.Stance) != (string(b.Stance) == s.Stance) {
		return string(a.Stance) == s.Stance
	}
	return toldAt(a).To-toldAt(a).From < toldAt(b).To-toldAt(b).From
}

// toldAt is where a statement tells what is said.
func toldAt(x reading.Statement) reading.Span {
	if x.Said.To > x.Said.From {
		return x.Said
	}
	return x.Span
}

// marked returns the marked statements that x tells.
func (j *judge) marked(x reading.Statement) []Said {
	var out []Said
	for _, s := range j.t.Said {
		if overlap(toldAt(x), s.Span) {
			out = append(out, s)
		}
	}
	return out
}

func speaks(s Said, x reading.Statement) bool {
	return slices.ContainsFunc(s.Speakers, func(who string) bool {
		if x.Speaker == nil {
			return who == "?"
		}
		return sameActor(who, x.Speaker.Codes, x.Speaker.Certain)
	})
}

func voice(v *reading.Voice) string {
	if v == nil {
		return "nobody"
	}
	return v.Text + " " + strings.Join(v.Codes, ",")
}
