package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Sizes of the map in drawing units.
const (
	mapWidth   = 720.0
	smallest   = 6.0  // radius of the smallest mark
	cellSize   = 12.0 // side of a cell of the density map
	manyPlaces = 300  // more places than this are drawn as density
	mostPlaces = 600  // more places than this do not go into the table
	levels     = 5    // steps of density
)

// site is all elements with one geometry.
type site struct {
	names     []string
	precision string
	shape     shape // in drawing units once drawn
	acts      tally // elements by their gravest outcome
}

// chartOfPlaces is the map as drawn.
type chartOfPlaces struct {
	Height   float64
	Outline  string
	Areas    string
	Labels   []label
	Places   []placeView // most acts first
	Drawn    []placeView // widest first, so that no extent hides a smaller one
	Count    int         // of all places
	Cells    []cellView
	Columns  int
	Rows     int
	Dense    bool
	Max      [2]float64 // largest density of violations, of open ones
	Bar      float64    // length of the scale bar
	BarText  string
	Smallest string // how wide the smallest mark is on the ground
	CellText string
	Unplaced int
	Beyond   int         // places that lie wholly off the drawing
	spread   [][]float64 // for each place: cell, weight, cell, weight ...
}

type label struct {
	X, Y string
	Text words
	N    int
	Big  bool // has room on a narrow screen too
}

type placeView struct {
	I         int
	Name      words
	More      int // further names of the same extent
	Precision words
	Acts      tally
	Path      string
	Weight    string // how much an act counts for the shade: less in a wide extent
	Line      bool   // has no inside
	Level     int
	X, Y      string
	Number    bool // has room for its number
	Big       bool
}

type cellView struct {
	K          int
	X, Y       string
	V, U       int // levels
	SX, SY, SW string
}

// placesOf groups elements by geometry. The second result gives each element's place,
// -1 for none.
func placesOf(elements []Row, outcomes []string) ([]*site, []int, error) {
	var sites []*site
	index := map[string]int{}
	at := make([]int, len(elements))
	for i, r := range elements {
		at[i] = -1
		if len(r.Geometry) == 0 || string(r.Geometry) == "null" {
			continue
		}
		key, err := compact(r)
		if err != nil {
			return nil, nil, err
		}
		k, known := index[key]
		if !known {
			s, err := shapeOf(r.Geometry)
			if err != nil {
				return nil, nil, badGeometry(r.ID, err)
			}
			k = len(sites)
			index[key] = k
			sites = append(sites, &site{precision: r.Precision, shape: s})
		}
		at[i] = k
		sites[k].take(r.Where, outcomes[i])
	}
	return sites, at, nil
}

func compact(r Row) (string, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, r.Geometry); err != nil {
		return "", badGeometry(r.ID, err)
	}
	return b.String(), nil
}

func (s *site) take(where, outcome string) {
	switch outcome {
	case "v":
		s.acts.V++
	case "u":
		s.acts.U++
	default:
		s.acts.N++
	}
	for _, n := range s.names {
		if n == where {
			return
		}
	}
	s.names = append(s.names, where)
}

// drawMap lays the places over the base map. The projection is equirectangular, true to
// scale on its middle parallel; it is for looking, not for measuring.
func drawMap(c Check, sites []*site, at []int) (chartOfPlaces, error) {
	var m chartOfPlaces
	outline, err := shapeOf(c.Outline)
	if err != nil {
		return m, badGeometry("outline", err)
	}
	areas, err := shapeOf(c.Areas)
	if err != nil {
		return m, badGeometry("areas", err)
	}
	f := frameFor(sites, outline)
	m.Height = math.Round(f.height)
	m.Outline, m.Areas = path(outline.moved(f.to), 0.4), path(areas.moved(f.to), 0.4)
	for _, s := range sites {
		s.shape = s.shape.moved(f.to)
		if c := centre(s.shape); c[0] < 0 || c[0] > mapWidth || c[1] < 0 || c[1] > f.height {
			m.Beyond++
		}
	}
	m.Dense = len(sites) > manyPlaces
	taken := &room{}
	m.addPlaces(sites, taken)
	m.addLabels(areas.moved(f.to).names, f, taken)
	if m.Dense {
		m.addCells(sites)
	}
	m.scale(f)
	for _, k := range at {
		if k < 0 {
			m.Unplaced++
		}
	}
	return m, nil
}

// frame turns longitude and latitude into drawing units.
type frame struct {
	west, north, perX, perY float64
	height                  float64
	wrap                    bool
}

func (f frame) to(p point) point {
	x := p[0]
	if f.wrap && x < 0 {
		x += 360
	}
	return point{(x - f.west) * f.perX, (f.north - p[1]) * f.perY}
}

// around keeps the sites that lie in the outline's box, or not farther from it than a
// quarter of its size: a meeting abroad must not shrink the country. With none they all stay.
func around(sites []*site, outline shape) []*site {
	b := emptyBox()
	outline.each(b.add)
	if b.empty() {
		return sites
	}
	dx, dy := (b.x1-b.x0)/4, (b.y1-b.y0)/4
	var near []*site
	for _, s := range sites {
		if c := centre(s.shape); c[0] >= b.x0-dx && c[0] <= b.x1+dx && c[1] >= b.y0-dy && c[1] <= b.y1+dy {
			near = append(near, s)
		}
	}
	if near == nil {
		return sites
	}
	return near
}

// frameFor fits the places around the outline; where they fill a good part of it, the outline.
func frameFor(sites []*site, outline shape) frame {
	sites = around(sites, outline)
	data, whole := emptyBox(), emptyBox()
	wrap := crosses(sites)
	put := func(b *box) func(point) {
		return func(p point) {
			if wrap && p[0] < 0 {
				p[0] += 360
			}
			b.add(p)
		}
	}
	for _, s := range sites {
		s.shape.each(put(&data))
	}
	outline.each(put(&whole))
	b := data
	switch {
	case b.empty() && whole.empty():
		b = box{-10, -10, 10, 10}
	case b.empty():
		b = whole
	case !whole.empty() && b.x1-b.x0 > 0.4*(whole.x1-whole.x0):
		b = box{min(b.x0, whole.x0), min(b.y0, whole.y0), max(b.x1, whole.x1), max(b.y1, whole.y1)}
	}
	return fit(b, wrap)
}

func crosses(sites []*site) bool {
	b := emptyBox()
	for _, s := range sites {
		s.shape.each(b.add)
	}
	return !b.empty() && b.x1-b.x0 > 180
}

// fit pads the box and brings it to a shape that suits a page.
func fit(b box, wrap bool) frame {
	shrink := max(0.05, math.Cos((b.y0+b.y1)/2*math.Pi/180))
	w, h := max((b.x1-b.x0)*1.06, 0.2), max((b.y1-b.y0)*1.06, 0.1)
	if h < 0.6*w*shrink {
		h = 0.6 * w * shrink
	}
	if w*shrink < h {
		w = h / shrink
	}
	f := frame{west: (b.x0+b.x1)/2 - w/2, north: (b.y0+b.y1)/2 + h/2, perX: mapWidth / w, wrap: wrap}
	f.perY = f.perX / shrink
	f.height = h * f.perY
	return f
}

// kmPerUnit is the ground length of one drawing unit on the middle parallel.
func (f frame) kmPerUnit() float64 { return 111.195 / f.perY }

func (m *chartOfPlaces) scale(f frame) {
	km := f.kmPerUnit()
	if length, whole := scaleBar(km); length > 0 {
		m.Bar, m.BarText = length, strconv.FormatFloat(whole, 'f', -1, 64)+" km"
	}
	m.Smallest = about(2 * smallest * km)
	m.CellText = about(cellSize * km)
}

// scaleBar is a bar of a round number of kilometres, no longer than a fifth of the map.
func scaleBar(kmPerUnit float64) (length, km float64) {
	for _, km := range []float64{1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5} {
		if km/kmPerUnit <= mapWidth/5 {
			return math.Round(km / kmPerUnit), km
		}
	}
	return 0, 0
}

func about(km float64) string {
	if km < 1 {
		return fmt.Sprintf("%.0f m", math.Round(km*100)*10)
	}
	return fmt.Sprintf("%.0f km", km)
}

func (m *chartOfPlaces) addPlaces(sites []*site, taken *room) {
	for i, s := range sites {
		p := placeView{I: i, Name: line(s.names[0]), More: len(s.names) - 1, Precision: ident(s.precision),
			Acts: s.acts, Line: len(s.shape.rings) == 0 && len(s.shape.lines) > 0}
		if !m.Dense {
			w := weight(s.shape)
			p.Path, p.Weight, p.Level = path(enlarged(s.shape), 0.5), strconv.FormatFloat(w, 'f', 4, 64), shade(w*float64(s.acts.All()))
		}
		c := centre(s.shape)
		p.X, p.Y = unit(c[0]), unit(c[1])
		m.Places = append(m.Places, p)
	}
	if !m.Dense {
		m.numberPlaces(sites, taken)
	}
	m.Drawn = slices.Clone(m.Places)
	sort.SliceStable(m.Drawn, func(i, j int) bool { return ground(sites[m.Drawn[i].I].shape) > ground(sites[m.Drawn[j].I].shape) })
	sort.SliceStable(m.Places, func(i, j int) bool { return m.Places[i].Acts.All() > m.Places[j].Acts.All() })
	m.Count = len(m.Places)
	m.Places = m.Places[:min(m.Count, mostPlaces)]
}

// numberPlaces writes how many acts a place holds, the largest first, where there is room.
func (m *chartOfPlaces) numberPlaces(sites []*site, taken *room) {
	order := make([]int, len(sites))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return sites[order[a]].acts.All() > sites[order[b]].acts.All() })
	for _, i := range order {
		if sites[i].acts.All() < 2 {
			return
		}
		m.numberPlace(&m.Places[i], sites[i].shape, taken)
	}
}

// numberPlace sets the number inside a wide extent and beside a small one.
func (m *chartOfPlaces) numberPlace(p *placeView, s shape, taken *room) {
	b, c := emptyBox(), centre(s)
	enlarged(s).each(b.add)
	w := 8 + 7*float64(len(number(p.Acts.All())))
	spots := []point{c}
	if half := (b.x1 - b.x0) / 2; half < 14 {
		side, above := half+w/2-1, (b.y1-b.y0)/2+7
		spots = []point{{c[0] + side, c[1]}, {c[0] - side, c[1]}, {c[0], c[1] - above}, {c[0], c[1] + above}}
	}
	for _, at := range spots {
		if p.Number, p.Big = taken.take(at, w, 13); p.Number {
			p.X, p.Y = unit(at[0]), unit(at[1])
			return
		}
	}
}

func (m *chartOfPlaces) addLabels(names []name, f frame, taken *room) {
	for _, n := range names {
		w := line(n.text)
		half := float64(len([]rune(w.Short))) * 3.4
		if n.at[0] < half || n.at[0] > mapWidth-half || n.at[1] < 12 || n.at[1] > f.height-8 {
			continue
		}
		if ok, big := taken.take(n.at, 2*half, 14); ok {
			m.Labels = append(m.Labels, label{X: unit(n.at[0]), Y: unit(n.at[1]), Text: w, Big: big})
		}
	}
}

// Unlisted is how many places the table leaves out.
func (m chartOfPlaces) Unlisted() int { return m.Count - len(m.Places) }

// room keeps labels apart, at normal size and at the double size of a narrow screen.
type room struct{ normal, double []box }

func (r *room) take(at point, w, h float64) (ok, big bool) {
	b := func(k float64) box { return box{at[0] - k*w/2, at[1] - k*h/2, at[0] + k*w/2, at[1] + k*h/2} }
	if meets(r.normal, b(1)) {
		return false, false
	}
	r.normal = append(r.normal, b(1))
	if big = !meets(r.double, b(2.2)); big {
		r.double = append(r.double, b(2.2))
	}
	return true, big
}

func meets(all []box, b box) bool {
	for _, o := range all {
		if o.x0 < b.x1 && b.x0 < o.x1 && o.y0 < b.y1 && b.y0 < o.y1 {
			return true
		}
	}
	return false
}

func centre(s shape) point {
	switch {
	case len(s.rings) > 0:
		return middle(largest(s.rings))
	case len(s.lines) > 0:
		return s.lines[0][len(s.lines[0])/2]
	case len(s.points) > 0:
		return s.points[0]
	}
	return point{}
}

// enlarged brings what would be too small to see to the size of the smallest mark.
func enlarged(s shape) shape {
	b := emptyBox()
	s.each(b.add)
	if b.empty() || max(b.x1-b.x0, b.y1-b.y0) >= 2*smallest {
		return s
	}
	return shape{rings: [][]point{circle(point{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2}, smallest)}}
}

func circle(at point, r float64) []point {
	var ring []point
	for i := 0; i <= 16; i++ {
		sin, cos := math.Sincos(float64(i%16) * math.Pi / 8)
		ring = append(ring, point{at[0] + r*cos, at[1] + r*sin})
	}
	return ring
}

// fullShade is the size of an extent, in square drawing units, up to which an act counts
// fully for the shade.
const fullShade = 600

// weight makes the shade of an extent tell how thickly acts lie in it, not how many it
// could hold: the less is known of the place, the fainter.
func weight(s shape) float64 { return min(1, fullShade/max(1, ground(s))) }

// ground is the size of a shape in square drawing units.
func ground(s shape) float64 {
	sum := 0.0
	for _, r := range s.rings {
		sum += area(r)
	}
	return sum
}

// shade is the step of darkness, 0 to 4. The page's script has the same rule.
func shade(acts float64) int {
	for i, least := range []float64{6, 2.5, 0.9, 0.2} {
		if acts >= least {
			return 4 - i
		}
	}
	return 0
}

// path writes a shape as SVG path data, thinned to what can be seen.
func path(s shape, tolerance float64) string {
	var b strings.Builder
	write := func(ps []point, end string) {
		for i, p := range thin(ps, tolerance) {
			b.WriteString([]string{"L", "M"}[bit(i == 0)] + unit(p[0]) + " " + unit(p[1]))
		}
		b.WriteString(end)
	}
	for _, r := range s.rings {
		write(r, "Z")
	}
	for _, l := range s.lines {
		write(l, "")
	}
	for _, p := range s.points {
		write(circle(p, smallest), "Z")
	}
	return b.String()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// unit writes a length with one decimal at most.
func unit(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }
