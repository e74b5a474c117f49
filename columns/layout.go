package columns

import (
	"strings"

	"truce"
)

// column is what a field of the file holds.
type column uint8

const (
	skipped column = iota
	colID
	colFrom
	colTo
	colFromPrec
	colLat
	colLon
	colWherePrec
	colA
	colB
	colMeans
	colDeaths
	colLow
	colHigh
	colCivilians
	colSource
	colText
	columnCount
)

// name is the column's name in the header line.
func (c column) name() string {
	return [columnCount]string{"", "id", "date_start", "date_end", "date_prec", "lat", "lon", "where_prec",
		"actor_a", "actor_b", "means", "deaths", "deaths_low", "deaths_high", "civilians", "source", "text"}[c]
}

// wants says what a field of the column must look like.
func (c column) wants() string {
	switch c {
	case colFrom, colTo:
		return "a day as yyyy-mm-dd, or nothing"
	case colLat:
		return "degrees from -90 to 90, or nothing"
	case colLon:
		return "degrees from -180 to 180, or nothing"
	case colFromPrec, colWherePrec:
		return "a code from 1 to 255, or nothing"
	}
	return "a whole number of at most nine digits, or nothing"
}

// layoutOf reads the header line. Columns may stand in any order; names it does not
// know are skipped.
func layoutOf(header []string) ([]column, error) {
	layout := make([]column, len(header))
	var seen [columnCount]bool
	for i, name := range header {
		for c := colID; c < columnCount; c++ {
			if name != c.name() {
				continue
			}
			if seen[c] {
				return nil, headerError("the column " + name + " stands twice")
			}
			layout[i], seen[c] = c, true
		}
	}
	var missing []string
	for c := colID; c < columnCount; c++ {
		if !seen[c] {
			missing = append(missing, c.name())
		}
	}
	if missing != nil {
		return nil, headerError("columns missing: " + strings.Join(missing, ", "))
	}
	return layout, nil
}

func headerError(msg string) error {
	return &truce.Error{Kind: truce.Invalid, At: "line 1", Msg: msg,
		Hint: "the first line names the columns, such as id,date_start,date_end"}
}
