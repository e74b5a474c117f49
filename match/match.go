// Package match says which accounts tell of one happening, how sure that is, and why.
//
// [Matcher.Accounts] takes a report apart into accounts, one for each happening it tells of;
// [Matcher.Compare] holds two of them against each other, feature by feature: time, place, act,
// means, sides, tolls, names and words. A fact that one of them does not state is no evidence,
// neither for nor against. The answer is a probability whose parts can be read ([Part.Say]).
//
// An [Index] holds many accounts and finds, for a new one, the few that it must be held against.
// [Pairs] and [Link] do that for whole lists, [Clusters] joins what belongs together and keeps to
// what people judged. Nothing here depends on the order in which accounts arrive, on the number of
// processors, or on a zone of the machine. Nothing here says who is to blame: whom an account
// names as a side is compared like its day, by the same rule for every side.
package match

import (
	"cmp"
	"slices"
	"strings"

	"truce"
	"truce/actors"
	"truce/geo"
)

// Known is what a mission knows beside its reports. What is nil is not used.
type Known struct {
	// Register says which actors are the same, or tied to each other.
	Register *actors.Register
	// Atlas says where the areas lie that accounts name by code.
	Atlas *geo.Atlas
	// Acts and Means are the trees of words; nil is what every mission starts from.
	Acts, Means *truce.Tree
}

// Matcher compares accounts. It is not changed after [New] and may be used by many goroutines.
type Matcher struct {
	known   Known
	weights *Weights
	table   weightTable
	ties    map[[2]string]tie
}

// New returns a matcher. Nil weights are the ones that come with the program.
func New(k Known, w *Weights) (*Matcher, error) {
	if k.Acts == nil {
		k.Acts = truce.Acts()
	}
	if k.Means == nil {
		k.Means = truce.MeansTree()
	}
	if w == nil {
		var err error
		if w, err = Shipped(); err != nil {
			return nil, err
		}
	}
	table, err := w.table()
	if err != nil {
		return nil, err
	}
	return &Matcher{known: k, weights: w, table: table, ties: tiesOf(k.Register)}, nil
}

// Weights returns what the matcher weighs with; it must not be changed.
func (m *Matcher) Weights() *Weights { return m.weights }

// Account is what one report tells of one happening, made ready to be compared.
type Account struct {
	// ID is the identifier of the element; of several about one happening, of the first.
	ID string
	// Report is the identifier of the report that it stands in. Two accounts of one report are of
	// two happenings: that is why it tells them apart.
	Report string
	// Elements are the identifiers of all elements that it was made of, sorted.
	Elements []string

	when            []interval
	where           []disc
	names           []placeName
	acts, means     []string
	by, against     []string
	mutual          bool
	killed, injured *truce.Range
	text            text
}

// Accounts takes a report apart. Elements of the same time and place are one happening: a
// report makes several of them where several sides or acts took part.
func (m *Matcher) Accounts(r truce.Report) []Account {
	var out []Account
	var keys []string
	for i := range r.Elements {
		e := &r.Elements[i]
		key := whenKey(e.When) + "|" + whereKey(e.Where)
		if at := slices.Index(keys, key); at >= 0 {
			out[at].add(e)
			continue
		}
		keys, out = append(keys, key), append(out, m.account(r, e))
	}
	for i := range out {
		out[i].finish()
	}
	return out
}

// account begins one with its first element.
func (m *Matcher) account(r truce.Report, e *truce.Element) Account {
	a := Account{ID: e.ID, Report: cmp.Or(r.ID, e.ID), when: intervals(e.When), names: placeNames(e.Where), text: textOf(r.Text)}
	a.where = m.discs(e.Where)
	a.add(e)
	return a
}

// add takes in what an element says beside time and place.
func (a *Account) add(e *truce.Element) {
	a.Elements = append(a.Elements, e.ID)
	a.acts = append(a.acts, e.Acts...)
	a.by = append(a.by, e.By...)
	a.against = append(a.against, e.Against...)
	a.mutual = a.mutual || e.Mutual
	for _, k := range e.Means {
		a.means = append(a.means, k.Kind)
	}
	if a.killed == nil {
		a.killed = e.Killed
	}
	if a.injured == nil {
		a.injured = e.Injured
	}
}

// finish puts what was gathered in order.
func (a *Account) finish() {
	for _, list := range []*[]string{&a.Elements, &a.acts, &a.means, &a.by, &a.against} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	a.ID = a.Elements[0]
	if a.mutual { // nobody says who attacked whom
		a.by = append(a.by, a.against...)
		slices.Sort(a.by)
		a.by, a.against = slices.Compact(a.by), nil
	}
}

// compareAccounts orders by identifier, then by report.
func compareAccounts(a, b *Account) int {
	return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Report, b.Report))
}
