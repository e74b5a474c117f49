package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"truce"
)

// Cluster is the accounts that tell of one happening, by their numbers, in the order of their
// identifiers.
type Cluster []int

// sample is how many accounts of a cluster speak for it when it may be joined with another.
const sample = 5

// Clusters joins accounts by the pairs whose probability is least or more, the surest first. Two clusters
// are joined only if their accounts are likelier the same than not on the average, over the first
// few of each: one account that resembles two happenings does not make them one. What people judged
// the same is always together, what they judged different never; a contradiction between the two
// is an error. Two accounts of one report are of two happenings unless people say otherwise.
// Every account is in one cluster, most of them alone; the first account orders them.
func (m *Matcher) Clusters(list []Account, pairs []Pair, judgments []Judgment, least float64) ([]Cluster, error) {
	js, err := resolve(list, judgments)
	if err != nil {
		return nil, err
	}
	g := newGrouping(m, list)
	if err := g.judge(js); err != nil {
		return nil, err
	}
	held := map[[2]int]bool{} // people could not tell, or said
	for _, j := range js {
		held[[2]int{min(j.a, j.b), max(j.a, j.b)}] = true
	}
	sorted := slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool {
		return p.Probability() < least || held[[2]int{min(p.A, p.B), max(p.A, p.B)}]
	})
	slices.SortFunc(sorted, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.LogOdds, p.LogOdds), g.comparePlaces(p, q))
	})
	for _, p := range sorted {
		g.join(p.A, p.B)
	}
	return g.clusters(), nil
}

// comparePlaces orders pairs by their accounts, whichever stands first.
func (g *grouping) comparePlaces(p, q Pair) int {
	p1, p2 := min(g.rank[p.A], g.rank[p.B]), max(g.rank[p.A], g.rank[p.B])
	q1, q2 := min(g.rank[q.A], g.rank[q.B]), max(g.rank[q.A], g.rank[q.B])
	return cmp.Or(cmp.Compare(p1, q1), cmp.Compare(p2, q2))
}

// grouping is clusters as they grow.
type grouping struct {
	m       *Matcher
	list    []Account
	rank    []int   // the place of each account in the order of identifiers
	root    []int   // towards the account that stands for its cluster
	members [][]int // of a root, by rank
	apart   [][]int // of a root: accounts that must not come in
}

func newGrouping(m *Matcher, list []Account) *grouping {
	n := len(list)
	g := &grouping{m: m, list: list, rank: make([]int, n), root: make([]int, n), members: make([][]int, n), apart: make([][]int, n)}
	order := make([]int, n)
	for i := range order {
		order[i], g.root[i], g.members[i] = i, i, []int{i}
	}
	slices.SortFunc(order, func(a, b int) int { return compareAccounts(&list[a], &list[b]) })
	for r, i := range order {
		g.rank[i] = r
	}
	return g
}

func (g *grouping) find(i int) int {
	for g.root[i] != i {
		g.root[i] = g.root[g.root[i]]
		i = g.root[i]
	}
	return i
}

// judge joins what people judged the same and keeps apart what they judged different.
func (g *grouping) judge(js []judged) error {
	for _, j := range js {
		if j.says == Same {
			g.merge(g.find(j.a), g.find(j.b))
		}
	}
	for _, j := range js {
		if j.says != Different {
			continue
		}
		a, b := g.find(j.a), g.find(j.b)
		if a == b {
			return g.contradiction(j)
		}
		g.apart[a], g.apart[b] = append(g.apart[a], j.b), append(g.apart[b], j.a)
	}
	return nil
}

func (g *grouping) contradiction(j judged) error {
	first, second := g.list[j.a].ID, g.list[j.b].ID
	if second < first {
		first, second = second, first
	}
	return &truce.Error{Kind: truce.Conflict, At: first + ", " + second, Msg: "they were judged different, and the same through other judgments",
		Hint: fmt.Sprintf("take back one of the judgments about the %d accounts that hang together", len(g.members[g.find(j.a)]))}
}

// join makes one cluster of two, if they may be and hang together.
func (g *grouping) join(i, k int) {
	a, b := g.find(i), g.find(k)
	if a != b && !g.forbidden(a, b) && g.alike(a, b) {
		g.merge(a, b)
	}
}

// forbidden reports whether people, or one report, keep two clusters apart.
func (g *grouping) forbidden(a, b int) bool {
	for _, i := range g.apart[a] {
		if g.find(i) == b {
			return true
		}
	}
	few, many := g.members[a], g.members[b]
	if len(many) < len(few) {
		few, many = many, few
	}
	if len(few) == 1 {
		report := g.list[few[0]].Report
		return slices.ContainsFunc(many, func(i int) bool { return g.list[i].Report == report })
	}
	reports := map[string]bool{}
	for _, i := range few {
		reports[g.list[i].Report] = true
	}
	return slices.ContainsFunc(many, func(i int) bool { return reports[g.list[i].Report] })
}

// alike reports whether the accounts of two clusters are on the average likelier the same
// than not.
func (g *grouping) alike(a, b int) bool {
	if len(g.members[a])+len(g.members[b]) == 2 { // the pair has said so
		return true
	}
	sum, n := 0.0, 0
	for _, i := range g.members[a][:min(sample, len(g.members[a]))] {
		for _, k := range g.members[b][:min(sample, len(g.members[b]))] {
			c := g.m.Compare(&g.list[i], &g.list[k])
			sum += math.Round(c.Probability()*1e9) / 1e9 // the same sum in whatever order
			n++
		}
	}
	return 2*sum >= float64(n)
}

func (g *grouping) merge(a, b int) {
	if a == b {
		return
	}
	if g.rank[g.members[b][0]] < g.rank[g.members[a][0]] {
		a, b = b, a
	}
	g.root[b] = a
	g.members[a] = append(g.members[a], g.members[b]...)
	slices.SortFunc(g.members[a], func(i, k int) int { return cmp.Compare(g.rank[i], g.rank[k]) })
	g.apart[a] = append(g.apart[a], g.apart[b]...)
	g.members[b], g.apart[b] = nil, nil
}

func (g *grouping) clusters() []Cluster {
	var out []Cluster
	for i := range g.list {
		if g.root[i] == i {
			out = append(out, g.members[i])
		}
	}
	slices.SortFunc(out, func(a, b Cluster) int { return cmp.Compare(g.rank[a[0]], g.rank[b[0]]) })
	return out
}
