package desk

import (
	"context"
	"io"
	"slices"
	"strings"

	"truce"
	"truce/intake"
	"truce/match"
)

// MatchOptions say what is matched and how.
type MatchOptions struct {
	// Left is one list, or the first of two; Right is the second, whose accounts are then held
	// against those of the first.
	Left, Right []Source
	Stdin       io.Reader
	SetAside    string // as in CheckOptions
	Weights     *match.Weights
	Judgments   []match.Judgment
	// Least is the probability from which a pair is told and may join clusters.
	Least    float64
	Workers  int
	Progress func(stage string, done, total int64)
}

// Matched is what matching files found.
type Matched struct {
	Matcher *match.Matcher
	// Accounts are those of both lists, each list by identifier; from Right on they are of the second.
	Accounts []match.Account
	Right    int
	// Pairs are by numbers of Accounts, the likeliest first.
	Pairs []match.Pair
	// Clusters hold every account once.
	Clusters []match.Cluster
	// Read says how many rows and reports there were and what was set aside.
	Read *Result

	tellings map[string]match.Telling // by report
}

// Match reads files and finds what in them tells of one happening.
func (m *Mission) Match(ctx context.Context, o MatchOptions) (*Matched, error) {
	out := &Matched{Read: &Result{Mission: m, Unmatched: intake.Unmatched{}, Tally: NewTally()}, tellings: map[string]match.Telling{}}
	var err error
	if out.Matcher, err = match.New(match.Known{Register: m.register, Atlas: m.atlas}, o.Weights); err != nil {
		return nil, err
	}
	left, right, err := m.lists(ctx, o, out)
	if err != nil {
		return nil, err
	}
	out.Accounts, out.Right = slices.Concat(left, right), len(left)
	if err := out.pair(ctx, o, left, right); err != nil {
		return nil, err
	}
	out.Clusters, err = out.Matcher.Clusters(out.Accounts, out.Pairs, o.Judgments, o.Least)
	return out, err
}

// lists reads both lists as accounts.
func (m *Mission) lists(ctx context.Context, o MatchOptions, out *Matched) (left, right []match.Account, err error) {
	aside := intake.NewSetAside(o.SetAside)
	defer aside.Discard()
	seen := map[string]string{}
	check := CheckOptions{Stdin: o.Stdin, SetAside: o.SetAside, Progress: o.Progress}
	read := func(files []Source) (list []match.Account, err error) {
		keep := func(r truce.Report) {
			list = append(list, out.Matcher.Accounts(r)...)
			if out.tellings != nil {
				out.tellings[r.ID] = tellingIn(r)
			}
		}
		for _, s := range files {
			if err := m.readOne(ctx, s, check, out.Read, aside, seen, keep); err != nil {
				return nil, err
			}
		}
		slices.SortFunc(list, func(a, b match.Account) int { return strings.Compare(a.ID, b.ID) })
		return list, nil
	}
	if left, err = read(o.Left); err == nil {
		right, err = read(o.Right)
	}
	if err == nil {
		err = aside.Close()
	}
	return left, right, err
}

// pair finds the pairs, the likeliest first.
func (out *Matched) pair(ctx context.Context, o MatchOptions, left, right []match.Account) error {
	w := match.Work{Workers: o.Workers}
	if o.Progress != nil {
		w.Progress = func(done, total int) { o.Progress("comparing", int64(done), int64(total)) }
	}
	var err error
	if len(o.Right) == 0 {
		out.Pairs, err = out.Matcher.Pairs(ctx, left, w)
	} else if out.Pairs, err = out.Matcher.Link(ctx, left, right, w); err == nil {
		for i := range out.Pairs {
			out.Pairs[i].B += len(left)
		}
	}
	out.Pairs = slices.DeleteFunc(out.Pairs, func(p match.Pair) bool { return p.Probability() < o.Least })
	slices.SortStableFunc(out.Pairs, func(p, q match.Pair) int {
		switch {
		case p.LogOdds > q.LogOdds:
			return -1
		case p.LogOdds < q.LogOdds:
			return 1
		}
		return 0
	})
	return err
}

// Learn reads two lists and fits weights to judgments about their reports: A of the left list, B
// of the right one.
func (m *Mission) Learn(ctx context.Context, o MatchOptions, about string) (*match.Weights, *Result, error) {
	out := &Matched{Read: &Result{Mission: m, Unmatched: intake.Unmatched{}, Tally: NewTally()}}
	var err error
	if out.Matcher, err = match.New(match.Known{Register: m.register, Atlas: m.atlas}, match.Reasoned()); err != nil {
		return nil, nil, err
	}
	left, right, err := m.lists(ctx, o, out)
	if err != nil {
		return nil, nil, err
	}
	w, err := out.Matcher.LearnLinks(ctx, about, left, right, o.Judgments, match.Work{Workers: o.Workers})
	return w, out.Read, err
}
