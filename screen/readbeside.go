package screen

import (
	"slices"

	"truce/desk"
	"truce/reading"
	"truce/reading/beside"
)

// ReadBeside is the page of two accounts side by side.
type ReadBeside struct {
	May    bool
	A, B   desk.Account
	Kept   []desk.Account
	Zones  string
	Asked  bool
	C      beside.Comparison
	Rows   []ReadRow
	Facts  []ReadFacts
	Doubts [2][]ReadDoubt
	Both   int // rows that stand in both
	OnlyA  int
	OnlyB  int
	Share  int // of the shorter account that was copied, in percent
}

// ReadRow is a row of the comparison with its texts.
type ReadRow struct {
	beside.Row
	A, B   string
	InBoth bool
}

// ReadFacts are the facts of a kind: in both accounts, or in one of them.
type ReadFacts struct {
	Kind           string
	Both, InA, InB []string
}

// NewReadBeside lays out two readings.
func NewReadBeside(a, b *desk.AccountRead, c beside.Comparison) ReadBeside {
	v := ReadBeside{May: true, Asked: true, A: a.Account, B: b.Account, C: c, Share: int(c.Copied*100 + 0.5)}
	text := func(x *desk.AccountRead, s *reading.Span) string {
		if s == nil {
			return ""
		}
		return x.Text[s.From:s.To]
	}
	for _, r := range c.Rows {
		row := ReadRow{Row: r, A: text(a, r.A), B: text(b, r.B), InBoth: r.A != nil && r.B != nil}
		v.Rows = append(v.Rows, row)
		v.Both += ofOne(row.InBoth)
		v.OnlyA += ofOne(r.B == nil)
		v.OnlyB += ofOne(r.A == nil)
	}
	for _, f := range c.Facts {
		v.fact(f)
	}
	for i, x := range []*desk.AccountRead{a, b} {
		for _, d := range x.Reading.Doubts {
			v.Doubts[i] = append(v.Doubts[i], ReadDoubt{Text: d.Text, Perhaps: d.Perhaps, Why: d.Why})
		}
	}
	return v
}

func (v *ReadBeside) fact(f beside.Fact) {
	i := slices.IndexFunc(v.Facts, func(x ReadFacts) bool { return x.Kind == f.Kind })
	if i < 0 {
		i = len(v.Facts)
		v.Facts = append(v.Facts, ReadFacts{Kind: f.Kind})
	}
	switch x := &v.Facts[i]; {
	case len(f.A) > 0 && len(f.B) > 0:
		x.Both = append(x.Both, f.Name)
	case len(f.A) > 0:
		x.InA = append(x.InA, f.Name)
	default:
		x.InB = append(x.InB, f.Name)
	}
}
