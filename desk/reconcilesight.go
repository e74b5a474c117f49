package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/mappings"
	"truce/match"
	"truce/reconcile"
)

// Authored is a source of the record and how many elements are told by it.
type Authored struct {
	Name     string
	Elements int
}

// Authors lists the sources of what is seen, those that tell most first, then by name. Sources
// that are withheld from the person are not in it.
func (s *Sight) Authors() []Authored {
	if s.Result == nil {
		return nil
	}
	told := map[string]int{}
	for i := range s.Result.Elements {
		for _, name := range uniqueSources(&s.Result.Elements[i]) {
			told[name]++
		}
	}
	out := make([]Authored, 0, len(told))
	for name, n := range told {
		out = append(out, Authored{name, n})
	}
	slices.SortFunc(out, func(a, b Authored) int {
		return cmp.Or(cmp.Compare(b.Elements, a.Elements), strings.Compare(a.Name, b.Name))
	})
	return out
}

func uniqueSources(e *truce.Element) []string {
	out := slices.Clone(e.Sources)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == "" })
}

// SideTerms say how the dates of one side are read.
type SideTerms struct {
	Author string
	Zone   *time.Location // nil is the mission's
	Cut    time.Duration
}

// Reconcile lays side by side what two sources of the record tell, as far as it is seen. What
// people joined to one incident, or what both sources are named for, is one happening. An author
// of whom nothing is seen is Absent.
func (s *Sight) Reconcile(ctx context.Context, a, b SideTerms) (*Reconciled, error) {
	if s.Result == nil {
		return nil, errNoMission()
	}
	m := s.Result.Mission
	out := &Reconciled{A: s.side(a), B: s.side(b), NameA: a.Author, NameB: b.Author}
	for _, side := range []reconcile.Side{out.A, out.B} {
		if len(side.Items) == 0 {
			return nil, &truce.Error{Kind: truce.Absent, At: "author", Msg: "nothing of this author is there"}
		}
	}
	matcher, err := match.New(match.Known{Register: m.register, Atlas: m.atlas}, nil)
	if err != nil {
		return nil, err
	}
	found, err := candidates(ctx, matcher, accountsOfSide(matcher, out.A), accountsOfSide(matcher, out.B), ReconcileOptions{})
	if err != nil {
		return nil, err
	}
	out.Lines = reconcile.Align(out.A, out.B, joinedFirst(out.A, out.B, found), reconcile.Rules{})
	out.Counts = reconcile.CountOf(out.Lines)
	return out, nil
}

// side is what one source tells.
func (s *Sight) side(t SideTerms) reconcile.Side {
	m := s.Result.Mission
	out := reconcile.Side{Name: t.Author, Zone: cmp.Or(t.Zone, m.Zone), Cut: t.Cut, Called: m.called()}
	for _, e := range s.Result.Elements {
		if slices.Contains(e.Sources, t.Author) && e.Status != "retracted" {
			out.Items = append(out.Items, e)
		}
	}
	return out
}

// accountsOfSide makes one account of each item.
func accountsOfSide(m *match.Matcher, s reconcile.Side) []match.Account {
	var out []match.Account
	for _, e := range s.Items {
		out = append(out, m.Accounts(truce.Report{ID: e.ID, Elements: []truce.Element{e}})...)
	}
	return out
}

// joinedFirst puts what people joined before what matching found.
func joinedFirst(a, b reconcile.Side, found []reconcile.Candidate) []reconcile.Candidate {
	joined := map[[2]int]bool{}
	var out []reconcile.Candidate
	of := map[string][]int{}
	for k, e := range b.Items {
		for _, key := range sameKeys(e) {
			of[key] = append(of[key], k)
		}
	}
	for i, e := range a.Items {
		for _, key := range sameKeys(e) {
			for _, k := range of[key] {
				if why := (reconcile.Spoken{Text: "people put them in one incident", Code: "people.joined"}); !joined[[2]int{i, k}] {
					if e.ID == b.Items[k].ID {
						why = reconcile.Spoken{Text: "both are named as sources of it", Code: "people.cited"}
					}
					joined[[2]int{i, k}] = true
					out = append(out, reconcile.Candidate{A: i, B: k, Odds: 1, Because: reconcile.Because{why}})
				}
			}
		}
	}
	for _, c := range found {
		if !joined[[2]int{c.A, c.B}] {
			out = append(out, c)
		}
	}
	return out
}

// sameKeys are what makes two elements one happening whoever tells them.
func sameKeys(e truce.Element) []string {
	keys := []string{"element " + e.ID}
	if e.Incident != "" {
		keys = append(keys, "incident "+e.Incident)
	}
	return keys
}

// ReconcileFiles lays two files side by side. Of the mission only its zone is used: whoever hands
// files in learns nothing of the record by them.
func (s *Sight) ReconcileFiles(ctx context.Context, a LedgerFile, b *LedgerFile, o ReconcileOptions) (*Reconciled, error) {
	if s.Result == nil {
		return nil, errNoMission()
	}
	m, err := BareMission(nil, nil)
	if err != nil {
		return nil, err
	}
	m.Zone = s.Result.Mission.Zone
	return m.Reconcile(ctx, a, b, o)
}

// BuiltinMappings are the names of the mappings that come with the program.
func BuiltinMappings() []string { return mappings.Names() }
