package web

import (
	"context"
	"encoding/json"
	"time"

	"truce/access"
	"truce/desk"
	"truce/ledger"
)

// caseOut is a case on the board.
type caseOut struct {
	ID      string     `json:"id"`
	Title   string     `json:"title,omitempty"`
	Stage   string     `json:"stage"`
	Since   time.Time  `json:"since"`
	Due     *time.Time `json:"due,omitempty" doc:"when it should leave its stage; nothing where there is no limit"`
	Live    bool       `json:"live" doc:"there is fire, as far as is known"`
	Open    int        `json:"open_tasks"`
	Entry   int64      `json:"entry" doc:"that put it into its stage"`
	Finding string     `json:"finding,omitempty" doc:"that put it into its stage"`
}

type casesOut struct {
	Cases []caseOut `json:"cases"`
	AsOf  int64     `json:"as_of"`
}

// waitingOut is an act that waits for its second person.
type waitingOut struct {
	N     int64                      `json:"n" doc:"to confirm or decline it"`
	Do    string                     `json:"do" doc:"kind of entry"`
	By    string                     `json:"by,omitempty"`
	At    time.Time                  `json:"at"`
	Until time.Time                  `json:"until"`
	Mark  string                     `json:"mark"`
	Act   map[string]json.RawMessage `json:"act,omitempty" doc:"its fields, where you may see them"`
}

type waitingsOut struct {
	Proposals []waitingOut `json:"proposals"`
}

type declineIn struct {
	OfEntry
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

type asOfIn struct {
	AsOf string `query:"as_of" doc:"the state to ask"`
}

// ReleaseDraft is a release before it is published.
type ReleaseDraft struct {
	ID    string   `json:"id" doc:"a name of its own" minLength:"1" maxLength:"200" example:"R-17"`
	Title string   `json:"title" minLength:"1" maxLength:"300"`
	Text  string   `json:"text,omitempty" maxLength:"100000"`
	Mark  string   `json:"mark" enum:"CLEAR,GREEN,AMBER"`
	Rows  []string `json:"rows,omitempty" doc:"what is told, each as kind/identifier" maxItems:"1000"`
}

func (d ReleaseDraft) draft(entries int64) desk.Draft {
	return desk.Draft{ID: d.ID, Title: d.Title, Text: d.Text, Mark: d.Mark, Rows: d.Rows, Entries: entries}
}

type previewIn struct{ Body ReleaseDraft }

// previewOut is what would leave, and what would not.
type previewOut struct {
	Bytes   string     `json:"bytes" doc:"the very bytes (canonical JSON, RFC 8785)"`
	SHA256  string     `json:"sha256"`
	Entries int64      `json:"entries" doc:"of how many entries it is made: publish with the same"`
	Held    []heldBack `json:"withheld"`
}

type heldBack struct {
	Kind   string   `json:"kind"`
	ID     string   `json:"id"`
	All    bool     `json:"all,omitempty" doc:"nothing of it leaves"`
	Fields []string `json:"fields,omitempty" doc:"that are left out"`
	Coarse []string `json:"coarse,omitempty" doc:"that leave less exactly than they are"`
}

type publishIn struct {
	Body struct {
		ReleaseDraft
		Entries int64  `json:"entries" minimum:"1"`
		SHA256  string `json:"sha256" doc:"of what was previewed" minLength:"64" maxLength:"64"`
	}
}

// OfRelease names a release.
type OfRelease struct {
	ID string `path:"id" doc:"name of the release, with a slash in it written %2F" maxLength:"200" example:"R-17"`
}

type correctIn struct {
	OfRelease
	Submission
	Body struct {
		Figure string `json:"figure" doc:"its place in the bytes (JSON Pointer, RFC 6901)" minLength:"1" maxLength:"1000" example:"/text"`
		Is     string `json:"is" doc:"what it should say" minLength:"1" maxLength:"2000"`
		Words  string `json:"words" doc:"why" minLength:"1" maxLength:"2000"`
	}
}

type withdrawIn struct {
	OfRelease
	Body struct {
		Words string `json:"words" doc:"why" minLength:"1" maxLength:"2000"`
	}
}

type releasesOut struct {
	Releases []desk.Released `json:"releases"`
}

type deliveriesOut struct {
	Deliveries []desk.Delivery `json:"deliveries"`
}

// workAPI are the same acts as on the pages of the work, for programs. All else that is entered
// there is entered by POST /entries.
func (a *api) workAPI() {
	add(a, op("GET", "/cases", "cases", "Cases by stage", "Those that were put into a stage or have a finding, and of the others the newest; what is due first before the rest."), a.cases)
	add(a, op("GET", "/proposals", "proposals", "What waits for a second person", ""), a.waitings)
	add(a, op("POST", "/proposals/{n}/decline", "decline", "Decline what was proposed", "By whoever proposed it, or might have."),
		func(ctx context.Context, who access.Person, in *declineIn) (*body[desk.Entered], error) {
			return answer(a.Record.Decline(ctx, who, in.N, in.Body.Reason))
		})
	add(a, op("GET", "/releases", "releases", "What was published", "With what was corrected or withdrawn since; the newest first."),
		func(ctx context.Context, who access.Person, in *asOfIn) (*body[releasesOut], error) {
			n, err := a.Record.AsOf(ctx, in.AsOf)
			if err != nil {
				return nil, err
			}
			list, err := a.Record.Releases(ctx, who, n)
			return answer(releasesOut{append([]desk.Released{}, list...)}, err)
		})
	add(a, op("POST", "/releases/preview", "preview", "What would leave in a release", "Exactly these bytes, and what is held back. Nothing is published."), a.preview)
	add(a, op("POST", "/releases", "publish", "Publish a release", "What was previewed, by its hash."), a.publish)
	o := op("GET", "/releases/{id}/bytes", "release-bytes", "The bytes of a release", "Made again from the record; their hash says whether they are what was published.")
	o.Responses = rawResponse("application/json")
	add(a, o, a.releaseBytes)
	add(a, op("POST", "/releases/{id}/corrections", "correct", "Correct a figure of a release", ""), a.correct)
	add(a, op("POST", "/releases/{id}/withdrawal", "withdraw-release", "Withdraw a release", "Whoever got it is told."), a.withdraw)
	add(a, op("GET", "/deliveries", "deliveries", "What came of deliveries", "The newest first."),
		func(ctx context.Context, who access.Person, in *asOfIn) (*body[deliveriesOut], error) {
			n, err := a.Record.AsOf(ctx, in.AsOf)
			if err != nil {
				return nil, err
			}
			list, err := a.Record.Deliveries(ctx, who, n)
			return answer(deliveriesOut{append([]desk.Delivery{}, list...)}, err)
		})
}

func (a *api) cases(ctx context.Context, who access.Person, in *asOfIn) (*body[casesOut], error) {
	n, err := a.asOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	sight, err := a.Record.SightOf(ctx, who, n, desk.Scope{})
	if err != nil {
		return nil, err
	}
	list, err := a.Record.Cases(ctx, who, sight)
	out := casesOut{Cases: []caseOut{}, AsOf: n}
	for _, c := range list {
		x := caseOut{ID: c.ID, Title: c.Title, Stage: c.Stage.Name, Since: c.Since, Live: c.Live, Open: c.Open, Entry: c.Entry, Finding: c.Finding}
		if due := c.Due(); !due.IsZero() {
			x.Due = &due
		}
		out.Cases = append(out.Cases, x)
	}
	return answer(out, err)
}

func (a *api) waitings(ctx context.Context, who access.Person, in *asOfIn) (*body[waitingsOut], error) {
	n, err := a.Record.AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	list, err := a.Record.Waitings(ctx, who, n)
	out := waitingsOut{[]waitingOut{}}
	for _, w := range list {
		out.Proposals = append(out.Proposals, waitingOut{w.N, w.Do, w.By, w.At, w.Until, w.Mark, w.Act})
	}
	return answer(out, err)
}

func (a *api) preview(ctx context.Context, who access.Person, in *previewIn) (*body[previewOut], error) {
	t, err := a.Record.Preview(ctx, who, in.Body.draft(0))
	if err != nil {
		return nil, err
	}
	text, err := t.Bytes()
	out := previewOut{string(text), hashOf(text), t.Entries, []heldBack{}}
	for _, h := range t.Held() {
		out.Held = append(out.Held, heldBack(h))
	}
	return answer(out, err)
}

func (a *api) publish(ctx context.Context, who access.Person, in *publishIn) (*body[desk.Entered], error) {
	return a.telling(ctx, who, func(k *ledger.Key) (desk.Entered, error) {
		return a.Record.Publish(ctx, who, in.Body.draft(in.Body.Entries), in.Body.SHA256, k)
	})
}

func (a *api) correct(ctx context.Context, who access.Person, in *correctIn) (*body[desk.Entered], error) {
	return a.telling(ctx, who, func(k *ledger.Key) (desk.Entered, error) {
		return a.Record.Correct(ctx, who, in.ID, in.Body.Figure, in.Body.Is, in.Body.Words, ownKey(who, in.Key), k)
	})
}

func (a *api) withdraw(ctx context.Context, who access.Person, in *withdrawIn) (*body[desk.Entered], error) {
	return a.telling(ctx, who, func(k *ledger.Key) (desk.Entered, error) {
		return a.Record.Withdraw(ctx, who, in.ID, in.Body.Words, k)
	})
}

// telling does something that is told, signed where the person has a key.
func (a *api) telling(ctx context.Context, who access.Person, do func(*ledger.Key) (desk.Entered, error)) (*body[desk.Entered], error) {
	var done desk.Entered
	err := a.signing(ctx, who, func(k *ledger.Key) (err error) {
		done, err = do(k)
		return err
	})
	if err == nil {
		of(ctx).did("told", about(done.N))
	}
	return answer(done, err)
}

func (a *api) releaseBytes(ctx context.Context, who access.Person, in *OfRelease) (*raw, error) {
	rel, err := a.Record.Release(ctx, who, 0, in.ID)
	if err != nil {
		return nil, conceal(err)
	}
	text, _, err := a.Record.ReleaseBytes(ctx, rel)
	return &raw{"application/json", text}, err
}
