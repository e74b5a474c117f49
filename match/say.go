package match

import (
	"fmt"
	"math"
	"strconv"
)

// Say says a part in plain words: "2.1 km apart within an extent of 5 km". Empty is no evidence.
func (p Part) Say() string {
	switch {
	case p.Level == 0:
		return ""
	case p.Feature == Time:
		return p.sayTime()
	case p.Feature == Place:
		return p.sayPlace()
	case p.Feature == Text:
		return fmt.Sprintf("%s (%.0f %% of the words)", sayings[Text][p.Level], 100*p.Amount)
	case (p.Feature == Killed || p.Feature == Injured) && p.Level >= NearToll:
		return fmt.Sprintf("%s %s", p.Feature, fmt.Sprintf(sayings[Killed][p.Level], number(p.Amount)))
	case p.Feature == Killed || p.Feature == Injured:
		return fmt.Sprintf("%s: %s", p.Feature, sayings[Killed][p.Level])
	}
	return sayings[p.Feature][p.Level]
}

// Key identifies what a part says, for doors that have words of their own: "place: 2 km".
func (p Part) Key() string {
	if p.Level == 0 {
		return ""
	}
	return names[p.Feature][0] + ": " + names[p.Feature][p.Level]
}

// Speaks reports whether a part says anything for or against.
func (p Part) Speaks() bool { return p.Level > 0 }

func (p Part) sayTime() string {
	switch p.Level {
	case SameHour:
		return "within an hour of each other"
	case SomeDay:
		return fmt.Sprintf("one lies in the other's span of %s, which may be any day of it", days(p.Of))
	case EveryDay:
		return fmt.Sprintf("one lies in %s through which the other lasted", days(p.Of))
	case HoursApart:
		return fmt.Sprintf("%s hours apart", number(p.Amount))
	case OneWeek, Later:
		return fmt.Sprintf("%s apart", days(p.Amount))
	}
	return sayings[Time][p.Level]
}

// days writes hours as days; without end is said so.
func days(hours float64) string {
	if math.IsInf(hours, 0) {
		return "open length"
	}
	n := inDays(hours)
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func inDays(hours float64) int { return int(max(1, math.Round(hours/24))) }

// samePoint is how many kilometres are none to people: they would be written as 0.
const samePoint = 0.05

func (p Part) sayPlace() string {
	within := ""
	switch {
	case p.Of < samePoint:
	case p.Amount <= p.Of || p.Level == InExtent || p.Level == InRegion:
		within = fmt.Sprintf(" within an extent of %s km", number(p.Of))
	default:
		within = fmt.Sprintf(", the wider extent is %s km", number(p.Of))
	}
	if p.Amount < samePoint {
		return "the same point" + within
	}
	return number(p.Amount) + " km apart" + within
}

// number writes what people read: one place below ten, none above.
func number(x float64) string {
	if math.Abs(x) < 9.95 {
		return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

// sayings are the words for levels that need no numbers.
var sayings = [features]map[Level]string{
	Time:      {SameDay: "same day", SameSpan: "the spans of both overlap", NextDay: "a day apart", TwoDays: "two days apart"},
	PlaceName: {SameName: "the same name of the place", SharedName: "the names of the places share a word", LikeName: "the names of the places are alike", OtherName: "other names of the place"},
	Told:      {ToldWhole: "the words of one name the place of the other", ToldPart: "the words of one name a part of the other's place"},
	Act:       {SameWord: "the same act", WiderWord: "one names the act more widely", SisterWord: "related acts", OtherWord: "other acts"},
	Means:     {SameWord: "the same means", WiderWord: "one names the means more widely", SisterWord: "related means", OtherWord: "other means"},
	By:        {SameActor: "an actor in common", KinActor: "actors of whom one is part of the other", TiedActor: "actors allied to each other", OtherActor: "other actors"},
	Against:   {SameActor: "against the same", KinActor: "against two of whom one is part of the other", TiedActor: "against two allied to each other", OtherActor: "against others"},
	Killed: {SameToll: "the same numbers", SmallToll: "the same small numbers", SharedEnd: "one end the same", Overlap: "the numbers overlap",
		NearToll: "%s times as many", FarToll: "%s times as many", OtherToll: "%s times as many"},
	Text: {SameText: "nearly the same text", LikeText: "much of the text alike", SomeText: "some words alike", OtherText: "other words"},
}

// silences are said where one account lacks a fact.
var silences = [features]string{Time: "one states no time", Place: "one states no place", By: "one names no actor", Killed: "one states no toll"}

// Reasons says all parts in words, the ones that speak first, then what is missing.
func (c *Comparison) Reasons() []string {
	var out []string
	for _, p := range c.Parts {
		if s := p.Say(); s != "" {
			out = append(out, s)
		}
	}
	for f, p := range c.Parts {
		if p.Level == 0 && silences[f] != "" {
			out = append(out, silences[f])
		}
	}
	return out
}
