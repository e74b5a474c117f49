package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/access"
	"truce/agreements"
	"truce/reconcile"
)

// hardFiles are the texts beside the shipped ones that the cases of fusion need.
var hardFiles = map[string]string{
	"mission.yaml": "mission: hard-cases-f\ntitle: Hard cases of fusion\nzone: Asia/Damascus\nregister: register.yaml\nagreements: [sy-coh-2016-02.yaml, sy-aleppo-calm-2016-05.yaml, south-sudan-2017.yaml, quarter.yaml, general.yaml, local.yaml, town.yaml]\n",
	"quarter.yaml": "truce: 1\nagreement: quarter\ntitle: A truce in one quarter\nform: agreement\nzone: Asia/Damascus\nin_force: 2016-04-01 ..\nwhere: {near: quarter, distance: 1 km}\n" +
		"parties:\n  both: {actors: [syrian-armed-forces, group-a]}\nplaces:\n  quarter: {disc: [36.2, 37.15], radius: 500 m}\nclauses:\n  - {id: Q1, text: Neither side fires., forbid: attack, by: both}\n",
	"general.yaml": "truce: 1\nagreement: general\ntitle: No fighters move with arms\nform: agreement\nzone: Asia/Damascus\nin_force: 2016-02-27 00:00 ..\nparties:\n  groups: {actors: [daraya-factions]}\n" +
		"clauses:\n  - {id: M1, text: Fighters do not move with their arms., forbid: movement, by: groups, means: [small-arms]}\n",
	"local.yaml": "truce: 1\nagreement: local\ntitle: A local deal\nform: agreement\nzone: Asia/Damascus\nin_force: 2016-08-25 ..\nprecedence:\n  - {over: general, subject: leaving of fighters with light arms}\n" +
		"parties:\n  groups: {actors: [daraya-factions]}\nclauses:\n  - {id: L1, text: Fighters leave by the road and nowhere else., forbid: movement, by: groups}\n  - {id: L2, text: They leave with light arms., permit: passage, by: groups, means: [small-arms]}\n",
	"town.yaml": "truce: 1\nagreement: town\ntitle: A truce around one town\nform: agreement\nzone: Asia/Damascus\nin_force: 2016-03-01 ..\nwhere: town\nparties:\n  both: {actors: [syrian-armed-forces, group-a]}\n" +
		"places:\n  town: {disc: [35.13, 36.75], radius: 5 km}\nclauses:\n  - {id: T1, text: Nobody attacks around the town., forbid: attack, by: both}\n",
}

// hardDesk is a record at work, with the mission of the cases of fusion in it.
type hardDesk struct {
	testRecord
	t   *testing.T
	who access.Person
}

func newHardDesk(t *testing.T) hardDesk {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, agreements.FS); err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range hardFiles {
		write(name, []byte(text))
	}
	register, err := os.ReadFile("../missions/hard-cases/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write("register.yaml", register)
	h := hardDesk{newRecord(t), t, head("amal")}
	if _, err := h.Load(context.Background(), h.who, dir, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	return h
}

// on is the same desk on a later day.
func (h hardDesk) on(day time.Time) hardDesk {
	h.t.Helper()
	later, err := NewRecord(RecordOptions{DB: h.db, Key: h.key, Now: func() time.Time { return day }})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Record = later
	return h
}

// tell enters reports, written out as the desk reads them.
func (h hardDesk) tell(csv string) {
	h.t.Helper()
	reports, aside, err := h.ReadReports(context.Background(), "reports.csv", strings.NewReader(csv))
	if err != nil || len(aside) > 0 {
		h.t.Fatal(aside, err)
	}
	for _, r := range reports {
		if _, err := h.HandIn(context.Background(), h.who, "", Handed{Report: r}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// act enters an act and returns how many entries are known then.
func (h hardDesk) act(kind string, fields map[string]any) int64 {
	h.t.Helper()
	done, err := h.Write(context.Background(), h.who, Act{Kind: kind, Fields: fields})
	if err != nil {
		h.t.Fatalf("%s: %v", kind, err)
	}
	return done[len(done)-1].N + 1
}

// weigh assesses an element.
func (h hardDesk) weigh(element string, changes map[string]any) {
	h.t.Helper()
	h.act("element.assessed", map[string]any{"element": element, "changes": changes, "reason": "weighed"})
}

// verdicts are the bytes of all verdicts on some elements, as of a number of entries.
func (h hardDesk) verdicts(asOf int64, elements ...string) string {
	h.t.Helper()
	var out bytes.Buffer
	for _, e := range elements {
		p, err := h.Verdicts(context.Background(), h.who, VerdictQuestion{AsOf: asOf, Element: e, Limit: MaxLimit})
		if err != nil || p.Next != "" {
			h.t.Fatal(p.Next, err)
		}
		for _, v := range p.Verdicts {
			out.Write(append(v, '\n'))
		}
	}
	return out.String()
}

// says holds the verdict on an element under a clause, now or as of then.
func (h hardDesk) says(asOf int64, element, agreement, clause string, outcome truce.Outcome, code string) truce.Verdict {
	h.t.Helper()
	for line := range strings.Lines(h.verdicts(asOf, element)) {
		var v truce.Verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			h.t.Fatal(err)
		}
		if v.Agreement == agreement && v.Clause == clause {
			if v.Outcome != outcome || v.Code != code {
				h.t.Errorf("%s under %s/%s: %s %s; the table says %s %s", element, agreement, clause, v.Outcome, v.Code, outcome, code)
			}
			return v
		}
	}
	h.t.Errorf("%s has no verdict under %s/%s", element, agreement, clause)
	return truce.Verdict{}
}

// day is the report of a day, now or as of then.
func (h hardDesk) day(day string, asOf int64) *DayReport {
	h.t.Helper()
	d, err := h.Day(context.Background(), h.who, day, asOf)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// now is how many entries there are.
func (h hardDesk) now() int64 {
	h.t.Helper()
	s, err := h.Sight(context.Background(), h.who, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.AsOf
}

// sign has two people sign a finding.
func (h hardDesk) sign(fields map[string]any) int64 {
	h.t.Helper()
	p, err := h.Propose(context.Background(), h.who, Act{Kind: "finding.signed", Fields: fields})
	if err != nil {
		h.t.Fatal(err)
	}
	key := keyOf(h.t, "boris")
	if _, err := h.Row(context.Background(), h.who, 0, "person", "amal"); kindOf(err) == truce.Absent {
		admit(h.t, h.testRecord, "amal", string(access.Verifier))
		if _, err := h.Write(context.Background(), post("root", access.Administrator), Act{Kind: "key.enrolled", Fields: map[string]any{"person": "boris"}, Enrols: key.Verifier()}); err != nil {
			h.t.Fatal(err)
		}
	}
	e, err := h.Confirm(context.Background(), head("boris"), p.N, key)
	if err != nil {
		h.t.Fatal(err)
	}
	return e.N + 1
}

// Verdicts as the table of hard cases writes them.
const (
	vV  = truce.Violation
	vUD = truce.Undetermined
	vNV = truce.NoViolation
)

const hardColumns = "id,from,precision,act,by,against,means,lat,lon,within,killed_low,killed_high,said,source\n"

// TestHardCasesOfFusion takes the cases F of the table of hard cases through the whole desk:
// reports come in, people join, weigh, split, retract and sign, and the desk says what follows.
func TestHardCasesOfFusion(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(hardDesk)
	}{
		{"HC-F1 five authors count the dead of one attack on a convoy", oneConvoy},
		{"HC-F2 two agencies quote the same activist", oneActivist},
		{"HC-F3 two shellings of one place on one day, five hours apart", twoShellings},
		{"HC-F4 a report joined by mistake and split again", joinedByMistake},
		{"HC-F5 a source retracts", sourceRetracts},
		{"HC-F7 one strike under three texts", threeTexts},
		{"HC-F8 a local truce allows what a general text bans", localAllows},
		{"HC-F9 a daily total of 15 whose parts add to 14", totalOfFifteen},
		{"HC-F10 one side counts 12, the other 9, each not confirmed", twoLedgersOfOneDay},
		{"HC-F11 a later inquiry attributes what an earlier finding left open", laterInquiry},
		{"HC-F14 a call without a place", callWithoutAPlace},
		{"HC-F15 no party identifiable, and all present are bound", allBound},
		{"HC-F16 monitors blocked at the scene", monitorsBlocked},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(newHardDesk(t)) })
	}
}

func oneConvoy(h hardDesk) {
	h = h.on(time.Date(2016, 10, 1, 12, 0, 0, 0, time.UTC))
	h.tell(hardColumns + `sohr,2016-09-19 19:15,hour,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,12,12,killed: 12 = SOHR,SOHR
un,2016-09-19 19:15,hour,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,18,18,killed: 18 = UN,UN
board,2016-09-19 19:15,hour,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,,,killed: at least 10 = Board of Inquiry,Board of Inquiry
coi,2016-09-19 19:15,hour,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,14,14,killed: 14 = COI,COI
hrw,2016-09-19 19:15,hour,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,21,21,killed: 21 = HRW,HRW
`)
	if d := h.day("2016-09-19", 0).Figures; d.Incidents.Sure != 5 {
		h.t.Errorf("before anybody joined them: %d incidents", d.Incidents.Sure)
	}
	h.act("incident.opened", map[string]any{"id": "convoy", "title": "Urum al-Kubra", "members": []string{"sohr", "un", "board", "coi", "hrw"}})
	said := []truce.Said{}
	for author, n := range map[string]string{"SOHR": "12", "UN": "18", "Board of Inquiry": "at least 10", "COI": "14", "HRW": "21"} {
		said = append(said, truce.Said{Fact: "killed", Value: n, Source: author})
	}
	slices.SortFunc(said, func(a, b truce.Said) int { return strings.Compare(a.Source, b.Source) })
	h.weigh("sohr", map[string]any{"killed": truce.Range{Low: 10, High: 21}, "said": said, "sources": []string{"Board of Inquiry", "COI", "HRW", "SOHR", "UN"}})
	for _, id := range []string{"un", "board", "coi", "hrw"} {
		h.weigh(id, map[string]any{"status": "duplicate"})
		h.says(0, id, "sy-coh-2016-02", "G4-aid", vUD, "DUP")
	}
	h.says(0, "sohr", "sy-coh-2016-02", "G4-aid", vUD, "UD-ACTOR")
	d := h.day("2016-09-19", 0).Figures
	if d.Incidents.Sure != 1 || d.Incidents.Possible != 1 || d.Elements.Sure != 1 || d.Undetermined.Sure != 1 || d.Violation.Sure != 0 {
		h.t.Errorf("never five: %+v", d)
	}
	if d.Killed.Low != 10 || d.Killed.High != 21 {
		h.t.Errorf("killed %d to %d; the table says 10 to 21", d.Killed.Low, d.Killed.High)
	}
	row, err := h.Row(context.Background(), h.who, 0, "element", "sohr")
	var b struct{ Said []truce.Said }
	if err == nil {
		err = json.Unmarshal(row.Body, &b)
	}
	if err != nil || len(b.Said) != 5 || len(d.Killed.By) != 4 { // "at least 10" is an author's word without a figure of its own
		h.t.Errorf("%d authors, %d of them with a figure: %v", len(b.Said), len(d.Killed.By), err)
	}
}

func oneActivist(h hardDesk) {
	h.tell("id,from,act,by,against,lat,lon,within,source,text\n" +
		"one,2016-04-20 10:00,shelling,syrian-armed-forces,group-a,36.2,37.15,500,Agency One,\"Activist Abu Omar said three people were killed in the morning shelling of the quarter.\"\n" +
		"two,2016-04-20 10:00,shelling,syrian-armed-forces,group-a,36.2,37.15,500,Agency Two,\"At least three dead, according to activist Abu Omar, who lives near the market.\"\n" +
		"three,2016-04-20 10:00,shelling,syrian-armed-forces,group-a,36.2,37.15,500,Agency Three,Our correspondent counted three bodies at the hospital.\n")
	h.act("incident.opened", map[string]any{"id": "shelling", "members": []string{"one", "two", "three"}})
	origins := func(want ...[]string) {
		in, err := h.Incident(context.Background(), h.who, sightOf(h.t, h.testRecord, h.who, 0), "shelling", "")
		if err != nil {
			h.t.Fatal(err)
		}
		var got [][]string
		for _, o := range in.Origins.Of {
			got = append(got, o.Reports)
		}
		if diff := cmp.Diff(want, got); diff != "" || in.Origins.Unseen > 0 || in.Origins.Partly {
			h.t.Errorf("origins (-want +got):\n%s%+v", diff, in.Origins)
		}
	}
	origins([]string{"one", "two"}, []string{"three"}) // two agencies and one activist are one source
	h.act("report.retracted", map[string]any{"id": "three", "reason": "he was elsewhere"})
	origins([]string{"one", "two"})
	h.act("incident.split", map[string]any{"id": "shelling", "members": []string{"two"}, "reason": "another street"})
	origins([]string{"one"})
	h.act("incident.joined", map[string]any{"id": "shelling", "members": []string{"two"}, "reason": "the same after all"})
	if d := h.day("2016-04-20", 0).Figures; d.Incidents.Sure != 1 {
		h.t.Errorf("one incident: %+v", d.Incidents)
	}
}

func twoShellings(h hardDesk) {
	h.tell(hardColumns + `morning,2016-04-21 08:00,hour,shelling,syrian-armed-forces,group-a,,36.2,37.15,500,1,1,,SOHR
afternoon,2016-04-21 13:00,hour,shelling,syrian-armed-forces,group-a,,36.2,37.15,500,2,2,,SOHR
`)
	h.says(0, "morning", "sy-coh-2016-02", "G2", vV, "V")
	h.says(0, "afternoon", "sy-coh-2016-02", "G2", vV, "V")
	if d := h.day("2016-04-21", 0).Figures; d.Incidents.Sure != 2 || d.Killed.Low != 3 || d.Killed.High != 3 {
		h.t.Errorf("two incidents with one and two dead: %+v", d)
	}
}

const mistaken = `one,2016-04-22 08:00,hour,shelling,syrian-armed-forces,group-a,,36.2,37.15,500,1,1,,SOHR
two,2016-04-22 09:00,hour,shelling,syrian-armed-forces,never-group,,36.2,37.15,500,4,4,,SNHR
`

func joinedByMistake(h hardDesk) {
	h.tell(hardColumns + mistaken)
	before, known := h.verdicts(0, "one", "two"), h.now()
	h.says(0, "one", "sy-coh-2016-02", "G2", vV, "V")
	h.says(0, "two", "sy-coh-2016-02", "G2", vNV, "NV-TARGET")
	h.act("incident.opened", map[string]any{"id": "both", "members": []string{"one", "two"}})
	h.weigh("one", map[string]any{"against": []string{"group-a", "never-group"}, "killed": truce.Range{Low: 1, High: 4}})
	h.weigh("two", map[string]any{"status": "duplicate"})
	joined := h.now()
	h.says(0, "one", "sy-coh-2016-02", "G2", vUD, "UD-TARGET")
	h.says(0, "two", "sy-coh-2016-02", "G2", vUD, "DUP")
	if d := h.day("2016-04-22", 0).Figures; d.Incidents.Sure != 1 || d.Killed.Low != 1 || d.Killed.High != 4 {
		h.t.Errorf("joined: %+v", d)
	}
	h.act("incident.split", map[string]any{"id": "both", "members": []string{"one", "two"}, "reason": "two shellings"})
	h.weigh("one", map[string]any{"against": []string{"group-a"}, "killed": truce.Range{Low: 1, High: 1}})
	h.weigh("two", map[string]any{"status": nil})
	if after := h.verdicts(0, "one", "two"); after != before {
		h.t.Errorf("split, they are not what they were:\n%s\n%s", before, after)
	}
	if h.verdicts(known, "one", "two") != before {
		h.t.Error("what was known before they were joined has changed")
	}
	h.says(joined, "one", "sy-coh-2016-02", "G2", vUD, "UD-TARGET") // the old ones are kept
	h.says(joined, "two", "sy-coh-2016-02", "G2", vUD, "DUP")
	if d := h.day("2016-04-22", 0).Figures; d.Incidents.Sure != 2 || d.Killed.Low != 5 || d.Killed.High != 5 {
		h.t.Errorf("split: %+v", d)
	}
}

func sourceRetracts(h hardDesk) {
	h.tell(hardColumns + `alone,2016-04-23 08:00,hour,shelling,syrian-armed-forces,group-a,,36.2,37.15,500,1,1,,a local council
other,2016-04-23 20:00,hour,shelling,syrian-armed-forces,group-b,,36.2,37.15,500,1,1,,SOHR
`)
	known := h.now()
	was, err := h.day("2016-04-23", known).Bytes()
	if err != nil {
		h.t.Fatal(err)
	}
	h.says(0, "alone", "sy-coh-2016-02", "G2", vV, "V")
	h.act("report.retracted", map[string]any{"id": "alone", "reason": "the council takes it back"})
	h.says(0, "alone", "sy-coh-2016-02", "G2", vUD, "RETRACTED")
	h.says(0, "other", "sy-coh-2016-02", "G2", vV, "V")
	d := h.day("2016-04-23", 0)
	if d.Figures.Incidents.Sure != 1 || d.Figures.Violation.Sure != 1 || d.Figures.Withdrawn.Sure != 1 || d.Figures.Killed.High != 1 {
		h.t.Errorf("the day's count is not revised: %+v", d.Figures)
	}
	if len(d.Corrections) != 1 || d.Corrections[0].Entry != known {
		h.t.Errorf("nothing says what was revised: %+v", d.Corrections)
	}
	then, err := h.day("2016-04-23", known).Bytes()
	if err != nil || !bytes.Equal(was, then) {
		h.t.Errorf("what was counted before has vanished: %v", err)
	}
	h.says(known, "alone", "sy-coh-2016-02", "G2", vV, "V")
}

func threeTexts(h hardDesk) {
	h.tell(hardColumns + "strike,2016-05-05 12:00,,air-strike,syrian-armed-forces,group-a,aircraft,36.2,37.15,200,,,,SOHR\n")
	h.says(0, "strike", "sy-coh-2016-02", "G2", vV, "V")
	h.says(0, "strike", "sy-aleppo-calm-2016-05", "A1", vV, "V")
	h.says(0, "strike", "quarter", "Q1", vV, "V")
	if d := h.day("2016-05-05", 0).Figures; d.Incidents.Sure != 1 || d.Elements.Sure != 1 || d.Violation.Sure != 1 {
		h.t.Errorf("one event: %+v", d)
	}
}

func localAllows(h hardDesk) {
	h.tell(hardColumns + "leaving,2016-08-26 12:00,,passage,daraya-factions,,rifle,33.459,36.233,500,,,,press\n")
	v := h.says(0, "leaving", "local", "L1", vNV, "NV-EXCEPT")
	if !strings.Contains(strings.Join(v.Notes, "\n"), "stands before general") {
		h.t.Errorf("which goes first is not shown: %v", v.Notes)
	}
	h.says(0, "leaving", "general", "M1", vV, "V")
}

func totalOfFifteen(h hardDesk) {
	before, err := h.State(context.Background(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	r := h.reconcileFiles("date,ledger,total,damascus,hama,daraa,idlib,breakdown\n2016-03-06,Centre,15,11,1,1,1,full\n", "")
	if len(r.One) != 1 || r.One[0].Day.Total != reconcile.Of(15) || fmt.Sprint(r.One[0].Slips) != "[the parts add up to 14, the total says 15]" {
		h.t.Errorf("%+v", r.One)
	}
	after, err := h.State(context.Background(), 0)
	if err != nil || before.Line() != after.Line() {
		h.t.Errorf("a fifteenth was made up: %v\n%s\n%s", err, before.Line(), after.Line())
	}
	h.tell("id,from,act,number_low,number_high,source\nbulletin,2016-03-06,attack,15,15,Centre\n")
	if d := h.day("2016-03-06", 0).Figures; d.Incidents.Sure != 1 || d.Elements.Sure != 1 {
		h.t.Errorf("a claim of fifteen is one claim: %+v", d)
	}
}

// reconcileFiles lays two texts side by side, or checks one.
func (h hardDesk) reconcileFiles(a, b string) *Reconciled {
	h.t.Helper()
	s, err := h.Sight(context.Background(), h.who, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	var other *LedgerFile
	if b != "" {
		other = &LedgerFile{File: "b.csv", Text: []byte(b)}
	}
	r, err := s.ReconcileFiles(context.Background(), LedgerFile{File: "a.csv", Text: []byte(a)}, other, ReconcileOptions{})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func twoLedgersOfOneDay(h hardDesk) {
	const head = "date,ledger,total,breakdown,answered_by,confirmed,exempt_target,not_confirmed\n"
	r := h.reconcileFiles(head+"2016-12-31,Russia,12,none,Turkey,0,0,12\n", head+"2016-12-31,Turkey,9,none,Russia,0,0,9\n")
	var text []string
	for _, x := range r.Days[0].Reasons {
		text = append(text, x.String())
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{"Turkey answered the 12 of Russia: 0 confirmed, 0 fire at a group outside the truce, 12 not confirmed",
		"Russia answered the 9 of Turkey: 0 confirmed, 0 fire at a group outside the truce, 9 not confirmed"} {
		if !strings.Contains(all, want) {
			h.t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "21") {
		h.t.Errorf("two authors are added up:\n%s", all)
	}
	claims := "id,from,act,source\n"
	for i := range 12 {
		claims += fmt.Sprintf("ru-%d,2016-12-31,attack,Russia\n", i+1)
	}
	for i := range 9 {
		claims += fmt.Sprintf("tr-%d,2016-12-31,attack,Turkey\n", i+1)
	}
	h.tell(claims)
	for kind, want := range map[string]int64{"report": 21, "finding": 0, "incident": 0} {
		if n, err := h.Count(context.Background(), h.who, Question{Kind: kind}); err != nil || n != want {
			h.t.Errorf("%d rows of %s, %v; expected %d", n, kind, err, want)
		}
	}
	s, err := h.Sight(context.Background(), h.who, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	side, err := s.Reconcile(context.Background(), SideTerms{Author: "Russia"}, SideTerms{Author: "Turkey"})
	if err != nil || len(side.A.Items) != 12 || len(side.B.Items) != 9 || side.Counts.Same+side.Counts.Several != 0 {
		h.t.Errorf("%d and %d, %+v, %v", len(side.A.Items), len(side.B.Items), side.Counts, err)
	}
}

func laterInquiry(h hardDesk) {
	h.tell(hardColumns + "convoy,2016-09-19 19:15,,attack-on-aid,,red-crescent,,36.1481,36.9478,2000,,,,UN\n")
	finding := func(id, body, statement string) map[string]any {
		return map[string]any{"id": id, "incident": "convoy", "body": body, "standard": "reasonable-grounds", "statement": statement}
	}
	first := h.sign(finding("board-1", "Board of Inquiry", "an air attack; by whom is left open"))
	later := finding("coi-1", "COI", "the Syrian air force")
	later["attribution"] = map[string]any{"to": "syrian-armed-forces", "grade": "reasonable-grounds"}
	h.sign(later)
	for asOf, want := range map[int64][]string{first: {"board-1"}, 0: {"board-1", "coi-1"}} {
		page, err := h.Rows(context.Background(), h.who, Question{Kind: "finding", AsOf: asOf})
		if err != nil {
			h.t.Fatal(err)
		}
		var ids []string
		for _, row := range page.Rows {
			ids = append(ids, row.ID)
			if strings.Contains(string(row.Body), "syrian-armed-forces") != (row.ID == "coi-1") {
				h.t.Errorf("as of %d, %s: %s", asOf, row.ID, row.Body)
			}
		}
		if slices.Sort(ids); !slices.Equal(ids, want) {
			h.t.Errorf("as of %d: %v; expected %v side by side", asOf, ids, want)
		}
	}
	h.says(0, "convoy", "sy-coh-2016-02", "G4-aid", vUD, "UD-ACTOR") // the engine attributes nothing
}

func callWithoutAPlace(h hardDesk) {
	h.tell("id,from,place,act,by,against,source\ncall,2016-04-10 12:00,Hama countryside,shelling,syrian-armed-forces,group-a,a caller\n")
	h.says(0, "call", "town", "T1", vUD, "UD-PLACE")
	h.says(0, "call", "sy-coh-2016-02", "G2", vV, "V")
}

func allBound(h hardDesk) {
	h.tell("id,from,zone,place,act,by,against,source\nwiro,2019-01-14,Africa/Juba,Wiro,sexual-violence,sspdf|splm-io|nas,civilians,CTSAMVM\nopen,2019-01-14,Africa/Juba,Wiro,sexual-violence,,civilians,CTSAMVM\n")
	h.says(0, "wiro", "south-sudan-2017", "SS4", vV, "V-NOATTR")
	h.says(0, "open", "south-sudan-2017", "SS4", vUD, "UD-ACTOR")
}

func monitorsBlocked(h hardDesk) {
	h.tell("id,from,zone,act,by,against,source\nevent,2018-06-03,Africa/Juba,attack,,civilians,villagers\n")
	before := h.verdicts(0, "event")
	at, err := time.Parse(time.RFC3339, "2018-06-04T10:00:00+03:00")
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.MeetAccess(context.Background(), h.who, "", Met{ID: "block", Incident: "event", Outcome: "denied", Actor: "sspdf", At: at, Words: "turned back at the bridge", Act: "obstruct-monitors"}); err != nil {
		h.t.Fatal(err)
	}
	h.says(0, "block", "south-sudan-2017", "SS3", vV, "V")
	h.says(0, "event", "south-sudan-2017", "SS1", vUD, "UD-ACTOR")
	if h.verdicts(0, "event") != before {
		h.t.Error("that they were blocked says something of the event")
	}
	if n, err := h.Count(context.Background(), h.who, Question{Kind: "access"}); err != nil || n != 1 {
		h.t.Errorf("%d records of access, %v", n, err)
	}
}

// TestSplitAndJoinRestoreVerdicts joins elements of the sample mission at random and splits them
// again: every verdict is what it was, byte for byte, and so is what was known in between.
func TestSplitAndJoinRestoreVerdicts(t *testing.T) {
	r, _ := sample(t)
	h := hardDesk{r, t, head("amal")}
	s, err := h.Sight(context.Background(), h.who, 0)
	if err != nil {
		t.Fatal(err)
	}
	var free []string
	for _, e := range s.Result.Elements {
		if e.Incident == "" {
			free = append(free, e.ID)
		}
	}
	all := func(asOf int64) string {
		var out bytes.Buffer
		for after := ""; ; {
			p, err := h.Verdicts(context.Background(), h.who, VerdictQuestion{AsOf: asOf, After: after, Limit: MaxLimit})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range p.Verdicts {
				out.Write(append(v, '\n'))
			}
			if after = p.Next; after == "" {
				return out.String()
			}
		}
	}
	before, known, n := all(0), h.now(), 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > *rounds {
			return
		}
		members := rapid.SliceOfNDistinct(rapid.SampledFrom(free), 2, 6, rapid.ID).Draw(rt, "members")
		id := fmt.Sprintf("joined-%d", n)
		h.act("incident.opened", map[string]any{"id": id, "members": members[:1]})
		h.act("incident.joined", map[string]any{"id": id, "members": members[1:], "reason": "taken for one"})
		h.act("incident.split", map[string]any{"id": id, "members": members, "reason": "they are not"})
		if all(0) != before {
			rt.Fatalf("%v: verdicts are not what they were", members)
		}
	})
	if all(known) != before {
		t.Error("what was known before has changed")
	}
}

// rounds is how often the whole record is looked at anew.
var rounds = flag.Int("rounds", 3, "how often elements of the sample mission are joined and split")
