package screen

import (
	"slices"
	"strconv"

	"truce/desk"
	"truce/figures"
)

// DaysView is the list of the mission's reporting days, one month at a time.
type DaysView struct {
	// Month is the one shown, as 2016-04, and Months all of the period.
	Month  string
	Months []DayMonth
	Cut    string // the hour at which a day begins
	Zone   string
	Lines  []DaysLine // of the month, in order
	// Told are the frozen reports, of whatever month, of which a figure has changed since.
	Told   []DayTold
	Frozen int // how many reports are frozen
	Empty  bool
	// Before is the day before those that are shown, where the record is too large for all days
	// of a month to be looked at together.
	Before string
}

// DayMonth is a month in the list of months. Number is 1 for January.
type DayMonth struct {
	Month  string
	Year   string
	Number int
	Now    bool
}

// Words is the name of the month's words.
func (m DayMonth) Words() string { return "month." + strconv.Itoa(m.Number) }

// DaysLine is one reporting day.
type DaysLine struct {
	Day       string
	Begun     bool
	Minutes   int // how long it is
	Hours     int
	Incidents DayNumber
	Violation DayNumber
	Open      DayNumber
	Killed    DayNumber
	Without   DayNumber
	Windows   int
	Frozen    []DayTold
}

// NewDays makes the list. month is as 2016-04; one that is not in the period is Invalid, and
// empty is the last month in which anything is known to have happened.
func NewDays(s *desk.Sight, days []desk.DayLine, month, asOf string) (DaysView, error) {
	m := s.Result.Mission
	v := DaysView{Month: month, Cut: days[0].Span.From.Format("15:04"), Zone: m.Zone.String()}
	if m.Cut == 0 {
		v.Cut = "00:00"
	}
	last := ""
	for _, d := range days {
		of := d.Span.Day[:7]
		if n := len(v.Months); n == 0 || v.Months[n-1].Month != of {
			v.Months = append(v.Months, monthOf(d.Span.Day))
		}
		if d.Begun && d.Figures.Incidents.Sure > 0 || last == "" {
			last = of
		}
	}
	if v.Month == "" {
		v.Month = last
	}
	if s.Part != nil {
		v.around(s.Part)
	}
	k := slices.IndexFunc(v.Months, func(x DayMonth) bool { return x.Month == v.Month })
	if k < 0 {
		return v, wrong("month", "this is no month of the mission's period", "a month such as "+last)
	}
	v.Months[k].Now = true
	for _, d := range days {
		line := v.line(m, d, asOf)
		v.Frozen += len(line.Frozen)
		for _, t := range line.Frozen {
			if len(t.Changes) > 0 || !t.Same {
				v.Told = append(v.Told, t)
			}
		}
		if d.Span.Day[:7] == v.Month {
			v.Lines = append(v.Lines, line)
		}
	}
	return v, nil
}

// monthOf is the month of a day.
func monthOf(day string) DayMonth {
	number, _ := strconv.Atoi(day[5:7])
	return DayMonth{Month: day[:7], Year: day[:4], Number: number}
}

// around adds the months beside those of a part, which does not know where the whole begins and
// ends.
func (v *DaysView) around(p *desk.Part) {
	v.Before = figures.Shift(p.From, -1)
	first, last := v.Months[0].Month, v.Months[len(v.Months)-1].Month
	before, after := figures.Shift(first+"-01", -1), figures.Shift(last+"-28", 4)
	v.Months = slices.Concat([]DayMonth{monthOf(before)}, v.Months, []DayMonth{monthOf(after)})
}

func (v *DaysView) line(m *desk.Mission, d desk.DayLine, asOf string) DaysLine {
	day := DayView{DayAsk: DayAsk{AsOf: asOf, Mission: m}, Span: d.Span}
	f := d.Figures
	out := DaysLine{Day: d.Span.Day, Begun: d.Begun, Minutes: d.Span.Minutes, Hours: d.Span.Minutes / 60, Incidents: day.number(f.Incidents), Violation: day.number(f.Violation),
		Open: day.number(f.Undetermined), Killed: day.people(f.Killed), Without: day.number(f.Killed.Without), Windows: len(d.Windows)}
	for _, n := range d.Releases {
		out.Frozen = append(out.Frozen, day.told(n))
	}
	return out
}
