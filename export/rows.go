package export

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strings"

	"truce"
)

// CSV writes one line a verdict (RFC 4180, UTF-8, CRLF) under a header line. Lists inside
// a cell are separated by "; ". A cell that a spreadsheet could take for a formula gets
// an apostrophe in front. An empty cell means none.
func CSV(w io.Writer, verdicts iter.Seq[truce.Verdict]) error {
	return writeCSV(w, verdicts, false)
}

// TaggedCSV is CSV with a row of HXL hashtags under the header.
func TaggedCSV(w io.Writer, verdicts iter.Seq[truce.Verdict]) error {
	return writeCSV(w, verdicts, true)
}

// JSON writes one JSON object a line, one line a verdict, in the order given.
func JSON(w io.Writer, verdicts iter.Seq[truce.Verdict]) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for v := range verdicts {
		if err := enc.Encode(v); err != nil {
			return failed("verdict "+v.Element+" "+v.Clause, err)
		}
	}
	return nil
}

func writeCSV(w io.Writer, verdicts iter.Seq[truce.Verdict], tags bool) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write(headerRow())
	if tags {
		out.Write(tagRow())
	}
	for v := range verdicts {
		row := cells(v)
		for i, c := range row {
			row[i] = Inert(c)
		}
		if err := out.Write(row); err != nil {
			return failed("", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return failed("", err)
	}
	return nil
}

func headerRow() []string {
	return []string{"agreement", "version", "clause", "cite", "element", "outcome", "code", "codes",
		"rests", "settle", "readings", "parts", "could", "notes", "state"}
}

func tagRow() []string {
	return []string{"#meta+agreement+id", "#meta+agreement+version", "#meta+clause+id", "#meta+cite", "#event+id",
		"#status+outcome", "#status+code", "#status+code+list", "#meta+facts", "#meta+settle", "#meta+readings",
		"#date+parts", "#meta+could", "#description+notes", "#meta+state"}
}

func cells(v truce.Verdict) []string {
	list := func(s []string) string { return strings.Join(s, "; ") }
	return []string{v.Agreement, v.Version, v.Clause, v.Cite, v.Element, string(v.Outcome), v.Code, list(v.Codes),
		list(v.Rests), list(settles(v.Settle)), list(readings(v.Readings)), list(parts(v.Parts)), list(v.Could), list(v.Notes), v.State}
}

// settles names the sets of facts; the values are in the JSON lines.
func settles(all []truce.Settle) []string {
	var out []string
	for _, s := range all {
		out = append(out, strings.Join(s.Facts, " + "))
	}
	return out
}

func readings(all []truce.Reading) []string {
	var out []string
	for _, r := range all {
		out = append(out, r.Name+": "+string(r.Outcome))
	}
	return out
}

func parts(all []truce.Part) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.From.Format(stamp)+"/"+p.To.Format(stamp)+": "+string(p.Outcome))
	}
	return out
}

const stamp = "2006-01-02T15:04:05Z07:00"

// Inert keeps a spreadsheet from running the cell. Full-width signs count too, and
// so do signs behind blanks, which some programs trim.
func Inert(s string) string {
	t := strings.TrimLeft(s, " \u00a0")
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n") {
		return "'" + s
	}
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"} {
		if strings.HasPrefix(t, sign) {
			return "'" + s
		}
	}
	return s
}

func failed(at string, err error) error {
	return &truce.Error{Kind: truce.Unavailable, At: at, Msg: "export: cannot write", Err: err}
}
