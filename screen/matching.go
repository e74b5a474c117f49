package screen

import (
	"html/template"
	"slices"

	"truce/desk"
	"truce/match"
)

// Matching says why two accounts may be of one happening, or have one origin, in the language of
// the page.
func (f Frame) Matching(r match.Reason) (template.HTML, error) {
	return f.Say("match."+r.Code, slices.Clone(r.Args)...)
}

// matching is Matching as a part of a sentence.
func (f Frame) matching(r match.Reason) string {
	args := slices.Clone(r.Args)
	for i := range args {
		if text, ok := args[i].(string); ok {
			args[i] = isolate(text)
		}
	}
	return f.words.must("match."+r.Code, args...)
}

// IncidentOrigins are what the reports of an incident go back to.
type IncidentOrigins struct {
	desk.Origins
	// Joined says that some of them go back to one source.
	Joined bool
}

func newOrigins(o desk.Origins) IncidentOrigins {
	return IncidentOrigins{o, slices.ContainsFunc(o.Of, func(x match.Origin) bool { return len(x.Reports) > 1 })}
}

// Line counts them in one line: "3 reports of 2 origins".
func (o IncidentOrigins) Line(f Frame) string {
	form := "origins.of"
	if o.Unseen > 0 || o.Partly {
		form = "origins.most"
	}
	return f.words.must(form, f.words.must("origins.reports", o.Reports), f.words.must("origins.count", len(o.Of)))
}
