package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"truce"
	"truce/access"
	"truce/ledger"
)

// Release is a release by its name, with what was said of it since.
func (r *Record) Release(ctx context.Context, who access.Person, asOf int64, id string) (Released, error) {
	row, err := r.Row(ctx, who, asOf, "release", id)
	if err != nil {
		return Released{}, err
	}
	rel, ok := releasedIn(row)
	if !ok {
		return rel, absent("release", id)
	}
	all, err := r.Corrections(ctx, who, asOf)
	for _, c := range all {
		rel.tell(c)
	}
	return rel, err
}

// ReleaseBytes makes a release again from the entries that it was made from, and says whether
// it has the hash that was published.
func (r *Record) ReleaseBytes(ctx context.Context, rel Released) (text []byte, same bool, err error) {
	if rel.Day() != "" {
		f, err := r.Frozen(ctx, DayRelease{ID: rel.ID, Day: rel.Day(), Mark: rel.Mark, SHA256: rel.SHA256, Entries: rel.Entries, Entry: rel.Entry})
		if err != nil {
			return nil, false, err
		}
		text, err = f.Report.Bytes()
		return text, f.Same, err
	}
	t, err := r.telling(ctx, Draft{ID: rel.ID, Title: rel.Title, Text: rel.Text, Mark: rel.Mark, Rows: rel.Rows, Entries: rel.Entries})
	if err != nil {
		return nil, false, err
	}
	text, err = t.Bytes()
	return text, err == nil && hashOf(text) == rel.SHA256, err
}

// Figure is a value in a release, by its place there (JSON Pointer, RFC 6901).
type Figure struct{ At, Value string }

// mostFigures is how many figures of a release are offered at once.
const mostFigures = 1000

// Figures lists the values of a release: numbers and short words, in their order.
func Figures(text []byte) []Figure {
	var v any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	var out []Figure
	figures("", v, &out)
	return out
}

func figures(at string, v any, out *[]Figure) {
	if len(*out) >= mostFigures {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			figures(at+"/"+pointer.Replace(name), v[name], out)
		}
	case []any:
		for i, x := range v {
			figures(at+"/"+strconv.Itoa(i), x, out)
		}
	case string:
		*out = append(*out, Figure{at, v})
	case json.Number:
		*out = append(*out, Figure{at, v.String()})
	case bool:
		*out = append(*out, Figure{at, strconv.FormatBool(v)})
	}
}

var pointer = strings.NewReplacer("~", "~0", "/", "~1")

// Correct corrects one figure of a release: at says where it stands there. What it was is read
// from the release itself.
func (r *Record) Correct(ctx context.Context, who access.Person, id, at, is, words, submission string, key *ledger.Key) (Entered, error) {
	rel, err := r.standing(ctx, who, id)
	if err != nil {
		return Entered{}, err
	}
	text, _, err := r.ReleaseBytes(ctx, rel)
	if err != nil {
		return Entered{}, err
	}
	i, found := slices.BinarySearchFunc(sortedFigures(text), at, func(f Figure, at string) int { return strings.Compare(f.At, at) })
	if !found {
		return Entered{}, &truce.Error{Kind: truce.Invalid, At: "figure", Msg: fmt.Sprintf("the release has no figure at %.80q", at), Hint: "its place, such as /rows/0/body/killed/high"}
	}
	was := sortedFigures(text)[i].Value
	if was == is {
		return Entered{}, &truce.Error{Kind: truce.Invalid, At: "is", Msg: "this is what the release says", Hint: "what it should say"}
	}
	return r.tell(ctx, who, "release.corrected", rel.Mark, submission, key, map[string]any{"release": id, "figure": at, "was": was, "is": is, "words": words})
}

func sortedFigures(text []byte) []Figure {
	out := Figures(text)
	slices.SortFunc(out, func(a, b Figure) int { return strings.Compare(a.At, b.At) })
	return out
}

// standing is a release that was not withdrawn.
func (r *Record) standing(ctx context.Context, who access.Person, id string) (Released, error) {
	rel, err := r.Release(ctx, who, 0, id)
	if kindOf(err) == truce.Denied { // as if it were not there
		err = absent("release", id)
	}
	if err == nil && rel.Status != "" {
		err = &truce.Error{Kind: truce.Conflict, At: "release", Msg: "the release was " + rel.Status + " already"}
	}
	return rel, err
}

// Withdraw withdraws a release. Whoever got it is told so.
func (r *Record) Withdraw(ctx context.Context, who access.Person, id, words string, key *ledger.Key) (Entered, error) {
	rel, err := r.standing(ctx, who, id)
	if err != nil {
		return Entered{}, err
	}
	return r.tell(ctx, who, "release.withdrawn", rel.Mark, "withdraw "+id, key, map[string]any{"release": id, "words": words})
}
