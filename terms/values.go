package terms

import (
	"math"
	"slices"
	"strings"
	"sync"

	"truce"
)

// group splits values into classes by a signature, keeping the first value's order.
func group(values []string, signature func(string) string) (classes [][]string, sigs []string) {
	at := map[string]int{}
	for _, v := range values {
		s := signature(v)
		i, ok := at[s]
		if !ok {
			i = len(classes)
			at[s] = i
			classes, sigs = append(classes, nil), append(sigs, s)
		}
		classes[i] = append(classes[i], v)
	}
	return classes, sigs
}

func (sp *space) setActs(rules []*rule) {
	tree := sp.j.acts
	set := map[string]bool{}
	for _, r := range rules {
		for _, a := range slices.Concat(r.actsAsked(), r.clause.ConfirmedBy) {
			set[a] = true
		}
	}
	asked := sortedKeys(set)
	given := sp.s.e.Acts
	if len(given) == 0 {
		given = []string{tree.Root()}
	}
	var leaves []string
	for _, a := range given {
		leaves = append(leaves, tree.Leaves(a)...)
	}
	slices.Sort(leaves)
	classes, _ := group(slices.Compact(leaves), func(leaf string) string {
		var b strings.Builder
		for _, a := range asked {
			b.WriteByte("ny"[btoi(tree.CoversLeaf(a, leaf))])
		}
		return b.String()
	})
	f := fact{name: "act", code: "UD-ACT"}
	for _, c := range classes {
		bits := map[string]bool{}
		for _, a := range asked {
			bits[a] = tree.CoversLeaf(a, c[0])
		}
		sp.acts = append(sp.acts, bits)
		f.labels = append(f.labels, few(c))
	}
	sp.facts[factAct] = f
}

// actsAsked are the acts that make a rule apply: the occasion of a duty, else the acts named.
func (r *rule) actsAsked() []string {
	if r.clause.Upon != nil {
		return r.clause.Upon
	}
	return r.clause.Acts
}

func few(words []string) string {
	if len(words) > 4 {
		return strings.Join(words[:3], ", ") + " or " + itoa(len(words)-3) + " others"
	}
	return strings.Join(words, ", ")
}

// setMeans lists the kinds of means with the numbers that tests can tell apart.
func (sp *space) setMeans(rules []*rule) {
	seen := map[string]bool{}
	for _, r := range rules {
		for _, t := range r.clause.Means {
			if k := t.key(); !seen[k] {
				seen[k] = true
				sp.tests = append(sp.tests, t)
			}
		}
	}
	given := sp.s.e.Means
	if len(given) > 0 {
		sp.means, sp.facts[factMeans] = sp.meansOf(given)
		return
	}
	any := sp.j.anyMeans.of(sp.tests, func() (m unknownMeans) {
		m.bits, m.fact = sp.meansOf([]truce.Means{{Kind: sp.j.means.Root()}})
		return m
	})
	sp.means, sp.facts[factMeans] = any.bits, any.fact
}

// unknownMeans is what the means may be of which nobody knows: the same for every element.
type unknownMeans struct {
	bits []string
	fact fact
}

// meansKept are these by the tests that tell them apart.
type meansKept struct {
	mu  sync.Mutex
	all map[string]unknownMeans
}

func (k *meansKept) of(tests []MeansTest, make func() unknownMeans) unknownMeans {
	key := ""
	for _, t := range tests {
		key += t.key() + "\n"
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	m, had := k.all[key]
	if !had {
		if k.all == nil {
			k.all = map[string]unknownMeans{}
		}
		m = make()
		k.all[key] = m
	}
	return m
}

// meansOf groups means by the tests, and says each group.
func (sp *space) meansOf(given []truce.Means) ([]string, fact) {
	var bits []string
	at := map[string]int{}
	var kinds [][]string
	for _, m := range given {
		for _, leaf := range sp.j.means.Leaves(m.Kind) {
			for _, nums := range sp.numbers(m) {
				sig := sp.meansBits(leaf, nums)
				i, ok := at[sig]
				if !ok {
					i = len(kinds)
					at[sig] = i
					kinds = append(kinds, nil)
					bits = append(bits, sig)
				}
				label := leaf
				for _, n := range sortedKeys(nums) {
					label += numLabel(n, nums[n], m.Num[n])
				}
				kinds[i] = append(kinds[i], label)
			}
		}
	}
	f := fact{name: "means", code: "UD-MEANS"}
	for _, k := range kinds {
		slices.Sort(k)
		f.labels = append(f.labels, few(slices.Compact(k)))
	}
	return bits, f
}

func numLabel(name string, v float64, given truce.Range) string {
	if given.Low == given.High && given.Low == v {
		return ""
	}
	return " with " + name + " about " + ftoa(v)
}

func (t MeansTest) key() string {
	var b strings.Builder
	b.WriteString(t.Kind)
	for _, n := range t.Num {
		b.WriteString(" " + n.Name + n.Op + ftoa(n.Value))
	}
	return b.String()
}

func (sp *space) meansBits(leaf string, nums map[string]float64) string {
	bits := make([]byte, len(sp.tests))
	for i, t := range sp.tests {
		ok := sp.j.means.CoversLeaf(t.Kind, leaf)
		for _, n := range t.Num {
			ok = ok && n.holds(nums[n.Name])
		}
		bits[i] = "ny"[btoi(ok)]
	}
	return string(bits)
}

// numbers lists representative choices of the numbers that the tests ask about.
func (sp *space) numbers(m truce.Means) []map[string]float64 {
	breaks := map[string][]float64{}
	for _, t := range sp.tests {
		for _, n := range t.Num {
			breaks[n.Name] = append(breaks[n.Name], n.Value)
		}
	}
	out := []map[string]float64{{}}
	for _, name := range sortedKeys(breaks) {
		low, high := 0.0, math.Inf(1)
		if r, ok := m.Num[name]; ok {
			low, high = r.Low, r.High
		}
		var next []map[string]float64
		for _, v := range representatives(low, high, breaks[name]) {
			for _, had := range out {
				c := map[string]float64{name: v}
				for k, x := range had {
					c[k] = x
				}
				next = append(next, c)
			}
		}
		out = next
	}
	return out
}

// representatives picks numbers from [low, high] that stand for all of it under
// comparisons with the constants: each constant, and one number between any two.
func representatives(low, high float64, constants []float64) []float64 {
	cs := slices.Clone(constants)
	slices.Sort(cs)
	cs = slices.Compact(cs)
	points := []float64{low}
	for i, c := range cs {
		points = append(points, c)
		if i+1 < len(cs) {
			points = append(points, (c+cs[i+1])/2, math.Floor(c)+1, math.Ceil(cs[i+1])-1)
		}
	}
	if len(cs) > 0 {
		first, last := cs[0], cs[len(cs)-1]
		points = append(points, math.Ceil(first)-1, math.Floor(last)+1)
		if low > first-1 && low < first {
			points = append(points, (low+first)/2)
		}
		if high > last && high < last+1 {
			points = append(points, (last+high)/2)
		}
	}
	if !math.IsInf(high, 1) {
		points = append(points, high)
	}
	if math.IsInf(low, -1) {
		points = points[1:]
		if len(cs) == 0 {
			points = []float64{0}
		}
	}
	points = slices.DeleteFunc(points, func(p float64) bool { return p < low || p > high })
	slices.Sort(points)
	return slices.Compact(points)
}

func (sp *space) setHappened() {
	f := fact{name: "occurrence", code: "UD-SOURCE", labels: []string{"it happened"}}
	if sp.s.e.Doubted {
		f.labels = append(f.labels, "it did not happen")
	}
	sp.facts[factHappened] = f
}

func (sp *space) setReadings() {
	f := fact{name: "reading", code: "UD-READING"}
	for _, r := range sp.rules {
		f.labels = append(f.labels, r.name)
	}
	sp.facts[factReading] = f
}

// setFurther adds the facts that excuses, duties and conditions ask for.
func (sp *space) setFurther(rules []*rule) {
	breaks := map[string][]float64{}
	code := map[string]string{}
	need := func(name, c string, constants []float64) {
		breaks[name] = append(breaks[name], constants...)
		if code[name] != "UD-EXCEPT" {
			code[name] = c
		}
	}
	for _, r := range rules {
		c := "UD-ACT"
		if r.clause.Kind == Excuse {
			c = "UD-EXCEPT"
		}
		for name := range r.clause.Excuse {
			need(name, c, nil)
		}
		for name := range r.clause.Shown {
			need(name, c, nil)
		}
		if r.when != nil {
			for _, name := range r.when.facts {
				need(name, c, r.when.breaks[name])
			}
		}
		if r.clause.Count != nil {
			need("number", c, []float64{r.clause.Count.Value})
		}
		if r.perhaps != nil {
			sp.addFact(acceptance, "UD-STATUS", []any{"no", "yes"})
		}
		if r.provided != nil && r.provided.open() {
			sp.addFact(r.acceptance(), "UD-STATUS", []any{"no", "yes"})
		}
	}
	for _, name := range sortedKeys(code) {
		sp.addFact(name, code[name], sp.possible(name, breaks[name]))
	}
}

func (sp *space) addFact(name, code string, values []any) {
	if _, ok := sp.further[name]; ok {
		return
	}
	f := fact{name: name, code: code}
	for _, v := range values {
		f.labels = append(f.labels, valueText(v))
	}
	sp.further[name] = len(sp.facts)
	sp.values[len(sp.facts)] = values
	sp.facts = append(sp.facts, f)
}

func valueText(v any) string {
	switch x := v.(type) {
	case float64:
		return ftoa(x)
	case string:
		return x
	}
	return ""
}

// possible lists the values a further fact may have, as far as conditions can tell.
func (sp *space) possible(name string, breaks []float64) []any {
	e := sp.s.e
	var number *truce.Range
	switch name {
	case "killed":
		number = e.Killed
	case "injured":
		number = e.Injured
	case "number":
		number = e.Number
	default:
		v := e.Facts[name]
		if decl := sp.j.a.Facts[name]; !decl.Number {
			words := v.Words
			if len(words) == 0 {
				words = decl.Words
			}
			var out []any
			for _, w := range words {
				out = append(out, word(w))
			}
			return out
		}
		number = v.Number
		if number == nil {
			number = &truce.Range{Low: math.Inf(-1), High: math.Inf(1)}
		}
	}
	if number == nil {
		number = &truce.Range{Low: 0, High: math.Inf(1)}
	}
	var out []any
	for _, v := range representatives(number.Low, number.High, breaks) {
		if !slices.Contains(countNames, name) || v == math.Trunc(v) {
			out = append(out, v)
		}
	}
	return out
}
