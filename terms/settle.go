package terms

import (
	"slices"

	"truce"
)

// MaxRows bounds the table of what each combination of values would lead to.
const MaxRows = 64

// settle says what would settle an undetermined verdict. The facts that matter, taken
// together, always settle it, and no smaller set does: each of them changes the answer in
// some world. Beside that set stand single facts of which one value would be enough.
func (sp *space) settle(s solution) []truce.Settle {
	var matter []open
	for _, c := range s.components {
		for i := range c.facts {
			if c.matters(i) {
				matter = append(matter, open{c: c, i: i})
			}
		}
	}
	if sp.short {
		return []truce.Settle{{Facts: sp.named(matter), Always: true}}
	}
	for i := range matter {
		sp.group(&matter[i])
	}
	out := []truce.Settle{sp.table(s, matter)}
	if len(matter) == 1 {
		return out
	}
	for _, o := range matter {
		x := truce.Settle{Facts: []string{sp.facts[o.c.facts[o.i]].name}}
		for n, class := range o.classes {
			if answer := s.given(o.c, o.i, class[0]); answer != truce.Undetermined {
				x.Outcomes = append(x.Outcomes, truce.Settled{Values: []string{o.labels[n]}, Outcome: answer})
			}
		}
		if x.Outcomes != nil {
			out = append(out, x)
		}
	}
	return out
}

// open is a fact that matters, with its values grouped by what they lead to.
type open struct {
	c       *component
	i       int
	classes [][]int
	labels  []string // of the classes
}

// group finds the values that lead to the same.
func (sp *space) group(o *open) {
	o.classes = o.c.classes(o.i)
	for _, class := range o.classes {
		o.labels = append(o.labels, sp.classLabel(o.c.facts[o.i], class))
	}
}

// named are the names of facts.
func (sp *space) named(matter []open) []string {
	var out []string
	for _, o := range matter {
		out = append(out, sp.facts[o.c.facts[o.i]].name)
	}
	return out
}

func (sp *space) classLabel(at int, class []int) string {
	if at == factSideA || at == factSideB {
		var hs []hand
		for _, v := range class {
			hs = append(hs, sp.hands[at-factSideA][v])
		}
		return sp.handsLabel(hs)
	}
	f := sp.facts[at]
	var labels []string
	for _, v := range class {
		labels = append(labels, f.labels[v])
	}
	return few(slices.Compact(labels))
}

// given is the outcome when one fact has one value.
func (s solution) given(c *component, i, v int) truce.Outcome {
	here := c.given(i, v)
	rest := truce.Yes
	for _, o := range s.components {
		if o != c {
			rest = min(rest, o.tri())
		}
	}
	switch min(here, rest) {
	case truce.Yes:
		return truce.Violation
	case truce.No:
		return truce.NoViolation
	}
	return truce.Undetermined
}

// table lists every combination of the facts that matter with its outcome.
func (sp *space) table(s solution, matter []open) truce.Settle {
	x := truce.Settle{Facts: sp.named(matter), Always: true}
	rows := 1
	for _, o := range matter {
		rows *= len(o.classes)
	}
	if rows > MaxRows {
		return x
	}
	for k := range rows {
		row := truce.Settled{Outcome: truce.Violation}
		pick := map[*component][]int{}
		for n, rest := len(matter)-1, k; n >= 0; n-- {
			o := matter[n]
			class := rest % len(o.classes)
			rest /= len(o.classes)
			row.Values = append([]string{o.labels[class]}, row.Values...)
			if pick[o.c] == nil {
				pick[o.c] = make([]int, len(o.c.facts))
			}
			pick[o.c][o.i] = o.classes[class][0]
		}
		for c, w := range pick {
			if !c.in(w) {
				row.Outcome = truce.NoViolation
			}
		}
		x.Outcomes = append(x.Outcomes, row)
	}
	return x
}
