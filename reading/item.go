// Package reading reads accounts: prose, from which it takes who said what about whom,
// where and when, and offers draft reports. It never decides. Whatever it finds points at
// the exact bytes it rests on; what the text leaves open stays open; what is negated,
// hoped for, threatened or told in passing is no happening.
//
// [Open] turns a file into a clean text, [Rules] reads it by the tables in lexicon/, and
// [Remote] asks a language model and believes nothing that the text does not hold.
package reading

import (
	"context"
	"time"

	"truce"
)

// Span is the half-open range of bytes [From, To) of a reading's text.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Kind sorts items.
type Kind string

// The kinds of item.
const (
	// KindActor is a mention of a person, group, force or state: a name, a title or a pronoun.
	KindActor Kind = "actor"
	// KindPlace is a mention of a place. A country that stands for its government ("Moscow
	// said") is an actor.
	KindPlace Kind = "place"
	// KindTime says when: "Friday", "overnight", "since 2012", "at 14:30".
	KindTime Kind = "time"
	// KindQuantity is a number with what it counts, also a length of time: "at least 12
	// killed", "tens of thousands", "48-hour", "nine hours", "four-year". Its span holds the
	// number with its hedges ("at least", "more than") and, for a length of time, the unit.
	KindQuantity Kind = "quantity"
	// KindMeans is a weapon or an instrument.
	KindMeans Kind = "means"
	// KindAct is a word for a kind of conduct: "shelled", "surrender", "ceasefire".
	KindAct Kind = "act"
)

// Item is one thing found in the text. Text is the bytes of the span as they stand.
type Item struct {
	Kind Kind `json:"kind"`
	Span
	Text string `json:"text"`
	// Codes are the values it may have, best first: identifiers of actors of the register
	// ("?name" for one it does not know), codes of places, words of the trees of acts and
	// means. None means that nothing fits.
	Codes []string `json:"codes,omitempty"`
	// Name is what it is called in full: the person for "he" or "Mr Kerry", the place.
	Name string `json:"name,omitempty"`
	// Certain says that the codes, the time or the amount follow firmly from the text;
	// otherwise Why says what is open.
	Certain bool   `json:"certain"`
	Why     string `json:"why,omitempty"`
	// When is the time as an interval. It is nil for a relative time in an account without
	// a date.
	When *truce.When `json:"when,omitempty"`
	// Precision of a time: minute, hour, part-of-day, day, days, week, month, year, longer.
	Precision string `json:"precision,omitempty"`
	// Amount is the range of a quantity.
	Amount *Amount `json:"amount,omitempty"`
	// Counts says what a quantity counts: a word of the table counts.txt, such as killed,
	// injured, casualties, people, reached, displaced, strikes, shells, hours, days, years,
	// metres; empty if it is not known.
	Counts string `json:"counts,omitempty"`
	// Level of a place: country, governorate, district, settlement, quarter, site, region.
	Level string `json:"level,omitempty"`
	// Governorate is the area of the first level that a place lies in, if that is known.
	Governorate string `json:"governorate,omitempty"`
	// Part is the part of a place that is meant: "countryside", "northern countryside", "north of".
	Part string `json:"part,omitempty"`
	// Mood of an act; see Mood.
	Mood Mood `json:"mood,omitempty"`
}

// Amount is a number known to lie between Low and High, both included. High is nil where
// the text sets no upper end ("over one million"), Low where it sets no lower one.
type Amount struct {
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// Mood says whether an act is told as a fact.
type Mood string

// The moods.
const (
	Fact      Mood = "fact"      // told as having happened or going on
	Denied    Mood = "not"       // said not to have happened: negated, failed, refused
	Hoped     Mood = "hoped"     // wanted, sought, tried, proposed, called for
	If        Mood = "if"        // under a condition
	Future    Mood = "future"    // to come: planned, promised, threatened
	History   Mood = "history"   // long before the account, told in passing
	Summary   Mood = "summary"   // added up over time or places; nothing single
	Mentioned Mood = "mentioned" // spoken of, without being told to have happened
)

// Stance is what a speaker does with what is said.
type Stance string

// The stances.
const (
	Asserts   Stance = "asserts"
	Denies    Stance = "denies"
	Accuses   Stance = "accuses"
	Announces Stance = "announces"
	Promises  Stance = "promises"
	Threatens Stance = "threatens"
	Agrees    Stance = "agrees"
	Doubts    Stance = "doubts"
	Calls     Stance = "calls" // asks, urges, demands
)

// Voice is somebody who speaks or is spoken to.
type Voice struct {
	Span
	Text  string   `json:"text"`
	Codes []string `json:"codes,omitempty"`
	Name  string   `json:"name,omitempty"`
	// Certain says that it is firmly known who is meant.
	Certain bool `json:"certain"`
}

// Statement is something that somebody said, in whose words it may be.
type Statement struct {
	Span                  // the whole of it, speaker and what is said
	Said      Span        `json:"said"`              // what is said
	Speaker   *Voice      `json:"speaker,omitempty"` // nil: the text names none
	Addressee *Voice      `json:"addressee,omitempty"`
	Verb      string      `json:"verb"` // the word that makes it a statement, "" for bare quotation
	Stance    Stance      `json:"stance"`
	Quoted    bool        `json:"quoted"`           // in the speaker's own words
	Own       bool        `json:"own,omitempty"`    // the account's own assertion
	Within    bool        `json:"within,omitempty"` // told inside somebody else's statement
	When      *truce.When `json:"when,omitempty"`   // of the speaking
	About     []string    `json:"about,omitempty"`  // topics.txt, sorted
}

// Happening is one act told as a fact, as a draft report in the record's own form.
type Happening struct {
	Span         // the sentence or clause it rests on
	Act   int    `json:"act"` // index of the act among the items
	Title string `json:"title"`
	// By is who tells it: empty for the account itself.
	By string `json:"by,omitempty"`
	// Items are the indices of the items it was made of, sorted.
	Items  []int        `json:"items"`
	Report truce.Report `json:"report"`
	// Open names the facts that the text leaves open.
	Open []string `json:"open,omitempty"`
}

// Claim is a summary: a claim about many acts, never an incident.
type Claim struct {
	Span
	Text string `json:"text"`
	Why  string `json:"why"`
	By   string `json:"by,omitempty"` // who says so; empty for the account itself
}

// Doubt is a place where the text itself is probably not what was meant. It is shown,
// never mended.
type Doubt struct {
	Span
	Text    string `json:"text"`
	Perhaps string `json:"perhaps,omitempty"` // what may have been meant
	Why     string `json:"why"`
}

// Account is what is known of a text before it is read.
type Account struct {
	// Date is the day of the account, any instant of it; zero if nobody knows it, and then
	// relative times stay open.
	Date time.Time
	// Zone is that of relative times and of days; nil is the zone of Date.
	Zone   *time.Location
	Outlet string
	Title  string
	// At is where the text was found: a file, and an entry or page in it.
	At string
}

// Reading is all that was found in one text.
type Reading struct {
	At     string `json:"at,omitempty"`
	Outlet string `json:"outlet,omitempty"`
	Title  string `json:"title,omitempty"`
	// Date is the account's day, such as 2016-08-26; empty if it is not known.
	Date string `json:"date,omitempty"`
	Zone string `json:"zone,omitempty"`
	// Reader names what read it: "rules", or "model" and its name.
	Reader string `json:"reader"`
	// Hash is the SHA-256 of Text, in hexadecimal.
	Hash string `json:"hash"`
	// Text is the cleaned text that every span points into.
	Text       string      `json:"content"`
	Language   string      `json:"language,omitempty"` // en, ar, ru: of most of the words
	Sentences  []Span      `json:"sentences"`
	Items      []Item      `json:"items"` // by From, To and Kind
	Statements []Statement `json:"statements"`
	Happenings []Happening `json:"happenings"`
	Claims     []Claim     `json:"claims"`
	Doubts     []Doubt     `json:"doubts"`
	// Notes say what could not be done, and why.
	Notes []string `json:"notes,omitempty"`
	// Dropped counts what a model gave that the text does not hold.
	Dropped int `json:"dropped,omitempty"`
}

// Reader reads a text.
type Reader interface {
	Read(ctx context.Context, text string, a Account) (Reading, error)
}
