package desk

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"truce"
	"truce/access"
	"truce/ledger"
	"truce/record"
	"truce/store"
	"truce/vault"
)

// head is somebody who does all the work of a mission, signed in with two factors.
func head(id string) access.Person {
	return access.Person{ID: id, Roles: []access.Role{access.Desk, access.Verifier, access.Head}, Org: "mission", TwoFactor: true}
}

// zeros are random bytes that are none, for keys that are the same in every run.
type zeros byte

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z)
	}
	return len(p), nil
}

func keyOf(t testing.TB, name string) *ledger.Key {
	t.Helper()
	k, err := ledger.NewKey(zeros(7), name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newRecord is an empty record on disk, with a clock that goes on by a second at each look.
func newRecord(t testing.TB) testRecord {
	t.Helper()
	var mu sync.Mutex
	at := time.Date(2016, 8, 27, 15, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { mu.Lock(); defer mu.Unlock(); at = at.Add(d); return at }
	now := func() time.Time { return after(time.Second) }
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := store.Open(context.Background(), path, store.Options{Now: now, Fold: record.Fold, FoldVersion: record.Version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key := keyOf(t, "desk.example")
	db.SetKey(key)
	r, err := NewRecord(RecordOptions{DB: db, Key: key, Now: func() time.Time { return after(0) }})
	if err != nil {
		t.Fatal(err)
	}
	return testRecord{r, path}
}

// testRecord is a record with the path of its database.
type testRecord struct {
	*Record
	path string
}

func sample(t testing.TB) (testRecord, *Loaded) {
	t.Helper()
	r := newRecord(t)
	l, err := r.Load(context.Background(), head("amal"), "../missions/syria-2016", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r, l
}

func TestTheSampleMissionLoadsAsARecord(t *testing.T) {
	r, l := sample(t)
	if l.Reports != 150 || len(l.SetAside) != 0 || l.Repeated != 0 {
		t.Errorf("%d reports, %d set aside, %d repeated", l.Reports, len(l.SetAside), l.Repeated)
	}
	s, err := r.State(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s.Line())
	m, _, err := Open("../missions/syria-2016", OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Check(context.Background(), CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Verdicts[truce.Violation] != c.Tally.Violation || s.Verdicts[truce.Undetermined] != c.Tally.Undetermined || s.Verdicts[truce.NoViolation] != c.Tally.NoViolation {
		t.Errorf("the record says %v, truce check %d, %d, %d", s.Verdicts, c.Tally.Violation, c.Tally.Undetermined, c.Tally.NoViolation)
	}
}

func TestLoadingAgainEntersNothingTwice(t *testing.T) {
	r, first := sample(t)
	again, err := r.Load(context.Background(), head("amal"), "../missions/syria-2016", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Entered != 0 || again.Repeated != first.Entered {
		t.Errorf("entered %d, repeated %d of %d", again.Entered, again.Repeated, first.Entered)
	}
}

func report(id string) truce.Report {
	return truce.Report{ID: id, Source: "S-12", Text: "the caller, Umm Khalid, heard two blasts", Elements: []truce.Element{{ID: id + "/1", Title: "two blasts",
		When:  []truce.When{{From: time.Date(2016, 8, 27, 10, 0, 0, 0, time.UTC), To: time.Date(2016, 8, 27, 11, 0, 0, 0, time.UTC)}},
		Where: []truce.Place{{Form: truce.FormDisc, Lat: 33.4581, Lon: 36.2327, Within: 50}}, Acts: []string{"shelling"}, Said: []truce.Said{{Fact: "act", Value: "shelling", Source: "S-12"}}}}}
}

// "What did we know on 27 August at 18:00": the record answers as it stood then.
func TestAsOfIsTheStateAsItWasKnown(t *testing.T) {
	ctx := context.Background()
	r, l := sample(t)
	who := head("amal")
	known := int64(l.Entered + 1)
	before, err := r.State(ctx, known)
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.HandIn(ctx, who, "", Handed{Report: report("R-new")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Row(ctx, who, known, "report", "R-new"); kindOf(err) != truce.Absent {
		t.Errorf("it was known before it came: %v", err)
	}
	if _, err := r.Row(ctx, who, 0, "report", "R-new"); err != nil {
		t.Error(err)
	}
	after, err := r.State(ctx, known)
	if err != nil {
		t.Fatal(err)
	}
	if before.Line() != after.Line() {
		t.Errorf("what was known has changed:\n%s\n%s", before.Line(), after.Line())
	}
	for text, want := range map[string]int64{"": 0, "3": 3, e.At.Format(time.RFC3339Nano): e.N + 1, e.At.Add(-time.Second).Format(time.RFC3339Nano): e.N} {
		if got, err := r.AsOf(ctx, text); err != nil || got != want {
			t.Errorf("as of %q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "9999", "yesterday", "2016-02-30 10:00"} {
		if _, err := r.AsOf(ctx, text); err == nil {
			t.Errorf("as of %q is taken", text)
		}
	}
}

// A late fact changes verdicts from its entry on, and not before.
func TestARegisterStepChangesVerdictsFromItsEntryOn(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	before, err := r.State(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	done, err := r.Write(ctx, head("boris"), Act{Kind: "report.retracted", Fields: map[string]any{"id": "C143", "reason": "withdrawn by its source"}})
	if err != nil {
		t.Fatal(err)
	}
	after, err := r.State(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if before.Verdicts[truce.Undetermined] == after.Verdicts[truce.Undetermined] && before.Verdicts[truce.Violation] == after.Verdicts[truce.Violation] {
		t.Error("a withdrawn report changes nothing")
	}
	then, err := r.State(ctx, done[0].N)
	if err != nil {
		t.Fatal(err)
	}
	if then.Verdicts[truce.Violation] != before.Verdicts[truce.Violation] || then.Verdicts[truce.Undetermined] != before.Verdicts[truce.Undetermined] {
		t.Error("the state before the withdrawal has changed")
	}
}

func post(id string, roles ...access.Role) access.Person {
	return access.Person{ID: id, Roles: roles, TwoFactor: true}
}

func TestWhoSeesWhatOfAReport(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	if _, err := r.HandIn(ctx, head("amal"), "", Handed{Report: report("R-new")}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who          access.Person
		report, text bool
	}{
		{post("reader", access.Public), false, false},
		{post("", access.Public), false, false},
		{post("moni", access.Monitor), true, false}, // of others, what happened but not their words
		{post("dana", access.Desk), true, true},
		{access.Person{ID: "lee", Roles: []access.Role{access.Liaison}, Party: "government", TwoFactor: true}, false, false},
		{post("audi", access.Auditor), true, true},
		{post("root", access.Administrator), false, false},
		{access.Person{}, false, false},
	} {
		seen, err := r.Row(ctx, c.who, 0, "report", "R-new")
		if (err == nil) != c.report {
			t.Errorf("%v: %v", c.who.Roles, err)
		}
		if got := strings.Contains(string(seen.Body), "Umm Khalid"); got != c.text {
			t.Errorf("%v sees the text: %v", c.who.Roles, got)
		}
		n, err := r.Count(ctx, c.who, Question{Kind: "report"})
		if err != nil || (n > 0) != c.report {
			t.Errorf("%v counts %d, %v", c.who.Roles, n, err)
		}
	}
}

// What may not be seen whole may not be found by a search for it either.
func TestNobodyFindsByWhatTheyMayNotSee(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	if _, err := r.HandIn(ctx, head("amal"), "", Handed{Report: report("R-new"), Mark: "TLP:GREEN"}); err != nil {
		t.Fatal(err)
	}
	lee := access.Person{ID: "lee", Roles: []access.Role{access.Liaison}, Party: "government", TwoFactor: true}
	spot := &truce.Box{West: 36.2, South: 33.4, East: 36.3, North: 33.5, From: time.Date(2016, 8, 27, 0, 0, 0, 0, time.UTC), To: time.Date(2016, 8, 28, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		name string
		who  access.Person
		q    Question
		want int
	}{
		{"the desk finds it by its words", head("amal"), Question{Kind: "report", Text: "Khalid"}, 1},
		{"a liaison does not", lee, Question{Kind: "report", Text: "Khalid"}, 0},
		{"the desk finds it by its place", head("amal"), Question{Kind: "element", Box: spot, Parent: ""}, 1},
		{"a liaison does not, closer than it is shown", lee, Question{Kind: "element", Box: spot}, 0},
	} {
		p, err := r.Rows(ctx, c.who, c.q)
		n := 0
		for _, s := range p.Rows {
			if strings.HasPrefix(s.ID, "R-new") {
				n++
			}
		}
		if err != nil || n != c.want {
			t.Errorf("%s: %d rows, %v; want %d", c.name, n, err, c.want)
		}
	}
}

func TestAReceiptProvesAndShowsOnlyWhatMayBeSeen(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	moni := post("moni", access.Monitor)
	e, err := r.HandIn(ctx, moni, "", Handed{Report: report("R-new"), Mark: "TLP:GREEN"})
	if err != nil {
		t.Fatal(err)
	}
	lee := access.Person{ID: "lee", Roles: []access.Role{access.Liaison}, Party: "government", TwoFactor: true}
	for _, c := range []struct {
		who  access.Person
		text bool
	}{{moni, true}, {lee, false}} {
		raw, err := r.Receipt(ctx, c.who, e.N)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := ledger.ParseReceipt(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := receipt.Check(r.key.Verifier()); err != nil {
			t.Error(err)
		}
		if got := strings.Contains(string(raw), "Umm Khalid"); got != c.text {
			t.Errorf("%s: the words are shown: %v", c.who.ID, got)
		}
	}
	if _, err := r.Receipt(ctx, post("", access.Public), e.N); kindOf(err) != truce.Denied {
		t.Errorf("a stranger gets a receipt: %v", err)
	}
}

func TestTwoPeopleStandBehindAFinding(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	act := Act{Kind: "finding.signed", Fields: map[string]any{"id": "F1", "incident": "C143", "body": "mission", "standard": "reasonable-grounds", "statement": "a convoy was hit"}}
	if _, err := r.Write(ctx, head("amal"), act); kindOf(err) != truce.Denied {
		t.Errorf("one person signed: %v", err)
	}
	p, err := r.Propose(ctx, head("amal"), act)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Confirm(ctx, head("amal"), p.N, nil); kindOf(err) != truce.Denied {
		t.Errorf("the same person confirmed: %v", err)
	}
	if _, err := r.Confirm(ctx, post("moni", access.Monitor), p.N, nil); kindOf(err) != truce.Denied {
		t.Errorf("a monitor confirmed: %v", err)
	}
	admit(t, r, "amal", string(access.Verifier))
	key := keyOf(t, "boris")
	if _, err := r.Write(ctx, post("root", access.Administrator), Act{Kind: "key.enrolled", Fields: map[string]any{"person": "boris"}, Enrols: key.Verifier()}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Confirm(ctx, head("boris"), p.N, key); err != nil {
		t.Fatal(err)
	}
	seen, err := r.Row(ctx, head("amal"), 0, "finding", "F1")
	if err != nil || !strings.Contains(string(seen.Body), "a convoy was hit") {
		t.Errorf("%s, %v", seen.Body, err)
	}
	if _, err := r.Confirm(ctx, head("chen"), p.N, nil); err == nil {
		t.Error("it was confirmed twice")
	}
}

// admit gives somebody a post in the record.
func admit(t *testing.T, r testRecord, id string, roles ...string) {
	t.Helper()
	if _, err := r.Write(context.Background(), post("root", access.Administrator), Act{Kind: "person.admitted", Fields: map[string]any{"person": id, "roles": roles}}); err != nil {
		t.Fatal(err)
	}
}

func TestASourceIsOpenedByTwoAndTheRecordSaysSoFirst(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	var to []vault.Recipient
	keys := map[string]*age.X25519Identity{}
	for _, name := range []string{"amal", "boris", "chen"} {
		k, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		keys[name], to = k, append(to, vault.Recipient{Name: name, Key: k.Recipient().String()})
		admit(t, r, name, string(access.Verifier))
	}
	if _, err := r.SealSource(ctx, head("amal"), "S-12", []byte("Umm Khalid, +963 11 000 000"), to, ""); err != nil {
		t.Fatal(err)
	}
	box, err := r.SealedSource(ctx, head("amal"), "S-12")
	if err != nil {
		t.Fatal(err)
	}
	share := func(name string) vault.Share {
		s, err := box.Share(name, []byte(keys[name].String()))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	p, err := r.ProposeOpening(ctx, post("amal", access.Verifier), "S-12", []string{"boris"}, "threat against the household")
	if err != nil {
		t.Fatal(err)
	}
	boris := post("boris", access.Verifier)
	if _, err := r.OpenSource(ctx, boris, "S-12", p.N, share("amal"), share("chen")); err == nil {
		t.Error("opened with the share of somebody who did not ask")
	}
	if _, err := r.OpenSource(ctx, post("amal", access.Verifier), "S-12", p.N, share("amal"), share("boris")); err == nil {
		t.Error("opened by whoever asked, alone")
	}
	id, err := r.OpenSource(ctx, boris, "S-12", p.N, share("amal"), share("boris"))
	if err != nil {
		t.Fatal(err)
	}
	if string(id.Reveal()) != "Umm Khalid, +963 11 000 000" {
		t.Error("not what was sealed")
	}
	page, err := r.Rows(ctx, post("audi", access.Auditor), Question{Kind: "opening"})
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("the record does not say who opened it: %v, %v", page.Rows, err)
	}
}

// Destroyed words are in no file of the database any more; the hash and the reason are.
func TestDestroyedWordsAreGoneFromTheFiles(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	rep := report("R-new")
	rep.Text = "planted-4f1c9b7e-words of a caller"
	e, err := r.HandIn(ctx, head("amal"), "", Handed{Report: rep})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Destroy(ctx, post("moni", access.Monitor), e.N, []string{"text"}, "asked"); kindOf(err) != truce.Denied {
		t.Errorf("a monitor destroys: %v", err)
	}
	done, err := r.Destroy(ctx, head("boris"), e.N, []string{"text"}, "asked for by the caller")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(r.path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("planted-4f1c9b7e")) {
			t.Errorf("%s still holds the words", filepath.Base(name))
		}
	}
	seen, err := r.Row(ctx, head("amal"), 0, "destroyed", strconv.FormatInt(done.N, 10))
	if err != nil || !strings.Contains(string(seen.Body), "asked for by the caller") {
		t.Errorf("%s, %v", seen.Body, err)
	}
	problems, err := r.Problems(ctx, nil)
	if err != nil || problems != nil {
		t.Errorf("%v, %v", problems, err)
	}
	dir := t.TempDir()
	if err := r.WriteLog(ctx, head("amal"), true, ledger.Folder(filepath.Join(dir, "log"))); err != nil {
		t.Fatal(err)
	}
	v, err := ledger.Verify(ctx, os.DirFS(filepath.Join(dir, "log")), ledger.VerifyOptions{Keys: []string{r.key.Verifier()}})
	if err != nil || len(v.Faults) != 0 || v.Withheld == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// An act after which nothing could be judged is refused, and leaves nothing behind.
func TestWhatWouldBreakTheTermsIsRefused(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	before, err := r.State(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, kind, want string
		f                map[string]any
	}{
		{"an agreement that cannot be read", "agreement.adopted", "unknown", map[string]any{"id": "sy-coh-2016-02", "name": "../../agreements/sy-coh-2016-02.yaml", "version": "x", "text": "truce: 1\nunknown: key\n"}},
		{"a register that is none", "register.adopted", "", map[string]any{"name": "register.yaml", "text": "register: 7\n"}},
		{"a step of an actor nobody knows", "adherence.changed", `no actor "martians"`, map[string]any{"agreement": "sy-coh-2016-02", "actor": "martians", "status": "accepted", "at": "2016-02-27T00:00:00Z"}},
		{"a moment that the agreement does not have", "moment.declared", "has no moment", map[string]any{"agreement": "sy-cessation-2016-09", "moment": "doomsday", "at": "2016-09-12T00:00:00Z", "by": "chair"}},
		{"a word that no judge says", "calm.judged", "says", map[string]any{"agreement": "sy-cessation-2016-09", "clause": "N10", "by": "russia", "at": "2016-09-13T00:00:00Z", "says": "splendid"}},
	} {
		_, err := r.Write(ctx, head("amal"), Act{Kind: c.kind, Fields: c.f})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	after, err := r.State(ctx, 0)
	if err != nil || before.Line() != after.Line() {
		t.Errorf("%v\n%s\n%s", err, before.Line(), after.Line())
	}
}

// Entries that change nothing which is judged do not make the engine judge again, and those
// that do, do: what is kept ready is what a fresh look gives.
func TestWhatIsKeptReadyIsWhatAFreshLookGives(t *testing.T) {
	ctx := context.Background()
	r, _ := sample(t)
	who := head("amal")
	acts := []Act{
		{Kind: "contact.made", Fields: map[string]any{"with": "russia", "at": "2016-08-27T18:00:00Z", "words": "asked"}},
		{Kind: "element.assessed", Fields: map[string]any{"element": "C143/1", "changes": map[string]any{"by": []string{"russia"}}, "reason": "seen"}},
		{Kind: "report.retracted", Fields: map[string]any{"id": "C061", "reason": "withdrawn"}},
		{Kind: "adherence.changed", Fields: map[string]any{"agreement": "sy-coh-2016-02", "actor": "ahrar-al-sham", "as": "opposition", "status": "accepted", "at": "2016-02-26T12:00:00Z", "by": "hnc", "standing": "established"}},
		{Kind: "contact.made", Fields: map[string]any{"with": "russia", "at": "2016-08-27T19:00:00Z", "words": "asked again"}},
	}
	for i, a := range acts {
		if _, err := r.Write(ctx, who, a); err != nil {
			t.Fatalf("%s: %v", a.Kind, err)
		}
		for _, asOf := range []int64{0, 150, 0} {
			kept, err := r.State(ctx, asOf)
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := NewRecord(RecordOptions{DB: r.db, Key: r.key, Now: r.now})
			if err != nil {
				t.Fatal(err)
			}
			anew, err := fresh.State(ctx, asOf)
			if err != nil || kept.Line() != anew.Line() {
				t.Errorf("after %d acts, as of %d: %v\n%s\n%s", i+1, asOf, err, kept.Line(), anew.Line())
			}
		}
	}
}
