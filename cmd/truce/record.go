package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/ledger"
	"truce/record"
	"truce/store"
)

// where are the flags that say which record, and who asks.
type where struct {
	Record string `help:"The record: a file, or a postgres:// connection string." env:"TRUCE_RECORD" default:"record.db" placeholder:"URL"`
	Key    string `help:"The instance's key; by default the record's name with .key." env:"TRUCE_KEY" placeholder:"FILE"`
	Name   string `help:"The name under which a new instance signs." default:"truce.local" placeholder:"NAME"`
	As     string `help:"Who does it; somebody the record admits has their posts, another those of the desk and the head." default:"operator" placeholder:"ID"`
}

// site is an open record with whoever uses it.
type site struct {
	db     *store.DB
	key    *ledger.Key
	record *desk.Record
	who    access.Person
}

func (f where) local() bool { return !strings.HasPrefix(f.Record, "postgres") }

func (f where) path() string { return strings.TrimPrefix(f.Record, "sqlite:") }

func (f where) keyFile() string {
	switch {
	case f.Key != "":
		return f.Key
	case f.local():
		return f.path() + ".key"
	}
	return "record.key"
}

// open opens the record; one that is not there is made only where make says so. One that is
// only read may be served by another process meanwhile.
func (f where) open(ctx context.Context, make, readOnly bool) (*site, error) {
	if f.local() && !make {
		if _, err := os.Stat(f.path()); errors.Is(err, fs.ErrNotExist) {
			return nil, &truce.Error{Kind: truce.Absent, At: f.path(), Msg: "there is no record", Hint: "truce load MISSION makes one; or name it with --record"}
		}
	}
	key, err := f.readKey(make)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, f.Record, store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version, ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	db.SetKey(key)
	if err := f.fits(ctx, db, key, make); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r, err := desk.NewRecord(desk.RecordOptions{DB: db, Key: key})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	who, err := r.Person(ctx, f.As)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if len(who.Roles) == 0 { // whoever holds the file and its key runs it
		who = access.Person{ID: f.As, Org: "mission", TwoFactor: true,
			Roles: []access.Role{access.Desk, access.Verifier, access.Head}}
	}
	return &site{db, key, r, who}, nil
}

// fits refuses a database that lost its entries, as an empty file has, and a key that is not
// the record's.
func (f where) fits(ctx context.Context, db *store.DB, key *ledger.Key, make bool) error {
	n, err := db.Size(ctx)
	if err != nil || n == 0 && make {
		return err
	}
	if n == 0 {
		return &truce.Error{Kind: truce.Absent, At: f.path(), Msg: "the record is empty", Hint: "truce load MISSION begins one; truce restore BACKUP brings one back"}
	}
	first, err := db.Entry(ctx, 0)
	if err != nil || first.Enrols == key.Verifier() {
		return nil // what cannot be read is for fsck to say
	}
	row, err := db.Get(ctx, 0, "key", key.ID())
	var b struct{ Revoked bool }
	if err != nil || json.Unmarshal(row.Body, &b) != nil || b.Revoked {
		return &truce.Error{Kind: truce.Invalid, At: f.keyFile(), Msg: "this key, " + key.ID() + ", is not in force in the record", Hint: "the instance's own"}
	}
	return nil
}

// administrator is whoever runs the machine: keys and people, and no case.
func (s *site) administrator() access.Person {
	return access.Person{ID: s.who.ID, Org: "mission", TwoFactor: true, Roles: []access.Role{access.Administrator}}
}

// readKey reads the instance's key, or makes one for a new record.
func (f where) readKey(make bool) (*ledger.Key, error) {
	name := f.keyFile()
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && make {
		return newKey(name, f.Name)
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: name, Msg: "the instance's key cannot be read", Hint: "--key FILE", Err: bare(err)}
	}
	return parseKey(name, text)
}

func parseKey(name string, text []byte) (*ledger.Key, error) {
	k, err := ledger.ParseKey(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "this is no signing key", Hint: "a file that truce key wrote", Err: err}
	}
	return k, nil
}

// newKey makes a key and keeps it in a file that only its owner reads. A file that is
// there is never written over.
func newKey(name, of string) (*ledger.Key, error) {
	k, err := ledger.NewKey(rand.Reader, of)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: "name", Msg: "no key can have this name", Err: err}
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.WriteString(k.Secret() + "\n")
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			_ = os.Remove(name) // half a key would be taken for one
		}
	}
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: name, Msg: "the key cannot be written", Err: bare(err)}
	}
	return k, nil
}

// with opens the record, does something and closes it.
func (f where) with(ctx context.Context, make bool, do func(*site) error) error {
	s, err := f.open(ctx, make, false)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.db.Close())
}

// look is with of what only reads: it also works beside a process that serves the record.
func (f where) look(ctx context.Context, do func(*site) error) error {
	s, err := f.open(ctx, false, false)
	if errors.Is(err, store.ErrServed) {
		s, err = f.open(ctx, false, true)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.db.Close())
}

type loadCmd struct {
	where
	Mission  string   `arg:"" help:"The mission's folder."`
	Records  []string `arg:"" optional:"" help:"Records to load instead of the mission's."`
	Mapping  string   `help:"How the records' columns become ours." placeholder:"FILE"`
	Places   []string `help:"Boundary files beside the mission's." placeholder:"FILE" sep:"none"`
	Mark     string   `help:"Handling mark of what is loaded." default:"TLP:AMBER" placeholder:"MARK"`
	Since    string   `help:"Reports of this day or later, and of no known day, wait in the inbox if they belong to no incident. Without it all is the mission's past." placeholder:"DAY"`
	SetAside string   `help:"Where rows that cannot be read go." default:"set-aside.csv" placeholder:"FILE"`
	Quiet    bool     `short:"q" help:"No progress."`
}

func (loadCmd) Help() string {
	return `Example:

  truce load missions/syria-2016 --record site.db
  truce load missions/syria-2016 --record site.db --since 2016-12-01

Every agreement, register, place and report becomes an entry. Loading the same folder again
enters nothing twice. Exit code 0: loaded; 2: rows were set aside.`
}

// Run loads a mission's folder as entries.
func (c *loadCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, true, func(at *site) error {
		progress, done := bar(s, c.Quiet)
		l, err := at.record.Load(ctx, at.who, c.Mission, desk.LoadOptions{OpenOptions: desk.OpenOptions{Places: c.Places},
			Records: source{Mapping: c.Mapping}.records(c.Records), Stdin: s.in, SetAside: c.SetAside, Mark: c.Mark, Since: c.Since, Progress: progress})
		done()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d entries made, %d there already; %s\n", l.Entered, l.Repeated, count(l.Reports, "report"))
		if c.Since != "" {
			fmt.Fprintf(s.out, "%s put into the inbox\n", count(l.Waiting, "report"))
		}
		for i, bad := range l.SetAside {
			if i == 10 {
				fmt.Fprintf(s.err, "... and %d more\n", len(l.SetAside)-i)
				break
			}
			fmt.Fprintln(s.err, "set aside:", bad)
		}
		if len(l.SetAside) > 0 {
			s.code = exitSetAside
		}
		return nil
	})
}

type statusCmd struct {
	where
	AsOf  string `help:"As the record stood after so many entries, or at a time." placeholder:"WHEN"`
	Count bool   `help:"Count the verdicts of a large record too, which takes long."`
	JSON  bool   `name:"json" help:"As JSON."`
}

func (statusCmd) Help() string {
	return `Example:

  truce status --as-of "2016-08-27 18:00"

One line: how many entries, the root of their tree, the last checkpoint, verdicts by kind. The
verdicts of a record of more than 20,000 elements are counted only with --count.`
}

// Run prints the state in one line.
func (c *statusCmd) Run(ctx context.Context, s *streams) error {
	return c.look(ctx, func(at *site) error {
		n, err := at.record.AsOf(ctx, c.AsOf)
		if err != nil {
			return err
		}
		look := at.record.Status
		if c.Count {
			look = at.record.State
		}
		state, err := look(ctx, n)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, state)
		}
		_, err = fmt.Fprintln(s.out, state.Line())
		return err
	})
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

type addCmd struct {
	where
	File string `arg:"" help:"Reports in our own layout: .csv, .ndjson or .geojson."`
	Mark string `help:"Handling mark." default:"TLP:AMBER" placeholder:"MARK"`
	Past bool   `help:"They are of the mission's past, and do not wait in the inbox."`
}

func (addCmd) Help() string {
	return `Example:

  truce add today.csv

Each report becomes an entry and waits in the inbox; one that is in the record already, word for
word, is passed over.`
}

// Run enters reports from a file.
func (c *addCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		f, err := os.Open(c.File)
		if err != nil {
			return &truce.Error{Kind: truce.Absent, At: c.File, Msg: "cannot be read", Err: bare(err)}
		}
		defer f.Close()
		reports, aside, err := at.record.ReadReports(ctx, c.File, f)
		if err != nil {
			return err
		}
		door := desk.DoorUpload
		if c.Past {
			door = ""
		}
		for _, report := range reports {
			done, err := at.record.HandInOnce(ctx, at.who, desk.Handed{Report: report, Mark: c.Mark, Door: door})
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s: entry %d\n", report.ID, done.N)
		}
		for _, bad := range aside {
			fmt.Fprintln(s.err, "set aside:", bad)
			s.code = exitSetAside
		}
		return nil
	})
}

type actCmd struct {
	where
	Kind    string `arg:"" help:"The kind of entry, such as moment.declared; \"list\" lists them."`
	File    string `arg:"" optional:"" help:"The fields as a JSON object; - for standard input."`
	Propose bool   `help:"Put it before a second person."`
	SignKey string `help:"Sign it with this person's key." placeholder:"FILE"`
}

func (actCmd) Help() string {
	return `Example:

  truce act moment.declared day-d.json --as boris
  truce act finding.signed finding.json --propose --as amal
  truce sign 226 --as boris --sign-key boris.key

Fields are checked before anything is written. What takes two people is proposed by one and
signed by another.`
}

// Run enters one act, or proposes it.
func (c *actCmd) Run(ctx context.Context, s *streams) error {
	if c.Kind == "list" {
		for _, k := range record.Kinds() {
			fmt.Fprintf(s.out, "%s: %s; needs %s\n", k.Name, k.Words, join(k.Needs))
		}
		return nil
	}
	fields, err := c.fields(s)
	if err != nil {
		return err
	}
	return c.with(ctx, false, func(at *site) error {
		act := desk.Act{Kind: c.Kind, Fields: fields}
		if act.Key, err = signKey(c.SignKey); err != nil {
			return err
		}
		if c.Propose {
			done, err := at.record.Propose(ctx, at.who, act)
			if err == nil {
				fmt.Fprintf(s.out, "proposed: entry %d; another person confirms it with truce sign %d\n", done.N, done.N)
			}
			return err
		}
		who := at.who
		if strings.HasPrefix(c.Kind, "person.") {
			who = at.administrator()
		}
		done, err := at.record.Write(ctx, who, act)
		if err == nil {
			fmt.Fprintf(s.out, "entry %d\n", done[0].N)
		}
		return err
	})
}

func (c *actCmd) fields(s *streams) (map[string]any, error) {
	in := s.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, &truce.Error{Kind: truce.Absent, At: c.File, Msg: "cannot be read", Hint: "a file with the fields as a JSON object", Err: bare(err)}
		}
		defer f.Close()
		in = f
	}
	var fields map[string]any
	d := json.NewDecoder(in)
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: c.File, Msg: "this is no JSON object", Err: err}
	}
	return fields, nil
}

func signKey(name string) (*ledger.Key, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Absent, At: name, Msg: "the signing key cannot be read", Err: bare(err)}
	}
	return parseKey(name, text)
}

type signCmd struct {
	where
	Proposal int64  `arg:"" help:"The number of the proposal's entry."`
	SignKey  string `help:"Sign it with this person's key." placeholder:"FILE"`
}

func (signCmd) Help() string {
	return `Example:

  truce sign 226 --as boris --sign-key boris.key

Confirms what somebody else proposed. The entry names both people.`
}

// Run confirms a proposal.
func (c *signCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		key, err := signKey(c.SignKey)
		if err != nil {
			return err
		}
		done, err := at.record.Confirm(ctx, at.who, c.Proposal, key)
		if err == nil {
			fmt.Fprintf(s.out, "entry %d\n", done.N)
		}
		return err
	})
}

type keyCmd struct {
	where
	Of     string `arg:"" help:"Whose key: a name without spaces or plus signs."`
	Out    string `help:"The file for the secret part." required:"" placeholder:"FILE"`
	Person string `help:"Enrol it in the record for this person." placeholder:"ID"`
}

func (keyCmd) Help() string {
	return `Example:

  truce key boris --out boris.key --person boris

Makes a signing key. The file holds the secret; what is printed is for everybody.`
}

// Run makes a key and, where asked, enrols it.
func (c *keyCmd) Run(ctx context.Context, s *streams) error {
	k, err := newKey(c.Out, c.Of)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, k.Verifier())
	if c.Person == "" {
		return nil
	}
	return c.with(ctx, false, func(at *site) error {
		_, err := at.record.Write(ctx, at.administrator(), desk.Act{Kind: "key.enrolled", Fields: map[string]any{"person": c.Person}, Enrols: k.Verifier()})
		return err
	})
}
