package intake

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"truce"
)

// number reads a plain decimal number; NaN, infinity and hexadecimal are not numbers here.
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && !math.IsInf(x, 0)
}

// people reads a number of people.
func people(s string) (float64, *fault) {
	x, ok := number(s)
	if !ok || x < 0 || x != math.Trunc(x) || x > 1e9 {
		return 0, wrong("bad-number", s, "a whole number of people, 0 or more")
	}
	return x, nil
}

// amount reads a number of things.
func amount(s string) (float64, *fault) {
	x, ok := number(s)
	if !ok || x < 0 {
		return 0, wrong("bad-number", s, "a number, 0 or more")
	}
	return x, nil
}

// ordered holds a range to its order; the high end is at fault.
func ordered(r truce.Range, field, value string) *fault {
	if r.Low <= r.High {
		return nil
	}
	return &fault{field: field, value: value, code: "low-above-high", want: fmt.Sprintf("a number not below %v", r.Low),
		msg: fmt.Sprintf("the low number %v is above the high one %v", r.Low, r.High)}
}

// interval reads "100..152", or one number for both ends.
func interval(s string) (truce.Range, *fault) {
	low, high, two := strings.Cut(s, "..")
	if !two {
		high = low
	}
	a, okA := number(strings.TrimSpace(low))
	b, okB := number(strings.TrimSpace(high))
	if !okA || !okB {
		return truce.Range{}, wrong("bad-number", s, `a number or a range such as "100..152"`)
	}
	r := truce.Range{Low: a, High: b}
	return r, ordered(r, "", s)
}

// dashed reads "30-75": two numbers, neither negative.
func dashed(s, want string) (pair [2]float64, f *fault) {
	low, high, ok := strings.Cut(s, "-")
	a, okA := number(strings.TrimSpace(low))
	b, okB := number(strings.TrimSpace(high))
	if !ok || !okA || !okB {
		return pair, wrong("bad-number", s, want)
	}
	return [2]float64{a, b}, nil
}

// yes reads yes or no; empty is no.
func yes(s string) (bool, *fault) {
	switch strings.ToLower(s) {
	case "yes", "true", "1":
		return true, nil
	case "", "no", "false", "0":
		return false, nil
	}
	return false, wrong("bad-word", s, "yes or no")
}

// list splits text at sep and drops blanks and repetitions.
func list(s, sep string) []string {
	var out []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" && !seen[part] {
			seen[part] = true
			out = append(out, part)
		}
	}
	return out
}

// known checks that a word stands in a tree.
func known(t *truce.Tree, word, kind string) *fault {
	if t.Has(word) {
		return nil
	}
	want := "a word of the tree of " + kind
	if near := nearest(word, t.Words()); near != "" {
		want += fmt.Sprintf(", perhaps %q", near)
	}
	return &fault{value: word, code: "unknown-word", msg: fmt.Sprintf("%q is no known word for %s", clip(word, 60), kind), want: want}
}

const wantMeans = `means such as "mortar" or "artillery(calibre=100..152)|tank"`

// means reads candidates such as "artillery(calibre=100..152)|mortar".
func means(s string, tree *truce.Tree) ([]truce.Means, *fault) {
	var out []truce.Means
	for _, part := range list(s, "|") {
		kind, nums, some := strings.Cut(part, "(")
		m := truce.Means{Kind: strings.TrimSpace(kind)}
		if f := known(tree, m.Kind, "means"); f != nil {
			return nil, f
		}
		if some {
			inner, closed := strings.CutSuffix(nums, ")")
			if !closed {
				return nil, wrong("bad-means", part, wantMeans)
			}
			var f *fault
			if m.Num, f = properties(inner); f != nil {
				return nil, f
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// properties reads "calibre=100..152, range=4000".
func properties(s string) (map[string]truce.Range, *fault) {
	out := map[string]truce.Range{}
	for _, part := range list(s, ",") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := out[name]; !ok || name == "" || twice {
			return nil, wrong("bad-means", part, wantMeans)
		}
		r, f := interval(strings.TrimSpace(value))
		if f != nil {
			return nil, f
		}
		out[name] = r
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

const wantFacts = `facts such as "response=immediate; delay=3..5"`

// facts reads "response=immediate; notified=yes|no; delay=3..5".
func facts(s string) (map[string]truce.Values, *fault) {
	var out map[string]truce.Values
	for _, part := range list(s, ";") {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if _, twice := out[name]; !ok || name == "" || twice {
			return nil, wrong("bad-fact", part, wantFacts)
		}
		v, f := fact(value)
		if f != nil {
			return nil, f
		}
		if out == nil {
			out = map[string]truce.Values{}
		}
		out[name] = v
	}
	return out, nil
}

// fact reads a number, a range, or words separated by "|"; empty is unknown.
func fact(s string) (truce.Values, *fault) {
	if _, ok := number(s); ok || strings.Contains(s, "..") {
		r, f := interval(s)
		return truce.Values{Number: &r}, f
	}
	return truce.Values{Words: list(s, "|")}, nil
}

// said reads "place: west of the river = SOHR; killed: 12 = UN".
func said(s string) ([]truce.Said, *fault) {
	var out []truce.Said
	for _, part := range list(s, ";") {
		name, rest, ok := strings.Cut(part, ":")
		i := strings.LastIndex(rest, "=")
		if !ok || i < 0 {
			return nil, wrong("bad-said", part, `what sources say, such as "place: west of the river = SOHR"`)
		}
		out = append(out, truce.Said{Fact: strings.TrimSpace(name),
			Value: strings.TrimSpace(rest[:i]), Source: strings.TrimSpace(rest[i+1:])})
	}
	return out, nil
}

// together splits "a + b": all of them, each with its candidates "a|b".
func together(s string) [][]string {
	var out [][]string
	for part := range strings.SplitSeq(s, " + ") {
		if c := list(part, "|"); len(c) > 0 {
			out = append(out, c)
		}
	}
	return out
}
