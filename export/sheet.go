package export

import (
	"encoding/json"
	"math"
)

// Sheet is the paper of a map on which places are drawn again and again, each time with other
// numbers: outline, areas and places are brought to the drawing's units once. It is not
// changed by drawing and safe for concurrent use.
type Sheet struct {
	// Width and Height are in drawing units.
	Width, Height float64
	// Outline and Areas are SVG path data.
	Outline, Areas string
	// Bar is the length of the scale bar in drawing units; it stands for BarKm kilometres.
	Bar, BarKm float64
	// SmallestKm is how wide the smallest mark is on the ground, CellKm a cell.
	SmallestKm, CellKm float64

	frame  frame
	places []*site
	beyond []bool
	names  []name
	spread [][]float64
}

// Marks are how many things share a place, each under its gravest outcome.
type Marks struct{ Violation, Undetermined, Other int }

// All is how many things there are.
func (m Marks) All() int { return m.Violation + m.Undetermined + m.Other }

// Drawing is what one set of numbers looks like on a sheet.
type Drawing struct {
	Spots  []Spot // widest first, so that no extent hides a smaller one
	Cells  []Cell // instead of spots, where these would overlap too much
	Labels []Label
	// Shown is how many places there are; Beyond how many of them lie off the drawing.
	Shown, Beyond int
}

// Spot is the whole extent of a place, never a dot in it.
type Spot struct {
	Place int // as given to NewSheet
	Marks
	Path  string
	Shade int  // 0 to 4: how thickly things lie, the fainter the less is known of where
	Line  bool // has no inside
	// X and Y are where the number stands, where Number says that there is room.
	X, Y   string
	Number bool
}

// Cell is a square of CellKm over which things are spread evenly from all over their extents.
type Cell struct {
	X, Y                    string
	Violation, Undetermined int // density in steps, 0 to 5
	SX, SY, SW              string
}

// Label is the name of an area.
type Label struct{ X, Y, Text string }

// CellSide is the side of a cell in drawing units.
const CellSide = cellSize

// NewSheet lays out a map around an outline, areas and places, all GeoJSON. It fails with kind
// Invalid where one is not; an empty outline or no areas are nothing.
func NewSheet(outline, areas json.RawMessage, places []json.RawMessage) (*Sheet, error) {
	line, err := shapeOf(outline)
	if err != nil {
		return nil, badGeometry("outline", err)
	}
	named, err := shapeOf(areas)
	if err != nil {
		return nil, badGeometry("areas", err)
	}
	s := &Sheet{Width: mapWidth}
	for _, p := range places {
		one, err := shapeOf(p)
		if err != nil {
			return nil, badGeometry("place", err)
		}
		s.places = append(s.places, &site{names: []string{""}, shape: one})
	}
	s.frame = frameFor(s.places, line)
	s.Height = math.Round(s.frame.height)
	s.Outline, s.Areas = path(line.moved(s.frame.to), 0.4), path(named.moved(s.frame.to), 0.4)
	s.names = named.moved(s.frame.to).names
	s.settle()
	return s, nil
}

// settle puts the places on the paper, in no finer detail than can be seen.
func (s *Sheet) settle() {
	m := s.grid()
	for _, p := range s.places {
		p.shape = p.shape.moved(s.frame.to).thinned(0.5)
		c := centre(p.shape)
		s.beyond = append(s.beyond, c[0] < 0 || c[0] > mapWidth || c[1] < 0 || c[1] > s.frame.height)
		if len(s.places) > manyPlaces {
			s.spread = append(s.spread, m.weights(p.shape))
		}
	}
	km := s.frame.kmPerUnit()
	s.Bar, s.BarKm = scaleBar(km)
	s.SmallestKm, s.CellKm = 2*smallest*km, cellSize*km
}

// grid is an empty map with the sheet's cells.
func (s *Sheet) grid() *chartOfPlaces {
	return &chartOfPlaces{Height: s.Height, Columns: int(math.Ceil(mapWidth / cellSize)), Rows: int(math.Ceil(s.Height / cellSize))}
}

// thinned drops detail that cannot be seen; a ring keeps at least its corners.
func (s shape) thinned(tolerance float64) shape {
	out := shape{points: s.points, names: s.names}
	for _, r := range s.rings {
		if t := thin(r, tolerance); len(t) > 3 {
			r = t
		}
		out.rings = append(out.rings, r)
	}
	for _, l := range s.lines {
		out.lines = append(out.lines, thin(l, tolerance))
	}
	return out
}

// Path is further ground, as SVG path data.
func (s *Sheet) Path(ground json.RawMessage) (string, error) {
	g, err := shapeOf(ground)
	if err != nil {
		return "", badGeometry("ground", err)
	}
	return path(g.moved(s.frame.to), 0.4), nil
}

// Draw draws the places that hold anything, marks standing in the order of the places.
func (s *Sheet) Draw(marks []Marks) Drawing {
	var d Drawing
	var shown []*site
	var of []int
	for i, m := range marks {
		if m.All() == 0 {
			continue
		}
		d.Beyond += bit(s.beyond[i])
		shown, of = append(shown, &site{names: s.places[i].names, shape: s.places[i].shape, acts: tally{m.Violation, m.Undetermined, m.Other}}), append(of, i)
	}
	d.Shown = len(shown)
	if d.Shown > manyPlaces {
		d.Cells = s.cells(shown, of)
		return d
	}
	taken, m := &room{}, &chartOfPlaces{Height: s.Height}
	m.addPlaces(shown, taken)
	m.addLabels(s.names, s.frame, taken)
	for _, p := range m.Drawn {
		d.Spots = append(d.Spots, Spot{Place: of[p.I], Marks: marks[of[p.I]], Path: p.Path, Shade: p.Level, Line: p.Line, X: p.X, Y: p.Y, Number: p.Number})
	}
	for _, l := range m.Labels {
		d.Labels = append(d.Labels, Label{l.X, l.Y, l.Text.Short})
	}
	return d
}

// cells spreads places over the grid.
func (s *Sheet) cells(shown []*site, of []int) []Cell {
	m := s.grid()
	for _, i := range of {
		m.spread = append(m.spread, s.spread[i])
	}
	m.pile(shown)
	var out []Cell
	for _, c := range m.Cells {
		if c.V+c.U > 0 {
			out = append(out, Cell{c.X, c.Y, c.V, c.U, c.SX, c.SY, c.SW})
		}
	}
	return out
}
