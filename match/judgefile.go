package match

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"truce"
)

// ReadJudgments reads a CSV file with the columns a and b, and says where not every row is "same"; other
// columns are passed over. name stands in messages; every bad row is reported.
func ReadJudgments(name string, r io.Reader) ([]Judgment, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return nil, unreadable(name, in, err)
	}
	if len(header) > 0 {
		header[0] = strings.TrimPrefix(header[0], "\ufeff")
	}
	at := [3]int{slices.Index(header, "a"), slices.Index(header, "b"), slices.Index(header, "says")}
	if at[0] < 0 || at[1] < 0 {
		return nil, &truce.Error{Kind: truce.Invalid, At: name + ":1", Msg: "the columns a and b are missing", Hint: "a,b or a,b,says in the first line"}
	}
	var out []Judgment
	var bad truce.Problems
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, bad.Err()
		}
		if err != nil {
			return nil, unreadable(name, in, err)
		}
		line, _ := in.FieldPos(0)
		j, problem := judgmentOf(row, at)
		if problem != nil {
			problem.File, problem.Line = name, line
			bad = append(bad, *problem)
			continue
		}
		out = append(out, j)
	}
}

// unreadable says where a table breaks off.
func unreadable(name string, in *csv.Reader, err error) error {
	if errors.Is(err, io.EOF) {
		return &truce.Error{Kind: truce.Invalid, At: name + ":1", Msg: "the file is empty", Hint: "a,b or a,b,says in the first line"}
	}
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return &truce.Error{Kind: truce.Invalid, At: fmt.Sprintf("%s:%d:%d", name, broken.Line, broken.Column), Msg: "the row cannot be read", Err: broken.Err}
	}
	return &truce.Error{Kind: truce.Unavailable, At: name, Msg: "cannot be read", Err: err}
}

func judgmentOf(row []string, at [3]int) (Judgment, *truce.Problem) {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	j := Judgment{cell(at[0]), cell(at[1]), Says(cell(at[2]))}
	if at[2] < 0 {
		j.Says = Same
	}
	switch {
	case j.A == "":
		return j, &truce.Problem{Field: "a", Code: "missing", Msg: "the identifier is missing", Want: "an identifier of an element or a report"}
	case j.B == "":
		return j, &truce.Problem{Field: "b", Code: "missing", Msg: "the identifier is missing", Want: "an identifier of an element or a report"}
	case j.A == j.B:
		return j, &truce.Problem{Field: "b", Code: "itself", Msg: "an account is held against itself", Want: "another identifier than in a", Value: j.B}
	case j.Says != Same && j.Says != Different && j.Says != Unsure:
		return j, &truce.Problem{Field: "says", Code: "unknown-word", Msg: fmt.Sprintf("%q is no judgment", j.Says), Want: "same, different or unsure", Value: string(j.Says)}
	}
	return j, nil
}
