package desk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"truce"
	"truce/access"
	"truce/export"
	"truce/ledger"
)

// Forms in which rows are exported.
const (
	FormJSON    = "json"    // one row a line
	FormCSV     = "csv"     // a header, the rows, and a last line that counts them
	FormGeoJSON = "geojson" // features, with "count" as the last member
)

// Export writes every row that a question finds and a person may take out. It is written
// as it is read, so that its size does not matter, and ends with a count: a file without
// one was cut short.
func (r *Record) Export(ctx context.Context, who access.Person, q Question, form string, w io.Writer) error {
	if q.AsOf == 0 { // one state from the first page to the last
		size, err := r.db.Size(ctx)
		if err != nil {
			return err
		}
		q.AsOf = size
	}
	b := bufio.NewWriterSize(w, 1<<16)
	var err error
	switch form {
	case FormJSON:
		err = r.exportJSON(ctx, who, q, b)
	case FormCSV:
		err = r.exportCSV(ctx, who, q, b)
	case FormGeoJSON:
		err = r.exportGeoJSON(ctx, who, q, b)
	default:
		return &truce.Error{Kind: truce.Invalid, At: "form", Msg: fmt.Sprintf("%q is no form", form), Hint: "json, csv or geojson"}
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

// exported yields the rows that leave.
func (r *Record) exported(ctx context.Context, who access.Person, q Question) iter.Seq2[Seen, error] {
	return func(yield func(Seen, error) bool) {
		q.Limit = MaxLimit
		seen := r.view(who, access.Export, q.AsOf)
		query, err := r.query(ctx, who, access.Export, q)
		if err != nil {
			yield(Seen{}, err)
			return
		}
		for {
			page, err := r.db.List(ctx, query)
			if err != nil {
				yield(Seen{}, err)
				return
			}
			for _, row := range page.Rows {
				s, err := seen.row(ctx, row)
				if !yield(s, err) || err != nil {
					return
				}
			}
			if query.After = page.Next; query.After == "" {
				return
			}
		}
	}
}

func (r *Record) exportJSON(ctx context.Context, who access.Person, q Question, w io.Writer) error {
	n := 0
	for s, err := range r.exported(ctx, who, q) {
		if err != nil {
			return err
		}
		line, err := json.Marshal(s)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s\n", line); err != nil {
			return err
		}
		n++
	}
	_, err := fmt.Fprintf(w, "{\"count\":%d}\n", n)
	return err
}

func (r *Record) exportCSV(ctx context.Context, who access.Person, q Question, w io.Writer) error {
	var names []string
	for _, f := range access.FieldsOf(q.Kind) {
		if f.Name != "id" {
			names = append(names, f.Name)
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"id", "mark"}, names...)); err != nil {
		return err
	}
	n := 0
	for s, err := range r.exported(ctx, who, q) {
		if err != nil {
			return err
		}
		var b map[string]json.RawMessage
		if err := json.Unmarshal(s.Body, &b); err != nil {
			return err
		}
		row := []string{export.Inert(s.ID), s.Mark}
		for _, name := range names {
			row = append(row, cell(b[name]))
		}
		if err := out.Write(row); err != nil {
			return err
		}
		n++
	}
	last := make([]string, len(names)+2)
	last[0] = fmt.Sprintf("#count %d", n)
	if err := out.Write(last); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// cell writes a value into a table: a text as it is, but inert; anything else as JSON.
func cell(raw json.RawMessage) string {
	var s string
	if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		return export.Inert(s)
	}
	return string(raw)
}

func (r *Record) exportGeoJSON(ctx context.Context, who access.Person, q Question, w io.Writer) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	n := 0
	for s, err := range r.exported(ctx, who, q) {
		if err != nil {
			return err
		}
		feature, err := json.Marshal(map[string]any{"type": "Feature", "id": s.ID, "geometry": r.geometry(ctx, s.Body), "properties": s.Body})
		if err != nil {
			return err
		}
		if n++; n > 1 {
			feature = append([]byte{','}, feature...)
		}
		if _, err := w.Write(append(feature, '\n')); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "],\"count\":%d}\n", n)
	return err
}

// geometry is where a row is drawn: never finer than its places are published.
func (r *Record) geometry(ctx context.Context, raw json.RawMessage) json.RawMessage {
	var b struct{ Where []truce.Place }
	if json.Unmarshal(raw, &b) != nil || len(b.Where) == 0 {
		return json.RawMessage("null")
	}
	var shapes []json.RawMessage
	for _, p := range b.Where {
		if p.Form != truce.FormShape {
			place, err := json.Marshal(p)
			if err != nil {
				continue
			}
			if place, err = r.coarsen(ctx, place); err != nil || place == nil || json.Unmarshal(place, &p) != nil {
				continue
			}
		}
		shapes = append(shapes, json.RawMessage(p.Shape))
	}
	switch len(shapes) {
	case 0:
		return json.RawMessage("null")
	case 1:
		return shapes[0]
	}
	all, err := json.Marshal(map[string]any{"type": "GeometryCollection", "geometries": shapes})
	if err != nil {
		return json.RawMessage("null")
	}
	return all
}

// WriteLog writes the record as files, see [ledger.WriteRecord]: hashes alone, or also the
// fields that a person may see.
func (r *Record) WriteLog(ctx context.Context, who access.Person, open bool, write func(path string, data []byte) error) error {
	signed, err := r.Checkpoint(ctx)
	if err != nil {
		return err
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		return err
	}
	seen := r.view(who, access.Read, 0)
	entries := func(yield func(*ledger.Entry, error) bool) {
		for e, err := range r.db.Entries(ctx, 0, c.Size) {
			if err == nil {
				shown := *e
				if shown.Fields = (ledger.Fields{}); open && r.mayReadEntry(who, e) == nil {
					shown.Fields, err = seen.disclose(ctx, e)
				}
				e = &shown
			}
			if !yield(e, err) {
				return
			}
		}
	}
	return ledger.WriteRecord(entries, signed, write)
}

// Bundle returns the leaves of up to 256 entries as one file of the log, for those who may
// read everything or run the machine: kinds and times of entries tell something, too.
func (r *Record) Bundle(ctx context.Context, who access.Person, n int64, width int) ([]byte, error) {
	if err := r.allow(who, access.Verify, "entry", access.Label{TLP: access.Clear}); err != nil {
		return nil, err
	}
	b, err := r.db.Bundle(ctx, n)
	if err != nil {
		return nil, err
	}
	leaves, err := ledger.SplitBundle(b)
	if err != nil || len(leaves) < width {
		return nil, absent("bundle", fmt.Sprint(n))
	}
	var out []byte
	for _, leaf := range leaves[:width] {
		if out, err = ledger.AppendBundle(out, leaf); err != nil {
			return nil, err
		}
	}
	return bytes.Clone(out), nil
}
