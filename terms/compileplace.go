package terms

import (
	"fmt"
	"slices"
	"strings"

	"truce/geo"
)

// placeTest compiles a place expression. A place that the book does not have is reported
// and stands as nil, which the caller must not judge with.
func (j *Judge) placeTest(d *decoder, at string, c *Clause, p *Place) *placeTest {
	if p == nil {
		return nil
	}
	switch {
	case p.Any != nil:
		t := &placeTest{}
		t.any, t.label = j.placeTests(d, at, c, p.Any, " or ")
		return t
	case p.All != nil:
		t := &placeTest{}
		t.all, t.label = j.placeTests(d, at, c, p.All, " and ")
		return t
	case p.Base != nil:
		return j.belts(d, at, c, p)
	case p.Control == "own":
		return &placeTest{ctrl: "own", label: "ground held by the acting party"}
	case p.Control != "":
		return &placeTest{ctrl: p.Control, label: "ground held by " + p.Control}
	case p.Distance > 0:
		return j.near(d, at, p)
	}
	return j.named(d, at, p.Ref)
}

func (j *Judge) placeTests(d *decoder, at string, c *Clause, ps []*Place, between string) (out []*placeTest, label string) {
	var labels []string
	for _, p := range ps {
		if t := j.placeTest(d, at, c, p); t != nil {
			out, labels = append(out, t), append(labels, t.label)
		}
	}
	return out, strings.Join(labels, between)
}

// named compiles a named place or an area code.
func (j *Judge) named(d *decoder, at, ref string) *placeTest {
	p, ok := j.a.Places[ref]
	if !ok {
		p = Named{Areas: []string{ref}}
	}
	switch {
	case p.Union != nil:
		t := &placeTest{label: ref}
		for _, u := range p.Union {
			t.any = append(t.any, j.named(d, at, u))
		}
		return t
	case p.Outside != "":
		return &placeTest{not: j.named(d, at, p.Outside), label: ref}
	case p.Areas != nil:
		t := &placeTest{label: ref}
		for _, code := range p.Areas {
			z, err := j.book.Atlas.AreaZone(code)
			if t.any = append(t.any, j.leaf(d, at, z, err)); err == nil {
				if a, ok := j.book.Atlas.Area(code); ok && !slices.Contains(t.labels(), a.Name) && len(p.Areas) == 1 {
					t.label = a.Name
				}
			}
		}
		return t
	}
	t := j.leafLabel(d, at, ref, p)
	return t
}

func (t *placeTest) labels() []string { return strings.Split(t.label, " or ") }

func (j *Judge) leafLabel(d *decoder, at, ref string, p Named) *placeTest {
	var z *geo.Zone
	err := fmt.Errorf("place %s is a line: say how far from it with of:", ref)
	switch {
	case p.Disc != nil:
		z, err = geo.DiscZone(ref, p.Disc.Lat, p.Disc.Lon, p.Disc.Radius)
	case p.Sector != nil:
		z, err = geo.SectorZone(ref, p.Sector.Lat, p.Sector.Lon, p.Sector.Bearing, p.Sector.Range)
	case p.Shape != "":
		z, err = geo.PolygonZone(ref, p.Shape)
	}
	t := j.leaf(d, at, z, err)
	t.label = ref
	return t
}

func (j *Judge) leaf(d *decoder, at string, z *geo.Zone, err error) *placeTest {
	if err != nil {
		d.badAt(at2pos(d, at), "undefined-area", "a place the mission's boundary or places files have", "%s: %v", at, err)
		return &placeTest{any: []*placeTest{}}
	}
	return &placeTest{leaf: true, zone: j.intern(z), label: z.String()}
}

func at2pos(d *decoder, at string) pos {
	if p, ok := d.at[at]; ok {
		return p
	}
	return d.at[clauseOf(at)]
}

func (j *Judge) near(d *decoder, at string, p *Place) *placeTest {
	t := j.named(d, at, p.Ref)
	return j.widen(d, at, t, p)
}

// widen replaces every zone of a named place by what is near it.
func (j *Judge) widen(d *decoder, at string, t *placeTest, p *Place) *placeTest {
	if t.leaf {
		z, err := j.zones[t.zone].Near(p.Distance)
		return j.leaf(d, at, z, err)
	}
	if t.not != nil {
		return j.leaf(d, at, nil, fmt.Errorf("%s is the outside of another place, and near: needs a place with an edge of its own", t.label))
	}
	u := &placeTest{label: fmt.Sprintf("within %s of %s", metresText(p.Distance), t.label)}
	for _, x := range t.any {
		u.any = append(u.any, j.widen(d, at, x, p))
	}
	return u
}

// belts compiles a belt along a base line, one for each acting party where the line
// depends on it.
func (j *Judge) belts(d *decoder, at string, c *Clause, p *Place) *placeTest {
	parties := sortedKeys(p.Base)
	if len(parties) == 1 && parties[0] == "" {
		return j.belt(d, at, p, p.Base[""], "")
	}
	t := &placeTest{base: map[string]int{}}
	var labels []string
	for _, party := range parties {
		b := j.belt(d, at, p, p.Base[party], party)
		if !b.leaf {
			continue
		}
		t.base[party] = b.zone
		labels = append(labels, fmt.Sprintf("%s (for %s)", b.label, party))
	}
	t.label = strings.Join(labels, " or ")
	return t
}

func (j *Judge) belt(d *decoder, at string, p *Place, base, party string) *placeTest {
	line, err := j.line(base)
	if err != nil {
		return j.leaf(d, at, nil, err)
	}
	t := &placeTest{}
	var labels []string
	for _, side := range sortedKeys(p.Sides) {
		s := side
		if side == "own side" {
			s = party
		}
		z, err := line.Belt(s, p.Sides[side])
		b := j.leaf(d, at, z, err)
		t.any = append(t.any, b)
		labels = append(labels, b.label)
	}
	if len(t.any) == 1 {
		return t.any[0]
	}
	t.label = strings.Join(labels, " or ")
	return t
}

func (j *Judge) line(name string) (*geo.Line, error) {
	if l, ok := j.lines[name]; ok {
		return l, nil
	}
	p := j.a.Places[name].Line
	if p == nil {
		return nil, fmt.Errorf("%q is not a line", name)
	}
	l, err := geo.NewLine(name, p.Shape, p.Left, p.Right, p.Chart)
	if err == nil {
		j.lines[name] = l
	}
	return l, err
}

func metresText(m float64) string {
	if m >= 10000 && m == float64(int(m/1000))*1000 {
		return fmt.Sprintf("%d km", int(m/1000))
	}
	return fmt.Sprintf("%g m", m)
}
