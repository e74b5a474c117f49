package desk

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/store"
)

// Sender is as whom the public door enters what it is handed: a door of the mission's own, which
// nobody can sign in as.
const Sender = "Form"

// sender is the public door before the policy.
func (r *Record) sender() access.Person {
	return access.Person{ID: Sender, Roles: []access.Role{access.Desk}, Org: r.org}
}

// Receipt is the code of a report that somebody handed in without an account. Whoever has it
// sees where the report stands and is answered; the record holds its hash alone.
type Receipt string

// ReceiptOf is the receipt of a submission, whose name nobody else can guess.
func ReceiptOf(submission string) Receipt {
	sum := sha256.Sum256([]byte("receipt\n" + submission))
	code := strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:15]), "=")
	var parts []string
	for part := range slices.Chunk([]byte(code), 4) {
		parts = append(parts, string(part))
	}
	return Receipt(strings.Join(parts, "-"))
}

// plain is a receipt as it may have been written down: capitals or not, with whatever between.
func (c Receipt) plain() string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == '0':
			return 'O'
		case r == '1':
			return 'I'
		case r == '8':
			return 'B'
		case r >= 'A' && r <= 'Z', r >= '2' && r <= '7':
			return r
		}
		return -1
	}, string(c))
}

func (c Receipt) hash() string {
	sum := sha256.Sum256([]byte("truce receipt\n" + c.plain()))
	return hex.EncodeToString(sum[:])
}

// report is the identifier of the report that a receipt is of.
func (c Receipt) report() string { return reportID("W", "receipt "+c.hash()) }

// Send enters what somebody hands in without an account. submission is a name that nobody can
// guess; the same one again is the same report. Places stay as they were told unless they are
// a position; times and numbers that cannot be read are kept in words.
func (r *Record) Send(ctx context.Context, submission string, c Call) (Taken, error) {
	who, code := r.sender(), ReceiptOf(submission)
	c.Pick, c.WhoPick, c.AgainstPick, c.Reliability, c.Credibility = "", nil, nil, "", ""
	h, err := r.Hear(ctx, who, nil, c)
	if err != nil {
		return Taken{}, err
	}
	if len(h.Places) == 1 && h.Places[0].Alike == 1 && h.Places[0].Name == "" {
		place := h.Places[0].Place
		place.Name = c.Place
		h.Element.Where = []truce.Place{place}
	}
	if strings.TrimSpace(c.Words) == "" {
		h.problem("words", "no-words", "nothing is told", "what happened, in your words")
	}
	h.Problems = slices.DeleteFunc(h.Problems, func(p truce.Problem) bool { return slices.Contains([]string{"bad-time", "bad-number"}, p.Code) }) // said in words
	if err := h.Problems.Err(); err != nil {
		return Taken{}, err
	}
	t := Taken{Report: code.report(), Receipt: string(code)}
	if had, err := r.takenBefore(ctx, who, t); err != nil || had.Repeat {
		return had, err
	}
	return r.takeIn(ctx, who, h, c, t, map[string]any{"door": DoorForm, "receipt": code.hash()})
}

// Standing is where a report stands, for whoever has its receipt.
type Standing struct {
	Number   int64     `json:"number"`
	State    string    `json:"state"`
	Received time.Time `json:"received"`
	// Acknowledged is zero until somebody of the mission has looked at it.
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Messages     []Letter  `json:"messages"`
}

// Letter is one message between a reporter and the mission.
type Letter struct {
	At    time.Time `json:"at"`
	Voice string    `json:"voice"` // "reporter" or "mission"
	Words string    `json:"words"`
}

// receipted is the report of a receipt. Whoever has the code may see where it stands: the code
// is the permission. One that is none is answered as one that is not there.
func (r *Record) receipted(ctx context.Context, code Receipt) (truce.Row, error) {
	row, err := r.db.Get(ctx, 0, "report", code.report())
	if err != nil {
		return row, err
	}
	if subtle.ConstantTimeCompare([]byte(text(row, "receipt")), []byte(code.hash())) != 1 {
		return row, absent("receipt", "")
	}
	return row, nil
}

// Standing says where the report of a receipt stands, with what was written back and forth.
func (r *Record) Standing(ctx context.Context, code Receipt) (Standing, error) {
	row, err := r.receipted(ctx, code)
	if err != nil {
		return Standing{}, err
	}
	number := numberOf(row)
	at, err := r.db.Get(ctx, 0, "arrival", strconv.FormatInt(number, 10))
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Number: number, Messages: []Letter{}}
	var b struct {
		State                  string
		Received, Acknowledged time.Time
	}
	if err := json.Unmarshal(at.Body, &b); err != nil {
		return s, damaged("arrival", at.ID, err)
	}
	s.State, s.Received, s.Acknowledged = b.State, b.Received, b.Acknowledged
	s.Messages, err = r.letters(ctx, row.ID)
	return s, err
}

func damaged(kind, id string, err error) error {
	return &truce.Error{Kind: truce.Internal, At: kind + "/" + id, Msg: "the row is damaged", Err: err}
}

// letters are the messages about a report, in their order.
func (r *Record) letters(ctx context.Context, report string) ([]Letter, error) {
	out := []Letter{}
	err := r.all(ctx, store.Query{Kind: "message", Parent: report}, func(row truce.Row) error {
		var b struct {
			Recorded     time.Time
			Voice, Words string
		}
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return damaged("message", row.ID, err)
		}
		out = append(out, Letter{b.Recorded, b.Voice, b.Words})
		return nil
	})
	return out, err
}

// mostWords is how long a message may be, in bytes.
const mostWords = 20_000

// Answer enters what whoever has a receipt writes to the mission.
func (r *Record) Answer(ctx context.Context, code Receipt, submission, words string) (Entered, error) {
	row, err := r.receipted(ctx, code)
	if err != nil {
		return Entered{}, err
	}
	return r.write(ctx, r.sender(), "answer/"+submission, row, "reporter", words)
}

// Ask enters what somebody of the mission writes to the reporter.
func (r *Record) Ask(ctx context.Context, who access.Person, submission, report, words string) (Entered, error) {
	row, err := r.db.Get(ctx, 0, "report", report)
	if err == nil {
		err = r.mayRead(who, "report", row.Label)
	}
	if err != nil {
		return Entered{}, err
	}
	return r.write(ctx, who, submission, row, "mission", words)
}

// write enters a message about a report, under the report's own mark.
func (r *Record) write(ctx context.Context, who access.Person, submission string, report truce.Row, voice, words string) (Entered, error) {
	if words = strings.TrimSpace(words); words == "" || len(words) > mostWords {
		return Entered{}, truce.Problems{{Field: "words", Code: "no-words", Msg: "nothing is written, or too much", Want: "a text of up to 20,000 bytes"}}
	}
	done, err := r.Write(ctx, who, Act{Kind: "message.sent", Submission: submission, Fields: map[string]any{
		"report": report.ID, "voice": voice, "words": words, "mark": report.Label}})
	if err != nil {
		return Entered{}, err
	}
	return done[0], nil
}

// Complaint is what everybody may know of what came in: its number, where it stands, and the
// day.
type Complaint struct {
	Number int64  `json:"number"`
	State  string `json:"state"`
	// Days is how many days ago it came in.
	Days int `json:"days"`
}

// Complaints lists the complaints that the public may know of, the newest first, from a cursor on.
func (r *Record) Complaints(ctx context.Context, after string) (list []Complaint, next string, err error) {
	page, err := r.Rows(ctx, access.Person{Roles: []access.Role{access.Public}}, Question{Kind: "arrival", After: after, Newest: true, Limit: 100})
	if err != nil {
		return nil, "", err
	}
	list = []Complaint{}
	for _, row := range page.Rows {
		var b struct {
			Number   int64
			State    string
			Received time.Time
		}
		if err := json.Unmarshal(row.Body, &b); err != nil {
			return nil, "", damaged("arrival", row.ID, err)
		}
		c := Complaint{Number: b.Number, State: b.State}
		if !b.Received.IsZero() { // of the last day the hour is not told
			c.Days = int(r.now().Sub(b.Received) / (24 * time.Hour))
		}
		list = append(list, c)
	}
	return list, page.Next, nil
}
