package web

import (
	"context"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
)

// told is a report as it is told, field by field; what is empty is not known.
type told struct {
	At          time.Time `json:"at,omitzero" doc:"when the telling began; times are told from there; without one, now"`
	Act         string    `json:"act,omitempty" doc:"a word of the tree of acts" maxLength:"200" example:"shelling"`
	Means       string    `json:"means,omitempty" doc:"a word of the tree of means" maxLength:"200" example:"mortar"`
	Place       string    `json:"place,omitempty" doc:"as told: a name in any script, degrees, or a square of the military grid" maxLength:"200" example:"Douma"`
	Pick        string    `json:"pick,omitempty" doc:"which of the places it may mean is meant, or unknown" maxLength:"200" example:"unknown"`
	ReadBack    bool      `json:"read_back,omitempty" doc:"the place was read back to the caller"`
	When        string    `json:"when,omitempty" doc:"as told" maxLength:"200" example:"20 minutes ago"`
	Going       string    `json:"going,omitempty" doc:"whether it still goes on" enum:"yes,no" example:"yes"`
	Who         string    `json:"who,omitempty" maxLength:"300" doc:"who may have done it, as told"`
	Against     string    `json:"against,omitempty" maxLength:"300" doc:"against whom or what, as told"`
	WhoPick     []string  `json:"who_pick,omitempty" maxItems:"20" doc:"actors of the register that are meant"`
	AgainstPick []string  `json:"against_pick,omitempty" maxItems:"20" doc:"actors of the register that are meant"`
	Killed      string    `json:"killed,omitempty" maxLength:"20" doc:"a number or a range" example:"3-5"`
	Injured     string    `json:"injured,omitempty" maxLength:"20" doc:"a number or a range"`
	Trapped     bool      `json:"trapped,omitempty" doc:"people are trapped"`
	Medical     bool      `json:"medical,omitempty" doc:"medical help is needed now"`
	Words       string    `json:"words,omitempty" maxLength:"200000" doc:"in the caller's words"`
	Source      string    `json:"source,omitempty" maxLength:"200" doc:"what may be said of the source" example:"resident"`
	Identity    string    `json:"identity,omitempty" maxLength:"2000" doc:"who the source is: sealed when saved"`
	Reliability string    `json:"reliability,omitempty" enum:"A,B,C,D,E,F" doc:"of the source; F is not judged"`
	Credibility string    `json:"credibility,omitempty" enum:"1,2,3,4,5,6" doc:"of what is told; 6 is not judged"`
	Share       string    `json:"share,omitempty" enum:"mission,parties,publish" doc:"how far it may go; empty: nobody asked"`
	CallBack    bool      `json:"call_back,omitempty" doc:"the source may be called back"`
	Endangers   bool      `json:"endangers,omitempty" doc:"it would endanger somebody if it became known that a report came in"`
	Lang        string    `json:"lang,omitempty" maxLength:"20" doc:"language in which it was told" example:"ar"`
}

func (c told) call(now time.Time) desk.Call {
	if c.At.IsZero() {
		c.At = now
	}
	return desk.Call(c)
}

type toldIn struct{ Body told }

type takeIn struct {
	Key  string `header:"Idempotency-Key" required:"true" doc:"the submission's name" minLength:"1" maxLength:"200" example:"call-17"`
	Body told
}

// heard is what a report was taken to mean.
type heard struct {
	Element  truce.Element `json:"element"`
	Places   []heardPlace  `json:"places" doc:"places that its place may mean, the likeliest first"`
	Who      []heardActor  `json:"who" doc:"actors that the name may mean"`
	Against  []heardActor  `json:"against"`
	Danger   []string      `json:"danger" doc:"what puts life at risk"`
	Problems []Field       `json:"problems"`
}

type heardPlace struct {
	Pick  string      `json:"pick"`
	Name  string      `json:"name,omitempty"`
	Place truce.Place `json:"place"`
	Alike float64     `json:"alike" doc:"from 0 to 1"`
}

type heardActor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type watchIn struct {
	Key  string `header:"Idempotency-Key" required:"true" doc:"the submission's name" minLength:"1" maxLength:"200" example:"watch-3"`
	Body struct {
		At   time.Time `json:"at,omitzero" doc:"when it was told; without one, now"`
		Area string    `json:"area" doc:"a code of the mission's maps" maxLength:"100" example:"ALEPPO-CITY"`
		When string    `json:"when" doc:"from when to when, as told" maxLength:"200" example:"08:00-14:00"`
		Saw  string    `json:"saw" enum:"quiet,fire,not-known"`
		By   string    `json:"by,omitempty" maxLength:"200"`
		Note string    `json:"note,omitempty" maxLength:"2000"`
	}
}

type triageIn struct {
	Submission
	Report string `path:"report" doc:"identifier of the report" maxLength:"200"`
	Body   struct {
		Do       string `json:"do" enum:"acknowledge,join,open,different,ask,leave"`
		Incident string `json:"incident,omitempty" maxLength:"200" doc:"to join, or what to call the one that is opened"`
		Other    string `json:"other,omitempty" maxLength:"200" doc:"the report that this one is different from"`
		Words    string `json:"words,omitempty" maxLength:"20000" doc:"why, or what is asked of the reporter"`
	}
}

type complaintsOut struct {
	Complaints []desk.Complaint `json:"complaints"`
	Next       string           `json:"next,omitempty"`
}

// takeAPI are the doors, for programs.
func (a *api) takeAPI() {
	add(a, op("POST", "/calls/read", "read-call", "Read a report as it is told", "Nothing is saved: what it was taken to mean, to be read back."), a.readCall)
	add(a, op("POST", "/calls", "take-call", "Take a report down", "The place must be read back, or picked as unknown. The same submission again is the same report."), a.takeCall)
	add(a, op("POST", "/watches", "watch", "A watch was kept", "All quiet is a report, too."), a.watch)
	add(a, op("GET", "/inbox", "inbox", "What waits", "What tells of life at risk first, then what came first."),
		func(ctx context.Context, who access.Person, _ *struct{}) (*body[*desk.Inbox], error) {
			in, err := a.Record.Inbox(ctx, who)
			return answer(in, err)
		})
	add(a, op("POST", "/inbox/{report}", "triage", "Do something about a report that waits", ""), a.triageReport)
	o := op("GET", "/complaints", "complaints", "Complaints, for everybody", "Number, state and age in days, the newest first; there where the mission opens its public doors.")
	add(a, o, func(ctx context.Context, _ access.Person, in *struct {
		After string `query:"after" doc:"next of the page before" maxLength:"200"`
	}) (*body[complaintsOut], error) {
		if !a.Send {
			return nil, nothingHere()
		}
		list, next, err := a.Record.Complaints(ctx, in.After)
		return answer(complaintsOut{list, next}, err)
	})
}

func (a *api) readCall(ctx context.Context, who access.Person, in *toldIn) (*body[heard], error) {
	gazetteer, err := a.gazetteer()
	if err != nil {
		return nil, err
	}
	h, err := a.Record.Hear(ctx, who, gazetteer, in.Body.call(a.Now()))
	if err != nil {
		return nil, err
	}
	out := heard{Element: h.Element, Places: []heardPlace{}, Who: actorsHeard(h.Whos), Against: actorsHeard(h.Againsts), Danger: append([]string{}, h.Danger...), Problems: []Field{}}
	for _, p := range h.Places {
		out.Places = append(out.Places, heardPlace{p.Pick, p.Name, p.Place, p.Alike})
	}
	for _, p := range h.Problems {
		out.Problems = append(out.Problems, Field{p.Field, p.Code, p.Msg, p.Want})
	}
	return answer(out, nil)
}

func actorsHeard(list []desk.Called) []heardActor {
	out := []heardActor{}
	for _, c := range list {
		out = append(out, heardActor(c))
	}
	return out
}

func (a *api) takeCall(ctx context.Context, who access.Person, in *takeIn) (*body[desk.Taken], error) {
	gazetteer, err := a.gazetteer()
	if err != nil {
		return nil, err
	}
	taken, err := a.Record.Take(ctx, who, gazetteer, ownKey(who, in.Key), in.Body.call(a.Now()))
	if err == nil {
		of(ctx).did("report taken", about(taken.Number))
	}
	return answer(taken, err)
}

func (a *api) watch(ctx context.Context, who access.Person, in *watchIn) (*body[desk.Entered], error) {
	w := desk.Watch{At: in.Body.At, Area: in.Body.Area, When: in.Body.When, Saw: in.Body.Saw, By: in.Body.By, Note: in.Body.Note}
	if w.At.IsZero() {
		w.At = a.Now()
	}
	done, err := a.Record.Watch(ctx, who, ownKey(who, in.Key), w)
	if err == nil {
		of(ctx).did("watch kept", about(done.N))
	}
	return answer(done, err)
}

func (a *api) triageReport(ctx context.Context, who access.Person, in *triageIn) (*body[struct{}], error) {
	t := desk.Triage{Report: in.Report, Do: in.Body.Do, Incident: in.Body.Incident, Other: in.Body.Other, Words: in.Body.Words}
	err := a.Record.Triage(ctx, who, ownKey(who, in.Key), t)
	if err == nil {
		of(ctx).did("triaged")
	}
	return answer(struct{}{}, conceal(err))
}
