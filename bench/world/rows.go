package world

import (
	"math"
	"strconv"
)

// Row is one incident report. None stands for what the report does not say.
type Row struct {
	ID         int
	Start, End Day
	DatePrec   int
	At         Point
	WherePrec  int
	A, B       int // actors
	Means      int
	Deaths     int
	Low, High  int
	Civilians  int
	Source     int
	Words      []uint8
	// Truth is the row this one reports again, or None.
	Truth int
}

// How far back a row may report another one again, and how often that happens.
const (
	repeatBack    = 4000
	repeatPercent = 18
)

// Row makes row i, without the rows before it.
func (w *World) Row(i int) Row {
	origin := w.origin(i)
	row := w.firstReport(origin)
	row.ID, row.Truth = i, None
	if origin != i {
		w.repeat(&row, i)
		row.Truth = origin
	}
	return row
}

// origin follows reports of reports to the first one.
func (w *World) origin(i int) int {
	for {
		r := newRandom(w.Seed, forRepeats, uint64(i))
		if !r.chance(repeatPercent) || i == 0 {
			return i
		}
		i -= 1 + r.below(min(i, repeatBack))
	}
}

func (w *World) firstReport(i int) Row {
	r := newRandom(w.Seed, forRows, uint64(i))
	row := Row{Source: r.below(40)}
	row.Start, row.End, row.DatePrec = days(&r)
	row.At = w.place(&r)
	row.WherePrec = wherePrec(&r)
	row.A, row.B = w.actor(&r), w.actor(&r)
	row.Means = None
	if !r.chance(8) {
		row.Means = powerLaw(&r, meansCount)
	}
	casualties(&r, &row)
	row.Words = make([]uint8, r.from(8, 27))
	for k := range row.Words {
		row.Words[k] = uint8(r.below(wordCount))
	}
	return row
}

func days(r *random) (start, end Day, precision int) {
	d := Day(float64(LastDay-FirstDay) * math.Pow(r.unit(), 0.8))
	if r.chance(30) {
		d = min(d-d%97+Day(r.below(9)), LastDay-FirstDay-1)
	}
	start = FirstDay + d
	if r.chance(15) {
		return start, start + Day(r.from(1, 30)), r.from(2, 4)
	}
	return start, start, 1
}

func (w *World) place(r *random) Point {
	switch n := r.below(100); {
	case n < 55:
		u := r.unit()
		s := w.spots[int(float64(len(w.spots))*u*u)]
		return offset(s.at, s.sd*r.normal(), s.sd*r.normal()).point()
	case n < 85:
		line := w.Zones[FirstCorridor+r.below(ZoneCount-FirstCorridor)].Line
		k, t := r.below(len(line)-1), r.unit()
		a, b := line[k].planar(), line[k+1].planar()
		return offset(planar{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)}, 3*r.normal(), 3*r.normal()).point()
	}
	return planar{r.between(west, east), r.between(south, north)}.point()
}

func wherePrec(r *random) int {
	switch n := r.below(100); {
	case n < 55:
		return 1
	case n < 75:
		return 2
	case n < 85:
		return 3
	case n < 95:
		return 4
	}
	return r.from(5, 7)
}

func (w *World) actor(r *random) int {
	if r.chance(6) {
		return None
	}
	return powerLaw(r, actorCount)
}

func casualties(r *random, row *Row) {
	row.Deaths, row.Low, row.High, row.Civilians = None, None, None, None
	if r.chance(10) {
		return
	}
	u := r.unit()
	row.Deaths = min(199, int(1/(1-u*0.999)-1))
	row.Low = row.Deaths - r.below(row.Deaths/2+1)
	row.High = row.Deaths + r.below(row.Deaths+2)
	row.Civilians = r.below(row.Deaths + 1)
}

// repeat changes a first report into another source's account of it.
func (w *World) repeat(row *Row, i int) {
	r := newRandom(w.Seed, forRows, uint64(i))
	row.Source = r.below(40)
	if r.chance(40) {
		shift := Day(r.from(-1, 1))
		row.Start, row.End = row.Start+shift, row.End+shift
	}
	row.At = offset(row.At.planar(), r.normal(), r.normal()).point()
	if r.chance(10) {
		switch r.below(3) {
		case 0:
			row.A = None
		case 1:
			row.B = None
		default:
			row.Means = None
		}
	}
	if row.Deaths != None && r.chance(30) {
		more := r.from(1, 3)
		row.Deaths, row.High = row.Deaths+more, row.High+more
	}
	words := make([]uint8, len(row.Words))
	for k, word := range row.Words {
		if r.chance(15) {
			word = uint8(r.below(wordCount))
		}
		words[k] = word
	}
	row.Words = words
}

// Header is the first line of the incident file.
const Header = "id,date_start,date_end,date_prec,lat,lon,where_prec,actor_a,actor_b,means," +
	"deaths,deaths_low,deaths_high,civilians,source,text,truth\n"

// AppendCSV appends the row as one CSV record.
func (w *World) AppendCSV(b []byte, row Row) []byte {
	b = appendInt(b, row.ID)
	b = append(appendDay(b, row.Start), ',')
	b = append(appendDay(b, row.End), ',')
	b = appendInt(b, row.DatePrec)
	b = append(appendDegrees(b, row.At.Lat), ',')
	b = append(appendDegrees(b, row.At.Lon), ',')
	b = appendInt(b, row.WherePrec)
	b = appendName(b, w.Actors, row.A)
	b = appendName(b, w.Actors, row.B)
	b = appendName(b, w.Means, row.Means)
	b = appendInt(b, row.Deaths)
	b = appendInt(b, row.Low)
	b = appendInt(b, row.High)
	b = appendInt(b, row.Civilians)
	b = append(b, "source-"...)
	b = appendInt(b, row.Source)
	b = append(w.appendText(b, row), ',')
	if row.Truth != None {
		b = strconv.AppendInt(b, int64(row.Truth), 10)
	}
	return append(b, '\n')
}

func appendInt(b []byte, n int) []byte {
	if n != None {
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, ',')
}

func appendName(b []byte, names []string, n int) []byte {
	if n != None {
		b = append(b, names[n]...)
	}
	return append(b, ',')
}

// appendDay writes yyyy-mm-dd; the years of the world have four digits.
func appendDay(b []byte, d Day) []byte {
	y, m, day := d.Civil()
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// Civil returns the day's date in the Gregorian calendar.
func (d Day) Civil() (year, month, day int) {
	// Count from 1 March of year 0, so that the leap day is a year's last.
	n := int(d) + 719468
	era := n / 146097
	n -= era * 146097
	y := (n - n/1460 + n/36524 - n/146096) / 365
	n -= 365*y + y/4 - y/100
	m := (5*n + 2) / 153
	day = n - (153*m+2)/5 + 1
	year = y + era*400
	if m += 3; m > 12 {
		m, year = m-12, year+1
	}
	return year, m, day
}

func appendDegrees(b []byte, micro int32) []byte {
	if micro < 0 {
		b, micro = append(b, '-'), -micro
	}
	b = append(strconv.AppendInt(b, int64(micro/1e6), 10), '.')
	for unit := int32(1e5); unit > 0; unit /= 10 {
		b = append(b, byte('0'+micro/unit%10))
	}
	return b
}

// appendText writes the words. An eighth of the texts hold commas, a sixteenth doubled
// quotes and one in 64 a newline; those are quoted.
func (w *World) appendText(b []byte, row Row) []byte {
	h := mix(uint64(row.ID) + w.Seed)
	comma, quote, newline := h&7 == 0, h>>3&15 == 0, h>>7&63 == 0
	quoted := comma || quote || newline
	if quoted {
		b = append(b, '"')
	}
	for k, word := range row.Words {
		switch {
		case k == 0:
		case newline && k == len(row.Words)/2:
			b = append(b, '\n')
		case comma && k%5 == 0:
			b = append(b, ", "...)
		default:
			b = append(b, ' ')
		}
		if quote && k == 2 {
			b = append(append(append(b, `""`...), w.words[word]...), `""`...)
			continue
		}
		b = append(b, w.words[word]...)
	}
	if quoted {
		b = append(b, '"')
	}
	return b
}
