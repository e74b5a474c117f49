package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"truce"
)

// squareAt is a square of so many degrees with its south-west corner at a point.
func squareAt(lon, lat, side float64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}`,
		lon, lat, lon+side, lat, lon+side, lat+side, lon, lat+side, lon, lat))
}

func TestASheetIsDrawnAgainAndAgain(t *testing.T) {
	outline := squareAt(36, 33, 4)
	s, err := NewSheet(outline, nil, []json.RawMessage{squareAt(36, 33, 4), squareAt(37, 36, 0.01), squareAt(-74, 40, 0.1)})
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Draw([]Marks{{}, {}, {}}); d.Shown != 0 || d.Spots != nil || d.Cells != nil {
		t.Errorf("nothing is drawn as %+v", d)
	}
	d := s.Draw([]Marks{{Other: 3}, {Violation: 1, Undetermined: 1}, {Undetermined: 1}})
	if d.Shown != 3 || d.Beyond != 1 { // the one far away is off the drawing, and said to be
		t.Errorf("%d shown, %d beyond", d.Shown, d.Beyond)
	}
	if d.Spots[0].Place != 0 || d.Spots[0].All() != 3 {
		t.Errorf("the widest is not drawn first: %+v", d.Spots)
	}
	if wide, small := d.Spots[0], d.Spots[len(d.Spots)-1]; wide.Shade >= small.Shade && wide.Shade > 0 {
		t.Errorf("a wide extent is as dark (%d) as a small one (%d)", wide.Shade, small.Shade)
	}
	if again := s.Draw([]Marks{{}, {Violation: 1}, {}}); again.Shown != 1 || again.Spots[0].Place != 1 || again.Spots[0].Violation != 1 {
		t.Errorf("%+v", again)
	}
	path, err := s.Path(outline)
	if err != nil || path != s.Outline || !strings.HasPrefix(path, "M") {
		t.Errorf("%v %s, not %s", err, path, s.Outline)
	}
}

// TestTooManyPlacesAreSpread: each act weighs as much as any other, however wide its extent.
func TestTooManyPlacesAreSpread(t *testing.T) {
	var places []json.RawMessage
	var marks []Marks
	for i := range manyPlaces + 1 {
		places = append(places, squareAt(36+float64(i%20)*0.2, 33+float64(i/20)*0.2, 0.1))
		marks = append(marks, Marks{Undetermined: 1})
	}
	s, err := NewSheet(squareAt(36, 33, 4), nil, places)
	if err != nil {
		t.Fatal(err)
	}
	d := s.Draw(marks)
	if d.Spots != nil || len(d.Cells) == 0 || d.Shown != manyPlaces+1 {
		t.Errorf("%d spots, %d cells", len(d.Spots), len(d.Cells))
	}
	for i, spread := range s.spread {
		sum := 0.0
		for k := 1; k < len(spread); k += 2 {
			sum += spread[k]
		}
		if sum < 0.99 || sum > 1.01 {
			t.Errorf("place %d weighs %g", i, sum)
		}
	}
	few := append(append([]Marks{}, marks[:5]...), make([]Marks, len(marks)-5)...)
	if d := s.Draw(few); len(d.Spots) != 5 || d.Cells != nil {
		t.Errorf("five places are drawn as %d spots and %d cells", len(d.Spots), len(d.Cells))
	}
}

func TestASheetOfWhatIsNoGround(t *testing.T) {
	var e *truce.Error
	for _, bad := range []string{`{"type":"Point","coordinates":[200,0]}`, `{"type":"Nothing"}`, `[`} {
		if _, err := NewSheet(json.RawMessage(bad), nil, nil); !errors.As(err, &e) || e.Kind != truce.Invalid {
			t.Errorf("outline %s: %v", bad, err)
		}
		if _, err := NewSheet(nil, nil, []json.RawMessage{json.RawMessage(bad)}); !errors.As(err, &e) || e.Kind != truce.Invalid {
			t.Errorf("place %s: %v", bad, err)
		}
	}
	s, err := NewSheet(nil, nil, nil)
	if err != nil || s.Width == 0 || s.Height == 0 || s.Bar == 0 {
		t.Errorf("%v: an empty sheet is %g by %g", err, s.Width, s.Height)
	}
}
