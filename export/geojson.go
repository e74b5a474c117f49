package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"truce"
)

// GeoJSON writes one feature for each element (RFC 7946) with its outcome counts. The
// geometry is the one given, no finer; an element without one has a null geometry. It
// fails with kind Invalid, naming the element, where a geometry is not GeoJSON.
func GeoJSON(w io.Writer, c Check) error {
	out := bufio.NewWriter(w)
	out.WriteString("{\"type\":\"FeatureCollection\",\"features\":[")
	for i, r := range c.Elements {
		line, err := feature(r)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	if err := out.Flush(); err != nil {
		return failed("", err)
	}
	return nil
}

type properties struct {
	Title        string `json:"title"`
	When         string `json:"when"`
	Where        string `json:"where"`
	Precision    string `json:"precision"`
	Violation    int    `json:"violation"`
	Undetermined int    `json:"undetermined"`
	NoViolation  int    `json:"no_violation"`
}

func feature(r Row) ([]byte, error) {
	geometry, err := oneLine(r)
	if err != nil {
		return nil, err
	}
	n := tallyOf(r.Verdicts)
	line, err := marshal(struct {
		Type       string          `json:"type"`
		ID         string          `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties properties      `json:"properties"`
	}{"Feature", r.ID, geometry, properties{r.Title, r.When, r.Where, r.Precision, n.V, n.U, n.N}})
	if err != nil {
		return nil, failed(r.ID, err)
	}
	return line, nil
}

func oneLine(r Row) (json.RawMessage, error) {
	if len(r.Geometry) == 0 || string(r.Geometry) == "null" {
		return json.RawMessage("null"), nil
	}
	if _, err := shapeOf(r.Geometry); err != nil {
		return nil, badGeometry(r.ID, err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, r.Geometry); err != nil {
		return nil, badGeometry(r.ID, err)
	}
	return b.Bytes(), nil
}

func badGeometry(at string, err error) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: "export: geometry is not GeoJSON",
		Hint: "expected a geometry object with type and coordinates, longitude first", Err: err}
}

// marshal is json.Marshal without turning <, > and & into escapes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// tally counts verdicts by outcome: violation, undetermined, no violation.
type tally struct{ V, U, N int }

func tallyOf(verdicts []truce.Verdict) tally {
	var t tally
	for _, v := range verdicts {
		switch v.Outcome {
		case truce.Violation:
			t.V++
		case truce.NoViolation:
			t.N++
		default:
			t.U++
		}
	}
	return t
}

func (t tally) plus(u tally) tally { return tally{t.V + u.V, t.U + u.U, t.N + u.N} }

// All is the number of verdicts.
func (t tally) All() int { return t.V + t.U + t.N }
