package screen

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"truce"
	"truce/desk"
)

// Calming is the page of calls, questions and protests, of all cases.
type Calming struct {
	Fires    []Work // fire that goes on
	Requests []CalmingRequest
	Protests []CalmingProtest
	Lines    []CalmingLine
	Parties  []Offer
	Clauses  []VerifyClause
	Once     string
	Now      time.Time
	// MayCall: whoever asks calls and asks for the mission; MayFile: files protests and replies.
	MayCall, MayFile bool
	Party            string // of whoever asks
	Langs            []Offer
}

// CalmingRequest is a question to a party, with its replies.
type CalmingRequest struct {
	Work
	Late    bool
	Replies []Work
}

// CalmingProtest is a protest beside the replies to it.
type CalmingProtest struct {
	Work
	Replies []Work
}

// CalmingLine is a contact line with those that stand in for it.
type CalmingLine struct {
	Work
	Stale   bool // it was never tested, or not for long
	StandIn []Work
}

// CalmingAsk is what the pages are made from.
type CalmingAsk struct {
	Sight  *desk.Sight
	All    *desk.Calming  // of all cases
	File   *desk.CaseFile // of one
	Lines  []desk.Seen
	Roster *desk.Roster
	Steps  []string // the mission's ladder of measures
	Lang   Lang
	Now    time.Time
	Once   string
	Party  string
	// MayCall and MayFile as in [Calming].
	MayCall, MayFile bool
}

// NewCalming lays out the page of all cases.
func NewCalming(a CalmingAsk) *Calming {
	replies := works(a.All.Replies)
	v := newCalming(a, a.All.Lines, works(a.All.Requests), works(a.All.Protests), replies)
	v.Fires = works(a.All.Fires)
	return v
}

func newCalming(a CalmingAsk, lines []desk.Seen, requests, protests, replies []Work) *Calming {
	v := &Calming{Parties: parties(a.Sight, a.Roster, a.Lang), Clauses: clausesOf(a.Sight), Once: a.Once, Now: a.Now, MayCall: a.MayCall, MayFile: a.MayFile, Party: a.Party}
	for _, l := range Langs() {
		v.Langs = append(v.Langs, Offer{string(l), l.Name()})
	}
	for _, w := range requests {
		own := belonging(replies, func(w Work) string { return w.Request }, w.ID)
		v.Requests = append(v.Requests, CalmingRequest{w, w.Ending == "" && len(own) == 0 && a.Now.After(w.Due), own})
	}
	for _, w := range protests {
		v.Protests = append(v.Protests, CalmingProtest{w, belonging(replies, func(w Work) string { return w.Protest }, w.ID)})
	}
	all := works(lines)
	for _, w := range all {
		l := CalmingLine{Work: w, Stale: w.Tested.IsZero() || a.Now.Sub(w.Tested) > desk.StaleAfter}
		for _, id := range w.Backups {
			l.StandIn = append(l.StandIn, belonging(all, func(w Work) string { return w.ID }, id)...)
		}
		v.Lines = append(v.Lines, l)
	}
	return v
}

// CalmingCase is the page of calls about one case.
type CalmingCase struct {
	*Calming
	Case     VerifyCase
	Fire     *Work
	Stopped  Length // how long it took until the fire stopped
	Contacts []Work
	Ladders  []CalmingLadder
	Steps    []string
	Message  Message
}

// CalmingLadder is the ladder of measures with one party.
type CalmingLadder struct {
	With  string
	Steps []CalmingStep
	Taken []Work
}

// CalmingStep is a step of a ladder.
type CalmingStep struct {
	Name  string
	Taken bool
}

// Message is what is to be said in a call, for the words of a language to be put around it.
type Message struct {
	What, Place, Position string
	Since                 time.Time
}

// NewCalmingCase lays out the page of one case.
func NewCalmingCase(a CalmingAsk) *CalmingCase {
	v := &CalmingCase{Calming: newCalming(a, a.Lines, works(a.File.Requests), works(a.File.Protests), works(a.File.Replies)),
		Case: NewVerifyCase(a.File.Case, a.Now), Contacts: works(a.File.Contacts), Steps: a.Steps}
	if a.File.Fire != nil {
		w := NewWork(*a.File.Fire)
		v.Fire = &w
		v.Stopped = NewLength(max(0, w.At.Sub(w.Since)))
	}
	v.Ladders = ladders(works(a.File.Measures), a.Steps)
	v.Message = messageOf(a.File, v.Fire)
	return v
}

// ladders are the steps taken, by the party with which they were.
func ladders(taken []Work, steps []string) []CalmingLadder {
	var out []CalmingLadder
	at := map[string]int{}
	for _, w := range taken {
		i, ok := at[w.With]
		if !ok {
			i = len(out)
			at[w.With] = i
			l := CalmingLadder{With: w.With}
			for _, s := range steps {
				l.Steps = append(l.Steps, CalmingStep{Name: s})
			}
			out = append(out, l)
		}
		out[i].Taken = append(out[i].Taken, w)
		for k := range out[i].Steps {
			out[i].Steps[k].Taken = out[i].Steps[k].Taken || out[i].Steps[k].Name == w.Step
		}
	}
	return out
}

// messageOf takes what, where and since when from the case: the place as it is called, and its
// position where whoever asks sees it.
func messageOf(file *desk.CaseFile, fire *Work) Message {
	m := Message{What: file.Title}
	if fire != nil {
		m.Since = fire.Since
	}
	for _, t := range file.In.Told {
		var b struct{ Where []truce.Place }
		if json.Unmarshal(t.Row.Body, &b) != nil || !t.Sees.Places || len(b.Where) == 0 {
			continue
		}
		p := b.Where[0]
		if m.Place = p.Name; m.Place == "" {
			m.Place = p.Area
		}
		m.Position = position(p)
		break
	}
	return m
}

// belonging are rows that belong to something.
func belonging(rows []Work, of func(Work) string, id string) []Work {
	var out []Work
	for _, w := range rows {
		if of(w) == id {
			out = append(out, w)
		}
	}
	return out
}

// position is where a place is, in decimal degrees and in degrees and minutes; empty where it is
// known by its name alone.
func position(p truce.Place) string {
	if p.Form != truce.FormDisc && p.Form != truce.FormSector {
		return ""
	}
	return fmt.Sprintf("%.4f, %.4f = %s %s", p.Lat, p.Lon, minutes(p.Lat, "N", "S"), minutes(p.Lon, "E", "W"))
}

// minutes writes an angle in degrees and minutes, to a tenth of a minute.
func minutes(angle float64, positive, negative string) string {
	side := positive
	if angle < 0 {
		side = negative
	}
	tenths := int(math.Round(math.Abs(angle) * 600))
	return fmt.Sprintf("%d°%02d.%d′%s", tenths/600, tenths/10%60, tenths%10, side)
}
