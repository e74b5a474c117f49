package columns

import (
	"math"
	"slices"
)

// Steps gives classes to the days of a fact whose meaning changes on some days, for each
// code of a dictionary: which parties an actor is in, day by day. Without codes, use code 0.
type Steps struct {
	first []uint32 // for each code, its first class; one more at the end
	// begin is the first day of each class; of a code's first class it is the least number.
	begin []int32
}

// NewSteps makes classes from the days on which the meaning of each code changes. A code
// with n different days has n+1 classes; the first holds all days before them.
func NewSteps(changes [][]int32) *Steps {
	s := &Steps{first: []uint32{0}}
	for _, c := range changes {
		days := slices.Clone(c)
		slices.Sort(days)
		s.begin = append(append(s.begin, math.MinInt32), slices.Compact(days)...)
		s.first = append(s.first, uint32(len(s.begin)))
	}
	return s
}

// Len is the number of classes.
func (s *Steps) Len() int { return len(s.begin) }

// Class returns the class of a code on a day.
func (s *Steps) Class(code uint32, day int32) uint32 {
	c, end := s.first[code], s.first[code+1]
	after := uint32(0)
	for _, d := range s.begin[c+1 : end] {
		after += uint32(uint64(int64(d)-int64(day)-1) >> 63) // 1 if d <= day, without a branch
	}
	return c + after
}

// Each calls f with every class, its code and a day that belongs to it.
func (s *Steps) Each(f func(class, code uint32, day int32)) {
	for code := range len(s.first) - 1 {
		for c := s.first[code]; c < s.first[code+1]; c++ {
			day := s.begin[c]
			switch {
			case c > s.first[code]:
			case c+1 < s.first[code+1]:
				day = s.begin[c+1] - 1
			default:
				day = 0
			}
			f(c, uint32(code), day)
		}
	}
}

// Days is Steps for one code with a table, for facts that change on many days.
type Days struct {
	from  int32
	class []uint32
}

// NewDays makes classes from the days on which a meaning changes.
func NewDays(changes []int32) *Days {
	s := NewSteps([][]int32{changes})
	d := &Days{class: []uint32{0}}
	if n := s.Len(); n > 1 {
		d.from = s.begin[1] - 1
		d.class = make([]uint32, s.begin[n-1]-d.from+1)
	}
	for i := range d.class {
		d.class[i] = s.Class(0, d.from+int32(i))
	}
	return d
}

// Len is the number of classes.
func (d *Days) Len() int { return int(d.class[len(d.class)-1]) + 1 }

// Class returns the class of a day.
func (d *Days) Class(day int32) uint32 {
	i := int(day) - int(d.from)
	return d.class[min(max(i, 0), len(d.class)-1)]
}

// Each calls f with every class and a day that belongs to it.
func (d *Days) Each(f func(class uint32, day int32)) {
	for i, c := range d.class {
		if i == 0 || c != d.class[i-1] {
			f(c, d.from+int32(i))
		}
	}
}
