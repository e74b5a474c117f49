package match

import (
	"fmt"
	"slices"

	"truce"
)

// Says is what people judged of two accounts.
type Says string

// The judgments.
const (
	Same      Says = "same"
	Different Says = "different"
	Unsure    Says = "unsure" // they looked and could not tell: no machine joins the two on their account
)

// Judgment is somebody's word on two accounts. A and B are identifiers of elements, or of reports
// that tell of one happening only.
type Judgment struct {
	A, B string
	Says Says
}

// judged is a judgment by numbers of accounts.
type judged struct {
	a, b int
	says Says
}

// resolve finds the accounts that judgments are about, each judgment once.
func resolve(list []Account, judgments []Judgment) ([]judged, error) {
	if len(judgments) == 0 {
		return nil, nil
	}
	at := map[string][]int{}
	for i := range list {
		for _, id := range list[i].Elements {
			at[id] = append(at[id], i)
		}
		if r := list[i].Report; !slices.Contains(list[i].Elements, r) {
			at[r] = append(at[r], i)
		}
	}
	var out []judged
	for _, j := range judgments {
		if j.Says != Same && j.Says != Different && j.Says != Unsure {
			return nil, &truce.Error{Kind: truce.Invalid, At: j.A + ", " + j.B, Msg: fmt.Sprintf("%q is no judgment", j.Says), Hint: "same, different or unsure"}
		}
		a, err := one(at, j.A)
		if err != nil {
			return nil, err
		}
		b, err := one(at, j.B)
		if err != nil {
			return nil, err
		}
		out = append(out, judged{a, b, j.Says})
	}
	return out, nil
}

func one(at map[string][]int, id string) (int, error) {
	switch found := at[id]; len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, &truce.Error{Kind: truce.Absent, At: id, Msg: "a judgment is about an account that is not here"}
	default:
		return 0, &truce.Error{Kind: truce.Invalid, At: id, Msg: "a judgment is about a report that tells of several happenings", Hint: "the identifier of one element, such as " + id + "/1"}
	}
}
