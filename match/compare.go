package match

import "math"

// Feature is a kind of evidence.
type Feature uint8

// The features, in the order in which they are told.
const (
	Time Feature = iota
	Place
	PlaceName
	Told
	Act
	Means
	By
	Against
	Killed
	Injured
	Text
	features
)

// String returns the feature's name in files of weights.
func (f Feature) String() string { return names[f][0] }

// Level is how a feature of two accounts lies to each other; lower is closer. 0 is no evidence: one of
// them does not say.
type Level uint8

// Levels of Time.
const (
	SameHour   Level = iota + 1 // both known to two hours, at most one apart
	SameDay                     // both known to a day, and they overlap
	SomeDay                     // one lies in the other's span, which may be any day of it
	EveryDay                    // one lies in a span through which the other lasted
	SameSpan                    // both are spans of days that overlap
	HoursApart                  // both known to two hours, more than one apart within a day
	NextDay                     // less than a day between them
	TwoDays
	OneWeek
	Later
)

// Levels of Place, of extents up to 12 km by the distance of their middles, else by the extent.
const (
	Spot Level = iota + 1 // 250 m
	Km1
	Km2
	Km4
	Km8
	Km16
	Km32
	InExtent  // the extents meet, one is wider than 12 km
	InRegion  // the extents meet, one is wider than 60 km
	ByExtent  // within 16 km of the wide extent
	Elsewhere // farther
)

// Levels of PlaceName, Told, Act and Means, By and Against.
const (
	SameName Level = iota + 1
	SharedName
	LikeName
	OtherName

	ToldWhole Level = iota - 3 // the words of one hold the whole name of the other's place
	ToldPart                   // that neither does says nothing: an account need not name its place

	SameWord Level = iota - 5
	WiderWord
	SisterWord
	OtherWord

	SameActor Level = iota - 9
	KinActor        // by the register: part of, member, renamed
	TiedActor       // allied or supporting
	OtherActor
)

// Levels of Killed and Injured, and of Text.
const (
	SameToll  Level = iota + 1 // the same range, of five or more
	SmallToll                  // the same range, of fewer
	SharedEnd
	Overlap
	NearToll // less than twice
	FarToll  // less than four times
	OtherToll

	SameText Level = iota - 6
	LikeText
	SomeText
	OtherText
)

// names are the features and their levels in files of weights; a level 0 has none.
var names = [features][]string{
	Time:      {"time", "same hour", "same day", "some day of a span", "every day of a span", "two spans", "hours apart", "next day", "two days", "a week", "later"},
	Place:     {"place", "250 m", "1 km", "2 km", "4 km", "8 km", "16 km", "32 km", "in a wide extent", "in a region", "near a wide extent", "elsewhere"},
	PlaceName: {"place name", "same", "shares a word", "alike", "other"},
	Told:      {"told", "whole name", "part of the name"},
	Act:       {"act", "same", "wider", "sister", "other"},
	Means:     {"means", "same", "wider", "sister", "other"},
	By:        {"by", "same", "kin", "tied", "other"},
	Against:   {"against", "same", "kin", "tied", "other"},
	Killed:    {"killed", "same", "same, under five", "one end same", "overlap", "under twice", "under four times", "more"},
	Injured:   {"injured", "same", "same, under five", "one end same", "overlap", "under twice", "under four times", "more"},
	Text:      {"text", "nearly the same", "much alike", "some words", "other"},
}

// Part is one piece of evidence.
type Part struct {
	Feature Feature
	Level   Level
	// Weight is what it adds to the log-odds; 0 where there is no evidence.
	Weight float64
	// Amount and Of are the numbers behind it: hours between and the wider interval's; km
	// between and the wider radius; how many times one toll is the other; the share of words.
	Amount, Of float64
}

// Comparison is all that speaks for and against two accounts being of one happening.
type Comparison struct {
	Parts [features]Part
	// LogOdds is the prior and the weights of the parts added up.
	LogOdds float64
}

// Probability is what the log-odds come to, from 0 to 1.
func (c *Comparison) Probability() float64 { return Probability(c.LogOdds) }

// Probability turns log-odds into a probability.
func Probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// Compare holds two accounts against each other. It is symmetric.
func (m *Matcher) Compare(a, b *Account) Comparison {
	var c Comparison
	p := &c.Parts
	compareTime(a, b, &p[Time])
	comparePlace(a, b, &p[Place])
	compareNames(a, b, &p[PlaceName])
	compareTold(a, b, &p[Told])
	m.compareActs(a, b, &p[Act])
	m.compareMeans(a, b, &p[Means])
	m.compareBy(a, b, &p[By])
	m.compareAgainst(a, b, &p[Against])
	compareKilled(a, b, &p[Killed])
	compareInjured(a, b, &p[Injured])
	compareText(a, b, &p[Text])
	c.LogOdds = m.table.prior
	for f := range p {
		p[f].Feature = Feature(f)
		p[f].Weight = m.table.of[f][p[f].Level]
		c.LogOdds += p[f].Weight
	}
	return c
}
