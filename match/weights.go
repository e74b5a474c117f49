package match

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"truce"
)

// Weights say how much each level of each feature speaks for or against. They are log-odds
// (natural logarithms) and add up.
type Weights struct {
	// About says where they come from.
	About string `json:"about"`
	// Prior is the log-odds of two accounts that an index brought together.
	Prior float64 `json:"prior"`
	// Levels are by feature and level, as in "time", "same day". A level that is missing has
	// weight 0.
	Levels map[string]map[string]float64 `json:"levels"`
	// Rivals is how two lists are told apart when each holds a happening about once: [Link].
	Rivals Rivals `json:"rivals"`
}

// Rivals turns the log-odds s of a pair of two lists into those that take the other candidates
// into account: Shift + Scale*s - Left*log(1+others for the right one) - Right*log(1+others for
// the left one), where others are the summed odds of the rival pairs.
type Rivals struct {
	Shift float64 `json:"shift"`
	Scale float64 `json:"scale"`
	Left  float64 `json:"left"`
	Right float64 `json:"right"`
}

//go:embed weights.json
var shipped []byte

// Shipped returns the weights that come with the program.
func Shipped() (*Weights, error) { return ReadWeights("weights.json", shipped) }

// ReadWeights reads a file of weights; name stands in messages.
func ReadWeights(name string, text []byte) (*Weights, error) {
	w := &Weights{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(w); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "these are no weights", Hint: "a file that truce match learn wrote", Err: err}
	}
	if _, err := w.table(); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "these are no weights", Hint: "a file that truce match learn wrote", Err: err}
	}
	return w, nil
}

// JSON returns the weights as a file.
func (w *Weights) JSON() ([]byte, error) {
	out, err := json.MarshalIndent(w, "", "  ")
	return append(out, '\n'), err
}

// mostLevels is more than any feature has.
const mostLevels = 16

// weightTable is Weights by numbers.
type weightTable struct {
	prior float64
	of    [features][mostLevels]float64
}

// table refuses a feature or a level that there is not, and what is no plain number.
func (w *Weights) table() (weightTable, error) {
	t := weightTable{prior: w.Prior}
	for _, f := range sortedKeys(w.Levels) {
		k := slices.IndexFunc(names[:], func(n []string) bool { return n[0] == f })
		if k < 0 {
			return t, &truce.Error{Kind: truce.Invalid, At: f, Msg: "is no feature", Hint: "one of " + strings.Join(featureNames(), ", ")}
		}
		for _, l := range sortedKeys(w.Levels[f]) {
			i := slices.Index(names[k][1:], l) + 1
			if i == 0 {
				return t, &truce.Error{Kind: truce.Invalid, At: f + ": " + l, Msg: "is no level", Hint: "one of " + strings.Join(names[k][1:], ", ")}
			}
			if x := w.Levels[f][l]; x < -mostWeight || x > mostWeight {
				return t, &truce.Error{Kind: truce.Invalid, At: f + ": " + l, Msg: fmt.Sprintf("%g is no weight", x), Hint: "log-odds from -50 to 50"}
			}
			t.of[k][i] = w.Levels[f][l]
		}
	}
	return t, nil
}

// mostWeight is more than any evidence is worth.
const mostWeight = 50

func featureNames() []string {
	var out []string
	for _, n := range names {
		out = append(out, n[0])
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
