package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"truce"
	"truce/access"
	"truce/match"
)

// Origins are the sources to which the reports of one happening go back, as far as one person
// sees them: what corroboration counts, since many may repeat one.
type Origins struct {
	// Reports is how many reports there are; those that were retracted do not count.
	Reports int
	Of      []match.Origin
	// Unseen is how many of them have a source or words that the person may not see: there may be
	// fewer origins.
	Unseen int
	// Partly says that there are more reports than were looked at.
	Partly bool
}

// mostOrigins is how many reports of one incident are held against each other.
const mostOrigins = 100

// origins says to what the reports of an incident go back.
func (r *Record) origins(ctx context.Context, who access.Person, s *Sight, in *Incident) (Origins, error) {
	reports, partly, err := r.reportsOf(ctx, who, s, in)
	if err != nil {
		return Origins{}, err
	}
	out := Origins{Partly: partly}
	posts, cited := postsOf(in.Attachments), citedIn(in.Told)
	v := r.view(who, access.Read, s.AsOf)
	var told []match.Telling
	for _, row := range reports {
		t, stands := tellingOf(row)
		if !stands {
			continue
		}
		t.Document, t.Office = cmp.Or(posts[row.ID], t.Document), cmp.Or(t.Office, cited[row.ID])
		told = append(told, t)
		g, err := v.grant("report", row.Mark)
		if err != nil {
			return out, err
		}
		if !g.Whole(access.GradeSource) || !g.Whole(access.GradeInternal) {
			out.Unseen++
		}
	}
	out.Reports, out.Of = len(told), match.Origins(told)
	return out, nil
}

// reportsOf are the reports of all members of an incident that the person sees; partly says that
// there are more.
func (r *Record) reportsOf(ctx context.Context, who access.Person, s *Sight, in *Incident) (out []Seen, partly bool, err error) {
	reports := map[string]*Seen{}
	for i := range in.Reports {
		reports[in.Reports[i].ID] = &in.Reports[i]
	}
	members := in.Members[:min(len(in.Members), mostOrigins)]
	for _, i := range members {
		if slices.ContainsFunc(in.Told, func(t Told) bool { return t.At == i }) {
			continue
		}
		row, err := r.maybe(ctx, who, s.AsOf, "element", s.Result.Elements[i].ID)
		if err != nil {
			return nil, false, err
		}
		e, _ := seenElement(row)
		if e.Report == "" || reports[e.Report] != nil {
			continue
		}
		if reports[e.Report], err = r.maybe(ctx, who, s.AsOf, "report", e.Report); err != nil {
			return nil, false, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(reports)) {
		if reports[id] != nil {
			out = append(out, *reports[id])
		}
	}
	return out, len(in.Members) > len(members), nil
}

// postsOf says of reports in which post or page they stand, by the first of their attachments that
// names one.
func postsOf(attachments []Seen) map[string]string {
	out := map[string]string{}
	for _, row := range attachments {
		var b struct{ Report, Address string }
		if json.Unmarshal(row.Body, &b) == nil && b.Address != "" && out[b.Report] == "" {
			out[b.Report] = b.Address
		}
	}
	return out
}

// citedIn says of reports which one source their elements cite.
func citedIn(list []Told) map[string]string {
	out := map[string]string{}
	for i := range list {
		if e, ok := seenElement(&list[i].Row); ok && out[e.Report] == "" {
			out[e.Report] = sole(e.Sources)
		}
	}
	return out
}

// sole is the source where there is one; who of several tells a thing is not known.
func sole(sources []string) string {
	if len(sources) == 1 {
		return sources[0]
	}
	return ""
}

// tellingOf is a report as far as its origin can be told; none for one that was retracted.
func tellingOf(row Seen) (match.Telling, bool) {
	var b struct{ Source, Text, Status, Reading string }
	_ = json.Unmarshal(row.Body, &b) // what it has not, or not so, is not known
	t := match.Telling{Report: row.ID, Office: officeOf(row.ID, b.Source), Text: b.Text, Document: b.Reading}
	return t, b.Status != "retracted" && b.Status != "withdrawn"
}

// officeOf is who vouches for a report: its source, without the name of the seal that is the
// report's own.
func officeOf(report, source string) string {
	return strings.TrimSpace(strings.TrimPrefix(source, "S-"+report))
}

// tellingIn is a report of a file as far as its origin can be told. One that cites several sources
// is not any single one's.
func tellingIn(r truce.Report) match.Telling {
	t := match.Telling{Report: r.ID, Office: r.Source, Text: r.Text}
	for _, e := range r.Elements {
		t.Office = cmp.Or(t.Office, sole(e.Sources))
	}
	return t
}

// Origins says to how many sources the reports of a cluster go back, and why.
func (out *Matched) Origins(c match.Cluster) []match.Origin {
	told := map[string]match.Telling{}
	for _, i := range c {
		id := out.Accounts[i].Report
		told[id] = out.tellings[id]
	}
	return match.Origins(slices.Collect(maps.Values(told)))
}
